//! The bulk engine against servers on loopback: good ones, dead ones, and hostile ones.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and plays the servers"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use eks_dns_doctor::bulk::{BulkServer, LookupOutcome, NotAsked, Options, QuestionOutcome, ServerAnswer, Summary, ask};
use eks_dns_doctor::dns::{AnswerKind, Name};
use eks_dns_doctor::observation::{NetworkFailure, Transport};
use eks_dns_doctor::probe::Paces;
use socket2::SockRef;

/// A question as it arrived.
#[derive(Debug, Clone)]
struct Arrived {
    at: Instant,
    port: u16,
    octets: Vec<u8>,
}

/// What a server does with a question: it is given the socket, who asked, the question, and how many came before. Where
/// nothing comes for a while, the question is empty.
type Plays = Box<dyn FnMut(&UdpSocket, SocketAddr, &[u8], usize) + Send>;

/// A server on loopback, until it is dropped.
struct Played {
    at: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Played {
    /// Plays so with each question.
    fn new(mut plays: impl FnMut(&UdpSocket, SocketAddr, &[u8], usize) + Send + 'static) -> Self {
        Self::and_when_idle(move |socket, from, query, number| {
            if !query.is_empty() {
                plays(socket, from, query, number);
            }
        })
    }

    fn and_when_idle(plays: impl FnMut(&UdpSocket, SocketAddr, &[u8], usize) + Send + 'static) -> Self {
        Self::at(UdpSocket::bind("127.0.0.1:0").unwrap(), Box::new(plays))
    }

    fn at(socket: UdpSocket, mut plays: Plays) -> Self {
        let at = socket.local_addr().unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        // 256 questions may be on their way at once. Where this thread is not given the processor for a while, the
        // buffer that sockets have by themselves does not hold that many, and the tests count what was sent again.
        SockRef::from(&socket).set_recv_buffer_size(1 << 20).unwrap();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let ends = Arc::new(AtomicBool::new(false));
        let (list, stop) = (Arc::clone(&arrived), Arc::clone(&ends));
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else {
                    // Nothing came for a while.
                    plays(&socket, SocketAddr::from(([127, 0, 0, 1], 9)), &[], number);
                    continue;
                };
                list.lock().unwrap().push(Arrived {
                    at: Instant::now(),
                    port: from.port(),
                    octets: buffer[..length].to_vec(),
                });
                plays(&socket, from, &buffer[..length], number);
                number += 1;
            }
        });
        Self {
            at,
            arrived,
            ends,
            thread: Some(thread),
        }
    }

    fn server(&self) -> BulkServer {
        BulkServer {
            name: "played".to_owned(),
            at: self.at,
        }
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn behind_question(query: &[u8]) -> usize {
    let mut at = 12;
    while query[at] != 0 {
        at += usize::from(query[at]) + 1;
    }
    at + 5
}

fn is_aaaa(query: &[u8]) -> bool {
    query[behind_question(query) - 3] == 28
}

/// A reply to the question, with these flags, counts of the last three sections, and records.
fn reply(query: &[u8], flags: [u8; 2], counts: [u8; 3], records: &[u8]) -> Vec<u8> {
    let mut octets = query[..2].to_vec();
    octets.extend(flags);
    octets.extend([0, 1, 0, counts[0], 0, counts[1], 0, counts[2]]);
    octets.extend(&query[12..behind_question(query)]);
    octets.extend(records);
    octets
}

const A: &[u8] = &[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1];
const SOA: &[u8] =
    b"\xc0\x0c\x00\x06\x00\x01\x00\x00\x00\x3c\x00\x1b\x01a\xc0\x0c\x00\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x3c";

/// As a resolver answers that has the name with an address of IPv4 only.
fn good(query: &[u8]) -> Vec<u8> {
    if is_aaaa(query) {
        let mut soa = SOA.to_vec();
        soa[11] = u8::try_from(soa.len() - 12).unwrap();
        reply(query, [0x81, 0x80], [0, 1, 0], &soa)
    } else {
        reply(query, [0x81, 0x80], [1, 0, 0], A)
    }
}

fn answers(socket: &UdpSocket, from: SocketAddr, query: &[u8], _number: usize) {
    socket.send_to(&good(query), from).unwrap();
}

fn names(count: usize) -> impl Iterator<Item = Name> {
    (0..count).map(|number| {
        format!("{number:032X}.gr7.eu-west-1.eks.amazonaws.com")
            .parse()
            .unwrap()
    })
}

fn options(window_ms: u64) -> Options {
    Options {
        paces: Paces::new(0),
        window: Duration::from_millis(window_ms),
        in_flight: 256,
    }
}

fn run(count: usize, servers: &[BulkServer], options: &Options) -> (Vec<ServerAnswer>, Summary, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let begun = Instant::now();
    let mut answers = Vec::new();
    let summary = runtime.block_on(ask(names(count), servers, options, |answer| answers.push(answer)));
    let took = begun.elapsed();
    assert_eq!(summary.targets, count);
    // One for each target and server.
    let all: BTreeSet<(usize, usize)> = answers.iter().map(|answer| (answer.target, answer.server)).collect();
    assert_eq!(
        (all.len(), answers.len()),
        (count * servers.len(), count * servers.len())
    );
    for (index, served) in summary.servers.iter().enumerate() {
        let outcomes = || {
            let own = answers.iter().filter(|answer| answer.server == index);
            own.flat_map(|answer| [&answer.a, &answer.aaaa])
        };
        let asked = outcomes().filter(|outcome| outcome.asked().is_some()).count();
        assert_eq!(served.asked, asked as u64);
        assert_eq!(served.not_asked, 2 * count as u64 - asked as u64);
    }
    (answers, summary, took)
}

fn asked(outcome: &QuestionOutcome) -> &LookupOutcome {
    outcome.asked().unwrap_or_else(|| panic!("not asked: {outcome:?}"))
}

fn kinds(answers: &[ServerAnswer]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for outcome in answers.iter().flat_map(|answer| [&answer.a, &answer.aaaa]) {
        let kind = match outcome {
            QuestionOutcome::Asked(asked) => asked.kind.as_str().to_owned(),
            QuestionOutcome::NotAsked(why) => format!("{why:?}"),
        };
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

#[test]
fn every_name_is_answered_by_every_server() {
    let servers: Vec<Played> = (0..4).map(|_| Played::new(answers)).collect();
    let list: Vec<BulkServer> = servers.iter().map(Played::server).collect();
    let (answers, summary, _) = run(1000, &list, &options(5000));
    for answer in &answers {
        let (a, aaaa) = (asked(&answer.a), asked(&answer.aaaa));
        assert_eq!(a.kind, AnswerKind::Answer);
        assert_eq!(a.addresses, ["10.0.0.1".parse::<std::net::IpAddr>().unwrap()]);
        assert_eq!(aaaa.kind, AnswerKind::NoData);
        assert!(aaaa.soa.as_ref().is_some_and(|soa| soa.minimum == 60), "{aaaa:?}");
        assert!(a.rtt.is_some());
        assert_eq!((a.tries, a.mismatched, a.is_flawed), (1, 0, false));
    }
    for (served, server) in summary.servers.iter().zip(&servers) {
        assert_eq!((served.answered, served.sent, served.given_up), (2000, 2000, false));
        let arrived = server.arrived();
        assert_eq!(arrived.len(), 2000);
        // No socket carries more than its share, and none of its IDs twice.
        let mut by_port: BTreeMap<u16, BTreeSet<[u8; 2]>> = BTreeMap::new();
        for one in &arrived {
            let ids = by_port.entry(one.port).or_default();
            assert!(ids.insert([one.octets[0], one.octets[1]]), "an ID twice on one port");
        }
        assert!(by_port.values().all(|ids| ids.len() <= 64));
        assert!(by_port.len() >= 2000 / 64);
    }
}

#[test]
fn a_silent_server_adds_one_window_and_gets_eight_questions() {
    let (good, silent) = (Played::new(answers), Played::new(|_, _, _, _| {}));
    let (answers, summary, _) = run(2000, &[silent.server(), good.server()], &options(1000));
    assert_eq!(summary.servers[0].asked, 8);
    assert!(summary.servers[0].given_up && !summary.servers[1].given_up);
    // Each of the eight twice, the second time from another port.
    let arrived = silent.arrived();
    assert_eq!(arrived.len(), 16);
    let mut ports: BTreeMap<Vec<u8>, BTreeSet<u16>> = BTreeMap::new();
    for one in &arrived {
        ports.entry(one.octets[2..].to_vec()).or_default().insert(one.port);
    }
    assert!(ports.values().all(|ports| ports.len() == 2), "{ports:?}");
    let of = |server| {
        answers
            .iter()
            .filter(|answer| answer.server == server)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(&of(0)),
        [("NoReplies".to_owned(), 3992), ("timeout".to_owned(), 8)].into()
    );
    assert_eq!(
        kinds(&of(1)),
        [("answer".to_owned(), 2000), ("nodata".to_owned(), 2000)].into()
    );
}

#[test]
fn a_refused_port_is_known_at_once() {
    let good = Played::new(answers);
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = BulkServer {
        name: "closed".to_owned(),
        at: closed,
    };
    let (answers, summary, _) = run(500, &[closed, good.server()], &options(5000));
    assert!(summary.servers[0].given_up && summary.servers[0].asked >= 8);
    for answer in answers.iter().filter(|answer| answer.server == 0) {
        match &answer.a {
            QuestionOutcome::Asked(asked) => {
                assert_eq!(asked.kind, AnswerKind::Unreachable);
                assert_eq!(asked.failure, Some(NetworkFailure::Refused));
            }
            QuestionOutcome::NotAsked(why) => assert_eq!(*why, NotAsked::NoReplies),
        }
    }
}

#[test]
fn servers_that_are_all_silent_end_the_run_after_one_window() {
    let silent: Vec<Played> = (0..2).map(|_| Played::new(|_, _, _, _| {})).collect();
    let list: Vec<BulkServer> = silent.iter().map(Played::server).collect();
    let (answers, _, _) = run(20_000, &list, &options(500));
    assert_eq!(kinds(&answers)["timeout"], 16);
}

#[test]
fn a_server_that_comes_back_is_asked_again() {
    // Silent for the first second, then well.
    let begun = Instant::now();
    let late = Played::new(move |socket, from, query, number| {
        if begun.elapsed() > Duration::from_secs(1) {
            answers(socket, from, query, number);
        }
    });
    let good = Played::new(answers);
    let paced = Options {
        paces: Paces::new(500),
        ..options(400)
    };
    // Two seconds' worth.
    let (answers, summary, _) = run(500, &[late.server(), good.server()], &paced);
    let served = &summary.servers[0];
    assert!(
        !served.given_up && served.answered > 100 && served.not_asked > 50,
        "{served:?}"
    );
    let last = answers
        .iter()
        .find(|answer| (answer.target, answer.server) == (499, 0))
        .unwrap();
    assert_eq!(asked(&last.a).kind, AnswerKind::Answer);
}

#[test]
fn a_lost_datagram_is_sent_again_from_another_port() {
    let mut seen = BTreeSet::new();
    let lossy = Played::new(move |socket, from, query, number| {
        // Every tenth question is lost once.
        if number % 10 == 9 && seen.insert(query[12..].to_vec()) {
            return;
        }
        seen.insert(query[12..].to_vec());
        answers(socket, from, query, number);
    });
    let (answers, summary, took) = run(200, &[lossy.server()], &options(1000));
    assert!(took >= Duration::from_millis(500), "{took:?}");
    assert_eq!(
        kinds(&answers),
        [("answer".to_owned(), 200), ("nodata".to_owned(), 200)].into()
    );
    let again = answers
        .iter()
        .flat_map(|answer| [&answer.a, &answer.aaaa])
        .filter(|outcome| asked(outcome).tries == 2)
        .count();
    assert!((20..=60).contains(&again), "{again}");
    assert_eq!(summary.servers[0].sent, 400 + again as u64);
}

#[test]
fn a_failure_is_asked_about_once_more() {
    let flapping = Played::new(|socket, from, query, number| {
        let message = if number.is_multiple_of(3) {
            reply(query, [0x81, 0x82], [0, 0, 0], &[])
        } else {
            good(query)
        };
        socket.send_to(&message, from).unwrap();
    });
    let failing = Played::new(|socket, from, query, _| {
        socket
            .send_to(&reply(query, [0x81, 0x82], [0, 0, 0], &[]), from)
            .unwrap();
    });
    let (answers, summary, _) = run(100, &[flapping.server(), failing.server()], &options(5000));
    let of = |server| {
        answers
            .iter()
            .filter(|answer| answer.server == server)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&of(1)), [("servfail".to_owned(), 200)].into());
    assert_eq!(summary.servers[1].sent, 400);
    assert!(kinds(&of(0))["answer"] > 60);
}

#[test]
fn replies_with_wrong_ids_count_for_nothing() {
    let forger = Played::new(|socket, from, query, _| {
        let mut message = good(query);
        message[0] ^= 0x55;
        message[1] ^= 0xaa;
        socket.send_to(&message, from).unwrap();
    });
    let (answers, summary, _) = run(300, &[forger.server()], &options(600));
    let kinds = kinds(&answers);
    assert!(!kinds.contains_key("answer") && kinds["malformed"] >= 8, "{kinds:?}");
    assert!(summary.servers[0].mismatched >= 8 && summary.servers[0].answered == 0);
    let malformed = answers.iter().filter_map(|answer| answer.a.asked());
    assert!(malformed.clone().any(|asked| asked.mismatched > 0));
}

#[test]
fn replies_to_other_questions_and_questions_count_for_nothing() {
    type Spoils = fn(&mut Vec<u8>);
    let spoils: [Spoils; 5] = [
        |message| message[13] ^= 1,
        |message| message[2] &= 0x7f,
        |message| message[5] = 2,
        |message| {
            let at = behind_question(message) - 1;
            message[at] = 3;
        },
        |message| message.truncate(11),
    ];
    for (index, spoil) in spoils.into_iter().enumerate() {
        let forger = Played::new(move |socket, from, query, _| {
            let mut message = good(query);
            spoil(&mut message);
            socket.send_to(&message, from).unwrap();
        });
        let (answers, _, _) = run(8, &[forger.server()], &options(300));
        let kinds = kinds(&answers);
        assert!(
            !kinds.contains_key("answer") && !kinds.contains_key("nodata"),
            "{index}: {kinds:?}"
        );
    }
}

#[test]
fn forged_replies_before_the_right_one_are_waited_past_and_told() {
    let raced = Played::new(|socket, from, query, _| {
        for guess in 1..5u8 {
            let mut message = reply(query, [0x81, 0x80], [1, 0, 0], &[&A[..12], &[203, 0, 113, 9]].concat());
            message[1] = message[1].wrapping_add(guess);
            socket.send_to(&message, from).unwrap();
        }
        socket.send_to(&good(query), from).unwrap();
    });
    let (answers, summary, _) = run(8, &[raced.server()], &options(1000));
    assert!(summary.servers[0].mismatched > 0);
    let addresses = answers.iter().flat_map(|answer| &asked(&answer.a).addresses);
    assert!(addresses.clone().all(|address| address.to_string() == "10.0.0.1"));
    assert!(addresses.count() >= 4);
}

#[test]
fn a_flood_ends_what_it_is_about_and_nothing_else() {
    let (flooding, good) = (
        Played::new(|socket, from, query, _| {
            for guess in 1..200u8 {
                let mut message = good(query);
                message[0] = message[0].wrapping_add(guess);
                let _ = socket.send_to(&message, from);
            }
        }),
        Played::new(answers),
    );
    let (answers, _, _) = run(500, &[flooding.server(), good.server()], &options(500));
    let of = |server| {
        answers
            .iter()
            .filter(|answer| answer.server == server)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(&of(1)),
        [("answer".to_owned(), 500), ("nodata".to_owned(), 500)].into()
    );
}

#[test]
fn doubled_replies_change_nothing() {
    let doubling = Played::new(|socket, from, query, _| {
        for _ in 0..3 {
            socket.send_to(&good(query), from).unwrap();
        }
    });
    let (answers, summary, _) = run(300, &[doubling.server()], &options(2000));
    assert_eq!(
        kinds(&answers),
        [("answer".to_owned(), 300), ("nodata".to_owned(), 300)].into()
    );
    assert_eq!(summary.servers[0].mismatched, 0);
}

#[test]
fn octets_that_cannot_be_read_are_malformed() {
    let broken = Played::new(|socket, from, query, number| {
        let mut message = reply(query, [0x81, 0x80], [3, 0, 0], A);
        if number.is_multiple_of(2) {
            message.extend([0xc0, 0xff, 1, 2, 3]);
        }
        socket.send_to(&message, from).unwrap();
    });
    let (answers, _, _) = run(50, &[broken.server()], &options(2000));
    assert_eq!(kinds(&answers), [("malformed".to_owned(), 100)].into());
    assert!(answers.iter().all(|answer| asked(&answer.a).is_flawed));
}

/// Over UDP truncated, over TCP as `says`, on the same port.
fn truncating(says: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static) -> (Played, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = UdpSocket::bind(listener.local_addr().unwrap()).unwrap();
    let played = Played::at(
        socket,
        Box::new(|socket, from, query, _| {
            if query.is_empty() {
                return;
            }
            socket
                .send_to(&reply(query, [0x83, 0x80], [0, 0, 0], &[]), from)
                .unwrap();
        }),
    );
    let ends = Arc::clone(&played.ends);
    listener.set_nonblocking(true).unwrap();
    let thread = std::thread::spawn(move || {
        let mut connections = 0;
        while !ends.load(Ordering::Relaxed) {
            let Ok((mut stream, _)) = listener.accept() else {
                std::thread::sleep(Duration::from_millis(1));
                continue;
            };
            connections += 1;
            stream.set_nonblocking(false).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            let mut length = [0; 2];
            if stream.read_exact(&mut length).is_err() {
                continue;
            }
            let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
            if stream.read_exact(&mut query).is_err() {
                continue;
            }
            if let Some(message) = says(&query) {
                let length = u16::try_from(message.len()).unwrap().to_be_bytes();
                let _ = stream.write_all(&[&length, message.as_slice()].concat());
            }
        }
        connections
    });
    (played, thread)
}

#[test]
fn the_rest_of_a_truncated_reply_comes_over_tcp() {
    let (server, thread) = truncating(|query| Some(good(query)));
    let (answers, summary, _) = run(100, &[server.server()], &options(5000));
    assert_eq!(
        kinds(&answers),
        [("answer".to_owned(), 100), ("nodata".to_owned(), 100)].into()
    );
    assert!(
        answers
            .iter()
            .all(|answer| asked(&answer.a).transport == Transport::Tcp)
    );
    assert_eq!(summary.servers[0].over_tcp, 200);
    drop(server);
    assert_eq!(thread.join().unwrap(), 200);
}

#[test]
fn what_is_truncated_over_tcp_too_is_not_asked_about_for_ever() {
    let (server, thread) = truncating(|query| Some(reply(query, [0x83, 0x80], [0, 0, 0], &[])));
    let (answers, summary, _) = run(50, &[server.server()], &options(2000));
    assert_eq!(kinds(&answers), [("truncated".to_owned(), 100)].into());
    assert_eq!((summary.servers[0].over_tcp, summary.servers[0].sent), (100, 100));
    drop(server);
    thread.join().unwrap();
}

#[test]
fn tcp_that_breaks_off_leaves_the_reply_truncated() {
    let (server, thread) = truncating(|_| None);
    let (answers, _, _) = run(20, &[server.server()], &options(2000));
    assert_eq!(kinds(&answers), [("truncated".to_owned(), 40)].into());
    drop(server);
    thread.join().unwrap();
}

#[test]
fn no_more_than_eight_before_the_first_word_and_256_ever() {
    let mut held: Vec<(SocketAddr, Vec<u8>)> = Vec::new();
    let groups: Arc<Mutex<Vec<usize>>> = Arc::default();
    let list = Arc::clone(&groups);
    // Says nothing until nothing more comes, then answers everything at once.
    let holding = Played::and_when_idle(move |socket, from, query, _| {
        if !query.is_empty() {
            held.push((from, query.to_vec()));
        } else if !held.is_empty() {
            list.lock().unwrap().push(held.len());
            for (from, query) in held.drain(..) {
                socket.send_to(&good(&query), from).unwrap();
            }
        }
    });
    let (answers, _, _) = run(1000, &[holding.server()], &options(5000));
    assert_eq!(
        kinds(&answers),
        [("answer".to_owned(), 1000), ("nodata".to_owned(), 1000)].into()
    );
    let groups = groups.lock().unwrap();
    assert_eq!(groups[0], 8);
    assert_eq!(*groups.iter().max().unwrap(), 256, "{groups:?}");
}

#[test]
fn the_rate_is_not_passed_in_any_tenth_of_a_second_as_it_arrives() {
    let servers: Vec<Played> = (0..2).map(|_| Played::new(answers)).collect();
    let list: Vec<BulkServer> = servers.iter().map(Played::server).collect();
    let paced = Options {
        paces: Paces::new(500),
        ..options(5000)
    };
    let (_, _, took) = run(500, &list, &paced);
    assert!(took >= Duration::from_secs_f64(999.0 / 500.0), "{took:?}");
    for server in &servers {
        let arrived = server.arrived();
        assert_eq!(arrived.len(), 1000);
        let times: Vec<Instant> = arrived.iter().map(|one| one.at).collect();
        // A thread of the test that was not run for a while sees several at once; what the engine did is in most of the
        // tenths all the same, and `src/bulk/pace.rs` holds it for every one on a clock of its own.
        let over = times
            .windows(51)
            .filter(|fifty_one| fifty_one[50] - fifty_one[0] < Duration::from_millis(100))
            .count();
        assert!(over <= times.len() / 20, "{over} of {}", times.len());
    }
}

#[test]
fn no_server_is_far_ahead_of_another() {
    // One answers slowly, one at once: the names are drawn as the slow one needs them.
    let slow = Played::new(|socket, from, query, number| {
        if number.is_multiple_of(16) {
            std::thread::sleep(Duration::from_millis(1));
        }
        answers(socket, from, query, number);
    });
    let fast = Played::new(answers);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let drawn = std::cell::Cell::new(0);
    let mut done = [0usize; 2];
    let list = names(12_000).inspect(|_| drawn.set(drawn.get() + 1));
    let summary = runtime.block_on(ask(list, &[slow.server(), fast.server()], &options(5000), |answer| {
        done[answer.server] += 1;
        assert!(
            drawn.get() <= done[0] + 4096 + 256,
            "{} drawn, {} done",
            drawn.get(),
            done[0]
        );
    }));
    assert_eq!((summary.targets, done), (12_000, [12_000, 12_000]));
}

#[test]
fn nothing_to_ask_and_nobody_to_ask() {
    let server = Played::new(answers);
    let (_, summary, _) = run(0, &[server.server()], &options(1000));
    assert_eq!(summary.servers[0].sent, 0);
    let (answers, summary, _) = run(10, &[], &options(1000));
    assert!(answers.is_empty() && summary.servers.is_empty());
}

#[test]
fn dropping_the_run_ends_it() {
    let (server, silent) = (Played::new(answers), Played::new(|_, _, _, _| {}));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut kept = 0;
    let begun = Instant::now();
    runtime.block_on(async {
        let servers = [server.server(), silent.server()];
        let options = options(60_000);
        let run = ask(names(100), &servers, &options, |_| kept += 1);
        let ended = tokio::time::timeout(Duration::from_millis(300), run).await;
        assert!(ended.is_err());
    });
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(kept, 100);
}

/// A reply that follows another to the same question is told, whatever it says, and so is one to nothing that was asked.
#[test]
fn what_comes_behind_a_reply_is_told() {
    let twice = Played::new(|socket, from, query, number| {
        answers(socket, from, query, number);
        answers(socket, from, query, number);
    });
    let guessing = Played::new(|socket, from, query, number| {
        answers(socket, from, query, number);
        let mut other = query.to_vec();
        other[0] ^= 0x55;
        answers(socket, from, &other, number);
    });
    let plain = Played::new(answers);
    let servers = [twice.server(), guessing.server(), plain.server()];
    // One alone: nothing else keeps its socket open.
    let (found, ..) = run(1, &servers, &options(5000));
    let late: BTreeMap<usize, u32> = found.iter().map(|answer| (answer.server, answer.late)).collect();
    assert!(late[&0] >= 1, "{late:?}");
    // It came before the reply to AAAA, or behind it.
    let mismatched = |outcome: &QuestionOutcome| outcome.asked().map_or(0, |asked| asked.mismatched);
    let of_guessing = found.iter().find(|answer| answer.server == 1).unwrap();
    assert!(
        of_guessing.late + mismatched(&of_guessing.a) + mismatched(&of_guessing.aaaa) >= 1,
        "{of_guessing:?}"
    );
    assert_eq!(late[&2], 0);
}
