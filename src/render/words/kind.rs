//! What came of a lookup, in a few words.

use crate::dns::{AnswerKind, ExtendedError, Rcode};
use crate::observation::Lookup;
use crate::rules::phrase;

/// `NXDOMAIN (SOA amazonaws.com)`.
pub(super) fn kind(lookup: &Lookup) -> String {
    let mut details = Vec::new();
    if lookup.kind.is_negative() {
        details.push(match &lookup.soa {
            Some(soa) => format!("SOA {}", soa.owner),
            None => "no SOA".to_owned(),
        });
    }
    details.extend(lookup.ede.iter().map(extended_error));
    if lookup.kind != AnswerKind::OtherRcode {
        details.extend(lookup.reason.as_ref().map(ToString::to_string));
    }
    let name = kind_name(lookup.kind, lookup.rcode);
    if details.is_empty() {
        name
    } else {
        format!("{name} ({})", details.join(", "))
    }
}

pub(super) fn kind_name(kind: AnswerKind, rcode: Option<Rcode>) -> String {
    match (kind, rcode) {
        (AnswerKind::Answer, _) => "an answer".to_owned(),
        (AnswerKind::OtherRcode, Some(rcode)) => rcode.to_string(),
        _ => phrase::verdict(kind.into()).to_owned(),
    }
}

/// `EDE 15 Blocked`; the server's own text is among the evidence.
fn extended_error(error: &ExtendedError) -> String {
    match &error.name {
        Some(name) => format!("EDE {} {name}", error.code),
        None => format!("EDE {}", error.code),
    }
}
