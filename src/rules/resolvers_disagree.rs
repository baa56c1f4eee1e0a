//! The name servers of this host do not say the same, or other resolvers in scope do not.

use std::fmt::Write as _;

use super::phrase::{self, observed_target};
use super::shared::age;
use super::shared::disagreement::{
    Disagreement, Divided, DividedBy, apart, disagreement, divided, is_shown_right, says,
};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::address::AddressClass;
use crate::facts::System;
use crate::target::View;

declare_rule! {
    /// ## What it means
    /// Of the name servers in this host's configuration, one gives the right addresses, and another returns a negative
    /// answer or wrong addresses. Or one gives private addresses, and another gives public ones, or other private ones.
    /// The result depends on which of them a client asks. Or resolvers of any kind give private addresses that have
    /// none in common, and nothing says which are the cluster's.
    ///
    /// ## How it was decided
    /// Of the first three name servers, those that answered were compared: at least one is right, and at least one says
    /// NXDOMAIN or NODATA or has wrong addresses. Where nothing shows that the addresses of a server are right, that
    /// they differ is all that is said. Silence, SERVFAIL and REFUSED are no answers: clients go on to the next server
    /// there. Where no addresses are expected, or networks alone, and all give addresses, it is a warning: each view
    /// has its own, and both may work. Resolvers that are no name servers of this host are compared where all have
    /// private addresses. That is a warning as well: which are right is not known.
    ///
    /// ## Why it matters
    /// A negative answer is final. Go and glibc ask the servers in their order and stop at the first answer,
    /// so a right server further down is never asked, and a wrong one further down is asked whenever those
    /// before it are slow. Failures look random, and a test by hand of one server proves nothing.
    ///
    /// ## What to do
    /// Where it is known what is wrong with the wrong server, that is a finding of its own. Where that has high
    /// confidence, it is the cause of this one: act on it first. Otherwise, or where you do not run the server, take it
    /// out of the list: all name servers of one host must give the same answers.
    "resolvers-disagree" = {
        summary: "this host's name servers, or other resolvers, give answers that do not agree",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "this host has several name servers, and one of them has the name",
        complaints: [Denial 260],
        references: [MAN_RESOLV_CONF, GO_DNS_CLIENT],
        at: Run,
        requires: [[NAME_SERVERS_DISAGREE, NAME_SERVERS_ARE_DIVIDED, RESOLVERS_ARE_APART]],
        names: [[NAME_SERVER_OF_THIS_HOST]],
        confidence: [Certain],
        wants: [Stub, VpcView, PublicControl],
        explains: [FirstAnswer],
        stage: Stage::Remainder,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, earlier: &[Finding]) -> Vec<Finding> {
    let Some(Disagreement { answered, right, wrong }) = disagreement(case) else {
        if let Some(groups) = apart(case) {
            return vec![of_private_addresses(case, fits.confidence, &groups)];
        }
        let divided = divided(case);
        return divided
            .map(|divided| of_addresses(case, fits.confidence, &divided))
            .into_iter()
            .collect();
    };
    let is_known = right.iter().any(|subject| is_shown_right(case, subject));
    let each: Vec<String> = answered
        .iter()
        .map(|subject| format!("{} {}", subject.title(), says(case, subject)))
        .collect();
    vec![
        RULE.finding(fits.confidence, &answered)
            .caused_by(cause(earlier, &wrong))
            .summary(format!("this host's name servers disagree: {}", phrase::list(&each)))
            .why(format!(
                "{} {} As long as the servers differ, lookups here are not reliable.",
                in_order(case, &answered),
                if is_known {
                    what_is_wrong(earlier, &wrong)
                } else {
                    who_is_right(case, &right, &wrong)
                },
            ))
            .seen(
                answered
                    .iter()
                    .flat_map(|subject| observed_target(subject))
                    .chain(case.stub().map(|stub| Evidence::fact(phrase::name_servers(stub)))),
            )
            .fix(if is_known {
                remedies(case, &right, &wrong)
            } else {
                vec![find_out()]
            }),
    ]
}

/// The finding where all give addresses, none are expected, and the addresses are not of one answer.
fn of_addresses(case: &Case<'_>, confidence: Confidence, divided: &Divided<'_, '_>) -> Finding {
    let answered = &divided.answered;
    let is_of_the_private_zone = |subject: &Subject<'_>| subject.view() == View::PrivateZone;
    let each: Vec<String> = answered
        .iter()
        .map(|subject| {
            let gives = if matches!(divided.by, DividedBy::PrivateAddresses) {
                format!("gives {}", phrase::addresses(&subject.ips()))
            } else if subject.has_class(AddressClass::Public) {
                "gives public addresses".to_owned()
            } else if is_of_the_private_zone(subject) {
                "gives the private hosted zone's addresses".to_owned()
            } else {
                "gives private addresses".to_owned()
            };
            format!("{} {gives}", subject.title())
        })
        .collect();
    let (which, remedies) = match &divided.by {
        DividedBy::View { private, public } => (which_view(private, public), of_one_view(case, private, public)),
        DividedBy::PrivateAddresses => (
            "A cluster has one set of private addresses at a time, and these have none in common. So those of one server \
             at least are old, or another cluster's, or a record of somebody's own."
                .to_owned(),
            vec![find_out()],
        ),
    };
    RULE.finding(confidence, answered)
        .severity(Severity::Warning)
        .summary(format!("this host's name servers disagree: {}", phrase::list(&each)))
        .why(format!("{} {which}", in_order(case, answered)))
        .seen(
            answered
                .iter()
                .flat_map(|subject| observed_target(subject))
                .chain(case.stub().map(|stub| Evidence::fact(phrase::name_servers(stub)))),
        )
        .fix(remedies)
}

/// Which of the servers has which view, and where each view's addresses work.
fn which_view(private: &[&Subject<'_>], public: &[&Subject<'_>]) -> String {
    let of_the_zone: Vec<&Subject<'_>> = private
        .iter()
        .copied()
        .filter(|subject| subject.view() == View::PrivateZone)
        .collect();
    let has = |subjects: &[&Subject<'_>]| phrase::plural(subjects.len(), "has", "have").to_owned();
    let whose = if of_the_zone.is_empty() {
        format!(
            "{} {} private addresses, and no reply shows the zone that they are from.",
            phrase::titles(private),
            has(private)
        )
    } else {
        format!(
            "{} {} the name from the private hosted zone, so a way into the VPC's DNS is there.",
            phrase::titles(&of_the_zone),
            has(&of_the_zone)
        )
    };
    format!(
        "{whose} {} {} the public endpoint's addresses. The private ones need a route to the VPC, and the public ones a \
         network that publicAccessCidrs has.",
        phrase::titles(public),
        has(public)
    )
}

/// How all servers come to give one view: which of them is wanted here is the reader's to say.
fn of_one_view(case: &Case<'_>, private: &[&Subject<'_>], public: &[&Subject<'_>]) -> Vec<Remedy> {
    vec![
        Remedy::advice(format!(
            "Where this host is to use the private endpoint: make {} answer like {}, by the same conditional forward",
            phrase::titles(public),
            phrase::titles(private)
        ))
        .to_the_vpc(),
        Remedy::new(
            format!(
                "Or keep only servers of one view in {}, at the place where it is made ({}). For the private endpoint",
                name_servers_from(case),
                who_makes_it(case)
            ),
            set(case, private),
        )
        .as_alternative(),
        Remedy::new("For the public endpoint", set(case, public)).as_alternative(),
    ]
}

/// The finding where resolvers of any kind give private addresses that have none in common.
fn of_private_addresses(case: &Case<'_>, confidence: Confidence, groups: &[Vec<&Subject<'_>>]) -> Finding {
    let each: Vec<String> = groups
        .iter()
        .map(|group| {
            format!(
                "{} {} {}",
                phrase::titles(group),
                phrase::plural(group.len(), "gives", "give"),
                phrase::distinct(group.iter().flat_map(|subject| subject.ips()))
            )
        })
        .collect();
    let shows_the_zone =
        |subject: &Subject<'_>| subject.is_vpc_side() && age::private_zone(subject) == Some(&case.target.hostname);
    let (of_the_zone, others): (Vec<&Vec<_>>, Vec<&Vec<_>>) = groups
        .iter()
        .partition(|group| group.iter().any(|subject| shows_the_zone(subject)));
    let mut why = "A cluster has one set of private addresses at a time, and these have none in common.".to_owned();
    let mut fix = vec![remedy::answer::interfaces_now(case)];
    if let [zone] = of_the_zone[..] {
        let others: Vec<&Subject<'_>> = others.into_iter().flatten().copied().collect();
        let _ = write!(
            why,
            " {} {} them from a private hosted zone of the name, so {} {} probably an old answer, or a record that \
             somebody wrote.",
            phrase::titles(zone),
            phrase::plural(zone.len(), "has", "have"),
            phrase::titles(&others),
            phrase::plural(others.len(), "has", "have"),
        );
        fix.extend(remedy::flush::name(case));
    } else {
        why.push_str(
            " So those of one group at least are old, or another cluster's, or of a record that somebody wrote.",
        );
    }
    fix.push(find_out());
    let all: Vec<&Subject<'_>> = groups.iter().flatten().copied().collect();
    RULE.finding(confidence, &all)
        .severity(Severity::Warning)
        .summary(format!("the resolvers disagree: {}", phrase::list(&each)))
        .why(why)
        .seen(all.iter().flat_map(|subject| observed_target(subject)))
        .fix(fix)
}

/// What the order of the servers means for clients.
fn in_order(case: &Case<'_>, answered: &[&Subject<'_>]) -> String {
    let Some(first) = answered.first() else {
        return String::new();
    };
    let rotate = case.stub().is_some_and(|stub| stub.rotate);
    let first = first.title();
    let clients = if case.go_asks_the_system() {
        "programs here"
    } else {
        "Go (kubectl) and glibc"
    };
    if rotate {
        format!(
            "The list has the option rotate, so {clients} start with another server from one lookup to the next, and \
             take the first answer as final."
        )
    } else if divided(case).is_some() || !answered.iter().any(|subject| is_shown_right(case, subject)) {
        format!(
            "Of those that answer, {clients} ask {first} first and take its answer as final. When it is slow or down they \
             ask the next: answers change then."
        )
    } else if answered.first().is_some_and(|subject| subject.verdict().is_fine()) {
        format!(
            "Of those that answer, {clients} ask {first} first and get the right answer. When it is slow \
             or down they ask the next, and its answer is final: failures come and go."
        )
    } else {
        format!(
            "Of those that answer, {clients} ask {first} first and take its answer as final. The servers after \
             {first}, which are right, are never asked."
        )
    }
}

/// The errors that name a cause at a server. What only says that an answer is wrong comes in this rule's own stage or
/// after it.
fn causes<'f>(earlier: &'f [Finding], subject: &Subject<'_>) -> impl Iterator<Item = &'f Finding> {
    earlier.iter().filter(|finding| {
        finding.severity == Severity::Error && finding.resolvers.iter().any(|name| name == subject.name())
    })
}

/// Whether the report says what is wrong with each of the wrong servers.
fn what_is_wrong(earlier: &[Finding], wrong: &[&Subject<'_>]) -> String {
    let (told, untold): (Vec<&Subject<'_>>, Vec<&Subject<'_>>) = wrong
        .iter()
        .partition(|subject| causes(earlier, subject).next().is_some());
    let told =
        (!told.is_empty()).then(|| format!("Another finding says what is wrong with {}.", phrase::titles(&told)));
    let untold = (!untold.is_empty()).then(|| format!("What is wrong with {} is not known.", phrase::titles(&untold)));
    told.into_iter().chain(untold).collect::<Vec<_>>().join(" ")
}

/// That nothing shows which of the servers are right, and who else says what.
fn who_is_right(case: &Case<'_>, right: &[&Subject<'_>], wrong: &[&Subject<'_>]) -> String {
    let is_denied = |subject: &&Subject<'_>| subject.verdict().is_negative();
    let of_this_host = |subject: &&Subject<'_>| right.iter().chain(wrong).any(|one| one.name() == subject.name());
    let denying: Vec<&Subject<'_>> = case
        .vpc_side()
        .chain(case.public())
        .filter(|subject| is_denied(subject) && !of_this_host(subject))
        .collect();
    let mut said = format!(
        "Nothing shows that the addresses of {} are the cluster's.",
        phrase::titles(right)
    );
    if !denying.is_empty() && wrong.iter().all(is_denied) {
        let _ = write!(
            said,
            " {} {}, like {}: then the name may be of a deleted cluster, and the addresses a record that somebody left.",
            phrase::titles(&denying),
            phrase::returns_negative(&denying),
            phrase::titles(wrong),
        );
    }
    said
}

/// What decides where nothing shows which of the servers are right.
fn find_out() -> Remedy {
    Remedy::advice(
        "Find out which of them is right first: run again with --expect and the cluster's addresses, or with --cluster. \
         Then keep only servers that answer right",
    )
}

/// The rule that says what is wrong with the wrong servers, where that is known well enough to act on it first.
fn cause(earlier: &[Finding], wrong: &[&Subject<'_>]) -> Option<String> {
    let known =
        |subject: &&Subject<'_>| causes(earlier, subject).find(|finding| finding.confidence <= Confidence::High);
    let causes: Vec<&Finding> = wrong.iter().filter_map(known).collect();
    let all = causes.len() == wrong.len();
    causes.first().filter(|_| all).map(|finding| finding.rule.clone())
}

fn remedies(case: &Case<'_>, right: &[&Subject<'_>], wrong: &[&Subject<'_>]) -> Vec<Remedy> {
    vec![
        Remedy::advice(format!(
            "Make {} answer like {}: the same conditional forward, the same exceptions",
            phrase::titles(wrong),
            phrase::titles(right)
        ))
        .to_the_vpc(),
        Remedy::new(
            format!(
                "Or keep only servers that have the name in {}, at the place where it is made ({})",
                name_servers_from(case),
                who_makes_it(case)
            ),
            set(case, right),
        )
        .as_alternative(),
    ]
}

/// The file that names the servers.
fn name_servers_from(case: &Case<'_>) -> String {
    case.stub()
        .map_or_else(|| "resolv.conf".to_owned(), |stub| stub.source.clone())
}

/// What makes that list.
fn who_makes_it(case: &Case<'_>) -> &'static str {
    match remedy::here::system(case) {
        System::Linux => "DHCP, the VPN client, NetworkManager, systemd-resolved",
        System::Macos => "DHCP, the VPN client, a network service's DNS servers, a configuration profile",
        System::Windows => "DHCP, the VPN client, an adapter's DNS servers, the NRPT",
    }
}

/// The lines that leave these servers alone in it.
fn set(case: &Case<'_>, subjects: &[&Subject<'_>]) -> Vec<String> {
    let addresses: Vec<String> = subjects
        .iter()
        .filter_map(|subject| subject.ip())
        .map(|ip| ip.to_string())
        .collect();
    remedy::here::set_name_servers(case, &addresses)
}
