//! Drawn configurations, read a second time by a naive implementation: it makes every world that what is opaque leaves
//! open, in every order that AWS's documents leave open, and reads each from the first rule on, and from the name up to
//! the root. What decides is certain where all worlds say the same.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::configuration::{Opaque, Qtype};
use super::*;
use crate::facts::Call;

const SEED: u64 = 0x6465_6369;
const NAME: &str = "a.b.c";
const DOMAINS: &[&str] = &[".", "c", "b.c", "a.b.c", "x.b.c", "z.a.b.c"];
const PATTERNS: &[&str] = &["*", "*.c", "*.b.c", "*.a.b.c", "a.b.c", "b.c", "q.test"];

struct Draw(StdRng);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    fn odds(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn in_effect(&mut self) -> InEffect {
        match self.below(12) {
            0 => InEffect::Perhaps(Opaque::Unsettled("UPDATING".to_owned())),
            1 => InEffect::No,
            _ => InEffect::Yes,
        }
    }

    fn firewall_rule(&mut self, priority: i64) -> DecidingFirewallRule {
        let action = match self.below(6) {
            0 | 1 => Action::Allow,
            2 => Action::Alert,
            5 if self.odds(4) => Action::Unfamiliar("NEW".to_owned()),
            _ => Action::Block(BlockAnswer::NoData),
        };
        let mut made = firewall_rule(priority, action, &[PATTERNS[self.below(PATTERNS.len())]]);
        match self.below(10) {
            0 | 1 => made.source = MatchedBy::Advanced("DGA".to_owned()),
            2 | 3 => {
                made.source = MatchedBy::AutoAllowlist {
                    id: None,
                    domains: ListedDomains::opaque(Opaque::AutoAllowlist),
                };
            }
            _ => {}
        }
        if self.odds(4) {
            made.qtype = Some(Qtype::of(["A", "AAAA", "NEW"][self.below(3)]));
        }
        made.in_effect = self.in_effect();
        made
    }

    fn group(&mut self, id: &str, most: usize) -> RuleGroup {
        let rules = (0..self.below(most + 1)).map(|_| {
            let priority = i64::try_from(self.below(3)).unwrap_or(0);
            self.firewall_rule(priority)
        });
        let rules: Vec<DecidingFirewallRule> = rules.collect();
        let mut made = group(id, 0, rules);
        made.priority = (!self.odds(8)).then(|| i64::try_from(self.below(3)).unwrap_or(0));
        made.in_effect = self.in_effect();
        if self.odds(8) {
            made.rules.rest = Some(Opaque::Unfamiliar("rest".to_owned()));
        }
        made
    }

    /// Why there may be more of a list; seldom.
    fn rest(&mut self) -> Option<Opaque> {
        self.odds(12).then(|| Opaque::Unfamiliar("rest".to_owned()))
    }

    fn firewall(&mut self) -> Configuration {
        let mut all = empty();
        for at in 0..self.below(3) {
            let made = self.group(&format!("direct-{at}"), 2);
            all.groups.known.push(made);
        }
        for at in 0..self.below(3) {
            let mut one = profile(&format!("rp-{at}"), i64::try_from(self.below(2)).unwrap_or(0));
            one.in_effect = self.in_effect();
            for _ in 0..self.below(2) {
                let made = self.group(&format!("by-{at}"), 2);
                one.groups.push(made);
            }
            one.rest = self.rest();
            all.profiles.known.push(one);
        }
        all.groups.rest = self.rest();
        all.profiles.rest = self.rest();
        all
    }
}

/// A rule of a world, and where it stands.
#[derive(Clone)]
struct PlacedRule {
    id: String,
    profile: Option<usize>,
    profile_priority: Option<i64>,
    group: usize,
    group_priority: Option<i64>,
    priority: Option<i64>,
    /// What comes of it where it is the first: `None` is one more that is let through.
    outcomes: Vec<Option<String>>,
    is_sure: bool,
}

/// Whether the documents say that one is before the other.
fn documented_before(one: &PlacedRule, other: &PlacedRule) -> bool {
    let less = |a: Option<i64>, b: Option<i64>| matches!((a, b), (Some(a), Some(b)) if a < b);
    if one.group == other.group {
        return less(one.priority, other.priority);
    }
    let two_profiles = one.profile.is_some() && other.profile.is_some() && one.profile != other.profile;
    less(one.group_priority, other.group_priority)
        && (!two_profiles || less(one.profile_priority, other.profile_priority))
}

fn standing(all: &Configuration) -> Vec<PlacedRule> {
    let direct = all.groups.known.iter().map(|group| (None, group));
    let profiles = all.profiles.known.iter().enumerate();
    let by = profiles.flat_map(|(at, profile)| profile.groups.iter().map(move |group| (Some((at, profile)), group)));
    let mut found = Vec::new();
    for (number, (profile, group)) in direct.chain(by).enumerate() {
        let states = [profile.map(|(_, one)| &one.in_effect), Some(&group.in_effect)];
        if states.iter().flatten().any(|state| **state == InEffect::No) {
            continue;
        }
        let sure = states.iter().flatten().all(|state| **state == InEffect::Yes);
        let place = |id: String, priority, outcomes, is_sure| PlacedRule {
            id,
            profile: profile.map(|(at, _)| at),
            profile_priority: profile.and_then(|(_, one)| (one.in_effect == InEffect::Yes).then_some(one.priority)),
            group: number,
            group_priority: group.priority,
            priority,
            outcomes,
            is_sure: is_sure && sure,
        };
        for (index, rule) in group.rules.known.iter().enumerate() {
            let id = format!("{number}/{index}");
            let for_type = !matches!(&rule.qtype, Some(Qtype::Type(qtype)) if *qtype != RecordType::A);
            let (matches, surely) = match &rule.source {
                MatchedBy::List { domains, .. } => {
                    let text = domains.known[0].to_string();
                    let is = match text.strip_prefix('*') {
                        Some(rest) => NAME.ends_with(rest) && NAME != rest.trim_start_matches('.'),
                        None => text == NAME,
                    };
                    (is, true)
                }
                MatchedBy::Advanced(_) | MatchedBy::AutoAllowlist { .. } => (true, false),
            };
            if !matches || !for_type || rule.in_effect == InEffect::No {
                continue;
            }
            let blocked = Some(id.clone());
            let outcomes = match rule.action {
                Action::Allow | Action::Alert => vec![None],
                Action::Block(_) => vec![blocked],
                Action::Unfamiliar(_) => vec![None, blocked],
            };
            let surely = surely && rule.in_effect == InEffect::Yes && !matches!(rule.qtype, Some(Qtype::Unfamiliar(_)));
            found.push(place(id, rule.priority, outcomes, surely));
        }
        if group.rules.rest.is_some() {
            let id = format!("{number}/rest");
            found.push(place(id.clone(), None, vec![None, Some(id)], false));
        }
    }
    found
}

/// What was not read of the lists of groups, each as one more rule of a group that nothing is known of.
fn unread(all: &Configuration) -> Vec<PlacedRule> {
    let mut lists = vec![all.groups.rest.is_some(), all.profiles.rest.is_some()];
    let in_effect = all.profiles.known.iter().filter(|one| one.in_effect != InEffect::No);
    lists.extend(in_effect.map(|one| one.rest.is_some()));
    let open = lists.iter().enumerate().filter(|(_, is_open)| **is_open);
    open.map(|(at, _)| PlacedRule {
        id: format!("unread/{at}"),
        profile: None,
        profile_priority: None,
        group: 100 + at,
        group_priority: None,
        priority: None,
        outcomes: vec![None, Some(format!("unread/{at}"))],
        is_sure: false,
    })
    .collect()
}

/// The rules that are the first in some world: every subset of those that may match, in every documented order.
fn outcomes(found: &[PlacedRule]) -> BTreeSet<Option<String>> {
    let mut said = BTreeSet::new();
    for world in 0..1_u32 << found.len() {
        let there: Vec<&PlacedRule> = (0..found.len())
            .filter(|at| world >> at & 1 == 1)
            .map(|at| &found[at])
            .collect();
        if found
            .iter()
            .any(|one| one.is_sure && !there.iter().any(|other| other.id == one.id))
        {
            continue;
        }
        // First is who has nobody before it.
        let firsts = there
            .iter()
            .filter(|one| !there.iter().any(|other| documented_before(other, one)));
        let mut nobody = true;
        for first in firsts {
            nobody = false;
            said.extend(first.outcomes.iter().cloned());
        }
        if nobody {
            said.insert(None);
        }
    }
    said
}

#[test]
fn the_firewall_is_read_as_every_world_reads_it() {
    let mut draw = Draw(StdRng::seed_from_u64(SEED));
    let (mut certain, mut blocked) = (0, 0);
    for number in 0..6000 {
        let all = draw.firewall();
        let said = outcomes(&[standing(&all), unread(&all)].concat());
        let steps = asked(&all, NAME, RecordType::A);
        let decides = decider(&steps);
        let at = || format!("seed {SEED:#x}, {number}: {all:#?} {steps:#?} {said:?}");
        assert_eq!(decides.certain, said.len() == 1, "{}", at());
        let is_blocked = decides.construct == Construct::Firewall;
        assert!(said.iter().any(|one| one.is_some() == is_blocked), "{}", at());
        let opaque = steps.iter().any(|step| step.effect == Effect::Opaque);
        assert_eq!(opaque, !decides.certain, "{}", at());
        certain += usize::from(decides.certain);
        blocked += usize::from(is_blocked && decides.certain);
    }
    assert!(certain > 1000 && certain < 5500 && blocked > 200, "{certain} {blocked}");
}

/// A rule or a zone of a world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Item {
    id: usize,
    /// `F`, `S` or `Z`.
    kind: char,
    /// The index in `DOMAINS`.
    domain: usize,
    /// 0 is direct, else a Profile.
    by: usize,
}

/// From the name up to the root: the first that takes the name. `ranks` has the order of who brings it, `ties` that of
/// things of one domain and one origin; `origin_first` is which of two documents is believed where they differ.
fn walk_up(items: &[Item], ranks: [usize; 3], ties: &[usize], origin_first: bool) -> Option<usize> {
    let mut is_open = true;
    for domain in ["a.b.c", "b.c", "c", "."] {
        let here = |is: fn(char) -> bool| {
            let mut here: Vec<&Item> = items
                .iter()
                .filter(|item| DOMAINS[item.domain] == domain && is(item.kind))
                .collect();
            here.sort_by_key(|item| (ranks[item.by], ties.iter().position(|id| *id == item.id)));
            here.first().copied().copied()
        };
        let rule = here(|kind| kind != 'Z').filter(|_| is_open);
        let zone = here(|kind| kind == 'Z');
        if let Some(rule) = rule {
            is_open = false;
            if rule.kind == 'F' {
                let loses = zone.is_some_and(|zone| origin_first && ranks[zone.by] < ranks[rule.by]);
                if !loses {
                    return Some(rule.id);
                }
            }
        }
        if let Some(zone) = zone {
            return Some(zone.id);
        }
    }
    None
}

fn permutations(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, first) in of.iter().enumerate() {
        let rest: Vec<usize> = of
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, one)| *one)
            .collect();
        all.extend(permutations(&rest).into_iter().map(|mut tail| {
            tail.insert(0, *first);
            tail
        }));
    }
    all
}

/// One that may be there: which kinds and domains it may have.
struct PossibleRule {
    id: usize,
    kinds: Vec<char>,
    domains: Vec<usize>,
    by: usize,
}

struct Drawn {
    configuration: Configuration,
    sure: Vec<Item>,
    open: Vec<PossibleRule>,
    ranks: Vec<[usize; 3]>,
}

fn draw_destination(draw: &mut Draw, sure: usize, open: usize) -> Drawn {
    let mut all = empty();
    let priorities = [draw.below(2), draw.below(2)];
    for (at, priority) in priorities.iter().enumerate() {
        all.profiles
            .known
            .push(profile(&format!("rp-{at}"), i64::try_from(*priority).unwrap_or(0)));
    }
    let ranks = match priorities[0].cmp(&priorities[1]) {
        std::cmp::Ordering::Less => vec![[0, 1, 2]],
        std::cmp::Ordering::Greater => vec![[0, 2, 1]],
        std::cmp::Ordering::Equal => vec![[0, 1, 2], [0, 2, 1]],
    };
    if draw.odds(4) {
        all.zones_unsure = Some(Opaque::NotRead(Call::DescribeVpcAttribute));
    }
    let mut drawn = Drawn {
        configuration: all,
        sure: Vec::new(),
        open: Vec::new(),
        ranks,
    };
    for id in 0..sure + open {
        let item = Item {
            id,
            kind: ['F', 'S', 'Z'][draw.below(3)],
            domain: draw.below(DOMAINS.len()),
            by: draw.below(3),
        };
        let is_sure = id < sure;
        let without_name = !is_sure && draw.odds(2);
        let in_effect = if is_sure || without_name {
            InEffect::Yes
        } else {
            InEffect::Perhaps(Opaque::Unsettled("UPDATING".to_owned()))
        };
        let domain = DOMAINS[item.domain];
        let (rules, zones) = match item.by {
            0 => (
                &mut drawn.configuration.rules.known,
                &mut drawn.configuration.zones.known,
            ),
            by => {
                let one = &mut drawn.configuration.profiles.known[by - 1];
                (&mut one.rules, &mut one.zones)
            }
        };
        if item.kind == 'Z' {
            let mut made = zone(&id.to_string(), domain);
            made.in_effect = in_effect;
            if without_name {
                made.apex = None;
            }
            zones.push(made);
        } else {
            let kind = if item.kind == 'F' {
                RuleKind::Forward
            } else {
                RuleKind::System
            };
            let mut made = rule(&id.to_string(), domain, kind);
            made.in_effect = in_effect;
            if without_name {
                made.domain = None;
                made.kind = RuleKind::Opaque(Opaque::RuleNotListed);
            }
            rules.push(made);
        }
        if is_sure {
            drawn.sure.push(item);
        } else {
            let kinds = match (without_name, item.kind) {
                (true, 'F' | 'S') => vec!['F', 'S'],
                (_, kind) => vec![kind],
            };
            let domains = if without_name {
                vec![0, 1, 2, 3]
            } else {
                vec![item.domain]
            };
            drawn.open.push(PossibleRule {
                id,
                kinds,
                domains,
                by: item.by,
            });
        }
    }
    drawn
}

fn worlds(sure: &[Item], open: &[PossibleRule]) -> Vec<Vec<Item>> {
    let Some((first, rest)) = open.split_first() else {
        return vec![sure.to_vec()];
    };
    let mut all = worlds(sure, rest);
    for kind in &first.kinds {
        for domain in &first.domains {
            let item = Item {
                id: first.id,
                kind: *kind,
                domain: *domain,
                by: first.by,
            };
            all.extend(worlds(sure, rest).into_iter().map(|mut world| {
                world.push(item);
                world
            }));
        }
    }
    all
}

#[test]
fn rules_and_zones_are_read_as_every_world_reads_them() {
    let mut draw = Draw(StdRng::seed_from_u64(SEED + 1));
    let mut certain = 0;
    let mut total = 0;
    for (sure, open, times) in [
        (0, 1, 200),
        (1, 1, 500),
        (2, 1, 1500),
        (3, 0, 1500),
        (3, 1, 1500),
        (2, 2, 300),
    ] {
        for number in 0..times {
            let drawn = draw_destination(&mut draw, sure, open);
            let ids: Vec<usize> = (0..sure + open).collect();
            let mut said = BTreeSet::new();
            let mut worlds = worlds(&drawn.sure, &drawn.open);
            if drawn.configuration.zones_unsure.is_some() {
                // Without the attributes the VPC's own zones are out. Those of a Profile may be out as well.
                let without = |world: &Vec<Item>, is_out: fn(&Item) -> bool| {
                    let mut world = world.clone();
                    world.retain(|item| item.kind != 'Z' || !is_out(item));
                    world
                };
                let own: Vec<_> = worlds.iter().map(|world| without(world, |item| item.by == 0)).collect();
                let all: Vec<_> = worlds.iter().map(|world| without(world, |_| true)).collect();
                worlds.extend(own.into_iter().chain(all));
            }
            for world in worlds {
                for ranks in &drawn.ranks {
                    for ties in permutations(&ids) {
                        said.extend([true, false].map(|first| walk_up(&world, *ranks, &ties, first)));
                    }
                }
            }
            let steps = asked(&drawn.configuration, NAME, RecordType::A);
            let decides = decider(&steps);
            let id = decides.id.as_deref().and_then(|id| id.parse().ok());
            let at = || {
                format!(
                    "seed {SEED:#x} + 1, {sure} {open} {number}: {:#?} {steps:#?} {said:?}",
                    drawn.configuration
                )
            };
            assert!(said.contains(&id), "{}", at());
            assert_eq!(decides.certain, said.len() == 1, "{}", at());
            certain += usize::from(decides.certain);
            total += 1;
        }
    }
    assert!(certain * 4 > total && certain < total, "{certain} of {total}");
}
