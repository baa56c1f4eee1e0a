//! What a filter of private addresses leaves of an answer.

use super::{late, validation};
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::endpoint::SoaOrigin;
use crate::rules::step::{DenialAuthority, ReadingStep};
use crate::rules::{Case, Subject};
use crate::software::Software;

/// What a filter left of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum FilteredAnswer {
    /// No record, and EDE 15, which dnsmasq adds.
    Marked,
    /// As above, but the sibling was not asked, or a text names another reason.
    MarkedUnchecked,
    /// No record and no SOA.
    Bare,
    /// SERVFAIL for A alone.
    ServFail,
    /// REFUSED with EDE 18.
    Refused,
}

/// The first version of dnsmasq, its second number, that was seen to mark what its filter removes (observed with 2.90).
const DNSMASQ_MARKS_FROM: u32 = 90;

/// Whether the resolver runs a program that does not leave such an answer by itself, so that a server which it asks has
/// left it. A forwarder passes on what the filter of another leaves, without its mark.
pub(in crate::rules) fn is_left_behind_it(subject: &Subject<'_>, shape: FilteredAnswer) -> bool {
    let Some(software) = subject.software.filter(|software| software.is_a_name_server()) else {
        return false;
    };
    let marks_its_own = || subject.software_minor.is_some_and(|minor| minor >= DNSMASQ_MARKS_FROM);
    match shape {
        FilteredAnswer::Marked | FilteredAnswer::MarkedUnchecked => false,
        // Others leave no record and no SOA by themselves too: Unbound, and policy zones that do without a SOA.
        FilteredAnswer::Bare => software == Software::Dnsmasq && marks_its_own(),
        FilteredAnswer::ServFail => software != Software::Bind,
        FilteredAnswer::Refused => software != Software::Knot,
    }
}

/// What a filter of private addresses left of this resolver's answer; `None` where the evidence is another's.
pub(in crate::rules) fn shape(case: &Case<'_>, subject: &Subject<'_>) -> Option<FilteredAnswer> {
    if ReadingStep::of(subject) != ReadingStep::Content || !case.private_addresses_elsewhere(subject) {
        return None;
    }
    let a = subject.a()?;
    let ordinary = subject.sibling_is_ordinary();
    // AWS's own resolvers have no such filter: there, only its mark would tell that something else answers.
    let may_be_unmarked = ordinary && !subject.probed.resolver.is_of_a_vpc();
    let shape = match subject.verdict() {
        Verdict::NoData
            if a.records.is_empty() && matches!(DenialAuthority::of(subject), Some(DenialAuthority::Bare)) =>
        {
            match a.ede.iter().find(|error| error.code == 15) {
                Some(mark) if ordinary && names_no_other_reason(mark) => Some(FilteredAnswer::Marked),
                Some(_) if ordinary || subject.sibling().is_none() => Some(FilteredAnswer::MarkedUnchecked),
                Some(_) => None,
                None => may_be_unmarked.then_some(FilteredAnswer::Bare),
            }
        }
        // A filter reads the answer that is there: it does not wait for one.
        Verdict::ServFail if may_be_unmarked && !validation::is_shown(subject) && !late::waits_for_a_alone(subject) => {
            let aaaa = subject.aaaa()?;
            let from_aws = aaaa
                .soa
                .as_ref()
                .is_some_and(|soa| SoaOrigin::of(soa) != SoaOrigin::Foreign);
            let answered = aaaa.kind == AnswerKind::Answer || aaaa.kind == AnswerKind::NoData && from_aws;
            answered.then_some(FilteredAnswer::ServFail)
        }
        Verdict::Refused if ordinary && a.has_ede(|error| error.code == 18) => Some(FilteredAnswer::Refused),
        _ => None,
    };
    shape.filter(|_| may_be(case, subject))
}

/// Whether nothing speaks against a filter of private addresses: no mark of another filter, and AAAA as such a filter
/// leaves it.
pub(in crate::rules) fn may_be(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let is_of_another_filter = |error: &ExtendedError| matches!(error.code, 16 | 17);
    !subject.a().is_some_and(|a| a.has_ede(is_of_another_filter)) && leaves_aaaa_alone(case, subject)
}

/// Whether AAAA came through as a filter of private addresses lets it: where the name has no private IPv6 address,
/// there is nothing to remove. All four programs then pass on the SOA of its NODATA, without an extended error
/// (recorded with dnsmasq 2.90, Unbound 1.17.1, BIND 9.18 and Knot Resolver 5.6). A policy for the name stops both.
fn leaves_aaaa_alone(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let Some(aaaa) = subject.aaaa() else {
        return true;
    };
    let is_bare = aaaa.kind.is_negative() && aaaa.soa.is_none();
    let is_stopped = aaaa.kind == AnswerKind::Refused || is_bare || aaaa.has_ede(ExtendedError::is_policy);
    !is_stopped || case.private_ipv6_elsewhere(subject)
}

/// dnsmasq sends the code alone; a text may name a list that blocks the name.
pub(in crate::rules) fn names_no_other_reason(mark: &ExtendedError) -> bool {
    mark.text
        .as_ref()
        .is_none_or(|text| text.to_ascii_lowercase().contains("rebind"))
}
