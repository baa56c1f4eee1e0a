//! What resolvectl, scutil and PowerShell print, and the files of `/etc/resolver`: the same octets as each of them.

use std::collections::BTreeSet;

use eks_dns_doctor::dns::RecordType;
use eks_dns_doctor::facts::platform::{Captured, HostConfiguration, HostSummary, SplitDns, windows_stub};
use eks_dns_doctor::facts::{Facts, StubConfiguration};
use eks_dns_doctor::limits;

use super::held;

pub(crate) fn check(octets: &[u8]) {
    let resolvectl = Captured {
        resolvectl: Some(octets),
        ..Captured::default()
    };
    let scutil = Captured {
        scutil: Some(octets),
        ..Captured::default()
    };
    // The first line is the file's name too.
    let name = octets.split(|octet| *octet == b'\n').next();
    let name = String::from_utf8_lossy(name.unwrap_or_default()).into_owned();
    let files = Captured {
        resolver_files: vec![(name, octets.to_vec()), ("corp.example".into(), octets.to_vec())],
        ..Captured::default()
    };
    let powershell = Captured {
        powershell: Some(octets),
        ..Captured::default()
    };
    for (captured, is_windows) in [(resolvectl, false), (scutil, false), (files, false), (powershell, true)] {
        let Some(host) = HostConfiguration::read(&captured) else {
            continue;
        };
        let split = host.split_dns.clone().expect("nothing else was captured");
        within_bounds(&split);
        let target = held::target();
        let asked = split.asked_for(&target);
        held::line(&asked.sentence());
        let known: BTreeSet<_> = split.scopes.iter().flat_map(|scope| &scope.servers).collect();
        assert!(asked.servers.iter().all(|server| known.contains(server)));
        let summary = HostSummary::of(Some(&host), &target);
        let notes = summary.iter().flat_map(|summary| &summary.notes);
        notes.for_each(|note| held::line(note));
        let stub = if is_windows {
            windows_stub(&split, &target)
        } else {
            StubConfiguration::parse("/etc/resolv.conf", b"nameserver 127.0.0.53\n", |_| None)
        };
        // Windows may have none for the name.
        let least = usize::from(!is_windows);
        assert!((least..=limits::NAME_SERVERS).contains(&stub.name_servers.len()));
        // A text that one program alone prints has nothing to say to the others.
        if split.scopes.is_empty() || !held::is_turn(octets, 8, 0) {
            continue;
        }
        let servers = stub.name_servers.iter().take(1);
        let observations = servers
            .map(|server| held::local(*server, 1, vec![held::silence(RecordType::A)]))
            .collect();
        let mut facts = Facts::default();
        facts.host.stub = Some(stub);
        facts.host.configuration = Some(host);
        held::report(held::capture_of(facts, observations), octets);
    }
}

fn within_bounds(split: &SplitDns) {
    assert!(split.scopes.len() <= limits::DNS_SCOPES);
    assert!(split.problems.len() <= limits::HOST_PROBLEMS);
    for scope in &split.scopes {
        assert!(scope.servers.len() <= limits::NAME_SERVERS);
        assert!(scope.domains.len() <= limits::SCOPE_DOMAINS);
        // The name of a scope, and what kind of thing it is.
        assert!(scope.name.chars().count() <= 2 * limits::SCOPE_NAME + 40);
        let servers: BTreeSet<_> = scope.servers.iter().collect();
        assert_eq!(servers.len(), scope.servers.len(), "each once");
    }
}
