//! DNS over TLS and DNS over HTTPS, through the real prober against embedded servers, and through the binary.
//!
//! The certificates of fixtures/lab/tls are made here: `BLESS=1 cargo test --test secure certificates` makes them anew.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads and writes its fixtures")]

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use eks_dns_doctor::dns::{AnswerKind, RecordType};
use eks_dns_doctor::observation::{Lookup, Purpose, Transport};
use eks_dns_doctor::report::Capture;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType, date_time_ymd};

#[path = "common/played.rs"]
mod played;
use played::played;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/lab/tls")
        .join(name)
}

/// The addresses that the good certificate is for: those that scenarios give to servers inside TLS.
const ADDRESSES: [&str; 6] = ["10.0.1.10", "10.0.2.10", "10.63.200.10", "1.1.1.1", "127.0.0.1", "::1"];

fn authority(name: &str, key: KeyPair) -> (String, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    let pem = params.self_signed(&key).unwrap().pem();
    (pem, Issuer::new(params, key))
}

fn certificate(names: &[SanType], until: i32, key: &KeyPair, issuer: &Issuer<'_, KeyPair>) -> String {
    let mut params = CertificateParams::default();
    params.subject_alt_names = names.to_vec();
    params
        .distinguished_name
        .push(DnType::CommonName, "a server of the lab");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params.signed_by(key, issuer).unwrap().pem()
}

#[test]
fn certificates() {
    let key_file = fixture("server.key.pem");
    if std::env::var_os("BLESS").is_some() {
        let key = KeyPair::generate().unwrap();
        let (pem, issuer) = authority("the lab", KeyPair::generate().unwrap());
        let (_, other_issuer) = authority("somebody else", KeyPair::generate().unwrap());
        let name = |text: &str| SanType::DnsName(text.try_into().unwrap());
        let mut good: Vec<SanType> = ADDRESSES
            .iter()
            .map(|text| SanType::IpAddress(text.parse::<IpAddr>().unwrap()))
            .collect();
        good.push(name("dns.example.test"));
        let other = [name("other.example.test")];
        for (file, text) in [
            ("authority.pem", pem),
            ("good.pem", certificate(&good, 2120, &key, &issuer)),
            ("expired.pem", certificate(&good, 2021, &key, &issuer)),
            ("other-name.pem", certificate(&other, 2120, &key, &issuer)),
            ("other-issuer.pem", certificate(&good, 2120, &key, &other_issuer)),
        ] {
            std::fs::write(fixture(file), text).unwrap();
        }
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        // The lab has the old ones built in until it is built again.
        return;
    }
    // All are of the one key, and the lab's servers start with each.
    let key = KeyPair::from_pem(&std::fs::read_to_string(&key_file).unwrap()).unwrap();
    assert!(!key.public_key_raw().is_empty());
    for certificate in ["good", "expired", "other-name", "other-issuer"] {
        let a = target(&format!("certificate = {certificate:?}"), "tls://10.0.1.10", "");
        assert_eq!(
            a.kind == AnswerKind::Answer,
            certificate == "good",
            "{certificate}: {a:?}"
        );
    }
}

/// Plays one server at `10.0.1.10` and returns what was observed of it.
fn play(tls: &str, resolver: &str, ask: &str, server: &str) -> Capture {
    let text = format!(
        r#"
title = "a test"
[ask]
resolver = ["x={resolver}"]
{ask}
[[server]]
name = "x"
address = "10.0.1.10"
view = "vpc"
udp = "closed"
tcp = "closed"
tls = {{ {tls} }}
{server}
[expect]
conclusion = "healthy"
exit_code = 0
"#
    );
    played(&text)
}

fn lookup(capture: &Capture, purpose: Purpose, qtype: RecordType) -> Lookup {
    capture.observations[0]
        .lookups
        .iter()
        .find(|lookup| lookup.purpose == purpose && lookup.qtype == qtype)
        .unwrap()
        .clone()
}

fn target_of(tls: &str, resolver: &str, ask: &str, server: &str) -> Lookup {
    let capture = play(tls, resolver, &format!("controls = false\n{ask}"), server);
    lookup(&capture, Purpose::Target, RecordType::A)
}

fn target(tls: &str, resolver: &str, ask: &str) -> Lookup {
    target_of(tls, resolver, ask, "")
}

const BOTH: [(&str, Transport); 2] = [
    ("tls://10.0.1.10", Transport::Tls),
    ("https://10.0.1.10", Transport::Https),
];

#[test]
fn an_ordinary_answer_takes_one_try() {
    for (resolver, transport) in BOTH {
        let capture = play("", resolver, "", "");
        let a = lookup(&capture, Purpose::Target, RecordType::A);
        assert_eq!((a.kind, a.transport), (AnswerKind::Answer, transport), "{a:?}");
        assert_eq!((a.attempts.len(), a.addresses.len()), (1, 2));
        assert!(a.attempts[0].edns && a.attempts[0].connected && a.rtt_ms.is_some());
        assert_eq!(
            lookup(&capture, Purpose::Sibling, RecordType::A).kind,
            AnswerKind::NxDomain
        );
        // There is no other port to ask.
        assert!(
            !capture.observations[0]
                .lookups
                .iter()
                .any(|lookup| lookup.purpose == Purpose::TargetTcp)
        );
    }
}

#[test]
fn what_the_server_says_of_the_name_is_read_as_ever() {
    for (resolver, _) in BOTH {
        for (on, kind) in [
            ("rcode = \"REFUSED\"", AnswerKind::Refused),
            ("rcode = \"SERVFAIL\"", AnswerKind::ServFail),
            ("rcode = \"NXDOMAIN\"", AnswerKind::NxDomain),
            ("bytes = \"cut\"", AnswerKind::Malformed),
        ] {
            let a = target_of("", resolver, "", &format!("[[server.on]]\n{on}"));
            assert_eq!(a.kind, kind, "{resolver}, {on}: {a:?}");
        }
    }
}

#[test]
fn the_certificate_has_to_be_for_the_name() {
    for (resolver, _) in BOTH {
        for (certificate, ask, says) in [
            ("other-issuer", "", "not issued by an authority"),
            ("other-name", "", "not valid for 10.0.1.10"),
            (
                "good",
                "tls_name = \"elsewhere.example.test\"",
                "not valid for elsewhere.example.test",
            ),
            ("expired", "", "not valid now"),
        ] {
            let a = target(&format!("certificate = {certificate:?}"), resolver, ask);
            assert_eq!(a.kind, AnswerKind::Certificate, "{resolver}, {certificate}: {a:?}");
            let reason = a.reason.unwrap().to_string();
            assert!(reason.contains(says), "{resolver}, {certificate}: {reason}");
            assert_eq!(a.attempts.len(), 1, "the same certificate would come again");
        }
        let named = "tls_name = \"other.example.test\"";
        let a = target("certificate = \"other-name\"", resolver, named);
        assert_eq!(a.kind, AnswerKind::Answer, "{resolver}: {a:?}");
        let a = target("", &format!("{resolver}#dns.example.test"), named);
        assert_eq!(a.kind, AnswerKind::Answer, "a resolver's own name wins: {a:?}");
        for certificate in ["other-issuer", "other-name", "expired"] {
            let a = target(
                &format!("certificate = {certificate:?}"),
                resolver,
                "insecure_tls = true",
            );
            assert_eq!(a.kind, AnswerKind::Answer, "{resolver}, {certificate}: {a:?}");
        }
    }
}

#[test]
fn each_way_to_fail_is_an_outcome_of_its_own() {
    for (resolver, tls, kind, says) in [
        ("tls", "speaks = \"clear\"", AnswerKind::Handshake, "does not speak TLS"),
        (
            "https",
            "speaks = \"clear\"",
            AnswerKind::Handshake,
            "does not speak TLS",
        ),
        (
            "tls",
            "speaks = \"closes\"",
            AnswerKind::Handshake,
            "closed the connection",
        ),
        (
            "https",
            "speaks = \"closes\"",
            AnswerKind::Handshake,
            "closed the connection",
        ),
        ("tls", "speaks = \"mute\"", AnswerKind::Timeout, "no TLS handshake"),
        ("https", "speaks = \"mute\"", AnswerKind::Timeout, "no TLS handshake"),
        (
            "tls",
            "speaks = \"mute-after-tls\"",
            AnswerKind::Timeout,
            "no whole reply",
        ),
        (
            "https",
            "speaks = \"mute-after-tls\"",
            AnswerKind::Timeout,
            "no whole response",
        ),
        ("https", "speaks = \"http1\"", AnswerKind::Alpn, "HTTP/2"),
        ("https", "speaks = \"no-alpn\"", AnswerKind::Alpn, "HTTP/2"),
        (
            "https",
            "status = 404",
            AnswerKind::HttpError,
            "HTTP 404 Not Found: the server has nothing at this path",
        ),
        (
            "https",
            "status = 503",
            AnswerKind::HttpError,
            "HTTP 503 Service Unavailable",
        ),
        (
            "https",
            "status = 302",
            AnswerKind::HttpError,
            "redirections are not followed",
        ),
        (
            "https",
            "content_type = \"text/html; charset=x\"",
            AnswerKind::HttpError,
            "text/html",
        ),
        (
            "https",
            "content_type = \"\"",
            AnswerKind::HttpError,
            "application/dns-message",
        ),
    ] {
        let a = target(tls, &format!("{resolver}://10.0.1.10"), "");
        assert_eq!(a.kind, kind, "{resolver}, {tls}: {a:?}");
        let reason = a
            .reason
            .iter()
            .chain(a.attempts.iter().filter_map(|attempt| attempt.reason.as_ref()))
            .find(|reason| reason.to_string().contains(says));
        assert!(reason.is_some(), "{resolver}, {tls}: {a:?}");
        assert!(a.attempts[0].connected, "{resolver}, {tls}");
    }
}

#[test]
fn nothing_listens_there() {
    for (resolver, _) in BOTH {
        let a = target("", &resolver.replace("10.0.1.10", "10.0.1.99"), "");
        assert_eq!(a.kind, AnswerKind::Unreachable, "{resolver}: {a:?}");
        assert!(!a.attempts[0].connected);
    }
}

#[test]
fn a_type_with_parameters_is_a_dns_message() {
    let a = target(
        "content_type = \"Application/DNS-Message;x=1\"",
        "https://10.0.1.10",
        "",
    );
    assert_eq!(a.kind, AnswerKind::Answer, "{a:?}");
}

#[test]
fn silence_inside_a_session_costs_one_window() {
    for (resolver, _) in BOTH {
        let a = target_of("", resolver, "timeout_ms = 300", "[[server.on]]\nsilent = true");
        assert_eq!(a.kind, AnswerKind::Timeout, "{resolver}: {a:?}");
        assert!(a.attempts.iter().all(|attempt| attempt.started_ms < 300.0));
        assert!(a.attempts.iter().any(|attempt| !attempt.edns));
    }
}

/// The binary believes the authorities of the environment's file, and nobody else.
#[test]
fn the_binary_verifies_with_the_platforms_authorities() {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    let pem = std::fs::read_to_string(fixture("good.pem")).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()];
    let key = std::fs::read(fixture("server.key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_slice(&key).unwrap())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let over = Arc::new(AtomicBool::new(false));
    let server = {
        let over = Arc::clone(&over);
        std::thread::spawn(move || {
            // Answers every question with REFUSED, which needs no name server.
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let mut tcp = stream.unwrap();
                let mut session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut tls = rustls::Stream::new(&mut session, &mut tcp);
                let mut length = [0; 2];
                if tls.read_exact(&mut length).is_err() {
                    continue;
                }
                let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
                tls.read_exact(&mut message).unwrap();
                // QR=1, RCODE 5.
                message[2] |= 0x80;
                message[3] = 5;
                let framed = [length.as_slice(), &message].concat();
                let _ = tls.write_all(&framed).and_then(|()| tls.flush());
            }
        })
    };
    let run = |authorities: &Path, more: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
            .args([
                "check",
                "a.example.test",
                "--no-local",
                "--no-os",
                "--no-aws",
                "--no-controls",
            ])
            .args(["--timeout", "3s", "-o", "json", "--resolver"])
            .arg(format!("x=tls://127.0.0.1:{port}"))
            .args(more)
            .env("SSL_CERT_FILE", authorities)
            .env("SSL_CERT_DIR", "/nonexistent")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let verdict = report["resolvers"][0]["verdict"].as_str().unwrap().to_owned();
        let headline = report["findings"][0]["summary"].as_str().unwrap().to_owned();
        (verdict, headline)
    };
    let verdict = |authorities: &Path, more: &[&str]| run(authorities, more).0;
    let (nobody, headline) = run(Path::new("/dev/null"), &[]);
    assert_eq!(nobody, "certificate");
    // Not the resolver's fault, and not said to be.
    assert!(headline.contains("can be verified here"), "{headline}");
    assert!(
        !run(&fixture("other-issuer.pem"), &[])
            .1
            .contains("can be verified here")
    );
    let (own, other) = (fixture("authority.pem"), fixture("other-issuer.pem"));
    assert_eq!(verdict(&own, &[]), "refused");
    assert_eq!(verdict(&other, &[]), "certificate");
    assert_eq!(verdict(&other, &["--insecure-tls"]), "refused");
    assert_eq!(verdict(&own, &["--tls-name", "dns.example.test"]), "refused");
    assert_eq!(verdict(&own, &["--tls-name", "elsewhere.example.test"]), "certificate");
    over.store(true, Ordering::SeqCst);
    let _ = std::net::TcpStream::connect(("127.0.0.1", port));
    server.join().unwrap();
}
