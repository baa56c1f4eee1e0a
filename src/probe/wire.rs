//! Between octets and the vocabulary: the only place, beside the lab's server, that sees the DNS codec.
//!
//! Queries are written by the codec. Replies are read here and in [`records`], record by record, so that what can be
//! read of them is kept and what cannot is named; the codec writes out the data that is only shown.

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{DNSClass, Name as WireName, RData as WireData, Record as WireRecord, RecordData as _};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

use super::records::{self, Announced};
use crate::dns::{Class, Flags, Mismatch, Name, OctetDefect, Oversize, Rcode, RecordFault, RecordType, Reply, Section};

/// The UDP payload size that Go, and so kubectl, announces (Go, src/net/dnsclient_unix.go: 1232, as DNS Flag
/// Day 2020 recommends).
pub(crate) const UDP_PAYLOAD: u16 = 1232;
/// The length of a message's header (RFC 1035 section 4.1.1).
const HEADER: usize = 12;

/// A query ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutgoingQuery {
    /// The ID.
    pub(crate) id: u16,
    /// The name.
    pub(crate) qname: Name,
    /// The type.
    pub(crate) qtype: RecordType,
    /// The class.
    pub(crate) class: Class,
    /// Whether an OPT record is added.
    pub(crate) edns: bool,
    /// CD.
    pub(crate) checking_disabled: bool,
}

impl OutgoingQuery {
    /// The message: RD=1, AD=0, DO=0, one question, no EDNS option, as Go asks.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, String> {
        let mut message = Message::new(self.id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = true;
        message.metadata.checking_disabled = self.checking_disabled;
        let name = to_wire_name(&self.qname)?;
        let mut question = Query::query(name, self.qtype.0.into());
        question.set_query_class(DNSClass::from(self.class.number()));
        message.add_query(question);
        if self.edns {
            let mut edns = Edns::new();
            edns.set_max_payload(UDP_PAYLOAD).set_version(0);
            message.set_edns(edns);
        }
        message.to_vec().map_err(|error| error.to_string())
    }

    /// Reads a message as the reply to this query.
    pub(crate) fn decode(&self, octets: &[u8]) -> Decoded {
        decode(self, octets)
    }

    /// Reads a datagram as the reply to this query. One that is longer than the query allowed for is read as far as
    /// Go reads it, whose buffer has the size it announces (Go, src/net/dnsclient_unix.go, maxDNSPacketSize).
    pub(crate) fn decode_datagram(&self, octets: &[u8]) -> Decoded {
        let announced = usize::from(UDP_PAYLOAD);
        if !self.edns || octets.len() <= announced {
            return self.decode(octets);
        }
        let mut decoded = self.decode(&octets[..announced]);
        if let Decoded::Reply(reply) = &mut decoded {
            let oversize = Oversize {
                octets: octets.len(),
                read: announced,
            };
            reply.blemish = Some(OctetDefect::Oversize(oversize));
            reply.oversize = Some(oversize);
        }
        decoded
    }
}

/// A name in the codec's form.
pub(crate) fn to_wire_name(name: &Name) -> Result<WireName, String> {
    let mut wire = WireName::from_labels(name.labels()).map_err(|error| error.to_string())?;
    wire.set_fqdn(true);
    Ok(wire)
}

/// A name out of the codec's form.
pub(crate) fn from_wire_name(name: &WireName) -> Result<Name, String> {
    Name::from_labels(name.iter()).map_err(|error| error.to_string())
}

/// What a message is to a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// The reply to it, whole or with a defect.
    Reply(Reply),
    /// A reply with its ID whose header says that nothing follows it: some old servers answer FORMERR that way, and
    /// Unbound refuses a client so. Go ignores it and waits (recorded with Go 1.27). Octets may follow all the same:
    /// Unbound's `refuse_non_local` leaves those of the question there (recorded with 1.17.1).
    HeaderOnly(Rcode),
    /// Something else, and why. The wait goes on.
    Mismatch(Mismatch),
}

fn decode(query: &OutgoingQuery, octets: &[u8]) -> Decoded {
    let mismatch = Decoded::Mismatch;
    let Some(header) = octets.first_chunk::<HEADER>() else {
        return mismatch(Mismatch::NoMessage { octets: octets.len() });
    };
    let number = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let (id, flags) = (number(0), number(2));
    if id != query.id {
        return mismatch(Mismatch::Id);
    }
    if flags >> 15 == 0 {
        return mismatch(Mismatch::Query);
    }
    let opcode = flags >> 11 & 0xf;
    if opcode != 0 {
        return mismatch(Mismatch::Opcode { opcode });
    }
    let rcode = Rcode(flags & 0xf);
    match number(4) {
        0 if rcode != Rcode::NOERROR && header[6..] == [0; 6] => {
            return Decoded::HeaderOnly(rcode);
        }
        0 => return mismatch(Mismatch::NoQuestion),
        1 => {}
        count => return mismatch(Mismatch::Questions { count }),
    }
    let question = records::name(octets, HEADER)
        .map_err(RecordFault::from)
        .and_then(|(qname, at)| {
            let qtype = records::u16_at(octets, at).ok_or(RecordFault::CutShort)?;
            let class = records::u16_at(octets, at + 2).ok_or(RecordFault::CutShort)?;
            Ok((qname, qtype, class, at + 4))
        });
    let at = match question {
        Err(fault) => return mismatch(Mismatch::UnreadableQuestion { fault }),
        Ok((qname, _, _, _)) if qname != query.qname => {
            return mismatch(Mismatch::OtherName);
        }
        Ok((_, qtype, _, _)) if qtype != query.qtype.0 => {
            let qtype = RecordType(qtype);
            return mismatch(Mismatch::OtherType { qtype });
        }
        Ok((_, _, class, _)) if class != query.class.number() => {
            return mismatch(Mismatch::OtherClass);
        }
        Ok((_, _, _, at)) => at,
    };
    let mut reply = Reply {
        rcode,
        flags: self::flags(flags),
        records: Vec::new(),
        extended_errors: Vec::new(),
        edns: false,
        defect: None,
        blemish: None,
        oversize: None,
    };
    let sections =
        [(Section::Answer, 6), (Section::Authority, 8), (Section::Additional, 10)].map(|(section, at)| Announced {
            section,
            count: number(at),
        });
    records::read(&mut reply, octets, at, &sections, query.class, |at| {
        presentation(octets, at)
    });
    records::keep_bounded(&mut reply, &query.qname, query.qtype);
    Decoded::Reply(reply)
}

/// The flags of a header's second 16 bits (RFC 1035 section 4.1.1, RFC 4035 section 3).
pub(crate) fn flags(octets: u16) -> Flags {
    let bit = |bit: u32| octets >> bit & 1 == 1;
    Flags {
        aa: bit(10),
        tc: bit(9),
        rd: bit(8),
        ra: bit(7),
        ad: bit(5),
        cd: bit(4),
    }
}

/// The data of the record at an offset in presentation form; `None` where the codec cannot read it.
fn presentation(octets: &[u8], at: usize) -> Option<String> {
    let mut decoder = BinDecoder::new(octets).clone(u16::try_from(at).ok()?);
    let record = WireRecord::<WireData>::read(&mut decoder).ok()?;
    // Without data, it stands for a record of a dynamic update (RFC 2136).
    (!record.data.is_update()).then(|| record.data.to_string())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::net::IpAddr;

    use super::*;
    use crate::dns::{AnswerKind, ExtendedError, RData};
    use crate::limits;

    fn query() -> OutgoingQuery {
        OutgoingQuery {
            id: 0x1234,
            qname: "A.Example".parse().unwrap(),
            qtype: RecordType::A,
            class: Class::In,
            edns: true,
            checking_disabled: false,
        }
    }

    /// Written out from RFC 1035 section 4 and RFC 6891 section 6.1.2, not by the codec.
    #[rustfmt::skip]
    const QUERY: &[u8] = &[
        0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1,
        1, b'A', 7, b'E', b'x', b'a', b'm', b'p', b'l', b'e', 0, 0, 1, 0, 1,
        0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0,
    ];

    /// The header of a reply with these flags and counts, and the question of [`query`] in another case.
    fn reply(flags: [u8; 2], counts: [u8; 3], rest: &[u8]) -> Vec<u8> {
        let mut octets = vec![0x12, 0x34, flags[0], flags[1], 0, 1];
        for count in counts {
            octets.extend([0, count]);
        }
        octets.extend(b"\x01a\x07example\x00\x00\x01\x00\x01");
        octets.extend(rest);
        octets
    }

    const A_RECORD: &[u8] = &[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];

    #[test]
    fn the_query_is_what_kubectl_sends() {
        assert_eq!(query().encode().unwrap(), QUERY);
        let plain = OutgoingQuery { edns: false, ..query() };
        let octets = plain.encode().unwrap();
        assert_eq!(octets.len(), QUERY.len() - 11);
        assert_eq!(octets[11], 0);
        let checking_disabled = OutgoingQuery {
            checking_disabled: true,
            ..query()
        };
        assert_eq!(checking_disabled.encode().unwrap()[3], 0x10);
    }

    #[test]
    fn a_question_of_class_chaos_is_asked_and_answered_in_it() {
        let query = OutgoingQuery {
            class: Class::Ch,
            qtype: RecordType::TXT,
            edns: false,
            ..query()
        };
        let asked = query.encode().unwrap();
        assert_eq!(asked[asked.len() - 4..], [0, 16, 0, 3]);
        let mut octets = asked;
        octets[2..4].copy_from_slice(&[0x85, 0]);
        octets[7] = 1;
        octets.extend(b"\xc0\x0c\x00\x10\x00\x03\x00\x00\x00\x00\x00\x0d\x0cdnsmasq-2.90");
        let Decoded::Reply(reply) = query.decode(&octets) else {
            panic!("a reply");
        };
        assert_eq!(reply.kind(&query.qname, RecordType::TXT), (AnswerKind::Answer, None));
        assert_eq!(reply.records[0].data, RData::Other("dnsmasq-2.90".to_owned()));
        // A record of class IN does not answer it, nor does an echo of class IN.
        let at = octets.len() - 20;
        octets[at] = 1;
        let Decoded::Reply(reply) = query.decode(&octets) else {
            panic!("a reply");
        };
        assert!(reply.records.is_empty());
        octets[26] = 1;
        assert!(matches!(query.decode(&octets), Decoded::Mismatch(_)));
    }

    #[test]
    fn an_answer_is_read_and_matched_without_case() {
        let Decoded::Reply(reply) = query().decode(&reply([0x81, 0x80], [1, 0, 0], A_RECORD)) else {
            panic!("a reply");
        };
        assert_eq!(
            reply.addresses(&query().qname, RecordType::A),
            [IpAddr::from([192, 0, 2, 1])]
        );
        assert_eq!(reply.flags.names(), ["rd", "ra"]);
        assert!(!reply.edns && reply.defect.is_none());
    }

    #[test]
    fn extended_errors_are_read_from_option_15() {
        let opt =
            b"\x00\x00\x29\x04\xd0\x01\x00\x00\x00\x00\x0f\x00\x0f\x00\x02\x00\x0f\x00\x0f\x00\x05\x00\x16a\xff\x00";
        let Decoded::Reply(reply) = query().decode(&reply([0x81, 0x80], [0, 0, 1], opt)) else {
            panic!("a reply");
        };
        assert_eq!(reply.rcode, Rcode::BADVERS, "the high bits come from the OPT record");
        assert_eq!(
            reply.extended_errors,
            [
                ExtendedError::new(15, None),
                ExtendedError::new(22, Some("a\u{fffd}".to_owned()))
            ]
        );
        assert_eq!(reply.extended_errors[0].name.as_deref(), Some("Blocked"));
    }

    #[test]
    fn what_does_not_belong_is_waited_past() {
        let good = reply([0x81, 0x80], [1, 0, 0], A_RECORD);
        let changed = |at: usize, to: u8| {
            let mut octets = good.clone();
            octets[at] = to;
            octets
        };
        for (octets, reason) in [
            (changed(0, 9), "another ID"),
            (changed(2, 0x01), "QR=0"),
            (changed(2, 0xa0), "opcode"),
            (changed(5, 2), "2 questions"),
            (changed(5, 0), "without a question"),
            (changed(13, b'b'), "another question"),
            (changed(24, 28), "another question"),
            (changed(26, 3), "another question"),
            (good[..5].to_vec(), "no DNS message"),
            (Vec::new(), "no DNS message"),
        ] {
            let Decoded::Mismatch(said) = query().decode(&octets) else {
                panic!("{reason}");
            };
            let said = said.to_string();
            assert!(said.contains(reason), "{said} / {reason}");
        }
    }

    #[test]
    fn a_bare_header_is_told_apart() {
        let octets = [0x12, 0x34, 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(query().decode(&octets), Decoded::HeaderOnly(Rcode::FORMERR));
        // As Unbound 1.17.1 sends it under refuse_non_local: the question's octets stand there, and do not count.
        let mut counted_as_none = reply([0x81, 0x05], [0, 0, 0], &[]);
        counted_as_none[5] = 0;
        assert_eq!(query().decode(&counted_as_none), Decoded::HeaderOnly(Rcode::REFUSED));
        // A record that is announced is none of that.
        counted_as_none[7] = 1;
        assert_eq!(
            query().decode(&counted_as_none),
            Decoded::Mismatch(Mismatch::NoQuestion)
        );
    }

    /// `john\.doe.corp.example.` is the mailbox john.doe@corp.example (RFC 1035 section 8).
    #[test]
    fn a_mailbox_with_a_dot_in_its_label_is_read() {
        let names = b"\x03dc1\xc0\x0c\x08john.doe\xc0\x0c";
        let mut soa = b"\xc0\x0c\x00\x06\x00\x01\x00\x00\x00\x3c\x00".to_vec();
        soa.push(u8::try_from(names.len() + 20).unwrap());
        soa.extend(names);
        soa.extend([0; 20]);
        let Decoded::Reply(reply) = query().decode(&reply([0x81, 0x83], [0, 1, 0], &soa)) else {
            panic!("a reply");
        };
        assert_eq!((reply.defect.as_ref(), reply.blemish.as_ref()), (None, None));
        let RData::Soa { mname, rname, .. } = &reply.records[0].data else {
            panic!("a SOA");
        };
        assert_eq!(mname.to_string(), "dc1.a.example");
        assert_eq!(rname.to_string(), "john\\.doe.a.example");
        assert_eq!(rname.to_string().parse::<Name>().as_ref(), Ok(rname));
    }

    #[test]
    fn a_defect_keeps_what_stands_before_it() {
        let mut two = A_RECORD.to_vec();
        two.extend(&A_RECORD[..12]);
        two.extend([1, 2]);
        let Decoded::Reply(reply) = query().decode(&reply([0x81, 0x80], [2, 0, 0], &two)) else {
            panic!("a reply");
        };
        assert_eq!(reply.records.len(), 1);
        let (kind, reason) = reply.kind(&query().qname, RecordType::A);
        assert_eq!(kind, AnswerKind::Malformed);
        assert!(reason.unwrap().to_string().contains("record 2 of 2"));
    }

    #[test]
    fn a_ttl_with_the_top_bit_set_is_zero() {
        let mut record = A_RECORD.to_vec();
        record[6] = 0x80;
        let Decoded::Reply(reply) = query().decode(&reply([0x81, 0x80], [1, 0, 0], &record)) else {
            panic!("a reply");
        };
        assert_eq!(reply.records[0].ttl, 0);
    }

    #[test]
    fn no_octets_make_it_panic() {
        let good = reply([0x81, 0x80], [1, 1, 1], A_RECORD);
        for cut in 0..good.len() {
            let _ = query().decode(&good[..cut]);
        }
        for at in 0..good.len() {
            for value in [0, 0x3f, 0x40, 0x80, 0xc0, 0xff] {
                let mut octets = good.clone();
                octets[at] = value;
                let _ = query().decode(&octets);
            }
        }
    }

    /// Replies as servers send them, changed at random: never a panic, and what is kept stays within bounds.
    #[test]
    fn changed_replies_are_read_within_bounds() {
        use rand::rngs::StdRng;
        use rand::{RngExt, SeedableRng};

        let record = |rtype: u16, data: &[u8]| {
            let mut octets = vec![0xc0, 12];
            octets.extend(rtype.to_be_bytes());
            octets.extend([0, 1, 0, 0, 0, 60]);
            octets.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            octets.extend(data);
            octets
        };
        let opt = b"\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x0d\x00\x0f\x00\x03\x00\x0fx\x00\x0a\x00\x02ab";
        let soa = [b"\x03ns0\xc0\x0c\x04host\xc0\x0c".as_slice(), &[0; 20]].concat();
        let seeds = [
            reply([0x81, 0x80], [1, 0, 0], A_RECORD),
            reply([0x81, 0x83], [0, 1, 1], &[record(6, &soa), opt.to_vec()].concat()),
            reply(
                [0x81, 0x80],
                [3, 1, 1],
                &[
                    record(5, b"\x01b\xc0\x0e"),
                    record(28, &[0; 16]),
                    record(16, b"\x05\x1b[2Jx"),
                    record(2, b"\xc0\x0c"),
                    opt.to_vec(),
                ]
                .concat(),
            ),
            // Types whose data has a form of its own: SRV, NAPTR, DS, SSHFP, RRSIG, NSEC, NSEC3, TLSA, SVCB,
            // HTTPS, CAA, TSIG, ANY and one that nobody knows.
            reply(
                [0x81, 0x80],
                [14, 0, 0],
                &[33, 35, 43, 44, 46, 47, 50, 52, 64, 65, 257, 250, 255, 65280]
                    .map(|rtype| record(rtype, b"\x00\x01\x01\x02\x00\x00\x00\x3c\x01\x02\xc0\x0c\x00\x01"))
                    .concat(),
            ),
        ];
        let mut random = StdRng::seed_from_u64(0x7769_7265);
        for round in 0..20_000 {
            let mut octets = seeds[round % seeds.len()].clone();
            for _ in 0..random.random_range(1..5) {
                // Mostly behind the question: what changes it is only a mismatch.
                let first = if random.random_range(0..8) == 0 { 0 } else { 26 };
                let at = random.random_range(first..octets.len());
                match random.random_range(0..6) {
                    0 => octets[at] = random.random(),
                    1 => octets[at] ^= 1 << random.random_range(0..8),
                    2 => octets[at] = 0xc0,
                    3 => octets[at..].reverse(),
                    4 => octets.truncate(at.max(27)),
                    _ => octets.extend_from_within(at..),
                }
                octets[7] = random.random_range(0..8);
            }
            let Decoded::Reply(reply) = query().decode(&octets) else {
                continue;
            };
            let _ = reply.kind(&query().qname, RecordType::A);
            assert!(reply.addresses(&query().qname, RecordType::A).len() <= reply.records.len());
            assert!(reply.records.len() <= limits::RECORDS_PER_REPLY);
            assert!(reply.extended_errors.len() <= limits::EXTENDED_ERRORS_PER_REPLY);
            for record in &reply.records {
                assert!(record.owner.to_string().is_ascii());
                if let RData::Other(text) = &record.data {
                    assert!(text.chars().count() <= limits::TEXT_FROM_WIRE);
                }
            }
        }
    }
}
