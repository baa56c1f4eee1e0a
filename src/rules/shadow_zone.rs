//! The resolver answers from a zone of its own that lies over AWS's.

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::shared::{recursion, route53};
use super::signs::ALL_NAMES_OF_AWS_ARE_DENIED;
use super::step::{DenialAuthority, foreign_zone_around};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, decided, grouped, remedy};
use crate::compare::Verdict;
use crate::decides::{Construct, Effect, Step};
use crate::dns::Name;
use crate::limits;
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// The resolver, or one that it forwards to, has a zone of its own for the endpoint's name or for a parent of it,
    /// such as an internal `amazonaws.com` kept for a few records. A name that is not in that zone does not exist for
    /// it: the question never reaches AWS.
    ///
    /// ## How it was decided
    /// The negative answer has a SOA that is not AWS's and whose owner is the name or a parent of it, often with the AA
    /// bit set. Or it has no SOA at all, and neither a random sibling nor AWS's public names resolve there, while the
    /// root's name servers do: what dnsmasq's `local=/amazonaws.com/` and Unbound's `local-zone` look like. Or the name
    /// gets SERVFAIL, and a random sibling a negative answer from such a zone: the record of the name leads to a zone
    /// that does not work there. Or the name is an alias of a name without an address, and a random sibling's negative
    /// answer is from such a zone. The Resolver of a VPC has no such zone: there, a Resolver rule probably sends the
    /// name to a server that has it, and the rules and Profiles that may do so are named.
    ///
    /// ## Why it matters
    /// kubectl prints `no such host`, and so does every other client of AWS below that zone.
    ///
    /// ## What to do
    /// Remove the zone, or let the endpoints' domain out of it: delegate or forward it. A zone of the
    /// endpoint's own name needs the addresses, and they change with upgrades and scaling: remove it, and
    /// forward the name instead. In a VPC: see its Resolver rules and Profiles first.
    "shadow-zone" = {
        summary: "the resolver has its own zone that hides the AWS zone",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the SOA of the negative answer is not AWS's: the server has a zone of its own over the name",
        complaints: [Denial 50, OwnZone 10],
        shows: [OneAnswer, OwnConfiguration, ForeignZone],
        references: [RFC_2308_SOA, DNSMASQ_SERVER, UNBOUND_LOCAL_ZONE],
        at: Failing,
        requires: [
            [LEGIBLE],
            [DENIED, FAILS_IN_A_FOREIGN_ZONE],
            [DENIED_BY_FOREIGN_ZONE, ONLY_NAMES_OF_AWS_FAIL, FAILS_IN_A_FOREIGN_ZONE, ALIASED_IN_A_FOREIGN_ZONE],
        ],
        confidence: [Medium if [[DENIED_WITHOUT_SOA], [not ALL_NAMES_OF_AWS_ARE_DENIED]], High],
        wants: [VpcView, PublicControl, Controls],
        wants_of: decided::FACTS,
        stage: Stage::Evidence,
    }
}

/// What shows the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ShadowSign {
    /// Its SOA: of this owner.
    Soa(Name),
    /// The SOA of this owner, for a random sibling or AAAA, while the name itself fails.
    Failing(Name),
    /// The SOA of this owner for a random sibling, while the name itself is an alias of this name, without an address.
    Alias(Name, Name),
    /// All of AWS's names are denied, and nothing else.
    Bare,
    /// As above, but some fail in another way.
    BareMixed,
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    grouped(fits.subjects(), |subject| {
        let is_of_a_vpc = subject.probed.resolver.is_of_a_vpc();
        // Each VPC has rules of its own.
        let vpc = is_of_a_vpc.then(|| route53::vpc_of(case, subject)).flatten();
        Some((shape(case, subject)?, is_of_a_vpc, vpc.map(|vpc| vpc.id)))
    })
    .into_iter()
    .map(|((shape, is_of_a_vpc, _), subjects)| {
        let confidence = fits.least_sure_at(&subjects);
        if is_of_a_vpc {
            at_a_vpc(case, confidence, &shape, &subjects)
        } else {
            finding(case, confidence, &shape, &subjects)
        }
    })
    .collect()
}

fn shape(case: &Case<'_>, subject: &Subject<'_>) -> Option<ShadowSign> {
    let is_aws = case.endpoint.is_some();
    if subject.verdict() == Verdict::ServFail {
        // A name that is not AWS's is in a zone that is not AWS's.
        let zone = foreign_zone_around(subject).filter(|_| is_aws);
        return zone.map(|soa| ShadowSign::Failing(soa.owner.clone()));
    }
    match DenialAuthority::of(subject)? {
        DenialAuthority::Above(soa) => {
            // Of a name that is not AWS's to begin with, any zone may be the right one, unless others have it.
            let known_elsewhere = !case.vpc_view().is_empty() || case.public_has_the_name() == Some(true);
            (is_aws || known_elsewhere).then(|| ShadowSign::Soa(soa.owner.clone()))
        }
        DenialAuthority::Alias(target) => {
            let zone = foreign_zone_around(subject).filter(|_| is_aws);
            zone.map(|soa| ShadowSign::Alias(soa.owner.clone(), target.clone()))
        }
        DenialAuthority::Bare if recursion::ends_at_aws(subject) => {
            let all_denied = ALL_NAMES_OF_AWS_ARE_DENIED.is_at(case, subject);
            Some(if all_denied {
                ShadowSign::Bare
            } else {
                ShadowSign::BareMixed
            })
        }
        _ => None,
    }
}

fn finding(case: &Case<'_>, confidence: Confidence, shape: &ShadowSign, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let answers = phrase::plural(several, "answers", "answer");
    let (own, family) = (case.own_zone(), case.family_zone());
    let is_own = matches!(shape, ShadowSign::Soa(owner) if *owner == case.target.hostname);
    // Nobody is to remove a zone of their own names.
    if let ShadowSign::Soa(owner) = shape
        && case.endpoint.is_none()
    {
        return RULE
            .finding(confidence, subjects)
            .summary(format!("{who} {answers} from a zone {owner}, which lacks this name, and others have it"))
            .why(format!(
                "{who} {} with the SOA of a zone {owner}. Another resolver of this run has addresses for the name. So that \
                 zone there is not the one that has the name, or the record is missing in it.",
                phrase::returns_negative(subjects),
            ))
            .seen(seen_at(subjects))
            .fix(vec![Remedy::advice(format!(
                "Add the record of {own} to the zone {owner} there, or forward the name to a server that has it"
            ))]);
    }
    let (summary, explanation) = match shape {
        ShadowSign::Soa(_) if is_own => (
            format!("{who} {answers} from a zone of this very name, which lacks its addresses, instead of asking AWS"),
            format!(
                "{who} {} with the SOA of a zone of the endpoint's own name, and not with one of AWS's. What AWS says \
                 of the name does not matter there. The zone is configured there or on a server that it forwards \
                 to{}.",
                phrase::returns_negative(subjects),
                whose(subjects),
            ),
        ),
        ShadowSign::Soa(owner) => (
            format!("{who} {answers} from a zone {owner} of its own, which lacks this name, instead of asking AWS"),
            format!(
                "{who} {} with the SOA of a zone {owner}, and that SOA is not one of AWS's. Whatever \
                 that zone does not hold does not exist there: the question goes no further. The zone is \
                 configured there or on a server that it forwards to{}.",
                phrase::returns_negative(subjects),
                whose(subjects),
            ),
        ),
        ShadowSign::Failing(owner) => (
            format!("{who} {answers} from a zone {owner} of its own, where this name fails, instead of asking AWS"),
            format!(
                "{who} {} SERVFAIL for the name. For a random sibling or for AAAA it has the SOA of a zone {owner}, which \
                 is not AWS's. So the question for the name does not reach AWS. It ends in that zone, probably at an \
                 alias to a zone that does not work there.",
                phrase::plural(several, "returns", "return"),
            ),
        ),
        ShadowSign::Alias(owner, target) => (
            format!(
                "{who} {answers} from a zone {owner} of its own, where this name leads to no address, instead of \
                 asking AWS"
            ),
            format!(
                "{who} {} the name an alias of {target}, which has no address there. A random sibling gets the SOA of a \
                 zone {owner}, which is not AWS's. So the alias is a record of that zone, and the question does not \
                 reach AWS. The zone is configured there or on a server that it forwards to.",
                phrase::plural(several, "makes", "make"),
            ),
        ),
        ShadowSign::Bare | ShadowSign::BareMixed => (
            format!("{who} {answers} for all of AWS's domain itself and lacks this name, instead of asking AWS"),
            format!(
                "{who} {} without a SOA. A random sibling of the name and AWS's public names {} there too, while the \
                 root's name servers resolve. So it recurses, and a zone of its own over AWS's domain stops the \
                 question. dnsmasq's local=/amazonaws.com/ and an Unbound local-zone are such zones. A block list that \
                 holds the whole domain would look alike.",
                phrase::returns_negative(subjects),
                if *shape == ShadowSign::Bare {
                    "get such answers"
                } else {
                    "fail"
                },
            ),
        ),
    };
    let evidence = seen_at(subjects);
    let mut remedies = match shape {
        ShadowSign::Soa(owner) if is_own => {
            let unbound = format!("# Unbound (unbound.conf): remove\nlocal-zone: \"{own}\" …");
            let [bind, windows] = removal(&own);
            Remedy::in_software(
                &format!(
                    "Remove the zone {owner} and forward the name to the VPC instead. Records kept by hand go \
                     stale: the addresses change with upgrades and scaling"
                ),
                [bind, (Software::Unbound, unbound), windows],
            )
            .into_iter()
            .map(Remedy::to_the_vpc)
            .collect()
        }
        ShadowSign::Soa(owner) | ShadowSign::Failing(owner) | ShadowSign::Alias(owner, _) => {
            let zone = owner.to_fqdn();
            Remedy::in_software(
                &format!("Remove the zone {owner}, or make it narrower"),
                removal(zone.trim_end_matches('.')),
            )
        }
        ShadowSign::Bare | ShadowSign::BareMixed => {
            vec![Remedy::advice("Remove the zone or the block that covers AWS's domain")]
        }
    };
    if is_own {
        remedies.extend(remedy::forward::to_inbound(case));
    } else {
        let delegation = |program: &str| {
            format!(
                "; {program}, in the zone itself: a delegation of {family} to AWS's name servers.\n\
                 ; Which they are, asked from a network without this zone:\ndig +trace {own} A"
            )
        };
        let kept = Remedy::in_software(
            &format!("Or keep it and let {family} out of it"),
            [
                (
                    Software::Dnsmasq,
                    format!("# dnsmasq: '#' stands for the usual upstream servers\nserver=/{family}/#"),
                ),
                (
                    Software::Unbound,
                    format!("# Unbound\nserver:\n    local-zone: \"{family}\" always_transparent"),
                ),
                (Software::Bind, delegation("BIND")),
                (Software::Windows, delegation("Windows DNS")),
            ],
        );
        remedies.extend(kept.into_iter().map(Remedy::as_alternative));
    }
    RULE.finding(confidence, subjects)
        .summary(summary)
        .why(explanation)
        .seen(evidence)
        .fix(remedies)
}

/// What was seen at these resolvers.
fn seen_at(subjects: &[&Subject<'_>]) -> Vec<Evidence> {
    let of_one = |subject: &&Subject<'_>| {
        [
            observed_target(subject),
            observed_sibling(subject),
            observed_controls(subject),
        ]
        .concat()
    };
    subjects.iter().flat_map(of_one).collect()
}

/// What takes a zone away from a server.
fn removal(zone: &str) -> [(Software, String); 2] {
    [
        (
            Software::Bind,
            format!("# BIND (named.conf): remove\nzone \"{zone}\" {{ … }};"),
        ),
        (
            Software::Windows,
            format!("# Windows DNS (PowerShell)\nRemove-DnsServerZone -Name \"{zone}\" -PassThru"),
        ),
    ]
}

/// The same at the Resolver of a VPC, which has no zones but private hosted ones: somebody else's zone is on a server
/// that a Resolver rule sends the name to (Amazon Route 53 Developer Guide, "What is Route 53 Resolver?").
fn at_a_vpc(case: &Case<'_>, confidence: Confidence, shape: &ShadowSign, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let answers = phrase::plural(several, "answers", "answer");
    let returns = phrase::plural(several, "returns", "return");
    let makes = phrase::plural(several, "makes", "make");
    let is_own = |owner: &Name| *owner == case.target.hostname;
    let lacks = "which is not AWS's and lacks this name";
    let (summary, seen) = match shape {
        ShadowSign::Soa(owner) if is_own(owner) => (
            format!("{who} {answers} from a zone of this very name, which is not AWS's and lacks its addresses"),
            format!(
                "{who} {} with the SOA of a zone of the endpoint's own name.",
                phrase::returns_negative(subjects)
            ),
        ),
        ShadowSign::Soa(owner) => (
            format!("{who} {answers} from a zone {owner}, {lacks}"),
            format!(
                "{who} {} with the SOA of a zone {owner}.",
                phrase::returns_negative(subjects)
            ),
        ),
        ShadowSign::Failing(owner) => (
            format!("{who} {answers} from a zone {owner}, which is not AWS's, and this name fails there"),
            format!(
                "{who} {returns} SERVFAIL for the name. For a random sibling or for AAAA it has the SOA of a zone \
                 {owner}."
            ),
        ),
        ShadowSign::Alias(owner, target) => (
            format!("{who} {answers} from a zone {owner}, which is not AWS's, where this name leads to no address"),
            format!(
                "{who} {makes} the name an alias of {target}, which has no address there. A random sibling gets the SOA \
                 of a zone {owner}."
            ),
        ),
        ShadowSign::Bare | ShadowSign::BareMixed => (
            format!("{who} {answers} without AWS's zones for all of AWS's domain, and so for this name"),
            format!(
                "{who} {} without a SOA. A random sibling of the name and AWS's public names {} there too, while the \
                 root's name servers resolve.",
                phrase::returns_negative(subjects),
                if *shape == ShadowSign::Bare {
                    "get such answers"
                } else {
                    "fail"
                },
            ),
        ),
    };
    let so = if matches!(shape, ShadowSign::Bare | ShadowSign::BareMixed) {
        "A rule of DNS Firewall for all of AWS's domain answers so, or a server that a Resolver rule sends the domain to."
    } else {
        "The Resolver of a VPC has no such zone. So a Resolver rule probably sends the name to a server that has it, or \
         it is not the VPC's Resolver that answers."
    };
    let vpc = subjects.first().and_then(|subject| route53::vpc_of(case, subject));
    let steps = vpc.as_ref().map_or_else(Vec::new, |vpc| decided::of_vpc(case, vpc));
    let open = may_forward(&steps);
    let said = match &vpc {
        Some(vpc) if !open.is_empty() => {
            let whys: Vec<&str> = open.iter().map(|step| step.why.as_str()).collect();
            format!(" What decides in {} is not all known: {}.", vpc.id, whys.join("; "))
        }
        _ => String::new(),
    };
    let id = remedy::endpoint::word(vpc.as_ref().map_or("", |vpc| vpc.id), "<vpc-id>");
    let mut profiles: Vec<&str> = open.iter().filter_map(|step| step.profile.as_deref()).collect();
    profiles.sort_unstable();
    profiles.dedup();
    let mut lists = vec![remedy::resolver_rule::of_vpc(case, id)];
    lists.extend(profiles.into_iter().map(|profile| {
        format!(
            "aws route53profiles list-profile-resource-associations --region {} --profile-id {}",
            case.region(),
            remedy::endpoint::word(profile, "<profile-id>")
        )
    }));
    let see = Remedy::new(
        "See which Resolver rule of the VPC takes the name, and where it leads",
        lists,
    );
    let mut remedies = vec![see];
    match shape {
        ShadowSign::Soa(owner) | ShadowSign::Failing(owner) | ShadowSign::Alias(owner, _) => {
            let zone = owner.to_fqdn();
            let of_server = Remedy::in_software(
                &format!("Or, on the server that the rule names: remove the zone {owner}, or make it narrower"),
                removal(zone.trim_end_matches('.')),
            );
            remedies.extend(of_server.into_iter().map(Remedy::as_alternative));
        }
        ShadowSign::Bare | ShadowSign::BareMixed => remedies.insert(0, remedy::filter::dns_firewall(case)),
    }
    RULE.finding(confidence, subjects)
        .summary(summary)
        .why(format!("{seen}{said} {so}{}", decided::as_of(case)))
        .seen(open.iter().map(|step| Evidence::fact(step.why.clone())))
        .seen(seen_at(subjects))
        .fix(remedies)
}

/// The Resolver rules and Profiles that could take the name and are not known to; where there is none, what decides
/// without being certain.
fn may_forward(steps: &[Step]) -> Vec<&Step> {
    let is_rule = |step: &&Step| matches!(step.construct, Construct::Rule | Construct::Profile);
    let opaque: Vec<&Step> = steps
        .iter()
        .filter(is_rule)
        .filter(|step| step.effect == Effect::Opaque)
        .take(limits::NAMES_SHOWN)
        .collect();
    if opaque.is_empty() {
        return steps.iter().filter(|step| step.decides && !step.certain).collect();
    }
    opaque
}

/// What the authoritative bit adds about where the zone is.
fn whose(subjects: &[&Subject<'_>]) -> &'static str {
    let authoritative = |subject: &&Subject<'_>| {
        subject
            .a()
            .and_then(|lookup| lookup.flags)
            .is_some_and(|flags| flags.aa)
    };
    if subjects.iter().all(authoritative) {
        "; the authoritative bit is set, so likely there"
    } else {
        ""
    }
}
