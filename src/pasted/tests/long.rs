//! Long texts: the record that matters is one of many.

use super::*;

/// Names of a cluster's own and others, none of which failed.
fn healthy(count: usize) -> String {
    let lines: Vec<String> = (0..count)
        .map(|number| {
            format!(
                "[INFO] 10.0.{number}.1:6000 - {number} \"A IN svc{number}.default.svc.cluster.local. udp 82 false 512\" \
                 NOERROR qr,aa,rd 82 0.0001s\n"
            )
        })
        .collect();
    lines.concat()
}

#[test]
fn a_failure_behind_many_records_is_found() {
    let failure = format!("[ERROR] plugin/errors: 2 {X}. A: read udp 10.0.0.9:4000->10.63.200.10:53: i/o timeout");
    let alone = read(&failure).unwrap();
    for count in [8, 32, 33, 34, 60, 300] {
        for text in [
            format!("{}{failure}\n", healthy(count)),
            format!("{failure}\n{}", healthy(count)),
            format!("{}{failure}\n{}", healthy(count / 2), healthy(count)),
        ] {
            let first = read(&text).unwrap();
            assert_eq!((first.symptom, &first.host), (alone.symptom, &alone.host), "{count}");
        }
    }
}

/// Of failures, those of the endpoint's name come first.
#[test]
fn a_failure_of_the_endpoint_behind_many_of_others_is_found() {
    let denied = |name: &str| format!("dnsmasq[3]: reply {name} is NXDOMAIN\n");
    let others: String = (0..80)
        .map(|number| denied(&format!("host{number}.corp.example")))
        .collect();
    let first = read(&format!("{others}{}{others}", denied(X))).unwrap();
    assert_eq!(first.host, Some(X.parse().unwrap()));
}

fn record(name: &str, action: &str) -> serde_json::Value {
    serde_json::json!({
        "version": "1.100000", "vpc_id": "vpc-0123456789abcdef0", "query_name": format!("{name}."), "query_type": "A",
        "rcode": if action.is_empty() { "NOERROR" } else { "NXDOMAIN" },
        "answers": if action.is_empty() {
            serde_json::json!([{"Rdata": "10.0.1.9", "Type": "A", "Class": "IN"}])
        } else {
            serde_json::json!([])
        },
        "firewall_rule_action": action,
        "firewall_rule_group_id": "rslvr-frg-0123456789abcdef0",
    })
}

/// Route 53's query logs as they are saved: a list, events of CloudWatch Logs, either of them on one line, a record a
/// line, and CSV of CloudWatch Logs Insights.
#[test]
fn the_record_that_was_blocked_is_found_however_it_was_saved() {
    let mut records: Vec<serde_json::Value> = (0..40)
        .map(|number| record(&format!("s{number}.corp.example"), ""))
        .collect();
    records.insert(20, record(X, "BLOCK"));
    let events: Vec<serde_json::Value> = records
        .iter()
        .map(|record| serde_json::json!({"logStreamName": "a", "timestamp": 1, "message": record.to_string()}))
        .collect();
    let events = serde_json::json!({ "events": events });
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    let csv: Vec<String> = records
        .iter()
        .map(|record| {
            format!(
                "2026-11-29 10:00:00.000,\"{}\"\n",
                record.to_string().replace('"', "\"\"")
            )
        })
        .collect();
    for text in [
        serde_json::to_string_pretty(&records).unwrap(),
        serde_json::to_string(&records).unwrap(),
        serde_json::to_string_pretty(&events).unwrap(),
        events.to_string(),
        lines.join("\n"),
        format!("@timestamp,@message\n{}", csv.concat()),
    ] {
        let first = read(&text).unwrap();
        assert_eq!(
            (first.symptom, &first.host),
            (Symptom::FirewallBlocked, &Some(X.parse().unwrap())),
            "{}",
            text.get(..200).unwrap_or(&text)
        );
        assert!(first.line.len() > 1, "{}", first.line);
    }
}
