//! What a datagram is to a question.
//!
//! Most replies are plain: an address or two at the name itself and nothing else, or no record of the type and the SOA
//! of the zone, and nothing wrong in what can be seen at a glance. Those are read here. Every other one goes to the
//! code that reads replies for `check`, octet for octet the same; a test holds the two to each other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::LookupOutcome;
use super::question::{EncodedTarget, Family, HEADER};
use crate::dns::{AnswerKind, Name, RData, Rcode, Record, RecordType, Reply, Section};
use crate::observation::Transport;
use crate::probe::wire::{self, Decoded};

/// The most records of a reply that is read at a glance.
const PLAIN_ANSWERS: u16 = 8;
/// The most labels of a name in one.
const PLAIN_LABELS: usize = 16;
/// The most octets of one: below what the question announces.
const PLAIN_OCTETS: usize = 512;

/// What a datagram is to a question.
#[derive(Debug, PartialEq)]
pub(super) enum HeardDatagram {
    /// The reply to it.
    Reply(LookupOutcome),
    /// A reply that is only a header. The wait goes on, as a client's does.
    BareHeader,
    /// Something else, with its ID. The wait goes on.
    Mismatch,
}

/// Reads a datagram that has the ID of the question.
pub(super) fn read(target: &EncodedTarget, family: Family, id: u16, octets: &[u8]) -> HeardDatagram {
    if let Some((addresses, reply)) = plain(target, family, octets) {
        return HeardDatagram::Reply(LookupOutcome {
            rcode: Some(Rcode::NOERROR),
            addresses,
            reply: Some(Box::new(reply)),
            ..LookupOutcome::of(AnswerKind::Answer)
        });
    }
    if let Some(reply) = without_answer(target, family, octets) {
        return HeardDatagram::Reply(asked(target, family, reply, Transport::Udp));
    }
    match target.query(family, id).decode_datagram(octets) {
        Decoded::Reply(reply) => HeardDatagram::Reply(asked(target, family, reply, Transport::Udp)),
        Decoded::HeaderOnly(_) => HeardDatagram::BareHeader,
        Decoded::Mismatch(_) => HeardDatagram::Mismatch,
    }
}

/// What a reply that belongs to the question says.
pub(super) fn asked(target: &EncodedTarget, family: Family, reply: Reply, transport: Transport) -> LookupOutcome {
    let (kind, flaw) = reply.kind(&target.name, family.qtype());
    // Addresses and aliases stand in the answer section, and a negative answer most often has none.
    let (mut addresses, mut aliases) = (Vec::new(), Vec::new());
    if reply.records.iter().any(|record| record.section == Section::Answer) {
        addresses = reply.addresses(&target.name, family.qtype());
        aliases = reply.names(&target.name).split_off(1);
    }
    LookupOutcome {
        rcode: Some(reply.rcode),
        addresses,
        aliases,
        soa: reply.soa(),
        extended_errors: reply.extended_errors.iter().map(|error| error.code).collect(),
        transport,
        is_lame: reply.is_lame(),
        is_flawed: flaw.is_some(),
        reply: Some(Box::new(reply)),
        ..LookupOutcome::of(kind)
    }
}

/// A reply that holds addresses and nothing else, and those; `None` where it takes more to read.
fn plain(target: &EncodedTarget, family: Family, octets: &[u8]) -> Option<(Vec<IpAddr>, Reply)> {
    let header: &[u8; HEADER] = octets.first_chunk()?;
    let number = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    // QR, opcode 0, no TC, NOERROR; whether AA, RD, RA, AD and CD are set changes nothing of the answer.
    let flags = number(2);
    let (questions, answers, authority, additional) = (number(4), number(6), number(8), number(10));
    let is_plain = flags & 0xfa0f == 0x8000
        && questions == 1
        && (1..=PLAIN_ANSWERS).contains(&answers)
        && authority == 0
        && additional <= 1
        && octets.len() <= PLAIN_OCTETS
        && !target.is_dotted();
    if !is_plain || !target.is_asked_in(family, octets) {
        return None;
    }
    let mut at = HEADER + target.name_octets().len() + 2;
    let mut take = |length: usize| {
        let taken = octets.get(at..at + length)?;
        at += length;
        Some(taken)
    };
    if take(2)? != [0, 1] {
        return None;
    }
    let qtype = family.qtype().0.to_be_bytes();
    let mut addresses = Vec::with_capacity(answers.into());
    let mut records = Vec::with_capacity(answers.into());
    for _ in 0..answers {
        // The name of the question, by a pointer to it (RFC 1035 section 4.1.4), its type, and class IN.
        let fixed: &[u8; 12] = take(12)?.first_chunk()?;
        if fixed[..2] != [0xc0, 12] || fixed[2..4] != qtype || fixed[4..6] != [0, 1] {
            return None;
        }
        let data = take(u16::from_be_bytes([fixed[10], fixed[11]]).into())?;
        let (address, data) = match family {
            Family::A => {
                let ip = Ipv4Addr::from(*data.first_chunk::<4>().filter(|_| data.len() == 4)?);
                (IpAddr::V4(ip), RData::A(ip))
            }
            Family::Aaaa => {
                let ip = Ipv6Addr::from(*data.first_chunk::<16>().filter(|_| data.len() == 16)?);
                (IpAddr::V6(ip), RData::Aaaa(ip))
            }
        };
        let ttl = u32::from_be_bytes([fixed[6], fixed[7], fixed[8], fixed[9]]);
        records.push(Record {
            section: Section::Answer,
            owner: target.name.clone(),
            rtype: family.qtype(),
            // RFC 2181 section 8.
            ttl: i32::try_from(ttl).map_or(0, |_| ttl),
            data,
        });
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if additional == 1 {
        // An OPT record of the root, with no high bits of an RCODE and no option.
        let opt = take(11)?;
        if opt[..3] != [0, 0, 41] || opt[5] != 0 || opt[9..] != [0, 0] {
            return None;
        }
    }
    if at != octets.len() {
        return None;
    }
    Some((addresses, of_records(flags, records, additional == 1)))
}

/// A reply without a fault.
fn of_records(flags: u16, records: Vec<Record>, edns: bool) -> Reply {
    Reply {
        rcode: Rcode::NOERROR,
        flags: wire::flags(flags),
        records,
        extended_errors: Vec::new(),
        edns,
        defect: None,
        blemish: None,
        oversize: None,
    }
}

/// A reply that holds no answer and one SOA; `None` where it takes more to read. Most endpoints have no IPv6 address.
fn without_answer(target: &EncodedTarget, family: Family, octets: &[u8]) -> Option<Reply> {
    let header: &[u8; HEADER] = octets.first_chunk()?;
    let number = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let flags = number(2);
    let (questions, answers, authority, additional) = (number(4), number(6), number(8), number(10));
    let is_plain = flags & 0xfa0f == 0x8000
        && (questions, answers, authority) == (1, 0, 1)
        && additional <= 1
        && octets.len() <= PLAIN_OCTETS
        && !target.is_dotted();
    if !is_plain || !target.is_asked_in(family, octets) {
        return None;
    }
    let behind_question = HEADER + target.name_octets().len() + 4;
    if octets.get(behind_question - 2..behind_question)? != [0, 1] {
        return None;
    }
    let (owner, at) = plain_name(octets, behind_question)?;
    // Its type, class IN, the TTL, and the length of its data (RFC 1035 section 4.1.3).
    let fixed: &[u8; 10] = octets.get(at..)?.first_chunk()?;
    if fixed[..4] != [0, 6, 0, 1] {
        return None;
    }
    let ttl = u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]);
    let end = at + fixed.len() + usize::from(u16::from_be_bytes([fixed[8], fixed[9]]));
    let (mname, at) = plain_name(octets, at + fixed.len())?;
    let (rname, at) = plain_name(octets, at)?;
    // SERIAL, REFRESH, RETRY, EXPIRE, MINIMUM (RFC 1035 section 3.3.13).
    let numbers: &[u8; 20] = octets.get(at..end)?.first_chunk()?;
    if at + numbers.len() != end {
        return None;
    }
    let four = |at: usize| u32::from_be_bytes([numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3]]);
    let opt = octets.get(end..)?;
    let is_whole = match additional {
        0 => opt.is_empty(),
        // As of a plain answer.
        _ => opt.len() == 11 && opt[..3] == [0, 0, 41] && opt[5] == 0 && opt[9..] == [0, 0],
    };
    let record = Record {
        section: Section::Authority,
        owner,
        rtype: RecordType::SOA,
        // RFC 2181 section 8.
        ttl: i32::try_from(ttl).map_or(0, |_| ttl),
        data: RData::Soa {
            mname,
            rname,
            serial: four(0),
            minimum: four(16),
        },
    };
    is_whole.then(|| of_records(flags, vec![record], additional == 1))
}

/// The name at a place, and the place behind it. `None` where it has other characters than host names have, or points
/// to a pointer.
fn plain_name(octets: &[u8], start: usize) -> Option<(Name, usize)> {
    let mut labels: [&[u8]; PLAIN_LABELS] = [&[]; PLAIN_LABELS];
    let (mut count, mut at, mut behind) = (0, start, None);
    loop {
        let length = *octets.get(at)?;
        match length {
            0 => break,
            // A pointer to what stands before (RFC 1035 section 4.1.4).
            0xc0.. => {
                let to = usize::from(u16::from_be_bytes([length & 0x3f, *octets.get(at + 1)?]));
                if behind.replace(at + 2).is_some() || to < HEADER || to >= start {
                    return None;
                }
                at = to;
            }
            1..=63 => {
                let label = octets.get(at + 1..at + 1 + usize::from(length))?;
                let is_usual = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
                if !label.iter().all(is_usual) {
                    return None;
                }
                *labels.get_mut(count)? = label;
                count += 1;
                at += 1 + label.len();
            }
            _ => return None,
        }
    }
    let name = Name::from_labels(labels[..count].iter().copied()).ok()?;
    Some((name, behind.unwrap_or(at + 1)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    const ID: u16 = 0x1234;

    fn target() -> EncodedTarget {
        EncodedTarget::new(0, "A.gr7.eu-west-1.EKS.amazonaws.com".parse().unwrap())
    }

    /// A reply of a resolver: header flags, the number of answers, records, and whether an OPT record ends it.
    fn message(family: Family, flags: u16, answers: u8, records: &[u8], with_opt: bool) -> Vec<u8> {
        let mut octets = Vec::new();
        target().write(family, ID, &mut octets);
        octets.truncate(octets.len() - 11);
        octets[2..4].copy_from_slice(&flags.to_be_bytes());
        octets[7] = answers;
        octets[11] = u8::from(with_opt);
        octets.extend(records);
        if with_opt {
            octets.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        }
        octets
    }

    fn record(rtype: u8, data: &[u8]) -> Vec<u8> {
        let mut octets = vec![0xc0, 12, 0, rtype, 0, 1, 0, 0, 0, 60, 0];
        octets.push(u8::try_from(data.len()).unwrap());
        octets.extend(data);
        octets
    }

    /// A reply without an answer, with the SOA of a zone.
    fn soa(with_opt: bool) -> Vec<u8> {
        let mut octets = message(Family::Aaaa, 0x8180, 0, &[], false);
        (octets[9], octets[11]) = (1, u8::from(with_opt));
        // The zone as the end of the name that is asked; two names with a common end.
        octets.extend([0xc0, 12 + 2 + 4 + 10, 0, 6, 0, 1, 0, 0, 0, 60, 0, 0]);
        let data = octets.len();
        octets.extend(b"\x02ns\x03aws\x04test\0\x04root\xc0");
        octets.push(u8::try_from(data + 3).unwrap());
        octets.extend([0, 0, 0, 1, 0, 0, 28, 32, 0, 0, 3, 132, 0, 18, 117, 0, 0, 0, 0, 60]);
        octets[data - 1] = u8::try_from(octets.len() - data).unwrap();
        if with_opt {
            octets.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        }
        octets
    }

    fn careful(family: Family, octets: &[u8]) -> HeardDatagram {
        match target().query(family, ID).decode_datagram(octets) {
            Decoded::Reply(reply) => HeardDatagram::Reply(asked(&target(), family, reply, Transport::Udp)),
            Decoded::HeaderOnly(_) => HeardDatagram::BareHeader,
            Decoded::Mismatch(_) => HeardDatagram::Mismatch,
        }
    }

    #[test]
    fn a_plain_reply_is_read_at_a_glance() {
        let two = [record(1, &[10, 0, 0, 1]), record(1, &[10, 0, 0, 2])].concat();
        for (family, octets) in [
            (Family::A, message(Family::A, 0x8180, 2, &two, true)),
            (Family::A, message(Family::A, 0x8580, 2, &two, false)),
            (
                Family::Aaaa,
                message(Family::Aaaa, 0x8180, 1, &record(28, &[7; 16]), true),
            ),
        ] {
            assert!(plain(&target(), family, &octets).is_some());
            assert_eq!(read(&target(), family, ID, &octets), careful(family, &octets));
        }
    }

    #[test]
    fn a_plain_reply_without_an_answer_is_read_at_a_glance() {
        for octets in [soa(true), soa(false)] {
            let reply = without_answer(&target(), Family::Aaaa, &octets).unwrap();
            assert_eq!(reply.records[0].owner, "eks.amazonaws.com".parse().unwrap());
            let said = reply.soa().unwrap();
            assert_eq!(said.mname, "ns.aws.test".parse().unwrap());
            assert_eq!((said.ttl, said.minimum), (60, 60));
            assert_eq!(
                read(&target(), Family::Aaaa, ID, &octets),
                careful(Family::Aaaa, &octets)
            );
        }
    }

    /// Whatever is changed in a reply: what is read at a glance is what the careful code reads.
    #[test]
    fn a_glance_never_differs_from_the_careful_code() {
        let mut random = StdRng::seed_from_u64(0x6275_6c6b);
        let seeds = [
            (
                Family::A,
                message(Family::A, 0x8180, 1, &record(1, &[10, 0, 0, 1]), true),
            ),
            (
                Family::A,
                message(
                    Family::A,
                    0x8180,
                    3,
                    &[
                        record(1, &[10, 0, 0, 1]),
                        record(1, &[10, 0, 0, 1]),
                        record(1, &[1, 2, 3, 4]),
                    ]
                    .concat(),
                    false,
                ),
            ),
            (
                Family::Aaaa,
                message(Family::Aaaa, 0x8180, 1, &record(28, &[7; 16]), true),
            ),
            (Family::A, message(Family::A, 0x8180, 1, &record(5, b"\xc0\x0e"), true)),
            (Family::A, message(Family::A, 0x8183, 0, &[], true)),
            (Family::Aaaa, soa(true)),
            (Family::Aaaa, soa(false)),
        ];
        let (mut glances, mut empty, mut others) = (0, 0, 0);
        for round in 0..40_000 {
            let (family, seed) = &seeds[round % seeds.len()];
            let mut octets = seed.clone();
            for _ in 0..random.random_range(0..3) {
                let at = random.random_range(2..octets.len());
                match random.random_range(0..6) {
                    0 => octets[at] = random.random(),
                    1 => octets[at] ^= 1 << random.random_range(0..8),
                    2 => octets[at] = octets[at].wrapping_add(1),
                    3 => octets.truncate(at.max(12)),
                    4 => octets.push(0),
                    // The flags and the counts, where most is decided.
                    _ => octets[random.random_range(2..12)] = random.random_range(0..4),
                }
                if octets.len() <= 12 {
                    break;
                }
            }
            if plain(&target(), *family, &octets).is_some() {
                glances += 1;
            } else if without_answer(&target(), *family, &octets).is_some() {
                empty += 1;
            } else {
                others += 1;
            }
            assert_eq!(
                read(&target(), *family, ID, &octets),
                careful(*family, &octets),
                "{octets:?}"
            );
        }
        assert!(
            glances > 5_000 && empty > 2_000 && others > 5_000,
            "{glances} {empty} {others}"
        );
    }
}
