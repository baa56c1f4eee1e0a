//! TLS as this program speaks it: whose certificates count, and what a failed handshake means. Input and output are
//! elsewhere, but for the roots of the platform, which are read when they are first needed.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::limits;
use crate::text;

/// Why no configuration can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The platform has no certificate authority that can be used.
    #[error("this host has no root certificates to verify with{0}")]
    NoRoots(String),
    /// The TLS library does not take what it is given.
    #[error("{0}")]
    Library(String),
}

/// Whose certificates are believed.
#[derive(Debug, Clone)]
pub enum Trust {
    /// Those of the authorities that this platform trusts; on Linux, or where the environment's `SSL_CERT_FILE` or
    /// `SSL_CERT_DIR` says so, those files' (rustls-native-certs).
    Platform,
    /// Those of these authorities, and no others.
    Only(Arc<RootCertStore>),
    /// Anybody's.
    Anyone,
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A client's configuration: TLS 1.2 and 1.3, no client certificate, and `alpn` as the protocols offered (RFC 7301).
/// Reads files where the platform's authorities are asked for.
pub fn client(trust: &Trust, alpn: &[&[u8]]) -> Result<ClientConfig, Unusable> {
    let library = |error: &dyn std::error::Error| Unusable::Library(short(&error.to_string()));
    let verifier: Arc<dyn ServerCertVerifier> = match trust {
        Trust::Anyone => Arc::new(AnyCertificate(provider())),
        Trust::Platform => verifier(Arc::new(platform_roots()?)).map_err(|error| library(&error))?,
        Trust::Only(roots) => verifier(Arc::clone(roots)).map_err(|error| library(&error))?,
    };
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| library(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

fn verifier(roots: Arc<RootCertStore>) -> Result<Arc<WebPkiServerVerifier>, rustls::client::VerifierBuilderError> {
    WebPkiServerVerifier::builder_with_provider(roots, provider()).build()
}

fn platform_roots() -> Result<RootCertStore, Unusable> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // A platform's store may hold what this library cannot use.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let why = found.errors.first().map(|error| format!(" ({error})"));
        return Err(Unusable::NoRoots(short(&why.unwrap_or_default())));
    }
    Ok(roots)
}

/// Believes every certificate. The handshake's signature is still checked, so that a broken server shows.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// What is wrong where there is no TLS session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The certificate was issued by somebody who is not trusted.
    OtherIssuer,
    /// The certificate is for other names.
    OtherName,
    /// The certificate is not valid now, by this host's clock.
    NotValidNow,
    /// The certificate is wrong in another way.
    BadCertificate,
    /// The server has none of the protocols that were offered by ALPN.
    NoProtocol,
    /// What answers does not speak TLS.
    NotTls,
    /// The server ended the connection before there was a session.
    BrokenOff,
    /// Anything else that the TLS library says.
    Other,
}

impl Fault {
    /// Whether it lies with the certificate.
    pub fn is_certificate(self) -> bool {
        matches!(
            self,
            Self::OtherIssuer | Self::OtherName | Self::NotValidNow | Self::BadCertificate
        )
    }
}

/// What an error of a TLS stream means; `None` where it is the network's own. With it what the library says, bounded.
pub fn fault(error: &io::Error) -> Option<(Fault, String)> {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let fault = match inner {
        None if error.kind() == io::ErrorKind::UnexpectedEof => Fault::BrokenOff,
        None => return None,
        Some(rustls::Error::InvalidCertificate(error)) => match error {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Fault::OtherIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Fault::OtherName,
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Fault::NotValidNow,
            _ => Fault::BadCertificate,
        },
        Some(
            rustls::Error::NoApplicationProtocol
            | rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol),
        ) => Fault::NoProtocol,
        Some(rustls::Error::InvalidMessage(_)) => Fault::NotTls,
        Some(_) => Fault::Other,
    };
    let said = inner.and_then(of_the_certificate).unwrap_or_else(|| error.to_string());
    Some((fault, short(&said)))
}

/// What a certificate says of itself, in fewer words: its names, or the end that this host's time is beyond.
fn of_the_certificate(error: &rustls::Error) -> Option<String> {
    let rustls::Error::InvalidCertificate(error) = error else {
        return None;
    };
    let at = |time: &UnixTime| {
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs()))?;
        // Formatting fails beyond the year 9999.
        let text = humantime::format_rfc3339_seconds(time);
        let mut said = String::new();
        write!(said, "{text}").ok().map(|()| said)
    };
    match error {
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            let names: Vec<&str> = presented.iter().map(|name| plain(name)).collect();
            Some(format!("it is for {}", names.join(", ")))
        }
        CertificateError::ExpiredContext { not_after, .. } => Some(format!("it was valid until {}", at(not_after)?)),
        CertificateError::NotValidYetContext { not_before, .. } => {
            Some(format!("it is valid from {}", at(not_before)?))
        }
        _ => None,
    }
}

/// A name that the library shows with its kind: `DnsName("a.test")`, `IpAddress(10.0.0.1)`.
fn plain(name: &str) -> &str {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.map_or(name, |inner| inner.trim_matches('"'))
}

/// As much of a text as is kept.
pub fn short(text: &str) -> String {
    text::short(text, limits::TLS_REASON)
}
