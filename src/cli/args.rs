//! The definition of the command line: help, completions and the manual page are made from it.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PathBufValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::value::{self, Expectable};
use crate::render::{Format, Lines};
use crate::report::exit;
use crate::resolvers::{parse_resolver, parse_server, parse_tls_name};
use crate::settings::{FailOn, NamedResolver};
use crate::via::Via;

/// The program's name.
pub const NAME: &str = env!("CARGO_PKG_NAME");

/// The exit codes, the same in every format but nagios, and what they mean.
pub const EXIT_CODES: &[(u8, &str)] = &[
    (
        exit::HEALTHY,
        "every resolver in scope answers as expected, perhaps with warnings",
    ),
    (
        exit::BROKEN,
        "at least one does not; with --fail-on warning, also where all do and there is a warning",
    ),
    (
        exit::COULD_NOT_RUN,
        "it could not run: bad arguments, a file that cannot be read or written",
    ),
    (
        exit::INCONCLUSIVE,
        "inconclusive: nothing wrong was seen, but what decides is not known",
    ),
    (exit::INTERRUPTED, "interrupted; what was known by then was printed"),
];

/// Examples, and what they do.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("eks-dns-doctor", "diagnose the endpoint of the current kubectl context"),
    (
        "eks-dns-doctor --cluster NAME --region REGION",
        "the same for the cluster with this name in AWS",
    ),
    (
        "eks-dns-doctor HOST",
        "ask this host's own resolvers for the cluster's endpoint",
    ),
    (
        "eks-dns-doctor HOST --inbound 10.0.1.10,10.0.2.10 --public",
        "compare their answers with the inbound endpoint's and with public DNS",
    ),
    (
        "eks-dns-doctor HOST --no-local --resolver corp=10.63.200.10 --expect 192.168.0.0/16",
        "check that one resolver answers with the VPC's addresses",
    ),
    (
        "eks-dns-doctor HOST --expect-scope private --judge local -o short",
        "print one line, for a runbook that reads the exit code",
    ),
    (
        "eks-dns-doctor --all-contexts",
        "check every cluster of your kubeconfig, and say each cause once",
    ),
    (
        "eks-dns-doctor explain no-forwarding",
        "what a finding means and what to do",
    ),
];

/// What is said behind the error where there is nothing to ask about: no argument, and no kubeconfig or an empty one.
pub const NOTHING_TO_ASK: &str = "
See what it does, on this machine alone, without a cluster and without AWS:
  eks-dns-doctor demo
Ask for the endpoint of a cluster; HOST is the server of a kubeconfig:
  eks-dns-doctor HOST
Read an error message of kubectl:  eks-dns-doctor explain \"MESSAGE\"
With credentials of AWS: --cluster NAME --region REGION. More: --help
";

const SOURCES: &str = "The endpoint, and the facts about it";
const ASK: &str = "Resolvers to ask";
const MANY: &str = "Many targets instead of one";
const EXPECT: &str = "What the answers should be";
const PACE: &str = "How long and how often";
const OUTPUT: &str = "Output";

/// Takes the name of one of these formats.
fn formats(these: &'static [Format]) -> impl TypedValueParser<Value = Format> {
    let names = these
        .iter()
        .map(|format| PossibleValue::new(format.as_str()).help(format.about()));
    PossibleValuesParser::new(names).try_map(|text| text.parse::<Format>())
}

fn after_help() -> String {
    let mut text = "Exit codes:\n".to_owned();
    for (code, meaning) in EXIT_CODES {
        let _ = writeln!(text, "  {code:<3}  {meaning}");
    }
    let _ = writeln!(
        text,
        "With -o nagios they are those of monitoring plugins: 0, 1 for a warning, 2, and 3 for not known."
    );
    text.push_str("\nExamples (HOST stands for the endpoint's host name or URL):\n");
    for (command, meaning) in EXAMPLES {
        let _ = writeln!(text, "  {command}\n      {meaning}");
    }
    text.truncate(text.trim_end().len());
    text
}

/// Says why an EKS cluster's API endpoint name does not resolve from here, and what to change.
///
/// Asks every resolver on the path for the name, and compares each answer with the addresses that the cluster has.
/// Then it says why they differ and what to change. It sends DNS questions, reads from AWS, and changes nothing.
/// Public resolvers are asked only with --public or --public-resolver.
#[derive(Debug, Parser)]
#[command(
    name = NAME,
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    override_usage = "eks-dns-doctor [check] [OPTIONS] [TARGET]\n       eks-dns-doctor COMMAND ...",
    after_help = after_help(),
    disable_help_flag = true,
)]
pub struct Cli {
    /// What to do; without one, check.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of check.
    #[command(flatten)]
    pub check: CheckArgs,
    /// Print what is needed first
    #[arg(short, long, global = true, action = ArgAction::HelpShort)]
    help: Option<bool>,
    /// Print everything: every flag, with its text
    #[arg(long, global = true, action = ArgAction::HelpLong)]
    help_all: Option<bool>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask the resolvers, compare the answers, and name the cause (the default)
    ///
    /// Asks every resolver on the path for the endpoint's name, compares the answers, and says why they differ.
    #[command(
        override_usage = "eks-dns-doctor [check] [OPTIONS] [TARGET]",
        after_help = after_help(),
    )]
    Check(Box<CheckArgs>),
    /// Show what a finding or a pasted error message means; without WHAT, the index
    ///
    /// WHAT is the name of a finding, or a line that kubectl, curl, nslookup or another client printed. With - the text
    /// is read from standard input. No name server is asked.
    Explain(ExplainArgs),
    /// Compare captures of several places: what differs, and why
    ///
    /// The table has a row for each resolver and a column for each place. A place is a capture. Where this program
    /// cannot be installed, it is a file with the text that dig printed there, one run or more. No name server is
    /// asked.
    #[command(mut_arg("explain_why", |arg| arg.hide(true)))]
    Compare(CompareArgs),
    /// Diagnose a saved capture again, with today's rules
    ///
    /// A capture is what --save or -o json wrote. No name server is asked, so the same capture gives the same report.
    /// `tool`, `taken_at` and the place stay those of the capture.
    Replay(ReplayArgs),
    /// Check again and again, and serve what was found as metrics (/metrics, /healthz)
    ///
    /// A standing check for Prometheus and others, with the flags of check. It listens on the given address alone, and
    /// ends with Ctrl-C or SIGTERM. Before each check the kubeconfig and the other files are read again, and a check
    /// begins soon after one of them has changed. A result that is too old is not shown any more.
    #[command(
        override_usage = "eks-dns-doctor serve --listen ADDR:PORT [OPTIONS] [TARGET]",
        mut_arg("watch", |arg| arg.hide(true)),
        mut_arg("until", |arg| arg.hide(true)),
        mut_arg("watch_for", |arg| arg.hide(true)),
        mut_arg("via", |arg| arg.hide(true)),
        mut_arg("push", |arg| arg.hide(true)),
        mut_arg("via_timeout", |arg| arg.hide(true)),
        mut_arg("format", |arg| arg.hide(true)),
        mut_arg("save", |arg| arg.hide(true)),
        mut_arg("explain_why", |arg| arg.hide(true)),
        mut_arg("fix", |arg| arg.hide(true)),
        mut_arg("verbose", |arg| arg.hide(true)),
        mut_arg("color", |arg| arg.hide(true)),
    )]
    Serve(Box<ServeArgs>),
    /// Start a scenario's name servers on loopback, and diagnose it
    Demo(DemoArgs),
    /// Collect what AWS, the kubeconfig and this host say, as JSON for check --facts on another machine
    ///
    /// Reads from AWS as check does. It asks no name server and changes nothing.
    #[command(override_usage = "eks-dns-doctor facts [OPTIONS] [TARGET]")]
    Facts(Box<FactsArgs>),
    /// Serve check, explain, compare, replay and demo to an agent (Model Context Protocol)
    ///
    /// Reads messages from standard input and writes answers to standard output, one a line. It writes no file, runs
    /// nothing that a caller names, and asks nobody that a call did not name or this host does not have.
    Mcp(McpArgs),
    /// Print the completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page (roff)
    Man,
}

/// The arguments of `check`.
#[expect(clippy::struct_excessive_bools, reason = "each is one flag of the command line")]
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// Host name or URL of the cluster's API endpoint
    ///
    /// As kubectl and the AWS console show it: the host name, or https://HOST[:PORT]. Write the word check before a
    /// host name without a dot. Without TARGET it is the endpoint of --cluster, of --facts, or of the kubeconfig's
    /// current context.
    #[arg(value_name = "TARGET")]
    pub target: Option<String>,

    /// Where the endpoint and the facts about it come from.
    #[command(flatten)]
    pub sources: SourceArgs,

    /// Many targets instead of one.
    #[command(flatten)]
    pub many: ManyArgs,

    /// A resolver to ask; repeatable
    ///
    /// Written [NAME=][SCHEME://]ADDR[:PORT][/PATH][#TLS-NAME], for example corp=10.63.200.10,
    /// tcp://[2001:db8::53]:5353, tls://10.0.0.2#dns.example or https://10.0.0.2/dns-query. SCHEME is udp, tcp, tls or
    /// https. The report shows NAME. The certificate must be valid for TLS-NAME, else for --tls-name, else for the
    /// address.
    #[arg(long, value_name = "SPEC", value_parser = parse_resolver, help_heading = ASK)]
    pub resolver: Vec<NamedResolver>,

    /// The VPC resolver (.2); repeatable
    ///
    /// Route 53 Resolver at the VPC's network address plus two. It answers only questions from inside the VPC.
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = parse_server, help_heading = ASK)]
    pub vpc_resolver: Vec<NamedResolver>,

    /// Addresses of a Route 53 Resolver inbound endpoint; repeatable
    ///
    /// With https:// before an address it is asked with DNS over HTTPS, with tcp:// over TCP.
    #[arg(
        long,
        value_name = "ADDR[:PORT],...",
        value_parser = parse_server,
        value_delimiter = ',',
        help_heading = ASK
    )]
    pub inbound: Vec<NamedResolver>,

    /// Ask public resolvers too (1.1.1.1 and 8.8.8.8), as a control
    ///
    /// They receive the endpoint's name. Their answers are evidence and never decide the conclusion.
    #[arg(long, help_heading = ASK)]
    pub public: bool,

    /// Ask this public resolver too, as a control; repeatable
    ///
    /// Write tls:// or https:// before the address where port 53 to the internet is blocked.
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = parse_server, help_heading = ASK)]
    pub public_resolver: Vec<NamedResolver>,

    /// The name for which the certificates of tls:// and https:// resolvers must be valid
    ///
    /// A host name or an IP address. It is for resolvers without a #TLS-NAME of their own. Without it the certificate
    /// must be valid for the address.
    #[arg(long, value_name = "NAME", value_parser = parse_tls_name, help_heading = ASK)]
    pub tls_name: Option<String>,

    /// Accept any certificate of tls:// and https:// resolvers
    ///
    /// It shows what a server answers whose certificate does not verify. Anybody on the network path can then answer in
    /// its place, so the report has a warning.
    #[arg(long, help_heading = ASK)]
    pub insecure_tls: bool,

    /// Ask from this place too, and compare; repeatable
    ///
    /// ssh:[USER@]HOST, or ssh://[USER@]HOST:PORT, runs the same check there through the system's ssh, with your
    /// configuration, agent and jump hosts, and without a prompt. ssm:INSTANCE-ID and ssm:tag:KEY=VALUE run it through
    /// AWS Systems Manager Run Command. The facts about AWS are sent along, so that place needs no AWS permission. It
    /// needs this program, or --push.
    #[arg(
        long,
        value_name = "PLACE",
        value_parser = clap::value_parser!(Via),
        conflicts_with = "watch",
        help_heading = ASK
    )]
    pub via: Vec<Via>,

    /// With --via ssh:, copy this program to a private temporary directory there, and remove it afterwards
    ///
    /// Where it does not run there, the program of that system is sent: TARGET/eks-dns-doctor beside this program, as
    /// the archives of a release have it, with TARGET x86_64-unknown-linux-musl or aarch64-unknown-linux-musl.
    #[arg(long, requires = "via", help_heading = ASK)]
    pub push: bool,

    /// How long the check at a place of --via may take, connection included (at most 10m)
    ///
    /// Without it: one minute more than --deadline.
    #[arg(long, value_name = "DURATION", requires = "via", value_parser = value::deadline, help_heading = PACE)]
    pub via_timeout: Option<Duration>,

    /// Leave out this host's own resolvers
    ///
    /// Neither resolv.conf nor the hosts file is read, unless --hosts-file names one, and getaddrinfo is not called.
    #[arg(long, help_heading = ASK)]
    pub no_local: bool,

    /// Leave out the operating system's lookup (getaddrinfo)
    #[arg(long, help_heading = ASK)]
    pub no_os: bool,

    /// Read this file instead of this host's resolv.conf
    ///
    /// getaddrinfo is then left out, since it always reads this host's own file.
    #[arg(long, value_name = "FILE", help_heading = ASK)]
    pub resolv_conf: Option<PathBuf>,

    /// Read this file instead of this host's hosts file
    ///
    /// getaddrinfo is then left out, since it always reads this host's own file.
    #[arg(long, value_name = "FILE", help_heading = ASK)]
    pub hosts_file: Option<PathBuf>,

    /// Leave out the control questions
    ///
    /// Controls are questions for other names: a random name beside the endpoint, public names of AWS, the root, and
    /// the zone around the endpoint. They tell apart causes that look alike.
    #[arg(long, help_heading = ASK)]
    pub no_controls: bool,

    /// After DNS, connect to the API server's port at each address that a resolver answered
    ///
    /// TCP, then TLS with the endpoint's name. The certificate is verified against the cluster's certificate authority
    /// where AWS, --facts or the kubeconfig has it. No request is sent to the API server. It never changes a resolver's
    /// verdict.
    #[arg(long, help_heading = ASK)]
    pub connect: bool,

    /// The addresses or networks that the answers should be in; repeatable
    #[arg(
        long,
        value_name = "IP|CIDR,...",
        value_parser = value::expectable,
        value_delimiter = ',',
        help_heading = EXPECT
    )]
    pub expect: Vec<Expectable>,

    /// Whether the answers should be the private or the public addresses
    #[arg(long, value_name = "SCOPE", help_heading = EXPECT)]
    pub expect_scope: Option<ExpectScope>,

    /// The zone that the answers should come from
    ///
    /// The run is inconclusive if a resolver does not show from which zone its answer is.
    #[arg(long, value_name = "VIEW", help_heading = EXPECT)]
    pub expect_view: Option<ExpectView>,

    /// Only these resolvers decide the conclusion; repeatable
    ///
    /// A role (local, os, vpc, inbound, custom) or the name of a resolver, as the report shows it.
    #[arg(
        long,
        value_name = "ROLE|NAME,...",
        value_parser = value::judge,
        value_delimiter = ',',
        help_heading = EXPECT
    )]
    pub judge: Vec<String>,

    /// The severity from which a run counts as failed
    #[arg(long, value_name = "SEVERITY", default_value = "error", help_heading = EXPECT)]
    pub fail_on: FailOn,

    /// Ask for the name N times, to find a resolver whose answers change (1 to 100)
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        value_parser = value::samples,
        help_heading = PACE
    )]
    pub samples: u32,

    /// How long one question to one resolver may take (at most 60s)
    ///
    /// 5s is what Go, and so kubectl, gives one server.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "5s",
        value_parser = value::timeout,
        help_heading = PACE
    )]
    pub timeout: Duration,

    /// How many times a question is sent within that time (1 to 10)
    #[arg(
        long,
        value_name = "N",
        default_value = "2",
        value_parser = value::attempts,
        help_heading = PACE
    )]
    pub attempts: u32,

    /// How long the whole run may take (at most 10m)
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "15s",
        value_parser = value::deadline,
        help_heading = PACE
    )]
    pub deadline: Duration,

    /// Repeat the check, and print a line for each change (every 10s without INTERVAL)
    ///
    /// For the minutes after a change of the configuration. INTERVAL is from 2s to 1h. A check begins at least 2s after
    /// the end of the one before. It ends after --for, or with --until. With -o json or markdown the changes go to
    /// standard error, and the last report is printed.
    #[arg(
        long,
        value_name = "INTERVAL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "10s",
        value_parser = value::interval,
        conflicts_with = "samples",
        help_heading = PACE
    )]
    pub watch: Option<Duration>,

    /// With --watch, end as soon as this is true
    ///
    /// healthy: every resolver in scope answers as expected (exit code 0).
    #[arg(long, value_name = "WHAT", requires = "watch", help_heading = PACE)]
    pub until: Option<Until>,

    /// With --watch, end after this time (at most 24h; without it 20m)
    #[arg(
        long = "for",
        value_name = "DURATION",
        requires = "watch",
        value_parser = value::watch_for,
        help_heading = PACE
    )]
    pub watch_for: Option<Duration>,

    /// What is done with the report.
    #[command(flatten)]
    pub output: OutputArgs,

    /// The name of this place in the report, e.g. laptop or bastion
    #[arg(long, value_name = "NAME", value_parser = value::vantage, help_heading = OUTPUT)]
    pub vantage: Option<String>,
}

/// Many targets, and how they are gone through.
#[expect(clippy::struct_excessive_bools, reason = "each is one flag of the command line")]
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = MANY)]
pub struct ManyArgs {
    /// Check every endpoint of a file
    ///
    /// A line each: the host name, then the addresses or networks that are expected of it, then a name for the report;
    /// the last two may be missing. Or a JSON object a line, {"hostname": HOST, "expect": [IP|CIDR], "name": NAME}.
    /// Empty lines and what follows a # are left out. With - it is read from standard input.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["target", "cluster", "context", "all_contexts", "all_clusters"]
    )]
    pub targets: Option<PathBuf>,

    /// Check the endpoint of every context of the kubeconfig
    ///
    /// Contexts of one cluster are checked once. Those of other kinds of clusters are named and left out.
    #[arg(long, conflicts_with_all = ["target", "cluster", "context", "all_clusters"])]
    pub all_contexts: bool,

    /// Check every cluster that AWS lists
    ///
    /// Of each --region (R1,R2) and each --profile (A,B), else of those that the AWS CLI would use.
    #[arg(long, conflicts_with_all = ["target", "cluster", "context", "no_aws", "facts"])]
    pub all_clusters: bool,

    /// Questions a second to one resolver, at most (without it 500)
    #[arg(long, value_name = "N", value_parser = value::rate)]
    pub rate: Option<u32>,

    /// With --targets, go on where a line cannot be read, and count it as a target that could not be asked
    #[arg(long, conflicts_with_all = ["all_contexts", "all_clusters"])]
    pub keep_going: bool,

    /// End with the first target that is broken
    #[arg(long)]
    pub fail_fast: bool,
}

impl ManyArgs {
    /// Whether there are many targets, and by which flag.
    pub fn flag(&self) -> Option<&'static str> {
        if self.targets.is_some() {
            Some("--targets")
        } else if self.all_contexts {
            Some("--all-contexts")
        } else if self.all_clusters {
            Some("--all-clusters")
        } else {
            None
        }
    }
}

/// Where the endpoint and the facts about it come from.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = SOURCES)]
pub struct SourceArgs {
    /// Take the endpoint and its facts from AWS, for the cluster with this name
    #[arg(long, value_name = "NAME", value_parser = value::cluster)]
    pub cluster: Option<String>,

    /// The AWS Region
    ///
    /// Without it: the kubeconfig's, else the one in the endpoint's name, else the one that the AWS CLI would use. With
    /// --all-clusters several, as R1,R2.
    #[arg(long, value_name = "REGION", value_parser = value::region, value_delimiter = ',')]
    pub region: Vec<String>,

    /// The AWS profile
    ///
    /// Without it: the kubeconfig's, else the one that the AWS CLI would use. With --all-clusters
    /// several, as A,B.
    #[arg(long, value_name = "PROFILE", value_parser = value::name, value_delimiter = ',')]
    pub profile: Vec<String>,

    /// Read this kubeconfig instead of those of KUBECONFIG, or ~/.kube/config
    ///
    /// No command in it is run, and no credential in it is used.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// The kubeconfig's context, instead of the current one
    #[arg(long, value_name = "NAME", value_parser = value::name)]
    pub context: Option<String>,

    /// Read the facts from a file instead of asking AWS; repeatable
    ///
    /// The output of the command facts, a capture, or JSON that the AWS CLI printed (describe-cluster,
    /// describe-network-interfaces, describe-vpcs, list-resolver-endpoints and others). Its content tells which it is.
    /// With - it is read from standard input.
    #[arg(long, value_name = "FILE")]
    pub facts: Vec<PathBuf>,

    /// Send no request to AWS
    #[arg(long)]
    pub no_aws: bool,

    /// Say what was changed in AWS in this time before the run, of what decides about the name (at most 28d)
    ///
    /// CloudTrail is asked for the events that touch Resolver rules and endpoints, zones, DNS Firewall, Profiles, the
    /// VPC's DNS attributes and DHCP options, VPC endpoints, VPC Lattice, the networks of Resolver endpoints and their
    /// prefix lists, Client VPN and the cluster's configuration. It takes two questions a second, so give it time with
    /// --deadline. That something changed is no proof that it is the cause.
    #[arg(long, value_name = "DURATION", value_parser = value::since)]
    pub since: Option<Duration>,
}

/// What is done with a report.
#[expect(clippy::struct_excessive_bools, reason = "each is one flag of the command line")]
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = OUTPUT)]
pub struct OutputArgs {
    /// The format of the report
    #[arg(
        short = 'o',
        long = "output",
        value_name = "FORMAT",
        default_value = "table",
        value_parser = formats(Format::VARIANTS)
    )]
    pub format: Format,

    /// Also write the report as JSON to a file
    ///
    /// The file is replaced in one step, and only its owner can read it.
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().try_map(value::file))]
    pub save: Option<PathBuf>,

    /// Replace what identifies accounts, resources, the cluster, users and this host
    ///
    /// Replaced are account ids, resource ids, names in ARNs, the names of rules, groups, Profiles and other
    /// resources, the first label of the endpoint's name, user names in paths and before an @, and this host's name.
    /// The same value has the same replacement in every report. Addresses, domains and names given on the command line
    /// stay.
    #[arg(long)]
    pub redact: bool,

    /// Show how the headline was decided: what was seen, and what ruled out other causes
    #[arg(long)]
    pub explain_why: bool,

    /// Print the fix for this software: bind, unbound, dnsmasq, pdns, knot, windows, coredns, systemd-resolved,
    /// route53, terraform, cloudformation, or all
    ///
    /// Without it: the fix for the software that answers there if that is known, else for the likeliest.
    #[arg(long, value_name = "SOFTWARE")]
    pub fix: Option<Lines>,

    /// Show everything, and progress on standard error
    #[arg(short, long)]
    pub verbose: bool,

    /// Print no report and no progress, only set the exit code and write --save
    #[arg(short, long)]
    pub quiet: bool,

    /// When to print colours
    ///
    /// auto: on a terminal, unless NO_COLOR is set or TERM is dumb; CLICOLOR_FORCE means always.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// Use ASCII only
    #[arg(long)]
    pub ascii: bool,
}

/// `--expect-scope`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExpectScope {
    /// Addresses of the VPC.
    Private,
    /// Addresses of the public endpoint.
    Public,
}

impl ExpectScope {
    /// As it is written behind `--expect-scope`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
        }
    }
}

/// `--expect-view`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExpectView {
    /// The Route 53 private hosted zone.
    Private,
}

/// `--until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Until {
    /// Every resolver in scope answers as expected.
    Healthy,
}

/// `--fail-on`.
impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Error, Self::Warning]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Error => PossibleValue::new("error").help("Errors only"),
            Self::Warning => PossibleValue::new("warning").help("Warnings too"),
        })
    }
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless the environment says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The name of a finding, e.g. no-forwarding; an error message; or -
    #[arg(value_name = "WHAT", num_args = 0..)]
    pub what: Vec<String>,

    /// The format of the meaning of an error message
    #[arg(
        short = 'o',
        long = "output",
        value_name = "FORMAT",
        default_value = "table",
        value_parser = formats(Format::OF_EXPLANATIONS)
    )]
    pub format: Format,
}

/// The arguments of `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The captures, or files with dig's text
    #[arg(value_name = "CAPTURE", num_args = 2.., required = true)]
    pub captures: Vec<PathBuf>,

    /// What is done with the comparison.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The arguments of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The capture: what --save or -o json wrote
    #[arg(value_name = "CAPTURE")]
    pub capture: PathBuf,

    /// What is done with the report.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The arguments of `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The address to listen on, e.g. 127.0.0.1:9853
    ///
    /// Nothing is asked of whoever connects. Beyond loopback, see that only your scrapers reach the port: the metrics
    /// name endpoints, resolvers and addresses.
    #[arg(
        long,
        value_name = "ADDR:PORT",
        value_parser = value::listen,
        conflicts_with_all = ["watch", "via", "format", "save", "explain_why", "fix"],
        help_heading = PACE
    )]
    pub listen: SocketAddr,

    /// How often a check begins (2s to 1h)
    ///
    /// A check that takes longer delays the next.
    #[arg(long, value_name = "INTERVAL", default_value = "60s", value_parser = value::interval, help_heading = PACE)]
    pub interval: Duration,

    /// What is checked, and how.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The scenario to play
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<String>,

    /// List the scenarios
    #[arg(long)]
    pub list: bool,

    /// What is done with the report.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The arguments of `facts`.
#[derive(Debug, Args)]
pub struct FactsArgs {
    /// Host name or URL of the cluster's API endpoint
    ///
    /// Without it: the endpoint of --cluster, or of the kubeconfig's current context.
    #[arg(value_name = "TARGET")]
    pub target: Option<String>,

    /// Where the endpoint and the facts about it come from.
    #[command(flatten)]
    pub sources: SourceArgs,

    /// How long the whole run may take (at most 10m)
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "15s",
        value_parser = value::deadline,
        help_heading = PACE
    )]
    pub deadline: Duration,

    /// Write the facts to a file instead of standard output
    ///
    /// The file is replaced in one step, and only its owner can read it.
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().try_map(value::file))]
    pub save: Option<PathBuf>,

    /// Replace what identifies accounts, resources, the cluster, users and this host
    #[arg(long)]
    pub redact: bool,
}

/// The arguments of `mcp`.
#[derive(Debug, Args)]
pub struct McpArgs {
    /// Let callers name files below this folder, for captures, facts, resolv.conf and hosts
    ///
    /// Without it they give a capture's text, and no file is read for them.
    #[arg(long, value_name = "FOLDER")]
    pub files: Option<PathBuf>,
}

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}
