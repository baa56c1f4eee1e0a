//! The `hosts:` line of nsswitch.conf: what getaddrinfo asks before DNS, and whether it asks DNS at all.
//!
//! nsswitch.conf(5): services in their order, each with actions in brackets, `[STATUS=ACTION]` or `[!STATUS=ACTION]`.
//! Without one, `success` ends the lookup and every other status goes on to the next service.

use serde::{Deserialize, Serialize};

use crate::facts::blanks;
use crate::limits;

/// The line's database.
const LINE: &str = "hosts";

/// The `hosts:` line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HostsLine {
    /// As it stands in the file, with single spaces.
    pub text: String,
    /// The services in their order.
    pub services: Vec<Service>,
}

/// A service of the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Whether the lookup ends here where the service does not know the name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_when_not_found: bool,
    /// Whether it ends here where the service is not there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_when_unavailable: bool,
}

/// How a name that no file has comes to DNS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupPath {
    /// Through the C library's own resolver, with resolv.conf.
    Dns,
    /// Through systemd-resolved, and through `dns` only where it is not running.
    Resolved,
    /// Through a service whose ways are its own, such as LDAP or NIS.
    Other,
    /// Not at all.
    Never,
}

/// Services that know names of this host or of this link only, and pass on every other: nss-myhostname(8),
/// nss-mymachines(8), libvirt-nss, and nss-mdns, which answers `.local`.
const LOCAL_ONLY: &[&str] = &["files", "myhostname", "mymachines", "libvirt", "libvirt_guest", "wins"];
/// What the names of nss-mdns's services begin with.
const MULTICAST: &str = "mdns";

impl HostsLine {
    /// Reads the file. `None` where it has no such line.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = super::decode(text);
        let line = text.lines().find_map(|line| {
            let line = blanks::trimmed(line.split('#').next().unwrap_or_default());
            blanks::trimmed(line.strip_prefix(LINE)?).strip_prefix(':')
        })?;
        let mut line: String = blanks::words(line).collect::<Vec<_>>().join(" ");
        if let Some((end, next)) = line.char_indices().nth(limits::TEXT_FROM_WIRE) {
            // Whole words, where there are several: the beginning of a service's name is another's.
            let last = line[..end].rfind(' ').filter(|_| next != ' ');
            line.truncate(last.unwrap_or(end));
            line.truncate(line.trim_end().len());
        }
        let mut services: Vec<Service> = Vec::new();
        let mut rest = line.as_str();
        while !rest.is_empty() {
            rest = rest.trim_start_matches(' ');
            if let Some(inside) = rest.strip_prefix('[') {
                let (actions, behind) = inside.split_once(']').unwrap_or((inside, ""));
                if let Some(service) = services.last_mut() {
                    blanks::words(actions).for_each(|action| service.act(action));
                }
                rest = behind;
            } else {
                let end = rest.find([' ', '[']).unwrap_or(rest.len());
                let (name, behind) = rest.split_at(end);
                if !name.is_empty() {
                    services.push(Service::new(name));
                }
                rest = behind;
            }
        }
        services.truncate(limits::NSS_SERVICES);
        Some(Self { text: line, services })
    }

    /// Whether a line is this one, or looks like it.
    pub(in crate::facts) fn is_it(line: &str) -> bool {
        line.trim_start().starts_with(LINE)
    }

    /// Whether a name that no file has is asked for at the name servers of resolv.conf, and nowhere else.
    pub fn asks_dns_alone(&self) -> bool {
        let is_here = |service: &Service| {
            let name = service.name.as_str();
            // WINS has names of other hosts too.
            LOCAL_ONLY.contains(&name) && name != "wins" || name.starts_with(MULTICAST)
        };
        let mut others = self.services.iter().filter(|service| !is_here(service));
        self.path() == LookupPath::Dns && others.all(|service| service.name == "dns")
    }

    /// How a name that no file has comes to DNS.
    pub fn path(&self) -> LookupPath {
        let mut other = false;
        for service in &self.services {
            match service.name.as_str() {
                "dns" => return LookupPath::Dns,
                // nss-resolve(8); with [!UNAVAIL=return] `dns` is left for when systemd-resolved is not running.
                "resolve" => return LookupPath::Resolved,
                name if LOCAL_ONLY.contains(&name) => {}
                // nss-mdns gives UNAVAIL for what it does not answer, but for NOTFOUND of its own names.
                name if name.starts_with(MULTICAST) => continue,
                _ => other = true,
            }
            if service.ends_when_not_found {
                break;
            }
        }
        if other { LookupPath::Other } else { LookupPath::Never }
    }

    /// Whether Go's own resolver asks DNS by this line: it takes any service that it does not know for DNS, and heeds
    /// no action (Go, src/net/conf.go, hostLookupOrder, without cgo).
    pub fn go_asks_dns(&self) -> bool {
        self.services.is_empty() || self.services.iter().any(|service| service.name != "files")
    }

    /// Whether Go's own resolver reads the hosts file by this line (the same).
    pub fn go_reads_files(&self) -> bool {
        let mut services = self.services.iter();
        self.services.is_empty() || services.any(|service| service.name == "files")
    }

    /// Whether it reads the hosts file before it asks DNS (the same): by the line's order.
    pub fn go_reads_files_first(&self) -> bool {
        self.services.first().is_none_or(|service| service.name == "files")
    }

    /// Whether getaddrinfo comes to the hosts file with a name that no other service has.
    pub fn reads_files(&self) -> bool {
        for service in &self.services {
            if service.name == "files" {
                return true;
            }
            if service.ends_when_not_found {
                return false;
            }
        }
        false
    }

    /// Whether the hosts file is asked, and before DNS.
    fn files(&self) -> Option<bool> {
        let position = |names: &[&str]| {
            let services = &mut self.services.iter();
            services.position(|service| names.contains(&service.name.as_str()))
        };
        let files = position(&["files"])?;
        Some(position(&["dns", "resolve"]).is_none_or(|dns| files < dns))
    }

    /// What the line means for a name, where it is not the common one; a sentence each.
    pub fn meaning(&self) -> Vec<String> {
        let text = &self.text;
        let mut said = Vec::new();
        match self.path() {
            LookupPath::Never => said.push(format!(
                "nsswitch.conf (hosts: {text}) does not lead to DNS: the operating system's lookup asks no name \
                 server."
            )),
            LookupPath::Resolved => said.push(format!(
                "nsswitch.conf (hosts: {text}) leads to systemd-resolved, not through resolv.conf; Go's own resolver \
                 asks \
                 the name servers of resolv.conf all the same."
            )),
            LookupPath::Other => said.push(format!(
                "nsswitch.conf (hosts: {text}) leads to neither dns nor resolve, but to services of other kinds."
            )),
            LookupPath::Dns => {}
        }
        match self.files() {
            None => said.push(format!(
                "nsswitch.conf (hosts: {text}) has no files: the operating system's lookup does not read the hosts \
                 file."
            )),
            Some(false) => said.push(format!(
                "nsswitch.conf (hosts: {text}) asks DNS before the hosts file, which counts only where DNS has no \
                 answer."
            )),
            Some(true) => {}
        }
        said
    }
}

impl Service {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ends_when_not_found: false,
            ends_when_unavailable: false,
        }
    }

    /// `STATUS=ACTION`, or `!STATUS=ACTION` for every status but that one.
    fn act(&mut self, action: &str) {
        let Some((status, action)) = action.split_once('=') else {
            return;
        };
        let ends = match action.to_ascii_lowercase().as_str() {
            "return" => true,
            // `merge` is for groups.
            "continue" | "merge" => false,
            _ => return,
        };
        let (negated, status) = match status.strip_prefix('!') {
            Some(status) => (true, status),
            None => (false, status),
        };
        let is = |name: &str| status.eq_ignore_ascii_case(name) != negated;
        if is("NOTFOUND") {
            self.ends_when_not_found = ends;
        }
        if is("UNAVAIL") {
            self.ends_when_unavailable = ends;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn the_way_to_dns() {
        use LookupPath::{Dns, Never, Other, Resolved};
        for (line, path, notes) in [
            // Debian, Fedora, Arch, Ubuntu, RHEL with SSSD.
            ("files dns", Dns, 0),
            (
                "files mdns4_minimal [NOTFOUND=return] dns myhostname mymachines",
                Dns,
                0,
            ),
            ("mymachines resolve [!UNAVAIL=return] files myhostname dns", Resolved, 2),
            ("files myhostname resolve [!UNAVAIL=return] dns", Resolved, 1),
            ("files dns sss", Dns, 0),
            ("dns files", Dns, 1),
            ("dns [!UNAVAIL=return] files", Dns, 1),
            ("dns", Dns, 1),
            ("files", Never, 1),
            ("files myhostname", Never, 1),
            ("files [NOTFOUND=return] dns", Never, 1),
            ("files [notfound=RETURN]dns", Never, 1),
            ("files [!SUCCESS=return] dns", Never, 1),
            ("files [SUCCESS=return NOTFOUND=continue] dns", Dns, 0),
            ("files sss", Other, 1),
            ("", Never, 2),
        ] {
            let text = format!("# hosts: files\npasswd: files\nhosts:\t{line} # comment\nhosts: late\n");
            let read = HostsLine::parse(text.as_bytes()).unwrap();
            assert_eq!(read.text, line, "{line}");
            assert_eq!(read.path(), path, "{line}");
            assert_eq!(read.meaning().len(), notes, "{line}: {:?}", read.meaning());
            assert_eq!(read.go_asks_dns(), line != "files", "{line}");
        }
        assert_eq!(HostsLine::parse(b"passwd: files\n# hosts: files\nhostsx: dns\n"), None);
    }

    #[test]
    fn what_is_broken_off_or_endless_has_an_end() {
        for text in [
            "hosts: files [NOTFOUND=return",
            "hosts: [[[]]] ] [ a",
            "hosts: [x=y] dns",
        ] {
            assert!(HostsLine::parse(text.as_bytes()).is_some(), "{text}");
        }
        let long = format!("hosts: {}", "mymachines ".repeat(10_000));
        let read = HostsLine::parse(long.as_bytes()).unwrap();
        assert!(read.text.ends_with("mymachines"), "{}", read.text);
        let long = format!("hosts: {}", "files ".repeat(10_000));
        assert!(HostsLine::parse(long.as_bytes()).unwrap().services.len() <= limits::NSS_SERVICES);
    }
}
