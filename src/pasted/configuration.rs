//! A pasted configuration in the place of an error: `resolvectl status`, `scutil --dns`, PowerShell's JSON. It holds no
//! error; it says whom the host asks for the names of EKS endpoints.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::text::PrintedOn;
use super::{MessageSeen, Symptom, prompt, shown, tool};
use crate::dns::Name;
use crate::facts::platform::{Captured, DnsScope, HostConfiguration, is_nobody, server_with_port};
use crate::facts::{Chooser, LibcServers, LineForm, SplitDns, or_loopback};
use crate::limits;

/// What the names of endpoints end in (Amazon EKS User Guide, cluster endpoints); of China's there is one more.
const FAMILIES: &[&str] = &["eks.amazonaws.com", "api.aws"];

/// A configuration, as far as its text says.
pub(super) struct PastedConfiguration<'a> {
    /// What the text is, behind "is".
    pub(super) what: &'static str,
    /// The line that the format is known by.
    pub(super) line: &'a str,
    pub(super) seen: MessageSeen,
    /// What is said of it, a sentence each.
    pub(super) sentences: Vec<String>,
}

/// The lines that PowerShell printed, without prompts and fences.
fn without_prompts(text: &str) -> String {
    let is_printed = |line: &&str| {
        let is_fence = line.trim_start().starts_with("```");
        !is_fence && prompt::at_prompt(line).is_none() && !tool::is_prompt_alone(line)
    };
    text.lines().filter(is_printed).collect::<Vec<_>>().join("\n")
}

/// Reads a configuration; `None` where the text is of something else.
pub(super) fn read(text: &str) -> Option<PastedConfiguration<'_>> {
    let of = |system: Option<PrintedOn>| MessageSeen {
        system,
        ..MessageSeen::of(Symptom::Configuration, None)
    };
    let named = |what: &'static str| move |(line, sentences)| (what, line, sentences);
    let windows = ipconfig(text)
        .map(named("what ipconfig /all prints"))
        .or_else(|| nrpt_list(text).map(named("what PowerShell prints of rules of the NRPT")))
        .or_else(|| netsh(text).map(named("what netsh prints of rules of the NRPT")))
        .or_else(|| server_table(text).map(named("what Get-DnsClientServerAddress prints")))
        .or_else(|| server_list(text).map(named("what Get-DnsClientServerAddress prints")));
    if let Some((what, line, sentences)) = windows {
        let seen = of(Some(PrintedOn::Windows));
        return Some(PastedConfiguration {
            what,
            line,
            seen,
            sentences,
        });
    }
    if let Some((line, sentences)) = resolv_conf(text) {
        let is_resolver_file = resolver_file(text, std::iter::empty()).is_some();
        // Both are files of macOS alone.
        let is_of_macos = text.contains(OF_MACOS) || is_resolver_file;
        return Some(PastedConfiguration {
            what: if line.trim_start().starts_with(OF_ENTRY) {
                "what resolvconf -l prints"
            } else if is_resolver_file {
                "a file of macOS's /etc/resolver"
            } else {
                "a resolv.conf"
            },
            line,
            seen: of(is_of_macos.then_some(PrintedOn::Macos)),
            sentences,
        });
    }
    let line = |is_it: fn(&str) -> bool| text.lines().find(|line| is_it(line.trim()));
    // Apple, configd, dnsinfo: what scutil --dns prints where there is no resolver at all.
    if let Some(line) = line(|line| line == "No DNS configuration available") {
        let said = "macOS has no name server, so it asks nobody: the network is off, or not connected.";
        return Some(PastedConfiguration {
            what: OF_SCUTIL,
            line,
            seen: of(Some(PrintedOn::Macos)),
            sentences: vec![said.to_owned()],
        });
    }
    let (first, split) = split(text)?;
    let (what, system) = match split.chooser {
        Chooser::Windows if text.contains("\"ServerAddresses\"") => (
            "what Get-DnsClientServerAddress | ConvertTo-Json prints",
            Some(PrintedOn::Windows),
        ),
        Chooser::Windows => (
            "what PowerShell prints of rules of the NRPT as JSON",
            Some(PrintedOn::Windows),
        ),
        Chooser::Macos => (OF_SCUTIL, Some(PrintedOn::Macos)),
        Chooser::SystemdResolved => ("what resolvectl prints of name servers and domains", None),
    };
    Some(PastedConfiguration {
        what,
        line: first,
        seen: MessageSeen {
            is_stub: split.chooser == Chooser::SystemdResolved,
            against: against(text, &split),
            ..of(system)
        },
        sentences: match missing(text, &split) {
            Some(missing) => parts(&split, missing),
            None => sentences(&split),
        },
    })
}

const OF_SCUTIL: &str = "what scutil --dns prints";

/// Which name server has which names, where the text says all of it, and the findings that it speaks against.
pub(super) fn whole(text: &str) -> Option<(SplitDns, Vec<&'static str>)> {
    let (_, split) = split(text)?;
    let against = against(text, &split);
    missing(text, &split).is_none().then_some((split, against))
}

/// The line that the format is known by, and which name server has which names.
fn split(text: &str) -> Option<(&str, SplitDns)> {
    let line = |is_it: fn(&str) -> bool| text.lines().find(|line| is_it(line.trim()));
    let octets = Some(text.as_bytes());
    let json;
    let mut captured = Captured::default();
    let first = if let Some(line) = line(|line| line.starts_with("resolver #")) {
        captured.scutil = octets;
        line
    } else if let Some(line) =
        line(|line| line.starts_with("DNS Servers:") || line.starts_with("Link ") && line.contains("): "))
            .or_else(|| line(|line| line.starts_with("Link ") && line.ends_with(')')))
    {
        captured.resolvectl = octets;
        line
    } else if let Some(line) = line(|line| line.contains("\"ServerAddresses\"") || line.contains("\"Namespace\"")) {
        json = without_prompts(text);
        captured.powershell = Some(json.as_bytes());
        line
    } else {
        return None;
    };
    let split = HostConfiguration::read(&captured)?.split_dns?;
    (!split.scopes.is_empty()).then_some((first, split))
}

/// The findings that the configuration speaks against. Names below api.aws, which IPv6 clusters have, have a sentence
/// of their own.
fn against(text: &str, split: &SplitDns) -> Vec<&'static str> {
    let is_covered = FAMILIES
        .first()
        .and_then(|family| family.parse::<Name>().ok())
        .is_some_and(|family| {
            let below = family.prepend("a-cluster").unwrap_or(family);
            let asked = split.asked_for(&below);
            // The root takes every name, from the servers of narrower domains too: one of those may be a VPN's that
            // was to have this name.
            let is_of_others = |scope: &DnsScope| {
                let is_narrower = scope.domains.iter().any(|domain| !domain.name.is_root());
                is_narrower && scope.servers.iter().any(|server| !asked.servers.contains(server))
            };
            let domain = asked.domain.as_ref();
            domain.is_some_and(|domain| !domain.is_root() || !split.scopes.iter().any(is_of_others))
        });
    // Then whoever reads resolv.conf asks systemd-resolved (systemd-resolved.service(8), "/etc/resolv.conf").
    let is_stub = text.lines().any(|line| {
        let (key, value) = line.split_once(':').unwrap_or_default();
        key.trim() == "resolv.conf mode" && value.trim() == "stub"
    });
    let covered = is_covered.then_some("split-dns-not-applied");
    covered
        .into_iter()
        .chain(is_stub.then_some("go-bypasses-scoped-dns"))
        .collect()
}

/// What macOS writes at the head of its resolv.conf (Apple, configd).
const OF_MACOS: &str = "This file is not consulted for DNS hostname resolution";

/// What Windows has beside the rules of the NRPT.
const NO_ADAPTERS: &str = "The name servers of the adapters are not in this text, and they take every name that no rule \
                           covers: Get-DnsClientServerAddress | ConvertTo-Json shows them.";
/// And where a rule takes every name.
const NO_ADAPTER_IS_ASKED: &str = "A rule takes every name that no other rule covers, so the name servers of the adapters, which \
                                   are not in this text, are asked for none.";

fn missing_beside(takes_all: bool) -> &'static str {
    if takes_all { NO_ADAPTER_IS_ASKED } else { NO_ADAPTERS }
}

/// And beside the adapters.
const NO_RULES: &str = "The rules of the NRPT, which go before the adapters, are not in this text: \
                        Get-DnsClientNrptPolicy -Effective | ConvertTo-Json shows them.";

/// What is not in a part of a configuration, and the command that shows all. `None` where it is whole.
fn missing(text: &str, split: &SplitDns) -> Option<&'static str> {
    let starts = |word: &str| text.lines().any(|line| line.trim_start().starts_with(word));
    let is_line = |word: &str| text.lines().any(|line| line.trim() == word);
    let has_servers = split.scopes.iter().any(|scope| !scope.servers.is_empty());
    let has_domains = split.scopes.iter().any(|scope| !scope.domains.is_empty());
    // `resolvectl dns` and `resolvectl domain` have a line for a link, and `resolvectl status` a paragraph.
    let is_list = text
        .lines()
        .any(|line| line.trim_start().starts_with("Link ") && line.contains("):"));
    match split.chooser {
        Chooser::SystemdResolved if has_servers && is_list && !has_domains => Some(
            "The domains of the links, which decide who is asked for a name, are not in this text: resolvectl status \
             (or resolvectl domain) shows them.",
        ),
        Chooser::SystemdResolved if !has_servers => Some(
            "The name servers of the links are not in this text: resolvectl status (or resolvectl dns) shows them.",
        ),
        Chooser::SystemdResolved if !starts("Global") => Some(
            "The other links and the global name servers are not in this text, so it does not say who is asked for an \
             endpoint's name: resolvectl status shows all.",
        ),
        Chooser::SystemdResolved if !starts("Link ") => Some(
            "The links, which may have name servers and domains of their own, are not in this text: resolvectl status shows \
             all.",
        ),
        Chooser::Macos if !is_line("DNS configuration") && starts("DNS configuration (for scoped queries)") => Some(
            "These resolvers are for queries that are bound to an interface. The others, which the endpoint's name is \
             asked of, are not in this text: scutil --dns shows all.",
        ),
        Chooser::Macos if !is_line("DNS configuration") => Some(
            "The other resolvers are not in this text, so it does not say who is asked for an endpoint's name: scutil \
             --dns shows all.",
        ),
        Chooser::Windows if !text.contains("\"ServerAddresses\"") => {
            let is_all = |scope: &DnsScope| {
                let is_root = scope.domains.iter().any(|domain| domain.name.is_root());
                is_root && !scope.servers.is_empty()
            };
            Some(missing_beside(split.scopes.iter().any(is_all)))
        }
        Chooser::Windows if !text.contains("\"Namespace\"") => Some(NO_RULES),
        _ => None,
    }
}

/// What a part says, scope by scope, and what is not in it.
fn parts(split: &SplitDns, missing: &str) -> Vec<String> {
    let mut said: Vec<String> = split
        .scopes
        .iter()
        .take(limits::PASTED_DOMAINS)
        .map(|scope| {
            let shown = |server: &SocketAddr| match server.port() {
                53 => server.ip().to_string(),
                _ => server.to_string(),
            };
            let servers: Vec<String> = scope.servers.iter().map(shown).collect();
            let domains: Vec<String> = scope
                .domains
                .iter()
                .take(limits::PASTED_DOMAINS)
                .map(|domain| domain.name.to_string())
                .collect();
            let servers = match servers.as_slice() {
                [] => "name servers that are not in this text".to_owned(),
                servers => servers.join(", "),
            };
            let of = match domains.as_slice() {
                [] => String::new(),
                domains if domains.iter().any(|domain| domain == ".") => {
                    " for every name that no narrower domain covers".to_owned()
                }
                domains => format!(" for names below {}", domains.join(", ")),
            };
            format!("{} asks {servers}{of}.", scope.name)
        })
        .collect();
    said.push(missing.to_owned());
    said
}

/// The files of several hosts in one text, each below a line of one word and a colon, with a `nameserver` in it.
fn of_hosts(text: &str) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, usize, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let heading = line.trim().strip_suffix(':');
        at += line.len();
        let is_heading = heading.is_some_and(|word| !word.is_empty() && !word.contains([' ', '\t', '#', ';']));
        if let Some(host) = heading.filter(|_| is_heading)
            && found.len() < limits::PASTED_DOMAINS
        {
            found.push((host, at, at));
        } else if let Some((_, _, end)) = found.last_mut() {
            *end = at;
        }
    }
    found
        .into_iter()
        .filter_map(|(host, start, end)| Some((host, text.get(start..end)?)))
        .filter(|(_, file)| file.lines().any(|line| line.trim().starts_with("nameserver ")))
        .collect()
}

/// What stands above each interface's entry where openresolv lists them (resolvconf(8), -l).
const OF_ENTRY: &str = "# resolv.conf from ";

/// Whether it is an address, with its zone or without.
fn is_address(value: &str) -> bool {
    value.len() <= limits::PASTED_LINE
        && value
            .split('%')
            .next()
            .is_some_and(|bare| bare.parse::<IpAddr>().is_ok())
}

/// The entries that openresolv makes resolv.conf of, each of one interface.
fn entries(text: &str) -> Option<(&str, Vec<String>)> {
    let first = text.lines().find(|line| line.trim_start().starts_with(OF_ENTRY))?;
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        if let Some(interface) = line.trim_start().strip_prefix(OF_ENTRY) {
            if all.len() == limits::PASTED_DOMAINS {
                break;
            }
            all.push((interface.trim(), Vec::new()));
        } else if let Some((_, servers)) = all.last_mut()
            && let Some(server) = line.trim().strip_prefix("nameserver")
            && servers.len() < limits::NAME_SERVERS
        {
            let value = server.strip_prefix([' ', '\t']).map(str::trim);
            servers.extend(value.filter(|value| is_address(value)));
        }
    }
    let mut said: Vec<String> = all
        .iter()
        .filter(|(_, servers)| !servers.is_empty())
        .map(|(interface, servers)| format!("{} has {}.", shown(interface), servers.join(", ")))
        .collect();
    if said.is_empty() {
        return None;
    }
    said.push(
        "These are the entries of interfaces (resolvconf -l). Which of them are asked, and in which order, is not in this \
         text: cat /etc/resolv.conf shows it."
            .to_owned(),
    );
    Some((first, said))
}

/// resolv.conf(5): lines of `nameserver`.
fn resolv_conf(text: &str) -> Option<(&str, Vec<String>)> {
    if let Some(found) = entries(text) {
        return Some(found);
    }
    let hosts = of_hosts(text);
    if hosts.len() > 1 {
        let mut first = None;
        let mut said = Vec::new();
        for (host, file) in hosts {
            let Some((line, sentences)) = one_resolv_conf(file) else {
                continue;
            };
            first = first.or(Some(line));
            said.extend(sentences.iter().map(|sentence| format!("{}: {sentence}", shown(host))));
        }
        return Some((first?, said));
    }
    one_resolv_conf(text)
}

fn one_resolv_conf(text: &str) -> Option<(&str, Vec<String>)> {
    let servers = || {
        text.lines().filter_map(|line| {
            let rest = line.trim().strip_prefix("nameserver")?;
            let value = rest.strip_prefix([' ', '\t'])?.split_whitespace().next()?;
            Some((line, value))
        })
    };
    let Some((first, _)) = servers().next() else {
        return without_servers(text).or_else(|| {
            let first = text.lines().find(|line| is_misspelt(line))?;
            let said = misspelt(text)?;
            Some((first, vec![said, NO_SERVER_IS_LEFT.to_owned()]))
        });
    };
    if let Some(said) = resolver_file(text, servers().map(|(_, value)| value)) {
        return Some((first, said));
    }
    // The interfaces are the host's, and what is told of a zone is not asked for here.
    let libc = LibcServers::of(text.as_bytes(), |_| Some(1));
    let is_apart = libc != LibcServers::default();
    let by_libc_alone: Vec<&str> = servers()
        .filter(|(line, _)| {
            let one = LibcServers::of(line.as_bytes(), |_| Some(1));
            one.lines.iter().any(|line| line.form == LineForm::AddressForm)
        })
        .map(|(_, value)| value)
        .take(limits::NAME_SERVERS)
        .collect();
    let mut said = Vec::new();
    let mut plain = Vec::new();
    let mut is_hidden = false;
    for (_, value) in servers().take(limits::NAME_SERVERS) {
        if is_address(value) {
            plain.push(value);
        } else if by_libc_alone.contains(&value) {
            // It has a sentence of its own.
        } else if super::words::socket(value).is_some() {
            // Go, src/net/dnsconfig_unix.go; glibc, resolv/res_init.c; resolv.conf(5) of OpenBSD; c-ares pull request
            // 534; dnsmasq(8), --server; resolved.conf(5), "DNS=".
            let takes = if value.contains('#') {
                "That form is dnsmasq's (server=ADDRESS#PORT)."
            } else {
                "OpenBSD's resolver and c-ares take a port in brackets; systemd-resolved takes ADDRESS:PORT in \
                 resolved.conf (DNS=)."
            };
            said.push(format!(
                "nameserver {} has a port: glibc and Go do not take that line, and ask as if it were not there. {takes}",
                shown(value)
            ));
        } else if super::text::is_masked(value) {
            is_hidden = true;
            said.push(format!(
                "nameserver {} is masked: nothing is known of it.",
                shown(value)
            ));
        } else {
            said.push(format!(
                "nameserver {} is no address: glibc and Go leave it out.",
                shown(value)
            ));
        }
    }
    let behind = plain.split_off(plain.len().min(limits::NAME_SERVERS_USED));
    if !behind.is_empty() && !is_hidden {
        said.push(format!(
            "{} stands behind the third, and is never asked: glibc, musl and Go take three.",
            behind.join(", ")
        ));
    }
    if plain.is_empty() && is_hidden {
        // What is hidden may be a name server.
    } else if plain.is_empty() && !is_apart {
        said.push(NO_SERVER_IS_LEFT.to_owned());
    } else if text.contains(OF_MACOS) {
        said.insert(
            0,
            format!(
                "macOS's own lookup does not read this file: scutil --dns shows whom it asks. What reads it (Go's own \
                 resolver, dig) asks {}.",
                plain.join(", ")
            ),
        );
    } else if is_apart {
        said.splice(0..0, apart(&plain, &libc));
    } else {
        said.insert(
            0,
            format!("The C library and Go ask {} for every name.", plain.join(", ")),
        );
    }
    if text.contains("generated by WSL") {
        said.push(of_wsl(&plain).to_owned());
    }
    said.extend(misspelt(text));
    if servers().any(|(_, value)| value.starts_with("127.0.0.5")) {
        said.push("Behind the stub systemd-resolved asks others: resolvectl status shows them.".to_owned());
    }
    Some((first, said))
}

const NO_SERVER_IS_LEFT: &str = "No name server is left for glibc and Go: they ask 127.0.0.1 (Go: and ::1), port 53.";

/// What is said of a file that WSL wrote: under WSL 2 it has the address of Windows, as the gateway of its network or
/// as the DNS tunnel's, and under WSL 1 the name servers of Windows itself (Microsoft Learn, "Advanced settings
/// configuration in WSL": dnsTunneling, dnsProxy; "Comparing WSL Versions").
fn of_wsl(servers: &[&str]) -> &'static str {
    let is_gateway = |server: &&str| {
        let is_one =
            |ip: Ipv4Addr| ip == TUNNEL_OF_WSL || ip.is_private() && ip.octets()[0] == 172 && ip.octets()[3] == 1;
        server.parse::<Ipv4Addr>().is_ok_and(is_one)
    };
    if servers.len() == 1 && servers.iter().all(is_gateway) {
        "WSL wrote this file: the address is Windows', which asks its own name servers. Which those are is not in this \
         text: Get-DnsClientServerAddress | ConvertTo-Json in Windows shows them."
    } else {
        "WSL wrote this file. WSL 1 writes the name servers that Windows itself has, and programs in WSL ask them \
         without Windows: the rules of the NRPT, which say in Windows who is asked for which name, do not count there."
    }
}

/// The address of WSL's DNS tunnel, as users reported it.
const TUNNEL_OF_WSL: Ipv4Addr = Ipv4Addr::new(10, 255, 255, 254);

/// Whether a line has a word for `nameserver` that resolv.conf(5) does not know.
fn is_misspelt(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_word = words
        .next()
        .is_some_and(|word| ["nameservers", "name_server", "nameserver:", "nameservers:"].contains(&word));
    is_word && words.next().is_some_and(is_address) && words.next().is_none()
}

/// What is said of such lines.
fn misspelt(text: &str) -> Option<String> {
    let line = text.lines().find(|line| is_misspelt(line))?;
    Some(format!(
        "{}: resolv.conf has no such word, so the line counts for nothing. The word is nameserver, with one address \
         behind it.",
        shown(line)
    ))
}

/// Whom Go, glibc and musl ask, where the file does not say the same to all of them, and why.
fn apart(by_go: &[&str], libc: &LibcServers) -> Vec<String> {
    let of_go = if by_go.is_empty() {
        "127.0.0.1 and ::1".to_owned()
    } else {
        by_go.join(", ")
    };
    let shown = |taken: &Option<Vec<SocketAddr>>| {
        let Some(taken) = taken else {
            return of_go.clone();
        };
        let all: Vec<String> = or_loopback(taken)
            .iter()
            .map(|server| server.ip().to_string())
            .collect();
        all.join(", ")
    };
    let (of_glibc, of_musl) = (shown(&libc.glibc), shown(&libc.musl));
    let mut said = vec![format!("Go asks {of_go} for every name.")];
    if of_glibc == of_musl {
        said.push(format!("glibc and musl ask {of_glibc}."));
    } else {
        said.push(format!("glibc asks {of_glibc}, and musl {of_musl}."));
    }
    said.extend(libc.sentences_of_a_copy());
    said
}

/// A file of macOS's /etc/resolver (resolver(5) of macOS: `port`, `timeout` and `search_order` are lines of their own
/// there), for the names below one domain.
fn resolver_file<'a>(text: &str, servers: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let value = |key: &str| {
        text.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(key)).then(|| words.next()).flatten()
        })
    };
    let is_one = ["port", "search_order", "timeout"]
        .iter()
        .any(|key| value(key).is_some_and(|value| value.bytes().all(|octet| octet.is_ascii_digit())));
    if !is_one {
        return None;
    }
    let below = match value("domain") {
        Some(domain) => format!("names below {}", shown(domain)),
        None => "names below the domain that the file is named for".to_owned(),
    };
    // The port may stand behind another dot (resolver(5) of macOS, "nameserver").
    let with_port = |server: &str| match server_with_port(server, 53) {
        Some(address) if address.port() != 53 => address.to_string(),
        _ => shown(server),
    };
    let servers: Vec<String> = servers.take(limits::NAME_SERVERS).map(with_port).collect();
    let at = value("port")
        .map(|port| format!(", port {}", shown(port)))
        .unwrap_or_default();
    Some(vec![
        format!(
            "It is a file of macOS's /etc/resolver: macOS asks {}{at} for {below}.",
            servers.join(", ")
        ),
        "The other resolvers are not in this text: scutil --dns shows all.".to_owned(),
    ])
}

/// resolv.conf with a search list or options, and no server: every line that is none of a comment's is the file's.
fn without_servers(text: &str) -> Option<(&str, Vec<String>)> {
    const KEYWORDS: &[&str] = &["search", "domain", "options", "sortlist"];
    let mut lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with(['#', ';']));
    let first = lines.clone().next()?;
    let is_one = |line: &str| {
        let mut words = line.split_whitespace();
        words.next().is_some_and(|word| KEYWORDS.contains(&word)) && words.next().is_some()
    };
    lines.all(is_one).then(|| {
        let said = "It names no name server: the C library and Go ask 127.0.0.1 (Go: and ::1), port 53.";
        (first, vec![said.to_owned()])
    })
}

/// `ipconfig /all`, in any language: of the keys with DNS in them, only the name servers' has addresses.
fn ipconfig(text: &str) -> Option<(&str, Vec<String>)> {
    let key = |line: &str| {
        let (key, value) = line.split_once(':')?;
        let is_key = line.starts_with([' ', '\t']) && key.contains(" .") || key.contains(". ");
        is_key.then(|| (key.to_owned(), value.trim().to_owned()))
    };
    text.lines().find_map(key)?;
    let mut adapter = "";
    let mut first = None;
    let mut said: Vec<String> = Vec::new();
    let mut open: Option<(String, Vec<String>)> = None;
    let close = |open: &mut Option<(String, Vec<String>)>, said: &mut Vec<String>| {
        if let Some((adapter, servers)) = open.take()
            && !servers.is_empty()
            && said.len() < limits::PASTED_DOMAINS
        {
            said.push(format!("{adapter} asks {}.", servers.join(", ")));
        }
    };
    let address = |text: &str| plain_address(text).is_some();
    // What Windows lists where no IPv6 name server is set is asked by nobody.
    let is_server = |text: &str| plain_address(text).is_some_and(|ip| !is_nobody(ip));
    for line in text.lines() {
        if !line.starts_with([' ', '\t']) && line.trim_end().ends_with(':') {
            close(&mut open, &mut said);
            adapter = line.trim().trim_end_matches([':', ' ']);
        } else if let Some((key, value)) = key(line) {
            close(&mut open, &mut said);
            if key.to_ascii_uppercase().contains("DNS") && address(&value) {
                first = first.or(Some(line));
                let servers = Some(value).filter(|value| is_server(value));
                open = Some((adapter.to_owned(), servers.into_iter().collect()));
            }
        } else if let Some((_, servers)) = open.as_mut()
            && address(line.trim())
            && servers.len() < limits::NAME_SERVERS
        {
            servers.extend(Some(line.trim().to_owned()).filter(|server| is_server(server)));
        }
    }
    close(&mut open, &mut said);
    said.push(NO_RULES.to_owned());
    Some((first?, said))
}

/// An address, without the zone behind it.
fn plain_address(text: &str) -> Option<IpAddr> {
    text.split('%').next()?.parse().ok()
}

/// A rule of the NRPT, as a text has it.
struct PastedNrptRule {
    namespace: String,
    servers: Vec<String>,
    /// Whether the text has a place for its name servers.
    is_whole: bool,
}

impl PastedNrptRule {
    fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            servers: Vec::new(),
            is_whole: false,
        }
    }

    fn add(&mut self, servers: &str) {
        self.is_whole = true;
        let words = servers.split([',', ';', ' ']).filter(|word| !word.is_empty());
        let room = limits::NAME_SERVERS.saturating_sub(self.servers.len());
        self.servers.extend(words.take(room).map(str::to_owned));
    }

    /// Whether it takes every name that no narrower rule takes (Microsoft, "Name Resolution Policy Table": Any).
    fn takes_all(&self) -> bool {
        self.namespace == "." && !self.servers.is_empty()
    }

    fn sentence(&self) -> Option<String> {
        let namespace = &self.namespace;
        if self.takes_all() {
            let servers = self.servers.join(", ");
            return Some(format!("The NRPT rule for . (every other name) asks {servers}."));
        }
        self.is_whole.then(|| match self.servers.as_slice() {
            [] => format!("The NRPT rule for {namespace} names no name server here."),
            servers => format!("The NRPT rule for {namespace} asks {}.", servers.join(", ")),
        })
    }
}

/// What rules say, and what is not in the text.
fn of_rules(rules: &[PastedNrptRule]) -> Vec<String> {
    let mut said: Vec<String> = rules.iter().filter_map(PastedNrptRule::sentence).collect();
    said.push(missing_beside(rules.iter().any(PastedNrptRule::takes_all)).to_owned());
    said
}

/// NRPT rules as PowerShell lists them: those for DirectAccess have name servers of their own.
fn nrpt_list(text: &str) -> Option<(&str, Vec<String>)> {
    let value = |line: &str| {
        let (key, value) = line.split_once(':')?;
        Some((
            key.trim().to_owned(),
            value.trim().trim_matches(['{', '}']).trim().to_owned(),
        ))
    };
    let mut first = None;
    let mut is_open = false;
    let mut rules: Vec<PastedNrptRule> = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = value(line) else { continue };
        if key == "Namespace" {
            first = first.or(Some(line));
            is_open = rules.len() < limits::PASTED_DOMAINS;
            if is_open {
                rules.push(PastedNrptRule::new(&value));
            }
        } else if matches!(key.as_str(), "NameServers" | "DirectAccessDnsServers")
            && is_open
            && let Some(rule) = rules.last_mut()
        {
            rule.add(&value);
        }
    }
    Some((first?, of_rules(&rules)))
}

/// NRPT rules as `netsh namespace show effectivepolicy` prints them in English.
fn netsh(text: &str) -> Option<(&str, Vec<String>)> {
    let first = text
        .lines()
        .find(|line| line.trim() == "DNS Effective Name Resolution Policy Table Settings")?;
    let mut rules: Vec<PastedNrptRule> = Vec::new();
    let mut is_open = false;
    // Whether the line before is of name servers: more of them stand below it, without a key.
    let mut is_list = false;
    for line in text.lines() {
        let is_more = is_list && line.starts_with([' ', '\t']) && plain_address(line.trim()).is_some();
        is_list = is_more;
        if let Some(rule) = rules.last_mut().filter(|_| is_more && is_open) {
            rule.add(line.trim());
        } else if let Some(namespace) = line.trim().strip_prefix("Settings for ") {
            is_open = rules.len() < limits::PASTED_DOMAINS;
            if is_open {
                rules.push(PastedNrptRule::new(namespace.trim()));
            }
        } else if let Some((key, servers)) = line.split_once(':')
            && key.trim_end().ends_with("(DNS Servers)")
            && is_open
            && let Some(rule) = rules.last_mut()
        {
            rule.add(servers.trim());
            is_list = true;
        }
    }
    Some((first, of_rules(&rules)))
}

/// What Get-DnsClientServerAddress prints as a table, where nothing of it is cut.
fn server_table(text: &str) -> Option<(&str, Vec<String>)> {
    let first = text
        .lines()
        .find(|line| line.starts_with("InterfaceAlias") && line.contains("ServerAddresses"))?;
    let mut adapters = PastedAdapters::default();
    let rows = text.lines().skip_while(|line| !line.starts_with("----")).skip(1);
    for row in rows.filter(|row| !row.trim().is_empty()) {
        if row.contains("...") || row.contains('…') {
            return None;
        }
        let (before, rest) = row.split_once('{')?;
        let (servers, _) = rest.split_once('}')?;
        // The number of the interface and the family stand between the name, which may hold spaces, and the list.
        let named = before
            .trim_end()
            .trim_end_matches(|c: char| !c.is_whitespace())
            .trim_end();
        let named = named.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
        adapters.add(named, servers);
    }
    Some((first, adapters.said()?))
}

/// The same as a list (Format-List), where nothing of it is cut: of each adapter and family its name, then its servers.
fn server_list(text: &str) -> Option<(&str, Vec<String>)> {
    let mut first = None;
    let mut named = "";
    let mut adapters = PastedAdapters::default();
    for line in text.lines() {
        let Some((key, value)) = line.split_once(" : ") else {
            continue;
        };
        match (key.trim(), value.trim()) {
            ("InterfaceAlias", name) => named = name,
            ("ServerAddresses", servers) if !named.is_empty() => {
                // $FormatEnumerationLimit of PowerShell is 4.
                let all = servers.strip_prefix('{')?.strip_suffix('}')?;
                if all.ends_with(['.', '…']) {
                    return None;
                }
                first = first.or(Some(line));
                adapters.add(named, all);
            }
            _ => {}
        }
    }
    Some((first?, adapters.said()?))
}

/// Adapters of Windows and their name servers, as PowerShell shows them.
#[derive(Default)]
struct PastedAdapters(Vec<(String, Vec<String>)>);

impl PastedAdapters {
    /// Adds those of one family: addresses with a comma between them.
    fn add(&mut self, named: &str, servers: &str) {
        let servers = servers.split(',').map(str::trim);
        let servers = servers.filter(|server| plain_address(server).is_some_and(|ip| !is_nobody(ip)));
        let servers: Vec<String> = servers.take(limits::NAME_SERVERS).map(str::to_owned).collect();
        if servers.is_empty() {
            return;
        }
        if let Some((_, all)) = self.0.iter_mut().find(|(name, _)| name == named) {
            all.extend(servers);
        } else if self.0.len() < limits::PASTED_DOMAINS {
            self.0.push((named.to_owned(), servers));
        }
    }

    fn said(self) -> Option<Vec<String>> {
        let all = self.0.iter();
        let mut said: Vec<String> = all
            .map(|(name, servers)| format!("adapter {} asks {}.", shown(name), servers.join(", ")))
            .collect();
        if said.is_empty() {
            return None;
        }
        said.push(NO_RULES.to_owned());
        Some(said)
    }
}

fn sentences(split: &SplitDns) -> Vec<String> {
    let families: Vec<Name> = FAMILIES.iter().filter_map(|name| name.parse().ok()).collect();
    let mut names = families.clone();
    for domain in split.scopes.iter().flat_map(|scope| &scope.domains) {
        let is_narrower = families
            .iter()
            .any(|family| domain.name.is_within(family) && domain.name != *family);
        if is_narrower && !names.contains(&domain.name) && names.len() < families.len() + limits::PASTED_DOMAINS {
            names.push(domain.name.clone());
        }
    }
    names
        .iter()
        .map(|name| {
            // A name that nobody has, so that a domain of the name itself is seen to cover what is below it.
            let below = name.prepend("a-cluster").unwrap_or_else(|_| name.clone());
            format!("For names below {name}: {}", split.asked_for(&below).sentence())
        })
        .collect()
}
