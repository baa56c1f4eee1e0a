//! The managed prefix lists that the security groups of an inbound endpoint let in, and what they say of this host
//! (EC2 API Reference, `IpPermission` and `GetManagedPrefixListEntries`).

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::inbound::covers;
use super::obstacle;
use super::route53;
use crate::facts::SecurityGroup;
use crate::limits;
use crate::observation::Transport;
use crate::rules::{Case, Subject, phrase};

/// A prefix list that a security group lets in at the port that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) struct AdmittedList<'a> {
    /// The group that names it.
    pub group: &'a str,
    /// The list's id.
    pub id: &'a str,
    /// What is known of its entries.
    pub says: OfThisHost,
}

/// What the entries of a list say of this host's networks. Translation of addresses on the way is not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum OfThisHost {
    /// The entries were not read.
    NotRead,
    /// An entry has this host's network.
    Has { entry: IpNet, here: IpNet },
    /// No entry has a part of this host's networks.
    HasNot { entries: Vec<IpNet>, here: IpNet },
    /// This host's network is not known, or a part of it is in the list.
    Open { entries: Vec<IpNet> },
}

/// The prefix lists by which the groups of an address's endpoint may let this host in, each once. None where an address
/// range of the groups lets this host in anyway, over each transport.
pub(in crate::rules) fn admitted<'a>(
    case: &Case<'a>,
    subject: &Subject<'_>,
    over: &[Transport],
) -> Vec<AdmittedList<'a>> {
    let mut found: Vec<AdmittedList<'a>> = Vec::new();
    let Some((ip, groups)) = subject.ip().zip(case.security_groups()) else {
        return found;
    };
    let endpoint = case
        .resolver_endpoints()
        .into_iter()
        .flatten()
        .find(|one| route53::has_address(one, ip));
    let Some(endpoint) = endpoint else {
        return found;
    };
    let own: Vec<&SecurityGroup> = groups
        .iter()
        .filter(|group| endpoint.security_group_ids.contains(&group.id))
        .collect();
    let mut here = obstacle::of_this_host(case, subject);
    here.retain(|net| net.network().is_ipv4() == ip.is_ipv4());
    for transport in over {
        let at_port = || {
            own.iter().flat_map(|group| {
                let rules = group.ingress.iter();
                rules
                    .filter(|rule| covers(rule, *transport, transport.default_port()))
                    .map(|rule| (group.id.as_str(), rule))
            })
        };
        let ranges: Vec<&IpNet> = at_port().flat_map(|(_, rule)| &rule.cidrs).collect();
        if lets_in(&ranges, ip, &here) {
            continue;
        }
        for (group, rule) in at_port() {
            for id in &rule.prefix_lists {
                let list = AdmittedList {
                    group,
                    id,
                    says: says(case, id, ip, &here),
                };
                if !found.contains(&list) {
                    found.push(list);
                }
            }
        }
    }
    found
}

/// Whether address ranges let everybody of the family in, or the whole of this host's networks.
fn lets_in(ranges: &[&IpNet], ip: IpAddr, here: &[IpNet]) -> bool {
    let is_all = |range: &&IpNet| range.prefix_len() == 0 && range.network().is_ipv4() == ip.is_ipv4();
    let has = |net: &IpNet| ranges.iter().any(|range| range.contains(net));
    ranges.iter().any(is_all) || !here.is_empty() && here.iter().all(has)
}

fn says(case: &Case<'_>, id: &str, ip: IpAddr, here: &[IpNet]) -> OfThisHost {
    let Some(list) = case.prefix_lists().iter().find(|list| list.id == id) else {
        return OfThisHost::NotRead;
    };
    let mut entries = list.cidrs.clone();
    entries.retain(|entry| entry.network().is_ipv4() == ip.is_ipv4());
    let holder = |net: &IpNet| entries.iter().find(|entry| entry.contains(net)).copied();
    let touches = |net: &IpNet| entries.iter().any(|entry| entry.contains(net) || net.contains(entry));
    match here.first() {
        Some(first) if here.iter().all(|net| holder(net).is_some()) => OfThisHost::Has {
            entry: holder(first).unwrap_or(*first),
            here: *first,
        },
        // A list that is as long as a capture may have it may go on.
        Some(first) if !here.iter().any(touches) && list.cidrs.len() < limits::LIST_IN_CAPTURE => {
            OfThisHost::HasNot { entries, here: *first }
        }
        _ => OfThisHost::Open { entries },
    }
}

impl AdmittedList<'_> {
    /// Whether its entries keep this host out, as far as they are read.
    pub(in crate::rules) fn lacks_this_host(&self) -> bool {
        matches!(self.says, OfThisHost::HasNot { .. })
    }

    /// Whether its entries were read.
    pub(in crate::rules) fn is_read(&self) -> bool {
        self.says != OfThisHost::NotRead
    }
}

impl fmt::Display for AdmittedList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "prefix list {} of {} ", self.id, self.group)?;
        match &self.says {
            OfThisHost::NotRead => f.write_str("was not read, so whether it has this host is not known"),
            OfThisHost::Has { entry, here } => write!(f, "has {entry}, and {} is in it", plain(here)),
            OfThisHost::HasNot { entries, here } => {
                write!(f, "has {}, and {} is not in it", shown(entries), plain(here))
            }
            OfThisHost::Open { entries } => write!(f, "has {}", shown(entries)),
        }
    }
}

/// A network, and of a single address that alone.
fn plain(net: &IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() {
        net.addr().to_string()
    } else {
        net.to_string()
    }
}

/// The first entries.
fn shown(entries: &[IpNet]) -> String {
    if entries.is_empty() {
        return "no network of the address's family".to_owned();
    }
    let mut shown: Vec<String> = entries
        .iter()
        .take(limits::NAMES_SHOWN)
        .map(ToString::to_string)
        .collect();
    if let Some(more @ 1..) = entries.len().checked_sub(shown.len()) {
        shown.push(format!("{more} more"));
    }
    phrase::list(&shown)
}
