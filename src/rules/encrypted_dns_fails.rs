//! TLS or HTTP fails, for another reason than the certificate.

use super::phrase::{self, observed_target};
use super::{Case, Finding, Fits, Remedy, Severity, Stage, Subject, grouped, remedy};
use crate::compare::Verdict;
use crate::observation::Reason;

declare_rule! {
    /// ## What it means
    /// The resolver is asked inside TLS, and the session fails: the server does not speak TLS or HTTP/2, closes the
    /// connection, or returns an HTTP response without a DNS message.
    ///
    /// ## How it was decided
    /// A connection was made, and then the TLS handshake failed, HTTP/2 was not agreed on (ALPN), or the response had
    /// another status than 2xx or another content than `application/dns-message`.
    ///
    /// ## Why it matters
    /// A forwarder or a client that asks over this transport gets no answer.
    ///
    /// ## What to do
    /// See that this address and port is the one of the service: 853 for DNS over TLS, 443 and the right path for DNS
    /// over HTTPS. A Route 53 Resolver endpoint speaks DNS over HTTPS only where DoH is among its protocols.
    "encrypted-dns-fails" = {
        summary: "the TLS or HTTP session with a resolver fails, so no question is answered",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
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
            "DNS over HTTPS is asked over HTTP/2, which a server names in the TLS handshake. Another service may use \
             that port.",
        ),
        Verdict::HttpError => (
            "gives no DNS message over HTTP",
            "TLS and the certificate are right, but the HTTP server gives no DNS answer. The path may be wrong, or it \
             is a proxy, or the service is down or asks for credentials.",
        ),
        _ => (
            "does not complete the TLS handshake",
            "Another service may use that port, or it speaks DNS without TLS. A device on the path that accepts \
             connections and blocks TLS looks the same.",
        ),
    };
    let says = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    RULE.finding(fits.least_sure_at(subjects), subjects)
    .summary(format!("{who} {what}, so no question was answered"))
    .why(format!(
        "{who} accepts the connection, and then the session fails{says}. {means} Its answer for the name is not known."
    ))
    .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
    .fix(vec![
        Remedy::new(
            "Check which service is at that port",
            subjects
                .iter()
                .filter_map(|subject| remedy::path::show_certificate(case, subject))
                .collect::<Vec<_>>(),
        ),
        Remedy::advice(
            "Check that the service speaks DNS inside TLS at this address, port and path; for a Route 53 Resolver \
             inbound endpoint, that DoH is one of its protocols",
        ),
    ])
}
