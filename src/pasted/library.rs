//! What clients of the C library's getaddrinfo print, and Node's c-ares: curl, Python, Java, Node, Rust.
//!
//! Recorded with glibc 2.36; musl's, macOS's and Windows' texts as users reported them. What is around the text: Java's
//! is `HOST: TEXT` (openjdk/jdk, java.base, net_util_md.c, NET_ThrowUnknownHostExceptionWithGaiError); .NET's `TEXT
//! (HOST:PORT)` (dotnet/runtime, System.Net.Http, ConnectHelper.cs, CreateWrappedException); Ruby's `Failed to open TCP
//! connection to HOST:PORT (TEXT)` (ruby/net-http, lib/net/http.rb, connect). Rust's and Node's as users reported them.

use super::{AfterLookup, MessageSeen, Symptom, dial, glibc_languages, words};
use crate::limits;

/// The texts of getaddrinfo, with what they stand for.
const TEXTS: &[(&str, Symptom)] = &[
    // glibc: EAI_NONAME, EAI_NODATA, EAI_AGAIN.
    ("Name or service not known", Symptom::NoName),
    ("No address associated with hostname", Symptom::NoData),
    ("Temporary failure in name resolution", Symptom::TryAgain),
    // Apple, CFNetworkErrors.h, kCFURLErrorCannotFindHost: of every failure.
    (
        "A server with the specified hostname could not be found",
        Symptom::Unknown,
    ),
    // musl.
    ("Name does not resolve", Symptom::NoAddress),
    ("Name has no usable address", Symptom::NoData),
    // macOS.
    ("nodename nor servname provided", Symptom::NoAddress),
    // Windows.
    ("No such host is known", Symptom::NoAddress),
    ("getaddrinfo failed", Symptom::Unknown),
    // .NET on Linux, for EAI_AGAIN.
    ("Resource temporarily unavailable (", Symptom::TryAgain),
    ("no data of the requested type was found", Symptom::NoData),
    ("temporary error during hostname resolution", Symptom::TryAgain),
    (
        "non-recoverable error occurred during a database lookup",
        Symptom::Unknown,
    ),
];
/// The texts of c-ares, which aiohttp and gRPC print (Node.js, "DNS", "Error codes", lists them beside its own codes).
const TEXTS_OF_CARES: &[(&str, Symptom)] = &[
    ("Domain name not found", Symptom::NoAddress),
    ("DNS server returned answer with no data", Symptom::NoData),
    ("DNS server returned general failure", Symptom::ServFail),
    ("DNS server refused query", Symptom::Refused),
    ("DNS server claims query was misformatted", Symptom::NotUnderstood),
    (
        "DNS server does not implement requested operation",
        Symptom::NotUnderstood,
    ),
    ("Misformatted DNS reply", Symptom::Unreadable),
    ("Could not contact DNS servers", Symptom::NotContacted),
    ("Timeout while contacting DNS servers", Symptom::Silence),
];
/// What musl says for EAI_AGAIN: words that stand for much else where nothing of a lookup is beside them.
const MUSL_AGAIN: &str = "Try again";
/// What is beside them: Python, Rust, Java, Go with cgo.
const LOOK_UPS: &[&str] = &["gaierror", "[Errno -3]", "lookup ", "UnknownHostException"];

/// The number of Windows' error, which stands where Python has the same words for each (CPython,
/// Modules/socketmodule.c, set_gaierror, without gai_strerror), and where the words are in Windows' language.
fn by_number(line: &str) -> Option<Symptom> {
    ["[Errno ", "gaierror(", "(os error "].iter().find_map(|lead| {
        let (_, rest) = line.split_once(lead)?;
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        words::by_winsock(&rest[..end])
    })
}

/// What a text of getaddrinfo in the line stands for.
pub(super) fn symptom(line: &str) -> Option<Symptom> {
    if let Some(symptom) = by_number(line) {
        return Some(symptom);
    }
    let is_again = || line.contains(MUSL_AGAIN) && LOOK_UPS.iter().any(|look_up| line.contains(look_up));
    TEXTS
        .iter()
        .chain(TEXTS_OF_CARES)
        .chain(glibc_languages::texts_for(line))
        .find(|(text, _)| line.contains(text))
        .map(|(_, symptom)| *symptom)
        .or_else(|| is_again().then_some(Symptom::TryAgain))
        // Rust's words before the text of the C library, where that is not in the line.
        .or_else(|| {
            line.contains("failed to lookup address information")
                .then_some(Symptom::Unknown)
        })
}

/// Whether Java's error of a lookup stands in a line without the name: at its end, or in the AWS SDK's own words
/// (aws-sdk-java-v2, HelpfulUnknownHostExceptionInterceptor.java).
fn is_java_without_a_name(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(':');
    line.ends_with("java.net.UnknownHostException") && !line.trim_start().starts_with("at ")
        || line.contains("Received an UnknownHostException when attempting to interact with a service")
}

/// Whether it is a text that these libraries print without the name.
pub(super) fn names_no_host(line: &str) -> bool {
    let is_of_node = CODES_OF_NODE
        .iter()
        .any(|(code, _)| line.contains(&format!("getaddrinfo {code}")));
    symptom(line).is_some() || is_of_node || line.contains(UNRESOLVED) || is_java_without_a_name(line)
}

/// What Java's java.nio.channels says: the lookup was over before, and the name is not in it.
const UNRESOLVED: &str = "UnresolvedAddressException";

/// The error of a lookup as one of these clients prints it.
pub(super) fn look_up(line: &str) -> Option<MessageSeen> {
    // curl's own resolver, or its thread's, in time (curl/curl, lib/connect.c).
    if line.contains("curl: (28) Resolving timed out") {
        return Some(MessageSeen::of(Symptom::Silence, None));
    }
    // BusyBox of old asks for the server's name first, of which it has none.
    if line.contains("can't resolve '(null)'") {
        return None;
    }
    // curl 6, wget, BusyBox, ssh, ping of macOS: any failure.
    for lead in [
        "Could not resolve host: ",
        "unable to resolve host address ",
        ": bad address '",
        "Could not resolve hostname ",
        "nslookup: can't resolve '",
        "ping: cannot resolve ",
        // iputils of old, and inetutils.
        "ping: unknown host ",
        // apt, methods/connect.cc: EAI_NONAME, EAI_AGAIN, EAI_SYSTEM, and the text of every other.
        "Could not resolve '",
        "Temporary failure resolving '",
        "System error resolving '",
        "Something wicked happened resolving '",
        // OpenVPN, src/openvpn/socket.c.
        "Cannot resolve host address: ",
        "traceroute: unknown host ",
        // nmap, TargetGroup.cc.
        "Failed to resolve \"",
        // Android (libcore, Inet6AddressImpl.java, lookupHostByName), which says the rest of every failure.
        "Unable to resolve host \"",
        // MySQL, include/errmsg.h, CR_UNKNOWN_HOST; nginx, src/core/ngx_inet.c; Kafka, clients/ClientUtils.java.
        "Unknown MySQL server host '",
        "host not found in upstream \"",
        "DNS resolution failed for ",
    ] {
        if let Some((_, rest)) = line.split_once(lead) {
            let host = rest.split_once('"').filter(|_| lead.ends_with('"'));
            // wget and ssh go on with the text of getaddrinfo. Android has one text for every failure.
            let is_of_android = lead.starts_with("Unable to resolve");
            let said = symptom(rest).filter(|_| !is_of_android);
            if lead.ends_with(" resolving '") {
                // A port's name, or its number, stands behind the host's.
                let (host, rest) = rest.split_once('\'')?;
                let is_again = lead.starts_with("Temporary");
                let said = is_again.then_some(Symptom::TryAgain).or_else(|| symptom(rest));
                let host = host.split(':').next();
                return Some(MessageSeen::of(said.unwrap_or(Symptom::Unknown), host));
            }
            return Some(MessageSeen::of(
                said.unwrap_or(Symptom::Unknown),
                host.map_or_else(|| first_word(rest).map(without_port), |(host, _)| Some(host)),
            ));
        }
    }
    // libwww-perl, LWP/Protocol/http.pm, with what IO::Socket::INET says (perl, IO/Socket/INET.pm): of every failure.
    if line.contains("(Bad hostname") {
        return Some(MessageSeen::of(
            Symptom::Unknown,
            super::between(line, "Can't connect to ", ":"),
        ));
    }
    if let Some(seen) = of_fields(line) {
        return Some(seen);
    }
    for (code, symptom) in CODES_OF_NODE {
        let symptom = *symptom;
        let is_query = |before: &str| {
            let word = before.split_whitespace().next_back().unwrap_or_default();
            word.starts_with("query") && !word.contains(':')
        };
        // Where the code stands alone too, the words are behind it.
        for (at, _) in line.match_indices(code).take(limits::PASTED_WORDS) {
            if let Some(before) = line[..at].strip_suffix(' ')
                && (before.ends_with("getaddrinfo")
                    || is_query(before)
                    || symptom != Symptom::NotContacted && before.contains("query"))
            {
                return Some(MessageSeen::of(symptom, first_word(&line[at + code.len()..])));
            }
        }
    }
    if let Some(seen) = netty(line)
        .or_else(|| erlang(line))
        .or_else(|| ruby(line))
        .or_else(|| hickory(line))
        .or_else(|| super::web_servers::line(line))
    {
        return Some(seen);
    }
    // Chromium (net/base/net_error_list.h), and what is made of it: of every failure.
    if line.contains("ERR_NAME_NOT_RESOLVED") {
        return Some(MessageSeen::of(Symptom::Unknown, words::url_host(line)));
    }
    if line.contains(UNRESOLVED) {
        return Some(MessageSeen::of(Symptom::Unknown, None));
    }
    // Ruby.
    if let Some((_, rest)) = line.split_once("Hostname not known: ") {
        return Some(MessageSeen::of(Symptom::Unknown, first_word(rest)));
    }
    // The AWS SDKs for Java write the cause's message behind their own (aws-sdk-java, AmazonHttpClient.java), and that
    // of Java's error is the name alone (openjdk/jdk, InetAddress.java).
    let of_sdk = line
        .split_once("Unable to execute HTTP request: ")
        .and_then(|(_, rest)| words::split_host(rest))
        .filter(|(word, behind)| words::is_dotted(word) && !behind.starts_with([' ', '/']))
        .map(|(word, _)| word);
    if let Some(host) = of_sdk.filter(|_| symptom(line).is_none()) {
        return Some(MessageSeen::of(Symptom::Unknown, Some(host)));
    }
    if is_java_without_a_name(line) {
        return Some(MessageSeen::of(Symptom::Unknown, None));
    }
    let java = line
        .split_once("UnknownHostException: ")
        .and_then(|(_, rest)| words::split_host(rest));
    // Java without the text of the C library, or with one that is not known: what is behind a name of several labels is
    // not its, and behind one label there is nothing but the end of what it is quoted in.
    let is_at_the_end = |behind: &str| !behind.starts_with([':', ' ', '\t']) || behind.trim().is_empty();
    let bare = java
        .filter(|(word, behind)| words::is_dotted(word) || is_at_the_end(behind))
        .map(|(word, _)| word);
    let symptom = symptom(line).or(bare.map(|_| Symptom::Unknown))?;
    let host = line
        .split_once("Failed to resolve '")
        .and_then(|(_, rest)| rest.split_once('\''))
        .map(|(host, _)| host)
        .or_else(|| java.filter(|(_, behind)| behind.starts_with(':')).map(|(host, _)| host))
        // .NET.
        .or_else(|| super::between(line, "known. (", ":").or_else(|| super::between(line, "known (", ":")))
        .or_else(|| super::between(line, "ping: ", ": "))
        // PostgreSQL, src/interfaces/libpq/fe-connect.c.
        .or_else(|| super::between(line, "translate host name \"", "\""))
        .or_else(|| dial::named(line))
        // gRPC, the resolver of c-ares.
        .or_else(|| super::between(line, " name=", " "))
        .or(bare)
        .or_else(|| words::url_host(line))
        .or_else(|| before_text(line));
    Some(MessageSeen::of(symptom, host))
}

/// Node's codes of a lookup's errors (Node.js, "DNS", "Error codes").
const CODES_OF_NODE: &[(&str, Symptom)] = &[
    ("ENOTFOUND", Symptom::NoAddress),
    ("EAI_AGAIN", Symptom::TryAgain),
    ("ENODATA", Symptom::NoData),
    ("ESERVFAIL", Symptom::ServFail),
    ("EREFUSED", Symptom::Refused),
    ("ETIMEOUT", Symptom::Silence),
    ("EFORMERR", Symptom::NotUnderstood),
    ("ENOTIMP", Symptom::NotUnderstood),
    ("EBADRESP", Symptom::Unreadable),
    ("EMFILE", Symptom::NoSocket),
    // Elsewhere the port of the server itself is meant.
    ("ECONNREFUSED", Symptom::NotContacted),
];

/// The same as the members of the error, as Node prints it and as loggers write it in JSON: `code`, `syscall` and
/// `hostname` (Node.js, "Errors", "Class: SystemError").
fn of_fields(line: &str) -> Option<MessageSeen> {
    let field = |name: &str| {
        let plain = super::between(line, &format!("{name}: '"), "'");
        plain.or_else(|| super::between(line, &format!("\"{name}\":\""), "\""))
    };
    let call = field("syscall")?;
    let is_lookup = call == "getaddrinfo" || call.starts_with("query");
    let code = field("code").filter(|_| is_lookup)?;
    let (_, symptom) = CODES_OF_NODE.iter().find(|(known, _)| *known == code)?;
    Some(MessageSeen::of(*symptom, Some(field("hostname")?)))
}

/// The name in front of a text of getaddrinfo, `NAME: TEXT`, as programs of C print it. The name of an error or of a
/// module stands there too, with a capital or without a top-level domain.
fn before_text(line: &str) -> Option<&str> {
    let mut texts = TEXTS.iter().chain(glibc_languages::texts_for(line));
    let before = texts.find_map(|(text, _)| line.split_once(text))?.0;
    let word = before
        .trim_end()
        .strip_suffix(':')?
        .trim_end_matches(['"', '\'', ')', '`']);
    let is_before = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | '`' | '>' | '\\');
    let start = word.rfind(is_before).unwrap_or(0);
    // Behind the border: the end of a line and a tabulator as a string of JSON has them, and an element of HTML.
    let borders = ["\\n", "\\t", "\\r", ">"];
    let rest = borders.iter().find_map(|border| word[start..].strip_prefix(border));
    let (word, _) = words::split_host(rest.unwrap_or(&word[start..]))?;
    (words::is_dotted(word) && !word.ends_with(".gaierror")).then_some(word)
}

/// Netty's own resolver (netty/netty, resolver-dns, DnsResolveContext.java, finishResolve; DnsNameResolverContext.java
/// before, in small letters): the same for NXDOMAIN, for NODATA, for an error and for silence, which its cause tells.
/// Around it, where a search domain was asked with, SearchDomainUnknownHostException: up to 4.1.73 it has the name and
/// then the text with the longer name in it, and since then the name and the search list.
fn netty(line: &str) -> Option<MessageSeen> {
    if line.contains("DnsNameResolverTimeoutException") || line.contains("DnsErrorCauseException") {
        let server = super::between(line, ", /", "]")
            .or_else(|| super::between(line, ": /", "]"))
            .or_else(|| super::between(line, "[/", "]"));
        let host = super::between(line, "query '", ".'")
            .filter(|host| host.contains('.'))
            .or_else(|| super::between(line, "DefaultDnsQuestion(", ". "));
        let rcodes = ["NXDOMAIN", "NXDomain", "SERVFAIL", "ServFail", "REFUSED", "Refused"];
        let rcode = rcodes.iter().find(|rcode| line.contains(**rcode));
        let symptom = rcode.and_then(|rcode| words::by_rcode(&rcode.to_ascii_uppercase()));
        return Some(MessageSeen {
            server: server.and_then(|server| server.parse().ok()),
            ..MessageSeen::of(symptom.unwrap_or(Symptom::Silence), host)
        });
    }
    if let Some(host) = super::between(line, "Search domain query failed. Original hostname: '", "'") {
        return Some(MessageSeen::of(Symptom::Unknown, Some(host)));
    }
    let (_, rest) = line
        .split_once("Failed to resolve '")
        .or_else(|| line.split_once("failed to resolve '"))?;
    let (host, rest) = rest.split_once('\'')?;
    let is_counted = rest.contains(" after ") && rest.contains("quer") || rest.contains("Exceeded max queries");
    let has_types = rest.starts_with(" [A(1)") || rest.starts_with(" [AAAA(28)");
    let is_own = is_counted || has_types || rest.contains(" and search domain query for configured domains failed");
    is_own.then(|| MessageSeen::of(Symptom::Unknown, Some(host)))
}

/// Erlang and Elixir: inet's `nxdomain`, which stands for every lookup without an address (inet(3)), and its text
/// (erlang/otp, lib/kernel/src/erl_posix_msg.erl).
fn erlang(line: &str) -> Option<MessageSeen> {
    let is_one = line.contains("nxdomain")
        && [
            "{inet",
            ":nxdomain",
            "failed_connect",
            "{error,nxdomain",
            "{error, nxdomain",
        ]
        .iter()
        .any(|text| line.contains(text));
    let is_text = line.contains("non-existing domain");
    let of_elixir = |lead: &str, end: &str| super::between(line, lead, end);
    let host = super::between(line, "{to_address,{\"", "\"")
        .or_else(|| of_elixir("{:to_address, {~c\"", "\""))
        .or_else(|| of_elixir("{:to_address, {'", "'"))
        .or_else(|| super::between(line, "tcp connect (", ":"))
        .or_else(|| words::url_host(line));
    // httpc's limit for the connection is that of the lookup as well (erlang/otp, lib/kernel/src/inet_tcp.erl,
    // connect).
    let is_late = line.contains("failed_connect") && (line.contains("],timeout}") || line.contains("], :timeout}"));
    if is_late {
        return Some(MessageSeen::of(
            Symptom::AfterLookup(AfterLookup::NoConnectionInTime),
            host,
        ));
    }
    (is_one || is_text).then(|| MessageSeen::of(Symptom::NoAddress, host))
}

/// Ruby's own resolver (ruby/resolv, lib/resolv.rb): no address, and no reply in time.
fn ruby(line: &str) -> Option<MessageSeen> {
    for lead in ["DNS result has no information for ", "no address for "] {
        if let Some((_, rest)) = line.split_once(lead).filter(|_| line.contains("Resolv")) {
            return Some(MessageSeen::of(Symptom::NoAddress, first_word(rest)));
        }
    }
    let (_, rest) = line.split_once("DNS resolution timeout: ")?;
    Some(MessageSeen::of(Symptom::Silence, first_word(rest)))
}

/// hickory-dns, crates/proto: NoRecordsFound, of NXDOMAIN and of NODATA.
fn hickory(line: &str) -> Option<MessageSeen> {
    let (_, rest) = line.split_once("no record")?;
    let (_, query) = rest.split_once(" found for Query { name: Name(\"")?;
    let host = query.split('"').next().map(|host| host.trim_end_matches('.'));
    Some(MessageSeen::of(Symptom::NoAddress, host))
}

/// The name of `NAME:PORT`, and of gRPC's `dns:///NAME:PORT` (grpc/grpc, doc/naming.md).
fn without_port(word: &str) -> &str {
    let word = word.strip_prefix("dns:///").unwrap_or(word);
    let name = word.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    name.map_or(word, |(name, _)| name)
}

/// The host's name that a text begins with.
pub(super) fn first_word(text: &str) -> Option<&str> {
    words::split_host(text).map(|(word, _)| word)
}
