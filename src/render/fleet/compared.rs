//! Documents of many targets side by side, as text.

use std::fmt;

use super::mark;
use crate::fleet::{Across, Compared, State};
use crate::limits;
use crate::render::table::{INDENT, Page};
use crate::render::words::{Headline, INTERRUPTED, Mark};
use crate::render::{Format, Style, json, markdown::Comment, short};
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
        0 => format!("{} {all} {noun}, and no difference", plural(all, "the", "all")),
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

fn words(state: Option<&State>) -> String {
    state.map_or_else(|| "not there".to_owned(), State::words)
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
        let symbol = format!("{} ", Mark::Unsure.symbol(style.ascii));
        page.painted(INDENT, &symbol, Mark::Unsure.paint(), &unseen.words())?;
    }
    if compared.interrupted {
        page.item(INDENT, "", INTERRUPTED)?;
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
            let mark = state.as_ref().map_or(Mark::Info, |state| mark(state.conclusion));
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
    let comment = Comment { style, out };
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
        let mark = Mark::Unsure.symbol(style.ascii);
        writeln!(comment.out, "- {mark} {}", comment.text(&unseen.words()))?;
    }
    writeln!(comment.out, "- Exit code: {}", compared.exit_code)?;
    if compared.interrupted {
        writeln!(comment.out, "\n{INTERRUPTED}")?;
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
    use crate::fleet::{Documents, compare};
    use crate::report::Unseen;

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
