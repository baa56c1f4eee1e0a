//! What the commands of this host's own system are: a line is for the shell of the reader, with programs that are
//! there.
//!
//! Linux: dig(1), ip-route(8), ss(8), getent(1), resolvectl(1), tcpdump(8). macOS: dig(1), route(8), lsof(8),
//! scutil(8), dscacheutil(1), networksetup(8). Windows: PowerShell as every Windows has it, with the modules DnsClient
//! and NetTCPIP (Microsoft's reference of `Resolve-DnsName`, `Find-NetRoute`, `Get-NetUDPEndpoint`,
//! `Get-NetTCPConnection`, `Set-DnsClientServerAddress`), and ipconfig, nslookup, pktmon and curl.exe.

use std::net::IpAddr;

use super::super::{Case, Remedy};
use super::endpoint;
use crate::facts::{Chooser, System};
use crate::software::Software;
use crate::text::shell_word;

/// The system of the host that asked. Where it is not known, Linux: most hosts without a desktop run it.
pub fn system(case: &Case<'_>) -> System {
    case.vantage.system.unwrap_or_else(|| match case.chooser_unseen() {
        Some(Chooser::Macos) => System::Macos,
        Some(Chooser::Windows) => System::Windows,
        Some(Chooser::SystemdResolved) | None => System::Linux,
    })
}

/// Which route leads to the address.
pub fn route(case: &Case<'_>, ip: IpAddr) -> String {
    match system(case) {
        System::Linux => format!("ip route get {ip}"),
        System::Macos if ip.is_ipv6() => format!("route -n get -inet6 {ip}"),
        System::Macos => format!("route -n get {ip}"),
        System::Windows => format!("Find-NetRoute -RemoteIPAddress {ip}"),
    }
}

/// What listens at the DNS port of this host.
pub fn listeners(case: &Case<'_>) -> Vec<String> {
    let lines: &[&str] = match system(case) {
        System::Linux => &["ss -lntup 'sport = :53'"],
        System::Macos => &["sudo lsof -nP -i :53"],
        System::Windows => &[
            "Get-NetUDPEndpoint -LocalPort 53 | Select-Object LocalAddress, OwningProcess",
            "Get-NetTCPConnection -LocalPort 53 -State Listen | Select-Object LocalAddress, OwningProcess",
            "Get-Process -Id '<OwningProcess>'",
        ],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// Which name servers this host asks for which names.
pub fn name_servers(case: &Case<'_>) -> Vec<String> {
    let lines: &[&str] = match system(case) {
        System::Linux => &["resolvectl status"],
        System::Macos => &["scutil --dns"],
        System::Windows => &["Get-DnsClientServerAddress", "Get-DnsClientNrptPolicy -Effective"],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// How this host is given name servers. `source` is where the present ones were read.
pub fn set_name_servers(case: &Case<'_>, servers: &[String]) -> Vec<String> {
    match system(case) {
        System::Linux => servers.iter().map(|server| format!("nameserver {server}")).collect(),
        System::Macos => vec![
            "networksetup -listallnetworkservices".to_owned(),
            format!(
                "sudo networksetup -setdnsservers '<network-service>' {}",
                servers.join(" ")
            ),
        ],
        System::Windows => {
            let quoted: Vec<String> = servers.iter().map(|server| format!("'{server}'")).collect();
            vec![
                "Get-DnsClientServerAddress".to_owned(),
                format!(
                    "Set-DnsClientServerAddress -InterfaceAlias '<adapter>' -ServerAddresses {}",
                    quoted.join(",")
                ),
            ]
        }
    }
}

/// What programs of this host get for the name.
pub fn look_up(case: &Case<'_>, name: &str) -> String {
    match system(case) {
        System::Linux => format!("getent ahosts {name}"),
        System::Macos => format!("dscacheutil -q host -a name {name}"),
        System::Windows => format!("Resolve-DnsName -Name {name}"),
    }
}

/// What the host's own name servers answer for a name and a type.
pub fn ask_own(case: &Case<'_>, name: &str, qtype: &str) -> String {
    match system(case) {
        System::Linux | System::Macos => format!("dig {name} {qtype}"),
        System::Windows => format!("Resolve-DnsName -Name {name} -Type {qtype} -DnsOnly"),
    }
}

/// What one server answers, which is perhaps only a place to fill in.
pub(super) fn ask_server(case: &Case<'_>, server: &str, port: u16, name: &str, qtype: &str, is_tcp: bool) -> String {
    match system(case) {
        System::Linux | System::Macos => {
            let tcp = if is_tcp { "+tcp " } else { "" };
            let port = if port == 53 {
                String::new()
            } else {
                format!("-p {port} ")
            };
            format!("dig {tcp}{port}@{server} {name} {qtype}")
        }
        // Resolve-DnsName asks at port 53 only.
        System::Windows if port == 53 => {
            let tcp = if is_tcp { " -TcpOnly" } else { "" };
            let server = powershell_word(server);
            format!("Resolve-DnsName -Name {name} -Type {qtype} -Server {server} -DnsOnly{tcp}")
        }
        // The dot keeps the search list away.
        System::Windows => {
            let tcp = if is_tcp { " -vc" } else { "" };
            format!(
                "nslookup -port={port} -type={qtype}{tcp} {name}. {}",
                powershell_word(server)
            )
        }
    }
}

/// The lines of a file that hold the text, with their numbers.
pub fn find_lines(case: &Case<'_>, text: &str, file: &str) -> String {
    match system(case) {
        System::Linux | System::Macos => format!("grep -n -i -F '{text}' {}", shell_word(file)),
        System::Windows => format!(
            "Select-String -SimpleMatch -Pattern {} -Path {}",
            powershell_word(text),
            powershell_word(file)
        ),
    }
}

/// Who presents which certificate at an address. `address` is a host or an address with its port.
pub fn certificate(case: &Case<'_>, host: &str, port: u16, name: Option<&str>, is_chain: bool) -> String {
    match system(case) {
        System::Linux | System::Macos => {
            let name = name.map_or_else(|| "-noservername".to_owned(), |name| format!("-servername {name}"));
            let chain = if is_chain { " -showcerts" } else { "" };
            format!("openssl s_client -connect {host}:{port} {name}{chain} </dev/null")
        }
        System::Windows => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            format!(
                "$tcp = [Net.Sockets.TcpClient]::new('{host}', {port}); $tls = \
                 [Net.Security.SslStream]::new($tcp.GetStream(), $false, {{ $true }}); \
                 $tls.AuthenticateAsClient('{}'); \
                 [Security.Cryptography.X509Certificates.X509Certificate2]$tls.RemoteCertificate | \
                 Format-List Subject, Issuer, NotBefore, NotAfter",
                name.unwrap_or(host)
            )
        }
    }
}

/// What comes over HTTPS, with the certificate.
pub fn fetch(case: &Case<'_>, url: &str) -> String {
    // In Windows PowerShell `curl` is another command.
    let curl = match system(case) {
        System::Linux | System::Macos => "curl",
        System::Windows => "curl.exe",
    };
    format!("{curl} -v --max-time 10 {url}")
}

/// The packets to and from a server. With `file` they are kept for another program, else shown.
pub fn packets(case: &Case<'_>, ip: IpAddr, port: u16, file: Option<&str>) -> Vec<String> {
    match (system(case), file) {
        (System::Linux | System::Macos, None) => {
            vec![format!("sudo tcpdump -n -v -i any 'udp port {port} and host {ip}'")]
        }
        (System::Linux | System::Macos, Some(file)) => {
            vec![format!("sudo tcpdump -n -w {file} host {ip} and port {port}")]
        }
        (System::Windows, _) => vec![
            format!("pktmon filter add dns -i {ip} -p {port}"),
            "pktmon start --capture --pkt-size 0".to_owned(),
            "# ask, then".to_owned(),
            "pktmon stop".to_owned(),
            format!(
                "pktmon {} PktMon.etl",
                if file.is_some() { "etl2pcap" } else { "etl2txt" }
            ),
        ],
    }
}

/// What a clock says; `linux` is the line for Linux.
pub fn clock(case: &Case<'_>, linux: &str) -> String {
    let line = match system(case) {
        System::Linux => linux,
        System::Macos => "date -u",
        System::Windows => "w32tm /query /status",
    };
    line.to_owned()
}

/// A variable of the environment for the commands that follow; `appended` stands behind what is in it.
pub fn append_variable(case: &Case<'_>, name: &str, appended: &str) -> String {
    match system(case) {
        System::Linux | System::Macos => format!("export {name}=\"${name},{appended}\""),
        System::Windows => format!("$env:{name} = \"$env:{name},{appended}\""),
    }
}

/// A command with a variable of the environment.
pub fn with_variable(case: &Case<'_>, name: &str, value: &str, command: &str) -> String {
    match system(case) {
        System::Linux | System::Macos => format!("{name}={value} {command}"),
        System::Windows => format!("$env:{name} = '{value}'; {command}"),
    }
}

/// This host's own cache, for a host that has one of its own kind.
pub(super) fn flush(case: &Case<'_>) -> Option<Remedy> {
    let lines: &[&str] = match system(case) {
        System::Linux => return None,
        System::Macos => &["sudo dscacheutil -flushcache", "sudo killall -HUP mDNSResponder"],
        System::Windows => &["ipconfig /flushdns"],
    };
    Some(Remedy::new(
        "Drop the old answer from this host's own cache",
        lines.iter().copied(),
    ))
}

/// The lines of software that this host cannot have, gone, and the others in words of this host's shell.
///
/// A line of AWS's, of kubectl's or of this program's is written for a POSIX shell. PowerShell reads a bare comma,
/// brace or parenthesis otherwise, so such words are quoted there.
pub(in super::super) fn spoken(case: &Case<'_>, remedies: Vec<Remedy>) -> Vec<Remedy> {
    let system = system(case);
    if system == System::Linux {
        return remedies;
    }
    let mut spoken: Vec<Remedy> = remedies
        .into_iter()
        // It serves its own host alone, which is a Linux.
        .filter(|remedy| remedy.software != Some(Software::SystemdResolved))
        .collect();
    if system == System::Windows {
        for remedy in &mut spoken {
            for command in &mut remedy.commands {
                *command = in_powershell(command);
            }
        }
    }
    spoken
}

/// The programs whose lines are the same in every shell, but for the quotes.
const EVERYWHERE: [&str; 3] = ["aws ", "kubectl ", "eks-dns-doctor "];

fn in_powershell(command: &str) -> String {
    let lines = command.lines().map(|line| {
        let is_plain = EVERYWHERE.iter().any(|program| line.starts_with(program));
        let words = if is_plain { words(line) } else { None };
        words.map_or_else(
            || line.to_owned(),
            |words| {
                let quoted: Vec<String> = words.iter().map(|word| argument(word)).collect();
                quoted.join(" ")
            },
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// An argument of a program. Windows PowerShell 5.1 loses the double quotes in one, so the one structure that the AWS
/// CLI takes here is written in its shorthand (AWS CLI User Guide, "Using shorthand syntax").
fn argument(word: &str) -> String {
    if word == endpoint::ON {
        endpoint::ON_IN_SHORTHAND.to_owned()
    } else {
        powershell_word(word)
    }
}

/// A word as PowerShell reads it: quoted where it holds more than plain characters.
fn powershell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '\\' | '.' | '-' | '_' | ':' | '=' | '…');
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// The words of a line as a POSIX shell reads it (POSIX, Shell Command Language, 2.2): quotes and backslashes only.
/// `None` where it holds more than words.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => word.push(characters.next()?),
                        '$' | '`' => return None,
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(characters.next()?),
            '$' | '`' | '|' | ';' | '&' => return None,
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_word_of_a_shell() {
        assert_eq!(shell_word("/etc/hosts"), "/etc/hosts");
        assert_eq!(shell_word("my hosts"), "'my hosts'");
        assert_eq!(shell_word("it's; rm -rf /"), r"'it'\''s; rm -rf /'");
        assert_eq!(shell_word(""), "''");
        assert_eq!(
            powershell_word(r"C:\Windows\System32\drivers\etc\hosts"),
            r"C:\Windows\System32\drivers\etc\hosts"
        );
        assert_eq!(powershell_word("it's $(here)"), "'it''s $(here)'");
        assert_eq!(powershell_word(""), "''");
    }

    #[test]
    fn words_of_a_posix_line_are_words_of_powershell() {
        let line = "aws ec2 describe-vpcs --filters 'Name=tag:Name,Values=it'\\''s' Name=a,Values=b --query \
                    'Vpcs[].[VpcId,State]' --vpc-id <vpc-id>";
        assert_eq!(
            in_powershell(line),
            "aws ec2 describe-vpcs --filters 'Name=tag:Name,Values=it''s' 'Name=a,Values=b' --query \
             'Vpcs[].[VpcId,State]' --vpc-id '<vpc-id>'"
        );
        assert_eq!(
            in_powershell("aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support '{\"Value\":true}'"),
            "aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support Value=true"
        );
        assert_eq!(
            in_powershell("# on the bastion\neks-dns-doctor check a.b --save x.json"),
            "# on the bastion\neks-dns-doctor check a.b --save x.json"
        );
        // What is more than words, or not one of those programs', stays as it is.
        for line in [
            "aws sts get-caller-identity | more",
            "aws 'unfinished",
            "uci add_list a='b,c'",
        ] {
            assert_eq!(in_powershell(line), line);
        }
    }
}
