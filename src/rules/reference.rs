//! The texts that rules refer to: each with its title and address once.

use super::Reference;

pub(crate) const AWS_BLOG_EKS_DNS: Reference =
    Reference::to("AWS Compute Blog, \"Enabling DNS resolution for Amazon EKS cluster endpoints\"")
        .at("https://aws.amazon.com/blogs/compute/enabling-dns-resolution-for-amazon-eks-cluster-endpoints/");
pub(crate) const BIND_DENY_ANSWER_ADDRESSES: Reference =
    Reference::to("BIND 9 Administrator Reference Manual, `deny-answer-addresses`")
        .at("https://bind9.readthedocs.io/en/stable/reference.html");
pub(crate) const BIND_VIEWS: Reference =
    Reference::to("BIND 9 Administrator Reference Manual, `view` and `allow-query`")
        .at("https://bind9.readthedocs.io/en/stable/reference.html");
pub(crate) const BIND_RECURSION: Reference =
    Reference::to("BIND 9 Administrator Reference Manual, `recursion` and `allow-recursion`")
        .at("https://bind9.readthedocs.io/en/stable/reference.html");
pub(crate) const BIND_RPZ: Reference =
    Reference::to("BIND 9 Administrator Reference Manual, \"Response Policy Zone (RPZ) Rewriting\"")
        .at("https://bind9.readthedocs.io/en/stable/reference.html");
pub(crate) const CLIENT_VPN_DNS: Reference =
    Reference::to("AWS re:Post, \"How does DNS work with my AWS Client VPN endpoint?\"")
        .at("https://repost.aws/knowledge-center/client-vpn-how-dns-works-with-endpoint");
pub(crate) const CLIENT_VPN_ROUTES: Reference = Reference::to("AWS Client VPN Administrator Guide, \"Routes\"")
    .at("https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-routes.html");
pub(crate) const CLIENT_VPN_RULES: Reference =
    Reference::to("AWS Client VPN Administrator Guide, \"Authorization rules\"")
        .at("https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-rules.html");
pub(crate) const CLIENT_VPN_TROUBLESHOOTING: Reference =
    Reference::to("AWS Client VPN Administrator Guide, \"Troubleshooting\"");
pub(crate) const CONTROL_D_REBIND: Reference = Reference::to("Control D documentation, \"DNS Rebind Option\"")
    .at("https://docs.controld.com/docs/dns-rebind-option");
pub(crate) const DNSMASQ_BOGUS_NXDOMAIN: Reference =
    Reference::to("dnsmasq(8), `--bogus-nxdomain`").at("https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html");
pub(crate) const DNSMASQ_REBIND: Reference = Reference::to("dnsmasq(8), `--stop-dns-rebind` and `--rebind-domain-ok`")
    .at("https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html");
pub(crate) const DNSMASQ_SERVER: Reference =
    Reference::to("dnsmasq(8), `--local` and `--server`").at("https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html");
pub(crate) const DNS_FLAG_DAY: Reference = Reference::to("DNS Flag Day 2019").at("https://www.dnsflagday.net/2019/");
pub(crate) const EKS_BEST_PRACTICES: Reference =
    Reference::to("Amazon EKS Best Practices Guide, \"Control plane\": DNS of the endpoint");
pub(crate) const EKS_CERTIFICATE: Reference = Reference::to("Amazon EKS API Reference, \"Certificate\"")
    .at("https://docs.aws.amazon.com/eks/latest/APIReference/API_Certificate.html");
pub(crate) const EKS_CLUSTER_ENDPOINT: Reference =
    Reference::to("Amazon EKS User Guide, \"Cluster API server endpoint\"")
        .at("https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html");
pub(crate) const EKS_HYBRID_NODES: Reference =
    Reference::to("Amazon EKS User Guide, \"Prerequisite setup for hybrid nodes\": the endpoint's access");
pub(crate) const EKS_DESCRIBE_CLUSTER: Reference = Reference::to("Amazon EKS API Reference, DescribeCluster")
    .at("https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html");
pub(crate) const EKS_HISTORY: Reference = Reference::to("Amazon EKS User Guide, document history of 2019-12-13");
pub(crate) const EKS_KUBECONFIG: Reference =
    Reference::to("Amazon EKS User Guide, \"Create a kubeconfig file for an Amazon EKS cluster\"")
        .at("https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html");
pub(crate) const EKS_NETWORK_REQUIREMENTS: Reference =
    Reference::to("Amazon EKS User Guide, \"View Amazon EKS networking requirements for VPC and subnets\"")
        .at("https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html");
pub(crate) const EKS_OUTPOSTS: Reference =
    Reference::to("Amazon EKS User Guide, \"Amazon EKS local clusters on AWS Outposts\"");
pub(crate) const EKS_SECURITY_GROUPS: Reference =
    Reference::to("Amazon EKS User Guide, \"View Amazon EKS security group requirements\"")
        .at("https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html");
pub(crate) const EKS_UPDATE: Reference = Reference::to("Amazon EKS API Reference, Update")
    .at("https://docs.aws.amazon.com/eks/latest/APIReference/API_Update.html");
pub(crate) const GO_CONF: Reference = Reference::to("Go, src/net/conf.go: hostLookupOrder");
pub(crate) const GO_DNS_CLIENT: Reference = Reference::to("Go, src/net/dnsclient_unix.go");
pub(crate) const GO_DNS_CONFIG: Reference = Reference::to("Go, src/net/dnsconfig_unix.go");
pub(crate) const GO_HTTPPROXY: Reference =
    Reference::to("golang.org/x/net/http/httpproxy").at("https://pkg.go.dev/golang.org/x/net/http/httpproxy");
pub(crate) const GO_NET: Reference =
    Reference::to("Go, package net, \"Name Resolution\"").at("https://pkg.go.dev/net#hdr-Name_Resolution");
pub(crate) const IAM_POLICIES: Reference =
    Reference::to("AWS Identity and Access Management User Guide, \"Policies and permissions in IAM\"")
        .at("https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html");
pub(crate) const KUBECONFIG_V1: Reference = Reference::to("Kubernetes documentation, \"kubeconfig (v1)\": `proxy-url`")
    .at("https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/");
pub(crate) const MACOS_RESOLVER: Reference =
    Reference::to("resolver(5) of macOS, \"SEARCH STRATEGY\"").at("https://manp.gs/mac/5/resolver");
pub(crate) const MAN_HOSTS: Reference =
    Reference::to("hosts(5)").at("https://man7.org/linux/man-pages/man5/hosts.5.html");
pub(crate) const MAN_NSSWITCH: Reference =
    Reference::to("nsswitch.conf(5)").at("https://man7.org/linux/man-pages/man5/nsswitch.conf.5.html");
pub(crate) const MAN_RESOLV_CONF: Reference =
    Reference::to("resolv.conf(5)").at("https://man7.org/linux/man-pages/man5/resolv.conf.5.html");
pub(crate) const MUSL_DIFFERENCES: Reference =
    Reference::to("musl libc wiki, \"Functional differences from glibc\": name resolver")
        .at("https://wiki.musl-libc.org/functional-differences-from-glibc.html");
pub(crate) const OWN_HELP: Reference = Reference::to("`eks-dns-doctor check --help`: `--public`, `--no-controls`");
pub(crate) const PFSENSE_REBINDING: Reference = Reference::to("pfSense documentation, \"DNS Rebinding Protections\"")
    .at("https://docs.netgate.com/pfsense/en/latest/services/dns/rebinding.html");
pub(crate) const RESOLVED_DNSSEC: Reference = Reference::to("resolved.conf(5), \"DNSSEC=\"")
    .at("https://www.freedesktop.org/software/systemd/man/latest/resolved.conf.html");
pub(crate) const RESOLVECTL: Reference = Reference::to("resolvectl(1), \"domain\"")
    .at("https://www.freedesktop.org/software/systemd/man/latest/resolvectl.html");
pub(crate) const RFC_1034_ALIASES: Reference =
    Reference::to("RFC 1034, section 3.6.2 (aliases)").at("https://www.rfc-editor.org/rfc/rfc1034#section-3.6.2");
pub(crate) const RFC_1035_HEADER: Reference =
    Reference::to("RFC 1035, section 4.1.1 (RA)").at("https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1");
pub(crate) const RFC_1035_MESSAGES: Reference =
    Reference::to("RFC 1035, section 4 (messages)").at("https://www.rfc-editor.org/rfc/rfc1035#section-4");
pub(crate) const RFC_1122_ADDRESSES: Reference = Reference::to("RFC 1122, section 3.2.1.3: `0.0.0.0` and loopback")
    .at("https://www.rfc-editor.org/rfc/rfc1122#section-3.2.1.3");
pub(crate) const RFC_1536_SEARCH: Reference =
    Reference::to("RFC 1536, section 6 (search lists)").at("https://www.rfc-editor.org/rfc/rfc1536#section-6");
pub(crate) const RFC_2308: Reference =
    Reference::to("RFC 2308, \"Negative Caching of DNS Queries\"").at("https://www.rfc-editor.org/rfc/rfc2308");
pub(crate) const RFC_2308_SOA: Reference =
    Reference::to("RFC 2308, section 2: the SOA of a negative answer names the zone it is from")
        .at("https://www.rfc-editor.org/rfc/rfc2308#section-2");
pub(crate) const RFC_4035_CD: Reference =
    Reference::to("RFC 4035, section 3.2.2 (the CD bit)").at("https://www.rfc-editor.org/rfc/rfc4035#section-3.2.2");
pub(crate) const RFC_4074: Reference =
    Reference::to("RFC 4074, \"Common Misbehavior Against DNS Queries for IPv6 Addresses\"")
        .at("https://www.rfc-editor.org/rfc/rfc4074");
pub(crate) const RFC_4592: Reference =
    Reference::to("RFC 4592 (wildcards)").at("https://www.rfc-editor.org/rfc/rfc4592");
pub(crate) const RFC_5001: Reference = Reference::to("RFC 5001, \"DNS Name Server Identifier (NSID) Option\"")
    .at("https://www.rfc-editor.org/rfc/rfc5001");
pub(crate) const RFC_5452: Reference =
    Reference::to("RFC 5452, \"Measures for Making DNS More Resilient against Forged Answers\"")
        .at("https://www.rfc-editor.org/rfc/rfc5452");
pub(crate) const RFC_5452_MATCHING: Reference = Reference::to("RFC 5452, section 9 (which replies to accept)")
    .at("https://www.rfc-editor.org/rfc/rfc5452#section-9");
pub(crate) const RFC_6052: Reference = Reference::to("RFC 6052, \"IPv6 Addressing of IPv4/IPv6 Translators\"")
    .at("https://www.rfc-editor.org/rfc/rfc6052");
pub(crate) const RFC_6066_SNI: Reference = Reference::to("RFC 6066, section 3 (server name indication)")
    .at("https://www.rfc-editor.org/rfc/rfc6066#section-3");
pub(crate) const RFC_6147: Reference =
    Reference::to("RFC 6147, \"DNS64\"").at("https://www.rfc-editor.org/rfc/rfc6147");
pub(crate) const RFC_6598: Reference =
    Reference::to("RFC 6598, \"IANA-Reserved IPv4 Prefix for Shared Address Space\"")
        .at("https://www.rfc-editor.org/rfc/rfc6598");
pub(crate) const RFC_6891: Reference =
    Reference::to("RFC 6891, \"Extension Mechanisms for DNS (EDNS(0))\"").at("https://www.rfc-editor.org/rfc/rfc6891");
pub(crate) const RFC_7646: Reference =
    Reference::to("RFC 7646 (negative trust anchors)").at("https://www.rfc-editor.org/rfc/rfc7646");
pub(crate) const RFC_7766: Reference =
    Reference::to("RFC 7766, \"DNS Transport over TCP\"").at("https://www.rfc-editor.org/rfc/rfc7766");
pub(crate) const RFC_7858: Reference =
    Reference::to("RFC 7858, \"Specification for DNS over Transport Layer Security (TLS)\"")
        .at("https://www.rfc-editor.org/rfc/rfc7858");
pub(crate) const RFC_8310: Reference = Reference::to("RFC 8310, \"Usage Profiles for DNS over TLS and DNS over DTLS\"")
    .at("https://www.rfc-editor.org/rfc/rfc8310");
pub(crate) const RFC_8484: Reference =
    Reference::to("RFC 8484, \"DNS Queries over HTTPS (DoH)\"").at("https://www.rfc-editor.org/rfc/rfc8484");
pub(crate) const RFC_8767: Reference = Reference::to("RFC 8767, \"Serving Stale Data to Improve DNS Resiliency\"")
    .at("https://www.rfc-editor.org/rfc/rfc8767");
pub(crate) const RFC_8914: Reference =
    Reference::to("RFC 8914, \"Extended DNS Errors\"").at("https://www.rfc-editor.org/rfc/rfc8914");
pub(crate) const RFC_8914_DNSSEC: Reference =
    Reference::to("RFC 8914, sections 4.7 to 4.13 (DNSSEC)").at("https://www.rfc-editor.org/rfc/rfc8914#section-4.7");
pub(crate) const RFC_8914_FORGED: Reference =
    Reference::to("RFC 8914, section 4.5 (Forged Answer)").at("https://www.rfc-editor.org/rfc/rfc8914#section-4.5");
pub(crate) const RFC_8914_POLICY: Reference =
    Reference::to("RFC 8914, sections 4.16 to 4.19 (policy)").at("https://www.rfc-editor.org/rfc/rfc8914#section-4.16");
pub(crate) const RFC_8914_PROHIBITED: Reference =
    Reference::to("RFC 8914, section 4.19 (Prohibited)").at("https://www.rfc-editor.org/rfc/rfc8914#section-4.19");
pub(crate) const RFC_8914_STALE: Reference =
    Reference::to("RFC 8914, sections 4.4 and 4.20 (stale answers)").at("https://www.rfc-editor.org/rfc/rfc8914");
pub(crate) const RFC_9113_ALPN: Reference =
    Reference::to("RFC 9113, section 3.2 (HTTP/2 by ALPN)").at("https://www.rfc-editor.org/rfc/rfc9113#section-3.2");
pub(crate) const RFC_9499: Reference =
    Reference::to("RFC 9499, \"DNS Terminology\"").at("https://www.rfc-editor.org/rfc/rfc9499");
pub(crate) const ROUTE53_FIREWALL: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Route 53 Resolver DNS Firewall\"")
        .at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html");
pub(crate) const ROUTE53_FIREWALL_ACTIONS: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Rule actions in DNS Firewall\"")
        .at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-actions.html");
pub(crate) const ROUTE53_INBOUND: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Forwarding inbound DNS queries to your VPCs\"")
        .at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-inbound-queries.html");
pub(crate) const ROUTE53_INBOUND_MANAGING: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Managing inbound endpoints\"");
pub(crate) const ROUTE53_INBOUND_VALUES: Reference = Reference::to(
    "Amazon Route 53 Developer Guide, \"Values that you specify when you create or edit inbound endpoints\"",
)
.at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-inbound-queries-values.html");
pub(crate) const ROUTE53_OUTBOUND_VALUES: Reference = Reference::to(
    "Amazon Route 53 Developer Guide, \"Values that you specify when you create or edit outbound endpoints\"",
)
.at(
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-outbound-queries-endpoint-values.html",
);
pub(crate) const ROUTE53_PRIVATE_ZONES: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Working with private hosted zones\"")
        .at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html");
pub(crate) const ROUTE53_PRIVATE_ZONE_CONSIDERATIONS: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Considerations when working with a private hosted zone\"")
        .at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html");
pub(crate) const LATTICE_CUSTOM_DOMAINS: Reference = Reference::to(
    "Amazon VPC Lattice User Guide, \"Resource configurations for VPC resources\": custom domain names for resource \
     consumers",
)
.at("https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html");
pub(crate) const ROUTE53_DNSSEC_VALIDATION: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Enabling DNSSEC validation in Amazon Route 53\"")
        .at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dnssec-validation.html");
pub(crate) const ROUTE53_QUERY_LOGS: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Values that appear in Resolver query logs\"")
        .at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html");
pub(crate) const ROUTE53_RESOLVER_BEST_PRACTICES: Reference = Reference::to(
    "Amazon Route 53 Developer Guide, \"Best practices for Resolver endpoints\": avoid loop configurations",
)
.at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoints.html");
pub(crate) const ROUTE53_RESOLVER_ENDPOINT: Reference =
    Reference::to("Amazon Route 53 API Reference, Route 53 Resolver: ResolverEndpoint")
        .at("https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverEndpoint.html");
pub(crate) const ROUTE53_SOA: Reference = Reference::to(
    "Amazon Route 53 Developer Guide, \"NS and SOA records that Amazon Route 53 creates for a public hosted zone\"",
)
.at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html");
pub(crate) const ROUTE53_VPC_AND_NETWORK: Reference =
    Reference::to("Amazon Route 53 Developer Guide, \"Resolving DNS queries between VPCs and your network\"")
        .at("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-DSN-queries-to-vpc.html");
pub(crate) const SYSTEMD_RESOLVED: Reference =
    Reference::to("systemd-resolved.service(8), \"Protocols and routing\" and \"/etc/resolv.conf\"")
        .at("https://www.freedesktop.org/software/systemd/man/latest/systemd-resolved.service.html");
pub(crate) const UNBOUND_ACCESS_CONTROL: Reference = Reference::to("unbound.conf(5), `access-control`")
    .at("https://unbound.docs.nlnetlabs.nl/en/latest/manpages/unbound.conf.html");
pub(crate) const UNBOUND_LOCAL_ZONE: Reference = Reference::to("unbound.conf(5), `local-zone`")
    .at("https://unbound.docs.nlnetlabs.nl/en/latest/manpages/unbound.conf.html");
pub(crate) const UNBOUND_PRIVATE: Reference = Reference::to("unbound.conf(5), `private-address` and `private-domain`")
    .at("https://unbound.docs.nlnetlabs.nl/en/latest/manpages/unbound.conf.html");
pub(crate) const VPC_DHCP_OPTIONS: Reference =
    Reference::to("Amazon VPC User Guide, \"DHCP option sets in Amazon VPC\"")
        .at("https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html");
pub(crate) const VPC_DNS: Reference = Reference::to("Amazon VPC User Guide, \"Understanding Amazon DNS\"")
    .at("https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html");
pub(crate) const VPC_DNS_ATTRIBUTES: Reference =
    Reference::to("Amazon VPC User Guide, \"DNS attributes for your VPC\"")
        .at("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html");
pub(crate) const VPC_DNS_QUOTAS: Reference =
    Reference::to("Amazon VPC User Guide: DNS quotas of the Amazon-provided DNS server")
        .at("https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html");
pub(crate) const VPC_NETWORK_ACLS: Reference =
    Reference::to("Amazon VPC User Guide, \"Control subnet traffic with network access control lists\"");
pub(crate) const VPC_ROUTE_TABLES: Reference = Reference::to("Amazon VPC User Guide, \"Configure route tables\"");
pub(crate) const VPC_SECURITY_GROUP_RULES: Reference = Reference::to("Amazon VPC User Guide, \"Security group rules\"");
pub(crate) const VPC_SHARED_SUBNETS: Reference =
    Reference::to("Amazon VPC User Guide, \"Share your VPC subnets with other accounts\"");
pub(crate) const VPC_SUBNET_SIZING: Reference =
    Reference::to("Amazon VPC User Guide, \"Subnet CIDR blocks\": the addresses that AWS reserves")
        .at("https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html");
pub(crate) const WINDOWS_NRPT: Reference = Reference::to("Microsoft, Add-DnsClientNrptRule")
    .at("https://learn.microsoft.com/powershell/module/dnsclient/add-dnsclientnrptrule");
