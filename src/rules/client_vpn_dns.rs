//! This host comes through AWS Client VPN, and the endpoint there keeps it from the VPC's DNS.

use std::net::IpAddr;

use super::phrase::{self, observed_target, observed_tcp};
use super::shared::client_vpn::{self, ClientVpnFault, Through};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::facts::ClientVpnEndpoint;
use crate::limits;

declare_rule! {
    /// ## What it means
    /// This host is a client of an AWS Client VPN endpoint, and the endpoint's configuration keeps it from a resolver
    /// that has the name. Either the endpoint gives clients no DNS server, so that they still ask their own; or this
    /// host does not use those that the endpoint gives; or no route of the endpoint leads to the resolver; or no
    /// authorization rule is for the resolver's address; or the endpoint carries no addresses of the resolver's family;
    /// or none of the endpoint's security groups lets DNS out to the resolver.
    ///
    /// ## How it was decided
    /// That this host is a client is known from its address towards a resolver, which is in the endpoint's
    /// `ClientCidrBlock`, or from a name server in use here, which is among the endpoint's `DnsServers`. Where two
    /// endpoints fit, and on an EC2 instance, nothing is said. The rest is what EC2 says of that endpoint
    /// (DescribeClientVpnEndpoints, DescribeClientVpnRoutes, DescribeClientVpnAuthorizationRules). A route or a rule
    /// counts unless its status is `failed`. Of the rules for an address, those with the longest prefix decide. It is
    /// never certain: another network may use the same addresses, and network ACLs and the resolver's own security
    /// groups are not read here. Security groups do not filter what goes to the VPC's own Resolver. A rule for a group
    /// is a suspicion only, since the groups of the user are not known.
    ///
    /// ## Why it matters
    /// The VPN is up, and kubectl prints `no such host` or an i/o timeout all the same. A change of the cluster or of
    /// its VPC's DNS does not help.
    ///
    /// ## What to do
    /// Give the endpoint DNS servers that have the name: the VPC resolver of the cluster's VPC (`.2`), or the addresses
    /// of an inbound endpoint there. Add the route and the authorization rule for them. Then connect again.
    "client-vpn-dns" = {
        summary: "AWS Client VPN gives this host no DNS server for the VPC, or no way to it",
        severity: Severity::Error,
        since: "0.2.0",
        about: AnyName,
        hint:
            "AWS Client VPN may give no DNS server, or have no route or authorization rule for it; aws ec2 \
             describe-client-vpn-endpoints shows DnsServers",
        complaints: [Denial 360, Silence 130],
        references: [CLIENT_VPN_DNS, CLIENT_VPN_ROUTES, CLIENT_VPN_RULES],
        at: Failing,
        requires: [[COMES_THROUGH_CLIENT_VPN], [CLIENT_VPN_IS_IN_THE_WAY]],
        confidence: [
            High if [
                [HAS_AN_ADDRESS_OF_CLIENT_VPN],
                [CLIENT_VPN_LEADS_NOWHERE, CLIENT_VPN_IS_WHY_IT_IS_ASKED],
                [CLIENT_VPN_LEADS_NOWHERE, VPC_HAS_THE_NAME],
            ],
            Medium,
        ],
        wants: [Vpc, SecurityGroups, Network],
        explains: [
            PublicView, NotPublished, Denial, NoSuchName, CachedDenial, SilentResolver, SilentInboundEndpoint,
            UnsupportedVpcResolver,
        ],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let groups = fits.grouped(|subject| client_vpn::fault(case, subject).map(|(_, fault)| fault));
    groups
        .into_iter()
        .filter_map(|(confidence, fault, subjects)| {
            let (through, _) = client_vpn::fault(case, subjects.first()?)?;
            Some(finding(case, confidence, fault, &through, &subjects))
        })
        .collect()
}

/// The family of the addresses that an endpoint carries.
fn family(endpoint: &ClientVpnEndpoint) -> &'static str {
    match endpoint.traffic.as_deref() {
        Some("ipv6") => "IPv6",
        _ => "IPv4",
    }
}

/// The addresses of these resolvers.
fn addresses(subjects: &[&Subject<'_>]) -> Vec<IpAddr> {
    subjects.iter().filter_map(|subject| subject.ip()).collect()
}

/// The DNS servers that clients of the endpoint should get: the VPC resolver where it is in the cluster's VPC, else the
/// inbound endpoint's addresses.
fn wanted_servers(case: &Case<'_>, through: &Through<'_>) -> String {
    let is_of_cluster = through.endpoint.vpc_id.as_deref() == Some(case.vpc_id());
    let resolver = case
        .vpc()
        .and_then(crate::facts::Vpc::resolver)
        .filter(|_| is_of_cluster);
    let servers = resolver.map_or_else(|| case.inbound_addresses(), |ip| vec![ip]);
    let servers: Vec<String> = servers
        .iter()
        .take(limits::CLIENT_VPN_DNS_SERVERS)
        .map(ToString::to_string)
        .collect();
    if servers.is_empty() {
        "<address-of-an-inbound-endpoint>".to_owned()
    } else {
        servers.join(",")
    }
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    fault: ClientVpnFault,
    through: &Through<'_>,
    subjects: &[&Subject<'_>],
) -> Finding {
    let endpoint = through.endpoint;
    let (who, id) = (phrase::titles(subjects), &endpoint.id);
    let ips = phrase::addresses(&addresses(subjects));
    let given = phrase::addresses(&endpoint.dns_servers);
    let is_silent = format!(
        "{who} {}",
        phrase::plural(subjects.len(), "does not answer", "do not answer")
    );
    let are_asked = phrase::plural(subjects.len(), "gives", "give");
    let summary = match fault {
        ClientVpnFault::NoDnsServers => {
            format!("Client VPN endpoint {id} gives clients no DNS server, so this host asks {who}")
        }
        ClientVpnFault::OthersInUse => {
            format!("this host asks {who}, and not {given}, which Client VPN endpoint {id} gives clients")
        }
        ClientVpnFault::NoRoute => format!("{is_silent}: Client VPN endpoint {id} has no route to {ips}"),
        ClientVpnFault::OtherFamily => format!(
            "{is_silent}: Client VPN endpoint {id} carries {} only",
            family(endpoint)
        ),
        ClientVpnFault::GroupsShut => {
            format!("{is_silent}: no security group of Client VPN endpoint {id} lets DNS out to {ips}")
        }
        ClientVpnFault::NotAllowed => {
            format!("{is_silent}: Client VPN endpoint {id} has no authorization rule for {ips}")
        }
        ClientVpnFault::ForGroups => {
            format!("{is_silent}: Client VPN endpoint {id} allows {ips} only for some user groups")
        }
    };
    let client = match through.own {
        Some(own) => format!(
            "This host has the address {own}, which is in the client network of {id}, so this host is a client there."
        ),
        None => format!(
            "A name server of this host is a DNS server of {id}. Nothing else shows that this host is a \
             client there."
        ),
    };
    let fault_in_words = match fault {
        ClientVpnFault::NoDnsServers => format!(
            "That endpoint has no DNS servers, so clients go on asking their own. {who} {are_asked} no right answer."
        ),
        ClientVpnFault::OthersInUse => format!(
            "That endpoint gives clients {given}, and no name server of this host is among them. {who} {are_asked} no \
             right answer. {}",
            if client_vpn::gives_the_name(case, endpoint) {
                "A DNS server of the endpoint has the name."
            } else {
                "Whether a DNS server of the endpoint has the name was not seen."
            }
        ),
        ClientVpnFault::OtherFamily => format!(
            "That endpoint carries {} only, so questions to {ips} do not get through the VPN.",
            family(endpoint)
        ),
        ClientVpnFault::GroupsShut => format!(
            "The endpoint's network interfaces have the security groups {}. No outbound rule there is for port 53 of \
             {ips}, so the questions end at the endpoint.",
            phrase::list(&endpoint.security_group_ids)
        ),
        ClientVpnFault::NoRoute => format!(
            "No route of that endpoint leads to {ips}, so questions to {} do not get through the VPN.",
            phrase::plural(subjects.len(), "it", "them")
        ),
        ClientVpnFault::NotAllowed => {
            format!("No authorization rule of that endpoint is for {ips}. Without a rule, access is denied.")
        }
        ClientVpnFault::ForGroups => format!(
            "The authorization rules of that endpoint for {ips} are for single groups. Whether the user of this host \
             is in one of the groups is not known. If the user is in none, access is denied."
        ),
    };
    RULE.finding(confidence, subjects)
        .summary(summary)
        .why(format!("{client} {fault_in_words}"))
        .seen(evidence(fault, through, subjects))
        .seen(
            subjects
                .iter()
                .flat_map(|subject| [observed_target(subject), observed_tcp(subject)].concat()),
        )
        .fix(remedies(case, fault, through, &addresses(subjects)))
}

/// What EC2 says of the endpoint.
fn evidence(fault: ClientVpnFault, through: &Through<'_>, subjects: &[&Subject<'_>]) -> Vec<Evidence> {
    let endpoint = through.endpoint;
    let id = &endpoint.id;
    let shown = |all: Vec<String>| {
        let few: Vec<String> = all.into_iter().take(limits::NAMES_SHOWN).collect();
        if few.is_empty() {
            "none".to_owned()
        } else {
            phrase::list(&few)
        }
    };
    let servers = shown(endpoint.dns_servers.iter().map(ToString::to_string).collect());
    let mut evidence = Vec::new();
    if let (Some(own), Some(network)) = (through.own, endpoint.client_cidr) {
        evidence.push(Evidence::fact(format!(
            "{id}: ClientCidrBlock {network}; this host has {own}"
        )));
    }
    evidence.push(Evidence::fact(format!("{id}: DnsServers {servers}")));
    match fault {
        ClientVpnFault::NoDnsServers | ClientVpnFault::OthersInUse => {}
        ClientVpnFault::OtherFamily => {
            let traffic = endpoint.traffic.as_deref().unwrap_or_default();
            evidence.push(Evidence::fact(format!("{id}: TrafficIpAddressType {traffic}")));
        }
        ClientVpnFault::GroupsShut => {
            let groups = shown(endpoint.security_group_ids.clone());
            evidence.push(Evidence::fact(format!("{id}: SecurityGroupIds {groups}")));
        }
        ClientVpnFault::NoRoute => {
            let routes = endpoint.routes.iter().flatten();
            let written = |route: &crate::facts::ClientVpnRoute| {
                let status = route.status.as_deref().filter(|status| *status != "active");
                let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
                format!("{}{status}", route.destination)
            };
            let routes = shown(routes.map(written).collect());
            let tunnel = match endpoint.split_tunnel {
                Some(true) => "; split-tunnel is on, so only these networks go through the VPN",
                _ => "",
            };
            evidence.push(Evidence::fact(format!("{id}: routes to {routes}{tunnel}")));
        }
        ClientVpnFault::NotAllowed | ClientVpnFault::ForGroups => {
            let is_meant = |network: &ipnet::IpNet| {
                let mut ips = subjects.iter().filter_map(|subject| subject.ip());
                fault == ClientVpnFault::NotAllowed || ips.any(|ip| network.contains(&ip))
            };
            let rules = endpoint.authorization_rules.iter().flatten();
            let rules = rules.filter(|rule| is_meant(&rule.destination));
            let rules = shown(
                rules
                    .map(|rule| {
                        let whom = if rule.access_all { "all clients" } else { "one group" };
                        let status = rule.status.as_deref().filter(|status| *status != "active");
                        let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
                        format!("{} for {whom}{status}", rule.destination)
                    })
                    .collect(),
            );
            evidence.push(Evidence::fact(format!("{id}: authorization rules {rules}")));
        }
    }
    evidence
}

fn remedies(case: &Case<'_>, fault: ClientVpnFault, through: &Through<'_>, ips: &[IpAddr]) -> Vec<Remedy> {
    let (region, id) = (case.region(), &through.endpoint.id);
    let command = |operation: &str, rest: &str| {
        format!("aws ec2 {operation} --region {region} --client-vpn-endpoint-id {id} {rest}")
    };
    let mut networks: Vec<String> = Vec::new();
    for ip in ips {
        let network = client_vpn::network_for(case, *ip).to_string();
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    let own = case.own_zone();
    let again = Remedy::new(
        "Connect to the VPN again, and see whether the name resolves",
        [format!("eks-dns-doctor check {own}")],
    );
    let mut remedies = match fault {
        ClientVpnFault::NoDnsServers => vec![
            Remedy::new(
                "Give the endpoint DNS servers that have the name; they replace those that clients have",
                [command(
                    "modify-client-vpn-endpoint",
                    &format!(
                        "--dns-servers CustomDnsServers={},Enabled=true",
                        wanted_servers(case, through)
                    ),
                )],
            ),
            Remedy::advice("They need a route and an authorization rule of the endpoint, as every network does"),
        ],
        ClientVpnFault::OthersInUse => vec![
            Remedy::new(
                "See whether a DNS server of the endpoint has the name",
                through
                    .endpoint
                    .dns_servers
                    .iter()
                    .take(limits::NAMES_SHOWN)
                    .map(|ip| format!("eks-dns-doctor check {own} --resolver {ip}")),
            ),
            Remedy::advice(
                "Use a VPN client that takes over the DNS servers it is given. OpenVPN on Linux needs a script that \
                 passes them to systemd-resolved",
            ),
        ],
        ClientVpnFault::OtherFamily => vec![Remedy::new(
            format!(
                "Give clients DNS servers that have {} addresses",
                family(through.endpoint)
            ),
            [command(
                "modify-client-vpn-endpoint",
                "--dns-servers CustomDnsServers=<dns-server-of-that-family>,Enabled=true",
            )],
        )],
        ClientVpnFault::GroupsShut => {
            let group = through.endpoint.security_group_ids.first();
            let group = group.map_or("<sg-id>", String::as_str);
            let title = format!("Allow DNS outbound in a security group of {id}");
            ips.iter()
                .take(limits::ADDRESSES_SHOWN)
                .map(|ip| remedy::path::let_out(case, &title, group, *ip, 53))
                .collect()
        }
        ClientVpnFault::NoRoute => vec![
            Remedy::new(
                "Add the route, once for each subnet that is associated with the endpoint",
                networks.iter().map(|network| {
                    command(
                        "create-client-vpn-route",
                        &format!("--destination-cidr-block {network} --target-vpc-subnet-id <associated-subnet>"),
                    )
                }),
            ),
            Remedy::advice(
                "A network that the VPC got after the subnet was associated has no route until you add one, or \
                 associate the subnet again",
            ),
        ],
        ClientVpnFault::NotAllowed => vec![Remedy::new(
            "Add the authorization rule, for all clients or with --access-group-id for a group",
            networks.iter().map(|network| {
                command(
                    "authorize-client-vpn-ingress",
                    &format!("--target-network-cidr {network} --authorize-all-groups"),
                )
            }),
        )],
        ClientVpnFault::ForGroups => vec![Remedy::new(
            "See which groups may reach it; then add the user to one, or a rule for the user's group",
            [command("describe-client-vpn-authorization-rules", "")
                .trim_end()
                .to_owned()],
        )],
    };
    remedies.push(again);
    remedies
}
