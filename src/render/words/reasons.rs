//! Why a run decided nothing.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::address::AddressClass;
use crate::compare::{Doubt, Verdict};
use crate::facts::OtherServer;
use crate::limits;
use crate::report::{Report, ResolverReport};
use crate::rules::phrase::{list, plural};
use crate::target::{TargetSource, View};
use crate::text::plain_word;

/// Whether a resolver was not asked anything, in a run that nobody interrupted.
fn was_not_asked(report: &Report, resolver: &ResolverReport) -> bool {
    let probed = &resolver.probed;
    let is_asked_over_dns = probed.resolver.address.is_some() || probed.system.is_none();
    !report.interrupted && is_asked_over_dns && probed.interrupted && probed.lookups.is_empty()
}

/// Why nothing was decided.
pub(super) fn reasons(report: &Report) -> Vec<String> {
    let mut reasons = Vec::new();
    if report.interrupted {
        reasons.push("interrupted before all that decides was known".to_owned());
    }
    let in_scope = || {
        report
            .resolvers
            .iter()
            .filter(|resolver| resolver.probed.resolver.in_scope)
    };
    if report.target.is_nameless() {
        // The finding says more, where there is one.
        if report.headline().is_none() {
            reasons.push(format!("{}: no resolver was asked", report.target.shown()));
        }
    } else if report.target.source == TargetSource::Dig && report.resolvers.is_empty() {
        reasons.push(format!(
            "dig's text has no question for addresses of {}: ask there for them (dig HOST A, dig HOST AAAA)",
            report.target.shown()
        ));
    } else if in_scope().next().is_none() {
        reasons.push("nothing in scope: none of the resolvers that were asked decides".to_owned());
    }
    let expected = |resolver: &ResolverReport| resolver.expected.clone().unwrap_or(report.expected.clone());
    let mut bare = Vec::new();
    let mut unreached = Vec::new();
    let mut silent = Vec::new();
    let mut unasked = Vec::new();
    let mut unshown = Vec::new();
    let mut bounds = Vec::new();
    let mut synthetic = Vec::new();
    let mut unsaid = Vec::new();
    let mut doubted: BTreeMap<Doubt, Vec<&str>> = BTreeMap::new();
    let mut possible = Vec::new();
    for resolver in in_scope() {
        let name = resolver.probed.resolver.name.as_str();
        let expected = expected(resolver);
        match resolver.verdict {
            _ if was_not_asked(report, resolver) => match resolver.probed.for_others {
                Some(others) if others.silent_for > 0 => silent.push((name, others.silent_for)),
                _ => unreached.push(name),
            },
            Verdict::Answer => bare.push(name),
            Verdict::NotAsked => unasked.push(name),
            Verdict::Plausible => {
                let has = |class| resolver.addresses.iter().any(|address| address.class == class);
                let before = unshown.len() + bounds.len() + synthetic.len();
                if expected.view.is_some() && resolver.view == View::Unknown {
                    unshown.push(name);
                }
                if expected.cidrs_are_bounds && has(AddressClass::InVpc) {
                    bounds.push(name);
                }
                if resolver
                    .addresses
                    .iter()
                    .any(|address| address.class.may_stand_for_another())
                {
                    synthetic.push(name);
                }
                let is_unsaid = |ip: IpAddr| !expected.speaks_of(ip.is_ipv4());
                if before < unshown.len() + bounds.len() + synthetic.len() {
                } else if let Some(doubt) = resolver.doubt {
                    doubted.entry(doubt).or_default().push(name);
                } else if let Some(unsaid_of) = resolver.addresses.iter().find(|address| is_unsaid(address.ip)) {
                    unsaid.push((name, unsaid_of.ip.is_ipv4()));
                } else {
                    possible.push(name);
                }
            }
            _ => {}
        }
    }
    let gives = |names: &[&str]| plural(names.len(), "gives", "give").to_owned();
    if !bare.is_empty() {
        reasons.push(format!(
            "{} {} addresses, and there is nothing to compare them with: say with --expect what they should be",
            list(&bare),
            gives(&bare),
        ));
    }
    for (name, questions) in silent {
        reasons.push(format!(
            "{name} was not asked: no reply came to {questions} {} of this run",
            plural(questions, "question", "questions")
        ));
    }
    if !unreached.is_empty() {
        reasons.push(format!("{} could not be asked for this name", list(&unreached)));
    }
    if !unasked.is_empty() {
        reasons.push(format!(
            "{} {} not asked for A, so the addresses there are not known",
            list(&unasked),
            plural(unasked.len(), "was", "were"),
        ));
    }
    if !bounds.is_empty() {
        reasons.push(format!(
            "{} {} addresses in the VPC's networks, and which of those are the cluster's is not known: say it \
             with --expect",
            list(&bounds),
            gives(&bounds),
        ));
    }
    if !unshown.is_empty() {
        reasons.push(format!(
            "nothing in the replies of {} shows the view that --expect-view asks for",
            list(&unshown),
        ));
    }
    if !synthetic.is_empty() {
        reasons.push(format!(
            "{} {} addresses of a range for synthetic ones, and what they stand for is not known",
            list(&synthetic),
            gives(&synthetic),
        ));
    }
    for (is_v4, family) in [(true, "IPv4"), (false, "IPv6")] {
        let of_family = unsaid.iter().filter(|(_, of_v4)| *of_v4 == is_v4);
        let names: Vec<&str> = of_family.map(|(name, _)| *name).collect();
        if !names.is_empty() {
            reasons.push(format!(
                "{} {} {family} addresses too, and nothing says which of those are right: say it with --expect",
                list(&names),
                gives(&names),
            ));
        }
    }
    let context = report.facts.host.kubeconfig.as_ref().map(|one| one.context.as_str());
    let shown = in_scope()
        .filter(|row| row.verdict.is_fine())
        .flat_map(|row| row.addresses.iter().map(|address| address.ip))
        .collect();
    match report
        .expected
        .server_not_checked(&report.target.hostname, &report.facts, &shown)
    {
        Some(OtherServer::Name(other)) => reasons.push(format!(
            "kubectl looks up {other} (context {}), and that name was not checked: run eks-dns-doctor check {}",
            context.unwrap_or_default(),
            plain_word(&other.to_string(), "<host-of-server>")
        )),
        Some(OtherServer::Address(address)) => reasons.push(format!(
            "kubectl connects to {address} (context {}), and nothing here shows that this is the cluster",
            context.unwrap_or_default(),
        )),
        Some(OtherServer::Tunnel) | None => {}
    }
    for (doubt, names) in &doubted {
        reasons.push(doubtful(*doubt, names));
    }
    if !possible.is_empty() {
        reasons.push(format!(
            "nothing that is known confirms the addresses of {}",
            list(&possible)
        ));
    }
    reasons
}

/// Why addresses that would be right by themselves decide nothing.
fn doubtful(doubt: Doubt, names: &[&str]) -> String {
    let who = list(names);
    let gives = plural(names.len(), "gives", "give");
    match doubt {
        Doubt::Apart => format!(
            "{who} {gives} addresses that do not agree{}, and whose are the cluster's is not known: say them with \
             --expect",
            plural(names.len(), " with another resolver's", "")
        ),
        Doubt::OtherThanTheZone => format!(
            "{who} {gives} other addresses than the private hosted zone has: they may be old. Ask again in a minute"
        ),
        Doubt::NewerThanTheFacts => format!(
            "{who} {gives} addresses that are of no network interface in the facts, and a private hosted zone has them: \
             the facts are older, or somebody keeps that zone by hand. Take the facts again"
        ),
        Doubt::ForeignZone => format!(
            "{who} {gives} public addresses from a zone that is not AWS's, and nothing shows that they are the \
             cluster's"
        ),
        Doubt::KeptLong => format!(
            "{who} {gives} public addresses with a TTL over {} minutes, which is longer than AWS's: somebody may have \
             pinned them, and they may be old",
            limits::KEPT_TTL / 60
        ),
        Doubt::OtherThanPublicDns => {
            format!("{who} {gives} public addresses, and public DNS has others now: they may be old")
        }
    }
}
