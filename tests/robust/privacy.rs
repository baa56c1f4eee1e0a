//! What leaves the program: in its questions, its output, its files, and what it runs.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::server::{Query, Server, answering, right};
use super::{EXPECTED, HOST, Outcome, certificate, check, folder, program, script, write};

// ---------------------------------------------------------------------------------------------------------------
// Questions.

/// The octets behind the question: ADDITIONAL, since a query has nothing in between.
fn additional(query: &Query) -> &[u8] {
    &query.octets[12 + query.question.len()..]
}

/// Header, question, and an OPT record that holds nothing (RFC 6891 section 6.1.2), or none.
fn carries_nothing_else(query: &Query) {
    let header = &query.octets[..12];
    // A standard query: RD, perhaps CD; neither AD nor Z (RFC 1035 section 4.1.1, RFC 2535 section 6.1).
    assert_eq!(header[2], 0b0000_0001, "{header:?}");
    assert_eq!(header[3] & 0b1110_1111, 0, "{header:?}");
    assert_eq!(header[4..10], [0, 1, 0, 0, 0, 0], "{header:?}");
    // Without EDNS nothing; with it the root, OPT, 1232 octets, no extended RCODE, version 0, no DO, and no options.
    let forms = [&[][..], &[0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]];
    let form = &forms[usize::from(header[11])];
    assert_eq!((header[10], additional(query)), (0, *form), "{header:?}");
}

#[test]
fn a_question_carries_no_more_than_it_must() {
    let folder = folder();
    // Silence over UDP without TCP, SERVFAIL, TC and right answers: every form of the question is asked.
    let servers = [
        answering(),
        Server::start(|query| query.tcp.then(|| right(query))),
        Server::start(|query| Some(query.reply(2, &[], &[], &[]))),
        Server::start(|query| {
            let mut reply = right(query);
            reply[2] |= u8::from(!query.tcp) << 1;
            Some(reply)
        }),
    ];
    let mut command = program(folder.path());
    command.args(["check", HOST, "--no-local", "--no-os", "--no-aws", "--timeout", "1s"]);
    for (number, server) in servers.iter().enumerate() {
        command.args(["--resolver", &format!("s{number}={}", server.address)]);
    }
    let outcome = Outcome::of(&mut command);
    assert!(matches!(outcome.code, Some(1 | 3)), "{}", outcome.err());
    let queries: Vec<Query> = servers.iter().flat_map(Server::queries).collect();
    queries.iter().for_each(carries_nothing_else);
    let plain = queries.iter().filter(|query| additional(query).is_empty());
    let disabled = queries.iter().filter(|query| query.octets[3] & 0b0001_0000 > 0);
    let tcp = queries.iter().filter(|query| query.tcp);
    assert!(plain.count() > 0 && disabled.count() > 0 && tcp.count() > 0);
    let ids: BTreeSet<&[u8]> = queries.iter().map(|query| &query.octets[..2]).collect();
    assert!(ids.len() > queries.len() * 9 / 10, "IDs are not guessable");
}

/// Nobody but the resolver that was named is asked: here, in a world where every other address is one's own.
#[test]
fn third_parties_are_asked_only_when_told() {
    let (folder, server) = (folder(), answering());
    let document = Outcome::of(check(folder.path(), server.address).args(["--no-aws", "-o", "json"])).json();
    let resolvers = document["resolvers"].as_array().expect("resolvers");
    let addresses: Vec<&str> = resolvers.iter().filter_map(|it| it["address"].as_str()).collect();
    assert_eq!(addresses, [server.address.to_string()]);
}

// ---------------------------------------------------------------------------------------------------------------
// Credentials.

/// No two of them share a piece of eight characters with anything else.
const SECRETS: &[&str] = &[
    "wJalrXUtnFEMIbPxRfiCYzq4vN8Kd2",
    "IQoJb3JpZ2luX2VjEJr7Tq9Wm5Hs1x",
    "eyJhbGciOiJSUzI1NiIsImtpZCI6Ijk",
    "LS0tLS1CRUdJTiBSU0EgUFJJVkFURQ",
    "Qm7vXk29LpRz81",
    "Ht5wYc63NbGf04",
    "Zr8uDs47KvMj92",
    "Pf2xBn95TqWl36",
    "Vg6yEa18JoCh73",
];

/// A kubeconfig with a credential in every place that takes one, in the shape that a mistake may have.
fn kubeconfig(server: &str, token: &str) -> String {
    format!(
        r#"apiVersion: v1
kind: Config
current-context: c
contexts: [{{name: c, context: {{cluster: k, user: u}}}}]
clusters:
- name: k
  cluster: {{server: "{server}", proxy-url: "http://user:{proxy}@127.0.0.1:9"}}
users:
- name: u
  user:
    token: {token}
    client-key-data: {key}==
    username: admin
    password: {password}
    auth-provider: {{name: oidc, config: {{id-token: {bearer}, refresh-token: {bearer}}}}}
    exec:
      command: "$HOME/plugin"
      args: [eks, get-token, --cluster-name, shared, --region, eu-west-1]
      env: [{{name: AWS_SECRET_ACCESS_KEY, value: {environment}}}]
"#,
        proxy = SECRETS[6],
        key = SECRETS[3],
        password = SECRETS[4],
        bearer = SECRETS[2],
        environment = SECRETS[5],
    )
}

/// Everything that was printed and everything that lies there.
fn gives_nothing_away(what: &str, outcome: &Outcome, written: &[&Path]) {
    let mut texts = vec![
        String::from_utf8_lossy(&outcome.stdout).into_owned(),
        String::from_utf8_lossy(&outcome.stderr).into_owned(),
    ];
    for path in written.iter().filter(|path| path.exists()) {
        texts.push(std::fs::read_to_string(path).expect("text"));
    }
    for text in &texts {
        for secret in SECRETS {
            // A piece of it is as bad.
            for at in 0..=secret.len() - 8 {
                let piece = &secret[at..at + 8];
                assert!(!text.contains(piece), "{what}: {piece} of {secret}\n{text}");
            }
        }
    }
}

#[test]
fn credentials_are_in_no_output_and_no_file() {
    let (folder, server) = (folder(), answering());
    let saved = folder.path().join("capture.json");
    let facts = folder.path().join("facts.json");
    let certificate = certificate(folder.path());

    script(folder.path(), "plugin", "echo ran > \"$HOME/ran\"");
    write(
        folder.path(),
        "credentials",
        format!(
            "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {}\n[bad\nx {}\n",
            SECRETS[8], SECRETS[8]
        ),
    );
    let good = format!("https://user:{}@{HOST}", SECRETS[7]);
    let token = SECRETS[2].to_owned();
    let kubeconfigs = [
        kubeconfig(&good, &token),
        // Not what it should be, where a parser repeats what it did not understand.
        kubeconfig(&good, &format!("[{token}")),
        kubeconfig(&good, &format!("*{token}")),
        kubeconfig(&good, &format!("!!int {token}")),
        kubeconfig(&good, &format!("\"{token}")),
        kubeconfig(&format!("https://user:{}@{HOST}:port", SECRETS[7]), &token),
        kubeconfig(&format!("user:{}@{HOST}", SECRETS[7]), &token),
        kubeconfig(&format!("https://user:{}/@{HOST}", SECRETS[7]), &token),
        token.clone(),
        format!("users: {token}\n"),
        format!("{{\"users\": [{{\"name\": \"u\", \"user\": \"{token}\"}}]}}"),
        format!("current-context: c\ncontexts: [{{name: c, context: {token}}}]\n"),
    ];
    let proxies = [
        format!("http://user:{}@127.0.0.1:9", SECRETS[6]),
        format!("user:{}@127.0.0.1:9", SECRETS[6]),
        format!("http://user:/{}@127.0.0.1:9", SECRETS[6]),
        format!("http://user:{}#@127.0.0.1:9", SECRETS[6]),
        format!("http://{}@127.0.0.1:9", SECRETS[6]),
    ];
    let environment = |command: &mut Command, proxy: &str, with_keys: bool| {
        command
            .env("HTTPS_PROXY", proxy)
            .env("HTTP_PROXY", proxy)
            .env("SSL_CERT_FILE", &certificate)
            .env("AWS_SHARED_CREDENTIALS_FILE", folder.path().join("credentials"))
            .env("AWS_REGION", "eu-west-1")
            .env("RUST_BACKTRACE", "1")
            .env("RUST_LOG", "trace");
        if with_keys {
            command
                .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
                .env("AWS_SECRET_ACCESS_KEY", SECRETS[0])
                .env("AWS_SESSION_TOKEN", SECRETS[1]);
        }
    };
    for (number, text) in kubeconfigs.iter().enumerate() {
        let path = write(folder.path(), "kubeconfig", text);
        let proxy = &proxies[number % proxies.len()];
        for format in ["table", "json", "markdown"] {
            let mut command = program(folder.path());
            command
                .args(["check", "--no-local", "--no-os", "--no-controls", "-v", "-o", format])
                .args(["--resolver", &server.address.to_string(), "--save"])
                .args([&saved, Path::new("--kubeconfig"), &path]);
            // Nobody listens where AWS is asked, and every try of it takes its time.
            let asks_aws = number == 0 && format == "json";
            if !asks_aws {
                command.arg("--no-aws");
            }
            environment(&mut command, proxy, asks_aws);
            let outcome = Outcome::of(&mut command);
            gives_nothing_away(&format!("{text} {format}"), &outcome, &[&saved]);
            if number == 0 {
                assert!(matches!(outcome.code, Some(1 | 3)), "{}", outcome.err());
            }
        }

        let mut command = program(folder.path());
        command.args([
            Path::new("facts"),
            Path::new("--kubeconfig"),
            &path,
            Path::new("--save"),
            &facts,
        ]);
        if number != 1 {
            command.arg("--no-aws");
        }
        environment(&mut command, proxy, number == 1);

        gives_nothing_away(text, &Outcome::of(&mut command), &[&facts]);
    }
    assert!(saved.exists() && facts.exists(), "something was looked at");
    assert!(!folder.path().join("ran").exists(), "a plugin is never run");
}

#[test]
fn passwords_in_arguments_are_not_repeated() {
    let (folder, server) = (folder(), answering());
    let url = format!("https://user:{}@{HOST}/", SECRETS[7]);
    let resolver = server.address.to_string();
    let pasted = format!("Get \"{url}api?timeout=32s\": dial tcp: lookup {HOST} on 10.0.0.1:53: no such host");
    let long = format!(
        "Get \"https://{}:{}@{HOST}/\": dial tcp: lookup {HOST}: no such host",
        "u".repeat(200),
        SECRETS[7]
    );
    for words in [
        &["check", &url, "--resolver", &resolver][..],
        &[&url],
        &["check", &url.replace("https", "http")],
        &["check", HOST, &url],
        &["check", HOST, "--resolver", &url],
        &["check", HOST, "--resolver", &format!("x={url}")],
        &["check", HOST, "--vpc-resolver", &url],
        &["check", HOST, "--expect", &url],
        &["check", HOST, "--cluster", &url],
        &["check", HOST, "--timeout", &url],
        &["check", HOST, "--via", &url],
        &["check", HOST, "--output", &url],
        &["check", HOST, &format!("--{url}")],
        &["check", HOST, "--save", &url],
        &["check", HOST, "--facts", &url],
        &["replay", &url],
        &["explain", &url],
        &["explain", &pasted],
        &["explain", &long],
        &["demo", &url],
        &["completions", &url],
    ] {
        let outcome = Outcome::of(program(folder.path()).args(words));
        gives_nothing_away(&format!("{words:?}"), &outcome, &[]);
    }
}

// ---------------------------------------------------------------------------------------------------------------
// Files, and what is run.

fn mode(path: &Path) -> u32 {
    let found = std::fs::symlink_metadata(path).expect("it is there");
    found.permissions().mode() & 0o777
}

/// Whatever was there before, and whatever the umask.
#[test]
fn files_are_their_owners() {
    let (folder, server) = (folder(), answering());
    let saved = folder.path().join("capture.json");
    let target = write(folder.path(), "target", "kept");
    for before in [None, Some(0o644), Some(0o666), Some(0o400)] {
        std::fs::remove_file(&saved).ok();
        if let Some(before) = before {
            write(folder.path(), "capture.json", "old");
            std::fs::set_permissions(&saved, std::fs::Permissions::from_mode(before)).expect("set");
        }
        for words in [&["check", HOST, "--expect", EXPECTED][..], &["facts", HOST]] {
            let mut command = Command::new("/bin/sh");
            command
                .args(["-c", "umask 0; exec \"$0\" \"$@\"", super::PROGRAM])
                .args(words)
                .args(["--no-aws", "--save"])
                .arg(&saved)
                .env_clear()
                .env("AWS_EC2_METADATA_DISABLED", "true");
            if words[0] == "check" {
                command.args(["--no-local", "--no-os", "-q", "--resolver", &server.address.to_string()]);
            }
            let outcome = Outcome::of(&mut command);
            assert!(matches!(outcome.code, Some(0 | 3)), "{}", outcome.err());
            assert_eq!(mode(&saved), 0o600, "{before:?} {words:?}");
            assert_ne!(std::fs::read(&saved).expect("it is there"), b"old");
        }
    }
    // A link is neither followed nor replaced.
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    let before = server.queries().len();
    let outcome = Outcome::of(
        check(folder.path(), server.address)
            .arg("--no-aws")
            .arg("--save")
            .arg(&link),
    );
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.err().contains("not a regular file"), "{}", outcome.err());
    assert_eq!(server.queries().len(), before, "and nobody was asked");
    assert_eq!(std::fs::read(&target).expect("it is there"), b"kept");
    assert!(std::fs::symlink_metadata(&link).expect("it is there").is_symlink());
}

/// Programs of these names in PATH and in the current directory are not what is run.
#[test]
fn nothing_is_run_that_was_not_asked_for() {
    let (folder, server) = (folder(), answering());
    let names = [
        "aws",
        "aws-iam-authenticator",
        "bash",
        "cmd",
        "dig",
        "getent",
        "ip",
        "kubectl",
        "nslookup",
        "powershell",
        "resolvectl",
        "scutil",
        "sh",
        "ssh",
        "systemd-resolve",
        "uname",
    ];
    for name in names {
        script(folder.path(), name, "echo \"$0\" >> \"$HOME/ran\"");
    }
    let home = folder.path().display().to_string();
    let kubeconfig = write(folder.path(), "kubeconfig", kubeconfig(&format!("https://{HOST}"), "x"));
    for words in [
        &["check", "--no-os", "--resolver"][..],
        &["check", "--no-os", "--samples", "2", "--resolver"],
    ] {
        let outcome = Outcome::of(
            program(folder.path())
                .args(words)
                .args([&server.address.to_string(), "--no-local", "--no-aws", "--kubeconfig"])
                .arg(&kubeconfig)
                .env("PATH", format!("{home}:.:")),
        );
        assert!(matches!(outcome.code, Some(1 | 3)), "{}", outcome.err());
    }
    let outcome = Outcome::of(
        program(folder.path())
            .args(["facts", HOST, "--no-aws"])
            .env("PATH", &home),
    );
    assert!(matches!(outcome.code, Some(0 | 3)), "{}", outcome.err());
    // A relative directory of PATH has no ssh for us.
    let outcome = Outcome::of(
        check(folder.path(), server.address)
            .args(["--no-aws", "--via", "ssh:there", "-o", "json"])
            .env("PATH", ".:bin:"),
    );
    assert!(
        outcome.out().contains("there is no ssh in PATH here"),
        "{}",
        outcome.out()
    );

    let ran = folder.path().join("ran");
    assert!(!ran.exists(), "{:?}", std::fs::read_to_string(&ran));
    // The one that is asked for, by its absolute directory.
    let outcome = Outcome::of(
        check(folder.path(), server.address)
            .args(["--no-aws", "--via", "ssh:there"])
            .env("PATH", &home),
    );
    assert_ne!(outcome.code, Some(2), "{}", outcome.err());
    let ran = std::fs::read_to_string(&ran).expect("ssh was run");
    assert_eq!(ran.trim_end(), format!("{home}/ssh"));
}
