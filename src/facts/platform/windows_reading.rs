//! Windows, as its own interface tells it: the adapters with their name servers (GetAdaptersAddresses), the Name
//! Resolution Policy Table, the search list and DNS over HTTPS (the registry). The values, and what they mean; pure.
//!
//! Microsoft, [MS-GPNRPT] (the values of a rule), "IP_ADAPTER_ADDRESSES_LH structure", and the administrative template
//! DnsClient.admx ("Configure DNS over HTTPS (DoH) name resolution", "Turn off smart multi-homed name resolution",
//! "Allow DNS suffix appending to unqualified multi-label name queries").

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::text::{PORT, label};
use super::windows::{is_nobody, namespaces, servers};
use super::{Chooser, DnsScope, OverHttps, OverHttpsPolicy, Problems, SplitDns};
use crate::dns::Name;
use crate::limits;

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct WindowsReading {
    /// The adapters that are up.
    pub adapters: Vec<AdapterReading>,
    /// The rules that group policy sets; where there is any, those are the only ones in effect ([MS-GPNRPT]).
    pub policy_rules: Vec<NrptReading>,
    /// The rules that were set on this host: Add-DnsClientNrptRule, and most VPN clients.
    pub local_rules: Vec<NrptReading>,
    /// `SearchList`: of group policy, else of this host.
    pub search_list: Option<String>,
    /// The domain of this host, whose names are searched where no list is set.
    pub domain: Option<String>,
    /// `AppendToMultiLabelName`: of group policy, else of this host. 1 where names with dots are searched too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub append_to_multi_label: Option<u32>,
    /// `DoHPolicy`.
    pub doh_policy: Option<u32>,
    /// What could not be read.
    pub problems: Vec<String>,
}

/// An adapter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AdapterReading {
    /// What people call it: `Wi-Fi`.
    pub name: String,
    /// Its name servers, in the order they are asked.
    pub servers: Vec<IpAddr>,
    /// The number of the interface, for link-local name servers.
    pub index: u32,
    /// The metric of the interface: the adapter with the lowest comes first.
    pub metric: u32,
    /// The domain of its connection, which is searched too where no list is set.
    pub suffix: Option<String>,
    /// The name servers that are asked over HTTPS on it.
    pub over_https: Vec<DohReading>,
}

/// A rule of the Name Resolution Policy Table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NrptReading {
    /// `Name`: the namespaces.
    pub names: Vec<String>,
    /// `ConfigOptions`: which of the other values count.
    pub options: u32,
    /// `GenericDNSServers`, separated by semicolons.
    pub servers: Option<String>,
    /// `DirectAccessDNSServers`, separated by semicolons.
    pub direct_access_servers: Option<String>,
}

/// A name server that an adapter asks over HTTPS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DohReading {
    /// Its address.
    pub server: IpAddr,
    /// `DohFlags`: 1 with the template that Windows knows, 2 with `DohTemplate`, 4 in the clear where it fails.
    pub flags: u64,
    /// `DohTemplate`.
    #[serde(default)]
    pub template: Option<String>,
}

/// [MS-GPNRPT]: the rule names name servers for DirectAccess.
const DIRECT_ACCESS: u32 = 0x4;
/// The rule names name servers.
const GENERIC: u32 = 0x8;
/// `DohFlags`.
const KNOWN_TEMPLATE: u64 = 1;
const OWN_TEMPLATE: u64 = 2;
const MAY_FALL_BACK: u64 = 4;

impl WindowsReading {
    /// What they mean.
    pub fn split_dns(&self) -> SplitDns {
        let mut problems = Problems::default();
        for problem in &self.problems {
            problems.say(label(problem));
        }
        let mut adapters: Vec<&AdapterReading> = self.adapters.iter().take(limits::DNS_SCOPES).collect();
        adapters.sort_by_key(|adapter| adapter.metric);
        let mut scopes = Vec::new();
        let mut over_https = Vec::new();
        for adapter in adapters {
            let mut scope = DnsScope::new(format!("adapter {}", label(&adapter.name)));
            scope.takes_the_rest = true;
            for ip in &adapter.servers {
                if !is_nobody(*ip) {
                    scope.add_server(at(*ip, adapter.index), &mut problems);
                }
            }
            let of_it = adapter.over_https.iter().take(limits::NAME_SERVERS);
            over_https.extend(
                of_it
                    .filter(|doh| doh.flags & (KNOWN_TEMPLATE | OWN_TEMPLATE) != 0)
                    .filter(|doh| adapter.servers.contains(&doh.server))
                    .map(|doh| OverHttps {
                        server: doh.server,
                        template: doh
                            .template
                            .as_deref()
                            .filter(|_| doh.flags & OWN_TEMPLATE != 0)
                            .map(label),
                        may_fall_back: doh.flags & MAY_FALL_BACK != 0,
                    }),
            );
            if !scope.servers.is_empty() {
                scopes.push(scope);
            }
        }
        let rules = if self.policy_rules.is_empty() {
            &self.local_rules
        } else {
            &self.policy_rules
        };
        for rule in rules {
            if scopes.len() >= limits::DNS_SCOPES {
                problems.say(format!(
                    "adapters and rules beyond the first {} are left out",
                    limits::DNS_SCOPES
                ));
                break;
            }
            scopes.extend(rule.scope(&mut problems));
        }
        SplitDns {
            chooser: Chooser::Windows,
            source: "the configuration of Windows (adapters, NRPT)".to_owned(),
            scopes,
            search: self.search(&mut problems),
            over_https,
            over_https_policy: self.doh_policy.and_then(OverHttpsPolicy::of),
            problems: problems.0,
        }
    }

    /// The suffixes that are tried: the list, else the host's domain and those of the connections (Microsoft, "DNS
    /// clients and names": the list takes the place of the others). None for names with dots, which every endpoint's
    /// is, unless a setting says so (DnsClient.admx; where it is not set Windows' own is not to).
    fn search(&self, problems: &mut Problems) -> Vec<Name> {
        if self.append_to_multi_label != Some(1) {
            return Vec::new();
        }
        let listed = self.search_list.as_deref().unwrap_or_default();
        let mut texts: Vec<&str> = listed.split([',', ' ', '\t']).filter(|text| !text.is_empty()).collect();
        if texts.is_empty() {
            texts.extend(self.domain.as_deref());
            texts.extend(self.adapters.iter().filter_map(|adapter| adapter.suffix.as_deref()));
        }
        let mut search: Vec<Name> = Vec::new();
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            match text.parse::<Name>() {
                Ok(name) if search.len() < limits::SEARCH_SUFFIXES && !search.contains(&name) => search.push(name),
                Ok(_) => {}
                Err(error) => problems.say(format!("the suffix {}: {error}", label(text))),
            }
        }
        search
    }
}

impl NrptReading {
    fn scope(&self, problems: &mut Problems) -> Option<DnsScope> {
        let mut scope = DnsScope::new(format!("NRPT rule {}", label(&self.names.join(", "))));
        namespaces(&mut scope, &self.names, problems);
        for (option, list) in [(GENERIC, &self.servers), (DIRECT_ACCESS, &self.direct_access_servers)] {
            let list = list
                .as_deref()
                .filter(|_| self.options & option != 0)
                .unwrap_or_default();
            let texts: Vec<String> = list
                .split([';', ',', ' '])
                .filter(|text| !text.is_empty())
                .take(limits::NAME_SERVERS)
                .map(str::to_owned)
                .collect();
            servers(&mut scope, &texts, None, problems);
        }
        (!scope.domains.is_empty()).then_some(scope)
    }
}

/// The folder of the hosts file: `DataBasePath` of the registry with the variables of the environment in their places,
/// else its default below the folder of Windows (Microsoft, "Tcpip\\Parameters: DataBasePath").
pub fn files_of_windows(data_base_path: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> String {
    const DEFAULT: &str = r"%SystemRoot%\System32\drivers\etc";
    let expanded = |text: &str| {
        let mut whole = String::new();
        for (index, part) in text.split('%').enumerate() {
            // Every second part stands between two percent signs.
            match (index % 2 == 1).then(|| variable(part)).flatten() {
                Some(value) => whole.push_str(&value),
                None if index % 2 == 1 && part.eq_ignore_ascii_case("SystemRoot") => whole.push_str(r"C:\Windows"),
                None if index % 2 == 1 => return None,
                None => whole.push_str(part),
            }
        }
        Some(whole)
    };
    let path = data_base_path.filter(|text| !text.trim().is_empty()).and_then(expanded);
    path.or_else(|| expanded(DEFAULT))
        .unwrap_or_else(|| r"C:\Windows\System32\drivers\etc".to_owned())
}

fn at(ip: IpAddr, index: u32) -> std::net::SocketAddr {
    match ip {
        IpAddr::V6(v6) if v6.is_unicast_link_local() => std::net::SocketAddrV6::new(v6, PORT, 0, index).into(),
        ip => (ip, PORT).into(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn reading(text: &str) -> WindowsReading {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_adapter_with_the_lowest_metric_is_asked_first() {
        let split = reading(include_str!("../../../fixtures/host/windows-vpn.json")).split_dns();
        let names: Vec<&str> = split.scopes.iter().map(|scope| scope.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "adapter AWS VPN Client",
                "adapter Wi-Fi",
                "NRPT rule .corp.example, db.corp.example"
            ]
        );
        let asked = split.asked_for(&"x.gr7.eu-west-1.eks.amazonaws.com".parse().unwrap());
        let servers: Vec<String> = asked.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["10.0.0.2:53", "192.168.1.1:53", "[fe80::1%14]:53"]);
        let asked = split.asked_for(&"a.corp.example".parse().unwrap());
        assert_eq!(asked.scopes, ["NRPT rule .corp.example, db.corp.example"]);
        assert_eq!(
            asked.servers,
            ["10.1.0.10:53".parse().unwrap(), "10.1.0.11:53".parse().unwrap()]
        );
        let search: Vec<String> = split.search.iter().map(ToString::to_string).collect();
        assert_eq!(search, ["corp.example", "lan"]);
        assert_eq!(split.problems, Vec::<String>::new());
    }

    #[test]
    fn the_folder_of_the_hosts_file_is_where_windows_says() {
        let variable = |name: &str| (name == "SystemRoot").then(|| r"D:\WINNT".to_owned());
        let none = |_: &str| None;
        for (path, folder) in [
            (None, r"D:\WINNT\System32\drivers\etc"),
            (
                Some(r"%SystemRoot%\System32\drivers\etc"),
                r"D:\WINNT\System32\drivers\etc",
            ),
            (Some(r"E:\net"), r"E:\net"),
            (Some(r"%NotSet%\etc"), r"D:\WINNT\System32\drivers\etc"),
            (Some(" "), r"D:\WINNT\System32\drivers\etc"),
        ] {
            assert_eq!(files_of_windows(path, variable), folder, "{path:?}");
        }
        assert_eq!(files_of_windows(None, none), r"C:\Windows\System32\drivers\etc");
    }

    #[test]
    fn names_with_dots_are_searched_only_where_a_setting_says_so() {
        for (setting, expected) in [(None, 0), (Some(0), 0), (Some(1), 2)] {
            let reading = WindowsReading {
                search_list: Some("a.test b.test".to_owned()),
                append_to_multi_label: setting,
                ..WindowsReading::default()
            };
            assert_eq!(reading.split_dns().search.len(), expected, "{setting:?}");
        }
    }

    #[test]
    fn group_policy_replaces_the_rules_of_the_host() {
        let split = reading(include_str!("../../../fixtures/host/windows-policy.json")).split_dns();
        let asked = split.asked_for(&"x.gr7.eu-west-1.eks.amazonaws.com".parse().unwrap());
        assert_eq!(asked.scopes, ["NRPT rule .eks.amazonaws.com"]);
        assert_eq!(asked.servers, ["10.9.0.2:53".parse().unwrap()]);
        assert!(split.scopes.iter().all(|scope| !scope.name.contains("local.example")));
        assert_eq!(split.over_https_policy, Some(OverHttpsPolicy::Required));
        let over: Vec<(String, Option<&str>, bool)> = split
            .over_https
            .iter()
            .map(|over| (over.server.to_string(), over.template.as_deref(), over.may_fall_back))
            .collect();
        assert_eq!(
            over,
            [
                ("1.1.1.1".to_owned(), None, true),
                (
                    "10.9.0.53".to_owned(),
                    Some("https://dns.corp.example/dns-query"),
                    false
                ),
            ]
        );
        // The list takes the place of the host's domain.
        let search: Vec<String> = split.search.iter().map(ToString::to_string).collect();
        assert_eq!(search, ["corp.example", "example.net"]);
    }

    #[test]
    fn a_rule_without_its_option_names_no_server_and_exempts_its_names() {
        let rule = NrptReading {
            names: vec![".corp.example".to_owned()],
            options: 0,
            servers: Some("10.0.0.1".to_owned()),
            direct_access_servers: None,
        };
        let mut problems = Problems::default();
        assert!(rule.scope(&mut problems).unwrap().servers.is_empty());
        let rule = NrptReading {
            names: vec!["*bad*..".to_owned(), String::new()],
            options: GENERIC,
            servers: Some("10.0.0.1;not-one".to_owned()),
            direct_access_servers: None,
        };
        assert_eq!(rule.scope(&mut problems), None);
        assert!(!problems.0.is_empty());
    }

    #[test]
    fn what_is_beyond_a_bound_is_left_out() {
        let many = WindowsReading {
            adapters: (0..1000)
                .map(|number| AdapterReading {
                    name: format!("\u{1b}[2J{number}"),
                    servers: vec![IpAddr::from([10, 0, 0, 1]); 100],
                    metric: number,
                    ..AdapterReading::default()
                })
                .collect(),
            search_list: Some("a.example,".repeat(10_000)),
            append_to_multi_label: Some(1),
            ..WindowsReading::default()
        };
        let split = many.split_dns();
        assert!(split.scopes.len() <= limits::DNS_SCOPES);

        assert_eq!(split.search.len(), 1);
    }
}
