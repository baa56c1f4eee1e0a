//! Query logs of Route 53 Resolver, and records in JSON as they have them.

use std::net::IpAddr;

use serde_json::Value;

use super::{by_answer, outright, seen};
use crate::limits;
use crate::pasted::reply::leads_nowhere;
use crate::pasted::{MessageSeen, Symptom, asked, rows};

/// A query log of Route 53 Resolver (Route 53 Developer Guide, "Values that appear in Resolver query logs"): the first
/// record of a line.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    let mut first = None;
    values(line, &mut |value| {
        if first.is_none() {
            first = record(value, limits::PASTED_DEPTH);
        }
    });
    first
}

/// The JSON in a text, from its first bracket on. In CSV, as CloudWatch Logs Insights exports it, each quotation mark
/// stands twice (RFC 4180 section 2).
fn values(text: &str, read: &mut dyn FnMut(&Value)) {
    if !text.contains("query_name") {
        return;
    }
    let undoubled;
    let text = if text.contains("\"\"query_name\"\"") {
        undoubled = text.replace("\"\"", "\"");
        &undoubled
    } else {
        text
    };
    let starts = text
        .match_indices(['{', '['])
        .map(|(at, _)| at)
        .take(limits::PASTED_LINES);
    for start in starts {
        let mut stream = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        let mut is_json = false;
        for value in stream.by_ref().map_while(Result::ok) {
            is_json = true;
            read(&value);
        }
        if is_json {
            return;
        }
    }
}

/// The records in JSON that is not a record a line: over several lines, a list of them, or what the AWS CLI prints of
/// CloudWatch Logs. Each with its line, as far as it has one. None where each record has a line of its own: they are
/// read beside what else is in the text.
pub(in crate::pasted) fn json<'a>(text: &'a str, add: &mut dyn FnMut(&'a str, MessageSeen)) {
    if !text.contains("query_name") {
        return;
    }
    let of_lines: Vec<(&str, Vec<MessageSeen>)> = text
        .lines()
        .map(|line| {
            let mut seen = Vec::new();
            values(line, &mut |value| {
                records(value, limits::PASTED_DEPTH, &mut |one| seen.push(one));
            });
            (line, seen)
        })
        .filter(|(_, seen)| !seen.is_empty())
        .collect();
    if of_lines.iter().any(|(_, seen)| seen.len() > 1) {
        for (line, seen) in of_lines {
            for one in seen {
                add(line, one);
            }
        }
        return;
    }
    if !of_lines.is_empty() {
        return;
    }
    let first = text.trim_start().lines().next().unwrap_or_default();
    let line = |seen: &MessageSeen| {
        let host = seen.host.as_deref().filter(|host| !host.is_empty())?;
        text.lines().find(|line| line.contains(host)).map(str::trim)
    };
    values(text, &mut |value| {
        records(value, limits::PASTED_DEPTH, &mut |seen| {
            add(line(&seen).unwrap_or(first), seen);
        });
    });
}

/// Every record in a value.
fn records(value: &Value, depth: usize, add: &mut dyn FnMut(MessageSeen)) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    match value {
        Value::Object(fields) if fields.contains_key("query_name") => {
            record(value, depth).into_iter().for_each(add);
        }
        Value::String(_) => record(value, depth).into_iter().for_each(add),
        Value::Array(values) => match rows::of_fields(values) {
            Some(fields) => record(&fields, depth).into_iter().for_each(add),
            None => values.iter().for_each(|value| records(value, depth, add)),
        },
        Value::Object(fields) => fields.values().for_each(|value| records(value, depth, add)),
        _ => {}
    }
}

pub(in crate::pasted) fn record(value: &Value, depth: usize) -> Option<MessageSeen> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Array(values) if rows::of_fields(values).is_some() => record(&rows::of_fields(values)?, depth),
        Value::Array(values) => values.iter().find_map(|value| record(value, depth)),
        // CloudWatch Logs holds it as the text of an event.
        Value::String(text) if text.contains("query_name") => record(&serde_json::from_str(text).ok()?, depth),
        Value::Object(fields) if fields.contains_key("query_name") => {
            let text = |key: &str| fields.get(key).and_then(Value::as_str);
            let host = text("query_name");
            if text("firewall_rule_action") == Some("BLOCK") {
                let group = text("firewall_rule_group_id").unwrap_or("which is not in the record");
                let vpc = text("vpc_id").map(|vpc| format!(" of {vpc}")).unwrap_or_default();
                let why = format!("the query log{vpc} says so: BLOCK by the rule group {group}");
                return Some(outright(Symptom::FirewallBlocked, host, "dns-firewall-block", &why));
            }
            let is_empty = fields
                .get("answers")
                .and_then(Value::as_array)
                .is_some_and(Vec::is_empty);
            let is_other = text("query_type").is_some_and(asked::is_other);
            let mut found = match text("rcode")? {
                "NOERROR" if is_empty && is_other => seen(Symptom::OtherType, host, None),
                "NOERROR" if is_empty => seen(Symptom::NoData, host, None),
                "NOERROR" => match by_records(fields.get("answers")) {
                    Symptom::Answered if is_other => seen(Symptom::OtherType, host, None),
                    symptom => seen(symptom, host, None),
                },
                rcode => by_answer(rcode, host?, text("query_type").unwrap_or_default(), None)?,
            };
            found.in_vpc = true;
            found.vpc = text("vpc_id").map(str::to_owned);
            // The VPC's resolver is in the VPC already, and takes no private addresses out.
            found.against.extend(["no-forwarding", "rebinding-protection"]);
            if found.symptom == Symptom::NotUnderstood {
                found.toward.extend(["forward-rule-shadow", "edns-intolerant"]);
            }
            Some(found)
        }
        Value::Object(fields) => fields.values().find_map(|value| record(value, depth)),
        _ => None,
    }
}

/// What the records of an answer come to: the data of each is in `Rdata`.
fn by_records(answers: Option<&Value>) -> Symptom {
    let Some(records) = answers.and_then(Value::as_array) else {
        return Symptom::Answered;
    };
    let data = |record: &Value| {
        let data = record.get("Rdata").and_then(Value::as_str);
        data.and_then(|data| data.parse::<IpAddr>().ok())
    };
    let addresses: Vec<IpAddr> = records.iter().take(limits::NAME_SERVERS).filter_map(data).collect();
    match addresses.first() {
        None => Symptom::Answered,
        Some(_) if addresses.iter().any(|ip| leads_nowhere(*ip)) => Symptom::Sinkhole,
        Some(_) => Symptom::Healthy,
    }
}
