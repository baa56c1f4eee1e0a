//! `mcp` as a program: every tool, and callers that are careless or hostile.

#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

#[path = "common/name_server.rs"]
mod name_server;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use name_server::{ADDRESS, HOST, Plays, reply};
use serde_json::{Value, json};

/// Less than any window of these tests: what ends so soon has waited for none.
const NO_WINDOW: std::time::Duration = std::time::Duration::from_secs(10);

const PATIENCE: Duration = Duration::from_secs(60);

/// A name server on loopback over UDP. It ends with the test.
fn server(plays: Plays) -> SocketAddr {
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = udp.local_addr().expect("an address");
    thread::spawn(move || {
        let mut query = [0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut query) {
            if let Some(reply) = reply(&query[..length], plays) {
                udp.send_to(&reply, client).ok();
            }
        }
    });
    address
}

fn program(arguments: &[&str], home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
    command
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("HOME", home)
        .arg("mcp")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The program, and a caller that reads what it says.
struct Caller {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    _home: tempfile::TempDir,
}

impl Caller {
    fn start(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let mut child = program(arguments, home.path()).spawn().expect("it starts");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            stdin: child.stdin.take(),
            child,
            lines,
            _home: home,
        }
    }

    /// One that has done what the revision asks for first.
    fn begin(arguments: &[&str], revision: &str) -> Self {
        let mut caller = Self::start(arguments);
        caller.say(
            &json!({"jsonrpc": "2.0", "id": "begin", "method": "initialize", "params": {
            "protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}),
        );
        let answer = caller.hear();
        assert_eq!(answer["result"]["protocolVersion"], revision);
        assert!(answer["result"]["capabilities"]["tools"].is_object());
        caller.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        caller
    }

    fn put(&mut self, octets: &[u8]) {
        let stdin = self.stdin.as_mut().expect("it is open");
        stdin
            .write_all(octets)
            .and_then(|()| stdin.flush())
            .expect("it is read");
    }

    fn say(&mut self, message: &Value) {
        self.put(format!("{message}\n").as_bytes());
    }

    fn hear(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("an answer");
        assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.say(&json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}));
        let answer = self.hear();
        assert_eq!(answer["id"], 7, "{answer}");
        answer
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        assert!(answer["result"].is_object(), "{answer}");
        answer["result"].clone()
    }

    /// The document of a call that is done.
    fn document(&mut self, tool: &str, arguments: &Value) -> Value {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], false, "{result}");
        assert!(
            result["content"][0]["text"]
                .as_str()
                .is_some_and(|text| !text.trim().is_empty())
        );
        result["structuredContent"].clone()
    }

    /// The words of a call that is refused.
    fn refused(&mut self, tool: &str, arguments: &Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{tool} {arguments}: {result}");
        assert!(result["structuredContent"].is_null(), "{result}");
        result["content"][0]["text"].as_str().expect("a text").to_owned()
    }

    /// Ends standard input, and returns the exit code, what was said on standard error, and how long it took.
    fn end(mut self) -> (i32, String, Duration) {
        let began = Instant::now();
        drop(self.stdin.take());
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("text");
        let code = self.child.wait().expect("it ends").code().expect("a code");
        (code, said, began.elapsed())
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn check_of(server: SocketAddr) -> Value {
    json!({
        "target": HOST, "resolver": [format!("corp={server}")], "no_local": true, "no_os": true, "no_aws": true,
        "no_controls": true, "expect": ["192.168.104.190"], "timeout": "2s",
    })
}

#[test]
fn every_tool_answers_with_its_document() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    let list = caller.ask("tools/list", &json!({}));
    let tools = list["result"]["tools"].as_array().expect("a list").clone();
    let names: Vec<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(names, ["check", "explain", "compare", "replay", "demo"]);
    for tool in &tools {
        let keeps_tokens = tool["name"] == "check" && cfg!(feature = "aws");
        assert_eq!(tool["annotations"]["readOnlyHint"], !keeps_tokens);
        assert_eq!(tool["annotations"]["destructiveHint"], false);
        assert_eq!(tool["annotations"]["openWorldHint"], tool["name"] == "check");
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object");
            jsonschema::meta::validate(&tool[schema]).expect("a schema");
        }
    }
    let output = |name: &str| {
        let tool = tools.iter().find(|tool| tool["name"] == name).expect("it is listed");
        jsonschema::validator_for(&tool["outputSchema"]).expect("a schema")
    };
    let of_place = |plays, place: &str| {
        let mut arguments = check_of(server(plays));
        arguments["vantage"] = json!(place);
        arguments
    };
    let good = caller.document("check", &of_place(Plays::Has(ADDRESS), "bastion"));
    assert_eq!(good["exit_code"], 0, "{good}");
    let bad = caller.document("check", &of_place(Plays::NxDomain, "laptop"));
    assert_eq!((&bad["conclusion"], &bad["exit_code"]), (&json!("broken"), &json!(1)));
    let replayed = caller.document("replay", &json!({"capture": bad.clone()}));
    assert_eq!(replayed["findings"], bad["findings"]);
    let as_text = caller.document("replay", &json!({"capture": bad.to_string(), "redact": true}));
    assert_eq!(as_text["conclusion"], "broken");
    assert!(
        !as_text.to_string().contains("0123456789ABCDEF0123456789ABCDEF"),
        "it is redacted"
    );
    let compared = caller.document(
        "compare",
        &json!({"captures": [{"name": "a", "capture": bad}, {"name": "b", "capture": good}]}),
    );
    let places: Vec<&str> = compared["places"]
        .as_array()
        .expect("places")
        .iter()
        .filter_map(|place| place["name"].as_str())
        .collect();
    assert_eq!(places, ["laptop", "bastion"]);
    // A name that the caller gives is no file's: nothing of it is an ending.
    let nameless = |capture: &Value| {
        let mut capture = capture.clone();
        capture["vantage"]["name"] = Value::Null;
        capture
    };
    let captures = [("10.0.0.5", &bad), ("host.example", &good)]
        .map(|(name, capture)| json!({"name": name, "capture": nameless(capture)}));
    let compared = caller.document("compare", &json!({"captures": captures}));
    let name_of = |index: usize| compared["places"][index]["name"].clone();
    assert_eq!([name_of(0), name_of(1)], ["10.0.0.5", "host.example"]);
    let message = format!("dial tcp: lookup {HOST} on 10.63.200.10:53: no such host");
    let explained = caller.document("explain", &json!({"text": message}));
    assert_eq!(
        (&explained["kind"], &explained["understood"]),
        (&json!("explanation"), &json!(true))
    );
    let page = caller.document("explain", &json!({"text": "no-forwarding"}));
    assert_eq!(
        (&page["kind"], &page["name"]),
        (&json!("finding"), &json!("no-forwarding"))
    );
    let index = caller.document("explain", &json!({}));
    assert!(index["findings"].as_array().is_some_and(|all| all.len() > 50));
    let scenarios = caller.document("demo", &json!({"list": true}));
    assert!(scenarios["scenarios"].as_array().is_some_and(|all| all.len() > 50));
    let played = caller.document("demo", &json!({}));
    assert_eq!(played["findings"][0]["rule"], "no-forwarding");
    let many = |name: &str, plays| {
        let folder = tempfile::tempdir().expect("a directory");
        let (file, targets) = (folder.path().join("many.json"), folder.path().join("targets"));
        std::fs::write(&targets, format!("{HOST} {} one\n", std::net::Ipv4Addr::from(ADDRESS))).expect("a file");
        let resolver = format!("{name}={}", server(plays));
        let flags = "check --no-local --no-os --no-controls --no-aws -o json --targets";
        let mut command = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
        command.env_clear().args(flags.split(' ')).arg(&targets);
        command.args(["--resolver", &resolver, "--save"]).arg(&file);
        command.output().expect("it runs");
        let text = std::fs::read(&file).expect("a document");
        serde_json::from_slice::<Value>(&text).expect("JSON")
    };
    let (well, ill) = (many("corp", Plays::Has(ADDRESS)), many("corp", Plays::NxDomain));
    let many_again = caller.document("replay", &json!({"capture": ill}));
    assert_eq!(
        (&many_again["kind"], &many_again["causes"]),
        (&json!("fleet"), &ill["causes"])
    );
    let across = caller.document("compare", &json!({"captures": [{"capture": well}, {"capture": ill}]}));
    assert_eq!(across["targets"].as_array().map(Vec::len), Some(1));
    caller.refused("compare", &json!({"captures": [{"capture": well}, {"capture": good}]}));
    let refusal = caller.refused("demo", &json!({"scenario": "nope"}));
    assert!(refusal.contains("give list for"), "{refusal}");
    for (tool, document) in [
        ("replay", &many_again),
        ("compare", &across),
        ("check", &replayed),
        ("replay", &as_text),
        ("compare", &compared),
        ("explain", &explained),
        ("explain", &page),
        ("explain", &index),
        ("demo", &played),
        ("demo", &scenarios),
    ] {
        assert!(output(tool).is_valid(document), "{tool}: {document}");
    }
    let (code, said, _) = caller.end();
    assert_eq!((code, said.as_str()), (0, ""));
}

#[test]
fn older_revisions_have_the_document_as_a_text_and_batches_where_they_had_them() {
    let mut caller = Caller::begin(&[], "2025-03-26");
    let result = caller.call("explain", &json!({"text": "no-forwarding"}));
    assert!(result["structuredContent"].is_null());
    let text = result["content"][1]["text"].as_str().expect("a second text");
    let document: Value = serde_json::from_str(text).expect("a document");
    assert_eq!(document["name"], "no-forwarding");
    caller.say(&json!([
        {"jsonrpc": "2.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "method": "notifications/nothing"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "explain", "arguments": {}}},
        {"jsonrpc": "2.0", "id": 3, "method": "none"},
        7,
    ]));
    let answers = caller.hear();
    let mut ids: Vec<String> = answers
        .as_array()
        .expect("a batch")
        .iter()
        .map(|answer| answer["id"].to_string())
        .collect();
    ids.sort();
    assert_eq!(ids, ["1", "2", "3", "null"]);
    // Nothing to answer, no answer.
    caller.say(&json!([{"jsonrpc": "2.0", "method": "notifications/nothing"}]));
    assert_eq!(caller.ask("ping", &json!({}))["result"], json!({}));
    let mut later = Caller::begin(&[], "2025-06-18");
    later.say(&json!([{"jsonrpc": "2.0", "id": 1, "method": "ping"}]));
    assert_eq!(later.hear()["error"]["code"], -32600);
}

#[test]
fn a_request_may_bring_its_revision_along() {
    let mut caller = Caller::start(&[]);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    let found = caller.ask("server/discover", &json!({"_meta": meta}));
    assert_eq!(found["result"]["supportedVersions"], json!(["2026-07-28"]));
    let explained = caller.ask(
        "tools/call",
        &json!({"_meta": meta, "name": "explain", "arguments": {"text": "no-forwarding"}}),
    );
    assert_eq!(explained["result"]["resultType"], "complete");
    assert_eq!(explained["result"]["structuredContent"]["name"], "no-forwarding");
    let old = json!({"io.modelcontextprotocol/protocolVersion": "1900-01-01"});
    let refused = caller.ask("tools/list", &json!({"_meta": old}));
    assert_eq!(refused["error"]["code"], -32022);
    assert_eq!(refused["error"]["data"]["supported"], json!(["2026-07-28"]));
    // Neither a handshake nor a revision.
    assert_eq!(caller.ask("tools/list", &json!({}))["error"]["code"], -32602);
}

#[test]
fn bounds_and_refusals_are_the_command_lines() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    for (tool, arguments, says) in [
        ("check", json!({"target": "10.0.0.1"}), "is an IP address"),
        ("check", json!({"target": "--save=/tmp/x"}), "is not a host name"),
        (
            "check",
            json!({"target": "\u{1b}[2J\u{202e}.test"}),
            "is not a host name",
        ),
        ("check", json!({"target": HOST, "save": "x"}), "not offered"),
        ("check", json!({"target": HOST, "via": ["ssh:x"]}), "not offered"),
        (
            "check",
            json!({"target": HOST, "kubeconfig": "/etc/passwd"}),
            "not offered",
        ),
        (
            "check",
            json!({"target": HOST, "facts": ["/etc/passwd"]}),
            "not offered",
        ),
        ("check", json!({"target": HOST, "timeout": "2h"}), "too long"),
        ("check", json!({"target": HOST, "samples": 101}), "from 1 to 100"),
        (
            "check",
            json!({"target": HOST, "resolver": ["dns.example"]}),
            "not an IP address",
        ),
        (
            "check",
            json!({"target": HOST, "expect": ["8.8.8.8"], "expect_scope": "private"}),
            "contradicts",
        ),
        ("check", json!({}), "no target, and no kubeconfig"),
        ("explain", json!({"text": "-"}), "neither"),
        (
            "explain",
            json!({"text": "no-such-finding"}),
            "is not the name of a finding",
        ),
        ("replay", json!({"capture": {}}), "capture"),
        ("replay", json!({"capture": "not json"}), "capture"),
        ("replay", json!({"file": "x.json"}), "without a folder of files"),
        (
            "check",
            json!({"cluster": "x", "region": ["us-east-1", "eu-west-1"]}),
            "one target has one: give one of them",
        ),
        (
            "compare",
            json!({"captures": [{"capture": {}}, {"capture": {}}]}),
            "place-1",
        ),
        ("demo", json!({"scenario": "../../etc/passwd"}), "scenario"),
    ] {
        let said = caller.refused(tool, &arguments);
        assert!(said.contains(says), "{tool} {arguments}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        let unquoted = said.split('"').step_by(2);
        assert!(
            !unquoted.collect::<String>().contains("--"),
            "a flag of the command line: {said}"
        );
    }
    // What is no call at all is a fault of the protocol.
    for params in [
        json!({}),
        json!({"name": "sh"}),
        json!({"name": "check", "arguments": [1]}),
    ] {
        assert_eq!(caller.ask("tools/call", &params)["error"]["code"], -32602, "{params}");
    }
    for method in [
        "resources/read",
        "prompts/list",
        "completion/complete",
        "exit",
        "\u{1b}]0;x\u{7}",
    ] {
        assert_eq!(caller.ask(method, &json!({}))["error"]["code"], -32601, "{method}");
    }
}

#[test]
fn a_long_text_holds_nobody_up_and_is_not_shown_again() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    let long = "(".repeat(1_000_000);
    let begun = Instant::now();
    for (tool, arguments) in [
        ("explain", json!({"text": long})),
        ("demo", json!({"scenario": long})),
        ("check", json!({"target": long})),
        ("check", json!({"target": HOST, "resolver": [long]})),
        (
            "compare",
            json!({"captures": [{"name": long, "capture": {}}, {"capture": {}}]}),
        ),
        ("replay", json!({"capture": long})),
    ] {
        let said = caller.refused(tool, &arguments);
        assert!(said.len() < 2000, "{tool}: {} octets: {}", said.len(), &said[..200]);
    }
    // The time of one of them was more than a minute, in the comparison of its letters with the names of findings.
    assert!(begun.elapsed() < 3 * NO_WINDOW, "{:?}", begun.elapsed());
    // As many as run at once, of the most lines that a text can have, and all of them are cancelled.
    let lines = "x\n".repeat(500_000);
    for id in 20..24 {
        caller.say(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": {"name": "explain", "arguments": {"text": lines}}}));
    }
    for id in 20..24 {
        let params = json!({"requestId": id});
        caller.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}));
    }
    let begun = Instant::now();
    let listed = caller.document("demo", &json!({"list": true}));
    assert!(listed["scenarios"].is_array());
    assert!(begun.elapsed() < 2 * NO_WINDOW, "{:?}", begun.elapsed());
}

#[test]
fn what_is_no_message_is_answered_and_the_next_is_read() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    let deep = format!("{}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let deep_arguments = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{}}}\n",
        "{\"a\":".repeat(5000) + "1" + &"}".repeat(5000)
    );
    for (octets, code) in [
        (b"nonsense\n".to_vec(), -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\n".to_vec(), -32700),
        (b"\xff\xfe\x00\n".to_vec(), -32700),
        (deep.into_bytes(), -32700),
        (deep_arguments.into_bytes(), -32700),
        (b"[]\n".to_vec(), -32600),
        (
            b"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}\n".to_vec(),
            -32600,
        ),
    ] {
        caller.put(&octets);
        assert_eq!(
            caller.hear()["error"]["code"],
            code,
            "{:?}",
            String::from_utf8_lossy(&octets[..octets.len().min(80)])
        );
    }
    // Answers, notifications that nobody knows, and blank lines are no requests.
    caller.put(b"\n\r\n   \n");
    caller.say(&json!({"jsonrpc": "2.0", "id": 3, "result": {}}));
    caller.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 99}}));
    caller.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled"}));
    // A message that comes in parts is one.
    for part in ["{\"jsonrpc\":\"2.0\",", "\"id\":7,\"meth", "od\":\"ping\"}", "\n"] {
        caller.put(part.as_bytes());
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(caller.hear()["id"], 7);
}

/// A line beyond the bound is not kept, and the one behind it is answered.
#[test]
fn a_line_without_an_end_is_bounded() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    let part = vec![b'x'; 1 << 20];
    for _ in 0..100 {
        caller.put(&part);
    }
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string(format!("/proc/{}/status", caller.child.id())).expect("it runs");
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .expect("a number");
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        assert!(peak < 300_000, "{peak} kB");
    }
    caller.put(b"\n");
    let answer = caller.hear();
    assert_eq!(
        (&answer["error"]["code"], &answer["id"]),
        (&json!(-32600), &Value::Null)
    );
    assert_eq!(caller.ask("ping", &json!({}))["result"], json!({}));
}

#[test]
fn thousands_of_requests_are_answered_each_once() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    let mut octets = Vec::new();
    for number in 0..3000 {
        let method = if number % 3 == 0 { "tools/call" } else { "ping" };
        let params = json!({"name": "explain", "arguments": {"text": "no-forwarding"}});
        octets.extend(
            json!({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
                .to_string()
                .bytes(),
        );
        octets.push(b'\n');
    }
    let mut stdin = caller.stdin.take().expect("it is open");
    let writer = thread::spawn(move || {
        stdin.write_all(&octets).expect("it is read");
        stdin
    });
    let mut seen = vec![0; 3000];
    for _ in 0..3000 {
        let answer = caller.hear();
        let id = usize::try_from(answer["id"].as_u64().expect("a number")).expect("small");
        seen[id] += 1;
        // What is too much at once is refused, and said.
        let busy = answer["error"]["message"]
            .as_str()
            .is_some_and(|said| said.contains("under way"));
        assert!(answer["result"].is_object() || busy, "{answer}");
    }
    assert!(seen.iter().all(|times| *times == 1));
    caller.stdin = Some(writer.join().expect("it ends"));
    assert_eq!(caller.ask("ping", &json!({}))["result"], json!({}));
}

#[test]
fn a_call_is_cancelled_and_nothing_more_is_said_of_it() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    let mut arguments = check_of(server(Plays::Silence));
    arguments["timeout"] = json!("20s");
    arguments["deadline"] = json!("30s");
    let params = json!({"name": "check", "arguments": arguments, "_meta": {"progressToken": "p"}});
    caller.say(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}));
    // The same id again is refused while the first is under way.
    caller.say(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}));
    assert_eq!(caller.hear()["error"]["code"], -32600);
    // Others are answered meanwhile.
    assert_eq!(caller.ask("ping", &json!({}))["result"], json!({}));
    caller.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}));
    assert_eq!(caller.ask("ping", &json!({}))["result"], json!({}));
    thread::sleep(Duration::from_millis(500));
    assert!(caller.lines.try_recv().is_err(), "nothing more is said");
    let (code, _, took) = caller.end();
    assert_eq!(code, 0);
    assert!(took < NO_WINDOW, "{took:?}");
}

/// As many comparisons as run at once, of files, are cancelled while they are made: the next call is not waiting for them to
/// end. How long one takes is measured first.
#[test]
fn comparisons_and_replays_that_are_cancelled_take_no_time() {
    const PLACES: usize = 16;
    let folder = tempfile::tempdir().expect("a directory");
    let recorded = include_bytes!("../fixtures/cases/no-forwarding/article/capture.json");
    let mut large: Value = serde_json::from_slice(recorded).expect("JSON");
    let resolver = large["resolvers"][0].clone();
    // Large captures: a few resolvers, and their lookups again and again.
    let resolvers = (0..4).map(|number| {
        let mut resolver = resolver.clone();
        resolver["name"] = json!(format!("r{number}"));
        resolver["address"] = json!(format!("10.0.{number}.1:53"));
        let lookups = resolver["lookups"].as_array().expect("lookups").clone();
        resolver["lookups"] = lookups.iter().cycle().take(48).cloned().collect();
        resolver
    });
    large["resolvers"] = resolvers.collect();
    let text = large.to_string();
    assert!(text.len() > 100_000, "{}", text.len());
    std::fs::write(folder.path().join("large.json"), &text).expect("it is written");
    let compared = vec![json!({"file": "large.json"}); PLACES];
    let mut caller = Caller::begin(&["--files", folder.path().to_str().expect("text")], "2025-11-25");
    let begun = Instant::now();
    let document = caller.document("compare", &json!({"captures": compared}));
    let whole = begun.elapsed();
    assert_eq!(document["places"].as_array().map(Vec::len), Some(PLACES));
    caller.document("replay", &json!({"file": "large.json"}));
    for (tool, arguments) in [
        ("compare", json!({"captures": compared})),
        ("compare", json!({"captures": compared, "redact": true})),
    ] {
        for id in 20..24 {
            caller.say(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
                "params": {"name": tool, "arguments": arguments}}));
        }
        // They are under way.
        thread::sleep(whole / 8);
        for id in 20..24 {
            let params = json!({"requestId": id});
            caller.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}));
        }
        let begun = Instant::now();
        caller.document("demo", &json!({"list": true}));
        let took = begun.elapsed();
        assert!(took < whole, "{tool}: {took:?}, and one takes {whole:?}");
    }
}

#[test]
fn progress_is_told_where_it_is_asked_for() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    let params = json!({
        "name": "check", "arguments": check_of(server(Plays::NxDomain)), "_meta": {"progressToken": 11},
    });
    caller.say(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}));
    let told = caller.hear();
    assert_eq!(told["method"], "notifications/progress");
    assert_eq!(
        (&told["params"]["progressToken"], &told["params"]["progress"]),
        (&json!(11), &json!(1))
    );
    assert!(
        told["params"]["message"]
            .as_str()
            .is_some_and(|line| line.contains("corp"))
    );
    assert_eq!(caller.hear()["id"], 1);
}

#[test]
fn the_end_of_the_input_ends_it_at_once_or_with_what_is_soon_done() {
    let (code, said, took) = Caller::begin(&[], "2025-11-25").end();
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(took < NO_WINDOW, "{took:?}");
    // Piped into it: the last line has no end, and is answered.
    let home = tempfile::tempdir().expect("a directory");
    let mut child = program(&[], home.path()).spawn().expect("it starts");
    let messages = concat!(
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#,
        "\n",
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"explain","arguments":{"text":"no-forwarding"}}}"#
    );
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(messages.as_bytes())
        .expect("it is read");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2);
    // A call that takes longer is not waited for.
    let mut caller = Caller::begin(&[], "2025-11-25");
    let mut arguments = check_of(server(Plays::Silence));
    arguments["timeout"] = json!("20s");
    arguments["deadline"] = json!("30s");
    caller.say(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "check", "arguments": arguments}}));
    let (code, _, took) = caller.end();
    assert_eq!(code, 0);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_reader_that_has_gone_ends_it_quietly() {
    let home = tempfile::tempdir().expect("a directory");
    let mut child = program(&[], home.path()).spawn().expect("it starts");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("a pipe");
    let began = Instant::now();
    stdin
        .write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n")
        .expect("it is read");
    // Standard input stays open.
    let code = child.wait().expect("it ends").code();
    assert_eq!(code, Some(0));
    assert!(began.elapsed() < Duration::from_secs(5));
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut said)
        .expect("text");
    assert_eq!(said, "");
    drop(stdin);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_at_once() {
    let mut caller = Caller::begin(&[], "2025-11-25");
    let began = Instant::now();
    let id = rustix::process::Pid::from_raw(i32::try_from(caller.child.id()).expect("a small number")).expect("an id");
    rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it is sent");
    let code = caller.child.wait().expect("it ends").code();
    assert_eq!(code, Some(130));
    assert!(began.elapsed() < NO_WINDOW);
}

#[cfg(unix)]
#[test]
fn files_are_those_below_the_folder_and_regular() {
    let all = tempfile::tempdir().expect("a directory");
    let folder = all.path().join("captures");
    std::fs::create_dir_all(folder.join("sub")).expect("a folder");
    std::fs::write(all.path().join("secret.json"), "{\"secret\": 1}").expect("a file");
    std::os::unix::fs::symlink(all.path().join("secret.json"), folder.join("link.json")).expect("a link");
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        folder.join("pipe"),
        rustix::fs::Mode::from_raw_mode(0o600),
    )
    .expect("a pipe");
    let name = folder.to_str().expect("text");
    let mut caller = Caller::begin(&["--files", name], "2025-11-25");
    let played = caller.document("demo", &json!({}));
    std::fs::write(folder.join("sub/a=b,--c.json"), played.to_string()).expect("a file");
    let replayed = caller.document("replay", &json!({"file": "sub/a=b,--c.json"}));
    assert_eq!(replayed["findings"], played["findings"]);
    std::fs::write(folder.join("resolv.conf"), format!("nameserver {}\n", "127.0.0.1")).expect("a file");
    let secret = all.path().join("secret.json");
    for file in [
        "../secret.json",
        "link.json",
        "pipe",
        "sub",
        "",
        "none.json",
        "/dev/zero",
        "/dev/stdin",
        "/proc/self/environ",
        secret.to_str().expect("text"),
    ] {
        let said = caller.refused("replay", &json!({"file": file}));
        assert!(!said.contains("secret\": 1"), "{said}");
        let said = caller.refused("check", &json!({"target": HOST, "facts": [file], "no_aws": true}));
        assert!(said.contains("facts: "), "{said}");
        caller.refused(
            "check",
            &json!({"target": HOST, "hosts_file": file, "resolv_conf": file}),
        );
    }
    // A folder that is none.
    let output = program(&["--files", secret.to_str().expect("text")], all.path())
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "));
}
