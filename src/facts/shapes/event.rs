//! AWS CloudTrail: the events that touch what decides about the endpoint's name (CloudTrail API Reference,
//! LookupEvents; CloudTrail User Guide, "CloudTrail record contents").

use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::node::{Members, WrongShape};
use crate::facts::id::is_id;
use crate::limits;

/// A change in AWS, as CloudTrail has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Event {
    /// When, RFC 3339, UTC.
    pub time: String,
    /// The operation: `DisassociateResolverRule`.
    pub name: String,
    /// The service: `route53resolver`.
    pub service: String,
    /// Who asked for it: the name of a user, or of a role's session.
    pub by: Option<String>,
    /// The ids in its request and its answer, and the cluster's name.
    pub resources: Vec<String>,
}

/// The operations that change what decides, by service. Their names are those of the APIs (botocore 1.44.8).
pub(in crate::facts) const DECISIVE: &[(&str, &[&str])] = &[
    (
        "route53resolver",
        &[
            "AssociateFirewallRuleGroup",
            "AssociateResolverEndpointIpAddress",
            "AssociateResolverRule",
            "BatchCreateFirewallRule",
            "BatchDeleteFirewallRule",
            "BatchUpdateFirewallRule",
            "CreateFirewallRule",
            "CreateResolverEndpoint",
            "CreateResolverRule",
            "DeleteFirewallDomainList",
            "DeleteFirewallRule",
            "DeleteFirewallRuleGroup",
            "DeleteResolverEndpoint",
            "DeleteResolverRule",
            "DisassociateFirewallRuleGroup",
            "DisassociateResolverEndpointIpAddress",
            "DisassociateResolverRule",
            "ImportFirewallDomains",
            "UpdateFirewallConfig",
            "UpdateFirewallDomains",
            "UpdateFirewallRule",
            "UpdateFirewallRuleGroupAssociation",
            "UpdateResolverConfig",
            "UpdateResolverDnssecConfig",
            "UpdateResolverEndpoint",
            "UpdateResolverRule",
        ],
    ),
    (
        "route53profiles",
        &[
            "AssociateProfile",
            "AssociateResourceToProfile",
            "DeleteProfile",
            "DisassociateProfile",
            "DisassociateResourceFromProfile",
            "UpdateProfileAssociation",
            "UpdateProfileResourceAssociation",
        ],
    ),
    (
        "route53",
        &[
            "AssociateVPCWithHostedZone",
            "CreateHostedZone",
            "DeleteHostedZone",
            "DisassociateVPCFromHostedZone",
        ],
    ),
    ("eks", &["UpdateClusterConfig", "UpdateClusterVersion"]),
    (
        "ec2",
        &[
            "AssociateDhcpOptions",
            "AuthorizeClientVpnIngress",
            "AuthorizeSecurityGroupEgress",
            "AuthorizeSecurityGroupIngress",
            "CreateClientVpnRoute",
            "CreateNetworkAclEntry",
            "CreateRoute",
            "CreateVpcEndpoint",
            "DeleteClientVpnRoute",
            "DeleteNetworkAclEntry",
            "DeleteRoute",
            "DeleteVpcEndpoints",
            "ModifyClientVpnEndpoint",
            "ModifyManagedPrefixList",
            "ModifySecurityGroupRules",
            "ModifyVpcAttribute",
            "ModifyVpcEndpoint",
            "ReplaceNetworkAclAssociation",
            "ReplaceNetworkAclEntry",
            "ReplaceRoute",
            "RestoreManagedPrefixListVersion",
            "RevokeClientVpnIngress",
            "RevokeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
        ],
    ),
    (
        "vpc-lattice",
        &[
            "CreateResourceConfiguration",
            "CreateServiceNetworkResourceAssociation",
            "CreateServiceNetworkVpcAssociation",
            "DeleteDomainVerification",
            "DeleteResourceConfiguration",
            "DeleteResourceEndpointAssociation",
            "DeleteServiceNetworkResourceAssociation",
            "DeleteServiceNetworkVpcAssociation",
            "StartDomainVerification",
            "UpdateResourceConfiguration",
            "UpdateServiceNetworkVpcAssociation",
        ],
    ),
];

/// An event, where it changed something that decides. One that failed changed nothing.
pub(in crate::facts) fn event(of: &Members<'_>) -> Result<Option<Event>, WrongShape> {
    let name = of.needed("EventName")?;
    let source = of.text("EventSource")?.unwrap_or_default();
    let service = source.split('.').next().unwrap_or_default();
    let is_decisive = DECISIVE
        .iter()
        .any(|(of, names)| *of == service && names.contains(&name.as_str()));
    if !is_decisive {
        return Ok(None);
    }
    let Some(time) = time(of, "EventTime") else {
        return Err(of.get("EventTime").map_or_else(
            || of.lacks("EventTime"),
            |node| node.is_not("a time, as in 2026-01-01T00:00:00Z"),
        ));
    };
    // The event as CloudTrail wrote it is a text of JSON.
    let written = of.text("CloudTrailEvent")?.unwrap_or_default();
    let written: Value = serde_json::from_str(&written).unwrap_or_default();
    if written.get("errorCode").is_some_and(|code| !code.is_null()) {
        return Ok(None);
    }
    let mut resources = Resources {
        names_cluster: service == "eks",
        found: Vec::new(),
        left: limits::EVENT_VALUES,
    };
    for part in ["requestParameters", "responseElements"] {
        if let Some(part) = written.get(part) {
            resources.take("", part);
        }
    }
    for one in of.objects("Resources")?.iter().take(limits::EVENT_RESOURCES) {
        if let Some(name) = one.text("ResourceName")? {
            resources.text("", &name);
        }
    }
    let by = of.text("Username")?.filter(|name| !name.is_empty());
    Ok(Some(Event {
        time,
        service: service.to_owned(),
        by: by.map(|name| name.chars().take(limits::NAME_IN_CAPTURE / 4).collect()),
        resources: resources.found,
        name,
    }))
}

/// What an event is about, of the values of its request and its answer.
struct Resources {
    /// Whether a member `name` is a cluster's.
    names_cluster: bool,
    found: Vec<String>,
    /// How many values are looked at yet.
    left: usize,
}

impl Resources {
    /// The depth is that of a JSON text, which serde_json bounds.
    fn take(&mut self, key: &str, value: &Value) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        match value {
            Value::String(text) => self.text(key, text),
            Value::Array(all) => all.iter().for_each(|one| self.take(key, one)),
            Value::Object(all) => all.iter().for_each(|(key, one)| self.take(key, one)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        // What an ARN or a zone's path ends in.
        let last = text.rsplit('/').next().unwrap_or_default();
        let is_path = text.starts_with("arn:") || text.starts_with("/hostedzone/");
        let id = if is_path { last } else { text };
        let is_cluster = self.names_cluster && matches!(key, "name" | "clusterName");
        let is_meant = id.len() <= limits::PLACE_NAME && is_id(id)
            || is_zone(id)
            || is_cluster && id.len() <= limits::CLUSTER_NAME;
        let is_new = !self.found.iter().any(|one| one == id);
        if is_meant && is_new && self.found.len() < limits::EVENT_RESOURCES {
            self.found.push(id.to_owned());
        }
    }
}

/// The id of a hosted zone (Route 53 API Reference, "HostedZone": at most 32 characters).
fn is_zone(text: &str) -> bool {
    text.starts_with('Z')
        && (10..=32).contains(&text.len())
        && text
            .bytes()
            .all(|octet| octet.is_ascii_uppercase() || octet.is_ascii_digit())
}

/// A time: seconds since 1970 as the API answers and version 1 of the AWS CLI prints it, or the text of version 2,
/// which has the offset of where it was printed.
fn time(of: &Members<'_>, key: &str) -> Option<String> {
    if let Ok(Some(seconds)) = of.number::<f64>(key) {
        let time = UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        return written(time.duration_since(UNIX_EPOCH).ok()?.as_secs());
    }
    let text = of.text(key).ok()??;
    let (local, offset) = if let Some(local) = text.strip_suffix('Z') {
        (local, 0)
    } else {
        // The last sign is the offset's: a date has some of its own.
        let at = text.rfind(['+', '-'])?;
        let sign = if text[at..].starts_with('+') { 1 } else { -1 };
        let (hours, minutes) = text[at + 1..].split_once(':')?;
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(())?;
        (&text[..at], sign * (hours * 3600 + minutes * 60))
    };
    let time = humantime::parse_rfc3339(&format!("{local}Z")).ok()?;
    let seconds = i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
    written(u64::try_from(seconds.checked_sub(offset)?).ok()?)
}

/// 10000-01-01T00:00:00Z: four digits of a year are all that is written.
const YEAR_10000: u64 = 253_402_300_800;

fn written(seconds: u64) -> Option<String> {
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    (seconds < YEAR_10000).then(|| humantime::format_rfc3339_seconds(time).to_string())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::facts::shapes::Node;

    fn read(text: &str) -> Result<Option<Event>, String> {
        let members = Node::new(text, text).members().unwrap();
        event(&members).map_err(|wrong| format!("{} {}", wrong.name, wrong.problem))
    }

    fn of(name: &str, source: &str, time: &str, written: &Value) -> Result<Option<Event>, String> {
        let time: Value = serde_json::from_str(time).unwrap();
        let written = written.to_string();
        let event = serde_json::json!({"EventId": "1", "EventName": name, "EventSource": source, "EventTime": time,
            "Username": "alice", "Resources": [], "CloudTrailEvent": written});
        read(&event.to_string())
    }

    #[test]
    fn what_an_event_is_about_is_found_by_its_form() {
        let written = serde_json::json!({
            "requestParameters": {
                "resolverRuleId": "rslvr-rr-0a1b2c3d4e5f60718",
                "vPCId": "vpc-0a1b2c3d",
                "tags": [{"key": "team", "value": "net-work"}],
            },
            "responseElements": {"resolverRuleAssociation": {"id": "rslvr-rrassoc-0a1b2c3d4e5f60718"}},
        });
        let source = "route53resolver.amazonaws.com";
        let event = of("DisassociateResolverRule", source, "1795400000.5", &written)
            .unwrap()
            .unwrap();
        assert_eq!(
            event,
            Event {
                time: "2026-11-23T02:13:20Z".to_owned(),
                name: "DisassociateResolverRule".to_owned(),
                service: "route53resolver".to_owned(),
                by: Some("alice".to_owned()),
                resources: [
                    "rslvr-rr-0a1b2c3d4e5f60718",
                    "vpc-0a1b2c3d",
                    "rslvr-rrassoc-0a1b2c3d4e5f60718"
                ]
                .map(str::to_owned)
                .to_vec(),
            }
        );
        let zone = serde_json::json!({"requestParameters": {"hostedZoneId": "/hostedzone/Z0123456789ABC",
            "vPC": {"vPCId": "vpc-0a1b2c3d"}}});
        let event = of("DisassociateVPCFromHostedZone", "route53.amazonaws.com", "1", &zone);
        assert_eq!(event.unwrap().unwrap().resources, ["Z0123456789ABC", "vpc-0a1b2c3d"]);
        // The form of DNS Firewall's ids: 16 digits.
        let list = serde_json::json!({"requestParameters": {"firewallDomainListId": "rslvr-fdl-2c46f2ecbfec4dcc",
            "operation": "ADD", "domains": ["*.amazonaws.com"]}});
        let event = of("UpdateFirewallDomains", source, "1", &list);
        assert_eq!(event.unwrap().unwrap().resources, ["rslvr-fdl-2c46f2ecbfec4dcc"]);
        // The members stand under the name of the request, as with other requests of EC2.
        let endpoint = serde_json::json!({"requestParameters": {"ModifyVpcEndpointRequest": {
            "VpcEndpointId": "vpce-0a1b2c3d4e5f60718", "PrivateDnsEnabled": true}}});
        let event = of("ModifyVpcEndpoint", "ec2.amazonaws.com", "1", &endpoint);
        assert_eq!(event.unwrap().unwrap().resources, ["vpce-0a1b2c3d4e5f60718"]);
        let association = serde_json::json!({
            "requestParameters": {"vpcIdentifier": "vpc-0a1b2c3d", "serviceNetworkIdentifier": "sn-0123456789abcdxyz"},
            "responseElements": {"id": "snva-0123456789abcdxyz"}});
        let event = of(
            "CreateServiceNetworkVpcAssociation",
            "vpc-lattice.amazonaws.com",
            "1",
            &association,
        );
        assert_eq!(
            event.unwrap().unwrap().resources,
            ["sn-0123456789abcdxyz", "vpc-0a1b2c3d", "snva-0123456789abcdxyz"]
        );
        let cluster = serde_json::json!({"requestParameters": {"name": "shared-cluster"}});
        let event = of("UpdateClusterConfig", "eks.amazonaws.com", "1", &cluster);
        assert_eq!(event.unwrap().unwrap().resources, ["shared-cluster"]);
    }

    #[test]
    fn what_changed_nothing_that_decides_is_left_out() {
        let nothing = serde_json::json!({});
        let failed = serde_json::json!({"errorCode": "AccessDenied", "requestParameters": {"vpcId": "vpc-0a1b2c3d"}});
        for (name, source, written) in [
            ("ListResolverRules", "route53resolver.amazonaws.com", &nothing),
            ("ModifyVpcAttribute", "ec2.amazonaws.com", &failed),
            // Another service has an operation of this name.
            ("CreateRoute", "apigateway.amazonaws.com", &nothing),
            ("CreateVpcEndpoint", "es.amazonaws.com", &nothing),
            // It makes no zone.
            (
                "CreateServiceNetworkServiceAssociation",
                "vpc-lattice.amazonaws.com",
                &nothing,
            ),
        ] {
            assert_eq!(of(name, source, "1", written), Ok(None), "{name}");
        }
        assert!(
            of("ModifyVpcAttribute", "ec2.amazonaws.com", "1", &nothing)
                .unwrap()
                .is_some()
        );
    }

    #[test]
    fn a_time_is_in_utc_however_it_was_printed() {
        for (time, shown) in [
            ("1795400000", Some("2026-11-23T02:13:20Z")),
            (r#""2026-11-23T02:13:20Z""#, Some("2026-11-23T02:13:20Z")),
            (r#""2026-11-23T11:13:20.123000+09:00""#, Some("2026-11-23T02:13:20Z")),
            (r#""2026-11-22T18:43:20-07:30""#, Some("2026-11-23T02:13:20Z")),
            (r#""yesterday""#, None),
            (r#""2026-11-22T20:03:20-99:99""#, None),
            ("1e300", None),
            ("-5", None),
        ] {
            let event = of("ModifyVpcAttribute", "ec2.amazonaws.com", time, &serde_json::json!({}));
            let found = event.ok().flatten().map(|event| event.time);
            assert_eq!(found.as_deref(), shown, "{time}");
        }
    }
}
