use super::*;

fn of(line: &[&str], environment: &[(&str, &str)]) -> Understood {
    let arguments: Vec<String> = line[1..].iter().map(|word| (*word).to_owned()).collect();
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    understand(line[0], &arguments, environment)
}

const TOKEN: [&str; 5] = ["aws", "eks", "get-token", "--cluster-name", "orders"];
const LINE: &str = "aws eks get-token --cluster-name orders";

/// The cluster, and the profile.
fn is(found: &Understood, profile: Option<&str>, what: &[&str]) {
    assert_eq!(found.cluster.as_deref(), Some("orders"), "{what:?}: {found:?}");
    assert_eq!(found.profile.as_deref(), profile, "{what:?}");
    assert_eq!(found.unread, None, "{what:?}");
}

#[test]
fn programs_around_it() {
    let around: &[(&[&str], Option<&str>)] = &[
        (&[], None),
        (&["aws-vault", "exec", "shop", "--"], Some("shop")),
        (&["aws-vault", "exec", "shop"], Some("shop")),
        (
            &[
                "/opt/bin/aws-vault",
                "--debug",
                "exec",
                "-d",
                "1h",
                "--no-session",
                "shop",
                "--",
            ],
            Some("shop"),
        ),
        (&["aws-okta", "exec", "--session-ttl=1h", "shop", "--"], Some("shop")),
        (&["saml2aws", "exec", "--exec-profile", "shop", "--"], Some("shop")),
        (&["saml2aws", "exec", "-a", "idp", "-p", "shop", "--"], Some("shop")),
        (&["assume", "shop", "--exec", "--"], Some("shop")),
        (&["granted", "assume", "shop", "--"], Some("shop")),
        (&["aws-sso", "exec", "-p", "shop", "--"], Some("shop")),
        (&["env", "AWS_PROFILE=shop"], Some("shop")),
        (
            &["/usr/bin/env", "-u", "AWS_REGION", "AWS_DEFAULT_PROFILE=shop"],
            Some("shop"),
        ),
        (&["AWS_PROFILE=shop"], Some("shop")),
        (&["timeout", "5"], None),
        (&["exec"], None),
        (&["cmd", "/c"], None),
        (&["C:\\Windows\\System32\\cmd.exe", "/C"], None),
        (
            &["env", "AWS_PROFILE=a", "aws-vault", "exec", "shop", "--"],
            Some("shop"),
        ),
    ];
    for (before, profile) in around {
        let line: Vec<&str> = before.iter().copied().chain(TOKEN).collect();
        is(&of(&line, &[]), *profile, &line);
        // The profile that the command itself names wins.
        let named: Vec<&str> = line.iter().copied().chain(["--profile", "own"]).collect();
        is(&of(&named, &[("AWS_PROFILE", "x")]), Some("own"), &named);
    }
}

/// The command is one word, so the profile can stand on either side of it.
#[test]
fn a_command_line_for_assume() {
    for words in [
        &["assume", "shop", "--exec", LINE][..],
        &["assume", "--exec", LINE, "shop"],
        &["assume", "-d", "1h", "--exec", LINE, "--duration", "1h", "shop"],
        &["assume", &format!("--exec={LINE}"), "shop"],
    ] {
        is(&of(words, &[]), Some("shop"), words);
    }
    let found = of(&["assume", "--exec", LINE], &[]);
    assert!(
        found
            .unread
            .as_ref()
            .is_some_and(|said| said.contains("which profile `assume` uses")),
        "{found:?}"
    );
}

#[test]
fn shells_and_their_lines() {
    let lines = [
        (LINE.to_owned(), None),
        (format!("exec {LINE}"), None),
        (format!("AWS_PROFILE=shop {LINE}"), Some("shop")),
        (format!("export AWS_PROFILE='shop'; {LINE}"), Some("shop")),
        (format!("cd /tmp && aws-vault exec shop -- {LINE}"), Some("shop")),
        (format!("AWS_PROFILE=shop; export AWS_PROFILE; {LINE}"), Some("shop")),
        (format!("set -a; AWS_PROFILE=shop; {LINE}"), Some("shop")),
        (format!("(export AWS_PROFILE=other); {LINE}"), None),
        (format!("(export AWS_PROFILE=shop; {LINE})"), Some("shop")),
        (format!("export AWS_PROFILE=other | cat; {LINE}"), None),
        (format!("set AWS_PROFILE=other; {LINE}"), None),
        ("C=orders; aws eks get-token --cluster-name $C".to_owned(), None),
        (format!("[ -n \"$WHO\" ] || exit 1; {LINE}"), None),
        (format!("command -v aws >/dev/null 2>&1 || exit 1; {LINE}"), None),
        (format!("{LINE} 2>&1 | tee /tmp/log"), None),
        (
            format!("aws sso login --profile shop && {LINE} --profile shop"),
            Some("shop"),
        ),
        (format!("if [ -d /x ]; then {LINE}; else {LINE}; fi"), None),
        (format!("unset AWS_PROFILE; {LINE} --profile shop"), Some("shop")),
        (format!("{LINE} | jq ."), None),
        (format!("{LINE} --profile \"$WHO\""), Some("shop")),
    ];
    for shell in [&["sh", "-c"][..], &["/bin/bash", "-ec"], &["zsh", "-e", "-c"]] {
        for (line, profile) in &lines {
            let words: Vec<&str> = shell.iter().copied().chain([line.as_str()]).collect();
            is(&of(&words, &[("WHO", "shop")]), *profile, &words);
        }
    }
    // Start-up files run first: what the line itself names holds, and else who asks is not known.
    for shell in [
        &["/bin/bash", "-lc"][..],
        &["bash", "-l", "-c"],
        &["bash", "--login", "-c"],
        &["zsh", "-ic"],
        &["zsh", "-lic"],
    ] {
        for (line, profile) in &lines {
            let words: Vec<&str> = shell.iter().copied().chain([line.as_str()]).collect();
            let found = of(&words, &[("WHO", "shop")]);
            if profile.is_some() {
                is(&found, *profile, &words);
            } else {
                assert_eq!(found.cluster.as_deref(), Some("orders"), "{words:?}");
                let unread = found.unread.unwrap_or_default();
                assert!(unread.contains("start-up files"), "{words:?}: {unread}");
            }
        }
        let words: Vec<&str> = shell.iter().copied().chain([LINE]).collect();
        let found = of(&words, &[("AWS_PROFILE", "shop")]);
        assert!(found.unread.unwrap_or_default().contains("start-up files"), "{words:?}");
    }
    for (line, profile) in [
        (LINE.to_owned(), None),
        (format!("set AWS_PROFILE=shop&& {LINE}"), Some("shop")),
        (format!("set \"AWS_PROFILE=shop\" & {LINE}"), Some("shop")),
        (format!("{LINE} --profile %WHO%"), Some("shop")),
    ] {
        let words = ["cmd.exe", "/c", line.as_str()];
        is(&of(&words, &[("WHO", "shop")]), profile, &words);
    }
    for (line, profile) in [
        (format!("set -x AWS_PROFILE shop; {LINE}"), Some("shop")),
        (format!("set -gx AWS_PROFILE shop; and {LINE}"), Some("shop")),
        (format!("export AWS_PROFILE=shop; {LINE}"), Some("shop")),
    ] {
        let words = ["fish", "-c", line.as_str()];
        is(&of(&words, &[]), profile, &words);
    }
    let plain = ["bash", "-c", "aws eks get-token --cluster-name $'orders'"];
    is(&of(&plain, &[]), None, &plain);
    let module = [
        "python3.12",
        "-m",
        "awscli",
        "eks",
        "get-token",
        "--cluster-name",
        "orders",
    ];
    is(&of(&module, &[("AWS_PROFILE", "shop")]), Some("shop"), &module);
    let split = ["env", "-S", &format!("-u X AWS_PROFILE=shop {LINE}")];
    is(&of(&split, &[]), Some("shop"), &split);
    let passed = [
        "sh",
        "-c",
        "aws \"$@\"",
        "--",
        "eks",
        "get-token",
        "--cluster-name",
        "orders",
    ];
    is(&of(&passed, &[]), None, &passed);
    is(
        &of(
            &[
                "powershell",
                "-NoProfile",
                "-Command",
                &format!("$env:AWS_PROFILE='shop'; {LINE}"),
            ],
            &[],
        ),
        Some("shop"),
        &["powershell"],
    );
}

/// env(1): letters together, values joined to them, long options and their beginnings, and lines that are split.
#[test]
fn env_in_every_form() {
    let own = [("AWS_PROFILE", "old")];
    for around in [
        &["-uAWS_PROFILE"][..],
        &["-vu", "AWS_PROFILE"],
        &["-0uAWS_PROFILE"],
        &["--unset=AWS_PROFILE"],
        &["--uns", "AWS_PROFILE"],
        &["-C", "/tmp", "-u", "AWS_PROFILE"],
        &["--chdir=/tmp", "-u", "AWS_PROFILE", "--"],
        &["-S-u AWS_PROFILE"],
        &["-vS", "-uAWS_PROFILE"],
    ] {
        let found = of(&[&["env"], around, &TOKEN].concat(), &own);
        assert_eq!(
            (found.cluster.as_deref(), found.profile),
            (Some("orders"), None),
            "{around:?}"
        );
        assert_eq!(found.unread.as_deref(), Some("it unsets `AWS_PROFILE`"), "{around:?}");
    }
    for line in [
        &["-S", &format!("AWS_PROFILE=shop {LINE}")][..],
        &[&format!("-SAWS_PROFILE=shop {LINE}")],
        &[&format!("-vSAWS_PROFILE=shop {LINE}")],
        &[&format!("--split-string=AWS_PROFILE=shop {LINE}")],
        &["-vS", &format!("AWS_PROFILE=shop {LINE}")],
        &["-iS", &format!("AWS_PROFILE=shop {LINE}")],
        // Words behind the line stay words.
        &[
            "-S",
            "AWS_PROFILE=shop sh -c",
            "aws eks get-token --cluster-name orders",
        ],
    ] {
        let words = [&["env"], line].concat();
        is(&of(&words, &own), Some("shop"), &words);
    }
    for unknown in ["-x", "--unknown", "--block"] {
        let found = of(&[&["env", unknown][..], &TOKEN].concat(), &own);
        let said = found.unread.unwrap_or_default();
        assert_eq!(said.contains("what `env -"), unknown != "--block", "{unknown}: {said}");
    }
    let endless = format!("-S {}", "-S ".repeat(1000));
    assert!(of(&["env", &endless], &[]).unread.is_some());
}

/// The beginning of an option is the option, where no other begins so.
#[test]
fn beginnings_of_options() {
    for form in [
        &["--prof", "shop"][..],
        &["--p=shop"],
        &["--profil=shop", "--deb", "--qu", "x"],
    ] {
        let words = [&TOKEN[..], form].concat();
        is(&of(&words, &[("AWS_PROFILE", "x")]), Some("shop"), &words);
    }
    let found = of(
        &[
            "aws",
            "--reg",
            "eu-west-1",
            "eks",
            "get-token",
            "--cluster-n",
            "orders",
            "--ro=r",
        ],
        &[],
    );
    is(&found, None, &["beginnings"]);
    assert_eq!(
        (found.region.as_deref(), found.role_arn.as_deref()),
        (Some("eu-west-1"), Some("r"))
    );
    // Of two that begin so, neither.
    let found = of(&["aws", "eks", "get-token", "--cluster", "orders"], &[]);
    assert_eq!(
        (found.cluster, found.unread.as_deref()),
        (None, Some("it names no cluster"))
    );
}

/// What stands for a name and can be none is not taken for one, and what is not known is not printed as a mark.
#[test]
fn a_name_that_no_cluster_can_have_is_not_taken() {
    for (line, says) in [
        (
            "echo orders | xargs -I{} aws eks get-token --cluster-name {}",
            "value of --cluster-name",
        ),
        (
            "echo orders | xargs -I NAME aws eks get-token --cluster-name NAME",
            "value of --cluster-name",
        ),
        ("aws eks get-token --cluster-name '{}'", "no name that a cluster"),
        ("aws eks get-token --cluster-name a/b", "no name that a cluster"),
        (
            "aws eks get-token --cluster-name 'my prod'",
            "`my prod` is no name that a cluster",
        ),
        // The token would be for that very text.
        (
            "aws eks get-token --cluster-name arn:aws:eks:eu-west-1:123456789012:cluster/prod",
            "the value of --cluster-name is an ARN, and it has to be the cluster's name alone",
        ),
        (
            "aws-iam-authenticator token -iarn:aws:eks:r:1:cluster/prod",
            "the value of -i is an ARN",
        ),
        ("$HOME/bin/$X-token", "the program `…-token` is not read"),
        (
            "kubergrunt eks token --eks-cluster-arn arn:aws:eks:$R:1:cluster/$C",
            "names no cluster",
        ),
    ] {
        let found = of(&["sh", "-c", line], &[]);
        assert_eq!(found.cluster, None, "{line}");
        let unread = found.unread.unwrap_or_default();
        assert!(unread.contains(says) && !unread.contains(UNKNOWN), "{line}: {unread}");
    }
    let words = [&["aws-vault", "exec", "shop", "--region", "$R", "--"][..], &TOKEN]
        .concat()
        .join(" ");
    let found = of(&["sh", "-c", &words], &[]);
    assert_eq!((found.profile.as_deref(), found.region), (Some("shop"), None));
}

/// Quotes around a line of cmd, and the braces and the backtick of PowerShell.
#[test]
fn lines_of_windows() {
    let program = r#""C:\Program Files\aws.exe" eks get-token --cluster-name orders"#;
    for (before, line, profile) in [
        (
            &["/s", "/c"][..],
            format!("\"set AWS_PROFILE=shop&& {LINE}\""),
            Some("shop"),
        ),
        (
            &["/d/s/c"],
            format!("\"set \"AWS_PROFILE=shop\"&& {LINE}\""),
            Some("shop"),
        ),
        (&["/c"], format!("\"set AWS_PROFILE=shop&& {LINE}\""), Some("shop")),
        (&["/c"], program.to_owned(), None),
        (&["/s", "/c"], format!("\"{program}\""), None),
        (&["/c"], format!("\"{LINE}\""), None),
    ] {
        let words = [&["cmd"], before, &[line.as_str()]].concat();
        is(&of(&words, &[]), profile, &words);
    }
    let joined = [&["cmd", "/c", "set", "AWS_PROFILE=shop&&"][..], &TOKEN].concat();
    assert!(of(&joined, &[]).unread.is_some());
    let apart = [&["cmd", "/c", "set", "\"AWS_PROFILE=shop\"", "&&"][..], &TOKEN].concat();
    is(&of(&apart, &[]), Some("shop"), &apart);
    for (line, profile) in [
        (format!("${{env:AWS_PROFILE}}=\"shop\"; {LINE}"), Some("shop")),
        (format!("${{Env:AWS_PROFILE}} = 'shop'; {LINE}"), Some("shop")),
        ("aws eks get-token `\n --cluster-name orders".to_owned(), None),
        ("aws eks get-token `\r\n --cluster-name orders".to_owned(), None),
    ] {
        let words = ["pwsh", "-c", line.as_str()];
        is(&of(&words, &[]), profile, &words);
    }
    for line in [
        format!("$env:AWS_PROFILE += 'x'; {LINE}"),
        format!("${{env:AWS_PROFILE}}=$null; {LINE}"),
    ] {
        let found = of(&["pwsh", "-c", &line], &[]);
        assert_eq!(found.cluster.as_deref(), Some("orders"), "{line}");
        assert!(found.unread.is_some(), "{line}");
    }
}

/// What a here-document holds is read by a command, and is none itself.
#[test]
fn here_documents_are_no_commands() {
    for line in [
        format!("cat <<EOF >/dev/null\nexport AWS_PROFILE=no\nEOF\n{LINE}"),
        format!("cat <<'EOF'\nexport AWS_PROFILE=no\nEOF\n{LINE}"),
        format!("cat <<-\"E F\"\nexport AWS_PROFILE=no\n\tE F\n{LINE}").replace("E F", "EF"),
        format!("cat <<A; cat << B\nexport AWS_PROFILE=a\nA\nexport AWS_PROFILE=b\nB\n{LINE}"),
    ] {
        let words = ["bash", "-c", line.as_str()];
        is(&of(&words, &[("AWS_PROFILE", "shop")]), Some("shop"), &words);
    }
    // bash's here-string is one word.
    let line = format!("cat <<<x; export AWS_PROFILE=shop; {LINE}");
    is(&of(&["bash", "-c", &line], &[]), Some("shop"), &["here-string"]);
}

#[test]
fn flags_in_every_form() {
    let role = "arn:aws:iam::210987654321:role/ops";
    for form in [
        &["--role", role][..],
        &["-r", role],
        &["--role-arn", role],
        &[&format!("--role-arn={role}")],
    ] {
        let line: Vec<&str> = TOKEN.into_iter().chain(form.iter().copied()).collect();
        assert_eq!(of(&line, &[]).role_arn.as_deref(), Some(role), "{form:?}");
    }
    for form in [
        &["-i", "orders"][..],
        &["-iorders"],
        &["-i=orders"],
        &["--cluster-id=orders"],
        &["--cluster-name", "orders"],
    ] {
        let line: Vec<&str> = ["aws-iam-authenticator.exe", "token"]
            .iter()
            .chain(form)
            .copied()
            .collect();
        is(&of(&line, &[("AWS_PROFILE", "shop")]), Some("shop"), &line);
    }
    let found = of(
        &[
            "aws",
            "--region=eu-central-1",
            "--output",
            "json",
            "eks",
            "get-token",
            "--cluster-name=orders",
        ],
        &[("AWS_REGION", "us-east-1")],
    );
    assert_eq!(found.region.as_deref(), Some("eu-central-1"));
    let found = of(
        &TOKEN,
        &[("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_DEFAULT_PROFILE", "old")],
    );
    assert_eq!(
        (found.region.as_deref(), found.profile.as_deref()),
        (Some("us-east-1"), Some("old"))
    );
}

#[test]
fn what_is_not_understood_is_said() {
    for (line, says) in [
        (&["tsh", "kube", "credentials"][..], "the program `tsh` is not read"),
        (&["/home/mia/bin/token.sh"], "the program `token.sh` is not read"),
        (&["bash", "/home/mia/token.sh"], "the script `token.sh` is not read"),
        (
            &["sh", "-c", "aws eks get-token --cluster-name \"$(cat x)\""],
            "the value of --cluster-name",
        ),
        (
            &["aws", "sts", "get-caller-identity"],
            "`aws sts get-caller-identity` is not",
        ),
        (&["aws", "eks", "get-token"], "it names no cluster"),
        (&["aws-vault", "exec", "shop"], "runs no command"),
    ] {
        let found = of(line, &[]);
        assert!(
            found.unread.as_ref().is_some_and(|said| said.contains(says)),
            "{line:?}: {found:?}"
        );
        assert_eq!(found.cluster, None, "{line:?}");
    }
    // The cluster is plain, and the credentials are not.
    let found = of(
        &["op", "run", "--", "aws", "eks", "get-token", "--cluster-name", "orders"],
        &[],
    );
    assert_eq!(found.cluster.as_deref(), Some("orders"));
    assert!(
        found
            .unread
            .is_some_and(|said| said.contains("with whose credentials `op` runs it"))
    );
    let found = of(&TOKEN, &[("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SESSION_TOKEN", "s")]);
    assert_eq!(found.credentials, ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]);
    assert_eq!(of(&[""], &[]), Understood::default());
    let deep: Vec<&str> = std::iter::repeat_n("env", 10_000).collect();
    assert!(of(&deep, &[]).unread.is_some());
}

/// Who asks is not known where the line decides it when it runs: never a guess, and what is sure stays.
#[test]
fn what_a_line_decides_when_it_runs() {
    for (shell, line, says) in [
        ("bash", format!("AWS_PROFILE=shop; {LINE}"), "does not export it"),
        ("fish", format!("set AWS_PROFILE shop; {LINE}"), "does not export it"),
        ("bash", format!("unset AWS_PROFILE; {LINE}"), "it unsets `AWS_PROFILE`"),
        ("fish", format!("set -e AWS_PROFILE; {LINE}"), "it unsets `AWS_PROFILE`"),
        ("sh", format!("env -u AWS_PROFILE {LINE}"), "it unsets `AWS_PROFILE`"),
        ("sh", format!("env -i HOME=/x {LINE}"), "it empties the environment"),
        (
            "sh",
            format!("{LINE} --profile a || {LINE} --profile b"),
            "which of its commands runs",
        ),
        (
            "sh",
            format!("AWS_PROFILE=a {LINE} || AWS_PROFILE=b {LINE}"),
            "which of its commands runs",
        ),
        (
            "sh",
            format!("if x; then {LINE} --profile a; else {LINE}; fi"),
            "which of its commands runs",
        ),
        (
            "sh",
            format!("if [ -f x ]; then export AWS_PROFILE=a; fi; {LINE}"),
            "value of AWS_PROFILE",
        ),
        (
            "sh",
            format!("[ -f x ] && export AWS_PROFILE=a; {LINE}"),
            "value of AWS_PROFILE",
        ),
        (
            "fish",
            format!("if test -f x; set -x AWS_PROFILE a; end; {LINE}"),
            "value of AWS_PROFILE",
        ),
        (
            "sh",
            format!("export AWS_PROFILE=$(cat x); {LINE}"),
            "value of AWS_PROFILE",
        ),
        ("sh", format!("export $(cat .env); {LINE}"), "what `export` sets"),
        (
            "sh",
            format!("for p in a b; do {LINE} --profile $p; done"),
            "the value of --profile",
        ),
        ("bash", format!("{LINE} --profile $'a\\tb'"), "the value of --profile"),
        (
            "bash",
            format!("P=p; P+=1; {LINE} --profile $P"),
            "the value of --profile",
        ),
        (
            "bash",
            format!("export AWS_PROFILE=p; AWS_PROFILE+=1; {LINE}"),
            "value of AWS_PROFILE",
        ),
        ("bash", format!("export AWS_PROFILE+=1; {LINE}"), "value of AWS_PROFILE"),
        ("fish", format!("{LINE} --profile a\\tb"), "the value of --profile"),
        ("fish", format!("{LINE} --profile (cat x)"), "the value of --profile"),
    ] {
        let found = of(&[shell, "-c", &line], &[]);
        assert_eq!(found.cluster.as_deref(), Some("orders"), "{line}: {found:?}");
        assert_eq!(found.profile, None, "{line}");
        let unread = found.unread.unwrap_or_default();
        assert!(unread.contains(says), "{line}: {unread}");
    }
    // What the command has of its own is exported to it.
    let line = format!("AWS_PROFILE=one; AWS_PROFILE=shop {LINE}");
    is(&of(&["sh", "-c", &line], &[]), Some("shop"), &["its own"]);
    // No shell but of a path of Windows keeps the backslash.
    let line = r"aws eks get-token --cluster-name or\ders";
    is(&of(&["sh", "-c", line], &[]), None, &[line]);
    // What the environment has already keeps being exported.
    let found = of(
        &["sh", "-c", &format!("AWS_PROFILE=shop; {LINE}")],
        &[("AWS_PROFILE", "old")],
    );
    is(&found, Some("shop"), &["inherited"]);
    let line = "C=other; aws eks get-token --cluster-name $C";
    assert_eq!(
        of(&["sh", "-c", line], &[("C", "orders")]).cluster.as_deref(),
        Some("other")
    );
    let found = of(&["aws", "eks", "get-token", "--cluster-id", "1-2-3"], &[]);
    assert!(found.unread.unwrap_or_default().contains("by --cluster-id"));
}

/// The value of a flag is no program, and another user has other credentials.
#[test]
fn flags_of_programs_around_it_have_values() {
    for around in [&["nice", "-n", "5"][..], &["stdbuf", "-o", "L"], &["time", "-f", "%e"]] {
        let words = [around, &TOKEN].concat();
        is(&of(&words, &[]), None, &words);
    }
    for around in [
        &["sudo"][..],
        &["sudo", "-E"],
        &["sudo", "-u", "deploy"],
        &["sudo", "-u", "deploy", "env"],
    ] {
        let found = of(&[around, &TOKEN].concat(), &[]);
        assert_eq!(found.cluster.as_deref(), Some("orders"), "{around:?}");
        let unread = found.unread.unwrap_or_default();
        assert_eq!(
            unread, "with whose credentials `sudo` runs it is not known",
            "{around:?}"
        );
    }
    // An image of the AWS CLI: its words begin at `eks`.
    let image = ["docker", "run", "--rm", "-e", "AWS_PROFILE=shop", "amazon/aws-cli"];
    let found = of(&[&image[..], &TOKEN[1..]].concat(), &[]);
    assert_eq!(found.cluster.as_deref(), Some("orders"));
    assert_eq!(
        found.unread.as_deref(),
        Some("with whose credentials `docker` runs it is not known")
    );
}

/// What may be a token is not shown, wherever it stands in the command.
#[test]
fn no_token_of_the_command_is_shown() {
    for (words, shown) in [
        (
            &["curl -H 'Authorization: Bearer s3cr3t' https://t.example/s3cr3t", "x"][..],
            "the program `curl` is not read",
        ),
        (
            &["ghp_16C7e42F292c6912E7710c838347Ae178B4a"],
            "the program `…` is not read",
        ),
        (&["/opt/AKIAIOSFODNN7EXAMPLE"], "the program `…` is not read"),
        (
            &["eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl", "x"],
            "the program `…` is not read",
        ),
        (&["tsh", "kube"], "the program `tsh` is not read"),
        (
            &["gke-gcloud-auth-plugin_1.33.0"],
            "the program `gke-gcloud-auth-plugin_1.33.0` is not read",
        ),
        (
            &["aws", "sts", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"],
            "`aws sts …` is not `aws eks get-token`",
        ),
    ] {
        assert_eq!(of(words, &[]).unread.as_deref(), Some(shown), "{words:?}");
    }
}
