//! AWS, asked once for each account and Region of the targets.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::facts::Gap;
use crate::facts::answers::Shares;
use crate::facts::aws::{AwsAccess, Session};
use crate::facts::instance::{self, InstancePlace, PlaceToCome};
use crate::limits;

/// With whose eyes AWS is looked at, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Eyes {
    /// The profile.
    pub(super) profile: Option<String>,
    /// The role that is assumed with it.
    pub(super) role_arn: Option<String>,
    /// The Region.
    pub(super) region: Option<String>,
}

/// What AWS said to somebody.
#[derive(Debug, Clone, Default)]
pub(super) struct AccountFacts {
    /// The answers; `None` where AWS could not be asked.
    pub(super) shares: Option<Rc<Shares>>,
    /// The Region that was asked.
    pub(super) region: Option<String>,
    /// What could not be learnt at all.
    pub(super) gaps: Vec<Gap>,
}

/// What is asked of AWS and of the metadata service for all targets, beside the resolvers.
pub(super) struct SharedLearning {
    eyes: BTreeSet<Eyes>,
    within: Duration,
    heard: Rc<Heard>,
}

/// What they said.
pub(super) struct SharedFacts {
    /// AWS, to each.
    pub(super) seen: BTreeMap<Eyes, AccountFacts>,
    /// Where this host is.
    pub(super) place: InstancePlace,
}

/// What was heard of them so far: nothing until all have spoken.
#[derive(Default)]
pub(super) struct Heard {
    /// Since when they are asked.
    since: Cell<Option<Instant>>,
    said: OnceCell<SharedFacts>,
    spoke: Notify,
}

impl Heard {
    /// What they said; `None` until all have.
    pub(super) fn said(&self) -> Option<&SharedFacts> {
        self.said.get()
    }

    /// Since when they are asked, where they have not spoken.
    pub(super) fn asked_since(&self) -> Option<Instant> {
        self.since.get().filter(|_| self.said.get().is_none())
    }

    /// Ends when they have spoken.
    pub(super) async fn all(&self) {
        if self.said.get().is_none() {
            self.spoke.notified().await;
        }
    }
}

impl SharedLearning {
    /// Nobody is asked yet.
    pub(super) fn new(eyes: BTreeSet<Eyes>, within: Duration, heard: Rc<Heard>) -> Self {
        Self { eyes, within, heard }
    }

    /// They are asked from now on: whoever asks for a target knows that there is something to come.
    pub(super) fn begin(&self) {
        self.heard.since.set(Some(Instant::now()));
    }

    /// Asks, once.
    pub(super) async fn learn(&self) {
        let heard = &self.heard;
        if heard.said.get().is_some() {
            return;
        }
        let place = instance::shared(Instant::now() + self.within);
        let (seen, place) = tokio::join!(look(self.eyes.clone(), self.within, place.clone()), place);
        // Nobody else sets it.
        let _ = heard.said.set(SharedFacts { seen, place });
        heard.spoke.notify_waiters();
    }
}

/// Asks AWS with all these eyes, some at a time, each for this long: of this instance's VPC too.
pub(super) async fn look(eyes: BTreeSet<Eyes>, within: Duration, place: PlaceToCome) -> BTreeMap<Eyes, AccountFacts> {
    let looking = stream::iter(eyes).map(|eyes| {
        let place = place.clone();
        async move {
            let seen = Box::pin(of(&eyes, within, place)).await;
            (eyes, seen)
        }
    });
    looking.buffer_unordered(limits::SESSIONS_AT_ONCE).collect().await
}

async fn of(eyes: &Eyes, within: Duration, place: PlaceToCome) -> AccountFacts {
    let ask = AwsAccess {
        region: eyes.region.clone(),
        profile: eyes.profile.clone(),
        role_arn: eyes.role_arn.clone(),
        deadline: within,
    };
    match Session::open_with_or_without_role(&ask).await {
        Ok((session, without_role)) => {
            let region = Some(session.region().to_owned());
            let answers = session.everything(instance::of(place)).await;
            AccountFacts {
                shares: Some(Rc::new(Shares::new(answers, region.clone()))),
                region,
                gaps: without_role.into_iter().collect(),
            }
        }
        Err(no) => AccountFacts {
            shares: None,
            region: eyes.region.clone(),
            gaps: vec![no.gap()],
        },
    }
}
