//! The resolver resolves nothing of the internet.

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::shared::{recursion, refusal};
use super::signs::MAY_BE_FORWARDED_IN_VAIN;
use super::step::DenialAuthority;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// The resolver serves internal names only: it has no way to the internet's name servers, or it has a root zone of
    /// its own. A name that it has no forward for does not resolve there.
    ///
    /// ## How it was decided
    /// Neither AWS's public names nor the root's name servers resolve there, and the endpoint's name fails in a way
    /// that fits: SERVFAIL, no reply, or a negative answer without a SOA. Or the negative answer is from a root that is
    /// not the internet's, and AWS's public names do not resolve. It is less sure where the name may be forwarded
    /// already, without an answer: an inbound endpoint is silent, or a random sibling gets a negative answer and the
    /// name does not. SERVFAIL and silence alone do not show whether a forward is there. REFUSED with EDE 14 does:
    /// dnsmasq sends it where it has no server to ask.
    ///
    /// ## Why it matters
    /// Private endpoint names are in public DNS since December 2019, so most resolvers with internet recursion find
    /// them without forwarding; this one cannot. kubectl prints `no such host`, `server misbehaving` or `i/o timeout`:
    /// that depends on how the resolver fails.
    ///
    /// ## What to do
    /// Forward the endpoint's name, conditionally, to the inbound endpoint's addresses in the cluster's VPC. Where it
    /// is a VPC's own Resolver that fails so, no forward helps: see whether a Resolver rule forwards every name.
    "no-internet-recursion" = {
        summary: "the resolver cannot resolve internet names",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "public names do not resolve at this server",
        complaints: [Denial 340, Failure 110, Refused 50, AwsApi 10],
        shows: [OneAnswer, OwnConfiguration],
        references: [EKS_CLUSTER_ENDPOINT, ROUTE53_INBOUND],
        at: Failing,
        requires: [
            [LEGIBLE],
            [not GIVES_ADDRESSES],
            [unless SIBLING_IS_ORDINARY],
            [unless AWS_CONTROL_WORKS],
            [not ROOT_CONTROL_WORKS, not AWS_CONTROL_WORKS],
            [not VALIDATION_FAILS],
            [not REFUSES_THIS_CLIENT],
        ],
        confidence: [
            Medium if [[MAY_BE_FORWARDED_IN_VAIN]],
            High if [[not AWS_CONTROL_WORKS]],
            Medium,
        ],
        stage: Stage::Evidence,
    }
}

/// Whether the resolver forwards the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Forwarded {
    /// The Resolver of a VPC forwards by its rules, and else asks public DNS by itself.
    ByAVpc,
    /// It does not: it gives a negative answer of its own.
    No,
    /// As it says itself, it has no server to ask for any name.
    HasNobodyToAsk,
    /// The failure is the same with a forward that fails and without one.
    NotShown,
    /// Its failure may be that of a forward: the name is treated apart from a random sibling.
    MaybeApart,
    /// Its failure may be that of a forward: an inbound endpoint is silent.
    MaybeInVain,
}

fn forwarded(case: &Case<'_>, subject: &Subject<'_>) -> Option<Forwarded> {
    let may_be = MAY_BE_FORWARDED_IN_VAIN.is_at(case, subject);
    recursion::is_missing(subject).then(|| match subject.verdict() {
        _ if subject.is_vpc_side() || subject.probed.resolver.is_of_a_vpc() => Forwarded::ByAVpc,
        _ if refusal::has_nobody_to_ask(subject) => Forwarded::HasNobodyToAsk,
        _ if may_be && recursion::is_apart_from_its_sibling(subject) => Forwarded::MaybeApart,
        _ if may_be => Forwarded::MaybeInVain,
        verdict if verdict.is_negative() => Forwarded::No,
        _ => Forwarded::NotShown,
    })
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| forwarded(case, subject))
        .into_iter()
        .map(|(confidence, forwarded, subjects)| finding(case, confidence, forwarded, &subjects))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, forwarded: Forwarded, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let private_root = subjects
        .iter()
        .any(|subject| matches!(DenialAuthority::of(subject), Some(DenialAuthority::Root)));
    let aws_was_asked = subjects.iter().all(|subject| subject.aws_control_works().is_some());
    let nothing = if private_root {
        "The negative answer is from a root zone that is not the internet's, and AWS's public names do not resolve there, \
         either."
    } else if aws_was_asked {
        "Neither AWS's public names nor the root's name servers resolve there: it cannot resolve internet names."
    } else {
        "The root's name servers do not resolve there, so it probably cannot resolve internet names."
    };
    let forwards = match forwarded {
        Forwarded::ByAVpc => {
            "The Resolver of a VPC asks public DNS by itself, unless a Resolver rule forwards every name. So the servers \
             of such a rule fail, or the Resolver fails as a whole at present, or it is not the Resolver that answers at \
             that address."
                .to_owned()
        }
        Forwarded::MaybeApart => format!(
            "It denies a random sibling of the name and not the name itself. So it may forward the name already, to a \
             server that fails. Else {who} has to forward it to the VPC."
        ),
        Forwarded::MaybeInVain => format!(
            "So {who} would have to forward this name to the VPC. An inbound endpoint does not answer from here, \
             either: if the name is forwarded to it already, that is what fails."
        ),
        Forwarded::NotShown => format!(
            "So {who} would have to forward this name to the VPC. A forward that is there already and fails would look \
             the same."
        ),
        Forwarded::HasNobodyToAsk => {
            "The replies are marked EDE 14 (Not Ready): dnsmasq does so where it has no server \
                                      to ask for a name. The servers that it gets from DHCP, a VPN or resolv.conf are \
                                      gone, or none is configured."
                .to_owned()
        }
        Forwarded::No => format!(
            "So {who} would have to forward this name to the VPC, and {} not.",
            phrase::plural(several, "does", "do")
        ),
    };
    let explanation = format!("{nothing} {forwards}");
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(observed_sibling(subject));
        evidence.extend(observed_controls(subject));
    }
    RULE.finding(confidence, subjects)
        .summary(match forwarded {
            Forwarded::ByAVpc => format!(
                "{who} {} neither this name nor names of the internet",
                phrase::plural(several, "resolves", "resolve"),
            ),
            Forwarded::MaybeApart | Forwarded::MaybeInVain | Forwarded::NotShown => format!(
                "{who} {} no internet names, and no forward to the VPC brings this name",
                phrase::plural(several, "resolves", "resolve"),
            ),
            Forwarded::HasNobodyToAsk => format!(
                "{who} {} no server to ask for this name, nor for names of the internet",
                phrase::plural(several, "has", "have"),
            ),
            Forwarded::No => format!(
                "{who} {} no internet names and {} not forward this name to the VPC",
                phrase::plural(several, "resolves", "resolve"),
                phrase::plural(several, "does", "do"),
            ),
        })
        .why(explanation)
        .seen(evidence)
        .fix(if forwarded == Forwarded::ByAVpc {
            at_a_vpc(case, subjects)
        } else {
            remedies(case, forwarded)
        })
}

/// A forward would not help: it is for one name, and every name fails. A rule for `.` forwards every name that nothing
/// more specific takes (Amazon Route 53 Developer Guide, "How VPC Resolver determines whether the domain name in a
/// query matches any rules").
fn at_a_vpc(case: &Case<'_>, subjects: &[&Subject<'_>]) -> Vec<Remedy> {
    vec![
        Remedy::new(
            "See whether a Resolver rule of the VPC forwards every name (.). If so, ask the servers that it names",
            [
                remedy::resolver_rule::of_vpc(case, "<vpc-id>"),
                remedy::resolver_rule::for_every_name(case),
            ],
        ),
        Remedy::new(
            "Else ask it again, from another host of its VPC too",
            subjects
                .iter()
                .flat_map(|subject| remedy::path::ask(case, subject))
                .collect::<Vec<_>>(),
        ),
        Remedy::advice(
            "Where it fails for every host there: see AWS Health for Route 53 Resolver in the Region. Where it fails for \
             this host alone: see what answers at that address here",
        ),
    ]
}

fn remedies(case: &Case<'_>, forwarded: Forwarded) -> Vec<Remedy> {
    let forward = remedy::forward::to_inbound(case);
    let before = match forwarded {
        Forwarded::HasNobodyToAsk => Remedy::in_software(
            "Give the resolver servers to ask again: connect the VPN or renew the DHCP lease, or name them",
            [(
                Software::Dnsmasq,
                "# dnsmasq: servers for all other names\nserver=<upstream-ip>".to_owned(),
            )],
        ),
        _ => Vec::new(),
    };
    let after = match forwarded {
        Forwarded::NotShown => vec![Remedy::advice(
            "If the name is forwarded already: ask the server that it is forwarded to, from the resolver's own host",
        )],
        _ => Vec::new(),
    };
    [before, forward, after].concat()
}
