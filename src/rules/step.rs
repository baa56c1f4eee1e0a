//! The order in which a failing resolver's evidence is read, so that one rule owns each piece of it.
//!
//! What the network and the server do to every message comes before what one answer says: a reply that was
//! cut, mangled, or given only to questions without EDNS says nothing about zones and filters.

use super::Subject;
use crate::address::AddressClass;
use crate::compare::{self, Verdict};
use crate::dns::{AnswerKind, ExtendedError, Name, RData, Section, Soa};
use crate::endpoint::SoaOrigin;
use crate::observation::{Attempt, Lookup, Purpose, Transport};

/// How far the reading gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadingStep {
    /// Samples differ: no single one is read.
    Unstable,
    /// TLS or HTTP failed before a question could be answered.
    NoExchange,
    /// No reply over the transport that clients use.
    Unheard,
    /// Only questions without EDNS are answered.
    EdnsIntolerant,
    /// Replies are cut short, and the rest does not come.
    Truncated,
    /// Replies cannot be read, or belong to other questions.
    Malformed,
    /// The server does not recurse.
    NotRecursive,
    /// Names that do not exist have addresses here.
    Rewritten,
    /// The answer itself decides.
    Content,
}

impl ReadingStep {
    /// The step that a failing resolver's evidence belongs to.
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        match subject.verdict() {
            Verdict::Unstable => return Self::Unstable,
            verdict if verdict.is_without_exchange() => return Self::NoExchange,
            _ if !heard(subject) => return Self::Unheard,
            Verdict::ServFail | Verdict::OtherRcode | Verdict::Timeout
                if subject.answers_without_edns()
                    && !subject.takes_edns_and_was_silent()
                    && !fails_and_answers_with_edns(subject) =>
            {
                return Self::EdnsIntolerant;
            }
            Verdict::Truncated if truncated_over_tcp(subject) => return Self::Malformed,
            Verdict::Truncated => return Self::Truncated,
            Verdict::Malformed => return Self::Malformed,
            Verdict::Referral => return Self::NotRecursive,
            _ => {}
        }
        if !recurses(subject) {
            return Self::NotRecursive;
        }
        if subject.sibling_resolves() && !is_sinkholed(subject) && policy_of_addresses(subject).is_none() {
            return Self::Rewritten;
        }
        Self::Content
    }
}

/// Whether the endpoint's own name gets a failure with an extended error, and an answer to another try with EDNS. Such
/// an error stands in an OPT record (RFC 8914 section 2).
fn fails_and_answers_with_edns(subject: &Subject<'_>) -> bool {
    let tries = || {
        let of_target = subject.lookups(Purpose::Target).flat_map(|lookup| &lookup.attempts);
        of_target.filter(|attempt| attempt.edns)
    };
    let is_answered = |attempt: &Attempt| attempt.kind == AnswerKind::Answer || attempt.kind.is_negative();
    tries().any(|attempt| !attempt.ede.is_empty() && !is_answered(attempt)) && tries().any(is_answered)
}

/// Whether any reply came over the transport that the resolver is asked over.
fn heard(subject: &Subject<'_>) -> bool {
    if subject.probed.resolver.transport != Some(Transport::Udp) {
        return subject.heard_anything();
    }
    subject.heard_over(Transport::Udp) == Some(true)
}

/// Whether a try got any reply at all.
pub(super) fn was_heard(attempt: &Attempt) -> bool {
    !attempt.kind.is_silence() || attempt.rcode.is_some() || attempt.mismatched_replies > 0
}

/// TC=1 over TCP too, where nothing needs cutting.
fn truncated_over_tcp(subject: &Subject<'_>) -> bool {
    subject.a().is_some_and(|lookup| {
        lookup
            .attempts
            .iter()
            .any(|attempt| attempt.transport != Transport::Udp && attempt.kind == AnswerKind::Truncated)
    })
}

/// REFUSED without recursion (RA=0), and EDE 20: a server that is not configured for recursion, about a name outside
/// its zones (RFC 8914 section 4.21). A resolver that passes on such a reply of the server that it forwards the name to
/// answers other names.
pub(super) fn is_refused_for_a_foreign_zone(subject: &Subject<'_>) -> bool {
    let is_marked = |lookup: &Lookup| {
        let offers_none = lookup.flags.is_some_and(|flags| !flags.ra);
        lookup.kind == AnswerKind::Refused && offers_none && lookup.has_ede(|error| error.code == 20)
    };
    subject.verdict() == Verdict::Refused
        && subject.a().is_some_and(is_marked)
        && !subject.any_outside_control_works()
        && !subject.sibling_is_ordinary()
}

/// Whether recursion is available: RA=0 on a negative answer says no. A zone of the server's own that lies
/// over the name, and a policy that shows itself, stop the question with or without recursion.
fn recurses(subject: &Subject<'_>) -> bool {
    if is_refused_for_a_foreign_zone(subject) {
        return false;
    }
    let Some(lookup) = subject.a().filter(|lookup| lookup.kind.is_negative()) else {
        return true;
    };
    lookup.flags.is_none_or(|flags| flags.ra)
        || lookup.has_ede(ExtendedError::is_policy)
        || matches!(
            DenialAuthority::of(subject),
            Some(DenialAuthority::Above(_) | DenialAuthority::Beside(_) | DenialAuthority::Alias(_))
        )
}

/// The SOA of the policy that unexpected addresses are from: BIND sends that of the response policy zone in ADDITIONAL,
/// with addresses too (recorded with 9.18.49). An address that leads nowhere is `sinkhole-answer`. Addresses in the
/// cluster's VPC are of a record that somebody wrote for this cluster, and that is old.
pub(super) fn policy_of_addresses<'a>(subject: &Subject<'a>) -> Option<&'a Soa> {
    let soa = policy_zone_beside(subject)?;
    let mut addresses = subject.comparison.addresses.iter();
    if addresses.all(|address| address.class == AddressClass::InVpc) {
        return None;
    }
    (subject.verdict() == Verdict::Mismatch && !is_sinkholed(subject)).then_some(soa)
}

/// The SOA of somebody else's zone in ADDITIONAL of an answer with addresses.
pub(super) fn policy_zone_beside<'a>(subject: &Subject<'a>) -> Option<&'a Soa> {
    let lookup = subject.a().filter(|lookup| lookup.kind == AnswerKind::Answer)?;
    let soa = lookup.soa.as_ref()?;
    (soa.section == Section::Additional && SoaOrigin::of(soa) == SoaOrigin::Foreign).then_some(soa)
}

/// Whether an answer holds an address that leads nowhere.
pub(super) fn is_sinkholed(subject: &Subject<'_>) -> bool {
    subject.has_class(AddressClass::Sinkhole) || subject.has_class(AddressClass::Loopback)
}

/// Whose word a negative answer is.
#[derive(Debug, Clone, Copy)]
pub(super) enum DenialAuthority<'a> {
    /// It is not about the name, but about what the name is made an alias of.
    Alias(&'a Name),
    /// Nobody's: no SOA came with it.
    Bare,
    /// A zone of AWS's, public or private.
    Aws,
    /// A zone of somebody else's that the name is in.
    Above(&'a Soa),
    /// A root zone of somebody else's.
    Root,
    /// A zone that the name is not in, or one made up for the answer: a policy.
    Beside(&'a Soa),
}

impl<'a> DenialAuthority<'a> {
    /// Whose word the target's negative A answer is; `None` where it is not negative.
    pub(super) fn of(subject: &Subject<'a>) -> Option<Self> {
        let lookup = subject.a().filter(|lookup| lookup.kind.is_negative())?;
        let alias = lookup.section(Section::Answer).find_map(|record| match &record.data {
            RData::Cname(target) if record.owner == lookup.question => Some(target),
            _ => None,
        });
        if let Some(target) = alias {
            return Some(Self::Alias(target));
        }
        let Some(soa) = &lookup.soa else {
            return Some(Self::Bare);
        };
        Some(if SoaOrigin::of(soa) != SoaOrigin::Foreign {
            Self::Aws
        } else if soa.section == Section::Additional
            || !lookup.question.is_within(&soa.owner)
            || is_made_up(subject, soa)
        {
            Self::Beside(soa)
        } else if soa.owner.is_root() {
            Self::Root
        } else {
            Self::Above(soa)
        })
    }
}

/// The MNAME that AdGuard's programs put into the SOA of a blocked name, whose owner is that name
/// (AdGuardHome, internal/dnsforward; AdguardTeam/dnsproxy).
const MADE_UP_MNAME: &str = "fake-for-negative-caching.adguard.com";

/// Whether one of AdGuard's programs made the SOA for its answer.
pub(super) fn is_of_adguard(soa: &Soa) -> bool {
    soa.mname.to_string().eq_ignore_ascii_case(MADE_UP_MNAME)
}

/// The RNAME of the SOA that Knot Resolver's `policy.DENY` puts into a negative answer. Its owner and its MNAME are the
/// name that was asked (CZ-NIC/knot-resolver, modules/policy/policy.lua, mkauth_soa).
const MADE_UP_RNAME: &str = "nobody.invalid";

/// Whether the SOA was made for the answer: by its MNAME, by its RNAME or an extended error where its MNAME is the name
/// asked, or because the sibling has a zone of its own too.
fn is_made_up(subject: &Subject<'_>, soa: &Soa) -> bool {
    let own = |lookup: &Lookup, soa: &Soa| soa.owner == lookup.question;
    let has_made_up_rname = |lookup: &Lookup| {
        lookup.records.iter().any(|record| {
            matches!(&record.data, RData::Soa { rname, .. } if rname.to_string().eq_ignore_ascii_case(MADE_UP_RNAME))
        })
    };
    let is_of_knot = |lookup: &Lookup| {
        let is_marked = lookup.has_ede(ExtendedError::is_policy) || has_made_up_rname(lookup);
        own(lookup, soa) && soa.mname == soa.owner && is_marked
    };
    subject.a().is_some_and(is_of_knot)
        || is_of_adguard(soa)
        || (subject.a().is_some_and(|lookup| own(lookup, soa))
            && subject.sibling().is_some_and(|lookup| {
                lookup
                    .soa
                    .as_ref()
                    .is_some_and(|soa| own(lookup, soa) && SoaOrigin::of(soa) == SoaOrigin::Foreign)
            }))
}

/// The SOA of a zone of somebody else's that the name is in, by the negative answers to the other questions for the
/// name and its neighbours: AAAA, and the random sibling.
pub(super) fn foreign_zone_around<'a>(subject: &Subject<'a>) -> Option<&'a Soa> {
    let name = &subject.a()?.question;
    let denied = [subject.aaaa(), subject.sibling()].into_iter().flatten();
    let mut zones = denied.filter_map(|lookup| compare::foreign_zone(lookup, name));
    zones.find(|soa| !is_made_up(subject, soa))
}

/// An alias from a zone of somebody else's that the name is in, to a name without addresses.
pub(super) fn is_aliased_in_a_foreign_zone(subject: &Subject<'_>) -> bool {
    matches!(DenialAuthority::of(subject), Some(DenialAuthority::Alias(_))) && foreign_zone_around(subject).is_some()
}

/// The lookups of the controls: the sibling, AWS's public names, the root.
pub(super) fn controls<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a Lookup> {
    let subject = *subject;
    [Purpose::Sibling, Purpose::AwsControl, Purpose::Root]
        .into_iter()
        .flat_map(move |purpose| subject.lookups(purpose))
}
