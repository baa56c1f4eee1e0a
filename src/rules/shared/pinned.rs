//! Addresses that the hosts file pins the name to, held against what is expected and what name servers answer.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::expect::{Expected, Fit};
use crate::rules::{Case, Subject};

/// What an entry is, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) enum Judgement {
    /// What is expected says that it is wrong.
    Contradicts,
    /// Who gives the right addresses does not give this one.
    NotAnswered,
    /// DNS gives others, and nothing says which are right.
    Differs,
    /// Nothing speaks against it.
    Fine,
}

/// What the worst entry is; `None` where there is none.
pub(in crate::rules) fn worst(case: &Case<'_>) -> Option<Judgement> {
    let answers = ServerAnswers::of(case);
    let entries = case.hosts()?.iter();
    entries.map(|entry| answers.judge(case, entry.ip)).min()
}

/// Whether getaddrinfo uses an entry, or was not asked. It does not have to read the file (nsswitch.conf): what it
/// gives shows whether it did.
pub(in crate::rules) fn takes_effect(case: &Case<'_>) -> bool {
    let entries = case.hosts().unwrap_or_default();
    case.system().is_none_or(|system| {
        let given = system.ips();
        entries.iter().any(|entry| given.contains(&entry.ip))
    })
}

/// What name servers answer, to hold the entries against.
pub(in crate::rules) struct ServerAnswers<'s, 'a> {
    /// What is expected of clients here.
    pub(in crate::rules) expected: &'s Expected,
    /// Addresses of answers that are right: matches, and the VPC's own view.
    pub(in crate::rules) right: BTreeSet<IpAddr>,
    /// Addresses of answers that nothing speaks against.
    pub(in crate::rules) heard: BTreeSet<IpAddr>,
    /// Those that answer so.
    pub(in crate::rules) from: Vec<&'s Subject<'a>>,
}

impl<'s, 'a> ServerAnswers<'s, 'a> {
    pub(in crate::rules) fn of(case: &'s Case<'a>) -> Self {
        // What is expected of clients here; the operating system's lookup stands for them.
        let expected = case
            .system()
            .or_else(|| case.local().next())
            .map_or(case.expected, |subject| &subject.comparison.expected);
        let mut from: Vec<&Subject<'a>> = case.vpc_view();
        for subject in case.local().chain(case.vpc_side()) {
            let known = from.iter().any(|other| other.name() == subject.name());
            if subject.verdict().is_fine() && !known {
                from.push(subject);
            }
        }
        let of_the_vpc: Vec<&str> = case.vpc_view().into_iter().map(Subject::name).collect();
        let is_right =
            |subject: &Subject<'_>| subject.verdict() == Verdict::Match || of_the_vpc.contains(&subject.name());
        Self {
            expected,
            right: from
                .iter()
                .filter(|subject| is_right(subject))
                .flat_map(|subject| subject.ips())
                .collect(),
            heard: from.iter().flat_map(|subject| subject.ips()).collect(),
            from,
        }
    }

    pub(in crate::rules) fn judge(&self, case: &Case<'_>, ip: IpAddr) -> Judgement {
        let never = matches!(
            AddressClass::of(ip),
            AddressClass::Sinkhole | AddressClass::Loopback | AddressClass::LinkLocal
        );
        let fit = if self.expected.says_anything() {
            case.fit(self.expected, ip)
        } else if never {
            Fit::Unexpected
        } else {
            Fit::Unsure
        };
        match fit {
            Fit::Unexpected => Judgement::Contradicts,
            Fit::Unsure if self.heard.contains(&ip) => Judgement::Fine,
            Fit::Unsure if !self.right.is_empty() => Judgement::NotAnswered,
            Fit::Unsure if !self.heard.is_empty() => Judgement::Differs,
            Fit::Expected | Fit::Unsure => Judgement::Fine,
        }
    }
}
