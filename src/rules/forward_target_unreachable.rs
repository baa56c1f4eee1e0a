//! The resolver forwards the name, and what it forwards to does not answer it.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::phrase::{self, observed, observed_controls, observed_sibling, observed_target};
use super::shared::forward::{self, Forward};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Shows, Stage, Subject, remedy};
use crate::dns::AnswerKind;

declare_rule! {
    /// ## What it means
    /// The resolver has a forward for the endpoint's name or for its zone, and the server that it forwards to does not
    /// answer. The forward is right, and the path behind it is broken.
    ///
    /// ## How it was decided
    /// The resolver works: it answers for names outside the zone. For the endpoint's name it returns SERVFAIL or
    /// nothing, and the same for a random sibling in the same zone (a forward of the zone), or for the name's A and
    /// AAAA alike (a forward of the name alone). Validation is not the reason: the question with CD=1 fails too.
    /// Programs differ in how this ends: BIND says SERVFAIL after some 10 s, PowerDNS Recursor after
    /// 3 s, dnsmasq and Unbound say nothing. An inbound endpoint that is silent from here as well makes it surer.
    ///
    /// ## Why it matters
    /// kubectl prints `server misbehaving` or an i/o timeout for the same cause, and the resolver looks healthy for all
    /// other names.
    ///
    /// ## What to do
    /// Restore the path from the resolver (not from here) to the inbound endpoint's addresses: routes, firewalls, the
    /// endpoint's security group, for port 53 over UDP and TCP.
    "forward-target-unreachable" = {
        summary: "the resolver forwards the name to a server that does not answer it",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "fails for every name of this zone, and other names resolve",
        complaints: [Failure 10, Forward 10, ForwardNotReached 10, Silence 20, Loop 20, Deadline 30],
        shows: [OneAnswer, SilentForwardTarget],
        references: [ROUTE53_INBOUND, RFC_8914],
        at: Failing,
        requires: [
            [FAILS_OR_IS_SILENT],
            [HEARD_AT_ALL],
            [not HEARD_ONLY_OVER_TCP],
            [not ANSWERS_WITHOUT_EDNS],
            [unless SIBLING_RESOLVES],
            [AWS_CONTROL_WORKS, ROOT_CONTROL_WORKS],
            [not ANSWERS_UNCHECKED],
            [not MARKED_AS_DNSSEC],
            [not MARKED_AS_POLICY],
            [SIBLING_FAILS, AAAA_FAILS],
        ],
        confidence: [
            High if [[MARKED_AS_UPSTREAM_SILENT]],
            High if [[not ON_THE_VPCS_SIDE], [AN_INBOUND_ENDPOINT_IN_SCOPE_IS_SILENT]],
            Medium,
        ],
        explains: [OnlyAFails],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let down = forward::silent_inbound(case);
    // An inbound endpoint is not what its own VPC's resolver forwards to.
    let groups = fits.grouped(|subject| Some((!subject.is_vpc_side(), forward::that_fails(subject)?)));
    groups
        .into_iter()
        .map(|(confidence, (through_inbound, forward), subjects)| {
            let down = through_inbound.then_some(down.as_slice());
            finding(case, confidence, forward, &subjects, down)
        })
        .collect()
}

/// `down`: the inbound addresses that are silent from here; `None` where the resolvers are themselves on the
/// VPC's side, and do not forward to such.
fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    forward: Forward,
    subjects: &[&Subject<'_>],
    down: Option<&[&Subject<'_>]>,
) -> Finding {
    let who = phrase::titles(subjects);
    let silent = subjects
        .iter()
        .all(|subject| subject.a_kind().is_some_and(AnswerKind::is_silence));
    let ends = if silent { "silence" } else { "SERVFAIL" };
    let what = match forward {
        Forward::Zone => "the endpoint's zone",
        Forward::Name => "the endpoint's name",
    };
    let mut explanation = format!(
        "{who} {} other names and not {what}: {ends} for the name{}. So it is running, and it forwards {what} to \
         servers that do not answer, or not in time.",
        phrase::plural(subjects.len(), "resolves", "resolve"),
        match forward {
            Forward::Zone => " and for a random sibling alike",
            Forward::Name => ", A and AAAA alike, while a random sibling gets NXDOMAIN",
        }
    );
    let mut evidence: Vec<Evidence> = subjects
        .iter()
        .flat_map(|subject| {
            [
                observed_target(subject),
                observed_sibling(subject),
                observed_controls(subject),
            ]
            .concat()
        })
        .collect();
    let remedies = match down {
        None => {
            explanation
                .push_str(" In a VPC, a Resolver rule of type FORWARD does that, to the servers that the rule names.");
            at_the_vpc(case)
        }
        Some([]) => {
            explanation.push_str(
                " Only its configuration says which servers those are; they are probably the addresses of an inbound \
                 endpoint.",
            );
            at_the_forwarder(case, &who, &case.inbound_addresses())
        }
        Some(down) => {
            let _ = write!(
                explanation,
                " {} {} from here as well: if it forwards there, that is the cause.",
                phrase::titles(down),
                phrase::plural(down.len(), "does not answer", "do not answer")
            );
            evidence.extend(down.iter().filter_map(|inbound| Some(observed(inbound, inbound.a()?))));
            let to: Vec<IpAddr> = down.iter().filter_map(|inbound| inbound.ip()).collect();
            at_the_forwarder(case, &who, &to)
        }
    };
    // The inbound endpoint is another resolver than the one that fails, so the link is made here.
    let caused_by = down
        .is_some_and(|down| !down.is_empty())
        .then(|| Shows::SilentInboundEndpoint.rule())
        .flatten();
    RULE.finding(confidence, subjects)
        .caused_by(caused_by)
        .summary(format!(
            "{who} {} {what} to a server that does not answer",
            phrase::plural(subjects.len(), "forwards", "forward")
        ))
        .why(explanation)
        .seen(evidence)
        .fix(remedies)
}

fn at_the_forwarder(case: &Case<'_>, who: &str, to: &[IpAddr]) -> Vec<Remedy> {
    let own = case.own_zone();
    let to = if to.is_empty() {
        vec!["<forward-target-ip>".to_owned()]
    } else {
        to.iter().map(ToString::to_string).collect()
    };
    let mut remedies = vec![
        Remedy::new(
            format!("On {who}: ask what it forwards to, over UDP and TCP"),
            to.iter()
                .flat_map(|ip| [format!("dig @{ip} {own} A"), format!("dig +tcp @{ip} {own} A")]),
        ),
        Remedy::advice(
            "No answer there: restore the path from that host to the inbound endpoint (route, VPN or Direct Connect, \
             network ACL, the endpoint's security group), port 53 over UDP and TCP",
        ),
    ];
    // The first step, in the lines of every software.
    let forward = remedy::forward::to_inbound(case);
    let first = forward.first().map(|remedy| remedy.title.clone());
    let step = forward
        .into_iter()
        .filter(|remedy| Some(&remedy.title) == first.as_ref());
    remedies.extend(step.map(|remedy| Remedy {
        title: format!("An answer there: the forward uses other servers. {}", remedy.title),
        ..remedy
    }));
    remedies
}

fn at_the_vpc(case: &Case<'_>) -> Vec<Remedy> {
    let region = case.region();
    vec![Remedy::new(
        "See which rules the VPC's Resolver follows and what they name as targets",
        [
            format!(
                "aws route53resolver list-resolver-rule-associations --region {region} --filters \
                 Name=VPCId,Values=<vpc-id>"
            ),
            format!("aws route53resolver list-resolver-rules --region {region} --filters Name=Type,Values=FORWARD"),
        ],
    )]
}
