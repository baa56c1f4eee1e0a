//! What answers at an address is not the cluster's API server.

use super::shared::connections;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, phrase, remedy};
use crate::observation::Connection;

declare_rule! {
    /// ## What it means
    /// At an address that a resolver gave, something answers that is not this cluster's API server: its certificate
    /// does not verify against the cluster's certificate authority, or has another name, or it does not speak TLS.
    ///
    /// ## How it was decided
    /// `--connect`: a TLS handshake with the endpoint's name at each address, verified against `certificateAuthority`
    /// from DescribeCluster or the kubeconfig, and nothing else. A certificate that has run out by this host's clock is
    /// told apart: then the clock may be wrong.
    ///
    /// ## Why it matters
    /// kubectl says `x509: certificate signed by unknown authority`, or talks to another cluster's API server. If
    /// another server now has the address, DNS still looks right.
    ///
    /// ## What to do
    /// Find out which server has the address now: another cluster, a proxy that intercepts TLS, or a stale record. Do
    /// not turn verification off.
    "not-this-cluster" = {
        summary: "what answers at the address is not this cluster's API server",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the certificate is not of the cluster's authority (--connect)",
        complaints: [NoReply 30, HandshakeTimeout 25, Certificate 10],
        references: [EKS_CERTIFICATE, RFC_6066_SNI],
        at: Run,
        requires: [[ANOTHER_SERVER_ANSWERS, CERTIFICATE_IS_NOT_VALID_NOW]],
        names: [[GIVES_ANOTHER_SERVERS_ADDRESS]],
        confidence: [
            // What is no TLS may be a firewall's on the way, and a wrong clock outdates every certificate.
            Certain if [[not TLS_FAILS_AT_AN_ADDRESS], [not CERTIFICATE_IS_NOT_VALID_NOW]],
            High,
        ],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let strangers = connections::strangers(case);
    let outdated = connections::outdated(case);
    let mut findings = Vec::new();
    if !strangers.is_empty() {
        let shown = phrase::addresses(&strangers.iter().map(|one| one.ip).collect::<Vec<_>>());
        findings.push(Finding {
            resolvers: case.givers(&strangers),
            ..finding(
                &strangers,
                fits.confidence,
                format!("what answers at {shown} is not this cluster's API server"),
                "Another cluster or another server may have the address now, or a proxy intercepts TLS.",
                "Find out who has the address: ask the owner of the network, and compare with the cluster's network \
             interfaces",
                vec![remedy::here::certificate(
                    case,
                    &connections::bracketed(strangers[0]),
                    strangers[0].port,
                    Some(&case.own_zone()),
                    true,
                )],
            )
        });
    }
    if !outdated.is_empty() {
        let shown = phrase::addresses(&outdated.iter().map(|one| one.ip).collect::<Vec<_>>());
        findings.push(Finding {
            resolvers: case.givers(&outdated),
            ..finding(
                &outdated,
                fits.confidence,
                format!("the certificate at {shown} is not valid now, by this host's clock"),
                "The certificate is checked against this host's clock. If the clock is wrong, every certificate fails; \
             otherwise the certificate has expired, or is not valid yet.",
                "Check this host's clock",
                vec![remedy::here::clock(case, "date -u")],
            )
        });
    }
    findings
}

/// A finding that names nobody yet.
fn finding(
    connections: &[&Connection],
    confidence: Confidence,
    summary: String,
    why: &str,
    remedy: &str,
    commands: Vec<String>,
) -> Finding {
    let said: Vec<String> = connections
        .iter()
        .map(|connection| phrase::connection(connection))
        .collect();
    RULE.finding_at_large(confidence)
        .summary(summary)
        .why(format!("{}. {why}", phrase::connections(connections)))
        .seen(said.into_iter().map(Evidence::fact))
        .fix(vec![Remedy::new(remedy, commands)])
}
