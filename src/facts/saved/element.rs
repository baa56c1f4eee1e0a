//! One member of an answer of AWS without the answer around it, as `--query` leaves it, told by the fields that it has.

use crate::facts::Call;
use crate::facts::answers::Answers;
use crate::facts::shapes::{self, Members, Spelling, WrongShape};

/// What one is a member of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// The answer of a read, whose row tells it.
    Of(Call),
    Cluster,
    /// A cluster as `eksctl get cluster --name` prints it.
    SdkCluster,
    /// A row of Steampipe's table of clusters.
    ColumnsOfCluster,
    /// A cluster as `eksctl get cluster` lists it: its name, and nothing else that is a fact here.
    EksctlCluster,
}

impl Element {
    /// What these fields are of; `None` where they do not say.
    pub(super) fn of(members: &Members<'_>) -> Option<Self> {
        let has = |keys: &[&str]| members.has_all(keys);
        // Other clouds and other services have a name and an endpoint too.
        let is_endpoint = |key: &str| {
            let text = members.text(key).ok().flatten();
            text.is_some_and(|text| {
                text.starts_with("https://") && (text.contains(".eks.") || text.contains(".eks-cluster."))
            })
        };
        let is_cluster_arn = |key: &str| {
            let text = members.text(key).ok().flatten();
            text.is_some_and(|text| text.contains(":eks:") && text.contains(":cluster/"))
        };
        let eksctl = || {
            let metadata = members.object("metadata").ok().flatten();
            metadata.is_some_and(|metadata| metadata.has("name") && metadata.has("region"))
        };
        if let Some(call) = Call::of_one(members) {
            return Some(Self::Of(call));
        }
        Some(
            if has(&["name", "resources_vpc_config"]) || is_cluster_arn("arn") && has(&["resources_vpc_config"]) {
                Self::ColumnsOfCluster
            } else if is_cluster_arn("arn")
                || has(&["name"]) && (is_endpoint("endpoint") || has(&["resourcesVpcConfig"]))
            {
                Self::Cluster
            } else if is_cluster_arn("Arn")
                || has(&["Name"]) && (is_endpoint("Endpoint") || has(&["ResourcesVpcConfig"]))
            {
                Self::SdkCluster
            } else if eksctl() && !has(&["apiVersion"]) {
                Self::EksctlCluster
            } else {
                return None;
            },
        )
    }

    /// The list that it is of.
    pub(super) fn call(self) -> Option<Call> {
        match self {
            Self::Of(call) => call.is_list().then_some(call),
            Self::Cluster | Self::SdkCluster | Self::ColumnsOfCluster | Self::EksctlCluster => None,
        }
    }

    /// Puts one into the answers.
    pub(super) fn take(self, one: &Members<'_>, answers: &mut Answers) -> Result<(), WrongShape> {
        match self {
            Self::Of(call) => call.take_one(one, answers)?,
            Self::Cluster => answers.clusters.push(shapes::cluster(one, Spelling::Api)?),
            Self::SdkCluster => answers.clusters.push(shapes::cluster(one, Spelling::Sdk)?),
            Self::ColumnsOfCluster => answers.clusters.push(shapes::cluster(one, Spelling::Columns)?),
            Self::EksctlCluster => {
                let name = one
                    .object("metadata")?
                    .map_or(Ok(None), |metadata| metadata.text("name"))?;
                answers.cluster_names.get_or_insert_default().extend(name);
            }
        }
        Ok(())
    }
}
