//! EKS and Route 53 Resolver, through their SDKs. No type of theirs leaves this file.

use std::net::IpAddr;

use aws_sdk_eks::config::Config as EksConfig;
use aws_sdk_route53resolver::config::Config as ResolverConfig;
use aws_smithy_types::date_time::Format;
use aws_types::SdkConfig;

use super::transport::BoundedAnswer;
use super::xml::Page;
use super::{failure, few, text};
use crate::facts::{
    Call, Cluster, ClusterUpdate, EndpointAddress, FailedRead, ResolverEndpoint, ResolverRule, RuleAssociation,
    RuleTarget,
};
use crate::limits;

/// The clients of both services.
#[derive(Clone)]
pub(super) struct Sdk {
    eks: aws_sdk_eks::Client,
    resolver: aws_sdk_route53resolver::Client,
}

fn optional(value: Option<String>) -> Option<String> {
    value.map(text).filter(|value| !value.is_empty())
}

impl Sdk {
    pub(super) fn new(config: &SdkConfig) -> Self {
        let eks = EksConfig::new(config)
            .to_builder()
            .interceptor(BoundedAnswer::Json)
            .build();
        let resolver = ResolverConfig::new(config)
            .to_builder()
            .interceptor(BoundedAnswer::Json)
            .build();
        Self {
            eks: aws_sdk_eks::Client::from_conf(eks),
            resolver: aws_sdk_route53resolver::Client::from_conf(resolver),
        }
    }

    pub(super) async fn describe_cluster(&self, name: &str) -> Result<Cluster, FailedRead> {
        let call = Call::DescribeCluster;
        let answer = self
            .eks
            .describe_cluster()
            .name(name)
            .send()
            .await
            .map_err(|error| failure::of(call, &error))?;
        let raw = answer
            .cluster
            .ok_or_else(|| failure::unparsable(call, "the answer has no cluster"))?;
        let network = raw.resources_vpc_config;
        let (public, private) = network.as_ref().map_or((None, None), |network| {
            (
                Some(network.endpoint_public_access),
                Some(network.endpoint_private_access),
            )
        });
        let (vpc_id, group, cidrs) = network.map_or_else(Default::default, |network| {
            (
                network.vpc_id,
                network.cluster_security_group_id,
                network.public_access_cidrs.unwrap_or_default(),
            )
        });
        Ok(Cluster {
            name: raw.name.map_or_else(|| text(name.to_owned()), text),
            arn: optional(raw.arn),
            status: raw.status.map(|status| text(status.as_str().to_owned())),
            endpoint: optional(raw.endpoint),
            endpoint_public_access: public,
            endpoint_private_access: private,
            public_access_cidrs: few(cidrs.into_iter().map(text)).collect(),
            vpc_id: optional(vpc_id),
            cluster_security_group_id: optional(group),
            ip_family: raw
                .kubernetes_network_config
                .and_then(|network| network.ip_family)
                .map(|family| text(family.as_str().to_owned())),
            // One that had to be cut would be another's.
            certificate_authority: raw
                .certificate_authority
                .and_then(|certificate| certificate.data)
                .filter(|data| !data.is_empty() && data.len() <= limits::TEXT_IN_CAPTURE),
            is_local: raw.outpost_config.is_some(),
            is_connected: raw.connector_config.is_some(),
        })
    }

    pub(super) async fn list_clusters(&self, token: Option<String>) -> Result<Page<String>, FailedRead> {
        let answer = self
            .eks
            .list_clusters()
            .max_results(limits::AWS_PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| failure::of(Call::ListClusters, &error))?;
        Ok(Page {
            members: few(answer.clusters.unwrap_or_default().into_iter().map(text)).collect(),
            next: answer.next_token.filter(|token| !token.is_empty()),
        })
    }

    pub(super) async fn list_updates(&self, cluster: &str, token: Option<String>) -> Result<Page<String>, FailedRead> {
        let answer = self
            .eks
            .list_updates()
            .name(cluster)
            .max_results(limits::AWS_PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| failure::of(Call::ListUpdates, &error))?;
        Ok(Page {
            members: few(answer.update_ids.unwrap_or_default().into_iter().map(text)).collect(),
            next: answer.next_token.filter(|token| !token.is_empty()),
        })
    }

    pub(super) async fn describe_update(&self, cluster: &str, id: &str) -> Result<ClusterUpdate, FailedRead> {
        let call = Call::DescribeUpdate;
        let answer = self
            .eks
            .describe_update()
            .name(cluster)
            .update_id(id)
            .send()
            .await
            .map_err(|error| failure::of(call, &error))?;
        let raw = answer
            .update
            .ok_or_else(|| failure::unparsable(call, "the answer has no update"))?;
        Ok(ClusterUpdate {
            id: raw.id.map_or_else(|| text(id.to_owned()), text),
            kind: raw.r#type.map(|kind| text(kind.as_str().to_owned())),
            status: raw.status.map(|status| text(status.as_str().to_owned())),
            created_at: raw.created_at.and_then(|time| time.fmt(Format::DateTime).ok()),
        })
    }

    pub(super) async fn resolver_endpoints(&self, token: Option<String>) -> Result<Page<ResolverEndpoint>, FailedRead> {
        let answer = self
            .resolver
            .list_resolver_endpoints()
            .max_results(limits::AWS_PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| failure::of(Call::ListResolverEndpoints, &error))?;
        let members = answer.resolver_endpoints.unwrap_or_default();
        let members = few(members.into_iter()).map(|raw| {
            let protocols = raw.protocols.unwrap_or_default().into_iter();
            let groups = raw.security_group_ids.unwrap_or_default().into_iter();
            ResolverEndpoint {
                id: raw.id.map(text).unwrap_or_default(),
                name: optional(raw.name),
                direction: raw
                    .direction
                    .map(|direction| text(direction.as_str().to_owned()))
                    .unwrap_or_default(),
                vpc_id: optional(raw.host_vpc_id),
                status: raw.status.map(|status| text(status.as_str().to_owned())),
                status_message: optional(raw.status_message),
                protocols: few(protocols.map(|one| text(one.as_str().to_owned()))).collect(),
                security_group_ids: few(groups.map(text)).collect(),
                address_count: raw.ip_address_count.and_then(|n| u32::try_from(n).ok()),
                addresses: None,
            }
        });
        Ok(Page {
            members: members.collect(),
            next: answer.next_token.filter(|token| !token.is_empty()),
        })
    }

    pub(super) async fn endpoint_addresses(
        &self,
        endpoint: &str,
        token: Option<String>,
    ) -> Result<Page<EndpointAddress>, FailedRead> {
        let call = Call::ListResolverEndpointIpAddresses;
        let answer = self
            .resolver
            .list_resolver_endpoint_ip_addresses()
            .resolver_endpoint_id(endpoint)
            .max_results(limits::AWS_PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| failure::of(call, &error))?;
        let mut members = Vec::new();
        for raw in few(answer.ip_addresses.unwrap_or_default().into_iter()) {
            let status = raw.status.map(|status| text(status.as_str().to_owned()));
            let status_message = optional(raw.status_message);
            let subnet_id = optional(raw.subnet_id);
            // One that is being created may have no address yet.
            for ip in [optional(raw.ip), optional(raw.ipv6)].into_iter().flatten() {
                members.push(EndpointAddress {
                    ip: address(call, &ip)?,
                    status: status.clone(),
                    status_message: status_message.clone(),
                    subnet_id: subnet_id.clone(),
                });
            }
        }
        Ok(Page {
            members,
            next: answer.next_token.filter(|token| !token.is_empty()),
        })
    }

    pub(super) async fn resolver_rules(&self, token: Option<String>) -> Result<Page<ResolverRule>, FailedRead> {
        let call = Call::ListResolverRules;
        let answer = self
            .resolver
            .list_resolver_rules()
            .max_results(limits::AWS_PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| failure::of(call, &error))?;
        let mut members = Vec::new();
        for raw in few(answer.resolver_rules.unwrap_or_default().into_iter()) {
            let mut targets = Vec::new();
            for target in few(raw.target_ips.unwrap_or_default().into_iter()) {
                let port = target.port.and_then(|port| u16::try_from(port).ok());
                for ip in [optional(target.ip), optional(target.ipv6)].into_iter().flatten() {
                    targets.push(RuleTarget {
                        ip: address(call, &ip)?,
                        // Route 53 Resolver, TargetAddress: 53 where none is given.
                        port: port.unwrap_or(53),
                    });
                }
            }
            members.push(ResolverRule {
                id: raw.id.map(text).unwrap_or_default(),
                name: optional(raw.name),
                domain: raw.domain_name.map(text).unwrap_or_default(),
                kind: raw
                    .rule_type
                    .map(|kind| text(kind.as_str().to_owned()))
                    .unwrap_or_default(),
                status: raw.status.map(|status| text(status.as_str().to_owned())),
                owner: optional(raw.owner_id),
                share_status: raw.share_status.map(|status| text(status.as_str().to_owned())),
                resolver_endpoint_id: optional(raw.resolver_endpoint_id),
                targets,
            });
        }
        Ok(Page {
            members,
            next: answer.next_token.filter(|token| !token.is_empty()),
        })
    }

    pub(super) async fn rule_associations(&self, token: Option<String>) -> Result<Page<RuleAssociation>, FailedRead> {
        let answer = self
            .resolver
            .list_resolver_rule_associations()
            .max_results(limits::AWS_PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| failure::of(Call::ListResolverRuleAssociations, &error))?;
        let members = answer.resolver_rule_associations.unwrap_or_default();
        let members = few(members.into_iter()).map(|raw| RuleAssociation {
            rule_id: raw.resolver_rule_id.map(text).unwrap_or_default(),
            vpc_id: raw.vpc_id.map(text).unwrap_or_default(),
            status: raw.status.map(|status| text(status.as_str().to_owned())),
        });
        Ok(Page {
            members: members.collect(),
            next: answer.next_token.filter(|token| !token.is_empty()),
        })
    }
}

fn address(call: Call, value: &str) -> Result<IpAddr, FailedRead> {
    value.parse().map_err(|_| {
        let value: String = value.chars().take(limits::AWS_VALUE).collect();
        failure::unparsable(call, &format!("the answer has the address {value:?}"))
    })
}
