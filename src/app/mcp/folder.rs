//! The folder whose files a caller may have read.

use std::path::{Component, Path, PathBuf};

use crate::app::Error;
use crate::facts::host::UnreadableFile;

/// A folder, without links in its path.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let found = path.canonicalize().map_err(|said| {
            Error::File(UnreadableFile {
                path: path.to_owned(),
                said,
            })
        })?;
        if found.is_dir() {
            Ok(Self(found))
        } else {
            Err(Error::NotAFolder(path.to_owned()))
        }
    }

    /// The file of this name below the folder, wherever links lead. Why it is not read says nothing of what else there
    /// is on this host.
    pub(super) fn find(&self, name: &str) -> Result<PathBuf, String> {
        let refused = |why: &str| Err(format!("{name:?} {why}"));
        let below = Path::new(name);
        let is_plain = below
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if name.is_empty() || name.contains('\0') || !is_plain {
            return refused("is not the path of a file below the folder that the server was started with");
        }
        match self.0.join(below).canonicalize() {
            Ok(path) if !path.starts_with(&self.0) => {
                refused("leads out of the folder that the server was started with")
            }
            // A pipe or a device is not opened: it might never end.
            Ok(path) if path.is_file() => Ok(path),
            Ok(_) => refused("is not a regular file"),
            Err(_) => refused("is not there, or cannot be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a test makes the files")]
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_is_found() {
        let all = tempfile::tempdir().unwrap();
        let root = all.path().join("root");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::write(all.path().join("secret"), "x").unwrap();
        std::fs::write(root.join("sub/a.json"), "x").unwrap();
        let folder = Folder::open(&root).unwrap();
        assert!(folder.find("sub/a.json").is_ok() && folder.find("./sub/a.json").is_ok());
        let absolute = all.path().join("secret");
        for name in [
            "",
            ".",
            "sub",
            "none",
            "../secret",
            "sub/../../secret",
            "a\0b",
            absolute.to_str().unwrap(),
        ] {
            assert!(folder.find(name).is_err(), "{name:?}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(all.path().join("secret"), root.join("link")).unwrap();
            std::os::unix::fs::symlink(all.path(), root.join("up")).unwrap();
            std::os::unix::fs::symlink("sub/a.json", root.join("inside")).unwrap();
            assert!(folder.find("link").is_err() && folder.find("up/secret").is_err());
            assert!(folder.find("inside").is_ok());
        }
        assert!(Folder::open(&all.path().join("secret")).is_err());
        assert!(Folder::open(&all.path().join("none")).is_err());
    }
}
