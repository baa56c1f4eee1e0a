//! `--connect`'s connections, against servers on loopback: the cluster's own, another's, and what is none.

#![expect(
    clippy::disallowed_methods,
    reason = "a test plays the other side, and writes the list that it names"
)]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use eks_dns_doctor::connect::{Authority, ConnectAddress, NoAuthority, connect};
use eks_dns_doctor::dns::Name;
use eks_dns_doctor::observation::{Connection, Tcp, Tls};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A cluster's certificate authority.
struct Cluster {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Cluster {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "kubernetes");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// `certificateAuthority.data`.
    fn data(&self) -> String {
        base64_simd::STANDARD.encode_to_string(self.pem.as_bytes())
    }

    fn authority(&self) -> Authority {
        Authority::of(&self.data(), &HOST.parse::<Name>().expect("a name")).expect("an authority")
    }

    /// A server with a certificate for a name, valid until a year.
    fn server(&self, name: &str, until: i32) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a server")
    }
}

/// Serves TLS, and returns the port.
async fn tls(config: ServerConfig) -> u16 {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let mut rest = Vec::new();
                    let _ = stream.read_to_end(&mut rest).await;
                    assert!(rest.is_empty(), "nothing is asked of the API server");
                }
            });
        }
    });
    port
}

/// Accepts, writes something, and keeps the connection or closes it.
async fn plain(says: &'static [u8], keeps: bool) -> u16 {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(says).await;
            if keeps {
                kept.push(stream);
            }
        }
    });
    port
}

/// Accepts, and resets at once.
async fn resets() -> u16 {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Closed at once, with what was not sent thrown away (socket(7), SO_LINGER).
            let _ = stream.set_zero_linger();
        }
    });
    port
}

fn at(port: u16) -> ConnectAddress {
    ConnectAddress {
        ip: LOOPBACK,
        port,
        given_by: vec!["local".to_owned()],
    }
}

async fn one(port: u16, authority: Option<&Authority>, patience: Duration) -> Connection {
    let end = Instant::now() + Duration::from_secs(60);
    let mut all = connect(vec![at(port)], authority, patience, end).await;
    all.pop().expect("a connection")
}

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_clusters_own_certificate_verifies_and_no_other_does() {
    let cluster = Cluster::new();
    let authority = cluster.authority();
    let own = tls(cluster.server(HOST, 2999)).await;
    let found = one(own, Some(&authority), LONG).await;
    assert_eq!((found.tcp, found.tls), (Tcp::Connected, Some(Tls::Verified)));
    assert!(found.rtt_ms.is_some());
    let cases = [
        (Cluster::new().server(HOST, 2999), Tls::OtherIssuer),
        (cluster.server("other.example.test", 2999), Tls::OtherName),
        (cluster.server(HOST, 2001), Tls::NotValidNow),
    ];
    for (config, expected) in cases {
        let port = tls(config).await;
        let found = one(port, Some(&authority), LONG).await;
        assert_eq!((found.tcp, found.tls), (Tcp::Connected, Some(expected)));
        assert!(found.reason.is_some_and(|reason| reason.chars().count() <= 200));
    }
    // The name that stands for the host's (tls-server-name).
    let port = tls(cluster.server("other.example.test", 2999)).await;
    let other = Authority::new(&cluster.data(), "other.example.test").expect("an authority");
    assert_eq!(one(port, Some(&other), LONG).await.tls, Some(Tls::Verified));
    // Without an authority there is nothing to verify against.
    let unknown = Authority::unknown(HOST).expect("a name");
    for authority in [None, Some(&unknown)] {
        let found = one(own, authority, LONG).await;
        assert_eq!((found.tcp, found.tls, found.reason), (Tcp::Connected, None, None));
    }
}

#[tokio::test]
async fn what_is_no_api_server_ends() {
    let authority = Cluster::new().authority();
    let page = b"HTTP/1.1 400 Bad Request\r\n\r\n\x1b[31m";
    for (port, patience, expected) in [
        (plain(page, true).await, LONG, Tls::Failed),
        (plain(&[22, 3, 3, 0xff, 0xff], true).await, LONG, Tls::Failed),
        // It closes the connection, or resets it: since what it was sent is not read, or before anything was sent.
        (plain(b"", false).await, LONG, Tls::Interrupted),
        (resets().await, LONG, Tls::Interrupted),
        // Says nothing, ever: it ends with the time that it has.
        (plain(b"", true).await, Duration::from_millis(200), Tls::Interrupted),
        (
            plain(&[22, 3, 3, 0, 80], true).await,
            Duration::from_millis(200),
            Tls::Interrupted,
        ),
    ] {
        // Whether the cluster's authority is known or not.
        for authority in [&authority, &Authority::unknown(HOST).expect("a name")] {
            let found = one(port, Some(authority), patience).await;
            assert_eq!((found.tcp, found.tls), (Tcp::Connected, Some(expected)), "{found:?}");
            assert!(found.reason.is_some());
        }
    }
    let closed = {
        let listener = TcpListener::bind((LOOPBACK, 0)).await.expect("a socket");
        listener.local_addr().expect("an address").port()
    };
    let found = one(closed, Some(&authority), LONG).await;
    assert_eq!((found.tcp, found.tls), (Tcp::Refused, None));
}

#[tokio::test]
async fn the_order_stays_and_the_deadline_holds() {
    let authority = Cluster::new().authority();
    let silent = plain(b"", true).await;
    let ports: Vec<ConnectAddress> = (0..8).map(|_| at(silent)).collect();
    let expected: Vec<u16> = ports.iter().map(|port| port.port).collect();
    // The patience is far longer than the deadline.
    let end = Instant::now() + Duration::from_millis(200);
    let found = connect(ports, Some(&authority), LONG, end).await;
    assert_eq!(found.iter().map(|one| one.port).collect::<Vec<_>>(), expected);
    assert!(found.iter().all(|one| one.tls == Some(Tls::Interrupted)));
}

#[test]
fn what_is_no_authority_says_so() {
    let of = |data: &str| Authority::new(data, HOST).err();
    assert_eq!(of("%%%"), Some(NoAuthority::NotBase64));
    assert_eq!(of(""), Some(NoAuthority::NoCertificate));
    let text =
        base64_simd::STANDARD.encode_to_string(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_eq!(of(&text), Some(NoAuthority::NoCertificate));
    let cluster = Cluster::new();
    assert_eq!(Authority::new(&cluster.data(), "a b").err(), Some(NoAuthority::Name));
    // Folded into lines, as some store it.
    let folded: String = cluster
        .data()
        .chars()
        .enumerate()
        .flat_map(|(at, c)| {
            let end = (at % 64 == 63).then_some('\n');
            std::iter::once(c).chain(end)
        })
        .collect();
    assert!(of(&folded).is_none());
}

#[path = "common/both_transports.rs"]
mod both_transports;
#[path = "common/name_server.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod name_server;

/// The port in TARGET is the one that is connected to, of one target and of many.
#[test]
fn the_port_of_the_target_is_connected_to() {
    let listener = std::net::TcpListener::bind((LOOPBACK, 0)).expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    let server = both_transports::start(|query| {
        let has = |name: &str| name.eq_ignore_ascii_case(&format!("{HOST}.")).then_some([127, 0, 0, 1]);
        Some(name_server::answer(query, has))
    });
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("targets.txt");
    std::fs::write(&list, format!("{HOST}:{port}\n")).expect("a file");
    let list = format!("--targets={}", list.display());
    for target in [format!("https://{HOST}:{port}/version"), list] {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .args(["check", &target, "--no-local", "--no-os", "--no-aws", "--no-controls"])
            .args([
                "--connect",
                "--expect",
                "127.0.0.1",
                "--timeout",
                "500ms",
                "-o",
                "jsonl",
            ])
            .arg(format!("--resolver={server}"))
            .output()
            .expect("a run");
        let text = String::from_utf8_lossy(&output.stdout);
        let report: serde_json::Value = serde_json::from_str(text.lines().next().unwrap_or_default()).expect("JSON");
        assert_eq!(report["connections"][0]["port"], port, "{target}: {text}");
        assert_eq!(report["target"]["port"], port, "{target}");
    }
}
