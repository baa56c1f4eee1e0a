//! What the answers lack, as gaps.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::AskedBy;
use super::said::{Contradiction, Dropped, together};
use crate::facts::belonging::UndecidedDomains;
use crate::facts::{Call, ClientVpnEndpoint, FailedRead, Firewall, Gap, Lattice, Profiles, VpcEndpoints};
use crate::limits;
use crate::text::{plain_word, shortened};

/// Characters of a reason why something is missing.
const REASON: usize = 1000;

/// What the answers lack, and why.
pub(in crate::facts) struct Missing<'a> {
    source: AskedBy,
    failed: &'a [FailedRead],
    gaps: Vec<Gap>,
    unsaid: Vec<Call>,
    /// The lists that were cut, or that lack what the files contradict each other about.
    pub(super) cut: Vec<Call>,
    /// What the files contradict each other about: it is not unsaid.
    contradicted: Vec<Call>,
}

impl<'a> Missing<'a> {
    pub(super) fn new(source: AskedBy, failed: &'a [FailedRead]) -> Self {
        Self {
            source,
            failed,
            gaps: Vec::new(),
            unsaid: Vec::new(),
            cut: Vec::new(),
            contradicted: Vec::new(),
        }
    }

    /// Who asked.
    pub(super) fn source(&self) -> AskedBy {
        self.source
    }

    pub(super) fn because(&mut self, call: Call, reason: &str) {
        let source = match self.source {
            AskedBy::Aws => call.action().to_owned(),
            AskedBy::Files => format!("--facts, {}", call.action()),
        };
        let reason = format!("{}; {}", shortened(reason, REASON), call.costs());
        self.gaps.push(Gap::of_aws(call.fact(), source, reason));
    }

    /// There is more of a list than there is here. Where AWS was asked, the failed read says so.
    pub(super) fn in_part(&mut self, call: Call) {
        if self.failed.iter().any(|failed| failed.call == call) {
            return;
        }
        self.gaps.push(Gap::of_aws(
            call.fact(),
            format!("--facts, {}", call.action()),
            "the files have a part of the list, or a list that can be one: what is not in it is not called wrong or \
             missing. Save the whole answer, without --no-paginate, --max-items and --query",
        ));
    }

    /// A list in the form of a whole one may be a part of it, for what it holds. `all` is the command that lists all.
    pub(super) fn can_be_more(&mut self, call: Call, what: &str, all: &str) {
        let reason = format!(
            "{what}: the list can be a part, and what is not in it is not called wrong or missing. Save what {all} \
             prints, without other filters"
        );
        let source = format!("--facts, {}", call.action());
        self.gaps.push(Gap::of_aws(call.fact(), source, reason));
    }

    /// What the files contradict each other about, with the one call that decides.
    pub(super) fn contradicted(&mut self, call: Call, found: &[Contradiction]) {
        let Some(last) = found.len().min(limits::NAMES_SHOWN).checked_sub(1) else {
            return;
        };
        self.contradicted.push(call);
        for (place, one) in found.iter().enumerate().take(last + 1) {
            let decides = call.command();
            let more = match found.len() - 1 - last {
                more if more > 0 && place == last => format!(" (and so they do {more} times more)"),
                _ => String::new(),
            };
            self.because(
                call,
                &format!(
                    "{}{more}: save what {decides} prints now, and give no older file of it",
                    one.reason()
                ),
            );
        }
    }

    /// Each thing of a list once. Of what AWS said twice the later counts; files have no order, and what they
    /// contradict each other about is left out.
    pub(super) fn settled<T: Serialize + DeserializeOwned>(
        &mut self,
        call: Call,
        all: Vec<T>,
        id: impl Fn(&T) -> &String,
        left_out: Dropped,
    ) -> Vec<T> {
        if self.source == AskedBy::Aws {
            return unique(all, id);
        }
        let (kept, found) = together(all, id, left_out);
        if left_out == Dropped::Thing && !found.is_empty() {
            self.cut.push(call);
        }
        self.contradicted(call, &found);
        kept
    }

    /// Nobody said it. Where AWS was asked, the failed read says why.
    pub(super) fn unsaid(&mut self, call: Call) {
        if !self.failed.iter().any(|failed| failed.call == call) && !self.contradicted.contains(&call) {
            self.unsaid.push(call);
        }
    }

    /// The addresses of these inbound endpoints. `others` where files have those of other endpoints: then it is said
    /// whose are missing.
    pub(super) fn addresses_of(&mut self, endpoints: &[&str], others: bool) {
        let call = Call::ListResolverEndpointIpAddresses;
        let Some(first) = endpoints.first() else {
            return;
        };
        if !others || self.source == AskedBy::Aws || self.failed.iter().any(|failed| failed.call == call) {
            self.unsaid(call);
            return;
        }
        let shown: Vec<&str> = endpoints.iter().copied().take(limits::NAMES_SHOWN).collect();
        let reason = format!(
            "the files have addresses of another endpoint, and none that can be those of {}: {} --resolver-endpoint-id \
             {} lists them",
            shown.join(", "),
            call.command(),
            plain_word(first, "ID")
        );
        self.because(call, &reason);
    }

    /// A list, each of its members once, cut where it is longer than a capture holds.
    pub(in crate::facts) fn once<T: Serialize + DeserializeOwned>(
        &mut self,
        call: Call,
        list: Option<Vec<T>>,
        id: impl Fn(&T) -> &String,
    ) -> Option<Vec<T>> {
        let list = list.map(|all| self.settled(call, all, id, Dropped::Thing));
        self.list(call, list)
    }

    /// What is missing of DNS Firewall.
    pub(super) fn firewall(&mut self, firewall: &Firewall, undecided: &[UndecidedDomains], vpc_id: Option<&str>) {
        for one in undecided {
            self.because(Call::ListFirewallDomains, &one.reason());
        }
        if firewall.associations.is_none() {
            self.unsaid(Call::ListFirewallRuleGroupAssociations);
        }
        let mut of_groups = firewall.associations.iter().flatten();
        if firewall.associations.is_none() && firewall.groups.is_empty()
            || of_groups.any(|one| !firewall.groups.iter().any(|group| group.id == one.group_id))
        {
            self.unsaid(Call::ListFirewallRules);
        }
        let lists = firewall.lists_of_rules();
        let lacks_domains = |id: &&str| !firewall.domain_lists.iter().any(|list| list.id == *id);
        if lists.iter().any(lacks_domains) && undecided.is_empty() {
            self.unsaid(Call::ListFirewallDomains);
        }
        if lists.iter().any(|id| firewall.details_of(id).is_none()) {
            self.unsaid(Call::GetFirewallDomainList);
        }
        if vpc_id.is_none_or(|id| !firewall.configs.iter().any(|config| config.vpc_id == id)) {
            self.unsaid(Call::GetFirewallConfig);
        }
    }

    /// The Client VPN endpoints, with what is missing of them. `undecided` are lists that are cut, or of an endpoint
    /// that nothing names.
    pub(super) fn client_vpn(
        &mut self,
        endpoints: Option<Vec<ClientVpnEndpoint>>,
        undecided: &[Call],
        vpc_id: Option<&str>,
    ) -> Option<Vec<ClientVpnEndpoint>> {
        for call in undecided {
            self.because(
                *call,
                "a part of the list is beyond what is kept, or an empty answer names no endpoint: eks-dns-doctor facts \
                 asks for each endpoint by its id",
            );
        }
        let endpoints = self.list(Call::DescribeClientVpnEndpoints, endpoints);
        let of_vpc = endpoints.iter().flatten().filter(|one| one.vpc_id.as_deref() == vpc_id);
        let (mut lacks_routes, mut lacks_rules) = (false, false);
        for endpoint in of_vpc {
            lacks_routes |= endpoint.routes.is_none();
            lacks_rules |= endpoint.authorization_rules.is_none();
        }
        for (lacks, call) in [
            (lacks_routes, Call::DescribeClientVpnRoutes),
            (lacks_rules, Call::DescribeClientVpnAuthorizationRules),
        ] {
            if lacks && !undecided.contains(&call) {
                self.unsaid(call);
            }
        }
        endpoints
    }

    /// What is missing of the Profiles.
    pub(super) fn profiles(&mut self, profiles: &Profiles) {
        if profiles.associations.is_none() {
            self.unsaid(Call::ListProfileAssociations);
        }
        let mut associated = profiles.associations.iter().flatten();
        if profiles.associations.is_none() && profiles.resources.is_empty()
            || associated.any(|one| {
                let mut known = profiles.resources.iter();
                !known.any(|other| other.profile_id == one.profile_id)
            })
        {
            self.unsaid(Call::ListProfileResourceAssociations);
        }
    }

    /// What is missing of what makes zones in the cluster's VPC.
    pub(super) fn zone_makers(&mut self, endpoints: &[VpcEndpoints], lattice: &Lattice, vpc_id: Option<&str>) {
        let is_its = |id: &str| vpc_id == Some(id);
        if !endpoints.iter().any(|vpc| is_its(&vpc.vpc_id)) {
            self.unsaid(Call::DescribeVpcEndpoints);
        }
        if !lattice.vpcs.iter().any(|vpc| is_its(&vpc.vpc_id)) {
            self.unsaid(Call::ListServiceNetworkVpcAssociations);
        }
        let by_endpoints = endpoints.iter().flat_map(|vpc| &vpc.endpoints);
        let mut networks = lattice
            .vpcs
            .iter()
            .flat_map(|vpc| &vpc.associations)
            .map(|one| one.service_network_id.as_str())
            .chain(by_endpoints.clone().filter_map(|one| one.service_network_id()));
        if networks.any(|id| !lattice.networks.iter().any(|one| one.id == id)) {
            self.unsaid(Call::ListServiceNetworkResourceAssociations);
        }
        let mut configurations = lattice
            .networks
            .iter()
            .flat_map(|network| &network.resources)
            .filter(|one| one.private_dns != Some(false))
            .map(|one| one.resource_configuration_id.as_str())
            .chain(by_endpoints.filter_map(|one| one.resource_configuration_id()));
        if configurations.any(|id| !lattice.configurations.iter().any(|one| one.id == id)) {
            self.unsaid(Call::GetResourceConfiguration);
        }
    }

    /// A list that may be missing, cut where it is longer than a capture holds.
    pub(super) fn kept<T>(&mut self, call: Call, list: Option<Vec<T>>) -> Option<Vec<T>> {
        list.and_then(|list| self.list(call, Some(list)))
    }

    /// A list, cut where it is longer than a capture holds.
    pub(in crate::facts) fn list<T>(&mut self, call: Call, list: Option<Vec<T>>) -> Option<Vec<T>> {
        let Some(mut list) = list else {
            self.unsaid(call);
            return None;
        };
        if let Some(dropped) = list.len().checked_sub(limits::LIST_IN_CAPTURE + 1) {
            list.truncate(limits::LIST_IN_CAPTURE);
            self.cut.push(call);
            let reason = format!("{} beyond the first {}", dropped + 1, limits::LIST_IN_CAPTURE);
            self.because(call, &reason);
        }
        Some(list)
    }

    pub(super) fn finish(mut self) -> Vec<Gap> {
        // What was not asked for want of the same answer is one gap: the answer's own stands beside it.
        let mut unasked: Vec<(&str, Vec<&str>)> = Vec::new();
        for failed in self.failed {
            if let Some(reason) = failed.not_asked() {
                let fact = failed.call.fact();
                match unasked.iter_mut().find(|(other, _)| *other == reason) {
                    Some((_, facts)) if facts.contains(&fact) => {}
                    Some((_, facts)) => facts.push(fact),
                    None => unasked.push((reason, vec![fact])),
                }
                continue;
            }
            let reason = shortened(&failed.reason(), REASON);
            let gap = Gap::of_aws(failed.call.fact(), failed.call.action(), reason);
            if !self.gaps.contains(&gap) {
                self.gaps.push(gap);
            }
        }
        for (reason, facts) in unasked {
            self.gaps.push(Gap::of_aws_all(&facts, "AWS", reason));
        }
        self.unsaid.sort();
        if self.source == AskedBy::Files && !self.unsaid.is_empty() {
            let facts: Vec<&str> = self.unsaid.iter().map(|call| call.fact()).collect();
            self.gaps.push(Gap::of_aws_all(&facts, "--facts", "no file has them"));
        }
        self.gaps
    }
}

/// Each once, by its id; where it was said twice, what was said last.
pub(super) fn unique<T>(all: Vec<T>, id: impl Fn(&T) -> &String) -> Vec<T> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<T> = Vec::new();
    for one in all {
        let place = *places.entry(id(&one).clone()).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(other) => *other = one,
            None => kept.push(one),
        }
    }
    kept
}
