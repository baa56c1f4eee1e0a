//! What may be the word of a server behind the resolver, which is asked for this one name, and not its own.
//!
//! Recorded with BIND 9.18, Unbound 1.17, PowerDNS Recursor 4.8, dnsmasq 2.90 and Knot Resolver 5.6, each with a
//! forward of the endpoint's own name and with a policy for it.

use crate::compare::Verdict;
use crate::dns::AnswerKind;
use crate::resolvers::Role;
use crate::rules::view::{self, VpcSideFault};
use crate::rules::{Case, Subject};
use crate::software::Software;

/// NXDOMAIN for this name without a SOA and without a mark, and an ordinary denial for a random sibling. BIND, Unbound
/// and PowerDNS Recursor leave so the NXDOMAIN of a server that they forward the very name to: its SOA is that of a
/// zone above the name, and they drop it. An answer of their own is another one: Unbound sets AA for what `local-zone`
/// and RPZ make, and BIND adds the SOA of its policy zone. PowerDNS Recursor's RPZ leaves the same.
fn is_bare_for_this_name(subject: &Subject<'_>) -> bool {
    let is_bare = subject.a().is_some_and(|lookup| {
        let is_without_mark = lookup.records.is_empty() && lookup.soa.is_none() && lookup.ede.is_empty();
        let is_passed_on = lookup.flags.is_some_and(|flags| flags.ra && !flags.aa);
        lookup.kind == AnswerKind::NxDomain && is_without_mark && is_passed_on
    });
    is_bare && subject.sibling_is_ordinary() && !subject.probed.resolver.is_of_a_vpc()
}

/// Whether a server that it forwards this name to may have returned the NXDOMAIN. dnsmasq passes on the SOA.
pub(in crate::rules) fn may_be_denied(subject: &Subject<'_>) -> bool {
    subject.software != Some(Software::Dnsmasq) && is_bare_for_this_name(subject)
}

/// The same where the software is one that leaves the SOA out.
pub(in crate::rules) fn is_denied(subject: &Subject<'_>) -> bool {
    matches!(
        subject.software,
        Some(Software::Bind | Software::Unbound | Software::Pdns)
    ) && is_bare_for_this_name(subject)
}

/// Whether its own policy would look the same: PowerDNS Recursor's RPZ adds no SOA unless it is told to.
pub(in crate::rules) fn its_policy_looks_the_same(subject: &Subject<'_>) -> bool {
    subject.software == Some(Software::Pdns)
}

/// REFUSED for this name and a negative answer for a random sibling, or REFUSED for both while other names are
/// answered. A refusal of its own has a mark in Knot Resolver (EDE 18) and the AA bit in Unbound. dnsmasq passes on the
/// REFUSED of the server that it asks, with its extended error, and so do CoreDNS and Knot Resolver's `policy.STUB`.
/// `marks`: the extended errors that a server behind it sends.
fn is_refused_for_this_name(subject: &Subject<'_>, marks: &[u16]) -> bool {
    let is_passed_on = subject.a().is_some_and(|lookup| {
        let is_marked_so = lookup.ede.iter().all(|error| marks.contains(&error.code));
        is_marked_so && lookup.flags.is_some_and(|flags| flags.ra && !flags.aa)
    });
    let is_for_both = subject.aaaa().is_none_or(|lookup| lookup.kind == AnswerKind::Refused);
    let is_apart = subject.sibling().is_some_and(|lookup| lookup.kind.is_negative());
    subject.verdict() == Verdict::Refused
        && is_passed_on
        && is_for_both
        && (is_apart || sibling_is_refused(subject) && subject.any_outside_control_works())
        && !subject.probed.resolver.is_of_a_vpc()
}

/// Whether a random sibling is refused as the name is.
pub(in crate::rules) fn sibling_is_refused(subject: &Subject<'_>) -> bool {
    subject
        .sibling()
        .is_some_and(|lookup| lookup.kind == AnswerKind::Refused)
}

/// Not Authoritative (RFC 8914 section 4.21): the word of a server with zones of its own.
const NOT_AUTHORITATIVE: u16 = 20;
/// Prohibited (RFC 8914 section 4.19): the word of a server to a client that it does not serve.
const PROHIBITED: u16 = 18;

/// Whether a server behind it may have refused. BIND, Unbound and PowerDNS Recursor return SERVFAIL then.
pub(in crate::rules) fn may_be_refused(subject: &Subject<'_>) -> bool {
    let makes_servfail = matches!(
        subject.software,
        Some(Software::Bind | Software::Unbound | Software::Pdns)
    );
    !makes_servfail && is_refused_for_this_name(subject, &[NOT_AUTHORITATIVE])
}

/// The same where the software is dnsmasq, which has no option to refuse one name with these marks or without one
/// (dnsmasq(8): what `connmark-allowlist` refuses has another extended error).
pub(in crate::rules) fn is_refused(subject: &Subject<'_>) -> bool {
    subject.software == Some(Software::Dnsmasq) && is_refused_for_this_name(subject, &[PROHIBITED, NOT_AUTHORITATIVE])
}

/// The resolvers outside the VPC that pass on the NXDOMAIN of a server which they forward the very name to, where every
/// inbound endpoint that was asked is shadowed by a private hosted zone: that server may be one of them.
pub(in crate::rules) fn a_shadow<'c, 'a>(case: &'c Case<'a>) -> Vec<&'c Subject<'a>> {
    let mut inbound = case
        .vpc_side()
        .filter(|subject| subject.has_role(Role::Inbound))
        .peekable();
    let is_asked = inbound.peek().is_some();
    if !is_asked || !inbound.all(|subject| view::vpc_side_fault(case, subject) == Some(VpcSideFault::Shadowed)) {
        return Vec::new();
    }
    let failing = case.failing().filter(|subject| !subject.is_vpc_side());
    failing.filter(|subject| is_denied(subject)).collect()
}
