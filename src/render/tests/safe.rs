//! Whatever comes from outside stays text.

use super::layout::uncoloured;
use super::*;

/// Everything that could harm a terminal, a table or a ticket.
fn hostile() -> String {
    let mut text: String = ('\0'..='\u{ff}').collect();
    text.extend('\u{202a}'..='\u{202e}');
    text.extend('\u{2066}'..='\u{2069}');
    text.extend('\u{200b}'..='\u{200f}');
    text.push_str("\u{61c}\u{2060}\u{feff}\u{2028}\u{2029}\u{e0001}\u{e0041}\u{e007f}");
    text.push_str("\u{1b}[31m\u{1b}]0;x\u{7}\u{9b}2J");
    text.push_str("\n# h\n- l\n1. l\n~~~\n```\n````` \n| a | b |\n|---|---|\n<script>&lt;[x](y)![z](w)**_\\|\\`");
    text
}

pub(super) fn hostile_report() -> Report {
    let hostile = hostile();
    let mut capture = article();
    capture.vantage.name = Some(hostile.clone());
    capture.target.cluster = Some(hostile.clone());
    capture.target.region = Some(hostile.clone());
    capture.tool.version.clone_from(&hostile);
    capture.taken_at.clone_from(&hostile);
    capture
        .gaps
        .push(Gap::here(hostile.clone(), hostile.clone(), hostile.clone()));
    for probed in &mut capture.observations {
        probed.resolver.name.push_str(&hostile);
        probed.resolver.known_from.clone_from(&hostile);
        for lookup in &mut probed.lookups {
            lookup.reason = Some(Reason::InWords(hostile.clone()));
            lookup.ede = vec![
                ExtendedError::new(15, Some(hostile.clone())),
                ExtendedError {
                    code: 4711,
                    name: Some(hostile.clone()),
                    text: Some(hostile.clone()),
                },
            ];
            lookup.records.push(Record {
                section: Section::Answer,
                owner: Name::from_labels([b"a\x1b\x9b|`".as_slice()]).unwrap(),
                rtype: RecordType::TXT,
                ttl: 1,
                data: RData::Other(hostile.clone()),
            });
            for attempt in &mut lookup.attempts {
                attempt.reason = Some(Reason::InWords(hostile.clone()));
                attempt.mismatched_replies = 1;
                attempt.mismatch = Some(Mismatch::InWords(hostile.clone()));
                attempt.ede = vec![ExtendedError::new(0, Some(hostile.clone()))];
            }
        }
    }
    let mut os = resolver(&hostile, Role::Os, "10.0.0.9:53", Vec::new());
    os.resolver.address = None;
    os.resolver.transport = None;
    os.system = Some(SystemLookup {
        addresses: Vec::new(),
        failure: Some(SystemFailure {
            code: SystemCode::Fail,
            number: -1,
            text: hostile.clone(),
        }),
        rtt_ms: None,
    });
    capture.observations.push(os);
    let mut report = diagnose(capture);
    report.expected.source = ExpectedSource::InWords(hostile.clone());
    let evil = Finding {
        rule: hostile.clone(),
        severity: Severity::Error,
        confidence: Confidence::Low,
        summary: hostile.clone(),
        explanation: hostile.clone(),
        caused_by: Some(hostile.clone()),
        resolvers: vec![hostile.clone()],
        evidence: vec![Evidence::of(&hostile, hostile.clone())],
        remedies: vec![Remedy::new(hostile.clone(), [hostile.clone(), "x".to_owned()])],
        references: vec![hostile.clone(), format!("https://{hostile}")],
    };
    report.findings.insert(0, evil.clone());
    report.findings.push(evil);
    report.not_evaluated.push(NotEvaluated {
        rule: hostile.clone(),
        missing: vec![hostile.clone()],
    });
    for client in &mut report.clients {
        client.messages.push(hostile.clone());
    }
    report
}

/// Holds that nothing but line feeds, where those are ours, moves or hides anything. Written out, and not by
/// way of the function that is tested.
pub(super) fn assert_safe(text: &str, lines: bool) {
    for c in text.chars() {
        let harmless = c == '\n' && lines;
        let bad = matches!(c,
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        assert!(!bad || harmless, "U+{:04X} in {text}", u32::from(c));
    }
}

#[test]
fn nothing_from_outside_reaches_the_terminal_raw() {
    let report = hostile_report();
    for format in Format::VARIANTS {
        for style in [Style::default(), verbose()] {
            let shown = rendered(&report, *format, &style);
            assert_safe(&shown, true);
            let color = Style {
                color: true,
                ..style.clone()
            };
            assert_safe(&uncoloured(&rendered(&report, *format, &color)), true);
            let ascii = Style { ascii: true, ..style };
            if !matches!(format, Format::Json | Format::Jsonl) {
                assert!(rendered(&report, *format, &ascii).is_ascii());
            }
        }
    }
    assert_eq!(shown(&report, Format::Short).lines().count(), 1);
    let shown = rendered(&report, Format::Table, &verbose());
    assert!(shown.contains("\\u{9b}") && shown.contains("\\u{202e}"), "{shown}");
}

#[test]
fn a_hostile_document_loses_nothing() {
    let report = hostile_report();
    let document = shown(&report, Format::Json);
    assert!(document.contains("\\u009b") && document.contains("\\udb40\\udc41"));
    assert_eq!(serde_json::from_str::<Report>(&document).unwrap(), report);
}

/// The lines of a comment outside code blocks, as CommonMark reads them.
fn outside_blocks(markdown: &str) -> Vec<&str> {
    let mut fence: Option<String> = None;
    let mut outside = Vec::new();
    for line in markdown.lines() {
        let trimmed = line.trim_start();
        let ticks = trimmed.len() - trimmed.trim_start_matches('`').len();
        if let Some(open) = &fence {
            if ticks >= open.len() && trimmed.trim_end().len() == ticks {
                assert_eq!(ticks, open.len(), "only our own fence closes the block: {line}");
                fence = None;
            }
            continue;
        }
        if ticks >= 3 && !trimmed[ticks..].contains('`') {
            fence = Some("`".repeat(ticks));
            continue;
        }
        outside.push(line);
    }
    assert_eq!(fence, None, "every block is closed");
    outside
}

/// A line outside code blocks, with `CODE` for each code span.
fn outside_spans(line: &str) -> String {
    let mut rest = line;
    let mut text = String::new();
    while let Some(at) = rest.find('`') {
        text.push_str(&rest[..at]);
        let span = &rest[at..];
        let ticks = span.len() - span.trim_start_matches('`').len();
        let mut inside = &span[ticks..];
        loop {
            // Every run of backticks opens a span that ends on its line.
            let run = &inside[inside.find('`').unwrap()..];
            let length = run.len() - run.trim_start_matches('`').len();
            inside = &run[length..];
            if length == ticks {
                break;
            }
        }
        text.push_str("CODE");
        rest = inside;
    }
    text.push_str(rest);
    text
}

#[test]
fn nothing_breaks_out_of_a_comment() {
    let plain = report("broken");
    let hostile = hostile_report();
    let rows = |report: &Report| {
        let markdown = shown(report, Format::Markdown);
        let rows = outside_blocks(&markdown).into_iter();
        rows.filter(|line| line.starts_with('|'))
            .map(|row| row.matches('|').count())
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&plain), [6; 6]);
    assert_eq!(rows(&hostile), [6; 7]);
    for style in [Style::default(), verbose()] {
        let markdown = rendered(&hostile, Format::Markdown, &style);
        for line in outside_blocks(&markdown) {
            let line = outside_spans(line);
            let is_fold = ["<details>", "<summary>Everything else</summary>", "</details>"].contains(&line.as_str());
            if is_fold {
                continue;
            }
            let ours = line
                .trim_start()
                .trim_start_matches("### ")
                .replace("<https://docs.aws.amazon.com/", "")
                .replace("**", "");
            if ours.starts_with('|') {
                assert_eq!(line.matches('|').count(), 6, "{line}");
                continue;
            }
            let mut before = ' ';
            for c in ours.chars() {
                let special =
                    matches!(c, '|' | '<' | '`') || (matches!(c, '*' | '_' | '[' | ']' | '#' | '~') && before != '\\');
                // The numbers of character references have a `#`.
                assert!(!special || (c == '#' && before == '&'), "{c} in {line}");
                before = c;
            }
        }
    }
}
