//! What the AWS CLI printed, saved as JSON: `aws eks describe-cluster`, `aws ec2 describe-network-interfaces` and
//! `aws ec2 describe-vpcs`, recognised by content (AWS API references; AWS CLI versions 1 and 2 differ in times
//! only, which are not read).

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

use super::answers::{Answers, Interface};
use super::{Cluster, Vpc};
use crate::limits;

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
    arn: Option<String>,
    status: Option<String>,
    // Absent while the cluster is being created.
    endpoint: Option<String>,
    resources_vpc_config: Option<RawVpcConfig>,
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
    description: Option<String>,
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
    owner_id: Option<String>,
    dhcp_options_id: Option<String>,
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

/// Takes a document into the answers.
pub fn read(bytes: &[u8], answers: &mut Answers) -> Result<(), NotFacts> {
    let document: Document =
        serde_json::from_slice(bytes).map_err(|error| NotFacts::Json(error.to_string()))?;
    if document.cluster.is_none() && document.interfaces.is_none() && document.vpcs.is_none() {
        return Err(NotFacts::Other);
    }
    answers
        .clusters
        .extend(document.cluster.map(RawCluster::into_cluster));
    if let Some(more) = document.interfaces {
        let more = more.into_iter().map(RawInterface::into_interface);
        answers.interfaces.get_or_insert_default().extend(more);
    }
    if let Some(more) = document.vpcs {
        let more = more.iter().map(networks);
        answers.vpcs.get_or_insert_default().extend(more);
    }
    Ok(())
}

impl RawCluster {
    fn into_cluster(self) -> Cluster {
        let network = self.resources_vpc_config.unwrap_or_default();
        Cluster {
            name: self.name,
            arn: self.arn,
            status: self.status,
            endpoint: self.endpoint,
            endpoint_public_access: network.endpoint_public_access,
            endpoint_private_access: network.endpoint_private_access,
            vpc_id: network.vpc_id,
            ..Cluster::default()
        }
    }
}

impl RawInterface {
    fn into_interface(self) -> Interface {
        let addresses = self
            .private_ip_address
            .into_iter()
            .chain(
                self.private_ip_addresses
                    .into_iter()
                    .filter_map(|address| address.private_ip_address),
            )
            .chain(
                self.ipv6_addresses
                    .into_iter()
                    .filter_map(|address| address.ipv6_address),
            )
            .collect();
        Interface {
            id: self.network_interface_id,
            description: self.description.unwrap_or_default(),
            status: self.status,
            vpc_id: self.vpc_id,
            addresses,
        }
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
        owner: raw.owner_id.clone(),
        dhcp_options_id: raw.dhcp_options_id.clone(),
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
    fn the_cluster_of_another_endpoint_is_kept_and_said_to_be_one() {
        let interfaces = enis(&[eni("eni-1", "Amazon EKS other", "192.168.1.1", "")]);
        let target = X.parse().unwrap();
        let (facts, _) = applied(&[&interfaces, &cluster("other", "https://other.test")]);
        assert!(facts.is_of_another_endpoint(&target) && facts.cluster_of(&target).is_none());
        // Of several it cannot be known which one is meant.
        let several = [
            cluster("one", "https://one.test"),
            cluster("two", "https://two.test"),
        ];
        let (facts, gaps) = applied(&[&several[0], &several[1]]);
        assert_eq!((facts.cluster, gaps[0].as_str()), (None, "cluster"));
        // One without an endpoint yet is no other's.
        let (facts, gaps) = applied(&[
            r#"{"cluster":{"name":"new","status":"CREATING","resourcesVpcConfig":null}}"#,
        ]);
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

    #[test]
    fn what_is_no_document_is_refused() {
        let read = |text: &str| super::read(text.as_bytes(), &mut Answers::default()).unwrap_err();
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
