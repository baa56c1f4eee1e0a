//! A message that a terminal or a program broke into several lines.

use super::explained::explain;
use super::found::Recognised;
use super::others::Others;
use super::recognise::RECOGNISERS;
use super::seen::MessageSeen;
use super::symptom::Symptom;
use super::{Explanation, go, host};
use crate::endpoint::EndpointName;
use crate::limits;

/// The message that a terminal broke into several lines, where what was found in one line may be its beginning, or
/// where nothing was.
pub(super) fn broken_off(
    text: &str,
    found: Option<&Recognised<'_>>,
    goes_on: &dyn Fn() -> bool,
) -> Option<Explanation> {
    let joined = |by: &'static str| broken(text, by).take_while(|_| goes_on()).flatten();
    // Terminals break a long line where it does not fit, within a name as well.
    if let Some(Recognised {
        line,
        seen,
        reply: None,
        ..
    }) = found
    {
        let goes_on = |whole: &MessageSeen| {
            let (Some(whole), Some(start)) = (&whole.host, &seen.host) else {
                return false;
            };
            let endpoint = host(whole).is_some_and(|host| EndpointName::parse(&host).is_ok());
            let start = start.strip_suffix('=').unwrap_or(start);
            endpoint && whole.len() > start.len() && whole.starts_with(start)
        };
        // An error that is not known may be the beginning of one that is.
        let is_more = |text: &str, whole: &MessageSeen| {
            let is_known = whole.symptom != Symptom::OtherError && !whole.is_cut_off && whole.host == seen.host;
            is_known && (seen.symptom == Symptom::OtherError || seen.is_cut_off && is_completed(text, line))
        };
        let mut longer = joined(" ").filter(|(text, whole)| is_more(text, whole));
        let longer = longer.next();
        return longer
            .or_else(|| joined("").find(|(text, whole)| goes_on(whole) || is_more(text, whole)))
            .map(|(whole, seen)| explain(&whole, &seen, text, None, Others::default()));
    }
    if found.is_some() {
        return None;
    }
    // Terraform breaks it between words. Of the ways to join the lines, the one that makes an endpoint's name counts.
    let is_whole = |seen: &MessageSeen| {
        let name = seen.host.as_deref().and_then(host);
        let endpoint = name.is_some_and(|name| EndpointName::parse(&name).is_ok());
        endpoint && seen.symptom != Symptom::OtherError
    };
    let mut first = None;
    // One that breaks off within its error, where a later line has the rest of it.
    let mut cut = None;
    for (whole, seen) in joined(" ").chain(joined("")) {
        if is_whole(&seen) {
            if !seen.is_cut_off {
                cut = Some((whole, seen));
                break;
            }
            cut.get_or_insert((whole, seen));
            continue;
        }
        first.get_or_insert((whole, seen));
    }
    cut.or(first)
        .map(|(whole, seen)| explain(&whole, &seen, text, None, Others::default()))
}

/// What is recognised in lines that are joined again: each with the next, and with the two and the three behind it;
/// `None` where nothing is. The first [`limits::PASTED_JOINED`] lines are tried.
fn broken<'a>(text: &'a str, by: &'a str) -> impl Iterator<Item = Option<(String, MessageSeen)>> + 'a {
    // A mail's line that goes on ends in an equals sign (RFC 2045 section 6.7, rule 5).
    let of_mail = |line: &'a str| line.strip_suffix('=').filter(|_| by.is_empty()).unwrap_or(line);
    let lines: Vec<&str> = text
        .lines()
        .take(limits::PASTED_JOINED)
        .map(|line| of_mail(without_bar(line)))
        .collect();
    (0..lines.len())
        .flat_map(|at| (2..=limits::PASTED_LINES).map(move |count| (at, count)))
        .map(move |(at, count)| {
            let whole = lines.get(at..at + count)?.join(by);
            let seen = RECOGNISERS.iter().find_map(|recognise| recognise(&whole))?;
            Some((whole, seen))
        })
}

/// Whether the line, in which the error was cut off, goes on in what it is joined with: another line may be about
/// anything.
fn is_completed(whole: &str, line: &str) -> bool {
    let line = without_bar(line);
    let line = line.strip_suffix('=').unwrap_or(line);
    let behind = whole.split_once(line).map(|(_, behind)| behind);
    behind.is_some_and(|behind| go::goes_on(line, behind))
}

/// A line without the bar that Terraform draws beside it, and without the mark of a quotation in a mail.
fn without_bar(line: &str) -> &str {
    line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '│' | '|' | '>'))
        .trim_end()
}
