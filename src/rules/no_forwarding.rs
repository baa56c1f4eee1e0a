//! The resolver does not take the name to the VPC.

use std::fmt::Write as _;

use super::phrase::{self, observed, observed_sibling, observed_target};
use super::shared::{age, beyond, search};
use super::signs::{ANSWERS_LATE, DENIAL_IS_CACHED};
use super::view::VpcSideFault;
use super::{Case, Confidence, Evidence, Finding, Fits, Need, Remedy, Severity, Shows, Stage, Subject, remedy, view};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::endpoint::SoaOrigin;
use crate::software::Software;
use crate::target::View;

declare_rule! {
    /// ## What it means
    /// The resolver answers from public DNS, or from what public DNS says of the name: it has no conditional forward
    /// that sends the question to a Route 53 Resolver inbound endpoint in the cluster's VPC. The private hosted zone
    /// that EKS keeps for the endpoint is seen only through that VPC's own Resolver.
    ///
    /// ## How it was decided
    /// A resolver on the VPC's side gives the private addresses, and this one shows the public view: public addresses
    /// that the public control has too, or NXDOMAIN or NODATA with the SOA of a public zone of AWS's (its MNAME is not
    /// one of the four of `awsdns-00` that only private hosted zones use), or, where the private view was asked for,
    /// the right addresses with the public zone's SOA beside them. A random sibling of the name gets NXDOMAIN here, as
    /// it should, so answers are not rewritten. A resolver that clients here do not ask, and that has the name from the
    /// private zone, shows that the name exists. Where no resolver of the VPC answered, DescribeCluster, which says
    /// that the endpoint is the cluster's, is used in its place, with less confidence. Where the public control has
    /// private addresses by now, the public ones here are an old answer, and there is no finding. Where no address is
    /// expected, it is a warning: with public and private access, public addresses here and private ones in the VPC are
    /// both right.
    ///
    /// ## Why it matters
    /// kubectl prints `no such host`, or it connects to the public endpoint, which may be off or may block this
    /// network.
    ///
    /// ## What to do
    /// Forward the endpoint's own name, conditionally, to the inbound endpoint's addresses. The wider zone
    /// (`<region>.eks.amazonaws.com`, or `eks-cluster.<region>.api.aws` for IPv6 clusters) takes all clusters
    /// of the Region to one VPC, and those of other VPCs will not get private addresses there.
    "no-forwarding" = {
        summary: "the resolver does not forward the name to the cluster's VPC",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the VPC's resolver has an address for the name, and this server asks public DNS",
        complaints: [Denial 20],
        shows: [OneAnswer, PublicView],
        settled_by: [
            Vpc => "whether the VPC has private addresses for the name at all, or private access is off",
            Public => "whether the name is not forwarded, or is published by now and the answer is stale",
        ],
        references: [EKS_CLUSTER_ENDPOINT, ROUTE53_INBOUND, AWS_BLOG_EKS_DNS],
        at: InScope,
        requires: [
            [LEGIBLE],
            [not ON_THE_VPCS_SIDE],
            [not INBOUND_ENDPOINT],
            [DENIED_BY_PUBLIC_AWS, GIVES_THE_PUBLIC_VIEW, GIVES_PUBLIC_ADDRESSES],
            [
                VPC_HAS_THE_NAME,
                ANOTHER_HAS_IT_FROM_THE_PRIVATE_ZONE,
                AWS_HAS_THE_PRIVATE_ENDPOINT,
                GIVES_ADDRESSES,
            ],
            [unless PUBLIC_HAS_THE_NAME, GIVES_ADDRESSES],
            // Whoever forwards nothing has the private ones from public DNS, too, as soon as the old answer is
            // forgotten.
            [unless IS_FROM_BEFORE_IT_WAS_PRIVATE],
            // A forward would lead to what goes away.
            [unless CLUSTER_IS_BEING_DELETED, GIVES_ADDRESSES],
            [unless CLUSTER_HAS_NO_ENDPOINT, GIVES_ADDRESSES],
        ],
        confidence: [
            // Both are right in a cluster with public and private access.
            Medium if [[GIVES_ADDRESSES], [ANSWER_IS_FINE]],
            // A forward may be newer than the answer.
            Low if [[DENIED_BY_PUBLIC_AWS], [DENIAL_IS_CACHED], [not VPC_HAS_THE_NAME]],
            Medium if [[DENIED_BY_PUBLIC_AWS], [DENIAL_IS_CACHED]],
            High if [[RIGHT_BUT_FOR_THE_VIEW], [VPC_HAS_THE_NAME]],
            Medium if [[RIGHT_BUT_FOR_THE_VIEW]],
            // Who is late may have forwarded in vain, and asked public DNS then (BIND's `forward first`).
            Certain if [
                [PUBLIC_HAS_THE_SAME_ADDRESSES],
                [VPC_HAS_THE_NAME],
                [SIBLING_IS_ORDINARY],
                [not ANSWERS_LATE],
            ],
            High if [
                [GIVES_ADDRESSES],
                [PUBLIC_HAS_THE_SAME_ADDRESSES, TAKES_IT_FROM_THE_PUBLIC_ZONE],
                [VPC_HAS_THE_NAME],
            ],
            Medium if [[GIVES_ADDRESSES], [VPC_HAS_THE_NAME]],
            Low if [[GIVES_ADDRESSES]],
            High if [[VPC_HAS_THE_NAME], [not PUBLIC_HAS_THE_NAME]],
            Medium if [[VPC_HAS_THE_NAME, ANOTHER_HAS_IT_FROM_THE_PRIVATE_ZONE, not PUBLIC_HAS_THE_NAME]],
            Low,
        ],
        wants: [Upstreams],
        explains: [NotPublished],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let vpc_view = case.vpc_view();
    let groups = fits.grouped(|subject| {
        if apart_from_the_vpc(subject, &vpc_view) {
            return Some(PublicViewSign::Otherwise);
        }
        let is_shown = !subject.verdict().is_fine() && shows_it(case, subject, !vpc_view.is_empty());
        is_shown.then(|| PublicViewSign::by(subject))
    });
    groups
        .into_iter()
        .map(|(confidence, shown, subjects)| finding(case, confidence, shown, &subjects, &vpc_view))
        .collect()
}

/// Nothing was said of what the answer should be, and this resolver gives public addresses where the VPC's own
/// give private ones from the private zone. Both are right in a cluster with public and private access; clients
/// of this resolver do not use the private endpoint.
fn apart_from_the_vpc(subject: &Subject<'_>, vpc_view: &[&Subject<'_>]) -> bool {
    let only_public = subject
        .comparison
        .addresses
        .iter()
        .all(|address| address.class == AddressClass::Public);
    subject.verdict() == Verdict::Answer && only_public && subject.view() != View::PrivateZone && !vpc_view.is_empty()
}

/// What of the public view a resolver shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PublicViewSign {
    /// That the name does not exist.
    Denial,
    /// The public endpoint's addresses.
    PublicAddresses,
    /// The right addresses, from the public zone.
    OnlyTheView,
    /// Public addresses, where nobody said which are expected.
    Otherwise,
}

impl PublicViewSign {
    fn by(subject: &Subject<'_>) -> Self {
        if !subject.verdict().has_addresses() {
            Self::Denial
        } else if view::right_but_for_the_view(subject) {
            Self::OnlyTheView
        } else {
            Self::PublicAddresses
        }
    }
}

/// Whether the evidence shows that this resolver does not forward, and is not another rule's.
fn shows_it(case: &Case<'_>, subject: &Subject<'_>, vpc_has_it: bool) -> bool {
    if subject.verdict().has_addresses() {
        return view::gives_the_public_view(case, subject)
            && !age::is_from_before_it_was_private(case, subject)
            && (view::right_but_for_the_view(subject)
                || view::public_has_the_addresses(case, subject)
                || view::is_of_the_public_zone(subject));
    }
    if !matches!(view::denied_by(subject), Some((_, SoaOrigin::PublicAws))) {
        return false;
    }
    // Where the same public view has the name elsewhere, it is a stale answer, or another view.
    if case.public_has_the_name() == Some(true) {
        return false;
    }
    // Without a resolver of the VPC nothing shows that the name exists: `negative-answer` names the causes.
    // AWS's word that this is the cluster's endpoint, and that private access is on, shows it as well.
    // Where the VPC itself was heard to lack it, something is wrong there first.
    vpc_has_it
        || !case.private_zone_elsewhere().is_empty()
        || view::aws_names_this_endpoint(case)
            && !case.vpc_side().any(Subject::heard_anything)
            && private_access_on(case)
}

/// Whether AWS says that private access is on.
fn private_access_on(case: &Case<'_>) -> bool {
    let cluster = case.cluster();
    cluster.is_some_and(|cluster| cluster.endpoint_private_access == Some(true))
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    shown: PublicViewSign,
    subjects: &[&Subject<'_>],
    vpc_view: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(subjects);
    let does = phrase::plural(subjects.len(), "does not forward", "do not forward");
    let effect = match shown {
        PublicViewSign::Denial => search::after_a_denial(case, subjects),
        PublicViewSign::OnlyTheView => "so clients there have the addresses from public DNS only".to_owned(),
        PublicViewSign::PublicAddresses | PublicViewSign::Otherwise => {
            search::or_the_hosts_file(case, subjects, "so clients there get the public addresses")
        }
    };
    let has = phrase::plural(subjects.len(), "has", "have");
    let aside = case.private_zone_elsewhere();
    let mut explanation = if vpc_view.is_empty() && shown == PublicViewSign::OnlyTheView {
        format!(
            "{who} {has} the expected addresses, from AWS's public zone and not from the private one that was asked \
             for. As long as the name is published so, clients there do not notice; no resolver of the VPC was \
             heard that shows the private zone."
        )
    } else if vpc_view.is_empty() && shown == PublicViewSign::Denial && !aside.is_empty() {
        format!(
            "{} {} the private addresses from the private hosted zone, so the name is right. {who} {} from AWS's public \
             zone: the question does not reach the VPC there.",
            phrase::titles(&aside),
            phrase::plural(aside.len(), "gives", "give"),
            phrase::returns_negative(subjects),
        )
    } else if vpc_view.is_empty() && shown == PublicViewSign::Denial {
        format!(
            "AWS has this endpoint, with private access on, and {who} {} from AWS's public zone. So the VPC is not \
             asked there, and the public DNS that is asked lacks the name. No resolver of the VPC was heard, so \
             whether the VPC has it is not proven.",
            phrase::returns_negative(subjects),
        )
    } else if vpc_view.is_empty() {
        format!(
            "{who} {} with the public view of the name, where private addresses are expected. {}",
            phrase::plural(subjects.len(), "answers", "answer"),
            if !aside.is_empty() {
                format!(
                    "{} {} them from the private hosted zone, so the question does not reach the VPC here.",
                    phrase::titles(&aside),
                    phrase::plural(aside.len(), "gives", "give")
                )
            } else if private_access_on(case) {
                "No resolver of the VPC was heard that has them, so that it has them is not proven. But private access \
                 is on."
                    .to_owned()
            } else {
                "No resolver of the VPC was heard that has them, so it may as well be that private access is off."
                    .to_owned()
            }
        )
    } else {
        format!(
            "{} {} the private addresses, and {who} {} the public view of the name. So the question reaches \
             AWS's public zone, not the private hosted zone of the cluster's VPC. That zone is seen only through the VPC's own \
             Resolver, directly or through an inbound endpoint.",
            phrase::titles(vpc_view),
            phrase::plural(vpc_view.len(), "gives", "give"),
            phrase::plural(subjects.len(), "shows", "show"),
        )
    };
    let split = behind_the_stub(case, subjects);
    if let Some((right, wrong)) = &split {
        let _ = write!(
            explanation,
            " systemd-resolved asks {} or {} for this name. {} {} the right addresses, and {} {} not.",
            phrase::titles(wrong),
            phrase::titles(right),
            phrase::titles(right),
            phrase::plural(right.len(), "gives", "give"),
            phrase::titles(wrong),
            phrase::plural(wrong.len(), "does", "do"),
        );
    }
    if shown == PublicViewSign::Otherwise {
        explanation.push_str(
            " In a cluster with public and private access both answers are right. Whether clients here are to use \
             the private endpoint was not said: --expect-scope private or public decides.",
        );
    }
    if shown == PublicViewSign::Denial && case.public_has_the_name().is_none() {
        explanation.push_str(
            " Public DNS was not checked: an old cached NXDOMAIN of a name that is published by now would look the \
             same.",
        );
        if !case.has(Need::PublicControl) {
            explanation.push_str(" --public tells which it is.");
        }
    }
    let cached: Vec<&Subject<'_>> = subjects
        .iter()
        .copied()
        .filter(|subject| shown == PublicViewSign::Denial && DENIAL_IS_CACHED.is_at(case, subject))
        .collect();
    if !cached.is_empty() {
        let _ = write!(
            explanation,
            " {} took the answer from a cache. If the forward is newer than that, empty the cache or wait for its TTL.",
            phrase::titles(&cached),
        );
    }
    let late: Vec<&Subject<'_>> = subjects
        .iter()
        .copied()
        .filter(|subject| ANSWERS_LATE.is_at(case, subject))
        .collect();
    if !late.is_empty() {
        let _ = write!(
            explanation,
            " {} {} a second or more. So it may forward the name to a server that does not answer, and ask public DNS \
             then, as BIND's forward first does.",
            phrase::titles(&late),
            phrase::plural(late.len(), "takes", "take"),
        );
    }
    let mut evidence: Vec<Evidence> = subjects
        .iter()
        .flat_map(|subject| {
            let mut evidence = observed_target(subject);
            evidence.extend(observed_sibling(subject));
            evidence
        })
        .collect();
    evidence.extend(
        vpc_view
            .iter()
            .filter_map(|subject| Some(observed(subject, subject.a()?))),
    );
    if vpc_view.is_empty() {
        evidence.extend(aside.iter().filter_map(|subject| Some(observed(subject, subject.a()?))));
    }
    evidence.extend(
        case.public()
            .filter_map(|subject| Some(observed(subject, subject.a()?))),
    );
    let is_of_the_vpc = the_vpc_has_the_public_view(case);
    RULE.finding(confidence, subjects)
        .caused_by(is_of_the_vpc.then(|| Shows::UnusedPrivateZone.rule()).flatten())
        .severity(if shown == PublicViewSign::Otherwise {
            Severity::Warning
        } else {
            Severity::Error
        })
        .summary(if is_of_the_vpc {
            // A forward to the VPC ends so, too.
            let has = phrase::plural(subjects.len(), "has", "have");
            format!("{who} {has} the public view of the name, as the VPC's resolvers do, {effect}")
        } else {
            format!("{who} {does} this name to the VPC, {effect}")
        })
        .why(explanation)
        .seen(evidence)
        .seen(split.iter().flat_map(|(right, wrong)| {
            let asked = wrong.iter().chain(right);
            asked.filter_map(|one| Some(observed(one, one.a()?)))
        }))
        .fix(remedies(case, vpc_view, &aside, split.as_ref()))
        // What was denied stays in caches for a while, whatever is configured by then.
        .fix(if shown == PublicViewSign::Denial {
            remedy::flush::name(case)
        } else {
            Vec::new()
        })
}

/// Name servers: those that have the right addresses, and those that do not.
type RightAndWrong<'s, 'a> = (Vec<&'s Subject<'a>>, Vec<&'s Subject<'a>>);

/// The name servers of the link that systemd-resolved asks for the name, where some have the right addresses and others
/// not. Of two links one alone may be meant, and a public resolver is nobody's to configure.
fn behind_the_stub<'s, 'a>(case: &'s Case<'a>, subjects: &[&Subject<'_>]) -> Option<RightAndWrong<'s, 'a>> {
    let mut asked = subjects.iter().map(|subject| beyond::asked_by_the_stub(case, subject));
    let asked = asked.find(|asked| asked.len() > 1)?;
    let (right, wrong): (Vec<_>, Vec<_>) = asked.into_iter().partition(|one| one.verdict().is_fine());
    let is_of_one_link = || {
        let split = case.split_dns();
        split.is_some_and(|split| split.asked_for(&case.target.hostname).scopes.len() == 1)
    };
    let is_private = |one: &&Subject<'_>| one.ip().is_some_and(|ip| AddressClass::of(ip) == AddressClass::Private);
    let is_split = !right.is_empty() && !wrong.is_empty() && is_of_one_link() && wrong.iter().all(is_private);
    is_split.then_some((right, wrong))
}

/// Whether each resolver of the VPC that was heard gives the public addresses itself: a forward there ends so.
fn the_vpc_has_the_public_view(case: &Case<'_>) -> bool {
    let mut heard = case.vpc_side().filter(|one| one.verdict().has_addresses()).peekable();
    let is_public = |one: &Subject<'_>| {
        view::gives_the_public_view(case, one) && view::vpc_side_fault(case, one) == Some(VpcSideFault::NotEffective)
    };
    heard.peek().is_some() && heard.all(is_public)
}

fn remedies(
    case: &Case<'_>,
    vpc_view: &[&Subject<'_>],
    aside: &[&Subject<'_>],
    split: Option<&RightAndWrong<'_, '_>>,
) -> Vec<Remedy> {
    let mut remedies = remedy::forward::to_inbound(case);
    if let Some((right, wrong)) = split {
        // The stub sends the name the right way already.
        remedies.retain(|remedy| remedy.software != Some(Software::SystemdResolved));
        let there = format!(", on {} as on {}", phrase::titles(wrong), phrase::titles(right));
        let is_of_a_server = |remedy: &&mut Remedy| remedy.software.is_some_and(Software::is_a_name_server);
        for remedy in remedies.iter_mut().filter(is_of_a_server) {
            remedy.title.push_str(&there);
        }
    }
    if vpc_view.is_empty() && !aside.is_empty() {
        remedies.push(
            Remedy::advice(format!(
                "Or have clients here ask {}, for this name at least: it reaches the VPC",
                phrase::titles(aside)
            ))
            .as_alternative(),
        );
    }
    remedies
}
