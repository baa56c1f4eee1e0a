//! How the name servers of this host disagree, and other resolvers.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::address::AddressClass;
use crate::beside::unnamed_private;
use crate::compare::Verdict;
use crate::limits;
use crate::rules::{Case, Subject, phrase};
use crate::target::View;

/// Name servers of this host that answered, and do not agree on whether there is an address, or on what is expected.
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
    let answered = answered(case);
    let (right, wrong): (Vec<_>, Vec<_>) = answered
        .iter()
        .copied()
        .partition(|subject| subject.verdict().is_fine());
    let disagree = !right.is_empty() && !wrong.is_empty();
    disagree.then_some(Disagreement { answered, right, wrong })
}

/// The name servers of this host that answered, in the order they are asked.
fn answered<'s, 'a>(case: &'s Case<'a>) -> Vec<&'s Subject<'a>> {
    case.local()
        .take(limits::NAME_SERVERS_USED)
        .filter(|subject| subject.probed.resolver.in_scope && !subject.probed.interrupted)
        .filter(|subject| subject.verdict().has_addresses() || subject.verdict().is_negative())
        .collect()
}

/// Name servers of this host that all give addresses, where no addresses are expected, and give different ones.
pub(in crate::rules) struct Divided<'s, 'a> {
    /// All of them, in the order they are asked.
    pub(in crate::rules) answered: Vec<&'s Subject<'a>>,
    /// How they differ.
    pub(in crate::rules) by: DividedBy<'s, 'a>,
}

/// How name servers differ that all give addresses.
pub(in crate::rules) enum DividedBy<'s, 'a> {
    /// Some give private addresses, some public ones: two views of one name, of which neither is wrong by itself.
    View {
        /// Those that give private ones.
        private: Vec<&'s Subject<'a>>,
        /// Those that give public ones.
        public: Vec<&'s Subject<'a>>,
    },
    /// All give private addresses, and some have none in common with others.
    PrivateAddresses,
}

/// How name servers of this host differ that all give addresses, where no addresses are expected: private ones here and
/// public ones there, or private ones that have none in common. A cluster has one set of private addresses at a time.
/// Public addresses that differ show nothing: a public name may have other ones from one place to the next.
pub(in crate::rules) fn divided<'s, 'a>(case: &'s Case<'a>) -> Option<Divided<'s, 'a>> {
    // Another name than an endpoint's may lead to another site from one server to the next.
    case.endpoint.as_ref()?;
    let mut answered = answered(case);
    // Networks hold any of their addresses to be right, and say nothing of which the cluster has.
    let is_open = |subject: &Subject<'_>| match subject.verdict() {
        Verdict::Answer => true,
        Verdict::Match | Verdict::Plausible => subject.comparison.expected.addresses.is_empty(),
        _ => false,
    };
    if !answered.iter().all(|subject| is_open(subject)) {
        return None;
    }
    // Where a name that does not exist has addresses, those of this one are no view of it.
    answered.retain(|subject| !subject.sibling_resolves());
    let of_class = |class| -> Vec<&'s Subject<'a>> {
        let is_all = |subject: &&Subject<'a>| subject.ips().into_iter().all(|ip| AddressClass::of(ip) == class);
        answered.iter().copied().filter(is_all).collect()
    };
    let (private, public) = (of_class(AddressClass::Private), of_class(AddressClass::Public));
    if !private.is_empty() && !public.is_empty() {
        let by = DividedBy::View { private, public };
        return Some(Divided { answered, by });
    }
    let has_none_of = |one: &Subject<'_>, other: &Subject<'_>| {
        let ips = other.ips();
        !one.ips().iter().any(|ip| ips.contains(ip))
    };
    let differ = |one: &&Subject<'a>| private.iter().any(|other| has_none_of(one, other));
    let by = DividedBy::PrivateAddresses;
    private.iter().any(differ).then_some(Divided { answered, by })
}

/// Resolvers in scope of any kind that give private addresses, in groups of which none has an address that another has,
/// where nothing says whose are right. `None` where they make one group, and where this host's name servers do not
/// agree among themselves, which is said then.
pub(in crate::rules) fn apart<'s, 'a>(case: &'s Case<'a>) -> Option<Vec<Vec<&'s Subject<'a>>>> {
    case.endpoint.as_ref()?;
    if disagreement(case).is_some() || divided(case).is_some() {
        return None;
    }
    let mut groups: Vec<(BTreeSet<IpAddr>, Vec<&'s Subject<'a>>)> = Vec::new();
    let heard = case.in_scope().filter(|subject| !subject.probed.interrupted);
    // A match is one way of several that the user expects.
    for subject in heard.filter(|subject| matches!(subject.verdict(), Verdict::Answer | Verdict::Plausible)) {
        let mut ips = unnamed_private(subject.probed, subject.comparison);
        if ips.is_empty() || ips.len() < subject.ips().len() {
            continue;
        }
        let mut members = Vec::new();
        // What has some of one group and some of another shows that they are one.
        groups.retain_mut(|(others, subjects)| {
            let is_apart = others.is_disjoint(&ips);
            if !is_apart {
                ips.append(others);
                members.append(subjects);
            }
            is_apart
        });
        members.push(subject);
        groups.push((ips, members));
    }
    (groups.len() > 1).then(|| groups.into_iter().map(|(_, subjects)| subjects).collect())
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
