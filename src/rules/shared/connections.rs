//! Which connections to the API server's port say something.

use crate::expect::Fit;
use crate::observation::{Connection, Tcp, Tls};
use crate::rules::Case;

/// Those to addresses that nothing speaks against: whoever gave a wrong address has another problem.
pub(in crate::rules) fn tried<'a>(case: &Case<'a>) -> Vec<&'a Connection> {
    let right = |connection: &&Connection| case.fit(case.expected, connection.ip) != Fit::Unexpected;
    case.connections().iter().filter(right).collect()
}

/// Of these, those that did not come about.
pub(in crate::rules) fn closed<'a>(case: &Case<'a>) -> Vec<&'a Connection> {
    let mut closed = tried(case);
    closed.retain(|connection| connection.tcp != Tcp::Connected);
    closed
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
