//! The program: from arguments to what is printed and the exit code. With [`facts::host`](crate::facts::host)
//! and [`probe`](crate::probe) the only part that touches what is outside.

mod again;
mod by_resolver;
mod check;
mod compare;
mod complete;
mod conduct;
mod demo;
mod drawn;
mod explain;
mod facts;
mod far;
mod fleet;
mod interrupt;
mod learn;
mod learning;
mod live;
mod mcp;
mod output;
mod pushed;
mod read;
mod replay;
mod serve;
mod shared;
mod spinner;
mod via;
mod watch;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::Command;
use crate::cli::{self, NothingToRun, UsageError};
use crate::dns::Name;
use crate::facts::answers::OneOf;
use crate::facts::host::{FactsFile, UnreadableFile};
use crate::facts::kubeconfig::KubeconfigError;
use crate::facts::{Cluster, ClusterState};
use crate::lab;
use crate::places;
use crate::redact;
use crate::render::{Format, nagios};
use crate::report::{Conclusion, exit};
use crate::resolvers;

pub use crate::render::explanation::meaning;
pub use demo::heading;

/// What to do about a cluster that has no endpoint, by its status.
fn instead_of_endpoint(cluster: &Cluster) -> String {
    let name = crate::text::plain_word(&cluster.name, "NAME");
    match cluster.state() {
        Some(ClusterState::Creating) => format!("wait for it with aws eks wait cluster-active --name {name}"),
        Some(ClusterState::Deleting) => "name another cluster".to_owned(),
        _ => format!("see why with aws eks describe-cluster --name {name} --query cluster.health"),
    }
}

/// Whether a command that asks nobody may go on; the error is why not.
type GoesOn<'a> = &'a dyn Fn() -> Result<(), Error>;

/// Why the program could not run: exit code 2, and one line that says what, where, and what to do.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error("{0}; name a file that can be read")]
    File(UnreadableFile),
    #[error(transparent)]
    Resolvers(#[from] resolvers::NoResolvers),
    #[error("cannot start asking: {0}")]
    Runtime(io::Error),
    #[error(
        "cannot start asking: {0}; {least} file descriptors have to be free, so raise the limit (ulimit -n 1024)",
        least = crate::limits::DESCRIPTORS
    )]
    Descriptors(io::Error),
    #[error("cannot render the report")]
    Render(#[from] std::fmt::Error),
    #[error(transparent)]
    Redact(#[from] redact::RedactionFailed),
    #[error("cannot write to standard output: {}", output::reason_of_stdout(.0))]
    Stdout(io::Error),
    #[error("cannot listen on {0}: {1}; name another address of this host with --listen")]
    Listen(std::net::SocketAddr, io::Error),
    #[error("--save {}: {reason}", path.display())]
    Save { path: PathBuf, reason: String },
    #[error("{} {reason}", path.display())]
    Capture { path: PathBuf, reason: String },
    #[error(
        "{} is dig's text: there is nothing to diagnose again; compare takes it, beside a capture of another place",
        .0.display()
    )]
    NotReplayed(PathBuf),
    #[error(transparent)]
    Places(#[from] places::NotCompared),
    #[error(
        "the captures could not be diagnosed within {}: give fewer, or those of fewer resolvers",
        humantime::format_duration(crate::limits::MCP_OFFLINE)
    )]
    TooLong,
    #[error("the call was cancelled")]
    Cancelled,
    #[error("{0:?} is not the name of a finding{1}: see eks-dns-doctor explain for the index")]
    UnknownFinding(String, String),
    #[error("{}", chain(.0))]
    Lab(#[from] lab::UnplayableScenario),
    #[error("--explain-why is for one place: eks-dns-doctor replay CAPTURE --explain-why")]
    NoHeadlineToExplain,
    #[error(
        "--explain-why is for the report of one target, and a document of many holds none: eks-dns-doctor check HOST \
         --explain-why, or check -o jsonl --explain-why"
    )]
    NoReportToExplain,
    #[error(
        "{} has a document on each line, as check -o jsonl prints them: replay takes one line in a file of its own, or \
         what check --save FILE or -o json wrote of all targets; compare takes two of those",
        .0.display()
    )]
    LinesOfMany(PathBuf),
    #[error(
        "no TARGET, and no kubeconfig to take it from{}: name the endpoint (eks-dns-doctor HOST), or the cluster \
         (--cluster NAME)",
        match named(.0) { Some(named) => format!(" ({named})"), None => String::new() }
    )]
    NoTarget(Vec<PathBuf>),
    #[error("no TARGET, and {}", one_of(.0))]
    WhichCluster(OneOf),
    #[error("cannot write the facts: {0}")]
    Document(serde_json::Error),
    #[error("{0}")]
    Facts(FactsFile),
    #[error("{0}")]
    Kubeconfig(KubeconfigError),
    #[error(
        "context {context:?} of the kubeconfig has the server {server:?}, and that is no name of an endpoint: \
         name the endpoint as TARGET, the cluster with --cluster, or another --context"
    )]
    Server { context: String, server: String },
    #[error(
        "context {context:?} of the kubeconfig has the server {server:?}, and that is no name of an endpoint; \
         AWS knows the endpoint, and cannot be asked: {reason}; or name the endpoint as TARGET"
    )]
    Tunnel {
        context: String,
        server: String,
        reason: String,
    },
    #[error("--cluster {name}: {reason}")]
    ClusterUnknown { name: String, reason: String },
    #[error(
        "--cluster {named} contradicts {host}: a file of --facts describes that endpoint as the one of the cluster {own}; \
         leave --cluster out, or leave the endpoint out"
    )]
    ClusterContradicts { named: String, host: Name, own: String },
    #[error(
        "--cluster {}: its status is {}, and it {}: {}",
        .0.name,
        .0.status.as_deref().unwrap_or("not known"),
        .0.without_endpoint(),
        instead_of_endpoint(.0)
    )]
    NoEndpointYet(Box<Cluster>, Option<String>),
    #[error("interrupted before anything was asked")]
    Interrupted,
    #[error("--via {0} needs AWS, and --no-aws leaves it out: give one of them")]
    ViaWithoutAws(String),
    #[error("{0} places with --via are too many: name at most {max}", max = crate::limits::VIA_AT_ONCE)]
    TooManyPlaces(usize),
    #[error("--push: this program cannot be read to be sent along: {0}")]
    Push(io::Error),
    #[error("--push is for --via ssh:, and there is none")]
    NothingToPushTo,
    #[error("{file}, {first}{}", match more { 0 => String::new(), 1 => " (and 1 more line)".to_owned(), more => format!(" (and {more} more lines)") })]
    TargetLine {
        file: String,
        first: crate::fleet::Unreadable,
        more: usize,
    },
    #[error(
        "--all-contexts: {}: write one with aws eks update-kubeconfig --region REGION --name CLUSTER",
        match .0 {
            0 => "there is no context of a kubeconfig".to_owned(),
            elsewhere => format!(
                "no context of the kubeconfig leads to an endpoint of EKS ({elsewhere} {} elsewhere)",
                if *elsewhere == 1 { "leads" } else { "lead" }
            ),
        }
    )]
    NoContexts(usize),
    #[error(
        "{} is not of the same kind as the others: compare captures with captures, and documents of many targets with \
         documents of many targets",
        .0.display()
    )]
    FleetAndCapture(PathBuf),
    #[error(
        "-o {0} is not for the comparison of documents of many targets: write table, short, json, jsonl or markdown"
    )]
    FormatOfFleets(crate::render::Format),
    #[error("-o {0} is not for the list of scenarios: write table, json or jsonl")]
    FormatOfScenarios(crate::render::Format),
    #[error("--all-clusters: {0}")]
    ClustersUnknown(String),
    #[error("--all-clusters: AWS lists no cluster there: choose another --region or --profile")]
    NoClusters,
    #[error("{0} names no target: write one a line, HOST [IP|CIDR,...] [NAME]")]
    NoTargets(String),
    #[error("{} is not a folder: name one whose files callers may read", .0.display())]
    NotAFolder(PathBuf),
    #[error("cannot read standard input: {0}")]
    Stdin(io::Error),
    #[error("{0} {1}")]
    Pasted(&'static str, String),
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Runs the program with its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let is_plugin = cli::asks_for(&args, Format::Nagios);
    let mut redacts = false;
    let is_bare = args.len() <= 1;
    let done = match cli::parse(args) {
        Ok(command) => {
            redacts = is_redacted(&command);
            dispatch(&command)
        }
        Err(NothingToRun::Print(text)) => output::stdout(text.as_bytes()).map(|()| exit::HEALTHY),
        Err(NothingToRun::Usage(error)) => Err(error.into()),
    };
    let code = done.unwrap_or_else(|error| {
        if is_plugin {
            // What a plugin says of itself is read where the rest is, and says nothing of the service.
            let said = nagios::could_not_run(&output::said(&error, redacts));
            let _ = output::stdout(format!("{said}\n").as_bytes());
            return Format::Nagios.exit_code(Conclusion::Inconclusive, exit::COULD_NOT_RUN);
        }
        match nothing_to_ask(&error) {
            Some(why) if is_bare => output::nothing_to_ask(&why),
            _ => output::error(&error, redacts),
        }
        match error {
            Error::Interrupted => exit::INTERRUPTED,
            Error::NoEndpointYet(..) => exit::INCONCLUSIVE,
            _ => exit::COULD_NOT_RUN,
        }
    });
    code.into()
}

/// Which clusters the files of `--facts` have, and how one of them is named.
fn one_of(clusters: &OneOf) -> String {
    match clusters {
        OneOf::Described(names, name) => {
            format!("the files of --facts describe the clusters {names}: name one, as in --cluster {name}")
        }
        OneOf::Endpoints(hosts, host) => {
            format!("the files of --facts have the endpoints {hosts}: name one, as in eks-dns-doctor {host}")
        }
        OneOf::Listed(names, name) => format!(
            "the files of --facts have only names of clusters ({names}), and no endpoint: aws eks describe-cluster \
             --name {name} --output json gives it"
        ),
    }
}

/// That the files of `KUBECONFIG` are not there; `None` where it names none.
fn named(listed: &[PathBuf]) -> Option<String> {
    let first = listed.first()?.display();
    Some(match listed.len() - 1 {
        0 => format!("KUBECONFIG names {first}, and no file is there"),
        more => format!("KUBECONFIG names {first} and {more} more, and no file is there"),
    })
}

/// Why there is no cluster to ask about, where there is none.
fn nothing_to_ask(error: &Error) -> Option<String> {
    match error {
        Error::NoTarget(listed) => {
            let why = named(listed);
            Some(why.unwrap_or_else(|| "no endpoint is named, and no kubeconfig found".to_owned()))
        }
        Error::Kubeconfig(KubeconfigError::Empty { files }) => {
            Some(format!("the kubeconfig {files} has no context and no cluster"))
        }
        _ => None,
    }
}

/// Whether what goes out is to be redacted: what is said on standard error too.
fn is_redacted(command: &Command) -> bool {
    match command {
        Command::Check(args) => args.output.redact,
        Command::Compare(args) => args.output.redact,
        Command::Replay(args) => args.output.redact,
        Command::Serve(args) => args.check.output.redact,
        Command::Demo(args) => args.output.redact,
        Command::Facts(args) => args.redact,
        Command::Explain(_) | Command::Completions(_) | Command::Mcp(_) | Command::Man => false,
    }
}

fn dispatch(command: &Command) -> Result<u8, Error> {
    match command {
        Command::Check(args) if args.many.flag().is_some() => fleet::run(args),
        Command::Check(args) => match args.watch {
            Some(interval) => watch::run(args, interval),
            None => check::run(args),
        },
        Command::Explain(args) => interrupt::ending(|| explain::run(args)),
        Command::Compare(args) => interrupt::ending(|| compare::run(args)),
        Command::Replay(args) => interrupt::ending(|| replay::run(args)),
        Command::Serve(args) => serve::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Facts(args) => facts::run(args),
        Command::Mcp(args) => mcp::run(args),
        Command::Completions(args) => complete::completions(args.shell),
        Command::Man => complete::man(),
    }
}
