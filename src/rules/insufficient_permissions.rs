//! AWS did not let the caller read something.

use std::collections::BTreeSet;

use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, phrase};
use crate::facts::Call;

declare_rule! {
    /// ## What it means
    /// A read of AWS was denied, so the diagnosis goes without a fact. What it would have decided is said, read by
    /// read.
    ///
    /// ## How it was decided
    /// AWS answered AccessDenied, AccessDeniedException or UnauthorizedOperation. A read that was throttled, timed out
    /// or failed otherwise is among what is not known, and no matter of permissions.
    ///
    /// ## Why it matters
    /// A cause that only this fact shows stays unseen, and others are said with less certainty. It is no fault of the
    /// name's resolution.
    ///
    /// ## What to do
    /// Allow the reads; the policy is given, and the whole of it stands in docs/aws-permissions.md. Or have somebody who
    /// may collect the facts, and use their file with `--facts`.
    "insufficient-permissions" = {
        summary: "a read of AWS was denied, and the diagnosis goes without it",
        severity: Severity::Info,
        since: "0.1.0",
        about: AnyName,
        hint: "AWS denied a read to this role",
        complaints: [AccessDenied 10],
        references: [IAM_POLICIES],
        at: Run,
        requires: [[A_READ_WAS_DENIED]],
        confidence: [Certain],
        wants: [Caller],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let denied: BTreeSet<Call> = case.denied_reads().map(|read| read.call).collect();
    let caller = case.caller();
    let actions: Vec<&str> = denied.iter().map(|call| call.action()).collect();
    let evidence = case
        .denied_reads()
        .map(|read| {
            let code = read.code.as_deref().unwrap_or("denied");
            Evidence::fact(format!("{}: {code}; {}", read.call.action(), read.call.costs()))
        })
        .collect::<Vec<_>>();
    let of = caller.map_or_else(
        || "The caller".to_owned(),
        |caller| match &caller.arn {
            Some(arn) => arn.clone(),
            None => format!("The caller, of account {},", caller.account),
        },
    );
    let count = denied.len();
    vec![
        RULE.finding_at_large(fits.confidence)
            .summary(format!(
                "{count} {} of AWS {} denied: {}",
                phrase::plural(count, "read", "reads"),
                phrase::plural(count, "was", "were"),
                actions.join(", ")
            ))
            .why(format!(
                "{of} may not do {}. What is missing is listed below, each with what it would have decided. Nothing of \
                 it is a fault of the name's resolution.",
                phrase::list(&actions)
            ))
            .seen(evidence)
            .fix(vec![
                Remedy::new(
                    "Allow what is missing (the whole policy stands in docs/aws-permissions.md)",
                    [policy(&actions)],
                ),
                Remedy::advice(
                    "Or let somebody who may collect the facts, and use their file: --facts takes what the AWS CLI \
                     prints",
                ),
            ]),
    ]
}

/// An IAM policy of these actions alone. They are reads, and several of them know no resources.
fn policy(actions: &[&str]) -> String {
    let actions: Vec<String> = actions.iter().map(|action| format!("        \"{action}\"")).collect();
    format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {{\n      \"Effect\": \"Allow\",\n      \
         \"Action\": [\n{}\n      ],\n      \"Resource\": \"*\"\n    }}\n  ]\n}}",
        actions.join(",\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_json_of_just_these_actions() {
        let text = policy(&["ec2:DescribeVpcs", "eks:DescribeCluster"]);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(
            json["Statement"][0]["Action"],
            serde_json::json!(["ec2:DescribeVpcs", "eks:DescribeCluster"])
        );
        assert_eq!(json["Statement"][0]["Effect"], "Allow");
    }
}
