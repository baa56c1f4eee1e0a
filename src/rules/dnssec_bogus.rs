//! Validation fails at the resolver.

use super::phrase::{self, observed, observed_controls, observed_target};
use super::shared::route53;
use super::shared::validation::{self, unchecked};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::observation::{Lookup, Purpose};
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// The resolver validates DNSSEC and finds the answer bogus: most often because the name is forwarded to a
    /// source that gives other data than the public, signed zone proves, or because the resolver's clock or
    /// trust anchor is wrong.
    ///
    /// ## How it was decided
    /// The name gets SERVFAIL, and the same question with checking disabled (CD=1) is answered, or the SERVFAIL carries
    /// an Extended DNS Error 6 to 12, or the addresses themselves. (BIND sends no such error; Unbound and PowerDNS do.
    /// systemd-resolved validates with CD=1 too, and has in the SERVFAIL what it rejects.) A VPC's Resolver
    /// does not look at CD, so there a SERVFAIL and a VPC with validation switched on are all that can be seen: that is
    /// less sure. It validates nothing that a Resolver rule forwards.
    ///
    /// ## Why it matters
    /// kubectl prints `server misbehaving`, or `no such host` when the reply for AAAA arrives last.
    ///
    /// ## What to do
    /// Make the forwarded zone an exception from validation: `validate-except` in BIND, `domain-insecure` in
    /// Unbound, `addNTA` in PowerDNS Recursor, a negative trust anchor in systemd-resolved. If AWS's public names fail
    /// as well, set the resolver's clock and renew its trust anchor instead; in systemd-resolved, set `DNSSEC=no` where
    /// the server that it asks does not support DNSSEC. In a VPC, switch validation off to find out.
    "dnssec-bogus" = {
        summary: "validation fails at the resolver",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "SERVFAIL, and an answer with checking disabled (dig +cd)",
        complaints: [Failure 20, Bogus 10],
        shows: [OneAnswer],
        references: [RFC_4035_CD, RFC_7646, RFC_8914_DNSSEC, RESOLVED_DNSSEC, ROUTE53_DNSSEC_VALIDATION],
        at: Failing,
        requires: [
            [LEGIBLE],
            [SERVFAIL],
            [VALIDATION_FAILS, ITS_VPC_VALIDATES],
        ],
        confidence: [High if [[VALIDATION_FAILS]], Low],
        explains: [OnlyAFails],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| Some((validation::is_shown(subject), validates_nothing(subject))))
        .into_iter()
        .map(|(confidence, (is_shown, nothing), subjects)| {
            if is_shown {
                finding(case, confidence, nothing, &subjects)
            } else {
                in_a_vpc(case, confidence, &subjects)
            }
        })
        .collect()
}

/// A VPC's Resolver that validates and returns SERVFAIL.
fn in_a_vpc(case: &Case<'_>, confidence: Confidence, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let says = phrase::plural(subjects.len(), "returns", "return");
    let vpcs: Vec<&str> = route53::resolving_vpcs(case)
        .iter()
        .filter(|vpc| {
            let is_one = |one: &&Subject<'_>| subjects.iter().any(|other| other.name() == one.name());
            vpc.subjects.iter().any(is_one) && case.validates(vpc.id) == Some(true)
        })
        .map(|vpc| vpc.id)
        .collect();
    let vpcs_named = vpcs.join(", ");
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(observed_controls(subject));
    }
    evidence.extend(
        vpcs.iter()
            .map(|vpc| Evidence::fact(format!("DNSSEC validation of {vpc}: ENABLED"))),
    );
    let commands = vpcs.iter().map(|vpc| {
        format!(
            "aws route53resolver update-resolver-dnssec-config --region {} --resource-id {} --validation DISABLE",
            case.region(),
            remedy::endpoint::word(vpc, "<vpc-id>")
        )
    });
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} {says} SERVFAIL, and DNSSEC validation is on in {vpcs_named}: validation may be why"
        ))
        .why(format!(
            "{who} {says} SERVFAIL for this name. The Resolver of {vpcs_named} validates DNSSEC, and no Resolver rule \
             is known to forward the name. A VPC's Resolver does not look at CD, so no question shows whether \
             validation is the reason."
        ))
        .seen(evidence)
        .fix([Remedy::new(
            "Switch validation off in the VPC for as long as it takes to ask again",
            commands.collect::<Vec<_>>(),
        )])
}

/// AWS's public names and the root fail too: it is not about this zone.
fn validates_nothing(subject: &Subject<'_>) -> bool {
    subject.aws_control_works() == Some(false) && subject.root_control_works() == Some(false)
}

fn finding(case: &Case<'_>, confidence: Confidence, nothing: bool, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let without: Vec<&Lookup> = subjects.iter().filter_map(|subject| unchecked(subject)).collect();
    let mark = subjects
        .iter()
        .filter_map(|subject| subject.a())
        .flat_map(|lookup| &lookup.ede)
        .find(|error| error.is_dnssec_failure());
    let mut explanation = format!(
        "{who} {} SERVFAIL for this name because validation fails.",
        phrase::plural(several, "says", "say"),
    );
    if !without.is_empty() {
        explanation.push_str(" With checking disabled (CD=1) the same question is answered.");
    }
    if let Some(mark) = mark {
        explanation.push_str(" The reply names the reason: ");
        explanation.push_str(&phrase::extended_error(mark));
        explanation.push('.');
    }
    let holds = subjects
        .iter()
        .filter_map(|subject| subject.a())
        .any(validation::rejects_what_it_holds);
    if holds {
        explanation.push_str(
            " The addresses stand in the SERVFAIL itself: systemd-resolved sends so what it has and cannot validate, \
             with CD=1 too.",
        );
    }
    if nothing && holds {
        explanation.push_str(
            " AWS's public names and the root fail there too, so it is validation as a whole: the server that it asks \
             does not support DNSSEC, or its clock is wrong.",
        );
    } else if nothing {
        explanation.push_str(
            " AWS's public names and the root fail there too, so it is validation as a whole: the clock or the \
             trust anchor.",
        );
    } else if subjects.iter().all(|subject| subject.any_outside_control_works()) {
        explanation.push_str(
            " Other names resolve there. So the answers of the server that this name is forwarded to do not fit the \
             signed zones above it.",
        );
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(
            subject
                .lookups(Purpose::CheckingDisabled)
                .map(|lookup| observed(subject, lookup)),
        );
        evidence.extend(observed_controls(subject));
    }
    let zone = case.regional_zone().unwrap_or_else(|| case.own_zone());
    let except = Remedy::in_software(
        &format!("Except {zone} from validation there"),
        [
            (
                Software::Bind,
                format!("# BIND (named.conf), in options {{}}\nvalidate-except {{ \"{zone}\"; }};"),
            ),
            (
                Software::Bind,
                format!("# BIND, for an hour, to try it out\nrndc nta {zone}"),
            ),
            (
                Software::Unbound,
                format!("# Unbound (unbound.conf)\nserver:\n    domain-insecure: \"{zone}\""),
            ),
            (
                Software::Pdns,
                format!("# PowerDNS Recursor (Lua configuration)\naddNTA(\"{zone}\", \"forwarded to the VPC\")"),
            ),
            (
                Software::Pdns,
                format!("# PowerDNS Recursor, until its next start\nrec_control add-nta {zone}"),
            ),
            (
                Software::SystemdResolved,
                format!(
                    "# systemd-resolved (dnssec-trust-anchors.d)\nmkdir -p /etc/dnssec-trust-anchors.d\necho {zone} > \
                     /etc/dnssec-trust-anchors.d/eks.negative\nsystemctl restart systemd-resolved"
                ),
            ),
        ],
    );
    let off = Remedy::in_software(
        "Switch validation off there: with DNSSEC=yes every name fails where the server that it asks does not support \
         DNSSEC",
        [(
            Software::SystemdResolved,
            "# systemd-resolved (resolved.conf)\nmkdir -p /etc/systemd/resolved.conf.d\nprintf '[Resolve]\\nDNSSEC=no\\n' > \
             /etc/systemd/resolved.conf.d/dnssec.conf\nsystemctl restart systemd-resolved"
                .to_owned(),
        )],
    );
    let clock = Remedy::new(
        "Check the resolver's clock and its trust anchor of the root",
        [remedy::here::clock(case, "timedatectl")],
    );
    let remedies = if nothing && holds {
        [off, vec![clock], except].concat()
    } else if nothing {
        [vec![clock], except].concat()
    } else {
        [except, vec![clock]].concat()
    };
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} {} the answer for this name as bogus (DNSSEC), so clients get SERVFAIL",
            phrase::plural(several, "rejects", "reject"),
        ))
        .why(explanation)
        .seen(evidence)
        .fix(remedies)
}
