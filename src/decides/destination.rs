//! Resolver rules and private hosted zones, direct and by Profiles: the most specific takes the name.
//!
//! - The rule with the most specific domain (Amazon Route 53 Developer Guide, "How VPC Resolver determines whether the
//!   domain name in a query matches any rules"), the zone with the most specific apex, and of the two a rule where the
//!   zone is not more specific ("Considerations when working with a private hosted zone").
//! - A `SYSTEM` rule gives the name back to the VPC's own Resolver: its zones, else public DNS ("Resolving DNS queries
//!   between VPCs and your network").
//! - On the same domain what is associated directly is before what a Profile brings, and the most specific wins across
//!   both ("How Route 53 Profile settings are prioritized"). Profiles among themselves go by priority, the lowest first
//!   ("Updating the priority of a Route 53 Profile association with a VPC").

use std::cmp::Ordering;
use std::fmt::Write;

use super::configuration::{
    AssociatedRule, AssociatedZone, Configuration, InEffect, MadeFor, Opaque, Profile, RuleKind,
};
use super::{Construct, Effect, Step, WhyCode, title};
use crate::dns::Name;
use crate::limits;

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CandidateKind {
    Forward,
    System,
    Zone,
}

/// By whom it is in the VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AssociatedBy {
    /// It is associated with the VPC.
    Direct,
    /// A Profile brings it: its index and priority, and whether that priority is in effect.
    Profile(usize, i64, bool),
}

impl AssociatedBy {
    /// Which is first on the same domain; `None` where that is not known.
    fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Direct, Self::Direct) => Some(Ordering::Equal),
            (Self::Direct, Self::Profile(..)) => Some(Ordering::Less),
            (Self::Profile(..), Self::Direct) => Some(Ordering::Greater),
            (Self::Profile(one, ..), Self::Profile(two, ..)) if one == two => Some(Ordering::Equal),
            (Self::Profile(_, one, settled), Self::Profile(_, two, also)) => {
                (settled && also && one != two).then(|| one.cmp(&two))
            }
        }
    }

    /// The same with a choice where none is documented.
    fn nominal(self) -> (i64, usize) {
        match self {
            Self::Direct => (i64::MIN, 0),
            Self::Profile(index, priority, _) => (priority, index + 1),
        }
    }
}

/// Something that takes the name, or could.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Destination {
    kind: CandidateKind,
    /// How many labels its domain has.
    depth: usize,
    origin: AssociatedBy,
    /// Which it is: its place in the list of all.
    index: usize,
}

/// What takes the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    By(usize),
    Public,
}

/// What a candidate is made from.
#[derive(Clone, Copy)]
enum Thing<'a> {
    Rule(&'a AssociatedRule),
    Zone(&'a AssociatedZone),
}

/// Something that is not known to take the name, and could.
struct Possible<'a> {
    kinds: &'static [CandidateKind],
    /// `None`: any.
    depth: Option<usize>,
    origin: AssociatedBy,
    profile: Option<&'a Profile>,
    thing: Option<Thing<'a>>,
    why: Opaque,
}

const ANY: &[CandidateKind] = &[CandidateKind::Forward, CandidateKind::System, CandidateKind::Zone];
const RULES: &[CandidateKind] = &[CandidateKind::Forward, CandidateKind::System];
const ZONES: &[CandidateKind] = &[CandidateKind::Zone];

/// Those of one sort that can be the first: as specific as any, and after none for sure. The first is whom it is taken
/// to be.
fn firsts(candidates: &[Destination], is_sort: impl Fn(CandidateKind) -> bool) -> Vec<Destination> {
    let sort = || candidates.iter().copied().filter(|one| is_sort(one.kind));
    let Some(depth) = sort().map(|one| one.depth).max() else {
        return Vec::new();
    };
    let is_after_another = |one: &Destination| {
        let mut others = sort().filter(|other| other.depth == depth);
        others.any(|other| other.origin.order(one.origin) == Some(Ordering::Less))
    };
    let mut firsts: Vec<Destination> = sort()
        .filter(|one| one.depth == depth && !is_after_another(one))
        .collect();
    // Of two of one origin, which AWS does not let a VPC have, the harmless one.
    firsts.sort_by_key(|one| (one.origin.nominal(), one.kind == CandidateKind::Forward, one.index));
    firsts
}

/// What takes the name where these are the first rule and the first zone. Two where the documents differ.
fn of_firsts(rule: Option<Destination>, zone: Option<Destination>) -> (Taken, Option<Taken>) {
    let by_zone = zone.map_or(Taken::Public, |zone| Taken::By(zone.index));
    let Some(forward) = rule.filter(|rule| rule.kind == CandidateKind::Forward) else {
        return (by_zone, None);
    };
    let by_rule = Taken::By(forward.index);
    let Some(zone) = zone.filter(|zone| zone.depth >= forward.depth) else {
        return (by_rule, None);
    };
    if zone.depth > forward.depth {
        return (by_zone, None);
    }
    match forward.origin.order(zone.origin) {
        Some(Ordering::Less | Ordering::Equal) => (by_rule, None),
        // "A FORWARD rule before a zone" and "direct before a Profile" say two things here.
        None if forward.origin.nominal() < zone.origin.nominal() => (by_rule, Some(by_zone)),
        Some(Ordering::Greater) | None => (by_zone, Some(by_rule)),
    }
}

/// What may take the name among these, whom it is taken to be first; the same may come again.
fn each_taken(candidates: &[Destination]) -> impl Iterator<Item = Taken> + use<> {
    let some = |firsts: Vec<Destination>| -> Vec<Option<Destination>> {
        if firsts.is_empty() {
            vec![None]
        } else {
            firsts.into_iter().map(Some).collect()
        }
    };
    let rules = some(firsts(candidates, |kind| kind != CandidateKind::Zone));
    let zones = some(firsts(candidates, |kind| kind == CandidateKind::Zone));
    rules
        .into_iter()
        .flat_map(move |rule| zones.clone().into_iter().map(move |zone| of_firsts(rule, zone)))
        .flat_map(|(one, other)| [Some(one), other])
        .flatten()
}

/// What takes the name among these, and whether nothing else may, by an order that is not documented.
fn taken(candidates: &[Destination]) -> (Taken, bool) {
    let mut all = each_taken(candidates);
    let winner = all.next().unwrap_or(Taken::Public);
    (winner, all.all(|other| other == winner))
}

/// What else may take the name than who is taken to: of many, one more than are named.
fn rivals(candidates: &[Destination], winner: Taken) -> Vec<Taken> {
    let mut rivals: Vec<Taken> = Vec::new();
    for other in each_taken(candidates).filter(|other| *other != winner) {
        if !rivals.contains(&other) {
            rivals.push(other);
        }
        if rivals.len() > limits::NAMES_SHOWN {
            break;
        }
    }
    rivals
}

/// The steps from the first that could take the name to the one that does.
pub(super) fn pick(configuration: &Configuration, name: &Name, is_reached: bool) -> Vec<Step> {
    let gathered = Destinations::of(configuration, name);
    let (winner, is_clear) = taken(&gathered.candidates);
    let mut steps = Vec::new();
    for possible in &gathered.possible {
        if gathered.changes(possible, winner) {
            steps.push(possible.step());
        }
    }
    let unused = configuration.zones_unsure.as_ref();
    let unused = unused.filter(|_| gathered.is_zone(winner));
    let certain = is_reached && is_clear && steps.is_empty() && !gathered.is_assumed(winner) && unused.is_none();
    let rivals = if is_clear {
        Vec::new()
    } else {
        rivals(&gathered.candidates, winner)
    };
    let mut step = gathered.step(winner, certain, &rivals);
    if let Some(why) = unused {
        let needs = "enableDnsSupport and enableDnsHostnames, without which the VPC has no private hosted zones";
        let _ = write!(step.why, "; {needs}: {why}");
    }
    steps.push(step);
    steps
}

/// The rule of type FORWARD that takes the name among what is known, where the order of that is documented.
pub(super) fn forwarded_by<'a>(configuration: &'a Configuration, name: &Name) -> Option<&'a AssociatedRule> {
    let gathered = Destinations::of(configuration, name);
    match taken(&gathered.candidates) {
        (Taken::By(index), true) => match gathered.things.get(index) {
            Some((Thing::Rule(rule), _)) => Some(rule),
            _ => None,
        },
        _ => None,
    }
}

/// Everything that takes the name, and that could.
struct Destinations<'a, 'n> {
    /// How many labels the name has.
    full: usize,
    name: &'n Name,
    candidates: Vec<Destination>,
    things: Vec<(Thing<'a>, Option<&'a Profile>)>,
    possible: Vec<Possible<'a>>,
}

impl<'a, 'n> Destinations<'a, 'n> {
    fn of(configuration: &'a Configuration, name: &'n Name) -> Self {
        let mut gathered = Self {
            full: name.labels().count(),
            name,
            candidates: Vec::new(),
            things: Vec::new(),
            possible: Vec::new(),
        };
        gathered.gather(configuration);
        gathered
    }

    fn gather(&mut self, configuration: &'a Configuration) {
        for rule in &configuration.rules.known {
            self.rule(rule, AssociatedBy::Direct, None);
        }
        for zone in &configuration.zones.known {
            self.zone(zone, AssociatedBy::Direct, None);
        }
        let mut unread = |kinds, origin, profile, why: &Opaque| {
            self.possible.push(Possible {
                kinds,
                depth: None,
                origin,
                profile,
                thing: None,
                why: why.clone(),
            });
        };
        if let Some(why) = &configuration.rules.rest {
            unread(RULES, AssociatedBy::Direct, None, why);
        }
        if let Some(why) = &configuration.zones.rest {
            unread(ZONES, AssociatedBy::Direct, None, why);
        }
        if let Some(why) = &configuration.profiles.rest {
            unread(ANY, AssociatedBy::Profile(usize::MAX - 1, 0, false), None, why);
        }
        for (at, profile) in configuration.profiles.known.iter().enumerate() {
            let settled = profile.in_effect == InEffect::Yes;
            let origin = AssociatedBy::Profile(at, profile.priority, settled);
            if profile.in_effect == InEffect::No {
                continue;
            }
            for rule in &profile.rules {
                self.rule(rule, origin, Some(profile));
            }
            for zone in &profile.zones {
                self.zone(zone, origin, Some(profile));
            }
            if let Some(why) = &profile.rest {
                self.possible.push(Possible {
                    kinds: ANY,
                    depth: None,
                    origin,
                    profile: Some(profile),
                    thing: None,
                    why: why.clone(),
                });
            }
        }
    }

    fn rule(&mut self, rule: &'a AssociatedRule, origin: AssociatedBy, profile: Option<&'a Profile>) {
        let (kinds, unknown): (&'static [CandidateKind], Option<Opaque>) = match &rule.kind {
            RuleKind::Forward => (&[CandidateKind::Forward], None),
            RuleKind::System => (&[CandidateKind::System], None),
            RuleKind::Recursive => return,
            RuleKind::Opaque(why) => (RULES, Some(why.clone())),
        };
        let unknown = unknown.or_else(|| rule.domain.is_none().then_some(Opaque::RuleNotListed));
        let thing = Thing::Rule(rule);
        self.add(
            kinds,
            rule.domain.as_ref(),
            &rule.in_effect,
            origin,
            profile,
            thing,
            unknown,
        );
    }

    fn zone(&mut self, zone: &'a AssociatedZone, origin: AssociatedBy, profile: Option<&'a Profile>) {
        // Of one that AWS makes, why it is not known is said already.
        let is_by_id = zone.apex.is_none() && zone.made_for.is_none();
        let unknown = is_by_id.then_some(Opaque::ZoneWithoutName);
        let thing = Thing::Zone(zone);
        self.add(
            ZONES,
            zone.apex.as_ref(),
            &zone.in_effect,
            origin,
            profile,
            thing,
            unknown,
        );
    }

    #[expect(clippy::too_many_arguments, reason = "what a candidate is made of, once")]
    fn add(
        &mut self,
        kinds: &'static [CandidateKind],
        domain: Option<&Name>,
        in_effect: &InEffect,
        origin: AssociatedBy,
        profile: Option<&'a Profile>,
        thing: Thing<'a>,
        unknown: Option<Opaque>,
    ) {
        if domain.is_some_and(|domain| !self.name.is_within(domain)) || *in_effect == InEffect::No {
            return;
        }
        let depth = domain.map(|domain| domain.labels().count());
        let by_profile = profile.map(|profile| &profile.in_effect);
        let perhaps = [Some(in_effect), by_profile]
            .into_iter()
            .flatten()
            .find_map(|one| match one {
                InEffect::Perhaps(why) => Some(why.clone()),
                InEffect::Yes | InEffect::No => None,
            });
        match (unknown.or(perhaps), depth, kinds) {
            (None, Some(depth), [kind]) => {
                let index = self.things.len();
                self.things.push((thing, profile));
                self.candidates.push(Destination {
                    kind: *kind,
                    depth,
                    origin,
                    index,
                });
            }
            (why, depth, kinds) => self.possible.push(Possible {
                kinds,
                depth,
                origin,
                profile,
                thing: Some(thing),
                why: why.unwrap_or(Opaque::Order),
            }),
        }
    }

    /// Whether something that could be there would take the name from who has it.
    fn changes(&self, possible: &Possible<'_>, winner: Taken) -> bool {
        let depths = possible.depth.map_or(0..=self.full, |depth| depth..=depth);
        let mut with = self.candidates.clone();
        let index = usize::MAX;
        depths.into_iter().any(|depth| {
            possible.kinds.iter().any(|kind| {
                with.truncate(self.candidates.len());
                with.push(Destination {
                    kind: *kind,
                    depth,
                    origin: possible.origin,
                    index,
                });
                let (now, is_clear) = taken(&with);
                now != winner || !is_clear && taken(&self.candidates).1
            })
        })
    }

    /// Whether it is a private hosted zone, of the VPC itself or of a Profile.
    fn is_zone(&self, winner: Taken) -> bool {
        let Taken::By(index) = winner else {
            return false;
        };
        matches!(self.things.get(index), Some((Thing::Zone(_), _)))
    }

    /// These in words, each with the Profile that brings it.
    fn titles(&self, others: &[Taken]) -> Vec<String> {
        let rival = |other: &Taken| match other {
            Taken::By(index) => self.things.get(*index).map_or_else(
                || "another".to_owned(),
                |(thing, profile)| match profile {
                    Some(profile) => format!("{} of Profile {}", thing.title(), profile.id),
                    None => thing.title(),
                },
            ),
            Taken::Public => "another".to_owned(),
        };
        others.iter().map(rival).collect()
    }

    /// Whether it is EKS's own zone, which nobody listed.
    fn is_assumed(&self, winner: Taken) -> bool {
        match winner {
            Taken::By(index) => matches!(self.things.get(index), Some((Thing::Zone(zone), _)) if is_assumed(zone)),
            Taken::Public => false,
        }
    }

    fn step(&self, winner: Taken, certain: bool, others: &[Taken]) -> Step {
        let shown = &others[..others.len().min(limits::NAMES_SHOWN)];
        let more = if shown.len() < others.len() { " and more" } else { "" };
        let order = match self.titles(shown).as_slice() {
            [] => String::new(),
            [other] => format!("; {other} is as specific, and {}", Opaque::Order),
            [several @ .., last] => format!(
                "; {} and {last}{more} are as specific, and AWS does not document which comes first",
                several.join(", ")
            ),
        };
        let handed_back = firsts(&self.candidates, |kind| kind != CandidateKind::Zone)
            .first()
            .filter(|rule| rule.kind == CandidateKind::System)
            .and_then(|rule| self.things.get(rule.index))
            .map(|(thing, _)| {
                format!(
                    "; {} of type SYSTEM gives the name back to the VPC's Resolver",
                    thing.title()
                )
            })
            .unwrap_or_default();
        let found = match winner {
            Taken::By(index) => self.things.get(index),
            Taken::Public => None,
        };
        let mut step = match found {
            Some((Thing::Rule(rule), profile)) => {
                let targets: Vec<String> = rule.targets.iter().map(ToString::to_string).collect();
                let to = if targets.is_empty() {
                    "other name servers".to_owned()
                } else {
                    targets.join(", ")
                };
                let why = format!(
                    "FORWARD {} to {to}: no rule and no private hosted zone is more specific{order}",
                    domain(rule.domain.as_ref())
                );
                let mut step = Step::new(Construct::Rule, Effect::Forward, WhyCode::MostSpecificRule, why);
                step.id = Some(rule.id.clone());
                step.name.clone_from(&rule.name);
                step.profile = profile.map(|profile| profile.id.clone());
                step
            }
            Some((Thing::Zone(zone), profile)) => {
                let of = zone
                    .owner
                    .as_ref()
                    .map(|owner| format!(" of {owner}"))
                    .unwrap_or_default();
                let assumed = if is_assumed(zone) {
                    "; it was not listed, and EKS makes it where private access is on"
                } else {
                    ""
                };
                let made = zone.made_for.as_ref();
                let made = made.map_or_else(String::new, |one| format!("; AWS made it for {one}"));
                let why = format!(
                    "the private hosted zone {}{of} is the most specific that the name is \
                     in{handed_back}{order}{assumed}{made}",
                    domain(zone.apex.as_ref())
                );
                let code = if is_assumed(zone) {
                    WhyCode::ZoneNotListed
                } else {
                    WhyCode::MostSpecificZone
                };
                let mut step = Step::new(construct(zone), Effect::Answer, code, why);
                step.id.clone_from(&zone.id);
                step.made_for = zone.made_for.as_ref().map(|one| one.id().to_owned());
                step.name = zone.apex.as_ref().map(ToString::to_string);
                step.profile = profile.map(|profile| profile.id.clone());
                step
            }
            None => Step::new(
                Construct::Public,
                Effect::Answer,
                WhyCode::NothingTakesTheName,
                format!("no private hosted zone and no rule of type FORWARD takes the name{handed_back}{order}"),
            ),
        };
        step.certain = certain;
        step.decides = true;
        step
    }
}

impl Thing<'_> {
    fn title(&self) -> String {
        match self {
            Self::Rule(rule) => format!("rule {}", title(&rule.id, rule.name.as_deref())),
            Self::Zone(zone) => {
                let apex = zone.apex.as_ref().map(ToString::to_string);
                if let (None, Some(made_for)) = (&zone.id, &zone.made_for) {
                    return format!("the zone {} of {made_for}", domain(zone.apex.as_ref()));
                }
                format!(
                    "zone {}",
                    title(zone.id.as_deref().unwrap_or("without an id"), apex.as_deref())
                )
            }
        }
    }
}

impl Possible<'_> {
    fn step(&self) -> Step {
        let what = match (&self.thing, self.kinds) {
            (Some(thing), _) => thing.title(),
            (None, _) if self.profile.is_some() => "what the Profile brings".to_owned(),
            (None, ANY) => "the Profiles of the VPC".to_owned(),
            (None, ZONES) => "the private hosted zones of the VPC".to_owned(),
            (None, _) => "the Resolver rules of the VPC".to_owned(),
        };
        let construct = match (&self.thing, self.kinds) {
            (Some(Thing::Zone(zone)), _) => construct(zone),
            (None, ZONES) => Construct::Zone,
            (None, ANY) => Construct::Profile,
            (Some(Thing::Rule(_)) | None, _) => Construct::Rule,
        };
        let mut step = Step::new(
            construct,
            Effect::Opaque,
            self.why.code(),
            format!("{what}: {}", self.why),
        );
        let profile = self.profile.map(|profile| profile.id.clone());
        match &self.thing {
            Some(Thing::Rule(rule)) => {
                step.id = Some(rule.id.clone());
                step.name.clone_from(&rule.name);
            }
            Some(Thing::Zone(zone)) => {
                step.id.clone_from(&zone.id);
                step.name = zone.apex.as_ref().map(ToString::to_string);
                step.made_for = zone.made_for.as_ref().map(|one| one.id().to_owned());
            }
            None => {
                step.id.clone_from(&profile);
                step.name = self.profile.and_then(|profile| profile.name.clone());
            }
        }
        step.profile = profile;
        step
    }
}

/// Whether it is EKS's own zone, which nobody listed.
fn is_assumed(zone: &AssociatedZone) -> bool {
    zone.id.is_none() && zone.made_for.is_none()
}

/// What a zone is in the report: where nobody listed it, the service network that has it made stands for it.
fn construct(zone: &AssociatedZone) -> Construct {
    match (&zone.id, &zone.made_for) {
        (None, Some(MadeFor::ServiceNetwork { .. })) => Construct::ServiceNetwork,
        _ => Construct::Zone,
    }
}

fn domain(name: Option<&Name>) -> String {
    name.map_or_else(|| "of an unknown name".to_owned(), ToString::to_string)
}
