//! The certificate of a server that is asked inside TLS does not verify.

use super::phrase::{self, observed_target};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::observation::{Reason, TlsFault};

declare_rule! {
    /// ## What it means
    /// The resolver is asked inside TLS (DNS over TLS, DNS over HTTPS), and its certificate does not verify: it is for
    /// other names, was issued by an authority that this host does not trust, or is not valid now. No question was
    /// asked.
    ///
    /// ## How it was decided
    /// The TLS handshake ended at the certificate. It was verified against the authorities that this host trusts, for
    /// the name behind `#`, else that of `--tls-name`, else the address itself.
    ///
    /// ## Why it matters
    /// Any host on the path could answer. A client that verifies certificates gets no answer, and a client that does
    /// not verify them may get a forged one.
    ///
    /// ## What to do
    /// Look at the certificate. If it is for another name, give that name. If another authority issued it, a device on
    /// the path may intercept TLS; if that is intended, trust its authority. If it has expired, renew it.
    "certificate-not-valid" = {
        summary: "the certificate of a resolver that is asked inside TLS does not verify",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "the name server's certificate does not verify",
        complaints: [Encrypted 20],
        references: [RFC_8310, RFC_8484],
        at: Failing,
        requires: [[CERTIFICATE_FAILS]],
        confidence: [Certain],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.iter()
        .map(|fit| finding(case, fit.confidence, fit.subject))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, subject: &Subject<'_>) -> Finding {
    let who = phrase::titles(&[subject]);
    let reason = subject.a().and_then(|lookup| lookup.reason.clone());
    let name = subject
        .probed
        .resolver
        .tls
        .as_ref()
        .map(|identity| identity.name.clone())
        .unwrap_or_default();
    let fault = match &reason {
        Some(Reason::Tls { fault }) => Some(fault),
        _ => None,
    };
    if let Some(unseen) = fault.filter(|fault| fault.is_of_this_host()) {
        return not_verifiable(confidence, subject, &who, unseen);
    }
    RULE.finding(confidence, &[subject])
        .summary(format!(
            "the certificate of {who} does not verify for {name}, so no question was asked"
        ))
        .why(format!(
            "{who}'s certificate must be valid for {name}, and {}. No query was sent, so its answer is not known. A \
             device that intercepts TLS looks like this. So does a name or a certificate authority that this host does \
             not know.",
            reason.map_or_else(
                || "the certificate does not verify".to_owned(),
                |reason| reason.to_string()
            )
        ))
        .seen(observed_target(subject))
        .fix(vec![
            Remedy::new(
                "Look at the certificate: for which names it is, who issued it, and until when it is valid",
                remedy::path::show_certificate(case, subject),
            ),
            Remedy::advice(
                "If it is the right server under another name, give that name: #NAME behind the resolver's address, or \
                 --tls-name",
            ),
            Remedy::advice(
                "If an authority of your own issued it, make this host trust that authority; on Linux, SSL_CERT_FILE \
                 names a file of authorities for one run",
            ),
        ])
}

/// No certificate was looked at: this host cannot verify any, or not for that name.
fn not_verifiable(confidence: Confidence, subject: &Subject<'_>, who: &str, reason: &TlsFault) -> Finding {
    RULE.finding(confidence, &[subject])
        .summary(format!(
            "no certificate of {who} can be verified here, so no question was asked: {reason}"
        ))
        .why(format!(
            "This host cannot verify any certificate of {who}: {reason}. The cause is this host or the name, and not \
             the resolver."
        ))
        .seen(observed_target(subject))
        .fix(vec![Remedy::advice(
            "Install the system's certificate authorities (on Linux the package ca-certificates), or name a file of \
             authorities in SSL_CERT_FILE",
        )])
}
