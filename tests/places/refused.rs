//! What is refused, what is redacted, and where a comparison ends early.

use std::path::PathBuf;

use eks_dns_doctor::places;
use serde_json::{Value, json};

use super::{BASTION, LAPTOP, changed, fixture, program};

fn refused(a: &[u8], b: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (directory.path().join("a.json"), directory.path().join("b.json"));
    std::fs::write(&first, a).unwrap();
    std::fs::write(&second, b).unwrap();
    let output = program().arg("compare").args([&first, &second]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(output.stdout.is_empty());
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(!error.trim_end().contains(char::is_control), "{error:?}");
    error
}

/// The reasons of a headline are of one place: the help does not offer them, and whoever asks is told where they are.
#[test]
fn reasons_are_of_one_place() {
    let help = program().args(["compare", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("--redact") && !help.contains("--explain-why"), "{help}");
    let files = [fixture("laptop.json"), fixture("bastion.json")];
    let output = program()
        .arg("compare")
        .args(files)
        .arg("--explain-why")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("replay CAPTURE --explain-why"), "{error}");
}

#[test]
fn what_cannot_be_compared_is_refused_with_the_reason() {
    let bytes = |value: &Value| value.to_string().into_bytes();
    let laptop = bytes(&LAPTOP);
    let other = changed(&BASTION, |document| {
        document["target"]["hostname"] = json!("a.yl4.ap-northeast-1.eks.amazonaws.com");
    });
    assert!(refused(&laptop, &bytes(&other)).contains("two endpoints"));
    // The endpoint with a suffix of a search list, at either place.
    let host = BASTION["target"]["hostname"].as_str().unwrap();
    let longer = changed(&BASTION, |document| {
        document["target"]["hostname"] = json!(format!("{host}.lan.corp.example"));
    });
    for said in [refused(&laptop, &bytes(&longer)), refused(&bytes(&longer), &laptop)] {
        assert!(
            said.contains("with lan.corp.example behind it")
                && said.contains(&format!("ask there for {host}. with a dot")),
            "{said}"
        );
    }
    let other = changed(&BASTION, |document| {
        document["target"]["cluster"] = json!("other");
    });
    assert!(refused(&laptop, &bytes(&other)).contains("\"shared-cluster\" and bastion about \"other\""));
    let newer = changed(&BASTION, |document| document["schema_version"] = json!(3));
    assert!(refused(&laptop, &bytes(&newer)).contains("b.json has schema_version 3"));
    assert!(refused(&laptop, &laptop[..laptop.len() / 2]).contains("b.json is not a capture"));
    assert!(refused(&laptop, b"192.168.104.190\n192.168.131.209\n").contains("line 1: an answer alone"));
    assert!(refused(&laptop, b"\x1b[31mno\x1b[0m such \x07").contains("neither a capture nor"));
    let dig = std::fs::read(fixture("bastion.dig.txt")).unwrap();
    let dig = String::from_utf8(dig).unwrap();
    let without = |what: &str| {
        let lines = dig.lines().filter(|line| !line.contains(what));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert!(refused(&laptop, without("SERVER:").as_bytes()).contains("line 6: this answer does not show its server"));
    let text = dig.replace("60 IN A 192.168.131.209", "60 IN A 192.168.131.\u{1b}[2J");
    assert!(refused(&laptop, text.as_bytes()).contains("line 15 of dig's text has a record that cannot be read"));
    let text = dig.replace("60 IN A 192.168.131.209", "IN A 192.168.131.209");
    assert!(refused(&laptop, text.as_bytes()).contains("line 15 of dig's text has a record without its TTL"));
    let text = dig.replace("status: NOERROR", "status: \u{1b}]0;x\u{7}");
    assert!(refused(&laptop, text.as_bytes()).contains("line 6 of dig's text has no status"));
    let text = dig.repeat(100);
    assert!(refused(&laptop, text.as_bytes()).contains("more than 64 answers"));
    for (text, says) in [
        ("{\"QNAME\": \"a.test.\", \"RCODE\": 3}", "is what kdig +json prints"),
        (
            "{\"Status\": 3, \"Question\": []}",
            "is what a DNS-over-HTTPS server's JSON API prints",
        ),
        (
            "\u{2717} broken: no answer\n\nmore\n",
            "line 1: this is a report for people",
        ),
        (
            "### \u{2713} healthy: all answer\n",
            "line 1: this is a report for people",
        ),
        ("{\"log\": \"x\\n\"}\n{\"log\": \"y\\n\"}\n", "b.json is not a capture"),
    ] {
        let said = refused(&laptop, text.as_bytes());
        assert!(said.contains(says), "{text}: {said}");
    }
    let output = program().args(["compare", "one.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// What is redacted in a comparison is what is redacted in its captures, and the two places still compare.
#[test]
fn a_redacted_comparison_says_the_same_and_names_nobody() {
    let secrets = ["alices-laptop", "123456789012", "vpc-0123456789abcdef0"];
    let with = |document: &Value, place: &str| {
        changed(document, |document| {
            document["vantage"]["name"] = json!(place);
            document["gaps"] = json!([{
                "fact": "VPC",
                "source": "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0",
                "reason": "denied"
            }]);
        })
    };
    let directory = tempfile::tempdir().unwrap();
    let label = LAPTOP["target"]["hostname"].as_str().unwrap()[..32].to_owned();
    let paths: Vec<PathBuf> = [(&*LAPTOP, "alices-laptop"), (&*BASTION, "bastion-1")]
        .into_iter()
        .map(|(document, place)| {
            let path = directory.path().join(format!("{place}.json"));
            std::fs::write(&path, with(document, place).to_string()).unwrap();
            path
        })
        .collect();
    for format in ["table", "short", "json", "markdown"] {
        let shown = |flags: &[&str]| {
            let mut command = program();
            command.arg("compare").args(&paths).args(flags);
            let output = command.args(["-v", "-o", format]).output().unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        let (code, open) = shown(&[]);
        let (redacted_code, redacted) = shown(&["--redact"]);
        assert_eq!(redacted_code, code, "{format}");
        assert!(open.contains("alices-laptop"), "{open}");
        for secret in secrets.into_iter().chain([label.as_str()]) {
            let found = redacted.to_lowercase().contains(&secret.to_lowercase());
            assert!(!found, "{secret} in {format}:\n{redacted}");
        }
    }
}

/// Where it may not go on, nothing more is diagnosed or redacted; where it may, it is asked in each place.
#[test]
fn a_comparison_ends_where_it_may_not_go_on() {
    #[derive(Debug, PartialEq)]
    enum Ended {
        InTime,
        Otherwise(String),
    }
    impl From<places::NotCompared> for Ended {
        fn from(refused: places::NotCompared) -> Self {
            Self::Otherwise(refused.to_string())
        }
    }
    impl From<eks_dns_doctor::redact::RedactionFailed> for Ended {
        fn from(error: eks_dns_doctor::redact::RedactionFailed) -> Self {
            Self::Otherwise(error.to_string())
        }
    }
    let gathered = || places::Gathered {
        sources: [&*LAPTOP, &*BASTION]
            .map(|document| places::read("place", document.to_string().as_bytes()).unwrap())
            .into(),
        ..places::Gathered::default()
    };
    let asked = std::cell::Cell::new(0);
    let until = |most: usize| {
        asked.set(0);
        let asked = &asked;
        move || {
            asked.set(asked.get() + 1);
            if asked.get() > most { Err(Ended::InTime) } else { Ok(()) }
        }
    };
    let whole = places::compare_while(gathered(), &until(usize::MAX)).unwrap();
    assert_eq!(
        serde_json::to_value(&whole).unwrap(),
        serde_json::to_value(places::compare_gathered(gathered()).unwrap()).unwrap()
    );
    let all = asked.get();
    assert!(all > 4 * eks_dns_doctor::rules::RULES.len(), "each place twice: {all}");
    for most in [0, all / 4, all / 2, all - 1] {
        assert_eq!(
            places::compare_while(gathered(), &until(most)).unwrap_err(),
            Ended::InTime
        );
        assert_eq!(asked.get(), most + 1, "it ends at once");
    }
    for most in [0, 1] {
        assert_eq!(gathered().redacted_while(&until(most)).unwrap_err(), Ended::InTime);
    }
    assert!(gathered().redacted_while(&until(2)).is_ok());
}
