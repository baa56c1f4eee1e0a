//! The question that would decide between causes, as a command line: this program's, or the AWS CLI's.

use super::super::{Case, Remedy, phrase};
use super::path;
use crate::rules::shared::forward;

/// A question that was not put, or to which nothing was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnansweredQuestion {
    /// Ask a resolver of the cluster's VPC.
    Vpc,
    /// Ask a public resolver.
    Public,
    /// Ask AWS.
    Cluster,
}

impl UnansweredQuestion {
    /// Whether it is still open in this run.
    pub fn is_open(self, case: &Case<'_>) -> bool {
        match self {
            Self::Vpc => !case
                .vpc_side()
                .any(|subject| subject.a().is_some_and(|a| !a.kind.is_silence())),
            Self::Public => case.public_has_the_name().is_none(),
            Self::Cluster => case.cluster().is_none(),
        }
    }

    /// What it decides, and the command line.
    fn remedy(self, case: &Case<'_>) -> (String, Vec<String>) {
        let own = case.own_zone();
        let silent = forward::silent_inbound(case);
        match self {
            // It was asked, and asking it again decides nothing.
            Self::Vpc if !silent.is_empty() => (
                format!(
                    "find out why {} {}: where a resolver of the cluster's VPC has the addresses, the name is right and \
                     the fault lies between here and there",
                    phrase::titles(&silent),
                    phrase::plural(silent.len(), "does not answer", "do not answer")
                ),
                silent.iter().flat_map(|subject| path::ask(case, subject)).collect(),
            ),
            Self::Vpc => (
                "ask a resolver of the cluster's VPC: where it has the addresses, the name is right and the \
                 fault lies between here and there"
                    .to_owned(),
                vec![format!("eks-dns-doctor check {own} --inbound <inbound-endpoint-ip>")],
            ),
            Self::Public => (
                "ask public DNS too: where it has the name, the answer here is filtered, stale or from \
                 another view"
                    .to_owned(),
                vec![format!("eks-dns-doctor check {own} --public")],
            ),
            Self::Cluster => (
                "ask AWS for the cluster's endpoint: only that tells a wrong name from one that is not published"
                    .to_owned(),
                vec![format!(
                    "aws eks describe-cluster --region {} --name {} --query cluster.endpoint --output text",
                    case.region(),
                    case.cluster_name()
                )],
            ),
        }
    }
}

/// The questions still open, the deciding one first, and the way that is always open: the same check from a
/// host in the VPC.
pub fn decide(case: &Case<'_>, preferred: &[UnansweredQuestion]) -> Vec<Remedy> {
    let mut remedies: Vec<Remedy> = preferred
        .iter()
        .filter(|question| question.is_open(case))
        // Nothing in the VPC tells of a name that goes, or that the cluster does not have.
        .filter(|question| **question != UnansweredQuestion::Vpc || case.without_a_lasting_endpoint().is_none())
        .enumerate()
        .map(|(index, question)| {
            let (what, commands) = question.remedy(case);
            let lead = if index == 0 { "To decide it," } else { "Or" };
            Remedy::new(format!("{lead} {what}"), commands)
        })
        .collect();
    remedies.push(from_the_vpc(case));
    remedies
}

/// The same check from inside.
pub fn from_the_vpc(case: &Case<'_>) -> Remedy {
    let own = case.own_zone();
    Remedy::new(
        "Run the same check here and on a host in the cluster's VPC, a bastion for instance, and compare the two",
        [
            format!("eks-dns-doctor check {own} --save here.json"),
            format!("# on the bastion\neks-dns-doctor check {own} --save bastion.json"),
        ],
    )
}
