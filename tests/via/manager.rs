//! A mock of Systems Manager, which runs the script here.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// A mock of Systems Manager: it runs the script here, for each node in its own way.
#[derive(Clone)]
pub(crate) struct Manager {
    pub(crate) root: PathBuf,
    pub(crate) nodes: Arc<Vec<&'static str>>,
    /// What was asked, in order.
    pub(crate) asked: Arc<Mutex<Vec<(String, Value)>>>,
    pub(crate) scripts: Arc<Mutex<Option<String>>>,
    /// How often each node's output was asked for.
    pub(crate) looks: Arc<Mutex<BTreeMap<String, u32>>>,
    /// How many nodes the command is said to be for, beside those that are listed.
    pub(crate) unlisted: usize,
    /// An operation that the caller may not do.
    pub(crate) denied: Option<&'static str>,
}

impl Manager {
    pub(crate) fn start(root: &Path, nodes: Vec<&'static str>) -> (Self, SocketAddr) {
        Self::started(root, nodes, |_| {})
    }

    pub(crate) fn started(root: &Path, nodes: Vec<&'static str>, with: impl FnOnce(&mut Self)) -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut manager = Self {
            root: root.to_owned(),
            nodes: Arc::new(nodes),
            asked: Arc::default(),
            scripts: Arc::default(),
            looks: Arc::default(),
            unlisted: 0,
            denied: None,
        };
        with(&mut manager);
        let mock = manager.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mock = mock.clone();
                thread::spawn(move || mock.serve(stream));
            }
        });
        (manager, address)
    }

    pub(crate) fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let mut writer = stream;
        loop {
            let (mut target, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).ok()? == 0 {
                    return None;
                }
                let line = line.trim_end();
                if line.is_empty() {
                    break;
                }
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                match name.to_ascii_lowercase().as_str() {
                    "x-amz-target" => value.trim().clone_into(&mut target),
                    "content-length" => length = value.trim().parse().ok()?,
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            let (status, answer) = self.answer(&target, &body);
            self.dump(&target, &body, status, &answer);
            let answer = answer.to_string();
            write!(
                writer,
                "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            )
            .ok()?;
        }
    }

    /// Writes a request and its answer to the file of `EKS_DNS_DOCTOR_EXCHANGES`, where that is set: `.ci/botocore.py`
    /// holds them to AWS's service model. The nodes have names here, and get ids of the model's form there. An answer
    /// that is wrong on purpose is none of them.
    fn dump(&self, target: &str, body: &Value, status: u16, answer: &Value) {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let Some(file) = std::env::var_os("EKS_DNS_DOCTOR_EXCHANGES") else {
            return;
        };
        if answer["Status"].is_number() {
            return;
        }
        let with_ids = |value: &Value| {
            let mut text = value.to_string();
            for node in self.nodes.iter().filter(|node| !node.starts_with("i-")) {
                text = text.replace(&format!("\"{node}\""), &format!("\"i-{node:0>17}\""));
            }
            text
        };
        let exchange = json!({
            "method": "POST", "path": "/", "target": target, "body": with_ids(body), "status": status,
            "answer": with_ids(answer),
        });
        let _turn = ONE_AT_A_TIME.lock().unwrap();
        let mut file = std::fs::File::options().create(true).append(true).open(file).unwrap();
        writeln!(file, "{exchange}").unwrap();
    }

    pub(crate) fn answer(&self, target: &str, body: &Value) -> (u16, Value) {
        self.asked.lock().unwrap().push((target.to_owned(), body.clone()));
        if self.denied.is_some_and(|denied| target.ends_with(denied)) {
            return (
                400,
                json!({ "__type": "AccessDeniedException", "Message": "User: alice" }),
            );
        }
        match target {
            "AmazonSSM.SendCommand" => {
                if body["InstanceIds"][0] == "i-00000000000000bad" {
                    return (
                        400,
                        json!({ "__type": "InvalidInstanceId", "message": "Instances not in a valid state" }),
                    );
                }
                if body["InstanceIds"][0] == "i-0000000000denied0" {
                    let message = "User: arn:aws:iam::123456789012:user/alice is not authorized";
                    return (
                        400,
                        json!({ "__type": "com.amazon.coral.service#AccessDeniedException", "Message": message }),
                    );
                }
                *self.scripts.lock().unwrap() = Some(body["Parameters"]["commands"][0].as_str().unwrap().to_owned());
                (
                    200,
                    json!({ "Command": { "CommandId": "11111111-1111-1111-1111-111111111111", "Status": "Pending" } }),
                )
            }
            "AmazonSSM.ListCommands" => {
                let status = if self.nodes.contains(&"slow") {
                    "InProgress"
                } else {
                    "Success"
                };
                (
                    200,
                    json!({ "Commands": [{ "Status": status, "TargetCount": self.nodes.len() + self.unlisted }] }),
                )
            }
            "AmazonSSM.ListCommandInvocations" => {
                // Two a page, and of a fleet as many as there can be.
                let size = if self.nodes.len() > 20 { 50 } else { 2 };
                let from: usize = body["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
                let page: Vec<Value> = self
                    .nodes
                    .iter()
                    .skip(from)
                    .take(size)
                    .map(|node| {
                        let status = match *node {
                            "slow" => "InProgress",
                            "lost" => "TimedOut",
                            "none" | "windows" => "Failed",
                            "stopped" => "Cancelled",
                            _ => "Success",
                        };
                        json!({ "InstanceId": node, "Status": status, "StatusDetails": status })
                    })
                    .collect();
                let mut answer = json!({ "CommandInvocations": page });
                if from + size < self.nodes.len() {
                    answer["NextToken"] = json!((from + size).to_string());
                }
                (200, answer)
            }
            "AmazonSSM.GetCommandInvocation" => {
                let node = body["InstanceId"].as_str().unwrap();
                let look = {
                    let mut looks = self.looks.lock().unwrap();
                    let look = looks.entry(node.to_owned()).or_default();
                    *look += 1;
                    *look
                };
                match (node, look) {
                    // As an eventually consistent service has it.
                    ("late", 1) | ("never", _) => (400, json!({ "__type": "InvocationDoesNotExist" })),
                    ("late", 2) => (200, json!({ "Status": "InProgress", "ResponseCode": -1 })),
                    // More often than the SDK tries by itself.
                    ("busy", 1..=4) => (
                        400,
                        json!({ "__type": "ThrottlingException", "message": "Rate exceeded" }),
                    ),
                    ("wrong", _) => (200, json!({ "Status": 7, "ResponseCode": {} })),
                    _ => (200, self.output(node)),
                }
            }
            _ => (400, json!({ "__type": "UnknownOperationException" })),
        }
    }

    pub(crate) fn output(&self, node: &str) -> Value {
        let script = self.scripts.lock().unwrap().clone().unwrap();
        let path = if node == "none" { "nowhere" } else { "bastion" };
        let run = Command::new("sh")
            .args(["-c", &script])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.root.join(path).display()))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("TMPDIR", self.root.join("tmp"))
            .output()
            .unwrap();
        let mut text = String::from_utf8(run.stdout).unwrap();
        let (mut code, mut status) = (run.status.code().unwrap(), "Success");
        match node {
            // Whatever a profile prints before it: exactly as much as is kept.
            "full" => text = format!("{}\n{text}", "x".repeat(24_000 - 1 - text.len())),
            "cut" => {
                text = format!("{}\n{text}", "x".repeat(24_000 - text.len() / 2))
                    .chars()
                    .take(24_000)
                    .collect();
            }
            "half" => text.truncate(text.len() / 2),
            "lost" => (code, status, text) = (-1, "TimedOut", String::new()),
            "stopped" => (code, status, text) = (-1, "Cancelled", String::new()),
            "windows" => (code, status, text) = (-1, "Failed", String::new()),
            "long" => (code, status) = (137, "TimedOut"),
            "evil" => {
                text = format!("{}\n\u{1b}[2J\u{9b}\n", text.lines().next().unwrap_or_default());
            }
            _ => {}
        }
        json!({
            "ResponseCode": code, "Status": status, "StatusDetails": if status == "TimedOut" { "Delivery Timed \
             Out" } else { status },
            "StandardOutputContent": text,
            "StandardErrorContent": String::from_utf8_lossy(&run.stderr),
        })
    }
}
