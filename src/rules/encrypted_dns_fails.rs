//! TLS or HTTP comes to nothing, for another reason than the certificate.

use super::phrase::{self, observed_target};
use super::{Case, Finding, Fits, Remedy, Severity, Stage, Subject, grouped, remedy};
use crate::compare::Verdict;
use crate::observation::Reason;

declare_rule! {
    /// ## What it means
    /// The resolver is asked inside TLS, and there is no session to ask in: what answers does not speak TLS, breaks
    /// off, does not speak HTTP/2, or says in HTTP that it has no DNS message for us.
    ///
    /// ## How it was decided
    /// A connection was made, and then the TLS handshake failed, HTTP/2 was not agreed on (ALPN), or the response had
    /// another status than 2xx or another content than `application/dns-message`.
    ///
    /// ## Why it matters
    /// A forwarder or a client that asks this way gets no answer, whatever the zones hold.
    ///
    /// ## What to do
    /// See that this address and port is the one of the service: 853 for DNS over TLS, 443 and the right path for DNS
    /// over HTTPS. A Route 53 Resolver endpoint speaks DNS over HTTPS only where DoH is among its protocols.
    "encrypted-dns-fails" = {
        summary: "a resolver that is asked inside TLS has no session to ask in",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "port 853 or 443 of the name server is closed, or its session fails",
        complaints: [Encrypted 10],
        references: [RFC_7858, RFC_8484, RFC_9113_ALPN],
        at: Failing,
        requires: [[SESSION_FAILS]],
        confidence: [High if [[HANDSHAKE_FAILS]], Certain],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    grouped(fits.subjects(), |subject| {
        Some((subject.verdict(), subject.a().and_then(|lookup| lookup.reason.clone())))
    })
    .into_iter()
    .map(|((verdict, reason), subjects)| finding(case, fits, verdict, reason.as_ref(), &subjects))
    .collect()
}

fn finding(
    case: &Case<'_>,
    fits: &Fits<'_, '_>,
    verdict: Verdict,
    reason: Option<&Reason>,
    subjects: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(subjects);
    let (what, means) = match verdict {
        Verdict::Alpn => (
            "does not speak HTTP/2",
            "DNS over HTTPS is asked over HTTP/2, which a server names in the TLS handshake. Perhaps another service \
             has \
             that port.",
        ),
        Verdict::HttpError => (
            "gives no DNS message over HTTP",
            "TLS and its certificate are in order, and what is behind them has no answer: a wrong path, a proxy, or a \
             service that is down or wants to know who asks.",
        ),
        _ => (
            "makes no TLS session",
            "Perhaps that port belongs to another service, or speaks DNS in the clear; a device on the way that takes \
             connections and lets no TLS through looks the same.",
        ),
    };
    let says = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    RULE.finding(fits.least_sure_at(subjects), subjects)
    .summary(format!("{who} {what}, so no question was answered"))
    .why(format!(
        "{who} took the connection, and then it came to nothing{says}. {means} What it would say of the name is not \
         known."
    ))
    .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
    .fix(vec![
        Remedy::new(
            "See what is at that port",
            subjects
                .iter()
                .filter_map(|subject| remedy::path::show_certificate(case, subject))
                .collect::<Vec<_>>(),
        ),
        Remedy::advice(
            "See that the service speaks DNS inside TLS at this address, port and path; for a Route 53 Resolver \
             inbound endpoint, that DoH is among its protocols",
        ),
    ])
}
