//! What a rule may need to know, and how its absence is said.

/// A fact that a rule may need. What a rule touches is recorded, and a test holds its declaration to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// DescribeCluster.
    Cluster,
    /// The VPC's networks.
    Vpc,
    /// The cluster's network interfaces.
    Interfaces,
    /// The VPC's DNS attributes.
    VpcAttributes,
    /// The VPC's DHCP options.
    DhcpOptions,
    /// The security groups.
    SecurityGroups,
    /// The network ACLs and route tables of inbound endpoints' subnets.
    Network,
    /// AWS Client VPN.
    ClientVpn,
    /// The Route 53 Resolver endpoints that the account can see.
    ResolverEndpoints,
    /// The Resolver rules that the account can see.
    ResolverRules,
    /// Which VPCs the Resolver rules are associated with.
    RuleAssociations,
    /// The private hosted zones of a VPC.
    HostedZones,
    /// DNS Firewall.
    Firewall,
    /// The Route 53 Profiles.
    Profiles,
    /// The VPC endpoints that can have private DNS.
    VpcEndpoints,
    /// VPC Lattice.
    Lattice,
    /// Whether the VPC's Resolver validates DNSSEC.
    DnssecConfigs,
    /// Recent changes of the cluster.
    Updates,
    /// A kubeconfig that names the target.
    Kubeconfig,
    /// DescribeCluster's answer to whether the cluster is there.
    AbsentCluster,
    /// This host's instance metadata.
    Instance,
    /// The account that was asked.
    Caller,
    /// The hosts file.
    Hosts,
    /// The stub resolver configuration.
    Stub,
    /// The name servers behind this host's stub, or beside it.
    Upstreams,
    /// The `hosts:` line of nsswitch.conf.
    HostsLine,
    /// The proxy settings.
    Proxy,
    /// A resolver on the VPC's side was asked.
    VpcView,
    /// A public resolver was asked.
    PublicControl,
    /// The operating system's lookup was made.
    SystemView,
    /// The control questions were asked.
    Controls,
    /// Connections to the API server's port were made.
    Connections,
}

impl Need {
    /// Every need, in the order of their declaration.
    pub const ALL: &[Self] = &[
        Self::Cluster,
        Self::Vpc,
        Self::Interfaces,
        Self::VpcAttributes,
        Self::DhcpOptions,
        Self::SecurityGroups,
        Self::Network,
        Self::ClientVpn,
        Self::ResolverEndpoints,
        Self::ResolverRules,
        Self::RuleAssociations,
        Self::HostedZones,
        Self::Firewall,
        Self::Profiles,
        Self::VpcEndpoints,
        Self::Lattice,
        Self::DnssecConfigs,
        Self::Updates,
        Self::Kubeconfig,
        Self::AbsentCluster,
        Self::Instance,
        Self::Caller,
        Self::Hosts,
        Self::Stub,
        Self::Upstreams,
        Self::HostsLine,
        Self::Proxy,
        Self::VpcView,
        Self::PublicControl,
        Self::SystemView,
        Self::Controls,
        Self::Connections,
    ];

    /// Whether AWS would have said it.
    pub fn is_of_aws(self) -> bool {
        matches!(
            self,
            Self::Cluster
                | Self::AbsentCluster
                | Self::Vpc
                | Self::Interfaces
                | Self::VpcAttributes
                | Self::DhcpOptions
                | Self::SecurityGroups
                | Self::Network
                | Self::ClientVpn
                | Self::ResolverEndpoints
                | Self::ResolverRules
                | Self::RuleAssociations
                | Self::HostedZones
                | Self::Firewall
                | Self::Profiles
                | Self::VpcEndpoints
                | Self::Lattice
                | Self::DnssecConfigs
                | Self::Updates
                | Self::Caller
        )
    }

    /// What is missing, for `not_evaluated`.
    pub fn missing(self) -> &'static str {
        match self {
            // The same call, so that one line names all that goes without it.
            Self::Cluster | Self::AbsentCluster => "the cluster (eks:DescribeCluster)",
            Self::Vpc => "the VPC's networks (ec2:DescribeVpcs)",
            Self::Interfaces => "the cluster's network interfaces (ec2:DescribeNetworkInterfaces)",
            Self::VpcAttributes => "the VPC's DNS attributes (ec2:DescribeVpcAttribute)",
            Self::DhcpOptions => "the VPC's DHCP options (ec2:DescribeDhcpOptions)",
            Self::SecurityGroups => "security groups (ec2:DescribeSecurityGroups)",
            Self::Network => "network ACLs and route tables (ec2:DescribeNetworkAcls, ec2:DescribeRouteTables)",
            Self::ClientVpn => "Client VPN endpoints (ec2:DescribeClientVpnEndpoints)",
            Self::ResolverEndpoints => "Resolver endpoints (route53resolver:ListResolverEndpoints)",
            Self::ResolverRules => "Resolver rules (route53resolver:ListResolverRules)",
            Self::RuleAssociations => "associations of Resolver rules (route53resolver:ListResolverRuleAssociations)",
            Self::HostedZones => "private hosted zones (route53:ListHostedZonesByVPC)",
            Self::Firewall => "DNS Firewall (route53resolver:ListFirewallRuleGroupAssociations)",
            Self::Profiles => "Route 53 Profiles (route53profiles:ListProfileAssociations)",
            Self::VpcEndpoints => "VPC endpoints (ec2:DescribeVpcEndpoints)",
            Self::Lattice => "VPC Lattice (vpc-lattice:ListServiceNetworkVpcAssociations)",
            Self::DnssecConfigs => "DNSSEC validation (route53resolver:GetResolverDnssecConfig)",
            Self::Updates => "updates of the cluster (eks:ListUpdates)",
            Self::Kubeconfig => "a kubeconfig that names the endpoint",
            Self::Instance => "instance metadata (this host is no EC2 instance, or does not say)",
            Self::Caller => "the account (sts:GetCallerIdentity)",
            Self::Hosts => "the hosts file",
            Self::Stub => "the stub resolver configuration",
            Self::Upstreams => "the name servers behind this host's stub",
            Self::HostsLine => "the hosts line of nsswitch.conf",
            Self::Proxy => "the proxy settings",
            Self::VpcView => "a resolver of the VPC (--vpc-resolver or --inbound)",
            Self::PublicControl => "the public control (--public)",
            Self::SystemView => "the operating system's lookup",
            Self::Connections => "connections to the API server's port (--connect)",
            Self::Controls => "the control questions (left out by --no-controls)",
        }
    }
}
