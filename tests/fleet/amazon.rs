//! AWS beside the resolvers.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::endpoints::{ZONE, host};
use eks_dns_doctor::fleet::Fleet;
use eks_dns_doctor::observation::Source;
use eks_dns_doctor::report::Conclusion;
use serde_json::Value;

use super::{Bench, Server, lines, program};

/// AWS says nothing until all targets have been asked for.
#[test]
fn aws_is_asked_beside_the_resolvers() {
    let server = Server::start(100);
    let bench = Bench::new(&lines(0..20));
    let aws = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", aws.local_addr().expect("an address"));
    let asked = Arc::clone(&server.asked);
    let waits = thread::spawn(move || {
        let (held, _) = aws.accept().expect("AWS is asked");
        let last = format!("{}.", host(19));
        let end = Instant::now() + Duration::from_secs(60);
        let is_asked = || asked.lock().expect("no panic").contains_key(&last);
        while !is_asked() && Instant::now() < end {
            thread::sleep(Duration::from_millis(5));
        }
        // Whoever asks AWS again is refused.
        drop((held, aws));
        is_asked()
    });
    let output = program()
        .envs([
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "example"),
        ])
        .envs([("AWS_ENDPOINT_URL", endpoint.as_str()), ("AWS_MAX_ATTEMPTS", "1")])
        .args(["check", "--targets", &bench.path("targets"), "--no-local", "-o", "json"])
        // A warning of AWS's would count, so it is waited for.
        .args(["--fail-on", "warning"])
        .arg(format!("--resolver=corp={}", server.address))
        .output()
        .expect("it runs");
    assert!(
        waits.join().expect("no panic"),
        "no target was asked for before AWS had spoken"
    );
    let fleet: Fleet = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(fleet.conclusion, Conclusion::Healthy, "{fleet:#?}");
    assert!(
        fleet
            .gaps
            .iter()
            .any(|gap| gap.source.contains("AWS") || gap.source.contains("eks:")),
        "{:#?}",
        fleet.gaps
    );
}

/// AWS takes the connection and says nothing. Where the file says the addresses, that decides nothing of a target that
/// is healthy, as in a check of one; one that is broken waits for it, and so does one whose addresses AWS alone knows.
#[test]
fn silent_aws_is_waited_for_where_it_decides() {
    let server = Server::start(20);
    let aws = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", aws.local_addr().expect("an address"));
    let broken = lines(0..21);
    let unsaid = lines(0..20) + &host(3).replace(ZONE, &ZONE.replace("yl4", "gr7")) + "\n";
    // AWS has the deadline less the window: nobody waits for a minute, and for three seconds some do.
    for (text, waits, deadline, share) in [
        (lines(0..20), None, "62s", 60),
        (broken, Some("c-20"), "5s", 3),
        (unsaid, Some(".gr7."), "5s", 3),
    ] {
        let bench = Bench::new(&text);
        let began = Instant::now();
        let output = program()
            .envs([
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "example"),
            ])
            .envs([("AWS_ENDPOINT_URL", endpoint.as_str()), ("AWS_MAX_ATTEMPTS", "1")])
            .args([
                "check",
                "--targets",
                &bench.path("targets"),
                "--no-local",
                "-o",
                "jsonl",
            ])
            .args(["--timeout", "2s", "--deadline", deadline])
            .arg(format!("--resolver=corp={}", server.address))
            .output()
            .expect("it runs");
        let took = began.elapsed();
        let text = String::from_utf8(output.stdout).expect("text");
        let reports: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(took >= Duration::from_secs(share), waits.is_some(), "{took:?}");
        assert_eq!(reports.len(), 20 + usize::from(waits.is_some()));
        for report in &reports {
            let name = report["name"].as_str().expect("a name");
            let left = report["not_waited_for"].to_string();
            let gaps = report["gaps"].to_string();
            if waits.is_some_and(|waits| name.contains(waits)) {
                assert_ne!(report["conclusion"], "healthy", "{name}");
                assert!(
                    !left.contains("\"aws\"") && gaps.contains("AWS"),
                    "{name}: {left} {gaps}"
                );
            } else {
                assert_eq!(report["conclusion"], "healthy", "{name}");
                // Of the only target of a zone that waits, the other zone waits too: AWS has spoken, or it has not.
                assert!(left.contains("\"aws\"") || waits.is_some(), "{name}: {left}");
            }
        }
    }
}

#[test]
fn the_document_says_that_aws_was_not_waited_for() {
    let server = Server::start(20);
    let aws = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", aws.local_addr().expect("an address"));
    let bench = Bench::new(&lines(0..20));
    let of_format = |format: &str, more: &[&str]| {
        let output = program()
            .envs([
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "example"),
            ])
            .envs([("AWS_ENDPOINT_URL", endpoint.as_str()), ("AWS_MAX_ATTEMPTS", "1")])
            .args(["check", "--targets", &bench.path("targets"), "--no-local", "-o", format])
            .args(more)
            .arg(format!("--resolver=corp={}", server.address))
            .output()
            .expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let of_aws = |document: &str| {
        let fleet: Fleet = serde_json::from_str(document).expect("a document");
        let mut left = fleet.not_waited_for.into_iter();
        left.find(|one| one.source == Some(Source::Aws)).map(|one| one.targets)
    };
    assert_eq!(of_aws(&of_format("json", &[])), Some(20));
    assert_eq!(of_aws(&of_format("json", &["--no-aws"])), None);
    for format in ["table", "markdown", "html"] {
        let told = |text: String| text.contains(Source::Aws.asked()) && text.contains("20 targets");
        assert!(told(of_format(format, &[])), "{format}");
        assert!(!told(of_format(format, &["--no-aws"])), "{format}");
    }
}
