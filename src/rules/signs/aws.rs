//! Signs of what AWS says: of the cluster, its VPC, and Route 53 Resolver; and of a resolver beside that.

use super::Sign;
use crate::address::AddressClass;
use crate::dns::AnswerKind;
use crate::endpoint::{EndpointName, NotEndpoint};
use crate::facts::{Cluster, ClusterState, ClusterUpdate, DhcpOptions, FailedRead, Kubeconfig, VantageKind, arn};
use crate::resolvers::Role;
use crate::rules::shared::route53::{self, Inbound};
use crate::rules::shared::{attributes, dhcp, egress, forward, inbound, networks};
use crate::rules::view::{self, VpcSideFault};
use crate::rules::{Case, Need, Subject, decided};
use crate::target::{Scope, View};

/// The order in which signs of what AWS says are read.
pub(in crate::rules) static OF_AWS: &[&Sign] = &[
    &CLUSTER_IS_ABSENT,
    &AWS_HAS_ANOTHER_ENDPOINT,
    &CLUSTER_IS_OF_ANOTHER_ACCOUNT,
    &KUBECONFIG_NAMES_TWO_CLUSTERS,
    &NAME_IS_AN_ENDPOINTS,
    &NAME_IS_OF_SOMETHING_ELSE,
    &NAMES_DIFFER_IN_FORM_ONLY,
    &CLUSTER_IS_NAMED,
    &ENDPOINTS_SHARE_THE_REGION,
    &ASKED_IN_ANOTHER_REGION,
    &SOMEBODY_HAS_THE_NAME,
    &CLUSTER_IS_CHANGING,
    &CLUSTER_IS_BEING_DELETED,
    &CLUSTER_HAS_NO_ENDPOINT,
    &ACCESS_IS_CHANGING,
    &CLUSTER_IS_CONNECTED,
    &PUBLIC_ACCESS_IS_OFF,
    &INTERFACES_ARE_KNOWN,
    &FLAG_LISTS_ADDRESSES,
    &FLAG_SAYS_PUBLIC,
    &A_READ_WAS_DENIED,
    &CLUSTER_VPC_IS_KNOWN,
    &A_DNS_ATTRIBUTE_IS_OFF,
    &DNS_SUPPORT_IS_OFF,
    &DHCP_NAMES_THE_VPCS_RESOLVER,
    &DHCP_NAMES_OTHER_SERVERS,
    &NO_INBOUND_ENDPOINT_IS_VISIBLE,
    &ALL_INBOUND_ENDPOINTS_ARE_ELSEWHERE,
    &AN_INBOUND_ENDPOINT_ANSWERS,
    &AN_INBOUND_ENDPOINT_HAS_THE_NAME,
    &AN_INBOUND_ENDPOINT_IS_NO_TARGET,
    &AN_INBOUND_ENDPOINT_IS_NOT_OPERATIONAL,
    &SECURITY_GROUPS_KEEP_DNS_OUT,
    &A_RULE_FORWARDS_BACK,
    &A_RULE_FORWARDS_THE_NAME,
    &ITS_RULES_TARGETS_ARE_OUT_OF_REACH,
    &VPC_ANSWERS_FROM_THE_PRIVATE_ZONE,
    &DENIED_AS_ABSENT,
    &SHOWS_THE_PRIVATE_ZONE,
    &ALL_ADDRESSES_ARE_PUBLIC,
    &PUBLIC_THOUGH_PUBLIC_ACCESS_IS_OFF,
    &FROM_THE_PRIVATE_ZONE,
    &WRONG_BUT_ANSWERED,
    &DHCP_LISTS_IT,
    &IN_A_KNOWN_VPC,
    &LISTED_AS_INBOUND,
    &SHUT_WHERE_IT_IS_SILENT,
    &DNS64_IS_ON,
    &LISTED_AS_NOT_WORKING,
    &FORWARDS_INTO_SILENCE,
    &SILENT_IN_ITS_OWN_VPC,
    &PRIVATE_ZONE_IS_NOT_EFFECTIVE,
    &OF_THE_CLUSTERS_VPC,
    &AT_A_SECONDARY_NETWORKS_SECOND_ADDRESS,
    &ASKED_AS_THE_VPCS_RESOLVER,
    &ASKED_FROM_ITS_VPC,
];

// The cluster and its name.

/// AWS has no cluster of the name that was asked for.
pub(in crate::rules) static CLUSTER_IS_ABSENT: Sign = Sign::of_run(
    "the cluster in AWS",
    "AWS has no cluster of this name",
    "AWS has the cluster",
    |case| case.has(Need::AbsentCluster).then(|| case.absent_cluster().is_some()),
)
.needing(&[Need::AbsentCluster]);

/// AWS describes a cluster with another endpoint.
pub(in crate::rules) static AWS_HAS_ANOTHER_ENDPOINT: Sign = Sign::of_run(
    "the endpoint in AWS",
    "AWS has another endpoint for the cluster",
    "AWS has no other endpoint for the cluster",
    |case| of_cluster(case, || case.is_of_another_endpoint()),
)
.needing(&[Need::Cluster]);

/// The kubeconfig's ARN of the cluster, and the one that AWS gives, are of two accounts.
pub(in crate::rules) static CLUSTER_IS_OF_ANOTHER_ACCOUNT: Sign = Sign::of_run(
    "the account of the cluster",
    "the kubeconfig names a cluster of another account than the one that AWS describes",
    "the kubeconfig does not name a cluster of another account",
    |case| {
        let described = case.cluster()?.arn.as_deref().and_then(arn::account)?;
        let meant = case.kubeconfig().and_then(Kubeconfig::account);
        Some(meant.is_some_and(|meant| meant != described))
    },
)
.looking_at(&[Need::Cluster, Need::Kubeconfig]);

/// The kubeconfig's entry is named after another cluster than the one that its user gets tokens for, and AWS describes
/// the latter.
pub(in crate::rules) static KUBECONFIG_NAMES_TWO_CLUSTERS: Sign = Sign::of_run(
    "the clusters that the kubeconfig names",
    "the kubeconfig's entry is of another cluster than the credentials of the user",
    "the kubeconfig does not name two clusters",
    |case| {
        let described = &case.cluster()?.name;
        let is_of_user = |kubeconfig: &Kubeconfig| kubeconfig.cluster.as_ref() == Some(described);
        let kubeconfig = case.kubeconfig().filter(|kubeconfig| is_of_user(kubeconfig));
        Some(kubeconfig.is_some_and(|kubeconfig| kubeconfig.other_cluster().is_some()))
    },
)
.looking_at(&[Need::Cluster, Need::Kubeconfig]);

/// The name has the form of an EKS endpoint's.
pub(in crate::rules) static NAME_IS_AN_ENDPOINTS: Sign = Sign::of_run(
    "the form of the name",
    "the name has the form of an EKS endpoint's",
    "the name does not have the form of an EKS endpoint's",
    // A cluster without an endpoint yet has no name.
    |case| (!case.target.hostname.is_root()).then(|| case.endpoint.is_some()),
);

/// The name is plainly that of something else.
pub(in crate::rules) static NAME_IS_OF_SOMETHING_ELSE: Sign = Sign::of_run(
    "what the name is of",
    "the name is of something else than an endpoint",
    "nothing says that the name is of something else than an endpoint",
    |case| {
        let is_other = |reason| reason != NotEndpoint::Other;
        let host = &case.target.hostname;
        (!host.is_root()).then(|| EndpointName::parse(host).is_err_and(is_other))
    },
);

/// The endpoint that AWS has begins with the same digits.
pub(in crate::rules) static NAMES_DIFFER_IN_FORM_ONLY: Sign = Sign::of_run(
    "the two names",
    "the name and AWS's endpoint begin with the same digits",
    "the name and AWS's endpoint do not begin with the same digits",
    |case| {
        let now = case.cluster()?.host()?;
        Some(now.labels().next() == case.target.hostname.labels().next())
    },
)
.needing(&[Need::Cluster]);

/// The kubeconfig or `--cluster` names the cluster that AWS describes.
pub(in crate::rules) static CLUSTER_IS_NAMED: Sign = Sign::of_run(
    "who names the cluster",
    "the kubeconfig or --cluster names the cluster that AWS describes",
    "neither the kubeconfig nor --cluster names the cluster that AWS describes",
    |case| {
        let cluster = &case.cluster()?.name;
        let by_kubeconfig = case.kubeconfig().and_then(|kubeconfig| kubeconfig.cluster.as_ref());
        Some(by_kubeconfig == Some(cluster) || case.target.cluster.as_ref() == Some(cluster))
    },
)
.needing(&[Need::Cluster])
.looking_at(&[Need::Kubeconfig]);

/// The endpoint that AWS has is not known to be in another Region.
pub(in crate::rules) static ENDPOINTS_SHARE_THE_REGION: Sign = Sign::of_run(
    "the Region of AWS's endpoint",
    "AWS's endpoint is in the name's Region",
    "AWS's endpoint is in another Region than the name's",
    |case| {
        let (now, asked) = (case.cluster()?.host()?, case.endpoint.as_ref()?);
        Some(EndpointName::parse(&now).map_or(true, |endpoint| endpoint.region == asked.region))
    },
)
.needing(&[Need::Cluster]);

/// AWS was asked for the cluster in another Region than that of the endpoint's name.
pub(in crate::rules) static ASKED_IN_ANOTHER_REGION: Sign = Sign::of_run(
    "the Region that was asked for the cluster",
    "AWS was asked for the cluster in another Region than the name's",
    "AWS was not asked for the cluster in another Region than the name's",
    |case| {
        let (asked, own) = (case.absent_cluster()?.region.as_ref()?, case.endpoint.as_ref()?);
        Some(*asked != own.region)
    },
)
.needing(&[Need::AbsentCluster]);

/// A resolver has addresses for the name, and does not invent them.
pub(in crate::rules) static SOMEBODY_HAS_THE_NAME: Sign = Sign::of_run(
    "addresses from any resolver",
    "a resolver has addresses for the name",
    "no resolver has addresses for the name",
    |case| Some(case.anybody_has_the_name()),
);

/// The status of the cluster is one that ends.
pub(in crate::rules) static CLUSTER_IS_CHANGING: Sign = Sign::of_run(
    "the status of the cluster",
    "AWS creates, updates or deletes the cluster now",
    "AWS does not create, update or delete the cluster now",
    |case| {
        let cluster = case.cluster()?;
        Some(match cluster.state() {
            Some(
                // It ended with nothing, or with what is not known to last.
                ClusterState::Failed | ClusterState::Creating | ClusterState::Deleting | ClusterState::Updating,
            ) => true,
            _ => false,
        })
    },
)
.needing(&[Need::Cluster])
.stating(|case| {
    let said = |cluster: &Cluster| {
        let status = cluster.status.as_deref().unwrap_or("not known");
        format!("DescribeCluster: the status of {} is {status}", cluster.name)
    };
    case.cluster().map(said).into_iter().collect()
});

/// The cluster whose endpoint this is is being deleted, and its name with it.
pub(in crate::rules) static CLUSTER_IS_BEING_DELETED: Sign = Sign::of_run(
    "whether the cluster is being deleted",
    "AWS deletes the cluster now, with the endpoint",
    "AWS does not delete the cluster now",
    |case| {
        let cluster = case.own_cluster()?;
        cluster.state().map(|state| state == ClusterState::Deleting)
    },
)
.looking_at(&[Need::Cluster]);

/// The cluster is being created or deleted, or has failed, and has no endpoint.
pub(in crate::rules) static CLUSTER_HAS_NO_ENDPOINT: Sign = Sign::of_run(
    "whether the cluster has an endpoint",
    "the cluster has no endpoint: AWS creates or deletes the cluster, or the creation has failed",
    "nothing says that the cluster has no endpoint",
    |case| {
        let of_status = |cluster: &Cluster| cluster.endpoint.is_none();
        case.cluster()?;
        Some(case.without_a_lasting_endpoint().is_some_and(of_status))
    },
)
.looking_at(&[Need::Cluster]);

/// The endpoint's access is being updated.
pub(in crate::rules) static ACCESS_IS_CHANGING: Sign = Sign::of_run(
    "an update of the endpoint access",
    "the endpoint access is being updated",
    "the endpoint access is not being updated",
    |case| case.updates().map(|_| attributes::changes_access(case).is_some()),
)
.looking_at(&[Need::Updates])
.stating(|case| {
    let said = |update: &ClusterUpdate| {
        let since = update
            .created_at
            .as_ref()
            .map_or_else(String::new, |since| format!(", since {since}"));
        format!("update {} ({}) is InProgress{since}", update.id, attributes::ACCESS)
    };
    attributes::changes_access(case).map(said).into_iter().collect()
});

/// The cluster runs elsewhere, and is registered with EKS.
pub(in crate::rules) static CLUSTER_IS_CONNECTED: Sign = Sign::of_run(
    "the kind of the cluster",
    "the EKS Connector connects the cluster, and EKS does not run the cluster",
    "EKS runs the cluster",
    |case| case.cluster().map(|cluster| cluster.is_connected),
)
.needing(&[Need::Cluster]);

/// Public access to the endpoint is off.
pub(in crate::rules) static PUBLIC_ACCESS_IS_OFF: Sign = Sign::of_run_if_known(
    "public access to the endpoint",
    "public access to the endpoint is off",
    "public access to the endpoint is not known to be off",
    |case| {
        let cluster = case.cluster().filter(|_| !case.is_of_another_endpoint())?;
        Some(cluster.endpoint_public_access == Some(false))
    },
)
.needing(&[Need::Cluster])
.stating(|case| {
    vec![format!(
        "DescribeCluster {}: endpointPublicAccess is false",
        case.cluster_name()
    )]
});

/// The cluster's network interfaces are known, and have addresses.
pub(in crate::rules) static INTERFACES_ARE_KNOWN: Sign = Sign::of_run(
    "the cluster's network interfaces",
    "the addresses of the cluster's network interfaces are known",
    "no address of the cluster's network interfaces is known",
    |case| {
        let mut interfaces = case.interfaces()?.iter();
        Some(interfaces.any(|interface| !interface.addresses.is_empty()))
    },
)
.looking_at(&[Need::Interfaces]);

/// `--expect` lists addresses or networks.
pub(in crate::rules) static FLAG_LISTS_ADDRESSES: Sign = Sign::of_run(
    "--expect",
    "--expect lists addresses or networks",
    "--expect lists no address and no network",
    |case| Some(!case.asked.expect_addresses.is_empty() || !case.asked.expect_cidrs.is_empty()),
);

/// `--expect-scope public`.
pub(in crate::rules) static FLAG_SAYS_PUBLIC: Sign = Sign::of_run(
    "--expect-scope",
    "--expect-scope is public",
    "--expect-scope is not public",
    |case| Some(case.asked.expect_scope == Some(Scope::Public)),
);

/// AWS denied a read.
pub(in crate::rules) static A_READ_WAS_DENIED: Sign = Sign::of_run(
    "denied reads of AWS",
    "AWS denied a read",
    "AWS denied no read",
    |case| Some(case.denied_reads().next().is_some()),
)
.stating(|case| {
    let said = |read: &FailedRead| {
        let code = read.code.as_deref().unwrap_or("denied");
        format!("{}: {code}; {}", read.call.action(), read.call.costs())
    };
    case.denied_reads().map(said).collect()
});

// The VPC.

/// The cluster's VPC is known.
pub(in crate::rules) static CLUSTER_VPC_IS_KNOWN: Sign = Sign::of_run_if_known(
    "the cluster's VPC",
    "the cluster's VPC is known",
    "the cluster's VPC is not known",
    |case| Some(case.cluster_vpc_id().is_some()),
)
.looking_at(&[Need::Cluster, Need::Vpc]);

/// enableDnsSupport or enableDnsHostnames is off.
pub(in crate::rules) static A_DNS_ATTRIBUTE_IS_OFF: Sign = Sign::of_run(
    "the VPC's DNS attributes",
    "a DNS attribute of the cluster's VPC is off",
    "no DNS attribute of the cluster's VPC is off",
    |case| {
        case.vpc_attributes()
            .map(|attributes| !attributes::switched_off(*attributes).is_empty())
    },
)
.needing(&[Need::VpcAttributes])
.stating(|case| {
    let vpc = case.vpc().map_or("the cluster's VPC", |vpc| vpc.id.as_str());
    let off = case
        .vpc_attributes()
        .map(|attributes| attributes::switched_off(*attributes));
    let said = |name| format!("DescribeVpcAttribute {vpc}: {name} is false");
    off.into_iter().flatten().map(said).collect()
});

/// enableDnsSupport is off.
pub(in crate::rules) static DNS_SUPPORT_IS_OFF: Sign = Sign::of_run(
    "enableDnsSupport",
    "enableDnsSupport is off in the cluster's VPC",
    "enableDnsSupport is not off in the cluster's VPC",
    |case| {
        case.vpc_attributes()
            .map(|attributes| attributes.dns_support == Some(false))
    },
)
.needing(&[Need::VpcAttributes]);

/// The VPC's own resolver is among the name servers of its DHCP options.
pub(in crate::rules) static DHCP_NAMES_THE_VPCS_RESOLVER: Sign = Sign::of_run(
    "the VPC's resolver in its DHCP options",
    "the VPC's DHCP options name the VPC's own resolver",
    "the VPC's DHCP options do not name the VPC's own resolver",
    |case| {
        case.dhcp_options()?;
        Some(dhcp::named(case).is_some_and(|(named, _)| named.amazon))
    },
)
.needing(&[Need::DhcpOptions])
.looking_at(&[Need::Cluster, Need::Vpc]);

/// Other name servers are among those of the VPC's DHCP options.
pub(in crate::rules) static DHCP_NAMES_OTHER_SERVERS: Sign = Sign::of_run(
    "other name servers in the VPC's DHCP options",
    "the VPC's DHCP options name other name servers than the VPC's own",
    "the VPC's DHCP options name no other name server than the VPC's own",
    |case| {
        case.dhcp_options()?;
        Some(dhcp::named(case).is_some_and(|(named, _)| !named.custom.is_empty()))
    },
)
.needing(&[Need::DhcpOptions])
.looking_at(&[Need::Cluster, Need::Vpc])
.stating(|case| {
    let options = dhcp::named(case).map(|(_, options)| options);
    let said = |options: DhcpOptions| {
        let servers = options.domain_name_servers.join(", ");
        format!("DescribeDhcpOptions {}: domain-name-servers {servers}", options.id)
    };
    options.map(said).into_iter().collect()
});

// Route 53 Resolver.

/// The whole list of Resolver endpoints has no inbound one, and none of another kind in the cluster's VPC.
pub(in crate::rules) static NO_INBOUND_ENDPOINT_IS_VISIBLE: Sign = Sign::of_run(
    "inbound endpoints",
    "AWS lists no inbound endpoint that could serve the cluster's VPC",
    "AWS lists an inbound endpoint, or only a part of the list is known",
    route53::no_inbound_endpoint,
)
.needing(&[Need::ResolverEndpoints])
.looking_at(&[Need::Cluster, Need::Vpc]);

/// There are inbound endpoints, and all are in other VPCs.
pub(in crate::rules) static ALL_INBOUND_ENDPOINTS_ARE_ELSEWHERE: Sign = Sign::of_run(
    "the VPCs of the inbound endpoints",
    "AWS lists inbound endpoints, all of them in other VPCs than the cluster's",
    "AWS does not list inbound endpoints in other VPCs alone",
    |case| {
        case.resolver_endpoints()?;
        let ordinary = route53::ordinary_inbound(case);
        let elsewhere = ordinary.iter().all(|inbound| inbound.of_cluster == Some(false));
        Some(!ordinary.is_empty() && elsewhere)
    },
)
.needing(&[Need::ResolverEndpoints])
.looking_at(&[Need::Cluster, Need::Vpc]);

/// An inbound endpoint that was asked answers something.
pub(in crate::rules) static AN_INBOUND_ENDPOINT_ANSWERS: Sign = Sign::of_run(
    "an inbound endpoint's answer",
    "an inbound endpoint that was asked answers",
    "no inbound endpoint that was asked answers",
    |case| {
        let mut subjects = case.subjects();
        Some(subjects.any(|subject| subject.has_role(Role::Inbound) && subject.heard_anything()))
    },
);

/// An inbound endpoint gives the private addresses.
pub(in crate::rules) static AN_INBOUND_ENDPOINT_HAS_THE_NAME: Sign = Sign::of_run(
    "an inbound endpoint's addresses",
    "an inbound endpoint gives the private addresses",
    "no inbound endpoint gives the private addresses",
    // One of another account is not listed: its answer shows that it is there.
    |case| Some(case.vpc_view().iter().any(|subject| subject.has_role(Role::Inbound))),
)
.looking_at(&[Need::VpcView]);

/// An inbound endpoint that matters here cannot be the target of a forward.
pub(in crate::rules) static AN_INBOUND_ENDPOINT_IS_NO_TARGET: Sign = Sign::of_run(
    "the kind of the inbound endpoints",
    "an inbound endpoint does not speak plain DNS, or is of the delegation kind",
    "no inbound endpoint is of a kind that a name server cannot forward to",
    |case| any_inbound(case, |inbound| !inbound.is_target()),
)
.needing(&[Need::ResolverEndpoints])
.looking_at(&[Need::Cluster, Need::Vpc]);

/// Route 53 Resolver says that an inbound endpoint, or an address of it, does not work.
pub(in crate::rules) static AN_INBOUND_ENDPOINT_IS_NOT_OPERATIONAL: Sign = Sign::of_run(
    "the status of the inbound endpoints",
    "AWS says that an inbound endpoint, or one of the addresses there, is not in working order",
    "AWS does not say that an inbound endpoint is out of order",
    |case| {
        any_inbound(case, |inbound| {
            inbound.bad_status().is_some() || inbound.bad_addresses().next().is_some()
        })
    },
)
.needing(&[Need::ResolverEndpoints])
.looking_at(&[Need::Cluster, Need::Vpc]);

/// The security groups of an inbound endpoint let nobody, or not this host, in at port 53.
pub(in crate::rules) static SECURITY_GROUPS_KEEP_DNS_OUT: Sign = Sign::of_run(
    "the security groups of the inbound endpoints",
    "the security groups of an inbound endpoint do not let port 53 in",
    "no inbound endpoint is known to have security groups that do not let port 53 in",
    |case| {
        case.security_groups()?;
        any_inbound(case, |inbound| !inbound::keeps_out(case, inbound.endpoint).is_empty())
    },
)
.needing(&[Need::ResolverEndpoints, Need::SecurityGroups])
.looking_at(&[Need::Cluster, Need::Vpc, Need::Instance, Need::Network]);

/// A Resolver rule forwards the name to an inbound endpoint of the VPC that it is asked in.
pub(in crate::rules) static A_RULE_FORWARDS_BACK: Sign = Sign::of_run(
    "a Resolver rule that forwards into its own VPC",
    "a Resolver rule forwards the name to an inbound endpoint of the rule's own VPC",
    "no Resolver rule forwards the name to an inbound endpoint of the rule's own VPC",
    |case| {
        (case.has(Need::ResolverRules) && case.has(Need::RuleAssociations) && case.has(Need::ResolverEndpoints)).then(
            || {
                let vpcs = route53::resolving_vpcs(case);
                vpcs.iter().any(|vpc| route53::forwarded_back(case, vpc).is_some())
            },
        )
    },
)
.needing(&[Need::ResolverRules, Need::RuleAssociations, Need::ResolverEndpoints])
.looking_at(decided::FACTS);

/// A Resolver rule takes the name away from a VPC.
pub(in crate::rules) static A_RULE_FORWARDS_THE_NAME: Sign = Sign::of_run(
    "a Resolver rule for the name",
    "a Resolver rule forwards the name away from a VPC",
    "no Resolver rule forwards the name away from a VPC",
    |case| {
        (case.has(Need::ResolverRules) && case.has(Need::RuleAssociations)).then(|| {
            let vpcs = route53::resolving_vpcs(case);
            vpcs.iter().any(|vpc| route53::in_effect(case, vpc).is_some())
        })
    },
)
.needing(&[Need::ResolverRules, Need::RuleAssociations])
.looking_at(decided::FACTS);

/// A Resolver rule takes the name away from the VPC that it answers for, and nothing gets to the rule's targets.
pub(in crate::rules) static ITS_RULES_TARGETS_ARE_OUT_OF_REACH: Sign = Sign::of_resolver(
    "the targets of the Resolver rule of its VPC",
    "a Resolver rule forwards the name in its VPC, and AWS says what keeps every question from the rule's targets",
    "no Resolver rule is known to forward the name in its VPC to targets that nothing gets to",
    |case, subject| {
        let is_shut = || {
            let (rule, _) = route53::in_effect(case, &route53::vpc_of(case, subject)?)?;
            let endpoint = egress::endpoint_of(case, rule)?;
            Some(egress::is_all(rule, endpoint, &egress::stops(case, rule, endpoint)))
        };
        Some(is_shut() == Some(true))
    },
)
.looking_at(decided::FACTS_AND_EGRESS);

/// A resolver of the VPC answers from the private hosted zone.
pub(in crate::rules) static VPC_ANSWERS_FROM_THE_PRIVATE_ZONE: Sign = Sign::of_run(
    "the zone of the VPC's answer",
    "a resolver answers from the cluster's private hosted zone",
    "no resolver is known to answer from the cluster's private hosted zone",
    |case| {
        let at_vpc = case.vpc_side().any(has_the_private_zone);
        Some(at_vpc || case.subjects().any(|subject| has_the_clusters_own(case, subject)))
    },
)
.looking_at(&[Need::VpcView, Need::Interfaces]);

// A resolver, beside what AWS says.

/// NXDOMAIN, from a zone of AWS's or from nobody.
pub(in crate::rules) static DENIED_AS_ABSENT: Sign = Sign::of_resolver(
    "NXDOMAIN",
    "it returns NXDOMAIN, from a zone of AWS's or without saying from which",
    "it does not return NXDOMAIN from a zone of AWS's",
    |_, subject| Some(view::is_denied_as_absent(subject)),
);

/// It answers from the private hosted zone: it is of the VPC, or gives what only that zone has.
pub(in crate::rules) static SHOWS_THE_PRIVATE_ZONE: Sign = Sign::of_resolver(
    "the zone of its answer",
    "it is a resolver of the VPC and answers from the private hosted zone, or gives the addresses of the cluster's own \
     network interfaces",
    "it is no resolver of the VPC that answers from the private hosted zone, and does not give the addresses of the \
     cluster's own network interfaces",
    |case, subject| {
        let at_vpc = subject.is_vpc_side() && has_the_private_zone(subject);
        Some(at_vpc || has_the_clusters_own(case, subject))
    },
)
.looking_at(&[Need::Interfaces]);

/// Addresses, and all of them public.
pub(in crate::rules) static ALL_ADDRESSES_ARE_PUBLIC: Sign = Sign::of_resolver(
    "public addresses",
    "all addresses that it gives are public",
    "it does not give addresses that are all public",
    |_, subject| Some(is_public(subject)),
);

/// The endpoint's public addresses, where AWS says that it has none: a cluster without public access has its private
/// addresses in public DNS (Amazon EKS User Guide, "Cluster API server endpoint"). Whose addresses they are shows in
/// AWS's public zone, or in a public control that has the same.
pub(in crate::rules) static PUBLIC_THOUGH_PUBLIC_ACCESS_IS_OFF: Sign = Sign::of_resolver_if_known(
    "what AWS says of public access, beside its answer",
    "it gives public addresses from AWS's public zone, and AWS says that public access is off",
    "it is not known to give public addresses against what AWS says of public access",
    |case, subject| {
        let is_of_the_zone = || subject.view() == View::Public || view::public_has_the_addresses(case, subject);
        let is_off = case
            .own_cluster()
            .is_some_and(|cluster| cluster.endpoint_public_access == Some(false) && !cluster.is_connected);
        Some(is_off && is_public(subject) && !subject.sibling_resolves() && is_of_the_zone())
    },
)
.looking_at(&[Need::Cluster]);

/// Its answer shows a private hosted zone.
pub(in crate::rules) static FROM_THE_PRIVATE_ZONE: Sign = Sign::of_resolver_if_known(
    "the zone of its answer",
    "its answer is from a private hosted zone",
    "its answer is not known to be from a private hosted zone",
    |_, subject| Some(subject.view() == View::PrivateZone),
);

/// A negative answer, or addresses that are not those expected.
pub(in crate::rules) static WRONG_BUT_ANSWERED: Sign = Sign::of_resolver(
    "an answer that is not the expected one",
    "it returns NXDOMAIN or NODATA, or none of the expected addresses",
    "it returns neither a negative answer nor wrong addresses alone",
    |_, subject| {
        let verdict = subject.verdict();
        Some(verdict.is_negative() || verdict == crate::compare::Verdict::Mismatch)
    },
);

/// The VPC's DHCP options name it.
pub(in crate::rules) static DHCP_LISTS_IT: Sign = Sign::of_resolver_if_known(
    "its address in the VPC's DHCP options",
    "the VPC's DHCP options name it",
    "the VPC's DHCP options are not known to name it",
    |case, subject| {
        let named = dhcp::named(case);
        Some(named.is_some_and(|(named, _)| subject.ip().is_some_and(|ip| named.custom.contains(&ip))))
    },
)
.looking_at(&[Need::DhcpOptions, Need::Cluster, Need::Vpc]);

/// It answers with the view of a VPC.
pub(in crate::rules) static IN_A_KNOWN_VPC: Sign = Sign::of_resolver_if_known(
    "its VPC",
    "it is a resolver of a VPC",
    "it is not known to be a resolver of a VPC",
    |_, subject| Some(subject.probed.resolver.is_of_a_vpc()),
);

/// It is an address of an inbound endpoint that does DNS64.
pub(in crate::rules) static DNS64_IS_ON: Sign = Sign::of_resolver_if_known(
    "DNS64 at its address",
    "AWS lists it as an address of an inbound endpoint that has DNS64 on",
    "it is not known to be an address of an inbound endpoint that has DNS64 on",
    |case, subject| {
        let endpoints = case.resolver_endpoints()?;
        let has_it = |ip| {
            let mut with = endpoints.iter().filter(|endpoint| endpoint.dns64 == Some(true));
            with.any(|endpoint| route53::has_address(endpoint, ip))
        };
        Some(subject.ip().is_some_and(has_it))
    },
)
.looking_at(&[Need::ResolverEndpoints]);

/// Of everything over which an address of an inbound endpoint is silent, its security groups keep DNS out.
pub(in crate::rules) static SHUT_WHERE_IT_IS_SILENT: Sign = Sign::of_resolver_if_known(
    "where the security groups keep it from answering",
    "the security groups of its inbound endpoint keep out all over which it is silent",
    "the security groups of its inbound endpoint are not known to keep out all over which it is silent",
    |case, subject| {
        case.security_groups()?;
        any_inbound(case, |inbound| {
            let is_its = subject
                .ip()
                .is_some_and(|ip| route53::has_address(inbound.endpoint, ip));
            is_its && inbound::explains_its_silence(subject, &inbound::keeps_out(case, inbound.endpoint))
        })
    },
)
.looking_at(&[
    Need::ResolverEndpoints,
    Need::SecurityGroups,
    Need::Cluster,
    Need::Vpc,
    Need::Instance,
    Need::Network,
]);

/// AWS lists it as an address of an inbound endpoint.
pub(in crate::rules) static LISTED_AS_INBOUND: Sign = Sign::of_resolver_if_known(
    "its address in AWS",
    "AWS lists it as an address of an inbound endpoint",
    "it is not known to be an address of an inbound endpoint",
    |case, subject| match case.resolver_endpoints() {
        Some(endpoints) => Some(endpoints.iter().any(|endpoint| {
            let is_its = |ip| route53::has_address(endpoint, ip);
            endpoint.is_inbound_of_any_kind() && subject.ip().is_some_and(is_its)
        })),
        None if subject.has_role(Role::Inbound) => None,
        None => Some(false),
    },
)
.looking_at(&[Need::ResolverEndpoints]);

/// AWS says that its inbound endpoint, or its address, does not work, or does not speak plain DNS.
pub(in crate::rules) static LISTED_AS_NOT_WORKING: Sign = Sign::of_resolver(
    "what AWS says of its inbound endpoint",
    "AWS says that its inbound endpoint does not work, or does not speak plain DNS",
    "AWS does not say that its inbound endpoint does not work or does not speak plain DNS",
    |case, subject| {
        let ip = subject.ip()?;
        let mut its = route53::inbound_endpoints(case).into_iter();
        let its = its.find(|inbound| route53::has_address(inbound.endpoint, ip));
        Some(its.is_some_and(|inbound| {
            let is_bad = inbound.bad_addresses().any(|address| address.ip == ip);
            is_bad || inbound.bad_status().is_some() || !inbound.is_target()
        }))
    },
)
.looking_at(&[Need::ResolverEndpoints, Need::Cluster, Need::Vpc]);

/// It forwards the name, and what it forwards to is silent.
pub(in crate::rules) static FORWARDS_INTO_SILENCE: Sign = Sign::of_resolver_if_known(
    "a forward without an answer",
    "it is outside the VPC and forwards the name to a server that does not answer",
    "it is not known to forward the name from outside the VPC to a server that does not answer",
    |_, subject| Some(!subject.is_vpc_side() && forward::that_fails(subject).is_some()),
);

/// It is the VPC's resolver, asked from inside, and answers nothing.
pub(in crate::rules) static SILENT_IN_ITS_OWN_VPC: Sign = Sign::of_resolver(
    "the VPC resolver's silence in its VPC",
    "it is the VPC's resolver and answers nothing in its own VPC",
    "it is not a VPC's resolver that answers nothing in its own VPC",
    |case, subject| {
        let inside = case.vantage.kind == VantageKind::ClusterVpc;
        Some(inside && subject.has_role(Role::Vpc) && !subject.heard_anything())
    },
);

/// It is of the VPC and does not answer from EKS's private hosted zone.
pub(in crate::rules) static PRIVATE_ZONE_IS_NOT_EFFECTIVE: Sign = Sign::of_resolver(
    "EKS's private hosted zone at it",
    "it is a resolver of the VPC, and EKS's private hosted zone has no effect there",
    "it does not show that EKS's private hosted zone has no effect in the VPC",
    |case, subject| Some(view::vpc_side_fault(case, subject) == Some(VpcSideFault::NotEffective)),
)
.looking_at(&[Need::Cluster, Need::VpcView, Need::PublicControl]);

/// It is known to be the resolver of the cluster's VPC.
pub(in crate::rules) static OF_THE_CLUSTERS_VPC: Sign = Sign::of_resolver_if_known(
    "whether it is of the cluster's VPC",
    "it is known to be the resolver of the cluster's VPC",
    "it is not known to be the resolver of the cluster's VPC",
    |case, subject| {
        let resolver = case.vpc().and_then(crate::facts::Vpc::resolver);
        let by_address = resolver.is_some() && subject.ip() == resolver;
        let by_place = case.vantage.kind == VantageKind::ClusterVpc && subject.has_role(Role::Vpc);
        Some(by_address || by_place)
    },
)
.looking_at(&[Need::Vpc]);

/// It has the base plus two of a network of a VPC that is not the primary one.
pub(in crate::rules) static AT_A_SECONDARY_NETWORKS_SECOND_ADDRESS: Sign = Sign::of_resolver(
    "its address in the VPC's networks",
    "its address is the base plus two of a secondary network of a VPC",
    "its address is not the base plus two of a secondary network of a VPC",
    networks::is_second_of_a_secondary,
)
.looking_at(&[Need::Vpc, Need::Instance]);

/// `--vpc-resolver` or AWS names it.
pub(in crate::rules) static ASKED_AS_THE_VPCS_RESOLVER: Sign = Sign::of_resolver(
    "its role",
    "it is asked as the resolver of the VPC",
    "it is not asked as the resolver of a VPC",
    |_, subject| Some(subject.has_role(Role::Vpc)),
);

/// This host is in the VPC of which it has an address.
pub(in crate::rules) static ASKED_FROM_ITS_VPC: Sign = Sign::of_resolver_if_known(
    "where this host is",
    "this host is in the VPC that its address is in",
    "this host is not known to be in the VPC that its address is in",
    |case, subject| {
        let found = subject.ip().and_then(|ip| networks::secondary_of(case, ip));
        Some(found.is_some_and(|(vpc, _)| vpc.is_here))
    },
)
.looking_at(&[Need::Vpc, Need::Instance]);

/// What DescribeCluster says; false where AWS has no such cluster, and not seen where it was not asked.
fn of_cluster(case: &Case<'_>, read: impl FnOnce() -> bool) -> Option<bool> {
    if case.has(Need::Cluster) {
        Some(read())
    } else {
        case.has(Need::AbsentCluster).then_some(false)
    }
}

/// Whether any inbound endpoint that matters here is so.
pub(super) fn any_inbound(case: &Case<'_>, is: impl Fn(&Inbound<'_, '_>) -> bool) -> Option<bool> {
    case.resolver_endpoints()?;
    Some(route53::inbound_that_matter(case).iter().any(is))
}

/// Whether it answers from the private zone: its addresses are private, or the zone shows.
fn has_the_private_zone(subject: &Subject<'_>) -> bool {
    subject.a_kind() == Some(AnswerKind::Answer)
        && !subject.sibling_resolves()
        && (subject.view() == View::PrivateZone || subject.has_class(AddressClass::InVpc))
        && !subject.ips().is_empty()
        && subject
            .ips()
            .into_iter()
            .all(|ip| AddressClass::of(ip).is_private_side())
}

/// Whether all that it gives are addresses of the cluster's own network interfaces: nobody but the cluster's private
/// hosted zone has them under the name.
pub(in crate::rules) fn has_the_clusters_own(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let ips = subject.ips();
    let own = || {
        let interfaces = case.interfaces().into_iter().flatten();
        interfaces.flat_map(|interface| interface.addresses.iter())
    };
    subject.a_kind() == Some(AnswerKind::Answer)
        && !subject.sibling_resolves()
        && !ips.is_empty()
        && ips.iter().all(|ip| own().any(|own| own == ip))
}

/// Whether it gives public addresses, and nothing else.
fn is_public(subject: &Subject<'_>) -> bool {
    subject.a_kind() == Some(AnswerKind::Answer)
        && !subject.sibling_resolves()
        && subject
            .ips()
            .into_iter()
            .all(|ip| AddressClass::of(ip) == AddressClass::Public)
        && !subject.has_class(AddressClass::InVpc)
}
