//! Reads what `dig` printed where this program could not be run: one or more answers, as a capture that knows
//! less. Its form is that of BIND 9's dig without options that change what is printed.

use std::net::{IpAddr, SocketAddr};

use crate::capture::CaptureError;
use crate::dns::{
    AnswerKind, ExtendedError, Flags, Name, RData, Rcode, Record, RecordType, Reply, Section,
};
use crate::endpoint::EndpointName;
use crate::facts::{Facts, Gap, Vantage, VantageKind};
use crate::limits;
use crate::observation::{Attempt, Lookup, Purpose, Transport};
use crate::probe::Probed;
use crate::report::{Capture, Tool};
use crate::resolvers::{Resolver, Role};
use crate::settings::{Asked, Target};

/// Why a text is not what dig prints.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigError {
    /// Too long.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// No answer with a header.
    #[error(
        "is neither a capture nor the whole text that dig prints: run dig without +short and +noall, so that the \
         status, the question and the server are shown"
    )]
    NoAnswer,
    /// A line in the wrong form.
    #[error("is not dig's text: line {0}: {1}")]
    Line(usize, &'static str),
    /// An answer without a question or a server.
    #[error("line {0}: this answer does not show {1}: keep all that dig prints")]
    Incomplete(usize, &'static str),
    /// Too many answers.
    #[error("holds more than {} answers", limits::RESOLVERS)]
    TooMany,
}

/// One run of dig, as far as its text shows.
#[derive(Default)]
struct Run {
    line: usize,
    /// The name on dig's command line, and whether a server stands there.
    command: Option<(Option<Name>, Option<SocketAddr>, bool)>,
    status: Option<Rcode>,
    flags: Flags,
    question: Option<(Name, RecordType)>,
    records: Vec<Record>,
    ede: Vec<ExtendedError>,
    rtt_ms: Option<f64>,
    server: Option<(SocketAddr, Transport)>,
    when: Option<String>,
    /// Servers that could not be reached, and how.
    errors: Vec<(SocketAddr, String)>,
    silent: bool,
}

impl Run {
    fn is_done(&self) -> bool {
        self.status.is_some() || self.silent
    }
}

/// Whether any line is one that only dig prints.
pub(super) fn has_header(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|b| *b == b'\n');
    lines.any(|line| line.starts_with(b"; <<>> DiG") || line.starts_with(b";; ->>HEADER<<-"))
}

/// Reads dig's text.
pub(super) fn parse(bytes: &[u8]) -> Result<Capture, DigError> {
    if bytes.len() as u64 > limits::CAPTURE {
        return Err(CaptureError::TooLarge.into());
    }
    let text = String::from_utf8_lossy(bytes);
    let mut runs = runs(&text)?;
    runs.retain(Run::is_done);
    if runs.is_empty() {
        return Err(DigError::NoAnswer);
    }
    if runs.len() > limits::RESOLVERS {
        return Err(DigError::TooMany);
    }
    capture(runs)
}

fn runs(text: &str) -> Result<Vec<Run>, DigError> {
    let mut runs: Vec<Run> = vec![Run::default()];
    let mut section = None;
    let mut in_question = false;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let line = line.trim_end();
        let wrong = |what| DigError::Line(number, what);
        let begins = line.starts_with("; <<>> DiG")
            || line.starts_with(";; ->>HEADER<<-")
            || line.starts_with(";; communications error to ");
        if begins && runs.last().is_some_and(Run::is_done) {
            runs.push(Run::default());
        }
        let Some(run) = runs.last_mut() else { continue };
        if let Some(command) = line.strip_prefix("; <<>> DiG") {
            run.command = Some(self::command(command));
        } else if let Some(header) = line.strip_prefix(";; ->>HEADER<<-") {
            let status = header
                .split("status: ")
                .nth(1)
                .and_then(|rest| rest.split(',').next());
            run.line = number;
            run.status = Some(
                status
                    .and_then(|status| status.trim().parse().ok())
                    .ok_or(wrong("no status that is known"))?,
            );
        } else if let Some(error) = line.strip_prefix(";; communications error to ") {
            let (server, reason) = error.split_once(": ").ok_or(wrong("no reason"))?;
            let server = self::server(server).ok_or(wrong("no address of a server"))?;
            run.errors.push((
                server,
                reason.chars().take(limits::TEXT_FROM_WIRE).collect(),
            ));
        } else if line.starts_with(";;") && line.ends_with("no servers could be reached") {
            run.line = number;
            run.silent = true;
        } else if let Some(flags) = line.strip_prefix(";; flags:") {
            run.flags = self::flags(flags.split(';').next().unwrap_or_default());
        } else if let Some(name) = line
            .strip_prefix(";; ")
            .and_then(|line| line.strip_suffix(" SECTION:"))
        {
            in_question = name == "QUESTION";
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
            let transport = if server.ends_with("(TCP)") {
                Transport::Tcp
            } else {
                Transport::Udp
            };
            let address = self::server(server).ok_or(wrong("no address of a server"))?;
            run.server = Some((address, transport));
        } else if let Some(when) = line.strip_prefix(";; WHEN: ") {
            run.when = self::when(when);
        } else if line.is_empty() {
            section = None;
            in_question = false;
        } else if in_question && line.starts_with(';') {
            run.question = Some(question(line).ok_or(wrong("no question"))?);
        } else if let Some(section) = section.filter(|_| !line.starts_with(';'))
            && run.records.len() < limits::RECORDS_PER_REPLY
        {
            run.records
                .push(record(section, line).ok_or(wrong("no record"))?);
        }
    }
    Ok(runs)
}

/// The name and the server on dig's command line: ` 9.18.1 <<>> @192.168.0.2 NAME`.
fn command(line: &str) -> (Option<Name>, Option<SocketAddr>, bool) {
    let words = line.split("<<>>").nth(1).unwrap_or_default();
    let server = words
        .split_whitespace()
        .find_map(|word| word.strip_prefix('@'));
    let name = words
        .split_whitespace()
        .find(|word| !word.starts_with(['@', '+', '-']) && word.contains('.'))
        .and_then(|word| word.parse().ok());
    let address = server.and_then(|server| server.parse::<IpAddr>().ok());
    (
        name,
        address.map(|ip| SocketAddr::new(ip, 53)),
        server.is_some(),
    )
}

/// `192.168.0.2#53(192.168.0.2) (UDP)`, `fe80::1%eth0#53`.
fn server(text: &str) -> Option<SocketAddr> {
    let (address, rest) = text.split_once('#')?;
    let address = address.split('%').next()?;
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(SocketAddr::new(address.parse().ok()?, port.parse().ok()?))
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

/// `;NAME. IN A`.
fn question(line: &str) -> Option<(Name, RecordType)> {
    let mut words = line.strip_prefix(';')?.split_whitespace();
    let name = words.next()?.parse().ok()?;
    let qtype = words.nth(1)?.parse().ok()?;
    Some((name, qtype))
}

/// `NAME. 60 IN A 192.168.104.190`.
fn record(section: Section, line: &str) -> Option<Record> {
    let mut words = line.split_whitespace();
    let owner = words.next()?.parse().ok()?;
    let ttl = words.next()?.parse().ok()?;
    words.next().filter(|class| *class == "IN")?;
    let rtype: RecordType = words.next()?.parse().ok()?;
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
            minimum: first.nth(3)?.parse().ok()?,
        },
        _ => {
            let text = words.collect::<Vec<_>>().join(" ");
            RData::Other(text.chars().take(limits::TEXT_FROM_WIRE).collect())
        }
    };
    Some(Record {
        section,
        owner,
        rtype,
        ttl,
        data,
    })
}

/// `15 (Blocked): (text)`.
fn extended_error(text: &str) -> Option<ExtendedError> {
    let code: String = text.chars().take_while(char::is_ascii_digit).collect();
    let extra = text
        .split_once("): (")
        .and_then(|(_, extra)| extra.strip_suffix(')'));
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

fn gap(fact: &str, reason: &str) -> Gap {
    Gap {
        fact: fact.to_owned(),
        source: "dig".to_owned(),
        reason: reason.to_owned(),
    }
}

fn capture(runs: Vec<Run>) -> Result<Capture, DigError> {
    let asked = |run: &Run| {
        let command = || run.command.as_ref().and_then(|(name, ..)| name.clone());
        run.question
            .clone()
            .or_else(|| command().map(|name| (name, RecordType::A)))
            .ok_or(DigError::Incomplete(run.line, "its question"))
    };
    let names: Vec<Name> = runs
        .iter()
        .map(|run| asked(run).map(|(name, _)| name))
        .collect::<Result<_, _>>()?;
    let endpoint = names.iter().find(|name| EndpointName::parse(name).is_ok());
    let hostname = endpoint.unwrap_or(&names[0]).clone();
    let mut gaps = vec![
        gap(
            "control questions",
            "dig asked for the endpoint's name only",
        ),
        gap(
            "operating system's look-up, hosts file, stub resolver configuration",
            "dig asks a name server and nothing else",
        ),
        gap("every try", "dig shows the last one only"),
    ];
    let mut taken_at = None;
    let mut observations: Vec<Probed> = Vec::new();
    for run in runs {
        let (name, qtype) = asked(&run)?;
        if name != hostname || !matches!(qtype, RecordType::A | RecordType::AAAA) {
            gaps.push(gap(
                &format!("the answer for {name} {qtype}"),
                "not about the endpoint's addresses, so it is left out",
            ));
            continue;
        }
        let (_, at, has_server) = run.command.clone().unwrap_or((None, None, false));
        let unreached = run.errors.first().map(|(server, _)| *server).or(at);
        let (address, transport) = run
            .server
            .or_else(|| unreached.map(|server| (server, Transport::Udp)))
            .ok_or(DigError::Incomplete(run.line, "its server"))?;
        if taken_at.is_none() {
            taken_at.clone_from(&run.when);
        }
        let lookup = lookup(run, name, qtype, transport);
        let same = observations.iter_mut().find(|probed| {
            probed.resolver.address == Some(address) && probed.resolver.transport == Some(transport)
        });
        if let Some(probed) = same {
            let again = probed
                .lookups
                .iter()
                .filter(|other| other.qtype == qtype)
                .count();
            probed.lookups.push(Lookup {
                sample: u32::try_from(again).unwrap_or(u32::MAX),
                ..lookup
            });
            continue;
        }
        observations.push(Probed {
            resolver: Resolver {
                name: String::new(),
                role: if has_server {
                    Role::Custom
                } else {
                    Role::Local
                },
                also: Vec::new(),
                in_scope: true,
                address: Some(address),
                transport: Some(transport),
                known_from: "dig's text".to_owned(),
                vpc: None,
                is_elsewhere: false,
            },
            lookups: vec![lookup],
            system: None,
            interrupted: false,
        });
    }
    let count = observations.len();
    for (index, probed) in observations.iter_mut().enumerate() {
        let role = probed.resolver.role.as_str();
        probed.resolver.name = if count == 1 {
            role.to_owned()
        } else {
            format!("{role}-{}", index + 1)
        };
    }
    let has_aaaa = |probed: &Probed| {
        let mut lookups = probed.lookups.iter();
        lookups.any(|lookup| lookup.qtype == RecordType::AAAA)
    };
    if !observations.iter().all(has_aaaa) {
        gaps.push(gap("the AAAA answer", "dig was not asked for it"));
    }
    if taken_at.is_none() {
        gaps.push(gap("when it was asked", "dig's text shows no time in UTC"));
    }
    Ok(Capture {
        tool: Tool {
            name: "dig".to_owned(),
            version: String::new(),
        },
        taken_at: taken_at.unwrap_or_default(),
        vantage: Vantage {
            name: None,
            kind: VantageKind::Unknown,
        },
        target: Target {
            region: EndpointName::parse(&hostname).ok().map(|name| name.region),
            hostname,
            cluster: None,
            source: "dig".to_owned(),
        },
        asked: Asked {
            samples: 1,
            attempts: 1,
            ..Asked::default()
        },
        facts: Facts::default(),
        gaps,
        connections: Vec::new(),
        observations,
        interrupted: false,
    })
}

fn lookup(run: Run, name: Name, qtype: RecordType, transport: Transport) -> Lookup {
    let reply = run.status.map(|rcode| Reply {
        rcode,
        flags: run.flags,
        records: run.records,
        extended_errors: run.ede,
        edns: true,
        defect: None,
    });
    let refused =
        !run.errors.is_empty() && run.errors.iter().all(|(_, why)| !why.contains("timed out"));
    let (kind, reason) = match &reply {
        Some(reply) => reply.kind(&name, qtype),
        None if refused => (
            AnswerKind::Unreachable,
            run.errors.first().map(|(_, why)| why.clone()),
        ),
        None => (AnswerKind::Timeout, None),
    };
    let addresses = match &reply {
        Some(reply) if kind == AnswerKind::Answer => reply.addresses(&name, qtype),
        _ => Vec::new(),
    };
    let soa = reply
        .as_ref()
        .filter(|_| kind.is_negative())
        .and_then(Reply::soa);
    let (rcode, flags) = (
        reply.as_ref().map(|r| r.rcode),
        reply.as_ref().map(|r| r.flags),
    );
    let (records, ede) = reply.map_or_else(Default::default, |r| (r.records, r.extended_errors));
    Lookup {
        question: name,
        qtype,
        purpose: Purpose::Target,
        sample: 0,
        kind,
        reason: reason.clone(),
        rcode,
        flags,
        soa,
        ede: ede.clone(),
        records,
        lame: false,
        addresses: addresses.clone(),
        rtt_ms: run.rtt_ms,
        transport,
        attempts: vec![Attempt {
            transport,
            edns: true,
            connected: transport == Transport::Tcp,
            started_ms: 0.0,
            rtt_ms: run.rtt_ms,
            kind,
            reason,
            rcode,
            flags,
            addresses,
            ede,
            mismatched_replies: 0,
            mismatch: None,
            conflicting_replies: 0,
        }],
    }
}
