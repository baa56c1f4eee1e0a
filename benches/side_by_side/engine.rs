//! The bulk engine in a process of its own, so that its time, its share of the processor and its memory are its own; and
//! dnsperf beside it.

use std::fmt;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use eks_dns_doctor::bulk::{BulkServer, Options, QuestionOutcome, ask};
use eks_dns_doctor::dns::AnswerKind;

use super::servers::{NameServer, folder, host};

/// The first argument of the process.
pub(crate) const ARGUMENT: &str = "engine";

/// What a run took.
pub(crate) struct Took {
    pub questions: f64,
    pub seconds: f64,
    /// Seconds of the processor; absent where the system does not tell it this way.
    pub processor: Option<f64>,
    /// The most memory it had, in MB.
    pub memory: Option<f64>,
    /// Questions whose answer was an address or NODATA.
    pub answered: f64,
}

impl Took {
    pub(crate) fn rate(&self) -> f64 {
        self.questions / self.seconds
    }
}

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} questions a second", self.rate())?;
        if let Some(processor) = self.processor {
            write!(f, ", {:.1} µs of the processor each", processor / self.questions * 1e6)?;
        }
        if let Some(memory) = self.memory {
            write!(f, ", {memory:.1} MB at most")?;
        }
        write!(f, ", {:.0} of {:.0} answered", self.answered, self.questions)
    }
}

/// Runs the engine in a process of its own.
pub(crate) fn run(targets: usize, rate: u32, window: Duration, servers: &[SocketAddr]) -> Took {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        ARGUMENT,
        &targets.to_string(),
        &rate.to_string(),
        &window.as_millis().to_string(),
    ]);
    command.args(servers.iter().map(ToString::to_string));
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().ok());
    let mut next = || numbers.next().flatten();
    Took {
        questions: next().unwrap(),
        seconds: next().unwrap(),
        answered: next().unwrap(),
        processor: next(),
        memory: next(),
    }
}

/// That process.
pub(crate) fn child(arguments: &[String]) {
    let number = |at: usize| arguments[at].parse::<u64>().unwrap();
    let targets = usize::try_from(number(0)).unwrap();
    let servers: Vec<BulkServer> = arguments[3..]
        .iter()
        .map(|at| BulkServer {
            name: at.clone(),
            at: at.parse().unwrap(),
        })
        .collect();
    let options = Options {
        paces: eks_dns_doctor::probe::Paces::new(u32::try_from(number(1)).unwrap()),
        window: Duration::from_millis(number(2)),
        in_flight: 256,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let names = (0..targets).map(|number| host(number).parse().unwrap());
    let begun = Instant::now();
    let mut answered = 0;
    runtime.block_on(ask(names, &servers, &options, |answer| {
        for outcome in [&answer.a, &answer.aaaa] {
            answered += usize::from(matches!(
                outcome,
                QuestionOutcome::Asked(asked) if matches!(asked.kind, AnswerKind::Answer | AnswerKind::NoData)
            ));
        }
    }));
    let seconds = begun.elapsed().as_secs_f64();
    print!("{} {seconds} {answered}", 2 * targets * servers.len());
    if let (Some(processor), Some(memory)) = (processor(), memory()) {
        print!(" {processor} {memory}");
    }
    println!();
}

/// Seconds of the processor, as proc(5) has them: fields 14 and 15 of the line, in hundredths.
fn processor() -> Option<f64> {
    let line = std::fs::read_to_string("/proc/self/stat").ok()?;
    let behind_name = line.rsplit(')').next()?;
    let mut fields = behind_name.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / 100.0)
}

fn memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib = line.split_whitespace().next()?.parse::<f64>().ok()?;
    Some(kib / 1024.0)
}

/// Questions a second of dnsperf: the same questions, as often as there are servers, with as many outstanding in all.
pub(crate) fn dnsperf(targets: usize, server: &NameServer) -> Option<f64> {
    let file = folder().join(format!("questions-{targets}"));
    if !file.is_file() {
        let lines = (0..targets).map(|number| format!("{0} A\n{0} AAAA\n", host(number)));
        std::fs::write(&file, lines.collect::<String>()).unwrap();
    }
    let (at, servers) = (server.at[0], server.at.len());
    let output = Command::new("dnsperf")
        .args(["-s", &at.ip().to_string(), "-p", &at.port().to_string(), "-e"])
        .args(["-n", &servers.to_string(), "-c", &servers.to_string()])
        .args(["-q", &(servers * 256).to_string(), "-d", &file.to_string_lossy()])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Queries per second:"))?;
    line.trim().parse().ok()
}
