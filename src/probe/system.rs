//! The operating system's own look-up, where it can be abandoned.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::exchange::milliseconds;
use crate::dns::Name;
use crate::limits;
use crate::observation::{SystemFailure, SystemLookup};

/// What applications on this host get: getaddrinfo, through nsswitch, hosts file and search list.
pub trait SystemResolver: Send + Sync {
    /// Looks the name up, for as long as it takes.
    fn lookup(&self, name: &Name) -> Result<Vec<IpAddr>, SystemFailure>;
}

/// The C library's getaddrinfo.
#[derive(Debug, Clone, Copy, Default)]
pub struct GetAddrInfo;

impl SystemResolver for GetAddrInfo {
    fn lookup(&self, name: &Name) -> Result<Vec<IpAddr>, SystemFailure> {
        let hints = dns_lookup::AddrInfoHints {
            socktype: dns_lookup::SockType::Stream.into(),
            ..dns_lookup::AddrInfoHints::default()
        };
        let entries = dns_lookup::getaddrinfo(Some(&name.to_string()), None, Some(hints)).map_err(|error| {
            let number = error.error_num();
            SystemFailure {
                code: code_name(error.kind()).to_owned(),
                number,
                text: eai_text(&std::io::Error::from(error).to_string()),
            }
        })?;
        let mut addresses = Vec::new();
        for entry in entries.flatten() {
            let ip = entry.sockaddr.ip();
            if !addresses.contains(&ip) && addresses.len() < limits::RECORDS_PER_REPLY {
                addresses.push(ip);
            }
        }
        Ok(addresses)
    }
}

/// The C library's sentence, without what wraps it.
fn eai_text(text: &str) -> String {
    let text = text.trim_start_matches("failed to lookup address information: ");
    text.chars().take(limits::TEXT_FROM_WIRE).collect()
}

/// The names of RFC 3493 section 6.1, and glibc's EAI_NODATA.
fn code_name(kind: dns_lookup::LookupErrorKind) -> &'static str {
    use dns_lookup::LookupErrorKind as Kind;
    match kind {
        Kind::Again => "EAI_AGAIN",
        Kind::Badflags => "EAI_BADFLAGS",
        Kind::NoName => "EAI_NONAME",
        Kind::NoData => "EAI_NODATA",
        Kind::Fail => "EAI_FAIL",
        Kind::Family => "EAI_FAMILY",
        Kind::Socktype => "EAI_SOCKTYPE",
        Kind::Service => "EAI_SERVICE",
        Kind::Memory => "EAI_MEMORY",
        Kind::System => "EAI_SYSTEM",
        _ => "EAI_UNKNOWN",
    }
}

/// The code of a failure of this host, rather than of getaddrinfo.
const NOT_ASKED: &str = "thread";

/// Whether getaddrinfo was not asked, for want of a thread.
pub(super) fn was_not_asked(lookup: &SystemLookup) -> bool {
    let failure = lookup.failure.as_ref();
    failure.is_some_and(|failure| failure.code == NOT_ASKED)
}

/// Looks the name up on a thread of its own that is never waited for beyond `end` or
/// [`limits::SYSTEM_LOOKUP`]: glibc can hang for minutes on TCP, and must not hold the process at its exit.
pub(super) async fn lookup(resolver: Arc<dyn SystemResolver>, name: Name, deadline: Instant) -> SystemLookup {
    let start = Instant::now();
    let end = (start + limits::SYSTEM_LOOKUP).min(deadline);
    let (answered, answer) = oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("getaddrinfo".to_owned())
        .spawn(move || {
            // Nobody waits any more where the window has ended.
            let _ = answered.send(resolver.lookup(&name));
        });
    let failed = |code: &str, text: String| SystemFailure {
        code: code.to_owned(),
        number: 0,
        text,
    };
    let outcome = match thread {
        Err(error) => Err(failed(NOT_ASKED, format!("no thread for getaddrinfo: {error}"))),
        Ok(_detached) => match timeout_at(end, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(failed("thread", "getaddrinfo ended without a result".to_owned())),
            Err(_) => {
                let seconds = Duration::as_secs_f64(&(end - start));
                Err(failed(
                    "timeout",
                    format!("getaddrinfo had not returned after {seconds:.1} s"),
                ))
            }
        },
    };
    let came_back = !matches!(&outcome, Err(failure) if failure.code == "timeout");
    let (addresses, failure) = match outcome {
        Ok(addresses) => (addresses, None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    SystemLookup {
        addresses,
        failure,
        rtt_ms: came_back.then(|| milliseconds(start.elapsed())),
    }
}
