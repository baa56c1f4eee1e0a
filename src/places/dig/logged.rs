//! dig's text in the JSON of a log: a line of it in each record, or all of it in one.

use serde_json::Value;

use super::has_header;

/// The members that hold what was printed: Docker's driver json-file has `log`, CloudWatch Logs' events and most
/// collectors `message`, loggers `msg`, and journald's `MESSAGE`.
const MEMBERS: &[&str] = &["log", "message", "msg", "MESSAGE"];

/// The text that a log's records hold; `None` where the document is no log, or holds nothing of dig's.
pub(super) fn text(document: &str) -> Option<String> {
    let first = document.trim_start();
    if !first.starts_with(['{', '[']) {
        return None;
    }
    let records = match serde_json::from_str::<Value>(document) {
        Ok(Value::Array(records)) => records,
        // `aws logs get-log-events` and `filter-log-events`.
        Ok(Value::Object(mut object)) => match object.remove("events") {
            Some(Value::Array(records)) => records,
            _ => vec![Value::Object(object)],
        },
        Ok(_) => return None,
        Err(_) => lines(document)?,
    };
    let mut whole = String::new();
    // A record without it is of something else.
    let printed = |record: &Value| {
        MEMBERS
            .iter()
            .find_map(|member| Some(record.get(member)?.as_str()?.to_owned()))
    };
    for printed in records.iter().filter_map(printed) {
        whole.push_str(printed.strip_suffix('\n').unwrap_or(&printed));
        whole.push('\n');
    }
    has_header(&whole).then_some(whole)
}

/// The records of a log that has one on each line. The last may be cut off, where the end of a copy is.
fn lines(document: &str) -> Option<Vec<Value>> {
    let mut lines = document.lines().filter(|line| !line.trim().is_empty()).peekable();
    let mut records = Vec::new();
    while let Some(line) = lines.next() {
        match serde_json::from_str(line) {
            Ok(record) => records.push(record),
            Err(error) if lines.peek().is_none() && error.is_eof() => {}
            Err(_) => return None,
        }
    }
    Some(records)
}

/// The program that wrote a document of DNS in JSON, where it is known by its members.
pub(super) fn program(document: &str) -> Option<&'static str> {
    let value: Value = serde_json::from_str(document).ok()?;
    let value = match value {
        Value::Array(values) => values.into_iter().next()?,
        value => value,
    };
    let has = |members: &[&str]| members.iter().all(|member| value.get(member).is_some());
    if has(&["QNAME", "RCODE"]) {
        // RFC 8427, "Representing DNS Messages in JSON".
        Some("kdig +json")
    } else if has(&["Status", "Question"]) {
        // Google Public DNS, "JSON API for DNS over HTTPS (DoH)"; Cloudflare's has the same.
        Some("a DNS-over-HTTPS server's JSON API")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIG: &str = "; <<>> DiG 9.18.24 <<>> a.test\n;; Got answer:\n\n;a.test. IN A\n";

    fn records(member: &str) -> Vec<String> {
        let record = |line: &str| serde_json::json!({member: format!("{line}\n"), "stream": "stdout"}).to_string();
        DIG.lines().map(record).collect()
    }

    #[test]
    fn a_line_in_each_record_or_all_in_one() {
        for member in MEMBERS {
            assert_eq!(text(&records(member).join("\n")).as_deref(), Some(DIG), "{member}");
        }
        let events = records("message").join(",");
        assert_eq!(text(&format!("{{\"events\": [{events}]}}")).as_deref(), Some(DIG));
        assert_eq!(text(&format!("[{events}]")).as_deref(), Some(DIG));
        let one = serde_json::json!({ "log": DIG }).to_string();
        assert_eq!(text(&one).as_deref(), Some(DIG));
    }

    #[test]
    fn a_record_of_something_else_and_a_last_line_that_is_cut_off() {
        let mut lines = records("log");
        lines.insert(1, "{\"level\": \"info\"}".to_owned());
        lines.push("{\"log\": \";; ANSW".to_owned());
        assert_eq!(text(&lines.join("\n")).as_deref(), Some(DIG));
        // In the middle it is no log.
        lines.push("{\"log\": \"\"}".to_owned());
        assert_eq!(text(&lines.join("\n")), None);
    }

    #[test]
    fn what_holds_nothing_of_digs_is_no_log() {
        for document in [
            "",
            DIG,
            "{}",
            "[]",
            "{\"log\": \"x\"}",
            "{\"log\": 7}",
            "{\"log\": \"; <<>> DiG 9\"}\nx",
            "{\"note\": \"; <<>> DiG 9\"}",
        ] {
            assert_eq!(text(document), None, "{document}");
        }
    }

    #[test]
    fn dns_in_json_is_called_by_its_program() {
        assert_eq!(program("[{\"QNAME\": \"a.test.\", \"RCODE\": 3}]"), Some("kdig +json"));
        assert_eq!(
            program("{\"Status\": 3, \"Question\": []}"),
            Some("a DNS-over-HTTPS server's JSON API")
        );
        assert_eq!(program("{\"schema_version\": 2}"), None);
    }
}
