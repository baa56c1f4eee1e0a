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
pub(in crate::rules) struct SampleAnswer {
    pub(in crate::rules) verdict: Verdict,
    pub(in crate::rules) kinds: Option<[Option<AnswerKind>; 2]>,
    pub(in crate::rules) classes: BTreeSet<AddressClass>,
}

#[derive(Debug)]
pub(in crate::rules) struct Sample<'a> {
    pub(in crate::rules) number: u32,
    pub(in crate::rules) said: SampleAnswer,
    pub(in crate::rules) a: Option<&'a Lookup>,
    pub(in crate::rules) aaaa: Option<&'a Lookup>,
}

impl Sample<'_> {
    /// Whether A or AAAA got no reply in it.
    pub(in crate::rules) fn is_silent_for_any(&self) -> bool {
        is_silence(self.a) || is_silence(self.aaaa)
    }
}

pub(in crate::rules) fn is_silence(lookup: Option<&Lookup>) -> bool {
    lookup.is_some_and(|lookup| lookup.kind.is_silence())
}

/// Whether all samples say the same as far as they were answered.
pub(in crate::rules) fn answers_agree(samples: &[Sample<'_>]) -> bool {
    let kinds = |of: fn(&Sample<'_>) -> Option<AnswerKind>| -> BTreeSet<&'static str> {
        let answered = samples.iter().filter_map(of).filter(|kind| !kind.is_silence());
        answered.map(AnswerKind::as_str).collect()
    };
    let agree_by_type =
        kinds(|sample| Some(sample.a?.kind)).len() <= 1 && kinds(|sample| Some(sample.aaaa?.kind)).len() <= 1;
    // Of a sample without A nothing is known but that.
    let mut with_a = samples.iter().filter(|sample| !is_silence(sample.a));
    let same_verdict = with_a
        .next()
        .is_none_or(|first| with_a.all(|other| other.said.verdict == first.said.verdict));
    let mut whole = samples.iter().filter(|sample| !sample.is_silent_for_any());
    let same_classes = whole
        .next()
        .is_none_or(|first| whole.all(|other| other.said.classes == first.said.classes));
    agree_by_type && same_verdict && same_classes
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
                said: SampleAnswer {
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
