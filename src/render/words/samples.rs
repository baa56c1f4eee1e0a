//! What several samples came to.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::compare::Samples;
use crate::dns::RecordType;
use crate::limits;
use crate::observation::Lookup;
use crate::probed::Probed;
use crate::report::{Report, ResolverReport};
use crate::rules::phrase::time;

use super::kind::{kind, kind_in_short, targets};
use super::some;

/// What the samples came to, the commonest first; `kind` says what a lookup without addresses is.
pub(super) fn outcomes(probed: &Probed, kind: fn(&Lookup) -> String) -> Vec<(String, usize)> {
    let mut samples: BTreeMap<u32, Vec<&Lookup>> = BTreeMap::new();
    for lookup in targets(probed) {
        samples.entry(lookup.sample).or_default().push(lookup);
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for lookups in samples.into_values() {
        let mut addresses: Vec<IpAddr> = lookups
            .iter()
            .flat_map(|lookup| lookup.addresses.iter().copied())
            .collect();
        addresses.sort();
        addresses.dedup();
        let a = lookups
            .iter()
            .find(|lookup| lookup.qtype == RecordType::A)
            .or(lookups.first());
        let outcome = match a {
            Some(lookup) if addresses.is_empty() => kind(lookup),
            _ => {
                let said: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                some(&said, limits::ADDRESSES_SHOWN)
            }
        };
        *counts.entry(outcome).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|(_, a), (_, b)| b.cmp(a));
    counts
}

/// What the samples of those that decide came to, on one line; `None` where the target was asked for once.
pub(in crate::render) fn samples_in_short(report: &Report) -> Option<String> {
    let deciding = report
        .resolvers
        .iter()
        .filter(|resolver| resolver.probed.resolver.in_scope);
    let sampled: Vec<(&str, &Samples)> = deciding
        .filter_map(|resolver| {
            let name = resolver.probed.resolver.name.as_str();
            Some((name, resolver.samples.as_ref()?))
        })
        .collect();
    let mut parts: Vec<String> = sampled
        .iter()
        .take(limits::SAMPLED_IN_SHORT)
        .map(|(name, samples)| {
            let shares: Vec<String> = samples
                .outcomes
                .iter()
                .map(|(verdict, count)| {
                    let share = *count as f64 / samples.count.max(1) as f64;
                    format!("{} {verdict}", percent(share))
                })
                .collect();
            let times = samples.rtt_ms.map_or_else(String::new, |spread| {
                format!(
                    ", min {}, median {}, max {}",
                    time(spread.min),
                    time(spread.median),
                    time(spread.max)
                )
            });
            format!(
                "{name} {}: {}{times}, {} lost",
                samples.count,
                shares.join(", "),
                percent(samples.loss)
            )
        })
        .collect();
    if let Some(more) = sampled
        .len()
        .checked_sub(limits::SAMPLED_IN_SHORT)
        .filter(|more| *more > 0)
    {
        parts.push(format!("and {more} more"));
    }
    (!parts.is_empty()).then(|| format!("samples: {}", parts.join("; ")))
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

/// A summary of several samples, with zones in a few words unless everything is asked for; `None` where the target was
/// asked for once.
pub(in crate::render) fn samples(resolver: &ResolverReport, verbose: bool) -> Option<String> {
    let summary = resolver.samples.as_ref()?;
    let shares: Vec<String> = outcomes(&resolver.probed, if verbose { kind } else { kind_in_short })
        .iter()
        .map(|(outcome, count)| {
            let share = *count as f64 / summary.count.max(1) as f64;
            format!("{} {outcome}", percent(share))
        })
        .collect();
    let times = summary.rtt_ms.map_or_else(
        || "No times".to_owned(),
        |spread| {
            format!(
                "Min {}, median {}, max {}",
                time(spread.min),
                time(spread.median),
                time(spread.max)
            )
        },
    );
    Some(format!(
        "{} samples: {}. {times}; {} lost",
        summary.count,
        shares.join("; "),
        percent(summary.loss)
    ))
}
