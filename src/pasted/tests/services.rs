//! Names of Services, and schemes in the place of a name.

use super::*;

/// Only a cluster's own DNS has the name of a Service: no policy and no other zone is behind its denial.
#[test]
fn a_service_that_is_not_there_has_no_policy_behind_it() {
    for (text, is_own) in [
        ("dial tcp: lookup redis-master on 10.100.0.10:53: no such host", false),
        ("getaddrinfo ENOTFOUND orders.shop.svc.cluster.local", false),
        (
            "Post \"https://hook.cert-manager.svc:443/mutate\": dial tcp: lookup hook.cert-manager.svc on \
             172.20.0.10:53: no such host",
            false,
        ),
        (
            "Caused by: java.net.UnknownHostException: kubernetes.default.svc: Name or service not known",
            true,
        ),
        (
            "dial tcp: lookup kubernetes.default.svc.cluster.local: no such host",
            true,
        ),
    ] {
        let found = read(text).unwrap();
        assert!(found.symptom.is_denial(), "{text}: {:?}", found.symptom);
        assert!(found.candidates.is_empty(), "{text}: {:?}", found.candidates);
        let says = |words: &str| found.name.iter().any(|sentence| sentence.contains(words));
        assert_eq!(says("API server's own Service"), is_own, "{text}: {:?}", found.name);
        assert_eq!(says("no Service of this name"), !is_own, "{text}: {:?}", found.name);
    }
    // A silent name server is silent for every name.
    let silent = "lookup redis-master on 10.100.0.10:53: read udp 10.1.2.3:4->10.100.0.10:53: i/o timeout";
    assert!(!candidates_of(silent).is_empty());
    // And a name of a company's own is none of a Service.
    for name in ["vault.corp.internal", "db.svc.corp.example"] {
        let text = format!("lookup {name} on 10.71.5.53:53: no such host");
        assert!(candidates_of(&text).contains(&"shadow-zone"), "{text}");
    }
}

/// `https://https://HOST`, and a URL where a host belongs.
#[test]
fn a_scheme_is_no_clusters_name() {
    for (text, is_of_kubeconfig) in [
        ("Error: getaddrinfo EAI_AGAIN https", false),
        ("Error: getaddrinfo ENOTFOUND http", false),
        (
            "Unable to connect to the server: dial tcp: lookup https: no such host",
            true,
        ),
        ("dial tcp: lookup https on 10.100.0.10:53: no such host", true),
        ("ping: https: Name or service not known", false),
    ] {
        let found = read(text).unwrap();
        assert!(
            found.name[0].contains("the scheme of a URL"),
            "{text}: {:?}",
            found.name
        );
        assert!(!found.name.iter().any(|one| one.contains("one label")), "{text}");
        if found.symptom.is_denial() {
            let rules: Vec<&str> = found.candidates.iter().map(|candidate| candidate.rule).collect();
            let expected: &[&str] = if is_of_kubeconfig {
                &["endpoint-name-malformed"]
            } else {
                &[]
            };
            assert_eq!(rules, expected, "{text}");
        }
    }
    assert!(read("lookup https-prod: no such host").unwrap().name[0].contains("one label"));
}
