//! Plays a scenario: starts its servers, runs the real prober against them, and returns the capture.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use tokio::task::JoinSet;

use super::book::AddressBook;
use super::scenario::{Scenario, ScenarioAsk, SystemOutcome, Zone};
use super::secure;
use super::server::{NamePattern, OnData, OpenSockets, ServerData, open_tcp, open_udp};
use super::world::{UnplayableScenario, World};
use super::zone::{self, ZoneData};
use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::facts::platform::{Captured, HostConfiguration, windows_stub};
use crate::facts::{Facts, HostFacts, Proxy, StubConfiguration, Vantage, hosts_file};
use crate::limits;
use crate::observation::{SystemFailure, Transport};
use crate::plan::Plan;
use crate::probe::{self, EarlyEnd, Live, Progress, Run, SystemResolver};
use crate::report::{Capture, Tool};
use crate::resolvers::{self, Role, SpecError, parse_address, parse_resolver, parse_server};
use crate::settings::{Asked, NamedResolver, Settings, Sources};
use crate::settled;
use crate::target::{Target, TargetSource};

/// What came of playing a scenario.
#[derive(Debug)]
pub struct Played {
    /// Everything that was observed.
    pub capture: Capture,
    /// Questions that nothing in the scenario answers: a fault of the scenario.
    pub unexpected: Vec<String>,
}

/// How a scenario is put on.
pub struct Scene<'a> {
    /// The scenario's name, for messages.
    pub name: &'a str,
    /// The time the capture is given, RFC 3339.
    pub taken_at: String,
}

/// What getaddrinfo is made to give.
struct Canned {
    outcome: Result<Vec<IpAddr>, SystemFailure>,
    after: Duration,
}

impl SystemResolver for Canned {
    fn lookup(&self, _: &Name) -> Result<Vec<IpAddr>, SystemFailure> {
        std::thread::sleep(self.after);
        self.outcome.clone()
    }
}

/// Plays a scenario to its end.
pub async fn play(
    scenario: &Scenario,
    scene: &Scene<'_>,
    interrupt: impl Future<Output = ()>,
    progress: impl FnMut(Progress),
) -> Result<Played, UnplayableScenario> {
    perform(scenario, scene, false, interrupt, progress).await
}

/// Plays a scenario until nothing that is outstanding can change its diagnosis, as `check` asks.
pub async fn play_until_settled(
    scenario: &Scenario,
    scene: &Scene<'_>,
    interrupt: impl Future<Output = ()>,
    progress: impl FnMut(Progress),
) -> Result<Played, UnplayableScenario> {
    perform(scenario, scene, true, interrupt, progress).await
}

async fn perform(
    scenario: &Scenario,
    scene: &Scene<'_>,
    ends_early: bool,
    interrupt: impl Future<Output = ()>,
    progress: impl FnMut(Progress),
) -> Result<Played, UnplayableScenario> {
    let inconsistent = |reason: String| UnplayableScenario::Inconsistent {
        name: scene.name.to_owned(),
        reason,
    };
    let world = World::load()?;
    let target_name: Name = scenario
        .ask
        .target
        .as_deref()
        .unwrap_or(&world.target)
        .parse()
        .map_err(|error| inconsistent(format!("target: {error}")))?;
    let (settings, target) = settings(scenario, &target_name).map_err(inconsistent)?;
    let facts = facts(scenario, &target_name);
    let mut resolvers = resolvers::resolve(&settings, &facts).map_err(|error| inconsistent(error.to_string()))?;
    // What only the facts name is asked where the scenario has a server for it.
    let servers: Vec<SocketAddr> = scenario
        .servers
        .iter()
        .filter_map(|server| parse_address(&server.address).ok())
        .collect();
    resolvers.retain(|resolver| {
        resolver.in_scope
            || !matches!(resolver.role, Role::Vpc | Role::Inbound)
            || resolver.address.is_none_or(|address| servers.contains(&address))
    });
    let plan = Plan::new(&target, &settings.asked, &facts, &world.sibling);

    let stage = ScenarioStage {
        scenario,
        world: &world,
        plan: &plan,
    };
    let unexpected = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    let mut held = OpenSockets::default();
    let mut book = AddressBook::default();
    for server in &scenario.servers {
        let address = parse_address(&server.address)
            .map_err(|error| inconsistent(format!("server {:?}: {error}", server.name)))?;
        let data = stage
            .server(server, &unexpected)
            .map_err(|error| inconsistent(format!("server {:?}: {error}", server.name)))?;
        let data = Arc::new(data);
        let opened = open_udp(&data, address, server.udp, &mut tasks, &mut held).await?;
        let tcp = open_tcp(&data, server.tcp, &mut tasks, &mut held).await?;
        book.insert(address, Transport::Udp, opened.address);
        if let Some(own) = server.asked_from {
            book.insert_own(address, own);
        }
        for (from, socket) in opened.others {
            book.insert_sender(from, socket);
        }
        book.insert(address, Transport::Tcp, tcp);
        if let Some(tls) = &server.tls {
            let socket = secure::open(&data, tls, &mut tasks).await?;
            // The scenario's address is that of port 53; inside TLS the server has the ports of that.
            for transport in [Transport::Tls, Transport::Https] {
                let address = SocketAddr::new(address.ip(), transport.default_port());
                book.insert(address, transport, socket);
            }
        }
    }
    let system = match &scenario.os {
        Some(SystemOutcome::Addresses(addresses)) => Ok(addresses.clone()),
        Some(SystemOutcome::Failure(failure)) => Err(failure.clone()),
        None => Ok(Vec::new()),
    };
    let run = Run {
        timeout: settings.timeout,
        attempts: settings.asked.attempts,
        deadline: settings.deadline,
        route: Arc::new(book),
        system: Arc::new(Canned {
            outcome: system,
            after: Duration::from_millis(scenario.os_after_ms),
        }),
        trust: secure::trust().map_err(inconsistent)?,
        paces: None,
    };
    let live = Live::default();
    let capture = |observations, not_waited_for, interrupted| Capture {
        tool: Tool::this(),
        taken_at: scene.taken_at.clone(),
        vantage: Vantage {
            name: settings.vantage.clone(),
            kind: scenario.facts.vantage,
            system: scenario.facts.system,
        },
        target: target.clone(),
        asked: settings.asked.clone(),
        facts: facts.clone(),
        gaps: Vec::new(),
        observations,
        connections: scenario.connections.clone(),
        not_waited_for,
        interrupted,
        failing_since: None,
        reasoned: false,
    };
    let mut interrupted = false;
    let observations = {
        let settled = async {
            if ends_early {
                let so_far = |observations| Some(capture(observations, Vec::new(), false));
                settled::until(&live, false, Vec::new, so_far).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        let end = async {
            tokio::select! {
                () = interrupt => {
                    interrupted = true;
                    EarlyEnd::Interrupted
                }
                () = settled => EarlyEnd::Settled,
            }
        };
        probe::watched(&plan, &resolvers, &run, &live, end, progress).await
    };
    drop((tasks, held));
    let unexpected = unexpected.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let left = if interrupted {
        Vec::new()
    } else {
        settled::left(&target.hostname, &observations, &live, [])
    };
    Ok(Played {
        capture: capture(observations, left, interrupted),
        unexpected,
    })
}

/// How a resolver is read, with a label or without.
type ReadResolver = fn(&str) -> Result<NamedResolver, SpecError>;

fn settings(scenario: &Scenario, target: &Name) -> Result<(Settings, Target), String> {
    let ask: &ScenarioAsk = &scenario.ask;
    let named = |texts: &[String], read: ReadResolver| {
        texts
            .iter()
            .map(|text| read(text).map_err(|error| error.to_string()))
            .collect::<Result<Vec<_>, _>>()
    };
    let mut expect_addresses = Vec::new();
    let mut expect_cidrs = Vec::new();
    for text in &ask.expect {
        if let Ok(ip) = text.parse::<IpAddr>() {
            expect_addresses.push(ip);
        } else {
            expect_cidrs.push(text.parse::<IpNet>().map_err(|error| format!("{text:?}: {error}"))?);
        }
    }
    let target = Target {
        hostname: target.clone(),
        cluster: ask.cluster.clone(),
        region: EndpointName::parse(target).ok().map(|endpoint| endpoint.region),
        source: TargetSource::Scenario,
        port: None,
    };
    let settings = Settings {
        target: Some(target.clone()),
        sources: Sources::default(),
        asked: Asked {
            expect_addresses,
            expect_cidrs,
            expect_scope: ask.expect_scope,
            expect_view: ask.expect_view,
            judge: ask.judge.clone(),
            fail_on: ask.fail_on,
            controls: ask.controls,
            samples: ask.samples,
            timeout_ms: ask.timeout_ms,
            attempts: ask.attempts,
            deadline_ms: u64::try_from(limits::LAB_DEADLINE.as_millis()).unwrap_or(u64::MAX),
            since_s: ask.since_s,
        },
        resolvers: named(&ask.resolver, parse_resolver)?,
        vpc_resolvers: named(&ask.vpc_resolver, parse_server)?,
        inbound: named(&ask.inbound, parse_server)?,
        public_resolvers: named(&ask.public, parse_server)?,
        tls_name: ask.tls_name.clone(),
        insecure_tls: ask.insecure_tls,
        no_local: scenario.facts.resolv_conf.is_none()
            && scenario.facts.host.powershell.is_none()
            && scenario.facts.host.windows.is_none()
            && scenario.os.is_none(),
        no_os: scenario.os.is_none(),
        resolv_conf: None,
        hosts_file: None,
        connect: false,
        timeout: Duration::from_millis(ask.timeout_ms),
        deadline: limits::LAB_DEADLINE,
        vantage: Some("lab".to_owned()),
    };
    Ok((settings, target))
}

fn facts(scenario: &Scenario, target: &Name) -> Facts {
    let given = &scenario.facts;
    let octets = |text: &Option<String>| text.clone().map(String::into_bytes);
    let configuration = HostConfiguration::read(&Captured {
        resolv_conf: octets(&given.resolv_conf).as_deref(),
        nsswitch: octets(&given.host.nsswitch).as_deref(),
        resolvectl: octets(&given.host.resolvectl).as_deref(),
        scutil: octets(&given.host.scutil).as_deref(),
        resolver_files: given
            .host
            .resolver_files
            .iter()
            .map(|(name, text)| (name.clone(), text.clone().into_bytes()))
            .collect(),
        powershell: octets(&given.host.powershell).as_deref(),
        windows: given.host.windows.as_ref(),
        res_options: given.environment.get("RES_OPTIONS").cloned(),
        local_domain: given.environment.get("LOCALDOMAIN").cloned(),
        host_aliases: given.environment.get("HOSTALIASES").cloned(),
    });
    let windows = configuration.as_ref().and_then(|host| host.split_dns.as_ref());
    let windows = windows.filter(|_| given.host.powershell.is_some() || given.host.windows.is_some());
    let host = HostFacts {
        stub: given
            .resolv_conf
            .as_ref()
            .map(|text| StubConfiguration::parse("/etc/resolv.conf", text.as_bytes(), |_| None))
            .or_else(|| windows.map(|split| windows_stub(split, target))),
        configuration: configuration.clone(),
        upstreams: given.upstreams.as_ref().map(|text| {
            let source = "/run/systemd/resolve/resolv.conf";
            StubConfiguration::parse(source, text.as_bytes(), |_| None)
        }),
        hosts: given
            .hosts
            .as_ref()
            .map(|text| hosts_file::entries_for(target, "/etc/hosts", text.as_bytes())),
        proxy: Some(Proxy::read(target, |name| given.environment.get(name).cloned())),
        instance: given.instance.clone(),
        kubeconfig: given.kubeconfig.clone(),
    };
    Facts {
        host,
        aws: given.aws.clone(),
    }
}

/// What the words of a scenario mean.
struct ScenarioStage<'a> {
    scenario: &'a Scenario,
    world: &'a World,
    plan: &'a Plan,
}

impl ScenarioStage<'_> {
    fn server(
        &self,
        server: &super::scenario::LabServer,
        unexpected: &Arc<Mutex<Vec<String>>>,
    ) -> Result<ServerData, String> {
        Ok(ServerData {
            name: server.name.clone(),
            view: server.view.as_deref().map(|name| self.view(name)).transpose()?,
            on: server
                .on
                .iter()
                .map(|on| OnData::read(on, |word| self.named(word), |name| self.view(name), &self.plan.target))
                .collect::<Result<_, _>>()?,
            hasty: server.hasty,
            version: server.version.clone(),
            unexpected: Arc::clone(unexpected),
            counts: Mutex::new(BTreeMap::new()),
        })
    }

    /// A view's zones; those that all views share stand in for what it leaves out.
    fn view(&self, name: &str) -> Result<Vec<ZoneData>, String> {
        let own = self
            .scenario
            .views
            .get(name)
            .or_else(|| self.world.views.get(name))
            .ok_or_else(|| format!("there is no view {name:?}"))?;
        let overridden = |zone: &Zone| own.iter().any(|other| other.apex == zone.apex);
        self.world
            .common
            .iter()
            .filter(|zone| !overridden(zone))
            .chain(own)
            .map(|zone| ZoneData::read(zone, &self.plan.target))
            .collect()
    }

    fn named(&self, word: &str) -> Result<Vec<NamePattern>, String> {
        let is = |name: &Name| NamePattern::Is(name.clone());
        Ok(match word {
            "ANY" => vec![NamePattern::Any],
            "SIBLING" => self.plan.sibling.iter().map(is).collect(),
            "AWS" => self.plan.aws_controls.iter().map(is).collect(),
            "ROOT" => vec![NamePattern::Is(Name::root())],
            "ZONE" => self.plan.enclosing_zone.iter().map(is).collect(),
            other => vec![NamePattern::Is(zone::name(other, &self.plan.target)?)],
        })
    }
}
