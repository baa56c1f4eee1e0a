//! Why the headline: the first sentences of its explanation, and the argument against other causes.

use super::some;
use crate::rules::phrase::plural;
use crate::rules::{self, CauseOutcome, Why};

/// Why the headline and no other cause, as a person would argue: what was seen, what that rules out, and what is left.
/// At most [`ARGUED`] points of at most two sentences; every sign and every cause is in the JSON document.
pub(in crate::render) fn argument(why: &Why) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for sign in why.decided_by.iter().take(SEEN) {
        points.push(format!("{}.", sentence(why, sign)));
    }
    // What was seen rules out more than what is only not known. Then what rules out most comes first; among equals the
    // likelier causes, which the catalogue has first.
    let mut ruled_out: Vec<(bool, String, Vec<&str>)> = Vec::new();
    for other in why
        .considered
        .iter()
        .filter(|other| other.outcome == CauseOutcome::RuledOut)
    {
        let because = sentence(
            why,
            &once(other.looks.iter().map(|look| look.words.as_str())).join(", and "),
        );
        let is_open = other.looks.iter().any(|look| !look.is_known);
        match ruled_out.iter_mut().find(|(_, sign, _)| *sign == because) {
            Some((_, _, rules)) => rules.push(&other.rule),
            None => ruled_out.push((is_open, because, vec![&other.rule])),
        }
    }
    // What was said of it already is no second point.
    ruled_out.retain(|(_, because, _)| !points.contains(&format!("{because}.")));
    ruled_out.sort_by_key(|(is_open, _, rules)| (*is_open, std::cmp::Reverse(rules.len())));
    let room = ARGUED - 1 - points.len();
    for (_, because, rules) in ruled_out.iter().take(room) {
        let point = match rules.len() {
            1 => format!("{because}. That rules out another cause: {}.", causes(rules)),
            count if count <= NAMED => format!("{because}. That rules out {count} other causes: {}.", causes(rules)),
            count => {
                let names: Vec<String> = rules.iter().take(NAMED).map(|rule| format!("[{rule}]")).collect();
                format!(
                    "{because}. That rules out {count} other causes, {} among them.",
                    names.join(" and ")
                )
            }
        };
        points.push(point);
    }
    let open: Vec<_> = why
        .considered
        .iter()
        .filter(|other| other.outcome == CauseOutcome::Undecided)
        .collect();
    let rules: Vec<&str> = open.iter().map(|other| other.rule.as_str()).collect();
    // What their rules look at beyond their signs does not fit.
    let fitting = why
        .considered
        .iter()
        .filter(|other| other.outcome == CauseOutcome::NotRuledOut)
        .map(|other| format!("[{}]", other.rule));
    let fitting: Vec<String> = fitting.collect();
    let beside = match fitting.len() {
        0 => String::new(),
        count => format!(
            "; the signs of {} are there, too, and {} more than those",
            some(&fitting, NAMED),
            plural(count, "it needs", "they need"),
        ),
    };
    let left = format!("This is left: {}{beside}.", cause(&why.rule));
    points.push(match open.first() {
        None => left,
        Some(first) => {
            let unseen = once(first.looks.iter().map(|look| look.what));
            let more = match unseen.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!("; and {more} more"),
            };
            let among = if open.len() == 1 { "" } else { " among others" };
            format!(
                "{left} Still possible{among}, since this was not seen ({}{more}): {}.",
                unseen[..unseen.len().min(NAMED)].join("; "),
                causes(&rules[..1]),
            )
        }
    });
    points
}

/// Each of them once: two signs may look at the same thing.
fn once<'a>(signs: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut once: Vec<&str> = Vec::new();
    for sign in signs {
        if !once.contains(&sign) {
            once.push(sign);
        }
    }
    once
}

/// Signs as a sentence without its end. A pronoun has its noun in the same sentence: the first one is the resolver.
fn sentence(why: &Why, sign: &str) -> String {
    let mut named = false;
    let words = sign.split(' ').enumerate().map(|(index, word)| {
        let noun = match word {
            "it" if !named => why.resolver.clone(),
            "its" if !named => format!("{}'s", why.resolver),
            _ if index == 0 => return capital(word),
            _ => return word.to_owned(),
        };
        named = true;
        noun
    });
    words.collect::<Vec<_>>().join(" ")
}

/// With a capital letter, but for a name that has one inside and is written so: `enableDnsSupport`.
fn capital(word: &str) -> String {
    if word.chars().any(char::is_uppercase) {
        return word.to_owned();
    }
    let mut rest = word.chars();
    rest.next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// The first of these causes, in the words of the catalogue's index.
fn causes(rules: &[&str]) -> String {
    let named: Vec<String> = rules.iter().take(NAMED).map(|rule| cause(rule)).collect();
    named.join("; ")
}

fn cause(rule: &str) -> String {
    match rules::find(rule) {
        Some(found) => format!("{} [{rule}]", found.summary),
        None => rule.to_owned(),
    }
}

/// The points of an argument.
const ARGUED: usize = 5;
/// Those of them that were seen at the resolver.
const SEEN: usize = 2;
/// The causes that one point names.
const NAMED: usize = 2;

/// The sentences of an explanation that the first screen shows.
const SENTENCES: usize = 4;

/// Columns of an explanation there: what fits five lines of a page.
const WHY: usize = 330;

/// The first sentences of an explanation that stands below this summary: at least one, and as many more as the first
/// screen has room for. What the summary has said is not said again.
pub(crate) fn first_sentences<'a>(summary: &str, text: &'a str) -> &'a str {
    let first = first_of(text, 1, usize::MAX);
    let rest = text[first.len()..].trim_start();
    let rest = if rest.is_empty() || !says_again(summary, first) {
        text
    } else {
        rest
    };
    first_of(rest, SENTENCES, WHY)
}

/// Words that two sentences begin with alike, where the second of them is no news.
const ALIKE: usize = 8;

/// Whether a sentence begins as the summary does, with little more than that.
fn says_again(summary: &str, sentence: &str) -> bool {
    let plain = |word: &str| word.trim_matches([',', ';', ':', '.']).to_owned();
    let words = |text: &str| text.split_whitespace().map(plain).collect::<Vec<_>>();
    let (summary, sentence) = (words(summary), words(sentence));
    let alike = summary
        .iter()
        .zip(&sentence)
        .take_while(|(one, other)| one == other)
        .count();
    alike >= ALIKE && sentence.len() - alike <= ALIKE
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
        let before = &text[..*at];
        // A dot that stands alone is the name of the root zone.
        let is_root = before.ends_with(" .");
        let next = text[*at..].trim_start().chars().next();
        !is_root && next.is_none_or(|c| !c.is_ascii_lowercase() || !before.ends_with("e.g."))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_root_zone_ends_no_sentence() {
        let text = "The SOA is of a zone . that is not AWS's, so clients there ask another. Look there. Then here.";
        assert_eq!(
            first_of(text, 1, usize::MAX),
            "The SOA is of a zone . that is not AWS's, so clients there ask another."
        );
        // A sentence that ends with the name has its own full stop behind it.
        assert_eq!(
            first_of("It asks for the name \".\". Look there.", 1, usize::MAX),
            "It asks for the name \".\"."
        );
    }
}
