//! What Windows' own tools print in English: nslookup, Resolve-DnsName, ping, and programs of .NET. The texts of errors
//! are Windows' (System Error Codes 9000 to 9999 and Windows Sockets Error Codes), as users reported them.

use super::{MessageSeen, Symptom, between, library, words};

/// What nslookup says of a name that it cannot find.
const NSLOOKUP: &[(&str, Symptom)] = &[
    ("Non-existent domain", Symptom::NxDomain),
    ("Server failed", Symptom::ServFail),
    ("Query refused", Symptom::Refused),
    ("Format error", Symptom::NotUnderstood),
    ("Not implemented", Symptom::NotUnderstood),
    ("Unspecified error", Symptom::Misbehaving),
    ("No response from server", Symptom::Silence),
];
/// What Resolve-DnsName says behind the name.
const DNS_CLIENT: &[(&str, Symptom)] = &[
    (" : DNS name does not exist", Symptom::NxDomain),
    (" : DNS server failure", Symptom::ServFail),
    (" : DNS operation refused", Symptom::Refused),
    (" : No records found for given DNS query", Symptom::NoData),
    (
        " : This operation returned because the timeout period expired",
        Symptom::Silence,
    ),
];

/// What the text of an error of Windows' DNS stands for, where it is all that is said.
pub(super) fn of_dns(said: &str) -> Option<Symptom> {
    let texts = DNS_CLIENT
        .iter()
        .map(|(text, symptom)| (text.trim_start_matches(" : "), symptom));
    let mut found = texts.filter(|(text, _)| said.starts_with(text));
    found.next().map(|(_, symptom)| *symptom)
}

/// What ping says before a name that was not found: as users published it: in English, German, Spanish, Italian,
/// Portuguese, French, Japanese and Chinese. And what tracert says in English.
const PING: &[&str] = &[
    "Ping request could not find host ",
    "Ping-Anforderung konnte Host ",
    "La solicitud de ping no pudo encontrar el host ",
    "Impossibile trovare l'host ",
    "La requête Ping n'a pas pu trouver l'hôte ",
    "La requête Ping n’a pas pu trouver l’hôte ",
    "Unable to resolve target system name ",
    "A solicitação ping não pôde encontrar o host ",
    "ping 要求ではホスト ",
    "ping要求ではホスト ",
    "Ping 请求找不到主机 ",
];

/// The identifiers of Resolve-DnsName's errors, the same in every language.
const IDENTIFIERS: &[(&str, Symptom)] = &[
    ("DNS_ERROR_RCODE_NAME_ERROR", Symptom::NxDomain),
    ("DNS_ERROR_RCODE_SERVER_FAILURE", Symptom::ServFail),
    ("DNS_ERROR_RCODE_REFUSED", Symptom::Refused),
    ("DNS_INFO_NO_RECORDS", Symptom::NoData),
    ("ERROR_TIMEOUT,Microsoft.DnsClient", Symptom::Silence),
    ("DNS_ERROR_BAD_PACKET", Symptom::Unreadable),
];

/// What nslookup's words for an error stand for.
pub(super) fn nslookup(said: &str) -> Option<Symptom> {
    let found = NSLOOKUP.iter().find(|(text, _)| said.starts_with(text));
    found.map(|(_, symptom)| *symptom)
}

/// Whether it says that a name server's own name was not found, which nslookup asks for before anything else: about the
/// name that was asked for it says nothing. Where the server is silent it says that too.
fn is_of_servers_name(said: &str) -> bool {
    said.contains(" server name for address ") && !said.contains("No response from server")
}

/// Whether a line says that one question got no reply in time, where an answer stands beside it: nslookup asks for the
/// server's own name, and with each search domain, and goes on.
pub(super) fn is_answered(line: &str, answer: Option<&(&str, MessageSeen)>) -> bool {
    let is_of_one_question = line.contains("DNS request timed out.") || line.contains(" server name for address ");
    is_of_one_question && answer.is_some_and(|(_, seen)| seen.symptom == Symptom::Healthy)
}

/// A line of one of these tools that says how a lookup failed.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    // In other languages nslookup's words around the name are translated, and what the server said is not: so in output
    // in French and in Portuguese that users published.
    if let Some(rest) = line.trim().strip_prefix("***")
        && !is_of_servers_name(rest)
        && let Some((_, symptom)) = NSLOOKUP.iter().find(|(text, _)| rest.contains(text))
    {
        // The server's name stands there as well, before the name or behind it.
        let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let mut words = rest
            .split(|c: char| !of_name(c))
            .filter(|word| word.trim_matches('.').contains('.'));
        let only = words.next().filter(|_| words.next().is_none());
        return Some(MessageSeen::of(*symptom, super::text::endpoint(rest).or(only)));
    }
    if let Some((_, symptom)) = IDENTIFIERS.iter().find(|(text, _)| line.contains(text)) {
        return Some(MessageSeen::of(*symptom, None));
    }
    for (text, symptom) in DNS_CLIENT {
        if let Some((before, _)) = line.split_once(text) {
            return Some(MessageSeen::of(*symptom, before.split_whitespace().next_back()));
        }
    }
    if let Some((_, rest)) = line.split_once("Addresses (A+AAAA) records available for ") {
        return Some(MessageSeen::of(Symptom::NoData, library::first_word(rest)));
    }
    if let Some(host) = between(line, "The remote name could not be resolved: '", "'") {
        return Some(of_system(Symptom::Unknown, Some(host)));
    }
    // Test-NetConnection.
    if let Some(host) = between(line, "Name resolution of ", " failed").filter(|_| line.contains("WARNING: ")) {
        return Some(of_system(Symptom::Unknown, Some(host)));
    }
    if line.contains("TcpTestSucceeded : True") {
        return Some(MessageSeen::of(Symptom::Healthy, None));
    }
    if let Some(seen) = socket_exception(line)
        .or_else(|| event(line))
        .or_else(|| event_of_client(line))
    {
        return Some(seen);
    }
    for lead in PING {
        if let Some((_, rest)) = line.split_once(lead) {
            // In Chinese a sentence ends without a space.
            let rest = rest.split('。').next().unwrap_or(rest);
            let host = library::first_word(rest).map(|host| host.trim_end_matches('.'));
            return Some(of_system(Symptom::Unknown, host));
        }
    }
    let is_silent =
        line.contains("DNS request timed out.") || line.contains("*** Request to ") && line.contains(" timed-out");
    is_silent.then(|| MessageSeen::of(Symptom::Silence, None))
}

/// Events 1014, 3008 and 3020 of Windows' DNS client, in English (the messages of its provider,
/// Microsoft-Windows-DNS-Client: `wevtutil gp`). The status is one of System Error Codes (9000 to 9999, and
/// ERROR_TIMEOUT); the type 28 stands for A and AAAA where a program asked for both.
fn event_of_client(line: &str) -> Option<MessageSeen> {
    let in_time = " timed out after none of the configured DNS servers responded";
    if let Some(host) = between(line, "Name resolution for the name ", in_time) {
        return Some(of_system(Symptom::Silence, Some(host)));
    }
    let of = |lead: &str, status: &'static str| Some((line.split_once(lead)?.1, status));
    let (rest, status) = of("DNS query is completed for the name ", " with status ")
        .or_else(|| of("Query response for name ", " returned "))?;
    let (host, rest) = rest.split_once(", type ")?;
    let (kind, _) = rest.split_once(',')?;
    let (_, said) = rest.split_once(status)?;
    let end = said.find(|c: char| !c.is_ascii_digit()).unwrap_or(said.len());
    let (number, results) = said.split_at(end);
    let is_address = |word: &str| word.parse::<std::net::IpAddr>().is_ok();
    let symptom = match number {
        "0" if results.split([';', ' ']).any(is_address) => Symptom::Healthy,
        "0" => Symptom::Answered,
        "9001" | "9004" => Symptom::NotUnderstood,
        "9002" => Symptom::ServFail,
        "9003" => Symptom::NxDomain,
        "9005" => Symptom::Refused,
        "9501" => Symptom::NoData,
        "9502" => Symptom::Unreadable,
        "1460" => Symptom::Silence,
        _ => return None,
    };
    let is_other = !matches!(kind, "1" | "28") && matches!(symptom, Symptom::NoData | Symptom::Answered);
    Some(of_system(
        if is_other { Symptom::OtherType } else { symptom },
        Some(host),
    ))
}

/// Events 5501 and 7062 of Windows' DNS server, which name an address.
fn event(line: &str) -> Option<MessageSeen> {
    let address = |text: &str| super::words::socket(text.split_whitespace().next()?.trim_end_matches('.'));
    if let Some((_, rest)) = line.split_once("The DNS server encountered a bad packet from ") {
        return Some(MessageSeen {
            server: address(rest),
            ..MessageSeen::of(Symptom::Unreadable, None)
        });
    }
    let (_, rest) = line.split_once("The DNS server encountered a packet addressed to itself on IP address ")?;
    let host = between(rest, "DNS name \"", "\"").map(|host| host.trim_end_matches('.'));
    Some(MessageSeen {
        server: address(rest),
        ..MessageSeen::of(Symptom::Loop, host)
    })
}

/// .NET's SocketException with the number of the error, whose text is in Windows' language.
fn socket_exception(line: &str) -> Option<MessageSeen> {
    let code = between(line, "SocketException (", ")")?;
    Some(of_system(words::by_winsock(code)?, None))
}

/// What a program says that asks Windows, and no name server itself.
fn of_system(symptom: Symptom, host: Option<&str>) -> MessageSeen {
    MessageSeen {
        is_of_system: true,
        ..MessageSeen::of(symptom, host)
    }
}
