//! Documents of many targets side by side, as text.

use std::fmt;

use super::mark;
use crate::fleet::{Across, Compared, TargetState};
use crate::limits;
use crate::render::table::{INDENT, Page};
use crate::render::words::{Headline, INTERRUPTED, LineMark};
use crate::render::{Format, Style, json, markdown::Comment, short};
use crate::report::Conclusion;
use crate::rules::phrase::plural;

/// Writes the comparison.
pub fn render(compared: &Compared, format: Format, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    match format {
        Format::Json => json::render(compared, out),
        Format::Jsonl => json::line(compared, out),
        // Whoever asks for those of a comparison is refused before.
        Format::Short | Format::OpenMetrics | Format::Junit | Format::Nagios | Format::Html => short::line(
            &headline(compared),
            None,
            compared.exit_code,
            compared.interrupted,
            style,
            out,
        ),
        Format::Table => table(compared, style, out),
        Format::Markdown => ticket(compared, style, out),
    }
}

fn headline(compared: &Compared) -> Headline {
    let all = compared.targets.len();
    let differing = compared.targets.iter().filter(|target| target.differs).count();
    let noun = plural(all, "target", "targets");
    let text = match differing {
        _ if compared.sides.len() < 2 => "nothing to compare: no other place was seen".to_owned(),
        0 => match alike(compared).iter().map(|(_, names)| names.len()).sum() {
            0 => format!("{} {all} {noun}, and no difference", plural(all, "the", "all")),
            same => format!(
                "no difference, and {same} of {all} {noun} not healthy: {}",
                causes(compared)
            ),
        },
        1 => format!("1 of {all} {noun} differs"),
        _ => format!("{differing} of {all} {noun} differ"),
    };
    Headline {
        mark: mark(compared.conclusion),
        conclusion: compared.conclusion.as_str(),
        text,
        tag: None,
    }
}

/// The targets that are not healthy and the same in every document, by what they are; those of most targets first.
fn alike(compared: &Compared) -> Vec<(String, Vec<&str>)> {
    let mut alike: Vec<(String, Vec<&str>)> = Vec::new();
    for target in compared.targets.iter().filter(|target| !target.differs) {
        let Some(Some(state)) = target.states.first() else {
            continue;
        };
        if state.conclusion == Conclusion::Healthy {
            continue;
        }
        let words = state.words();
        match alike.iter_mut().find(|(other, _)| *other == words) {
            Some((_, names)) => names.push(&target.name),
            None => alike.push((words, vec![&target.name])),
        }
    }
    alike.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    alike
}

/// `5 broken (no-forwarding at corp), 4 inconclusive`: the first few.
fn causes(compared: &Compared) -> String {
    let alike = alike(compared);
    let mut said: Vec<String> = alike
        .iter()
        .take(limits::NAMES_SHOWN)
        .map(|(words, names)| format!("{} {words}", names.len()))
        .collect();
    let more: usize = alike
        .iter()
        .skip(limits::NAMES_SHOWN)
        .map(|(_, names)| names.len())
        .sum();
    if more > 0 {
        said.push(format!("{more} of other causes"));
    }
    said.join(", ")
}

/// A line for each cause that is the same everywhere: the targets that have it.
fn alike_lines(compared: &Compared, verbose: bool) -> Vec<String> {
    let shown = if verbose { usize::MAX } else { limits::TARGETS_SHOWN };
    let line = |(words, names): &(String, Vec<&str>)| {
        let more = match names.len().saturating_sub(shown) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let named: Vec<&str> = names.iter().take(shown).copied().collect();
        format!("{} {words}: {}{more}", names.len(), named.join(", "))
    };
    alike(compared).iter().map(line).collect()
}

fn words(state: Option<&TargetState>) -> String {
    state.map_or_else(|| "not there".to_owned(), TargetState::words)
}

/// The targets that are shown: those that differ, unless everything is asked for.
fn shown(compared: &Compared, verbose: bool) -> Vec<&Across> {
    let is_shown = |target: &&Across| verbose || target.differs;
    compared.targets.iter().filter(is_shown).collect()
}

fn most(style: &Style) -> usize {
    if style.verbose { usize::MAX } else { limits::ROWS_SHOWN }
}

fn table(compared: &Compared, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut page = Page::new(style, out);
    page.headline(&headline(compared))?;
    page.blank();
    for side in &compared.sides {
        let mark = mark(side.conclusion);
        let symbol = format!("{} ", mark.symbol(style.ascii));
        let text = format!(
            "{} ({}): {}, {} {}",
            side.name,
            side.taken_at,
            side.conclusion.as_str(),
            side.targets,
            plural(side.targets, "target", "targets")
        );
        page.painted(INDENT, &symbol, mark.paint(), &text)?;
    }
    for unseen in &compared.unseen {
        let symbol = format!("{} ", LineMark::Unsure.symbol(style.ascii));
        page.painted(INDENT, &symbol, LineMark::Unsure.paint(), &unseen.words())?;
    }
    if compared.interrupted {
        page.item(INDENT, "", INTERRUPTED)?;
    }
    let lines = alike_lines(compared, style.verbose);
    if !lines.is_empty() {
        page.blank();
        page.heading("The same in each:")?;
        for line in lines.iter().take(most(style)) {
            page.item(2 * INDENT, "", line)?;
        }
    }
    let shown = shown(compared, style.verbose);
    if shown.is_empty() {
        return Ok(());
    }
    page.blank();
    page.heading(if style.verbose { "Targets:" } else { "What differs:" })?;
    for target in shown.iter().take(most(style)) {
        page.item(2 * INDENT, "", &target.name)?;
        for (side, state) in compared.sides.iter().zip(&target.states) {
            let mark = state.as_ref().map_or(LineMark::Info, |state| mark(state.conclusion));
            let symbol = format!("{} ", mark.symbol(style.ascii));
            let text = format!("{}: {}", side.name, words(state.as_ref()));
            page.painted(3 * INDENT, &symbol, mark.paint(), &text)?;
        }
    }
    if shown.len() > most(style) {
        let more = shown.len() - most(style);
        page.item(2 * INDENT, "", &format!("and {more} more (-v, or -o json)"))?;
    }
    Ok(())
}

fn ticket(compared: &Compared, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let comment = Comment::new(style, out);
    let headline = headline(compared);
    writeln!(
        comment.out,
        "### {} {}: {}\n",
        headline.mark.symbol(style.ascii),
        headline.conclusion,
        comment.text(&headline.text)
    )?;
    for side in &compared.sides {
        writeln!(
            comment.out,
            "- {} ({}): {}",
            comment.code(&side.name),
            comment.text(&side.taken_at),
            side.conclusion.as_str()
        )?;
    }
    for unseen in &compared.unseen {
        let mark = LineMark::Unsure.symbol(style.ascii);
        writeln!(comment.out, "- {mark} {}", comment.text(&unseen.words()))?;
    }
    writeln!(comment.out, "- Exit code: {}", compared.exit_code)?;
    if compared.interrupted {
        writeln!(comment.out, "\n{INTERRUPTED}")?;
    }
    for line in alike_lines(compared, style.verbose).iter().take(most(style)) {
        writeln!(comment.out, "- The same in each: {}", comment.text(line))?;
    }
    let shown = shown(compared, style.verbose);
    if shown.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = compared.sides.iter().map(|side| comment.code(&side.name)).collect();
    writeln!(comment.out, "\n| Target | {} |", names.join(" | "))?;
    writeln!(comment.out, "|---|{}", "---|".repeat(names.len()))?;
    for target in shown.iter().take(most(style)) {
        let states: Vec<String> = target
            .states
            .iter()
            .map(|state| comment.text(&words(state.as_ref())))
            .collect();
        writeln!(
            comment.out,
            "| {} | {} |",
            comment.code(&target.name),
            states.join(" | ")
        )?;
    }
    if shown.len() > most(style) {
        writeln!(comment.out, "\nAnd {} more.", shown.len() - most(style))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{Documents, Gathering, NamedBy, TargetOutcome, compare};
    use crate::report::Unseen;

    #[test]
    fn what_is_the_same_and_not_healthy_is_counted_with_its_cause() {
        let vantage = crate::facts::Vantage {
            name: None,
            kind: crate::facts::VantageKind::Unknown,
            system: None,
        };
        let mut gathering = Gathering::new("2026-01-01T00:00:00Z".to_owned(), vantage, true);
        for place in 0..5 {
            let host = format!("c-{place}.test").parse().ok();
            let mut outcome = TargetOutcome::not_asked(format!("c-{place}"), host, NamedBy::File, "");
            if place > 1 {
                (outcome.conclusion, outcome.exit_code) = (Conclusion::Healthy, 0);
            } else {
                (outcome.conclusion, outcome.exit_code) = (Conclusion::Broken, 1);
            }
            gathering.put(place, outcome);
        }
        let fleet = gathering.finish(Vec::new(), false);
        let compared = compare(&Documents {
            seen: vec![("x".to_owned(), fleet.clone()), ("y".to_owned(), fleet)],
            ..Documents::default()
        });
        for (format, parts) in [
            (
                Format::Short,
                vec!["no difference, and 2 of 5 targets not healthy: 2 broken"],
            ),
            (
                Format::Table,
                vec![
                    "no difference, and 2 of 5 targets",
                    "The same in each:",
                    "2 broken: c-0, c-1",
                ],
            ),
            (Format::Markdown, vec!["The same in each: 2 broken: c-0, c-1"]),
        ] {
            let mut text = String::new();
            render(&compared, format, &Style::default(), &mut text).unwrap_or_default();
            for part in parts {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
    }

    #[test]
    fn what_was_not_seen_and_an_interruption_are_said() {
        let compared = compare(&Documents {
            unseen: vec![Unseen {
                place: "bastion".to_owned(),
                reason: "why".to_owned(),
            }],
            interrupted: true,
            ..Documents::default()
        });
        for format in [Format::Table, Format::Markdown] {
            let mut text = String::new();
            render(&compared, format, &Style::default(), &mut text).unwrap_or_default();
            assert!(text.contains("bastion: not seen: why"), "{text}");
            assert!(text.contains(INTERRUPTED), "{text}");
        }
    }
}
