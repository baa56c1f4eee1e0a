//! How many sockets may be open at a time.
//!
//! Every socket is a file descriptor, and macOS gives a process 256 of them, most of Linux 1,024. A run with
//! many samples wants more, and a try that gets none would look like a resolver that cannot be reached.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::limits;

/// Descriptors that are left to everything else: standard streams, the runtime, getaddrinfo, the lab's servers.
const RESERVED: usize = 64;

/// What this host lacked for a socket: nothing that a server, or the way to it, could be blamed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shortage {
    /// File descriptors, buffers, memory, or ports to bind.
    Means,
    /// An address or a port to connect from.
    Source,
}

impl Shortage {
    /// What the error says of this host; `None` where it is about something else.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        match error.kind() {
            io::ErrorKind::AddrInUse | io::ErrorKind::OutOfMemory => Some(Self::Means),
            io::ErrorKind::AddrNotAvailable => Some(Self::Source),
            _ => is_out_of_means(error).then_some(Self::Means),
        }
    }

    /// Whether it can be nothing but a shortage. A host without IPv6 has no address to ask a server of IPv6 from, and
    /// that is a matter of the way there (connect(2): EADDRNOTAVAIL).
    pub(crate) fn is_certain(self, server: SocketAddr) -> bool {
        self == Self::Means || server.is_ipv4()
    }
}

#[cfg(unix)]
fn is_out_of_means(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let means = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    Errno::from_io_error(error).is_some_and(|errno| means.contains(&errno))
}

/// Windows Sockets Error Codes: WSAEMFILE and WSAENOBUFS.
#[cfg(not(unix))]
fn is_out_of_means(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(10_024 | 10_055))
}

/// Makes sure that [`limits::DESCRIPTORS`] file descriptors can be had, as far as this host's limits go.
pub fn descriptors() -> io::Result<()> {
    raised_limit();
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        let any = io::stdin();
        let opened: io::Result<Vec<_>> = (0..limits::DESCRIPTORS)
            .map(|_| any.as_fd().try_clone_to_owned())
            .collect();
        opened?;
    }
    Ok(())
}

/// How many sockets this process may have open at a time, once its soft limit is raised.
pub(crate) fn sockets_of_this_process() -> usize {
    raised_limit()
        .saturating_sub(RESERVED)
        .clamp(limits::SOCKETS.start, limits::SOCKETS.end)
}

/// The sockets that the questions of a run share.
#[derive(Debug, Clone)]
pub(super) struct Sockets {
    free: Arc<Semaphore>,
    /// How many more may stay open beside them, for late replies.
    pub(super) lingering: usize,
}

impl Sockets {
    /// As many as this process may open: its soft limit is raised first, as Go programs do at their start.
    pub(super) fn of_this_process() -> Self {
        Self::within(raised_limit())
    }

    /// Three quarters for the questions, a quarter for late replies.
    fn within(descriptors: usize) -> Self {
        let sockets = descriptors
            .saturating_sub(RESERVED)
            .clamp(limits::SOCKETS.start, limits::SOCKETS.end);
        Self {
            free: Arc::new(Semaphore::new(sockets / 4 * 3)),
            lingering: sockets / 4,
        }
    }

    /// Waits until a question that is sent `attempts` times can be asked: beside those, a try without EDNS
    /// and one over TCP may be open. `None` where the deadline comes first.
    pub(super) async fn reserve(&self, attempts: u32, deadline: Instant) -> Option<OwnedSemaphorePermit> {
        let wanted = attempts.saturating_add(2);
        let reserved = timeout_at(deadline, Arc::clone(&self.free).acquire_many_owned(wanted));
        let permit = reserved.await.ok()?.ok()?;
        (Instant::now() < deadline).then_some(permit)
    }
}

#[cfg(unix)]
fn raised_limit() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let wanted = (limits::SOCKETS.end + RESERVED) as u64;
    let soft = limit.current.unwrap_or(u64::MAX);
    let mut raised = limit;
    raised.current = Some(wanted.min(limit.maximum.unwrap_or(u64::MAX)));
    // Where it cannot be raised, what there is has to do.
    if soft < wanted && setrlimit(Resource::Nofile, raised).is_err() {
        return usize::try_from(soft).unwrap_or(usize::MAX);
    }
    usize::try_from(soft.max(raised.current.unwrap_or_default())).unwrap_or(usize::MAX)
}

/// Windows has no such limit on sockets.
#[cfg(not(unix))]
fn raised_limit() -> usize {
    usize::MAX
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::time::Duration;

    use super::*;

    #[test]
    fn some_sockets_whatever_the_limit() {
        for (descriptors, free, lingering) in [(0, 24, 8), (256, 144, 48), (1024, 720, 240), (usize::MAX, 3072, 1024)] {
            let sockets = Sockets::within(descriptors);
            assert_eq!(sockets.free.available_permits(), free, "{descriptors}");
            assert_eq!(sockets.lingering, lingering, "{descriptors}");
        }
        // The largest question fits into the smallest share.
        const { assert!(limits::ATTEMPTS + 2 <= 24) }
    }

    #[test]
    fn what_this_host_lacks_is_no_fault_of_a_server() {
        let of = |kind: io::ErrorKind| Shortage::of(&kind.into());
        let v4: SocketAddr = "127.0.0.1:53".parse().unwrap();
        let v6: SocketAddr = "[::1]:53".parse().unwrap();
        assert!(of(io::ErrorKind::AddrInUse).unwrap().is_certain(v6));
        assert!(of(io::ErrorKind::AddrNotAvailable).unwrap().is_certain(v4));
        assert!(!of(io::ErrorKind::AddrNotAvailable).unwrap().is_certain(v6));
        for kind in [
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::NetworkUnreachable,
            io::ErrorKind::HostUnreachable,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::TimedOut,
        ] {
            assert_eq!(of(kind), None, "{kind}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn descriptors_buffers_and_memory_may_run_out() {
        use rustix::io::Errno;
        for errno in [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM] {
            let error = io::Error::from(errno);
            assert_eq!(Shortage::of(&error), Some(Shortage::Means), "{error}");
        }
        for errno in [Errno::ACCESS, Errno::PERM, Errno::CONNREFUSED, Errno::NETUNREACH] {
            assert_eq!(Shortage::of(&io::Error::from(errno)), None);
        }
        assert!(descriptors().is_ok(), "a test has as many");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_question_waits_for_sockets_and_not_beyond_the_deadline() {
        let sockets = Sockets::within(0);
        let deadline = Instant::now() + Duration::from_millis(20);
        let all = sockets.reserve(22, deadline).await.unwrap();
        assert!(sockets.reserve(2, deadline).await.is_none());
        drop(all);
        assert!(sockets.reserve(2, deadline).await.is_none());
        let later = Instant::now() + Duration::from_secs(5);
        assert!(sockets.reserve(2, later).await.is_some());
    }
}
