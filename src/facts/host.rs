//! The thin callers: what is read from this host, and from the files that the user names.

#![expect(clippy::disallowed_methods, reason = "this is the end where this host is read")]

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::answers::{Answers, AskedBy};
use super::kubeconfig::{self, Kubeconfig, KubeconfigError};
use super::platform::{self, Captured, HostConfiguration, WindowsReading, windows_stub};
use super::{
    Gap, HostFacts, HostsEntry, HostsLine, Proxy, StubConfiguration, System, Vantage, VantageKind, blanks, hosts_file,
    run, saved, stub_file,
};
use crate::dns::Name;
use crate::limits;
use crate::settings::Settings;
use crate::text;

/// Where systemd-resolved lists the name servers that it knows (systemd-resolved.service(8), "/etc/resolv.conf").
const UPSTREAMS: &str = "/run/systemd/resolve/resolv.conf";
/// The addresses of its stub (the same).
const RESOLVED: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 53)),
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 54)),
];

/// Where resolvectl may be: the usual places, and NixOS's.
const RESOLVECTL: &[&str] = &[
    "/usr/bin/resolvectl",
    "/bin/resolvectl",
    "/run/current-system/sw/bin/resolvectl",
];
/// scutil(8).
const SCUTIL: &[&str] = &["/usr/sbin/scutil"];
/// Where macOS keeps resolvers of single domains: resolver(5).
const RESOLVER_FILES: &str = "/etc/resolver";
/// A file that the user named cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {}", path.display(), self.reason())]
pub struct UnreadableFile {
    /// The file.
    pub path: PathBuf,
    /// What the operating system said, which is told in our words.
    pub said: std::io::Error,
}

impl UnreadableFile {
    /// Why, in our words: those of the operating system differ between systems, and end in a number of theirs.
    pub fn reason(&self) -> String {
        let said = match self.said.kind() {
            // Ours: too large, too slow, or something else than it should be.
            _ if self.said.get_ref().is_some() => return self.said.to_string(),
            ErrorKind::NotFound => "the file is not there",
            ErrorKind::PermissionDenied => "this user may not read the file",
            ErrorKind::IsADirectory => "it is a directory, and no file",
            ErrorKind::NotADirectory => "a part of its path is no directory",
            _ => {
                let number = self.said.raw_os_error();
                let number = number.map(|number| format!(" (error {number} of the operating system)"));
                return format!("the file cannot be read{}", number.unwrap_or_default());
            }
        };
        said.to_owned()
    }
}

/// Where a host of this platform keeps the file.
fn default_path(name: &str) -> PathBuf {
    if cfg!(windows) {
        return PathBuf::from(platform::files_of_windows(data_base_path().as_deref(), variable)).join(name);
    }
    Path::new("/etc").join(name)
}

/// What Windows' registry says of the folder of the hosts file.
#[cfg(windows)]
fn data_base_path() -> Option<String> {
    super::windows::data_base_path()
}

#[cfg(not(windows))]
fn data_base_path() -> Option<String> {
    None
}

/// What is left until `until`, of this time at most.
fn left(most: Duration, until: Option<Instant>) -> Duration {
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    left.map_or(most, |left| left.min(most))
}

/// Reads at most [`limits::CONFIGURATION_FILE`] octets; more is an error rather than a silent cut. On a thread
/// of its own, which is not waited for beyond [`limits::FILE_READ`], nor beyond `until`.
fn read_bounded(path: &Path, until: Option<Instant>) -> Result<Vec<u8>, UnreadableFile> {
    let within = left(limits::FILE_READ, until);
    let (done, result) = mpsc::channel();
    let file = path.to_owned();
    thread::Builder::new()
        .name("file".to_owned())
        .spawn(move || {
            // Nobody waits any more where it took too long.
            let _ = done.send(read_whole(&file));
        })
        .and_then(|_detached| {
            result.recv_timeout(within).unwrap_or_else(|_| {
                let text = format!("it could not be read within {:.1} s", within.as_secs_f64());
                Err(io::Error::new(ErrorKind::TimedOut, text))
            })
        })
        .map_err(|said| UnreadableFile {
            path: path.to_owned(),
            said,
        })
}

/// What stands for standard input where a file is named.
const STANDARD_INPUT: &str = "-";

/// Reads standard input, whoever writes it, within the same bounds as a file.
fn read_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin()
        .take(limits::CONFIGURATION_FILE + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new(STANDARD_INPUT) {
        return read_input();
    }
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

/// The number of a network interface (if_nametoindex(3)).
#[cfg(unix)]
fn interface_index(name: &str) -> Option<u32> {
    nix::net::if_::if_nametoindex(name).ok()
}

/// Windows has no resolv.conf whose addresses could name one.
#[cfg(not(unix))]
fn interface_index(_: &str) -> Option<u32> {
    None
}

/// This host's name, for the report's `vantage`.
fn host_name() -> Option<String> {
    dns_lookup::get_hostname().ok().filter(|name| !name.is_empty())
}

/// Which of this host's files are read, and what it is called.
#[derive(Debug, Clone, Default)]
pub struct HostFiles<'a> {
    /// Whether the stub configuration is left out, and with it the hosts file unless one is named.
    pub no_local: bool,
    /// Another resolv.conf than this host's.
    pub resolv_conf: Option<&'a Path>,
    /// Another hosts file than this host's.
    pub hosts_file: Option<&'a Path>,
    /// What the user calls this place; else it has the host's name.
    pub vantage: Option<&'a str>,
    /// When the run ends: nothing is read any more then.
    pub until: Option<Instant>,
}

impl<'a> HostFiles<'a> {
    /// Those of a check.
    pub fn of(settings: &'a Settings, until: Instant) -> Self {
        Self {
            no_local: settings.no_local,
            resolv_conf: settings.resolv_conf.as_deref(),
            hosts_file: settings.hosts_file.as_deref(),
            vantage: settings.vantage.as_deref(),
            until: Some(until),
        }
    }
}

/// A command of this host that is still to be asked which name server this host asks for which name.
#[derive(Debug, Clone)]
pub struct Pending {
    resolv_conf: Option<Vec<u8>>,
    until: Option<Instant>,
}

impl Pending {
    /// Asks it: the configuration with what it says, or without it and with what that means.
    pub fn ask(self) -> (Option<HostConfiguration>, Vec<Gap>) {
        let mut gaps = Vec::new();
        let configuration = configuration(self.resolv_conf.as_deref(), true, self.until, &mut gaps);
        (configuration, gaps)
    }
}

/// Collects what this host says. A file that the user named and that cannot be read is an error; one of the
/// host's own is a gap.
pub fn collect(files: &HostFiles<'_>, target: &Name) -> Result<(HostFacts, Vec<Gap>, Vantage), UnreadableFile> {
    let (mut facts, mut gaps, vantage, pending) = begin(files, target)?;
    if let Some(pending) = pending {
        let (host, more) = pending.ask();
        facts.configuration = host;
        gaps.extend(more);
    }
    Ok((facts, gaps, vantage))
}

/// A hosts file.
#[derive(Debug, Clone)]
struct HostsText {
    /// What it is called.
    source: String,
    /// What stands in it.
    octets: Vec<u8>,
    /// Whether the user named it.
    is_copy: bool,
}

impl HostsText {
    fn entries(&self, target: &Name) -> Vec<HostsEntry> {
        if self.is_copy {
            return hosts_file::entries_for(target, &self.source, text::decode(&self.octets).as_bytes());
        }
        hosts_file::entries_for(target, &self.source, &self.octets)
    }

    /// Whether nothing of it can look otherwise than it is read.
    fn is_plain(&self) -> bool {
        self.octets.is_ascii() && text::saved_as(&self.octets).is_none()
    }

    fn gap(&self, target: &Name) -> Option<Gap> {
        hosts_file::not_as_it_looks(target, &self.source, &self.octets, self.is_copy)
    }
}

/// What this host says, whatever the target is: read once for many of them.
#[derive(Debug, Clone)]
pub struct HostLook {
    facts: HostFacts,
    hosts: Option<HostsText>,
    gaps: Vec<Gap>,
    vantage: Vantage,
    pending: Option<Pending>,
}

impl HostLook {
    /// The same as it is for one target.
    pub fn of(&self, target: &Name) -> HostStart {
        let mut facts = self.facts.clone();
        if self.has_stub_for_each() {
            facts.stub = facts.split_dns().map(|split| windows_stub(split, target));
        }
        (facts.hosts, facts.proxy) = self.of_the_name(target);
        let mut gaps = self.gaps.clone();
        gaps.extend(self.hosts.as_ref().and_then(|hosts| hosts.gap(target)));
        (facts, gaps, self.vantage.clone(), self.pending.clone())
    }

    /// Whether it says the same of one target as of another, of which it said this.
    pub fn says_the_same(&self, target: &Name, of_another: &HostFacts) -> bool {
        let (hosts, proxy) = self.of_the_name(target);
        // Whether the other has a gap of its own is not known here.
        let is_plain = self.hosts.as_ref().is_none_or(HostsText::is_plain);
        !self.has_stub_for_each() && is_plain && hosts == of_another.hosts && proxy == of_another.proxy
    }

    fn has_stub_for_each(&self) -> bool {
        cfg!(windows) && self.facts.stub.is_none()
    }

    fn of_the_name(&self, target: &Name) -> (Option<Vec<HostsEntry>>, Option<Proxy>) {
        let hosts = self.hosts.as_ref();
        (
            hosts.map(|hosts| hosts.entries(target)),
            Some(Proxy::read(target, variable)),
        )
    }
}

/// What [`begin`] comes to: the facts, the gaps, where this host is, and the command that is still to be asked.
pub type HostStart = (HostFacts, Vec<Gap>, Vantage, Option<Pending>);

/// The same without the command that takes longest, where the name servers to ask are known without it.
pub fn begin(files: &HostFiles<'_>, target: &Name) -> Result<HostStart, UnreadableFile> {
    Ok(look(files)?.of(target))
}

/// The same for whatever target.
pub fn look(files: &HostFiles<'_>) -> Result<HostLook, UnreadableFile> {
    let mut pending = None;
    let mut facts = HostFacts::default();
    let mut gaps = Vec::new();
    let mut resolv_conf = None;
    // Windows has no such file.
    if !files.no_local && (!cfg!(windows) || files.resolv_conf.is_some()) {
        let named = files.resolv_conf;
        let path = named.map_or_else(|| default_path("resolv.conf"), Path::to_owned);
        match read_bounded(&path, files.until) {
            Ok(octets) => {
                let source = path.display().to_string();
                let text = if named.is_some() {
                    gaps.extend(stub_file::mark_gap(&source, &octets));
                    as_named(&path, &octets)?
                } else {
                    octets
                };
                let stub = StubConfiguration {
                    is_copy: named.is_some(),
                    ..StubConfiguration::parse(&source, &text, interface_index)
                };
                gaps.extend(stub.libc.gaps(&source, stub.is_copy));
                facts.stub = Some(stub);
                gaps.extend(blanks::gap("resolv.conf", &source, &text, |line| {
                    !line.starts_with(';')
                }));
                resolv_conf = Some(text);
            }
            Err(error) if named.is_some() => return Err(error),
            // resolv.conf(5): without the file, the name server of the local machine is asked.
            Err(error) if error.said.kind() == ErrorKind::NotFound => {
                let source = format!("{} (missing)", path.display());
                facts.stub = Some(StubConfiguration::parse(&source, b"", interface_index));
            }
            Err(error) => gaps.push(unreadable("stub resolver configuration", &error)),
        }
    }
    if !files.no_local && files.resolv_conf.is_none() {
        let stub = facts.stub.as_ref();
        let asks_resolved = stub.is_some_and(|stub| {
            let mut servers = stub.name_servers.iter();
            servers.any(|server| RESOLVED.contains(&server.ip()))
        });
        let upstreams = read_bounded(Path::new(UPSTREAMS), files.until).ok();
        let is_resolved = asks_resolved || upstreams.is_some();
        facts.upstreams = upstreams
            .filter(|_| asks_resolved)
            .map(|text| StubConfiguration::parse(UPSTREAMS, &text, interface_index));
        let has_command = cfg!(target_os = "macos") || is_resolved;
        // Windows is asked without a command, at once.
        facts.configuration = configuration(resolv_conf.as_deref(), false, files.until, &mut gaps);
        if has_command && !cfg!(windows) {
            pending = Some(Pending {
                resolv_conf: resolv_conf.clone(),
                until: files.until,
            });
        }
    } else {
        let resolv_conf = resolv_conf.as_deref();
        facts.configuration = HostConfiguration::read(&Captured {
            resolv_conf,
            ..Captured::default()
        });
    }
    let mut hosts = None;
    let named = files.hosts_file;
    if named.is_some() || !files.no_local {
        let path = named.map_or_else(|| default_path("hosts"), Path::to_owned);
        match read_bounded(&path, files.until) {
            Ok(octets) => {
                hosts = Some(HostsText {
                    source: path.display().to_string(),
                    octets,
                    is_copy: named.is_some(),
                });
            }
            Err(error) if named.is_some() => return Err(error),
            Err(error) => gaps.push(unreadable("hosts file", &error)),
        }
    }
    let vantage = Vantage {
        name: files.vantage.map(str::to_owned).or_else(host_name),
        kind: VantageKind::Unknown,
        system: System::of_this_host(),
    };
    Ok(HostLook {
        facts,
        hosts,
        gaps,
        vantage,
        pending,
    })
}

/// The text of a resolv.conf that the user named.
fn as_named(path: &Path, octets: &[u8]) -> Result<Vec<u8>, UnreadableFile> {
    let text = stub_file::named(octets).map_err(|reason| UnreadableFile {
        path: path.to_owned(),
        said: io::Error::new(ErrorKind::InvalidData, reason),
    })?;
    Ok(text.into_owned().into_bytes())
}

/// This host's resolver configuration beside resolv.conf, with what this system's command shows where it is asked. What
/// only some hosts have is no gap where it is not there.
fn configuration(
    resolv_conf: Option<&[u8]>,
    asks: bool,
    until: Option<Instant>,
    gaps: &mut Vec<Gap>,
) -> Option<HostConfiguration> {
    let mut shown = |command: &str, places: &[&str], arguments: &[&str]| {
        let within = left(limits::HOST_COMMAND, until);
        let failure = match run::output(places, arguments, within) {
            Ok(octets) => return Some(octets),
            Err(failure) => failure,
        };
        gaps.push(Gap::here(
            "which name server this host asks for which name",
            command,
            format!("{command} {failure}"),
        ));
        None
    };
    let mut resolvectl = None;
    let mut scutil = None;
    if !asks {
        // What the files say is enough.
    } else if cfg!(target_os = "macos") {
        scutil = shown("scutil --dns", SCUTIL, &["--dns"]);
    } else if cfg!(not(windows)) {
        // Asked while it is running only: the question would start it.
        resolvectl = shown("resolvectl status", RESOLVECTL, &["--no-pager", "status"]);
    }
    let nsswitch = (!cfg!(any(target_os = "macos", windows)))
        .then(|| read_bounded(&default_path("nsswitch.conf"), until).ok())
        .flatten();
    if let Some(text) = nsswitch.as_deref().filter(|_| !asks) {
        gaps.extend(blanks::gap(
            "nsswitch.conf",
            "/etc/nsswitch.conf",
            text,
            HostsLine::is_it,
        ));
    }
    HostConfiguration::read(&Captured {
        resolv_conf,
        nsswitch: nsswitch.as_deref(),
        resolvectl: resolvectl.as_deref(),
        scutil: scutil.as_deref(),
        resolver_files: if cfg!(target_os = "macos") {
            resolver_files(Path::new(RESOLVER_FILES), until)
        } else {
            Vec::new()
        },
        powershell: None,
        windows: windows_reading().as_ref(),
        res_options: variable("RES_OPTIONS"),
        local_domain: variable("LOCALDOMAIN"),
        host_aliases: variable("HOSTALIASES"),
    })
}

/// Windows' own configuration, on Windows.
#[cfg(windows)]
fn windows_reading() -> Option<WindowsReading> {
    Some(super::windows::read())
}

#[cfg(not(windows))]
fn windows_reading() -> Option<WindowsReading> {
    None
}

/// The files of `/etc/resolver`, in the order of their names, at most [`limits::DNS_SCOPES`] of them.
fn resolver_files(folder: &Path, until: Option<Instant>) -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .take(limits::DNS_SCOPES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
        .into_iter()
        .filter_map(|name| Some((name.clone(), read_bounded(&folder.join(name), until).ok()?)))
        .collect()
}

/// A file of `--facts` is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum FactsFile {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableFile),
    /// It is something else.
    #[error("--facts {} {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: saved::NotFacts,
    },
}

/// Reads the files of `--facts`, until then.
pub fn saved(paths: &[PathBuf], until: Instant) -> Result<Answers, FactsFile> {
    let mut answers = Answers {
        source: AskedBy::Files,
        ..Answers::default()
    };
    for path in paths {
        let bytes = read_bounded(path, Some(until))?;
        saved::read(&bytes, &mut answers).map_err(|reason| FactsFile::Content {
            path: path.clone(),
            reason,
        })?;
    }
    Ok(answers)
}

/// A variable of the environment, where it is set. What is not UTF-8 in it is replaced.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// Reads the kubeconfig, until then: the file that the user named, else those of `KUBECONFIG`, else `~/.kube/config`.
/// `None` where there is none of them, or none of their contexts is the one that is wanted.
pub fn kubeconfig(
    named: Option<&Path>,
    wanted: &kubeconfig::WantedContext<'_>,
    until: Instant,
) -> Result<Option<Kubeconfig>, KubeconfigError> {
    let files = kubeconfig_files(named, until)?;
    let here = kubeconfig::OnThisHost {
        open: &|kubeconfig, file| opened(kubeconfig, file, until),
        program: &program_of,
    };
    let mut found = kubeconfig::find(&files, wanted, here)?;
    if let Some(found) = &mut found
        && let Some(file) = &found.certificate_authority_file
    {
        match read_bounded(Path::new(file), Some(until)) {
            Ok(pem) => found.take_authority(&pem),
            Err(error) => found.certificate_authority_problem = Some(error.reason()),
        }
    }
    Ok(found)
}

/// Every context of the same files, until then.
pub fn contexts(named: Option<&Path>, until: Instant) -> Result<Vec<kubeconfig::Context>, KubeconfigError> {
    let here = kubeconfig::OnThisHost {
        open: &|kubeconfig, file| opened(kubeconfig, file, until),
        program: &program_of,
    };
    kubeconfig::all(&kubeconfig_files(named, until)?, here)
}

/// Looks for a program that stands in a kubeconfig, as kubectl does: what is no path, in PATH (Go,
/// src/os/exec/lp_unix.go, LookPath); what is one, from the kubeconfig's folder on. Windows' endings (PATHEXT) are not
/// looked for.
fn program_of(kubeconfig: &str, command: &str) -> kubeconfig::ProgramSeen {
    if !cfg!(unix) || command.is_empty() {
        return kubeconfig::ProgramSeen::Unknown;
    }
    if command.contains('/') {
        let clean = from_the_root(kubeconfig, command);
        let is_missing =
            |path: &PathBuf| std::fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        return match clean.filter(is_missing) {
            Some(path) => kubeconfig::ProgramSeen::NoFile(path.display().to_string()),
            None => kubeconfig::ProgramSeen::Unknown,
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path);
    match folders.map(|folder| folder.join(command)).find(|file| is_program(file)) {
        Some(_) => kubeconfig::ProgramSeen::Unknown,
        None => kubeconfig::ProgramSeen::NotInPath,
    }
}

/// Whether a file is one that somebody may run.
fn is_program(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(file).is_ok_and(|found| !found.is_dir() && found.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    file.is_file()
}

/// A path that stands in a kubeconfig. One from the root on stays as it is. Another one is of the kubeconfig's folder,
/// from the root on and without `.` and `..` (k8s.io/client-go, tools/clientcmd/loader.go, ResolveLocalPaths; Go,
/// path/filepath, Join).
fn from_the_root(kubeconfig: &str, file: &str) -> Option<PathBuf> {
    let mut clean = PathBuf::from(file);
    if clean.is_relative() {
        let whole = std::path::absolute(Path::new(kubeconfig).with_file_name("").join(file)).ok()?;
        clean = PathBuf::new();
        for part in whole.components() {
            if part == std::path::Component::ParentDir {
                clean.pop();
            } else {
                clean.push(part);
            }
        }
    }
    Some(clean)
}

/// Opens a file that stands in a kubeconfig, as kubectl does, until then.
fn opened(kubeconfig: &str, file: &str, until: Instant) -> kubeconfig::OpenedFile {
    let Some(clean) = from_the_root(kubeconfig, file) else {
        return kubeconfig::OpenedFile::Unknown;
    };
    let error = match read_bounded(&clean, Some(until)) {
        Ok(octets) => return kubeconfig::OpenedFile::Content(octets),
        Err(error) => error.said.kind(),
    };
    // Go's words for the numbers of Unix (Go, src/syscall/zerrors_linux_amd64.go).
    let why = match error {
        ErrorKind::NotFound => "no such file or directory",
        ErrorKind::PermissionDenied => "permission denied",
        ErrorKind::NotADirectory => "not a directory",
        ErrorKind::IsADirectory => "is a directory",
        _ => return kubeconfig::OpenedFile::Unknown,
    };
    let whole = kubeconfig::Whole {
        path: clean.display().to_string(),
        why: cfg!(unix).then_some(why),
    };
    if error == ErrorKind::IsADirectory {
        kubeconfig::OpenedFile::Unreadable(whole)
    } else {
        kubeconfig::OpenedFile::Closed(whole)
    }
}

/// The files, each with its path.
fn kubeconfig_files(named: Option<&Path>, until: Instant) -> Result<Vec<(String, Vec<u8>)>, KubeconfigError> {
    let mut files = Vec::new();
    let unreadable = |error: &UnreadableFile| KubeconfigError::Unreadable {
        file: error.path.display().to_string(),
        reason: error.reason(),
    };
    if let Some(path) = named {
        let bytes = read_bounded(path, Some(until)).map_err(|error| unreadable(&error))?;
        files.push((path.display().to_string(), bytes));
    } else {
        for path in kubeconfig_paths() {
            match read_bounded(&path, Some(until)) {
                Ok(bytes) => files.push((path.display().to_string(), bytes)),
                // As kubectl does.
                Err(error) if error.said.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unreadable(&error)),
            }
        }
    }
    Ok(files)
}

/// The files of `KUBECONFIG`, whether they are there or not.
pub(crate) fn listed_kubeconfigs() -> Vec<PathBuf> {
    let listed: Vec<PathBuf> = std::env::var_os("KUBECONFIG")
        .map(|list| std::env::split_paths(&list).collect())
        .unwrap_or_default();
    listed
        .into_iter()
        .filter(|path| !path.as_os_str().is_empty())
        .take(limits::KUBECONFIGS)
        .collect()
}

/// The files of `KUBECONFIG`, else `~/.kube/config`, as kubectl looks for them.
pub(crate) fn kubeconfig_paths() -> Vec<PathBuf> {
    let listed = listed_kubeconfigs();
    if !listed.is_empty() {
        return listed;
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let drive = set("HOMEDRIVE").zip(set("HOMEPATH")).map(|(mut drive, path)| {
        drive.push(path);
        drive
    });
    // k8s.io/client-go/util/homedir: elsewhere HOME alone, on Windows the first of three that has the file.
    let homes = if cfg!(windows) {
        vec![set("HOME"), drive, set("USERPROFILE")]
    } else {
        vec![set("HOME")]
    };
    let mut files: Vec<PathBuf> = homes
        .into_iter()
        .flatten()
        .map(|home| Path::new(&home).join(".kube").join("config"))
        .collect();
    let at = files.iter().position(|file| file.is_file()).unwrap_or_default();
    files.drain(..at);
    files.truncate(1);
    files
}

fn unreadable(fact: &str, error: &UnreadableFile) -> Gap {
    Gap::here(fact, error.path.display().to_string(), error.reason())
}
