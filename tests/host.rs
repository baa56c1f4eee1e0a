//! This host's resolver configuration beside resolv.conf: samples in every format that is read, whom the host asks by
//! them, and that whatever a text holds, it ends in bounds and prints nothing raw.

#![expect(clippy::disallowed_methods, reason = "a test reads the samples it is about")]

use std::path::{Path, PathBuf};

use eks_dns_doctor::capture;
use eks_dns_doctor::dns::Name;
use eks_dns_doctor::facts::platform::{Captured, HostConfiguration, WindowsReading, Writer};
use eks_dns_doctor::facts::{AskedFor, HostSummary, LookupPath};
use eks_dns_doctor::limits;
use eks_dns_doctor::render::{Format, Style, render, text};
use eks_dns_doctor::report::diagnose;

const X: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/host")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Reads texts as the commands and files of their names.
fn read(texts: &[(&str, &[u8])]) -> Option<HostConfiguration> {
    let mut captured = Captured::default();
    for (name, octets) in texts {
        let slot = match name.split(['-', '.']).next().unwrap_or_default() {
            "resolvectl" => &mut captured.resolvectl,
            "scutil" => &mut captured.scutil,
            "powershell" => &mut captured.powershell,
            "wsl" => &mut captured.resolv_conf,
            "nsswitch" => &mut captured.nsswitch,
            "windows" => {
                let reading: WindowsReading = serde_json::from_slice(octets).expect("a reading");
                captured.windows = Some(Box::leak(Box::new(reading)));
                continue;
            }
            "etc" => {
                let file = name.trim_start_matches("etc-resolver-").to_owned();
                captured.resolver_files.push((file, octets.to_vec()));
                continue;
            }
            _ => panic!("{name} is of no known format"),
        };
        *slot = Some(*octets);
    }
    HostConfiguration::read(&captured)
}

fn samples(names: &[&str]) -> HostConfiguration {
    let texts: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (*name, sample(name))).collect();
    let texts: Vec<(&str, &[u8])> = texts.iter().map(|(name, text)| (*name, text.as_slice())).collect();
    read(&texts).unwrap_or_else(|| panic!("{names:?} say nothing"))
}

fn asked(configuration: &HostConfiguration, name: &str) -> AskedFor {
    let split = configuration.split_dns.as_ref().expect("split DNS");
    split.asked_for(&name.parse::<Name>().expect("a name"))
}

/// `SERVER …  (SCOPE, …)  DOMAIN`, with `rest` where no domain covers the name.
fn line(asked: &AskedFor) -> String {
    let servers: Vec<String> = asked.servers.iter().map(ToString::to_string).collect();
    let domain = asked.domain.as_ref().map_or("rest".to_owned(), ToString::to_string);
    format!("{} ({}) {domain}", servers.join(" "), asked.scopes.join(", "))
}

#[test]
fn whom_each_sample_asks() {
    const LINK: &str = "192.168.1.1:53 [2001:db8:1::1]:53";
    for (names, name, expected) in [
        // Routing domains, by the longest suffix.
        (
            &["resolvectl-status-237.txt"][..],
            X,
            "10.63.5.53:53 (tun0) eks.amazonaws.com",
        ),
        (
            &["resolvectl-status-237.txt"],
            "a.corp.example",
            "10.63.5.53:53 (tun0) corp.example",
        ),
        // A search domain routes too; without one the links that are default routes are asked.
        (
            &["resolvectl-status-237.txt"],
            "nas.fritz.box",
            &format!("{LINK} (enp0s3) fritz.box"),
        ),
        (
            &["resolvectl-status-237.txt"],
            "amazonaws.com",
            &format!("{LINK} (enp0s3) rest"),
        ),
        (
            &["resolvectl-status-245.txt"],
            X,
            "192.168.1.1:53 [2001:db8:1:7ddb:24f7:f0ff:0:1]:53 [fe80::1%3]:53 (wlan0) .",
        ),
        (
            &["resolvectl-status-245.txt"],
            "x.corp.example",
            "10.63.5.53:53 10.63.6.53:53 (tun0) corp.example",
        ),
        (
            &["resolvectl-status-249.txt"],
            X,
            "10.63.5.53:53 (tun0) ap-northeast-1.eks.amazonaws.com",
        ),
        (
            &["resolvectl-status-249.txt"],
            "id.yl4.eu-west-1.eks.amazonaws.com",
            &format!("{LINK} (wlp0s20f3) rest"),
        ),
        // Recorded.
        (
            &["resolvectl-status-252.txt"],
            X,
            "10.63.5.53:53 10.63.6.53:53 (tun0) ap-northeast-1.eks.amazonaws.com",
        ),
        (
            &["resolvectl-status-252.txt"],
            "example.com",
            "192.0.2.9:53 192.168.1.1:53 [fe80::1%3]:53 [2001:db8:1::1]:53 (Global, eth0) rest",
        ),
        (
            &["resolvectl-verbs-252.txt"],
            X,
            "10.63.5.53:53 10.63.6.53:53 (tun0) ap-northeast-1.eks.amazonaws.com",
        ),
        (
            &["resolvectl-verbs-252.txt"],
            "example.com",
            "192.0.2.9:53 192.168.1.1:53 [fe80::1%3]:53 [2001:db8:1::1]:53 (Global, eth0) rest",
        ),
        // Global servers and every default route; the fallback servers and a delegate's are nobody's here.
        (
            &["resolvectl-status-257.txt"],
            X,
            "192.0.2.9:53 [2001:db8:9::9]:53 10.63.5.53:53 10.63.5.54:5353 [fe80::53%9]:53 (Global, wg0) rest",
        ),
        (
            &["resolvectl-status-257.txt"],
            "a.delegated.example",
            "192.0.2.9:53 [2001:db8:9::9]:53 10.63.5.53:53 10.63.5.54:5353 [fe80::53%9]:53 (Global, wg0) rest",
        ),
        (&["resolvectl-verbs.txt"], X, "10.63.5.53:53 (tun0) eks.amazonaws.com"),
        (&["resolvectl-verbs.txt"], "example.com", &format!("{LINK} (eth0) rest")),
        // macOS: the default resolver, and never one for scoped or service-specific queries.
        (
            &["scutil-dns.txt"],
            X,
            "192.168.1.1:53 [fe80::1%14]:53 (resolver #1, en0) rest",
        ),
        (
            &["scutil-dns.txt"],
            "a.corp.example",
            "10.63.5.53:53 10.63.6.53:53 (resolver #2, utun4) corp.example",
        ),
        (
            &["scutil-dns-port.txt"],
            X,
            "127.0.0.1:5553 (resolver #2) eks.amazonaws.com",
        ),
        // Of two for the same domain the one with the lower order.
        (
            &["scutil-dns-port.txt"],
            "sts.amazonaws.com",
            "10.63.6.53:53 (resolver #4) amazonaws.com",
        ),
        (
            &["etc-resolver-corp.example"],
            "a.corp.example",
            "10.63.5.53:53 10.63.6.53:5353 (/etc/resolver/corp.example) corp.example",
        ),
        (
            &["scutil-dns.txt", "etc-resolver-other-name"],
            X,
            "10.63.5.53:5354 10.63.6.53:55 (/etc/resolver/other-name) ap-northeast-1.eks.amazonaws.com",
        ),
        // The same with VPN clients: what has no domain and a lower order comes before the default resolver.
        (
            &["scutil-no-vpn.txt"],
            X,
            "192.168.1.1:53 [fe80::1%14]:53 (resolver #1, en0) rest",
        ),
        (&["scutil-aws-client-vpn.txt"], X, "10.0.0.2:53 (resolver #1, en0) rest"),
        (
            &["scutil-anyconnect.txt"],
            X,
            "10.63.5.53:53 10.63.6.53:53 (resolver #2, utun4) eks.amazonaws.com",
        ),
        (
            &["scutil-anyconnect.txt"],
            "example.com",
            "192.168.1.1:53 [fe80::1%14]:53 (resolver #3, en0) rest",
        ),
        (
            &["scutil-globalprotect.txt"],
            X,
            "10.63.5.53:53 10.63.6.53:53 (resolver #1, utun2) rest",
        ),
        (
            &["scutil-tailscale.txt"],
            X,
            "192.168.1.1:53 [fe80::1%14]:53 (resolver #1, en0) rest",
        ),
        (
            &["scutil-tailscale.txt"],
            "id.gr7.eu-west-1.eks.amazonaws.com",
            "100.100.100.100:53 (resolver #7, utun3) eu-west-1.eks.amazonaws.com",
        ),
        (
            &["scutil-wireguard.txt"],
            X,
            "10.63.5.53:53 [fd00:63::53]:53 (resolver #1, utun4) rest",
        ),
        // Windows' own interface: the adapter with the lowest metric first.
        (
            &["windows-vpn.json"],
            X,
            "10.0.0.2:53 192.168.1.1:53 [fe80::1%14]:53 (adapter AWS VPN Client, adapter Wi-Fi) rest",
        ),
        (
            &["windows-policy.json"],
            X,
            "10.9.0.2:53 (NRPT rule .eks.amazonaws.com) eks.amazonaws.com",
        ),
        // Windows: all adapters, but for what a rule covers; a rule without servers is an exemption.
        (
            &["powershell-together.json"],
            X,
            "192.168.1.1:53 10.63.5.53:53 10.63.6.53:53 (adapter Wi-Fi, adapter VPN (corp)) rest",
        ),
        (
            &["powershell-together.json"],
            "a.corp.example",
            "10.63.5.53:53 (NRPT rule .corp.example) corp.example",
        ),
        (
            &["powershell-together.json"],
            "vpn.corp.example",
            "192.168.1.1:53 10.63.5.53:53 10.63.6.53:53 (adapter Wi-Fi, adapter VPN (corp)) rest",
        ),
        // The exemption is of that very name.
        (
            &["powershell-together.json"],
            "a.vpn.corp.example",
            "10.63.5.53:53 (NRPT rule .corp.example) corp.example",
        ),
        (
            &["powershell-5.1.json"],
            X,
            "10.63.5.53:53 10.63.6.53:53 (NRPT rule .eks.amazonaws.com) eks.amazonaws.com",
        ),
        (
            &["powershell-5.1.json"],
            "example.com",
            "192.168.1.1:53 192.168.1.2:53 (adapter Ethernet) rest",
        ),
        (
            &["powershell-utf16.json"],
            X,
            "10.63.5.53:53 10.63.6.53:53 (NRPT rule .eks.amazonaws.com) eks.amazonaws.com",
        ),
    ] {
        assert_eq!(line(&asked(&samples(names), name)), expected, "{names:?} {name}");
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let problems = |name: &str| samples(&[name]).split_dns.expect("split DNS").problems;
    for name in [
        "resolvectl-status-237.txt",
        "resolvectl-status-245.txt",
        "resolvectl-status-249.txt",
        "resolvectl-status-257.txt",
        "resolvectl-verbs.txt",
        "resolvectl-status-252.txt",
        "resolvectl-verbs-252.txt",
        "scutil-dns.txt",
        "scutil-dns-port.txt",
        "scutil-no-vpn.txt",
        "scutil-aws-client-vpn.txt",
        "scutil-anyconnect.txt",
        "scutil-globalprotect.txt",
        "scutil-tailscale.txt",
        "scutil-wireguard.txt",
        "windows-vpn.json",
        "windows-policy.json",
        "powershell-together.json",
        "powershell-5.1.json",
        "powershell-utf16.json",
    ] {
        assert_eq!(problems(name), [""; 0], "{name}");
    }
    assert_eq!(
        problems("etc-resolver-other-name"),
        ["/etc/resolver/other-name: nonsense is no address of a name server"]
    );
}

#[test]
fn order_and_timeout_of_macos() {
    let scopes = |names: &[&str]| {
        let split = samples(names).split_dns.expect("split DNS");
        let kept = split.scopes.iter();
        kept.map(|scope| (scope.order, scope.timeout_s)).collect::<Vec<_>>()
    };
    assert_eq!(
        scopes(&["scutil-dns-port.txt"]),
        [
            (Some(200_000), None),
            (None, Some(7)),
            (Some(20), None),
            (Some(10), None)
        ]
    );
    assert_eq!(scopes(&["etc-resolver-corp.example"]), [(Some(1), Some(5))]);
}

#[test]
fn wsl_and_nsswitch() {
    for (name, writer) in [("wsl-tunnel.conf", Writer::WslTunnel), ("wsl-nat.conf", Writer::WslNat)] {
        assert_eq!(samples(&[name]).resolv_conf_writer, Some(writer));
        assert!(writer.is_wsl() && writer.meaning().is_some());
    }
    for (name, path) in [
        ("nsswitch-debian.conf", LookupPath::Dns),
        ("nsswitch-arch.conf", LookupPath::Resolved),
        ("nsswitch-without-dns.conf", LookupPath::Never),
    ] {
        assert_eq!(
            samples(&[name]).hosts_line.map(|line| line.path()),
            Some(path),
            "{name}"
        );
    }
}

/// Nothing in the folder is left unread, and the README names it.
#[test]
fn every_sample_is_named_and_read() {
    let readme = String::from_utf8(sample("README.md")).expect("text");
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).expect("the samples") {
        let name = entry.expect("an entry").file_name().into_string().expect("text");
        if name == "README.md" {
            continue;
        }
        count += 1;
        let stem = name.split('.').next().expect("a stem");
        let is_named = readme.contains(&format!("`{name}`"))
            || stem.starts_with("nsswitch-") && readme.contains("`nsswitch-*.conf`");
        assert!(is_named, "{name}");
        samples(&[name.as_str()]);
    }
    assert!(count > 10);
}

/// Every text with every octet value in the places where a name, an address or a value stands, in every format: what
/// comes of it is in the report, and no control character is.
#[test]
fn no_octet_gets_out_raw() {
    const TEXTS: &[(&str, &str)] = &[
        (
            "resolvectl",
            "Link 7 (t@n0)\n  DNS Servers: 10.63@.5.53 10.63.5.53\n  DNS Domain: ~eks@.amazonaws.com \
             ~eks.amazonaws.com\n",
        ),
        (
            "scutil",
            "resolver #1@\n domain : eks@.example\n nameserver[0] : 10.0.@0.1\n nameserver[1] : 10.0.0.1\n if_index : \
             7 (en@0)\n",
        ),
        (
            "etc-resolver-a@b",
            "nameserver 10.@0.0.1\nnameserver 10.0.0.1\nport 5@3\ndomain eks.amazonaws.com\n",
        ),
        (
            "powershell",
            "{\"InterfaceAlias\":\"Wi@Fi\",\"ServerAddresses\":[\"10.0.0.1\",\"10@\"]}\n{\"Namespace\":\".eks@.example\",\"NameServers\":[\"x@\"]}",
        ),
        ("nsswitch", "hosts: fi@les [NOT@FOUND=return]\n"),
        ("wsl", "# Generated by NetworkManager @\nnameserver 10.0.0.1\n"),
    ];
    let report = std::fs::read(folder().join("../cases/split-dns-not-applied/fires/capture.json"));
    let base = capture::parse(&report.expect("a capture")).expect("a capture");
    let style = Style::default();
    let mut shown = 0;
    for (name, with_mark) in TEXTS {
        for octet in 0..=u8::MAX {
            let octets: Vec<u8> = with_mark
                .bytes()
                .map(|it| if it == b'@' { octet } else { it })
                .collect();
            let file = name.replace('@', &String::from_utf8_lossy(&[octet]));
            let mut configuration = read(&[(file.as_str(), octets.as_slice())]).unwrap_or_default();
            configuration.res_options = Some(String::from_utf8_lossy(&[b'x', octet]).into_owned());
            configuration.local_domain = Some(String::from_utf8_lossy(&[octet, b'x']).into_owned());
            let mut capture = base.clone();
            capture.facts.host.configuration = Some(configuration);
            let report = diagnose(capture);
            for format in Format::VARIANTS {
                let mut out = String::new();
                render(&report, *format, &style, &mut out).expect("a text");
                let raw = |c: char| c != '\n' && text::is_unprintable(c);
                assert!(!out.contains(raw), "{name} {octet:#x} {format}");
                shown += out.len();
            }
        }
    }
    assert!(shown > 0);
}

#[test]
fn huge_deep_and_cut_texts_have_an_end() {
    let bounded = |texts: &[(&str, &[u8])]| {
        let Some(split) = read(texts).and_then(|read| read.split_dns) else {
            return 0;
        };
        assert!(split.scopes.len() <= limits::DNS_SCOPES);
        assert!(split.problems.len() <= limits::HOST_PROBLEMS);
        for scope in &split.scopes {
            assert!(scope.servers.len() <= limits::NAME_SERVERS, "{}", scope.name);
            assert!(scope.domains.len() <= limits::SCOPE_DOMAINS, "{}", scope.name);
        }
        split.scopes.len()
    };
    let many: Vec<String> = (0..100_000)
        .map(|n| format!("Link {n} (eth{n})\n  DNS Servers: 10.0.{}.{}\n", n / 250 % 250, n % 250))
        .collect();
    assert_eq!(bounded(&[("resolvectl", many.concat().as_bytes())]), limits::DNS_SCOPES);
    let one: Vec<String> = (0..5_000)
        .map(|n| {
            let last = n % 250;
            format!("  DNS Servers: 10.0.0.{last} x\n  DNS Domain: d{n}.example\n")
        })
        .collect();
    let one = format!("Link 2 (eth0)\n{}", one.concat());
    assert_eq!(bounded(&[("resolvectl", one.as_bytes())]), 1);
    let many: Vec<String> = (0..100_000)
        .map(|n| format!("resolver #{n}\n  nameserver[0] : 10.0.0.1\n"))
        .collect();
    assert_eq!(bounded(&[("scutil", many.concat().as_bytes())]), limits::DNS_SCOPES);
    let files: Vec<(String, String)> = (0..500)
        .map(|n| {
            (
                format!("etc-resolver-d{n}.example"),
                "nameserver 10.0.0.1\n".repeat(1_000),
            )
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    assert_eq!(bounded(&files), limits::DNS_SCOPES);
    let entry = r#"{"InterfaceAlias":"a","ServerAddresses":["10.0.0.1"]}"#;
    let many = format!("[{}]", vec![entry; 4_000].join(","));
    assert_eq!(bounded(&[("powershell", many.as_bytes())]), 1);
    let many: Vec<String> = (0..1_000)
        .map(|n| format!(r#"{{"Namespace":".d{n}.example","NameServers":"10.0.0.1"}}"#))
        .collect();
    assert_eq!(
        bounded(&[("powershell", many.join("\n").as_bytes())]),
        limits::DNS_SCOPES
    );
    let deep = format!("{}{entry}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(bounded(&[("powershell", deep.as_bytes())]), 0);
    let nested = format!("{}{entry}{}", "[".repeat(20), "]".repeat(20));
    assert_eq!(bounded(&[("powershell", nested.as_bytes())]), 0);
    // Cut at every place.
    for name in [
        "resolvectl-status-245.txt",
        "resolvectl-status-257.txt",
        "scutil-dns.txt",
        "powershell-together.json",
        "powershell-utf16.json",
        "etc-resolver-other-name",
        "nsswitch-arch.conf",
        "wsl-nat.conf",
    ] {
        let whole = sample(name);
        for end in 0..whole.len() {
            bounded(&[(name, &whole[..end])]);
        }
    }
}

/// What is kept in a capture is what was read.
#[test]
fn a_configuration_survives_the_capture() {
    for name in [
        "resolvectl-status-257.txt",
        "scutil-dns.txt",
        "powershell-together.json",
        "nsswitch-arch.conf",
        "wsl-nat.conf",
    ] {
        let read = samples(&[name]);
        let text = serde_json::to_string(&read).expect("JSON");
        assert_eq!(
            serde_json::from_str::<HostConfiguration>(&text).expect("the same"),
            read,
            "{name}"
        );
    }
}

#[test]
fn the_environment_is_said() {
    let captured = Captured {
        res_options: Some(" ndots:5 ".to_owned()),
        local_domain: Some("corp.example".to_owned()),
        host_aliases: Some("/home/me/aliases".to_owned()),
        ..Captured::default()
    };
    let read = HostConfiguration::read(&captured).expect("a configuration");
    let summary = HostSummary::of(Some(&read), &X.parse().expect("a name")).expect("a summary");
    assert!(summary.notes[0].contains("RES_OPTIONS is set (ndots:5)"), "{summary:?}");
    assert!(
        summary.notes[1].contains("LOCALDOMAIN is set (corp.example)"),
        "{summary:?}"
    );
    assert!(summary.notes[2].contains("HOSTALIASES is set"), "{summary:?}");
    assert!(summary.notes[3].contains("built with cgo"), "{summary:?}");
    assert_eq!(summary.notes.len(), 4, "{summary:?}");
    let empty = Captured {
        res_options: Some("  ".to_owned()),
        ..Captured::default()
    };
    assert_eq!(HostConfiguration::read(&empty), None);
}
