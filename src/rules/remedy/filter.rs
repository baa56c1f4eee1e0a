//! Exceptions from filters, for the resolver software at hand.
//!
//! Which is at hand is not known, so the common ones are given. Syntax: dnsmasq(8), OpenWrt's
//! /etc/config/dhcp, unbound.conf(5), the BIND 9 Administrator Reference Manual, Knot Resolver's documentation
//! (of version 6 doc/user/config-rebinding.rst in CZ-NIC/knot-resolver), Pi-hole's, AdGuard's DNS filtering syntax, the
//! AWS CLI's `route53resolver`. The dnsmasq, Unbound and BIND lines were tried with dnsmasq 2.90, Unbound 1.17.1 and
//! BIND 9.18: the name resolves again. A line for the very domain that a block names, or for a parent of it, does not
//! undo the block in dnsmasq and Unbound. In one policy zone of BIND, the longer name decides and `rpz-passthru` of a
//! parent undoes nothing; of several zones the one that is listed first decides (BIND 9 Administrator Reference Manual,
//! "Response Policy Zone (RPZ) Rewriting").

use super::super::{Case, Remedy};
use crate::software::Software;

/// Lets private addresses of endpoint names through a filter of private addresses. The lines of the
/// likeliest software come first.
pub fn private_answers(case: &Case<'_>, likely: Software) -> Vec<Remedy> {
    let zone = case.family_zone();
    let title = format!("Let {zone} have private addresses");
    let mut remedies = Remedy::in_software(&title, private_snippets(&zone, likely));
    remedies.push(adguard(&title, &zone));
    if likely == Software::Unbound {
        remedies.push(private_policy(&zone));
    }
    remedies.push(alone_is_not_enough());
    remedies
}

/// The same at a server behind the one that was asked. What that runs is not known, and the lines of the one that was
/// asked would do nothing, so those of the likeliest software are a step of every reader's.
pub fn private_answers_behind(case: &Case<'_>, likely: Software) -> Vec<Remedy> {
    let zone = case.family_zone();
    let snippets = private_snippets(&zone, likely);
    let (own, others): (Vec<_>, Vec<_>) = snippets.into_iter().partition(|(software, _, _)| *software == likely);
    let lines = |snippets: Vec<Snippet>| snippets.into_iter().map(|(_, _, lines)| lines).collect::<Vec<_>>();
    let title = format!("On the server behind it that filters: let {zone} have private addresses");
    vec![
        Remedy::new(title, lines(own)),
        Remedy::new("On that server, where it runs another program: the same", lines(others)).as_alternative(),
        alone_is_not_enough(),
    ]
}

/// A policy zone of Unbound that blocks private addresses: `private-domain` does not undo it.
fn private_policy(zone: &str) -> Remedy {
    Remedy::new(
        "On an Unbound whose policy zone removes them (rpz-ip): an exception in a zone before it",
        unbound_policy(zone),
    )
    .as_alternative()
}

/// A policy zone of Unbound with an exception. Of several, the first that has the name decides.
fn unbound_policy(zone: &str) -> [String; 2] {
    [
        "# Unbound (unbound.conf), only where it has rpz: clauses: before them (module-config has respip then)\n\
         rpz:\n    name: \"allow.rpz\"\n    zonefile: \"allow.rpz.db\""
            .to_owned(),
        passed_on(zone, "Unbound"),
    ]
}

/// The zone file of a policy zone that passes a zone on.
fn passed_on(zone: &str, software: &str) -> String {
    format!(
        "# allow.rpz.db, a file of its own in the working directory of {software} (`directory`)\n\
         @ 60 SOA localhost. root.localhost. 1 3600 600 86400 60\n\
         @ 60 NS localhost.\n\
         *.{zone} 60 CNAME rpz-passthru."
    )
}

fn alone_is_not_enough() -> Remedy {
    Remedy::advice(
        "A conditional forward alone does not help: forwarded answers go through the same filter, so the exception is \
         needed beside it",
    )
}

/// Lines for a software, and for a version of it where they are only for that.
type Snippet = (Software, Option<u32>, String);

/// The lines that except a zone from a filter of private addresses; those of the likeliest software come first.
fn private_snippets(zone: &str, likely: Software) -> [Snippet; 7] {
    let mut snippets = [
        (Software::Dnsmasq, None, format!("# dnsmasq\nrebind-domain-ok=/{zone}/")),
        (
            Software::Dnsmasq,
            None,
            format!(
                "# OpenWrt\nuci add_list dhcp.@dnsmasq[0].rebind_domain='{zone}'\n\
             uci commit dhcp\nservice dnsmasq restart"
            ),
        ),
        (
            Software::Unbound,
            None,
            format!(
                "# Unbound; pfSense and OPNsense: in the DNS resolver's custom options\n\
             server:\n    private-domain: \"{zone}\""
            ),
        ),
        (
            Software::Bind,
            None,
            format!(
                "# BIND (named.conf): the exception goes behind the networks that are there\n\
             deny-answer-addresses {{ <networks>; }} except-from {{ \"{zone}\"; }};"
            ),
        ),
        (
            Software::Knot,
            Some(6),
            "# Knot Resolver 6 (config.yaml): the option has no exceptions, so switch it off\n\
             options:\n  rebinding-protection: false"
                .to_owned(),
        ),
        (
            Software::Knot,
            Some(5),
            "# Knot Resolver 5: the module has no exceptions; take this line out of kresd.conf\n\
             modules.load('rebinding < iterate')"
                .to_owned(),
        ),
        (
            Software::Dnsmasq,
            None,
            format!(
                "# Pi-hole: the dnsmasq line in a file of its own (version 6: with misc.etc_dnsmasq_d switched on)\n\
             echo 'rebind-domain-ok=/{zone}/' | sudo tee /etc/dnsmasq.d/99-eks.conf\n\
             sudo systemctl restart pihole-FTL"
            ),
        ),
    ];
    snippets.sort_by_key(|(software, _, _)| *software != likely);
    snippets
}

/// Takes endpoint names out of a block list or a response policy.
pub fn allow_list(case: &Case<'_>) -> Vec<Remedy> {
    let (own, zone) = (case.own_zone(), case.family_zone());
    let title = format!("Put *.{zone} on the allow list of whatever filters there");
    let [unbound_clause, unbound_file] = unbound_policy(&zone);
    let mut remedies = Remedy::in_software(
        &title,
        [
            (
                Software::Bind,
                "# BIND (named.conf, one options block): a policy zone\n\
                 options { response-policy { zone \"allow.rpz\"; zone \"<policy-zones>\"; }; };\n\
                 zone \"allow.rpz\" { type primary; file \"allow.rpz.db\"; };"
                    .to_owned(),
            ),
            (Software::Bind, passed_on(&zone, "BIND")),
            (
                Software::Unbound,
                format!(
                    "# Unbound: remove the local-zone that covers the name; where it is wider and must stay\n\
                 server:\n    local-zone: \"{zone}\" always_transparent"
                ),
            ),
            (Software::Unbound, unbound_clause),
            (Software::Unbound, unbound_file),
            (
                Software::Dnsmasq,
                format!(
                    "# dnsmasq: remove the address=, local= or server= line that covers the name; where it is wider and\n\
                 # must stay ('#' stands for the usual upstream servers)\nserver=/{own}/#"
                ),
            ),
            (
                Software::Dnsmasq,
                format!("# Pi-hole, version 6 (before: pihole -w)\npihole allow {own}"),
            ),
        ],
    );
    remedies.push(adguard(&title, &zone));
    remedies
}

/// The same where AdGuard Home is known to filter.
pub fn allow_list_of_adguard(case: &Case<'_>) -> Vec<Remedy> {
    let zone = case.family_zone();
    vec![Remedy {
        is_alternative: false,
        ..adguard(
            &format!("Put *.{zone} on the allow list of whatever filters there"),
            &zone,
        )
    }]
}

/// Leaves the IPv4 addresses in answers: dnsmasq(8), `--filter-A`.
pub fn ipv4_addresses() -> Vec<Remedy> {
    Remedy::in_software(
        "Leave IPv4 addresses in answers",
        [(
            Software::Dnsmasq,
            "# dnsmasq: remove this line, and restart dnsmasq\nfilter-A".to_owned(),
        )],
    )
}

/// A step of its own: its lines are no other software's, and AdGuard Home does not say what it is.
fn adguard(title: &str, zone: &str) -> Remedy {
    Remedy::new(
        format!("{title}, in AdGuard Home"),
        [format!("# AdGuard Home, custom filtering rule\n@@||{zone}^")],
    )
    .as_alternative()
}

/// The same for Route 53 Resolver DNS Firewall, which filters for the VPC's resolver and inbound endpoints.
pub fn dns_firewall(case: &Case<'_>) -> Remedy {
    let (zone, region) = (case.family_zone(), case.region());
    Remedy::new(
        "If Route 53 Resolver DNS Firewall filters for the VPC: put an ALLOW rule before the one that blocks",
        [
            format!("aws route53resolver create-firewall-domain-list --region {region} --name eks-endpoints"),
            format!(
                "aws route53resolver update-firewall-domains --region {region} \
                 --firewall-domain-list-id <rslvr-fdl-id> --operation ADD --domains '*.{zone}'"
            ),
            format!(
                "aws route53resolver create-firewall-rule --region {region} \
                 --firewall-rule-group-id <rslvr-frg-id> --firewall-domain-list-id <rslvr-fdl-id> \
                 --priority 1 --action ALLOW --name eks-endpoints"
            ),
        ],
    )
}
