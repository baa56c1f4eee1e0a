//! Every remedy of the catalogue on each system: a command that the reader is to run here is one that is there.
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use eks_dns_doctor::facts::System;
use eks_dns_doctor::report::{self, Capture};
use eks_dns_doctor::rules::{RULES, Remedy};
use eks_dns_doctor::{capture, software};

/// What a reader has on every system, or has to install for EKS anyway.
const EVERYWHERE: &[&str] = &["aws", "kubectl", "eks-dns-doctor"];

/// What is there, or is usual to install there.
fn programs(system: System) -> &'static [&'static str] {
    match system {
        System::Linux => &[
            "dig",
            "ip",
            "ss",
            "getent",
            "resolvectl",
            "systemctl",
            "tcpdump",
            "grep",
            "curl",
            "openssl",
            "ln",
            "ipconfig",
            "timedatectl",
            "date",
            "mkdir",
            "printf",
            "echo",
            "cat",
        ],
        System::Macos => &[
            "dig",
            "route",
            "lsof",
            "scutil",
            "dscacheutil",
            "killall",
            "networksetup",
            "tcpdump",
            "grep",
            "curl",
            "openssl",
            "mkdir",
            "printf",
            "tee",
            "date",
        ],
        System::Windows => &[
            "Resolve-DnsName",
            "nslookup",
            "Find-NetRoute",
            "Get-NetUDPEndpoint",
            "Get-NetTCPConnection",
            "Get-Process",
            "Get-DnsClientServerAddress",
            "Set-DnsClientServerAddress",
            "Get-DnsClientNrptPolicy",
            "Add-DnsClientNrptRule",
            "Clear-DnsClientCache",
            "Select-String",
            "Select-Object",
            "Format-List",
            "ipconfig",
            "w32tm",
            "pktmon",
            "curl.exe",
        ],
    }
}

/// The rules without a fix: they say what is in order.
const WITHOUT_A_REMEDY: &[&str] = &[];

/// The rules that are about Go's own resolver, which kubectl has on Linux alone.
const OF_LINUX: &[&str] = &["go-bypasses-scoped-dns"];

/// Lines of configuration, which are no commands: `name` of their first word.
const CONFIGURATION: &[&str] = &["nameserver", "options", "hosts:"];

/// The lines of a command that are to be run: none of a policy document, and none of a filter's rules.
fn lines(remedy: &Remedy) -> impl Iterator<Item = &str> {
    let commands = remedy.commands.iter().filter(|command| !command.starts_with('{'));
    commands
        .flat_map(|command| command.lines())
        .filter(|line| !line.starts_with("@@"))
}

/// The programs that a line runs: the first word, and that behind each pipe.
fn run_by(line: &str) -> Vec<String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['#', ';']) {
        return Vec::new();
    }
    let mut programs = Vec::new();
    for part in line.split(" | ") {
        let words = part.split_whitespace();
        let mut words = words.skip_while(|word| *word == "sudo" || is_assignment(word));
        let Some(first) = words.next() else { continue };
        if first.starts_with('$') || first.starts_with('[') || first == "export" || CONFIGURATION.contains(&first) {
            // PowerShell's variables and types, whose last statement may run something.
            let last = part.rsplit("; ").next().unwrap_or_default();
            let last = last.split_whitespace().next().unwrap_or_default();
            if part.contains("; ") && !last.starts_with(['$', '[']) {
                programs.push(last.to_owned());
            }
            continue;
        }
        programs.push(first.to_owned());
    }
    programs
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
}

/// The captures of all scenarios.
fn captures() -> Vec<(String, Capture)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut captures = Vec::new();
    for rule in fs::read_dir(folder).expect("the scenarios").flatten() {
        for scenario in fs::read_dir(rule.path()).into_iter().flatten().flatten() {
            let file = scenario.path().join("capture.json");
            let Ok(text) = fs::read(&file) else { continue };
            let capture = capture::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            captures.push((file.display().to_string(), capture));
        }
    }
    assert!(captures.len() > 100, "only {} captures", captures.len());
    captures
}

/// Every remedy with its rule, on this system.
fn remedies(captures: &[(String, Capture)], system: Option<System>) -> Vec<(String, String, Remedy)> {
    let mut all = Vec::new();
    for (file, capture) in captures {
        let mut capture = capture.clone();
        capture.vantage.system = system;
        for finding in report::diagnose(capture).findings {
            let rule = finding.rule;
            all.extend(
                finding
                    .remedies
                    .into_iter()
                    .map(|remedy| (file.clone(), rule.clone(), remedy)),
            );
        }
    }
    all
}

/// Whether the lines are for a server, or a service, elsewhere.
fn is_elsewhere(remedy: &Remedy) -> bool {
    let software = remedy.software;
    // "On corp: …" is for the host of that resolver, and which system that runs is not known.
    remedy.title.starts_with("On ") || software.is_some_and(|software| software != software::Software::SystemdResolved)
}

#[test]
fn each_command_is_one_of_the_system_that_it_is_for() {
    let captures = captures();
    for system in System::ALL {
        let there: BTreeSet<&str> = EVERYWHERE.iter().chain(programs(system)).copied().collect();
        let mut absent: BTreeMap<String, String> = BTreeMap::new();
        let mut seen = 0;
        for (file, rule, remedy) in remedies(&captures, Some(system)) {
            if is_elsewhere(&remedy) {
                continue;
            }
            for line in lines(&remedy) {
                for program in run_by(line) {
                    seen += 1;
                    if !there.contains(program.as_str()) {
                        absent.insert(program, format!("{rule}: {line} ({file})"));
                    }
                }
            }
        }
        assert!(absent.is_empty(), "not on {system:?}: {absent:#?}");
        assert!(seen > 200, "{system:?}: only {seen} commands");
    }
}

#[test]
fn every_rule_with_a_remedy_has_been_looked_at() {
    let captures = captures();
    let with_remedy = |system| -> BTreeSet<String> {
        remedies(&captures, system)
            .into_iter()
            .map(|(_, rule, _)| rule)
            .collect()
    };
    let known: BTreeSet<String> = with_remedy(None);
    let without: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.name)
        .filter(|name| !known.contains(*name))
        .collect();
    assert_eq!(without, WITHOUT_A_REMEDY);
    for system in System::ALL {
        let mut known = known.clone();
        if system != System::Linux {
            known.retain(|rule| !OF_LINUX.contains(&rule.as_str()));
        }
        assert_eq!(with_remedy(Some(system)), known, "{system:?}");
    }
}

/// What kubectl for Linux alone prints, and what Linux alone has, is said of Linux alone.
#[test]
fn what_is_of_linux_is_said_on_linux_alone() {
    // Beside them stands what each of these is not to be said of: a Linux behind the reader's own system.
    let of_linux = [
        "systemd-resolved",
        "NetworkManager",
        "resolv.conf",
        "single-request",
        "glibc",
        "dnsmasq, a VPN",
    ];
    let of_kubectl = [
        "kubectl prints an i/o timeout",
        "kubectl prints \"The connection to the server",
    ];
    let captures = captures();
    let mut seen = 0;
    for system in [System::Macos, System::Windows] {
        for (file, capture) in &captures {
            let mut capture = capture.clone();
            capture.vantage.system = Some(system);
            // The configuration is that of the system, and a Linux' resolv.conf is none of its.
            if let Some(host) = &mut capture.facts.host.configuration {
                host.split_dns = None;
            }
            let host = &mut capture.facts.host;
            for stub in [&mut host.stub, &mut host.upstreams].into_iter().flatten() {
                "the system's configuration".clone_into(&mut stub.source);
            }
            for probed in &mut capture.observations {
                "the system's configuration".clone_into(&mut probed.resolver.known_from);
            }
            for finding in report::diagnose(capture).findings {
                for words in of_kubectl {
                    assert!(
                        !finding.explanation.contains(words),
                        "{system:?} {file}: {}",
                        finding.explanation
                    );
                }
                for remedy in finding.remedies.iter().filter(|remedy| !is_elsewhere(remedy)) {
                    seen += 1;
                    let whole = format!("{}\n{}", remedy.title, remedy.commands.join("\n"));
                    let says_linux = whole.contains("on Linux") || whole.contains("On Linux");
                    for words in of_linux {
                        assert!(
                            !whole.contains(words) || says_linux,
                            "{system:?} {}: {whole} ({file})",
                            finding.rule
                        );
                    }
                }
            }
        }
    }
    assert!(seen > 400, "only {seen} fixes");
}

#[test]
fn powershell_gets_no_posix_quoting() {
    for (file, rule, remedy) in remedies(&captures(), Some(System::Windows)) {
        for line in remedy.commands.iter().flat_map(|command| command.lines()) {
            let plain = EVERYWHERE
                .iter()
                .any(|program| line.starts_with(&format!("{program} ")));
            if !plain {
                continue;
            }
            // Outside quotes each of these means something else there, and a double quote inside an argument is lost.
            let bare: String = line.split('\'').step_by(2).collect();
            assert!(
                !bare.contains([',', '(', '{', '<', '>', '|', '`', '$', '&', ';']),
                "{rule}: {line} ({file})"
            );
            assert!(
                !line.contains("\\\"") && !line.contains("'{\""),
                "{rule}: {line} ({file})"
            );
        }
    }
}
