//! The VPC's own Resolver blocks the name.

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::shared::route53::{self, ResolvingVpc};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, decided, remedy};
use crate::decides::configuration::DomainPattern;
use crate::decides::{Step, WhyCode, title};
use crate::dns::RecordType;

declare_rule! {
    /// ## What it means
    /// A resolver of the VPC returns a negative answer for the name, or makes it an alias of something else, in a way
    /// that neither a private hosted zone nor public DNS does. A rule of Route 53 Resolver DNS Firewall with the action
    /// `BLOCK` answers so: NODATA, NXDOMAIN, or an alias of the rule's choosing.
    ///
    /// ## How it was decided
    /// Where the rule groups of the VPC, their rules and their domain lists were read: the first rule that matches the
    /// name, by the priority of the groups and then of the rules, has the action `BLOCK`. A rule that allows or alerts
    /// ends the evaluation too. It is certain where no rule that could come first is opaque, and a resolver of the VPC
    /// answers as the rule says. An alias is the rule's where it is of the rule's own domain. Opaque are the domain
    /// lists that AWS manages, which are named, and lists that are being imported, updated or deleted, or whose import
    /// failed. So are rules of DNS Firewall Advanced, which decide by what they detect, AutoAllowlist rules, and
    /// whatever could not be read. Where no resolver of the VPC was asked, it is a warning.
    ///
    /// Where they were not read, it is a suspicion: the answer for the name carries no SOA of a zone, or is an alias,
    /// while names outside the zone, or a random sibling, get theirs from the same resolver; and nothing else in the
    /// catalogue explains it. A name server of your own that the VPC forwards to can do the same. The negative answer
    /// for the random sibling is no evidence where a rule of DNS Firewall Advanced is on: that name looks like what it
    /// detects. Such a rule, and an AutoAllowlist rule, is named as what it is.
    ///
    /// ## Why it matters
    /// Clients in the VPC, and of resolvers that forward to it, print `no such host`.
    ///
    /// ## What to do
    /// Put an allow rule for the endpoints' zone in front of the one that blocks. Where an AutoAllowlist rule is before
    /// it, approve the endpoints' zone for that rule: a new cluster's name is not approved. Where the rule is not
    /// known: see the rule groups that are associated with the VPC, and the query logs, which name the action.
    "dns-firewall-block" = {
        summary: "the VPC's Resolver blocks the name, perhaps by a DNS Firewall rule",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "a DNS Firewall rule of this VPC blocks the name",
        complaints: [Denial 180, FirewallBlocked 10],
        references: [ROUTE53_FIREWALL_ACTIONS, ROUTE53_QUERY_LOGS],
        at: FailingOrConfigured,
        requires: [
            [LEGIBLE],
            [IN_A_KNOWN_VPC],
            [BLOCKS_IN_THE_VPC, HAS_THE_ALIAS_OF_A_RULE],
        ],
        confidence: [
            Certain if [[FIREWALL_BLOCKS], [BLOCKS_IN_THE_VPC, HAS_THE_ALIAS_OF_A_RULE]],
            Low if [[not FIREWALL_MAY_BLOCK]],
            High,
        ],
        // An alias may lead to addresses.
        explains: [OnlyAFails, Denial, OwnConfiguration, UnusedPrivateZone, ForeignAddresses, PublicView, Unexplained],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let vpcs = route53::resolving_vpcs(case);
    let decisions: Vec<Vec<Step>> = vpcs.iter().map(|vpc| decided::of_vpc(case, vpc)).collect();
    // Whoever answers as the rule says, and not as a block that shows no other origin, leaves room for doubt.
    let surely = |blocked: &[&Subject<'_>]| {
        let all_fit = blocked
            .iter()
            .all(|subject| fits.iter().any(|fit| fit.subject.name() == subject.name()));
        if all_fit {
            fits.least_sure_at(blocked)
        } else {
            fits.confidence
        }
    };
    let mut findings = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    // What is certain there is not what they answer: `aws-configuration-disagrees`.
    let mut passed: Vec<&str> = Vec::new();
    for (vpc, steps) in vpcs.iter().zip(&decisions) {
        match decided::firewall_block(steps).filter(|step| step.types.contains(&RecordType::A)) {
            Some(step) => {
                let fits = |subject: &&Subject<'_>| {
                    !subject.verdict().is_fine() && decided::answers_as_the_rule(subject, step)
                };
                let blocked: Vec<&Subject<'_>> = vpc.subjects.iter().copied().filter(fits).collect();
                named.extend(blocked.iter().map(|subject| subject.name()));
                if step.certain {
                    passed.extend(vpc.subjects.iter().map(|subject| subject.name()));
                }
                let nobody_was_asked = !vpc.subjects.iter().any(|subject| subject.heard_anything());
                if !blocked.is_empty() || nobody_was_asked {
                    let opaque = decided::opaque_firewall(steps);
                    findings.push(by_rule(case, surely(&blocked), vpc, (step, &opaque), &blocked));
                }
            }
            None if decided::comparable(case, vpc).is_some() => {
                passed.extend(vpc.subjects.iter().map(|subject| subject.name()));
            }
            None => {}
        }
    }
    let blocked: Vec<&Subject<'_>> = fits
        .subjects()
        .into_iter()
        .filter(|subject| !named.contains(&subject.name()) && !passed.contains(&subject.name()))
        .collect();
    if !blocked.is_empty() {
        let of_them = vpcs.iter().zip(&decisions).filter(|(vpc, _)| {
            let mut subjects = vpc.subjects.iter();
            subjects.any(|subject| blocked.iter().any(|other| other.name() == subject.name()))
        });
        let opaque: Vec<&Step> = of_them.flat_map(|(_, steps)| decided::opaque_firewall(steps)).collect();
        findings.push(suspicion(case, fits.least_sure_at(&blocked), &blocked, &opaque));
    }
    findings
}

/// A rule that was read.
fn by_rule(
    case: &Case<'_>,
    confidence: Confidence,
    vpc: &ResolvingVpc<'_, '_>,
    (step, opaque): (&Step, &[&Step]),
    blocked: &[&Subject<'_>],
) -> Finding {
    let group = step.id.as_deref().unwrap_or("without an id");
    let rule = step.name.as_deref().unwrap_or("without a name");
    let list = step.domain_list.as_deref().unwrap_or("without an id");
    let named = title(list, step.domain_list_name.as_deref());
    let by_profile = step
        .profile
        .as_ref()
        .map(|profile| format!(" The group comes by Route 53 Profile {profile}."))
        .unwrap_or_default();
    let seen = if blocked.is_empty() {
        " No resolver of the VPC was asked here, so nothing is seen to fail because of it.".to_owned()
    } else {
        let (who, several) = (phrase::titles(blocked), blocked.len());
        format!(
            " {who} {} as that rule says.",
            phrase::plural(several, "answers", "answer")
        )
    };
    let open = if step.certain {
        String::new()
    } else {
        format!(
            " What could come before it in AWS's order is not all known: decided_by in the JSON, or -v, lists it.{}{}",
            of_other_kinds(opaque),
            about_the_control(opaque)
        )
    };
    RULE.finding(confidence, blocked)
        .severity(if blocked.is_empty() {
            Severity::Warning
        } else {
            Severity::Error
        })
        .summary(format!(
            "rule {rule} of DNS Firewall group {group} blocks this name in {}, by domain list {named}",
            vpc.id
        ))
        .why(format!(
            "The Resolver of {}: {}.{by_profile}{seen}{open}{}",
            vpc.id,
            step.why,
            decided::as_of(case)
        ))
        .seen([Evidence::fact(format!(
            "{group} with {named} is in effect in {}: {}",
            vpc.id, step.why
        ))])
        .seen(
            blocked
                .iter()
                .flat_map(|subject| [observed_target(subject), sibling(subject, opaque)].concat()),
        )
        .fix(approve(case, opaque))
        .fix(let_through(case, vpc.id, step, (group, list)))
}

/// An ALLOW rule before the one that blocks, or the domain taken from the list. A group of another account only its
/// owner changes: there it is a group of one's own that comes before.
fn let_through(case: &Case<'_>, vpc: &str, step: &Step, (group, list): (&str, &str)) -> Vec<Remedy> {
    let (region, zone) = (case.region(), case.family_zone());
    let make_list = [
        format!("aws route53resolver create-firewall-domain-list --region {region} --name eks-endpoints"),
        format!(
            "aws route53resolver update-firewall-domains --region {region} --firewall-domain-list-id <rslvr-fdl-id> \
             --operation ADD --domains '*.{zone}'"
        ),
    ];
    let allow = |group: &str, priority: &str| {
        format!(
            "aws route53resolver create-firewall-rule --region {region} --firewall-rule-group-id {group} \
             --firewall-domain-list-id <rslvr-fdl-id> --priority {priority} --action ALLOW --name eks-endpoints"
        )
    };
    if let Some(owner) = owner_of_another_group(case, step) {
        let make_group = [format!(
            "aws route53resolver create-firewall-rule-group --region {region} --name eks-endpoints"
        )];
        let associate = [format!(
            "aws route53resolver associate-firewall-rule-group --region {region} --firewall-rule-group-id \
             <rslvr-frg-id> --vpc-id {vpc} --priority <less-than-that-of-{group}> --name eks-endpoints"
        )];
        let all = make_list
            .into_iter()
            .chain(make_group)
            .chain([allow("<rslvr-frg-id>", "1")])
            .chain(associate);
        return vec![
            Remedy::advice(format!(
                "{group} is account {owner}'s: have its owner allow *.{zone} before the rule that blocks"
            )),
            Remedy::new(
                format!("Or a rule group of this account with an ALLOW rule, before {group}"),
                all,
            )
            .as_alternative(),
        ];
    }
    let priority = free_priority_before(case, step).map(|priority| priority.to_string());
    let priority = priority.as_deref().unwrap_or("<less-than-the-rule-that-blocks>");
    let domain = domain_on_the_list(case, list).unwrap_or("<domain>");
    let named = title(list, step.domain_list_name.as_deref());
    vec![
        Remedy::new(
            "Put an ALLOW rule before the one that blocks",
            make_list.into_iter().chain([allow(group, priority)]),
        ),
        Remedy::new(
            format!("Or take the domain from {named}"),
            [format!(
                "aws route53resolver update-firewall-domains --region {region} --firewall-domain-list-id {list} \
                 --operation REMOVE --domains '{domain}'"
            )],
        )
        .as_alternative(),
    ]
}

/// The account that has the group, where a Profile brings it and it is another than who asked.
fn owner_of_another_group<'a>(case: &Case<'a>, step: &Step) -> Option<&'a str> {
    let (profile, group) = (step.profile.as_deref()?, step.id.as_deref()?);
    let arn = route53::brought_arn(case, profile, "firewall-rule-group", group)?;
    let caller = case.aws_unseen().caller.as_ref()?;
    crate::facts::arn::account(arn).filter(|owner| *owner != caller.account)
}

/// The highest priority before the rule that blocks which no rule of its group has: in a group each has its own.
fn free_priority_before(case: &Case<'_>, step: &Step) -> Option<i64> {
    let mut groups = case.firewall()?.groups.iter();
    let rules = &groups.find(|group| step.id.as_ref() == Some(&group.id))?.rules;
    let blocks = rules
        .iter()
        .find(|rule| rule.name == step.name && rule.domain_list_id == step.domain_list)?;
    let is_free = |priority: &i64| rules.iter().all(|rule| rule.priority != Some(*priority));
    (1..blocks.priority?).rev().find(is_free)
}

/// The domain of the list that has the name, as the list has it.
fn domain_on_the_list<'a>(case: &Case<'a>, list: &str) -> Option<&'a str> {
    let mut lists = case.firewall()?.domain_lists.iter();
    let domains = lists.find(|one| one.id == list)?.domains.iter();
    let mut having = domains.filter(|text| {
        let pattern: Option<DomainPattern> = text.parse().ok();
        pattern.is_some_and(|pattern| pattern.has(&case.target.hostname) == Some(true))
    });
    let text = having.next()?.as_str();
    // What is pasted into a shell is a domain.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '*');
    (having.next().is_none() && text.chars().all(is_plain)).then_some(text)
}

/// A block whose rule is not known.
fn suspicion(case: &Case<'_>, confidence: Confidence, blocked: &[&Subject<'_>], opaque: &[&Step]) -> Finding {
    let (who, several) = (phrase::titles(blocked), blocked.len());
    let (answers, resolves) = (
        phrase::plural(several, "answers", "answer"),
        phrase::plural(several, "resolves", "resolve"),
    );
    let looked_at = if opaque.is_empty() {
        "whether it has a rule for this name was not looked at".to_owned()
    } else {
        format!(
            "what could be its rule for this name is not known: {}",
            phrase::list(&opaque.iter().map(|step| step.why.clone()).collect::<Vec<_>>())
        )
    };
    let control = about_the_control(opaque);
    RULE.finding(confidence, blocked)
        .summary(format!(
            "{who}: the VPC's Resolver may block this name (DNS Firewall, or a server it forwards to)"
        ))
        .why(format!(
            "{who} {answers} for this name without the SOA of an AWS zone, and {resolves} other names. Route 53 Resolver DNS \
             Firewall blocks names in this way; {looked_at}. A name server that the VPC's Resolver forwards to, or a \
             name server in its place, could do the same.{control}"
        ))
        .seen(blocked.iter().flat_map(|subject| {
            [
                observed_target(subject),
                sibling(subject, opaque),
                observed_controls(subject),
            ]
            .concat()
        }))
        .fix(approve(case, opaque))
        .fix([remedy::filter::dns_firewall(case), remedy::question::from_the_vpc(case)])
}

/// Rules that are no rules of a domain list, or of one that has a name and cannot be read, and could come before: what
/// each is.
fn of_other_kinds(opaque: &[&Step]) -> String {
    let is_other = |step: &&&Step| match step.why_code {
        WhyCode::AdvancedRule | WhyCode::AutoAllowlist => true,
        WhyCode::ManagedList | WhyCode::Unsettled => step.domain_list_name.is_some(),
        _ => false,
    };
    let said = opaque
        .iter()
        .filter(is_other)
        .map(|step| format!(" Before it is {}.", step.why));
    said.collect()
}

/// Whether a rule decides by what it detects: a long random label is one of those things (Amazon Route 53 Developer
/// Guide, "Route 53 Resolver DNS Firewall Advanced").
fn detects(opaque: &[&Step]) -> bool {
    opaque.iter().any(|step| step.why_code == WhyCode::AdvancedRule)
}

fn about_the_control(opaque: &[&Step]) -> &'static str {
    if detects(opaque) {
        " The control question has a long random label, which a rule of DNS Firewall Advanced may detect: its negative \
         answer here is no evidence."
    } else {
        ""
    }
}

/// What the random sibling got, where that is evidence.
fn sibling(subject: &Subject<'_>, opaque: &[&Step]) -> Vec<Evidence> {
    if detects(opaque) {
        Vec::new()
    } else {
        observed_sibling(subject)
    }
}

/// The endpoints' zone on the list of an AutoAllowlist rule (botocore 1.44.8, `UpdateFirewallDomains`: `ADD` "marks the
/// observed domains as allowed").
fn approve(case: &Case<'_>, opaque: &[&Step]) -> Vec<Remedy> {
    let rules = opaque.iter().filter(|step| step.why_code == WhyCode::AutoAllowlist);
    rules
        .map(|step| {
            let list = step.domain_list.as_deref().unwrap_or_default();
            let rule = step.name.as_deref().unwrap_or("without a name");
            Remedy::new(
                format!("Approve the endpoints' zone for the AutoAllowlist rule {rule}: a new cluster's name is not approved"),
                [format!(
                    "aws route53resolver update-firewall-domains --region {} --firewall-domain-list-id {} --operation ADD \
                     --domains '*.{}'",
                    case.region(),
                    remedy::endpoint::word(list, "<rslvr-fdl-id>"),
                    case.family_zone()
                )],
            )
        })
        .collect()
}
