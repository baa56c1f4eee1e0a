//! Signs of this host: of its hosts file, its nsswitch.conf, its proxy settings, the name servers that it has, and what
//! the operating system's lookup gives.

use super::Sign;
use crate::facts::{LookupPath, OtherServer};
use crate::resolvers::Role;
use crate::rules::Need;
use crate::rules::shared::{contradiction, disagreement, pinned, scoped, search, split};

/// The order in which signs of this host are read.
pub(in crate::rules) static OF_HOST: &[&Sign] = &[
    &NAME_SERVER_OF_THIS_HOST,
    &IS_THE_SYSTEMS_LOOKUP,
    &SYSTEM_GETS_THE_NAME,
    &SYSTEM_FAILS,
    &A_NAME_SERVER_HERE_HAS_THE_NAME,
    &NAME_SERVERS_DISAGREE,
    &NAME_SERVERS_ARE_DIVIDED,
    &GO_GETS_THE_NAME,
    &GO_ASKS_THE_SYSTEM,
    &SYSTEM_ASKS_RESOLV_CONF,
    &SYSTEM_CONTRADICTS,
    &SYSTEM_MAY_DIFFER_OTHERWISE,
    &SEARCH_DOMAIN_ANSWERS,
    &SEARCH_LIST_COMES_FIRST,
    &HOSTS_FILE_HAS_THE_NAME,
    &PINNED_ADDRESS_IS_UNEXPECTED,
    &PINNED_ADDRESS_IS_NOT_ANSWERED,
    &PINNED_ADDRESS_DIFFERS,
    &SYSTEM_USES_THE_HOSTS_FILE,
    &NSSWITCH_KEEPS_FROM_DNS,
    &A_NAME_SERVER_OUT_OF_USE_HAS_THE_NAME,
    &WHO_HAS_THE_NAME_IS_ASKED,
    &IN_USE_HERE,
    &PROXY_RESOLVES_THE_NAME,
    &KUBECONFIG_NAMES_A_PROXY,
    &KUBECONFIG_NAMES_ANOTHER_SERVER,
    &KUBECONFIG_NAMES_AN_UNKNOWN_ADDRESS,
];

// The name servers of this host, and the operating system's lookup.

/// It is a name server of this host's resolver configuration.
pub(in crate::rules) static NAME_SERVER_OF_THIS_HOST: Sign = Sign::of_resolver(
    "whether this host's configuration names it",
    "it is a name server of this host's resolver configuration",
    "it is not a name server of this host's resolver configuration",
    |_, subject| Some(subject.has_role(Role::Local)),
);

/// It is getaddrinfo, and no name server.
pub(in crate::rules) static IS_THE_SYSTEMS_LOOKUP: Sign = Sign::of_resolver(
    "whether it is the operating system's lookup",
    "it is the operating system's lookup",
    "it is not the operating system's lookup",
    |_, subject| Some(subject.probed.system.is_some()),
);

/// getaddrinfo gives addresses that nothing speaks against.
pub(in crate::rules) static SYSTEM_GETS_THE_NAME: Sign = Sign::of_run_if_known(
    "the operating system's lookup",
    "the operating system's lookup gives addresses, and nothing speaks against them",
    "the operating system's lookup is not known to give the right addresses",
    |case| Some(case.system().is_some_and(|system| system.verdict().is_fine())),
)
.needing(&[Need::SystemView]);

/// getaddrinfo, which is in scope, does not give what it should.
pub(in crate::rules) static SYSTEM_FAILS: Sign = Sign::of_run_if_known(
    "an error of the operating system's lookup",
    "the operating system's lookup does not give the right addresses",
    "the operating system's lookup is not known to fail",
    |case| Some(split::failing_system(case).is_some()),
)
.looking_at(&[Need::SystemView]);

/// A name server of this host gives the right addresses.
pub(in crate::rules) static A_NAME_SERVER_HERE_HAS_THE_NAME: Sign = Sign::of_run(
    "the answers of this host's name servers",
    "a name server of this host gives the right addresses",
    "no name server of this host is known to give the right addresses",
    |case| Some(case.local().any(|subject| subject.verdict().is_fine())),
);

/// Of the name servers that answer, some are right and some are not.
pub(in crate::rules) static NAME_SERVERS_DISAGREE: Sign = Sign::of_run_if_known(
    "whether this host's name servers agree",
    "this host's name servers give different answers, and one of them is right",
    "this host's name servers are not known to give different answers",
    |case| Some(disagreement::disagreement(case).is_some()),
);

/// All name servers give addresses, nothing is expected, and the addresses are of two views, or of two clusters.
pub(in crate::rules) static NAME_SERVERS_ARE_DIVIDED: Sign = Sign::of_run_if_known(
    "whether this host's name servers give addresses of one kind",
    "one name server of this host gives private addresses, and another gives public ones, or other private ones",
    "this host's name servers are not known to give addresses that cannot be of one answer",
    |case| Some(disagreement::divided(case).is_some()),
);

/// Go's walk over the name servers ends with the right addresses.
pub(in crate::rules) static GO_GETS_THE_NAME: Sign = Sign::of_run(
    "what Go's own resolver gets",
    "Go's own resolver gets the right addresses from this host's name servers",
    "Go's own resolver does not get the right addresses from this host's name servers",
    |case| Some(scoped::go_gets_the_name(case)),
);

/// kubectl here leaves the lookup to the operating system.
pub(in crate::rules) static GO_ASKS_THE_SYSTEM: Sign = Sign::of_run_if_known(
    "whom kubectl asks on this system",
    "kubectl leaves lookups to the operating system here (macOS, Windows)",
    "kubectl is not known to leave lookups to the operating system here",
    |case| Some(case.go_asks_the_system()),
);

/// getaddrinfo asks the name servers of resolv.conf, and no others.
pub(in crate::rules) static SYSTEM_ASKS_RESOLV_CONF: Sign = Sign::of_run_if_known(
    "the hosts line of nsswitch.conf",
    "the operating system's lookup asks the name servers of resolv.conf, as Go's own resolver does",
    "the operating system's lookup is not known to ask the name servers of resolv.conf alone",
    |case| Some(contradiction::asks_resolv_conf(case)),
)
.looking_at(&[Need::HostsLine]);

/// getaddrinfo asks this name server alone, and gets another answer.
pub(in crate::rules) static SYSTEM_CONTRADICTS: Sign = Sign::of_resolver_if_known(
    "what the operating system gets from it",
    "the operating system's lookup asks it alone, and gets another answer",
    "it is not known to give the operating system's lookup another answer",
    |case, subject| Some(contradiction::by_the_system(case, subject).is_some()),
)
.looking_at(&[Need::SystemView, Need::HostsLine, Need::Hosts]);

/// Something other than another resolver lets getaddrinfo succeed.
pub(in crate::rules) static SYSTEM_MAY_DIFFER_OTHERWISE: Sign = Sign::of_run(
    "other reasons why the operating system gets the name",
    "a search suffix, EDNS or a longer wait may be why the operating system's lookup gets the name",
    "neither a search suffix, nor EDNS, nor a longer wait explains why the operating system's lookup gets the name",
    |case| Some(scoped::differs_otherwise(case)),
)
.looking_at(&[Need::SystemView]);

/// The name with a suffix of the search list behind it has addresses that are not the endpoint's.
pub(in crate::rules) static SEARCH_DOMAIN_ANSWERS: Sign = Sign::of_resolver_if_known(
    "the name with a search suffix",
    "the name with a search suffix behind it has addresses, which are not the endpoint's",
    "the name with a search suffix behind it is not known to have other addresses",
    |case, subject| Some(!search::wildcards(case, subject).is_empty()),
);

/// This host's clients look the name up below the search list before they look it up itself.
pub(in crate::rules) static SEARCH_LIST_COMES_FIRST: Sign = Sign::of_run_if_known(
    "options ndots of this host",
    "the name has fewer dots than options ndots of resolv.conf, so the search list is walked first",
    "the search list is not known to be walked before the name itself is asked for",
    |case| Some(search::comes_first(case)),
)
.looking_at(&[Need::Stub]);

// The hosts file.

/// The hosts file has an entry for the name.
pub(in crate::rules) static HOSTS_FILE_HAS_THE_NAME: Sign = Sign::of_run(
    "an entry of the hosts file",
    "the hosts file has an entry for the name",
    "the hosts file has no entry for the name",
    |case| case.hosts().map(|entries| !entries.is_empty()),
)
.needing(&[Need::Hosts]);

/// What is expected here excludes an address of the hosts file.
pub(in crate::rules) static PINNED_ADDRESS_IS_UNEXPECTED: Sign = Sign::of_run_if_known(
    "the address in the hosts file",
    "the address in the hosts file is not an expected one",
    "the address in the hosts file is not known to be unexpected",
    |case| Some(pinned::worst(case) == Some(pinned::Judgement::Contradicts)),
)
.looking_at(OF_A_PINNED_ADDRESS);

/// The resolvers that give the right addresses do not give that of the hosts file.
pub(in crate::rules) static PINNED_ADDRESS_IS_NOT_ANSWERED: Sign = Sign::of_run_if_known(
    "the address in the hosts file among the right ones",
    "no right answer has the address in the hosts file",
    "the address in the hosts file is not known to be absent from right answers",
    |case| Some(pinned::worst(case) == Some(pinned::Judgement::NotAnswered)),
)
.looking_at(OF_A_PINNED_ADDRESS);

/// The resolvers give other addresses than the hosts file, and which are right is not known.
pub(in crate::rules) static PINNED_ADDRESS_DIFFERS: Sign = Sign::of_run_if_known(
    "the address in the hosts file among the answers",
    "DNS gives other addresses than the hosts file, and which are right is not known",
    "DNS is not known to give other addresses than the hosts file",
    |case| Some(pinned::worst(case) == Some(pinned::Judgement::Differs)),
)
.looking_at(OF_A_PINNED_ADDRESS);

/// getaddrinfo gives the address of the hosts file, or was not asked.
pub(in crate::rules) static SYSTEM_USES_THE_HOSTS_FILE: Sign = Sign::of_run(
    "whether the operating system's lookup uses the hosts file",
    "nothing shows that the operating system's lookup passes over the hosts file",
    "the operating system's lookup does not give the address in the hosts file",
    |case| Some(pinned::takes_effect(case)),
)
.looking_at(&[Need::Hosts, Need::SystemView]);

const OF_A_PINNED_ADDRESS: &[Need] = &[Need::Hosts, Need::SystemView, Need::VpcView];

// nsswitch.conf.

/// The `hosts:` line does not lead to DNS.
pub(in crate::rules) static NSSWITCH_KEEPS_FROM_DNS: Sign = Sign::of_run_if_known(
    "the hosts line of nsswitch.conf",
    "the hosts line of nsswitch.conf does not lead to DNS",
    "the hosts line of nsswitch.conf is not known to keep lookups from DNS",
    |case| Some(case.hosts_line().is_some_and(|line| line.path() == LookupPath::Never)),
)
.needing(&[Need::HostsLine])
.stating(|case| {
    let line = case
        .hosts_line()
        .map(|line| format!("nsswitch.conf has hosts: {}", line.text));
    line.into_iter().collect()
});

// Split DNS.

/// Of the name servers that the operating system has, one has the name, and this host does not surely ask it.
pub(in crate::rules) static A_NAME_SERVER_OUT_OF_USE_HAS_THE_NAME: Sign = Sign::of_run(
    "the other name servers that this host has",
    "one of the name servers that this host has gives the right addresses, and this host asks another one",
    "no name server that this host has and does not ask is known to give the right addresses",
    |case| Some(split::split(case).is_some()),
)
.needing(&[Need::Upstreams])
.looking_at(&[Need::SystemView]);

/// The name server that has the name is among those that are asked.
pub(in crate::rules) static WHO_HAS_THE_NAME_IS_ASKED: Sign = Sign::of_run(
    "whether the name server that has the name is asked",
    "the name server that has the name may be asked too, and another one preferred",
    "the name server that has the name is not asked",
    |case| Some(split::split(case).is_some_and(|split| split.is_race)),
)
.looking_at(&[Need::Upstreams, Need::SystemView]);

/// This host asks it for the name.
pub(in crate::rules) static IN_USE_HERE: Sign = Sign::of_resolver_if_known(
    "whether this host asks it",
    "this host asks it for the name, and has another name server for the name",
    "this host is not known to ask it in the place of another name server",
    |case, subject| {
        let split = split::split(case);
        let is_it = |other: &&crate::rules::Subject<'_>| other.name() == subject.name();
        Some(split.is_some_and(|split| split.failing.iter().any(is_it)))
    },
)
.looking_at(&[Need::Upstreams, Need::SystemView]);

// What resolves the name in the place of this host.

/// The environment names a proxy for the endpoint.
pub(in crate::rules) static PROXY_RESOLVES_THE_NAME: Sign = Sign::of_run_if_known(
    "the proxy of the environment",
    "HTTPS_PROXY names a proxy, and NO_PROXY does not take the endpoint out",
    "the environment is not known to name a proxy for the endpoint",
    |case| Some(case.proxy().is_some_and(crate::facts::Proxy::resolves_the_target)),
)
.needing(&[Need::Proxy]);

/// The kubeconfig names a proxy for the cluster.
pub(in crate::rules) static KUBECONFIG_NAMES_A_PROXY: Sign = Sign::of_run_if_known(
    "the proxy of the kubeconfig",
    "the kubeconfig has a proxy-url for the cluster",
    "the kubeconfig is not known to have a proxy-url for the cluster",
    |case| {
        Some(
            case.kubeconfig()
                .is_some_and(|kubeconfig| kubeconfig.proxy_url.is_some()),
        )
    },
)
.looking_at(&[Need::Kubeconfig]);

/// The kubeconfig's server is not the endpoint.
pub(in crate::rules) static KUBECONFIG_NAMES_ANOTHER_SERVER: Sign = Sign::of_run_if_known(
    "the server of the kubeconfig",
    "the kubeconfig's server is the near end of a tunnel, or another address or name than the endpoint's",
    "the kubeconfig's server is not known to be another than the endpoint",
    |case| Some(case.connects_elsewhere().is_some()),
)
.looking_at(&[Need::Kubeconfig]);

/// The kubeconfig's server is an address that is not known to be the cluster's.
pub(in crate::rules) static KUBECONFIG_NAMES_AN_UNKNOWN_ADDRESS: Sign = Sign::of_run_if_known(
    "the address in the kubeconfig",
    "the kubeconfig's server is an address that is not known to be the cluster's",
    "the kubeconfig's server is not known to be an address that is somebody else's",
    |case| {
        Some(match case.connects_elsewhere() {
            Some(OtherServer::Address(address)) => !case.may_be_the_clusters(address),
            _ => false,
        })
    },
)
.looking_at(&[Need::Kubeconfig]);
