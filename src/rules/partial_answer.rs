//! Right addresses and wrong ones in one answer.

use super::phrase::{self, observed_sibling, observed_target};
use super::shared::own_zone;
use super::step::foreign_zone_around;
use super::{Case, Finding, Fits, Remedy, Severity, Stage, remedy};
use crate::dns::RecordType;
use crate::expect::Fit;

declare_rule! {
    /// ## What it means
    /// The answer holds addresses that are expected, or may be, and others that must not be there: two sources are
    /// mixed into one answer.
    ///
    /// ## How it was decided
    /// Each address was compared with what is expected. An answer with only some of the expected addresses is fine: EKS
    /// names rarely list every interface. Left out are answers whose wrong addresses are all in the VPC
    /// (`stale-addresses`), and sinkholes. Where the SOA for AAAA or for a random sibling is of a zone that is not
    /// AWS's, the records are in that zone, and no cache is to be flushed.
    ///
    /// ## Why it matters
    /// A client tries the addresses in some order, so it connects now and then, or waits for a time-out first.
    ///
    /// ## What to do
    /// Find the second source: an override that adds to the answer instead of replacing it, a record added to
    /// a copy of the zone, a resolver that merges the answers of several servers.
    "partial-answer" = {
        summary: "some addresses of the answer are expected, and some are not",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "some of the addresses are the cluster's, and some are not",
        complaints: [Connection 100],
        shows: [OneAnswer],
        references: [EKS_CLUSTER_ENDPOINT],
        at: Failing,
        requires: [
            [GIVES_SOME_EXPECTED],
            [unless SIBLING_RESOLVES],
            [not SINKHOLED],
            [not ALL_WRONG_ADDRESSES_ARE_STALE],
        ],
        confidence: [High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let subjects = fits.subjects();
    let who = phrase::titles(&subjects);
    let gives = phrase::plural(subjects.len(), "gives", "give");
    let distinct = |wanted: fn(Fit) -> bool| {
        phrase::distinct(subjects.iter().flat_map(|subject| {
            let expected = &subject.comparison.expected;
            let ips = subject.ips().into_iter();
            ips.filter(|ip| wanted(case.fit(expected, *ip)))
        }))
    };
    let wrong = distinct(|fit| fit == Fit::Unexpected);
    let right = distinct(|fit| fit != Fit::Unexpected);
    // Where the flag leaves out what AWS lists, it may be the flag that is wrong.
    let is_listed = !(case.asked.expect_addresses.is_empty() && case.asked.expect_cidrs.is_empty());
    let is_the_clusters = subjects.iter().all(|subject| {
        let unexpected = case.unexpected_addresses(subject);
        unexpected.iter().all(|address| case.is_of_an_interface(address.ip))
    });
    if is_listed && is_the_clusters {
        return vec![
            RULE.finding(fits.least_sure_at(&subjects), &subjects)
                .summary(format!(
                    "{who} {gives} {wrong} too, which AWS lists as the cluster's and --expect leaves out"
                ))
                .why(format!(
                    "{who} {gives} {right}, as expected, and in the same answer {wrong}. AWS lists {wrong} at the \
                     cluster's network interfaces, so only --expect speaks against the answer."
                ))
                .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
                .fix(vec![Remedy::advice(format!(
                    "Name {wrong} in --expect too, or leave --expect out, so that the network interfaces decide"
                ))]),
        ];
    }
    let zones = own_zone::around(&subjects);
    let evidence = subjects.iter().flat_map(|subject| {
        let mut seen = observed_target(subject);
        if foreign_zone_around(subject).is_some() {
            seen.extend(observed_sibling(subject));
        }
        seen
    });
    if !zones.is_empty() {
        let zones = phrase::list(&zones);
        return vec![
            RULE.finding(fits.least_sure_at(&subjects), &subjects)
                .summary(format!("{who} {gives} wrong addresses ({wrong}) beside right ones"))
                .why(format!(
                    "{who} {gives} {right}, which nothing speaks against, and in the same answer {wrong}, which should \
                     not be there ({}). The name is in a zone there that is not AWS's, by its SOA: {zones}. So the \
                     records are in that zone. A client that tries a wrong address \
                     first fails, or waits for its time-out.",
                    case.expected.source,
                ))
                .seen(evidence)
                .fix(
                    [
                        vec![Remedy::advice(format!(
                            "Remove {wrong} from the records of {} in the zone {zones}, or take the name out of that zone \
                             and forward it: EKS changes the addresses on upgrades and when it scales",
                            case.own_zone()
                        ))],
                        vec![remedy::answer::ask_again(case, &subjects, RecordType::A, "")],
                    ]
                    .concat(),
                ),
        ];
    }
    vec![
        RULE.finding(fits.least_sure_at(&subjects), &subjects)
            .summary(format!("{who} {gives} wrong addresses ({wrong}) beside right ones"))
            .why(format!(
                "{who} {gives} {right}, which nothing speaks against, and in the same answer {wrong}, which should not \
                 be there ({}). That is not one of AWS's zones alone: somewhere two sources are mixed. A client that \
                 tries a wrong address first fails, or waits for its time-out.",
                case.expected.source,
            ))
            .seen(evidence)
            .fix(
                [
                    vec![Remedy::advice(format!(
                        "Remove what adds {wrong} to the answer at this resolver, or at the one it forwards to: an \
                         override, a record in a copy of the zone"
                    ))],
                    vec![remedy::answer::ask_again(case, &subjects, RecordType::A, "")],
                    remedy::flush::name(case),
                ]
                .concat(),
            ),
    ]
}
