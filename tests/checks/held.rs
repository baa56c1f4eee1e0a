//! What holds of every capture, whatever it was made from.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use eks_dns_doctor::dns::{Class, Name, RecordType};
use eks_dns_doctor::facts::{Facts, Vantage, VantageKind};
use eks_dns_doctor::observation::{Lookup, Purpose, Question, Transport};
use eks_dns_doctor::probe::read_messages;
use eks_dns_doctor::probed::Probed;
use eks_dns_doctor::render::{Format, Style, render, text};
use eks_dns_doctor::report::{Capture, Report, Tool, diagnose};
use eks_dns_doctor::resolvers::{Resolver, Role};
use eks_dns_doctor::settings::Asked;
use eks_dns_doctor::target::{Target, TargetSource};
use eks_dns_doctor::{capture, redact};

use super::consistent::consistent;
use super::formats;

/// The endpoint of a capture that is made of facts or lookups alone.
pub(crate) const TARGET: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

/// What colours are made of (ECMA-48, SGR): the program's own.
const COLOURS: &[&str] = &["\u{1b}[1m", "\u{1b}[1;31m", "\u{1b}[1;32m", "\u{1b}[1;33m", "\u{1b}[0m"];

pub(crate) fn target() -> Name {
    TARGET.parse().expect("a name")
}

/// A line of a message, as it is printed: nothing in it moves a terminal.
pub(crate) fn line(said: &str) {
    let shown = text::escape(said);
    assert!(!shown.contains(text::is_unprintable), "{shown:?}");
}

/// A finished text: lines, and nothing else that moves a terminal.
pub(crate) fn page(text: &str) {
    let raw = |c: char| c != '\n' && text::is_unprintable(c);
    assert!(!text.contains(raw), "{text:?}");
}

/// The styles in which a report is rendered: as it comes, narrow and in ASCII with all that was observed, and coloured.
pub(crate) fn styles() -> [Style; 3] {
    [
        Style::default(),
        Style {
            ascii: true,
            width: 40,
            verbose: true,
            ..Style::default()
        },
        Style {
            color: true,
            width: 200,
            ..Style::default()
        },
    ]
}

/// A text in a style: its colours are the program's own, and in ASCII there is nothing else.
pub(crate) fn styled(text: &str, format: Format, style: &Style) {
    assert!(!text.is_empty(), "{format}");
    if let Err(fault) = formats::whole(format, text) {
        panic!("{fault}");
    }
    if style.ascii && matches!(format, Format::Table | Format::Short) {
        assert!(text.is_ascii(), "{format}: {text:?}");
    }
    if style.color {
        let mut plain = text.to_owned();
        for colour in COLOURS {
            plain = plain.replace(colour, "");
        }
        page(&plain);
    } else {
        page(text);
    }
}

/// Every format of the report in a style.
pub(crate) fn rendered(report: &Report, style: &Style) {
    for format in Format::VARIANTS {
        let mut text = String::new();
        render(report, *format, style, &mut text).expect("a String takes all");
        styled(&text, *format, style);
    }
}

/// Whether there are many octets to see, and little time for each: so for the fuzzer.
pub(crate) static IN_A_HURRY: AtomicBool = AtomicBool::new(false);

/// Whether one of several things that take long, counted from 0, is done with these octets: every one where there is
/// time; in a hurry the one that the octets choose themselves, so that the same is done each time.
pub(crate) fn is_turn(octets: &[u8], of: usize, number: usize) -> bool {
    let sum = octets.iter().fold(octets.len(), |sum, octet| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*octet))
    });
    !IN_A_HURRY.load(Ordering::Relaxed) || (sum >> 3) % of == number
}

/// The JSON document of a report.
pub(crate) fn json(report: &Report) -> String {
    let mut text = String::new();
    render(report, Format::Json, &Style::default(), &mut text).expect("a String takes all");
    text
}

/// Diagnoses the capture. The report is consistent, is printed safely in all formats, and the document that is saved of
/// it is read again and gives the same report.
pub(crate) fn report(capture: Capture, octets: &[u8]) -> Report {
    let report = diagnose(capture);
    if let Err(fault) = consistent(&report) {
        panic!("{fault}");
    }
    let styles = styles();
    for (number, style) in styles.iter().enumerate() {
        if is_turn(octets, styles.len(), number) {
            rendered(&report, style);
        }
    }
    again(&report);
    report
}

/// The same of the redacted report, and redacting twice is the same as once.
pub(crate) fn redacted(report: Report) {
    let once = redact::report(report, None).expect("what was read can be redacted");
    if let Err(fault) = consistent(&once) {
        panic!("redacted: {fault}");
    }
    again(&once);
    let document = json(&once);
    let twice = redact::report(once, None).expect("what was redacted can be again");
    assert_eq!(json(&twice), document, "redacted twice");
}

/// The document of a report is a capture, and gives the same report.
fn again(report: &Report) {
    let document = json(report);
    match capture::parse(document.as_bytes()) {
        Ok(read) => assert_eq!(json(&diagnose(read)), document),
        Err(reason) => panic!("what was saved cannot be read: it {reason}"),
    }
}

/// A question to the resolver.
pub(crate) fn question(purpose: Purpose, qname: &Name, qtype: RecordType) -> Question {
    Question {
        purpose,
        qname: qname.clone(),
        qtype,
        class: Class::In,
        transport: if purpose == Purpose::TargetTcp {
            Transport::Tcp
        } else {
            Transport::Udp
        },
        checking_disabled: purpose == Purpose::CheckingDisabled,
        sample: 0,
    }
}

/// The lookup of a resolver that is silent.
pub(crate) fn silence(qtype: RecordType) -> Lookup {
    let question = question(Purpose::Target, &target(), qtype);
    read_messages(&question, 0, [])
}

/// A resolver of this host that gave these lookups.
pub(crate) fn local(address: SocketAddr, number: usize, lookups: Vec<Lookup>) -> Probed {
    Probed {
        resolver: Resolver {
            name: format!("local-{number}"),
            role: Role::Local,
            also: Vec::new(),
            in_scope: true,
            address: Some(address),
            transport: Some(Transport::Udp),
            tls: None,
            known_from: "resolv.conf".to_owned(),
            vpc: None,
            is_elsewhere: false,
        },
        lookups,
        system: None,
        interrupted: false,
        for_others: None,
    }
}

/// A capture of facts and observations alone.
pub(crate) fn capture_of(facts: Facts, observations: Vec<Probed>) -> Capture {
    Capture {
        tool: Tool::this(),
        taken_at: "2026-01-01T00:00:00Z".to_owned(),
        vantage: Vantage {
            name: None,
            kind: VantageKind::OutsideAws,
            system: None,
        },
        target: Target {
            hostname: target(),
            cluster: None,
            region: Some("ap-northeast-1".to_owned()),
            source: TargetSource::Argument,
            port: None,
        },
        asked: Asked {
            controls: true,
            samples: 1,
            timeout_ms: 5000,
            attempts: 2,
            deadline_ms: 15_000,
            ..Asked::default()
        },
        facts,
        gaps: Vec::new(),
        observations,
        connections: Vec::new(),
        not_waited_for: Vec::new(),
        interrupted: false,
        failing_since: None,
        reasoned: false,
    }
}
