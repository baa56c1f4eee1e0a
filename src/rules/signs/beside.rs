//! Signs of one resolver: what is known beside its answer: of others, of what is expected, and of where it is.

use super::Sign;
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::facts::Chooser;
use crate::observation::Transport;
use crate::resolvers::Role;
use crate::rules::Need;
use crate::rules::shared::{age, transport};
use crate::target::Scope;

/// There are private addresses that a filter could take out.
pub(in crate::rules) static PRIVATE_ADDRESSES_KNOWN: Sign = Sign::of_resolver(
    "private addresses from elsewhere",
    "private addresses of the endpoint are known from others than it",
    "no private address of the endpoint is known from others than it",
    |case, subject| Some(case.private_addresses_elsewhere(subject)),
)
.looking_at(&[Need::VpcView, Need::PublicControl]);

/// Private addresses, or the private view, are what it should give.
pub(in crate::rules) static PRIVATE_IS_EXPECTED: Sign = Sign::of_resolver(
    "what is expected of it",
    "private addresses are expected of it",
    "private addresses are not expected of it in particular",
    |case, subject| Some(case.private_expected_at(subject)),
);

/// Public addresses are what it should give.
pub(in crate::rules) static PUBLIC_IS_EXPECTED: Sign = Sign::of_resolver(
    "what is expected of it",
    "public addresses are expected of it",
    "public addresses are not expected of it",
    |_, subject| Some(subject.comparison.expected.scope == Scope::Public),
);

/// Another resolver of the VPC has the name, from the private hosted zone of this negative answer.
pub(in crate::rules) static SAME_ZONE_HAS_THE_NAME: Sign = Sign::of_resolver(
    "the name in the same private hosted zone",
    "another resolver than it has the name from the same private hosted zone",
    "no other resolver than it is known to have the name from the same private hosted zone",
    |case, subject| {
        let zone = subject.soa().map(|soa| &soa.owner)?;
        let mut others = case
            .vpc_view()
            .into_iter()
            .filter(|other| other.name() != subject.name());
        Some(others.any(|other| age::private_zone(other) == Some(zone)))
    },
)
.looking_at(&[Need::VpcView]);

/// Another resolver gives public and private addresses in one answer.
pub(in crate::rules) static OTHERS_MIX_ADDRESSES: Sign = Sign::of_resolver(
    "private addresses beside public ones",
    "another resolver than it gives private addresses beside public ones",
    "no other resolver than it gives private addresses beside public ones",
    |case, subject| {
        Some(case.subjects().any(|other| {
            other.name() != subject.name() && other.has_class(AddressClass::Public) && other.has_private_addresses()
        }))
    },
);

/// It is `.2`, or an inbound endpoint.
pub(in crate::rules) static ON_THE_VPCS_SIDE: Sign = Sign::of_resolver(
    "where it is",
    "it is a VPC's resolver or an inbound endpoint, and not known to be of another VPC than the cluster's",
    "it is no resolver of a VPC, or it is known to be of another VPC than the cluster's",
    |_, subject| Some(subject.is_vpc_side()),
);

/// It is an inbound endpoint.
pub(in crate::rules) static INBOUND_ENDPOINT: Sign = Sign::of_resolver(
    "its role",
    "it is an inbound endpoint",
    "it is not an inbound endpoint",
    |_, subject| Some(subject.has_role(Role::Inbound)),
);

/// It is known to be in another VPC than the cluster's.
pub(in crate::rules) static IN_ANOTHER_VPC: Sign = Sign::of_resolver_if_known(
    "its VPC",
    "it is in another VPC than the cluster",
    "it is not known to be in another VPC than the cluster",
    |_, subject| Some(subject.probed.resolver.is_elsewhere),
);

/// It listens on loopback.
pub(in crate::rules) static ON_THIS_HOST: Sign = Sign::of_resolver(
    "where it runs",
    "it runs on this host",
    "it does not run on this host",
    |_, subject| Some(subject.ip().is_some_and(|ip| ip.is_loopback())),
);

/// The questions go over TCP from the first on (`options use-vc` of resolv.conf).
pub(in crate::rules) static ASKED_OVER_TCP_ALONE: Sign = Sign::of_resolver(
    "the transport",
    "it is asked over TCP alone",
    "it is not asked over TCP alone",
    |_, subject| Some(subject.probed.resolver.transport == Some(Transport::Tcp)),
);

/// A DNS service on this host that does not run.
pub(in crate::rules) static SERVICE_OF_THIS_HOST_IS_DOWN: Sign = Sign::of_resolver_if_known(
    "a DNS service on this host",
    "it is this host itself, and the DNS service there does not run",
    "it is not known to be a DNS service of this host that is down",
    |case, subject| Some(transport::is_down_on_this_host(case, subject)),
)
.looking_at(&[Need::Stub]);

/// Windows' own lookup, where Windows has no name server for the name.
pub(in crate::rules) static SYSTEM_HAS_NOBODY_TO_ASK: Sign = Sign::of_resolver_if_known(
    "a name server of Windows for the name",
    "it is the lookup of Windows, which has no name server for the name",
    "it is not known to be without a name server for the name",
    |case, subject| {
        let is_without = subject.probed.system.is_some()
            && case.split_dns().is_some_and(|split| {
                let asked = split.asked_for(&case.target.hostname);
                asked.chooser == Chooser::Windows && asked.servers.is_empty() && split.problems.is_empty()
            });
        Some(is_without)
    },
)
.looking_at(&[Need::Upstreams]);

/// The network says that nothing is there.
pub(in crate::rules) static PORT_REFUSED: Sign = Sign::of_resolver(
    "a refused connection",
    "its port is refused, or it cannot be reached",
    "its port is not refused",
    |_, subject| Some(subject.verdict() == Verdict::Unreachable),
);
