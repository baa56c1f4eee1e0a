//! Windows' resolver configuration through its own interface: GetAdaptersAddresses and the registry, by crates that
//! hold the unsafe code. Every read is bounded; what a value means is decided in `platform`.

use std::net::IpAddr;

use ipconfig::{Adapter, IfType, OperStatus};
use windows_registry::{Key, LOCAL_MACHINE};

use super::platform::{AdapterReading, DohReading, NrptReading, WindowsReading};
use crate::limits;

/// Where group policy keeps the settings of the DNS client.
const POLICY: &str = r"SOFTWARE\Policies\Microsoft\Windows NT\DNSClient";
/// Where the DNS client keeps its own.
const DNS_CLIENT: &str = r"SYSTEM\CurrentControlSet\Services\Dnscache";
/// Where TCP/IP keeps its own.
const TCP_IP: &str = r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
/// The Name Resolution Policy Table, below the first and below the `Parameters` of the second.
const RULES: &str = "DnsPolicyConfig";

/// What this host says.
pub(super) fn read() -> WindowsReading {
    let mut reading = WindowsReading::default();
    match ipconfig::get_adapters() {
        Ok(adapters) => {
            reading.adapters = adapters.iter().filter(|adapter| is_up(adapter)).map(adapter).collect();
        }
        Err(error) => reading.problems.push(format!("the adapters cannot be listed: {error}")),
    }
    reading.policy_rules = rules(&format!(r"{POLICY}\{RULES}"));
    reading.local_rules = rules(&format!(r"{DNS_CLIENT}\Parameters\{RULES}"));
    let policy = open(POLICY);
    let tcp_ip = open(TCP_IP);
    reading.search_list = text(policy.as_ref(), "SearchList").or_else(|| text(tcp_ip.as_ref(), "SearchList"));
    reading.domain = text(tcp_ip.as_ref(), "Domain").or_else(|| text(tcp_ip.as_ref(), "DhcpDomain"));
    let parameters = open(&format!(r"{DNS_CLIENT}\Parameters"));
    let appends = |key: Option<&Key>| key.and_then(|key| key.get_u32("AppendToMultiLabelName").ok());
    reading.append_to_multi_label = appends(policy.as_ref()).or_else(|| appends(parameters.as_ref()));
    reading.doh_policy = policy.and_then(|policy| policy.get_u32("DoHPolicy").ok());
    reading
}

/// Where the hosts file is: a text in which variables of the environment stand between percent signs.
pub(super) fn data_base_path() -> Option<String> {
    text(open(TCP_IP).as_ref(), "DataBasePath")
}

fn is_up(adapter: &Adapter) -> bool {
    adapter.oper_status() == OperStatus::IfOperStatusUp && adapter.if_type() != IfType::SoftwareLoopback
}

fn adapter(adapter: &Adapter) -> AdapterReading {
    // The adapter's name is the GUID that the registry has it by.
    let of_it = open(&format!(r"{TCP_IP}\Interfaces\{}", adapter.adapter_name()));
    let of_it = of_it.as_ref();
    AdapterReading {
        name: adapter.friendly_name().to_owned(),
        servers: adapter
            .dns_servers()
            .iter()
            .take(limits::NAME_SERVERS)
            .copied()
            .collect(),
        index: adapter.ipv6_if_index(),
        metric: adapter.ipv4_metric().min(adapter.ipv6_metric()),
        suffix: text(of_it, "Domain").or_else(|| text(of_it, "DhcpDomain")),
        over_https: over_https(adapter.adapter_name()),
    }
}

/// The name servers that the adapter asks over HTTPS, a key each, in a list for each family.
fn over_https(adapter: &str) -> Vec<DohReading> {
    let families = ["Doh", "Doh6"].into_iter().flat_map(|family| {
        let path = format!(r"{DNS_CLIENT}\InterfaceSpecificParameters\{adapter}\DohInterfaceSettings\{family}");
        keys(&path)
    });
    let read = families.filter_map(|(name, key)| {
        Some(DohReading {
            server: name.parse::<IpAddr>().ok()?,
            flags: key
                .get_u64("DohFlags")
                .or_else(|_| key.get_u32("DohFlags").map(u64::from))
                .ok()?,
            template: text(Some(&key), "DohTemplate"),
        })
    });
    read.take(limits::NAME_SERVERS).collect()
}

fn rules(path: &str) -> Vec<NrptReading> {
    let rules = keys(path).into_iter().map(|(_, key)| NrptReading {
        names: names(&key),
        options: key.get_u32("ConfigOptions").unwrap_or_default(),
        servers: text(Some(&key), "GenericDNSServers"),
        direct_access_servers: text(Some(&key), "DirectAccessDNSServers"),
    });
    rules.collect()
}

/// The namespaces of a rule: several texts, or one.
fn names(rule: &Key) -> Vec<String> {
    let names = rule.get_multi_string("Name").ok();
    let names = names.or_else(|| text(Some(rule), "Name").map(|name| vec![name]));
    let mut names = names.unwrap_or_default();
    names.retain(|name| !name.is_empty());
    names.truncate(limits::SCOPE_DOMAINS);
    names
}

/// The keys below one, with their names.
fn keys(path: &str) -> Vec<(String, Key)> {
    let Some(parent) = open(path) else { return Vec::new() };
    let Ok(names) = parent.keys() else { return Vec::new() };
    let opened = names.take(limits::DNS_SCOPES).filter_map(|name| {
        let key = parent.open(&name).ok()?;
        Some((name, key))
    });
    opened.collect()
}

/// A key, where it is there and may be read.
fn open(path: &str) -> Option<Key> {
    LOCAL_MACHINE.open(path).ok()
}

/// A text that is not empty.
fn text(key: Option<&Key>, name: &str) -> Option<String> {
    let text = key?.get_string(name).ok()?;
    let text: String = text.chars().take(limits::HOST_TEXT).collect();
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_host_can_be_read() {
        let reading = read();
        assert_eq!(reading.problems, Vec::<String>::new());
        assert!(reading.adapters.iter().all(|adapter| !adapter.name.is_empty()));
    }
}
