//! resolv.conf, the hosts file and nsswitch.conf: the same octets as each of them.

use std::collections::BTreeSet;

use eks_dns_doctor::dns::{Name, RecordType};
use eks_dns_doctor::facts::platform::{Captured, HostConfiguration, HostsLine};
use eks_dns_doctor::facts::{Facts, HostFacts, StubConfiguration, hosts_file};
use eks_dns_doctor::limits;

use super::held;

/// What is said of a resolv.conf that could not be read (src/facts/stub.rs).
const PROBLEMS: usize = 16;

pub(crate) fn check(octets: &[u8]) {
    let stub = StubConfiguration::parse("/etc/resolv.conf", octets, |name| (name == "eth0").then_some(2));
    resolv_conf(&stub);
    let target = held::target();
    let hosts = hosts_file::entries_for(&target, "/etc/hosts", octets);
    assert!(hosts.len() <= limits::HOSTS_ENTRIES);
    let lines: Vec<&[u8]> = octets.split(|octet| *octet == b'\n').collect();
    let numbers: BTreeSet<usize> = hosts.iter().map(|entry| entry.line).collect();
    assert_eq!(numbers.len(), hosts.len(), "a line is one entry");
    assert!(numbers.iter().all(|number| (1..=lines.len()).contains(number)));
    let host = HostConfiguration::read(&Captured {
        resolv_conf: Some(octets),
        nsswitch: Some(octets),
        ..Captured::default()
    });
    if let Some(line) = host.as_ref().and_then(|host| host.hosts_line.as_ref()) {
        hosts_line(line);
    }
    if !held::is_turn(octets, 8, 0) {
        return;
    }
    let observations = stub
        .name_servers
        .iter()
        .enumerate()
        .map(|(at, server)| held::local(*server, at + 1, vec![held::silence(RecordType::A)]))
        .collect();
    let facts = Facts {
        host: HostFacts {
            stub: Some(stub),
            hosts: Some(hosts),
            configuration: host,
            ..HostFacts::default()
        },
        ..Facts::default()
    };
    held::report(held::capture_of(facts, observations), octets);
}

fn resolv_conf(stub: &StubConfiguration) {
    assert!((1..=limits::NAME_SERVERS).contains(&stub.name_servers.len()));
    let servers: BTreeSet<_> = stub.name_servers.iter().collect();
    assert_eq!(servers.len(), stub.name_servers.len(), "each once");
    assert!(stub.search.len() <= limits::SEARCH_SUFFIXES);
    for suffix in &stub.search {
        let text = suffix.to_string();
        assert_eq!(text.parse::<Name>().as_ref(), Ok(suffix), "{text}");
    }
    assert!(stub.ndots <= 15 && (1..=5).contains(&stub.attempts));
    assert!((1..=30).contains(&stub.timeout_s));
    assert!(stub.problems.len() <= PROBLEMS);
    stub.problems.iter().for_each(|problem| held::line(problem));
}

fn hosts_line(line: &HostsLine) {
    assert!(line.text.chars().count() <= limits::TEXT_FROM_WIRE);
    assert!(line.services.len() <= limits::NSS_SERVICES);
    line.meaning().iter().for_each(|said| held::line(said));
    // The text that is kept says the same as the file did.
    let again = HostsLine::parse(format!("hosts: {}\n", line.text).as_bytes());
    assert_eq!(again.as_ref(), Some(line));
}
