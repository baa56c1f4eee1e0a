//! What name servers' logs, the tools that ask them, and a host's configuration say.

use super::*;

#[test]
fn a_reply_of_dig() {
    let text = |status: &str, answers: u32| {
        format!(
            "; <<>> DiG 9.18.49 <<>> {X}\n;; ->>HEADER<<- opcode: QUERY, status: {status}, id: 1\n;; flags: qr rd ra; \
             QUERY: 1, ANSWER: {answers}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;{X}.\tIN\tA\n\n;; Query \
             time: 1 msec\n;; SERVER: 10.63.200.10#53(10.63.200.10) (UDP)\n"
        )
    };
    let found = |symptom| (symptom, Some(X.to_owned()), Some("10.63.200.10:53".to_owned()));
    assert_eq!(exactly(&text("NXDOMAIN", 0)), found(Symptom::NxDomain));
    assert_eq!(exactly(&text("NOERROR", 0)), found(Symptom::NoData));
    // An answer is no error.
    assert_eq!(exactly(&text("NOERROR", 2)), found(Symptom::Healthy));
}

/// It names no name, so nothing is concluded of any; and what does name one says more.
#[test]
fn a_denial_that_resolved_doubts_is_read_as_that() {
    let doubted = "systemd-resolved[415]: Server returned error NXDOMAIN, mitigating potential DNS violation \
                   DVE-2018-0001, retrying transaction with reduced feature level UDP.";
    let alone = read(doubted).unwrap();
    assert_eq!((alone.symptom, &alone.host), (Symptom::Doubted, &None));
    let rules: Vec<&str> = alone.candidates.iter().map(|candidate| candidate.rule).collect();
    assert_eq!(rules, ["edns-intolerant"]);
    let both = format!("{doubted}\ndial tcp: lookup {X} on 10.71.5.10:53: no such host\n{doubted}");
    assert_eq!(messages(&both)[0].symptom, Symptom::NoAddress);
}

/// A level of features that is given up says which of them failed.
#[test]
fn a_degraded_feature_set_says_what_failed() {
    for (set, symptom) in [
        ("TCP instead of UDP", Symptom::Silence),
        ("(TCP)", Symptom::Silence),
        ("UDP instead of UDP+EDNS0", Symptom::Edns),
        ("(UDP)", Symptom::Edns),
        ("TLS+EDNS0 instead of TLS+EDNS0+DO", Symptom::Edns),
        ("UDP+EDNS0 instead of TLS+EDNS0", Symptom::Encrypted),
    ] {
        let line = format!("systemd-resolved[9]: Using degraded feature set {set} for DNS server 10.71.5.10.");
        assert_eq!(
            exactly(&line),
            (symptom, None, Some("10.71.5.10:53".to_owned())),
            "{set}"
        );
    }
}

/// In the place of an error: whom the host asks for names of EKS.
#[test]
fn a_pasted_configuration_says_whom_the_host_asks() {
    for (text, sentences) in [
        (
            include_str!("../../../fixtures/host/resolvectl-status-249.txt"),
            [
                "For names below eks.amazonaws.com: systemd-resolved sends this name to 192.168.1.1, 2001:db8:1::1 \
                 (wlp0s20f3): no domain of another covers it.",
                "For names below api.aws: systemd-resolved sends this name to 192.168.1.1, 2001:db8:1::1 (wlp0s20f3): \
                 no \
                 domain of another covers it.",
                "For names below ap-northeast-1.eks.amazonaws.com: systemd-resolved sends this name to 10.63.5.53 \
                 (tun0): \
                 its domain ap-northeast-1.eks.amazonaws.com covers it.",
            ]
            .as_slice(),
        ),
        (
            include_str!("../../../fixtures/host/scutil-dns-port.txt"),
            &[
                "For names below eks.amazonaws.com: macOS sends this name to 127.0.0.1:5553 (resolver #2): its domain \
                 eks.amazonaws.com covers it.",
                "For names below api.aws: macOS sends this name to 192.168.1.1 (resolver #1): no domain of another \
                 covers \
                 it.",
            ],
        ),
        (
            include_str!("../../../fixtures/host/powershell-5.1.json"),
            &[
                "For names below eks.amazonaws.com: Windows sends this name to 10.63.5.53, 10.63.6.53 (NRPT rule \
                 .eks.amazonaws.com): its domain eks.amazonaws.com covers it.",
                "For names below api.aws: Windows sends this name to 192.168.1.1, 192.168.1.2 (adapter Ethernet): no \
                 domain of another covers it.",
            ],
        ),
    ] {
        let read = read(text).unwrap();
        assert_eq!(read.symptom, Symptom::Configuration);
        assert_eq!(read.resolver, sentences);
        assert_eq!(read.command, "eks-dns-doctor check HOST --public");
    }
    // An error beside it says more.
    let both = format!(
        "{}\nX: resolve call failed: 'X' not found",
        include_str!("../../../fixtures/host/resolvectl-status-249.txt")
    );
    assert_eq!(told(&both).0, Symptom::NxDomain);
    assert_eq!(read("resolver #1\nnothing\n"), None);
}

#[test]
fn addresses_of_name_servers() {
    for (address, word) in [
        ("127.0.0.53:53", "systemd-resolved"),
        ("127.0.0.11:53", "Docker"),
        ("[::1]:53", "this host"),
        ("169.254.169.253:53", "VPC resolver"),
        ("[fd00:ec2::253]:53", "VPC resolver"),
        ("192.168.0.2:53", "ends in .2"),
        ("10.63.200.10:53", "private address"),
        ("172.20.0.10:53", "CoreDNS"),
        ("10.255.255.254:53", "WSL"),
        ("169.254.20.10:53", "NodeLocal"),
        ("100.100.100.100:53", "100.64.0.0/10"),
        ("8.8.8.8:53", "public"),
    ] {
        let text = server::meaning(address.parse().unwrap());
        assert!(text.contains(word), "{text}");
    }
}

/// A log that says what the forward's target did: silence is one of several things.
#[test]
fn a_log_says_what_the_target_of_a_forward_did() {
    use Symptom::*;
    const TARGET: &str = "10.63.1.10:53";
    for (text, symptom, server) in [
        (
            "[ERROR] plugin/errors: 2 X. A: read udp 10.1.2.3:4->10.63.1.10:53: i/o timeout",
            Forward,
            TARGET,
        ),
        (
            "[ERROR] plugin/errors: 2 X. A: read udp 10.1.2.3:4->10.63.1.10:53: read: connection refused",
            ForwardClosed,
            TARGET,
        ),
        (
            "[ERROR] plugin/errors: 2 X. A: read tcp 10.1.2.3:4->10.63.1.10:53: read: connection reset by peer",
            ForwardClosed,
            TARGET,
        ),
        (
            "[ERROR] plugin/errors: 2 X. A: dial udp 10.63.1.10:53: connect: network is unreachable",
            ForwardNoRoute,
            TARGET,
        ),
        (
            "lame-servers: info: REFUSED unexpected RCODE resolving 'X/A/IN': 10.63.1.10#53",
            ForwardRefused,
            TARGET,
        ),
        (
            "named[9]: unexpected RCODE (REFUSED) resolving 'X/A/IN': 10.63.1.10#53",
            ForwardRefused,
            TARGET,
        ),
        (
            "lame-servers: info: SERVFAIL unexpected RCODE resolving 'X/A/IN': 10.63.1.10#53",
            ForwardFailed,
            TARGET,
        ),
        (
            "lame-servers: info: received FORMERR resolving 'X/A/IN': 10.63.1.10#53",
            ForwardFailed,
            TARGET,
        ),
        (
            "resolver: info: DNS format error from 10.63.1.10#53 resolving X/A for 10.1.2.3#5: server sent FORMERR",
            ForwardFailed,
            TARGET,
        ),
        (
            "lame-servers: info: FORMERR resolving 'X/A/IN': 10.63.1.10#53",
            ForwardUnusable,
            TARGET,
        ),
        (
            "lame-servers: info: connection refused resolving 'X/A/IN': 10.63.1.10#53",
            ForwardClosed,
            TARGET,
        ),
        (
            "lame-servers: info: host unreachable resolving 'X/A/IN': 10.63.1.10#53",
            ForwardNoRoute,
            TARGET,
        ),
        (
            "lame-servers: info: timed out resolving 'X/A/IN': 10.63.1.10#53",
            Forward,
            TARGET,
        ),
        (
            "resolver: info: DNS format error from 10.63.1.10#53 resolving X/A for 10.1.2.3#5: non-improving referral",
            Referral,
            TARGET,
        ),
        (
            "resolver: info: DNS format error from 10.63.1.10#53 resolving X/A for 10.1.2.3#5: invalid response",
            ForwardUnusable,
            TARGET,
        ),
        (
            "unbound[7:0] error: SERVFAIL <X. A IN>: all the configured stub or forward servers failed, at zone . from \
             10.63.1.10 got REFUSED",
            ForwardRefused,
            TARGET,
        ),
        (
            "unbound[7:0] error: SERVFAIL <X. A IN>: all servers for this domain failed, at zone . from 10.63.1.10 \
             upstream server timeout",
            Forward,
            TARGET,
        ),
        (
            "dnsmasq[1]: forwarded X to 10.63.1.10\ndnsmasq[1]: reply error is REFUSED",
            ForwardRefused,
            TARGET,
        ),
        // Several targets: which of them it was is not in the log.
        (
            "dnsmasq[1]: forwarded X to 10.63.1.10\ndnsmasq[1]: forwarded X to 10.63.1.11\ndnsmasq[1]: reply error is \
             SERVFAIL",
            ForwardFailed,
            "",
        ),
    ] {
        let server = (!server.is_empty()).then(|| server.to_owned());
        assert_eq!(told(text), (symptom, Some(X.to_owned()), server), "{text}");
        let found = candidates_of(text);
        // What answers is not silent, and a closed port is no dropped packet.
        let of_silence = ["inbound-endpoint-sg", "udp-blocked", "inbound-endpoint-unreachable"];
        let has_silence = found.iter().any(|rule| of_silence.contains(rule));
        assert_eq!(has_silence, symptom == Forward, "{text}: {found:?}");
    }
}

/// FORMERR is about the form of a question, and neither about signatures nor about private addresses.
#[test]
fn a_format_error_of_the_target_is_about_the_form() {
    let sent = "named[9]: received FORMERR resolving 'X/A/IN': 10.63.1.10#53";
    for rule in ["dnssec-bogus", "rebinding-protection"] {
        assert!(!candidates_of(sent).contains(&rule), "{rule}");
    }
    let own = "named[9]: FORMERR resolving 'X/A/IN': 10.63.1.10#53";
    assert_eq!(candidates_of(own)[..2], ["malformed-reply", "edns-intolerant"]);
}

/// What PowerDNS Recursor and Knot Resolver wrote, and what tcpdump prints.
#[test]
fn a_reply_in_a_log_says_what_came_of_the_question() {
    use Symptom::*;
    let recursor = "Nov 30 20:23:58 3 [1/1] answer to question 'X|TYPE': COUNT answers, 1 additional, took 1 packets, 0.158 \
                    netw ms, 0.351 tot ms, 0 throttled, 0 timeouts, 0/0 tcp/dot connections, rcode=CODE";
    let structured = "Nov 30 20:23:34 msg=\"Answer\" subsystem=\"syncres\" level=\"0\" prio=\"Info\" additional=\"1\" \
                      answers=\"COUNT\" dotout=\"0\" proto=\"udp\" qname=\"X\" qtype=\"TYPE\" rcode=\"CODE\" rd=\"1\"";
    for form in [recursor, structured] {
        for (kind, count, code, symptom) in [
            ("A", "0", "3", NxDomain),
            ("A", "0", "2", ServFail),
            ("A", "0", "5", Refused),
            ("A", "0", "0", NoData),
            ("A", "1", "0", Answered),
            ("AAAA", "0", "0", OtherType),
        ] {
            let text = form.replace("TYPE", kind).replace("COUNT", count).replace("CODE", code);
            assert_eq!(told(&text), (symptom, Some(X.to_owned()), None), "{text}");
        }
    }
    let knot = "[rebind][43363.01]   blocking blacklisted IP in RR 'X.       \t60\tA\t10.0.0.1'";
    assert_eq!(told(knot), (Rebind, Some(X.to_owned()), None));
    assert_eq!(candidates_of(knot)[0], "rebinding-protection");
    let server = Some("10.0.0.2:53".to_owned());
    for (said, symptom) in [
        ("4242 NXDomain 0/1/0 (130)", NxDomain),
        ("4242 NXDomain* 0/1/0 (130)", NxDomain),
        ("4242 ServFail- 0/0/0 (90)", ServFail),
        ("4242 Refused 0/0/1 (101)", Refused),
    ] {
        let question = "20:24:01.1 IP 10.0.9.5.41000 > 10.0.0.2.53: 4242+ A? X. (90)";
        let text = format!("{question}\n20:24:01.2 IP 10.0.0.2.53 > 10.0.9.5.41000: {said}");
        assert_eq!(told(&text), (symptom, Some(X.to_owned()), server.clone()), "{text}");
    }
    let long = "10.0.0.2.domain > 10.0.9.5.41000: [udp sum ok] 4242 NXDomain q: A? X. 0/1/0 ns: a. SOA (130)";
    assert_eq!(told(long), (NxDomain, Some(X.to_owned()), server));
    assert_eq!(read("10.0.0.2.53 > 10.0.9.5.41000: 4242 1/0/0 A 10.0.1.5 (106)"), None);
}

/// Events of Windows' DNS client.
#[test]
fn events_of_windows_dns_client() {
    use Symptom::*;
    let completed = "DNS query is completed for the name X, type 28, query options 140737488355328 with status ";
    let response = "Query response for name X, type 1, interface index 0 and network index 0 returned ";
    for (text, symptom) in [
        (
            "Name resolution for the name X timed out after none of the configured DNS servers responded.".to_owned(),
            Silence,
        ),
        (format!("{completed}9003 Results "), NxDomain),
        (format!("{completed}9002 Results "), ServFail),
        (format!("{completed}9501 Results "), NoData),
        (format!("{completed}1460 Results "), Silence),
        (format!("{completed}0 Results ::ffff:10.0.1.5;"), Healthy),
        (format!("{response}9005 with results "), Refused),
    ] {
        assert_eq!(told(&text), (symptom, Some(X.to_owned()), None), "{text}");
        assert!(!candidates_of(&text).contains(&"nsswitch-without-dns"), "{text}");
    }
    // Of each getaddrinfo there is one that asked nothing.
    assert_eq!(read(&filled(&format!("{completed}87 Results "))), None);
}

/// A rule for every name leaves none to the adapters.
#[test]
fn a_rule_for_every_name_leaves_none_to_the_adapters() {
    let list = "Namespace                        : .\nNameServers                      : {10.63.5.53}\n";
    let json = "[{\"Namespace\": \".\", \"NameServers\": [\"10.63.5.53\"]}]";
    for text in [list, json] {
        let found = read(text).unwrap();
        assert_eq!(found.symptom, Symptom::Configuration, "{text}");
        let rest = found.resolver.last().unwrap();
        assert!(
            rest.starts_with("A rule takes every name"),
            "{text}: {:?}",
            found.resolver
        );
        assert!(found.resolver[0].contains("10.63.5.53"), "{:?}", found.resolver);
    }
    let narrow = list.replace(": .\n", ": .corp.example\n");
    assert!(
        read(&narrow)
            .unwrap()
            .resolver
            .last()
            .unwrap()
            .contains("Get-DnsClientServerAddress")
    );
}

/// A line of a name server that goes on, and one of a zone of its own.
#[test]
fn bind_says_what_it_passes_over_and_which_zone_is_its_own() {
    let alias = "named[9]: skipping nameserver 'ns.corp.example' because it is a CNAME, while resolving 'X/A'";
    assert_eq!(told(alias), (Symptom::PassedOver, Some(X.to_owned()), None));
    assert!(candidates_of(alias).is_empty());
    for reason in ["zone not loaded", "expired"] {
        let own = format!("named[9]: client @0x7f 10.1.2.3#5 (X): query failed ({reason}) for X/IN/A at query.c:5300");
        let found = read(&filled(&own)).unwrap();
        assert_eq!(found.symptom, Symptom::OwnZone, "{reason}");
        assert!(found.resolver.iter().any(|said| said.contains("SERVFAIL")), "{found:?}");
        assert_eq!(candidates_of(&own), ["shadow-zone"], "{reason}");
    }
}

/// The validator's reasons stand behind SERVFAIL too, and leave no filter open.
#[test]
fn a_reason_of_the_validator_is_dnssecs() {
    for text in [
        "unbound[7:0] error: SERVFAIL <X. A IN>: key for validation amazonaws.com. is marked as invalid because of a \
         previous validation failure",
        "unbound[7:0] error: SERVFAIL <X. A IN>: no signatures from 10.63.1.10",
        "unbound[7:0] info: validation failure <X. A IN>: No DNSKEY record from 10.63.1.10 for key amazonaws.com. while \
         building chain of trust",
    ] {
        let read = read(&filled(text)).unwrap();
        assert_eq!((read.symptom, read.server), (Symptom::Bogus, None), "{text}");
        assert_eq!(candidates_of(text), ["dnssec-bogus"], "{text}");
    }
}

/// It is the VPC's own resolver: nothing is to be forwarded to it, and it takes no private addresses out.
#[test]
fn a_query_log_is_the_vpcs_resolvers() {
    let record = |rcode: &str, answers: &str, vpc: &str| {
        format!(r#"{{"query_name":"{X}.","query_type":"A","rcode":"{rcode}","answers":[{answers}],"vpc_id":"{vpc}"}}"#)
    };
    let empty = candidates_of(&record("NOERROR", "", "vpc-1"));
    assert_eq!(empty[0], "private-zone-not-effective", "{empty:?}");
    assert!(!empty.contains(&"rebinding-protection") && !empty.contains(&"no-forwarding"));
    let answer = record("NOERROR", r#"{"Rdata":"10.0.1.5","Type":"A","Class":"IN"}"#, "vpc-1");
    let denied = record("NXDOMAIN", "", "vpc-1");
    let later = candidates_of(&format!("{denied}\n{answer}"));
    assert!(
        later[..2].contains(&"resolver-unstable") && later[..2].contains(&"stale-negative-cache"),
        "{later:?}"
    );
    assert!(!later.contains(&"no-forwarding"));
    // Of another VPC the answer is another resolver's.
    let other = candidates_of(&format!("{}\n{answer}", record("NXDOMAIN", "", "vpc-2")));
    assert!(!other.contains(&"resolver-unstable"), "{other:?}");
    let format = candidates_of(&record("FORMERR", "", "vpc-1"));
    assert_eq!(format, ["forward-rule-shadow", "edns-intolerant"]);
}

/// The filter is the software's own: not AWS's.
#[test]
fn a_filter_of_a_name_server_is_not_awss() {
    for text in [
        "dnsmasq[1]: gravity blocked X is 0.0.0.0",
        "client @0x7f 10.1.2.3#5 (X): rpz QNAME NXDOMAIN rewrite X/A/IN via X.rpz.local",
        "unbound[7:0] info: rpz: applied [corp-rpz] X. rpz-nxdomain 10.1.2.3@4000 X. A IN",
    ] {
        let found = candidates_of(text);
        assert_eq!(found[0], "name-blocked-by-policy", "{text}");
        assert!(!found.contains(&"dns-firewall-block"), "{text}: {found:?}");
    }
}

/// A name server's log shows every name that a search list makes; the denial of those is as it should be.
#[test]
fn a_denied_search_domain_is_no_failure() {
    let line = |name: &str, said: &str| format!("[INFO] 10.1.8.20:6 - 3 \"A IN {name}. udp 92 false 512\" {said}\n");
    let denied = "NXDOMAIN qr,aa,rd 213 0.0002s";
    let searched = line(&format!("{X}.default.svc.cluster.local"), denied);
    let alone = messages(&searched);
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].symptom, Symptom::Searched);
    assert_eq!(alone[0].command, format!("eks-dns-doctor check {X} --public"));
    assert!(alone[0].candidates.is_empty());
    // What the name itself got is what counts.
    for (said, symptom) in [
        ("NOERROR qr,rd,ra 160 0.0002s", Symptom::Answered),
        ("SERVFAIL qr,rd,ra 85 0.0002s", Symptom::ServFail),
        (denied, Symptom::NxDomain),
    ] {
        let found = messages(&(searched.clone() + &line(X, said)));
        let found: Vec<Symptom> = found.iter().map(|one| one.symptom).collect();
        assert_eq!(found, [symptom], "{said}");
    }
    // So it is of names that are nobody's.
    let other = line("git.example.com.corp.example", denied) + &line("git.example.com", "NOERROR qr,rd,ra 160 0.0002s");
    assert_eq!(messages(&other).len(), 1);
    // A name in China ends in what looks like a domain more.
    let china = line(
        "0123456789ABCDEF0123456789ABCDEF.sk1.cn-north-1.eks.amazonaws.com.cn",
        denied,
    );
    assert_eq!(messages(&china)[0].symptom, Symptom::NxDomain);
}

/// NOERROR does not say that there was an address, but where the reply has no room for one.
#[test]
fn noerror_alone_is_no_address() {
    let coredns = |kind: &str, size: usize| {
        format!("[INFO] 10.1.8.20:6 - 3 \"{kind} IN {X}. udp 92 false 512\" NOERROR qr,rd,ra {size} 0.0002s")
    };
    let least = 12 + X.len() + 2 + 4;
    assert_eq!(exactly(&coredns("A", least)).0, Symptom::NoData);
    assert_eq!(exactly(&coredns("A", least + 15)).0, Symptom::NoData);
    assert_eq!(exactly(&coredns("A", least + 16)).0, Symptom::Answered);
    for kind in ["AAAA", "HTTPS"] {
        assert_eq!(exactly(&coredns(kind, least)).0, Symptom::OtherType, "{kind}");
    }
    let unbound = format!("unbound[7:0] info: 10.1.2.3 {X}. A IN NOERROR 0.02 0 124");
    assert_eq!(exactly(&unbound).0, Symptom::Answered);
    let route53 = |answers: &str| {
        format!(r#"{{"query_name":"{X}.","query_type":"A","rcode":"NOERROR","answers":[{answers}],"vpc_id":"vpc-1"}}"#)
    };
    let address = r#"{"Rdata":"10.0.1.5","Type":"A","Class":"IN"}"#;
    let alias = r#"{"Rdata":"b.example.","Type":"CNAME","Class":"IN"}"#;
    assert_eq!(exactly(&route53(address)).0, Symptom::Healthy);
    assert_eq!(exactly(&route53(alias)).0, Symptom::Answered);
    assert_eq!(exactly(&route53("")).0, Symptom::NoData);
}

/// An alias is of the name that was asked for, and no answer of EKS's.
#[test]
fn an_alias_is_about_the_name_that_was_asked_for() {
    use Symptom::*;
    const LEAD: &str = "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n";
    for (text, symptom) in [
        ("X is an alias for b.example.\nb.example has address 10.5.5.5", Aliased),
        ("X is an alias for b.example.", NoData),
        ("$ dig +short X\nb.example.\n10.5.5.5", Aliased),
        ("$ dig +short X\nb.example.\n$", NoAddress),
        (
            "Server:  dc1\nAddress:  10.1.1.1\n\nName:    b.example\nAddress:  10.5.5.5\nAliases:  X",
            Aliased,
        ),
        (
            "X CNAME  60 Answer b.example\n\nName       : b.example\nQueryType  : A\nIP4Address : 10.5.5.5",
            Aliased,
        ),
        // An alias of one's own that leads to the endpoint is right.
        ("k8s.corp.example is an alias for X.\nX has address 10.5.5.5", Healthy),
    ] {
        let host = if symptom == Healthy { "k8s.corp.example" } else { X };
        let found = told(text);
        assert_eq!((found.0, found.1.as_deref()), (symptom, Some(host)), "{text}");
    }
    for (behind, symptom) in [
        ("Name:\tb.example\nAddress: 10.5.5.5", Aliased),
        ("** server can't find b.example: NXDOMAIN", NxDomain),
    ] {
        let text = format!("{LEAD}X\tcanonical name = b.example.\n{behind}");
        let found = told(&text);
        assert_eq!((found.0, found.1.as_deref()), (symptom, Some(X)), "{text}");
        assert!(
            ["shadow-zone", "name-blocked-by-policy"].contains(&candidates_of(&text)[0]),
            "{text}"
        );
    }
    let dig = format!(
        ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, \
         ADDITIONAL: 1\n;; QUESTION SECTION:\n;{X}. IN A\n;; ANSWER SECTION:\n{X}. 60 IN CNAME b.example.\nb.example. \
         60 IN A 203.0.113.5\n;; SERVER: 10.1.1.5#53(10.1.1.5) (UDP)"
    );
    assert_eq!(exactly(&dig).0, Aliased);
    assert_eq!(candidates_of(&dig), ["shadow-zone", "name-blocked-by-policy"]);
}

/// The name of somebody's own that leads to an endpoint which is gone.
#[test]
fn an_alias_of_an_endpoint_is_about_the_endpoint() {
    let header = "; <<>> DiG 9.18.28 <<>> api.corp.example\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; \
                  flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 1\n\n;; QUESTION \
                  SECTION:\n;api.corp.example.\t\tIN\tA\n\n;; ANSWER \
                  SECTION:\napi.corp.example.\t300\tIN\tCNAME\tX.\n\n;; AUTHORITY \
                  SECTION:\nap-northeast-1.eks.amazonaws.com. 60 IN SOA ns-472.awsdns-59.com. \
                  awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400\n\n;; SERVER: 10.63.200.10#53(10.63.200.10) \
                  (UDP)\n";
    let short = "$ dig +short api.corp.example\nX.\n$ ";
    for (text, symptom) in [(header, Symptom::NxDomain), (short, Symptom::NoAddress)] {
        let found = read(&filled(text)).unwrap();
        assert_eq!(found.symptom, symptom, "{text}");
        assert_eq!(found.candidates[0].rule, "endpoint-name-stale", "{text}");
        assert!(found.command.contains(&filled("check X")), "{}", found.command);
        assert!(found.name[0].contains("is an alias"), "{:?}", found.name);
    }
    // One that leads to any other name is not.
    let other = read("$ dig +short api.corp.example\nweb.corp.example.\n$ ").unwrap();
    assert_eq!(other.command, "eks-dns-doctor check api.corp.example");
}

/// A part of a configuration keeps the ports of its name servers.
#[test]
fn a_part_of_a_configuration_keeps_the_ports() {
    for (text, server) in [
        (
            "Link 2 (eth0)\n DNS Servers: 10.0.0.2:5353\n DNS Domain: ~a.example\n",
            "10.0.0.2:5353",
        ),
        (
            "resolver #2\n  domain   : a.example\n  nameserver[0] : 10.0.0.2\n  port     : 5353\n",
            "10.0.0.2:5353",
        ),
        ("Link 2 (eth0): 10.0.0.2\n", "asks 10.0.0.2."),
    ] {
        let read = read(text).unwrap();
        assert!(read.resolver[0].contains(server), "{text}: {:?}", read.resolver);
    }
}

/// A reply without a record of another type says nothing of the address, which was not asked for.
#[test]
fn what_was_not_asked_for_did_not_fail() {
    const NSLOOKUP: &str = "Server:\t\t10.4.0.2\nAddress:\t10.4.0.2#53\n\n*** Can't find X: No answer";
    const LIST: &str = "Name Type TTL Section PrimaryServer\n---- ---- --- ------- ------\n\
                        gr7.eu-west-1.eks.amazonaws SOA  60    Authority  ns-1.awsdns-00.com";
    let reply = |kind: &str| {
        format!(
            ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, \
             AUTHORITY: 1, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;X.\t\tIN\t{kind}\n\n;; AUTHORITY SECTION:\n\
             eks.amazonaws.com. 60 IN SOA ns-1.awsdns-00.com. a.amazon.com. 1 7200 900 1209600 86400\n"
        )
    };
    let route53 = |kind: &str| {
        format!(r#"{{"query_name":"X.","query_type":"{kind}","rcode":"NOERROR","answers":[],"vpc_id":"vpc-1"}}"#)
    };
    let mut texts: Vec<(String, bool)> = Vec::new();
    for kind in ["A", "AAAA", "HTTPS", "NS", "SOA", "CNAME", "TYPE65"] {
        texts.push((reply(kind), kind != "A"));
        texts.push((route53(kind), kind != "A"));
        texts.push((format!("$ nslookup -type={kind} X\n{NSLOOKUP}"), kind != "A"));
        texts.push((format!("> set q={kind}\n> X\n{NSLOOKUP}"), kind != "A"));
        texts.push((format!("X has no {kind} record"), kind != "A"));
        texts.push((format!("PS C:\\> Resolve-DnsName X -Type {kind}\n{LIST}"), kind != "A"));
    }
    texts.push((format!("$ nslookup -query=aaaa X 10.4.0.2\n{NSLOOKUP}"), true));
    texts.push((format!("$ nslookup X\n{NSLOOKUP}"), false));
    // What was asked before, of another name or by another program, is not what was asked here.
    texts.push((format!("$ nslookup -type=SOA b.example\n{NSLOOKUP}"), false));
    texts.push((format!("$ nslookup -type=SOA X\nfoo\n$ nslookup X\n{NSLOOKUP}"), false));
    let failed = "X: resolve call failed: 'X' does not have any RR of the requested type";
    texts.push((format!("$ resolvectl query -6 X\n{failed}"), true));
    texts.push((format!("$ resolvectl query --type=SOA X\n{failed}"), true));
    texts.push((format!("$ resolvectl query X\n{failed}"), false));
    let dnsmasq = "Nov 20 10:11:12 dnsmasq[88]: reply X is NODATA";
    texts.push((dnsmasq.to_owned(), true));
    texts.push((format!("{dnsmasq}-IPv6"), true));
    texts.push((format!("{dnsmasq}-IPv4"), false));
    for (text, is_other) in texts {
        let read = read(&filled(&text)).unwrap_or_else(|| panic!("{text}"));
        let symptom = if is_other { Symptom::OtherType } else { Symptom::NoData };
        assert_eq!(read.symptom, symptom, "{text}");
        assert_eq!(read.candidates.is_empty(), is_other, "{text}");
    }
    // Where A was asked as well, that is what counts.
    let both = format!("{dnsmasq}-IPv6\n{dnsmasq}-IPv4");
    let both: Vec<Symptom> = messages(&filled(&both)).iter().map(|one| one.symptom).collect();
    assert_eq!(both, [Symptom::NoData]);
}

/// Commands that print the answer alone print nothing where there is no record of the type.
#[test]
fn a_short_answer_of_another_type_is_not_the_names() {
    for (command, symptom) in [
        ("dig +short X HTTPS", Symptom::OtherType),
        ("dig +short aaaa X", Symptom::OtherType),
        ("dig -t AAAA +short X", Symptom::OtherType),
        ("dig +short -q X -t txt", Symptom::OtherType),
        ("getent ahostsv6 X", Symptom::OtherType),
        ("dig +short X", Symptom::Unknown),
        ("dig +short X A", Symptom::Unknown),
        ("dig +short -t a X", Symptom::Unknown),
        ("dig +short X AAAA X A", Symptom::Unknown),
    ] {
        let text = format!("$ {command}\n$");
        assert_eq!(told(&text).0, symptom, "{text}");
    }
}

/// nslookup asks for the name server's own name first, and goes on where that fails.
#[test]
fn the_name_servers_own_name_is_not_the_one_that_was_asked_for() {
    const ANSWER: &str = "Server:  UnKnown\nAddress:  10.63.200.10\n\nName:    X\nAddresses:  10.4.18.77\n";
    const TIMED_OUT: &str = "DNS request timed out.\n    timeout was 2 seconds.\n";
    let lead = "*** Can't find server name for address 10.63.200.10: ";
    for before in ["Non-existent domain", "Timed out", "No response from server"] {
        let found = messages(&filled(&format!("{lead}{before}\n{ANSWER}")));
        let symptoms: Vec<Symptom> = found.iter().map(|one| one.symptom).collect();
        assert_eq!(symptoms, [Symptom::Healthy], "{before}");
    }
    let found = messages(&filled(&format!("{TIMED_OUT}{ANSWER}")));
    assert_eq!((found.len(), found[0].symptom), (1, Symptom::Healthy));
    // Without an answer it is silent for the name as well.
    let silent = format!("{TIMED_OUT}Server:  UnKnown\nAddress:  10.63.200.10\n\n{TIMED_OUT}");
    assert_eq!(told(&silent).0, Symptom::Silence);
    let denied = format!(
        "{lead}Non-existent domain\nServer:  UnKnown\nAddress:  10.63.200.10\n\n\
                          *** UnKnown can't find X: Non-existent domain"
    );
    assert_eq!(told(&denied).0, Symptom::NxDomain);
    // The way back from an address has nothing of the endpoint in it.
    for reverse in ["10.63.200.10", "10.200.63.10.in-addr.arpa."] {
        assert_eq!(
            told(&format!("*** UnKnown can't find {reverse}: Non-existent domain")).0,
            Symptom::OtherType
        );
    }
}

/// What another program, or another line of the same one, found for the name counts: the name exists.
#[test]
fn an_answer_beside_the_failure_counts() {
    const GO: &str = "Unable to connect to the server: dial tcp: lookup X on 10.63.200.10:53: no such host\n";
    const NSLOOKUP: &str = "Server:\t\t10.4.0.2\nAddress:\t10.4.0.2#53\n\nName:\tX\nAddress: 10.4.18.77\n";
    let own = NSLOOKUP.replace("10.4.0.2", "10.63.200.10");
    let failed = |rcode: &str| format!("{NSLOOKUP}** server can't find X: {rcode}\n");
    for (text, first) in [
        (format!("{GO}$ dig X +short\n10.4.18.77\n"), "no-forwarding"),
        (format!("{GO}$ dig @10.4.0.2 X +short\n10.4.18.77\n"), "no-forwarding"),
        (
            format!("{GO}$ dig @10.63.200.10 X +short\n10.4.18.77\n"),
            "resolver-unstable",
        ),
        (format!("{GO}$ nslookup X 10.4.0.2\n{NSLOOKUP}"), "no-forwarding"),
        (format!("{GO}$ nslookup X\n{own}"), "resolver-unstable"),
        (
            format!("$ ping -c1 X\nPING X (10.4.18.77) 56(84) bytes of data.\n{GO}"),
            "go-bypasses-scoped-dns",
        ),
        (
            format!("$ getent hosts X\n10.4.18.77      X\n$ kubectl get ns\n{GO}"),
            "go-bypasses-scoped-dns",
        ),
        (failed("SERVFAIL"), "aaaa-broken"),
        (failed("NXDOMAIN"), "aaaa-broken"),
    ] {
        let found = messages(&filled(&text));
        let rules: Vec<&str> = found[0].candidates.iter().map(|one| one.rule).collect();
        assert_eq!(rules.first(), Some(&first), "{text}: {rules:?}");
        assert!(!rules.contains(&"endpoint-name-stale"), "{text}: {rules:?}");
        assert_eq!(found.last().map(|one| one.symptom), Some(Symptom::Healthy), "{text}");
    }
    // A server that only the answer names is not the one that failed.
    let without = format!("Unable to connect to the server: dial tcp: lookup X: no such host\n{NSLOOKUP}");
    assert_eq!(messages(&filled(&without))[0].server, None);
    // Another name's answer is not this one's.
    let other = format!("{GO}$ dig b.example +short\n10.4.18.77\n");
    assert!(candidates_of(&filled(&other)).contains(&"endpoint-name-stale"));
}

/// The denial of a name with a search domain behind it is as it should be, whoever prints it.
#[test]
fn a_search_domain_is_no_failure_of_tools_either() {
    let busybox = "Server:\t\t10.100.0.10\nAddress:\t10.100.0.10:53\n\n** server can't find X.svc.cluster.local: \
                   NXDOMAIN\n\n";
    let dnsmasq =
        |name: &str, said: &str| format!("Nov 20 10:11:12 dnsmasq[88]: {said} is NXDOMAIN\n").replace("N0", name);
    let log = dnsmasq("X.corp.example", "config N0") + &dnsmasq("X.corp.example", "cached N0");
    let header = ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; flags: qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: \
                  1, ADDITIONAL: 1\n;; QUESTION SECTION:\n;X.corp.example. IN A\n";
    for (text, answer) in [
        (busybox, "Name:\tX\nAddress: 10.4.18.77\n"),
        (log.as_str(), "Nov 20 10:11:12 dnsmasq[88]: reply X is 10.4.18.77\n"),
        (header, ""),
    ] {
        let alone = messages(&filled(text));
        assert_eq!((alone.len(), alone[0].symptom), (1, Symptom::Searched), "{text}");
        assert!(alone[0].candidates.is_empty());
        if !answer.is_empty() {
            let found: Vec<Symptom> = messages(&filled(&format!("{text}{answer}")))
                .iter()
                .map(|one| one.symptom)
                .collect();
            assert_eq!(found, [Symptom::Healthy], "{text}");
        }
    }
    // The name itself is what such a line may be the cause of.
    let own = dnsmasq("X", "config N0");
    assert_eq!(candidates_of(&filled(&own))[0], "shadow-zone");
}

/// A policy that is only logged, and a question that CoreDNS puts to itself.
#[test]
fn a_log_of_what_changed_nothing_is_no_cause() {
    let rpz =
        |lead: &str| format!("client @0x7f 10.1.2.3#4 (X): {lead}rpz QNAME NXDOMAIN rewrite X/A/IN via X.rpz.local");
    assert_eq!(candidates_of(&filled(&rpz("")))[0], "name-blocked-by-policy");
    assert_eq!(read(&filled(&rpz("disabled "))), None);
    let coredns =
        |question: &str| format!("[INFO] 127.0.0.1:4 - 3 \"{question} udp 57 false 512\" NXDOMAIN qr,rd,ra 57 0.002s");
    let own = read(&coredns("HINFO IN 5577006791947779410.8674665223082153551.")).unwrap();
    assert_eq!(
        (own.symptom, own.candidates.len(), own.host),
        (Symptom::OtherType, 0, None)
    );
    let other = read(&coredns("HINFO IN 5577006791947779410.example.")).unwrap();
    assert_eq!(other.symptom, Symptom::NxDomain);
}

/// A forward target that is given by name, and is not found: no path and no port of it can be the cause.
#[test]
fn a_target_that_has_no_address_was_not_asked() {
    let text = "[ERROR] plugin/errors: 2 X. A: dial udp: lookup dns.corp.example on 10.0.0.2:53: no such host";
    let read = read(&filled(text)).unwrap();
    assert_eq!(read.symptom, Symptom::ForwardNoName);
    assert_eq!(candidates_of(text), ["forward-target-unreachable"]);
}

/// What Windows and macOS print of their name servers, in the forms that people paste.
#[test]
fn forms_of_a_configuration() {
    for (text, said) in [
        (
            "Namespace                        : .\nDirectAccessDnsServers           : 10.7.7.7\n\
             NameServers                      : \n",
            "The NRPT rule for . (every other name) asks 10.7.7.7.",
        ),
        (
            "Namespace : .a.test\nDirectAccessDnsServers : \nNameServers : {10.1.1.1}\n",
            "The NRPT rule for .a.test asks 10.1.1.1.",
        ),
        (
            "Namespace : .a.test\nNameServers : \n",
            "The NRPT rule for .a.test names no name server here.",
        ),
        (
            "Wireless LAN adapter Wi-Fi:\n\n   DNS Servers . . . . . . . . . . . : fe80::1%12\n                       \
             192.168.178.1\n                                       fec0:0:0:ffff::1%1\n   NetBIOS . . . : Enabled\n",
            "Wireless LAN adapter Wi-Fi asks fe80::1%12, 192.168.178.1.",
        ),
        (
            "nameserver 10.0.0.17.5353\nsearch_order 2\n",
            "It is a file of macOS's /etc/resolver: macOS asks 10.0.0.17:5353 for names below the domain that the file \
             is named for.",
        ),
        (
            "DNS Effective Name Resolution Policy Table Settings\n\n\nSettings for .eu-west-1.eks.amazonaws.com\n\
             ------\nDNSSEC (Validation)                     : disabled\nDirectAccess (DNS Servers)              : \n\
             Generic (DNS Servers)                   : 10.42.0.2\n",
            "The NRPT rule for .eu-west-1.eks.amazonaws.com asks 10.42.0.2.",
        ),
        (
            "No DNS configuration available\n",
            "macOS has no name server, so it asks nobody: the network is off, or not connected.",
        ),
        (
            "\nInterfaceAlias               Interface Address ServerAddresses\n\
             \u{20}                            Index     Family\n\
             --------------               --------- ------- ---------------\n\
             Wi-Fi                               12 IPv4    {192.168.178.1}\n\
             Wi-Fi                               12 IPv6    {fec0:0:0:ffff::1, fec0:0:0:ffff::2}\n\
             Local Area Connection 2              7 IPv4    {10.42.0.2}\n\
             Loopback Pseudo-Interface 1          1 IPv4    {}\n",
            "adapter Wi-Fi asks 192.168.178.1. adapter Local Area Connection 2 asks 10.42.0.2.",
        ),
    ] {
        let read = read(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(read.symptom, Symptom::Configuration);
        let all = read.resolver.join(" ");
        assert!(all.starts_with(said), "{text}: {all}");
    }
    // What is cut is not read.
    let cut = "InterfaceAlias               Interface Address ServerAddresses\n----\n\
               Wi-Fi                               12 IPv4    {192.168.178.1, 192.168.1...\n";
    assert_eq!(read(cut), None);
}

/// BusyBox asks for a name with each search domain, and prints what became of each.
#[test]
fn one_name_of_busybox_search_list_is_enough() {
    let text = |answer: &str| {
        format!(
            "/ # nslookup orders\nServer:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find \
             orders.svc.cluster.local: NXDOMAIN\n\n** server can't find orders.cluster.local: NXDOMAIN\n\n{answer}"
        )
    };
    let found = messages(&text("Name:\torders.shop.svc.cluster.local\nAddress: 10.109.56.13\n"));
    let found: Vec<(Symptom, Option<String>)> = found
        .iter()
        .map(|one| (one.symptom, one.host.as_ref().map(ToString::to_string)))
        .collect();
    assert_eq!(
        found,
        [(Symptom::Healthy, Some("orders.shop.svc.cluster.local".to_owned()))]
    );
    // Of another name the answer says nothing.
    for answer in ["", "Name:\tcarts.shop.svc.cluster.local\nAddress: 10.109.56.13\n"] {
        assert_eq!(told(&text(answer)).0, Symptom::NxDomain, "{answer}");
    }
}

/// Addresses of name servers are no answer.
#[test]
fn addresses_beside_a_referral_are_no_answer() {
    let text = "; <<>> DiG 9.18.49 <<>> corp.example NS @192.0.2.53\n;; Got answer:\n\
                ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 7\n\
                ;; flags: qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 2\n\
                ;; WARNING: recursion requested but not available\n\n;; QUESTION SECTION:\n;corp.example.\tIN\tNS\n\n\
                ;; AUTHORITY SECTION:\ncorp.example.\t3600\tIN\tNS\tns1.corp.example.\n\n\
                ;; ADDITIONAL SECTION:\nns1.corp.example.\t3600\tIN\tA\t192.0.2.9\n\
                ns1.corp.example.\t3600\tIN\tAAAA\t2001:db8::9\n\n;; SERVER: 192.0.2.53#53(192.0.2.53)\n";
    let symptoms: Vec<Symptom> = messages(text).iter().map(|one| one.symptom).collect();
    assert_eq!(symptoms, [Symptom::Referral]);
}

/// dig(1): what it is given is a name, unless -x stands before it.
#[test]
fn an_address_that_dig_is_given_is_a_name_of_digits() {
    let text = "; <<>> DiG 9.18.49 <<>> 10.1.2.3\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 7\n\
                ;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n\
                ;10.1.2.3.\tIN\tA\n\n;; AUTHORITY SECTION:\n.\t900\tIN\tSOA\ta.root-servers.net. nstld.verisign-grs.com. 1 2 3 4 \
                5\n\n;; SERVER: 10.44.0.53#53(10.44.0.53)\n";
    let found = read(text).unwrap();
    assert_eq!((found.symptom, &found.host), (Symptom::NxDomain, &None));
    assert!(found.name.iter().any(|one| one.contains("dig -x")), "{:?}", found.name);
    let rules: Vec<&str> = found.candidates.iter().map(|one| one.rule).collect();
    assert_eq!(rules, ["name-does-not-exist"]);
    let reverse = text.replace("10.1.2.3.\tIN\tA", "3.2.1.10.in-addr.arpa.\tIN\tPTR");
    assert_eq!(told(&reverse).0, Symptom::OtherType);
}

/// nslookup in a loop, without its server.
#[test]
fn answers_and_silence_in_turn_are_of_an_unstable_server() {
    let answer = "Name:\tapi.corp.example\nAddress: 10.1.1.100\n\n";
    let silence = ";; connection timed out; no servers could be reached\n\n";
    let found = candidates_of(&format!("{answer}{silence}{answer}"));
    assert_eq!(found[..2], ["resolver-unstable", "packets-lost"], "{found:?}");
    assert!(!found.contains(&"resolver-unreachable"), "{found:?}");
    for text in [
        silence.to_owned(),
        format!("{answer}{silence}"),
        format!("{silence}{answer}"),
    ] {
        assert!(candidates_of(&text).contains(&"resolver-unreachable"), "{text}");
    }
}

/// What systemd-resolved takes for a server that lacks EDNS may be a path that loses packets.
#[test]
fn a_degraded_feature_set_may_be_of_lost_packets() {
    let lines = "systemd-resolved[9]: Using degraded feature set (UDP) for DNS server 10.71.5.10.";
    assert_eq!(candidates_of(lines), ["edns-intolerant", "packets-lost"]);
}

/// The path of a namespace says what was asked for.
#[test]
fn a_namespace_is_no_client() {
    for namespace in ["argocd", "argo-cd", "flux-system", "crossplane-system"] {
        let line = format!(
            "Get \"https://X/api/v1/namespaces/{namespace}\": dial tcp: lookup X on 10.44.0.53:53: no such host"
        );
        let found = read(&filled(&line)).unwrap();
        assert_eq!(found.client, None, "{line}");
        assert!(
            !found.candidates.iter().any(|one| one.rule == "private-zone-shadow"),
            "{line}"
        );
    }
    let found = read(&filled(
        "argocd-server: Get \"https://X/api\": dial tcp: lookup X: no such host",
    ))
    .unwrap();
    assert_eq!(found.client, Some("argocd"));
}

/// klog's times: 30 seconds are client-go's time to dial.
#[test]
fn a_trace_with_thirty_seconds_of_silence_is_a_time_out() {
    let trace = |ended: &str| {
        format!(
            "I0102 23:59:48.555066   33811 round_trippers.go:466] curl -v -XGET 'https://X/version'\n\
             I010{ended}   33811 round_trippers.go:495] HTTP Trace: DNS Lookup for X resolved to []\n"
        )
    };
    for (ended, symptom) in [
        ("3 00:00:21.023772", Symptom::LookUpDeadline),
        ("2 23:59:48.623772", Symptom::Unknown),
        ("2 23:59:58.623772", Symptom::Unknown),
    ] {
        assert_eq!(told(&trace(ended)).0, symptom, "{ended}");
    }
}

/// Texts of nslookup and dig in comments, and in a string of JSON.
#[test]
fn what_is_quoted_is_read_as_it_was_printed() {
    for text in [
        "# Server:  10.44.0.53\n# Address: 10.44.0.53#53\n#\n# ** server can't find X: NXDOMAIN\n",
        "> Server:  10.44.0.53\n> Address: 10.44.0.53#53\n>\n> ** server can't find X: NXDOMAIN\n",
        "{\"stdout\": \"Server:\\t\\t10.44.0.53\\nAddress:\\t10.44.0.53#53\\n\\n** server can't find X: NXDOMAIN\\n\\n\"}",
    ] {
        let found = (Symptom::NxDomain, Some(X.to_owned()), Some("10.44.0.53:53".to_owned()));
        assert_eq!(told(text), found, "{text}");
    }
    let healthy = "# Server:  10.44.0.53\n# Address: 10.44.0.53#53\n#\n# Name: X\n# Address: 10.80.3.31\n";
    assert_eq!(told(healthy).0, Symptom::Healthy);
}
