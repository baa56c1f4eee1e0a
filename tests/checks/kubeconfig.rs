//! Kubeconfig files: as many as there are between octets of NUL, which YAML does not have. The last, where there are
//! several, is the name of a context.

use eks_dns_doctor::dns::RecordType;
use eks_dns_doctor::facts::{Facts, Kubeconfig, kubeconfig};
use eks_dns_doctor::limits;

use super::held;

/// Characters of what is taken from a kubeconfig (src/facts/kubeconfig.rs).
const TEXT: usize = 2048;

pub(crate) fn check(octets: &[u8]) {
    let mut parts: Vec<&[u8]> = octets.split(|octet| *octet == 0).collect();
    let context = (parts.len() > 1).then(|| parts.pop()).flatten();
    let context = context.map(String::from_utf8_lossy);
    let files: Vec<(String, Vec<u8>)> = parts
        .iter()
        .take(limits::KUBECONFIGS)
        .enumerate()
        .map(|(at, file)| (format!("/home/user/.kube/config-{at}"), file.to_vec()))
        .collect();
    let found = match kubeconfig::read(&files, context.as_deref()) {
        Err(error) => {
            let said = error.to_string();
            held::line(&said);
            let of_paths: usize = files.iter().map(|(path, _)| path.len() + 2).sum();
            assert!(said.len() <= of_paths + 4096, "{said}");
            return;
        }
        Ok(found) => found.expect("there is a file"),
    };
    within_bounds(&found);
    let Some(host) = found.host() else {
        return;
    };
    let address = ([10, 0, 0, 2], 53).into();
    let observations = vec![held::local(address, 1, vec![held::silence(RecordType::A)])];
    let mut facts = Facts::default();
    facts.host.kubeconfig = Some(found.clone());
    let mut capture = held::capture_of(facts, observations);
    capture.target.hostname = host;
    capture.target.cluster.clone_from(&found.cluster);
    capture.target.region.clone_from(&found.region);
    capture.target.source = eks_dns_doctor::target::TargetSource::Kubeconfig;
    let report = held::report(capture, octets);
    assert_eq!(report.facts.host.kubeconfig, Some(found));
}

fn within_bounds(found: &Kubeconfig) {
    let texts = [
        Some(&found.context),
        Some(&found.server),
        found.tls_server_name.as_ref(),
        found.proxy_url.as_ref(),
        found.cluster.as_ref(),
        found.region.as_ref(),
        found.profile.as_ref(),
        found.role_arn.as_ref(),
        Some(&found.cluster_entry),
        found.certificate_authority_file.as_ref(),
        found.certificate_authority_problem.as_ref(),
        found.exec_unread.as_ref(),
        found.region_doubt.as_ref(),
    ];
    for text in texts.into_iter().flatten() {
        assert!(text.chars().count() <= TEXT, "{text}");
    }
    let authority = found.certificate_authority.as_ref();
    assert!(authority.is_none_or(|data| data.len() <= limits::TEXT_IN_CAPTURE));
    // Of the variables of a session their names alone, each once.
    let credentials = &found.exec_credentials;
    assert!(credentials.len() <= limits::EXEC_WORDS, "{credentials:?}");
    for name in credentials {
        assert!(name.starts_with("AWS_") && name.len() <= TEXT, "{name}");
        assert_eq!(credentials.iter().filter(|other| *other == name).count(), 1, "{name}");
    }
    if let Some(refusal) = &found.refusal {
        assert!(!refusal.causes.is_empty() && refusal.causes.len() <= 16, "{refusal:?}");
        let said = refusal
            .prints
            .iter()
            .chain(refusal.causes.iter().filter_map(|cause| cause.file.as_ref()));
        for text in said {
            assert!(text.chars().count() <= TEXT, "{text}");
        }
    }
    assert!(found.files.len() <= limits::KUBECONFIGS);
    // No user name and no password: they stand before an @ in front of the path.
    for url in [Some(&found.server), found.proxy_url.as_ref()] {
        let url = url.map(String::as_str).unwrap_or_default();
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        assert!(!authority.contains('@'), "{url}");
    }
    if let Some(host) = found.host() {
        let _ = found.port(&host);
    }
}
