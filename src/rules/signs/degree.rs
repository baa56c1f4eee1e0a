//! Signs that no rule requires: with them, a rule is more or less sure of what it found.

use super::{ITS_POLICY_LOOKS_THE_SAME, Sign, any_inbound};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::observation::Purpose;
use crate::resolvers::Role;
use crate::rules::shared::policy::PolicySign;
use crate::rules::shared::rebinding::FilteredAnswer;
use crate::rules::shared::silence::Silence;
use crate::rules::shared::{age, beyond, blemish, forward, inbound, policy, rebinding, recursion, refusal, transport};
use crate::rules::{Case, Need, Subject, certain, decided, step, view};
use crate::target::{Scope, View};

/// The order in which these signs are read.
pub(in crate::rules) static OF_DEGREE: &[&Sign] = &[
    &ANSWERS_FOR_A_PART_OF_THE_RUN,
    &A_MAY_BE_LOST,
    &AAAA_MAY_BE_LOST,
    &HANDSHAKE_FAILS,
    &ANSWERS_OVER_TCP_WITHOUT_THE_REST,
    &THE_NETWORK_TURNS_QUESTIONS_AWAY,
    &THIS_HOST_FORBIDS_QUESTIONS,
    &ACCEPTS_TCP_AND_ANSWERS_NOTHING,
    &ONLY_THE_REST_IS_BROKEN,
    &MARKED_AS_UPSTREAM_SILENT,
    &THE_SERVERS_IT_ASKS_ARE_SILENT,
    &IS_ANSWERED_LATE,
    &A_IS_OF_ANOTHER_ZONE_THAN_AAAA,
    &HAS_A_POLICY_ZONE_BESIDE_IT,
    &FAILS_AT_ONCE_AS_BIND,
    &REFUSAL_NAMES_THE_CLIENT,
    &HAS_NOBODY_TO_ASK,
    &NAMES_ITS_POLICY,
    &ITS_POLICY_LOOKS_THE_SAME,
    &MARKED_AS_REBINDING,
    &LEFT_WITHOUT_MARK_OR_SOA,
    &FAILS_AS_ITS_FILTER_DOES_NOT,
    &ALL_NAMES_OF_AWS_ARE_DENIED,
    &MAY_BE_FORWARDED_IN_VAIN,
    &RIGHT_BUT_FOR_THE_VIEW,
    &TAKES_IT_FROM_THE_PUBLIC_ZONE,
    &PUBLIC_HAS_THE_SAME_ADDRESSES,
    &ITS_NETWORKS_ARE_KNOWN,
    &ANOTHER_RESOLVER_IS_RIGHT,
    &AN_INBOUND_ENDPOINT_IN_SCOPE_IS_SILENT,
    &SECURITY_GROUPS_LET_NOBODY_IN,
    &FIREWALL_MAY_BLOCK,
    &A_RULE_SURELY_FORWARDS_IT,
    &A_ZONE_SURELY_HAS_IT,
];

// The exchange.

/// A got nothing, and other targets of the run were answered for.
pub(in crate::rules) static A_MAY_BE_LOST: Sign = Sign::of_resolver(
    "answers for other targets",
    "it answers for other targets of this run, and its A question gets nothing for this one",
    "its A question does not get nothing for this target alone",
    |_, subject| {
        let is_silent = subject.a_kind().is_some_and(AnswerKind::is_silence);
        Some(is_silent && subject.for_others().answered > 0)
    },
);

/// It answered nothing at the time of this target, and answered other targets of the run.
pub(in crate::rules) static ANSWERS_FOR_A_PART_OF_THE_RUN: Sign = Sign::of_resolver(
    "answers at another time of the run",
    "it answered other targets of this run, and did not answer as it should at the time of this one",
    "it does not answer for a part of the run alone",
    |_, subject| Some(subject.answers_for_a_part_of_the_run()),
);

/// AAAA got nothing, and AAAA was answered for other targets of the run.
pub(in crate::rules) static AAAA_MAY_BE_LOST: Sign = Sign::of_resolver(
    "AAAA answers for other targets",
    "it answers AAAA for other targets of this run, and gives nothing for this one",
    "its AAAA question does not get nothing for this target alone",
    |_, subject| {
        let is_silent = subject.aaaa().is_some_and(|lookup| lookup.kind.is_silence());
        Some(is_silent && subject.for_others().aaaa > 0)
    },
);

/// The TLS handshake fails.
pub(in crate::rules) static HANDSHAKE_FAILS: Sign = Sign::of_resolver(
    "the TLS handshake",
    "the TLS handshake with it fails",
    "no TLS handshake with it fails",
    |_, subject| Some(subject.verdict() == Verdict::Handshake),
);

/// After a truncated reply, TCP brings a message, and not the answer.
pub(in crate::rules) static ANSWERS_OVER_TCP_WITHOUT_THE_REST: Sign = Sign::of_resolver(
    "a reply over TCP after the truncated one",
    "it replies over TCP after the truncated reply, and does not give the answer there",
    "it does not reply over TCP after the truncated reply",
    |_, subject| Some(transport::over_tcp(subject).is_some_and(step::was_heard)),
);

/// Every question comes back as not delivered.
pub(in crate::rules) static THE_NETWORK_TURNS_QUESTIONS_AWAY: Sign = Sign::of_resolver(
    "questions that were not delivered",
    "this host or the network says of every question that it was not delivered",
    "not every question to it is said to be undelivered",
    |_, subject| {
        let silence = Silence::of(subject);
        let is_turned_away = matches!(
            silence,
            Silence::Refused | Silence::Forbidden | Silence::NoWay | Silence::TurnedAway
        );
        Some(!subject.heard_anything() && is_turned_away)
    },
);

/// This host does not let the questions out.
pub(in crate::rules) static THIS_HOST_FORBIDS_QUESTIONS: Sign = Sign::of_resolver_if_known(
    "whether this host lets questions out",
    "this host does not let questions to it out",
    "this host is not known to keep questions to it back",
    |_, subject| Some(!subject.heard_anything() && Silence::of(subject) == Silence::Forbidden),
);

/// TCP connections are made, and no question is answered.
pub(in crate::rules) static ACCEPTS_TCP_AND_ANSWERS_NOTHING: Sign = Sign::of_resolver(
    "TCP connections without a reply",
    "it accepts TCP connections, and replies to nothing",
    "it does not accept TCP connections without replying",
    |_, subject| Some(!subject.heard_anything() && Silence::of(subject) == Silence::Accepts),
);

/// The answer section is whole, and clients that ask for addresses do not read the defect.
pub(in crate::rules) static ONLY_THE_REST_IS_BROKEN: Sign = Sign::of_resolver(
    "what a defect stops",
    "the defect of its reply is not in what clients read for addresses",
    "its reply has no defect outside of what clients read for addresses",
    |_, subject| {
        let harmless = blemish::blemish(subject).is_some_and(|blemish| !blemish.stops_go);
        Some(subject.verdict().is_fine() && harmless)
    },
);

// The answer.

/// An extended error says that the servers upstream do not answer.
pub(in crate::rules) static MARKED_AS_UPSTREAM_SILENT: Sign = Sign::of_resolver(
    "an extended error about the servers upstream",
    "an extended error says that the servers it forwards to do not answer",
    "no extended error says that the servers it forwards to do not answer",
    |_, subject| {
        let mut lookups = [subject.a(), subject.sibling()].into_iter().flatten();
        Some(lookups.any(|lookup| lookup.has_ede(ExtendedError::is_upstream_unreachable)))
    },
);

/// systemd-resolved's servers for the name are silent from here.
pub(in crate::rules) static THE_SERVERS_IT_ASKS_ARE_SILENT: Sign = Sign::of_resolver_if_known(
    "the servers that it asks for the name",
    "it is systemd-resolved's stub, and no server that it asks for the name answers from here",
    "it is not known to ask servers for the name that do not answer from here",
    |case, subject| Some(beyond::ends_at_silent_servers(case, subject)),
)
.looking_at(&[Need::Upstreams]);

/// This host's own lookup got the addresses late from it.
pub(in crate::rules) static IS_ANSWERED_LATE: Sign = Sign::of_resolver_if_known(
    "whether what it is asked is answered late",
    "this host's own lookup had the right addresses from it, and late",
    "this host's own lookup is not known to have had the right addresses from it",
    |case, subject| Some(beyond::heard_late_ms(case, subject).is_some()),
)
.looking_at(&[Need::SystemView, Need::HostsLine]);

/// A is public, and AAAA is denied by the private hosted zone.
pub(in crate::rules) static A_IS_OF_ANOTHER_ZONE_THAN_AAAA: Sign = Sign::of_resolver(
    "the zone of its AAAA answer",
    "its AAAA answer is from the private hosted zone, and its A answer is not",
    "its A and AAAA answers are not from two zones",
    |case, subject| Some(age::is_from_two_zones(case, subject) && !subject.has_private_addresses()),
);

/// The SOA of somebody else's zone stands beside its addresses.
pub(in crate::rules) static HAS_A_POLICY_ZONE_BESIDE_IT: Sign = Sign::of_resolver(
    "a policy zone beside its addresses",
    "its reply has the SOA of somebody else's zone in ADDITIONAL, beside its addresses",
    "its reply has no SOA of somebody else's zone beside its addresses",
    |_, subject| Some(step::policy_zone_beside(subject).is_some()),
);

/// SERVFAIL from BIND, sooner than a server that is silent is given up.
pub(in crate::rules) static FAILS_AT_ONCE_AS_BIND: Sign = Sign::of_resolver_if_known(
    "how long it waits before it fails",
    "it is BIND and fails at once, which is sooner than it gives up a silent server",
    "it is not known to fail sooner than it gives up a silent server",
    |_, subject| Some(beyond::fails_at_once_as_bind(subject)),
);

/// The refusal is for who asks.
pub(in crate::rules) static REFUSAL_NAMES_THE_CLIENT: Sign = Sign::of_resolver(
    "whom the refusal is for",
    "its refusal is for the client: EDE 18, only a header as Unbound's access-control sends it, or inside TLS",
    "its refusal does not say whom it is for",
    |_, subject| Some(refusal::names_the_client(subject)),
);

/// An extended error says that there is no server to ask for the name.
pub(in crate::rules) static HAS_NOBODY_TO_ASK: Sign = Sign::of_resolver(
    "a server to ask for the name",
    "it refuses the name with EDE 14, as dnsmasq does where it has no server to ask",
    "nothing says that it has no server to ask",
    |_, subject| Some(refusal::has_nobody_to_ask(subject)),
);

/// A SOA or an extended error of the policy itself, and nothing else that fits.
pub(in crate::rules) static NAMES_ITS_POLICY: Sign = Sign::of_resolver(
    "the mark of a policy",
    "its reply has the SOA or the extended error of a policy, and no other cause of that fits",
    "its reply has no mark of a policy that leaves no other cause",
    |case, subject| {
        let is_named = match policy::shape(case, subject) {
            // A record for this cluster that somebody wrote, and that is old, has private addresses too.
            Some(PolicySign::Addresses) => {
                !subject.has_class(AddressClass::Private)
                    || !subject.sibling_is_ordinary()
                    || are_its_networks_known(case, subject)
            }
            shape => matches!(
                shape,
                Some(PolicySign::PolicySoa | PolicySign::Marked | PolicySign::NoIpv4)
            ),
        };
        Some(is_named)
    },
)
.looking_at(&[Need::VpcView, Need::PublicControl, Need::Vpc]);

/// dnsmasq's mark on what its filter of private addresses leaves.
pub(in crate::rules) static MARKED_AS_REBINDING: Sign = Sign::of_resolver(
    "the mark of a filter of private addresses",
    "its reply has the extended error that dnsmasq's filter of private addresses sends",
    "its reply does not have the extended error of a filter of private addresses",
    |case, subject| Some(rebinding::shape(case, subject) == Some(rebinding::FilteredAnswer::Marked)),
)
.looking_at(&[Need::VpcView, Need::PublicControl]);

/// NODATA without SOA and without an extended error, as other filters leave it.
pub(in crate::rules) static LEFT_WITHOUT_MARK_OR_SOA: Sign = Sign::of_resolver(
    "an answer without its private addresses",
    "the reply has no record, no SOA and no extended error, as a filter of private addresses leaves it",
    "its reply is not one without records, SOA and extended error",
    |case, subject| Some(rebinding::shape(case, subject) == Some(rebinding::FilteredAnswer::Bare)),
)
.looking_at(&[Need::VpcView, Need::PublicControl]);

/// SERVFAIL or REFUSED from a program whose own filter leaves another answer.
pub(in crate::rules) static FAILS_AS_ITS_FILTER_DOES_NOT: Sign = Sign::of_resolver_if_known(
    "whether its program filters so",
    "it fails in a way that its program has no filter for",
    "it is not known to fail in a way that its program has no filter for",
    |case, subject| {
        let shape = rebinding::shape(case, subject);
        let fails = |shape: &FilteredAnswer| matches!(shape, FilteredAnswer::ServFail | FilteredAnswer::Refused);
        Some(
            shape
                .filter(fails)
                .is_some_and(|shape| rebinding::is_left_behind_it(subject, shape)),
        )
    },
)
.looking_at(&[Need::VpcView, Need::PublicControl]);

/// NXDOMAIN or NODATA for the sibling and for AWS's public names.
pub(in crate::rules) static ALL_NAMES_OF_AWS_ARE_DENIED: Sign = Sign::of_resolver(
    "negative answers for other names of AWS",
    "it returns NXDOMAIN or NODATA for every name of AWS that it was asked for",
    "it fails in another way for some name of AWS",
    |_, subject| {
        let mut of_aws = step::controls(subject).filter(|lookup| lookup.purpose != Purpose::Root);
        Some(of_aws.all(|lookup| lookup.kind.is_negative()))
    },
);

/// It may forward the name already, to an inbound endpoint that does not answer.
pub(in crate::rules) static MAY_BE_FORWARDED_IN_VAIN: Sign = Sign::of_resolver(
    "a forward that may be there already",
    "it gives no negative answer, and an inbound endpoint is silent or a random sibling gets a negative answer: it may forward the name",
    "it gives a negative answer or has no server to ask, or all inbound endpoints answer and a random sibling fails too",
    |case, subject| {
        let is_silent = |other: &Subject<'_>| other.has_role(Role::Inbound) && !other.heard_anything();
        let is_apart = recursion::is_apart_from_its_sibling(subject);
        let may_be_forwarded = !subject.verdict().is_negative() && !refusal::has_nobody_to_ask(subject);
        Some(may_be_forwarded && (is_apart || case.subjects().any(is_silent)))
    },
);

/// The expected addresses, from the public zone.
pub(in crate::rules) static RIGHT_BUT_FOR_THE_VIEW: Sign = Sign::of_resolver(
    "the zone of the right addresses",
    "it gives the expected addresses from the public zone, where the private view is expected",
    "it does not give the expected addresses from the public zone",
    |_, subject| Some(view::right_but_for_the_view(subject)),
);

/// Its view is the public one.
pub(in crate::rules) static TAKES_IT_FROM_THE_PUBLIC_ZONE: Sign = Sign::of_resolver_if_known(
    "the zone that it takes the name from",
    "it takes the name from AWS's public zone",
    "it is not known to take the name from AWS's public zone",
    |_, subject| Some(subject.view() == View::Public),
);

/// A public control gives all of its addresses.
pub(in crate::rules) static PUBLIC_HAS_THE_SAME_ADDRESSES: Sign = Sign::of_resolver_if_known(
    "its addresses in public DNS",
    "public DNS gives all of its addresses",
    "public DNS is not known to give all of its addresses",
    |case, subject| {
        let has_addresses = subject.a_kind() == Some(AnswerKind::Answer);
        let same = view::public_has_the_addresses(case, subject);
        Some(has_addresses && same)
    },
)
.looking_at(&[Need::PublicControl]);

// What is known beside it.

/// Networks bound what is expected of it, or public addresses are.
pub(in crate::rules) static ITS_NETWORKS_ARE_KNOWN: Sign = Sign::of_resolver_if_known(
    "the networks of the expected addresses",
    "the networks of the addresses that it should give are known, or public addresses are expected",
    "the networks of the addresses that it should give are not known",
    |case, subject| Some(are_its_networks_known(case, subject)),
)
.looking_at(&[Need::Vpc]);

fn are_its_networks_known(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let expected = &subject.comparison.expected;
    expected.scope == Scope::Public || case.vpc().is_some() || !expected.cidrs.is_empty()
}

/// A resolver gives what is expected.
pub(in crate::rules) static ANOTHER_RESOLVER_IS_RIGHT: Sign = Sign::of_run(
    "the expected addresses from any resolver",
    "a resolver gives the expected addresses",
    "no resolver gives the expected addresses",
    |case| {
        let is_right = |subject: &Subject<'_>| subject.speaks_dns() && subject.verdict() == Verdict::Match;
        Some(case.subjects().any(is_right))
    },
);

/// An inbound endpoint that decides the conclusion answers nothing.
pub(in crate::rules) static AN_INBOUND_ENDPOINT_IN_SCOPE_IS_SILENT: Sign = Sign::of_run(
    "an inbound endpoint that decides the conclusion",
    "an inbound endpoint that decides the conclusion answers nothing",
    "no inbound endpoint that decides the conclusion is known to answer nothing",
    |case| {
        let silent = forward::silent_inbound(case);
        Some(silent.iter().any(|inbound| inbound.probed.resolver.in_scope))
    },
);

/// Where the security groups of an inbound endpoint keep out this host, they let nobody in.
pub(in crate::rules) static SECURITY_GROUPS_LET_NOBODY_IN: Sign = Sign::of_run_if_known(
    "whom the security groups let in",
    "the security groups that do not let this host in let nobody in at port 53",
    "the security groups let in others than this host, or are not known",
    |case| {
        case.security_groups()?;
        any_inbound(case, |inbound| {
            let shut = inbound::keeps_out(case, inbound.endpoint);
            !shut.is_empty() && !shut.iter().all(|(_, shut)| *shut == inbound::Shut::ToAll)
        })
        .map(|others_are_let_in| !others_are_let_in)
    },
)
.looking_at(&[
    Need::ResolverEndpoints,
    Need::SecurityGroups,
    Need::Cluster,
    Need::Vpc,
    Need::Instance,
]);

/// A rule of DNS Firewall that was read blocks the name there, for sure or not, and the answer is the rule's.
pub(in crate::rules) static FIREWALL_MAY_BLOCK: Sign = Sign::of_resolver(
    "a rule of DNS Firewall that may block the name",
    "a rule of DNS Firewall that was read blocks the name in its VPC, or may do so, and its answer is the rule's",
    "no rule of DNS Firewall that was read is known to block the name in its VPC with its answer",
    |case, subject| Some(decided::firewall_may_block(case, subject)),
)
.looking_at(decided::FACTS);

/// What decides for certain in its VPC is a Resolver rule, and the answer shows it.
pub(in crate::rules) static A_RULE_SURELY_FORWARDS_IT: Sign = Sign::of_resolver_if_known(
    "a Resolver rule that decides for certain",
    "AWS's configuration says for certain that a Resolver rule decides in its VPC, and its answer is that of the rule's \
     targets",
    "its answer is not known to be that of a Resolver rule that decides for certain in its VPC",
    |case, subject| Some(certain::is_forwarded(case, subject)),
)
.looking_at(decided::FACTS_AND_UPDATES);

/// What decides for certain in its VPC is a private hosted zone, and the answer is of that zone.
pub(in crate::rules) static A_ZONE_SURELY_HAS_IT: Sign = Sign::of_resolver_if_known(
    "a private hosted zone that decides for certain",
    "AWS's configuration says for certain that a private hosted zone takes the name in its VPC, and its answer is of that \
     zone",
    "its answer is not known to be of a private hosted zone that takes the name for certain in its VPC",
    |case, subject| Some(certain::is_in_the_zone(case, subject)),
)
.looking_at(decided::FACTS_AND_UPDATES);
