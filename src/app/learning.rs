//! What is learnt while the resolvers are asked: from this host's own command, from AWS, and from the metadata service.
//! Each is a source of facts. Its facts count when it has answered, and the resolvers that they name are asked then.

use std::cell::RefCell;

use tokio::time::Instant;

use super::conduct::apart;
use super::learn::{KnownEndpoint, Learnt};
use crate::expect::Expected;
use crate::facts::answers::Answers;
use crate::facts::aws::{Session, Since};
use crate::facts::host::Pending;
use crate::facts::instance;
use crate::facts::{AwsFacts, Facts, Gap, HostConfiguration, HostFacts, Vantage};
use crate::observation::Source;
use crate::settings::{FailOn, Settings};
use crate::settled;

/// What is known but for the observations.
#[derive(Clone)]
pub(super) struct Knowledge {
    pub(super) facts: Facts,
    pub(super) vantage: Vantage,
    /// What this host's files lack, and then what each source could not say.
    gaps: Vec<Gap>,
    of_command: Vec<Gap>,
    of_aws: Vec<Gap>,
    of_metadata: Vec<Gap>,
    of_changes: Vec<Gap>,
}

/// What a source said.
pub(super) enum SourceAnswer {
    /// This host's command.
    Host(Option<HostConfiguration>, Vec<Gap>),
    /// AWS.
    Aws(Learnt),
    /// The metadata service.
    Metadata(Learnt),
    /// CloudTrail.
    Changes(Answers),
}

impl Knowledge {
    pub(super) fn new(known: &KnownEndpoint, host: HostFacts, mut gaps: Vec<Gap>, mut vantage: Vantage) -> Self {
        let mut facts = Facts {
            host,
            ..Facts::default()
        };
        gaps.extend(known.begin(&mut facts));
        // Where files say which VPC is whose, that is known at once.
        gaps.extend(known.finish(Learnt::default(), &mut facts, &mut vantage));
        Self {
            facts,
            vantage,
            gaps,
            of_command: Vec::new(),
            of_aws: Vec::new(),
            of_metadata: Vec::new(),
            of_changes: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, known: &KnownEndpoint, said: SourceAnswer) {
        match said {
            SourceAnswer::Host(host, gaps) => {
                self.facts.host.configuration = host;
                self.of_command = gaps;
            }
            SourceAnswer::Aws(learnt) => self.of_aws = known.finish(learnt, &mut self.facts, &mut self.vantage),
            SourceAnswer::Metadata(learnt) => {
                self.of_metadata = known.finish(learnt, &mut self.facts, &mut self.vantage);
            }
            SourceAnswer::Changes(answers) => self.of_changes = answers.give_changes(&mut self.facts.aws),
        }
    }

    /// The gaps, in the order of the sources, whichever of them was faster.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let of_sources = [&self.of_command, &self.of_aws, &self.of_metadata, &self.of_changes];
        [&self.gaps].into_iter().chain(of_sources).flatten().cloned().collect()
    }
}

/// The sources that were asked and have not answered yet.
pub(super) struct OpenSources<'a> {
    known: &'a KnownEndpoint,
    place: instance::PlaceToCome,
    open: RefCell<Vec<settled::AskedSource>>,
}

impl<'a> OpenSources<'a> {
    /// All that are asked from now on, the metadata service until then.
    pub(super) fn begin(
        settings: &Settings,
        known: &'a KnownEndpoint,
        pending: Option<&Pending>,
        until: Instant,
    ) -> Self {
        let since = known.asked_since().unwrap_or_else(Instant::now);
        let asked = [
            (Source::Host, pending.is_some(), false),
            (Source::Aws, known.asks_aws(), aws_decides(settings, known)),
            (Source::Metadata, known.asks_metadata(), false),
            // Whoever asks for it waits for it.
            (
                Source::Changes,
                settings.sources.since.is_some() && known.asks_aws(),
                true,
            ),
        ];
        let open = asked.into_iter().filter(|(_, is_asked, _)| *is_asked);
        let open = open.map(|(source, _, decides)| settled::AskedSource { source, since, decides });
        Self {
            known,
            place: known.place(until),
            open: RefCell::new(open.collect()),
        }
    }

    /// Those that have not answered.
    pub(super) fn open(&self) -> Vec<settled::AskedSource> {
        self.open.borrow().clone()
    }

    /// Whom they are.
    pub(super) fn left(&self) -> Vec<Source> {
        self.open.borrow().iter().map(|one| one.source).collect()
    }

    /// What this one says, until then.
    pub(super) async fn ask(&self, source: Source, pending: Option<Pending>, until: Instant) -> SourceAnswer {
        match source {
            Source::Host => {
                let said = match pending {
                    Some(pending) => apart(move || pending.ask()).await.ok(),
                    None => None,
                };
                let (host, gaps) = said.unwrap_or_default();
                SourceAnswer::Host(host, gaps)
            }
            Source::Aws => SourceAnswer::Aws(Box::pin(self.known.learn_of_aws(until, self.place.clone())).await),
            Source::Metadata => SourceAnswer::Metadata(self.known.learn_of_metadata(self.place.clone()).await),
            Source::Changes => SourceAnswer::Changes(Answers::default()),
        }
    }

    /// What was changed in AWS: asked when AWS has answered, since what is there says what to look for.
    pub(super) async fn changes(session: Session, aws: &AwsFacts, from: u64) -> SourceAnswer {
        let since = Since {
            from,
            has_endpoints: aws.resolver_endpoints.as_ref().is_some_and(|all| !all.is_empty()),
            has_client_vpn: aws.client_vpn.as_ref().is_some_and(|all| !all.is_empty()),
        };
        SourceAnswer::Changes(session.changes(since).await)
    }

    /// It has answered.
    pub(super) fn done(&self, source: Source) {
        self.open.borrow_mut().retain(|one| one.source != source);
    }
}

/// Whether the decision of a healthy run can depend on what AWS says: where nobody else says all of what the answers
/// should be, where AWS was asked for by a flag, where a warning counts, and where AWS has the certificate authority
/// that a connection needs. Else it can only add findings beside a healthy result
/// (docs/decisions/when-a-run-ends.md). Of many targets that is asked of each.
fn aws_decides(settings: &Settings, known: &KnownEndpoint) -> bool {
    let sources = &settings.sources;
    let is_meant = sources.cluster.is_some() || sources.profile.is_some();
    is_meant
        || !Expected::is_said_by(&settings.asked)
        || settings.asked.fail_on == FailOn::Warning
        || (settings.connect && !known.has_authority())
}
