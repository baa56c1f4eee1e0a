//! What nslookup and dig print.

use std::net::{IpAddr, SocketAddr};

use super::reply::{ALIAS_ALONE, STAND_IN, is_stand_in, leads_nowhere};
use super::words::{by_rcode, received_from, socket};
use super::{MessageSeen, Symptom, asked, between, block_page, library, prompt, windows};
use crate::dns::Name;
use crate::endpoint::SoaOrigin;

/// A line of nslookup's or dig's that says how a lookup failed.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    // BIND's nslookup, and with the server's name in the place of "server" Windows'.
    if let Some((_, rest)) = line.split_once(" can't find ") {
        let (host, said) = rest.split_once(": ")?;
        let symptom = by_rcode(said.trim()).or_else(|| windows::nslookup(said))?;
        return Some(MessageSeen::of(symptom, Some(host)));
    }
    if line.contains("Can't find ") && line.contains("No answer") {
        let host = between(line, "Can't find ", ": ");
        return Some(MessageSeen::of(Symptom::NoData, host));
    }
    // host(1).
    if let Some((before, rcode)) = line.split_once(" not found: ") {
        let symptom = by_rcode(between(rcode, "(", ")")?)?;
        return Some(MessageSeen::of(symptom, before.split_whitespace().next_back()));
    }
    if let Some((host, rest)) = line.split_once(" has no ")
        && let Some((kind, _)) = rest.split_once(" record").filter(|(kind, _)| !kind.contains(' '))
    {
        let symptom = if asked::is_other(kind) {
            Symptom::OtherType
        } else {
            Symptom::NoData
        };
        return Some(MessageSeen::of(symptom, library::first_word(host)));
    }
    // dns-sd of macOS, with -G: of any negative answer (kDNSServiceErr_NoSuchRecord of Apple's dns_sd.h).
    if line.contains("No Such Record") {
        let host = line
            .split_whitespace()
            .find(|word| word.contains('.') && super::host(word).is_some());
        return Some(MessageSeen::of(
            Symptom::NoAddress,
            super::text::endpoint(line).or(host),
        ));
    }
    if line.contains("Got bad packet: ") {
        return Some(MessageSeen::of(Symptom::Unreadable, None));
    }
    // kdig (CZ-NIC/knot, src/utils/common/netio.c): over UDP a closed port is "can't receive reply".
    for (lead, symptom) in [
        ("response timeout for ", Symptom::Silence),
        ("connection timeout for ", Symptom::Silence),
        ("can't receive reply from ", Symptom::PortClosed),
        ("can't connect to ", Symptom::PortClosed),
        ("connection refused for ", Symptom::PortClosed),
    ] {
        if let Some(rest) = line
            .strip_prefix(";; WARNING: ")
            .and_then(|rest| rest.strip_prefix(lead))
        {
            return Some(MessageSeen {
                server: rest.split('(').next().and_then(socket),
                ..MessageSeen::of(symptom, None)
            });
        }
    }
    // drill 1.8.3 (ldns, error.c; recorded with silent, closed and unreachable servers), and BusyBox's nslookup
    // (mirror/busybox, networking/nslookup.c).
    if line.contains("error sending query: Could not send or receive") {
        return Some(MessageSeen {
            note: Some("drill prints the same of a name server that is silent and of one whose port is closed."),
            ..MessageSeen::of(Symptom::Silence, None)
        });
    }
    if line.contains("error sending query: Error creating socket") {
        return Some(MessageSeen::of(Symptom::NoRoute, None));
    }
    if let Some(server) = between(line, "nslookup: write to '", "'") {
        return Some(MessageSeen {
            server: socket(server),
            ..MessageSeen::of(Symptom::PortClosed, None)
        });
    }
    // OpenBSD's netcat, netcat.c.
    if line.contains(" port [tcp/") && line.contains("] succeeded!") {
        let host = between(line, "Connection to ", " ");
        return Some(MessageSeen::of(Symptom::Healthy, host));
    }
    // bin/dig/dighost.c, of the server that it was to ask: behind it stands the error of the C library or BIND's own.
    if let Some((_, rest)) = line.split_once("couldn't get address for '") {
        let (host, said) = rest.split_once("': ")?;
        let is_own = said.starts_with("not found") || said.starts_with("failure");
        let symptom = library::symptom(said).or_else(|| is_own.then_some(Symptom::Unknown))?;
        return Some(MessageSeen {
            note: Some(
                "It is the name of the name server to ask that was not found: the name itself was not asked for.",
            ),
            ..MessageSeen::of(symptom, Some(host))
        });
    }
    // dog (ogham/dog, src/output.rs, print_error_code).
    if let Some(said) = line.trim_start().strip_prefix("Status: ") {
        let symptom = match said.trim_end() {
            "NXDomain" => Symptom::NxDomain,
            "Server Failure" => Symptom::ServFail,
            "Query Refused" => Symptom::Refused,
            "Format Error" | "Not Implemented" | "Bad Version" => Symptom::NotUnderstood,
            _ => return None,
        };
        return Some(MessageSeen::of(symptom, None));
    }
    if let Some(failed) = failed_exchange(line) {
        let has = |text: &str| failed.reason.contains(text);
        let symptom = if has(" unreachable") {
            Symptom::NoRoute
        } else if has("connection refused") {
            Symptom::PortClosed
        } else if has("permission denied") {
            Symptom::NotLetOut
        } else if has("timed out") || failed.is_closed() {
            Symptom::Silence
        } else {
            return None;
        };
        let note = if failed.is_closed() {
            Some(CLOSED_OVER_TCP)
        } else {
            failed.is_tcp.then_some(OVER_TCP)
        };
        return Some(MessageSeen {
            server: socket(failed.server),
            is_over_tcp: failed.is_tcp,
            note,
            ..MessageSeen::of(symptom, failed.host)
        });
    }
    if let Some(seen) = of_doggo(line) {
        return Some(seen);
    }
    line.contains("no servers could be reached")
        .then(|| MessageSeen::of(Symptom::Silence, None))
}

/// What is said where the question went over TCP.
pub(super) const OVER_TCP: &str = "The question went over TCP. What the name server does over UDP is not in this line.";
/// And where the connection ended without a reply.
const CLOSED_OVER_TCP: &str = "The question went over TCP, and the connection was closed before a reply came.";

/// An exchange with a name server that failed.
struct FailedExchange<'a> {
    server: &'a str,
    host: Option<&'a str>,
    reason: &'a str,
    is_tcp: bool,
}

impl FailedExchange<'_> {
    /// Whether the other side closed the connection: over UDP there is none.
    fn is_closed(&self) -> bool {
        ["end of file", "connection reset"].contains(&self.reason)
    }
}

/// What BIND's tools say of one (bin/dig/dighost.c): `;; communications error to SERVER: REASON`, over UDP and TCP
/// alike; `;; Connection to SERVER(NAME) for HOST failed: REASON.`, over TCP; and since 9.18 `;; UDP setup with
/// SERVER(NAME) for HOST failed: REASON.`
fn failed_exchange(line: &str) -> Option<FailedExchange<'_>> {
    if let Some((_, rest)) = line.split_once("communications error to ") {
        let (server, reason) = rest.split_once(": ")?;
        let failed = FailedExchange {
            server,
            host: None,
            reason: reason.trim_end(),
            is_tcp: false,
        };
        let is_tcp = failed.is_closed();
        return Some(FailedExchange { is_tcp, ..failed });
    }
    let over_tcp = line.split_once(";; Connection to ");
    let (_, rest) = over_tcp.or_else(|| line.split_once(";; UDP setup with "))?;
    let (who, reason) = rest.split_once(" failed: ")?;
    let (server, rest) = who.split_once('(')?;
    Some(FailedExchange {
        server,
        host: rest.split_once(" for ").map(|(_, host)| host),
        reason: reason.trim_end().trim_end_matches('.'),
        is_tcp: over_tcp.is_some(),
    })
}

/// The server of which BIND's tools say that the exchange with it failed: they ask again, it or the next one.
pub(super) fn failed_server(line: &str) -> Option<&str> {
    failed_exchange(line).map(|failed| failed.server)
}

/// What the lines of a run say of each other, read once for all of them.
pub(super) struct BesideLine<'a> {
    /// Whether nslookup or host says that the server which was asked last denies the name.
    pub(super) is_denied: bool,
    /// Behind a truncated reply, the first line of an exchange that failed, and its server.
    behind_a_truncated_reply: Option<(&'a str, &'a str)>,
    /// dog's rows with an SOA record, and whose zone each is.
    of_dog: Vec<(&'a str, SoaOrigin)>,
    /// The lines of OpenSSL's errors, and whether each is of a lookup.
    of_openssl: Vec<(&'a str, bool)>,
}

impl<'a> BesideLine<'a> {
    pub(super) fn of(run: &'a str) -> Self {
        let mut behind = run
            .lines()
            .skip_while(|line| !line.contains(";; Truncated, retrying in TCP mode"));
        let is_denial = |line: &str| {
            self::line(line).is_some_and(|seen| matches!(seen.symptom, Symptom::NxDomain | Symptom::NoData))
        };
        Self {
            is_denied: run.lines().any(|line| failed_server(line).is_some()) && run.lines().any(is_denial),
            behind_a_truncated_reply: behind.find_map(|line| Some((line, failed_server(line)?))),
            of_dog: run.lines().filter_map(|line| Some((line, of_dog(line)?))).collect(),
            of_openssl: run
                .lines()
                .filter(|line| line.contains("BIO_"))
                .map(|line| (line, line.contains("BIO_lookup")))
                .collect(),
        }
    }

    /// A failure behind a truncated reply is one over TCP (bin/dig/dighost.c, recv_done), and the server that is asked
    /// first then is the one that truncated its reply.
    pub(super) fn over_tcp(&self, line: &str, seen: MessageSeen) -> MessageSeen {
        let first = self.behind_a_truncated_reply;
        let Some((_, server)) = first.filter(|(first, _)| first.as_ptr() <= line.as_ptr()) else {
            return seen;
        };
        if failed_exchange(line).is_none() {
            return seen;
        }
        let is_it = socket(server) == seen.server;
        MessageSeen {
            symptom: match seen.symptom {
                Symptom::Silence | Symptom::PortClosed | Symptom::NoRoute if is_it => Symptom::Truncated,
                symptom => symptom,
            },
            is_over_tcp: true,
            note: if is_it { None } else { seen.note.or(Some(OVER_TCP)) },
            ..seen
        }
    }

    /// Whose zone the SOA record is of that dog prints behind its line with the RCODE.
    pub(super) fn soa_of_dog(&self, line: &str) -> Option<SoaOrigin> {
        line.trim_start().strip_prefix("Status: ")?;
        let at = self.of_dog.partition_point(|(row, _)| row.as_ptr() < line.as_ptr());
        Some(self.of_dog.get(at)?.1)
    }

    /// Whether it is the last line of s_client after a lookup that failed, which has it too: the error above it is the
    /// one (OpenSSL, crypto/bio/bio_addr.c: BIO_lookup_ex).
    pub(super) fn is_of_a_lookup(&self, line: &str) -> bool {
        let above = self
            .of_openssl
            .partition_point(|(error, _)| error.as_ptr() < line.as_ptr());
        let error = above.checked_sub(1).and_then(|last| self.of_openssl.get(last));
        line.trim_start().starts_with("connect:errno=") && error.is_some_and(|(_, is_of_a_lookup)| *is_of_a_lookup)
    }
}

/// Whose zone a name server's name in an SOA record says that it is.
fn origin(primary: &str) -> Option<SoaOrigin> {
    let primary = primary.trim_matches('"').trim_end_matches('.');
    Some(SoaOrigin::of_server(&primary.parse::<Name>().ok()?))
}

/// doggo's row of a denial (mr-karan/doggo): the SOA record, the name server, with `--time` how long it took, and the
/// RCODE.
fn of_doggo(line: &str) -> Option<MessageSeen> {
    let words: Vec<&str> = line.split_whitespace().take(crate::limits::PASTED_WORDS).collect();
    let [_, "SOA", "IN", _, primary, .., rcode] = words[..] else {
        return None;
    };
    let [.., before, last, _] = words[..] else {
        return None;
    };
    Some(MessageSeen {
        server: last.parse().or_else(|_| before.parse()).ok(),
        soa: origin(primary),
        ..MessageSeen::of(by_rcode(rcode)?, None)
    })
}

/// dog's row with an SOA record (ogham/dog, src/output.rs), `SOA ZONE TTL A "SERVER" "MAILBOX"`: whose zone it is.
fn of_dog(line: &str) -> Option<SoaOrigin> {
    let mut words = line.split_whitespace();
    (words.next() == Some("SOA"))
        .then(|| words.nth(3))
        .flatten()
        .and_then(origin)
}

/// Whether BusyBox' nslookup printed the line.
pub(super) fn is_of_busybox(line: &str) -> bool {
    line.trim_start().starts_with("nslookup: ")
}

/// What is said of a name with a search domain behind it that BIND's nslookup names in its error.
pub(super) const LAST_OF_SEARCH: &str = "nslookup names the last name that it asked for, with a search domain behind it. \
                                         It asks so only where the name as it is gave no address: so it gave none.";

/// Whether the line is an error of BIND's nslookup, which writes the server's address with `#`, and not of BusyBox'.
pub(super) fn is_of_binds_nslookup(line: &str, run: &str) -> bool {
    let is_server = |line: &str| line.starts_with("Address:") && line.contains('#');
    line.starts_with("** server can't find ") && run.lines().any(is_server)
}

/// The name that dig's first line says it was asked for.
pub(super) fn host(text: &str) -> Option<&str> {
    let (_, arguments) = text.lines().find_map(|line| line.split_once("<<>> DiG "))?;
    let (_, arguments) = arguments.split_once("<<>> ")?;
    let mut words = arguments.split_whitespace();
    words.find(|word| word.contains('.') && !word.starts_with(['@', '+', '-']))
}

/// The name server that dig or nslookup says it asked. nslookup says it behind "Address:", in every language, in the
/// line behind the server's name; behind a name that was looked up an answer stands there.
pub(super) fn server(text: &str) -> Option<SocketAddr> {
    shown_server(text).or_else(|| server_after_failures(text))
}

/// The one that is asked last where exchanges failed, and no line shows it: a program asks a server so often, and then
/// the next one, which is not told. Where nobody answered it is the first that failed.
fn server_after_failures(text: &str) -> Option<SocketAddr> {
    let mut failed = text.lines().filter_map(|line| failed_server(line).and_then(socket));
    let first = failed.next()?;
    if text.contains("no servers could be reached") {
        return Some(first);
    }
    let (last, times) = failed.fold(
        (first, 1),
        |(last, times), next| {
            if next == last { (last, times + 1) } else { (next, 1) }
        },
    );
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // Seen of BIND 9.18: host(1) tries twice, dig and nslookup three times. Options change it.
    let tries = if has(&["+tries=", "+retry=", " -R "]) {
        1
    } else if has(&[
        " not found: ",
        " has address ",
        " has IPv6 address ",
        " has no ",
        " is an alias for ",
    ]) {
        2
    } else {
        3
    };
    (times < tries).then_some(last)
}

/// The name server in a line that is there to show it.
fn shown_server(text: &str) -> Option<SocketAddr> {
    let mut before = "";
    for line in text.lines() {
        let address = if let Some(rest) = line.strip_prefix(";; SERVER: ") {
            rest.split(['(', ' ']).next()
        } else if let Some(server) = received_from(line) {
            Some(server)
        } else if let Some((_, rest)) = line.split_once("response_address: ") {
            Some(rest.trim().trim_matches('"'))
        } else if let Some(rest) = line
            .strip_prefix("Address 1:")
            .filter(|_| before.starts_with("Server:"))
        {
            // BusyBox before 1.29.
            rest.split_whitespace().next()
        } else if let Some(rest) = line.strip_prefix("Address:").filter(|rest| rest.contains('#')) {
            // BIND's nslookup and host(1): an address of an answer has no port.
            Some(rest.trim())
        } else {
            let is_server = before.contains(':') && !before.contains(".eks.") && !is_name(before);
            line.strip_prefix("Address:").filter(|_| is_server).map(str::trim)
        };
        if let Some(found) = address.and_then(socket) {
            return Some(found);
        }
        before = line;
    }
    None
}

/// Whether two lines are those with which nslookup and host begin: the server's name and its address, in every
/// language.
pub(super) fn is_pair(line: &str, next: &str) -> bool {
    let is_address = next.starts_with("Address:") || next.starts_with("Address 1:");
    is_address && line.contains(':') && !line.contains(".eks.") && !is_name(line)
}

/// Whether it is nslookup's line with the name that was looked up.
fn is_name(line: &str) -> bool {
    ["Name:", "name:", "Nom :", "Nombre:", "Nome:", "名前:", "名称:"]
        .iter()
        .any(|lead| line.starts_with(lead))
}

/// Whether an endpoint's name is all that stands behind a line's colon.
fn is_endpoint(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(_, name)| super::text::endpoint(name).is_some_and(|host| host == name.trim()))
}

/// An answer with an address, or one that says that there is none, as nslookup, host, resolvectl, Resolve-DnsName,
/// delv, doggo, q and others print it.
pub(super) fn answered(text: &str) -> Option<(&str, MessageSeen)> {
    printed_behind_a_command(text)
        .or_else(|| of_getent(text))
        .or_else(|| answer(text))
        .or_else(|| {
            // An alias, and no address behind it.
            let (line, host, _) = aliases(text)?;
            Some((line, alias_alone(host)))
        })
}

/// A run of host(1) that shows the server and nothing behind it: the reply had no address.
pub(super) fn empty_of_host<'a>(text: &'a str, asked: &asked::CommandQuestion<'a>) -> Option<(&'a str, MessageSeen)> {
    let mut lines = text
        .lines()
        .skip_while(|line| !line.starts_with("Using domain server:"));
    let line = lines.next()?;
    let host = asked.host?;
    let is_empty = lines.all(|line| {
        let is_head = ["Name:", "Address:", "Aliases:"]
            .iter()
            .any(|lead| line.starts_with(lead));
        is_head || line.trim().is_empty() || is_prompt_alone(line)
    });
    is_empty.then(|| (line, MessageSeen::of(Symptom::NoData, Some(host))))
}

/// What an address for a name comes to.
fn of(address: IpAddr, host: &str) -> MessageSeen {
    let symptom = if leads_nowhere(address) {
        Symptom::Sinkhole
    } else {
        Symptom::Healthy
    };
    MessageSeen {
        answer: Some(address),
        outright: block_page::of(address),
        note: is_stand_in(address).then_some(STAND_IN),
        ..MessageSeen::of(symptom, Some(host.trim_end_matches('.')))
    }
}

fn alias_alone(host: &str) -> MessageSeen {
    MessageSeen {
        is_alias_alone: true,
        note: super::is_endpoint(host).then_some(ALIAS_ALONE),
        ..MessageSeen::of(Symptom::NoData, Some(host))
    }
}

/// The first line with an alias, the name that was asked for, and what the aliases lead to.
pub(super) type AliasLine<'a> = (&'a str, &'a str, Vec<&'a str>);

/// The aliases in a text; `None` where it has none.
pub(super) fn aliases(text: &str) -> Option<AliasLine<'_>> {
    let mut found: Option<AliasLine<'_>> = None;
    let mut above = "";
    for line in text.lines() {
        // Windows' nslookup says the last target first, and the name that was asked for behind it.
        if is_name(line) {
            above = line.split_once(':').map_or("", |(_, target)| target.trim());
        }
        let of_windows = line
            .strip_prefix("Aliases:")
            .map(|name| (name.trim(), above))
            .filter(|(name, target)| !name.is_empty() && !target.is_empty());
        let Some((name, target)) = alias(line).or(of_windows) else {
            continue;
        };
        let (_, _, targets) = found.get_or_insert_with(|| (line, name, Vec::new()));
        if targets.len() < crate::limits::PASTED_WORDS {
            targets.push(target);
        }
    }
    found
}

/// `NAME is an alias for TARGET.` of host(1), `NAME canonical name = TARGET.` of nslookup, `NAME CNAME TTL Answer
/// TARGET` of Resolve-DnsName's table.
fn alias(line: &str) -> Option<(&str, &str)> {
    if line.contains(" CNAME ") {
        let words: Vec<&str> = line.split_whitespace().take(crate::limits::PASTED_WORDS).collect();
        if let [name, "CNAME", _, "Answer", target] = words[..] {
            return Some((name.trim_end_matches('.'), target.trim_end_matches('.')));
        }
    }
    let (name, target) = line
        .split_once(" is an alias for ")
        .or_else(|| line.split_once("canonical name = "))?;
    Some((name.trim().trim_end_matches('.'), target.trim().trim_end_matches('.')))
}

/// What was seen of the target of an alias is about the name that was asked for.
pub(super) fn under_its_alias(aliases: Option<&AliasLine<'_>>, seen: MessageSeen) -> MessageSeen {
    let Some((_, name, targets)) = aliases else {
        return seen;
    };
    let host = seen.host.as_deref().unwrap_or_default().trim_end_matches('.');
    if !targets.iter().any(|target| target.eq_ignore_ascii_case(host)) {
        return seen;
    }
    let symptom = match seen.symptom {
        Symptom::Healthy if super::is_endpoint(name) => Symptom::Aliased,
        symptom => symptom,
    };
    let is_alone = seen.is_alias_alone || matches!(symptom, Symptom::NxDomain | Symptom::NoData);
    MessageSeen {
        symptom,
        host: Some((*name).to_owned()),
        is_alias_alone: is_alone,
        note: seen
            .note
            .or_else(|| (is_alone && super::is_endpoint(name)).then_some(ALIAS_ALONE)),
        ..seen
    }
}

/// What is said of getent(1) and ping(8).
const OF_SYSTEM: &str = "getent and ping show what the operating system's own lookup gives: the hosts file comes in it, \
                         and a name server may not have been asked at all. What ping's packets get says nothing of \
                         port 443.";
/// And of dscacheutil(1).
const OF_MACOS: &str = "dscacheutil shows what macOS's own lookup gives: the hosts file and scoped name servers are \
                        in it.";
/// And where such a command printed nothing.
const NOTHING_PRINTED: &str = "getent and dig +short print nothing for a name that does not exist, for one without an \
                               address and for an error of the name server alike: dig HOST says which.";

/// What stands behind `dig +short NAME` and `getent hosts NAME` at a prompt: addresses, aliases, or nothing.
fn printed_behind_a_command(text: &str) -> Option<(&str, MessageSeen)> {
    let mut lines = text.lines();
    let (line, command) = lines.by_ref().find_map(|line| Some((line, command(line)?)))?;
    let mut is_aliased = false;
    let mut is_after_a_failure = false;
    for next in lines.map(str::trim) {
        let Some(word) = next.split_whitespace().next() else {
            continue;
        };
        // dig goes on, with the same server or with the next.
        if failed_server(next).is_some() && word.starts_with(";;") {
            is_after_a_failure = true;
            continue;
        }
        if let Ok(address) = word.parse::<IpAddr>() {
            let mut seen = of(address, command.host);
            if is_aliased && seen.symptom == Symptom::Healthy && super::is_endpoint(command.host) {
                seen.symptom = Symptom::Aliased;
            }
            let note = seen.note.or_else(|| command.is_of_system.then_some(OF_SYSTEM));
            return Some((
                line,
                MessageSeen {
                    server: command.server,
                    is_of_system: command.is_of_system,
                    note,
                    ..seen
                },
            ));
        }
        // Behind a semicolon, && and || stands another command.
        let is_of_another = || !word.starts_with(';') && is_one_of_several(line);
        if word != next || !word.ends_with('.') || super::host(word).is_none() {
            // A prompt ends what was printed; other words are not of these commands.
            if !is_prompt_alone(next) && prompt::at_prompt(next).is_none() && !is_of_another() {
                return None;
            }
            break;
        }
        is_aliased = true;
    }
    // The line before says more than that nothing was printed.
    if is_after_a_failure && !is_aliased {
        return None;
    }
    let seen = if command.is_other_type {
        MessageSeen::of(Symptom::OtherType, Some(command.host))
    } else if is_aliased {
        // Without its header dig does not say whether the alias leads to a name that is denied, or to one without an
        // address.
        MessageSeen {
            symptom: Symptom::NoAddress,
            ..alias_alone(command.host)
        }
    } else {
        MessageSeen {
            note: Some(NOTHING_PRINTED),
            ..MessageSeen::of(Symptom::Unknown, Some(command.host))
        }
    };
    Some((
        line,
        MessageSeen {
            server: command.server,
            is_of_system: command.is_of_system,
            ..seen
        },
    ))
}

/// Whether a line of a shell has one command behind the other, whatever became of the first, and no pipe.
fn is_one_of_several(line: &str) -> bool {
    let without = line.replace("||", ";").replace("&&", ";");
    without.contains(';') && !without.contains(['|', '`']) && !without.contains("$(")
}

/// Whether a line is a prompt, and nothing behind it.
pub(super) fn is_prompt_alone(line: &str) -> bool {
    line.len() < prompt::PROMPT && line.trim_end().ends_with(['$', '#', '%', '>'])
}

/// `dig +short NAME` or `getent hosts NAME` in a line.
struct BareCommand<'a> {
    host: &'a str,
    server: Option<SocketAddr>,
    is_of_system: bool,
    /// No address of type A would be printed.
    is_other_type: bool,
}

/// Whether the line is a command whose output says the answer alone.
pub(super) fn is_behind_a_command(line: &str) -> bool {
    command(line).is_some()
}

fn command(line: &str) -> Option<BareCommand<'_>> {
    // A semicolon ends the command.
    let words = line.split_whitespace().map(|word| word.trim_end_matches(';'));
    let words: Vec<&str> = words.take(crate::limits::PASTED_WORDS).collect();
    let is_name =
        |word: &&&str| word.contains('.') && !word.starts_with(['@', '+', '-']) && super::host(word).is_some();
    if let Some(at) = words.iter().position(|word| *word == "getent") {
        let database = words.get(at + 1)?;
        let host = words.get(at + 2).filter(|word| is_name(word))?;
        return matches!(*database, "hosts" | "ahosts" | "ahostsv4" | "ahostsv6").then_some(BareCommand {
            host,
            server: None,
            is_of_system: true,
            is_other_type: *database == "ahostsv6",
        });
    }
    let at = words.iter().position(|word| *word == "dig")?;
    let arguments = &words[at + 1..];
    let is_short = arguments.contains(&"+short");
    let is_elsewhere = arguments.iter().any(|word| matches!(*word, "-f" | "|"));
    let host = arguments.iter().find(|word| is_name(word))?;
    let server = arguments.iter().find_map(|word| socket(word.strip_prefix('@')?));
    (is_short && !is_elsewhere).then_some(BareCommand {
        host: host.trim_end_matches('.'),
        server,
        is_of_system: false,
        is_other_type: asked::is_other_among(arguments),
    })
}

/// getent(1) without the command: `ADDRESS STREAM NAME` of `ahosts`, and `ADDRESS NAME` of `hosts` where every line is
/// about one endpoint. A hosts file with that line alone says the same.
fn of_getent(text: &str) -> Option<(&str, MessageSeen)> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    let first = *lines.peek()?;
    let parts = |line: &str| {
        let mut words = line.split_whitespace();
        let address = words.next()?.parse::<IpAddr>().ok()?;
        let rest: Vec<&str> = words.take(crate::limits::PASTED_WORDS).collect();
        Some((address, rest.len(), rest.first().is_some_and(|word| *word == "STREAM")))
    };
    let name = |line: &str| line.split_whitespace().next_back().map(str::len);
    let (address, count, is_stream) = parts(first)?;
    let host = &first.trim_end()[first.trim_end().len() - name(first)?..];
    let of_every_type = is_stream && count == 2;
    let is_hosts = count == 1 && super::is_endpoint(host) && lines.all(|line| line.trim_end().ends_with(host));
    (of_every_type || is_hosts).then(|| {
        let seen = of(address, host);
        let note = seen.note.or(Some(OF_SYSTEM));
        (
            first,
            MessageSeen {
                note,
                is_of_system: true,
                ..seen
            },
        )
    })
}

/// ping(8): `PING NAME (ADDRESS)`, and of Windows `Pinging NAME [ADDRESS]`.
fn of_ping(line: &str) -> Option<MessageSeen> {
    let (rest, close) = match line.trim_start().strip_prefix("PING ") {
        Some(rest) => (rest, ')'),
        None => (line.trim_start().strip_prefix("Pinging ")?, ']'),
    };
    let (host, rest) = rest.split_once([' ', '\t'])?;
    let address: IpAddr = rest.trim_start_matches(['(', '[']).split(close).next()?.parse().ok()?;
    let seen = of(address, super::host(host).map(|_| host)?);
    let note = seen.note.or(Some(OF_SYSTEM));
    Some(MessageSeen {
        note,
        is_of_system: true,
        ..seen
    })
}

/// An answer in the lines of one of these programs.
fn answer(text: &str) -> Option<(&str, MessageSeen)> {
    let has_addresses = text.contains("IPAddress") || text.contains("IP4Address");
    let mut of_list = None;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        // In other languages the word before the name is another, and "Address" stays.
        let is_answer = lines.peek().is_some_and(|next| next.starts_with("Address")) && is_endpoint(line);
        if (is_name(line) || is_answer) && !line.contains('#') {
            let (_, host) = line.split_once(':')?;
            let host = host.trim();
            // Of `dscacheutil -q host` it is `ip_address`.
            let next = lines.peek().and_then(|next| next.split_once("ddress"));
            let address = next
                .and_then(|(_, rest)| rest.split_once(':'))
                // Windows lists several behind a comma; BusyBox of old has the name of the address behind it.
                .and_then(|(_, rest)| rest.split([',', ' ', '\t']).find(|word| !word.is_empty()))
                .and_then(|address| address.parse::<IpAddr>().ok());
            // host(1) names its server so, and Windows' nslookup a name without addresses.
            match address {
                // dscacheutil of macOS asks as the system does.
                Some(address) if lines.peek().is_some_and(|next| next.starts_with("ip")) => {
                    let seen = of(address, host);
                    return Some((
                        line,
                        MessageSeen {
                            note: seen.note.or(Some(OF_MACOS)),
                            is_of_system: true,
                            system: Some(super::PrintedOn::Macos),
                            ..seen
                        },
                    ));
                }
                Some(address) => return Some((line, of(address, host))),
                None if host.contains('.') && host.parse::<IpAddr>().is_err() && next.is_none() => {
                    return Some((line, MessageSeen::of(Symptom::NoData, Some(host))));
                }
                None => continue,
            }
        }
        // Resolve-DnsName's list: `Name : NAME`, and some lines on `IP4Address : ADDRESS`.
        match line.split_once(" : ").map(|(key, value)| (key.trim(), value.trim())) {
            Some(("Name", name)) => of_list = Some(name),
            Some(("IP4Address" | "IP6Address" | "IPAddress", address)) => {
                if let Some((host, address)) = of_list.zip(address.parse().ok()) {
                    return Some((line, of(address, host)));
                }
            }
            _ => {}
        }
        if let Some(seen) = of_ping(line) {
            return Some((line, seen));
        }
        // Resolve-DnsName's table: of a name without addresses the SOA alone.
        let is_soa = !has_addresses && line.contains(" SOA ") && line.contains(" Authority ");
        if is_soa {
            // What a filter emptied has no SOA. What a policy or a zone of the server's own made has not AWS's.
            let mut against = vec!["rebinding-protection"];
            let server = line.split_whitespace().skip_while(|word| *word != "Authority").nth(1);
            let server = server.and_then(|server| server.parse::<Name>().ok());
            if server.is_some_and(|server| SoaOrigin::of_server(&server) != SoaOrigin::Foreign) {
                against.extend(["name-blocked-by-policy", "shadow-zone"]);
            }
            let seen = MessageSeen {
                against,
                ..MessageSeen::of(Symptom::NoData, None)
            };
            return Some((line, seen));
        }
        if let Some((address, host, server)) = of_line(line) {
            return Some((
                line,
                MessageSeen {
                    server,
                    is_stub: line.contains(" -- link: "),
                    ..of(address, host)
                },
            ));
        }
    }
    None
}

/// The address, the name and the name server in a line that holds an answer.
fn of_line(line: &str) -> Option<(IpAddr, &str, Option<SocketAddr>)> {
    // No number in the place of a top-level domain: a version is no name (RFC 1123 section 2.1).
    let is_host = |word: &str| {
        let last = word.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        word.trim_end_matches('.').contains('.') && last.contains(char::is_alphabetic) && super::host(word).is_some()
    };
    // host(1).
    for verb in [" has address ", " has IPv6 address "] {
        if let Some((host, address)) = line.split_once(verb) {
            return Some((address.trim().parse().ok()?, host.trim(), None));
        }
    }
    let words: Vec<&str> = line.split_whitespace().take(crate::limits::PASTED_WORDS).collect();
    let (host, rest) = words.split_first()?;
    // resolvectl query: `NAME: ADDRESS -- link: LINK`.
    if let Some(host) = host.strip_suffix(':').filter(|host| is_host(host))
        && rest.get(1) == Some(&"--")
    {
        return Some((rest.first()?.parse().ok()?, host, None));
    }
    // A record: a name, its type, and behind it the address; of doggo the server too.
    let at = rest.iter().position(|word| matches!(*word, "A" | "AAAA"))?;
    let mut behind = rest.get(at + 1..)?.iter();
    let address = behind.find_map(|word| word.parse::<IpAddr>().ok())?;
    let server = behind.next().and_then(|word| word.parse().ok());
    is_host(host).then_some((address, *host, server))
}

/// Whether a line of BusyBox' nslookup denies a name that its search list made, where another one of the list has an
/// address: it asks for all of them, and prints what became of each (mirror/busybox, networking/nslookup.c,
/// add_query_with_search).
pub(super) fn is_of_search_list(line: &str, seen: &MessageSeen, answer: Option<&(&str, MessageSeen)>) -> bool {
    let first = |seen: &MessageSeen| seen.host.as_deref()?.split('.').next().map(str::to_ascii_lowercase);
    line.trim_start().starts_with("** server can't find ")
        && answer.is_some_and(|(_, answer)| {
            let is_another = !super::same(answer.host.as_deref(), seen.host.as_deref());
            answer.symptom == Symptom::Healthy && is_another && first(answer).is_some() && first(answer) == first(seen)
        })
}

/// Whether BusyBox' nslookup printed a run: other than BIND's it writes its server's address with a colon.
pub(super) fn is_run_of_busybox(run: &str) -> bool {
    run.lines().any(|line| {
        let address = line.strip_prefix("Address:").map(str::trim);
        address.is_some_and(|address| address.parse::<SocketAddr>().is_ok())
    })
}

/// Whether BIND's nslookup gave up in a line, and before it and behind it has the same name with an address, and no
/// line tells of another server or of a command.
pub(super) fn is_between_answers(line: &str, text: &str) -> bool {
    if !line.contains("no servers could be reached") || shown_server(text).is_some() || asked::of_run(text).is_some() {
        return false;
    }
    let Some((before, behind)) = text.split_once(line) else {
        return false;
    };
    let name = |part: &str| answer(part).and_then(|(_, seen)| seen.host);
    let before = name(before);
    before.is_some() && before == name(behind)
}

/// Whether a line says only that the name has no AAAA record, beside an address of it: BusyBox and Toybox ask for both.
pub(super) fn is_empty_aaaa(line: &str, seen: &MessageSeen, answer: Option<&(&str, MessageSeen)>) -> bool {
    line.contains("Can't find ")
        && answer.is_some_and(|(_, answer)| {
            answer.symptom == Symptom::Healthy && super::same(answer.host.as_deref(), seen.host.as_deref())
        })
}
