//! A place is broken, and no other rule says what it has to do with the others.

use super::{
    has_seen, hears_nothing, is_known_there, known_cause, list, names, names_no_cause, not_seen, own_remedies,
    same_and_broken,
};
use crate::compare::Verdict;
use crate::observation::{SystemCode, SystemFailure};
use crate::places::{ComparedPlaces, Place};
use crate::render::words;
use crate::report::{Conclusion, ResolverReport};
use crate::rules::{Confidence, Evidence, Finding, Severity, Shows};

declare_place_rule! {
    /// ## What it means
    /// A place is broken, and what is found there has nothing to do with the other places.
    ///
    /// ## How it was decided
    /// At least one place's own diagnosis ends broken, none of those names a cause or is surer than low, and no other
    /// finding over several places says why. Where a place's own diagnosis names a cause or is surer, or nothing was
    /// heard at any other place, that finding leads instead, under its own name.
    ///
    /// ## Why it matters
    /// The other places are no comparison for it: its own report says more.
    ///
    /// ## What to do
    /// Read that place's own report, with `eks-dns-doctor replay FILE`.
    "unexplained-difference" = {
        summary: "a place is broken by something of its own",
        severity: Severity::Error,
        since: "0.1.0",
        references: [],
    }
}

fn check(seen: &ComparedPlaces<'_>, before: &[Finding]) -> Vec<Finding> {
    let (broken, others): (Vec<&Place>, Vec<&Place>) = seen
        .places
        .iter()
        .partition(|place| place.report.conclusion == Conclusion::Broken);
    let explained: Vec<&Finding> = before
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    if !explained.is_empty() {
        // A cause that is known at a place of which none of them says anything.
        let is_told = |place: &Place| explained.iter().any(|finding| has_seen(finding, place));
        let is_alike = explained
            .iter()
            .any(|finding| finding.rule == same_and_broken::RULE.name);
        let left = broken
            .iter()
            .filter(|place| !is_alike && (!is_told(place) || is_surer(place, &explained)));
        return left
            .filter(|place| known_cause(place).is_some())
            .filter_map(|place| of_its_own(seen, place))
            .collect();
    }
    let Some(first) = broken.first() else {
        return Vec::new();
    };
    let mut known: Vec<(&Place, Finding)> = broken
        .iter()
        .filter_map(|place| Some((*place, of_its_own(seen, place)?)))
        .collect();
    if !known.is_empty() {
        // Silence at one place is no better known than a cause at another.
        known.sort_by_key(|(place, _)| !heard_anything(place));
        return known.into_iter().map(|(_, finding)| finding).collect();
    }
    // What a place's own diagnosis says surely stands for itself, as that its own name servers differ.
    let is_sure = |own: &&Finding| !names_no_cause(own) && own.confidence < Confidence::Low;
    let own: Vec<Finding> = broken
        .iter()
        .filter_map(|place| Some(told_of(seen, place, place.report.headline().filter(is_sure)?)))
        .collect();
    if !own.is_empty() {
        return own;
    }
    let says: Vec<String> = broken
        .iter()
        .filter_map(|place| Some(format!("{}: {}", place.name, place.report.headline()?.summary)))
        .collect();
    let summary = if others.is_empty() {
        format!("each place is broken by something of its own: {}", says.join("; "))
    } else {
        format!(
            "{} broken, and {} not: {}",
            are(&broken),
            names(&others),
            says.join("; ")
        )
    };
    let rules: Vec<&str> = broken
        .iter()
        .filter_map(|place| Some(place.report.headline()?.rule.as_str()))
        .collect();
    let explanation = format!(
        "Nothing that the places have in common explains it. What is found at {} alone is {}; its own report says \
         more, and replay shows it.",
        names(&broken),
        list(&rules)
    );
    let mut finding = RULE.finding(Severity::Error, Confidence::Low, summary, explanation);
    finding.evidence = says.into_iter().map(Evidence::fact).collect();
    finding.remedies = own_remedies(first);
    vec![finding]
}

/// Whether the place's own diagnosis names a cause more surely than what the places show together: the cause leads, and
/// the difference stands beside it. A refusal is of the difference itself, and so is what depends on who
/// asks.
fn is_surer(place: &Place, explained: &[&Finding]) -> bool {
    let Some(cause) = known_cause(place) else {
        return false;
    };
    let about: Vec<&ResolverReport> = cause.resolvers.iter().filter_map(|name| place.resolver(name)).collect();
    let mut others = explained.iter().filter(|finding| has_seen(finding, place)).peekable();
    !about.is_empty()
        && about
            .iter()
            .all(|resolver| resolver.verdict != Verdict::Refused && is_known_there(place, resolver, cause.confidence))
        && !cause.shows(Shows::SilentResolver)
        && others.peek().is_some()
        && others.all(|finding| finding.confidence > cause.confidence)
}

/// The finding of a place, with what the other places show: where its cause is known there, or where nothing was heard
/// at any other, so that there is nothing to compare it with. `None` where the place's own diagnosis says only that
/// something differs, and the other places can tell more.
pub(super) fn of_its_own(seen: &ComparedPlaces<'_>, place: &Place) -> Option<Finding> {
    let cause = place.report.headline()?;
    let is_other = |other: &&Place| other.name != place.name;
    let is_alone = || !seen.places.iter().filter(is_other).any(heard_anything);
    if known_cause(place).is_none() && !is_alone() {
        return None;
    }
    Some(told_of(seen, place, cause))
}

/// A finding of a place, with what the other places show.
pub(super) fn told_of(seen: &ComparedPlaces<'_>, place: &Place, cause: &Finding) -> Finding {
    let is_other = |other: &&Place| other.name != place.name;
    let mut finding = cause.clone();
    finding.summary = format!("{}: {}", place.name, cause.summary);
    finding.caused_by = None;
    finding.resolvers = Vec::new();
    for evidence in &mut finding.evidence {
        if let Some(resolver) = &mut evidence.resolver {
            *resolver = format!("{}, {resolver}", place.name);
            evidence.place = Some(place.name.clone());
        }
    }
    let others: Vec<&Place> = seen.places.iter().filter(is_other).collect();
    let mut contrast = beside(&others);
    if others.is_empty() && seen.unseen.is_empty() {
        contrast.push("No other place was seen.".to_owned());
    }
    let after: Vec<String> = contrast.iter().cloned().chain(not_seen(seen)).collect();
    let own = words::first_sentences_before(&cause.explanation, &after);
    finding.explanation = std::iter::once(own)
        .chain(contrast.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" ");
    finding.evidence.extend(contrast.into_iter().map(Evidence::fact));
    finding
}

/// What other places show beside those that a finding is about: in one sentence those where something was heard,
/// and in one those where nothing was.
pub(super) fn beside(others: &[&Place]) -> Vec<String> {
    let (heard, silent): (Vec<&Place>, Vec<&Place>) = others.iter().partition(|other| heard_anything(other));
    // What was not asked did not fail to answer.
    let (unasked, silent): (Vec<&Place>, Vec<&Place>) = silent.into_iter().partition(|other| !asked_for_a(other));
    let mut said: Vec<(String, Vec<&Place>)> = Vec::new();
    for other in heard {
        let report = &other.report;
        let state = match report.headline().filter(|_| report.conclusion == Conclusion::Broken) {
            Some(headline) => format!("broken too ({})", headline.rule),
            None => report.conclusion.as_str().to_owned(),
        };
        match said.iter_mut().find(|(same, _)| *same == state) {
            Some((_, places)) => places.push(other),
            None => said.push((state, vec![other])),
        }
    }
    let said: Vec<String> = said
        .iter()
        .map(|(state, places)| format!("{} {state}", are(places)))
        .collect();
    let mut sentences = Vec::new();
    if !said.is_empty() {
        sentences.push(format!("{}.", said.join(", and ")));
    }
    if !silent.is_empty() {
        sentences.push(format!(
            "No resolver answered at {}, so nothing is known of the path there.",
            names(&silent)
        ));
    }
    if !unasked.is_empty() {
        sentences.push(format!(
            "No resolver was asked for the A record at {}, so nothing is known of the answer there.",
            names(&unasked)
        ));
    }
    sentences
}

/// Whether a resolver there, or the operating system, was asked for the endpoint's addresses and waited for.
fn asked_for_a(place: &Place) -> bool {
    place
        .report
        .resolvers
        .iter()
        .any(|resolver| resolver.verdict.is_known())
}

/// Whether anything came back there. A lookup of the operating system that fails may have heard nobody.
fn heard_anything(place: &Place) -> bool {
    let is_heard = |resolver: &ResolverReport| {
        let failure = resolver
            .probed
            .system
            .as_ref()
            .and_then(|system| system.failure.as_ref());
        let denied = |failure: &SystemFailure| matches!(failure.code, SystemCode::NoName | SystemCode::NoData);
        resolver.verdict.is_known() && !hears_nothing(resolver) && failure.is_none_or(denied)
    };
    place.report.resolvers.iter().any(is_heard)
}

fn are(places: &[&Place]) -> String {
    let verb = if places.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names(places))
}
