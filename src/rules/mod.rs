//! The catalogue: a rule is one file (its documentation, its metadata, its check) and one line in [`RULES`].

mod case;
mod finding;
pub mod phrase;
pub mod remedy;
mod route53;
mod step;
mod verdict;
mod view;
mod why;

use serde::{Deserialize, Serialize};

pub use case::{Case, Need, Subject};
pub use finding::{Confidence, Evidence, Finding, Remedy, Severity};
pub use verdict::{evaluate, touched};
#[cfg(test)]
pub(crate) use why::contradictions;
pub use why::{Considered, Outcome, Reading, Why, explain};

use finding::grouped;

/// A rule of the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// Its public name: the condition, in kebab-case; never reused.
    pub name: &'static str,
    /// One line for the index.
    pub summary: &'static str,
    /// The documentation: what it means, how it was decided, why it matters, what to do, references.
    pub documentation: &'static str,
    /// The worst severity it has.
    pub severity: Severity,
    /// The version it came with.
    pub since: &'static str,
    /// Without these it is not evaluated.
    pub needs: &'static [Need],
    /// Without these it is less sure.
    pub wants: &'static [Need],
    /// The rules whose findings about the same resolvers are consequences of this one's.
    pub explains: &'static [&'static str],
    /// The rules whose findings about the same resolvers this one's take the place of.
    pub replaces: &'static [&'static str],
    /// When it is asked.
    pub stage: Stage,
    /// Looks at the case, and at what earlier stages found.
    pub check: fn(&Case<'_>, &[Finding]) -> Vec<Finding>,
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

/// Declares a rule: its doc comment is its documentation. Its check is the module's function `check`.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])+
        $name:literal = {
            summary: $summary:literal,
            severity: $severity:expr,
            since: $since:literal,
            needs: [$($need:ident),* $(,)?],
            wants: [$($want:ident),* $(,)?],
            $(explains: [$($explained:literal),* $(,)?],)?
            $(replaces: [$($replaced:literal),* $(,)?],)?
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
            needs: &[$(crate::rules::Need::$need),*],
            wants: &[$(crate::rules::Need::$want),*],
            explains: &[$($($explained),*)?],
            replaces: &[$($($replaced),*)?],
            stage: $stage,
            check,
            file: file!(),
        };
    };
}

/// Names the rules, one line each, in the order of the catalogue. The module of a rule is its name with
/// underscores.
macro_rules! rules {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// Every rule, in the order of the catalogue.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),+];
    };
}

rules! {
    no_forwarding,
    not_in_public_dns,
    public_answer_expected,
    private_access_disabled,
    forwarded_to_wrong_view,
    forward_target_unreachable,
    forward_loop,
    inbound_endpoint_unreachable,
    inbound_endpoint_sg,
    inbound_endpoint_unhealthy,
    inbound_endpoint_wrong_vpc,
    inbound_endpoint_protocol,
    no_inbound_endpoint,
    vpc_resolver_not_reachable_from_here,
    vpc_dns_attributes_off,
    private_zone_not_effective,
    private_zone_shadow,
    forward_rule_shadow,
    dns_firewall_block,
    dhcp_custom_dns,
    dhcp_mixed_dns,
    rebinding_protection,
    stale_negative_cache,
    shadow_zone,
    name_blocked_by_policy,
    sinkhole_answer,
    nxdomain_hijack,
    no_internet_recursion,
    resolver_refuses_client,
    dnssec_bogus,
    edns_intolerant,
    truncated_without_tcp,
    certificate_not_valid,
    encrypted_dns_fails,
    certificate_not_verified,
    udp_blocked,
    tcp_blocked,
    resolver_unreachable,
    resolver_unstable,
    slow_resolver,
    not_recursive,
    malformed_reply,
    spoofed_replies,
    serve_expired,
    stale_addresses,
    foreign_private_addresses,
    partial_answer,
    ztna_synthetic_address,
    nat64_synthetic_address,
    aaaa_broken,
    a_fails_aaaa_nodata,
    address_family_mismatch,
    hosts_file_override,
    resolvers_disagree,
    split_dns_not_applied,
    go_bypasses_scoped_dns,
    nsswitch_without_dns,
    musl_takes_first_answer,
    local_dns_down,
    search_domain_wildcard,
    proxy_in_path,
    endpoint_name_stale,
    cluster_not_found,
    name_does_not_exist,
    negative_answer,
    expectation_disagrees,
    endpoint_name_malformed,
    api_port_blocked,
    not_this_cluster,
    cluster_transitioning,
    insufficient_permissions,
    control_unavailable,
    unexplained_mismatch,
}

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
