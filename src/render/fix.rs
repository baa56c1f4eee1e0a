//! The steps of a fix, and whose lines are shown of each.

use std::str::FromStr;

use crate::report::Report;
use crate::rules::{Finding, Remedy};
use crate::software::{Software, UnknownSoftware};

/// Whose lines of a fix are printed (`--fix`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lines {
    /// Those of the software that answers there, where that is known; else the likeliest's.
    #[default]
    Likeliest,
    /// Those of every software.
    All,
    /// Those of one.
    Of(Software),
}

impl FromStr for Lines {
    type Err = UnknownSoftware;

    fn from_str(text: &str) -> Result<Self, UnknownSoftware> {
        match text {
            "all" => Ok(Self::All),
            text => text.parse().map(Self::Of),
        }
    }
}

/// One step: remedies of one title that follow each other, in the lines of different software.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) title: &'a str,
    pub(crate) remedies: Vec<&'a Remedy>,
}

/// The steps of a fix, first thing first.
pub(crate) fn steps(remedies: &[Remedy]) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for remedy in remedies {
        match steps.last_mut() {
            Some(step) if step.title == remedy.title => step.remedies.push(remedy),
            _ => steps.push(Step {
                title: &remedy.title,
                remedies: vec![remedy],
            }),
        }
    }
    steps
}

/// The step that is shown where one is: the first that has lines of the software that was asked for, else the first.
pub(crate) fn first_for(steps: &[Step<'_>], lines: Lines) -> usize {
    let Lines::Of(software) = lines else {
        return 0;
    };
    let has = |step: &Step<'_>| step.remedies.iter().any(|remedy| remedy.software == Some(software));
    steps.iter().position(has).unwrap_or(0)
}

/// What is said where the software that was asked for has no lines in this fix.
pub(crate) fn without(steps: &[Step<'_>], lines: Lines) -> Option<String> {
    let Lines::Of(software) = lines else {
        return None;
    };
    let has = |step: &Step<'_>| step.remedies.iter().any(|remedy| remedy.software == Some(software));
    (!steps.is_empty() && !steps.iter().any(has)).then(|| format!("there are no lines for {software} in this fix"))
}

impl<'a> Step<'a> {
    /// The remedies whose lines are shown, and the names of the software whose lines are not.
    pub(crate) fn choose(&self, lines: Lines, known: Option<Software>) -> (Vec<&'a Remedy>, Vec<&'static str>) {
        let of = |software: Software| {
            self.remedies
                .iter()
                .position(|remedy| remedy.software == Some(software))
        };
        let chosen = match lines {
            Lines::All => return (self.remedies.clone(), Vec::new()),
            Lines::Of(software) => of(software),
            Lines::Likeliest => known.and_then(of),
        };
        let chosen = chosen.unwrap_or(0);
        let shown = self.remedies.get(chosen).copied().into_iter().collect();
        let others = self.remedies.iter().enumerate().filter(|(index, _)| *index != chosen);
        let names = others
            .filter_map(|(_, remedy)| Some(remedy.software?.as_str()))
            .collect();
        (shown, names)
    }
}

/// The software that a finding's fix is for: what its first resolver is known to run, or says that it runs.
pub(crate) fn software(report: &Report, finding: &Finding) -> Option<Software> {
    let resolver = finding.resolvers.iter().find_map(|name| {
        report
            .resolvers
            .iter()
            .find(|resolver| resolver.probed.resolver.name == *name)
    })?;
    resolver.software.as_ref().map(|software| software.name)
}
