//! The answer holds private addresses that are not the cluster's.

use super::phrase::{self, observed, observed_sibling, observed_target};
use super::shared::{made, own_zone};
use super::step::foreign_zone_around;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, decided, grouped, own_record, remedy};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::RecordType;
use crate::expect::ExpectedSource;
use crate::software::Software;
use crate::target::{Scope, View};

declare_rule! {
    /// ## What it means
    /// Another source answers for the endpoint's name with private addresses that are not the cluster's: a record in an
    /// internal zone, an override in a resolver, a wildcard, or the endpoint of another cluster.
    ///
    /// ## How it was decided
    /// No address of the answer is expected, and at least one is private and outside the VPC's networks. Where those
    /// are not known, an old answer from inside the VPC (`stale-addresses`) would look the same, and it is less sure,
    /// unless the SOA for AAAA or for a random sibling shows that the zone around the name there is not AWS's.
    /// Where nothing names the addresses one by one, and resolvers of the VPC in scope take others from the endpoint's
    /// private hosted zone, private addresses that the zone does not have are wrong in an expected network too.
    /// Where public addresses are expected, any private address is wrong. The random sibling does not resolve here, so
    /// only this name is answered so. Where the reply itself says that its addresses are stale, it is `serve-expired`
    /// unless the networks or a zone that is not AWS's speak against that. An address that a response policy zone gives
    /// is `name-blocked-by-policy`. Where AWS made a private zone of this very name for a VPC endpoint or a service
    /// network of VPC Lattice, that is named: the name may be published in another VPC on purpose.
    ///
    /// ## Why it matters
    /// Clients connect to a machine that is not the cluster's API server: a time-out, or a certificate of
    /// another name.
    ///
    /// ## What to do
    /// Find out who answers, and remove the record or the override. Where the name is published on purpose, say with
    /// `--expect` which addresses are right there.
    "foreign-private-addresses" = {
        summary: "the answer holds private addresses that are not the cluster's",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the address is private, and not of the cluster's VPC",
        complaints: [Certificate 60, Connection 30],
        shows: [OneAnswer, ForeignAddresses],
        references: [EKS_CLUSTER_ENDPOINT],
        at: Failing,
        requires: [
            [GIVES_OTHER_PRIVATE_ADDRESSES],
            [not GIVES_SOME_EXPECTED],
            [unless SIBLING_RESOLVES],
            [not SINKHOLED],
            [not ITS_ADDRESSES_MAY_BE_OLD],
            [not ANSWERED_BY_A_POLICY],
        ],
        confidence: [High if [[ITS_NETWORKS_ARE_KNOWN, IS_IN_A_FOREIGN_ZONE]], Medium],
        wants: [Interfaces],
        wants_of: decided::FACTS,
        stage: Stage::Evidence,
    }
}

/// What is known of an answer with private addresses.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Belonging {
    /// They are not in the VPC.
    OutsideVpc,
    /// The VPC's networks are not known.
    VpcUnknown,
    /// The private hosted zone of the endpoint has others.
    OtherThanTheZone,
    /// They should be public.
    PublicExpected,
    /// AWS says that the cluster's interfaces have them, and `--expect` says otherwise.
    OfTheCluster,
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    grouped(fits.subjects(), |subject| known(case, subject))
        .into_iter()
        .map(|(known, subjects)| finding(case, fits, known, &subjects))
        .collect()
}

fn known(case: &Case<'_>, subject: &Subject<'_>) -> Option<Belonging> {
    let invented = subject.sibling_resolves()
        || subject.has_class(AddressClass::Sinkhole)
        || subject.has_class(AddressClass::Loopback);
    if subject.verdict() != Verdict::Mismatch || invented {
        return None;
    }
    let expected = &subject.comparison.expected;
    let wrong = case.unexpected_addresses(subject);
    let has = |class| wrong.iter().any(|address| address.class == class);
    if expected.scope == Scope::Public {
        return (has(AddressClass::Private) || has(AddressClass::InVpc)).then_some(Belonging::PublicExpected);
    }
    if !wrong.is_empty() && wrong.iter().all(|address| case.is_of_the_cluster(address.ip)) {
        return Some(Belonging::OfTheCluster);
    }
    if !has(AddressClass::Private) {
        return None;
    }
    if matches!(expected.source, ExpectedSource::PrivateZone { .. }) {
        return Some(Belonging::OtherThanTheZone);
    }
    // Networks that bound the expectation are the VPC's, and those given with --expect bound it too.
    let bounded = case.vpc().is_some() || !expected.cidrs.is_empty();
    Some(if bounded {
        Belonging::OutsideVpc
    } else {
        Belonging::VpcUnknown
    })
}

fn finding(case: &Case<'_>, fits: &Fits<'_, '_>, known: Belonging, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let gives = phrase::plural(subjects.len(), "gives", "give");
    let foreign = phrase::distinct(
        subjects
            .iter()
            .flat_map(|subject| case.unexpected_addresses(subject))
            .map(|address| address.ip),
    );
    let source = subjects
        .first()
        .map_or(&case.expected.source, |subject| &subject.comparison.expected.source);
    let (summary, explanation) = match known {
        Belonging::OtherThanTheZone => {
            let now = subjects
                .iter()
                .flat_map(|subject| &subject.comparison.expected.addresses);
            (
                format!("{who} {gives} private addresses that are not the cluster's ({foreign})"),
                format!(
                    "{who} {gives} {foreign}. The endpoint has {} ({source}). A cluster has one set of private addresses \
                     at a time. So these are old ones, or somebody answers for this very name.",
                    phrase::distinct(now.copied()),
                ),
            )
        }
        Belonging::OutsideVpc => (
            format!("{who} {gives} private addresses that are not the cluster's ({foreign})"),
            format!(
                "{who} {gives} {foreign}. They are private, but outside the networks of the endpoint's addresses ({}). \
                 So they are not old addresses of it either. Somebody answers for this very name: a record in an \
                 internal zone, an override, or another cluster's endpoint.",
                case.vpc().map_or_else(|| source.to_string(), phrase::vpc_networks)
            ),
        ),
        Belonging::VpcUnknown => (
            format!("{who} {gives} private addresses that are not the cluster's ({foreign})"),
            format!(
                "{who} {gives} {foreign}, and no such address is expected ({source}). Somebody answers for this \
                 very name with addresses of their own, or these are old addresses of the cluster's \
                 interfaces (stale-addresses). The VPC's networks would tell which of the two \
                 it is (ec2:DescribeVpcs)."
            ),
        ),
        Belonging::OfTheCluster => (
            format!("{who} {gives} addresses ({foreign}) that are not those of {source}"),
            format!(
                "{who} {gives} {foreign}, and no such address is expected ({source}). AWS says that network interfaces \
                 of the cluster have them. So the expectation is old or of another cluster, or AWS was asked about \
                 another one."
            ),
        ),
        Belonging::PublicExpected => (
            format!("{who} {gives} private addresses ({foreign}), and public ones are expected"),
            format!(
                "{who} {gives} {foreign}, where the public endpoint's addresses are expected ({source}).{}",
                if subjects.iter().all(|subject| subject.view() == View::PrivateZone) {
                    if case.own_cluster().and_then(|cluster| cluster.endpoint_private_access) == Some(false) {
                        " They come from a private hosted zone. EKS keeps that only while private access is on, and \
                         AWS says that it is off. So the access is being changed, or one of the two is of another time \
                         or account."
                    } else {
                        " They come from a private hosted zone: private access is on, and this is the view of \
                         the VPC."
                    }
                } else {
                    " A private-only cluster's name resolves to private addresses in public DNS too, so public access \
                     may be off. Else somebody answers for the name with addresses of their own."
                }
            ),
        ),
    };
    let agreeing = agreeing_on_the_private_zone(case, subjects);
    let is_listed = !(case.asked.expect_addresses.is_empty() && case.asked.expect_cidrs.is_empty());
    let name = &case.target.hostname;
    let published = made::made_at(case, subjects, name).filter(|(made, _)| made.is_sure);
    let record = own_record::of_all(case, subjects).filter(|_| published.is_none());
    let is_old_expectation = is_listed
        && matches!(known, Belonging::OutsideVpc | Belonging::VpcUnknown)
        && agreeing
        // A record that somebody keeps by hand is as likely the old one.
        && record.is_none();
    let summary = if is_old_expectation {
        format!("{who} {gives} private addresses ({foreign}) that are not those of {source}")
    } else {
        summary
    };
    let explanation = if is_old_expectation {
        format!(
            "A resolver of the VPC has these addresses from a private hosted zone of AWS's. Every resolver of this run \
             that has addresses gives the same. So {source} is probably out of date: EKS changes the addresses on upgrades and when it \
             scales. If it is right, the endpoint that was asked is not in the cluster's VPC."
        )
    } else {
        explanation
    };
    let explanation = match &published {
        Some((made, vpc)) => format!(
            "{who} {gives} {foreign}, and no such address is expected ({source}). AWS made the private hosted zone of \
             this very name for {} of {vpc}. So the name may be published there on purpose, with addresses that lead \
             to the endpoint by another way.",
            made.by
        ),
        None => explanation,
    };
    let zones = own_zone::around(subjects);
    let explanation = match known {
        _ if zones.is_empty() => explanation,
        Belonging::VpcUnknown => format!(
            "{who} {gives} {foreign}, and no such address is expected ({source}). The name is in a zone there that is \
             not AWS's, by its SOA: {}. So the record is in that zone, with addresses of their own or old ones of the \
             cluster.",
            phrase::list(&zones)
        ),
        _ => format!(
            "{explanation} The name is in a zone there that is not AWS's, by its SOA: {}. So the record is in that zone.",
            phrase::list(&zones)
        ),
    };
    let explanation = match &record {
        Some(record) => format!(
            "{who} {gives} {foreign}, and no such address is expected ({source}).{}",
            record.in_words()
        ),
        None => explanation,
    };
    let mut evidence: Vec<Evidence> = subjects.iter().flat_map(|subject| observed_target(subject)).collect();
    evidence.extend(record.iter().map(|record| Evidence::fact(record.stated())));
    evidence.extend(
        subjects
            .iter()
            .filter(|subject| foreign_zone_around(subject).is_some())
            .flat_map(|subject| observed_sibling(subject)),
    );
    evidence.extend(
        published
            .iter()
            .map(|(made, vpc)| Evidence::fact(made::in_words(&made.by, name, vpc))),
    );
    evidence.extend(
        case.subjects()
            .filter(|subject| subject.speaks_dns() && subject.verdict() == Verdict::Match)
            .filter_map(|subject| Some(observed(subject, subject.a()?))),
    );
    evidence.extend(case.vpc().map(|vpc| Evidence::fact(phrase::vpc_networks(vpc))));
    RULE.finding(fits.least_sure_at(subjects), subjects)
        .summary(summary)
        .why(explanation)
        .seen(evidence)
        .fix(match record {
            Some(record) => record.fix(case),
            None if is_old_expectation => {
                let again = remedy::answer::interfaces_now(case).commands;
                let mut fix = vec![expect_anew(case)];
                fix.extend(remedies(case, known, subjects, published.is_some()));
                // It is said first.
                let mut is_first = true;
                fix.retain(|remedy| std::mem::take(&mut is_first) || remedy.commands != again);
                fix
            }
            None => remedies(case, known, subjects, published.is_some()),
        })
}

fn remedies(case: &Case<'_>, known: Belonging, subjects: &[&Subject<'_>], is_published: bool) -> Vec<Remedy> {
    if is_published {
        return vec![
            Remedy::advice(
                "Where the name is published on purpose, give --expect the addresses that it should have here",
            ),
            Remedy::advice("Else make the VPC endpoint or the association again, without the domain of the endpoint"),
        ];
    }
    let access = Remedy::new(
        "See which access the cluster's endpoint has",
        [format!(
            "aws eks describe-cluster --region {} --name {} --query \
             'cluster.resourcesVpcConfig.[endpointPublicAccess,endpointPrivateAccess]'",
            case.region(),
            case.cluster_name()
        )],
    );
    let mut again = remedy::answer::ask_again(case, subjects, RecordType::A, "");
    "See who answers: the aa flag, the TTL and the AUTHORITY section tell a local record from a forwarded answer"
        .clone_into(&mut again.title);
    let remove = Remedy::advice(format!(
        "Remove the record or the override of {} at this resolver, or at the one it forwards to",
        case.own_zone()
    ));
    let own = case.own_zone();
    let remove = [
        vec![remove],
        Remedy::in_software(
            "Where it is a record of the resolver's own configuration, remove that",
            [
                (
                    Software::Dnsmasq,
                    format!("# dnsmasq: remove the line, or that of /etc/hosts\nhost-record={own},…"),
                ),
                (
                    Software::Unbound,
                    format!("# Unbound (unbound.conf): remove\nlocal-data: \"{own}. … A …\""),
                ),
            ],
        ),
    ]
    .concat();
    // An authoritative answer is a record of the resolver's own.
    let is_its_own = |subject: &&Subject<'_>| {
        let flags = subject.a().and_then(|lookup| lookup.flags);
        flags.is_some_and(|flags| flags.aa)
    };
    match known {
        Belonging::PublicExpected => [vec![access, again], remove].concat(),
        Belonging::OutsideVpc => [remove, vec![again]].concat(),
        Belonging::OfTheCluster => vec![
            remedy::answer::interfaces_now(case),
            Remedy::advice("Where these are the cluster's, leave --expect out, or give it these addresses"),
        ],
        Belonging::VpcUnknown | Belonging::OtherThanTheZone if subjects.iter().all(is_its_own) => {
            [remove, vec![again, remedy::answer::interfaces_now(case)]].concat()
        }
        Belonging::VpcUnknown | Belonging::OtherThanTheZone => {
            [vec![again, remedy::answer::interfaces_now(case)], remove].concat()
        }
    }
}

/// Whether resolvers on the VPC's side are among those with the addresses, from a private hosted zone of AWS's, and
/// every resolver that has addresses gives those: then what is expected is the odd one out.
fn agreeing_on_the_private_zone(case: &Case<'_>, subjects: &[&Subject<'_>]) -> bool {
    let Some(ips) = subjects.first().map(|subject| subject.ips()) else {
        return false;
    };
    let is_of_the_vpc = |subject: &&Subject<'_>| subject.is_vpc_side() && subject.view() == View::PrivateZone;
    let with_addresses = |subject: &&Subject<'_>| subject.speaks_dns() && subject.verdict().has_addresses();
    subjects.iter().any(is_of_the_vpc)
        && case
            .subjects()
            .filter(with_addresses)
            .all(|subject| subject.ips() == ips)
}

/// Where the expectation is the odd one out.
fn expect_anew(case: &Case<'_>) -> Remedy {
    let mut now = remedy::answer::interfaces_now(case);
    "Check --expect first: see which addresses the cluster's network interfaces have now".clone_into(&mut now.title);
    now
}
