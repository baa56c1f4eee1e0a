//! Signs of the connections to the API server's port (`--connect`).

use super::Sign;
use crate::observation::Tls;
use crate::rules::shared::connections;
use crate::rules::{Case, Need};

/// The order in which signs of connections are read.
pub(in crate::rules) static OF_CONNECTION: &[&Sign] = &[
    &A_RIGHT_ADDRESS_DOES_NOT_CONNECT,
    &GIVES_WHAT_DOES_NOT_CONNECT,
    &ANOTHER_SERVER_ANSWERS,
    &CERTIFICATE_IS_NOT_VALID_NOW,
    &TLS_FAILS_AT_AN_ADDRESS,
    &GIVES_ANOTHER_SERVERS_ADDRESS,
];

/// No TCP connection comes about at an address that nothing speaks against.
pub(in crate::rules) static A_RIGHT_ADDRESS_DOES_NOT_CONNECT: Sign = Sign::of_run(
    "a connection to each right address",
    "no TCP connection to a right address comes about",
    "no TCP connection to a right address is known to fail",
    |case| Some(!connections::closed(case).is_empty()),
)
.needing(&[Need::Connections])
.looking_at(&[Need::Cluster]);

/// It gives a right address to which no TCP connection comes about.
pub(in crate::rules) static GIVES_WHAT_DOES_NOT_CONNECT: Sign = Sign::of_resolver(
    "connections to its addresses",
    "it gives a right address, and no TCP connection comes about there",
    "no TCP connection to a right address of its answer is known to fail",
    |case, subject| {
        let closed = connections::closed(case);
        Some(case.givers(&closed).iter().any(|name| name == subject.name()))
    },
)
.looking_at(&[Need::Connections]);

/// What answers is not the cluster's API server.
pub(in crate::rules) static ANOTHER_SERVER_ANSWERS: Sign = Sign::of_run(
    "the server at each address",
    "at an address, something answers that is not this cluster's API server",
    "no address is known to have another server than this cluster's",
    |case| Some(!connections::strangers(case).is_empty()),
)
.needing(&[Need::Connections]);

/// A certificate is outside its time by this host's clock.
pub(in crate::rules) static CERTIFICATE_IS_NOT_VALID_NOW: Sign = Sign::of_run(
    "the time of the certificate",
    "the certificate at an address is not valid now, by this host's clock",
    "no certificate is known to be expired or not yet valid",
    |case| Some(!connections::outdated(case).is_empty()),
)
.needing(&[Need::Connections]);

/// A TLS handshake fails and shows no certificate.
pub(in crate::rules) static TLS_FAILS_AT_AN_ADDRESS: Sign = Sign::of_run(
    "a TLS handshake at each address",
    "a TLS handshake fails at an address",
    "no TLS handshake is known to fail",
    |case| Some(has_tls(case, Tls::Failed)),
)
.looking_at(&[Need::Connections]);

/// It gives an address at which something else than the cluster's API server answers, or with an outdated certificate.
pub(in crate::rules) static GIVES_ANOTHER_SERVERS_ADDRESS: Sign = Sign::of_resolver(
    "the server at its addresses",
    "it gives an address that does not show the certificate of this cluster",
    "none of its addresses is known to show another certificate than this cluster's",
    |case, subject| {
        let mut wrong = connections::strangers(case);
        wrong.extend(connections::outdated(case));
        Some(case.givers(&wrong).iter().any(|name| name == subject.name()))
    },
)
.looking_at(&[Need::Connections]);

fn has_tls(case: &Case<'_>, wanted: Tls) -> bool {
    let mut connections = case.connections().iter();
    connections.any(|connection| connection.tls == Some(wanted))
}
