//! Query logs of Route 53 Resolver as rows below a line of column names: what Athena and CloudWatch Logs Insights give
//! as CSV, tables with bars, and the fields of `aws logs get-query-results`.

use serde_json::{Map, Value};

use super::MessageSeen;
use crate::limits;

/// Columns that such a log has beside `query_name` (Route 53 Developer Guide, "Values that appear in Resolver query
/// logs"): one of them has to be there.
const BESIDE: &[&str] = &["rcode", "firewall_rule_action", "query_type", "answers"];

/// The records of a text, each with its line, as `record` reads one.
pub(super) fn all<'a>(
    text: &'a str,
    record: fn(&Value, usize) -> Option<MessageSeen>,
    add: &mut dyn FnMut(&'a str, MessageSeen),
) {
    if !text.contains("query_name") {
        return;
    }
    let mut columns: Option<(char, Vec<String>)> = None;
    for line in text.lines() {
        if let Some(found) = header(line) {
            columns = Some(found);
            continue;
        }
        let Some((separator, names)) = &columns else {
            continue;
        };
        let values = cells(line, *separator);
        if values.len() != names.len() {
            continue;
        }
        let fields: Map<String, Value> = names
            .iter()
            .zip(values)
            .filter(|(_, value)| !value.is_empty() && value != "-")
            .map(|(name, value)| (name.clone(), Value::String(value)))
            .collect();
        if let Some(seen) = record(&Value::Object(fields), limits::PASTED_DEPTH) {
            add(line.trim(), seen);
        }
    }
}

/// The separator and the names of a line of column names.
fn header(line: &str) -> Option<(char, Vec<String>)> {
    if !line.contains("query_name") {
        return None;
    }
    ['|', ',', '\t'].into_iter().find_map(|separator| {
        let names = cells(line, separator);
        let has = |name: &str| names.iter().any(|column| column == name);
        (has("query_name") && BESIDE.iter().any(|name| has(name))).then_some((separator, names))
    })
}

/// The cells of a line: with quotation marks around them, and those in them doubled (RFC 4180 section 2), or without.
fn cells(line: &str, separator: char) -> Vec<String> {
    // A table's bars at its edges.
    let line = line.trim_matches(|c: char| c.is_whitespace() && c != '\t' || c == '|' && separator == '|');
    let mut found = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                push(&mut found, '"');
            }
            '"' => is_quoted = !is_quoted,
            c if c == separator && !is_quoted && found.len() < limits::PASTED_WORDS => found.push(String::new()),
            c => push(&mut found, c),
        }
    }
    found.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn push(cells: &mut [String], c: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(c);
    }
}

/// The record that `aws logs get-query-results` gives as a list of fields: `{"field": NAME, "value": TEXT}`.
pub(super) fn of_fields(values: &[Value]) -> Option<Value> {
    let mut fields = Map::new();
    for value in values.iter().take(limits::PASTED_WORDS) {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        fields.insert(text("field")?.to_owned(), Value::String(text("value")?.to_owned()));
    }
    fields.contains_key("query_name").then_some(Value::Object(fields))
}
