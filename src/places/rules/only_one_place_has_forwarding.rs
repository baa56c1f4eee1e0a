//! The private zone is seen at one place, and at another the resolver takes the name from elsewhere.

use super::{
    address_of, few, has_private_addresses, is_from_public_dns, is_known_there, known_cause, list, names, observed,
    own_remedies, times, unexplained_difference,
};
use crate::compare::Verdict;
use crate::dns::RecordType;
use crate::observation::{Lookup, Purpose};
use crate::places::{ComparedPlaces, Place, is_one_server};
use crate::report::{ResolverReport, diagnose};
use crate::resolvers::Role;
use crate::rules::{Confidence, Finding, Remedy, Severity, Shows, phrase};
use crate::target::View;

declare_place_rule! {
    /// ## What it means
    /// The resolver of one place takes the name from the cluster's VPC, and the resolver of another answers from what
    /// it knows itself: the cluster's side works, and the conditional forward is missing on the second path.
    ///
    /// ## How it was decided
    /// At one place every resolver that its clients depend on gives private addresses, and not from the public view nor
    /// others than are expected there. At the other one of them shows the public view, denies the name, or gives
    /// addresses that are neither the cluster's nor private. A server that both places ask (not each host's own stub on
    /// loopback) is left to `same-resolver-answers-differently`. It is high where the SOA records show the two views,
    /// and medium where they do not. Where the addresses that one place has show that the resolver of another takes
    /// them out of its answers, or blocks the name, that finding is given in its place. A place whose own diagnosis
    /// names another cause, and is as sure of it, is left to that finding; so is a place where another resolver gives
    /// the private addresses too, since its own diagnosis has both sides. Where public DNS itself gives the private
    /// addresses, no forward is needed for them, and none is found to be missing.
    ///
    /// ## Why it matters
    /// It takes the cluster, its endpoint and the inbound endpoint out of the question: what is to be changed is at
    /// the place that is broken, or at the resolver it asks.
    ///
    /// ## What to do
    /// Do what the finding says for that place's own resolver: as a rule a conditional forward of the endpoint's name
    /// to an inbound endpoint in the cluster's VPC. Then capture that place again and compare.
    "only-one-place-has-forwarding" = {
        summary: "one place's resolver takes the name from the cluster's VPC, and another's does not",
        severity: Severity::Error,
        since: "0.1.0",
        references: [ROUTE53_INBOUND, EKS_CLUSTER_ENDPOINT],
    }
}

fn sees(resolver: &ResolverReport) -> bool {
    // Others' private addresses come from a zone of somebody else, and from no forward to the cluster's VPC.
    resolver.view != View::Public && resolver.verdict != Verdict::Mismatch && has_private_addresses(resolver)
}

/// Whether the answer is NODATA without a SOA: no zone of AWS's sends that, and a filter of private addresses does. A
/// forward is not shown to be missing there.
fn is_bare_nodata(resolver: &ResolverReport) -> bool {
    let is_of_a = |lookup: &&Lookup| lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A;
    let mut of_a = resolver.probed.lookups.iter().filter(is_of_a);
    resolver.verdict == Verdict::NoData && of_a.any(|lookup| lookup.soa.is_none())
}

/// An answer, and not the VPC's: a denial, or addresses of public DNS that are not what is expected there.
fn sees_another(resolver: &ResolverReport) -> bool {
    resolver.verdict.is_known()
        && !is_bare_nodata(resolver)
        && (resolver.verdict.is_negative()
            || is_from_public_dns(resolver) && resolver.verdict != Verdict::Match
            || resolver.verdict == Verdict::Mismatch && !has_private_addresses(resolver))
}

/// The place with the diagnosis that it would have, had it heard the resolver of another place that has the name:
/// without that it cannot tell a forwarder that is missing from a name that is, nor what a filter of private addresses
/// left from what was never there.
fn informed(place: &Place, (other, good): (&Place, &ResolverReport)) -> Place {
    let mut capture = place.report.clone().into_capture();
    let mut heard = good.probed.clone();
    heard.resolver.name = format!("the resolver of {}", other.name);
    heard.resolver.in_scope = false;
    if good.view == View::PrivateZone && !heard.resolver.is_vpc_side() {
        heard.resolver.role = Role::Vpc;
        heard.resolver.also.clear();
    }
    capture.observations.push(heard);
    Place {
        report: diagnose(capture),
        ..place.clone()
    }
}

/// The place's finding, where what another place has shows that its own resolver changes or stops the answer.
fn of_its_own_configuration(
    seen: &ComparedPlaces<'_>,
    place: &Place,
    good: (&Place, &ResolverReport),
) -> Option<Finding> {
    let informed = informed(place, good);
    let cause = known_cause(&informed)?;
    let is_of_the_path = place
        .path()
        .iter()
        .any(|resolver| cause.resolvers.contains(&resolver.probed.resolver.name));
    let is_surer = known_cause(place).is_none_or(|own| cause.confidence < own.confidence);
    let is_told = cause.shows(Shows::OwnConfiguration) && is_of_the_path && is_surer;
    is_told
        .then(|| unexplained_difference::of_its_own(seen, &informed))
        .flatten()
}

/// Whether public DNS gives private addresses for the name: whoever asks it needs no forward. Where it gives others at
/// another place, somebody on the way may have answered in its name.
fn is_in_public_dns(seen: &ComparedPlaces<'_>) -> bool {
    let resolvers = seen.places.iter().flat_map(|place| &place.report.resolvers);
    let is_public = |one: &&ResolverReport| one.probed.resolver.role == Role::Public && one.verdict.has_addresses();
    let mut public = resolvers.filter(is_public).peekable();
    public.peek().is_some() && public.all(has_private_addresses)
}

/// What to do at a place, by the diagnosis that it would have.
fn remedies(place: &Place, good: (&Place, &ResolverReport)) -> Vec<Remedy> {
    let forwarding = |finding: &&Finding| finding.shows(Shows::PublicView);
    informed(place, good)
        .report
        .findings
        .iter()
        .find(forwarding)
        .map_or_else(|| own_remedies(place), |finding| finding.remedies.clone())
}

/// What is said of each, once for all the places of which the same is said: `a and b ask X, which …`.
fn grouped(places: &[(&Place, &ResolverReport)], said: impl Fn(&ResolverReport, bool) -> String) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&Place>, &ResolverReport)> = Vec::new();
    for (place, resolver) in places {
        let alike = said(resolver, false);
        match groups.iter_mut().find(|(other, ..)| *other == alike) {
            Some((_, members, _)) => members.push(place),
            None => groups.push((alike, vec![place], resolver)),
        }
    }
    let say = |(_, members, resolver): &(_, Vec<&Place>, &ResolverReport)| {
        format!("{} {}", names(members), said(resolver, members.len() > 1))
    };
    groups.iter().map(say).collect()
}

/// Resolvers that the headline names with who asks them.
const CLAUSES: usize = 2;

fn check(seen: &ComparedPlaces<'_>, _: &[Finding]) -> Vec<Finding> {
    let mut with: Vec<(&Place, &ResolverReport)> = Vec::new();
    let mut without: Vec<(&Place, &ResolverReport)> = Vec::new();
    let mut failing: Vec<&Place> = Vec::new();
    for place in seen.places {
        let path = place.path();
        if let Some(other) = path.iter().find(|resolver| sees_another(resolver)) {
            without.push((place, other));
        } else if let Some(first) = path.first().filter(|_| path.iter().all(|resolver| sees(resolver))) {
            with.push((place, first));
        } else {
            failing.push(place);
        }
    }
    // The same server that answers two places differently is another rule's.
    let asked_there = |resolver: &ResolverReport| {
        let address = resolver.probed.resolver.address;
        address.is_some_and(is_one_server) && with.iter().any(|(_, other)| other.probed.resolver.address == address)
    };
    without.retain(|(_, resolver)| !asked_there(resolver));
    // A denial of a private hosted zone comes out of a VPC's Resolver: there is a forward, to another view.
    without.retain(|(_, resolver)| resolver.view != View::PrivateZone);
    // Where a resolver of the place has the name from the VPC, the place's own diagnosis says what the path lacks.
    without.retain(|(place, _)| !place.report.resolvers.iter().any(sees));
    let confidence_beside = |resolver: &ResolverReport| {
        let is_private = |(_, other): &(&Place, &ResolverReport)| other.view == View::PrivateZone;
        if is_from_public_dns(resolver) && with.iter().all(is_private) {
            Confidence::High
        } else {
            Confidence::Medium
        }
    };
    let Some(good) = with.first().copied() else {
        return Vec::new();
    };
    // What the other place has may show that the resolver here takes the addresses out of the answer.
    let mut findings = Vec::new();
    without.retain(|(place, _)| {
        let own = of_its_own_configuration(seen, place, good);
        let is_left = own.is_none();
        findings.extend(own);
        is_left
    });
    findings.extend(
        failing
            .iter()
            .filter_map(|place| of_its_own_configuration(seen, place, good)),
    );
    without.retain(|(place, resolver)| !is_known_there(place, resolver, confidence_beside(resolver)));
    if is_in_public_dns(seen) {
        without.clear();
    }
    if without.is_empty() {
        return findings;
    }
    let through = grouped(&with, |resolver, several| {
        let what = match (resolver.view, several) {
            (View::PrivateZone, false) => "sees the private zone",
            (View::PrivateZone, true) => "see the private zone",
            (_, false) => "gets private addresses",
            (_, true) => "get private addresses",
        };
        format!("{what} through {}", address_of(resolver))
    });
    let mut instead = grouped(&without, |resolver, several| {
        let how = if is_from_public_dns(resolver) {
            "answers from public DNS".to_owned()
        } else if resolver.verdict.is_negative() {
            format!("says {}", phrase::verdict(resolver.verdict))
        } else {
            "answers with other addresses".to_owned()
        };
        let asks = if several { "ask" } else { "asks" };
        format!("{asks} {}, which {how}", address_of(resolver))
    });
    let good: Vec<&Place> = with.iter().map(|(place, _)| *place).collect();
    let bad: Vec<&Place> = without.iter().map(|(place, _)| *place).collect();
    let mut resolvers: Vec<String> = Vec::new();
    for (_, resolver) in &without {
        let address = address_of(resolver);
        if !resolvers.contains(&address) {
            resolvers.push(address);
        }
    }
    let (take, lead, answer) = (
        if good.len() == 1 { "takes" } else { "take" },
        if bad.len() == 1 {
            ("path", "does")
        } else {
            ("paths", "do")
        },
        if resolvers.len() == 1 {
            "does not forward"
        } else {
            "do not forward"
        },
    );
    let explanation = format!(
        "{} {take} the name from the view that has it, so the cluster's side works. The {} of {} {} not lead \
         there: {} {answer} the name to a resolver of the cluster's VPC. What to change is at {} or at the resolver \
         used there, and nothing at {}.",
        names(&good),
        lead.0,
        names(&bad),
        lead.1,
        few(&resolvers),
        names(&bad),
        names(&good),
    );
    let severity = if without.iter().any(|(_, resolver)| !resolver.verdict.is_fine()) {
        Severity::Error
    } else {
        Severity::Warning
    };
    // As sure as of the place of which it is least sure.
    let sure = without.iter().map(|(_, resolver)| confidence_beside(resolver));
    let confidence = sure.max().unwrap_or(Confidence::Medium);
    // Each has a clause of its own, behind a comma.
    let summary = if instead.len() > 1 {
        // "1 more" would take the place of the one.
        let more = instead.len().saturating_sub(CLAUSES);
        if more > 1 {
            instead.truncate(CLAUSES);
            instead.push(format!("{more} more resolvers are asked at other places"));
        }
        format!("{}; {}", list(&through), instead.join("; "))
    } else {
        format!("{}, {}", list(&through), instead.join(""))
    };
    let mut finding = RULE.finding(severity, confidence, summary, explanation);
    let both = || with.iter().chain(&without);
    finding.resolvers = without
        .iter()
        .map(|(_, resolver)| resolver.probed.resolver.name.clone())
        .collect();
    finding.evidence = both().map(|(place, resolver)| observed(place, resolver)).collect();
    finding
        .evidence
        .extend(times(&both().map(|(place, _)| *place).collect::<Vec<_>>()));
    finding.remedies = without.iter().flat_map(|(place, _)| remedies(place, with[0])).collect();
    // Each place brings its own, and those of several are often the same.
    let mut seen = Vec::new();
    finding.remedies.retain(|remedy| {
        let is_new = !seen.contains(remedy);
        seen.push(remedy.clone());
        is_new
    });
    if finding.remedies.is_empty() {
        finding.remedies.push(Remedy::advice(format!(
            "Forward the endpoint's name at {} to an inbound endpoint of the cluster's VPC",
            few(&resolvers)
        )));
    }
    findings.push(finding);
    findings
}
