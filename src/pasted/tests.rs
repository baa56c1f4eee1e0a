#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::*;
use crate::rules;

const X: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

fn told(text: &str) -> (Symptom, Option<String>, Option<String>) {
    exactly(&filled(text))
}

/// With the endpoint's name for each `X` that is no part of a word.
fn filled(text: &str) -> String {
    text.replace("NX", "\0").replace('X', X).replace('\0', "NX")
}

fn exactly(text: &str) -> (Symptom, Option<String>, Option<String>) {
    let read = read(text).unwrap_or_else(|| panic!("{text}"));
    (
        read.symptom,
        read.host.map(|host| host.to_string()),
        read.server.map(|server| server.to_string()),
    )
}

/// Each text with what it says, the name in it (`X`: the endpoint's) and the server.
#[test]
fn texts_of_clients() {
    use Symptom::*;
    for (text, symptom, host, server) in [
        (
            "Unable to connect to the server: dial tcp: lookup X on 10.63.200.10:53: no such host",
            NoAddress,
            "X",
            "10.63.200.10:53",
        ),
        (
            "E0101 01:01:01.000000  1234 memcache.go:265] \"Unhandled Error\" err=\"couldn't get current server API \
             group list: Get \\\"https://X/api?timeout=32s\\\": dial tcp: lookup X on 127.0.0.53:53: server \
              misbehaving\"",
            Misbehaving,
            "X",
            "127.0.0.53:53",
        ),
        (
            "Error: Get \"https://X/apis/apps/v1\": dial tcp: lookup X: no such host",
            NoAddress,
            "X",
            "",
        ),
        (
            "dial tcp: lookup X on 10.63.200.10:53: read udp 10.1.1.1:40000->10.63.200.10:53: i/o timeout",
            Silence,
            "X",
            "10.63.200.10:53",
        ),
        (
            "lookup X on [::1]:53: read udp [::1]:40000->[::1]:53: read: connection refused",
            PortClosed,
            "X",
            "[::1]:53",
        ),
        (
            "lookup X on 10.63.200.10:53: dial tcp 10.63.200.10:53: connect: connection refused",
            Truncated,
            "X",
            "10.63.200.10:53",
        ),
        (
            "lookup X on 10.63.200.10:53: dial udp 10.63.200.10:53: connect: network is unreachable",
            NoRoute,
            "X",
            "10.63.200.10:53",
        ),
        ("dial tcp: lookup X: i/o timeout", LookUpDeadline, "X", ""),
        (
            "lookup X on 10.0.0.2:53: cannot unmarshal DNS message",
            Unreadable,
            "X",
            "10.0.0.2:53",
        ),
        ("lookup X on 10.0.0.2:53: lame referral", Referral, "X", "10.0.0.2:53"),
        (
            "dial tcp: lookup X: No address associated with hostname",
            NoData,
            "X",
            "",
        ),
        (
            "dial tcp: lookup X: Temporary failure in name resolution",
            TryAgain,
            "X",
            "",
        ),
        (
            "Get \"https://X/version\": proxyconnect tcp: dial tcp: lookup proxy.corp.example on 10.0.0.2:53: no such \
             host",
            Proxy,
            "proxy.corp.example",
            "10.0.0.2:53",
        ),
        (
            "The connection to the server X was refused - did you specify the right host or port?",
            KubectlRefused,
            "X",
            "",
        ),
        (
            "Kubernetes cluster unreachable: Get \"https://X/version\": dial tcp 10.0.0.9:443: i/o timeout",
            Connection,
            "X",
            "",
        ),
        (
            "Unable to connect to the server: x509: certificate is valid for portal.example.net, not X",
            Certificate,
            "X",
            "",
        ),
        (
            "Get \"https://X/api?timeout=5s\": context deadline exceeded",
            Deadline,
            "X",
            "",
        ),
        ("curl: (6) Could not resolve host: X", Unknown, "X", ""),
        ("socket.gaierror: [Errno -2] Name or service not known", NoName, "", ""),
        (
            "NameResolutionError(\"HTTPSConnection(host='X', port=443): Failed to resolve 'X' ([Errno -5] No address \
             associated with hostname)\")",
            NoData,
            "X",
            "",
        ),
        (
            "java.net.UnknownHostException: X: Temporary failure in name resolution",
            TryAgain,
            "X",
            "",
        ),
        ("Error: getaddrinfo ENOTFOUND X", NoAddress, "X", ""),
        ("Error: queryA ESERVFAIL X", ServFail, "X", ""),
        (
            "failed to lookup address information: Name or service not known",
            NoName,
            "",
            "",
        ),
        (
            "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find X: REFUSED",
            Refused,
            "X",
            "10.0.0.2:53",
        ),
        ("*** Can't find X: No answer", NoData, "X", ""),
        (";; connection timed out; no servers could be reached", Silence, "", ""),
        // Go on Windows, and with cgo on musl.
        (
            "dial tcp: lookup X: getaddrinfow: The requested name is valid, but no data of the requested type was \
             found.",
            NoData,
            "X",
            "",
        ),
        (
            "dial tcp: lookup X: getaddrinfow: This is usually a temporary error during hostname resolution and means \
             that the local server did not receive a response from an authoritative server.",
            TryAgain,
            "X",
            "",
        ),
        ("dial tcp: lookup X: Try again", TryAgain, "X", ""),
        // What stands around it: client-go, helm, terraform, eksctl, kubelet.
        (
            "E1124 10:00:00.000000   77 memcache.go:238] couldn't get current server API group list: Get \
             \"https://X/api?timeout=32s\": dial tcp: lookup X on 10.63.200.10:53: no such host",
            NoAddress,
            "X",
            "10.63.200.10:53",
        ),
        (
            "Error: INSTALLATION FAILED: Kubernetes cluster unreachable: Get \"https://X/version\": dial tcp: lookup X \
             on 127.0.0.53:53: no such host",
            NoAddress,
            "X",
            "127.0.0.53:53",
        ),
        (
            "│ Error: Get \"https://X/apis/rbac.authorization.k8s.io/v1/clusterroles/x\": dial tcp: lookup X on \
             192.168.1.1:53: no such host",
            NoAddress,
            "X",
            "192.168.1.1:53",
        ),
        (
            "Error: getting auth ConfigMap: Get \"https://X/api/v1/namespaces/kube-system/configmaps/aws-auth\": dial \
             tcp: lookup X: no such host",
            NoAddress,
            "X",
            "",
        ),
        (
            "Failed to contact API server when waiting for CSINode publishing: Get \
             \"https://X/apis/storage.k8s.io/v1/csinodes/n\": dial tcp: lookup X on 10.63.200.10:53: no such host",
            NoAddress,
            "X",
            "10.63.200.10:53",
        ),
        (
            "Get \"https://X/api\": net/http: request canceled while waiting for connection (Client.Timeout exceeded \
             while awaiting headers)",
            NoConnectionInTime,
            "X",
            "",
        ),
        (
            "Unable to connect to the server: dial tcp 10.0.0.9:443: connectex: A connection attempt failed because \
             the connected party did not properly respond after a period of time",
            Connection,
            "",
            "",
        ),
        // Other clients, on Linux and elsewhere.
        ("wget: unable to resolve host address ‘X’", Unknown, "X", ""),
        ("wget: bad address 'X'", Unknown, "X", ""),
        ("ping: X: Name or service not known", NoName, "X", ""),
        ("ping: cannot resolve X: Unknown host", Unknown, "X", ""),
        ("curl: (6) Could not resolve host: X; Unknown error", Unknown, "X", ""),
        (
            "socket.gaierror: [Errno -5] No address associated with hostname",
            NoData,
            "",
            "",
        ),
        (
            "socket.gaierror: [Errno -3] Temporary failure in name resolution",
            TryAgain,
            "",
            "",
        ),
        (
            "socket.gaierror: [Errno 8] nodename nor servname provided, or not known",
            NoAddress,
            "",
            "",
        ),
        ("socket.gaierror: [Errno 11001] getaddrinfo failed", Unknown, "", ""),
        ("socket.gaierror: [Errno -2] Name does not resolve", NoAddress, "", ""),
        ("socket.gaierror: [Errno -5] Name has no usable address", NoData, "", ""),
        ("socket.gaierror: [Errno -3] Try again", TryAgain, "", ""),
        (
            "java.net.UnknownHostException: X: Name or service not known",
            NoName,
            "X",
            "",
        ),
        (
            "java.net.UnknownHostException: X: No address associated with hostname",
            NoData,
            "X",
            "",
        ),
        ("Caused by: java.net.UnknownHostException: X", Unknown, "X", ""),
        ("Error: getaddrinfo EAI_AGAIN X", TryAgain, "X", ""),
        ("Error: queryA ENOTFOUND X", NoAddress, "X", ""),
        ("Error: queryA ENODATA X", NoData, "X", ""),
        ("Error: queryA EREFUSED X", Refused, "X", ""),
        ("Error: queryA ETIMEOUT X", Silence, "X", ""),
        (
            "failed to lookup address information: No address associated with hostname",
            NoData,
            "",
            "",
        ),
        (
            "failed to lookup address information: Temporary failure in name resolution",
            TryAgain,
            "",
            "",
        ),
        ("No such host is known. (os error 11001)", NoAddress, "", ""),
        ("No such host is known. (X:443)", NoAddress, "X", ""),
        ("The remote name could not be resolved: 'X'", Unknown, "X", ""),
        (
            "Ping request could not find host X. Please check the name and try again.",
            Unknown,
            "X",
            "",
        ),
        // dig, host and BIND's nslookup.
        (
            "Server:\t\t127.0.0.53\nAddress:\t127.0.0.53#53\n\n** server can't find X: NXDOMAIN",
            NxDomain,
            "X",
            "127.0.0.53:53",
        ),
        ("** server can't find X: SERVFAIL", ServFail, "X", ""),
        ("Host X not found: 3(NXDOMAIN)", NxDomain, "X", ""),
        ("Host X not found: 2(SERVFAIL)", ServFail, "X", ""),
        ("X has no A record", NoData, "X", ""),
        (
            ";; communications error to 10.63.200.10#53: timed out",
            Silence,
            "",
            "10.63.200.10:53",
        ),
        (
            ";; communications error to 127.0.0.1#53: connection refused",
            PortClosed,
            "",
            "127.0.0.1:53",
        ),
        (";; Got bad packet: malformed OPT option", Unreadable, "", ""),
        // Windows' nslookup and Resolve-DnsName.
        (
            "Server:  UnKnown\r\nAddress:  192.168.1.1\r\n\r\n*** UnKnown can't find X: Non-existent domain\r\n",
            NxDomain,
            "X",
            "192.168.1.1:53",
        ),
        ("*** dc01.corp.example can't find X: Server failed", ServFail, "X", ""),
        ("*** UnKnown can't find X: Query refused", Refused, "X", ""),
        ("*** UnKnown can't find X: No response from server", Silence, "X", ""),
        (
            "*** No internal type for both IPv4 and IPv6 Addresses (A+AAAA) records available for X",
            NoData,
            "X",
            "",
        ),
        (
            "DNS request timed out.\r\n    timeout was 2 seconds.\r\n*** Request to UnKnown timed-out",
            Silence,
            "",
            "",
        ),
        (
            "Resolve-DnsName : X : DNS name does not exist\nAt line:1 char:1",
            NxDomain,
            "X",
            "",
        ),
        ("Resolve-DnsName: X : DNS server failure.", ServFail, "X", ""),
        ("Resolve-DnsName : X : DNS operation refused", Refused, "X", ""),
        (
            "Resolve-DnsName : X : This operation returned because the timeout period expired",
            Silence,
            "X",
            "",
        ),
        // resolvectl of several versions.
        ("X: resolve call failed: 'X' not found", NxDomain, "X", ""),
        ("X: resolve call failed: Name 'X' not found", NxDomain, "X", ""),
        (
            "X: resolve call failed: 'X' does not have any RR of the requested type",
            NoData,
            "X",
            "",
        ),
        (
            "X: resolve call failed: Could not resolve 'X', server or network returned error SERVFAIL",
            ServFail,
            "X",
            "",
        ),
        (
            "X: resolve call failed: Could not resolve 'X', server or network returned error REFUSED",
            Refused,
            "X",
            "",
        ),
        (
            "X: resolve call failed: All attempts to contact name servers or networks failed",
            Silence,
            "X",
            "",
        ),
        ("X: resolve call failed: Query timed out", Silence, "X", ""),
        (
            "X: resolve call failed: No appropriate name servers or networks for name found",
            NoServer,
            "X",
            "",
        ),
        (
            "X: resolve call failed: DNSSEC validation failed: no-signature",
            Bogus,
            "X",
            "",
        ),
        (
            "lookup X on 10.63.200.10:53: write udp 10.0.0.5:4->10.63.200.10:53: write: operation not permitted",
            NotLetOut,
            "X",
            "10.63.200.10:53",
        ),
        (
            "dial tcp: lookup X on 10.63.200.10:53: dial udp 10.63.200.10:53: socket: too many open files",
            OtherError,
            "X",
            "10.63.200.10:53",
        ),
        ("dial tcp: lookup X: device or resource busy", OtherError, "X", ""),
        ("dial tcp: lookup X: operation was canceled", LookUpDeadline, "X", ""),
        (
            "lookup X on 10.0.0.2:53: invalid DNS response",
            Unreadable,
            "X",
            "10.0.0.2:53",
        ),
        (
            "Get \"https://X/api\": proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused",
            ProxyConnection,
            "X",
            "",
        ),
        (
            "The connection to the server https://X was refused - did you specify the right host or port?",
            KubectlRefused,
            "X",
            "",
        ),
        (
            "HTTPSConnectionPool(host='X', port=443): Max retries exceeded with url: / (Caused by \
             NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new \
             connection: [Errno -2] Name or service not known'))",
            NoName,
            "X",
            "",
        ),
        (
            "; <<>> DiG 9.18.49 <<>> @fd00::1 X AAAA +tcp\n;; communications error to fd00::1#53: timed out",
            Silence,
            "X",
            "[fd00::1]:53",
        ),
        (
            "Could not connect to the endpoint URL: \"https://eks.ap-northeast-1.amazonaws.com/clusters/x\"",
            AwsApi,
            "eks.ap-northeast-1.amazonaws.com",
            "",
        ),
    ] {
        let some = |text: &str| (!text.is_empty()).then(|| filled(text));
        let read = super::read(&filled(text)).map(|_| told(text));
        assert_eq!(read, Some((symptom, some(host), some(server))), "{text}");
    }
}

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

/// The lookup's own error decides, not what kubectl made of it.
#[test]
fn a_log_is_read_for_what_says_most() {
    let log = "The connection to the server X was refused - did you specify the right host or port?\n\
               E0101 dial tcp: lookup X on 127.0.0.1:53: read udp 127.0.0.1:4->127.0.0.1:53: read: connection refused";
    assert_eq!(told(log).0, Symptom::PortClosed);
}

/// Terraform breaks long lines, and draws a bar beside them.
#[test]
fn a_broken_line_is_read_as_one() {
    let whole = (
        Symptom::NoAddress,
        Some(X.to_owned()),
        Some("10.63.200.10:53".to_owned()),
    );
    for text in [
        "╷\n│ Error: Get \"https://X/api/v1/namespaces/kube-system\": dial\n│ tcp: lookup X on\n│ 10.63.200.10:53: no \
         such host\n│\n╵",
        "Unable to connect to the server: dial tcp: lookup X on 10.63.200.10:53: no such\n   host\n",
        "Unable to connect to the server: dial tcp: lookup X on 10.63.200.10:5\r\n3: no such host\r\n",
    ] {
        assert_eq!(told(text), whole, "{text}");
    }
    assert_eq!(read("we had to lookup\nthe host on\nMonday: nothing"), None);
    // A terminal of 80 columns, wherever in the name its edge is.
    for at in 1..X.len() {
        let (start, end) = X.split_at(at);
        for (before, after, symptom) in [
            (
                "Unable to connect to the server: dial tcp: lookup ",
                " on 10.63.200.10:53: no such host",
                Symptom::NoAddress,
            ),
            ("curl: (6) Could not resolve host: ", "", Symptom::Unknown),
            ("** server can't find ", ": NXDOMAIN", Symptom::NxDomain),
        ] {
            let text = format!("{before}{start}\n{end}{after}\nand more");
            let read = read(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.symptom, symptom, "{text}");
            assert_eq!(read.host.map(|host| host.to_string()).as_deref(), Some(X), "{text}");
        }
    }
}

/// Logs are coloured, and quoted within others.
#[test]
fn colours_and_quotations() {
    let whole = (
        Symptom::NoAddress,
        Some(X.to_owned()),
        Some("10.63.200.10:53".to_owned()),
    );
    for text in [
        "\u{1b}[31mdial tcp: lookup \u{1b}[1mX\u{1b}[0m on 10.63.200.10:53: no such host\u{1b}[0m",
        "{\"msg\":\"Get \\\"https://X/api\\\": dial tcp: lookup \\u001b[1mX\\u001b[0m on 10.63.200.10:53: no such \
         host\"}",
        "time=\"2025-01-01T00:00:00Z\" level=error msg=\"Get \\\"https://X/\\\": dial tcp: lookup X on \
         10.63.200.10:53: no such host\"",
        "line\r\ndial tcp: lookup X on 10.63.200.10:53: no such host\r\nline\r\n",
    ] {
        assert_eq!(told(text), whole, "{text}");
    }
}

/// Where a message names no server it says so, and why that may be.
#[test]
fn a_message_without_a_server() {
    let said = |text: &str| read(&filled(text)).unwrap().resolver.join(" ");
    assert!(said("dial tcp: lookup X: no such host").contains("names no name server"));
    assert!(said("dial tcp: lookup X: i/o timeout").contains("30 s"));
    assert!(!said("dial tcp: lookup X on 10.0.0.2:53: no such host").contains("names no"));
    assert!(!said("curl: (6) Could not resolve host: X").contains("names no"));
}

/// AWS's own public names are no endpoints of clusters: what could be behind them is something else.
#[test]
fn a_name_of_the_aws_api() {
    let rules = |text: &str| -> Vec<&str> {
        let read = read(text).unwrap();
        read.candidates.iter().map(|candidate| candidate.rule).collect()
    };
    let found = rules("dial tcp: lookup eks.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host");
    assert_eq!(found[0], "no-internet-recursion");
    for rule in [
        "no-forwarding",
        "rebinding-protection",
        "name-does-not-exist",
        "endpoint-name-malformed",
    ] {
        assert!(!found.contains(&rule), "{found:?}");
    }
    let oidc = "dial tcp: lookup oidc.eks.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host";
    assert!(read(oidc).unwrap().name[0].contains("interface endpoint"));
}

/// Go asks nobody for a name that DNS cannot have.
#[test]
fn a_name_that_is_too_long() {
    let long = format!("{}.eks.amazonaws.com", ["a".repeat(60).as_str(); 5].join("."));
    let label = format!("{}.eks.amazonaws.com", "a".repeat(64));
    for name in [long, label] {
        let read = read(&format!("dial tcp: lookup {name}: no such host")).unwrap();
        assert!(read.name[0].contains("longer than DNS allows"), "{read:?}");
        assert_eq!(read.candidates[0].rule, "endpoint-name-malformed");
        assert_eq!(read.command, "eks-dns-doctor check HOST --public");
    }
}

#[test]
fn what_is_not_known_is_not_guessed() {
    for text in [
        "",
        "lookup",
        "lookup x",
        "lookup x on nowhere: no such host",
        "we lookup a book: nothing",
        ";; ->>HEADER<<- opcode: QUERY, status: ",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn the_command_asks_for_the_name_and_the_server() {
    let command = |text: &str| read(&text.replace('X', X)).unwrap().command;
    assert_eq!(
        command("lookup X on 10.63.200.10:53: no such host"),
        format!("eks-dns-doctor check {X} --resolver 10.63.200.10 --public")
    );
    assert_eq!(
        command("lookup X on [fd00::1]:5353: no such host"),
        format!("eks-dns-doctor check {X} --resolver [fd00::1]:5353 --public")
    );
    // This host's own name servers are asked anyway.
    assert_eq!(
        command("lookup X on 127.0.0.53:53: no such host"),
        format!("eks-dns-doctor check {X} --public")
    );
    // Without its zone a link-local address cannot be asked; this host's resolv.conf has it.
    assert_eq!(
        command("lookup X on [fe80::1%eth0]:53: no such host"),
        format!("eks-dns-doctor check {X} --public")
    );
    // Behind a proxy the name that counts is the endpoint's.
    assert_eq!(
        command("Get \"https://X/\": proxyconnect tcp: dial tcp: lookup p.corp: no such host"),
        format!("eks-dns-doctor check {X} --public")
    );
    // Nothing from outside gets into it but a host name.
    assert_eq!(
        command("lookup $(reboot) on 10.0.0.2:53: no such host"),
        "eks-dns-doctor check HOST --resolver 10.0.0.2 --public"
    );
}

#[test]
fn each_rule_is_behind_a_symptom_and_no_two_rules_have_one_rank() {
    let all: Vec<&str> = Symptom::ALL.iter().flat_map(|symptom| symptom.rules()).collect();
    let mut ranks = std::collections::BTreeMap::new();
    for rule in rules::RULES {
        assert!(all.contains(&rule.name), "{} belongs to no symptom", rule.name);
        assert!(!rule.hint.is_empty(), "{}", rule.name);
        for of_complaint in rule.complaints {
            let other = ranks.insert(*of_complaint, rule.name);
            assert_eq!(other, None, "{} has the same rank: {of_complaint:?}", rule.name);
        }
    }
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

#[test]
fn a_name_that_is_no_endpoints_is_said() {
    let read = |text: &str| read(text).unwrap();
    let cluster = read("dial tcp: lookup fashion-eks: no such host");
    assert_eq!(cluster.candidates[0].rule, "endpoint-name-malformed");
    assert!(cluster.name[0].contains("one label"));
    assert!(read(&format!("lookup {X}: no such host")).name.is_empty());
}

/// Only Go's own resolver names the server, and only it can miss what the operating system knows.
#[test]
fn a_named_server_shows_gos_own_resolver() {
    let scoped = |text: &str| {
        let read = read(&text.replace('X', X)).unwrap();
        read.candidates
            .iter()
            .any(|candidate| candidate.rule == "go-bypasses-scoped-dns")
    };
    assert!(scoped("lookup X on 10.63.200.10:53: no such host"));
    assert!(!scoped("lookup X: no such host"));
    assert!(!scoped("curl: (6) Could not resolve host: X"));
}

/// In the place of an error: whom the host asks for names of EKS.
#[test]
fn a_pasted_configuration_says_whom_the_host_asks() {
    for (text, sentences) in [
        (
            include_str!("../../fixtures/host/resolvectl-status-249.txt"),
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
            include_str!("../../fixtures/host/scutil-dns-port.txt"),
            &[
                "For names below eks.amazonaws.com: macOS sends this name to 127.0.0.1:5553 (resolver #2): its domain \
                 eks.amazonaws.com covers it.",
                "For names below api.aws: macOS sends this name to 192.168.1.1 (resolver #1): no domain of another \
                 covers \
                 it.",
            ],
        ),
        (
            include_str!("../../fixtures/host/powershell-5.1.json"),
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
        include_str!("../../fixtures/host/resolvectl-status-249.txt")
    );
    assert_eq!(told(&both).0, Symptom::NxDomain);
    assert_eq!(read("resolver #1\nnothing\n"), None);
}

/// The stub of systemd-resolved may ask another name server than the one that knows.
#[test]
fn behind_the_stub_split_dns_is_a_candidate() {
    let split = |text: &str| {
        let candidates = read(&text.replace('X', X)).unwrap().candidates;
        let mut rules = candidates.iter().map(|candidate| candidate.rule);
        rules.any(|rule| rule == "split-dns-not-applied")
    };
    assert!(split("lookup X on 127.0.0.53:53: no such host"));
    assert!(split("X: resolve call failed: 'X' not found"));
    assert!(!split("lookup X on 10.63.200.10:53: no such host"));
    assert!(!split("The connection to the server X was refused - did you"));
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

/// The rules that a text names, the first first.
fn candidates_of(text: &str) -> Vec<&'static str> {
    let read = read(&filled(text)).unwrap_or_else(|| panic!("{text}"));
    read.candidates.iter().map(|candidate| candidate.rule).collect()
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

/// What is read from or written to was connected to: the port is open.
#[test]
fn a_connection_that_broke_is_no_closed_port() {
    use Symptom::*;
    for (text, symptom) in [
        (
            "Get \"https://X/api\": read tcp 192.168.1.9:5->10.20.1.30:443: i/o timeout",
            Stalled,
        ),
        (
            "Get \"https://X/api\": read tcp 192.168.1.9:5->10.20.1.30:443: read: connection reset by peer",
            Reset,
        ),
        ("write tcp 192.168.1.9:5->10.20.1.30:443: write: broken pipe", Reset),
        (
            "read tcp 192.168.1.9:5->10.20.1.30:443: wsarecv: An existing connection was forcibly closed by the remote \
             host.",
            Reset,
        ),
        ("curl: (56) Recv failure: Connection reset by peer", Reset),
        ("java.net.SocketException: Connection reset", Reset),
        ("Error: read ECONNRESET", Reset),
        (
            "Unable to connect to the server: read tcp 127.0.0.1:5->127.0.0.1:8443: read: connection reset by peer",
            Reset,
        ),
        // Where curl names the handshake, it was that.
        ("curl: (35) Recv failure: Connection reset by peer", Handshake),
        // And these were not connected to.
        (
            "Get \"https://X/api\": dial tcp 10.20.1.30:443: i/o timeout",
            Connection,
        ),
        (
            "lookup X on 10.0.0.2:53: read tcp 10.0.0.1:5->10.0.0.2:53: i/o timeout",
            Truncated,
        ),
    ] {
        assert_eq!(told(text).0, symptom, "{text}");
        let is_closed = candidates_of(text).contains(&"api-port-blocked");
        assert_eq!(is_closed, symptom == Connection, "{text}");
    }
}

/// The API server sends no HTML.
#[test]
fn a_web_page_is_not_the_api_servers() {
    for text in [
        "Error from server (InternalError): an error on the server (\"<html><head><title>Blocked</title>\") has prevented",
        "Error from server (Forbidden): <!DOCTYPE html><html><body>403</body></html>",
        "Error: Kubernetes cluster unreachable: invalid character '<' looking for beginning of value",
    ] {
        assert_eq!(told(text).0, Symptom::WebPage, "{text}");
        assert_eq!(candidates_of(text)[0], "proxy-in-path", "{text}");
    }
    // As curl prints it.
    let page = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>";
    assert_eq!(told(page).0, Symptom::WebPage);
    let squid = "<!DOCTYPE html>\n<html><title>ERROR: The requested URL could not be retrieved</title>\n<p>Unable to \
                 determine IP address from host name <q>X</q></p></html>";
    let squid = read(&filled(squid)).unwrap();
    assert_eq!(squid.symptom, Symptom::WebPage);
    assert!(
        squid.resolver[0].contains("the proxy did not find the name"),
        "{squid:?}"
    );
    assert_eq!(read("<html><head><title>A page</title></head></html>"), None);
    // A message of its own that speaks of HTML is its own.
    let own = "Error from server (BadRequest): the body of the object is not valid: field <htmlBody>";
    assert_eq!(told(own).0, Symptom::ApiServer);
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

/// What a host's own lookup gave, as getent, ping and dig +short print it.
#[test]
fn addresses_that_programs_print_are_read() {
    use Symptom::*;
    for (text, symptom) in [
        ("10.20.1.30      X\n10.20.2.31      X", Healthy),
        (
            "10.20.1.30      STREAM X\n10.20.1.30      DGRAM\n10.20.1.30      RAW",
            Healthy,
        ),
        ("$ getent hosts X\n10.20.1.30      X", Healthy),
        ("$ getent hosts X\n$", Unknown),
        ("PING X (10.20.1.30) 56(84) bytes of data.", Healthy),
        ("PING X (10.20.1.30): 56 data bytes", Healthy),
        ("PING X (0.0.0.0) 56(84) bytes of data.", Sinkhole),
        ("Pinging X [10.20.1.30] with 32 bytes of data:", Healthy),
        ("$ dig +short X\n10.20.1.30\n10.20.2.31", Healthy),
        ("$ dig X +short\n0.0.0.0", Sinkhole),
        ("$ dig +short X", Unknown),
    ] {
        assert_eq!(told(text), (symptom, Some(X.to_owned()), None), "{text}");
    }
    // Nothing was looked up, or not the address, or it is a hosts file.
    for text in [
        "PING 10.20.1.30 (10.20.1.30) 56(84) bytes of data.",
        "10.20.1.30\n10.20.2.31",
        "127.0.0.1 localhost\n10.20.1.30 X",
    ] {
        assert_eq!(read(&filled(text)), None, "{text}");
    }
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

/// curl has other words for each thing that its time ran out in.
#[test]
fn curl_says_what_its_time_ran_out_in() {
    for (text, layer) in [
        ("curl: (28) Resolving timed out after 5000 milliseconds", Layer::Dns),
        ("curl: (28) Connection timed out after 10001 milliseconds", Layer::Tcp),
        (
            "curl: (28) Operation timed out after 30001 milliseconds with 0 bytes received",
            Layer::Http,
        ),
        (
            "curl: (28) Operation timed out after 30001 milliseconds with 10 out of 200 bytes received",
            Layer::Http,
        ),
    ] {
        assert_eq!(read(text).unwrap().symptom.layer(), layer, "{text}");
    }
}

#[test]
fn a_certificate_out_of_its_time_points_at_the_clock() {
    for text in [
        "Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or is not \
         yet valid: current time 1970-01-01T00:01:00Z is before 2025-01-01T00:00:00Z",
        "curl: (60) SSL certificate problem: certificate is not yet valid",
        "Error: certificate has expired\n    code: 'CERT_HAS_EXPIRED'",
    ] {
        let found = read(text).unwrap();
        assert_eq!(found.symptom, Symptom::CertificateTime, "{text}");
        assert!(found.symptom.meaning().contains("clock"));
    }
    let wrong_name = "x509: certificate is valid for *.corp.example, not X";
    assert_eq!(read(&filled(wrong_name)).unwrap().symptom, Symptom::Certificate);
}

/// Clients whose words were refused once.
#[test]
fn more_clients_and_what_they_connected_to() {
    let header = "HTTP/1.1 403 Forbidden\nServer: squid/5.7\nContent-Type: text/html\n\n";
    let page = "<html><head><title>ERROR: The requested URL could not be retrieved</title></head></html>";
    let replied = "* Host X:443 was resolved.\n*   Trying 10.0.12.33:443...\n* Connected to X (10.0.12.33) port 443\n> GET \
                   /version HTTP/2\n< HTTP/2 200\n< content-type: application/json\n{\n  \"major\": \"1\"\n}";
    for (text, symptom, host) in [
        (
            "Cannot connect to host X:443 ssl:default [Connect call failed ('10.0.12.33', 443)]".to_owned(),
            Symptom::Connection,
            Some(X),
        ),
        (
            "Get \"https://X/api\": write tcp 10.9.1.4:53422->10.0.12.33:443: use of closed network connection"
                .to_owned(),
            Symptom::Http,
            Some(X),
        ),
        (
            "Could not connect to Redis at redis.internal:6379: Connection refused".to_owned(),
            Symptom::Connection,
            Some("redis.internal"),
        ),
        (
            "java.nio.channels.UnresolvedAddressException".to_owned(),
            Symptom::Unknown,
            None,
        ),
        (
            "java.net.UnknownHostException: Unable to resolve host \"X\": No address associated with hostname"
                .to_owned(),
            Symptom::Unknown,
            Some(X),
        ),
        ("traceroute: unknown host X".to_owned(), Symptom::Unknown, Some(X)),
        ("Failed to resolve \"X\".".to_owned(), Symptom::Unknown, Some(X)),
        (format!("{header}{page}"), Symptom::WebPage, None),
        (replied.to_owned(), Symptom::Healthy, Some(X)),
    ] {
        let found = told(&text);
        assert_eq!((found.0, found.1.as_deref()), (symptom, host), "{text}");
    }
    // A page of something in between is no reply of the API server.
    let of_a_filter = replied.replace("{\n  \"major\": \"1\"\n}", &format!("\n{page}"));
    assert!(
        messages(&filled(&of_a_filter))
            .iter()
            .all(|one| one.symptom != Symptom::Healthy)
    );
}

/// glibc's EAI_NONAME stands for a denial, and for a lookup that ended before any name server was asked.
#[test]
fn the_system_may_not_have_asked_dns() {
    let rules = |text: &str| -> Vec<&str> {
        let read = read(&filled(text)).unwrap();
        assert!(!read.symptom.meaning().starts_with("The name server"), "{text}");
        read.candidates.iter().map(|candidate| candidate.rule).collect()
    };
    for text in [
        "ping: X: Name or service not known",
        "java.net.UnknownHostException: X: Name or service not known",
    ] {
        assert!(rules(text).contains(&"nsswitch-without-dns"), "{text}");
        assert_eq!(rules(text)[0], "endpoint-name-stale", "{text}");
    }
}

/// A program that says no more than the C library did: it may have looked up any name.
#[test]
fn a_text_without_a_name_is_of_no_kubeconfig() {
    for text in [
        "socket.gaierror: [Errno -2] Name or service not known",
        "BIO_lookup_ex: Name or service not known\nconnect:errno=22",
        "OSError: [Errno -3] Temporary failure in name resolution",
        "Error: HyperError: error trying to connect: dns error: failed to lookup address information: Name or \
         service not known",
    ] {
        let found = read(text).unwrap();
        assert_eq!(found.command, "eks-dns-doctor check HOST", "{text}");
        assert!(found.name[0].starts_with("The text names no host."), "{text}");
        for candidate in &found.candidates {
            let about = rules::find(candidate.rule).unwrap().about;
            assert_eq!(about, rules::About::AnyName, "{text}: {candidate:?}");
        }
    }
    // The URL beside it is a cluster's.
    let of_cluster = "GET https://X/version failed\nsocket.gaierror: [Errno -2] Name or service not known";
    let found = read(&filled(of_cluster)).unwrap();
    assert_eq!(found.candidates[0].rule, "endpoint-name-stale");
}

/// Names of databases and the like, as their clients print them: no kubeconfig has them, and no public resolver is
/// asked for them.
#[test]
fn a_name_that_no_kubeconfig_has_is_no_endpoints() {
    for (text, host) in [
        (
            "psql: error: could not translate host name \"db.corp.example\" to address: Name or service not known",
            "db.corp.example",
        ),
        (
            "redis.exceptions.ConnectionError: Error -2 connecting to redis.internal:6379. Name or service not known.",
            "redis.internal",
        ),
        (
            "ERROR 2005 (HY000): Unknown MySQL server host 'db.corp.example' (-2)",
            "db.corp.example",
        ),
        (
            "nginx: [emerg] host not found in upstream \"api.corp.example\" in /etc/nginx/nginx.conf:3",
            "api.corp.example",
        ),
        ("ping: db01: Name or service not known", "db01"),
        ("Host vault not found: 3(NXDOMAIN)", "vault"),
        (
            "mount.nfs: nas.corp.example: Name or service not known",
            "nas.corp.example",
        ),
        (
            "Resolve-DnsName : vault.corp.example : DNS name does not exist\n    + FullyQualifiedErrorId : \
             DNS_ERROR_RCODE_NAME_ERROR,Microsoft.DnsClient.Commands.ResolveDnsName",
            "vault.corp.example",
        ),
    ] {
        let found = messages(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].host.as_ref().map(ToString::to_string).as_deref(), Some(host));
        assert!(!found[0].command.contains("--public"), "{text}: {}", found[0].command);
        for candidate in &found[0].candidates {
            let about = rules::find(candidate.rule).unwrap().about;
            assert_eq!(about, rules::About::AnyName, "{text}: {candidate:?}");
        }
    }
    // Of kubectl one label is a cluster's name in the place of its endpoint's.
    let kubectl = "Unable to connect to the server: dial tcp: lookup prod: no such host";
    assert_eq!(read(kubectl).unwrap().candidates[0].rule, "endpoint-name-malformed");
    // The name stands in the error of the error.
    let nested = "rpc error: dns: A record lookup error: lookup argocd-repo-server on 172.20.0.10:53: no such host";
    let found = exactly(nested);
    assert_eq!(found.1.as_deref(), Some("argocd-repo-server"));
    assert_eq!(found.2.as_deref(), Some("172.20.0.10:53"));
    assert!(!read(nested).unwrap().command.contains("--public"));
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

/// Addresses that no public resolver has.
#[test]
fn what_stands_for_others_is_not_public() {
    for (ip, public) in [
        ("8.8.8.8", true),
        ("2001:4860:4860::8888", true),
        ("198.17.0.1", true),
        ("198.20.0.1", true),
        ("198.18.0.2", false),
        ("198.19.255.254", false),
        ("100.100.100.100", false),
        ("fec0:0:0:ffff::1", false),
        ("fd00::1", false),
        ("fe80::1", false),
        ("10.0.0.2", false),
        ("0.0.0.0", false),
    ] {
        assert_eq!(candidates::is_public(ip.parse().unwrap()), public, "{ip}");
    }
    let dialled = "dial tcp 198.18.0.5:443: i/o timeout\nhttps://X/api";
    assert_eq!(candidates_of(&filled(dialled))[0], "ztna-synthetic-address");
}
