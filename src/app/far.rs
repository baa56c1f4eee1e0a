//! What decides in the VPC of a place of `--via`. That place says in which VPC it is only with its answer, and may not
//! ask AWS: so it is read from here, behind the answer, where its VPC is another than the cluster's.

use std::collections::BTreeMap;

use super::spinner::WaitingLine;
use crate::facts::answers::Answers;
use crate::facts::aws::{AwsAccess, NoSession, Session};
use crate::facts::{AwsFacts, Gap, Instance};
use crate::limits;
use crate::observation::Source;
use crate::report::Capture;
use crate::via::Failure;

/// Why it is not read.
enum NotReadFar {
    /// AWS is left out of this run, with this flag.
    LeftOut(&'static str),
    /// The instance is in another Region than the one that is asked.
    Region(String),
    /// It is of another account than the caller.
    Account(String),
    /// AWS cannot be asked.
    NoSession(String),
    /// These reads failed.
    Failed(Vec<String>),
    /// There are more VPCs than are read.
    Beyond,
}

impl NotReadFar {
    fn gap(&self, place: &str, vpc: &str) -> Gap {
        let reason = match self {
            Self::LeftOut(flag) => format!(
                "not read, with {flag}: what decides in that VPC is not known; `eks-dns-doctor facts` at {place} reads it"
            ),
            Self::Region(region) => format!("not read: the VPC is in {region}, and AWS was asked in another Region"),
            Self::Account(account) => {
                format!("not read: the VPC is of account {account}, and AWS was asked as another account")
            }
            Self::NoSession(reason) => format!("not read: {reason}"),
            Self::Failed(actions) => format!("not read in full: {} brought nothing", actions.join(", ")),
            Self::Beyond => format!("not read: of {} VPCs at most it is", limits::ZONES_OF_VPCS),
        };
        Gap::of_aws(format!("what decides in {vpc}, the VPC of {place}"), "--via", reason)
    }
}

/// The VPC of the place, where it is not the cluster's and nothing of it is known. Where nothing of AWS is known at
/// all, the report says so already.
fn unread_vpc(capture: &Capture) -> Option<(&Instance, &str)> {
    let instance = capture.facts.host.instance.as_ref()?;
    let vpc = instance.vpc_id.as_deref()?;
    let aws = &capture.facts.aws;
    let is_known = *aws != AwsFacts::default();
    (is_known && !aws.has_read(vpc)).then_some((instance, vpc))
}

/// Why the VPC of an instance is in no list that can be read here.
fn is_elsewhere(instance: &Instance, region: Option<&str>, account: Option<&str>) -> Option<NotReadFar> {
    let other = |of: &Option<String>, asked: Option<&str>| of.clone().filter(|of| asked.is_some_and(|one| one != of));
    other(&instance.region, region)
        .map(NotReadFar::Region)
        .or_else(|| other(&instance.account, account).map(NotReadFar::Account))
}

/// Reads the VPCs of the places, each once, and puts what came of it into what was captured there.
pub(super) async fn read_vpcs(
    left_out: Option<&'static str>,
    eyes: &AwsAccess,
    seen: &mut [(String, Result<Capture, Failure>)],
    line: &WaitingLine,
) {
    let mut session = None;
    // What was read of each: the reads, and why they were not made.
    let mut read: BTreeMap<String, Result<Answers, String>> = BTreeMap::new();
    for (place, capture) in seen
        .iter_mut()
        .filter_map(|(place, seen)| Some((place, seen.as_mut().ok()?)))
    {
        let Some((instance, vpc)) = unread_vpc(capture) else {
            continue;
        };
        let vpc = vpc.to_owned();
        let caller = capture.facts.aws.caller.as_ref().map(|caller| caller.account.as_str());
        let unread = left_out
            .map(NotReadFar::LeftOut)
            .or_else(|| is_elsewhere(instance, eyes.region.as_deref(), caller))
            .or_else(|| {
                (read.len() >= limits::ZONES_OF_VPCS && !read.contains_key(&vpc)).then_some(NotReadFar::Beyond)
            });
        if let Some(unread) = unread {
            capture.gaps.push(unread.gap(place, &vpc));
            continue;
        }
        let answers = if let Some(answers) = read.get(&vpc) {
            answers.clone()
        } else {
            let _waited = line.waits_for(Source::Aws.as_str(), limits::AWS_READ);
            read_vpc(&mut session, eyes, &vpc).await
        };
        match &answers {
            Ok(answers) => {
                let actions = answers.failed.iter().map(|failed| failed.call.action().to_owned());
                let actions: Vec<String> = actions.collect();
                if !actions.is_empty() {
                    capture.gaps.push(NotReadFar::Failed(actions).gap(place, &vpc));
                }
                capture.facts.aws.add_vpc(&vpc, answers.clone());
            }
            Err(reason) => capture
                .gaps
                .push(NotReadFar::NoSession(reason.clone()).gap(place, &vpc)),
        }
        read.insert(vpc, answers);
    }
}

/// Reads one VPC. The session is opened for the first of them.
async fn read_vpc(
    session: &mut Option<Result<Session, NoSession>>,
    eyes: &AwsAccess,
    vpc: &str,
) -> Result<Answers, String> {
    let opened = if let Some(opened) = session.take() {
        opened
    } else {
        let ask = AwsAccess {
            deadline: limits::AWS_READ,
            ..eyes.clone()
        };
        let opened = Session::open_with_or_without_role(&ask).await;
        opened.map(|(session, _)| session)
    };
    let answers = match &opened {
        Ok(session) => Ok(session.another_vpc(vpc).await),
        Err(no) => Err(no.to_string()),
    };
    *session = Some(opened);
    answers
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::facts::{Caller, Vpc};

    /// A place that says in which VPC it is, beside what AWS says of the cluster's.
    fn place(vpc: &str) -> Capture {
        let recorded = include_bytes!("../../fixtures/cases/no-forwarding/article/capture.json");
        let mut capture = crate::capture::parse(recorded).unwrap();
        capture.facts.aws = AwsFacts {
            caller: Some(Caller {
                account: "111122223333".to_owned(),
                arn: None,
            }),
            vpc: Some(Vpc {
                id: "vpc-cluster".to_owned(),
                ..Vpc::default()
            }),
            ..AwsFacts::default()
        };
        capture.facts.host.instance = Some(Instance {
            region: Some("ap-northeast-1".to_owned()),
            vpc_id: Some(vpc.to_owned()),
            account: Some("111122223333".to_owned()),
            ..Instance::default()
        });
        capture.gaps.clear();
        capture
    }

    fn read(left_out: Option<&'static str>, region: &str, captures: Vec<Capture>) -> Vec<Vec<Gap>> {
        let eyes = AwsAccess {
            region: Some(region.to_owned()),
            ..AwsAccess::default()
        };
        let mut seen: Vec<(String, Result<Capture, Failure>)> = captures
            .into_iter()
            .enumerate()
            .map(|(at, capture)| (format!("place-{at}"), Ok(capture)))
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let line = WaitingLine::unseen();
        runtime.block_on(read_vpcs(left_out, &eyes, &mut seen, &line));
        seen.into_iter()
            .map(|(_, capture)| capture.ok().unwrap().gaps)
            .collect()
    }

    #[test]
    fn a_vpc_that_is_not_read_is_a_gap_that_says_why() {
        let gaps = read(
            Some("--facts"),
            "ap-northeast-1",
            vec![place("vpc-far"), place("vpc-cluster")],
        );
        assert_eq!((gaps[0].len(), gaps[1].len()), (1, 0));
        assert_eq!(gaps[0][0].fact, "what decides in vpc-far, the VPC of place-0");
        assert!(gaps[0][0].reason.contains("with --facts"), "{:?}", gaps[0]);
        let gaps = read(None, "eu-west-1", vec![place("vpc-far")]);
        assert!(gaps[0][0].reason.contains("is in ap-northeast-1"), "{:?}", gaps[0]);
        let mut of_another = place("vpc-far");
        of_another.facts.host.instance.as_mut().unwrap().account = Some("444455556666".to_owned());
        let gaps = read(None, "ap-northeast-1", vec![of_another]);
        assert!(gaps[0][0].reason.contains("account 444455556666"), "{:?}", gaps[0]);
    }

    /// Where nothing of AWS is known, and where the place is no instance, there is nothing to say.
    #[test]
    fn nothing_is_said_where_nothing_could_be_read() {
        let mut without_aws = place("vpc-far");
        without_aws.facts.aws = AwsFacts::default();
        let mut no_instance = place("vpc-far");
        no_instance.facts.host.instance = None;
        for gaps in read(Some("--no-aws"), "ap-northeast-1", vec![without_aws, no_instance]) {
            assert_eq!(gaps, []);
        }
    }
}
