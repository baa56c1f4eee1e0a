//! How fast the program is, measured from outside: `cargo bench`.
//!
//! Everything runs on loopback. `dig` is measured beside it where it is installed. Figures are printed, and
//! nothing is asserted: what a machine does to wall-clock time is no defect of the code. Another build of the program is
//! measured with `EKS_DNS_DOCTOR=/path/of/it cargo bench`.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark starts programs, plays the server, and prints"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The program that is measured.
fn program() -> String {
    std::env::var("EKS_DNS_DOCTOR").unwrap_or_else(|_| env!("CARGO_BIN_EXE_eks-dns-doctor").to_owned())
}

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
const RUNS: usize = 40;

fn main() {
    let healthy: Vec<u16> = (0..4).map(|_| server(Plays::Well)).collect();
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let silent_port = silent.local_addr().expect("an address").port();
    let silent_tcp = TcpListener::bind(("127.0.0.1", silent_port)).expect("a socket");
    let closed_port = {
        let taken = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        taken.local_addr().expect("an address").port()
    };

    println!("{:<58}{:>10}{:>10}{:>10}", "", "min", "median", "max");
    measure("--version", || run(&["--version"]));
    measure("explain", || run(&["explain"]));
    measure("explain no-forwarding", || {
        run(&["explain", "no-forwarding"]);
    });
    let port = healthy[0].to_string();
    if Command::new("dig").arg("-v").stderr(Stdio::null()).status().is_ok() {
        measure("dig, one question to one healthy resolver", || {
            let mut dig = Command::new("dig");
            dig.args(["@127.0.0.1", "-p", &port, HOST, "A"]);
            wait(&mut dig);
        });
    }
    let four: Vec<String> = healthy.iter().map(|port| resolver(*port)).collect();
    measure("check, four healthy resolvers", || check(&four, &[]));
    measure("check, four healthy resolvers, no controls", || {
        check(&four, &["--no-controls"]);
    });
    // The embedded servers play it: the silent one is asked at the address that AWS's networks give it.
    measure("demo, healthy, with a silent VPC resolver known from AWS", || {
        run(&[
            "demo",
            "vpc-resolver-not-reachable-from-here/fires-for-one-known-from-aws",
        ]);
    });
    let mut with_closed = four[..3].to_vec();
    with_closed.push(resolver(closed_port));
    measure("check, three healthy and a closed port", || {
        check(&with_closed, &[]);
    });

    let mut with_silent = four[..3].to_vec();
    with_silent.push(resolver(silent_port));
    println!("\ncheck, three healthy and a silent one, --timeout 1s, from the start of the program:");
    for _ in 0..3 {
        let (rows, end) = rows_of(&with_silent);
        let rows: Vec<String> = rows.iter().map(|at| milliseconds(*at)).collect();
        println!("  rows after {}; end after {}", rows.join(", "), milliseconds(end));
    }
    endings(&four, silent_port);
    drop((silent, silent_tcp));
}

/// When a run ends that somebody holds up who is silent.
fn endings(healthy: &[String], silent_port: u16) {
    println!(
        "\n{:<58}{:>10}{:>10}{:>10}",
        "when a run ends (--timeout 1s)", "min", "median", "max"
    );
    let no_aws = ["--no-aws", "--timeout", "1s"];
    measure("healthy, nothing silent", || check(healthy, &no_aws));
    // The embedded servers play it, with a window of 1 s.
    measure("healthy, the VPC resolver that AWS names is silent", || {
        run(&[
            "demo",
            "vpc-resolver-not-reachable-from-here/fires-for-one-known-from-aws",
        ]);
    });
    let without_root = vec![resolver(server(Plays::SilentToNs))];
    measure("healthy, the control about the root is silent", || {
        check(&without_root, &no_aws);
    });
    let silent_public = format!("127.0.0.1:{silent_port}");
    let public = ["--no-aws", "--timeout", "1s", "--public-resolver", &silent_public];
    measure("healthy, the public resolver is silent", || check(healthy, &public));
    let (aws, metadata) = (silent_service(), silent_service());
    let beside = |resolvers: &[String], more: &[&str]| {
        let mut command = Command::new(program());
        command
            .args(arguments(resolvers, &["--region", "ap-northeast-1", "--timeout", "1s"]))
            .args(more)
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "nothing")
            .env("AWS_ENDPOINT_URL", url(&aws))
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", url(&metadata))
            .env("AWS_EC2_METADATA_DISABLED", "false");
        start(&mut command);
    };
    measure("healthy, AWS and the instance metadata are silent", || {
        beside(healthy, &[]);
    });
    measure("healthy, all of these are silent at once", || {
        beside(&without_root, &public[3..]);
    });
    let mut with_dead = healthy[..3].to_vec();
    with_dead.push(resolver(silent_port));
    measure("broken, a resolver in scope is silent: one window", || {
        check(&with_dead, &no_aws);
    });
    let denies = vec![resolver(server(Plays::DeniesAndSilentToNs))];
    measure("broken, the control about the root is silent", || {
        check(&denies, &no_aws);
    });
    measure("broken, the public resolver is silent: one window", || {
        check(&denies, &public);
    });
}

/// What takes connections and says nothing: the system takes them before anybody accepts one.
fn silent_service() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a socket")
}

fn url(service: &TcpListener) -> String {
    format!("http://{}", service.local_addr().expect("an address"))
}

fn resolver(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn arguments(resolvers: &[String], more: &[&str]) -> Vec<String> {
    let mut arguments: Vec<String> = ["check", HOST, "--no-local", "--no-os", "--expect", "192.0.2.1"]
        .map(str::to_owned)
        .to_vec();
    for resolver in resolvers {
        arguments.push("--resolver".to_owned());
        arguments.push(resolver.clone());
    }
    arguments.extend(more.iter().map(|text| (*text).to_owned()));
    arguments
}

fn check(resolvers: &[String], more: &[&str]) {
    let arguments = arguments(resolvers, more);
    run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
}

fn run(arguments: &[&str]) {
    wait(Command::new(program()).args(arguments));
}

fn wait(command: &mut Command) {
    start(command.env("AWS_EC2_METADATA_DISABLED", "true"));
}

fn start(command: &mut Command) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the program starts");
}

fn measure(what: &str, once: impl Fn()) {
    once();
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            once();
            start.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "{what:<58}{:>10}{:>10}{:>10}",
        milliseconds(times[0]),
        milliseconds(times[RUNS / 2]),
        milliseconds(times[RUNS - 1])
    );
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// When each resolver's row came, and when the program ended.
fn rows_of(resolvers: &[String]) -> (Vec<Duration>, Duration) {
    let start = Instant::now();
    let mut child = Command::new(program())
        .args(arguments(resolvers, &["-v", "--timeout", "1s"]))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let stderr = child.stderr.take().expect("a pipe");
    let rows = BufReader::new(stderr)
        .lines()
        .map_while(Result::ok)
        .map(|_| start.elapsed())
        .collect();
    child.wait().expect("the program ends");
    (rows, start.elapsed())
}

/// What a server does.
#[derive(Clone, Copy, PartialEq)]
enum Plays {
    /// It answers every A question with 192.0.2.1 and everything else with nothing.
    Well,
    /// The same, and it says nothing to NS questions.
    SilentToNs,
    /// The same, and it denies the endpoint's name and those beside it.
    DeniesAndSilentToNs,
}

/// A server over UDP and TCP.
fn server(plays: Plays) -> u16 {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let port = udp.local_addr().expect("an address").port();
        // The port may be taken on TCP; then another is tried.
        let Ok(tcp) = TcpListener::bind(("127.0.0.1", port)) else {
            continue;
        };
        std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            while let Ok((length, client)) = udp.recv_from(&mut buffer) {
                if let Some(reply) = reply(&buffer[..length], plays) {
                    let _ = udp.send_to(&reply, client);
                }
            }
        });
        std::thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                let mut length = [0; 2];
                let mut query = Vec::new();
                if stream.read_exact(&mut length).is_err() {
                    continue;
                }
                query.resize(usize::from(u16::from_be_bytes(length)), 0);
                if stream.read_exact(&mut query).is_ok()
                    && let Some(reply) = reply(&query, plays)
                {
                    let length = u16::try_from(reply.len()).unwrap_or_default();
                    let _ = stream.write_all(&[length.to_be_bytes().as_slice(), &reply].concat());
                }
            }
        });
        return port;
    }
}

fn reply(query: &[u8], plays: Plays) -> Option<Vec<u8>> {
    let mut end = 12;
    while query.get(end).is_some_and(|length| *length != 0) {
        end += usize::from(query[end]) + 1;
    }
    let end = (end + 5).min(query.len());
    let mut reply = query[..end].to_vec();
    if reply.ends_with(&[0, 2, 0, 1]) && plays != Plays::Well {
        return None;
    }
    let is_beside = query.windows(4).any(|octets| octets.eq_ignore_ascii_case(b"\x03yl4"));
    let denies = plays == Plays::DeniesAndSilentToNs && is_beside;
    let is_a = reply.ends_with(&[0, 1, 0, 1]) && !denies;
    reply[2..12].copy_from_slice(&[
        0x81,
        if denies { 0x83 } else { 0x80 },
        0,
        1,
        0,
        u8::from(is_a),
        0,
        0,
        0,
        0,
    ]);
    if is_a {
        reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
    }
    Some(reply)
}
