//! Replays the corpora of `fuzz/`: what must hold of any octets holds of every seed, of every file that the fuzzer kept
//! and of everything that was ever wrong. `BLESS=1` writes the seeds anew from the fixtures.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes its fixtures")]

mod checks;
#[path = "corpora/seeds.rs"]
mod seeds;
#[path = "common/unconcluded.rs"]
mod unconcluded;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use checks::TARGETS;

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind)
}

/// The files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    found.sort();
    found
}

/// Does the target's check with the octets, and says which they were where it does not hold.
fn holds(target: &str, what: &str, octets: &[u8]) -> Result<(), String> {
    let (_, check) = TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .ok_or_else(|| format!("{what}: there is no target {target}"))?;
    catch_unwind(AssertUnwindSafe(|| check(octets))).map_err(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or_default();
        format!("{what}: {said}")
    })
}

fn all_hold(results: impl IntoIterator<Item = Result<(), String>>) {
    let wrong: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_the_fixtures_hold() {
    let seeds = seeds::all();
    for (target, _) in TARGETS {
        assert!(seeds.iter().any(|seed| seed.target == *target), "{target}");
    }
    if std::env::var_os("BLESS").is_some_and(|value| !value.is_empty()) {
        for seed in &seeds {
            let folder = folder("corpus").join(seed.target);
            std::fs::create_dir_all(&folder).expect("a folder can be made");
            std::fs::write(folder.join(format!("seed-{}", seed.name)), &seed.octets).expect("a file can be written");
        }
    }
    // What is in the corpus already is replayed with it.
    let is_kept = |seed: &&seeds::Seed| {
        let file = folder("corpus").join(seed.target).join(format!("seed-{}", seed.name));
        std::fs::read(file).is_ok_and(|octets| octets == seed.octets)
    };
    let fresh = seeds.iter().filter(|seed| !is_kept(seed));
    all_hold(fresh.map(|seed| holds(seed.target, &seed.name, &seed.octets)));
}

#[test]
fn what_the_fuzzer_kept() {
    for (target, _) in TARGETS {
        assert!(!files(&folder("corpus").join(target)).is_empty(), "{target}");
    }
    all_hold(kept("corpus"));
}

#[test]
fn what_was_wrong() {
    all_hold(kept("regressions"));
}

fn kept(kind: &str) -> Vec<Result<(), String>> {
    let mut results = Vec::new();
    for target in files(&folder(kind)) {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        for file in files(&target) {
            let octets = std::fs::read(&file).expect("a file can be read");
            results.push(holds(&name, &file.display().to_string(), &octets));
        }
    }
    results
}
