//! JSON that a person reads: the text of a document with line feeds and two spaces a level, as serde_json's pretty
//! printer has it. The printer itself would compile every type of the documents a second time.

use serde::Serialize;

/// A document as JSON with line feeds and indents, without one at its end.
pub fn indented(document: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(of_text(&serde_json::to_string(document)?))
}

/// The same, of JSON without white space between its parts.
fn of_text(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut in_string = false;
    let mut is_escaped = false;
    let mut before = None;
    for c in json.chars() {
        if in_string {
            in_string = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
            out.push(c);
            before = Some(c);
            continue;
        }
        match c {
            '}' | ']' => {
                depth -= 1;
                // Nothing stands between the brackets of an empty list.
                if !matches!(before, Some('{' | '[')) {
                    line(&mut out, depth);
                }
            }
            _ if matches!(before, Some('{' | '[' | ',')) => line(&mut out, depth),
            _ => {}
        }
        out.push(c);
        match c {
            '{' | '[' => depth += 1,
            ':' => out.push(' '),
            '"' => in_string = true,
            _ => {}
        }
        before = Some(c);
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_what_the_library_prints() {
        let documents = [
            json!(null),
            json!("a \" , [ { : \\"),
            json!([]),
            json!({}),
            json!([[], {}, [1, -2.5e300, true], {"a": {"b": [{"c": null}]}, "\\": "]},:"}]),
            json!({"": "\u{1b}\n\\\"", "é": ["\u{10348}", "", {"x": []}]}),
        ];
        for document in documents {
            assert_eq!(indented(&document).ok(), serde_json::to_string_pretty(&document).ok());
        }
    }
}
