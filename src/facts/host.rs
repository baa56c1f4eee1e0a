//! The thin callers: what is read from this host, and from the files that the user names.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the end where this host is read"
)]

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use super::answers::{Answers, Source, Wanted};
use super::{Facts, Gap, Proxy, StubConfiguration, Vantage, VantageKind, hosts_file, saved};
use crate::limits;
use crate::settings::Settings;

/// A file that the user named cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", path.display())]
pub struct UnreadableFile {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

/// Where a host of this platform keeps the file.
fn default_path(name: &str) -> PathBuf {
    Path::new("/etc").join(name)
}

/// Reads at most [`limits::CONFIGURATION_FILE`] octets; more is an error rather than a silent cut. On a thread
/// of its own, which is not waited for beyond [`limits::FILE_READ`].
fn read_bounded(path: &Path) -> Result<Vec<u8>, UnreadableFile> {
    let (done, result) = mpsc::channel();
    let file = path.to_owned();
    thread::Builder::new()
        .name("file".to_owned())
        .spawn(move || {
            // Nobody waits any more where it took too long.
            let _ = done.send(read_whole(&file));
        })
        .and_then(|_detached| {
            result.recv_timeout(limits::FILE_READ).unwrap_or_else(|_| {
                let seconds = limits::FILE_READ.as_secs();
                let text = format!("it could not be read within {seconds} s");
                Err(io::Error::new(ErrorKind::TimedOut, text))
            })
        })
        .map_err(|source| UnreadableFile {
            path: path.to_owned(),
            source,
        })
}

fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(limits::CONFIGURATION_FILE + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limits::CONFIGURATION_FILE {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("larger than {} octets", limits::CONFIGURATION_FILE),
        ));
    }
    Ok(bytes)
}

/// The number of a network interface, as the kernel shows it (Linux: sysfs).
fn interface_index(name: &str) -> Option<u32> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains('/');
    let path = Path::new("/sys/class/net").join(name).join("ifindex");
    let text = plain.then(|| read_bounded(&path).ok()).flatten()?;
    String::from_utf8_lossy(&text).trim().parse().ok()
}

/// This host's name, for the report's `vantage`.
fn host_name() -> Option<String> {
    dns_lookup::get_hostname()
        .ok()
        .filter(|name| !name.is_empty())
}

/// Collects what this host says. A file that the user named and that cannot be read is an error; one of the
/// host's own is a gap.
pub fn collect(settings: &Settings) -> Result<(Facts, Vec<Gap>, Vantage), UnreadableFile> {
    let mut facts = Facts::default();
    let mut gaps = Vec::new();
    if !settings.no_local {
        let named = settings.resolv_conf.as_deref();
        let path = named.map_or_else(|| default_path("resolv.conf"), Path::to_owned);
        match read_bounded(&path) {
            Ok(text) => {
                let source = path.display().to_string();
                facts.stub = Some(StubConfiguration::parse(&source, &text, interface_index));
            }
            Err(error) if named.is_some() => return Err(error),
            // resolv.conf(5): without the file, the name server of the local machine is asked.
            Err(error) if error.source.kind() == ErrorKind::NotFound => {
                let source = format!("{} (missing)", path.display());
                facts.stub = Some(StubConfiguration::parse(&source, b"", interface_index));
            }
            Err(error) => gaps.push(unreadable("stub resolver configuration", &error)),
        }
    }
    let named = settings.hosts_file.as_deref();
    if named.is_some() || !settings.no_local {
        let path = named.map_or_else(|| default_path("hosts"), Path::to_owned);
        match read_bounded(&path) {
            Ok(text) => {
                let source = path.display().to_string();
                let hostname = &settings.target.hostname;
                facts.hosts = Some(hosts_file::entries_for(hostname, &source, &text));
            }
            Err(error) if named.is_some() => return Err(error),
            Err(error) => gaps.push(unreadable("hosts file", &error)),
        }
    }
    facts.proxy = Some(Proxy::read(&settings.target.hostname, |name| {
        std::env::var(name).ok()
    }));
    if !settings.facts.is_empty() {
        let mut answers = Answers {
            source: Source::Files,
            ..Answers::default()
        };
        for path in &settings.facts {
            let bytes = read_bounded(path)?;
            saved::read(&bytes, &mut answers).map_err(|error| UnreadableFile {
                path: path.clone(),
                source: io::Error::new(ErrorKind::InvalidData, error),
            })?;
        }
        let wanted = Wanted {
            target: &settings.target.hostname,
            cluster: settings.target.cluster.as_deref(),
        };
        gaps.extend(answers.assemble(wanted, &mut facts));
    }
    let vantage = Vantage {
        name: settings.vantage.clone().or_else(host_name),
        kind: VantageKind::Unknown,
    };
    Ok((facts, gaps, vantage))
}

fn unreadable(fact: &str, error: &UnreadableFile) -> Gap {
    Gap {
        fact: fact.to_owned(),
        source: error.path.display().to_string(),
        reason: error.source.to_string(),
    }
}
