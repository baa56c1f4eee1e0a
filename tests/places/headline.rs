//! Which cause leads, by what each place shows.

use eks_dns_doctor::places::{self, PlacesDocument};
use eks_dns_doctor::render::{Format, Style};
use eks_dns_doctor::report::{Conclusion, diagnose};
use serde_json::json;

use super::{
    BASTION, LAPTOP, changed, compare, give, not_waited_for, rendered, rules, silence, targets, with_a_resolver_aside,
};

#[test]
fn one_server_that_one_place_does_not_reach() {
    let far = changed(&BASTION, |document| {
        document["vantage"]["name"] = json!("far");
        silence(document);
    });
    let comparison = compare(&[&far, &BASTION]);
    assert_eq!(rules(&comparison), ["reachable-from-one-place-only"]);
    assert_eq!(
        comparison.findings[0].summary,
        "192.168.0.2:53 answers bastion, and not far"
    );
    assert_eq!(comparison.exit_code, 1);
}

/// A resolver that a run did not wait for said nothing there: it is neither an answer nor silence.
#[test]
fn a_resolver_that_was_not_waited_for_is_no_answer() {
    let open = with_a_resolver_aside("open", not_waited_for);
    let answered = with_a_resolver_aside("answered", |_| {});
    let silent = with_a_resolver_aside("silent", silence);
    for other in [&open, &answered, &silent] {
        for pair in [[&open, other], [other, &open]] {
            let comparison = compare(&pair);
            assert_eq!(rules(&comparison), ["same-and-healthy"]);
            assert_eq!((comparison.conclusion, comparison.exit_code), (Conclusion::Healthy, 0));
        }
    }
    let verdict = |comparison: &PlacesDocument| comparison.rows[1].cells[0].verdict;
    assert_eq!(
        verdict(&compare(&[&open, &answered])).unwrap().as_str(),
        "not-waited-for"
    );
    // What was heard at one place and waited for in vain at the other is still told.
    let comparison = compare(&[&answered, &silent, &open]);
    assert!(
        rules(&comparison).contains(&"reachable-from-one-place-only"),
        "{:?}",
        rules(&comparison)
    );
    let other = with_a_resolver_aside("other", |document| give(document, ["192.0.2.1", "192.0.2.2"]));
    let comparison = compare(&[&answered, &other, &open]);
    assert_eq!(rules(&comparison)[0], "same-resolver-answers-differently");
    assert!(
        !comparison.findings[0].summary.contains("open"),
        "{}",
        comparison.findings[0].summary
    );
}

#[test]
fn addresses_of_two_times() {
    let free = changed(&BASTION, |document| {
        document["asked"]["expect_addresses"] = json!([]);
    });
    let later = |time: &str| {
        changed(&free, |document| {
            document["taken_at"] = json!(time);
            document["vantage"]["name"] = json!("later");
            give(document, ["192.168.1.1", "192.168.1.2"]);
        })
    };
    let comparison = compare(&[&later("2026-01-01T02:00:00Z"), &free]);
    assert_eq!(rules(&comparison), ["different-generations"]);
    assert_eq!(
        comparison.findings[0].summary,
        "the private addresses changed between bastion (2026-01-01T00:00:00Z) and later (2026-01-01T02:00:00Z)"
    );
    assert_eq!(comparison.exit_code, 3);
    // At one time it is the server that makes the difference.
    let comparison = compare(&[&later("2026-01-01T00:00:30Z"), &free]);
    assert_eq!(rules(&comparison), ["same-resolver-answers-differently"]);
}

#[test]
fn the_same_everywhere() {
    let comparison = compare(&[&BASTION, &BASTION, &BASTION]);
    assert_eq!(rules(&comparison), ["same-and-healthy"]);
    assert_eq!(comparison.exit_code, 0);
    let names: Vec<&str> = comparison.places.iter().map(|place| place.name.as_str()).collect();
    assert_eq!(names, ["bastion", "bastion-2", "bastion-3"]);
    let comparison = compare(&[&LAPTOP, &LAPTOP]);
    assert_eq!(rules(&comparison), ["same-and-broken"]);
    assert_eq!(comparison.exit_code, 1);
}

#[test]
fn nothing_to_compare_with_is_inconclusive() {
    let free = changed(&BASTION, |document| {
        document["asked"]["expect_addresses"] = json!([]);
    });
    let comparison = compare(&[&free, &free]);
    assert_eq!((rules(&comparison), comparison.exit_code), (vec![], 3));
    assert!(rendered(&comparison, Format::Short).contains("nothing to compare them with"));
}

#[test]
fn a_fault_that_the_places_do_not_share() {
    let broken = changed(&BASTION, |document| {
        document["vantage"]["name"] = json!("other");
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        silence(document);
    });
    let comparison = compare(&[&broken, &BASTION]);
    // The cause is known at the one place: it leads, and the other place is the contrast.
    assert_eq!(rules(&comparison), ["resolver-unreachable"]);
    assert!(!rules(&comparison).contains(&"unexplained-difference"));
    let lead = &comparison.findings[0];
    assert!(lead.summary.starts_with("other: "), "{}", lead.summary);
    assert!(
        lead.explanation.ends_with("bastion is healthy."),
        "{}",
        lead.explanation
    );
}

/// Where nothing was heard at the other place, there is nothing to compare with: what is found at the one leads.
#[test]
fn a_broken_place_leads_beside_one_that_heard_nothing() {
    let quiet = changed(&BASTION, |document| {
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        silence(document);
    });
    let denied = changed(&LAPTOP, |document| {
        // Of the VPC nothing is known there, so the denial has no known cause.
        let resolvers = document["resolvers"].as_array_mut().unwrap();
        resolvers.truncate(1);
    });
    let own = diagnose(eks_dns_doctor::capture::parse(denied.to_string().as_bytes()).unwrap());
    let own = own.headline().unwrap();
    for documents in [[&denied, &quiet], [&quiet, &denied]] {
        let comparison = compare(&documents);
        let lead = &comparison.findings[0];
        assert_eq!((&lead.rule, lead.confidence), (&own.rule, own.confidence));
        assert!(!rules(&comparison).contains(&"unexplained-difference"));
        assert!(
            lead.explanation.contains("No resolver answered at bastion"),
            "{}",
            lead.explanation
        );
    }
}

/// Two denials are alike where they are of one zone, and nobody beside them has the name.
#[test]
fn a_server_that_has_the_name_is_no_common_fault() {
    let denied = changed(&LAPTOP, |document| {
        let resolvers = document["resolvers"].as_array_mut().unwrap();
        resolvers.truncate(1);
    });
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    // Without the records beside the addresses nothing tells whose view they are from.
    let has_it = format!(
        ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, \
         ADDITIONAL: 0\n\n;; QUESTION SECTION:\n;{host}. IN A\n\n;; ANSWER SECTION:\n{host}. 60 IN A \
         192.168.104.190\n{host}. 60 IN A 192.168.131.209\n\n;; Query time: 1 msec\n;; SERVER: \
         10.0.0.2#53(10.0.0.2) (UDP)\n"
    );
    let denies_it = format!(
        ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: \
         1, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n;{host}. IN A\n\n;; AUTHORITY \
         SECTION:\nap-northeast-1.eks.amazonaws.com. 900 IN SOA ns-1234.awsdns-26.org. awsdns-hostmaster.amazon.com. 1 \
         7200 900 1209600 86400\n\n;; Query time: 1 msec\n;; SERVER: 10.64.0.10#53(10.64.0.10) (UDP)\n"
    );
    let office = |text: &str| {
        let one = places::read("x", denied.to_string().as_bytes()).unwrap();
        places::compare(vec![one, places::read("office", text.as_bytes()).unwrap()]).unwrap()
    };
    let alike = office(&denies_it);
    assert_eq!(rules(&alike), ["same-and-broken"]);
    let comparison = office(&format!("{has_it}\n{denies_it}"));
    assert!(
        !rules(&comparison).contains(&"same-and-broken"),
        "{:?}",
        comparison.findings
    );
    for finding in &comparison.findings {
        assert!(
            !finding.explanation.contains("not at one of them"),
            "{}",
            finding.explanation
        );
    }
}

/// A cause that is known at one place is the headline, and the other place's denial without a cause is the contrast.
#[test]
fn a_known_cause_leads_beside_a_denial_without_one() {
    let known = changed(&BASTION, |document| {
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        give(document, ["0.0.0.0", "0.0.0.0"]);
    });
    let denied = changed(&LAPTOP, |document| {
        document["resolvers"].as_array_mut().unwrap().truncate(1);
    });
    let comparison = compare(&[&denied, &known]);
    let lead = &comparison.findings[0];
    assert_eq!(lead.rule, "sinkhole-answer", "{:?}", rules(&comparison));
    assert!(lead.summary.starts_with("bastion: "), "{}", lead.summary);
    assert!(
        lead.explanation.contains("laptop is broken too"),
        "{}",
        lead.explanation
    );
}

/// A place whose warnings are to fail a step fails it in a comparison too.
#[test]
fn a_place_that_fails_on_warnings_does() {
    for (fail_on, code) in [("error", 0), ("warning", 1)] {
        let degraded = changed(&BASTION, |document| {
            document["vantage"]["name"] = json!("slow");
            document["asked"]["fail_on"] = json!(fail_on);
            for lookup in targets(document) {
                lookup["rtt_ms"] = json!(3000.0);
            }
        });
        let comparison = compare(&[&degraded, &BASTION]);
        assert_eq!(comparison.conclusion, Conclusion::Degraded);
        assert_eq!(comparison.exit_code, code, "{fail_on}");
    }
}

/// Nobody says what the addresses should be, and the places can be compared with each other all the same.
#[test]
fn different_answers_are_said_to_be_different() {
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    let dig = |server: &str, address: &str| {
        format!(
            "; <<>> DiG 9.18.28 <<>> {host}\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1234\n;; flags: qr rd \
             ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;{host}.\tIN\tA\n\n;; \
             ANSWER SECTION:\n{host}. 60 IN A {address}\n\n;; SERVER: {server}#53({server}) (UDP)\n;; WHEN: Fri Nov \
             20 08:12:11 UTC 2026\n"
        )
    };
    let says = |one: &str, other: &str| {
        let one = places::read("one", dig("10.9.9.9", one).as_bytes()).unwrap();
        let other = places::read("two", dig("192.168.0.2", other).as_bytes()).unwrap();
        let comparison = places::compare(vec![one, other]).unwrap();
        assert_eq!(comparison.conclusion, Conclusion::Inconclusive);
        let mut text = String::new();
        places::render(&comparison, Format::Short, &Style::default(), &mut text).unwrap();
        text
    };
    let different = says("192.0.2.7", "192.168.104.190");
    assert!(different.contains("one and two get different addresses"), "{different}");
    let same = says("192.168.104.190", "192.168.104.190");
    assert!(!same.contains("different"), "{same}");
}
