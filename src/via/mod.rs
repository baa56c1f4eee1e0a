//! The same check from another place: through the system's `ssh`, or through AWS Systems Manager. What is run there,
//! and what its end says. No agent and no protocol of our own: a shell's command line goes there, the document comes
//! back, and is read as any other capture.

pub mod shell;
pub mod ssh;
pub mod ssm;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::limits;

/// Another place, as `--via` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// `ssh:[USER@]HOST`: a host as the system's `ssh` understands it.
    Ssh(String),
    /// `ssm:INSTANCE-ID`: a managed node of Systems Manager.
    Node(String),
    /// `ssm:tag:KEY=VALUE`: every managed node with this tag.
    Tag {
        /// The tag's key.
        key: String,
        /// Its value.
        value: String,
    },
}

/// Why a text names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViaError {
    /// Neither of the two ways.
    #[error(
        "{0:?} is no way to a place: write ssh:[USER@]HOST, ssm:INSTANCE-ID or ssm:tag:KEY=VALUE"
    )]
    Unknown(String),
    /// Not a destination of `ssh`; one that begins with `-` would be an option.
    #[error(
        "{0:?} is not a host for ssh: write ssh:HOST or ssh:USER@HOST, with a Host of your ssh configuration"
    )]
    Destination(String),
    /// Not the id of a managed node.
    #[error(
        "{0:?} is not the id of a managed node: write ssm:i-0123456789abcdef0 or ssm:mi-0123456789abcdef0"
    )]
    Node(String),
    /// Not a tag.
    #[error("{0:?} is not a tag: write ssm:tag:KEY=VALUE")]
    Tag(String),
}

impl FromStr for Via {
    type Err = ViaError;

    fn from_str(text: &str) -> Result<Self, ViaError> {
        let fits = |text: &str, most: usize| {
            !text.is_empty() && text.len() <= most && !text.chars().any(char::is_control)
        };
        if let Some(destination) = text.strip_prefix("ssh:") {
            let plain = fits(destination, 255)
                && !destination.starts_with('-')
                && !destination.chars().any(char::is_whitespace);
            return plain
                .then(|| Self::Ssh(destination.to_owned()))
                .ok_or_else(|| ViaError::Destination(destination.to_owned()));
        }
        if let Some(tag) = text.strip_prefix("ssm:tag:") {
            // A tag's key has up to 128 characters and its value up to 256 (EC2 User Guide, tag restrictions).
            return match tag.split_once('=') {
                Some((key, value)) if fits(key, 512) && fits(value, 1024) => Ok(Self::Tag {
                    key: key.to_owned(),
                    value: value.to_owned(),
                }),
                _ => Err(ViaError::Tag(tag.to_owned())),
            };
        }
        if let Some(id) = text.strip_prefix("ssm:") {
            return is_node(id)
                .then(|| Self::Node(id.to_owned()))
                .ok_or_else(|| ViaError::Node(id.to_owned()));
        }
        Err(ViaError::Unknown(text.to_owned()))
    }
}

/// `i-` or `mi-` and 8 or 17 characters (Systems Manager API reference, CommandInvocation).
fn is_node(id: &str) -> bool {
    let digits = id.strip_prefix("i-").or_else(|| id.strip_prefix("mi-"));
    digits.is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

impl Via {
    /// What the report calls the place: the host without its user, the node's id, the tag.
    pub fn place(&self) -> String {
        let name = match self {
            Self::Ssh(destination) => destination
                .rsplit_once('@')
                .map_or(destination.as_str(), |(_, host)| host)
                .to_owned(),
            Self::Node(id) => id.clone(),
            Self::Tag { key, value } => format!("{key}={value}"),
        };
        name.chars().take(limits::PLACE_NAME).collect()
    }

    /// Whether Systems Manager is asked.
    pub fn is_ssm(&self) -> bool {
        !matches!(self, Self::Ssh(_))
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ssh(destination) => write!(f, "ssh:{destination}"),
            Self::Node(id) => write!(f, "ssm:{id}"),
            Self::Tag { key, value } => write!(f, "ssm:tag:{key}={value}"),
        }
    }
}

/// What is run there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// The arguments of this program there, without `--facts`.
    pub arguments: Vec<String>,
    /// The facts that are passed along; empty where there are none.
    pub facts: Vec<u8>,
    /// How long it may take altogether.
    pub within: Duration,
}

/// Why nothing was seen from a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// This host has no `ssh`.
    #[error("there is no ssh in PATH here: install an OpenSSH client")]
    NoSsh,
    /// `ssh` could not be started.
    #[error("ssh could not be started: {0}")]
    Start(String),
    /// `ssh` itself gave up.
    #[error("ssh could not log in: {0}")]
    Login(String),
    /// The host's key is not known, or is another than before.
    #[error("ssh does not trust the key of that host ({0}): check it, and log in once by hand")]
    HostKey(String),
    /// The program is not there.
    #[error("there is no eks-dns-doctor in PATH there: install it{}", if *.0 { ", or send this one along with --push" } else { "" })]
    NoProgram(bool),
    /// It is there and does not start.
    #[error("eks-dns-doctor does not start there: {0}")]
    DoesNotStart(String),
    /// It did not take its command line, as another version may not.
    #[error("eks-dns-doctor there could not run: {said}{}", version.as_ref().map(|version| format!(" (it is {version}, and here is {})", here())).unwrap_or_default())]
    Refused {
        /// What it said.
        said: String,
        /// Its version, where it is another than this one's.
        version: Option<String>,
    },
    /// What came back is no capture of this endpoint.
    #[error("what came back {reason}{}", if said.is_empty() { String::new() } else { format!(" ({said})") })]
    Document {
        /// What is wrong with it.
        reason: String,
        /// What was said beside it.
        said: String,
    },
    /// It took too long.
    #[error("nothing came back within {}", humantime::format_duration(*.0))]
    TooSlow(Duration),
    /// More came back than is read.
    #[error("more than {} MiB came back", limits::CAPTURE >> 20)]
    TooLarge,
    /// `--push` where it cannot work.
    #[error("--push cannot send this program there: {0}")]
    Push(String),
    /// The run was interrupted.
    #[error("the run was interrupted before it answered")]
    Interrupted,
    /// Systems Manager did not do it.
    #[error("{0}")]
    Manager(String),
}

/// This program, as `--version` prints it.
fn here() -> String {
    concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned()
}

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
            .map(|line| {
                line.trim()
                    .chars()
                    .take(limits::VIA_LINE)
                    .collect::<String>()
            })
            .filter(|line| !line.is_empty())
            .collect()
    }

    /// The last line, which says why: what stands before it are banners and warnings.
    fn last(&self) -> String {
        self.lines().pop().unwrap_or_default()
    }

    /// The document that the program there wrote, or why there is none. `mark` stands in front of it, on a line of its
    /// own: what a shell's start-up files print comes before.
    pub fn document(&self, mark: &str, can_push: bool) -> Result<&[u8], Failure> {
        match self.code {
            Some(127) => return Err(Failure::NoProgram(can_push)),
            Some(126) => return Err(Failure::DoesNotStart(self.last())),
            Some(shell::OTHER_PLATFORM) => {
                return Err(Failure::Push(format!(
                    "it is for another system: {}",
                    self.last()
                )));
            }
            Some(shell::NO_DIRECTORY) => {
                return Err(Failure::Push(format!(
                    "no private directory can be made there: {}",
                    self.last()
                )));
            }
            Some(shell::CUT_OFF) => {
                return Err(Failure::Push("it did not arrive whole".to_owned()));
            }
            Some(2) => return Err(self.refused()),
            _ => {}
        }
        let end = format!("{mark}\n");
        let at = self
            .stdout
            .windows(end.len())
            .position(|window| window == end.as_bytes());
        match at {
            Some(at) => Ok(&self.stdout[at + end.len()..]),
            None => Err(Failure::Document {
                reason: match self.code {
                    Some(code) => format!("is nothing of eks-dns-doctor's (it ended with {code})"),
                    None => "is nothing of eks-dns-doctor's (a signal ended it)".to_owned(),
                },
                said: self.last(),
            }),
        }
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
        Failure::Document {
            reason: reason.to_owned(),
            said: self.last(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named_in_three_ways() {
        for (text, place) in [
            ("ssh:bastion", "bastion"),
            ("ssh:ec2-user@bastion.example.com", "bastion.example.com"),
            ("ssh:CORP\\alice@x@bastion", "bastion"),
            ("ssm:i-0123456789abcdef0", "i-0123456789abcdef0"),
            ("ssm:mi-0123456789abcdef0", "mi-0123456789abcdef0"),
            ("ssm:i-01234567", "i-01234567"),
            ("ssm:tag:Role=bastion=1", "Role=bastion=1"),
        ] {
            let via: Via = text
                .parse()
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                (via.place().as_str(), via.to_string().as_str()),
                (place, text)
            );
        }
        for text in [
            "",
            "bastion",
            "ssh:",
            "ssh:-oProxyCommand=touch x",
            "ssh:-v",
            "ssh:a b",
            "ssh:a\nb",
            "ssm:",
            "ssm:i-1",
            "ssm:i-0123456789abcdef0;x",
            "ssm:tag:",
            "ssm:tag:x",
            "ssm:tag:=x",
            "ssm:tag:x=",
            "tag:x=y",
            "SSH:x",
        ] {
            assert!(text.parse::<Via>().is_err(), "{text}");
        }
    }

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
        for (code, stderr, says) in [
            (
                127,
                "sh: eks-dns-doctor: not found",
                "there is no eks-dns-doctor in PATH there",
            ),
            (
                126,
                "sh: Exec format error",
                "does not start there: sh: Exec format error",
            ),
            (
                2,
                "banner\nerror: unexpected argument '--x'\n\nUsage: y\neks-dns-doctor 0.0.1\n",
                "could not run: unexpected argument '--x' (it is eks-dns-doctor 0.0.1, and here is",
            ),
            (2, "error: no\n", "could not run: no"),
            (2, "", "could not run: "),
            (
                shell::OTHER_PLATFORM,
                "Darwin arm64\n",
                "another system: Darwin arm64",
            ),
            (shell::CUT_OFF, "", "did not arrive whole"),
        ] {
            let failure = ended(code, "MARK\n{}", stderr)
                .document("MARK", true)
                .map(<[u8]>::to_vec);
            let text = failure.map_err(|failure| failure.to_string());
            assert!(
                text.as_ref().is_err_and(|text| text.contains(says)),
                "{code}: {text:?}"
            );
        }
        let same = ended(2, "", &format!("error: no\n{}\n", here()))
            .document("M", true)
            .map(<[u8]>::to_vec);
        assert_eq!(
            same.map_err(|f| f.to_string()),
            Err("eks-dns-doctor there could not run: no".to_owned())
        );
    }
}
