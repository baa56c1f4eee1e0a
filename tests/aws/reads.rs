//! What is read where AWS answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use eks_dns_doctor::dns::Name;
use eks_dns_doctor::facts::{Call, ReadFailure};

use super::collect::Run;
use super::failures::failed;
use super::mock::{Fault, Mock, World, error_of, faulty, json_error};
use super::world::{cluster, world};
use super::{ACCOUNT, HOST, VPC};

pub(crate) fn everything_is_read_and_nothing_else() {
    let mock = Mock::of(world());
    let collected = Run::new(&mock).with("COLLECT_SINCE", "1795000000").collect();
    assert_eq!(collected.no_session, None);
    let facts = &collected.facts;
    assert_eq!((&facts.failed_reads[..], &collected.gaps[..]), (&[][..], &[][..]));
    let seen: BTreeSet<Option<Call>> = mock.seen().iter().map(|one| one.call).collect();
    let all: BTreeSet<Option<Call>> = Call::ALL.into_iter().map(Some).collect();
    assert_eq!(seen, all);
    let json = serde_json::to_value(facts).expect("JSON");
    let said = |pointer: &str| json.pointer(pointer).map(ToString::to_string).unwrap_or_default();
    for (pointer, expected) in [
        ("/caller/account", r#""123456789012""#),
        ("/resolver_endpoints/0/endpoint_type", r#""IPV4""#),
        ("/resolver_endpoints/0/dns64", "true"),
        ("/firewall/associations/0/group_id", r#""rslvr-frg-1""#),
        ("/firewall/associations/0/priority", "101"),
        // Those of the VPC and those of the Profile.
        ("/firewall/groups/1/id", r#""rslvr-frg-2""#),
        (
            "/firewall/groups/0/rules/0/block_override_domain",
            r#""blocked.example""#,
        ),
        (
            "/firewall/groups/0/rules/0/redirection",
            r#""TRUST_REDIRECTION_DOMAIN""#,
        ),
        ("/firewall/groups/0/rules/1/detects", r#""DGA""#),
        ("/firewall/groups/0/rules/2/detects", r#""AutoAllowlist""#),
        ("/firewall/groups/0/rules/2/domain_list_id", r#""rslvr-fdl-auto""#),
        (
            "/firewall/domain_lists",
            r#"[{"domains":["*.example.com.","example.net."],"id":"rslvr-fdl-1"}]"#,
        ),
        (
            "/firewall/list_details",
            r#"[{"domain_count":2,"id":"rslvr-fdl-1","managed_by":null,"name":"blocked","status":"COMPLETE"}]"#,
        ),
        (
            "/firewall/configs",
            &format!(r#"[{{"fail_open":"DISABLED","vpc_id":"{VPC}"}}]"#),
        ),
        ("/subnets/0/cidrs", r#"["192.168.96.0/19","2001:db8:1::/64"]"#),
        ("/network_acls/0/subnet_ids", r#"["subnet-1"]"#),
        ("/network_acls/0/entries/0/number", "100"),
        ("/network_acls/0/entries/0/from_port", "53"),
        ("/network_acls/0/entries/0/allows", "true"),
        ("/network_acls/0/entries/1/allows", "false"),
        ("/network_acls/0/entries/1/from_port", "null"),
        ("/route_tables/0/is_main", "true"),
        ("/route_tables/0/routes/0/target", r#""local""#),
        ("/route_tables/0/routes/1/prefix_list_id", r#""pl-1""#),
        ("/route_tables/0/routes/1/state", r#""blackhole""#),
        ("/prefix_lists", r#"[{"cidrs":["10.8.0.0/16"],"id":"pl-1"}]"#),
        ("/client_vpn/0/id", r#""cvpn-endpoint-1""#),
        ("/client_vpn/0/vpc_id", &format!("{VPC:?}")),
        ("/client_vpn/0/status", r#""available""#),
        ("/client_vpn/0/client_cidr", r#""10.250.0.0/22""#),
        ("/client_vpn/0/dns_servers", r#"["192.168.0.2"]"#),
        ("/client_vpn/0/split_tunnel", "true"),
        ("/client_vpn/0/routes/0/destination", r#""192.168.0.0/16""#),
        ("/client_vpn/0/routes/0/status", r#""active""#),
        ("/client_vpn/0/authorization_rules/0/access_all", "true"),
        ("/client_vpn/0/authorization_rules/0/status", r#""authorizing""#),
        ("/events/0/name", r#""DisassociateResolverRule""#),
        ("/events/0/time", r#""2026-11-23T02:13:20Z""#),
        ("/events/0/by", r#""alice""#),
        (
            "/events/0/resources",
            &format!(r#"["rslvr-rr-0a1b2c3d4e5f60718",{VPC:?}]"#),
        ),
        // What every lookup found is there once.
        ("/events/1", ""),
        // In a VPC that is nobody's here.
        ("/client_vpn/1/id", r#""cvpn-endpoint-2""#),
        ("/client_vpn/1/routes", ""),
        ("/profiles/associations/0/priority", "101"),
        ("/profiles/resources/0/resources/1/priority", "102"),
        (
            "/dnssec_configs",
            &format!(r#"[{{"validation":"ENABLED","vpc_id":"{VPC}"}}]"#),
        ),
        ("/vpc_endpoints/0/vpc_id", &format!("{VPC:?}")),
        (
            "/vpc_endpoints/0/endpoints/0/private_dns_names",
            r#"["eks.ap-northeast-1.amazonaws.com"]"#,
        ),
        ("/vpc_endpoints/0/endpoints/0/private_dns", "true"),
        (
            "/vpc_endpoints/0/endpoints/1/private_dns_preference",
            r#""ALL_DOMAINS""#,
        ),
        ("/vpc_endpoints/0/endpoints/1/private_dns_specified_domains", r#"["*"]"#),
        ("/vpc_endpoints/0/endpoints/2/private_dns", "false"),
        (
            "/lattice/vpcs/0/associations/0/private_dns_specified_domains",
            r#"["*.corp.example"]"#,
        ),
        (
            "/lattice/networks/0/resources/0/private_dns_name",
            r#""db.corp.example""#,
        ),
        ("/lattice/configurations/0/custom_domain_name", r#""db.corp.example""#),
        ("/lattice/configurations/0/domain_verification", r#""VERIFIED""#),
        ("/cluster/name", r#""shared-cluster""#),
        ("/cluster/endpoint_private_access", "true"),
        ("/cluster/endpoint_public_access", "false"),
        ("/cluster/cluster_security_group_id", r#""sg-cluster""#),
        ("/cluster/ip_family", r#""ipv4""#),
        ("/cluster/certificate_authority", r#""LS0t""#),
        ("/vpc/cidrs", r#"["192.168.0.0/16"]"#),
        ("/vpc_attributes", r#"{"dns_hostnames":true,"dns_support":true}"#),
        ("/dhcp_options/domain_name_servers", r#"["AmazonProvidedDNS"]"#),
        ("/dhcp_options/domain_name", r#""ap-northeast-1.compute.internal""#),
        ("/interfaces/0/addresses", r#"["192.168.131.209"]"#),
        ("/interfaces/1/addresses", r#"["192.168.104.190"]"#),
        ("/resolver_endpoints/0/addresses/1/ip", r#""192.168.128.10""#),
        ("/resolver_endpoints/1/direction", r#""OUTBOUND""#),
        ("/resolver_rules/0/kind", r#""RECURSIVE""#),
        (
            "/resolver_rules/1/targets",
            r#"[{"ip":"10.0.0.53","port":53},{"ip":"10.0.1.53","port":53}]"#,
        ),
        ("/rule_associations/1/rule_id", r#""rslvr-rr-1""#),
        ("/hosted_zones/0/zones/1/owning_service", r#""eks.amazonaws.com""#),
        ("/updates/0/id", r#""update-new""#),
        ("/updates/0/kind", r#""EndpointAccessUpdate""#),
        ("/updates/0/created_at", r#""2026-11-23T02:13:20.5Z""#),
    ] {
        assert_eq!(said(pointer), expected, "{pointer}");
    }
    let groups: Vec<(&str, usize)> = facts
        .security_groups
        .iter()
        .flatten()
        .map(|group| (group.id.as_str(), group.ingress.len()))
        .collect();
    assert_eq!(groups, [("sg-cluster", 0), ("sg-in", 1)]);
    // What is asked exactly, and for whom it is signed.
    let filter = "Filter.1.Name=description&Filter.1.Value.1=Amazon+EKS+shared-cluster&Filter.2.Name=vpc-id";
    assert!(mock.requests(Call::DescribeNetworkInterfaces)[0].contains(filter));
    for one in mock.seen() {
        let action = one.call.map(Call::action).unwrap_or_default();
        let scope = match action.split(':').next() {
            Some("route53") => "/us-east-1/route53/aws4_request",
            Some("ec2") => "/ap-northeast-1/ec2/aws4_request",
            Some("sts") => "/ap-northeast-1/sts/aws4_request",
            Some("eks") => "/ap-northeast-1/eks/aws4_request",
            Some("route53profiles") => "/ap-northeast-1/route53profiles/aws4_request",
            Some("vpc-lattice") => "/ap-northeast-1/vpc-lattice/aws4_request",
            // Route 53's own events are where Route 53 is.
            Some("cloudtrail") if one.request.contains("HostedZone") => "/us-east-1/cloudtrail/aws4_request",
            Some("cloudtrail") => "/ap-northeast-1/cloudtrail/aws4_request",
            _ => "/ap-northeast-1/route53resolver/aws4_request",
        };
        assert!(one.authorization.contains(scope), "{one:?}");
    }
}

pub(crate) fn pages_of_one_make_the_same_whole() {
    let whole = Run::new(&Mock::of(world())).collect();
    let mock = Mock::of(World { page: 1, ..world() });
    let paged = Run::new(&mock).collect();
    assert_eq!(paged.facts, whole.facts);
    assert_eq!(mock.times(Call::DescribeNetworkInterfaces), 2);
    assert_eq!(mock.times(Call::ListResolverRules), 2);
}

pub(crate) fn a_list_without_an_end_is_cut_and_said() {
    // The next page is the same page.
    let page = r#"{"ResolverRules":[],"NextToken":"again"}"#.to_owned();
    let mock = Mock::of(faulty([(Call::ListResolverRules, Fault::Reply(200, page))]));
    let collected = Run::new(&mock).collect();
    assert_eq!(mock.times(Call::ListResolverRules), eks_dns_doctor::limits::AWS_PAGES);
    assert!(failed(&collected, Call::ListResolverRules).is_some());
    // What is not in it may be on the pages that were not read.
    assert!(collected.facts.is_part(Call::ListResolverRules));
    assert!(!collected.facts.is_part(Call::ListResolverRuleAssociations));
}

pub(crate) fn a_list_of_associations_that_is_cut_leaves_open_what_decides() {
    let lists = [
        (
            Call::ListFirewallRuleGroupAssociations,
            "FirewallRuleGroupAssociations",
            "NextToken",
        ),
        (
            Call::ListResolverRuleAssociations,
            "ResolverRuleAssociations",
            "NextToken",
        ),
        (Call::ListProfileAssociations, "profileAssociations", "nextToken"),
    ];
    for (call, member, token) in lists {
        let page = format!(r#"{{"{member}":[],"{token}":"again"}}"#);
        let mock = Mock::of(faulty([(call, Fault::Reply(200, page))]));
        let facts = Run::new(&mock).collect().facts;
        let target = eks_dns_doctor::dns::Name::from_host(crate::HOST).expect("a name");
        let configuration = eks_dns_doctor::decides::configuration(&facts, crate::VPC, &target, true);
        let rest = match call {
            Call::ListFirewallRuleGroupAssociations => configuration.groups.rest,
            Call::ListResolverRuleAssociations => configuration.rules.rest,
            _ => configuration.profiles.rest,
        };
        assert_eq!(
            rest.map(|why| why.to_string().contains(call.action())),
            Some(true),
            "{call:?}"
        );
    }
}

pub(crate) fn changes_are_looked_up_one_behind_the_other() {
    let mock = Mock::of(world());
    let begun = Instant::now();
    let collected = Run::new(&mock).with("COLLECT_SINCE", "1795000000").collect();
    // CloudTrail takes two a second in a Region.
    assert!(begun.elapsed() >= Duration::from_millis(2500));
    assert_eq!(collected.facts.events.map(|events| events.len()), Some(1));
    let requests = mock.requests(Call::LookupEvents);
    let body = |at: usize| -> serde_json::Value {
        let body = requests[at].split_once(" {").expect("a body").1;
        serde_json::from_str(&format!("{{{body}")).expect("JSON")
    };
    let first = (0..requests.len())
        .map(body)
        .find(|body| body["LookupAttributes"][0]["AttributeValue"] == "route53resolver.amazonaws.com");
    assert_eq!(
        first.expect("it is looked up"),
        serde_json::json!({
            "LookupAttributes": [{"AttributeKey": "EventSource", "AttributeValue": "route53resolver.amazonaws.com"}],
            "StartTime": 1_795_000_000,
            "MaxResults": 50,
        })
    );
    // Route 53's own events are in the Region that it is signed for.
    let seen = mock.seen();
    let signed_for = |value: &str| {
        let asked = seen
            .iter()
            .find(|one| one.request.contains(value))
            .expect("it is looked up");
        asked.authorization.split('/').nth(2).map(str::to_owned)
    };
    assert_eq!(signed_for("DeleteHostedZone").as_deref(), Some("us-east-1"));
    assert_eq!(signed_for("AssociateDhcpOptions").as_deref(), Some("ap-northeast-1"));
    for of_zones in ["DeleteVpcEndpoints", "vpc-lattice.amazonaws.com"] {
        assert_eq!(signed_for(of_zones).as_deref(), Some("ap-northeast-1"));
    }
    // Without the flag nobody looks.
    let mock = Mock::of(world());
    let collected = Run::new(&mock).collect();
    assert_eq!((mock.times(Call::LookupEvents), collected.facts.events), (0, None));
}

pub(crate) fn a_denied_lookup_is_the_last_one() {
    let call = Call::LookupEvents;
    let body = error_of(
        call,
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ops is not authorized",
    );
    let mock = Mock::of(faulty([(call, Fault::Reply(400, body))]));
    let collected = Run::new(&mock).with("COLLECT_SINCE", "1795000000").collect();
    // One in each Region.
    assert_eq!(mock.times(call), 2);
    let gaps = collected.gaps.iter().filter(|gap| gap.source == call.action());
    assert_eq!(gaps.count(), 1);
    // More events than are read are a gap, and what was read stays.
    let mock = Mock::of(World { page: 1, ..world() });
    let collected = Run::new(&mock).with("COLLECT_SINCE", "1795000000").collect();
    assert_eq!(collected.facts.events.map(|events| events.len()), Some(1));
}

pub(crate) fn shapes_of_a_mock_server_are_understood() {
    // An endpoint with a trailing slash, no vpcId, interfaces that are attached to nothing, no description set empty.
    let mut world = world();
    let (_, json) = cluster("shared-cluster", &format!("https://{HOST}/"));
    world.clusters[1].1 = json.replace(&format!("\"vpcId\":\"{VPC}\","), "");
    for member in world.lists.entry(Call::DescribeNetworkInterfaces).or_default() {
        let (before, rest) = member.split_once("<attachment>").expect("an attachment");
        let (_, after) = rest.split_once("</attachment>").expect("an attachment");
        *member = format!("{before}{after}");
    }
    let mock = Mock::of(world);
    let collected = Run::new(&mock).collect();
    let facts = &collected.facts;
    assert_eq!(facts.failed_reads, []);
    assert_eq!(facts.interfaces.as_ref().map(Vec::len), Some(2));
    assert_eq!(facts.vpc.as_ref().map(|vpc| vpc.id.as_str()), Some(VPC));
    let target = Name::from_host(HOST).expect("a name");
    assert!(facts.cluster_of(&target).is_some());
}

pub(crate) fn without_an_option_set_none_is_described() {
    let mut world = world();
    for member in world.lists.entry(Call::DescribeVpcs).or_default() {
        *member = member.replace("dopt-1", "default");
    }
    let mock = Mock::of(world);
    let collected = Run::new(&mock).collect();
    assert_eq!(mock.times(Call::DescribeDhcpOptions), 0);
    let id = collected.facts.dhcp_options.map(|options| options.id);
    assert_eq!(id.as_deref(), Some("default"));
}

pub(crate) fn a_cluster_that_is_not_there_is_a_fact() {
    let mock = Mock::of(world());
    let collected = Run::new(&mock)
        .without("COLLECT_TARGET")
        .with("COLLECT_CLUSTER", "shared-clutser")
        .collect();
    let absent = collected.facts.absent_cluster.expect("it is absent");
    assert_eq!(absent.name, "shared-clutser");
    assert_eq!(absent.region.as_deref(), Some("ap-northeast-1"));
    assert_eq!(absent.account.as_deref(), Some(ACCOUNT));
    assert_eq!(
        absent.present,
        Some(vec!["another".to_owned(), "shared-cluster".to_owned()])
    );
    assert_eq!(collected.facts.cluster, None);
    // The older form of the error.
    let old = json_error("ClientException", "No cluster found for name: x.");
    let mock = Mock::of(faulty([(Call::DescribeCluster, Fault::Reply(400, old))]));
    let collected = Run::new(&mock)
        .without("COLLECT_TARGET")
        .with("COLLECT_CLUSTER", "x")
        .collect();
    assert!(collected.facts.absent_cluster.is_some());
}

pub(crate) fn an_endpoint_that_no_cluster_has_is_said() {
    let mock = Mock::of(world());
    let collected = Run::new(&mock)
        .with("COLLECT_TARGET", "FFFF.gr7.ap-northeast-1.eks.amazonaws.com")
        .collect();
    let read = failed(&collected, Call::ListClusters).expect("it is said");
    assert_eq!(read.kind, ReadFailure::NotFound);
    assert_eq!(collected.facts.cluster, None);
    // With a name, the cluster of that name is known, and that its endpoint is another one.
    let collected = Run::new(&mock)
        .with("COLLECT_TARGET", "FFFF.gr7.ap-northeast-1.eks.amazonaws.com")
        .with("COLLECT_CLUSTER", "shared-cluster")
        .collect();
    assert_eq!(collected.facts.failed_reads, []);
    assert_eq!(
        collected.facts.cluster.map(|one| one.name).as_deref(),
        Some("shared-cluster")
    );
}

pub(crate) fn the_cluster_that_has_the_target_goes_before_the_named_one() {
    let mock = Mock::of(world());
    let collected = Run::new(&mock).with("COLLECT_CLUSTER", "another").collect();
    assert_eq!(
        collected.facts.cluster.map(|one| one.name).as_deref(),
        Some("shared-cluster")
    );
    let request = &mock.requests(Call::DescribeNetworkInterfaces)[0];
    assert!(request.contains("Amazon+EKS+shared-cluster"), "{request}");
}

pub(crate) fn what_was_learnt_before_is_not_asked_again() {
    for first in ["describe", "find"] {
        let mock = Mock::of(world());
        let run = Run::new(&mock).with("COLLECT_FIRST", first);
        let collected = run.with("COLLECT_CLUSTER", "shared-cluster").collect();
        assert_eq!(collected.facts.failed_reads, []);
        assert_eq!(
            collected.facts.cluster.map(|one| one.name).as_deref(),
            Some("shared-cluster")
        );
        let of_it = mock.requests(Call::DescribeCluster).into_iter();
        let times = of_it.filter(|one| one.contains("/shared-cluster ")).count();
        assert_eq!(times, 1, "{first}");
    }
}

/// The policy of all reads, each in its part.
fn policy() -> String {
    let mut parts = BTreeMap::new();
    for call in Call::ALL {
        if let Some(part) = call.part() {
            parts.entry(part).or_insert_with(Vec::new).push(call.action());
        }
    }
    let statements = parts.iter().map(|(part, actions)| {
        let actions: Vec<String> = actions.iter().map(|action| format!("\n        \"{action}\"")).collect();
        format!(
            "    {{\n      \"Sid\": \"{}\",\n      \"Effect\": \"Allow\",\n      \"Action\": [{}\n      ],\n      \
             \"Resource\": \"*\"\n    }}",
            part.sid(),
            actions.join(",")
        )
    });
    let statements: Vec<String> = statements.collect();
    format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n{}\n  ]\n}}\n",
        statements.join(",\n")
    )
}

/// `BLESS=1 cargo test --test aws policy` writes it anew.
pub(crate) fn the_document_has_the_policy_of_exactly_these_reads() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/aws-permissions.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once("```json\n").expect("the page has a policy");
    let (written, after) = rest.split_once("```").expect("the policy ends");
    let policy = policy();
    let parsed: serde_json::Value = serde_json::from_str(&policy).expect("the policy is JSON");
    assert!(parsed["Statement"].as_array().is_some_and(|all| all.len() == 5));
    if std::env::var_os("BLESS").is_some_and(|value| !value.is_empty()) {
        std::fs::write(&path, format!("{before}```json\n{policy}```{after}")).expect("the page can be written");
        return;
    }
    assert_eq!(written, policy);
}

pub(crate) fn what_decides_in_this_instances_vpc_is_read_too() {
    const OWN: &str = "vpc-0c0c0c0c0c0c0c0c0";
    let asked_of = |mock: &Mock, call: Call| mock.requests(call).iter().any(|one| one.contains(OWN));
    let of_one_vpc = [
        Call::ListHostedZonesByVpc,
        Call::GetFirewallConfig,
        Call::GetResolverDnssecConfig,
        Call::DescribeVpcEndpoints,
        Call::ListServiceNetworkVpcAssociations,
        Call::DescribeVpcAttribute,
        Call::DescribeVpcs,
    ];
    for everything in [false, true] {
        let mut world_of_two = world();
        world_of_two.lists.entry(Call::DescribeVpcs).or_default().push(format!(
            "<item><vpcId>{OWN}</vpcId><ownerId>444455556666</ownerId><state>available</state>\
             <cidrBlock>10.1.0.0/16</cidrBlock></item>"
        ));
        let mock = Mock::of(world_of_two);
        let mut run = Run::new(&mock)
            .with("COLLECT_OWN_VPC", OWN)
            .with("COLLECT_OWN_REGION", "ap-northeast-1");
        if everything {
            run = run.with("COLLECT_EVERYTHING", "1");
        }
        let facts = run.collect().facts;
        assert_eq!(facts.failed_reads, []);
        assert!(of_one_vpc.into_iter().all(|call| asked_of(&mock, call)));
        let mut zones = facts.hosted_zones.iter().flatten();
        assert!(zones.any(|list| list.vpc_id == OWN && !list.zones.is_empty()));
        let attributes = facts.attributes_of(OWN).expect("they were read");
        assert_eq!(attributes.dns_support.zip(attributes.dns_hostnames), Some((true, true)));
        assert_eq!(facts.owner_of(OWN), Some("444455556666"));
        // Those of the cluster's VPC are as before.
        assert!(facts.vpc_attributes.is_some());
        // The cluster's VPC is read once, where this instance is in it.
        let mock = Mock::of(world());
        let mut run = Run::new(&mock)
            .with("COLLECT_OWN_VPC", VPC)
            .with("COLLECT_OWN_REGION", "ap-northeast-1");
        if everything {
            run = run.with("COLLECT_EVERYTHING", "1");
        }
        assert_eq!(run.collect().facts.failed_reads, []);
        assert_eq!(mock.times(Call::DescribeVpcAttribute), 2);
        assert_eq!(mock.times(Call::GetFirewallConfig), 1);
    }
    // A VPC of another Region has its lists there.
    let mock = Mock::of(world());
    let run = Run::new(&mock)
        .with("COLLECT_OWN_VPC", OWN)
        .with("COLLECT_OWN_REGION", "eu-west-1");
    assert_eq!(run.collect().facts.failed_reads, []);
    assert!(!of_one_vpc.into_iter().any(|call| asked_of(&mock, call)));
}

/// The document says of each permission of AWS's runbook whether it is used here, as it is.
pub(crate) fn the_document_has_what_awss_runbook_reads() {
    let document = include_str!("../../docs/what-decides-in-aws.md");
    let rows: Vec<Vec<&str>> = document
        .lines()
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .filter(|row: &Vec<&str>| row.len() == 3 && matches!(row[1], "yes" | "no"))
        .collect();
    assert_eq!(rows.len(), 28);
    for row in rows {
        let action = row[0].trim_matches('`');
        let is_read = Call::ALL.iter().any(|call| call.action() == action);
        assert_eq!(row[1] == "yes", is_read, "{action}");
        assert_eq!(row[2].is_empty(), is_read, "{action} is not read, and has a reason");
    }
}
