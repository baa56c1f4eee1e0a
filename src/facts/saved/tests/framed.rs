//! JSON as a terminal, a log or a shell wraps it.

use super::*;

/// A line with its number in front of it, or something else.
type NumberedLine<'a> = &'a dyn Fn(usize, &str) -> String;

fn pretty() -> String {
    let endpoint = format!("https://{X}");
    let value: serde_json::Value = serde_json::from_str(&cluster("prod", &endpoint)).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn what_stands_in_front_of_every_line_is_no_part_of_it() {
    let numbered = |form: NumberedLine<'_>| {
        let lines: Vec<String> = pretty()
            .lines()
            .enumerate()
            .map(|(at, line)| form(at + 1, line))
            .collect();
        lines.join("\n")
    };
    let forms: &[NumberedLine<'_>] = &[
        // cat -n, less -N, and a job's log.
        &|at, line| format!("{at:6}\t{line}"),
        &|at, line| format!("{at:>7} {line}"),
        &|_, line| format!("2024-05-14T09:12:44.1203345Z {line}"),
    ];
    for form in forms {
        let text = numbered(form);
        let (facts, _) = applied(&[&text]);
        assert_eq!(facts.cluster.unwrap().name, "prod", "{text}");
    }
    // Numbers that do not count the lines are no margin, and neither is a time in one line of many.
    for text in [
        numbered(&|at, line| format!("{}\t{line}", at + 1)),
        format!("2024-05-14T09:12:44Z {}", pretty()),
    ] {
        assert!(super::read(text.as_bytes(), &mut Answers::default()).is_err(), "{text}");
    }
}

/// `copy a.json+b.json all.json` of Windows.
#[test]
fn files_that_were_joined_have_marks_between_them() {
    let one = cluster("prod", &format!("https://{X}"));
    let other = enis(&[eni("eni-1", "Amazon EKS prod", "10.0.0.1", "")]);
    for between in ["\u{feff}", "\r\n\u{feff}", "\u{1a}\u{feff}", "\n\u{feff}\n"] {
        let text = format!("\u{feff}{one}{between}{other}\u{1a}");
        let (facts, _) = applied(&[&text]);
        assert_eq!(ids(&facts), ["eni-1"], "{between:?}");
        assert!(facts.cluster.is_some());
    }
}

/// `Get-EKSCluster -Name prod | ConvertTo-Json`.
#[test]
fn a_constant_of_the_sdk_for_net_is_its_value() {
    let text = format!(
        r#"{{"Arn":"arn:aws:eks:ap-northeast-1:111122223333:cluster/prod","Endpoint":"https://{X}","Name":"prod",
        "ResourcesVpcConfig":{{"EndpointPrivateAccess":true,"EndpointPublicAccess":false,"VpcId":"vpc-1"}},
        "KubernetesNetworkConfig":{{"IpFamily":{{"Value":"ipv4"}}}},"Status":{{"Value":"ACTIVE"}}}}"#
    );
    let (facts, _) = applied(&[&text]);
    let cluster = facts.cluster.unwrap();
    assert_eq!(cluster.status.as_deref(), Some("ACTIVE"));
    for other in [
        r#"{"Value":1}"#,
        r#"{"Value":"ACTIVE","More":1}"#,
        r#"{"value":"ACTIVE"}"#,
        r#"{"Value":{"Value":"A"}}"#,
    ] {
        let text = text.replace(r#"{"Value":"ACTIVE"}"#, other);
        assert!(
            super::read(text.as_bytes(), &mut Answers::default()).is_err(),
            "{other}"
        );
    }
}
