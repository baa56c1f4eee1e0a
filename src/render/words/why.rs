//! Why the headline: the first sentences of its explanation, and the argument against other causes.

use crate::rules::{Outcome, Why};

use super::some;

/// Why the headline and no other cause, as a person would argue: what was seen, what that rules out, and what is left.
/// At most [`ARGUED`] points; every sign and every cause is in the JSON document.
pub(in crate::render) fn argument(why: &Why) -> Vec<String> {
    // A pronoun has its noun in the same sentence.
    let of_resolver = |sign: &str| match sign.strip_prefix("it ") {
        Some(rest) => format!("{} {rest}", why.resolver),
        None => sign.to_owned(),
    };
    let seen = why.decided_by.iter().take(SEEN);
    let mut points: Vec<String> = seen.map(|sign| format!("seen: {}", of_resolver(sign))).collect();
    // What rules out most comes first; among equals the likelier causes, which the catalogue has first.
    let mut ruled_out: Vec<(String, Vec<String>)> = Vec::new();
    for other in why.considered.iter().filter(|other| other.outcome == Outcome::RuledOut) {
        let because: Vec<String> = other.because.iter().map(|sign| of_resolver(sign)).collect();
        let because = because.join("; ");
        match ruled_out.iter_mut().find(|(sign, _)| *sign == because) {
            Some((_, rules)) => rules.push(other.rule.clone()),
            None => ruled_out.push((because, vec![other.rule.clone()])),
        }
    }
    ruled_out.sort_by_key(|(_, rules)| std::cmp::Reverse(rules.len()));
    let room = ARGUED - 1 - points.len();
    for (because, rules) in ruled_out.iter().take(room) {
        points.push(format!("{because}, so the cause is not {}", some(rules, NAMED)));
    }
    let open = || {
        why.considered
            .iter()
            .filter(|other| other.outcome == Outcome::Undecided)
    };
    let rules: Vec<String> = open().map(|other| other.rule.clone()).collect();
    points.push(match open().next() {
        None => format!("what is left: {}", why.rule),
        Some(first) => format!(
            "what is left: {}; not ruled out: {} ({})",
            why.rule,
            some(&rules, NAMED),
            first.because.join("; ")
        ),
    });
    points
}

/// The points of an argument.
const ARGUED: usize = 5;
/// Those of them that were seen at the resolver.
const SEEN: usize = 2;
/// The causes that one point names.
const NAMED: usize = 3;

/// The sentences of an explanation that the first screen shows.
const SENTENCES: usize = 4;

/// Columns of an explanation there: what fits five lines of a page.
const WHY: usize = 330;

/// The first sentences of an explanation: at least one, and as many more as the first screen has room for.
pub(crate) fn first_sentences(text: &str) -> &str {
    first_of(text, SENTENCES, WHY)
}

/// The first sentences of an explanation that these come after: at least one, and all together no more than the first
/// screen has room for.
pub(crate) fn first_sentences_before<'a>(text: &'a str, after: &[String]) -> &'a str {
    let columns: usize = after.iter().map(String::len).sum();
    first_of(text, SENTENCES.saturating_sub(after.len()), WHY.saturating_sub(columns))
}

/// As many of the first sentences as leave room for so many more, however long they are.
pub(crate) fn sentences_before(text: &str, after: usize) -> &str {
    first_of(text, SENTENCES.saturating_sub(after), usize::MAX)
}

fn first_of(text: &str, sentences: usize, columns: usize) -> &str {
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
        if count > 0 && (count >= sentences || at > columns) {
            break;
        }
        end = at;
    }
    text[..end].trim_end()
}
