//! The findings beside the one that is explained at length, and what a finding stands on.

use crate::observation::Connection;
use crate::report::Report;
use crate::rules::phrase;
use crate::rules::{Finding, Severity};

use super::{ITEMS, lead};

/// A finding, and how deep it stands below its cause.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) depth: usize,
}

/// The findings that are not explained at length: what follows from the one that is, and the others, each
/// with what follows from it. Every one of them exactly once.
pub(in crate::render) fn others(report: &Report) -> (Vec<Placed<'_>>, Vec<Placed<'_>>) {
    let findings = &report.findings;
    let cause = |child: usize| -> Option<usize> {
        let rule = findings[child].caused_by.as_ref()?;
        let of_rule = || (0..findings.len()).filter(move |index| *index != child && findings[*index].rule == *rule);
        let shares = |index: &usize| {
            findings[*index]
                .resolvers
                .iter()
                .any(|name| findings[child].resolvers.contains(name))
        };
        of_rule().find(shares).or_else(|| of_rule().next())
    };
    let causes: Vec<Option<usize>> = (0..findings.len()).map(cause).collect();
    let mut placed = vec![false; findings.len()];
    let mut follows = Vec::new();
    let mut others = Vec::new();
    if lead(report).is_some() {
        descend(findings, &causes, 0, 0, &mut placed, &mut follows);
        follows.remove(0);
    }
    for root in 0..findings.len() {
        if causes[root].is_none() && !placed[root] {
            descend(findings, &causes, root, 0, &mut placed, &mut others);
        }
    }
    // Causes that lead in a circle have no root.
    for index in 0..findings.len() {
        if !placed[index] {
            descend(findings, &causes, index, 0, &mut placed, &mut others);
        }
    }
    for child in &mut follows {
        child.depth -= 1;
    }
    (follows, others)
}

fn descend<'a>(
    findings: &'a [Finding],
    causes: &[Option<usize>],
    index: usize,
    depth: usize,
    placed: &mut [bool],
    into: &mut Vec<Placed<'a>>,
) {
    placed[index] = true;
    into.push(Placed {
        finding: &findings[index],
        depth,
    });
    for child in 0..findings.len() {
        if causes[child] == Some(index) && !placed[child] {
            descend(findings, causes, child, depth + 1, placed, into);
        }
    }
}

/// The findings that are only noted and that are named.
pub(in crate::render) const NOTED: usize = 5;

/// Takes out what needs nobody to act, and returns its names: below a finding that does, each would cost the first
/// screen as much as an error. All of them stay where there is nothing to act on.
pub(in crate::render) fn noted<'a>(
    report: &Report,
    follows: &mut Vec<Placed<'a>>,
    others: &mut Vec<Placed<'a>>,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if lead(report).is_none() {
        return names;
    }
    for list in [follows, others] {
        // What stood below one that is taken out moves up: nothing is indented below nothing.
        let mut taken: Vec<usize> = Vec::new();
        list.retain_mut(|placed| {
            while taken.last().is_some_and(|depth| *depth >= placed.depth) {
                taken.pop();
            }
            let depth = placed.depth;
            placed.depth -= taken.len();
            let rule = &placed.finding.rule;
            let is_noted = placed.finding.severity == Severity::Info;
            if is_noted {
                taken.push(depth);
                if !names.contains(rule) {
                    names.push(rule.clone());
                }
            }
            !is_noted
        });
    }
    names
}

/// How many of the other findings the first screen shows: a few, and of errors twice as many.
pub(crate) fn shown(findings: &[Placed<'_>]) -> usize {
    let errors = findings
        .iter()
        .take_while(|placed| placed.finding.severity == Severity::Error)
        .count();
    let most = errors.clamp(ITEMS, 2 * ITEMS);
    // "and 1 more" would take the line of the one.
    if findings.len() <= most + 1 {
        findings.len()
    } else {
        most
    }
}

/// What came of the connections to the API server's port.
pub(in crate::render) fn connections(report: &Report) -> impl Iterator<Item = String> + '_ {
    report.connections.iter().map(|connection| {
        let given_by = connection.given_by.join(", ");
        let address = std::net::SocketAddr::new(connection.ip, connection.port);
        format!("{address} from {given_by}: {}", phrase::connected(connection))
    })
}

/// Those of them of which the first screen does not say the same under the headline.
pub(in crate::render) fn connections_not_in_why(report: &Report) -> Vec<String> {
    let lead = super::lead(report);
    let why = lead.map_or("", |lead| super::first_sentences(&lead.summary, &lead.explanation));
    let lines = connections(report).zip(&report.connections);
    let is_said = |connection: &Connection| {
        let address = std::net::SocketAddr::new(connection.ip, connection.port);
        why.contains(&address.to_string()) && why.contains(&phrase::connected(connection))
    };
    lines
        .filter(|(_, connection)| !is_said(connection))
        .map(|(line, _)| line)
        .collect()
}

/// An observation of a finding, with whom it is of.
pub(crate) fn evidence(finding: &Finding) -> impl Iterator<Item = String> {
    finding.evidence.iter().map(|evidence| match &evidence.resolver {
        Some(resolver) => format!("{resolver}: {}", evidence.observed),
        None => evidence.observed.clone(),
    })
}

/// Commands and lines of configuration, line by line; what has several lines stands apart from its
/// neighbours.
pub(in crate::render) fn snippet(commands: &[String]) -> Vec<&str> {
    let mut lines: Vec<&str> = Vec::new();
    let mut apart = false;
    for command in commands {
        let several = command.contains('\n');
        if !lines.is_empty() && (several || apart) {
            lines.push("");
        }
        lines.extend(command.split('\n'));
        apart = several;
    }
    lines
}
