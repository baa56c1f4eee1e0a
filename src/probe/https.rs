//! One try over HTTPS (DNS over HTTPS, RFC 8484): a POST over HTTP/2.
//!
//! The status, the type of the content and the octets are read here: each that is wrong is an outcome of its own.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, Uri, header, uri};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::client::TlsStream;

use super::attempt::{HeardBeside, Try};
use super::tls::{TlsSession, failed};
use super::wire::{Decoded, OutgoingQuery};
use crate::dns::AnswerKind;
use crate::limits;
use crate::observation::{HttpFault, Reason, TlsFault};
use crate::tls;

/// The type of a DNS message (RFC 8484 section 6).
const DNS_MESSAGE: &str = "application/dns-message";

/// Connects, shakes hands, posts the query and reads the response until `end` has come.
pub(super) async fn attempt(server: SocketAddr, session: &TlsSession, query: &OutgoingQuery, end: Instant) -> Try {
    let stream = match session.open(server, end).await {
        Ok(stream) => stream,
        Err(failed) => return *failed,
    };
    let said = if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        match request(server, session, query) {
            Ok((request, body)) => match timeout_at(end, post(stream, request, body)).await {
                Ok(Ok(message)) => read(query, &message),
                Ok(Err(failed)) => *failed,
                Err(_) => {
                    let fault = HttpFault::NoResponse;
                    Try::silent_for(Reason::Http { fault })
                }
            },
            Err(said) => without_message(HttpFault::Request {
                said: tls::short(&said),
            }),
        }
    } else {
        failed(TlsFault::NoHttp2)
    };
    Try {
        connected: true,
        ..said
    }
}

/// The reply in a response, which has room for one only.
fn read(query: &OutgoingQuery, message: &[u8]) -> Try {
    let mut heard = HeardBeside::default();
    match query.decode(message) {
        Decoded::Reply(reply) => return Try::reply(reply, None),
        Decoded::HeaderOnly(rcode) => heard.bare_header = Some(rcode),
        Decoded::Mismatch(mismatch) => heard.mismatch(mismatch),
    }
    Try {
        kind: Some(AnswerKind::Malformed),
        ..Try::silent(heard)
    }
}

/// The request, without its body, and the body. The host is the certificate's: an address in brackets where it is IPv6,
/// and the port where it is not HTTPS's own.
fn request(server: SocketAddr, session: &TlsSession, query: &OutgoingQuery) -> Result<(Request<()>, Bytes), String> {
    let octets = query.encode()?;
    let name = &session.identity.name;
    let host = if name.contains(':') {
        format!("[{name}]")
    } else {
        name.clone()
    };
    let authority = match server.port() {
        443 => host,
        port => format!("{host}:{port}"),
    };
    let mut parts = uri::Parts::default();
    parts.scheme = Some(uri::Scheme::HTTPS);
    parts.authority = Some(authority.parse().map_err(|error| format!("{authority:?}: {error}"))?);
    let path = session.identity.path.as_deref().unwrap_or("/");
    parts.path_and_query = Some(path.parse().map_err(|error| format!("{path:?}: {error}"))?);
    let request = Request::builder()
        .method(Method::POST)
        .uri(Uri::from_parts(parts).map_err(|error| error.to_string())?)
        .header(header::CONTENT_TYPE, DNS_MESSAGE)
        .header(header::ACCEPT, DNS_MESSAGE)
        .header(header::CONTENT_LENGTH, octets.len())
        .body(())
        .map_err(|error| error.to_string())?;
    Ok((request, Bytes::from(octets)))
}

/// The body of the response, where it is a DNS message by its status and type.
async fn post(stream: TlsStream<TcpStream>, request: Request<()>, body: Bytes) -> Result<Vec<u8>, Box<Try>> {
    let broken = |error: h2::Error| {
        let said = tls::short(&error.to_string());
        Box::new(without_message(HttpFault::Broken { said }))
    };
    let (sender, connection) = h2::client::Builder::new()
        .enable_push(false)
        .max_header_list_size(limits::HTTP_HEADERS)
        .handshake::<_, Bytes>(stream)
        .await
        .map_err(broken)?;
    let exchange = async {
        let mut sender = sender.ready().await.map_err(broken)?;
        let (response, mut sending) = sender.send_request(request, false).map_err(broken)?;
        sending.send_data(body, true).map_err(broken)?;
        let response = response.await.map_err(broken)?;
        if let Some(fault) = refusal(&response) {
            return Err(Box::new(without_message(fault)));
        }
        let mut body = response.into_body();
        let mut message = Vec::new();
        while let Some(chunk) = body.data().await {
            let chunk = chunk.map_err(broken)?;
            message.extend_from_slice(&chunk);
            if message.len() > limits::DNS_MESSAGE {
                let most = limits::DNS_MESSAGE;
                return Err(Box::new(without_message(HttpFault::TooLong { most })));
            }
            // What was read may be sent again (RFC 9113 section 5.2).
            body.flow_control().release_capacity(chunk.len()).map_err(broken)?;
        }
        Ok(message)
    };
    tokio::select! {
        biased;
        said = exchange => said,
        ended = connection => Err(match ended {
            Err(error) => broken(error),
            Ok(()) => Box::new(without_message(HttpFault::Closed)),
        }),
    }
}

/// A try that ended without a DNS message.
fn without_message(fault: HttpFault) -> Try {
    Try::failed(AnswerKind::HttpError, Reason::Http { fault })
}

/// Why a response holds no DNS message: its status (RFC 8484 section 4.2.1), or its type (section 6).
fn refusal(response: &http::Response<h2::RecvStream>) -> Option<HttpFault> {
    let code = response.status();
    let status = code.as_u16();
    if !code.is_success() {
        let name = code.canonical_reason().unwrap_or("an unknown status").to_owned();
        return Some(HttpFault::Status { status, name });
    }
    let found = response.headers().get(header::CONTENT_TYPE);
    let found = found.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match found {
        Some(text) if essence(&text) == DNS_MESSAGE => None,
        found => Some(HttpFault::Content {
            status,
            found: found.map(|text| tls::short(&text)),
        }),
    }
}
