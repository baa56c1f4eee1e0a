//! What a message says that happened, the layer it happened in, and the findings that belong to it.

use super::after_lookup::AfterLookup;
use super::layer::Layer;
use crate::rules::Complaint;

/// What a message says that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symptom {
    /// No address: the name was denied, or it was said to have none; the message does not tell which.
    NoAddress,
    /// NXDOMAIN.
    NxDomain,
    /// glibc's lookup ended without the name (EAI_NONAME): it was denied, or no name server was asked.
    NoName,
    /// NXDOMAIN for a name that the message does not hold, and systemd-resolved asks again with less of EDNS.
    Doubted,
    /// NODATA.
    NoData,
    /// SERVFAIL, REFUSED or another RCODE; the message does not tell which.
    Misbehaving,
    /// FORMERR, NOTIMP or BADVERS: the question itself was not understood.
    NotUnderstood,
    /// SERVFAIL.
    ServFail,
    /// REFUSED.
    Refused,
    /// SERVFAIL, REFUSED, silence or a closed port; the message does not tell which.
    TryAgain,
    /// No name server could be contacted, as far as c-ares tells.
    NotContacted,
    /// No reply within the window.
    Silence,
    /// No reply was read: silence, a closed port or no route; the message does not tell which.
    Unanswered,
    /// The name server's port is closed.
    PortClosed,
    /// The reply was truncated, and TCP did not bring the rest.
    Truncated,
    /// No route to the name server.
    NoRoute,
    /// This host does not let the question out.
    NotLetOut,
    /// There is no name server to ask for the name.
    NoServer,
    /// The validation of DNSSEC failed.
    Bogus,
    /// The reply cannot be decoded.
    Unreadable,
    /// A referral.
    Referral,
    /// The lookup failed; the message does not tell how.
    Unknown,
    /// The lookup failed with an error that is none of DNS's own.
    OtherError,
    /// The program had no socket left to ask a name server with.
    NoSocket,
    /// And none to connect with.
    NoSocketToConnect,
    /// There was no address of the family that the client was told to use, and perhaps none at all.
    NoSuitable,
    /// The time ran out while the lookup was under way.
    LookUpDeadline,
    /// The program gave the lookup up before it ended.
    LookUpGivenUp,
    /// A name server asked the one that it forwards to, and got nothing that it could use; or it is not told what.
    Forward,
    /// The one that it forwards to answered REFUSED.
    ForwardRefused,
    /// The one that it forwards to answered with another error.
    ForwardFailed,
    /// The one that it forwards to answered, and the reply was not taken.
    ForwardUnusable,
    /// The port of the one that it forwards to is closed, or the connection to it was reset.
    ForwardClosed,
    /// It has no route to the one that it forwards to.
    ForwardNoRoute,
    /// The one that it forwards to is given by its name, and that name was not found.
    ForwardNoName,
    /// A name server found that its question comes back to it.
    Loop,
    /// A name server took private addresses out of the answer.
    Rebind,
    /// A name server blocked the name by a policy.
    Blocked,
    /// A zone of the name server's own answered.
    OwnZone,
    /// A DNS Firewall rule blocked the name.
    FirewallBlocked,
    /// The name server's EDNS failed.
    Edns,
    /// A session inside TLS to a name server failed.
    Encrypted,
    /// An answer that leads nowhere.
    Sinkhole,
    /// An alias where an endpoint's name has addresses.
    Aliased,
    /// What failed came behind the lookup of a name, or the time ran out.
    AfterLookup(AfterLookup),
    /// The client's own deadline came before the lookup gave an address and TCP connected to it.
    NoDialInTime,
    /// kubectl's sentence for anything with "connection refused" in it.
    KubectlRefused,
    /// The proxy is given in a form that the client cannot use.
    BadProxy,
    /// The name of the proxy was not found.
    Proxy,
    /// The connection to the proxy failed.
    ProxyConnection,
    /// The proxy, or what stands in its place, would not connect.
    ProxyAnswer,
    /// The other end of a tunnel did not reach the endpoint; the message does not tell whether it found the name.
    TunnelFailed,
    /// The other end of a tunnel makes no connection, or is not there.
    TunnelRefused,
    /// A web page came in the place of the API server's reply.
    WebPage,
    /// The lookup gave an address, and the connection to it failed.
    Connection,
    /// The connection to something that is no EKS endpoint failed.
    ConnectionElsewhere,
    /// The server is an address, and the connection to it failed.
    Address,
    /// The server is an address of a family that the client was told not to use.
    OtherFamily,
    /// The same, where the server is an address and no name was looked up.
    AtAddress(AfterLookup),
    /// The API server was reached, and what it asked in turn failed.
    ApiServer,
    /// The API server was reached, and did not take the credentials.
    NotLetIn,
    /// There were no credentials to send: their program failed on this host, and nothing was connected to.
    Credentials,
    /// No cluster is configured.
    NoCluster,
    /// The client's server is no URL that it can use.
    BadServer,
    /// The port is given by a name that is none of a service.
    BadPort,
    /// The client ends at the kubeconfig: the file cannot be read, or an entry of it is not taken.
    RefusedKubeconfig,
    /// AWS has no cluster of the name.
    ClusterNotFound,
    /// AWS denied a read.
    AccessDenied,
    /// The AWS CLI or an SDK could not reach the AWS API.
    AwsApi,
    /// The AWS CLI or an SDK had an address of the AWS API, and the connection to it did not come about in time.
    AwsApiTimeout,
    /// No error: a host's resolver configuration.
    Configuration,
    /// No error: a reply with NOERROR, and it is not told whether an address was in it.
    Answered,
    /// The name with a search domain behind it has an address.
    AnsweredForSearch,
    /// No error: a public name server denies a name that a network's own has, with private addresses.
    DeniedInPublic,
    /// Perhaps no error: a public name server gave nothing that was printed, for a name that a network's own has, with
    /// private addresses.
    EmptyInPublic,
    /// No error: a name server gives an endpoint's public addresses, and another its private ones.
    PublicView,
    /// No error: the denial of the name with a search domain behind it.
    Searched,
    /// No error yet: a name server passed over one of those that it could ask, and goes on to the others.
    PassedOver,
    /// No error, and no answer that counts: another type than A was asked for.
    OtherType,
    /// No error: an answer with an address.
    Healthy,
}

impl Symptom {
    /// The same of a server that is an address, where it says of a lookup what an address has none of.
    pub(super) fn at_address(self) -> Self {
        match self {
            Self::AfterLookup(what) => Self::AtAddress(what),
            other => other,
        }
    }

    /// Every one.
    pub const ALL: &[Self] = &[
        Self::NoAddress,
        Self::NxDomain,
        Self::NoName,
        Self::Doubted,
        Self::NoData,
        Self::Misbehaving,
        Self::NotUnderstood,
        Self::ServFail,
        Self::Refused,
        Self::TryAgain,
        Self::NotContacted,
        Self::Silence,
        Self::Unanswered,
        Self::PortClosed,
        Self::Truncated,
        Self::NoRoute,
        Self::NotLetOut,
        Self::NoServer,
        Self::Bogus,
        Self::Unreadable,
        Self::Referral,
        Self::Unknown,
        Self::OtherError,
        Self::NoSocket,
        Self::NoSocketToConnect,
        Self::NoSuitable,
        Self::LookUpDeadline,
        Self::LookUpGivenUp,
        Self::Forward,
        Self::ForwardRefused,
        Self::ForwardFailed,
        Self::ForwardUnusable,
        Self::ForwardClosed,
        Self::ForwardNoRoute,
        Self::ForwardNoName,
        Self::Loop,
        Self::Rebind,
        Self::Blocked,
        Self::OwnZone,
        Self::FirewallBlocked,
        Self::Edns,
        Self::Encrypted,
        Self::Sinkhole,
        Self::Aliased,
        Self::AfterLookup(AfterLookup::Deadline),
        Self::AfterLookup(AfterLookup::NoConnectionInTime),
        Self::NoDialInTime,
        Self::AfterLookup(AfterLookup::Stalled),
        Self::AfterLookup(AfterLookup::Reset),
        Self::AfterLookup(AfterLookup::ClosedThere),
        Self::AfterLookup(AfterLookup::ClosedHere),
        Self::AfterLookup(AfterLookup::NoReplyInTime),
        Self::AfterLookup(AfterLookup::Http),
        Self::AfterLookup(AfterLookup::HandshakeTimeout),
        Self::AfterLookup(AfterLookup::Handshake),
        Self::AfterLookup(AfterLookup::NotTls),
        Self::AfterLookup(AfterLookup::HandshakeEnded),
        Self::AfterLookup(AfterLookup::Certificate),
        Self::AfterLookup(AfterLookup::CertificateTime),
        Self::KubectlRefused,
        Self::BadProxy,
        Self::Proxy,
        Self::ProxyConnection,
        Self::ProxyAnswer,
        Self::TunnelFailed,
        Self::TunnelRefused,
        Self::WebPage,
        Self::Connection,
        Self::ConnectionElsewhere,
        Self::Address,
        Self::OtherFamily,
        Self::AtAddress(AfterLookup::Deadline),
        Self::AtAddress(AfterLookup::NoConnectionInTime),
        Self::AtAddress(AfterLookup::Stalled),
        Self::AtAddress(AfterLookup::Reset),
        Self::AtAddress(AfterLookup::ClosedThere),
        Self::AtAddress(AfterLookup::ClosedHere),
        Self::AtAddress(AfterLookup::NoReplyInTime),
        Self::AtAddress(AfterLookup::Http),
        Self::AtAddress(AfterLookup::HandshakeTimeout),
        Self::AtAddress(AfterLookup::Handshake),
        Self::AtAddress(AfterLookup::NotTls),
        Self::AtAddress(AfterLookup::HandshakeEnded),
        Self::AtAddress(AfterLookup::Certificate),
        Self::AtAddress(AfterLookup::CertificateTime),
        Self::ApiServer,
        Self::NotLetIn,
        Self::Credentials,
        Self::NoCluster,
        Self::BadServer,
        Self::BadPort,
        Self::RefusedKubeconfig,
        Self::ClusterNotFound,
        Self::AccessDenied,
        Self::AwsApi,
        Self::AwsApiTimeout,
        Self::Configuration,
        Self::Answered,
        Self::AnsweredForSearch,
        Self::DeniedInPublic,
        Self::EmptyInPublic,
        Self::PublicView,
        Self::Searched,
        Self::PassedOver,
        Self::OtherType,
        Self::Healthy,
    ];

    /// The layer that failed.
    pub fn layer(self) -> Layer {
        match self {
            Self::AfterLookup(what) | Self::AtAddress(what) => what.layer(),
            Self::NoDialInTime | Self::AwsApi | Self::AccessDenied | Self::EmptyInPublic => Layer::Unknown,
            Self::KubectlRefused
            | Self::Connection
            | Self::NoSocketToConnect
            | Self::ConnectionElsewhere
            | Self::Address
            | Self::OtherFamily
            | Self::AwsApiTimeout => Layer::Tcp,
            Self::BadProxy
            | Self::Proxy
            | Self::ProxyConnection
            | Self::ProxyAnswer
            | Self::TunnelFailed
            | Self::TunnelRefused
            | Self::WebPage => Layer::Proxy,
            Self::ApiServer | Self::NotLetIn => Layer::ApiServer,
            Self::NoCluster
            | Self::BadServer
            | Self::BadPort
            | Self::RefusedKubeconfig
            | Self::ClusterNotFound
            | Self::Credentials => Layer::Configuration,
            Self::Configuration
            | Self::Answered
            | Self::DeniedInPublic
            | Self::PublicView
            | Self::Searched
            | Self::PassedOver
            | Self::OtherType
            | Self::Healthy => Layer::None,
            _ => Layer::Dns,
        }
    }

    /// The layers that it may have failed in, the first that is passed first, where the message leaves several open.
    pub fn possible_layers(self) -> &'static [Layer] {
        match self {
            Self::AfterLookup(what) => what.possible_layers(),
            Self::AtAddress(what) => what.possible_layers_at_address(),
            Self::NoDialInTime | Self::KubectlRefused => &[Layer::Dns, Layer::Tcp],
            _ => &[],
        }
    }

    /// Whether the lookup of the name in the message is what failed.
    pub fn is_dns(self) -> bool {
        self.layer() == Layer::Dns
    }

    /// Whether it is what a name server says of the one that it forwards to.
    pub(super) fn is_of_forward(self) -> bool {
        matches!(
            self,
            Self::Forward
                | Self::ForwardRefused
                | Self::ForwardFailed
                | Self::ForwardUnusable
                | Self::ForwardClosed
                | Self::ForwardNoRoute
                | Self::ForwardNoName
        )
    }

    /// Whether nothing failed.
    pub(super) fn is_no_failure(self) -> bool {
        matches!(
            self,
            Self::Answered
                | Self::DeniedInPublic
                | Self::EmptyInPublic
                | Self::PublicView
                | Self::Searched
                | Self::PassedOver
                | Self::OtherType
                | Self::Healthy
        )
    }

    /// Whether a name server's reply is told that is in order.
    pub(super) fn is_of_a_reply(self) -> bool {
        matches!(self, Self::Healthy | Self::OtherType)
    }

    /// Whether it says, or may say, that the name has no address.
    pub fn is_denial(self) -> bool {
        matches!(
            self,
            Self::NoAddress | Self::NxDomain | Self::NoName | Self::NoData | Self::Unknown
        )
    }

    /// Whether TLS failed before the other side showed a certificate.
    pub(super) fn is_without_certificate(self) -> bool {
        matches!(
            self,
            Self::AfterLookup(AfterLookup::NotTls | AfterLookup::HandshakeEnded)
                | Self::AtAddress(AfterLookup::NotTls | AfterLookup::HandshakeEnded)
        )
    }

    /// Whether a connection to the addresses tells more.
    pub fn asks_for_a_connection(self) -> bool {
        matches!(
            self,
            Self::AfterLookup(_)
                | Self::NoDialInTime
                | Self::WebPage
                | Self::KubectlRefused
                | Self::Connection
                | Self::ConnectionElsewhere
                | Self::Address
                | Self::AtAddress(_)
        )
    }

    /// What the rules know it as; `None` where no rule is behind it.
    pub(super) fn complaint(self) -> Option<Complaint> {
        Some(match self {
            Self::NoAddress | Self::Unknown | Self::NxDomain | Self::NoName | Self::NoData => Complaint::Denial,
            Self::Misbehaving | Self::ServFail | Self::TryAgain | Self::ForwardFailed => Complaint::Failure,
            Self::Forward => Complaint::Forward,
            Self::ForwardClosed | Self::ForwardNoRoute | Self::ForwardNoName => Complaint::ForwardNotReached,
            Self::Refused | Self::ForwardRefused => Complaint::Refused,
            Self::Silence | Self::Unanswered | Self::LookUpDeadline | Self::LookUpGivenUp => Complaint::Silence,
            Self::PortClosed | Self::NotContacted => Complaint::PortClosed,
            Self::Truncated => Complaint::Truncated,
            Self::NotLetOut | Self::OtherError | Self::NoRoute => Complaint::NotSent,
            Self::NoServer => Complaint::NoServer,
            Self::Bogus => Complaint::Bogus,
            Self::Unreadable | Self::ForwardUnusable => Complaint::Unreadable,
            Self::Referral => Complaint::Referral,
            Self::Loop => Complaint::Loop,
            Self::Rebind => Complaint::Rebind,
            Self::Blocked => Complaint::Blocked,
            Self::OwnZone | Self::Aliased => Complaint::OwnZone,
            Self::FirewallBlocked => Complaint::FirewallBlocked,
            Self::Edns | Self::NotUnderstood | Self::Doubted => Complaint::Edns,
            Self::Encrypted => Complaint::Encrypted,
            Self::Sinkhole => Complaint::Sinkhole,
            Self::AfterLookup(what) | Self::AtAddress(what) => what.complaint(),
            Self::NoDialInTime => Complaint::Deadline,
            Self::WebPage => Complaint::NoReply,
            Self::KubectlRefused => Complaint::KubectlRefused,
            Self::BadProxy | Self::Proxy | Self::ProxyConnection | Self::ProxyAnswer | Self::TunnelFailed => {
                Complaint::Proxy
            }
            Self::Connection | Self::ConnectionElsewhere => Complaint::Connection,
            Self::Address => Complaint::Address,
            Self::ClusterNotFound => Complaint::ClusterNotFound,
            Self::AccessDenied => Complaint::AccessDenied,
            Self::AwsApi | Self::AwsApiTimeout => Complaint::AwsApi,
            Self::Configuration => Complaint::HostConfiguration,
            Self::NoSocket
            | Self::NoSocketToConnect
            | Self::NoSuitable
            | Self::OtherFamily
            | Self::TunnelRefused
            | Self::ApiServer
            | Self::NotLetIn
            | Self::Credentials
            | Self::NoCluster
            | Self::BadServer
            | Self::BadPort
            | Self::RefusedKubeconfig
            | Self::Answered
            | Self::AnsweredForSearch
            | Self::DeniedInPublic
            | Self::EmptyInPublic
            | Self::PublicView
            | Self::Searched
            | Self::PassedOver
            | Self::OtherType
            | Self::Healthy => return None,
        })
    }

    /// The names of the rules that may be behind it, the likelier first: for a host whose place is not known.
    pub fn rules(self) -> Vec<&'static str> {
        let rules = self.complaint().map_or_else(Vec::new, Complaint::rules);
        rules.into_iter().map(|rule| rule.name).collect()
    }
}
