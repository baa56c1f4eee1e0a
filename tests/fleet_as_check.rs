//! Many targets and each alone: whatever a name server does with a name, the fleet says of it what `check` says.

#![expect(
    clippy::disallowed_methods,
    clippy::struct_excessive_bools,
    clippy::match_same_arms,
    reason = "a test plays the other side, one behaviour a line"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use assert_cmd::Command;
use eks_dns_doctor::fleet::Fleet;
use eks_dns_doctor::observation::{NotWaitedFor, Purpose};
use eks_dns_doctor::report::{Conclusion, Report};
use eks_dns_doctor::rules::Severity;

#[path = "common/name_server.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod name_server;

#[path = "common/endpoints.rs"]
mod endpoints;
use endpoints::{address, host, shown};

/// The enum and the list of all of it, so that none is left out.
macro_rules! plays {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a server does with the questions for one name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        enum Plays {
            $($(#[$doc])* $name,)*
        }

        const ALL: &[Plays] = &[$(Plays::$name,)*];
    };
}

plays! {
    Right,
    OtherAddress,
    OneOfTwo,
    Sinkhole,
    NxDomain,
    NoData,
    ServFail,
    Refused,
    NotImplemented,
    FormErrOfEdns,
    AaaaServFail,
    AaaaSilent,
    AaaaNxDomain,
    AaaaWithAddress,
    AaaaFromOtherZone,
    Silent,
    EverySecondIsLost,
    LateByASecond,
    /// The right reply, and behind it one with another address.
    AnotherBehind,
    /// The same with the wrong one first.
    AnotherBefore,
    Doubled,
    /// The right reply behind, or before, one with another ID.
    GuessBefore,
    GuessBehind,
    OtherQuestionBefore,
    Truncated,
    TruncatedWithoutTcp,
    CutShort,
    Garbage,
    GarbageBehind,
    BareHeader,
    Alias,
    OtherName,
    Lame,
    NotRecursive,
    Referral,
    ExtendedError,
    ZeroTtl,
    OtherCase,
    ManyAddresses,
}

use Plays::*;

/// How the server is, whatever it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Good,
    WithoutTcp,
    /// It gives an address for every name.
    AddressForAll,
    /// It denies AWS's public names.
    NoRecursion,
    RefusesOthers,
    /// It says nothing of other names than the endpoints.
    SilentOfOthers,
}

/// What goes out for one question, in its order.
type Replies = Vec<Vec<u8>>;

struct Question<'a> {
    query: &'a [u8],
    /// Where the question ends.
    end: usize,
    number: usize,
    is_a: bool,
    has_edns: bool,
    over_tcp: bool,
    /// Whether it is the first, the third and so on.
    is_lost: bool,
}

impl Question<'_> {
    /// A reply with these flags and records, each with the section that it is in.
    fn with(&self, flags: [u8; 2], records: &[(usize, Vec<u8>)]) -> Vec<u8> {
        let mut reply = self.query[..2].to_vec();
        reply.extend(flags);
        let count = |section| u8::try_from(records.iter().filter(|(of, _)| *of == section).count()).expect("few");
        reply.extend([0, 1, 0, count(0), 0, count(1), 0, count(2) + u8::from(self.has_edns)]);
        reply.extend(&self.query[12..self.end]);
        for (_, record) in records {
            reply.extend(record);
        }
        if self.has_edns {
            reply.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        }
        reply
    }

    fn record(owner: &[u8], rtype: u8, ttl: u8, data: &[u8]) -> Vec<u8> {
        let mut record = owner.to_vec();
        record.extend([
            0,
            rtype,
            0,
            1,
            0,
            0,
            0,
            ttl,
            0,
            u8::try_from(data.len()).expect("short"),
        ]);
        record.extend(data);
        record
    }

    fn a(data: [u8; 4]) -> (usize, Vec<u8>) {
        (0, Self::record(&[0xc0, 12], 1, 60, &data))
    }

    /// What a good server says: the address, or AWS's SOA.
    fn good(&self, address: Option<[u8; 4]>) -> Vec<u8> {
        name_server::answer(self.query, |_| address)
    }

    fn soa_of_another(&self) -> Vec<u8> {
        let mut data = b"\x02ns\x04corp\0\x04root\x04corp\0".to_vec();
        for number in [1_u32, 7_200, 900, 1_209_600, 86_400] {
            data.extend(number.to_be_bytes());
        }
        self.with([0x81, 0x80], &[(1, Self::record(&[0xc0, 45], 6, 60, &data))])
    }

    /// The replies, and after which time.
    fn played(&self, plays: Plays) -> (Replies, Duration) {
        let own = address(self.number);
        let right = self.good(Some(own));
        let other_id = |mut reply: Vec<u8>| {
            reply[0] ^= 0x55;
            reply
        };
        let nothing = || self.with([0x81, 0x80], &[]);
        let with_code = |code: u8| self.with([0x81, 0x80 | code], &[]);
        let only_a = |reply: Vec<u8>| if self.is_a { reply } else { right.clone() };
        let only_aaaa = |reply: Vec<u8>| if self.is_a { right.clone() } else { reply };
        let other = only_a(self.good(Some([10, 9, 9, 9])));
        let mut wait = Duration::ZERO;
        let replies = match plays {
            Right => vec![right],
            OtherAddress => vec![other],
            OneOfTwo => vec![only_a(self.with([0x81, 0x80], &[Self::a(own), Self::a([10, 9, 9, 9])]))],
            Sinkhole => vec![only_a(self.good(Some([0, 0, 0, 0])))],
            NxDomain => vec![self.good(None)],
            NoData => vec![nothing()],
            ServFail => vec![with_code(2)],
            Refused => vec![with_code(5)],
            NotImplemented => vec![with_code(4)],
            FormErrOfEdns if self.has_edns => vec![with_code(1)],
            FormErrOfEdns => vec![right],
            AaaaServFail => vec![only_aaaa(with_code(2))],
            AaaaSilent if !self.is_a => Vec::new(),
            AaaaNxDomain => vec![only_aaaa(self.good(None))],
            AaaaWithAddress => vec![only_aaaa(self.with(
                [0x81, 0x80],
                &[(
                    0,
                    Self::record(
                        &[0xc0, 12],
                        28,
                        60,
                        &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
                    ),
                )],
            ))],
            AaaaFromOtherZone => vec![only_aaaa(self.soa_of_another())],
            Silent => Vec::new(),
            EverySecondIsLost if self.is_lost && !self.over_tcp => Vec::new(),
            AaaaSilent | EverySecondIsLost => vec![right],
            LateByASecond => {
                wait = Duration::from_millis(1200);
                vec![right]
            }
            AnotherBehind if self.is_a => vec![right, other],
            AnotherBefore if self.is_a => vec![other, right],
            AnotherBehind | AnotherBefore => vec![right],
            Doubled => vec![right.clone(), right],
            GuessBefore => vec![other_id(right.clone()), right],
            GuessBehind => vec![right.clone(), other_id(right)],
            OtherQuestionBefore => {
                let mut before = right.clone();
                before[14] ^= 1;
                vec![before, right]
            }
            Truncated | TruncatedWithoutTcp if !self.over_tcp => vec![self.with([0x83, 0x80], &[])],
            Truncated => vec![right],
            TruncatedWithoutTcp => Vec::new(),
            CutShort => vec![only_a(right[..right.len().min(self.end + 9)].to_vec())],
            Garbage => vec![only_a(
                [&self.query[..2], &[0x81, 0x80, 0, 1][..], &[0xff; 40]].concat(),
            )],
            GarbageBehind => vec![[&right[..], &[1, 2, 3]].concat()],
            BareHeader => vec![only_a(
                [&self.query[..2], &[0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0][..]].concat(),
            )],
            Alias => vec![only_a(self.with(
                [0x81, 0x80],
                &[
                    (0, Self::record(&[0xc0, 12], 5, 60, &[1, b'x', 0xc0, 45])),
                    (0, Self::record(&[1, b'x', 0xc0, 45], 1, 60, &own)),
                ],
            ))],
            OtherName => vec![only_a(
                self.with([0x81, 0x80], &[(0, Self::record(&[1, b'x', 0xc0, 45], 1, 60, &own))]),
            )],
            Lame => {
                let mut reply = self.query[..2].to_vec();
                reply.extend([0x81, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
                reply.extend(&self.query[12..self.end]);
                vec![reply]
            }
            NotRecursive => {
                let mut reply = right;
                reply[2] |= 4;
                reply[3] &= 0x7f;
                vec![reply]
            }
            Referral => vec![self.with(
                [0x81, 0x80],
                &[(1, Self::record(&[0xc0, 45], 2, 60, &[1, b'n', 0xc0, 45]))],
            )],
            ExtendedError if self.has_edns => {
                let mut reply = right;
                let at = reply.len() - 2;
                // Stale answer (RFC 8914 section 4.4).
                reply.splice(at.., [0, 6, 0, 15, 0, 2, 0, 3]);
                vec![reply]
            }
            ExtendedError => vec![right],
            ZeroTtl => vec![only_a(
                self.with([0x81, 0x80], &[(0, Self::record(&[0xc0, 12], 1, 0, &own))]),
            )],
            OtherCase => {
                let mut reply = right;
                reply[13..45].make_ascii_lowercase();
                vec![reply]
            }
            ManyAddresses => {
                let records: Vec<_> = (0..12).map(|_| Self::a(own)).collect();
                vec![only_a(self.with([0x81, 0x80], &records))]
            }
        };
        (replies, wait)
    }
}

/// A name server on loopback, which plays something else for each name. It ends with the test's process.
struct Server {
    address: SocketAddr,
}

type Seen = Arc<Mutex<BTreeMap<(usize, bool), usize>>>;

impl Server {
    fn start(manner: Manner, plays: impl Fn(usize) -> Plays + Send + Sync + 'static) -> Self {
        let plays: Arc<dyn Fn(usize) -> Plays + Send + Sync> = Arc::new(plays);
        let (tcp, udp) = std::iter::repeat_with(|| {
            let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
            let udp = UdpSocket::bind(tcp.local_addr().expect("an address"));
            (tcp, udp)
        })
        .find_map(|(tcp, udp)| Some((tcp, udp.ok()?)))
        .expect("a port for both");
        let address = tcp.local_addr().expect("an address");
        let seen = Seen::default();
        let (of_udp, of_tcp) = (Arc::clone(&plays), plays);
        let udp = Arc::new(udp);
        thread::spawn(move || {
            let mut query = [0; 4096];
            while let Ok((length, client)) = udp.recv_from(&mut query) {
                let (replies, wait) = replies(&query[..length], manner, &*of_udp, Some(&seen));
                let udp = Arc::clone(&udp);
                let send = move || {
                    thread::sleep(wait);
                    for reply in replies {
                        udp.send_to(&reply, client).ok();
                    }
                };
                if wait.is_zero() {
                    send();
                } else {
                    thread::spawn(send);
                }
            }
        });
        if manner != Manner::WithoutTcp {
            thread::spawn(move || {
                for stream in tcp.incoming().flatten() {
                    let plays = Arc::clone(&of_tcp);
                    thread::spawn(move || serve(stream, manner, &*plays));
                }
            });
        }
        Self { address }
    }
}

fn replies(query: &[u8], manner: Manner, plays: &dyn Fn(usize) -> Plays, seen: Option<&Seen>) -> (Replies, Duration) {
    let mut end = 12;
    while query[end] > 0 {
        end += 1 + usize::from(query[end]);
    }
    let label = &query[13..13 + usize::from(query[12])];
    let number = std::str::from_utf8(label).ok().filter(|label| label.len() == 32);
    let number = number.and_then(|label| usize::from_str_radix(label, 16).ok());
    let mut question = Question {
        query,
        end: end + 5,
        number: number.unwrap_or_default(),
        is_a: query[end + 1..end + 3] == [0, 1],
        has_edns: query[11] > 0,
        over_tcp: seen.is_none(),
        is_lost: false,
    };
    let Some(number) = number.filter(|number| *number < 100_000) else {
        let is_of_aws = label == b"sts" || label == b"eks";
        let reply = match manner {
            Manner::AddressForAll => question.good(Some([10, 7, 7, 7])),
            Manner::RefusesOthers => question.with([0x81, 0x85], &[]),
            Manner::Good | Manner::WithoutTcp if is_of_aws => question.good(Some([52, 1, 1, 1])),
            _ => question.good(None),
        };
        let replies = if manner == Manner::SilentOfOthers {
            Vec::new()
        } else {
            vec![reply]
        };
        return (replies, Duration::ZERO);
    };
    question.is_lost = seen.is_some_and(|seen| {
        let mut seen = seen.lock().expect("no panic");
        let count = seen.entry((number, question.is_a)).or_default();
        *count += 1;
        *count % 2 == 1
    });
    question.played(plays(number))
}

fn serve(mut stream: TcpStream, manner: Manner, plays: &dyn Fn(usize) -> Plays) -> std::io::Result<()> {
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut query = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut query)?;
        let (replies, wait) = replies(&query, manner, plays, None);
        thread::sleep(wait);
        for reply in replies {
            let length = u16::try_from(reply.len()).expect("a short reply");
            stream.write_all(&[&length.to_be_bytes()[..], &reply].concat())?;
        }
    }
}

fn program(arguments: &[&str]) -> String {
    let mut command: Command = assert_cmd::cargo::cargo_bin_cmd!("eks-dns-doctor");
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    command.timeout(Duration::from_secs(120));
    let output = command.args(arguments).output().expect("it runs");
    assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What is compared: the conclusion, the exit code, and the rule and the line of the headline.
type Said = (Conclusion, u8, Option<(String, String)>);

/// Without what is another by chance: how long something took, and the server's port.
fn without_chance(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let is_unit = |word: &&str| word.starts_with("ms") || word.starts_with('s');
    let is_time = |at: usize| words[at].parse::<f64>().is_ok() && words.get(at + 1).is_some_and(is_unit);
    let told = words
        .iter()
        .enumerate()
        .map(|(at, word)| match word.split_once("127.0.0.1:") {
            Some((before, port)) => format!(
                "{before}127.0.0.1{}",
                port.trim_start_matches(|c: char| c.is_ascii_digit())
            ),
            None if is_time(at) => "N".to_owned(),
            None => (*word).to_owned(),
        });
    told.collect::<Vec<_>>().join(" ")
}

/// Every target alone, some at a time.
fn alone(numbers: &[usize], flags: &[String]) -> Vec<Said> {
    let each = |number: &usize| -> Said {
        let (host, expected) = (host(*number), shown(address(*number)));
        let mut words = vec!["check", host.as_str(), "--expect", expected.as_str(), "-o", "json"];
        words.extend(flags.iter().map(String::as_str));
        let report: Report = serde_json::from_str(&program(&words)).expect("a report");
        let lead = report.headline().filter(|lead| lead.severity != Severity::Info);
        let lead = lead.map(|lead| (lead.rule.clone(), without_chance(&lead.summary)));
        (report.conclusion, report.exit_code, lead)
    };
    let mut said = Vec::new();
    for some in numbers.chunks(8) {
        thread::scope(|scope| {
            let running: Vec<_> = some.iter().map(|number| scope.spawn(move || each(number))).collect();
            said.extend(running.into_iter().map(|one| one.join().expect("no panic")));
        });
    }
    said
}

/// All of them at once.
fn together(numbers: &[usize], flags: &[String]) -> Vec<Said> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("targets");
    let mut lines = String::new();
    for number in numbers {
        let _ = writeln!(lines, "{} {} c-{number}", host(*number), shown(address(*number)));
    }
    std::fs::write(&path, lines).expect("it is written");
    let path = path.display().to_string();
    let mut words = vec!["check", "--targets", path.as_str(), "-o", "json"];
    words.extend(flags.iter().map(String::as_str));
    let fleet: Fleet = serde_json::from_str(&program(&words)).expect("a document");
    let said = |one: eks_dns_doctor::fleet::TargetOutcome| -> Said {
        let lead = one.headline.map(|lead| (lead.rule, without_chance(&lead.summary)));
        (one.conclusion, one.exit_code, lead)
    };
    fleet.targets.into_iter().map(said).collect()
}

/// Holds the fleet to the checks of one: the same conclusion, exit code and headline of every target.
fn held(manner: Manner, numbers: &[usize], plays: fn(usize) -> Plays) {
    // A server remembers what it was asked before, so each has servers of its own.
    let flags = || {
        let servers = [Server::start(manner, plays), Server::start(Manner::Good, |_| Right)];
        let mut flags: Vec<String> = ["--no-local", "--no-aws", "--timeout=2s"].map(str::to_owned).to_vec();
        for (name, server) in ["corp", "vpc"].iter().zip(&servers) {
            flags.push(format!("--resolver={name}={}", server.address));
        }
        flags
    };
    let expected = alone(numbers, &flags());
    // Whoever is first is asked with all the control questions: a good one, and in the other order a bad one.
    let turned: Vec<usize> = numbers.iter().copied().rev().collect();
    let found = together(numbers, &flags());
    let mut found_turned = together(&turned, &flags());
    found_turned.reverse();
    let mut differences = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        for found in [&found[at], &found_turned[at]] {
            if *found != expected[at] {
                let (plays, expected) = (plays(*number), &expected[at]);
                differences.push(format!(
                    "{plays:?}, of the fleet and alone:\n  {found:?}\n  {expected:?}"
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{manner:?}\n{}", differences.join("\n"));
    assert!(
        expected
            .iter()
            .any(|(conclusion, ..)| *conclusion == Conclusion::Healthy)
            || manner != Manner::Good
    );
}

#[test]
fn whatever_a_name_gets_the_fleet_says_what_a_check_says() {
    let numbers: Vec<usize> = (0..ALL.len()).collect();
    held(Manner::Good, &numbers, |number| ALL[number % ALL.len()]);
}

#[test]
fn whatever_a_server_is_like_the_fleet_says_what_a_check_says() {
    for manner in [
        Manner::WithoutTcp,
        Manner::AddressForAll,
        Manner::NoRecursion,
        Manner::RefusesOthers,
        Manner::SilentOfOthers,
    ] {
        held(
            manner,
            &[1, 2, 3, 4, 5],
            |number| if number == 3 { OtherAddress } else { Right },
        );
    }
}

/// What cannot change what is said of healthy targets is waited for neither at the first nor for the others, and each
/// says so.
#[test]
fn silent_controls_are_not_waited_for_where_all_are_healthy() {
    let server = Server::start(Manner::SilentOfOthers, |_| Right);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("targets");
    let lines: Vec<String> = (0..20)
        .map(|number| format!("{} {}\n", host(number), shown(address(number))))
        .collect();
    std::fs::write(&path, lines.concat()).expect("it is written");
    let (path, resolver) = (path.display().to_string(), format!("corp={}", server.address));
    let words = [
        "check",
        "--targets",
        &path,
        "--resolver",
        &resolver,
        "--no-local",
        "--no-aws",
        "-o",
        "jsonl",
    ];
    let reports: Vec<Report> = program(&words)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a report"))
        .collect();
    assert_eq!(reports.len(), 20);
    for report in &reports {
        assert_eq!(report.conclusion, Conclusion::Healthy, "{:?}", report.findings);
        let is_root = |one: &NotWaitedFor| one.purpose == Some(Purpose::Root);
        assert!(report.not_waited_for.iter().any(is_root), "{:?}", report.not_waited_for);
    }
}
