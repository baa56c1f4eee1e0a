//! Signs of one resolver whose answer need not be wrong: what its two questions came to, how it came, and what its
//! addresses are; and whether anything depends on a resolver that does not answer.

use super::{ShownBy, Sign, is_denied_by};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError, RecordType};
use crate::endpoint::SoaOrigin;
use crate::observation::{Lookup, Purpose, Transport};
use crate::resolvers::Role;
use crate::rules::shared::{age, forward, late, stray, synthetic};
use crate::rules::{Need, view};
use crate::target::View;

// The answer as a whole.

/// Nothing speaks against it.
pub(in crate::rules) static ANSWER_IS_FINE: Sign = Sign::of_resolver(
    "what is wrong with its answer",
    "nothing is wrong with its answer",
    "its answer is not the expected one",
    |_, subject| Some(subject.verdict().is_fine()),
);

/// It has addresses, and none that is expected.
pub(in crate::rules) static ALL_ADDRESSES_ARE_WRONG: Sign = Sign::of_resolver(
    "expected addresses",
    "none of its addresses is expected",
    "it does not give unexpected addresses alone",
    |_, subject| Some(subject.verdict() == Verdict::Mismatch),
);

/// The expected addresses, and all of them public. IPv6 addresses of a VPC are of that class too, and a private hosted
/// zone has them.
pub(in crate::rules) static GIVES_THE_EXPECTED_PUBLIC_ADDRESSES: Sign = Sign::of_resolver(
    "the expected public addresses",
    "it gives the expected addresses, and all of them are public",
    "it does not give expected addresses that are all public",
    |_, subject| {
        let addresses = subject.ips();
        let is_public = |ip: &std::net::IpAddr| AddressClass::of(*ip) == AddressClass::Public;
        let is_of_the_vpc = subject.view() == View::PrivateZone;
        let are_right = subject.verdict() == Verdict::Match && !addresses.is_empty();
        Some(are_right && !is_of_the_vpc && addresses.iter().all(is_public))
    },
);

/// NXDOMAIN.
pub(in crate::rules) static NXDOMAIN: Sign = Sign::of_resolver(
    "NXDOMAIN",
    "it returns NXDOMAIN",
    "it does not return NXDOMAIN",
    |_, subject| Some(subject.a_kind() == Some(AnswerKind::NxDomain)),
);

/// A negative answer of a server that does recursion, and not about what an alias leads to.
pub(in crate::rules) static DENIED_BY_RECURSION: Sign = Sign::of_resolver(
    "whose negative answer it is",
    "its negative answer is about the name itself, and it offers recursion",
    "it gives no negative answer about the name itself that came with recursion",
    |_, subject| Some(view::denial(subject).is_some()),
);

/// The negative answer is from another private hosted zone than the one in which the VPC's resolvers have the name.
pub(in crate::rules) static DENIED_BY_ANOTHER_PRIVATE_ZONE: Sign = Sign::of_resolver_if_known(
    "the private hosted zone with the name",
    "a resolver of the VPC has the name from a different private hosted zone than it",
    "the VPC's resolvers are not known to have the name from a different private hosted zone than it",
    |case, subject| {
        if is_denied_by(subject, SoaOrigin::PrivateHostedZone) != Some(true) {
            return Some(false);
        }
        let zone = &subject.soa()?.owner;
        let mut with_the_name = case.vpc_view().into_iter().filter_map(view::zone_of).peekable();
        Some(with_the_name.peek().is_some() && with_the_name.all(|other| other != *zone))
    },
)
.looking_at(&[Need::VpcView]);

// A and AAAA, each by itself.

/// Addresses for A.
pub(in crate::rules) static A_HAS_ADDRESSES: Sign = Sign::of_resolver(
    "the A answer",
    "its A answer has addresses",
    "its A answer has no address",
    |_, subject| Some(subject.a_kind()? == AnswerKind::Answer),
);

/// NODATA for A.
pub(in crate::rules) static A_IS_NODATA: Sign = Sign::of_resolver(
    "the A answer",
    "its A answer is NODATA",
    "its A answer is not NODATA",
    |_, subject| Some(subject.a_kind()? == AnswerKind::NoData),
);

/// Neither addresses nor a negative answer for A, in each sample.
pub(in crate::rules) static A_FAILS: Sign = Sign::of_resolver(
    "the A answer",
    "its A question fails each time",
    "its A question does not fail each time",
    |_, subject| {
        let failed = matches!(
            subject.a_kind()?,
            AnswerKind::ServFail
                | AnswerKind::Refused
                | AnswerKind::OtherRcode
                | AnswerKind::Timeout
                | AnswerKind::Unreachable
                | AnswerKind::Malformed
                | AnswerKind::Truncated
        );
        Some(failed && subject.verdict() != Verdict::Unstable)
    },
);

/// Addresses for AAAA.
pub(in crate::rules) static AAAA_HAS_ADDRESSES: Sign = Sign::of_resolver(
    "the AAAA answer",
    "its AAAA answer has addresses",
    "its AAAA answer has no address",
    |_, subject| Some(subject.aaaa()?.kind == AnswerKind::Answer),
);

/// NODATA for AAAA.
pub(in crate::rules) static AAAA_IS_NODATA: Sign = Sign::of_resolver(
    "the AAAA answer",
    "its AAAA answer is NODATA",
    "its AAAA answer is not NODATA",
    |_, subject| Some(subject.aaaa()?.kind == AnswerKind::NoData),
);

/// Neither addresses nor a negative answer for AAAA, however often it was asked.
pub(in crate::rules) static AAAA_IS_NEVER_ANSWERED: Sign = Sign::of_resolver(
    "the AAAA answer",
    "its AAAA question gets neither addresses nor a negative answer",
    "its AAAA question gets addresses or a negative answer",
    |_, subject| {
        let is_answered = |lookup: &Lookup| lookup.kind == AnswerKind::Answer || lookup.kind.is_negative();
        let asked = subject.lookups(Purpose::Target);
        let mut asked = asked.filter(|lookup| lookup.qtype == RecordType::AAAA).peekable();
        asked.peek()?;
        Some(!asked.any(is_answered))
    },
);

/// NXDOMAIN for AAAA.
pub(in crate::rules) static AAAA_IS_NXDOMAIN: Sign = Sign::of_resolver(
    "the AAAA answer",
    "its AAAA answer is NXDOMAIN",
    "its AAAA answer is not NXDOMAIN",
    |_, subject| Some(subject.aaaa()?.kind == AnswerKind::NxDomain),
);

// How it came.

/// The certificate of the server was not looked at.
pub(in crate::rules) static CERTIFICATE_IS_NOT_CHECKED: Sign = Sign::of_resolver(
    "the check of the certificate",
    "its certificate was not checked (--insecure-tls)",
    "its certificate was checked",
    |_, subject| Some(!subject.probed.resolver.tls.as_ref()?.verified),
)
.shown_by(ShownBy::Encrypted);

/// A came over UDP.
pub(in crate::rules) static A_CAME_OVER_UDP: Sign = Sign::of_resolver(
    "the transport of the A answer",
    "its A answer came over UDP",
    "it gave no A answer over UDP",
    |_, subject| {
        let a = subject.a()?;
        Some(a.transport == Transport::Udp && !a.kind.is_silence())
    },
)
.shown_by(ShownBy::Clear);

/// The question over TCP from the start.
pub(in crate::rules) static TCP_IS_NOT_ANSWERED: Sign = Sign::of_resolver(
    "the question over TCP",
    "it does not reply to the question over TCP",
    "it replies to the question over TCP",
    |_, subject| subject.tcp().map(|lookup| !lookup.heard_anything()),
)
.shown_by(ShownBy::Clear);

/// A connection over TCP was made, and its question got no reply; and over UDP some question got none, either, or the
/// name's came late: dnsmasq asks a server that is gone first, over TCP for longer than over UDP.
pub(in crate::rules) static STOPPED_ANSWERING: Sign = Sign::of_resolver(
    "an end of its answers",
    "it accepts the TCP connection without a reply, and leaves a question over UDP unanswered or late, too",
    "it is not seen to leave questions over UDP unanswered as it does over TCP",
    |_, subject| {
        let is_mute =
            |lookup: &Lookup| !lookup.heard_anything() && lookup.attempts.iter().any(|attempt| attempt.connected);
        // That it does not say what it runs is no end of its answers.
        let is_unanswered = |lookup: &Lookup| {
            lookup.transport == Transport::Udp && lookup.purpose != Purpose::Software && !lookup.heard_anything()
        };
        let is_any_unanswered = subject.probed.lookups.iter().any(is_unanswered);
        let is_late = !late::late(subject).is_empty();
        Some(subject.tcp().is_some_and(is_mute) && (is_any_unanswered || is_late))
    },
)
.shown_by(ShownBy::Clear);

/// Late, or only when it was asked again.
pub(in crate::rules) static ANSWERS_LATE: Sign = Sign::of_resolver(
    "the time to the answer",
    "it answers late, or only when it is asked again",
    "it answers the first question in time",
    |_, subject| Some(!late::late(subject).is_empty()),
);

/// An extended error says that the data is expired.
pub(in crate::rules) static MARKED_AS_STALE: Sign = Sign::of_resolver(
    "an extended error of stale data",
    "an extended error says that its answer is stale",
    "no extended error says that its answer is stale",
    |_, subject| {
        let mut asked = subject.lookups(Purpose::Target);
        Some(asked.any(|lookup| lookup.has_ede(ExtendedError::is_stale)))
    },
);

/// Addresses that the reply itself calls stale, where nothing shows that they were never the cluster's: neither
/// networks to hold them against, nor a zone of somebody else's.
pub(in crate::rules) static ITS_ADDRESSES_MAY_BE_OLD: Sign = Sign::of_resolver(
    "addresses that are marked as stale",
    "an extended error says that its addresses are stale, and nothing shows that they were never the cluster's",
    "no extended error says that its addresses are stale, or they were never the cluster's",
    |case, subject| Some(age::may_be_old(case, subject)),
)
.looking_at(&[Need::Vpc]);

/// Other replies came beside the one that counts.
pub(in crate::rules) static STRAY_REPLIES: Sign = Sign::of_resolver(
    "unexpected replies",
    "unexpected replies came beside its own",
    "no unexpected reply came beside its own",
    |_, subject| Some(stray::stray_lookups(subject).next().is_some()),
);

// What its addresses are.

/// IPv6 addresses that DNS64 made of right IPv4 ones.
pub(in crate::rules) static GIVES_SYNTHETIC_IPV6: Sign = Sign::of_resolver(
    "addresses of DNS64",
    "it gives an IPv6 address that DNS64 made of an expected IPv4 address, or of one that it gives as well",
    "it gives no IPv6 address that DNS64 made of such an IPv4 address",
    |case, subject| Some(!synthetic::of_dns64(case, subject).is_empty()),
);

/// Addresses of the shared range that are not known to be the VPC's.
pub(in crate::rules) static GIVES_SHARED_ADDRESSES: Sign = Sign::of_resolver(
    "addresses of 100.64.0.0/10 or 198.18.0.0/15",
    "it gives an address of 100.64.0.0/10 or 198.18.0.0/15 that is not known to be the VPC's",
    "it gives no address of 100.64.0.0/10 or 198.18.0.0/15, or the VPC has such addresses, or others came with it",
    |case, subject| Some(!synthetic::of_shared_range(case, subject).is_empty()),
)
.looking_at(&[Need::Vpc, Need::VpcView]);

// Where it is, and what depends on it.

/// It is `.2`.
pub(in crate::rules) static THE_VPC_RESOLVER: Sign = Sign::of_resolver(
    "its role",
    "it is the VPC resolver",
    "it is not the VPC resolver of the cluster's VPC",
    |case, subject| {
        let is_there = case.vpc_side().any(|other| other.name() == subject.name());
        Some(is_there && subject.probed.resolver.role == Role::Vpc)
    },
)
.needing(&[Need::VpcView]);

/// It decides the conclusion; or a forward from outside the VPC ends in silence, and this host is let in at another
/// address of the same VPC.
pub(in crate::rules) static IS_DEPENDED_ON: Sign = Sign::of_resolver(
    "what depends on it",
    "it decides the conclusion, or a forward fails while another inbound endpoint of its VPC answers",
    "nothing that was asked is seen to depend on it",
    |case, subject| Some(forward::is_depended_on(case, subject)),
);

/// It was asked to decide the conclusion.
pub(in crate::rules) static DECIDES_THE_CONCLUSION: Sign = Sign::of_resolver(
    "what it is asked for",
    "it decides the conclusion",
    "it does not decide the conclusion",
    |_, subject| Some(subject.probed.resolver.in_scope),
);
