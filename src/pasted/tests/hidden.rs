//! Names of which a part is hidden or shortened: what is left of them decides.

use super::*;

/// What only an endpoint's name can have behind it.
const OF_ENDPOINTS: &[&str] = &["endpoint-name-stale", "no-forwarding", "not-in-public-dns"];

#[test]
fn what_is_left_of_a_hidden_name_decides() {
    for text in [
        "** server can't find <server>.privatelink.database.example: NXDOMAIN",
        "Unable to connect to the server: dial tcp: lookup k8s.xxx.example on 127.0.0.53:53: no such host",
        "Unable to connect to the server: dial tcp: lookup prod.k8s.****.example on 192.0.2.53:53: no such host",
        "ssh: Could not resolve hostname <your-host>: Name or service not known",
        "lookup <node-address> on 169.254.169.254:53: no such host",
        "java.net.UnknownHostException: primary..cache.amazonaws.com",
        "dial tcp: lookup xxxxxxxx.eu-west-1.rds.amazonaws.com on 10.44.0.53:53: no such host",
        "Post \"https://[REDACTED]/v2/\": dial tcp: lookup [REDACTED] on 10.44.0.53:53: no such host",
        "Could not connect to the endpoint URL: \"https://sqs.EU.amazonaws.com/\"\n\
         socket.gaierror: [Errno -2] Name or service not known",
    ] {
        for message in messages(text) {
            let rules: Vec<&str> = message.candidates.iter().map(|one| one.rule).collect();
            assert!(
                !rules.iter().any(|rule| OF_ENDPOINTS.contains(rule)),
                "{text}: {rules:?}"
            );
            let is_of_aws = text.contains("sqs.");
            assert_eq!(
                message.command.contains("--public"),
                is_of_aws,
                "{text}: {}",
                message.command
            );
        }
    }
    for text in [
        "Unable to connect to the server: dial tcp: lookup *****: no such host",
        "dial tcp: lookup <redacted>.gr7.eu-west-1.eks.amazonaws.com on 10.44.0.53:53: no such host",
        "dial tcp: lookup <redacted>.gr7.<region>.eks.amazonaws.com.cn on 10.44.0.53:53: no such host",
        "dial tcp: lookup xxx.sk1.eks-cluster.xxx.api.aws on 10.44.0.53:53: no such host",
        "dial tcp: lookup xxx.gr7.us-iso-east-1.eks.c2s.ic.gov on 10.44.0.53:53: no such host",
        "Get \"https://REDACTED/api?timeout=32s\": dial tcp: lookup REDACTED on 10.44.0.53:53: no such host",
        "Error from helm: Kubernetes cluster unreachable: dial tcp: lookup xxxxx.amazonaws.com: no such host",
    ] {
        assert!(
            candidates_of(text).contains(&"endpoint-name-stale"),
            "{text}: {:?}",
            candidates_of(text)
        );
    }
}

/// People shorten the digits as they mask them.
#[test]
fn a_shortened_name_may_be_an_old_one() {
    for id in [
        "ABC123",
        "0123456789abcdef0123456789abcde",
        "ABCDEFGH",
        "1A2B3C…",
        "1A2B...",
    ] {
        let text = format!(
            "Unable to connect to the server: dial tcp: lookup {id}.gr7.eu-west-1.eks.amazonaws.com on 10.44.0.53:53: no \
             such host"
        );
        let rules = candidates_of(&text);
        assert_eq!(rules[0], "endpoint-name-stale", "{text}: {rules:?}");
        assert!(rules.contains(&"no-forwarding"), "{text}: {rules:?}");
    }
    // Of another shape it is as likely to be written wrong.
    for name in ["0a1b.c2d.euwest.eks.amazonaws.com", "0A1B2C.eks.amazonaws.com"] {
        let rules = candidates_of(&format!("dial tcp: lookup {name}: no such host"));
        assert_eq!(rules[..2], ["endpoint-name-malformed", "endpoint-name-stale"], "{name}");
    }
}

/// A name of one label is a cluster's only where something says so.
#[test]
fn one_label_is_no_clusters_name_by_itself() {
    for text in [
        "dial tcp: lookup docker on 127.0.0.11:53: no such host",
        "Error: dial tcp: lookup ip-10-1-2-3 on 10.1.0.2:53: no such host",
        "Get \"https://registry/v2/\": dial tcp: lookup registry: no such host",
        "rpc error: dial tcp: lookup location: no such host",
    ] {
        let found = read(text).unwrap();
        let rules: Vec<&str> = found.candidates.iter().map(|one| one.rule).collect();
        assert!(!rules.contains(&"endpoint-name-malformed"), "{text}: {rules:?}");
        assert!(!found.name.iter().any(|one| one.contains("cluster's name")), "{text}");
    }
    for text in [
        "Unable to connect to the server: dial tcp: lookup prod: no such host",
        "Get \"https://prod/api?timeout=32s\": dial tcp: lookup prod: no such host",
        "dial tcp: lookup shop-eks: no such host",
    ] {
        assert_eq!(candidates_of(text)[0], "endpoint-name-malformed", "{text}");
    }
}

/// Microsoft Learn, "What is IP address 168.63.129.16?".
#[test]
fn the_resolver_of_azure_is_no_public_one() {
    let found = first("dial tcp: lookup X on 168.63.129.16:53: no such host");
    assert!(!found.2.contains(&"not-in-public-dns"), "{:?}", found.2);
    let said = server::meaning("168.63.129.16:53".parse().unwrap());
    assert!(said.contains("Azure") && !said.contains("public"), "{said}");
}

const PROBE: &str = "1234567890123456789.9876543210987654321. HINFO";

/// What CoreDNS forwards to is an inbound endpoint only where its address can be one, and the name is a cluster's or
/// CoreDNS's own.
#[test]
fn what_coredns_forwards_to_may_be_an_inbound_endpoint() {
    let has = |question: &str, server: &str| {
        let text = format!("[ERROR] plugin/errors: 2 {question}: read udp 10.1.2.3:4->{server}:53: i/o timeout");
        candidates_of(&text)
            .iter()
            .any(|rule| rule.starts_with("inbound-endpoint-"))
    };
    for (question, server, may_be) in [
        ("X. A", "10.44.1.10", true),
        ("X. A", "100.64.1.10", true),
        (PROBE, "10.44.1.10", true),
        ("X. A", "10.44.0.2", false),
        ("X. A", "8.8.8.8", false),
        ("X. A", "169.254.169.253", false),
        (PROBE, "203.0.113.53", false),
        (PROBE, "168.63.129.16", false),
        ("db.eu-west-1.rds.amazonaws.com. A", "10.44.1.10", false),
        ("xxxxxxx.eu-west-1.rds.amazonaws.com. AAAA", "10.44.1.10", false),
        ("db.corp.example. A", "10.44.1.10", false),
    ] {
        assert_eq!(has(question, server), may_be, "{question} {server}");
    }
}

/// A public resolver resolves public names: what it denies is not there.
#[test]
fn an_aws_name_that_is_denied() {
    for (name, server, leads) in [
        ("api.ecr.us-west-1a.amazonaws.com", "8.8.8.8", "name-does-not-exist"),
        ("api.ecr.us-west-1a.amazonaws.com", "10.44.0.2", "name-does-not-exist"),
        ("sqs.EU.amazonaws.com", "10.44.0.53", "name-does-not-exist"),
        (
            "shop-1234.eu-west-1.elb.amazonaws.com",
            "1.1.1.1",
            "name-does-not-exist",
        ),
        (
            "logs-1a2b.eu-west-1.es.amazonaws.com",
            "10.44.0.2",
            "private-zone-shadow",
        ),
        (
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
            "10.44.0.53",
            "no-internet-recursion",
        ),
        ("sts.eu-west-1.amazonaws.com", "1.1.1.1", "name-does-not-exist"),
        ("sts.eu-west-1.amazonaws.com", "10.44.0.2", "private-zone-shadow"),
        ("sts.eu-west-1.amazonaws.com", "10.44.7.2", "private-zone-shadow"),
        ("sts.eu-west-1.amazonaws.com", "10.44.0.53", "no-internet-recursion"),
    ] {
        for text in [
            format!("dial tcp: lookup {name} on {server}:53: no such host"),
            format!("Server:\t\t{server}\nAddress:\t{server}#53\n\n** server can't find {name}: NXDOMAIN\n"),
        ] {
            let rules = candidates_of(&text);
            assert_eq!(rules[0], leads, "{text}: {rules:?}");
            let is_public = server.starts_with(['8', '1']) && !server.starts_with("10.");
            assert!(
                !is_public || !rules.contains(&"no-internet-recursion"),
                "{text}: {rules:?}"
            );
        }
    }
    let zone = read("dial tcp: lookup ec2.eu-west-1b.amazonaws.com: no such host").unwrap();
    assert!(
        zone.name.iter().any(|one| one.contains("eu-west-1b is no Region")),
        "{zone:?}"
    );
    assert_eq!(zone.candidates[0].rule, "name-does-not-exist");
}

/// Names that are no endpoint's may not be there at all.
#[test]
fn any_name_that_is_denied_may_not_exist() {
    for name in ["shop.corp.example", "registry.invalid", "api.example.com"] {
        let rules = candidates_of(&format!("dial tcp: lookup {name} on 8.8.8.8:53: no such host"));
        assert_eq!(rules[0], "name-does-not-exist", "{name}: {rules:?}");
    }
    let found = read("dial tcp: lookup shop.corp.example on 10.44.0.53:53: no such host").unwrap();
    assert!(
        !found.candidates.iter().any(|one| one.why.contains("VPC's too")),
        "{found:?}"
    );
}

/// What the reply itself shows goes before it: an Extended DNS Error, or the SOA of a policy zone.
#[test]
fn a_policy_that_is_shown_goes_before_a_name_that_is_not_there() {
    let reply = |extra: &str, soa: &str| {
        format!(
            ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 7\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, \
             ADDITIONAL: 1\n{extra};; QUESTION SECTION:\n;shop.corp.example.\tIN\tA\n\n;; AUTHORITY SECTION:\n{soa}\t60\tIN\tSOA\t\
             ns.{soa} admin.{soa} 1 2 3 4 5\n\n;; SERVER: 10.44.0.53#53(10.44.0.53)\n"
        )
    };
    for (text, first) in [
        (reply("", "corp.example."), "name-does-not-exist"),
        (
            reply("; EDE: 15 (Blocked)\n", "corp.example."),
            "name-blocked-by-policy",
        ),
        (reply("", "policy.example."), "name-blocked-by-policy"),
        (
            reply(";; WARNING: recursion requested but not available\n", "corp.example."),
            "not-recursive",
        ),
    ] {
        let rules = candidates_of(&text);
        assert_eq!(rules[0], first, "{text}: {rules:?}");
        assert!(rules.contains(&"name-does-not-exist"), "{text}: {rules:?}");
    }
}

/// A server that has the answer another time, whatever the name is.
#[test]
fn a_server_that_answers_now_and_then_is_unstable() {
    for name in ["shop.corp.example", "sts.eu-west-1.amazonaws.com", "X"] {
        let text = format!(
            "$ nslookup {name} 10.44.0.53\nServer:\t\t10.44.0.53\nAddress:\t10.44.0.53#53\n\nName:\t{name}\nAddress: \
             10.1.1.100\n\n$ nslookup {name} 10.44.0.53\n;; connection timed out; no servers could be reached\n\n\
             $ nslookup {name} 10.44.0.53\nServer:\t\t10.44.0.53\nAddress:\t10.44.0.53#53\n\nName:\t{name}\nAddress: \
             10.1.1.100\n"
        );
        let rules = candidates_of(&text);
        assert_eq!(rules[0], "resolver-unstable", "{text}: {rules:?}");
        assert!(rules.contains(&"packets-lost"), "{text}: {rules:?}");
    }
}
