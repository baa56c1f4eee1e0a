//! DNS Firewall: the first rule that matches, over the rule groups of the VPC and of its Profiles.
//!
//! The order is AWS's: associations by priority, the lowest first, those of a Profile in the same order as the direct
//! ones, then the rules of a group by priority (agent-toolkit-for-aws, "Identifying the Effective DNS Firewall Rule").
//! Where two sources give two orders, as for the groups of two Profiles, or two priorities are equal, either may be
//! first.

use super::configuration::{
    Action, BlockAnswer, Configuration, DecidingFirewallRule, DomainPattern, InEffect, ListedDomains, MatchedBy,
    Opaque, Profile, Qtype, Redirection, RuleGroup,
};
use super::{Blocked, Construct, Effect, NameAndType, Step, WhyCode, title};
use crate::dns::{Name, RecordType};

/// What the firewall comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FirewallReading {
    /// Whether whatever is opaque would change nothing.
    pub(super) is_certain: bool,
}

/// Whether a rule matches.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Match {
    Yes(String),
    Could(Opaque),
    No,
}

/// Where a rule stands in the order; what is `None` is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RulePosition {
    /// Index and priority of the Profile that brings it, and whether that priority is in effect.
    profile: Option<(usize, i64, bool)>,
    /// Index and priority of the group.
    group: (usize, Option<i64>),
    /// Index and priority of the rule; no index: any rule of the group.
    rule: (Option<usize>, Option<i64>),
}

impl RulePosition {
    /// Whether this is read before the other for sure.
    fn is_before(&self, other: &Self) -> bool {
        let less = |one: Option<i64>, than: Option<i64>| one.zip(than).is_some_and(|(one, than)| one < than);
        let same_profile = self.profile.map(|one| one.0) == other.profile.map(|one| one.0);
        if same_profile && self.group.0 == other.group.0 {
            return less(self.rule.1, other.rule.1);
        }
        let by_group = less(self.group.1, other.group.1);
        match (self.profile, other.profile) {
            (Some(one), Some(than)) if !same_profile => by_group && one.2 && than.2 && one.1 < than.1,
            _ => by_group,
        }
    }

    /// What rules are read by where nothing forbids it: direct before a Profile's where priorities are equal.
    fn nominal(&self) -> impl Ord + use<> {
        let last = |priority: Option<i64>| priority.unwrap_or(i64::MAX);
        (
            last(self.group.1),
            self.profile.map_or(i64::MIN, |(_, priority, _)| priority),
            self.profile.map(|(index, ..)| index),
            self.group.0,
            last(self.rule.1),
            self.rule.0,
        )
    }
}

/// A rule that matches or could, and its group. Without a rule: one that is not known.
struct MatchingRule<'a> {
    place: RulePosition,
    by: By<'a>,
    group: Option<&'a RuleGroup>,
    rule: Option<&'a DecidingFirewallRule>,
    matched: Match,
}

/// By whom a group is in the VPC.
#[derive(Clone, Copy)]
enum By<'a> {
    /// It is associated with the VPC.
    Vpc,
    /// This Profile brings it.
    Profile(&'a Profile),
    /// A Profile that was not read.
    UnreadProfile,
}

impl<'a> By<'a> {
    fn of(profile: Option<(usize, &'a Profile)>) -> Self {
        profile.map_or(Self::Vpc, |(_, profile)| Self::Profile(profile))
    }
}

impl MatchingRule<'_> {
    /// Whether it stands anywhere in the order: of a group that was not read, nothing is known.
    fn is_anywhere(&self) -> bool {
        self.group.is_none()
    }

    fn is_definite(&self) -> bool {
        matches!(self.matched, Match::Yes(_))
    }

    /// Whether the name goes on where this rule is the first; `None`: not known.
    fn passes(&self) -> Option<bool> {
        match &self.rule?.action {
            Action::Allow | Action::Alert => Some(true),
            Action::Block(_) => Some(false),
            Action::Unfamiliar(_) => None,
        }
    }
}

/// The firewall's steps, and whether what it comes to is certain.
pub(super) fn read(configuration: &Configuration, question: &NameAndType) -> (Vec<Step>, FirewallReading) {
    let (mut steps, mut is_certain, first) = walk(configuration, &question.name, question.qtype, true);
    let decided = steps.last().map(|step| step.effect);
    // A rule that trusts the redirection ends the reading for the whole chain.
    let ends = matches!(decided, Some(Effect::Block | Effect::Redirect)) || first == Some(Redirection::Trust);
    if !ends {
        for name in &question.chain {
            let (of_alias, certain, _) = walk(configuration, name, question.qtype, false);
            is_certain &= certain;
            let blocks = |step: &Step| matches!(step.effect, Effect::Block | Effect::Redirect);
            let is_blocked = of_alias.iter().any(blocks);
            for mut step in of_alias {
                step.why = format!("for {name}, which the name is an alias of: {}", step.why);
                // How far a chain is read after a rule that allows its first name is not documented.
                step.certain = false;
                steps.push(step);
            }
            if is_blocked {
                break;
            }
        }
    }
    (steps, FirewallReading { is_certain })
}

/// The steps for one name, whether they are certain, and what the rule that matched does with aliases.
fn walk(
    configuration: &Configuration,
    name: &Name,
    qtype: RecordType,
    is_first: bool,
) -> (Vec<Step>, bool, Option<Redirection>) {
    let mut found = all(configuration, name, qtype, is_first);
    found.sort_by_key(|one| one.place.nominal());
    // Which can be the first: those that no rule that matches for sure is before.
    let possible: Vec<&MatchingRule<'_>> = found
        .iter()
        .filter(|one| {
            let mut definite = found.iter().filter(|other| other.is_definite());
            one.is_anywhere() || !definite.any(|other| other.place.is_before(&one.place))
        })
        .collect();
    let pick = found.iter().find(|one| one.is_definite());
    let passes = pick.map_or(Some(true), MatchingRule::passes);
    let is_pick = |one: &MatchingRule<'_>| pick.is_some_and(|pick| pick.place == one.place && pick.is_definite());
    // That a name passes is one outcome, whoever lets it; that it is blocked is the rule's.
    let is_same = |one: &&&MatchingRule<'_>| match passes {
        Some(true) => one.passes() == Some(true),
        _ => is_pick(one),
    };
    let differing: Vec<&&MatchingRule<'_>> = possible.iter().filter(|one| !is_same(one)).collect();
    let is_certain = differing.is_empty() && passes.is_some();
    let mut steps: Vec<Step> = Vec::new();
    for one in differing.into_iter().filter(|one| !is_pick(one)) {
        let why = match &one.matched {
            Match::Could(why) => why.clone(),
            Match::Yes(_) | Match::No => Opaque::Order,
        };
        steps.push(step(one, Effect::Opaque, why.code(), &why.to_string()));
    }
    if let Some(pick) = pick {
        steps.push(of_pick(pick, is_certain));
    }
    let redirection = pick.and_then(|pick| pick.rule).map(|rule| rule.redirection);
    (steps, is_certain, redirection)
}

/// Every rule that matches or could.
fn all<'a>(configuration: &'a Configuration, name: &Name, qtype: RecordType, is_first: bool) -> Vec<MatchingRule<'a>> {
    let mut found = Vec::new();
    let direct = configuration.groups.known.iter().map(|group| (None, group));
    let profiles = || configuration.profiles.known.iter().enumerate();
    let brought =
        profiles().flat_map(|(at, profile)| profile.groups.iter().map(move |group| (Some((at, profile)), group)));
    for (at, (profile, group)) in direct.chain(brought).enumerate() {
        of_group(&mut found, profile, (at, group), name, qtype, is_first);
    }
    let nowhere = RulePosition {
        profile: None,
        group: (usize::MAX, None),
        rule: (None, None),
    };
    let mut unknown = |by: By<'a>, why: &Opaque| {
        found.push(MatchingRule {
            place: nowhere,
            by,
            group: None,
            rule: None,
            matched: Match::Could(why.clone()),
        });
    };
    if let Some(why) = &configuration.groups.rest {
        unknown(By::Vpc, why);
    }
    if let Some(why) = &configuration.profiles.rest {
        unknown(By::UnreadProfile, why);
    }
    for (_, profile) in profiles().filter(|(_, profile)| profile.in_effect != InEffect::No) {
        if let Some(why) = &profile.rest {
            unknown(By::Profile(profile), why);
        }
    }
    found
}

/// The rules of one group that match or could.
fn of_group<'a>(
    found: &mut Vec<MatchingRule<'a>>,
    profile: Option<(usize, &'a Profile)>,
    (at, group): (usize, &'a RuleGroup),
    name: &Name,
    qtype: RecordType,
    is_first: bool,
) {
    let mut perhaps: Option<&Opaque> = None;
    for in_effect in profile
        .iter()
        .map(|(_, profile)| &profile.in_effect)
        .chain([&group.in_effect])
    {
        match in_effect {
            InEffect::Yes => {}
            InEffect::No => return,
            InEffect::Perhaps(why) => perhaps = perhaps.or(Some(why)),
        }
    }
    let place = |index: Option<usize>, priority: Option<i64>| RulePosition {
        profile: profile.map(|(index, profile)| (index, profile.priority, profile.in_effect == InEffect::Yes)),
        group: (at, group.priority),
        rule: (index, priority),
    };
    for (index, rule) in group.rules.known.iter().enumerate() {
        let matched = match (matches(rule, name, qtype, is_first), perhaps) {
            (Match::Yes(_), Some(why)) => Match::Could(why.clone()),
            (matched, _) => matched,
        };
        if matched != Match::No {
            found.push(MatchingRule {
                place: place(Some(index), rule.priority),
                by: By::of(profile),
                group: Some(group),
                rule: Some(rule),
                matched,
            });
        }
    }
    if let Some(why) = &group.rules.rest {
        found.push(MatchingRule {
            place: place(None, None),
            by: By::of(profile),
            group: Some(group),
            rule: None,
            matched: Match::Could(why.clone()),
        });
    }
}

/// Whether a rule matches a name and a type.
fn matches(rule: &DecidingFirewallRule, name: &Name, qtype: RecordType, is_first: bool) -> Match {
    if rule.in_effect == InEffect::No || !is_first && rule.redirection == Redirection::Trust {
        return Match::No;
    }
    if let Some(Qtype::Type(only)) = &rule.qtype
        && *only != qtype
    {
        return Match::No;
    }
    let by_name = match &rule.source {
        MatchedBy::List { domains, .. } => in_list(domains, name),
        MatchedBy::AutoAllowlist { domains, .. } => match in_list(domains, name) {
            Match::Could(_) => Match::Could(Opaque::AutoAllowlist),
            known => known,
        },
        MatchedBy::Advanced(kind) => Match::Could(Opaque::Advanced(kind.clone())),
    };
    match (by_name, &rule.qtype, &rule.in_effect) {
        (Match::No, ..) => Match::No,
        (_, Some(Qtype::Unfamiliar(text)), _) => Match::Could(Opaque::Unfamiliar(format!("Qtype {text}"))),
        (Match::Yes(_), _, InEffect::Perhaps(why)) => Match::Could(why.clone()),
        (by_name, ..) => by_name,
    }
}

fn in_list(domains: &ListedDomains<DomainPattern>, name: &Name) -> Match {
    let mut unfamiliar = None;
    for pattern in &domains.known {
        match pattern.has(name) {
            Some(true) => return Match::Yes(pattern.to_string()),
            Some(false) => {}
            None => unfamiliar = unfamiliar.or(Some(Opaque::Unfamiliar(pattern.to_string()))),
        }
    }
    domains.rest.clone().or(unfamiliar).map_or(Match::No, Match::Could)
}

fn of_pick(pick: &MatchingRule<'_>, is_certain: bool) -> Step {
    let Match::Yes(pattern) = &pick.matched else {
        return step(pick, Effect::Opaque, WhyCode::Unfamiliar, "");
    };
    let action = pick.rule.map(|rule| &rule.action);
    let (effect, does) = match action {
        Some(Action::Allow) => (Effect::Allow, "ALLOW: the name is let through".to_owned()),
        Some(Action::Alert) => (Effect::Allow, "ALERT: the name is let through, and logged".to_owned()),
        Some(Action::Block(answer @ BlockAnswer::Override(_))) => (Effect::Redirect, format!("BLOCK with {answer}")),
        Some(Action::Block(answer)) => (Effect::Block, format!("BLOCK with {answer}")),
        Some(Action::Unfamiliar(action)) => (Effect::Opaque, Opaque::Unfamiliar(action.clone()).to_string()),
        None => (Effect::Opaque, String::new()),
    };
    let only = match pick.rule.and_then(|rule| rule.qtype.as_ref()) {
        Some(Qtype::Type(qtype)) => format!(" and the rule is for the type {qtype}"),
        _ => String::new(),
    };
    let mut made = step(
        pick,
        effect,
        WhyCode::FirstRuleThatMatches,
        &format!("{does}; {pattern} of its list is the first match{only}"),
    );
    made.certain = is_certain;
    made.decides = matches!(effect, Effect::Block | Effect::Redirect);
    if let Some(Action::Block(answer)) = action {
        made.answer = match answer {
            BlockAnswer::NoData => Some(Blocked::NoData),
            BlockAnswer::NxDomain => Some(Blocked::NxDomain),
            BlockAnswer::Override(_) => Some(Blocked::Override),
            BlockAnswer::Unfamiliar => None,
        };
        if let BlockAnswer::Override(domain) = answer {
            made.alias = Name::from_host(domain.trim_end_matches('.')).ok();
            // Without its domain nothing shows whether an alias is the rule's.
            made.certain &= made.alias.is_some();
        }
    }
    made
}

fn step(found: &MatchingRule<'_>, effect: Effect, code: WhyCode, why: &str) -> Step {
    let in_group = match (found.group, found.rule) {
        (Some(group), Some(rule)) => {
            let rule = rule.name.as_deref().unwrap_or("without a name");
            format!("rule {rule} of group {}: ", title(&group.id, group.name.as_deref()))
        }
        (Some(group), None) => format!("the rules of group {}: ", title(&group.id, group.name.as_deref())),
        (None, _) => match found.by {
            By::Vpc => "the rule groups of the VPC: ".to_owned(),
            By::Profile(_) => "what the Profile brings: ".to_owned(),
            By::UnreadProfile => "the Profiles of the VPC: ".to_owned(),
        },
    };
    let construct = match (found.group, found.by) {
        (None, By::Profile(_) | By::UnreadProfile) => Construct::Profile,
        _ => Construct::Firewall,
    };
    let mut made = Step::new(construct, effect, code, format!("{in_group}{why}"));
    let profile = match found.by {
        By::Profile(profile) => Some(profile),
        By::Vpc | By::UnreadProfile => None,
    };
    made.profile = profile.map(|profile| profile.id.clone());
    made.id = match found.group {
        Some(group) => Some(group.id.clone()),
        None => made.profile.clone(),
    };
    made.name = match found.group {
        Some(_) => found.rule.and_then(|rule| rule.name.clone()),
        None => profile.and_then(|profile| profile.name.clone()),
    };
    made.domain_list = found.rule.and_then(|rule| match &rule.source {
        MatchedBy::List { id, .. } => Some(id.clone()),
        MatchedBy::AutoAllowlist { id, .. } => id.clone(),
        MatchedBy::Advanced(_) => None,
    });
    made.domain_list_name = found.rule.and_then(|rule| match &rule.source {
        MatchedBy::List { name, .. } => name.clone(),
        MatchedBy::AutoAllowlist { .. } | MatchedBy::Advanced(_) => None,
    });
    made
}
