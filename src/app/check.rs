//! `check`: look up, compare, explain.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::watch;
use tokio::time::Instant;

use super::conduct::{Interrupted, apart, before, conduct, now};
use super::learn::KnownEndpoint;
use super::learning::{Knowledge, OpenSources, SourceAnswer};
use super::shared::{self, Awaits, Shared};
use super::spinner::{WaitShown, WaitingLine};
use super::{Error, again, compare, output, via};
use crate::cli::args::CheckArgs;
use crate::cli::settings;
use crate::connect::{self, Authority};
use crate::dns::{Name, RecordType};
use crate::facts::host::{self, HostFiles, HostLook};
use crate::facts::{AwsFacts, Cluster, Facts, Gap, System, Vantage, VantageKind, arn};
use crate::limits;
use crate::observation::{Connection, NotWaitedFor, Purpose, Source};
use crate::plan::Plan;
use crate::probe::{self, Direct, EarlyEnd, GetAddrInfo, Live, Progress, Run};
use crate::probed::Probed;
use crate::report::{Capture, Report, Tool, diagnose};
use crate::resolvers::{self, Resolver, Role};
use crate::settings::Settings;
use crate::settled;
use crate::target::{Target, TargetSource};
use crate::tls::Trust;

/// Checks the endpoint, and returns the report's exit code.
pub(super) fn run(args: &CheckArgs) -> Result<u8, Error> {
    let began = Instant::now();
    let settings = settings(args)?;
    output::check_save(&args.output)?;
    via::check(args)?;
    let deadline = settings.deadline;
    let shows = if args.via.is_empty() {
        WaitShown::Within(deadline)
    } else {
        WaitShown::Parts
    };
    let (gathered, interrupted) = conduct(&args.output, shows, async |mut interrupt, told| {
        let capture = Box::pin(one(&settings, began, &mut interrupt, &told.line, told.rows(deadline))).await?;
        if args.via.is_empty() {
            return Ok((capture, None));
        }
        let places = Box::pin(via::gather(args, &settings, &capture, interrupt, &told.line)).await?;
        Ok((capture, Some(places)))
    })?;
    let (mut capture, places) = match gathered {
        // What is known of it is a conclusion too.
        Err(Error::NoEndpointYet(cluster, region)) => (without_endpoint(&settings, *cluster, region), None),
        gathered => gathered?,
    };
    if let Some(places) = places {
        return compare::deliver(places, &args.output);
    }
    capture.interrupted |= interrupted;
    let report = diagnose(capture);
    match output::deliver_from(&report, &args.output, args.vantage.as_deref()) {
        // An interrupted run says that it was, whatever else went wrong.
        Err(error) if interrupted => output::error(&error, args.output.redact),
        delivered => delivered?,
    }
    Ok(args.output.format.exit_code(report.conclusion, report.exit_code))
}

/// A check of one endpoint from here, for somebody else who prints it and who watches for an interruption.
pub(super) async fn report(
    args: &CheckArgs,
    mut interrupt: Interrupted,
    progress: impl FnMut(Progress),
) -> Result<Report, Error> {
    let settings = settings(args)?;
    let capture = match Box::pin(one(
        &settings,
        Instant::now(),
        &mut interrupt,
        &WaitingLine::unseen(),
        progress,
    ))
    .await
    {
        Err(Error::NoEndpointYet(cluster, region)) => without_endpoint(&settings, *cluster, region),
        capture => capture?,
    };
    Ok(diagnose(capture))
}

/// Finds the endpoint, and asks for it.
async fn one(
    settings: &Settings,
    began: Instant,
    interrupt: &mut Interrupted,
    line: &WaitingLine,
    progress: impl FnMut(Progress),
) -> Result<Capture, Error> {
    let until = began + aws_share(settings);
    let known = KnownEndpoint::find(settings.target.as_ref(), &settings.sources, until, line);
    let known = tokio::select! {
        known = known => known?,
        () = &mut *interrupt => return Err(Error::Interrupted),
    };
    Box::pin(round(settings, &known, began, None, interrupt, progress)).await
}

/// How long AWS may take: what it names is asked after it, and the whole ends at the deadline.
pub(super) fn aws_share(settings: &Settings) -> Duration {
    let left = settings.deadline.saturating_sub(settings.timeout);
    left.max(settings.deadline / 2)
}

/// One round of questions, which ends when the deadline has passed since it `began`. Those to resolvers that are known
/// begin at once; meanwhile AWS and the metadata service are asked, and the resolvers that they name are asked when
/// they are known. `failing_since`: when the first of the rounds before began that have failed one behind the other.
pub(super) async fn round(
    settings: &Settings,
    known: &KnownEndpoint,
    began: Instant,
    failing_since: Option<&str>,
    interrupt: impl Future<Output = ()>,
    progress: impl FnMut(Progress),
) -> Result<Capture, Error> {
    let shared = Shared {
        failing_since: failing_since.map(str::to_owned),
        ..Shared::default()
    };
    round_beside(settings, known, &shared, began, interrupt, progress).await
}

/// The same as one of many: what others have shown of the resolvers is not asked again.
pub(super) async fn round_beside(
    settings: &Settings,
    known: &KnownEndpoint,
    shared: &Shared,
    began: Instant,
    interrupt: impl Future<Output = ()>,
    progress: impl FnMut(Progress),
) -> Result<Capture, Error> {
    tokio::pin!(interrupt);
    let end = began + settings.deadline;
    let left = || end.saturating_duration_since(Instant::now());
    let taken_at = now();
    let target = &known.target;
    let look = if let Some(look) = &shared.look {
        Arc::clone(look)
    } else {
        tokio::select! {
            look = look(settings, end) => look?,
            () = &mut interrupt => return Err(Error::Interrupted),
        }
    };
    let (host, gaps, vantage, pending) = look.of(&target.hostname);
    let mut knowledge = Knowledge::new(known, host, gaps, vantage);
    let pending = match &shared.configuration {
        Some((configuration, gaps)) if pending.is_some() => {
            knowledge.take(known, SourceAnswer::Host(configuration.clone(), gaps.clone()));
            None
        }
        _ => pending,
    };
    let mut plan = Plan::new(target, &settings.asked, &knowledge.facts, &random_label());
    plan.controls &= shared.controls.is_none();
    plan.known_over_tcp = shared
        .without_tcp
        .iter()
        .map(|(resolver, _)| resolver.clone())
        .collect();
    let run = Run {
        timeout: settings.timeout,
        attempts: settings.asked.attempts,
        deadline: left(),
        route: Arc::new(Direct),
        system: Arc::new(GetAddrInfo),
        trust: Trust::Platform,
        paces: shared.paces.clone(),
    };
    let sources = OpenSources::begin(settings, known, pending.as_ref(), began + aws_share(settings));
    let selection = resolvers::select(settings, &knowledge.facts)?;
    let first = if sources.left().is_empty() {
        selection.complete()?
    } else {
        selection.ready
    };
    let progress = RefCell::new(progress);
    let tell = |said| (progress.borrow_mut())(said);
    let (stop, stopped) = watch::channel(None);
    let live = Live::default();
    let ask = async |mut resolvers: Vec<Resolver>| {
        resolvers.retain(|resolver| shared.is_open(resolver));
        let run = Run {
            deadline: left(),
            ..run.clone()
        };
        probe::watched(&plan, &resolvers, &run, &live, ended(stopped.clone()), tell).await
    };
    for source in sources.left() {
        let most = (began + aws_share(settings)).saturating_duration_since(Instant::now());
        tell(Progress::Asking(source.as_str().to_owned(), Some(most)));
    }
    let knowledge = RefCell::new(knowledge);
    let failing_from = shared.failing_since.as_deref().unwrap_or(&taken_at);
    let from = settings.sources.since.and_then(|since| before(failing_from, since));
    // Who is asked is asked once, as soon as somebody names it.
    let ask_all = async {
        let until = began + aws_share(settings);
        let mut learning: FuturesUnordered<_> = sources
            .left()
            .into_iter()
            // It is asked in the session of AWS, when that is there.
            .filter(|source| *source != Source::Changes)
            .map(|source| {
                let pending = pending.clone();
                let (sources, stopped) = (&sources, stopped.clone());
                async move {
                    tokio::select! {
                        said = sources.ask(source, pending, until) => Some((source, said)),
                        _ = ended(stopped) => None,
                    }
                }
                .boxed_local()
            })
            .collect();
        let mut asked = first.clone();
        let mut asking: FuturesUnordered<_> = FuturesUnordered::new();
        asking.push(ask(first));
        let mut observations = Vec::new();
        loop {
            let (source, said) = tokio::select! {
                biased;
                Some(found) = asking.next() => {
                    observations.extend(found);
                    continue;
                }
                Some(said) = learning.next() => match said {
                    Some(said) => said,
                    None => continue,
                },
                else => break,
            };
            let session = match &said {
                SourceAnswer::Aws(learnt) => learnt.session.clone(),
                _ => None,
            };
            knowledge.borrow_mut().take(known, said);
            sources.done(source);
            tell(Progress::Said(source.as_str().to_owned()));
            match session.zip(from) {
                Some((session, from)) => {
                    let (aws, stopped) = (knowledge.borrow().facts.aws.clone(), stopped.clone());
                    let asked = async move {
                        tokio::select! {
                            said = OpenSources::changes(session, &aws, from) => Some((Source::Changes, said)),
                            _ = ended(stopped) => None,
                        }
                    };
                    learning.push(asked.boxed_local());
                }
                // Nobody can be asked.
                None if source == Source::Aws => sources.done(Source::Changes),
                None => {}
            }
            live.wake();
            // Where this is not enough yet, another source may be.
            let Ok(all) = resolvers::resolve(settings, &knowledge.borrow().facts) else {
                continue;
            };
            let is_new = |resolver: &&Resolver| !asked.iter().any(|other| other.is_same_place(resolver));
            let more: Vec<Resolver> = all.iter().filter(is_new).cloned().collect();
            asked.extend(more.iter().cloned());
            asking.push(ask(more));
        }
        observations
    };
    let so_far = |observations| {
        let Knowledge { facts, vantage, .. } = knowledge.borrow().clone();
        let resolvers = resolvers::resolve(settings, &facts).ok()?;
        Some(Capture {
            tool: Tool::this(),
            taken_at: taken_at.clone(),
            vantage,
            target: named(target, &facts),
            asked: settings.asked.clone(),
            facts,
            gaps: Vec::new(),
            observations: in_order(&resolvers, shared.complete(observations)),
            connections: Vec::new(),
            not_waited_for: Vec::new(),
            interrupted: false,
            failing_since: shared.failing_since.clone(),
            reasoned: false,
        })
    };
    let settled = async {
        settled::until(&live, settings.connect, || sources.open(), so_far).await;
        if shared.awaits == Awaits::EveryResolver {
            shared::every_resolver_spoke(&live).await;
        }
    };
    let mut asked = Box::pin(ask_all);
    let observations = tokio::select! {
        biased;
        done = &mut asked => done,
        end = async {
            tokio::select! {
                () = &mut interrupt => EarlyEnd::Interrupted,
                () = settled, if shared.awaits < Awaits::Everything => EarlyEnd::Settled,
            }
        } => {
            // Both end with what they have.
            let _ = stop.send(Some(end));
            asked.await
        }
    };
    let resolvers = resolvers::resolve(settings, &knowledge.borrow().facts)?;
    let knowledge = knowledge.borrow().clone();
    let mut gaps = knowledge.gaps();
    let Knowledge { facts, vantage, .. } = knowledge;
    let ended_by = *stop.borrow();
    let mut interrupted = ended_by == Some(EarlyEnd::Interrupted);
    let mut observations = in_order(&resolvers, shared.complete(observations));
    gaps.extend(shared.gaps(&observations));
    let mut not_waited_for = match ended_by {
        Some(EarlyEnd::Settled) => settled::left(&target.hostname, &observations, &live, sources.left()),
        _ => Vec::new(),
    };
    not_waited_for.extend(shared.left().cloned());
    gaps.extend(of_another_account(&facts));
    gaps.extend(not_asked(settings, &resolvers, &facts, &not_waited_for));
    gaps.extend(cut_short(&plan, &observations, &not_waited_for));
    let mut asked = settings.asked.clone();
    // In a run of many targets, the others show it.
    let doubted = match ended_by {
        None | Some(EarlyEnd::Settled) if plan.samples == 1 && shared.paces.is_none() => {
            let mut doubted = again::left_questions_open(&observations, &not_waited_for);
            doubted.extend(again::answered_unchecked(&observations));
            doubted
        }
        _ => Vec::new(),
    };
    if !doubted.is_empty() {
        let run = Run {
            deadline: left(),
            ..run.clone()
        };
        let end = async {
            (&mut interrupt).await;
            interrupted = true;
            EarlyEnd::Interrupted
        };
        let said = probe::watched(&plan.once_more(), &doubted, &run, &Live::default(), end, |_| {}).await;
        if again::add_what_differs(&mut observations, &said) {
            asked.samples = 2;
        }
    }
    if !interrupted && left() > Duration::ZERO {
        let own = observations.iter().filter(|probed| !shared.is_silent(&probed.resolver));
        gaps.extend(unasked(own));
    }
    let connections = if settings.connect && !interrupted {
        connections(settings, target, &facts, &observations, end, &mut gaps).await
    } else {
        Vec::new()
    };
    Ok(Capture {
        tool: Tool::this(),
        taken_at,
        vantage,
        target: named(target, &facts),
        asked,
        facts,
        gaps,
        observations,
        connections,
        not_waited_for,
        interrupted,
        failing_since: shared.failing_since.clone(),
        reasoned: false,
    })
}

/// What this host says, whatever the target is.
pub(super) async fn look(settings: &Settings, until: Instant) -> Result<Arc<HostLook>, Error> {
    let settings = settings.clone();
    let look = apart(move || host::look(&HostFiles::of(&settings, until.into_std())));
    Ok(Arc::new(look.await?.map_err(Error::File)?))
}

/// The endpoint, with the name of its cluster where the facts have it.
fn named(target: &Target, facts: &Facts) -> Target {
    let mut target = target.clone();
    if let Some(cluster) = facts.aws.cluster_of(&target.hostname) {
        target.cluster = Some(cluster.name.clone());
    }
    target
}

/// The target of a cluster that has no endpoint yet.
pub(super) fn nameless(cluster: &Cluster, region: Option<String>) -> Target {
    // arn:aws:eks:REGION:ACCOUNT:cluster/NAME
    let of_arn = || {
        cluster
            .arn
            .as_deref()
            .and_then(arn::region)
            .filter(|region| !region.is_empty())
    };
    Target {
        hostname: Name::root(),
        cluster: Some(cluster.name.clone()),
        region: region.or_else(|| of_arn().map(str::to_owned)),
        source: TargetSource::Aws,
        port: None,
    }
}

/// What is known of a cluster that has no endpoint yet: there is no name to ask for, so nobody is asked.
pub(super) fn without_endpoint(settings: &Settings, cluster: Cluster, region: Option<String>) -> Capture {
    let named = settings.vantage.clone();
    Capture {
        tool: Tool::this(),
        taken_at: now(),
        vantage: Vantage {
            name: named,
            kind: VantageKind::Unknown,
            system: System::of_this_host(),
        },
        target: nameless(&cluster, region),
        asked: settings.asked.clone(),
        facts: Facts {
            aws: AwsFacts {
                cluster: Some(cluster),
                ..AwsFacts::default()
            },
            ..Facts::default()
        },
        gaps: Vec::new(),
        observations: Vec::new(),
        not_waited_for: Vec::new(),
        connections: Vec::new(),
        interrupted: false,
        failing_since: None,
        reasoned: false,
    }
}

/// What AWS says is not of the kubeconfig's cluster where the two are of two accounts.
fn of_another_account(facts: &Facts) -> Option<Gap> {
    let kubeconfig = facts.host.kubeconfig.as_ref()?;
    let meant = kubeconfig.account()?;
    let cluster = facts.aws.cluster.as_ref()?;
    let described = cluster.arn.as_deref().and_then(arn::account)?;
    (meant != described).then(|| {
        let reason = format!(
            "AWS describes {} of account {described}, and the kubeconfig's context {} is of account {meant}: name a \
             profile of that account with --profile",
            cluster.name, kubeconfig.context
        );
        Gap::of_aws("the cluster that the kubeconfig names", "eks:DescribeCluster", reason)
    })
}

/// Connects to the addresses that were given, as far as there is time left.
async fn connections(
    settings: &Settings,
    target: &Target,
    facts: &Facts,
    observations: &[Probed],
    end: Instant,
    gaps: &mut Vec<Gap>,
) -> Vec<Connection> {
    let mut gap = |fact: &str, source: &str, reason: String| {
        gaps.push(Gap::here(fact, source, reason));
    };
    // Of another cluster, neither its name nor its authority is this one's.
    let kubeconfig = facts.host.kubeconfig.as_ref();
    let port = target
        .port
        .or_else(|| kubeconfig.map(|kubeconfig| kubeconfig.port(&target.hostname)));
    let (ports, beyond) = connect::targets(observations, port);
    if beyond > 0 {
        let reason = format!("{beyond} addresses beyond the first {}", limits::CONNECTIONS);
        gap("connections", "--connect", reason);
    }
    if ports.is_empty() {
        gap(
            "connections",
            "--connect",
            "no address was given to connect to".to_owned(),
        );
        return Vec::new();
    }
    if Instant::now() >= end {
        gap(
            "connections",
            "--connect, --deadline",
            "no time was left for them".to_owned(),
        );
        return Vec::new();
    }
    let data = facts
        .aws
        .cluster_of(&target.hostname)
        .and_then(|cluster| cluster.certificate_authority.as_deref())
        .or_else(|| kubeconfig.and_then(|kubeconfig| kubeconfig.certificate_authority.as_deref()));
    let name = kubeconfig.and_then(|kubeconfig| kubeconfig.tls_server_name.as_deref());
    let authority = match (data, name) {
        (None, _) => None,
        (Some(data), Some(name)) => Some(Authority::new(data, name)),
        (Some(data), None) => Some(Authority::of(data, &target.hostname)),
    };
    let authority = match authority {
        Some(Ok(authority)) => Some(authority),
        other => {
            let reason = match other {
                Some(Err(error)) => error.to_string(),
                _ => "no certificate authority of the cluster is known".to_owned(),
            };
            let reason = format!("{reason}: whether it is this cluster that answers was not verified");
            gap(
                "certificate of the API server",
                "eks:DescribeCluster, kubeconfig",
                reason,
            );
            // What resets, says nothing or speaks no TLS is no API server, whosever the certificate would be.
            Authority::unknown(name.unwrap_or(&target.hostname.to_fqdn())).ok()
        }
    };
    connect::connect(ports, authority.as_ref(), settings.timeout, end).await
}

/// Ends when the run is stopped, and says how.
async fn ended(mut stopped: watch::Receiver<Option<EarlyEnd>>) -> EarlyEnd {
    // The sender outlives everybody who waits.
    let end = stopped.wait_for(Option::is_some).await;
    end.ok().and_then(|end| *end).unwrap_or(EarlyEnd::Interrupted)
}

/// What was observed, in the order of the resolvers, each as it is known at the end.
fn in_order(resolvers: &[Resolver], observations: Vec<Probed>) -> Vec<Probed> {
    let mut left = observations;
    resolvers
        .iter()
        .filter_map(|resolver| {
            let at = left.iter().position(|probed| probed.resolver.is_same_place(resolver))?;
            let mut probed = left.swap_remove(at);
            probed.resolver = resolver.clone();
            Some(probed)
        })
        .collect()
}

/// Samples that were not asked before the run ended: a deadline leaves no time for them. What was not waited for is no
/// gap.
fn cut_short(plan: &Plan, observations: &[Probed], not_waited_for: &[NotWaitedFor]) -> Vec<Gap> {
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
        // Who was not asked since it was silent for others has a reason of its own.
        .filter(|probed| probed.for_others.is_none_or(|others| others.silent_for == 0))
        .filter(|probed| probed.resolver.address.is_some() && asked(probed) < samples)
        .filter(|probed| !not_waited_for.iter().any(|left| left.resolver == probed.resolver.name))
        .map(|probed| {
            Gap::here(
                format!("answers of {}", probed.resolver.name),
                "--deadline, --samples",
                format!("{} of {samples} samples were asked before the run ended", asked(probed)),
            )
        })
        .collect()
}

/// Resolvers that were not asked although there was time, and nobody ended the run.
fn unasked<'a>(observations: impl Iterator<Item = &'a Probed>) -> Vec<Gap> {
    observations
        .filter(|probed| probed.interrupted)
        .map(|probed| {
            Gap::here(
                format!("answers of {}", probed.resolver.name),
                "this host",
                "not everything could be asked: this host ran out of file descriptors, ports, memory or threads",
            )
        })
        .collect()
}

/// A first label for the random sibling: 32 hexadecimal digits, as in an endpoint's name.
fn random_label() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// What was left out, by a flag or for want of one.
fn not_asked(settings: &Settings, resolvers: &[Resolver], facts: &Facts, not_waited_for: &[NotWaitedFor]) -> Vec<Gap> {
    let names_vpc = |left: &NotWaitedFor| matches!(left.source, Some(Source::Aws | Source::Metadata));
    let gap = |fact: &str, source: &str, reason: &str| Gap::here(fact, source, reason);
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
        gaps.push(gap("operating system's lookup", "getaddrinfo", reason));
    }
    // Who might have named one was not waited for: that is said there.
    if !resolvers.iter().any(Resolver::is_vpc_side) && !not_waited_for.iter().any(names_vpc) {
        gaps.push(gap(
            Gap::VPC_VIEW,
            "--vpc-resolver, --inbound",
            "no resolver of the VPC was named, and none is known from AWS",
        ));
    }
    if !resolvers.iter().any(|resolver| resolver.has_role(Role::Public)) {
        gaps.push(gap(
            Gap::PUBLIC_VIEW,
            "--public, --public-resolver",
            "public resolvers are asked only when told to",
        ));
    }
    let beyond = resolvers::inbound_beyond(facts);
    if beyond > 0 {
        gaps.push(gap(
            "answers of inbound endpoints",
            "route53resolver:ListResolverEndpointIpAddresses",
            &format!(
                "{beyond} addresses beyond the first {} are not asked: name those that matter with --inbound",
                limits::DERIVED
            ),
        ));
    }
    if !settings.asked.controls {
        gaps.push(gap("control questions", "the resolvers", "left out by --no-controls"));
    }
    if facts.aws.cluster.is_none() && settings.sources.no_aws && settings.sources.facts.is_empty() {
        gaps.push(gap(
            "everything that AWS says",
            "AWS, --facts",
            if cfg!(feature = "aws") {
                "left out by --no-aws, and no file has them"
            } else {
                "this program was built without AWS, and no file has them"
            },
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
        let words = ["eks-dns-doctor", "a.test"].into_iter().chain(line.split_whitespace());
        let Ok(Command::Check(args)) = crate::cli::parse(words.map(Into::into)) else {
            panic!("{line}");
        };
        let settings = settings(&args).unwrap();
        let resolvers = resolvers::resolve(&settings, &Facts::default()).unwrap();
        let gaps = not_asked(&settings, &resolvers, &Facts::default(), &[]);
        gaps.into_iter().map(|gap| (gap.fact, gap.reason)).collect()
    }

    #[test]
    fn what_was_left_out_is_said() {
        let facts = |line| gaps(line).into_iter().map(|(fact, _)| fact).collect::<Vec<_>>();
        let aws = "everything that AWS says";
        // What failed while AWS was asked is said where it failed.
        #[cfg(feature = "aws")]
        assert_eq!(facts(""), ["the VPC's view", "the public view"]);
        #[cfg(not(feature = "aws"))]
        assert_eq!(facts(""), ["the VPC's view", "the public view", aws]);
        assert_eq!(facts("--no-aws"), ["the VPC's view", "the public view", aws]);
        assert_eq!(
            facts("--no-local --no-controls --inbound 10.0.0.1 --public --no-aws"),
            [
                "stub resolver configuration",
                "hosts file",
                "operating system's lookup",
                "control questions",
                aws
            ]
        );
        let reason = |line| gaps(line)[0].1.clone();
        assert_eq!(reason("--no-os --vpc-resolver 10.0.0.2"), "left out by --no-os");
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
