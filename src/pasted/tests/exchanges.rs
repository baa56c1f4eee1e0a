//! Exchanges of BIND's tools that failed, over UDP and over TCP, and whose the reply behind them is.

use super::*;

fn rules_of(text: &str) -> Vec<&'static str> {
    let read = read(&filled(text)).unwrap_or_else(|| panic!("{text}"));
    read.candidates.iter().map(|candidate| candidate.rule).collect()
}

fn all(text: &str) -> Vec<(Symptom, Option<String>)> {
    let messages = messages(&filled(text));
    let of = |one: &Explanation| (one.symptom, one.server.map(|server| server.to_string()));
    messages.iter().map(of).collect()
}

const SERVER: &str = "10.63.200.10:53";

/// Printed by dig 9.18 with +tcp, and with a server whose port is closed over TCP.
#[test]
fn a_connection_to_a_name_server_that_failed_is_of_tcp() {
    for (reason, symptom) in [
        ("connection refused", Symptom::PortClosed),
        ("timed out", Symptom::Silence),
        ("host unreachable", Symptom::NoRoute),
        ("permission denied", Symptom::NotLetOut),
    ] {
        let line = format!(";; Connection to 10.63.200.10#53(10.63.200.10) for X failed: {reason}.\n");
        for text in [line.clone(), format!("{line};; no servers could be reached\n")] {
            let found = (symptom, Some(X.to_owned()), Some(SERVER.to_owned()));
            assert_eq!(told(&text), found, "{text}");
            let rules = rules_of(&text);
            let is_wrong = |rule: &&str| ["udp-blocked", "slow-resolver"].contains(rule);
            assert!(!rules.iter().any(is_wrong), "{rules:?}");
        }
    }
    let text = ";; Connection to 10.63.200.10#53(10.63.200.10) for X failed: timed out.\n";
    assert_eq!(rules_of(text).first(), Some(&"tcp-blocked"));
    // The connection was made, and closed.
    let text = ";; communications error to 10.63.200.10#53: end of file\n;; no servers could be reached\n";
    assert_eq!(all(text), [(Symptom::Silence, Some(SERVER.to_owned()))]);
    assert!(!rules_of(text).contains(&"udp-blocked"));
    // Of the same words over UDP nothing is known of TCP.
    let text = ";; communications error to 10.63.200.10#53: timed out\n;; no servers could be reached\n";
    assert!(rules_of(text).contains(&"udp-blocked"));
    let text = format!("$ dig +tcp X @10.63.200.10\n{text}");
    assert!(!rules_of(&text).contains(&"udp-blocked"));
}

#[test]
fn what_fails_behind_a_truncated_reply_is_tcp_to_its_server() {
    for line in [
        ";; Connection to 10.63.200.10#53(10.63.200.10) for X failed: timed out.",
        ";; Connection to 10.63.200.10#53(10.63.200.10) for X failed: connection refused.",
        ";; communications error to 10.63.200.10#53: timed out",
    ] {
        let text = format!(";; Truncated, retrying in TCP mode.\n{line}\n;; no servers could be reached\n");
        assert_eq!(all(&text), [(Symptom::Truncated, Some(SERVER.to_owned()))], "{text}");
        let rules = rules_of(&text);
        assert!(
            rules.contains(&"tcp-blocked") || rules.contains(&"truncated-without-tcp"),
            "{rules:?}"
        );
        assert!(
            !rules.contains(&"udp-blocked") && !rules.contains(&"resolver-unreachable"),
            "{rules:?}"
        );
    }
    // The next server truncated nothing.
    let text = ";; Truncated, retrying in TCP mode.\n;; communications error to 10.63.200.10#53: timed out\n\
                ;; communications error to 10.63.200.11#53: timed out\n;; no servers could be reached\n";
    let found = all(text);
    assert!(
        found.contains(&(Symptom::Truncated, Some(SERVER.to_owned()))),
        "{found:?}"
    );
    assert!(
        found.contains(&(Symptom::Silence, Some("10.63.200.11:53".to_owned()))),
        "{found:?}"
    );
}

/// Printed by nslookup, host and dig 9.18 with two name servers, of which the first is silent.
#[test]
fn a_reply_is_of_the_server_that_gave_it() {
    let failed = |times: usize| ";; communications error to 10.63.200.10#53: timed out\n".repeat(times);
    let silence = (Symptom::Silence, Some(SERVER.to_owned()));
    let of = |reply: &str, times: usize| all(&format!("{}{reply}", failed(times)));
    for reply in [
        "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find X: NXDOMAIN\n",
        "Using domain server:\nName: 10.0.0.2\nAddress: 10.0.0.2#53\nAliases: \n\nHost X not found: 3(NXDOMAIN)\n",
    ] {
        let found = of(reply, 3);
        assert!(
            found.contains(&(Symptom::NxDomain, Some("10.0.0.2:53".to_owned()))),
            "{found:?}"
        );
        assert!(found.contains(&silence), "{found:?}");
    }
    // host(1) shows no server. It asks one twice, and then the next.
    let reply = "Host X not found: 3(NXDOMAIN)\n";
    assert!(of(reply, 2).contains(&(Symptom::NxDomain, None)), "{:?}", of(reply, 2));
    assert!(of(reply, 1).contains(&(Symptom::NxDomain, Some(SERVER.to_owned()))));
    // It was told whom to ask.
    let text = format!("$ host X 10.63.200.10\n{}{reply}", failed(2));
    assert!(
        all(&text).contains(&(Symptom::NxDomain, Some(SERVER.to_owned()))),
        "{:?}",
        all(&text)
    );
    // Silence of one server, and then of the other, whose last reply it is.
    let other = ";; communications error to 10.63.200.11#53: timed out\n";
    let found = all(&format!("{}{other}{reply}", failed(2)));
    assert!(
        found.contains(&(Symptom::NxDomain, Some("10.63.200.11:53".to_owned()))),
        "{found:?}"
    );
}

/// Printed by openssl s_client 3.0 for a name that has no address.
#[test]
fn the_last_line_of_s_client_is_that_of_its_lookup() {
    let lookup = "40D7:error:10080002:BIO routines:BIO_lookup_ex:system lib:crypto/bio/bio_addr.c:738:Temporary failure \
                  in name resolution\n";
    let last = "connect:errno=11\n";
    let found = all(&format!("{lookup}{last}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0.layer(), Layer::Dns);
    assert_eq!(all(last)[0].0.layer(), Layer::Tcp);
    let connect = "40D7:error:8000006F:system library:BIO_connect:Connection refused:crypto/bio/bio_sock2.c:127:\n";
    let found = all(&format!("{lookup}{last}{connect}connect:errno=111\n"));
    assert!(
        found.iter().any(|(symptom, _)| symptom.layer() == Layer::Tcp),
        "{found:?}"
    );
}

/// BIND's nslookup goes on to the search list after every error, not after a denial alone.
#[test]
fn an_error_for_the_name_with_a_search_domain_is_about_the_name() {
    for rcode in ["SERVFAIL", "REFUSED"] {
        let text = format!(
            "Server:\t\t10.100.0.10\nAddress:\t10.100.0.10#53\n\n** server can't find X.default.svc.cluster.local: {rcode}\n"
        );
        let read = read(&filled(&text)).unwrap();
        assert_eq!(read.host.as_ref().map(ToString::to_string).as_deref(), Some(X));
        assert_eq!(read.symptom, Symptom::Unknown);
        assert!(
            read.resolver.iter().any(|said| said == tool::LAST_OF_SEARCH),
            "{read:?}"
        );
    }
    // Of another program's error nothing is known of the name itself.
    let text = "dial tcp: lookup X.default.svc.cluster.local on 10.100.0.10:53: server misbehaving";
    assert_eq!(told(text).0, Symptom::Misbehaving);
}

/// dog and doggo print the SOA record in rows of their own.
#[test]
fn a_denial_of_dog_and_of_doggo_has_a_zone_and_a_server() {
    let of = |primary: &str| {
        [
            format!(
                "$ dog X @10.63.200.10\nStatus: NXDomain\nSOA eu.example. 15m00s A \"{primary}.\" \"mail.example.\" 1 2h00m00s\n"
            ),
            format!(
                "$ doggo X @10.63.200.10\nNAME TYPE CLASS TTL ADDRESS NAMESERVER STATUS\neu.example.  SOA  IN  900s  {primary}. \
                 mail.example. 1 7200 900  10.63.200.10:53  NXDOMAIN\n"
            ),
        ]
    };
    for text in of("ns-1497.awsdns-59.org") {
        let found = (Symptom::NxDomain, Some(X.to_owned()), Some(SERVER.to_owned()));
        assert_eq!(told(&text), found, "{text}");
        let rules = rules_of(&text);
        let is_of_own_zone = |rule: &&str| ["shadow-zone", "name-blocked-by-policy"].contains(rule);
        assert!(!rules.iter().any(is_of_own_zone), "{rules:?}");
    }
    for text in of("ns.corp.example") {
        assert_eq!(rules_of(&text).first(), Some(&"shadow-zone"), "{text}");
    }
}

#[test]
fn where_it_was_printed_rules_causes_out() {
    let pod = "dial tcp: lookup X on 10.100.0.10:53: read udp 10.42.1.2:4->10.100.0.10:53: i/o timeout";
    assert!(!rules_of(pod).contains(&"inbound-endpoint-sg"), "{:?}", rules_of(pod));
    let said = |text: &str| {
        let read = read(&filled(text)).unwrap();
        let whys = read.candidates.iter().map(|candidate| candidate.why.to_string());
        whys.chain(read.resolver.clone()).collect::<Vec<String>>().join("\n")
    };
    assert!(!said(pod).contains("VPN"), "{}", said(pod));
    let node = "ip-10-0-12-9.eu-west-1.compute.internal kubelet[1]: dial tcp: lookup X on 10.0.0.2:53: read udp \
                10.0.12.9:41234->10.0.0.2:53: i/o timeout";
    let rules = rules_of(node);
    assert!(!rules.contains(&"vpc-resolver-not-reachable-from-here"), "{rules:?}");
    assert!(!said(node).contains("VPN"), "{}", said(node));
    // Elsewhere they stay.
    let laptop = "dial tcp: lookup X on 10.0.0.2:53: read udp 10.0.12.9:41234->10.0.0.2:53: i/o timeout";
    assert!(rules_of(laptop).contains(&"vpc-resolver-not-reachable-from-here"));
    assert!(said(laptop).contains("VPN"));
}

/// systemd-resolved has the name by a link's own server, and Go asked another.
#[test]
fn an_answer_of_resolvectl_shows_what_go_passes_by() {
    let resolved = "$ resolvectl query X\nX: 10.42.7.19 -- link: tun0\n";
    let go = "dial tcp: lookup X on 192.168.178.1:53: no such host\n";
    assert_eq!(
        rules_of(&format!("{resolved}\n{go}")).first(),
        Some(&"go-bypasses-scoped-dns")
    );
    assert_ne!(rules_of(go).first(), Some(&"go-bypasses-scoped-dns"));
    // The stub that Go asked is resolved's own.
    let stub = go.replace("192.168.178.1", "127.0.0.53");
    assert_ne!(
        rules_of(&format!("{resolved}\n{stub}")).first(),
        Some(&"go-bypasses-scoped-dns")
    );
}

/// Terraform breaks the line where it does not fit, once before the name and once within the error.
#[test]
fn a_line_that_is_broken_twice_is_joined_to_its_end() {
    for (end, symptom) in [
        (["server", "misbehaving"], Symptom::Misbehaving),
        (["no such", "host"], Symptom::NoAddress),
        (["i/o", "timeout"], Symptom::Silence),
    ] {
        let [start, rest] = end;
        let text = format!("│ Error: Get \"https://a\": dial tcp: lookup\n│ X on 127.0.0.53:53: {start}\n│ {rest}\n");
        let read = read(&filled(&text)).unwrap();
        assert_eq!(read.symptom, symptom, "{text}");
        let is_cut = read.resolver.iter().any(|said| said.contains("cut off"));
        assert!(!is_cut, "{text}: {:?}", read.resolver);
    }
}

#[test]
fn a_link_of_jira_shows_its_name() {
    let found = (Symptom::NoAddress, Some(X.to_owned()), Some(SERVER.to_owned()));
    assert_eq!(
        told("dial tcp: lookup [X|http://X] on 10.63.200.10:53: no such host"),
        found
    );
    assert_eq!(
        told("dial tcp: lookup [X](http://X) on 10.63.200.10:53: no such host"),
        found
    );
}

/// Printed by dig 9.18 with +qr, with a server that answers, one that denies, and one that is silent; and in the form
/// of kdig(1).
#[test]
fn a_message_that_was_sent_is_no_reply() {
    let sent = "; <<>> DiG 9.18.49 <<>> +qr @10.63.200.10 X\n;; global options: +cmd\n;; Sending:\n\
                ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 7\n\
                ;; flags: rd ad; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n\
                ;X.\tIN\tA\n\n;; QUERY SIZE: 105\n\n";
    let reply = |status: &str, answers: u32, records: &str| {
        format!(
            "{sent};; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: {status}, id: 7\n\
             ;; flags: qr rd ra; QUERY: 1, ANSWER: {answers}, AUTHORITY: 0, ADDITIONAL: 0\n\n\
             ;; QUESTION SECTION:\n;X.\tIN\tA\n\n{records}\n;; SERVER: 10.63.200.10#53(10.63.200.10) (UDP)\n"
        )
    };
    let of = |symptom| vec![(symptom, Some(SERVER.to_owned()))];
    let healthy = reply("NOERROR", 1, ";; ANSWER SECTION:\nX.\t60\tIN\tA\t10.80.3.31\n");
    assert_eq!(all(&healthy), of(Symptom::Healthy));
    let quoted = format!("> {}", healthy.trim_end().replace('\n', "\n> "));
    assert_eq!(all(&quoted), of(Symptom::Healthy));
    assert_eq!(all(&reply("NXDOMAIN", 0, "")), of(Symptom::NxDomain));
    let silent =
        format!("{sent};; communications error to 10.63.200.10#53: timed out\n;; no servers could be reached\n");
    assert_eq!(all(&silent), of(Symptom::Silence));
    // What stands behind a message that is cut off is no part of it.
    let cut = ";; Sending:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 7\n$ kubectl get nodes\n\
               Unable to connect to the server: dial tcp: lookup X on 10.63.200.10:53: no such host\n";
    assert_eq!(all(cut), of(Symptom::NoAddress));
    let kdig = ";; ->>HEADER<<- opcode: QUERY; status: NOERROR; id: 7\n\
                ;; Flags: rd; QUERY: 1; ANSWER: 0; AUTHORITY: 0; ADDITIONAL: 1\n\n;; QUESTION SECTION:\n\
                ;; X. \tIN\tA\n\n;; ->>HEADER<<- opcode: QUERY; status: NOERROR; id: 7\n\
                ;; Flags: qr rd ra; QUERY: 1; ANSWER: 1; AUTHORITY: 0; ADDITIONAL: 0\n\n;; QUESTION SECTION:\n\
                ;; X. \tIN\tA\n\n;; ANSWER SECTION:\nX. 60 IN A 10.80.3.31\n\n\
                ;; From 10.63.200.10@53(UDP) in 0.3 ms\n";
    assert_eq!(all(kdig), of(Symptom::Healthy));
}
