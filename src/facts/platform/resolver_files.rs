//! The files of `/etc/resolver` on macOS: resolver(5). The name of a file is its domain, unless a line says another.

use super::text::{PORT, address, label};
use super::{DnsScope, Problems};
use crate::dns::Name;
use crate::facts::blanks;
use crate::limits;

/// A file's scope; `None` where it names no name server.
pub(super) fn parse(file: &str, text: &str, problems: &mut Problems) -> Option<DnsScope> {
    let mut scope = DnsScope::new(format!("/etc/resolver/{}", label(file)));
    let mut domain = file;
    let mut port = PORT;
    let mut servers = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let said = line.split(['#', ';']).next().unwrap_or_default();
        if let Some(c) = blanks::look_alike(said) {
            problems.say(format!("{}: line {}: {}", scope.name, at + 1, blanks::explained(c)));
        }
        let mut words = blanks::words(line);
        let (Some(key), Some(value)) = (words.next(), words.next()) else {
            continue;
        };
        match key {
            "nameserver" if servers.len() <= limits::NAME_SERVERS => servers.push(value),
            "domain" => domain = value,
            "port" => match value.parse() {
                Ok(number) => port = number,
                Err(_) => problems.say(format!("{}: port {} is none", scope.name, label(value))),
            },
            "search_order" => scope.order = value.parse().ok(),
            "timeout" => scope.timeout_s = value.parse().ok(),
            _ => {}
        }
    }
    for server in servers {
        match server_with_port(server, port) {
            Some(server) => scope.add_server(server, problems),
            None => problems.say(format!(
                "{}: {} is no address of a name server",
                scope.name,
                label(server)
            )),
        }
    }
    match domain.parse::<Name>() {
        Ok(name) => scope.add_domain(name, false, problems),
        Err(error) => {
            problems.say(format!("{}: domain {}: {error}", scope.name, label(domain)));
            return None;
        }
    }
    (!scope.servers.is_empty()).then_some(scope)
}

/// `10.0.0.17`, or `10.0.0.17.55` with the port behind another dot (resolver(5), "nameserver").
pub(crate) fn server_with_port(text: &str, port: u16) -> Option<std::net::SocketAddr> {
    address(text, port, None).or_else(|| {
        let (ip, port) = text.rsplit_once('.')?;
        address(ip, port.parse().ok()?, None)
    })
}
