//! The security groups of an inbound endpoint do not let DNS in.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::phrase::{self, observed_target, observed_tcp};
use super::shared::inbound::{self as groups, Shut};
use super::shared::route53::{self, Inbound, InboundFaultEffect};
use super::signs::LISTED_AS_NOT_WORKING;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::limits;
use crate::observation::Transport;

declare_rule! {
    /// ## What it means
    /// The security groups of a Route 53 Resolver inbound endpoint have no rule that lets port 53 in, over UDP or over
    /// TCP, or none for the network that this host is in. Other packets are dropped without a reply, so forwarders and
    /// clients wait until their timeout.
    ///
    /// ## How it was decided
    /// The rules of all groups of the endpoint were read together. If no rule allows the protocol and port 53, nobody
    /// can ask, which is certain. It is normal that only some networks are allowed: whether a client is allowed depends
    /// on its address as the endpoint sees it. That of this host is known only where instance metadata tells the
    /// networks of its VPC; else nothing is said here, and the finding that the endpoint does not answer lists the
    /// networks. A rule that names a prefix list lets in what the list has, where the list was read. Rules that name
    /// another security group, or a prefix list that was not read, are not followed: with one of those, nothing is
    /// said. It is an error where an address that decides is silent, or a resolver's forward to the VPC ends in
    /// silence; otherwise it is a warning, because only the configuration was seen. It is a warning too where an
    /// address is silent over a protocol that the groups do not shut: that silence has another cause.
    ///
    /// ## Why it matters
    /// Without UDP no name resolves; without TCP, answers that do not fit into a datagram fail.
    ///
    /// ## What to do
    /// Add the rules to the group; they take effect at once. Which groups an endpoint has cannot be changed.
    "inbound-endpoint-sg" = {
        summary: "the security groups of an inbound endpoint do not allow port 53",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the inbound endpoint's security group does not let port 53 in, UDP and TCP",
        complaints: [Forward 20, Silence 70],
        references: [ROUTE53_INBOUND_VALUES, VPC_SECURITY_GROUP_RULES],
        at: Run,
        requires: [[SECURITY_GROUPS_KEEP_DNS_OUT]],
        names: [
            [LISTED_AS_INBOUND, FORWARDS_INTO_SILENCE],
            [not HEARD_OVER_UDP, not HEARD_OVER_TCP, FORWARDS_INTO_SILENCE],
            [SHUT_WHERE_IT_IS_SILENT, FORWARDS_INTO_SILENCE],
            // What is asked inside TLS is asked at another port.
            [unless CERTIFICATE_FAILS],
            [unless SESSION_FAILS],
            [unless LISTED_AS_NOT_WORKING],
        ],
        confidence: [High if [[FORWARDS_INTO_SILENCE]], Certain if [[SECURITY_GROUPS_LET_NOBODY_IN]], High],
        explains: [SilentInboundEndpoint, SilentResolver, SilentForwardTarget, NoUdp, NoTcp],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for inbound in route53::inbound_that_matter(case) {
        let shut = groups::keeps_out(case, inbound.endpoint);
        // What was heard is let in, whatever is written; and what was asked inside TLS, at another port.
        let heard = |subject: &Subject<'_>| {
            let transport = subject.probed.resolver.transport;
            transport.is_some_and(Transport::is_encrypted)
                || LISTED_AS_NOT_WORKING.seen(case, Some(subject)) == Some(true)
                || shut.iter().any(|(transport, _)| heard_over(subject, *transport))
        };
        let unheard = inbound.unheard(heard);
        if shut.is_empty() || !inbound.subjects.is_empty() && unheard.is_empty() {
            continue;
        }
        let to_all = shut.iter().any(|(_, shut)| *shut == Shut::ToAll);
        let direct = unheard.iter().any(|subject| subject.probed.resolver.in_scope);
        // Whom a forwarder is let in for, this host's networks do not say.
        if to_all || direct {
            let (explained, others): (Vec<_>, Vec<_>) = unheard
                .into_iter()
                .partition(|subject| groups::explains_its_silence(subject, &shut));
            let effect = route53::effect(case, &inbound, &explained);
            findings.push(finding(
                case,
                fits.least_sure_at(&effect.subjects),
                &inbound,
                &shut,
                (&explained, &others),
                &effect,
            ));
        }
    }
    findings
}

fn in_words(transport: Transport) -> String {
    transport.as_str().to_uppercase()
}

/// Whether any reply came over the transport.
fn heard_over(subject: &Subject<'_>, transport: Transport) -> bool {
    let mut attempts = subject.probed.lookups.iter().flat_map(|lookup| &lookup.attempts);
    attempts.any(|attempt| attempt.transport == transport && super::step::was_heard(attempt))
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    inbound: &Inbound<'_, '_>,
    shut: &[(Transport, Shut)],
    (unheard, others): (&[&Subject<'_>], &[&Subject<'_>]),
    effect: &InboundFaultEffect<'_, '_>,
) -> Finding {
    let title = inbound.title();
    let to_all = shut.iter().all(|(_, shut)| *shut == Shut::ToAll);
    let severity = effect.severity;
    let over = |is: fn(&Shut) -> bool| {
        let of_them = shut.iter().filter(|(_, shut)| is(shut));
        let names: Vec<String> = of_them.map(|(transport, _)| in_words(*transport)).collect();
        phrase::list(&names)
    };
    let protocols = over(|_| true);
    let only = shut.iter().find_map(|(_, shut)| match shut {
        Shut::ToThisHost(networks) | Shut::ExceptFor(networks) => Some(networks),
        Shut::ToAll => None,
    });
    let networks = only.map_or_else(String::new, |networks| {
        let shown: Vec<String> = networks
            .iter()
            .take(limits::NAMES_SHOWN)
            .map(ToString::to_string)
            .collect();
        phrase::list(&shown)
    });
    let groups = phrase::list(&inbound.endpoint.security_group_ids);
    let (summary, mut explanation) = if to_all {
        (
            format!("{title}: its security groups allow nobody at port 53 over {protocols}"),
            format!(
                "No rule of {groups} allows port 53 over {protocols} from any network. Packets that no rule allows are \
                 dropped without a reply."
            ),
        )
    } else {
        (
            format!("{title}: its security groups do not allow this host at port 53 over {protocols}"),
            format!(
                "{groups} {} port 53 over {} in from {networks}{}. None of the networks of this host's VPC is among \
                 them.",
                phrase::plural(inbound.endpoint.security_group_ids.len(), "lets", "let"),
                over(|shut| *shut != Shut::ToAll),
                if shut.iter().any(|(_, shut)| *shut == Shut::ToAll) {
                    format!(", and over {} from nowhere", over(|shut| *shut == Shut::ToAll))
                } else {
                    String::new()
                }
            ),
        )
    };
    if !unheard.is_empty() {
        let _ = write!(
            explanation,
            " {} {} silent from here.",
            phrase::titles(unheard),
            phrase::plural(unheard.len(), "is", "are")
        );
    }
    if !others.is_empty() {
        let open = [Transport::Udp, Transport::Tcp].into_iter().filter(|transport| {
            let is_shut = shut.iter().any(|(of, _)| of == transport);
            !is_shut && others.iter().any(|subject| groups::is_silent_over(subject, *transport))
        });
        let open: Vec<String> = open.map(in_words).collect();
        let _ = write!(
            explanation,
            " {} {} silent over {} too, and these groups are not known to shut that: the silence has another cause.",
            phrase::titles(others),
            phrase::plural(others.len(), "is", "are"),
            phrase::list(&open)
        );
    }
    if severity == Severity::Error && !effect.forwarders.is_empty() {
        let _ = write!(
            explanation,
            " {} {} the name to a server that does not answer, and this endpoint is in the cluster's VPC.",
            phrase::titles(&effect.forwarders),
            phrase::plural(effect.forwarders.len(), "forwards", "forward")
        );
    }
    let named: Vec<&Subject<'_>> = if severity == Severity::Error {
        effect.subjects.clone()
    } else {
        unheard.to_vec()
    };
    let mut evidence: Vec<Evidence> = shut
        .iter()
        .map(|(transport, shut)| {
            let from = match shut {
                Shut::ToAll => "nowhere".to_owned(),
                Shut::ToThisHost(_) | Shut::ExceptFor(_) => networks.clone(),
            };
            Evidence::fact(format!(
                "{} of {}: {} port 53 from {from}",
                phrase::list(&inbound.endpoint.security_group_ids),
                inbound.endpoint.id,
                transport.as_str().to_uppercase()
            ))
        })
        .collect();
    evidence.extend(
        unheard
            .iter()
            .flat_map(|subject| [observed_target(subject), observed_tcp(subject)].concat()),
    );
    RULE.finding(confidence, &named)
        .severity(severity)
        .summary(summary)
        .why(explanation)
        .seen(evidence)
        .fix(vec![open(case, inbound, shut)])
}

/// The rules that are missing, in the endpoint's own first group.
fn open(case: &Case<'_>, inbound: &Inbound<'_, '_>, shut: &[(Transport, Shut)]) -> Remedy {
    let group = inbound.endpoint.security_group_ids.first();
    let group = group.map_or("<sg-of-the-endpoint>", String::as_str);
    let mut addresses = inbound.endpoint.addresses.iter().flatten();
    let v6 = addresses.any(|address| matches!(address.ip, IpAddr::V6(_)));
    let is_for_this_host = shut.iter().all(|(_, shut)| matches!(shut, Shut::ToThisHost(_)));
    let here = case.instance().filter(|_| is_for_this_host);
    let networks = remedy::path::networks_of_clients(here.map_or(&[], |instance| instance.vpc_cidrs.as_slice()));
    let region = case.region();
    let allow = |transport: &Transport, network: &String| {
        format!(
            "aws ec2 authorize-security-group-ingress --region {region} --group-id {group} --protocol {} --port 53 \
             --cidr {network}{}",
            transport.as_str(),
            if v6 { " # or, for IPv6, --ip-permissions" } else { "" }
        )
    };
    let rules = shut
        .iter()
        .flat_map(|(transport, _)| networks.iter().map(move |network| (transport, network)));
    Remedy::new(
        "Allow port 53 from the networks of the clients and forwarders that ask the endpoint",
        rules.map(|(transport, network)| allow(transport, network)),
    )
}
