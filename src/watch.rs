//! What changes from one report to the next: which resolver, how, how long it took, and what is still wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use crate::compare::Verdict;
use crate::dns::{AnswerKind, RecordType};
use crate::limits;
use crate::observation::Purpose;
use crate::report::{Conclusion, Report, ResolverReport, exit};
use crate::target::View;

/// A line of the live table: the resolver, what it says, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// Its name.
    pub name: String,
    /// Where its answer stands; `None` where it does not decide.
    pub right: Option<bool>,
    /// What it says, and how long it has said so or may go on.
    pub words: String,
}

/// What a resolver says, as far as a change of it is worth a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedAnswer {
    /// What its answer amounts to.
    pub verdict: Verdict,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// The zone it took the name from.
    pub view: View,
}

impl WatchedAnswer {
    fn of(resolver: &ResolverReport) -> Self {
        Self {
            verdict: resolver.verdict,
            addresses: resolver.addresses.iter().map(|address| address.ip).collect(),
            view: resolver.view,
        }
    }

    fn words(&self) -> String {
        let mut text = self.verdict.as_str().to_owned();
        let shown: Vec<String> = self.addresses.iter().map(ToString::to_string).collect();
        if !shown.is_empty() {
            text.push(' ');
            text.push_str(&shown[..shown.len().min(limits::ADDRESSES_IN_CELL)].join(", "));
            if shown.len() > limits::ADDRESSES_IN_CELL {
                text.push_str(", ...");
            }
        }
        if self.view != View::Unknown {
            text.push_str(" (view ");
            text.push_str(self.view.as_str());
            text.push(')');
        }
        text
    }
}

/// A resolver under watch.
#[derive(Debug, Clone)]
struct WatchedRow {
    said: WatchedAnswer,
    in_scope: bool,
    /// Since when it says this.
    since: Duration,
    /// When it may say something else at the earliest, by its TTL; `None` where it is right or gives none.
    wait: Option<Duration>,
    /// Since when what it says is right, where it is.
    right_since: Option<Duration>,
    /// Whether it was ever wrong.
    was_wrong: bool,
}

/// The state of a watch, from round to round.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    conclusion: Option<Conclusion>,
    order: Vec<String>,
    rows: BTreeMap<String, WatchedRow>,
    /// The status of each of the cluster's updates (EKS, DescribeUpdate), by its id.
    updates: BTreeMap<String, String>,
}

impl Watch {
    /// Takes a round in, and returns a line for each resolver that says something else than before, and one where
    /// the conclusion is another; in the first round, all of them. `elapsed` is the time from the start of the watch to
    /// this round. The lines are not escaped.
    pub fn observe(&mut self, elapsed: Duration, report: &Report) -> Vec<String> {
        let mut lines = Vec::new();
        let mut seen = Vec::new();
        for resolver in &report.resolvers {
            let name = &resolver.probed.resolver.name;
            seen.push(name.clone());
            // Nobody listened: what it said before is the last that is known.
            if resolver.verdict == Verdict::NotWaitedFor && self.rows.contains_key(name) {
                continue;
            }
            let said = WatchedAnswer::of(resolver);
            let right = said.verdict == Verdict::Match;
            let row = self.rows.get(name);
            let line = match row {
                Some(row) if row.said == said => None,
                Some(row) => Some(format!(
                    "{name}: {} -> {} after {}",
                    row.said.words(),
                    said.words(),
                    seconds(elapsed)
                )),
                None => Some(format!("{name}: {}", said.words())),
            };
            if let Some(mut line) = line {
                if !right
                    && resolver.probed.resolver.in_scope
                    && let Some(wait) = wait(resolver)
                {
                    line.push_str("; ");
                    line.push_str(&wait);
                }
                lines.push(line);
            }
            let right_since = match row {
                Some(row) if right => row.right_since.or(Some(elapsed)),
                None if right => Some(elapsed),
                _ => None,
            };
            let since = row.filter(|row| row.said == said).map_or(elapsed, |row| row.since);
            let row = WatchedRow {
                said,
                in_scope: resolver.probed.resolver.in_scope,
                since,
                wait: cached_for(resolver).filter(|_| !right),
                right_since,
                was_wrong: !right || row.is_some_and(|row| row.was_wrong),
            };
            self.rows.insert(name.clone(), row);
        }
        // Whom a source would have named that was not waited for is not known to be gone.
        let is_whole = report.not_waited_for.iter().all(|left| left.source.is_none());
        for name in &self.order {
            if seen.contains(name) || !self.rows.contains_key(name) {
                continue;
            }
            if is_whole {
                self.rows.remove(name);
                lines.push(format!("{name}: no longer asked"));
            } else {
                seen.push(name.clone());
            }
        }
        self.order = seen;
        lines.extend(self.updates(elapsed, report));
        match self.conclusion.replace(report.conclusion) {
            Some(before) if before == report.conclusion => {}
            Some(before) => lines.push(format!(
                "conclusion: {} -> {}",
                before.as_str(),
                report.conclusion.as_str()
            )),
            None => lines.push(format!("conclusion: {}", report.conclusion.as_str())),
        }
        lines
    }

    /// A line for each of the cluster's updates that is under way, and for each whose status is another than before.
    fn updates(&mut self, elapsed: Duration, report: &Report) -> Vec<String> {
        let mut lines = Vec::new();
        for update in report.facts.aws.updates.iter().flatten() {
            let Some(status) = &update.status else {
                continue;
            };
            let kind = update.kind.as_deref().unwrap_or("update");
            match self.updates.insert(update.id.clone(), status.clone()) {
                Some(before) if before == *status => {}
                Some(before) => lines.push(format!(
                    "{kind} {}: {before} -> {status} after {}",
                    update.id,
                    seconds(elapsed)
                )),
                None if update.is_in_progress() => {
                    lines.push(format!("{kind} {}: {status}", update.id));
                }
                None => {}
            }
        }
        lines
    }

    /// The state as a table, `elapsed` after the start: one row a resolver, in the report's order. Not escaped.
    pub fn board(&self, elapsed: Duration) -> Vec<BoardRow> {
        let rows = self.order.iter().filter_map(|name| Some((name, self.rows.get(name)?)));
        rows.map(|(name, row)| {
            let for_now = seconds(elapsed.saturating_sub(row.since));
            let mut words = format!("{}, for {for_now}", row.said.words());
            if let Some(wait) = row.wait.filter(|_| row.in_scope) {
                let _ = write!(words, "; cached up to {}", seconds(wait));
            }
            BoardRow {
                name: name.clone(),
                right: row.in_scope.then_some(row.right_since.is_some()),
                words,
            }
        })
        .collect()
    }

    /// How long each resolver in scope took to turn, and what is still wrong, on one line, not escaped.
    pub fn summary(&self, elapsed: Duration, report: &Report) -> String {
        let parts: Vec<String> = self
            .order
            .iter()
            .filter_map(|name| Some((name, self.rows.get(name)?)))
            .filter(|(_, row)| row.in_scope)
            .map(|(name, row)| match row.right_since {
                Some(_) if !row.was_wrong => format!("{name} match from the start"),
                Some(since) => format!("{name} match after {}", seconds(since)),
                None => format!("{name} still {}", row.said.verdict),
            })
            .collect();
        let mut line = format!("{} after {}", report.conclusion.as_str(), seconds(elapsed));
        if !parts.is_empty() {
            line.push_str(": ");
            line.push_str(&parts.join("; "));
        }
        if report.exit_code != exit::HEALTHY
            && let Some(headline) = report.headline()
        {
            let _ = write!(line, ". Still wrong: {} ({})", headline.summary, headline.rule);
        }
        line
    }
}

/// How long a resolver that is not right may keep what it says in its cache, by what came with its answer: what
/// remains of the negative answer (RFC 2308 section 5: the lesser of the SOA's TTL and its MINIMUM), or the
/// longest TTL of the addresses. It is no promise that the answer changes then.
pub fn cached_for(resolver: &ResolverReport) -> Option<Duration> {
    let lookups = resolver
        .probed
        .lookups
        .iter()
        .filter(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A);
    let seconds = lookups
        .filter_map(|lookup| match lookup.kind {
            AnswerKind::NxDomain | AnswerKind::NoData => lookup.soa.as_ref().map(|soa| soa.ttl.min(soa.minimum)),
            AnswerKind::Answer => lookup
                .records
                .iter()
                .filter(|record| record.address().is_some())
                .map(|record| record.ttl)
                .max(),
            _ => None,
        })
        .max()?;
    Some(Duration::from_secs(seconds.into()))
}

fn wait(resolver: &ResolverReport) -> Option<String> {
    let cached = cached_for(resolver)?;
    let by = if resolver.addresses.is_empty() {
        "negative TTL"
    } else {
        "TTL"
    };
    Some(format!(
        "it may give this from its cache for {} more, by the {by}",
        seconds(cached)
    ))
}

/// `1m 30s`; fractions of a second do not count here.
fn seconds(duration: Duration) -> String {
    humantime::format_duration(Duration::from_secs(duration.as_secs())).to_string()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::report::diagnose;

    /// The article's case: the laptop's resolver denies the name, the VPC's three know it.
    fn broken() -> Report {
        let recorded = include_bytes!("../fixtures/cases/no-forwarding/article/capture.json");
        diagnose(crate::capture::parse(recorded).unwrap())
    }

    /// The same with the laptop's resolver saying what the VPC's says.
    fn healthy() -> Report {
        let mut capture = broken().into_capture();
        let vpc = capture.observations[1].lookups.clone();
        capture.observations[0].lookups = vpc;
        diagnose(capture)
    }

    fn after(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_first_round_says_all_and_the_next_what_changed() {
        let mut watch = Watch::default();
        let first = watch.observe(after(0), &broken());
        assert_eq!(first.len(), 5, "{first:#?}");
        assert!(first[0].starts_with("local: nxdomain"), "{first:#?}");
        assert!(first[0].contains("by the negative TTL"), "{first:#?}");
        assert_eq!(first[4], "conclusion: broken");
        assert!(watch.observe(after(10), &broken()).is_empty());
        let turned = watch.observe(after(70), &healthy());
        assert_eq!(turned.len(), 2, "{turned:#?}");
        assert!(turned[0].starts_with("local: nxdomain"), "{turned:#?}");
        assert!(turned[0].contains(" -> match 192.168.104.190"), "{turned:#?}");
        assert!(turned[0].ends_with(" after 1m 10s"), "{turned:#?}");
        assert_eq!(turned[1], "conclusion: broken -> healthy");
    }

    #[test]
    fn an_update_of_the_cluster_is_followed() {
        let with = |status: &str| {
            let mut report = healthy();
            report.facts.aws.updates = Some(vec![crate::facts::ClusterUpdate {
                id: "u-1".to_owned(),
                kind: Some("EndpointAccessUpdate".to_owned()),
                status: Some(status.to_owned()),
                created_at: None,
            }]);
            report
        };
        let mut watch = Watch::default();
        // One that was over before the watch is no news.
        assert!(!watch.observe(after(0), &with("Successful")).concat().contains("u-1"));
        let mut watch = Watch::default();
        let first = watch.observe(after(0), &with("InProgress")).concat();
        assert!(first.contains("EndpointAccessUpdate u-1: InProgress"), "{first}");
        assert!(watch.observe(after(10), &with("InProgress")).is_empty());
        assert_eq!(
            watch.observe(after(70), &with("Successful")),
            ["EndpointAccessUpdate u-1: InProgress -> Successful after 1m 10s"]
        );
    }

    #[test]
    fn the_summary_says_how_long_and_what_is_left() {
        let mut watch = Watch::default();
        watch.observe(after(0), &broken());
        let early = watch.summary(after(5), &broken());
        assert!(early.starts_with("broken after 5s: local still nxdomain; "), "{early}");
        assert!(early.contains("match from the start"), "{early}");
        assert!(
            early.contains("Still wrong: ") && early.contains("(no-forwarding)"),
            "{early}"
        );
        watch.observe(after(20), &healthy());
        watch.observe(after(30), &healthy());
        let late = watch.summary(after(30), &healthy());
        assert!(late.starts_with("healthy after 30s: local match after 20s; "), "{late}");
        assert!(!late.contains("Still wrong"), "{late}");
        watch.observe(after(40), &broken());
        watch.observe(after(50), &healthy());
        let again = watch.summary(after(60), &healthy());
        assert!(again.contains("local match after 50s"), "the last turn counts: {again}");
    }

    #[test]
    fn the_board_says_where_each_stands() {
        let mut watch = Watch::default();
        watch.observe(after(0), &broken());
        let board = watch.board(after(7));
        assert_eq!(board.len(), 4, "{board:#?}");
        assert_eq!((board[0].name.as_str(), board[0].right), ("local", Some(false)));
        assert!(board[0].words.contains(", for 7s; cached up to "), "{board:#?}");
        assert!(!board[1].words.contains("cached"), "{board:#?}");
        watch.observe(after(10), &healthy());
        let board = watch.board(after(75));
        assert_eq!(board[0].right, Some(true));
        assert!(board[0].words.ends_with(", for 1m 5s"), "{board:#?}");
        assert!(board[1].words.ends_with(", for 1m 15s"), "{board:#?}");
    }

    #[test]
    fn resolvers_come_and_go() {
        let mut watch = Watch::default();
        let mut report = healthy();
        let mut gone = report.resolvers.remove(0);
        watch.observe(after(0), &report);
        gone.probed.resolver.name = "new".to_owned();
        report.resolvers[0] = gone;
        let lines = watch.observe(after(10), &report);
        assert!(lines[0].starts_with("new: match"), "{lines:#?}");
        assert!(lines[1].ends_with(": no longer asked"), "{lines:#?}");
    }

    #[test]
    fn a_negative_answer_lives_as_long_as_the_lesser_of_both_says() {
        let mut resolver = broken().resolvers.remove(0);
        for (ttl, minimum, expected) in [(60, 900, 60), (900, 60, 60)] {
            for lookup in &mut resolver.probed.lookups {
                if let Some(soa) = &mut lookup.soa {
                    (soa.ttl, soa.minimum) = (ttl, minimum);
                }
            }
            assert_eq!(cached_for(&resolver), Some(after(expected)));
        }
        for lookup in &mut resolver.probed.lookups {
            lookup.soa = None;
        }
        assert_eq!(cached_for(&resolver), None);
    }
}
