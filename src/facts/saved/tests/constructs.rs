//! What else decides: DNS Firewall, Profiles, VPC endpoints, VPC Lattice, Client VPN.

use crate::facts::Call;

use super::super::*;
use super::{X, applied, cluster};

/// Service models of botocore 1.44.8 (route53resolver, route53profiles) and the AWS CLI's own examples of Profiles.
#[test]
fn dns_firewall_and_profiles_are_recognised_and_a_domain_list_is_nobodys() {
    let associations = r#"{"FirewallRuleGroupAssociations":[{"Id":"rslvr-frgassoc-1","Arn":"arn:aws:route53resolver:x",
        "FirewallRuleGroupId":"rslvr-frg-1","VpcId":"vpc-1","Name":"corp","Priority":101,"Status":"COMPLETE"}]}"#;
    let rules = r#"{"FirewallRules":[{"FirewallRuleGroupId":"rslvr-frg-1","FirewallDomainListId":"rslvr-fdl-1",
        "Name":"block","Priority":10,"Action":"BLOCK","BlockResponse":"NXDOMAIN","Qtype":"A"},
        {"FirewallRuleGroupId":"rslvr-frg-1","Name":"threats","Priority":20,"Action":"BLOCK","BlockResponse":"NODATA",
        "FirewallRuleType":{"PartnerThreatProtection":{"Partner":"some-partner"}},"Status":"COMPLETE"}]}"#;
    let config = r#"{"FirewallConfig":{"Id":"rslvr-fc-1","ResourceId":"vpc-1","OwnerId":"123456789012",
        "FirewallFailOpen":"DISABLED"}}"#;
    let domains = r#"{"Domains":["*.example.com.","example.net."]}"#;
    let profiles = r#"{"ProfileAssociations":[{"CreationTime":1710851336.527,"Id":"rpassoc-489ce212fexample",
        "Name":"test-association","OwnerId":"123456789012","ProfileId":"rp-4987774726example",
        "ResourceId":"arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1","Status":"COMPLETE"}]}"#;
    let resources = r#"{"ProfileResourceAssociations":[{"CreationTime":1710851216.613,"Id":"rpr-001913120a7example",
        "Name":"test-resource-association","OwnerId":"123456789012","ProfileId":"rp-4987774726example",
        "ResourceArn":"arn:aws:route53resolver:us-east-1:123456789012:firewall-rule-group/rslvr-frg-cfe7f72example",
        "ResourceProperties":"{\"priority\":102}","ResourceType":"FIREWALL_RULE_GROUP","Status":"COMPLETE"}]}"#;
    let all = [associations, rules, config, domains, profiles, resources];
    let (facts, gaps) = applied(&all);
    let firewall = facts.firewall.unwrap();
    assert_eq!(firewall.associations.unwrap()[0].vpc_id, "vpc-1");
    let read = &firewall.groups[0].rules;
    assert_eq!(read[0].domain_list_id.as_deref(), Some("rslvr-fdl-1"));
    assert_eq!(
        (read[0].detects.as_deref(), read[1].detects.as_deref()),
        (None, Some("some-partner"))
    );
    assert_eq!(firewall.configs[0].fail_open.as_deref(), Some("DISABLED"));
    // The answer names no list: the only rule that has one is not taken for its owner.
    assert_eq!(firewall.domain_lists, []);
    assert!(gaps.contains(&"DNS Firewall domain lists".to_owned()), "{gaps:?}");
    let profiles = facts.profiles.unwrap();
    let association = &profiles.associations.unwrap()[0];
    assert_eq!((association.vpc_id.as_str(), association.priority), ("vpc-1", None));
    let resource = &profiles.resources[0].resources[0];
    assert_eq!(resource.priority, Some(102));
    assert_eq!(resource.id_of("firewall-rule-group"), Some("rslvr-frg-cfe7f72example"));
    assert_eq!(resource.id_of("hostedzone"), None);
    // As --query leaves them.
    let members = |text: &str| {
        let inner = text.split_once('[').unwrap().1;
        format!("[{}]", inner.rsplit_once(']').unwrap().0)
    };
    let queried: Vec<String> = [associations, rules, profiles_of(&all), resources]
        .map(members)
        .to_vec();
    let queried: Vec<&str> = queried.iter().map(String::as_str).collect();
    let (again, _) = applied(&queried);
    assert_eq!(again.firewall.unwrap().groups[0].rules.len(), 2);
    assert_eq!(again.profiles.unwrap().resources[0].resources.len(), 1);
}

fn profiles_of<'a>(all: &[&'a str]) -> &'a str {
    all.iter()
        .find(|text| text.contains("\"ProfileAssociations\""))
        .unwrap()
}

/// Service models of botocore 1.44.8 (ec2, vpc-lattice, route53resolver).
#[test]
fn vpc_endpoints_and_vpc_lattice_are_recognised() {
    let endpoints = r#"{"VpcEndpoints":[{"VpcEndpointId":"vpce-1","VpcEndpointType":"Interface","VpcId":"vpc-1",
        "ServiceName":"com.amazonaws.us-east-1.eks","State":"available","PrivateDnsEnabled":true,"DnsEntries":[
        {"DnsName":"vpce-1-a.eks.us-east-1.vpce.amazonaws.com","HostedZoneId":"Z7HUB22UULQXV"},
        {"DnsName":"eks.us-east-1.amazonaws.com","HostedZoneId":"Z1C12344VYDITB0"}]},
        {"VpcEndpointId":"vpce-032a826a","VpcEndpointType":"Gateway","VpcId":"vpc-1","State":"available",
        "PrivateDnsEnabled":true,"DnsEntries":[]}]}"#;
    let associations = r#"{"items":[{"id":"snva-1","status":"ACTIVE","serviceNetworkId":"sn-1",
        "serviceNetworkName":"corp","privateDnsEnabled":true,"dnsOptions":{"privateDnsPreference":"ALL_DOMAINS"},
        "vpcId":"vpc-1"}]}"#;
    let resources = r#"{"items":[{"id":"snra-1","status":"ACTIVE","resourceConfigurationId":"rcfg-1",
        "serviceNetworkId":"sn-1","privateDnsEnabled":true,"privateDnsEntry":{"domainName":"db.corp.example"}}]}"#;
    let configuration = r#"{"id":"rcfg-1","name":"database","type":"SINGLE","customDomainName":"db.corp.example",
        "arn":"arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-1","status":"ACTIVE"}"#;
    let dnssec = r#"{"ResolverDNSSECConfig":{"Id":"rdsc-1","OwnerId":"123456789012","ResourceId":"vpc-1",
        "ValidationStatus":"ENABLED"}}"#;
    let (facts, _) = applied(&[endpoints, associations, resources, configuration, dnssec]);
    let of_vpc = &facts.vpc_endpoints.as_ref().unwrap()[0];
    assert_eq!(of_vpc.vpc_id, "vpc-1");
    // A gateway endpoint has no names.
    let [endpoint] = &of_vpc.endpoints[..] else {
        panic!("{of_vpc:?}");
    };
    assert_eq!(endpoint.private_dns_names, ["eks.us-east-1.amazonaws.com"]);
    let lattice = facts.lattice.as_ref().unwrap();
    assert_eq!(lattice.vpcs[0].associations[0].service_network_id, "sn-1");
    assert_eq!(
        lattice.networks[0].resources[0].private_dns_name.as_deref(),
        Some("db.corp.example")
    );
    assert_eq!(
        lattice.configurations[0].custom_domain_name.as_deref(),
        Some("db.corp.example")
    );
    assert_eq!(facts.dnssec_configs.as_ref().unwrap()[0].validates(), Some(true));
    // As --query leaves them, and twice.
    let members = |text: &str| {
        let inner = text.split_once('[').unwrap().1;
        format!("[{}]", inner.rsplit_once(']').unwrap().0)
    };
    let queried = [endpoints, associations, resources].map(members);
    let mut all: Vec<&str> = queried.iter().map(String::as_str).collect();
    all.extend([configuration, dnssec, endpoints, resources, associations]);
    let (again, _) = applied(&all);
    assert_eq!(again, facts);
    // A list of Kubernetes is none of VPC Lattice's.
    let list = r#"{"apiVersion":"v1","kind":"List","items":[]}"#;
    assert!(super::read(list.as_bytes(), &mut Answers::default()).is_err());
}

#[test]
fn client_vpn_is_recognised_and_an_empty_answer_is_the_only_endpoints() {
    // The members are those of EC2's service model (botocore 1.44.8).
    let endpoint = |id: &str| {
        format!(
            r#"{{"ClientVpnEndpointId":"{id}","Description":"","Status":{{"Code":"available"}},"DnsName":"*.{id}.x",
            "ClientCidrBlock":"10.250.0.0/22","DnsServers":["10.0.0.2"],"SplitTunnel":false,"VpcId":"vpc-1"}}"#
        )
    };
    let endpoints = |all: &[String]| format!(r#"{{"ClientVpnEndpoints":[{}]}}"#, all.join(","));
    let one = endpoints(&[endpoint("cvpn-endpoint-1")]);
    let routes = r#"{"Routes":[{"ClientVpnEndpointId":"cvpn-endpoint-1","DestinationCidr":"10.0.0.0/16",
        "TargetSubnet":"subnet-1","Type":"Nat","Origin":"associate","Status":{"Code":"active"},"Description":"d"}]}"#;
    let rules = r#"{"AuthorizationRules":[]}"#;
    let cluster = cluster("a", &format!("https://{X}"));
    let (facts, gaps) = applied(&[&cluster, &one, routes, rules]);
    let [known] = facts.client_vpn.as_deref().unwrap() else {
        panic!("{facts:?}");
    };
    assert_eq!(known.dns_servers, ["10.0.0.2".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(known.routes.as_ref().map(Vec::len), Some(1));
    assert_eq!(known.authorization_rules, Some(Vec::new()));
    assert!(!gaps.iter().any(|gap| gap.contains("Client VPN")), "{gaps:?}");
    // What facts wrote says the same again.
    let written = serde_json::json!({ "schema_version": 2, "taken_at": "2026-11-25T05:00:00Z", "facts": facts });
    assert_eq!(applied(&[&written.to_string()]).0.client_vpn, facts.client_vpn);
    // Of two endpoints, whose the rules are is not said.
    let two = endpoints(&[endpoint("cvpn-endpoint-1"), endpoint("cvpn-endpoint-2")]);
    let (facts, gaps) = applied(&[&cluster, &two, rules]);
    let known = facts.client_vpn.as_deref().unwrap();
    assert!(known.iter().all(|one| one.authorization_rules.is_none()));
    assert!(facts.is_part(Call::DescribeClientVpnAuthorizationRules));
    let fact = "authorization rules of Client VPN endpoints".to_owned();
    assert!(gaps.contains(&fact), "{gaps:?}");
    // A page that is not the last is a part.
    let page = routes.replacen('{', "{\"NextToken\":\"t\",", 1);
    let (facts, _) = applied(&[&cluster, &one, &page]);
    assert!(facts.is_part(Call::DescribeClientVpnRoutes));
    // What --query leaves of it.
    let listed = format!("[{}]", endpoint("cvpn-endpoint-1"));
    let rule = r#"{"ClientVpnEndpointId":"cvpn-endpoint-1","AccessAll":true,"DestinationCidr":"0.0.0.0/0"}"#;
    let (facts, _) = applied(&[&cluster, &listed, rule]);
    let rules = facts.client_vpn.unwrap()[0].authorization_rules.clone().unwrap();
    assert!(rules[0].access_all);
    // A route table alone has a list of the same name.
    let table = r#"{"RouteTableId":"rtb-1","VpcId":"vpc-1","Associations":[],"Routes":[]}"#;
    let mut answers = Answers::default();
    super::read(table.as_bytes(), &mut answers).unwrap();
    assert_eq!(answers.route_tables.unwrap()[0].id, "rtb-1");
    assert_eq!(answers.client_vpn, crate::facts::ClientVpn::default());
}
