//! Windows: the name servers of its adapters, and the Name Resolution Policy Table, as PowerShell prints them as JSON.
//!
//! `Get-DnsClientServerAddress` and `Get-DnsClientNrptPolicy -Effective`, or `Get-DnsClientNrptRule`, piped through
//! ConvertTo-Json: the names of properties are the same in every language, those of `ipconfig /all` are translated. One
//! value or a list of them, at once or one behind the other; lists of one member may come as the member (PowerShell
//! 5.1).

use std::net::{IpAddr, Ipv6Addr};

use serde::Deserialize;
use serde_json::Value;

use super::text::{PORT, address, label};
use super::{Chooser, DnsScope, Problems, SplitDns};
use crate::dns::Name;
use crate::facts::StubConfiguration;
use crate::limits;

/// What Windows lists for an adapter without IPv6 name servers: fec0:0:0:ffff::1 to ::3, of the site-local range that
/// RFC 3879 took away.
const NOBODY: [u16; 4] = [0xfec0, 0, 0, 0xffff];

/// Both kinds of object: an adapter has addresses, a rule a namespace.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct JsonEntry {
    interface_alias: Option<String>,
    interface_index: Option<u32>,
    server_addresses: Option<Value>,
    namespace: Option<Value>,
    name_servers: Option<Value>,
    direct_access_dns_servers: Option<Value>,
}

pub(super) fn parse(text: &str) -> SplitDns {
    let mut reader = ObjectReader::default();
    for value in serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}')).into_iter::<Value>() {
        match value {
            Ok(value) => reader.value(value, limits::HOST_JSON_DEPTH),
            Err(error) => {
                reader
                    .problems
                    .say(format!("not JSON as ConvertTo-Json prints it: {error}"));
                break;
            }
        }
    }
    let mut scopes = reader.adapters;
    scopes.extend(reader.rules);
    SplitDns {
        chooser: Chooser::Windows,
        source: "Get-DnsClientServerAddress, Get-DnsClientNrptPolicy".to_owned(),
        scopes,
        search: Vec::new(),
        over_https: Vec::new(),
        over_https_policy: None,
        problems: reader.problems.0,
    }
}

#[derive(Default)]
struct ObjectReader {
    adapters: Vec<DnsScope>,
    rules: Vec<DnsScope>,
    problems: Problems,
}

impl ObjectReader {
    fn value(&mut self, value: Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match value {
            Value::Array(values) => values.into_iter().for_each(|value| self.value(value, depth)),
            Value::Object(fields) => {
                if fields.contains_key("ServerAddresses") || fields.contains_key("Namespace") {
                    match serde_json::from_value::<JsonEntry>(Value::Object(fields)) {
                        Ok(entry) => self.entry(&entry),
                        Err(error) => self.problems.say(format!("an entry cannot be read: {error}")),
                    }
                } else {
                    fields.into_iter().for_each(|(_, value)| self.value(value, depth));
                }
            }
            _ => {}
        }
    }

    fn entry(&mut self, entry: &JsonEntry) {
        if self.adapters.len() + self.rules.len() >= limits::DNS_SCOPES {
            self.problems.say(format!(
                "adapters and rules beyond the first {} are left out",
                limits::DNS_SCOPES
            ));
        } else if entry.namespace.is_some() {
            self.rule(entry);
        } else {
            self.adapter(entry);
        }
    }

    /// One entry for each address family.
    fn adapter(&mut self, entry: &JsonEntry) {
        let alias = entry.interface_alias.as_deref().unwrap_or("without a name");
        let name = format!("adapter {}", label(alias));
        let addresses = texts(entry.server_addresses.as_ref());
        if addresses.is_empty() {
            return;
        }
        let at = self
            .adapters
            .iter()
            .position(|scope| scope.name == name)
            .unwrap_or_else(|| {
                let mut scope = DnsScope::new(name);
                scope.takes_the_rest = true;
                self.adapters.push(scope);
                self.adapters.len() - 1
            });
        servers(
            &mut self.adapters[at],
            &addresses,
            entry.interface_index,
            &mut self.problems,
        );
        if self.adapters[at].servers.is_empty() {
            self.adapters.remove(at);
        }
    }

    fn rule(&mut self, entry: &JsonEntry) {
        let names = texts(entry.namespace.as_ref());
        let mut scope = DnsScope::new(format!("NRPT rule {}", label(&names.join(", "))));
        namespaces(&mut scope, &names, &mut self.problems);
        for list in [&entry.name_servers, &entry.direct_access_dns_servers] {
            servers(&mut scope, &texts(list.as_ref()), None, &mut self.problems);
        }
        if !scope.domains.is_empty() {
            self.rules.push(scope);
        }
    }
}

/// A namespace is a suffix with its dot in front, `.` for every name, or one whole name (Add-DnsClientNrptRule).
pub(super) fn namespaces(scope: &mut DnsScope, texts: &[String], problems: &mut Problems) {
    for namespace in texts {
        let suffix = namespace.strip_prefix('.');
        match suffix.unwrap_or(namespace).parse::<Name>() {
            Ok(name) => scope.add_domain(name, suffix.is_none(), problems),
            Err(_) if suffix == Some("") => scope.add_domain(Name::root(), false, problems),
            Err(error) => problems.say(format!("{}: {error}", scope.name)),
        }
    }
}

pub(super) fn servers(scope: &mut DnsScope, texts: &[String], link: Option<u32>, problems: &mut Problems) {
    for text in texts {
        match address(text, PORT, link) {
            Some(server) if is_nobody(server.ip()) => {}
            Some(server) => scope.add_server(server, problems),
            None => problems.say(format!(
                "{}: {} is no address of a name server",
                scope.name,
                label(text)
            )),
        }
    }
}

pub(crate) fn is_nobody(ip: IpAddr) -> bool {
    let first = |ip: Ipv6Addr| ip.segments()[..4] == NOBODY;
    matches!(ip, IpAddr::V6(ip) if first(ip))
}

/// The texts of a value: one, a list, several in one separated by commas or semicolons, or PowerShell's object around a
/// list (`{"value": […], "Count": 2}`).
fn texts(value: Option<&Value>) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |text: &str| {
        let words = text.split([',', ';', ' ']).filter(|word| !word.is_empty());
        found.extend(words.take(limits::SCOPE_DOMAINS).map(str::to_owned));
    };
    match value {
        Some(Value::String(text)) => add(text),
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).for_each(&mut add),
        Some(Value::Object(fields)) => {
            let values = fields.get("value").and_then(Value::as_array);
            values
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .for_each(&mut add);
        }
        _ => {}
    }
    found.truncate(limits::SCOPE_DOMAINS);
    found
}

/// What Windows' DNS client asks for the name, as a stub configuration: there is no resolv.conf. Where it has no name
/// server for the name it asks nobody: the default of resolv.conf, loopback, is not its own.
pub fn stub(split: &SplitDns, target: &Name) -> StubConfiguration {
    let mut stub = StubConfiguration::parse(&split.source, b"", |_| None);
    stub.search.clone_from(&split.search);
    stub.name_servers = split.asked_for(target).servers;
    stub.name_servers.truncate(limits::NAME_SERVERS);
    stub.defaulted = false;
    stub
}
