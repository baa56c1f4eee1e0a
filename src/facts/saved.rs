//! What the AWS CLI printed, saved as JSON: `aws eks describe-cluster`, `aws ec2 describe-network-interfaces` and
//! `aws ec2 describe-vpcs`, recognised by content (AWS API references; AWS CLI versions 1 and 2 differ in times
//! only, which are not read).

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

use super::{Cluster, Facts, Gap, NetworkInterface, Vpc};
use crate::dns::Name;
use crate::limits;

/// What the description of a cluster's network interfaces begins with; the cluster's name follows, exactly (Amazon
/// EKS User Guide, "VPC and subnet requirements").
const DESCRIPTION: &str = "Amazon EKS ";

/// Why a file is none of the documents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFacts {
    /// No JSON, or not in the shape of the document.
    #[error("not JSON as the AWS CLI prints it: {0}")]
    Json(String),
    /// JSON of something else.
    #[error(
        "it is JSON, but not what aws eks describe-cluster, aws ec2 describe-network-interfaces or aws ec2 \
         describe-vpcs print"
    )]
    Other,
}

/// The documents that were read, in the order they were given.
#[derive(Debug, Default)]
pub struct Saved {
    clusters: Vec<RawCluster>,
    interfaces: Option<Vec<RawInterface>>,
    vpcs: Option<Vec<RawVpc>>,
}

#[derive(Debug, Deserialize)]
struct Document {
    cluster: Option<RawCluster>,
    #[serde(rename = "NetworkInterfaces")]
    interfaces: Option<Vec<RawInterface>>,
    #[serde(rename = "Vpcs")]
    vpcs: Option<Vec<RawVpc>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawCluster {
    name: String,
    // Absent while the cluster is being created.
    endpoint: Option<String>,
    #[serde(default)]
    resources_vpc_config: RawVpcConfig,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawVpcConfig {
    vpc_id: Option<String>,
    endpoint_public_access: Option<bool>,
    endpoint_private_access: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawInterface {
    network_interface_id: String,
    #[serde(default)]
    description: String,
    status: Option<String>,
    vpc_id: Option<String>,
    private_ip_address: Option<IpAddr>,
    #[serde(default)]
    private_ip_addresses: Vec<RawPrivateAddress>,
    #[serde(default)]
    ipv6_addresses: Vec<RawIpv6Address>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawPrivateAddress {
    private_ip_address: Option<IpAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawIpv6Address {
    ipv6_address: Option<IpAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawVpc {
    vpc_id: String,
    cidr_block: IpNet,
    #[serde(default)]
    cidr_block_association_set: Vec<RawCidr>,
    #[serde(default)]
    ipv6_cidr_block_association_set: Vec<RawIpv6Cidr>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawCidr {
    cidr_block: IpNet,
    cidr_block_state: Option<RawState>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawIpv6Cidr {
    ipv6_cidr_block: IpNet,
    ipv6_cidr_block_state: Option<RawState>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawState {
    state: Option<String>,
}

impl RawState {
    /// Networks that are being added, or were taken away, are listed too.
    fn is_associated(state: Option<&Self>) -> bool {
        state.and_then(|state| state.state.as_deref()) == Some("associated")
    }
}

impl Saved {
    /// Takes in a document.
    pub fn read(&mut self, bytes: &[u8]) -> Result<(), NotFacts> {
        let document: Document =
            serde_json::from_slice(bytes).map_err(|error| NotFacts::Json(error.to_string()))?;
        if document.cluster.is_none() && document.interfaces.is_none() && document.vpcs.is_none() {
            return Err(NotFacts::Other);
        }
        self.clusters.extend(document.cluster);
        if let Some(more) = document.interfaces {
            self.interfaces.get_or_insert_default().extend(more);
        }
        if let Some(more) = document.vpcs {
            self.vpcs.get_or_insert_default().extend(more);
        }
        Ok(())
    }

    /// Fills in what the documents say of the cluster whose endpoint is the target. What they do not say, or say of
    /// another cluster, is a gap.
    pub fn apply(self, target: &Name, facts: &mut Facts, gaps: &mut Vec<Gap>) {
        let gap = |fact: &str, reason: String| Gap {
            fact: fact.to_owned(),
            source: "--facts".to_owned(),
            reason,
        };
        let of_target = |cluster: &&RawCluster| {
            let host = cluster.endpoint.as_deref().and_then(host_of);
            host.is_some_and(|host| host == *target)
        };
        let cluster = self.clusters.iter().find(of_target).cloned();
        if cluster.is_none() && !self.clusters.is_empty() {
            let names: BTreeSet<&str> = self.clusters.iter().map(|c| c.name.as_str()).collect();
            let names: Vec<&str> = names.into_iter().take(8).collect();
            let reason = format!(
                "describe-cluster of {} has another endpoint, or none yet: nothing of it is used",
                names.join(", ")
            );
            gaps.push(gap("cluster, VPC and network interfaces", reason));
            return;
        }
        let (name, vpc_id) = cluster.as_ref().map_or((None, None), |cluster| {
            (
                Some(cluster.name.clone()),
                cluster.resources_vpc_config.vpc_id.clone(),
            )
        });
        facts.cluster = cluster.map(|cluster| Cluster {
            name: cluster.name,
            endpoint: cluster.endpoint,
            endpoint_public_access: cluster.resources_vpc_config.endpoint_public_access,
            endpoint_private_access: cluster.resources_vpc_config.endpoint_private_access,
        });
        if facts.cluster.is_none() {
            gaps.push(gap("cluster", "no file has describe-cluster".to_owned()));
        }
        let interfaces = match self.interfaces {
            None => Err("no file has describe-network-interfaces".to_owned()),
            Some(all) => of_cluster(all, name, vpc_id.as_deref()),
        };
        let mut vpc_id = vpc_id;
        match interfaces {
            Ok(found) => {
                vpc_id = vpc_id.or_else(|| found.first().and_then(|one| one.vpc_id.clone()));
                facts.interfaces = Some(found.iter().map(interface).collect());
            }
            Err(reason) => gaps.push(gap("network interfaces", reason)),
        }
        let vpc = self.vpcs.unwrap_or_default();
        let is_only = vpc.len() == 1;
        facts.vpc = vpc
            .iter()
            .find(|vpc| vpc_id.as_ref().map_or(is_only, |id| *id == vpc.vpc_id))
            .map(networks);
        if facts.vpc.is_none() {
            let reason = "no file has describe-vpcs of the cluster's VPC".to_owned();
            gaps.push(gap("VPC", reason));
        }
    }
}

/// The interfaces of the cluster: those with its description, in its VPC, that are in use. Without the cluster's
/// name, those of the only cluster that has any.
fn of_cluster(
    all: Vec<RawInterface>,
    name: Option<String>,
    vpc_id: Option<&str>,
) -> Result<Vec<RawInterface>, String> {
    let name = if let Some(name) = name {
        name
    } else {
        let names: BTreeSet<&str> = all
            .iter()
            .filter_map(|interface| interface.description.strip_prefix(DESCRIPTION))
            .collect();
        match names.len() {
            1 => names.into_iter().collect(),
            0 => return Err("describe-network-interfaces lists none of a cluster's".to_owned()),
            many => {
                return Err(format!(
                    "describe-network-interfaces lists those of {many} clusters: describe-cluster says which one's \
                     the endpoint is"
                ));
            }
        }
    };
    let found: Vec<RawInterface> = all
        .into_iter()
        .filter(|interface| interface.description.strip_prefix(DESCRIPTION) == Some(&name))
        .filter(|interface| {
            let elsewhere = |id: &str| vpc_id.is_some_and(|wanted| wanted != id);
            !interface.vpc_id.as_deref().is_some_and(elsewhere)
        })
        // One that is `available` is attached to nothing: a leftover.
        .filter(|interface| interface.status.as_deref() != Some("available"))
        .take(limits::EXPECTED)
        .collect();
    if found.is_empty() {
        return Err(format!(
            "describe-network-interfaces lists none in use with the description \"{DESCRIPTION}{name}\""
        ));
    }
    Ok(found)
}

fn interface(raw: &RawInterface) -> NetworkInterface {
    let addresses: BTreeSet<IpAddr> = raw
        .private_ip_address
        .into_iter()
        .chain(
            raw.private_ip_addresses
                .iter()
                .filter_map(|address| address.private_ip_address),
        )
        .chain(
            raw.ipv6_addresses
                .iter()
                .filter_map(|address| address.ipv6_address),
        )
        .take(limits::EXPECTED)
        .collect();
    NetworkInterface {
        id: raw.network_interface_id.clone(),
        addresses: addresses.into_iter().collect(),
    }
}

/// The VPC's networks, the primary first.
fn networks(raw: &RawVpc) -> Vpc {
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
    Vpc {
        id: raw.vpc_id.clone(),
        cidrs,
    }
}

/// The host of the endpoint's URL; some stores of it add a port, a slash or a dot.
fn host_of(url: &str) -> Option<Name> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next()?;
    Name::from_host(host).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

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
        let mut saved = Saved::default();
        for file in files {
            saved.read(file.as_bytes()).unwrap();
        }
        let (mut facts, mut gaps) = (Facts::default(), Vec::new());
        saved.apply(&X.to_lowercase().parse().unwrap(), &mut facts, &mut gaps);
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
        assert_eq!(gaps, [""; 0]);
        assert_eq!(
            facts.cluster.as_ref().unwrap().endpoint_public_access,
            Some(true)
        );
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
    fn another_cluster_is_not_used() {
        let interfaces = enis(&[eni("eni-1", "Amazon EKS other", "192.168.1.1", "")]);
        let (facts, gaps) = applied(&[&interfaces, &cluster("other", "https://other.test")]);
        assert_eq!((facts, gaps.len()), (Facts::default(), 1));
        // Neither is one without an endpoint yet.
        let (facts, gaps) = applied(&[r#"{"cluster":{"name":"new","status":"CREATING"}}"#]);
        assert_eq!((facts, gaps.len()), (Facts::default(), 1));
    }

    #[test]
    fn interfaces_alone_are_used_where_they_are_one_clusters() {
        let one = eni("eni-1", "Amazon EKS shared-cluster", "192.168.1.1", "");
        let other = eni("eni-2", "Amazon EKS shared-cluster-2", "192.168.1.2", "");
        let (facts, gaps) = applied(&[&enis(std::slice::from_ref(&one))]);
        assert_eq!(
            (ids(&facts), gaps),
            (vec!["eni-1"], vec!["cluster".to_owned(), "VPC".to_owned()])
        );
        let (facts, gaps) = applied(&[&enis(&[one, other])]);
        assert_eq!(facts.interfaces, None);
        assert!(gaps.contains(&"network interfaces".to_owned()));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let read = |text: &str| Saved::default().read(text.as_bytes()).unwrap_err();
        assert_eq!(read(r#"{"Rules":[]}"#), NotFacts::Other);
        let cut = read("{\n \"Vpcs\": [");
        assert!(cut.to_string().contains("line 2"), "{cut}");
        for text in [
            "",
            "[",
            "null",
            "7",
            r#"{"cluster":7}"#,
            r#"{"Vpcs":[{"VpcId":"v","CidrBlock":"x"}]}"#,
        ] {
            assert!(matches!(read(text), NotFacts::Json(_)), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(read(&deep), NotFacts::Json(_)));
    }
}
