//! The program itself over time: what a run saved is replayed byte for byte, a watch follows the cluster's update and
//! asks nobody too often, and with `--redact` nothing that identifies leaves the program anywhere.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

#[path = "common/name_server.rs"]
mod name_server;
#[path = "common/one_server.rs"]
mod one_server;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use name_server::{ADDRESS, HOST, Plays, reply};
use one_server::flags;
use serde_json::Value;

const FORMATS: [&str; 4] = ["table", "short", "json", "markdown"];

/// A name server on loopback over UDP, and the times at which it was asked for an address. It ends with the test.
struct NameServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Instant>>>,
}

impl NameServer {
    /// What it does depends on how often it was asked for an address before.
    fn start(plays: impl Fn(usize) -> Plays + Send + 'static) -> Self {
        let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let address = udp.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let times = Arc::clone(&asked);
        thread::spawn(move || {
            let mut query = [0; 4096];
            while let Ok((length, client)) = udp.recv_from(&mut query) {
                let query = &query[..length];
                let mut times = times.lock().expect("nobody panicked");
                let now = plays(times.len());
                // The type is A, and the class IN.
                if query.windows(4).any(|octets| octets == [0, 1, 0, 1]) {
                    times.push(Instant::now());
                }
                if let Some(reply) = reply(query, now) {
                    udp.send_to(&reply, client).ok();
                }
            }
        });
        Self { address, asked }
    }
}

const CALLER: &str = "444455556666";
const OWNER: &str = "111122223333";
const UPDATE: &str = "b5f0ba18-9a87-4450-b5a0-825e6e84496f";

/// AWS on loopback: one cluster with an update that is done once it was asked for three times, and nothing else may
/// be read.
fn aws() -> String {
    let updates = Arc::new(AtomicUsize::new(0));
    http(move |path, body| {
        let who = format!("arn:aws:sts::{CALLER}:assumed-role/Admins/alice@corp.example");
        let denied = format!("User: {who} is not authorized on i-0123456789abcdef6 of arn:aws:eks:x:{OWNER}:cluster/x");
        match path {
            "/clusters/shared-cluster" => (
                200,
                format!(
                    r#"{{"cluster":{{"name":"shared-cluster","status":"UPDATING",
                    "arn":"arn:aws:eks:ap-northeast-1:{OWNER}:cluster/shared-cluster","endpoint":"https://{HOST}",
                    "resourcesVpcConfig":{{"subnetIds":["subnet-0123456789abcdef1"],"vpcId":"vpc-0123456789abcdef0",
                    "clusterSecurityGroupId":"sg-0123456789abcdef3","endpointPublicAccess":false,
                    "endpointPrivateAccess":true}},"kubernetesNetworkConfig":{{"ipFamily":"ipv4"}}}}}}"#
                ),
            ),
            "/clusters/shared-cluster/updates" => (200, format!(r#"{{"updateIds":["{UPDATE}"]}}"#)),
            path if path.ends_with(UPDATE) => {
                let status = match updates.fetch_add(1, Ordering::SeqCst) {
                    0..2 => "InProgress",
                    _ => "Successful",
                };
                (
                    200,
                    format!(
                        r#"{{"update":{{"id":"{UPDATE}","status":"{status}","type":"EndpointAccessUpdate","params":[],
                        "createdAt":1795461910.8,"errors":[]}}}}"#
                    ),
                )
            }
            _ if body.contains("Action=DescribeNetworkInterfaces") => (
                200,
                "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item>\
                 <networkInterfaceId>eni-0123456789abcdef2</networkInterfaceId><vpcId>vpc-0123456789abcdef0</vpcId>\
                 <description>Amazon EKS shared-cluster</description><status>in-use</status>\
                 <privateIpAddressesSet><item><privateIpAddress>192.168.104.190</privateIpAddress></item>\
                 </privateIpAddressesSet></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>"
                    .to_owned(),
            ),
            _ if body.contains("Action=GetCallerIdentity") => (
                200,
                format!(
                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{who}</Arn><UserId>AROAEXAMPLE0123456789\
                     </UserId><Account>{CALLER}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
                ),
            ),
            _ if body.contains("Action=") => (
                403,
                format!(
                    "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>{denied}</Message></Error>\
                     </Errors></Response>"
                ),
            ),
            _ => (
                403,
                format!(r#"{{"__type":"AccessDeniedException","message":"{denied}"}}"#),
            ),
        }
    })
}

/// A server on loopback that answers by the path, without its query, and the body.
fn http(answer: impl Fn(&str, &str) -> (u16, String) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || converse(stream, &*answer));
        }
    });
    url
}

fn converse(mut stream: TcpStream, answer: &impl Fn(&str, &str) -> (u16, String)) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).ok()? == 0 {
            return None;
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            if line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or_default();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let path = first.split([' ', '?']).nth(1)?;
        let (status, body) = answer(path, &String::from_utf8_lossy(&body));
        let code = match status {
            403 => "x-amzn-errortype: AccessDeniedException\r\n",
            _ => "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n",
        };
        let head = format!("HTTP/1.1 {status} X\r\n{code}content-length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    }
}

/// A home directory, and the program in it.
struct Home {
    directory: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Home {
    fn new() -> Self {
        let nowhere = "http://127.0.0.1:9".to_owned();
        Self {
            directory: tempfile::tempdir().expect("a directory"),
            environment: vec![
                ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
                ("AWS_EC2_METADATA_SERVICE_ENDPOINT", nowhere.clone()),
                ("AWS_ENDPOINT_URL", nowhere),
            ],
        }
    }

    /// With an AWS and credentials for it, and a kubeconfig below `home/alice`.
    fn with_aws() -> Self {
        let mut home = Self::new();
        let key = rcgen::generate_simple_self_signed(Vec::<String>::new()).expect("a certificate");
        let trusted = home.path("ca.pem");
        std::fs::write(&trusted, key.cert.pem()).expect("a file");
        let folder = home.path("home/alice/.kube");
        std::fs::create_dir_all(&folder).expect("a directory");
        let kubeconfig = folder.join("config");
        std::fs::write(
            &kubeconfig,
            format!(
                "current-context: alice@shared-cluster\nclusters:\n- name: c\n  cluster:\n    server: https://{HOST}\n\
                 contexts:\n- name: alice@shared-cluster\n  context:\n    cluster: c\n    user: u\nusers:\n\
                 - name: u\n  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1beta1\n      \
                 command: aws\n      args: [eks, get-token, --cluster-name, shared-cluster, --region, ap-northeast-1]\n"
            ),
        )
        .expect("a file");
        home.environment = vec![
            ("SSL_CERT_FILE", trusted.display().to_string()),
            ("HOME", home.path("home/alice").display().to_string()),
            ("KUBECONFIG", kubeconfig.display().to_string()),
            ("AWS_CONFIG_FILE", home.path("none").display().to_string()),
            ("AWS_SHARED_CREDENTIALS_FILE", home.path("none").display().to_string()),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "nothing".to_owned()),
            // Of an instance, and of a VPC's networks, resolvers would be derived and asked.
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9".to_owned()),
            ("AWS_ENDPOINT_URL", aws()),
        ];
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
        command
            .args(line.split_whitespace())
            .current_dir(self.directory.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(&self, line: &str) -> (i32, String, String) {
        read(self.command(line).output().expect("it runs"))
    }
}

fn read(output: Output) -> (i32, String, String) {
    (
        output.status.code().expect("an exit code"),
        String::from_utf8(output.stdout).expect("text"),
        String::from_utf8(output.stderr).expect("text"),
    )
}

fn contents(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

#[test]
fn a_run_is_replayed_byte_for_byte_whatever_its_flags() {
    let home = Home::new();
    let with_aws = Home::with_aws();
    let good = NameServer::start(|_| Plays::Has(ADDRESS));
    let bad = NameServer::start(|_| Plays::NxDomain);
    let local = NameServer::start(|_| Plays::Has([127, 0, 0, 1]));
    let unstable = NameServer::start(|asked| match asked % 3 {
        0 => Plays::NxDomain,
        _ => Plays::Has(ADDRESS),
    });
    let expect = "--expect 192.168.104.190";
    // The flags of the run, and those of how it is shown, which the replay needs too.
    for (home, server, asked, shown) in [
        (&home, &bad, expect, ""),
        (&home, &bad, expect, "-v"),
        (&home, &bad, expect, "--ascii"),
        (&home, &unstable, "--expect 192.168.104.190 --samples 6", ""),
        (&home, &bad, "--expect 192.168.104.190 --explain-why", ""),
        (&home, &bad, "--expect 192.168.104.190 --explain-why --redact", ""),
        (
            &home,
            &good,
            "--expect 192.168.104.190,192.168.131.209 --fail-on warning",
            "",
        ),
        (
            &home,
            &bad,
            "--expect 192.168.104.190 --judge one --vantage here --redact",
            "",
        ),
        (&home, &good, "--expect-scope private --expect-view private", ""),
        (&home, &good, "", ""),
        (&home, &local, "--expect 127.0.0.1 --connect", ""),
        (&home, &bad, "--expect 192.168.104.190 --watch --for 2s -q", ""),
        (&with_aws, &good, "", ""),
        (&with_aws, &bad, "--redact", ""),
    ] {
        for format in FORMATS {
            let shown = format!("{shown} -o {format}");
            let target = if home.environment.len() > 3 { "" } else { HOST };
            let line = format!(
                "check {target} {} {asked} {shown} --save run.json",
                flags(server.address)
            );
            let (code, first, _) = home.run(&line);
            let replay = format!("replay run.json {shown} --save again.json");
            let (again, second, error) = home.run(&replay);
            assert_eq!((again, error.as_str()), (code, ""), "{line}");
            // What a watch says of its changes is not its report.
            assert!(
                second == first || asked.contains("--watch"),
                "{line}:\n{first}\n{second}"
            );
            let saved = contents(&home.path("run.json"));
            assert!(saved == contents(&home.path("again.json")), "{line}: not saved alike");
            if format == "json" {
                assert_eq!(second, saved, "{line}");
            }
        }
    }
}

#[test]
fn an_interrupted_run_is_replayed_byte_for_byte() {
    let home = Home::new();
    let silent = NameServer::start(|_| Plays::Silence);
    for format in FORMATS {
        let line = format!(
            "check {HOST} --resolver one={} --no-local --no-os --timeout 30s --deadline 40s --expect 192.168.104.190 \
             --samples 3 -o {format} --save run.json",
            silent.address
        );
        let asked = || silent.asked.lock().expect("nobody panicked").len();
        let before = asked();
        let child = home
            .command(&line)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        while asked() == before {
            thread::sleep(Duration::from_millis(10));
        }
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
        let (code, first, _) = read(child.wait_with_output().expect("it ends"));
        assert_eq!(code, 130, "{first}");
        let (again, second, error) = home.run(&format!("replay run.json -o {format}"));
        assert_eq!((again, error.as_str()), (130, ""));
        assert!(second == first, "{first}\n{second}");
    }
}

#[test]
fn the_capture_is_the_same_whatever_is_printed_beside_it() {
    let home = Home::new();
    let bad = NameServer::start(|_| Plays::NxDomain);
    let line = format!(
        "check {HOST} {} --expect 192.168.104.190 -v --save run.json",
        flags(bad.address)
    );
    home.run(&format!("{line} -o json"));
    let document: Value = serde_json::from_str(&contents(&home.path("run.json"))).expect("JSON");
    assert!(document["why"].is_null(), "nobody asked for the reasons");
    for format in ["table", "short", "markdown"] {
        home.run(&format!("replay run.json -v -o {format} --save again.json"));
        assert!(
            contents(&home.path("run.json")) == contents(&home.path("again.json")),
            "{format}"
        );
    }
}

/// The lines of a watch without their times.
fn events(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.split_once("Z  "));
    lines.map(|(_, event)| event).collect()
}

#[test]
fn a_watch_follows_the_clusters_update_until_it_is_healthy() {
    let home = Home::with_aws();
    // The first three rounds see the name denied.
    let server = NameServer::start(|asked| match asked {
        0..3 => Plays::NxDomain,
        _ => Plays::Has(ADDRESS),
    });
    let (code, text, error) = home.run(&format!(
        "check {} --watch=2s --until healthy --for 60s -o short",
        flags(server.address)
    ));
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    let events = events(&text);
    let position = |part: &str| {
        let found = events.iter().position(|event| event.contains(part));
        found.unwrap_or_else(|| panic!("{part}: {text}"))
    };
    let begun = position(&format!("EndpointAccessUpdate {UPDATE}: InProgress"));
    let done = position(&format!(
        "EndpointAccessUpdate {UPDATE}: InProgress -> Successful after "
    ));
    let wrong = position(
        "one: nxdomain (view private-zone); it may give this from its cache for 15m more, by the negative TTL",
    );
    let turned = position("one: nxdomain (view private-zone) -> match 192.168.104.190");
    assert!(begun < done && wrong < turned && done < turned, "{text}");
    let last = events.last().expect("a summary");
    assert!(last.contains("one match after "), "{last}");
    let report = text.lines().last().expect("the report");
    assert!(report.ends_with("exit 0]"), "{report}");
}

/// What was changed is asked for from before the first of the checks that failed one behind the other, not from before
/// each of them.
#[test]
fn serve_asks_what_was_changed_before_the_first_check_that_failed() {
    let mut home = Home::with_aws();
    let asked: Arc<Mutex<Vec<(Instant, Value)>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let denying = http(move |_, body| {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(start) = body.get("StartTime") {
            seen.lock().expect("no panic").push((Instant::now(), start.clone()));
        }
        let denied = r#"{"__type":"AccessDeniedException","message":"denied"}"#;
        (403, denied.to_owned())
    });
    home.environment.retain(|(name, _)| *name != "AWS_ENDPOINT_URL");
    home.environment.push(("AWS_ENDPOINT_URL", denying));
    let server = NameServer::start(|_| Plays::NxDomain);
    let line = format!(
        "serve --listen 127.0.0.1:0 --interval 2s --since 1h {HOST} --expect 192.168.104.190 --no-local --no-os \
         --no-controls --resolver one={}",
        server.address
    );
    let mut child = home.command(&line).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = child.as_mut().expect("it runs");
    let end = Instant::now() + Duration::from_secs(60);
    let several_checks = || {
        let asked = asked.lock().expect("no panic");
        let (first, last) = (asked.first(), asked.last());
        first
            .zip(last)
            .is_some_and(|(first, last)| last.0 - first.0 > Duration::from_secs(5))
    };
    while !several_checks() && Instant::now() < end {
        thread::sleep(Duration::from_millis(100));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(several_checks());
    let asked = asked.lock().expect("no panic");
    assert!(asked.iter().all(|(_, start)| *start == asked[0].1), "{asked:?}");
}

/// Twice in two seconds: never, whoever is asked, and however short the interval.
#[test]
fn a_watch_asks_no_resolver_twice_in_two_seconds() {
    let home = Home::new();
    let servers = [Plays::NxDomain, Plays::Has(ADDRESS)].map(|plays| NameServer::start(move |_| plays));
    let [a, b] = servers.each_ref().map(|server| server.address);
    let (code, text, _) = home.run(&format!(
        "check {HOST} --resolver a={a} --resolver b={b} --no-local --no-os --no-controls --timeout 5s \
         --expect 192.168.104.190 --watch=2s --for 7s -o short"
    ));
    assert_eq!(code, 1, "{text}");
    assert!(
        events(&text)
            .last()
            .expect("lines")
            .contains("a still nxdomain; b match from the start"),
        "{text}"
    );
    for server in &servers {
        let asked = server.asked.lock().expect("nobody panicked");
        assert!(asked.len() >= 3, "{} rounds", asked.len());
        for pair in asked.windows(2) {
            let apart = pair[1].duration_since(pair[0]);
            assert!(apart >= Duration::from_secs(2), "asked again after {apart:?}");
        }
    }
}

/// Everything that goes in and identifies, in lower case.
fn secrets() -> Vec<String> {
    [
        &HOST[..32],
        CALLER,
        OWNER,
        "alice",
        "admins",
        "vpc-0123456789abcdef0",
        "sg-0123456789abcdef3",
        "eni-0123456789abcdef2",
        "i-0123456789abcdef6",
    ]
    .map(str::to_ascii_lowercase)
    .into()
}

#[test]
fn nothing_that_identifies_leaves_the_program() {
    let home = Home::with_aws();
    let server = NameServer::start(|_| Plays::NxDomain);
    let check = format!("check {} -v", flags(server.address));
    let mut all = String::new();
    let mut runs = vec![
        "replay run.json".to_owned(),
        "compare run.json run.json".to_owned(),
        format!("{check} --watch=2s --for 2s"),
        format!("{check} --explain-why"),
    ];
    for format in FORMATS {
        let (_, stdout, stderr) = home.run(&format!("{check} -o {format} --save run.json"));
        all += &(stdout + &stderr);
    }
    all += &contents(&home.path("run.json"));
    let all = all.to_ascii_lowercase();
    for secret in secrets() {
        assert!(all.contains(&secret), "{secret} did not go in:\n{all}");
    }
    let held = |line: &str, text: &str| {
        let text = text.to_ascii_lowercase();
        for secret in secrets() {
            let at = text.find(&secret);
            let around = at.map(|at| &text[at.saturating_sub(60)..(at + 60).min(text.len())]);
            assert_eq!(around, None, "{secret}: {line}");
        }
    };
    runs.push(check);
    for line in &runs {
        for format in FORMATS {
            let line = format!("{line} --redact -o {format} --save out.json");
            let (code, stdout, stderr) = home.run(&line);
            assert_eq!(code, 1, "{line}: {stderr}");
            held(&line, &stdout);
            held(&line, &stderr);
            held(&line, &contents(&home.path("out.json")));
        }
    }
    // Errors, and the facts for another machine.
    let none = home.path("home/alice/none").display().to_string();
    for (line, code) in [
        ("check --cluster other --redact".to_owned(), 2),
        (format!("check --kubeconfig {none} --redact"), 2),
        (format!("replay {none} --redact"), 2),
        (format!("compare {none} run.json --redact"), 2),
        (format!("check {HOST} --no-aws --save {none}/x --redact"), 2),
        ("facts --redact".to_owned(), 0),
    ] {
        let line = line.as_str();
        let (found, stdout, stderr) = home.run(line);
        assert_eq!(found, code, "{line}: {stderr}");
        assert!(code == 0 || stderr.starts_with("error: "), "{line}: {stderr}");
        held(line, &stdout);
        held(line, &stderr);
    }
}

/// What was redacted at two places still compares, also with what was not: by redacting that as well.
#[test]
fn redacted_captures_compare() {
    let home = Home::new();
    let good = NameServer::start(|_| Plays::Has(ADDRESS));
    let bad = NameServer::start(|_| Plays::NxDomain);
    let capture = |server: &NameServer, place: &str, flags_more: &str| {
        home.run(&format!(
            "check {HOST} {} --expect 192.168.104.190 --vantage {place} --save {place}.json {flags_more}",
            flags(server.address)
        ))
    };
    capture(&bad, "laptop", "--redact");
    capture(&good, "bastion", "--redact");
    capture(&good, "open", "");
    let (code, text, error) = home.run("compare laptop.json bastion.json -o short");
    assert_eq!((code, error.as_str()), (1, ""));
    assert!(text.contains("bastion") && text.contains("laptop"), "{text}");
    let (code, _, error) = home.run("compare laptop.json open.json");
    assert_eq!(code, 2);
    assert_eq!(
        error,
        "error: laptop is redacted and open is not: compare them with --redact\n"
    );
    let (code, text, error) = home.run("compare laptop.json open.json --redact");
    assert_eq!((code, error.as_str()), (1, ""));
    assert!(!text.to_ascii_uppercase().contains(&HOST[..32]), "{text}");
}
