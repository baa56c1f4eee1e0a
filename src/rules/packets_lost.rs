//! Some questions over UDP are lost, the one for the name among them.

use super::phrase::{self, observed, observed_target, observed_tcp};
use super::shared::loss;
use super::signs::IS_SILENT_FOR_A;
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};

declare_rule! {
    /// ## What it means
    /// The resolver works, and questions or replies over UDP are lost on the way, or the resolver drops some of them.
    /// The question for the name is among them.
    ///
    /// ## How it was decided
    /// The question for the name's A record, or for AAAA, got no reply over UDP, and over TCP the resolver answers.
    /// Other questions over UDP were answered. One of them only when it was put again as it was, and another one got
    /// nothing at first, or never. A filter of names or types treats a question the same way each time.
    ///
    /// ## Why it matters
    /// Stub resolvers ask over UDP, two times in most configurations. Where half of the packets are lost, one lookup of
    /// four fails, and the others take seconds longer.
    ///
    /// ## What to do
    /// Find where packets are lost: a connection table of a NAT or a firewall that is full, a link with errors, a VPN,
    /// a limit of questions per client or of packets per network interface.
    "packets-lost" = {
        summary: "questions over UDP are lost, the one for the name among them",
        severity: Severity::Error,
        since: "0.3.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "some questions over UDP are answered, and others are not",
        complaints: [Silence 140],
        shows: [OneAnswer],
        references: [VPC_DNS_QUOTAS, MAN_RESOLV_CONF],
        at: InScope,
        requires: [
            [IS_SILENT_FOR_A, IS_SILENT_FOR_AAAA],
            [HEARD_OVER_UDP],
            [ANSWERS_THE_NAME_OVER_TCP],
            [LOSES_QUESTIONS],
        ],
        confidence: [Medium],
        explains: [OnlyAFails, SilentForwardTarget],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| Some((IS_SILENT_FOR_A.is_at(case, subject), subject.verdict().is_fine())))
        .into_iter()
        .map(|(confidence, (of_a, is_fine), subjects)| {
            let severity = if is_fine { Severity::Warning } else { Severity::Error };
            finding(case, confidence, of_a, &subjects).severity(severity)
        })
        .collect()
}

/// `of_a`: whether it is A that got no reply, and not AAAA alone.
fn finding(case: &Case<'_>, confidence: Confidence, of_a: bool, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let (mut again, mut never) = (0, 0);
    for subject in subjects {
        let (put_again, silent) = loss::lost(subject);
        again += put_again.len();
        never += silent.len();
    }
    let of_others = if never == 0 {
        format!("{again} got a reply only when asked again")
    } else {
        format!("{again} got a reply only when asked again, and {never} got none")
    };
    let evidence = subjects.iter().flat_map(|subject| {
        let (put_again, silent) = loss::lost(subject);
        let lost = put_again
            .into_iter()
            .chain(silent)
            .map(|lookup| observed(subject, lookup));
        [observed_target(subject), observed_tcp(subject), lost.collect()].concat()
    });
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} {} over UDP only now and then: packets are probably lost on the way",
            phrase::plural(several, "answers", "answer")
        ))
        .why(format!(
            "The question for {} got no reply over UDP, and over TCP {who} {} for the name. Of the other questions over \
             UDP, {of_others}. So it is probably not the name. Packets are lost on the way, or {who} {} some questions for a limit.",
            if of_a { "A" } else { "AAAA" },
            phrase::plural(several, "answers", "answer"),
            phrase::plural(several, "drops", "drop"),
        ))
        .seen(evidence)
        .fix(vec![
            remedy::answer::ask_more_often(case, subjects, "Ask more often, to see how many are lost"),
            Remedy::advice(
                "Look on the way for what drops packets: a connection table that is full (Linux logs \"nf_conntrack: table \
                 full, dropping packet\"), errors of a link or a VPN, a limit of questions per client",
            ),
        ])
}
