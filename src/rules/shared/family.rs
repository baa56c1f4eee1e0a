//! An inbound endpoint that has no address of the family that is asked for, or that this host has
//! (`ResolverEndpointType`; botocore 1.44.8, `UpdateResolverEndpoint`: "You can only update between IPV4 and DUALSTACK,
//! IPV6 endpoint type can't be updated to other type").

use std::fmt;
use std::net::IpAddr;

use super::obstacle;
use super::route53;
use super::silence::Silence;
use crate::facts::{Call, ResolverEndpoint};
use crate::rules::{Case, Remedy, Subject, phrase};
use crate::text::plain_word as word;

/// That an endpoint and who asks it have no family of addresses in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum OtherFamily<'a> {
    /// The address is in a VPC whose inbound endpoints have addresses of the other family alone.
    NotAnEndpoints {
        ip: IpAddr,
        endpoints: Vec<&'a ResolverEndpoint>,
    },
    /// The endpoint has addresses of one family alone, and this host has none of that.
    NotThisHosts { ip: IpAddr, endpoint: &'a ResolverEndpoint },
}

/// What is known of that, at a resolver that was not heard.
pub(in crate::rules) fn other_family<'a>(case: &Case<'a>, subject: &Subject<'_>) -> Option<OtherFamily<'a>> {
    let ip = subject.ip()?;
    let listed = case.resolver_endpoints()?;
    if let Some(endpoint) = listed.iter().find(|one| route53::has_address(one, ip)) {
        let is_alone = endpoint.has_family(!ip.is_ipv4()) == Some(false);
        return (is_alone && lacks_the_family(case, subject, ip)).then_some(OtherFamily::NotThisHosts { ip, endpoint });
    }
    let vpc = case
        .vpc()
        .filter(|vpc| vpc.cidrs.iter().any(|cidr| cidr.contains(&ip)))?;
    let endpoints: Vec<&ResolverEndpoint> = listed
        .iter()
        .filter(|one| one.is_inbound_of_any_kind() && one.vpc_id.as_ref() == Some(&vpc.id))
        .collect();
    let is_whole = !case.is_part(Call::ListResolverEndpoints);
    let lacks = |one: &&ResolverEndpoint| one.has_family(ip.is_ipv4()) == Some(false);
    (is_whole && !endpoints.is_empty() && endpoints.iter().all(lacks))
        .then_some(OtherFamily::NotAnEndpoints { ip, endpoints })
}

/// Whether this host has no address of the family: no way leads there, and its own networks have none.
fn lacks_the_family(case: &Case<'_>, subject: &Subject<'_>, ip: IpAddr) -> bool {
    let here = obstacle::of_this_host(case, subject);
    let has_it = here.iter().any(|net| net.network().is_ipv4() == ip.is_ipv4());
    !has_it && (!here.is_empty() || Silence::of(subject) == Silence::NoWay)
}

fn family(is_v4: bool) -> &'static str {
    if is_v4 { "IPv4" } else { "IPv6" }
}

/// `rslvr-in-… (IPV4)`.
fn typed(endpoint: &ResolverEndpoint) -> String {
    match &endpoint.endpoint_type {
        Some(kind) => format!("{} (type {kind})", endpoint.id),
        None => endpoint.id.clone(),
    }
}

impl fmt::Display for OtherFamily<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnEndpoints { ip, endpoints } => {
                let typed: Vec<String> = endpoints.iter().map(|one| typed(one)).collect();
                write!(
                    f,
                    "{} {} no {} address, so {ip} is of no inbound endpoint of the VPC",
                    phrase::list(&typed),
                    phrase::plural(endpoints.len(), "has", "have"),
                    family(ip.is_ipv4())
                )
            }
            Self::NotThisHosts { ip, endpoint } => write!(
                f,
                "{} has no {} address, and this host has no {} network to ask it from",
                typed(endpoint),
                family(!ip.is_ipv4()),
                family(ip.is_ipv4())
            ),
        }
    }
}

impl OtherFamily<'_> {
    /// What gives them a family in common.
    pub(in crate::rules) fn remedies(&self, case: &Case<'_>) -> Vec<Remedy> {
        let region = case.region();
        let dual = |endpoint: &ResolverEndpoint| {
            format!(
                "aws route53resolver update-resolver-endpoint --region {region} --resolver-endpoint-id {} \
                 --resolver-endpoint-type DUALSTACK",
                word(&endpoint.id, "<rslvr-in-id>")
            )
        };
        let again = || {
            Remedy::advice(
                "AWS does not change an endpoint of type IPV6: make another inbound endpoint of type DUALSTACK or IPV4",
            )
        };
        match self {
            Self::NotAnEndpoints { ip, endpoints } => {
                let addresses = endpoints.iter().flat_map(|one| one.addresses.iter().flatten());
                let addresses = phrase::distinct(addresses.map(|address| address.ip));
                let ask = Remedy::advice(format!(
                    "Ask the endpoint at an address that it has{}",
                    if addresses.is_empty() {
                        String::new()
                    } else {
                        format!(": {addresses}")
                    }
                ));
                let more = if ip.is_ipv4() {
                    again()
                } else {
                    Remedy::new(
                        "Or give the endpoint IPv6 addresses too: DUALSTACK",
                        endpoints.iter().map(|one| dual(one)),
                    )
                };
                vec![ask, more]
            }
            Self::NotThisHosts { ip, endpoint } if ip.is_ipv4() => vec![Remedy::new(
                "Give the endpoint IPv6 addresses too: DUALSTACK",
                [dual(endpoint)],
            )],
            Self::NotThisHosts { .. } => vec![again()],
        }
    }
}
