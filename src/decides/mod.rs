//! What decides in AWS: where the Resolver of a VPC takes a name from, by the order that AWS documents.
//!
//! 1. DNS Firewall: rule groups by priority, rules by priority inside a group. The first rule that matches ends the
//!    reading, whatever its action (`firewall.rs`).
//! 2. The most specific of Resolver rules and private hosted zones, direct and by Profiles (`destination.rs`).
//! 3. Else public DNS.
//!
//! The construct that is picked is certain only where nothing that is opaque could come before it. What is opaque is so
//! by itself: one list that cannot be read makes no other list uncertain.

pub mod configuration;
mod destination;
mod firewall;
mod read;

use serde::{Deserialize, Serialize};

use crate::dns::{Name, RecordType};
pub use configuration::{AssociatedRule, AssociatedZone, Beyond, Configuration, InEffect, MadeFor};
pub use read::{configuration, is_read, made_zones};

/// What is asked of the VPC's Resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAndType {
    /// The name.
    pub name: Name,
    /// The type.
    pub qtype: RecordType,
    /// The names that aliases lead to from there, as far as they were observed.
    pub chain: Vec<Name>,
}

/// A kind of thing that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Construct {
    /// A rule of DNS Firewall.
    Firewall,
    /// A Resolver rule.
    Rule,
    /// A Route 53 Profile, where what it brings is not known.
    Profile,
    /// A private hosted zone.
    Zone,
    /// A service network of VPC Lattice, which has the zone made.
    ServiceNetwork,
    /// Public DNS.
    Public,
}

/// What it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A firewall rule blocks the name.
    Block,
    /// A firewall rule lets it through.
    Allow,
    /// A firewall rule answers with an alias of its own.
    Redirect,
    /// A Resolver rule sends it to other name servers.
    Forward,
    /// A zone, or public DNS, answers.
    Answer,
    /// It may decide, and that is not known.
    Opaque,
}

/// Why a step is in the list, for programs: each of its sentences has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WhyCode {
    /// It is the first firewall rule that matches.
    FirstRuleThatMatches,
    /// It is the most specific, and a Resolver rule.
    MostSpecificRule,
    /// It is the most specific, and a private hosted zone.
    MostSpecificZone,
    /// The same, of EKS's own zone, which nobody listed.
    ZoneNotListed,
    /// No rule and no zone takes the name.
    NothingTakesTheName,
    /// The read brought nothing, or was not made.
    NotRead,
    /// A part of the list was read.
    PartRead,
    /// The domain list is managed, or it is not known whether it is managed or empty.
    ManagedList,
    /// A rule of DNS Firewall Advanced.
    AdvancedRule,
    /// An AutoAllowlist rule.
    AutoAllowlist,
    /// A zone of which only the id is known.
    ZoneWithoutName,
    /// A Resolver rule that the account does not list.
    RuleNotListed,
    /// An interface VPC endpoint.
    InterfaceEndpoint,
    /// A custom domain name for which VPC Lattice may make a zone.
    ZoneMayBeMade,
    /// Its status leaves open whether it is in effect.
    Unsettled,
    /// It has a value that this program does not know.
    Unfamiliar,
    /// A DNS attribute of the VPC is off, and what that means for a zone of a Profile is not documented.
    AttributesOff,
    /// A Resolver rule of type DELEGATE.
    DelegationRule,
    /// AWS does not document which of two comes first.
    OrderNotDocumented,
}

/// What a firewall rule answers in the place of the name's records, in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Blocked {
    /// NOERROR without records.
    #[serde(rename = "NODATA")]
    NoData,
    /// NXDOMAIN.
    #[serde(rename = "NXDOMAIN")]
    NxDomain,
    /// A CNAME of the rule's choosing.
    #[serde(rename = "OVERRIDE")]
    Override,
}

/// One step of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// The VPC whose Resolver is asked.
    pub vpc: String,
    /// The types that this is so for.
    pub types: Vec<RecordType>,
    /// What it is.
    pub construct: Construct,
    /// Its id: of a firewall rule, the group's.
    pub id: Option<String>,
    /// Its name: of a firewall rule, the rule's; of a zone, the apex.
    pub name: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Whether nothing that is not known could come before it.
    pub certain: bool,
    /// Whether it is the one that decides what is answered.
    pub decides: bool,
    /// Why it is in the list.
    pub why: String,
    /// The same for programs.
    pub why_code: WhyCode,
    /// The Profile that brings it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The VPC endpoint, or the service network, that has the zone made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_for: Option<String>,
    /// The domain list of a firewall rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_list: Option<String>,
    /// That list's name, where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_list_name: Option<String>,
    /// What the firewall rule answers in the place of the name's records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Blocked>,
    /// The domain that the firewall rule makes the name an alias of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub alias: Option<Name>,
}

impl Step {
    fn new(construct: Construct, effect: Effect, why_code: WhyCode, why: String) -> Self {
        Self {
            vpc: String::new(),
            types: Vec::new(),
            construct,
            id: None,
            name: None,
            effect,
            certain: false,
            decides: false,
            why,
            why_code,
            profile: None,
            made_for: None,
            domain_list: None,
            domain_list_name: None,
            answer: None,
            alias: None,
        }
    }
}

/// The steps of the decision for one question, in AWS's order. Exactly one of them decides.
pub fn decide(configuration: &Configuration, question: &NameAndType) -> Vec<Step> {
    let (mut steps, firewall) = firewall::read(configuration, question);
    let blocks = steps
        .iter()
        .any(|step| matches!(step.effect, Effect::Block | Effect::Redirect));
    if !blocks {
        for step in destination::pick(configuration, &question.name, firewall.is_certain) {
            // A Profile that is opaque is so for both readings.
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    for step in &mut steps {
        step.vpc.clone_from(&configuration.vpc);
        step.types.push(question.qtype);
    }
    steps
}

/// The Resolver rule of type FORWARD that takes a name where DNS Firewall lets it through, among what is known. `None`
/// where none does, or where AWS does not document which of what is known comes first.
pub fn forwarded_by<'a>(configuration: &'a Configuration, name: &Name) -> Option<&'a AssociatedRule> {
    destination::forwarded_by(configuration, name)
}

/// The decision for both types of addresses. Steps that are the same for both are told once.
pub fn decide_addresses(configuration: &Configuration, name: &Name, chain: &[Name]) -> Vec<Step> {
    let of = |qtype| {
        let question = NameAndType {
            name: name.clone(),
            qtype,
            chain: chain.to_vec(),
        };
        decide(configuration, &question)
    };
    let (mut steps, others) = (of(RecordType::A), of(RecordType::AAAA));
    let mut at = 0;
    for other in others {
        let is_same = |step: &Step| {
            let same = Step {
                types: other.types.clone(),
                ..step.clone()
            };
            same == other
        };
        if let Some(found) = steps.iter().position(is_same) {
            steps[found].types.extend(other.types);
            at = found + 1;
        } else {
            steps.insert(at, other);
            at += 1;
        }
    }
    steps
}

/// The id of a thing with its name behind it.
pub(crate) fn title(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) if !name.is_empty() => format!("{id} ({name})"),
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests;
