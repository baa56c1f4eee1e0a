//! PEM as Go's `encoding/pem` finds it, and what `crypto/tls` and client-go say where what they want is not in it (Go,
//! src/encoding/pem/pem.go; src/crypto/tls/tls.go, X509KeyPair; k8s.io/client-go, transport/transport.go,
//! rootCertPool, createErrorParsingCAData). Nothing is kept of what stands there.

use base64_simd::STANDARD;

/// A block, and whether it has headers.
struct PemBlock {
    kind: String,
    headers: bool,
    octets: Vec<u8>,
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// The first block, and what stands behind it. A block that is not well formed is passed over.
fn decode(mut rest: &str) -> Option<(PemBlock, &str)> {
    loop {
        let mut from = 0;
        let at = loop {
            let at = from + rest[from..].find(BEGIN)?;
            if at == 0 || rest[..at].ends_with('\n') {
                break at;
            }
            from = at + BEGIN.len();
        };
        rest = &rest[at + BEGIN.len()..];
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        let Some(kind) = line.trim_end_matches([' ', '\t', '\r']).strip_suffix(DASHES) else {
            continue;
        };
        let end = format!("-----END {kind}{DASHES}");
        let at_start_of_line = |at: usize| at == 0 || behind[..at].ends_with('\n');
        let mut ends = behind.match_indices(&end).map(|(at, _)| at);
        let Some(at) = ends.find(|at| at_start_of_line(*at)) else {
            continue;
        };
        let (line, after) = behind[at + end.len()..]
            .split_once('\n')
            .unwrap_or((&behind[at + end.len()..], ""));
        if !line.trim_end_matches([' ', '\t', '\r']).is_empty() {
            continue;
        }
        let mut body = &behind[..at];
        let mut headers = false;
        while let Some((line, behind)) = body.split_once('\n').filter(|(line, _)| line.contains(':')) {
            (headers, body) = (!line.is_empty(), behind);
        }
        let digits: Vec<u8> = body.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
        let Ok(octets) = STANDARD.decode_to_vec(&digits) else {
            continue;
        };
        let kind = kind.to_owned();
        return Some((PemBlock { kind, headers, octets }, after));
    }
}

/// Why Go takes no certificate from a block: it reads one element of DER, which is a sequence, and nothing behind it
/// (Go, src/crypto/x509/parser.go, ParseCertificate). What is in the sequence is not looked at.
fn problem_of_certificate(der: &[u8]) -> Option<&'static str> {
    const MALFORMED: Option<&str> = Some("x509: malformed certificate");
    let [0x30, first, rest @ ..] = der else {
        return MALFORMED;
    };
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let octets = usize::from(first & 0x7f);
        let Some((digits, rest)) = rest.split_at_checked(octets).filter(|_| (1..=4).contains(&octets)) else {
            return MALFORMED;
        };
        let length = digits
            .iter()
            .fold(0, |length, octet| (length << 8) | usize::from(*octet));
        (length, rest)
    };
    match rest.len().cmp(&length) {
        std::cmp::Ordering::Less => MALFORMED,
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some("x509: trailing data"),
    }
}

/// Why client-go takes no certificate authority from it.
pub(super) fn problem_of_authority(pem: &[u8]) -> Option<String> {
    let pem = String::from_utf8_lossy(pem);
    let mut rest: &str = &pem;
    let mut problem = None;
    while !rest.is_empty() {
        let Some((block, behind)) = decode(rest) else {
            return Some(problem.unwrap_or_else(|| "unable to parse bytes as PEM block".to_owned()));
        };
        rest = behind;
        if block.kind != "CERTIFICATE" || block.headers {
            continue;
        }
        let why = problem_of_certificate(&block.octets)?;
        problem.get_or_insert_with(|| format!("failed to parse certificate: {why}"));
    }
    Some(problem.unwrap_or_else(|| "no valid certificate authority data seen".to_owned()))
}

/// Why Go takes no client certificate from it.
pub(super) fn problem_of_client_certificate(pem: &[u8]) -> Option<String> {
    let kinds = match first_of(pem, |kind| kind == "CERTIFICATE") {
        Ok(block) => return problem_of_certificate(&block.octets).map(str::to_owned),
        Err(kinds) => kinds,
    };
    Some(match &kinds[..] {
        [] => "tls: failed to find any PEM data in certificate input".to_owned(),
        [kind] if kind.ends_with("PRIVATE KEY") => "tls: failed to find certificate PEM data in certificate input, \
             but did find a private key; PEM inputs may have been switched"
            .to_owned(),
        _ => format!(
            "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the \
             following types: [{}]",
            kinds.join(" ")
        ),
    })
}

/// Why Go takes no key from it; whether the key is the certificate's is not looked at.
pub(super) fn problem_of_key(pem: &[u8]) -> Option<String> {
    let kinds = first_of(pem, |kind| kind == "PRIVATE KEY" || kind.ends_with(" PRIVATE KEY")).err()?;
    Some(match &kinds[..] {
        [] => "tls: failed to find any PEM data in key input".to_owned(),
        [kind] if kind == "CERTIFICATE" => {
            "tls: found a certificate rather than a key in the PEM for the private key".to_owned()
        }
        _ => format!(
            "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks \
             of the following types: [{}]",
            kinds.join(" ")
        ),
    })
}

/// The first block of a kind, else the kinds that there are.
fn first_of(pem: &[u8], is_wanted: fn(&str) -> bool) -> Result<PemBlock, Vec<String>> {
    let pem = String::from_utf8_lossy(pem);
    let mut rest: &str = &pem;
    let mut kinds = Vec::new();
    while let Some((block, behind)) = decode(rest) {
        if is_wanted(&block.kind) {
            return Ok(block);
        }
        kinds.push(block.kind);
        rest = behind;
    }
    Err(kinds)
}
