//! What a client asks for, by the revision of the protocol that it speaks.

use serde_json::{Map, Value, json};

use super::message::{INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, RequestFault, UNSUPPORTED_REVISION};
use super::tools::{self, McpTool};
use crate::limits;
use crate::render::text;

/// A revision of the protocol, by its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Revision {
    /// 2024-11-05.
    November2024,
    /// 2025-03-26: annotations of tools, and batches.
    March2025,
    /// 2025-06-18: structured results, and no batches.
    June2025,
    /// 2025-11-25.
    November2025,
    /// 2026-07-28: no handshake.
    July2026,
}

impl Revision {
    /// Every revision, the oldest first.
    pub const ALL: [Self; 5] = [
        Self::November2024,
        Self::March2025,
        Self::June2025,
        Self::November2025,
        Self::July2026,
    ];

    /// Its date.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::November2024 => "2024-11-05",
            Self::March2025 => "2025-03-26",
            Self::June2025 => "2025-06-18",
            Self::November2025 => "2025-11-25",
            Self::July2026 => "2026-07-28",
        }
    }

    fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|revision| revision.as_str() == text)
    }

    /// Whether every request says by itself what it is spoken in.
    pub fn is_stateless(self) -> bool {
        self >= Self::July2026
    }

    /// Whether a result has a place for a document of its own.
    pub fn has_structured_content(self) -> bool {
        self >= Self::June2025
    }

    /// Whether messages may come in batches.
    pub fn has_batches(self) -> bool {
        self == Self::March2025
    }
}

const REVISION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const SERVER: &str = "io.modelcontextprotocol/serverInfo";

/// What a client is told of this server.
const INSTRUCTIONS: &str = "Says why the name of an EKS cluster's API endpoint does not resolve from this host, and what \
    to change. Begin with check, or with explain where there is only an error message. conclusion and findings[0] of \
    the document are the answer; not_evaluated and gaps say what could not be seen. The text is what a terminal shows: \
    what it leaves to -v is in the document, and of the flags that it names a call has those in the tool's schema. Nothing \
    is changed anywhere.";

/// How long a list of tools may be kept, in milliseconds: it never changes while the program runs.
const KEPT: u32 = 3_600_000;

/// A call of a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// Which.
    pub tool: McpTool,
    /// With what.
    pub arguments: Map<String, Value>,
    /// Where progress is to be told.
    pub progress: Option<Value>,
    /// How the result is written.
    pub revision: Revision,
}

/// What a request comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum RequestKind {
    /// Answered at once.
    Answer(Value),
    /// A tool is to be called.
    Call(Box<ToolCall>),
}

/// One client, as long as it is connected.
#[derive(Debug, Clone, Default)]
pub struct ClientSession {
    /// What `initialize` settled on.
    settled: Option<Revision>,
    /// Whether a folder of files was given.
    has_files: bool,
}

impl ClientSession {
    /// A client that has said nothing yet.
    pub fn new(has_files: bool) -> Self {
        Self {
            settled: None,
            has_files,
        }
    }

    /// Whether messages may come in batches.
    pub fn has_batches(&self) -> bool {
        self.settled.is_some_and(Revision::has_batches)
    }

    /// Takes a request.
    pub fn take(&mut self, id: &Value, method: &str, params: &Map<String, Value>) -> Result<RequestKind, RequestFault> {
        let fault = |code, message: &str| RequestFault::of(id, code, message);
        if method == "initialize" {
            return self.initialize(id, params);
        }
        let stated = stated(id, params)?;
        if method == "ping" && stated.is_none() {
            return Ok(RequestKind::Answer(json!({})));
        }
        let revision = stated.or(self.settled).ok_or_else(|| {
            let said = format!(
                "begin with initialize, or give {REVISION:?} and {CAPABILITIES:?} in params._meta ({})",
                Revision::July2026.as_str()
            );
            RequestFault::of(id, INVALID_PARAMS, said)
        })?;
        match method {
            "server/discover" if revision.is_stateless() => Ok(RequestKind::Answer(complete(
                revision,
                json!({
                    "supportedVersions": [Revision::July2026.as_str()],
                    "capabilities": {"tools": {}},
                    "instructions": INSTRUCTIONS,
                    "ttlMs": KEPT,
                    "cacheScope": "public",
                }),
            ))),
            "tools/list" => {
                if params.get("cursor").is_some_and(|cursor| !cursor.is_null()) {
                    return Err(fault(INVALID_PARAMS, "the list has one page: leave \"cursor\" out"));
                }
                let mut list = json!({"tools": tools::list(self.has_files)});
                if let (true, Some(list)) = (revision.is_stateless(), list.as_object_mut()) {
                    list.insert("ttlMs".to_owned(), KEPT.into());
                    list.insert("cacheScope".to_owned(), "public".into());
                }
                Ok(RequestKind::Answer(complete(revision, list)))
            }
            "tools/call" => Self::call(id, params, revision),
            _ => {
                let said = format!("there is no method {:?}", shown(method));
                Err(fault(METHOD_NOT_FOUND, &said))
            }
        }
    }

    fn initialize(&mut self, id: &Value, params: &Map<String, Value>) -> Result<RequestKind, RequestFault> {
        if self.settled.is_some() {
            return Err(RequestFault::of(id, INVALID_REQUEST, "initialize was done already"));
        }
        let Some(wanted) = params.get("protocolVersion").and_then(Value::as_str) else {
            return Err(RequestFault::of(
                id,
                INVALID_PARAMS,
                "initialize has a text \"protocolVersion\"",
            ));
        };
        // One that is not known is answered with the latest that has this handshake.
        let settled = Revision::named(wanted)
            .filter(|revision| !revision.is_stateless())
            .unwrap_or(Revision::November2025);
        self.settled = Some(settled);
        Ok(RequestKind::Answer(json!({
            "protocolVersion": settled.as_str(),
            "capabilities": {"tools": {}},
            "serverInfo": server(),
            "instructions": INSTRUCTIONS,
        })))
    }

    fn call(id: &Value, params: &Map<String, Value>, revision: Revision) -> Result<RequestKind, RequestFault> {
        let fault = |message: String| RequestFault::of(id, INVALID_PARAMS, message);
        let Some(name) = params.get("name").and_then(Value::as_str) else {
            return Err(fault("tools/call has a text \"name\"".to_owned()));
        };
        let Some(tool) = McpTool::named(name) else {
            return Err(fault(format!("Unknown tool: {}", shown(name))));
        };
        let arguments = match params.get("arguments") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(arguments)) => arguments.clone(),
            Some(_) => return Err(fault("\"arguments\" is a JSON object".to_owned())),
        };
        let progress = params.get("_meta").and_then(|meta| meta.get("progressToken"));
        let is_token = |token: &&Value| match token {
            Value::String(text) => text.len() <= limits::MCP_TEXT,
            Value::Number(number) => number.is_i64() || number.is_u64(),
            _ => false,
        };
        Ok(RequestKind::Call(Box::new(ToolCall {
            tool,
            arguments,
            progress: progress.filter(is_token).cloned(),
            revision,
        })))
    }
}

/// The revision that a request states itself.
fn stated(id: &Value, params: &Map<String, Value>) -> Result<Option<Revision>, RequestFault> {
    let Some(meta) = params.get("_meta").and_then(Value::as_object) else {
        return Ok(None);
    };
    let Some(wanted) = meta.get(REVISION) else {
        return Ok(None);
    };
    let Some(wanted) = wanted.as_str() else {
        return Err(RequestFault::of(id, INVALID_PARAMS, format!("{REVISION:?} is a text")));
    };
    let known = Revision::named(wanted).filter(|revision| revision.is_stateless());
    let Some(revision) = known else {
        return Err(RequestFault {
            data: Some(json!({"supported": [Revision::July2026.as_str()], "requested": shown(wanted)})),
            ..RequestFault::of(id, UNSUPPORTED_REVISION, "Unsupported protocol version")
        });
    };
    if !meta.get(CAPABILITIES).is_some_and(Value::is_object) {
        return Err(RequestFault::of(
            id,
            INVALID_PARAMS,
            format!("params._meta has an object {CAPABILITIES:?}"),
        ));
    }
    Ok(Some(revision))
}

fn server() -> Value {
    json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")})
}

/// A result with what the revision has beside its own members.
fn complete(revision: Revision, mut result: Value) -> Value {
    if let Some(members) = result.as_object_mut() {
        members.extend(beside(revision).into_iter().map(|(key, value)| (key.to_owned(), value)));
    }
    result
}

/// The members that a revision has in every result.
pub fn beside(revision: Revision) -> Vec<(&'static str, Value)> {
    if !revision.is_stateless() {
        return Vec::new();
    }
    vec![("resultType", "complete".into()), ("_meta", json!({SERVER: server()}))]
}

/// A name from outside, cut.
fn shown(name: &str) -> String {
    let name: String = name.chars().take(limits::FLAG_NAME).collect();
    text::escape(&name)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn params(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn answer(session: &mut ClientSession, method: &str, with: impl std::borrow::Borrow<Value>) -> Result<Value, i32> {
        match session.take(&json!(1), method, &params(with.borrow())) {
            Ok(RequestKind::Answer(answer)) => Ok(answer),
            Ok(other) => panic!("{other:?}"),
            Err(fault) => Err(fault.code),
        }
    }

    #[test]
    fn a_revision_is_settled_on_as_each_has_it() {
        for (wanted, settled) in [
            ("2024-11-05", "2024-11-05"),
            ("2025-03-26", "2025-03-26"),
            ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"),
            ("2026-07-28", "2025-11-25"),
            ("1999-01-01", "2025-11-25"),
            ("", "2025-11-25"),
        ] {
            let mut session = ClientSession::default();
            let answer = answer(&mut session, "initialize", json!({"protocolVersion": wanted})).unwrap();
            assert_eq!(answer["protocolVersion"], settled, "{wanted}");
            assert_eq!(session.has_batches(), settled == "2025-03-26");
        }
        let mut session = ClientSession::default();
        assert_eq!(answer(&mut session, "initialize", json!({})), Err(INVALID_PARAMS));
        assert_eq!(answer(&mut session, "tools/list", json!({})), Err(INVALID_PARAMS));
        assert_eq!(answer(&mut session, "ping", json!({})), Ok(json!({})));
        answer(&mut session, "initialize", json!({"protocolVersion": "2025-06-18"})).unwrap();
        let again = answer(&mut session, "initialize", json!({"protocolVersion": "2025-06-18"}));
        assert_eq!(again, Err(INVALID_REQUEST));
        assert!(answer(&mut session, "tools/list", json!({})).is_ok());
        assert_eq!(
            answer(&mut session, "tools/list", json!({"cursor": "x"})),
            Err(INVALID_PARAMS)
        );
        assert_eq!(answer(&mut session, "resources/list", json!({})), Err(METHOD_NOT_FOUND));
        assert_eq!(
            answer(&mut session, "server/discover", json!({})),
            Err(METHOD_NOT_FOUND)
        );
    }

    #[test]
    fn a_request_may_state_its_revision_itself() {
        let meta = |revision: &str| json!({"_meta": {REVISION: revision, CAPABILITIES: {}}});
        let mut session = ClientSession::default();
        let found = answer(&mut session, "server/discover", meta("2026-07-28")).unwrap();
        assert_eq!(found["resultType"], "complete");
        assert_eq!(found["supportedVersions"], json!(["2026-07-28"]));
        let list = answer(&mut session, "tools/list", meta("2026-07-28")).unwrap();
        assert!(list["ttlMs"].is_u64() && list["cacheScope"] == "public" && list["_meta"].is_object());
        // It was removed.
        assert_eq!(answer(&mut session, "ping", meta("2026-07-28")), Err(METHOD_NOT_FOUND));
        let fault = session
            .take(&json!(1), "tools/list", &params(&meta("1900-01-01")))
            .unwrap_err();
        assert_eq!(fault.code, UNSUPPORTED_REVISION);
        assert_eq!(fault.data.unwrap()["requested"], "1900-01-01");
        let without = json!({"_meta": {REVISION: "2026-07-28"}});
        assert_eq!(answer(&mut session, "tools/list", without), Err(INVALID_PARAMS));
        let odd = json!({"_meta": {REVISION: 7, CAPABILITIES: {}}});
        assert_eq!(answer(&mut session, "tools/list", odd), Err(INVALID_PARAMS));
    }

    #[test]
    fn a_call_names_a_tool_and_has_an_object() {
        let mut session = ClientSession::default();
        answer(&mut session, "initialize", json!({"protocolVersion": "2025-11-25"})).unwrap();
        for with in [
            json!({}),
            json!({"name": 7}),
            json!({"name": "rm"}),
            json!({"name": "Check"}),
            json!({"name": "check", "arguments": []}),
            json!({"name": "check", "arguments": "x"}),
        ] {
            assert_eq!(answer(&mut session, "tools/call", with), Err(INVALID_PARAMS));
        }
        let with = json!({"name": "check", "_meta": {"progressToken": 3}});
        let Ok(RequestKind::Call(call)) = session.take(&json!(1), "tools/call", &params(&with)) else {
            panic!("no call");
        };
        assert_eq!((call.tool, call.progress), (McpTool::Check, Some(json!(3))));
    }
}
