//! All that was observed of a resolver, line by line.

use std::fmt::Write as _;

use crate::dns::{AnswerKind, Flags, Section};
use crate::observation::{Attempt, Lookup, Purpose};
use crate::report::ResolverReport;
use crate::resolvers::Role;
use crate::rules::phrase::{self, plural, time};

use super::about::expectation;
use super::kind::kind_name;
use super::samples::samples;

/// All that was observed of a resolver, line by line, each with its depth.
pub(in crate::render) fn details(resolver: &ResolverReport) -> Vec<(usize, String)> {
    let probed = &resolver.probed;
    let mut about = vec![format!("role {}", probed.resolver.role.as_str())];
    about.push(format!("known from {}", probed.resolver.known_from));
    if probed.resolver.role != Role::Os {
        about.push(format!("view {}", resolver.view.as_str()));
    }
    let control = probed.resolver.role == Role::Public && probed.resolver.also.is_empty();
    if let Some(expected) = resolver.expected.as_ref().filter(|_| !control) {
        about.push(format!("expected {}", expectation(expected, true)));
    }
    let mut lines = vec![(0, about.join(", "))];
    if !resolver.addresses.is_empty() {
        let classed: Vec<String> = resolver
            .addresses
            .iter()
            .map(|address| format!("{} {}", address.ip, address.class.as_str()))
            .collect();
        lines.push((0, format!("addresses: {}", classed.join(", "))));
    }
    lines.extend(resolver.software.iter().map(|software| (0, software.sentence())));
    lines.extend(samples(resolver, true).map(|summary| (0, summary)));
    for lookup in &probed.lookups {
        lines.push((0, format!("{}: {}", asked(lookup), phrase::outcome(lookup))));
        lines.extend(reply_details(lookup).map(|line| (1, line)));
        lines.extend(lookup.attempts.iter().map(|attempt| (1, attempted(lookup, attempt))));
    }
    lines
}

/// Why a lookup was asked, in a few words.
fn asked(lookup: &Lookup) -> String {
    let what = match lookup.purpose {
        Purpose::Target => lookup.qtype.to_string(),
        Purpose::TargetTcp => format!("{} over TCP", lookup.qtype),
        Purpose::CheckingDisabled => format!("{} with CD=1", lookup.qtype),
        Purpose::Sibling => format!("random sibling {}", lookup.qtype),
        Purpose::Root => format!("root {}", lookup.qtype),
        Purpose::AwsControl => format!("AWS control {} {}", lookup.question, lookup.qtype),
        Purpose::EnclosingZone => format!("enclosing zone {} {}", lookup.question, lookup.qtype),
        Purpose::SearchSuffix => format!("search suffix {} {}", lookup.question, lookup.qtype),
        Purpose::Software => format!("software {} {} in class CH", lookup.question, lookup.qtype),
    };
    if lookup.sample > 0 {
        format!("{what} (sample {})", lookup.sample + 1)
    } else {
        what
    }
}

/// The TTLs of the answer and the flags of the reply.
fn reply_details(lookup: &Lookup) -> Option<String> {
    let mut said = Vec::new();
    let ttls = || lookup.section(Section::Answer).map(|record| record.ttl);
    if let (Some(least), Some(most)) = (ttls().min(), ttls().max()) {
        said.push(if least == most {
            format!("TTL {least}")
        } else {
            format!("TTL {least} to {most}")
        });
    }
    if let Some(flags) = lookup.flags.map(Flags::names)
        && !flags.is_empty()
    {
        said.push(format!("flags {}", flags.join(" ")));
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// One try: `udp without EDNS at 2.5 s: no answer`.
fn attempted(lookup: &Lookup, attempt: &Attempt) -> String {
    let mut said = format!(
        "{}{} at {}: ",
        attempt.transport.as_str(),
        if attempt.edns { "" } else { " without EDNS" },
        time(attempt.started_ms)
    );
    if attempt.addresses.is_empty() {
        said.push_str(&kind_name(attempt.kind, attempt.rcode));
    } else {
        said.push_str(&phrase::addresses(&attempt.addresses));
    }
    if let Some(rtt) = attempt.rtt_ms {
        let _ = write!(said, " after {}", time(rtt));
    }
    if let Some(reason) = &attempt.reason
        && attempt.kind != AnswerKind::OtherRcode
    {
        let _ = write!(said, " ({reason})");
    }
    // The reply that counted has told its own already.
    if attempt.ede != lookup.ede {
        for error in &attempt.ede {
            said.push_str(", ");
            said.push_str(&phrase::extended_error(error));
        }
    }
    if attempt.mismatched_replies > 0 {
        let _ = write!(
            said,
            ", {} {} waited past",
            attempt.mismatched_replies,
            plural(
                attempt.mismatched_replies as usize,
                "reply that did not belong to the question",
                "replies that did not belong to the question"
            )
        );
        if let Some(mismatch) = &attempt.mismatch {
            let _ = write!(said, " ({mismatch})");
        }
    }
    if attempt.conflicting_replies > 0 {
        let _ = write!(
            said,
            ", {} further {} that said something else",
            attempt.conflicting_replies,
            plural(attempt.conflicting_replies as usize, "reply", "replies")
        );
    }
    said
}
