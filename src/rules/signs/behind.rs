//! Signs of a server behind the resolver, which is asked for this one name.

use super::Sign;
use crate::rules::shared::{behind, policy};

/// The NXDOMAIN is from a server that the resolver forwards this name to.
pub(in crate::rules) static DENIED_BEHIND_IT: Sign = Sign::of_resolver_if_known(
    "whose the NXDOMAIN without SOA is",
    "its NXDOMAIN has no SOA and the random sibling's has one: its software leaves that of a server so, to which it \
     forwards this name alone",
    "its negative answer is not known to be that of a server to which it forwards this name alone",
    |_, subject| Some(behind::is_denied(subject)),
);

/// The NXDOMAIN may be from such a server.
pub(in crate::rules) static MAY_BE_DENIED_BEHIND_IT: Sign = Sign::of_resolver(
    "an NXDOMAIN without SOA for this name alone",
    "its NXDOMAIN has no SOA and the random sibling's has one: a server to which it forwards this name alone fits",
    "its answer is not one of a server to which it forwards this name alone",
    |_, subject| Some(behind::may_be_denied(subject)),
);

/// A policy of the resolver's own would answer with the same NXDOMAIN.
pub(in crate::rules) static ITS_POLICY_LOOKS_THE_SAME: Sign = Sign::of_resolver_if_known(
    "how its software answers by a policy",
    "a policy of its software answers with an NXDOMAIN without SOA, too",
    "a policy of its software is not known to answer with an NXDOMAIN without SOA",
    |_, subject| Some(behind::its_policy_looks_the_same(subject)),
);

/// The REFUSED is from a server behind the resolver.
pub(in crate::rules) static REFUSED_BEHIND_IT: Sign = Sign::of_resolver_if_known(
    "whose the REFUSED is",
    "it is dnsmasq, which passes on the REFUSED of the server that it asks for this name",
    "it is not known to pass on the REFUSED of the server that it asks for this name",
    |_, subject| Some(behind::is_refused(subject)),
);

/// The VPC blocks the name with the same answer.
pub(in crate::rules) static MAY_PASS_ON_A_BLOCK: Sign = Sign::of_resolver_if_known(
    "what the VPC's resolvers answer",
    "each resolver of the VPC that was heard blocks the name with the same answer, so it may pass that on",
    "the VPC's resolvers are not known to block the name with its answer",
    |case, subject| Some(policy::may_pass_on_a_block(case, subject)),
);
