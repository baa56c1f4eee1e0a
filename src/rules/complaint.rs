//! What a rule says of itself to `explain`: which complaints its condition may be behind, and what it is about.

use super::{RULES, Rule};

/// What a client, a server or a person says that happened, as far as rules tell it apart. A rule names those that its
/// condition may be behind, each with its rank among all rules: the likelier first, in steps of ten, so that another
/// rule fits in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Complaint {
    /// The name does not exist, or has no address.
    Denial,
    /// SERVFAIL, or an error that is not told further.
    Failure,
    /// A name server got nothing, or an error, from the one that it forwards to.
    Forward,
    /// The one that a name server forwards to could not be reached: its port is closed, or there is no route.
    ForwardNotReached,
    /// REFUSED.
    Refused,
    /// No reply came within the window.
    Silence,
    /// The name server's port is closed.
    PortClosed,
    /// A truncated reply, and TCP did not bring the rest.
    Truncated,
    /// The question could not be sent: no route, or this host does not let it out.
    NotSent,
    /// There is no name server to ask for the name.
    NoServer,
    /// DNSSEC validation failed.
    Bogus,
    /// The reply cannot be decoded.
    Unreadable,
    /// A referral in the place of an answer.
    Referral,
    /// A question came back to the server that forwarded it.
    Loop,
    /// A name server took private addresses out of the answer.
    Rebind,
    /// A policy of a name server blocked the name.
    Blocked,
    /// A zone of the name server itself answered.
    OwnZone,
    /// DNS Firewall blocked the name.
    FirewallBlocked,
    /// EDNS failed.
    Edns,
    /// A session inside TLS to a name server failed.
    Encrypted,
    /// An address that leads nowhere.
    Sinkhole,
    /// The client's own time ran out, perhaps during the lookup.
    Deadline,
    /// A request was sent, and no usable reply came.
    NoReply,
    /// The TLS handshake did not end in time.
    HandshakeTimeout,
    /// The TLS handshake failed, or the certificate is not the cluster's.
    Certificate,
    /// kubectl's sentence for any refused connection.
    KubectlRefused,
    /// A proxy was not found, or did not connect.
    Proxy,
    /// The lookup gave an address, and the connection to it failed.
    Connection,
    /// The server is an address, and the connection to it failed.
    Address,
    /// AWS has no cluster of the name.
    ClusterNotFound,
    /// AWS denied a read.
    AccessDenied,
    /// The AWS API could not be reached.
    AwsApi,
    /// No error: a host's resolver configuration.
    HostConfiguration,
}

/// What a rule is about, where a name is told to be something else than an endpoint's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplaintAbout {
    /// Any name that is looked up.
    AnyName,
    /// Clusters, their endpoints, and the private zones of those.
    Endpoint,
    /// A name that is no endpoint's, or none any more.
    NoSuchEndpoint,
}

impl Complaint {
    /// The rules that may be behind it, the likelier first: for a host whose place is not known.
    pub fn rules(self) -> Vec<&'static Rule> {
        let rank = |rule: &&'static Rule| {
            let of = rule.complaints.iter().find(|(complaint, _)| *complaint == self);
            of.map(|(_, rank)| (*rank, *rule))
        };
        let mut ranked: Vec<(u16, &'static Rule)> = RULES.iter().filter_map(rank).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, rule)| rule).collect()
    }
}
