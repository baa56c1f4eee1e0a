//! Connected UDP sockets, and many datagrams with one call where the system has that.
//!
//! Linux sends and receives up to [`limits::BULK_BATCH`] datagrams at once (sendmmsg(2), recvmmsg(2)). Elsewhere, and
//! where a sandbox knows neither, it is one call a datagram.

#![expect(clippy::disallowed_methods, reason = "the bulk engine opens its sockets")]

use std::future::Future as _;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::task::Context;

use socket2::SockRef;
use tokio::io::Interest;

use crate::limits;

/// The datagrams of one call.
pub(super) const BATCH: usize = limits::BULK_BATCH as usize;

/// A socket that is connected to a server: the kernel drops what comes from anywhere else, and hands over what ICMP
/// says of the port.
#[derive(Debug)]
pub(super) struct Connected {
    inner: tokio::net::UdpSocket,
}

impl Connected {
    /// From a port that the kernel chooses at random (RFC 5452 section 9.2).
    pub(super) fn to(server: SocketAddr) -> io::Result<Self> {
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = std::net::UdpSocket::bind(any)?;
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        let inner = tokio::net::UdpSocket::from_std(socket)?;
        Ok(Self { inner })
    }

    /// Whether there may be something to read. Wakes the task once there is.
    pub(super) fn poll_ready(&self, context: &mut Context<'_>) -> Option<WakeReason> {
        let readable = self.inner.poll_recv_ready(context).is_ready();
        // An error alone makes a socket of Linux writable and not readable (epoll_ctl(2): EPOLLERR).
        let mut failed = false;
        if self.inner.poll_send_ready(context).is_ready() {
            failed = pin!(self.inner.ready(Interest::ERROR)).poll(context).is_ready();
            // That it can be written is no news; the next poll waits for some.
            let none: io::Result<()> = self
                .inner
                .try_io(Interest::WRITABLE, || Err(io::ErrorKind::WouldBlock.into()));
            drop(none);
        }
        match (readable, failed) {
            (true, _) => Some(WakeReason::ToRead),
            (false, true) => Some(WakeReason::Failed),
            (false, false) => None,
        }
    }

    /// The error that it has.
    pub(super) fn error(&self) -> Option<io::Error> {
        self.inner.take_error().unwrap_or_else(Some)
    }
}

/// Why a socket is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WakeReason {
    /// Something may have come.
    ToRead,
    /// It has an error.
    Failed,
}

/// Datagrams to send, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    octets: Vec<u8>,
    ends: Vec<usize>,
}

impl Outgoing {
    pub(super) fn clear(&mut self) {
        self.octets.clear();
        self.ends.clear();
    }

    /// Adds one, which `write` puts behind what is there.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.octets);
        self.ends.push(self.octets.len());
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.octets[start..self.ends[index]]
    }
}

/// Where datagrams are received, and how.
pub(super) struct Batch {
    buffer: Vec<u8>,
    lengths: Vec<usize>,
    #[cfg(target_os = "linux")]
    many: Option<many::Headers>,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

impl Batch {
    /// With many datagrams a call where this system has that.
    pub(super) fn new() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            many: Some(many::Headers::new()),
            ..Self::one_by_one()
        }
    }

    /// With one datagram a call.
    pub(super) fn one_by_one() -> Self {
        Self {
            buffer: vec![0; BATCH * limits::BULK_REPLY],
            lengths: Vec::with_capacity(BATCH),
            #[cfg(target_os = "linux")]
            many: None,
        }
    }

    /// Sends as many as go now, without asking the runtime first: it does not know yet that a new socket can be
    /// written.
    /// Returns how many went, and the error with which the next did not.
    pub(super) fn send(&mut self, socket: &Connected, outgoing: &Outgoing) -> (usize, Option<io::Error>) {
        let sent = match self.send_at_once(socket, outgoing) {
            Err(error) => return (0, Some(error)),
            Ok(sent) => sent,
        };
        // What stopped a batch in its middle is lost (sendmmsg(2), "BUGS"). One by one, the next call tells it.
        for index in sent..outgoing.len() {
            if let Err(error) = SockRef::from(&socket.inner).send(outgoing.get(index)) {
                return (index, Some(error));
            }
        }
        (outgoing.len(), None)
    }

    /// Sends as many as one call takes; none where the system has no such call.
    #[cfg(target_os = "linux")]
    fn send_at_once(&mut self, socket: &Connected, outgoing: &Outgoing) -> io::Result<usize> {
        let Some(many) = &mut self.many else {
            return Ok(0);
        };
        match many.send(socket, outgoing) {
            Err(error) if many::is_unknown(&error) => {
                self.many = None;
                Ok(0)
            }
            sent => sent,
        }
    }

    /// None: the system has no call for many.
    #[cfg(not(target_os = "linux"))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "other systems have one that may fail"
    )]
    fn send_at_once(&mut self, _: &Connected, _: &Outgoing) -> io::Result<usize> {
        Ok(0)
    }

    /// Receives what has come, up to a batch. `Ok(0)` where nothing has.
    pub(super) fn receive(&mut self, socket: &Connected) -> io::Result<usize> {
        self.lengths.clear();
        #[cfg(target_os = "linux")]
        if let Some(many) = &mut self.many {
            match many.receive(socket, &mut self.buffer, &mut self.lengths) {
                Err(error) if many::is_unknown(&error) => self.many = None,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(self.lengths.len()),
                Err(error) => return Err(error),
                Ok(()) => return Ok(self.lengths.len()),
            }
        }
        while self.lengths.len() < BATCH {
            let start = self.lengths.len() * limits::BULK_REPLY;
            match socket
                .inner
                .try_recv(&mut self.buffer[start..start + limits::BULK_REPLY])
            {
                Ok(length) => self.lengths.push(length),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // Windows: longer than the buffer (WSAEMSGSIZE); the buffer is full of it.
                Err(error) if cfg!(windows) && error.raw_os_error() == Some(10_040) => {
                    self.lengths.push(limits::BULK_REPLY);
                }
                // What came before it counts; the error is told by the next call if it lasts.
                Err(_) if !self.lengths.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(self.lengths.len())
    }

    /// One of those that were received last.
    pub(super) fn received(&self, index: usize) -> &[u8] {
        let start = index * limits::BULK_REPLY;
        &self.buffer[start..start + self.lengths[index]]
    }
}

#[cfg(target_os = "linux")]
mod many {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::os::fd::AsRawFd;

    use nix::errno::Errno;
    use nix::sys::socket::{ControlMessage, MsgFlags, MultiHeaders, recvmmsg, sendmmsg};

    use super::{BATCH, Connected, Interest, Outgoing, limits};

    /// What the system is told of a batch each way. The sockets are connected, so there are no addresses in it.
    pub(super) struct Headers {
        sending: MultiHeaders<()>,
        receiving: MultiHeaders<()>,
    }

    /// Where the calls are not there: an old kernel, or a sandbox that lets through what it knows.
    pub(super) fn is_unknown(error: &io::Error) -> bool {
        error.raw_os_error() == Some(Errno::ENOSYS as i32)
    }

    impl Headers {
        pub(super) fn new() -> Self {
            Self {
                sending: MultiHeaders::preallocate(BATCH, None),
                receiving: MultiHeaders::preallocate(BATCH, None),
            }
        }

        pub(super) fn send(&mut self, socket: &Connected, outgoing: &Outgoing) -> io::Result<usize> {
            const NO_ADDRESSES: [Option<()>; BATCH] = [None; BATCH];
            const NO_CONTROL: [ControlMessage<'_>; 0] = [];
            let slices: Vec<[IoSlice<'_>; 1]> = (0..outgoing.len().min(BATCH))
                .map(|index| [IoSlice::new(outgoing.get(index))])
                .collect();
            let (descriptor, flags) = (socket.inner.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
            let sent = sendmmsg(descriptor, &mut self.sending, &slices, NO_ADDRESSES, NO_CONTROL, flags)?;
            Ok(sent.count())
        }

        /// Fills the lengths. Fewer than a batch means that there is no more: the error says so, so that the runtime
        /// waits for the next without asking once more.
        pub(super) fn receive(
            &mut self,
            socket: &Connected,
            buffer: &mut [u8],
            lengths: &mut Vec<usize>,
        ) -> io::Result<()> {
            let mut slices: Vec<[IoSliceMut<'_>; 1]> = buffer
                .chunks_exact_mut(limits::BULK_REPLY)
                .map(|chunk| [IoSliceMut::new(chunk)])
                .collect();
            let descriptor = socket.inner.as_raw_fd();
            socket.inner.try_io(Interest::READABLE, || {
                let flags = MsgFlags::MSG_DONTWAIT;
                let received = recvmmsg(descriptor, &mut self.receiving, &mut slices, flags, None)?;
                lengths.extend(received.map(|message| message.bytes));
                if lengths.len() < BATCH {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                Ok(())
            })
        }
    }
}
