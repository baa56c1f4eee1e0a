//! Whether Go's own resolver, which reads resolv.conf alone, gets the name where the operating system does.

use crate::compare::Verdict;
use crate::limits;
use crate::observation::Purpose;
use crate::resolvers::Role;
use crate::rules::{Case, Subject};

/// Whether Go's walk over the name servers ends with the right addresses: it stops at the first answer, and goes on
/// past silence and failures.
pub(in crate::rules) fn go_gets_the_name(case: &Case<'_>) -> bool {
    case.local()
        .take(limits::NAME_SERVERS_USED)
        .find(|subject| {
            let verdict = subject.verdict();
            verdict.has_addresses() || verdict.is_negative() || verdict == Verdict::Unstable
        })
        .is_some_and(|subject| !subject.verdict().is_negative() && !is_wrong(subject))
}

/// An unstable server may serve Go as well as it served the operating system.
fn is_wrong(subject: &Subject<'_>) -> bool {
    !subject.verdict().is_fine() && subject.verdict() != Verdict::Unstable
}

/// Whether a failing name server of this host leaves another reason for what the operating system gets.
pub(in crate::rules) fn differs_otherwise(case: &Case<'_>) -> bool {
    let Some(system) = case.system() else {
        return false;
    };
    let mut failing = case.failing().filter(|subject| subject.has_role(Role::Local));
    failing.any(|subject| is_explained(case, subject, system))
}

/// What else lets getaddrinfo succeed beside such a name server: the same addresses judged otherwise, a search suffix,
/// EDNS (which getaddrinfo does not use and Go always does), or more patience.
fn is_explained(case: &Case<'_>, subject: &Subject<'_>, system: &Subject<'_>) -> bool {
    let given = system.ips();
    let shares = |ips: &[std::net::IpAddr]| ips.iter().any(|ip| given.contains(ip));
    let took_longer = system
        .probed
        .system
        .as_ref()
        .and_then(|lookup| lookup.rtt_ms)
        .is_some_and(|rtt| rtt >= case.asked.timeout_ms as f64);
    shares(&subject.ips())
        || subject
            .lookups(Purpose::SearchSuffix)
            .any(|lookup| shares(&lookup.addresses))
        || subject.answers_without_edns()
        || took_longer && subject.verdict() == Verdict::Timeout
}
