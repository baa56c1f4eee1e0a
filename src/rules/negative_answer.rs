//! The resolver returns a negative answer, and the question that would show the cause was not asked.

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::remedy::question::{self, UnansweredQuestion};
use super::shared::{behind, forward, search};
use super::{Case, Confidence, Finding, Fits, Severity, Shows, Stage, Subject, remedy, view};
use crate::dns::Soa;
use crate::endpoint::SoaOrigin;
use crate::target::View;

declare_rule! {
    /// ## What it means
    /// The resolver returns NXDOMAIN, or NODATA for the addresses. Clients that use it fail: that is certain. The cause
    /// is not known: several causes fit, and the question that tells them apart was not asked, or got no answer.
    ///
    /// ## How it was decided
    /// The resolver returns NXDOMAIN or NODATA, and no other cause in the catalogue fits what is known. The SOA of the
    /// answer, if it has one, says which zone it is from: AWS's public zone, a private hosted zone, or a zone that is
    /// not AWS's.
    ///
    /// ## Why it matters
    /// kubectl prints `no such host` for all of them alike.
    ///
    /// ## What to do
    /// Ask the one question that decides; it is given as a command line.
    "negative-answer" = {
        summary: "the resolver returns a negative answer, and the cause is not known",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the server returns a negative answer, and nothing tells why",
        complaints: [Denial 350],
        shows: [OneAnswer, Denial],
        references: [RFC_2308, RFC_9499],
        at: Failing,
        requires: [
            [DENIED],
            [DENIED_BY_RECURSION],
        ],
        confidence: [Low],
        wants: [VpcView, PublicControl, Cluster],
        explains: [SearchDomain],
        stage: Stage::Remainder,
    }
}

/// Who denies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Denier {
    PublicZone,
    PrivateZone,
    ForeignZone,
    Bare,
    /// Without a SOA, and a server that it forwards this name to may have denied it.
    BareOrForwarded,
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, earlier: &[Finding]) -> Vec<Finding> {
    let explained = |subject: &Subject<'_>| {
        earlier.iter().any(|finding| {
            finding.severity == Severity::Error && finding.resolvers.iter().any(|name| name == subject.name())
        })
    };
    fits.grouped(|subject| {
        if explained(subject) {
            return None;
        }
        let denial = match subject.soa().map(SoaOrigin::of) {
            Some(SoaOrigin::PublicAws) => Denier::PublicZone,
            Some(SoaOrigin::PrivateHostedZone) => Denier::PrivateZone,
            Some(SoaOrigin::Foreign) => Denier::ForeignZone,
            None if behind::may_be_denied(subject) => Denier::BareOrForwarded,
            None => Denier::Bare,
        };
        Some((denial, cause(denial, subject, earlier)))
    })
    .into_iter()
    .map(|(confidence, (denial, caused_by), subjects)| finding(case, confidence, denial, caused_by, &subjects))
    .collect()
}

/// The public view in front of a VPC that shows it itself: whatever else is wrong, that comes first.
fn cause(denial: Denier, subject: &Subject<'_>, earlier: &[Finding]) -> Option<String> {
    let at_the_vpc = earlier.iter().find(|finding| finding.shows(Shows::UnusedPrivateZone));
    let applies = denial == Denier::PublicZone && !subject.is_vpc_side();
    at_the_vpc.filter(|_| applies).map(|finding| finding.rule.clone())
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    denial: Denier,
    caused_by: Option<String>,
    subjects: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(subjects);
    let returns = phrase::returns_negative(subjects);
    let soa: Vec<&Soa> = subjects.iter().filter_map(|subject| subject.soa()).collect();
    let zone = soa.first().map_or_else(String::new, |soa| format!(" {}", soa.owner));
    let (by, causes) = match denial {
        Denier::PublicZone => (
            format!("with the SOA of AWS's public zone{zone}"),
            causes_of_a_public_denial(case, subjects),
        ),
        Denier::PrivateZone => (
            format!("with the SOA of the private hosted zone{zone}"),
            "Either the answer was cached before the record existed, or the question ends in a VPC with another zone \
             over the name."
                .to_owned(),
        ),
        Denier::ForeignZone if !soa.iter().any(|soa| case.target.hostname.is_within(&soa.owner)) => (
            format!("with the SOA of a zone{zone} that is not AWS's"),
            "No name in that zone is an endpoint's, so it is not the zone that denies the name. The likely cause is a \
             response policy zone or another filter, which puts an SOA of its own into its answers."
                .to_owned(),
        ),
        Denier::ForeignZone => (
            format!("with the SOA of a zone{zone} that is not AWS's"),
            "The likely cause is an internal zone that covers the name; a filter that puts an SOA of its own into \
             its answers fits as well."
                .to_owned(),
        ),
        Denier::BareOrForwarded => ("without a SOA".to_owned(), causes_of_a_bare_denial(case, subjects)),
        Denier::Bare => (
            "without a SOA".to_owned(),
            "The negative answer of a zone has the SOA of that zone. An answer without SOA was probably made by a \
             filter or by a local zone. Protection against DNS rebinding removes private addresses, and a block list \
             returns negative answers, in this form. Some servers leave the SOA out of correct negative answers as \
             well."
                .to_owned(),
        ),
    };
    let is_passed_on = caused_by.is_some() && matches!(denial, Denier::Bare | Denier::BareOrForwarded);
    let causes = if is_passed_on {
        "The resolvers of the VPC that were heard give the same answer, so whoever forwards the name there passes it on."
            .to_owned()
    } else {
        causes
    };
    let preferred: &[UnansweredQuestion] = match denial {
        Denier::PublicZone if caused_by.is_some() => &[],
        Denier::PublicZone | Denier::BareOrForwarded => &[
            UnansweredQuestion::Vpc,
            UnansweredQuestion::Cluster,
            UnansweredQuestion::Public,
        ],
        Denier::PrivateZone => &[UnansweredQuestion::Vpc, UnansweredQuestion::Cluster],
        Denier::ForeignZone | Denier::Bare => &[
            UnansweredQuestion::Public,
            UnansweredQuestion::Vpc,
            UnansweredQuestion::Cluster,
        ],
    };
    RULE.finding(confidence, subjects)
        .caused_by(caused_by)
        .summary(if is_passed_on {
            format!("{who} {returns} {by}, as the resolvers of the VPC do")
        } else {
            format!("{who} {returns} {by}, and the cause is not known")
        })
        .why(format!(
            "{who} {returns} {by}, {}. {causes}",
            search::after_a_denial(case, subjects),
        ))
        .seen(subjects.iter().flat_map(|subject| {
            [
                observed_target(subject),
                observed_sibling(subject),
                observed_controls(subject),
            ]
            .concat()
        }))
        .fix(
            if denial == Denier::PublicZone && !other_addresses_in_the_vpc(case).is_empty() {
                // The name is there: what is in doubt is what was expected.
                [vec![remedy::answer::interfaces_now(case)], question::decide(case, &[])].concat()
            } else {
                question::decide(case, preferred)
            },
        )
}

/// The causes that fit a denial by AWS's public zone, in view of who else was heard.
fn causes_of_a_public_denial(case: &Case<'_>, subjects: &[&Subject<'_>]) -> String {
    let vpc_side = subjects.iter().any(|subject| subject.is_vpc_side());
    let mut causes = Vec::new();
    if vpc_side {
        causes.push("a cluster of another VPC");
    } else {
        causes.push("no forward to the VPC");
    }
    let in_the_vpc = other_addresses_in_the_vpc(case);
    if !vpc_side && !in_the_vpc.is_empty() {
        // The name is there, whatever its addresses should be.
        return format!(
            "{} {} addresses for the name from a private hosted zone, which are not the expected ones. {}",
            phrase::titles(&in_the_vpc),
            phrase::plural(in_the_vpc.len(), "has", "have"),
            one_of(&["no forward to the VPC", "an answer older than the name"])
        );
    }
    match case.public_has_the_name() {
        Some(true) => causes.push("an answer older than the name"),
        Some(false) => causes.push("a name that was never published"),
        None => causes.push("a name published late or never"),
    }
    if !view::aws_names_this_endpoint(case) {
        causes.push("another or a deleted cluster's name");
    }
    let beside = if vpc_side { String::new() } else { fall_back(case) };
    format!("{}{beside}", one_of(&causes))
}

/// The resolvers of the VPC that have addresses for the name which are not the expected ones.
fn other_addresses_in_the_vpc<'c, 'a>(case: &'c Case<'a>) -> Vec<&'c Subject<'a>> {
    case.vpc_side()
        .filter(|subject| subject.view() == View::PrivateZone && subject.verdict().has_addresses())
        .filter(|subject| !subject.verdict().is_fine())
        .collect()
}

/// A forward to an endpoint that does not answer, and that is not the only way: BIND's `forward first`, Unbound's
/// `forward-first: yes`.
fn fall_back(case: &Case<'_>) -> String {
    let silent = forward::silent_inbound(case);
    if silent.is_empty() {
        return String::new();
    }
    format!(
        " {} {}, so a forward that falls back to public DNS fits too (BIND: forward first).",
        phrase::titles(&silent),
        phrase::plural(silent.len(), "does not answer", "do not answer")
    )
}

/// The causes that fit NXDOMAIN without a SOA for this name alone.
fn causes_of_a_bare_denial(case: &Case<'_>, subjects: &[&Subject<'_>]) -> String {
    let mut causes = vec!["a forward of this name elsewhere"];
    if !view::aws_names_this_endpoint(case) {
        causes.push("another or a deleted cluster's name");
    }
    let has_no_such_policy =
        |subject: &&Subject<'_>| behind::is_denied(subject) && !behind::its_policy_looks_the_same(subject);
    causes.push(if subjects.iter().all(has_no_such_policy) {
        "a block behind it"
    } else {
        "a policy that blocks it"
    });
    one_of(&causes)
}

/// One sentence: a page that has room for some sentences shows all of the causes, and not the first alone.
fn one_of(causes: &[&str]) -> String {
    match causes {
        [one] => format!("One of these fits: {one}."),
        [first @ .., last] => format!("One of these fits: {}; or {last}.", first.join("; ")),
        [] => String::new(),
    }
}
