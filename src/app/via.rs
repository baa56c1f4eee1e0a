//! `--via`: the same check from other places, and the comparison of all.

#![expect(
    clippy::disallowed_methods,
    reason = "this is where ssh is looked up and this program is read, to be sent along"
)]

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use tokio::sync::watch;

use super::conduct::Interrupted;
use super::{Error, output};
use crate::capture;
use crate::cli::args::CheckArgs;
use crate::facts::document::{Document, Maker, SCHEMA_VERSION};
use crate::limits;
use crate::places::{Gathered, Source, Unseen};
use crate::report::Capture;
use crate::settings::{FailOn, NamedResolver, Scope, Settings, View};
use crate::via::{Errand, Failure, Via, ssh, ssm};

/// Whether the places that were named can be asked, as far as that can be told before anything is.
pub(super) fn check(args: &CheckArgs) -> Result<(), Error> {
    if args.via.is_empty() {
        return Ok(());
    }
    if args.output.explain_why {
        return Err(Error::NoHeadlineToExplain);
    }
    if args.via.len() >= limits::PLACES {
        return Err(Error::TooManyPlaces(args.via.len()));
    }
    if args.sources.no_aws
        && let Some(via) = args.via.iter().find(|via| via.is_ssm())
    {
        return Err(Error::ViaWithoutAws(via.to_string()));
    }
    if args.push && args.via.iter().all(Via::is_ssm) {
        return Err(Error::NothingToPushTo);
    }
    Ok(())
}

/// Asks from the other places, at once, and puts what they saw beside what was seen here. A signal ends the wait: whoever
/// has not answered by then is not seen.
pub(super) async fn gather(
    args: &CheckArgs,
    settings: &Settings,
    here: &Capture,
    interrupt: Interrupted,
) -> Result<Gathered, Error> {
    let program = if args.push { Some(program()?) } else { None };
    let errand = Errand {
        arguments: arguments(args, settings, here),
        facts: facts(args, here)?,
        within: args
            .via_timeout
            .unwrap_or(settings.deadline + limits::VIA_WAY),
    };
    let name = here
        .vantage
        .name
        .clone()
        .unwrap_or_else(|| "here".to_owned());
    let mut gathered = Gathered {
        interrupted: here.interrupted,
        sources: vec![Source::of(name, here.clone())],
        unseen: Vec::new(),
    };
    let mut places = Vec::new();
    for via in &args.via {
        if !places.contains(via) {
            places.push(via.clone());
        }
    }
    let seen = if here.interrupted {
        let interrupted = places
            .iter()
            .map(|via| (via.place(), Err(Failure::Interrupted)));
        interrupted.collect()
    } else {
        let (stop, stopped) = watch::channel(false);
        let asked = ask(&places, &errand, program.as_ref(), settings, here, stopped);
        tokio::pin!(asked);
        tokio::select! {
            seen = &mut asked => seen,
            () = interrupt => {
                gathered.interrupted = true;
                let _ = stop.send(true);
                asked.await
            }
        }
    };
    for (place, seen) in seen {
        let room = gathered.sources.len() + gathered.unseen.len() < limits::PLACES;
        match seen.and_then(|capture| fitting(place.clone(), capture, &gathered.sources[0])) {
            Ok(source) if room => gathered.sources.push(source),
            Err(failure) if room => gathered.unseen.push(Unseen {
                place,
                reason: failure.to_string(),
            }),
            _ => output::note(&output::line(
                &format!(
                    "{place} is left out: no more than {} places are compared",
                    limits::PLACES
                ),
                &args.output,
            )),
        }
    }
    Ok(gathered)
}

type Seen = Vec<(String, Result<Capture, Failure>)>;

/// Asks every place at once, until all have answered or the run is stopped.
async fn ask(
    places: &[Via],
    errand: &Errand,
    program: Option<&ssh::Program>,
    settings: &Settings,
    here: &Capture,
    stopped: watch::Receiver<bool>,
) -> Seen {
    let path = std::env::var_os("PATH");
    let ssh = find(path.as_deref(), Path::is_file);
    let ssh = ssh.as_deref();
    let asked = join_all(places.iter().map(|via| {
        let mut stopped = stopped.clone();
        async move {
            let stop = async {
                // The sender outlives everybody who waits.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            tokio::select! {
                answer = Box::pin(one(via, ssh, errand, program, settings, here)) => answer,
                () = stop => vec![(via.place(), Err(Failure::Interrupted))],
            }
        }
    }));
    asked.await.into_iter().flatten().collect()
}

/// Asks one place; a tag may stand for several.
async fn one(
    via: &Via,
    ssh: Option<&Path>,
    errand: &Errand,
    program: Option<&ssh::Program>,
    settings: &Settings,
    here: &Capture,
) -> Seen {
    match via {
        Via::Ssh(destination) => {
            let answer = match ssh {
                None => Err(Failure::NoSsh),
                Some(ssh) => ssh::run(ssh, destination, errand, program).await,
            };
            let capture = answer.and_then(|answer| {
                capture::parse(&answer.document)
                    .map_err(|error| answer.ended.unreadable(&error.to_string()))
            });
            vec![(via.place(), capture)]
        }
        Via::Node(_) | Via::Tag { .. } => {
            let answers = ssm::run(&ask_for(settings, here, errand), via, errand).await;
            let read = answers.into_iter().map(|(node, answer)| {
                let capture = answer.and_then(|document| {
                    capture::parse(&document).map_err(|error| Failure::Document {
                        reason: error.to_string(),
                        said: String::new(),
                    })
                });
                (node, capture)
            });
            read.collect()
        }
    }
}

/// With whose eyes Systems Manager is asked.
fn ask_for(settings: &Settings, here: &Capture, errand: &Errand) -> crate::facts::aws::Ask {
    let sources = &settings.sources;
    let kubeconfig = here.facts.kubeconfig.as_ref();
    crate::facts::aws::Ask {
        region: sources
            .region
            .clone()
            .or_else(|| here.target.region.clone()),
        profile: sources
            .profile
            .clone()
            .or_else(|| kubeconfig.and_then(|kubeconfig| kubeconfig.profile.clone())),
        role_arn: kubeconfig
            .and_then(|kubeconfig| kubeconfig.role_arn.clone())
            .filter(|_| sources.profile.is_none()),
        // The outputs are fetched after the last look.
        deadline: errand.within + limits::AWS_READ,
    }
}

/// What came back under the name that the user gave the place, where it is about the same endpoint.
fn fitting(place: String, mut capture: Capture, here: &Source) -> Result<Source, Failure> {
    capture.vantage.name = Some(place.clone());
    let source = Source::of(place, capture);
    here.agrees_with(&source)
        .map_err(|refused| Failure::Document {
            reason: format!("is of something else: {refused}"),
            said: String::new(),
        })?;
    Ok(source)
}

/// This program, read to be sent along.
fn program() -> Result<ssh::Program, Error> {
    let read = || {
        let mut bytes = Vec::new();
        std::fs::File::open(std::env::current_exe()?)?
            .take(limits::PUSHED)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    Ok(ssh::Program {
        bytes: read().map_err(Error::Push)?,
        platforms: platforms(),
    })
}

/// What `uname -s` and `uname -m` print on the platform that this program was built for; empty where there is no
/// `uname`.
fn platforms() -> Vec<(&'static str, &'static str)> {
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Darwin",
        "freebsd" => "FreeBSD",
        _ => return Vec::new(),
    };
    // The same machine has two names: Linux says aarch64 and macOS arm64, FreeBSD says amd64 for x86_64.
    match std::env::consts::ARCH {
        "x86_64" => vec![(system, "x86_64"), (system, "amd64")],
        "aarch64" => vec![(system, "aarch64"), (system, "arm64")],
        other => vec![(system, other)],
    }
}

/// Looks `ssh` up in the absolute directories of PATH.
fn find(path: Option<&OsStr>, is_file: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let name = if cfg!(windows) { "ssh.exe" } else { "ssh" };
    std::env::split_paths(path?)
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(name))
        .find(|candidate| is_file(candidate))
}

/// What was learnt here of the cluster, for the place that may not ask; empty where nothing was.
fn facts(args: &CheckArgs, here: &Capture) -> Result<Vec<u8>, Error> {
    let facts = &here.facts;
    let learnt = facts.cluster.is_some()
        || facts.vpc.is_some()
        || facts.interfaces.is_some()
        || facts.resolver_endpoints.is_some();
    if args.sources.no_aws && args.sources.facts.is_empty() || !learnt {
        return Ok(Vec::new());
    }
    let mut facts = facts.clone();
    // This host's own configuration is nobody else's business.
    facts.stub = None;
    facts.hosts = None;
    facts.upstreams = None;
    facts.host = None;
    facts.proxy = None;
    facts.kubeconfig = None;
    facts.instance = None;
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Maker::this(),
        taken_at: here.taken_at.clone(),
        target: here.target.clone(),
        facts,
        gaps: here.gaps.clone(),
    };
    let text = document.to_json().map_err(Error::Document)?;
    Ok(text.into_bytes())
}

/// The same check as a command line. Files of this host, and what is done with the report, are not part of it.
fn arguments(args: &CheckArgs, settings: &Settings, here: &Capture) -> Vec<String> {
    let mut words = vec!["check".to_owned(), here.target.hostname.to_string()];
    let mut flag = |name: &str, value: String| words.push(format!("--{name}={value}"));
    for resolver in &settings.resolvers {
        flag("resolver", resolver.to_string());
    }
    let each = |flag: &mut dyn FnMut(&str, String), name: &str, named: &[NamedResolver]| {
        for resolver in named {
            flag(name, resolver.to_string());
        }
    };
    each(&mut flag, "vpc-resolver", &settings.vpc_resolvers);
    each(&mut flag, "inbound", &settings.inbound);
    each(&mut flag, "public-resolver", &settings.public_resolvers);
    if let Some(name) = &settings.tls_name {
        flag("tls-name", name.clone());
    }
    let asked = &settings.asked;
    for address in &asked.expect_addresses {
        flag("expect", address.to_string());
    }
    for network in &asked.expect_cidrs {
        flag("expect", network.to_string());
    }
    match asked.expect_scope {
        Some(Scope::Private) => flag("expect-scope", "private".to_owned()),
        Some(Scope::Public) => flag("expect-scope", "public".to_owned()),
        _ => {}
    }
    if asked.expect_view == Some(View::PrivateZone) {
        flag("expect-view", "private".to_owned());
    }
    for judge in &asked.judge {
        flag("judge", judge.clone());
    }
    if asked.fail_on == FailOn::Warning {
        flag("fail-on", "warning".to_owned());
    }
    flag("samples", asked.samples.to_string());
    flag("timeout", format!("{}ms", settings.timeout.as_millis()));
    flag("attempts", asked.attempts.to_string());
    flag("deadline", format!("{}ms", settings.deadline.as_millis()));
    let bare = [
        ("insecure-tls", settings.insecure_tls),
        ("no-local", settings.no_local),
        ("no-os", settings.no_os),
        ("no-controls", !asked.controls),
        ("connect", settings.connect),
        ("no-aws", args.sources.no_aws),
    ];
    for (name, _) in bare.into_iter().filter(|(_, is_on)| *is_on) {
        words.push(format!("--{name}"));
    }
    if let Some(region) = &settings.sources.region {
        words.push(format!("--region={region}"));
    }
    words.push("--output=json".to_owned());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssh_is_looked_up_in_absolute_directories_only() {
        let path = OsStr::new("bin:.:/a:/usr/bin:/b");
        let found = find(Some(path), |candidate| !candidate.starts_with("/a"));
        assert_eq!(found, Some(PathBuf::from("/usr/bin/ssh")));
        assert_eq!(find(None, |_| true), None);
        assert_eq!(find(Some(path), |_| false), None);
    }
}
