//! What holds of the formats for other programs and for browsers, whatever is rendered in them: a small check of their structure. Real
//! parsers read them in `.ci/formats.py`.

use std::collections::{BTreeMap, BTreeSet};

use eks_dns_doctor::render::Format;

/// Octets that Nagios reads of a plugin.
const PLUGIN: usize = 4096;

/// Whether the text is one of its format. Of the others there is nothing to say here.
pub(crate) fn whole(format: Format, text: &str) -> Result<(), String> {
    match format {
        Format::OpenMetrics => openmetrics(text).map(|_| ()),
        Format::Junit => junit(text).map(|_| ()),
        Format::Nagios => nagios(text).map(|_| ()),
        Format::Html => html(text),
        _ => Ok(()),
    }
    .map_err(|fault| format!("{format}: {fault}\n{text}"))
}

/// The samples of an exposition: name, labels, value.
pub(crate) type Samples = Vec<(String, BTreeMap<String, String>, f64)>;

/// Reads metrics: each metric's HELP, its TYPE, then its samples, all with the same labels and none twice; no time
/// behind a value; `# EOF` at the end.
pub(crate) fn openmetrics(text: &str) -> Result<Samples, String> {
    let body = text.strip_suffix("# EOF\n").ok_or("no # EOF at the end")?;
    let mut samples = Samples::new();
    let mut metrics: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut helped = String::new();
    let mut current = String::new();
    for line in body.split_terminator('\n') {
        let fault = |why: &str| format!("{why}: {line:?}");
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, said) = help.split_once(' ').ok_or_else(|| fault("no help"))?;
            if said.is_empty() || said.contains('\\') || metrics.contains_key(name) {
                return Err(fault("a second time, or an empty help"));
            }
            name.clone_into(&mut helped);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').ok_or_else(|| fault("no type"))?;
            // What the text format of Prometheus and OpenMetrics both know, without counters.
            if name != helped || kind != "gauge" {
                return Err(fault(
                    "not behind its help, or a type that one of the two does not know",
                ));
            }
            name.clone_into(&mut current);
            metrics.insert(current.clone(), Vec::new());
        } else {
            let (name, labels, value) = sample(line).ok_or_else(|| fault("not a sample"))?;
            if name != current {
                return Err(fault("not below its metric"));
            }
            let names: Vec<String> = labels.iter().map(|(name, _)| name.clone()).collect();
            let known = metrics.get_mut(&name).ok_or_else(|| fault("no metric"))?;
            if known.is_empty() {
                known.clone_from(&names);
            }
            if *known != names {
                return Err(fault("other labels than the sample before"));
            }
            if !seen.insert((name.clone(), labels.clone())) {
                return Err(fault("twice"));
            }
            samples.push((name, labels.into_iter().collect(), value));
        }
    }
    if samples.is_empty() {
        return Err("no sample".to_owned());
    }
    state_sets(&samples)?;
    Ok(samples)
}

/// Exactly one state of a state set is 1.
fn state_sets(samples: &Samples) -> Result<(), String> {
    let mut sets: BTreeMap<(String, BTreeMap<String, String>), f64> = BTreeMap::new();
    for (name, labels, value) in samples {
        let mut of = labels.clone();
        if of.remove(name).is_some() {
            *sets.entry((name.clone(), of)).or_default() += value;
        }
    }
    match sets.iter().find(|(_, sum)| (**sum - 1.0).abs() > f64::EPSILON) {
        Some((set, sum)) => Err(format!("{sum} states of {set:?}")),
        None => Ok(()),
    }
}

/// A metric's name, its labels, its value.
type Sample = (String, Vec<(String, String)>, f64);

/// `name{label="value",…} value`, and nothing behind it.
fn sample(line: &str) -> Option<Sample> {
    let is_word = |text: &str| {
        let mut characters = text.chars();
        characters.next().is_some_and(|c| c.is_ascii_lowercase())
            && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let end = line.find(['{', ' '])?;
    let (name, mut rest) = line.split_at(end);
    let mut labels = Vec::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        loop {
            let (label, behind) = rest.split_once("=\"")?;
            if !is_word(label) {
                return None;
            }
            let mut value = String::new();
            let mut characters = behind.char_indices();
            let end = loop {
                match characters.next()? {
                    (at, '"') => break at,
                    (_, '\\') => value.push(match characters.next()?.1 {
                        'n' => '\n',
                        c @ ('\\' | '"') => c,
                        _ => return None,
                    }),
                    (_, c) => value.push(c),
                }
            };
            labels.push((label.to_owned(), value));
            rest = &behind[end + 1..];
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None => break,
            }
        }
        rest = rest.strip_prefix('}')?;
    }
    let value = rest.strip_prefix(' ')?;
    (is_word(name) && !value.contains(' ')).then_some(())?;
    Some((name.to_owned(), labels, value.parse().ok()?))
}

/// A test case: class, name, and what came of it.
pub(crate) type Cases = Vec<(String, String, &'static str)>;

/// Reads test cases: XML that is well formed, with the characters that XML 1.0 has, and suites whose counts are right.
pub(crate) fn junit(text: &str) -> Result<Cases, String> {
    let allowed = |c: char| {
        c == '\n' || (' '..='\u{d7ff}').contains(&c) || ('\u{e000}'..='\u{fffd}').contains(&c) || c > '\u{ffff}'
    };
    if let Some(c) = text.chars().find(|c| !allowed(*c)) {
        return Err(format!("XML has no character U+{:04X}", u32::from(c)));
    }
    let mut rest = text
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .ok_or("no declaration")?;
    let mut open: Vec<String> = Vec::new();
    let mut cases = Cases::new();
    let mut counts = [0_usize; 3];
    let mut stated = [0_usize; 3];
    while let Some(at) = rest.find('<') {
        entities(&rest[..at])?;
        let end = rest[at..].find('>').ok_or("a tag without an end")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            if name == "testsuite" && counts != stated {
                return Err(format!("{counts:?} cases, failures, skipped; stated are {stated:?}"));
            }
            continue;
        }
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let attributes = self::attributes(attributes)?;
        let number = |key: &str| {
            attributes
                .get(key)
                .and_then(|text| text.parse().ok())
                .ok_or(format!("no {key}"))
        };
        match name {
            "testsuite" => {
                stated = [number("tests")?, number("failures")?, number("skipped")?];
                counts = [0; 3];
            }
            "testcase" => {
                counts[0] += 1;
                let of = |key: &str| attributes.get(key).cloned().ok_or(format!("a case without {key}"));
                cases.push((of("classname")?, of("name")?, "passed"));
            }
            "failure" | "skipped" => {
                let case = cases.last_mut().ok_or("outside a case")?;
                case.2 = if name == "failure" { "failure" } else { "skipped" };
                counts[if name == "failure" { 1 } else { 2 }] += 1;
                attributes.get("message").ok_or("no message")?;
            }
            _ => {}
        }
        if !is_empty {
            open.push(name.to_owned());
        }
    }
    if !open.is_empty() || rest.trim() != "" {
        return Err(format!("open at the end: {open:?} {rest:?}"));
    }
    let mut names = BTreeSet::new();
    // Each place of a comparison has its own cases.
    let is_one = text.matches("<testsuite ").count() == 1;
    match cases
        .iter()
        .find(|(class, name, _)| is_one && !names.insert((class, name)))
    {
        Some(case) => Err(format!("twice: {case:?}")),
        None => Ok(cases),
    }
}

fn attributes(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once("=\"").ok_or("an attribute without a value")?;
        let (value, behind) = behind.split_once('"').ok_or("a value without an end")?;
        entities(value)?;
        if name.contains(|c: char| !c.is_ascii_lowercase() && c != '_')
            || found.insert(name.to_owned(), value.to_owned()).is_some()
        {
            return Err(format!("the attribute {name:?}"));
        }
        rest = behind.trim_start();
    }
    Ok(found)
}

/// Every ampersand begins one of the five references.
fn entities(text: &str) -> Result<(), String> {
    let known = ["amp;", "lt;", "gt;", "quot;", "apos;"];
    match text
        .split('&')
        .skip(1)
        .find(|rest| !known.iter().any(|name| rest.starts_with(name)))
    {
        Some(rest) => Err(format!("no reference: &{}", rest.chars().take(8).collect::<String>())),
        None => Ok(()),
    }
}

/// Reads the line of a plugin: the service's state, and the labels of its numbers.
pub(crate) fn nagios(text: &str) -> Result<(String, Vec<String>), String> {
    let line = text.strip_suffix('\n').ok_or("no end of the line")?;
    if line.contains('\n') || text.len() > PLUGIN {
        return Err(format!("{} octets, or several lines", text.len()));
    }
    let said = line.strip_prefix("EKS DNS ").ok_or("not this service")?;
    let (state, said) = said.split_once(" - ").ok_or("no text")?;
    if !["OK", "WARNING", "CRITICAL", "UNKNOWN"].contains(&state) {
        return Err(format!("the state {state:?}"));
    }
    let (said, numbers) = said.split_once('|').ok_or("no numbers")?;
    if said.is_empty() || numbers.contains('|') {
        return Err("no text, or a second bar".to_owned());
    }
    let mut labels = Vec::new();
    let mut rest = numbers;
    while let Some(quoted) = rest.strip_prefix('\'') {
        let (label, behind) = quoted.split_once("'=").ok_or("a label without an end")?;
        let (value, behind) = behind.split_once(' ').unwrap_or((behind, ""));
        let mut fields = value.split(';');
        let number = fields.next().unwrap_or_default().trim_end_matches('s');
        let rest_is_right = fields.all(|field| field.is_empty() || field.parse::<f64>().is_ok());
        if label.is_empty() || label.contains(['\'', '=']) || number.parse::<f64>().is_err() || !rest_is_right {
            return Err(format!("the number {label:?} {value:?}"));
        }
        if labels.iter().any(|other| other == label) {
            return Err(format!("{label:?} twice"));
        }
        labels.push(label.to_owned());
        rest = behind;
    }
    if !rest.is_empty() || labels.is_empty() {
        return Err(format!("behind the numbers: {rest:?}"));
    }
    Ok((state.to_owned(), labels))
}

/// The elements of a page, and those among them that have no end.
const ELEMENTS: &[&str] = &[
    "a",
    "body",
    "br",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "main",
    "meta",
    "p",
    "path",
    "pre",
    "rect",
    "section",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];
const WITHOUT_END: &[&str] = &["br", "meta"];
/// The attributes; none of them runs anything, and of addresses there is `href` alone.
const ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "aria-label",
    "charset",
    "class",
    "content",
    "d",
    "height",
    "href",
    "http-equiv",
    "lang",
    "name",
    "open",
    "rel",
    "role",
    "rx",
    "scope",
    "tabindex",
    "viewBox",
    "width",
    "x",
    "y",
];

/// Reads a page: nothing but these elements and attributes, each in its place, and texts in which every `<` and quote is a
/// character reference.
fn html(text: &str) -> Result<(), String> {
    let mut rest = text.strip_prefix("<!DOCTYPE html>\n").ok_or("no document type")?;
    let mut open: Vec<&str> = Vec::new();
    while let Some(at) = rest.find('<') {
        let said = &rest[..at];
        let is_sheet = open.last() == Some(&"style");
        if !is_sheet && (said.contains(['>', '"', '\'', '`']) || !references(said)) {
            return Err(format!("a text that is not escaped: {said:?}"));
        }
        let end = rest[at..].find('>').ok_or("a tag without an end")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> without its start"));
            }
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if is_sheet || !ELEMENTS.contains(&name) {
            return Err(format!("<{tag}>"));
        }
        while !attributes.is_empty() {
            let (attribute, value) = attributes.split_once("=\"").ok_or_else(|| format!("<{tag}>"))?;
            let (value, more) = value.split_once('"').ok_or_else(|| format!("<{tag}>"))?;
            let is_elsewhere = attribute == "href" && !value.starts_with("https://");
            if !ATTRIBUTES.contains(&attribute) || is_elsewhere || value.contains(['<', '`']) || !references(value) {
                return Err(format!("{attribute} in <{tag}>"));
            }
            attributes = more.strip_prefix(' ').unwrap_or(more);
        }
        if !WITHOUT_END.contains(&name) {
            open.push(name);
        }
    }
    if open.is_empty() && rest == "\n" {
        Ok(())
    } else {
        Err(format!("open at the end: {open:?}, {rest:?}"))
    }
}

/// Whether each `&` of a text begins a character reference.
fn references(text: &str) -> bool {
    const KNOWN: &[&str] = &["amp;", "lt;", "gt;", "quot;", "#39;", "#96;"];
    text.split('&')
        .skip(1)
        .all(|rest| KNOWN.iter().any(|known| rest.starts_with(known)))
}
