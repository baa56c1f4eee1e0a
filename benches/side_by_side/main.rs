//! This program beside others that ask the same questions of the same name servers: `cargo bench --bench side_by_side`.
//!
//! It starts a real name server on four addresses of loopback, warms it, and prints times and ratios. What is not
//! installed is said and left out; nothing is asserted. Everything is measured in turns, so that a busy machine is busy
//! for all of them. Debian: `apt-get install nsd knot-dnsutils dnsperf dnsutils`. On systems other than Linux the four
//! addresses of loopback may have to be added first.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark starts programs and prints"
)]

mod engine;
mod servers;

use std::net::{SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use servers::{HOSTS, NameServer, host};

/// How often each is measured.
const RUNS: usize = 9;

fn program() -> String {
    std::env::var("EKS_DNS_DOCTOR").unwrap_or_else(|_| env!("CARGO_BIN_EXE_eks-dns-doctor").to_owned())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|first| first == engine::ARGUMENT) {
        return engine::child(&arguments[2..]);
    }
    println!("load of this machine: {}", load());
    let Some(server) = NameServer::start() else {
        println!("no name server to ask (nsd, knotd): install one of them");
        return;
    };
    println!("{} on {:?}, {HOSTS} names", server.software, server.at);
    start_up();
    one_check(&server.at);
    dead_ends(&server.at);
    many_targets(&server);
    println!("\nload of this machine at the end: {}", load());
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_else(|_| "not known here".to_owned())
        .trim()
        .to_owned()
}

/// A command that is measured beside others.
struct Contender {
    what: &'static str,
    commands: Vec<Command>,
}

impl Contender {
    fn new(what: &'static str, commands: Vec<Command>) -> Option<Self> {
        let name = commands.first()?.get_program().to_owned();
        let is_there = Command::new(&name)
            .arg("-V")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok();
        if !is_there {
            println!("  {what}: {} is not installed, left out", name.to_string_lossy());
        }
        is_there.then_some(Self { what, commands })
    }

    /// Starts all of its commands at once and waits for them.
    fn once(&mut self) -> Duration {
        let begun = Instant::now();
        let started: Vec<_> = self
            .commands
            .iter_mut()
            .map(|command| {
                command
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for mut child in started {
            child.wait().unwrap();
        }
        begun.elapsed()
    }
}

/// Runs each in turns and prints the medians, and of all the others what the first is to them.
fn in_turns(title: &str, contenders: Vec<Option<Contender>>) {
    println!("\n{title}");
    let mut contenders: Vec<(Contender, Vec<Duration>)> =
        contenders.into_iter().flatten().map(|one| (one, Vec::new())).collect();
    for run in 0..=RUNS {
        for (contender, times) in &mut contenders {
            let time = contender.once();
            // The first warms the caches.
            if run > 0 {
                times.push(time);
            }
        }
    }
    let mut own = None;
    for (contender, times) in &mut contenders {
        times.sort();
        let median = times[RUNS / 2];
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let (least, most) = (ms(times[0]), ms(times[RUNS - 1]));
        let ratio = own.map_or_else(String::new, |own: Duration| {
            format!("   ours takes {:.2} of it", own.as_secs_f64() / median.as_secs_f64())
        });
        println!(
            "  {:<44}{:>9.1} ms ({least:.1} to {most:.1}){ratio}",
            contender.what,
            ms(median)
        );
        own.get_or_insert(median);
    }
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9");
    command
}

fn start_up() {
    in_turns(
        "start-up",
        vec![
            Contender::new("eks-dns-doctor --version", vec![command(&program(), &["--version"])]),
            Contender::new("kdig -V", vec![command("kdig", &["-V"])]),
            Contender::new("dig -v", vec![command("dig", &["-v"])]),
        ],
    );
}

/// A check of these resolvers, with flags.
fn check(resolvers: &[SocketAddr], flags: &[&str]) -> Command {
    let mut command = command(
        &program(),
        &[
            "check",
            &host(1),
            "--no-local",
            "--no-os",
            "--no-aws",
            "--expect-scope",
            "private",
        ],
    );
    for resolver in resolvers {
        command.args(["--resolver", &resolver.to_string()]);
    }
    command.args(flags);
    command
}

/// The two questions of each resolver, by a program of dig's kind, a process a resolver.
fn questions(program: &str, resolvers: &[SocketAddr], flags: &[&str]) -> Vec<Command> {
    let each = resolvers.iter().map(|resolver| {
        let (at, port) = (format!("@{}", resolver.ip()), resolver.port().to_string());
        let mut command = command(program, &[&at, "-p", &port]);
        command.args(flags).args([&host(1), "A", &host(1), "AAAA"]);
        command
    });
    each.collect()
}

fn one_check(at: &[SocketAddr]) {
    let mut contenders = vec![
        Contender::new(
            "eks-dns-doctor check --no-controls",
            vec![check(at, &["--no-controls"])],
        ),
        Contender::new("eks-dns-doctor check", vec![check(at, &[])]),
        Contender::new("dig, four at once", questions("dig", at, &[])),
        Contender::new("kdig, four at once", questions("kdig", at, &[])),
    ];
    let mut mhost = command("mhost", &["-q"]);
    for resolver in at {
        mhost.args(["-s", &format!("udp:{resolver}")]);
    }
    mhost.args(["lookup", "-t", "A,AAAA", &host(1)]);
    contenders.push(Contender::new("mhost lookup", vec![mhost]));
    let list = servers::folder().join("resolvers");
    let text: Vec<String> = at.iter().map(|resolver| resolver.ip().to_string()).collect();
    std::fs::write(&list, text.join("\n")).unwrap();
    let port = at[0].port().to_string();
    let list = list.to_string_lossy().into_owned();
    let dnseval = command("dnseval", &["-p", &port, "-f", &list, "-c", "1", &host(1)]);
    contenders.push(Contender::new("dnseval (A only)", vec![dnseval]));
    in_turns("one check of four resolvers, the same questions", contenders);
}

fn dead_ends(at: &[SocketAddr]) {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let hole = [at[0], silent.local_addr().unwrap()];
    in_turns(
        "a black hole beside a resolver, one second of patience",
        vec![
            Contender::new(
                "eks-dns-doctor check --timeout 1s",
                vec![check(&hole, &["--timeout", "1s", "--no-controls"])],
            ),
            Contender::new(
                "dig +time=1 +tries=1",
                questions("dig", &hole, &["+time=1", "+tries=1"]),
            ),
            Contender::new(
                "kdig +time=1 +retry=0",
                questions("kdig", &hole, &["+time=1", "+retry=0"]),
            ),
        ],
    );
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = [at[0], closed];
    in_turns(
        "a closed port beside a resolver",
        vec![
            Contender::new("eks-dns-doctor check", vec![check(&closed, &["--no-controls"])]),
            Contender::new("dig", questions("dig", &closed, &[])),
            Contender::new("kdig", questions("kdig", &closed, &[])),
        ],
    );
}

fn many_targets(server: &NameServer) {
    println!("\nmany targets, A and AAAA of each, 256 questions in flight to each of four resolvers");
    for targets in [1_000, 10_000, HOSTS] {
        let mut rates = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let own = engine::run(targets, 0, Duration::from_secs(5), &server.at);
            println!("  engine  {targets:>7} targets: {own}");
            rates.0.push(own.rate());
            if let Some(theirs) = engine::dnsperf(targets, server) {
                println!("  dnsperf {targets:>7} targets: {theirs:.0} questions a second");
                rates.1.push(theirs);
            }
        }
        let median = |mut rates: Vec<f64>| {
            rates.sort_by(f64::total_cmp);
            rates.get(rates.len() / 2).copied()
        };
        match (median(rates.0), median(rates.1)) {
            (Some(own), Some(theirs)) => {
                println!(
                    "  medians for {targets}: {own:.0} and {theirs:.0} a second, ratio {:.2}",
                    own / theirs
                );
            }
            (Some(own), None) => println!("  median for {targets}: {own:.0} a second; dnsperf is not installed"),
            _ => {}
        }
    }
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut three: Vec<SocketAddr> = server.at[..3].to_vec();
    let alive = engine::run(10_000, 0, Duration::from_secs(2), &three);
    three.push(silent.local_addr().unwrap());
    let with_dead = engine::run(10_000, 0, Duration::from_secs(2), &three);
    println!(
        "\na dead resolver beside three, window 2 s: {:.2} s without it, {:.2} s with it",
        alive.seconds, with_dead.seconds
    );
    let capped = engine::run(2_500, 1000, Duration::from_secs(5), &server.at);
    let cap = 2.0 * 2_500.0 / 1000.0;
    println!(
        "1,000 questions a second to each, 2,500 targets: {:.2} s, {:.1} % above the cap's own {cap:.2} s",
        capped.seconds,
        (capped.seconds / cap - 1.0) * 100.0
    );
}
