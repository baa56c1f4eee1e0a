#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::*;
use crate::rules;

mod addresses;
mod beyond;
mod clients;
mod connections;
mod cut_off;
mod debug;
mod evidence;
mod exchanges;
mod hidden;
mod long;
mod not_shown;
mod quoted;
mod rows;
mod runs;
mod same_host;
mod servers;
mod services;

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

#[test]
fn a_name_that_is_no_endpoints_is_said() {
    let read = |text: &str| read(text).unwrap();
    let cluster = read("dial tcp: lookup fashion-eks: no such host");
    assert_eq!(cluster.candidates[0].rule, "endpoint-name-malformed");
    assert!(cluster.name[0].contains("one label"));
    assert!(read(&format!("lookup {X}: no such host")).name.is_empty());
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

/// The rules that a text names, the first first.
fn candidates_of(text: &str) -> Vec<&'static str> {
    let read = read(&filled(text)).unwrap_or_else(|| panic!("{text}"));
    read.candidates.iter().map(|candidate| candidate.rule).collect()
}

/// What leads: the symptom, the name server and the findings.
fn first(text: &str) -> (Symptom, Option<String>, Vec<&'static str>) {
    let read = read(&filled(text)).unwrap_or_else(|| panic!("{text}"));
    let server = read.server.map(|server| server.to_string());
    let rules = read.candidates.iter().map(|candidate| candidate.rule).collect();
    (read.symptom, server, rules)
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

#[test]
fn a_text_is_read_for_as_long_as_it_may_be() {
    let lines = "x\n".repeat(100);
    // Before the first line, among the lines, and among the lines that are joined again.
    for most in [0, 50, 150] {
        let asked = std::cell::Cell::new(0);
        let goes_on = || {
            asked.set(asked.get() + 1);
            asked.get() <= most
        };
        assert_eq!(messages_while(&lines, &goes_on), None);
        // Once for what is joined by a space, once for what is joined by nothing, and once at the end.
        assert!(asked.get() <= most + 3, "{}", asked.get());
    }
    assert_eq!(messages_while(&lines, &|| true), Some(Vec::new()));
    let message = format!("dial tcp: lookup {X}: no such host");
    assert_eq!(messages_while(&message, &|| false), None);
}

#[test]
fn lines_are_joined_as_far_as_a_terminal_scrolls() {
    let broken = format!("dial tcp: lookup {X}\n: no such host\n");
    let behind = |lines: usize| format!("{}{broken}", "x\n".repeat(lines));
    assert!(read(&behind(10)).is_some());
    assert!(read(&behind(limits::PASTED_JOINED)).is_none());
}

/// The line that says most may stand behind more lines than are told apart.
#[test]
fn what_matters_is_not_lost_behind_many_lines() {
    let many: Vec<String> = (0..200)
        .map(|at| format!("dial tcp: lookup host-{at}.example.com on 10.63.200.10:53: no such host\n"))
        .collect();
    let many = many.concat();
    let behind = filled(&format!("{many}possible DNS-rebind attack detected: X\n{many}"));
    let messages = messages(&behind);
    assert_eq!(messages.len(), limits::PASTED_MESSAGES);
    assert_eq!(messages[0].symptom, Symptom::Rebind);
    let named = filled(&format!("{many}dial tcp: lookup X on 10.63.200.10:53: no such host\n"));
    assert_eq!(exactly(&named).1.as_deref(), Some(X));
}
