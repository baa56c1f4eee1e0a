//! The steps of a fix, and whose lines are shown of each.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use crate::fleet::{Cause, Fleet, Tally};
use crate::report::{Report, ResolverReport};
use crate::resolvers::Role;
use crate::rules::phrase;
use crate::rules::{Finding, Remedy};
use crate::software::{Identified, Software, UnknownSoftware};

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
            text if text.eq_ignore_ascii_case("all") => Ok(Self::All),
            text => text.parse().map(Self::Of),
        }
    }
}

/// One step: remedies of one title that follow each other, in the lines of different software.
#[derive(Debug)]
pub(crate) struct FixStep<'a> {
    pub(crate) title: &'a str,
    pub(crate) remedies: Vec<&'a Remedy>,
}

/// The steps of a fix, first thing first.
pub(crate) fn steps(remedies: &[Remedy]) -> Vec<FixStep<'_>> {
    let mut steps: Vec<FixStep<'_>> = Vec::new();
    for remedy in remedies {
        match steps.last_mut() {
            Some(step) if step.remedies[0].is_one_step_with(remedy) => step.remedies.push(remedy),
            _ => steps.push(FixStep {
                title: &remedy.title,
                remedies: vec![remedy],
            }),
        }
    }
    steps
}

/// The step that is shown where one is: the first, unless it has no lines of the software that is meant and a later one
/// has.
pub(crate) fn first_for(steps: &[FixStep<'_>], lines: Lines, known: &[Software]) -> usize {
    let meant = match lines {
        Lines::All => return 0,
        Lines::Of(software) => vec![software],
        Lines::Likeliest => known.to_vec(),
    };
    let has = |step: &FixStep<'_>| step.softwares().any(|software| meant.contains(&software));
    let is_for_none = |step: &FixStep<'_>| step.softwares().next().is_none();
    // A title alone stands above the lines that follow it.
    let has_lines = |step: &FixStep<'_>| step.remedies.iter().any(|remedy| !remedy.commands.is_empty());
    match steps.first() {
        // What is to be done first is done on every software.
        Some(first) if lines == Lines::Likeliest && is_for_none(first) && has_lines(first) => 0,
        _ => steps.iter().position(has).unwrap_or(0),
    }
}

/// The steps before the one that is shown which have to be done before it, or which it is another way of: their titles
/// stand above it. What has lines, and none of them in a language of the step that is shown, is for other readers.
pub(crate) fn before(steps: &[FixStep<'_>], shown: usize) -> Vec<usize> {
    let is_alternative = |step: &FixStep<'_>| step.remedies.iter().any(|remedy| remedy.is_alternative);
    let is_for_the_same = |step: &FixStep<'_>| {
        let mut softwares = step.softwares().peekable();
        softwares.peek().is_none() || softwares.any(|software| steps[shown].softwares().any(|other| other == software))
    };
    let earlier = steps.iter().enumerate().take(shown);
    earlier
        .filter(|(_, step)| !is_alternative(step) && is_for_the_same(step))
        .map(|(index, _)| index)
        .collect()
}

/// What is printed of a fix that is not printed whole.
#[derive(Debug)]
pub(crate) struct ShortenedFix {
    /// The steps of which the title is printed.
    pub(crate) titles: Vec<usize>,
    /// The steps of which the lines are printed too.
    pub(crate) whole: std::ops::Range<usize>,
}

impl ShortenedFix {
    /// All steps, or the one for the software that is meant with what comes before it.
    pub(crate) fn of(steps: &[FixStep<'_>], lines: Lines, known: &[Software], in_full: bool) -> Self {
        if in_full || lines == Lines::All {
            return Self {
                titles: Vec::new(),
                whole: 0..steps.len(),
            };
        }
        let first = first_for(steps, lines, known);
        Self {
            titles: if steps.is_empty() {
                Vec::new()
            } else {
                before(steps, first)
            },
            whole: first..steps.len().min(first + 1),
        }
    }

    /// The steps that are printed, in their order, and whether with their lines.
    pub(crate) fn each(&self) -> impl Iterator<Item = (usize, bool)> {
        let titles = self.titles.iter().map(|index| (*index, false));
        titles.chain(self.whole.clone().map(|index| (index, true)))
    }

    /// How many steps have more than what is printed of them.
    pub(crate) fn left(&self, steps: &[FixStep<'_>]) -> usize {
        let is_advice = |index: &&usize| steps[**index].remedies.iter().all(|remedy| remedy.commands.is_empty());
        steps.len() - self.whole.len() - self.titles.iter().filter(is_advice).count()
    }
}

/// Whose lines each step has: where the software that was asked for has none in the whole fix, the likeliest's.
pub(crate) fn effective(steps: &[FixStep<'_>], lines: Lines) -> Lines {
    match without(steps, lines) {
        Some(_) => Lines::Likeliest,
        None => lines,
    }
}

/// The software that has lines in these steps and none of them shown, by name.
pub(crate) fn hidden(steps: &[FixStep<'_>], shown: &[&Remedy]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for software in steps.iter().flat_map(FixStep::softwares) {
        let is_shown = shown.iter().any(|remedy| remedy.software == Some(software));
        if !is_shown && !names.contains(&software.as_str()) {
            names.push(software.as_str());
        }
    }
    names
}

/// What is said where the software that was asked for has no lines in this fix.
pub(crate) fn without(steps: &[FixStep<'_>], lines: Lines) -> Option<String> {
    let Lines::Of(software) = lines else {
        return None;
    };
    let has = |step: &FixStep<'_>| step.remedies.iter().any(|remedy| remedy.software == Some(software));
    (!steps.is_empty() && !steps.iter().any(has)).then(|| format!("there are no lines for {software} in this fix"))
}

impl<'a> FixStep<'a> {
    fn softwares(&self) -> impl Iterator<Item = Software> {
        self.remedies.iter().filter_map(|remedy| remedy.software)
    }

    /// The remedies whose lines are shown: of each software that is known to answer there, and else of the likeliest,
    /// which comes first. Where a name server's program is known, or was asked for, and the step has no lines for it,
    /// another's would mislead.
    pub(crate) fn choose(&self, lines: Lines, known: &[Software]) -> Vec<&'a Remedy> {
        let meant = match lines {
            Lines::All => return self.remedies.clone(),
            Lines::Of(software) => &[software][..],
            Lines::Likeliest => known,
        };
        let of_it = |remedy: &&&Remedy| remedy.software.is_some_and(|software| meant.contains(&software));
        let own: Vec<&Remedy> = self.remedies.iter().filter(of_it).copied().collect();
        if !own.is_empty() {
            return own;
        }
        // A stub hands the question on: a step without its lines is for whom it asks, and what those run is not known.
        // Route 53 has no configuration file: what is no name server's is for it.
        let answers = |software: &Software| {
            software.is_a_name_server() && *software != Software::SystemdResolved || *software == Software::Route53
        };
        let is_known = matches!(lines, Lines::Of(_)) || known.iter().any(answers);
        let is_of_aws = lines == Lines::Likeliest && known.contains(&Software::Route53);
        let fits = |software: Software| is_of_aws && !software.is_a_name_server();
        let fitting = |remedy: &&&Remedy| !is_known || remedy.software.is_none_or(fits);
        self.remedies.iter().filter(fitting).take(1).copied().collect()
    }
}

/// What is said where the software is known, and the step that is shown has no lines for it.
pub(crate) fn not_for(step: &FixStep<'_>, lines: Lines, known: &[Software]) -> Option<String> {
    let is_missing =
        lines == Lines::Likeliest && step.choose(lines, known).is_empty() && step.softwares().next().is_some();
    let titles: Vec<&str> = known.iter().map(|software| software.title()).collect();
    is_missing.then(|| format!("there are no lines for {} in this step", phrase::list(&titles)))
}

/// What answers where a fix is to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answering {
    /// What its resolvers are known to run, or say that they run, each once.
    pub(crate) software: Vec<Software>,
    /// The first number of their versions, where they say it: two versions of a program may be configured differently.
    majors: Vec<(Software, u32)>,
}

/// Who answers at an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answerer<'a> {
    role: Role,
    address: Option<SocketAddr>,
    software: Option<&'a Identified>,
}

impl<'a> From<&'a ResolverReport> for Answerer<'a> {
    fn from(resolver: &'a ResolverReport) -> Self {
        let of = &resolver.probed.resolver;
        Self {
            role: of.role,
            address: of.address,
            software: resolver.software.as_ref(),
        }
    }
}

impl<'a> From<&'a Tally> for Answerer<'a> {
    fn from(tally: &'a Tally) -> Self {
        Self {
            role: tally.role,
            address: tally.address,
            software: tally.software.as_ref(),
        }
    }
}

impl Answerer<'_> {
    /// What it is known to run, else what is likeliest at its address.
    fn runs(self) -> Option<Software> {
        let is_stub = self.role == Role::Local && self.address.is_some_and(|address| STUB.contains(&address.ip()));
        let known = self.software.map(|software| software.name);
        known.or(is_stub.then_some(Software::SystemdResolved))
    }
}

impl Answering {
    pub(crate) fn of<'a>(resolvers: impl Iterator<Item: Into<Answerer<'a>>>) -> Self {
        let resolvers: Vec<Answerer<'a>> = resolvers.map(Into::into).collect();
        let major = |resolver: &Answerer<'a>| {
            let software = resolver.software?;
            Some((software.name, software.major()?))
        };
        Self {
            software: distinct(resolvers.iter().filter_map(|resolver| resolver.runs())),
            majors: resolvers.iter().filter_map(major).collect(),
        }
    }

    /// The lines of a remedy but those of a version that does not answer there, which would mislead. Where no version
    /// is known, those of each are there, and their heads say whose they are.
    pub(crate) fn lines(&self, remedy: &Remedy) -> Vec<String> {
        let is_of_another = |index: usize| {
            let major = remedy.majors.get(index).copied().flatten();
            let is_known = |software: Software| self.majors.iter().any(|(known, _)| *known == software);
            let of = remedy.software.zip(major);
            of.is_some_and(|of| is_known(of.0) && !self.majors.contains(&of))
        };
        let all = || remedy.commands.iter();
        let own = all().enumerate().filter(|(index, _)| !is_of_another(*index));
        let own: Vec<String> = own.map(|(_, command)| command.clone()).collect();
        // Of a version that nobody wrote lines for, those of the others are better than none.
        if own.is_empty() { all().cloned().collect() } else { own }
    }

    /// Of a name server's lines the first alone: the others are other ways to the same end, but those of other
    /// versions.
    pub(crate) fn first_lines(&self, remedy: &Remedy) -> Vec<String> {
        let mut lines = self.lines(remedy);
        let is_versioned = remedy.majors.iter().any(Option::is_some);
        let is_one_of_several = |software: Software| software.is_a_name_server() && !is_versioned;
        if remedy.software.is_some_and(is_one_of_several) {
            lines.truncate(1);
        }
        lines
    }
}

/// What answers where a finding's fix is to be made.
pub(crate) fn answering(report: &Report, finding: &Finding) -> Answering {
    let named = finding.resolvers.iter().filter_map(|name| {
        let mut resolvers = report.resolvers.iter();
        resolvers.find(|resolver| resolver.probed.resolver.name == *name)
    });
    Answering::of(named)
}

/// What answers where the fix of a cause of many targets is to be made.
pub(crate) fn answering_of(fleet: &Fleet, cause: &Cause) -> Answering {
    let is_named = |tally: &&Tally| cause.resolvers.contains(&tally.name);
    Answering::of(fleet.resolvers.iter().filter(is_named))
}

/// Each once, in the order in which they come.
fn distinct(all: impl Iterator<Item = Software>) -> Vec<Software> {
    let mut distinct: Vec<Software> = Vec::new();
    for software in all {
        if !distinct.contains(&software) {
            distinct.push(software);
        }
    }
    distinct
}

/// The addresses of systemd-resolved's stub (systemd-resolved.service(8), "/etc/resolv.conf").
const STUB: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 53)),
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 54)),
];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::fleet::{FleetTarget, Gathering, NamedBy, TargetOutcome, distinct};
    use crate::render::{Format, Style};
    use crate::report::diagnose;

    fn remedy(title: &str, software: Option<Software>) -> Remedy {
        Remedy {
            software,
            ..Remedy::new(title, [software.map_or("any", Software::as_str)])
        }
    }

    /// A fix with a step in two languages, and one for a service.
    fn fix() -> Vec<Remedy> {
        vec![
            remedy("forward", Some(Software::Bind)),
            remedy("forward", Some(Software::Unbound)),
            remedy("in a hub VPC", Some(Software::Route53)),
            remedy("in a hub VPC", Some(Software::Terraform)),
            remedy("check", None),
        ]
    }

    fn chosen(step: &FixStep<'_>, lines: Lines, known: &[Software]) -> Vec<Option<Software>> {
        let chosen = step.choose(lines, known);
        chosen.iter().map(|remedy| remedy.software).collect()
    }

    #[test]
    fn software_is_named_as_people_write_it() {
        for text in ["bind", "BIND", "Bind"] {
            assert_eq!(text.parse(), Ok(Lines::Of(Software::Bind)), "{text}");
        }
        assert_eq!("ALL".parse(), Ok(Lines::All));
        assert!("bind9".parse::<Lines>().unwrap_err().to_string().contains("\"bind9\""));
    }

    #[test]
    fn what_is_known_to_answer_has_its_own_lines_or_none() {
        let fix = fix();
        let steps = steps(&fix);
        let forward = &steps[0];
        assert_eq!(chosen(forward, Lines::Likeliest, &[]), [Some(Software::Bind)]);
        assert_eq!(
            chosen(forward, Lines::Likeliest, &[Software::Unbound]),
            [Some(Software::Unbound)]
        );
        let both = [Software::Unbound, Software::Bind];
        assert_eq!(
            chosen(forward, Lines::Likeliest, &both),
            [Some(Software::Bind), Some(Software::Unbound)]
        );
        // Nobody is given the lines of another program for their own.
        assert_eq!(chosen(forward, Lines::Likeliest, &[Software::Knot]), []);
        assert_eq!(
            not_for(forward, Lines::Likeliest, &[Software::Knot]).unwrap(),
            "there are no lines for Knot Resolver in this step"
        );
        assert_eq!(not_for(forward, Lines::Likeliest, &[Software::Bind]), None);
        // A step without the stub's lines is for whom it asks.
        assert_eq!(
            chosen(forward, Lines::Likeliest, &[Software::SystemdResolved]),
            [Some(Software::Bind)]
        );
        // What is for every software stays.
        assert_eq!(chosen(&steps[2], Lines::Likeliest, &[Software::Knot]), [None]);
        assert_eq!(
            chosen(forward, Lines::Of(Software::Unbound), &[Software::Bind]),
            [Some(Software::Unbound)]
        );
        assert_eq!(chosen(&steps[1], Lines::Of(Software::Unbound), &[Software::Bind]), []);
        assert_eq!(chosen(&steps[2], Lines::Of(Software::Unbound), &[]), [None]);
        // What nobody wrote is said, and the likeliest's are shown.
        assert_eq!(effective(&steps, Lines::Of(Software::Windows)), Lines::Likeliest);
        assert_eq!(
            effective(&steps, Lines::Of(Software::Unbound)),
            Lines::Of(Software::Unbound)
        );
    }

    /// A step is not shown without the one that comes before it, and an alternative not without what it is one of.
    #[test]
    fn the_steps_before_the_one_that_is_shown_are_named() {
        let fix = [
            remedy("ask what it forwards to", None),
            remedy("remove the zone", Some(Software::Bind)),
            remedy("Or keep it", Some(Software::Unbound)).as_alternative(),
            Remedy::advice("then"),
            remedy("forward", Some(Software::Bind)),
            remedy("forward", Some(Software::Knot)),
            remedy("in a hub VPC", Some(Software::Route53)),
        ];
        let steps = steps(&fix);
        let shown = |software| {
            let shown = ShortenedFix::of(&steps, Lines::Of(software), &[], false);
            (shown.each().collect::<Vec<_>>(), shown.left(&steps))
        };
        assert_eq!(shown(Software::Bind), (vec![(0, false), (1, true)], 5));
        assert_eq!(shown(Software::Unbound), (vec![(0, false), (2, true)], 5));
        assert_eq!(
            shown(Software::Knot),
            (vec![(0, false), (1, false), (3, false), (4, true)], 4)
        );
        assert_eq!(shown(Software::Route53), (vec![(0, false), (3, false), (5, true)], 4));
        let all = ShortenedFix::of(&steps, Lines::Likeliest, &[], true);
        assert_eq!((all.each().count(), all.left(&steps)), (6, 0));
        assert_eq!(ShortenedFix::of(&[], Lines::Likeliest, &[], false).each().count(), 0);
    }

    #[test]
    fn the_step_that_is_shown_is_one_for_what_answers_and_the_others_are_named() {
        let fix = fix();
        let steps = steps(&fix);
        assert_eq!(first_for(&steps, Lines::Likeliest, &[]), 0);
        assert_eq!(first_for(&steps, Lines::Likeliest, &[Software::Route53]), 1);
        assert_eq!(first_for(&steps, Lines::Of(Software::Terraform), &[]), 1);
        let shown = steps[0].choose(Lines::Likeliest, &[]);
        assert_eq!(hidden(&steps, &shown), ["unbound", "route53", "terraform"]);
        // So do lines for what answers behind a title that has none, and what was the title's stays above them.
        let fix = [
            Remedy::advice("remove the block"),
            remedy("Or keep it", Some(Software::Dnsmasq)).as_alternative(),
        ];
        let advised = super::steps(&fix);
        let shown = ShortenedFix::of(&advised, Lines::Likeliest, &[Software::Dnsmasq], false);
        assert_eq!(shown.each().collect::<Vec<_>>(), [(0, false), (1, true)]);
        assert_eq!(shown.left(&advised), 0);
        let of_another = ShortenedFix::of(&advised, Lines::Likeliest, &[Software::Knot], false);
        assert_eq!(of_another.each().collect::<Vec<_>>(), [(0, true)]);
        // A step for everybody comes first whoever answers.
        assert_eq!(first_for(&steps[2..], Lines::Likeliest, &[Software::Bind]), 0);
    }

    #[test]
    fn a_cause_of_many_targets_is_in_the_lines_of_what_answers() {
        let recorded = include_bytes!("../../fixtures/cases/no-forwarding/article/capture.json");
        let printed = |software: Option<Software>| {
            let mut report = diagnose(crate::capture::parse(recorded).unwrap());
            report.resolvers[0].software = software.map(|name| Identified {
                name,
                version: None,
                known_from: "version.bind".to_owned(),
            });
            let mut gathering = Gathering::new(report.taken_at.clone(), report.vantage.clone(), true);
            let target = FleetTarget::new("prod".to_owned(), report.target.hostname.clone(), NamedBy::File);
            let outcome = TargetOutcome::of(&distinct([target]).get(0), &report, None);
            gathering.take(0, outcome, None, &report);
            let mut text = String::new();
            let fleet = gathering.finish(Vec::new(), false);
            crate::render::fleet::render(&fleet, Format::Table, &Style::default(), &mut text).unwrap();
            text
        };
        let (unbound, bind) = ("forward-addr:", "forwarders");
        let text = printed(Some(Software::Unbound));
        assert!(text.contains(unbound) && !text.contains(bind), "{text}");
        let text = printed(None);
        assert!(text.contains(bind) && !text.contains(unbound), "{text}");
    }
}
