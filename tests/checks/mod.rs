//! What must be true of any octets at all, an entry point a file. The fuzzing targets of `fuzz/` and the replay of
//! their corpora (`tests/corpora.rs`) are the same functions.
//!
//! Each panics where something is not true. What is read stays within the bounds of `src/limits.rs`, what is printed
//! has no character that a terminal obeys, what was read is written and read again as the same, and the exit code is
//! the conclusion's.

mod aws_json;
mod captures;
pub(crate) mod consistent;
pub(crate) mod formats;
pub(crate) mod held;
mod host_files;
mod host_texts;
mod kubeconfig;
mod pasted;
mod replies;
mod resolver_spec;
mod scenarios;

/// A target: its name, which is its corpus's too, and what is done with octets.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const TARGETS: &[Target] = &[
    ("aws_json", aws_json::check),
    ("captures", captures::check),
    ("host_files", host_files::check),
    ("host_texts", host_texts::check),
    ("kubeconfig", kubeconfig::check),
    ("pasted", pasted::check),
    ("replies", replies::check),
    ("resolver_spec", resolver_spec::check),
    ("scenarios", scenarios::check),
];

/// The endpoint that a capture of facts or lookups alone is about.
pub(crate) const ENDPOINT: &str = held::TARGET;
