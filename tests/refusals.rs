//! What is refused is refused in this project's words: every reader of outside text is fed broken input through the
//! program, and each refusal is one line that names the file and says what to do.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};

/// What only the libraries below say, or the compiler.
const OF_LIBRARIES: &[&str] = &[
    "struct ",
    "serde",
    "Options",
    "Option<",
    "from_multiple",
    "expected value at",
    "expected one of",
    "expected `",
    "missing field",
    "invalid type",
    "invalid value:",
    "invalid digit",
    "invalid length",
    "unknown field",
    "unknown variant",
    "duplicate field",
    "untagged",
    "EOF while",
    "trailing characters",
    "trailing comma",
    "recursion limit",
    "key must be",
    "unit value",
    "did not find",
    "mapping values",
    "TOML parse",
    "ParseIntError",
    "AddrParse",
    "std::",
    "panicked",
    "u16",
    "u32",
    "u64",
    "usize",
    "f64",
];

/// Broken in ways that have nothing to do with what is wanted.
fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let wide = "{\"schema_version\": tru".encode_utf16().flat_map(u16::to_le_bytes);
    vec![
        ("empty", Vec::new()),
        ("blank", b"\n \n".to_vec()),
        ("html", b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n".to_vec()),
        ("binary", (0..=255).collect()),
        ("nul", vec![0; 64]),
        ("a list", b"[]".to_vec()),
        ("a number", b"17".to_vec()),
        ("a text", b"\"x\"".to_vec()),
        ("null", b"null".to_vec()),
        ("a list of YAML", b"- a\n- b\n".to_vec()),
        ("tabs", b"a:\n\tb: 1\n".to_vec()),
        ("deep lists", b"[".repeat(5000)),
        ("deep objects", b"{\"a\":".repeat(3000)),
        ("a huge number", b"{\"schema_version\": 1e999}".to_vec()),
        ("cut off", b"{\"a\": [1,".to_vec()),
        ("YAML that goes wrong", b"a: 1\nb: [x\n".to_vec()),
        ("JSON of something else", b"{\"kind\": 3, \"clusters\": \"x\"}".to_vec()),
        ("not UTF-8", b"clusters:\n- name: \xff\xfe\xfa\n".to_vec()),
        ("UTF-16 without a mark", wide.collect()),
        ("TOML", b"[x]\na = \n".to_vec()),
        ("braces the wrong way", b"}{".to_vec()),
        (
            "twice the same",
            b"{\"schema_version\": 1, \"schema_version\": 1}".to_vec(),
        ),
        ("markdown", b"# A title\n\nsome words\n".to_vec()),
    ]
}

/// The document with each of its values in turn left out, or of another kind. Lists are followed into their first
/// member.
fn changed(document: &Value) -> Vec<(String, Vec<u8>)> {
    fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
        let inner: Vec<(String, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(list) => list.iter().take(1).map(|value| ("0".to_owned(), value)).collect(),
            _ => Vec::new(),
        };
        for (name, value) in inner {
            let path = format!("{path}/{name}");
            found.push(path.clone());
            paths(value, &path, found);
        }
    }
    let mut found = Vec::new();
    paths(document, "", &mut found);
    let others = [
        json!(7),
        json!("zzz"),
        json!([[]]),
        json!({"a": 1}),
        Value::Null,
        json!(-1),
        json!(1e30),
        json!(true),
    ];
    let mut changed = Vec::new();
    for path in found {
        for other in &others {
            let mut copy = document.clone();
            *copy.pointer_mut(&path).unwrap() = other.clone();
            let text = serde_json::to_vec_pretty(&copy).unwrap();
            changed.push((format!("{path} = {other}"), text));
        }
        let (parent, name) = path.rsplit_once('/').unwrap();
        let mut copy = document.clone();
        if let Some(members) = copy.pointer_mut(parent).and_then(Value::as_object_mut) {
            members.remove(name);
            changed.push((format!("without {path}"), serde_json::to_vec_pretty(&copy).unwrap()));
        }
    }
    changed
}

struct Tried {
    folder: tempfile::TempDir,
    wrong: Vec<String>,
    refused: usize,
}

impl Tried {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("resolv.conf"), "nameserver 127.0.0.1\n").unwrap();
        Self {
            folder,
            wrong: Vec::new(),
            refused: 0,
        }
    }

    /// Runs the program; a refusal is held to what all of them have to be. `named` is in it, where there is a file.
    fn run(&mut self, label: &str, arguments: &[&str], input: &[u8], named: &str, variable: Option<(&str, &str)>) {
        let mut command = Command::cargo_bin("eks-dns-doctor").unwrap();
        command
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
            .env("HOME", self.folder.path())
            .current_dir(self.folder.path())
            .timeout(std::time::Duration::from_secs(20));
        if let Some((name, value)) = variable {
            command.env(name, value);
        }
        let output = command.args(arguments).write_stdin(input).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(2) => self.refused += 1,
            Some(0 | 1 | 3) => return,
            code => {
                self.wrong.push(format!("{label}: exit {code:?}: {error}"));
                return;
            }
        }
        let mut wrong = Vec::new();
        if error.lines().count() != 1 || !error.starts_with("error: ") {
            wrong.push("is not one line".to_owned());
        }
        if !output.stdout.is_empty() {
            wrong.push("prints a document too".to_owned());
        }
        if error.trim_end().contains(char::is_control) {
            wrong.push("has a control character".to_owned());
        }
        let words = OF_LIBRARIES.iter().filter(|word| error.contains(*word));
        wrong.extend(words.map(|word| format!("has {word:?}")));
        let mut columns = error.split(" column ").skip(1);
        if columns.any(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            wrong.push("says a place in a library's way".to_owned());
        }
        let mut lines: Vec<&str> = error
            .match_indices("line ")
            .map(|(at, _)| error[at..].split([':', ',', ')', ';']).next().unwrap_or_default())
            .filter(|place| place[5..].trim().bytes().all(|octet| octet.is_ascii_digit()))
            .collect();
        let places = lines.len();
        lines.sort_unstable();
        lines.dedup();
        if lines.len() < places {
            wrong.push("says a place twice".to_owned());
        }
        if !error.contains(named) {
            wrong.push(format!("does not name {named}"));
        }
        // What to do: a verb, or for a flag's value the form that is taken.
        let says = [
            "leave it out",
            "write ",
            "save ",
            "name ",
            "give ",
            "put ",
            "fetch ",
            "run ",
            "see ",
            "paste ",
            "keep ",
            "compare ",
            "take ",
            "read it ",
        ];
        if !says.iter().any(|word| error.contains(word)) {
            wrong.push("does not say what to do".to_owned());
        }
        if !wrong.is_empty() {
            self.wrong
                .push(format!("{label}: {}: {}", wrong.join(", "), error.trim_end()));
        }
    }

    fn file(&self, name: &str, content: &[u8]) {
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn done(self, at_least: usize) {
        assert!(
            self.wrong.is_empty(),
            "{} refusals:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
        assert!(self.refused >= at_least, "{}", self.refused);
    }
}

/// A check that ends at once, whatever the file says.
const CHECK: &[&str] = &[
    "check",
    "--no-aws",
    "--no-os",
    "--resolv-conf",
    "resolv.conf",
    "--timeout",
    "100ms",
    "--deadline",
    "1s",
    "-o",
    "short",
];

fn capture() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/places/laptop.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for concluded in ["findings", "not_evaluated", "clients"] {
        document[concluded] = json!([]);
    }
    document
}

#[test]
fn captures() {
    let mut tried = Tried::new();
    for (label, content) in broken() {
        tried.file("c.json", &content);
        tried.run(
            &format!("replay of {label}"),
            &["replay", "c.json"],
            b"",
            "c.json",
            None,
        );
        tried.run(
            &format!("compare with {label}"),
            &["compare", "c.json", "c.json"],
            b"",
            "c.json",
            None,
        );
    }
    let all = changed(&capture());
    // Every ninth: each kind of value meets each kind of fault.
    for (label, content) in all.iter().step_by(9).chain(all.iter().take(120)) {
        tried.file("c.json", content);
        tried.run(&format!("replay, {label}"), &["replay", "c.json"], b"", "c.json", None);
    }
    tried.done(150);
}

#[test]
fn kubeconfigs_and_facts() {
    let mut tried = Tried::new();
    let with = |flags: &[&'static str]| CHECK.iter().chain(flags).copied().collect::<Vec<&str>>();
    for (label, content) in broken() {
        tried.file("outside", &content);
        for flags in [["--kubeconfig", "outside"], ["--facts", "outside"]] {
            tried.run(&format!("{flags:?}, {label}"), &with(&flags), b"", "outside", None);
        }
    }
    let facts = json!({"cluster": {"name": "k", "endpoint": "https://A.gr7.eu-west-1.eks.amazonaws.com",
        "resourcesVpcConfig": {"vpcId": "vpc-1", "endpointPublicAccess": false, "securityGroupIds": ["sg-1"]}}});
    for (label, content) in changed(&facts) {
        tried.file("outside", &content);
        tried.run(
            &format!("facts, {label}"),
            &with(&["--facts", "outside"]),
            b"",
            "outside",
            None,
        );
    }
    let kubeconfig = json!({"clusters": [{"name": "k", "cluster": {"server": "https://a.test", "proxy-url": "x"}}],
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}], "current-context": "c",
        "users": [{"name": "u", "user": {"exec": {"command": "aws", "args": ["eks"], "env": [{"name": "A", "value": "b"}]}}}]});
    for (label, content) in changed(&kubeconfig) {
        tried.file("outside", &content);
        tried.run(
            &format!("kubeconfig, {label}"),
            &with(&["--kubeconfig", "outside"]),
            b"",
            "",
            None,
        );
    }
    tried.done(80);
}

#[test]
fn pasted_texts_and_files_of_the_host() {
    let mut tried = Tried::new();
    for (label, content) in broken() {
        tried.run(&format!("explain, {label}"), &["explain", "-"], &content, "", None);
        tried.file("outside", &content);
        for flag in ["--resolv-conf", "--hosts-file"] {
            let arguments = [
                "check",
                "a.test",
                "--no-aws",
                flag,
                "outside",
                "--timeout",
                "100ms",
                "--deadline",
                "1s",
            ];
            tried.run(&format!("{flag}, {label}"), &arguments, b"", "", None);
        }
    }
    let dig =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field/dig/own.txt")).unwrap();
    let lines: Vec<&str> = dig.lines().collect();
    for at in 0..lines.len() {
        for other in ["", "zzz", "\u{1b}[2J", ";; ->>HEADER<<- x", "a. b IN A c"] {
            let text: Vec<&str> = lines
                .iter()
                .enumerate()
                .map(|(index, line)| if index == at { other } else { line })
                .collect();
            tried.file("dig.txt", text.join("\n").as_bytes());
            tried.run(
                &format!("dig with {other:?} at {at}"),
                &["compare", "dig.txt", "dig.txt"],
                b"",
                "dig.txt",
                None,
            );
        }
    }
    tried.done(50);
}

/// Another place whose program says this in the place of its report: what is told of it is in our words as well.
#[cfg(unix)]
#[test]
fn reports_of_other_places() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let script = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    // As sshd, the command goes to a shell; the program there prints what is in the file.
    script(
        "here/ssh",
        "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nPATH=\"$ROOT/there:/usr/bin:/bin\" exec sh -c \"$3\"\n",
    );
    script("there/eks-dns-doctor", "#!/bin/sh\ncat \"$ROOT/outside\"; exit 1\n");
    let all = changed(&capture());
    let documents = broken().into_iter().map(|(label, content)| (label.to_owned(), content));
    let mut wrong = Vec::new();
    let mut refused = 0;
    // Every fortieth of the changed ones: each starts a shell.
    for (label, content) in documents.chain(all.into_iter().step_by(40)) {
        std::fs::write(folder.path().join("outside"), &content).unwrap();
        let output = Command::cargo_bin("eks-dns-doctor")
            .unwrap()
            .args(["check", "a.test", "--no-aws", "--no-os", "--no-local", "--no-controls"])
            .args(["--resolver", "127.0.0.1:9", "--timeout", "100ms", "--via", "ssh:there"])
            .args(["-o", "json"])
            .env_clear()
            .env("ROOT", folder.path())
            .env("HOME", folder.path())
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", folder.path().join("here").display()),
            )
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .timeout(std::time::Duration::from_secs(20))
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        if !matches!(output.status.code(), Some(0 | 1 | 3)) {
            wrong.push(format!("{label}: exit {:?}: {error}", output.status.code()));
            continue;
        }
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let said: Vec<&str> = document["unseen"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["reason"].as_str())
            .chain(error.lines())
            .collect();
        refused += usize::from(said.iter().any(|text| text.contains("what came back")));
        for text in said {
            let words = OF_LIBRARIES.iter().filter(|word| text.contains(*word));
            wrong.extend(words.map(|word| format!("{label}: has {word:?}: {text}")));
            if text.contains(char::is_control) {
                wrong.push(format!("{label}: has a control character: {text:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused >= 15, "{refused}");
}

/// nsswitch.conf is never refused: what cannot be read in it is a problem that is told, in our words.
#[test]
fn nsswitch_conf_is_read_or_told() {
    use eks_dns_doctor::facts::platform::{Captured, HostConfiguration};

    let line = |text: &str| format!("passwd: files\nhosts: {text}\n").into_bytes();
    let lines = [
        "",
        "files [",
        "files [NOTFOUND=return",
        "[NOTFOUND=return] files",
        "files [x=y] dns",
        "files ]",
        "\u{1b}[2J dns",
        "files [!UNAVAIL=return dns",
    ];
    let all = broken().into_iter().map(|(label, content)| (label.to_owned(), content));
    for (label, content) in all.chain(lines.map(|text| (text.to_owned(), line(text)))) {
        let captured = Captured {
            nsswitch: Some(&content),
            ..Captured::default()
        };
        let read = HostConfiguration::read(&captured);
        let told = serde_json::to_string(&read).unwrap();
        for word in OF_LIBRARIES {
            assert!(!told.contains(word), "{label}: has {word:?}: {told}");
        }
    }
}

#[test]
fn lists_of_targets() {
    let mut tried = Tried::new();
    let with = |flag: &'static str| CHECK.iter().copied().chain(["--targets", flag]).collect::<Vec<&str>>();
    for (label, content) in broken() {
        tried.file("outside", &content);
        tried.run(&format!("--targets, {label}"), &with("outside"), b"", "outside", None);
        tried.run(&format!("--targets -, {label}"), &with("-"), &content, "", None);
    }
    let list = json!([{"hostname": "a.test", "cluster": "k", "region": "eu-west-1", "profile": "p"}]);
    for (label, content) in changed(&list) {
        tried.file("outside", &content);
        tried.run(&format!("--targets, {label}"), &with("outside"), b"", "outside", None);
    }
    for line in [
        "a..test",
        "a.test:99999",
        "https://",
        "a.test b.test",
        "\u{1b}[2J.test",
        "-a=b",
        "a.test,eu-west-1",
        "arn:aws:eks:x",
    ] {
        tried.file("outside", format!("good.test\n{line}\n").as_bytes());
        tried.run(&format!("--targets, {line:?}"), &with("outside"), b"", "outside", None);
    }
    tried.done(20);
}

#[test]
fn values_of_flags_and_of_the_environment() {
    let mut tried = Tried::new();
    let values = [
        "",
        "zzz",
        "-1",
        "99999999999999999999",
        "1.5",
        "10.0.0.0/33",
        "1.2.3",
        "[::1",
        "tcp://",
        "tls://x#y",
        "a=b=c",
        "5x",
        "\u{1b}[2J",
        "\u{fc}",
        "0s",
        "@",
        "10.0.0.1:99999",
        "corp=",
        "=10.0.0.1",
    ];
    let flags = [
        "--resolver",
        "--inbound",
        "--vpc-resolver",
        "--public-resolver",
        "--expect",
        "--expect-scope",
        "--expect-view",
        "--judge",
        "--timeout",
        "--attempts",
        "--deadline",
        "--samples",
        "--watch",
        "--fail-on",
        "--output",
        "--context",
        "--via",
        "--color",
        "--hosts-file",
        "--save",
        "--kubeconfig",
        "--facts",
        "--cluster",
        "--region",
        "--profile",
        "--vantage",
        "--tls-name",
        "--resolv-conf",
        "--zzz",
    ];
    for flag in flags {
        for value in values {
            let given = format!("{flag}={value}");
            // It is not watched for: what is refused is refused before.
            let mut arguments: Vec<&str> = CHECK.iter().copied().chain([given.as_str(), "a.test"]).collect();
            if flag == "--watch" {
                arguments.extend(["--for", "1s"]);
            }
            tried.run(&given, &arguments, b"", "", None);
        }
    }
    for value in values {
        tried.run(
            &format!("TARGET {value:?}"),
            &["check", "--no-aws", "--no-local", "--", value],
            b"",
            "",
            None,
        );
    }
    for name in [
        "KUBECONFIG",
        "COLUMNS",
        "AWS_REGION",
        "AWS_PROFILE",
        "HTTPS_PROXY",
        "NO_PROXY",
        "AWS_CONFIG_FILE",
    ] {
        for value in ["zzz", "-1", "\u{1b}[2J", "http://[", "\u{fc}"] {
            let arguments: Vec<&str> = CHECK.iter().filter(|word| **word != "--no-aws").copied().collect();
            tried.run(&format!("{name}={value:?}"), &arguments, b"", "", Some((name, value)));
        }
    }
    for arguments in [
        &["chekc"][..],
        &["demo", "zzz"],
        &["explain", "no-forwardin"],
        &["replay"],
        &["compare", "a"],
        &["completions"],
        &["completions", "zzz"],
        &["completions", "bsah"],
        &["man", "x"],
        &["check", "--watch", "5s", "--samples", "3", "a.test"],
        &["check", "--push", "a.test"],
        &["check", "--until", "healthy", "a.test"],
        &["check", "--watch", "5s", "--until", "broken", "a.test"],
        &["check", "a.test", "b.test"],
        &["check", "a.test", "--connect=1"],
        &["facts", "--zzz"],
        &["demo", "--color", "x"],
        &["replay", "x", "-o", "yaml"],
        &["explain", "a", "b", "c"],
    ] {
        tried.run(&format!("{arguments:?}"), arguments, b"", "", None);
    }
    tried.done(100);
}
