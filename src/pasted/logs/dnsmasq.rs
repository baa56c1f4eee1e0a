//! dnsmasq's log.

use crate::pasted::logs::without_search_domain;
use std::net::IpAddr;

use super::{bogus, outright, seen};
use crate::pasted::reply::leads_nowhere;
use crate::pasted::words::{by_rcode, socket};
use crate::pasted::{MessageSeen, Symptom};

/// dnsmasq: src/forward.c, process_reply, for its warnings; src/cache.c, log_query, for what log-queries prints.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
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
        let is_endpoint = || host.is_some_and(|host| crate::pasted::text::endpoint(host).is_some());
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
