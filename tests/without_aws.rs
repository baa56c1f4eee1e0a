//! A program that was built without AWS: `cargo test --no-default-features`.

#![cfg(not(feature = "aws"))]

use assert_cmd::Command;

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let done = Command::cargo_bin("eks-dns-doctor")
        .expect("the program")
        .args(arguments)
        .output()
        .expect("it runs");
    let text = |octets: Vec<u8>| String::from_utf8(octets).expect("UTF-8");
    (done.status.code(), text(done.stdout), text(done.stderr))
}

#[test]
fn a_flag_of_aws_is_refused_in_one_line_that_says_why() {
    for flags in [
        &["--cluster", "blue"][..],
        &["--region", "eu-west-1"],
        &["--profile", "work"],
        &["--via", "ssm:i-0123456789abcdef0"],
    ] {
        let arguments = [&["check", HOST, "--no-local"][..], flags].concat();
        let (code, out, error) = run(&arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{flags:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains(flags[0]) && error.contains("built without"), "{error}");
    }
}

#[test]
fn the_report_says_that_aws_was_not_asked() {
    let (code, out, error) = run(&[
        "check",
        HOST,
        "--no-local",
        "--resolver",
        "127.0.0.1:9",
        "--timeout",
        "200ms",
        "-o",
        "json",
    ]);
    assert!(matches!(code, Some(1 | 3)), "{code:?} {error}");
    assert!(out.contains("this program was built without AWS"), "{out}");
}

#[test]
fn scenarios_are_played_as_ever() {
    for scenario in [
        "no-forwarding/article",
        "edns-intolerant/fires",
        "encrypted-dns-fails/fires",
    ] {
        let (code, _, error) = run(&["demo", scenario, "-q"]);
        assert_eq!(code, Some(0), "{scenario}: {error}");
    }
}
