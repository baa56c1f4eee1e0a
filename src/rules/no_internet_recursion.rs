//! The resolver resolves nothing of the internet.

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::shared::recursion;
use super::signs::MAY_BE_FORWARDED_IN_VAIN;
use super::step::Denial;
use super::{Case, Confidence, Evidence, Finding, Fits, Severity, Stage, Subject, remedy};

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
    /// name does not.
    ///
    /// ## Why it matters
    /// Private endpoint names are in public DNS since December 2019, so most resolvers with internet recursion find
    /// them without forwarding; this one cannot. kubectl prints `no such host`, `server misbehaving` or `i/o timeout`:
    /// that depends on how the resolver fails.
    ///
    /// ## What to do
    /// Forward the endpoint's name, conditionally, to the inbound endpoint's addresses in the cluster's VPC.
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

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let groups =
        fits.grouped(|subject| recursion::is_missing(subject).then(|| MAY_BE_FORWARDED_IN_VAIN.is_at(case, subject)));
    groups
        .into_iter()
        .map(|(confidence, may_be_forwarded, subjects)| finding(case, confidence, may_be_forwarded, &subjects))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, may_be_forwarded: bool, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let private_root = subjects
        .iter()
        .any(|subject| matches!(Denial::of(subject), Some(Denial::Root)));
    let aws_was_asked = subjects.iter().all(|subject| subject.aws_control_works().is_some());
    let nothing = if private_root {
        "The negative answer is from a root zone that is not the internet's, and AWS's public names do not resolve there, \
         either."
    } else if aws_was_asked {
        "Neither AWS's public names nor the root's name servers resolve there: it cannot resolve internet names."
    } else {
        "The root's name servers do not resolve there, so it probably cannot resolve internet names."
    };
    let is_apart = subjects
        .iter()
        .all(|subject| recursion::is_apart_from_its_sibling(subject));
    let forwards = if may_be_forwarded && is_apart {
        format!(
            "It denies a random sibling of the name and not the name itself. So it may forward the name already, to a \
             server that fails. Else {who} has to forward it to the VPC."
        )
    } else if may_be_forwarded {
        format!(
            "So {who} would have to forward this name to the VPC. An inbound endpoint does not answer from here, \
             either: if the name is forwarded to it already, that is what fails."
        )
    } else {
        format!(
            "So {who} would have to forward this name to the VPC, and {} not.",
            phrase::plural(several, "does", "do")
        )
    };
    let explanation = format!("{nothing} {forwards}");
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(observed_sibling(subject));
        evidence.extend(observed_controls(subject));
    }
    RULE.finding(confidence, subjects)
        .summary(if may_be_forwarded {
            format!(
                "{who} {} no internet names, and no forward to the VPC brings this name",
                phrase::plural(several, "resolves", "resolve"),
            )
        } else {
            format!(
                "{who} {} no internet names and {} not forward this name to the VPC",
                phrase::plural(several, "resolves", "resolve"),
                phrase::plural(several, "does", "do"),
            )
        })
        .why(explanation)
        .seen(evidence)
        .fix(remedy::forward::to_inbound(case))
}
