//! `serve`: the check again and again in the background, and what it found as a metrics endpoint.

use std::cell::RefCell;
use std::fs;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use tokio::time::{Instant, sleep_until};

use super::check::{aws_share, round, without_endpoint};
use super::conduct::{Interrupted, apart, conduct, now};
use super::learn::KnownEndpoint;
use super::spinner::{WaitShown, WaitingLine};
use super::{Error, fleet, output};
use crate::cli::args::{CheckArgs, OutputArgs, ServeArgs};
use crate::cli::{UsageError, settings};
use crate::dns::Name;
use crate::facts::host;
use crate::fleet::Fleet;
use crate::limits;
use crate::redact;
use crate::render::exposition::Exposition;
use crate::render::{self, Format, Style, openmetrics};
use crate::report::{Report, diagnose, exit};
use crate::serve::{self, Endpoint, Moment, StandingCheck};
use crate::settings::Settings;

/// Serves until a signal comes, which is how it ends: exit code 0.
pub(super) fn run(args: &ServeArgs) -> Result<u8, Error> {
    let settings = settings(&args.check)?;
    let is_input = |path: &PathBuf| path == Path::new("-");
    if args.check.many.targets.as_ref().is_some_and(is_input) {
        return Err(UsageError::ReadOnce("--targets").into());
    }
    if settings.sources.facts.iter().any(is_input) {
        return Err(UsageError::ReadOnce("--facts").into());
    }
    let (served, _) = conduct(&args.check.output, WaitShown::Nothing, |interrupt, _| {
        serve(args, &settings, interrupt)
    })?;
    served.map(|()| exit::HEALTHY)
}

/// The moment, by both clocks.
fn moment() -> Moment {
    Moment {
        instant: Instant::now(),
        time: openmetrics::seconds(&now()).unwrap_or_default(),
    }
}

async fn serve(args: &ServeArgs, settings: &Settings, interrupt: Interrupted) -> Result<(), Error> {
    let refused = |error| Error::Listen(args.listen, error);
    let endpoint: Endpoint = serve::listen(args.listen).await.map_err(refused)?;
    let address = endpoint.address().map_err(refused)?;
    let standing = StandingCheck::new(args.interval, settings.deadline);
    let style = Style {
        ascii: args.check.output.ascii,
        ..Style::default()
    };
    let check = Check {
        args,
        settings,
        standing: standing.clone(),
        style: style.clone(),
        failing_since: RefCell::default(),
    };
    check.tell(&format!(
        "listening on http://{address}/metrics, checking every {}",
        humantime::format_duration(args.interval)
    ));
    tokio::select! {
        biased;
        // Nothing is asked any more, and nobody is waited for.
        () = interrupt => Ok(()),
        never = check.again_and_again() => never,
        () = endpoint.answer(standing, style, moment) => Ok(()),
    }
}

/// What files look like from outside: when each was changed, and its octets; `None` of one that is not there.
type Stamp = Vec<Option<(Duration, u64)>>;

/// What a check found.
enum CheckDocument {
    /// One target.
    One(Box<Report>),
    /// Many targets.
    Many(Box<Fleet>),
}

struct Check<'a> {
    args: &'a ServeArgs,
    settings: &'a Settings,
    standing: StandingCheck,
    style: Style,
    /// The endpoint whose checks have failed one behind the other, and when the first of those began, RFC 3339.
    failing_since: RefCell<Option<(Name, String)>>,
}

impl Check<'_> {
    /// Check after check. One that cannot be made ends it only where it is the first: it was asked for wrongly then.
    async fn again_and_again(&self) -> Result<(), Error> {
        let mut said: Option<String> = None;
        let mut is_first = true;
        loop {
            let began = moment();
            // What is read from here on is of this check; a file that changes meanwhile is read for the next.
            let files = self.stamp(began.instant + self.args.interval).await;
            let line = match Box::pin(self.once(began.instant)).await {
                Ok(document) => self.take(&document, began)?,
                Err(error) if is_first => return Err(error),
                Err(error) => {
                    self.standing.failed(moment());
                    format!(
                        "no check could be made: {}",
                        output::said(&error, self.args.check.output.redact)
                    )
                }
            };
            is_first = false;
            if said.as_ref() != Some(&line) {
                self.tell(&line);
                said = Some(line);
            }
            let soonest = Instant::now() + limits::BETWEEN_ROUNDS;
            self.wait(soonest, (began.instant + self.args.interval).max(soonest), files)
                .await;
        }
    }

    /// One check, with what its files say now.
    async fn once(&self, began: Instant) -> Result<CheckDocument, Error> {
        let settings = self.settings;
        if self.args.check.many.flag().is_some() {
            let mut interrupt: Interrupted = Box::pin(pending());
            let quietly = CheckArgs {
                output: OutputArgs {
                    quiet: true,
                    ..self.args.check.output.clone()
                },
                ..self.args.check.clone()
            };
            let fleet = Box::pin(fleet::gather(
                &quietly,
                settings,
                &mut interrupt,
                &WaitingLine::unseen(),
            ))
            .await?;
            return Ok(CheckDocument::Many(Box::new(fleet)));
        }
        let until = began + aws_share(settings);
        let failing = self.failing_since.borrow().clone();
        let mut since = None;
        let capture = match KnownEndpoint::find(
            settings.target.as_ref(),
            &settings.sources,
            until,
            &WaitingLine::unseen(),
        )
        .await
        {
            Ok(known) => {
                since = failing
                    .filter(|(name, _)| *name == known.target.hostname)
                    .map(|(_, since)| since);
                Box::pin(round(settings, &known, began, since.as_deref(), pending(), |_| {})).await?
            }
            // What is known of it is a conclusion too.
            Err(Error::NoEndpointYet(cluster, region)) => without_endpoint(settings, *cluster, region),
            Err(error) => return Err(error),
        };
        let hostname = capture.target.hostname.clone();
        let redacts = self.args.check.output.redact;
        let vantage = self.args.check.vantage.clone();
        // Beside the endpoint, which answers meanwhile.
        let report = apart(move || {
            let report = diagnose(capture);
            if redacts {
                redact::report(report, vantage.as_deref()).map_err(Error::from)
            } else {
                Ok(report)
            }
        });
        let report = report.await??;
        let first = since.unwrap_or_else(|| report.taken_at.clone());
        *self.failing_since.borrow_mut() = report.fails().then_some((hostname, first));
        Ok(CheckDocument::One(Box::new(report)))
    }

    /// Takes what was found, and says it in one line.
    fn take(&self, document: &CheckDocument, began: Moment) -> Result<String, Error> {
        let tell = |exposition: &mut Exposition| match document {
            CheckDocument::One(report) => {
                openmetrics::add(exposition, report, report.vantage.name.as_deref().unwrap_or_default());
            }
            CheckDocument::Many(fleet) => render::fleet::machine::add(exposition, fleet),
        };
        self.standing.found(began, moment(), tell, &self.style)?;
        let mut line = String::new();
        match document {
            CheckDocument::One(report) => render::render(report, Format::Short, &self.style, &mut line)?,
            CheckDocument::Many(fleet) => render::fleet::render(fleet, Format::Short, &self.style, &mut line)?,
        }
        Ok(line.trim_end().to_owned())
    }

    /// A line of the log, with its time.
    fn tell(&self, line: &str) {
        let output = &self.args.check.output;
        if !output.quiet {
            output::progress(&format!("{}  {}", now(), output::line(line, output)));
        }
    }

    /// Waits for the next check, or until a file has changed, but for no less than until the soonest.
    async fn wait(&self, soonest: Instant, next: Instant, before: Option<Stamp>) {
        sleep_until(soonest).await;
        while Instant::now() < next {
            if let (Some(before), Some(now)) = (&before, self.stamp(next).await)
                && *before != now
            {
                return;
            }
            sleep_until(next.min(Instant::now() + limits::SERVE_LOOK)).await;
        }
    }

    /// What the files of this check look like from outside; `None` where a file system does not answer in time.
    async fn stamp(&self, until: Instant) -> Option<Stamp> {
        let paths = self.files();
        let look = apart(move || {
            let of = |path: &PathBuf| {
                let found = fs::metadata(path).ok()?;
                let changed = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
                Some((changed, found.len()))
            };
            paths.iter().map(of).collect()
        });
        tokio::select! {
            stamp = look => stamp.ok(),
            () = sleep_until(until) => None,
        }
    }

    /// The files that say what is to be checked.
    fn files(&self) -> Vec<PathBuf> {
        let settings = self.settings;
        let kubeconfigs = match &settings.sources.kubeconfig {
            Some(named) => vec![named.clone()],
            None => host::kubeconfig_paths(),
        };
        kubeconfigs
            .into_iter()
            .chain(settings.sources.facts.iter().cloned())
            .chain(self.args.check.many.targets.clone())
            .chain(settings.resolv_conf.clone())
            .chain(settings.hosts_file.clone())
            .collect()
    }
}
