//! Texts as people paste them, each with what is true of it: fixtures/field/texts, and its index.

#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::path::Path;

use eks_dns_doctor::pasted;

#[test]
fn each_text_is_read_as_its_index_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field/texts");
    let index = std::fs::read_to_string(folder.join("index.tsv")).expect("an index");
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in index.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [file, layer, first, host, server] = columns[..] else {
            panic!("{row}");
        };
        count += 1;
        let text = std::fs::read_to_string(folder.join(file)).expect("a text");
        let Some(read) = pasted::read(&text) else {
            wrong.push(format!("{file}: not understood"));
            continue;
        };
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let found = [
            read.symptom.layer().as_str().to_owned(),
            or_none(read.candidates.first().map(|candidate| candidate.rule.to_owned())),
            or_none(read.host.as_ref().map(ToString::to_string)),
            or_none(read.server.map(|server| server.to_string())),
        ];
        let is_first = first == "-" || found[1] == first;
        if found[0] != layer || !is_first || !found[2].eq_ignore_ascii_case(host) || found[3] != server {
            wrong.push(format!("{file}: {found:?}"));
        }
        assert!(read.candidates.len() <= 5, "{file}");
    }
    assert!(count >= 60, "{count}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Public resolvers that a command could name.
const PUBLIC: &[&str] = &["1.1.1.1", "8.8.8.8", "9.9.9.9"];

#[test]
fn what_is_no_endpoints_is_told_nothing_of_endpoints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field/texts");
    let mut others = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a text");
        for message in pasted::messages(&text) {
            let shown = format!("{}: {message:?}", path.display());
            let Some(host) = &message.host else { continue };
            // A name that is not public is sent to no public resolver, unless the text itself asked that one.
            let public = PUBLIC.iter().find(|public| message.command.contains(*public));
            assert!(public.is_none_or(|public| text.contains(public)), "{shown}");
            if !host.to_string().to_ascii_lowercase().contains("eks.") {
                others += 1;
                let is_stale = message.candidates.iter().any(|one| one.rule == "endpoint-name-stale");
                assert!(!is_stale, "{shown}");
                assert!(!message.name.iter().any(|one| one.contains("kubeconfig")), "{shown}");
            }
        }
    }
    assert!(others >= 3, "{others}");
}
