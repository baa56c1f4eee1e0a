//! How a command at another place ended: the document that it wrote, or the one line that says why there is none.

use super::{Failure, here, shell};
use crate::limits;

/// The end of a command there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote.
    pub stdout: Vec<u8>,
    /// What it said beside it, cut to [`limits::VIA_SAID`].
    pub stderr: Vec<u8>,
}

impl Ended {
    /// The lines of its standard error that say something.
    fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.stderr)
            .lines()
            .map(|line| line.trim().chars().take(limits::VIA_LINE).collect::<String>())
            .filter(|line| !line.is_empty())
            .collect()
    }

    /// The last line, which says why: what stands before it are banners and warnings. What ssh says behind it, when a
    /// jump host or a proxy has ended, says only that.
    pub fn last(&self) -> String {
        let echoes = |line: &String| {
            [
                "Connection closed by UNKNOWN port ",
                "Connection reset by UNKNOWN port ",
                "kex_exchange_identification: ",
                "ssh_exchange_identification: ",
                "banner exchange: Connection to UNKNOWN port ",
                "stdio forwarding failed",
            ]
            .iter()
            .any(|echo| line.starts_with(echo))
        };
        let mut lines = self.lines();
        match lines.iter().rposition(|line| !echoes(line)) {
            Some(at) => lines.swap_remove(at),
            None => lines.pop().unwrap_or_default(),
        }
    }

    /// Whether a line says this.
    pub fn says(&self, text: &str) -> bool {
        self.lines().iter().any(|line| line.contains(text))
    }

    /// What stands behind the mark; `None` where there is none.
    fn behind(&self, mark: &str) -> Option<&[u8]> {
        let end = format!("{mark}\n");
        let at = self
            .stdout
            .windows(end.len())
            .position(|window| window == end.as_bytes())?;
        Some(&self.stdout[at + end.len()..])
    }

    /// Whether the program there was about to run.
    pub fn has(&self, mark: &str) -> bool {
        self.behind(mark).is_some()
    }

    /// The document that the program there wrote, or why there is none. `mark` stands in front of it, on a line of its
    /// own: what a shell's start-up files print comes before.
    pub fn document(&self, mark: &str, can_push: bool) -> Result<&[u8], Failure> {
        let behind = self.behind(mark);
        match (self.code, behind) {
            (Some(127), None) => return Err(Failure::NoProgram(can_push)),
            // It is there, and what would load or interpret it is not.
            (Some(126 | 127), _) => return Err(Failure::DoesNotStart(self.last())),
            (Some(shell::OTHER_PLATFORM), None) => {
                return Err(Failure::OtherSystem {
                    is: self.last(),
                    missing: None,
                });
            }
            (Some(shell::NO_DIRECTORY), None) => return Err(Failure::NoDirectory(self.last())),
            (Some(shell::NO_FACTS), None) => return Err(Failure::NoFacts(self.last())),
            (Some(shell::CUT_OFF), None) => {
                return Err(Failure::Push("it did not arrive whole".to_owned()));
            }
            (Some(2), _) => return Err(self.refused()),
            _ => {}
        }
        behind.ok_or_else(|| Failure::Document {
            reason: match self.code {
                Some(code) => format!("is nothing of eks-dns-doctor's (it ended with {code})"),
                None => "is nothing of eks-dns-doctor's (a signal ended it)".to_owned(),
            },
            said: Some(self.last())
                .filter(|last| !last.is_empty())
                .unwrap_or_else(|| self.printed()),
        })
    }

    /// The last line of its standard output, where that is all there is.
    fn printed(&self) -> String {
        let from = self.stdout.len().saturating_sub(limits::VIA_SAID);
        let end = Self {
            stderr: self.stdout[from..].to_vec(),
            ..Self::default()
        };
        end.last()
    }

    fn refused(&self) -> Failure {
        let mut lines = self.lines();
        let is_version = |line: &String| line.starts_with(concat!(env!("CARGO_PKG_NAME"), " "));
        let version = match lines.last() {
            Some(last) if is_version(last) => lines.pop(),
            _ => None,
        };
        let error = lines.iter().rposition(|line| line.starts_with("error: "));
        let said = match error {
            Some(at) => lines[at]["error: ".len()..].to_owned(),
            None => lines.pop().unwrap_or_default(),
        };
        Failure::Refused {
            said,
            version: version.filter(|version| *version != here()),
        }
    }

    /// What the document is where it cannot be read.
    pub fn unreadable(&self, reason: &str) -> Failure {
        let said = self.last();
        match self.code {
            // ssh's own (ssh(1), EXIT STATUS), and it says why.
            Some(255) if !said.is_empty() => Failure::Lost(said),
            // A shell's way to say that a signal ended it (POSIX, Shell Command Language, 2.8.2).
            Some(code @ 129..=192) => Failure::Killed {
                signal: code - 128,
                said,
            },
            _ => Failure::Document {
                reason: reason.to_owned(),
                said,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(code: i32, stdout: &str, stderr: &str) -> Ended {
        Ended {
            code: Some(code),
            stdout: stdout.into(),
            stderr: stderr.into(),
        }
    }

    #[test]
    fn a_document_stands_behind_its_mark() {
        let found = |stdout: &str| {
            let ended = ended(1, stdout, "Welcome\nwhy\n");
            ended.document("MARK", true).map(<[u8]>::to_vec)
        };
        assert_eq!(found("hello {\nMARK\n{}\n"), Ok(b"{}\n".to_vec()));
        let none = found("{}").map_err(|failure| failure.to_string());
        assert_eq!(
            none,
            Err("what came back is nothing of eks-dns-doctor's (it ended with 1) (why)".to_owned())
        );
    }

    #[test]
    fn each_end_has_its_reason() {
        let ran = "MARK\n{}";
        for (code, stdout, stderr, says) in [
            (127, "", "", "there is no eks-dns-doctor in PATH there"),
            (
                127,
                ran,
                "sh: /tmp/x/eks-dns-doctor: not found",
                "does not start there: sh: /tmp/x/eks-dns-doctor: not found",
            ),
            (
                126,
                ran,
                "sh: Exec format error",
                "does not start there: sh: Exec format error",
            ),
            (
                2,
                ran,
                "banner\nerror: unexpected argument '--x'\n\nUsage: y\neks-dns-doctor 0.0.1\n",
                "could not run: unexpected argument '--x' (it is eks-dns-doctor 0.0.1, and here is",
            ),
            (2, ran, "error: no\n", "could not run: no"),
            (2, ran, "", "could not run: "),
            (shell::OTHER_PLATFORM, "", "Darwin arm64\n", "which is Darwin arm64"),
            (
                shell::NO_DIRECTORY,
                "",
                "mktemp: No space left on device",
                "there (mktemp: No space left",
            ),
            (
                shell::NO_FACTS,
                "",
                "sh: base64: not found",
                "unpacked there, which takes base64 and gzip (sh: base64",
            ),
            (shell::CUT_OFF, "", "", "did not arrive whole"),
            (
                1,
                "hello\nThis service allows sftp connections only.\n",
                "",
                "(it ended with 1) (This service allows sftp",
            ),
        ] {
            let failure = ended(code, stdout, stderr).document("MARK", true).map(<[u8]>::to_vec);
            let text = failure.map_err(|failure| failure.to_string());
            assert!(text.as_ref().is_err_and(|text| text.contains(says)), "{code}: {text:?}");
        }
        let same = ended(2, "", &format!("error: no\n{}\n", here()))
            .document("M", true)
            .map(<[u8]>::to_vec);
        assert_eq!(
            same.map_err(|f| f.to_string()),
            Err("eks-dns-doctor there could not run: no".to_owned())
        );
    }

    #[test]
    fn half_a_document_says_what_cut_it() {
        for (code, stderr, says) in [
            (0, "", "what came back is half"),
            (
                255,
                "banner\nConnection to x closed by remote host.\n",
                "the connection was lost before the report was here: Connection to x closed",
            ),
            (255, "", "what came back is half"),
            (137, "Killed\n", "was ended by signal 9 (Killed)"),
            (139, "", "was ended by signal 11"),
        ] {
            let text = ended(code, "", stderr).unreadable("is half").to_string();
            assert!(text.contains(says), "{code}: {text}");
        }
    }

    /// As OpenSSH 9.2 prints it.
    #[test]
    fn what_a_jump_host_said_is_not_lost() {
        let behind = "kex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN \
         port 65535\r\n";
        for (said, last) in [
            (
                "ssh: connect to host jump port 22: Connection refused\r\n",
                "ssh: connect to host jump port 22: Connection refused",
            ),
            (
                "channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n",
                "channel 0: open failed: connect failed: Connection refused",
            ),
            ("", "Connection closed by UNKNOWN port 65535"),
        ] {
            assert_eq!(ended(255, "", &format!("{said}{behind}")).last(), last);
        }
    }
}
