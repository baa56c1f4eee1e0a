//! What a datagram is to a question.
//!
//! Most replies are plain: an address or two at the name itself, nothing else in the answer section, and nothing wrong
//! in what can be seen at a glance. Those are read here. Every other one goes to the code that reads replies for
//! `check`, octet for octet the same; a test holds the two to each other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Asked;
use super::question::{Family, HEADER, Target};
use crate::dns::{AnswerKind, RData, Rcode, Record, Reply, Section};
use crate::observation::Transport;
use crate::probe::wire::{self, Decoded};

/// The most records of a reply that is read at a glance.
const PLAIN_ANSWERS: u16 = 8;
/// The most octets of one: below what the question announces.
const PLAIN_OCTETS: usize = 512;

/// What a datagram is to a question.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    /// The reply to it.
    Reply(Asked),
    /// A reply that is only a header. The wait goes on, as a client's does.
    BareHeader,
    /// Something else, with its ID. The wait goes on.
    Mismatch,
}

/// Reads a datagram that has the ID of the question.
pub(super) fn read(target: &Target, family: Family, id: u16, octets: &[u8]) -> Heard {
    if let Some((addresses, reply)) = plain(target, family, octets) {
        return Heard::Reply(Asked {
            rcode: Some(Rcode::NOERROR),
            addresses,
            reply: Some(Box::new(reply)),
            ..Asked::of(AnswerKind::Answer)
        });
    }
    match target.query(family, id).decode_datagram(octets) {
        Decoded::Reply(reply) => Heard::Reply(asked(target, family, reply, Transport::Udp)),
        Decoded::HeaderOnly(_) => Heard::BareHeader,
        Decoded::Mismatch(_) => Heard::Mismatch,
    }
}

/// What a reply that belongs to the question says.
pub(super) fn asked(target: &Target, family: Family, reply: Reply, transport: Transport) -> Asked {
    let (kind, flaw) = reply.kind(&target.name, family.qtype());
    // Addresses and aliases stand in the answer section, and a negative answer most often has none.
    let (mut addresses, mut aliases) = (Vec::new(), Vec::new());
    if reply.records.iter().any(|record| record.section == Section::Answer) {
        addresses = reply.addresses(&target.name, family.qtype());
        aliases = reply.names(&target.name).split_off(1);
    }
    Asked {
        rcode: Some(reply.rcode),
        addresses,
        aliases,
        soa: reply.soa(),
        extended_errors: reply.extended_errors.iter().map(|error| error.code).collect(),
        transport,
        is_lame: reply.is_lame(),
        is_flawed: flaw.is_some(),
        reply: Some(Box::new(reply)),
        ..Asked::of(kind)
    }
}

/// A reply that holds addresses and nothing else, and those; `None` where it takes more to read.
fn plain(target: &Target, family: Family, octets: &[u8]) -> Option<(Vec<IpAddr>, Reply)> {
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
    let reply = Reply {
        rcode: Rcode::NOERROR,
        flags: wire::flags(flags),
        records,
        extended_errors: Vec::new(),
        edns: additional == 1,
        defect: None,
        blemish: None,
        oversize: None,
    };
    Some((addresses, reply))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    const ID: u16 = 0x1234;

    fn target() -> Target {
        Target::new(0, "A.gr7.eu-west-1.EKS.amazonaws.com".parse().unwrap())
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

    fn careful(family: Family, octets: &[u8]) -> Heard {
        match target().query(family, ID).decode_datagram(octets) {
            Decoded::Reply(reply) => Heard::Reply(asked(&target(), family, reply, Transport::Udp)),
            Decoded::HeaderOnly(_) => Heard::BareHeader,
            Decoded::Mismatch(_) => Heard::Mismatch,
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
        ];
        let (mut glances, mut others) = (0, 0);
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
            } else {
                others += 1;
            }
            assert_eq!(
                read(&target(), *family, ID, &octets),
                careful(*family, &octets),
                "{octets:?}"
            );
        }
        assert!(glances > 5_000 && others > 5_000, "{glances} {others}");
    }
}
