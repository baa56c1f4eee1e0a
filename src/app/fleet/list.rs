//! Which targets there are.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the end where the file of targets is read"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::Path;
use std::rc::Rc;

use futures_util::FutureExt as _;
use ipnet::IpNet;
use tokio::time::Instant;

use super::super::Error;
use super::super::check::aws_share;
use super::super::conduct::apart;
use super::super::learn::{Beside, Learnt, ToCome};
use super::super::output;
use super::super::spinner::WaitingLine;
use super::aws::{AccountFacts, Eyes, Heard, SharedLearning, look};
use crate::cli::args::{CheckArgs, ExpectScope};
use crate::cli::settings::{contradiction, host as named_host};
use crate::dns::Name;
use crate::endpoint::{EndpointName, NotEndpoint};
use crate::expect::{Expected, ExpectedSource};
use crate::facts::answers::{Shares, WantedShare};
use crate::facts::host::{self, FactsFile, UnreadableFile};
use crate::facts::instance::{self, InstancePlace};
use crate::facts::{Call, Facts, FailedRead, Gap, Kubeconfig};
use crate::fleet::{
    self, Distinct, LeftOut, NamedBy, PackedTargets, TargetLine, TargetOutcome, Telling, Unreadable, distinct,
};
use crate::limits;
use crate::observation::Source;
use crate::settings::Settings;
use crate::target::{Target, TargetSource};

/// The networks that an address may be in, as far as they are known.
type Networks<'a> = std::iter::Chain<std::slice::Iter<'a, IpNet>, std::slice::Iter<'a, IpNet>>;

/// A target to check, and what is known of it.
pub(super) struct ListedTarget {
    /// Its place among all.
    pub(super) at: usize,
    /// The target.
    pub(super) target: Distinct,
    /// What the kubeconfig says of it.
    kubeconfig: Option<Rc<Kubeconfig>>,
    /// What AWS, or files, say of it and of others, where that is known already.
    shares: Option<Rc<Shares>>,
    /// With whose eyes AWS is asked beside the resolvers.
    eyes: Option<Rc<Eyes>>,
    /// What was heard beside the resolvers, where anybody is asked then.
    heard: Option<Rc<Heard>>,
    /// What was found out when the clusters were listed, where AWS listed them.
    listing: Option<Rc<Listing>>,
}

/// What was found out beside a list of clusters.
struct Listing {
    /// What AWS says of them.
    shares: Option<Rc<Shares>>,
    /// Where this host is.
    place: InstancePlace,
    /// What could not be learnt.
    gaps: Vec<Gap>,
}

/// The targets to check. All of them are held from the start of a run to its end, and a file may list a hundred
/// thousand, so each is put together when it is looked at.
#[derive(Default)]
pub(super) struct ListedTargets {
    targets: PackedTargets,
    kubeconfigs: BTreeMap<usize, Rc<Kubeconfig>>,
    listings: BTreeMap<usize, Rc<Listing>>,
    /// What files say of all.
    saved: Option<Rc<Shares>>,
    /// With whose eyes AWS is asked beside the resolvers, and with which of them for each target; empty where it is
    /// not.
    all_eyes: Vec<Rc<Eyes>>,
    eyes: Vec<u32>,
    heard: Option<Rc<Heard>>,
}

/// The targets, and what is none.
#[derive(Default)]
pub(super) struct TargetList {
    /// Those to check.
    pub(super) entries: ListedTargets,
    /// Those that cannot be asked for, by their place.
    pub(super) not_asked: Vec<(usize, TargetOutcome)>,
    /// What is no target.
    pub(super) left_out: Vec<LeftOut>,
    /// What is still to be asked of AWS, beside the resolvers.
    pub(super) learning: Option<SharedLearning>,
}

impl ListedTargets {
    fn of(targets: PackedTargets) -> Self {
        Self {
            targets,
            ..Self::default()
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.targets.len()
    }

    /// The target at a place.
    pub(super) fn get(&self, at: usize) -> ListedTarget {
        let listing = self.listings.get(&at);
        let of_listing = listing.and_then(|listing| listing.shares.as_ref());
        let eyes = self.eyes.get(at).map(|eyes| &self.all_eyes[*eyes as usize]);
        ListedTarget {
            at,
            target: self.targets.get(at),
            kubeconfig: self.kubeconfigs.get(&at).cloned(),
            shares: self.saved.as_ref().or(of_listing).cloned(),
            eyes: eyes.cloned(),
            heard: self.heard.clone(),
            listing: listing.cloned(),
        }
    }

    /// Each, one after the other.
    pub(super) fn iter(&self) -> impl Iterator<Item = ListedTarget> {
        self.targets.places().map(|at| self.get(at))
    }

    /// The host name of the target at a place.
    pub(super) fn hostname(&self, at: usize) -> Name {
        self.targets.hostname(at)
    }

    /// The targets by their zones: names are in one zone whatever their case.
    pub(super) fn by_zone(&self) -> ZonedTargets {
        let fqdns: Vec<String> = self.targets.zones().iter().map(Name::to_fqdn).collect();
        let mut zoned = ZonedTargets::default();
        for at in self.targets.places() {
            let zone = &fqdns[self.targets.zone(at)];
            if let Some(count) = zoned.counts.get_mut(zone) {
                *count += 1;
                zoned.others.push(u32::try_from(at).unwrap_or(u32::MAX));
            } else {
                zoned.counts.insert(zone.clone(), 1);
                zoned.firsts.push(at);
            }
        }
        zoned
    }
}

/// The targets by their zones.
#[derive(Default)]
pub(super) struct ZonedTargets {
    /// The places of the first of each zone.
    pub(super) firsts: Vec<usize>,
    /// The places of the others, in little room.
    pub(super) others: Vec<u32>,
    /// How many targets each zone has.
    pub(super) counts: BTreeMap<String, usize>,
}

impl ListedTarget {
    /// Describes everything that is known of it but its name and its addresses, in octets that are the same for all of
    /// which the same is known. Returns whether that is all that is known.
    pub(super) fn describe(&self, into: &mut Vec<u8>) -> bool {
        let seen = self
            .heard
            .as_ref()
            .and_then(|heard| heard.said()?.seen.get(self.eyes.as_deref()?));
        let is_known_otherwise = self.kubeconfig.is_some() || self.shares.is_some() || self.listing.is_some();
        if is_known_otherwise || seen.is_some_and(|seen| seen.shares.is_some()) {
            return false;
        }
        let target = &self.target.target;
        into.push(target.origin as u8);
        into.extend(target.port.unwrap_or_default().to_be_bytes());
        // None of the octets before it says how long it is, so each ends with one that no text has.
        for text in [&target.known.cluster, &target.known.region] {
            into.push(u8::from(text.is_some()));
            into.extend(text.iter().flat_map(|text| text.bytes()));
            into.push(0xff);
        }
        let eyes = self.eyes.as_ref().map_or(0, |eyes| Rc::as_ptr(eyes) as usize);
        into.extend(eyes.to_be_bytes());
        into.extend(target.expect_cidrs.len().to_be_bytes());
        for network in &target.expect_cidrs {
            into.extend(network.to_string().bytes());
            into.push(0xff);
        }
        true
    }

    /// The networks that its addresses may be in, as far as they are known without AWS.
    pub(super) fn networks<'a>(&'a self, of_all: &'a Settings) -> Networks<'a> {
        let target = &self.target.target;
        let expected = if target.expects_anything() {
            &target.expect_cidrs
        } else {
            &of_all.asked.expect_cidrs
        };
        let said = self.heard.as_ref().and_then(|heard| heard.said());
        let here = match said.map(|said| &said.place) {
            Some(InstancePlace::Instance(instance)) => instance.vpc_cidrs.as_slice(),
            _ => &[],
        };
        expected.iter().chain(here)
    }

    /// The same with another name and other addresses.
    pub(super) fn renamed(&self, hostname: Name, expect_addresses: Vec<IpAddr>) -> Self {
        let mut target = self.target.target.clone();
        (target.hostname, target.expect_addresses) = (hostname, expect_addresses);
        target.call(String::new());
        Self {
            at: self.at,
            target: Distinct {
                target,
                also: Vec::new(),
            },
            kubeconfig: self.kubeconfig.clone(),
            shares: self.shares.clone(),
            eyes: self.eyes.clone(),
            heard: self.heard.clone(),
            listing: self.listing.clone(),
        }
    }

    /// The target as the check of one has it.
    pub(super) fn known_target(&self) -> Target {
        let target = &self.target.target;
        Target {
            hostname: target.hostname.clone(),
            cluster: target.known.cluster.clone(),
            region: target.known.region.clone().or_else(|| region_of(&target.hostname)),
            source: match target.origin {
                NamedBy::File => TargetSource::Argument,
                NamedBy::Context => TargetSource::Kubeconfig,
                NamedBy::Aws => TargetSource::Aws,
            },
            port: target.port,
        }
    }

    /// What is known of it before it is asked for.
    pub(super) fn beside(&self) -> Beside {
        let target = &self.target.target;
        let wanted = WantedShare {
            target: &target.hostname,
            cluster: target.known.cluster.as_deref(),
        };
        let said = self.heard.as_ref().and_then(|heard| heard.said());
        let seen = said.and_then(|said| said.seen.get(self.eyes.as_deref()?));
        let shares = self.shares.as_ref().or_else(|| seen?.shares.as_ref());
        let listing = self.listing.as_deref();
        let of_listing = listing.iter().flat_map(|listing| &listing.gaps);
        let place = said.map(|said| &said.place).or(listing.map(|listing| &listing.place));
        Beside {
            kubeconfig: self.kubeconfig.as_deref().cloned(),
            answers: shares.map(|shares| shares.of(wanted)),
            place: place.cloned().unwrap_or(InstancePlace::NotAsked),
            gaps: of_listing
                .chain(seen.iter().flat_map(|seen| &seen.gaps))
                .cloned()
                .collect(),
            to_come: self.to_come(),
        }
    }

    /// What is still to come of AWS and of the metadata service.
    fn to_come(&self) -> Option<ToCome> {
        let heard = self.heard.clone()?;
        let since = heard.asked_since()?;
        let (eyes, target) = (self.eyes.clone(), self.target.target.hostname.clone());
        let (asks_aws, cluster) = (eyes.is_some(), self.target.target.known.cluster.clone());
        let of_aws = Rc::clone(&heard);
        let of_aws = async move {
            of_aws.all().await;
            let said = of_aws.said();
            let seen = said.and_then(|said| said.seen.get(eyes.as_deref()?));
            let shares = seen.and_then(|seen| seen.shares.as_ref());
            let wanted = WantedShare {
                target: &target,
                cluster: cluster.as_deref(),
            };
            let gaps = seen.map(|seen| seen.gaps.clone()).unwrap_or_default();
            Learnt::of_aws(shares.map(|shares| shares.of(wanted)), gaps)
        };
        let place = async move {
            heard.all().await;
            heard.said().map(|said| said.place.clone()).unwrap_or_default()
        };
        Some(ToCome {
            since,
            asks_aws,
            of_aws: of_aws.boxed_local().shared(),
            place: place.boxed_local().shared(),
        })
    }

    /// As a line of the targets of another place. What files say of its cluster goes along as the addresses that its
    /// answers should have, where those are right at every resolver: public access is off.
    pub(super) fn to_line(&self, of_all: &Settings) -> String {
        let mut target = self.target.target.clone();
        let asked = self.settings(of_all).asked;
        if let Some(answers) = self.beside().answers.filter(|_| !Expected::is_said_by(&asked)) {
            let mut facts = Facts::default();
            let wanted = WantedShare {
                target: &target.hostname,
                cluster: target.known.cluster.as_deref(),
            };
            answers.assemble(wanted, &mut facts.aws);
            let cluster = facts.aws.cluster.as_ref();
            let is_private = cluster.is_some_and(|cluster| cluster.endpoint_public_access == Some(false));
            let expected = Expected::derive(&asked, &target.hostname, &facts);
            if is_private && !expected.at_least && matches!(expected.source, ExpectedSource::Interfaces { .. }) {
                target.expect_addresses = expected.addresses;
            }
        }
        target.to_line()
    }

    /// The settings with what is expected of this target.
    pub(super) fn settings(&self, of_all: &Settings) -> Settings {
        let mut settings = of_all.clone();
        let target = &self.target.target;
        if target.expects_anything() {
            settings.asked.expect_addresses.clone_from(&target.expect_addresses);
            settings.asked.expect_cidrs.clone_from(&target.expect_cidrs);
        }
        settings
    }
}

fn region_of(hostname: &Name) -> Option<String> {
    EndpointName::parse(hostname).ok().map(|name| name.region)
}

/// The targets that the flags ask for, with what is known of each before it is asked for.
pub(super) async fn list(args: &CheckArgs, settings: &Settings, line: &WaitingLine) -> Result<TargetList, Error> {
    let mut listed = match &args.many.targets {
        Some(path) => of_file(path, args.many.keep_going, args.expect_scope).await?,
        None if args.many.all_contexts => of_kubeconfig(settings).await?,
        None => return of_aws(args, settings, line).await,
    };
    listed.learning = learn(&mut listed.entries, settings).await?;
    Ok(listed)
}

/// Reads the files of `--facts`. What is asked of AWS, once for each account and Region, and of the metadata service,
/// is asked beside the resolvers: whom every target has in scope, neither of them names.
async fn learn(entries: &mut ListedTargets, settings: &Settings) -> Result<Option<SharedLearning>, Error> {
    let sources = &settings.sources;
    let until = Instant::now() + aws_share(settings);
    if !sources.facts.is_empty() {
        let paths = sources.facts.clone();
        let saved = apart(move || host::saved(&paths, until.into_std())).await?;
        let saved = saved.map_err(|error| match error {
            FactsFile::Unreadable(error) => Error::File(error),
            content @ FactsFile::Content { .. } => Error::Facts(content),
        })?;
        entries.saved = Some(Rc::new(Shares::new(saved, None)));
    }
    if sources.no_aws {
        return Ok(None);
    }
    let asks_aws = sources.facts.is_empty();
    let eyes_of = |entry: &ListedTarget| {
        let kubeconfig = entry.kubeconfig.as_ref();
        let target = &entry.target.target;
        Eyes {
            profile: sources
                .profile
                .clone()
                .or_else(|| kubeconfig.and_then(|kubeconfig| kubeconfig.profile.clone())),
            // The kubeconfig's role goes with the kubeconfig's profile.
            role_arn: kubeconfig
                .and_then(|kubeconfig| kubeconfig.role_arn.clone())
                .filter(|_| sources.profile.is_none()),
            region: target
                .known
                .region
                .clone()
                .or_else(|| region_of(&target.hostname))
                .or_else(|| sources.region.clone()),
        }
    };
    let heard: Rc<Heard> = Rc::default();
    let mut all_eyes: BTreeMap<Rc<Eyes>, u32> = BTreeMap::new();
    if asks_aws {
        let (mut seen, mut of_each) = (Vec::new(), Vec::with_capacity(entries.len()));
        for entry in entries.iter() {
            let eyes = eyes_of(&entry);
            let number = all_eyes.get(&eyes).copied().unwrap_or_else(|| {
                let (eyes, number) = (Rc::new(eyes), u32::try_from(seen.len()).unwrap_or(u32::MAX));
                seen.push(Rc::clone(&eyes));
                all_eyes.insert(eyes, number);
                number
            });
            of_each.push(number);
        }
        (entries.all_eyes, entries.eyes) = (seen, of_each);
    }
    entries.heard = Some(Rc::clone(&heard));
    let all_eyes = all_eyes.into_keys().map(|eyes| eyes.as_ref().clone()).collect();
    Ok(Some(SharedLearning::new(all_eyes, aws_share(settings), heard)))
}

/// Reads at most [`limits::TARGETS_FILE`] octets of a file, or of standard input.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let bounded = |from: &mut dyn Read| -> io::Result<Vec<u8>> {
        let mut octets = Vec::new();
        from.take(limits::TARGETS_FILE + 1).read_to_end(&mut octets)?;
        if octets.len() as u64 > limits::TARGETS_FILE {
            let text = format!("larger than {} octets", limits::TARGETS_FILE);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
        Ok(octets)
    };
    let octets = if path == Path::new("-") {
        bounded(&mut io::stdin())
    } else {
        File::open(path).and_then(|mut file| bounded(&mut file))
    };
    octets.map_err(|said| {
        Error::File(UnreadableFile {
            path: path.to_owned(),
            said,
        })
    })
}

/// What the file is called in a message.
fn title(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// The targets of a file. A line whose addresses are not of `scope` cannot be read.
async fn of_file(path: &Path, keeps_going: bool, scope: Option<ExpectScope>) -> Result<TargetList, Error> {
    let named = path.to_owned();
    let lines = apart(move || {
        let octets = read(&named)?;
        let host = |host: &str| named_host(host).map_err(|error| error.to_string());
        let lines = octets.split(|octet| *octet == b'\n').count();
        let mut targets = Telling::with_room(lines.min(limits::TARGETS), octets.len());
        let mut unreadable: Vec<Unreadable> = Vec::new();
        fleet::read(&octets, host, |line| {
            match line.and_then(|line| of_scope(line, scope)) {
                Ok(mut line) => {
                    line.target.place = line.number;
                    targets.add(line.target);
                }
                Err(error) => unreadable.push(error),
            }
        });
        Ok::<_, Error>((targets, unreadable))
    });
    let (targets, unreadable) = lines.await??;
    if let Some(first) = unreadable.first().filter(|_| !keeps_going) {
        return Err(Error::TargetLine {
            file: title(path),
            first: first.clone(),
            more: unreadable.len() - 1,
        });
    }
    if targets.is_empty() && unreadable.is_empty() {
        return Err(Error::NoTargets(title(path)));
    }
    let not_asked = unreadable.into_iter().map(|error| {
        let name = format!("line {}", error.line);
        let reason = format!("not asked: {}", output::sayable(&error.reason));
        (error.line, TargetOutcome::not_asked(name, None, NamedBy::File, reason))
    });
    Ok(TargetList {
        not_asked: not_asked.collect(),
        entries: ListedTargets::of(targets.finish()),
        left_out: Vec::new(),
        learning: None,
    })
}

/// The line, unless it contradicts `--expect-scope`.
fn of_scope(line: TargetLine, scope: Option<ExpectScope>) -> Result<TargetLine, Unreadable> {
    let target = &line.target;
    let contradicts = |scope: ExpectScope| {
        let (text, is) = contradiction(scope, &target.expect_addresses, &target.expect_cidrs)?;
        let scope = scope.as_str();
        let reason = format!("{text} is {is} and contradicts --expect-scope {scope}: leave one of them out");
        let line = line.number;
        Some(Unreadable { line, reason })
    };
    scope.and_then(contradicts).map_or(Ok(line), Err)
}

/// The contexts of the kubeconfig.
async fn of_kubeconfig(settings: &Settings) -> Result<TargetList, Error> {
    let named = settings.sources.kubeconfig.clone();
    let until = Instant::now() + aws_share(settings);
    let contexts = apart(move || host::contexts(named.as_deref(), until.into_std())).await?;
    let contexts = contexts.map_err(Error::Kubeconfig)?;
    let mut listed = TargetList::default();
    let mut targets = Vec::new();
    let mut kubeconfigs = BTreeMap::new();
    for (place, (name, context)) in contexts.into_iter().enumerate() {
        let Ok(kubeconfig) = context else {
            let reason = "it names a cluster that has no server in the kubeconfig".to_owned();
            listed.left_out.push(LeftOut { name, reason });
            continue;
        };
        match endpoint(&kubeconfig) {
            Ok(hostname) => {
                let mut target = fleet::FleetTarget::new(name, hostname, NamedBy::Context);
                target.known.cluster.clone_from(&kubeconfig.cluster);
                target.known.region.clone_from(&kubeconfig.region);
                target.known.profile.clone_from(&kubeconfig.profile);
                target.known.role_arn.clone_from(&kubeconfig.role_arn);
                target.known.account = kubeconfig.account().map(str::to_owned);
                target.place = place;
                targets.push(target);
                kubeconfigs.insert(place, kubeconfig);
            }
            Err(reason) => listed.left_out.push(LeftOut { name, reason }),
        }
    }
    if targets.is_empty() {
        return Err(Error::NoContexts(listed.left_out.len()));
    }
    listed.entries = ListedTargets::of(distinct(targets));
    let of_targets = listed.entries.iter().filter_map(|entry| {
        let kubeconfig = kubeconfigs.remove(&entry.target.target.place)?;
        Some((entry.at, Rc::new(kubeconfig)))
    });
    listed.entries.kubeconfigs = of_targets.collect();
    Ok(listed)
}

/// The endpoint that a context leads to, or why it is none of EKS. Where kubectl looks up another name, what is found
/// of the endpoint's name is not said of that context.
fn endpoint(kubeconfig: &Kubeconfig) -> Result<Name, String> {
    let Some(hostname) = kubeconfig.host() else {
        return Err(format!("its server {} has no host name to look up", kubeconfig.server));
    };
    if let Some(other) = kubeconfig.name_in_place_of(&hostname) {
        return Err(format!(
            "kubectl looks up the host of its server, {other}, and not the endpoint {hostname} of its tls-server-name: \
             check {other} by itself"
        ));
    }
    match EndpointName::parse(&hostname) {
        // What was meant for an endpoint of EKS and is none is worth a check.
        Ok(_) | Err(NotEndpoint::EksApi | NotEndpoint::OidcIssuer | NotEndpoint::WrongHostLabel) => Ok(hostname),
        Err(_) => Err(format!("its server {hostname} is no endpoint of EKS")),
    }
}

/// The clusters that AWS lists.
async fn of_aws(args: &CheckArgs, settings: &Settings, line: &WaitingLine) -> Result<TargetList, Error> {
    let each = |given: &[String]| -> Vec<Option<String>> {
        let mut given: Vec<Option<String>> = given.iter().cloned().map(Some).collect();
        given.dedup();
        if given.is_empty() { vec![None] } else { given }
    };
    let (profiles, regions) = (each(&args.sources.profile), each(&args.sources.region));
    let mut eyes = BTreeSet::new();
    for profile in &profiles {
        for region in &regions {
            eyes.insert(Eyes {
                profile: profile.clone(),
                role_arn: None,
                region: region.clone(),
            });
        }
    }
    let until = Instant::now() + aws_share(settings);
    let place = instance::shared(until);
    // Some at a time, each for its share.
    let turns = u32::try_from(eyes.len().div_ceil(limits::SESSIONS_AT_ONCE)).unwrap_or(u32::MAX);
    let waited = line.waits_for(Source::Aws.as_str(), aws_share(settings).saturating_mul(turns));
    let (seen, place) = tokio::join!(look(eyes, aws_share(settings), place.clone()), place);
    drop(waited);
    let mut listed = TargetList::default();
    let mut targets = Vec::new();
    let mut known = BTreeMap::new();
    let mut refused = Vec::new();
    let mut next = 0;
    for (eyes, seen) in &seen {
        let listing = Rc::new(Listing {
            shares: seen.shares.clone(),
            place: place.clone(),
            gaps: seen.gaps.clone(),
        });
        let whose = whose(eyes, seen, profiles.len() > 1, regions.len() > 1);
        let Some((shares, names)) = seen.shares.as_ref().and_then(|shares| Some((shares, shares.names()?))) else {
            let reason = unlisted(seen);
            refused.push(reason.clone());
            let name = whose.map_or_else(|| "the clusters".to_owned(), |whose| format!("the clusters of {whose}"));
            let outcome = TargetOutcome::not_asked(name, None, NamedBy::Aws, format!("not listed: {reason}"));
            listed.not_asked.push((next, outcome));
            next += 1;
            continue;
        };
        for name in names {
            let shown = whose.iter().fold(name.clone(), |name, whose| format!("{whose}/{name}"));
            let cluster = shares.clusters().iter().find(|one| one.name == *name);
            let place = next;
            next += 1;
            let hostname = match cluster {
                Some(cluster) if cluster.is_connected => {
                    let reason = "it is connected by the EKS Connector, and has no endpoint of EKS".to_owned();
                    listed.left_out.push(LeftOut { name: shown, reason });
                    continue;
                }
                Some(cluster) => cluster.host().ok_or_else(|| {
                    let status = cluster.status.as_deref().unwrap_or("status not known");
                    format!("not asked: it {} ({status})", cluster.without_endpoint())
                }),
                None => {
                    let failed = shares.failed().first().map(FailedRead::reason);
                    let reason = failed.unwrap_or_else(|| "no answer".to_owned());
                    Err(format!("not asked: eks:DescribeCluster: {reason}"))
                }
            };
            match hostname {
                Ok(hostname) => {
                    let mut target = fleet::FleetTarget::new(shown, hostname, NamedBy::Aws);
                    target.known.cluster = Some(name.clone());
                    target.known.region.clone_from(&seen.region);
                    target.known.profile.clone_from(&eyes.profile);
                    target.known.account = shares.account().map(str::to_owned);
                    target.place = place;
                    targets.push(target);
                    known.insert(place, Rc::clone(&listing));
                }
                Err(reason) => {
                    let outcome = TargetOutcome::not_asked(shown, None, NamedBy::Aws, reason);
                    listed.not_asked.push((place, outcome));
                }
            }
        }
    }
    if targets.is_empty() && listed.not_asked.len() == refused.len() {
        return Err(match refused.into_iter().next() {
            Some(reason) => Error::ClustersUnknown(reason),
            None => Error::NoClusters,
        });
    }
    listed.entries = ListedTargets::of(distinct(targets));
    let of_targets = listed.entries.iter().filter_map(|entry| {
        let listing = known.get(&entry.target.target.place)?;
        Some((entry.at, Rc::clone(listing)))
    });
    listed.entries.listings = of_targets.collect();
    Ok(listed)
}

/// What tells the clusters of one account and Region from those of another, where several are asked.
fn whose(eyes: &Eyes, seen: &AccountFacts, several_profiles: bool, several_regions: bool) -> Option<String> {
    let region = seen.region.clone().filter(|_| several_regions);
    let profile = eyes.profile.clone().filter(|_| several_profiles);
    match (profile, region) {
        (Some(profile), Some(region)) => Some(format!("{profile}/{region}")),
        (profile, region) => profile.or(region),
    }
}

/// Why the clusters could not be listed.
fn unlisted(seen: &AccountFacts) -> String {
    let of_read = seen.shares.iter().flat_map(|shares| shares.failed());
    let mut of_read = of_read.filter(|failed| failed.call == Call::ListClusters);
    let failed = of_read
        .next()
        .map(|failed| format!("{}: {}", failed.call.action(), failed.reason()));
    failed
        .or_else(|| seen.gaps.first().map(|gap| gap.reason.clone()))
        .unwrap_or_else(|| "no answer".to_owned())
}
