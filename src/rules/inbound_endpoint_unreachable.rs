//! An address of an inbound endpoint does not answer.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

use ipnet::IpNet;

use super::phrase::{self, observed_target, observed_tcp};
use super::shared::family::{self, OtherFamily};
use super::shared::inbound;
use super::shared::obstacle::{self, Obstacle};
use super::shared::prefix_list::{self, AdmittedList};
use super::shared::route53;
use super::signs::IS_DEPENDED_ON;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, grouped, remedy};
use crate::dns::AnswerKind;
use crate::limits;
use crate::observation::Transport;
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// An address of a Route 53 Resolver inbound endpoint does not answer from here. Resolvers outside the VPC forward
    /// to inbound endpoints to get the VPC's answers, so they depend on such an address.
    ///
    /// ## How it was decided
    /// Every question to that address, over UDP and over TCP, got no reply or a refusal of the network. One of several
    /// addresses is enough for an error, because clients and forwarders use them in turn. An address may not decide the
    /// conclusion, because another resolver was named to decide or because the address is only known from AWS. Such an
    /// address may accept the forwarder and not this host: that is normal from here, and the finding is information. It
    /// is an error too where a resolver's forward gets no reply and another address in the same VPC answers from here:
    /// then the endpoints of that VPC accept this host. Where AWS says which network ACL and which route table the
    /// address's subnet has, they are read as AWS reads them: the lowest entry that matches decides, and the answer
    /// needs an entry too. An ACL that denies DNS to every network is certain. What is denied to this host's network,
    /// or has no route back to it, is said with that network: whether addresses are translated on the way is not seen.
    /// A prefix list that the security groups name is named with what its entries say of this host. A list that was not
    /// read may have this host or not, so it decides nothing. An endpoint has IPv4 addresses, IPv6 addresses, or both
    /// (`ResolverEndpointType`): where the address or this host is of the other family, that is said.
    ///
    /// ## Why it matters
    /// A resolver that forwards to it returns SERVFAIL after seconds, or nothing.
    ///
    /// ## What to do
    /// Allow port 53 over UDP and TCP: in the endpoint's security group, in the network ACLs of its subnets, and on the
    /// route over VPN, Direct Connect, Transit Gateway or peering, in both directions.
    "inbound-endpoint-unreachable" = {
        summary: "an inbound endpoint's address does not answer",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        is_of_the_resolver: true,
        hint: "the inbound endpoint's address answers nobody here",
        complaints: [Forward 30, Silence 80],
        shows: [OneAnswer, SilentInboundEndpoint],
        references: [ROUTE53_INBOUND, ROUTE53_INBOUND_VALUES, VPC_NETWORK_ACLS, VPC_ROUTE_TABLES],
        at: Asked,
        requires: [
            [INBOUND_ENDPOINT],
            [not HEARD_AT_ALL],
        ],
        confidence: [
            Certain if [[NETWORK_ACL_DENIES_ALL]],
            Medium if [[ANSWERS_FOR_A_PART_OF_THE_RUN]],
            Medium if [[IS_DEPENDED_ON], [not DECIDES_THE_CONCLUSION]],
            High,
        ],
        wants: [Instance, ResolverEndpoints, SecurityGroups, Network, Vpc],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let severity = |subject: &Subject<'_>| {
        // Not only how things are from here.
        if IS_DEPENDED_ON.is_at(case, subject) {
            Severity::Error
        } else {
            Severity::Info
        }
    };
    grouped(fits.iter(), |fit| {
        Some((severity(fit.subject), obstacle::asked_over(fit.subject)))
    })
    .into_iter()
    .map(|((severity, over), at)| {
        let subjects: Vec<&Subject<'_>> = at.iter().map(|fit| fit.subject).collect();
        finding(case, fits.least_sure_at(&subjects), severity, over, &subjects)
    })
    .collect()
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    severity: Severity,
    over: &[Transport],
    subjects: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(subjects);
    let does = phrase::plural(subjects.len(), "does not answer", "do not answer");
    let answering: Vec<&Subject<'_>> = case
        .subjects()
        .filter(|other| other.has_role(Role::Inbound) && other.heard_anything())
        .collect();
    let turned_away = subjects
        .iter()
        .all(|subject| subject.a_kind() == Some(AnswerKind::Unreachable));
    let mut families: Vec<OtherFamily<'_>> = Vec::new();
    for subject in subjects {
        let found = family::other_family(case, subject).filter(|found| !families.contains(found));
        families.extend(found);
    }
    let mut explanation = format!(
        "{who} {does} over {}. {}",
        over.iter()
            .map(|transport| transport.as_str().to_uppercase())
            .collect::<Vec<_>>()
            .join(" or "),
        if severity == Severity::Info {
            "Nothing that was asked is seen to depend on it."
        } else if !families.is_empty() {
            "The endpoint and who asks it have no family of addresses in common."
        } else if turned_away {
            "The network refuses the questions: a firewall rejects them, a route is missing, or the address is not \
             one of an inbound endpoint."
        } else if !answering.is_empty() {
            "Packets to it or from it are lost. An endpoint's security groups are the same for all of its addresses, and \
             another address answers from here. So if both are of one endpoint, see the status of this address, and its \
             subnet's network ACL and route table."
        } else {
            "Packets to the endpoint or from it are lost. See its security group, the network ACLs, and the route \
             (VPN, Direct Connect, Transit Gateway, peering)."
        }
    );
    explanation.push_str(&phrase::for_a_part_of_the_run(subjects));
    for one in &families {
        let _ = write!(explanation, " {one}.");
    }
    if !answering.is_empty() {
        let _ = write!(
            explanation,
            " {} {}, but clients and forwarders use the addresses in turn, so each question to the silent address \
             takes seconds or fails.",
            phrase::titles(&answering),
            phrase::plural(answering.len(), "answers", "answer")
        );
    }
    let only: BTreeSet<String> = subjects
        .iter()
        .filter(|_| over.contains(&Transport::Udp))
        .filter_map(|subject| inbound::lets_in_only(case, subject.ip()?))
        .flatten()
        .take(limits::NAMES_SHOWN)
        .map(|network| network.to_string())
        .collect();
    if !only.is_empty() {
        let only: Vec<String> = only.into_iter().collect();
        let _ = write!(
            explanation,
            " Its security groups allow port 53 from {} only, so the address of this host, as the endpoint sees it, has \
             to be among them.",
            phrase::list(&only)
        );
    }
    let found: Vec<Vec<Obstacle<'_>>> = subjects
        .iter()
        .filter(|_| !turned_away)
        .map(|subject| obstacle::obstacles(case, subject, over))
        .collect();
    let firsts = distinct(found.iter().filter_map(|of_one| of_one.first()));
    if !firsts.is_empty() {
        let said: Vec<String> = firsts.iter().map(ToString::to_string).collect();
        let is_all = found.iter().all(|of_one| obstacle::is_all(of_one, over));
        let what = if is_all {
            "AWS says why"
        } else {
            "AWS says what keeps some of the questions or answers back"
        };
        let _ = write!(explanation, " {what}: {}.", said.join("; "));
        if !is_all {
            explanation.push_str(" Something else keeps the rest back.");
        }
        if firsts.iter().any(|one| !one.is_to_all()) {
            explanation.push_str(" That holds where no address is translated on the way.");
        }
    }
    let mut lists: Vec<AdmittedList<'_>> = Vec::new();
    for subject in subjects.iter().filter(|_| !turned_away) {
        for list in prefix_list::admitted(case, subject, over) {
            if !lists.contains(&list) {
                lists.push(list);
            }
        }
    }
    if !lists.is_empty() {
        let said: Vec<String> = lists.iter().map(ToString::to_string).collect();
        let _ = write!(
            explanation,
            " Its security groups let prefix lists in: {}.",
            said.join("; ")
        );
    }
    let obstacles = distinct(found.iter().flatten());
    let endpoint = case.resolver_endpoints().into_iter().flatten().find(|endpoint| {
        let of = |subject: &Subject<'_>| subject.ip().is_some_and(|ip| route53::has_address(endpoint, ip));
        subjects.iter().copied().any(of)
    });
    let status = Remedy::new(
        "Compare the address with those that the endpoint has, and see that each is attached",
        [format!(
            "aws route53resolver list-resolver-endpoint-ip-addresses --region {} --resolver-endpoint-id {}",
            case.region(),
            endpoint.map_or("<rslvr-in-id>", |endpoint| endpoint.id.as_str())
        )],
    );
    let is_of_one = |other: &&Subject<'_>| {
        let ip = other.ip();
        endpoint
            .zip(ip)
            .is_some_and(|(endpoint, ip)| route53::has_address(endpoint, ip))
    };
    let mut remedies: Vec<Remedy> = families.iter().flat_map(|one| one.remedies(case)).collect();
    if severity == Severity::Error {
        remedies.extend(remedy::path::open_network(case, &obstacles));
        remedies.extend(remedy::path::mend_prefix_lists(case, &lists));
        // Who asks an address that a forwarder depends on is the forwarder, whose network is not known.
        let is_asked_from_here = subjects.iter().all(|subject| subject.probed.resolver.in_scope);
        let clients: Vec<IpNet> = subjects
            .iter()
            .filter(|_| is_asked_from_here)
            .flat_map(|subject| {
                let is_v4 = subject.ip().is_some_and(|ip| ip.is_ipv4());
                let here = obstacle::of_this_host(case, subject);
                here.into_iter().filter(move |net| net.network().is_ipv4() == is_v4)
            })
            .collect();
        let group = (!inbound::are_let_in(case, subjects, over))
            .then(|| remedy::path::open_security_group(case, over, subjects, &distinct_nets(clients)));
        let way = remedy::path::see_the_way(case, subjects);
        if answering.is_empty() || !families.is_empty() {
            remedies.extend(group);
            remedies.extend([way, status]);
        } else {
            let ips: Vec<IpAddr> = subjects.iter().filter_map(|subject| subject.ip()).collect();
            remedies.push(status);
            remedies.extend(obstacles.is_empty().then(|| remedy::path::see_the_subnet(case, &ips)));
            remedies.push(way);
            // Whoever is let in at one address of the endpoint is let in at this one.
            let group = group.filter(|_| !answering.iter().any(is_of_one));
            remedies.extend(group.map(|group| Remedy {
                title: format!(
                    "If it is of another endpoint than the address that answers. {}",
                    group.title
                ),
                ..group
            }));
        }
    } else {
        explanation.push_str(
            " An inbound endpoint may accept only the forwarders that use it, so this can be normal from here.",
        );
        remedies.push(Remedy::new(
            "Ask it from where the forwarder is",
            subjects
                .iter()
                .flat_map(|subject| remedy::path::ask(case, subject))
                .collect::<Vec<_>>(),
        ));
    }
    RULE.finding(confidence, subjects)
        .severity(severity)
        .summary(if severity == Severity::Info {
            format!("{who} {does} from here, which can be normal")
        } else {
            let them = phrase::plural(subjects.len(), "it", "them");
            format!("{who} {does}, so the VPC's DNS cannot be reached through {them}")
        })
        .why(explanation)
        .seen(obstacles.iter().map(|one| Evidence::fact(one.to_string())))
        .seen(families.iter().map(|one| Evidence::fact(one.to_string())))
        .seen(lists.iter().map(|one| Evidence::fact(one.to_string())))
        .seen(
            subjects
                .iter()
                .flat_map(|subject| [observed_target(subject), observed_tcp(subject)].concat()),
        )
        .fix(remedies)
}

fn distinct_nets(mut nets: Vec<IpNet>) -> Vec<IpNet> {
    nets.sort_unstable();
    nets.dedup();
    nets
}

/// Each once, in order.
fn distinct<'o, 'a>(obstacles: impl Iterator<Item = &'o Obstacle<'a>>) -> Vec<&'o Obstacle<'a>>
where
    'a: 'o,
{
    let mut all: Vec<&Obstacle<'_>> = Vec::new();
    for one in obstacles {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}
