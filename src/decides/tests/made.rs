//! The zones that AWS makes for VPC endpoints and service networks, against what the VPC Lattice User Guide says under
//! "Resource configurations for VPC resources" and the EC2 API Reference of `PrivateDnsEnabled`.

use super::super::{WhyCode, configuration, made_zones};
use super::*;
use crate::facts::{
    AttributesOfVpc, AwsFacts, Firewall, HostedZone, Lattice, ProfileAssociation, ProfileResource, ProfileResources,
    Profiles, ResourceConfiguration, ServiceNetwork, ServiceNetworkAssociation, ServiceNetworkResource, VpcEndpoint,
    VpcEndpoints, VpcServiceNetworks, VpcZones,
};

const TARGET: &str = "x.gr7.eu-west-1.eks.amazonaws.com";
const RESOURCE: &str = "rcfg-0123456789abcdef0";

#[expect(clippy::unnecessary_wraps, reason = "as the fields have it")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn interface(names: &[&str]) -> VpcEndpoint {
    VpcEndpoint {
        id: "vpce-1".to_owned(),
        kind: "Interface".to_owned(),
        service_name: some("com.amazonaws.eu-west-1.eks"),
        state: some("available"),
        private_dns: Some(true),
        private_dns_names: names.iter().map(|name| (*name).to_owned()).collect(),
        ..VpcEndpoint::default()
    }
}

fn with_endpoint(endpoint: VpcEndpoint) -> AwsFacts {
    AwsFacts {
        vpc_endpoints: Some(vec![VpcEndpoints {
            vpc_id: "vpc-1".to_owned(),
            endpoints: vec![endpoint],
        }]),
        ..AwsFacts::default()
    }
}

/// A VPC that is associated with a service network with one resource.
fn with_network(
    preference: Option<&str>,
    specified: &[&str],
    associated: ServiceNetworkResource,
    read: Option<ResourceConfiguration>,
) -> AwsFacts {
    AwsFacts {
        lattice: Some(Lattice {
            vpcs: vec![VpcServiceNetworks {
                vpc_id: "vpc-1".to_owned(),
                associations: vec![ServiceNetworkAssociation {
                    id: some("snva-1"),
                    service_network_id: "sn-1".to_owned(),
                    status: some("ACTIVE"),
                    private_dns: Some(true),
                    private_dns_preference: preference.map(str::to_owned),
                    private_dns_specified_domains: specified.iter().map(|text| (*text).to_owned()).collect(),
                    ..ServiceNetworkAssociation::default()
                }],
            }],
            networks: vec![ServiceNetwork {
                id: "sn-1".to_owned(),
                resources: vec![associated],
            }],
            configurations: read.into_iter().collect(),
        }),
        ..AwsFacts::default()
    }
}

fn resource(private_dns: Option<bool>) -> ServiceNetworkResource {
    ServiceNetworkResource {
        resource_configuration_id: RESOURCE.to_owned(),
        status: some("ACTIVE"),
        private_dns,
        ..ServiceNetworkResource::default()
    }
}

fn custom(name: &str, verification: Option<&str>) -> ResourceConfiguration {
    ResourceConfiguration {
        id: RESOURCE.to_owned(),
        custom_domain_name: some(name),
        domain_verification: verification.map(str::to_owned),
        ..ResourceConfiguration::default()
    }
}

fn listed(facts: AwsFacts, apex: &str, service: Option<&str>) -> AwsFacts {
    AwsFacts {
        hosted_zones: Some(vec![VpcZones {
            vpc_id: "vpc-1".to_owned(),
            zones: vec![HostedZone {
                id: "Z1".to_owned(),
                name: apex.to_owned(),
                owning_account: service.is_none().then(|| "111122223333".to_owned()),
                owning_service: service.map(str::to_owned),
            }],
        }]),
        ..facts
    }
}

/// The apexes, and whether each zone is in effect for sure.
fn apexes(facts: &AwsFacts) -> Vec<(Option<String>, bool)> {
    let zones = made_zones(facts, "vpc-1").into_iter();
    zones
        .map(|zone| (zone.apex.map(|apex| apex.to_string()), zone.in_effect == InEffect::Yes))
        .collect()
}

fn steps(facts: &AwsFacts) -> Vec<Step> {
    let made = configuration(facts, "vpc-1", &name(TARGET), false);
    asked(&made, TARGET, RecordType::A)
}

#[test]
fn an_interface_endpoint_has_a_zone_for_each_private_name() {
    let names = [
        "eks.eu-west-1.amazonaws.com",
        "s3.eu-west-1.amazonaws.com",
        "*.s3.eu-west-1.amazonaws.com",
    ];
    let facts = with_endpoint(interface(&names));
    let sure = |name: &str| (some(name), true);
    assert_eq!(apexes(&facts), [sure(names[0]), sure(names[1])]);
    assert_eq!(made_zones(&facts, "vpc-2"), []);
    for (private_dns, state, count, is_sure) in [
        (Some(false), "available", 0, false),
        (None, "available", 0, false),
        (Some(true), "failed", 0, false),
        (Some(true), "Available", 1, true),
        (Some(true), "pendingAcceptance", 1, false),
    ] {
        let facts = with_endpoint(VpcEndpoint {
            private_dns,
            state: some(state),
            ..interface(&names[..1])
        });
        let said = apexes(&facts);
        assert_eq!(said.len(), count, "{private_dns:?} {state}");
        assert_eq!(said.iter().any(|(_, is_sure)| *is_sure), is_sure, "{state}");
    }
    // Which names it has, nobody said.
    assert_eq!(apexes(&with_endpoint(interface(&[]))), [(None, false)]);
}

/// The zone of EKS's own API is on another branch of the tree: it is not over the endpoint's name.
#[test]
fn the_most_specific_zone_is_picked_whoever_made_it() {
    let beside = with_endpoint(interface(&["eks.eu-west-1.amazonaws.com"]));
    let all_read = |facts: AwsFacts| listed(facts, "corp.example.", None);
    let picked = steps(&all_read(beside));
    assert_eq!(short(decider(&picked)), "answer public");
    let over = with_endpoint(interface(&["eu-west-1.eks.amazonaws.com"]));
    let picked = steps(&all_read(over.clone()));
    let step = decider(&picked);
    assert_eq!(
        (step.construct, step.made_for.as_deref()),
        (Construct::Zone, Some("vpce-1"))
    );
    assert!(step.why.contains("vpce-1"), "{}", step.why);
    // The list has it under its id.
    let picked = steps(&listed(
        over.clone(),
        "eu-west-1.eks.amazonaws.com.",
        Some("vpce.amazonaws.com"),
    ));
    let step = decider(&picked);
    assert_eq!(
        (step.id.as_deref(), step.made_for.as_deref()),
        (Some("Z1"), Some("vpce-1"))
    );
    // A zone of an account is somebody's own, and so is EKS's.
    for service in [None, Some("eks.amazonaws.com")] {
        let picked = steps(&listed(over.clone(), "eu-west-1.eks.amazonaws.com.", service));
        let step = decider(&picked);
        assert_eq!((step.id.as_deref(), step.made_for.as_deref()), (Some("Z1"), None));
    }
}

/// A private hosted zone needs both attributes of the VPC. Where one of them was not read, the zone may not be in
/// effect.
#[test]
fn a_zone_is_certain_only_where_both_dns_attributes_of_its_vpc_were_read() {
    let all_read = AwsFacts {
        resolver_rules: Some(Vec::new()),
        rule_associations: Some(Vec::new()),
        firewall: Some(Firewall {
            associations: Some(Vec::new()),
            ..Firewall::default()
        }),
        profiles: Some(Profiles {
            associations: Some(Vec::new()),
            resources: Vec::new(),
        }),
        ..AwsFacts::default()
    };
    let all_read = listed(all_read, "eks.amazonaws.com.", None);
    let of = |dns_support, dns_hostnames| {
        let picked = steps(&AwsFacts {
            other_vpc_attributes: Some(vec![AttributesOfVpc {
                vpc_id: "vpc-1".to_owned(),
                owner: None,
                dns_support,
                dns_hostnames,
            }]),
            ..all_read.clone()
        });
        let step = decider(&picked);
        (
            step.construct,
            step.certain,
            step.why.contains("ec2:DescribeVpcAttribute"),
        )
    };
    let (on, off) = (Some(true), Some(false));
    assert_eq!(of(on, on), (Construct::Zone, true, false));
    for (support, hostnames) in [(None, None), (on, None), (None, on)] {
        assert_eq!(of(support, hostnames), (Construct::Zone, false, true));
    }
    for (support, hostnames) in [(off, on), (on, off), (off, None), (None, off)] {
        assert_eq!(of(support, hostnames), (Construct::Public, true, false));
    }
    let nothing_read = steps(&all_read);
    assert!(!decider(&nothing_read).certain);
}

/// What the attributes mean for a zone that a Profile brings, AWS does not document: without both nothing is certain
/// of it, and nothing without it.
#[test]
fn a_zone_of_a_profile_is_open_where_an_attribute_is_not_on() {
    let read = |dns_support, dns_hostnames| {
        let zones = |vpc_id: &str, zones| VpcZones {
            vpc_id: vpc_id.to_owned(),
            zones,
        };
        let by_profile = HostedZone {
            id: "Z9".to_owned(),
            name: "eks.amazonaws.com.".to_owned(),
            ..HostedZone::default()
        };
        let facts = AwsFacts {
            resolver_rules: Some(Vec::new()),
            rule_associations: Some(Vec::new()),
            firewall: Some(Firewall {
                associations: Some(Vec::new()),
                ..Firewall::default()
            }),
            hosted_zones: Some(vec![zones("vpc-1", Vec::new()), zones("vpc-2", vec![by_profile])]),
            profiles: Some(Profiles {
                associations: Some(vec![ProfileAssociation {
                    profile_id: "rp-1".to_owned(),
                    vpc_id: "vpc-1".to_owned(),
                    status: Some("COMPLETE".to_owned()),
                    ..ProfileAssociation::default()
                }]),
                resources: vec![ProfileResources {
                    profile_id: "rp-1".to_owned(),
                    resources: vec![ProfileResource {
                        arn: "arn:aws:route53:::hostedzone/Z9".to_owned(),
                        status: Some("COMPLETE".to_owned()),
                        ..ProfileResource::default()
                    }],
                }],
            }),
            other_vpc_attributes: Some(vec![AttributesOfVpc {
                vpc_id: "vpc-1".to_owned(),
                owner: None,
                dns_support,
                dns_hostnames,
            }]),
            ..AwsFacts::default()
        };
        let picked = steps(&facts);
        let step = decider(&picked);
        let opaque = picked.iter().find(|step| step.effect == Effect::Opaque);
        (step.construct, step.certain, opaque.map(|step| step.why_code))
    };
    let (on, off) = (Some(true), Some(false));
    assert_eq!(read(on, on), (Construct::Zone, true, None));
    for (support, hostnames) in [(None, None), (on, None), (None, on)] {
        assert_eq!(read(support, hostnames), (Construct::Zone, false, None));
    }
    for (support, hostnames) in [(off, on), (on, off), (off, None), (None, off)] {
        let opaque = Some(WhyCode::AttributesOff);
        assert_eq!(read(support, hostnames), (Construct::Public, false, opaque));
    }
}

#[test]
fn a_preference_says_for_which_custom_names_vpc_lattice_makes_zones() {
    let name = "eks.amazonaws.com";
    for (preference, specified, verification, is_made) in [
        // By default those that are verified.
        (None, &[][..], Some("VERIFIED"), true),
        (None, &[], None, false),
        (Some("VERIFIED_DOMAINS_ONLY"), &[], Some("PENDING"), false),
        (Some("ALL_DOMAINS"), &["*"], None, true),
        (Some("SPECIFIED_DOMAINS_ONLY"), &["*.amazonaws.com"], None, true),
        (Some("SPECIFIED_DOMAINS_ONLY"), &[name], None, true),
        (
            Some("SPECIFIED_DOMAINS_ONLY"),
            &["*.example.com"],
            Some("VERIFIED"),
            false,
        ),
        (
            Some("VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS"),
            &["*.example.com"],
            Some("VERIFIED"),
            true,
        ),
        (
            Some("VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS"),
            &["*.example.com"],
            None,
            false,
        ),
    ] {
        let facts = with_network(
            preference,
            specified,
            resource(Some(true)),
            Some(custom(name, verification)),
        );
        let said = apexes(&facts);
        // Never for sure: where the resource gateway is in the same VPC there is no zone.
        let expected: &[_] = if is_made { &[(some(name), false)] } else { &[] };
        assert_eq!(said, expected, "{preference:?} {specified:?} {verification:?}");
    }
}

#[test]
fn what_the_service_networks_owner_chose_overrides_what_the_vpc_has() {
    let all = Some("ALL_DOMAINS");
    let of = |private_dns, of_vpc| {
        let mut facts = with_network(all, &[], resource(private_dns), Some(custom("amazonaws.com", None)));
        if let Some(lattice) = &mut facts.lattice {
            lattice.vpcs[0].associations[0].private_dns = of_vpc;
        }
        apexes(&facts).len()
    };
    assert_eq!(of(Some(false), Some(true)), 0);
    assert_eq!(of(Some(true), Some(false)), 1);
    assert_eq!(of(None, Some(true)), 1);
    assert_eq!(of(None, None), 0);
}

#[test]
fn a_zone_of_vpc_lattice_is_certain_where_the_list_of_zones_has_it() {
    let facts = with_network(
        Some("ALL_DOMAINS"),
        &[],
        resource(Some(true)),
        Some(custom("eks.amazonaws.com", None)),
    );
    let picked = steps(&listed(facts.clone(), "corp.example.", None));
    let opaque = picked.iter().find(|step| step.made_for.is_some()).expect("a step");
    assert_eq!(
        (opaque.construct, opaque.effect),
        (Construct::ServiceNetwork, Effect::Opaque)
    );
    assert_eq!(opaque.made_for.as_deref(), Some("sn-1"));
    assert_eq!(opaque.why_code, WhyCode::ZoneMayBeMade);
    let step = decider(&picked);
    assert_eq!((short(step), step.certain), ("answer public".to_owned(), false));
    let picked = steps(&listed(facts, "eks.amazonaws.com.", Some("vpc-lattice.amazonaws.com")));
    let step = decider(&picked);
    assert_eq!(
        (step.construct, step.id.as_deref(), step.made_for.as_deref()),
        (Construct::Zone, Some("Z1"), Some("sn-1"))
    );
}

#[test]
fn a_custom_name_that_was_not_read_is_opaque_only_where_not_all_zones_are_listed() {
    let opaque = |facts: &AwsFacts| {
        let picked = steps(facts);
        let found = picked.iter().find(|step| step.construct == Construct::ServiceNetwork);
        found.map(|step| step.why.clone())
    };
    let unread = with_network(Some("ALL_DOMAINS"), &[], resource(Some(true)), None);
    let said = opaque(&unread).unwrap_or_default();
    assert!(said.contains("vpc-lattice:GetResourceConfiguration"), "{said}");
    assert_eq!(opaque(&listed(unread, "corp.example.", None)), None);
    // The association with the service network has the name too.
    let named = ServiceNetworkResource {
        private_dns_name: some("db.corp.example"),
        ..resource(Some(true))
    };
    let facts = with_network(Some("ALL_DOMAINS"), &[], named, None);
    assert_eq!(apexes(&facts), [(some("db.corp.example"), false)]);
    assert_eq!(opaque(&facts), None);
    // Nor were the resources of the service network.
    let mut facts = with_network(None, &[], resource(Some(true)), None);
    if let Some(lattice) = &mut facts.lattice {
        lattice.networks.clear();
    }
    let said = opaque(&facts).unwrap_or_default();
    assert!(said.contains("ListServiceNetworkResourceAssociations"), "{said}");
}

#[test]
fn a_resource_endpoint_reaches_one_resource_and_a_service_network_endpoint_all() {
    let endpoint = |kind: &str, network: Option<&str>, resource: Option<&str>| VpcEndpoint {
        id: "vpce-2".to_owned(),
        kind: kind.to_owned(),
        state: some("available"),
        private_dns: Some(true),
        private_dns_preference: some("ALL_DOMAINS"),
        service_network: network.map(str::to_owned),
        resource_configuration: resource.map(str::to_owned),
        ..VpcEndpoint::default()
    };
    let network = "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-1";
    let one = format!("arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/{RESOURCE}");
    for endpoint in [
        endpoint("Resource", None, Some(&one)),
        endpoint("ServiceNetwork", Some(network), None),
    ] {
        let mut facts = with_network(None, &[], resource(Some(true)), Some(custom("amazonaws.com", None)));
        if let Some(lattice) = &mut facts.lattice {
            lattice.vpcs.clear();
        }
        let facts = AwsFacts {
            vpc_endpoints: with_endpoint(endpoint).vpc_endpoints,
            ..facts
        };
        assert_eq!(apexes(&facts), [(some("amazonaws.com"), false)]);
        assert_eq!(
            steps(&facts)
                .iter()
                .find(|step| step.made_for.is_some())
                .and_then(|step| step.made_for.clone()),
            some("vpce-2")
        );
    }
}

#[test]
fn a_profile_brings_the_names_of_an_endpoint_in_another_vpc() {
    let facts = AwsFacts {
        profiles: Some(Profiles {
            associations: Some(vec![ProfileAssociation {
                profile_id: "rp-1".to_owned(),
                vpc_id: "vpc-2".to_owned(),
                status: some("COMPLETE"),
                ..ProfileAssociation::default()
            }]),
            resources: vec![ProfileResources {
                profile_id: "rp-1".to_owned(),
                resources: vec![ProfileResource {
                    arn: "arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/vpce-1".to_owned(),
                    status: some("COMPLETE"),
                    ..ProfileResource::default()
                }],
            }],
        }),
        ..with_endpoint(interface(&["eks.amazonaws.com"]))
    };
    let of = |facts: &AwsFacts| {
        let made = configuration(facts, "vpc-2", &name(TARGET), false);
        let picked = asked(&made, TARGET, RecordType::A);
        let step = decider(&picked);
        (step.made_for.clone(), step.profile.clone())
    };
    assert_eq!(of(&facts), (some("vpce-1"), some("rp-1")));
    // Where the endpoint was not read, what it brings is not known.
    let unread = AwsFacts {
        vpc_endpoints: None,
        ..facts
    };
    assert_eq!(of(&unread), (None, None));
}
