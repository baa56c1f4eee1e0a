//! Holds JSON of somebody else's to what a capture holds, before anything of it is kept: what was learnt is saved, and
//! what was saved has to be read again.

use serde_json::Value;

use crate::limits;

/// What is beyond the bounds in a document, in words; `None` where nothing is. The document's own lists are not held to
/// them: they are cut where they are used, and a gap says so.
pub(super) fn beyond(document: &Value) -> Option<String> {
    let members = document.as_object()?;
    members.iter().find_map(|(key, member)| match member {
        Value::Array(members) => members.iter().find_map(|member| within(key, member)),
        member => within(key, member),
    })
}

/// The parser has bounded the depth.
fn within(key: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.len() > limits::TEXT_IN_CAPTURE => Some(format!(
            "a text of {key:?} is longer than {} octets",
            limits::TEXT_IN_CAPTURE
        )),
        Value::Array(members) if members.len() > limits::LIST_IN_CAPTURE => Some(format!(
            "a list of {key:?} has more than {} members",
            limits::LIST_IN_CAPTURE
        )),
        Value::Array(members) => members.iter().find_map(|member| within(key, member)),
        Value::Object(members) => members.iter().find_map(|(key, member)| within(key, member)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_and_inner_lists_have_bounds_and_the_documents_own_lists_have_none() {
        let text = |length: usize| "x".repeat(length);
        let list = |length: usize| vec![1; length];
        let long = limits::TEXT_IN_CAPTURE + 1;
        let many = limits::LIST_IN_CAPTURE + 1;
        for document in [
            json!([text(long)]),
            json!({"a": text(long - 1), "b": {"c": list(many - 1)}}),
            json!({"a": list(many)}),
        ] {
            assert_eq!(beyond(&document), None);
        }
        for (document, key) in [
            (json!({"name": text(long)}), "name"),
            (json!({"a": [{"name": [text(long)]}]}), "name"),
            (json!({"a": [{"list": list(many)}]}), "list"),
            (json!({"a": {"list": list(many)}}), "list"),
        ] {
            let said = beyond(&document).unwrap_or_default();
            assert!(said.contains(key), "{said}");
        }
    }
}
