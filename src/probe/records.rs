//! Names and records in the octets of a message.
//!
//! A record is taken apart by its own length, so that one whose data cannot be read leaves the next readable; only
//! where the length itself lies, or an owner name has no end, is what stands behind unknown.

use std::collections::BTreeSet;

use crate::dns::{
    Class, ExtendedError, Name, NameFault, OctetDefect, RData, Rcode, Record, RecordFault, RecordType, Reply, Section,
};
use crate::limits;

/// The option code of Extended DNS Errors (RFC 8914 section 2).
const EXTENDED_ERROR: u16 = 15;
/// The type of the OPT pseudo-record (RFC 6891 section 6.1.1).
const OPT: RecordType = RecordType(41);
/// The octets of a name, at most (RFC 1035 section 2.3.4).
const NAME: usize = 255;

/// Two octets as a number.
pub(super) fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*octets.get(at..)?.first_chunk()?))
}

fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*octets.get(at..)?.first_chunk()?))
}

/// The name at an offset, and the offset behind it (RFC 1035 section 4.1.4). Pointers lead back, each before the one
/// that was followed, as "a prior occurrence" has it: there is no loop to walk.
pub(super) fn name(message: &[u8], start: usize) -> Result<(Name, usize), NameFault> {
    let mut labels: Vec<&[u8]> = Vec::new();
    let (mut at, mut before, mut end) = (start, start, None);
    let (mut length, mut pointers) = (1, 0);
    loop {
        let first = *message.get(at).ok_or(NameFault::CutShort)?;
        let low = usize::from(first & 0x3f);
        match first & 0xc0 {
            0x00 if low == 0 => break,
            0x00 => {
                length += 1 + low;
                if length > NAME {
                    return Err(NameFault::TooLong);
                }
                let label = message.get(at + 1..=at + low).ok_or(NameFault::CutShort)?;
                labels.push(label);
                at += 1 + low;
            }
            0xc0 => {
                let target = low << 8 | usize::from(*message.get(at + 1).ok_or(NameFault::CutShort)?);
                end.get_or_insert(at + 2);
                pointers += 1;
                if target >= message.len() {
                    return Err(NameFault::PointsOut);
                }
                if target > at {
                    return Err(NameFault::PointsForward);
                }
                if target >= before {
                    return Err(NameFault::PointsInACircle);
                }
                if pointers > limits::COMPRESSION_POINTERS {
                    let most = limits::COMPRESSION_POINTERS;
                    return Err(NameFault::TooManyPointers { most });
                }
                (at, before) = (target, target);
            }
            // RFC 6891 section 5 made the last use of 0x40 historic; 0x80 never had one.
            kind => return Err(NameFault::ReservedLabel { kind }),
        }
    }
    // Every label has its octets, and there are no more of them than a name has.
    let name = Name::from_labels(labels).map_err(|_| NameFault::TooLong)?;
    Ok((name, end.unwrap_or(at + 1)))
}

/// A record, taken apart and not yet understood.
struct Frame {
    owner: Name,
    rtype: RecordType,
    class: u16,
    ttl: u32,
    /// Where its data begins, and the octets that it says it has.
    data: usize,
    length: usize,
}

impl Frame {
    fn read(message: &[u8], start: usize) -> Result<Self, RecordFault> {
        if start >= message.len() {
            return Err(RecordFault::CutShort);
        }
        let (owner, at) = name(message, start)?;
        let fixed = || {
            Some((
                u16_at(message, at)?,
                u16_at(message, at + 2)?,
                u32_at(message, at + 4)?,
                u16_at(message, at + 8)?,
            ))
        };
        let (rtype, class, ttl, length) = fixed().ok_or(RecordFault::CutShort)?;
        Ok(Self {
            owner,
            rtype: RecordType(rtype),
            class,
            ttl,
            data: at + 10,
            length: length.into(),
        })
    }

    fn octets<'a>(&self, message: &'a [u8]) -> Result<&'a [u8], RecordFault> {
        message
            .get(self.data..self.data + self.length)
            .ok_or(RecordFault::TooLong {
                octets: self.length,
                left: message.len() - self.data,
            })
    }

    /// Whether a client that asks for addresses reads its data: others are passed over by their length.
    fn is_read_by_clients(&self) -> bool {
        matches!(self.rtype, RecordType::A | RecordType::AAAA | RecordType::CNAME)
    }
}

/// A part of a message that holds records, as its header announces it.
pub(super) struct Announced {
    pub(super) section: Section,
    pub(super) count: u16,
}

/// Reads the sections from `at` on into the reply. `other` writes out the data of a record (by the offset of the
/// record) of a type that is not read here; `None` where it cannot.
pub(super) fn read(
    reply: &mut Reply,
    message: &[u8],
    mut at: usize,
    sections: &[Announced],
    asked: Class,
    other: impl Fn(usize) -> Option<String>,
) {
    for Announced { section, count } in sections {
        for number in 1..=*count {
            let broken = |fault: RecordFault| OctetDefect::Record {
                number,
                of: *count,
                section: *section,
                fault,
            };
            let start = at;
            let frame = match Frame::read(message, start) {
                Ok(frame) => frame,
                Err(fault) => return spoil(reply, *section, broken(fault)),
            };
            if frame.rtype == OPT {
                options(reply, *section, &frame, message);
            }
            let octets = match frame.octets(message) {
                Ok(octets) => octets,
                Err(fault) => return spoil(reply, *section, broken(fault)),
            };
            at = frame.data + frame.length;
            if frame.rtype == OPT {
                continue;
            }
            if dotted(&frame.owner) {
                spoil(reply, *section, broken(RecordFault::DotInOwner));
                continue;
            }
            // What is only shown is written out for as many as are kept: it may take long, and be long.
            let shown = || {
                (reply.records.len() < limits::RECORDS_PER_REPLY)
                    .then(|| other(start))
                    .flatten()
            };
            match data(&frame, message, octets, asked, shown) {
                Ok(data) => reply.records.push(Record {
                    section: *section,
                    owner: frame.owner,
                    rtype: frame.rtype,
                    // RFC 2181 section 8.
                    ttl: if frame.ttl >> 31 == 1 { 0 } else { frame.ttl },
                    data,
                }),
                // Clients read the data of nothing else, and so would not know.
                Err(fault) if frame.is_read_by_clients() => spoil(reply, *section, broken(fault)),
                Err(fault) => blemish(reply, broken(fault)),
            }
        }
    }
    let trailing = message.len() - at;
    if trailing > 0 {
        blemish(reply, OctetDefect::Trailing { octets: trailing });
    }
}

/// Whether a label has a dot in it. Go reads no record with such a name (golang/go#56246; recorded with Go 1.24 and
/// 1.27, where 1.19 still did); others may take it for two labels.
fn dotted(name: &Name) -> bool {
    name.labels().any(|label| label.contains(&b'.'))
}

/// Something in a section cannot be read. Go, glibc and musl read the answer section and nothing behind it (Go,
/// src/net/dnsclient_unix.go; glibc, resolv/nss_dns/dns-host.c; musl, src/network/dns_parse.c).
fn spoil(reply: &mut Reply, section: Section, defect: OctetDefect) {
    if section == Section::Answer {
        reply.defect.get_or_insert(defect);
    } else {
        blemish(reply, defect);
    }
}

/// Something is wrong that clients which ask for addresses do not see.
fn blemish(reply: &mut Reply, defect: OctetDefect) {
    reply.blemish.get_or_insert(defect);
}

fn data(
    frame: &Frame,
    message: &[u8],
    octets: &[u8],
    asked: Class,
    shown: impl FnOnce() -> Option<String>,
) -> Result<RData, RecordFault> {
    if frame.class != asked.number() {
        let (found, asked) = (frame.class, asked.number());
        return Err(RecordFault::Class { found, asked });
    }
    let size = |right: usize| RecordFault::Length {
        rtype: frame.rtype,
        octets: frame.length,
        right,
    };
    let behind = frame.data + frame.length;
    // A name in the data ends within it; a pointer in it may lead anywhere before.
    let name_at = |at: usize| {
        let (name, end) = name(&message[..behind], at)?;
        if dotted(&name) {
            return Err(RecordFault::DotInData);
        }
        Ok((name, end))
    };
    let only_name = || {
        let (name, end) = name_at(frame.data)?;
        if end != behind {
            let octets = behind - end;
            return Err(RecordFault::BehindName { octets });
        }
        Ok(name)
    };
    match frame.rtype {
        RecordType::A => {
            let octets: [u8; 4] = octets.try_into().map_err(|_| size(4))?;
            Ok(RData::A(octets.into()))
        }
        RecordType::AAAA => {
            let octets: [u8; 16] = octets.try_into().map_err(|_| size(16))?;
            Ok(RData::Aaaa(octets.into()))
        }
        RecordType::CNAME => only_name().map(RData::Cname),
        RecordType::NS => only_name().map(RData::Ns),
        RecordType::SOA => {
            // A mailbox may have a dot in its first label (RFC 1035 section 8). Clients that ask for addresses read the
            // data of no SOA.
            let (mname, at) = name(&message[..behind], frame.data)?;
            let (rname, at) = name(&message[..behind], at)?;
            let numbers = &message[at..behind];
            match (u32_at(numbers, 0), u32_at(numbers, 16)) {
                (Some(serial), Some(minimum)) if numbers.len() == 20 => Ok(RData::Soa {
                    mname,
                    rname,
                    serial,
                    minimum,
                }),
                _ => Err(RecordFault::SoaNumbers { octets: numbers.len() }),
            }
        }
        _ => Ok(RData::Other(bounded(&shown().unwrap_or_else(|| generic(octets))))),
    }
}

/// Data of a type that is not known here (RFC 3597 section 5).
fn generic(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = format!("\\# {}", octets.len());
    for (number, octet) in octets.iter().take(limits::TEXT_FROM_WIRE / 2).enumerate() {
        let space = if number == 0 { " " } else { "" };
        let _ = write!(text, "{space}{octet:02x}");
    }
    text
}

/// Reads the OPT pseudo-record (RFC 6891 section 6.1.2).
fn options(reply: &mut Reply, section: Section, frame: &Frame, message: &[u8]) {
    if section != Section::Additional {
        // It means nothing there: clients pass it over.
        return blemish(reply, OctetDefect::OptElsewhere);
    }
    if reply.edns {
        // RFC 6891 section 6.1.1 allows one; Go takes the first.
        return blemish(reply, OctetDefect::SecondOpt);
    }
    reply.edns = true;
    // Section 6.1.3: the TTL's first octet holds the high bits of the RCODE. It counts however broken the options are.
    let high = u16::try_from(frame.ttl >> 24).unwrap_or_default();
    reply.rcode = Rcode(high << 4 | reply.rcode.0);
    if !frame.owner.is_root() {
        blemish(reply, OctetDefect::OptOwner);
    }
    let Ok(mut rest) = frame.octets(message) else {
        return;
    };
    while !rest.is_empty() {
        let option = || {
            let (code, length) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
            Some((code, rest.get(4..4 + length)?, rest.get(4 + length..)?))
        };
        let Some((code, data, behind)) = option() else {
            return blemish(reply, OctetDefect::OptionTooLong);
        };
        rest = behind;
        if code == EXTENDED_ERROR {
            extended_error(reply, data);
        }
    }
}

/// Option 15: two octets of code, the rest text (RFC 8914 section 2).
fn extended_error(reply: &mut Reply, data: &[u8]) {
    let Some((code, text)) = data.split_first_chunk::<2>() else {
        return blemish(reply, OctetDefect::ExtendedErrorTooShort);
    };
    if reply.extended_errors.len() == limits::EXTENDED_ERRORS_PER_REPLY {
        return;
    }
    if std::str::from_utf8(text).is_err() {
        blemish(reply, OctetDefect::ExtendedErrorText);
    }
    let text = String::from_utf8_lossy(text);
    // Some servers end the text with NUL, which RFC 8914 allows for.
    let text = bounded(text.trim_end_matches('\0'));
    let error = ExtendedError::new(u16::from_be_bytes(*code), Some(text));
    reply.extended_errors.push(error);
}

/// Keeps as many records as a reply may have, those that decide first, in their order.
pub(super) fn keep_bounded(reply: &mut Reply, qname: &Name, qtype: RecordType) {
    let all = reply.records.len();
    if all <= limits::RECORDS_PER_REPLY {
        return;
    }
    let names = reply.names(qname);
    let rank = |record: &Record| match (record.section, &record.data) {
        (Section::Answer, RData::Cname(_)) if names.contains(&record.owner) => 0,
        (Section::Answer, _) if record.rtype == qtype && names.contains(&record.owner) => 1,
        (Section::Answer, _) if record.rtype == qtype => 2,
        (_, RData::Soa { .. } | RData::Ns(_)) => 3,
        _ => 4,
    };
    let mut order: Vec<usize> = (0..all).collect();
    order.sort_by_key(|index| rank(&reply.records[*index]));
    let kept: BTreeSet<usize> = order.into_iter().take(limits::RECORDS_PER_REPLY).collect();
    let mut index = 0;
    reply.records.retain(|_| {
        index += 1;
        kept.contains(&(index - 1))
    });
    let (records, kept) = (all, limits::RECORDS_PER_REPLY);
    blemish(reply, OctetDefect::TooManyRecords { records, kept });
}

fn bounded(text: &str) -> String {
    text.chars().take(limits::TEXT_FROM_WIRE).collect()
}
