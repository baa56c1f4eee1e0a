//! The pieces in docs/runbooks do what they say: each is run by sh against a name server on loopback.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

use std::any::TypeId;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use clap::CommandFactory;
use eks_dns_doctor::cli::args::Cli;
use eks_dns_doctor::via::Via;
use serde_json::Value;

#[path = "common/both_transports.rs"]
mod both_transports;
#[path = "common/name_server.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod name_server;

use name_server::{ADDRESS, HOST, Plays};

/// Less than any window of these tests: what ends so soon has waited for none.
const NO_WINDOW: std::time::Duration = std::time::Duration::from_secs(4);

fn piece(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbooks").join(name);
    std::fs::read_to_string(path).expect("a piece of a runbook")
}

/// The text of a block scalar: the more deeply indented lines behind a line that ends in `key |`.
fn block(document: &str, key: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = document.lines().skip_while(|line| line.trim() != key);
    let outer = indent(lines.next().expect(key));
    let body: Vec<&str> = lines
        .take_while(|line| line.trim().is_empty() || indent(line) > outer)
        .collect();
    let inner = body.iter().map(|line| indent(line)).min().expect("lines");
    let lines: Vec<&str> = body.iter().map(|line| &line[inner..]).collect();
    lines.join("\n") + "\n"
}

/// A name server on loopback that has the endpoint as the VPC's own does.
fn server() -> SocketAddr {
    both_transports::start(|query| Some(reply(query)))
}

/// 192.168.104.190 for the endpoint's A question, and the SOA of a private hosted zone for anything else.
fn reply(query: &[u8]) -> Vec<u8> {
    name_server::reply(query, Plays::Has(ADDRESS)).expect("a reply")
}

/// The same of a server that has it from AWS's public zone, whose name servers are others.
fn reply_of_public_dns(query: &[u8]) -> Vec<u8> {
    let mut reply = reply(query);
    let of_private = b"awsdns-00";
    let at = reply.windows(of_private.len()).position(|part| part == of_private);
    if let Some(at) = at {
        reply[at..at + of_private.len()].copy_from_slice(b"awsdns-07");
    }
    reply
}

/// How a step of a runbook is run: some end at the first command that fails.
const SHELLS: [&[&str]; 2] = [&["-e", "-c"], &["-c"]];

/// Runs a script as a runbook does that ends at the first command that fails, with the program first on the PATH, and a
/// `gh` that keeps what it is given.
fn run(script: &str, expect: &str) -> (Output, PathBuf, tempfile::TempDir) {
    run_in(SHELLS[0], script, expect)
}

fn run_in(shell: &[&str], script: &str, expect: &str) -> (Output, PathBuf, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let home = directory.path().to_owned();
    let program = Path::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
    let gh = home.join("gh");
    std::fs::write(&gh, "#!/bin/sh\necho \"$@\" >gh.args\ncat >gh.body\n").expect("a file");
    let mut mode = std::fs::metadata(&gh).expect("a file").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(&gh, mode).expect("a file");
    let path = format!(
        "{}:{}:{}",
        program.parent().expect("a directory").display(),
        home.display(),
        std::env::var("PATH").expect("a PATH")
    );
    let flags = format!(
        "--no-local --no-os --no-controls --resolver one={} --expect {expect}",
        server()
    );
    let script = script.replace("{{ Endpoint }}", HOST).replace("{{ Flags }}", &flags);
    let environment = BTreeMap::from([
        ("PATH", path.as_str()),
        ("TMPDIR", home.to_str().expect("text")),
        ("ENDPOINT", HOST),
        ("FLAGS", flags.as_str()),
        ("ISSUE", "7"),
        ("GITHUB_STEP_SUMMARY", "summary.md"),
    ]);
    let output = Command::new("sh")
        .args(shell)
        .arg(&script)
        .env_clear()
        .envs(environment)
        .current_dir(&home)
        .output()
        .expect("sh runs");
    (output, home, directory)
}

/// Runs it where the answer is right and where it is wrong, in each shell: the exit codes are 0 and 1, and what was
/// printed comes back.
fn both(script: &str) -> [String; 2] {
    let [_, printed] = SHELLS.map(|shell| both_in(shell, script));
    printed
}

fn both_in(shell: &[&str], script: &str) -> [String; 2] {
    [("192.168.104.190", 0), ("192.168.131.209", 1)].map(|(expect, code)| {
        let (output, _, _) = run_in(shell, script, expect);
        let stdout = String::from_utf8(output.stdout).expect("text");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(code), "{stdout}\n{stderr}");
        assert!(!stderr.contains("error:"), "{stderr}");
        stdout
    })
}

#[test]
fn the_shell_step() {
    let script = piece("shell-step.sh");
    let wrong = format!("FLAGS=--nonsense\n{script}");
    // What it makes is gone after a run that is healthy, and after one that could not start; else the capture is kept,
    // and named.
    let runs = [
        (&script, "192.168.104.190", 0, 0),
        (&script, "192.168.131.209", 1, 1),
        (&wrong, "192.168.104.190", 2, 0),
    ];
    let each = SHELLS.iter().flat_map(|shell| runs.map(|run| (*shell, run)));
    for (shell, (script, expect, code, kept)) in each {
        let (output, home, _directory) = run_in(shell, script, expect);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let files = std::fs::read_dir(&home).expect("a directory").filter_map(Result::ok);
        let made: Vec<PathBuf> = files
            .map(|file| file.path())
            .filter(|path| *path != home.join("gh"))
            .collect();
        assert_eq!(made.len(), kept, "{made:?}");
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!(said.contains("the capture is "), kept == 1, "{said}");
        assert!(
            made.iter()
                .all(|path| path.join("capture.json").is_file() && said.contains(&*path.to_string_lossy()))
        );
    }
    let shells = SHELLS.map(|shell| both_in(shell, &script));
    let [right, _] = &shells[0];
    for [_, wrong] in &shells {
        assert!(wrong.contains("192.168.104.190"), "the report: {wrong}");
    }
    assert!(right.contains("is as expected"), "{right}");
    assert_eq!(right.lines().count(), 1, "{right}");
}

/// Every piece that takes an endpoint from somebody else writes it behind `--`, so that it is never an option.
#[test]
fn an_endpoint_is_never_an_option() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbooks");
    let mut count = 0;
    for file in std::fs::read_dir(folder).expect("a directory").filter_map(Result::ok) {
        let name = file.file_name().into_string().expect("text");
        for line in piece(&name)
            .lines()
            .filter(|line| line.contains("eks-dns-doctor check "))
        {
            let at = [
                "\"$ENDPOINT",
                "\"$endpoint",
                "\"{{ Endpoint",
                "\"${ENDPOINT",
                "${ENDPOINT",
            ]
            .iter()
            .filter_map(|word| line.find(word))
            .min();
            let Some(at) = at else { continue };
            count += 1;
            assert!(line[..at].ends_with(" -- "), "{name}: {line}");
        }
    }
    assert_eq!(count, 9, "the pieces that take an endpoint");
    for document in ["ssm-document.yml", "ssm-automation.yml"] {
        let document: Value = serde_saphyr::from_str(&piece(document)).expect("YAML");
        let pattern = document["parameters"]["Endpoint"]["allowedPattern"]
            .as_str()
            .expect("a pattern");
        assert!(pattern.starts_with("^[A-Za-z0-9]["), "{pattern}");
    }
    // As it is run: an option there is a name, and a wrong one.
    let script = block(&piece("ssm-document.yml"), "- |").replace("{{ Endpoint }}", "--help-all");
    let (output, ..) = run(&script, "192.168.104.190");
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--help-all is not a host name"), "{said}");
}

/// What `Flags` of the documents of Systems Manager may hold.
fn allowed_flags(document: &str) -> (String, impl Fn(&str) -> bool) {
    let document: Value = serde_saphyr::from_str(&piece(document)).expect("YAML");
    let flags = &document["parameters"]["Flags"];
    let pattern = flags["allowedPattern"].as_str().expect("a pattern").to_owned();
    // A JSON Schema has the regular expressions that a document of Systems Manager has, as far as they are used here.
    let schema = serde_json::json!({ "pattern": pattern });
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let allows = move |text: &str| schema.is_valid(&Value::from(text));
    assert!(allows(flags["default"].as_str().expect("a default")));
    (pattern, allows)
}

/// They run as root, for whoever may send the document: no flag of them names a file or another host.
#[test]
fn flags_of_systems_manager_name_no_file_and_no_place() {
    let (pattern, allows) = allowed_flags("ssm-document.yml");
    assert_eq!(pattern, allowed_flags("ssm-automation.yml").0);
    let definition = Cli::command();
    let (mut refused, mut allowed) = (Vec::new(), Vec::new());
    for flag in definition.get_arguments() {
        let Some(long) = flag.get_long() else { continue };
        let type_of_value = flag.get_value_parser().type_id();
        let names = flag.get_value_names().unwrap_or_default();
        let names_one = [TypeId::of::<PathBuf>(), TypeId::of::<Via>()]
            .iter()
            .any(|named| type_of_value == *named)
            || names
                .iter()
                .any(|name| ["FILE", "FOLDER", "PLACE"].contains(&name.as_str()));
        let forms =
            ["x", "/etc/shadow", "private"].map(|value| [format!("--{long} {value}"), format!("--{long}={value}")]);
        let forms = forms.as_flattened().iter().cloned().chain([format!("--{long}")]);
        for form in forms {
            let behind = format!("--expect-scope private {form} --no-aws");
            assert!(
                !(names_one && (allows(&form) || allows(&behind))),
                "{form} names a file or a place"
            );
            if allows(&form) {
                assert!(allows(&behind), "{behind}");
                allowed.push(long);
            }
        }
        if names_one {
            refused.push(long);
        }
    }
    // It is known which they are: files that are read, a file that is written, other hosts.
    for flag in [
        "facts",
        "hosts-file",
        "kubeconfig",
        "resolv-conf",
        "save",
        "targets",
        "via",
    ] {
        assert!(refused.contains(&flag), "{flag}");
    }
    // Every flag of the pattern is one of the program.
    let named = pattern.split(['(', ')', '|', ':']).filter(|word| {
        word.len() > 2 && word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.contains(['[', '$'])
    });
    for word in named {
        assert!(allowed.contains(&word), "{word} is no flag, or is not allowed");
    }
    for text in [
        "",
        "-o short -v",
        "--resolver corp=10.63.200.10:53 --inbound 192.168.10.10,[2001:db8::53]:53 --expect 192.168.0.0/16",
        "--cluster shared-cluster --region ap-northeast-1 --deadline 30s",
    ] {
        assert!(allows(text), "{text}");
    }
    for text in [
        "x",
        "--",
        "-- x",
        "--expect x y",
        "--expect --save=x",
        "--expect x --save x",
        "--expect x\n--save x",
        "--no-aws --facts x",
        "--no-aws=x",
        "-oshort",
        "-vsx",
        "--expect $(id)",
        "--expect x;id",
        "--expect \"x\"",
        "--expect x  --no-aws",
        " --no-aws",
    ] {
        assert!(!allows(text), "{text}");
    }
}

#[test]
fn the_ci_step() {
    let script = block(&piece("github-actions.yml"), "run: |");
    let [right, wrong] = both(&script);
    assert!(right.is_empty(), "{right}");
    assert!(wrong.starts_with("::error title="), "{wrong}");
    let (_, home, _directory) = run(&script, "192.168.131.209");
    let summary = std::fs::read_to_string(home.join("summary.md")).expect("a summary");
    assert!(summary.contains("broken") && !summary.contains(HOST), "{summary}");
}

#[test]
fn the_ssm_document() {
    let document = piece("ssm-document.yml");
    for line in [
        "schemaVersion: \"2.2\"",
        "  - action: aws:runShellScript",
        "      runCommand:",
    ] {
        assert!(document.lines().any(|other| other == line), "{line}");
    }
    let [right, wrong] = both(&block(&document, "- |"));
    assert!(right.contains("healthy") && wrong.contains("broken"), "{right}{wrong}");
    assert!(right.is_ascii() && wrong.is_ascii());
}

#[test]
fn the_ssm_automation() {
    let document: Value = serde_saphyr::from_str(&piece("ssm-automation.yml")).expect("YAML");
    assert_eq!(document["schemaVersion"], "0.3");
    let steps = document["mainSteps"].as_array().expect("steps");
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0]["action"], "aws:runCommand");
    let inputs = &steps[0]["inputs"];
    assert_eq!(inputs["DocumentName"], "AWS-RunShellScript");
    // Every parameter that is used is declared, and the other way round.
    let text = piece("ssm-automation.yml");
    for name in document["parameters"].as_object().expect("parameters").keys() {
        assert!(text.contains(&format!("{{{{ {name} }}}}")), "{name} is not used");
    }
    for used in text.split("{{ ").skip(1).filter_map(|rest| rest.split(" }}").next()) {
        assert!(document["parameters"][used].is_object(), "{used} is not declared");
    }
    let step = document["outputs"][0]
        .as_str()
        .and_then(|output| output.split('.').next());
    assert_eq!(step, steps[0]["name"].as_str());
    let script = inputs["Parameters"]["commands"][0].as_str().expect("a command");
    let [right, wrong] = both(script);
    assert!(right.contains("healthy") && wrong.contains("broken"), "{right}{wrong}");
}

/// The collector as Troubleshoot runs it, and the analyzers as it reads what was collected: a value at a path, compared.
#[test]
fn the_troubleshoot_preflight() {
    let document: Value = serde_saphyr::from_str(&piece("troubleshoot.yml")).expect("YAML");
    assert_eq!(document["apiVersion"], "troubleshoot.sh/v1beta2");
    assert_eq!(document["kind"], "HostPreflight");
    let collector = &document["spec"]["collectors"][0]["run"];
    assert_eq!(
        (&collector["command"], &collector["args"][0]),
        (&Value::from("sh"), &Value::from("-c"))
    );
    let script = collector["args"][1].as_str().expect("a script");
    // The endpoint written into the file, as its head says it.
    let (place, text) = ("${ENDPOINT:-}", piece("troubleshoot.yml"));
    assert!(text.contains(&format!("in place of all of {place}")), "{text}");
    let written = script.replace(place, HOST);
    assert!(
        written.contains(&format!("\"{HOST}\"")) && !written.contains("ENDPOINT"),
        "{written}"
    );
    both(&written);
    let analyzers = document["spec"]["analyzers"].as_array().expect("analyzers");
    assert_eq!(analyzers.len(), 2);
    let reports = both(script).map(|text| serde_json::from_str::<Value>(&text).expect("a report"));
    for (report, conclusion, said) in [
        (&reports[0], "healthy", ["pass", "pass"]),
        (&reports[1], "broken", ["fail", "pass"]),
    ] {
        assert_eq!(report["conclusion"], conclusion);
        assert!(!report.to_string().contains(HOST), "it is redacted");
        for (analyzer, said) in analyzers.iter().zip(said) {
            let analyzer = &analyzer["jsonCompare"];
            let file = format!("{}.txt", collector["collectorName"].as_str().expect("a name"));
            assert_eq!(
                (&analyzer["collectorName"], &analyzer["fileName"]),
                (&Value::from("host-collectors/run-host"), &Value::from(file))
            );
            let at = &report[analyzer["path"].as_str().expect("a path")];
            let value: Value = serde_json::from_str(analyzer["value"].as_str().expect("a text")).expect("JSON");
            // The first outcome whose condition is the comparison's (pkg/analyze/json_compare.go).
            let outcome = analyzer["outcomes"]
                .as_array()
                .expect("outcomes")
                .iter()
                .find_map(|outcome| {
                    let (kind, outcome) = outcome.as_object()?.iter().next()?;
                    let when: bool = outcome["when"].as_str()?.parse().ok()?;
                    (when == (*at == value)).then_some(kind.as_str())
                });
            assert_eq!(outcome, Some(said), "{analyzer}");
        }
    }
}

/// As Terraform runs it: a query on standard input, one flat object of texts on standard output.
#[test]
fn the_terraform_data_source() {
    let script = piece("terraform-external.sh");
    let asked = |query: &str, expect: &str| {
        let (output, ..) = run(&format!("printf '%s' '{query}' | (\n{script}\n)"), expect);
        let stderr = String::from_utf8(output.stderr).expect("text");
        let object = serde_json::from_slice::<BTreeMap<String, String>>(&output.stdout).ok();
        (output.status.code(), object, stderr)
    };
    let query = format!("{{\"endpoint\":\"https://{HOST}\"}}");
    for (expect, code, says) in [
        ("192.168.104.190", "0", "as expected"),
        ("192.168.131.209", "1", "192.168.104.190"),
    ] {
        let (status, object, stderr) = asked(&query, expect);
        let object = object.unwrap_or_else(|| panic!("no object of texts: {stderr}"));
        assert_eq!((status, object["exit_code"].as_str()), (Some(0), code), "{object:?}");
        assert!(object["line"].contains(says), "{object:?}");
    }
    for query in [
        "",
        "{}",
        "{\"endpoint\":\"\"}",
        "{\"endpoint\":\"$(touch x)\"}",
        "{\"endpoint\":\"10.0.0.1\"}",
        "{\"endpoint\":\"--help-all\"}",
        "{\"endpoint\":\"--version\"}",
    ] {
        let (status, object, stderr) = asked(query, "192.168.104.190");
        assert_eq!((status, object.is_none()), (Some(1), true), "{query}");
        assert_eq!(stderr.lines().count(), 1, "{query}: {stderr}");
    }
    let source = piece("terraform.tf");
    for part in [
        "data \"external\"",
        "terraform-external.sh",
        "query = {",
        "endpoint =",
        "self.result.exit_code",
        "self.result.line",
    ] {
        assert!(source.contains(part), "{part}");
    }
}

#[test]
fn the_kubernetes_job() {
    let manifest = piece("kubernetes-job.yml");
    for line in ["kind: Job", "  backoffLimit: 0", "      restartPolicy: Never"] {
        assert!(manifest.lines().any(|other| other == line), "{line}");
    }
    // The image has no shell: Kubernetes starts the program with these words, the variables put in.
    let document: Value = serde_saphyr::from_str(&manifest).expect("YAML");
    let container = &document["spec"]["template"]["spec"]["containers"][0];
    assert!(container["command"].is_null(), "the image's own");
    let words: Vec<String> = container["args"]
        .as_array()
        .expect("words")
        .iter()
        .map(|word| format!("'{}'", word.as_str().expect("a text")).replace("'$(ENDPOINT)'", "\"$ENDPOINT\""))
        .collect();
    // Whom to ask here, and what is right, stand behind the command's own flags.
    let script = format!("exec eks-dns-doctor {}", words.join(" "));
    let asked = script.replace("'--expect-scope' 'private'", "$FLAGS");
    assert_ne!(script, asked, "it says what is expected");
    let [right, wrong] = both(&asked);
    assert!(right.contains("healthy") && wrong.contains("broken"), "{right}{wrong}");
}

#[test]
fn the_kubernetes_cron_job() {
    let manifest = piece("kubernetes-cronjob.yml");
    for line in [
        "kind: CronJob",
        "  concurrencyPolicy: Forbid",
        "      backoffLimit: 0",
        "          restartPolicy: Never",
    ] {
        assert!(manifest.lines().any(|other| other == line), "{line}");
    }
    let [right, wrong] = both(&block(&manifest, "- |"));
    assert!(right.contains("healthy") && wrong.contains("broken"), "{right}{wrong}");
}

/// The value of a key of a systemd unit.
fn value(unit: &str, key: &str) -> String {
    let line = unit.lines().find_map(|line| line.strip_prefix(&format!("{key}=")));
    line.unwrap_or_else(|| panic!("no {key}")).to_owned()
}

/// The unit's command, as the service manager would start it: it serves what it found, and ends when it is told to.
#[test]
fn the_service() {
    let unit = piece("eks-dns-doctor.service");
    let command = value(&unit, "ExecStart")
        .replace("/usr/local/bin/", "exec ")
        .replace("127.0.0.1:9853", "127.0.0.1:0");
    assert!(
        command.starts_with("exec eks-dns-doctor serve --listen 127.0.0.1:0 --interval 60s"),
        "{command}"
    );
    let program = Path::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
    let flags = format!(
        "--no-local --no-os --no-controls --no-aws --resolver one={} --expect 192.168.104.190 --vantage here",
        server()
    );
    let mut served = Command::new("/bin/sh")
        .args(["-c", &command])
        .env_clear()
        .env("PATH", program.parent().expect("a directory"))
        .env("ENDPOINT", HOST)
        .env("FLAGS", &flags)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let mut log = BufReader::new(served.stderr.take().expect("a log")).lines();
    let mut line = || log.next().expect("a line").expect("text");
    let listening = line();
    let (_, rest) = listening.split_once("http://").expect("an address");
    let (address, _) = rest.split_once("/metrics").expect("a path");
    let address: SocketAddr = address.parse().expect("an address");
    assert!(line().contains("healthy: "), "the first check");
    let get = |path: &str| {
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let metrics = get("/metrics");
    let state = format!("eks_dns_conclusion{{target=\"{HOST}\",vantage=\"here\",eks_dns_conclusion=\"healthy\"}} 1\n");
    assert!(
        metrics.starts_with("HTTP/1.1 200 OK\r\n") && metrics.contains(&state),
        "{metrics}"
    );
    assert!(get("/healthz").contains("\r\n\r\nok: "), "healthz");
    let pid = rustix::process::Pid::from_child(&served);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("a signal");
    let began = std::time::Instant::now();
    assert_eq!(served.wait().expect("it ends").code(), Some(0));
    assert!(began.elapsed() < NO_WINDOW, "at once");
}

/// The script behind the timer: a check leaves its metrics, one that cannot be made leaves none.
#[test]
fn the_timer_and_its_script() {
    let service = piece("eks-dns-textfile.service");
    assert_eq!(value(&service, "Type"), "oneshot");
    assert_eq!(value(&service, "ExecStart"), "/usr/local/bin/eks-dns-textfile");
    assert_eq!(value(&piece("eks-dns-textfile.timer"), "OnUnitActiveSec"), "60s");
    let script = piece("textfile.sh");
    let collected = |home: &Path| {
        let mut names: Vec<String> = std::fs::read_dir(home)
            .expect("a directory")
            .map(|entry| entry.expect("a file").file_name().into_string().expect("text"))
            .filter(|name| name.contains("eks-dns"))
            .collect();
        names.sort();
        names
    };
    for (expect, conclusion) in [("192.168.104.190", "healthy"), ("192.168.131.209", "broken")] {
        let (output, home, _directory) = run(&format!("TEXTFILES=$TMPDIR\n{script}"), expect);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(collected(&home), ["eks-dns.prom"]);
        let text = std::fs::read_to_string(home.join("eks-dns.prom")).expect("metrics");
        let state = format!("eks_dns_conclusion=\"{conclusion}\"}} 1\n");
        assert!(text.contains(&state) && text.ends_with("# EOF\n"), "{text}");
    }
    let (output, home, _directory) = run(
        &format!("TEXTFILES=$TMPDIR\necho old >eks-dns.prom\nFLAGS=--wrong\n{script}"),
        "192.168.104.190",
    );
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(collected(&home).is_empty(), "{:?}", collected(&home));
}

/// Every metric that an alert asks for is one that is written. promtool reads the file in `.ci/formats.py`.
#[test]
fn the_alerts() {
    use eks_dns_doctor::{places, render, serve};
    let rules = piece("prometheus-rules.yml");
    let known: Vec<&str> = [render::METRICS, render::fleet::METRICS, places::METRICS, serve::METRICS]
        .concat()
        .iter()
        .map(|metric| metric.name)
        .collect();
    let words = rules.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let metrics: Vec<&str> = words.filter(|word| word.starts_with("eks_dns_")).collect();
    assert!(metrics.len() > 8, "{metrics:?}");
    for metric in metrics {
        assert!(known.contains(&metric), "{metric}");
    }
    assert_eq!(rules.matches("- alert: ").count(), rules.matches("expr:").count());
    // Of many targets there are no metrics of one report: where they are named, so are those of many.
    for line in rules.lines() {
        let of_one = ["eks_dns_findings", "eks_dns_not_checked", "eks_dns_resolver"];
        let is_of_one = of_one.iter().any(|metric| line.contains(metric));
        assert!(!is_of_one || line.contains("eks_dns_fleet_"), "{line}");
    }
}

#[test]
fn the_ticket_comment() {
    let script = piece("ticket-comment.sh");
    both(&script);
    for shell in SHELLS {
        let (_, home, _directory) = run_in(shell, &script, "192.168.131.209");
        let arguments = std::fs::read_to_string(home.join("gh.args")).expect("gh was called");
        assert_eq!(arguments, "issue comment 7 --body-file -\n");
        let body = std::fs::read_to_string(home.join("gh.body")).expect("gh was given text");
        assert!(body.contains("192.168.104.190") && !body.contains(HOST), "{body}");
    }
}

/// The acceptance test of docs/validating-forwarding.md, as it stands there, with each hop on loopback: it passes where each hop is right
/// every time, and fails where one is closed over TCP or gives another answer.
#[test]
fn the_acceptance_test() {
    let page = include_str!("../docs/validating-forwarding.md");
    let section = page.split("--samples 20 --expect").next().expect("text");
    let start = section.rfind("```sh\n").expect("a block") + "```sh\n".len();
    let script = page[start..].split("```").next().expect("a block");
    let hops = ["10.63.200.10", "192.168.10.10", "192.168.20.10"];
    for hop in hops {
        assert!(script.contains(&format!("tcp://{hop}")), "{hop} over TCP: {script}");
        let udp = script.matches(hop).count() - script.matches(&format!("tcp://{hop}")).count();
        assert_eq!(udp, 1, "{hop} over UDP: {script}");
    }
    let servers = [server(), server(), server()];
    let script = script
        .replace("check HOST", &format!("check {HOST} --no-aws -o short"))
        .replace("192.168.104.190,192.168.131.209", "192.168.104.190");
    let on_loopback = |servers: &[SocketAddr; 3]| {
        let pairs = hops.iter().zip(servers);
        pairs.fold(script.clone(), |script, (hop, server)| {
            script.replace(hop, &server.to_string())
        })
    };
    let (output, ..) = run(&on_loopback(&servers), "");
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(text.matches(" 20: 100% match, min ").count(), 6, "{text}");
    assert_eq!(text.matches("0% lost").count(), 6, "{text}");
    // A port that nothing listens at over TCP.
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let closed = udp.local_addr().expect("an address");
    thread::spawn(move || {
        let mut query = [0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut query) {
            udp.send_to(&reply(&query[..length]), client).ok();
        }
    });
    let (output, ..) = run(&on_loopback(&[servers[0], servers[1], closed]), "");
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(1), "{text}");
    let other = script.replace("--expect 192.168.104.190", "--expect 192.168.131.209");
    let wrong = hops
        .iter()
        .zip(&servers)
        .fold(other, |script, (hop, server)| script.replace(hop, &server.to_string()));
    assert_eq!(run(&wrong, "").0.status.code(), Some(1));
    // Right addresses, from public DNS: nothing is forwarded there.
    let public = both_transports::start(|query| Some(reply_of_public_dns(query)));
    let script = on_loopback(&[public, servers[1], servers[2]]);
    let (output, ..) = run(&script, "");
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(1), "{text}");
    // Without the flag it looks well, and the line says who it is.
    let (output, ..) = run(&script.replace(" --expect-view private", ""), "");
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("corp, corp-tcp from public DNS and not from the private hosted zone"),
        "{text}"
    );
}

#[test]
fn every_piece_is_in_the_index_and_executed() {
    let index = piece("README.md");
    let tests = include_str!("runbooks.rs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbooks");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let name = entry.expect("a file").file_name().into_string().expect("text");
        if name != "README.md" {
            assert!(index.contains(&format!("({name})")), "{name} is not in the index");
            assert!(tests.contains(&format!("piece(\"{name}\")")), "{name} is not run");
        }
    }
}
