//! From arguments to [`Settings`].

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;

use super::args::{CheckArgs, ExpectScope, ExpectView, SourceArgs};
use super::value::Expectable;
use crate::address::AddressClass;
use crate::dns::{Name, NameError};
use crate::endpoint::EndpointName;
use crate::limits;
use crate::render::Format;
use crate::settings::{Asked, NamedResolver, Settings, Sources};
use crate::target::{Scope, Target, TargetSource, View};
use crate::via::Via;

/// The public control where none is named: Cloudflare's and Google's resolvers.
const PUBLIC_RESOLVERS: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1)), 53),
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8)), 53),
];

/// Why the arguments make no sense: one line that says what, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// The definition of the command line does not allow them.
    #[error("{0}")]
    Arguments(String),
    /// A flag that only AWS gives a meaning to, in a program without it.
    #[error(
        "{0} needs AWS, and this program was built without it: give the facts with --facts, or use a release's program"
    )]
    BuiltWithoutAws(&'static str),
    /// Changes in AWS, where it is not asked.
    #[error("--since asks AWS what was changed, and {0} leaves AWS out: leave out one of the two")]
    SinceWithoutAws(&'static str),
    /// A flag that goes with many targets alone.
    #[error("{0} is for many targets: add --targets FILE, --all-contexts or --all-clusters, or leave it out")]
    OnlyForMany(&'static str),
    /// A flag that goes with one target alone.
    #[error("{0} is for one target, and {1} gives many: {2}")]
    NotForMany(&'static str, &'static str, &'static str),
    /// Several values where there is one target.
    #[error("{0} {1:?} names several {2}, and one target has one: give one of them, or add --all-clusters")]
    SeveralForOne(&'static str, String, &'static str),
    /// Standard input, for what is read again and again.
    #[error("{0} -: standard input can be read once, and serve reads it before each check: name a file")]
    ReadOnce(&'static str),
    /// A bare word that is nothing we know.
    #[error(
        "{word:?} is neither a command nor a host name with a dot{}: to look up a name without a dot, write check \
         {word:?}",
        meant.as_ref().map(|meant| format!(" (did you mean {meant}?)")).unwrap_or_default()
    )]
    NeitherCommandNorHost {
        /// The word.
        word: String,
        /// The command it was meant to be, by its likeness.
        meant: Option<String>,
    },
    /// An endpoint's name of no characters: a variable that was not set.
    #[error("TARGET is empty: name the endpoint, or leave TARGET out for the endpoint of the current kubectl context")]
    EmptyTarget,
    /// An address instead of a name.
    #[error("TARGET {0:?} is an IP address, and there is nothing to look up: name the endpoint by its host name")]
    TargetIsAddress(String),
    /// A URL of something else.
    #[error("TARGET {0:?} is not an https:// URL: write the endpoint's host name, or https://HOST")]
    TargetNotHttps(String),
    /// A URL with credentials, which are not repeated.
    #[error("TARGET holds a user name or a password: write the endpoint's host name, or https://HOST")]
    TargetWithUser,
    /// A port that is none.
    #[error("TARGET {0:?} has no valid port: write https://HOST, or a port from 1 to 65535")]
    TargetPort(String),
    /// Not a domain name.
    #[error(
        "TARGET {0:?} is not a host name ({1}{said}): write the host name or URL of the cluster's API endpoint",
        said = said_of(.1)
    )]
    TargetNotName(String, NameError),
    /// More than is compared with.
    #[error("--expect: {0} addresses and networks are too many: name at most {max}", max = limits::EXPECTED)]
    TooManyExpected(usize),
    /// What is expected contradicts itself.
    #[error("--expect {0} is {1} and contradicts --expect-scope {2}: leave one of them out")]
    Contradiction(String, &'static str, &'static str),
    /// A flag about certificates where there are none.
    #[error(
        "{0} is about certificates, and no resolver is asked with tls:// or https://: leave it out, or write \
         --resolver tls://ADDR"
    )]
    NoTls(&'static str),
}

/// Turns the arguments of `check` into settings.
pub fn settings(args: &CheckArgs) -> Result<Settings, UsageError> {
    let mut named = args.sources.clone();
    if args.many.all_clusters {
        // Each is gone through, and none of them is the one.
        named.region.clear();
        named.profile.clear();
    }
    let sources = sources(&named, &args.via)?;
    within_many(args)?;
    let target = args.target.as_deref().map(target).transpose()?;
    let mut expect_addresses = Vec::new();
    let mut expect_cidrs = Vec::new();
    for expectable in &args.expect {
        match *expectable {
            Expectable::Address(ip) => push_new(&mut expect_addresses, ip),
            Expectable::Network(cidr) => push_new(&mut expect_cidrs, cidr),
        }
    }
    let count = expect_addresses.len() + expect_cidrs.len();
    if count > limits::EXPECTED {
        return Err(UsageError::TooManyExpected(count));
    }
    if let Some(scope) = args.expect_scope
        && let Some((text, is)) = contradiction(scope, &expect_addresses, &expect_cidrs)
    {
        return Err(UsageError::Contradiction(text, is, scope.as_str()));
    }
    let mut public_resolvers = Vec::new();
    let defaults = PUBLIC_RESOLVERS.iter().filter(|_| args.public);
    let defaults = defaults.map(|address| NamedResolver::at(*address));
    for named in defaults.chain(args.public_resolver.iter().cloned()) {
        push_new(&mut public_resolvers, named);
    }
    let named = [&args.resolver, &args.vpc_resolver, &args.inbound, &public_resolvers];
    if !named.into_iter().flatten().any(|named| named.transport.is_encrypted()) {
        if args.tls_name.is_some() {
            return Err(UsageError::NoTls("--tls-name"));
        }
        if args.insecure_tls {
            return Err(UsageError::NoTls("--insecure-tls"));
        }
    }
    Ok(Settings {
        target,
        sources,
        asked: Asked {
            expect_addresses,
            expect_cidrs,
            expect_scope: args.expect_scope.map(|scope| match scope {
                ExpectScope::Private => Scope::Private,
                ExpectScope::Public => Scope::Public,
            }),
            expect_view: args.expect_view.map(|view| match view {
                ExpectView::Private => View::PrivateZone,
            }),
            judge: args.judge.clone(),
            fail_on: args.fail_on,
            controls: !args.no_controls,
            samples: args.samples,
            timeout_ms: milliseconds(args.timeout),
            attempts: args.attempts,
            deadline_ms: milliseconds(args.deadline),
            since_s: args.sources.since.map(|since| since.as_secs()),
        },
        resolvers: args.resolver.clone(),
        vpc_resolvers: args.vpc_resolver.clone(),
        inbound: args.inbound.clone(),
        public_resolvers,
        tls_name: args.tls_name.clone(),
        insecure_tls: args.insecure_tls,
        no_local: args.no_local,
        no_os: args.no_os,
        resolv_conf: args.resolv_conf.clone(),
        hosts_file: args.hosts_file.clone(),
        connect: args.connect,
        timeout: args.timeout,
        deadline: args.deadline,
        vantage: args.vantage.clone(),
    })
}

/// The settings' share of what `facts` and `check` have in common.
pub fn sources(args: &SourceArgs, via: &[Via]) -> Result<Sources, UsageError> {
    within_this_build(args, via)?;
    if args.since.is_some() && args.no_aws {
        return Err(UsageError::SinceWithoutAws("--no-aws"));
    }
    if args.since.is_some() && !args.facts.is_empty() {
        return Err(UsageError::SinceWithoutAws("--facts"));
    }
    Ok(Sources {
        cluster: args.cluster.clone(),
        region: one("--region", "Regions", &args.region)?,
        profile: one("--profile", "profiles", &args.profile)?,
        kubeconfig: args.kubeconfig.clone(),
        context: args.context.clone(),
        facts: args.facts.clone(),
        no_aws: args.no_aws || !cfg!(feature = "aws"),
        since: args.since,
    })
}

/// The one value of a flag that is given several times for many clusters alone.
fn one(flag: &'static str, what: &'static str, given: &[String]) -> Result<Option<String>, UsageError> {
    match given.split_first() {
        Some((first, others)) if others.iter().any(|other| other != first) => {
            Err(UsageError::SeveralForOne(flag, given.join(","), what))
        }
        first => Ok(first.map(|(first, _)| first.clone())),
    }
}

/// Refuses what means nothing for one target, or for many.
fn within_many(args: &CheckArgs) -> Result<(), UsageError> {
    let Some(many) = args.many.flag() else {
        let alone = [
            ("--rate", args.many.rate.is_some()),
            ("--fail-fast", args.many.fail_fast),
            ("--keep-going", args.many.keep_going),
        ];
        let given = alone.into_iter().find(|(_, is_given)| *is_given);
        return given.map_or(Ok(()), |(flag, _)| Err(UsageError::OnlyForMany(flag)));
    };
    if args.many.all_clusters && !cfg!(feature = "aws") {
        return Err(UsageError::BuiltWithoutAws("--all-clusters"));
    }
    let refused = [
        (
            "--explain-why",
            args.output.explain_why && args.output.format != Format::Jsonl,
            "add -o jsonl, which has every report, or check the one HOST",
        ),
        (
            "--since",
            args.sources.since.is_some(),
            "leave it out, or check the one HOST",
        ),
    ];
    let given = refused.into_iter().find(|(_, is_given, _)| *is_given);
    given.map_or(Ok(()), |(flag, _, instead)| {
        Err(UsageError::NotForMany(flag, many, instead))
    })
}

/// Refuses what a program without AWS could only ignore.
fn within_this_build(args: &SourceArgs, via: &[Via]) -> Result<(), UsageError> {
    if cfg!(feature = "aws") {
        return Ok(());
    }
    let flags = [
        // It chooses among the clusters of --facts too.
        ("--cluster", args.cluster.is_some() && args.facts.is_empty()),
        ("--region", !args.region.is_empty()),
        ("--profile", !args.profile.is_empty()),
        ("--since", args.since.is_some()),
        ("--via ssm:", via.iter().any(Via::is_ssm)),
    ];
    let given = flags.into_iter().find(|(_, is_given)| *is_given);
    given.map_or(Ok(()), |(flag, _)| Err(UsageError::BuiltWithoutAws(flag)))
}

/// What a client makes of a name that is too long to be asked for (Go, src/net/dnsclient_unix.go: it is not).
fn said_of(error: &NameError) -> &'static str {
    match error {
        NameError::LabelTooLong | NameError::NameTooLong => {
            "; kubectl says \"no such host\" of it and asks no name server"
        }
        _ => "",
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// Durations here are bounded far below what the number holds.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Reads the endpoint: `HOST`, `HOST:PORT` or `https://HOST[:PORT][/path]`; a trailing dot is fine, the case is kept.
pub fn target(text: &str) -> Result<Target, UsageError> {
    let (hostname, port) = host(text)?;
    let region = EndpointName::parse(&hostname).ok().map(|name| name.region);
    Ok(Target {
        hostname,
        cluster: None,
        region,
        source: TargetSource::Argument,
        port,
    })
}

/// The name of an endpoint as the command line has it, and the port where it has one.
pub fn host(text: &str) -> Result<(Name, Option<u16>), UsageError> {
    if text.is_empty() {
        return Err(UsageError::EmptyTarget);
    }
    authority(text)
}

fn authority(text: &str) -> Result<(Name, Option<u16>), UsageError> {
    if text.contains('@') {
        return Err(UsageError::TargetWithUser);
    }
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => rest,
        Some(_) => return Err(UsageError::TargetNotHttps(text.to_owned())),
        None => text,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_address = |text: &str| text.parse::<IpAddr>().is_ok();
    let in_brackets = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .is_some_and(|(host, _)| is_address(host));
    if in_brackets || is_address(authority) {
        return Err(UsageError::TargetIsAddress(text.to_owned()));
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if is_numeric(host) {
        return Err(UsageError::TargetIsAddress(text.to_owned()));
    }
    let name = Name::from_host(host).map_err(|error| UsageError::TargetNotName(text.to_owned(), error))?;
    let number = |port: &str| {
        let is_number = port.bytes().all(|b| b.is_ascii_digit());
        port.parse().ok().filter(|port: &u16| is_number && *port > 0)
    };
    match port.map(number) {
        Some(None) => Err(UsageError::TargetPort(text.to_owned())),
        port => Ok((name, port.flatten())),
    }
}

/// Whether the last label is a number: no top-level domain is, and inet_aton(3) reads such a name as an address.
fn is_numeric(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next();
    last.is_some_and(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_digit()))
}

/// The networks that hold addresses which are not public: RFC 1918, RFC 6598, RFC 2544, RFC 4193, loopback and
/// link-local.
const NOT_PUBLIC: [&str; 10] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "198.18.0.0/15",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

/// Whether all addresses of a network are public. Of an IPv6 network that is not said: the addresses of a VPC are
/// public ones there (Amazon VPC User Guide, "IPv6 CIDR blocks").
fn is_all_public(cidr: &IpNet) -> bool {
    let overlaps = |other: &str| {
        let other = other.parse::<IpNet>();
        other.is_ok_and(|other| cidr.contains(&other) || other.contains(cidr))
    };
    matches!(cidr, IpNet::V4(_)) && !NOT_PUBLIC.into_iter().any(overlaps)
}

/// The address or network that cannot be in the scope that was asked for, and what it is. Where a VPC has a network of
/// public addresses ("VPC CIDR blocks" there allows it), `--expect` alone says what is right.
pub fn contradiction(scope: ExpectScope, addresses: &[IpAddr], cidrs: &[IpNet]) -> Option<(String, &'static str)> {
    let inside = |class: AddressClass| {
        class.is_private_side() || matches!(class, AddressClass::Loopback | AddressClass::LinkLocal)
    };
    let class_of = |ip: &IpAddr| AddressClass::of(*ip);
    match scope {
        ExpectScope::Private => addresses
            .iter()
            .find(|ip| class_of(ip) == AddressClass::Public)
            .map(ToString::to_string)
            .or_else(|| cidrs.iter().find(|cidr| is_all_public(cidr)).map(ToString::to_string))
            .map(|text| (text, "public")),
        ExpectScope::Public => addresses
            .iter()
            .find(|ip| inside(class_of(ip)))
            .map(ToString::to_string)
            .or_else(|| {
                cidrs
                    .iter()
                    .find(|cidr| inside(class_of(&cidr.network())))
                    .map(ToString::to_string)
            })
            .map(|text| (text, "not public")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::ffi::OsString;

    use super::*;
    use crate::cli::args::Command;
    use crate::observation::Transport;

    const ENDPOINT: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

    fn read(line: &str) -> Result<Settings, UsageError> {
        let words = ["eks-dns-doctor", "check"].into_iter().chain(line.split_whitespace());
        match crate::cli::parse(words.map(OsString::from)) {
            Ok(Command::Check(args)) => settings(&args),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_defaults() {
        let settings = read(ENDPOINT).unwrap();
        assert_eq!(settings.target.as_ref().unwrap().hostname.to_string(), ENDPOINT);
        assert_eq!(
            settings.target.as_ref().unwrap().region.as_deref(),
            Some("ap-northeast-1")
        );
        assert_eq!(settings.target.as_ref().unwrap().source, TargetSource::Argument);
        assert_eq!(
            settings.asked,
            Asked {
                controls: true,
                samples: 1,
                timeout_ms: 5_000,
                attempts: 2,
                deadline_ms: 15_000,
                ..Asked::default()
            }
        );
        assert!(
            settings.public_resolvers.is_empty(),
            "public resolvers are asked only when told to"
        );
        assert!(!settings.no_local && !settings.no_os);
    }

    #[cfg(feature = "aws")]
    #[test]
    fn changes_in_aws_need_aws() {
        let settings = read("api.example.test --since 2h").unwrap();
        assert_eq!(settings.asked.since_s, Some(7200));
        for (line, flag) in [
            ("api.example.test --since 2h --no-aws", "--no-aws"),
            ("api.example.test --since 2h --facts f", "--facts"),
        ] {
            assert_eq!(read(line).unwrap_err(), UsageError::SinceWithoutAws(flag));
        }
        let said = UsageError::SinceWithoutAws("--no-aws").to_string();
        assert_eq!(
            said,
            "--since asks AWS what was changed, and --no-aws leaves AWS out: leave out one of the two"
        );
        let many = read("--all-contexts --since 2h").unwrap_err();
        assert!(matches!(many, UsageError::NotForMany("--since", ..)), "{many}");
    }

    #[test]
    fn everything() {
        let settings = read(
            "api.example.test --resolver corp=tcp://10.0.0.1 --resolver 10.0.0.2 --vpc-resolver 10.0.0.3:54 \
             --inbound 10.0.1.10,10.0.2.10:5353 --inbound [fd00::1] --public --public-resolver 9.9.9.9 \
             --public-resolver 1.1.1.1 --no-os --resolv-conf r --hosts-file h --no-controls \
             --expect 10.1.0.0/16,10.2.0.1 --expect 10.2.0.1 --expect-scope private --expect-view private \
             --judge corp,inbound --judge local --samples 3 --timeout 2s --attempts 1 --deadline 1s \
             --fail-on warning --vantage laptop",
        )
        .unwrap();
        let strings = |list: &[NamedResolver]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(settings.resolvers[0].label.as_deref(), Some("corp"));
        assert_eq!(settings.resolvers[0].transport, Transport::Tcp);
        assert_eq!(settings.resolvers.len(), 2);
        assert_eq!(strings(&settings.vpc_resolvers), ["udp://10.0.0.3:54"]);
        assert_eq!(
            strings(&settings.inbound),
            ["udp://10.0.1.10:53", "udp://10.0.2.10:5353", "udp://[fd00::1]:53"]
        );
        assert_eq!(
            strings(&settings.public_resolvers),
            ["udp://1.1.1.1:53", "udp://8.8.8.8:53", "udp://9.9.9.9:53"]
        );
        assert_eq!(
            settings.asked,
            Asked {
                expect_addresses: vec!["10.2.0.1".parse().unwrap()],
                expect_cidrs: vec!["10.1.0.0/16".parse().unwrap()],
                expect_scope: Some(Scope::Private),
                expect_view: Some(View::PrivateZone),
                judge: ["corp", "inbound", "local"].map(str::to_owned).to_vec(),
                fail_on: crate::settings::FailOn::Warning,
                controls: false,
                samples: 3,
                timeout_ms: 2_000,
                attempts: 1,
                deadline_ms: 1_000,
                since_s: None,
            }
        );
        assert!(settings.no_os && settings.resolv_conf.is_some() && settings.hosts_file.is_some());
        assert_eq!(settings.vantage.as_deref(), Some("laptop"));
    }

    #[test]
    fn the_target_as_people_paste_it() {
        for text in [
            "Api.example.test",
            "Api.example.test.",
            "Api.example.test/",
            "Api.example.test:443",
            "https://Api.example.test",
            "https://Api.example.test/",
            "HTTPS://Api.example.test.:443/version?timeout=32s",
        ] {
            let name = authority(text).unwrap().0;
            assert_eq!(name.to_string(), "Api.example.test", "{text}");
        }
        assert_eq!(authority("shared-cluster").unwrap().0.to_string(), "shared-cluster");
    }

    #[test]
    fn a_port_of_the_target_is_kept() {
        for (text, port) in [
            ("https://api.example.test:8443/version", Some(8443)),
            ("api.example.test:443", Some(443)),
            ("https://api.example.test", None),
        ] {
            assert_eq!(target(text).unwrap().port, port, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_target() {
        for text in [
            "10.0.0.1",
            "10.0.0.1:443",
            "https://10.0.0.1/",
            "2001:db8::1",
            "[2001:db8::1]:443",
            "https://[2001:db8::1]",
            "10.0.0.256",
            "10.0.1",
            "127.1.",
            "10.0.0.0/16",
        ] {
            assert!(matches!(authority(text), Err(UsageError::TargetIsAddress(_))), "{text}");
        }
        for text in ["http://a.test", "ftp://a.test", "://a.test"] {
            assert!(matches!(authority(text), Err(UsageError::TargetNotHttps(_))), "{text}");
        }
        for text in ["a.test:", "a.test:0", "a.test:65536", "a.test:+443", "https://a.test:x"] {
            assert!(matches!(authority(text), Err(UsageError::TargetPort(_))), "{text}");
        }
        for text in [
            "https://",
            "/",
            ".",
            "a..test",
            ".a.test",
            "a b.test",
            "a.test:1:2",
            "[::1",
            "bücher.test",
            "\u{1b}[31m.test",
            &"a.".repeat(200),
        ] {
            assert!(
                matches!(authority(text), Err(UsageError::TargetNotName(..))),
                "{text:?}"
            );
        }
        assert_eq!(target("").unwrap_err(), UsageError::EmptyTarget);
        assert_eq!(read("").unwrap().target, None);
    }

    #[test]
    fn expectations_do_not_contradict_each_other() {
        for (line, contradicts) in [
            ("--expect 10.0.0.1 --expect-scope private", false),
            ("--expect 10.0.0.1,52.1.2.3 --expect-scope private", true),
            ("--expect 52.1.2.3 --expect-scope public", false),
            ("--expect 52.1.2.3 --expect 192.168.0.1 --expect-scope public", true),
            ("--expect 10.0.0.0/8 --expect-scope public", true),
            ("--expect 100.64.0.0/10 --expect-scope public", true),
            ("--expect 52.0.0.0/8 --expect-scope private", true),
            ("--expect 10.0.0.0/16,52.0.0.0/8 --expect-scope private", true),
            ("--expect 52.1.2.3/32 --expect-scope private", true),
            ("--expect 52.0.0.0/8 --expect-scope public", false),
            ("--expect 8.0.0.0/5 --expect-scope private", false),
            ("--expect 0.0.0.0/0 --expect-scope private", false),
            ("--expect 2600:1f13::/36 --expect-scope private", false),
            ("--expect fd00::1 --expect-scope public", true),
            ("--expect 10.0.0.1,52.1.2.3", false),
        ] {
            let found = read(&format!("a.test {line}"));
            assert_eq!(
                matches!(found, Err(UsageError::Contradiction(..))),
                contradicts,
                "{line}"
            );
            assert_eq!(found.is_err(), contradicts, "{line}");
        }
        assert_eq!(
            read("a.test --expect 52.1.2.3 --expect-scope private")
                .unwrap_err()
                .to_string(),
            "--expect 52.1.2.3 is public and contradicts --expect-scope private: leave one of them out"
        );
    }

    #[test]
    fn what_else_is_refused() {
        let many = (0..=limits::EXPECTED)
            .map(|n| format!("10.0.{}.{}", n / 256, n % 256))
            .collect::<Vec<_>>()
            .join(",");
        assert_eq!(
            read(&format!("a.test --expect {many}")).unwrap_err(),
            UsageError::TooManyExpected(limits::EXPECTED + 1)
        );
    }

    #[test]
    fn flags_about_certificates_need_one() {
        for line in ["--tls-name d.example", "--insecure-tls --resolver tcp://10.0.0.1"] {
            assert!(
                matches!(read(&format!("a.test {line}")), Err(UsageError::NoTls(_))),
                "{line}"
            );
        }
        let settings =
            read("a.test --resolver tls://10.0.0.1 --inbound https://10.0.1.10 --tls-name d.example --insecure-tls")
                .unwrap();
        assert_eq!(settings.tls_name.as_deref(), Some("d.example"));
        assert!(settings.insecure_tls);
        assert_eq!(settings.inbound[0].transport, Transport::Https);
    }

    #[test]
    fn credentials_in_a_target_are_not_repeated() {
        for text in [
            "https://u:secret@a.test/",
            "http://u:secret@a.test",
            "u:secret@a.test",
            "user@a.test",
        ] {
            let said = authority(text).unwrap_err().to_string();
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
