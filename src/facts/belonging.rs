//! What a list belongs to whose answer does not say it: ListResolverEndpointIpAddresses names no endpoint,
//! ListHostedZonesByVPC no VPC, and ListFirewallDomains no domain list. A list is given to the one thing that it can be
//! of, or to nobody. Of zones that is not enough: a fix that takes a zone out of a VPC needs an answer that says that
//! it is there.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::shapes::{
    DomainList, EndpointAddress, Firewall, Interface, ListedAddress, ResolverEndpoint, ResolverRule, Subnet, Vpc,
    VpcZones,
};
use crate::dns::Name;
use crate::limits;
use crate::text::plain_word;

/// What the description of a Resolver endpoint's network interface begins with; the endpoint's id, a colon and the
/// address's id follow, as in `Route 53 Resolver: rslvr-in-0123:rni-4567`.
const RESOLVER: &str = "Route 53 Resolver: ";

/// What is known around the lists of addresses.
#[derive(Debug, Clone, Copy)]
pub(super) struct AroundLists<'a> {
    /// The subnets whose VPC is known.
    pub(super) subnets: &'a [Subnet],
    /// Network interfaces, of whatever service.
    pub(super) interfaces: &'a [Interface],
    /// The VPCs whose networks are known.
    pub(super) vpcs: &'a [Vpc],
    /// Whether all endpoints are listed: else a list may be of another one.
    pub(super) lists_all: bool,
    /// Whether a list may be one page of more.
    pub(super) in_pages: bool,
}

/// Addresses that can be of more than one endpoint, or of none that is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undecided {
    /// The addresses.
    pub(super) addresses: Vec<IpAddr>,
    /// The ids of the endpoints that they can be of.
    pub(super) candidates: Vec<String>,
}

impl Undecided {
    /// Why they are nobody's, and the call that decides.
    pub(super) fn reason(&self, lists_all: bool) -> String {
        let addresses: Vec<String> = self.addresses.iter().map(ToString::to_string).collect();
        let shown = &addresses[..addresses.len().min(limits::ADDRESSES_SHOWN)];
        let (said, values) = (shown.join(", "), shown.join(","));
        if self.candidates.is_empty() {
            return format!(
                "{said}: the answer names no endpoint, and no endpoint that they could be of is listed; aws \
                 route53resolver list-resolver-endpoints lists them"
            );
        }
        let candidates: Vec<&str> = self
            .candidates
            .iter()
            .map(String::as_str)
            .take(limits::NAMES_SHOWN)
            .collect();
        let others = if lists_all {
            ""
        } else {
            ", or of one that is not listed (--query, --filters and --max-items leave some out)"
        };
        format!(
            "{said}: the answer names no endpoint, and they can be of {}{others}, so they are used as nobody's; aws \
             ec2 \
             describe-network-interfaces --filters Name=addresses.private-ip-address,Values={values} decides: the \
             description of an interface names its endpoint",
            candidates.join(" or ")
        )
    }
}

/// Whether nothing speaks against these being all the endpoints that there are, where their list has no token of a next
/// page. `--filters Name=Direction,Values=INBOUND` leaves a list in the form of a whole one: it has one direction only.
/// The description of a network interface and the Resolver rules of this account name endpoints too.
pub(super) fn lists_all(
    endpoints: &[ResolverEndpoint],
    interfaces: &[Interface],
    rules: Option<&[ResolverRule]>,
) -> bool {
    let is_listed = |id: &str| endpoints.iter().any(|one| one.id == id);
    let of_interfaces = interfaces
        .iter()
        .filter_map(|interface| interface.description.strip_prefix(RESOLVER))
        .map(|rest| rest.split(':').next().unwrap_or_default().trim());
    let of_rules = rules
        .unwrap_or_default()
        .iter()
        .filter(|rule| !rule.is_shared_with_me())
        .filter_map(|rule| rule.resolver_endpoint_id.as_deref());
    let has = |inbound: bool| endpoints.iter().any(|one| one.is_inbound_of_any_kind() == inbound);
    has(true) && has(false) && of_interfaces.chain(of_rules).all(is_listed)
}

/// Gives endpoints their addresses: each list to the only endpoint that it fits. Neither the order of the lists nor
/// that of the endpoints means anything.
pub(super) fn addresses(
    endpoints: &mut [ResolverEndpoint],
    lists: Vec<Vec<ListedAddress>>,
    around: AroundLists<'_>,
) -> Vec<Undecided> {
    let lists = joined(lists);
    let mut open: Vec<BTreeSet<usize>> = lists.iter().map(|list| fitting(list, endpoints, around)).collect();
    let mut given: Vec<Option<usize>> = vec![None; lists.len()];
    while let Some((at, only)) = (0..lists.len()).find_map(|at| {
        let only = open[at]
            .first()
            .copied()
            .filter(|_| open[at].len() == 1 && given[at].is_none())?;
        let is_proven = proven(&lists[at], around).is_some();
        (is_proven || around.lists_all && !is_contested(at, &lists, &open, &given, endpoints, around))
            .then_some((at, only))
    }) {
        given[at] = Some(only);
        // A whole list is all that an endpoint has.
        if !around.in_pages {
            for (_, other) in open.iter_mut().enumerate().filter(|(other, _)| *other != at) {
                other.remove(&only);
            }
        }
    }
    let mut undecided = Vec::new();
    for ((list, candidates), endpoint) in lists.into_iter().zip(open).zip(given) {
        if let Some(endpoint) = endpoint {
            let all = endpoints[endpoint].addresses.get_or_insert_default();
            all.extend(list.into_iter().map(|listed| listed.address));
            all.sort_by_key(|address| address.ip);
            all.dedup_by_key(|address| address.ip);
            all.truncate(limits::LIST_IN_CAPTURE);
        } else if proven(&list, around).is_none() {
            // In one order, whatever file each endpoint was in.
            let mut ids: Vec<String> = candidates.iter().map(|at| endpoints[*at].id.clone()).collect();
            ids.sort();
            undecided.push(Undecided {
                addresses: list.iter().map(|listed| listed.address.ip).collect(),
                candidates: ids,
            });
        }
    }
    undecided
}

/// Whether another list can be of this one's only endpoint alone, and the endpoint has no room for both: then nothing
/// says which of the two is of it.
fn is_contested(
    at: usize,
    lists: &[Vec<ListedAddress>],
    open: &[BTreeSet<usize>],
    given: &[Option<usize>],
    endpoints: &[ResolverEndpoint],
    around: AroundLists<'_>,
) -> bool {
    let others = (0..lists.len()).filter(|other| *other != at && open[*other] == open[at]);
    let others: Vec<usize> = others
        .filter(|other| given[*other].is_none() || around.in_pages)
        .collect();
    if !around.in_pages {
        return !others.is_empty();
    }
    let count = open[at].first().and_then(|only| endpoints[*only].address_count);
    let total = others.iter().chain([&at]).map(|list| lists[*list].len()).sum::<usize>();
    count
        .and_then(|count| usize::try_from(count).ok())
        .is_some_and(|count| total > count)
}

/// Lists that share an address are of one endpoint: it was listed twice, or in pages.
fn joined(lists: Vec<Vec<ListedAddress>>) -> Vec<Vec<ListedAddress>> {
    let is_same = |one: &ListedAddress, other: &ListedAddress| {
        let of_place = one.address.ip == other.address.ip && one.address.subnet_id == other.address.subnet_id;
        match (&one.id, &other.id) {
            // An entry of a dual-stack endpoint has an address of each family.
            (Some(id), Some(other_id)) => {
                let is_other_family = one.address.ip.is_ipv4() != other.address.ip.is_ipv4();
                id == other_id && (one.address.ip == other.address.ip || is_other_family)
            }
            _ => of_place,
        }
    };
    let mut all: Vec<Vec<ListedAddress>> = Vec::new();
    for mut list in lists.into_iter().filter(|list| !list.is_empty()) {
        let (shares, apart): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|other| other.iter().any(|one| list.iter().any(|mine| is_same(one, mine))));
        for more in shares.into_iter().flatten() {
            if !list.iter().any(|mine| mine.address.ip == more.address.ip) {
                list.push(more);
            }
        }
        list.truncate(limits::LIST_IN_CAPTURE);
        list.sort_by_key(|listed| listed.address.ip);
        all = apart;
        all.push(list);
    }
    all.sort_by_key(|list| list.first().map(|listed| listed.address.ip));
    all
}

/// The endpoint that the network interfaces of a list name, where they name one.
fn proven<'a>(list: &[ListedAddress], around: AroundLists<'a>) -> Option<&'a str> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for listed in list {
        for interface in around.interfaces {
            let Some(rest) = interface.description.strip_prefix(RESOLVER) else {
                continue;
            };
            let (endpoint, id) = rest.split_once(':').unwrap_or((rest, ""));
            let same_id = listed.id.as_deref().is_none_or(|own| id.is_empty() || own == id);
            let subnets = listed.address.subnet_id.as_ref().zip(interface.subnet_id.as_ref());
            // An address of a subnet is one interface's.
            let is_same = subnets.map_or(same_id, |(one, other)| one == other);
            if interface.addresses.contains(&listed.address.ip) && is_same {
                named.insert(endpoint.trim());
            }
        }
    }
    named.first().copied().filter(|_| named.len() == 1)
}

/// The endpoints that a list can be of, of whatever direction.
fn fitting(list: &[ListedAddress], endpoints: &[ResolverEndpoint], around: AroundLists<'_>) -> BTreeSet<usize> {
    let named = proven(list, around);
    let fits = |endpoint: &ResolverEndpoint| {
        if let Some(named) = named {
            return endpoint.id == named;
        }
        // Of one whose addresses are known, these are those.
        if let Some(known) = &endpoint.addresses {
            return list
                .iter()
                .all(|one| known.iter().any(|other| other.ip == one.address.ip));
        }
        list.iter().all(|listed| can_be_of(&listed.address, endpoint, around)) && has_count(list, endpoint, around)
    };
    let all: BTreeSet<usize> = (0..endpoints.len()).filter(|at| fits(&endpoints[*at])).collect();
    let known: BTreeSet<usize> = all
        .iter()
        .copied()
        .filter(|at| endpoints[*at].addresses.is_some())
        .collect();
    if known.is_empty() { all } else { known }
}

/// By subnet, where its VPC is known, and by the networks of the endpoint's VPC.
fn can_be_of(address: &EndpointAddress, endpoint: &ResolverEndpoint, around: AroundLists<'_>) -> bool {
    let Some(vpc_id) = endpoint.vpc_id.as_deref() else {
        return true;
    };
    let subnet = address.subnet_id.as_deref();
    let listed = around.subnets.iter().find(|one| Some(one.id.as_str()) == subnet);
    let of_interface = || {
        let in_it = around
            .interfaces
            .iter()
            .find(|one| subnet.is_some() && one.subnet_id.as_deref() == subnet);
        in_it.and_then(|interface| interface.vpc_id.as_deref())
    };
    if let Some(of_subnet) = listed.map(|one| one.vpc_id.as_str()).or_else(of_interface) {
        return of_subnet == vpc_id;
    }
    let vpc = around.vpcs.iter().find(|vpc| vpc.id == vpc_id);
    vpc.is_none_or(|vpc| vpc.cidrs.iter().any(|cidr| cidr.contains(&address.ip)))
}

/// Whether an endpoint can have as many. A dual-stack entry has two addresses.
fn has_count(list: &[ListedAddress], endpoint: &ResolverEndpoint, around: AroundLists<'_>) -> bool {
    let Some(count) = endpoint.address_count.and_then(|count| usize::try_from(count).ok()) else {
        return true;
    };
    let entries: BTreeSet<&Option<String>> = list.iter().map(|listed| &listed.id).collect();
    let without = entries.contains(&None);
    let least = if without { list.len() } else { entries.len() };
    if around.in_pages {
        return least <= count;
    }
    least == count || list.len() == count
}

/// Domains of DNS Firewall that can be of more than one domain list, or of none that a rule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UndecidedDomains {
    domains: Vec<String>,
    /// The ids of the lists that they can be of.
    candidates: Vec<String>,
    /// The first of them whose number of domains is not known.
    uncounted: Option<String>,
}

impl UndecidedDomains {
    /// Why they are nobody's, and the call that decides.
    pub(super) fn reason(&self) -> String {
        let first = |all: &[String]| -> Vec<String> { all.iter().take(limits::NAMES_SHOWN).cloned().collect() };
        let shown = if self.domains.is_empty() {
            "an empty list".to_owned()
        } else {
            first(&self.domains).join(", ")
        };
        let candidates = if self.candidates.is_empty() {
            "no rule that is listed names one that they can be of".to_owned()
        } else {
            format!("they can be of {}", first(&self.candidates).join(" or "))
        };
        let decides = match (&self.uncounted, self.candidates.is_empty()) {
            (Some(id), _) => format!(
                "aws route53resolver get-firewall-domain-list --firewall-domain-list-id {id} says how many domains \
                 that list has (here: {})",
                self.domains.len()
            ),
            (None, true) => {
                "aws route53resolver list-firewall-rules --firewall-rule-group-id ID gives the rules of a group"
                    .to_owned()
            }
            (None, false) => "eks-dns-doctor facts asks for each list by its id".to_owned(),
        };
        format!("{shown}: the answer names no domain list, and {candidates}, so they are used as nobody's; {decides}")
    }
}

/// Gives domain lists their domains: those of an answer to the only list of a rule that has as many. Without that
/// number an answer is nobody's, even beside one rule with one list: somebody may have saved another list. So is one
/// that may be one page of more.
pub(super) fn domains(firewall: &mut Firewall, mut answers: Vec<Vec<String>>, in_pages: bool) -> Vec<UndecidedDomains> {
    answers.sort();
    answers.dedup();
    let named: BTreeSet<String> = firewall
        .lists_of_rules()
        .into_iter()
        .filter(|id| !firewall.domain_lists.iter().any(|list| list.id == *id))
        .map(str::to_owned)
        .collect();
    let details = std::mem::take(&mut firewall.list_details);
    let count_of = |id: &str| {
        let of_list = details.iter().find(|one| one.id == id).filter(|_| !in_pages);
        of_list.and_then(|one| one.domain_count)
    };
    let fitting = |domains: &[String]| -> Vec<String> {
        let has_as_many = |id: &&String| count_of(id).is_none_or(|count| usize::try_from(count) == Ok(domains.len()));
        named.iter().filter(has_as_many).cloned().collect()
    };
    let mut undecided = Vec::new();
    for (at, domains) in answers.iter().enumerate() {
        let candidates = fitting(domains);
        let mut others = answers.iter().enumerate().filter(|(other, _)| *other != at);
        let is_contested = others.any(|(_, other)| fitting(other) == candidates);
        match candidates.as_slice() {
            [only] if count_of(only).is_some() && !is_contested => firewall.domain_lists.push(DomainList {
                id: only.clone(),
                domains: domains.clone(),
                only_about: None,
            }),
            _ => undecided.push(UndecidedDomains {
                domains: domains.clone(),
                uncounted: candidates.iter().find(|id| count_of(id).is_none()).cloned(),
                candidates,
            }),
        }
    }
    firewall.list_details = details;
    undecided
}

/// The zones by VPC, and why some are of none. A list is of the cluster's VPC if it has EKS's own zone of the endpoint,
/// which EKS associates with that VPC alone, or of the only VPC that GetHostedZone says. That no other VPC is known
/// says nothing: the list may have been asked for with the id of any.
pub(super) fn zones(
    lists: Vec<VpcZones>,
    vpcs: &BTreeSet<String>,
    clusters: Option<&str>,
    target: &Name,
    zone_vpcs: &[(String, Vec<String>)],
) -> (Option<Vec<VpcZones>>, Vec<String>) {
    let mut undecided = Vec::new();
    let mut merged: BTreeMap<String, VpcZones> = BTreeMap::new();
    for list in lists {
        let vpc_id = if list.vpc_id.is_empty() {
            match vpc_of(&list, vpcs, clusters, target, zone_vpcs) {
                Ok(vpc_id) => vpc_id,
                Err(reason) => {
                    undecided.push(reason);
                    continue;
                }
            }
        } else {
            list.vpc_id.clone()
        };
        let one = merged.entry(vpc_id.clone()).or_default();
        one.vpc_id = vpc_id;
        for zone in list.zones {
            match one.zones.iter_mut().find(|other| other.id == zone.id) {
                Some(other) => *other = zone,
                None => one.zones.push(zone),
            }
        }
        one.zones.truncate(limits::LIST_IN_CAPTURE);
    }
    undecided.sort();
    undecided.dedup();
    let merged: Vec<VpcZones> = merged.into_values().collect();
    ((!merged.is_empty()).then_some(merged), undecided)
}

fn vpc_of(
    list: &VpcZones,
    vpcs: &BTreeSet<String>,
    clusters: Option<&str>,
    target: &Name,
    zone_vpcs: &[(String, Vec<String>)],
) -> Result<String, String> {
    let is_eks_own = |name: &str| name.parse::<Name>().is_ok_and(|name| name == *target);
    let has_endpoints = list
        .zones
        .iter()
        .any(|zone| zone.owning_service.is_some() && is_eks_own(&zone.name));
    if let Some(vpc) = clusters.filter(|_| has_endpoints) {
        return Ok(vpc.to_owned());
    }
    let mut possible: Option<BTreeSet<&str>> = None;
    for zone in &list.zones {
        let said = zone_vpcs
            .iter()
            .filter(|(id, _)| *id == zone.id)
            .flat_map(|(_, vpcs)| vpcs);
        let said: BTreeSet<&str> = said.map(String::as_str).collect();
        if !said.is_empty() {
            possible = Some(match possible {
                Some(before) => before.intersection(&said).copied().collect(),
                None => said,
            });
        }
    }
    if let Some(said) = &possible
        && let Some(only) = said.first().filter(|_| said.len() == 1)
    {
        return Ok((*only).to_owned());
    }
    let others = if possible.is_some() {
        ""
    } else {
        " or of a VPC that no file names"
    };
    let possible = possible.unwrap_or_else(|| vpcs.iter().map(String::as_str).collect());
    let own = list.zones.iter().find(|zone| zone.owning_service.is_none());
    let call = own.map_or_else(
        || "eks-dns-doctor facts asks for each VPC by its id".to_owned(),
        |zone| {
            let id = plain_word(&zone.id, "<hosted-zone-id>");
            format!("aws route53 get-hosted-zone --id {id} names the VPCs of one")
        },
    );
    let candidates: Vec<&str> = possible.into_iter().take(limits::NAMES_SHOWN).collect();
    let candidates = if candidates.is_empty() {
        "no VPC is known that they could be of".to_owned()
    } else {
        format!("they can be of {}{others}", candidates.join(" or "))
    };
    let zones: Vec<&str> = list
        .zones
        .iter()
        .map(|zone| zone.name.as_str())
        .take(limits::NAMES_SHOWN)
        .collect();
    let zones = if zones.is_empty() {
        "an empty list".to_owned()
    } else {
        zones.join(", ")
    };
    Err(format!(
        "{zones}: the answer names no VPC, and {candidates}, so they are used as nobody's; {call}"
    ))
}
