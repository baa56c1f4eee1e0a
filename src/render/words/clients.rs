//! What kubectl and the other clients print.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::address::AddressClass;
use crate::clients::{self, Client, Prediction, Resolution};
use crate::compare::Verdict;
use crate::dns::AnswerKind;
use crate::facts::System;
use crate::facts::kubeconfig::{Kubeconfig, OtherServer};
use crate::facts::platform::HostsLine;
use crate::observation::Purpose;
use crate::report::{Conclusion, Report, ResolverReport};
use crate::resolvers::Role;

/// The messages of kubectl that the first screen shows: of a race, both ends.
pub(in crate::render) const MESSAGES: usize = 2;

/// What stands beside the messages of a client that resolves the name now and then.
pub(in crate::render) const OR_IT_RESOLVES: &str = "(it resolves the name now and then)";

/// How long one lookup of kubectl's takes that fails. It makes several before it gives up.
pub(in crate::render) fn takes(kubectl: &Prediction) -> Option<String> {
    let seconds = kubectl.takes_s.filter(|_| !kubectl.messages.is_empty())?;
    Some(format!("(each lookup takes {seconds} s)"))
}

/// The messages of another client than kubectl, on one line.
pub(in crate::render) fn client(client: &Prediction) -> String {
    let mut said = client.messages.join(" or ");
    if client.outcome == Resolution::Varies {
        said.push(' ');
        said.push_str(OR_IT_RESOLVES);
    }
    said
}

/// What comes of kubectl's lookup here where it prints no error of it: an address is not yet an expected one.
pub(in crate::render) fn resolves(report: &Report) -> String {
    let addresses = given_to_kubectl(report);
    if let Some(said) = clients::kubectl_after_the_lookup(
        &report.target,
        report.facts.host.system(report.vantage.system),
        &addresses,
        &report.connections,
    ) {
        return format!(
            "resolves the name here, and prints: {}",
            said.iter().take(MESSAGES).cloned().collect::<Vec<_>>().join(" or ")
        );
    }
    // Connecting to the unspecified address leads to this host itself (Linux, net/ipv4/route.c).
    let is_itself = |ip: &IpAddr| ip.is_unspecified() || ip.is_loopback();
    if pinned(report).is_empty() && !addresses.is_empty() && addresses.iter().all(is_itself) && !is_on_windows(report) {
        return format!(
            "gets {} here, which is this host itself; where nothing listens there, it prints: {}",
            plain_list(&addresses),
            clients::kubectl_refused_here(&report.target)
        );
    }
    let pinned = pinned(report);
    if !pinned.is_empty() {
        if pinned.iter().all(|ip| report.expected.lists(*ip)) {
            return RESOLVES.to_owned();
        }
        return format!(
            "gets {} from the hosts file here, and asks no name server",
            plain_list(&pinned)
        );
    }
    let below = below_a_suffix(report);
    if !below.is_empty() {
        return format!("gets {} here, by the search list", plain_list(&below));
    }
    let given: Vec<GivenToKubectl> = asked_by_kubectl(report).filter_map(given).collect();
    let is = |wanted: GivenToKubectl| given.contains(&wanted);
    let said = match (
        is(GivenToKubectl::Expected),
        is(GivenToKubectl::Other) || is(GivenToKubectl::OtherZone),
    ) {
        _ if is(GivenToKubectl::Both) => NOT_ALWAYS,
        (true, true) => NOT_ALWAYS,
        (false, true) if is(GivenToKubectl::Other) => "gets an address here, but not the expected ones",
        (false, true) => "gets the expected addresses here, but not from the expected zone",
        (false, false) if is(GivenToKubectl::Unread) => {
            "gets an address here, from a malformed reply: it need not be a right one"
        }
        (_, false) => RESOLVES,
    };
    let kubectl = report.clients.iter().find(|client| client.client == Client::Go);
    match kubectl.and_then(|kubectl| kubectl.takes_s) {
        None => said.to_owned(),
        Some(waits) => format!("{said}, after {waits} s"),
    }
}

/// The addresses that kubectl gets here, as far as is known.
fn given_to_kubectl(report: &Report) -> Vec<IpAddr> {
    let pinned = pinned(report);
    if !pinned.is_empty() {
        return pinned;
    }
    let rows = asked_by_kubectl(report).filter(|row| row.verdict.has_addresses());
    let all: BTreeSet<IpAddr> = rows.flat_map(|row| row.addresses.iter().map(|one| one.ip)).collect();
    all.into_iter().collect()
}

fn is_on_windows(report: &Report) -> bool {
    report.facts.host.system(report.vantage.system) == Some(System::Windows)
}

const RESOLVES: &str = "resolves the name here";
const NOT_ALWAYS: &str = "gets an address here, which is not always an expected one";

/// What a resolver gives to kubectl.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GivenToKubectl {
    /// Nothing speaks against it.
    Expected,
    /// Expected addresses, and others too.
    Both,
    /// Addresses that are not expected.
    Other,
    /// Expected addresses, from another zone than the expected one.
    OtherZone,
    /// An address of a reply that is no answer to the question.
    Unread,
}

/// `None` where it gives no address.
fn given(row: &ResolverReport) -> Option<GivenToKubectl> {
    let mut classes = row.addresses.iter().map(|address| address.class);
    let is_expected = |class| class == AddressClass::Expected;
    match row.verdict {
        verdict if verdict.is_fine() => Some(GivenToKubectl::Expected),
        Verdict::Mismatch if classes.all(is_expected) => Some(GivenToKubectl::OtherZone),
        Verdict::Partial => Some(GivenToKubectl::Both),
        Verdict::Unstable if row.addresses.is_empty() => None,
        Verdict::Unstable if classes.clone().all(is_expected) => Some(GivenToKubectl::Expected),
        Verdict::Unstable if classes.any(is_expected) => Some(GivenToKubectl::Both),
        Verdict::Mismatch | Verdict::Unstable => Some(GivenToKubectl::Other),
        Verdict::Malformed | Verdict::Truncated => Some(GivenToKubectl::Unread),
        _ => None,
    }
}

/// Whom kubectl asks here: the name servers, with Go's own resolver; the operating system where Go asks that, and it
/// was asked (src/clients/go_system.rs).
fn asked_by_kubectl(report: &Report) -> impl Iterator<Item = &ResolverReport> {
    let asks_the_system = report.facts.host.go_asks_the_system(report.vantage.system)
        && report
            .resolvers
            .iter()
            .any(|row| row.verdict.has_addresses() && row.probed.resolver.has_role(Role::Os));
    let role = if asks_the_system { Role::Os } else { Role::Local };
    report
        .resolvers
        .iter()
        .filter(move |row| row.probed.resolver.has_role(role))
}

/// What the hosts file pins the name to, where kubectl reads it.
fn pinned(report: &Report) -> Vec<IpAddr> {
    let host = &report.facts.host;
    let line = host.configuration.as_ref().and_then(|read| read.hosts_line.as_ref());
    if !line.is_none_or(HostsLine::go_reads_files) {
        return Vec::new();
    }
    // Behind DNS, the file has only what DNS does not have.
    let is_first = line.is_none_or(HostsLine::go_reads_files_first);
    let is_answered = || {
        let mut rows = asked_by_kubectl(report);
        rows.any(|row| row.probed.resolver.has_role(Role::Local) && row.verdict.has_addresses())
    };
    if !is_first && is_answered() {
        return Vec::new();
    }
    host.hosts.iter().flatten().map(|entry| entry.ip).collect()
}

/// The addresses of the name with a suffix of the search list, where no name server has any of the name itself, or
/// where the list comes first.
fn below_a_suffix(report: &Report) -> Vec<IpAddr> {
    let rows = || asked_by_kubectl(report);
    let stub = report.facts.host.stub.as_ref();
    let searches_first = stub.is_some_and(|stub| stub.searches_first(&report.target.hostname));
    let has_the_name = |row: &ResolverReport| row.verdict.has_addresses() && !searches_first;
    if rows().any(|row| has_the_name(row) || !row.probed.resolver.has_role(Role::Local)) {
        return Vec::new();
    }
    let lookups = rows().flat_map(|row| &row.probed.lookups);
    let below = lookups.filter(|lookup| lookup.purpose == Purpose::SearchSuffix && lookup.kind == AnswerKind::Answer);
    let all: BTreeSet<IpAddr> = below.flat_map(|lookup| lookup.addresses.iter().copied()).collect();
    all.into_iter().collect()
}

fn plain_list(addresses: &[IpAddr]) -> String {
    let words: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    words.join(", ")
}

/// Why a report has no line of kubectl: where kubectl hands its lookups on, or where this host's own resolvers were not
/// asked, so that nothing is known of what a client here gets.
pub(in crate::render) fn no_kubectl(report: &Report) -> Option<&'static str> {
    let target = &report.target.hostname;
    let hands_on = report.facts.host.hands_lookups_on(target);
    let kubeconfig = report.facts.host.kubeconfig.as_ref();
    // The findings say what it does not take; of several faults it is not known which one it names.
    if kubeconfig.is_some_and(|kubeconfig| kubeconfig.refusal.is_some()) && kubectl(report).is_none() {
        return Some("does not take the kubeconfig, and ends before it asks a name server");
    }
    if hands_on && report.conclusion != Conclusion::Healthy && kubectl(report).is_none() {
        return Some(match kubeconfig.and_then(Kubeconfig::elsewhere) {
            Some(OtherServer::Name(name)) if name != *target => {
                "looks up the host of its server here, and not the endpoint: that name was not checked"
            }
            Some(OtherServer::Address(_)) => "connects to the address of its server, and asks no name server",
            _ => "asks no name server for the endpoint here: the other end of a proxy or a tunnel looks the name up",
        });
    }
    let is_of_this_host = |resolver: &ResolverReport| {
        let resolver = &resolver.probed.resolver;
        resolver.has_role(Role::Local) || resolver.has_role(Role::Os)
    };
    let is_asked = report.resolvers.iter().any(is_of_this_host);
    (report.conclusion == Conclusion::Broken && !is_asked && kubectl(report).is_none())
        .then_some("not known: its line needs this host's own resolver, which was not asked")
}

/// What kubectl would say, where that helps: nothing where all is well and it takes the kubeconfig.
pub(in crate::render) fn kubectl(report: &Report) -> Option<&Prediction> {
    let kubeconfig = report.facts.host.kubeconfig.as_ref();
    let is_refused = kubeconfig.is_some_and(|kubeconfig| kubeconfig.refusal.is_some());
    (report.conclusion != Conclusion::Healthy || is_refused)
        .then(|| report.clients.iter().find(|client| client.client == Client::Go))
        .flatten()
}
