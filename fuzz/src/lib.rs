//! The targets, which are the checks of `tests/checks`.

mod json;

// The seeds, which are a matter of the tests, use a name that nothing here does.
#[allow(dead_code)]
#[path = "../../tests/checks/mod.rs"]
mod checks;

pub use json::mutate as mutate_json;

/// Does the check of a target, and of what takes long only some.
pub fn check(target: &str, octets: &[u8]) {
    checks::held::IN_A_HURRY.store(true, std::sync::atomic::Ordering::Relaxed);
    let found = checks::TARGETS.iter().find(|(name, _)| *name == target);
    let (_, check) = found.expect("a target of tests/checks");
    check(octets);
}
