//! The operating system's own lookup, where it can be abandoned.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::exchange::milliseconds;
use crate::dns::Name;
use crate::limits;
use crate::observation::{SystemCode, SystemFailure, SystemLookup};

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
            if let Some((code, text)) = windows_error(number).filter(|_| cfg!(windows)) {
                return SystemFailure {
                    code,
                    number,
                    text: text.to_owned(),
                };
            }
            SystemFailure {
                code: code(error.kind()),
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

/// What GetAddrInfoW fails with on Windows: WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY and WSANO_DATA of
/// winsock2.h, with the name that ws2tcpip.h has for each beside it, and the text in English, whatever language Windows
/// speaks, since Go asks for the English one too (src/syscall/syscall_windows.go, `Errno.Error`). Microsoft: "Windows
/// Sockets Error Codes", and "getaddrinfo function (ws2tcpip.h)", return value.
fn windows_error(number: i32) -> Option<(SystemCode, &'static str)> {
    Some(match number {
        11001 => (SystemCode::NoName, "No such host is known."),
        11002 => (
            SystemCode::Again,
            "This is usually a temporary error during hostname resolution and means that the local server did not \
             receive a response from an authoritative server.",
        ),
        11003 => (
            SystemCode::Fail,
            "A non-recoverable error occurred during a database lookup.",
        ),
        11004 => (
            SystemCode::NoData,
            "The requested name is valid, but no data of the requested type was found.",
        ),
        _ => return None,
    })
}

/// The C library's sentence, without what wraps it: the words of the library that calls it in front, and the number
/// that Rust puts behind.
fn eai_text(text: &str) -> String {
    let text = text.trim_start_matches("failed to lookup address information: ");
    let text = match text.rsplit_once(" (os error ") {
        Some((said, number)) if number.trim_end_matches(')').parse::<i32>().is_ok() => said,
        _ => text,
    };
    text.chars().take(limits::TEXT_FROM_WIRE).collect()
}

fn code(kind: dns_lookup::LookupErrorKind) -> SystemCode {
    use dns_lookup::LookupErrorKind as Kind;
    match kind {
        Kind::Again => SystemCode::Again,
        Kind::Badflags => SystemCode::BadFlags,
        Kind::NoName => SystemCode::NoName,
        Kind::NoData => SystemCode::NoData,
        Kind::Fail => SystemCode::Fail,
        Kind::Family => SystemCode::Family,
        Kind::Socktype => SystemCode::SockType,
        Kind::Service => SystemCode::Service,
        Kind::Memory => SystemCode::Memory,
        Kind::System => SystemCode::System,
        _ => SystemCode::Unknown,
    }
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
    let failed = |code, text: String| SystemFailure { code, number: 0, text };
    let outcome = match thread {
        Err(error) => Err(failed(
            SystemCode::NotAsked,
            format!("no thread for getaddrinfo: {error}"),
        )),
        Ok(_detached) => match timeout_at(end, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(failed(
                SystemCode::NotAsked,
                "getaddrinfo ended without a result".to_owned(),
            )),
            Err(_) => {
                let seconds = Duration::as_secs_f64(&(end - start));
                Err(failed(
                    SystemCode::Timeout,
                    format!("getaddrinfo had not returned after {seconds:.1} s"),
                ))
            }
        },
    };
    let came_back = !matches!(&outcome, Err(failure) if failure.code == SystemCode::Timeout);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_systems_own() {
        let library = "failed to lookup address information: Name or service not known";
        assert_eq!(eai_text(library), "Name or service not known");
        assert_eq!(
            eai_text("Der Host ist unbekannt. (os error 10050)"),
            "Der Host ist unbekannt."
        );
        assert_eq!(eai_text("said (os error of its own)"), "said (os error of its own)");
    }

    #[test]
    fn windows_numbers_have_their_names() {
        let codes: Vec<SystemCode> = (11_000..11_006)
            .filter_map(windows_error)
            .map(|(code, text)| {
                assert!(text.ends_with('.'), "{text}");
                code
            })
            .collect();
        assert_eq!(
            codes,
            [
                SystemCode::NoName,
                SystemCode::Again,
                SystemCode::Fail,
                SystemCode::NoData
            ]
        );
    }

    #[cfg(windows)]
    #[test]
    fn a_name_that_does_not_exist_has_its_windows_name() {
        #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
        // RFC 6761 section 6.4.
        let failure = GetAddrInfo.lookup(&"no-such.invalid".parse().unwrap()).unwrap_err();
        assert_ne!(failure.code, SystemCode::Unknown, "{failure:?}");
        assert!(!failure.text.contains("os error"), "{failure:?}");
    }
}
