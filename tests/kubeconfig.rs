//! Kubeconfigs beside what a real kubectl said of them: fixtures/kubeconfig, recorded by `.ci/kubeconfig.py --record`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eks_dns_doctor::facts::host;
use eks_dns_doctor::facts::kubeconfig::{self, ContextFault, Kubeconfig, KubeconfigError, ProgramSeen};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kubeconfig")
}

/// The file of that name, or the files of the folder of that name.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let single = folder().join(format!("{name}.yaml"));
    let mut paths = vec![single];
    if !paths[0].exists() {
        let entries = std::fs::read_dir(folder().join(format!("{name}.d"))).unwrap();
        paths = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
    }
    paths
        .into_iter()
        .map(|path| {
            let shown = path.file_name().unwrap().to_string_lossy().into_owned();
            (shown, std::fs::read(&path).unwrap())
        })
        .collect()
}

fn read(name: &str) -> Result<Option<Kubeconfig>, KubeconfigError> {
    kubeconfig::read(&files(name), None)
}

/// The same, and the files that it names are opened, where it is one file.
fn opened(name: &str) -> Result<Option<Kubeconfig>, KubeconfigError> {
    let path = folder().join(format!("{name}.yaml"));
    if !path.exists() {
        return read(name);
    }
    let until = Instant::now() + Duration::from_secs(60);
    host::kubeconfig(Some(&path), &kubeconfig::WantedContext::default(), until)
}

fn recorded() -> serde_json::Map<String, Value> {
    let text = std::fs::read_to_string(folder().join("kubectl.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    record["cases"].as_object().unwrap().clone()
}

#[test]
fn every_file_is_recorded() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "d"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let recorded = recorded();
    assert!(recorded.keys().eq(names.iter()), "run .ci/kubeconfig.py --record");
    assert!(names.len() >= 60);
}

#[test]
fn every_file_is_read_as_kubectl_reads_it() {
    let mut wrong = Vec::new();
    for (name, kubectl) in recorded() {
        let ours = match opened(&name) {
            Ok(Some(found)) if refuses_the_file(&found) => serde_json::json!({"outcome": "refused"}),
            Ok(Some(found)) => serde_json::json!({
                "outcome": "taken",
                "context": found.context,
                "cluster": found.cluster_entry,
                "server": found.server,
                "tls-server-name": found.tls_server_name,
                "proxy-url": found.proxy_url,
                "stops": stops(&found, &kubectl["stops"]),
                "program": without_its_program(&name),
            }),
            Err(KubeconfigError::Malformed { .. }) => serde_json::json!({"outcome": "refused"}),
            _ => serde_json::json!({"outcome": "nowhere"}),
        };
        if ours != kubectl {
            wrong.push(format!(
                "{name}\n  kubectl {kubectl}\n  ours    {ours}\n  {:?}",
                read(&name).err()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_of_a_program(refusal: &kubeconfig::Refusal) -> bool {
    refusal
        .causes
        .iter()
        .any(|cause| cause.fault == ContextFault::ExecProgram)
}

/// What kubectl prints where it goes as far as the program for credentials, and that is not there.
fn without_its_program(name: &str) -> Option<String> {
    let before = opened(name).unwrap().unwrap().refusal;
    if before.is_some_and(|refusal| !is_of_a_program(&refusal)) {
        return None;
    }
    let nowhere = kubeconfig::OnThisHost {
        program: &|_, command| {
            if command.contains('/') {
                ProgramSeen::NoFile(command.to_owned())
            } else {
                ProgramSeen::NotInPath
            }
        },
        ..kubeconfig::OnThisHost::UNKNOWN
    };
    let found = kubeconfig::find(&files(name), &kubeconfig::WantedContext::default(), nowhere);
    found.unwrap().unwrap().refusal?.line()
}

/// Whether kubectl does not take the file at all, which is read here all the same.
fn refuses_the_file(found: &Kubeconfig) -> bool {
    let mut causes = found.refusal.iter().flat_map(|refusal| &refusal.causes);
    causes.any(|cause| cause.fault == ContextFault::Base64)
}

/// What kubectl prints where it ends before any lookup; the recorded text where it is known only that it ends.
fn stops(found: &Kubeconfig, recorded: &Value) -> Value {
    let here = folder().display().to_string();
    match &found.refusal {
        None => Value::Null,
        // Whether this host has it decides.
        Some(refusal) if is_of_a_program(refusal) => Value::Null,
        Some(refusal) if refusal.prints.is_empty() && !recorded.is_null() => recorded.clone(),
        Some(refusal) => refusal
            .prints
            .iter()
            .map(|line| line.replace(&here, "FOLDER"))
            .collect(),
    }
}

/// What is predicted for kubectl is that line, and no error of a lookup; the lookup is diagnosed all the same.
#[test]
fn most_of_what_kubectl_prints_is_known() {
    let (mut known, mut unknown) = (0, Vec::new());
    for (name, kubectl) in recorded() {
        let Ok(Some(found)) = opened(&name) else { continue };
        let Some(refusal) = found.refusal.as_ref().filter(|refusal| !is_of_a_program(refusal)) else {
            continue;
        };
        assert!(found.host().is_some() || !kubectl["stops"].is_null(), "{name}");
        match refusal.line() {
            Some(_) => known += 1,
            None => unknown.push(name),
        }
    }
    assert!(known >= 60, "{known}");
    // It says in lines of its own what took its place; and what has a password in it is not shown.
    assert_eq!(
        unknown,
        ["proxy-password", "stops-provider-gcp", "stops-proxy-password"]
    );
}

/// Each names the file, the line where there is one, what stands there and what to do, in words of this project.
#[test]
fn refusals_are_in_our_own_words() {
    for (name, says) in [
        (
            "tab-indent",
            "tab-indent.yaml, line 6: a tab stands in front of `server: …`",
        ),
        (
            "tab-list",
            "tab-list.yaml, line 10: a tab stands in front of `cluster: …`",
        ),
        ("html", "html.yaml, line 1: a web page stands there"),
        ("heredoc", "heredoc.yaml, line 1: the mark of a text of several lines"),
        ("fence", "fence.yaml, line 1: the fence of a block of Markdown"),
        ("conflict", "the mark of two versions that were not merged"),
        ("pem", "pem.yaml, line 1: a certificate or a key stands there"),
        ("null-lists", "null-lists.yaml: has no context and no cluster"),
        ("code-page", "line 18: the octet 0xfc stands there"),
        ("nul", "line 18: a NUL octet stands there"),
        ("utf16-no-mark", "line 1: a NUL octet stands there"),
        ("number-name", "is a number or a yes or no for YAML"),
        ("template", "a template whose places were not filled in"),
        ("dup-name", "two of its clusters are called \"orders\""),
        ("other-kind", "its kind is \"ConfigMap\""),
        ("other-version", "its apiVersion is \"v2\""),
        (
            "control-name",
            "control-name.yaml, line 13: the character U+0007 stands there, which YAML does not take",
        ),
        ("plain-text", "text stands there, and no kubeconfig"),
        ("merge-one-broken", "2.yaml, line "),
        ("unclosed", "unclosed.yaml, line "),
        ("bad-indent", "bad-indent.yaml, line "),
    ] {
        let error = read(name).unwrap_err().to_string();
        assert!(error.contains(says), "{name}: {error}");
    }
    for name in recorded().keys() {
        let Err(error) = read(name) else { continue };
        let error = error.to_string();
        for word in [
            "struct",
            "serde",
            "Options",
            "from_multiple",
            "unmarshal",
            "invalid type",
            "saphyr",
            "column 0",
        ] {
            assert!(!error.contains(word), "{name}: {error}");
        }
        assert!(!error.contains('\n') && error.len() < 400, "{name}: {error}");
        assert!(error.starts_with("kubeconfig "), "{name}: {error}");
    }
}

#[test]
fn no_secret_is_kept_or_shown() {
    for name in recorded().keys() {
        let said = match opened(name) {
            Ok(found) => serde_json::to_string(&found).unwrap(),
            Err(error) => error.to_string(),
        };
        for secret in ["geheim", "verysecretvalue", "AKIAEXAMPLE", "abc"] {
            assert!(!said.contains(secret), "{name}: {said}");
        }
    }
}

/// The program for credentials is looked for in PATH and is never run, and one that is there is not missed.
#[cfg(unix)]
#[test]
fn the_program_for_credentials_is_looked_for_in_path() {
    use std::os::unix::fs::PermissionsExt;
    let folders = tempfile::tempdir().unwrap();
    let (with, plain) = (folders.path().join("with"), folders.path().join("plain"));
    for (folder, mode) in [(&with, 0o755), (&plain, 0o644)] {
        std::fs::create_dir(folder).unwrap();
        let file = folder.join("no-such-program");
        std::fs::write(&file, "#!/bin/sh\ntouch ran\n").unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
    }
    // A folder of that name is no program.
    let folder_of_its_name = folders.path().join("folder");
    std::fs::create_dir_all(folder_of_its_name.join("no-such-program")).unwrap();
    let fault = |path: &std::ffi::OsStr| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
            .args(["facts", "--no-aws"])
            .env("KUBECONFIG", folder().join("program-v1.yaml"))
            .env("PATH", path)
            .current_dir(folders.path())
            .output()
            .unwrap();
        let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
        facts["facts"]["kubeconfig"]["refusal"]["causes"][0]["fault"].clone()
    };
    let list = |folders: &[&Path]| std::env::join_paths(folders).unwrap();
    assert_eq!(fault(&list(&[&plain, &with])), Value::Null);
    assert_eq!(fault(&list(&[&plain, &folder_of_its_name])), "exec-program");
    assert_eq!(fault(std::ffi::OsStr::new("")), "exec-program");
    assert!(!folders.path().join("ran").exists());
}
