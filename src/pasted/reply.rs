//! Whole replies, as dig, kdig, drill and delv print them. Each is read for itself.

use std::net::{IpAddr, SocketAddr};

use super::asked::CommandQuestion;
use super::form::QuestionForm;
use super::words::{by_rcode, received_from, socket};
use super::{MessageSeen, Symptom, asked, block_page};
use crate::address::AddressClass;
use crate::dns::Name;
use crate::endpoint::SoaOrigin;

/// What a reply says.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is said of a reply or not")]
pub(super) struct PastedReply<'a> {
    /// The line that it is known by.
    pub(super) line: &'a str,
    pub(super) status: Option<&'a str>,
    pub(super) host: Option<&'a str>,
    /// It is of a question for another type than A.
    pub(super) is_other_type: bool,
    /// What the header says of ANSWER.
    pub(super) answers: Option<u32>,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) soa: Option<SoaOrigin>,
    /// The zone that the SOA is of.
    pub(super) zone: Option<Name>,
    pub(super) has_ns: bool,
    /// Its records that are aliases.
    pub(super) aliases: u32,
    pub(super) is_truncated: bool,
    /// Its flags are those of a question: QR is not set (RFC 1035 section 4.1.1).
    pub(super) is_question: bool,
    /// dig could not decode all of it.
    pub(super) is_malformed: bool,
    /// dig says that the question asked for recursion, and the reply has no RA.
    pub(super) is_without_recursion: bool,
    pub(super) ede: Option<u16>,
    /// It is of a public service, whose address the text does not name.
    pub(super) is_of_public: bool,
    pub(super) server: Option<SocketAddr>,
    /// The run that it is in, where its command is known and names no server.
    pub(super) of_own_server: Option<&'a str>,
    pub(super) delv: Option<Symptom>,
    /// How the question was sent, as far as it is told.
    pub(super) form: QuestionForm,
}

impl<'a> PastedReply<'a> {
    /// Takes from what was asked what the reply does not say itself.
    pub(super) fn is_answer_to(&mut self, asked: &CommandQuestion<'a>) {
        self.server = self.server.or(asked.server);
        self.host = self.host.or(asked.host);
        self.form.is_tcp |= asked.form.is_tcp;
        self.form.is_checking_disabled |= asked.form.is_checking_disabled;
        self.form.is_without_edns |= asked.form.is_without_edns;
    }

    /// Takes what a record says, of an owner and a type.
    pub(super) fn take(&mut self, owner: &str, kind: &str, data: &str) {
        let first = data.split_whitespace().next().unwrap_or_default();
        match kind {
            "A" | "AAAA" if self.addresses.len() < crate::limits::NAME_SERVERS => {
                self.addresses.extend(first.parse::<IpAddr>());
            }
            "SOA" => {
                self.soa = first.parse::<Name>().ok().map(|server| SoaOrigin::of_server(&server));
                self.zone = owner.parse().ok();
            }
            "NS" => self.has_ns = true,
            "CNAME" => self.aliases += 1,
            _ => {}
        }
    }

    /// Whether it has private addresses for a name.
    pub(super) fn is_private(&self) -> bool {
        self.has_only(|ip| AddressClass::of(ip) == AddressClass::Private)
    }

    /// Whether it has addresses for a name, and all are of this kind.
    pub(super) fn has_only(&self, is_of_kind: fn(IpAddr) -> bool) -> bool {
        self.has_addresses() && self.addresses.iter().all(|ip| is_of_kind(*ip))
    }

    /// Whether the address is one of those for the name.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
    }

    /// Whether it has addresses for a name.
    pub(super) fn has_addresses(&self) -> bool {
        !self.addresses.is_empty() && !self.is_sinkhole()
    }

    /// Whether the SOA is of a zone that the name is not in. The SOA of a negative answer is that of the zone above the
    /// name (RFC 2308 section 3); a server that changes answers by a response policy zone shows the policy zone's
    /// (draft-vixie-dnsop-dns-rpz, "Producing Non-Response"; BIND, named.conf(5), add-soa).
    pub(super) fn is_soa_of_no_zone_above(&self) -> bool {
        let host = self.host.and_then(super::host);
        self.aliases == 0
            && host
                .zip(self.zone.as_ref())
                .is_some_and(|(host, zone)| !host.is_within(zone))
    }

    /// Whether an A question was answered with aliases, and no address behind them.
    pub(super) fn is_alias_alone(&self) -> bool {
        self.aliases > 0 && self.answers == Some(self.aliases) && self.addresses.is_empty() && !self.is_other_type
    }

    fn is_alias_of_an_endpoint(&self) -> bool {
        self.aliases > 0 && !self.addresses.is_empty() && self.host.is_some_and(super::is_endpoint)
    }

    /// What an address of a filter's page shows, and why.
    fn of_block_page(&self) -> Option<(&'static str, String)> {
        self.addresses.iter().find_map(|ip| block_page::of(*ip))
    }

    fn is_sinkhole(&self) -> bool {
        self.addresses.iter().any(|ip| leads_nowhere(*ip))
    }

    /// What happened; `None` where the reply is not whole.
    pub(super) fn seen(&self) -> Option<MessageSeen> {
        let symptom = if self.is_sinkhole() {
            Symptom::Sinkhole
        } else if let Some(symptom) = self.delv {
            match symptom {
                Symptom::NoData if self.is_other_type => Symptom::OtherType,
                symptom => symptom,
            }
        } else if self.status? == "NOERROR" {
            match self.answers {
                _ if self.is_alias_of_an_endpoint() => Symptom::Aliased,
                _ if !self.addresses.is_empty() => Symptom::Healthy,
                _ if self.is_truncated => Symptom::Truncated,
                _ if self.is_malformed => Symptom::Unreadable,
                _ if self.is_alias_alone() => Symptom::NoData,
                Some(0) if self.has_ns && self.soa.is_none() => Symptom::Referral,
                Some(_) if self.is_other_type => Symptom::OtherType,
                Some(0) => Symptom::NoData,
                Some(_) => Symptom::Healthy,
                None => return None,
            }
        } else {
            by_rcode(self.status?)?
        };
        let note = match symptom {
            Symptom::Truncated => {
                Some("The reply has the flag TC. With +ignore dig leaves it at that; kubectl asks again over TCP.")
            }
            Symptom::NoData if self.is_alias_alone() => Some(ALIAS_ALONE),
            Symptom::Healthy if self.addresses.iter().any(|ip| is_stand_in(*ip)) => Some(STAND_IN),
            _ => None,
        };
        Some(MessageSeen {
            server: self.server,
            outright: self.of_block_page(),
            note,
            ..MessageSeen::of(symptom, self.host)
        })
    }
}

/// What is said of an alias without an address.
pub(super) const ALIAS_ALONE: &str =
    "The answer is an alias (CNAME) without an address. EKS gives an endpoint's name addresses and no alias.";

/// What is said of an answer with an address that a program on this host may have made up.
pub(super) const STAND_IN: &str = "The address is of a network that VPN and zero-trust clients take stand-ins from \
     (100.64.0.0/10, 198.18.0.0/15). Compare it with the cluster's addresses: a VPC can have 100.64.0.0/10 too.";

/// Whether no server of the internet or of a VPC can have the address: this host's own, link-local, multicast, or
/// reserved (RFC 1112 sections 4 and 7).
pub(super) fn leads_nowhere(ip: IpAddr) -> bool {
    let is_reserved = matches!(ip, IpAddr::V4(ip) if ip.octets()[0] >= 240);
    let class = AddressClass::of(ip);
    ip.is_multicast()
        || is_reserved
        || matches!(
            class,
            AddressClass::Sinkhole | AddressClass::Loopback | AddressClass::LinkLocal
        )
}

/// Whether it is of a network whose addresses stand for others: shared address space (RFC 6598), or that of benchmarks
/// (RFC 2544).
pub(super) fn is_stand_in(ip: IpAddr) -> bool {
    AddressClass::of(ip).may_stand_for_another()
}

/// The replies of a text, in its order.
pub(super) fn all(text: &str) -> Vec<PastedReply<'_>> {
    let mut found: Vec<PastedReply<'_>> = Vec::new();
    let mut is_question = false;
    // Addresses there are those of name servers (RFC 1035 section 4.1).
    let mut is_beside = false;
    let mut on_the_way = None;
    let mut is_malformed = false;
    for line in text.lines() {
        let line = line.trim_start_matches([' ', '\t', '>', '|', '│']);
        // Go's DNS library, as q prints its replies (miekg/dns, msg.go, MsgHdr.String).
        let starts = line.contains(">>HEADER<<-") || line.starts_with(";; opcode: ");
        // bin/dig/dighost.c, recv_done: before the reply is shown.
        is_malformed |= line.starts_with(";; Warning: Message parser reports malformed message packet");
        if let Some((_, rest)) = line.split_once(" resolving '").filter(|_| line.starts_with(";;")) {
            on_the_way = way(rest);
        }
        // Behind the records of a negative response delv says of what kind it is, in the other of its two outputs.
        if let Some(last) = found.last_mut()
            && last.delv == Some(Symptom::NoData)
            && (line.contains(";-$NXDOMAIN") || line.ends_with("resolution failed: ncache nxdomain"))
        {
            last.delv = Some(Symptom::NxDomain);
            // The record itself has the name.
            if !line.contains(";-$NXDOMAIN") {
                continue;
            }
        }
        let delv = delv(line);
        // delv says first that it failed, and then of what kind the negative response is.
        let goes_on = line.starts_with("; negative response") && found.last().is_some_and(|last| last.delv.is_some());
        if starts || delv.is_some() && !goes_on {
            let (host, server, is_other_type) = delv.and(on_the_way.take()).unwrap_or_default();
            found.push(PastedReply {
                line,
                status: starts.then(|| status(line)).flatten(),
                delv,
                host,
                server,
                is_other_type,
                is_malformed: std::mem::take(&mut is_malformed),
                ..PastedReply::default()
            });
            is_question = false;
            is_beside = false;
            continue;
        }
        let Some(reply) = found.last_mut() else {
            continue;
        };
        if let Some((_, rest)) = line.split_once("ANSWER: ") {
            reply.answers = number(rest);
            // `;; flags: qr tc rd ra; QUERY: 1, …`; kdig writes `Flags`.
            let flags = line
                .split(';')
                .find(|part| part.to_ascii_lowercase().contains("flags:"));
            let has = |sought: &str| flags.is_some_and(|flags| flags.split_whitespace().any(|flag| flag == sought));
            reply.is_truncated |= has("tc");
            // kdig shows what it sends in the same form (kdig(1), +qr). Of dig it is a reply, whose flag some servers
            // leave out.
            reply.is_question |= flags.is_some_and(|flags| flags.contains("Flags:")) && !has("qr");
            // The question's flag CD is copied into the reply (RFC 4035 section 3.2.2).
            reply.form.is_checking_disabled |= has("cd");
        } else if line.starts_with(";; WARNING: recursion requested but not available") {
            reply.is_without_recursion = true;
        } else if line.starts_with(";; QUESTION SECTION") {
            is_question = true;
        } else if line.contains(" SECTION") && line.starts_with(";;") {
            is_question = false;
            is_beside = line.contains("AUTHORITY SECTION") || line.contains("ADDITIONAL SECTION");
        } else if let Some((_, rest)) = line.split_once("EDE: ").filter(|_| line.starts_with(';')) {
            reply.ede = number(rest).and_then(|code| u16::try_from(code).ok());
        } else if let Some(rest) = line
            .strip_prefix(";; SERVER: ")
            .or_else(|| line.strip_prefix(";; From "))
        {
            reply.server = rest.split(['(', ' ']).next().and_then(socket);
            // `;; SERVER: A#53(A) (TCP)`; kdig's `;; From A@53(TCP) in 0.3 ms`.
            reply.form.is_tcp |= rest.contains("(TCP)");
        } else if let Some(server) = received_from(line) {
            reply.server = reply.server.or_else(|| socket(server));
        } else if is_question && line.starts_with(';') {
            let mut words = line.trim_start_matches([';', ' ']).split_whitespace();
            reply.host = words.next().map(|host| host.trim_end_matches('.'));
            // Behind the name the class, and then the type.
            reply.is_other_type = words.next_back().is_some_and(asked::is_other);
            is_question = false;
        } else if !line.starts_with(';') {
            record(reply, line, is_beside);
        } else if reply.delv.is_some()
            && let Some(line) = line.strip_prefix("; ")
        {
            // What a negative response has in its cache, delv shows in comments.
            record(reply, line, false);
        }
    }
    found.retain(|reply| !reply.is_question);
    found
}

/// What delv(1) was asked for and whom it asked, behind `resolving '`: `NAME/TYPE/IN': SERVER#PORT`.
fn way(text: &str) -> Option<(Option<&str>, Option<SocketAddr>, bool)> {
    let (question, rest) = text.split_once('\'')?;
    let server = rest
        .strip_prefix(": ")
        .and_then(|rest| socket(rest.split_whitespace().next()?));
    let mut parts = question.split('/');
    Some((parts.next(), server, parts.next().is_some_and(asked::is_other)))
}

/// `NAME TTL IN TYPE DATA`.
fn record<'a>(reply: &mut PastedReply<'a>, line: &'a str, is_beside: bool) {
    let of_delv = line.split_once(" SOA ").filter(|_| !line.contains(" IN "));
    let mut words = line.split_whitespace().skip_while(|word| *word != "IN").skip(1);
    let first = if of_delv.is_some() { Some("SOA") } else { words.next() };
    let second = match of_delv {
        Some((_, data)) => data.split_whitespace().next(),
        None => words.next(),
    };
    // Of a negative response delv shows the name in the record that there is not.
    if reply.host.is_none() && first.is_some_and(|kind| kind.starts_with("\\-")) {
        reply.host = line.split_whitespace().next().map(|host| host.trim_end_matches('.'));
    }
    match (first, second) {
        (Some("A" | "AAAA"), Some(_)) if is_beside => {}
        (Some(kind @ ("A" | "AAAA" | "SOA" | "NS" | "CNAME")), Some(data)) => {
            reply.take(line.split_whitespace().next().unwrap_or_default(), kind, data);
        }
        // delv's line of what there is not: `\-TYPE ;-$NXRRSET`.
        (Some(kind), Some(";-$NXRRSET")) => {
            reply.is_other_type = kind.strip_prefix("\\-").is_some_and(asked::is_other);
        }
        _ => {}
    }
}

/// The RCODE: `status: X,` of dig, `status: X;` of kdig, `rcode: X,` of drill.
fn status(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("status: ").or_else(|| line.split_once("rcode: "))?;
    let end = rest.find([',', ';'])?;
    Some(&rest[..end])
}

fn number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// What delv(1) says first: `;; resolution failed: X`, or of a negative response.
fn delv(line: &str) -> Option<Symptom> {
    if line.starts_with("; negative response") {
        return Some(Symptom::NoData);
    }
    let (_, said) = line.split_once(";; resolution failed: ")?;
    Some(match said.trim() {
        "ncache nxdomain" => Symptom::NxDomain,
        "ncache nxrrset" => Symptom::NoData,
        "timed out" => Symptom::Silence,
        "REFUSED" => Symptom::Refused,
        "broken trust chain" | "no valid RRSIG" | "insecurity proof failed" | "no valid DS" => Symptom::Bogus,
        "SERVFAIL" | "failure" => Symptom::ServFail,
        _ => Symptom::Unknown,
    })
}
