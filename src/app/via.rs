//! `--via`: the same check from other places, and the comparison of all.

#![expect(clippy::disallowed_methods, reason = "this is where ssh is looked up")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use futures_util::future::join_all;
use tokio::sync::{OnceCell, watch};

use super::conduct::Interrupted;
use super::pushed::Programs;
use super::spinner::WaitingLine;
use super::{Error, far};
use crate::capture;
use crate::cli::args::CheckArgs;

use crate::facts::aws::{AwsAccess, NoSession, Session};
use crate::facts::document::FactsDocument;
use crate::facts::{Gap, Kubeconfig};
use crate::fleet::{self, Documents, Fleet};
use crate::limits;
use crate::places::{CaptureFile, Gathered};
use crate::report::{Capture, Unseen};
use crate::settings::{FailOn, NamedResolver, Settings};
use crate::target::Target;
use crate::target::{Scope, View};
use crate::via::{Errand, Failure, Via, ssh, ssm};

/// Whether the places that were named can be asked, as far as that can be told before anything is.
pub(super) fn check(args: &CheckArgs) -> Result<(), Error> {
    if args.via.is_empty() {
        return Ok(());
    }
    if args.output.explain_why {
        return Err(Error::NoHeadlineToExplain);
    }
    if args.via.len() > limits::VIA_AT_ONCE {
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

/// Asks from the other places, at once, and puts what they saw beside what was seen here. A signal ends the wait:
/// whoever has not answered by then is not seen.
pub(super) async fn gather(
    args: &CheckArgs,
    settings: &Settings,
    here: &Capture,
    interrupt: Interrupted,
    line: &WaitingLine,
) -> Result<Gathered, Error> {
    let programs = if args.push { Some(Programs::read()?) } else { None };
    let errand = Errand {
        arguments: arguments(args, settings, Some(&here.target)),
        flag: "--facts",
        facts: facts(args, here)?,
        within: args.via_timeout.unwrap_or(settings.deadline + limits::VIA_WAY),
    };
    let name = here.vantage.name.clone().unwrap_or_else(|| "here".to_owned());
    let mut gathered = Gathered {
        interrupted: here.interrupted,
        sources: Vec::new(),
        unseen: Vec::new(),
    };
    let places = places(args);
    let (seen, without_role) = if here.interrupted {
        let interrupted = places.iter().map(|via| (via.place(), Err(Failure::Interrupted)));
        (interrupted.collect(), None)
    } else {
        let (stop, stopped) = watch::channel(false);
        let kubeconfig = here.facts.host.kubeconfig.as_ref();
        let eyes = ask_for(settings, kubeconfig, here.target.region.as_deref(), &errand);
        let left_out = left_out(args);
        let asked = async {
            let mut stop = stopped.clone();
            let (mut seen, without_role) =
                ask(&places, &errand, programs.as_ref(), &eyes, stopped, &capture_of, line).await;
            tokio::select! {
                () = far::read_vpcs(left_out, &eyes, &mut seen, line) => {}
                _ = stop.wait_for(|stopped| *stopped) => {}
            }
            (seen, without_role)
        };
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
    // The check here may have met the same role.
    let mut own = here.clone();
    own.gaps.extend(without_role.filter(|gap| !here.gaps.contains(gap)));
    gathered.sources.push(CaptureFile::of(name, own));
    // Where not all have room, the last line is for those that have none: they were not looked at.
    let room = limits::PLACES - gathered.sources.len();
    let beyond = if seen.len() > room { seen.len() - (room - 1) } else { 0 };
    let kept = seen.len() - beyond;
    for (place, seen) in seen.into_iter().take(kept) {
        match seen.and_then(|capture| fitting(place.clone(), capture, &gathered.sources[0])) {
            Ok(source) => gathered.sources.push(source),
            Err(failure) => gathered.unseen.push(Unseen {
                place,
                reason: failure.to_string(),
            }),
        }
    }
    if beyond > 0 {
        gathered.unseen.push(Unseen {
            place: format!("{beyond} more"),
            reason: Failure::Beyond.to_string(),
        });
    }
    Ok(gathered)
}

/// The flag that leaves AWS out of this run.
fn left_out(args: &CheckArgs) -> Option<&'static str> {
    if args.sources.no_aws {
        Some("--no-aws")
    } else if args.sources.facts.is_empty() {
        None
    } else {
        Some("--facts")
    }
}

/// The places that were named, each once.
fn places(args: &CheckArgs) -> Vec<Via> {
    let mut places = Vec::new();
    for via in &args.via {
        if !places.contains(via) {
            places.push(via.clone());
        }
    }
    places
}

/// Checks the same targets from the other places, at once, each place all of them in one run of its own. A place that
/// was not seen has no answer for any target.
pub(super) async fn fleets(
    args: &CheckArgs,
    settings: &Settings,
    targets: Vec<u8>,
    interrupt: &mut Interrupted,
    line: &WaitingLine,
) -> Result<Documents, Error> {
    let programs = if args.push { Some(Programs::read()?) } else { None };
    let errand = Errand {
        arguments: arguments(args, settings, None),
        flag: "--targets",
        facts: targets,
        // --deadline is the time of one target.
        within: args.via_timeout.unwrap_or(limits::DEADLINE),
    };
    let eyes = ask_for(settings, None, None, &errand);
    let (stop, stopped) = watch::channel(false);
    let places = places(args);
    let asked = ask(&places, &errand, programs.as_ref(), &eyes, stopped, &fleet_of, line);
    tokio::pin!(asked);
    let mut documents = Documents::default();
    let (seen, _) = tokio::select! {
        seen = &mut asked => seen,
        () = &mut *interrupt => {
            documents.interrupted = true;
            let _ = stop.send(true);
            asked.await
        }
    };
    for (place, seen) in seen.into_iter().take(limits::PLACES - 1) {
        match seen {
            Ok(fleet) => documents.seen.push((place, fleet)),
            Err(failure) => documents.unseen.push(Unseen {
                place,
                reason: failure.to_string(),
            }),
        }
    }
    Ok(documents)
}

/// Reads what came back of one target.
fn capture_of(document: &[u8]) -> Result<Capture, String> {
    capture::parse(document).map_err(|error| error.to_string())
}

/// Reads what came back of many.
fn fleet_of(document: &[u8]) -> Result<Fleet, String> {
    let none = || "is no document of many targets".to_owned();
    let read = fleet::read_document(document).map_err(|error| error.to_string())?;
    read.ok_or_else(none)
}

/// What each place came to.
type PerPlace<T> = Vec<(String, Result<T, Failure>)>;

/// How what came back is read.
type Reads<'a, T> = &'a dyn Fn(&[u8]) -> Result<T, String>;

/// Asks every place at once, until all have answered or the run is stopped. With the gap of a role that could not be
/// assumed for it.
async fn ask<T>(
    places: &[Via],
    errand: &Errand,
    programs: Option<&Programs>,
    eyes: &AwsAccess,
    stopped: watch::Receiver<bool>,
    reads: Reads<'_, T>,
    line: &WaitingLine,
) -> (PerPlace<T>, Option<Gap>) {
    let path = std::env::var_os("PATH");
    let ssh = find(path.as_deref(), Path::is_file);
    let ssh = ssh.as_deref();
    // Credentials are loaded once, for all nodes.
    let session = OnceCell::new();
    let session = &session;
    let asked = join_all(places.iter().map(|via| {
        let mut stopped = stopped.clone();
        async move {
            let _waited = line.waits_for(&via.place(), errand.within);
            let stop = async {
                // The sender outlives everybody who waits.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            tokio::select! {
                answer = Box::pin(async {
                    match via {
                        Via::Ssh(destination) => {
                            vec![(via.place(), host(destination, ssh, errand, programs, reads).await)]
                        }
                        Via::Node(_) | Via::Tag { .. } => {
                            let opened = session
                                .get_or_init(|| async {
                                    Session::open_with_or_without_role(eyes).await
                                })
                                .await;
                            nodes(via, opened.as_ref().map(|(session, _)| session), errand, reads).await
                        }
                    }
                }) => answer,
                () = stop => vec![(via.place(), Err(Failure::Interrupted))],
            }
        }
    }));
    let asked = asked.await;
    let without_role = session.get().and_then(|opened| opened.as_ref().ok()?.1.clone());
    let mut listed = BTreeSet::new();
    let mut all = Vec::new();
    for (via, answers) in places.iter().zip(asked) {
        for (place, answer) in answers {
            // A node may be named, and have a tag that is named too.
            if !via.is_ssm() || listed.insert(place.clone()) {
                all.push((place, answer));
            }
        }
    }
    (all, without_role)
}

/// Asks one host. Where this program was sent and does not run there, the one that does is sent in what is left of the
/// time.
async fn host<T>(
    destination: &str,
    ssh: Option<&Path>,
    errand: &Errand,
    programs: Option<&Programs>,
    reads: Reads<'_, T>,
) -> Result<T, Failure> {
    let ssh = ssh.ok_or(Failure::NoSsh)?;
    let begun = Instant::now();
    let answer = match (
        ssh::run(ssh, destination, errand, programs.map(Programs::own)).await,
        programs,
    ) {
        (Err(failure), Some(programs)) => {
            let program = programs.instead(failure)?;
            let again = Errand {
                within: errand.within.saturating_sub(begun.elapsed()),
                ..errand.clone()
            };
            ssh::run(ssh, destination, &again, Some(&program)).await?
        }
        (answer, _) => answer?,
    };
    reads(&answer.document).map_err(|reason| answer.ended.unreadable(&reason))
}

/// Asks one node, or those with a tag.
async fn nodes<T>(
    via: &Via,
    session: Result<&Session, &NoSession>,
    errand: &Errand,
    reads: Reads<'_, T>,
) -> PerPlace<T> {
    match session {
        Ok(session) => {
            ssm::run(session, via, errand, |document| {
                reads(document).map_err(|reason| Failure::Document {
                    reason,
                    said: String::new(),
                })
            })
            .await
        }
        Err(error) => vec![(via.place(), Err(Failure::Manager(error.to_string())))],
    }
}

/// With whose eyes Systems Manager is asked.
fn ask_for(settings: &Settings, kubeconfig: Option<&Kubeconfig>, region: Option<&str>, errand: &Errand) -> AwsAccess {
    let sources = &settings.sources;
    AwsAccess {
        region: sources.region.clone().or_else(|| region.map(str::to_owned)),
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
fn fitting(place: String, mut capture: Capture, here: &CaptureFile) -> Result<CaptureFile, Failure> {
    capture.vantage.name = Some(place.clone());
    let source = CaptureFile::of(place, capture);
    here.agrees_with(&source).map_err(|refused| Failure::Document {
        reason: format!("is of something else: {refused}"),
        said: String::new(),
    })?;
    Ok(source)
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
    let facts = &here.facts.aws;
    let learnt = facts.cluster.is_some()
        || facts.vpc.is_some()
        || facts.interfaces.is_some()
        || facts.resolver_endpoints.is_some();
    if args.sources.no_aws && args.sources.facts.is_empty() || !learnt {
        return Ok(Vec::new());
    }
    let document = FactsDocument::for_elsewhere(&here.taken_at, &here.target, facts, &here.gaps);
    let text = document.to_json().map_err(Error::Document)?;
    Ok(text.into_bytes())
}

/// The same check as a command line, of this endpoint where it is one. Files of this host, and what is done with the
/// report, are not part of it.
fn arguments(args: &CheckArgs, settings: &Settings, target: Option<&Target>) -> Vec<String> {
    let mut words = vec!["check".to_owned()];
    words.extend(target.map(|target| {
        let port = target.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", target.hostname)
    }));
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
    if let Some(rate) = args.many.rate {
        words.push(format!("--rate={rate}"));
    }
    if let Some(region) = &settings.sources.region {
        words.push(format!("--region={region}"));
    }
    words.push("--output=json".to_owned());
    words
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    #![cfg_attr(
        not(feature = "aws"),
        expect(dead_code, reason = "one test needs AWS, and what it sends with it")
    )]

    use super::*;
    use crate::facts::kubeconfig::{ContextFault, NotTaken, Refusal};
    use crate::facts::platform::{
        Chooser, DnsScope, HostConfiguration, HostsLine, OverHttps, OverHttpsPolicy, ScopeDomain, Service, SplitDns,
        Writer,
    };
    use crate::facts::{
        AwsFacts, Call, Caller, Cluster, FailedRead, Firewall, HostFacts, HostsEntry, Instance, Kubeconfig,
        LibcServers, LineApart, LineForm, NetworkInterface, Proxy, ReadFailure, ResolverRule, RuleTarget,
        StubConfiguration,
    };
    use serde_json::Value;

    #[test]
    fn ssh_is_looked_up_in_absolute_directories_only() {
        // As each system writes it: the relative ones first.
        let (directories, ssh) = if cfg!(windows) {
            (["bin", ".", r"C:\a", r"C:\usr\bin", r"C:\b"], r"C:\usr\bin\ssh.exe")
        } else {
            (["bin", ".", "/a", "/usr/bin", "/b"], "/usr/bin/ssh")
        };
        let path = std::env::join_paths(directories).unwrap();
        let found = find(Some(&path), |candidate| !candidate.starts_with(directories[2]));
        assert_eq!(found, Some(PathBuf::from(ssh)));
        assert_eq!(find(None, |_| true), None);
        assert_eq!(find(Some(&path), |_| false), None);
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the fields have it")]
    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn stub(name: &str, server: &str) -> StubConfiguration {
        StubConfiguration {
            source: format!("/home/alice/{name}"),
            is_copy: true,
            name_servers: vec![server.parse().unwrap()],
            defaulted: true,
            search: vec![format!("{name}.alice.example").parse().unwrap()],
            ndots: 5,
            timeout_s: 5,
            attempts: 5,
            rotate: true,
            use_vc: true,
            single_request: true,
            edns0: true,
            libc: LibcServers {
                glibc: Some(vec![server.parse().unwrap()]),
                musl: Some(vec![server.parse().unwrap()]),
                lines: vec![LineApart {
                    line: 1,
                    form: LineForm::CarriageReturn,
                }],
            },
            problems: vec![format!("a problem of alice's {name}")],
        }
    }

    /// Every field of this host's half. None is left to a default, so that a new one is asked for here.
    fn host() -> HostFacts {
        HostFacts {
            stub: Some(stub("stub", "203.0.113.1:53")),
            upstreams: Some(stub("upstreams", "203.0.113.2:53")),
            configuration: Some(HostConfiguration {
                resolv_conf_writer: Some(Writer::Tailscale),
                hosts_line: Some(HostsLine {
                    text: "files alicedb".to_owned(),
                    services: vec![Service {
                        name: "alicedb".to_owned(),
                        ends_when_not_found: true,
                        ends_when_unavailable: true,
                    }],
                }),
                res_options: text("alice-res-options"),
                local_domain: text("alice-local-domain"),
                has_host_aliases: true,
                split_dns: Some(SplitDns {
                    chooser: Chooser::SystemdResolved,
                    source: "alice's resolvectl".to_owned(),
                    scopes: vec![DnsScope {
                        name: "alicetun0".to_owned(),
                        servers: vec!["203.0.113.3:53".parse().unwrap()],
                        domains: vec![ScopeDomain {
                            name: "vpn.alice.example".parse().unwrap(),
                            exact: true,
                        }],
                        takes_the_rest: true,
                        bound_only: true,
                        order: Some(7),
                        timeout_s: Some(7),
                    }],
                    search: vec!["search.alice.example".parse().unwrap()],
                    over_https: vec![OverHttps {
                        server: "203.0.113.5".parse().unwrap(),
                        template: text("https://doh.alice.example/"),
                        may_fall_back: true,
                    }],
                    over_https_policy: Some(OverHttpsPolicy::Required),
                    problems: vec!["a problem of alice's tunnel".to_owned()],
                }),
            }),
            hosts: Some(vec![HostsEntry {
                ip: "203.0.113.4".parse().unwrap(),
                path: "/home/alice/hosts".to_owned(),
                line: 7,
                in_other_case: true,
            }]),
            proxy: Some(Proxy {
                variable: text("HTTPS_PROXY"),
                address: text("proxy.alice.example:3128"),
                bypassed: true,
            }),
            kubeconfig: Some(Kubeconfig {
                asks_for_a_user: text("alice has no credentials"),
                files: vec!["/home/alice/.kube/config".to_owned()],
                context: "alice-context".to_owned(),
                cluster_entry: "alice-entry".to_owned(),
                server: "https://127.0.0.1:16443".to_owned(),
                refusal: Some(Refusal {
                    causes: vec![NotTaken {
                        fault: ContextFault::AuthorityFile,
                        file: text("/home/alice/other-ca.pem"),
                    }],
                    prints: vec!["error: alice's file".to_owned()],
                }),
                tls_server_name: text("tls.alice.example"),
                proxy_url: text("http://proxy.alice.example:3129"),
                proxy_url_problem: text("alice's proxy-url"),
                certificate_authority: text("QUxJQ0U="),
                certificate_authority_file: text("/home/alice/ca.pem"),
                certificate_authority_problem: text("alice may not read it"),
                cluster: text("alice-cluster"),
                region: text("alice-region-1"),
                region_doubt: text("alice-region-3"),
                profile: text("alice-profile"),
                role_arn: text("arn:aws:iam::999999999999:role/alice"),
                exec_unread: text("alice-wrapper"),
                exec_credentials: vec!["ALICE_SECRET".to_owned()],
                other_contexts: vec!["alice-other".to_owned()],
                found_by_host: true,
            }),
            instance: Some(Instance {
                id: text("i-0a11ce"),
                region: text("alice-region-2"),
                vpc_id: text("vpc-0a11ce"),
                vpc_cidrs: vec!["203.0.113.128/25".parse().unwrap()],
                account: text("999999999998"),
            }),
        }
    }

    /// Something of AWS's half. It goes along as one value, so that no field of it can be left out.
    fn aws() -> AwsFacts {
        let ip = "192.168.7.7".parse().unwrap();
        AwsFacts {
            caller: Some(Caller {
                account: "111122223333".to_owned(),
                arn: text("arn:aws:iam::111122223333:user/reader"),
            }),
            cluster: Some(Cluster::default()),
            interfaces: Some(vec![NetworkInterface {
                id: "eni-1".to_owned(),
                addresses: vec![ip],
            }]),
            resolver_rules: Some(vec![ResolverRule {
                targets: vec![RuleTarget { ip, port: 53 }],
                ..ResolverRule::default()
            }]),
            firewall: Some(Firewall::default()),
            failed_reads: vec![FailedRead {
                call: Call::ListUpdates,
                kind: ReadFailure::Denied,
                code: None,
                message: None,
            }],
            partial: vec![Call::ListResolverRules],
            of_one_vpc: vec![Call::ListProfileAssociations],
            origin: text("--facts, of 2026-01-01T00:00:00Z"),
            ..AwsFacts::default()
        }
    }

    /// Every text of a value that is not empty, and every member that says nothing.
    fn leaves(name: &str, value: &Value, texts: &mut Vec<String>, empty: &mut Vec<String>) {
        match value {
            Value::Null => empty.push(name.to_owned()),
            Value::String(text) if text.is_empty() => empty.push(name.to_owned()),
            Value::String(text) => texts.push(text.clone()),
            Value::Array(all) if all.is_empty() => empty.push(name.to_owned()),
            Value::Array(all) => all.iter().for_each(|one| leaves(name, one, texts, empty)),
            Value::Object(all) => all.iter().for_each(|(name, one)| leaves(name, one, texts, empty)),
            Value::Bool(_) | Value::Number(_) => {}
        }
    }

    // With the flags of AWS, which a program without it refuses.
    #[cfg(feature = "aws")]
    #[test]
    fn nothing_of_this_host_goes_to_another_place() {
        use crate::cli::args::Command;
        use crate::facts::Facts;

        let (mut of_host, mut empty) = (Vec::new(), Vec::new());
        let members = serde_json::to_value(host()).unwrap();
        leaves("", &members, &mut of_host, &mut empty);
        assert_eq!(empty, [""; 0], "every field of this host's half is filled");
        let recorded = include_bytes!("../../fixtures/cases/no-forwarding/public-control-agrees/capture.json");
        let mut here = capture::parse(recorded).unwrap();
        here.facts = Facts {
            host: host(),
            aws: aws(),
        };
        here.vantage.name = text("alice-laptop");
        here.gaps = vec![
            Gap::here("what alice's file says", "/home/alice/gap", "alice may not read it"),
            Gap::of_aws("updates of the cluster", "eks:ListUpdates", "denied"),
        ];
        // What observations say of this host's own resolvers.
        for probed in here
            .observations
            .iter()
            .filter(|probed| !probed.resolver.has_role(crate::resolvers::Role::Public))
        {
            of_host.extend(probed.resolver.address.map(|address| address.ip().to_string()));
        }
        of_host.extend(["alice", "203.0.113."].map(str::to_owned));
        let line = "eks-dns-doctor check name.example --resolv-conf /home/alice/resolv.conf --hosts-file \
                    /home/alice/hosts --kubeconfig /home/alice/kubeconfig --context alice-context --profile \
                    alice-profile --vantage alice-laptop --facts /home/alice/facts.json --via ssh:bastion";
        let Ok(Command::Check(args)) = crate::cli::parse(line.split_whitespace().map(Into::into)) else {
            panic!("{line}");
        };
        let settings = crate::cli::settings::settings(&args).unwrap();
        let document = String::from_utf8(facts(&args, &here).unwrap()).unwrap();
        let sent = format!(
            "{document}\n{}",
            arguments(&args, &settings, Some(&here.target)).join("\n")
        );
        for one in &of_host {
            assert!(!sent.contains(one.as_str()), "{one:?} is sent:\n{sent}");
        }
        let document: Value = serde_json::from_str(&document).unwrap();
        for name in members.as_object().unwrap().keys() {
            assert_eq!(document["facts"].get(name), None, "{name} is sent");
        }
        // All of what AWS says goes along, and only its gaps.
        assert_eq!(document["facts"], serde_json::to_value(aws()).unwrap());
        assert_eq!(document["gaps"], serde_json::json!([here.gaps[1]]));
    }
}
