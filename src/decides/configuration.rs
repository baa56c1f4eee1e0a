//! What was read of one VPC, as far as it decides where the VPC's Resolver takes a name from. Each part is known or
//! opaque by itself: a domain list that cannot be read leaves every other list as it is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::WhyCode;
use crate::dns::{Name, RecordType};
use crate::facts::Call;

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opaque {
    /// The read brought nothing, or was not made.
    NotRead(Call),
    /// A part of the list is known.
    Part(Call),
    /// The list is from a file and has nothing of this VPC: it may be that of another one.
    OfAnotherVpc(Call),
    /// The list was read, and has not what another account or Region has associated with the VPC, or may have.
    ListedElsewhere(Call, Beyond),
    /// A domain list that somebody else manages, by its name: "Managed Domain Lists cannot be downloaded or browsed"
    /// (Amazon Route 53 Developer Guide, "Managed Domain Lists"). Without a name: one without a domain in the answer,
    /// of which it is not known whether it is managed or empty.
    ManagedList(Option<String>),
    /// A domain list, and its status in which what stands in it is not certain.
    UnsettledList(String, String),
    /// It decides by what it detects, and has no domain list: the kind of a rule of DNS Firewall Advanced.
    Advanced(String),
    /// The list that an AutoAllowlist rule keeps.
    AutoAllowlist,
    /// A private hosted zone of which only the id is known: a Profile names the ARN of what it brings.
    ZoneWithoutName,
    /// A Resolver rule that the account cannot list.
    RuleNotListed,
    /// An interface VPC endpoint, whose own names were not read.
    InterfaceEndpoint,
    /// A zone that VPC Lattice makes, unless the resource gateway is in the same VPC, and that no list has.
    ZoneMayBeMade,
    /// A status in which it may be in effect or not.
    Unsettled(String),
    /// A value that this program has no meaning for.
    Unfamiliar(String),
    /// A DNS attribute of the VPC is off, and what that means for a zone which a Profile brings is not documented:
    /// "To use private hosted zones" both have to be on (Amazon Route 53 Developer Guide, "Considerations when working
    /// with a private hosted zone"), and the pages about Profiles say nothing of it.
    AttributesOff,
    /// A Resolver rule of type `DELEGATE`: it leads to other name servers where the NS records of an answer match it
    /// (Amazon Route 53 Developer Guide, "Resolver delegation rules tutorial"), and records of zones are not read.
    Delegation,
    /// Two sources of AWS's give two orders, or none does.
    Order,
}

impl Opaque {
    /// The same for programs.
    pub(super) fn code(&self) -> WhyCode {
        match self {
            Self::NotRead(_) => WhyCode::NotRead,
            Self::Part(_) | Self::OfAnotherVpc(_) | Self::ListedElsewhere(..) => WhyCode::PartRead,
            Self::ManagedList(_) => WhyCode::ManagedList,
            Self::Advanced(_) => WhyCode::AdvancedRule,
            Self::AutoAllowlist => WhyCode::AutoAllowlist,
            Self::ZoneWithoutName => WhyCode::ZoneWithoutName,
            Self::RuleNotListed => WhyCode::RuleNotListed,
            Self::InterfaceEndpoint => WhyCode::InterfaceEndpoint,
            Self::ZoneMayBeMade => WhyCode::ZoneMayBeMade,
            Self::Unsettled(_) | Self::UnsettledList(..) => WhyCode::Unsettled,
            Self::Unfamiliar(_) => WhyCode::Unfamiliar,
            Self::AttributesOff => WhyCode::AttributesOff,
            Self::Delegation => WhyCode::DelegationRule,
            Self::Order => WhyCode::OrderNotDocumented,
        }
    }
}

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead(call) => write!(f, "not read ({})", call.action()),
            Self::Part(call) => write!(f, "a part of the list was read ({})", call.action()),
            Self::OfAnotherVpc(call) => write!(
                f,
                "the list from a file has nothing of this VPC, and may have been asked for with a filter ({})",
                call.action()
            ),
            Self::ListedElsewhere(call, beyond) => write!(f, "{beyond} ({})", call.action()),
            Self::ManagedList(Some(list)) => write!(f, "the managed list {list}, whose domains AWS does not show"),
            Self::UnsettledList(list, status) => write!(
                f,
                "the status of its domain list {list} is {status}, so what stands in the list is not certain"
            ),
            Self::ManagedList(None) => f.write_str(
                "AWS lists no domain of this domain list: AWS manages the list, and its domains cannot be seen, or it \
                 is empty",
            ),
            Self::Advanced(kind) => {
                write!(
                    f,
                    "a rule of DNS Firewall Advanced ({kind}): it has no domain list and decides by what it detects"
                )?;
                if kind.contains("DGA") || kind.contains("TUNNEL") {
                    f.write_str(", such as long random labels; the control question's random name may be one for it")?;
                }
                Ok(())
            }
            Self::AutoAllowlist => {
                f.write_str("an AutoAllowlist rule: it allows the domains that were approved, and they were not read")
            }
            Self::ZoneWithoutName => f.write_str("a private hosted zone of which only the id is known"),
            Self::RuleNotListed => f.write_str("a Resolver rule that this account does not list"),
            Self::InterfaceEndpoint => f.write_str("an interface VPC endpoint, whose names were not read"),
            Self::ZoneMayBeMade => f.write_str(
                "VPC Lattice makes it unless the resource gateway is in the same VPC, and no list of the VPC's zones has it",
            ),
            Self::Unsettled(status) => write!(f, "its status is {status}, so it may be in effect or not"),
            Self::Unfamiliar(value) => write!(f, "it has {value:?}, which this program does not know"),
            Self::AttributesOff => f.write_str(
                "enableDnsSupport or enableDnsHostnames is off in the VPC, and AWS does not document whether a zone of a \
                 Profile has an effect then",
            ),
            Self::Delegation => f.write_str(
                "its type is DELEGATE, so it takes the name only where a private hosted zone delegates that, and the \
                 records of zones are not read",
            ),
            Self::Order => f.write_str("AWS does not document which of the two comes first"),
        }
    }
}

/// Why the lists that were read may lack what is associated with a VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beyond {
    /// The VPC is of this account, and the other one was asked.
    Account(String, String),
    /// The VPC is in this Region, and the other one was asked.
    Region(String, String),
    /// It is not known whose the VPC is.
    UnknownOwner,
    /// It is not known which account was asked.
    UnknownCaller,
}

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(owner, asked) => write!(
                f,
                "the VPC is of account {owner}, and the list that was read is of account {asked}"
            ),
            Self::Region(region, asked) => {
                write!(f, "the VPC is in {region}, and the list that was read is of {asked}")
            }
            Self::UnknownOwner => f.write_str(
                "which account owns the VPC is not known (DescribeVpcs), and another one's is in no list that was read",
            ),
            Self::UnknownCaller => f.write_str(
                "which account was asked is not known (GetCallerIdentity), and the list that was read is of that one",
            ),
        }
    }
}

/// A list, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDomains<T> {
    /// What is known of it.
    pub known: Vec<T>,
    /// Why there may be more in it; `None` where it is whole.
    pub rest: Option<Opaque>,
}

impl<T> ListedDomains<T> {
    /// A list that was read whole.
    pub fn whole(known: Vec<T>) -> Self {
        Self { known, rest: None }
    }

    /// A list of which nothing is known.
    pub fn opaque(why: Opaque) -> Self {
        Self {
            known: Vec::new(),
            rest: Some(why),
        }
    }
}

/// Whether something is in effect, by its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InEffect {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It may be.
    Perhaps(Opaque),
}

impl InEffect {
    /// By the status of an association or of a rule. What a status means is documented for `COMPLETE` and for those of
    /// something that failed or is gone; in every other it may be one or the other.
    pub fn of_status(status: Option<&str>) -> Self {
        match status {
            Some("COMPLETE") => Self::Yes,
            Some("FAILED" | "CREATION_FAILED" | "DELETED") => Self::No,
            Some(other) => Self::Perhaps(Opaque::Unsettled(other.to_owned())),
            None => Self::Perhaps(Opaque::Unsettled("not said".to_owned())),
        }
    }
}

/// One VPC's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The VPC whose Resolver is asked.
    pub vpc: String,
    /// The DNS Firewall rule groups that are associated with it directly.
    pub groups: ListedDomains<RuleGroup>,
    /// The Resolver rules that are associated with it directly.
    pub rules: ListedDomains<AssociatedRule>,
    /// The private hosted zones that are associated with it directly.
    pub zones: ListedDomains<AssociatedZone>,
    /// Why it is not known whether the VPC uses private hosted zones, its own and those of Profiles; `None` where it
    /// does, and where an attribute is off: then it has none of its own.
    pub zones_unsure: Option<Opaque>,
    /// The Route 53 Profiles that are associated with it.
    pub profiles: ListedDomains<Profile>,
}

impl Configuration {
    /// The same without private hosted zones: only its rules are left to take a name.
    #[must_use]
    pub fn without_zones(mut self) -> Self {
        self.zones = ListedDomains::whole(Vec::new());
        for profile in &mut self.profiles.known {
            profile.zones.clear();
        }
        self
    }

    /// The same without a Resolver rule.
    #[must_use]
    pub fn without_rule(mut self, id: &str) -> Self {
        self.rules.known.retain(|rule| rule.id != id);
        for profile in &mut self.profiles.known {
            profile.rules.retain(|rule| rule.id != id);
        }
        self
    }

    /// Makes what is associated with the VPC open: the lists that were read are of another account or Region than the
    /// VPC, and what is not in them may be in the VPC's own.
    pub fn listed_elsewhere(&mut self, beyond: &Beyond) {
        let open = |rest: &mut Option<Opaque>, call| {
            *rest = rest
                .take()
                .or_else(|| Some(Opaque::ListedElsewhere(call, beyond.clone())));
        };
        open(&mut self.groups.rest, Call::ListFirewallRuleGroupAssociations);
        open(&mut self.rules.rest, Call::ListResolverRuleAssociations);
        open(&mut self.profiles.rest, Call::ListProfileAssociations);
    }
}

/// A DNS Firewall rule group that is associated with the VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleGroup {
    /// The group's id.
    pub id: String,
    /// The name of its association.
    pub name: Option<String>,
    /// The association's priority; the lowest is read first.
    pub priority: Option<i64>,
    /// Whether the association is in effect.
    pub in_effect: InEffect,
    /// Its rules.
    pub rules: ListedDomains<DecidingFirewallRule>,
}

/// A rule of a DNS Firewall rule group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidingFirewallRule {
    /// Its name.
    pub name: Option<String>,
    /// Its priority in the group; the lowest is read first.
    pub priority: Option<i64>,
    /// What it does.
    pub action: Action,
    /// The names it is for.
    pub source: MatchedBy,
    /// The type it is for; `None`: all.
    pub qtype: Option<Qtype>,
    /// Whether it is for the names that an alias leads to, too.
    pub redirection: Redirection,
    /// Whether it is in effect.
    pub in_effect: InEffect,
}

/// The action of a firewall rule. Each ends the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `ALLOW`
    Allow,
    /// `ALERT`: allowed, and logged.
    Alert,
    /// `BLOCK`
    Block(BlockAnswer),
    /// Another, or none that is known.
    Unfamiliar(String),
}

/// What is answered in the place of what is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockAnswer {
    /// NOERROR without records.
    NoData,
    /// NXDOMAIN.
    NxDomain,
    /// A CNAME to this domain.
    Override(String),
    /// Not known.
    Unfamiliar,
}

impl fmt::Display for BlockAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoData => f.write_str("NODATA"),
            Self::NxDomain => f.write_str("NXDOMAIN"),
            Self::Override(domain) => write!(f, "CNAME {}", domain.trim_end_matches('.')),
            Self::Unfamiliar => f.write_str("an answer that was not read"),
        }
    }
}

/// What tells a firewall rule which names it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchedBy {
    /// A domain list.
    List {
        /// The list's id.
        id: String,
        /// Its name, where that was read.
        name: Option<String>,
        /// Its domains.
        domains: ListedDomains<DomainPattern>,
    },
    /// Detection: `DGA`, `DICTIONARY_DGA`, `DNS_TUNNELING`, a category, a partner's feed.
    Advanced(String),
    /// The domains that somebody approved of those that were observed, in a list that AWS keeps (botocore 1.44.8,
    /// `AutoAllowlistConfig`: "The rule allows the domains on its managed domain list").
    AutoAllowlist {
        /// The list's id.
        id: Option<String>,
        /// Its domains.
        domains: ListedDomains<DomainPattern>,
    },
}

/// The type of a firewall rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Qtype {
    /// This one.
    Type(RecordType),
    /// One that this program does not know by this name.
    Unfamiliar(String),
}

impl Qtype {
    /// As the API writes it: a mnemonic, or `TYPE28`.
    pub fn of(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Unfamiliar(text.to_owned()), Self::Type)
    }
}

/// What a firewall rule does with aliases (CNAME, DNAME).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirection {
    /// `INSPECT_REDIRECTION_DOMAIN`, the default: it is for each name of the chain.
    Inspect,
    /// `TRUST_REDIRECTION_DOMAIN`: it is for the first name only.
    Trust,
}

/// A domain of a domain list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainPattern {
    /// `*`
    All,
    /// `*.example.com`: what is below `example.com`.
    Below(Name),
    /// This name.
    Exactly(Name),
    /// A text that is none of the documented forms.
    Unfamiliar(String),
}

impl FromStr for DomainPattern {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bare = text.trim_end_matches('.');
        if bare == "*" {
            return Ok(Self::All);
        }
        let read = match bare.strip_prefix("*.") {
            Some(domain) => Name::from_host(domain).map(Self::Below),
            None => Name::from_host(bare).map(Self::Exactly),
        };
        Ok(read.unwrap_or_else(|_| Self::Unfamiliar(text.to_owned())))
    }
}

impl fmt::Display for DomainPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Below(domain) => write!(f, "*.{domain}"),
            Self::Exactly(domain) => domain.fmt(f),
            Self::Unfamiliar(text) => text.fmt(f),
        }
    }
}

impl DomainPattern {
    /// Whether a name is in it; `None` where that is not known.
    pub fn has(&self, name: &Name) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::Below(domain) => Some(name != domain && name.is_within(domain)),
            Self::Exactly(domain) => Some(name == domain),
            Self::Unfamiliar(_) => None,
        }
    }
}

/// A Resolver rule that is associated with the VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociatedRule {
    /// The rule's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The domain it is for; `None` where it is not known.
    pub domain: Option<Name>,
    /// Its type.
    pub kind: RuleKind,
    /// Where it forwards to.
    pub targets: Vec<IpAddr>,
    /// Whether its association is in effect.
    pub in_effect: InEffect,
}

/// The type of a Resolver rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleKind {
    /// `FORWARD`: to other name servers.
    Forward,
    /// `SYSTEM`: back to the VPC's own Resolver.
    System,
    /// `RECURSIVE`: the autodefined rule for `.`, which stands for public DNS.
    Recursive,
    /// Another (`DELEGATE`), or one that is not known.
    Opaque(Opaque),
}

/// A private hosted zone that is associated with the VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociatedZone {
    /// The zone's id; `None` for EKS's own where it was not listed.
    pub id: Option<String>,
    /// Its apex; `None` where it is not known.
    pub apex: Option<Name>,
    /// The AWS service or the account that owns it.
    pub owner: Option<String>,
    /// What AWS made it for; `None` where that is not known, or somebody made it by hand.
    pub made_for: Option<MadeFor>,
    /// Whether it is in effect, and whether it is there at all.
    pub in_effect: InEffect,
}

/// What AWS makes a private hosted zone for, beside EKS's clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MadeFor {
    /// A VPC endpoint with private DNS: its id, and what it leads to.
    Endpoint {
        /// The endpoint's id.
        id: String,
        /// Its type: `Interface`, `Resource`, `ServiceNetwork`.
        kind: String,
        /// The service, the service network or the resource configuration.
        leads_to: Option<String>,
    },
    /// A service network that the VPC is associated with: its id, the association's, and the resource.
    ServiceNetwork {
        /// The service network's id.
        id: String,
        /// The association's id.
        association: Option<String>,
        /// The resource configuration's id.
        resource: String,
    },
}

impl MadeFor {
    /// The id of the endpoint or of the service network.
    pub fn id(&self) -> &str {
        match self {
            Self::Endpoint { id, .. } | Self::ServiceNetwork { id, .. } => id,
        }
    }
}

impl fmt::Display for MadeFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint { id, leads_to, .. } => {
                write!(f, "VPC endpoint {id}")?;
                match leads_to {
                    Some(what) => write!(f, " ({what})"),
                    None => Ok(()),
                }
            }
            Self::ServiceNetwork { id, resource, .. } => write!(f, "service network {id} (resource {resource})"),
        }
    }
}

/// A Route 53 Profile that is associated with the VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The Profile's id.
    pub id: String,
    /// The name of its association.
    pub name: Option<String>,
    /// The priority of its association: the lowest first, 100 where nothing is said (API reference,
    /// ProfileAssociation).
    pub priority: i64,
    /// Whether its association is in effect. While it is `UPDATING`, an earlier priority may still apply.
    pub in_effect: InEffect,
    /// The firewall rule groups that it brings.
    pub groups: Vec<RuleGroup>,
    /// The Resolver rules that it brings.
    pub rules: Vec<AssociatedRule>,
    /// The private hosted zones that it brings, and what installs zones.
    pub zones: Vec<AssociatedZone>,
    /// Why it may bring more; `None` where all is known.
    pub rest: Option<Opaque>,
}

/// The priority of an association of a Profile that was made without one.
pub const PROFILE_PRIORITY: i64 = 100;
