//! The endpoint: one request a connection, `GET` or `HEAD`, and one answer. What a client may cost is bounded: octets
//! of its request, time, and connections, of which the oldest ends where there are too many: a scrape takes
//! milliseconds.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Moment, StandingCheck};
use crate::limits;
use crate::render::Style;

/// Where the endpoint listens.
#[derive(Debug)]
pub struct Endpoint(TcpListener);

/// Listens at this address, and at no other.
pub async fn listen(address: SocketAddr) -> io::Result<Endpoint> {
    TcpListener::bind(address).await.map(Endpoint)
}

impl Endpoint {
    /// The address: the port is known where 0 was asked for.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Answers, as long as it is awaited.
    pub async fn answer(self, standing: StandingCheck, style: Style, now: fn() -> Moment) {
        let mut connections = JoinSet::new();
        let mut oldest = VecDeque::new();
        loop {
            let Ok((stream, _)) = self.0.accept().await else {
                // This host has no descriptor left, or the client is gone already.
                sleep(limits::SERVE_PAUSE).await;
                continue;
            };
            while connections.try_join_next().is_some() {}
            oldest.retain(|handle: &tokio::task::AbortHandle| !handle.is_finished());
            if oldest.len() >= limits::SERVE_CONNECTIONS
                && let Some(handle) = oldest.pop_front()
            {
                handle.abort();
            }
            let (standing, style) = (standing.clone(), style.clone());
            oldest.push_back(connections.spawn(async move {
                let answered = one(stream, &standing, &style, now);
                // Nobody is told: the client is gone, or too slow to hear it.
                let _ = timeout(limits::SERVE_CONNECTION, answered).await;
            }));
        }
    }
}

/// One request, and its answer.
async fn one(mut stream: TcpStream, standing: &StandingCheck, style: &Style, now: fn() -> Moment) -> io::Result<()> {
    let response = match timeout(limits::SERVE_REQUEST, read(&mut stream)).await {
        Ok(Ok(request)) => request.answer(standing, style, now()),
        Ok(Err(NoRequest::Gone)) => return Ok(()),
        Ok(Err(NoRequest::Wrong(status))) => Response::text(status),
        Err(_) => Response::text("408 Request Timeout"),
    };
    stream.write_all(response.to_string().as_bytes()).await?;
    stream.shutdown().await?;
    // What the client still sends is read, or its system would throw the answer away.
    let mut rest = [0; 1024];
    for _ in 0..limits::SERVE_REST / rest.len() {
        if stream.read(&mut rest).await? == 0 {
            break;
        }
    }
    Ok(())
}

/// Why there is no request.
enum NoRequest {
    /// The client is gone.
    Gone,
    /// It is wrong, and this is said of it.
    Wrong(&'static str),
}

/// What of a request decides its answer.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    method: String,
    path: String,
    /// Whether the client reads OpenMetrics.
    reads_openmetrics: bool,
}

/// Reads the head of a request. A body is nobody's business.
async fn read(stream: &mut TcpStream) -> Result<Request, NoRequest> {
    let mut octets = Vec::new();
    let mut more = [0; 1024];
    loop {
        let count = stream.read(&mut more).await.map_err(|_| NoRequest::Gone)?;
        if count == 0 {
            return Err(NoRequest::Gone);
        }
        octets.extend_from_slice(&more[..count]);
        if let Some(request) = parse(&octets)? {
            return Ok(request);
        }
        if octets.len() > limits::SERVE_HEAD {
            return Err(NoRequest::Wrong("431 Request Header Fields Too Large"));
        }
    }
}

/// The request; `None` where more of it is to come.
fn parse(octets: &[u8]) -> Result<Option<Request>, NoRequest> {
    let mut headers = [httparse::EMPTY_HEADER; limits::SERVE_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(octets) {
        Ok(httparse::Status::Partial) => return Ok(None),
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(NoRequest::Wrong("431 Request Header Fields Too Large")),
        Err(_) => return Err(NoRequest::Wrong("400 Bad Request")),
    }
    let path = request.path.unwrap_or_default();
    let accepts = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("accept"));
    let reads = |value: &[u8]| String::from_utf8_lossy(value).contains("application/openmetrics-text");
    Ok(Some(Request {
        method: request.method.unwrap_or_default().to_owned(),
        path: path.split('?').next().unwrap_or_default().to_owned(),
        reads_openmetrics: accepts.into_iter().any(|header| reads(header.value)),
    }))
}

/// The content types of what is one text in both formats.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

impl Request {
    fn answer(&self, standing: &StandingCheck, style: &Style, now: Moment) -> Response {
        if !["GET", "HEAD"].contains(&self.method.as_str()) {
            return Response::text("405 Method Not Allowed");
        }
        let response = match self.path.as_str() {
            "/metrics" => match standing.metrics(now, style) {
                Ok(body) => Response {
                    status: "200 OK",
                    kind: if self.reads_openmetrics {
                        OPENMETRICS
                    } else {
                        PROMETHEUS
                    },
                    body,
                    is_head: false,
                },
                Err(_) => Response::text("500 Internal Server Error"),
            },
            "/healthz" => {
                let (status, line) = match standing.health(now) {
                    Ok(line) => ("200 OK", line),
                    Err(line) => ("503 Service Unavailable", line),
                };
                Response {
                    body: format!("{line}\n"),
                    ..Response::text(status)
                }
            }
            "/" => Response {
                body: "eks-dns-doctor serve: /metrics, /healthz\n".to_owned(),
                ..Response::text("200 OK")
            },
            _ => Response::text("404 Not Found"),
        };
        Response {
            is_head: self.method == "HEAD",
            ..response
        }
    }
}

/// An answer.
#[derive(Debug)]
struct Response {
    status: &'static str,
    kind: &'static str,
    body: String,
    is_head: bool,
}

impl Response {
    /// The status, in the head and in the body.
    fn text(status: &'static str) -> Self {
        Self {
            status,
            kind: PLAIN,
            body: format!("{status}\n"),
            is_head: false,
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\nConnection: close\r\n",
            self.status,
            self.kind,
            self.body.len()
        )?;
        if self.status.starts_with("405") {
            f.write_str("Allow: GET, HEAD\r\n")?;
        }
        f.write_str("\r\n")?;
        if self.is_head { Ok(()) } else { f.write_str(&self.body) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    fn answered(request: &str) -> String {
        let standing = StandingCheck::new(Duration::from_secs(60), Duration::from_secs(15));
        let now = Moment {
            instant: Instant::now(),
            time: 1.0,
        };
        match parse(request.as_bytes()) {
            Ok(Some(request)) => request.answer(&standing, &Style::default(), now).to_string(),
            Ok(None) => "more".to_owned(),
            Err(NoRequest::Gone) => "gone".to_owned(),
            Err(NoRequest::Wrong(status)) => status.to_owned(),
        }
    }

    #[test]
    fn what_is_answered() {
        for (request, status) in [
            ("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
            ("GET /metrics?x=1 HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
            ("GET /healthz HTTP/1.1\r\n\r\n", "HTTP/1.1 503 Service Unavailable\r\n"),
            ("GET /../../etc/passwd HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n"),
            ("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed\r\n"),
            ("GET /metrics HTTP/1.1\r\n", "more"),
            ("\u{16}\u{3}\u{1}", "400 Bad Request"),
            ("GET /metrics\r\n\r\n", "400 Bad Request"),
        ] {
            let answered = answered(request);
            assert!(answered.starts_with(status), "{request:?}: {answered}");
        }
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(limits::SERVE_HEADERS + 1));
        assert!(answered(&many).starts_with("431"));
    }

    #[test]
    fn the_type_is_what_the_client_reads_and_a_head_has_no_body() {
        let plain = answered("GET /metrics HTTP/1.1\r\n\r\n");
        assert!(
            plain.contains("Content-Type: text/plain; version=0.0.4") && plain.ends_with("# EOF\n"),
            "{plain}"
        );
        let asked = answered("GET /metrics HTTP/1.1\r\nACCEPT: application/openmetrics-text;version=1.0.0,*/*\r\n\r\n");
        assert!(
            asked.contains("Content-Type: application/openmetrics-text; version=1.0.0"),
            "{asked}"
        );
        let head = answered("HEAD /metrics HTTP/1.1\r\n\r\n");
        assert!(
            head.ends_with("\r\n\r\n") && !head.contains("Content-Length: 0"),
            "{head}"
        );
    }
}
