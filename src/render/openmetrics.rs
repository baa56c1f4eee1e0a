//! Metrics of a report, for Prometheus and whoever reads its text.

use std::fmt;
use std::time::UNIX_EPOCH;

use super::Style;
use super::exposition::{Exposition, Metric, Unique};
use super::words;
use crate::compare::Verdict;
use crate::observation::Connection;
use crate::report::{Conclusion, Report, ResolverReport};
use crate::rules::Finding;
use crate::target::View;

/// The metrics of a report, in the order in which they are written.
pub const METRICS: &[&Metric] = &[
    &TARGET_INFO,
    &CHECKED,
    &CONCLUSION,
    &EXIT_CODE,
    &INTERRUPTED,
    &HEADLINE,
    &FINDINGS,
    &NOT_CHECKED,
    &RESOLVER_INFO,
    &RESOLVER_VERDICT,
    &RESOLVER_VIEW,
    &RESOLVER_RESPONSE,
    &RESOLVER_SAMPLES,
    &RESOLVER_LOSS,
    &CONNECTION,
];

pub(crate) static TARGET_INFO: Metric = Metric {
    name: "eks_dns_target_info",
    help: "The endpoint: its host name, and its cluster and Region where they are known. Always 1.",
    labels: &["target", "vantage", "hostname", "cluster", "region", "version"],
};
pub(crate) static CHECKED: Metric = Metric {
    name: "eks_dns_checked_timestamp_seconds",
    help: "When the target was checked, in seconds since 1970.",
    labels: &["target", "vantage"],
};
pub(crate) static CONCLUSION: Metric = Metric {
    name: "eks_dns_conclusion",
    help: "The outcome: 1 for the one that it is, 0 for the others.",
    labels: &["target", "vantage", "eks_dns_conclusion"],
};
pub(crate) static EXIT_CODE: Metric = Metric {
    name: "eks_dns_exit_code",
    help: "The exit code of the check: 0, 1, 3, or 130 where it was interrupted.",
    labels: &["target", "vantage"],
};
static INTERRUPTED: Metric = Metric {
    name: "eks_dns_interrupted",
    help: "Whether the check was interrupted, so that not everything was asked.",
    labels: &["target", "vantage"],
};
pub(crate) static HEADLINE: Metric = Metric {
    name: "eks_dns_headline",
    help: "The finding to act on first. Always 1; absent where there is none.",
    labels: &["target", "vantage", "rule"],
};
pub(crate) static FINDINGS: Metric = Metric {
    name: "eks_dns_findings",
    help: "How many findings of this name, severity and confidence there are.",
    labels: &["target", "vantage", "rule", "severity", "confidence"],
};
static NOT_CHECKED: Metric = Metric {
    name: "eks_dns_not_checked",
    help: "What was not checked: facts that could not be learnt, rules not evaluated, answers not waited for.",
    labels: &["target", "vantage", "kind"],
};
static RESOLVER_INFO: Metric = Metric {
    name: "eks_dns_resolver_info",
    help: "The resolver: where and how it is asked, its role, and whether it decides the outcome. Always 1.",
    labels: &[
        "target",
        "vantage",
        "resolver",
        "address",
        "transport",
        "role",
        "in_scope",
    ],
};
static RESOLVER_VERDICT: Metric = Metric {
    name: "eks_dns_resolver_verdict",
    help: "What the resolver's answer amounts to: 1 for the verdict that it is, 0 for the others.",
    labels: &["target", "vantage", "resolver", "eks_dns_resolver_verdict"],
};
static RESOLVER_VIEW: Metric = Metric {
    name: "eks_dns_resolver_view",
    help: "The zone that the resolver took the name from: 1 for the one that it is, 0 for the others.",
    labels: &["target", "vantage", "resolver", "eks_dns_resolver_view"],
};
static RESOLVER_RESPONSE: Metric = Metric {
    name: "eks_dns_resolver_response_seconds",
    help: "How long the answer took, in seconds; the median of several samples. Absent where none came.",
    labels: &["target", "vantage", "resolver"],
};
static RESOLVER_SAMPLES: Metric = Metric {
    name: "eks_dns_resolver_samples",
    help: "How many samples came to this verdict. Absent where the name was asked for once.",
    labels: &["target", "vantage", "resolver", "verdict"],
};
static RESOLVER_LOSS: Metric = Metric {
    name: "eks_dns_resolver_loss_ratio",
    help: "The share of tries, from 0 to 1, that nothing came back to. Absent where the name was asked for once.",
    labels: &["target", "vantage", "resolver"],
};
static CONNECTION: Metric = Metric {
    name: "eks_dns_connection",
    help: "What came of a connection to an address (--connect): 1 for the outcome that it is, 0 for the others.",
    labels: &["target", "vantage", "address", "port", "eks_dns_connection"],
};

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut exposition = Exposition::default();
    add(
        &mut exposition,
        report,
        report.vantage.name.as_deref().unwrap_or_default(),
    );
    exposition.write(style, out)
}

/// What a report calls its target in metrics: the endpoint's name, or its cluster's where it has none yet.
fn target(report: &Report) -> String {
    let target = &report.target;
    match &target.cluster {
        Some(cluster) if target.is_nameless() => cluster.clone(),
        _ => target.hostname.to_string(),
    }
}

/// The outcome of a target.
pub(crate) fn conclude(exposition: &mut Exposition, metric: &'static Metric, labels: &[&str], conclusion: Conclusion) {
    let states: Vec<&str> = Conclusion::VARIANTS.iter().map(|one| one.as_str()).collect();
    exposition.state(metric, labels, &states, conclusion.as_str());
}

/// Adds the metrics of a report that was made at this place.
pub(crate) fn add(exposition: &mut Exposition, report: &Report, vantage: &str) {
    let target = target(report);
    let of = [target.as_str(), vantage];
    let known = |text: &Option<String>| text.clone().unwrap_or_default();
    let info = [
        &report.target.hostname.to_string(),
        &known(&report.target.cluster),
        &known(&report.target.region),
        &report.tool.version,
    ];
    let labels: Vec<&str> = of.into_iter().chain(info.map(String::as_str)).collect();
    exposition.add(&TARGET_INFO, &labels, 1.0);
    if let Some(seconds) = seconds(&report.taken_at) {
        exposition.add(&CHECKED, &of, seconds);
    }
    conclude(exposition, &CONCLUSION, &of, report.conclusion);
    exposition.add(&EXIT_CODE, &of, report.exit_code.into());
    exposition.add(&INTERRUPTED, &of, f64::from(u8::from(report.interrupted)));
    if let Some(headline) = report.headline() {
        exposition.add(&HEADLINE, &[of[0], of[1], &headline.rule], 1.0);
    }
    findings(exposition, &FINDINGS, &of, &report.findings);
    for (kind, count) in [
        ("fact", report.gaps.len()),
        ("rule", report.not_evaluated.len()),
        ("answer", report.not_waited_for.len()),
    ] {
        exposition.add(&NOT_CHECKED, &[of[0], of[1], kind], count as f64);
    }
    let mut names = Unique::default();
    for resolver in &report.resolvers {
        add_resolver(exposition, resolver, of, &names.name(&resolver.probed.resolver.name));
    }
    for connection in &report.connections {
        add_connection(exposition, connection, of);
    }
}

/// How many findings there are of each name, severity and confidence.
pub(crate) fn findings(exposition: &mut Exposition, metric: &'static Metric, of: &[&str], findings: &[Finding]) {
    let key = |finding: &Finding| (finding.rule.clone(), finding.severity, finding.confidence);
    for finding in findings {
        let count = findings.iter().filter(|other| key(other) == key(finding)).count();
        let (severity, confidence) = (finding.severity.as_str(), finding.confidence.as_str());
        let labels: Vec<&str> = of
            .iter()
            .copied()
            .chain([finding.rule.as_str(), severity, confidence])
            .collect();
        exposition.add(metric, &labels, count as f64);
    }
}

fn add_resolver(exposition: &mut Exposition, resolver: &ResolverReport, of: [&str; 2], name: &str) {
    let own = &resolver.probed.resolver;
    let of = [of[0], of[1], name];
    let address = own.address.map(|address| address.to_string()).unwrap_or_default();
    let transport = own
        .transport
        .map(crate::observation::Transport::as_str)
        .unwrap_or_default();
    let in_scope = if own.in_scope { "true" } else { "false" };
    exposition.add(
        &RESOLVER_INFO,
        &[of[0], of[1], name, &address, transport, own.role.as_str(), in_scope],
        1.0,
    );
    let verdicts: Vec<&str> = Verdict::VARIANTS.iter().map(|verdict| verdict.as_str()).collect();
    exposition.state(&RESOLVER_VERDICT, &of, &verdicts, resolver.verdict.as_str());
    let views = [View::PrivateZone, View::Public, View::Unknown].map(View::as_str);
    exposition.state(&RESOLVER_VIEW, &of, &views, resolver.view.as_str());
    if let Some(milliseconds) = words::response_time(&resolver.probed) {
        exposition.add(&RESOLVER_RESPONSE, &of, in_seconds(milliseconds));
    }
    if let Some(samples) = &resolver.samples {
        for (verdict, count) in &samples.outcomes {
            exposition.add(
                &RESOLVER_SAMPLES,
                &[of[0], of[1], name, verdict.as_str()],
                *count as f64,
            );
        }
        exposition.add(&RESOLVER_LOSS, &of, samples.loss);
    }
}

fn add_connection(exposition: &mut Exposition, connection: &Connection, of: [&str; 2]) {
    let (address, port) = (connection.ip.to_string(), connection.port.to_string());
    exposition.state(
        &CONNECTION,
        &[of[0], of[1], &address, &port],
        Connection::OUTCOMES,
        connection.outcome(),
    );
}

/// Milliseconds as seconds, to the microsecond: more of them is noise.
pub(super) fn in_seconds(milliseconds: f64) -> f64 {
    let rounded = (milliseconds * 1000.0).round() / 1_000_000.0;
    if rounded.is_finite() {
        rounded
    } else {
        milliseconds / 1000.0
    }
}

/// A time of RFC 3339 in seconds since 1970; `None` where it is none.
pub(crate) fn seconds(time: &str) -> Option<f64> {
    let time = humantime::parse_rfc3339(time).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs_f64())
}
