//! The tools: what each takes, in words and as the command line's own arguments.
//!
//! The arguments of a call are values of flags of the command line, and are read as those: a value is written behind
//! its flag's `=`, or behind `--`, so that none of them can be taken for a flag. Whatever writes a file, starts a
//! program or reaches another host than those that are asked is not offered.

use std::any::TypeId;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, CommandFactory};
use serde_json::{Map, Value, json};

use crate::cli::args::{Cli, Command, NAME};
use crate::cli::{self, NothingToRun, nearest};
use crate::limits;

/// A tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum McpTool {
    /// Ask the resolvers.
    Check,
    /// What a message or a finding means.
    Explain,
    /// Several captures side by side.
    Compare,
    /// A capture again.
    Replay,
    /// A scenario.
    Demo,
}

/// What is read instead of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenText {
    /// The text itself, under this name.
    Text(String, Vec<u8>),
    /// A file below the folder that the server was started with, and the name that the caller gives it.
    File(Option<String>, PathBuf),
}

/// What a call comes to: a command, and what it reads instead of files.
#[derive(Debug)]
pub struct Job {
    /// The command, as the command line gives it.
    pub command: Command,
    /// The captures of `replay` and `compare`, in their order.
    pub given: Vec<GivenText>,
}

/// Finds a file below the folder that the server was started with; why it is not read, else.
pub type Find<'a> = &'a dyn Fn(&str) -> Result<PathBuf, String>;

/// The flags of check that a call may give. Not among them: what writes (`--save`), what starts a program or reaches
/// another host (`--via`, `--push`), what never ends by itself (`--watch`), what is about a terminal, and files of this
/// host by their path (`--kubeconfig`).
const OF_CHECK: &[&str] = &[
    "cluster",
    "region",
    "profile",
    "context",
    "no-aws",
    "since",
    "resolver",
    "vpc-resolver",
    "inbound",
    "public",
    "public-resolver",
    "tls-name",
    "insecure-tls",
    "no-local",
    "no-os",
    "no-controls",
    "connect",
    "expect",
    "expect-scope",
    "expect-view",
    "judge",
    "fail-on",
    "samples",
    "timeout",
    "attempts",
    "deadline",
    "vantage",
    "fix",
    "redact",
    "explain-why",
];
/// Those whose value is a file: offered where the server was started with a folder.
const FILES_OF_CHECK: &[&str] = &["facts", "resolv-conf", "hosts-file"];
const OF_REPLAY: &[&str] = &["fix", "redact", "explain-why"];
const OF_COMPARE: &[&str] = &["redact"];
const OF_DEMO: &[&str] = &["list", "fix", "redact", "explain-why"];

impl McpTool {
    /// Every tool, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Check, Self::Explain, Self::Compare, Self::Replay, Self::Demo];

    /// Its name, which is the command's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Explain => "explain",
            Self::Compare => "compare",
            Self::Replay => "replay",
            Self::Demo => "demo",
        }
    }

    /// The tool with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == name)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Check => "Diagnose the DNS of an EKS endpoint from this host",
            Self::Explain => "Explain a finding or an error message",
            Self::Compare => "Compare captures of several places",
            Self::Replay => "Diagnose a capture again",
            Self::Demo => "Play a failure on loopback and diagnose it",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Check => {
                "Asks this host's resolvers, and those that are named, for an EKS cluster's API endpoint, compares the \
                 answers with the addresses that the cluster has, and names the cause and the fix. Without target: \
                 the endpoint of the current kubectl context of this host. It sends DNS questions and reads from AWS \
                 with this host's credentials, and changes nothing. It takes up to deadline (15s). Start with no \
                 argument but target; findings[0] is the one cause to act on first."
            }
            Self::Explain => {
                "What a finding (for example no-forwarding) means and what to do, or what a pasted error message of \
                 kubectl, curl, nslookup or another client means. Offline: nobody is asked. Without text: the index \
                 of findings."
            }
            Self::Compare => {
                "Puts two captures or more side by side, for example a laptop's and a bastion's: what differs, and \
                 why. A capture is the document that check answers with, or the text that dig printed. Offline."
            }
            Self::Replay => "Runs today's rules on a capture, which is a document that check answered with. Offline.",
            Self::Demo => {
                "Starts the name servers of a scenario on loopback, and diagnoses it for real. Nothing leaves this \
                 host. Without scenario: the best known failure, an on-premises resolver that does not forward the \
                 name. list gives the names of the scenarios."
            }
        }
    }

    /// The flags of the command that a call may give, and those that name a file where it may name files.
    pub(super) fn offered(self, has_files: bool) -> impl Iterator<Item = &'static str> {
        let of_files: &[&str] = if has_files && self == Self::Check {
            FILES_OF_CHECK
        } else {
            &[]
        };
        self.flags().iter().chain(of_files).copied()
    }

    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Check => OF_CHECK,
            Self::Explain => &[],
            Self::Compare => OF_COMPARE,
            Self::Replay => OF_REPLAY,
            Self::Demo => OF_DEMO,
        }
    }

    /// The definition of the command, from which the arguments and their texts are taken.
    fn definition(self) -> clap::Command {
        let mut definition = Cli::command();
        definition.build();
        let command = definition.find_subcommand(self.as_str());
        command.cloned().unwrap_or_default()
    }
}

/// The name of a flag as a member of JSON.
pub(super) fn member(long: &str) -> String {
    long.replace('-', "_")
}

/// The tools as `tools/list` has them.
pub fn list(has_files: bool) -> Vec<Value> {
    McpTool::ALL
        .into_iter()
        .map(|tool| described(tool, has_files))
        .collect()
}

fn described(tool: McpTool, has_files: bool) -> Value {
    json!({
        "name": tool.as_str(),
        "title": tool.title(),
        "description": tool.description(),
        "inputSchema": input(tool, has_files),
        "outputSchema": output(tool),
        "annotations": {
            "title": tool.title(),
            // Of check the AWS SDK may renew a token of a login that AWS's tools keep in ~/.aws (aws-config,
            // src/sso/token.rs and src/login/cache.rs).
            "readOnlyHint": tool != McpTool::Check || !cfg!(feature = "aws"),
            "destructiveHint": false,
            "idempotentHint": true,
            // Only check asks anybody outside of this host.
            "openWorldHint": tool == McpTool::Check,
        },
    })
}

/// The schema of a tool's arguments.
fn input(tool: McpTool, has_files: bool) -> Value {
    let definition = tool.definition();
    let mut properties = Map::new();
    let mut required: Vec<&str> = Vec::new();
    let capture = |properties: &mut Map<String, Value>| {
        let about = match tool {
            McpTool::Replay => "The document that check answered with, as an object or as text.",
            _ => "The document that check answered with, as an object or as text; or the text that dig printed.",
        };
        properties.insert(
            "capture".to_owned(),
            json!({"type": ["object", "string"], "description": about}),
        );
        if has_files {
            let about = "Instead of it: a file with it, below the folder that the server was started with.";
            properties.insert("file".to_owned(), json!({"type": "string", "description": about}));
        }
    };
    match tool {
        McpTool::Check => {
            let about = definition.get_positionals().find_map(Arg::get_help);
            let about = about.map(ToString::to_string).unwrap_or_default();
            properties.insert("target".to_owned(), json!({"type": "string", "description": about}));
        }
        McpTool::Explain => {
            let about = "The name of a finding, or the text of an error message.";
            properties.insert("text".to_owned(), json!({"type": "string", "description": about}));
        }
        McpTool::Compare => {
            let mut of_place = Map::new();
            let about = "The name of the place, where the capture has none.";
            of_place.insert("name".to_owned(), json!({"type": "string", "description": about}));
            capture(&mut of_place);
            properties.insert(
                "captures".to_owned(),
                json!({
                    "type": "array",
                    "minItems": 2,
                    "maxItems": limits::PLACES,
                    "items": {"type": "object", "properties": of_place, "additionalProperties": false},
                }),
            );
            required.push("captures");
        }
        McpTool::Replay => {
            capture(&mut properties);
            if !has_files {
                required.push("capture");
            }
        }
        McpTool::Demo => {
            let about = "The name of a scenario.";
            properties.insert("scenario".to_owned(), json!({"type": "string", "description": about}));
        }
    }
    for long in tool.offered(has_files) {
        if let Some(arg) = definition.get_arguments().find(|arg| arg.get_long() == Some(long)) {
            let is_file = FILES_OF_CHECK.contains(&long);
            properties.insert(member(long), property(tool, arg, is_file, has_files));
        }
    }
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if let (false, Some(schema)) = (required.is_empty(), schema.as_object_mut()) {
        schema.insert("required".to_owned(), required.into());
    }
    schema
}

/// The schema of a flag's value.
fn property(tool: McpTool, arg: &Arg, is_file: bool, has_files: bool) -> Value {
    let about = arg.get_long_help().or(arg.get_help()).map(ToString::to_string);
    let mut about = tool.described(&about.unwrap_or_default(), has_files);
    if is_file {
        about.push_str(" The file is named by its path below the folder that the server was started with.");
    }
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let mut value = match arg.get_action() {
        ArgAction::SetTrue => return json!({"type": "boolean", "description": about}),
        _ if is_number(arg) => {
            let most = match arg.get_long() {
                Some("samples") => Some(limits::SAMPLES),
                Some("attempts") => Some(limits::ATTEMPTS),
                _ => None,
            };
            let mut number = json!({"type": "integer", "minimum": 1});
            if let (Some(most), Some(number)) = (most, number.as_object_mut()) {
                number.insert("maximum".to_owned(), most.into());
            }
            number
        }
        _ if values.is_empty() => json!({"type": "string"}),
        _ => json!({"type": "string", "enum": values}),
    };
    if matches!(arg.get_action(), ArgAction::Append) {
        value = json!({"type": "array", "items": value, "maxItems": limits::MCP_LIST});
    }
    if let Some(value) = value.as_object_mut() {
        value.insert("description".to_owned(), about.into());
    }
    value
}

fn is_number(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == TypeId::of::<u32>()
}

/// What the documents of a tool have at least. Their whole shape is in docs/*.schema.json.
fn output(tool: McpTool) -> Value {
    let text = json!({"type": "string"});
    match tool {
        McpTool::Explain => json!({
            "type": "object",
            "properties": {
                "schema_version": {"type": "integer"},
                "kind": {"enum": ["explanation", "finding", "findings"]},
                "understood": {"type": "boolean"},
                "messages": {"type": "array", "items": {"type": "object"}},
            },
            "required": ["schema_version", "kind"],
        }),
        _ => json!({
            "type": "object",
            "properties": {
                "schema_version": {"type": "integer"},
                "conclusion": {"enum": ["healthy", "degraded", "broken", "inconclusive"]},
                "exit_code": {"type": "integer"},
                "findings": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "rule": text,
                            "severity": {"enum": ["error", "warning", "info"]},
                            "confidence": {"enum": ["certain", "high", "medium", "low"]},
                            "summary": text,
                            "explanation": text,
                        },
                        "required": ["rule", "severity", "confidence", "summary"],
                    },
                },
                "scenarios": {"type": "array", "items": {"type": "object"}},
            },
            // demo with list has scenarios and no diagnosis.
            "required": match tool {
                McpTool::Demo => vec!["schema_version"],
                // A document of many targets has causes and targets in the place of findings.
                McpTool::Replay | McpTool::Compare => vec!["schema_version", "exit_code"],
                _ => vec!["schema_version", "conclusion", "exit_code", "findings"],
            },
        }),
    }
}

/// The arguments of a call as a command. An error is one line for whoever called.
pub fn job(tool: McpTool, mut arguments: Map<String, Value>, files: Option<Find<'_>>) -> Result<Job, String> {
    let definition = tool.definition();
    let mut words: Vec<OsString> = vec![NAME.into(), tool.as_str().into()];
    let mut behind: Vec<OsString> = Vec::new();
    let mut given = Vec::new();
    match tool {
        McpTool::Check => behind.extend(text(&mut arguments, "target")?.map(Into::into)),
        McpTool::Explain => {
            let most = usize::try_from(limits::PASTED).unwrap_or(usize::MAX);
            let text = text_of(&mut arguments, "text", most)?;
            // `-` is standard input, which is the protocol's.
            if text.as_deref().map(str::trim) == Some("-") {
                return Err("text: \"-\" is neither the name of a finding nor a message".to_owned());
            }
            behind.extend(text.map(Into::into));
        }
        McpTool::Compare => {
            let captures = match arguments.remove("captures") {
                Some(Value::Array(captures)) if captures.len() <= limits::PLACES => captures,
                Some(Value::Array(captures)) => {
                    return Err(format!(
                        "captures: {} are too many, {} are compared at most",
                        captures.len(),
                        limits::PLACES
                    ));
                }
                None | Some(Value::Null) => {
                    return Err("captures is missing: a list of objects with a capture each".to_owned());
                }
                Some(_) => return Err("captures: a list of objects with a capture each is wanted".to_owned()),
            };
            if captures.is_empty() {
                return Err("captures is empty: name at least one object with a capture".to_owned());
            }
            for (index, capture) in captures.into_iter().enumerate() {
                let Value::Object(mut capture) = capture else {
                    return Err("captures: each is an object with a capture".to_owned());
                };
                let name = text(&mut capture, "name")?;
                let is_none = |name: &String| name.chars().count() > limits::PLACE_NAME || name.trim().is_empty();
                if name.as_ref().is_some_and(is_none) {
                    let most = limits::PLACE_NAME;
                    return Err(format!("captures: a name has 1 to {most} characters"));
                }
                given.push(one(&mut capture, name, &format!("place-{}", index + 1), files)?);
                if let Some(other) = capture.keys().next() {
                    return Err(unknown("captures", other, &["name", "capture", "file"]));
                }
                behind.push(format!("{}", index + 1).into());
            }
        }
        McpTool::Replay => {
            given.push(one(&mut arguments, None, "capture", files)?);
            behind.push("capture".into());
        }
        McpTool::Demo => behind.extend(text(&mut arguments, "scenario")?.map(Into::into)),
    }
    for (name, value) in arguments {
        let Some(long) = tool.offered(files.is_some()).find(|long| member(long) == name) else {
            let own = ["target", "text", "captures", "capture", "scenario"].map(str::to_owned);
            let known: Vec<String> = tool.offered(files.is_some()).map(member).chain(own).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(unknown(tool.as_str(), &name, &known));
        };
        let Some(arg) = definition.get_arguments().find(|arg| arg.get_long() == Some(long)) else {
            continue;
        };
        let find = files.filter(|_| FILES_OF_CHECK.contains(&long));
        words.extend(flag(long, arg, value, find).map_err(|reason| format!("{name}: {reason}"))?);
    }
    words.push("--".into());
    words.extend(behind);
    match cli::parse(words) {
        Ok(command) => Ok(Job { command, given }),
        Err(NothingToRun::Usage(error)) => Err(tool.refusal(&error.to_string(), files.is_some())),
        Err(NothingToRun::Print(_)) => Err("the arguments are not those of a call".to_owned()),
    }
}

/// A flag with its value or values, as the command line has them.
fn flag(long: &str, arg: &Arg, value: Value, files: Option<Find<'_>>) -> Result<Vec<OsString>, String> {
    let wanted = if is_number(arg) {
        "a whole number is wanted"
    } else {
        "a text is wanted"
    };
    let written = |value: Value| -> Result<OsString, String> {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => whole(&number).ok_or(wanted)?.to_string(),
            _ => return Err(wanted.to_owned()),
        };
        if text.len() > limits::MCP_TEXT {
            return Err(format!("the text is longer than {} octets", limits::MCP_TEXT));
        }
        let mut word = OsString::from(format!("--{long}="));
        match files {
            Some(find) => word.push(find(&text)?),
            None => word.push(text),
        }
        Ok(word)
    };
    match (arg.get_action(), value) {
        (ArgAction::SetTrue, Value::Bool(is_on)) => Ok(is_on.then(|| format!("--{long}").into()).into_iter().collect()),
        (ArgAction::SetTrue, _) => Err("true or false is wanted".to_owned()),
        (ArgAction::Append, Value::Array(values)) if values.len() > limits::MCP_LIST => Err(format!(
            "{} values are too many: give at most {}",
            values.len(),
            limits::MCP_LIST
        )),
        (ArgAction::Append, Value::Array(values)) => values.into_iter().map(written).collect(),
        (_, value) => Ok(vec![written(value)?]),
    }
}

/// The integer that a number is: 1.0 is one (JSON Schema, draft 2020-12, section 4.2.3).
fn whole(number: &serde_json::Number) -> Option<u64> {
    number.as_u64().or_else(|| {
        let value = number.as_f64()?;
        let is_whole = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
        is_whole.then(|| format!("{value:.0}").parse().ok()).flatten()
    })
}

/// A text of the arguments, taken out.
fn text(arguments: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    text_of(arguments, name, limits::MCP_TEXT)
}

/// A text of the arguments of at most so many octets, taken out.
fn text_of(arguments: &mut Map<String, Value>, name: &str, most: usize) -> Result<Option<String>, String> {
    match arguments.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() > most => Err(format!("{name}: the text is longer than {most} octets")),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name}: a text is wanted")),
    }
}

/// A capture, or the file that has it, taken out. A text without a name is called `otherwise`.
fn one(
    arguments: &mut Map<String, Value>,
    name: Option<String>,
    otherwise: &str,
    files: Option<Find<'_>>,
) -> Result<GivenText, String> {
    if arguments.contains_key("capture") && arguments.contains_key("file") {
        return Err("capture and file are both given: give one of them".to_owned());
    }
    let bytes = match (arguments.remove("capture"), files) {
        (Some(Value::String(text)), _) => text.into_bytes(),
        (Some(document @ Value::Object(_)), _) => document.to_string().into_bytes(),
        (Some(_), _) => return Err("capture: an object or a text is wanted".to_owned()),
        (None, Some(find)) => {
            let file = text(arguments, "file")?.ok_or("capture is missing: give it, or file")?;
            return find(&file)
                .map(|path| GivenText::File(name, path))
                .map_err(|reason| format!("file: {reason}"));
        }
        (None, None) if arguments.contains_key("file") => {
            return Err("file: this server was started without a folder of files: give the capture itself".to_owned());
        }
        (None, None) => return Err("capture is missing: give the document".to_owned()),
    };
    Ok(GivenText::Text(name.unwrap_or_else(|| otherwise.to_owned()), bytes))
}

fn unknown(of: &str, name: &str, known: &[&str]) -> String {
    let name: String = name.chars().take(limits::FLAG_NAME).collect();
    let meant = nearest(&name, known.iter().copied());
    let meant = match meant.first() {
        Some(meant) => format!(" (did you mean {meant}?)"),
        None => String::new(),
    };
    format!("{of}: {name:?} is not offered here{meant}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "api.example.test";

    fn of(tool: McpTool, arguments: Value) -> Result<Job, String> {
        let Value::Object(arguments) = arguments else {
            panic!("{arguments}");
        };
        job(tool, arguments, None)
    }

    fn check(arguments: Value) -> Box<crate::cli::args::CheckArgs> {
        match of(McpTool::Check, arguments) {
            Ok(Job {
                command: Command::Check(args),
                ..
            }) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_flag_that_is_offered_is_there_and_none_of_them_writes_or_runs() {
        for tool in McpTool::ALL {
            let definition = tool.definition();
            for long in tool.offered(true) {
                let is_there = definition.get_arguments().any(|arg| arg.get_long() == Some(long));
                assert!(is_there, "{} {long}", tool.as_str());
                assert!(!["save", "via", "push", "watch", "kubeconfig", "output", "targets"].contains(&long));
            }
            let schema = input(tool, true);
            for (name, property) in schema["properties"].as_object().expect("an object") {
                let is_told = property["description"].as_str().is_some_and(|text| text.len() > 10);
                assert!(is_told || name == "captures", "{name}");
            }
        }
    }

    #[test]
    fn descriptions_and_refusals_are_in_the_words_of_a_call() {
        for tool in McpTool::ALL {
            for has_files in [false, true] {
                let schema = input(tool, has_files);
                for (name, property) in schema["properties"].as_object().expect("an object") {
                    let about = property["description"].as_str().unwrap_or_default();
                    assert!(
                        !about.contains("--") && !about.contains("repeatable"),
                        "{name}: {about}"
                    );
                    assert!(!about.contains("  ") && !about.contains(". ."), "{name}: {about}");
                }
            }
        }
        let schema = input(McpTool::Check, false);
        assert_eq!(
            (
                &schema["properties"]["samples"]["maximum"],
                &schema["properties"]["attempts"]["maximum"]
            ),
            (&json!(limits::SAMPLES), &json!(limits::ATTEMPTS))
        );
        let about = |property: &Value| property["description"].as_str().unwrap_or_default().to_owned();
        assert!(about(&schema["properties"]["resolver"]).contains("else for tls_name,"));
        let of = |tool: McpTool| about(&input(tool, false)["properties"]["capture"]);
        assert!(!of(McpTool::Replay).contains("dig"), "{}", of(McpTool::Replay));
    }

    #[test]
    fn a_value_never_becomes_a_flag() {
        for text in [
            "--save=x",
            "-o",
            "--via=ssh:x",
            "--help",
            "--",
            "-",
            "--watch",
            "demo",
            "check",
        ] {
            let named = of(McpTool::Check, json!({"target": text}));
            if let Ok(Job { command, .. }) = named {
                let Command::Check(args) = command else {
                    panic!("{text}: {command:?}");
                };
                assert_eq!(args.target.as_deref(), Some(text));
                assert!(args.output.save.is_none() && args.via.is_empty() && args.watch.is_none());
            }
            let args = check(json!({"target": HOST, "vantage": text, "judge": [text, text], "cluster": "c"}));
            assert_eq!(args.vantage.as_deref(), Some(text));
            assert_eq!(args.judge, [text, text]);
            assert!(args.output.save.is_none() && args.via.is_empty() && args.watch.is_none());
            match of(McpTool::Explain, json!({"text": text})) {
                Ok(Job {
                    command: Command::Explain(args),
                    ..
                }) => assert_eq!(args.what, [text]),
                other => assert_eq!(text, "-", "{other:?}"),
            }
            match of(McpTool::Demo, json!({"scenario": text})) {
                Ok(Job {
                    command: Command::Demo(args),
                    ..
                }) => assert_eq!(args.scenario.as_deref(), Some(text)),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_not_offered_is_refused() {
        for name in [
            "save",
            "via",
            "push",
            "watch",
            "kubeconfig",
            "facts",
            "output",
            "verbose",
            "--save",
            "nonsense",
        ] {
            let refused = of(McpTool::Check, json!({"target": HOST, name: "x"})).map(|_| ());
            assert!(
                refused.as_ref().is_err_and(|said| said.contains("not offered")),
                "{name}: {refused:?}"
            );
        }
        let meant = of(McpTool::Check, json!({"resolvers": ["10.0.0.1"]})).map(|_| ());
        assert_eq!(
            meant,
            Err("check: \"resolvers\" is not offered here (did you mean resolver?)".to_owned())
        );
    }

    #[test]
    fn values_are_held_to_what_the_command_line_takes() {
        let args = check(json!({
            "target": HOST, "resolver": ["corp=10.0.0.1", "tcp://10.0.0.2"], "inbound": ["10.0.1.10", "10.0.2.10"],
            "samples": 3, "no_os": true, "public": false, "expect_scope": "private", "timeout": "2s",
        }));
        assert_eq!((args.resolver.len(), args.inbound.len(), args.samples), (2, 2, 3));
        assert!(args.no_os && !args.public);
        assert_eq!(check(json!({"target": HOST, "samples": 7.0})).samples, 7);
        for (arguments, says) in [
            (json!({"resolver": ["corp"]}), "is not an IP address"),
            (json!({"resolver": [7.5]}), "a text is wanted"),
            (json!({"resolver": {}}), "a text is wanted"),
            (json!({"samples": 101}), "not a number from 1 to 100"),
            (json!({"samples": 101}), "samples: "),
            (json!({"samples": -1}), "a whole number is wanted"),
            (json!({"samples": 1.5}), "a whole number is wanted"),
            (json!({"samples": 1e300}), "a whole number is wanted"),
            (json!({"target": "x".repeat(5000)}), "longer than"),
            (json!({"public": "yes"}), "true or false"),
            (json!({"expect_scope": "both"}), "write private or public"),
            (json!({"deadline": "11m"}), "too long"),
            (json!({"vantage": "x".repeat(5000)}), "longer than"),
            (json!({"resolver": vec!["10.0.0.1"; 300]}), "too many"),
            (json!({"target": ["a.test"]}), "a text is wanted"),
        ] {
            let refused = of(McpTool::Check, arguments.clone()).map(|_| ());
            assert!(
                refused.as_ref().is_err_and(|said| said.contains(says)),
                "{arguments}: {refused:?}"
            );
        }
    }

    #[test]
    fn captures_are_given_and_files_only_where_there_is_a_folder() {
        let job = of(
            McpTool::Compare,
            json!({"captures": [{"capture": {"a": 1}}, {"name": "b", "capture": "dig"}]}),
        );
        let given = job.map(|job| job.given);
        assert_eq!(
            given,
            Ok(vec![
                GivenText::Text("place-1".to_owned(), b"{\"a\":1}".to_vec()),
                GivenText::Text("b".to_owned(), b"dig".to_vec())
            ])
        );
        for (tool, arguments, says) in [
            (McpTool::Replay, json!({}), "capture is missing"),
            (McpTool::Replay, json!({"capture": [1]}), "an object or a text"),
            (
                McpTool::Replay,
                json!({"file": "/etc/passwd"}),
                "without a folder of files",
            ),
            (McpTool::Compare, json!({}), "captures is missing"),
            (McpTool::Compare, json!({"captures": [{"capture": "x"}]}), "CAPTURE"),
            (
                McpTool::Compare,
                json!({"captures": [{"capture": "x", "path": "y"}, {}]}),
                "not offered",
            ),
            (
                McpTool::Compare,
                json!({"captures": vec![json!({"capture": "x"}); 65]}),
                "too many",
            ),
        ] {
            let refused = of(tool, arguments.clone()).map(|_| ());
            assert!(
                refused.as_ref().is_err_and(|said| said.contains(says)),
                "{arguments}: {refused:?}"
            );
        }
        let find = |name: &str| -> Result<PathBuf, String> { Ok(PathBuf::from("/below").join(name)) };
        let Value::Object(arguments) = json!({"target": HOST, "facts": ["a=b,c.json"], "hosts_file": "--h"}) else {
            panic!("no object");
        };
        match super::job(McpTool::Check, arguments, Some(&find)).map(|job| job.command) {
            Ok(Command::Check(args)) => {
                assert_eq!(args.sources.facts, [PathBuf::from("/below/a=b,c.json")]);
                assert_eq!(args.hosts_file, Some(PathBuf::from("/below/--h")));
            }
            other => panic!("{other:?}"),
        }
    }
}
