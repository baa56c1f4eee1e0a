//! Signs of the connections to the API server's port (`--connect`).

use super::Sign;
use crate::observation::Tls;
use crate::rules::Need;
use crate::rules::shared::connections;

/// The order in which signs of connections are read.
pub(in crate::rules) static OF_CONNECTION: &[&Sign] = &[
    &A_RIGHT_ADDRESS_DOES_NOT_CONNECT,
    &GIVES_WHAT_DOES_NOT_CONNECT,
    &ANOTHER_SERVER_ANSWERS,
    &CERTIFICATE_IS_NOT_VALID_NOW,
    &TLS_FAILS_AT_AN_ADDRESS,
    &A_HANDSHAKE_IS_INTERRUPTED,
    &GIVES_ANOTHER_SERVERS_ADDRESS,
];

/// At an address that nothing speaks against, there is no TCP connection or no TLS session.
pub(in crate::rules) static A_RIGHT_ADDRESS_DOES_NOT_CONNECT: Sign = Sign::of_run(
    "a connection to each right address",
    "a connection to a right address does not come about",
    "no connection to a right address is known to fail",
    |case| Some(!connections::closed(case).is_empty()),
)
.needing(&[Need::Connections])
.looking_at(&[Need::Cluster]);

/// It gives a right address to which no connection comes about.
pub(in crate::rules) static GIVES_WHAT_DOES_NOT_CONNECT: Sign = Sign::of_resolver(
    "connections to its addresses",
    "it gives a right address, and no connection comes about there",
    "no connection to a right address of its answer is known to fail",
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

/// What answers does not speak TLS, or not as this program does.
pub(in crate::rules) static TLS_FAILS_AT_AN_ADDRESS: Sign = Sign::of_run(
    "a TLS handshake at each address",
    "what answers at an address makes no TLS handshake",
    "nothing that answers is known to make no TLS handshake",
    |case| {
        let mut connections = case.connections().iter();
        Some(connections.any(|connection| connection.tls == Some(Tls::Failed)))
    },
)
.looking_at(&[Need::Connections]);

/// A TLS handshake at a right address breaks off, or nothing more comes in it.
pub(in crate::rules) static A_HANDSHAKE_IS_INTERRUPTED: Sign = Sign::of_run(
    "a TLS handshake at each right address",
    "a TLS handshake at a right address breaks off",
    "no TLS handshake at a right address is known to break off",
    |case| Some(connections::closed(case).into_iter().any(connections::is_interrupted)),
)
.looking_at(&[Need::Connections, Need::Cluster]);

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
