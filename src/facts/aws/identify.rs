//! Which cluster is meant: the one that is named, or the one that has the endpoint.

use futures_util::StreamExt as _;
use futures_util::stream;

use super::{Clients, ClusterSearch, failure};
use crate::dns::Name;
use crate::facts::answers::Answers;
use crate::facts::{AbsentCluster, Call, Cluster, FailedRead, ReadFailure};
use crate::limits;

impl Clients {
    /// The cluster of this name.
    pub(super) async fn cluster(&self, name: &str) -> Result<Cluster, FailedRead> {
        let call = Call::DescribeCluster;
        let mut answers = self.ask(call, &[("name", name)]).await?;
        let found = answers.clusters.pop();
        found.ok_or_else(|| failure::unparsable(call, "the answer has no cluster"))
    }

    /// The cluster of this name is not there; which are?
    pub(super) async fn absent(&self, name: &str) -> (AbsentCluster, Vec<FailedRead>) {
        let (names, caller) = tokio::join!(
            self.ask(Call::ListClusters, &[]),
            self.ask(Call::GetCallerIdentity, &[])
        );
        let mut answers = Answers::default();
        answers.keep(names);
        answers.keep(caller);
        let absent = AbsentCluster {
            present: answers.cluster_names,
            account: answers.caller.map(|caller| caller.account),
            ..self.absent_of(name)
        };
        (absent, answers.failed)
    }

    fn absent_of(&self, name: &str) -> AbsentCluster {
        AbsentCluster {
            name: super::text(name.to_owned()),
            region: Some(self.region.clone()),
            account: None,
            present: None,
        }
    }

    /// Looks for the cluster with this endpoint, among all but one that was seen already.
    pub(super) async fn find(&self, target: &Name, seen: Option<&str>) -> ClusterSearch {
        let mut listed = Answers::default();
        listed.keep(self.ask(Call::ListClusters, &[]).await);
        let mut found = ClusterSearch {
            failed: listed.failed,
            ..ClusterSearch::default()
        };
        let Some(names) = listed.cluster_names else {
            return found;
        };
        let candidates = names
            .iter()
            .filter(|name| seen != Some(name.as_str()))
            .take(limits::CLUSTERS_DESCRIBED);
        let mut under_way = stream::iter(candidates)
            .map(|name| self.cluster(name))
            .buffer_unordered(limits::AWS_CONCURRENCY);
        let mut refused: Option<FailedRead> = None;
        while let Some(described) = under_way.next().await {
            match described {
                Ok(cluster) if cluster.has_endpoint(target) => {
                    found.cluster = Some(cluster);
                    break;
                }
                Ok(_) => {}
                Err(failed) => refused = refused.or(Some(failed)),
            }
        }
        drop(under_way);
        if found.cluster.is_none() {
            let total = names.len();
            let looked_at = if total > limits::CLUSTERS_DESCRIBED {
                format!("the first {} of {total}", limits::CLUSTERS_DESCRIBED)
            } else {
                format!("the {total}")
            };
            found.failed.push(refused.unwrap_or_else(|| FailedRead {
                call: Call::ListClusters,
                kind: ReadFailure::NotFound,
                code: None,
                message: Some(format!(
                    "none of {looked_at} clusters in {} has this endpoint",
                    self.region
                )),
            }));
        }
        found.names = Some(names);
        found
    }

    /// Which cluster is meant: the one that is named, and where it is not the target's, the one that is.
    pub(super) async fn identify(&self, target: Option<&Name>, name: Option<&str>) -> Answers {
        let mut answers = Answers::default();
        let known = target.and_then(|target| self.recall(|one| one.has_endpoint(target)));
        let named = match (known, name) {
            (Some(known), _) => Some(known),
            (None, None) => None,
            (None, Some(name)) => {
                let described = match self.recall(|one| one.name == name) {
                    Some(known) => Ok(known),
                    None => self.cluster(name).await,
                };
                match described {
                    Ok(cluster) => Some(cluster),
                    Err(failed) if failed.kind == ReadFailure::NotFound => {
                        answers.absent = Some(self.absent_of(name));
                        None
                    }
                    Err(failed) => {
                        // IAM would refuse all the others the same way.
                        answers.failed.push(failed);
                        return answers;
                    }
                }
            }
        };
        let is_target = |one: &Cluster| target.is_none_or(|target| one.has_endpoint(target));
        if let Some(named) = &named
            && (is_target(named) || named.endpoint.is_none())
        {
            answers.clusters.push(named.clone());
            return answers;
        }
        let Some(target) = target else {
            // Nothing leads to a cluster but its name, and there is none of that name.
            answers.keep(self.ask(Call::ListClusters, &[]).await);
            if let Some(absent) = &mut answers.absent {
                absent.present.clone_from(&answers.cluster_names);
            }
            return answers;
        };
        let seen = named.as_ref().map(|one| one.name.as_str());
        let found = self.find(target, seen).await;
        answers.cluster_names = found.names;
        if let Some(absent) = &mut answers.absent {
            absent.present.clone_from(&answers.cluster_names);
        }
        // A name that is given says enough: that no cluster has the target is no failed read beside it.
        let said = named.is_some() || answers.absent.is_some();
        answers.failed.extend(
            found
                .failed
                .into_iter()
                .filter(|failed| !said || failed.kind != ReadFailure::NotFound),
        );
        answers.clusters.extend(found.cluster.or(named));
        answers
    }
}
