//! How the name servers of this host disagree.

use crate::compare::Verdict;
use crate::limits;
use crate::rules::{Case, Subject, phrase};
use crate::target::View;

/// Name servers of this host that answered, and do not agree.
pub(in crate::rules) struct Disagreement<'s, 'a> {
    /// Those that answered, in the order they are asked.
    pub(in crate::rules) answered: Vec<&'s Subject<'a>>,
    /// Those whose answer is right, or that nothing speaks against.
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

/// Whether something shows that the addresses of a server are right: they are as expected, or from a private hosted
/// zone of AWS's, or a resolver of the VPC or a public one gives them too. Where nothing is expected, any addresses are
/// fine.
pub(in crate::rules) fn is_shown_right(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let ips = subject.ips();
    let others = || {
        let of_others = |other: &&Subject<'_>| other.name() != subject.name();
        case.vpc_side().chain(case.public()).filter(of_others)
    };
    match subject.verdict() {
        Verdict::Match | Verdict::Plausible => true,
        Verdict::Answer => {
            subject.view() == View::PrivateZone || others().any(|other| ips.iter().all(|ip| other.ips().contains(ip)))
        }
        _ => false,
    }
}

/// What a server says, as a verb.
pub(in crate::rules) fn says(case: &Case<'_>, subject: &Subject<'_>) -> String {
    match subject.verdict() {
        Verdict::NxDomain => "says NXDOMAIN".to_owned(),
        Verdict::NoData => "says NODATA".to_owned(),
        Verdict::Partial => "gives wrong addresses beside right ones".to_owned(),
        Verdict::Mismatch => "gives wrong addresses".to_owned(),
        _ if is_shown_right(case, subject) => "gives the right addresses".to_owned(),
        _ => format!("gives {}", phrase::addresses(&subject.ips())),
    }
}
