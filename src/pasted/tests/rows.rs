//! Query logs of Route 53 Resolver as rows.

use super::*;

/// A query log as rows below the names of its columns.
#[test]
fn a_query_log_in_rows() {
    let blocked = |text: &str| {
        let read = read(&filled(text)).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(read.candidates[0].rule, "dns-firewall-block", "{text}");
        assert_eq!(read.host.unwrap().to_string(), X, "{text}");
        read.candidates[0].why.to_string()
    };
    let head = [
        "query_name",
        "rcode",
        "firewall_rule_action",
        "firewall_rule_group_id",
        "vpc_id",
    ];
    let row = ["X.", "NXDOMAIN", "BLOCK", "rslvr-frg-77", "vpc-77"];
    let quoted = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
        cells.join(",")
    };
    for text in [
        format!("{}\n{}\n", head.join(","), row.join(",")),
        format!("{}\n{}\n", quoted(&head), quoted(&row)),
        format!(
            "| {} |\n|---|---|---|---|---|\n| {} |\n",
            head.join(" | "),
            row.join(" | ")
        ),
        format!("{}\n{}\n", head.join("\t"), row.join("\t")),
    ] {
        let why = blocked(&text);
        assert!(why.contains("rslvr-frg-77") && why.contains("vpc-77"), "{text}: {why}");
    }
    let fields: Vec<String> = head
        .iter()
        .zip(row)
        .map(|(field, value)| format!("{{\"field\": \"{field}\", \"value\": \"{value}\"}}"))
        .collect();
    blocked(&format!(
        "{{\"results\": [[{}]], \"status\": \"Complete\"}}",
        fields.join(", ")
    ));
    // A row of another length is none of the table, and what was not blocked is what its RCODE says.
    let short = format!("{}\n{}\n", head.join(","), "X.,NXDOMAIN,BLOCK");
    assert!(
        candidates_of(&filled(&short))
            .iter()
            .all(|rule| *rule != "dns-firewall-block")
    );
    let allowed = format!("{}\n{}\n", head.join(","), row.join(",").replace("BLOCK", "-"));
    assert_eq!(first(&allowed).0, Symptom::NxDomain);
}
