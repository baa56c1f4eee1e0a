//! The same check from another place: through the system's `ssh`, or through AWS Systems Manager. What is run there,
//! and what its end says. No agent and no protocol of our own: a shell's command line goes there, the document comes
//! back, and is read as any other capture.

mod ended;
pub mod shell;
pub mod ssh;
pub mod ssm;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::limits;

pub use ended::Ended;

/// Another place, as `--via` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// `ssh:[USER@]HOST`, or `ssh://[USER@]HOST[:PORT]`: a destination as the system's `ssh` takes it.
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
    #[error("{0:?} is no way to a place: write ssh:[USER@]HOST, ssm:INSTANCE-ID or ssm:tag:KEY=VALUE")]
    Unknown(String),
    /// Not a destination of `ssh`; one that begins with `-` would be an option.
    #[error(
        "{0:?} is not a host for ssh: write ssh:HOST or ssh:USER@HOST, with a Host of your ssh configuration, or \
         ssh://HOST:PORT"
    )]
    Destination(String),
    /// Not the id of a managed node.
    #[error("{0:?} is not the id of a managed node: write ssm:i-0123456789abcdef0 or ssm:mi-0123456789abcdef0")]
    Node(String),
    /// Not a tag.
    #[error("{0:?} is not a tag: write ssm:tag:KEY=VALUE")]
    Tag(String),
}

impl FromStr for Via {
    type Err = ViaError;

    fn from_str(text: &str) -> Result<Self, ViaError> {
        let fits =
            |text: &str, most: usize| !text.is_empty() && text.len() <= most && !text.chars().any(char::is_control);
        if let Some(destination) = text.strip_prefix("ssh:") {
            return Some(destination)
                .filter(|destination| fits(destination, 255))
                .and_then(ssh_destination)
                .map(Self::Ssh)
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

/// The destination as `ssh` takes it. No option, and nothing that means something to the shell of a `ProxyCommand`
/// with `%h` or `%r` in it: ssh refuses that by itself from version 9.6 on (its `valid_hostname` and `valid_ruser`).
fn ssh_destination(text: &str) -> Option<String> {
    let (is_uri, rest) = match text.strip_prefix("//").or(text.strip_prefix("ssh://")) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (user, host) = match rest.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, rest),
    };
    let harmless = |text: &str, also: &str| {
        !text.is_empty()
            && !text.starts_with('-')
            && !text
                .chars()
                .any(|c| c.is_whitespace() || "'`\"$;&<>|(){}".contains(c) || also.contains(c))
    };
    // A user of a Windows domain is DOMAIN\user.
    let fits = harmless(host, "\\/,") && user.is_none_or(|user| harmless(user, "") && !user.ends_with('\\'));
    if !fits {
        return None;
    }
    let at = user.map(|user| format!("{user}@")).unwrap_or_default();
    if is_uri {
        return Some(format!("ssh://{at}{host}"));
    }
    // An IPv6 address has more than one colon, and needs no brackets.
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?,
        None if host.matches(':').count() == 1 => return None,
        None => host,
    };
    (!host.is_empty()).then(|| format!("{at}{host}"))
}

/// `i-` or `mi-` and 8 or 17 characters (Systems Manager API reference, CommandInvocation).
fn is_node(id: &str) -> bool {
    let digits = id.strip_prefix("i-").or_else(|| id.strip_prefix("mi-"));
    digits.is_some_and(|digits| matches!(digits.len(), 8 | 17) && digits.chars().all(|c| c.is_ascii_alphanumeric()))
}

impl Via {
    /// What the report calls the place: the host without its user, the node's id, the tag.
    pub fn place(&self) -> String {
        let name = match self {
            Self::Ssh(destination) => {
                let destination = destination.strip_prefix("ssh://").unwrap_or(destination);
                let host = destination.rsplit_once('@').map_or(destination, |(_, host)| host);
                host.to_owned()
            }
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
            Self::Ssh(destination) if destination.starts_with("ssh://") => f.write_str(destination),
            Self::Ssh(destination) => write!(f, "ssh:{destination}"),
            Self::Node(id) => write!(f, "ssm:{id}"),
            Self::Tag { key, value } => write!(f, "ssm:tag:{key}={value}"),
        }
    }
}

/// What is run there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// The arguments of this program there, without the flag that names what is passed along.
    pub arguments: Vec<String>,
    /// That flag: `--facts`, or `--targets`.
    pub flag: &'static str,
    /// What is passed along; empty where nothing is.
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
    /// The connection ended before everything was here.
    #[error("the connection was lost before the report was here: {0}")]
    Lost(String),
    /// The host's key, or a jump host's, is not known.
    #[error("ssh does not trust the key of that host ({0}): check it, and log in once by hand")]
    HostKey(String),
    /// It is another than before.
    #[error(
        "ssh does not trust the key of that host, which is another than before ({0}): find out why; only where it was \
         changed on purpose, remove the old one with ssh-keygen -R"
    )]
    HostKeyChanged(String),
    /// The program is not there.
    #[error("there is no eks-dns-doctor in PATH there: install it{}", if *.0 { ", or send this one along with \
     --push" } else { "" })]
    NoProgram(bool),
    /// It is there and does not start.
    #[error("eks-dns-doctor does not start there: {0}")]
    DoesNotStart(String),
    /// It was killed.
    #[error("eks-dns-doctor there was ended by signal {signal}{}", beside(said))]
    Killed {
        /// The signal's number there.
        signal: i32,
        /// What was said beside it.
        said: String,
    },
    /// It did not take its command line, as another version may not.
    #[error("eks-dns-doctor there could not run: {said}{}", version.as_ref().map(|version| format!(" (it is {version}, \
     and here is {})", here())).unwrap_or_default())]
    Refused {
        /// What it said.
        said: String,
        /// Its version, where it is another than this one's.
        version: Option<String>,
    },
    /// What came back is no capture of this endpoint.
    #[error("what came back {reason}{}", beside(said))]
    Document {
        /// What is wrong with it.
        reason: String,
        /// What was said beside it.
        said: String,
    },
    /// It took too long.
    #[error("nothing came back within {}{}", humantime::format_duration(*.within), beside(said))]
    TooSlow {
        /// How long it could have taken.
        within: Duration,
        /// What was said until then.
        said: String,
    },
    /// More came back than is read.
    #[error("more than {} MiB came back", limits::CAPTURE >> 20)]
    TooLarge,
    /// `--push` where it cannot work.
    #[error("--push cannot send this program there: {0}")]
    Push(String),
    /// Another system or machine than the program was built for.
    #[error("--push: this program does not run there, which is {is}{}", missing.as_ref().map(|path| format!(": the \
     one that does would be {path}, as the archives of a release have it")).unwrap_or_default())]
    OtherSystem {
        /// What `uname -s` and `uname -m` say there.
        is: String,
        /// Where a program for it would be here, if it were there.
        missing: Option<String>,
    },
    /// There is no room there for what goes along.
    #[error("no private directory can be made and filled there{}", beside(.0))]
    NoDirectory(String),
    /// The facts did not get there.
    #[error("the facts could not be unpacked there, which takes base64 and gzip{}", beside(.0))]
    NoFacts(String),
    /// The run was interrupted.
    #[error("the run was interrupted before it answered")]
    Interrupted,
    /// There are too many.
    #[error("no more than {} places are compared", limits::PLACES)]
    Beyond,
    /// Systems Manager did not do it.
    #[error("{0}")]
    Manager(String),
}

/// What was said, in brackets, where anything was.
fn beside(said: &str) -> String {
    if said.is_empty() {
        String::new()
    } else {
        format!(" ({said})")
    }
}

/// This program, as `--version` prints it.
fn here() -> String {
    concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned()
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
            ("ssh:root@::1", "::1"),
            ("ssh://ec2-user@bastion:2222", "bastion:2222"),
            ("ssh://[2001:db8::1]:2222", "[2001:db8::1]:2222"),
            ("ssm:i-0123456789abcdef0", "i-0123456789abcdef0"),
            ("ssm:mi-0123456789abcdef0", "mi-0123456789abcdef0"),
            ("ssm:i-01234567", "i-01234567"),
            ("ssm:tag:Role=bastion=1", "Role=bastion=1"),
        ] {
            let via: Via = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((via.place().as_str(), via.to_string().as_str()), (place, text));
        }
        for text in [
            "",
            "bastion",
            "ssh:",
            "ssh:-oProxyCommand=touch x",
            "ssh:-v",
            "ssh:a b",
            "ssh:a\nb",
            "ssh:u@-oProxyCommand=x",
            "ssh:-oProxyCommand=x@a",
            "ssh:a;b",
            "ssh:$(x)@a",
            "ssh:`x`",
            "ssh:a'b",
            "ssh:@a",
            "ssh:u@",
            "ssh:a:22",
            "ssh:[::1",
            "ssh:[]",
            "ssh://",
            "ssh://-x",
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

    #[test]
    fn a_destination_is_as_ssh_takes_it() {
        for (text, destination) in [
            ("ssh:[::1]", "::1"),
            ("ssh:u@[2001:db8::1]", "u@2001:db8::1"),
            ("ssh:ssh://u@h:1", "ssh://u@h:1"),
            ("ssh://h", "ssh://h"),
        ] {
            assert_eq!(text.parse(), Ok(Via::Ssh(destination.to_owned())), "{text}");
        }
    }
}
