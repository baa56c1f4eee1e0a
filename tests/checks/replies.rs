//! What a server sends: from octets to the lookup, the report and what is printed.
//!
//! The first octet chooses the question; then come the messages, each with two octets of length in front, as over TCP
//! (RFC 1035 section 4.2.2). The last may be shorter than it says.

use eks_dns_doctor::dns::{AnswerKind, Name, RData, Rcode, RecordType};
use eks_dns_doctor::facts::Facts;
use eks_dns_doctor::limits;
use eks_dns_doctor::observation::{Lookup, Purpose};
use eks_dns_doctor::probe::read_messages;

use super::held;

/// The ID of the query that the messages reply to.
const ID: u16 = 0x1234;

pub(crate) fn check(octets: &[u8]) {
    let Some((first, stream)) = octets.split_first() else {
        return;
    };
    let target = held::target();
    let above = |labels: usize| {
        let skipped = target.labels().len() - labels;
        Name::from_labels(target.labels().skip(skipped)).expect("a part of a name")
    };
    let (purpose, qname, qtype) = match first % 8 {
        0 | 7 => (Purpose::Target, target.clone(), RecordType::A),
        1 => (Purpose::Target, target.clone(), RecordType::AAAA),
        2 => (Purpose::TargetTcp, target.clone(), RecordType::A),
        3 => (Purpose::Sibling, above(5), RecordType::A),
        4 => (Purpose::EnclosingZone, above(4), RecordType::SOA),
        5 => (Purpose::Root, Name::root(), RecordType::NS),
        _ => (Purpose::CheckingDisabled, target.clone(), RecordType::A),
    };
    let question = held::question(purpose, &qname, qtype);
    let lookup = read_messages(&question, ID, messages(stream));
    within_bounds(&lookup);
    makes_sense(&lookup);
    let text = serde_json::to_string(&lookup).expect("it is JSON");
    let again: Lookup = serde_json::from_str(&text).expect("what was written");
    assert_eq!(again, lookup);
    // What nothing came of is the same report each time, and a report takes longer than all the rest.
    if lookup.rcode.is_none() || !held::is_turn(octets, 4, 0) {
        return;
    }
    let mut lookups = vec![lookup.clone()];
    if purpose != Purpose::Target {
        lookups.insert(0, held::silence(RecordType::A));
    }
    let address = ([10, 0, 0, 2], 53).into();
    let observations = vec![held::local(address, 1, lookups)];
    let report = held::report(held::capture_of(Facts::default(), observations), octets);
    let kept = &report.resolvers[0].probed.lookups;
    assert_eq!(kept.last(), Some(&lookup));
}

fn messages(mut stream: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some((length, rest)) = stream.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (message, behind) = rest.split_at(length);
        found.push(message);
        stream = behind;
    }
    found
}

fn within_bounds(lookup: &Lookup) {
    assert!(lookup.records.len() <= limits::RECORDS_PER_REPLY);
    assert!(lookup.addresses.len() <= lookup.records.len());
    assert!(lookup.ede.len() <= limits::EXTENDED_ERRORS_PER_REPLY);
    let texts = lookup.ede.iter().filter_map(|error| error.text.as_deref());
    let data = lookup.records.iter().filter_map(|record| match &record.data {
        RData::Other(text) => Some(text.as_str()),
        _ => None,
    });
    for text in texts.chain(data) {
        assert!(text.chars().count() <= limits::TEXT_FROM_WIRE, "{text:?}");
    }
    for record in &lookup.records {
        assert!(record.ttl >> 31 == 0, "RFC 2181 section 8: {}", record.ttl);
        let owner = record.owner.to_string();
        assert!(owner.bytes().all(|octet| octet.is_ascii_graphic()));
        assert_eq!(owner.parse().as_ref(), Ok(&record.owner), "{owner}");
    }
    for attempt in &lookup.attempts {
        assert!(attempt.mismatched_replies <= limits::MISMATCHED_REPLIES);
    }
    let reason = lookup.reason.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(reason.len() <= limits::TEXT_IN_CAPTURE, "{reason:?}");
}

/// The kind is what the RCODE, the flags and the records say.
fn makes_sense(lookup: &Lookup) {
    let is_address = [RecordType::A, RecordType::AAAA].contains(&lookup.qtype);
    let rcode = match lookup.kind {
        AnswerKind::Answer => {
            assert_eq!(!lookup.addresses.is_empty(), is_address, "{lookup:?}");
            Some(Rcode::NOERROR)
        }
        AnswerKind::NoData | AnswerKind::Referral => {
            assert!(lookup.addresses.is_empty(), "{lookup:?}");
            Some(Rcode::NOERROR)
        }
        AnswerKind::NxDomain => Some(Rcode::NXDOMAIN),
        AnswerKind::ServFail => Some(Rcode::SERVFAIL),
        AnswerKind::Refused => Some(Rcode::REFUSED),
        AnswerKind::Timeout | AnswerKind::Unreachable => None,
        AnswerKind::Certificate | AnswerKind::Handshake | AnswerKind::Alpn | AnswerKind::HttpError => {
            panic!("no message is that: {lookup:?}")
        }
        AnswerKind::OtherRcode | AnswerKind::Malformed | AnswerKind::Truncated => lookup.rcode,
    };
    assert_eq!(lookup.rcode, rcode, "{lookup:?}");
    assert_eq!(lookup.rcode.is_some(), lookup.flags.is_some(), "{lookup:?}");
    if lookup.kind == AnswerKind::Malformed {
        assert!(lookup.reason.is_some(), "{lookup:?}");
    }
    let truncated = lookup.flags.is_some_and(|flags| flags.tc);
    assert_eq!(lookup.kind == AnswerKind::Truncated, truncated, "{lookup:?}");
    for address in &lookup.addresses {
        let records = &mut lookup.records.iter();
        assert!(records.any(|record| record.address() == Some(*address)));
    }
}
