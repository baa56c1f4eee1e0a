//! curl, Python, Java and others that use glibc's getaddrinfo.
//!
//! Recorded with glibc 2.36 (fixtures/clients/recorded.json). A and AAAA go to a server together. Without a reply for
//! A, or with none of both that can be used (SERVFAIL, REFUSED, NOTIMP, a lame delegation), the next server is asked;
//! anything else is final: an address, else NXDOMAIN (EAI_NONAME), else NODATA (EAI_NODATA). FORMERR, and a record
//! that cannot be read, count as a name that does not exist. After the last server it is EAI_AGAIN. glibc sends no
//! EDNS, so where only EDNS fails it resolves; with `options edns0` it sends an OPT record and does not ask again
//! without it (resolv/res_query.c, RES_USE_EDNS0): it then takes BADVERS, whose upper bits stand in the OPT record,
//! for NODATA. The first three servers are used (resolv.conf(5): MAXNS). A reply that comes late is still waited for
//! while the next server, or the same one again, is asked. nsswitch.conf decides whether it comes to DNS at all, and
//! to the hosts file.

use super::gai::{AGAIN, Gai, GaiError, NODATA, NONAME};
use super::{ClientResult, Situation, is_late, is_truncated_over_tcp, nss_resolve, orders, target};
use crate::dns::{AnswerKind, Rcode, RecordType, Section};
use crate::facts::platform::{HostsLine, LookupPath};
use crate::limits;
use crate::observation::{Attempt, Lookup, SystemCode};
use crate::probed::Probed;

/// What a reply is to glibc.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GlibcReply {
    Addresses,
    NoName,
    NoData,
    /// One that moves on to the next server.
    Useless,
    None,
}

/// What glibc's gai_strerror says; `None` where the lookups do not say.
pub(super) fn said(situation: &Situation<'_>) -> Option<ClientResult> {
    simulate(situation).map(|simulated| simulated.gai.into())
}

/// What getaddrinfo comes to, and after how long.
pub(super) struct Simulated {
    pub(super) gai: Gai,
    /// How long it waits for replies that do not come, in milliseconds.
    pub(super) waited_ms: f64,
}

impl Simulated {
    fn at_once(gai: Gai) -> Self {
        Self { gai, waited_ms: 0.0 }
    }
}

/// What getaddrinfo comes to; `None` where the lookups do not say.
pub(super) fn simulate(situation: &Situation<'_>) -> Option<Simulated> {
    let at_once = |gai| Some(Simulated::at_once(gai));
    let line = situation.hosts_line();
    if line.is_none_or(HostsLine::reads_files) && situation.is_in_hosts_file(false) {
        return at_once(Gai::resolves());
    }
    match line.map_or(LookupPath::Dns, HostsLine::path) {
        LookupPath::Dns => {}
        LookupPath::Never => return at_once(Gai::of(NONAME)),
        LookupPath::Resolved => return nss_resolve::said(situation).map(Simulated::at_once),
        // What such a service says is not in the answers of resolv.conf's servers.
        LookupPath::Other => return situation.said_by_the_system().map(Simulated::at_once),
    }
    if situation.found_below_a_suffix {
        return at_once(Gai::resolves());
    }
    let host = situation.facts.host.configuration.as_ref();
    let has = |option| host.is_some_and(|host| host.has_res_option(option));
    let stub = situation.facts.host.stub.as_ref();
    if has("use-vc") && stub.is_some_and(|stub| !stub.use_vc) {
        // Asked over TCP, which this program did not.
        return None;
    }
    let mut all = Simulated::at_once(Gai::default());
    let rotates = situation.rotates() || has("rotate");
    for servers in orders(&situation.servers_of_glibc()?, rotates) {
        let one = walk(situation, &servers)?;
        all.gai.add(one.gai);
        all.waited_ms = all.waited_ms.max(one.waited_ms);
    }
    let is_denied = |error: &GaiError| matches!(error.code, SystemCode::NoName | SystemCode::NoData);
    let goes_on = host.is_some_and(|host| host.local_domain.is_some());
    // With another search list than resolv.conf's.
    (!(goes_on && all.gai.errors.iter().any(is_denied))).then_some(all)
}

/// Whether a reply without an answer comes from a server that neither knows nor recurses: AA and RA are off.
fn is_lame(lookup: &Lookup) -> bool {
    lookup.flags.is_some_and(|flags| !flags.aa && !flags.ra)
}

fn walk(situation: &Situation<'_>, servers: &[&Probed]) -> Option<Simulated> {
    let one_by_one = situation.asks_one_by_one();
    let edns = situation.facts.host.glibc_asks_with_edns();
    let name = situation.target.hostname.to_string();
    let mut waited_ms = 0.0;
    for pass in 0..situation.attempts() {
        for (place, server) in servers.iter().enumerate() {
            let window_ms = window_ms(situation.patience_ms(), place, servers.len());
            let (of_a, of_aaaa) = (target(server, RecordType::A)?, target(server, RecordType::AAAA)?);
            // What comes late is still taken where the server has its next turn.
            let until = if pass == 0 { window_ms } else { waited_ms + window_ms };
            let within = |lookup| {
                let is_form: fn(&Attempt) -> bool = if edns { |attempt| attempt.edns } else { |_| true };
                if is_late(lookup, until, is_form) {
                    GlibcReply::None
                } else {
                    reply(lookup, edns)
                }
            };
            let (a, aaaa) = (within(of_a), within(of_aaaa));
            let both = [a, aaaa];
            let is_useless = |reply: &GlibcReply| matches!(reply, GlibcReply::Useless | GlibcReply::None);
            if both.contains(&GlibcReply::None) {
                waited_ms += window_ms;
            }
            // Both questions go over TCP then (resolv/res_send.c, send_dg), and nobody answers there.
            let is_cut = |lookup: &Lookup| lookup.kind == AnswerKind::Truncated && !is_truncated_over_tcp(lookup);
            if is_cut(of_a) || is_cut(of_aaaa) && !one_by_one {
                continue;
            }
            if a == GlibcReply::None || both.iter().all(is_useless) || one_by_one && is_useless(&a) {
                continue;
            }
            let gai = if both.contains(&GlibcReply::Addresses) && is_taken(&name) {
                Gai::resolves()
            } else if both.contains(&GlibcReply::NoName) || both.contains(&GlibcReply::Addresses) {
                Gai::of(NONAME)
            } else {
                Gai::of(NODATA)
            };
            return Some(Simulated { gai, waited_ms });
        }
    }
    let mut gai = Gai::of(AGAIN);
    if situation.is_answered_late() {
        gai.add(Gai::resolves());
    }
    Some(Simulated { gai, waited_ms })
}

/// How long the server in that place has (glibc, resolv/res_send.c: twice as long as the one before it, divided among
/// all from the second on).
fn window_ms(patience_ms: f64, place: usize, servers: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let among = if place == 0 { 1 } else { servers };
    (patience_ms * number(1 << place.min(limits::NAME_SERVERS_USED)) / number(among)).max(1_000.0)
}

/// Whether addresses of such a name are taken: not where a label begins with a hyphen (glibc,
/// resolv/res-name-checking.c).
fn is_taken(name: &str) -> bool {
    !name.split('.').any(|label| label.starts_with('-'))
}

/// What a question without EDNS came to, where one was tried; else, and with `edns`, what the question came to.
fn reply(lookup: &Lookup, edns: bool) -> GlibcReply {
    let mut plain = lookup.attempts.iter().filter(|attempt| !edns && !attempt.edns);
    let (kind, rcode) = plain
        .find(|attempt| !attempt.kind.is_silence())
        .map_or((lookup.kind, lookup.rcode), |attempt| (attempt.kind, attempt.rcode));
    match kind {
        AnswerKind::Answer => GlibcReply::Addresses,
        AnswerKind::NxDomain => GlibcReply::NoName,
        AnswerKind::Truncated if is_truncated_over_tcp(lookup) => GlibcReply::NoData,
        AnswerKind::OtherRcode if rcode == Some(Rcode::FORMERR) => GlibcReply::NoName,
        // NOERROR in the header, which is all that is read (recorded).
        AnswerKind::OtherRcode if rcode == Some(Rcode::BADVERS) => GlibcReply::NoData,
        AnswerKind::Malformed if rcode.is_some() => GlibcReply::NoName,
        AnswerKind::NoData | AnswerKind::Referral if is_lame(lookup) => GlibcReply::Useless,
        // An alias without an address at its end.
        AnswerKind::NoData if lookup.section(Section::Answer).next().is_some() => GlibcReply::NoName,
        AnswerKind::NoData | AnswerKind::Referral => GlibcReply::NoData,
        AnswerKind::ServFail
        | AnswerKind::Refused
        | AnswerKind::OtherRcode
        | AnswerKind::Truncated => GlibcReply::Useless,
        AnswerKind::Timeout
        | AnswerKind::Unreachable
        | AnswerKind::Malformed
        // No client here asks inside TLS.
        | AnswerKind::Certificate
        | AnswerKind::Handshake
        | AnswerKind::Alpn
        | AnswerKind::HttpError => GlibcReply::None,
    }
}
