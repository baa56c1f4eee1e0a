//! The way of the question as a picture: who is asked, through whom, and what stands at the end of it.

use std::fmt::Write as _;
use std::net::SocketAddr;

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::text::fit;
use super::words::LineMark;
use crate::address::AddressClass;
use crate::compare::{Verdict, view_of};
use crate::dns::AnswerKind;
use crate::facts::{Chooser, Vantage};
use crate::observation::{Attempt, Connection, Lookup, Purpose, Tcp, Tls, Transport};
use crate::report::{Conclusion, Report, ResolverReport};
use crate::resolvers::{Resolver, Role};
use crate::rules::phrase;
use crate::software::Software;
use crate::target::View;

/// The ways that are drawn; what is asked beyond these stands in the table.
const WAYS: usize = 4;
/// The resolvers of one way that are named.
const NAMED: usize = 3;

/// Columns of a place's name, where the line is too narrow for all of it.
const START: usize = 16;
/// Columns of a resolver then: an IPv4 address with its port, and a word.
const LEAST: usize = 24;
/// Less of a name says nothing.
const WORD: usize = 8;

/// Resolvers that are asked from the same place and lead to the same end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// Where the question starts.
    pub(crate) start: String,
    /// The resolvers: name and address.
    pub(crate) resolvers: Vec<String>,
    /// Whom they ask, where that is known.
    pub(crate) behind: Vec<String>,
    /// What is behind them, as their answers show it.
    pub(crate) end: String,
    /// `None` where it decides nothing.
    pub(crate) mark: Option<LineMark>,
}

/// The ways of a report, in the order of its resolvers.
pub(super) fn ways(report: &Report) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for resolver in &report.resolvers {
        add(
            &mut ways,
            Way {
                start: start(report, resolver),
                resolvers: vec![who(&resolver.probed.resolver)],
                behind: behind(report, resolver),
                end: end(resolver, resolver.verdict, resolver.view),
                mark: super::words::mark(report, resolver),
            },
        );
    }
    // A name server behind this host's stub was asked by itself too. Where it says the same, it is drawn already.
    let drawn: Vec<(Vec<String>, String)> = ways.iter().map(|way| (way.behind.clone(), way.end.clone())).collect();
    ways.retain_mut(|way| {
        if way.mark.is_none() {
            let is_drawn = |who: &String| {
                drawn
                    .iter()
                    .any(|(behind, end)| *end == way.end && behind.contains(who))
            };
            way.resolvers.retain(|who| !is_drawn(who));
        }
        !way.resolvers.is_empty()
    });
    let to_the_api_server = to_the_api_server(report);
    let is_cut = ways.len() + to_the_api_server.len() > WAYS;
    let (wrong, arrives): (Vec<Way>, Vec<Way>) = to_the_api_server
        .into_iter()
        .partition(|way| way.mark == Some(LineMark::Bad));
    // What decides comes before what only explains; where not all are drawn, what the headline is about comes first.
    let lead: Vec<String> = headline(report).map(who).collect();
    let is_lead = |way: &Way| is_cut && way.resolvers.iter().any(|who| lead.contains(who));
    ways.sort_by_key(|way| (!is_lead(way), way.mark.is_none()));
    // The last place is kept for the connection that fails.
    let at = if is_cut { ways.len().min(WAYS - 1) } else { ways.len() };
    ways.splice(at..at, wrong);
    ways.extend(arrives);
    ways
}

/// The resolvers that the headline is about.
fn headline(report: &Report) -> impl Iterator<Item = &Resolver> {
    let named = report.headline().map(|lead| &lead.resolvers);
    let all = report.resolvers.iter().map(|resolver| &resolver.probed.resolver);
    all.filter(move |resolver| named.is_some_and(|named| named.contains(&resolver.name)))
}

/// Puts it to those that it is like but for the resolver, or else behind all.
pub(crate) fn add(ways: &mut Vec<Way>, way: Way) {
    let is_like = |other: &Way| {
        other.start == way.start && other.behind == way.behind && other.end == way.end && other.mark == way.mark
    };
    match ways.iter().position(is_like) {
        Some(at) => ways[at].resolvers.extend(way.resolvers),
        None => ways.push(way),
    }
}

/// Who asks: this host, or for the answer of a VPC's own resolver whoever is in that VPC, who get the same. What its
/// silence is to them, this host cannot see.
fn start(report: &Report, resolver: &ResolverReport) -> String {
    let is_heard = resolver.probed.lookups.iter().any(Lookup::heard_anything);
    let resolver = &resolver.probed.resolver;
    if resolver.role == Role::Vpc && is_heard {
        return "VPC".to_owned();
    }
    this_place(&report.vantage)
}

/// Where this host is, by its name.
pub(crate) fn this_place(vantage: &Vantage) -> String {
    match vantage.name.as_deref() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => "this host".to_owned(),
    }
}

/// `local 10.63.200.10`; a resolver on this host itself is its stub.
pub(crate) fn who(resolver: &Resolver) -> String {
    who_at(&resolver.name, resolver.role, resolver.address)
}

/// The same of a resolver that is known by these alone.
pub(crate) fn who_at(name: &str, role: Role, address: Option<SocketAddr>) -> String {
    let Some(address) = address else {
        return "getaddrinfo".to_owned();
    };
    let is_stub = role == Role::Local && address.ip().is_loopback();
    let name = if is_stub { "stub" } else { name };
    format!("{name} {}", place(address))
}

/// The address, with its port where that is not the usual one.
fn place(address: SocketAddr) -> String {
    if address.port() == 53 {
        address.ip().to_string()
    } else {
        address.to_string()
    }
}

/// The name servers that systemd-resolved asks for the name, by this host's configuration of it. Nobody else's choice
/// is known to this host, so nothing is drawn behind others.
pub(crate) fn behind(report: &Report, resolver: &ResolverReport) -> Vec<String> {
    let is_resolved = resolver
        .software
        .as_ref()
        .is_some_and(|software| software.name == Software::SystemdResolved);
    let own = &resolver.probed.resolver;
    let is_stub = own.role == Role::Local && own.address.is_some_and(|address| address.ip().is_loopback());
    if !is_resolved || !is_stub {
        return Vec::new();
    }
    let host = &report.facts.host;
    let split = host
        .split_dns()
        .filter(|split| split.chooser == Chooser::SystemdResolved);
    let servers = match (split, &host.upstreams) {
        (Some(split), _) => split.asked_for(&report.target.hostname).servers,
        (None, Some(upstreams)) if !upstreams.defaulted => upstreams.name_servers.clone(),
        (None, _) => Vec::new(),
    };
    let named = servers.into_iter().map(|address| {
        let asked = report.resolvers.iter().map(|resolver| &resolver.probed.resolver);
        let mut same = asked.filter(|resolver| resolver.address == Some(address));
        same.next().map_or_else(|| place(address), who)
    });
    named.collect()
}

/// What the answer was taken from as far as the answer itself shows it, or why there is none. Only right addresses are
/// said to be of the zone that the name's SOA is of: a wrong one may be anybody's, put in on the way.
pub(crate) fn end(resolver: &ResolverReport, verdict: Verdict, view: View) -> String {
    let lookups = &resolver.probed.lookups;
    let is_changing = resolver
        .samples
        .as_ref()
        .is_some_and(|samples| samples.outcomes.len() > 1);
    if is_changing {
        // Silence is no answer: those that came may be the same.
        let answers = resolver.samples.iter().flat_map(|samples| samples.outcomes.keys());
        let answers = answers.filter(|verdict| !matches!(verdict, Verdict::Timeout | Verdict::Unreachable));
        return if answers.count() > 1 {
            "different answers"
        } else {
            "no answer now and then"
        }
        .to_owned();
    }
    let zone = |view, otherwise: &str| zone(view).unwrap_or(otherwise).to_owned();
    let (right, addresses) = ("the right addresses", addresses(resolver));
    match verdict {
        Verdict::Match => zone(view, right),
        Verdict::Plausible => zone(view, "addresses"),
        // The view is what is wrong with them.
        Verdict::Mismatch if addresses == Some(AddressClass::Expected) => zone(view, right),
        Verdict::Partial => "some of the right addresses".to_owned(),
        Verdict::Mismatch | Verdict::Answer => addresses.map_or("other addresses", kind).to_owned(),
        Verdict::NxDomain => {
            let denials = lookups.iter().filter(|lookup| lookup.kind == AnswerKind::NxDomain);
            let own = view_of(&denials.cloned().collect::<Vec<_>>());
            let said = phrase::verdict(verdict);
            self::zone(own).map_or_else(|| said.to_owned(), |zone| format!("{zone}: {said}"))
        }
        _ if phrase::is_of_a_alone(verdict, lookups) => phrase::came_to(verdict, lookups),
        // Replies came that nobody takes: a header without its question, another ID.
        Verdict::Timeout | Verdict::Unreachable if lookups.iter().any(is_heard_of_the_name) => {
            "no usable answer over UDP".to_owned()
        }
        Verdict::Timeout | Verdict::Unreachable if lookups.iter().any(is_heard_over_tcp) => {
            format!("{} over UDP", phrase::verdict(verdict))
        }
        _ => phrase::came_to(verdict, lookups),
    }
}

/// The ways on to the API server, where one of them does not lead there: what DNS says is then not all of it.
fn to_the_api_server(report: &Report) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for connection in &report.connections {
        let (end, mark) = arrival(connection);
        add(
            &mut ways,
            Way {
                start: this_place(&report.vantage),
                resolvers: vec![SocketAddr::new(connection.ip, connection.port).to_string()],
                behind: Vec::new(),
                end: end.to_owned(),
                mark: Some(mark),
            },
        );
    }
    let leads_elsewhere = |way: &Way| way.mark == Some(LineMark::Bad);
    if ways.iter().any(leads_elsewhere) {
        ways
    } else {
        Vec::new()
    }
}

/// What is at the end of a connection.
fn arrival(connection: &Connection) -> (&'static str, LineMark) {
    let end = match (connection.tcp, connection.tls) {
        (Tcp::Connected, Some(Tls::Verified)) => return ("this cluster's API server", LineMark::Good),
        (Tcp::Connected, None) => return ("a server that was not verified", LineMark::Unsure),
        (Tcp::Refused, _) => "refused",
        (Tcp::Timeout, _) => "no answer",
        (Tcp::Unreachable, _) => "cannot be reached",
        (Tcp::Connected, Some(Tls::OtherIssuer)) => "a certificate of another authority",
        (Tcp::Connected, Some(Tls::OtherName)) => "a certificate for another name",
        (Tcp::Connected, Some(Tls::NotValidNow)) => "a certificate that is not valid now",
        (Tcp::Connected, Some(Tls::BadCertificate)) => "a wrong certificate",
        (Tcp::Connected, Some(Tls::Failed)) => "no TLS handshake",
        (Tcp::Connected, Some(Tls::Interrupted)) => "the TLS handshake breaks off",
    };
    (end, LineMark::Bad)
}

fn zone(view: View) -> Option<&'static str> {
    match view {
        View::PrivateZone => Some("private zone"),
        View::Public => Some("public DNS"),
        View::Unknown => None,
    }
}

/// What all addresses are; `None` where they differ in that.
fn addresses(resolver: &ResolverReport) -> Option<AddressClass> {
    let mut classes = resolver.addresses.iter().map(|address| address.class);
    let first = classes.next()?;
    classes.all(|class| class == first).then_some(first)
}

fn kind(class: AddressClass) -> &'static str {
    match class {
        AddressClass::Expected => "addresses",
        AddressClass::InVpc => "other addresses of the VPC",
        AddressClass::Private => "private addresses",
        AddressClass::Cgnat => "addresses in 100.64.0.0/10",
        AddressClass::Benchmark => "addresses in 198.18.0.0/15",
        AddressClass::Public => "public addresses",
        AddressClass::Sinkhole => "a sinkhole",
        AddressClass::Nat64 => "NAT64 addresses",
        AddressClass::Loopback => "loopback",
        AddressClass::LinkLocal => "link-local addresses",
    }
}

fn is_heard_of_the_name(lookup: &Lookup) -> bool {
    let over_udp = |attempt: &&Attempt| attempt.transport == Transport::Udp;
    let is_heard = |attempt: &Attempt| attempt.rcode.is_some() || attempt.mismatched_replies > 0;
    lookup.purpose == Purpose::Target && lookup.attempts.iter().filter(over_udp).any(is_heard)
}

fn is_heard_over_tcp(lookup: &Lookup) -> bool {
    lookup.purpose == Purpose::TargetTcp && !lookup.kind.is_silence() && lookup.heard_anything()
}

/// As many as are named of these, on one line; each in at most so many columns.
fn named(all: &[String], most: usize, columns: usize) -> String {
    let shown = all.len().min(most);
    let parts: Vec<String> = all[..shown].iter().map(|text| cut(text, columns)).collect();
    let mut text = parts.join(", ");
    if all.len() > shown {
        let _ = write!(text, " and {} more", all.len() - shown);
    }
    text
}

/// A resolver's name and address in so many columns. The name gives way first: the address says who it is.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    match text.rsplit_once(' ') {
        Some((name, address)) if address.width() + 2 + WORD <= columns => {
            let name = fit(name, columns - address.width() - 2);
            format!("{name}… {address}")
        }
        Some((_, address)) if address.width() <= columns => address.to_owned(),
        _ => format!("{}…", fit(text, columns.saturating_sub(1))),
    }
}

impl Way {
    /// The resolvers on one line; the more there are, the fewer are named.
    fn named(&self, most: usize) -> String {
        named(&self.resolvers, most, usize::MAX)
    }

    /// Whom the resolvers ask; of several, which one the answer came from is not known.
    fn behind(&self, most: usize, columns: usize) -> Option<String> {
        let named = named(&self.behind, most, columns);
        match self.behind.len() {
            0 => None,
            1 => Some(named),
            _ => Some(format!("one of {named}")),
        }
    }

    pub(super) fn line(&self, style: &Style, most: usize) -> String {
        self.within(style, most, usize::MAX, usize::MAX)
    }

    fn within(&self, style: &Style, most: usize, start: usize, columns: usize) -> String {
        let mut parts = vec![cut(&self.start, start), named(&self.resolvers, most, columns)];
        parts.extend(self.behind(most, columns));
        parts.push(self.end.clone());
        let arrow = if style.ascii { " -> " } else { " → " };
        let mark = self.mark.map_or("", |mark| mark.symbol(style.ascii));
        format!("{} {mark}", parts.join(arrow)).trim_end().to_owned()
    }

    /// The line in so many columns, as they are when it is escaped: fewer resolvers are named first, and then names are
    /// cut. The end is never cut.
    pub(crate) fn fitted(&self, style: &Style, width: usize) -> String {
        let fewer = (1..=NAMED)
            .rev()
            .map(|most| self.within(style, most, usize::MAX, usize::MAX));
        let shorter = (1..=2 * LEAST)
            .rev()
            .map(|columns| self.within(style, 1, START, columns));
        let mut shortest = String::new();
        for line in fewer.chain(shorter) {
            shortest = line;
            if style.escape(&shortest).width() <= width {
                break;
            }
        }
        shortest
    }
}

/// Whether a picture tells more than the table: not where all is well, and of one resolver only where it is broken.
fn is_drawn(report: &Report) -> bool {
    match report.conclusion {
        Conclusion::Healthy => false,
        Conclusion::Broken => true,
        Conclusion::Degraded | Conclusion::Inconclusive => report.resolvers.len() > 1,
    }
}

/// The picture in text, a line a way.
pub(super) fn text(report: &Report, style: &Style, width: usize) -> Vec<(String, Option<LineMark>)> {
    if !is_drawn(report) {
        return Vec::new();
    }
    let ways = ways(report);
    let mut lines: Vec<(String, Option<LineMark>)> = ways
        .iter()
        .take(WAYS)
        .map(|way| (way.fitted(style, width), way.mark))
        .collect();
    if ways.len() > WAYS {
        lines.push((more(ways.len() - WAYS), None));
    }
    lines
}

/// The picture as a Mermaid flow chart, line by line.
pub(super) fn mermaid(report: &Report, style: &Style) -> Vec<String> {
    if !is_drawn(report) {
        return Vec::new();
    }
    chart(&ways(report), WAYS, style)
}

/// A Mermaid flow chart of the first ways. A label holds nothing that means anything to Mermaid or markdown.
pub(crate) fn chart(ways: &[Way], most: usize, style: &Style) -> Vec<String> {
    if ways.is_empty() {
        return Vec::new();
    }
    let mut lines = vec!["flowchart LR".to_owned()];
    let mut starts: Vec<&str> = Vec::new();
    for (number, way) in ways.iter().take(most).enumerate() {
        let start = starts.iter().position(|start| *start == way.start).unwrap_or_else(|| {
            starts.push(&way.start);
            starts.len() - 1
        });
        let mark = way.mark.map_or("", |mark| mark.symbol(style.ascii));
        let behind = way.behind(NAMED, usize::MAX);
        let behind = behind.map(|behind| format!(" --> b{number}[\"{}\"]", label(&behind)));
        let behind = behind.unwrap_or_default();
        lines.push(format!(
            "    s{start}[\"{}\"] --> r{number}[\"{}\"]{behind} --> e{number}[\"{} {mark}\"]",
            label(&way.start),
            label(&way.named(NAMED)),
            label(&way.end)
        ));
    }
    if ways.len() > most {
        lines.push(format!("    more[\"{}\"]", more(ways.len() - most)));
    }
    lines
}

/// What is said of the ways that are not drawn.
fn more(ways: usize) -> String {
    format!("and {ways} more")
}

fn label(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || " .,:_-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::capture;
    use crate::report::diagnose;

    /// Whose question each way begins with.
    fn starts(recorded: &[u8]) -> Vec<String> {
        let report = diagnose(capture::parse(recorded).unwrap());
        ways(&report).into_iter().map(|way| way.start).collect()
    }

    #[test]
    fn a_silent_resolver_of_the_vpc_was_asked_by_this_host() {
        let silent =
            include_bytes!("../../fixtures/cases/vpc-resolver-not-reachable-from-here/fires/capture.json").as_slice();
        assert!(!starts(silent).contains(&"VPC".to_owned()));
        let answers = include_bytes!("../../fixtures/cases/no-forwarding/article/capture.json").as_slice();
        assert!(starts(answers).contains(&"VPC".to_owned()));
    }

    /// The ways of a recorded scenario, once the facts are changed.
    fn changed(recorded: &[u8], change: impl FnOnce(&mut crate::report::Capture)) -> Vec<Way> {
        let mut capture = capture::parse(recorded).unwrap();
        change(&mut capture);
        ways(&diagnose(capture))
    }

    const STUB: &[u8] =
        include_bytes!("../../fixtures/cases/split-dns-not-applied/fires-without-a-routing-domain/capture.json");

    #[test]
    fn what_a_stub_asks_is_drawn_where_this_host_says_it_and_nowhere_else() {
        let known = changed(STUB, |_| {});
        let stub = known.iter().find(|way| way.resolvers == ["stub 127.0.0.53"]).unwrap();
        assert_eq!(stub.behind, ["upstream-1 192.168.1.1"]);
        // It says what the stub says, and is drawn once.
        assert!(known.iter().all(|way| way.resolvers != ["upstream-1 192.168.1.1"]));
        let unknown = changed(STUB, |capture| {
            capture.facts.host.upstreams = None;
            capture.facts.host.configuration = None;
        });
        assert!(unknown.iter().all(|way| way.behind.is_empty()), "{unknown:?}");
        assert!(
            unknown
                .iter()
                .any(|way| way.resolvers.contains(&"upstream-1 192.168.1.1".to_owned()))
        );
    }

    /// Where the way through a resolver ends, as it is drawn of a recorded scenario.
    fn end_at(recorded: &[u8], resolver: &str) -> String {
        let ways = changed(recorded, |_| {});
        let is_it = |way: &&Way| way.resolvers.iter().any(|who| who.starts_with(resolver));
        ways.iter().find(is_it).map(|way| way.end.clone()).unwrap()
    }

    #[test]
    fn only_what_the_answer_itself_shows_is_drawn_as_its_end() {
        macro_rules! case {
            ($name:literal) => {
                include_bytes!(concat!("../../fixtures/cases/", $name, "/capture.json"))
            };
        }
        // Addresses that somebody put in, although the denial of AAAA is AWS's.
        assert_eq!(end_at(case!("nxdomain-hijack/fires"), "local"), "public addresses");
        assert_eq!(
            end_at(case!("nxdomain-hijack/near-miss-sinkhole"), "local"),
            "a sinkhole"
        );
        assert_eq!(
            end_at(case!("ztna-synthetic-address/fires-where-public-is-expected"), "local"),
            "addresses in 100.64.0.0/10"
        );
        assert_eq!(kind(AddressClass::Benchmark), "addresses in 198.18.0.0/15");
        assert_eq!(
            end_at(case!("foreign-private-addresses/fires"), "local"),
            "private addresses"
        );
        assert_eq!(end_at(case!("not-recursive/fires"), "local"), "a referral");
        assert_eq!(end_at(case!("rebinding-protection/fires"), "local"), "NODATA");
        assert_eq!(end_at(case!("resolver-unstable/fires"), "local"), "different answers");
        assert_eq!(
            end_at(case!("resolver-unstable/fires-on-silence"), "local"),
            "no answer now and then"
        );
        assert_eq!(end_at(case!("udp-blocked/fires"), "local"), "no answer over UDP");
        assert_eq!(end_at(case!("edns-intolerant/fires"), "local"), "FORMERR");
        assert_eq!(
            end_at(case!("edns-intolerant/fires-on-a-bare-header"), "local"),
            "no usable answer over UDP"
        );
        // The denial's own SOA is of the public zone.
        assert_eq!(end_at(case!("no-forwarding/article"), "local"), "public DNS: NXDOMAIN");
        assert_eq!(end_at(case!("no-forwarding/article"), "vpc"), "private zone");
    }

    /// Where DNS is not what fails, the picture shows what does.
    #[test]
    fn a_connection_that_does_not_arrive_is_drawn() {
        let lines = |recorded: &[u8]| -> Vec<String> {
            let ways = changed(recorded, |_| {});
            ways.iter().map(|way| way.line(&Style::default(), NAMED)).collect()
        };
        let blocked = include_bytes!("../../fixtures/cases/api-port-blocked/fires/capture.json");
        assert_eq!(
            lines(blocked),
            [
                "VPC → vpc 192.168.0.2 → private zone ✓",
                "lab → 192.168.104.190:443, 192.168.131.209:443 → no answer ✗"
            ]
        );
        let stranger = include_bytes!("../../fixtures/cases/not-this-cluster/fires/capture.json");
        assert_eq!(
            lines(stranger)[1..],
            [
                "lab → 192.168.131.209:443 → a certificate of another authority ✗",
                "lab → 192.168.104.190:443 → this cluster's API server ✓"
            ]
        );
        let arrives = include_bytes!("../../fixtures/cases/api-port-blocked/near-miss-both-connect/capture.json");
        assert!(lines(arrives).iter().all(|line| !line.contains(":443")));
        // Among more ways than are drawn.
        let among_many = changed(blocked, |capture| {
            for number in 10..16 {
                let mut other = capture.observations[0].clone();
                other.resolver.name = format!("other-{number}");
                other.resolver.role = Role::Custom;
                other.resolver.address = format!("10.0.0.{number}:53").parse().ok();
                other.resolver.transport = capture.observations[0].resolver.transport;
                for lookup in &mut other.lookups {
                    lookup.addresses.truncate(number % 2);
                    lookup.rcode = Some(crate::dns::Rcode(u16::try_from(number).unwrap()));
                    lookup.kind = AnswerKind::OtherRcode;
                }
                capture.observations.push(other);
            }
        });
        assert!(among_many.len() > WAYS);
        let drawn = &among_many[..WAYS];
        assert!(drawn.iter().any(|way| way.resolvers[0].ends_with(":443")), "{drawn:?}");
    }

    #[test]
    fn of_several_behind_a_stub_it_is_not_said_who_answered() {
        let recorded = include_bytes!("../../fixtures/cases/split-dns-not-applied/fires/capture.json");
        let known = changed(recorded, |_| {});
        let stub = known.iter().find(|way| way.behind.len() > 1).unwrap();
        let line = stub.line(&Style::default(), NAMED);
        assert!(line.contains("→ one of upstream-1 "), "{line}");
    }

    #[test]
    fn a_line_keeps_its_ends_and_its_addresses_as_long_as_there_is_room() {
        let way = Way {
            start: "a-laptop-of-somebody-in-tokyo".to_owned(),
            resolvers: vec!["corporate-resolver-in-tokyo 10.63.200.10".to_owned()],
            behind: vec!["second-level-forwarder 10.63.201.10".to_owned()],
            end: "public DNS: NXDOMAIN".to_owned(),
            mark: Some(LineMark::Bad),
        };
        let style = Style::default();
        assert_eq!(way.fitted(&style, 200), way.line(&style, NAMED));
        let cut = way.fitted(&style, 80);
        assert!(cut.width() <= 80, "{cut}");
        for part in ["10.63.200.10", "10.63.201.10", "public DNS: NXDOMAIN ✗"] {
            assert!(cut.contains(part), "{cut}");
        }
        let ascii = Style {
            ascii: true,
            ..Style::default()
        };
        let cut = way.fitted(&ascii, 80);
        assert!(ascii.escape(&cut).width() <= 80, "{cut}");
    }
}
