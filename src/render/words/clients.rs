//! What kubectl and the other clients print.

use crate::clients::{Client, Prediction, Resolution};
use crate::compare::Verdict;
use crate::report::{Conclusion, Report, ResolverReport};
use crate::resolvers::Role;

/// The messages of kubectl that the first screen shows: of a race, both ends.
pub(in crate::render) const MESSAGES: usize = 2;

/// What stands beside the messages of a client that resolves the name now and then.
pub(in crate::render) const OR_IT_RESOLVES: &str = "(it resolves the name now and then)";

/// The messages of another client than kubectl, on one line.
pub(in crate::render) fn client(client: &Prediction) -> String {
    let mut said = client.messages.join(" or ");
    if client.outcome == Resolution::Varies {
        said.push(' ');
        said.push_str(OR_IT_RESOLVES);
    }
    said
}

/// What comes of kubectl's lookup here where it prints no error of it: an address is not yet an expected one.
pub(in crate::render) fn resolves(report: &Report) -> &'static str {
    let of_this_host = report.resolvers.iter().filter(|resolver| {
        let resolver = &resolver.probed.resolver;
        resolver.has_role(Role::Local) || resolver.has_role(Role::Os)
    });
    let mut expected = of_this_host
        .filter(|resolver| resolver.verdict.has_addresses())
        .map(|resolver| !matches!(resolver.verdict, Verdict::Mismatch | Verdict::Partial));
    match (expected.clone().any(|is| is), expected.any(|is| !is)) {
        (_, false) => "resolves the name here",
        (false, true) => "gets an address here, but not the expected ones",
        (true, true) => "gets an address here, which is not always an expected one",
    }
}

/// Why a broken report has no line of kubectl: where this host's own resolvers were not asked, nothing is known of what
/// a client here gets.
pub(in crate::render) fn no_kubectl(report: &Report) -> Option<&'static str> {
    let is_of_this_host = |resolver: &ResolverReport| {
        let resolver = &resolver.probed.resolver;
        resolver.has_role(Role::Local) || resolver.has_role(Role::Os)
    };
    let is_asked = report.resolvers.iter().any(is_of_this_host);
    (report.conclusion == Conclusion::Broken && !is_asked && kubectl(report).is_none())
        .then_some("not known: its line needs this host's own resolver, which was not asked")
}

/// What kubectl would say, where that helps: nothing where all is well.
pub(in crate::render) fn kubectl(report: &Report) -> Option<&Prediction> {
    (report.conclusion != Conclusion::Healthy)
        .then(|| report.clients.iter().find(|client| client.client == Client::Go))
        .flatten()
}
