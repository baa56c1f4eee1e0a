//! What holds for a resolver or a zone is found out once, and silence costs one window.

use std::net::UdpSocket;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::endpoints::{address, host, shown};
use eks_dns_doctor::fleet::Fleet;
use eks_dns_doctor::observation::Purpose;
use eks_dns_doctor::report::{Conclusion, Report};
use eks_dns_doctor::rules::Confidence;
use serde_json::Value;

use super::{Bench, NO_ENDPOINT, Server, lines};

#[test]
fn controls_are_asked_once_and_not_for_each_target() {
    let server = Server::start(1000);
    let bench = Bench::new(&lines(0..40));
    let (fleet, code) = bench.fleet(&[("corp", &server)], &[]);
    assert_eq!((fleet.conclusion, code), (Conclusion::Healthy, 0), "{fleet:#?}");
    let asked = server.asked();
    let of = |name: &str| asked.get(name).copied().unwrap_or_default();
    // The root once, with the one retry that a busy machine may need.
    assert!((1..=2).contains(&of("")), "{asked:?}");
    assert!(
        (1..=2).contains(&of(&format!("{}.", "sts.ap-northeast-1.amazonaws.com"))),
        "{asked:?}"
    );
    let targets = (0..40).filter(|number| of(&format!("{}.", host(*number))) >= 2).count();
    assert_eq!(targets, 40);
    // A and AAAA by the bulk engine, and not once more over TCP: but for the first, and what a busy machine repeats.
    let in_bulk = (0..40).filter(|number| of(&format!("{}.", host(*number))) == 2).count();
    assert!(in_bulk >= 30, "{asked:?}");
}

#[test]
fn a_thousand_targets_and_a_silent_resolver() {
    let server = Server::start(1000);
    let dead = Server::silent();
    let bench = Bench::new(&lines(0..1000));
    let (fleet, code) = bench.fleet(
        &[("corp", &server), ("dead", &dead)],
        &["--timeout", "1s", "--rate", "100000", "--no-os"],
    );
    assert_eq!(code, 1);
    assert_eq!(fleet.targets.len(), 1000);
    // It was asked for few of them: for each it would be a window.
    let asked: usize = dead.asked().values().sum();
    assert!(asked < 400, "{asked}");
    let row = fleet.resolvers.iter().find(|tally| tally.name == "dead").expect("dead");
    assert_eq!(row.answered, 0);
    // What is counted as asked was asked: for the other targets it was not.
    assert!(row.asked > 0 && row.asked < 200, "{}", row.asked);
    let [lead] = fleet.causes.as_slice() else {
        panic!("{:#?}", fleet.causes);
    };
    assert_eq!(
        (lead.targets.len(), lead.resolvers.as_slice(), &lead.zone),
        (row.asked, &["dead".to_owned()][..], &None)
    );
    not_asked_is_not_known(&fleet, row.asked);
}

/// Those that a silent resolver was asked for are broken, and of the others nothing is known there.
fn not_asked_is_not_known(fleet: &Fleet, asked: usize) {
    assert_eq!(fleet.count(Conclusion::Broken), asked);
    assert_eq!(fleet.count(Conclusion::Inconclusive), fleet.targets.len() - asked);
    let is_open = |one: &&eks_dns_doctor::fleet::TargetOutcome| one.conclusion == Conclusion::Inconclusive;
    for one in fleet.targets.iter().filter(is_open) {
        let reason = one.reason.as_deref().unwrap_or_default();
        assert!(one.headline.is_none(), "{one:?}");
        assert!(reason.contains("dead was not asked: no reply came to "), "{reason}");
    }
}

/// What looks like another cause of the first targets is none where the resolver answers the others of the run.
#[test]
fn what_a_resolver_does_for_others_rules_out_that_it_does_not_work() {
    // Whatever is asked for 0, nothing with EDNS for 1, nothing over UDP for 2.
    let looks = ["resolver-unreachable", "edns-intolerant", "udp-blocked"];
    let server = Server::answering_but(100, |number, has_edns, over_tcp| match number {
        0 => true,
        1 => has_edns,
        2 => !over_tcp,
        _ => false,
    });
    let flags = ["--no-controls", "--timeout", "1s"];
    let rule = |one: &eks_dns_doctor::fleet::TargetOutcome| one.headline.as_ref().map(|headline| headline.rule.clone());
    for (number, looks) in looks.into_iter().enumerate() {
        let (alone, _) = Bench::new(&lines([number])).fleet(&[("corp", &server)], &flags);
        assert_eq!(rule(&alone.targets[0]).as_deref(), Some(looks), "{:?}", alone.targets);
    }
    for more in [&[][..], &["--rate", "20"]] {
        let (fleet, code) = Bench::new(&lines(0..20)).fleet(&[("corp", &server)], &[&flags, more].concat());
        assert_eq!((code, fleet.count(Conclusion::Healthy)), (1, 17), "{more:?}");
        for one in &fleet.targets[..3] {
            assert_eq!(rule(one).as_deref(), Some("unexplained-mismatch"), "{one:?}");
        }
        let cause = &fleet.causes[0];
        for part in ["answered for ", " of this run by then, so it can be reached"] {
            assert!(cause.explanation.contains(part), "{}", cause.explanation);
        }
    }
    // Whoever ends with the first that is broken waits for nothing else.
    let (fleet, _) = Bench::new(&lines(0..20)).fleet(&[("corp", &server)], &[&flags[..], &["--fail-fast"]].concat());
    assert_eq!(fleet.count(Conclusion::Broken), 1);
}

/// A port that is refused is refused at once, so every target is asked there, and the cause is said of all.
#[test]
fn a_closed_port_is_the_cause_of_every_target() {
    let closed = UdpSocket::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address");
    let server = Server::start(100);
    let bench = Bench::new(&lines(0..40));
    let resolver = format!("closed={closed}");
    let (fleet, code) = bench.fleet(&[("corp", &server)], &["--resolver", &resolver, "--timeout", "1s"]);
    assert_eq!((code, fleet.count(Conclusion::Broken)), (1, 40));
    let row = fleet
        .resolvers
        .iter()
        .find(|tally| tally.name == "closed")
        .expect("closed");
    assert_eq!((row.asked, row.answered), (40, 0));
    let [lead] = fleet.causes.as_slice() else {
        panic!("{:#?}", fleet.causes);
    };
    assert_eq!(lead.targets.len(), 40);
    assert_eq!(lead.resolvers, ["closed"]);
}

/// One that stops in the middle of the run: what it answered before and what it does not answer now are not held
/// together. The controls are asked again, and the cause is that it answered for a part of the run: at all, or over UDP.
#[test]
fn a_resolver_that_stops_during_the_run_is_told_by_what_it_does_then() {
    for (goes_on_over_tcp, rule) in [(false, "resolver-unreachable"), (true, "udp-blocked")] {
        let mut are_silent = 0;
        for answers in [15, 30, 45] {
            let left = AtomicUsize::new(answers);
            let server = Server::answering_but(100, move |_, _, over_tcp| {
                let next = |left: usize| left.checked_sub(1);
                let is_over = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_err();
                is_over && !(over_tcp && goes_on_over_tcp)
            });
            let bench = Bench::new(&lines(0..20));
            let (fleet, code) = bench.fleet(&[("corp", &server)], &["--timeout", "1s"]);
            assert_ne!(code, 0, "{answers}");
            // One that it stopped at has a part of its answers, and a warning.
            for one in fleet.targets.iter().filter(|one| one.conclusion == Conclusion::Broken) {
                let Some(lead) = &one.headline else { continue };
                assert_eq!(lead.rule, rule, "{answers}: {one:?}");
                assert_ne!(lead.confidence, Confidence::Certain, "{answers}: {one:?}");
                are_silent += 1;
            }
            for cause in &fleet.causes {
                let says_so = cause.explanation.contains("it stopped during the run");
                assert!(says_so || fleet.count(Conclusion::Healthy) == 0, "{answers}: {cause:?}");
            }
        }
        assert!(are_silent > 0, "{rule}");
    }
}

/// What comes over TCP is a finding to each target, whichever is first in the list: a broken one ends without it.
#[test]
fn what_comes_over_tcp_does_not_hang_on_the_first_target() {
    let server = Server::answering_but(100, |number, _, over_tcp| over_tcp && number != NO_ENDPOINT);
    let text = lines(0..8).replacen(&shown(address(0)), "192.0.2.99", 1);
    for text in [text, lines(0..8)] {
        let (fleet, _) = Bench::new(&text).fleet(&[("corp", &server)], &["--timeout", "1s"]);
        for one in &fleet.targets[1..] {
            let rule = one.headline.as_ref().map(|lead| lead.rule.as_str());
            assert_eq!(
                (one.conclusion, rule),
                (Conclusion::Degraded, Some("tcp-blocked")),
                "{one:?}"
            );
        }
    }
}

/// Without control questions, that a resolver is silent for one name says nothing of the others.
#[test]
fn one_name_that_is_silent_is_no_silent_resolver() {
    let server = Server::silent_for(0, 100);
    let bench = Bench::new(&lines(0..30));
    for flags in [&["--no-controls", "--timeout", "1s"][..], &["--timeout", "1s"]] {
        let (fleet, code) = bench.fleet(&[("corp", &server)], flags);
        assert_eq!(code, 1, "{flags:?}");
        let of = |conclusion| fleet.count(conclusion);
        assert_eq!((of(Conclusion::Broken), of(Conclusion::Healthy)), (1, 29), "{flags:?}");
        assert_eq!(fleet.targets[0].conclusion, Conclusion::Broken);
        let row = &fleet.resolvers[0];
        assert_eq!((row.asked, row.answered), (30, 29), "{flags:?}");
    }
}

/// Without control questions, a resolver that is silent for eight names is found to be, and not asked for each.
#[test]
fn a_silent_resolver_is_found_without_controls_too() {
    let server = Server::start(1000);
    let dead = Server::silent();
    let bench = Bench::new(&lines(0..200));
    let flags = ["--no-controls", "--timeout", "1s", "--rate", "100000"];
    let (fleet, code) = bench.fleet(&[("corp", &server), ("dead", &dead)], &flags);
    assert_eq!(code, 1);
    let row = fleet.resolvers.iter().find(|tally| tally.name == "dead").expect("dead");
    assert!((8..150).contains(&row.asked), "{}", row.asked);
    not_asked_is_not_known(&fleet, row.asked);
}

/// Where no connection over TCP comes about, one window is spent on it, and not one for each target.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_does_not_come_about_is_not_waited_for_with_each_target() {
    let server = Server::without_tcp(100);
    let bench = Bench::new(&lines(0..100));
    let outcome = bench.run(
        &[("corp", &server)],
        &["-o", "jsonl", "--timeout", "1s", "--rate", "100000"],
    );
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let mut tried = 0;
    for line in outcome.stdout.lines() {
        let report: Report = serde_json::from_str(line).expect("a report");
        assert_eq!(report.conclusion, Conclusion::Degraded, "{line}");
        assert_eq!(report.findings[0].rule, "tcp-blocked", "{line}");
        let mut over_tcp = report.resolvers[0].probed.lookups.iter();
        let over_tcp = over_tcp
            .find(|lookup| lookup.purpose == Purpose::TargetTcp)
            .expect("known");
        let is_own = over_tcp.question == report.target.hostname;
        tried += usize::from(is_own);
        // What was asked for another name is said to be.
        let is_said = report.gaps.iter().any(|gap| gap.fact == "answer of corp over TCP");
        assert_eq!(is_said, !is_own, "{:?}", report.gaps);
    }
    assert!((1..=20).contains(&tried), "{tried}");
}

/// Nobody rests on what its controls show, so they are waited for only where they can change something.
#[test]
fn the_only_target_of_its_zone_ends_as_a_check_of_one() {
    let server = Server::start(3);
    let dead = Server::silent();
    let public = dead.address.to_string();
    let left = |targets: usize| {
        let bench = Bench::new(&lines(0..targets));
        let words = ["-o", "jsonl", "--public-resolver", &public, "--timeout", "2s"];
        let outcome = bench.run(&[("corp", &server)], &words);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let first = outcome.stdout.lines().next().expect("a report");
        let report: Report = serde_json::from_str(first).expect("a report");
        report.not_waited_for.len()
    };
    assert!(left(1) > 0);
    assert_eq!(left(2), 0);
}

/// A name that nothing came back for, and that is answered when it is asked for again, while the resolver answers
/// others of the zone all the time: what is lost on the way has the name that it has in samples.
#[test]
fn what_is_lost_on_the_way_is_asked_for_again() {
    // In bulk A and AAAA twice, by the careful engine A and AAAA twice with EDNS and once without.
    let left = AtomicUsize::new(10);
    let server = Server::answering_but(100, move |number, _, over_tcp| {
        let next = |left: usize| if over_tcp { Some(left) } else { left.checked_sub(1) };
        number == 7
            && left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
                .is_ok_and(|left| left > 0)
    });
    let flags = ["--no-controls", "--timeout", "1s"];
    let (fleet, code) = Bench::new(&lines(0..30)).fleet(&[("corp", &server)], &flags);
    let lost = &fleet.targets[7];
    let lead = lost.headline.as_ref().expect("a headline");
    assert_eq!((lead.rule.as_str(), code), ("resolver-unstable", 1), "{lost:?}");
    assert!(lead.summary.contains("in 1 of 2 samples"), "{lead:?}");
    assert_eq!(fleet.count(Conclusion::Healthy), 29);
}

/// A resolver that decides nothing and is silent: the targets are healthy, and alike again as soon as it is known to be
/// silent. In a debug build each line is held to the target's own diagnosis.
#[test]
fn targets_beside_a_silent_resolver_that_decides_nothing_are_healthy() {
    let (server, dead) = (Server::start(150), Server::silent());
    let bench = Bench::new(&lines(0..150));
    let public = format!("--public-resolver={}", dead.address);
    for controls in [&[][..], &["--no-controls"]] {
        let flags = ["--timeout", "3s", "--rate", "1000", "-o", "jsonl", public.as_str()];
        let outcome = bench.run(&[("corp", &server)], &[&flags[..], controls].concat());
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
        let (mut not_asked, mut waited_for) = (0, 0);
        for line in outcome.stdout.lines() {
            let report: Value = serde_json::from_str(line).expect("JSON");
            // A busy host may be slow, and that is a warning.
            let is_fine = report["conclusion"] == "healthy" || report["conclusion"] == "degraded";
            assert!(is_fine, "{line}");
            let is_asked = !report["gaps"].to_string().contains("not asked for this name");
            not_asked += usize::from(!is_asked);
            // A target that asks it is done before its window ends, and says so.
            let left = report["not_waited_for"].to_string();
            waited_for += usize::from(is_asked && !left.contains("public"));
        }
        assert_eq!(outcome.stdout.lines().count(), 150);
        // The controls of the first targets say that it is silent. Without them each target asks it.
        assert!(not_asked >= 100 || !controls.is_empty(), "{not_asked}");
        assert!(waited_for <= 8, "{waited_for}");
    }
}
