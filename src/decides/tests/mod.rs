//! The decision against AWS's documented examples, and against a second, naive reading of the same order.

mod documented;
mod drawn;
mod lists;
mod made;

use super::configuration::{
    Action, AssociatedRule, AssociatedZone, BlockAnswer, Configuration, DecidingFirewallRule, InEffect, ListedDomains,
    MatchedBy, Profile, Redirection, RuleGroup, RuleKind,
};
use super::{Construct, Effect, NameAndType, Step, decide};
use crate::dns::{Name, RecordType};

pub(super) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

pub(super) fn empty() -> Configuration {
    Configuration {
        vpc: "vpc-1".to_owned(),
        groups: ListedDomains::whole(Vec::new()),
        rules: ListedDomains::whole(Vec::new()),
        zones: ListedDomains::whole(Vec::new()),
        zones_unsure: None,
        profiles: ListedDomains::whole(Vec::new()),
    }
}

pub(super) fn group(id: &str, priority: i64, rules: Vec<DecidingFirewallRule>) -> RuleGroup {
    RuleGroup {
        id: id.to_owned(),
        name: None,
        priority: Some(priority),
        in_effect: InEffect::Yes,
        rules: ListedDomains::whole(rules),
    }
}

pub(super) fn block(priority: i64, domains: &[&str]) -> DecidingFirewallRule {
    firewall_rule(priority, Action::Block(BlockAnswer::NxDomain), domains)
}

pub(super) fn firewall_rule(priority: i64, action: Action, domains: &[&str]) -> DecidingFirewallRule {
    DecidingFirewallRule {
        name: Some(format!("rule-{priority}")),
        priority: Some(priority),
        action,
        source: MatchedBy::List {
            id: format!("rslvr-fdl-{priority}"),
            name: None,
            domains: ListedDomains::whole(domains.iter().map(|text| text.parse().expect("a pattern")).collect()),
        },
        qtype: None,
        redirection: Redirection::Inspect,
        in_effect: InEffect::Yes,
    }
}

pub(super) fn rule(id: &str, domain: &str, kind: RuleKind) -> AssociatedRule {
    AssociatedRule {
        id: id.to_owned(),
        name: None,
        domain: Some(name(domain)),
        kind,
        targets: Vec::new(),
        in_effect: InEffect::Yes,
    }
}

pub(super) fn zone(id: &str, apex: &str) -> AssociatedZone {
    AssociatedZone {
        id: Some(id.to_owned()),
        apex: Some(name(apex)),
        owner: None,
        made_for: None,
        in_effect: InEffect::Yes,
    }
}

pub(super) fn profile(id: &str, priority: i64) -> Profile {
    Profile {
        id: id.to_owned(),
        name: None,
        priority,
        in_effect: InEffect::Yes,
        groups: Vec::new(),
        rules: Vec::new(),
        zones: Vec::new(),
        rest: None,
    }
}

pub(super) fn asked(configuration: &Configuration, text: &str, qtype: RecordType) -> Vec<Step> {
    let question = NameAndType {
        name: name(text),
        qtype,
        chain: Vec::new(),
    };
    decide(configuration, &question)
}

/// The step that decides. There is exactly one.
pub(super) fn decider(steps: &[Step]) -> &Step {
    let mut deciders = steps.iter().filter(|step| step.decides);
    let first = deciders.next().expect("a step decides");
    assert_eq!(deciders.next(), None, "{steps:#?}");
    first
}

/// What decides, in short: `block rslvr-frg-1/rule-10`, `forward rr-1`, `answer public`.
pub(super) fn short(step: &Step) -> String {
    let effect = match step.effect {
        Effect::Block => "block",
        Effect::Allow => "allow",
        Effect::Redirect => "redirect",
        Effect::Forward => "forward",
        Effect::Answer => "answer",
        Effect::Opaque => "opaque",
    };
    let id = step.id.as_deref().unwrap_or("-");
    match step.construct {
        Construct::Firewall => format!("{effect} {id}/{}", step.name.as_deref().unwrap_or("-")),
        Construct::Public => format!("{effect} public"),
        Construct::Rule | Construct::Zone | Construct::ServiceNetwork | Construct::Profile => format!("{effect} {id}"),
    }
}
