//! Inbound endpoints: making one, and looking at those that are there.
//!
//! Syntax: the AWS CLI's command reference. What an endpoint needs: Amazon Route 53 Developer Guide, "Values that you
//! specify when you create or edit inbound endpoints".

use super::super::{Case, Remedy};

/// A new inbound endpoint in the cluster's VPC, in two Availability Zones, with port 53 open over UDP and TCP.
pub fn create(case: &Case<'_>, title: &str) -> Remedy {
    let (region, vpc) = (case.region(), case.vpc_id());
    let allow = |protocol: &str| {
        format!(
            "aws ec2 authorize-security-group-ingress --region {region} --group-id <sg-id> --protocol {protocol} \
             --port 53 --cidr <network-of-the-clients>"
        )
    };
    Remedy::new(
        title,
        [
            format!(
                "aws ec2 create-security-group --region {region} --vpc-id {vpc} --group-name inbound-dns \
                 --description 'DNS from other networks'"
            ),
            allow("udp"),
            allow("tcp"),
            format!(
                "aws route53resolver create-resolver-endpoint --region {region} --creator-request-id {} \
                 --direction INBOUND --security-group-ids <sg-id> --ip-addresses SubnetId=<subnet-in-one-zone> \
                 SubnetId=<subnet-in-another-zone>",
                super::resolver_rule::request_id("inbound", vpc)
            ),
        ],
    )
    .to_the_vpc()
}

/// Which inbound endpoints there are, and what their addresses are.
pub fn list(case: &Case<'_>) -> Remedy {
    let region = case.region();
    Remedy::new(
        "List the inbound endpoints, and the addresses of that of the cluster's VPC",
        [
            format!(
                "aws route53resolver list-resolver-endpoints --region {region} --filters \
                 Name=Direction,Values=INBOUND --query 'ResolverEndpoints[].[Id,HostVPCId,Status]'"
            ),
            format!(
                "aws route53resolver list-resolver-endpoint-ip-addresses --region {region} \
                 --resolver-endpoint-id <rslvr-in-id>"
            ),
        ],
    )
}

/// What an endpoint's state is, and that of its addresses.
pub fn look_at(case: &Case<'_>, id: &str) -> Remedy {
    let region = case.region();
    Remedy::new(
        "See the endpoint's state, and that of each address",
        [
            format!(
                "aws route53resolver get-resolver-endpoint --region {region} --resolver-endpoint-id {id} --query \
                 'ResolverEndpoint.[Status,StatusMessage,HostVPCId,SecurityGroupIds,Protocols]'"
            ),
            format!(
                "aws route53resolver list-resolver-endpoint-ip-addresses --region {region} \
                 --resolver-endpoint-id {id}"
            ),
        ],
    )
}
