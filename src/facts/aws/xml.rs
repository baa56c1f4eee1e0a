//! The XML in which EC2 (Query API, 2016-11-15), STS (2011-06-15) and Route 53 (2013-04-01) answer, as the JSON that
//! the AWS CLI prints of it (API references of the three services): what reads the one then reads the other.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use super::failure;
use crate::facts::shapes::XML_LISTS;
use crate::limits;

/// Elements that are numbers in JSON.
const NUMBERS: &[&str] = &["FromPort", "ToPort", "From", "To", "RuleNumber"];
/// Elements that are true or false in JSON.
const BOOLEANS: &[&str] = &["AccessAll", "Egress", "Main", "PrivateDnsEnabled", "SplitTunnel"];
/// Elements that hold one value, true or false.
const FLAGS: &[&str] = &["EnableDnsSupport", "EnableDnsHostnames"];

/// Why an answer cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotXml {
    #[error("the answer is not XML: {0}")]
    Syntax(String),
    #[error("the answer is not <{expected}> but <{found}>")]
    Other { expected: String, found: String },
    #[error("the answer is nested deeper than {} elements", limits::AWS_DEPTH)]
    TooDeep,
}

/// An element that is being read.
#[derive(Debug)]
struct XmlElement {
    /// As it is written.
    name: String,
    text: String,
    members: Map<String, Value>,
    items: Vec<Value>,
}

impl XmlElement {
    fn new(name: &[u8]) -> Self {
        Self {
            name: String::from_utf8_lossy(name).into_owned(),
            text: String::new(),
            members: Map::new(),
            items: Vec::new(),
        }
    }

    fn list(&self) -> Option<&'static str> {
        XML_LISTS
            .iter()
            .find(|(name, _)| *name == self.name)
            .map(|(_, called)| *called)
    }

    /// Its name in JSON: that of the XML, with a capital.
    fn called(&self) -> String {
        if let Some(called) = self.list() {
            return called.to_owned();
        }
        let mut rest = self.name.chars();
        let first = rest.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(rest).collect()
    }

    /// Puts a finished element into this one.
    fn take(&mut self, inner: Self) {
        if self.list().is_some() {
            // What a capture does not hold is not kept.
            if self.items.len() < limits::LIST_IN_CAPTURE {
                self.items.push(inner.value(false));
            }
            return;
        }
        let is_flag = FLAGS.contains(&self.called().as_str()) || BOOLEANS.contains(&inner.called().as_str());
        let called = inner.called();
        let value = inner.value(is_flag);
        self.members.insert(called, value);
    }

    fn value(self, is_flag: bool) -> Value {
        if self.list().is_some() {
            return Value::Array(self.items);
        }
        if !self.members.is_empty() {
            return Value::Object(self.members);
        }
        let text = self.text.trim();
        // An empty element is what JSON leaves out.
        if text.is_empty() {
            return Value::Null;
        }
        let as_number = NUMBERS.contains(&self.called().as_str());
        match (text, is_flag) {
            ("true", true) => Value::Bool(true),
            ("false", true) => Value::Bool(false),
            _ => text
                .parse::<i64>()
                .ok()
                .filter(|_| as_number)
                .map_or_else(|| Value::String(text.to_owned()), Value::from),
        }
    }
}

/// Reads a document whose root has this name: a web page would be an answer without anything. Without going down the
/// stack, and no deeper than [`limits::AWS_DEPTH`].
pub(super) fn json(root: &str, xml: &str) -> Result<Map<String, Value>, NotXml> {
    let mut document = read(xml, |found| {
        (found == root).then_some(()).ok_or_else(|| NotXml::Other {
            expected: root.to_owned(),
            found: found.chars().take(limits::AWS_VALUE).collect(),
        })
    })?;
    // STS wraps its answer in one member more.
    let result = format!("{}Result", root.trim_end_matches("Response"));
    match document.remove(&result) {
        Some(Value::Object(result)) => Ok(result),
        _ => Ok(document),
    }
}

fn read(xml: &str, is_root: impl Fn(&str) -> Result<(), NotXml>) -> Result<Map<String, Value>, NotXml> {
    let syntax = |said: &str| NotXml::Syntax(failure::short(said));
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<XmlElement> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| syntax(&error.to_string()))?;
        let text = match event {
            Event::Start(start) => {
                let element = XmlElement::new(start.local_name().as_ref());
                if open.is_empty() {
                    is_root(&element.name)?;
                }
                if open.len() >= limits::AWS_DEPTH {
                    return Err(NotXml::TooDeep);
                }
                open.push(element);
                continue;
            }
            Event::End(_) => {
                let done = open.pop().ok_or_else(|| syntax("an element ends that has not begun"))?;
                match open.last_mut() {
                    Some(outer) => outer.take(done),
                    None => return Ok(done.members),
                }
                continue;
            }
            Event::Text(text) => text.decode().map_err(|error| syntax(&error.to_string()))?.into_owned(),
            Event::CData(text) => text.decode().map_err(|error| syntax(&error.to_string()))?.into_owned(),
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| syntax(&error.to_string()))?;
                match reference.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    _ => resolve_predefined_entity(&name).unwrap_or_default().to_owned(),
                }
            }
            Event::Eof => return Err(syntax("it ends before its root does")),
            _ => continue,
        };
        if let Some(element) = open.last_mut() {
            element.text.push_str(&text);
        }
    }
}

/// The code and the message of an error: EC2's `<Response><Errors><Error>`, the others' `<ErrorResponse><Error>`.
pub(super) fn error(xml: &str) -> Option<(String, String)> {
    let document = read(xml, |_| Ok(())).ok()?;
    let error = document.get("Errors").unwrap_or(&Value::Null).get("Error");
    let error = error.or_else(|| document.get("Error"))?;
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let code = text("Code");
    (!code.is_empty()).then(|| (code, text("Message")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(root: &str, xml: &str) -> Value {
        json(root, xml).map_or_else(|error| json!(error.to_string()), Value::Object)
    }

    #[test]
    fn an_answer_has_the_names_of_the_cli() {
        let vpcs = "<?xml version=\"1.0\"?>\n<R xmlns=\"x\"><vpcSet>\n<item><vpcId>vpc-1</vpcId><tagSet/>\
                    <cidrBlockAssociationSet><item><cidrBlockState><state>associated</state></cidrBlockState></item>\
                    </cidrBlockAssociationSet></item></vpcSet><nextToken>a&amp;b&#33;</nextToken></R>";
        assert_eq!(
            read("R", vpcs),
            json!({"Vpcs": [{"VpcId": "vpc-1", "TagSet": null,
                "CidrBlockAssociationSet": [{"CidrBlockState": {"State": "associated"}}]}], "NextToken": "a&b!"})
        );
        let attribute = "<R><vpcId>1</vpcId><enableDnsSupport><value>true</value></enableDnsSupport></R>";
        assert_eq!(
            read("R", attribute),
            json!({"VpcId": "1", "EnableDnsSupport": {"Value": true}})
        );
        let ports = "<R><ipPermissions><item><fromPort>53</fromPort><groups/></item></ipPermissions></R>";
        assert_eq!(
            read("R", ports),
            json!({"IpPermissions": [{"FromPort": 53, "UserIdGroupPairs": []}]})
        );
        let caller = "<GetResponse><GetResult><Account>123456789012</Account></GetResult><M/></GetResponse>";
        assert_eq!(read("GetResponse", caller), json!({"Account": "123456789012"}));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for (xml, part) in [
            ("", "ends before"),
            ("<html></html>", "not <R> but <html>"),
            ("<R><a>", "ends before"),
            ("<R></a>", "not XML"),
        ] {
            let said = json("R", xml).map_err(|error| error.to_string());
            assert!(said.clone().is_err_and(|said| said.contains(part)), "{xml}: {said:?}");
        }
        let deep = format!("<R>{}", "<a>".repeat(1_000_000));
        assert!(matches!(json("R", &deep), Err(NotXml::TooDeep)));
    }
}
