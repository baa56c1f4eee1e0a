//! The findings that could be behind a message: of those that belong to its symptom, the ones that the whole text
//! leaves open, in the order that the place it was printed in makes likely.

use std::borrow::Cow;
use std::net::IpAddr;

use super::symptom::Symptom;
use super::text::{Place, Subject};
use crate::endpoint::SoaOrigin;
use crate::limits;

/// A finding that could be behind a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The rule of the catalogue.
    pub rule: &'static str,
    /// Why it may be this one, and what would show it.
    pub why: Cow<'static, str>,
}

/// What the whole text says beside the message.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a clue of its own, seen or not")]
pub(super) struct Clues {
    pub(super) symptom: Option<Symptom>,
    pub(super) subject: Subject,
    pub(super) place: Place,
    /// The name server, and whether it is a public one.
    pub(super) server: Option<IpAddr>,
    /// Whether only Go's own resolver prints this.
    pub(super) pure_go: bool,
    pub(super) is_stub: bool,
    /// Whose zone the denial came from.
    pub(super) soa: Option<SoaOrigin>,
    /// The reply says that it has no SOA: AUTHORITY is empty.
    pub(super) has_no_soa: bool,
    /// The Extended DNS Error (RFC 8914).
    pub(super) ede: Option<u16>,
    /// Another answer in the text has addresses for the name.
    pub(super) has_other_answer: bool,
    /// The address that was dialled.
    pub(super) dialled: Option<IpAddr>,
    /// The name is longer than DNS allows.
    pub(super) is_too_long: bool,
    /// What the text names outright, with why.
    pub(super) outright: Option<(&'static str, String)>,
}

/// The findings, the likelier first, at most [`limits::PASTED_CANDIDATES`].
pub(super) fn of(clues: &Clues) -> Vec<Candidate> {
    let Some(symptom) = clues.symptom else {
        return Vec::new();
    };
    let mut rules: Vec<&'static str> = Vec::new();
    rules.extend(clues.outright.as_ref().map(|(rule, _)| *rule));
    rules.extend(first(symptom, clues));
    let listed = match clues.subject {
        Subject::AwsApi if symptom.is_denial() => Symptom::AwsApi.rules(),
        _ => symptom.rules(),
    };
    rules.extend(listed);
    if clues.subject == Subject::AwsApi {
        rules.insert(rules.len().min(2), "no-internet-recursion");
    }
    let mut found: Vec<Candidate> = Vec::new();
    for rule in rules {
        let is_outright = clues.outright.as_ref().is_some_and(|(outright, _)| *outright == rule);
        if found.iter().any(|candidate| candidate.rule == rule) || !is_outright && is_ruled_out(rule, symptom, clues) {
            continue;
        }
        let why = match &clues.outright {
            Some((_, why)) if is_outright => Cow::Owned(why.clone()),
            _ => Cow::Borrowed(tell(rule)),
        };
        found.push(Candidate { rule, why });
        if found.len() == limits::PASTED_CANDIDATES {
            break;
        }
    }
    found
}

/// What the evidence puts before the common order.
fn first(symptom: Symptom, clues: &Clues) -> Vec<&'static str> {
    let mut rules: Vec<&'static str> = Vec::new();
    if clues.is_too_long || clues.subject == Subject::Malformed && symptom.is_dns() {
        rules.push("endpoint-name-malformed");
    }
    // Extended DNS Errors (RFC 8914 section 4; IANA, "Extended DNS Error Codes").
    rules.extend(match clues.ede {
        Some(1 | 2 | 5..=12) => Some("dnssec-bogus"),
        Some(4 | 15..=17) => Some("name-blocked-by-policy"),
        Some(3 | 19) => Some("serve-expired"),
        Some(18 | 20) => Some("resolver-refuses-client"),
        Some(13) => Some("stale-negative-cache"),
        Some(14 | 22 | 23) => Some("forward-target-unreachable"),
        _ => None,
    });
    if !symptom.is_dns() {
        if symptom == Symptom::Connection {
            rules.extend(by_address(clues.dialled));
        }
        return rules;
    }
    if !matches!(clues.subject, Subject::Endpoint | Subject::None) {
        return rules;
    }
    if symptom.is_denial() {
        match clues.soa {
            Some(SoaOrigin::Foreign) => {
                rules.extend(["shadow-zone", "name-blocked-by-policy", "endpoint-name-stale"]);
            }
            Some(SoaOrigin::PrivateHostedZone) => {
                rules.extend([
                    "private-zone-shadow",
                    "endpoint-name-stale",
                    "private-zone-not-effective",
                ]);
            }
            _ => {}
        }
        if clues.has_no_soa && symptom == Symptom::NoData {
            rules.push("rebinding-protection");
        }
        if clues.has_other_answer {
            rules.push("no-forwarding");
        }
        match clues.place {
            Place::Vpc => rules.extend([
                "private-zone-not-effective",
                "vpc-dns-attributes-off",
                "private-zone-shadow",
                "forward-rule-shadow",
                "endpoint-name-stale",
                "dns-firewall-block",
            ]),
            Place::Pod => rules.extend([
                "endpoint-name-stale",
                "private-zone-not-effective",
                "forward-rule-shadow",
                "no-forwarding",
                "private-zone-shadow",
            ]),
            // The address may be a VPC's resolver's, and a VPN's or an office's as well.
            Place::Elsewhere if clues.server.is_some_and(super::text::is_vpc) => {
                rules.extend(["endpoint-name-stale", "no-forwarding", "private-zone-not-effective"]);
            }
            Place::Elsewhere => {}
        }
        rules.push("endpoint-name-stale");
        if clues.server.is_some_and(is_public) {
            rules.extend(["not-in-public-dns", "name-does-not-exist", "no-forwarding"]);
        }
        rules.push("no-forwarding");
    }
    if clues.is_stub {
        rules.push("split-dns-not-applied");
    }
    if clues.pure_go && symptom.is_denial() && clues.server.is_none_or(|server| !server.is_loopback()) {
        rules.push("go-bypasses-scoped-dns");
    }
    let is_silent = matches!(
        symptom,
        Symptom::Silence | Symptom::PortClosed | Symptom::TryAgain | Symptom::LookUpDeadline
    );
    if is_silent && clues.server.is_some_and(|server| server.is_loopback()) {
        rules.push(if symptom == Symptom::PortClosed {
            "local-dns-down"
        } else {
            "forward-target-unreachable"
        });
    }
    if symptom == Symptom::Silence
        && clues.place == Place::Elsewhere
        && clues.server.is_some_and(super::text::is_vpc_for_certain)
    {
        rules.extend(["vpc-resolver-not-reachable-from-here"]);
    }
    rules
}

/// What the address that was dialled says.
fn by_address(address: Option<IpAddr>) -> Option<&'static str> {
    let address = address?;
    match address.to_canonical() {
        IpAddr::V4(ip) if ip.is_unspecified() || ip.is_loopback() => Some("sinkhole-answer"),
        IpAddr::V4(ip) if matches!(ip.octets(), [100, 64..=127, ..]) => Some("ztna-synthetic-address"),
        IpAddr::V6(ip) if ip.is_unspecified() => Some("sinkhole-answer"),
        _ => None,
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let is_shared = matches!(ip.octets(), [100, 64..=127, ..]);
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || is_shared)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unique_local() || ip.is_unspecified())
        }
    }
}

/// Whether the text speaks against it.
fn is_ruled_out(rule: &str, symptom: Symptom, clues: &Clues) -> bool {
    // The name exists: another server has it.
    if clues.has_other_answer && OF_NO_NAME.contains(&rule) {
        return true;
    }
    // What only a name of a cluster's endpoint can have.
    let is_endpoint = matches!(clues.subject, Subject::Endpoint | Subject::None);
    if !is_endpoint && OF_ENDPOINTS.contains(&rule) {
        return clues.subject != Subject::Malformed || rule != "endpoint-name-malformed";
    }
    match rule {
        "endpoint-name-malformed" => clues.subject == Subject::Endpoint && !clues.is_too_long && symptom.is_dns(),
        // The filters in question say NODATA, SERVFAIL or REFUSED.
        "rebinding-protection" => {
            symptom == Symptom::NxDomain
                || symptom.is_denial() && clues.soa.is_some()
                || symptom.is_denial() && clues.server.is_some_and(is_vpc_or_public)
        }
        "shadow-zone" => matches!(clues.soa, Some(SoaOrigin::PublicAws | SoaOrigin::PrivateHostedZone)),
        "name-blocked-by-policy" => clues.soa == Some(SoaOrigin::PublicAws) && clues.ede.is_none(),
        "private-zone-shadow" => clues.soa == Some(SoaOrigin::PublicAws),
        "dnssec-bogus" => matches!(symptom, Symptom::NxDomain | Symptom::NoData) && clues.ede.is_none(),
        "stale-negative-cache" => clues.soa == Some(SoaOrigin::Foreign),
        "local-dns-down" if matches!(symptom, Symptom::ServFail | Symptom::Misbehaving) => true,
        "local-dns-down" => clues.server.is_some_and(|server| !server.is_loopback()),
        "vpc-resolver-not-reachable-from-here" => !clues.server.is_some_and(super::text::is_vpc),
        "resolver-unreachable" => matches!(symptom, Symptom::ServFail | Symptom::Misbehaving),
        "resolver-refuses-client" => symptom == Symptom::ServFail,
        // A loopback server has no path of its own that drops UDP.
        "udp-blocked" => clues.server.is_some_and(|server| server.is_loopback()),
        "foreign-private-addresses" => clues.dialled.is_some_and(is_public),
        "public-answer-expected" | "nxdomain-hijack" => clues.dialled.is_some_and(|ip| !is_public(ip)),
        "sinkhole-answer" | "ztna-synthetic-address" => {
            symptom == Symptom::Connection && clues.dialled.is_some() && by_address(clues.dialled) != Some(rule)
        }
        _ => false,
    }
}

fn is_vpc_or_public(ip: IpAddr) -> bool {
    super::text::is_vpc_for_certain(ip) || is_public(ip)
}

/// Findings that say that the name is no endpoint's, or none any more.
const OF_NO_NAME: &[&str] = &[
    "endpoint-name-stale",
    "endpoint-name-malformed",
    "name-does-not-exist",
    "cluster-not-found",
    "cluster-transitioning",
    "not-in-public-dns",
];
/// Findings about clusters, their endpoints, and the private zones of those.
const OF_ENDPOINTS: &[&str] = &[
    "endpoint-name-stale",
    "endpoint-name-malformed",
    "no-forwarding",
    "rebinding-protection",
    "name-does-not-exist",
    "not-in-public-dns",
    "forwarded-to-wrong-view",
    "inbound-endpoint-wrong-vpc",
    "no-inbound-endpoint",
    "private-zone-not-effective",
    "vpc-dns-attributes-off",
    "private-zone-shadow",
    "private-access-disabled",
    "cluster-transitioning",
    "cluster-not-found",
    "public-answer-expected",
    "api-port-blocked",
    "stale-addresses",
    "foreign-private-addresses",
    "not-this-cluster",
    "vpc-resolver-not-reachable-from-here",
    "inbound-endpoint-sg",
    "inbound-endpoint-unreachable",
    "inbound-endpoint-unhealthy",
    "inbound-endpoint-protocol",
];

/// Why it may be this one, and what would show it.
pub(super) fn tell(rule: &str) -> &'static str {
    match rule {
        "endpoint-name-stale" => {
            "the kubeconfig may name a cluster that was deleted or made anew; cheapest to see: aws eks list-clusters, \
             then aws eks update-kubeconfig --name CLUSTER"
        }
        "no-forwarding" => "the VPC's resolver has an address for the name, and this server asks public DNS",
        "not-in-public-dns" => "the VPC's resolver has the name, and public resolvers deny it",
        "public-answer-expected" => "a public address outside the VPC is right where public access is on",
        "private-access-disabled" => "aws eks describe-cluster says endpointPrivateAccess is false",
        "forwarded-to-wrong-view" => "the name is forwarded to a VPC that does not have it",
        "forward-target-unreachable" => "fails for every name of this zone, and other names resolve",
        "forward-loop" => "a Resolver rule, or a forwarder, sends the name back to where it came from",
        "inbound-endpoint-unreachable" => "the inbound endpoint's address answers nobody here",
        "inbound-endpoint-sg" => "the inbound endpoint's security group does not let port 53 in, UDP and TCP",
        "inbound-endpoint-unhealthy" => "the inbound endpoint's status is not OPERATIONAL",
        "inbound-endpoint-wrong-vpc" => "the inbound endpoint stands in another VPC than the cluster",
        "inbound-endpoint-protocol" => "the inbound endpoint has no protocol Do53",
        "no-inbound-endpoint" => "aws route53resolver list-resolver-endpoints shows none in the cluster's VPC",
        "vpc-resolver-not-reachable-from-here" => {
            "the server may be a VPC's resolver (the base of the VPC's network plus two), which answers inside its VPC \
             only"
        }
        "vpc-dns-attributes-off" => "aws ec2 describe-vpc-attribute: enableDnsSupport or enableDnsHostnames is false",
        "private-zone-not-effective" => {
            "the VPC's resolver does not have the private addresses: private access is off, or this is another VPC \
             than the cluster's"
        }
        "private-zone-shadow" => "another private hosted zone of this VPC covers the name",
        "forward-rule-shadow" => "a Resolver rule of this VPC forwards the name away",
        "dns-firewall-block" => "a DNS Firewall rule of this VPC blocks the name",
        "dhcp-custom-dns" => "the VPC's DHCP options name other servers than AmazonProvidedDNS",
        "dhcp-mixed-dns" => "the VPC's DHCP options name AmazonProvidedDNS beside others",
        "rebinding-protection" => "the server drops private addresses: this name fails, a public one resolves",
        "stale-negative-cache" => "the name was made or changed a short time ago; the denial ends when its TTL does",
        "shadow-zone" => "the SOA of the denial is not AWS's: the server has a zone of its own over the name",
        "name-blocked-by-policy" => "a policy zone's SOA, or an Extended DNS Error 15 to 17",
        "sinkhole-answer" => "the address is 0.0.0.0, :: or a loopback one",
        "nxdomain-hijack" => "a name that does not exist gets the same address",
        "no-internet-recursion" => "public names do not resolve at this server",
        "resolver-refuses-client" => "REFUSED for every name: an access list of the server",
        "dnssec-bogus" => "SERVFAIL, and an answer with checking disabled (dig +cd)",
        "edns-intolerant" => "an answer only without EDNS (dig +noedns)",
        "truncated-without-tcp" => "truncated over UDP, and TCP port 53 is refused or silent",
        "certificate-not-valid" => "the name server's certificate does not verify",
        "encrypted-dns-fails" => "port 853 or 443 of the name server is closed, or its session fails",
        "certificate-not-verified" => "the certificate was not checked (--insecure-tls)",
        "udp-blocked" => "silent over UDP, answers over TCP (dig +tcp)",
        "tcp-blocked" => "answers over UDP, and TCP port 53 is closed",
        "resolver-unreachable" => "the server answers no name at all, over UDP and TCP: is the VPN up?",
        "resolver-unstable" => "the same question gets different answers",
        "slow-resolver" => "the answer comes, late or at the second try",
        "not-recursive" => "name servers in AUTHORITY, and no answer",
        "malformed-reply" => "the reply cannot be decoded, or is not to the question",
        "spoofed-replies" => "a second reply comes beside the server's own",
        "serve-expired" => "the answer is older than its TTL (Extended DNS Error 3)",
        "stale-addresses" => "the address is in the VPC, and no interface of the cluster has it now",
        "foreign-private-addresses" => "the address is private, and not of the cluster's VPC",
        "partial-answer" => "some of the addresses are the cluster's, and some are not",
        "ztna-synthetic-address" => "the address is of 100.64.0.0/10, as zero-trust clients give",
        "nat64-synthetic-address" => "the IPv6 address holds the cluster's IPv4 address (DNS64)",
        "aaaa-broken" => "A is answered, and AAAA fails",
        "a-fails-aaaa-nodata" => "A fails, and AAAA is answered without an address",
        "address-family-mismatch" => "a dual-stack endpoint has addresses of one family only",
        "hosts-file-override" => "the address comes from the hosts file",
        "resolvers-disagree" => "this host has several name servers, and one of them has the name",
        "split-dns-not-applied" => "a VPN's name server has the name, and this host asks another",
        "go-bypasses-scoped-dns" => "the operating system's look-up finds the name, and kubectl asks resolv.conf's",
        "nsswitch-without-dns" => "the hosts line of nsswitch.conf has no dns",
        "musl-takes-first-answer" => "Alpine's musl asks all name servers at once, and takes the first answer",
        "local-dns-down" => "the name server is on this host, and its port is closed",
        "search-domain-wildcard" => "the answer is for the name with a search domain behind it",
        "proxy-in-path" => "HTTPS_PROXY or proxy-url is set, and NO_PROXY does not name the endpoint",
        "cluster-not-found" => "aws eks list-clusters in this account and Region does not show the cluster",
        "name-does-not-exist" => "every resolver denies the name, the VPC's too",
        "negative-answer" => "the server denies the name, and nothing tells why",
        "expectation-disagrees" => "--expect is not what AWS has",
        "endpoint-name-malformed" => "the name is no EKS endpoint's: see the server of the kubeconfig",
        "api-port-blocked" => "the address is right, and port 443 is closed to this host: security group, route, VPN",
        "not-this-cluster" => "the certificate is not of the cluster's authority (--connect)",
        "cluster-transitioning" => "the cluster's status is CREATING, UPDATING or DELETING",
        "insufficient-permissions" => "AWS denied a read to this role",
        "control-unavailable" => "other names fail at this server too",
        "unexplained-mismatch" => "the address is not one that AWS has for the cluster",
        _ => "see its page (eks-dns-doctor explain)",
    }
}
