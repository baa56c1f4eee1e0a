//! CoreDNS's log.

use crate::pasted::logs::of_forward;

use super::{by_answer, outright, seen};
use crate::pasted::{MessageSeen, Symptom};

/// CoreDNS: plugin/errors/errors.go; plugin/loop/loop.go; plugin/log/log.go, CommonLogFormat.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
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
