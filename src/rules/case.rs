//! What a rule sees: the facts, and each resolver. What it looks at is recorded.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::address::{AddressClass, embedded_ipv4};
use crate::compare::{self, ClassedAddress, Verdict};
use crate::decides::{self, AssociatedZone, Beyond, Configuration};
use crate::endpoint::EndpointName;
use crate::expect::{Expected, Fit};
use crate::facts::{
    AbsentCluster, AwsFacts, Call, Caller, Chooser, ClientVpnEndpoint, Cluster, ClusterUpdate, DhcpOptions, Facts,
    FailedRead, Firewall, HostsEntry, HostsLine, Instance, Kubeconfig, NetworkAcl, NetworkInterface, OtherServer,
    PrefixList, Profiles, Proxy, ReadFailure, ResolverEndpoint, ResolverRule, RouteTable, RuleAssociation,
    SecurityGroup, SplitDns, StubConfiguration, Subnet, Vantage, Vpc, VpcAttributes, VpcZones, arn,
};
use crate::limits;
use crate::observation::{Connection, NotWaitedFor, Purpose, Source};
use crate::resolvers::Role;
use crate::settings::Asked;
use crate::target::{Scope, Target, View};
use crate::text::plain_word as word;

use super::{Need, Subject};

/// What decides in a VPC where a name is taken from.
pub(super) const OF_A_VPC: [Need; 8] = [
    Need::ResolverRules,
    Need::RuleAssociations,
    Need::HostedZones,
    Need::VpcAttributes,
    Need::Firewall,
    Need::Profiles,
    Need::VpcEndpoints,
    Need::Lattice,
];

/// What is known of the network around inbound endpoints.
#[derive(Debug, Clone, Copy)]
pub struct Network<'a> {
    /// The subnets of the endpoints' addresses.
    pub subnets: &'a [Subnet],
    /// Their network ACLs.
    pub acls: &'a [NetworkAcl],
    /// Their route tables, and the main ones of their VPCs.
    pub tables: &'a [RouteTable],
    /// The prefix lists that routes and security groups name.
    pub prefix_lists: &'a [PrefixList],
}

/// Everything a rule may look at.
#[derive(Debug)]
pub struct Case<'a> {
    /// The endpoint.
    pub target: &'a Target,
    /// What was asked for.
    pub asked: &'a Asked,
    /// The place we ask from.
    pub vantage: &'a Vantage,
    /// What the run as a whole expects.
    pub expected: &'a Expected,
    /// The endpoint's name taken apart; `None` where it is not an EKS endpoint's.
    pub endpoint: Option<EndpointName>,
    facts: &'a Facts,
    connections: &'a [Connection],
    subjects: Vec<Subject<'a>>,
    /// Those whose answers were not waited for. No rule sees them.
    unheard: Vec<Subject<'a>>,
    /// The sources of facts that were not waited for.
    unlearnt: BTreeSet<Source>,
    touched: RefCell<BTreeSet<Need>>,
}

impl<'a> Case<'a> {
    /// Puts a case together.
    pub fn new(
        target: &'a Target,
        asked: &'a Asked,
        vantage: &'a Vantage,
        facts: &'a Facts,
        connections: &'a [Connection],
        expected: &'a Expected,
        subjects: Vec<Subject<'a>>,
    ) -> Self {
        Self {
            target,
            asked,
            vantage,
            expected,
            endpoint: EndpointName::parse(&target.hostname).ok(),
            facts,
            connections,
            subjects,
            unheard: Vec::new(),
            unlearnt: BTreeSet::new(),
            touched: RefCell::default(),
        }
    }

    /// The same, where these were asked and not waited for.
    #[must_use]
    pub fn without(self, unheard: Vec<Subject<'a>>, not_waited_for: &[NotWaitedFor]) -> Self {
        let unlearnt = not_waited_for.iter().filter_map(|left| left.source).collect();
        Self {
            unheard,
            unlearnt,
            ..self
        }
    }

    fn touch(&self, need: Need) {
        self.touched.borrow_mut().insert(need);
    }

    /// The facts touched since the last call.
    pub fn take_touched(&self) -> BTreeSet<Need> {
        self.touched.take()
    }

    /// Whether it is no gap that a need is not met: nobody waited for who would meet it, or this system has no such
    /// thing.
    pub fn is_no_gap(&self, need: Need) -> bool {
        let any = |is: fn(&Subject<'a>) -> bool| self.unheard.iter().any(is);
        let left = |source| self.unlearnt.contains(&source);
        match need {
            need if need.is_of_aws() => left(Source::Aws),
            Need::Instance => left(Source::Metadata),
            Need::Upstreams => left(Source::Host),
            // Where it is follows from what AWS or the metadata say.
            Need::VpcView => any(Subject::is_vpc_side) || left(Source::Aws) || left(Source::Metadata),
            Need::PublicControl => any(|subject| subject.has_role(Role::Public)),
            Need::SystemView => any(|subject| subject.has_role(Role::Os)),
            // nsswitch.conf is glibc's.
            Need::HostsLine => self.go_asks_the_system(),
            _ => false,
        }
    }

    /// Whether a need is met.
    pub fn has(&self, need: Need) -> bool {
        match need {
            Need::Cluster => self.facts.aws.cluster.is_some(),
            Need::Vpc => self.facts.aws.vpc.is_some(),
            Need::Interfaces => self.facts.aws.interfaces.is_some(),
            Need::VpcAttributes => self.facts.aws.vpc_attributes.is_some(),
            Need::DhcpOptions => self.facts.aws.dhcp_options.is_some(),
            Need::SecurityGroups => self.facts.aws.security_groups.is_some(),
            Need::Network => self.facts.aws.network_acls.is_some() || self.facts.aws.route_tables.is_some(),
            Need::ClientVpn => self.facts.aws.client_vpn.is_some(),
            Need::ResolverEndpoints => self.facts.aws.resolver_endpoints.is_some(),
            Need::ResolverRules => self.facts.aws.resolver_rules.is_some(),
            Need::RuleAssociations => self.facts.aws.rule_associations.is_some(),
            Need::HostedZones => self.facts.aws.hosted_zones.is_some(),
            Need::Firewall => self.facts.aws.firewall.is_some(),
            Need::Profiles => self.facts.aws.profiles.is_some(),
            Need::VpcEndpoints => self.facts.aws.vpc_endpoints.is_some(),
            Need::Lattice => self.facts.aws.lattice.is_some(),
            Need::DnssecConfigs => self.facts.aws.dnssec_configs.is_some(),
            Need::Updates => self.facts.aws.updates.is_some(),
            Need::Kubeconfig => self.facts.host.kubeconfig.is_some(),
            // That the cluster is there is an answer too.
            Need::AbsentCluster => self.facts.aws.absent_cluster.is_some() || self.facts.aws.cluster.is_some(),
            Need::Instance => self.facts.host.instance.is_some(),
            Need::Caller => self.facts.aws.caller.is_some(),
            Need::Hosts => self.facts.host.hosts.is_some(),
            Need::Stub => self.facts.host.stub.is_some(),
            Need::Upstreams => self.facts.host.upstreams.is_some() || self.facts.host.split_dns().is_some(),
            Need::HostsLine => self.hosts_line_unseen().is_some(),
            Need::Proxy => self.facts.host.proxy.is_some(),
            Need::VpcView => self.subjects.iter().any(Subject::is_vpc_side),
            Need::PublicControl => self.subjects.iter().any(|subject| subject.has_role(Role::Public)),
            Need::SystemView => self.subjects.iter().any(|subject| subject.probed.system.is_some()),
            Need::Controls => self.asked.controls,
            Need::Connections => !self.connections.is_empty(),
        }
    }

    /// The cluster, as AWS describes it.
    pub fn cluster(&self) -> Option<&'a Cluster> {
        self.touch(Need::Cluster);
        self.facts.aws.cluster.as_ref()
    }

    /// The cluster, where the target is its endpoint: what AWS says of it then holds for the target.
    pub fn own_cluster(&self) -> Option<&'a Cluster> {
        self.touch(Need::Cluster);
        self.facts.aws.cluster_of(&self.target.hostname)
    }

    /// The cluster whose endpoint does not stay, or is not there: nothing is set up on the way to its VPC.
    pub fn without_a_lasting_endpoint(&self) -> Option<&'a Cluster> {
        self.touch(Need::Cluster);
        self.facts.aws.without_a_lasting_endpoint(&self.target.hostname)
    }

    /// The same for what stands beside the findings; no evidence of a rule.
    pub(super) fn without_a_lasting_endpoint_unseen(&self) -> Option<&'a Cluster> {
        self.facts.aws.without_a_lasting_endpoint(&self.target.hostname)
    }

    /// Whether what AWS says is of a cluster with another endpoint than the target.
    pub fn is_of_another_endpoint(&self) -> bool {
        self.touch(Need::Cluster);
        self.facts.aws.is_of_another_endpoint(&self.target.hostname)
    }

    /// Whether any resolver has addresses for the name, and does not invent them.
    pub fn anybody_has_the_name(&self) -> bool {
        self.subjects()
            .filter(|subject| subject.verdict().has_addresses() && !subject.sibling_resolves())
            .any(|subject| {
                let leads_nowhere = |class| matches!(class, AddressClass::Sinkhole | AddressClass::Loopback);
                let addresses = &subject.comparison.addresses;
                addresses.iter().any(|address| !leads_nowhere(address.class))
            })
    }

    /// The cluster's VPC.
    pub fn vpc(&self) -> Option<&'a Vpc> {
        self.touch(Need::Vpc);
        self.facts.aws.vpc.as_ref()
    }

    /// The id of the cluster's VPC; `None` too where what is known is of a cluster with another endpoint.
    pub fn cluster_vpc_id(&self) -> Option<&'a str> {
        self.touch(Need::Cluster);
        self.touch(Need::Vpc);
        let of_another = self.facts.aws.is_of_another_endpoint(&self.target.hostname);
        self.facts.aws.cluster_vpc_id().filter(|_| !of_another)
    }

    /// The cluster's network interfaces.
    pub fn interfaces(&self) -> Option<&'a [NetworkInterface]> {
        self.touch(Need::Interfaces);
        self.facts.aws.interfaces.as_deref()
    }

    /// Whether only a part of a list is known: what is not in it may be there all the same.
    pub fn is_part(&self, call: Call) -> bool {
        self.facts.aws.is_part(call)
    }

    /// The DNS attributes of the cluster's VPC.
    pub fn vpc_attributes(&self) -> Option<&'a VpcAttributes> {
        self.touch(Need::VpcAttributes);
        self.facts.aws.vpc_attributes.as_ref()
    }

    /// Whether a VPC, another than the cluster's, lacks a DNS attribute without which its private hosted zones are not
    /// in effect (Amazon Route 53 Developer Guide, "Considerations when working with a private hosted zone").
    pub fn has_no_private_zones(&self, vpc: &str) -> bool {
        self.touch(Need::VpcAttributes);
        let aws = &self.facts.aws;
        let others = aws.attributes_of(vpc).filter(|_| aws.cluster_vpc_id() != Some(vpc));
        others.is_some_and(|one| one.dns_support == Some(false) || one.dns_hostnames == Some(false))
    }

    /// The DHCP options of the cluster's VPC.
    pub fn dhcp_options(&self) -> Option<&'a DhcpOptions> {
        self.touch(Need::DhcpOptions);
        self.facts.aws.dhcp_options.as_ref()
    }

    /// The security groups.
    pub fn security_groups(&self) -> Option<&'a [SecurityGroup]> {
        self.touch(Need::SecurityGroups);
        self.facts.aws.security_groups.as_deref()
    }

    /// What is known of the network around inbound endpoints; `None` where neither ACLs nor route tables were read.
    pub fn network(&self) -> Option<Network<'a>> {
        self.touch(Need::Network);
        let aws = &self.facts.aws;
        self.has(Need::Network).then(|| Network {
            subnets: aws.subnets.as_deref().unwrap_or_default(),
            acls: aws.network_acls.as_deref().unwrap_or_default(),
            tables: aws.route_tables.as_deref().unwrap_or_default(),
            prefix_lists: aws.prefix_lists.as_deref().unwrap_or_default(),
        })
    }

    /// The managed prefix lists that were read.
    pub fn prefix_lists(&self) -> &'a [PrefixList] {
        self.touch(Need::Network);
        self.facts.aws.prefix_lists.as_deref().unwrap_or_default()
    }

    /// All that AWS says, for what stands beside the findings; no evidence of a rule.
    pub(super) fn aws_unseen(&self) -> &'a AwsFacts {
        &self.facts.aws
    }

    /// This instance, for what is no question of a rule's.
    pub(super) fn instance_unseen(&self) -> Option<&'a Instance> {
        self.facts.host.instance.as_ref()
    }

    /// The Client VPN endpoints of the account, of whatever VPC.
    pub fn client_vpn(&self) -> Option<&'a [ClientVpnEndpoint]> {
        self.touch(Need::ClientVpn);
        self.facts.aws.client_vpn.as_deref()
    }

    /// The Route 53 Resolver endpoints that the account can see, of whatever VPC.
    pub fn resolver_endpoints(&self) -> Option<&'a [ResolverEndpoint]> {
        self.touch(Need::ResolverEndpoints);
        self.facts.aws.resolver_endpoints.as_deref()
    }

    /// The Resolver rules that the account can see.
    pub fn resolver_rules(&self) -> Option<&'a [ResolverRule]> {
        self.touch(Need::ResolverRules);
        self.facts.aws.resolver_rules.as_deref()
    }

    /// Which VPCs the Resolver rules are associated with.
    pub fn rule_associations(&self) -> Option<&'a [RuleAssociation]> {
        self.touch(Need::RuleAssociations);
        self.facts.aws.rule_associations.as_deref()
    }

    /// The private hosted zones, by VPC.
    pub fn hosted_zones(&self) -> Option<&'a [VpcZones]> {
        self.touch(Need::HostedZones);
        self.facts.aws.hosted_zones.as_deref()
    }

    /// DNS Firewall: rule groups, their rules and domain lists.
    pub fn firewall(&self) -> Option<&'a Firewall> {
        self.touch(Need::Firewall);
        self.facts.aws.firewall.as_ref()
    }

    /// The Route 53 Profiles that are associated with VPCs, and what they bring.
    pub fn profiles(&self) -> Option<&'a Profiles> {
        self.touch(Need::Profiles);
        self.facts.aws.profiles.as_ref()
    }

    /// What was read of a VPC as far as it decides where a name is taken from; `None` where nothing was.
    /// `has_private_endpoint`: it is the cluster's, and private access is on.
    pub fn configuration(&self, vpc: &str, has_private_endpoint: bool) -> Option<Configuration> {
        for need in OF_A_VPC {
            self.touch(need);
        }
        let aws = &self.facts.aws;
        decides::is_read(aws).then(|| {
            let mut found = decides::configuration(aws, vpc, &self.target.hostname, has_private_endpoint);
            if let Some(beyond) = self.beyond_the_lists(vpc) {
                found.listed_elsewhere(&beyond);
            }
            found
        })
    }

    /// How a VPC is of another account or Region than the one that AWS was asked in, or may be: its associations are in
    /// no list there. The cluster's VPC may be shared by another account, and so may this instance's: the account of
    /// the instance stands for its owner only where DescribeVpcs did not fail, and was not left to a file.
    fn beyond_the_lists(&self, vpc: &str) -> Option<Beyond> {
        let aws = &self.facts.aws;
        let differ = |one: Option<&str>, other: Option<&str>| {
            let both = one.zip(other).filter(|(one, other)| one != other)?;
            Some((both.0.to_owned(), both.1.to_owned()))
        };
        // DescribeCluster and the lists have what is the caller's account's.
        let described = aws.cluster.as_ref().and_then(|cluster| cluster.arn.as_deref());
        let caller = aws.caller.as_ref().map(|caller| caller.account.as_str());
        let asked = caller.or(described.and_then(arn::account));
        let of_vpc = aws.vpc.as_ref().filter(|one| one.id == vpc);
        if aws.cluster_vpc_id() == Some(vpc) || of_vpc.is_some() {
            // DescribeVpcs always says the owner: without one, nobody said it.
            let Some(owner) = of_vpc.and_then(|one| one.owner.as_deref()) else {
                return Some(Beyond::UnknownOwner);
            };
            let is_unread = |call| aws.failed_reads.iter().any(|read| read.call == call);
            return match asked {
                None if aws.origin.is_some() || is_unread(Call::GetCallerIdentity) => Some(Beyond::UnknownCaller),
                asked => differ(Some(owner), asked).map(|(owner, asked)| Beyond::Account(owner, asked)),
            };
        }
        let instance = self.facts.host.instance.as_ref();
        let instance = instance.filter(|one| one.vpc_id.as_deref() == Some(vpc))?;
        let owner = aws.owner_of(vpc);
        let of_account = differ(owner.or(instance.account.as_deref()), asked);
        let of_region = || differ(instance.region.as_deref(), self.target.region.as_deref());
        let is_unread = |call| aws.failed_reads.iter().any(|read| read.call == call);
        let may_be_shared = || owner.is_none() && (aws.origin.is_some() || is_unread(Call::DescribeVpcs));
        of_account
            .map(|(owner, asked)| Beyond::Account(owner, asked))
            .or_else(|| of_region().map(|(region, asked)| Beyond::Region(region, asked)))
            .or_else(|| may_be_shared().then_some(Beyond::UnknownOwner))
    }

    /// The private hosted zones that AWS makes in a VPC for its VPC endpoints and service networks.
    pub fn made_zones(&self, vpc: &str) -> Vec<AssociatedZone> {
        self.touch(Need::VpcEndpoints);
        self.touch(Need::Lattice);
        decides::made_zones(&self.facts.aws, vpc)
    }

    /// Whether it was read what has AWS make private hosted zones in a VPC: its VPC endpoints, and the service networks
    /// of VPC Lattice that it is associated with. A zone of VPC Lattice may be in no list of zones.
    pub fn makers_of_zones_are_read(&self, vpc: &str) -> bool {
        self.touch(Need::VpcEndpoints);
        self.touch(Need::Lattice);
        let aws = &self.facts.aws;
        let mut endpoints = aws.vpc_endpoints.iter().flatten();
        let mut networks = aws.lattice.iter().flat_map(|lattice| &lattice.vpcs);
        let is_part = |call| self.is_part(call);
        endpoints.any(|one| one.vpc_id == vpc)
            && networks.any(|one| one.vpc_id == vpc)
            && !is_part(Call::DescribeVpcEndpoints)
            && !is_part(Call::ListServiceNetworkVpcAssociations)
    }

    /// Whether the Resolver of a VPC validates DNSSEC; `None` where that is not known.
    pub fn validates(&self, vpc: &str) -> Option<bool> {
        self.touch(Need::DnssecConfigs);
        let mut all = self.facts.aws.dnssec_configs.as_ref()?.iter();
        all.find(|one| one.vpc_id == vpc)?.validates()
    }

    /// Whether the Resolver of a VPC returns SERVFAIL where it has no reply from DNS Firewall: fail-open is off, and a
    /// rule group is associated (Amazon Route 53 Developer Guide, "DNS Firewall VPC configuration").
    pub fn fails_closed(&self, vpc: &str) -> bool {
        self.touch(Need::Firewall);
        let Some(firewall) = &self.facts.aws.firewall else {
            return false;
        };
        let mut configs = firewall.configs.iter();
        let mut groups = firewall.associations.iter().flatten();
        configs.any(|one| one.vpc_id == vpc && one.fail_open.as_deref() == Some("DISABLED"))
            && groups.any(|one| one.vpc_id == vpc)
    }

    /// Recent changes of the cluster.
    pub fn updates(&self) -> Option<&'a [ClusterUpdate]> {
        self.touch(Need::Updates);
        self.facts.aws.updates.as_deref()
    }

    /// What the kubeconfig says of the target.
    pub fn kubeconfig(&self) -> Option<&'a Kubeconfig> {
        self.touch(Need::Kubeconfig);
        self.facts.host.kubeconfig.as_ref()
    }

    /// What kubectl connects to in place of the target, as the kubeconfig has it.
    pub fn connects_elsewhere(&self) -> Option<OtherServer> {
        let found = self.kubeconfig()?.elsewhere()?;
        (found != OtherServer::Name(self.target.hostname.clone())).then_some(found)
    }

    /// Whether an address is one that is expected of the cluster, or in its networks, as far as is known. For words and
    /// for how sure they are, so it is no need.
    pub fn may_be_the_clusters(&self, address: IpAddr) -> bool {
        self.expected.fit(address, self.facts) != Fit::Unexpected
    }

    /// Whether kubectl does not take the kubeconfig: it ends before it asks anybody. For words alone, so it is no need.
    pub fn kubectl_refuses_its_configuration(&self) -> bool {
        let kubeconfig = self.facts.host.kubeconfig.as_ref();
        kubeconfig.is_some_and(|kubeconfig| kubeconfig.refusal.is_some())
    }

    /// The cluster that was asked for and that is not there.
    pub fn absent_cluster(&self) -> Option<&'a AbsentCluster> {
        self.touch(Need::AbsentCluster);
        self.facts.aws.absent_cluster.as_ref()
    }

    /// This host, as an EC2 instance.
    pub fn instance(&self) -> Option<&'a Instance> {
        self.touch(Need::Instance);
        self.facts.host.instance.as_ref()
    }

    /// Who asked AWS.
    pub fn caller(&self) -> Option<&'a Caller> {
        self.touch(Need::Caller);
        self.facts.aws.caller.as_ref()
    }

    /// Where what AWS says came from, where it was not asked now.
    pub fn facts_origin(&self) -> Option<&'a str> {
        self.facts.aws.origin.as_deref()
    }

    /// The reads of AWS that brought nothing.
    pub fn failed_reads(&self) -> &'a [FailedRead] {
        &self.facts.aws.failed_reads
    }

    /// Those of them that AWS denied.
    pub fn denied_reads(&self) -> impl Iterator<Item = &'a FailedRead> + use<'a> {
        let reads = self.failed_reads().iter();
        reads.filter(|read| read.kind == ReadFailure::Denied)
    }

    /// The hosts file's entries about the target.
    pub fn hosts(&self) -> Option<&'a [HostsEntry]> {
        self.touch(Need::Hosts);
        self.facts.host.hosts.as_deref()
    }

    /// The stub resolver configuration.
    pub fn stub(&self) -> Option<&'a StubConfiguration> {
        self.touch(Need::Stub);
        self.facts.host.stub.as_ref()
    }

    /// The name servers behind this host's stub.
    pub fn upstreams(&self) -> Option<&'a StubConfiguration> {
        self.touch(Need::Upstreams);
        self.facts.host.upstreams.as_ref()
    }

    /// Which name servers this host's operating system asks for which names.
    pub fn split_dns(&self) -> Option<&'a SplitDns> {
        self.touch(Need::Upstreams);
        self.facts.host.split_dns()
    }

    /// What decides on this host which name server is asked, for the words of a fix; no evidence of a rule.
    pub(super) fn chooser_unseen(&self) -> Option<Chooser> {
        self.facts.host.split_dns().map(|split| split.chooser)
    }

    /// The `hosts:` line of nsswitch.conf.
    pub fn hosts_line(&self) -> Option<&'a HostsLine> {
        self.touch(Need::HostsLine);
        self.hosts_line_unseen()
    }

    fn hosts_line_unseen(&self) -> Option<&'a HostsLine> {
        self.facts.host.configuration.as_ref()?.hosts_line.as_ref()
    }

    /// Whether AWS lists the address at a network interface of the cluster. For words alone, so it is no need.
    pub fn is_of_an_interface(&self, ip: IpAddr) -> bool {
        let interfaces = self.facts.aws.interfaces.iter().flatten();
        interfaces
            .flat_map(|interface| &interface.addresses)
            .any(|own| *own == ip)
    }

    /// The hosts file that gives clients on this host the name, where getaddrinfo uses its entry or was not asked. For
    /// words alone, so it is no need.
    pub fn pinned_by(&self) -> Option<&'a str> {
        let entries = self.facts.host.hosts.as_deref()?;
        let system = self.subjects.iter().find(|subject| subject.probed.system.is_some());
        let is_given = |entry: &&HostsEntry| system.is_none_or(|system| system.ips().contains(&entry.ip));
        entries.iter().find(is_given).map(|entry| entry.path.as_str())
    }

    /// Whether kubectl looks the endpoint up on this host, as far as is known: no proxy and no tunnel takes it. For
    /// words alone, so it is no need.
    pub fn kubectl_looks_up_here(&self) -> bool {
        !self.facts.host.hands_lookups_on(&self.target.hostname)
    }

    /// Whether kubectl here leaves the lookup to the operating system, and does not ask the name servers of resolv.conf
    /// itself: on macOS and Windows. Which system that is stands in every capture, so it is no need.
    pub fn go_asks_the_system(&self) -> bool {
        self.facts.host.go_asks_the_system(self.vantage.system)
    }

    /// Whether curl and the like send an OPT record on this host, as far as is known. For words alone, so it is no
    /// need.
    pub fn glibc_asks_with_edns(&self) -> bool {
        self.facts.host.glibc_asks_with_edns()
    }

    /// The proxy settings.
    pub fn proxy(&self) -> Option<&'a Proxy> {
        self.touch(Need::Proxy);
        self.facts.host.proxy.as_ref()
    }

    /// What came of the connections to the API server's port.
    pub fn connections(&self) -> &'a [Connection] {
        self.touch(Need::Connections);
        self.connections
    }

    /// The resolvers that gave the addresses of these connections, each once. A capture may name others, whom nobody
    /// knows.
    pub fn givers(&self, connections: &[&Connection]) -> Vec<String> {
        let mut givers: Vec<String> = Vec::new();
        for name in connections.iter().flat_map(|connection| &connection.given_by) {
            let is_known = |subject: &Subject<'_>| subject.probed.resolver.name == *name;
            if !givers.contains(name) && self.subjects.iter().any(is_known) {
                givers.push(name.clone());
            }
        }
        givers
    }

    /// Every resolver that was asked, in the order of the report.
    pub fn subjects(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.subjects.iter()
    }

    /// What decides the conclusion and with which the run was done: resolvers, and the operating system's lookup.
    pub fn deciding(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.subjects()
            .filter(|subject| subject.probed.resolver.in_scope && !subject.probed.interrupted)
    }

    /// Of these, the resolvers: those that speak DNS.
    pub fn in_scope(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.deciding().filter(|subject| subject.speaks_dns())
    }

    /// Those in scope whose answer is not what it should be.
    pub fn failing(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.in_scope().filter(|subject| !subject.verdict().is_fine())
    }

    /// The operating system's lookup.
    pub fn system(&self) -> Option<&Subject<'a>> {
        self.touch(Need::SystemView);
        self.subjects().find(|subject| subject.probed.system.is_some())
    }

    /// The name servers of this host's stub configuration, in the order they are asked.
    pub fn local(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.subjects().filter(|subject| subject.has_role(Role::Local))
    }

    /// The resolvers on the VPC's side: `.2` and inbound endpoints.
    pub fn vpc_side(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.touch(Need::VpcView);
        self.subjects().filter(|subject| subject.is_vpc_side())
    }

    /// The public controls.
    pub fn public(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.touch(Need::PublicControl);
        self.subjects().filter(|subject| subject.has_role(Role::Public))
    }

    /// Whether AWS says that a network interface of the cluster has the address.
    pub fn is_of_the_cluster(&self, ip: IpAddr) -> bool {
        let mut interfaces = self.interfaces().unwrap_or_default().iter();
        interfaces.any(|interface| interface.addresses.contains(&ip))
    }

    /// Resolvers that no client of this host asks by itself, those named with `--resolver` and name servers beyond the
    /// third, that give the right private addresses from a private hosted zone: they reach the VPC somehow.
    pub fn private_zone_elsewhere(&self) -> Vec<&Subject<'a>> {
        let is_aside = |subject: &&Subject<'a>| {
            let is_of_this_host = subject.has_role(Role::Local);
            // Whom this host's stub asks for other names is `split-dns-not-applied`'s, and not in scope.
            let is_in_scope = subject.probed.resolver.in_scope;
            let is_named = subject.has_role(Role::Custom) && !is_of_this_host && is_in_scope;
            !subject.is_vpc_side() && (is_named || is_of_this_host && !is_in_scope)
        };
        let is_right = |subject: &&Subject<'a>| matches!(subject.verdict(), Verdict::Match | Verdict::Plausible);
        self.subjects()
            .filter(is_aside)
            .filter(is_right)
            .filter(|subject| subject.has_private_addresses() && subject.view() == View::PrivateZone)
            .collect()
    }

    /// `V`: the resolvers on the VPC's side that give the cluster's private addresses. Where nothing is
    /// expected, those that answer with private addresses from a private hosted zone.
    pub fn vpc_view(&self) -> Vec<&Subject<'a>> {
        self.vpc_side()
            .filter(|subject| match subject.verdict() {
                Verdict::Match | Verdict::Plausible => subject.has_private_addresses(),
                Verdict::Answer => subject.has_private_addresses() && subject.view() == View::PrivateZone,
                _ => false,
            })
            .collect()
    }

    /// Whether private addresses, or the private view, are what a resolver should give: asked for, or known from
    /// AWS.
    pub fn private_expected_at(&self, subject: &Subject<'_>) -> bool {
        subject.comparison.expected.scope == Scope::Private
            || subject.comparison.expected.view == Some(View::PrivateZone)
    }

    /// `P`: whether any public control gives addresses for the target. `None` where none was heard.
    pub fn public_has_the_name(&self) -> Option<bool> {
        let heard: Vec<bool> = self
            .public()
            .filter_map(|subject| match subject.verdict() {
                verdict if verdict.has_addresses() => Some(true),
                verdict if verdict.is_negative() => Some(false),
                _ => None,
            })
            .collect();
        (!heard.is_empty()).then(|| heard.contains(&true))
    }

    /// Whether private addresses of the endpoint are known from anywhere but the subject itself: expected,
    /// or answered by the VPC's side or the public control. What a filter of private answers would filter.
    pub fn private_addresses_elsewhere(&self, subject: &Subject<'_>) -> bool {
        let expected = &subject.comparison.expected;
        let private = |ip: &IpAddr| AddressClass::of(*ip).is_private_side();
        expected.addresses.iter().any(private)
            || expected.cidrs.iter().any(|cidr| private(&cidr.network()))
            || self
                .vpc_side()
                .chain(self.public())
                .any(|other| other.name() != subject.name() && other.has_private_addresses())
    }

    /// Whether private IPv6 addresses of the endpoint are known from others than this resolver.
    pub fn private_ipv6_elsewhere(&self, subject: &Subject<'_>) -> bool {
        let private = |ip: IpAddr| ip.is_ipv6() && AddressClass::of(ip).is_private_side();
        let expected = &subject.comparison.expected;
        let mut others = self
            .vpc_side()
            .chain(self.public())
            .filter(|other| other.name() != subject.name());
        expected.addresses.iter().any(|ip| private(*ip))
            || expected.cidrs.iter().any(|cidr| private(cidr.network()))
            || others.any(|other| other.ips().into_iter().any(private))
    }

    /// How an address fits what a resolver should answer.
    pub fn fit(&self, expected: &Expected, ip: IpAddr) -> Fit {
        expected.fit(ip, self.facts)
    }

    /// The addresses of a resolver's answer that it should not give. One that DNS64 wrapped has the class of
    /// what is inside. Empty where nothing is known to compare with.
    pub fn unexpected_addresses(&self, subject: &Subject<'_>) -> Vec<ClassedAddress> {
        let expected = &subject.comparison.expected;
        if !expected.says_anything() {
            return Vec::new();
        }
        let unwrapped = |ip| match ip {
            IpAddr::V6(v6) => embedded_ipv4(v6).map_or(ip, IpAddr::V4),
            IpAddr::V4(_) => ip,
        };
        subject
            .ips()
            .into_iter()
            .filter(|ip| self.fit(expected, *ip) == Fit::Unexpected)
            .map(|ip| ClassedAddress {
                ip,
                class: expected.class_of(unwrapped(ip), self.facts),
            })
            .collect()
    }

    /// The verdict of each sample of a resolver, in the order they were asked, with the sample's number.
    pub fn sample_verdicts(&self, subject: &Subject<'_>) -> Vec<(u32, Verdict)> {
        let samples: BTreeSet<u32> = subject.lookups(Purpose::Target).map(|lookup| lookup.sample).collect();
        let (lookups, comparison) = (&subject.probed.lookups, subject.comparison);
        samples
            .into_iter()
            .map(|sample| {
                let verdict = compare::of_sample(lookups, sample, &comparison.expected, self.facts, comparison.view);
                (sample, verdict)
            })
            .collect()
    }

    /// The zone to forward by default: the endpoint's own name, lower case, without a trailing dot.
    pub fn own_zone(&self) -> String {
        let fqdn = self.target.hostname.to_fqdn();
        word(fqdn.trim_end_matches('.'), "<endpoint-name>").to_owned()
    }

    /// The wider zone: what all endpoint names of the Region end in.
    pub fn regional_zone(&self) -> Option<String> {
        self.endpoint
            .as_ref()
            .map(|endpoint| endpoint.regional_suffix.to_string())
    }

    /// What all endpoint names of the partition end in, and nothing else does, for exceptions from filters:
    /// `eks.amazonaws.com`, …; of dual-stack names the Region's suffix, because `api.aws` holds every API.
    pub fn family_zone(&self) -> String {
        self.endpoint.as_ref().map_or_else(
            || self.own_zone(),
            |endpoint| {
                let family = &endpoint.family_suffix;
                let of_eks = family
                    .labels()
                    .next()
                    .is_some_and(|label| label.eq_ignore_ascii_case(b"eks"));
                if of_eks { family } else { &endpoint.regional_suffix }.to_string()
            },
        )
    }

    /// The Region, or a placeholder to fill in.
    pub fn region(&self) -> &str {
        let region = self.target.region.as_deref();
        region.map_or("<region>", |region| word(region, "<region>"))
    }

    /// The cluster's name, or a placeholder to fill in.
    pub fn cluster_name(&self) -> &str {
        let cluster = self.target.cluster.as_deref();
        cluster.map_or("<cluster>", |cluster| word(cluster, "<cluster>"))
    }

    /// The addresses of the inbound endpoints in the cluster's VPC, for remedies: those in this run that match,
    /// else all that were asked or that AWS lists. Never one that AWS takes away, or could not make, or that gives
    /// wrong addresses itself: what is pointed at it fails.
    pub fn inbound_addresses(&self) -> Vec<IpAddr> {
        let is_lasting = |ip: &IpAddr| {
            let endpoints = self.facts.aws.resolver_endpoints.iter().flatten();
            endpoints
                .filter_map(|endpoint| {
                    let mut addresses = endpoint.addresses.iter().flatten();
                    let own = addresses.find(|address| address.ip == *ip)?;
                    Some(endpoint.is_lasting() && own.is_lasting())
                })
                .all(|is_lasting| is_lasting)
        };
        let address = |subject: &Subject<'_>| {
            let ip = subject.probed.resolver.address.map(|a| a.ip());
            ip.filter(is_lasting)
        };
        let is_inbound =
            |subject: &&Subject<'_>| subject.has_role(Role::Inbound) && !subject.probed.resolver.is_elsewhere;
        let matching: Vec<IpAddr> = self
            .subjects()
            .filter(is_inbound)
            .filter(|subject| subject.verdict().is_fine())
            .filter_map(address)
            .collect();
        if !matching.is_empty() {
            return matching;
        }
        // The address of one that was not waited for is as well known as that of one that is silent. Who gives other
        // addresses than the expected ones would give them to a forwarder, too. One that decides nothing is not waited
        // for to know that.
        let is_wrong = |subject: &Subject<'_>| {
            let is_mismatch = matches!(subject.verdict(), Verdict::Mismatch | Verdict::Partial);
            subject.probed.resolver.in_scope && is_mismatch
        };
        let asked = || self.subjects().chain(&self.unheard).filter(is_inbound);
        let wrong: Vec<IpAddr> = asked().filter(|one| is_wrong(one)).filter_map(address).collect();
        let mut all: Vec<IpAddr> = asked().filter_map(address).filter(|ip| !wrong.contains(ip)).collect();
        // What is filled in decides nothing, so it is not recorded as touched.
        let listed = self.visible_inbound().unwrap_or_default();
        for ip in listed.iter().flat_map(|endpoint| endpoint.addresses.iter().flatten()) {
            let is_new = !all.contains(&ip.ip) && !wrong.contains(&ip.ip);
            if is_lasting(&ip.ip) && is_new && all.len() < limits::DERIVED {
                all.push(ip.ip);
            }
        }
        all
    }

    /// The inbound endpoints that AWS lists in the cluster's VPC, of the kind that a forwarder can be pointed at;
    /// and is not being deleted; `None` where they, or the VPC, are not known. For remedies.
    pub fn visible_inbound(&self) -> Option<Vec<&'a ResolverEndpoint>> {
        let vpc = self.facts.aws.cluster_vpc_id()?;
        let endpoints = self.facts.aws.resolver_endpoints.as_ref()?.iter();
        let usable = |endpoint: &&ResolverEndpoint| {
            endpoint.is_inbound()
                && endpoint.speaks_do53()
                && endpoint.is_lasting()
                && endpoint.vpc_id.as_deref() == Some(vpc)
        };
        Some(endpoints.filter(usable).collect())
    }

    /// The id of the cluster's VPC, or a placeholder to fill in. For remedies.
    pub fn vpc_id(&self) -> &str {
        let vpc = self.facts.aws.cluster_vpc_id();
        vpc.map_or("<vpc-id>", |vpc| word(vpc, "<vpc-id>"))
    }
}
