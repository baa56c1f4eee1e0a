//! The program, as the tests run it on files.

use std::time::Duration;

use assert_cmd::Command;

/// In an environment that does not depend on where the tests run, and not for long.
pub(crate) fn program() -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("eks-dns-doctor");
    command.env_clear().timeout(Duration::from_secs(20));
    command
}
