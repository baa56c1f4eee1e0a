//! Why the headline: the first sentences of its explanation, and the argument against other causes.

use crate::rules::{Outcome, Why};

use super::some;

/// Why the headline and no other cause, as a person would argue: what was seen, what that rules out, and what is left.
/// At most [`ARGUED`] points of each; every sign and every cause is in the JSON document.
pub(in crate::render) fn argument(why: &Why) -> Vec<String> {
    let mut points = Vec::new();
    if !why.decided_by.is_empty() {
        let seen: Vec<&str> = why.decided_by.iter().take(ARGUED).map(String::as_str).collect();
        points.push(format!("seen at {}: {}", why.resolver, seen.join("; ")));
    }
    // In the order of the catalogue, which has the likelier causes first.
    let mut ruled_out: Vec<(String, Vec<String>)> = Vec::new();
    for other in why.considered.iter().filter(|other| other.outcome == Outcome::RuledOut) {
        let because = other.because.join("; ");
        match ruled_out.iter_mut().find(|(sign, _)| *sign == because) {
            Some((_, rules)) => rules.push(other.rule.clone()),
            None => ruled_out.push((because, vec![other.rule.clone()])),
        }
    }
    for (because, rules) in ruled_out.iter().take(ARGUED) {
        points.push(format!("{because}: that rules out {}", some(rules, ARGUED)));
    }
    let open = why
        .considered
        .iter()
        .filter(|other| other.outcome == Outcome::Undecided);
    let open: Vec<String> = open
        .map(|other| format!("{} ({})", other.rule, other.because.join("; ")))
        .collect();
    if !open.is_empty() {
        points.push(format!("not ruled out: {}", some(&open, ARGUED)));
    }
    points
}

/// The points of one kind in an argument.
const ARGUED: usize = 3;

/// The sentences of an explanation that the first screen shows.
const SENTENCES: usize = 4;

/// Columns of an explanation there: what fits six lines of a page.
const WHY: usize = 400;

/// The first sentences of an explanation: at least one, and as many more as the first screen has room for.
pub(crate) fn first_sentences(text: &str) -> &str {
    let ends = text.match_indices(". ").map(|(at, _)| at + 1).chain([text.len()]);
    // An abbreviation or a number is no end of a sentence: behind one a capital letter, a flag or a name follows.
    let is_end = |at: &usize| {
        text[*at..]
            .trim_start()
            .chars()
            .next()
            .is_none_or(|c| !c.is_ascii_lowercase() || !text[..*at].ends_with("e.g."))
    };
    let mut end = text.len();
    for (count, at) in ends.filter(is_end).enumerate() {
        if count == SENTENCES || (count > 0 && at > WHY) {
            break;
        }
        end = at;
    }
    text[..end].trim_end()
}
