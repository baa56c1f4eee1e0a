//! What AWS says, asked of it: the reads of [`Call`](super::Call), concurrently as far as they depend on each other,
//! under one deadline. Only this folder knows the AWS SDK, and only its `eks` the types of a service.
//!
//! A run opens one [`Session`], which loads Region and credentials or says in one line why it cannot
//! ([`NoSession`], with its [`gap`](NoSession::gap)):
//!
//! 1. [`Session::describe`] gives the endpoint of a cluster that was named, where no target was;
//! 2. [`Session::find`] gives the cluster that has a given endpoint;
//! 3. [`Session::collect`] gives everything of one cluster, [`Session::everything`] of all, as [`Answers`]. What
//!    `describe` and `find` learnt is not asked again by the first.
//!
//! Beside it, without a session, [`instance()`] says where this host is.
//!
//! Nothing of it fails a run: a read that was denied, throttled, or never answered is among
//! [`Answers::failed`]. Everything ends when [`AwsAccess::deadline`] has passed since `open` began. A later round opens
//! a session of its own.
//!
//! The SDK looks host names up on the runtime's blocking threads, which no deadline stops: a runtime that is to end
//! in time is ended by `shutdown_background`.
//!
//! A list is whole or it is not there: of one whose later page failed nothing is kept, since what is missing from it
//! would look absent. What other reads brought stays.

mod answer;
mod ask;
mod changes;
mod client_vpn;
mod collect;
pub mod command;
mod eks;
mod everything;
mod failure;
mod firewall;
mod identify;
mod instance;
mod lattice;
mod partition;
mod session;
mod transport;
mod xml;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use tokio::time::Instant;

use self::eks::Eks;
use self::partition::EndpointParts;
use self::transport::Api;
use super::answers::Answers;
use super::{Cluster, Gap, Instance};
use crate::dns::Name;
use crate::limits;

pub use super::asking::{AwsAccess, ClusterSearch, Described, NoSession, Since};
pub use instance::instance;

/// Region, credentials and clients of one run. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Clients>,
}

struct Clients {
    eks: Eks,
    lattice: Api,
    profiles: Api,
    resolver: Api,
    ec2: Api,
    sts: Api,
    route53: Api,
    ssm: Api,
    cloudtrail: Api,
    /// CloudTrail in the Region that Route 53 is signed for.
    global_trail: Api,
    region: String,
    until: Instant,
    /// What was described already and not yet collected.
    described: Mutex<Vec<Cluster>>,
}

impl Session {
    /// Loads the Region and the credentials.
    pub async fn open(ask: &AwsAccess) -> Result<Self, NoSession> {
        let opened = session::open(ask).await?;
        let wanted = EndpointParts {
            region: &opened.region,
            fips: opened.config.use_fips().unwrap_or_default(),
            dual_stack: opened.config.use_dual_stack().unwrap_or_default(),
        };
        let api = |service_id: &str, signing_name, default: (String, &str)| {
            api(
                &opened.config,
                &opened.http_client,
                &opened.credentials,
                (service_id, signing_name),
                default,
            )
        };
        let regional = |service| (partition::regional(service, wanted), wanted.region);
        let (route53, global_region) = partition::route53(wanted);
        let there = EndpointParts {
            region: global_region,
            ..wanted
        };
        let global_trail = (partition::regional("cloudtrail", there), global_region);
        let inner = Clients {
            eks: Eks::new(&opened.config),
            lattice: api("VPC Lattice", "vpc-lattice", regional("vpc-lattice")),
            profiles: api("Route53Profiles", "route53profiles", regional("route53profiles")),
            resolver: api("Route53Resolver", "route53resolver", regional("route53resolver")),
            ec2: api("EC2", "ec2", regional("ec2")),
            sts: api("STS", "sts", regional("sts")),
            ssm: api("SSM", "ssm", regional("ssm")),
            cloudtrail: api("CloudTrail", "cloudtrail", regional("cloudtrail")),
            global_trail: api("CloudTrail", "cloudtrail", global_trail),
            route53: api("Route 53", "route53", (route53, global_region)),
            region: opened.region.clone(),
            until: opened.until,
            described: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The same; where the role cannot be assumed, without it, and with the gap that says as whom AWS is asked instead.
    pub async fn open_with_or_without_role(ask: &AwsAccess) -> Result<(Self, Option<Gap>), NoSession> {
        let until = Instant::now() + ask.deadline;
        let (role, message) = match Self::open(ask).await {
            Err(NoSession::Role { role, message }) => (role, message),
            other => return other.map(|session| (session, None)),
        };
        let plain = AwsAccess {
            role_arn: None,
            deadline: until.saturating_duration_since(Instant::now()),
            ..ask.clone()
        };
        let whom = match &ask.profile {
            Some(profile) => format!("the profile {profile:?}"),
            None => "the credentials that the AWS CLI would use here".to_owned(),
        };
        let gap = Gap::here(
            format!("what the role {role} sees"),
            "sts:AssumeRole",
            format!("{message}: AWS is asked as {whom} and not as the role, which may see less"),
        );
        Self::open(&plain).await.map(|session| (session, Some(gap)))
    }

    /// When everything that is asked in it ends.
    pub fn until(&self) -> Instant {
        self.inner.until
    }

    /// The Region that is asked.
    pub fn region(&self) -> &str {
        &self.inner.region
    }

    /// Asks for one cluster by its name.
    pub async fn describe(&self, cluster: &str) -> Described {
        match self.inner.cluster(cluster).await {
            Ok(found) => {
                self.inner.remember(found.clone());
                Described::Cluster(Box::new(found))
            }
            Err(failed) if failed.kind == super::ReadFailure::NotFound => {
                let (absent, failed) = Box::pin(self.inner.absent(cluster)).await;
                Described::Absent(absent, failed)
            }
            Err(failed) => Described::Failed(failed),
        }
    }

    /// Looks for the cluster that has this endpoint: ListClusters, and DescribeCluster of each until one has it, at
    /// most [`limits::CLUSTERS_DESCRIBED`].
    pub async fn find(&self, target: &Name) -> ClusterSearch {
        let found = Box::pin(self.inner.find(target, None)).await;
        if let Some(cluster) = &found.cluster {
            self.inner.remember(cluster.clone());
        }
        found
    }

    /// Asks for everything. The cluster is the one that is named; where its endpoint is not the target, or none is
    /// named, the one that has the target is looked for too. `here` says of which instance this host is: of its VPC is
    /// read what decides there.
    pub async fn collect(
        &self,
        target: Option<&Name>,
        cluster: Option<&str>,
        here: impl Future<Output = Option<Instance>>,
    ) -> Answers {
        // All reads are in this one future: too large for a stack.
        Box::pin(self.inner.collect(target, cluster, here)).await
    }
}

impl Session {
    /// What decides in the Resolver of a VPC of this Region, another than the cluster's.
    pub async fn another_vpc(&self, vpc: &str) -> Answers {
        Box::pin(self.inner.another_vpc(vpc)).await
    }

    /// Looks up what was changed of what decides. What cannot be looked up is among [`Answers::failed`].
    pub async fn changes(&self, since: Since) -> Answers {
        Box::pin(self.inner.changes(since)).await
    }

    /// Everything of all clusters of the account in the Region, each list once.
    pub async fn everything(&self, here: impl Future<Output = Option<Instance>>) -> Answers {
        Box::pin(self.inner.everything(here)).await
    }
}

impl Clients {
    fn remember(&self, cluster: Cluster) {
        self.described
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(cluster);
    }

    fn recall(&self, fits: impl Fn(&Cluster) -> bool) -> Option<Cluster> {
        let mut described = self.described.lock().unwrap_or_else(PoisonError::into_inner);
        let at = described.iter().position(fits)?;
        Some(described.swap_remove(at))
    }
}

fn api(
    config: &SdkConfig,
    http_client: &SharedHttpClient,
    credentials: &aws_credential_types::provider::SharedCredentialsProvider,
    (service_id, signing_name): (&str, &'static str),
    (url, signing_region): (String, &str),
) -> Api {
    Api {
        signing_name,
        signing_region: signing_region.to_owned(),
        url: session::configured_endpoint(config, service_id).unwrap_or(url),
        credentials: credentials.clone(),
        http_client: http_client.clone(),
    }
}

/// At most [`limits::AWS_TEXT`] octets of a text, cut between characters.
fn text(mut text: String) -> String {
    if text.len() > limits::AWS_TEXT {
        let end = (0..=limits::AWS_TEXT).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or_default());
    }
    text
}

/// The members of a list within what a capture holds.
fn few<I: Iterator>(members: I) -> std::iter::Take<I> {
    members.take(limits::LIST_IN_CAPTURE)
}
