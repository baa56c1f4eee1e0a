//! `--facts`: what the AWS CLI prints, and what `facts` of this program does.

use eks_dns_doctor::dns::RecordType;
use eks_dns_doctor::facts::answers::{Answers, AskedBy, WantedShare};
use eks_dns_doctor::facts::document::{FactsDocument, Maker, SCHEMA_VERSION};
use eks_dns_doctor::facts::{AwsFacts, Facts, Gap, saved};
use eks_dns_doctor::limits;
use eks_dns_doctor::redact;
use eks_dns_doctor::target::{Target, TargetSource};

use super::held;

pub(crate) fn check(octets: &[u8]) {
    let mut answers = empty();
    if let Err(refused) = saved::read(octets, &mut answers) {
        let said = refused.to_string();
        held::line(&said);
        assert!(said.chars().count() <= 1024, "{said}");
        return;
    }
    let of_cluster = answers.target(None);
    let (facts, gaps) = assembled(answers);
    within_bounds(&facts, &gaps);
    // What this program writes of it is read again, and says the same of the cluster.
    let document = FactsDocument {
        schema_version: SCHEMA_VERSION,
        tool: Maker::this(),
        taken_at: "2026-01-01T00:00:00Z".to_owned(),
        target: Target {
            hostname: held::target(),
            cluster: None,
            region: None,
            source: TargetSource::Aws,
            port: None,
        },
        facts: Facts {
            aws: facts,
            ..Facts::default()
        },
        gaps: gaps.clone(),
    };
    let again = read_again(&document);
    let facts = &document.facts.aws;
    assert_eq!(again.cluster, facts.cluster);
    assert_eq!(again.vpc, facts.vpc);
    assert_eq!(again.interfaces, facts.interfaces);
    assert_eq!(again.resolver_endpoints, facts.resolver_endpoints);
    assert_eq!(again.resolver_rules, facts.resolver_rules);
    let redacted = redact::document(&document, None).expect("what was read can be redacted");
    read_again(&redacted);

    let address = ([10, 0, 0, 2], 53).into();
    let observations = vec![held::local(address, 1, vec![held::silence(RecordType::A)])];
    let mut capture = held::capture_of(document.facts, observations);
    capture.gaps = gaps;
    if let Some((host, region)) = of_cluster {
        capture.target.hostname = host;
        capture.target.region = region;
    }
    held::report(capture, octets);
}

fn empty() -> Answers {
    Answers {
        source: AskedBy::Files,
        ..Answers::default()
    }
}

fn assembled(answers: Answers) -> (AwsFacts, Vec<Gap>) {
    let mut facts = AwsFacts::default();
    let target = answers.target(None).map_or_else(held::target, |(host, _)| host);
    let wanted = WantedShare {
        target: &target,
        cluster: None,
    };
    let gaps = answers.assemble(wanted, &mut facts);
    (facts, gaps)
}

fn read_again(document: &FactsDocument) -> AwsFacts {
    let text = document.to_json().expect("it is JSON");
    let mut answers = empty();
    if let Err(refused) = saved::read(text.as_bytes(), &mut answers) {
        panic!("what was written cannot be read: it {refused}");
    }
    assembled(answers).0
}

fn within_bounds(facts: &AwsFacts, gaps: &[Gap]) {
    let addresses: usize = facts
        .interfaces
        .iter()
        .flatten()
        .map(|interface| interface.addresses.len())
        .sum();
    assert!(addresses <= limits::EXPECTED);
    for gap in gaps {
        held::line(&gap.reason);
    }
}
