//! Names that do not exist have addresses at this resolver.

use super::phrase::{self, observed_sibling, observed_target};
use super::shared::own_zone;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::software::Software;
use std::net::IpAddr;

declare_rule! {
    /// ## What it means
    /// The resolver, or something on the way to it, answers with addresses of its own where a name does not
    /// exist: a provider's search page, a captive portal that has not been logged in to, or a wildcard record.
    /// Its answer for the endpoint is of the same kind.
    ///
    /// ## How it was decided
    /// A random name beside the endpoint's, which cannot exist, has addresses there. Where the SOA for AAAA shows that
    /// the name is in a zone there that is not AWS's, that zone is named. An answer with the SOA of a response policy
    /// zone is `name-blocked-by-policy`.
    ///
    /// ## Why it matters
    /// kubectl connects to somebody else's server and prints a TLS error: the certificate is for another name,
    /// which names the hijacker.
    ///
    /// ## What to do
    /// Log in to the captive portal if there is one, or use another resolver. A resolver of your own that forwards the
    /// endpoint's name to the VPC avoids it too.
    "nxdomain-hijack" = {
        summary: "the resolver gives addresses for names that do not exist",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "a name that does not exist gets the same address",
        complaints: [Certificate 50, Connection 60],
        shows: [OneAnswer],
        references: [RFC_8914_FORGED, DNSMASQ_BOGUS_NXDOMAIN],
        at: Failing,
        requires: [[INVENTS_ADDRESSES]],
        confidence: [High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|_| Some(()))
        .into_iter()
        .map(|(confidence, (), subjects)| finding(case, confidence, &subjects))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let mut theirs: Vec<IpAddr> = subjects
        .iter()
        .filter_map(|subject| subject.sibling())
        .flat_map(|lookup| lookup.addresses.iter().copied())
        .collect();
    theirs.sort();
    theirs.dedup();
    let same = subjects
        .iter()
        .all(|subject| !subject.ips().is_empty() && subject.ips().iter().all(|ip| theirs.contains(ip)));
    let zones = own_zone::around(subjects);
    let by_whom = if zones.is_empty() {
        "Something there answers in place of AWS's zone: a provider's search page, a captive portal, or a wildcard \
         record above the name."
            .to_owned()
    } else {
        format!(
            "The name is in a zone there that is not AWS's, by its SOA: {}. So a wildcard record in that zone answers in \
             place of AWS's zone.",
            phrase::list(&zones)
        )
    };
    let explanation = format!(
        "A random name beside the endpoint's, which does not exist, has {} at {who}.{} {by_whom} Whether \
         the endpoint's name exists cannot be told from {} answers.",
        phrase::addresses(&theirs),
        if same {
            " The endpoint's name gets the same."
        } else {
            ""
        },
        phrase::plural(several, "its", "their"),
    );
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(observed_sibling(subject));
    }
    let bogus: Vec<String> = theirs.iter().map(|ip| format!("bogus-nxdomain={ip}")).collect();
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} {} addresses for names that do not exist, so {} answer for this name proves nothing",
            phrase::plural(several, "invents", "invent"),
            phrase::plural(several, "its", "their"),
        ))
        .why(explanation)
        .seen(evidence)
        .fix(vec![
            Remedy::advice(if zones.is_empty() {
                "Use a resolver that does not rewrite answers; on a guest network, log in to its portal first"
                    .to_owned()
            } else {
                format!(
                    "Remove the zone {} at this resolver or at the one that it forwards to (without its wildcard record \
                     alone, the name would not exist there). In a network that is not yours: use another resolver",
                    phrase::list(&zones)
                )
            }),
            Remedy::new(
                "See who answers: the certificate names them",
                [remedy::here::certificate(
                    case,
                    &case.own_zone(),
                    443,
                    Some(&case.own_zone()),
                    false,
                )],
            ),
            Remedy {
                software: Some(Software::Dnsmasq),
                ..Remedy::new(
                    "On a dnsmasq of one's own in front of it, turn those addresses back into NXDOMAIN",
                    [format!("# dnsmasq\n{}", bogus.join("\n"))],
                )
            },
        ])
}
