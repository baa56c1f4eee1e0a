//! One try over TLS (DNS over TLS, RFC 7858): the messages of TCP, inside a session with a server that is known by its
//! certificate. The session itself serves DNS over HTTPS too.
//!
//! Not through a resolver library's DNS over TLS: what failed, and what came back octet by octet, is what a diagnosis
//! is made of, and those fold both into one error.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::attempt::Try;
use super::tcp;
use super::wire::OutgoingQuery;
use crate::dns::AnswerKind;
use crate::observation::{Reason, TlsFault, Transport};
use crate::target::TlsIdentity;
use crate::tls::{self, Fault, Trust, Unusable};

/// The protocol that is offered for DNS over HTTPS (RFC 9113 section 3.1). For DNS over TLS none is: servers that do
/// not know the name "dot" may refuse it.
const H2: &[u8] = b"h2";

/// Whether certificates are verified, and whether HTTP/2 is offered.
type SessionKind = (bool, bool);

/// A configuration, or why there is none.
type MadeConfiguration = Result<Arc<ClientConfig>, TlsFault>;

/// The TLS configurations of a run. Each is made when it is first needed: the platform's authorities are read from
/// files.
#[derive(Debug)]
pub(super) struct Configurations {
    trust: Trust,
    made: Mutex<BTreeMap<SessionKind, MadeConfiguration>>,
}

impl Configurations {
    pub(super) fn new(trust: Trust) -> Self {
        Self {
            trust,
            made: Mutex::default(),
        }
    }

    fn get(&self, verified: bool, http: bool) -> MadeConfiguration {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry((verified, http))
            .or_insert_with(|| {
                let trust = if verified { &self.trust } else { &Trust::Anyone };
                let alpn: &[&[u8]] = if http { &[H2] } else { &[] };
                tls::client(trust, alpn).map(Arc::new).map_err(|error| match error {
                    Unusable::NoRoots(said) => TlsFault::NoRoots { said },
                    Unusable::Library(said) => TlsFault::Unusable { said },
                })
            })
            .clone()
    }
}

/// How a server is asked inside TLS.
#[derive(Debug, Clone)]
pub(super) struct TlsSession {
    configurations: Arc<Configurations>,
    http: bool,
    pub(super) identity: TlsIdentity,
}

impl TlsSession {
    pub(super) fn new(configurations: &Arc<Configurations>, transport: Transport, identity: &TlsIdentity) -> Self {
        Self {
            configurations: Arc::clone(configurations),
            http: transport == Transport::Https,
            identity: identity.clone(),
        }
    }

    /// Connects and shakes hands until `end`.
    pub(super) async fn open(&self, server: SocketAddr, end: Instant) -> Result<TlsStream<TcpStream>, Box<Try>> {
        let stream = tcp::connect(server, end).await?;
        let connected = |failed: Try| {
            Box::new(Try {
                connected: true,
                ..failed
            })
        };
        // The platform's authorities may be many files: others are not to wait for them.
        let (configurations, verified, http) = (Arc::clone(&self.configurations), self.identity.verified, self.http);
        let made = tokio::task::spawn_blocking(move || configurations.get(verified, http));
        let config = match timeout_at(end, made).await {
            Ok(Ok(Ok(config))) => config,
            Ok(Ok(Err(fault))) => return Err(connected(failed(fault))),
            Ok(Err(_)) | Err(_) => {
                return Err(connected(failed(TlsFault::RootsTooLate)));
            }
        };
        let Ok(name) = ServerName::try_from(self.identity.name.clone()) else {
            let name = tls::short(&self.identity.name);
            return Err(connected(failed(TlsFault::ImpossibleName { name })));
        };
        match timeout_at(end, TlsConnector::from(config).connect(name, stream)).await {
            Ok(Ok(session)) => Ok(session),
            Ok(Err(error)) => Err(connected(self.failed(&error))),
            Err(_) => {
                let fault = TlsFault::NoHandshake;
                Err(connected(Try::silent_for(Reason::Tls { fault })))
            }
        }
    }

    /// What an error of the session is.
    pub(super) fn failed(&self, error: &io::Error) -> Try {
        let Some((fault, said)) = tls::fault(error) else {
            return if error.kind() == io::ErrorKind::ConnectionReset {
                failed(TlsFault::Reset)
            } else {
                Try::network(error)
            };
        };
        let name = tls::short(&self.identity.name);
        failed(match fault {
            Fault::OtherIssuer => TlsFault::OtherIssuer,
            Fault::OtherName => TlsFault::OtherName { name, said },
            Fault::NotValidNow => TlsFault::NotValidNow { said },
            Fault::BadCertificate => TlsFault::BadCertificate { said },
            Fault::NoProtocol => TlsFault::NoHttp2,
            Fault::NotTls => TlsFault::NotTls { said },
            Fault::BrokenOff => TlsFault::Closed,
            Fault::Other => TlsFault::Other { said },
        })
    }
}

/// A try that ended without a session.
pub(super) fn failed(fault: TlsFault) -> Try {
    let kind = match &fault {
        TlsFault::NoHttp2 => AnswerKind::Alpn,
        fault if fault.is_of_the_certificate() || fault.is_of_this_host() => AnswerKind::Certificate,
        _ => AnswerKind::Handshake,
    };
    Try::failed(kind, Reason::Tls { fault })
}

/// Connects, shakes hands, sends the query, and reads messages until one belongs to it or `end` has come.
pub(super) async fn attempt(server: SocketAddr, session: &TlsSession, query: &OutgoingQuery, end: Instant) -> Try {
    match session.open(server, end).await {
        Ok(mut stream) => tcp::converse(&mut stream, query, end, |error| session.failed(error)).await,
        Err(failed) => *failed,
    }
}
