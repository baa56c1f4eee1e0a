//! The program that `--push` sends: this one, or the one for another system that lies beside it.

#![expect(
    clippy::disallowed_methods,
    reason = "this is where this program and those beside it are read, to be sent along"
)]

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::Error;
use crate::limits;
use crate::via::{Failure, ssh};

/// The targets that a release is built for and that have a `uname`, with what `uname -s` and `uname -m` may say there.
/// One machine has two names: Linux says aarch64 and macOS arm64.
const RELEASED: [(&str, &str, &[&str]); 4] = [
    ("x86_64-unknown-linux-musl", "Linux", &["x86_64", "amd64"]),
    ("aarch64-unknown-linux-musl", "Linux", &["aarch64", "arm64"]),
    ("x86_64-apple-darwin", "Darwin", &["x86_64"]),
    ("aarch64-apple-darwin", "Darwin", &["arm64", "aarch64"]),
];

/// What can be sent.
#[derive(Debug)]
pub(super) struct Programs {
    own: ssh::Program,
    /// Where a folder for each other target may lie, as `TARGET/eks-dns-doctor`.
    folder: Option<PathBuf>,
    /// Whether this program brings its libc along, and so starts on any system of its kind.
    needs_no_libc: bool,
}

impl Programs {
    /// Reads this program.
    pub(super) fn read() -> Result<Self, Error> {
        let here = std::env::current_exe().map_err(Error::Push)?;
        Ok(Self {
            own: ssh::Program {
                bytes: read(&here).map_err(Error::Push)?,
                platforms: platforms(std::env::consts::OS, std::env::consts::ARCH),
            },
            // What is in PATH may be a link to the file, as Homebrew's and krew's is.
            folder: here.canonicalize().unwrap_or(here).parent().map(Path::to_path_buf),
            needs_no_libc: !cfg!(target_os = "linux") || cfg!(target_feature = "crt-static"),
        })
    }

    /// This program.
    pub(super) fn own(&self) -> &ssh::Program {
        &self.own
    }

    /// Which one to send instead, where this one did not fit the place; the failure again where there is none.
    pub(super) fn instead(&self, failure: Failure) -> Result<ssh::Program, Failure> {
        let wanted = match &failure {
            Failure::OtherSystem { is, .. } => RELEASED.iter().find(|(_, system, machines)| {
                let pair = is.split_once(' ');
                pair.is_some_and(|(here, machine)| here == *system && machines.contains(&machine))
            }),
            Failure::DoesNotStart(_) if !self.needs_no_libc => RELEASED.iter().find(|(_, system, machines)| {
                let own = self.own.platforms.first();
                own.is_some_and(|(here, machine)| here == system && machines.contains(machine))
            }),
            _ => None,
        };
        let (Some((target, system, machines)), Some(folder)) = (wanted, &self.folder) else {
            return Err(failure);
        };
        let path = folder.join(target).join("eks-dns-doctor");
        match read(&path) {
            Ok(bytes) => Ok(ssh::Program {
                bytes,
                platforms: machines.iter().map(|machine| (*system, *machine)).collect(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(match failure {
                Failure::OtherSystem { is, .. } => Failure::OtherSystem {
                    is,
                    missing: Some(path.display().to_string()),
                },
                other => other,
            }),
            Err(error) => Err(Failure::Push(format!("{}: {error}", path.display()))),
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(limits::PUSHED)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What `uname -s` and `uname -m` print on the platform that a program was built for; empty where there is no `uname`.
fn platforms(system: &str, machine: &'static str) -> Vec<(&'static str, &'static str)> {
    let system = match system {
        "linux" => "Linux",
        "macos" => "Darwin",
        "freebsd" => "FreeBSD",
        _ => return Vec::new(),
    };
    // FreeBSD says amd64 for x86_64.
    match machine {
        "x86_64" => vec![(system, "x86_64"), (system, "amd64")],
        "aarch64" => vec![(system, "aarch64"), (system, "arm64")],
        other => vec![(system, other)],
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn programs(folder: &Path, system: &str, needs_no_libc: bool) -> Programs {
        Programs {
            own: ssh::Program {
                bytes: b"own".to_vec(),
                platforms: platforms(system, "x86_64"),
            },
            folder: Some(folder.to_path_buf()),
            needs_no_libc,
        }
    }

    fn other(is: &str) -> Failure {
        Failure::OtherSystem {
            is: is.to_owned(),
            missing: None,
        }
    }

    #[test]
    fn what_lies_beside_it_is_taken_by_what_the_place_says() {
        let folder = tempfile::tempdir().unwrap();
        for (target, ..) in &RELEASED[..2] {
            std::fs::create_dir(folder.path().join(target)).unwrap();
            std::fs::write(folder.path().join(target).join("eks-dns-doctor"), target).unwrap();
        }
        for system in ["linux", "macos", "windows"] {
            let programs = programs(folder.path(), system, true);
            for (is, target) in [
                ("Linux x86_64", "x86_64-unknown-linux-musl"),
                ("Linux aarch64", "aarch64-unknown-linux-musl"),
                ("Linux arm64", "aarch64-unknown-linux-musl"),
            ] {
                let program = programs.instead(other(is)).unwrap();
                assert_eq!(program.bytes, target.as_bytes(), "{is}");
                let said = is.split_once(' ').unwrap();
                assert!(program.platforms.contains(&said), "{is}");
            }
            // A system that nothing is built for, and one whose folder is not there: it says which.
            for (is, missing) in [("Linux riscv64", None), ("Darwin arm64", Some("aarch64-apple-darwin"))] {
                let failure = programs.instead(other(is)).unwrap_err();
                let Failure::OtherSystem { missing: named, .. } = &failure else {
                    panic!("{failure}");
                };
                assert_eq!(named.is_some(), missing.is_some(), "{failure}");
                assert!(
                    named
                        .as_deref()
                        .unwrap_or_default()
                        .contains(missing.unwrap_or_default()),
                    "{failure}"
                );
            }
        }
    }

    #[test]
    fn a_static_one_is_sent_where_the_libc_there_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let failure = || Failure::DoesNotStart("version `GLIBC_2.99' not found".to_owned());
        let dynamic = programs(folder.path(), "linux", false);
        assert_eq!(dynamic.instead(failure()).unwrap_err(), failure());
        let target = folder.path().join("x86_64-unknown-linux-musl");
        std::fs::create_dir(&target).unwrap();
        std::fs::write(target.join("eks-dns-doctor"), "static").unwrap();
        assert_eq!(dynamic.instead(failure()).unwrap().bytes, b"static");
        // One that needs no libc fails for another reason, which is told.
        let program = programs(folder.path(), "linux", true);
        assert_eq!(program.instead(failure()).unwrap_err(), failure());
    }
}
