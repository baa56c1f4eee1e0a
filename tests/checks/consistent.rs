//! What holds of every report.

use eks_dns_doctor::compare::Verdict;
use eks_dns_doctor::report::{Conclusion, Report};
use eks_dns_doctor::rules::{Confidence, Severity};
use eks_dns_doctor::settings::FailOn;

/// That the report is consistent: it never says healthy where something in scope did not answer as expected, names
/// every resolver that did not, and its exit code is its conclusion's. `Err` says what is not.
pub(crate) fn consistent(report: &Report) -> Result<(), String> {
    let errors: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    let in_scope = || {
        report
            .resolvers
            .iter()
            .filter(|resolver| resolver.probed.resolver.in_scope)
    };
    for resolver in in_scope().filter(|resolver| !resolver.probed.interrupted) {
        let name = &resolver.probed.resolver.name;
        if !resolver.verdict.is_fine() && !errors.iter().any(|finding| finding.resolvers.contains(name)) {
            return Err(format!("{name} is {}, and no error names it", resolver.verdict));
        }
    }
    if report.conclusion == Conclusion::Healthy
        && (in_scope().count() == 0
            || in_scope().any(|resolver| resolver.verdict != Verdict::Match)
            || report.findings.iter().any(|finding| finding.severity != Severity::Info))
    {
        return Err("healthy is said without cause".to_owned());
    }
    if (report.conclusion == Conclusion::Broken) == errors.is_empty() {
        return Err("broken is said where there is no error, or not said where there is one".to_owned());
    }
    let warned = report
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Warning);
    let strict = report.asked.fail_on == FailOn::Warning && warned;
    let code = match report.conclusion {
        _ if report.interrupted => 130,
        Conclusion::Broken => 1,
        Conclusion::Healthy => 0,
        Conclusion::Degraded => u8::from(strict),
        Conclusion::Inconclusive => 3,
    };
    if report.exit_code != code {
        return Err(format!("exit code {}, expected {code}", report.exit_code));
    }
    for finding in &report.findings {
        if finding.summary.is_empty() || finding.explanation.is_empty() {
            return Err(format!("{} says nothing", finding.rule));
        }
        let known = |name: &String| {
            report
                .resolvers
                .iter()
                .any(|resolver| resolver.probed.resolver.name == *name)
        };
        if !finding.resolvers.iter().all(known) {
            return Err(format!("{} names somebody unknown", finding.rule));
        }
        let mut names = finding.resolvers.clone();
        names.sort();
        names.dedup();
        if names.len() != finding.resolvers.len() {
            return Err(format!("{} names somebody twice", finding.rule));
        }
    }
    let sorted = report
        .findings
        .windows(2)
        .all(|pair| pair[0].severity <= pair[1].severity);
    if !sorted {
        return Err("findings are not in the order of severity".to_owned());
    }
    // Two causes for one resolver: neither is certain, but for what is known to stand beside another.
    for resolver in &report.resolvers {
        let name = &resolver.probed.resolver.name;
        let causes: Vec<_> = errors
            .iter()
            .filter(|finding| finding.resolvers.contains(name) && finding.caused_by.is_none())
            .collect();
        if causes.len() > 1 && causes.iter().any(|finding| finding.confidence == Confidence::Certain) {
            let rules: Vec<&str> = causes.iter().map(|finding| finding.rule.as_str()).collect();
            return Err(format!("{name} has a certain cause beside another: {rules:?}"));
        }
    }
    Ok(())
}
