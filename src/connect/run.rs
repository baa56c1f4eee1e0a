//! The connections themselves, all at once.

#![expect(clippy::disallowed_methods, reason = "connections to the API server are made here")]

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::ConnectAddress;
use crate::dns::Name;
use crate::limits;
use crate::observation::{Connection, NetworkFailure, Tcp, Tls};
use crate::tls::{self, Fault, Trust};

/// Why the cluster's certificate authority cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAuthority {
    /// It is not base64.
    #[error("certificateAuthority.data is not base64")]
    NotBase64,
    /// It holds no certificate.
    #[error("certificateAuthority.data holds no certificate")]
    NoCertificate,
    /// The name cannot stand in a certificate.
    #[error("the name cannot stand in a certificate")]
    Name,
    /// The TLS library does not take it.
    #[error("the certificate authority cannot be used: {0}")]
    Unusable(String),
}

/// Whose certificates are the cluster's, and the name they are for.
#[derive(Clone)]
pub struct Authority {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    is_known: bool,
}

impl Authority {
    /// Of `certificateAuthority.data` (PEM, in base64), for the endpoint's name or the one that stands for it
    /// (`tls-server-name`). No other authority is trusted: the API server's certificate is of the cluster's own.
    pub fn new(data: &str, name: &str) -> Result<Self, NoAuthority> {
        let data: Vec<u8> = data.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
        let pem = base64_simd::STANDARD
            .decode_to_vec(&data)
            .map_err(|_| NoAuthority::NotBase64)?;
        let mut roots = RootCertStore::empty();
        let certificates = CertificateDer::pem_slice_iter(&pem).take(limits::AUTHORITIES);
        for certificate in certificates.flatten() {
            // One that cannot be used is beside the others of a bundle.
            let _ = roots.add(certificate);
        }
        if roots.is_empty() {
            return Err(NoAuthority::NoCertificate);
        }
        Self::trusting(&Trust::Only(Arc::new(roots)), name, true)
    }

    /// Where none is known: any certificate is taken, and shows nothing but that TLS is spoken there.
    pub fn unknown(name: &str) -> Result<Self, NoAuthority> {
        Self::trusting(&Trust::Anyone, name, false)
    }

    fn trusting(trust: &Trust, name: &str, is_known: bool) -> Result<Self, NoAuthority> {
        let config = tls::client(trust, &[]).map_err(|error| NoAuthority::Unusable(error.to_string()))?;
        let name = name.trim_end_matches('.').to_owned();
        Ok(Self {
            config: Arc::new(config),
            name: ServerName::try_from(name).map_err(|_| NoAuthority::Name)?,
            is_known,
        })
    }

    /// For the endpoint itself.
    pub fn of(data: &str, endpoint: &Name) -> Result<Self, NoAuthority> {
        Self::new(data, &endpoint.to_fqdn())
    }
}

/// Connects to all of them at once; each has until `patience` has passed, or the deadline. The order stays.
pub async fn connect(
    ports: Vec<ConnectAddress>,
    authority: Option<&Authority>,
    patience: Duration,
    deadline: Instant,
) -> Vec<Connection> {
    let mut tasks = JoinSet::new();
    for (index, port) in ports.into_iter().enumerate() {
        let authority = authority.cloned();
        tasks.spawn(async move { (index, one(port, authority, patience, deadline).await) });
    }
    let mut done: Vec<(usize, Connection)> = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        done.extend(joined.ok());
    }
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, connection)| connection).collect()
}

async fn one(port: ConnectAddress, authority: Option<Authority>, patience: Duration, deadline: Instant) -> Connection {
    let start = Instant::now();
    let end = deadline.min(start + patience);
    let mut connection = Connection {
        ip: port.ip,
        port: port.port,
        given_by: port.given_by,
        tcp: Tcp::Connected,
        tls: None,
        reason: None,
        network: None,
        rtt_ms: None,
    };
    let address = SocketAddr::new(port.ip, port.port);
    let stream = match timeout_at(end, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        // The connection was accepted, and reset before this call returned. A moment later the handshake would have
        // seen the reset, so both have one outcome.
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => {
            connection.tls = Some(Tls::Interrupted);
            connection.reason = Some(BROKEN_OFF.to_owned());
            return connection;
        }
        Ok(Err(error)) => {
            connection.tcp = kind(&error);
            connection.network = network(connection.tcp, &error);
            let said = error.to_string();
            // The sentence of the system, without the number that Rust puts behind it.
            connection.reason = said.split(" (os error ").next().map(tls::short);
            return connection;
        }
        Err(_) => {
            connection.tcp = Tcp::Timeout;
            return connection;
        }
    };
    connection.rtt_ms = Some(start.elapsed().as_secs_f64() * 1000.0);
    let Some(authority) = authority else {
        return connection;
    };
    let is_known = authority.is_known;
    let handshake = TlsConnector::from(authority.config).connect(authority.name, stream);
    match timeout_at(end, handshake).await {
        Ok(Ok(_stream)) if !is_known => {}
        // Nothing is asked of the API server: the stream is closed with it.
        Ok(Ok(_stream)) => connection.tls = Some(Tls::Verified),
        Ok(Err(error)) => {
            let (tls, reason) = fault(&error);
            connection.tls = Some(tls);
            connection.reason = Some(reason);
        }
        Err(_) => {
            connection.tls = Some(Tls::Interrupted);
            connection.reason = Some("no more replies".to_owned());
        }
    }
    connection
}

fn kind(error: &io::Error) -> Tcp {
    match error.kind() {
        ErrorKind::ConnectionRefused => Tcp::Refused,
        ErrorKind::TimedOut => Tcp::Timeout,
        _ => Tcp::Unreachable,
    }
}

/// How the network did not let it through; in the system's own words it stands in the reason.
fn network(tcp: Tcp, error: &io::Error) -> Option<NetworkFailure> {
    let failure = Some(NetworkFailure::of(error)).filter(|_| tcp == Tcp::Unreachable);
    failure.filter(|failure| !matches!(failure, NetworkFailure::Other { .. }))
}

/// The same for a connection that is closed and for one that is reset: which of the two this host sees, and at which
/// of its steps, hangs on what it was sending just then.
const BROKEN_OFF: &str = "closed or reset";

/// What the TLS library says is wrong.
fn fault(error: &io::Error) -> (Tls, String) {
    let Some((fault, said)) = tls::fault(error) else {
        let is_broken_off = matches!(
            error.kind(),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
        );
        let said = error.to_string();
        let said = if is_broken_off { BROKEN_OFF } else { &said };
        return (Tls::Interrupted, tls::short(said));
    };
    let tls = match fault {
        Fault::OtherIssuer => Tls::OtherIssuer,
        Fault::OtherName => Tls::OtherName,
        Fault::NotValidNow => Tls::NotValidNow,
        Fault::BadCertificate => Tls::BadCertificate,
        Fault::BrokenOff => Tls::Interrupted,
        Fault::NoProtocol | Fault::NotTls | Fault::Other => Tls::Failed,
    };
    // In our words, where the library's are for programmers.
    let said = match fault {
        Fault::NotTls => "what answers does not speak TLS".to_owned(),
        Fault::BrokenOff => BROKEN_OFF.to_owned(),
        _ => said,
    };
    (tls, said)
}
