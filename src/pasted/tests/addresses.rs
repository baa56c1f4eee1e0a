//! Servers that are addresses, addresses that are hidden in part, and addresses that no route leads to.

use super::*;

/// Of a server that is an address no name was looked up, and no sentence says that one was.
#[test]
fn a_server_that_is_an_address_had_no_lookup() {
    use AfterLookup::*;
    let url = "Get \"https://10.61.7.8:443/apis?timeout=32s\": ";
    let pod = "Post \"https://10.100.0.1:443/apis/authorization.k8s.io/v1\": ";
    for (lead, said, of) in [
        (
            url,
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            Certificate,
        ),
        (
            pod,
            "x509: certificate has expired or is not yet valid: current time 2030-01-01T00:00:00Z is after \
             2025-01-01T00:00:00Z",
            CertificateTime,
        ),
        (pod, "EOF", ClosedThere),
        (url, "unexpected EOF", ClosedThere),
        (pod, "net/http: TLS handshake timeout", HandshakeTimeout),
        (url, "remote error: tls: internal error", Handshake),
        (
            pod,
            "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
            NoConnectionInTime,
        ),
        (
            url,
            "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
            NoReplyInTime,
        ),
        (url, "context deadline exceeded", Deadline),
        (
            url,
            "read tcp 10.9.1.4:50112->10.61.7.8:443: read: connection reset by peer",
            Reset,
        ),
        (url, "read tcp 10.9.1.4:50112->10.61.7.8:443: i/o timeout", Stalled),
        (
            url,
            "read tcp 10.9.1.4:50112->10.61.7.8:443: use of closed network connection",
            ClosedHere,
        ),
    ] {
        let text = format!("{lead}{said}");
        let found = read(&text).unwrap();
        assert_eq!(found.symptom, Symptom::AtAddress(of), "{text}");
        for words in [found.symptom.title(), found.symptom.meaning()] {
            for word in ["DNS", "resolved", "lookup", "name server"] {
                assert!(!words.contains(word), "{text}: {words}");
            }
        }
        assert!(!found.symptom.possible_layers().contains(&Layer::Dns), "{text}");
        let named = read(&format!("Get \"https://{X}/apis?timeout=32s\": {said}")).unwrap();
        assert_eq!(named.symptom, Symptom::AfterLookup(of), "{said}");
    }
}

/// What is left of an address may show that it is private.
#[test]
fn a_hidden_address_may_show_its_network() {
    let of_public = [
        "public-answer-expected",
        "nxdomain-hijack",
        "hybrid-nodes-public-endpoint",
    ];
    for (address, is_private) in [
        ("10.*.*.*:443", true),
        ("10.20.xx.xx:443", true),
        ("192.168.###.###:443", true),
        ("172.20.X.X:443", true),
        ("172.33.x.x:443", false),
        ("192.xxx.xxx.xxx:443", false),
        ("52.x.x.x:443", false),
    ] {
        let text = format!("Get \"https://{X}/version\": dial tcp {address}: i/o timeout");
        let found = read(&text).unwrap();
        assert_eq!(found.symptom, Symptom::Connection, "{text}");
        assert_eq!(found.host.unwrap().to_string(), X, "{text}");
        let mut rules = found.candidates.iter().map(|candidate| candidate.rule);
        assert_eq!(rules.any(|rule| of_public.contains(&rule)), !is_private, "{text}");
    }
}

/// ENETUNREACH is said of a host without a route, and often without IPv6.
#[test]
fn a_host_without_a_route_is_told() {
    for (text, says_ipv6) in [
        (
            "dial tcp [2a05:d014:1::9]:443: connect: network is unreachable",
            Some(true),
        ),
        ("dial tcp 10.61.7.8:443: connect: network is unreachable", Some(false)),
        (
            "Error: connect ENETUNREACH 2a05:d014:1::9:443 - Local (:::0)",
            Some(true),
        ),
        ("dial tcp [2a05:d014:1::9]:443: i/o timeout", None),
        ("dial tcp 10.61.7.8:443: connect: connection refused", None),
    ] {
        let found = read(&format!("Get \"https://{X}/version\": {text}")).unwrap();
        assert_eq!(found.symptom, Symptom::Connection, "{text}");
        let sentence = found.name.iter().find(|sentence| sentence.contains("no route"));
        assert_eq!(sentence.map(|sentence| sentence.contains("IPv6")), says_ipv6, "{text}");
    }
}
