//! A capture without what identifies an account, its resources, a cluster or a person: for a ticket.
//!
//! The same identifier has the same stand-in in every capture, so that redacted captures still compare. A
//! stand-in is cut from a SHA-256 of the identifier without a key: one that has few possible values (an account
//! id, a user name, an old resource id of eight digits) can be found by trying them all. Addresses stay: they are
//! the evidence. So do domains, and the names that the user gave to clusters and resolvers, outside of ARNs.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::dns::{Name, RData};
use crate::facts::document::FactsDocument;
use crate::facts::{AwsFacts, Facts, id};
use crate::limits::{NAME_IN_CAPTURE, TEXT_IN_CAPTURE};
use crate::observation::Purpose;
use crate::probed::Probed;
use crate::report::{Capture, Report, Unseen, diagnose_while};
use crate::software;

/// What the stand-ins of everything but host labels and account ids start with.
const MARK: &str = "redacted-";
/// Hexadecimal digits of a stand-in.
const TOKEN: usize = 12;
/// What the stand-in of a host label starts with. It has to stay one: 32 hexadecimal digits.
const LABEL_MARK: &str = "00000000";
/// Digits of a host label of an EKS endpoint's name.
const LABEL: usize = 32;
/// Digits of an AWS account id.
const ACCOUNT: usize = 12;
/// Characters of the id of a hosted zone: "Z" and up to 31 more (Route 53 API Reference, "HostedZone": 32 at most).
const ZONE: RangeInclusive<usize> = 13..=32;
/// Characters of an IAM unique id or access key id (IAM API Reference, "AccessKey": 16 to 128).
const UNIQUE: RangeInclusive<usize> = 16..=128;
/// What they start with (IAM User Guide, "Understanding unique ID prefixes").
const UNIQUE_PREFIXES: &[&str] = &[
    "ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA",
];
/// The longest name of a user before an `@` that is looked for: a session's name (STS API Reference, "AssumeRole").
const USER: usize = 64;
/// The longest name of a directory of a user.
const USER_DIRECTORY: usize = 64;
/// The shortest name of a host that is looked for in other texts. A shorter one would hit words.
const HOST: usize = 4;

/// Why nothing is shown: without its identifiers the capture could not be put together again.
#[derive(Debug, thiserror::Error)]
#[error("--redact: the capture does not hold together without its identifiers: {0}")]
pub struct RedactionFailed(#[from] serde_json::Error);

/// Redacts a report by redacting what it was made from, and diagnosing that. `named` is the vantage's name
/// where the user gave it in this run, to be shown; any other is taken for the name of a host.
pub fn report(report: Report, named: Option<&str>) -> Result<Report, RedactionFailed> {
    report_while(report, named, &|| Ok(()))
}

/// As [`report`], for as long as it may go on, which is asked in the diagnosis.
pub fn report_while<E: From<RedactionFailed>>(
    report: Report,
    named: Option<&str>,
    goes_on: &dyn Fn() -> Result<(), E>,
) -> Result<Report, E> {
    diagnose_while(capture(report.into_capture(), named)?, goes_on)
}

/// Redacts every text of a capture; `named` as in [`report`]. Redacting twice is the same as once.
pub fn capture(mut capture: Capture, named: Option<&str>) -> Result<Capture, RedactionFailed> {
    conceal(&mut capture.facts, &capture.target.hostname);
    conceal_hosts(&mut capture.observations);
    let place = capture.vantage.name.take();
    let host = place.as_deref().filter(|name| named != Some(*name));
    let mut document = value(&capture)?;
    walk(&mut document, "", host);
    let mut redacted: Capture = serde_json::from_str(&document.to_string())?;
    redacted.vantage.name = match host {
        Some(host) => Some(stand_in("host", host)),
        None => place,
    };
    Ok(redacted)
}

/// A document as a tree. By way of its text, in which all documents are written and read.
fn value(document: &impl Serialize) -> Result<Value, serde_json::Error> {
    serde_json::from_str(&serde_json::to_string(document)?)
}

/// A certificate authority stands for its cluster, and says its name. What a domain list of DNS Firewall has beside the
/// names that could match is the account's own, and decides nothing.
fn conceal(facts: &mut Facts, target: &Name) {
    for list in facts
        .aws
        .firewall
        .iter_mut()
        .flat_map(|firewall| &mut firewall.domain_lists)
    {
        list.keep_about(target);
    }
    for name in names_in_aws(&mut facts.aws) {
        // "" says that there is none.
        *name = name.take().map(|name| match name.as_str() {
            "" => name,
            given => stand_in("name", given),
        });
    }
    for event in facts.aws.events.iter_mut().flatten() {
        event.by = event.by.take().map(|by| stand_in("user", &by));
    }
    if let Some(cluster) = &mut facts.aws.cluster {
        cluster.certificate_authority = None;
    }
    if let Some(kubeconfig) = &mut facts.host.kubeconfig {
        kubeconfig.certificate_authority = None;
    }
}

/// The names that an account gave its resources: in words of its own, so no form shows them.
fn names_in_aws(aws: &mut AwsFacts) -> Vec<&mut Option<String>> {
    let mut names: Vec<&mut Option<String>> = Vec::new();
    names.extend(aws.resolver_rules.iter_mut().flatten().map(|rule| &mut rule.name));
    names.extend(aws.resolver_endpoints.iter_mut().flatten().map(|one| &mut one.name));
    names.extend(aws.security_groups.iter_mut().flatten().map(|group| &mut group.name));
    if let Some(firewall) = &mut aws.firewall {
        names.extend(firewall.associations.iter_mut().flatten().map(|one| &mut one.name));
        let rules = firewall.groups.iter_mut().flat_map(|group| &mut group.rules);
        names.extend(rules.map(|rule| &mut rule.name));
        // The name of a managed list is the same in every account.
        let own = firewall.list_details.iter_mut().filter(|one| one.managed_by.is_none());
        names.extend(own.map(|list| &mut list.name));
    }
    if let Some(profiles) = &mut aws.profiles {
        names.extend(profiles.associations.iter_mut().flatten().map(|one| &mut one.name));
        let brought = profiles.resources.iter_mut().flat_map(|one| &mut one.resources);
        names.extend(brought.map(|resource| &mut resource.name));
    }
    if let Some(lattice) = &mut aws.lattice {
        let associations = lattice.vpcs.iter_mut().flat_map(|vpc| &mut vpc.associations);
        names.extend(associations.map(|one| &mut one.service_network_name));
        names.extend(lattice.configurations.iter_mut().map(|one| &mut one.name));
    }
    names
}

/// What a name server says of which host it is names the host (`hostname.bind`, `id.server`).
fn conceal_hosts(observations: &mut [Probed]) {
    let lookups = observations.iter_mut().flat_map(|probed| &mut probed.lookups);
    for lookup in lookups.filter(|lookup| lookup.purpose == Purpose::Software) {
        let asked = lookup.question.to_string();
        if asked.eq_ignore_ascii_case(software::QUESTION) {
            continue;
        }
        for record in &mut lookup.records {
            if let RData::Other(said) = &mut record.data {
                *said = stand_in("host", said);
            }
        }
    }
}

/// Redacts the document of the command `facts`; `host` is this host's name.
pub fn document(document: &FactsDocument, host: Option<&str>) -> Result<FactsDocument, RedactionFailed> {
    let mut document = document.clone();
    let target = document.target.hostname.clone();
    conceal(&mut document.facts, &target);
    let mut value = value(&document)?;
    walk(&mut value, "", host);
    Ok(serde_json::from_str(&value.to_string())?)
}

/// Redacts a text that is not part of a capture, such as a line of progress.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        if let Some((length, stand_in)) = identifier(before, rest) {
            out.push_str(&stand_in);
            at += length;
        } else {
            let Some(c) = rest.chars().next() else { break };
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

/// The name of a place, as [`capture`] redacts it.
pub fn place(name: &str) -> String {
    stand_in("host", name)
}

/// A place that was not seen, redacted.
pub fn unseen(one: &Unseen) -> Unseen {
    Unseen {
        // Said of the place before it has another name.
        reason: said(&one.reason, &one.place),
        place: place(&one.place),
    }
}

/// Redacts what was said of a place: beside what [`text`] replaces, its name, whoever logs in to something, and every
/// name of a host but AWS's.
pub fn said(said: &str, place: &str) -> String {
    let of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    let mut out = String::new();
    for piece in without_host(&text(said), place).split_inclusive(|c| !of_word(c)) {
        let word = piece.trim_end_matches(|c| !of_word(c));
        let after = &piece[word.len()..];
        let (user, host) = match word.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, word),
        };
        if let Some(user) = user.filter(|user| !user.is_empty()) {
            out.push_str(&stand_in("user", user));
            out.push('@');
        }
        // A sentence may end behind it.
        let name = host.trim_end_matches('.');
        let is_host = name.contains('.')
            && name.split('.').all(|label| !label.is_empty())
            && name
                .rsplit('.')
                .next()
                .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()));
        if is_host && !name.contains("amazonaws") {
            out.push_str(&stand_in("host", name));
        } else {
            out.push_str(name);
        }
        out.push_str(&host[name.len()..]);
        out.push_str(after);
    }
    out
}

fn walk(value: &mut Value, key: &str, host: Option<&str>) {
    match value {
        Value::String(string) => {
            let mut changed = text(string);
            if let Some(host) = host {
                changed = without_host(&changed, host);
            }
            // A stand-in can be longer than what it stands for, and a name has bounds. A short ARN parses as a label.
            if !string.starts_with("arn:") && string.parse::<Name>().is_ok() && changed.parse::<Name>().is_err() {
                changed = stand_in("name", string);
            }
            // So has a text, and what was redacted has to be read again.
            let longest = if matches!(key, "name" | "judge") && string.len() <= NAME_IN_CAPTURE {
                NAME_IN_CAPTURE
            } else {
                TEXT_IN_CAPTURE
            };
            if changed.len() > longest {
                changed = stand_in("text", string);
            }
            *string = changed;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, key, host)),
        Value::Object(fields) => {
            for (key, field) in fields {
                walk(field, key, host);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The host's name where it stands as a word of a longer text. A text that is nothing but one word is a word
/// of the document's own, such as a role, before it is a host.
fn without_host(text: &str, host: &str) -> String {
    let of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if host.len() < HOST || text.chars().all(of_word) {
        return text.to_owned();
    }
    let (mut out, mut copied) = (String::new(), 0);
    for (at, found) in text.match_indices(host) {
        let end = at + found.len();
        let inside = text[..at].ends_with(of_word) || text[end..].starts_with(of_word);
        // As a label of a name of AWS's it would change what the diagnosis reads.
        if !inside && !text.contains("amazonaws") && !text.contains("awsdns") {
            out.push_str(&text[copied..at]);
            out.push_str(&stand_in("host", host));
            copied = end;
        }
    }
    out.push_str(&text[copied..]);
    out
}

/// The identifier that `rest` starts with: its length, and what stands for it.
fn identifier(before: Option<char>, rest: &str) -> Option<(usize, String)> {
    user_directory(rest)
        .or_else(|| {
            let starts_word = !before.is_some_and(|c| c.is_ascii_alphanumeric());
            starts_word
                .then(|| {
                    arn(rest)
                        .or_else(|| host_label(rest))
                        .or_else(|| resource(rest))
                        .or_else(|| upper_case(rest))
                })
                .flatten()
        })
        .or_else(|| user_at(before, rest))
        .or_else(|| account(before, rest))
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE` (IAM User Guide, "IAM ARNs"): what it is the name of goes, and of
/// what kind that is stays.
fn arn(rest: &str) -> Option<(usize, String)> {
    let ends = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | ',' | ';' | ')' | ']' | '}' | '>')
    };
    let length = rest.find(ends).unwrap_or(rest.len());
    // A sentence may end behind it.
    let whole = rest[..length].trim_end_matches(['.', ':', '?', '!']);
    let mut parts = whole.splitn(6, ':');
    let mut next = || parts.next();
    let (Some("arn"), Some(partition), Some(service), Some(region)) = (next(), next(), next(), next()) else {
        return None;
    };
    let (account, resource) = (parts.next()?, parts.next()?);
    let is_word = |part: &str| part.bytes().all(|o| o.is_ascii_alphanumeric() || o == b'-');
    if !partition.starts_with("aws") || ![partition, service, region, account].iter().all(|part| is_word(part)) {
        return None;
    }
    let (kind, name) = match resource.find(['/', ':']) {
        Some(at) => resource.split_at(at + 1),
        None if resource == "root" => (resource, ""),
        None => ("", resource),
    };
    let names: Vec<String> = name.split('/').map(named).collect();
    let account = text(account);
    let redacted = format!("arn:{partition}:{service}:{region}:{account}:{kind}{}", names.join("/"));
    Some((whole.len(), redacted))
}

/// The name of a resource in an ARN: its id as everywhere, else a stand-in.
fn named(name: &str) -> String {
    match resource(name).or_else(|| upper_case(name)) {
        Some((length, stand_in)) if length == name.len() => stand_in,
        _ if name.is_empty() || is_resource_stand_in(name) => name.to_owned(),
        _ => stand_in("name", name),
    }
}

/// `vpc-redacted-…`.
fn is_resource_stand_in(name: &str) -> bool {
    name.find(MARK).is_some_and(|at| at > 0 && is_stand_in(&name[at..]))
}

/// The id of a hosted zone, or of a user, a role or an access key.
fn upper_case(rest: &str) -> Option<(usize, String)> {
    let length = run(rest, |o| o.is_ascii_uppercase() || o.is_ascii_digit())?;
    let id = &rest[..length];
    let has_digit = id.bytes().any(|octet| octet.is_ascii_digit());
    let is_zone = id.starts_with('Z') && ZONE.contains(&length) && has_digit;
    let is_unique = UNIQUE.contains(&length) && UNIQUE_PREFIXES.iter().any(|prefix| id.starts_with(prefix));
    (is_zone || is_unique).then(|| (length, stand_in("resource", id)))
}

/// `alice@` of an address of mail, a session, a context or a host to log in to.
fn user_at(before: Option<char>, rest: &str) -> Option<(usize, String)> {
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    if before.is_some_and(of_name) {
        return None;
    }
    let length = rest.find(|c: char| !of_name(c))?;
    let at = rest[length..].strip_prefix('@')?;
    let names_host = at.starts_with(|c: char| c.is_ascii_alphanumeric());
    (names_host && (1..=USER).contains(&length)).then(|| (length, stand_in("user", &rest[..length])))
}

/// How many octets at the start of a text are of a kind, where no letter or digit follows them.
fn run(text: &str, is_of: impl Fn(&u8) -> bool) -> Option<usize> {
    let length = text.bytes().take_while(|octet| is_of(octet)).count();
    let ends = !text[length..].starts_with(|c: char| c.is_ascii_alphanumeric());
    ends.then_some(length)
}

fn host_label(rest: &str) -> Option<(usize, String)> {
    let length = run(rest, u8::is_ascii_hexdigit).filter(|length| *length == LABEL)?;
    let label = &rest[..length];
    if label.starts_with(LABEL_MARK) {
        return Some((length, label.to_owned()));
    }
    let mut token = format!("{LABEL_MARK}{}", digest("label", label, LABEL - LABEL_MARK.len()));
    if label.bytes().any(|octet| octet.is_ascii_uppercase()) {
        token.make_ascii_uppercase();
    }
    Some((length, token))
}

/// `vpc-…`, `eni-…`, `rslvr-in-…`: whatever the kind of resource, the form is the same.
fn resource(rest: &str) -> Option<(usize, String)> {
    let (prefix, end) = id::at_start(rest)?;
    let kind = &rest[..prefix];
    // What stands for an id has its form.
    (!kind.ends_with(MARK)).then(|| (end, format!("{kind}{}", stand_in("resource", &rest[..end]))))
}

fn account(before: Option<char>, rest: &str) -> Option<(usize, String)> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let inside = before.is_some_and(|c| c.is_ascii_digit());
    (length == ACCOUNT && !inside).then(|| (length, stand_in("account", &rest[..length])))
}

/// `/home/NAME`, `/Users/NAME`, `\Users\NAME`, in any case.
fn user_directory(rest: &str) -> Option<(usize, String)> {
    let above = ["/home/", "/Users/", r"\Users\"].into_iter().find(|above| {
        let start = rest.get(..above.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(above))
    })?;
    let below = &rest[above.len()..];
    let ends = |c: char| matches!(c, ':' | '"' | '\'' | ',' | ';' | ')') || c.is_control();
    let separator = |c: char| matches!(c, '/' | '\\');
    // A name has blanks where a directory follows that ends it; else it is one word.
    let length = match below.find(|c| separator(c) || ends(c)) {
        Some(end) if end <= USER_DIRECTORY && above != "/home/" && below[end..].starts_with(separator) => end,
        _ => below
            .find(|c| separator(c) || ends(c) || c == ' ')
            .unwrap_or(below.len()),
    };
    (length > 0).then(|| {
        let name = &below[..length];
        let above = &rest[..above.len()];
        (above.len() + length, format!("{above}{}", stand_in("user", name)))
    })
}

fn stand_in(kind: &str, original: &str) -> String {
    if is_stand_in(original) {
        return original.to_owned();
    }
    format!("{MARK}{}", digest(kind, original, TOKEN))
}

fn is_stand_in(text: &str) -> bool {
    text.strip_prefix(MARK)
        .is_some_and(|token| token.len() == TOKEN && token.bytes().all(|octet| octet.is_ascii_hexdigit()))
}

/// Hexadecimal digits of the hash, in lower case: names differ in case and are the same.
fn digest(kind: &str, original: &str, digits: usize) -> String {
    let mut hash = Sha256::new();
    hash.update(b"eks-dns-doctor redacted\0");
    hash.update(kind);
    hash.update(b"\0");
    hash.update(original.to_ascii_lowercase());
    let mut text = format!("{:x}", hash.finalize());
    text.truncate(digits);
    // Twelve digits and no letter would look like an account id.
    if text.bytes().all(|octet| octet.is_ascii_digit()) {
        text.replace_range(0..1, "a");
    }
    text
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::endpoint::EndpointName;

    const SECRETS: &[&str] = &[
        "111122223333",
        "vpc-0123456789abcdef0",
        "vpc-1a2b3c4d",
        "subnet-0abc456789abcdef0",
        "eni-abcdef0123456789a",
        "sg-0123456789abcdef1",
        "rslvr-in-0123456789abcdef2",
        "rslvr-rr-0123456789abcdef3",
        "rslvr-fdl-2c46f2ecbfec4dcc",
        "rslvr-frg-47f93271fexample",
        "rp-4987774726example",
        "dopt-0123456789abcdef4",
        "i-0123456789abcdef5",
        "cvpn-endpoint-0123456789abcdef6",
        "0123456789ABCDEF0123456789ABCDEF",
        "Z0123456789ABCDEFGHIJ",
        "AKIAIOSFODNN7EXAMPLE",
        "AROAEXAMPLE0123456789",
    ];

    #[test]
    fn every_identifier_is_replaced_wherever_it_stands_and_twice_is_once() {
        for secret in SECRETS {
            for around in ["{}", "a ({}), b", "\u{1b}{}ü", "x.{}.y"] {
                let original = around.replace("{}", secret);
                let redacted = text(&original);
                assert!(!redacted.contains(secret), "{original:?} -> {redacted:?}");
                assert_eq!(text(&redacted), redacted, "{original:?}");
                let rest = around.split("{}").collect::<Vec<_>>();
                assert!(redacted.starts_with(rest[0]) && redacted.ends_with(rest[1]));
            }
        }
        for (path, user) in [
            ("/home/alice/.kube/config", "alice"),
            ("/var/HOME/alice", "alice"),
            ("/Users/Bob Smith", "Bob"),
            ("/Users/Bob Smith/.aws/config", "Smith"),
            (r"C:\Users\carol\x", "carol"),
            (r"c:\users\Carol Jones\.kube\config", "Jones"),
            ("alice@corp.example is denied", "alice"),
            ("ssh: alice.b@bastion: Permission denied", "alice"),
            ("alice@prod.eu-west-1.eksctl.io", "alice"),
        ] {
            let redacted = text(path);
            assert!(!redacted.contains(user), "{redacted}");
            assert_eq!(text(&redacted), redacted);
        }
    }

    #[test]
    fn an_arn_says_what_it_is_of_and_not_whose() {
        let account = text("111122223333");
        for (arn, kind, names) in [
            (
                "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
                "eks:eu-west-1:A:cluster/",
                vec!["prod"],
            ),
            (
                "arn:aws:iam::111122223333:user/division/alice",
                "iam::A:user/",
                vec!["division", "alice"],
            ),
            ("arn:aws-cn:iam::111122223333:root", "iam::A:root", vec![]),
            (
                "arn:aws:sts::111122223333:assumed-role/Admin/i-0123456789abcdef6",
                "sts::A:assumed-role/",
                vec!["Admin", "i-0"],
            ),
            ("arn:aws:s3:::my-bucket", "s3:::", vec!["my-bucket"]),
            (
                "arn:aws:lambda:eu-west-1:111122223333:function:mine",
                "lambda:eu-west-1:A:function:",
                vec!["mine"],
            ),
        ] {
            for around in [
                "{}",
                "User: {} is not authorized",
                "({}), b",
                "on resource: {}.",
                "\"{}\"",
            ] {
                let redacted = text(&around.replace("{}", arn));
                let shown = redacted.replace(&account, "A");
                assert!(shown.contains(kind), "{shown}");
                for name in &names {
                    assert!(!shown.contains(name), "{shown}");
                }
                assert_eq!(text(&redacted), redacted);
            }
        }
        // An id is the same inside and outside.
        let id = text("rslvr-in-0123456789abcdef4");
        assert!(
            text("arn:aws:route53resolver:x:111122223333:resolver-endpoint/rslvr-in-0123456789abcdef4").ends_with(&id)
        );
        assert_eq!(text("arn:aws:iam::a"), "arn:aws:iam::a", "cut off, it is none");
    }

    #[test]
    fn who_changed_something_is_a_user() {
        let event = crate::facts::Event {
            time: "2026-11-23T07:59:20Z".to_owned(),
            name: "ModifyVpcAttribute".to_owned(),
            service: "ec2".to_owned(),
            by: Some("Alice".to_owned()),
            resources: vec!["vpc-0123456789abcdef0".to_owned()],
        };
        let mut facts = Facts::default();
        facts.aws.events = Some(vec![event]);
        conceal(&mut facts, &Name::root());
        let by = facts.aws.events.as_ref().and_then(|events| events[0].by.clone());
        assert_eq!(by, Some(stand_in("user", "alice")));
        let once = facts.clone();
        conceal(&mut facts, &Name::root());
        assert_eq!(facts, once);
    }

    #[test]
    fn the_names_of_rules_and_groups_are_replaced_once() {
        use crate::facts::{Firewall, FirewallGroup, FirewallRule, ResolverRule};
        let rule = |name: &str| FirewallRule {
            name: Some(name.to_owned()),
            ..FirewallRule::default()
        };
        let mut facts = Facts::default();
        facts.aws.resolver_rules = Some(vec![ResolverRule {
            name: Some("to-acme".to_owned()),
            domain: "corp.example.".to_owned(),
            ..ResolverRule::default()
        }]);
        facts.aws.firewall = Some(Firewall {
            groups: vec![FirewallGroup {
                id: "rslvr-frg-0123456789abcdef0".to_owned(),
                rules: vec![rule("acme-block"), rule("")],
            }],
            ..Firewall::default()
        });
        conceal(&mut facts, &Name::root());
        let shown = serde_json::to_string(&facts).unwrap();
        assert!(!shown.contains("acme"), "{shown}");
        assert!(shown.contains("corp.example."), "a domain stays: {shown}");
        let empty = facts
            .aws
            .firewall
            .as_ref()
            .map(|firewall| firewall.groups[0].rules[1].name.clone());
        assert_eq!(empty, Some(Some(String::new())), "no name stays none");
        let once = facts.clone();
        conceal(&mut facts, &Name::root());
        assert_eq!(facts, once);
    }

    #[test]
    fn what_is_no_identifier_stays() {
        for kept in [
            "10.63.200.10:53",
            "[2001:db8:1234:5678:9abc:def0:1234:5678]:5353",
            "2026-11-24T00:15:00Z",
            "ns-1536.awsdns-00.co.uk",
            "private-zone",
            "no-forwarding",
            "rslvr-autodefined-rr-internet-resolver",
            "1234567890123",
            "12345678901",
            "/home/",
            "dig @192.168.0.2 +tcp",
            "ZONE",
            "no user @ all",
            "",
        ] {
            assert_eq!(text(kept), kept);
        }
    }

    #[test]
    fn a_host_label_stays_one_and_others_stay_others() {
        let label = "0123456789ABCDEF0123456789ABCDEF";
        let name = |label: &str| -> Name {
            text(&format!("{label}.yl4.eu-west-1.eks.amazonaws.com"))
                .parse()
                .unwrap()
        };
        assert!(EndpointName::parse(&name(label)).is_ok());
        assert_eq!(name(label), name(&label.to_ascii_lowercase()), "in any case");
        assert_ne!(name(label), name("ffff456789abcdef0123456789abcdef"));
        assert_eq!(
            text(label),
            "00000000".to_owned() + &digest("label", label, 24).to_ascii_uppercase(),
            "as it is written"
        );
    }

    #[test]
    fn the_hash_is_the_one_that_other_captures_were_made_with() {
        assert_eq!(
            [text("111122223333"), text("vpc-1a2b3c4d")],
            ["redacted-5ce7039527bb", "vpc-redacted-108efd3fc0ba"]
        );
    }

    #[test]
    fn the_hosts_name_goes_where_it_is_a_word_of_a_text() {
        let token = stand_in("host", "laptop");
        for (original, redacted) in [
            ("from laptop:53", format!("from {token}:53")),
            ("laptop.corp.example", format!("{token}.corp.example")),
            ("laptop-2.corp.example", "laptop-2.corp.example".to_owned()),
            ("laptop", "laptop".to_owned()),
        ] {
            assert_eq!(without_host(original, "laptop"), redacted);
        }
        assert_eq!(without_host("a.b", "a"), "a.b");
    }
}
