//! Why a document is not read, in words: the line, what stands there, and what it has to be. The JSON library's own
//! words are for who wrote the program.

use serde_json::error::Category;

use crate::limits;
use crate::text;

/// How alike two words have to be (Jaro), from 0 to 1, for one to be a slip of the other.
const ALIKE: f64 = 0.7;

/// What is wrong with the document, from the parser's message and its place.
pub(super) fn said(error: &serde_json::Error, document: &str) -> String {
    let message = error.to_string();
    // The place is said once, in front.
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    let line = error.line().max(1);
    match error.classify() {
        Category::Eof => format!("its JSON does not end, and line {line} is the last; save the whole document again"),
        Category::Io | Category::Syntax if message == "recursion limit exceeded" => {
            format!("line {line}: objects and lists are nested deeper than in any capture")
        }
        Category::Io | Category::Syntax if message == "number out of range" => {
            format!("line {line}: a number is too large")
        }
        Category::Io | Category::Syntax if message == "trailing characters" => {
            format!("line {line}: more stands behind the end of the document")
        }
        Category::Io | Category::Syntax if !document.trim_start().starts_with(['{', '[']) => {
            let first = document.lines().position(|line| !line.trim().is_empty()).unwrap_or(0);
            let stands = document.lines().nth(first).unwrap_or_default().trim();
            format!("line {}: {:?} is not JSON", first + 1, text::beginning(stands))
        }
        Category::Io | Category::Syntax => {
            let there = there(document, line, error.column());
            match key_before(document, line, error.column()) {
                Some(key) if !there.is_empty() => format!("line {line}: {key} cannot be {:?}", text::beginning(&there)),
                _ if there.is_empty() => format!("line {line}: the JSON cannot go on there"),
                _ => format!("line {line}: JSON cannot go on with {:?}", text::beginning(&there)),
            }
        }
        Category::Data => {
            let at = up_to(document, line, error.column());
            // Some values are read at the end of their object: the place is then behind others.
            let named = message
                .strip_prefix("unknown variant `")
                .and_then(|rest| rest.split_once('`'));
            let of_value = match named {
                Some((name, _)) => document[..at].rfind(&format!("\"{name}\"")),
                None if message.ends_with("address syntax") => last_wrong_address(document, at),
                // A text that is no object stands somewhere in the object that ends there.
                None if document[at..].starts_with('}') => text_in_object(document, at, message),
                None => None,
            };
            // Behind the object, and nothing in it is written like an address.
            if of_value.is_none() && message.ends_with("address syntax") && document[at..].starts_with('}') {
                return format!("line {line}: an address in the object that ends there is none");
            }
            let at = of_value.unwrap_or(at);
            let key = key_at(document, at);
            format!(
                "line {line}: {}",
                of_data(message, key.as_deref(), value_at(document, at))
            )
        }
    }
}

/// What is wrong with a value that is JSON, and not what stands at that name in a capture.
fn of_data(message: &str, key: Option<&str>, stands: &str) -> String {
    let value = key.unwrap_or("the document");
    let between = |start: &str, end: &str| {
        let rest = message.strip_prefix(start)?;
        rest.split_once(end)
    };
    if let Some((found, wanted)) = between("invalid type: ", ", expected ") {
        format!("{value} is {}, and has to be {}", kind(found), wanted_kind(wanted))
    } else if let Some((found, wanted)) = between("invalid value: ", ", expected ") {
        format!("{value} is {}, and has to be {}", kind(found), wanted_kind(wanted))
    } else if let Some((name, _)) = between("missing field `", "`") {
        format!("the object that ends there has no {}", quoted(name))
    } else if let Some((name, _)) = between("duplicate field `", "`") {
        format!("{} stands twice in one object", quoted(name))
    } else if let Some((name, known)) = between("unknown variant `", "`, expected ") {
        let nearest = nearest(name, known.split('`').skip(1).step_by(2));
        let nearest = nearest.map_or_else(String::new, |nearest| format!("; the nearest that is: {nearest}"));
        format!("{} is not known at {value}{nearest}", quoted(name))
    } else if let Some((what, _)) = between("invalid ", " syntax").filter(|(what, _)| what.ends_with("address")) {
        // The standard library's words for an address in a text.
        let wanted = wanted_kind(what);
        format!(
            "{value} is {}, and has to be {wanted}",
            text::shortened(stands, limits::SHOWN_OF_FILE)
        )
    } else if message.starts_with("invalid length ") {
        format!("{value} is a list, and has to be an object")
    } else {
        // What the reader of that value says itself.
        text::shortened(message, limits::PARSER_MESSAGE)
    }
}

/// ``integer `7` ``, `string "x"`, `map`: as the library names what it found.
fn kind(found: &str) -> String {
    let inner = |found: &str| found.trim_matches('`').to_owned();
    match found.split_once(' ') {
        Some(("integer", number)) => format!("the number {}", inner(number)),
        Some(("floating", point)) => format!("the number {}", inner(point.trim_start_matches("point "))),
        Some(("boolean", value)) => inner(value),
        Some(("string", value)) => format!("the text {}", text::shortened(value, limits::SHOWN_OF_FILE)),
        _ => match found {
            "null" | "unit value" => "null",
            "map" => "an object",
            "sequence" => "a list",
            _ => "something else",
        }
        .to_owned(),
    }
}

/// `u32`, `a string`, `struct Asked`: as the library names what it wants.
fn wanted_kind(wanted: &str) -> &'static str {
    let word = wanted.split(' ').next().unwrap_or_default();
    match wanted {
        "a string" | "string" | "a borrowed string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "f32" | "f64" => "a number",
        "IP address" | "IPv4 address" | "IPv6 address" => "an IP address",
        "socket address" => "an address with a port",
        _ if matches!(word, "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64") => "a whole number in its bounds",
        _ if matches!(word, "struct" | "map") || wanted.starts_with("a map") => "an object",
        _ => "what this program writes there",
    }
}

fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let alike = known.map(|name| (strsim::jaro(&word, name), name));
    let best = alike.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > ALIKE).then_some(best.1)
}

fn quoted(text: &str) -> String {
    format!("{:?}", text::shortened(text, limits::SHOWN_OF_FILE))
}

/// The octets of the document up to a place, whose line and column are from 1.
fn up_to(document: &str, line: usize, column: usize) -> usize {
    let before: usize = document.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(document.len());
    while !document.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What stands at a place, up to the end of the value or of the line.
fn there(document: &str, line: usize, column: usize) -> String {
    let rest = &document[up_to(document, line, column)..];
    let rest = rest.lines().next().unwrap_or_default().trim();
    rest.trim_end_matches(',').to_owned()
}

/// The last name in front of a place whose value begins or ends there: `"name":`.
fn key_before(document: &str, line: usize, column: usize) -> Option<String> {
    key_at(document, up_to(document, line, column))
}

/// The same by its octet: the name of the value that a place is in. A value in a list has the name of the list.
fn key_at(document: &str, at: usize) -> Option<String> {
    let name = places(&document[..at]).into_iter().rev().find_map(|place| place.key)?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    is_name.then(|| name.to_owned())
}

/// An object or a list that a place is in.
struct OpenValue<'a> {
    /// Where it begins.
    start: usize,
    is_object: bool,
    /// Of an object, the last name in it.
    key: Option<&'a str>,
}

/// The objects and lists that are open where a text ends, the outermost first.
fn places(before: &str) -> Vec<OpenValue<'_>> {
    let mut open: Vec<OpenValue<'_>> = Vec::new();
    let (mut text, mut last, mut is_escaped) = (None, None, false);
    for (at, octet) in before.bytes().enumerate() {
        if let Some(start) = text {
            match octet {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => (text, last) = (None, before.get(start + 1..at)),
                _ => {}
            }
            continue;
        }
        match octet {
            b'"' => text = Some(at),
            b':' => {
                if let Some(place) = open.last_mut() {
                    place.key = last;
                }
            }
            b'{' | b'[' => open.push(OpenValue {
                start: at,
                is_object: octet == b'{',
                key: None,
            }),
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
    }
    open
}

/// Where the text stands that a message has as what was found, in the object that ends at a place: it was read at the
/// end of that object.
fn text_in_object(document: &str, at: usize, message: &str) -> Option<usize> {
    let (found, _) = message
        .strip_prefix("invalid type: string ")?
        .split_once(", expected ")?;
    let place = places(&document[..at])
        .into_iter()
        .rev()
        .find(|place| place.is_object)?;
    let inside = &document[place.start..at];
    let found_at = inside.match_indices(found).filter(|(start, _)| {
        let behind = inside[start + found.len()..].trim_start();
        !behind.starts_with(':')
    });
    found_at.last().map(|(start, _)| place.start + start)
}

/// Where the last text begins, of the object that a place is in, that has to be an address and is none: one whose name
/// is that of addresses in a capture, else one that is written like an address.
fn last_wrong_address(document: &str, at: usize) -> Option<usize> {
    let mut end = value_end(document, at);
    let mut depth = 0_usize;
    let mut like_one = None;
    loop {
        let close = document[..end].rfind('"');
        let between = &document[close.map_or(0, |close| close + 1)..end];
        for c in between.chars().rev() {
            match c {
                '}' => depth += 1,
                '{' if depth == 0 => return like_one,
                '{' => depth -= 1,
                _ => {}
            }
        }
        let Some(close) = close else { return like_one };
        let Some(open) = document[..close].rfind('"') else {
            return like_one;
        };
        let is_name = between.trim_start().starts_with(':');
        let text = &document[open + 1..close];
        let is_one = text.parse::<std::net::SocketAddr>().is_ok() || text.parse::<std::net::IpAddr>().is_ok();
        if !is_name && !is_one && depth == 0 {
            let key = key_at(document, open).unwrap_or_default();
            if is_of_addresses(&key) && !text.contains("://") {
                return Some(open);
            }
            let of_one = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '[' | ']' | '%');
            let has_digit = text.contains(|c: char| c.is_ascii_digit());
            let is_like_one = has_digit && text.contains(['.', ':']) && text.chars().all(of_one);
            if is_like_one && !matches!(key.as_str(), "name" | "label" | "version") {
                like_one = like_one.or(Some(open));
            }
        }
        end = open;
    }
}

/// Whether a name is one that addresses have in a capture.
fn is_of_addresses(key: &str) -> bool {
    key == "ip"
        || ["address", "addresses", "server", "servers"]
            .iter()
            .any(|end| key.ends_with(end))
}

/// Where the value at a place ends.
fn value_end(document: &str, at: usize) -> usize {
    document[at..]
        .find([',', '}', ']', '\n'])
        .map_or(document.len(), |end| at + end)
}

/// The value that ends at a place, behind its name or the comma or the bracket before it.
fn value_at(document: &str, at: usize) -> &str {
    // The parser's place is that of the last octet, or of the one behind it.
    let value = document[..value_end(document, at)].trim_end();
    let open = value.strip_suffix('"').and_then(|rest| rest.rfind('"'));
    open.map_or("what stands there", |open| &value[open..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only what is refused is looked at")]
    struct Shape {
        number: u32,
        list: Vec<std::net::IpAddr>,
        socket: Option<std::net::SocketAddr>,
        way: Moved,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Moved {
        OverTcp,
        OverUdp,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only what is refused is looked at")]
    struct Inner {
        name: String,
    }

    /// Of an object whose values are read at its end.
    #[test]
    fn the_wrong_address_of_an_object_is_in_it() {
        let found = |document: &str| {
            let at = document.rfind("} ").expect("an object that ends");
            last_wrong_address(document, at).map(|open| value_at(document, open + 1).to_owned())
        };
        for (document, value) in [
            (
                r#"[{"address": "10.0.0.300"}, {"name": "1.19.2", "address": "unknown", "port": 53} ]"#,
                Some("\"unknown\""),
            ),
            (
                r#"[{"address": "10.0.0.300"}, {"address": "10.0.0.1:53", "of": {"ip": "x"}, "name": "1.19.2"} ]"#,
                None,
            ),
            (
                r#"{"servers": ["10.0.0.1:53", "10.0.0.300:53"], "way": "udp"} "#,
                Some("\"10.0.0.300:53\""),
            ),
            (
                r#"{"socket": "192.0.2.300:53", "version": "1.19.2"} "#,
                Some("\"192.0.2.300:53\""),
            ),
        ] {
            assert_eq!(found(document).as_deref(), value, "{document}");
        }
    }

    /// The name of a value is that of what it stands in, whatever stands in front of it.
    #[test]
    fn a_value_has_the_name_of_what_it_stands_in() {
        for (document, key) in [
            (r#"{"attempts": [{"conflicting_replies": []}, "x"]}"#, Some("attempts")),
            (
                r#"{"resolvers": [{"addresses": [{"ip": "a\\"}]}, "x"]}"#,
                Some("resolvers"),
            ),
            (r#"{"a": {"b": 1}, "c": "x"}"#, Some("c")),
            (r#"{"a": {"\"b": 1}, "c": {"d": [], "e": "x"}}"#, Some("e")),
            (r#"["x"]"#, None),
        ] {
            let at = document.rfind("\"x\"").expect("it is there");
            assert_eq!(key_at(document, at).as_deref(), key, "{document}");
        }
        // Read at the end of the object.
        let document = r#"{"lookups": [{"x": 1}, "x"], "addresses": []}"#;
        let at = text_in_object(
            document,
            document.len() - 1,
            "invalid type: string \"x\", expected struct Lookup",
        );
        assert_eq!(at.and_then(|at| key_at(document, at)).as_deref(), Some("lookups"));
    }

    #[test]
    fn each_kind_of_fault_in_our_words() {
        let whole = "{\n\"number\": 1,\n\"list\": [],\n\"way\": \"over-tcp\"\n}";
        assert!(serde_json::from_str::<Shape>(whole).is_ok());
        assert!(matches!(serde_json::from_str(r#""over-udp""#), Ok(Moved::OverUdp)));
        for (from, to, says) in [
            (
                "1,",
                "\"x\",",
                "line 2: number is the text \"x\", and has to be a whole number in its bounds",
            ),
            (
                "1,",
                "-1,",
                "line 2: number is the number -1, and has to be a whole number in its bounds",
            ),
            (
                "1,",
                "null,",
                "line 2: number is null, and has to be a whole number in its bounds",
            ),
            ("[]", "{}", "line 3: list is an object, and has to be a list"),
            (
                "\n}",
                ",\n\"socket\": \"192.0.2.300:53\"}",
                "line 5: socket is \"192.0.2.300:53\", and has to be an address with a port",
            ),
            (
                "[]",
                "[\"192.0.2\"]",
                "line 3: list is \"192.0.2\", and has to be an IP address",
            ),
            ("[]", "[7]", "line 3: list is the number 7, and has to be an IP address"),
            (
                "over-tcp",
                "over-tpc",
                "line 4: \"over-tpc\" is not known at way; the nearest that is: over-tcp",
            ),
            ("over-tcp", "zzz", "line 4: \"zzz\" is not known at way"),
            ("\"over-tcp\"", "7", "line 4: way cannot be \"7\""),
            (
                "\"number\": 1,\n",
                "",
                "line 4: the object that ends there has no \"number\"",
            ),
            (
                "[],",
                "[],\n\"list\": [],",
                "line 4: \"list\" stands twice in one object",
            ),
            (
                "\n}",
                ",\n\"inner\": 7}",
                "line 5: inner is the number 7, and has to be an object",
            ),
            (
                "\n}",
                "",
                "its JSON does not end, and line 4 is the last; save the whole document again",
            ),
            ("1,", "1 2,", "line 2: number cannot be \"2\""),
        ] {
            let text = whole.replacen(from, to, 1);
            let error = serde_json::from_str::<Shape>(&text).expect_err(&text);
            assert_eq!(said(&error, &text), says, "{error}");
        }
        let error = serde_json::from_str::<Shape>("<html>").expect_err("HTML");
        assert_eq!(said(&error, "<html>"), "line 1: \"<html>\" is not JSON");
        let deep = "[".repeat(1000);
        let error = serde_json::from_str::<serde_json::Value>(&deep).expect_err("too deep");
        assert!(said(&error, &deep).contains("nested deeper"));
    }
}
