//! The catalogue: a rule is one file (its documentation, its metadata, its check) and one line in [`RULES`].

mod case;
mod certain;
mod changed;
mod complaint;
mod decided;
mod engine;
mod finding;
mod fit;
mod need;
mod otherwise;
mod own_record;
pub mod phrase;
pub(crate) mod reference;
pub mod remedy;
mod shared;
mod shows;
mod signs;
mod step;
mod subject;
mod view;
mod why;

use serde::{Deserialize, Serialize};

pub use case::Case;
pub use changed::{Change, Lister, changes};
pub use complaint::{Complaint, ComplaintAbout};
pub use decided::decided_by;
pub use engine::{evaluate, evaluate_while, touched};
pub use finding::{Confidence, Evidence, Finding, Reference, Remedy, Severity, Written};
pub use fit::{Fits, RuleFit, SignsOf, Statement};
pub use need::Need;
pub use shared::control::Control;
pub use shows::Shows;
pub use signs::SignReading;
pub use subject::Subject;
#[cfg(test)]
pub(crate) use why::contradictions;
pub use why::{CauseOutcome, Considered, Reading, Why, explain};

use finding::grouped;
pub(crate) use finding::urls;

/// A rule of the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// Its public name: the condition, in kebab-case; never reused.
    pub name: &'static str,
    /// One line for the index.
    pub summary: &'static str,
    /// The documentation: what it means, how it was decided, why it matters, what to do.
    pub documentation: &'static str,
    /// The worst severity it has.
    pub severity: Severity,
    /// The version it came with.
    pub since: &'static str,
    /// What it is about.
    pub about: ComplaintAbout,
    /// Whether it is about the resolver whatever name it is asked for, so that many targets have one cause.
    pub is_of_the_resolver: bool,
    /// Why it may be this one, and what would show it: for `explain`, which has a message and no observation.
    pub hint: &'static str,
    /// The complaints that it may be behind, each with its rank among the rules.
    pub complaints: &'static [(Complaint, u16)],
    /// Where to read on: for its page, and for its findings.
    pub references: &'static [Reference],
    /// The signs that it cannot be without, and how sure it is.
    pub states: Statement,
    /// Without these it is not evaluated. Those of its signs are not named again: [`Rule::needs`] has all.
    pub needs: &'static [Need],
    /// Without these it is less sure. [`Rule::wants`] has all, with those of its signs.
    pub wants: &'static [Need],
    /// The same of what several rules want together.
    pub wants_of: &'static [Need],
    /// What its findings show, for the rules that have that for a consequence.
    pub shows: &'static [Shows],
    /// The controls that would confirm its findings or rule them out, and what each would show.
    pub settled_by: &'static [(Control, &'static str)],
    /// What findings about the same resolvers show where they are consequences of this one's.
    pub explains: &'static [Shows],
    /// What findings about the same resolvers show where this one's take their place.
    pub replaces: &'static [Shows],
    /// When it is asked.
    pub stage: Stage,
    /// Looks at the case where the signs fit, and at what earlier stages found.
    pub check: fn(&Case<'_>, &Fits<'_, '_>, &[Finding]) -> Vec<Finding>,
    /// Its source file.
    pub file: &'static str,
}

/// When a rule is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// From the evidence alone.
    Evidence,
    /// After the evidence: sees what the first stage found, and speaks where it left something open.
    Remainder,
    /// Last: whatever still has no error finding that names it.
    Unexplained,
}

/// A rule that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotEvaluated {
    /// The rule.
    pub rule: String,
    /// What is missing.
    pub missing: Vec<String>,
}

/// What the rules say of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evaluation {
    /// The findings, the headline first.
    pub findings: Vec<Finding>,
    /// The rules that could not be evaluated.
    pub not_evaluated: Vec<NotEvaluated>,
}

/// A sign as a rule requires it: `SIGN`, `not SIGN`, or `unless SIGN`.
macro_rules! is {
    (not $sign:ident) => {
        crate::rules::signs::Is::Absent(&crate::rules::signs::$sign)
    };
    (unless $sign:ident) => {
        crate::rules::signs::Is::NotSeen(&crate::rules::signs::$sign)
    };
    ($sign:ident) => {
        crate::rules::signs::Is::Present(&crate::rules::signs::$sign)
    };
}

/// Declares a rule: its doc comment is its documentation. Its check is the module's function `check`.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])+
        $name:literal = {
            summary: $summary:literal,
            severity: $severity:expr,
            since: $since:literal,
            about: $about:ident,
            $(is_of_the_resolver: $of_the_resolver:literal,)?
            hint: $hint:literal,
            complaints: [$($complaint:ident $rank:literal),+ $(,)?],
            $(shows: [$($shown:ident),+ $(,)?],)?
            $(settled_by: [$($control:ident => $between:literal),+ $(,)?],)?
            references: [$($reference:ident),+ $(,)?],
            at: $at:ident,
            requires: [$([$($($sign:ident)+),+ $(,)?]),* $(,)?],
            $(names: [$([$($($named:ident)+),+ $(,)?]),* $(,)?],)?
            confidence: [$($level:ident $(if [$([$($($surer:ident)+),+ $(,)?]),* $(,)?])?),+ $(,)?],
            $(needs: [$($need:ident),* $(,)?],)?
            $(wants: [$($want:ident),* $(,)?],)?
            $(wants_of: $together:path,)?
            $(explains: [$($explained:ident),* $(,)?],)?
            $(replaces: [$($replaced:ident),* $(,)?],)?
            stage: $stage:expr $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        pub(super) static RULE: crate::rules::Rule = crate::rules::Rule {
            name: $name,
            summary: $summary,
            documentation: concat!($($doc, "\n"),+),
            severity: $severity,
            since: $since,
            about: crate::rules::ComplaintAbout::$about,
            is_of_the_resolver: false $(|| $of_the_resolver)?,
            hint: $hint,
            complaints: &[$((crate::rules::Complaint::$complaint, $rank)),+],
            references: &[$(crate::rules::reference::$reference),+],
            states: crate::rules::Statement {
                at: crate::rules::SignsOf::$at,
                requires: crate::rules::signs::Requires(&[$(&[$(is!($($sign)+)),+]),*]),
                names: crate::rules::signs::Requires(&[$($(&[$(is!($($named)+)),+]),*)?]),
                confidence: &[$((
                    crate::rules::Confidence::$level,
                    crate::rules::signs::Requires(&[$($(&[$(is!($($surer)+)),+]),*)?]),
                )),+],
            },
            needs: &[$($(crate::rules::Need::$need),*)?],
            wants: &[$($(crate::rules::Need::$want),*)?],
            wants_of: [$($together,)? &[]][0],
            shows: &[$($(crate::rules::Shows::$shown),+)?],
            settled_by: &[$($((crate::rules::Control::$control, $between)),+)?],
            explains: &[$($(crate::rules::Shows::$explained),*)?],
            replaces: &[$($(crate::rules::Shows::$replaced),*)?],
            stage: $stage,
            check,
            file: file!(),
        };
    };
}

// The rules, by name. They come after `declare_rule!`, which they use.
mod a_fails_aaaa_nodata;
mod aaaa_broken;
mod address_family_mismatch;
mod api_port_blocked;
mod aws_configuration_disagrees;
mod certificate_not_valid;
mod certificate_not_verified;
mod client_vpn_dns;
mod cluster_not_found;
mod cluster_transitioning;
mod control_unavailable;
mod dhcp_custom_dns;
mod dhcp_mixed_dns;
mod dns_firewall_block;
mod dnssec_bogus;
mod edns_intolerant;
mod encrypted_dns_fails;
mod endpoint_name_malformed;
mod endpoint_name_stale;
mod expectation_disagrees;
mod foreign_private_addresses;
mod forward_loop;
mod forward_rule_shadow;
mod forward_target_unreachable;
mod forwarded_to_wrong_view;
mod go_bypasses_scoped_dns;
mod hosts_file_override;
mod hybrid_nodes_public_endpoint;
mod inbound_endpoint_protocol;
mod inbound_endpoint_sg;
mod inbound_endpoint_unhealthy;
mod inbound_endpoint_unreachable;
mod inbound_endpoint_wrong_vpc;
mod insufficient_permissions;
mod local_dns_down;
mod malformed_reply;
mod musl_takes_first_answer;
mod name_blocked_by_policy;
mod name_does_not_exist;
mod nat64_synthetic_address;
mod negative_answer;
mod no_forwarding;
mod no_inbound_endpoint;
mod no_internet_recursion;
mod not_in_public_dns;
mod not_recursive;
mod not_this_cluster;
mod nsswitch_without_dns;
mod nxdomain_hijack;
mod packets_lost;
mod partial_answer;
mod private_access_disabled;
mod private_zone_not_effective;
mod private_zone_shadow;
mod proxy_in_path;
mod public_answer_expected;
mod rebinding_protection;
mod resolver_refuses_client;
mod resolver_unreachable;
mod resolver_unstable;
mod resolvers_disagree;
mod search_domain_wildcard;
mod secondary_cidr_resolver;
mod serve_expired;
mod shadow_zone;
mod sinkhole_answer;
mod slow_resolver;
mod split_dns_not_applied;
mod spoofed_replies;
mod stale_addresses;
mod stale_negative_cache;
mod tcp_blocked;
mod truncated_without_tcp;
mod udp_blocked;
mod unexplained_mismatch;
mod vpc_dns_attributes_off;
mod vpc_resolver_not_reachable_from_here;
mod ztna_synthetic_address;

/// Every rule, in the order of the catalogue: of two findings that are equal otherwise, the earlier rule's comes first.
pub static RULES: &[&Rule] = &[
    &no_forwarding::RULE,
    &not_in_public_dns::RULE,
    &public_answer_expected::RULE,
    &hybrid_nodes_public_endpoint::RULE,
    &private_access_disabled::RULE,
    &forwarded_to_wrong_view::RULE,
    &forward_target_unreachable::RULE,
    &forward_loop::RULE,
    &inbound_endpoint_unreachable::RULE,
    &inbound_endpoint_sg::RULE,
    &inbound_endpoint_unhealthy::RULE,
    &inbound_endpoint_wrong_vpc::RULE,
    &inbound_endpoint_protocol::RULE,
    &no_inbound_endpoint::RULE,
    &vpc_resolver_not_reachable_from_here::RULE,
    &secondary_cidr_resolver::RULE,
    &client_vpn_dns::RULE,
    &vpc_dns_attributes_off::RULE,
    &private_zone_not_effective::RULE,
    &private_zone_shadow::RULE,
    &forward_rule_shadow::RULE,
    &dns_firewall_block::RULE,
    &aws_configuration_disagrees::RULE,
    &dhcp_custom_dns::RULE,
    &dhcp_mixed_dns::RULE,
    &rebinding_protection::RULE,
    &stale_negative_cache::RULE,
    &shadow_zone::RULE,
    &name_blocked_by_policy::RULE,
    &sinkhole_answer::RULE,
    &nxdomain_hijack::RULE,
    &no_internet_recursion::RULE,
    &resolver_refuses_client::RULE,
    &dnssec_bogus::RULE,
    &edns_intolerant::RULE,
    &truncated_without_tcp::RULE,
    &certificate_not_valid::RULE,
    &encrypted_dns_fails::RULE,
    &certificate_not_verified::RULE,
    &udp_blocked::RULE,
    &packets_lost::RULE,
    &tcp_blocked::RULE,
    &resolver_unreachable::RULE,
    &resolver_unstable::RULE,
    &slow_resolver::RULE,
    &not_recursive::RULE,
    &malformed_reply::RULE,
    &spoofed_replies::RULE,
    &serve_expired::RULE,
    &stale_addresses::RULE,
    &foreign_private_addresses::RULE,
    &partial_answer::RULE,
    &ztna_synthetic_address::RULE,
    &nat64_synthetic_address::RULE,
    &aaaa_broken::RULE,
    &a_fails_aaaa_nodata::RULE,
    &address_family_mismatch::RULE,
    &hosts_file_override::RULE,
    &resolvers_disagree::RULE,
    &split_dns_not_applied::RULE,
    &go_bypasses_scoped_dns::RULE,
    &nsswitch_without_dns::RULE,
    &musl_takes_first_answer::RULE,
    &local_dns_down::RULE,
    &search_domain_wildcard::RULE,
    &proxy_in_path::RULE,
    &endpoint_name_stale::RULE,
    &cluster_not_found::RULE,
    &name_does_not_exist::RULE,
    &negative_answer::RULE,
    &expectation_disagrees::RULE,
    &endpoint_name_malformed::RULE,
    &api_port_blocked::RULE,
    &not_this_cluster::RULE,
    &cluster_transitioning::RULE,
    &insufficient_permissions::RULE,
    &control_unavailable::RULE,
    &unexplained_mismatch::RULE,
];

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

impl Rule {
    /// Whether its findings show this.
    pub fn shows(&self, shows: Shows) -> bool {
        self.shows.contains(&shows)
    }

    /// Whether another rule's findings about the same resolvers are consequences of this one's.
    pub fn explains(&self, other: &Self) -> bool {
        self.explains.iter().any(|shows| other.shows(*shows))
    }

    /// Whether this one's findings take the place of another rule's about the same resolvers.
    pub fn replaces(&self, other: &Self) -> bool {
        self.replaces.iter().any(|shows| other.shows(*shows))
    }
}
