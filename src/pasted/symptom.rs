//! What a message says that happened, and the findings that could be behind it.

/// A finding that could be behind a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The rule of the catalogue.
    pub rule: &'static str,
    /// What would show that it is this one.
    pub tell: &'static str,
}

/// What a message says that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symptom {
    /// No address: the name was denied, or it was said to have none; the message does not tell which.
    NoAddress,
    /// NXDOMAIN.
    NxDomain,
    /// NODATA.
    NoData,
    /// SERVFAIL, REFUSED or another RCODE; the message does not tell which.
    Misbehaving,
    /// SERVFAIL.
    ServFail,
    /// REFUSED.
    Refused,
    /// SERVFAIL, REFUSED, silence or a closed port; the message does not tell which.
    TryAgain,
    /// No reply within the window.
    Silence,
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
    /// The look-up failed; the message does not tell how.
    Unknown,
    /// The look-up failed with an error that is none of DNS's own.
    OtherError,
    /// The client's own deadline came first, perhaps during the look-up.
    Deadline,
    /// kubectl's sentence for anything with "connection refused" in it.
    KubectlRefused,
    /// The name of the proxy was not found.
    Proxy,
    /// The connection to the proxy failed.
    ProxyConnection,
    /// The look-up gave an address, and the connection to it failed.
    Connection,
    /// Something answered that is not this cluster.
    Certificate,
    /// The AWS CLI or an SDK could not reach the AWS API.
    AwsApi,
    /// No error: a host's resolver configuration.
    Configuration,
}

macro_rules! candidates {
    ($($rule:literal: $tell:literal),* $(,)?) => {
        vec![$(Candidate { rule: $rule, tell: $tell }),*]
    };
}

impl Symptom {
    /// The layer that failed.
    pub fn layer(self) -> &'static str {
        match self {
            Self::Deadline => "the client's time ran out, in DNS or after it",
            Self::KubectlRefused => "a port was refused: the cluster's, or a name server's",
            Self::Proxy => "DNS, for the proxy's name",
            Self::ProxyConnection => "the connection to the proxy",
            Self::Connection => "the connection, after DNS gave an address",
            Self::Certificate => "TLS, after DNS gave an address",
            Self::AwsApi => "the AWS API's name or the path to it, not the cluster's endpoint",
            Self::Configuration => "nothing in this text: it is a host's resolver configuration",
            _ => "DNS, before any connection to the cluster",
        }
    }

    /// Whether the look-up of the name in the message is what failed.
    pub fn is_dns(self) -> bool {
        !matches!(
            self,
            Self::Deadline
                | Self::KubectlRefused
                | Self::Proxy
                | Self::ProxyConnection
                | Self::Connection
                | Self::Certificate
                | Self::AwsApi
                | Self::Configuration
        )
    }

    /// Whether a connection to the addresses tells more.
    pub fn asks_for_a_connection(self) -> bool {
        matches!(
            self,
            Self::Deadline | Self::KubectlRefused | Self::Connection | Self::Certificate
        )
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        match self {
            // Go, src/net/dnsclient_unix.go; recorded with kubectl 1.20 to 1.33.
            Self::NoAddress => {
                "The look-up ended without an address. This text is printed for NXDOMAIN (the name does not \
                 exist), for NODATA (it exists without an address), for an answer that a filter emptied, and by Go \
                 also where the A question failed while the AAAA question was answered without an address. It does \
                 not tell which."
            }
            Self::NxDomain => "The name server said that the name does not exist (NXDOMAIN).",
            Self::NoData => {
                "The reply had no address in it (NODATA). A filter that empties answers looks the same, and so does, \
                 with glibc, an A question that failed while the AAAA question was answered without an address."
            }
            Self::Misbehaving => {
                "The name server answered with an error: SERVFAIL, REFUSED or another RCODE. The text does not tell \
                 which, and Go shows the last server's error only."
            }
            Self::ServFail => "The name server could not answer (SERVFAIL).",
            Self::Refused => "The name server would not answer (REFUSED).",
            Self::TryAgain => {
                "No name server gave an answer that could be used: SERVFAIL, REFUSED, silence or a closed port. The \
                 text does not tell which."
            }
            Self::Silence => {
                "No usable reply came within the window. A server that answers other names can still be silent for \
                 this one, where what it forwards to is."
            }
            Self::PortClosed => "Nothing listens on the name server's port.",
            Self::Truncated => {
                "The reply over UDP was truncated, and the connection over TCP that should bring the rest failed."
            }
            Self::NoRoute => "This host has no route to the name server.",
            Self::NotLetOut => {
                "This host itself did not let the question out to the name server: a firewall here, or what the \
                 program \
                 is confined by."
            }
            Self::NoServer => "There is no name server to ask for this name: no link that may be asked for it has one.",
            Self::Bogus => {
                "The name server's answer failed the validation of DNSSEC: its signatures are missing, out of date or \
                 not of the zone that is above it."
            }
            Self::Unreadable => "The name server's reply could not be decoded.",
            Self::Referral => "The name server pointed elsewhere in the place of an answer (a referral).",
            Self::Unknown => {
                "The look-up failed. The text is the same for a name that does not exist, for one without an \
                 address, for an error of the name server and for silence."
            }
            Self::OtherError => {
                "The look-up failed with an error that is none of DNS's own; what stands behind the name says which."
            }
            Self::Deadline => {
                "The client stopped waiting. A short time limit (such as --request-timeout) hides a slow or silent \
                 name server behind this text, and a blocked port 443 as well."
            }
            // k8s.io/kubectl pkg/cmd/util/helpers.go, StandardErrorMessage.
            Self::KubectlRefused => {
                "kubectl prints this for every error with \"connection refused\" in it, also where the port that was \
                 refused is a name server's or a proxy's and the cluster was never asked. A sinkhole's 0.0.0.0 gives \
                 the same line."
            }
            Self::Proxy => {
                "The client uses a proxy, and the proxy's own name was not found. Behind a proxy it is the proxy \
                 that looks the endpoint up."
            }
            Self::ProxyConnection => {
                "The client uses a proxy, and the proxy could not be reached. Behind a proxy it is the proxy that \
                 looks \
                 the endpoint up."
            }
            Self::Connection => {
                "The name was resolved, or the address was given. Whether it is the cluster's address is what DNS \
                 has to show; if it is, route, firewall and security group are next."
            }
            Self::Certificate => {
                "The connection reached something whose certificate is not this cluster's: the name may have led to \
                 the wrong address, or a proxy stands in between."
            }
            Self::Configuration => {
                "It says which name servers this host has, and for which names it asks each of them. Whether they know \
                 the name is what asking them shows."
            }
            Self::AwsApi => {
                "The AWS CLI and SDKs print this when the name of the AWS API does not resolve or cannot be reached."
            }
        }
    }

    /// The findings that could be behind it, the likelier first.
    pub fn candidates(self) -> Vec<Candidate> {
        match self {
            Self::NoAddress | Self::NxDomain | Self::NoData | Self::Unknown => {
                let mut found = candidates! {
                    "no-forwarding": "the VPC's resolvers give private addresses, this one shows public DNS",
                    "rebinding-protection": "no address and no SOA, while a random name beside it gets an SOA of AWS's",
                    "stale-negative-cache": "the SOA's TTL is below that of a fresh denial; it heals at zero",
                    "shadow-zone": "the SOA of the denial is not AWS's",
                    "name-blocked-by-policy": "a policy zone's SOA, or an Extended DNS Error 15 to 18",
                    "name-does-not-exist": "every resolver denies it, the VPC's too: a wrong or deleted cluster",
                };
                if self == Self::NxDomain {
                    // The filters in question say NODATA, SERVFAIL or REFUSED.
                    found.retain(|candidate| candidate.rule != "rebinding-protection");
                } else if self != Self::NoData {
                    found.push(Candidate {
                        rule: "dnssec-bogus",
                        tell: "the A question is SERVFAIL, and answered with checking disabled",
                    });
                }
                if self == Self::Unknown {
                    // curl prints the same for silence and for errors (recorded).
                    found.extend(candidates! {
                        "resolver-unreachable": "silent or refused for every name",
                        "forward-target-unreachable": "SERVFAIL or silence in this zone, fine for names outside it",
                        "resolver-refuses-client": "REFUSED for every name",
                    });
                }
                found
            }
            Self::Misbehaving | Self::ServFail | Self::Refused => {
                let mut found = Vec::new();
                if self != Self::Refused {
                    found.extend(candidates! {
                        "forward-target-unreachable": "SERVFAIL for every name of the zone, fine for names outside it",
                        "dnssec-bogus": "SERVFAIL, and answered with checking disabled",
                    });
                }
                if self != Self::ServFail {
                    found.extend(candidates! {
                        "resolver-refuses-client": "REFUSED for every name",
                    });
                }
                found.extend(candidates! {
                    "rebinding-protection": "SERVFAIL or REFUSED for this name only (BIND, Knot Resolver)",
                });
                if self == Self::Misbehaving {
                    found.extend(candidates! {
                        "edns-intolerant": "answered without EDNS only: curl works, kubectl does not",
                    });
                }
                found
            }
            Self::TryAgain => candidates! {
                "resolver-unreachable": "silent or refused for every name",
                "local-dns-down": "the name server is on this host, and its port is closed",
                "forward-target-unreachable": "SERVFAIL or silence in this zone, fine for names outside it",
                "resolver-refuses-client": "REFUSED for every name",
                "rebinding-protection": "SERVFAIL or REFUSED for this name only (BIND, Knot Resolver)",
            },
            Self::Silence => candidates! {
                "resolver-unreachable": "silent for every name, over UDP and TCP",
                "forward-target-unreachable": "silent in this zone, fine for names outside it",
                "udp-blocked": "silent over UDP, fine over TCP",
                "vpc-resolver-not-reachable-from-here": "the server is a VPC's .2, asked from outside the VPC",
                "edns-intolerant": "silent with EDNS, fine without: curl works, kubectl does not",
                "malformed-reply": "replies come, but not to the question",
            },
            Self::PortClosed => candidates! {
                "local-dns-down": "the name server is on this host, or none is configured",
                "resolver-unreachable": "the name server is elsewhere, and its service is not running",
            },
            Self::Truncated => candidates! {
                "truncated-without-tcp": "truncated over UDP, TCP 53 refused or silent",
            },
            Self::NotLetOut | Self::OtherError => candidates! {
                "resolver-unreachable": "silent or refused for every name from here, and not from another host",
            },
            Self::NoRoute => candidates! {
                "resolver-unreachable": "no route: is the VPN up?",
            },
            Self::NoServer => candidates! {
                "split-dns-not-applied": "a link has a name server that knows the name, and is not asked for it",
                "local-dns-down": "no name server is configured at all",
            },
            Self::Bogus => candidates! {
                "dnssec-bogus": "answered with checking disabled, or an Extended DNS Error 6 to 12",
                "rebinding-protection": "a filter in front has cut addresses out of a signed answer",
            },
            Self::Configuration => candidates! {
                "split-dns-not-applied": "a name server that is in it has the name, and another is asked",
                "go-bypasses-scoped-dns": "resolv.conf names other servers than the ones in it",
            },
            Self::Unreadable => candidates! {
                "malformed-reply": "the reply cannot be decoded",
            },
            Self::Referral => candidates! {
                "not-recursive": "name servers in AUTHORITY, and no answer",
            },
            Self::Deadline => candidates! {
                "resolver-unreachable": "silent for every name",
                "forward-target-unreachable": "silent in this zone, fine for names outside it",
                "slow-resolver": "the answer comes, late",
                "api-port-blocked": "the addresses are right, and port 443 is silent (--connect)",
            },
            Self::KubectlRefused => candidates! {
                "local-dns-down": "the name server is on this host, and its port is closed",
                "resolver-unreachable": "the name server is elsewhere, and its port is closed",
                "truncated-without-tcp": "truncated over UDP, TCP 53 refused",
                "sinkhole-answer": "the address is 0.0.0.0 or ::",
                "api-port-blocked": "the addresses are right, and port 443 is refused (--connect)",
                "stale-addresses": "the address is in the VPC, and no interface of the cluster has it now",
                "proxy-in-path": "HTTPS_PROXY is set, and it is the proxy's port that is refused",
            },
            Self::Proxy | Self::ProxyConnection => candidates! {
                "proxy-in-path": "HTTPS_PROXY is set, and NO_PROXY does not name the endpoint",
            },
            Self::Connection | Self::Certificate => {
                let mut found = if self == Self::Connection {
                    candidates! {
                        "api-port-blocked": "the address is right: security group, route or VPN (--connect)",
                    }
                } else {
                    candidates! {
                        "not-this-cluster": "the certificate is not of the cluster's authority (--connect)",
                    }
                };
                found.extend(candidates! {
                    "stale-addresses": "the address is in the VPC, and no interface of the cluster has it now",
                    "foreign-private-addresses": "the address is private, and not of the cluster's VPC",
                    "hosts-file-override": "the address comes from the hosts file",
                    "nxdomain-hijack": "any name gets this address",
                });
                found
            }
            Self::AwsApi => candidates! {
                "no-internet-recursion": "public names of AWS's do not resolve here",
                "proxy-in-path": "the AWS API is reached through a proxy only",
            },
        }
    }
}
