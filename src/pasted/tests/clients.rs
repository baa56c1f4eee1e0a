//! What clients print: kubectl and every other program that looks an endpoint up.

use super::*;

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
            AfterLookup(super::AfterLookup::Certificate),
            "X",
            "",
        ),
        (
            "Get \"https://X/api?timeout=5s\": context deadline exceeded",
            AfterLookup(super::AfterLookup::Deadline),
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
            AfterLookup(super::AfterLookup::NoConnectionInTime),
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
        ("socket.gaierror: [Errno 11001] getaddrinfo failed", NoAddress, "", ""),
        ("socket.gaierror: [Errno 11002] getaddrinfo failed", TryAgain, "", ""),
        ("<urlopen error [Errno 11003] getaddrinfo failed>", TryAgain, "", ""),
        (
            "NameResolutionError(\"HTTPSConnection(host='X', port=443): Failed to resolve 'X' ([Errno 11004] getaddrinfo \
             failed)\")",
            NoData,
            "X",
            "",
        ),
        (
            "GET https://X/version: gaierror(11002, 'getaddrinfo failed')",
            TryAgain,
            "X",
            "",
        ),
        // Rust, where the text is in Windows' language.
        ("Der angegebene Host ist unbekannt. (os error 11001)", NoAddress, "", ""),
        // Without a number nothing tells which it was.
        ("socket.gaierror: getaddrinfo failed", Unknown, "", ""),
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
        // Netty, where a search domain was asked with.
        (
            "java.net.UnknownHostException: Search domain query failed. Original hostname: 'X' failed to resolve \
             'X.svc.cluster.local' after 7 queries",
            Unknown,
            "X",
            "",
        ),
        (
            "io.netty.resolver.dns.DnsResolveContext$SearchDomainUnknownHostException: Failed to resolve 'X' and search \
             domain query for configured domains failed as well: [corp.example]",
            Unknown,
            "X",
            "",
        ),
        (
            "Failed to resolve 'X' [A(1), AAAA(28)] and search domain query for configured domains failed as well: [a, b]",
            Unknown,
            "X",
            "",
        ),
        (
            "java.net.UnknownHostException: failed to resolve 'X'. Exceeded max queries per resolve 16 ",
            Unknown,
            "X",
            "",
        ),
        // apt.
        (
            "  Temporary failure resolving 'archive.ubuntu.com'",
            TryAgain,
            "archive.ubuntu.com",
            "",
        ),
        (
            "W: Failed to fetch http://X/dists/a/InRelease  Something wicked happened resolving 'X:http' (-5 - No address \
             associated with hostname)",
            NoData,
            "X",
            "",
        ),
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
            NoSocket,
            "X",
            "10.63.200.10:53",
        ),
        ("dial tcp: lookup X: device or resource busy", OtherError, "X", ""),
        ("dial tcp: lookup X: operation was canceled", LookUpGivenUp, "X", ""),
        ("dial tcp: lookup X: context canceled", LookUpGivenUp, "X", ""),
        ("dial tcp: lookup X: context deadline exceeded", LookUpDeadline, "X", ""),
        ("dial tcp: lookup tcp/foo: unknown port", BadPort, "", ""),
        ("dial tcp: address tcp/foo: unknown port", BadPort, "", ""),
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
    assert_eq!(found[0], "private-zone-shadow");
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
        "Error: getaddrinfo ENOTFOUND",
        "{ code: 'EAI_AGAIN' } Error: getaddrinfo EAI_AGAIN",
        "Error: HyperError: error trying to connect: dns error: failed to lookup address information: Name or \
         service not known",
    ] {
        let found = read(text).unwrap();
        assert_eq!(found.command, "eks-dns-doctor check HOST", "{text}");
        assert!(found.name[0].starts_with("The text names no host."), "{text}");
        for candidate in &found.candidates {
            let about = rules::find(candidate.rule).unwrap().about;
            assert_eq!(about, rules::ComplaintAbout::AnyName, "{text}: {candidate:?}");
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
            let is_of_any = about == rules::ComplaintAbout::AnyName;
            assert!(
                is_of_any || candidate.rule == "name-does-not-exist",
                "{text}: {candidate:?}"
            );
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

/// c-ares has texts of its own, which tell more than those of the C library.
#[test]
fn the_texts_of_c_ares() {
    let of_aiohttp = |said: &str| format!("ClientConnectorDNSError: Cannot connect to host X:443 ssl:default [{said}]");
    for (said, symptom) in [
        ("Domain name not found", Symptom::NoAddress),
        ("DNS server returned answer with no data", Symptom::NoData),
        ("DNS server returned general failure", Symptom::ServFail),
        ("DNS server refused query", Symptom::Refused),
        ("Could not contact DNS servers", Symptom::NotContacted),
        ("Timeout while contacting DNS servers", Symptom::Silence),
    ] {
        let found = told(&of_aiohttp(said));
        assert_eq!((found.0, found.1.as_deref()), (symptom, Some(X)), "{said}");
    }
    let of_grpc = "DNS resolution failed for X:443: C-ares status is not ARES_SUCCESS qtype=A name=X is_balancer=0: \
                   Domain name not found";
    assert_eq!(told(of_grpc).1.as_deref(), Some(X));
    let in_time = told("ConnectionTimeoutError: Connection timeout to host https://X/api/v1/namespaces");
    assert_eq!(
        (in_time.0, in_time.1.as_deref()),
        (Symptom::AfterLookup(AfterLookup::NoConnectionInTime), Some(X))
    );
}

/// wget and ssh print the text of getaddrinfo behind the name.
#[test]
fn what_stands_behind_the_name_counts() {
    for (text, symptom) in [
        (
            "ssh: Could not resolve hostname X: Name or service not known",
            Symptom::NoName,
        ),
        (
            "ssh: Could not resolve hostname X: Temporary failure in name resolution",
            Symptom::TryAgain,
        ),
        ("wget: unable to resolve host address ‘X’", Symptom::Unknown),
        // Android has one text for every failure.
        (
            "Unable to resolve host \"X\": No address associated with hostname",
            Symptom::Unknown,
        ),
    ] {
        let found = told(text);
        assert_eq!((found.0, found.1.as_deref()), (symptom, Some(X)), "{text}");
    }
}

/// On Windows a closed UDP port is a connection that the other side closed, and what no second try mends is no denial.
#[test]
fn windows_errors_of_a_name_server() {
    use Symptom::*;
    let closed =
        "read udp 192.168.1.9:5->10.0.0.2:53: wsarecv: An existing connection was forcibly closed by the remote host.";
    let alone = read(closed).unwrap();
    assert_eq!(alone.symptom, PortClosed);
    assert_eq!(alone.server, Some("10.0.0.2:53".parse().unwrap()));
    let behind = read(&filled(&format!("dial tcp: lookup X on 10.0.0.2:53: {closed}"))).unwrap();
    assert_eq!(behind.symptom, PortClosed);
    let said = behind.resolver.join(" ");
    assert!(
        said.contains("name servers of the adapters") && !said.contains("resolv.conf"),
        "{said}"
    );
    let severe = "dial tcp: lookup X: getaddrinfow: A non-recoverable error occurred during a database lookup.";
    let severe = read(&filled(severe)).unwrap();
    assert_eq!(severe.symptom, TryAgain);
    assert!(severe.resolver.join(" ").contains("WSANO_RECOVERY"), "{severe:?}");
    // Over TCP, and of the API server, it is what it was.
    let reset = "read tcp 192.168.1.9:5->10.20.1.30:443: wsarecv: An existing connection was forcibly closed by the remote \
                 host.";
    assert_eq!(read(reset).unwrap().symptom, AfterLookup(super::AfterLookup::Reset));
}

/// glibc's own translations, as a program of the C library and as Python prints them.
#[test]
fn texts_of_glibc_in_other_languages() {
    for (text, symptom) in [
        ("ping: X: Nome o servizio sconosciuto", Symptom::NoName),
        ("ping: X: Ta nazwa lub usługa jest nieznana", Symptom::NoName),
        ("ping: X: 未知的名称或服务", Symptom::NoName),
        (
            "curl: (6) Could not resolve host: X; Неизвестное имя или служба",
            Symptom::NoName,
        ),
        (
            "java.net.UnknownHostException: X: Falha temporário na resolução de nome",
            Symptom::TryAgain,
        ),
        (
            "ping: X: Aucune adresse associée avec le nom de l'hôte",
            Symptom::NoData,
        ),
    ] {
        let found = told(text);
        assert_eq!((found.0, found.1.as_deref()), (symptom, Some(X)), "{text}");
    }
    let of_python = "socket.gaierror: [Errno -2] Nom ou service inconnu";
    assert_eq!(told(of_python).0, Symptom::NoName);
    let mut texts: Vec<&str> = glibc_languages::TEXTS.iter().map(|(text, _)| *text).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), glibc_languages::TEXTS.len());
}

#[test]
fn names_that_tickets_and_mails_have() {
    let whole = (Symptom::NoAddress, Some(X.to_owned()), Some("10.44.0.53:53".to_owned()));
    let defanged =
        filled("dial tcp: lookup X on 10.44.0[.]53:53: no such host").replace(".amazonaws.", "[.]amazonaws[.]");
    assert_eq!(exactly(&defanged), whole);
    let url = filled("Get \"hxxps://X/api\": dial tcp: lookup X on 10.44.0.53[:]53: no such host");
    assert_eq!(exactly(&url), whole);
    let quoted = "> Unable to connect to the server: dial tcp: lookup\n> X on 10.44.0.53:53:\n> no such host\n";
    assert_eq!(told(quoted), whole);
}

/// kube-rs names no host, and its words say that it is a client of Kubernetes.
#[test]
fn a_client_of_kubernetes_without_a_host() {
    let cause = "dns error: failed to lookup address information: Name or service not known";
    for text in [
        format!(
            "Error: ServiceError: client error (Connect)\n\nCaused by:\n    0: client error (Connect)\n    1: {cause}"
        ),
        format!("Service(hyper_util::client::legacy::Error(Connect, ConnectError(\"dns error\", \"{cause}\")))"),
    ] {
        assert_eq!(candidates_of(&text)[0], "endpoint-name-stale", "{text}");
    }
    assert!(!candidates_of(cause).contains(&"endpoint-name-stale"));
}

#[test]
fn what_says_little_is_read_as_that() {
    for (text, symptom, host) in [
        ("500 Can't connect to X:443 (Bad hostname)", Symptom::Unknown, Some(X)),
        (
            "500 Can't connect to X:443 (Bad hostname 'X')",
            Symptom::Unknown,
            Some(X),
        ),
        ("Unable to resolve target system name X.", Symptom::Unknown, Some(X)),
        ("GET https://X/ net::ERR_NAME_NOT_RESOLVED", Symptom::Unknown, Some(X)),
        (
            "Cannot connect to host X:443 ssl:default [None]",
            Symptom::Connection,
            Some(X),
        ),
        ("Error: queryA ECONNREFUSED X", Symptom::NotContacted, Some(X)),
        (
            "#     - Tailscale can't reach the configured DNS servers. Internet connectivity may be affected.",
            Symptom::Forward,
            None,
        ),
    ] {
        let found = told(text);
        assert_eq!((found.0, found.1.as_deref()), (symptom, host), "{text}");
    }
    let contacted = "curl: (6) Could not resolve host: X (Could not contact DNS servers)";
    assert_eq!(
        candidates_of(contacted)[..2],
        ["local-dns-down", "resolver-unreachable"]
    );
}

/// A client's name inside a longer word is not the client's.
#[test]
fn a_client_is_no_part_of_a_word() {
    let failed = "Get \"https://X/api\": dial tcp: lookup X on 10.71.5.53:53: no such host";
    for (text, client) in [
        (format!("{{\"msg\":\"failed to get restmapping: {failed}\"}}"), None),
        (format!("mandrill.go:12: {failed}"), None),
        (format!("unwrapping: {failed}"), None),
        (format!("(kubelet) {failed}"), Some("kubelet")),
        (format!("aiobotocore.client: {failed}"), Some("python")),
        ("ping: X: Name or service not known".to_owned(), Some("ping")),
        ("/bin/ping: X: Name or service not known".to_owned(), Some("ping")),
    ] {
        assert_eq!(read(&filled(&text)).unwrap().client, client, "{text}");
    }
}

/// Windows' ping in Chinese: the sentence ends without a space.
#[test]
fn the_ping_of_a_chinese_windows_names_its_host() {
    for host in [X, "nas.corp.example"] {
        let text = format!("C:\\> ping {host}\nPing 请求找不到主机 {host}。请检查该名称，然后重试。\n");
        let (symptom, found, _) = exactly(&text);
        assert_eq!((symptom, found.as_deref()), (Symptom::Unknown, Some(host)), "{text}");
    }
}

/// Java's error without the name, and the AWS SDK's words around it.
#[test]
fn an_unknown_host_of_java_without_its_name() {
    for (text, host) in [
        ("Caused by: java.net.UnknownHostException", None),
        ("OUT java.net.UnknownHostException: ", None),
        (
            "SdkClientException: Received an UnknownHostException when attempting to interact with a service. See cause \
             for the exact endpoint that is failing to resolve.",
            None,
        ),
        (
            "SdkClientException: Unable to execute HTTP request: sqs.eu-west-1.amazonaws.com",
            Some("sqs.eu-west-1.amazonaws.com"),
        ),
        (
            "Received an UnknownHostException when attempting to interact with a service.|Unable to execute HTTP request: \
             sts.eu-west-1.amazonaws.com|sts.eu-west-1.amazonaws.com",
            Some("sts.eu-west-1.amazonaws.com"),
        ),
    ] {
        let found = read(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(found.symptom, Symptom::Unknown, "{text}");
        assert_eq!(found.host.map(|host| host.to_string()).as_deref(), host, "{text}");
        assert!(
            !found.candidates.iter().any(|one| one.rule == "endpoint-name-stale"),
            "{text}"
        );
    }
    assert_eq!(read("public void run() throws UnknownHostException {"), None);
    assert_eq!(read("Unable to execute HTTP request: the pool is closed"), None);
}

/// Somebody kept the name and the end of Go's error.
#[test]
fn the_end_of_an_error_of_go_is_enough() {
    let found = read("Error: ... <OLD-ONE>.gr7.eu-west-1.eks.amazonaws.com: no such host").unwrap();
    assert_eq!(found.symptom, Symptom::NoAddress);
    assert_eq!(found.candidates[0].rule, "endpoint-name-stale");
    assert_eq!(
        told("it said X: no such host"),
        (Symptom::NoAddress, Some(X.to_owned()), None)
    );
    for text in [
        "no such host",
        "that is it: no such host",
        "see https://a.example/b: no such host",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

/// HTTP/2 is agreed on within TLS: the certificate had been taken.
#[test]
fn a_lost_connection_of_http2_is_no_certificates_fault() {
    for error in ["client connection lost", "Transport: cannot retry err"] {
        let rules = candidates_of(&format!("Post \"https://X/api/v1/secrets\": http2: {error}"));
        assert!(!rules.contains(&"not-this-cluster"), "{error}: {rules:?}");
    }
}
