//! Logs of name servers: CoreDNS, BIND, Unbound, dnsmasq, PowerDNS Recursor, systemd-resolved, tailscaled, Windows' DNS
//! server, and Route 53's query logs. Several of them name the cause outright. Each function names the source of the
//! words; what has none was seen in users' reports only, and not of every version.

use std::net::{IpAddr, SocketAddr};

use serde_json::Value;

use super::reply::leads_nowhere;
use super::words::{by_rcode, socket};
use super::{MessageSeen, Symptom, asked, between, rows};
use crate::limits;

pub(super) fn line(line: &str) -> Option<MessageSeen> {
    let seen = of_software(line)?;
    let is_denial = matches!(seen.symptom, Symptom::NxDomain | Symptom::NoData) && seen.outright.is_none();
    match seen.host.as_deref().and_then(without_search_domain).map(str::to_owned) {
        Some(host) if is_denial => Some(MessageSeen {
            symptom: Symptom::Searched,
            host: Some(host),
            ..seen
        }),
        _ => Some(seen),
    }
}

/// A name that is whole, an endpoint's or another of AWS's, where a search domain stands behind it.
pub(super) fn without_search_domain(name: &str) -> Option<&str> {
    let lower = name.to_ascii_lowercase();
    let ends = [".amazonaws.com.cn.", ".amazonaws.com.", ".api.aws."];
    let at = ends.iter().find_map(|end| Some(lower.find(end)? + end.len()))?;
    // In China `cn` is the end of the name itself.
    (at < name.len() && &lower[at..] != "cn").then(|| &name[..at - 1])
}

fn of_software(line: &str) -> Option<MessageSeen> {
    coredns(line)
        .or_else(|| dnsmasq(line))
        .or_else(|| bind(line))
        .or_else(|| unbound(line))
        .or_else(|| powerdns(line))
        .or_else(|| resolved(line))
        .or_else(|| tailscaled(line))
        .or_else(|| windows(line))
        .or_else(|| route53(line))
        .or_else(|| dnsproxy(line))
        .or_else(|| adguard(line))
}

fn seen(symptom: Symptom, host: Option<&str>, server: Option<SocketAddr>) -> MessageSeen {
    MessageSeen {
        server,
        ..MessageSeen::of(symptom, host.map(|host| host.trim_end_matches('.')))
    }
}

fn outright(symptom: Symptom, host: Option<&str>, rule: &'static str, why: &str) -> MessageSeen {
    MessageSeen {
        outright: Some((rule, why.to_owned())),
        ..seen(symptom, host, None)
    }
}

/// CoreDNS: plugin/errors/errors.go; plugin/loop/loop.go; plugin/log/log.go, CommonLogFormat.
fn coredns(line: &str) -> Option<MessageSeen> {
    if let Some((_, rest)) = line.split_once("plugin/errors: ") {
        let mut words = rest.split_whitespace();
        let _rcode = words.next()?;
        let host = words.next()?;
        let (question, error) = rest.split_once(": ")?;
        let target = error
            .split_once("->")
            .map(|(_, rest)| rest)
            .or_else(|| {
                error
                    .split_once("dial tcp ")
                    .or_else(|| error.split_once("dial udp "))
                    .map(|(_, rest)| rest)
            })
            .and_then(|rest| rest.split(": ").next()?.trim().parse().ok());
        // The plugin loop's own question has no name that anybody could check.
        let is_own = question.ends_with(" HINFO") && is_of_loop(host);
        return Some(MessageSeen {
            note: is_own.then_some(OF_LOOP_FORWARDED),
            ..seen(of_forward(error), Some(host).filter(|_| !is_own), target)
        });
    }
    if line.contains("plugin/loop: Loop ") {
        return Some(outright(
            Symptom::Loop,
            None,
            "forward-loop",
            "CoreDNS says so: its forward target, often the node's resolv.conf, leads back to it",
        ));
    }
    // CLIENT:PORT - ID "TYPE IN NAME. PROTOCOL SIZE DO BUFSIZE" RCODE FLAGS SIZE DURATION
    let (before, rest) = line.split_once(" - ")?;
    let (id, rest) = rest.split_once(" \"")?;
    let is_log = id.bytes().all(|b| b.is_ascii_digit()) && before.contains(':');
    let (question, rest) = rest.split_once("\" ").filter(|_| is_log)?;
    let mut question = question.split_whitespace();
    let kind = question.next()?;
    let host = question.nth(1)?;
    if kind == "HINFO" && is_of_loop(host) {
        return Some(MessageSeen {
            note: Some(OF_LOOP),
            ..MessageSeen::of(Symptom::OtherType, None)
        });
    }
    let mut words = rest.split_whitespace();
    by_answer(words.next()?, host, kind, words.nth(1))
}

/// What is said of the loop plugin's question (coredns/coredns, plugin/loop/README.md: "<random number>.<random
/// number>.zone with type set to HINFO").
const OF_LOOP: &str = "The question is of CoreDNS's own plugin loop, which asks itself at its start for a name that it \
                       makes up: that it does not exist is as it should be.";

const OF_LOOP_FORWARDED: &str = "The question is of CoreDNS's own plugin loop, which makes a name up at its start. The \
                                 name means nothing; that the server did not answer does.";

fn is_of_loop(host: &str) -> bool {
    let is_number = |label: &str| !label.is_empty() && label.bytes().all(|octet| octet.is_ascii_digit());
    let mut labels = host.split('.');
    labels.next().is_some_and(is_number) && labels.next().is_some_and(is_number)
}

/// What Go says of a server that was asked (src/syscall/zerrors_linux_amd64.go; src/crypto/tls, src/crypto/x509).
fn of_forward(error: &str) -> Symptom {
    let has = |text: &str| error.contains(text);
    match () {
        // Go, src/net/dnsclient_unix.go, errNoSuchHost: of the name in the configuration.
        () if has("lookup ") && has("no such host") => Symptom::ForwardNoName,
        () if has("connection refused") || has("connection reset by peer") => Symptom::ForwardClosed,
        () if has("network is unreachable") || has("no route to host") => Symptom::ForwardNoRoute,
        // miekg/dns, msg.go and msg_helpers.go: the reply cannot be unpacked.
        () if has("dns: overflow") || has("dns: bad") => Symptom::ForwardUnusable,
        () if has("x509: ") || has("tls: ") => Symptom::Encrypted,
        () => Symptom::Forward,
    }
}

/// An RCODE in a log, beside the type that was asked for and the octets of the reply where they are in it. NOERROR
/// alone does not say that there was an address.
fn by_answer(rcode: &str, host: &str, kind: &str, size: Option<&str>) -> Option<MessageSeen> {
    let symptom = match rcode {
        // Of another type, no address would be that of the name's A record.
        "NOERROR" if asked::is_other(kind) => Symptom::OtherType,
        "NOERROR" if size.is_some_and(|size| is_without_records(host, size)) => Symptom::NoData,
        "NOERROR" => Symptom::Answered,
        // CoreDNS, plugin/pkg/replacer: of a question that no plugin wrote a reply to.
        "-" if size == Some("0") => Symptom::Forward,
        _ => by_rcode(&rcode.to_ascii_uppercase())?,
    };
    Some(seen(symptom, Some(host), None))
}

/// Whether a reply of so many octets has no room for an address beside its question (RFC 1035 section 4.1: a header of
/// 12 octets, the name, 4 octets of type and class; a record of type A takes 16 with its name compressed).
fn is_without_records(host: &str, size: &str) -> bool {
    let name = host.trim_end_matches('.').len() + 2;
    size.parse::<usize>().is_ok_and(|size| size < 12 + name + 4 + 16)
}

/// Whether what a name server's log says of a name is what the server that it forwards to replied: dnsmasq's `reply`,
/// and Unbound's response to its own question. `config`, `cached` and the like are the server's own.
pub(super) fn is_of_upstream(line: &str) -> bool {
    line.contains("dnsmasq") && line.contains(": reply ") || line.contains("unbound") && line.contains(QUERY_RESPONSE)
}

/// Unbound, iterator/iterator.c, processQueryResponse.
const QUERY_RESPONSE: &str = "info: query response was ";

/// The one server that dnsmasq says that it forwarded to (src/forward.c, log_query of forward_query), or that Unbound
/// says that it had a reply from (iterator/iterator.c, log_reply_from); `None` where they name several.
pub(super) fn forwarded_to(text: &str) -> Option<SocketAddr> {
    let of_line = |line: &str| {
        let server = if line.contains("dnsmasq") {
            line.split_once(": forwarded ")?.1.split_once(" to ")?.1
        } else {
            line.split_once("info: reply from <")?.1.split_once("> ")?.1
        };
        socket(server.split_whitespace().next()?)
    };
    let mut servers = text.lines().filter_map(of_line);
    let first = servers.next()?;
    servers.all(|server| server == first).then_some(first)
}

/// dnsmasq: src/forward.c, process_reply, for its warnings; src/cache.c, log_query, for what log-queries prints.
fn dnsmasq(line: &str) -> Option<MessageSeen> {
    if let Some((_, rest)) = line.split_once("possible DNS-rebind attack detected: ") {
        let why = "dnsmasq says so: --stop-dns-rebind drops private addresses; rebind-domain-ok=/eks.amazonaws.com/ \
                   lets them through";
        return Some(outright(
            Symptom::Rebind,
            rest.split_whitespace().next(),
            "rebinding-protection",
            why,
        ));
    }
    if !line.contains("dnsmasq") {
        return None;
    }
    // Pi-hole's dnsmasq (pi-hole/FTL, test/test_suite.bats; in earlier versions "blacklisted" for "denied").
    for verb in [
        "gravity blocked ",
        "exactly denied ",
        "regex denied ",
        "exactly blacklisted ",
        "regex blacklisted ",
    ] {
        if let Some((_, rest)) = line.split_once(verb) {
            let host = rest.split_once(" is ").map(|(host, _)| host);
            return Some(outright(
                Symptom::Blocked,
                host,
                "name-blocked-by-policy",
                "Pi-hole says so: the name is on one of its lists",
            ));
        }
    }
    // src/dnsmasq.c, poll_resolv.
    if line.contains("no servers found in ") && line.contains(", will retry") {
        return Some(seen(Symptom::NoServer, None, None));
    }
    // src/forward.c, query_full: no room for one more question that waits for its answer.
    if line.contains("Maximum number of concurrent DNS queries") {
        return Some(seen(Symptom::Forward, None, None));
    }
    if let Some((_, rest)) = line.split_once("validation ") {
        let is_bogus = rest.contains(" is BOGUS");
        return is_bogus.then(|| bogus(rest.split_whitespace().next(), "dnsmasq says so: validation is BOGUS"));
    }
    if let Some((_, rest)) = line.split_once("nameserver ") {
        let server = rest.split_whitespace().next().and_then(socket);
        // src/forward.c, process_reply: NOERROR without RA. It is no REFUSED, and names no question.
        return rest.contains("refused to do a recursive query").then(|| MessageSeen {
            server,
            ..outright(
                Symptom::Referral,
                None,
                "not-recursive",
                "dnsmasq says so: the server that it asks does not offer recursion (no RA in its reply)",
            )
        });
    }
    for verb in ["reply ", "cached ", "config ", "/etc/hosts "] {
        let Some((_, rest)) = line.split_once(verb) else {
            continue;
        };
        let (host, said) = rest.split_once(" is ")?;
        // src/dnssec.c by way of src/cache.c, log_query: `BOGUS DS`, `BOGUS DNSKEY`.
        if said.starts_with("BOGUS ") {
            return Some(bogus(Some(host), "dnsmasq says so: a record of DNSSEC is BOGUS"));
        }
        let said = said.split_whitespace().next()?;
        let host = (host != "error").then_some(host);
        let symptom = match said {
            // src/cache.c, log_query: of A it is NODATA-IPv4, and without an ending of what is neither A nor AAAA.
            "NODATA-IPv4" => Symptom::NoData,
            _ if said.starts_with("NODATA") => Symptom::OtherType,
            // "reply" is of the server that it forwards to.
            "SERVFAIL" if verb == "reply " => Symptom::ForwardFailed,
            "REFUSED" if verb == "reply " => Symptom::ForwardRefused,
            "NXDOMAIN" | "SERVFAIL" | "REFUSED" => by_rcode(said)?,
            "<CNAME>" => return None,
            _ => match said.parse::<IpAddr>().ok()? {
                ip if leads_nowhere(ip) => Symptom::Sinkhole,
                _ => Symptom::Healthy,
            },
        };
        let mut found = seen(symptom, host, None);
        let is_endpoint = || host.is_some_and(|host| super::text::endpoint(host).is_some());
        // A name with a search domain behind it is another one, which such a line may well deny.
        let is_searched = host.and_then(without_search_domain).is_some() && symptom == Symptom::NxDomain;
        let is_own = symptom != Symptom::OtherType && (symptom != Symptom::Healthy || is_endpoint());
        if verb == "config " && host.is_none() {
            // No name stands there: the answer is an error of its own (src/rfc1035.c, setup_reply: without a server to
            // ask, REFUSED with EDE 14, Not Ready).
            found.note = rest
                .contains("EDE: not ready")
                .then_some("dnsmasq says so: it has no server that it could ask for this name.");
        } else if verb == "config " && !is_searched && is_own {
            found = outright(
                Symptom::OwnZone,
                host,
                "shadow-zone",
                "dnsmasq says so: the answer is from its own configuration (address=, local= or server= without an \
                 address)",
            );
        } else if verb == "/etc/hosts " && is_endpoint() {
            found = outright(
                Symptom::OwnZone,
                host,
                "shadow-zone",
                "dnsmasq says so: the answer is from the hosts file of the host that it runs on",
            );
        } else if verb == "cached " && symptom == Symptom::NxDomain && !is_searched {
            found.outright = Some((
                "stale-negative-cache",
                "dnsmasq says so: the negative answer is from its cache".to_owned(),
            ));
        }
        return Some(found);
    }
    None
}

fn bogus(host: Option<&str>, why: &str) -> MessageSeen {
    outright(Symptom::Bogus, host, "dnssec-bogus", why)
}

/// BIND: lib/ns/query.c for what failed, for rpz and for what was denied; lib/dns/resolver.c for what came while
/// resolving and for deny-answer-addresses; lib/dns/validator.c. The reasons are of lib/isc/result.c, but for "no valid
/// DS", which was not found in BIND of 2026.
fn bind(line: &str) -> Option<MessageSeen> {
    if let Some((_, rest)) = line.split_once("query failed (") {
        let (reason, rest) = rest.split_once(") for ")?;
        let host = rest.split('/').next();
        return Some(match reason {
            "broken trust chain" | "no valid RRSIG" | "no valid DS" | "insecurity proof failed" => {
                bogus(host, &format!("BIND says so: query failed ({reason})"))
            }
            "REFUSED" => seen(Symptom::Refused, host, None),
            "timed out" => seen(Symptom::Forward, host, None),
            "host unreachable" | "network unreachable" => seen(Symptom::ForwardNoRoute, host, None),
            "connection refused" | "connection reset" => seen(Symptom::ForwardClosed, host, None),
            _ => seen(Symptom::ServFail, host, None),
        });
    }
    if let Some((before, rest)) = line.split_once(" resolving '") {
        let (question, rest) = rest.split_once('\'')?;
        let host = question.split('/').next();
        // Of a lame server the zone stands between: ` (in 'ZONE'?): SERVER`.
        let server = match rest.strip_prefix(" (in '") {
            Some(rest) => rest.split_once("'?): ").map(|(_, server)| server),
            None => rest.strip_prefix(": "),
        };
        let server = server.and_then(|server| socket(server.split_whitespace().next()?));
        // lib/dns/resolver.c, log_edns and fctx_done: only where it got the answer in the end.
        if before.ends_with("success") {
            let note = if rest.contains("EDNS") {
                "BIND got the answer in the end, in another form of the question: something on its way does not take EDNS."
            } else {
                "BIND got the answer in the end, in another form of the question."
            };
            return Some(MessageSeen {
                note: Some(note),
                ..seen(Symptom::Healthy, host, None)
            });
        }
        if [
            "no valid RRSIG",
            "broken trust chain",
            "no valid DS",
            "insecurity proof failed",
        ]
        .iter()
        .any(|reason| before.ends_with(reason))
        {
            return Some(MessageSeen {
                server,
                ..bogus(host, "BIND says so: the answer does not validate")
            });
        }
        // lib/dns/resolver.c, log_lame and rctx_badserver: the RCODE of the reply, or what sending it gave.
        let ends = |reason: &str| before.ends_with(reason);
        let symptom = match () {
            // Some versions put the RCODE in brackets behind the words.
            () if before.contains("unexpected RCODE") && before.contains("REFUSED") => Symptom::ForwardRefused,
            () if before.contains("unexpected RCODE") || ends("FORMERR") => Symptom::ForwardFailed,
            () if ends("lame server") => Symptom::Referral,
            () if ends("connection refused") || ends("connection reset") => Symptom::ForwardClosed,
            () if ends("host unreachable") || ends("network unreachable") => Symptom::ForwardNoRoute,
            () => Symptom::Forward,
        };
        let is_over_ipv6 = symptom == Symptom::ForwardNoRoute && server.is_some_and(|server| server.is_ipv6());
        return Some(MessageSeen {
            note: is_over_ipv6.then_some(
                "BIND tried a server over IPv6, where its host has no route. It goes on to servers with IPv4 addresses, if \
                 it has any: only where it has none does this line mean that the lookup fails.",
            ),
            ..seen(symptom, host, server)
        });
    }
    // lib/dns/resolver.c, log_formerr: `DNS format error from SERVER resolving NAME/TYPE for CLIENT: REASON`.
    if let Some((_, rest)) = line.split_once("DNS format error from ") {
        let (server, rest) = rest.split_once(" resolving ")?;
        let symptom = if rest.ends_with(" referral") {
            Symptom::Referral
        } else {
            Symptom::ForwardUnusable
        };
        return Some(seen(symptom, rest.split('/').next(), socket(server)));
    }
    if let Some((_, rest)) = line.split_once("validating ") {
        let host = rest.split(['/', ' ']).next().map(|host| host.trim_end_matches(':'));
        let is_bad = [
            "no valid signature found",
            "got insecure response",
            "no valid RRSIG",
            "bad cache hit",
        ]
        .iter()
        .any(|reason| rest.contains(reason));
        return is_bad.then(|| bogus(host, "BIND says so: the answer does not validate"));
    }
    if let Some((_, rest)) = line.split_once("answer address ") {
        let (_, rest) = rest.split_once(" denied for ")?;
        return Some(outright(
            Symptom::Rebind,
            rest.split('/').next(),
            "rebinding-protection",
            "BIND says so: deny-answer-addresses drops the answer; except-from { \"eks.amazonaws.com\"; } lets it \
             through",
        ));
    }
    if line.contains("rpz ") && line.contains(" rewrite ") {
        let (policy, rest) = line.split_once(" rewrite ")?;
        // A policy that lets the name through changed nothing, and one that is disabled is only logged (lib/ns/query.c,
        // rpz_log_rewrite).
        if policy.ends_with(" PASSTHRU") || policy.contains("disabled rpz ") {
            return None;
        }
        return Some(outright(
            Symptom::Blocked,
            rest.split(['/', ' ']).next(),
            "name-blocked-by-policy",
            "BIND says so: a response policy zone rewrote the answer",
        ));
    }
    let (before, _) = line
        .split_once("' denied")
        .filter(|_| line.contains("client @") || line.contains("named"))?;
    let (_, question) = before.rsplit_once('\'')?;
    Some(outright(
        Symptom::Refused,
        question.split('/').next(),
        "resolver-refuses-client",
        "BIND says so: the client is not in allow-query, allow-query-cache or allow-recursion",
    ))
}

/// Unbound: iterator/iter_priv.c for private-address; util/module.c for SERVFAIL and validation failures, with the
/// reasons of iterator/iterator.c; services/rpz.c.
fn unbound(line: &str) -> Option<MessageSeen> {
    // `<NAME. A IN>`
    let asked = between(line, "<", ">").and_then(|question| question.split_whitespace().next());
    if line.contains("validation failure <") {
        return Some(bogus(asked, "Unbound says so: validation failure"));
    }
    if line.contains("public name with private address") {
        return Some(outright(
            Symptom::Rebind,
            asked,
            "rebinding-protection",
            "Unbound says so: private-address drops the answer; private-domain: \"eks.amazonaws.com\" lets it through",
        ));
    }
    if line.contains("SERVFAIL <") {
        let server = line
            .split_once(" from ")
            .and_then(|(_, rest)| socket(rest.split_whitespace().next()?));
        // iterator/iterator.c, errinf_reply: what the server that was asked last said, or that it said nothing.
        let has = |text: &str| line.contains(text);
        let symptom = match () {
            () if has(" got REFUSED") => Symptom::ForwardRefused,
            () if has(" got SERVFAIL") || has(" got FORMERR") || has(" got NOTIMPL") => Symptom::ForwardFailed,
            () if has("failed scrub") || has("could not parse upstream response") => Symptom::ForwardUnusable,
            () if has("forward servers") || has("timeout") || has("upstream") => Symptom::Forward,
            () => Symptom::ServFail,
        };
        return Some(seen(symptom, asked, server));
    }
    if !line.contains("unbound") && !line.contains(" info: ") {
        return None;
    }
    if line.contains("rpz: applied") {
        let host = line.split_whitespace().rev().nth(2);
        return Some(outright(
            Symptom::Blocked,
            host,
            "name-blocked-by-policy",
            "Unbound says so: a response policy zone applied",
        ));
    }
    // log-local-actions: `ZONE. TYPE CLIENT@PORT NAME. A IN`; log-replies: `CLIENT NAME. A IN RCODE …`.
    let (_, rest) = line.split_once("info: ")?;
    let words: Vec<&str> = rest.split_whitespace().take(limits::PASTED_WORDS).collect();
    match words.as_slice() {
        [_, kind, client, host, _, "IN", ..] if client.contains('@') => Some(outright(
            Symptom::OwnZone,
            Some(host),
            if kind.starts_with("always") || *kind == "refuse" || *kind == "deny" {
                "name-blocked-by-policy"
            } else {
                "shadow-zone"
            },
            "Unbound says so: a local-zone of its configuration answered",
        )),
        // Behind the RCODE: the time, whether it is from the cache, and the octets of the reply.
        [_, host, kind, "IN", rcode, _, _, size, ..] => by_answer(rcode, host, kind, Some(size)),
        [_, host, kind, "IN", rcode, ..] => by_answer(rcode, host, kind, None),
        _ => None,
    }
}

fn powerdns(line: &str) -> Option<MessageSeen> {
    let quoted = || between(line, "qname=\"", "\"");
    // pdns/recursordist/pdns_recursor.cc: as structured log, and as text in earlier versions; syncres.cc for the
    // reason. The words about policies below were not found in the Recursor of 2026.
    if line.contains("alidates as Bogus") || line.contains("validationState=\"Bogus\"") {
        let host = between(line, "Answer to ", "|").or_else(quoted);
        return Some(bogus(host, "PowerDNS Recursor says so: the answer validates as Bogus"));
    }
    if line.contains("Sending SERVFAIL ") {
        let host = between(line, "during resolve of '", "'").or_else(quoted);
        let is_silent = [
            "timeouts",
            "Too much time",
            "servers failed",
            "unreachable",
            "throttled",
        ]
        .iter()
        .any(|word| line.contains(word));
        let symptom = if is_silent { Symptom::Forward } else { Symptom::ServFail };
        return Some(seen(symptom, host, None));
    }
    let is_policy =
        line.contains("dropped because of policy") || line.contains("Hit policy") || line.contains("appliedPolicy=\"");
    is_policy.then(|| {
        outright(
            Symptom::Blocked,
            quoted(),
            "name-blocked-by-policy",
            "PowerDNS Recursor says so: a policy applied",
        )
    })
}

/// systemd-resolved: src/resolve/resolved-dns-transaction.c for DNSSEC and for a denial that is doubted,
/// resolved-dns-server.c for the feature level.
fn resolved(line: &str) -> Option<MessageSeen> {
    if let Some((_, rest)) = line.split_once("DNSSEC validation failed for question ") {
        let host = rest.split_whitespace().next();
        return Some(bogus(host, "systemd-resolved says so: DNSSEC validation failed"));
    }
    if line.contains("mitigating potential DNS violation DVE-2018-0001") {
        return Some(seen(Symptom::Doubted, None, None));
    }
    let (_, rest) = line.split_once("Using degraded feature set ")?;
    let server = rest
        .split_once("DNS server ")
        .and_then(|(_, rest)| socket(rest.trim().trim_end_matches('.')));
    // Of `A instead of B`, and in versions before 246 of `(A)`.
    let (now, before) = rest.split_once(" instead of ").unwrap_or((rest, ""));
    let now = now.trim_start_matches('(');
    let symptom = if before.starts_with("TLS") && !now.starts_with("TLS") {
        Symptom::Encrypted
    } else if now.starts_with("TCP") {
        // The last level below UDP: no reply came over UDP.
        Symptom::Silence
    } else {
        Symptom::Edns
    };
    Some(seen(symptom, None, server))
}

fn tailscaled(line: &str) -> Option<MessageSeen> {
    // tailscale/tailscale, net/dns/resolver/forwarder.go; net/dns/manager.go over TCP, wgengine/netstack/netstack.go
    // over UDP.
    const LEADS: &[&str] = &[
        "dns: resolver: ",
        "dns udp query: ",
        "dns: tcp query: ",
        "waiting for response or error from [",
        "dns-forward-failing",
    ];
    // net/dns/resolver/forwarder.go, sendUDP: SERVFAIL alone is said so.
    const OF_SERVERS: &[&str] = &[
        "recv: response code indicating server failure",
        "response code indicates server issue",
    ];
    if OF_SERVERS.iter().any(|said| line.contains(said)) {
        let server = between(line, "resolving using \"", "\"").and_then(socket);
        return Some(seen(Symptom::ForwardFailed, None, server));
    }
    // What tailscale status shows of the warning dns-forward-failing, as users published it.
    if line.contains("Tailscale can't reach the configured DNS servers") {
        return Some(seen(Symptom::Forward, None, None));
    }
    if !LEADS.iter().any(|lead| line.contains(lead)) {
        return None;
    }
    if line.contains("no upstream resolvers set") {
        return Some(seen(Symptom::NoServer, None, None));
    }
    let server = between(line, "from [", "]")
        .or_else(|| between(line, "exchange with \"", "\""))
        .and_then(|server| socket(server.split([' ', ',']).next()?));
    let host = between(line, "\"", "\"").filter(|host| host.contains('.'));
    let is_error = [
        "deadline exceeded",
        "timeout",
        "waiting for response",
        "failing",
        "unreachable",
    ]
    .iter()
    .any(|word| line.contains(word));
    is_error.then(|| seen(Symptom::Forward, host, server))
}

/// AdGuard Home's and others' dnsproxy (AdguardTeam/dnsproxy, upstream/parallel.go): `upstream SERVER failed to
/// exchange ;NAME. IN A in TIME: ERROR`.
fn dnsproxy(line: &str) -> Option<MessageSeen> {
    let (before, rest) = line.split_once(" failed to exchange ;")?;
    let (_, server) = before.split_once("upstream ")?;
    // Of a server that is asked otherwise than over UDP the scheme is there, and of some versions always.
    let server = server.split_once("://").map_or(server, |(_, server)| server);
    let server = server.split('/').next().and_then(socket);
    let mut words = rest.split_whitespace();
    Some(seen(of_forward(rest), words.next(), server))
}

/// AdGuard Home's query log, a record a line (AdguardTeam/AdGuardHome, internal/querylog, the fields of
/// querylog.json): of those that a filter decided. What else was replied stands in a DNS message in base64.
fn adguard(line: &str) -> Option<MessageSeen> {
    let host = between(line, "\"QH\":\"", "\"").filter(|_| line.contains("\"IsFiltered\":true"))?;
    Some(outright(
        Symptom::Blocked,
        Some(host),
        "name-blocked-by-policy",
        "AdGuard Home says so: one of its filters blocked the name",
    ))
}

/// Windows' DNS server. The debug log, by the "Message logging key" at its head (Microsoft, "DNS Debug Logging"):
/// `Snd CLIENT XID R Q [8183 DR NXDOMAIN] A (32)0123…(3)eks(9)amazonaws(3)com(0)`. The analytic events, by their texts
/// (Microsoft, "DNS Logging and Diagnostics"): `RESPONSE_FAILURE: …; QNAME=…; RCODE=…`, whose destination is the
/// client, and `RECURSE_QUERY_TIMEOUT: …; Destination=…`, whose destination is the server that was asked.
fn windows(line: &str) -> Option<MessageSeen> {
    if let Some((_, rest)) = line.split_once("QNAME=") {
        let host = rest.split([';', ' ']).next();
        let server = between(line, "Destination=", ";").and_then(socket);
        return match line {
            _ if line.contains("TIMEOUT") => Some(seen(Symptom::Forward, host, server)),
            _ if line.contains("RESPONSE_FAILURE") || line.contains("RCODE=") => {
                let symptom = match between(line, "RCODE=", ";")? {
                    "2" => Symptom::ServFail,
                    "3" => Symptom::NxDomain,
                    "5" => Symptom::Refused,
                    "0" => Symptom::Answered,
                    _ => return None,
                };
                Some(seen(symptom, host, None))
            }
            _ => None,
        };
    }
    let (before, rest) = line.split_once(" R Q [")?;
    let (flags, question) = rest.split_once(']')?;
    if !before.contains(" Snd ") && !before.contains(" Rcv ") {
        return None;
    }
    let mut question = question.split_whitespace();
    let kind = question.next()?;
    let host = labels(question.next()?)?;
    let mut found = by_answer(flags.split_whitespace().next_back()?, &host, kind, None)?;
    if before.contains(" Rcv ") {
        // A reply that another server sent to this one.
        let (_, rest) = before.split_once(" Rcv ")?;
        found.server = rest.split_whitespace().next().and_then(socket);
    }
    Some(found)
}

/// `(3)eks(9)amazonaws(3)com(0)`.
fn labels(text: &str) -> Option<String> {
    let mut name = String::new();
    for part in text.split('(').skip(1) {
        let (_, label) = part.split_once(')')?;
        if !label.is_empty() {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(label);
        }
    }
    (!name.is_empty() && text.starts_with('(')).then_some(name)
}

/// A query log of Route 53 Resolver (Route 53 Developer Guide, "Values that appear in Resolver query logs"): the first
/// record of a line.
fn route53(line: &str) -> Option<MessageSeen> {
    let mut first = None;
    values(line, &mut |value| {
        if first.is_none() {
            first = record(value, limits::PASTED_DEPTH);
        }
    });
    first
}

/// The JSON in a text, from its first bracket on. In CSV, as CloudWatch Logs Insights exports it, each quotation mark
/// stands twice (RFC 4180 section 2).
fn values(text: &str, read: &mut dyn FnMut(&Value)) {
    if !text.contains("query_name") {
        return;
    }
    let undoubled;
    let text = if text.contains("\"\"query_name\"\"") {
        undoubled = text.replace("\"\"", "\"");
        &undoubled
    } else {
        text
    };
    let starts = text
        .match_indices(['{', '['])
        .map(|(at, _)| at)
        .take(limits::PASTED_LINES);
    for start in starts {
        let mut stream = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        let mut is_json = false;
        for value in stream.by_ref().map_while(Result::ok) {
            is_json = true;
            read(&value);
        }
        if is_json {
            return;
        }
    }
}

/// The records in JSON that is not a record a line: over several lines, a list of them, or what the AWS CLI prints of
/// CloudWatch Logs. Each with its line, as far as it has one. None where each record has a line of its own: they are
/// read beside what else is in the text.
pub(super) fn json<'a>(text: &'a str, add: &mut dyn FnMut(&'a str, MessageSeen)) {
    if !text.contains("query_name") {
        return;
    }
    let of_lines: Vec<(&str, Vec<MessageSeen>)> = text
        .lines()
        .map(|line| {
            let mut seen = Vec::new();
            values(line, &mut |value| {
                records(value, limits::PASTED_DEPTH, &mut |one| seen.push(one));
            });
            (line, seen)
        })
        .filter(|(_, seen)| !seen.is_empty())
        .collect();
    if of_lines.iter().any(|(_, seen)| seen.len() > 1) {
        for (line, seen) in of_lines {
            for one in seen {
                add(line, one);
            }
        }
        return;
    }
    if !of_lines.is_empty() {
        return;
    }
    let first = text.trim_start().lines().next().unwrap_or_default();
    let line = |seen: &MessageSeen| {
        let host = seen.host.as_deref().filter(|host| !host.is_empty())?;
        text.lines().find(|line| line.contains(host)).map(str::trim)
    };
    values(text, &mut |value| {
        records(value, limits::PASTED_DEPTH, &mut |seen| {
            add(line(&seen).unwrap_or(first), seen);
        });
    });
}

/// Every record in a value.
fn records(value: &Value, depth: usize, add: &mut dyn FnMut(MessageSeen)) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    match value {
        Value::Object(fields) if fields.contains_key("query_name") => {
            record(value, depth).into_iter().for_each(add);
        }
        Value::String(_) => record(value, depth).into_iter().for_each(add),
        Value::Array(values) => match rows::of_fields(values) {
            Some(fields) => record(&fields, depth).into_iter().for_each(add),
            None => values.iter().for_each(|value| records(value, depth, add)),
        },
        Value::Object(fields) => fields.values().for_each(|value| records(value, depth, add)),
        _ => {}
    }
}

pub(super) fn record(value: &Value, depth: usize) -> Option<MessageSeen> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Array(values) if rows::of_fields(values).is_some() => record(&rows::of_fields(values)?, depth),
        Value::Array(values) => values.iter().find_map(|value| record(value, depth)),
        // CloudWatch Logs holds it as the text of an event.
        Value::String(text) if text.contains("query_name") => record(&serde_json::from_str(text).ok()?, depth),
        Value::Object(fields) if fields.contains_key("query_name") => {
            let text = |key: &str| fields.get(key).and_then(Value::as_str);
            let host = text("query_name");
            if text("firewall_rule_action") == Some("BLOCK") {
                let group = text("firewall_rule_group_id").unwrap_or("which is not in the record");
                let vpc = text("vpc_id").map(|vpc| format!(" of {vpc}")).unwrap_or_default();
                let why = format!("the query log{vpc} says so: BLOCK by the rule group {group}");
                return Some(outright(Symptom::FirewallBlocked, host, "dns-firewall-block", &why));
            }
            let is_empty = fields
                .get("answers")
                .and_then(Value::as_array)
                .is_some_and(Vec::is_empty);
            let is_other = text("query_type").is_some_and(asked::is_other);
            let mut found = match text("rcode")? {
                "NOERROR" if is_empty && is_other => seen(Symptom::OtherType, host, None),
                "NOERROR" if is_empty => seen(Symptom::NoData, host, None),
                "NOERROR" => match by_records(fields.get("answers")) {
                    Symptom::Answered if is_other => seen(Symptom::OtherType, host, None),
                    symptom => seen(symptom, host, None),
                },
                rcode => by_answer(rcode, host?, text("query_type").unwrap_or_default(), None)?,
            };
            found.in_vpc = true;
            Some(found)
        }
        Value::Object(fields) => fields.values().find_map(|value| record(value, depth)),
        _ => None,
    }
}

/// What the records of an answer come to: the data of each is in `Rdata`.
fn by_records(answers: Option<&Value>) -> Symptom {
    let Some(records) = answers.and_then(Value::as_array) else {
        return Symptom::Answered;
    };
    let data = |record: &Value| {
        let data = record.get("Rdata").and_then(Value::as_str);
        data.and_then(|data| data.parse::<IpAddr>().ok())
    };
    let addresses: Vec<IpAddr> = records.iter().take(limits::NAME_SERVERS).filter_map(data).collect();
    match addresses.first() {
        None => Symptom::Answered,
        Some(_) if addresses.iter().any(|ip| leads_nowhere(*ip)) => Symptom::Sinkhole,
        Some(_) => Symptom::Healthy,
    }
}
