//! The prober: puts the plan's questions to the resolvers and returns what came back. The only module that
//! opens sockets.

mod attempt;
mod exchange;
mod https;
mod pace;
mod records;
mod route;
mod run;
mod sockets;
mod standing;
mod system;
mod tcp;
mod tls;
mod udp;
pub(crate) mod wire;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::dns::Reply;
use crate::observation::{Lookup, Question};
use crate::probed::Probed;

pub use pace::Paces;
pub(crate) use pace::SharedPace;
pub use route::{Direct, SocketRoute, leads_to};
pub use run::{Progress, Run, run, watched};
pub use sockets::descriptors;
pub(crate) use sockets::{Shortage, sockets_of_this_process};
pub use standing::{EarlyEnd, Live};
pub use system::{GetAddrInfo, SystemResolver};
pub(crate) use udp::of_a_datagram;

/// Where a run stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// What was observed so far, in the order of the resolvers.
    pub observations: Vec<Probed>,
    /// When each of them said the last it said of the endpoint.
    pub said: Vec<Option<Instant>>,
    /// What nothing came back to yet.
    pub outstanding: Vec<Outstanding>,
}

/// A question that nothing came back to yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outstanding {
    /// The resolver, as an index of what was observed.
    pub resolver: usize,
    /// The question; `None` of the operating system's lookup.
    pub question: Option<Question>,
    /// When the resolver was first sent a question; `None` where it has not been yet.
    pub sent: Option<Instant>,
}

/// The reply to one question over one connection of TCP; `None` where none came until `end`.
pub(crate) async fn over_tcp(server: SocketAddr, query: &wire::OutgoingQuery, end: Instant) -> Option<Reply> {
    tcp::attempt(server, query, end, None).await.reply
}

/// The lookup that a reply amounts to which came so long after the question, and was the only one to its only try.
pub(crate) fn read_reply(question: &Question, reply: Reply, rtt: Duration) -> Lookup {
    exchange::of_reply(question, reply, rtt)
}

/// The lookup that messages amount to, as if they were all that a server sent to the query with this ID, in this
/// order. Nothing is sent: for tests that have the exchange read anything at all.
#[doc(hidden)]
pub fn read_messages<'a>(question: &Question, id: u16, messages: impl IntoIterator<Item = &'a [u8]>) -> Lookup {
    exchange::of_messages(question, id, messages)
}
