//! The search list turns "no such name" into somebody else's address.

use std::net::IpAddr;

use super::phrase::{self, observed, observed_target};
use super::shared::search::{comes_first, wildcards};
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::observation::Lookup;

declare_rule! {
    /// ## What it means
    /// The stub resolver looks the name up below the search list, and one of its suffixes has a wildcard record, for
    /// which every name resolves. Clients get the wildcard's address. The list is walked after a negative answer for
    /// the name itself, and before it is asked for where the name has fewer dots than `options ndots` says.
    ///
    /// ## How it was decided
    /// A name server of this host says NXDOMAIN or NODATA for the name itself, or resolv.conf's `ndots` has the list
    /// walked first. And it has addresses for the name with a suffix of the search list behind it. Only a wildcard
    /// makes such a name exist. Where the addresses are the expected ones, nothing is said.
    ///
    /// ## Why it matters
    /// Instead of `no such host` clients show a time-out or a certificate of another name, and the fault looks
    /// like one of the network or of TLS.
    ///
    /// ## What to do
    /// First fix the negative answer for the name itself, which is another finding. Then remove the suffix from the
    /// search list, or the wildcard from its zone. Where `ndots` is the reason, take that option out.
    "search-domain-wildcard" = {
        summary: "a suffix of the search list has a wildcard, which answers for the endpoint's name",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the answer is for the name with a search domain behind it",
        complaints: [Denial 330, Certificate 70],
        shows: [SearchDomain],
        references: [MAN_RESOLV_CONF, RFC_1536_SEARCH, RFC_4592],
        at: InScope,
        requires: [
            [NAME_SERVER_OF_THIS_HOST],
            [DENIED, SEARCH_LIST_COMES_FIRST],
            [not SAMPLES_DIFFER],
            [SEARCH_DOMAIN_ANSWERS],
        ],
        confidence: [High],
        wants: [SystemView, Stub],
        stage: Stage::Remainder,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, earlier: &[Finding]) -> Vec<Finding> {
    let local = fits.subjects();
    let found: Vec<(&Subject<'_>, Vec<&Lookup>)> = local
        .iter()
        .map(|subject| (*subject, wildcards(case, subject)))
        .collect();
    let mut full_names: Vec<String> = Vec::new();
    let mut given: Vec<IpAddr> = Vec::new();
    for lookup in found.iter().flat_map(|(_, lookups)| lookups) {
        let name = lookup.question.to_string();
        if !full_names.contains(&name) {
            full_names.push(name);
        }
        given.extend(&lookup.addresses);
    }
    given.sort();
    given.dedup();
    // The operating system's lookup is named where it shows the wildcard's address.
    let system = case
        .system()
        .filter(|system| system.probed.resolver.in_scope && system.ips().iter().any(|ip| given.contains(ip)));
    let mut subjects = local.clone();
    subjects.extend(system);
    // Without the denial the search list is never walked: what explains that explains this.
    let denial = earlier.iter().find(|finding| {
        finding.severity == Severity::Error
            && local
                .iter()
                .any(|subject| finding.resolvers.iter().any(|name| name == subject.name()))
    });
    let list = case
        .stub()
        .map_or_else(|| "resolv.conf".to_owned(), |stub| stub.source.clone());
    let suffixes = suffixes(case, &found);
    let who = phrase::titles(&local);
    let ndots = case.stub().filter(|_| comes_first(case)).map(|stub| stub.ndots);
    let below = format!(
        "{} {} to {}",
        phrase::list(&full_names),
        phrase::plural(full_names.len(), "resolves", "resolve"),
        phrase::addresses(&given),
    );
    let walked = match ndots {
        Some(ndots) => format!(
            "At {who}, {below}. {list} has ndots:{ndots}, and the name has fewer dots. So clients here try the suffixes \
             of the search list first, and get that address before the name itself is asked for."
        ),
        None => format!(
            "{who} {} a negative answer for the name itself, and {below} there. After a negative answer, clients \
             here try the suffixes of the search list, and get that address instead of \"no such host\".",
            phrase::plural(local.len(), "returns", "return"),
        ),
    };
    let mut evidence: Vec<Evidence> = Vec::new();
    for (subject, lookups) in &found {
        evidence.extend(observed_target(subject));
        evidence.extend(lookups.iter().map(|lookup| observed(subject, lookup)));
    }
    evidence.extend(system.into_iter().flat_map(observed_target));
    vec![
        RULE.finding(fits.least_sure(), &subjects)
            .caused_by(denial.map(|finding| finding.rule.clone()))
            .summary(format!(
                "the search suffix {} answers for the endpoint's name with {}",
                phrase::list(&suffixes),
                phrase::addresses(&given)
            ))
            .why(format!(
                "{walked} Only a wildcard makes so long a name exist in that zone."
            ))
            .seen(evidence)
            .fix(
                ndots
                    .map(|ndots| Remedy::advice(format!("Take ndots:{ndots} out of the options of {list}")))
                    .into_iter()
                    .chain([
                        Remedy::advice(format!(
                            "Remove {} from the search list ({list}), or the wildcard record from that zone",
                            phrase::list(&suffixes)
                        )),
                        Remedy::new(
                            "Check by hand: a made-up name below the suffix should not exist",
                            suffixes.iter().map(|suffix| {
                                remedy::here::ask_own(case, &format!("eks-dns-doctor-test.{suffix}"), "A")
                            }),
                        ),
                    ])
                    .collect::<Vec<_>>(),
            ),
    ]
}

/// What stands behind the endpoint's name in the names that resolved.
fn suffixes(case: &Case<'_>, found: &[(&Subject<'_>, Vec<&Lookup>)]) -> Vec<String> {
    let own = case.target.hostname.labels().len();
    let mut suffixes: Vec<String> = Vec::new();
    for lookup in found.iter().flat_map(|(_, lookups)| lookups) {
        let labels = lookup.question.labels().skip(own);
        if let Ok(suffix) = crate::dns::Name::from_labels(labels) {
            let suffix = suffix.to_string();
            if !suffixes.contains(&suffix) {
                suffixes.push(suffix);
            }
        }
    }
    suffixes
}
