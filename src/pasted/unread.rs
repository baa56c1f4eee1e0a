//! Texts that say nothing of an error, and are known for what they are: what they are, and what to give in their place.

use std::net::IpAddr;

use serde::de::IgnoredAny;

use crate::limits;

/// What a text is that is not read, and what to do in its place.
pub struct UnreadText {
    /// What it is, behind "is".
    pub what: &'static str,
    /// What to do.
    pub instead: &'static str,
}

/// Words that only this kind of text has: one set of them, all in it.
struct TextKind {
    words: &'static [&'static [&'static str]],
    unread: UnreadText,
}

const fn kind(words: &'static [&'static [&'static str]], what: &'static str, instead: &'static str) -> TextKind {
    TextKind {
        words,
        unread: UnreadText { what, instead },
    }
}

const SERVER_ADDRESSES: &str = "paste what Get-DnsClientServerAddress | ConvertTo-Json prints, and \
                                Get-DnsClientNrptPolicy -Effective | ConvertTo-Json";

const KINDS: &[TextKind] = &[
    kind(
        &[
            &["DNS servers configured through DHCP"],
            &["Statically Configured DNS Servers"],
        ],
        "what netsh prints of name servers",
        SERVER_ADDRESSES,
    ),
    kind(
        &[&["InterfaceAlias", "ServerAddresses", "----"]],
        "a table of PowerShell's, which cuts what is long",
        SERVER_ADDRESSES,
    ),
    kind(
        &[
            &["Namespace", "NameServers", "----"],
            &["DNS Name Resolution Policy Table Settings"],
        ],
        "rules of the NRPT in a form that is not read",
        "paste what Get-DnsClientNrptPolicy -Effective | ConvertTo-Json prints, and Get-DnsClientServerAddress | \
         ConvertTo-Json",
    ),
    kind(
        &[&["Record Name . . ."], &["----------", "Name does not exist."]],
        "what ipconfig /displaydns prints: what Windows remembers, and not where it is from",
        "paste what Resolve-DnsName HOST -DnsOnly prints, or nslookup HOST",
    ),
    kind(
        &[&["[Network]", "DNS="]],
        "a configuration of systemd-networkd: what it comes to is not in it",
        "paste what resolvectl status prints",
    ),
    kind(
        &[&["Link ", "): yes"], &["Link ", "): no\n"], &["Current Scopes: none"]],
        "a part of what resolvectl prints that names no server",
        "paste what resolvectl status prints",
    ),
    kind(
        &[
            &["networksetup -getdnsservers"],
            &["There aren't any DNS Servers set on"],
        ],
        "what networksetup prints: one service's name servers",
        "paste what scutil --dns prints",
    ),
    kind(
        &[&["IP4.DNS["], &["IP6.DNS["]],
        "what nmcli prints: the name servers of connections",
        "paste what resolvectl status prints, or the file /etc/resolv.conf where systemd-resolved does not run",
    ),
    kind(
        // Tailscale, cmd/tailscale/cli/dns-status.go.
        &[&["MagicDNS: "], &["=== 'Use Tailscale DNS' status ==="]],
        "what tailscale dns status prints",
        "paste what resolvectl status (macOS: scutil --dns) prints, or Tailscale's log",
    ),
    kind(
        &[&["[Resolve]"]],
        "a configuration of systemd-resolved: what it comes to is not in it",
        "paste what resolvectl status prints",
    ),
    kind(
        &[&["forward .", "{"], &["forward . ", "errors"]],
        "a Corefile, CoreDNS's configuration",
        "paste CoreDNS's log (kubectl -n kube-system logs -l k8s-app=kube-dns), or run eks-dns-doctor check HOST \
         --resolver ADDRESS",
    ),
    kind(
        &[
            &["client @", ": query: ", " IN "],
            &["dnsmasq", ": query["],
            &["dnsmasq", ": forwarded "],
            &["unbound", "info: resolving "],
        ],
        "a name server's log of questions, and not of what became of them",
        "paste the lines of the answers and errors too (BIND: the categories query-errors and lame-servers; dnsmasq: \
         \"reply\"; Unbound: log-servfail), or run eks-dns-doctor check HOST --resolver ADDRESS",
    ),
    kind(
        &[&["server=/"], &["stop-dns-rebind"], &["rebind-domain-ok="]],
        "a configuration of dnsmasq",
        "paste dnsmasq's log (log-queries), or run eks-dns-doctor check HOST --resolver ADDRESS",
    ),
    kind(
        &[
            &["forward-zone:"],
            &["forward-addr:"],
            &["type forward;"],
            &["forwarders {"],
        ],
        "a name server's configuration",
        "paste its log, or run eks-dns-doctor check HOST --resolver ADDRESS",
    ),
    kind(
        &[
            &["current-context:", "clusters:"],
            &["apiVersion: v1", "kind: Config"],
            &["clusters:", "certificate-authority-data:"],
            &["clusters:", "contexts:", "server:"],
            &["\"clusters\"", "\"contexts\"", "\"server\""],
        ],
        "a kubeconfig",
        "run eks-dns-doctor check --kubeconfig FILE",
    ),
    kind(
        &[
            &["\"resourcesVpcConfig\""],
            &["\"ResolverEndpoints\""],
            &["\"NetworkInterfaces\""],
            &["\"ResolverRules\""],
            &["\"Vpcs\""],
        ],
        "what the AWS CLI prints",
        "run eks-dns-doctor check HOST --facts FILE",
    ),
];

/// What this program itself prints in JSON.
const CAPTURE: UnreadText = UnreadText {
    what: "a capture of this program's",
    instead: "run eks-dns-doctor replay FILE, or eks-dns-doctor compare FILE FILE with one of another host",
};
const COMPARISON: UnreadText = UnreadText {
    what: "a comparison that this program printed",
    instead: "run eks-dns-doctor replay FILE, which prints it again",
};
const FLEET: UnreadText = UnreadText {
    what: "this program's document of many targets",
    instead: "run eks-dns-doctor replay FILE, which prints it again",
};

/// What a document of this program's is. The texts in it are its own, and no errors of a client.
pub(super) fn own_document(text: &str) -> Option<&'static UnreadText> {
    let text = text.trim_start();
    if !text.starts_with('{') || !text.contains("\"schema_version\"") {
        return None;
    }
    let document: OwnDocument = serde_json::Deserializer::from_str(text).into_iter().next()?.ok()?;
    document.schema_version?;
    if document.places.is_some() {
        Some(&COMPARISON)
    } else if document.targets.is_some() {
        Some(&FLEET)
    } else {
        (document.resolvers.is_some() && document.target.is_some()).then_some(&CAPTURE)
    }
}

/// The members that tell this program's documents apart.
#[derive(serde::Deserialize)]
struct OwnDocument {
    schema_version: Option<u32>,
    target: Option<IgnoredAny>,
    targets: Option<IgnoredAny>,
    places: Option<IgnoredAny>,
    resolvers: Option<IgnoredAny>,
}

/// What a text is, where it is known for sure.
pub fn unread(text: &str) -> Option<&'static UnreadText> {
    const NSSWITCH: UnreadText = UnreadText {
        what: "nsswitch.conf",
        instead: "run eks-dns-doctor check HOST on that host, which reads it",
    };
    const HOSTS: UnreadText = UnreadText {
        what: "a hosts file",
        instead: "run eks-dns-doctor check HOST --hosts-file FILE",
    };
    const SHORT: UnreadText = UnreadText {
        what: "addresses alone, as dig +short prints them",
        instead: "paste what dig HOST prints",
    };
    if let Some(own) = own_document(text) {
        return Some(own);
    }
    let known = KINDS.iter().find(|kind| {
        let mut sets = kind.words.iter();
        sets.any(|set| set.iter().all(|word| text.contains(word)))
    });
    if let Some(kind) = known {
        return Some(&kind.unread);
    }
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .take(limits::PASTED_DOMAINS)
        .peekable();
    lines.peek()?;
    let services = ["files", "dns", "resolve", "myhostname", "mdns4_minimal", "sss"];
    let is_nsswitch = |line: &str| {
        let services_of = line.strip_prefix("hosts:");
        services_of.is_some_and(|rest| rest.split_whitespace().any(|word| services.contains(&word)))
    };
    if lines.clone().any(is_nsswitch) {
        return Some(&NSSWITCH);
    }
    let is_address = |word: &str| word.parse::<IpAddr>().is_ok();
    if lines.clone().all(is_address) {
        return Some(&SHORT);
    }
    lines
        .all(|line| {
            let mut words = line.split_whitespace();
            words.next().is_some_and(is_address) && words.next().is_some()
        })
        .then_some(&HOSTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_named_for_what_they_are() {
        for (text, what) in [
            (
                "Configuration for interface \"WLAN\"\n    Statically Configured DNS Servers:    10.44.0.53\n",
                "netsh",
            ),
            (
                "InterfaceAlias   Interface Address ServerAddresses\n-------\nEthernet   12 IPv4  {10.44.0.53, 10.44…\n",
                "PowerShell",
            ),
            ("There aren't any DNS Servers set on Wi-Fi.\n", "networksetup"),
            ("IP4.DNS[1]:          10.44.0.53\n", "nmcli"),
            (
                "[Resolve]\nDNS=10.44.0.53\nDomains=~eks.amazonaws.com\n",
                "systemd-resolved",
            ),
            (".:53 {\n    forward . /etc/resolv.conf\n}\n", "Corefile"),
            ("server=/eks.amazonaws.com/10.44.0.10\n", "dnsmasq"),
            (
                "[1571999004] unbound[6384:0] info: resolving a.test. AAAA IN\n",
                "log of questions",
            ),
            (
                "forward-zone:\n  name: \"eks.amazonaws.com\"\n",
                "name server's configuration",
            ),
            (
                "apiVersion: v1\nkind: Config\nclusters: []\ncurrent-context: a\n",
                "kubeconfig",
            ),
            ("{\"cluster\": {\"resourcesVpcConfig\": {}}}", "AWS CLI"),
            ("{\"schema_version\": 2, \"target\": {}, \"resolvers\": []}", "capture"),
            ("{\"schema_version\": 1, \"places\": [], \"target\": {}}", "comparison"),
            (
                "{\"schema_version\": 1, \"targets\": [], \"resolvers\": []}",
                "many targets",
            ),
            ("passwd: files\nhosts: files mymachines\n", "nsswitch.conf"),
            ("# local\n127.0.0.1 localhost\n10.0.1.5 a.test b.test\n", "hosts file"),
            ("10.0.1.5\n10.0.2.5\n", "dig +short"),
            (
                "Name     Namespace  NameServers\n----     ------\n{1}  {.corp.example} {10.44.0.53}\n",
                "NRPT",
            ),
            (
                "DNS Name Resolution Policy Table Settings\n\nSettings for .corp.example\n",
                "NRPT",
            ),
            (
                "    Record Name . . . . . : a.test\n    Record Type . . . . . : 1\n",
                "displaydns",
            ),
            ("[Network]\nDNS=10.44.0.53\n", "systemd-networkd"),
            ("Link 2 (wlp2s0): yes\nLink 5 (tun1): no\n", "resolvectl"),
        ] {
            let found = unread(text).map(|unread| unread.what);
            assert!(found.is_some_and(|found| found.contains(what)), "{text:?}: {found:?}");
        }
        for text in [
            "",
            "\n# a comment\n",
            "some words",
            "hosts: are up",
            "error: x",
            "{\"schema_version\": 2, \"resolvers\"",
        ] {
            assert!(unread(text).is_none(), "{text:?}");
        }
    }
}
