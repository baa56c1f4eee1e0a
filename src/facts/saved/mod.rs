//! What the AWS CLI printed, saved as JSON, recognised by content (AWS API references of EKS, EC2, Route 53 Resolver,
//! Route 53 and STS; AWS CLI versions 1 and 2 differ in times only, which are not read), and what the command `facts`
//! wrote.

mod answer;
mod element;
mod other;
mod pieces;
mod plain;
mod refused;
#[cfg(test)]
mod tests;

use self::element::Element;
pub use self::pieces::unframed;
pub use self::refused::NotFacts;
use super::answers::Answers;
use super::bounded;
use super::document::{Elsewhere, SCHEMA_VERSION};
use super::shapes::{Members, Node, VpcZones, WrongShape};
use super::{Call, FailedRead, Gap};
use crate::limits;
use crate::text;

/// Takes the documents of a file into the answers: one, or several one behind the other.
pub fn read(bytes: &[u8], answers: &mut Answers) -> Result<(), NotFacts> {
    let text = text::decode(bytes);
    if text.trim().is_empty() {
        return Err(NotFacts::Empty);
    }
    let text = pieces::plainly(&text);
    let found = pieces::pieces(&text)?;
    if let (true, Some(line)) = (found.values.is_empty(), found.warnings.first()) {
        return Err(NotFacts::Other {
            line: *line,
            what: "a program's warning without an answer of AWS".to_owned(),
            instead: "run the command again with --output json, and save what it prints".to_owned(),
        });
    }
    if found.values.is_empty() {
        return Err(NotFacts::Other {
            line: found.prompts.first().copied().unwrap_or(1),
            what: "a command without its output".to_owned(),
            instead: "run it with --output json, and save what it prints".to_owned(),
        });
    }
    for value in found.values {
        take(&Node::new(&text, value), answers)?;
    }
    if let Some(line) = found.prompts.first() {
        answers.gaps.push(Gap::here(
            format!("line {line} of a file"),
            "--facts",
            "it is a shell's prompt and no JSON: it is left out, and what AWS printed below it is read",
        ));
    }
    for error in &found.errors {
        if let NotFacts::Other { line, what, instead } = error {
            answers.gaps.push(Gap::here(
                format!("line {line} of a file"),
                "--facts",
                format!("it is {what}, and the answer in front of it is read: {instead}"),
            ));
        }
    }
    if let Some(line) = found.warnings.first() {
        answers.gaps.push(Gap::here(
            format!("line {line} of a file"),
            "--facts",
            "it is a program's warning and no JSON: it is left out, and what AWS printed below it is read",
        ));
    }
    Ok(())
}

/// One value of a file.
fn take(node: &Node<'_>, answers: &mut Answers) -> Result<(), NotFacts> {
    within_bounds(node)?;
    if node.is_list() {
        return list(node, answers);
    }
    if !node.is_object() {
        return Err(NotFacts::Other {
            line: node.line(),
            what: "one text".to_owned(),
            instead: "which fact it is does not stand there; save the answer without --query".to_owned(),
        });
    }
    object(&node.members()?, answers)
}

/// A list: several documents, or what `--query 'NetworkInterfaces[]'` and its like leave of one. Nothing says that this
/// is all that AWS listed.
fn list(node: &Node<'_>, answers: &mut Answers) -> Result<(), NotFacts> {
    let elements = node.elements()?;
    let refused = |what: &str| {
        Err(NotFacts::Other {
            line: node.line(),
            what: what.to_owned(),
            instead: "what it lists does not stand there; save the answer without --query".to_owned(),
        })
    };
    if elements.is_empty() {
        return refused("an empty list");
    }
    if !elements.iter().all(Node::is_object) {
        return refused("a list of something else than objects");
    }
    let mut kinds = Vec::new();
    let (addresses, zones) = (answers.unassigned.len(), answers.hosted_zones.len());
    for one in &elements {
        let members = one.members()?;
        match Element::of(&members) {
            Some(kind) => {
                kind.take(&members, answers)?;
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            None => object(&members, answers)?,
        }
    }
    // The members of one list are of one endpoint, and of one VPC.
    if kinds.contains(&Element::Of(Call::ListResolverEndpointIpAddresses)) {
        let all = answers.unassigned.split_off(addresses).into_iter().flatten().collect();
        answers.unassigned.push(all);
    }
    if kinds.contains(&Element::Of(Call::ListHostedZonesByVpc)) {
        let all = answers.hosted_zones.split_off(zones);
        answers.hosted_zones.push(VpcZones {
            vpc_id: String::new(),
            zones: all.into_iter().flat_map(|list| list.zones).collect(),
        });
    }
    for (call, _, vpc) in answer::BY_VPC {
        let mut its = Vec::new();
        for one in &elements {
            let members = one.members()?;
            if Element::of(&members).and_then(Element::call) == Some(*call) {
                its.push(members);
            }
        }
        if !its.is_empty() {
            answer::spread(*call, &its, vpc, answers)?;
        }
    }
    // --query takes the token of the next page off, and may have left members out.
    answers.partial.extend(kinds.into_iter().filter_map(Element::call));
    Ok(())
}

/// An object: a document of this program, an answer of AWS, or one member of it.
fn object(members: &Members<'_>, answers: &mut Answers) -> Result<(), NotFacts> {
    if members.has("schema_version") {
        return elsewhere(members, answers);
    }
    // A member alone may have a list under the name that an answer has it under: `Entries` is a network ACL's and a
    // prefix list's.
    if let Some(kind) = Element::of(members) {
        kind.take(members, answers)?;
        // One of a list is not the list.
        answers.partial.extend(kind.call());
        return Ok(());
    }
    if answer::take(members, answers)? {
        return Ok(());
    }
    // Steampipe's rows, below the names of their columns (turbot/steampipe, --output json of version 0.21 and later).
    if members.has("columns")
        && let Some(rows) = members.get("rows").filter(Node::is_list)
    {
        return list(&rows, answers);
    }
    Err(other::named(members))
}

/// What the command `facts` wrote, or a capture.
fn elsewhere(members: &Members<'_>, answers: &mut Answers) -> Result<(), NotFacts> {
    let version: u64 = members.number("schema_version")?.unwrap_or_default();
    if version > u64::from(SCHEMA_VERSION) {
        return Err(NotFacts::Newer(version));
    }
    let node = members.node();
    let taken_at = members.needed("taken_at")?;
    if humantime::parse_rfc3339(&taken_at).is_err()
        && let Some(taken_at) = members.get("taken_at")
    {
        return Err(taken_at.is_not("a time, as in 2026-01-01T00:00:00Z").into());
    }
    if !members.has("facts") {
        return Err(members.lacks("facts").into());
    }
    let mut elsewhere: Elsewhere = serde_json::from_str(node.as_written()).map_err(|error| {
        NotFacts::Shape(WrongShape {
            line: node.line() + error.line().saturating_sub(1),
            name: "the document".to_owned(),
            problem: "is not as this program writes it: take the facts again".to_owned(),
        })
    })?;
    if !elsewhere.is_bounded() {
        return Err(NotFacts::Shape(WrongShape {
            line: node.line(),
            name: "the document".to_owned(),
            problem: format!("has a list of more than {} members", limits::LIST_IN_CAPTURE),
        }));
    }
    if version == 1 {
        let reads = &mut elsewhere.facts.failed_reads;
        reads.iter_mut().for_each(FailedRead::read_version_1);
    }
    answers.take_elsewhere(elsewhere);
    Ok(())
}

/// Refuses what a capture could not hold.
fn within_bounds(node: &Node<'_>) -> Result<(), NotFacts> {
    let refused = |problem: String| {
        NotFacts::Shape(WrongShape {
            line: node.line(),
            name: "the document".to_owned(),
            problem,
        })
    };
    let value: serde_json::Value = serde_json::from_str(node.as_written())
        .map_err(|_| refused("is nested deeper, or has longer numbers, than any answer of AWS".to_owned()))?;
    let value = if value.is_array() {
        serde_json::json!({ "": value })
    } else {
        value
    };
    match bounded::beyond(&value) {
        None => Ok(()),
        Some(what) => {
            let what: String = what.chars().take(limits::PARSER_MESSAGE).collect();
            Err(refused(format!("is larger than what is read: {what}")))
        }
    }
}
