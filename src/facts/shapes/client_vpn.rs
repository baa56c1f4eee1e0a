//! AWS Client VPN: endpoints, their routes and their authorization rules (EC2 API Reference,
//! DescribeClientVpnEndpoints, DescribeClientVpnRoutes, DescribeClientVpnAuthorizationRules).

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::node::{Members, Node, WrongShape};
use crate::facts::Call;
use crate::limits;

/// A Client VPN endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ClientVpnEndpoint {
    /// The endpoint's id.
    pub id: String,
    /// Its VPC; `None` where it is attached to a transit gateway.
    pub vpc_id: Option<String>,
    /// `pending-associate`, `available`, `deleting`, `deleted`, `pending`.
    pub status: Option<String>,
    /// The IPv4 network from which clients get their addresses.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub client_cidr: Option<IpNet>,
    /// The DNS servers that clients get; empty where the endpoint has none.
    pub dns_servers: Vec<IpAddr>,
    /// The addresses that clients send through it: `ipv4`, `ipv6`, `dual-stack`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic: Option<String>,
    /// The security groups of its network interfaces in the associated subnets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_ids: Vec<String>,
    /// Whether clients send only what its routes name through it.
    pub split_tunnel: Option<bool>,
    /// Its routes; `None` where they were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes: Option<Vec<ClientVpnRoute>>,
    /// Its authorization rules; `None` where they were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_rules: Option<Vec<ClientVpnRule>>,
}

/// A route of a Client VPN endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ClientVpnRoute {
    /// The network that it leads to.
    #[cfg_attr(test, schemars(with = "String"))]
    pub destination: IpNet,
    /// The subnet that it leads through.
    #[serde(default)]
    pub target_subnet: Option<String>,
    /// `creating`, `active`, `failed`, `deleting`.
    #[serde(default)]
    pub status: Option<String>,
}

/// An authorization rule of a Client VPN endpoint. Which group it is for is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ClientVpnRule {
    /// The network that it allows.
    #[cfg_attr(test, schemars(with = "String"))]
    pub destination: IpNet,
    /// Whether it is for all clients; else it is for one group.
    pub access_all: bool,
    /// `authorizing`, `active`, `failed`, `revoking`.
    #[serde(default)]
    pub status: Option<String>,
}

impl ClientVpnEndpoint {
    /// Whether clients may be connected to it, as far as its status says.
    pub fn is_there(&self) -> bool {
        !matches!(
            self.status.as_deref(),
            Some("deleting" | "deleted" | "pending-associate")
        )
    }
}

/// What was answered about Client VPN: routes and rules name their endpoint, and an answer without any names none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientVpn {
    /// DescribeClientVpnEndpoints.
    pub endpoints: Option<Vec<ClientVpnEndpoint>>,
    /// DescribeClientVpnRoutes, by endpoint.
    pub routes: Vec<(String, Vec<ClientVpnRoute>)>,
    /// DescribeClientVpnAuthorizationRules, by endpoint.
    pub rules: Vec<(String, Vec<ClientVpnRule>)>,
    /// Answers that have nothing, of an endpoint that they do not name.
    pub empty: Vec<Call>,
}

/// The list of this endpoint, made where it is not there.
fn list_of<'a, T>(all: &'a mut Vec<(String, Vec<T>)>, endpoint: &str) -> &'a mut Vec<T> {
    let at = all.iter().position(|(id, _)| id == endpoint).unwrap_or_else(|| {
        all.push((endpoint.to_owned(), Vec::new()));
        all.len() - 1
    });
    &mut all[at].1
}

fn add<T: PartialEq>(all: &mut Vec<(String, Vec<T>)>, found: Vec<(String, T)>) {
    for (endpoint, one) in found {
        let list = list_of(all, &endpoint);
        if !list.contains(&one) {
            list.push(one);
        }
    }
}

impl ClientVpn {
    /// Takes in what somebody else read. What was said twice is what was said last.
    pub(in crate::facts) fn merge(&mut self, other: Self) {
        if let Some(more) = other.endpoints {
            let all = self.endpoints.get_or_insert_default();
            for one in more {
                all.retain(|known| known.id != one.id);
                all.push(one);
            }
        }
        for (endpoint, routes) in other.routes {
            list_of(&mut self.routes, &endpoint);
            add(
                &mut self.routes,
                routes.into_iter().map(|one| (endpoint.clone(), one)).collect(),
            );
        }
        for (endpoint, rules) in other.rules {
            list_of(&mut self.rules, &endpoint);
            add(
                &mut self.rules,
                rules.into_iter().map(|one| (endpoint.clone(), one)).collect(),
            );
        }
        self.empty.extend(other.empty);
    }

    /// Routes as they are listed: each names its endpoint.
    pub(in crate::facts) fn add_routes(&mut self, routes: Vec<(String, ClientVpnRoute)>) {
        if routes.is_empty() {
            self.empty.push(Call::DescribeClientVpnRoutes);
        }
        add(&mut self.routes, routes);
    }

    /// Authorization rules as they are listed: each names its endpoint.
    pub(in crate::facts) fn add_rules(&mut self, rules: Vec<(String, ClientVpnRule)>) {
        if rules.is_empty() {
            self.empty.push(Call::DescribeClientVpnAuthorizationRules);
        }
        add(&mut self.rules, rules);
    }

    /// Says which endpoint's routes were read, where the answer has none.
    pub(in crate::facts) fn routes_are_of(&mut self, endpoint: &str) {
        self.empty.retain(|call| *call != Call::DescribeClientVpnRoutes);
        list_of(&mut self.routes, endpoint);
    }

    /// The same of its authorization rules.
    pub(in crate::facts) fn rules_are_of(&mut self, endpoint: &str) {
        self.empty
            .retain(|call| *call != Call::DescribeClientVpnAuthorizationRules);
        list_of(&mut self.rules, endpoint);
    }

    /// The endpoints with what was read of each, in the order of their ids, and the calls whose lists were cut or are
    /// of an endpoint that nothing names. An answer that has nothing is that of the only endpoint there is.
    pub(in crate::facts) fn together(mut self) -> (Option<Vec<ClientVpnEndpoint>>, Vec<Call>) {
        let mut undecided = std::mem::take(&mut self.empty);
        if let Some([only]) = self.endpoints.as_deref() {
            let id = only.id.clone();
            let of_routes = undecided.contains(&Call::DescribeClientVpnRoutes);
            let of_rules = undecided.contains(&Call::DescribeClientVpnAuthorizationRules);
            if of_routes && self.routes.is_empty() {
                list_of(&mut self.routes, &id);
                undecided.retain(|call| *call != Call::DescribeClientVpnRoutes);
            }
            if of_rules && self.rules.is_empty() {
                list_of(&mut self.rules, &id);
                undecided.retain(|call| *call != Call::DescribeClientVpnAuthorizationRules);
            }
        }
        let mut cut = Vec::new();
        if let Some(endpoints) = &mut self.endpoints {
            for endpoint in endpoints.iter_mut() {
                if let Some((_, routes)) = self.routes.iter_mut().find(|(id, _)| *id == endpoint.id) {
                    let mut routes = std::mem::take(routes);
                    cut.extend((routes.len() > limits::LIST_IN_CAPTURE).then_some(Call::DescribeClientVpnRoutes));
                    routes.truncate(limits::LIST_IN_CAPTURE);
                    endpoint.routes = Some(routes);
                }
                if let Some((_, rules)) = self.rules.iter_mut().find(|(id, _)| *id == endpoint.id) {
                    let mut rules = std::mem::take(rules);
                    let call = Call::DescribeClientVpnAuthorizationRules;
                    cut.extend((rules.len() > limits::LIST_IN_CAPTURE).then_some(call));
                    rules.truncate(limits::LIST_IN_CAPTURE);
                    endpoint.authorization_rules = Some(rules);
                }
            }
            endpoints.sort_by(|one, other| one.id.cmp(&other.id));
        }
        undecided.extend(cut);
        undecided.sort();
        undecided.dedup();
        (self.endpoints, undecided)
    }
}

/// The code of a status.
fn code(of: &Members<'_>) -> Result<Option<String>, WrongShape> {
    of.object("Status")?.map_or(Ok(None), |status| status.text("Code"))
}

fn destination(of: &Members<'_>) -> Result<IpNet, WrongShape> {
    let cidr = of.get("DestinationCidr").ok_or_else(|| of.lacks("DestinationCidr"))?;
    cidr.network()
}

/// A Client VPN endpoint.
pub(in crate::facts) fn client_vpn_endpoint(of: &Members<'_>) -> Result<ClientVpnEndpoint, WrongShape> {
    let servers = of.list("DnsServers")?;
    let servers: Result<_, _> = servers.iter().take(limits::EXPECTED).map(Node::ip).collect();
    Ok(ClientVpnEndpoint {
        id: of.needed("ClientVpnEndpointId")?,
        vpc_id: of.text("VpcId")?,
        status: code(of)?,
        client_cidr: of.get("ClientCidrBlock").map(|cidr| cidr.network()).transpose()?,
        dns_servers: servers?,
        traffic: of.text("TrafficIpAddressType")?,
        security_group_ids: of.texts("SecurityGroupIds")?,
        split_tunnel: of.flag("SplitTunnel")?,
        routes: None,
        authorization_rules: None,
    })
}

/// A route, with its endpoint.
pub(in crate::facts) fn client_vpn_route(of: &Members<'_>) -> Result<(String, ClientVpnRoute), WrongShape> {
    let route = ClientVpnRoute {
        destination: destination(of)?,
        target_subnet: of.text("TargetSubnet")?,
        status: code(of)?,
    };
    Ok((of.needed("ClientVpnEndpointId")?, route))
}

/// An authorization rule, with its endpoint.
pub(in crate::facts) fn client_vpn_rule(of: &Members<'_>) -> Result<(String, ClientVpnRule), WrongShape> {
    let rule = ClientVpnRule {
        destination: destination(of)?,
        access_all: of.flag("AccessAll")?.ok_or_else(|| of.lacks("AccessAll"))?,
        status: code(of)?,
    };
    Ok((of.needed("ClientVpnEndpointId")?, rule))
}
