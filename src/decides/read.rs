//! A VPC's configuration from the facts: what AWS said of it, and what it did not say.

use super::configuration::{
    Action, AssociatedRule, AssociatedZone, BlockAnswer, Configuration, DecidingFirewallRule, DomainPattern, InEffect,
    ListedDomains, MadeFor, MatchedBy, Opaque, PROFILE_PRIORITY, Profile, Qtype, Redirection, RuleGroup, RuleKind,
};
use super::title;
use crate::dns::Name;
use crate::facts::{
    self, AUTO_ALLOWLIST, AwsFacts, Call, DomainListDetails, Lattice, ProfileResource, ServiceNetworkResource,
    VpcEndpoint, arn, zone_id,
};

/// Whether anything was read of what decides. Where nothing was, there is nothing to say.
pub fn is_read(facts: &AwsFacts) -> bool {
    let rules = facts.resolver_rules.is_some() && facts.rule_associations.is_some();
    rules || facts.hosted_zones.is_some() || facts.firewall.is_some() || facts.profiles.is_some()
}

/// The configuration of a VPC. `has_private_endpoint`: it is the cluster's, and private access is on, so EKS's own zone
/// is there; where it is not listed, it is taken to have the endpoint's name as its apex.
pub fn configuration(facts: &AwsFacts, vpc: &str, target: &Name, has_private_endpoint: bool) -> Configuration {
    let reader = ConfigurationReader { facts, target };
    let mut zones = reader.zones(vpc);
    let is_eks = |zone: &AssociatedZone| zone.owner.is_some() && zone.apex.as_ref() == Some(target);
    if has_private_endpoint && !zones.known.iter().any(is_eks) {
        zones.known.push(AssociatedZone {
            id: None,
            apex: Some(target.clone()),
            owner: Some("EKS".to_owned()),
            made_for: None,
            in_effect: InEffect::Yes,
        });
    }
    for made in made_zones(facts, vpc) {
        let of_this_name = |zone: &&mut AssociatedZone| made.apex.is_some() && zone.apex == made.apex;
        if let Some(listed) = zones.known.iter_mut().find(of_this_name) {
            if is_another_services(listed) {
                listed.made_for = listed.made_for.take().or(made.made_for);
            }
        } else if made.apex.is_some() || zones.rest.is_some() {
            // Where all zones are listed, one of an unknown name is among them.
            zones.known.push(made);
        }
    }
    // Without both attributes a VPC has no private hosted zones (Developer Guide, "Considerations when working with a
    // private hosted zone").
    let attributes = facts.attributes_of(vpc).unwrap_or_default();
    let mut profiles = reader.profiles(vpc);
    let zones_unsure = match (attributes.dns_support, attributes.dns_hostnames) {
        (Some(false), _) | (_, Some(false)) => {
            zones = ListedDomains::whole(Vec::new());
            for zone in profiles.known.iter_mut().flat_map(|profile| &mut profile.zones) {
                if zone.in_effect == InEffect::Yes {
                    zone.in_effect = InEffect::Perhaps(Opaque::AttributesOff);
                }
            }
            None
        }
        (Some(true), Some(true)) => None,
        _ => Some(Opaque::NotRead(Call::DescribeVpcAttribute)),
    };
    Configuration {
        vpc: vpc.to_owned(),
        groups: reader.groups(vpc),
        rules: reader.rules(vpc),
        zones,
        zones_unsure,
        profiles,
    }
}

struct ConfigurationReader<'a> {
    facts: &'a AwsFacts,
    target: &'a Name,
}

impl ConfigurationReader<'_> {
    /// Why there may be more of a list than is known.
    fn rest(&self, call: Call) -> Option<Opaque> {
        self.facts.is_part(call).then_some(Opaque::Part(call))
    }

    /// The same of a list by VPC: one from a file that has nothing of this VPC may be another VPC's.
    fn rest_in<T>(&self, call: Call, of_vpc: &[T]) -> Option<Opaque> {
        let is_of_another = of_vpc.is_empty() && self.facts.of_one_vpc.contains(&call);
        let open = || is_of_another.then_some(Opaque::OfAnotherVpc(call));
        self.rest(call).or_else(open)
    }

    fn groups(&self, vpc: &str) -> ListedDomains<RuleGroup> {
        let call = Call::ListFirewallRuleGroupAssociations;
        let firewall = self.facts.firewall.as_ref();
        let Some(associations) = firewall.and_then(|firewall| firewall.associations.as_ref()) else {
            return ListedDomains::opaque(Opaque::NotRead(call));
        };
        let groups = associations
            .iter()
            .filter(|one| one.vpc_id == vpc)
            .map(|one| RuleGroup {
                id: one.group_id.clone(),
                name: one.name.clone(),
                priority: one.priority,
                in_effect: InEffect::of_status(one.status.as_deref()),
                rules: self.firewall_rules(&one.group_id),
            });
        let known: Vec<RuleGroup> = groups.collect();
        ListedDomains {
            rest: self.rest_in(call, &known),
            known,
        }
    }

    fn firewall_rules(&self, group: &str) -> ListedDomains<DecidingFirewallRule> {
        let call = Call::ListFirewallRules;
        let mut groups = self.facts.firewall.iter().flat_map(|firewall| &firewall.groups);
        let Some(group) = groups.find(|one| one.id == group) else {
            return ListedDomains::opaque(Opaque::NotRead(call));
        };
        ListedDomains {
            known: group.rules.iter().map(|rule| self.firewall_rule(rule)).collect(),
            rest: self.rest(call),
        }
    }

    fn firewall_rule(&self, rule: &facts::FirewallRule) -> DecidingFirewallRule {
        let action = match rule.action.as_deref() {
            Some("ALLOW") => Action::Allow,
            Some("ALERT") => Action::Alert,
            Some("BLOCK") => Action::Block(match rule.block_response.as_deref() {
                Some("NODATA") => BlockAnswer::NoData,
                Some("NXDOMAIN") => BlockAnswer::NxDomain,
                Some("OVERRIDE") => BlockAnswer::Override(rule.block_override_domain.clone().unwrap_or_default()),
                _ => BlockAnswer::Unfamiliar,
            }),
            other => Action::Unfamiliar(other.unwrap_or("no action").to_owned()),
        };
        let source = match (rule.detects.as_deref(), &rule.domain_list_id) {
            (Some(AUTO_ALLOWLIST), id) => MatchedBy::AutoAllowlist {
                id: id.clone(),
                domains: ListedDomains::opaque(Opaque::AutoAllowlist),
            },
            (None, Some(id)) => MatchedBy::List {
                id: id.clone(),
                name: self.details(id).and_then(|list| list.name.clone()),
                domains: self.domains(id),
            },
            (Some(kind), _) => MatchedBy::Advanced(kind.to_owned()),
            (None, None) => MatchedBy::Advanced("of a kind that was not read".to_owned()),
        };
        // Absent where nothing has to be provisioned.
        let mut in_effect = InEffect::of_status(rule.status.as_deref().or(Some("COMPLETE")));
        if let MatchedBy::List { id, .. } = &source
            && let Some(why) = self.unsettled(id)
            && in_effect == InEffect::Yes
        {
            in_effect = InEffect::Perhaps(why);
        }
        DecidingFirewallRule {
            name: rule.name.clone(),
            priority: rule.priority,
            action,
            source,
            qtype: rule.qtype.as_deref().map(Qtype::of),
            redirection: match rule.redirection.as_deref() {
                Some("TRUST_REDIRECTION_DOMAIN") => Redirection::Trust,
                _ => Redirection::Inspect,
            },
            in_effect,
        }
    }

    /// A domain list itself, where that was read.
    fn details(&self, id: &str) -> Option<&DomainListDetails> {
        self.facts.firewall.as_ref()?.details_of(id)
    }

    /// Why what stands in a domain list is not certain, where its status says so.
    fn unsettled(&self, id: &str) -> Option<Opaque> {
        let list = self.details(id)?;
        let status = list.unsettled()?;
        Some(Opaque::UnsettledList(
            title(id, list.name.as_deref()),
            status.to_owned(),
        ))
    }

    fn domains(&self, id: &str) -> ListedDomains<DomainPattern> {
        let call = Call::ListFirewallDomains;
        let details = self.details(id);
        // Whatever was answered to a question for its domains.
        if let Some(list) = details
            && let Some(by) = &list.managed_by
        {
            let name = list.name.as_deref().unwrap_or(id);
            return ListedDomains::opaque(Opaque::ManagedList(Some(format!("{name} (of {by})"))));
        }
        let mut lists = self.facts.firewall.iter().flat_map(|firewall| &firewall.domain_lists);
        let Some(list) = lists.find(|one| one.id == id) else {
            return ListedDomains::opaque(Opaque::NotRead(call));
        };
        // Of a list that AWS manages no domain is said, and an empty list has none.
        let is_empty = details.is_some_and(|details| details.domain_count == Some(0));
        if list.domains.is_empty() && list.only_about.is_none() && !is_empty {
            return ListedDomains::opaque(Opaque::ManagedList(None));
        }
        // A list that was changed between the two reads.
        let count = details
            .and_then(|list| list.domain_count)
            .filter(|_| list.only_about.is_none());
        let has_more = count.is_some_and(|count| usize::try_from(count).is_ok_and(|count| count > list.domains.len()));
        let known = list.domains.iter().filter_map(|text| text.parse().ok()).collect();
        let is_about_another = |about: &Name| !self.target.is_within(about);
        let cut = list.only_about.as_ref().is_some_and(is_about_another);
        ListedDomains {
            known,
            rest: (cut || has_more)
                .then_some(Opaque::Part(call))
                .or_else(|| self.rest(call))
                .or_else(|| self.unsettled(id)),
        }
    }

    fn rules(&self, vpc: &str) -> ListedDomains<AssociatedRule> {
        let (rules, associations) = (Call::ListResolverRules, Call::ListResolverRuleAssociations);
        let Some(all) = &self.facts.rule_associations else {
            return ListedDomains::opaque(Opaque::NotRead(associations));
        };
        let known = all
            .iter()
            .filter(|one| one.vpc_id == vpc)
            .map(|one| self.rule(&one.rule_id, None, InEffect::of_status(one.status.as_deref())));
        let mut known: Vec<AssociatedRule> = known.collect();
        let rest = self.rest_in(associations, &known);
        known.retain(|rule| !is_autodefined(&rule.id));
        ListedDomains {
            known,
            rest: rest.or_else(|| self.facts.resolver_rules.is_none().then_some(Opaque::NotRead(rules))),
        }
    }

    /// A Resolver rule by its id; one that a whole list has not is another account's.
    fn rule(&self, id: &str, name: Option<&str>, in_effect: InEffect) -> AssociatedRule {
        let mut listed = self.facts.resolver_rules.iter().flatten();
        let Some(rule) = listed.find(|rule| rule.id == id) else {
            return AssociatedRule {
                id: id.to_owned(),
                name: name.map(str::to_owned),
                domain: None,
                kind: RuleKind::Opaque(self.rest(Call::ListResolverRules).unwrap_or(Opaque::RuleNotListed)),
                targets: Vec::new(),
                in_effect,
            };
        };
        let domain = domain(&rule.domain);
        let kind = match (rule.kind.as_str(), &domain) {
            ("FORWARD", Some(_)) => RuleKind::Forward,
            ("SYSTEM", Some(_)) => RuleKind::System,
            ("RECURSIVE", _) => RuleKind::Recursive,
            ("DELEGATE", _) => RuleKind::Opaque(Opaque::Delegation),
            (kind, _) => RuleKind::Opaque(Opaque::Unfamiliar(format!("the type {kind}"))),
        };
        AssociatedRule {
            id: rule.id.clone(),
            name: rule.name.clone().or_else(|| name.map(str::to_owned)),
            domain,
            kind,
            targets: rule.targets.iter().map(|target| target.ip).collect(),
            in_effect,
        }
    }

    fn zones(&self, vpc: &str) -> ListedDomains<AssociatedZone> {
        let call = Call::ListHostedZonesByVpc;
        let mut lists = self.facts.hosted_zones.iter().flatten();
        let Some(list) = lists.find(|list| list.vpc_id == vpc) else {
            return ListedDomains::opaque(Opaque::NotRead(call));
        };
        ListedDomains {
            known: list.zones.iter().map(|one| zone(one, InEffect::Yes)).collect(),
            rest: self.rest(call),
        }
    }

    fn profiles(&self, vpc: &str) -> ListedDomains<Profile> {
        let call = Call::ListProfileAssociations;
        let profiles = self.facts.profiles.as_ref();
        let Some(associations) = profiles.and_then(|profiles| profiles.associations.as_ref()) else {
            return ListedDomains::opaque(Opaque::NotRead(call));
        };
        let known = associations.iter().filter(|one| one.vpc_id == vpc).map(|one| {
            let mut made = Profile {
                id: one.profile_id.clone(),
                name: one.name.clone(),
                priority: one.priority.unwrap_or(PROFILE_PRIORITY),
                in_effect: InEffect::of_status(one.status.as_deref()),
                groups: Vec::new(),
                rules: Vec::new(),
                zones: Vec::new(),
                rest: None,
            };
            let call = Call::ListProfileResourceAssociations;
            let mut read = profiles.iter().flat_map(|profiles| &profiles.resources);
            match read.find(|resources| resources.profile_id == one.profile_id) {
                None => made.rest = Some(Opaque::NotRead(call)),
                Some(resources) => {
                    made.rest = self.rest(call);
                    for resource in &resources.resources {
                        self.bring(&mut made, resource);
                    }
                }
            }
            made
        });
        let known: Vec<Profile> = known.collect();
        ListedDomains {
            rest: self.rest_in(call, &known),
            known,
        }
    }

    /// What a resource of a Profile is, by its ARN.
    fn bring(&self, profile: &mut Profile, resource: &ProfileResource) {
        let in_effect = InEffect::of_status(resource.status.as_deref());
        if let Some(id) = resource.id_of("firewall-rule-group") {
            profile.groups.push(RuleGroup {
                id: id.to_owned(),
                name: resource.name.clone(),
                priority: resource.priority,
                in_effect,
                rules: self.firewall_rules(id),
            });
        } else if let Some(id) = resource.id_of("resolver-rule") {
            profile.rules.push(self.rule(id, resource.name.as_deref(), in_effect));
        } else if let Some(id) = resource.id_of("hostedzone") {
            // Its name is known where the zone is associated with a VPC that was read.
            let mut listed = self.facts.hosted_zones.iter().flatten().flat_map(|list| &list.zones);
            profile.zones.push(match listed.find(|one| zone_id(&one.id) == id) {
                Some(one) => zone(one, in_effect),
                None => AssociatedZone {
                    id: Some(id.to_owned()),
                    apex: None,
                    owner: None,
                    made_for: None,
                    in_effect,
                },
            });
        } else if let Some(id) = resource.id_of("vpc-endpoint") {
            let mut read = self.facts.vpc_endpoints.iter().flatten().flat_map(|vpc| &vpc.endpoints);
            match read.find(|endpoint| endpoint.id == id) {
                // A Profile brings the names of an endpoint to VPCs that it is not in.
                Some(endpoint) if endpoint.kind == "Interface" => profile.zones.extend(interface(endpoint, &in_effect)),
                _ => profile.rest = profile.rest.take().or(Some(Opaque::InterfaceEndpoint)),
            }
        } else if resource.id_of("resolver-query-log-config").is_none() {
            let kind = arn::resource(&resource.arn).unwrap_or(&resource.arn);
            profile.rest = profile
                .rest
                .take()
                .or_else(|| Some(Opaque::Unfamiliar(kind.to_owned())));
        }
    }
}

/// The rules that Route 53 Resolver makes itself: of them only those for public DNS are listed.
fn is_autodefined(id: &str) -> bool {
    id.starts_with("rslvr-autodefined-")
}

fn zone(of: &facts::HostedZone, in_effect: InEffect) -> AssociatedZone {
    AssociatedZone {
        id: Some(of.id.clone()),
        apex: domain(&of.name),
        owner: of.owning_service.clone().or_else(|| of.owning_account.clone()),
        made_for: None,
        in_effect,
    }
}

/// Whether a listed zone is an AWS service's, and not EKS's own. An account's is somebody's own.
fn is_another_services(zone: &AssociatedZone) -> bool {
    let owner = zone.owner.as_deref().filter(|_| zone.id.is_some());
    owner.is_some_and(|owner| !owner.starts_with("eks.") && !owner.bytes().all(|octet| octet.is_ascii_digit()))
}

/// A domain as the API writes it.
fn domain(text: &str) -> Option<Name> {
    if text == "." {
        return Some(Name::root());
    }
    Name::from_host(text.trim_end_matches('.')).ok()
}

/// The private hosted zones that AWS makes in a VPC for its VPC endpoints and service networks, as far as they were
/// read. One whose custom domain name was not read has no apex.
pub fn made_zones(facts: &AwsFacts, vpc: &str) -> Vec<AssociatedZone> {
    let unread = Lattice::default();
    let lattice = facts.lattice.as_ref().unwrap_or(&unread);
    let mut zones = Vec::new();
    let endpoints = facts.vpc_endpoints.iter().flatten().filter(|one| one.vpc_id == vpc);
    for endpoint in endpoints.flat_map(|one| &one.endpoints) {
        match endpoint.kind.as_str() {
            "Interface" => zones.extend(interface(endpoint, &InEffect::Yes)),
            _ => zones.extend(of_lattice_endpoint(lattice, endpoint)),
        }
    }
    let of_vpc = lattice.vpcs.iter().filter(|one| one.vpc_id == vpc);
    for one in of_vpc.flat_map(|one| &one.associations) {
        let way = LatticeWay {
            private_dns: one.private_dns,
            preference: one.private_dns_preference.as_deref(),
            specified: &one.private_dns_specified_domains,
            in_effect: of_lattice_status(one.status.as_deref()),
        };
        zones.extend(of_network(lattice, &one.service_network_id, &way, |resource| {
            MadeFor::ServiceNetwork {
                id: one.service_network_id.clone(),
                association: one.id.clone(),
                resource: resource.to_owned(),
            }
        }));
    }
    zones
}

/// The zones of an interface endpoint: one for each of its private names (EC2 API Reference, CreateVpcEndpoint,
/// `PrivateDnsEnabled`). One that a Profile brings is in effect as far as its association is.
fn interface(endpoint: &VpcEndpoint, brought: &InEffect) -> Vec<AssociatedZone> {
    let in_effect = match (endpoint.private_dns, of_endpoint_state(endpoint.state.as_deref())) {
        (Some(true), InEffect::Yes) => brought.clone(),
        (Some(true), InEffect::Perhaps(why)) => InEffect::Perhaps(why),
        _ => return Vec::new(),
    };
    // `*.s3.eu-west-1.amazonaws.com` is a record of the zone s3.eu-west-1.amazonaws.com.
    let mut apexes: Vec<Option<Name>> = Vec::new();
    for name in &endpoint.private_dns_names {
        let apex = domain(name.strip_prefix("*.").unwrap_or(name));
        if !apexes.contains(&apex) {
            apexes.push(apex);
        }
    }
    if apexes.is_empty() {
        apexes.push(None);
    }
    let made_for = MadeFor::Endpoint {
        id: endpoint.id.clone(),
        kind: endpoint.kind.clone(),
        leads_to: endpoint.service_name.clone(),
    };
    let zone = |apex: Option<Name>| AssociatedZone {
        id: None,
        in_effect: if apex.is_some() {
            in_effect.clone()
        } else {
            InEffect::Perhaps(Opaque::InterfaceEndpoint)
        },
        apex,
        owner: None,
        made_for: Some(made_for.clone()),
    };
    apexes.into_iter().map(zone).collect()
}

/// How a VPC reaches the resources of VPC Lattice, as far as that decides for which of their names a zone is made.
struct LatticeWay<'a> {
    private_dns: Option<bool>,
    preference: Option<&'a str>,
    specified: &'a [String],
    in_effect: InEffect,
}

fn of_lattice_endpoint(lattice: &Lattice, endpoint: &VpcEndpoint) -> Vec<AssociatedZone> {
    let way = LatticeWay {
        private_dns: endpoint.private_dns,
        preference: endpoint.private_dns_preference.as_deref(),
        specified: &endpoint.private_dns_specified_domains,
        in_effect: of_endpoint_state(endpoint.state.as_deref()),
    };
    let leads_to = |what: &str| MadeFor::Endpoint {
        id: endpoint.id.clone(),
        kind: endpoint.kind.clone(),
        leads_to: Some(what.to_owned()),
    };
    if let Some(id) = endpoint.resource_configuration_id() {
        return way.zone(lattice, id, None, leads_to(id)).into_iter().collect();
    }
    match endpoint.service_network_id() {
        Some(network) => of_network(lattice, network, &way, leads_to),
        None => Vec::new(),
    }
}

/// The zones for the resources of a service network.
fn of_network(
    lattice: &Lattice,
    network: &str,
    way: &LatticeWay<'_>,
    made_for: impl Fn(&str) -> MadeFor,
) -> Vec<AssociatedZone> {
    let Some(network) = lattice.networks.iter().find(|one| one.id == network) else {
        let call = Call::ListServiceNetworkResourceAssociations;
        return if way.private_dns == Some(false) || way.in_effect == InEffect::No {
            Vec::new()
        } else {
            vec![may_be(
                None,
                InEffect::Perhaps(Opaque::NotRead(call)),
                made_for("not known"),
            )]
        };
    };
    let of_resource = |resource: &ServiceNetworkResource| {
        let id = &resource.resource_configuration_id;
        way.zone(lattice, id, Some(resource), made_for(id))
    };
    network.resources.iter().filter_map(of_resource).collect()
}

impl LatticeWay<'_> {
    /// The zone that VPC Lattice makes for a resource, where it may (VPC Lattice User Guide, "Resource configurations
    /// for VPC resources": custom domain names for resource consumers and for service network owners).
    fn zone(
        &self,
        lattice: &Lattice,
        id: &str,
        associated: Option<&ServiceNetworkResource>,
        made_for: MadeFor,
    ) -> Option<AssociatedZone> {
        // What the service network's owner chose for the resource overrides what the VPC has.
        let private_dns = associated.and_then(|one| one.private_dns).or(self.private_dns);
        let status = associated.map_or(InEffect::Yes, |one| of_lattice_status(one.status.as_deref()));
        if private_dns != Some(true) || self.in_effect == InEffect::No || status == InEffect::No {
            return None;
        }
        let read = lattice.configurations.iter().find(|one| one.id == id);
        let custom = read.and_then(|one| one.custom_domain_name.as_deref());
        let name = custom.or(associated.and_then(|one| one.private_dns_name.as_deref()));
        if read.is_some() && name.is_none() {
            // Without a custom domain name there is no zone.
            return None;
        }
        let verified = read.map(|one| one.domain_verification.as_deref() == Some("VERIFIED"));
        let wanted = match self.preference.unwrap_or("VERIFIED_DOMAINS_ONLY") {
            "ALL_DOMAINS" => Some(true),
            "VERIFIED_DOMAINS_ONLY" => verified,
            "SPECIFIED_DOMAINS_ONLY" => self.specifies(name),
            "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS" => match (verified, self.specifies(name)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            _ => None,
        };
        let why = match wanted {
            Some(false) => return None,
            Some(true) if name.is_some() => Opaque::ZoneMayBeMade,
            _ => Opaque::NotRead(Call::GetResourceConfiguration),
        };
        let perhaps = [&self.in_effect, &status].into_iter().find_map(|one| match one {
            InEffect::Perhaps(why) => Some(why.clone()),
            InEffect::Yes | InEffect::No => None,
        });
        let in_effect = InEffect::Perhaps(perhaps.unwrap_or(why));
        Some(may_be(name.and_then(domain), in_effect, made_for))
    }

    /// Whether a name is one of those that the VPC's owner specified; `None` where it is not known.
    fn specifies(&self, name: Option<&str>) -> Option<bool> {
        let name = Name::from_host(name?.trim_end_matches('.')).ok()?;
        let mut specified = self
            .specified
            .iter()
            .filter_map(|text| text.parse::<DomainPattern>().ok());
        Some(specified.any(|pattern| pattern.has(&name) == Some(true)))
    }
}

fn may_be(apex: Option<Name>, in_effect: InEffect, made_for: MadeFor) -> AssociatedZone {
    AssociatedZone {
        id: None,
        apex,
        owner: None,
        made_for: Some(made_for),
        in_effect,
    }
}

/// Whether a VPC endpoint is in effect. EC2 writes its states in lower case, and its model has them with a capital.
fn of_endpoint_state(state: Option<&str>) -> InEffect {
    match state.map(str::to_ascii_lowercase).as_deref() {
        Some("available") => InEffect::Yes,
        Some("deleted" | "rejected" | "failed" | "expired") => InEffect::No,
        Some(other) => InEffect::Perhaps(Opaque::Unsettled(other.to_owned())),
        None => InEffect::Perhaps(Opaque::Unsettled("not said".to_owned())),
    }
}

/// Whether an association of VPC Lattice is in effect.
fn of_lattice_status(status: Option<&str>) -> InEffect {
    match status {
        Some("ACTIVE") => InEffect::Yes,
        Some("CREATE_FAILED") => InEffect::No,
        Some(other) => InEffect::Perhaps(Opaque::Unsettled(other.to_owned())),
        None => InEffect::Perhaps(Opaque::Unsettled("not said".to_owned())),
    }
}
