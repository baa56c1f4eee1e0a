//! What came of a lookup, in a few words.

use unicode_width::UnicodeWidthStr;

use crate::dns::{AnswerKind, ExtendedError, Rcode};
use crate::endpoint::SoaOrigin;
use crate::observation::{Lookup, Purpose};
use crate::probed::Probed;
use crate::render::text::fit;
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

/// The lookups of the target.
pub(super) fn targets(probed: &Probed) -> impl Iterator<Item = &Lookup> {
    probed.lookups.iter().filter(|lookup| lookup.purpose == Purpose::Target)
}

/// As [`kind`], with the zone of a negative answer by what it is.
pub(super) fn kind_in_short(lookup: &Lookup) -> String {
    match &lookup.soa {
        Some(soa) if lookup.kind.is_negative() && lookup.ede.is_empty() => {
            let zone = match SoaOrigin::of(soa) {
                SoaOrigin::PublicAws => "AWS public zone".to_owned(),
                SoaOrigin::PrivateHostedZone => "private zone".to_owned(),
                SoaOrigin::Foreign => format!("SOA {}", cut(&soa.owner.to_string(), SOA_SHOWN)),
            };
            format!("{} ({zone})", kind_name(lookup.kind, lookup.rcode))
        }
        _ => kind(lookup),
    }
}

/// Columns of a SOA's owner in the table.
const SOA_SHOWN: usize = 24;

/// As much of a text as fits, with an ellipsis for the rest.
fn cut(text: &str, width: usize) -> String {
    let fitting = fit(text, width.saturating_sub(1));
    if fitting.len() == text.len() || text.width() <= width {
        text.to_owned()
    } else {
        format!("{fitting}…")
    }
}
