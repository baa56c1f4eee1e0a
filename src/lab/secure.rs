//! DNS over TLS and DNS over HTTPS on loopback, with certificates of the lab's own (fixtures/lab/tls).

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{Response, header};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::scenario::{Certificate, LabTls, Speaks};
use super::server::{ServerData, serve_stream};
use crate::limits;
use crate::observation::Transport;
use crate::tls::Trust;

/// The authority of the lab's servers.
const AUTHORITY: &str = include_str!("../../fixtures/lab/tls/authority.pem");
/// The key of all their certificates. It guards nothing: the servers are on loopback and play.
const KEY: &str = include_str!("../../fixtures/lab/tls/server.key.pem");

/// Whom a scenario's resolvers are believed by: the lab's own authority.
pub(super) fn trust() -> Result<Trust, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(AUTHORITY)? {
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    Ok(Trust::Only(Arc::new(roots)))
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

impl Certificate {
    fn pem(self) -> &'static str {
        match self {
            Self::Good => include_str!("../../fixtures/lab/tls/good.pem"),
            Self::OtherIssuer => include_str!("../../fixtures/lab/tls/other-issuer.pem"),
            Self::OtherName => include_str!("../../fixtures/lab/tls/other-name.pem"),
            Self::Expired => include_str!("../../fixtures/lab/tls/expired.pem"),
        }
    }
}

/// Opens the port and returns its address.
pub(super) async fn open(server: &Arc<ServerData>, tls: &LabTls, tasks: &mut JoinSet<()>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let acceptor = acceptor(tls).map_err(io::Error::other)?;
    let (server, tls) = (Arc::clone(server), tls.clone());
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let (server, tls, acceptor) = (Arc::clone(&server), tls.clone(), acceptor.clone());
            connections.spawn(async move {
                // A client that hangs up is not the server's trouble.
                let _ = serve(&server, &tls, acceptor, stream).await;
            });
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(address)
}

fn acceptor(tls: &LabTls) -> Result<TlsAcceptor, String> {
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).map_err(|error| error.to_string())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(certificates(tls.certificate.pem())?, key)
        .map_err(|error| error.to_string())?;
    let protocols: &[&[u8]] = match tls.speaks {
        Speaks::Http1 => &[b"http/1.1"],
        Speaks::NoAlpn => &[],
        _ => &[b"h2"],
    };
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve(server: &ServerData, tls: &LabTls, acceptor: TlsAcceptor, mut stream: TcpStream) -> io::Result<()> {
    match tls.speaks {
        Speaks::Closes => {
            // What was not read would make the end a reset.
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await?;
            return Ok(());
        }
        Speaks::Clear => {
            // A server that speaks in the clear reads the handshake as a request, and says what it thinks of it.
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await?;
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .await?;
            return Ok(());
        }
        Speaks::Mute => {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await?;
            return Ok(());
        }
        _ => {}
    }
    let mut session = acceptor.accept(stream).await?;
    if tls.speaks == Speaks::MuteAfterTls {
        let mut rest = Vec::new();
        session.read_to_end(&mut rest).await?;
        return Ok(());
    }
    if session.get_ref().1.alpn_protocol() == Some(b"h2") {
        serve_http(server, tls, session).await.map_err(io::Error::other)
    } else {
        serve_stream(server, session, Transport::Tls).await.map(|_| ())
    }
}

async fn serve_http(server: &ServerData, tls: &LabTls, session: TlsStream<TcpStream>) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(session).await?;
    while let Some(accepted) = connection.accept().await {
        let (request, mut respond) = accepted?;
        let mut body = request.into_body();
        let mut asked = BytesMut::new();
        while let Some(chunk) = body.data().await {
            asked.extend_from_slice(&chunk?);
            if asked.len() > limits::DNS_MESSAGE {
                return Ok(());
            }
        }
        let Some(reaction) = server.react(&asked, Transport::Https) else {
            // Silence: the stream stays open for as long as the client does.
            std::future::pending::<()>().await;
            return Ok(());
        };
        tokio::time::sleep(reaction.delay).await;
        let Some(message) = reaction.messages.into_iter().next() else {
            respond.send_reset(h2::Reason::INTERNAL_ERROR);
            continue;
        };
        let content_type = tls.content_type.as_deref().unwrap_or("application/dns-message");
        let mut response = Response::new(());
        *response.status_mut() = tls.status.and_then(|status| status.try_into().ok()).unwrap_or_default();
        if let Ok(value) = content_type.parse() {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        respond
            .send_response(response, false)?
            .send_data(Bytes::from(message), true)?;
    }
    Ok(())
}
