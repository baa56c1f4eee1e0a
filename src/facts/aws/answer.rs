//! The text of an answer, of whichever service, into the answers: by the same shapes as a file.

use serde_json::Value;

use super::xml;
use crate::facts::Call;
use crate::facts::answers::Answers;
use crate::facts::shapes::Node;
use crate::limits;

/// Takes a page of an answer, and gives the token of the next one; or says why it cannot be read.
pub(super) fn take(call: Call, text: &str, answers: &mut Answers) -> Result<Option<String>, String> {
    let mut value = if is_xml(call) {
        let root = format!("{}Response", call.operation());
        let mut members = xml::json(&root, text).map_err(|error| error.to_string())?;
        // XML may leave out a list that has no members.
        if call.is_list() {
            members.entry(call.member()).or_insert_with(|| Value::Array(Vec::new()));
        }
        Value::Object(members)
    } else {
        serde_json::from_str(text).map_err(|_| "the answer is not JSON".to_owned())?
    };
    cut(&mut value);
    let token = ["NextToken", "nextToken"].into_iter().find_map(|name| value.get(name));
    let token = token.and_then(Value::as_str).filter(|token| !token.is_empty());
    let written = value.to_string();
    let wrong = |shape: crate::facts::shapes::WrongShape| {
        let problem: String = shape.problem.chars().take(limits::PARSER_MESSAGE).collect();
        format!("the answer is not as AWS gives it: {} {problem}", shape.name)
    };
    let members = Node::new(&written, &written).members().map_err(wrong)?;
    if !call.take(&members, answers).map_err(wrong)? {
        return Err(format!("the answer has no {}", call.member()));
    }
    Ok(token.map(str::to_owned))
}

/// Whether its service answers in XML.
fn is_xml(call: Call) -> bool {
    ["ec2:", "sts:", "route53:"]
        .iter()
        .any(|service| call.action().starts_with(service))
}

/// Leaves out what a capture does not hold: members of lists, and whole texts, since a part of one would be another.
/// The depth is bounded already.
fn cut(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > limits::TEXT_IN_CAPTURE => *value = Value::Null,
        Value::Array(members) => {
            members.truncate(limits::LIST_IN_CAPTURE);
            members.iter_mut().for_each(cut);
        }
        Value::Object(members) => members.values_mut().for_each(cut),
        _ => {}
    }
}
