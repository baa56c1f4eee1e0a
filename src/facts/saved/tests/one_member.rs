//! One member of an answer alone, as `--query` leaves it.

use crate::facts::Call;

use super::super::*;

/// One member of what each read answers, with what it has to have (service models of botocore 1.44.8).
const ONE_MEMBER: &[(Call, &str)] = &[
    (
        Call::DescribeCluster,
        r#"{"name":"a","arn":"arn:aws:eks:eu-west-1:123456789012:cluster/a","resourcesVpcConfig":{"vpcId":"vpc-1"}}"#,
    ),
    (
        Call::DescribeUpdate,
        r#"{"id":"u-1","status":"Successful","type":"EndpointAccessUpdate","params":[],"createdAt":1795461910.8}"#,
    ),
    (
        Call::DescribeNetworkInterfaces,
        r#"{"NetworkInterfaceId":"eni-1","Description":"Amazon EKS a","PrivateIpAddress":"192.168.1.1",
        "VpcId":"vpc-1","SubnetId":"subnet-1","Groups":[]}"#,
    ),
    (
        Call::DescribeVpcs,
        r#"{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16","DhcpOptionsId":"dopt-1"}"#,
    ),
    (
        Call::DescribeDhcpOptions,
        r#"{"DhcpOptionsId":"dopt-1","DhcpConfigurations":[]}"#,
    ),
    (
        Call::DescribeSecurityGroups,
        r#"{"GroupId":"sg-1","GroupName":"in","VpcId":"vpc-1","IpPermissions":[],"IpPermissionsEgress":[]}"#,
    ),
    (
        Call::DescribeSubnets,
        r#"{"SubnetId":"subnet-1","VpcId":"vpc-1","CidrBlock":"192.168.1.0/24","Ipv6CidrBlockAssociationSet":[]}"#,
    ),
    (
        Call::DescribeNetworkAcls,
        r#"{"NetworkAclId":"acl-1","VpcId":"vpc-1","IsDefault":true,"Tags":[],
        "Associations":[{"NetworkAclAssociationId":"aclassoc-1","NetworkAclId":"acl-1","SubnetId":"subnet-1"}],
        "Entries":[{"CidrBlock":"0.0.0.0/0","Egress":false,"Protocol":"-1","RuleAction":"allow","RuleNumber":100}]}"#,
    ),
    (
        Call::DescribeRouteTables,
        r#"{"RouteTableId":"rtb-1","VpcId":"vpc-1","Associations":[{"Main":true,"RouteTableId":"rtb-1"}],
        "Routes":[{"DestinationCidrBlock":"192.168.0.0/16","GatewayId":"local","State":"active"}]}"#,
    ),
    (
        Call::GetManagedPrefixListEntries,
        r#"{"Cidr":"10.8.0.0/16","Description":"laptops"}"#,
    ),
    (
        Call::DescribeClientVpnEndpoints,
        r#"{"ClientVpnEndpointId":"cvpn-endpoint-1","DnsName":"*.x","ClientCidrBlock":"10.250.0.0/22",
        "VpcId":"vpc-1","SecurityGroupIds":["sg-1"],"AuthenticationOptions":[],"Tags":[]}"#,
    ),
    (
        Call::DescribeClientVpnRoutes,
        r#"{"ClientVpnEndpointId":"cvpn-endpoint-1","DestinationCidr":"10.0.0.0/16","TargetSubnet":"subnet-1"}"#,
    ),
    (
        Call::DescribeClientVpnAuthorizationRules,
        r#"{"ClientVpnEndpointId":"cvpn-endpoint-1","DestinationCidr":"10.0.0.0/16","AccessAll":true}"#,
    ),
    (
        Call::ListResolverEndpoints,
        r#"{"Id":"rslvr-in-1","Direction":"INBOUND","HostVPCId":"vpc-1","SecurityGroupIds":["sg-1"],"Protocols":[]}"#,
    ),
    (
        Call::ListResolverEndpointIpAddresses,
        r#"{"IpId":"rni-1","SubnetId":"subnet-1","Ip":"192.168.1.10","Status":"ATTACHED"}"#,
    ),
    (
        Call::ListResolverRules,
        r#"{"Id":"rslvr-rr-1","DomainName":"corp.example.","RuleType":"FORWARD","TargetIps":[{"Ip":"10.0.0.53"}]}"#,
    ),
    (
        Call::ListResolverRuleAssociations,
        r#"{"Id":"rslvr-rrassoc-1","ResolverRuleId":"rslvr-rr-1","VPCId":"vpc-1","Status":"COMPLETE"}"#,
    ),
    (
        Call::ListHostedZonesByVpc,
        r#"{"HostedZoneId":"Z1","Name":"corp.example.","Owner":{"OwningAccount":"123456789012"}}"#,
    ),
    (
        Call::ListFirewallRuleGroupAssociations,
        r#"{"Id":"rslvr-frgassoc-1","FirewallRuleGroupId":"rslvr-frg-1","VpcId":"vpc-1","Priority":101}"#,
    ),
    (
        Call::ListFirewallRules,
        r#"{"FirewallRuleGroupId":"rslvr-frg-1","FirewallDomainListId":"rslvr-fdl-1","Priority":1,"Action":"ALLOW"}"#,
    ),
    (
        Call::GetFirewallDomainList,
        r#"{"Id":"rslvr-fdl-1","Arn":"arn:aws:route53resolver:x","Name":"blocked","DomainCount":2,"Status":"COMPLETE"}"#,
    ),
    (
        Call::GetFirewallConfig,
        r#"{"Id":"rslvr-fc-1","ResourceId":"vpc-1","OwnerId":"123456789012","FirewallFailOpen":"DISABLED"}"#,
    ),
    (
        Call::ListProfileAssociations,
        r#"{"Id":"rpassoc-1","ProfileId":"rp-1","ResourceId":"vpc-1","Status":"COMPLETE"}"#,
    ),
    (
        Call::ListProfileResourceAssociations,
        r#"{"Id":"rpr-1","ProfileId":"rp-1","ResourceArn":"arn:aws:route53:::hostedzone/Z1","Status":"COMPLETE"}"#,
    ),
    (
        Call::GetResolverDnssecConfig,
        r#"{"Id":"rdsc-1","OwnerId":"123456789012","ResourceId":"vpc-1","ValidationStatus":"ENABLED"}"#,
    ),
    (
        Call::DescribeVpcEndpoints,
        r#"{"VpcEndpointId":"vpce-1","VpcEndpointType":"Interface","VpcId":"vpc-1","State":"available",
        "PrivateDnsEnabled":true,"SubnetIds":["subnet-1"],"Groups":[],"DnsEntries":[{"DnsName":"eks.x.test"}]}"#,
    ),
    (
        Call::ListServiceNetworkVpcAssociations,
        r#"{"id":"snva-1","status":"ACTIVE","serviceNetworkId":"sn-1","privateDnsEnabled":true,"vpcId":"vpc-1"}"#,
    ),
    (
        Call::ListServiceNetworkResourceAssociations,
        r#"{"id":"snra-1","status":"ACTIVE","resourceConfigurationId":"rcfg-1","serviceNetworkId":"sn-1"}"#,
    ),
    (
        Call::LookupEvents,
        r#"{"EventId":"1","EventName":"DisassociateResolverRule","EventSource":"route53resolver.amazonaws.com",
        "EventTime":1795461910,"Username":"alice","Resources":[],"CloudTrailEvent":"{}"}"#,
    ),
];

/// Their answers have no member around what is read, or a list of texts, which says of nothing what it is.
const WITHOUT_A_MEMBER: &[Call] = &[
    Call::GetCallerIdentity,
    Call::ListClusters,
    Call::ListUpdates,
    Call::DescribeVpcAttribute,
    Call::ListFirewallDomains,
    Call::GetResourceConfiguration,
];

/// What `--query 'NetworkAcls[0]'` and `--query 'NetworkAcls'` leave of an answer says the same as the answer, but that
/// it may be a part.
#[test]
fn one_member_alone_is_taken_whatever_the_read() {
    let taken = |text: &str| {
        let mut answers = Answers::default();
        super::read(text.as_bytes(), &mut answers).unwrap_or_else(|error| panic!("{error}: {text}"));
        let partial = std::mem::take(&mut answers.partial);
        // Of one member, that it is a part says this too.
        answers.whole.clear();
        answers.of_one_vpc.clear();
        (answers, partial)
    };
    for call in Call::ALL {
        let Some((_, member)) = ONE_MEMBER.iter().find(|(of, _)| *of == call) else {
            assert!(WITHOUT_A_MEMBER.contains(&call), "{call:?} has no member here");
            continue;
        };
        let key = match call {
            Call::ListHostedZonesByVpc => "HostedZoneSummaries",
            other => other.member(),
        };
        let (whole, _) = if call.is_list() {
            taken(&format!("{{\"{key}\":[{member}]}}"))
        } else {
            taken(&format!("{{\"{key}\":{member}}}"))
        };
        assert_ne!(whole, Answers::default(), "{call:?}");
        let (alone, partial) = taken(member);
        assert_eq!(alone, whole, "{call:?}");
        let in_part: &[Call] = if call.is_list() { &[call] } else { &[] };
        assert_eq!(partial, in_part, "neither one of a list nor a list alone is the whole");
        let (listed, partial) = taken(&format!("[{member}]"));
        assert_eq!((listed, partial.as_slice()), (whole, in_part), "{call:?}");
    }
}

/// What has fields of the same names and is another thing, in the shapes of EC2's and Route 53's service models
/// (botocore 1.44.8: Instance, NatGateway, Address, VpcPeeringConnectionVpcInfo, TrafficPolicyInstance), and another
/// cloud's cluster.
#[test]
fn what_is_like_a_member_and_is_none_is_not_taken() {
    for other in [
        r#"{"InstanceId":"i-1","SubnetId":"subnet-1","VpcId":"vpc-1","PrivateIpAddress":"10.0.0.1"}"#,
        r#"{"NatGatewayId":"nat-1","SubnetId":"subnet-1","VpcId":"vpc-1","State":"available"}"#,
        r#"{"AllocationId":"eipalloc-1","NetworkInterfaceId":"eni-1","PrivateIpAddress":"10.0.0.1","PublicIp":"203.0.113.1"}"#,
        r#"{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","CidrBlockSet":[],"OwnerId":"111122223333","PeeringOptions":{}}"#,
        r#"{"Id":"1","HostedZoneId":"Z1","Name":"a.test","TTL":60,"State":"Applied","TrafficPolicyId":"1"}"#,
        r#"{"name":"prod","endpoint":"https://0c0c0c0c.k8s.cloud.example"}"#,
    ] {
        for text in [other.to_owned(), format!("[{other}]")] {
            let mut answers = Answers::default();
            let read = super::read(text.as_bytes(), &mut answers);
            assert!(read.is_err() && answers == Answers::default(), "{text}: {answers:?}");
        }
    }
}

/// What gets one of a list says the same as a page of that list with more behind it, and what lists the settings of
/// VPCs says the same as each alone.
#[test]
fn one_of_a_list_under_its_own_name() {
    let mut named = 0;
    for (call, member) in ONE_MEMBER {
        let Some(name) = call.member().strip_suffix('s').filter(|_| call.is_list()) else {
            continue;
        };
        let read_of = |text: String| {
            let mut answers = Answers::default();
            read(text.as_bytes(), &mut answers).map(|()| answers)
        };
        if name == "item" {
            continue;
        }
        let one = read_of(format!("{{\"{name}\": {member}}}")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let page = read_of(format!(
            "{{\"{}\": [{member}], \"NextToken\": \"more\"}}",
            call.member()
        ));
        let page = page.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(one.partial, [*call], "{name}");
        // Whose list it is, one alone does not say.
        let said = |mut answers: Answers| {
            answers.of_one_vpc.clear();
            format!("{answers:?}")
        };
        assert_eq!(said(one), said(page), "{name}");
        named += 1;
    }
    assert!(named > 15, "{named}");
    for (call, list) in [
        (Call::GetFirewallConfig, "FirewallConfigs"),
        (Call::GetResolverDnssecConfig, "ResolverDnssecConfigs"),
    ] {
        let (_, member) = ONE_MEMBER.iter().find(|(other, _)| *other == call).expect("a member");
        let mut all = Answers::default();
        read(format!("{{\"{list}\": [{member}, {member}]}}").as_bytes(), &mut all).expect("a list");
        let mut alone = Answers::default();
        for _ in 0..2 {
            read(member.as_bytes(), &mut alone).expect("one");
        }
        assert_eq!(format!("{all:?}"), format!("{alone:?}"), "{list}");
    }
}
