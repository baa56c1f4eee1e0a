//! What the mock has: clusters, networks, rules, each as AWS describes it.

use std::collections::BTreeMap;

use eks_dns_doctor::facts::Call;

use super::mock::World;
use super::{ACCOUNT, HOST, VPC};

pub(crate) fn cluster(name: &str, endpoint: &str) -> (String, String) {
    let json = format!(
        r#"{{"name":"{name}","arn":"arn:aws:eks:ap-northeast-1:{ACCOUNT}:cluster/{name}","createdAt":1795461910.803,
        "version":"1.31","endpoint":"{endpoint}","status":"ACTIVE","resourcesVpcConfig":{{
        "subnetIds":["subnet-1"],"securityGroupIds":["sg-1"],"clusterSecurityGroupId":"sg-cluster","vpcId":"{VPC}",
        "endpointPublicAccess":false,"endpointPrivateAccess":true,"publicAccessCidrs":[]}},
        "kubernetesNetworkConfig":{{"serviceIpv4Cidr":"10.100.0.0/16","ipFamily":"ipv4"}},
        "certificateAuthority":{{"data":"LS0t"}},"tags":{{}}}}"#
    );
    (name.to_owned(), json)
}

pub(crate) fn interface(id: &str, ip: &str) -> String {
    format!(
        "<item><networkInterfaceId>{id}</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>{VPC}</vpcId>\
         <availabilityZone>ap-northeast-1a</availabilityZone><description>Amazon EKS shared-cluster</description>\
         <ownerId>{ACCOUNT}</ownerId><requesterManaged>false</requesterManaged><status>in-use</status>\
         <macAddress>02:00:00:34:3e:18</macAddress><privateIpAddress>{ip}</privateIpAddress><sourceDestCheck>true</sourceDestCheck>\
         <groupSet><item><groupId>sg-cluster</groupId><groupName>c</groupName></item></groupSet>\
         <attachment><attachmentId>eni-attach-1</attachmentId><deviceIndex>1</deviceIndex><status>attached</status></attachment>\
         <tagSet/><privateIpAddressesSet><item><privateIpAddress>{ip}</privateIpAddress><primary>true</primary></item>\
         </privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType></item>"
    )
}

pub(crate) fn world() -> World {
    let vpc = format!(
        "<item><vpcId>{VPC}</vpcId><ownerId>{ACCOUNT}</ownerId><state>available</state><cidrBlock>192.168.0.0/16</cidrBlock>\
         <cidrBlockAssociationSet><item><cidrBlock>192.168.0.0/16</cidrBlock><associationId>a</associationId>\
         <cidrBlockState><state>associated</state></cidrBlockState></item><item><cidrBlock>100.64.0.0/16</cidrBlock>\
         <cidrBlockState><state>disassociated</state></cidrBlockState></item></cidrBlockAssociationSet>\
         <ipv6CidrBlockAssociationSet/><dhcpOptionsId>dopt-1</dhcpOptionsId><instanceTenancy>default</instanceTenancy>\
         <isDefault>false</isDefault></item>"
    );
    let dhcp = "<item><dhcpOptionsId>dopt-1</dhcpOptionsId><dhcpConfigurationSet><item><key>domain-name-servers</key>\
                <valueSet><item><value>AmazonProvidedDNS</value></item></valueSet></item><item><key>domain-name</key>\
                <valueSet><item><value>ap-northeast-1.compute.internal</value></item></valueSet></item>\
                </dhcpConfigurationSet><tagSet/></item>";
    let group = |id: &str, permissions: &str| {
        format!(
            "<item><ownerId>{ACCOUNT}</ownerId><groupId>{id}</groupId><groupName>{id}-name</groupName><vpcId>{VPC}</vpcId>\
             <ipPermissions>{permissions}</ipPermissions><ipPermissionsEgress/><tagSet/></item>"
        )
    };
    let dns = "<item><ipProtocol>udp</ipProtocol><fromPort>53</fromPort><toPort>53</toPort><groups/><ipRanges><item>\
               <cidrIp>10.0.0.0/8</cidrIp><description>corp</description></item></ipRanges><ipv6Ranges/><prefixListIds><item>\
               <prefixListId>pl-1</prefixListId></item></prefixListIds></item>";
    let endpoint = |id: &str, direction: &str| {
        format!(
            r#"{{"Id":"{id}","Name":"corp","SecurityGroupIds":["sg-in"],"Direction":"{direction}","IpAddressCount":2,
            "HostVPCId":"{VPC}","Status":"OPERATIONAL","StatusMessage":"This Resolver Endpoint is operational.",
            "ResolverEndpointType":"IPV4","Dns64Enabled":true,"Protocols":["Do53"]}}"#
        )
    };
    let address = |ip: &str| format!(r#"{{"IpId":"rni-1","SubnetId":"subnet-1","Ip":"{ip}","Status":"ATTACHED"}}"#);
    let recursive = r#"{"Id":"rslvr-autodefined-rr-internet-resolver","CreatorRequestId":"","DomainName":".",
        "Status":"COMPLETE","RuleType":"RECURSIVE","Name":"Internet Resolver","OwnerId":"Route 53 Resolver",
        "ShareStatus":"NOT_SHARED"}"#;
    let forward = r#"{"Id":"rslvr-rr-1","DomainName":"corp.example.","Status":"COMPLETE","RuleType":"FORWARD",
        "Name":"corp","TargetIps":[{"Ip":"10.0.0.53","Port":53},{"Ip":"10.0.1.53"}],"ResolverEndpointId":"rslvr-out-1",
        "OwnerId":"123456789012","ShareStatus":"NOT_SHARED"}"#;
    let association =
        |rule: &str| format!(r#"{{"Id":"a","ResolverRuleId":"{rule}","VPCId":"{VPC}","Status":"COMPLETE"}}"#);
    let zone = |id: &str, name: &str, owner: &str| {
        format!(
            "<HostedZoneSummary><HostedZoneId>{id}</HostedZoneId><Name>{name}</Name><Owner>{owner}</Owner></HostedZoneSummary>"
        )
    };
    let owned = format!("<OwningAccount>{ACCOUNT}</OwningAccount>");
    let service = "<OwningService>eks.amazonaws.com</OwningService>";
    let update = |id: &str, at: u64, kind: &str| {
        let json = format!(
            r#"{{"id":"{id}","status":"Successful","type":"{kind}","params":[],"createdAt":{at}.5,"errors":[]}}"#
        );
        (id.to_owned(), json)
    };
    World {
        clusters: vec![
            cluster("another", "https://ANOTHER.gr7.ap-northeast-1.eks.amazonaws.com"),
            cluster("shared-cluster", &format!("https://{HOST}")),
        ],
        updates: vec![
            update("update-old", 1_795_000_000, "VersionUpdate"),
            update("update-new", 1_795_400_000, "EndpointAccessUpdate"),
        ],
        lists: [
            (
                Call::DescribeNetworkInterfaces,
                vec![
                    interface("eni-1", "192.168.131.209"),
                    interface("eni-2", "192.168.104.190"),
                ],
            ),
            (Call::DescribeVpcs, vec![vpc]),
            (Call::DescribeDhcpOptions, vec![dhcp.to_owned()]),
            (
                Call::DescribeSecurityGroups,
                vec![group("sg-in", dns), group("sg-cluster", "")],
            ),
            (Call::DescribeSubnets, vec![subnet()]),
            (Call::DescribeNetworkAcls, vec![network_acl()]),
            (Call::DescribeRouteTables, vec![route_table()]),
            (
                Call::GetManagedPrefixListEntries,
                vec!["<item><cidr>10.8.0.0/16</cidr><description>laptops</description></item>".to_owned()],
            ),
            (Call::LookupEvents, events()),
            (Call::DescribeClientVpnEndpoints, client_vpn_endpoints()),
            (Call::DescribeClientVpnRoutes, vec![client_vpn_route()]),
            (Call::DescribeClientVpnAuthorizationRules, vec![client_vpn_rule()]),
            (
                Call::ListResolverEndpoints,
                vec![endpoint("rslvr-in-1", "INBOUND"), endpoint("rslvr-out-1", "OUTBOUND")],
            ),
            (
                Call::ListResolverEndpointIpAddresses,
                vec![address("192.168.96.10"), address("192.168.128.10")],
            ),
            (Call::ListResolverRules, vec![recursive.to_owned(), forward.to_owned()]),
            (
                Call::ListResolverRuleAssociations,
                vec![
                    association("rslvr-autodefined-rr-internet-resolver"),
                    association("rslvr-rr-1"),
                ],
            ),
            (
                Call::ListHostedZonesByVpc,
                vec![
                    zone("Z1", "corp.example.", &owned),
                    zone("Z2", "gr7.ap-northeast-1.eks.amazonaws.com.", service),
                ],
            ),
            (Call::ListFirewallRuleGroupAssociations, vec![firewall_association()]),
            (Call::ListFirewallRules, firewall_rules()),
            (
                Call::ListFirewallDomains,
                vec!["\"*.example.com.\"".to_owned(), "\"example.net.\"".to_owned()],
            ),
            (Call::GetFirewallDomainList, vec![domain_list()]),
            (
                Call::GetFirewallConfig,
                vec![format!(
                    r#"{{"Id":"rslvr-fc-1","ResourceId":"{VPC}","OwnerId":"{ACCOUNT}","FirewallFailOpen":"DISABLED"}}"#
                )],
            ),
            (
                Call::GetResolverDnssecConfig,
                vec![format!(
                    r#"{{"Id":"rdsc-1","OwnerId":"{ACCOUNT}","ResourceId":"{VPC}","ValidationStatus":"ENABLED"}}"#
                )],
            ),
            (Call::DescribeVpcEndpoints, vpc_endpoints()),
            (
                Call::ListServiceNetworkVpcAssociations,
                vec![service_network_association()],
            ),
            (
                Call::ListServiceNetworkResourceAssociations,
                vec![service_network_resource()],
            ),
            (Call::GetResourceConfiguration, vec![resource_configuration()]),
            (
                Call::ListProfileAssociations,
                vec![format!(
                    r#"{{"Id":"rpassoc-1","Name":"shared","OwnerId":"{ACCOUNT}","ProfileId":"rp-1","ResourceId":"{VPC}",
                    "Status":"COMPLETE","CreationTime":1710851336.527,"Priority":101}}"#
                )],
            ),
            (
                Call::ListProfileResourceAssociations,
                vec![
                    profile_resource("arn:aws:route53:::hostedzone/Z1", ""),
                    profile_resource(
                        &format!("arn:aws:route53resolver:ap-northeast-1:{ACCOUNT}:firewall-rule-group/rslvr-frg-2"),
                        r#""ResourceProperties":"{\"priority\":102}","#,
                    ),
                ],
            ),
        ]
        .into(),
        faults: BTreeMap::new(),
        page: 1000,
        denies_roles: false,
    }
}

pub(crate) fn subnet() -> String {
    format!(
        "<item><subnetId>subnet-1</subnetId><state>available</state><vpcId>{VPC}</vpcId>\
         <cidrBlock>192.168.96.0/19</cidrBlock><ipv6CidrBlockAssociationSet><item><associationId>a</associationId>\
         <ipv6CidrBlock>2001:db8:1::/64</ipv6CidrBlock><ipv6CidrBlockState><state>associated</state>\
         </ipv6CidrBlockState></item></ipv6CidrBlockAssociationSet><mapPublicIpOnLaunch>false</mapPublicIpOnLaunch></item>"
    )
}

pub(crate) fn network_acl() -> String {
    let entry = |number: i32, egress: bool, action: &str, rest: &str| {
        format!(
            "<item><ruleNumber>{number}</ruleNumber><protocol>17</protocol><ruleAction>{action}</ruleAction>\
             <egress>{egress}</egress><cidrBlock>0.0.0.0/0</cidrBlock>{rest}</item>"
        )
    };
    format!(
        "<item><networkAclId>acl-1</networkAclId><vpcId>{VPC}</vpcId><default>false</default><entrySet>{}{}</entrySet>\
         <associationSet><item><networkAclAssociationId>aclassoc-1</networkAclAssociationId>\
         <networkAclId>acl-1</networkAclId><subnetId>subnet-1</subnetId></item></associationSet><tagSet/></item>",
        entry(32767, false, "deny", ""),
        entry(100, false, "allow", "<portRange><from>53</from><to>53</to></portRange>")
    )
}

pub(crate) fn route_table() -> String {
    format!(
        "<item><routeTableId>rtb-1</routeTableId><vpcId>{VPC}</vpcId><routeSet><item>\
         <destinationCidrBlock>192.168.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state>\
         <origin>CreateRouteTable</origin></item><item><destinationPrefixListId>pl-1</destinationPrefixListId>\
         <transitGatewayId>tgw-1</transitGatewayId><state>blackhole</state><origin>CreateRoute</origin></item></routeSet>\
         <associationSet><item><routeTableAssociationId>rtbassoc-1</routeTableAssociationId>\
         <routeTableId>rtb-1</routeTableId><main>true</main></item></associationSet><propagatingVgwSet/><tagSet/></item>"
    )
}

/// One in the cluster's VPC, and one in another VPC, of which nothing else is asked.
pub(crate) fn client_vpn_endpoints() -> Vec<String> {
    let endpoint = |id: &str, vpc: &str| {
        format!(
            "<item><clientVpnEndpointId>{id}</clientVpnEndpointId><description>laptops</description><status>\
             <code>available</code></status><creationTime>2026-01-01T00:00:00</creationTime>\
             <dnsName>*.{id}.prod.clientvpn.ap-northeast-1.amazonaws.com</dnsName>\
             <clientCidrBlock>10.250.0.0/22</clientCidrBlock><dnsServer><item>192.168.0.2</item></dnsServer>\
             <splitTunnel>true</splitTunnel><vpnProtocol>openvpn</vpnProtocol><transportProtocol>udp</transportProtocol>\
             <vpnPort>443</vpnPort><authenticationOptions><item><type>certificate-authentication</type></item>\
             </authenticationOptions><connectionLogOptions><Enabled>false</Enabled></connectionLogOptions>\
             <securityGroupIdSet><item>sg-vpn</item></securityGroupIdSet><vpcId>{vpc}</vpcId></item>"
        )
    };
    vec![endpoint("cvpn-endpoint-1", VPC), endpoint("cvpn-endpoint-2", "vpc-2")]
}

pub(crate) fn client_vpn_route() -> String {
    "<item><clientVpnEndpointId>cvpn-endpoint-1</clientVpnEndpointId><destinationCidr>192.168.0.0/16</destinationCidr>\
     <targetSubnet>subnet-1</targetSubnet><type>Nat</type><origin>associate</origin><status><code>active</code></status>\
     <description>Default Route</description></item>"
        .to_owned()
}

pub(crate) fn client_vpn_rule() -> String {
    "<item><clientVpnEndpointId>cvpn-endpoint-1</clientVpnEndpointId><description/><groupId/><accessAll>true</accessAll>\
     <destinationCidr>0.0.0.0/0</destinationCidr><status><code>authorizing</code></status></item>"
        .to_owned()
}

pub(crate) fn firewall_association() -> String {
    format!(
        r#"{{"Id":"rslvr-frgassoc-1","Arn":"arn:aws:route53resolver:ap-northeast-1:{ACCOUNT}:firewall-rule-group-association/rslvr-frgassoc-1",
        "FirewallRuleGroupId":"rslvr-frg-1","VpcId":"{VPC}","Name":"corp","Priority":101,"MutationProtection":"DISABLED",
        "Status":"COMPLETE","StatusMessage":"Finished rule group association update","CreatorRequestId":"1",
        "CreationTime":"2026-11-23T19:25:10.855879Z","ModificationTime":"2026-11-23T19:25:10.855879Z"}}"#
    )
}

pub(crate) fn firewall_rules() -> Vec<String> {
    [
        r#""FirewallDomainListId":"rslvr-fdl-1","Name":"block","Priority":10,"Action":"BLOCK","BlockResponse":"OVERRIDE",
        "BlockOverrideDomain":"blocked.example","BlockOverrideDnsType":"CNAME","BlockOverrideTtl":5,"Qtype":"A",
        "FirewallDomainRedirectionAction":"TRUST_REDIRECTION_DOMAIN""#,
        r#""FirewallThreatProtectionId":"rslvr-ftp-1","Name":"dga","Priority":20,"Action":"ALERT",
        "DnsThreatProtection":"DGA","ConfidenceThreshold":"HIGH""#,
        r#""FirewallThreatProtectionId":"rslvr-ftp-2","Name":"observed","Priority":30,"Action":"ALLOW","Status":"CREATING",
        "FirewallRuleType":{"AutoAllowlist":{"InitialDataTimeframeHours":24,
        "AutoAllowlistFirewallDomainListId":"rslvr-fdl-auto"}}"#,
    ]
    .map(|rule| format!(r#"{{"FirewallRuleGroupId":"rslvr-frg-1",{rule},"CreatorRequestId":"1"}}"#))
    .to_vec()
}

pub(crate) fn domain_list() -> String {
    format!(
        r#"{{"Id":"rslvr-fdl-1","Arn":"arn:aws:route53resolver:ap-northeast-1:{ACCOUNT}:firewall-domain-list/rslvr-fdl-1",
        "Name":"blocked","DomainCount":2,"Status":"COMPLETE","StatusMessage":"Finished domain list update",
        "CreatorRequestId":"1","CreationTime":"2026-11-23T19:25:10.855879Z",
        "ModificationTime":"2026-11-23T19:25:10.855879Z"}}"#
    )
}

pub(crate) fn profile_resource(arn: &str, properties: &str) -> String {
    format!(
        r#"{{"CreationTime":1710851216.613,"Id":"rpr-1","Name":"brought","OwnerId":"{ACCOUNT}","ProfileId":"rp-1",
        "ResourceArn":"{arn}",{properties}"Status":"COMPLETE","StatusMessage":"Completed"}}"#
    )
}

pub(crate) const NETWORK: &str = "sn-0123456789abcdefg";

pub(crate) const RESOURCE: &str = "rcfg-07129f3acded87625";

pub(crate) fn lattice_arn(resource: &str) -> String {
    format!("arn:aws:vpc-lattice:ap-northeast-1:{ACCOUNT}:{resource}")
}

pub(crate) fn vpc_endpoints() -> Vec<String> {
    let entry =
        |name: &str| format!("<item><dnsName>{name}</dnsName><hostedZoneId>Z2E726K9Y6RL4W</hostedZoneId></item>");
    let endpoint = |id: &str, kind: &str, rest: &str| {
        format!(
            "<item><vpcEndpointId>{id}</vpcEndpointId><vpcEndpointType>{kind}</vpcEndpointType><vpcId>{VPC}</vpcId>\
             <state>available</state><routeTableIdSet/><subnetIdSet><item>subnet-1</item></subnetIdSet>\
             <requesterManaged>false</requesterManaged><ownerId>{ACCOUNT}</ownerId>{rest}</item>"
        )
    };
    let interface = format!(
        "<serviceName>com.amazonaws.ap-northeast-1.eks</serviceName><privateDnsEnabled>true</privateDnsEnabled>\
         <dnsEntrySet>{}{}</dnsEntrySet><dnsOptions><dnsRecordIpType>ipv4</dnsRecordIpType></dnsOptions>",
        entry("vpce-1-abcdefgh.eks.ap-northeast-1.vpce.amazonaws.com"),
        entry("eks.ap-northeast-1.amazonaws.com")
    );
    let resource = format!(
        "<resourceConfigurationArn>{}</resourceConfigurationArn><privateDnsEnabled>true</privateDnsEnabled>\
         <dnsOptions><privateDnsPreference>ALL_DOMAINS</privateDnsPreference><privateDnsSpecifiedDomainSet><item>*</item>\
         </privateDnsSpecifiedDomainSet></dnsOptions>",
        lattice_arn(&format!("resourceconfiguration/{RESOURCE}"))
    );
    let network = format!(
        "<serviceNetworkArn>{}</serviceNetworkArn><privateDnsEnabled>false</privateDnsEnabled>",
        lattice_arn(&format!("servicenetwork/{NETWORK}"))
    );
    vec![
        endpoint("vpce-1", "Interface", &interface),
        endpoint("vpce-2", "Resource", &resource),
        endpoint("vpce-3", "ServiceNetwork", &network),
    ]
}

pub(crate) fn service_network_association() -> String {
    format!(
        r#"{{"id":"snva-0123456789abcdefg","arn":"{}","status":"ACTIVE","createdBy":"{ACCOUNT}",
        "createdAt":"2026-11-23T19:25:10.855Z","serviceNetworkId":"{NETWORK}","serviceNetworkName":"corp",
        "serviceNetworkArn":"{}","privateDnsEnabled":true,"dnsOptions":{{
        "privateDnsPreference":"VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
        "privateDnsSpecifiedDomains":["*.corp.example"]}},"vpcId":"{VPC}","lastUpdatedAt":"2026-11-23T19:25:10.855Z"}}"#,
        lattice_arn("servicenetworkvpcassociation/snva-0123456789abcdefg"),
        lattice_arn(&format!("servicenetwork/{NETWORK}"))
    )
}

pub(crate) fn service_network_resource() -> String {
    format!(
        r#"{{"id":"snra-0123456789abcdef0","status":"ACTIVE","createdBy":"{ACCOUNT}",
        "createdAt":"2026-11-23T19:25:10.855Z","resourceConfigurationId":"{RESOURCE}","resourceConfigurationArn":"{}",
        "resourceConfigurationName":"database","serviceNetworkId":"{NETWORK}","serviceNetworkName":"corp",
        "dnsEntry":{{"domainName":"snra-0.rcfg-0.4232ccc.vpc-lattice-rsc.ap-northeast-1.on.aws","hostedZoneId":"Z1"}},
        "privateDnsEntry":{{"domainName":"db.corp.example"}},"isManagedAssociation":false,"privateDnsEnabled":true}}"#,
        lattice_arn(&format!("resourceconfiguration/{RESOURCE}"))
    )
}

pub(crate) fn resource_configuration() -> String {
    format!(
        r#"{{"id":"{RESOURCE}","name":"database","arn":"{}","resourceGatewayId":"rgw-0123456789abcdefg","type":"SINGLE",
        "allowAssociationToShareableServiceNetwork":true,"portRanges":["5432"],"protocol":"TCP",
        "customDomainName":"db.corp.example","status":"ACTIVE","resourceConfigurationDefinition":{{"dnsResource":{{
        "domainName":"db.internal.example","ipAddressType":"IPV4"}}}},"createdAt":"2026-11-23T19:25:10.855Z",
        "amazonManaged":false,"domainVerificationStatus":"VERIFIED"}}"#,
        lattice_arn(&format!("resourceconfiguration/{RESOURCE}"))
    )
}

pub(crate) fn event(name: &str, service: &str, time: u64, written: &serde_json::Value) -> String {
    let event = serde_json::json!({
        "EventId": "e9b3a9a5-0000-4000-8000-000000000000",
        "EventName": name,
        "ReadOnly": "false",
        "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "EventTime": time,
        "EventSource": format!("{service}.amazonaws.com"),
        "Username": "alice",
        "Resources": [],
        "CloudTrailEvent": written.to_string(),
    });
    event.to_string()
}

/// A rule that was taken from the VPC, a change that failed, and a read.
pub(crate) fn events() -> Vec<String> {
    let rule = serde_json::json!({"requestParameters": {"resolverRuleId": "rslvr-rr-0a1b2c3d4e5f60718", "vPCId": VPC}});
    let failed = serde_json::json!({"errorCode": "Client.UnauthorizedOperation", "requestParameters": {"vpcId": VPC}});
    vec![
        event("ModifyVpcAttribute", "ec2", 1_795_400_100, &failed),
        event(
            "ListResolverRules",
            "route53resolver",
            1_795_400_090,
            &serde_json::json!({}),
        ),
        event("DisassociateResolverRule", "route53resolver", 1_795_400_000, &rule),
    ]
}
