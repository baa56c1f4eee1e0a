//! What the answers say of the network around Resolver endpoints: of all that was listed, what their addresses are in.

use std::collections::BTreeSet;

use super::missing::Missing;
use super::{Answers, AwsFacts};
use crate::facts::Call;
use crate::facts::shapes::{AclEntry, NetworkAcl, PrefixList, ResolverEndpoint, RouteTable, SecurityGroup, Subnet};
use crate::limits;

/// What the answers list of a network.
pub(super) struct NetworkLists {
    subnets: Option<Vec<Subnet>>,
    acls: Option<Vec<NetworkAcl>>,
    tables: Option<Vec<RouteTable>>,
    prefix_lists: Vec<PrefixList>,
    /// Entries of prefix lists that the answer does not name.
    unassigned: usize,
}

impl Answers {
    /// Takes out what they list of a network.
    pub(super) fn take_network(&mut self) -> NetworkLists {
        NetworkLists {
            subnets: self.subnets.take(),
            acls: self.network_acls.take(),
            tables: self.route_tables.take(),
            prefix_lists: std::mem::take(&mut self.prefix_lists),
            unassigned: self.unassigned_prefixes.len(),
        }
    }
}

impl NetworkLists {
    /// The subnets, whatever they are of.
    pub(super) fn subnets(&self) -> &[Subnet] {
        self.subnets.as_deref().unwrap_or_default()
    }

    /// Gives the facts what is about the Resolver endpoints there are; what is missing of that is a gap.
    pub(super) fn give(self, facts: &mut AwsFacts, missing: &mut Missing<'_>) {
        let endpoints: Vec<&ResolverEndpoint> = facts.resolver_endpoints.iter().flatten().collect();
        let subnets: BTreeSet<&str> = endpoints
            .iter()
            .flat_map(|one| one.addresses.iter().flatten())
            .filter_map(|address| address.subnet_id.as_deref())
            .collect();
        let vpcs: BTreeSet<&str> = endpoints.iter().filter_map(|one| one.vpc_id.as_deref()).collect();
        let is_in = |ids: &[String]| ids.iter().any(|id| subnets.contains(id.as_str()));
        let its_subnets = kept(self.subnets, |one| subnets.contains(one.id.as_str()));
        let acls = kept(self.acls, |acl| is_in(&acl.subnet_ids));
        let tables = kept(self.tables, |table| {
            is_in(&table.subnet_ids) || table.is_main && vpcs.contains(table.vpc_id.as_str())
        });
        if !subnets.is_empty() {
            let has_all = |known: bool, call: Call, missing: &mut Missing<'_>| {
                if !known {
                    missing.unsaid(call);
                }
            };
            let all = |has: &dyn Fn(&str) -> bool| subnets.iter().all(|id| has(id));
            let in_list = |id: &str, ids: &[String]| ids.iter().any(|one| one == id);
            has_all(
                all(&|id| its_subnets.iter().flatten().any(|one| one.id == id)),
                Call::DescribeSubnets,
                missing,
            );
            has_all(
                all(&|id| acls.iter().flatten().any(|one| in_list(id, &one.subnet_ids))),
                Call::DescribeNetworkAcls,
                missing,
            );
            let of_subnet = |id: &str| {
                let mut tables = tables.iter().flatten();
                tables.any(|one| one.is_main || in_list(id, &one.subnet_ids))
            };
            has_all(all(&of_subnet), Call::DescribeRouteTables, missing);
        }
        let wanted = named(facts.security_groups.as_deref(), tables.as_deref());
        let mut lists = self.prefix_lists;
        lists.retain(|list| wanted.contains(&list.id));
        for list in &mut lists {
            list.cidrs.truncate(limits::LIST_IN_CAPTURE);
        }
        if self.unassigned > 0 {
            missing.because(
                Call::GetManagedPrefixListEntries,
                "the answer names no prefix list, so the entries are used as nobody's; eks-dns-doctor facts asks for \
                 each list by its id",
            );
        } else if wanted.iter().any(|id| !lists.iter().any(|list| list.id == *id)) {
            missing.unsaid(Call::GetManagedPrefixListEntries);
        }
        facts.prefix_lists = (!lists.is_empty()).then_some(lists);
        facts.subnets = missing.kept(Call::DescribeSubnets, its_subnets);
        facts.network_acls = missing.kept(Call::DescribeNetworkAcls, acls);
        facts.route_tables = missing.kept(Call::DescribeRouteTables, tables);
    }
}

/// Of a list, what is wanted. A list that was not read stays unread.
fn kept<T>(list: Option<Vec<T>>, wanted: impl Fn(&T) -> bool) -> Option<Vec<T>> {
    list.map(|all| all.into_iter().filter(|one| wanted(one)).collect())
}

/// The prefix lists that security groups name, or that routes lead to.
pub(in crate::facts) fn named(groups: Option<&[SecurityGroup]>, tables: Option<&[RouteTable]>) -> BTreeSet<String> {
    let by_groups = groups
        .unwrap_or_default()
        .iter()
        .flat_map(|group| group.ingress.iter().chain(group.egress.iter().flatten()))
        .flat_map(|permission| &permission.prefix_lists);
    let by_routes = tables
        .unwrap_or_default()
        .iter()
        .flat_map(|table| &table.routes)
        .filter_map(|route| route.prefix_list_id.as_ref());
    by_groups.chain(by_routes).cloned().collect()
}

impl NetworkAcl {
    /// Its entries of one direction, in their order.
    pub fn entries(&self, egress: bool) -> impl Iterator<Item = &AclEntry> {
        self.entries.iter().filter(move |entry| entry.egress == egress)
    }
}
