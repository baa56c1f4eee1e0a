//! What the whole text proves or rules out, beside the words of the message.

use super::*;

fn told_of(text: &str) -> Explanation {
    read(&filled(text)).unwrap_or_else(|| panic!("{text}"))
}

fn has(text: &str, rule: &str) -> bool {
    candidates_of(text).contains(&rule)
}

/// An address for the name with a search domain behind it is no answer for the name.
#[test]
fn an_answer_for_a_searched_name_is_not_in_order() {
    let windows = "> X\nServer:  dc01.corp.example.com\nAddress:  10.63.200.10\n\nName:    X.corp.example.com\n\
                   Address:  10.9.9.9\n";
    let log = "Jan 12 10:16:51 dnsmasq[812]: reply X.corp.example.com is 10.9.9.9";
    for text in [windows, log] {
        let read = told_of(text);
        assert_eq!(read.candidates[0].rule, "search-domain-wildcard", "{text}");
        assert_eq!(read.host.unwrap().to_string(), X, "{text}");
    }
    let own = windows.replace(".corp.example.com\nAddress:  10.9", "\nAddress:  10.9");
    assert_eq!(told(&own).0, Symptom::Healthy);
    // Another name with a domain behind it is a name of its own.
    let other = windows.replace("X.corp", "www.corp").replace("> X", "> www");
    assert_eq!(told(&other).0, Symptom::Healthy);
}

/// A kubelet asks the VPC's resolver only where the server could be one.
#[test]
fn a_node_may_ask_another_name_server() {
    let kubelet = |server: &str, node: &str| {
        candidates_of(&format!(
            "ip-10-50-0-17.ec2.internal kubelet[1849]: dial tcp: lookup X on {server}:53: no such host{node}"
        ))
    };
    assert_eq!(kubelet("10.50.0.2", "")[0], "private-zone-not-effective");
    let custom = kubelet("10.63.200.10", "");
    assert_eq!(custom[..2], ["no-forwarding", "dhcp-custom-dns"]);
    let hybrid = kubelet("127.0.0.53", " node=\"mi-0123456789abcdef0\"");
    assert!(hybrid.contains(&"no-forwarding"), "{hybrid:?}");
    assert!(!hybrid.contains(&"vpc-dns-attributes-off"), "{hybrid:?}");
}

#[test]
fn a_url_or_a_port_is_no_name() {
    let dig = ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n\
               ;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1\n\n\
               ;; QUESTION SECTION:\n;https://X.\tIN\tA\n";
    for text in [
        dig,
        "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find https://X/: NXDOMAIN\n",
        "dial tcp: lookup https://X: no such host",
        "dial tcp: lookup X:443: no such host",
    ] {
        let read = told_of(text);
        assert_eq!(read.candidates[0].rule, "endpoint-name-malformed", "{text}");
        assert_eq!(read.host.unwrap().to_string(), X, "{text}");
        assert!(read.command.contains(X), "{text}");
        assert!(read.name[0].contains("URL"), "{text}");
        assert!(!read.name.iter().any(|said| said.contains("masked")), "{text}");
    }
    assert_ne!(
        candidates_of("dial tcp: lookup X: no such host")[0],
        "endpoint-name-malformed"
    );
    assert!(told_of("dial tcp: lookup https://<redacted>: no such host").name[0].contains("masked"));
}

/// A certificate that has other names than the address that was wanted.
#[test]
fn a_certificate_is_not_made_for_a_tunnels_address() {
    for (text, server) in [
        (
            "tls: failed to verify certificate: x509: certificate is valid for X, kubernetes, \
             kubernetes.default.svc.cluster.local, not localhost",
            "127.0.0.1",
        ),
        (
            "x509: certificate is valid for 10.100.0.1, 10.0.12.34, not 127.0.0.1",
            "127.0.0.1",
        ),
    ] {
        let read = told_of(text);
        assert_eq!(read.symptom, Symptom::AtAddress(AfterLookup::Certificate));
        assert!(read.name.iter().any(|said| said.contains(server)), "{text}");
        assert!(
            read.resolver.iter().any(|said| said.contains("tls-server-name")),
            "{text}"
        );
        let rules: Vec<&str> = read.candidates.iter().map(|candidate| candidate.rule).collect();
        assert_eq!(rules, ["proxy-in-path"], "{text}");
    }
    // An API server's certificate has addresses, so one without any may be something else's.
    let without = "x509: cannot validate certificate for 10.0.12.34 because it doesn't contain any IP SANs";
    assert_eq!(candidates_of(without), ["not-this-cluster", "proxy-in-path"]);
    assert!(has(
        "x509: certificate is valid for www.example.com, not X",
        "hosts-file-override"
    ));
}

/// The texts of macOS' and Linux' errors of connect(2).
#[test]
fn connections_of_macos() {
    for said in [
        "operation timed out",
        "host is down",
        "can't assign requested address",
        "cannot assign requested address",
    ] {
        let text = format!("Unable to connect to the server: dial tcp 10.0.12.34:443: connect: {said}");
        assert_eq!(told(&text).0, Symptom::Connection, "{said}");
    }
}

#[test]
fn a_client_of_python_without_a_cluster() {
    let pool = |host: &str, port: u16| {
        format!(
            "HTTPConnectionPool(host='{host}', port={port}): Max retries exceeded with url: /apis/batch/v1/jobs (Caused \
             by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new \
             connection: [Errno 111] Connection refused'))"
        )
    };
    assert_eq!(told(&pool("localhost", 80)).0, Symptom::NoCluster);
    let other = read(&pool("localhost", 8001));
    assert_ne!(other.map(|read| read.symptom), Some(Symptom::NoCluster));
}

/// What the address that was dialled rules out.
#[test]
fn the_dialled_address_rules_findings_out() {
    let dialled = |address: &str| {
        candidates_of(&format!(
            "Get \"https://X/api?timeout=32s\": dial tcp {address}:443: connect: connection refused"
        ))
    };
    for here in ["0.0.0.0", "127.0.0.1", "[::1]"] {
        let rules = dialled(here);
        assert!(!rules.contains(&"stale-addresses"), "{rules:?}");
        assert!(!rules.contains(&"foreign-private-addresses"), "{rules:?}");
    }
    assert!(dialled("10.0.12.34").contains(&"stale-addresses"));
    assert_eq!(dialled("[64:ff9b::3646:c22]")[0], "nat64-synthetic-address");
    assert!(!dialled("10.0.12.34").contains(&"nat64-synthetic-address"));
    let metadata = "Get \"http://169.254.169.254/latest/meta-data/\": dial tcp 169.254.169.254:80: i/o timeout";
    assert_eq!(candidates_of(metadata), [""; 0]);
}

#[test]
fn a_closed_stub_is_no_split_dns() {
    let refused = "lookup X on 127.0.0.53:53: read udp 127.0.0.1:44222->127.0.0.53:53: read: connection refused";
    assert_eq!(candidates_of(refused)[0], "local-dns-down");
    assert!(!has(refused, "split-dns-not-applied"));
}

/// The SOA of a zone that the name is not in is a policy's.
#[test]
fn a_soa_from_beside_the_name_is_a_policys() {
    let reply = |zone: &str| {
        format!(
            ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: \
             1, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;X.\tIN\tA\n\n;; AUTHORITY SECTION:\n{zone} 60 IN SOA localhost. \
             root.localhost. 1 3600 600 86400 60\n"
        )
    };
    assert_eq!(candidates_of(&reply("rpz.corp.example."))[0], "name-blocked-by-policy");
    assert_eq!(candidates_of(&reply("amazonaws.com."))[0], "shadow-zone");
    assert_eq!(candidates_of(&reply("."))[0], "shadow-zone");
}

/// The root domain takes every name, from the servers of a VPN with a domain of its own too.
#[test]
fn the_root_domain_of_one_link_leaves_open_that_another_was_to_have_the_name() {
    let status = |domain: &str| {
        format!(
            "Global\n  resolv.conf mode: foreign\n\nLink 2 (eth0)\n    Current Scopes: DNS\n  Protocols: +DefaultRoute\n\
             \x20      DNS Servers: 192.168.60.1\n        DNS Domain: ~.\n\nLink 5 (tun0)\n    Current Scopes: DNS\n\
             \x20 Protocols: -DefaultRoute\n       DNS Servers: {domain}\n"
        )
    };
    let rules = |text: &str| -> Vec<&str> {
        let read = read(text).expect("a configuration");
        read.candidates.iter().map(|candidate| candidate.rule).collect()
    };
    assert!(rules(&status("10.60.0.53\n        DNS Domain: ~corp.example")).contains(&"split-dns-not-applied"));
    assert!(!rules(&status("192.168.60.1\n        DNS Domain: ~corp.example")).contains(&"split-dns-not-applied"));
    assert!(!rules(&status("10.60.0.53")).contains(&"split-dns-not-applied"));
}

/// What is no endpoint's is told nothing of a cluster, whatever client dialled it.
#[test]
fn a_connection_to_something_else_is_told_nothing_of_the_cluster() {
    for text in [
        "dial tcp 10.60.5.5:5432: i/o timeout",
        "Get \"https://registry.example/v2/\": dial tcp 10.60.5.5:443: i/o timeout",
        "java.net.ConnectException: Failed to connect to db.example/10.60.5.5:1521",
        "Error: connect ETIMEDOUT 10.60.5.5:27017",
        "nc: connect to db.example (10.60.5.5) port 3306 (tcp) timed out: Operation now in progress",
        "Connecting to mirror.example (mirror.example)|203.0.113.9|:443... failed: Connection timed out.",
    ] {
        let read = read(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(read.symptom, Symptom::ConnectionElsewhere, "{text}");
        for candidate in &read.candidates {
            let about = rules::find(candidate.rule).expect("a rule").about;
            assert_eq!(about, rules::ComplaintAbout::AnyName, "{text}: {}", candidate.rule);
        }
    }
    // The same of an endpoint, and of an address that may be one's.
    for text in [
        "dial tcp 10.60.5.5:443: i/o timeout",
        "Error: connect ETIMEDOUT 10.60.5.5:443",
    ] {
        let read = read(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(read.symptom, Symptom::Connection, "{text}");
        assert_eq!(read.candidates[0].rule, "api-port-blocked", "{text}");
    }
}

/// A host's configuration rules out what it shows to be otherwise.
#[test]
fn a_configuration_rules_findings_out() {
    let resolvectl = |mode: &str, domain: &str| {
        format!(
            "Global\n       Protocols: -LLMNR\nresolv.conf mode: {mode}\n\nLink 2 (eth0)\nCurrent Scopes: DNS\n     \
             Protocols: +DefaultRoute\n   DNS Servers: 192.168.1.1\n\nLink 7 (tun0)\nCurrent Scopes: DNS\n     \
             Protocols: -DefaultRoute\n   DNS Servers: 10.63.200.10\n    DNS Domain: {domain}\n"
        )
    };
    for domain in ["~eks.amazonaws.com", "~."] {
        assert!(!has(&resolvectl("stub", domain), "split-dns-not-applied"), "{domain}");
    }
    let other = resolvectl("stub", "~corp.example.com");
    assert!(has(&other, "split-dns-not-applied"));
    assert!(!has(&other, "go-bypasses-scoped-dns"));
    assert!(has(&resolvectl("uplink", "~."), "go-bypasses-scoped-dns"));
    // Of /etc/resolver and of macOS' resolv.conf.
    let scoped = "domain eks.amazonaws.com\nnameserver 10.63.200.10\nsearch_order 1\n";
    let notice =
        "# macOS Notice\n# This file is not consulted for DNS hostname resolution, address\nnameserver 192.168.1.1\n";
    for text in [scoped, notice] {
        assert!(!has(text, "nsswitch-without-dns"), "{text}");
    }
    assert!(!told_of(notice).resolver[0].contains("C library"));
    assert!(has("nameserver 192.168.1.1\n", "nsswitch-without-dns"));
}

/// What a C library does not take, Go may take.
#[test]
fn a_line_that_not_all_take_is_said_of_each() {
    for (text, said) in [
        (
            " nameserver 10.0.0.2\n",
            &[
                "Go asks 10.0.0.2 for every name.",
                "glibc and musl ask 127.0.0.1.",
                "In line 1 a blank stands in front of nameserver: glibc and musl do not take the line",
            ][..],
        ),
        (
            "nameserver 10.0.0.3\n\tnameserver 10.0.0.2\n",
            &[
                "Go asks 10.0.0.3, 10.0.0.2 for every name.",
                "glibc and musl ask 10.0.0.3.",
                "In line 2 a blank",
            ],
        ),
        (
            "nameserver 10.0.0.3\nnameserver 127.11\n",
            &[
                "Go asks 10.0.0.3 for every name.",
                "glibc and musl ask 10.0.0.3, 127.0.0.11.",
                "In line 2 the address",
            ],
        ),
        (
            "nameserver 10.0.0.2\n",
            &["The C library and Go ask 10.0.0.2 for every name."],
        ),
    ] {
        let found = told_of(text).resolver;
        assert_eq!(found.len(), said.len(), "{text:?}: {found:?}");
        for (found, said) in found.iter().zip(said) {
            assert!(found.starts_with(said), "{text:?}: {found}");
        }
    }
}

#[test]
fn the_files_of_two_hosts_are_two() {
    let two = told_of("laptop:\nnameserver 192.168.1.1\nbastion:\nnameserver 10.0.0.2\n").resolver;
    assert!(two[0].starts_with("laptop: ") && two[0].contains("192.168.1.1") && !two[0].contains("10.0.0.2"));
    assert!(
        two.iter()
            .any(|said| said.starts_with("bastion: ") && said.contains("10.0.0.2"))
    );
    let one = told_of("file:\nnameserver 192.168.1.1\nnameserver 10.0.0.2\n").resolver;
    assert!(one[0].contains("192.168.1.1, 10.0.0.2"));
    // However many there are.
    let many = "h:\nnameserver 10.0.0.2\n".repeat(5000);
    assert!(told_of(&many).resolver.len() <= limits::PASTED_DOMAINS * 2);
}

/// botocore's time-outs come behind the lookup.
#[test]
fn a_time_out_of_the_aws_cli_is_behind_dns() {
    let connect = "Connect timeout on endpoint URL: \"https://eks.eu-west-1.amazonaws.com/clusters/shop\"";
    let read = told_of(connect);
    assert_eq!(read.symptom.layer(), Layer::Tcp);
    assert_eq!(candidates_of(connect)[0], "proxy-in-path");
    assert!(!has(connect, "no-internet-recursion"));
    let read = told_of(&connect.replace("Connect", "Read"));
    assert_eq!(read.symptom.layer(), Layer::Http);
    assert!(has(
        &connect.replace("Connect timeout on", "Could not connect to the"),
        "no-internet-recursion"
    ));
}

#[test]
fn logs_of_name_servers_that_got_no_answer() {
    use Symptom::*;
    for (text, symptom, host) in [
        (
            "2024/11/03 11:06:07 dns: resolver: forward: recv: response code indicating server failure: 2",
            ForwardFailed,
            "",
        ),
        (
            "dns udp query: resolving using \"10.63.200.10\": response code indicates server issue",
            ForwardFailed,
            "",
        ),
        (
            "[INFO] 10.1.1.2:64233 - 2 \"A IN X. tcp 49 false 65535\" - - 0 6.009670817s",
            Forward,
            "X",
        ),
        ("Jan 12 10:16:51 dnsmasq[812]: reply X is BOGUS DS", Bogus, "X"),
        (
            "[ERROR] plugin/errors: 2 X. A: dns: overflow unpacking uint16",
            ForwardUnusable,
            "X",
        ),
        (
            "[ERROR] plugin/errors: 2 1394415300835651230.8630148154983443782. HINFO: read udp \
             10.144.166.129:44256->8.8.8.8:53: i/o timeout",
            Forward,
            "",
        ),
    ] {
        let (found, name, _) = told(text);
        assert_eq!(found, symptom, "{text}");
        assert_eq!(name.unwrap_or_default(), host.replace('X', X), "{text}");
    }
}

/// A name that another message has is not that of a server that is an address.
#[test]
fn an_address_has_no_name_of_another_message() {
    let text = filled(
        "Unable to connect to the server: dial tcp: lookup X on 127.0.0.53:53: no such host\n\
         The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?",
    );
    let hosts: Vec<bool> = messages(&text).iter().map(|message| message.host.is_some()).collect();
    assert_eq!(hosts, [true, false]);
}

#[test]
fn a_kubernetes_path_shows_that_it_is_a_cluster() {
    let retry = |path: &str| {
        format!(
            "Retrying after connection broken by 'NewConnectionError('<urllib3.connection.VerifiedHTTPSConnection object \
             at 0x7f>: Failed to establish a new connection: [Errno -2] Name or service not known',)': {path}"
        )
    };
    assert_eq!(
        candidates_of(&retry("/apis/apps/v1/namespaces/default/deployments/shop"))[0],
        "endpoint-name-stale"
    );
    assert!(!has(&retry("/v2/orders"), "endpoint-name-stale"));
}

/// dscacheutil shows what macOS' own lookup gives.
#[test]
fn dscacheutil_is_the_systems_own_lookup() {
    let text = "Unable to connect to the server: dial tcp: lookup X on 192.168.1.1:53: no such host\n\
                $ dscacheutil -q host -a name X\nname: X\nip_address: 10.0.12.34\n";
    assert_eq!(candidates_of(text)[0], "go-bypasses-scoped-dns");
    let nslookup = text.replace("ip_address", "Address").replace("name: X\n", "Name: X\n");
    assert_ne!(candidates_of(&nslookup)[0], "go-bypasses-scoped-dns");
}

/// The SOA in Resolve-DnsName's table says whose zone it is.
#[test]
fn the_soa_of_windows_table_says_whose_zone_it_is() {
    let table = |server: &str| {
        format!(
            "Name      Type TTL Section   PrimaryServer NameAdministrator SerialNumber\n----      ---- --- -------   \
             ------------- ----------------- ------------\neks.test  SOA  60  Authority {server} hostmaster.test 1\n"
        )
    };
    for rule in ["shadow-zone", "name-blocked-by-policy"] {
        assert!(!has(&table("ns-51.awsdns-06.com"), rule), "{rule}");
        assert!(has(&table("dc1.corp.example"), rule), "{rule}");
    }
}

/// What name servers give for the name is in no hosts file.
#[test]
fn an_address_that_dns_has_is_not_the_hosts_files() {
    let dial = "Get \"https://X/api\": dial tcp 10.20.1.30:443: connect: connection refused\n";
    let has = |beside: &str| candidates_of(&format!("{dial}{beside}")).contains(&"hosts-file-override");
    assert!(has(""));
    assert!(!has("$ dig +short X\n10.20.1.30\n"));
    assert!(has("$ getent hosts X\n10.20.1.30      X\n"));
}

#[test]
fn an_empty_answer_of_public_dns_beside_a_private_one() {
    let text = "$ dig +short X @8.8.8.8\n$ dig +short X @10.44.0.53\n10.20.1.30\n";
    let symptom = told(text).0;
    // It may be a denial, and an error of the server too.
    assert_eq!(symptom, Symptom::EmptyInPublic);
    assert_eq!(symptom.layer(), Layer::Unknown);
    assert_eq!(candidates_of(text), ["not-in-public-dns"]);
}

/// Cisco Umbrella's block page in the answer, and dialled.
#[test]
fn a_filters_page_is_no_clusters_address() {
    for text in [
        "$ dig +short X\n146.112.61.106",
        "$ nslookup X\nServer:\t\t10.44.0.53\nAddress:\t10.44.0.53#53\n\nName:\tX\nAddress: 146.112.61.104\n",
        "Get \"https://X/api\": dial tcp 146.112.61.107:443: i/o timeout",
        "PING X (146.112.61.110) 56(84) bytes of data.",
    ] {
        let rules = candidates_of(text);
        assert_eq!(rules[0], "sinkhole-answer", "{text}");
        let why = &read(&filled(text)).unwrap().candidates[0].why;
        assert!(why.contains("Cisco Umbrella"), "{text}: {why}");
        for rule in ["api-port-blocked", "public-answer-expected", "stale-addresses"] {
            assert!(!rules.contains(&rule), "{text}: {rules:?}");
        }
    }
    let other = "Get \"https://X/api\": dial tcp 146.113.61.109:443: i/o timeout";
    assert_eq!(candidates_of(other)[0], "api-port-blocked");
}
