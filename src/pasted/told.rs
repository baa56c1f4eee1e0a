//! What `explain` says of each finding: what it is about, and why it may be the cause.

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Any name that is looked up.
    AnyName,
    /// Clusters, their endpoints, and the private zones of those.
    Endpoint,
    /// A name that is no endpoint's, or none any more.
    NoSuchEndpoint,
}

/// A finding, as `explain` tells it.
pub(super) struct Told {
    /// The rule of the catalogue.
    pub(super) rule: &'static str,
    pub(super) about: About,
    /// Why it may be this one, and what would show it.
    pub(super) why: &'static str,
}

/// What is said of a rule; `None` for one that is not in the catalogue.
pub(super) fn of(rule: &str) -> Option<&'static Told> {
    TOLD.iter().find(|told| told.rule == rule)
}

const fn told(rule: &'static str, about: About, why: &'static str) -> Told {
    Told { rule, about, why }
}

const TOLD: &[Told] = &[
    told(
        "endpoint-name-stale",
        About::NoSuchEndpoint,
        "the kubeconfig may name a cluster that was deleted or made anew; cheapest to see: aws eks list-clusters, \
         then aws eks update-kubeconfig --name CLUSTER",
    ),
    told(
        "no-forwarding",
        About::Endpoint,
        "the VPC's resolver has an address for the name, and this server asks public DNS",
    ),
    told(
        "not-in-public-dns",
        About::NoSuchEndpoint,
        "the VPC's resolver has the name, and public resolvers deny it",
    ),
    told(
        "public-answer-expected",
        About::Endpoint,
        "a public address outside the VPC is right where public access is on",
    ),
    told(
        "private-access-disabled",
        About::Endpoint,
        "aws eks describe-cluster says endpointPrivateAccess is false",
    ),
    told(
        "forwarded-to-wrong-view",
        About::Endpoint,
        "the name is forwarded to a VPC that does not have it",
    ),
    told(
        "forward-target-unreachable",
        About::AnyName,
        "fails for every name of this zone, and other names resolve",
    ),
    told(
        "forward-loop",
        About::AnyName,
        "a Resolver rule, or a forwarder, sends the name back to where it came from",
    ),
    told(
        "inbound-endpoint-unreachable",
        About::Endpoint,
        "the inbound endpoint's address answers nobody here",
    ),
    told(
        "inbound-endpoint-sg",
        About::Endpoint,
        "the inbound endpoint's security group does not let port 53 in, UDP and TCP",
    ),
    told(
        "inbound-endpoint-unhealthy",
        About::Endpoint,
        "the inbound endpoint's status is not OPERATIONAL",
    ),
    told(
        "inbound-endpoint-wrong-vpc",
        About::Endpoint,
        "the inbound endpoint stands in another VPC than the cluster",
    ),
    told(
        "inbound-endpoint-protocol",
        About::Endpoint,
        "the inbound endpoint has no protocol Do53",
    ),
    told(
        "no-inbound-endpoint",
        About::Endpoint,
        "aws route53resolver list-resolver-endpoints shows none in the cluster's VPC",
    ),
    told(
        "vpc-resolver-not-reachable-from-here",
        About::Endpoint,
        "the server may be a VPC's resolver (the base of the VPC's network plus two), which answers inside its VPC \
         only",
    ),
    told(
        "secondary-cidr-resolver",
        About::AnyName,
        "the server may be the base plus two of a secondary network of the VPC, where AWS has no resolver; aws ec2 \
         describe-vpcs shows which network is the primary one",
    ),
    told(
        "vpc-dns-attributes-off",
        About::Endpoint,
        "aws ec2 describe-vpc-attribute: enableDnsSupport or enableDnsHostnames is false",
    ),
    told(
        "private-zone-not-effective",
        About::Endpoint,
        "the VPC's resolver does not have the private addresses: private access is off, or this is another VPC than \
         the cluster's",
    ),
    told(
        "private-zone-shadow",
        About::Endpoint,
        "another private hosted zone of this VPC covers the name",
    ),
    told(
        "forward-rule-shadow",
        About::AnyName,
        "a Resolver rule of this VPC forwards the name away",
    ),
    told(
        "dns-firewall-block",
        About::AnyName,
        "a DNS Firewall rule of this VPC blocks the name",
    ),
    told(
        "aws-configuration-disagrees",
        About::AnyName,
        "AWS's configuration was changed, or another server than the VPC's Resolver answers",
    ),
    told(
        "dhcp-custom-dns",
        About::AnyName,
        "the VPC's DHCP options name other servers than AmazonProvidedDNS",
    ),
    told(
        "dhcp-mixed-dns",
        About::AnyName,
        "the VPC's DHCP options name AmazonProvidedDNS beside others",
    ),
    told(
        "rebinding-protection",
        About::Endpoint,
        "the server drops private addresses: this name fails, a public one resolves",
    ),
    told(
        "stale-negative-cache",
        About::AnyName,
        "the name was made or changed a short time ago; the denial ends when its TTL does",
    ),
    told(
        "shadow-zone",
        About::AnyName,
        "the SOA of the denial is not AWS's: the server has a zone of its own over the name",
    ),
    told(
        "name-blocked-by-policy",
        About::AnyName,
        "a policy zone's SOA, or an Extended DNS Error 15 to 17",
    ),
    told(
        "sinkhole-answer",
        About::AnyName,
        "the address is 0.0.0.0, :: or a loopback one",
    ),
    told(
        "nxdomain-hijack",
        About::AnyName,
        "a name that does not exist gets the same address",
    ),
    told(
        "no-internet-recursion",
        About::AnyName,
        "public names do not resolve at this server",
    ),
    told(
        "resolver-refuses-client",
        About::AnyName,
        "REFUSED for every name: an access list of the server",
    ),
    told(
        "dnssec-bogus",
        About::AnyName,
        "SERVFAIL, and an answer with checking disabled (dig +cd)",
    ),
    told(
        "edns-intolerant",
        About::AnyName,
        "an answer only without EDNS (dig +noedns)",
    ),
    told(
        "truncated-without-tcp",
        About::AnyName,
        "truncated over UDP, and TCP port 53 is refused or silent",
    ),
    told(
        "certificate-not-valid",
        About::AnyName,
        "the name server's certificate does not verify",
    ),
    told(
        "encrypted-dns-fails",
        About::AnyName,
        "port 853 or 443 of the name server is closed, or its session fails",
    ),
    told(
        "certificate-not-verified",
        About::AnyName,
        "the certificate was not checked (--insecure-tls)",
    ),
    told(
        "udp-blocked",
        About::AnyName,
        "silent over UDP, answers over TCP (dig +tcp)",
    ),
    told(
        "tcp-blocked",
        About::AnyName,
        "answers over UDP, and TCP port 53 is closed",
    ),
    told(
        "resolver-unreachable",
        About::AnyName,
        "the server answers no name at all, over UDP and TCP: is the VPN up?",
    ),
    told(
        "resolver-unstable",
        About::AnyName,
        "the same question gets different answers",
    ),
    told(
        "slow-resolver",
        About::AnyName,
        "the answer comes, late or at the second try",
    ),
    told(
        "not-recursive",
        About::AnyName,
        "name servers in AUTHORITY, and no answer",
    ),
    told(
        "malformed-reply",
        About::AnyName,
        "the reply cannot be decoded, or is not to the question",
    ),
    told(
        "spoofed-replies",
        About::AnyName,
        "a second reply comes beside the server's own",
    ),
    told(
        "serve-expired",
        About::AnyName,
        "the answer is older than its TTL (Extended DNS Error 3)",
    ),
    told(
        "stale-addresses",
        About::Endpoint,
        "the address is in the VPC, and no interface of the cluster has it now",
    ),
    told(
        "foreign-private-addresses",
        About::Endpoint,
        "the address is private, and not of the cluster's VPC",
    ),
    told(
        "partial-answer",
        About::AnyName,
        "some of the addresses are the cluster's, and some are not",
    ),
    told(
        "ztna-synthetic-address",
        About::AnyName,
        "the address is of 100.64.0.0/10, as zero-trust clients give",
    ),
    told(
        "nat64-synthetic-address",
        About::AnyName,
        "the IPv6 address holds the cluster's IPv4 address (DNS64)",
    ),
    told("aaaa-broken", About::AnyName, "A is answered, and AAAA fails"),
    told(
        "a-fails-aaaa-nodata",
        About::AnyName,
        "A fails, and AAAA is answered without an address",
    ),
    told(
        "address-family-mismatch",
        About::AnyName,
        "a dual-stack endpoint has addresses of one family only",
    ),
    told(
        "hosts-file-override",
        About::AnyName,
        "the address comes from the hosts file",
    ),
    told(
        "resolvers-disagree",
        About::AnyName,
        "this host has several name servers, and one of them has the name",
    ),
    told(
        "split-dns-not-applied",
        About::AnyName,
        "a VPN's name server has the name, and this host asks another",
    ),
    told(
        "go-bypasses-scoped-dns",
        About::AnyName,
        "the operating system's lookup finds the name, and kubectl asks resolv.conf's",
    ),
    told(
        "nsswitch-without-dns",
        About::AnyName,
        "the hosts line of nsswitch.conf has no dns",
    ),
    told(
        "musl-takes-first-answer",
        About::AnyName,
        "Alpine's musl asks all name servers at once, and takes the first answer",
    ),
    told(
        "local-dns-down",
        About::AnyName,
        "the name server is on this host, and its port is closed",
    ),
    told(
        "search-domain-wildcard",
        About::AnyName,
        "the answer is for the name with a search domain behind it",
    ),
    told(
        "proxy-in-path",
        About::AnyName,
        "HTTPS_PROXY or proxy-url is set, and NO_PROXY does not name the endpoint",
    ),
    told(
        "cluster-not-found",
        About::NoSuchEndpoint,
        "aws eks list-clusters in this account and Region does not show the cluster",
    ),
    told(
        "name-does-not-exist",
        About::NoSuchEndpoint,
        "every resolver denies the name, the VPC's too",
    ),
    told(
        "negative-answer",
        About::AnyName,
        "the server denies the name, and nothing tells why",
    ),
    told("expectation-disagrees", About::AnyName, "--expect is not what AWS has"),
    told(
        "endpoint-name-malformed",
        About::NoSuchEndpoint,
        "the name is no EKS endpoint's: see the server of the kubeconfig",
    ),
    told(
        "api-port-blocked",
        About::Endpoint,
        "the address is right, and port 443 is closed to this host: security group, route, VPN",
    ),
    told(
        "not-this-cluster",
        About::Endpoint,
        "the certificate is not of the cluster's authority (--connect)",
    ),
    told(
        "cluster-transitioning",
        About::NoSuchEndpoint,
        "the cluster's status is CREATING, UPDATING or DELETING",
    ),
    told(
        "insufficient-permissions",
        About::AnyName,
        "AWS denied a read to this role",
    ),
    told(
        "control-unavailable",
        About::AnyName,
        "other names fail at this server too",
    ),
    told(
        "unexplained-mismatch",
        About::AnyName,
        "the address is not one that AWS has for the cluster",
    ),
];
