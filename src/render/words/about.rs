//! What a run was about: the endpoint, what is expected of it, this host, and what the run did without.

use std::time::Duration;

use crate::expect::Expected;
use crate::facts::{AskedFor, Call, VantageKind};
use crate::limits;
use crate::report::{Conclusion, Report};
use crate::rules::phrase::{list, plural};
use crate::target::{Scope, View};

use super::{lead, some};

/// Below what was gathered of several places or targets when a signal came.
pub(crate) const INTERRUPTED: &str = "Interrupted: what was known by then is shown.";

/// What the answers should be, and who says so.
pub(in crate::render) fn expectation(expected: &Expected, verbose: bool) -> String {
    let shown = if verbose { usize::MAX } else { limits::ADDRESSES_SHOWN };
    let networks = || {
        let cidrs: Vec<String> = expected.cidrs.iter().map(ToString::to_string).collect();
        some(&cidrs, shown)
    };
    let mut what = if !expected.addresses.is_empty() || !expected.cidrs.is_empty() {
        let addresses: Vec<String> = expected.addresses.iter().map(ToString::to_string).collect();
        match (expected.addresses.is_empty(), expected.cidrs.is_empty()) {
            (false, true) => some(&addresses, shown),
            (true, _) => format!("addresses in {}", networks()),
            (false, false) => {
                format!("{} or addresses in {}", some(&addresses, shown), networks())
            }
        }
    } else {
        match expected.scope {
            Scope::Private => "private addresses".to_owned(),
            Scope::Public => "public addresses".to_owned(),
            Scope::Any => "private or public addresses".to_owned(),
            Scope::Unknown if expected.view.is_some() => "any address".to_owned(),
            Scope::Unknown => return "not known: say it with --expect".to_owned(),
        }
    };
    if expected.at_least {
        what.insert_str(0, "at least ");
    }
    if expected.public_too {
        what.push_str(" or public addresses");
    }
    match expected.view {
        Some(View::PrivateZone) => what.push_str(", from the private hosted zone"),
        Some(View::Public) => what.push_str(", from the public zone"),
        Some(View::Unknown) | None => {}
    }
    format!("{what} ({})", expected.source)
}

/// The target's cluster, Region and source.
pub(in crate::render) fn target(report: &Report) -> String {
    let mut said = Vec::new();
    if let Some(cluster) = &report.target.cluster {
        said.push(format!("cluster {cluster}"));
    }
    if let Some(region) = &report.target.region {
        said.push(format!("Region {region}"));
    }
    said.push(format!("named by {}", report.target.source));
    said.join(", ")
}

/// Where and when it was asked, and by what.
pub(in crate::render) fn provenance(report: &Report) -> String {
    let place = report.vantage.name.as_deref().unwrap_or("an unnamed place");
    let kind = match report.vantage.kind {
        VantageKind::ClusterVpc => " (in the cluster's VPC)",
        VantageKind::OtherVpc => " (in another VPC)",
        VantageKind::OutsideAws => " (not on AWS)",
        VantageKind::Unknown => "",
    };
    format!(
        "{place}{kind}, {}, {} {}",
        report.taken_at, report.tool.name, report.tool.version
    )
}

/// What this host's own configuration means for the name: all of it where everything is asked for, else where it may
/// be part of the trouble.
pub(in crate::render) fn host(report: &Report, verbose: bool) -> Vec<String> {
    let Some(host) = report.host.as_ref() else {
        return Vec::new();
    };
    if !verbose && report.conclusion == Conclusion::Healthy {
        return Vec::new();
    }
    // What the finding to act on says already is not said twice.
    let said = lead(report).map_or("", |lead| lead.explanation.as_str());
    let asked = host.asked.as_ref().map(AskedFor::sentence);
    asked
        .into_iter()
        .chain(host.notes.iter().cloned())
        .filter(|line| verbose || !said.contains(line.as_str()))
        .collect()
}

/// Which resolvers the run was not done with; `None` where it was not interrupted.
pub(in crate::render) fn interrupted(report: &Report) -> Option<String> {
    if !report.interrupted {
        return None;
    }
    let names: Vec<&str> = report
        .resolvers
        .iter()
        .filter(|resolver| resolver.probed.interrupted)
        .map(|resolver| resolver.probed.resolver.name.as_str())
        .collect();
    Some(if names.is_empty() {
        "this is what was known by then".to_owned()
    } else {
        format!("this is what was known by then; not done with {}", list(&names))
    })
}

/// What decides in AWS, a line a step.
pub(in crate::render) fn decided_by(report: &Report) -> impl Iterator<Item = String> {
    report.decided_by.iter().map(|step| {
        let types: Vec<String> = step.types.iter().map(ToString::to_string).collect();
        let decides = match (step.decides, step.certain) {
            (true, true) => ", which decides",
            (true, false) => ", which decides unless something that is not known comes before it",
            (false, _) => "",
        };
        format!("{} ({}){decides}: {}", step.vpc, types.join(", "), step.why)
    })
}

/// What was changed in AWS before the run, a line a change behind a first line; empty where nobody asked for it, or
/// where it could not be learnt.
pub(in crate::render) fn changes(report: &Report, verbose: bool) -> Vec<String> {
    let Some(changes) = &report.changes else {
        return Vec::new();
    };
    let is_in_part = report
        .facts
        .aws
        .failed_reads
        .iter()
        .any(|read| read.call == Call::LookupEvents);
    if changes.is_empty() && (is_in_part || report.facts.aws.events.is_none()) {
        return Vec::new();
    }
    let span = report.asked.since_s.map(Duration::from_secs);
    let span = match (span.map(humantime::format_duration), &report.failing_since) {
        (None, _) => "Before this run".to_owned(),
        (Some(span), None) => format!("In the {span} before this run"),
        (Some(span), Some(_)) => format!("In the {span} before the first failing answer, and since then,"),
    };
    if changes.is_empty() {
        return vec![format!(
            "{span} AWS lists no change to the zones, rules or settings behind this name"
        )];
    }
    let mut lines = vec![format!(
        "{span} AWS lists {} {} to the zones, rules or settings behind this name. This does not prove that one of them \
         is the cause",
        changes.len(),
        plural(changes.len(), "change", "changes"),
    )];
    let shown = if verbose { changes.len() } else { limits::CHANGES_SHOWN };
    lines.extend(changes.iter().take(shown).map(|change| {
        let by = change.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let what = some(&change.resources, limits::NAMES_SHOWN);
        let decides = if change.decides {
            ", which answers this name now as far as known"
        } else {
            ""
        };
        let of = if what.is_empty() {
            String::new()
        } else {
            format!(": {what}")
        };
        let (span, when) = match change.before_failing_s {
            None => (change.before_s, "before this run"),
            Some(before @ 0..) => (before.unsigned_abs(), "before the first failing answer"),
            Some(after) => (after.unsigned_abs(), "after the first failing answer"),
        };
        format!("{} {when}: {}{by}{of}{decides}", span_of(span), change.event)
    }));
    if changes.len() > shown {
        lines.push(format!("and {} more (-v)", changes.len() - shown));
    }
    lines
}

/// `40 s`, `14 min`, `3 h`, `2 days`: as exact as a person needs it.
fn span_of(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// What was not waited for, by resolver; `None` where everything was.
pub(in crate::render) fn not_waited_for(report: &Report) -> Option<String> {
    let mut of: Vec<(&str, usize)> = Vec::new();
    let mut facts: Vec<String> = Vec::new();
    for left in &report.not_waited_for {
        if let Some(source) = left.source {
            facts.push(source.asked().to_owned());
            continue;
        }
        match of.iter_mut().find(|(name, _)| *name == left.resolver) {
            Some((_, count)) => *count += 1,
            None => of.push((&left.resolver, 1)),
        }
    }
    let mut of: Vec<String> = of
        .into_iter()
        .map(|(name, count)| format!("{count} {} of {name}", plural(count, "answer", "answers")))
        .collect();
    of.extend(facts);
    if of.is_empty() {
        return None;
    }
    Some(format!(
        "{}. This result stands without them.",
        some(&of, limits::NAMES_SHOWN)
    ))
}
