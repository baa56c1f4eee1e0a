//! The exchange, question by question, against embedded servers that misbehave.

use eks_dns_doctor::dns::{AnswerKind, RecordType};
use eks_dns_doctor::observation::{Lookup, Purpose, Transport};
use eks_dns_doctor::report::{Capture, diagnose};
use eks_dns_doctor::software::Software;

#[path = "common/played.rs"]
mod played;
use played::played;

/// Plays one server under `10.0.0.1` and returns what was observed of it.
fn play(server: &str, ask: &str) -> Capture {
    let text = format!(
        r#"
title = "a test"
[ask]
resolver = ["x=10.0.0.1"]
{ask}
[[server]]
name = "x"
address = "10.0.0.1"
view = "vpc"
{server}
[expect]
conclusion = "healthy"
exit_code = 0
"#
    );
    played(&text)
}

fn lookup(capture: &Capture, purpose: Purpose, qtype: RecordType) -> Lookup {
    capture.observations[0]
        .lookups
        .iter()
        .find(|lookup| lookup.purpose == purpose && lookup.qtype == qtype)
        .expect("the lookup was made")
        .clone()
}

fn target(server: &str) -> Lookup {
    lookup(&play(server, "controls = false"), Purpose::Target, RecordType::A)
}

#[test]
fn an_ordinary_answer_takes_one_try() {
    let capture = play("", "");
    let a = lookup(&capture, Purpose::Target, RecordType::A);
    assert_eq!((a.kind, a.attempts.len()), (AnswerKind::Answer, 1));
    assert!(a.attempts[0].edns && a.attempts[0].transport == Transport::Udp);
    let aaaa = lookup(&capture, Purpose::Target, RecordType::AAAA);
    assert_eq!(aaaa.kind, AnswerKind::NoData);
    assert_eq!(aaaa.soa.expect("a SOA").mname.to_string(), "ns-1536.awsdns-00.co.uk");
    for (purpose, qtype, kind) in [
        (Purpose::TargetTcp, RecordType::A, AnswerKind::Answer),
        (Purpose::Sibling, RecordType::A, AnswerKind::NxDomain),
        (Purpose::AwsControl, RecordType::A, AnswerKind::Answer),
        (Purpose::Root, RecordType::NS, AnswerKind::Answer),
        (Purpose::EnclosingZone, RecordType::SOA, AnswerKind::Answer),
    ] {
        assert_eq!(lookup(&capture, purpose, qtype).kind, kind, "{purpose:?}");
    }
}

#[test]
fn an_answer_counts_until_the_window_ends() {
    let a = target("[[server.on]]\ndelay_ms = 800");
    assert_eq!(a.kind, AnswerKind::Answer);
    let first = &a.attempts[0];
    assert_eq!(first.kind, AnswerKind::Answer, "the first try's socket still listened");
    assert!(a.attempts.len() > 1, "and it was asked again meanwhile");
}

#[test]
fn a_lost_question_is_asked_again_from_another_port() {
    let a = target("[[server.on]]\ntypes = [\"A\"]\nedns = true\ntransport = \"udp\"\ntimes = [1]\nsilent = true");
    assert_eq!(a.kind, AnswerKind::Answer);
    assert_eq!(a.attempts[0].kind, AnswerKind::Timeout);
    assert_eq!(a.attempts[1].kind, AnswerKind::Answer);
    assert!(a.rtt_ms >= Some(a.attempts[1].started_ms));
}

/// A forwarder may fill its cache over TCP: what UDP comes to is seen first.
#[test]
fn the_question_over_tcp_follows_the_one_over_udp() {
    // Whichever question for A comes first gets the error, over whatever transport.
    let first = "[[server.on]]\nnames = [\"TARGET\"]\ntypes = [\"A\"]\ntimes = [1]\nrcode = \"SERVFAIL\"";
    for _ in 0..5 {
        let capture = play(first, "controls = false");
        let udp = lookup(&capture, Purpose::Target, RecordType::A);
        assert_eq!(udp.attempts[0].kind, AnswerKind::ServFail, "{udp:?}");
        let tcp = lookup(&capture, Purpose::TargetTcp, RecordType::A);
        assert_eq!((tcp.kind, tcp.attempts.len()), (AnswerKind::Answer, 1));
    }
    // Where UDP is silent it follows the last try, and does not outlast the window.
    let tcp = lookup(
        &play("udp = \"silent\"\ntcp = \"silent\"", "controls = false"),
        Purpose::TargetTcp,
        RecordType::A,
    );
    assert_eq!((tcp.kind, tcp.attempts.len()), (AnswerKind::Timeout, 1));
}

#[test]
fn silence_is_asked_about_without_edns_and_over_tcp() {
    let a = target("udp = \"silent\"");
    assert_eq!(a.kind, AnswerKind::Timeout);
    assert_eq!(a.rtt_ms, None);
    let forms: Vec<(Transport, bool, AnswerKind)> = a
        .attempts
        .iter()
        .map(|attempt| (attempt.transport, attempt.edns, attempt.kind))
        .collect();
    assert_eq!(
        forms,
        [
            (Transport::Udp, true, AnswerKind::Timeout),
            (Transport::Udp, true, AnswerKind::Timeout),
            (Transport::Udp, false, AnswerKind::Timeout),
            (Transport::Tcp, true, AnswerKind::Answer),
        ]
    );
    assert!(a.heard_anything());
}

#[test]
fn a_refused_port_is_unreachable_and_nothing_waits() {
    let capture = play("udp = \"closed\"\ntcp = \"closed\"", "controls = false");
    for (purpose, transport) in [(Purpose::Target, Transport::Udp), (Purpose::TargetTcp, Transport::Tcp)] {
        let a = lookup(&capture, purpose, RecordType::A);
        assert_eq!((a.kind, a.transport), (AnswerKind::Unreachable, transport));
        assert_eq!(a.attempts.len(), 2);
        assert!(
            a.attempts[1].started_ms < 500.0,
            "the second try did not wait for its turn"
        );
        assert!(a.reason.expect("a reason").to_string().contains("refused"));
    }
}

#[test]
fn a_truncated_reply_is_fetched_over_tcp() {
    let a = target("[[server.on]]\ntc = true");
    assert_eq!((a.kind, a.transport), (AnswerKind::Answer, Transport::Tcp));
    assert_eq!(a.attempts[0].kind, AnswerKind::Truncated);
    assert_eq!(a.addresses.len(), 2);
}

#[test]
fn a_truncated_reply_without_tcp_stays_truncated() {
    for tcp in ["closed", "silent"] {
        let a = target(&format!("tcp = {tcp:?}\n[[server.on]]\ntc = true"));
        assert_eq!(a.kind, AnswerKind::Truncated, "{tcp}");
        assert_eq!(a.attempts[1].transport, Transport::Tcp);
    }
}

#[test]
fn replies_that_do_not_belong_are_counted_and_waited_past() {
    for stray in ["wrong-id", "wrong-question", "query", "garbage"] {
        let a = target(&format!("[[server.on]]\nbefore = [{stray:?}]"));
        assert_eq!(a.kind, AnswerKind::Answer, "{stray}");
        assert_eq!(a.attempts[0].mismatched_replies, 1, "{stray}");
        assert!(a.attempts[0].mismatch.is_some());
    }
}

#[test]
fn only_replies_that_do_not_belong_are_malformed() {
    let a = target("[[server.on]]\nbefore = [\"wrong-id\"]\nbytes = \"no-reply\"");
    assert_eq!(a.kind, AnswerKind::Malformed);
    assert!(a.reason.expect("a reason").to_string().contains("another ID"));
}

#[test]
fn failures_that_edns_may_cause_are_asked_about_without_it() {
    for rcode in ["FORMERR", "NOTIMP", "BADVERS", "SERVFAIL"] {
        let a = target(&format!("[[server.on]]\nedns = true\nrcode = {rcode:?}"));
        let kind = if rcode == "SERVFAIL" {
            AnswerKind::ServFail
        } else {
            AnswerKind::OtherRcode
        };
        assert_eq!(a.kind, kind, "{rcode}: as kubectl asks, it fails");
        let plain = a.attempts.iter().find(|attempt| !attempt.edns);
        assert_eq!(plain.expect("a try without EDNS").kind, AnswerKind::Answer, "{rcode}");
    }
}

#[test]
fn a_bare_header_is_ignored_as_go_ignores_it_and_explained() {
    let a = target("[[server.on]]\nedns = true\nrcode = \"FORMERR\"\nbytes = \"header-only\"");
    assert_eq!(a.kind, AnswerKind::Timeout);
    assert!(a.reason.expect("a reason").to_string().contains("bare header"));
    let plain = a.attempts.iter().find(|attempt| !attempt.edns);
    assert_eq!(plain.expect("a try without EDNS").kind, AnswerKind::Answer);
}

#[test]
fn servfail_is_asked_about_again_and_with_checking_disabled() {
    let server = "[[server.on]]\ncd = false\ntypes = [\"A\"]\nrcode = \"SERVFAIL\"";
    let capture = play(server, "controls = false");
    let a = lookup(&capture, Purpose::Target, RecordType::A);
    assert_eq!(a.kind, AnswerKind::ServFail);
    assert_eq!(a.attempts.iter().filter(|attempt| attempt.edns).count(), 2);
    let cd = lookup(&capture, Purpose::CheckingDisabled, RecordType::A);
    assert_eq!(cd.kind, AnswerKind::Answer);
}

#[test]
fn a_passing_servfail_does_not_decide() {
    let a =
        target("[[server.on]]\ntypes = [\"A\"]\nedns = true\ntransport = \"udp\"\ntimes = [1]\nrcode = \"SERVFAIL\"");
    assert_eq!(a.kind, AnswerKind::Answer, "Go asks a second time, and so do we");
}

#[test]
fn a_connection_that_closes_early_says_so() {
    let capture = play("[[server.on]]\ntransport = \"tcp\"\nclose = true", "controls = false");
    let tcp = lookup(&capture, Purpose::TargetTcp, RecordType::A);
    assert_eq!(tcp.kind, AnswerKind::Timeout);
    assert!(
        tcp.reason
            .expect("a reason")
            .to_string()
            .contains("closed the connection")
    );
}

#[test]
fn defects_are_named() {
    for (bytes, reason) in [("cut", "cannot be read"), ("long-rdata", "cannot be read")] {
        let a = target(&format!("[[server.on]]\nbytes = {bytes:?}"));
        assert_eq!(a.kind, AnswerKind::Malformed, "{bytes}");
        let said = a.reason.expect("a reason").to_string();
        assert!(said.contains(reason), "{bytes}: {said}");
    }
    let a = target("[[server.on]]\nbytes = \"no-question\"");
    assert_eq!(a.kind, AnswerKind::Malformed);
    assert!(a.reason.expect("a reason").to_string().contains("without a question"));
}

#[test]
fn a_server_is_asked_what_it_runs_once_and_in_class_chaos() {
    let capture = play("version = \"unbound 1.17.1\"", "");
    let asked = lookup(&capture, Purpose::Software, RecordType::TXT);
    assert_eq!((asked.kind, asked.attempts.len()), (AnswerKind::Answer, 1));
    assert_eq!(asked.question.to_string(), "version.bind");
    let software = diagnose(capture).resolvers[0].software.clone().expect("it says so");
    assert_eq!(
        (software.name, software.version.as_deref()),
        (Software::Unbound, Some("1.17.1"))
    );

    let refused = play("", "");
    assert_eq!(
        lookup(&refused, Purpose::Software, RecordType::TXT).kind,
        AnswerKind::Refused
    );
    assert_eq!(diagnose(refused).resolvers[0].software, None);

    let without = play("version = \"unbound 1.17.1\"", "controls = false");
    let mut lookups = without.observations[0].lookups.iter();
    assert!(!lookups.any(|lookup| lookup.purpose == Purpose::Software));
}

/// Nothing but the line about it depends on what a resolver says that it runs, and the lookup stays in its place.
#[test]
fn what_a_server_says_that_it_runs_decides_nothing() {
    let capture = play("version = \"dnsmasq-2.90\"", "");
    let mut unasked = capture.clone();
    unasked.observations[0]
        .lookups
        .retain(|lookup| lookup.purpose != Purpose::Software);
    let (with, without) = (diagnose(capture.clone()), diagnose(unasked));
    assert_eq!(with.resolvers[0].probed, capture.observations[0]);
    assert_eq!((with.findings, with.conclusion), (without.findings, without.conclusion));
    assert_eq!(
        (with.not_evaluated, with.clients),
        (without.not_evaluated, without.clients)
    );
    assert_eq!(with.resolvers[0].verdict, without.resolvers[0].verdict);
}
