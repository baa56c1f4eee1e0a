//! Answers came inside TLS from a server that was not verified.

use super::phrase;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage};

declare_rule! {
    /// ## What it means
    /// The run was made with `--insecure-tls`, which accepts any certificate. Anybody on the network path could have
    /// answered in place of the resolver.
    ///
    /// ## How it was decided
    /// The flag was given, and a resolver was asked over TLS or HTTPS.
    ///
    /// ## Why it matters
    /// An answer over TLS that is not verified proves no more than one over UDP.
    ///
    /// ## What to do
    /// Leave the flag out as soon as the certificate verifies.
    "certificate-not-verified" = {
        summary: "certificates were not verified (--insecure-tls)",
        severity: Severity::Warning,
        since: "0.1.0",
        about: AnyName,
        hint: "the certificate was not checked (--insecure-tls)",
        complaints: [Encrypted 30],
        references: [RFC_8310],
        at: Asked,
        requires: [
            [CERTIFICATE_IS_NOT_CHECKED],
        ],
        confidence: [Certain],
        stage: Stage::Evidence,
    }
}

fn check(_: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let subjects = fits.subjects();
    let who = phrase::titles(&subjects);
    vec![
        RULE.finding(fits.least_sure_at(&subjects), &subjects)
            .summary(format!(
                "TLS NOT VERIFIED: anybody on the path may have answered in place of {who}"
            ))
            .why(format!(
                "--insecure-tls accepts any certificate. The answers of {who} came over TLS from whoever answered at \
                 that address, so they may not be the resolver's."
            ))
            .seen(
                subjects
                    .iter()
                    .map(|subject| Evidence::of(subject.name(), "its certificate was not verified")),
            )
            .fix(vec![Remedy::advice(
                "Run it again without --insecure-tls; if the certificate is for another name, give that name with \
                 --tls-name",
            )]),
    ]
}
