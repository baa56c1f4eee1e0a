//! Between octets and the vocabulary: the only place, beside the lab's server, that sees the DNS codec.
//!
//! A reply is decoded record by record, so that what stands before a defect is kept and the defect is named.

use hickory_proto::op::{Edns, Header, Message, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::opt::EdnsOption;
use hickory_proto::rr::{
    DNSClass, Name as WireName, RData as WireData, Record as WireRecord, RecordData as _,
};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

use crate::dns::{ExtendedError, Flags, Name, RData, Rcode, Record, RecordType, Reply, Section};
use crate::limits;

/// The UDP payload size that Go, and so kubectl, announces (Go, src/net/dnsclient_unix.go: 1232, as DNS Flag
/// Day 2020 recommends).
const UDP_PAYLOAD: u16 = 1232;
/// The option code of Extended DNS Errors (RFC 8914 section 2).
const EXTENDED_ERROR: u16 = 15;
/// The type of the OPT pseudo-record (RFC 6891 section 6.1.1).
const OPT: u16 = 41;
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
    /// Whether an OPT record is added.
    pub(crate) edns: bool,
    /// CD.
    pub(crate) checking_disabled: bool,
}

impl OutgoingQuery {
    /// The message: RD=1, AD=0, DO=0, one question of class IN, no EDNS option, as Go asks.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, String> {
        let mut message = Message::new(self.id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = true;
        message.metadata.checking_disabled = self.checking_disabled;
        let name = to_wire_name(&self.qname)?;
        message.add_query(Query::query(name, self.qtype.0.into()));
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
    /// A reply with its ID whose header is all there is: some old servers answer FORMERR that way. Go
    /// ignores it and waits (recorded with Go 1.27).
    HeaderOnly(Rcode),
    /// Something else, and why. The wait goes on.
    Mismatch(String),
}

fn decode(query: &OutgoingQuery, octets: &[u8]) -> Decoded {
    let mismatch = |reason: String| Decoded::Mismatch(reason);
    if octets.len() < HEADER {
        return mismatch(format!("{} octets are no DNS message", octets.len()));
    }
    let mut decoder = BinDecoder::new(octets);
    let header = match Header::read(&mut decoder) {
        Ok(header) => header,
        Err(error) => return mismatch(format!("its header cannot be read: {error}")),
    };
    let metadata = &header.metadata;
    if metadata.id != query.id {
        return mismatch("another ID".to_owned());
    }
    if metadata.message_type != MessageType::Response {
        return mismatch("a query, not a reply (QR=0)".to_owned());
    }
    if metadata.op_code != OpCode::Query {
        return mismatch("another opcode".to_owned());
    }
    let low_rcode = u16::from(metadata.response_code);
    match header.counts.queries {
        0 => {
            if octets.len() == HEADER && low_rcode != 0 {
                return Decoded::HeaderOnly(Rcode(low_rcode));
            }
            return mismatch("a reply without a question".to_owned());
        }
        1 => {}
        count => return mismatch(format!("{count} questions")),
    }
    let question = match Query::read(&mut decoder) {
        Ok(question) => question,
        Err(error) => return mismatch(format!("its question cannot be read: {error}")),
    };
    let asked = u16::from(question.query_type) == query.qtype.0
        && question.query_class == DNSClass::IN
        && from_wire_name(&question.name).is_ok_and(|name| name == query.qname);
    if !asked {
        return mismatch("another question".to_owned());
    }
    let mut reply = Reply {
        rcode: Rcode(low_rcode),
        flags: Flags {
            aa: metadata.authoritative,
            tc: metadata.truncation,
            rd: metadata.recursion_desired,
            ra: metadata.recursion_available,
            ad: metadata.authentic_data,
            cd: metadata.checking_disabled,
        },
        records: Vec::new(),
        extended_errors: Vec::new(),
        edns: false,
        defect: None,
    };
    let sections = [
        (Section::Answer, header.counts.answers),
        (Section::Authority, header.counts.authorities),
        (Section::Additional, header.counts.additionals),
    ];
    for (section, count) in sections {
        for number in 1..=count {
            let taken = WireRecord::<WireData>::read(&mut decoder)
                .map_err(|error| error.to_string())
                .and_then(|record| take(&mut reply, section, &record));
            if let Err(reason) = taken {
                let place = match section {
                    Section::Answer => "answer",
                    Section::Authority => "authority",
                    Section::Additional => "additional",
                };
                reply.defect = Some(bounded(&format!(
                    "record {number} of {count} in the {place} section cannot be read: {reason}"
                )));
                return Decoded::Reply(reply);
            }
        }
    }
    Decoded::Reply(reply)
}

/// Adds a record to the reply. Records beyond the bound are read, so that a defect behind them is seen, and
/// dropped.
fn take(reply: &mut Reply, section: Section, record: &WireRecord) -> Result<(), String> {
    if u16::from(record.record_type()) == OPT {
        if section != Section::Additional {
            return Err("an OPT record outside of the additional section".to_owned());
        }
        if reply.edns {
            return Err("a second OPT record".to_owned());
        }
        reply.edns = true;
        // RFC 6891 section 6.1.3: the TTL's first octet holds the high bits of the RCODE.
        let high = u16::try_from(record.ttl >> 24).unwrap_or_default();
        reply.rcode = Rcode(high << 4 | reply.rcode.0);
        // The codec reads an OPT record without options as an empty record of another kind.
        let WireData::OPT(opt) = &record.data else {
            return Ok(());
        };
        for (_, option) in opt.as_ref() {
            if let EdnsOption::Unknown(EXTENDED_ERROR, data) = option
                && let Some(error) = extended_error(data)
                && reply.extended_errors.len() < limits::EXTENDED_ERRORS_PER_REPLY
            {
                reply.extended_errors.push(error);
            }
        }
        return Ok(());
    }
    if record.data.is_update() {
        return Err("it has no data".to_owned());
    }
    let data = match &record.data {
        WireData::A(a) => RData::A(a.0),
        WireData::AAAA(aaaa) => RData::Aaaa(aaaa.0),
        WireData::CNAME(name) => RData::Cname(from_wire_name(&name.0)?),
        WireData::NS(name) => RData::Ns(from_wire_name(&name.0)?),
        WireData::SOA(soa) => RData::Soa {
            mname: from_wire_name(&soa.mname)?,
            rname: from_wire_name(&soa.rname)?,
            serial: soa.serial,
            minimum: soa.minimum,
        },
        other => RData::Other(bounded(&other.to_string())),
    };
    if record.dns_class != DNSClass::IN {
        return Err(format!("class {} was not asked for", record.dns_class));
    }
    if reply.records.len() < limits::RECORDS_PER_REPLY {
        reply.records.push(Record {
            section,
            owner: from_wire_name(&record.name)?,
            rtype: RecordType(record.record_type().into()),
            // RFC 2181 section 8.
            ttl: if record.ttl >> 31 == 1 { 0 } else { record.ttl },
            data,
        });
    }
    Ok(())
}

/// Option 15: two octets of code, the rest text (RFC 8914 section 2). `None` where it is shorter.
fn extended_error(data: &[u8]) -> Option<ExtendedError> {
    let (code, text) = data.split_first_chunk::<2>()?;
    let text = String::from_utf8_lossy(text);
    // Some servers end the text with NUL, which RFC 8914 allows for.
    let text = bounded(text.trim_end_matches('\0'));
    Some(ExtendedError::new(u16::from_be_bytes(*code), Some(text)))
}

fn bounded(text: &str) -> String {
    text.chars().take(limits::TEXT_FROM_WIRE).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::net::IpAddr;

    use super::*;
    use crate::dns::AnswerKind;

    fn query() -> OutgoingQuery {
        OutgoingQuery {
            id: 0x1234,
            qname: "A.Example".parse().unwrap(),
            qtype: RecordType::A,
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
        let plain = OutgoingQuery {
            edns: false,
            ..query()
        };
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
    fn an_answer_is_read_and_matched_without_case() {
        let Decoded::Reply(reply) = query().decode(&reply([0x81, 0x80], [1, 0, 0], A_RECORD))
        else {
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
        let opt = b"\x00\x00\x29\x04\xd0\x01\x00\x00\x00\x00\x0f\x00\x0f\x00\x02\x00\x0f\x00\x0f\x00\x05\x00\x16a\xff\x00";
        let Decoded::Reply(reply) = query().decode(&reply([0x81, 0x80], [0, 0, 1], opt)) else {
            panic!("a reply");
        };
        assert_eq!(
            reply.rcode,
            Rcode::BADVERS,
            "the high bits come from the OPT record"
        );
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
            assert!(said.contains(reason), "{said} / {reason}");
        }
    }

    #[test]
    fn a_bare_header_is_told_apart() {
        let octets = [0x12, 0x34, 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(query().decode(&octets), Decoded::HeaderOnly(Rcode::FORMERR));
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
        assert!(reason.unwrap().contains("record 2 of 2"));
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
            reply(
                [0x81, 0x83],
                [0, 1, 1],
                &[record(6, &soa), opt.to_vec()].concat(),
            ),
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
                    .map(|rtype| {
                        record(
                            rtype,
                            b"\x00\x01\x01\x02\x00\x00\x00\x3c\x01\x02\xc0\x0c\x00\x01",
                        )
                    })
                    .concat(),
            ),
        ];
        let mut random = StdRng::seed_from_u64(0x7769_7265);
        for round in 0..20_000 {
            let mut octets = seeds[round % seeds.len()].clone();
            for _ in 0..random.random_range(1..5) {
                // Mostly behind the question: what changes it is only a mismatch.
                let first = if random.random_range(0..8) == 0 {
                    0
                } else {
                    26
                };
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
