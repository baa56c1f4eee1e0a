//! Every octet and every character that a terminal, a table or markdown could take for something else, through every
//! way that a text comes in: none of them is printed as it is.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};

use std::net::{SocketAddr, TcpListener};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use eks_dns_doctor::capture;
use eks_dns_doctor::places;
use eks_dns_doctor::render::text::{escape, is_unprintable};
use eks_dns_doctor::render::{Format, Style, render};
use eks_dns_doctor::report::diagnose;
use serde_json::Value;

use super::formats;
use super::server::{OWNER, Query, Server, name, record, soa};
use super::{HOST, Outcome, folder, program, script, write};

/// What means something to markdown, to a table, to HTML, and to a shell.
const SYNTAX: &str = "|`*_[x](http://y)<b>&amp;#$~!\\\"'";

/// Octets of a piece: a label of a name has room for it.
const MOST: usize = 60;

/// Pieces of text, each short enough for a name of anything, which together hold every octet that is a character of its
/// own, every kind of character that must not be printed, and what formats turn on.
fn pieces() -> Vec<String> {
    let low = (0..0x3100).chain(0xe000..0xe002).chain(0xf8fe..0xf900);
    let high = (0xfdce..0xfdf1)
        .chain(0xfdfe..0xfe11)
        .chain([0xfeff, 0xffa0])
        .chain(0xfff0..0x1_0000)
        .chain([
            0x1_10bd, 0x1_10cd, 0x1_3430, 0x1_345f, 0x1_bca0, 0x1_bca3, 0x1_d173, 0x1_d17a,
        ])
        .chain([
            0x1_fffe, 0x1_ffff, 0xe_0000, 0xe_0001, 0xe_0020, 0xe_007f, 0xe_0100, 0xe_01ef,
        ])
        .chain([0xe_fffe, 0xf_0000, 0xf_ffff, 0x10_0000, 0x10_ffff]);
    let chars: Vec<char> = low
        .chain(high)
        .filter_map(char::from_u32)
        .filter(|c| is_unprintable(*c) || c.is_ascii_punctuation())
        .collect();
    let mut pieces = vec![String::new()];
    for c in chars {
        let last = pieces.last_mut().expect("there is one");
        if last.len() + c.len_utf8() > MOST {
            pieces.push(c.to_string());
        } else {
            last.push(c);
        }
    }
    pieces.extend([
        SYNTAX.to_owned(),
        "\n# h\n- i\n1. x\n> q\n| a | b |\n|---|---|".to_owned(),
        "\u{1b}[31mx\u{1b}[0m\u{7}\u{1b}]8;;http://x\u{1b}\\y".to_owned(),
        "\\000\\027\\156\\u001b```\n~~~\n````<!-- --><script>".to_owned(),
    ]);
    pieces
}

/// The same for what is read as octets: all 256 of them, and what is no UTF-8.
fn octets() -> Vec<Vec<u8>> {
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let mut pieces: Vec<Vec<u8>> = all.chunks(MOST).map(<[u8]>::to_vec).collect();
    pieces.push(b"\xc0\x9b\xed\xa0\x80\xf4\x90\x80\x80\xff\xfe".to_vec());
    pieces.extend(self::pieces().into_iter().map(String::into_bytes));
    pieces
}

/// The text without the sequences that are ours (ECMA-48, Select Graphic Rendition).
fn without_colours(text: &str) -> String {
    ["1", "1;31", "1;32", "1;33", "0"]
        .iter()
        .fold(text.to_owned(), |text, code| {
            text.replace(&format!("\u{1b}[{code}m"), "")
        })
}

/// Nothing raw in a text.
fn safe(what: &str, text: &str) {
    let raw = |c: char| c != '\n' && is_unprintable(c);
    if let Some(c) = without_colours(text).chars().find(|c| raw(*c)) {
        panic!("{what}: U+{:04X} in {text:?}", u32::from(c));
    }
}

/// Nothing raw in what a run printed, and one line where it was an error.
fn printed(what: &str, outcome: &Outcome) {
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap_or_else(|error| panic!("{what}: {error}"));
    safe(what, &text(&outcome.stdout));
    let said = text(&outcome.stderr);
    safe(what, &said);
    assert!(outcome.code.is_some_and(|code| code != 101), "{what}: {said}");
    if outcome.code == Some(2) {
        let errors = said.lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(errors, 1, "{what}: {said}");
    }
}

/// A line of a picture for Mermaid: its head, or boxes with arrows between them. What a box says is in quotation marks
/// and has none itself.
fn is_whole_way(line: &str) -> bool {
    let is_box = |text: &str| {
        let inside = text.split_once("[\"").and_then(|(id, said)| {
            let said = said.strip_suffix("\"]")?;
            Some((id, said))
        });
        inside.is_some_and(|(id, said)| id.chars().all(|c| c.is_ascii_alphanumeric()) && !said.contains('"'))
    };
    line == "flowchart LR" || line.split(" --> ").all(is_box)
}

/// Rows of tables have their columns, and nothing opens what we have not opened: outside code, a character that means
/// something to markdown stands behind a backslash or is a character reference.
fn whole_markdown(what: &str, text: &str) {
    let mut fence: Option<String> = None;
    let mut columns = 0;
    let mut is_picture = false;
    // The part that is folded, which holds the rest.
    let folds = ["<details>", "<summary>Everything else</summary>", "</details>"];
    for line in text.lines().filter(|line| !folds.contains(line)) {
        let start = line.trim_start();
        let ticks: String = start.chars().take_while(|c| *c == '`').collect();
        if let Some(open) = &fence {
            if start == open.as_str() {
                fence = None;
                continue;
            }
            // A picture has no character that means something to Mermaid but our own.
            assert!(!is_picture || is_whole_way(start), "{what}: {line}");
            continue;
        }
        is_picture = start == "```mermaid";
        if ticks.len() >= 3 && (ticks == start || is_picture) {
            fence = Some(ticks);
            continue;
        }
        let mut bars = 0;
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '|' => bars += 1,
                '`' => {
                    // A code span: to the next run of the same length (CommonMark 0.31 section 6.1).
                    let mut open = 1;
                    while chars.next_if_eq(&'`').is_some() {
                        open += 1;
                    }
                    loop {
                        let mut run = 0;
                        while chars.next_if_eq(&'`').is_some() {
                            run += 1;
                        }
                        if run == open {
                            break;
                        }
                        // In a table a bar ends the cell in a code span too.
                        let inside = chars.next();
                        assert!(!matches!(inside, None | Some('|')), "{what}: {line}");
                    }
                }
                '<' => assert!(line.contains("<https://"), "{what}: {line}"),
                _ => {}
            }
        }
        if line.starts_with('|') {
            if columns == 0 {
                columns = bars;
            }
            assert_eq!(bars, columns, "{what}: {line}");
        } else {
            columns = 0;
        }
    }
    assert_eq!(fence, None, "{what}: an open block");
}

/// A document in every format.
fn in_every_format(what: &str, draw: impl Fn(Format, &Style) -> String) {
    for format in Format::VARIANTS {
        for (verbose, color, ascii) in [(false, false, false), (true, true, false), (true, false, true)] {
            let style = Style {
                color,
                ascii,
                verbose,
                ..Style::default()
            };
            let text = draw(*format, &style);
            let what = format!("{what} {format}");
            safe(&what, &text);
            match format {
                Format::Json | Format::Jsonl => {
                    let read: Result<Value, _> = serde_json::from_str(&text);
                    assert!(read.is_ok(), "{what}: {read:?}");
                }
                Format::Markdown => whole_markdown(&what, &text),
                Format::Short => assert_eq!(text.lines().count(), 1, "{what}: {text}"),
                Format::Table => {}
                Format::OpenMetrics | Format::Junit | Format::Nagios | Format::Html => {
                    assert_eq!(formats::whole(*format, &text), Ok(()), "{what}");
                }
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------
// A check whose whole world is hostile.

/// What the name server puts into its replies.
type Piece = Arc<Mutex<Vec<u8>>>;

/// Names of aliases, of authorities and of owners, texts of errors, and data of unknown types, with the piece in them.
fn hostile(query: &Query, piece: &[u8]) -> Vec<u8> {
    // A dot within a label makes its record unreadable, as to Go (tests/replies.rs).
    let mut label: Vec<u8> = piece.iter().copied().filter(|octet| *octet != b'.').collect();
    label.truncate(MOST);
    let labels = [label.as_slice(), b"evil", b"test"];
    let evil = name(if label.is_empty() { &labels[1..] } else { &labels });
    let unknown = [
        record(
            &evil,
            16,
            &[&[u8::try_from(piece.len()).expect("short")][..], piece].concat(),
        ),
        record(OWNER, 65_280, piece),
    ];
    let soa = record(&evil, 6, &soa(&evil, &evil));
    let errors = [piece.to_vec(), [&b"says "[..], piece].concat()];
    match query.question[1] {
        // The target itself, through an alias.
        b'0' if query.qtype == 1 => {
            let alias = record(OWNER, 5, &evil);
            let address = record(&evil, 1, &[192, 168, 104, 190]);
            query.reply(0, &[&[alias, address][..], &unknown].concat(), &[soa], &errors)
        }
        b'0' => query.reply(2, &[], &[soa], &errors),
        _ if query.qtype == 2 => query.reply(0, &[record(OWNER, 2, &evil)], &[], &errors),
        _ => query.reply(3, &unknown, &[soa], &errors),
    }
}

/// Every text in it with the piece behind it, but for those that have to be what they are to be read at all.
fn poisoned(value: &mut Value, piece: &str) {
    match value {
        Value::String(text) => {
            let is_plain = text.parse::<std::net::IpAddr>().is_ok()
                || text.parse::<ipnet::IpNet>().is_ok()
                || text.starts_with("20")
                || text.contains(".eks.amazonaws.com")
                || text.bytes().all(|octet| octet.is_ascii_uppercase() || octet == b'_');
            if !is_plain {
                text.push_str(piece);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| poisoned(item, piece)),
        Value::Object(members) => members.values_mut().for_each(|member| poisoned(member, piece)),
        _ => {}
    }
}

fn aws_cli(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/awscli/v2")
        .join(file);
    serde_json::from_slice(&std::fs::read(path).expect("a fixture")).expect("JSON")
}

/// A kubeconfig is YAML, and JSON is that; but there every character that is not printable has to be written as its
/// code (YAML 1.2.2 section 5.1).
fn kubeconfig(piece: &str) -> String {
    let document = serde_json::json!({
        "current-context": format!("c{piece}"),
        "contexts": [{"name": format!("c{piece}"), "context": {"cluster": format!("k{piece}"), "user": format!("u{piece}")}}],
        "clusters": [{"name": format!("k{piece}"), "cluster": {
            "server": format!("https://{HOST}/{piece}"), "tls-server-name": piece, "certificate-authority-data": base64_simd::STANDARD.encode_to_string(piece),
            "proxy-url": piece,
        }}],
        "users": [{"name": format!("u{piece}"), "user": {"exec": {"command": piece, "args": [
            "eks", "get-token", "--cluster-name", format!("n{piece}"), "--region", format!("eu-west-1{piece}"),
            "--role-arn", piece, "--profile", piece], "env": [{"name": "AWS_PROFILE", "value": piece}]}}}],
    });
    let escaped = |c: char| match u32::from(c) {
        code @ 0..0x7f => String::from_iter(char::from_u32(code)),
        code @ 0x7f..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    document.to_string().chars().map(escaped).collect()
}

/// What cannot stand in an argument or in the environment.
fn without_nul(piece: &[u8]) -> OsString {
    OsString::from_vec(piece.iter().copied().filter(|octet| *octet != 0).collect())
}

#[test]
fn through_a_whole_check() {
    let folder = folder();
    let piece: Piece = Arc::default();
    let said = Arc::clone(&piece);
    let server = Server::start(move |query| Some(hostile(query, &said.lock().expect("a piece"))));
    let address = server.address.to_string();
    let mut facts_read = 0;
    for octets in octets() {
        let text = String::from_utf8_lossy(&octets).into_owned();
        let what = format!("{octets:02x?}");
        piece.lock().expect("a piece").clone_from(&octets);
        let around = |before: &[u8], after: &[u8]| [before, &octets, after].concat();
        let hosts = around(format!("192.0.2.1 {HOST} a").as_bytes(), b"\n192.0.2.");
        let hosts = [hosts, around(b"7 ", format!(" {HOST}\n").as_bytes())].concat();
        write(folder.path(), "hosts", hosts);
        // Not asked: it is loopback, and closed.
        let stub = [
            around(b"# by NetworkManager ", b"\nnameserver 127.0.0.1\nnameserver "),
            around(b"\nsearch x", b".test\noptions "),
            around(b"", b"\n"),
        ];
        write(folder.path(), "resolv.conf", stub.concat());
        write(folder.path(), "kubeconfig", kubeconfig(&text));
        let mut facts = Vec::new();
        for file in [
            "eks-describe-cluster.json",
            "ec2-describe-network-interfaces.json",
            "ec2-describe-security-groups.json",
            "ec2-describe-vpcs.json",
            "ec2-describe-dhcp-options.json",
            "route53resolver-list-resolver-endpoints.json",
            "route53resolver-list-resolver-rules.json",
            "route53resolver-list-resolver-rule-associations.json",
        ] {
            let mut value = aws_cli(file);
            poisoned(&mut value, &text);
            facts.push(write(folder.path(), file, value.to_string()));
        }
        let run = |with_facts: bool, format: &str| {
            let mut command = program(folder.path());
            command
                .args([
                    "check",
                    HOST,
                    "--no-os",
                    "--no-aws",
                    "--timeout",
                    "400ms",
                    "-v",
                    "--explain-why",
                ])
                .args(["--color", "always", "-o", format, "--save", "capture.json"])
                .args([
                    "--hosts-file",
                    "hosts",
                    "--resolv-conf",
                    "resolv.conf",
                    "--kubeconfig",
                    "kubeconfig",
                ])
                .args(["--resolver", &format!("one={address}")])
                .env("HTTPS_PROXY", without_nul(&around(b"http://p", b":3128")))
                .env("NO_PROXY", without_nul(&octets))
                .env("LOCALDOMAIN", without_nul(&octets))
                .env("RES_OPTIONS", without_nul(&octets))
                .env("COLUMNS", without_nul(&octets))
                .env("TERM", without_nul(&octets));
            if with_facts {
                for path in &facts {
                    command.arg("--facts").arg(path);
                }
            }
            if !text.chars().any(char::is_control) {
                command.args(["--vantage", &format!("v{text}")]);
            }
            Outcome::of(&mut command)
        };
        let outcome = run(false, "table");
        printed(&what, &outcome);
        assert!(matches!(outcome.code, Some(1 | 3)), "{what}: {}", outcome.err());
        let first = std::fs::read(folder.path().join("capture.json")).expect("a capture");
        // It came through: as an alias and an authority, as an error's text, and as what the kubeconfig calls its
        // context.
        let shown = String::from_utf8_lossy(&first);
        for through in [".evil.test\"", "\"says ", "\"context\": \"c"] {
            assert!(shown.contains(through), "{what}: {through} is not in {shown}");
        }
        let outcome = run(true, "markdown");
        printed(&what, &outcome);
        let mut captures = vec![first];
        if outcome.code != Some(2) {
            whole_markdown(&what, &outcome.out());
            facts_read += 1;
            captures.push(std::fs::read(folder.path().join("capture.json")).expect("a capture"));
        }
        for saved in captures {
            read_again(&what, &text, &saved);
        }
    }
    assert!(facts_read > 5, "{facts_read} of the facts were read");
}

/// What was saved is whole, and nothing of it gets out raw when it is read again, in any format, alone or beside
/// another.
fn read_again(what: &str, piece: &str, saved: &[u8]) {
    safe(what, std::str::from_utf8(saved).expect("UTF-8"));
    let capture = capture::parse(saved).unwrap_or_else(|error| panic!("{what}: {error}"));
    let report = diagnose(capture).with_why();
    in_every_format(what, |format, style| {
        let mut out = String::new();
        render(&report, format, style, &mut out).expect("a text");
        out
    });
    // Without a name of its own a place is called as its file.
    let mut nameless: Value = serde_json::from_slice(saved).expect("JSON");
    nameless["vantage"]["name"] = Value::Null;
    let nameless = serde_json::to_vec(&nameless).expect("JSON");
    let mut both = places::read_all(&format!("s{piece}"), &nameless).expect("a place");
    both.sources
        .extend(places::read_all("other", saved).expect("a place").sources);
    let compared = places::compare_gathered(both).unwrap_or_else(|error| panic!("{what}: {error}"));
    in_every_format(what, |format, style| {
        let mut out = String::new();
        places::render(&compared, format, style, &mut out).expect("a text");
        out
    });
}

/// Every text of a capture, one kind after the other, with a piece in it: read or refused, nothing of it gets out raw.
#[test]
fn through_every_text_of_a_capture() {
    fn keys(value: &Value, under: &str, found: &mut std::collections::BTreeSet<String>) {
        match value {
            Value::String(_) => {
                found.insert(under.to_owned());
            }
            Value::Array(items) => items.iter().for_each(|item| keys(item, under, found)),
            Value::Object(members) => {
                for (key, member) in members {
                    keys(member, &format!("{under}/{key}"), found);
                }
            }
            _ => {}
        }
    }
    fn put(value: &mut Value, under: &str, key: &str, piece: &str) {
        match value {
            Value::String(text) if under == key => text.push_str(piece),
            Value::Array(items) => items.iter_mut().for_each(|item| put(item, under, key, piece)),
            Value::Object(members) => {
                for (name, member) in members {
                    put(member, &format!("{under}/{name}"), key, piece);
                }
            }
            _ => {}
        }
    }
    let all = "a\0\u{7}\u{1b}[2J\u{7f}\u{9b}\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{fffe}\r\n| x | `y` <b> \\";
    let cases = [
        "inbound-endpoint-sg/fires",
        "split-dns-not-applied/fires",
        "not-this-cluster/fires",
    ];
    let mut read = 0;
    for case in cases {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/cases")
            .join(case)
            .join("capture.json");
        let Ok(recorded) = std::fs::read(&path) else {
            panic!("{}", path.display());
        };
        // The whole document, as the program saves it.
        let report = diagnose(capture::parse(&recorded).expect("a capture"));
        let text = serde_json::to_vec(&report).expect("JSON");
        let document: Value = serde_json::from_slice(&text).expect("JSON");
        let mut found = std::collections::BTreeSet::new();
        keys(&document, "", &mut found);
        for key in found {
            let mut changed = document.clone();
            put(&mut changed, "", &key, all);
            let octets = serde_json::to_vec(&changed).expect("JSON");
            let what = format!("{case} {key}");
            match capture::parse(&octets) {
                Err(error) => {
                    let said = escape(&error.to_string());
                    safe(&what, &said);
                    assert!(said.chars().count() < 500, "{what}: {said}");
                }
                Ok(capture) => {
                    read += 1;
                    let report = diagnose(capture).with_why();
                    in_every_format(&what, |format, style| {
                        let mut out = String::new();
                        render(&report, format, style, &mut out).expect("a text");
                        out
                    });
                }
            }
            if let Ok(gathered) = places::read_all(all, &octets) {
                let mut both = gathered;
                both.sources
                    .extend(places::read_all("other", &text).expect("a place").sources);
                if let Ok(compared) = places::compare_gathered(both) {
                    in_every_format(&what, |format, style| {
                        let mut out = String::new();
                        places::render(&compared, format, style, &mut out).expect("a text");
                        out
                    });
                }
            }
        }
    }
    assert!(read > 100, "{read} were read");
}

// ---------------------------------------------------------------------------------------------------------------
// What is pasted, and what is wrong on the command line.

#[test]
fn through_pasted_texts() {
    let folder = folder();
    let templates: &[&str] = &[
        "Unable to connect to the server: dial tcp: lookup a@b.example.test on 10.63.@0.10:53: no such host",
        "Get \"https://@/api\": proxyconnect tcp: dial tcp: lookup p@.test on 10.0.0.2:53: read udp i/o timeout @",
        ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; QUESTION SECTION:\n;a@b.example.test. IN A\n;; \
         AUTHORITY SECTION:\ntest. 5 IN SOA m@. r@. 1 1 1 1 1\n;; SERVER: 10.0.0.2#53(@)\n",
        "Server:\t\t10.0.0.2@\nAddress:\t10.0.0.2#53\n\n** server can't find a@.example.test: REFUSED\n",
        "resolver #1@\n domain : eks@.example\n nameserver[0] : 10.0.@0.1\n nameserver[1] : 10.0.0.1\n if_index : 7 \
         (en@0)\n",
        "Link 7 (t@n0)\n  DNS Servers: 10.63@.5.53 10.63.5.53\n  DNS Domain: ~eks@.amazonaws.com ~eks.amazonaws.com\n",
        "curl: (6) Could not resolve host: a@b.example.test",
        "{\"InterfaceAlias\":\"Wi@Fi\",\"ServerAddresses\":[\"10.0.0.1\",\"10@\"]}",
        "@",
    ];
    for octets in octets() {
        for template in templates {
            let pasted: Vec<u8> = template
                .bytes()
                .flat_map(|octet| if octet == b'@' { octets.clone() } else { vec![octet] })
                .collect();
            let mut child = program(folder.path())
                .args(["explain", "-"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it starts");
            let mut stdin = child.stdin.take().expect("a pipe");
            stdin.write_all(&pasted).expect("written");
            drop(stdin);
            printed(&format!("{pasted:?}"), &Outcome::of_child(child));
        }
    }
}

#[test]
fn through_arguments_and_names_of_files() {
    let folder = folder();
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases/no-forwarding/article/capture.json");
    let capture = std::fs::read(capture).expect("a capture");
    let dig = b";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; QUESTION SECTION:\n;a.test. IN A\n";
    write(folder.path(), "one", &capture);
    for octets in octets() {
        let word = |before: &str| {
            let mut word = OsString::from(before);
            word.push(without_nul(&octets));
            word
        };
        let piece = word("");
        let mut lines: Vec<Vec<OsString>> = [
            "check --no-local --no-os --no-aws --resolver=127.0.0.1:9 --judge=nobody",
            "explain",
            "explain x ",
            "replay",
            "demo",
            "completions",
            "help",
        ]
        .iter()
        .map(|line| {
            let mut words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
            words.push(piece.clone());
            words
        })
        .collect();
        for flag in [
            "--resolver=",
            "--resolver=x@",
            "--vpc-resolver=",
            "--inbound=",
            "--public-resolver=",
            "--resolv-conf=",
            "--hosts-file=",
            "--expect=",
            "--expect-scope=",
            "--judge=",
            "--samples=",
            "--timeout=",
            "--deadline=",
            "--save=",
            "--save=none/",
            "--vantage=",
            "--output=",
            "--color=",
            "--cluster=",
            "--region=",
            "--profile=",
            "--kubeconfig=",
            "--context=",
            "--facts=",
            "--via=",
            "--via=ssh:",
            "--via=ssm:",
            "--via=ssm:tag:",
            "--watch=",
            "--",
        ] {
            let mut words: Vec<OsString> = ["check", HOST, "--no-local", "--no-os", "--no-aws"]
                .map(Into::into)
                .to_vec();
            words.push(word(flag));
            // Whatever is understood of it, nobody is asked.
            words.extend(["--resolver=127.0.0.1:9", "--judge=nobody"].map(Into::into));
            lines.push(words);
        }
        for words in lines {
            let outcome = Outcome::of(program(folder.path()).args(&words));
            printed(&format!("{words:?}"), &outcome);
        }
        // Names of files that are there name the places of a comparison.
        let file = without_nul(
            &octets
                .iter()
                .copied()
                .filter(|octet| *octet != b'/')
                .collect::<Vec<u8>>(),
        );
        let mut named = OsString::from("n");
        named.push(&file);
        for content in [&capture[..], dig, b"nothing"] {
            if std::fs::write(folder.path().join(&named), content).is_err() {
                // Some file systems take no such name.
                continue;
            }
            for format in ["table", "json", "markdown", "short"] {
                let outcome = Outcome::of(
                    program(folder.path())
                        .arg("compare")
                        .args([&named, &OsString::from("one")])
                        .args(["-v", "--color", "always", "-o", format]),
                );
                printed(&format!("compare {named:?}"), &outcome);
            }
        }
        std::fs::remove_file(folder.path().join(&named)).ok();
    }
}

// ---------------------------------------------------------------------------------------------------------------
// What others say while they are asked.

/// AWS refuses everything, in these words.
fn refusing(piece: Piece) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let said = piece.lock().expect("a piece").clone();
            thread::spawn(move || -> std::io::Result<()> {
                let mut stream = BufReader::new(stream);
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    if stream.read_line(&mut head)? == 0 {
                        return Ok(());
                    }
                }
                let head = head.to_ascii_lowercase();
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
                let mut request = vec![0; length.unwrap_or(0)];
                stream.read_exact(&mut request)?;
                let mut stream = stream.into_inner();
                let text = String::from_utf8_lossy(&said).into_owned();
                let is_json = head.starts_with("get") || head.contains("x-amz-target");
                let body = if is_json {
                    serde_json::json!({"__type": format!("Denied{text}"), "message": format!("no \
                     {text}"), "Message": text})
                    .to_string()
                    .into_bytes()
                } else {
                    [
                        &b"<Response><Errors><Error><Code>Denied</Code><Message>no "[..],
                        said.as_slice(),
                        b"</Message></Error></Errors></Response>",
                    ]
                    .concat()
                };
                let head = format!(
                    "HTTP/1.1 403 No\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                stream.write_all(&[head.as_bytes(), &body].concat())
            });
        }
    });
    address
}

#[test]
fn through_what_aws_and_other_places_say() {
    let folder = folder();
    let piece: Piece = Arc::default();
    let aws = refusing(Arc::clone(&piece));
    let certificate = super::certificate(folder.path());
    let server = super::server::answering();
    script(
        folder.path(),
        "ssh",
        "cat \"$HOME/said\"; cat \"$HOME/said\" >&2; exit 255",
    );
    for octets in octets() {
        piece.lock().expect("a piece").clone_from(&octets);
        write(folder.path(), "said", &octets);
        let what = format!("{octets:02x?}");
        let keys = |command: &mut Command| {
            command
                .env("AWS_ENDPOINT_URL", format!("http://{aws}"))
                .env("SSL_CERT_FILE", &certificate)
                .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
                .env("AWS_SECRET_ACCESS_KEY", "secret")
                .env("AWS_REGION", "eu-west-1")
                .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()));
        };
        for more in [
            &["-o", "json"][..],
            &["-v"],
            &["-o", "markdown", "-v", "--no-aws", "--via", "ssh:there"],
        ] {
            let mut command = super::check(folder.path(), server.address);
            command.args(more).args(["--color", "always"]);
            keys(&mut command);
            let outcome = Outcome::of(&mut command);
            printed(&what, &outcome);
            assert!(
                matches!(outcome.code, Some(0 | 3)),
                "{what}: {} {}",
                outcome.out(),
                outcome.err()
            );
        }
        let mut command = program(folder.path());
        command.args(["facts", HOST]);
        keys(&mut command);
        printed(&what, &Outcome::of(&mut command));
        let mut command = program(folder.path());
        command.args(["check", "--cluster", "x"]);
        keys(&mut command);
        printed(&what, &Outcome::of(&mut command));
    }
}
