//! `--deadline` holds, whoever hangs. No time is asserted but that the run ends long before what hangs would.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use eks_dns_doctor::cli::{self, args};
use eks_dns_doctor::dns::Name;
use eks_dns_doctor::facts::Facts;
use eks_dns_doctor::observation::{SystemCode, SystemFailure};
use eks_dns_doctor::plan::Plan;
use eks_dns_doctor::probe::{self, Direct, Run, SocketRoute, SystemResolver};
use eks_dns_doctor::probed::Probed;
use eks_dns_doctor::resolvers;
use eks_dns_doctor::tls::Trust;

use super::server::{Query, bound, right, silent};
use super::{HOST, Outcome, certificate, check, fifo, folder, program};

/// What every run here may take, with room for a slow machine. What hangs would take minutes.
const ENDS: Duration = Duration::from_secs(20);

fn timed(run: impl FnOnce() -> Outcome) -> Outcome {
    let begun = Instant::now();
    let outcome = run();
    assert!(begun.elapsed() < ENDS, "{:?}", begun.elapsed());
    outcome
}

/// Runs the prober for a command line, with another way to the servers and another getaddrinfo.
pub(crate) fn probed(
    line: &str,
    deadline: Option<Duration>,
    route: Arc<dyn SocketRoute>,
    system: Arc<dyn SystemResolver>,
) -> Vec<Probed> {
    let words = ["eks-dns-doctor", "check", HOST];
    let words = words.into_iter().chain(line.split_whitespace());
    let Ok(args::Command::Check(args)) = cli::parse(words.map(Into::into)) else {
        panic!("{line}");
    };
    let settings = cli::settings(&args).expect("settings");
    let facts = Facts::default();
    let target = settings.target.clone().expect("a target");
    let plan = Plan::new(&target, &settings.asked, &facts, &"0".repeat(32));
    let resolvers = resolvers::resolve(&settings, &facts).expect("resolvers");
    let run = Run {
        timeout: settings.timeout,
        attempts: settings.asked.attempts,
        deadline: deadline.unwrap_or(settings.deadline),
        route,
        system,
        trust: Trust::Platform,
        paces: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(probe::run(&plan, &resolvers, &run, std::future::pending(), |_| {}))
}

/// getaddrinfo that never returns.
pub(crate) struct Hangs;

impl SystemResolver for Hangs {
    fn lookup(&self, _: &Name) -> Result<Vec<IpAddr>, SystemFailure> {
        loop {
            thread::park();
        }
    }
}

#[test]
fn against_getaddrinfo_that_never_returns() {
    let begun = Instant::now();
    let probed = probed(
        "--resolver 127.0.0.1:9 --no-controls --deadline 300ms",
        None,
        Arc::new(Direct),
        Arc::new(Hangs),
    );
    assert!(begun.elapsed() < ENDS);
    let system = probed.iter().find_map(|probed| probed.system.as_ref());
    let failure = system.expect("it was asked").failure.as_ref();
    let failure = failure.expect("it failed");
    assert_eq!(failure.code, SystemCode::Timeout);
    assert!(
        failure.text.contains("had not returned after 0.3 s"),
        "{}",
        failure.text
    );
}

/// Over TCP, one octet of the right reply a second; over UDP, TC.
fn dripping() -> SocketAddr {
    let (tcp, udp) = bound();
    let address = tcp.local_addr().expect("an address");
    thread::spawn(move || {
        let mut octets = [0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut octets) {
            let mut reply = octets[..length].to_vec();
            reply[2] = 0x83;
            reply[3] = 0x80;
            udp.send_to(&reply, client).ok();
        }
    });
    thread::spawn(move || {
        for mut stream in tcp.incoming().flatten() {
            thread::spawn(move || -> std::io::Result<()> {
                let mut length = [0; 2];
                stream.read_exact(&mut length)?;
                let mut query = vec![0; u16::from_be_bytes(length).into()];
                stream.read_exact(&mut query)?;
                let reply = right(&Query::read(&query, true));
                let length = u16::try_from(reply.len()).expect("short").to_be_bytes();
                for octet in length.into_iter().chain(reply) {
                    stream.write_all(&[octet])?;
                    thread::sleep(Duration::from_secs(1));
                }
                Ok(())
            });
        }
    });
    address
}

#[test]
fn against_a_server_that_sends_an_octet_a_second() {
    let (folder, server) = (folder(), dripping());
    for transport in ["udp", "tcp"] {
        let outcome = timed(|| {
            Outcome::of(
                program(folder.path())
                    .args(["check", HOST, "--no-local", "--no-controls", "--no-aws"])
                    .args(["--resolver", &format!("one={transport}://{server}")])
                    .args(["--expect", "10.0.0.1", "--deadline", "2s", "-o", "json"]),
            )
        });
        assert_eq!(outcome.code, Some(1), "{}", outcome.err());
        let verdict = outcome.json()["resolvers"][0]["verdict"].clone();
        let said = if transport == "udp" { "truncated" } else { "timeout" };
        assert_eq!(verdict, said);
    }
}

/// Takes connections, and never says a word.
fn mute() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming().flatten() {
            held.push(stream);
        }
    });
    address
}

#[test]
fn against_aws_that_never_answers() {
    let (folder, server, aws) = (folder(), super::server::answering(), mute());
    let keys = [
        ("SSL_CERT_FILE", certificate(folder.path()).display().to_string()),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ("AWS_ENDPOINT_URL", format!("http://{aws}")),
    ];
    // The name and its addresses are known and right: AWS decides nothing, so it is not waited for, and that is said.
    let outcome = timed(|| {
        Outcome::of(
            check(folder.path(), server.address)
                .args(["--deadline", "3s", "-o", "json"])
                .envs(keys.clone()),
        )
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.err());
    let document = outcome.json();
    let left = document["not_waited_for"].as_array().expect("what was not waited for");
    assert!(left.iter().any(|one| one["source"] == "aws"), "{left:#?}");
    // A warning of AWS's would change the exit code: AWS is waited for, and what it does not say is a gap.
    let outcome = timed(|| {
        Outcome::of(
            check(folder.path(), server.address)
                .args(["--deadline", "3s", "--fail-on", "warning", "-o", "json"])
                .envs(keys.clone()),
        )
    });
    let document = outcome.json();
    let gaps = document["gaps"].as_array().expect("gaps");
    assert!(gaps.iter().any(|gap| gap["source"] == "eks:ListClusters"), "{gaps:#?}");
    // AWS alone knows it: nothing can be asked.
    for line in [&["check"][..], &["facts"]] {
        let outcome = timed(|| {
            Outcome::of(
                program(folder.path())
                    .args(line)
                    .args(["--cluster", "x", "--region", "eu-west-1", "--deadline", "2s"])
                    .envs(keys.clone()),
            )
        });
        assert_eq!(outcome.code, Some(2), "{}", outcome.err());
        assert!(outcome.err().contains("--cluster x"), "{}", outcome.err());
    }
}

/// Each of these would hold the run for ever, one behind the other for [`limits::FILE_READ`] each.
#[test]
fn against_files_that_are_never_written() {
    let (folder, server) = (folder(), super::server::answering());
    let pipes: Vec<String> = (0..20)
        .map(|number| fifo(folder.path(), &number.to_string()).display().to_string())
        .collect();
    let outcome = timed(|| {
        Outcome::of(
            check(folder.path(), server.address)
                .args(["--deadline", "1s", "--no-aws", "-o", "json"])
                .env("KUBECONFIG", pipes.join(":")),
        )
    });
    // They have their share of the time; with what is left the server is asked, as far as it suffices.
    assert!(matches!(outcome.code, Some(0 | 3)), "{}", outcome.err());
    let gaps = outcome.json()["gaps"].clone();
    let said = gaps
        .as_array()
        .expect("gaps")
        .iter()
        .any(|gap| gap["fact"] == "kubeconfig" && gap["reason"].to_string().contains("could not be read within"));
    assert!(said, "{gaps:#}");
    for flag in ["--kubeconfig", "--facts", "--resolv-conf", "--hosts-file"] {
        let outcome = timed(|| {
            let mut command = program(folder.path());
            command.args(["check", HOST, "--no-os", "--no-aws", "--deadline", "1s"]);
            command.args(["--resolver", &server.address.to_string()]);

            Outcome::of(command.args([flag, &pipes[0]]))
        });
        assert_eq!(outcome.code, Some(2), "{flag} {}", outcome.err());
        assert!(
            outcome.err().contains("could not be read within"),
            "{flag} {}",
            outcome.err()
        );
    }
}

/// Silence would be a finding; this is none.
#[test]
fn a_resolver_for_which_no_time_was_left_was_not_asked() {
    let server = silent();
    let line = format!("--resolver {} --no-controls --no-local", server.address);
    let probed = probed(&line, Some(Duration::ZERO), Arc::new(Direct), Arc::new(Hangs));
    assert!(
        probed
            .iter()
            .all(|probed| probed.interrupted && probed.lookups.is_empty())
    );
    assert!(server.queries().is_empty());
}
