//! Conditional forwarding of the endpoint's name to inbound endpoints, for the resolver software at hand.
//!
//! Which is at hand is not known, so the common ones are given. Syntax: named.conf(5), unbound.conf(5),
//! dnsmasq(8), the PowerDNS Recursor's settings, the Windows DnsServer module's documentation, Knot Resolver 5's
//! ("Forwarding", https://knot-resolver.readthedocs.io/en/stable/config-network-forwarding.html, and "Replacing part of
//! the DNS tree" behind it), and Knot Resolver 6's ("Forwarding", doc/user/config-forward.rst in
//! CZ-NIC/knot-resolver: an inbound endpoint is no authoritative server). Knot Resolver is configured in YAML since
//! version 6.0 and in Lua before ("Upgrading to version 6.x", doc/user/upgrading-to-6.rst there): the head of its lines
//! says whose they are.

use std::net::IpAddr;

use super::super::{Case, Remedy, Written, phrase};
use super::here;
use crate::facts::Call;
use crate::software::Software;

/// What stands in for addresses that are not known.
const PLACEHOLDER: &str = "<inbound-endpoint-ip>";

/// The remedies, first thing first: forward the endpoint's own name; what the wider zone would mean.
pub fn to_inbound(case: &Case<'_>) -> Vec<Remedy> {
    let addresses = case.inbound_addresses();
    let mut remedies = to(case, &addresses);
    let lists_all = !case.is_part(Call::ListResolverEndpoints);
    let none_visible = lists_all && case.visible_inbound().is_some_and(|all| all.is_empty());
    if addresses.is_empty() && none_visible {
        remedies.insert(
            0,
            super::inbound::create(
                case,
                "No inbound endpoint of the cluster's VPC is visible to forward to: ask for its addresses, or make \
                 one, in two Availability Zones",
            ),
        );
    }
    remedies
}

/// The first step of [`to_inbound`], in the lines of every software, with what it depends on before its title.
pub fn again(case: &Case<'_>, condition: &str) -> Vec<Remedy> {
    let forward = to_inbound(case);
    let first = forward.first().cloned();
    let is_first = |remedy: &Remedy| first.as_ref().is_some_and(|first| remedy.is_one_step_with(first));
    let step = forward.into_iter().filter(is_first);
    step.map(|remedy| Remedy {
        title: format!("{condition} {}", remedy.title),
        ..remedy
    })
    .collect()
}

/// The same to these addresses; where there are none, with something to fill in.
pub fn to(case: &Case<'_>, addresses: &[IpAddr]) -> Vec<Remedy> {
    let steps = steps(case, addresses).into_iter();
    steps.map(Remedy::to_the_vpc).collect()
}

fn steps(case: &Case<'_>, addresses: &[IpAddr]) -> Vec<Remedy> {
    let own = case.own_zone();
    let targets = targets(addresses);
    let title = if addresses.is_empty() {
        "Forward the endpoint's own name to an inbound endpoint of its VPC".to_owned()
    } else {
        let endpoints = phrase::plural(targets.len(), "endpoint", "endpoints");
        format!("Forward the endpoint's own name to the inbound {endpoints}")
    };
    let mut remedies = Remedy::in_software(&title, snippets(&own, &targets));
    if let Some(wider) = case.regional_zone() {
        remedies.push(
            Remedy::advice(format!(
                "Or forward {wider}: one rule for every cluster of the Region. Then every endpoint name there is \
             asked of this VPC, and a cluster in another VPC with public and private access resolves to its \
             public addresses"
            ))
            .as_alternative(),
        );
    }
    remedies.extend(Remedy::in_software(
        "In a hub VPC: a Route 53 Resolver rule on the outbound endpoint, associated with the hub VPC",
        resolver_rule(case, &own, &targets),
    ));
    remedies.push(Remedy::new(
        "Check: the answer must be the private addresses, over UDP and over TCP",
        targets
            .iter()
            .take(1)
            .flat_map(|ip| [false, true].map(|is_tcp| here::ask_server(case, ip, 53, &own, "A", is_tcp))),
    ));
    if addresses.is_empty() {
        remedies.push(super::inbound::list(case));
    }
    remedies
}

/// For a name server in the cluster's VPC: the VPC's own resolver is at hand there.
pub fn to_vpc_resolver(case: &Case<'_>, resolver: Option<IpAddr>) -> Vec<Remedy> {
    let target = resolver.map_or_else(|| "<vpc-resolver-ip>".to_owned(), |ip| ip.to_string());
    let mut lines = snippets(&case.own_zone(), &[target]);
    // The name servers of a network serve its hosts, which the stub of one host does not.
    lines.retain(|written| written.software != Software::SystemdResolved);
    let step = Remedy::in_software(
        "On those name servers: forward the endpoint's own name to the VPC's resolver",
        lines,
    );
    step.into_iter().map(Remedy::to_the_vpc).collect()
}

/// A Resolver rule for the endpoint's own name to the inbound endpoints of the cluster's VPC, for another VPC.
pub fn rule_to_the_cluster(case: &Case<'_>, title: &str) -> Remedy {
    let lines = resolver_rule(case, &case.own_zone(), &targets(&case.inbound_addresses()));
    let of_cli = lines.into_iter().filter(|(software, _)| *software == Software::Route53);
    Remedy::new(title, of_cli.map(|(_, line)| line)).to_the_vpc()
}

/// The same forward as a Resolver rule: the AWS CLI's `route53resolver` commands, the Terraform AWS provider's
/// `aws_route53_resolver_rule` and CloudFormation's `AWS::Route53Resolver::ResolverRule`.
fn resolver_rule(case: &Case<'_>, zone: &str, targets: &[String]) -> Vec<(Software, String)> {
    let hub = super::endpoint::hub(case).unwrap_or("<hub-vpc-id>");
    let outbound = super::endpoint::outbound_of(case, hub).unwrap_or("<rslvr-out-id>");
    let each = |form: fn(&String) -> String, separator: &str| {
        let forms: Vec<String> = targets.iter().map(form).collect();
        forms.join(separator)
    };
    vec![
        (
            Software::Route53,
            super::resolver_rule::forward(
                case,
                zone,
                outbound,
                &each(|ip| format!("{}={ip},Port=53", super::endpoint::key(ip)), " "),
            ),
        ),
        (Software::Route53, super::resolver_rule::associate(case, hub)),
        (
            Software::Terraform,
            [
                "# Terraform".to_owned(),
                "resource \"aws_route53_resolver_rule\" \"eks\" {".to_owned(),
                format!("  domain_name          = \"{zone}\""),
                "  rule_type            = \"FORWARD\"".to_owned(),
                format!("  resolver_endpoint_id = \"{outbound}\""),
                each(|ip| format!("  target_ip {{\n    ip = \"{ip}\"\n  }}"), "\n"),
                "}".to_owned(),
                "resource \"aws_route53_resolver_rule_association\" \"eks\" {".to_owned(),
                "  resolver_rule_id = aws_route53_resolver_rule.eks.id".to_owned(),
                format!("  vpc_id           = \"{hub}\""),
                "}".to_owned(),
            ]
            .join("\n"),
        ),
        (
            Software::CloudFormation,
            [
                "# CloudFormation".to_owned(),
                "EksRule:".to_owned(),
                "  Type: AWS::Route53Resolver::ResolverRule".to_owned(),
                "  Properties:".to_owned(),
                format!("    DomainName: {zone}"),
                "    RuleType: FORWARD".to_owned(),
                format!("    ResolverEndpointId: {outbound}"),
                "    TargetIps:".to_owned(),
                each(|ip| format!("      - Ip: {ip}\n        Port: \"53\""), "\n"),
                "EksRuleAssociation:".to_owned(),
                "  Type: AWS::Route53Resolver::ResolverRuleAssociation".to_owned(),
                "  Properties:".to_owned(),
                "    ResolverRuleId: !Ref EksRule".to_owned(),
                format!("    VPCId: {hub}"),
            ]
            .join("\n"),
        ),
    ]
}

fn targets(addresses: &[IpAddr]) -> Vec<String> {
    if addresses.is_empty() {
        return vec![PLACEHOLDER.to_owned()];
    }
    addresses.iter().map(ToString::to_string).collect()
}

/// The same forward in the words of each program.
fn snippets(zone: &str, targets: &[String]) -> Vec<Written> {
    let joined = |separator: &str| targets.join(separator);
    let unbound: Vec<String> = targets.iter().map(|ip| format!("    forward-addr: {ip}")).collect();
    let dnsmasq: Vec<String> = targets.iter().map(|ip| format!("server=/{zone}/{ip}")).collect();
    let written = [
        (
            Software::Bind,
            None,
            format!(
                "# BIND (named.conf)\nzone \"{zone}\" {{\n    type forward;\n    forward only;\n    forwarders {{ {}; \
             }};\n}};",
                joined("; ")
            ),
        ),
        (
            Software::Unbound,
            None,
            format!(
                "# Unbound (unbound.conf)\nserver:\n    private-domain: \"{zone}\"\n    domain-insecure: \
             \"{zone}\"\nforward-zone:\n    name: \"{zone}\"\n{}",
                unbound.join("\n")
            ),
        ),
        (
            Software::Dnsmasq,
            None,
            format!("# dnsmasq\n{}\nrebind-domain-ok=/{zone}/", dnsmasq.join("\n")),
        ),
        // From 5.2 on the old form is not read (PowerDNS Recursor, "New Style (YAML) Settings"); 5.0 and 5.1 read both.
        (
            Software::Pdns,
            Some(5),
            format!(
                "# PowerDNS Recursor 5 (recursor.yml)\nrecursor:\n  forward_zones_recurse:\n    - zone: {zone}\n      \
                 forwarders: [ {} ]",
                targets
                    .iter()
                    .map(|ip| format!("'{ip}'"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        ),
        (
            Software::Pdns,
            Some(4),
            format!(
                "# PowerDNS Recursor 4 (recursor.conf); += keeps what other lines forward\nforward-zones-recurse+={zone}={}",
                joined(";")
            ),
        ),
        (
            Software::Knot,
            Some(6),
            format!(
                "# Knot Resolver 6 (config.yaml)\nforward:\n  - subtree: {zone}\n    servers: [ {} ]\n    options:\n      \
                 dnssec: false",
                joined(", ")
            ),
        ),
        (
            Software::Knot,
            Some(5),
            format!(
                "-- Knot Resolver 5 (kresd.conf), before other policies\n\
                 eks = policy.todnames({{'{zone}'}})\n\
                 policy.add(policy.suffix(policy.FLAGS({{'NO_CACHE'}}), eks))\n\
                 policy.add(policy.suffix(policy.STUB({{'{}'}}), eks))",
                joined("', '")
            ),
        ),
        (
            Software::Windows,
            None,
            format!(
                "# Windows DNS (PowerShell)\nAdd-DnsServerConditionalForwarderZone -Name \"{zone}\" -MasterServers {}",
                joined(",")
            ),
        ),
        (
            Software::CoreDns,
            None,
            format!("# CoreDNS (Corefile)\n{zone}:53 {{\n    forward . {}\n}}", joined(" ")),
        ),
        (
            Software::SystemdResolved,
            None,
            // resolvectl(1), dns and domain.
            format!(
                "# systemd-resolved: these replace all servers and domains of the link, so take one for the VPC alone\n\
                 resolvectl dns <link> {}\nresolvectl domain <link> '~{zone}'",
                joined(" ")
            ),
        ),
    ];
    written.into_iter().map(Written::from).collect()
}
