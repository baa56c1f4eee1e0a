//! What was changed of what decides: lookups in CloudTrail, one behind the other, at the pace that CloudTrail takes.
//!
//! A lookup has one attribute (CloudTrail API Reference, LookupEvents), so each kind of change is one. Those of Route
//! 53 itself are looked up in the Region that its API is signed for.

use serde_json::json;
use tokio::time::{sleep_until, timeout_at};

use super::transport::{Api, AwsRequest};
use super::{Clients, Since, answer, failure};
use crate::facts::Call;
use crate::facts::answers::Answers;
use crate::limits;

/// The operation, in the JSON protocol's words (botocore 1.44.8, `targetPrefix`).
const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

/// By what events are looked up.
type Attribute = (&'static str, &'static str);

/// The likelier first: the time may not be enough for all.
const ALWAYS: [Attribute; 10] = [
    ("EventSource", "route53resolver.amazonaws.com"),
    ("EventName", "UpdateClusterConfig"),
    ("EventName", "ModifyVpcAttribute"),
    ("EventName", "AssociateDhcpOptions"),
    ("EventSource", "route53profiles.amazonaws.com"),
    ("EventName", "UpdateClusterVersion"),
    // What has AWS make zones.
    ("EventName", "CreateVpcEndpoint"),
    ("EventName", "ModifyVpcEndpoint"),
    ("EventName", "DeleteVpcEndpoints"),
    ("EventSource", "vpc-lattice.amazonaws.com"),
];

/// Of the network around Resolver endpoints.
const OF_ENDPOINTS: [Attribute; 11] = [
    ("EventName", "RevokeSecurityGroupIngress"),
    ("EventName", "RevokeSecurityGroupEgress"),
    ("EventName", "ModifySecurityGroupRules"),
    ("EventName", "CreateNetworkAclEntry"),
    ("EventName", "ReplaceNetworkAclEntry"),
    ("EventName", "DeleteNetworkAclEntry"),
    ("EventName", "ReplaceNetworkAclAssociation"),
    ("EventName", "DeleteRoute"),
    ("EventName", "ReplaceRoute"),
    ("EventName", "ModifyManagedPrefixList"),
    ("EventName", "RestoreManagedPrefixListVersion"),
];

/// Of Client VPN.
const OF_CLIENT_VPN: [Attribute; 3] = [
    ("EventName", "ModifyClientVpnEndpoint"),
    ("EventName", "DeleteClientVpnRoute"),
    ("EventName", "RevokeClientVpnIngress"),
];

/// Of Route 53.
const GLOBAL: [Attribute; 4] = [
    ("EventName", "DisassociateVPCFromHostedZone"),
    ("EventName", "AssociateVPCWithHostedZone"),
    ("EventName", "DeleteHostedZone"),
    ("EventName", "CreateHostedZone"),
];

impl Clients {
    pub(super) async fn changes(&self, since: Since) -> Answers {
        let mut here = ALWAYS.to_vec();
        if since.has_endpoints {
            here.extend(OF_ENDPOINTS);
        }
        if since.has_client_vpn {
            here.extend(OF_CLIENT_VPN);
        }
        // One Region takes two lookups a second, whoever asks.
        let is_one_region = self.cloudtrail.signing_region == self.global_trail.signing_region;
        let (mut all, there) = if is_one_region {
            here.extend(GLOBAL);
            (
                self.look_up(&self.cloudtrail, &here, since.from).await,
                Answers::default(),
            )
        } else {
            tokio::join!(
                self.look_up(&self.cloudtrail, &here, since.from),
                self.look_up(&self.global_trail, &GLOBAL, since.from),
            )
        };
        all.join(there);
        // That nothing was found is said where something was looked up.
        all.failed.sort();
        all.failed.dedup();
        all
    }

    /// Looks events up by each of these, until one lookup fails: the next would in the same way.
    async fn look_up(&self, trail: &Api, by: &[Attribute], from: u64) -> Answers {
        let call = Call::LookupEvents;
        let mut all = Answers::default();
        let mut next = tokio::time::Instant::now();
        for (at, (key, value)) in by.iter().enumerate() {
            let mut token: Option<String> = None;
            for page in 0..=limits::EVENT_PAGES {
                if page == limits::EVENT_PAGES {
                    let said = format!("there are more events of {value} than are read: the older ones are missing");
                    all.failed.push(failure::unparsable(call, &said));
                    break;
                }
                let mut body = json!({
                    "LookupAttributes": [{ "AttributeKey": key, "AttributeValue": value }],
                    "StartTime": from,
                    "MaxResults": limits::EVENTS_OF_PAGE,
                });
                if let Some(token) = &token {
                    body["NextToken"] = json!(token);
                }
                let request = AwsRequest::Json {
                    target: TARGET.to_owned(),
                    body: body.to_string(),
                };
                let asked = async {
                    sleep_until(next).await;
                    Box::pin(trail.ask(call, request)).await
                };
                let text = match timeout_at(self.until, asked).await {
                    Ok(Ok(text)) => text,
                    Ok(Err(failed)) => {
                        all.failed.push(failed);
                        return all;
                    }
                    Err(_) => {
                        let left: Vec<&str> = by[at..].iter().map(|(_, value)| *value).collect();
                        let said = format!("no time was left for {}: give more with --deadline", left.join(", "));
                        all.failed.push(failure::unparsable(call, &said));
                        return all;
                    }
                };
                next = tokio::time::Instant::now() + limits::BETWEEN_LOOKUPS;
                match answer::take(call, &text, &mut all) {
                    Ok(Some(more)) if token.as_ref() != Some(&more) => token = Some(more),
                    Ok(_) => break,
                    Err(error) => {
                        all.failed.push(failure::unparsable(call, &error));
                        return all;
                    }
                }
            }
        }
        all
    }
}
