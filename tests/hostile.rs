//! Whatever a file or an argument holds, it is read without a panic, within its bounds, and what is said of
//! it is safe to print.
//!
//! Seeds are real texts, changed at random by a seeded generator, so that a failure comes again.

use std::ffi::OsString;

use eks_dns_doctor::cli::args::Command;
use eks_dns_doctor::cli::{self, NothingToRun};
use eks_dns_doctor::facts::{StubConfiguration, hosts_file};
use eks_dns_doctor::limits;
use eks_dns_doctor::pasted;
use eks_dns_doctor::render::text;
use eks_dns_doctor::resolvers::{parse_address, parse_resolver};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const SEED: u64 = 0x686f_7374;
const ROUNDS: usize = 4000;

const RESOLV_CONF: &[u8] =
    b"# made by a VPN\nnameserver 10.63.200.10\nnameserver fe80::1%eth0\nnameserver 2001:db8::53\n\
    domain corp.example\nsearch corp.example example.test.\nsortlist 130.155.160.0/255.255.240.0 130.155.0.0\n\
    options ndots:5 timeout:2 attempts:3 rotate use-vc edns0 trust-ad\nlookup file bind\nfamily inet6 inet4\n";
const HOSTS: &[u8] =
    b"127.0.0.1 localhost\n192.0.2.1\tother api.example.test # pinned\r\nfe80::1%lo0 api.example.test\n";
/// What grammars turn on, and what terminals do.
const PIECES: &[&[u8]] = &[
    b"\x1b]0;x\x07",
    b"\xc2\x9b2J",
    "\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}".as_bytes(),
    b"\xff\xfe",
    b"\0",
    b"\r",
    b"\n",
    b"%",
    b"%eth0%",
    b"://",
    b"tcp://",
    b"=",
    b"[",
    b"]",
    b":",
    b"::",
    b"..",
    b"\\",
    b"\\256",
    b"\\1",
    b"@",
    b"/",
    b"#",
    b",",
    b"65536",
    b"-1",
    b"99999999999999999999",
    b"nameserver ",
    b"options ndots:",
    b"search ",
];

fn changed(seed: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut octets = seed.to_vec();
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..=octets.len());
        match random.random_range(0..5) {
            0 => octets.truncate(at),
            1 if at < octets.len() => octets[at] = random.random(),
            2 if at < octets.len() => {
                octets.remove(at);
            }
            3 => {
                let again = octets[at..].to_vec();
                octets.extend(again);
            }
            _ => {
                let piece = PIECES[random.random_range(0..PIECES.len())];
                octets.splice(at..at, piece.iter().copied());
            }
        }
    }
    octets
}

/// What is said is one line that a terminal shows as it is.
fn safe(said: &str) {
    let shown = text::escape(said);
    assert!(!shown.contains(text::is_unprintable), "{shown:?}");
}

#[test]
fn configuration_files() {
    let mut random = StdRng::seed_from_u64(SEED);
    let target = "api.example.test".parse().expect("a name");
    for _ in 0..ROUNDS {
        let stub = StubConfiguration::parse("f", &changed(RESOLV_CONF, &mut random), |_| None);
        assert!((1..=limits::NAME_SERVERS).contains(&stub.name_servers.len()));
        assert!(stub.search.len() <= limits::SEARCH_SUFFIXES);
        assert!(stub.problems.len() <= 16);
        stub.problems.iter().for_each(|problem| safe(problem));
        let found = hosts_file::entries_for(&target, "f", &changed(HOSTS, &mut random));
        assert!(found.len() <= limits::HOSTS_ENTRIES);
    }
    let many = b"nameserver x\n".repeat(100_000);
    assert!(StubConfiguration::parse("f", &many, |_| None).problems.len() <= 16);
    let many = b"192.0.2.1 api.example.test\n".repeat(10_000);
    let found = hosts_file::entries_for(&target, "f", &many);
    assert_eq!(found.len(), limits::HOSTS_ENTRIES);
}

#[test]
fn resolvers() {
    let mut random = StdRng::seed_from_u64(SEED);
    let seeds: &[&[u8]] = &[
        b"corp=tcp://10.63.200.10:5353",
        b"udp://[2001:db8::1%2]:53",
        b"fe80::1%7",
    ];
    for round in 0..ROUNDS {
        let octets = changed(seeds[round % seeds.len()], &mut random);
        let text = String::from_utf8_lossy(&octets);
        match parse_resolver(&text) {
            Ok(resolver) => {
                safe(resolver.label.as_deref().unwrap_or_default());
                // What was understood is written so that it is understood again.
                let again = parse_address(&resolver.address.to_string());
                assert_eq!(again, Ok(resolver.address), "{text:?}");
            }
            Err(error) => safe(&error.to_string()),
        }
    }
}

#[test]
fn targets_and_arguments() {
    let mut random = StdRng::seed_from_u64(SEED);
    let seeds: &[&[u8]] = &[
        b"https://0123456789ABCDEF0123456789ABCDEF.yl4.eu-west-1.eks.amazonaws.com:443/",
        b"api.example.test.",
        b"--resolver=corp=10.0.0.1:53",
        b"--inbound=10.0.0.1,10.0.0.2:53",
        b"--expect=10.0.0.0/16,2001:db8::/32",
        b"--timeout=1m30s",
        b"--samples=3",
        b"--vantage=laptop",
        b"--judge=local,corp",
        b"-vojson",
    ];
    // Each builds clap's definition anew, which takes most of the time.
    for round in 0..ROUNDS / 8 {
        let octets = changed(seeds[round % seeds.len()], &mut random);
        let text = String::from_utf8_lossy(&octets).into_owned();
        let words = ["eks-dns-doctor", "check", &text, "a.test"];
        let stop = match cli::parse(words.map(OsString::from)) {
            Ok(Command::Check(args)) => cli::settings(&args).err().map(NothingToRun::Usage),
            Ok(_) => None,
            Err(stop) => Some(stop),
        };
        if let Some(NothingToRun::Usage(error)) = stop {
            safe(&error.to_string());
        }
        let words = ["eks-dns-doctor", "check", "--no-os", "--", &text];
        if let Ok(Command::Check(args)) = cli::parse(words.map(OsString::from)) {
            match cli::settings(&args) {
                // Only what host names are made of gets through.
                Ok(settings) => {
                    let name = settings.target.as_ref().expect("a target").hostname.to_string();
                    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b".-_".contains(&octet);
                    assert!(name.bytes().all(plain), "{name:?}");
                }
                Err(error) => safe(&error.to_string()),
            }
        }
    }
}

#[test]
fn pasted_messages() {
    const MESSAGES: &[&[u8]] = &[
        b"Unable to connect to the server: dial tcp: lookup api.example.test on [fd00::1]:53: no such host",
        b"Get \"https://api.example.test/\": proxyconnect tcp: dial tcp: lookup p.test on 10.0.0.2:53: read udp i/o \
         timeout",
        b";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; QUERY: 1, ANSWER: 0, AUTHORITY: 0\n;; QUESTION \
         SECTION:\n;api.example.test. IN A\n;; SERVER: 10.0.0.2#53(10.0.0.2)\n",
        b"Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find api.example.test: REFUSED\n",
        b"The connection to the server api.example.test:443 was refused - did you specify the right host or port?",
        b"Failed to resolve 'api.example.test' ([Errno -2] Name or service not known)",
        b"api.example.test: resolve call failed: Could not resolve 'api.example.test', server or network returned \
         error SERVFAIL",
        b"Server:  UnKnown\r\nAddress:  10.0.0.2\r\n\r\n*** UnKnown can't find api.example.test: Non-existent \
         domain\r\n",
        b"Link 7 (tun0)\n    Current Scopes: DNS\n       DNS Servers: 10.0.0.2 fe80::1%7\n        DNS Domain: \
         ~eks.amazonaws.com\n",
        b"resolver #2\n  domain   : eks.amazonaws.com\n  nameserver[0] : 10.0.0.2\n  if_index : 22 (utun4)\n",
        b"[{\"InterfaceAlias\":\"Wi-Fi\",\"ServerAddresses\":[\"10.0.0.2\"]},{\"Namespace\":\".eks.amazonaws.com\",\"NameServers\":\"10.0.0.3\"}]",
    ];
    let mut random = StdRng::seed_from_u64(SEED);
    let mut understood = 0;
    for round in 0..ROUNDS {
        let octets = changed(MESSAGES[round % MESSAGES.len()], &mut random);
        let Some(read) = pasted::read(&String::from_utf8_lossy(&octets)) else {
            continue;
        };
        understood += 1;
        safe(&read.line);
        read.resolver.iter().for_each(|sentence| safe(sentence));
        // What is to be copied into a shell is plain words, and a command line that exists.
        let plain = |c: char| c.is_ascii_alphanumeric() || " -_.:[]".contains(c);
        assert!(read.command.chars().all(plain), "{}", read.command);
        let words = read.command.split(' ').map(OsString::from);
        assert!(
            !matches!(
                cli::parse(words),
                Err(NothingToRun::Usage(cli::UsageError::Arguments(_)))
            ),
            "{}",
            read.command
        );
    }
    assert!(understood > ROUNDS / 4, "{understood}");
    // Bounded work: a long line, and many of them.
    assert_eq!(pasted::read(&"lookup ".repeat(100_000)), None);
    assert_eq!(pasted::read(&"lookup x on \n".repeat(50_000)), None);
    assert_eq!(pasted::read(&"lookup x on ".repeat(80_000)), None);
    // A lookup's error in words of its own, of which only the beginning is shown.
    let read = pasted::read(&"lookup x on 10.0.0.2:53: ".repeat(40_000)).expect("a lookup's error");
    assert!(read.line.chars().count() <= limits::PASTED_LINE + 1, "{}", read.line);
    assert_eq!(pasted::read(&"lookup x: ".repeat(100_000)), None);
}
