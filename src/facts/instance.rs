//! Where we are: this host as an EC2 instance, by its metadata (Amazon EC2 User Guide, "Instance metadata").

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use super::{Gap, VantageKind, aws};
use crate::limits;

/// The variable that says not to ask the metadata service (AWS SDKs and Tools Reference Guide, "IMDS credential
/// provider").
const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// This host, where it is an EC2 instance (instance metadata service, version 2).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Instance {
    /// Its id.
    pub id: Option<String>,
    /// Its Region.
    pub region: Option<String>,
    /// The VPC of its primary network interface.
    pub vpc_id: Option<String>,
    /// That VPC's IPv4 networks, as the metadata lists them, the first of them the primary one
    /// (`vpc-ipv4-cidr-block`).
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub vpc_cidrs: Vec<IpNet>,
    /// Its account.
    pub account: Option<String>,
}

/// What the instance metadata service said of this host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum InstancePlace {
    /// An EC2 instance.
    Instance(Instance),
    /// Nobody asked: it was left out.
    #[default]
    NotAsked,
    /// Not known, and why. No answer is no proof of being elsewhere: the service can be off, or out of reach from a
    /// container.
    Unknown(Gap),
}

/// Whether a value of [`DISABLED`] says so.
fn is_disabled(value: Option<&str>) -> bool {
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

/// Asks the metadata service, where it is not switched off, until then at most.
pub async fn place(until: Instant) -> InstancePlace {
    if is_disabled(super::host::variable(DISABLED).as_deref()) {
        return InstancePlace::NotAsked;
    }
    let begun = Instant::now();
    let until = until.min(begun + limits::INSTANCE);
    match timeout_at(until, Box::pin(aws::instance(false))).await {
        Ok(Ok(instance)) => InstancePlace::Instance(instance),
        Ok(Err(gap)) => InstancePlace::Unknown(gap),
        Err(_) => InstancePlace::Unknown(Gap::here(
            "this host's VPC",
            "instance metadata",
            format!("no answer within {:.1} s", (until - begun).as_secs_f64()),
        )),
    }
}

/// What the metadata service says, for all who wait for it.
pub type PlaceToCome = Shared<LocalBoxFuture<'static, InstancePlace>>;

/// Asks it once, until then at most, when the first begins to wait.
pub fn shared(until: Instant) -> PlaceToCome {
    place(until).boxed_local().shared()
}

/// Nobody asks it.
pub fn not_asked() -> PlaceToCome {
    std::future::ready(InstancePlace::NotAsked).boxed_local().shared()
}

/// The instance that this host is, as soon as that is known.
pub async fn of(place: PlaceToCome) -> Option<Instance> {
    match place.await {
        InstancePlace::Instance(instance) => Some(instance),
        InstancePlace::NotAsked | InstancePlace::Unknown(_) => None,
    }
}

/// Where this host is, seen from the cluster's VPC: known only where both VPCs are.
pub fn vantage_kind(instance: Option<&Instance>, cluster_vpc: Option<&str>) -> VantageKind {
    let own = instance.and_then(|instance| instance.vpc_id.as_deref());
    match (own, cluster_vpc) {
        (Some(own), Some(cluster)) if own == cluster => VantageKind::ClusterVpc,
        (Some(_), Some(_)) => VantageKind::OtherVpc,
        _ => VantageKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_equal_ids_are_the_clusters_vpc() {
        let of = |vpc: Option<&str>, cluster| {
            let instance = Instance {
                vpc_id: vpc.map(str::to_owned),
                ..Instance::default()
            };
            vantage_kind(Some(&instance), cluster)
        };
        assert_eq!(of(Some("vpc-1"), Some("vpc-1")), VantageKind::ClusterVpc);
        assert_eq!(of(Some("vpc-2"), Some("vpc-1")), VantageKind::OtherVpc);
        assert_eq!(of(None, Some("vpc-1")), VantageKind::Unknown);
        assert_eq!(of(Some("vpc-1"), None), VantageKind::Unknown);
        assert_eq!(vantage_kind(None, Some("vpc-1")), VantageKind::Unknown);
        assert!(is_disabled(Some("true")) && is_disabled(Some(" TRUE")));
        assert!(!is_disabled(Some("false")) && !is_disabled(Some("")) && !is_disabled(None));
    }
}
