//! Captures of `schema_version` 1, which had words where later ones have codes.
//!
//! The words of version 1 stand here as it wrote them, and stay. Where a text is one of them, it has one meaning, and
//! gets that. Where it is none of them, nothing is concluded from it, and a gap says so.

use std::collections::BTreeMap;

use crate::dns::{Broken, Flaw, Mismatch, NameFault, OctetDefect, Oversize, Rcode, RecordFault, RecordType, Section};
use crate::facts::Gap;
use crate::observation::{HttpFault, NetworkFailure, PartialTcpMessage, Protocol, Reason, TcpEnd, TlsFault};
use crate::report::Capture;
use crate::stated::Stated;
use crate::text;

/// Gives the words of a capture of version 1 their meaning, and says for which there is none.
pub(super) fn read(capture: &mut Capture) {
    let mut unread: BTreeMap<String, usize> = BTreeMap::new();
    let mut example = None;
    for probed in &mut capture.observations {
        let mut note = |words: &str| {
            *unread.entry(probed.resolver.name.clone()).or_default() += 1;
            example.get_or_insert_with(|| text::shortened(words, EXAMPLE));
        };
        for lookup in &mut probed.lookups {
            state(&mut lookup.reason, reason, &mut note);
            for attempt in &mut lookup.attempts {
                state(&mut attempt.reason, reason, &mut note);
                state(&mut attempt.mismatch, mismatch, &mut note);
            }
        }
    }
    if let Some(example) = example {
        let several: Vec<String> = unread.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        capture.gaps.push(Gap::here(
            "why questions failed",
            "capture of schema_version 1",
            format!(
                "it has words there that are none of that version's, so nothing is concluded from them: {}; the first \
                 are {example:?}",
                several.join(", "),
            ),
        ));
    }
    for read in &mut capture.facts.aws.failed_reads {
        read.read_version_1();
    }
}

/// How much of a text is shown as an example.
const EXAMPLE: usize = 80;

/// Puts the meaning in the place of the words, or notes that there is none.
fn state<T: Stated>(value: &mut Option<T>, read: fn(&str) -> Option<T>, note: &mut impl FnMut(&str)) {
    let Some(words) = value.as_ref().and_then(Stated::only_words) else {
        return;
    };
    match read(words) {
        Some(meaning) => *value = Some(meaning),
        None => note(words),
    }
}

/// What stands in the holes of a template, where a text is made of it.
fn holes<'a>(template: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let (first, rest) = template.split_once("{}")?;
    let mut text = text.strip_prefix(first)?;
    let mut found = Vec::new();
    let mut parts = rest.split("{}").peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            found.push(text.strip_suffix(part)?);
        } else {
            let (hole, behind) = text.split_once(part)?;
            found.push(hole);
            text = behind;
        }
    }
    Some(found)
}

/// What stands in the only hole of a template.
fn hole<'a>(template: &str, text: &'a str) -> Option<&'a str> {
    holes(template, text)?.first().copied()
}

/// A value as it is written, and in no other way.
fn value<T: std::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse().ok().filter(|value: &T| value.to_string() == text)
}

fn reason(text: &str) -> Option<Reason> {
    let fixed = match text {
        "no connection" => Some(Reason::NoConnection),
        "another try was answered first" => Some(Reason::AnsweredElsewhere),
        "connected, but no whole reply" => Some(Reason::Incomplete { begun: None }),
        "the server closed the connection without a whole reply" => Some(Reason::Ended {
            end: TcpEnd::Closed,
            begun: None,
        }),
        "what answers there speaks HTTP, not DNS" => Some(Reason::OtherProtocol {
            protocol: Protocol::Http,
        }),
        "what answers there speaks TLS, not DNS" => Some(Reason::OtherProtocol {
            protocol: Protocol::Tls,
        }),
        "what answers there speaks SSH, not DNS" => Some(Reason::OtherProtocol {
            protocol: Protocol::Ssh,
        }),
        _ => None,
    };
    fixed
        .or_else(|| network(text).map(|failure| Reason::Network { failure }))
        .or_else(|| behind_mismatched(text))
        .or_else(|| mismatched(text).map(|(replies, first)| Reason::Mismatched { replies, first }))
        .or_else(|| {
            let rcode = value(hole("only a bare header with {} came, which Go ignores", text)?)?;
            Some(Reason::BareHeader { rcode })
        })
        .or_else(|| connection(text))
        .or_else(|| tls(text).map(|fault| Reason::Tls { fault }))
        .or_else(|| http(text).map(|fault| Reason::Http { fault }))
        .or_else(|| flaw(text).map(|flaw| Reason::Reply { flaw }))
}

/// The last of these are dig's own.
fn network(text: &str) -> Option<NetworkFailure> {
    Some(match text {
        "the port is refused: nothing listens there" | "connection refused" => NetworkFailure::Refused,
        "the connection was reset" | "connection reset" => NetworkFailure::Reset,
        "the host is unreachable" | "host unreachable" => NetworkFailure::HostUnreachable,
        "there is no route to it" | "network unreachable" => NetworkFailure::NoRoute,
        "this host does not permit it" | "permission denied" => NetworkFailure::Forbidden,
        // As Rust writes an error of the operating system.
        _ if hole("{} (os error {})", text).is_some() => NetworkFailure::Other { said: text.to_owned() },
        _ => return None,
    })
}

fn mismatched(text: &str) -> Option<(u32, Mismatch)> {
    let one = hole("1 reply that did not belong to the question: {}", text).map(|said| ("1", said));
    let several = || match holes("{} replies that did not belong to the question: {}", text)?[..] {
        [count, said] => Some((count, said)),
        _ => None,
    };
    let (count, said) = one.or_else(several)?;
    Some((value(count)?, mismatch(said)?))
}

fn behind_mismatched(text: &str) -> Option<Reason> {
    let (replies, first) = mismatched(hole("{}, and only then the reply: Go fails at the first", text)?)?;
    Some(Reason::BehindMismatched { replies, first })
}

fn mismatch(text: &str) -> Option<Mismatch> {
    match text {
        "1 octet is no DNS message" => return Some(Mismatch::NoMessage { octets: 1 }),
        "another ID" => return Some(Mismatch::Id),
        "a query, not a reply (QR=0)" => return Some(Mismatch::Query),
        "a reply without a question" => return Some(Mismatch::NoQuestion),
        "another question: about another name" => return Some(Mismatch::OtherName),
        "another question: about another class" => return Some(Mismatch::OtherClass),
        _ => {}
    }
    if let Some(octets) = hole("{} octets are no DNS message", text) {
        return value(octets).map(|octets| Mismatch::NoMessage { octets });
    }
    if let Some(opcode) = hole("another opcode ({})", text) {
        return value(opcode).map(|opcode| Mismatch::Opcode { opcode });
    }
    if let Some(count) = hole("{} questions", text) {
        return value(count).map(|count| Mismatch::Questions { count });
    }
    if let Some(said) = hole("its question cannot be read: {}", text) {
        return record_fault(said).map(|fault| Mismatch::UnreadableQuestion { fault });
    }
    if let Some(qtype) = hole("another question: about type {}", text) {
        return value(qtype).map(|qtype| Mismatch::OtherType { qtype });
    }
    let from = hole("it came from {}, which was not asked", text)?;
    value(from).map(|from| Mismatch::OtherSource { from })
}

fn connection(text: &str) -> Option<Reason> {
    if let Some(said) = hole("connected, and within the window came {}", text) {
        return begun(said).map(|begun| Reason::Incomplete { begun: Some(begun) });
    }
    let (end, said) = hole("the server closed the connection after {}", text)
        .map(|said| (TcpEnd::Closed, said))
        .or_else(|| hole("the connection was reset after {}", text).map(|said| (TcpEnd::Reset, said)))?;
    begun(said).map(|begun| Reason::Ended {
        end,
        begun: Some(begun),
    })
}

fn begun(text: &str) -> Option<PartialTcpMessage> {
    if text == "1 of the 2 octets of a length" {
        return Some(PartialTcpMessage::Length);
    }
    match holes("{} of the {} octets of a message", text)?[..] {
        [octets, of] => Some(PartialTcpMessage::Message {
            octets: value(octets)?,
            of: value(of)?,
        }),
        _ => None,
    }
}

fn tls(text: &str) -> Option<TlsFault> {
    let said = |template: &str| hole(template, text).map(str::to_owned);
    match text {
        "the platform's root certificates could not be read in time" => return Some(TlsFault::RootsTooLate),
        "its certificate is not issued by an authority that this host trusts" => return Some(TlsFault::OtherIssuer),
        "it does not offer HTTP/2 (ALPN h2)" => return Some(TlsFault::NoHttp2),
        "it closed the connection during the TLS handshake" => return Some(TlsFault::Closed),
        "the connection was reset during the TLS handshake, by the server or by a device on the way" => {
            return Some(TlsFault::Reset);
        }
        "connected, but no TLS handshake" => return Some(TlsFault::NoHandshake),
        _ => {}
    }
    if let Some(said) = said("this host has no root certificates to verify with{}") {
        return Some(TlsFault::NoRoots { said });
    }
    if let Some(name) = said("no certificate can be for \"{}\"") {
        // One with an escape in it is written otherwise.
        return (!name.contains('\\')).then_some(TlsFault::ImpossibleName { name });
    }
    if let Some(said) = said("its certificate is not valid now: {}") {
        return Some(TlsFault::NotValidNow { said });
    }
    if let Some(said) = said("its certificate cannot be used: {}") {
        return Some(TlsFault::BadCertificate { said });
    }
    if let Some(said) = said("what answers does not speak TLS: {}") {
        return Some(TlsFault::NotTls { said });
    }
    if let Some(said) = said("the TLS handshake failed: {}") {
        return Some(TlsFault::Other { said });
    }
    match holes("its certificate is not valid for {}: {}", text)?[..] {
        [name, said] => Some(TlsFault::OtherName {
            name: name.to_owned(),
            said: said.to_owned(),
        }),
        _ => None,
    }
}

fn http(text: &str) -> Option<HttpFault> {
    match text {
        "a TLS session, but no whole response" => return Some(HttpFault::NoResponse),
        "it closed the HTTP/2 connection without a whole response" => return Some(HttpFault::Closed),
        _ => {}
    }
    if let Some(said) = hole("HTTP/2 failed: {}", text) {
        return Some(HttpFault::Broken { said: said.to_owned() });
    }
    if let Some(most) = hole("more than {} octets, which no DNS message has", text) {
        return value(most).map(|most| HttpFault::TooLong { most });
    }
    if let Some(status) = hole(
        "HTTP {} without a content type, in place of application/dns-message",
        text,
    ) {
        return value(status).map(|status| HttpFault::Content { status, found: None });
    }
    if let Some([status, found]) = holes("HTTP {} with {} in place of application/dns-message", text).as_deref() {
        return value(status).map(|status| HttpFault::Content {
            status,
            found: Some((*found).to_owned()),
        });
    }
    // The words of version 1, which follow from the status.
    let (plain, hinted) = [
        (": is the path right?", 404..=404),
        (": redirections are not followed", 300..=399),
    ]
    .into_iter()
    .find_map(|(hint, statuses)| Some((text.strip_suffix(hint)?, Some(statuses))))
    .unwrap_or((text, None));
    match holes("HTTP {} {}", plain)?[..] {
        [status, name] => {
            let name = name.to_owned();
            let is_hinted = |status: &u16| match &hinted {
                Some(statuses) => statuses.contains(status),
                None => *status != 404 && !(300..=399).contains(status),
            };
            value(status)
                .filter(is_hinted)
                .map(|status| HttpFault::Status { status, name })
        }
        _ => None,
    }
}

fn flaw(text: &str) -> Option<Flaw> {
    if text == "the answer section holds only records of other names" {
        return Some(Flaw::OnlyOtherNames);
    }
    if let Some(rcode) = value::<Rcode>(text) {
        return Some(Flaw::Rcode { rcode, broken: None });
    }
    if let Some(name) = hole("the aliases lead back to {}", text) {
        return value(name).map(|name| Flaw::AliasLoop { name });
    }
    if let Some(most) = hole("more than {} aliases", text) {
        return value(most).map(|most| Flaw::TooManyAliases { most });
    }
    let others = |template: &str, beside_answer| match holes(template, text)?[..] {
        [rtype, owner] => Some(Flaw::OtherNames {
            rtype: value(rtype)?,
            owner: value(owner)?,
            beside_answer,
        }),
        _ => None,
    };
    if let Some(flaw) = others("the answer section holds {} records of other names only ({})", false).or_else(|| {
        others(
            "beside the answer, the answer section holds {} records of other names ({})",
            true,
        )
    }) {
        return Some(flaw);
    }
    if let Some(broken) = broken(text) {
        return Some(Flaw::Broken(broken));
    }
    match holes("{}; {}", text)?[..] {
        [rcode, said] => Some(Flaw::Rcode {
            rcode: value(rcode)?,
            broken: Some(broken(said)?),
        }),
        _ => None,
    }
}

fn broken(text: &str) -> Option<Broken> {
    if let Some(defect) = defect(text) {
        return Some(Broken { defect, oversize: None });
    }
    let (said, oversized) = text.strip_suffix(')')?.rsplit_once(" (")?;
    Some(Broken {
        defect: defect(said)?,
        oversize: Some(oversize(oversized)?),
    })
}

fn oversize(text: &str) -> Option<Oversize> {
    match holes(
        "{} octets came over UDP, and clients read the {} that they announce",
        text,
    )?[..]
    {
        [octets, read] => Some(Oversize {
            octets: value(octets)?,
            read: value(read)?,
        }),
        _ => None,
    }
}

fn defect(text: &str) -> Option<OctetDefect> {
    match text {
        "1 octet follows behind the last record" => return Some(OctetDefect::Trailing { octets: 1 }),
        "an OPT record stands outside of the additional section" => return Some(OctetDefect::OptElsewhere),
        "it has a second OPT record" => return Some(OctetDefect::SecondOpt),
        "the owner of its OPT record is not the root" => return Some(OctetDefect::OptOwner),
        "an option of its OPT record runs past the end of the record" => return Some(OctetDefect::OptionTooLong),
        "an Extended DNS Error is too short for its code" => return Some(OctetDefect::ExtendedErrorTooShort),
        "the text of an Extended DNS Error is not UTF-8" => return Some(OctetDefect::ExtendedErrorText),
        _ => {}
    }
    if let Some(oversize) = oversize(text) {
        return Some(OctetDefect::Oversize(oversize));
    }
    if let Some(octets) = hole("{} octets follow behind the last record", text) {
        return value(octets).map(|octets| OctetDefect::Trailing { octets });
    }
    if let Some([records, kept]) = holes("it holds {} records, of which {} are looked at", text).as_deref() {
        return Some(OctetDefect::TooManyRecords {
            records: value(records)?,
            kept: value(kept)?,
        });
    }
    match holes("record {} of {} in the {} section cannot be read: {}", text)?[..] {
        [number, of, section, said] => Some(OctetDefect::Record {
            number: value(number)?,
            of: value(of)?,
            section: match section {
                "answer" => Section::Answer,
                "authority" => Section::Authority,
                "additional" => Section::Additional,
                _ => return None,
            },
            fault: record_fault(said)?,
        }),
        _ => None,
    }
}

fn record_fault(text: &str) -> Option<RecordFault> {
    match text {
        "the message ends there" => return Some(RecordFault::CutShort),
        "a label of its owner name has a dot in it" => return Some(RecordFault::DotInOwner),
        "a label of the name in its data has a dot in it" => return Some(RecordFault::DotInData),
        _ => {}
    }
    if let Some([octets, left]) =
        holes("its data is said to be {} octets, and the message has {} left", text).as_deref()
    {
        return Some(RecordFault::TooLong {
            octets: value(octets)?,
            left: value(left)?,
        });
    }
    if let Some([found, asked]) = holes("its class is {}, not {}", text).as_deref() {
        return Some(RecordFault::Class {
            found: class(found)?,
            asked: class(asked)?,
        });
    }
    if let Some([octets, rtype, right]) =
        holes("its data is {} octets long, and that of {} records is {}", text).as_deref()
    {
        return Some(RecordFault::Length {
            octets: value(octets)?,
            rtype: value::<RecordType>(rtype)?,
            right: value(right)?,
        });
    }
    if let Some(octets) = hole("{} octets follow the name in its data", text) {
        return value(octets).map(|octets| RecordFault::BehindName { octets });
    }
    if let Some(octets) = hole("{} octets follow the names of a SOA record, and 20 should", text) {
        return value(octets).map(|octets| RecordFault::SoaNumbers { octets });
    }
    name_fault(text).map(RecordFault::from)
}

fn class(text: &str) -> Option<u16> {
    match text {
        "IN" => Some(1),
        "CH" => Some(3),
        "HS" => Some(4),
        "NONE" => Some(254),
        "ANY" => Some(255),
        _ => value(hole("CLASS{}", text)?),
    }
}

fn name_fault(text: &str) -> Option<NameFault> {
    Some(match text {
        "the message ends inside of a name" => NameFault::CutShort,
        "a name is longer than 255 octets" => NameFault::TooLong,
        "a compression pointer leads out of the message" => NameFault::PointsOut,
        "a compression pointer leads forward" => NameFault::PointsForward,
        "compression pointers lead in a circle" => NameFault::PointsInACircle,
        _ => {
            if let Some(most) = hole("a name has more than {} compression pointers", text) {
                return value(most).map(|most| NameFault::TooManyPointers { most });
            }
            let kind = hole("a label is of the reserved kind 0x{}", text)?;
            let kind = u8::from_str_radix(kind, 16).ok()?;
            matches!(kind, 0x40 | 0x80).then_some(NameFault::ReservedLabel { kind })?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts as version 1 wrote them. They are no longer what `Display` has to write, and stay readable.
    #[test]
    fn the_words_of_version_1_have_their_meaning() {
        let refused = Reason::Network {
            failure: NetworkFailure::Refused,
        };
        let questions = Mismatch::Questions { count: 2 };
        let from = "10.63.200.11:53".parse().ok();
        let fault = RecordFault::TooLong { octets: 4, left: 1 };
        let record = OctetDefect::Record {
            number: 2,
            of: 2,
            section: Section::Answer,
            fault,
        };
        let oversize = Oversize {
            octets: 1300,
            read: 1232,
        };
        let broken = |defect, oversize| {
            let flaw = Flaw::Broken(Broken { defect, oversize });
            Some(Reason::Reply { flaw })
        };
        for (words, meaning) in [
            ("the port is refused: nothing listens there", Some(refused)),
            (
                "3 replies that did not belong to the question: 2 questions",
                Some(Reason::Mismatched {
                    replies: 3,
                    first: questions.clone(),
                }),
            ),
            (
                "1 reply that did not belong to the question: 2 questions, and only then the reply: Go fails at the first",
                Some(Reason::BehindMismatched {
                    replies: 1,
                    first: questions,
                }),
            ),
            (
                "1 reply that did not belong to the question: it came from 10.63.200.11:53, which was not asked",
                from.map(|from| Reason::Mismatched {
                    replies: 1,
                    first: Mismatch::OtherSource { from },
                }),
            ),
            (
                "record 2 of 2 in the answer section cannot be read: its data is said to be 4 octets, and the message \
                 has 1 left",
                broken(record, None),
            ),
            (
                "record 2 of 2 in the answer section cannot be read: its data is said to be 4 octets, and the message \
                 has 1 left (1300 octets came over UDP, and clients read the 1232 that they announce)",
                broken(record, Some(oversize)),
            ),
            (
                "NOTIMP; 3 octets follow behind the last record",
                Some(Reason::Reply {
                    flaw: Flaw::Rcode {
                        rcode: Rcode::NOTIMP,
                        broken: Some(Broken {
                            defect: OctetDefect::Trailing { octets: 3 },
                            oversize: None,
                        }),
                    },
                }),
            ),
            (
                "the server closed the connection after 65 of the 130 octets of a message",
                Some(Reason::Ended {
                    end: TcpEnd::Closed,
                    begun: Some(PartialTcpMessage::Message { octets: 65, of: 130 }),
                }),
            ),
            (
                "its certificate is not valid for 10.0.1.10: it is for other.example.test",
                Some(Reason::Tls {
                    fault: TlsFault::OtherName {
                        name: "10.0.1.10".to_owned(),
                        said: "it is for other.example.test".to_owned(),
                    },
                }),
            ),
            (
                "HTTP 404 Not Found: is the path right?",
                Some(Reason::Http {
                    fault: HttpFault::Status {
                        status: 404,
                        name: "Not Found".to_owned(),
                    },
                }),
            ),
        ] {
            assert!(meaning.is_some(), "{words}");
            assert_eq!(reason(words), meaning, "{words}");
        }
    }

    #[test]
    fn what_is_not_one_of_them_has_none() {
        for words in [
            "",
            "the port is refused",
            "The port is refused: nothing listens there",
            "+2 replies that did not belong to the question: another ID",
            "2 replies that did not belong to the question: something else",
            "record 1 of 1 in the middle section cannot be read: the message ends there",
            "record 1 of 1 in the answer section cannot be read: the message ends th",
            "HTTP 500 Not Found: is the path right?",
        ] {
            assert_eq!(reason(words), None, "{words}");
        }
    }
}
