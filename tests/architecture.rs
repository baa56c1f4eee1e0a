//! Data flows one way: a module imports only from modules to its left. And the codec, the sockets and the
//! files each have one place.

#![expect(clippy::disallowed_methods, reason = "a test reads the tree it is about")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The modules in the order of the data. Nobody imports from the right.
const ORDER: &[&str] = &[
    "limits",
    "text",
    "stated",
    "indented",
    "tls",
    "dns",
    "address",
    "url",
    "endpoint",
    "observation",
    "software",
    "target",
    "settings",
    "facts",
    "via",
    "resolvers",
    "probed",
    "handed_on",
    "plan",
    "probe",
    "bulk",
    "connect",
    "decides",
    "expect",
    "compare",
    "beside",
    "scope",
    "clients",
    "rules",
    "pasted",
    "report",
    "settled",
    "capture",
    "redact",
    "watch",
    "fleet",
    "render",
    "places",
    "serve",
    "lab",
    "cli",
    "mcp",
    "app",
    "schema",
];

fn sources() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file can be read");
                let relative = path.strip_prefix(&root).expect("below src").to_owned();
                found.insert(relative, text);
            }
        }
    }
    found
}

/// The top-level module a file belongs to.
fn module(path: &Path) -> String {
    let first = path.iter().next().expect("a path").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file, without comments and without its tests, which may look anywhere.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| !["#[cfg(test)]", "#[cfg(all(test, unix))]", "#![cfg(test)]"].contains(&line.trim()))
        .filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn nobody_imports_from_the_right() {
    let position = |name: &str| ORDER.iter().position(|module| *module == name);
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = module(&path);
        if own == "lib" || own == "main" {
            continue;
        }
        let Some(here) = position(&own) else {
            wrong.push(format!("{} has no place in the order", path.display()));
            continue;
        };
        for line in code(&text) {
            for (at, _) in line.match_indices("crate::") {
                let imported: String = line[at + "crate::".len()..]
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                if position(&imported).is_none_or(|there| there > here) {
                    wrong.push(format!("{}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A module by the names that lead to it.
type ModulePath = Vec<String>;

/// The modules of src, with their code in one line each.
fn modules() -> BTreeMap<ModulePath, String> {
    let all = sources().into_iter().filter_map(|(path, text)| {
        let mut names: ModulePath = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let file = names.pop()?;
        let name = file.trim_end_matches(".rs");
        if name != "mod" {
            names.push(name.to_owned());
        }
        // A module of tests may look anywhere.
        let is_tests = names.iter().any(|name| name == "tests");
        let code: Vec<&str> = code(&text).map(str::trim).collect();
        (!is_tests).then(|| (names, code.join(" ")))
    });
    all.collect()
}

/// The single paths of what is imported: `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn each_path(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.replace(' ', "")];
    };
    let mut depth = 1;
    let mut parts = vec![String::new()];
    for c in rest.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match (c, depth) {
            (_, 0) => break,
            (',', 1) => parts.push(String::new()),
            _ => parts.last_mut().expect("there is one").push(c),
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts
        .flat_map(|part| each_path(&format!("{before}{}", part.trim())))
        .collect()
}

/// The paths in a module's code that begin with `crate` or `super`.
fn paths(code: &str) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            if code[..at].ends_with(is_word) {
                continue;
            }
            let end = if code[..at].ends_with("use ") { ';' } else { ' ' };
            let rest = code[at..].split(end).next().unwrap_or_default();
            let rest = if end == ';' {
                rest
            } else {
                rest.split(|c| !is_word(c)).next().unwrap_or_default()
            };
            found.extend(each_path(rest));
        }
    }
    found
}

/// The module that a path leads to from another one.
fn leads_to(own: &[String], path: &str, modules: &BTreeMap<ModulePath, String>) -> ModulePath {
    let mut here = own.to_vec();
    for name in path.split("::") {
        match name {
            "crate" => here.clear(),
            "super" => {
                here.pop();
            }
            "self" => {}
            name => {
                here.push(name.to_owned());
                if !modules.contains_key(&here) {
                    here.pop();
                    break;
                }
            }
        }
    }
    here
}

/// Of two modules of one folder one at the most imports from the other, by whatever way. That a folder's `mod.rs` and
/// the files below it know each other is no circle: it is their head.
#[test]
fn no_modules_import_each_other() {
    let modules = modules();
    let mut arrows: BTreeMap<(ModulePath, String), BTreeSet<String>> = BTreeMap::new();
    for (own, code) in &modules {
        for path in paths(code) {
            let other = leads_to(own, &path, &modules);
            let shared = own.iter().zip(&other).take_while(|(one, other)| one == other).count();
            if let (Some(from), Some(to)) = (own.get(shared), other.get(shared)) {
                let from = (own[..shared].to_vec(), from.clone());
                arrows.entry(from).or_default().insert(to.clone());
            }
        }
    }
    assert!(arrows.len() > 150, "{}", arrows.len());
    // What imports from nobody that is left is in no circle, and neither is what nobody that is left imports from.
    loop {
        let left: BTreeSet<(ModulePath, String)> = arrows.keys().cloned().collect();
        let imported: BTreeSet<(ModulePath, String)> = arrows
            .iter()
            .flat_map(|((folder, _), to)| to.iter().map(|name| (folder.clone(), name.clone())))
            .collect();
        for ((folder, _), to) in &mut arrows {
            to.retain(|name| left.contains(&(folder.clone(), name.clone())));
        }
        arrows.retain(|from, to| !to.is_empty() && imported.contains(from));
        if arrows.len() == left.len() {
            break;
        }
    }
    assert!(arrows.is_empty(), "{arrows:#?}");
}

/// Which files may mention a word.
fn only_in(word: &str, allowed: &[&str]) {
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(path, text)| {
            let path = path.to_string_lossy().replace('\\', "/");
            code(text).any(|line| line.contains(word)) && !allowed.iter().any(|place| path.starts_with(place))
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(wrong.is_empty(), "{word} outside of its place: {wrong:?}");
}

/// Where texts are read that are not this program's own. Everywhere else, what is decided is decided from values.
const READS_OTHERS: &[(&str, &str)] = &[
    ("pasted/", "what other programs printed"),
    ("places/dig/", "what dig, kdig, drill and others printed"),
    ("facts/", "files, tools of the operating system, and AWS's answers"),
    (
        "capture/",
        "serde's errors, and the words of a capture of schema_version 1",
    ),
    ("clients/mod.rs", "kubectl's own test of the error that it prints"),
    ("connect/run.rs", "errors of the operating system"),
    ("probe/system.rs", "errors of getaddrinfo"),
    ("lab/world.rs", "errors of the TOML reader"),
    (
        "via/ended.rs",
        "what ssh, a shell, and another version of this program printed",
    ),
    (
        "mcp/wording.rs",
        "help of the command line, which is cut to the sentences that a tool can follow",
    ),
    (
        "render/words/why.rs",
        "an explanation, which is cut to the sentences that fit the first screen",
    ),
];

/// The literals that a text is searched for, each with the file that does.
fn needles() -> Vec<(String, String)> {
    const READERS: &[&str] = &[
        "contains",
        "starts_with",
        "ends_with",
        "strip_prefix",
        "strip_suffix",
        "split_once",
        "rsplit_once",
        "split",
        "rsplit",
        "split_inclusive",
        "find",
        "rfind",
        "matches",
        "match_indices",
        "trim_start_matches",
        "trim_end_matches",
        "eq_ignore_ascii_case",
    ];
    let literal = |text: &str| -> Option<String> { Some(text.strip_prefix('"')?.split('"').next()?.to_owned()) };
    let mut found = Vec::new();
    for (path, text) in sources() {
        if path.ends_with("tests.rs") || path.iter().any(|part| part == "tests") {
            continue;
        }
        // A call over several lines is one.
        let code: String = code(&text).map(|line| line.trim().to_owned() + "\n").collect();
        // A text that has a name is one that has none.
        let constants: BTreeMap<String, String> = code
            .split("const ")
            .skip(1)
            .filter_map(|rest| {
                let (name, value) = rest.split_once(": &str =")?;
                Some((name.to_owned(), literal(value.trim_start())?))
            })
            .collect();
        for reader in READERS {
            let call = format!(".{reader}(");
            for (at, _) in code.match_indices(&call) {
                let argument = code[at + call.len()..].trim_start();
                let argument = argument.strip_prefix('&').unwrap_or(argument);
                let argument = argument.strip_prefix("format!(").unwrap_or(argument).trim_start();
                let word: String = argument
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                let named = constants.get(&word).cloned();
                found.extend(
                    literal(argument)
                        .or(named)
                        .map(|needle| (path.display().to_string().replace('\\', "/"), needle)),
                );
            }
        }
    }
    found
}

/// A literal with a space in it, searched for in a text, is a sentence that is read.
#[test]
fn no_sentence_of_our_own_is_read() {
    let sentences: Vec<(String, String)> = needles()
        .into_iter()
        .filter(|(_, needle)| needle.trim_end_matches("\\n").contains(' '))
        .collect();
    let is_read_in = |place: &str| sentences.iter().any(|(path, _)| path.starts_with(place));
    let idle: Vec<&str> = READS_OTHERS
        .iter()
        .filter(|(place, _)| !is_read_in(place))
        .map(|(place, _)| *place)
        .collect();
    assert!(idle.is_empty(), "read no sentence any more: {idle:?}");
    let wrong: Vec<_> = sentences
        .iter()
        .filter(|(path, _)| !READS_OTHERS.iter().any(|(place, _)| path.starts_with(place)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_codec_has_two_places() {
    only_in("hickory_proto", &["probe/wire.rs", "lab/message.rs"]);
}

#[test]
fn sockets_are_opened_by_the_prober_the_bulk_engine_and_the_lab() {
    only_in(
        "tokio::net",
        &["probe/", "bulk/socket.rs", "connect/", "lab/", "serve/http.rs"],
    );
    only_in("std::net::UdpSocket", &["bulk/socket.rs"]);
    only_in("std::net::TcpStream", &[]);
}

#[test]
fn files_and_the_environment_are_read_at_the_ends() {
    only_in("std::fs", &["facts/host.rs", "app/"]);
    only_in("std::env", &["facts/host.rs", "app/", "main.rs"]);
}

#[test]
fn commands_are_run_in_two_places() {
    only_in("process::Command", &["facts/run.rs", "via/ssh.rs"]);
    only_in("process::{", &["facts/run.rs", "probe/sockets.rs"]);
}

#[test]
fn the_types_of_the_aws_sdks_stay_in_one_place() {
    only_in("aws_sdk_", &["facts/aws/eks.rs"]);
    for word in [
        "aws_config",
        "aws_credential_types",
        "aws_runtime",
        "aws_smithy_",
        "aws_types",
        "quick_xml",
    ] {
        only_in(word, &["facts/aws/"]);
    }
}

/// A number of octets, members or time that bounds what comes from outside stands in `src/limits.rs`, with its reason.
#[test]
fn bounds_have_one_place() {
    // A drawing's pace, a pause between two signals, and how late a try may notice the end of its window.
    let paces = [
        "app/interrupt.rs",
        "app/spinner.rs",
        "app/watch.rs",
        "probe/exchange.rs",
    ];
    let number_follows = |line: &str, word: &str| {
        line.match_indices(word).any(|(at, _)| {
            let rest = &line[at + word.len()..];
            let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '_').collect();
            digits.len() > 1 || digits.parse::<u8>().is_ok_and(|digit| digit > 1)
        })
    };
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let name = path.to_string_lossy().replace('\\', "/");
        // The lab plays what is hostile; it reads none of it.
        if name == "limits.rs" || name.ends_with("tests.rs") || name.starts_with("lab/") {
            continue;
        }
        for line in code(&text) {
            let cut = [".take(", ".truncate("].iter().any(|word| number_follows(line, word));
            let time = ["from_secs(", "from_millis("]
                .iter()
                .any(|word| number_follows(line, word));
            if cut || (time && !paces.contains(&name.as_str())) {
                wrong.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Times that a jump of the clock would change are told, never waited by.
#[test]
fn the_clock_is_asked_for_the_time_of_a_capture_only() {
    only_in("SystemTime", &["app/conduct.rs", "places/mod.rs"]);
}

/// One line width, the one of rustfmt.toml. rustfmt breaks neither comments nor string literals: a line with a
/// quotation mark in it may be longer, where breaking it would hide what the text looks like.
#[test]
fn lines_have_one_width() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            let comment = line.trim_start().starts_with("//");
            let literal = line.contains('"') || line.ends_with('\\');
            if line.chars().count() > 120 && (comment || !literal) {
                wrong.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// No two types of one name, so that a name is enough to say which is meant. Where a system or a feature decides which of
/// two is built, the two are one.
#[test]
fn no_two_types_have_one_name() {
    const OF_A_FEATURE: [&str; 1] = ["Session"];
    let mut places: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    for (path, text) in sources() {
        for line in text.lines() {
            let item = line.trim_start();
            let is_associated = item.len() < line.len() && item.starts_with("type ");
            let item = item.strip_prefix("pub").map_or(item, |rest| {
                rest.strip_prefix('(')
                    .and_then(|rest| rest.split_once(')'))
                    .map_or(rest, |(_, rest)| rest)
                    .trim_start()
            });
            let kinds = ["struct ", "enum ", "trait ", "type ", "union "];
            let Some(rest) = kinds.iter().find_map(|kind| item.strip_prefix(kind)) else {
                continue;
            };
            let name = rest
                .split(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap_or_default();
            let is_a_name = name.starts_with(|c: char| c.is_ascii_uppercase());
            if is_a_name && !is_associated && !OF_A_FEATURE.contains(&name) {
                places.entry(name.to_owned()).or_default().insert(path.clone());
            }
        }
    }
    assert!(places.len() > 500, "{}", places.len());
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}

/// The files of the rules: those that declare one.
fn rule_files() -> BTreeMap<PathBuf, String> {
    sources()
        .into_iter()
        .filter(|(path, text)| path.starts_with("rules") && code(text).any(|line| line.starts_with("declare_rule!")))
        .collect()
}

/// Whether a line speaks of a module: `name::`, or its name in a list of imports.
fn speaks_of(line: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let rest = &line[at + name.len()..];
        before.is_none_or(|c| !is_word(c) && c != '.' && c != '"')
            && (rest.starts_with("::") || line.trim_start().starts_with("use ") && !rest.starts_with(is_word))
    })
}

/// What two rules share stands in `rules/shared`, in a sign, or in a module of its own: a rule's file is for the
/// catalogue alone, so that what one rule reads changes no other rule.
#[test]
fn no_rule_is_imported() {
    let rules = rule_files();
    assert!(rules.len() > 70, "{}", rules.len());
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if path == Path::new("rules/mod.rs") {
            continue;
        }
        // An import over several lines is one.
        let code: Vec<&str> = code(&text).collect();
        for statement in code.join("\n").split(';') {
            let statement = statement.trim().replace('\n', " ");
            for rule in rules.keys().filter(|rule| **rule != path) {
                let name = rule.file_stem().expect("a file").to_string_lossy();
                if speaks_of(&statement, &name) {
                    wrong.push(format!("{} speaks of {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Rules name what a finding shows, never another rule: a new rule needs no edit of another's list.
#[test]
fn no_rule_names_another() {
    let rules = rule_files();
    let names: Vec<String> = rules
        .keys()
        .map(|path| path.file_stem().expect("a file").to_string_lossy().replace('_', "-"))
        .collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !path.starts_with("rules") && !path.starts_with("places") {
            continue;
        }
        for line in code(&text) {
            for name in &names {
                let declares = line.trim_start().starts_with(&format!("\"{name}\" = {{"));
                if line.contains(&format!("\"{name}\"")) && !declares {
                    wrong.push(format!("{}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
