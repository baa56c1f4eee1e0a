//! What clients print of a server's certificate that they do not take: the name resolved, TCP connected, and TLS got
//! as far as the certificate. Which name was wanted, and what the certificate's own names tell of the server.

use std::net::{IpAddr, Ipv4Addr};

use super::{AfterLookup, between, host, is_endpoint, is_one_label};
use crate::limits;

/// The texts, with what they stand for. Those of time are first: some clients wrap them in the others.
const TEXTS: &[(&str, AfterLookup)] = &[
    // Go, src/crypto/x509/verify.go, CertificateInvalidError.Error; OpenSSL, crypto/x509/x509_txt.c; Node, tls,
    // "Certificate error codes"; Java, java.security.cert; rustls, src/error.rs, CertificateError; .NET,
    // X509ChainStatusFlags; Windows (winerror.h), as curl prints it (curl/curl, lib/curl_sspi.c).
    ("certificate has expired", AfterLookup::CertificateTime),
    ("certificate is not yet valid", AfterLookup::CertificateTime),
    ("CERT_HAS_EXPIRED", AfterLookup::CertificateTime),
    ("CERT_NOT_YET_VALID", AfterLookup::CertificateTime),
    ("CertificateExpiredException", AfterLookup::CertificateTime),
    ("CertificateNotYetValidException", AfterLookup::CertificateTime),
    // sun.security.provider.certpath, BasicChecker: its validity is a certificate's time alone.
    (
        "CertPathValidatorException: validity check failed",
        AfterLookup::CertificateTime,
    ),
    ("invalid peer certificate: Expired", AfterLookup::CertificateTime),
    ("invalid peer certificate: NotValidYet", AfterLookup::CertificateTime),
    (
        "errors in the certificate chain: NotTimeValid",
        AfterLookup::CertificateTime,
    ),
    ("SEC_E_CERT_EXPIRED", AfterLookup::CertificateTime),
    ("x509: ", AfterLookup::Certificate),
    ("CERTIFICATE_VERIFY_FAILED", AfterLookup::Certificate),
    ("certificate verify failed", AfterLookup::Certificate),
    ("PKIX path building failed", AfterLookup::Certificate),
    ("unable to get local issuer certificate", AfterLookup::Certificate),
    // OpenSSL, crypto/x509/x509_txt.c, as Node prints it, and Node's names of the same.
    ("unable to verify the first certificate", AfterLookup::Certificate),
    ("self-signed certificate", AfterLookup::Certificate),
    ("self signed certificate", AfterLookup::Certificate),
    ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", AfterLookup::Certificate),
    ("UNABLE_TO_GET_ISSUER_CERT", AfterLookup::Certificate),
    ("SELF_SIGNED_CERT_IN_CHAIN", AfterLookup::Certificate),
    ("DEPTH_ZERO_SELF_SIGNED_CERT", AfterLookup::Certificate),
    ("RemoteCertificateNameMismatch", AfterLookup::Certificate),
    ("ERR_TLS_CERT_ALTNAME_INVALID", AfterLookup::Certificate),
    ("is not in the cert's altnames", AfterLookup::Certificate),
    (
        "no alternative certificate subject name matches",
        AfterLookup::Certificate,
    ),
    ("invalid peer certificate", AfterLookup::Certificate),
    // Java, sun.security.util.HostnameChecker; okhttp, RealConnection.
    ("No subject alternative DNS name matching ", AfterLookup::Certificate),
    ("No subject alternative names matching ", AfterLookup::Certificate),
    ("No subject alternative names present", AfterLookup::Certificate),
    ("CertificateException: No name matching ", AfterLookup::Certificate),
    ("SSLPeerUnverifiedException", AfterLookup::Certificate),
    // .NET: SslStream, and .NET Framework's WebException.
    ("The remote certificate is invalid", AfterLookup::Certificate),
    (
        "Could not establish trust relationship for the SSL/TLS",
        AfterLookup::Certificate,
    ),
    // Windows (winerror.h), as curl prints it; curl's own words are curl/curl, lib/vtls/schannel.c.
    ("SEC_E_UNTRUSTED_ROOT", AfterLookup::Certificate),
    ("SEC_E_WRONG_PRINCIPAL", AfterLookup::Certificate),
    ("CERT_TRUST_IS_UNTRUSTED_ROOT", AfterLookup::Certificate),
    ("curl: (60)", AfterLookup::Certificate),
];

/// What a line says of the certificate.
pub(super) fn failure(line: &str) -> Option<AfterLookup> {
    let found = TEXTS.iter().find(|(text, _)| line.contains(text));
    found.map(|(_, what)| *what)
}

/// Whether the certificate's names or its issuer are those of a product that inspects TLS: Zscaler ("Zscaler Root CA"),
/// Netskope (caadmin.netskope.com, goskope.com), Fortinet (Fortinet_CA_SSL), as users published them.
pub(super) fn is_of_an_inspector(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    ["zscaler", "netskope", "goskope", "fortinet", "fortigate"]
        .iter()
        .any(|name| lower.contains(name))
}

/// The name that the client wanted, as it stands in the text about the certificate.
pub(super) fn wanted(line: &str) -> Option<&str> {
    // Go, src/crypto/x509/verify.go, HostnameError.Error; Python (OpenSSL), ssl; Java; okhttp; Node, lib/tls.js;
    // rustls.
    let of_go = || {
        let (_, rest) = line.split_once(" is valid for ")?;
        let (_, wanted) = rest.split_once(", not ")?;
        super::library::first_word(wanted)
    };
    of_go()
        .or_else(|| between(line, "cannot validate certificate for ", " because "))
        .or_else(|| between(line, "certificate is not valid for '", "'"))
        .or_else(|| between(line, " DNS name matching ", " found"))
        .or_else(|| between(line, "No name matching ", " found"))
        .or_else(|| between(line, "Hostname ", " not verified"))
        .or_else(|| between(line, "altnames: Host: ", ". is not in the cert's altnames"))
        .or_else(|| between(line, "certificate not valid for name \"", "\""))
        .or_else(|| between(line, "matches target host name '", "'"))
}

/// The address that the client wanted the certificate to have; `localhost` is one of this host.
pub(super) fn address(line: &str) -> Option<IpAddr> {
    match wanted(line)?.trim_matches(['[', ']', '"', '\\']) {
        "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        wanted => wanted.parse().ok(),
    }
}

/// Whether the text says only that the certificate is valid for other names than an address of this host, or has an
/// endpoint among them. Go compares these before it looks who signed it (src/crypto/x509/verify.go,
/// Certificate.Verify), so nothing speaks against the server.
pub(super) fn is_valid_for_others(line: &str) -> bool {
    let has_an_endpoint = || names(line).iter().any(|name| is_endpoint(name));
    line.contains("certificate is valid for ") && address(line).is_some_and(|ip| ip.is_loopback() || has_an_endpoint())
}

/// The certificate's own names: of Go, and of Node (`DNS:a, DNS:b, IP Address:c`).
fn names(line: &str) -> Vec<&str> {
    let of_go = || Some(line.split_once("certificate is valid for ")?.1.split_once(", not ")?.0);
    let of_node = || Some(line.split_once("is not in the cert's altnames: ")?.1);
    let Some(list) = of_go().or_else(of_node) else {
        return Vec::new();
    };
    let names = list.split(", ").take(limits::PASTED_WORDS).filter_map(|name| {
        let name = name.trim().trim_matches(['"', '\\', '\'']);
        let name = name.strip_prefix("DNS:").unwrap_or(name);
        let is_name =
            !name.contains(' ') && !super::text::is_masked(name) && host(name.trim_start_matches("*.")).is_some();
        is_name.then_some(name)
    });
    names.collect()
}

/// Where the certificate's names are another endpoint's.
const OF_ANOTHER_CLUSTER: &str = "The certificate's names have the endpoint of another cluster among them: the name \
                                  led to an address of that cluster, or to one that it has now.";
/// Where they have an endpoint among them, and a name that is none was wanted. RFC 9525 section 6: it is the name
/// that the client was given that must be in the certificate, and not what an alias leads to.
const OF_ITS_ENDPOINT: &str = "The certificate is that of an EKS cluster, and it has the cluster's endpoint among its \
                               names. The name that the client asked for is another, perhaps an alias: give the client \
                               the endpoint's name (server, or tls-server-name, in the kubeconfig).";
/// Where an address was wanted: tls-server-name is a field of the kubeconfig's cluster (k8s.io/client-go,
/// tools/clientcmd/api, Cluster.TLSServerName).
const OF_AN_ADDRESS: &str = "The client compares the certificate with the address that it was given as its server, and \
                             the certificate does not have that address. This alone does not show a wrong server: with \
                             an address, or behind a tunnel, give the client the endpoint's name (tls-server-name in \
                             the kubeconfig).";
/// Where they are an API server's (Kubernetes, "PKI certificates and requirements": the names of kube-apiserver).
const OF_AN_API_SERVER: &str = "The certificate's names are those of a Kubernetes API server (kubernetes.default.svc), \
                                and the name that the client asked for is not among them: it is another cluster's, \
                                or the client has another name for the cluster.";
const OF_SOMETHING_ELSE: &str = "The certificate's names are none that an API server has: what answered is something \
                                 else, such as a proxy that inspects TLS, the login page of a network, or a server \
                                 that has the address now.";
/// Go, src/crypto/x509/verify.go, UnknownAuthorityError.Error: the hint is given where an authority that the client
/// trusts has the issuer's name, and its key does not verify the signature.
const SAME_NAME: &str = "The certificate is signed by an authority that has the same name as the client's own, and \
                         another key. Of clusters many have one of the name \"kubernetes\": then it is another \
                         cluster's certificate, or the kubeconfig has another cluster's certificate-authority-data. \
                         Compare that with aws eks describe-cluster --name CLUSTER --query \
                         cluster.certificateAuthority.data.";
/// Amazon EKS API Reference, Certificate: the cluster's own authority is `certificateAuthority`, for the kubeconfig.
const WITHOUT_AUTHORITY: &str = "A cluster's certificate is signed by the cluster's own certificate authority, which \
                                 no system trusts by itself. A client that was not given it (curl: --cacert FILE) says \
                                 this of a cluster that is in order as well.";

/// What programs print that know no kubeconfig, where they do not know who signed the certificate.
const OF_PLAIN_CLIENTS: &[&str] = &["curl: (60) ", "curl: (35) ", "curl: (77) ", "verify error:num="];
const OF_UNKNOWN_ISSUERS: &[&str] = &[
    "unable to get local issuer certificate",
    "self-signed certificate",
    "self signed certificate",
    "unable to verify the first certificate",
    "SEC_E_UNTRUSTED_ROOT",
    "CERT_TRUST_IS_UNTRUSTED_ROOT",
];

/// What the text tells of who answered.
pub(super) fn note(line: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| line.contains(word));
    if line.contains("while trying to verify candidate authority certificate ") {
        return Some(SAME_NAME);
    }
    if has(OF_PLAIN_CLIENTS) && has(OF_UNKNOWN_ISSUERS) {
        return Some(WITHOUT_AUTHORITY);
    }
    let names = names(line);
    let wanted = wanted(line)?;
    if names.is_empty() && !super::text::is_masked(line) && address(line).is_some() {
        return Some(OF_AN_ADDRESS);
    }
    if names.is_empty() || host(wanted).is_none() {
        return None;
    }
    let id = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_api_servers = |name: &&&str| **name == "kubernetes" || name.starts_with("kubernetes.default");
    Some(match names.iter().find(|name| is_endpoint(name)) {
        Some(_) if !is_endpoint(wanted) => OF_ITS_ENDPOINT,
        Some(other) if id(other) != id(wanted) => OF_ANOTHER_CLUSTER,
        _ if names.iter().find(is_api_servers).is_some() => OF_AN_API_SERVER,
        // A name of one label may be anybody's host.
        _ if names
            .iter()
            .all(|name| host(name).is_some_and(|name| is_one_label(&name))) =>
        {
            return None;
        }
        _ => OF_SOMETHING_ELSE,
    })
}
