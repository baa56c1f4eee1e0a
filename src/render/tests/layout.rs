//! Widths, sizes, colours and ASCII.

use super::*;

/// No line is wider than the terminal but commands, and words that cannot be broken.
#[test]
fn it_fits_eighty_columns() {
    for (name, report) in reports() {
        let commands: Vec<String> = report
            .findings
            .iter()
            .flat_map(|finding| &finding.remedies)
            .flat_map(|remedy| &remedy.commands)
            .flat_map(|command| command.lines())
            .map(|line| line.trim().replace('…', "..."))
            .collect();
        for style in [
            Style::default(),
            verbose(),
            Style {
                ascii: true,
                ..verbose()
            },
        ] {
            for line in rendered(&report, Format::Table, &style).lines() {
                assert_eq!(line, line.trim_end(), "{name}");
                assert!(
                    line.width() <= 80
                        || commands.contains(&line.trim().replace('…', "..."))
                        || !line
                            .trim()
                            .trim_start_matches("Read")
                            .trim_start()
                            .trim_start_matches("- ")
                            .contains(' '),
                    "{name}: {line}"
                );
            }
        }
    }
}

#[test]
fn any_width_will_do() {
    for (_, report) in reports() {
        for width in [0, 1, 39, 40, 60, 79, 120, 100_000] {
            let style = Style { width, ..verbose() };
            let shown = rendered(&report, Format::Table, &style);
            assert!(shown.contains("VERDICT"), "{shown}");
            assert!(!shown.contains("\n\n\n") && !shown.ends_with("\n\n"), "{shown}");
        }
    }
}

#[test]
fn no_size_is_too_large() {
    let mut capture = article();
    for (probed, with) in capture.observations.iter_mut().zip(["x", "\u{301}", "x ", "日"]) {
        let long = with.repeat(10_000);
        probed.resolver.name.push_str(&long);
        for lookup in &mut probed.lookups {
            lookup.reason = Some(Reason::InWords(long.clone()));
            lookup.kind = AnswerKind::Malformed;
            lookup.addresses.clear();
            lookup.rtt_ms = Some(f64::MAX);
            lookup.attempts[0].started_ms = f64::NEG_INFINITY;
        }
    }
    let report = diagnose(capture);
    for format in Format::VARIANTS {
        for width in [40, 80] {
            let style = Style { width, ..verbose() };
            assert!(!rendered(&report, *format, &style).is_empty());
        }
    }
}

#[test]
fn ascii_is_ascii() {
    for (_, report) in reports() {
        for format in [Format::Table, Format::Short, Format::Markdown] {
            let style = Style {
                ascii: true,
                ..verbose()
            };
            let shown = rendered(&report, format, &style);
            assert!(shown.is_ascii(), "{shown}");
        }
    }
    let style = Style {
        ascii: true,
        ..Style::default()
    };
    let shown = rendered(&report("broken"), Format::Table, &style);
    assert!(shown.starts_with("FAIL broken: "), "{shown}");
    assert!(
        shown.contains("FAIL nxdomain\n") && shown.contains("ok   match\n"),
        "{shown}"
    );
}

/// The text without the escape sequences that colours are made of.
pub(super) fn uncoloured(text: &str) -> String {
    ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[1;31m", "\u{1b}[1;32m", "\u{1b}[1;33m"]
        .iter()
        .fold(text.to_owned(), |text, code| text.replace(code, ""))
}

#[test]
fn colours_change_nothing_else() {
    for (_, report) in reports() {
        for format in Format::VARIANTS {
            for plain in [Style::default(), verbose()] {
                let color = Style {
                    color: true,
                    ..plain.clone()
                };
                let (plain, color) = (rendered(&report, *format, &plain), rendered(&report, *format, &color));
                assert_eq!(uncoloured(&color), plain);
                let coloured = matches!(format, Format::Table | Format::Short);
                assert_eq!(color != plain, coloured, "{format}");
            }
        }
    }
    let style = Style {
        color: true,
        ..Style::default()
    };
    let shown = rendered(&report("broken"), Format::Table, &style);
    assert!(shown.starts_with("\u{1b}[1;31m✗ broken:\u{1b}[0m local"), "{shown}");
    assert!(shown.contains("12 ms  \u{1b}[1;31m✗ nxdomain\u{1b}[0m\n"), "{shown}");
    assert!(shown.contains("12 ms  \u{1b}[1;32m✓ match\u{1b}[0m\n"), "{shown}");
}

/// Many resolvers that answer alike are one row, and each has its own where everything is asked for.
#[test]
fn resolvers_that_answer_alike_share_a_row_where_they_are_many() {
    let mut observations = vec![resolver("local", Role::Local, "10.63.200.10:53", nxdomain())];
    for number in 1..=24 {
        let address = format!("10.63.201.{number}:53");
        observations.push(resolver(&format!("site-{number}"), Role::Custom, &address, nxdomain()));
    }
    let report = diagnose(capture(observations));
    let table = shown(&report, Format::Table);
    assert!(table.contains("  local and 24  10.63.200.10:53 …"), "{table}");
    assert!(table.contains("Resolvers that answer alike share a row"), "{table}");
    assert!(table.lines().count() <= 40, "{table}");
    let all = rendered(&report, Format::Table, &verbose());
    for number in 1..=24 {
        assert!(all.contains(&format!("10.63.201.{number}:53")), "{number}");
    }
    assert!(!all.contains("share a row"), "{all}");
    // A few stand apart, even where they answer alike.
    let few = shown(&diagnose(article()), Format::Table);
    assert!(few.contains("inbound-2") && !few.contains("share a row"), "{few}");
}

/// The first screen is one, whatever there is to say.
#[test]
fn the_first_screen_stays_one_however_many_resolvers_and_findings_there_are() {
    let long = |number: usize| format!("corporate-name-server-of-the-tokyo-office-number-{number}");
    let kinds = [AnswerKind::ServFail, AnswerKind::Timeout, AnswerKind::NxDomain];
    for (count, differing) in [(3, 0), (8, 8), (25, 3), (25, 25), (60, 60)] {
        let mut observations = vec![resolver("local", Role::Local, "10.63.200.10:53", nxdomain())];
        for number in 1..=count {
            let says = if number > differing {
                nxdomain()
            } else if number % 4 == 3 {
                answer(&[&format!("10.9.{number}.1"), &format!("10.9.{number}.2")])
            } else {
                let kind = kinds[number % 4 % 3];
                vec![lookup(RecordType::A, kind, &[]), lookup(RecordType::AAAA, kind, &[])]
            };
            let address = format!("[2001:db8:1234:5678:9abc:def0:1234:{number}]:53");
            observations.push(resolver(&long(number), Role::Custom, &address, says));
        }
        let mut report = diagnose(capture(observations));
        let names: Vec<String> = (1..=3).map(long).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for number in 0..10 {
            let mut other = finding(&format!("finding-{number}"), Severity::Error, &names);
            other.summary = names.join(", and so does the one that is called ");
            report.findings.push(other);
        }
        let table = shown(&report, Format::Table);
        assert!(table.lines().count() <= 57, "{count}, {differing}:\n{table}");
        assert!(table.starts_with("✗ broken: "), "{table}");
        // What is left out is said.
        assert!(table.contains("more (-v)"), "{table}");
        assert!(count < 25 || table.contains("-v has a row each"), "{table}");
        // What fails stands before what does not, and all stand there where all are asked for.
        let all = rendered(&report, Format::Table, &verbose());
        for number in 0..10 {
            assert!(all.contains(&format!("finding-{number}")), "{number}");
        }
    }
}

/// A cell of the first screen has a few lines, whatever a server sent.
#[test]
fn an_answer_has_a_few_lines_and_a_zone_a_few_words() {
    let owner = format!("{}.example.com", ["a-very-long-label-of-a-zone"; 4].join("."));
    let long = || negative(AnswerKind::NxDomain, &owner, "ns.example.com");
    let mut unstable = resolver("local", Role::Local, "10.63.200.10:53", long());
    for (sample, lookups) in [(1, answer(&PRIVATE)), (2, long())] {
        unstable
            .lookups
            .extend(lookups.into_iter().map(|lookup| Lookup { sample, ..lookup }));
    }
    let mut sampled = capture(vec![unstable]);
    sampled.asked.samples = 3;
    let table = shown(&diagnose(sampled), Format::Table);
    // Behind the table come sentences, which name the zone.
    let (first, _) = table.split_once("\n  Why ").unwrap_or((&table, ""));
    assert!(
        first.contains("SOA a-very-long-label") && !first.contains(&owner),
        "{table}"
    );
    let rows = first.lines().skip_while(|line| !line.contains("VERDICT")).skip(1);
    let rows = rows.take_while(|line| !line.is_empty()).count();
    assert!(rows <= 4, "{table}");
}
