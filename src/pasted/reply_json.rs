//! Replies in the JSON that public resolvers give over HTTPS: `application/dns-json` (Google, "JSON API for DNS over
//! HTTPS"; Cloudflare, "Using JSON", which follows the same names). The Extended DNS Error (RFC 8914) is Google's
//! `extended_dns_errors`, and the words `EDE(NUMBER)` of Cloudflare's `Comment`, as users published both.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::reply::PastedReply;
use crate::dns::RecordType;
use crate::limits;

/// What is read of one.
#[derive(Debug, Deserialize)]
struct JsonReply<'a> {
    #[serde(rename = "Status")]
    status: u16,
    #[serde(rename = "TC", default)]
    is_truncated: bool,
    #[serde(rename = "CD", default)]
    is_checking_disabled: bool,
    #[serde(rename = "Question", borrow, deserialize_with = "one_or_several")]
    question: Vec<JsonQuestion<'a>>,
    #[serde(rename = "Answer", borrow, default, deserialize_with = "none_as_empty")]
    answer: Vec<JsonRecord<'a>>,
    #[serde(rename = "Authority", borrow, default, deserialize_with = "none_as_empty")]
    authority: Vec<JsonRecord<'a>>,
    #[serde(rename = "Comment", default)]
    comment: Value,
    #[serde(default)]
    extended_dns_errors: Vec<JsonError>,
}

#[derive(Debug, Deserialize)]
struct JsonQuestion<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: u16,
}

#[derive(Debug, Deserialize)]
struct JsonRecord<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: u16,
    #[serde(borrow)]
    data: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
struct JsonError {
    info_code: u16,
}

/// The question is a list, and of some services one object.
fn one_or_several<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<JsonQuestion<'de>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum JsonQuestions<'a> {
        Several(#[serde(borrow)] Vec<JsonQuestion<'a>>),
        One(#[serde(borrow)] JsonQuestion<'a>),
    }
    Ok(match JsonQuestions::deserialize(deserializer)? {
        JsonQuestions::Several(several) => several,
        JsonQuestions::One(one) => vec![one],
    })
}

/// A list without a member may be null.
fn none_as_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// What URLs of public resolvers have in them.
const SERVICES: &[&str] = &[
    "dns.google",
    "8.8.8.8/resolve",
    "8.8.4.4/resolve",
    "cloudflare-dns.com",
    "one.one.one.one",
    "1.1.1.1/dns-query",
    "1.0.0.1/dns-query",
    "dns.quad9.net",
    "9.9.9.9:5053",
];

/// What such a reply begins with: the names of its members in some order, sorted ones first.
const FIRST_MEMBERS: &[&str] = &[
    "Status",
    "AD",
    "Additional",
    "Answer",
    "Authority",
    "CD",
    "Comment",
    "Question",
    "RA",
    "RD",
    "TC",
    "edns_client_subnet",
    "extended_dns_errors",
];

/// The replies of a text, in its order, for as long as it may go on.
pub(super) fn all<'a>(text: &'a str, goes_on: &dyn Fn() -> bool) -> Vec<PastedReply<'a>> {
    let mut found = Vec::new();
    // Behind the reply before.
    let mut from = 0;
    for (start, _) in text.match_indices('{') {
        if start < from || !begins_a_reply(&text[start..]) {
            continue;
        }
        if found.len() == limits::PASTED_RUNS || !goes_on() {
            break;
        }
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<JsonReply<'_>>();
        let Some(Ok(reply)) = values.next() else {
            continue;
        };
        let end = start + values.byte_offset();
        let whole = &text[start..end];
        let line = whole.find("\"Status\"").map_or(start, |at| start + at);
        found.extend(read(&reply, line_at(text, line), is_of_public(&text[from..start])));
        from = end;
    }
    found
}

/// The first member is enough to leave out other JSON, which may be long.
fn begins_a_reply(text: &str) -> bool {
    let member = text[1..].trim_start().strip_prefix('"');
    let is_first = |name: &&str| {
        member
            .and_then(|rest| rest.strip_prefix(*name))
            .is_some_and(|rest| rest.starts_with('"'))
    };
    FIRST_MEMBERS.iter().any(is_first)
}

/// The whole line of a place.
fn line_at(text: &str, at: usize) -> &str {
    let from = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[from..].lines().next().unwrap_or_default()
}

/// Whether a public service was asked, as the last line before a reply says that names who was: a URL, or the service
/// itself. What a server says of itself (`curl -v`: `< report-to: URL`) names nobody.
fn is_of_public(before: &str) -> bool {
    let is_service = |line: &str| SERVICES.iter().any(|service| line.contains(service));
    let mut lines = before.lines().rev().filter(|line| !line.trim_start().starts_with("< "));
    lines
        .find(|line| line.contains("://") || is_service(line))
        .is_some_and(is_service)
}

fn read<'a>(reply: &JsonReply<'a>, line: &'a str, is_of_public: bool) -> Option<PastedReply<'a>> {
    let asked = reply.question.first()?;
    let kind = |kind: u16| RecordType(kind).to_string();
    let mut pasted = PastedReply {
        line,
        status: Some(rcode(reply.status)?),
        host: Some(asked.name.trim_end_matches('.')),
        is_other_type: super::asked::is_other(&kind(asked.kind)),
        answers: u32::try_from(reply.answer.len()).ok(),
        is_truncated: reply.is_truncated,
        is_of_public,
        ede: reply
            .extended_dns_errors
            .first()
            .map(|error| error.info_code)
            .or_else(|| in_comment(&reply.comment)),
        ..PastedReply::default()
    };
    pasted.form.is_checking_disabled = reply.is_checking_disabled;
    for record in reply.answer.iter().chain(&reply.authority) {
        pasted.take(record.name, &kind(record.kind), &record.data);
    }
    Some(pasted)
}

/// RCODEs by their numbers (RFC 1035 section 4.1.1).
fn rcode(status: u16) -> Option<&'static str> {
    Some(match status {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        _ => return None,
    })
}

/// `EDE(NUMBER): TEXT`, in a text or in the first of a list.
fn in_comment(comment: &Value) -> Option<u16> {
    let text = comment.as_str().or_else(|| comment.get(0)?.as_str())?;
    super::between(text, "EDE(", ")")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Symptom, messages, read};

    const X: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

    fn of(status: u16, rest: &str) -> String {
        format!(
            "{{\"Status\":{status},\"TC\":false,\"RD\":true,\"RA\":true,\"AD\":false,\"CD\":false,\
             \"Question\":[{{\"name\":\"{X}.\",\"type\":1}}]{rest}}}"
        )
    }

    #[test]
    fn what_a_service_says_is_a_reply() {
        let record =
            |kind: u16, data: &str| format!("{{\"name\":\"{X}.\",\"type\":{kind},\"TTL\":60,\"data\":\"{data}\"}}");
        let soa = "ns-1547.awsdns-01.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400";
        let zone =
            format!("{{\"name\":\"ap-northeast-1.eks.amazonaws.com.\",\"type\":6,\"TTL\":60,\"data\":\"{soa}\"}}");
        for (text, symptom) in [
            (
                of(0, &format!(",\"Answer\":[{}]", record(1, "10.0.0.5"))),
                Symptom::Healthy,
            ),
            (of(0, &format!(",\"Authority\":[{zone}]")), Symptom::NoData),
            (of(3, &format!(",\"Authority\":[{zone}]")), Symptom::NxDomain),
            (of(2, ",\"Comment\":[\"EDE(9): DNSKEY Missing\"]"), Symptom::ServFail),
            (
                of(0, &format!(",\"Answer\":[{}]", record(1, "0.0.0.0"))),
                Symptom::Sinkhole,
            ),
        ] {
            for text in [
                text.clone(),
                format!("$ curl -s 'https://dns.google/resolve?name={X}'\n{text}\n"),
                serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&text).expect("JSON"))
                    .expect("JSON"),
            ] {
                let found = read(&text).unwrap_or_else(|| panic!("{text}"));
                assert_eq!(found.symptom, symptom, "{text}");
                assert_eq!(found.host.map(|host| host.to_string()).as_deref(), Some(X), "{text}");
            }
        }
        for error in [
            ",\"Comment\":[\"EDE(9): DNSKEY Missing\"]",
            ",\"extended_dns_errors\":[{\"info_code\":9,\"extra_text\":\"\"}]",
        ] {
            assert_eq!(
                read(&of(2, error)).expect("a reply").candidates[0].rule,
                "dnssec-bogus",
                "{error}"
            );
        }
        assert_eq!(read("{\"Status\": \"ACTIVE\"}"), None);
        assert_eq!(read(&of(99, "")), None);
    }

    /// A public service lacks the name of a private endpoint, and the network's own server has it.
    #[test]
    fn the_url_tells_that_it_is_public() {
        let url = format!("$ curl -s 'https://dns.google/resolve?name={X}'\n{}\n", of(3, ""));
        let rules: Vec<&str> = read(&url)
            .expect("a reply")
            .candidates
            .iter()
            .map(|one| one.rule)
            .collect();
        assert!(rules.contains(&"not-in-public-dns"), "{rules:?}");
        let beside = format!("{url}$ dig +short @10.44.0.53 {X}\n10.0.12.34\n");
        assert_eq!(messages(&beside)[0].symptom, Symptom::DeniedInPublic);
        // A word elsewhere in the text is no URL that was asked.
        let private = format!("$ dig +short @10.44.0.53 {X}\n10.0.12.34\n");
        let own = format!("$ curl -s 'https://doh.corp.example/resolve?name={X}'\n{}\n", of(3, ""));
        for text in [
            format!("{private}{own}# upstream dns.google\n"),
            format!("$ dig @dns.google example.com\n{private}{own}"),
            format!("{private}{url}{own}"),
        ] {
            let found = messages(&text);
            assert!(found.iter().any(|one| one.symptom == Symptom::NxDomain), "{text}");
        }
    }

    /// Members in any order, nulls, and a text around it.
    #[test]
    fn it_is_read_however_it_is_written() {
        let record = format!("{{\"data\":\"10.0.0.5\",\"name\":\"{X}.\",\"type\":1}}");
        let many = vec![record.as_str(); 300].join(",");
        for text in [
            format!("{{\"at\":1,\"reply\":{}}}", of(3, ",\"Answer\":null")),
            format!("{{\"Answer\":[{many}],\"Question\":[{{\"name\":\"{X}\",\"type\":1}}],\"Status\":0}}"),
        ] {
            assert_eq!(
                read(&text)
                    .and_then(|found| found.host)
                    .map(|host| host.to_string())
                    .as_deref(),
                Some(X),
                "{text}"
            );
        }
    }

    /// What could be read again and again is not.
    #[test]
    fn json_that_does_not_end_is_given_up() {
        let asked = std::cell::Cell::new(0_u32);
        let goes_on = || {
            asked.set(asked.get() + 1);
            asked.get() < 10
        };
        let open = "{\"Comment\":[".repeat(100) + &"\"Status\",".repeat(1_000);
        assert!(super::all(&open, &goes_on).is_empty());
        assert_eq!(asked.get(), 10);
    }
}
