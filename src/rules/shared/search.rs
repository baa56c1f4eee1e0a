//! Names with a suffix of the search list behind them.

use std::net::IpAddr;

use crate::dns::AnswerKind;
use crate::expect::Fit;
use crate::observation::{Lookup, Purpose};
use crate::resolvers::Role;
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

/// Whether clients of this host look the name up below the search list before they look it up itself.
pub(in crate::rules) fn comes_first(case: &Case<'_>) -> bool {
    let stub = case.stub();
    stub.is_some_and(|stub| stub.searches_first(&case.target.hostname))
}

/// What clients of resolvers that deny the name come to. After a denial the search list is walked (resolv.conf(5); Go,
/// src/net/dnsclient_unix.go), so where a name below it has addresses, kubectl and glibc print no error.
pub(in crate::rules) fn after_a_denial(case: &Case<'_>, subjects: &[&Subject<'_>]) -> String {
    let effect = if subjects.iter().any(|subject| !wildcards(case, subject).is_empty()) {
        "so kubectl there gets an address of a search suffix instead"
    } else {
        "so clients there print \"no such host\""
    };
    or_the_hosts_file(case, subjects, effect)
}

/// This effect of what resolvers answer; where they are this host's name servers and its hosts file has the name, that
/// clients here have it from there: Go and getaddrinfo read the file first (hosts(5); Go, src/net/conf.go).
pub(in crate::rules) fn or_the_hosts_file(case: &Case<'_>, subjects: &[&Subject<'_>], effect: &str) -> String {
    let is_of_this_host = |subject: &&&Subject<'_>| subject.has_role(Role::Local) || subject.probed.system.is_some();
    match case.pinned_by() {
        Some(path) if subjects.iter().all(|subject| is_of_this_host(&subject)) => {
            format!("so clients on this host have its address from {path} alone")
        }
        _ => effect.to_owned(),
    }
}
