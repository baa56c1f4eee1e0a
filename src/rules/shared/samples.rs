//! What a resolver says when it is asked the same several times.

use std::collections::BTreeSet;

use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::{AnswerKind, RecordType};
use crate::observation::{Lookup, Purpose};
use crate::rules::{Case, Subject};

/// Whether the samples of a resolver differ.
pub(in crate::rules) fn differs(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let samples = samples(case, subject);
    samples.iter().any(|sample| sample.said != samples[0].said)
}

/// What one sample said, as far as samples are compared.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) struct Said {
    pub(in crate::rules) verdict: Verdict,
    pub(in crate::rules) kinds: Option<[Option<AnswerKind>; 2]>,
    pub(in crate::rules) classes: BTreeSet<AddressClass>,
}

#[derive(Debug)]
pub(in crate::rules) struct Sample<'a> {
    pub(in crate::rules) number: u32,
    pub(in crate::rules) said: Said,
    pub(in crate::rules) a: Option<&'a Lookup>,
    pub(in crate::rules) aaaa: Option<&'a Lookup>,
}

pub(in crate::rules) fn samples<'a>(case: &Case<'_>, subject: &Subject<'a>) -> Vec<Sample<'a>> {
    let lookup = |number, qtype| {
        subject
            .lookups(Purpose::Target)
            .find(|lookup| lookup.sample == number && lookup.qtype == qtype)
    };
    let class = |ip| {
        let classed = subject.comparison.addresses.iter();
        classed
            .clone()
            .find(|address| address.ip == ip)
            .map(|address| address.class)
    };
    // Where every sample fails alike, how AAAA fails beside it is not worth a finding of its own.
    let fails_alike = !subject.verdict().is_fine() && subject.verdict() != Verdict::Unstable;
    case.sample_verdicts(subject)
        .into_iter()
        .map(|(number, verdict)| {
            let (a, aaaa) = (lookup(number, RecordType::A), lookup(number, RecordType::AAAA));
            let kind = |lookup: Option<&Lookup>| lookup.map(|lookup| lookup.kind);
            Sample {
                number,
                said: Said {
                    verdict,
                    kinds: (!fails_alike).then(|| [kind(a), kind(aaaa)]),
                    classes: [a, aaaa]
                        .into_iter()
                        .flatten()
                        .flat_map(|lookup| lookup.addresses.iter().copied().filter_map(class))
                        .collect(),
                },
                a,
                aaaa,
            }
        })
        .collect()
}
