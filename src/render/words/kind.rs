//! What came of a lookup, in a few words.

use crate::dns::{AnswerKind, ExtendedError, Rcode};
use crate::observation::Lookup;

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
    match kind {
        AnswerKind::Answer => "an answer",
        AnswerKind::NoData => "NODATA",
        AnswerKind::NxDomain => "NXDOMAIN",
        AnswerKind::Referral => "a referral",
        AnswerKind::ServFail => "SERVFAIL",
        AnswerKind::Refused => "REFUSED",
        AnswerKind::OtherRcode => {
            return rcode.map_or_else(|| "another RCODE".to_owned(), |rcode| rcode.to_string());
        }
        AnswerKind::Timeout => "no answer",
        AnswerKind::Unreachable => "unreachable",
        AnswerKind::Malformed => "a malformed reply",
        AnswerKind::Truncated => "truncated",
        AnswerKind::Certificate => "a certificate that does not verify",
        AnswerKind::Handshake => "no TLS session",
        AnswerKind::Alpn => "no HTTP/2",
        AnswerKind::HttpError => "an HTTP error",
    }
    .to_owned()
}

/// `EDE 15 Blocked`; the server's own text is among the evidence.
fn extended_error(error: &ExtendedError) -> String {
    match &error.name {
        Some(name) => format!("EDE {} {name}", error.code),
        None => format!("EDE {}", error.code),
    }
}
