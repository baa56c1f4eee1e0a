//! `check`: look up, compare, explain.

use std::sync::Arc;

use super::conduct::{conduct, now};
use super::{Error, output};
use crate::cli::args::CheckArgs;
use crate::cli::settings;
use crate::dns::RecordType;
use crate::facts::{Facts, Gap, Vantage, host};
use crate::observation::Purpose;
use crate::plan::Plan;
use crate::probe::{self, Direct, GetAddrInfo, Probed, Progress, Run};
use crate::report::{Capture, Tool, diagnose};
use crate::resolvers::{self, Resolver, Role};
use crate::settings::Settings;

/// Checks the endpoint, and returns the report's exit code.
pub(super) fn run(args: &CheckArgs) -> Result<u8, Error> {
    let settings = settings(args)?;
    output::check_save(&args.output)?;
    let round = Round::new(&settings)?;
    let (observations, interrupted) = conduct(&args.output, |interrupt, progress| {
        round.ask(interrupt, progress)
    })?;
    let report = diagnose(round.capture(&settings, observations, interrupted));
    match output::deliver_from(&report, &args.output, args.vantage.as_deref()) {
        // An interrupted run says that it was, whatever else went wrong.
        Err(error) if interrupted => output::error(&error),
        delivered => delivered?,
    }
    Ok(report.exit_code)
}

/// One round of questions: what was learnt before it, whom it asks, and what.
pub(super) struct Round {
    taken_at: String,
    facts: Facts,
    gaps: Vec<Gap>,
    vantage: Vantage,
    resolvers: Vec<Resolver>,
    plan: Plan,
    run: Run,
}

impl Round {
    /// Reads what this host says, and plans.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let (facts, mut gaps, vantage) = host::collect(settings).map_err(Error::File)?;
        let resolvers = resolvers::resolve(settings, &facts)?;
        gaps.extend(not_asked(settings, &resolvers));
        let plan = Plan::new(&settings.target, &settings.asked, &facts, &random_label());
        Ok(Self {
            taken_at: now(),
            facts,
            gaps,
            vantage,
            resolvers,
            plan,
            run: Run {
                timeout: settings.timeout,
                attempts: settings.asked.attempts,
                deadline: settings.deadline,
                route: Arc::new(Direct),
                system: Arc::new(GetAddrInfo),
            },
        })
    }

    /// Asks.
    pub(super) async fn ask(
        &self,
        interrupt: impl Future<Output = ()>,
        progress: impl FnMut(Progress),
    ) -> Vec<Probed> {
        probe::run(&self.plan, &self.resolvers, &self.run, interrupt, progress).await
    }

    /// The capture of the round, with what came back.
    pub(super) fn capture(
        self,
        settings: &Settings,
        observations: Vec<Probed>,
        interrupted: bool,
    ) -> Capture {
        let mut gaps = self.gaps;
        let mut target = settings.target.clone();
        // One with another endpoint is the target's only where somebody named it.
        if let Some(cluster) = self.facts.cluster_of(&target.hostname) {
            target.cluster = Some(cluster.name.clone());
        }
        gaps.extend(cut_short(&self.plan, &observations));
        Capture {
            tool: Tool::this(),
            taken_at: self.taken_at,
            vantage: self.vantage,
            target,
            asked: settings.asked.clone(),
            facts: self.facts,
            gaps,
            observations,
            interrupted,
        }
    }
}

/// Samples that were not asked before the run ended: a deadline leaves no time for them.
fn cut_short(plan: &Plan, observations: &[Probed]) -> Vec<Gap> {
    let asked = |probed: &Probed| {
        probed
            .lookups
            .iter()
            .filter(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A)
            .count()
    };
    let samples = usize::try_from(plan.samples).unwrap_or(usize::MAX);
    observations
        .iter()
        .filter(|probed| probed.resolver.address.is_some() && asked(probed) < samples)
        .map(|probed| Gap {
            fact: format!("answers of {}", probed.resolver.name),
            source: "--deadline, --samples".to_owned(),
            reason: format!(
                "{} of {samples} samples were asked before the run ended",
                asked(probed)
            ),
        })
        .collect()
}

/// A first label for the random sibling: 32 hexadecimal digits, as in an endpoint's name.
fn random_label() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// What was left out, by a flag or for want of one.
fn not_asked(settings: &Settings, resolvers: &[Resolver]) -> Vec<Gap> {
    let gap = |fact: &str, source: &str, reason: &str| Gap {
        fact: fact.to_owned(),
        source: source.to_owned(),
        reason: reason.to_owned(),
    };
    let mut gaps = Vec::new();
    if settings.no_local {
        let reason = "left out by --no-local";
        gaps.push(gap("stub resolver configuration", "resolv.conf", reason));
        if settings.hosts_file.is_none() {
            gaps.push(gap("hosts file", "hosts", reason));
        }
    }
    if !resolvers.iter().any(|resolver| resolver.role == Role::Os) {
        let reason = if settings.no_os {
            "left out by --no-os"
        } else if settings.no_local {
            "left out by --no-local"
        } else {
            "left out: it cannot be pointed at the files that were named"
        };
        gaps.push(gap("operating system's look-up", "getaddrinfo", reason));
    }
    if !resolvers.iter().any(Resolver::is_vpc_side) {
        gaps.push(gap(
            "the VPC's view",
            "--vpc-resolver, --inbound",
            "no resolver of the VPC was named",
        ));
    }
    if !resolvers
        .iter()
        .any(|resolver| resolver.has_role(Role::Public))
    {
        gaps.push(gap(
            "the public view",
            "--public, --public-resolver",
            "public resolvers are asked only when told to",
        ));
    }
    if !settings.asked.controls {
        gaps.push(gap(
            "control questions",
            "the resolvers",
            "left out by --no-controls",
        ));
    }
    // What the files lack is said where they are read.
    if settings.facts.is_empty() {
        gaps.push(gap(
            "cluster, VPC and network interfaces",
            "AWS, --facts",
            "AWS is not asked, and no file with its answers was named",
        ));
    }
    gaps
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::cli::args::Command;

    fn gaps(line: &str) -> Vec<(String, String)> {
        let words = ["eks-dns-doctor", "a.test"]
            .into_iter()
            .chain(line.split_whitespace());
        let Ok(Command::Check(args)) = crate::cli::parse(words.map(Into::into)) else {
            panic!("{line}");
        };
        let settings = settings(&args).unwrap();
        let resolvers = resolvers::resolve(&settings, &Facts::default()).unwrap();
        let gaps = not_asked(&settings, &resolvers);
        gaps.into_iter().map(|gap| (gap.fact, gap.reason)).collect()
    }

    #[test]
    fn what_was_left_out_is_said() {
        let facts = |line| {
            gaps(line)
                .into_iter()
                .map(|(fact, _)| fact)
                .collect::<Vec<_>>()
        };
        let aws = "cluster, VPC and network interfaces";
        assert_eq!(facts(""), ["the VPC's view", "the public view", aws]);
        assert_eq!(
            facts("--no-local --no-controls --inbound 10.0.0.1 --public"),
            [
                "stub resolver configuration",
                "hosts file",
                "operating system's look-up",
                "control questions",
                aws
            ]
        );
        let reason = |line| gaps(line)[0].1.clone();
        assert_eq!(
            reason("--no-os --vpc-resolver 10.0.0.2"),
            "left out by --no-os"
        );
        assert!(reason("--hosts-file h --resolver 10.0.0.2").contains("files that were named"));
    }

    #[test]
    fn the_label_of_the_sibling_is_like_an_endpoints() {
        let label = random_label();
        assert_eq!(label.len(), 32);
        assert!(label.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(label, random_label());
    }
}
