//! Bad input is one line, and nothing is sent.

use super::name_server::{ADDRESS, HOST, Plays};

use super::{Outcome, Server, flags, program, run};

#[test]
fn bad_input_is_one_line_and_nothing_is_sent() {
    let server = Server::start(Plays::Has(ADDRESS));
    let flags = flags(server.address);
    let resolver = server.address;
    let directory = tempfile::tempdir().expect("a directory");
    let there = directory.path().display();
    let host = format!("{HOST} {flags}");
    let table = [
        // The target.
        (flags.clone(), "name the endpoint (eks-dns-doctor HOST)"),
        (format!("check {flags}"), "name the endpoint (eks-dns-doctor HOST)"),
        (
            format!("my-cluster {flags}"),
            "neither a command nor a host name with a dot",
        ),
        (format!("10.0.0.1 {flags}"), "is an IP address"),
        (format!("https://[2001:db8::1]:443 {flags}"), "is an IP address"),
        (format!("http://{HOST} {flags}"), "is not an https:// URL"),
        (format!("https://{HOST}:0 {flags}"), "no valid port"),
        (format!("a..test {flags}"), "is not a host name"),
        (format!("check \u{1b}[31m.test {flags}"), "is not a host name"),
        (format!("{host} other.test"), "one argument too many"),
        // Resolvers.
        (format!("{host} --resolver corp.example"), "is not an IP address"),
        (format!("{host} --resolver quic://127.0.0.1"), "is not a transport"),
        (format!("{host} --resolver one=127.0.0.1:1"), "used for two resolvers"),
        (format!("{host} --vpc-resolver 10.0.0.2:0"), "is not a port"),
        (format!("{host} --inbound 10.0.0.1,,10.0.0.2"), "the address is missing"),
        (format!("{host} --public-resolver dns.google"), "is not an IP address"),
        (format!("{HOST} --no-local"), "no resolver to ask"),
        (format!("{HOST} --no-local --public"), "no resolver to ask"),
        (format!("{host} --judge nobody"), "--judge \"nobody\" is neither"),
        (format!("{host} --judge one,"), "--judge: the name is empty"),
        // What is expected.
        (format!("{host} --expect 10.0.0"), "--expect: \"10.0.0\" is neither"),
        (format!("{host} --expect-scope any"), "write private or public"),
        (format!("{host} --expect-view public"), "write private"),
        (
            format!("{host} --expect 10.0.0.1 --expect-scope public"),
            "contradicts --expect-scope",
        ),
        (
            format!("{host} --expect 52.1.2.3 --expect-scope private"),
            "contradicts --expect-scope",
        ),
        (format!("{host} --fail-on info"), "write error or warning"),
        // Numbers and durations.
        (format!("{host} --samples 0"), "is not a number from 1 to 100"),
        (format!("{host} --samples 101"), "is not a number from 1 to 100"),
        (format!("{host} --attempts 11"), "is not a number from 1 to 10"),
        (format!("{host} --timeout 5"), "has no unit: write 5s"),
        (format!("{host} --timeout 0s"), "is too short"),
        (format!("{host} --timeout 61s"), "is too long"),
        (format!("{host} --timeout soon"), "is not a duration"),
        (format!("{host} --timeout"), "--timeout needs a value"),
        (format!("{host} --deadline 15"), "has no unit: write 15s"),
        (format!("{host} --deadline 0"), "is too short"),
        (format!("{host} --deadline 11m"), "is too long"),
        // Inside TLS.
        (
            format!("{host} --tls-name dns.example"),
            "no resolver is asked with tls://",
        ),
        (format!("{host} --insecure-tls"), "no resolver is asked with tls://"),
        (
            format!("{host} --resolver tls://127.0.0.1#a_b/c"),
            "is not a name of a certificate",
        ),
        (
            format!("{host} --resolver https://dns.example/dns-query"),
            "write https://ADDR#dns.example",
        ),
        (format!("{host} --inbound in=127.0.0.1"), "only --resolver takes NAME="),
        // Output.
        (format!("{host} -o yaml"), "write one that --help names"),
        (format!("{host} --color sometimes"), "write auto or always or never"),
        (format!("{host} --save -"), "is not a file"),
        (format!("{host} --save {there}"), "a directory"),
        (format!("{host} --save {there}/none/capture.json"), "is not a directory"),
        (format!("{host} --save {there}/.."), "not the name of a file"),
        // Files.
        (
            format!("{HOST} --resolver {resolver} --resolv-conf {there}/none"),
            "cannot read",
        ),
        (
            format!("{HOST} --resolver {resolver} --resolv-conf {there}"),
            "cannot read",
        ),
        (format!("{host} --hosts-file {there}/none"), "cannot read"),
        (format!("{host} --facts {there}/none"), "cannot read"),
        (format!("{host} --facts Cargo.toml"), "Cargo.toml is not JSON: line 1"),
        // Flags and commands that are none.
        (format!("{host} --custer shared"), "\"--custer\" is not a flag"),
        (format!("{host} --resolvr 10.0.0.1"), "did you mean --resolver"),
        (format!("{host} --no-os=yes"), "takes no value"),
        ("explain no-such-finding".to_owned(), "is not the name of a finding"),
        ("explain no-forwardin".to_owned(), "did you mean no-forwarding"),
        ("explain -".to_owned(), "holds no error message that is known"),
        (
            "explain error: something went wrong".to_owned(),
            "holds no error message that is known",
        ),
        (
            format!("{host} --save Cargo.toml/capture.json"),
            "a part of its path is no directory",
        ),
        ("completions tcsh".to_owned(), "write one that --help names"),
        ("completions".to_owned(), "SHELL is missing"),
        ("help nothing".to_owned(), "is not a command"),
        ("man extra".to_owned(), "one argument too many"),
    ];
    for (line, says) in &table {
        let outcome = run(line);
        assert_eq!(outcome.code, 2, "{line}\n{}", outcome.stderr);
        assert_eq!(outcome.stdout, "", "{line}");
        assert_eq!(outcome.stderr.lines().count(), 1, "{line}\n{}", outcome.stderr);
        assert!(outcome.stderr.starts_with("error: "), "{line}\n{}", outcome.stderr);
        assert!(
            outcome.stderr.ends_with('\n') && !outcome.stderr.contains('\u{1b}'),
            "{line}"
        );
        assert!(outcome.stderr.contains(says), "{line}\n{}", outcome.stderr);
    }
    assert_eq!(server.questions(), 0, "nothing was sent");
}

/// A file of secrets that is given by mistake: which file it is can be seen, and not what is secret in it.
#[test]
fn a_file_of_another_kind_is_not_quoted() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(Plays::Has(ADDRESS));
    let file = folder.path().join("given");
    let named = file.display();
    let secret = "VerySecretText";
    let host = format!("{HOST} {}", flags(server.address));
    let local = format!("{HOST} --resolver one={} --no-os --no-aws --timeout 1s", server.address);
    for text in [
        format!("root:$6$salt${secret}0123456789:19000:0:99999:7:::\nbin:*:19000:0:99999:7:::\n"),
        format!("aws_secret_access_key = {secret}\naws_session_token = {secret}\n"),
        format!("password {secret}\n"),
        format!("DB_PASSWORD={secret}\n"),
        format!("machine git.example login me password {secret}\n"),
    ] {
        std::fs::write(&file, &text).expect("a file");
        for line in [
            format!("{host} --facts {named}"),
            format!("{local} --resolv-conf {named}"),
            format!("{local} --no-local --hosts-file {named}"),
            format!("--kubeconfig {named} --no-local --no-aws"),
            format!("replay {named}"),
            format!("compare {named} {named}"),
        ] {
            let outcome = run(&line);
            let said = outcome.stdout + &outcome.stderr;
            assert!(!said.contains(secret), "{line}: {text}{said}");
        }
        // What stands behind a blank is the name of a target there.
        if !text.contains(' ') {
            let outcome = run(&format!("check {} --targets {named}", flags(server.address)));
            assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{text}");
            assert!(!outcome.stderr.contains(secret), "{}", outcome.stderr);
        }
    }
}

#[test]
fn hostile_arguments_stay_on_one_line() {
    for words in [
        ["a.test\nb", "-q"],
        ["a.test", "--x\u{1b}]0;title\u{7}\n"],
        ["a.test", "--save=\u{1b}[2J\n/x"],
        ["a.test", "--resolver=\u{202e}\r\n=10.0.0.1"],
        ["explain", "\u{1b}[31m"],
    ] {
        let outcome = Outcome::of(program().args(words).args(["--no-local", "--no-os"]));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{words:?}");
        assert_eq!(outcome.stderr.lines().count(), 1, "{words:?}\n{}", outcome.stderr);
        let is_plain = |c: char| !c.is_control() && c != '\u{202e}';
        assert!(outcome.stderr.trim_end().chars().all(is_plain), "{:?}", outcome.stderr);
    }
}
