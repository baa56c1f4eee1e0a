//! The XML in which EC2 (Query API, 2016-11-15), STS (2011-06-15) and Route 53 (2013-04-01) answer: the elements
//! that are read of each (API references of the three services).

use std::net::IpAddr;

use ipnet::IpNet;
use quick_xml::events::Event;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{few, text};
use crate::facts::answers::Interface;
use crate::facts::{Caller, DhcpOptions, HostedZone, Permission, SecurityGroup, Vpc, VpcAttributes};
use crate::limits;

/// A page of a list, and where the next one begins.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) members: Vec<T>,
    pub(super) next: Option<String>,
}

/// Why an answer cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotAnswer {
    #[error("the answer is not XML: {0}")]
    Xml(#[from] quick_xml::DeError),
    #[error("the answer is not <{expected}> but <{found}>")]
    Other { expected: &'static str, found: String },
    #[error("the answer has {0:?} where {1} is expected")]
    Value(String, &'static str),
}

/// Reads a document whose root has this name. serde alone takes any root, so that a web page would be an empty list.
fn document<T: DeserializeOwned>(root: &'static str, xml: &str) -> Result<T, NotAnswer> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let found = loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => {
                break start.local_name().as_ref().to_vec();
            }
            Ok(Event::Eof) => break Vec::new(),
            Ok(_) => {}
            Err(error) => return Err(quick_xml::DeError::from(error).into()),
        }
    };
    if found != root.as_bytes() {
        return Err(NotAnswer::Other {
            expected: root,
            found: String::from_utf8_lossy(&found)
                .chars()
                .take(limits::AWS_VALUE)
                .collect(),
        });
    }
    Ok(quick_xml::de::from_str(xml)?)
}

/// A list: `<…Set><item>…</item></…Set>`.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct Items<T> {
    item: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { item: Vec::new() }
    }
}

/// A value that may be absent, or an empty element.
fn filled(value: Option<String>) -> Option<String> {
    value.map(text).filter(|value| !value.is_empty())
}

fn next(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

fn ip(value: Option<String>) -> Result<Option<IpAddr>, NotAnswer> {
    filled(value)
        .map(|value| {
            value
                .parse()
                .map_err(|_| NotAnswer::Value(failed_value(&value), "an address"))
        })
        .transpose()
}

fn net(value: Option<String>) -> Result<Option<IpNet>, NotAnswer> {
    filled(value)
        .map(|value| {
            value
                .parse()
                .map_err(|_| NotAnswer::Value(failed_value(&value), "a network"))
        })
        .transpose()
}

fn failed_value(value: &str) -> String {
    value.chars().take(limits::AWS_VALUE).collect()
}

/// The code and the message of an error: EC2's `<Response><Errors><Error>`, the others' `<ErrorResponse><Error>`.
pub(super) fn error(xml: &str) -> Option<(String, String)> {
    #[derive(Deserialize)]
    struct Document {
        #[serde(rename = "Errors")]
        errors: Option<Errors>,
        #[serde(rename = "Error")]
        error: Option<Said>,
    }
    #[derive(Deserialize)]
    struct Errors {
        #[serde(rename = "Error")]
        errors: Vec<Said>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Said {
        code: String,
        #[serde(default)]
        message: String,
    }
    let document: Document = quick_xml::de::from_str(xml).ok()?;
    let said = document
        .errors
        .and_then(|errors| errors.errors.into_iter().next())
        .or(document.error)?;
    (!said.code.is_empty()).then(|| (text(said.code), text(said.message)))
}

pub(super) fn caller(xml: &str) -> Result<Caller, NotAnswer> {
    #[derive(Deserialize)]
    struct Document {
        #[serde(rename = "GetCallerIdentityResult")]
        result: Identity,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Identity {
        account: String,
        arn: Option<String>,
    }
    let document: Document = document("GetCallerIdentityResponse", xml)?;
    Ok(Caller {
        account: text(document.result.account),
        arn: filled(document.result.arn),
    })
}

pub(super) fn interfaces(xml: &str) -> Result<Page<Interface>, NotAnswer> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        #[serde(default)]
        network_interface_set: Items<Raw>,
        next_token: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Raw {
        network_interface_id: String,
        description: Option<String>,
        status: Option<String>,
        vpc_id: Option<String>,
        subnet_id: Option<String>,
        private_ip_address: Option<String>,
        #[serde(default)]
        private_ip_addresses_set: Items<Private>,
        #[serde(default)]
        ipv6_addresses_set: Items<Ipv6>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Private {
        private_ip_address: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Ipv6 {
        ipv6_address: Option<String>,
    }
    let document: Document = document("DescribeNetworkInterfacesResponse", xml)?;
    let members = document.network_interface_set.item.into_iter().map(|raw| {
        let private = raw.private_ip_addresses_set.item.into_iter();
        let ipv6 = raw.ipv6_addresses_set.item.into_iter();
        let addresses = std::iter::once(raw.private_ip_address)
            .chain(private.map(|one| one.private_ip_address))
            .chain(ipv6.map(|one| one.ipv6_address))
            .filter_map(|value| ip(value).transpose())
            .take(limits::EXPECTED)
            .collect::<Result<_, _>>()?;
        Ok(Interface {
            id: text(raw.network_interface_id),
            description: filled(raw.description).unwrap_or_default(),
            status: filled(raw.status),
            vpc_id: filled(raw.vpc_id),
            subnet_id: filled(raw.subnet_id),
            addresses,
        })
    });
    Ok(Page {
        members: few(members).collect::<Result<_, NotAnswer>>()?,
        next: next(document.next_token),
    })
}

pub(super) fn vpcs(xml: &str) -> Result<Page<Vpc>, NotAnswer> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        #[serde(default)]
        vpc_set: Items<Raw>,
        next_token: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Raw {
        vpc_id: String,
        owner_id: Option<String>,
        dhcp_options_id: Option<String>,
        cidr_block: Option<String>,
        #[serde(default)]
        cidr_block_association_set: Items<Cidr>,
        #[serde(default)]
        ipv6_cidr_block_association_set: Items<Ipv6Cidr>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Cidr {
        cidr_block: Option<String>,
        cidr_block_state: Option<State>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Ipv6Cidr {
        ipv6_cidr_block: Option<String>,
        ipv6_cidr_block_state: Option<State>,
    }
    #[derive(Deserialize)]
    struct State {
        state: Option<String>,
    }
    // Networks that are being added, or were taken away, are listed too.
    let associated = |state: Option<State>| state.and_then(|one| one.state).as_deref() == Some("associated");
    let document: Document = document("DescribeVpcsResponse", xml)?;
    let members = document.vpc_set.item.into_iter().map(|raw| {
        let v4 = raw.cidr_block_association_set.item.into_iter();
        let v6 = raw.ipv6_cidr_block_association_set.item.into_iter();
        let mut cidrs: Vec<IpNet> = Vec::new();
        let listed = std::iter::once(raw.cidr_block)
            .chain(v4.filter_map(|one| associated(one.cidr_block_state).then_some(one.cidr_block)))
            .chain(v6.filter_map(|one| associated(one.ipv6_cidr_block_state).then_some(one.ipv6_cidr_block)));
        for cidr in listed.take(limits::EXPECTED) {
            if let Some(cidr) = net(cidr)?
                && !cidrs.contains(&cidr)
            {
                cidrs.push(cidr);
            }
        }
        Ok(Vpc {
            id: text(raw.vpc_id),
            cidrs,
            owner: filled(raw.owner_id),
            dhcp_options_id: filled(raw.dhcp_options_id),
        })
    });
    Ok(Page {
        members: few(members).collect::<Result<_, NotAnswer>>()?,
        next: next(document.next_token),
    })
}

pub(super) fn vpc_attributes(xml: &str) -> Result<VpcAttributes, NotAnswer> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        enable_dns_support: Option<Value>,
        enable_dns_hostnames: Option<Value>,
    }
    #[derive(Deserialize)]
    struct Value {
        value: bool,
    }
    let document: Document = document("DescribeVpcAttributeResponse", xml)?;
    Ok(VpcAttributes {
        dns_support: document.enable_dns_support.map(|one| one.value),
        dns_hostnames: document.enable_dns_hostnames.map(|one| one.value),
    })
}

pub(super) fn dhcp_options(xml: &str) -> Result<Page<DhcpOptions>, NotAnswer> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        #[serde(default)]
        dhcp_options_set: Items<Raw>,
        next_token: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Raw {
        dhcp_options_id: String,
        #[serde(default)]
        dhcp_configuration_set: Items<Configuration>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Configuration {
        key: String,
        #[serde(default)]
        value_set: Items<Value>,
    }
    #[derive(Deserialize)]
    struct Value {
        #[serde(default)]
        value: String,
    }
    let document: Document = document("DescribeDhcpOptionsResponse", xml)?;
    let members = document.dhcp_options_set.item.into_iter().map(|raw| {
        let mut options = DhcpOptions {
            id: text(raw.dhcp_options_id),
            ..DhcpOptions::default()
        };
        for configuration in raw.dhcp_configuration_set.item {
            let values = configuration.value_set.item.into_iter();
            let mut values = few(values.map(|one| text(one.value)));
            match configuration.key.as_str() {
                "domain-name-servers" => options.domain_name_servers = values.collect(),
                "domain-name" => options.domain_name = values.next(),
                _ => {}
            }
        }
        options
    });
    Ok(Page {
        members: few(members).collect(),
        next: next(document.next_token),
    })
}

pub(super) fn security_groups(xml: &str) -> Result<Page<SecurityGroup>, NotAnswer> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        #[serde(default)]
        security_group_info: Items<Raw>,
        next_token: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Raw {
        group_id: String,
        group_name: Option<String>,
        #[serde(default)]
        ip_permissions: Items<RawPermission>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct RawPermission {
        ip_protocol: String,
        from_port: Option<i32>,
        to_port: Option<i32>,
        #[serde(default)]
        groups: Items<Group>,
        #[serde(default)]
        ip_ranges: Items<Range>,
        #[serde(default)]
        ipv6_ranges: Items<Ipv6Range>,
        #[serde(default)]
        prefix_list_ids: Items<PrefixList>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Group {
        group_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Range {
        cidr_ip: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Ipv6Range {
        cidr_ipv6: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PrefixList {
        prefix_list_id: Option<String>,
    }
    let document: Document = document("DescribeSecurityGroupsResponse", xml)?;
    let members = document.security_group_info.item.into_iter().map(|raw| {
        let permissions = raw.ip_permissions.item.into_iter().map(|raw| {
            let v4 = raw.ip_ranges.item.into_iter().map(|one| one.cidr_ip);
            let v6 = raw.ipv6_ranges.item.into_iter().map(|one| one.cidr_ipv6);
            let groups = raw.groups.item.into_iter();
            let lists = raw.prefix_list_ids.item.into_iter();
            Ok(Permission {
                protocol: text(raw.ip_protocol),
                from_port: raw.from_port,
                to_port: raw.to_port,
                cidrs: few(v4.chain(v6).filter_map(|value| net(value).transpose())).collect::<Result<_, _>>()?,
                groups: few(groups.filter_map(|one| filled(one.group_id))).collect(),
                prefix_lists: few(lists.filter_map(|one| filled(one.prefix_list_id))).collect(),
            })
        });
        Ok(SecurityGroup {
            id: text(raw.group_id),
            name: filled(raw.group_name),
            ingress: few(permissions).collect::<Result<_, NotAnswer>>()?,
        })
    });
    Ok(Page {
        members: few(members).collect::<Result<_, NotAnswer>>()?,
        next: next(document.next_token),
    })
}

pub(super) fn hosted_zones(xml: &str) -> Result<Page<HostedZone>, NotAnswer> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Document {
        #[serde(default)]
        hosted_zone_summaries: Summaries,
        next_token: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Summaries {
        #[serde(rename = "HostedZoneSummary")]
        zones: Vec<Raw>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Raw {
        hosted_zone_id: String,
        name: String,
        owner: Option<Owner>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Owner {
        owning_account: Option<String>,
        owning_service: Option<String>,
    }
    let document: Document = document("ListHostedZonesByVPCResponse", xml)?;
    let members = document.hosted_zone_summaries.zones.into_iter().map(|raw| {
        let owner = raw.owner.unwrap_or_default();
        HostedZone {
            id: text(raw.hosted_zone_id),
            name: text(raw.name),
            owning_account: filled(owner.owning_account),
            owning_service: filled(owner.owning_service),
        }
    });
    Ok(Page {
        members: few(members).collect(),
        next: next(document.next_token),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn a_page_of_something_else_is_no_empty_list() {
        let page = "<!DOCTYPE html><html><body>Not Found</body></html>";
        assert!(matches!(vpcs(page), Err(NotAnswer::Other { .. })));
        assert!(matches!(vpcs(""), Err(NotAnswer::Other { .. })));
        assert!(error(page).is_none());
        let cut = "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId>";
        assert!(matches!(vpcs(cut), Err(NotAnswer::Xml(_))));
        assert!(vpcs("<DescribeVpcsResponse/>").unwrap().members.is_empty());
    }

    #[test]
    fn hostile_documents_end() {
        // Entities of its own are refused, not expanded.
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\
                    <DescribeVpcsResponse><vpcSet><item><vpcId>&b;</vpcId></item></vpcSet></DescribeVpcsResponse>";
        assert!(vpcs(bomb).is_err());
        let deep = format!(
            "<DescribeVpcsResponse>{}{}</DescribeVpcsResponse>",
            "<a>".repeat(200_000),
            "</a>".repeat(200_000)
        );
        assert!(vpcs(&deep).unwrap().members.is_empty());
        let long = format!(
            "<DescribeVpcsResponse><vpcSet><item><vpcId>{}</vpcId></item></vpcSet></DescribeVpcsResponse>",
            "x".repeat(100_000)
        );
        assert_eq!(vpcs(&long).unwrap().members[0].id.len(), limits::AWS_TEXT);
    }

    #[test]
    fn an_address_that_is_none_is_not_left_out_in_silence() {
        let xml = "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item>\
                   <networkInterfaceId>eni-1</networkInterfaceId><privateIpAddress>10.0.0.x</privateIpAddress>\
                   </item></networkInterfaceSet></DescribeNetworkInterfacesResponse>";
        assert!(matches!(interfaces(xml), Err(NotAnswer::Value(..))));
        // An empty element is no address, and nothing else.
        let empty = xml.replace("10.0.0.x", "");
        assert!(interfaces(&empty).unwrap().members[0].addresses.is_empty());
    }

    #[test]
    fn both_forms_of_an_error() {
        let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no &quot;x&quot;</Message>\
                   </Error></Errors><RequestID>1</RequestID></Response>";
        assert_eq!(
            error(ec2),
            Some(("UnauthorizedOperation".to_owned(), "no \"x\"".to_owned()))
        );
        let sts = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                   <Code>ExpiredToken</Code><Message>old</Message></Error><RequestId>1</RequestId></ErrorResponse>";
        assert_eq!(error(sts).unwrap().0, "ExpiredToken");
    }
}
