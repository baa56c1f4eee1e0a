//! The control that would tell two causes apart was not asked, or not heard.

use super::remedy::question;
use super::{Case, Confidence, Control, Evidence, Finding, Fits, Need, Remedy, Severity, Stage, find};

declare_rule! {
    /// ## What it means
    /// A cause was named with less than high confidence, and a control question exists that would decide it: a public
    /// resolver, or the random sibling and AWS's own names. It was left out, or nothing came back from it.
    ///
    /// ## How it was decided
    /// A finding of medium or low confidence is of a kind that the control decides, and the control has no answer
    /// in this run.
    ///
    /// ## Why it matters
    /// The fix for one cause does not help with the other.
    ///
    /// ## What to do
    /// Run again with the control, or from a place that can reach it.
    "control-unavailable" = {
        summary: "the control that tells two causes apart was not asked, or did not answer",
        severity: Severity::Info,
        since: "0.1.0",
        about: AnyName,
        hint: "other names fail at this server too",
        complaints: [Failure 150, Silence 120, NotSent 20],
        references: [OWN_HELP],
        at: Run,
        requires: [[A_CONTROL_IS_MISSING]],
        confidence: [Certain],
        stage: Stage::Remainder,
    }
}

impl Control {
    /// Whether this run is without it.
    fn is_missing(self, case: &Case<'_>, finding: &Finding) -> bool {
        match self {
            Self::Public => question::UnansweredQuestion::Public.is_open(case),
            // Nothing in the VPC tells of a name that goes, or that the cluster does not have.
            Self::Vpc => {
                question::UnansweredQuestion::Vpc.is_open(case) && case.without_a_lasting_endpoint_unseen().is_none()
            }
            Self::Questions => case.subjects().any(|subject| {
                finding.resolvers.iter().any(|name| name == subject.name())
                    && subject.speaks_dns()
                    && !subject
                        .sibling()
                        .is_some_and(crate::observation::Lookup::heard_anything)
            }),
        }
    }

    /// Whether it was asked, and only not heard.
    fn was_asked(self, case: &Case<'_>) -> bool {
        case.has(match self {
            Self::Public => Need::PublicControl,
            Self::Vpc => Need::VpcView,
            Self::Questions => Need::Controls,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Public => "the public control",
            Self::Vpc => "a resolver of the VPC",
            Self::Questions => "the control questions",
        }
    }

    fn remedy(self, case: &Case<'_>) -> Remedy {
        let own = case.own_zone();
        let options = match self {
            _ if self.was_asked(case) => return question::from_the_vpc(case),
            Self::Public => "--public",
            Self::Vpc => "--inbound <inbound-endpoint-ip>",
            Self::Questions => {
                return Remedy::new(
                    "Run again without --no-controls",
                    [format!("eks-dns-doctor check {own}")],
                );
            }
        };
        Remedy::new(
            format!("Run again with {}", self.name()),
            [format!("eks-dns-doctor check {own} {options}")],
        )
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, earlier: &[Finding]) -> Vec<Finding> {
    // One finding a control: the first that is open settles most.
    let mut said: Vec<(Control, Finding)> = Vec::new();
    for unsure in earlier.iter().filter(|finding| {
        finding.severity == Severity::Error && matches!(finding.confidence, Confidence::Medium | Confidence::Low)
    }) {
        let settled_by = find(&unsure.rule).map_or(&[][..], |rule| rule.settled_by);
        let missing = settled_by.iter().find(|(control, _)| control.is_missing(case, unsure));
        let Some((control, between)) = missing else {
            continue;
        };
        if let Some((_, finding)) = said.iter_mut().find(|(other, _)| other == control) {
            for name in &unsure.resolvers {
                if !finding.resolvers.contains(name) {
                    finding.resolvers.push(name.clone());
                }
            }
            continue;
        }
        said.push((*control, finding(case, fits.confidence, *control, between, unsure)));
    }
    said.into_iter().map(|(_, finding)| finding).collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, control: Control, between: &str, unsure: &Finding) -> Finding {
    let state = if control.was_asked(case) {
        "was asked and did not answer"
    } else {
        "was not asked"
    };
    let rule = unsure.rule.as_str();
    RULE.finding_at_large(confidence)
        .about(unsure.resolvers.clone())
        .summary(format!(
            "{} {state}; it would confirm or rule out {rule}",
            control.name()
        ))
        .why(format!(
            "{rule} is said with {} confidence, because {} {state}. It would show {between}.",
            unsure.confidence.as_str(),
            control.name()
        ))
        .seen(vec![Evidence::fact(format!("{} {state}", control.name()))])
        .fix(vec![control.remedy(case)])
}
