//! dig's text, line by line: the runs in it, each with what it shows of its question, its server and its answer.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use super::{DigError, others};
use crate::dns::{ExtendedError, Flags, Name, RData, Rcode, Record, RecordType, Section};
use crate::limits;
use crate::observation::Transport;
use crate::pasted::SentMessage;

/// One run of dig, as far as its text shows.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that dig's text says or does not say"
)]
#[derive(Clone, Default)]
pub(super) struct DigRun {
    /// The line that it is known by.
    pub(super) line: usize,
    /// What stands on dig's command line.
    pub(super) command: Option<DigCommand>,
    /// The status of the answer; `None` where there is none.
    pub(super) status: Option<Rcode>,
    pub(super) flags: Flags,
    pub(super) question: Option<(Name, RecordType)>,
    /// Whether it is of another class than IN.
    pub(super) is_of_other_class: bool,
    pub(super) records: Vec<Record>,
    /// How many records the header says that the answer and the authority section have.
    pub(super) counts: Option<[usize; 2]>,
    /// How many of them are shown.
    pub(super) shown: [usize; 2],
    pub(super) ede: Vec<ExtendedError>,
    pub(super) rtt_ms: Option<f64>,
    /// Who answered, and how it was asked; `None` of the latter where it is no way that is asked here.
    pub(super) server: Option<(SocketAddr, Option<Transport>)>,
    pub(super) when: Option<String>,
    /// Whether an error says that it was asked over TCP.
    pub(super) is_tcp: bool,
    /// Servers that could not be reached, and how, try by try.
    pub(super) errors: Vec<(SocketAddr, String)>,
    /// How many of those came before a reply that was cut short, after which dig asks over TCP.
    pub(super) errors_before_tcp: Option<usize>,
    /// Whether dig gave up.
    silent: bool,
    /// Whether the command line is its own, and not that of a prompt or of a run before.
    has_banner: bool,
    /// Whether a section that was shown has come to its end: dig leaves a line blank behind each.
    pub(super) is_closed: bool,
    /// The name of an error that has it.
    pub(super) unreached: Option<Name>,
}

impl DigRun {
    /// Whether it came to an end, by an answer or without one.
    pub(super) fn is_done(&self) -> bool {
        self.status.is_some() || self.silent
    }

    /// Whether there is anything of a run.
    pub(super) fn is_begun(&self) -> bool {
        self.is_done() || self.has_banner || !self.errors.is_empty()
    }
}

/// ` 9.18.1 <<>> @192.168.0.2 NAME`.
#[derive(Clone)]
pub(super) struct DigCommand {
    /// What is asked for: one command can have several names, each with a type.
    pub(super) questions: Vec<(Name, RecordType)>,
    pub(super) server: Option<SocketAddr>,
    /// Whether a server stands there, by address or by name.
    pub(super) has_server: bool,
    /// How it was asked.
    pub(super) transport: Transport,
    /// Whether the name was followed from the root (+trace), past the host's own name servers.
    pub(super) is_trace: bool,
    /// Whether it was asked without RD (+norecurse) or with CD (+cdflag), as no client asks.
    pub(super) is_unlike_clients: bool,
}

/// The runs, in their order, finished or not.
pub(super) fn runs(text: &str) -> Result<Vec<DigRun>, DigError> {
    let mut runs: Vec<DigRun> = vec![DigRun::default()];
    let mut section = None;
    let mut in_question = false;
    // What dig sends (+qr) has the form of a reply: only its question is taken.
    let mut sent = SentMessage::default();
    // The command at a prompt, for a run that does not show its own; and how many runs more the last banner is for.
    let mut at_prompt: Option<DigCommand> = None;
    let mut more: Option<(DigCommand, usize)> = None;
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        let line = line.trim_end();
        if let Some((_, arguments)) = others::at_prompt(line) {
            at_prompt = Some(command(arguments));
            section = None;
            in_question = false;
            continue;
        }
        let error = network_error(line);
        let is_banner = line.starts_with("; <<>> DiG");
        let is_truncated = line.starts_with(";; Truncated, retrying in TCP mode");
        let was_sending = sent.is_open();
        let is_sending = sent.has(line);
        let begins = is_banner
            || is_truncated
            || error.is_some()
            || SentMessage::begins(line)
            || line.starts_with(";; ->>HEADER<<-") && !is_sending;
        let ends = |run: &DigRun| run.is_done() || is_banner && run.has_banner;
        if begins && runs.last().is_some_and(ends) {
            runs.push(DigRun::default());
        }
        if begins
            && !is_banner
            && let Some(run) = runs.last_mut().filter(|run| run.command.is_none())
        {
            run.command = at_prompt.take();
            if run.command.is_none()
                && let Some((command, left)) = more.as_mut().filter(|(_, left)| *left > 0)
            {
                *left -= 1;
                run.command = Some(command.clone());
            }
        }
        // Behind it no question goes on.
        in_question &= is_sending || !was_sending;
        let is_asked = line.starts_with(";; QUESTION SECTION") || (in_question && line.starts_with(';'));
        if is_sending && !is_asked {
            in_question &= !line.is_empty();
            continue;
        }
        let wrong = |what| DigError::Line(number, what);
        let Some(run) = runs.last_mut() else { continue };
        if let Some(words) = line.strip_prefix("; <<>> DiG") {
            let command = command(words.split_once("<<>>").map_or("", |(_, words)| words));
            // dig prints it once, and has the next answer without it. Which question that is about stands there.
            let others = command.questions.len().saturating_sub(1);
            let of_others = DigCommand {
                questions: Vec::new(),
                ..command.clone()
            };
            more = Some((of_others, others));
            at_prompt = None;
            run.command = Some(command);
            run.has_banner = true;
            if run.line == 0 {
                run.line = number;
            }
        } else if is_truncated {
            run.errors_before_tcp = Some(run.errors.len());
        } else if let Some(header) = line.strip_prefix(";; ->>HEADER<<-") {
            let status = header.split("status: ").nth(1).and_then(|rest| rest.split(',').next());
            run.line = number;
            run.status = Some(
                status
                    .and_then(|status| status.trim().parse().ok())
                    .ok_or(wrong("no status that is known"))?,
            );
        } else if let Some(NetworkError {
            server,
            name,
            reason,
            is_tcp,
        }) = error
        {
            run.is_tcp |= is_tcp;
            let server = self::server(server).ok_or(wrong("no address of a server"))?;
            run.line = number;
            run.unreached = name.filter(|name| *name != ".").and_then(|name| name.parse().ok());
            if run.errors.len() < limits::ATTEMPTS_PER_LOOKUP {
                let reason = reason.chars().take(limits::TEXT_FROM_WIRE).collect();
                run.errors.push((server, reason));
            }
        } else if line.starts_with(";;") && line.ends_with("no servers could be reached") {
            run.line = number;
            run.silent = true;
        } else if let Some(flags) = line.strip_prefix(";; flags:") {
            run.flags = self::flags(flags.split(';').next().unwrap_or_default());
            run.counts = count(flags, "ANSWER: ")
                .zip(count(flags, "AUTHORITY: "))
                .map(Into::into);
        } else if let Some(name) = line.strip_prefix(";; ").and_then(section_name) {
            in_question = name == "QUESTION";
            run.is_closed = false;
            section = match name {
                "ANSWER" => Some(Section::Answer),
                "AUTHORITY" => Some(Section::Authority),
                "ADDITIONAL" => Some(Section::Additional),
                _ => None,
            };
        } else if let Some(error) = line.strip_prefix("; EDE: ") {
            if run.ede.len() < limits::EXTENDED_ERRORS_PER_REPLY {
                run.ede
                    .push(extended_error(error).ok_or(wrong("no Extended DNS Error"))?);
            }
        } else if let Some(time) = line.strip_prefix(";; Query time: ") {
            run.rtt_ms = query_time(time);
        } else if let Some(server) = line.strip_prefix(";; SERVER: ") {
            // Without what follows the port, the port itself may be cut off.
            let address = self::server(server)
                .filter(|_| server.contains('(') && server.ends_with(')'))
                .ok_or(wrong("no address of a server"))?;
            run.server = Some((address, transport(server)));
        } else if let Some(when) = line.strip_prefix(";; WHEN: ") {
            run.when = self::when(when);
        } else if line.is_empty() || line.starts_with("```") {
            run.is_closed |= section.is_some() || in_question;
            section = None;
            in_question = false;
        } else if in_question && line.starts_with(';') {
            run.question = Some(question(line).ok_or(wrong("no question"))?);
            run.is_of_other_class = line.split_whitespace().any(|word| is_class(word) && !is_internet(word));
        } else if let Some(section) = section.filter(|_| !line.starts_with(';')) {
            let mut whole = without_comment(line).to_owned();
            for _ in 0..limits::LINES_OF_RECORD {
                if !is_open(&whole) {
                    break;
                }
                let Some((_, more)) = lines.next() else { break };
                whole.push(' ');
                whole.push_str(without_comment(more.trim_end()));
            }
            if is_open(&whole) {
                return Err(wrong("a record that does not end"));
            }
            let is_last = || lines.clone().all(|(_, line)| line.trim().is_empty());
            let shown = shown(section, &whole).ok_or_else(|| {
                wrong(if is_without_ttl(&whole) {
                    "a record without its TTL, as +nottl shows it"
                } else if is_last() {
                    "a record that is cut off, and ends there"
                } else {
                    "a record that cannot be read, as where an address is masked"
                })
            })?;
            match section {
                Section::Answer => run.shown[0] += 1,
                Section::Authority => run.shown[1] += 1,
                Section::Additional => {}
            }
            if let SectionLine::Record(record) = shown
                && run.records.len() < limits::RECORDS_PER_REPLY
            {
                run.records.push(record);
            }
        }
    }
    Ok(runs)
}

/// `ANSWER` of `ANSWER SECTION:`, `OPT` of `OPT PSEUDOSECTION:`.
fn section_name(line: &str) -> Option<&str> {
    line.strip_suffix(" SECTION:")
        .or_else(|| line.strip_suffix(" PSEUDOSECTION:"))
}

/// A server that was not reached.
struct NetworkError<'a> {
    server: &'a str,
    name: Option<&'a str>,
    reason: &'a str,
    is_tcp: bool,
}

/// `;; communications error to 192.0.2.1#53: timed out`, and
/// `;; UDP setup with 192.0.2.1#53(192.0.2.1) for NAME failed: network unreachable.`
fn network_error(line: &str) -> Option<NetworkError<'_>> {
    if let Some(rest) = line.strip_prefix(";; communications error to ") {
        let (server, reason) = rest.split_once(": ")?;
        return Some(NetworkError {
            server,
            name: None,
            reason,
            is_tcp: false,
        });
    }
    let over_tcp = line.strip_prefix(";; Connection to ");
    let rest = over_tcp.or_else(|| line.strip_prefix(";; UDP setup with "))?;
    let (who, reason) = rest.split_once(" failed: ")?;
    let (server, name) = who.split_once(" for ")?;
    Some(NetworkError {
        server,
        name: Some(name),
        reason: reason.trim_end_matches('.'),
        is_tcp: over_tcp.is_some(),
    })
}

/// The names, the types and the server on dig's command line.
fn command(words: &str) -> DigCommand {
    let mut command = DigCommand {
        questions: Vec::new(),
        server: None,
        has_server: false,
        transport: Transport::Udp,
        is_trace: false,
        is_unlike_clients: false,
    };
    let (mut server, mut port) = (None, None);
    // Before the first name, a type is for all names that have none of their own.
    let mut of_all = RecordType::A;
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        let flag = word.split_once('=').map_or(word, |(flag, _)| flag);
        let qtype = match word {
            "-t" => words.next().and_then(|word| word.to_ascii_uppercase().parse().ok()),
            _ if word.contains(['.', '@', '+', '-']) => None,
            _ => word.to_ascii_uppercase().parse::<RecordType>().ok(),
        };
        match flag {
            "-t" => {}
            "-p" => port = words.next().and_then(|port| port.parse().ok()),
            // Options that have a value.
            "-b" | "-c" | "-f" | "-k" | "-x" | "-y" => {
                let _ = words.next();
            }
            "+tcp" | "+vc" => command.transport = Transport::Tcp,
            "+tls" => command.transport = Transport::Tls,
            "+https" | "+https-get" | "+https-post" => command.transport = Transport::Https,
            "+trace" => command.is_trace = true,
            "+cd" | "+cdflag" | "+nordflag" => command.is_unlike_clients = true,
            _ if flag.starts_with("+norec") => command.is_unlike_clients = true,
            _ => {
                if let Some(word) = word.strip_prefix('@') {
                    command.has_server = true;
                    server = server.or(Some(word));
                } else if !word.starts_with(['+', '-'])
                    && word.contains('.')
                    && let Ok(name) = word.parse()
                {
                    command.questions.push((name, of_all));
                }
            }
        }
        match (qtype, command.questions.last_mut()) {
            (Some(qtype), Some(question)) => question.1 = qtype,
            (Some(qtype), None) => of_all = qtype,
            (None, _) => {}
        }
    }
    let port = port.unwrap_or(command.transport.default_port());
    command.server = server.and_then(|server| zoned(server, port));
    command
}

/// `192.168.0.2#53(192.168.0.2) (UDP)`, `fe80::1%eth0#53`.
fn server(text: &str) -> Option<SocketAddr> {
    let (address, rest) = text.split_once('#')?;
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    zoned(address, port.parse().ok()?)
}

/// An address with its zone, which dig prints as a number. The name of an interface is that host's own, and is left
/// out.
fn zoned(address: &str, port: u16) -> Option<SocketAddr> {
    let (address, zone) = address.split_once('%').unwrap_or((address, ""));
    Some(match address.parse().ok()? {
        IpAddr::V6(ip) => SocketAddrV6::new(ip, port, 0, zone.parse().unwrap_or_default()).into(),
        IpAddr::V4(ip) => (ip, port).into(),
    })
}

/// By what stands behind the server since BIND 9.18; before, dig did not say. `None` is HTTP without TLS.
fn transport(server: &str) -> Option<Transport> {
    let how = server.rsplit_once('(').map_or("", |(_, how)| how);
    match how.trim_end_matches(')') {
        "TCP" => Some(Transport::Tcp),
        "TLS" => Some(Transport::Tls),
        how if how.starts_with("HTTPS") => Some(Transport::Https),
        how if how.starts_with("HTTP") => None,
        _ => Some(Transport::Udp),
    }
}

fn flags(text: &str) -> Flags {
    let has = |name| text.split_whitespace().any(|flag| flag == name);
    Flags {
        aa: has("aa"),
        tc: has("tc"),
        rd: has("rd"),
        ra: has("ra"),
        ad: has("ad"),
        cd: has("cd"),
    }
}

/// `2` of `…, ANSWER: 2, …`.
fn count(flags: &str, section: &str) -> Option<usize> {
    let (_, rest) = flags.split_once(section)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// `;NAME. IN A`.
fn question(line: &str) -> Option<(Name, RecordType)> {
    let mut words = line.strip_prefix(';')?.split_whitespace();
    let name = words.next()?.parse().ok()?;
    let qtype = words.find(|word| !is_class(word))?.parse().ok()?;
    Some((name, qtype))
}

fn is_internet(word: &str) -> bool {
    matches!(word, "IN" | "CLASS1")
}

fn is_class(word: &str) -> bool {
    matches!(word, "IN" | "CH" | "HS" | "CLASS1" | "CLASS3" | "CLASS4")
}

/// A line without what stands behind a `;` outside of a quoted text.
fn without_comment(line: &str) -> &str {
    match outside_of_quotes(line).find(|(_, c)| *c == ';') {
        Some((at, _)) => &line[..at],
        None => line,
    }
}

/// Whether a parenthesis is open at its end (RFC 1035 section 5.1).
fn is_open(record: &str) -> bool {
    outside_of_quotes(record).fold(0_i32, |open, (_, c)| match c {
        '(' => open.saturating_add(1),
        ')' => open.saturating_sub(1),
        _ => open,
    }) > 0
}

fn outside_of_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quoted, mut escaped) = (false, false);
    text.char_indices().filter(move |(_, c)| {
        let was_escaped = escaped;
        escaped = *c == '\\' && !was_escaped;
        if *c == '"' && !was_escaped {
            quoted = !quoted;
        }
        !quoted && !was_escaped
    })
}

/// A line of a section.
enum SectionLine {
    /// A record.
    Record(Record),
    /// One of another class than IN, which says nothing here.
    OtherClass,
}

/// `NAME. 60 IN A 192.168.104.190`, over several lines too.
fn shown(section: Section, line: &str) -> Option<SectionLine> {
    let mut words = line.split_whitespace().filter(|word| !matches!(*word, "(" | ")"));
    let owner = words.next()?.parse().ok()?;
    let ttl = seconds(words.next()?)?;
    let mut next = words.next()?;
    if is_class(next) {
        if !is_internet(next) {
            return Some(SectionLine::OtherClass);
        }
        next = words.next()?;
    }
    let rtype: RecordType = next.parse().ok()?;
    let mut first = words.clone();
    let data = match rtype {
        RecordType::A => RData::A(first.next()?.parse().ok()?),
        RecordType::AAAA => RData::Aaaa(first.next()?.parse().ok()?),
        RecordType::CNAME => RData::Cname(first.next()?.parse().ok()?),
        RecordType::NS => RData::Ns(first.next()?.parse().ok()?),
        RecordType::SOA => RData::Soa {
            mname: first.next()?.parse().ok()?,
            rname: first.next()?.parse().ok()?,
            serial: first.next()?.parse().ok()?,
            minimum: seconds(first.nth(3)?)?,
        },
        _ => {
            let text = words.collect::<Vec<_>>().join(" ");
            RData::Other(text.chars().take(limits::TEXT_FROM_WIRE).collect())
        }
    };
    Some(SectionLine::Record(Record {
        section,
        owner,
        rtype,
        ttl,
        data,
    }))
}

/// Whether a line is a record but for its TTL.
fn is_without_ttl(line: &str) -> bool {
    let Some((owner, rest)) = line.trim().split_once(char::is_whitespace) else {
        return false;
    };
    let next = rest.split_whitespace().next().unwrap_or_default();
    seconds(next).is_none() && is_record(&format!("{owner} 0 {rest}"))
}

/// Whether a line is a record, as dig shows it.
pub(super) fn is_record(line: &str) -> bool {
    shown(Section::Answer, line).is_some()
}

/// Seconds, as a number or with units as +ttlunits shows them: `900`, `15m`, `1h30m`.
fn seconds(word: &str) -> Option<u32> {
    if let Ok(seconds) = word.parse() {
        return Some(seconds);
    }
    let mut sum: u32 = 0;
    let mut rest = word;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u32 = rest[..digits].parse().ok()?;
        let mut unit = rest[digits..].chars();
        let scale = match unit.next()? {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            'w' => 7 * 24 * 60 * 60,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(scale)?)?;
        rest = unit.as_str();
    }
    (!word.is_empty()).then_some(sum)
}

/// `15 (Blocked): (text)`.
fn extended_error(text: &str) -> Option<ExtendedError> {
    let code: String = text.chars().take_while(char::is_ascii_digit).collect();
    let extra = text.split_once("): (").and_then(|(_, extra)| extra.strip_suffix(')'));
    let extra = extra.map(|extra| extra.chars().take(limits::TEXT_FROM_WIRE).collect());
    Some(ExtendedError::new(code.parse().ok()?, extra))
}

/// `12 msec`, `950 usec`.
fn query_time(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once(' ')?;
    let number = f64::from(number.parse::<u32>().ok()?);
    Some(match unit {
        "usec" => number / 1000.0,
        _ => number,
    })
    .filter(|ms| *ms <= limits::MILLISECONDS_IN_CAPTURE)
}

/// `Tue Nov 24 00:12:22 UTC 2026`. Other zones have names that mean more than one.
fn when(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, time, "UTC" | "GMT", year] = words.as_slice() else {
        return None;
    };
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = months.iter().position(|name| name == month)? + 1;
    let day: u8 = day.parse().ok()?;
    let time = format!("{year}-{month:02}-{day:02}T{time}Z");
    humantime::parse_rfc3339(&time).is_ok().then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_keeps_its_zone() {
        for (text, address) in [
            ("fe80::ff:1%12#53(fe80::ff:1%12) (UDP)", "[fe80::ff:1%12]:53"),
            ("fe80::ff:1%en0#5353(x)", "[fe80::ff:1]:5353"),
            ("2001:db8::7#53(2001:db8::7)", "[2001:db8::7]:53"),
            ("192.0.2.7#53(192.0.2.7)", "192.0.2.7:53"),
        ] {
            assert_eq!(server(text).map(|server| server.to_string()).as_deref(), Some(address));
        }
        let named = command(" -6 a.test @fe80::ff:1%3 -p 5353").server;
        assert_eq!(
            named.map(|server| server.to_string()).as_deref(),
            Some("[fe80::ff:1%3]:5353")
        );
    }

    #[test]
    fn a_question_for_all_types_is_called_as_dig_calls_it() {
        let of_question = question(";a.test.\t\tIN\tANY").map(|(_, qtype)| qtype.to_string());
        let of_command = command(" a.test any")
            .questions
            .first()
            .map(|(_, qtype)| qtype.to_string());
        assert_eq!(
            (of_question.as_deref(), of_command.as_deref()),
            (Some("ANY"), Some("ANY"))
        );
    }
}
