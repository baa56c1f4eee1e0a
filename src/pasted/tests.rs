#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::*;
use crate::rules;

const X: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

fn told(text: &str) -> (Symptom, Option<String>, Option<String>) {
    exactly(&text.replace('X', X))
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
            "E0101 01:01:01.000000  1234 memcache.go:265] \"Unhandled Error\" err=\"couldn't get current server API group list: Get \\\"https://X/api?timeout=32s\\\": dial tcp: lookup X on 127.0.0.53:53: server misbehaving\"",
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
        ("dial tcp: lookup X: i/o timeout", Deadline, "X", ""),
        (
            "lookup X on 10.0.0.2:53: cannot unmarshal DNS message",
            Unreadable,
            "X",
            "10.0.0.2:53",
        ),
        (
            "lookup X on 10.0.0.2:53: lame referral",
            Referral,
            "X",
            "10.0.0.2:53",
        ),
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
            "Get \"https://X/version\": proxyconnect tcp: dial tcp: lookup proxy.corp.example on 10.0.0.2:53: no such host",
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
            "",
            "",
        ),
        (
            "Get \"https://X/api?timeout=5s\": context deadline exceeded",
            Deadline,
            "X",
            "",
        ),
        ("curl: (6) Could not resolve host: X", Unknown, "X", ""),
        (
            "socket.gaierror: [Errno -2] Name or service not known",
            NxDomain,
            "",
            "",
        ),
        (
            "NameResolutionError(\"HTTPSConnection(host='X', port=443): Failed to resolve 'X' ([Errno -5] No address associated with hostname)\")",
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
            NxDomain,
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
        (
            ";; connection timed out; no servers could be reached",
            Silence,
            "",
            "",
        ),
        (
            "Could not connect to the endpoint URL: \"https://eks.ap-northeast-1.amazonaws.com/clusters/x\"",
            AwsApi,
            "eks.ap-northeast-1.amazonaws.com",
            "",
        ),
    ] {
        let some = |text: &str| (!text.is_empty()).then(|| text.replace('X', X));
        assert_eq!(told(text), (symptom, some(host), some(server)), "{text}");
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
    let found = |symptom| {
        (
            symptom,
            Some(X.to_owned()),
            Some("10.63.200.10:53".to_owned()),
        )
    };
    assert_eq!(exactly(&text("NXDOMAIN", 0)), found(Symptom::NxDomain));
    assert_eq!(exactly(&text("NOERROR", 0)), found(Symptom::NoData));
    // An answer is no error.
    assert_eq!(read(&text("NOERROR", 2)), None);
}

/// The look-up's own error decides, not what kubectl made of it.
#[test]
fn a_log_is_read_for_what_says_most() {
    let log = "The connection to the server X was refused - did you specify the right host or port?\n\
               E0101 dial tcp: lookup X on 127.0.0.1:53: read udp 127.0.0.1:4->127.0.0.1:53: read: connection refused";
    assert_eq!(told(log).0, Symptom::PortClosed);
}

#[test]
fn what_is_not_known_is_not_guessed() {
    for text in [
        "",
        "error: You must be logged in to the server (Unauthorized)",
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
fn candidates_are_findings_of_the_catalogue() {
    use Symptom::*;
    for symptom in [
        NoAddress,
        NxDomain,
        NoData,
        Misbehaving,
        ServFail,
        Refused,
        TryAgain,
        Silence,
        PortClosed,
        Truncated,
        NoRoute,
        Unreadable,
        Referral,
        Unknown,
        Deadline,
        KubectlRefused,
        Proxy,
        Connection,
        Certificate,
        AwsApi,
    ] {
        let candidates = symptom.candidates();
        assert!(!candidates.is_empty());
        for candidate in candidates {
            assert!(rules::find(candidate.rule).is_some(), "{}", candidate.rule);
        }
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
        ("100.100.100.100:53", "100.64.0.0/10"),
        ("8.8.8.8:53", "public"),
    ] {
        let text = server::meaning(address.parse().unwrap());
        assert!(text.contains(word), "{text}");
    }
}
