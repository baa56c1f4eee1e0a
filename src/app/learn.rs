//! What is learnt before and while the questions are asked: which endpoint it is, from whom, and what AWS and the
//! instance metadata say.

use std::time::Duration;

use futures_util::future::{LocalBoxFuture, Shared};
use tokio::time::Instant;

use super::Error;
use super::conduct::apart;
use super::spinner::WaitingLine;
use crate::cli::nearest;
use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::facts::answers::{self, Answers};
use crate::facts::aws::{AwsAccess, Described, NoSession, Session, Since};
use crate::facts::host::FactsFile;
use crate::facts::instance::{self, InstancePlace, PlaceToCome};
use crate::facts::kubeconfig::WantedContext;
use crate::facts::{Facts, Gap, Kubeconfig, Vantage, host};
use crate::limits;
use crate::observation::Source;
use crate::settings::Sources;
use crate::target::{Target, TargetSource};

/// The endpoint, and what is known of it before anything is asked.
pub(super) struct KnownEndpoint {
    /// The endpoint.
    pub(super) target: Target,
    /// What the kubeconfig says, where it is about this endpoint.
    kubeconfig: Option<Kubeconfig>,
    /// What the files of `--facts` say.
    saved: Option<Answers>,
    /// How AWS is asked, but for the time that is left; `None` where it is not.
    ask: Option<AwsAccess>,
    /// The session in which the endpoint of the cluster was asked for.
    session: Option<Session>,
    /// Whether the metadata service is asked.
    asks_metadata: bool,
    /// What could not be learnt so far.
    gaps: Vec<Gap>,
    /// Where the metadata service said that this host is, where it was asked already.
    place: InstancePlace,
    /// What is still to come of what is asked for many targets at once.
    to_come: Option<ToCome>,
}

/// What is known of one of many targets before it is asked for: AWS and the metadata service were asked for all.
#[derive(Default)]
pub(super) struct Beside {
    /// What the kubeconfig says of it.
    pub(super) kubeconfig: Option<Kubeconfig>,
    /// What AWS answered; `None` where it was not asked.
    pub(super) answers: Option<Answers>,
    /// Where this host is.
    pub(super) place: InstancePlace,
    /// What could not be learnt.
    pub(super) gaps: Vec<Gap>,
    /// What is still to come; `None` where all have spoken.
    pub(super) to_come: Option<ToCome>,
}

/// What AWS and the metadata service will have said of one of many targets.
pub(super) struct ToCome {
    /// Since when they are asked.
    pub(super) since: Instant,
    /// Whether AWS is asked.
    pub(super) asks_aws: bool,
    /// What AWS says.
    pub(super) of_aws: Shared<LocalBoxFuture<'static, Learnt>>,
    /// What the metadata service says.
    pub(super) place: PlaceToCome,
}

/// What AWS and the metadata service said.
#[derive(Default, Clone)]
pub(super) struct Learnt {
    answers: Option<Answers>,
    gaps: Vec<Gap>,
    place: InstancePlace,
    /// In which AWS was asked.
    pub(super) session: Option<Session>,
}

impl Learnt {
    /// What AWS said, and what could not be learnt of it.
    pub(super) fn of_aws(answers: Option<Answers>, gaps: Vec<Gap>) -> Self {
        Self {
            answers,
            gaps,
            ..Self::default()
        }
    }
}

impl KnownEndpoint {
    /// Finds the endpoint, until then: the one that was named, else that of `--cluster`, of `--facts`, or of the
    /// kubeconfig's context. AWS is asked only where nobody else knows it.
    pub(super) async fn find(
        named: Option<&Target>,
        sources: &Sources,
        until: Instant,
        line: &WaitingLine,
    ) -> Result<Self, Error> {
        let mut gaps = Vec::new();
        let saved = if sources.facts.is_empty() {
            None
        } else {
            let paths = sources.facts.clone();
            let saved = apart(move || host::saved(&paths, until.into_std())).await?;
            Some(saved.map_err(|error| match error {
                FactsFile::Unreadable(error) => Error::File(error),
                content @ FactsFile::Content { .. } => Error::Facts(content),
            })?)
        };
        if let (Some(target), Some(named), Some(saved)) = (named, &sources.cluster, &saved)
            && let Some(own) = saved.other_cluster_of(&target.hostname, named)
        {
            return Err(Error::ClusterContradicts {
                named: named.clone(),
                host: target.hostname.clone(),
                own: own.to_owned(),
            });
        }
        let in_files = saved
            .as_ref()
            .and_then(|saved| saved.target(sources.cluster.as_deref()));
        let picks_context = sources.kubeconfig.is_some() || sources.context.is_some();
        let needs_context = named.is_none() && sources.cluster.is_none() && (in_files.is_none() || picks_context);
        let (named_file, context) = (sources.kubeconfig.clone(), sources.context.clone());
        let (host, cluster) = (named.map(|target| target.hostname.clone()), sources.cluster.clone());
        let kubeconfig = apart(move || {
            let wanted = WantedContext {
                context: context.as_deref(),
                host: host.as_ref(),
                cluster: cluster.as_deref(),
            };
            host::kubeconfig(named_file.as_deref(), &wanted, until.into_std())
        });
        let kubeconfig = match kubeconfig.await? {
            Ok(kubeconfig) => kubeconfig,
            Err(error) if needs_context || picks_context => {
                return Err(Error::Kubeconfig(error));
            }
            Err(error) => {
                gaps.push(Gap::here("kubeconfig", "kubeconfig", error.to_string()));
                None
            }
        };
        // Of another endpoint, or of another cluster, it says nothing about this one.
        let kubeconfig = kubeconfig.filter(|kubeconfig| match (named, &sources.cluster) {
            (Some(target), _) => kubeconfig.leads_to(&target.hostname),
            (None, Some(cluster)) => kubeconfig.cluster.as_ref() == Some(cluster),
            (None, None) => needs_context,
        });
        let of_kubeconfig = |pick: fn(&Kubeconfig) -> &Option<String>| {
            kubeconfig.as_ref().and_then(|kubeconfig| pick(kubeconfig).clone())
        };
        let cluster = sources.cluster.clone().or_else(|| of_kubeconfig(|k| &k.cluster));
        let known_host = named
            .map(|target| target.hostname.clone())
            .or_else(|| kubeconfig.as_ref().filter(|_| needs_context)?.host());
        // The name of an endpoint is in its cluster's Region, whatever a plugin is given.
        let region = sources
            .region
            .clone()
            .or_else(|| known_host.as_ref().and_then(region_of))
            .or_else(|| of_kubeconfig(|k| &k.region));
        let ask = (!sources.no_aws && saved.is_none()).then(|| AwsAccess {
            region: region.clone(),
            profile: sources.profile.clone().or_else(|| of_kubeconfig(|k| &k.profile)),
            // The kubeconfig's role goes with the kubeconfig's profile.
            role_arn: of_kubeconfig(|k| &k.role_arn).filter(|_| sources.profile.is_none()),
            deadline: Duration::ZERO,
        });
        if let Some(kubeconfig) = &kubeconfig {
            let whom = match ask.as_ref().map(|ask| &ask.profile) {
                Some(Some(profile)) => format!("AWS is asked as the profile {profile:?} instead"),
                Some(None) => "AWS is asked with the credentials that the AWS CLI would use here instead".to_owned(),
                None => "AWS is not asked in this run".to_owned(),
            };
            // A Region that was named leaves no doubt of the file's.
            let mut kubeconfig = kubeconfig.clone();
            kubeconfig.region_doubt = kubeconfig.region_doubt.filter(|_| sources.region.is_none());
            gaps.extend(kubeconfig.gaps(&whom));
        }
        let mut session = None;
        // A cluster that a file describes and that has no endpoint yet is no other one's.
        let without_endpoint = saved.as_ref().filter(|_| named.is_none() && in_files.is_none());
        if let Some(cluster) = without_endpoint.and_then(|saved| saved.without_endpoint(sources.cluster.as_deref()))
            && (sources.cluster.is_some() || kubeconfig.is_none())
        {
            return Err(Error::NoEndpointYet(Box::new(cluster.clone()), region));
        }
        let target = if let Some(target) = named {
            Target {
                cluster,
                region: region.or_else(|| target.region.clone()),
                ..target.clone()
            }
        } else if let Some(name) = &sources.cluster {
            let (hostname, region) = match (in_files, &ask) {
                (Some(found), _) => found,
                (None, Some(ask)) => {
                    let _waited = line.waits_for(Source::Aws.as_str(), until.saturating_duration_since(Instant::now()));
                    let opened = Session::open_with_or_without_role(&ask_until(ask, until)).await;
                    let (opened, without_role) = opened.map_err(|no| Error::ClusterUnknown {
                        name: name.clone(),
                        reason: no.to_string(),
                    })?;
                    gaps.extend(without_role);
                    let found = endpoint(&opened, name).await?;
                    session = Some(opened);
                    found
                }
                (None, None) => {
                    return Err(Error::ClusterUnknown {
                        name: name.clone(),
                        reason: unasked(sources).to_owned(),
                    });
                }
            };
            Target {
                hostname,
                cluster,
                region,
                source: TargetSource::Aws,
                port: None,
            }
        } else if let Some(kubeconfig) = &kubeconfig {
            match (kubeconfig.host(), &kubeconfig.cluster, &ask) {
                (Some(hostname), ..) => Target {
                    hostname,
                    cluster,
                    region,
                    source: TargetSource::Kubeconfig,
                    port: None,
                },
                // The end of a tunnel, whose other end only AWS names.
                (None, Some(name), Some(ask)) => {
                    let unknown = |no: NoSession| Error::Tunnel {
                        context: kubeconfig.context.clone(),
                        server: kubeconfig.server.clone(),
                        reason: no.to_string(),
                    };
                    let _waited = line.waits_for(Source::Aws.as_str(), until.saturating_duration_since(Instant::now()));
                    let opened = Session::open_with_or_without_role(&ask_until(ask, until)).await;
                    let (opened, without_role) = opened.map_err(unknown)?;
                    gaps.extend(without_role);
                    let (hostname, region) = endpoint(&opened, name).await?;
                    session = Some(opened);
                    Target {
                        hostname,
                        cluster,
                        region,
                        source: TargetSource::Aws,
                        port: None,
                    }
                }
                (None, ..) => {
                    return Err(Error::Server {
                        context: kubeconfig.context.clone(),
                        server: kubeconfig.server.clone(),
                    });
                }
            }
        } else if let Some((hostname, region)) = in_files {
            Target {
                hostname,
                cluster: None,
                region,
                source: TargetSource::Aws,
                port: None,
            }
        } else {
            let which = saved.as_ref().and_then(Answers::one_of);
            return Err(which.map_or_else(|| Error::NoTarget(host::listed_kubeconfigs()), Error::WhichCluster));
        };
        Ok(Self {
            target,
            kubeconfig,
            saved,
            ask,
            session,
            asks_metadata: !sources.no_aws,
            gaps,
            place: InstancePlace::NotAsked,
            to_come: None,
        })
    }

    /// One of many targets.
    pub(super) fn beside(target: Target, beside: Beside) -> Self {
        Self {
            target,
            kubeconfig: beside.kubeconfig,
            saved: beside.answers,
            ask: None,
            session: None,
            asks_metadata: beside.to_come.is_some(),
            gaps: beside.gaps,
            place: beside.place,
            to_come: beside.to_come,
        }
    }

    /// Puts what is known without waiting into the facts.
    pub(super) fn begin(&self, facts: &mut Facts) -> Vec<Gap> {
        facts.host.kubeconfig.clone_from(&self.kubeconfig);
        let mut gaps = self.gaps.clone();
        if let Some(saved) = &self.saved {
            gaps.extend(saved.clone().assemble(self.wanted(), &mut facts.aws));
        }
        gaps
    }

    /// Whether AWS is asked.
    pub(super) fn asks_aws(&self) -> bool {
        self.ask.is_some() || self.to_come.as_ref().is_some_and(|to_come| to_come.asks_aws)
    }

    /// Since when AWS and the metadata service are asked, where others began that.
    pub(super) fn asked_since(&self) -> Option<Instant> {
        self.to_come.as_ref().map(|to_come| to_come.since)
    }

    /// Whether the metadata service is asked.
    pub(super) fn asks_metadata(&self) -> bool {
        self.asks_metadata
    }

    /// Whether a certificate authority of the cluster is known without AWS.
    pub(super) fn has_authority(&self) -> bool {
        let kubeconfig = self.kubeconfig.as_ref();
        kubeconfig.is_some_and(|kubeconfig| kubeconfig.certificate_authority.is_some())
    }

    /// Asks AWS and the metadata service, at once, until then; and after AWS what was changed there `from` then on.
    pub(super) async fn learn(&self, until: Instant, from: Option<u64>, line: &WaitingLine) -> Learnt {
        let place = self.place(until);
        let waited = |source: Source| line.waits_for(source.as_str(), until.saturating_duration_since(Instant::now()));
        let of_aws = async {
            let _waited = self.asks_aws().then(|| waited(Source::Aws));
            self.learn_of_aws(until, place.clone()).await
        };
        let of_metadata = async {
            let _waited = self.asks_metadata().then(|| waited(Source::Metadata));
            self.learn_of_metadata(place.clone()).await
        };
        let (mut of_aws, of_metadata) = tokio::join!(of_aws, of_metadata);
        if let (Some(session), Some(answers), Some(from)) = (&of_aws.session, &mut of_aws.answers, from) {
            let endpoints = answers.resolver_endpoints.iter().flatten();
            let client_vpn = answers.client_vpn.endpoints.iter().flatten();
            let since = Since {
                from,
                has_endpoints: endpoints.into_iter().next().is_some(),
                has_client_vpn: client_vpn.into_iter().next().is_some(),
            };
            let _waited = waited(Source::Changes);
            answers.join(session.changes(since).await);
        }
        Learnt {
            place: of_metadata.place,
            ..of_aws
        }
    }

    /// Asks AWS, until then: of the VPC of this instance too, where the metadata service names one.
    pub(super) async fn learn_of_aws(&self, until: Instant, place: PlaceToCome) -> Learnt {
        if let Some(to_come) = &self.to_come {
            return to_come.of_aws.clone().await;
        }
        let answers = async {
            let mut gaps = Vec::new();
            // A session ends with its round; a later round opens its own.
            let opened = self.session.clone().filter(|session| session.until() >= until);
            let session = match (opened, &self.ask) {
                (Some(session), _) => session,
                (None, Some(ask)) => match Session::open_with_or_without_role(&ask_until(ask, until)).await {
                    Ok((session, without_role)) => {
                        gaps.extend(without_role);
                        session
                    }
                    Err(no) => return (None, vec![no.gap()], None),
                },
                (None, None) => return (None, Vec::new(), None),
            };
            let target = &self.target;
            let answers = session.collect(Some(&target.hostname), target.cluster.as_deref(), instance::of(place));
            (Some(answers.await), gaps, Some(session))
        };
        let (answers, gaps, session) = answers.await;
        Learnt {
            answers,
            gaps,
            place: InstancePlace::default(),
            session,
        }
    }

    /// Where this host is: the metadata service is asked once, until then, whoever waits for it.
    pub(super) fn place(&self, until: Instant) -> PlaceToCome {
        if let Some(to_come) = &self.to_come {
            to_come.place.clone()
        } else if self.asks_metadata {
            instance::shared(until)
        } else {
            instance::not_asked()
        }
    }

    /// What the metadata service says.
    pub(super) async fn learn_of_metadata(&self, place: PlaceToCome) -> Learnt {
        Learnt {
            place: place.await,
            ..Learnt::default()
        }
    }

    /// Puts what was learnt into the facts, and says where that makes us.
    pub(super) fn finish(&self, learnt: Learnt, facts: &mut Facts, vantage: &mut Vantage) -> Vec<Gap> {
        let mut gaps = learnt.gaps;
        // The endpoint of the cluster may have been asked for in the same way.
        gaps.retain(|gap| !self.gaps.contains(gap));
        if let Some(answers) = learnt.answers {
            gaps.extend(answers.assemble(self.wanted(), &mut facts.aws));
        }
        let place = match learnt.place {
            InstancePlace::NotAsked => self.place.clone(),
            asked => asked,
        };
        match place {
            InstancePlace::Instance(instance) => facts.host.instance = Some(instance),
            InstancePlace::NotAsked => {}
            InstancePlace::Unknown(gap) => gaps.push(gap),
        }
        let vpc = facts
            .aws
            .cluster_of(&self.target.hostname)
            .and_then(|cluster| cluster.vpc_id.as_deref())
            .or_else(|| facts.aws.vpc.as_ref().map(|vpc| vpc.id.as_str()));
        vantage.kind = instance::vantage_kind(facts.host.instance.as_ref(), vpc);
        gaps
    }

    fn wanted(&self) -> answers::WantedShare<'_> {
        answers::WantedShare {
            target: &self.target.hostname,
            cluster: self.target.cluster.as_deref(),
        }
    }
}

/// For as long as is left.
fn ask_until(ask: &AwsAccess, until: Instant) -> AwsAccess {
    AwsAccess {
        deadline: until.saturating_duration_since(Instant::now()),
        ..ask.clone()
    }
}

fn region_of(host: &Name) -> Option<String> {
    EndpointName::parse(host).ok().map(|endpoint| endpoint.region)
}

/// Why AWS was not asked for the cluster.
fn unasked(sources: &Sources) -> &'static str {
    if sources.facts.is_empty() && !cfg!(feature = "aws") {
        "AWS alone knows its endpoint, and this program was built without AWS: name the endpoint as TARGET"
    } else if sources.facts.is_empty() {
        "AWS alone knows its endpoint, and --no-aws leaves it out: name the endpoint as TARGET"
    } else {
        "no file of --facts describes it with an endpoint: add the output of aws eks describe-cluster"
    }
}

/// The endpoint of a cluster, as AWS has it.
async fn endpoint(session: &Session, name: &str) -> Result<(Name, Option<String>), Error> {
    let region = session.region();
    let unknown = |reason| Error::ClusterUnknown {
        name: name.to_owned(),
        reason,
    };
    match session.describe(name).await {
        Described::Cluster(cluster) => match cluster.host() {
            Some(host) => Ok((host, Some(region.to_owned()))),
            None => Err(Error::NoEndpointYet(cluster, Some(region.to_owned()))),
        },
        Described::Absent(absent, _) => {
            let account = absent
                .account
                .map(|account| format!(" of account {account}"))
                .unwrap_or_default();
            let there = match absent.present {
                Some(names) if names.is_empty() => "; there is none there".to_owned(),
                Some(names) => {
                    let meant = nearest(name, names.iter().map(String::as_str));
                    let shown = if meant.is_empty() {
                        names.iter().take(limits::NAMES_SHOWN).map(String::as_str).collect()
                    } else {
                        meant
                    };
                    format!("; there is {}", shown.join(", "))
                }
                None => String::new(),
            };
            Err(unknown(format!(
                "there is no such cluster in {region}{account}{there}: choose another --region or --profile"
            )))
        }
        Described::Failed(failed) => Err(unknown(format!(
            "{}: {}: name the endpoint as TARGET, or bring what another machine knows with --facts",
            failed.call.action(),
            failed.reason()
        ))),
    }
}
