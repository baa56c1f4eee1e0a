//! Every place is broken, and by the same.

use std::net::SocketAddr;

use super::{is_silent, names, names_no_cause, own_remedies};
use crate::compare::Verdict;
use crate::dns::{Name, RecordType};
use crate::observation::Purpose;
use crate::places::{ComparedPlaces, Place, is_one_server};
use crate::render::words;
use crate::report::{Conclusion, ResolverReport};
use crate::rules::{Evidence, Finding, Severity};
use crate::target::View;

declare_place_rule! {
    /// ## What it means
    /// Each place is broken, and the headline of each is the same finding: what is wrong is not at one of them.
    ///
    /// ## How it was decided
    /// Each place's own diagnosis ends broken, and its first finding is the same rule. The confidence is the least of
    /// theirs. Where the finding is that nothing was heard of a resolver, the places must have asked the same one:
    /// two resolvers that are silent have nothing in common. Where it says what the answer is and names no cause, the
    /// answers must be alike, from the same zone, and no resolver of any place may have the name.
    ///
    /// ## Why it matters
    /// The common part of the paths is what to look at: a forwarder that both use, the VPC, the cluster's access flags.
    ///
    /// ## What to do
    /// Do what the finding says; `eks-dns-doctor explain FINDING` has its page.
    "same-and-broken" = {
        summary: "every place is broken, and by the same",
        severity: Severity::Error,
        since: "0.1.0",
        references: [],
    }
}

/// The servers that the finding is about, where nothing was heard of any of them.
fn silent(place: &Place, finding: &Finding) -> Option<Vec<SocketAddr>> {
    let resolvers: Vec<&ResolverReport> = finding
        .resolvers
        .iter()
        .filter_map(|name| place.resolver(name))
        .collect();
    let all = !resolvers.is_empty() && resolvers.iter().all(|resolver| is_silent(resolver.verdict));
    let addresses = resolvers.iter().filter_map(|resolver| resolver.probed.resolver.address);
    all.then(|| addresses.filter(|address| is_one_server(*address)).collect())
}

/// What an answer is of: what it comes to, the view, and the zone that denies the name.
fn form(resolver: &ResolverReport) -> (Verdict, View, Option<&Name>) {
    let mut lookups = resolver.probed.lookups.iter();
    let target = lookups.find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A);
    let zone = target.and_then(|lookup| lookup.soa.as_ref()).map(|soa| &soa.owner);
    (resolver.verdict, resolver.view, zone)
}

/// Whether findings that name no cause are of answers that are alike, and nobody beside them has the name. Where a
/// cause is named, it is what the places have in common.
fn are_alike(seen: &ComparedPlaces<'_>, headlines: &[&Finding]) -> bool {
    if !headlines.iter().any(|finding| names_no_cause(finding)) {
        return true;
    }
    let has_the_name = |place: &Place| place.report.resolvers.iter().any(|one| one.verdict.is_fine());
    let mut forms = Vec::new();
    for (place, headline) in seen.places.iter().zip(headlines) {
        let resolvers = headline.resolvers.iter().filter_map(|name| place.resolver(name));
        // The operating system's lookup has no zone: it goes through the others.
        forms.extend(resolvers.filter(|one| one.probed.resolver.address.is_some()).map(form));
    }
    !seen.places.iter().any(has_the_name) && forms.windows(2).all(|two| two[0] == two[1])
}

fn check(seen: &ComparedPlaces<'_>, _: &[Finding]) -> Vec<Finding> {
    let broken = |place: &Place| place.report.conclusion == Conclusion::Broken;
    let headlines: Option<Vec<&Finding>> = seen
        .places
        .iter()
        .map(|place| place.report.headline().filter(|_| broken(place)))
        .collect();
    let Some(headlines) = headlines else {
        return Vec::new();
    };
    let first = headlines[0];
    // One place is not alike to anything.
    if headlines.len() < 2 || headlines.iter().any(|finding| finding.rule != first.rule) {
        return Vec::new();
    }
    if !are_alike(seen, &headlines) {
        return Vec::new();
    }
    let silent: Option<Vec<_>> = seen
        .places
        .iter()
        .zip(&headlines)
        .map(|(place, headline)| silent(place, headline))
        .collect();
    if silent.is_some_and(|silent| {
        !silent[0]
            .iter()
            .any(|one| silent[1..].iter().all(|other| other.contains(one)))
    }) {
        return Vec::new();
    }
    let places: Vec<&Place> = seen.places.iter().collect();
    let places = names(&places);
    let summary = format!("{places} are broken alike: {}", first.summary);
    let alike = format!(
        "{places} each have the finding {}, so what is wrong is not at one of them.",
        first.rule
    );
    let own = words::first_sentences_before(&first.explanation, std::slice::from_ref(&alike));
    let explanation = format!("{alike} {own}");
    let confidence = headlines.iter().map(|finding| finding.confidence).max();
    let confidence = confidence.unwrap_or(first.confidence);
    let mut finding = RULE.finding(Severity::Error, confidence, summary, explanation);
    finding.evidence = seen
        .places
        .iter()
        .zip(&headlines)
        .map(|(place, headline)| Evidence::fact(format!("{}: {}", place.name, headline.summary)))
        .collect();
    finding.remedies = own_remedies(&seen.places[0]);
    finding.references.clone_from(&first.references);
    vec![finding]
}
