//! The resolver forwards the name, and what it forwards to does not answer it.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use super::phrase::{self, observed, observed_controls, observed_sibling, observed_target};
use super::shared::beyond::{self, ShownBeyond};
use super::shared::egress::{self, EgressFault, EgressObstacle};
use super::shared::forward::{self, Forward};
use super::shared::route53;
use super::signs::AWS_CONTROL_WORKS;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Shows, Stage, Subject, decided, remedy};
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError, Name};
use crate::facts::{Call, ResolverEndpoint, ResolverRule, RuleTarget, System};
use crate::limits;
use crate::observation::Lookup;
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The resolver has a forward for the endpoint's name or for its zone, and the server that it forwards to does not
    /// answer. The forward is right, and the path behind it is broken.
    ///
    /// ## How it was decided
    /// The resolver works: it answers for names outside the zone. For the endpoint's name it returns SERVFAIL or
    /// nothing, and the same for a random sibling in the same zone (a forward of the zone), or for the name's A and
    /// AAAA alike (a forward of the name alone). Over TCP it does not answer either: a packet that was lost is not the
    /// reason. A zone of the resolver's own is none: a random sibling gets no SOA that is not AWS's. Validation is not
    /// the reason: the question with CD=1 fails too. Programs differ in how this ends: BIND says SERVFAIL after some 10
    /// s, PowerDNS Recursor after 3 s, dnsmasq and Unbound say nothing. An inbound endpoint that is silent from here as
    /// well makes it surer. That the resolver answered for other targets of the same run makes silence less sure:
    /// packets may have been lost. Where a Resolver rule that was read forwards the name in the resolver's VPC, the
    /// rule, its targets and its outbound endpoint are named, with what AWS says of the endpoint's status. What the
    /// endpoint's security groups, network ACLs and route tables let through to the targets is read as AWS reads it,
    /// and it is surer where that is nothing. It is never certain: what stands between the VPC and the targets is not
    /// seen. dnsmasq that refuses the name, or its zone, and no other names, passes on the REFUSED of the server that
    /// it asks for it, with its EDE 18 (Prohibited) or 20 (Not Authoritative). Where AWS's configuration of the VPC was
    /// read, and no Resolver rule forwards the name there for certain, there is no finding. Where the resolver is
    /// systemd-resolved's stub, the servers that it asks for the name are known: it is surer where they are silent from
    /// here. Where all of them answer, how they are asked differs. BIND waits 10 s for a silent server, so where it
    /// fails at once it is less sure: a zone of its own that is not loaded or has expired fails so, and a server that
    /// refuses does. Where this host's own lookup got the right addresses later than a window of this program, the
    /// server answers, and late.
    ///
    /// ## Why it matters
    /// kubectl prints `server misbehaving` or an i/o timeout for the same cause, and the resolver looks healthy for
    /// all other names.
    ///
    /// ## What to do
    /// Restore the path from the resolver (not from here) to the inbound endpoint's addresses: routes, firewalls, the
    /// endpoint's security group, for port 53 over UDP and TCP. In a VPC, begin with the outbound endpoint of the rule.
    "forward-target-unreachable" = {
        summary: "the resolver forwards the name to a server that does not answer it",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "fails for every name of this zone, and other names resolve",
        complaints: [Failure 10, Forward 10, ForwardNotReached 10, Silence 20, Loop 20, Deadline 30],
        shows: [OneAnswer, SilentForwardTarget],
        references: [ROUTE53_INBOUND, ROUTE53_OUTBOUND_VALUES, RFC_8914],
        at: Failing,
        requires: [
            [FAILS_OR_IS_SILENT, REFUSED_BEHIND_IT],
            [HEARD_AT_ALL],
            [not HEARD_ONLY_OVER_TCP],
            [not ANSWERS_WITHOUT_EDNS],
            [not ANSWERS_THE_NAME_OVER_TCP],
            [not IS_IN_A_FOREIGN_ZONE],
            [unless SIBLING_RESOLVES],
            [AWS_CONTROL_WORKS, ROOT_CONTROL_WORKS],
            [not ANSWERS_UNCHECKED],
            [not MARKED_AS_DNSSEC],
            [not REJECTS_WHAT_IT_HOLDS],
            [not MARKED_AS_POLICY, REFUSED_BEHIND_IT],
            [SIBLING_FAILS, AAAA_FAILS, REFUSED_BEHIND_IT],
            [unless NOTHING_FORWARDS_IN_ITS_VPC],
        ],
        confidence: [
            // Whoever does not reach AWS's name servers forwards nothing.
            Low if [[not AWS_CONTROL_WORKS], [not ITS_RULES_TARGETS_ARE_OUT_OF_REACH]],
            High if [[MARKED_AS_UPSTREAM_SILENT]],
            High if [[ITS_RULES_TARGETS_ARE_OUT_OF_REACH]],
            High if [[THE_SERVERS_IT_ASKS_ARE_SILENT]],
            // Who answers late is not silent.
            High if [[not ON_THE_VPCS_SIDE], [AN_INBOUND_ENDPOINT_IN_SCOPE_IS_SILENT], [not IS_ANSWERED_LATE]],
            Low if [[A_MAY_BE_LOST]],
            Low if [[FAILS_AT_ONCE_AS_BIND]],
            Medium,
        ],
        wants: [SystemView],
        explains: [OnlyAFails],
        stage: Stage::Evidence,
    }
}

/// A Resolver rule that forwards the name in a VPC.
#[derive(Debug, Clone, PartialEq)]
struct ByRule<'a> {
    vpc: String,
    rule: &'a ResolverRule,
    domain: Name,
    endpoint: Option<&'a ResolverEndpoint>,
}

fn by_rule<'a>(case: &Case<'a>, subject: &Subject<'_>) -> Option<ByRule<'a>> {
    let vpc = route53::vpc_of(case, subject)?;
    let (rule, domain) = route53::in_effect(case, &vpc)?;
    Some(ByRule {
        vpc: vpc.id.to_owned(),
        rule,
        domain,
        endpoint: egress::endpoint_of(case, rule),
    })
}

/// How a question ends that the server behind does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    ServFail,
    Refused,
    Silence,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServFail => "SERVFAIL",
            Self::Refused => "REFUSED",
            Self::Silence => "silence",
        })
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let down = forward::silent_inbound(case);
    // An inbound endpoint is not what its own VPC's resolver forwards to.
    let groups = fits.grouped(|subject| {
        let rule = by_rule(case, subject);
        let through_inbound = !subject.is_vpc_side() && rule.is_none();
        let shown = beyond::apart(case, subject);
        Some((through_inbound, forward::that_fails(subject)?, rule, shown))
    });
    groups
        .into_iter()
        .map(|(confidence, (through_inbound, forward, rule, _), subjects)| {
            let down = through_inbound.then_some(down.as_slice());
            finding(case, confidence, forward, &subjects, down, rule.as_ref())
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
    rule: Option<&ByRule<'_>>,
) -> Finding {
    let who = phrase::titles(subjects);
    let silent = subjects
        .iter()
        .all(|subject| subject.a_kind().is_some_and(AnswerKind::is_silence));
    let sibling_is_silent = subjects
        .iter()
        .all(|subject| subject.sibling().is_some_and(|lookup| lookup.kind.is_silence()));
    let ends = match forward {
        Forward::Refused | Forward::RefusedZone => End::Refused,
        _ if silent => End::Silence,
        _ => End::ServFail,
    };
    let what = match forward {
        Forward::Zone | Forward::RefusedZone => "the endpoint's zone",
        Forward::Name | Forward::Refused => "the endpoint's name",
    };
    // BIND, Unbound and PowerDNS Recursor make SERVFAIL of a REFUSED and of a SERVFAIL, too.
    let failing: Vec<&Subject<'_>> = case
        .subjects()
        .filter(|_| ends == End::ServFail && down.is_some_and(<[_]>::is_empty))
        .filter(|subject| subject.has_role(Role::Inbound))
        .filter(|subject| matches!(subject.verdict(), Verdict::ServFail | Verdict::Refused))
        .collect();
    // Its controls may be of an earlier target, and it may have stopped since.
    let may_be_lost = silent && subjects.iter().any(|subject| subject.for_others().answered > 0);
    // Who is silent elsewhere, and what fails elsewhere, says more than the time does.
    let nobody_else = down.is_some_and(<[_]>::is_empty) && failing.is_empty() && rule.is_none();
    // Programs remember a server that was silent, so it may still be one, unless a mark says that it is.
    let fails_at_once = |subject: &&Subject<'_>| {
        let is_silence = |lookup: &Lookup| lookup.has_ede(ExtendedError::is_upstream_unreachable);
        subject
            .a()
            .is_some_and(|lookup| lookup.fails_at_once() && !is_silence(lookup))
    };
    let at_once = nobody_else && subjects.iter().all(fails_at_once);
    let beyond = ShownBeyond::of(case, subjects, rule.is_none(), nobody_else);
    let fails_for_aws = |subject: &&Subject<'_>| !AWS_CONTROL_WORKS.is_at(case, subject);
    let is_cut_off = nobody_else && subjects.iter().all(fails_for_aws);
    let so = if is_cut_off {
        "So it does not reach AWS's name servers: a firewall or a policy may be in between. Or it forwards amazonaws.com \
         to servers that do not answer."
            .to_owned()
    } else if let Some(said) = beyond.in_words(what) {
        said
    } else if may_be_lost {
        format!(
            "It answered for other targets of this run. So it forwards {what} to servers that do not answer, or it \
             stopped during the run, or packets were lost: ask again."
        )
    } else if matches!(forward, Forward::Refused | Forward::RefusedZone) {
        "dnsmasq has no policy that refuses a name so: it passes on the REFUSED of the server that it asks. \
         Where it asks that server for all names, a policy there refuses this one."
            .to_owned()
    } else if silent {
        format!(
            "So it is running, and it forwards {what} to servers that do not answer, or not in time. A policy that drops \
             questions looks alike: Unbound's local-zone of type deny, and rpz-drop in a response policy zone."
        )
    } else if failing.is_empty() && !at_once {
        format!("So it is running, and it forwards {what} to servers that do not answer, or not in time.")
    } else {
        format!("So it is running, and it forwards {what} to servers that do not answer, or that fail themselves.")
    };
    let mut explanation = format!(
        "{who} {}: {ends} for the name{}. {so}",
        if is_cut_off {
            "answers for the root, and not for names of AWS".to_owned()
        } else {
            format!(
                "{} other names and not {what}",
                phrase::plural(subjects.len(), "resolves", "resolve")
            )
        },
        match forward {
            Forward::Zone if sibling_is_silent && !silent => ", and silence for a random sibling",
            Forward::Zone if silent && !sibling_is_silent => ", and an error for a random sibling",
            Forward::Zone | Forward::RefusedZone => " and for a random sibling alike",
            Forward::Name | Forward::Refused => ". A random sibling gets NXDOMAIN",
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
    let mut by_rule = Vec::new();
    let remedies = match (rule, down) {
        (Some(rule), _) => {
            let stops = rule.endpoint.map(|endpoint| egress::stops(case, rule.rule, endpoint));
            let stops = stops.unwrap_or_default();
            explanation.push_str(&said_of(case, rule, &stops));
            explanation.push_str(&decided::as_of(case));
            by_rule = evidence_of(case, rule, &stops);
            at_the_rule(case, rule, &stops)
        }
        (None, None) => {
            explanation
                .push_str(" In a VPC, a Resolver rule of type FORWARD does that, to the servers that the rule names.");
            let vpc = subjects.first().and_then(|subject| route53::vpc_of(case, subject));
            at_the_vpc(case, vpc.map(|vpc| vpc.id))
        }
        (None, Some([])) if !failing.is_empty() => {
            let _ = write!(
                explanation,
                " {} {}: if it forwards there, that is the cause.",
                phrase::titles(&failing),
                phrase::plural(failing.len(), "fails from here as well", "fail from here as well"),
            );
            evidence.extend(
                failing
                    .iter()
                    .filter_map(|inbound| Some(observed(inbound, inbound.a()?))),
            );
            at_what_fails(case, &who, &failing)
        }
        (None, Some(down)) if beyond.comes_before(down) => at_what_is_shown(case, &who, &beyond),
        (None, Some([])) => {
            explanation.push_str(
                " Only its configuration says which servers those are; they are probably the addresses of an inbound \
                 endpoint.",
            );
            at_the_forwarder(case, &who, &case.inbound_addresses())
        }
        (None, Some(down)) => {
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
    evidence.extend(beyond.servers().iter().filter_map(|one| Some(observed(one, one.a()?))));
    // The inbound endpoint is another resolver than the one that fails, so the link is made here.
    let caused_by = down
        .is_some_and(|down| !down.is_empty() && !beyond.comes_before(down))
        .then(|| Shows::SilentInboundEndpoint.rule())
        .flatten();
    RULE.finding(confidence, subjects)
        .caused_by(caused_by)
        .summary(if is_cut_off {
            format!(
                "{who} {} for all names of AWS: it does not reach their servers, or forwards them to one that does not \
                 answer",
                phrase::plural(subjects.len(), "fails", "fail")
            )
        } else {
            format!(
                "{who} {}{} {what} to a server that {}",
                match confidence {
                    Confidence::Medium | Confidence::Low if down.is_some() => "probably ",
                    _ => "",
                },
                phrase::plural(subjects.len(), "forwards", "forward"),
                match forward {
                    Forward::Refused | Forward::RefusedZone => "refuses it",
                    Forward::Zone | Forward::Name => beyond.does().unwrap_or(if failing.is_empty() && !at_once {
                        "does not answer"
                    } else {
                        "does not answer it"
                    }),
                }
            )
        })
        .why(explanation)
        .seen(by_rule)
        .seen(evidence)
        .fix(remedies)
}

/// What was read of the rule, its targets and its endpoint.
fn said_of(case: &Case<'_>, by: &ByRule<'_>, stops: &[EgressObstacle<'_>]) -> String {
    let targets: Vec<String> = by
        .rule
        .targets
        .iter()
        .take(limits::ADDRESSES_SHOWN)
        .map(|target| match target.port {
            53 => target.ip.to_string(),
            port => format!("{} port {port}", target.ip),
        })
        .collect();
    let to = if targets.is_empty() {
        "servers that were not read".to_owned()
    } else {
        phrase::list(&targets)
    };
    let mut said = format!(
        " In {}, Resolver rule {} takes the name: it forwards {} to {to}{}.",
        by.vpc,
        titled(&by.rule.id, by.rule.name.as_deref()),
        by.domain,
        match &by.rule.resolver_endpoint_id {
            Some(id) => format!(" through outbound endpoint {id}"),
            None => String::new(),
        }
    );
    if let Some(status) = by.endpoint.and_then(bad_status) {
        let _ = write!(said, " AWS says of that endpoint: {status}.");
    }
    if let Some((first, endpoint)) = stops.first().zip(by.endpoint) {
        let _ = if egress::is_all(by.rule, endpoint, stops) {
            write!(said, " AWS says why nothing arrives: {first}.")
        } else {
            write!(
                said,
                " AWS says what keeps some questions from the targets: {first}. Others may arrive."
            )
        };
    }
    if let Some((vpc, strays, own)) = targets_beside_the_endpoint(case, by.rule) {
        let _ = write!(
            said,
            " {} {} in the cluster's VPC {vpc}, and no address of an inbound endpoint that AWS lists there ({}).",
            phrase::addresses(&strays),
            phrase::plural(strays.len(), "is", "are"),
            phrase::addresses(&own)
        );
    }
    let silent = silent_targets(case, by.rule);
    if !silent.is_empty() {
        let _ = write!(
            said,
            " {} {} from here, either.",
            phrase::titles(&silent),
            phrase::plural(silent.len(), "does not answer", "do not answer")
        );
    }
    said
}

/// An id with the name behind it.
fn titled(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) if !name.is_empty() => format!("{id} ({name})"),
        _ => id.to_owned(),
    }
}

/// The status of an endpoint, and of its addresses, where that is not the good one, with what AWS says of it.
fn bad_status(endpoint: &ResolverEndpoint) -> Option<String> {
    let of = |status: &str, message: Option<&str>| match message {
        Some(message) if !message.is_empty() => format!("{status}, {message:?}"),
        _ => status.to_owned(),
    };
    let own = endpoint.status.as_deref().filter(|status| *status != "OPERATIONAL");
    if let Some(status) = own {
        return Some(of(status, endpoint.status_message.as_deref()));
    }
    let mut addresses = endpoint.addresses.iter().flatten();
    addresses.find_map(|address| {
        let status = address.status.as_deref().filter(|status| *status != "ATTACHED")?;
        let said = of(status, address.status_message.as_deref());
        Some(format!("its address {} is {said}", address.ip))
    })
}

/// The targets of a rule that are in the cluster's VPC and no addresses of the inbound endpoints that are listed there,
/// with that VPC and those addresses.
fn targets_beside_the_endpoint<'c>(
    case: &'c Case<'_>,
    rule: &ResolverRule,
) -> Option<(&'c str, Vec<IpAddr>, Vec<IpAddr>)> {
    let vpc = case.vpc()?;
    let own = route53::inbound_addresses_of(case, &vpc.id);
    let is_whole = !case.is_part(Call::ListResolverEndpoints) && !case.is_part(Call::ListResolverEndpointIpAddresses);
    let strays: Vec<IpAddr> = rule
        .targets
        .iter()
        .map(|target| target.ip)
        .filter(|ip| vpc.cidrs.iter().any(|cidr| cidr.contains(ip)) && !own.contains(ip))
        .collect();
    (is_whole && !own.is_empty() && !strays.is_empty()).then_some((vpc.id.as_str(), strays, own))
}

/// The rule's targets that were asked here, and that say nothing.
fn silent_targets<'s, 'a>(case: &'s Case<'a>, rule: &ResolverRule) -> Vec<&'s Subject<'a>> {
    let is_target = |subject: &Subject<'_>| rule.targets.iter().any(|target| subject.ip() == Some(target.ip));
    case.subjects()
        .filter(|subject| is_target(subject) && !subject.heard_anything() && !subject.probed.interrupted)
        .collect()
}

fn evidence_of(case: &Case<'_>, by: &ByRule<'_>, stops: &[EgressObstacle<'_>]) -> Vec<Evidence> {
    let status = by
        .endpoint
        .and_then(|endpoint| Some(format!("{}: {}", endpoint.id, bad_status(endpoint)?)));
    let of_network = stops.iter().take(limits::NAMES_SHOWN).map(EgressObstacle::to_string);
    let mut seen: Vec<Evidence> = status.into_iter().chain(of_network).map(Evidence::fact).collect();
    let silent = silent_targets(case, by.rule);
    seen.extend(silent.iter().filter_map(|one| Some(observed(one, one.a()?))));
    seen
}

/// What to do about a rule: its endpoint first, then the way to its targets.
fn at_the_rule(case: &Case<'_>, by: &ByRule<'_>, stops: &[EgressObstacle<'_>]) -> Vec<Remedy> {
    let region = case.region();
    let mut remedies = Vec::new();
    let mut shut: Vec<&RuleTarget> = Vec::new();
    let mut astray: Vec<(&str, Remedy)> = Vec::new();
    for stop in stops {
        match stop.what {
            EgressFault::Groups { .. } if !shut.contains(&&stop.target) => shut.push(&stop.target),
            EgressFault::NoRoute { table, gone, .. } if !astray.iter().any(|(id, _)| *id == table.id) => {
                astray.push((&table.id, remedy::path::lead_out(case, table, stop.target.ip, gone)));
            }
            _ => {}
        }
    }
    if let Some(endpoint) = by.endpoint
        && !shut.is_empty()
    {
        let group = endpoint.security_group_ids.first().map_or("<sg-id>", String::as_str);
        let title = format!("Allow DNS outbound in the security group of {}", endpoint.id);
        let of_each = shut.iter().take(limits::ADDRESSES_SHOWN);
        let of_each =
            of_each.flat_map(|target| remedy::path::let_out(case, &title, group, target.ip, target.port).commands);
        remedies.push(Remedy::new(&title, of_each.collect::<Vec<_>>()));
    }
    remedies.extend(astray.into_iter().map(|(_, remedy)| remedy));
    if targets_beside_the_endpoint(case, by.rule).is_some() && by.domain == case.target.hostname {
        remedies.push(remedy::endpoint::point_to_the_cluster(case, by.rule));
    }
    if let Some(id) = &by.rule.resolver_endpoint_id {
        remedies.push(Remedy::new(
            "See whether the outbound endpoint and its addresses are in order",
            [
                format!("aws route53resolver get-resolver-endpoint --region {region} --resolver-endpoint-id {id}"),
                format!(
                    "aws route53resolver list-resolver-endpoint-ip-addresses --region {region} \
                     --resolver-endpoint-id {id}"
                ),
            ],
        ));
    }
    let own = case.own_zone();
    let targets = by.rule.targets.iter().take(limits::ADDRESSES_SHOWN);
    remedies.push(Remedy::new(
        "On a host in the outbound endpoint's VPC: ask the targets, over UDP and TCP",
        targets.flat_map(|target| {
            let port = match target.port {
                53 => String::new(),
                port => format!("-p {port} "),
            };
            ["", "+tcp "].map(|tcp| format!("dig {tcp}{port}@{} {own} A", target.ip))
        }),
    ));
    remedies.push(Remedy::advice(format!(
        "No answer there: restore the path to them (route, VPN or Direct Connect, firewall). An answer there: see what \
         the network ACLs and the security group of the outbound endpoint let through. If the name is to stay in the \
         VPC: disassociate rule {} from {}",
        by.rule.id, by.vpc
    )));
    remedies
}

/// What to do where the inbound endpoints answer from here, and fail: no path to them is broken.
fn at_what_fails(case: &Case<'_>, who: &str, failing: &[&Subject<'_>]) -> Vec<Remedy> {
    let to: Vec<IpAddr> = failing.iter().filter_map(|inbound| inbound.ip()).collect();
    let says = failing
        .iter()
        .map(|inbound| phrase::verdict(inbound.verdict()).to_owned());
    let mut remedies = vec![
        ask_where_it_forwards(case, who, &to),
        Remedy::new(
            format!(
                "{} there, as from here: see that {} of an inbound endpoint in the cluster's VPC. If so, the Resolver rules \
                 of that VPC say what it asks for this name",
                phrase::either(&phrase::each_once(says)),
                phrase::plural(to.len(), "it is an address", "they are addresses")
            ),
            [format!(
                "aws route53resolver list-resolver-endpoints --region {} --filters Name=Direction,Values=INBOUND",
                case.region()
            )],
        ),
    ];
    remedies.extend(remedy::forward::again(
        case,
        "An answer there: the forward uses other servers.",
    ));
    remedies
}

fn ask_where_it_forwards(case: &Case<'_>, who: &str, to: &[IpAddr]) -> Remedy {
    let own = case.own_zone();
    let to = if to.is_empty() {
        vec!["<forward-target-ip>".to_owned()]
    } else {
        to.iter().map(ToString::to_string).collect()
    };
    Remedy::new(
        format!("On {who}: see where it forwards the name. If it is there, ask, over UDP and TCP"),
        to.iter()
            .flat_map(|ip| [format!("dig @{ip} {own} A"), format!("dig +tcp @{ip} {own} A")]),
    )
}

/// What to do where the servers that systemd-resolved asks are silent from this host.
fn at_the_servers_of_the_stub(case: &Case<'_>, silent: &[&Subject<'_>]) -> Vec<Remedy> {
    vec![
        remedy::path::see_the_way(case, silent),
        Remedy::new(
            "If the link should have other name servers: correct them where the link is set up (the VPN's profile, \
             NetworkManager, systemd-networkd). See what each link has",
            remedy::here::name_servers(case),
        ),
    ]
}

/// What to do about what is shown of the server behind.
fn at_what_is_shown(case: &Case<'_>, who: &str, beyond: &ShownBeyond<'_, '_>) -> Vec<Remedy> {
    match beyond {
        ShownBeyond::SilentHere(servers) => at_the_servers_of_the_stub(case, servers),
        ShownBeyond::AnswersHere(_) => at_how_the_stub_asks(case),
        ShownBeyond::FailsAtOnce => at_a_zone_of_its_own(case, who),
        ShownBeyond::AnswersLate(_) | ShownBeyond::SlowInbound(_, _) => at_the_late_server(case, who),
        ShownBeyond::Nothing => Vec::new(),
    }
}

/// What to do where they answer this host and not systemd-resolved (resolvectl(1); resolved.conf(5), `DNSOverTLS`).
fn at_how_the_stub_asks(case: &Case<'_>) -> Vec<Remedy> {
    // systemd-resolved runs on Linux alone.
    if remedy::here::system(case) != System::Linux {
        return Vec::new();
    }
    vec![
        Remedy::new(
            "See how systemd-resolved asks: +DNSOverTLS on the link means over TLS at port 853, and nothing else",
            [
                "resolvectl status".to_owned(),
                format!("resolvectl query {}", case.own_zone()),
            ],
        ),
        Remedy::new(
            "If the server has no DNS over TLS: switch it off for that link, and to keep it so, in the link's settings",
            ["resolvectl dnsovertls <link> no"],
        ),
    ]
}

/// What to do where BIND fails at once (BIND 9 Administrator Reference Manual, `rndc zonestatus`).
fn at_a_zone_of_its_own(case: &Case<'_>, who: &str) -> Vec<Remedy> {
    let zones = [
        Some(case.own_zone()),
        case.regional_zone(),
        Some("eks.amazonaws.com".to_owned()),
        Some("amazonaws.com".to_owned()),
    ];
    let mut remedies = vec![Remedy::new(
        format!(
            "On {who}: see whether it has a zone of its own over the name, and whether that is loaded. Its log says why \
             not (not loaded due to errors, expired)"
        ),
        phrase::each_once(zones.into_iter().flatten())
            .into_iter()
            .map(|zone| format!("rndc zonestatus {zone}")),
    )];
    remedies.push(ask_where_it_forwards(case, who, &case.inbound_addresses()));
    remedies.extend(remedy::forward::again(
        case,
        "If it answers there, the forward uses other servers, or such a zone comes first.",
    ));
    remedies
}

/// What to do where the server behind it answers late.
fn at_the_late_server(case: &Case<'_>, who: &str) -> Vec<Remedy> {
    vec![
        ask_where_it_forwards(case, who, &case.inbound_addresses()),
        Remedy::advice(
            "See how long each takes there, and why: packet loss on the way, an overloaded server, or one that waits for \
             another that is silent",
        ),
    ]
}

fn at_the_forwarder(case: &Case<'_>, who: &str, to: &[IpAddr]) -> Vec<Remedy> {
    let mut remedies = vec![
        ask_where_it_forwards(case, who, to),
        Remedy::advice(
            "No answer there: restore the path from that host to the inbound endpoint (route, VPN or Direct Connect, \
             network ACL, the endpoint's security group), port 53 over UDP and TCP",
        ),
    ];
    remedies.extend(remedy::forward::again(
        case,
        "An answer there: the forward uses other servers.",
    ));
    // Amazon VPC User Guide, "Amazon DNS": the Resolver's address is reachable from within the VPC.
    let mut resolvers = case.subjects().filter(|subject| subject.has_role(Role::Vpc));
    if resolvers.any(|resolver| !resolver.heard_anything()) {
        remedies.push(Remedy::advice(
            "If it forwards to the VPC's own Resolver (the base of the VPC's network plus two): forward to an inbound \
             endpoint. That Resolver answers inside its VPC alone",
        ));
    }
    remedies
}

fn at_the_vpc(case: &Case<'_>, vpc: Option<&str>) -> Vec<Remedy> {
    let region = case.region();
    let vpc = remedy::endpoint::word(vpc.unwrap_or_default(), "<vpc-id>");
    vec![Remedy::new(
        "See which rules the VPC's Resolver follows and what they name as targets",
        [
            remedy::resolver_rule::of_vpc(case, vpc),
            format!("aws route53resolver list-resolver-rules --region {region} --filters Name=Type,Values=FORWARD"),
        ],
    )]
}
