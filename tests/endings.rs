//! What a run of the program itself waits for, and what not. No time is asserted: what was not waited for is in the
//! document, and whoever is silent here is silent for good.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

#[path = "common/name_server.rs"]
mod name_server;

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::SystemTime;

use name_server::{ADDRESS, HOST, Plays, reply};
use serde_json::Value;

const NS: [u8; 4] = [0, 2, 0, 1];

/// Whether a query ends with this type and class, an OPT record aside.
fn is_for(query: &[u8], qtype: [u8; 4]) -> bool {
    let mut end = 12;
    while query.get(end).is_some_and(|length| *length > 0) {
        end += usize::from(query[end]) + 1;
    }
    query.get(end + 1..end + 5) == Some(qtype.as_slice())
}

/// A resolver over UDP and TCP that has the endpoint, and says nothing to a question of a `silent` type.
fn resolver(plays: Plays, silent: Option<[u8; 4]>) -> SocketAddr {
    let answer = move |query: &[u8]| {
        let is_silent = silent.is_some_and(|qtype| is_for(query, qtype));
        reply(query, if is_silent { Plays::Silence } else { plays })
    };
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let address = udp.local_addr().expect("an address");
        // The port may be taken over TCP.
        let Ok(tcp) = TcpListener::bind(address) else {
            continue;
        };
        thread::spawn(move || {
            let mut query = [0; 4096];
            while let Ok((length, client)) = udp.recv_from(&mut query) {
                if let Some(reply) = answer(&query[..length]) {
                    udp.send_to(&reply, client).ok();
                }
            }
        });
        thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                thread::spawn(move || {
                    let mut length = [0; 2];
                    stream.read_exact(&mut length).ok()?;
                    let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
                    stream.read_exact(&mut query).ok()?;
                    let reply = answer(&query)?;
                    let length = u16::try_from(reply.len()).ok()?.to_be_bytes();
                    stream.write_all(&[length.as_slice(), &reply].concat()).ok()
                });
            }
        });
        return address;
    }
}

/// What takes connections and says nothing: the system takes them before anybody accepts one.
struct Silent(TcpListener);

impl Silent {
    fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").expect("a port"))
    }

    fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("an address"))
    }
}

/// An AWS that denies everything but LookupEvents, which it answers with this status and text, a moment later.
fn cloudtrail(status: u16, text: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let text = text.to_owned();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let text = text.clone();
            thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().ok()?);
                loop {
                    let (mut length, mut looks_up) = (0, false);
                    loop {
                        let mut line = String::new();
                        if reader.read_line(&mut line).ok()? == 0 {
                            return None::<()>;
                        }
                        let line = line.trim().to_ascii_lowercase();
                        if let Some(value) = line.strip_prefix("content-length:") {
                            length = value.trim().parse().ok()?;
                        }
                        looks_up |= line.starts_with("x-amz-target:") && line.ends_with(".lookupevents");
                        if line.is_empty() {
                            break;
                        }
                    }
                    reader.read_exact(&mut vec![0; length]).ok()?;
                    let denied = r#"{"__type":"AccessDeniedException","message":"not authorized"}"#;
                    let (status, body) = if looks_up {
                        (status, text.as_str())
                    } else {
                        (403, denied)
                    };
                    let length = body.len();
                    let reply = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n{body}");
                    stream.write_all(reply.as_bytes()).ok()?;
                }
            });
        }
    });
    url
}

/// The document of a check beside an AWS and a metadata service that say nothing.
fn check(resolvers: &[SocketAddr], flags: &str) -> Value {
    let (aws, metadata) = (Silent::start(), Silent::start());
    let mut command = command(resolvers, flags);
    command
        .env("AWS_ENDPOINT_URL", aws.url())
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url());
    run(&mut command)
}

fn command(resolvers: &[SocketAddr], flags: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
    command
        .args(["check", HOST, "--no-local", "--no-os", "-o", "json"])
        .args(flags.split_whitespace())
        .current_dir(std::env::temp_dir())
        .env_clear()
        // No file of the user's is read.
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "nothing");
    for resolver in resolvers {
        command.args(["--resolver", &resolver.to_string()]);
    }
    command
}

/// The document that it prints.
fn run(command: &mut Command) -> Value {
    let output = command.output().expect("it runs");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn expect() -> String {
    let [a, b, c, d] = ADDRESS;
    format!("--expect {a}.{b}.{c}.{d}")
}

/// Who was asked and what, of all that was not waited for.
fn left(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let left = report["not_waited_for"].as_array().into_iter().flatten();
    left.map(|left| {
        let what = if left["source"].is_null() {
            &left["purpose"]
        } else {
            &left["source"]
        };
        (text(&left["resolver"]), text(what))
    })
    .filter(|(_, what)| what != "software")
    .collect()
}

fn sources() -> [(String, String); 2] {
    [("AWS", "aws"), ("instance metadata", "metadata")].map(|(who, what)| (who.to_owned(), what.to_owned()))
}

fn gaps(report: &Value) -> String {
    report["gaps"].to_string()
}

#[test]
fn a_healthy_run_waits_neither_for_silent_metadata_nor_for_an_aws_that_decides_nothing() {
    let resolver = resolver(Plays::Has(ADDRESS), None);
    for more in ["", "--samples 3", "--watch 2s --for 1s"] {
        let report = check(&[resolver], &format!("{} {more}", expect()));
        assert_eq!(report["conclusion"], "healthy", "{more}");
        assert_eq!(left(&report), sources(), "{more}");
        // That nobody waited is no gap, and no rule misses it.
        let gaps = gaps(&report);
        assert!(!gaps.contains("metadata") && !gaps.contains("AWS"), "{gaps}");
        assert!(!gaps.contains("the VPC's view"), "{gaps}");
        assert!(!report["not_evaluated"].to_string().contains("DescribeCluster"));
        assert_eq!(report["interrupted"], false);
    }
}

/// Whoever asks what was changed waits for it, and it changes nothing of the diagnosis.
#[test]
fn changes_in_aws_are_waited_for_and_stand_beside_the_result() {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("a time")
        .as_secs();
    let event = serde_json::json!({
        "EventName": "ModifyVpcAttribute",
        "EventSource": "ec2.amazonaws.com",
        "EventTime": now - 600,
        "Username": "alice",
        "CloudTrailEvent": r#"{"requestParameters":{"vpcId":"vpc-0a1b2c3d"}}"#,
    });
    let events = serde_json::json!({ "Events": [event] }).to_string();
    let checked = |plays, status, text: &str, flags: &str| {
        let mut command = command(&[resolver(plays, None)], &format!("{} {flags}", expect()));
        command
            .env("AWS_ENDPOINT_URL", cloudtrail(status, text))
            .env("AWS_REGION", "ap-northeast-1")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        run(&mut command)
    };
    for (plays, conclusion) in [(Plays::Has(ADDRESS), "healthy"), (Plays::NxDomain, "broken")] {
        let report = checked(plays, 200, &events, "--since 2h");
        assert_eq!(report["conclusion"], conclusion);
        let changes = report["changes"].as_array().expect("a list");
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0]["event"], "ModifyVpcAttribute");
        assert_eq!(changes[0]["resources"], serde_json::json!(["vpc-0a1b2c3d"]));
        let before = changes[0]["before_s"].as_u64().expect("a number");
        assert!((590..700).contains(&before), "{before}");
        assert!(
            !left(&report).iter().any(|(_, what)| what == "changes"),
            "{:?}",
            left(&report)
        );
    }
    // A change is lined up with the first failing answer: of a watch, the first round that failed.
    let report = checked(Plays::NxDomain, 200, &events, "--since 2h");
    assert_eq!(report["failing_since"], Value::Null);
    let change = &report["changes"][0];
    let apart = |change: &Value| change["before_s"].as_i64().zip(change["before_failing_s"].as_i64());
    let (before, before_failing) = apart(change).expect("numbers");
    assert!((0..=1).contains(&(before_failing - before)), "{change}");
    let report = checked(Plays::NxDomain, 200, &events, "--since 2h --watch 2s --for 10s");
    let since = report["failing_since"].as_str().expect("a time");
    assert!(Some(since) < report["taken_at"].as_str());
    let change = &report["changes"][0];
    let (before, before_failing) = apart(change).expect("numbers");
    assert!(before_failing < before, "{change}");
    // Where nothing fails, there is nothing to line up with.
    let report = checked(Plays::Has(ADDRESS), 200, &events, "--since 2h");
    assert_eq!(report["changes"][0]["before_failing_s"], Value::Null);
    // The diagnosis is that of a run without it.
    let rules = |report: &Value| {
        let findings = report["findings"].as_array().into_iter().flatten();
        let said = findings.map(|one| (one["rule"].clone(), one["severity"].clone(), one["confidence"].clone()));
        said.collect::<Vec<_>>()
    };
    let with = checked(Plays::NxDomain, 200, &events, "--since 2h");
    let without = checked(Plays::NxDomain, 200, &events, "");
    assert_eq!(without["changes"], Value::Null);
    assert_eq!(rules(&without), rules(&with));
    let denied = r#"{"__type":"AccessDeniedException","message":"not authorized"}"#;
    let report = checked(Plays::NxDomain, 403, denied, "--since 2h");
    assert_eq!(report["changes"], serde_json::json!([]));
    assert!(gaps(&report).contains("cloudtrail:LookupEvents"), "{}", gaps(&report));
    assert!(report["findings"].to_string().contains("cloudtrail:LookupEvents"));
}

#[test]
fn aws_is_waited_for_where_it_decides() {
    let resolver = resolver(Plays::Has(ADDRESS), None);
    let short = "--timeout 300ms --deadline 1s";
    for (flags, conclusion) in [
        // It was asked for by name, or with credentials that were named; or its warnings count.
        (
            format!("{} --cluster pipeline --region ap-northeast-1", expect()),
            "healthy",
        ),
        (format!("{} --fail-on warning", expect()), "healthy"),
        // Nobody else says what the answers should be, or all of it.
        (String::new(), "inconclusive"),
        ("--expect-scope private".to_owned(), "healthy"),
    ] {
        let report = check(&[resolver], &format!("{flags} {short}"));
        assert_eq!(report["conclusion"], conclusion, "{flags}");
        assert!(!left(&report).contains(&sources()[0]), "{flags}: {:?}", left(&report));
        assert!(
            gaps(&report).contains("no answer in time"),
            "{flags}: {}",
            gaps(&report)
        );
    }
}

#[test]
fn a_broken_run_waits_for_aws_and_for_the_metadata() {
    let resolver = resolver(Plays::NxDomain, None);
    let report = check(&[resolver], &format!("{} --timeout 300ms --deadline 1s", expect()));
    assert_eq!(report["conclusion"], "broken");
    assert_eq!(left(&report), []);
}

#[test]
fn a_silent_control_holds_neither_a_healthy_run_nor_a_broken_one_that_does_not_depend_on_it() {
    for (plays, conclusion) in [(Plays::Has(ADDRESS), "healthy"), (Plays::NxDomain, "broken")] {
        let resolver = resolver(plays, Some(NS));
        let report = check(
            &[resolver],
            &format!("{} --no-aws --timeout 60s --deadline 90s", expect()),
        );
        assert_eq!(report["conclusion"], conclusion);
        assert_eq!(
            left(&report),
            [("custom".to_owned(), "root".to_owned())],
            "{conclusion}"
        );
    }
}

/// Every question that decides nothing here, at a resolver that says nothing to it: other names, the root, the zone
/// around, over TCP or over UDP. With several samples and with connections it is the same.
#[test]
fn no_silent_question_that_decides_nothing_holds_a_healthy_run() {
    const SOA: [u8; 4] = [0, 6, 0, 1];
    const TXT_CH: [u8; 4] = [0, 16, 0, 3];
    for (silent, purpose) in [(NS, "root"), (SOA, "enclosing-zone"), (TXT_CH, "software")] {
        let resolver = resolver(Plays::Has(ADDRESS), Some(silent));
        for more in ["", "--samples 3", "--watch 2s --for 1s"] {
            let flags = format!("{} --no-aws --timeout 60s --deadline 90s {more}", expect());
            let report = check(&[resolver], &flags);
            assert_eq!(report["conclusion"], "healthy", "{purpose} {more}");
            let left = left(&report);
            assert!(
                purpose == "software" || left.iter().any(|(_, what)| what == purpose),
                "{purpose} {more}: {left:?}"
            );
        }
    }
    // Of the random name beside the endpoint's nothing comes, and of AWS's own names neither.
    let resolver = only(is_for_the_endpoint);
    let flags = format!("{} --no-aws --timeout 60s --deadline 90s", expect());
    let report = check(&[resolver], &flags);
    assert_eq!(report["conclusion"], "healthy", "{:#}", report["findings"]);
    let purposes: Vec<String> = left(&report).into_iter().map(|(_, what)| what).collect();
    for purpose in ["sibling", "aws-control", "root"] {
        assert!(purposes.iter().any(|other| other == purpose), "{purposes:?}");
    }
}

/// A resolver that answers what it is asked over UDP where that is as it wants, and nothing else; over TCP it answers
/// everything.
fn only(is_answered: impl Fn(&[u8]) -> bool + Send + 'static) -> SocketAddr {
    serving(move |query| {
        let is_answered = is_answered(query);
        is_answered.then(|| reply(query, Plays::Has(ADDRESS))).flatten()
    })
}

/// A resolver that answers over UDP as is wanted; over TCP it answers everything.
fn serving(answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static) -> SocketAddr {
    let known = resolver(Plays::Has(ADDRESS), None);
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = udp.local_addr().expect("an address");
    thread::spawn(move || {
        let mut query = [0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut query) {
            if let Some(reply) = answer(&query[..length]) {
                udp.send_to(&reply, client).ok();
            }
        }
    });
    // The port may be taken over TCP; then nobody is there, which is known at once.
    if let Ok(tcp) = TcpListener::bind(address) {
        thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                thread::spawn(move || {
                    let mut other = std::net::TcpStream::connect(known).ok()?;
                    let mut back = (other.try_clone().ok()?, stream.try_clone().ok()?);
                    thread::spawn(move || std::io::copy(&mut back.0, &mut back.1).ok());
                    std::io::copy(&mut stream, &mut other).ok()
                });
            }
        });
    }
    address
}

fn is_for_the_endpoint(query: &[u8]) -> bool {
    query
        .get(13..45)
        .is_some_and(|label| label.eq_ignore_ascii_case(&HOST.as_bytes()[..32]))
}

/// Connections are made after the questions, to the addresses that were given: a silent control holds neither.
#[test]
fn a_silent_control_does_not_hold_the_connections() {
    let here = [127, 0, 0, 1];
    let resolver = resolver(Plays::Has(here), Some(NS));
    let flags = "--expect 127.0.0.1 --connect --no-aws --timeout 60s --deadline 90s";
    let report = check(&[resolver], flags);
    assert_eq!(report["connections"].as_array().map(Vec::len), Some(1), "{report}");
    assert_eq!(left(&report), [("custom".to_owned(), "root".to_owned())]);
}

/// The run here and the run there each end as they would alone.
#[test]
fn a_silent_control_holds_neither_this_place_nor_another() {
    let folder = tempfile::tempdir().expect("a directory");
    let ssh = folder.path().join("ssh");
    let program = env!("CARGO_BIN_EXE_eks-dns-doctor");
    std::os::unix::fs::symlink(program, folder.path().join("eks-dns-doctor")).expect("a link");
    let script = "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nexec sh -c \"$3\"\n";
    std::fs::write(&ssh, script).expect("a script");
    std::fs::set_permissions(&ssh, std::fs::Permissions::from_mode(0o755)).expect("a script");
    let resolver = resolver(Plays::Has(ADDRESS), Some(NS));
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let flags = format!("{} --no-aws --timeout 60s --deadline 90s --via ssh:bastion", expect());
    let mut command = command(&[resolver], &flags);
    let document = run(command.env("PATH", path).env("AWS_EC2_METADATA_DISABLED", "true"));
    let captures = document["captures"].as_array().expect("a list");
    assert_eq!(captures.len(), 2, "{document}");
    for capture in captures {
        assert_eq!(left(capture), [("custom".to_owned(), "root".to_owned())]);
    }
    assert_eq!(document["conclusion"], "healthy");
}

/// A resolver that says what it runs is asked which host it is. That is shown, and `--redact` replaces it.
#[test]
fn a_resolver_that_says_what_it_runs_is_asked_which_host_it_is() {
    const TXT_CH: [u8; 4] = [0, 16, 0, 3];
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = udp.local_addr().expect("an address");
    thread::spawn(move || {
        let mut query = [0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut query) {
            let query = &query[..length];
            let said = if is_for(query, TXT_CH) {
                let is_version = query
                    .windows(8)
                    .any(|octets| octets.eq_ignore_ascii_case(b"\x07version"));
                Some(text(query, if is_version { "9.18.33" } else { "ns1.corp.example" }))
            } else {
                reply(query, Plays::Has(ADDRESS))
            };
            if let Some(said) = said {
                udp.send_to(&said, client).ok();
            }
        }
    });
    let flags = format!("{} --no-aws", expect());
    let report = check(&[address], &flags);
    let own = &report["resolvers"][0];
    assert_eq!(own["software"]["name"], "bind", "{own}");
    let asked: Vec<&str> = own["lookups"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|lookup| lookup["purpose"] == "software")
        .filter_map(|lookup| lookup["question"].as_str())
        .collect();
    assert_eq!(asked, ["version.bind", "hostname.bind", "id.server"]);
    assert!(report.to_string().contains("ns1.corp.example"));
    let redacted = check(&[address], &format!("{flags} --redact")).to_string();
    assert!(
        redacted.contains("9.18.33") && !redacted.contains("ns1.corp"),
        "{redacted}"
    );
}

/// The question again, and a text.
fn text(query: &[u8], text: &str) -> Vec<u8> {
    let mut end = 12;
    while query[end] > 0 {
        end += usize::from(query[end]) + 1;
    }
    let mut reply = query[..2].to_vec();
    reply.extend([0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    reply.extend(&query[12..end + 5]);
    let length = u8::try_from(text.len()).expect("a short text");
    reply.extend([0xc0, 12, 0, 16, 0, 3, 0, 0, 0, 0, 0, length + 1, length]);
    reply.extend(text.as_bytes());
    reply
}

/// Its window is what Go gives it.
#[test]
fn a_resolver_in_scope_is_waited_for() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    let resolver = resolver(Plays::Has(ADDRESS), None);
    let report = check(&[resolver, address], &format!("{} --no-aws --timeout 700ms", expect()));
    assert_eq!(report["conclusion"], "broken");
    let resolvers = report["resolvers"].as_array().expect("a list");
    assert_eq!(resolvers[1]["verdict"], "timeout");
    assert_eq!(left(&report), []);
}

/// It answers the endpoint's name, and then nothing more over UDP: what is left open is no silence of other servers.
#[test]
fn a_resolver_that_stops_behind_its_answer_is_not_healthy() {
    const A: [u8; 4] = [0, 1, 0, 1];
    let checked = |answers: usize| {
        let asked = AtomicUsize::new(0);
        let resolver = only(move |query| {
            let is_counted = is_for_the_endpoint(query) && is_for(query, A);
            is_for_the_endpoint(query) && (!is_counted || asked.fetch_add(1, Ordering::Relaxed) < answers)
        });
        let report = check(&[resolver], &format!("{} --no-aws --timeout 700ms", expect()));
        let lookups = report["resolvers"][0]["lookups"].as_array().expect("a list").len();
        (report, lookups)
    };
    let (stopped, lookups) = checked(1);
    assert_eq!(stopped["conclusion"], "broken");
    assert_eq!(stopped["findings"][0]["rule"], "resolver-unstable");
    assert_eq!(stopped["resolvers"][0]["samples"]["count"], 2);
    // One that answers again is as it was, and nothing is added.
    let (answers, before) = checked(usize::MAX);
    assert_eq!(answers["conclusion"], "healthy", "{:#}", answers["findings"]);
    assert_eq!(answers["resolvers"][0]["samples"], Value::Null);
    assert_eq!(lookups, before + 1);
}

/// Its port is closed behind the answer: the host refuses what comes then.
#[test]
fn a_resolver_that_ends_behind_its_answer_is_not_healthy() {
    const A: [u8; 4] = [0, 1, 0, 1];
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = udp.local_addr().expect("an address");
    let server = thread::spawn(move || {
        let mut query = [0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut query) {
            let query = &query[..length];
            if is_for_the_endpoint(query) && is_for(query, A) {
                let said = reply(query, Plays::Has(ADDRESS)).expect("a reply");
                udp.send_to(&said, client).expect("sent");
                return;
            }
        }
    });
    let report = check(&[address], &format!("{} --no-aws --timeout 700ms", expect()));
    assert_eq!(report["conclusion"], "broken");
    assert_eq!(
        report["findings"][0]["rule"], "resolver-unstable",
        "{:#}",
        report["findings"]
    );
    server.join().expect("it was asked");
}

/// SERVFAIL that is over when the question with checking disabled comes is none of validation's.
#[test]
fn a_failure_that_is_over_is_not_validations() {
    let checked = |is_over_then: bool| {
        let is_over = AtomicBool::new(false);
        let resolver = serving(move |query| {
            let mut reply = reply(query, Plays::Has(ADDRESS))?;
            // CD is the fifth bit of the fourth octet (RFC 4035 section 3.2.2).
            let is_checked = query[3] & 0x10 == 0;
            if !is_checked {
                is_over.store(is_over_then, Ordering::Relaxed);
            } else if is_for_the_endpoint(query) && !is_over.load(Ordering::Relaxed) {
                // SERVFAIL, and nothing behind the question.
                reply = query.to_vec();
                reply[2] |= 0x80;
                reply[3] = 0x82;
            }
            Some(reply)
        });
        check(&[resolver], &format!("{} --no-aws --timeout 700ms", expect()))
    };
    let rule = |report: &Value| report["findings"][0]["rule"].clone();
    assert_eq!(rule(&checked(false)), "dnssec-bogus");
    assert_eq!(rule(&checked(true)), "resolver-unstable");
}
