//! Help, the first use, completions and the manual page.

use std::path::Path;

use super::name_server::{ADDRESS, HOST, Plays};

use super::{EXPECTED, Outcome, Server, flags, program, run};

#[test]
fn help_says_everything_on_standard_output() {
    for line in ["--help-all", "check --help-all", "help check"] {
        let outcome = run(line);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{line}");
        for flag in [
            "--resolver",
            "--vpc-resolver",
            "--inbound",
            "--public",
            "--public-resolver",
            "--no-local",
            "--no-os",
            "--resolv-conf",
            "--hosts-file",
            "--no-controls",
            "--expect",
            "--expect-scope",
            "--expect-view",
            "--judge",
            "--fail-on",
            "--samples",
            "--timeout",
            "--attempts",
            "--deadline",
            "-o, --output",
            "--save",
            "--vantage",
            "-v, --verbose",
            "-q, --quiet",
            "--color",
            "--ascii",
        ] {
            assert!(outcome.stdout.contains(flag), "{line}: {flag}");
        }
        for heading in [
            "Resolvers to ask:",
            "What the answers should be:",
            "How long and how often:",
            "Output:",
            "Exit codes:",
            "Examples",
        ] {
            assert!(outcome.stdout.contains(heading), "{line}: {heading}");
        }
        for code in ["\n  0  ", "\n  1  ", "\n  2  ", "\n  3  ", "\n  130  "] {
            assert!(outcome.stdout.contains(code), "{line}: {code}");
        }
        assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 100), "{line}");
    }
    let first = run("--help");
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    assert!(first.stdout.lines().count() < 50, "{}", first.stdout.lines().count());
    let at = |text: &str| first.stdout.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("Examples") < at("Usage:") && at("Usage:") < at("Resolvers to ask"));
    for line in ["-h", "check -h", "check --help"] {
        assert_eq!(run(line).stdout, first.stdout, "{line}");
    }
    for command in ["explain", "demo", "completions", "man"] {
        let outcome = run(&format!("{command} --help"));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{command}");
        assert!(outcome.stdout.contains("Usage:"), "{command}");
    }
    let version = run("--version");
    assert_eq!(
        version.stdout.trim_end(),
        concat!("eks-dns-doctor ", env!("CARGO_PKG_VERSION"))
    );
}

/// No argument, no kubeconfig and no AWS: what can be done now, in eight lines, and the code of a run that could not be.
#[test]
fn the_first_use_says_what_can_be_done() {
    let home = tempfile::tempdir().expect("a directory");
    let bare = Outcome::of(program().env("HOME", home.path()));
    assert_eq!((bare.code, bare.stdout.as_str()), (2, ""));
    assert_eq!(bare.stderr.lines().count(), 8, "{}", bare.stderr);
    assert!(bare.stderr.starts_with("error: "), "{}", bare.stderr);
    assert!(
        bare.stderr.lines().all(|line| line.chars().count() <= 80),
        "{}",
        bare.stderr
    );
    let at = |text: &str| bare.stderr.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("eks-dns-doctor demo") < at("eks-dns-doctor HOST"));
    assert!(at("eks-dns-doctor HOST") < at("eks-dns-doctor explain"));
    // The file that is not there is named, and so is the one that has nothing in it.
    let behind = |stderr: &str| stderr.split_once('\n').map(|(_, rest)| rest.to_owned());
    let config = home.path().join("config");
    for (content, list, says) in [
        (None, "/typo", "KUBECONFIG names /typo, and no file is there"),
        (
            None,
            "/typo:/other",
            "KUBECONFIG names /typo and 1 more, and no file is there",
        ),
        (
            Some(""),
            config.to_str().expect("text"),
            "config has no context and no cluster",
        ),
        (
            Some("apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\n"),
            config.to_str().expect("text"),
            "config has no context and no cluster",
        ),
    ] {
        if let Some(content) = content {
            std::fs::write(&config, content).expect("a file");
        }
        let told = Outcome::of(program().env("HOME", home.path()).env("KUBECONFIG", list));
        assert_eq!((told.code, told.stdout.as_str()), (2, ""));
        let first = told.stderr.lines().next().unwrap_or_default();
        assert!(first.ends_with(says), "{first}");
        assert_eq!(behind(&told.stderr), behind(&bare.stderr));
        let with = program()
            .env("HOME", home.path())
            .env("KUBECONFIG", list)
            .arg("check")
            .output();
        let with = String::from_utf8(with.expect("it runs").stderr).expect("text");
        assert!(with.contains(list.split(':').next().unwrap_or_default()), "{with}");
        assert_eq!(with.lines().count(), 1, "{with}");
    }
    // Whoever gave an argument knows what it is, and gets one line.
    let with = Outcome::of(program().env("HOME", home.path()).args(["-o", "json"]));
    assert_eq!((with.code, with.stdout.as_str()), (2, ""));
    assert_eq!(with.stderr.lines().count(), 1, "{}", with.stderr);
}

/// A pasted message, as an argument and from standard input, with whatever a log has in it.
#[test]
fn a_pasted_message_is_explained_offline() {
    let name = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
    let line = format!("Unable to connect to the server: dial tcp: lookup {name} on 10.63.200.10:53: no such host");
    let mut log = b"I0101 starting\xff\x1b]0;x\x07\n\x1b[31m".to_vec();
    log.extend_from_slice(line.as_bytes());
    log.extend_from_slice("\u{202e}\n".as_bytes());
    for outcome in [
        Outcome::of(program().arg("explain").arg(&line)),
        Outcome::of(program().args(["explain", "-"]).write_stdin(log)),
    ] {
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
        let text = &outcome.stdout;
        assert!(
            text.chars()
                .all(|c| c == '\n' || !eks_dns_doctor::render::text::is_unprintable(c)),
            "{text:?}"
        );
        let command = format!("      eks-dns-doctor check {name} --resolver 10.63.200.10 --public");
        assert!(text.lines().any(|line| line == command), "{text}");
        for words in [
            "no-forwarding",
            "endpoint-name-stale",
            "Go's own resolver",
            "DNS, before",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }
    // What is not understood: the document says so, and standard error why, as for every 2.
    let unknown = Outcome::of(program().args(["explain", "nothing known here", "-o", "json"]));
    assert_eq!(
        (unknown.code, unknown.stderr.lines().count()),
        (2, 1),
        "{}",
        unknown.stderr
    );
    assert!(
        unknown.stderr.contains("holds no error message that is known"),
        "{}",
        unknown.stderr
    );
    assert_eq!(unknown.json()["understood"], false);
    let refused = Outcome::of(program().args(["explain", "-"]).write_stdin(vec![b'x'; (1 << 20) + 1]));
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("is longer than"), "{}", refused.stderr);
}

#[test]
fn the_catalogue_is_explained_offline() {
    for empty in ["", " "] {
        let refused = Outcome::of(program().args(["explain", empty]));
        assert_eq!(refused.code, 2, "{empty:?}");
    }
    let index = run("explain");
    assert_eq!((index.code, index.stderr.as_str()), (0, ""));
    for rule in eks_dns_doctor::rules::RULES {
        assert!(index.stdout.contains(rule.name), "{}", rule.name);
        let page = run(&format!("explain {}", rule.name));
        assert_eq!((page.code, page.stderr.as_str()), (0, ""));
        assert!(page.stdout.starts_with(rule.name), "{}", page.stdout);
        assert!(
            page.stdout.contains("\nWhat to do\n") && !page.stdout.contains("## "),
            "{}",
            rule.name
        );
    }
}

#[test]
fn completions_and_the_manual_page_know_the_flags() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = run(&format!("completions {shell}"));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{shell}");
        for word in ["vpc-resolver", "expect-scope", "explain"] {
            assert!(outcome.stdout.contains(word), "{shell}: {word}");
        }
    }
    let outcome = run("man");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    for word in [
        ".TH",
        "EXIT STATUS",
        "EXAMPLES",
        "COMMANDS",
        "RESOLVERS TO ASK",
        "vpc\\-resolver",
        "completions SHELL",
    ] {
        assert!(outcome.stdout.contains(word), "{word}");
    }
    // A word that is longer than a line of a terminal cannot be broken (troff warns of it).
    let long = outcome.stdout.split_whitespace().find(|word| word.chars().count() > 66);
    assert_eq!(long, None);
    assert!(
        !outcome.stdout.contains("eks\\-dns\\-doctor\\-check"),
        "there is one page"
    );
}

#[test]
fn nothing_is_written_where_it_runs() {
    let server = Server::start(Plays::Has(ADDRESS));
    let directory = tempfile::tempdir().expect("a directory");
    let line = format!("{HOST} {} {EXPECTED}", flags(server.address));
    let outcome = Outcome::of(program().args(line.split_whitespace()).current_dir(directory.path()));
    assert_eq!(outcome.code, 0);
    let is_empty = |path: &Path| std::fs::read_dir(path).expect("a directory").next().is_none();
    assert!(is_empty(directory.path()));
}
