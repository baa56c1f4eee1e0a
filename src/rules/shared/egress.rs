//! What the network around an outbound endpoint lets through to the targets of a Resolver rule: its security groups,
//! the network ACLs of its subnets, and the route to the target (Amazon Route 53 Developer Guide, "Values that you
//! specify when you create or edit outbound endpoints"; Amazon VPC User Guide, "Network ACLs" and "Route tables").

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::inbound;
use super::obstacle::{self, CLIENT_PORTS, below};
use crate::facts::{NetworkAcl, ResolverEndpoint, ResolverRule, Route, RouteTable, RuleTarget};
use crate::limits;
use crate::observation::Transport;
use crate::rules::Case;

/// What keeps the questions of an outbound endpoint from a target, or the answers from the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) struct EgressObstacle<'a> {
    pub target: RuleTarget,
    pub what: EgressFault<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum EgressFault<'a> {
    /// None of the endpoint's security groups lets it out.
    Groups {
        endpoint: &'a ResolverEndpoint,
        transport: Transport,
    },
    /// The network ACL of a subnet of the endpoint denies it.
    Acl {
        acl: &'a NetworkAcl,
        subnet: &'a str,
        /// Whether it is the answer that is denied.
        is_answer: bool,
        transport: Transport,
    },
    /// No route of a subnet's table leads to the target, or what it leads through is gone.
    NoRoute {
        table: &'a RouteTable,
        subnet: &'a str,
        gone: Option<&'a Route>,
    },
}

/// The outbound endpoint that a rule forwards through, where the account lists it.
pub(in crate::rules) fn endpoint_of<'a>(case: &Case<'a>, rule: &ResolverRule) -> Option<&'a ResolverEndpoint> {
    let id = rule.resolver_endpoint_id.as_deref()?;
    case.resolver_endpoints()?.iter().find(|one| one.id == id)
}

/// What stands between an outbound endpoint and the targets of a rule, as far as it is known: over each protocol of
/// DNS, at each subnet of the endpoint.
pub(in crate::rules) fn stops<'a>(
    case: &Case<'a>,
    rule: &ResolverRule,
    endpoint: &'a ResolverEndpoint,
) -> Vec<EgressObstacle<'a>> {
    let mut found = Vec::new();
    for target in rule.targets.iter().take(limits::WAYS_OUT) {
        let mut add = |what| {
            let target = target.clone();
            found.push(EgressObstacle { target, what });
        };
        for transport in [Transport::Udp, Transport::Tcp] {
            if !groups_let_out(case, &endpoint.security_group_ids, target, transport) {
                add(EgressFault::Groups { endpoint, transport });
            }
        }
        let Some(network) = case.network() else {
            continue;
        };
        let to = IpNet::from(target.ip);
        let addresses = endpoint.addresses.iter().flatten();
        let mut seen: Vec<&str> = Vec::new();
        for address in addresses.filter(|one| one.ip.is_ipv4() == target.ip.is_ipv4()) {
            let Some(subnet) = address.subnet_id.as_deref().filter(|id| !seen.contains(id)) else {
                continue;
            };
            if seen.len() == limits::WAYS_OUT {
                break;
            }
            seen.push(subnet);
            let own = network.subnets.iter().find(|one| one.id == subnet);
            // What stays in the subnet passes no ACL, and needs no route.
            if own.is_some_and(|own| own.cidrs.iter().any(|cidr| cidr.contains(&target.ip))) {
                continue;
            }
            let mut acls = network.acls.iter();
            if let Some(acl) = acls.find(|acl| acl.subnet_ids.iter().any(|id| id == subnet)) {
                let port = i32::from(target.port);
                for transport in [Transport::Udp, Transport::Tcp] {
                    for (is_answer, ports) in [(false, (port, port)), (true, CLIENT_PORTS)] {
                        if !obstacle::lets_any(acl, !is_answer, transport, ports, &to) {
                            add(EgressFault::Acl {
                                acl,
                                subnet,
                                is_answer,
                                transport,
                            });
                        }
                    }
                }
            }
            let missing = obstacle::no_route(case, &network, subnet, endpoint.vpc_id.as_deref(), &[to]);
            if let Some(obstacle::NetworkFault::NoRouteBack { table, gone, .. }) = missing {
                add(EgressFault::NoRoute { table, subnet, gone });
            }
        }
    }
    found
}

/// Whether security groups may let questions out to a target.
pub(in crate::rules) fn groups_let_out(
    case: &Case<'_>,
    ids: &[String],
    target: &RuleTarget,
    transport: Transport,
) -> bool {
    let groups = case.security_groups().unwrap_or_default();
    let own = groups.iter().filter(|group| ids.contains(&group.id));
    let own: Option<Vec<_>> = own.map(|group| group.egress.as_deref()).collect();
    // A group that is not listed may let it out.
    let Some(own) = own.filter(|own| !ids.is_empty() && own.len() >= ids.len()) else {
        return true;
    };
    let lists = case.prefix_lists();
    own.into_iter().flatten().any(|permission| {
        let is_listed = |id: &String| {
            let list = lists.iter().find(|list| list.id == *id);
            // A list that was not read may hold the target.
            list.is_none_or(|list| list.cidrs.iter().any(|cidr| cidr.contains(&target.ip)))
        };
        inbound::covers(permission, transport, target.port)
            && (!permission.groups.is_empty()
                || permission.cidrs.iter().any(|cidr| cidr.contains(&target.ip))
                || permission.prefix_lists.iter().any(is_listed))
    })
}

/// Whether nothing gets to any target: each has a stop at the groups, or one at every subnet of the endpoint.
pub(in crate::rules) fn is_all(rule: &ResolverRule, endpoint: &ResolverEndpoint, stops: &[EgressObstacle<'_>]) -> bool {
    let is_stopped = |target: &RuleTarget| {
        let own: Vec<&EgressFault<'_>> = stops
            .iter()
            .filter(|stop| stop.target == *target)
            .map(|stop| &stop.what)
            .collect();
        // DNS over UDP is what Resolver begins with.
        let at_groups = own.iter().any(|what| {
            matches!(
                what,
                EgressFault::Groups {
                    transport: Transport::Udp,
                    ..
                }
            )
        });
        let is_same_family = |ip: IpAddr| ip.is_ipv4() == target.ip.is_ipv4();
        let addresses = endpoint.addresses.iter().flatten();
        let mut addresses = addresses.filter(|one| is_same_family(one.ip)).peekable();
        // Without one that could send there, nothing was looked at.
        let has_any = addresses.peek().is_some();
        let at_subnets = addresses.all(|one| {
            let at = one.subnet_id.as_deref();
            own.iter().any(|what| match what {
                EgressFault::Acl { subnet, transport, .. } => at == Some(*subnet) && *transport == Transport::Udp,
                EgressFault::NoRoute { subnet, .. } => at == Some(*subnet),
                EgressFault::Groups { .. } => false,
            })
        });
        at_groups || has_any && at_subnets
    };
    !rule.targets.is_empty() && rule.targets.iter().all(is_stopped)
}

impl fmt::Display for EgressObstacle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RuleTarget { ip, port } = self.target;
        match &self.what {
            EgressFault::Groups { endpoint, transport } => write!(
                f,
                "security groups {} of {}: no outbound rule lets {} port {port} out to {ip}",
                endpoint.security_group_ids.join(", "),
                endpoint.id,
                below(*transport)
            ),
            EgressFault::Acl {
                acl,
                subnet,
                is_answer: false,
                transport,
            } => write!(
                f,
                "network ACL {} of {subnet}: no outbound rule allows {} port {port} to {ip}",
                acl.id,
                below(*transport)
            ),
            EgressFault::Acl {
                acl,
                subnet,
                is_answer: true,
                transport,
            } => write!(
                f,
                "network ACL {} of {subnet}: no inbound rule allows {} ports {} to {} from {ip}, to which the answer goes",
                acl.id,
                below(*transport),
                CLIENT_PORTS.0,
                CLIENT_PORTS.1
            ),
            EgressFault::NoRoute {
                table,
                subnet,
                gone: None,
            } => write!(f, "route table {} of {subnet}: no route leads to {ip}", table.id),
            EgressFault::NoRoute {
                table,
                subnet,
                gone: Some(route),
            } => {
                let through = route.target.as_deref().unwrap_or("its target");
                write!(
                    f,
                    "route table {} of {subnet}: the route to {ip} leads through {through}, which is gone (blackhole)",
                    table.id
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::EndpointAddress;

    /// Nothing is concluded where no address of the endpoint is of the target's family: nothing was looked at.
    #[test]
    fn a_target_that_no_address_could_send_to_is_not_stopped() {
        let rule = ResolverRule {
            targets: ["2001:db8::53", "10.0.0.53"]
                .iter()
                .filter_map(|ip| {
                    Some(RuleTarget {
                        ip: ip.parse().ok()?,
                        port: 53,
                    })
                })
                .collect(),
            ..ResolverRule::default()
        };
        assert_eq!(rule.targets.len(), 2);
        let address = EndpointAddress {
            ip: std::net::Ipv4Addr::new(10, 1, 0, 10).into(),
            status: None,
            status_message: None,
            subnet_id: Some("subnet-1".to_owned()),
        };
        let endpoint = ResolverEndpoint {
            addresses: Some(vec![address]),
            ..ResolverEndpoint::default()
        };
        let table = RouteTable::default();
        let stop = |target: &RuleTarget| EgressObstacle {
            target: target.clone(),
            what: EgressFault::NoRoute {
                table: &table,
                subnet: "subnet-1",
                gone: None,
            },
        };
        let of_ipv4 = [stop(&rule.targets[1])];
        assert!(!is_all(&rule, &endpoint, &of_ipv4));
        let only_ipv4 = ResolverRule {
            targets: vec![rule.targets[1].clone()],
            ..ResolverRule::default()
        };
        assert!(is_all(&only_ipv4, &endpoint, &of_ipv4));
    }
}
