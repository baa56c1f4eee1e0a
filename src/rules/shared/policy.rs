//! What shows that a resolver blocks the name on purpose.

use super::{behind, rebinding, recursion, refusal, validation};
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::observation::{Lookup, Purpose};
use crate::rules::step::{self, DenialAuthority, ReadingStep};
use crate::rules::{Case, Subject};

/// What shows the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum PolicySign {
    /// A SOA that has no business there.
    PolicySoa,
    /// Addresses that a policy zone gives in the place of the name's, with its SOA.
    Addresses,
    /// The name is made an alias.
    Alias,
    /// An Extended DNS Error says so.
    Marked,
    /// An Extended DNS Error says so, and what it blocks may be a private address rather than the name.
    MarkedPerhapsRebinding,
    /// An Extended DNS Error says so, and no control was asked.
    MarkedUnchecked,
    /// Denied without a SOA.
    Bare,
    /// The same, and a server that it forwards this name to may have denied it.
    BareOrForwarded,
    /// Refused.
    Refused,
    /// The same, and a server that it forwards this name to may have refused.
    RefusedOrForwarded,
    /// All IPv4 addresses are taken out of answers, AWS's public names' too.
    NoIpv4,
}

/// What shows a policy at this resolver, on whichever side it stands.
pub(in crate::rules) fn shape(case: &Case<'_>, subject: &Subject<'_>) -> Option<PolicySign> {
    if ReadingStep::of(subject) != ReadingStep::Content
        || rebinding::shape(case, subject).is_some()
        || refusal::is_of_the_client(subject)
        || recursion::is_missing(subject)
    {
        return None;
    }
    if step::policy_of_addresses(subject).is_some() {
        return Some(PolicySign::Addresses);
    }
    let a = subject.a()?;
    let ordinary = subject.sibling_is_ordinary();
    let aws_works = subject.aws_control_works() == Some(true);
    let unchecked = step::controls(subject).next().is_none();
    let marked = a.has_ede(ExtendedError::is_policy);
    match (subject.verdict(), DenialAuthority::of(subject)) {
        (_, Some(DenialAuthority::Beside(_))) => Some(PolicySign::PolicySoa),
        // AWS's zones hold the addresses under the name itself.
        // A record of a zone that the name is in is no policy: `shadow-zone`.
        (_, Some(DenialAuthority::Alias(_))) if step::is_aliased_in_a_foreign_zone(subject) => None,
        (_, Some(DenialAuthority::Alias(_))) => {
            (case.endpoint.is_some() && (ordinary || aws_works)).then_some(PolicySign::Alias)
        }
        // A root that denies all of .com, where AWS's names resolve: made up for the answer.
        (_, Some(DenialAuthority::Root)) => aws_works.then_some(PolicySign::Bare),
        (verdict, Some(DenialAuthority::Bare)) => {
            if recursion::ends_at_aws(subject) {
                return None;
            }
            if removes_all_ipv4(subject) {
                return Some(PolicySign::NoIpv4);
            }
            // What a filter of private addresses leaves; but whether there are any is not known.
            let is_empty = verdict == Verdict::NoData && ordinary && !subject.probed.resolver.is_of_a_vpc();
            let perhaps_rebinding = is_empty && rebinding::may_be(case, subject);
            // Of a name that is not known to have an address, NODATA may be right.
            let is_unknown = is_empty && (perhaps_rebinding || !case.private_addresses_elsewhere(subject));
            match (marked, perhaps_rebinding) {
                (true, true) => Some(PolicySign::MarkedPerhapsRebinding),
                (true, false) if ordinary || aws_works => Some(PolicySign::Marked),
                (true, false) => unchecked.then_some(PolicySign::MarkedUnchecked),
                (false, _) if is_unknown => None,
                (false, _) if behind::is_denied(subject) => None,
                (false, _) if behind::may_be_denied(subject) => Some(PolicySign::BareOrForwarded),
                (false, _) => (ordinary || aws_works).then_some(PolicySign::Bare),
            }
        }
        (Verdict::ServFail, None) if marked && !validation::is_shown(subject) => {
            if ordinary || subject.any_outside_control_works() {
                Some(PolicySign::Marked)
            } else {
                unchecked.then_some(PolicySign::MarkedUnchecked)
            }
        }
        (Verdict::Refused, None) => {
            let others_work = ordinary || subject.any_outside_control_works();
            if behind::is_refused(subject) {
                return None;
            }
            match a.ede.iter().find(|error| error.is_policy()) {
                Some(error) if error.code == 18 && ordinary && rebinding::may_be(case, subject) => {
                    Some(PolicySign::MarkedPerhapsRebinding)
                }
                Some(_) if others_work => Some(PolicySign::Marked),
                Some(_) => unchecked.then_some(PolicySign::MarkedUnchecked),
                // EDE 20 (Not Authoritative) is the word of a server with zones of its own (RFC 8914 section 4.21).
                None if behind::may_be_refused(subject) || a.has_ede(|error| error.code == 20) => {
                    others_work.then_some(PolicySign::RefusedOrForwarded)
                }
                None => others_work.then_some(PolicySign::Refused),
            }
        }
        _ => None,
    }
}

/// NODATA for A with EDE 17, for the name and for AWS's public names alike: dnsmasq's `filter-A` (dnsmasq(8); recorded
/// with 2.90).
fn removes_all_ipv4(subject: &Subject<'_>) -> bool {
    let is_filtered = |lookup: &Lookup| lookup.kind == AnswerKind::NoData && lookup.has_ede(|error| error.code == 17);
    let mut of_aws = subject.lookups(Purpose::AwsControl).peekable();
    subject.a().is_some_and(is_filtered) && of_aws.peek().is_some() && of_aws.all(is_filtered)
}

/// A block that shows no other origin, at a VPC's Resolver.
pub(in crate::rules) fn is_of_the_vpc(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    subject.probed.resolver.is_of_a_vpc() && matches!(shape(case, subject), Some(PolicySign::Bare | PolicySign::Alias))
}

/// Whether a forward to the VPC ends so: each resolver of the VPC that was heard blocks the name with the same answer.
/// DNS Firewall's denials have no SOA and no extended error, and whoever forwards the name there passes them on.
pub(in crate::rules) fn may_pass_on_a_block(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let is_heard = |one: &&Subject<'_>| one.is_vpc_side() && one.a_kind().is_some_and(|kind| !kind.is_silence());
    let mut heard = case.subjects().filter(is_heard).peekable();
    let blocks_so = |one: &Subject<'_>| is_of_the_vpc(case, one) && one.a_kind() == subject.a_kind();
    let is_bare = matches!(
        shape(case, subject),
        Some(PolicySign::Bare | PolicySign::BareOrForwarded)
    );
    is_bare && !subject.probed.resolver.is_of_a_vpc() && heard.peek().is_some() && heard.all(blocks_so)
}
