//! How fast is asked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use eks_dns_doctor::report::{Conclusion, Report};

use super::{Bench, Server, lines};

#[test]
fn the_rate_is_kept() {
    let server = Server::start(1000);
    let bench = Bench::new(&lines(0..60));
    let began = Instant::now();
    let (fleet, _) = bench.fleet(&[("corp", &server)], &["--rate", "100"]);
    let took = began.elapsed();
    assert_eq!(fleet.conclusion, Conclusion::Healthy);
    let asked: usize = server.asked().values().sum();
    // The first tenth of a second's share goes out at once.
    let least = Duration::from_secs_f64((asked as f64 - 10.0) / 100.0);
    assert!(took >= least, "{asked} in {took:?}");
}

/// Every question over TCP counts too: of a resolver that is asked over it, and of truncated replies.
#[test]
fn the_rate_is_kept_over_tcp() {
    let bench = Bench::new(&lines(0..60));
    for truncates in [false, true] {
        let server = Server::start(100);
        server.truncates.store(truncates, Ordering::Relaxed);
        // One server, asked over UDP and over TCP: it has one pace.
        let tcp = format!("--resolver=tcp=tcp://{}", server.address);
        let flags = ["--rate", "100", "--no-controls", tcp.as_str()];
        let flags = if truncates { &flags[..3] } else { &flags };
        let began = Instant::now();
        let (fleet, code) = bench.fleet(&[("udp", &server)], flags);
        let took = began.elapsed();
        assert_eq!((fleet.conclusion, code), (Conclusion::Healthy, 0), "{fleet:#?}");
        let arrived = server.over_tcp.lock().expect("no panic").clone();
        assert!(arrived.len() >= 120, "{}", arrived.len());
        // Eleven within a tenth of a second are one too many. A thread of this test that was not run for a while sees
        // several at once, so some are let pass; `src/probe/pace.rs` holds it for every one on a clock of its own.
        let is_over = |eleven: &&[Instant]| eleven[10] - eleven[0] < Duration::from_millis(100);
        let over = arrived.windows(11).filter(is_over).count();
        assert!(over <= arrived.len() / 20, "{over} of {}", arrived.len());
        let asked: usize = server.asked().values().sum();
        let least = Duration::from_secs_f64((asked as f64 - 10.0) / 100.0);
        assert!(took >= least, "{asked} in {took:?}");
    }
}

/// The targets that are found in bulk and those that are asked for again share one pace, and none waits for its turn
/// until its time is up.
#[test]
fn a_slow_pace_starves_no_target() {
    let server = Server::start(280);
    let bench = Bench::new(&lines(0..300));
    let started = Instant::now();
    let flags = ["--rate=100", "--timeout=1s", "--deadline=4s", "--no-controls"];
    let (fleet, code) = bench.fleet(&[("corp", &server)], &flags);
    let took = started.elapsed();
    let count = |conclusion| fleet.targets.iter().filter(|one| one.conclusion == conclusion).count();
    assert_eq!(
        (count(Conclusion::Healthy), count(Conclusion::Broken), code),
        (280, 20, 1),
        "{:#?}",
        fleet.targets
    );
    // 600 questions in bulk, and three for each of 20.
    assert!(took >= Duration::from_millis(6400), "{took:?}");
}

/// A retry waits for its turn, and so may leave later than the window would have ended: the window is longer by that,
/// what is recorded is when it left, and the time is the resolver's.
#[test]
fn what_waits_for_its_turn_has_its_whole_window() {
    let is_first = AtomicBool::new(true);
    let server = Server::answering_but(100, move |_, _, over_tcp| {
        !over_tcp && is_first.swap(false, Ordering::Relaxed)
    });
    let flags = ["--no-controls", "--timeout", "1s", "--rate", "2", "-o", "jsonl"];
    let outcome = Bench::new(&lines(0..1)).run(&[("corp", &server)], &flags);
    let report: Report = serde_json::from_str(&outcome.stdout).expect("a report");
    // It answers only when it is asked again, and that is a warning.
    assert_eq!(report.conclusion, Conclusion::Degraded, "{}", outcome.stdout);
    let lookups = report.resolvers[0].probed.lookups.iter();
    let mut retried = lookups.filter(|lookup| lookup.attempts.len() > 1 && lookup.attempts[1].rcode.is_some());
    let lookup = retried.next().expect("one was asked for again");
    // Two a second: the other type's question goes first.
    assert!(lookup.attempts[1].started_ms >= 1000.0, "{lookup:#?}");
    assert!(
        lookup.rtt_ms.is_some_and(|rtt| (500.0..1000.0).contains(&rtt)),
        "{lookup:#?}"
    );
}
