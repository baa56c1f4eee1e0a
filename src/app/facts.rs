//! `facts`: what AWS, the kubeconfig and this host say, for a machine without credentials.

use tokio::time::Instant;

use super::check::nameless;
use super::conduct::{before, now, wait};
use super::learn::KnownEndpoint;
use super::spinner::{WaitShown, WaitingLine};
use super::{Error, output};
use crate::cli::args::FactsArgs;
use crate::cli::settings::{sources, target};
use crate::facts::document::{FactsDocument, Maker, SCHEMA_VERSION};
use crate::facts::host::{self, HostFiles};
use crate::facts::{Call, Facts, Gap};
use crate::redact;
use crate::render;
use crate::report::exit;

/// Collects the facts and writes them. The exit code says whether the cluster is among them.
pub(super) fn run(args: &FactsArgs) -> Result<u8, Error> {
    let until = Instant::now() + args.deadline;
    let sources = sources(&args.sources, &[])?;
    let named = args.target.as_deref().map(target).transpose()?;
    if let Some(path) = &args.save {
        output::check_writable(path)?;
    }
    let line = WaitingLine::new(WaitShown::Within(args.deadline), false, args.redact);
    let found = wait(&line, async {
        let known = KnownEndpoint::find(named.as_ref(), &sources, until, &line).await?;
        let from = sources.since.and_then(|since| before(&now(), since));
        let learnt = Box::pin(known.learn(until, from, &line)).await;
        Ok::<_, Error>((known, learnt))
    });
    let taken_at = now();
    let (mut target, found) = match found {
        Ok(found) => (found.0.target.clone(), Ok(found)),
        // What is known of it is a document too.
        Err(Error::NoEndpointYet(cluster, region)) => (nameless(&cluster, region), Err(cluster)),
        Err(error) => return Err(error),
    };
    let files = HostFiles {
        until: Some(until.into_std()),
        ..HostFiles::default()
    };
    let (host, mut gaps, mut vantage) = host::collect(&files, &target.hostname).map_err(Error::File)?;
    let mut facts = Facts {
        host,
        ..Facts::default()
    };
    let is_known = match found {
        Ok((known, learnt)) => {
            gaps.extend(known.begin(&mut facts));
            gaps.extend(known.finish(learnt, &mut facts, &mut vantage));
            facts.aws.cluster.is_some() || facts.aws.absent_cluster.is_some()
        }
        Err(cluster) => {
            gaps.push(Gap::of_aws(
                "the endpoint",
                Call::DescribeCluster.action(),
                Error::NoEndpointYet(cluster.clone(), None).to_string(),
            ));
            facts.aws.cluster = Some(*cluster);
            false
        }
    };
    if let Some(cluster) = facts.aws.cluster_of(&target.hostname) {
        target.cluster = Some(cluster.name.clone());
    }
    let mut document = FactsDocument {
        schema_version: SCHEMA_VERSION,
        tool: Maker::this(),
        taken_at,
        target,
        facts,
        gaps,
    };
    if args.redact {
        document = redact::document(&document, vantage.name.as_deref())?;
    }
    // As the report's document: what must not reach a terminal is escaped.
    let mut text = String::new();
    render::json::render(&document, &mut text)?;
    match &args.save {
        Some(path) => output::write(path, text.as_bytes())?,
        None => output::stdout(text.as_bytes())?,
    }
    for gap in &document.gaps {
        output::note(&format!("not learnt: {} ({}): {}", gap.fact, gap.source, gap.reason));
    }
    Ok(if is_known { exit::HEALTHY } else { exit::INCONCLUSIVE })
}
