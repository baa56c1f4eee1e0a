//! What AWS says of DNS Firewall and of Route 53 Profiles: the fields that the diagnosis reads, under AWS's own names
//! (API references of Route 53 Resolver and Route 53 Profiles).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::node::{Members, WrongShape};
use crate::dns::Name;
use crate::facts::arn;
use crate::limits;

/// DNS Firewall, as far as it was read. A rule group without its rules, and a domain list that is not here, were not
/// read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Firewall {
    /// Which rule groups are associated with which VPCs (ListFirewallRuleGroupAssociations).
    pub associations: Option<Vec<FirewallAssociation>>,
    /// The rules, by group (ListFirewallRules).
    pub groups: Vec<FirewallGroup>,
    /// The domains, by list (ListFirewallDomains).
    pub domain_lists: Vec<DomainList>,
    /// The lists themselves, without their domains (GetFirewallDomainList).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub list_details: Vec<DomainListDetails>,
    /// What happens where the firewall fails, by VPC (GetFirewallConfig).
    pub configs: Vec<FirewallConfig>,
}

/// A rule group's association with a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct FirewallAssociation {
    /// The association's id.
    pub id: Option<String>,
    /// The rule group.
    pub group_id: String,
    /// The VPC.
    pub vpc_id: String,
    /// The association's name.
    pub name: Option<String>,
    /// The lowest is read first.
    pub priority: Option<i64>,
    /// `COMPLETE`, `UPDATING`, `DELETING`.
    pub status: Option<String>,
}

/// A rule group with its rules.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct FirewallGroup {
    /// The group's id.
    pub id: String,
    /// Its rules.
    pub rules: Vec<FirewallRule>,
}

/// A rule of a rule group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct FirewallRule {
    /// Its name.
    pub name: Option<String>,
    /// The lowest is read first.
    pub priority: Option<i64>,
    /// `ALLOW`, `ALERT`, `BLOCK`.
    pub action: Option<String>,
    /// `NODATA`, `NXDOMAIN`, `OVERRIDE`.
    pub block_response: Option<String>,
    /// What `OVERRIDE` makes the name an alias of.
    pub block_override_domain: Option<String>,
    /// Its domain list; of an AutoAllowlist rule, the list that AWS keeps.
    pub domain_list_id: Option<String>,
    /// What it is where it is no rule of a domain list: `DGA`, `DICTIONARY_DGA`, `DNS_TUNNELING`, `AutoAllowlist`, a
    /// category, a partner's feed.
    pub detects: Option<String>,
    /// The type it is for; none: all.
    pub qtype: Option<String>,
    /// `INSPECT_REDIRECTION_DOMAIN`, `TRUST_REDIRECTION_DOMAIN`.
    pub redirection: Option<String>,
    /// `CREATING`, `COMPLETE`, `CREATION_FAILED`; none where it needs no provisioning.
    pub status: Option<String>,
}

/// What a rule of the kind AutoAllowlist is called here, as in `FirewallRuleType`.
pub const AUTO_ALLOWLIST: &str = "AutoAllowlist";

/// A domain list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DomainList {
    /// The list's id.
    pub id: String,
    /// Its domains.
    pub domains: Vec<String>,
    /// Where not all of the list is here: the domain whose names these domains are all about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_about: Option<Name>,
}

impl DomainList {
    /// Keeps what a capture holds: of a longer list, what can match a name in the parent of the target.
    pub(in crate::facts) fn cut(&mut self, target: &Name) {
        if self.domains.len() > limits::LIST_IN_CAPTURE {
            self.keep_about(target);
            self.domains.truncate(limits::LIST_IN_CAPTURE);
        }
    }

    /// Keeps what can match a name in the parent of the target: nothing else decides there.
    pub fn keep_about(&mut self, target: &Name) {
        let about = target.parent().unwrap_or_default();
        self.domains.retain(|text| {
            let bare = text.trim_end_matches('.');
            let domain = bare.strip_prefix("*.").unwrap_or(bare);
            // What is no name stays: it may match.
            Name::from_host(domain).map_or(true, |domain| domain.is_within(&about) || about.is_within(&domain))
        });
        self.only_about = Some(about);
    }
}

/// A domain list without its domains (botocore 1.43.11 of PyPI, service model of route53resolver: `FirewallDomainList`,
/// and `FirewallDomainListMetadata`, which has no number and no status).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DomainListDetails {
    /// The list's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Who manages it, where that is somebody else: "used only for lists that are not managed by you".
    pub managed_by: Option<String>,
    /// How many domains it has.
    pub domain_count: Option<u64>,
    /// `COMPLETE`, `COMPLETE_IMPORT_FAILED`, `IMPORTING`, `DELETING`, `UPDATING`.
    pub status: Option<String>,
}

impl DomainListDetails {
    /// The status in which what stands in the list is not certain. What `COMPLETE_IMPORT_FAILED` leaves in it, the
    /// service model does not say.
    pub fn unsettled(&self) -> Option<&str> {
        self.status.as_deref().filter(|status| *status != "COMPLETE")
    }
}

/// What happens to questions of a VPC where the firewall fails.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct FirewallConfig {
    /// The VPC.
    pub vpc_id: String,
    /// `ENABLED`: they are answered; `DISABLED`: they fail.
    pub fail_open: Option<String>,
}

/// Route 53 Profiles, as far as they were read. A Profile whose resources are not here was not read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Profiles {
    /// Which Profiles are associated with which VPCs (ListProfileAssociations).
    pub associations: Option<Vec<ProfileAssociation>>,
    /// What each brings (ListProfileResourceAssociations).
    pub resources: Vec<ProfileResources>,
}

/// A Profile's association with a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ProfileAssociation {
    /// The association's id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The Profile.
    pub profile_id: String,
    /// The VPC.
    pub vpc_id: String,
    /// The lowest is first; none stands for 100.
    pub priority: Option<i64>,
    /// `COMPLETE`, `CREATING`, `UPDATING`, `DELETING`, `DELETED`, `FAILED`.
    pub status: Option<String>,
}

/// What a Profile brings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ProfileResources {
    /// The Profile.
    pub profile_id: String,
    /// What it brings.
    pub resources: Vec<ProfileResource>,
}

/// One of the resources of a Profile.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ProfileResource {
    /// The resource's ARN, which says of what kind it is.
    pub arn: String,
    /// The name of its association.
    pub name: Option<String>,
    /// Of a firewall rule group: the lowest is read first.
    pub priority: Option<i64>,
    /// As of the association of a Profile.
    pub status: Option<String>,
}

impl ProfileResource {
    /// The id behind a kind of resource in the ARN: `hostedzone`, `resolver-rule`, `firewall-rule-group`.
    pub fn id_of(&self, kind: &str) -> Option<&str> {
        let resource = arn::resource(&self.arn)?;
        resource
            .strip_prefix(kind)?
            .strip_prefix('/')
            .filter(|id| !id.is_empty())
    }
}

impl Firewall {
    /// Whether nothing of it was read.
    pub fn is_unread(&self) -> bool {
        *self == Self::default()
    }

    /// The domain lists that rules name. What an AutoAllowlist rule keeps is another kind of list.
    pub(in crate::facts) fn lists_of_rules(&self) -> BTreeSet<&str> {
        let rules = self.groups.iter().flat_map(|group| &group.rules);
        let of_lists = rules.filter(|rule| rule.detects.is_none());
        of_lists.filter_map(|rule| rule.domain_list_id.as_deref()).collect()
    }

    /// A domain list itself, where that was read.
    pub fn details_of(&self, list: &str) -> Option<&DomainListDetails> {
        self.list_details.iter().find(|one| one.id == list)
    }

    /// Takes in what somebody else read. What was said twice is what was said last.
    pub(in crate::facts) fn merge(&mut self, other: Self) {
        if let Some(more) = other.associations {
            let all = self.associations.get_or_insert_default();
            for one in more {
                all.retain(|known| (&known.group_id, &known.vpc_id) != (&one.group_id, &one.vpc_id));
                all.push(one);
            }
        }
        for group in other.groups {
            self.groups.retain(|known| known.id != group.id);
            self.groups.push(group);
        }
        for list in other.domain_lists {
            self.domain_lists.retain(|known| known.id != list.id);
            self.domain_lists.push(list);
        }
        self.list_details.extend(other.list_details);
        for config in other.configs {
            self.configs.retain(|known| known.vpc_id != config.vpc_id);
            self.configs.push(config);
        }
    }

    /// Rules as a file lists them: each names its group.
    pub(in crate::facts) fn add_rules(&mut self, rules: Vec<(String, FirewallRule)>) {
        for (id, rule) in rules {
            match self.groups.iter_mut().find(|group| group.id == id) {
                Some(group) if group.rules.contains(&rule) => {}
                Some(group) => group.rules.push(rule),
                None => self.groups.push(FirewallGroup { id, rules: vec![rule] }),
            }
        }
    }

    /// In an order that does not depend on which answer came first, and no longer than a capture holds.
    pub(in crate::facts) fn settle(&mut self, target: &Name) {
        for list in &mut self.domain_lists {
            list.cut(target);
        }
        self.groups.sort_by(|one, other| one.id.cmp(&other.id));
        self.domain_lists.sort_by(|one, other| one.id.cmp(&other.id));
        // What lists there are besides is nobody's business here.
        let named: BTreeSet<String> = self.lists_of_rules().into_iter().map(str::to_owned).collect();
        self.list_details.retain(|one| named.contains(&one.id));
        self.list_details.sort_by(|one, other| one.id.cmp(&other.id));
        self.list_details.truncate(limits::LIST_IN_CAPTURE);
        self.configs.sort_by(|one, other| one.vpc_id.cmp(&other.vpc_id));
        self.configs.truncate(limits::LIST_IN_CAPTURE);
    }
}

impl Profiles {
    /// Whether nothing of it was read.
    pub fn is_unread(&self) -> bool {
        *self == Self::default()
    }

    /// Takes in what somebody else read. What was said twice is what was said last.
    pub(in crate::facts) fn merge(&mut self, other: Self) {
        if let Some(more) = other.associations {
            let all = self.associations.get_or_insert_default();
            for one in more {
                all.retain(|known| (&known.profile_id, &known.vpc_id) != (&one.profile_id, &one.vpc_id));
                all.push(one);
            }
        }
        for one in other.resources {
            self.resources.retain(|known| known.profile_id != one.profile_id);
            self.resources.push(one);
        }
    }

    /// Resources as a file lists them: each names its Profile.
    pub(in crate::facts) fn add_resources(&mut self, resources: Vec<(String, ProfileResource)>) {
        for (profile_id, resource) in resources {
            match self.resources.iter_mut().find(|one| one.profile_id == profile_id) {
                Some(one) if one.resources.contains(&resource) => {}
                Some(one) => one.resources.push(resource),
                None => self.resources.push(ProfileResources {
                    profile_id,
                    resources: vec![resource],
                }),
            }
        }
    }

    /// In an order that does not depend on which answer came first.
    pub(in crate::facts) fn settle(&mut self) {
        self.resources
            .sort_by(|one, other| one.profile_id.cmp(&other.profile_id));
    }
}

/// A rule group's association with a VPC.
pub(in crate::facts) fn firewall_association(of: &Members<'_>) -> Result<FirewallAssociation, WrongShape> {
    Ok(FirewallAssociation {
        id: of.text("Id")?,
        group_id: of.needed("FirewallRuleGroupId")?,
        vpc_id: of.needed("VpcId")?,
        name: of.text("Name")?,
        priority: of.number("Priority")?,
        status: of.text("Status")?,
    })
}

/// A firewall rule, and the group that it names.
pub(in crate::facts) fn firewall_rule(of: &Members<'_>) -> Result<(String, FirewallRule), WrongShape> {
    let mut domain_list_id = of.text("FirewallDomainListId")?;
    let mut detects = of.text("DnsThreatProtection")?;
    // One member says which kind it is (API reference, FirewallRuleType).
    if let Some(kind) = of.object("FirewallRuleType")?
        && let Some(key) = kind.keys().find(|key| kind.get(key).is_some()).map(str::to_owned)
    {
        let configuration = kind.object(&key)?;
        let said = |member: &str| configuration.as_ref().map_or(Ok(None), |of| of.text(member));
        if key == AUTO_ALLOWLIST {
            domain_list_id = domain_list_id.or(said("AutoAllowlistFirewallDomainListId")?);
            detects = Some(key);
        } else {
            let which = match said("Value")? {
                Some(value) => Some(value),
                None => said("Category")?.or(said("Partner")?),
            };
            detects = detects.or(which).or(Some(key));
        }
    }
    let made = FirewallRule {
        name: of.text("Name")?,
        priority: of.number("Priority")?,
        action: of.text("Action")?,
        block_response: of.text("BlockResponse")?,
        block_override_domain: of.text("BlockOverrideDomain")?,
        domain_list_id,
        detects,
        qtype: of.text("Qtype")?,
        redirection: of.text("FirewallDomainRedirectionAction")?,
        status: of.text("Status")?,
    };
    Ok((of.needed("FirewallRuleGroupId")?, made))
}

/// A domain list without its domains.
pub(in crate::facts) fn domain_list_details(of: &Members<'_>) -> Result<DomainListDetails, WrongShape> {
    Ok(DomainListDetails {
        id: of.needed("Id")?,
        name: of.text("Name")?,
        managed_by: of.text("ManagedOwnerName")?,
        domain_count: of.number("DomainCount")?,
        status: of.text("Status")?,
    })
}

/// What happens where the firewall fails.
pub(in crate::facts) fn firewall_config(of: &Members<'_>) -> Result<FirewallConfig, WrongShape> {
    Ok(FirewallConfig {
        vpc_id: of.needed("ResourceId")?,
        fail_open: of.text("FirewallFailOpen")?,
    })
}

/// A Profile's association with a VPC, which is there by its id or by its ARN.
pub(in crate::facts) fn profile_association(of: &Members<'_>) -> Result<ProfileAssociation, WrongShape> {
    let resource = of.needed("ResourceId")?;
    let vpc_id = resource.rsplit('/').next().unwrap_or(&resource).to_owned();
    Ok(ProfileAssociation {
        id: of.text("Id")?,
        name: of.text("Name")?,
        profile_id: of.needed("ProfileId")?,
        vpc_id,
        priority: of.number("Priority")?,
        status: of.text("Status")?,
    })
}

/// What a Profile brings, and the Profile that it names.
pub(in crate::facts) fn profile_resource(of: &Members<'_>) -> Result<(String, ProfileResource), WrongShape> {
    /// `ResourceProperties` of a rule group: JSON in a text, as in `{"priority":102}`.
    #[derive(serde::Deserialize)]
    struct Properties {
        #[serde(default)]
        priority: Option<i64>,
    }
    let properties = of.text("ResourceProperties")?;
    let properties: Option<Properties> = properties.and_then(|text| serde_json::from_str(&text).ok());
    let made = ProfileResource {
        arn: of.needed("ResourceArn")?,
        name: of.text("Name")?,
        priority: properties.and_then(|one| one.priority),
        status: of.text("Status")?,
    };
    Ok((of.needed("ProfileId")?, made))
}
