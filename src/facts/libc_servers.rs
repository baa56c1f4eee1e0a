//! The lines of a resolv.conf with a name server that Go takes and a C library does not, or the other way around.
//!
//! - glibc wants the keyword in the first column and a blank or a tab behind it, and its address ends at a blank, a tab
//!   or the end of the line: a carriage return is a part of it (resolv/res_init.c, MATCH and res_vinit_1, recorded with
//!   2.36). An IPv4 address may have any form of inet_aton(3): `127.11`, `0x7f000001`.
//! - musl wants the keyword in the first column too. A carriage return ends the address, and inet_aton's forms are
//!   taken (src/network/resolvconf.c, lookup_ipliteral.c). A line that does not fit its 256 octets is passed over.
//! - Go takes a keyword behind blanks, a carriage return is a blank, and an IPv4 address has four decimal numbers
//!   without leading zeros (src/net/dnsconfig_unix.go, src/net/parse.go, getFields, net/netip, ParseAddr).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use serde::{Deserialize, Serialize};

use super::{Gap, blanks};
use crate::limits;

/// The port of DNS (RFC 1035 section 4.2).
pub(super) const DNS_PORT: u16 = 53;

/// What C libraries make of resolv.conf where it is something else than Go makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct LibcServers {
    /// The name servers that glibc takes from it, where they are not those that Go takes. With none it asks 127.0.0.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glibc: Option<Vec<SocketAddr>>,
    /// The same of musl.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub musl: Option<Vec<SocketAddr>>,
    /// The lines that make the difference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineApart>,
}

/// A line that not every client takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LineApart {
    /// Its number, from 1.
    pub line: usize,
    /// What is in it.
    pub form: LineForm,
}

/// Why not every client takes a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LineForm {
    /// A blank or a tab in front of the keyword: Go alone takes it.
    BlankInFront,
    /// A carriage return at its end: glibc alone does not take it.
    CarriageReturn,
    /// An IPv4 address in another form than four decimal numbers: Go alone does not take it.
    AddressForm,
}

impl LineForm {
    const ALL: &[Self] = &[Self::BlankInFront, Self::CarriageReturn, Self::AddressForm];

    /// What is in a line that not every client takes; `None` of octets that no editor writes.
    fn of(line: &str) -> Option<Self> {
        let inner = line.strip_suffix('\r').unwrap_or(line);
        if inner.contains(['\0', '\r', '\u{b}', '\u{c}']) {
            None
        } else if line.starts_with([' ', '\t']) {
            Some(Self::BlankInFront)
        } else if line.len() > inner.len() && blanks::words(line).count() == 2 {
            Some(Self::CarriageReturn)
        } else {
            let value = blanks::words(line).nth(1)?;
            (inet_aton(value).is_some() && value.parse::<Ipv4Addr>().is_err()).then_some(Self::AddressForm)
        }
    }

    /// What it means, and what to do.
    fn explained(self) -> &'static str {
        match self {
            Self::BlankInFront => {
                "a blank stands in front of nameserver: glibc and musl do not take the line, so that curl, Python and \
                 the AWS CLI do not ask this name server; Go and kubectl do. Take the blank out"
            }
            Self::CarriageReturn => {
                "the line ends in a carriage return (CRLF, as Windows writes it): glibc does not take the address, so \
                 that curl, Python and the AWS CLI do not ask this name server; Go and kubectl do. Save the file with \
                 LF line ends"
            }
            Self::AddressForm => {
                "the address is not written as four decimal numbers: glibc and musl take it as inet_aton(3) reads it, \
                 and Go and kubectl do not ask this name server. Write all four numbers, without leading zeros"
            }
        }
    }
}

impl LibcServers {
    /// Whether all take the same.
    pub(super) fn is_same(&self) -> bool {
        *self == Self::default()
    }

    /// What the text comes to.
    pub fn of(text: &[u8], interface_index: impl Fn(&str) -> Option<u32>) -> Self {
        let mut takers: [Vec<SocketAddr>; 3] = [Vec::new(), Vec::new(), Vec::new()];
        let mut apart: Vec<(usize, Option<LineForm>, [Option<SocketAddr>; 3])> = Vec::new();
        let mut rest = text;
        let mut number = 0;
        while !rest.is_empty() {
            let end = rest.iter().position(|octet| *octet == b'\n');
            let (line, is_ended) = (&rest[..end.unwrap_or(rest.len())], end.is_some());
            rest = &rest[(line.len() + usize::from(is_ended))..];
            number += 1;
            let is_too_long = line.len() >= LINE_OF_MUSL;
            let line = String::from_utf8_lossy(line);
            let mut taken = [
                by_go(&line, &interface_index),
                by_glibc(&line, &interface_index),
                by_musl(&line, &interface_index).filter(|_| !is_too_long),
            ];
            // Clients use the first few.
            for (taker, address) in takers.iter_mut().zip(&mut taken) {
                *address = address.filter(|_| taker.len() < limits::NAME_SERVERS_USED);
                taker.extend(*address);
            }
            if taken[0] != taken[1] || taken[0] != taken[2] {
                apart.push((number, LineForm::of(&line), taken));
            }
        }
        let [go, glibc, musl] = takers;
        // A server that another line names as well is asked all the same.
        let changes = |taken: &[Option<SocketAddr>; 3]| {
            let is_new = |address: Option<SocketAddr>, to: &[SocketAddr]| address.is_some_and(|one| !to.contains(&one));
            let [by_go, by_glibc, by_musl] = *taken;
            is_new(by_go, &glibc) || is_new(by_go, &musl) || is_new(by_glibc, &go) || is_new(by_musl, &go)
        };
        let lines = apart
            .iter()
            .filter(|(.., taken)| changes(taken))
            .filter_map(|(line, form, _)| {
                Some(LineApart {
                    line: *line,
                    form: (*form)?,
                })
            })
            .take(limits::HOST_PROBLEMS)
            .collect();
        let (glibc, musl) = ((glibc != go).then_some(glibc), (musl != go).then_some(musl));
        Self { glibc, musl, lines }
    }

    /// The addresses that a C library asks which takes others than Go. Without any in the file it asks 127.0.0.1.
    pub fn asked(&self) -> Vec<SocketAddr> {
        let mut all: Vec<SocketAddr> = Vec::new();
        for list in [&self.glibc, &self.musl].into_iter().flatten() {
            for address in or_loopback(list) {
                if !all.contains(&address) {
                    all.push(address);
                }
            }
        }
        all
    }

    /// The lines of a form, in words.
    fn lines_of(&self, form: LineForm) -> Option<String> {
        let lines = self.lines.iter().filter(|line| line.form == form);
        let numbers: Vec<String> = lines.map(|line| line.line.to_string()).collect();
        let many = if numbers.len() > 1 { "lines" } else { "line" };
        (!numbers.is_empty()).then(|| format!("{many} {}", numbers.join(", ")))
    }

    /// The lines that glibc does not take, and what is in them that Go passes over.
    pub fn not_taken_by_glibc(&self) -> Option<String> {
        self.glibc.as_ref()?;
        let of = |(form, what)| Some(format!("{}: {what}", self.lines_of(form)?));
        let said: Vec<String> = [
            (LineForm::BlankInFront, "a blank at the beginning"),
            (LineForm::CarriageReturn, "a carriage return at the end"),
        ]
        .into_iter()
        .filter_map(of)
        .collect();
        (!said.is_empty()).then(|| said.join("; "))
    }

    /// The same as sentences, of a copy: what is in it the file itself may not have.
    pub fn sentences_of_a_copy(&self) -> Vec<String> {
        let of = |form: &LineForm| {
            let lines = self.lines_of(*form)?;
            Some(format!(
                "In {lines} {}. Where only the copy has it, it says nothing of the host.",
                form.explained()
            ))
        };
        LineForm::ALL.iter().filter_map(of).collect()
    }

    /// What is to be said of them.
    pub(super) fn gaps(&self, source: &str, is_copy: bool) -> Vec<Gap> {
        let of_copy = if is_copy {
            "; where only the copy has it, it says nothing of the host"
        } else {
            ""
        };
        LineForm::ALL
            .iter()
            .filter_map(|form| {
                let fact = format!("{} of resolv.conf", self.lines_of(*form)?);
                Some(Gap::here(fact, source, format!("{}{of_copy}", form.explained())))
            })
            .collect()
    }
}

/// What a C library asks that took these from the file (resolv.conf(5)).
pub fn or_loopback(taken: &[SocketAddr]) -> Vec<SocketAddr> {
    if taken.is_empty() {
        vec![SocketAddr::from((Ipv4Addr::LOCALHOST, DNS_PORT))]
    } else {
        taken.to_vec()
    }
}

/// What comes before the address of a name server.
pub(super) const KEYWORD: &str = "nameserver";
/// A line of so many octets, or more, is passed over by musl: `char line[256]` for fgets(3), and no end of the line
/// in it.
const LINE_OF_MUSL: usize = 255;

/// What stands in the place of the address, where Go takes the line for one of a name server.
pub(super) fn value_by_go(line: &str) -> Option<&str> {
    let mut words = blanks::words(line);
    (words.next() == Some(KEYWORD)).then(|| words.next()).flatten()
}

/// The name server that Go takes from a line.
pub(super) fn by_go(line: &str, index: impl Fn(&str) -> Option<u32>) -> Option<SocketAddr> {
    let value = value_by_go(line)?;
    let address: Option<Ipv4Addr> = value.parse().ok();
    address.map_or_else(
        || ipv6(value, index),
        |address| Some((IpAddr::V4(address), DNS_PORT).into()),
    )
}

fn by_glibc(line: &str, index: impl Fn(&str) -> Option<u32>) -> Option<SocketAddr> {
    let rest = line.split('\0').next()?.strip_prefix(KEYWORD)?;
    let behind = rest.trim_start_matches([' ', '\t']);
    if behind.len() == rest.len() {
        return None;
    }
    address(behind.split([' ', '\t']).next()?, index)
}

fn by_musl(line: &str, index: impl Fn(&str) -> Option<u32>) -> Option<SocketAddr> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\u{b}' | '\u{c}');
    let rest = line.split('\0').next()?.strip_prefix(KEYWORD)?;
    let behind = rest.trim_start_matches(is_space);
    if behind.len() == rest.len() {
        return None;
    }
    address(behind.split(is_space).next()?, index)
}

fn address(value: &str, index: impl Fn(&str) -> Option<u32>) -> Option<SocketAddr> {
    inet_aton(value).map_or_else(
        || ipv6(value, index),
        |address| Some((IpAddr::V4(address), DNS_PORT).into()),
    )
}

/// With the scope of an interface that this host has. In none, a link-local server cannot be asked.
fn ipv6(value: &str, index: impl Fn(&str) -> Option<u32>) -> Option<SocketAddr> {
    let (address, scope) = value
        .split_once('%')
        .map_or((value, None), |(a, scope)| (a, Some(scope)));
    let address: Ipv6Addr = address.parse().ok()?;
    let scope = match scope {
        None => 0,
        Some(scope) => scope.parse().ok().or_else(|| index(scope))?,
    };
    Some(SocketAddrV6::new(address, DNS_PORT, 0, scope).into())
}

/// An IPv4 address in any of the forms of inet_aton(3): one to four numbers, decimal, octal or hexadecimal, of which
/// the last fills what is left.
pub(super) fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    let mut parts = text.split('.').map(|part| {
        if !part.starts_with(|c: char| c.is_ascii_digit()) || !part.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
            None
        } else if let Some(digits) = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
            u32::from_str_radix(digits, 16).ok()
        } else if part.len() > 1 && part.starts_with('0') {
            u32::from_str_radix(part, 8).ok()
        } else {
            part.parse().ok()
        }
    });
    // An address has four parts at most.
    let mut numbers = Vec::new();
    while let Some(part) = parts.next().filter(|_| numbers.len() < 5) {
        numbers.push(part?);
    }
    let last = numbers.pop().filter(|_| numbers.len() < 4)?;
    let mut address: u32 = 0;
    for number in &numbers {
        address = (address << 8) | u32::from(u8::try_from(*number).ok()?);
    }
    let left = 32 - 8 * u32::try_from(numbers.len()).ok()?;
    if left < 32 && last >> left != 0 {
        return None;
    }
    let above = if left < 32 { address << left } else { 0 };
    Some(Ipv4Addr::from(above | last))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn of(text: &str) -> LibcServers {
        LibcServers::of(text.as_bytes(), |name| (name == "eth0").then_some(7))
    }

    fn shown(list: Option<&Vec<SocketAddr>>) -> Option<Vec<String>> {
        list.map(|list| list.iter().map(|address| address.ip().to_string()).collect())
    }

    #[test]
    fn what_all_take_is_the_same() {
        for text in [
            "",
            "nameserver 192.0.2.1 # office\nnameserver\t2001:db8::1\nnameserver fe80::1%eth0\n",
            "nameserver 192.0.2.1;vpn\nnameserver 192.0.2.1#53\nNameserver 192.0.2.1\nnameserver x.test\n",
            "search corp.example\r\noptions ndots:2\r\n",
            // The fourth is asked by none.
            "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n nameserver 192.0.2.1\n",
        ] {
            let found = of(text);
            assert!(found.glibc.is_none() && found.musl.is_none(), "{text:?}: {found:?}");
        }
    }

    /// Recorded with glibc (EAI_AGAIN, and the next server is asked) and Go (resolves).
    #[test]
    fn a_blank_in_front_and_a_carriage_return_lose_a_server_for_glibc() {
        let found = of("nameserver 192.0.2.1\r\nsearch a.test\r\nnameserver 192.0.2.2\r\n");
        let said = found.not_taken_by_glibc();
        assert_eq!(said.as_deref(), Some("lines 1, 3: a carriage return at the end"));
        assert_eq!(shown(found.glibc.as_ref()), Some(vec![]));
        assert_eq!(found.musl, None);
        assert_eq!(found.asked(), ["127.0.0.1:53".parse::<SocketAddr>().unwrap()]);
        let gaps = found.gaps("f", false);
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].fact, "lines 1, 3 of resolv.conf");
        assert!(gaps[0].reason.contains("LF"), "{gaps:?}");
        for blank in [" ", "\t"] {
            let found = of(&format!("{blank}nameserver 192.0.2.1\nnameserver 192.0.2.2\n"));
            assert_eq!(shown(found.glibc.as_ref()), Some(vec!["192.0.2.2".to_owned()]));
            assert_eq!(shown(found.musl.as_ref()), Some(vec!["192.0.2.2".to_owned()]));
            assert_eq!(found.lines[0].form, LineForm::BlankInFront);
        }
        // A comment behind the address keeps the carriage return from it.
        assert!(of("nameserver 192.0.2.1 # office\r\n").is_same());
    }

    #[test]
    fn a_line_that_changes_nothing_is_not_named() {
        let found = of(
            " nameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\nnameserver 192.0.2.5\nnameserver 192.0.2.6\r\n",
        );
        let lines: Vec<usize> = found.lines.iter().map(|line| line.line).collect();
        assert_eq!(lines, [1], "{found:?}");
        // The second line names the same server.
        let found = of("nameserver 192.0.2.2\r\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n");
        assert_eq!(found.lines, [], "{found:?}");
        assert!(found.gaps("f", false).is_empty());
    }

    /// musl, src/network/resolvconf.c: a line that fgets(3) cuts is passed over.
    #[test]
    fn musl_passes_over_a_long_line() {
        let line = |length: usize| {
            let line = "nameserver 192.0.2.1 # ";
            format!("{line}{}\n", "x".repeat(length - line.len() - 1))
        };
        assert!(of(&line(255)).is_same());
        let found = of(&line(256));
        assert_eq!((found.glibc, shown(found.musl.as_ref())), (None, Some(vec![])));
        assert_eq!(found.lines, []);
    }

    #[test]
    fn an_address_in_another_form_is_taken_by_the_c_library_alone() {
        for (text, address) in [
            ("127.11", "127.0.0.11"),
            ("0177.0.0.11", "127.0.0.11"),
            ("0x7f00000b", "127.0.0.11"),
            ("2130706443", "127.0.0.11"),
            ("10.1.258", "10.1.1.2"),
        ] {
            let found = of(&format!("nameserver {text}\n"));
            assert_eq!(shown(found.glibc.as_ref()), Some(vec![address.to_owned()]), "{text}");
            assert_eq!(found.lines[0].form, LineForm::AddressForm);
            // glibc takes it.
            assert_eq!(found.not_taken_by_glibc(), None);
        }
        for text in [
            "",
            "1.2.3.256",
            "1.2.65536",
            "256.1",
            "09.1.1.1",
            "1.2.3.4.5",
            "1..2",
            "4294967296",
            "0x",
            "1.2.3.4a",
            "+1",
        ] {
            assert_eq!(inet_aton(text), None, "{text}");
        }
        assert_eq!(inet_aton("192.0.2.1"), Some(Ipv4Addr::new(192, 0, 2, 1)));
    }
}
