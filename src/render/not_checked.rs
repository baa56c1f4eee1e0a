//! What was not checked, and what would help to check it.

use unicode_width::UnicodeWidthStr;

use crate::facts::{AwsFacts, Gap, ResolverEndpoint};
use crate::report::{Conclusion, Report};
use crate::rules::phrase::list;
use crate::rules::{self, Need};

use super::words::some;

/// Columns of the short form: two lines of an 80-column page, where their lines break well; never more than three.
const SHORT: usize = 128;
/// The things that are named at the most.
const NAMED: usize = 4;
/// The flags that are suggested.
const FLAGS: usize = 2;

/// All of it, one line each.
pub(super) fn in_full(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report
        .gaps
        .iter()
        .map(|gap| format!("{} ({}): {}", gap.fact, gap.source, gap.reason))
        .collect();
    let mut groups: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for rule in &report.not_evaluated {
        let missing: Vec<&str> = rule.missing.iter().map(String::as_str).collect();
        match groups.iter_mut().find(|(other, _)| *other == missing) {
            Some((_, rules)) => rules.push(rule.rule.clone()),
            None => groups.push((missing, vec![rule.rule.clone()])),
        }
    }
    lines.extend(
        groups
            .iter()
            .map(|(missing, rules)| format!("without {}: {}", list(missing), rules.join(", "))),
    );
    lines
}

/// Where a page has all of what is not checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// In another run of the program.
    WithV,
    /// Below, on the same page.
    Below,
}

/// What is missing by name, how many findings need it, the one or two flags that would help most, and where all of it
/// is. `None` where nothing is missing.
pub(super) fn in_short(report: &Report, rest: Rest) -> Option<String> {
    let needs = missing(report);
    let flags = flags(report, &needs);
    let mut things: Vec<String> = Vec::new();
    let of_gap = |gap: &Gap| {
        if gap.is_of_several() {
            of_aws(report).to_owned()
        } else {
            gap.fact.clone()
        }
    };
    // First what the flags would bring, so that the line says of both the same.
    let brought = flags.iter().map(|(_, thing)| (*thing).to_owned());
    for thing in brought
        .chain(report.gaps.iter().map(of_gap))
        .chain(needs.iter().map(|need| thing(report, *need).to_owned()))
    {
        if !things.contains(&thing) {
            things.push(thing);
        }
    }
    if things.is_empty() {
        return None;
    }
    let rules = report.not_evaluated.len();
    let cost = match rules {
        0 => String::new(),
        1 => " (1 finding needs them)".to_owned(),
        _ => format!(" ({rules} findings need them)"),
    };
    let all = match rest {
        Rest::WithV if flags.is_empty() => "-v lists them",
        Rest::WithV => "-v lists all",
        Rest::Below => "all of it is below",
    };
    let help = if flags.is_empty() {
        all.to_owned()
    } else {
        let names: Vec<&str> = flags.iter().map(|(flag, _)| *flag).collect();
        format!("{} would help most; {all}", list(&names))
    };
    let text = |shown: usize| format!("{}{cost}. {help}.", some(&things, shown));
    let fitting = (1..=NAMED).rev().map(text);
    let mut shortest = String::new();
    for text in fitting {
        shortest = text;
        if shortest.width() <= SHORT {
            break;
        }
    }
    Some(shortest)
}

/// What the rules lack, in the order of the catalogue, each once.
fn missing(report: &Report) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for missing in report.not_evaluated.iter().flat_map(|rule| &rule.missing) {
        let need = Need::ALL.iter().find(|need| need.missing() == missing);
        if let Some(need) = need
            && !needs.contains(need)
        {
            needs.push(*need);
        }
    }
    needs
}

/// All that AWS would have said and did not, as one thing.
fn of_aws(report: &Report) -> &'static str {
    let is_known_in_part = report.facts.aws != AwsFacts::default();
    if is_known_in_part || report.gaps.iter().any(Gap::is_of_several) {
        "more of what AWS says"
    } else {
        "what AWS says"
    }
}

/// The thing in a few words.
fn thing(report: &Report, need: Need) -> &'static str {
    match need {
        need if need.is_of_aws() => of_aws(report),
        Need::Hosts => "hosts file",
        Need::Stub => "stub resolver configuration",
        Need::Upstreams => "name servers behind the stub",
        Need::HostsLine => "nsswitch.conf",
        Need::Proxy => "proxy settings",
        Need::VpcView => Gap::VPC_VIEW,
        Need::PublicControl => Gap::PUBLIC_VIEW,
        Need::SystemView => "operating system's lookup",
        Need::Controls => "control questions",
        Need::Connections => "the API server's port",
        Need::Kubeconfig => "kubeconfig",
        Need::Instance => "instance metadata",
        _ => of_aws(report),
    }
}

/// The flags that would bring most, with what they bring: first what makes the headline surer, then what most findings
/// lack. Where DNS is broken, connections say nothing of it.
fn flags(report: &Report, needs: &[Need]) -> Vec<(&'static str, &'static str)> {
    let lead = report.headline().and_then(|finding| rules::find(&finding.rule));
    let wanted = |need: &Need| lead.is_some_and(|rule| rule.wants().contains(need));
    let lacking = |need: Need| {
        let needed = |rule: &&rules::NotEvaluated| rule.missing.iter().any(|missing| missing == need.missing());
        report.not_evaluated.iter().filter(needed).count()
    };
    // What a rule only wants is missing too where no resolver of the kind was asked.
    let mut candidates: Vec<Need> = needs.to_vec();
    for need in [Need::PublicControl, Need::VpcView] {
        let fact = thing(report, need);
        if !candidates.contains(&need) && report.gaps.iter().any(|gap| gap.fact == fact) {
            candidates.push(need);
        }
    }
    let is_beside = |need: Need| need == Need::Connections && report.conclusion == Conclusion::Broken;
    candidates.sort_by_key(|need| (!wanted(need), is_beside(*need), std::cmp::Reverse(lacking(*need))));
    let mut flags: Vec<(&'static str, &'static str)> = Vec::new();
    for need in candidates {
        if let Some(flag) = flag(report, need)
            && !flags.iter().any(|(known, _)| *known == flag)
        {
            flags.push((flag, thing(report, need)));
        }
    }
    flags.truncate(FLAGS);
    flags
}

fn flag(report: &Report, need: Need) -> Option<&'static str> {
    match need {
        need if need.is_of_aws() && report.facts.aws.origin.is_some() => Some("--facts with more files"),
        need if need.is_of_aws() => Some("--facts"),
        // No resolver of the VPC tells of a name that goes, or that the cluster does not have.
        Need::VpcView if has_no_lasting_endpoint(report) => None,
        Need::VpcView if !has_no_inbound_endpoint(report) => Some("--inbound"),
        // The VPC's resolver answers inside its VPC only.
        Need::VpcView => Some("--via a host in the VPC"),
        Need::PublicControl => Some("--public"),
        // Without an address there is nothing to connect to.
        Need::Connections => report
            .resolvers
            .iter()
            .any(|resolver| resolver.verdict.has_addresses())
            .then_some("--connect"),
        _ => None,
    }
}

/// Whether the cluster's endpoint goes with the cluster, or is not there.
fn has_no_lasting_endpoint(report: &Report) -> bool {
    let aws = &report.facts.aws;
    aws.without_a_lasting_endpoint(&report.target.hostname).is_some()
}

/// Whether the list of Resolver endpoints was read, and has no inbound endpoint of the cluster's VPC.
fn has_no_inbound_endpoint(report: &Report) -> bool {
    let facts = &report.facts.aws;
    let is_in_the_vpc = |endpoint: &ResolverEndpoint| {
        let vpc = facts.cluster_vpc_id();
        endpoint.is_inbound() && (vpc.is_none() || endpoint.vpc_id.as_deref() == vpc)
    };
    let endpoints = facts.resolver_endpoints.as_ref();
    endpoints.is_some_and(|endpoints| !endpoints.iter().any(is_in_the_vpc))
}
