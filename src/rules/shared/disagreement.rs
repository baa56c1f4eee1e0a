//! How the name servers of this host disagree.

use crate::compare::Verdict;
use crate::limits;
use crate::rules::{Case, Subject};

/// Name servers of this host that answered, and do not agree.
pub(in crate::rules) struct Disagreement<'s, 'a> {
    /// Those that answered, in the order they are asked.
    pub(in crate::rules) answered: Vec<&'s Subject<'a>>,
    /// Those whose answer is right.
    pub(in crate::rules) right: Vec<&'s Subject<'a>>,
    /// Those whose answer is wrong.
    pub(in crate::rules) wrong: Vec<&'s Subject<'a>>,
}

/// How the name servers of this host disagree, where they do.
pub(in crate::rules) fn disagreement<'s, 'a>(case: &'s Case<'a>) -> Option<Disagreement<'s, 'a>> {
    let answered: Vec<&Subject<'a>> = case
        .local()
        .take(limits::NAME_SERVERS_USED)
        .filter(|subject| subject.probed.resolver.in_scope && !subject.probed.interrupted)
        .filter(|subject| subject.verdict().has_addresses() || subject.verdict().is_negative())
        .collect();
    let (right, wrong): (Vec<_>, Vec<_>) = answered
        .iter()
        .copied()
        .partition(|subject| subject.verdict().is_fine());
    let disagree = !right.is_empty() && !wrong.is_empty();
    disagree.then_some(Disagreement { answered, right, wrong })
}

/// What a server says, as a verb.
pub(in crate::rules) fn says(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NxDomain => "says NXDOMAIN",
        Verdict::NoData => "says NODATA",
        Verdict::Partial => "gives wrong addresses beside right ones",
        Verdict::Mismatch => "gives wrong addresses",
        _ => "gives the right addresses",
    }
}
