//! Instead of `aws` where this program is built without it (the feature `aws` of Cargo.toml): no session can be opened,
//! and nothing is asked.

use std::future::Future;

use super::Gap;
use super::answers::Answers;
use super::asking::NOT_BUILT;
use super::instance::Instance;
use crate::dns::Name;

pub use super::asking::{AwsAccess, ClusterSearch, Described, NoSession, Since};

/// There is none.
#[derive(Debug, Clone)]
pub enum Session {}

#[expect(clippy::unused_async, reason = "as the sessions that there are")]
impl Session {
    /// Says that there is none.
    pub async fn open(_: &AwsAccess) -> Result<Self, NoSession> {
        Err(NoSession::NotBuilt)
    }

    /// The same.
    pub async fn open_with_or_without_role(ask: &AwsAccess) -> Result<(Self, Option<Gap>), NoSession> {
        Self::open(ask).await.map(|session| (session, None))
    }

    /// When everything that is asked in it ends.
    pub fn until(&self) -> tokio::time::Instant {
        match *self {}
    }

    /// The Region that is asked.
    pub fn region(&self) -> &str {
        match *self {}
    }

    /// Asks for one cluster by its name.
    pub async fn describe(&self, _: &str) -> Described {
        match *self {}
    }

    /// Looks for the cluster that has this endpoint.
    pub async fn find(&self, _: &Name) -> ClusterSearch {
        match *self {}
    }

    /// Asks for everything of all clusters.
    pub async fn everything(&self, _: impl Future<Output = Option<Instance>>) -> Answers {
        match *self {}
    }

    /// Asks for recent changes.
    pub async fn changes(&self, _: Since) -> Answers {
        match *self {}
    }

    /// Asks for what decides in a VPC.
    pub async fn another_vpc(&self, _: &str) -> Answers {
        match *self {}
    }

    /// Asks for everything.
    pub async fn collect(
        &self,
        _: Option<&Name>,
        _: Option<&str>,
        _: impl Future<Output = Option<Instance>>,
    ) -> Answers {
        match *self {}
    }
}

/// Says that nobody asks.
#[expect(clippy::unused_async, reason = "as the one that asks")]
pub async fn instance(_: bool) -> Result<Instance, Gap> {
    Err(Gap::here("this host's VPC", "instance metadata", NOT_BUILT))
}

/// Systems Manager, which nobody can be sent to.
pub mod command {
    use super::Session;

    pub use crate::facts::command::{CommandError, CommandProgress, Invocation, Nodes, Output};

    #[expect(clippy::unused_async, reason = "as the sessions that there are")]
    impl Session {
        /// Sends a shell script to the nodes.
        pub async fn send_command(&self, _: &Nodes, _: &str, _: u64) -> Result<String, CommandError> {
            match *self {}
        }

        /// How far a command is.
        pub async fn command(&self, _: &str) -> Result<Option<CommandProgress>, CommandError> {
            match *self {}
        }

        /// The nodes' parts of a command.
        pub async fn invocations(&self, _: &str) -> Result<Vec<Invocation>, CommandError> {
            match *self {}
        }

        /// What a node's part came to.
        pub async fn output(&self, _: &str, _: &str) -> Result<Output, CommandError> {
            match *self {}
        }
    }
}
