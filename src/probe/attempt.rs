//! What one try over one socket comes to: what the transports hand to the exchange.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::UdpSocket;

use super::sockets::Shortage;
use crate::dns::{AnswerKind, Mismatch, Rcode, Reply};
use crate::observation::{NetworkFailure, Reason};

/// What a try heard beside its reply.
#[derive(Debug, Default)]
pub(super) struct HeardBeside {
    /// Replies that did not belong to the question.
    pub(super) mismatched_replies: u32,
    /// What was wrong with the first.
    pub(super) first_mismatch: Option<Mismatch>,
    /// A reply that was only a header.
    pub(super) bare_header: Option<Rcode>,
    /// Who sent a reply to the question, and is not the server.
    pub(super) other_source: Option<SocketAddr>,
}

impl HeardBeside {
    pub(super) fn mismatch(&mut self, mismatch: Mismatch) {
        self.mismatched_replies += 1;
        self.first_mismatch.get_or_insert(mismatch);
    }

    /// What came instead of a reply.
    pub(super) fn summary(&self) -> Option<Reason> {
        let mismatched = self.first_mismatch.as_ref().map(|first| Reason::Mismatched {
            replies: self.mismatched_replies,
            first: first.clone(),
        });
        mismatched.or_else(|| self.bare_header.map(|rcode| Reason::BareHeader { rcode }))
    }

    /// What came before the reply and makes a client fail that takes the first message.
    pub(super) fn before_the_reply(&self) -> Option<Reason> {
        self.first_mismatch.as_ref().map(|first| Reason::BehindMismatched {
            replies: self.mismatched_replies,
            first: first.clone(),
        })
    }
}

/// What became of one try.
#[derive(Debug)]
pub(super) struct Try {
    /// Set where it is not the reply's own kind.
    pub(super) kind: Option<AnswerKind>,
    /// The reason.
    pub(super) reason: Option<Reason>,
    /// The reply that counts.
    pub(super) reply: Option<Reply>,
    /// What else was heard.
    pub(super) heard: HeardBeside,
    /// Over TCP, whether the connection was made.
    pub(super) connected: bool,
    /// This host's address, where the socket was connected.
    pub(super) local: Option<IpAddr>,
    /// The socket, still open: later replies show on it.
    pub(super) socket: Option<UdpSocket>,
    /// What this host lacked, so that nothing was asked.
    pub(super) shortage: Option<Shortage>,
}

impl Try {
    /// A reply came.
    pub(super) fn reply(reply: Reply, socket: Option<UdpSocket>) -> Self {
        Self {
            kind: None,
            reason: None,
            reply: Some(reply),
            heard: HeardBeside::default(),
            connected: false,
            local: None,
            socket,
            shortage: None,
        }
    }

    /// Nothing that belongs to the question came in time.
    pub(super) fn silent(heard: HeardBeside) -> Self {
        // Only replies that did not belong: something answers, but not to us.
        let kind = if heard.mismatched_replies > 0 {
            AnswerKind::Malformed
        } else {
            AnswerKind::Timeout
        };
        Self {
            kind: Some(kind),
            reason: heard.summary(),
            reply: None,
            heard,
            connected: false,
            local: None,
            socket: None,
            shortage: None,
        }
    }

    /// The network said no, or this host itself.
    pub(super) fn network(error: &io::Error) -> Self {
        Self {
            kind: Some(AnswerKind::Unreachable),
            reason: Some(Reason::Network {
                failure: NetworkFailure::of(error),
            }),
            reply: None,
            heard: HeardBeside::default(),
            connected: false,
            local: None,
            socket: None,
            shortage: Shortage::of(error),
        }
    }

    /// Whether there is no route to the server's network.
    pub(super) fn is_without_route(&self) -> bool {
        matches!(
            self.reason,
            Some(Reason::Network {
                failure: NetworkFailure::NoRoute
            })
        )
    }

    /// Nothing came in time, for this reason.
    pub(super) fn silent_for(reason: Reason) -> Self {
        Self {
            reason: Some(reason),
            ..Self::silent(HeardBeside::default())
        }
    }

    /// It ended without a DNS message.
    pub(super) fn failed(kind: AnswerKind, reason: Reason) -> Self {
        Self {
            kind: Some(kind),
            ..Self::silent_for(reason)
        }
    }
}
