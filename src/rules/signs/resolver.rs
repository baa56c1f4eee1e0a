//! Signs of one resolver: of the exchange with it, of its answer, of its controls, and of where it is.

use crate::rules::signs::{
    ALL_CONTROLS_REFUSED, ANSWERS_ONLY_WITHOUT_EDNS, ANSWERS_OTHERS_WITH_EDNS, ANSWERS_THE_NAME_OVER_TCP,
    ANSWERS_WITHOUT_EDNS, ASKED_OVER_TCP_ALONE, AWS_CONTROL_WORKS, CERTIFICATE_FAILS, CONTROLS_REFUSED, CUT_SHORT,
    HEARD_AT_ALL, HEARD_ONLY_OVER_TCP, HEARD_OVER_TCP, HEARD_OVER_UDP, IN_ANOTHER_VPC, INBOUND_ENDPOINT,
    INVENTS_ADDRESSES, IS_SILENT_FOR_A, IS_SILENT_FOR_AAAA, LEGIBLE, LOSES_QUESTIONS, ON_THE_VPCS_SIDE, ON_THIS_HOST,
    ONLY_NAMES_OF_AWS_FAIL, OTHERS_MIX_ADDRESSES, PARTLY_BROKEN, PORT_REFUSED, PRIVATE_ADDRESSES_KNOWN,
    PRIVATE_IS_EXPECTED, PUBLIC_IS_EXPECTED, RECURSES, REFUSES_THIS_CLIENT, RESOLVES_NO_INTERNET_NAMES,
    ROOT_CONTROL_WORKS, SAME_ZONE_HAS_THE_NAME, SAMPLES_DIFFER, SERVICE_OF_THIS_HOST_IS_DOWN, SESSION_FAILS,
    SIBLING_FAILS, SIBLING_IS_ORDINARY, SIBLING_RESOLVES, SYSTEM_HAS_NOBODY_TO_ASK, TCP_CONTRADICTS,
    TRIED_WITH_MORE_THAN_THE_NAME, TRIES_DIFFER, TYPES_CONTRADICT, UNREADABLE,
};
use std::borrow::Cow;

use super::{
    A_CAME_OVER_UDP, A_FAILS, A_HAS_ADDRESSES, A_IS_NODATA, AAAA_HAS_ADDRESSES, AAAA_IS_NEVER_ANSWERED, AAAA_IS_NODATA,
    AAAA_IS_NXDOMAIN, ALL_ADDRESSES_ARE_WRONG, ANSWER_IS_FINE, ANSWERS_LATE, CERTIFICATE_IS_NOT_CHECKED,
    DECIDES_THE_CONCLUSION, DENIED_BEHIND_IT, DENIED_BY_ANOTHER_PRIVATE_ZONE, DENIED_BY_RECURSION,
    GIVES_SHARED_ADDRESSES, GIVES_SYNTHETIC_IPV6, GIVES_THE_EXPECTED_PUBLIC_ADDRESSES, IS_DEPENDED_ON,
    ITS_ADDRESSES_MAY_BE_OLD, MARKED_AS_STALE, MAY_BE_DENIED_BEHIND_IT, MAY_PASS_ON_A_BLOCK, NXDOMAIN,
    REFUSED_BEHIND_IT, STOPPED_ANSWERING, STRAY_REPLIES, Sign, TCP_IS_NOT_ANSWERED, THE_VPC_RESOLVER,
};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::endpoint::SoaOrigin;
use crate::observation::Lookup;
use crate::rules::shared::route53::{self, ResolvingVpc};
use crate::rules::shared::{age, policy, rebinding, validation};
use crate::rules::step::{
    DenialAuthority, foreign_zone_around, is_aliased_in_a_foreign_zone, is_sinkholed, policy_of_addresses,
};
use crate::rules::view::{self, Age};
use crate::rules::{Need, Subject, decided, otherwise, phrase};

/// The order in which signs of a resolver are read.
pub(in crate::rules) static OF_RESOLVER: &[&Sign] = &[
    &HEARD_AT_ALL,
    &TRIED_WITH_MORE_THAN_THE_NAME,
    &HEARD_OVER_UDP,
    &HEARD_OVER_TCP,
    &HEARD_ONLY_OVER_TCP,
    &IS_SILENT_FOR_A,
    &IS_SILENT_FOR_AAAA,
    &LOSES_QUESTIONS,
    &A_CAME_OVER_UDP,
    &TCP_IS_NOT_ANSWERED,
    &STOPPED_ANSWERING,
    &ANSWERS_LATE,
    &STRAY_REPLIES,
    &SAMPLES_DIFFER,
    &TCP_CONTRADICTS,
    &TRIES_DIFFER,
    &TYPES_CONTRADICT,
    &CERTIFICATE_FAILS,
    &CERTIFICATE_IS_NOT_CHECKED,
    &SESSION_FAILS,
    &ANSWERS_ONLY_WITHOUT_EDNS,
    &ANSWERS_WITHOUT_EDNS,
    &CUT_SHORT,
    &UNREADABLE,
    &PARTLY_BROKEN,
    &RECURSES,
    &LEGIBLE,
    &ANSWER_IS_FINE,
    &A_HAS_ADDRESSES,
    &A_IS_NODATA,
    &A_FAILS,
    &AAAA_HAS_ADDRESSES,
    &AAAA_IS_NODATA,
    &AAAA_IS_NEVER_ANSWERED,
    &AAAA_IS_NXDOMAIN,
    &GIVES_ADDRESSES,
    &GIVES_PUBLIC_ADDRESSES,
    &GIVES_THE_PUBLIC_VIEW,
    &GIVES_OTHER_PRIVATE_ADDRESSES,
    &GIVES_SOME_EXPECTED,
    &ALL_ADDRESSES_ARE_WRONG,
    &GIVES_THE_EXPECTED_PUBLIC_ADDRESSES,
    &GIVES_SYNTHETIC_IPV6,
    &GIVES_SHARED_ADDRESSES,
    &WRONG_ADDRESSES_ARE_IN_THE_VPC,
    &IS_FROM_BEFORE_IT_WAS_PRIVATE,
    &ALL_WRONG_ADDRESSES_ARE_STALE,
    &SINKHOLED,
    &ANSWERED_BY_A_POLICY,
    &DENIED,
    &NXDOMAIN,
    &DENIED_BY_RECURSION,
    &DENIED_BY_PUBLIC_AWS,
    &DENIED_BY_PRIVATE_ZONE,
    &DENIED_BY_ANOTHER_PRIVATE_ZONE,
    &DENIED_BY_FOREIGN_ZONE,
    &DENIED_WITHOUT_SOA,
    &DENIED_BEHIND_IT,
    &MAY_BE_DENIED_BEHIND_IT,
    &MAY_PASS_ON_A_BLOCK,
    &IS_IN_A_FOREIGN_ZONE,
    &FAILS_IN_A_FOREIGN_ZONE,
    &ALIASED_IN_A_FOREIGN_ZONE,
    &DENIAL_IS_CACHED,
    &SERVFAIL,
    &FAILS_OR_IS_SILENT,
    &AAAA_FAILS,
    &REFUSED,
    &REFUSED_BEHIND_IT,
    &VALIDATION_FAILS,
    &ITS_VPC_VALIDATES,
    &ANSWERS_UNCHECKED,
    &MARKED_AS_DNSSEC,
    &REJECTS_WHAT_IT_HOLDS,
    &MARKED_AS_POLICY,
    &MARKED_AS_STALE,
    &ITS_ADDRESSES_MAY_BE_OLD,
    &LOOKS_REBINDING_FILTERED,
    &FILTERS_PRIVATE_ADDRESSES,
    &BLOCKS_IN_THE_VPC,
    &HAS_THE_ALIAS_OF_A_RULE,
    &FIREWALL_BLOCKS,
    &CONFIGURATION_SAYS_OTHERWISE,
    &NOTHING_FORWARDS_IN_ITS_VPC,
    &SIBLING_RESOLVES,
    &SIBLING_IS_ORDINARY,
    &SIBLING_FAILS,
    &ANSWERS_OTHERS_WITH_EDNS,
    &ANSWERS_THE_NAME_OVER_TCP,
    &INVENTS_ADDRESSES,
    &CONTROLS_REFUSED,
    &ALL_CONTROLS_REFUSED,
    &REFUSES_THIS_CLIENT,
    &AWS_CONTROL_WORKS,
    &ROOT_CONTROL_WORKS,
    &RESOLVES_NO_INTERNET_NAMES,
    &ONLY_NAMES_OF_AWS_FAIL,
    &PRIVATE_ADDRESSES_KNOWN,
    &PRIVATE_IS_EXPECTED,
    &PUBLIC_IS_EXPECTED,
    &SAME_ZONE_HAS_THE_NAME,
    &OTHERS_MIX_ADDRESSES,
    &ON_THE_VPCS_SIDE,
    &INBOUND_ENDPOINT,
    &THE_VPC_RESOLVER,
    &IN_ANOTHER_VPC,
    &ON_THIS_HOST,
    &SERVICE_OF_THIS_HOST_IS_DOWN,
    &ASKED_OVER_TCP_ALONE,
    &SYSTEM_HAS_NOBODY_TO_ASK,
    &PORT_REFUSED,
    &DECIDES_THE_CONCLUSION,
    &IS_DEPENDED_ON,
];

/// There are addresses in it.
pub(in crate::rules) static GIVES_ADDRESSES: Sign = Sign::of_resolver(
    "addresses",
    "it gives addresses",
    "it gives no address",
    |_, subject| Some(subject.verdict().has_addresses()),
);

/// All addresses are public ones.
pub(in crate::rules) static GIVES_PUBLIC_ADDRESSES: Sign = Sign::of_resolver(
    "public addresses",
    "it gives public addresses alone",
    "it does not give public addresses alone",
    |_, subject| {
        let addresses = &subject.comparison.addresses;
        Some(!addresses.is_empty() && addresses.iter().all(|address| address.class == AddressClass::Public))
    },
);

/// Public addresses, or the right ones from the public zone, where the private ones are expected.
pub(in crate::rules) static GIVES_THE_PUBLIC_VIEW: Sign = Sign::of_resolver(
    "the public view",
    "it gives what public DNS has, where the private addresses are expected",
    "it does not give what public DNS has in place of the private addresses",
    |case, subject| Some(view::gives_the_public_view(case, subject)),
);

/// An address that is not public and not expected.
pub(in crate::rules) static GIVES_OTHER_PRIVATE_ADDRESSES: Sign = Sign::of_resolver(
    "unexpected private addresses",
    "it gives a private address that is not expected",
    "it gives no unexpected private address",
    |case, subject| {
        let unexpected = case.unexpected_addresses(subject);
        Some(unexpected.iter().any(|address| address.class != AddressClass::Public))
    },
);

/// Expected addresses and others.
pub(in crate::rules) static GIVES_SOME_EXPECTED: Sign = Sign::of_resolver(
    "expected addresses beside others",
    "some of its addresses are expected, and some are not",
    "its addresses are not partly expected",
    |_, subject| Some(subject.verdict() == Verdict::Partial),
);

/// All addresses that are not expected are in the cluster's VPC.
pub(in crate::rules) static WRONG_ADDRESSES_ARE_IN_THE_VPC: Sign = Sign::of_resolver(
    "whose the wrong addresses are",
    "its wrong addresses are all in the cluster's VPC, and not of the cluster's interfaces",
    "its wrong addresses are not all in the cluster's VPC, or they are of the cluster's interfaces",
    |case, subject| {
        let wrong = case.unexpected_addresses(subject);
        // What AWS says that the cluster has is not old, whatever was said to be expected.
        let has_them = wrong.iter().all(|address| case.is_of_the_cluster(address.ip));
        Some(!wrong.is_empty() && !has_them && wrong.iter().all(|address| address.class == AddressClass::InVpc))
    },
)
.needing(&[Need::Vpc])
.looking_at(&[Need::Interfaces]);

/// Public addresses, where public DNS has private ones by now.
pub(in crate::rules) static IS_FROM_BEFORE_IT_WAS_PRIVATE: Sign = Sign::of_resolver(
    "whether public DNS has private addresses by now",
    "it gives public addresses, and public DNS has private ones in their place by now",
    "it does not give public addresses that public DNS has replaced by private ones",
    |case, subject| {
        // Without public addresses it is not, whatever public DNS has, and public DNS has public ones while public
        // access is on (Amazon EKS User Guide, "Cluster API server endpoint").
        let has_public_access = case
            .own_cluster()
            .is_some_and(|cluster| cluster.endpoint_public_access == Some(true));
        if !subject.has_class(AddressClass::Public) || has_public_access {
            return Some(false);
        }
        case.has(Need::PublicControl)
            .then(|| age::is_from_before_it_was_private(case, subject))
    },
)
.needing(&[Need::PublicControl]);

/// All that is wrong in the answer is in the VPC and not the cluster's.
pub(in crate::rules) static ALL_WRONG_ADDRESSES_ARE_STALE: Sign = Sign::of_resolver(
    "old addresses of the cluster",
    "its wrong addresses are in the VPC, where the cluster's old ones would be",
    "its wrong addresses are not old ones of the cluster",
    |case, subject| Some(age::is_stale(case, subject)),
);

/// The addresses came with the SOA of a policy zone.
pub(in crate::rules) static ANSWERED_BY_A_POLICY: Sign = Sign::of_resolver(
    "the SOA of a policy beside addresses",
    "its reply has the SOA of a policy zone in ADDITIONAL, beside unexpected addresses",
    "its reply has no SOA of a policy zone beside unexpected addresses",
    |_, subject| Some(policy_of_addresses(subject).is_some()),
);

/// An address where nothing is: 0.0.0.0, loopback.
pub(in crate::rules) static SINKHOLED: Sign = Sign::of_resolver(
    "an address that leads nowhere",
    "it gives an address that leads nowhere",
    "none of its addresses leads nowhere",
    |_, subject| Some(is_sinkholed(subject)),
);

/// NXDOMAIN or NODATA.
pub(in crate::rules) static DENIED: Sign = Sign::of_resolver(
    "a negative answer",
    "it returns NXDOMAIN or NODATA",
    "it returns neither NXDOMAIN nor NODATA",
    |_, subject| Some(is_denied(subject) == Some(true)),
);

/// The negative answer is from AWS's public zone.
pub(in crate::rules) static DENIED_BY_PUBLIC_AWS: Sign = Sign::of_resolver(
    "the zone of the negative answer",
    "its negative answer is from AWS's public zone",
    "it gives no negative answer from AWS's public zone",
    |_, subject| is_denied_by(subject, SoaOrigin::PublicAws),
)
.with(soa);

/// The negative answer is from a private hosted zone.
pub(in crate::rules) static DENIED_BY_PRIVATE_ZONE: Sign = Sign::of_resolver(
    "the zone of the negative answer",
    "its negative answer is from a Route 53 private hosted zone",
    "it gives no negative answer from a Route 53 private hosted zone",
    |_, subject| is_denied_by(subject, SoaOrigin::PrivateHostedZone),
)
.with(soa);

/// The negative answer is from a zone that is not AWS's.
pub(in crate::rules) static DENIED_BY_FOREIGN_ZONE: Sign = Sign::of_resolver(
    "the zone of the negative answer",
    "its negative answer is from a zone that is not AWS's",
    "it gives no negative answer from a zone that is not AWS's",
    |_, subject| {
        let by_foreign = matches!(
            DenialAuthority::of(subject),
            Some(DenialAuthority::Above(_) | DenialAuthority::Beside(_) | DenialAuthority::Root)
        );
        is_denied(subject).map(|denied| denied && by_foreign)
    },
)
.with(soa);

/// The negative answer does not say which zone it is from.
pub(in crate::rules) static DENIED_WITHOUT_SOA: Sign = Sign::of_resolver(
    "a negative answer without SOA",
    "its negative answer has no SOA",
    "it gives no negative answer without SOA",
    |_, subject| {
        is_denied(subject).map(|denied| denied && matches!(DenialAuthority::of(subject), Some(DenialAuthority::Bare)))
    },
);

/// Another question for the name, or for a name beside it, is denied by a zone that is not AWS's and holds the name.
pub(in crate::rules) static IS_IN_A_FOREIGN_ZONE: Sign = Sign::of_resolver(
    "the zone around the name",
    "its zone around the name is not AWS's, by the SOA for AAAA or for a random sibling",
    "no SOA for AAAA or for a random sibling shows that its zone around the name is not AWS's",
    |_, subject| Some(foreign_zone_around(subject).is_some()),
);

/// SERVFAIL for the name, in such a zone.
pub(in crate::rules) static FAILS_IN_A_FOREIGN_ZONE: Sign = Sign::of_resolver(
    "a failure in a zone of its own",
    "it returns SERVFAIL for the name, and its zone around the name is not AWS's",
    "it does not return SERVFAIL for a name in a zone that is not AWS's",
    |_, subject| Some(subject.verdict() == Verdict::ServFail && foreign_zone_around(subject).is_some()),
);

/// An alias without an address, in such a zone.
pub(in crate::rules) static ALIASED_IN_A_FOREIGN_ZONE: Sign = Sign::of_resolver(
    "an alias in a zone of its own",
    "it makes the name an alias without an address, and its zone around the name is not AWS's",
    "it does not make the name an alias in a zone that is not AWS's",
    |_, subject| Some(is_aliased_in_a_foreign_zone(subject)),
);

/// The negative answer was in a cache before this run.
pub(in crate::rules) static DENIAL_IS_CACHED: Sign = Sign::of_resolver(
    "the age of the negative answer",
    "its negative answer is older than the random sibling's, and so was in a cache",
    "its negative answer is as fresh as the random sibling's, which is new",
    |_, subject| match view::age(subject) {
        Age::Fresh => Some(false),
        Age::Cached => Some(true),
        Age::Unknown => None,
    },
);

/// SERVFAIL.
pub(in crate::rules) static SERVFAIL: Sign = Sign::of_resolver(
    "SERVFAIL",
    "it returns SERVFAIL",
    "it does not return SERVFAIL",
    |_, subject| Some(subject.a_kind() == Some(AnswerKind::ServFail)),
);

/// SERVFAIL, or nothing.
pub(in crate::rules) static FAILS_OR_IS_SILENT: Sign = Sign::of_resolver(
    "SERVFAIL or silence",
    "it returns SERVFAIL, or nothing, for the name",
    "it returns neither SERVFAIL nor nothing",
    |_, subject| {
        Some(matches!(
            subject.verdict(),
            Verdict::ServFail | Verdict::Timeout | Verdict::Unreachable
        ))
    },
)
.otherwise(came_to);

/// What the question came to, where that is neither SERVFAIL nor silence.
fn came_to(subject: &Subject<'_>) -> Option<Cow<'static, str>> {
    let rcode = || subject.a().and_then(|lookup| lookup.rcode);
    Some(Cow::Borrowed(match subject.verdict() {
        Verdict::Match | Verdict::Plausible | Verdict::Partial | Verdict::Mismatch | Verdict::Answer => {
            "it returns addresses"
        }
        Verdict::NxDomain => "it returns NXDOMAIN",
        Verdict::NoData => "it returns NODATA",
        Verdict::Referral => "it returns a referral",
        Verdict::Refused => "it returns REFUSED",
        Verdict::OtherRcode => match rcode() {
            Some(rcode) => return Some(Cow::Owned(format!("it returns {rcode}"))),
            None => "it returns another RCODE than SERVFAIL",
        },
        Verdict::Malformed => "its reply cannot be parsed, or belongs to another question",
        Verdict::Truncated => "its reply is truncated, and TCP does not bring the rest",
        Verdict::Unstable => "it gives different answers to the same question",
        Verdict::Certificate => "its certificate does not verify, so no question was sent",
        Verdict::Handshake => "the TLS handshake with it fails, so no question was sent",
        Verdict::Alpn => "it does not speak HTTP/2, so no question was sent",
        Verdict::HttpError => "it sends no DNS message inside HTTP",
        Verdict::NotWaitedFor => "it was not waited for, and no failure was seen",
        Verdict::NotAsked => "it was not asked for A, and no failure was seen",
        Verdict::ServFail | Verdict::Timeout | Verdict::Unreachable | Verdict::Failed => return None,
    }))
}

/// SERVFAIL or silence for AAAA.
pub(in crate::rules) static AAAA_FAILS: Sign = Sign::of_resolver(
    "the AAAA answer",
    "its AAAA question fails",
    "its AAAA question does not fail",
    |_, subject| subject.aaaa().map(|lookup| lookup.kind.is_failure()),
);

/// REFUSED.
pub(in crate::rules) static REFUSED: Sign = Sign::of_resolver(
    "REFUSED",
    "it returns REFUSED",
    "it does not return REFUSED",
    |_, subject| Some(subject.a_kind() == Some(AnswerKind::Refused)),
);

/// SERVFAIL, which is shown to be DNSSEC validation's.
pub(in crate::rules) static VALIDATION_FAILS: Sign = Sign::of_resolver(
    "failed DNSSEC validation",
    "it answers with CD=1, or has the addresses in its SERVFAIL, or an extended error names DNSSEC: validation fails",
    "nothing shows that its DNSSEC validation fails",
    |_, subject| Some(validation::is_shown(subject)),
);

/// It is of a VPC whose Resolver validates DNSSEC, and the name is not one that a rule forwards: what is forwarded is
/// not validated (Amazon Route 53 Developer Guide, "Enabling DNSSEC validation in Amazon Route 53").
pub(in crate::rules) static ITS_VPC_VALIDATES: Sign = Sign::of_resolver(
    "DNSSEC validation in its VPC",
    "it is a VPC's Resolver, DNSSEC validation is on in that VPC, and no rule forwards the name",
    "it is no VPC's Resolver that is known to validate the name",
    |case, subject| {
        let vpcs = route53::resolving_vpcs(case);
        let is_its = |vpc: &&ResolvingVpc<'_, '_>| vpc.subjects.iter().any(|one| one.name() == subject.name());
        let mut its = vpcs.iter().filter(is_its);
        Some(its.any(|vpc| case.validates(vpc.id) == Some(true) && route53::in_effect(case, vpc).is_none()))
    },
)
.looking_at(decided::FACTS_AND_VALIDATION);

/// With CD=1 the question is answered.
pub(in crate::rules) static ANSWERS_UNCHECKED: Sign = Sign::of_resolver(
    "the question with CD=1",
    "it answers with CD=1",
    "it does not answer with CD=1, either",
    |_, subject| Some(validation::unchecked(subject).is_some()),
);

/// An extended error says that validation failed.
pub(in crate::rules) static MARKED_AS_DNSSEC: Sign = Sign::of_resolver(
    "an extended error of DNSSEC",
    "an extended error of it names DNSSEC",
    "no extended error of it names DNSSEC",
    |_, subject| {
        let is_marked = |lookup: &Lookup| lookup.has_ede(ExtendedError::is_dnssec_failure);
        Some(subject.a().is_some_and(is_marked))
    },
);

/// SERVFAIL with the addresses in it.
pub(in crate::rules) static REJECTS_WHAT_IT_HOLDS: Sign = Sign::of_resolver(
    "addresses in a SERVFAIL",
    "it has the addresses in its SERVFAIL",
    "it has no addresses in a SERVFAIL",
    |_, subject| Some(subject.a().is_some_and(validation::rejects_what_it_holds)),
);

/// An extended error says that a filter answered.
pub(in crate::rules) static MARKED_AS_POLICY: Sign = Sign::of_resolver(
    "an extended error of a filter",
    "an extended error of it names a filter",
    "no extended error of it names a filter",
    |_, subject| {
        let is_marked = |lookup: &Lookup| lookup.has_ede(ExtendedError::is_policy);
        Some(subject.a().is_some_and(is_marked))
    },
);

/// NODATA without SOA where private addresses exist: what a filter of private addresses leaves.
pub(in crate::rules) static LOOKS_REBINDING_FILTERED: Sign = Sign::of_resolver(
    "the answer of a filter of private addresses",
    "its answer is NODATA without SOA, where private addresses exist and AWS's zone returns NXDOMAIN for a random sibling: a filter of private \
     addresses answers so",
    "its answer does not look like that of a filter of private addresses",
    |case, subject| {
        subject.sibling().map(|_| {
            subject.sibling_is_ordinary()
                && subject.a_kind() == Some(AnswerKind::NoData)
                && matches!(DenialAuthority::of(subject), Some(DenialAuthority::Bare))
                && case.private_addresses_elsewhere(subject)
        })
    },
)
.looking_at(&[Need::VpcView, Need::PublicControl]);

/// What is left of the answer is what a filter of private addresses leaves.
pub(in crate::rules) static FILTERS_PRIVATE_ADDRESSES: Sign = Sign::of_resolver(
    "a filter of private addresses",
    "it removes private addresses from answers",
    "its answer is not what a filter of private addresses leaves",
    |case, subject| Some(rebinding::shape(case, subject).is_some()),
)
.looking_at(&[Need::VpcView, Need::PublicControl]);

/// A block that names no policy, on the VPC's side.
pub(in crate::rules) static BLOCKS_IN_THE_VPC: Sign = Sign::of_resolver(
    "a block in the VPC",
    "it answers this name without the SOA of an AWS zone, and resolves other names",
    "it does not answer as a block in the VPC would",
    |case, subject| Some(policy::is_of_the_vpc(case, subject)),
)
.looking_at(decided::FACTS_AND_VIEWS);

/// The alias is that of a rule of DNS Firewall which was read, wherever it leads.
pub(in crate::rules) static HAS_THE_ALIAS_OF_A_RULE: Sign = Sign::of_resolver(
    "the alias of a rule of DNS Firewall",
    "it makes the name an alias of the domain that a rule of DNS Firewall in its VPC gives",
    "it does not make the name an alias of a domain that a rule of DNS Firewall in its VPC gives",
    |case, subject| Some(decided::has_the_alias_of_a_rule(case, subject)),
)
.looking_at(decided::FACTS);

/// A rule of DNS Firewall that was read blocks the name, for sure, in the VPC that the resolver answers for.
pub(in crate::rules) static FIREWALL_BLOCKS: Sign = Sign::of_resolver(
    "a rule of DNS Firewall",
    "a rule of DNS Firewall blocks the name in its VPC",
    "no rule of DNS Firewall that was read blocks the name in its VPC",
    decided::firewall_blocks,
)
.looking_at(decided::FACTS);

/// What decides in the VPC that the resolver answers for would give another answer.
pub(in crate::rules) static CONFIGURATION_SAYS_OTHERWISE: Sign = Sign::of_resolver_if_known(
    "what AWS's configuration says of its answer",
    "its answer does not match AWS's configuration, as that was read",
    "its answer is not known to differ from AWS's configuration",
    otherwise::disagrees,
)
.looking_at(decided::FACTS_OF_AN_ANSWER);

/// What decides in the VPC that the resolver answers for is certain, and no Resolver rule.
pub(in crate::rules) static NOTHING_FORWARDS_IN_ITS_VPC: Sign = Sign::of_resolver_if_known(
    "whether a Resolver rule forwards the name in its VPC",
    "no Resolver rule forwards the name in its VPC, by AWS's configuration",
    "it is not known that no Resolver rule forwards the name in its VPC",
    otherwise::nothing_forwards,
)
.looking_at(decided::FACTS);

fn is_denied(subject: &Subject<'_>) -> Option<bool> {
    subject.a().map(|lookup| lookup.kind.is_negative())
}

pub(super) fn is_denied_by(subject: &Subject<'_>, wanted: SoaOrigin) -> Option<bool> {
    let origin = view::denied_by(subject).map(|(_, origin)| origin);
    is_denied(subject).map(|denied| denied && origin == Some(wanted))
}

fn soa(subject: &Subject<'_>) -> Option<String> {
    subject.soa().map(phrase::soa)
}
