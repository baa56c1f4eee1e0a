//! When a run ends: over every scenario, with what came in withheld in turn. Where the rest is said not to be worth
//! waiting for, the run without it comes to the decision of the whole one.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::path::Path;
use std::time::Duration;

use eks_dns_doctor::capture;
use eks_dns_doctor::compare::Verdict;
use eks_dns_doctor::expect::Expected;
use eks_dns_doctor::facts::AwsFacts;
use eks_dns_doctor::lab;
use eks_dns_doctor::limits;
use eks_dns_doctor::observation::{Lookup, NotWaitedFor, Purpose, Question, Source, Transport};
use eks_dns_doctor::report::{Capture, Conclusion, Decision, Report, diagnose};
use eks_dns_doctor::resolvers::Role;
use eks_dns_doctor::settings::FailOn;
use eks_dns_doctor::settled::{self, AwaitedQuestion, Learning};

/// What was observed when the scenario was recorded.
fn recorded(name: &str) -> Capture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(name);
    capture::parse(&std::fs::read(path.join("capture.json")).unwrap()).unwrap()
}

fn question(capture: &Capture, resolver: usize, lookup: &Lookup) -> Question {
    let asked = capture.observations[resolver].resolver.transport.unwrap();
    Question {
        purpose: lookup.purpose,
        qname: lookup.question.clone(),
        qtype: lookup.qtype,
        class: lookup.class,
        transport: if lookup.purpose == Purpose::TargetTcp {
            Transport::Tcp
        } else {
            asked
        },
        checking_disabled: lookup.purpose == Purpose::CheckingDisabled,
        sample: lookup.sample,
    }
}

/// When a lookup came in: silence is known at the end of its window.
fn came(capture: &Capture, lookup: &Lookup) -> f64 {
    let window = capture.asked.timeout_ms as f64;
    if lookup.kind.is_silence() && lookup.rtt_ms.is_none() {
        // A refused port is known at once.
        let is_turned_away = lookup.kind == eks_dns_doctor::dns::AnswerKind::Unreachable;
        return if is_turned_away { 1.0 } else { window };
    }
    lookup.rtt_ms.unwrap_or(1.0)
}

/// What is withheld: of a resolver, the lookups that these are of; or the operating system's.
type Withheld<'a> = &'a dyn Fn(usize, &Lookup) -> bool;

/// The capture without what is withheld, and what is outstanding then, at a time before any of it came in.
fn without(whole: &Capture, withheld: Withheld<'_>, system: bool, at_ms: f64) -> (Capture, Vec<AwaitedQuestion>) {
    let mut rest = whole.clone();
    let mut outstanding = Vec::new();
    let waited = Duration::from_secs_f64(at_ms / 1000.0);
    for (resolver, probed) in rest.observations.iter_mut().enumerate() {
        if system && probed.system.take().is_some() {
            outstanding.push(AwaitedQuestion {
                resolver,
                question: None,
                waited,
            });
        }
        for lookup in &whole.observations[resolver].lookups {
            if withheld(resolver, lookup) {
                outstanding.push(AwaitedQuestion {
                    resolver,
                    question: Some(question(whole, resolver, lookup)),
                    waited,
                });
            }
        }
        probed.lookups.retain(|lookup| !withheld(resolver, lookup));
    }
    rest.not_waited_for = settled::not_waited_for(&whole.target.hostname, &rest.observations, &outstanding, []);
    (rest, outstanding)
}

/// A scenario as it was recorded, and what is said of it.
struct Played {
    name: &'static str,
    whole: Capture,
    report: Report,
}

#[derive(Default)]
struct Tally {
    tried: usize,
    cut: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn hold(&mut self, played: &Played, what: &str, withheld: Withheld<'_>, system: bool) {
        let Played { name, whole, report } = played;
        let looks = what.starts_with("all ");
        let of_withheld = whole.observations.iter().enumerate().flat_map(|(resolver, probed)| {
            let lookups = probed.lookups.iter().filter(move |lookup| withheld(resolver, lookup));
            lookups.map(|lookup| came(whole, lookup))
        });
        let first = of_withheld.fold(f64::INFINITY, f64::min);
        let unheard = limits::UNHEARD.as_secs_f64() * 1000.0;
        for at_ms in [0.0, unheard + 1.0] {
            if at_ms >= first {
                continue;
            }
            let (rest, outstanding) = without(whole, withheld, system, at_ms);
            if outstanding.is_empty() {
                continue;
            }
            self.tried += 1;
            let short = diagnose(rest.clone());
            let is_same = short.decision() == report.decision();
            // Where the decision is the same either way, nothing can be wrong.
            if is_same && !looks {
                continue;
            }
            if settled::open(&rest, &outstanding, &[], false, None).is_some() {
                continue;
            }
            self.cut += 1;
            if !is_same {
                self.wrong.push(format!(
                    "{name}: without {what} after {at_ms} ms: {:#?}\ninstead of {:#?}",
                    short.decision(),
                    report.decision()
                ));
            }
            let marked = short.resolvers.iter().any(|resolver| resolver.probed.interrupted);
            assert!(!marked && short.gaps == report.gaps, "{name}: {what}");
        }
    }
}

#[test]
fn the_decision_without_what_is_not_waited_for_is_that_of_the_whole_run() {
    // Tens of thousands of diagnoses: every core makes its share of them.
    let names: Vec<&str> = lab::names().collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let tallies = std::thread::scope(|scope| {
        let share = |core: usize| names.iter().copied().skip(core).step_by(cores);
        let threads: Vec<_> = (0..cores)
            .map(|core| scope.spawn(move || withheld_in_turn(share(core))))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    let wrong: Vec<&String> = tallies.iter().flat_map(|tally| &tally.wrong).collect();
    let cut: usize = tallies.iter().map(|tally| tally.cut).sum();
    assert!(
        wrong.is_empty(),
        "{} of {cut}: {}",
        wrong.len(),
        wrong.iter().map(|text| text.as_str()).collect::<Vec<_>>().join("\n\n")
    );
    assert!(
        cut > 50,
        "{cut} of {}",
        tallies.iter().map(|tally| tally.tried).sum::<usize>()
    );
}

/// These scenarios, with what came in withheld in turn.
fn withheld_in_turn(names: impl Iterator<Item = &'static str>) -> Tally {
    let mut tally = Tally::default();
    for name in names {
        let whole = recorded(name);
        if whole.observations.iter().any(|probed| probed.interrupted) {
            continue;
        }
        let report = diagnose(whole.clone());
        let played = Played { name, whole, report };
        let whole = &played.whole;
        tally.hold(&played, "getaddrinfo", &|_, _| false, true);
        tally.hold(
            &played,
            "all controls",
            &|_, lookup| lookup.purpose != Purpose::Target,
            false,
        );
        for (resolver, probed) in whole.observations.iter().enumerate() {
            let title = &probed.resolver.name;
            tally.hold(&played, title, &|index, _| index == resolver, false);
            let controls = |index: usize, lookup: &Lookup| index == resolver && lookup.purpose != Purpose::Target;
            tally.hold(&played, &format!("the controls of {title}"), &controls, false);
            for (place, lookup) in probed.lookups.iter().enumerate() {
                let what = format!("{:?} {} of {title}", lookup.purpose, lookup.qtype);
                let one = |index: usize, other: &Lookup| index == resolver && *other == probed.lookups[place];
                tally.hold(&played, &what, &one, false);
            }
        }
        // All that came in after a while.
        let late = |_: usize, lookup: &Lookup| came(whole, lookup) > 1000.0;
        tally.hold(&played, "all that was late", &late, false);
    }
    tally
}

fn learning(source: Source, waited_ms: u64, decides: bool) -> [Learning; 1] {
    [Learning {
        source,
        waited: Duration::from_millis(waited_ms),
        decides,
    }]
}

/// A source of facts holds every run that is not healthy without it, and a healthy one where it decides or has had too
/// little time.
#[test]
fn a_source_of_facts_is_left_out_of_healthy_runs_only() {
    let mut ended = 0;
    for name in lab::names() {
        let whole = recorded(name);
        let is_healthy = Decision::of(&whole).conclusion == Conclusion::Healthy;
        for source in [Source::Host, Source::Aws, Source::Metadata] {
            let ends = |waited_ms, decides| {
                settled::open(&whole, &[], &learning(source, waited_ms, decides), false, None).is_none()
            };
            assert!(!ends(60_000, true) && !ends(100, false), "{name}");
            assert_eq!(ends(200, false), is_healthy, "{name}");
            ended += usize::from(is_healthy);
        }
    }
    assert!(ended > 100, "{ended}");
}

/// Where the flags say what is expected, AWS can add findings to a healthy run, and changes no exit code.
#[test]
fn a_healthy_run_without_aws_has_the_exit_code_of_the_whole_one() {
    let mut tried = 0;
    for name in lab::names() {
        let whole = recorded(name);
        let of_aws = whole.facts.aws.cluster.is_some() || whole.facts.aws.vpc.is_some();
        if !of_aws || !Expected::is_said_by(&whole.asked) || whole.asked.fail_on == FailOn::Warning {
            continue;
        }
        let mut rest = whole.clone();
        rest.facts.aws = AwsFacts::default();
        // Whom only AWS names was not asked then.
        rest.observations.retain(|probed| {
            let resolver = &probed.resolver;
            resolver.in_scope || !matches!(resolver.role, Role::Vpc | Role::Inbound)
        });
        rest.not_waited_for = vec![NotWaitedFor::of(Source::Aws)];
        if settled::open(&rest, &[], &learning(Source::Aws, 200, false), false, None).is_some() {
            continue;
        }
        tried += 1;
        let (short, whole) = (diagnose(rest), diagnose(whole));
        assert_eq!(short.exit_code, whole.exit_code, "{name}");
        assert_ne!(whole.conclusion, Conclusion::Broken, "{name}");
        // What it would have said is missing nowhere.
        let mut missing = short.not_evaluated.iter().flat_map(|rule| &rule.missing);
        assert!(
            !missing.any(|need| need.contains("(eks:") || need.contains("(ec2:")),
            "{name}"
        );
    }
    assert!(tried > 0);
}

/// A laptop behind its own resolver, with a VPC whose `.2` is known from AWS and is silent.
const LAPTOP: &str = r#"
title = "a laptop, and a VPC resolver that is silent"

[ask]
SAMPLES
timeout_ms = WINDOW

[facts]
resolv_conf = "nameserver 10.20.30.40\n"
vantage = "outside-aws"

[facts.cluster]
name = "pipeline"
endpoint = "https://0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com"
endpoint_public_access = false
endpoint_private_access = true
vpc_id = "vpc-0c0ffee0"

[facts.vpc]
id = "vpc-0c0ffee0"
cidrs = ["192.168.0.0/16"]

[[facts.interfaces]]
id = "eni-0c0ffee1"
addresses = ["192.168.131.209", "192.168.104.190"]

[[server]]
name = "the laptop's resolver"
address = "10.20.30.40"
view = "VIEW"
EXTRA

[[server]]
name = "the VPC's resolver"
address = "192.168.0.2"
view = "vpc"
udp = "silent"
tcp = "silent"

[expect]
conclusion = "healthy"
exit_code = 0
"#;

fn played(view: &str, window_ms: u64, ask: &str, extra: &str) -> Report {
    let text = LAPTOP
        .replace("VIEW", view)
        .replace("WINDOW", &window_ms.to_string())
        .replace("SAMPLES", ask)
        .replace("EXTRA", extra);
    let scenario = lab::parse(&text).unwrap();
    let scene = lab::Scene {
        name: "test",
        taken_at: "2026-01-01T00:00:00Z".to_owned(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let play = lab::play_until_settled(&scenario, &scene, std::future::pending(), |_| {});
    diagnose(runtime.block_on(play).unwrap().capture)
}

/// Silence is recorded where a window has ended. Here none has: all that the silent one was asked is outstanding.
#[test]
fn a_healthy_run_ends_before_the_window_of_a_silent_resolver_that_decides_nothing() {
    for ask in ["", "samples = 3"] {
        let report = played("public-with-private-addresses", 12_000, ask, "");
        assert_eq!(report.exit_code, 0, "{:#?}", report.findings);
        assert_eq!(report.headline(), None);
        let vpc = report
            .resolvers
            .iter()
            .find(|resolver| resolver.probed.resolver.name == "vpc")
            .unwrap();
        assert_eq!(vpc.verdict, Verdict::NotWaitedFor);
        assert!(vpc.probed.lookups.is_empty() && !vpc.probed.interrupted);
        let left = |purpose| {
            report
                .not_waited_for
                .iter()
                .filter(move |left| left.purpose == Some(purpose))
                .count()
        };
        assert!(report.not_waited_for.iter().all(|left| left.resolver == "vpc"));
        assert_eq!((left(Purpose::Target), left(Purpose::Root)), (2, 1));
        // Neither a gap nor a missing need.
        assert!(report.gaps.is_empty() && !report.interrupted);
        let named = |need: &String| need.contains("a resolver of the VPC");
        assert!(!report.not_evaluated.iter().flat_map(|rule| &rule.missing).any(named));
        // What is read back says the same.
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(diagnose(capture::parse(text.as_bytes()).unwrap()), report);
    }
}

/// A control about the root at a resolver without the internet.
#[test]
fn a_control_that_decides_nothing_does_not_hold_the_run() {
    let silent = "[[server.on]]\nnames = [\"ROOT\"]\nsilent = true";
    let report = played("public-with-private-addresses", 12_000, "", silent);
    assert_eq!(report.exit_code, 0);
    let of_local = report.not_waited_for.iter().filter(|left| left.resolver != "vpc");
    assert_eq!(
        of_local.map(|left| left.purpose).collect::<Vec<_>>(),
        [Some(Purpose::Root)]
    );
}

/// The fix names an inbound endpoint as well where it is silent as where it was not waited for, so it is not waited for.
#[test]
fn an_inbound_endpoint_that_only_the_fix_names_does_not_hold_a_broken_run() {
    let mut capture = recorded("go-bypasses-scoped-dns/near-miss-pinned");
    let mut inbound = capture.observations[0].clone();
    inbound.resolver.name = "inbound-1".to_owned();
    inbound.resolver.role = Role::Inbound;
    inbound.resolver.also.clear();
    inbound.resolver.in_scope = false;
    inbound.resolver.address = Some("192.168.77.77:53".parse().unwrap());
    inbound.resolver.known_from = "--inbound".to_owned();
    let resolver = capture.observations.len();
    let outstanding: Vec<AwaitedQuestion> = inbound
        .lookups
        .iter()
        .map(|lookup| AwaitedQuestion {
            resolver,
            question: Some(question(&capture, 0, lookup)),
            waited: Duration::from_millis(200),
        })
        .collect();
    inbound.lookups.clear();
    capture.observations.push(inbound);
    assert_eq!(settled::open(&capture, &outstanding, &[], false, None), None);
    capture.not_waited_for = settled::not_waited_for(&capture.target.hostname, &capture.observations, &outstanding, []);
    let report = diagnose(capture);
    assert_eq!(report.conclusion, Conclusion::Broken);
    let commands = report
        .headline()
        .unwrap()
        .remedies
        .iter()
        .flat_map(|remedy| &remedy.commands);
    assert!(
        commands.clone().any(|lines| lines.contains("192.168.77.77")),
        "{:?}",
        commands.collect::<Vec<_>>()
    );
}

/// Where the name is denied, what the VPC says of it decides: its whole window is waited for.
#[test]
fn what_decides_a_broken_run_is_waited_for() {
    let report = played("public-without-the-name", 700, "", "");
    assert_eq!(report.exit_code, 1);
    let vpc = report
        .resolvers
        .iter()
        .find(|resolver| resolver.probed.resolver.name == "vpc")
        .unwrap();
    assert_eq!(vpc.verdict, Verdict::Timeout);
    let target = |left: &&NotWaitedFor| left.purpose == Some(Purpose::Target);
    assert_eq!(report.not_waited_for.iter().find(target), None);
}
