//! The part of a document that a diagnosis is made from.

use serde_json::Value;

/// Takes out of a document what is concluded again.
pub(crate) fn unconcluded(document: &mut Value) {
    const CONCLUDED: &[&str] = &[
        "expected",
        "decided_by",
        "findings",
        "not_evaluated",
        "clients",
        "conclusion",
        "exit_code",
        "host",
        "why",
    ];
    const OF_A_RESOLVER: &[&str] = &["expected", "verdict", "view", "addresses", "samples", "software"];
    if let Some(members) = document.as_object_mut() {
        members.retain(|key, _| !CONCLUDED.contains(&key.as_str()));
    }
    for resolver in document["resolvers"].as_array_mut().into_iter().flatten() {
        if let Some(members) = resolver.as_object_mut() {
            members.retain(|key, _| !OF_A_RESOLVER.contains(&key.as_str()));
        }
    }
}
