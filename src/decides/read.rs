//! A VPC's configuration from the facts: what AWS said of it, and what it did not say.

use super::configuration::{
    Action, BlockAnswer, Configuration, FirewallRule, InEffect, Listed, Opaque, PROFILE_PRIORITY, Pattern, Profile,
    Qtype, Redirection, Rule, RuleGroup, RuleKind, Source, Zone,
};
use crate::dns::Name;
use crate::facts::{self, AUTO_ALLOWLIST, AwsFacts, Call, ProfileResource};

/// Whether anything was read of what decides. Where nothing was, there is nothing to say.
pub fn is_read(facts: &AwsFacts) -> bool {
    let rules = facts.resolver_rules.is_some() && facts.rule_associations.is_some();
    rules || facts.hosted_zones.is_some() || facts.firewall.is_some() || facts.profiles.is_some()
}

/// The configuration of a VPC. `has_private_endpoint`: it is the cluster's, and private access is on, so EKS's own zone
/// is there; where it is not listed, it is taken to have the endpoint's name as its apex.
pub fn configuration(facts: &AwsFacts, vpc: &str, target: &Name, has_private_endpoint: bool) -> Configuration {
    let reader = Reader { facts, target };
    let mut zones = reader.zones(vpc);
    let is_eks = |zone: &Zone| zone.owner.is_some() && zone.apex.as_ref() == Some(target);
    if has_private_endpoint && !zones.known.iter().any(is_eks) {
        zones.known.push(Zone {
            id: None,
            apex: Some(target.clone()),
            owner: Some("EKS".to_owned()),
            in_effect: InEffect::Yes,
        });
    }
    // Without both attributes a VPC has no private hosted zones (Developer Guide, "Considerations when working with a
    // private hosted zone").
    let is_off = facts
        .vpc_attributes
        .as_ref()
        .filter(|_| facts.cluster_vpc_id() == Some(vpc));
    if is_off.is_some_and(|one| one.dns_support == Some(false) || one.dns_hostnames == Some(false)) {
        zones = Listed::whole(Vec::new());
    }
    Configuration {
        vpc: vpc.to_owned(),
        groups: reader.groups(vpc),
        rules: reader.rules(vpc),
        zones,
        profiles: reader.profiles(vpc),
    }
}

struct Reader<'a> {
    facts: &'a AwsFacts,
    target: &'a Name,
}

impl Reader<'_> {
    /// Why there may be more of a list than is known.
    fn rest(&self, call: Call) -> Option<Opaque> {
        self.facts.is_part(call).then_some(Opaque::Part(call))
    }

    fn groups(&self, vpc: &str) -> Listed<RuleGroup> {
        let call = Call::ListFirewallRuleGroupAssociations;
        let firewall = self.facts.firewall.as_ref();
        let Some(associations) = firewall.and_then(|firewall| firewall.associations.as_ref()) else {
            return Listed::opaque(Opaque::NotRead(call));
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
        Listed {
            known: groups.collect(),
            rest: self.rest(call),
        }
    }

    fn firewall_rules(&self, group: &str) -> Listed<FirewallRule> {
        let call = Call::ListFirewallRules;
        let mut groups = self.facts.firewall.iter().flat_map(|firewall| &firewall.groups);
        let Some(group) = groups.find(|one| one.id == group) else {
            return Listed::opaque(Opaque::NotRead(call));
        };
        Listed {
            known: group.rules.iter().map(|rule| self.firewall_rule(rule)).collect(),
            rest: self.rest(call),
        }
    }

    fn firewall_rule(&self, rule: &facts::FirewallRule) -> FirewallRule {
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
            (Some(AUTO_ALLOWLIST), id) => Source::AutoAllowlist {
                id: id.clone(),
                domains: Listed::opaque(Opaque::AutoAllowlist),
            },
            (None, Some(id)) => Source::List {
                id: id.clone(),
                domains: self.domains(id),
            },
            (Some(kind), _) => Source::Advanced(kind.to_owned()),
            (None, None) => Source::Advanced("of a kind that was not read".to_owned()),
        };
        FirewallRule {
            name: rule.name.clone(),
            priority: rule.priority,
            action,
            source,
            qtype: rule.qtype.as_deref().map(Qtype::of),
            redirection: match rule.redirection.as_deref() {
                Some("TRUST_REDIRECTION_DOMAIN") => Redirection::Trust,
                _ => Redirection::Inspect,
            },
            // Absent where nothing has to be provisioned.
            in_effect: InEffect::of_status(rule.status.as_deref().or(Some("COMPLETE"))),
        }
    }

    fn domains(&self, id: &str) -> Listed<Pattern> {
        let call = Call::ListFirewallDomains;
        let mut lists = self.facts.firewall.iter().flat_map(|firewall| &firewall.domain_lists);
        let Some(list) = lists.find(|one| one.id == id) else {
            return Listed::opaque(Opaque::NotRead(call));
        };
        // A list of one's own has domains; of those that AWS manages none is said.
        if list.domains.is_empty() && list.only_about.is_none() {
            return Listed::opaque(Opaque::ManagedList);
        }
        let known = list.domains.iter().filter_map(|text| text.parse().ok()).collect();
        let is_about_another = |about: &Name| !self.target.is_within(about);
        let cut = list.only_about.as_ref().is_some_and(is_about_another);
        Listed {
            known,
            rest: cut.then_some(Opaque::Part(call)).or_else(|| self.rest(call)),
        }
    }

    fn rules(&self, vpc: &str) -> Listed<Rule> {
        let (rules, associations) = (Call::ListResolverRules, Call::ListResolverRuleAssociations);
        let Some(all) = &self.facts.rule_associations else {
            return Listed::opaque(Opaque::NotRead(associations));
        };
        let known = all
            .iter()
            .filter(|one| one.vpc_id == vpc)
            .filter(|one| !is_autodefined(&one.rule_id))
            .map(|one| self.rule(&one.rule_id, None, InEffect::of_status(one.status.as_deref())));
        Listed {
            known: known.collect(),
            rest: self
                .rest(associations)
                .or_else(|| self.facts.resolver_rules.is_none().then_some(Opaque::NotRead(rules))),
        }
    }

    /// A Resolver rule by its id; one that is not listed is another account's, or was not read.
    fn rule(&self, id: &str, name: Option<&str>, in_effect: InEffect) -> Rule {
        let mut listed = self.facts.resolver_rules.iter().flatten();
        let Some(rule) = listed.find(|rule| rule.id == id) else {
            return Rule {
                id: id.to_owned(),
                name: name.map(str::to_owned),
                domain: None,
                kind: RuleKind::Opaque(Opaque::RuleNotListed),
                targets: Vec::new(),
                in_effect,
            };
        };
        let domain = domain(&rule.domain);
        let kind = match (rule.kind.as_str(), &domain) {
            ("FORWARD", Some(_)) => RuleKind::Forward,
            ("SYSTEM", Some(_)) => RuleKind::System,
            ("RECURSIVE", _) => RuleKind::Recursive,
            (kind, _) => RuleKind::Opaque(Opaque::Unfamiliar(format!("the type {kind}"))),
        };
        Rule {
            id: rule.id.clone(),
            name: rule.name.clone().or_else(|| name.map(str::to_owned)),
            domain,
            kind,
            targets: rule.targets.iter().map(|target| target.ip).collect(),
            in_effect,
        }
    }

    fn zones(&self, vpc: &str) -> Listed<Zone> {
        let call = Call::ListHostedZonesByVpc;
        let mut lists = self.facts.hosted_zones.iter().flatten();
        let Some(list) = lists.find(|list| list.vpc_id == vpc) else {
            return Listed::opaque(Opaque::NotRead(call));
        };
        Listed {
            known: list.zones.iter().map(|one| zone(one, InEffect::Yes)).collect(),
            rest: self.rest(call),
        }
    }

    fn profiles(&self, vpc: &str) -> Listed<Profile> {
        let call = Call::ListProfileAssociations;
        let profiles = self.facts.profiles.as_ref();
        let Some(associations) = profiles.and_then(|profiles| profiles.associations.as_ref()) else {
            return Listed::opaque(Opaque::NotRead(call));
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
        Listed {
            known: known.collect(),
            rest: self.rest(call),
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
            profile.zones.push(
                match listed.find(|one| one.id.trim_start_matches("/hostedzone/") == id) {
                    Some(one) => zone(one, in_effect),
                    None => Zone {
                        id: Some(id.to_owned()),
                        apex: None,
                        owner: None,
                        in_effect,
                    },
                },
            );
        } else if resource.id_of("vpc-endpoint").is_some() {
            profile.rest = profile.rest.take().or(Some(Opaque::InterfaceEndpoint));
        } else if resource.id_of("resolver-query-log-config").is_none() {
            let kind = resource.arn.splitn(6, ':').nth(5).unwrap_or(&resource.arn);
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

fn zone(of: &facts::HostedZone, in_effect: InEffect) -> Zone {
    Zone {
        id: Some(of.id.clone()),
        apex: domain(&of.name),
        owner: of.owning_service.clone().or_else(|| of.owning_account.clone()),
        in_effect,
    }
}

/// A domain as the API writes it.
fn domain(text: &str) -> Option<Name> {
    if text == "." {
        return Some(Name::root());
    }
    Name::from_host(text.trim_end_matches('.')).ok()
}
