//! Octets of the lab's replies: with the prober's wire module, the only place that sees the DNS codec.

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::opt::EdnsOption;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, NS, SOA, TXT};
use hickory_proto::rr::{DNSClass, RData as WireData, Record as WireRecord};

use super::zone::ZoneAnswer;
use crate::dns::{Class, Name, RData, Rcode, Record, RecordType, Section};
use crate::probe::wire::{from_wire_name, to_wire_name};

/// A question that a server of the lab was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LabQuery {
    pub(super) id: u16,
    pub(super) qname: Name,
    pub(super) qtype: RecordType,
    pub(super) class: Class,
    pub(super) edns: bool,
    pub(super) checking_disabled: bool,
}

/// Reads a query; `None` where it is none.
pub(super) fn read(octets: &[u8]) -> Option<LabQuery> {
    let message = Message::from_vec(octets).ok()?;
    let [question] = message.queries.as_slice() else {
        return None;
    };
    Some(LabQuery {
        id: message.metadata.id,
        qname: from_wire_name(&question.name).ok()?,
        qtype: RecordType(question.query_type.into()),
        class: if question.query_class == DNSClass::CH {
            Class::Ch
        } else {
            Class::In
        },
        edns: message.edns.is_some(),
        checking_disabled: message.metadata.checking_disabled,
    })
}

/// How a reply is dressed.
#[derive(Debug, Clone, Default)]
pub(super) struct Dress {
    pub(super) tc: bool,
    pub(super) aa: Option<bool>,
    pub(super) ra: Option<bool>,
    /// Extended DNS Errors: code and text. Only sent to those who asked with EDNS.
    pub(super) ede: Vec<(u16, String)>,
}

/// The octets of a reply.
pub(super) fn write(asked: &LabQuery, answer: &ZoneAnswer, dress: &Dress) -> Result<Vec<u8>, String> {
    let mut message = Message::new(asked.id, MessageType::Response, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.metadata.recursion_available = dress.ra.unwrap_or(true);
    message.metadata.authoritative = dress.aa.unwrap_or(answer.aa);
    message.metadata.truncation = dress.tc;
    message.metadata.checking_disabled = asked.checking_disabled;
    let Rcode(rcode) = answer.rcode;
    message.metadata.response_code = rcode.into();
    let class = DNSClass::from(asked.class.number());
    let mut question = Query::query(to_wire_name(&asked.qname)?, asked.qtype.0.into());
    question.set_query_class(class);
    message.add_query(question);
    for record in answer.records.iter().filter(|_| !dress.tc) {
        let mut wire = to_wire(record)?;
        wire.dns_class = class;
        match record.section {
            Section::Answer => message.add_answer(wire),
            Section::Authority => message.add_authority(wire),
            Section::Additional => message.add_additional(wire),
        };
    }
    if asked.edns {
        let mut edns = Edns::new();
        edns.set_max_payload(1232);
        // insert() keeps one option a code; several errors go into the list as they are.
        for (code, text) in &dress.ede {
            let data = [&code.to_be_bytes(), text.as_bytes()].concat();
            edns.options_mut()
                .options
                .push((15.into(), EdnsOption::Unknown(15, data)));
        }
        message.set_edns(edns);
    }
    message.to_vec().map_err(|error| error.to_string())
}

fn to_wire(record: &Record) -> Result<WireRecord, String> {
    let data = match &record.data {
        RData::A(ip) => WireData::A(A(*ip)),
        RData::Aaaa(ip) => WireData::AAAA(AAAA(*ip)),
        RData::Cname(name) => WireData::CNAME(CNAME(to_wire_name(name)?)),
        RData::Ns(name) => WireData::NS(NS(to_wire_name(name)?)),
        RData::Soa {
            mname,
            rname,
            serial,
            minimum,
        } => WireData::SOA(SOA::new(
            to_wire_name(mname)?,
            to_wire_name(rname)?,
            *serial,
            7200,
            900,
            1_209_600,
            *minimum,
        )),
        RData::Other(text) => WireData::TXT(TXT::new(vec![text.clone()])),
    };
    Ok(WireRecord::from_rdata(to_wire_name(&record.owner)?, record.ttl, data))
}
