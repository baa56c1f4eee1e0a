//! Which connections to the API server's port say something.

use std::net::IpAddr;

use crate::compare::Verdict;
use crate::expect::{Expected, Fit};
use crate::observation::{Connection, Tcp, Tls};
use crate::rules::{Case, Subject};

/// Those to addresses that nothing speaks against: whoever gave a wrong address has another problem. What is right for
/// one resolver may be wrong for another: with both accesses on, public addresses are right outside the VPC.
pub(in crate::rules) fn tried<'a>(case: &Case<'a>) -> Vec<&'a Connection> {
    let is_right = |expected: &Expected, ip: IpAddr| case.fit(expected, ip) != Fit::Unexpected;
    let right = |connection: &&Connection| {
        let ip = connection.ip;
        // Of an address that nothing confirms, a closed port shows nothing of DNS.
        let gives_it = |subject: &Subject<'_>| subject.verdict() == Verdict::Match && subject.ips().contains(&ip);
        let mut in_scope = case.in_scope();
        is_right(case.expected, ip)
            || in_scope.any(|subject| gives_it(subject) && is_right(&subject.comparison.expected, ip))
    };
    case.connections().iter().filter(right).collect()
}

/// Of these, those that did not come about, or not as far as to a TLS session.
pub(in crate::rules) fn closed<'a>(case: &Case<'a>) -> Vec<&'a Connection> {
    let mut closed = tried(case);
    closed.retain(|connection| connection.tcp != Tcp::Connected || is_interrupted(connection));
    closed
}

/// Whether there was a TCP connection, and the TLS handshake does not come to its end.
pub(in crate::rules) fn is_interrupted(connection: &Connection) -> bool {
    connection.tls == Some(Tls::Interrupted)
}

/// Those to something that is not the cluster's API server.
pub(in crate::rules) fn strangers<'a>(case: &Case<'a>) -> Vec<&'a Connection> {
    with(case, |tls| {
        matches!(
            tls,
            Tls::OtherIssuer | Tls::OtherName | Tls::BadCertificate | Tls::Failed
        )
    })
}

/// Those that showed a certificate that is outside its time.
pub(in crate::rules) fn outdated<'a>(case: &Case<'a>) -> Vec<&'a Connection> {
    with(case, |tls| tls == Tls::NotValidNow)
}

fn with<'a>(case: &Case<'a>, wanted: fn(Tls) -> bool) -> Vec<&'a Connection> {
    let is_wanted = |connection: &&Connection| connection.tls.is_some_and(wanted);
    case.connections().iter().filter(is_wanted).collect()
}

/// Its address, as it stands before a port.
pub(in crate::rules) fn bracketed(connection: &Connection) -> String {
    if connection.ip.is_ipv6() {
        format!("[{}]", connection.ip)
    } else {
        connection.ip.to_string()
    }
}
