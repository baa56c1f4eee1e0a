//! Names with a suffix of the search list behind them.

use std::net::IpAddr;

use crate::dns::AnswerKind;
use crate::expect::Fit;
use crate::observation::{Lookup, Purpose};
use crate::rules::{Case, Subject};

/// The names with a suffix behind them that have addresses, where those are not the endpoint's own.
pub(in crate::rules) fn wildcards<'a>(case: &Case<'_>, subject: &Subject<'a>) -> Vec<&'a Lookup> {
    let expected = &subject.comparison.expected;
    let right = |ip: &IpAddr| expected.says_anything() && case.fit(expected, *ip) == Fit::Expected;
    subject
        .lookups(Purpose::SearchSuffix)
        .filter(|lookup| lookup.kind == AnswerKind::Answer && !lookup.addresses.iter().all(right))
        .collect()
}
