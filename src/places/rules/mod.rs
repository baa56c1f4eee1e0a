//! What is said of several places together: a rule is one file and one line in [`PLACE_RULES`].

use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::RecordType;
use crate::endpoint::SoaOrigin;
use crate::limits;
use crate::observation::{Lookup, Purpose};
use crate::places::{Cell, ComparedPlaces, Place, Row, is_one_server};
use crate::render::words;
use crate::report::Conclusion;
use crate::report::ResolverReport;
use crate::rules::phrase::{self, list};
use crate::rules::{Confidence, Evidence, Finding, Reference, Remedy, Severity, Shows, Stage, find, urls};
use crate::target::View;

/// A rule about several places.
#[derive(Debug)]
pub struct PlaceRule {
    /// Its public name: the condition, in kebab-case; never reused.
    pub name: &'static str,
    /// One line for an index.
    pub summary: &'static str,
    /// The documentation, in the sections of the other rules' ([`crate::rules::Rule::documentation`]).
    pub documentation: &'static str,
    /// The worst severity it has.
    pub severity: Severity,
    /// The version it came with.
    pub since: &'static str,
    /// Where to read on: for its page, and for its findings.
    pub references: &'static [Reference],
    /// Looks at the places, and at what the rules before it found.
    pub check: fn(&ComparedPlaces<'_>, &[Finding]) -> Vec<Finding>,
}

/// Declares a rule: its doc comment is its documentation. Its check is the module's function `check`.
macro_rules! declare_place_rule {
    (
        $(#[doc = $doc:literal])+
        $name:literal = {
            summary: $summary:literal,
            severity: $severity:expr,
            since: $since:literal,
            references: [$($reference:ident),* $(,)?] $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        pub(super) static RULE: crate::places::rules::PlaceRule = crate::places::rules::PlaceRule {
            name: $name,
            summary: $summary,
            documentation: concat!($($doc, "\n"),+),
            severity: $severity,
            since: $since,
            references: &[$(crate::rules::reference::$reference),*],
            check,
        };
    };
}

// The rules, by name. They come after `declare_place_rule!`, which they use.
mod different_generations;
mod only_one_place_has_forwarding;
mod reachable_from_one_place_only;
mod same_and_broken;
mod same_and_healthy;
mod same_resolver_answers_differently;
mod unexplained_difference;

/// Every rule about several places, in their order.
pub static PLACE_RULES: &[&PlaceRule] = &[
    &only_one_place_has_forwarding::RULE,
    &same_resolver_answers_differently::RULE,
    &reachable_from_one_place_only::RULE,
    &different_generations::RULE,
    &same_and_broken::RULE,
    &unexplained_difference::RULE,
    &same_and_healthy::RULE,
];

/// The findings, the headline first.
pub(super) fn evaluate(seen: &ComparedPlaces<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for rule in PLACE_RULES {
        let found = (rule.check)(seen, &findings);
        findings.extend(found);
    }
    if findings.is_empty() {
        findings = own_warnings(seen);
    }
    // Of an error that the places show together and of a cause that one of them has by itself, the surer leads, and the
    // cause where both are as sure. Silence at one place is no better known than what was heard at others.
    let is_of_one = |finding: &Finding| find(&finding.rule).is_some();
    let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
    let is_mixed = errors().any(is_of_one) && !errors().all(is_of_one);
    findings.sort_by_key(|finding| {
        let is_silence = is_of_one(finding) && finding.shows(Shows::SilentResolver);
        let by_sureness = is_mixed.then(|| (is_silence, finding.confidence, !is_of_one(finding)));
        (finding.severity, by_sureness)
    });
    if let Some(lead) = findings.first_mut() {
        add_the_rest(seen, lead, is_of_one(lead));
    }
    findings
}

/// What a place warns of, and not every other: where nothing else is known, that may be the difference.
fn own_warnings(seen: &ComparedPlaces<'_>) -> Vec<Finding> {
    let warning = |place: &Place| {
        let own = place.report.findings.first().cloned();
        own.filter(|own| own.severity == Severity::Warning)
    };
    let warnings: Vec<Option<Finding>> = seen.places.iter().map(warning).collect();
    let mut rules = warnings.iter().map(|one| one.as_ref().map(|one| &one.rule));
    let first = rules.next().flatten();
    if rules.all(|other| other == first) {
        return Vec::new();
    }
    let told = seen.places.iter().zip(&warnings);
    told.filter_map(|(place, own)| Some(unexplained_difference::told_of(seen, place, own.as_ref()?)))
        .collect()
}

/// Adds to what is said first the places that it says nothing of. What is of one place names those that were seen, and
/// has left room for those that were not.
fn add_the_rest(seen: &ComparedPlaces<'_>, lead: &mut Finding, is_of_one: bool) {
    let mut after = Vec::new();
    let (told, others): (Vec<&Place>, Vec<&Place>) = seen.places.iter().partition(|place| has_seen(lead, place));
    // What shows nothing of single places is about all of them.
    if !is_of_one && !told.is_empty() {
        after.extend(unexplained_difference::beside(&others));
    }
    after.extend(not_seen(seen));
    if after.is_empty() {
        return;
    }
    let own = if is_of_one {
        lead.explanation.as_str()
    } else {
        words::sentences_before(&lead.explanation, after.len())
    };
    lead.explanation = format!("{own} {}", after.join(" "));
    lead.evidence.extend(after.into_iter().map(Evidence::fact));
}

/// What is said of the places that should have been seen.
fn not_seen(seen: &ComparedPlaces<'_>) -> Option<String> {
    let unseen: Vec<&str> = seen.unseen.iter().map(|unseen| unseen.place.as_str()).collect();
    let were = phrase::plural(unseen.len(), "was", "were");
    (!unseen.is_empty()).then(|| {
        format!(
            "{} {were} not seen, so nothing is known of the path there.",
            few(&unseen)
        )
    })
}

impl PlaceRule {
    fn finding(&self, severity: Severity, confidence: Confidence, summary: String, explanation: String) -> Finding {
        Finding {
            rule: self.name.to_owned(),
            severity,
            confidence,
            summary,
            explanation,
            caused_by: None,
            resolvers: Vec::new(),
            evidence: Vec::new(),
            remedies: Vec::new(),
            references: urls(self.references),
        }
    }
}

/// `laptop and bastion`; of many the first few, and how many more there are.
fn names(places: &[&Place]) -> String {
    let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
    few(&names)
}

/// These in a sentence; of many the first few, and how many more there are. The evidence has all.
fn few<T: AsRef<str>>(all: &[T]) -> String {
    // "1 more" would take the place of the one.
    if all.len() <= limits::TITLES_SHOWN + 1 {
        return list(all);
    }
    let (first, rest) = all.split_at(limits::TITLES_SHOWN);
    let mut shown: Vec<String> = first.iter().map(|one| one.as_ref().to_owned()).collect();
    shown.push(format!("{} more", rest.len()));
    list(&shown)
}

/// The address that is asked, without port 53.
fn address_of(resolver: &ResolverReport) -> String {
    match resolver.probed.resolver.address {
        Some(address) if address.port() == 53 => address.ip().to_string(),
        Some(address) => address.to_string(),
        None => "getaddrinfo".to_owned(),
    }
}

/// What a resolver said, for evidence and explanations.
fn said(resolver: &ResolverReport) -> String {
    let mut said = if resolver.addresses.is_empty() {
        phrase::came_to(resolver.verdict, &resolver.probed.lookups)
    } else {
        phrase::distinct(resolver.addresses.iter().map(|address| address.ip))
    };
    match resolver.view {
        View::PrivateZone => said.push_str(", from the private hosted zone"),
        View::Public if is_from_public_dns(resolver) => said.push_str(", from public DNS"),
        View::Public | View::Unknown => {}
    }
    said
}

/// Whether what it said for A is public DNS's: addresses, where the view is the public one, or a negative answer with
/// the SOA of AWS's public zone. The view alone may be that of AAAA, which a filter of IPv4 addresses lets through.
fn is_from_public_dns(resolver: &ResolverReport) -> bool {
    let of_target = |lookup: &&Lookup| lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A;
    let mut lookups = resolver.probed.lookups.iter().filter(of_target);
    let mut is_denied = || lookups.any(|lookup| lookup.soa.as_ref().map(SoaOrigin::of) == Some(SoaOrigin::PublicAws));
    resolver.view == View::Public && (resolver.verdict.has_addresses() || is_denied())
}

/// An observation at a place.
fn observed(place: &Place, resolver: &ResolverReport) -> Evidence {
    let who = format!(
        "{}, {} {}",
        place.name,
        resolver.probed.resolver.name,
        address_of(resolver)
    );
    Evidence::of(&who, said(resolver)).at(&place.name)
}

/// When each place was captured, where that is known.
fn times(places: &[&Place]) -> Vec<Evidence> {
    let known = places.iter().filter_map(|place| Some((place, place.taken_at()?)));
    known
        .map(|(place, time)| Evidence::fact(format!("{} was captured at {time}", place.name)))
        .collect()
}

/// The places that asked the resolver and waited for it, with what came of it there.
fn asked<'a>(seen: &ComparedPlaces<'a>, row: &'a Row) -> Vec<(&'a Place, &'a Cell, &'a ResolverReport)> {
    let cells = seen.places.iter().zip(&row.cells);
    cells
        .filter_map(|(place, cell)| Some((place, cell, place.resolver(cell.name.as_deref()?)?)))
        .filter(|(_, _, resolver)| resolver.verdict.is_known())
        .collect()
}

/// Whether no reply came to any question: a resolver that is silent for one name may answer others, or over TCP.
fn hears_nothing(resolver: &ResolverReport) -> bool {
    is_silent(resolver.verdict) && !resolver.probed.lookups.iter().any(Lookup::heard_anything)
}

/// Whether the place's own diagnosis names for certain why the resolver is silent there: more than that it is.
fn has_own_cause(place: &Place, resolver: &ResolverReport) -> bool {
    let is_more = |cause: &Finding| !cause.shows(Shows::SilentResolver);
    is_known_there(place, resolver, Confidence::Certain) && known_cause(place).is_some_and(is_more)
}

/// Whether no answer came for the endpoint's name.
fn is_silent(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Timeout | Verdict::Unreachable)
}

/// The cause that a place's own diagnosis names. `None` where the place is not broken, or where its diagnosis says no
/// more than that something differs.
fn known_cause(place: &Place) -> Option<&Finding> {
    let broken = place.report.conclusion == Conclusion::Broken;
    let cause = place.report.headline().filter(|_| broken)?;
    (find(&cause.rule)?.stage == Stage::Evidence).then_some(cause)
}

/// What was seen at a place whose own headline says that the cause is not known, with the finding that has the cause:
/// one page does not say both. That is what the places show together, or the cause that another place's own diagnosis
/// has for the same server.
pub(super) fn seen_there(seen: &ComparedPlaces<'_>, place: &Place, findings: &[Finding]) -> Option<String> {
    let own = place.report.headline().filter(|own| names_no_cause(own))?;
    let resolvers: Vec<&ResolverReport> = own.resolvers.iter().filter_map(|name| place.resolver(name)).collect();
    let tells_why = |finding: &&Finding| {
        let is_alike = finding.rule == same_and_broken::RULE.name;
        let by_all = !is_alike && has_seen(finding, place);
        let by_another = || {
            let mut others = seen.places.iter().filter(|other| has_seen(finding, other));
            others.any(|other| is_of_the_same(finding, other, &resolvers))
        };
        finding.severity == Severity::Error && !names_no_cause(finding) && (by_all || by_another())
    };
    let cause = findings.iter().find(tells_why)?;
    let each: Vec<String> = resolvers
        .iter()
        .map(|resolver| {
            let name = &resolver.probed.resolver.name;
            format!("{name} ({}): {}", address_of(resolver), said(resolver))
        })
        .collect();
    (!each.is_empty()).then(|| format!("{} [{}]", each.join("; "), cause.rule))
}

/// Whether a finding says only what an answer is, since no cause fits what was seen.
fn names_no_cause(finding: &Finding) -> bool {
    find(&finding.rule).is_some_and(|rule| match rule.stage {
        Stage::Evidence => false,
        Stage::Remainder => rule.shows(Shows::Denial),
        Stage::Unexplained => true,
    })
}

/// Whether a finding is the cause at another place, and is about a server that says the same to all of these.
fn is_of_the_same(finding: &Finding, other: &Place, resolvers: &[&ResolverReport]) -> bool {
    let Some(cause) = known_cause(other).filter(|cause| cause.rule == finding.rule) else {
        return false;
    };
    let causes: Vec<&ResolverReport> = cause.resolvers.iter().filter_map(|name| other.resolver(name)).collect();
    let is_alike = |resolver: &&ResolverReport| {
        let address = resolver
            .probed
            .resolver
            .address
            .filter(|address| is_one_server(*address));
        let same = |cause: &&ResolverReport| cause.probed.resolver.address == address;
        address.is_some() && causes.iter().any(|cause| same(cause) && said(cause) == said(resolver))
    };
    // The operating system's lookup has no address: it goes through the others.
    let mut servers = resolvers
        .iter()
        .filter(|resolver| resolver.probed.resolver.address.is_some());
    servers.all(is_alike)
}

/// Whether the place's own diagnosis names why the resolver fails there, and is as sure of it as what the places show
/// together. That the resolver has the public view, or that nobody has the name, is no such cause: the other place
/// shows more.
fn is_known_there(place: &Place, resolver: &ResolverReport, confidence: Confidence) -> bool {
    let tells_less = [Shows::PublicView, Shows::NotPublished, Shows::NoSuchName];
    known_cause(place).is_some_and(|cause| {
        cause.confidence <= confidence
            && (cause.resolvers.is_empty() || cause.resolvers.contains(&resolver.probed.resolver.name))
            && !tells_less.iter().any(|shows| cause.shows(*shows))
    })
}

/// Whether a finding over several places has something that was seen at this one.
fn has_seen(finding: &Finding, place: &Place) -> bool {
    let mut places = finding.evidence.iter().filter_map(|seen| seen.place.as_deref());
    places.any(|name| name == place.name)
}

/// Whether every address could be of the cluster's own network.
fn has_private_addresses(resolver: &ResolverReport) -> bool {
    let private = |class| {
        matches!(
            class,
            AddressClass::Expected | AddressClass::InVpc | AddressClass::Private
        )
    };
    resolver.verdict.has_addresses()
        && !resolver.addresses.is_empty()
        && resolver.addresses.iter().all(|address| private(address.class))
}

/// What the place's own diagnosis says to do.
fn own_remedies(place: &Place) -> Vec<Remedy> {
    let headline = place.report.headline();
    headline.map_or_else(Vec::new, |finding| finding.remedies.clone())
}
