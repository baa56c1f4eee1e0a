//! AWS did not let the caller read something.

use std::collections::BTreeSet;

use super::signs::A_READ_WAS_DENIED;
use super::{Case, Finding, Fits, Remedy, Severity, Stage, phrase};
use crate::facts::Call;

declare_rule! {
    /// ## What it means
    /// AWS denied a read, so a fact is missing. The finding says for each read what it would have decided.
    ///
    /// ## How it was decided
    /// AWS answered AccessDenied, AccessDeniedException or UnauthorizedOperation. A read that was throttled, timed out
    /// or failed otherwise is among what is not known, and no matter of permissions.
    ///
    /// ## Why it matters
    /// A cause that only this fact shows is not found, and other causes are less sure. The denied read does not affect
    /// name resolution.
    ///
    /// ## What to do
    /// Allow the reads: the finding has the policy, and docs/aws-permissions.md has all of it. Or ask somebody with the
    /// permissions to collect the facts, and use their file with `--facts`.
    "insufficient-permissions" = {
        summary: "AWS denied a read, so a fact is missing",
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
                "{of} may not do {}. The list below says what each denied read would have decided. This does not \
                 affect name resolution.",
                phrase::list(&actions)
            ))
            .seen(A_READ_WAS_DENIED.evidence(case))
            .fix(vec![
                Remedy::new(
                    "Allow the missing reads (docs/aws-permissions.md has the whole policy)",
                    [policy(&actions)],
                ),
                Remedy::advice(
                    "Or ask somebody with the permissions to collect the facts, and use their file: --facts reads what \
                     the AWS CLI prints",
                )
                .as_alternative(),
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
