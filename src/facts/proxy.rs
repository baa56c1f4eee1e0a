//! The proxy a client here would use for the endpoint.
//!
//! kubectl and the other Go clients read HTTPS_PROXY and NO_PROXY, in upper or lower case, as
//! golang.org/x/net/http/httpproxy documents it. Behind a proxy it is the proxy that resolves the name.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::dns::Name;
use crate::limits;

/// The proxy settings, as they concern the target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Proxy {
    /// The variable that names a proxy for https URLs; `None` where none is set.
    pub variable: Option<String>,
    /// The proxy's host and port, without credentials.
    pub address: Option<String>,
    /// Whether NO_PROXY takes the target out.
    pub bypassed: bool,
}

impl Proxy {
    /// Reads the settings through `variable`, a lookup in the environment.
    pub fn read(target: &Name, variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 2]| {
            names
                .into_iter()
                .find_map(|name| Some((name, variable(name).filter(|value| !value.is_empty())?)))
        };
        let Some((name, value)) = first(["HTTPS_PROXY", "https_proxy"]) else {
            return Self::default();
        };
        let no_proxy = first(["NO_PROXY", "no_proxy"]).map(|(_, value)| value);
        Self {
            variable: Some(name.to_owned()),
            address: Some(without_credentials(&value)),
            bypassed: no_proxy.is_some_and(|list| list_covers(&list, target)),
        }
    }

    /// Whether a client here would leave the lookup to the proxy.
    pub fn resolves_the_target(&self) -> bool {
        self.variable.is_some() && !self.bypassed
    }
}

/// The host and port of a proxy URL: the user information, path and scheme are left out.
fn without_credentials(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    // A password may hold what ends a URL's authority: whatever stands before the last `@` is left out.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.chars().take(limits::PROXY).collect()
}

/// `example.com` covers the name and all below it, `.example.com` only those below, `*` everything; an entry
/// may carry a port. Addresses and networks never cover a name.
fn list_covers(list: &str, target: &Name) -> bool {
    list.split(',').map(str::trim).any(|entry| {
        if entry == "*" {
            return true;
        }
        let entry = entry.strip_prefix('*').unwrap_or(entry);
        if entry.parse::<IpAddr>().is_ok() || entry.contains('/') {
            return false;
        }
        let (host, port) = entry
            .rsplit_once(':')
            .map_or((entry, None), |(host, port)| (host, Some(port)));
        if port.is_some_and(|port| port != "443") {
            return false;
        }
        let below_only = host.starts_with('.');
        let host = host.trim_start_matches('.');
        host.parse::<Name>()
            .is_ok_and(|suffix| !suffix.is_root() && target.is_within(&suffix) && !(below_only && *target == suffix))
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn read(https_proxy: &str, no_proxy: &str) -> Proxy {
        Proxy::read(
            &"id.yl4.eu-west-1.eks.amazonaws.com".parse().unwrap(),
            |name| match name {
                "HTTPS_PROXY" => Some(https_proxy.to_owned()),
                "no_proxy" => Some(no_proxy.to_owned()),
                _ => None,
            },
        )
    }

    #[test]
    fn credentials_never_stay() {
        let proxy = read("http://user:secret@proxy.example:3128/path", "");
        assert_eq!(proxy.address.as_deref(), Some("proxy.example:3128"));
        assert!(proxy.resolves_the_target());
    }

    #[test]
    fn no_proxy_as_go_reads_it() {
        for (list, bypassed) in [
            ("", false),
            ("*", true),
            (".eks.amazonaws.com", true),
            ("eks.amazonaws.com", true),
            ("*.eks.amazonaws.com", true),
            ("localhost, EKS.amazonaws.com:443", true),
            ("eks.amazonaws.com:8443", false),
            ("ks.amazonaws.com", false),
            ("10.0.0.0/8,192.168.0.1", false),
            (".id.yl4.eu-west-1.eks.amazonaws.com", false),
            ("id.yl4.eu-west-1.eks.amazonaws.com", true),
        ] {
            assert_eq!(read("proxy:3128", list).bypassed, bypassed, "{list:?}");
        }
        assert!(!Proxy::read(&"a.test".parse().unwrap(), |_| None).resolves_the_target());
    }
}
