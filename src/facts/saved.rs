//! What the AWS CLI printed, saved as JSON, recognised by content (AWS API references of EKS, EC2, Route 53 Resolver,
//! Route 53 and STS; AWS CLI versions 1 and 2 differ in times only, which are not read), and what the command `facts`
//! wrote.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

use super::account::{
    Caller, Cluster, ClusterUpdate, DhcpOptions, EndpointAddress, HostedZone, Permission, ResolverEndpoint,
    ResolverRule, RuleAssociation, RuleTarget, SecurityGroup, Vpc, VpcAttributes, VpcZones,
};
use super::answers::{Answers, Interface};
use super::bounded;
use super::calls::Call;
use super::document::{Elsewhere, SCHEMA_VERSION};
use crate::limits;
use crate::text;

/// What is understood, for whoever brings something else.
const UNDERSTOOD: &str = "what is understood is the output of eks-dns-doctor facts, a capture, and the JSON of aws eks \
                          describe-cluster, list-clusters, aws ec2 describe-network-interfaces, describe-vpcs, \
                          describe-vpc-attribute, describe-dhcp-options, describe-security-groups, aws \
                          route53resolver list-resolver-endpoints, list-resolver-endpoint-ip-addresses, \
                          list-resolver-rules, list-resolver-rule-associations and aws route53 \
                          list-hosted-zones-by-vpc";

/// Why a file is none of the documents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFacts {
    /// Nothing in it.
    #[error("is empty: {UNDERSTOOD}")]
    Empty,
    /// No JSON, or cut off.
    #[error("is not JSON: {0}; {UNDERSTOOD}")]
    Json(String),
    /// JSON that is almost one of the documents.
    #[error("is not as AWS prints it: {0}")]
    Shape(String),
    /// JSON of something else.
    #[error("is JSON of something else; {UNDERSTOOD}")]
    Other,
    /// More than is read.
    #[error("holds more than {} documents, one behind the other", limits::DOCUMENTS)]
    TooMany,
    /// A later shape, where the names may mean something else.
    #[error(
        "has schema_version {0}, and this program reads {SCHEMA_VERSION}: take the facts with this version of the \
         program"
    )]
    Newer(u64),
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "a JSON object as the AWS CLI prints it")]
struct Document {
    schema_version: Option<u64>,
    cluster: Option<RawCluster>,
    clusters: Option<Vec<String>>,
    #[serde(rename = "NetworkInterfaces")]
    interfaces: Option<Vec<RawInterface>>,
    #[serde(rename = "Vpcs")]
    vpcs: Option<Vec<RawVpc>>,
    #[serde(rename = "VpcId")]
    vpc_id: Option<String>,
    #[serde(rename = "EnableDnsSupport")]
    enable_dns_support: Option<RawAttribute>,
    #[serde(rename = "EnableDnsHostnames")]
    enable_dns_hostnames: Option<RawAttribute>,
    #[serde(rename = "DhcpOptions")]
    dhcp_options: Option<Vec<RawDhcpOptions>>,
    #[serde(rename = "SecurityGroups")]
    security_groups: Option<Vec<RawSecurityGroup>>,
    #[serde(rename = "ResolverEndpoints")]
    resolver_endpoints: Option<Vec<RawResolverEndpoint>>,
    #[serde(rename = "IpAddresses")]
    endpoint_addresses: Option<Vec<RawEndpointAddress>>,
    #[serde(rename = "ResolverRules")]
    resolver_rules: Option<Vec<RawResolverRule>>,
    #[serde(rename = "ResolverRuleAssociations")]
    rule_associations: Option<Vec<RawRuleAssociation>>,
    #[serde(rename = "HostedZoneSummaries")]
    hosted_zones: Option<Vec<RawHostedZone>>,
    #[serde(rename = "Account")]
    account: Option<String>,
    #[serde(rename = "Arn")]
    arn: Option<String>,
    #[serde(rename = "updateIds")]
    update_ids: Option<Vec<String>>,
    update: Option<RawUpdate>,
    #[serde(rename = "NextToken", alias = "nextToken")]
    next_token: Option<String>,
}

/// Where AWS leaves a list out, or the CLI prints null, there is nothing in it.
fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a cluster")]
struct RawCluster {
    name: String,
    arn: Option<String>,
    status: Option<String>,
    // Absent while the cluster is being created.
    endpoint: Option<String>,
    resources_vpc_config: Option<RawVpcConfig>,
    kubernetes_network_config: Option<RawNetworkConfig>,
    certificate_authority: Option<RawAuthority>,
    outpost_config: Option<serde::de::IgnoredAny>,
    connector_config: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "resourcesVpcConfig")]
struct RawVpcConfig {
    vpc_id: Option<String>,
    endpoint_public_access: Option<bool>,
    endpoint_private_access: Option<bool>,
    cluster_security_group_id: Option<String>,
    #[serde(deserialize_with = "or_empty")]
    public_access_cidrs: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "kubernetesNetworkConfig")]
struct RawNetworkConfig {
    ip_family: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "certificateAuthority")]
struct RawAuthority {
    data: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an update of a cluster")]
struct RawUpdate {
    id: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a network interface")]
struct RawInterface {
    network_interface_id: String,
    description: Option<String>,
    status: Option<String>,
    vpc_id: Option<String>,
    private_ip_address: Option<IpAddr>,
    #[serde(default, deserialize_with = "or_empty")]
    private_ip_addresses: Vec<RawPrivateAddress>,
    #[serde(default, deserialize_with = "or_empty")]
    ipv6_addresses: Vec<RawIpv6Address>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a private address")]
struct RawPrivateAddress {
    private_ip_address: Option<IpAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an IPv6 address")]
struct RawIpv6Address {
    ipv6_address: Option<IpAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a VPC")]
struct RawVpc {
    vpc_id: String,
    owner_id: Option<String>,
    dhcp_options_id: Option<String>,
    cidr_block: IpNet,
    #[serde(default, deserialize_with = "or_empty")]
    cidr_block_association_set: Vec<RawCidr>,
    #[serde(default, deserialize_with = "or_empty")]
    ipv6_cidr_block_association_set: Vec<RawIpv6Cidr>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a network of a VPC")]
struct RawCidr {
    cidr_block: IpNet,
    cidr_block_state: Option<RawState>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an IPv6 network of a VPC")]
struct RawIpv6Cidr {
    ipv6_cidr_block: IpNet,
    ipv6_cidr_block_state: Option<RawState>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a state")]
struct RawState {
    state: Option<String>,
}

impl RawState {
    /// Networks that are being added, or were taken away, are listed too.
    fn is_associated(state: Option<&Self>) -> bool {
        state.and_then(|state| state.state.as_deref()) == Some("associated")
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an attribute with a Value")]
struct RawAttribute {
    value: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a DHCP option set")]
struct RawDhcpOptions {
    dhcp_options_id: String,
    #[serde(default, deserialize_with = "or_empty")]
    dhcp_configurations: Vec<RawDhcpOption>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a DHCP option")]
struct RawDhcpOption {
    key: String,
    #[serde(default, deserialize_with = "or_empty")]
    values: Vec<RawValue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a Value")]
struct RawValue {
    value: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a security group")]
struct RawSecurityGroup {
    group_id: String,
    group_name: Option<String>,
    #[serde(default, deserialize_with = "or_empty")]
    ip_permissions: Vec<RawPermission>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a permission")]
struct RawPermission {
    ip_protocol: String,
    from_port: Option<i32>,
    to_port: Option<i32>,
    #[serde(default, deserialize_with = "or_empty")]
    ip_ranges: Vec<RawRange>,
    #[serde(default, deserialize_with = "or_empty")]
    ipv6_ranges: Vec<RawIpv6Range>,
    #[serde(default, deserialize_with = "or_empty")]
    user_id_group_pairs: Vec<RawGroupPair>,
    #[serde(default, deserialize_with = "or_empty")]
    prefix_list_ids: Vec<RawPrefixList>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a range of addresses")]
struct RawRange {
    cidr_ip: IpNet,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a range of IPv6 addresses")]
struct RawIpv6Range {
    cidr_ipv6: IpNet,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a reference to a security group")]
struct RawGroupPair {
    group_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a reference to a prefix list")]
struct RawPrefixList {
    prefix_list_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a Resolver endpoint")]
struct RawResolverEndpoint {
    id: String,
    name: Option<String>,
    direction: String,
    #[serde(rename = "HostVPCId")]
    host_vpc_id: Option<String>,
    status: Option<String>,
    status_message: Option<String>,
    ip_address_count: Option<u32>,
    #[serde(default, deserialize_with = "or_empty")]
    protocols: Vec<String>,
    #[serde(default, deserialize_with = "or_empty")]
    security_group_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an address of a Resolver endpoint")]
struct RawEndpointAddress {
    ip: Option<IpAddr>,
    ipv6: Option<IpAddr>,
    status: Option<String>,
    status_message: Option<String>,
    subnet_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a Resolver rule")]
struct RawResolverRule {
    id: String,
    name: Option<String>,
    // An outbound delegation rule has DelegationRecord in its place.
    domain_name: Option<String>,
    rule_type: String,
    status: Option<String>,
    owner_id: Option<String>,
    share_status: Option<String>,
    resolver_endpoint_id: Option<String>,
    #[serde(default, deserialize_with = "or_empty")]
    target_ips: Vec<RawTarget>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a target of a Resolver rule")]
struct RawTarget {
    ip: Option<IpAddr>,
    ipv6: Option<IpAddr>,
    port: Option<u16>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an association of a Resolver rule")]
struct RawRuleAssociation {
    resolver_rule_id: String,
    #[serde(rename = "VPCId")]
    vpc_id: String,
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a private hosted zone")]
struct RawHostedZone {
    hosted_zone_id: String,
    name: String,
    owner: Option<RawOwner>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "the owner of a zone")]
struct RawOwner {
    owning_account: Option<String>,
    owning_service: Option<String>,
}

/// Takes the documents of a file into the answers: one, or several one behind the other.
pub fn read(bytes: &[u8], answers: &mut Answers) -> Result<(), NotFacts> {
    let text = text::decode(bytes);
    let bytes = text.as_bytes();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(NotFacts::Empty);
    }
    // What the document is comes first, so that an error of its shape is not called one of its syntax.
    for (count, value) in serde_json::Deserializer::from_slice(bytes)
        .into_iter::<&serde_json::value::RawValue>()
        .enumerate()
    {
        let value = value.map_err(|error| NotFacts::Json(message(&error, bytes, bytes)))?;
        if count == limits::DOCUMENTS {
            return Err(NotFacts::TooMany);
        }
        take(bytes, value.get().as_bytes(), answers)?;
    }
    Ok(())
}

/// An error in words, with its place in the whole file. `part` is a slice of it.
fn message(error: &serde_json::Error, whole: &[u8], part: &[u8]) -> String {
    let text = error.to_string();
    let own = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&own).unwrap_or(&text);
    let before = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    let before = &whole[..before.min(whole.len())];
    let line = error.line() + before.split(|octet| *octet == b'\n').count() - 1;
    let text: String = text.chars().take(limits::PARSER_MESSAGE).collect();
    format!("line {line}: {text}")
}

fn take(whole: &[u8], part: &[u8], answers: &mut Answers) -> Result<(), NotFacts> {
    let shape = |error: serde_json::Error| NotFacts::Shape(message(&error, whole, part));
    if part.first() != Some(&b'{') {
        return Err(NotFacts::Other);
    }
    let document: Document = serde_json::from_slice(part).map_err(shape)?;
    if let Some(what) = bounded::beyond(&serde_json::from_slice(part).map_err(shape)?) {
        let what: String = what.chars().take(limits::PARSER_MESSAGE).collect();
        return Err(NotFacts::Shape(what));
    }
    if let Some(version) = document.schema_version {
        if version > u64::from(SCHEMA_VERSION) {
            return Err(NotFacts::Newer(version));
        }
        let elsewhere: Elsewhere = serde_json::from_slice(part).map_err(shape)?;
        if humantime::parse_rfc3339(&elsewhere.taken_at).is_err() {
            return Err(NotFacts::Shape("taken_at is not a time in RFC 3339 form".to_owned()));
        }
        if !elsewhere.is_bounded() {
            let most = limits::LIST_IN_CAPTURE;
            return Err(NotFacts::Shape(format!("a list has more than {most} members")));
        }
        answers.take_elsewhere(elsewhere);
        return Ok(());
    }
    if !document.fill(answers) {
        return Err(NotFacts::Other);
    }
    Ok(())
}

impl Document {
    /// Puts what it says into the answers; `false` where it says nothing that is known.
    fn fill(self, answers: &mut Answers) -> bool {
        let mut known = false;
        let mut lists = Vec::new();
        if let Some(cluster) = self.cluster {
            known = true;
            answers.clusters.push(cluster.into());
        }
        if let Some(names) = self.clusters {
            lists.push(Call::ListClusters);
            answers.cluster_names.get_or_insert_default().extend(names);
        }
        if let Some(all) = self.interfaces {
            lists.push(Call::DescribeNetworkInterfaces);
            let all = all.into_iter().map(Interface::from);
            answers.interfaces.get_or_insert_default().extend(all);
        }
        if let Some(all) = self.vpcs {
            lists.push(Call::DescribeVpcs);
            let all = all.iter().map(Vpc::from);
            answers.vpcs.get_or_insert_default().extend(all);
        }
        if let Some(vpc_id) = self.vpc_id {
            let value = |attribute: Option<RawAttribute>| attribute.and_then(|found| found.value);
            let attributes = VpcAttributes {
                dns_support: value(self.enable_dns_support),
                dns_hostnames: value(self.enable_dns_hostnames),
            };
            if attributes != VpcAttributes::default() {
                known = true;
                answers.vpc_attributes.push((vpc_id, attributes));
            }
        }
        if let Some(all) = self.dhcp_options {
            lists.push(Call::DescribeDhcpOptions);
            let all = all.into_iter().map(DhcpOptions::from);
            answers.dhcp_options.get_or_insert_default().extend(all);
        }
        if let Some(all) = self.security_groups {
            lists.push(Call::DescribeSecurityGroups);
            let all = all.into_iter().map(SecurityGroup::from);
            answers.security_groups.get_or_insert_default().extend(all);
        }
        if let Some(all) = self.resolver_endpoints {
            lists.push(Call::ListResolverEndpoints);
            let all = all.into_iter().map(ResolverEndpoint::from);
            answers.resolver_endpoints.get_or_insert_default().extend(all);
        }
        if let Some(all) = self.endpoint_addresses {
            lists.push(Call::ListResolverEndpointIpAddresses);
            let all = all.into_iter().flat_map(RawEndpointAddress::into_addresses);
            answers.endpoint_addresses.push((None, all.collect()));
        }
        if let Some(all) = self.resolver_rules {
            lists.push(Call::ListResolverRules);
            let all = all.into_iter().map(ResolverRule::from);
            answers.resolver_rules.get_or_insert_default().extend(all);
        }
        if let Some(all) = self.rule_associations {
            lists.push(Call::ListResolverRuleAssociations);
            let all = all.into_iter().map(|raw| RuleAssociation {
                rule_id: raw.resolver_rule_id,
                vpc_id: raw.vpc_id,
                status: raw.status,
            });
            answers.rule_associations.get_or_insert_default().extend(all);
        }
        if let Some(all) = self.hosted_zones {
            lists.push(Call::ListHostedZonesByVpc);
            answers.hosted_zones.push(VpcZones {
                // The answer does not name the VPC it is about.
                vpc_id: String::new(),
                zones: all.into_iter().map(HostedZone::from).collect(),
            });
        }
        if self.update_ids.is_some() {
            lists.push(Call::ListUpdates);
            if self.update_ids.as_ref().is_some_and(Vec::is_empty) {
                answers.updates.get_or_insert_default();
            }
        }
        if let Some(update) = self.update {
            known = true;
            answers.updates.get_or_insert_default().push(ClusterUpdate {
                id: update.id,
                kind: update.kind,
                status: update.status,
                created_at: None,
            });
        }
        if let Some(account) = self.account {
            known = true;
            answers.caller = Some(Caller { account, arn: self.arn });
        }
        if self.next_token.is_some() {
            answers.partial.extend(lists.iter().copied());
        }
        known || !lists.is_empty()
    }
}

impl From<RawCluster> for Cluster {
    fn from(raw: RawCluster) -> Self {
        let network = raw.resources_vpc_config.unwrap_or_default();
        Self {
            name: raw.name,
            arn: raw.arn,
            status: raw.status,
            endpoint: raw.endpoint,
            endpoint_public_access: network.endpoint_public_access,
            endpoint_private_access: network.endpoint_private_access,
            public_access_cidrs: network.public_access_cidrs.into_iter().take(limits::EXPECTED).collect(),
            vpc_id: network.vpc_id,
            cluster_security_group_id: network.cluster_security_group_id,
            ip_family: raw.kubernetes_network_config.and_then(|one| one.ip_family),
            certificate_authority: raw.certificate_authority.and_then(|one| one.data),
            is_local: raw.outpost_config.is_some(),
            is_connected: raw.connector_config.is_some(),
        }
    }
}

impl From<RawInterface> for Interface {
    fn from(raw: RawInterface) -> Self {
        let more = raw.private_ip_addresses.into_iter();
        let v6 = raw.ipv6_addresses.into_iter();
        Self {
            id: raw.network_interface_id,
            description: raw.description.unwrap_or_default(),
            status: raw.status,
            vpc_id: raw.vpc_id,
            addresses: raw
                .private_ip_address
                .into_iter()
                .chain(more.filter_map(|address| address.private_ip_address))
                .chain(v6.filter_map(|address| address.ipv6_address))
                .collect(),
        }
    }
}

impl From<&RawVpc> for Vpc {
    /// The primary network first.
    fn from(raw: &RawVpc) -> Self {
        let v4 = raw
            .cidr_block_association_set
            .iter()
            .filter(|cidr| RawState::is_associated(cidr.cidr_block_state.as_ref()))
            .map(|cidr| cidr.cidr_block);
        let v6 = raw
            .ipv6_cidr_block_association_set
            .iter()
            .filter(|cidr| RawState::is_associated(cidr.ipv6_cidr_block_state.as_ref()))
            .map(|cidr| cidr.ipv6_cidr_block);
        let mut cidrs = vec![raw.cidr_block];
        for cidr in v4.chain(v6).take(limits::EXPECTED) {
            if !cidrs.contains(&cidr) {
                cidrs.push(cidr);
            }
        }
        Self {
            id: raw.vpc_id.clone(),
            cidrs,
            owner: raw.owner_id.clone(),
            dhcp_options_id: raw.dhcp_options_id.clone(),
        }
    }
}

impl From<RawDhcpOptions> for DhcpOptions {
    fn from(raw: RawDhcpOptions) -> Self {
        let values = |key: &str| {
            raw.dhcp_configurations
                .iter()
                .filter(|option| option.key == key)
                .flat_map(|option| &option.values)
                .filter_map(|value| value.value.clone())
                .take(limits::EXPECTED)
                .collect::<Vec<String>>()
        };
        Self {
            domain_name_servers: values("domain-name-servers"),
            domain_name: values("domain-name").into_iter().next(),
            id: raw.dhcp_options_id,
        }
    }
}

impl From<RawSecurityGroup> for SecurityGroup {
    fn from(raw: RawSecurityGroup) -> Self {
        Self {
            id: raw.group_id,
            name: raw.group_name,
            ingress: raw
                .ip_permissions
                .into_iter()
                .take(limits::LIST_IN_CAPTURE)
                .map(|permission| {
                    let v6 = permission.ipv6_ranges.into_iter();
                    Permission {
                        protocol: permission.ip_protocol,
                        from_port: permission.from_port,
                        to_port: permission.to_port,
                        cidrs: permission
                            .ip_ranges
                            .into_iter()
                            .map(|range| range.cidr_ip)
                            .chain(v6.map(|range| range.cidr_ipv6))
                            .take(limits::LIST_IN_CAPTURE)
                            .collect(),
                        groups: permission
                            .user_id_group_pairs
                            .into_iter()
                            .filter_map(|pair| pair.group_id)
                            .collect(),
                        prefix_lists: permission
                            .prefix_list_ids
                            .into_iter()
                            .filter_map(|list| list.prefix_list_id)
                            .collect(),
                    }
                })
                .collect(),
        }
    }
}

impl From<RawResolverEndpoint> for ResolverEndpoint {
    fn from(raw: RawResolverEndpoint) -> Self {
        Self {
            id: raw.id,
            name: raw.name,
            direction: raw.direction,
            vpc_id: raw.host_vpc_id,
            status: raw.status,
            status_message: raw.status_message,
            protocols: raw.protocols,
            security_group_ids: raw.security_group_ids,
            address_count: raw.ip_address_count,
            addresses: None,
        }
    }
}

impl RawEndpointAddress {
    /// A dual-stack address has two.
    fn into_addresses(self) -> impl Iterator<Item = EndpointAddress> {
        let (status, status_message, subnet_id) = (self.status, self.status_message, self.subnet_id);
        self.ip.into_iter().chain(self.ipv6).map(move |ip| EndpointAddress {
            ip,
            status: status.clone(),
            status_message: status_message.clone(),
            subnet_id: subnet_id.clone(),
        })
    }
}

impl From<RawResolverRule> for ResolverRule {
    fn from(raw: RawResolverRule) -> Self {
        Self {
            id: raw.id,
            name: raw.name,
            domain: raw.domain_name.unwrap_or_default(),
            kind: raw.rule_type,
            status: raw.status,
            owner: raw.owner_id,
            share_status: raw.share_status,
            resolver_endpoint_id: raw.resolver_endpoint_id,
            targets: raw
                .target_ips
                .into_iter()
                .take(limits::EXPECTED)
                .filter_map(|target| {
                    Some(RuleTarget {
                        ip: target.ip.or(target.ipv6)?,
                        port: target.port.unwrap_or(53),
                    })
                })
                .collect(),
        }
    }
}

impl From<RawHostedZone> for HostedZone {
    fn from(raw: RawHostedZone) -> Self {
        let (owning_account, owning_service) = raw
            .owner
            .map_or((None, None), |owner| (owner.owning_account, owner.owning_service));
        Self {
            id: raw.hosted_zone_id,
            name: raw.name,
            owning_account,
            owning_service,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::facts::Facts;
    use crate::facts::answers::{Source, Wanted};

    const X: &str = "0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-1.eks.amazonaws.com";

    fn cluster(name: &str, endpoint: &str) -> String {
        format!(
            r#"{{"cluster":{{"name":"{name}","createdAt":1795461910.803,"endpoint":"{endpoint}",
            "resourcesVpcConfig":{{"vpcId":"vpc-1","endpointPublicAccess":true,"endpointPrivateAccess":true}}}}}}"#
        )
    }

    fn eni(id: &str, description: &str, ip: &str, more: &str) -> String {
        format!(
            r#"{{"NetworkInterfaceId":"{id}","Description":"{description}","PrivateIpAddress":"{ip}","VpcId":"vpc-1"{more}}}"#
        )
    }

    fn enis(all: &[String]) -> String {
        format!(r#"{{"NetworkInterfaces":[{}]}}"#, all.join(","))
    }

    fn applied(files: &[&str]) -> (Facts, Vec<String>) {
        let mut answers = Answers {
            source: Source::Files,
            ..Answers::default()
        };
        for file in files {
            super::read(file.as_bytes(), &mut answers).unwrap();
        }
        let mut facts = Facts::default();
        let target = X.to_lowercase().parse().unwrap();
        let wanted = Wanted {
            target: &target,
            cluster: None,
        };
        let gaps = answers.assemble(wanted, &mut facts);
        (facts, gaps.into_iter().map(|gap| gap.fact).collect())
    }

    fn ids(facts: &Facts) -> Vec<&str> {
        let all = facts.interfaces.iter().flatten();
        all.map(|interface| interface.id.as_str()).collect()
    }

    #[test]
    fn what_the_cli_prints() {
        let interfaces = enis(&[
            eni(
                "eni-1",
                "Amazon EKS shared-cluster",
                "192.168.1.1",
                r#","Status":"in-use","PrivateIpAddresses":[{"PrivateIpAddress":"192.168.1.1"},{"PrivateIpAddress":"192.168.1.2"}],"Ipv6Addresses":[{"Ipv6Address":"2001:db8::1"}]"#,
            ),
            eni("eni-2", "Amazon EKS shared-cluster-2", "192.168.1.3", ""),
            eni(
                "eni-3",
                "Amazon EKS shared-cluster",
                "192.168.1.4",
                r#","Status":"available""#,
            ),
            eni("eni-4", "aws-K8S-i-1", "192.168.1.5", ""),
        ]);
        let vpcs = r#"{"Vpcs":[{"VpcId":"vpc-0","CidrBlock":"10.0.0.0/16"},{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16",
            "CidrBlockAssociationSet":[{"CidrBlock":"192.168.0.0/16","CidrBlockState":{"State":"associated"}},
            {"CidrBlock":"100.64.0.0/16","CidrBlockState":{"State":"associated"}},
            {"CidrBlock":"100.65.0.0/16","CidrBlockState":{"State":"disassociated"}}],
            "Ipv6CidrBlockAssociationSet":[{"Ipv6CidrBlock":"2001:db8::/56","Ipv6CidrBlockState":{"State":"associated"}}]}]}"#;
        // A trailing slash, and another case.
        let document = cluster("shared-cluster", &format!("https://{X}/"));
        let (facts, gaps) = applied(&[&interfaces, vpcs, &document]);
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        assert_eq!(facts.cluster.as_ref().unwrap().endpoint_public_access, Some(true));
        assert_eq!(ids(&facts), ["eni-1"]);
        let addresses: Vec<String> = facts.interfaces.as_ref().unwrap()[0]
            .addresses
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(addresses, ["192.168.1.1", "192.168.1.2", "2001:db8::1"]);
        let vpc = facts.vpc.unwrap();
        let cidrs: Vec<String> = vpc.cidrs.iter().map(ToString::to_string).collect();
        assert_eq!(cidrs, ["192.168.0.0/16", "100.64.0.0/16", "2001:db8::/56"]);
    }

    #[test]
    fn the_cluster_of_another_endpoint_is_kept_and_said_to_be_one() {
        let interfaces = enis(&[eni("eni-1", "Amazon EKS other", "192.168.1.1", "")]);
        let target = X.parse().unwrap();
        let (facts, _) = applied(&[&interfaces, &cluster("other", "https://other.test")]);
        assert!(facts.is_of_another_endpoint(&target) && facts.cluster_of(&target).is_none());
        // Of several it cannot be known which one is meant.
        let several = [cluster("one", "https://one.test"), cluster("two", "https://two.test")];
        let (facts, gaps) = applied(&[&several[0], &several[1]]);
        assert_eq!((facts.cluster, gaps[0].as_str()), (None, "cluster"));
        // One without an endpoint yet is no other's.
        let (facts, gaps) = applied(&[r#"{"cluster":{"name":"new","status":"CREATING","resourcesVpcConfig":null}}"#]);
        assert!(!facts.is_of_another_endpoint(&target));
        assert_eq!(gaps[0], "cluster");
    }

    #[test]
    fn interfaces_alone_are_used_where_they_are_one_clusters() {
        let one = eni("eni-1", "Amazon EKS shared-cluster", "192.168.1.1", "");
        let other = eni("eni-2", "Amazon EKS shared-cluster-2", "192.168.1.2", "");
        let (facts, gaps) = applied(&[&enis(std::slice::from_ref(&one))]);
        assert_eq!(ids(&facts), ["eni-1"]);
        assert!(gaps[0].starts_with("cluster, VPC,"), "{gaps:?}");
        // The same file twice says nothing more.
        let file = enis(std::slice::from_ref(&one));
        let (twice, _) = applied(&[&file, &file]);
        assert_eq!(twice, facts);
        let (facts, gaps) = applied(&[&enis(&[one, other])]);
        assert_eq!(facts.interfaces, None);
        assert!(gaps.contains(&"network interfaces".to_owned()));
    }

    /// What the AWS CLI printed for a cluster, in both styles of times, and shapes that it documents.
    fn recorded(folder: &str) -> Vec<(String, String)> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/awscli")
            .join(folder);
        let mut files: Vec<(String, String)> = read_dir(&path);
        files.sort();
        files
    }

    #[expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]
    fn read_dir(path: &std::path::Path) -> Vec<(String, String)> {
        std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, std::fs::read_to_string(path).unwrap())
            })
            .collect()
    }

    #[test]
    fn everything_that_the_cli_recorded_is_understood() {
        let mut before: Option<Facts> = None;
        for folder in ["v1", "v2"] {
            let files = recorded(folder);
            let texts: Vec<&str> = files.iter().map(|(_, text)| text.as_str()).collect();
            let (facts, gaps) = applied(&texts);
            assert_eq!(gaps, ["private hosted zones"], "{folder}");
            assert_eq!(facts.interfaces.as_ref().unwrap().len(), 2);
            let vpc = facts.vpc.as_ref().unwrap();
            assert_eq!(vpc.resolver().unwrap().to_string(), "192.168.0.2");
            assert_eq!(
                facts.dhcp_options.as_ref().unwrap().domain_name_servers,
                ["AmazonProvidedDNS"]
            );
            assert_eq!(
                facts.vpc_attributes,
                Some(VpcAttributes {
                    dns_support: Some(true),
                    dns_hostnames: Some(true)
                })
            );
            let inbound: Vec<&ResolverEndpoint> = facts
                .resolver_endpoints
                .iter()
                .flatten()
                .filter(|endpoint| endpoint.is_inbound())
                .collect();
            let ips: Vec<String> = inbound[0]
                .addresses
                .iter()
                .flatten()
                .map(|address| address.ip.to_string())
                .collect();
            assert_eq!(ips, ["192.168.96.10", "192.168.128.10"]);
            assert_eq!(facts.caller.as_ref().unwrap().account, "123456789012");
            assert!(facts.cluster.as_ref().unwrap().certificate_authority.is_some());
            assert!(facts.resolver_rules.iter().flatten().any(|rule| rule.kind == "FORWARD"));
            assert!(facts.rule_associations.as_ref().unwrap().len() > 1);
            assert_eq!(facts.updates, Some(Vec::new()));
            // All in one file, one behind the other, is the same.
            let (joined, _) = applied(&[&texts.join("\n")]);
            assert_eq!(joined, facts);
            // So is what the command `facts` makes of them.
            let document = crate::facts::document::Document {
                schema_version: SCHEMA_VERSION,
                tool: crate::facts::document::Maker::this(),
                taken_at: "2026-01-01T00:00:00Z".to_owned(),
                target: crate::settings::Target {
                    hostname: X.parse().unwrap(),
                    cluster: None,
                    region: None,
                    source: "aws".to_owned(),
                },
                facts: facts.clone(),
                gaps: Vec::new(),
            };
            let (again, _) = applied(&[&document.to_json().unwrap()]);
            let origin = Some("--facts, of 2026-01-01T00:00:00Z".to_owned());
            assert_eq!(
                again,
                Facts {
                    origin,
                    ..facts.clone()
                }
            );
            if let Some(before) = before.replace(facts) {
                assert_eq!(before, joined);
            }
        }
    }

    #[test]
    fn part_of_a_list_is_a_gap_and_an_empty_one_is_an_answer() {
        let (facts, gaps) = applied(&[r#"{"ResolverEndpoints":[],"NextToken":"x"}"#]);
        assert_eq!(facts.resolver_endpoints, Some(Vec::new()));
        assert!(gaps.contains(&"Resolver endpoints".to_owned()), "{gaps:?}");
        let (_, gaps) = applied(&[r#"{"Vpcs":[]}"#]);
        assert!(gaps.contains(&"VPC".to_owned()), "{gaps:?}");
    }

    #[test]
    fn more_addresses_than_are_compared_with_are_a_gap() {
        let many: Vec<String> = (0..300)
            .map(|n| {
                let ip = format!("192.168.{}.{}", n / 250, n % 250 + 1);
                eni(&format!("eni-{n}"), "Amazon EKS shared", &ip, "")
            })
            .collect();
        let (facts, gaps) = applied(&[&enis(&many)]);
        assert_eq!(facts.interfaces.unwrap().len(), limits::EXPECTED);
        assert!(gaps.contains(&"network interfaces".to_owned()), "{gaps:?}");
    }

    #[test]
    fn a_file_is_read_however_it_was_saved() {
        let document = cluster("shared", &format!("https://{X}")).replace("\"name\"", "\"note\":\"ü\",\"name\"");
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(document.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        // Windows-1252, in a field that nobody uses.
        let code_page: Vec<u8> = document.chars().map(|c| u8::try_from(c).unwrap()).collect();
        assert!(std::str::from_utf8(&code_page).is_err());
        let marked = [b"\xef\xbb\xbf", document.replace('\n', "\r\n").as_bytes()].concat();
        for bytes in [document.as_bytes(), &utf16, &code_page, &marked] {
            let mut answers = Answers::default();
            super::read(bytes, &mut answers).unwrap();
            assert_eq!(answers.clusters[0].name, "shared");
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let read = |text: &str| super::read(text.as_bytes(), &mut Answers::default()).unwrap_err();
        for text in [r#"{"Rules":[]}"#, "{}", "null", "7", "[]", r#"{"VpcId":"v"}"#] {
            assert_eq!(read(text), NotFacts::Other, "{text}");
        }
        assert_eq!(read(" \n"), NotFacts::Empty);
        assert_eq!(read(r#"{"schema_version":2}"#), NotFacts::Newer(2));
        let cut = read("{\n \"Vpcs\": [");
        assert!(cut.to_string().contains("line 2"), "{cut}");
        assert!(matches!(read("["), NotFacts::Json(_)));
        for text in [
            r#"{"cluster":7}"#,
            r#"{"cluster":{}}"#,
            r#"{"Vpcs":[7]}"#,
            r#"{"Vpcs":[{"VpcId":"v","CidrBlock":"x"}]}"#,
            r#"{"schema_version":1}"#,
        ] {
            let error = read(text);
            assert!(matches!(error, NotFacts::Shape(_)), "{text}: {error:?}");
            assert!(error.to_string().starts_with("is not as AWS prints it: line 1: "));
            assert!(!error.to_string().contains("Raw"), "{error}");
        }
        // The place is in the file, not in the document.
        let second = format!("{}\n\n{{\"Vpcs\":[7]}}", cluster("a", X));
        assert!(read(&second).to_string().contains("line 4"), "{}", read(&second));
        let deep = "[".repeat(100_000);
        assert!(matches!(read(&deep), NotFacts::Json(_)));
    }
}
