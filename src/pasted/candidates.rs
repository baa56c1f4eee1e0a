//! The findings that could be behind a message: of those that belong to its symptom, the ones that the whole text
//! leaves open, in the order that the place it was printed in makes likely.

use std::borrow::Cow;
use std::net::IpAddr;

use super::reply::is_stand_in;
use super::symptom::Symptom;
use super::text::{NameSubject, PrintedAt, PrintedOn};
use crate::address::AddressClass;
use crate::endpoint::SoaOrigin;
use crate::limits;
use crate::rules::{self, ComplaintAbout};

/// A finding that could be behind a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The rule of the catalogue.
    pub rule: &'static str,
    /// Why it may be this one, and what would show it.
    pub why: Cow<'static, str>,
}

/// What the whole text says beside the message.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a clue of its own, seen or not")]
pub(super) struct Clues {
    pub(super) symptom: Option<Symptom>,
    pub(super) subject: NameSubject,
    pub(super) place: PrintedAt,
    /// An instance of EC2 printed it.
    pub(super) is_on_ec2: bool,
    /// And the name server is in another network than that instance.
    pub(super) is_of_another_network: bool,
    /// The name server, and whether it is a public one.
    pub(super) server: Option<IpAddr>,
    /// A public service answered, whose address is not told.
    pub(super) is_of_public: bool,
    /// Whether only Go's own resolver prints this.
    pub(super) pure_go: bool,
    pub(super) is_stub: bool,
    /// The question went over TCP.
    pub(super) is_over_tcp: bool,
    /// Whose zone the denial came from.
    pub(super) soa: Option<SoaOrigin>,
    /// And that zone does not stand above the name.
    pub(super) is_soa_of_no_zone_above: bool,
    /// The reply is without an answer, and says that the name server does no recursion for this client (RFC 1035
    /// section 4.1.1, RA).
    pub(super) is_without_recursion: bool,
    /// The Extended DNS Error (RFC 8914).
    pub(super) ede: Option<u16>,
    /// The name is new, or emptying a cache helped.
    pub(super) may_be_remembered: bool,
    /// Another answer in the text has addresses for the name.
    pub(super) has_other_answer: bool,
    /// And one of the same name server.
    pub(super) has_own_answer: bool,
    /// And one of what this host asks, where a program on it that failed names no server.
    pub(super) has_answer_on_this_host: bool,
    /// And what the form of that question shows, where it had another than the one that failed.
    pub(super) shown_by_form: Option<&'static str>,
    /// And one of a public name server.
    pub(super) has_public_answer: bool,
    /// And that one has private addresses.
    pub(super) has_private_answer_in_public: bool,
    /// The name server answers for another name.
    pub(super) answers_another_name: bool,
    /// It fails in the same way for a name that has nothing to do with AWS.
    pub(super) fails_for_another_name: bool,
    /// And it is of the same run of nslookup, which asks for A and for AAAA.
    pub(super) has_answer_in_its_run: bool,
    /// And one is of the operating system's own lookup.
    pub(super) has_answer_of_system: bool,
    /// And one is of systemd-resolved, where another server was asked.
    pub(super) has_answer_of_resolved: bool,
    /// The answer is an alias without an address.
    pub(super) is_alias_alone: bool,
    /// The address that was dialled.
    pub(super) dialled: Option<IpAddr>,
    /// The address that was dialled is hidden in part, and what is left shows that it is private.
    pub(super) is_dialled_private: bool,
    /// What was looked up is the scheme of a URL.
    pub(super) is_scheme: bool,
    /// The server itself is an address: no name was looked up.
    pub(super) literal: Option<IpAddr>,
    /// The client was told which family to dial over (Go: tcp4, tcp6).
    pub(super) is_of_one_family: bool,
    /// The connection was to another port than an endpoint's.
    pub(super) is_other_port: bool,
    /// The name ends as an endpoint's does, and is none.
    pub(super) is_like_an_endpoint: bool,
    /// The name is made of the digits of an address.
    pub(super) is_of_digits: bool,
    /// The text has a name, hidden in part or not.
    pub(super) is_named: bool,
    /// The name is that of an AWS API, and of nothing that anybody made there.
    pub(super) is_of_api: bool,
    /// The name of an AWS API has something else where a Region stands, or nothing.
    pub(super) is_of_no_region: bool,
    /// The name is longer than DNS allows.
    pub(super) is_too_long: bool,
    /// The operating system that printed it, where the text tells.
    pub(super) system: Option<PrintedOn>,
    /// What the text names outright, with why.
    pub(super) outright: Option<(&'static str, String)>,
    /// A hosts file in the text has the name, with the address that was dialled where one is known.
    pub(super) is_pinned: bool,
    /// Whether the address that was dialled is one of those that name servers in the text give for the name.
    pub(super) dialled_what_dns_has: Option<bool>,
    /// The findings that the message speaks for, the likelier first.
    pub(super) toward: Vec<&'static str>,
    /// The findings that the text speaks against.
    pub(super) against: Vec<&'static str>,
}

/// The findings, the likelier first, at most [`limits::PASTED_CANDIDATES`].
pub(super) fn of(clues: &Clues) -> Vec<Candidate> {
    let Some(symptom) = clues.symptom else {
        return Vec::new();
    };
    let mut rules: Vec<&'static str> = Vec::new();
    rules.extend(clues.outright.as_ref().map(|(rule, _)| *rule));
    rules.extend(first(symptom, clues));
    let listed = match clues.subject {
        NameSubject::AwsApi if symptom.is_denial() => of_aws(clues),
        NameSubject::AwsApi if symptom == Symptom::Connection => {
            [Symptom::AwsApiTimeout.rules(), symptom.rules()].concat()
        }
        _ => symptom.rules(),
    };
    rules.extend(listed);
    // Behind the stub another link's server may be the one that has the name.
    if clues.is_stub && symptom == Symptom::ServFail {
        rules.insert(rules.len().min(2), "split-dns-not-applied");
    }
    // No name server may have been asked: behind the two that are likelier.
    if symptom == Symptom::NoName {
        let likelier = rules.iter().filter(|rule| !is_ruled_out(rule, symptom, clues));
        let place = likelier
            .clone()
            .nth(1)
            .and_then(|second| rules.iter().position(|rule| rule == second));
        rules.insert(place.map_or(rules.len(), |place| place + 1), "nsswitch-without-dns");
    }
    if clues.subject == NameSubject::AwsApi && (symptom.is_dns() || symptom == Symptom::AwsApi) {
        rules.insert(rules.len().min(2), "no-internet-recursion");
    }
    if let Some(at) = place_of_no_name(symptom, clues) {
        // What the text names or shows goes before it.
        let shown = [
            clues.outright.is_some(),
            clues.ede.is_some(),
            clues.is_soa_of_no_zone_above,
            clues.is_without_recursion,
        ];
        let before = at + shown.iter().filter(|is_shown| **is_shown).count();
        let open = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| !is_ruled_out(rule, symptom, clues));
        let place = before
            .checked_sub(1)
            .map_or(Some(0), |last| open.map(|(at, _)| at + 1).nth(last));
        rules.insert(place.unwrap_or(rules.len()), NO_NAME);
    }
    // Somebody who shortened the digits left the rest as it was.
    if clues.subject == NameSubject::Shortened && symptom.is_denial() {
        let stale = rules.iter().position(|rule| *rule == "endpoint-name-stale");
        rules.insert(stale.map_or(0, |at| at + 1), "endpoint-name-malformed");
    }
    let mut found: Vec<Candidate> = Vec::new();
    for rule in rules {
        let is_outright = clues.outright.as_ref().is_some_and(|(outright, _)| *outright == rule);
        if found.iter().any(|candidate| candidate.rule == rule) || !is_outright && is_ruled_out(rule, symptom, clues) {
            continue;
        }
        let why = match &clues.outright {
            Some((_, why)) if is_outright => Cow::Owned(why.clone()),
            _ => Cow::Borrowed(
                why_there(rule, clues)
                    .or_else(|| Some(rules::find(rule)?.hint))
                    .unwrap_or_default(),
            ),
        };
        found.push(Candidate { rule, why });
        if found.len() == limits::PASTED_CANDIDATES {
            break;
        }
    }
    found
}

const NO_NAME: &str = "name-does-not-exist";

/// Where in the list of a name that is no endpoint's it stands that there is no such name. A text that does not tell a
/// denial from silence speaks less for it.
fn place_of_no_name(symptom: Symptom, clues: &Clues) -> Option<usize> {
    let is_one = match clues.subject {
        // The API itself is there: another zone hides it, or nobody asked.
        NameSubject::AwsApi => is_of_public_server(clues) || !clues.is_of_api || clues.is_of_no_region,
        NameSubject::Other | NameSubject::Internal => clues.is_named,
        _ => false,
    };
    let is_certain = clues.subject == NameSubject::AwsApi && clues.is_of_no_region;
    match symptom {
        _ if !is_one => None,
        Symptom::NxDomain | Symptom::NoAddress | Symptom::NoName | Symptom::Unknown if is_certain => Some(0),
        Symptom::NxDomain | Symptom::NoAddress | Symptom::NoName => Some(match clues.subject {
            NameSubject::Other => 0,
            NameSubject::AwsApi if is_of_public_server(clues) => 0,
            _ => 1,
        }),
        Symptom::Unknown => Some(1),
        _ => None,
    }
}

/// Whether the denial is of a zone that hides the name, and so says nothing of it elsewhere.
fn has_zone_of_its_own(clues: &Clues) -> bool {
    clues.soa == Some(SoaOrigin::PrivateHostedZone)
}

fn is_of_public_server(clues: &Clues) -> bool {
    clues.is_of_public || clues.server.is_some_and(is_public)
}

/// What may be behind the denial of a public name of AWS's: at a VPC's resolver first a private hosted zone, as an
/// interface endpoint with private DNS brings along (AWS PrivateLink Guide, "Private DNS names").
fn of_aws(clues: &Clues) -> Vec<&'static str> {
    let is_in_vpc = matches!(clues.place, PrintedAt::Vpc | PrintedAt::Pod);
    let may_be_vpc = is_in_vpc || clues.server.is_some_and(super::text::ends_as_vpc);
    if may_be_vpc {
        let of_vpc = ["private-zone-shadow", "forward-rule-shadow", "dns-firewall-block"];
        [of_vpc.to_vec(), Symptom::AwsApi.rules()].concat()
    } else {
        Symptom::AwsApi.rules()
    }
}

/// Why it may be a finding where the place says more than that, or something else.
fn why_there(rule: &str, clues: &Clues) -> Option<&'static str> {
    let is_in_a_pod = clues.server.is_some_and(super::text::is_cluster_dns);
    match rule {
        NO_NAME if clues.subject == NameSubject::AwsApi => Some(
            "no resolver has such a name: the Region or the service in it is none, or what had it is deleted (a load \
             balancer, a database)",
        ),
        NO_NAME if matches!(clues.subject, NameSubject::Other | NameSubject::Internal) => {
            Some("no resolver has such a name: it is written wrong, or what had it is gone")
        }
        "private-zone-shadow" if clues.subject == NameSubject::AwsApi => Some(
            "a private hosted zone of this VPC covers the name and lacks it, as that of an interface endpoint with \
             private DNS may",
        ),
        "resolver-unreachable" if is_in_a_pod => Some(
            "the cluster's DNS service answers no name at all, over UDP and TCP: do its pods run, and can this pod reach \
             them on port 53?",
        ),
        "resolver-unreachable" if clues.is_on_ec2 => {
            Some("the server answers no name at all, over UDP and TCP: does anything in the VPC drop port 53?")
        }
        _ => None,
    }
}

/// What the evidence puts before the common order.
fn first(symptom: Symptom, clues: &Clues) -> Vec<&'static str> {
    let mut rules: Vec<&'static str> = Vec::new();
    if clues.is_too_long || clues.subject == NameSubject::Malformed && symptom.is_dns() {
        rules.push("endpoint-name-malformed");
    }
    rules.extend(clues.is_without_recursion.then_some("not-recursive"));
    rules.extend(&clues.toward);
    // Extended DNS Errors (RFC 8914 section 4; IANA, "Extended DNS Error Codes").
    rules.extend(match clues.ede {
        Some(1 | 2 | 5..=12) => Some("dnssec-bogus"),
        Some(4 | 15..=17) => Some("name-blocked-by-policy"),
        Some(3 | 19) => Some("serve-expired"),
        Some(18 | 20) => Some("resolver-refuses-client"),
        Some(13) => Some("stale-negative-cache"),
        Some(14 | 22 | 23) => Some("forward-target-unreachable"),
        _ => None,
    });
    if matches!(symptom, Symptom::DeniedInPublic | Symptom::EmptyInPublic) {
        rules.push("not-in-public-dns");
    }
    if symptom == Symptom::PublicView {
        rules.extend(["no-forwarding", "public-answer-expected", "nxdomain-hijack"]);
    }
    if symptom == Symptom::NoSuitable {
        rules.extend(if clues.is_of_one_family {
            ["address-family-mismatch", "nsswitch-without-dns"]
        } else {
            ["nsswitch-without-dns", "address-family-mismatch"]
        });
    }
    // Go reads the hosts file before it asks anybody, so what it was told of the name is of another place.
    if clues.is_pinned && !clues.pure_go && (symptom.is_dns() || symptom.asks_for_a_connection()) {
        rules.push("hosts-file-override");
    }
    if clues.dialled_what_dns_has == Some(false) {
        rules.extend(["hosts-file-override", "stale-addresses"]);
    }
    if clues.is_over_tcp && matches!(symptom, Symptom::Silence | Symptom::PortClosed) {
        rules.push("tcp-blocked");
    }
    if !symptom.is_dns() {
        if symptom == Symptom::Connection {
            // The VPC's resolver gives the nodes of its VPC the private addresses, unless there are none.
            let is_public = clues.dialled.is_some_and(is_public) && clues.subject == NameSubject::Endpoint;
            rules.extend((clues.is_on_ec2 && is_public).then_some("private-access-disabled"));
            rules.extend(by_address(clues.dialled));
            rules.extend(clues.dialled.is_some_and(is_this_host).then_some("hosts-file-override"));
        }
        return rules;
    }
    let is_unstable = clues.has_own_answer && clues.shown_by_form.is_none();
    if !may_be_endpoint(clues.subject) {
        rules.extend(is_unstable.then_some("resolver-unstable"));
        rules.extend((is_unstable && symptom == Symptom::Silence).then_some("packets-lost"));
        return rules;
    }
    rules.extend((clues.may_be_remembered && symptom.is_denial()).then_some("stale-negative-cache"));
    if clues.has_answer_in_its_run {
        rules.push("aaaa-broken");
    }
    // The operating system has an address that the name server does not give: no DNS is needed for that.
    if clues.has_answer_of_system && !clues.pure_go && clues.server.is_some() && symptom.is_denial() {
        rules.push("hosts-file-override");
    }
    // Another program on the same host has the answer, and the one that failed asks for itself.
    if (clues.has_answer_of_system || clues.has_answer_of_resolved) && clues.pure_go {
        rules.push("go-bypasses-scoped-dns");
    }
    rules.extend(clues.shown_by_form);
    if is_unstable {
        rules.push("resolver-unstable");
        rules.extend((symptom == Symptom::Silence).then_some("packets-lost"));
        rules.extend(symptom.is_denial().then_some("stale-negative-cache"));
    }
    // The name server has the name: what is between it and the program has not.
    if clues.has_answer_on_this_host {
        rules.extend(ON_THIS_HOST);
    }
    if clues.is_alias_alone {
        rules.extend(["name-blocked-by-policy", "shadow-zone"]);
    }
    if symptom.is_denial() {
        match clues.soa {
            // No zone that holds the name has this SOA: a policy zone's server shows its own so.
            Some(SoaOrigin::Foreign) if clues.is_soa_of_no_zone_above => {
                rules.extend(["name-blocked-by-policy", "shadow-zone", "endpoint-name-stale"]);
            }
            Some(SoaOrigin::Foreign) => {
                rules.extend(["shadow-zone", "name-blocked-by-policy", "endpoint-name-stale"]);
            }
            Some(SoaOrigin::PrivateHostedZone) => {
                rules.extend([
                    "private-zone-shadow",
                    "endpoint-name-stale",
                    "private-zone-not-effective",
                ]);
            }
            _ => {}
        }
        // What a filter emptied, or what public DNS has and this server has not.
        if symptom == Symptom::NoData || clues.has_private_answer_in_public {
            rules.push("rebinding-protection");
        }
        if clues.has_public_answer {
            rules.extend(["name-blocked-by-policy", "shadow-zone"]);
        }
        if clues.has_other_answer {
            rules.push("no-forwarding");
        }
        match clues.place {
            PrintedAt::Vpc => rules.extend([
                "private-zone-not-effective",
                "vpc-dns-attributes-off",
                "private-zone-shadow",
                "forward-rule-shadow",
                "endpoint-name-stale",
                "dns-firewall-block",
            ]),
            PrintedAt::Pod => rules.extend([
                "endpoint-name-stale",
                "private-zone-not-effective",
                "forward-rule-shadow",
                "no-forwarding",
                "private-zone-shadow",
            ]),
            // A node of EC2 whose VPC's DHCP options name others, or a hybrid node.
            PrintedAt::Node => rules.extend([
                "no-forwarding",
                "dhcp-custom-dns",
                "endpoint-name-stale",
                "private-zone-not-effective",
            ]),
            // The address may be a VPC's resolver's, and a VPN's or an office's as well.
            PrintedAt::Elsewhere if clues.server.is_some_and(super::text::is_vpc) => {
                rules.extend(["endpoint-name-stale", "no-forwarding", "private-zone-not-effective"]);
            }
            PrintedAt::Elsewhere => {}
        }
        rules.push("endpoint-name-stale");
        if clues.is_of_public || clues.server.is_some_and(is_public) {
            rules.extend(["not-in-public-dns", "name-does-not-exist", "no-forwarding"]);
        }
        rules.push("no-forwarding");
    }
    // Where the stub's own port is closed, nothing of it was at work.
    let is_of_another = matches!(
        symptom,
        Symptom::Bogus | Symptom::ServFail | Symptom::PortClosed | Symptom::AnsweredForSearch
    );
    if clues.is_stub && !is_of_another {
        rules.push("split-dns-not-applied");
    }
    if clues.pure_go && symptom.is_denial() && clues.server.is_none_or(|server| !server.is_loopback()) {
        rules.push("go-bypasses-scoped-dns");
    }
    let is_silent = matches!(
        symptom,
        Symptom::Silence
            | Symptom::Unanswered
            | Symptom::PortClosed
            | Symptom::TryAgain
            | Symptom::LookUpDeadline
            | Symptom::LookUpGivenUp
    );
    if clues.answers_another_name && matches!(symptom, Symptom::Silence | Symptom::ServFail) {
        rules.push("forward-target-unreachable");
    }
    if is_silent && clues.server.is_some_and(|server| server.is_loopback()) {
        rules.push(if symptom == Symptom::PortClosed {
            "local-dns-down"
        } else {
            "forward-target-unreachable"
        });
    }
    rules
}

/// Whether what only an endpoint's name can have may be behind it.
fn may_be_endpoint(subject: NameSubject) -> bool {
    matches!(
        subject,
        NameSubject::Endpoint | NameSubject::None | NameSubject::Shortened
    )
}

/// What may be behind a failure of a name server that has the answer another time.
const NOT_ALWAYS: &[&str] = &[
    "aaaa-broken",
    "resolver-unstable",
    "stale-negative-cache",
    "slow-resolver",
    "packets-lost",
    "udp-blocked",
    "tcp-blocked",
    "truncated-without-tcp",
    "edns-intolerant",
];

/// What may be behind a failure where the name server that this host asks has the name, and what this host asks it
/// through has not: what decides which name server is asked, if any, and what is remembered on the way.
const ON_THIS_HOST: &[&str] = &["nsswitch-without-dns", "stale-negative-cache", "split-dns-not-applied"];

/// What holds for every name that a server is asked for.
const OF_EVERY_NAME: &[&str] = &[
    "resolver-unreachable",
    "udp-blocked",
    "local-dns-down",
    "vpc-resolver-not-reachable-from-here",
    "secondary-cidr-resolver",
];

/// What holds for the names of a zone, or for this one, and lets others through.
const OF_SOME_NAMES: &[&str] = &[
    "forward-target-unreachable",
    "rebinding-protection",
    "name-blocked-by-policy",
    "shadow-zone",
    "dnssec-bogus",
    "inbound-endpoint-unhealthy",
    "inbound-endpoint-unreachable",
];

/// What may be behind a failure where no name was looked up.
const WITHOUT_A_NAME: &[&str] = &["api-port-blocked", "proxy-in-path", "not-this-cluster"];

fn is_this_host(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

/// What the address that was dialled says.
fn by_address(address: Option<IpAddr>) -> Option<&'static str> {
    let address = address?;
    match address.to_canonical() {
        IpAddr::V4(ip) if ip.is_unspecified() || ip.is_loopback() => Some("sinkhole-answer"),
        ip if AddressClass::of(ip) == AddressClass::Nat64 => Some("nat64-synthetic-address"),
        ip if is_stand_in(ip) => Some("ztna-synthetic-address"),
        IpAddr::V6(ip) if ip.is_unspecified() => Some("sinkhole-answer"),
        _ => None,
    }
}

/// Whether the internet leads to it. The addresses that stand for others are of no public network, and neither are
/// those that Windows lists where there is no IPv6 name server (fec0::/10, which RFC 3879 took away).
pub(super) fn is_public(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    let is_site_local = matches!(ip, IpAddr::V6(ip) if ip.segments()[0] & 0xffc0 == 0xfec0);
    let is_of_a_network = matches!(
        AddressClass::of(ip),
        AddressClass::Private | AddressClass::Loopback | AddressClass::LinkLocal
    );
    !(is_of_a_network || ip.is_unspecified() || is_stand_in(ip) || is_site_local || super::text::is_of_azure(ip))
}

/// Whether the text speaks against it.
fn is_ruled_out(rule: &str, symptom: Symptom, clues: &Clues) -> bool {
    if clues.against.contains(&rule) {
        return true;
    }
    if clues.is_scheme && symptom.is_denial() {
        return rule != "endpoint-name-malformed" || clues.subject != NameSubject::Malformed;
    }
    // Top-level domains are no numbers (RFC 3696 section 2), so that no zone holds it.
    if clues.is_of_digits {
        return rule != NO_NAME;
    }
    // Nobody but the cluster's own DNS has the name of a Service, and it has those of the Services that there are.
    if clues.subject == NameSubject::Service && symptom.is_denial() && clues.ede.is_none() {
        return true;
    }
    // The name exists: another server has it.
    let about = rules::find(rule).map(|rule| rule.about);
    let is_of_public = matches!(symptom, Symptom::DeniedInPublic | Symptom::EmptyInPublic);
    if clues.has_other_answer && !is_of_public && about == Some(ComplaintAbout::NoSuchEndpoint) {
        return true;
    }
    // What only a name of a cluster's endpoint can have.
    let is_of_endpoints = matches!(about, Some(ComplaintAbout::Endpoint | ComplaintAbout::NoSuchEndpoint));
    if !may_be_endpoint(clues.subject) && is_of_endpoints {
        return match rule {
            "endpoint-name-malformed" => clues.subject != NameSubject::Malformed,
            // A name like an endpoint's, which somebody may have shortened.
            "endpoint-name-stale" => !clues.is_like_an_endpoint,
            "private-zone-shadow" => clues.subject != NameSubject::AwsApi,
            NO_NAME => place_of_no_name(symptom, clues).is_none() || has_zone_of_its_own(clues),
            _ => true,
        };
    }
    let is_of_another_path = rule == "go-bypasses-scoped-dns" && clues.has_answer_of_system;
    if clues.shown_by_form == Some(rule) {
        return false;
    }
    if clues.has_own_answer && !NOT_ALWAYS.contains(&rule) && !is_of_another_path {
        return true;
    }
    if clues.has_answer_on_this_host && !NOT_ALWAYS.contains(&rule) && !ON_THIS_HOST.contains(&rule) {
        return rule != "local-dns-down";
    }
    if clues.answers_another_name && OF_EVERY_NAME.contains(&rule)
        || clues.fails_for_another_name && OF_SOME_NAMES.contains(&rule)
    {
        return true;
    }
    // No name, so nothing that an answer of DNS is behind; and what the rest knows is the way to an endpoint.
    if clues.literal.is_some() && clues.is_other_port {
        return true;
    }
    if clues.literal.is_some() && !WITHOUT_A_NAME.contains(&rule) {
        return true;
    }
    // No server was asked, so its paths and its port say nothing.
    if symptom == Symptom::ForwardNoName && rule != "forward-target-unreachable" {
        return true;
    }
    let had_an_address = matches!(symptom, Symptom::AwsApiTimeout | Symptom::Connection);
    let answered_with_an_error = matches!(
        symptom,
        Symptom::ServFail | Symptom::Misbehaving | Symptom::NotUnderstood | Symptom::ForwardFailed
    );
    match rule {
        // What listens on this host is a tunnel or a cluster that was started here, and no firewall is between.
        "api-port-blocked" | "not-this-cluster" if clues.is_other_port => true,
        // Between this host and itself no security group and no route is.
        "api-port-blocked" => clues.literal.or(clues.dialled).is_some_and(is_this_host),
        // No certificate came that could be another's.
        "not-this-cluster" => symptom.is_without_certificate(),
        "hosts-file-override" => clues.dialled_what_dns_has == Some(true) && !clues.is_pinned,
        // An instance of EC2 is no hybrid node.
        "hybrid-nodes-public-endpoint" => {
            clues.is_on_ec2 || clues.is_dialled_private || clues.dialled.is_some_and(|ip| !is_public(ip))
        }
        // The name had an address.
        // Nor does a public resolver deny what it cannot ask for.
        "no-internet-recursion" => had_an_address || symptom.is_denial() && is_of_public_server(clues),
        "name-blocked-by-policy" => had_an_address || clues.soa == Some(SoaOrigin::PublicAws) && clues.ede.is_none(),
        // Neither Windows nor macOS has the file (glibc, nsswitch.conf(5)), and on Windows Go asks the operating system
        // (Go, src/net/conf.go, goosPrefersCgo).
        "nsswitch-without-dns" => clues.system.is_some(),
        "go-bypasses-scoped-dns" => clues.system == Some(PrintedOn::Windows),
        "endpoint-name-malformed" => clues.subject == NameSubject::Endpoint && !clues.is_too_long && symptom.is_dns(),
        // The filters in question say NODATA, SERVFAIL or REFUSED.
        "rebinding-protection" => {
            // The server says itself what failed: nobody that it asked gave it a usable reply (RFC 8914 sections 4.23
            // and 4.24).
            matches!(clues.ede, Some(22 | 23))
                || matches!(symptom, Symptom::NxDomain | Symptom::NoName)
                || symptom.is_denial() && clues.soa.is_some()
                || symptom.is_denial() && (clues.is_of_public || clues.server.is_some_and(is_vpc_or_public))
        }
        "shadow-zone" => matches!(clues.soa, Some(SoaOrigin::PublicAws | SoaOrigin::PrivateHostedZone)),
        "private-zone-shadow" => clues.soa == Some(SoaOrigin::PublicAws),
        "dnssec-bogus" => {
            let is_denied = matches!(symptom, Symptom::NxDomain | Symptom::NoName | Symptom::NoData);
            // The codes that name another cause than one of DNSSEC's.
            is_denied && clues.ede.is_none() || matches!(clues.ede, Some(14 | 18 | 20 | 22 | 23))
        }
        "stale-negative-cache" => clues.soa == Some(SoaOrigin::Foreign),
        "local-dns-down" if answered_with_an_error => true,
        "local-dns-down" => clues.server.is_some_and(|server| !server.is_loopback()),
        // An instance of EC2 is in a VPC, and asks the resolver of its own. That of a peer does not answer it.
        "vpc-resolver-not-reachable-from-here" if clues.is_on_ec2 && !clues.is_of_another_network => true,
        "vpc-resolver-not-reachable-from-here" => !clues.server.is_some_and(super::text::ends_as_vpc),
        "secondary-cidr-resolver" => !clues.server.is_some_and(super::text::is_vpc),
        "resolver-unreachable" => answered_with_an_error,
        "resolver-refuses-client" => matches!(symptom, Symptom::ServFail | Symptom::ForwardFailed),
        // The question had another form, so nothing changed by itself.
        "resolver-unstable" => clues.shown_by_form.is_some(),
        // Plain recursion, without a forward, has what public DNS has.
        "no-forwarding" => clues.has_public_answer && symptom != Symptom::PublicView,
        // The name exists (RFC 2308 section 2.2), unless another's zone says so.
        "endpoint-name-stale" => symptom == Symptom::NoData && clues.soa != Some(SoaOrigin::Foreign),
        // The cluster's own DNS service is no inbound endpoint, and no address of one was asked. What a name server
        // forwards to stands in the line.
        "inbound-endpoint-protocol"
        | "inbound-endpoint-sg"
        | "inbound-endpoint-unhealthy"
        | "inbound-endpoint-unreachable"
            if clues.server.is_some_and(|server| {
                is_public(server) || symptom.is_of_forward() && !super::text::may_be_inbound(server)
            }) =>
        {
            true
        }
        "inbound-endpoint-sg" | "inbound-endpoint-unhealthy" | "inbound-endpoint-unreachable" => {
            matches!(
                symptom,
                Symptom::Silence
                    | Symptom::Unanswered
                    | Symptom::LookUpDeadline
                    | Symptom::LookUpGivenUp
                    | Symptom::PortClosed
            ) && clues.server.is_some_and(super::text::is_cluster_dns)
        }
        // Its port is closed, which says nothing where there is no route to it.
        "inbound-endpoint-protocol" => symptom == Symptom::ForwardNoRoute,
        // A loopback server has no path of its own that drops UDP.
        // Nor was UDP used where TCP was.
        "udp-blocked" => clues.is_over_tcp || clues.server.is_some_and(|server| server.is_loopback()),
        "slow-resolver" => clues.is_over_tcp,
        "foreign-private-addresses" => clues.dialled.is_some_and(|ip| is_public(ip) || is_this_host(ip)),
        // No interface of a cluster in its VPC ever had an address of this host, or a public one.
        "stale-addresses" => clues.dialled.is_some_and(|ip| {
            let may_be_private = AddressClass::of(ip) == AddressClass::Nat64;
            is_public(ip) && !may_be_private || is_this_host(ip)
        }),
        "nat64-synthetic-address" => {
            clues.is_dialled_private || clues.dialled.is_some_and(|ip| ip.to_canonical().is_ipv4())
        }
        "public-answer-expected" | "nxdomain-hijack" => {
            clues.is_dialled_private || clues.dialled.is_some_and(|ip| !is_public(ip))
        }
        "sinkhole-answer" | "ztna-synthetic-address" => {
            let is_told = clues.dialled.is_some() || clues.is_dialled_private;
            symptom == Symptom::Connection && is_told && by_address(clues.dialled) != Some(rule)
        }
        _ => false,
    }
}

fn is_vpc_or_public(ip: IpAddr) -> bool {
    super::text::is_vpc_for_certain(ip) || is_public(ip) || super::text::is_of_azure(ip)
}
