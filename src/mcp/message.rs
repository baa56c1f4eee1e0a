//! The messages of JSON-RPC 2.0, a line each.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::limits;

/// Not JSON (JSON-RPC 2.0, section 5.1).
pub const PARSE_ERROR: i32 = -32700;
/// No message of JSON-RPC.
pub const INVALID_REQUEST: i32 = -32600;
/// There is no such method.
pub const METHOD_NOT_FOUND: i32 = -32601;
/// The method is not asked for like this.
pub const INVALID_PARAMS: i32 = -32602;
/// It could not be answered, by a fault of this program.
pub const INTERNAL_ERROR: i32 = -32603;
/// The revision of the protocol is not spoken here (MCP 2026-07-28, "Error Codes").
pub const UNSUPPORTED_REVISION: i32 = -32022;

/// A message that came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// It is to be answered.
    Request {
        /// A text or an integer.
        id: Value,
        /// What is asked for.
        method: String,
        /// With what.
        params: Map<String, Value>,
    },
    /// It is not to be answered.
    Notification {
        /// What it is about.
        method: String,
        /// What it says.
        params: Map<String, Value>,
    },
    /// An answer. Nothing is asked of clients, so it is of no use.
    Response,
}

/// A line that came in.
#[derive(Debug, Clone, PartialEq)]
pub enum IncomingLine {
    /// One message.
    One(Incoming),
    /// A batch, as some revisions have it.
    Batch(Vec<Result<Incoming, RequestFault>>),
}

/// Why a request is not answered with a result.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestFault {
    /// The request's; `null` where it could not be read.
    pub id: Value,
    /// One of the codes above.
    pub code: i32,
    /// What is wrong, and what to do.
    pub message: String,
    /// What a program reads of it.
    pub data: Option<Value>,
}

impl RequestFault {
    /// A fault of the request with this id.
    pub fn of(id: &Value, code: i32, message: impl Into<String>) -> Self {
        Self {
            id: id.clone(),
            code,
            message: message.into(),
            data: None,
        }
    }
}

/// Reads a line.
pub fn read(line: &[u8]) -> Result<IncomingLine, RequestFault> {
    let value: Value = serde_json::from_slice(line).map_err(|_| {
        let said = "the line is not one message in JSON and UTF-8, or is nested too deeply";
        RequestFault::of(&Value::Null, PARSE_ERROR, said)
    })?;
    match value {
        Value::Array(messages) if messages.is_empty() => {
            Err(RequestFault::of(&Value::Null, INVALID_REQUEST, "the batch is empty"))
        }
        Value::Array(messages) if messages.len() > limits::MCP_BATCH => {
            let said = format!("the batch has more than {} messages", limits::MCP_BATCH);
            Err(RequestFault::of(&Value::Null, INVALID_REQUEST, said))
        }
        Value::Array(messages) => Ok(IncomingLine::Batch(messages.into_iter().map(one).collect())),
        message => one(message).map(IncomingLine::One),
    }
}

fn one(message: Value) -> Result<Incoming, RequestFault> {
    let invalid = |id: &Value, said: &str| Err(RequestFault::of(id, INVALID_REQUEST, said));
    let Value::Object(mut message) = message else {
        return invalid(&Value::Null, "a message is a JSON object");
    };
    let given = message.remove("id");
    let id = given.clone().filter(is_id).unwrap_or_default();
    if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return invalid(&id, "a message has \"jsonrpc\": \"2.0\"");
    }
    let method = match message.remove("method") {
        Some(Value::String(method)) => method,
        Some(_) => return invalid(&id, "\"method\" is a text"),
        None if message.contains_key("result") || message.contains_key("error") => return Ok(Incoming::Response),
        None => return invalid(&id, "a request has a \"method\""),
    };
    if given.is_some() && id.is_null() {
        let said = format!("\"id\" is an integer, or a text of at most {} octets", limits::MCP_TEXT);
        return invalid(&id, &said);
    }
    let params = match message.remove("params") {
        None => Map::new(),
        Some(Value::Object(params)) => params,
        Some(_) if given.is_none() => Map::new(),
        Some(_) => return Err(RequestFault::of(&id, INVALID_PARAMS, "\"params\" is a JSON object")),
    };
    Ok(match given {
        Some(id) => Incoming::Request { id, method, params },
        None => Incoming::Notification { method, params },
    })
}

/// MCP: the id is a text or an integer, and never null.
fn is_id(id: &Value) -> bool {
    match id {
        Value::String(text) => text.len() <= limits::MCP_TEXT,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        _ => false,
    }
}

/// A result, as one line without its end. Everything in it serialises.
pub fn answer(id: &Value, result: &impl Serialize) -> Option<Box<RawValue>> {
    #[derive(Serialize)]
    struct ResultMessage<'a, T> {
        jsonrpc: &'static str,
        id: &'a Value,
        result: &'a T,
    }
    raw(&ResultMessage {
        jsonrpc: "2.0",
        id,
        result,
    })
}

/// A fault, as one line without its end.
pub fn fault(fault: &RequestFault) -> Option<Box<RawValue>> {
    let mut error = json!({"code": fault.code, "message": fault.message});
    if let (Some(data), Some(error)) = (&fault.data, error.as_object_mut()) {
        error.insert("data".to_owned(), data.clone());
    }
    raw(&json!({"jsonrpc": "2.0", "id": fault.id, "error": error}))
}

/// A notification, as one line without its end.
pub fn notification(method: &str, params: &Value) -> Option<Box<RawValue>> {
    raw(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
}

fn raw(message: &impl Serialize) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(message).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(line: &str) -> i32 {
        match read(line.as_bytes()) {
            Err(fault) => fault.code,
            Ok(found) => panic!("{line}: {found:?}"),
        }
    }

    #[test]
    fn what_is_no_message_has_its_code() {
        for line in ["", "{", "{]", "nonsense", "{\"a\":1}{\"b\":2}", &"[".repeat(200)] {
            assert_eq!(code(line), PARSE_ERROR, "{line}");
        }
        assert_eq!(
            read(b"{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}").map_err(|fault| fault.code),
            Err(PARSE_ERROR)
        );
        for line in [
            "1",
            "null",
            "\"x\"",
            "[]",
            "{}",
            r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":7}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#,
        ] {
            assert_eq!(code(line), INVALID_REQUEST, "{line}");
        }
        assert_eq!(
            code(r#"{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}"#),
            INVALID_PARAMS
        );
        let many = format!("[{}]", vec!["1"; limits::MCP_BATCH + 1].join(","));
        assert_eq!(code(&many), INVALID_REQUEST);
    }

    #[test]
    fn a_fault_has_the_id_where_it_can_be_read() {
        let Err(fault) = read(br#"{"jsonrpc":"2.0","id":"a","method":7}"#) else {
            panic!("it was read");
        };
        assert_eq!(fault.id, "a");
    }

    #[test]
    fn requests_notifications_and_answers_are_told_apart() {
        let read = |line: &str| read(line.as_bytes()).map_err(|fault| fault.message);
        assert_eq!(
            read(r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#),
            Ok(IncomingLine::One(Incoming::Request {
                id: json!(7),
                method: "ping".to_owned(),
                params: Map::new()
            }))
        );
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#),
            Ok(IncomingLine::One(Incoming::Notification { .. }))
        ));
        assert_eq!(
            read(r#"{"jsonrpc":"2.0","id":7,"result":{}}"#),
            Ok(IncomingLine::One(Incoming::Response))
        );
        assert!(matches!(read("[1, 2]"), Ok(IncomingLine::Batch(both)) if both.len() == 2));
    }
}
