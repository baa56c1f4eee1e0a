//! The resolver serves other clients, not this one.

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject};
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// The resolver answers REFUSED to whatever this client asks: its access list does not hold this client's
    /// subnet. Common after a new VPN pool, a new VPC, or behind a translation of addresses.
    ///
    /// ## How it was decided
    /// The name and every control (a random sibling, AWS's public names, the root) got REFUSED.
    ///
    /// ## Why it matters
    /// kubectl prints `server misbehaving`. Go and glibc move on to the next name server, so with several
    /// configured it fails only where all of them refuse.
    ///
    /// ## What to do
    /// Allow this client's subnet on the resolver, or use the resolver that is meant for it.
    "resolver-refuses-client" = {
        summary: "the resolver refuses whatever this client asks",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "REFUSED for every name: an access list of the server",
        complaints: [Failure 30, Refused 10, Referral 20],
        shows: [OneAnswer],
        references: [RFC_8914_PROHIBITED, BIND_RECURSION, UNBOUND_ACCESS_CONTROL],
        at: Failing,
        requires: [[REFUSES_THIS_CLIENT]],
        confidence: [Certain if [[ALL_CONTROLS_REFUSED]], High if [[CONTROLS_REFUSED]], Medium],
        wants: [Controls],
        stage: Stage::Evidence,
    }
}

fn check(_: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|_| Some(()))
        .into_iter()
        .map(|(confidence, (), subjects)| finding(confidence, &subjects))
        .collect()
}

fn finding(confidence: Confidence, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let refuses = phrase::plural(several, "refuses", "refuse");
    let mut explanation = match confidence {
        Confidence::Certain => format!(
            "{who} {refuses} this name and every control alike, names outside its zone among them. So it is the \
             client that is refused, not the name.",
        ),
        Confidence::High => format!(
            "{who} {refuses} this name and every control that got a reply. So it is the client that is refused, \
             not the name.",
        ),
        Confidence::Medium | Confidence::Low => format!(
            "{who} {refuses} this name. The control questions were not asked: a policy against this one name \
             would look the same, and is rarer.",
        ),
    };
    let recursion_off = subjects.iter().all(|subject| {
        subject
            .a()
            .and_then(|lookup| lookup.flags)
            .is_some_and(|flags| !flags.ra)
    });
    if recursion_off {
        explanation.push_str(
            " The replies say that recursion is not available: to this client, or to any, if the server only \
             serves zones of its own.",
        );
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(observed_sibling(subject));
        evidence.extend(observed_controls(subject));
    }
    RULE.finding(confidence, subjects)
        .summary(format!("{who} {refuses} to serve this client"))
        .why(explanation)
        .seen(evidence)
        .fix(
            [
                Remedy::in_software(
                    "Allow this client's subnet there",
                    [
                        (
                            Software::Bind,
                            "# BIND (named.conf); allow-query-cache follows allow-recursion\nallow-recursion { \
                             localhost; localnets; <client-subnet>; };",
                        ),
                        (
                            Software::Unbound,
                            "# Unbound (unbound.conf)\nserver:\n    access-control: <client-subnet> allow",
                        ),
                        (
                            Software::Pdns,
                            "# PowerDNS Recursor (recursor.conf): the networks that are there, \
                             and\nallow-from=<networks>, <client-subnet>",
                        ),
                    ],
                ),
                vec![Remedy::advice(
                    "Behind a VPN or a NAT gateway the resolver sees the translated address: allow that one",
                )],
            ]
            .concat(),
        )
}
