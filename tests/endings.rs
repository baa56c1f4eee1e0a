//! What a run of the program itself waits for, and what not. No time is asserted: what was not waited for is in the
//! document, and whoever is silent here is silent for good.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

#[path = "common/name_server.rs"]
mod name_server;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::process::Command;
use std::thread;

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

/// The document of a check beside an AWS and a metadata service that say nothing.
fn check(resolvers: &[SocketAddr], flags: &str) -> Value {
    let (aws, metadata) = (Silent::start(), Silent::start());
    let folder = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
    command
        .args(["check", HOST, "--no-local", "--no-os", "-o", "json"])
        .args(flags.split_whitespace())
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "nothing")
        .env("AWS_ENDPOINT_URL", aws.url())
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url());
    for resolver in resolvers {
        command.args(["--resolver", &resolver.to_string()]);
    }
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
