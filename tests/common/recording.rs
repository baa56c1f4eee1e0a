//! What is recorded of a run, and how it is laid out.

use std::fmt::Write as _;

use eks_dns_doctor::report::Report;
use serde_json::Value;

use crate::unconcluded::unconcluded;

/// What is recorded of a run: the document without what is concluded, since that is concluded again. A line a lookup,
/// so that a difference shows which one it is in.
pub(crate) fn recording(report: &Report) -> String {
    let mut document = serde_json::to_value(report).expect("a report is JSON");
    unconcluded(&mut document);
    let mut text = String::new();
    lay_out(&document, 0, &mut text);
    text.push('\n');
    text
}

/// Writes containers one member a line down to the lookups of a resolver, and what is below on one line.
fn lay_out(value: &Value, depth: usize, text: &mut String) {
    const OPENED: usize = 4;
    let (open, close, members): (_, _, Vec<(Option<&String>, &Value)>) = match value {
        Value::Object(members) if depth < OPENED && !members.is_empty() => (
            '{',
            '}',
            members.iter().map(|(key, member)| (Some(key), member)).collect(),
        ),
        Value::Array(members) if depth < OPENED && !members.is_empty() => {
            ('[', ']', members.iter().map(|member| (None, member)).collect())
        }
        other => {
            let _ = write!(text, "{other}");
            return;
        }
    };
    text.push(open);
    for (index, (key, member)) in members.into_iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(depth + 1));
        if let Some(key) = key {
            let _ = write!(text, "{}: ", Value::String(key.clone()));
        }
        lay_out(member, depth + 1, text);
    }
    let _ = write!(text, "\n{}{close}", " ".repeat(depth));
}
