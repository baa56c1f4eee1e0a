//! One embedded name server: a UDP and a TCP socket on loopback.

#![expect(clippy::disallowed_methods, reason = "the lab opens its own sockets, on loopback")]

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use tokio::task::JoinSet;

use super::deform::deform;
use super::message::{self, Dress, LabQuery};
use super::scenario::{On, Port};
use super::stream::{NextOnConnection, Stream};
use super::zone::{self, ZoneAnswer, ZoneData};
use crate::dns::{Class, Name, RData, Rcode, Record, RecordType, Section};
use crate::observation::Transport;
use crate::resolvers::parse_address;
use crate::software;

/// A server with its texts read.
#[derive(Debug)]
pub(super) struct ServerData {
    pub(super) name: String,
    pub(super) view: Option<Vec<ZoneData>>,
    pub(super) on: Vec<OnData>,
    /// Whether it sends a reply before anything is asked.
    pub(super) hasty: bool,
    /// What it says that it runs.
    pub(super) version: Option<String>,
    /// Questions that nothing in the scenario answers.
    pub(super) unexpected: Arc<Mutex<Vec<String>>>,
    /// How often each `on` has fitted.
    pub(super) counts: Mutex<BTreeMap<usize, u32>>,
}

/// An answer to particular questions, with its texts read.
#[derive(Debug)]
pub(super) struct OnData {
    pub(super) names: Vec<NamePattern>,
    pub(super) types: Vec<RecordType>,
    pub(super) on: On,
    pub(super) view: Option<Vec<ZoneData>>,
    pub(super) records: Vec<Record>,
    pub(super) rcode: Option<Rcode>,
    pub(super) ede: Vec<(u16, String)>,
    pub(super) from: Option<SocketAddr>,
    pub(super) stream: Stream,
}

/// Which names an `on` is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NamePattern {
    Any,
    Is(Name),
}

/// What a server does with a question.
pub(super) struct Reaction {
    pub(super) delay: Duration,
    pub(super) messages: Vec<Vec<u8>>,
    pub(super) close: bool,
    from: Option<SocketAddr>,
    stream: Stream,
}

/// The UDP side of a server.
pub(super) struct OpenedUdp {
    /// Where its socket is.
    pub(super) address: SocketAddr,
    /// Other addresses that it sends from, and where their sockets are.
    pub(super) others: Vec<(SocketAddr, SocketAddr)>,
}

/// Keeps sockets that must stay open for as long as the scenario is played.
#[derive(Debug, Default)]
pub(super) struct OpenSockets {
    udp: Vec<UdpSocket>,
    tcp_bound: Vec<TcpSocket>,
    tcp_listening: Vec<TcpListener>,
    tcp_fillers: Vec<TcpStream>,
}

/// How long a client on this host has to read what was sent.
const UNTIL_READ: Duration = Duration::from_millis(100);
const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// Another host's address on loopback: all of 127.0.0.0/8 is, on Linux.
fn another_loopback() -> (Ipv4Addr, u16) {
    if cfg!(target_os = "linux") {
        (Ipv4Addr::new(127, 0, 0, 2), 0)
    } else {
        LOOPBACK
    }
}

/// Opens the UDP side of the server at an address of the scenario.
pub(super) async fn open_udp(
    server: &Arc<ServerData>,
    asked_at: SocketAddr,
    port: Port,
    tasks: &mut JoinSet<()>,
    held: &mut OpenSockets,
) -> io::Result<OpenedUdp> {
    let socket = UdpSocket::bind(LOOPBACK).await?;
    let address = socket.local_addr()?;
    let mut others = Vec::new();
    match port {
        Port::Open => {
            let mut senders = BTreeMap::new();
            for from in server.on.iter().filter_map(|on| on.from) {
                let host = if from.ip() == asked_at.ip() {
                    LOOPBACK
                } else {
                    another_loopback()
                };
                let sender = UdpSocket::bind(host).await?;
                others.push((from, sender.local_addr()?));
                senders.insert(from, Arc::new(sender));
            }
            let server = Arc::clone(server);
            tasks.spawn(async move { serve_udp(server, Arc::new(socket), senders).await });
        }
        Port::Silent | Port::Mute => held.udp.push(socket),
        Port::Closed => {
            // A socket that is connected to somebody else takes nobody's datagrams: the kernel answers with
            // "port unreachable", and the port stays ours.
            let peer = UdpSocket::bind(LOOPBACK).await?;
            socket.connect(peer.local_addr()?).await?;
            held.udp.extend([socket, peer]);
        }
    }
    Ok(OpenedUdp { address, others })
}

/// Opens the TCP side and returns its address.
pub(super) async fn open_tcp(
    server: &Arc<ServerData>,
    port: Port,
    tasks: &mut JoinSet<()>,
    held: &mut OpenSockets,
) -> io::Result<SocketAddr> {
    if port == Port::Closed {
        // Bound and not listening: connections are refused, and the port stays ours.
        let socket = TcpSocket::new_v4()?;
        socket.bind(LOOPBACK.into())?;
        let address = socket.local_addr()?;
        held.tcp_bound.push(socket);
        return Ok(address);
    }
    if port == Port::Silent {
        return swallow_connections(held).await;
    }
    let listener = TcpListener::bind(LOOPBACK).await?;
    let address = listener.local_addr()?;
    if port == Port::Mute {
        held.tcp_listening.push(listener);
    } else {
        let server = Arc::clone(server);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let server = Arc::clone(&server);
                connections.spawn(async move {
                    // A client that hangs up is not the server's trouble.
                    let _ = serve_tcp(&server, stream).await;
                });
            }
        });
    }
    Ok(address)
}

/// A port on which connections are never made: the queue of a listener that accepts nobody is filled, and
/// the kernel drops what comes then.
async fn swallow_connections(held: &mut OpenSockets) -> io::Result<SocketAddr> {
    /// More than the shortest queue of any kernel holds.
    const FILLERS: usize = 16;
    const FULL: Duration = Duration::from_millis(20);
    let socket = TcpSocket::new_v4()?;
    socket.bind(LOOPBACK.into())?;
    let listener = socket.listen(1)?;
    let address = listener.local_addr()?;
    held.tcp_listening.push(listener);
    for _ in 0..FILLERS {
        match tokio::time::timeout(FULL, TcpStream::connect(address)).await {
            Ok(connected) => held.tcp_fillers.push(connected?),
            Err(_) => break,
        }
    }
    Ok(address)
}

async fn serve_udp(server: Arc<ServerData>, socket: Arc<UdpSocket>, senders: BTreeMap<SocketAddr, Arc<UdpSocket>>) {
    let mut buffer = vec![0; 65_535];
    let mut replies = JoinSet::new();
    loop {
        // Linux reports a client's closed port here; the next question is another's.
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let Some(reaction) = server.react(&buffer[..length], Transport::Udp) else {
            continue;
        };
        let sender = reaction.from.and_then(|from| senders.get(&from));
        let socket = Arc::clone(sender.unwrap_or(&socket));
        replies.spawn(async move {
            tokio::time::sleep(reaction.delay).await;
            for octets in reaction.messages {
                let _ = socket.send_to(&octets, client).await;
            }
        });
        while replies.try_join_next().is_some() {}
    }
}

async fn serve_tcp(server: &ServerData, mut stream: TcpStream) -> io::Result<()> {
    // What a scenario has sent apart arrives apart.
    stream.set_nodelay(true)?;
    if server.hasty {
        // ID 0, and the root's name servers, which nobody is asked for over TCP.
        let reply = [0, 17, 0, 0, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
        stream.write_all(&reply).await?;
    }
    if serve_stream(server, &mut stream, Transport::Tcp).await? == NextOnConnection::Reset {
        // The octets arrive first: a reset makes the other side's kernel forget what was not read yet.
        tokio::time::sleep(UNTIL_READ).await;
        stream.set_zero_linger()?;
    }
    Ok(())
}

/// Answers the messages of a connection, or of a session on it, framed by their length, and says how it ends.
pub(super) async fn serve_stream(
    server: &ServerData,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    transport: Transport,
) -> io::Result<NextOnConnection> {
    loop {
        let length = stream.read_u16().await?;
        let mut octets = vec![0; usize::from(length)];
        stream.read_exact(&mut octets).await?;
        let Some(reaction) = server.react(&octets, transport) else {
            continue;
        };
        tokio::time::sleep(reaction.delay).await;
        let next = reaction.stream.send(&mut stream, &reaction.messages).await?;
        stream.flush().await?;
        if next != NextOnConnection::Question || reaction.close {
            return Ok(next);
        }
    }
}

impl ServerData {
    /// What to do with a message; `None`: nothing.
    pub(super) fn react(&self, octets: &[u8], transport: Transport) -> Option<Reaction> {
        let asked = message::read(octets)?;
        if asked.class == Class::Ch {
            return self.introduce(&asked);
        }
        let on = self.fitting(&asked, transport);
        if on.is_some_and(|on| on.on.silent) {
            return None;
        }
        match self.compose(&asked, transport, on) {
            Ok(messages) => Some(Reaction {
                delay: Duration::from_millis(on.map_or(0, |on| on.on.delay_ms)),
                close: on.is_some_and(|on| on.on.close),
                from: on.and_then(|on| on.from),
                stream: on.map_or(Stream::Plain, |on| on.stream),
                messages: if on.is_some_and(|on| on.on.close) {
                    Vec::new()
                } else {
                    messages
                },
            }),
            Err(reason) => {
                self.unexpected
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(format!(
                        "{} was asked {} {}: {reason}",
                        self.name, asked.qname, asked.qtype
                    ));
                None
            }
        }
    }

    /// What it says of itself. A server that swallows every question swallows this one too.
    fn introduce(&self, asked: &LabQuery) -> Option<Reaction> {
        let swallows = |data: &OnData| {
            let on = &data.on;
            let narrowed = on.edns.is_some() || on.cd.is_some() || on.transport.is_some() || !on.times.is_empty();
            on.silent && data.names.contains(&NamePattern::Any) && data.types.is_empty() && !narrowed
        };
        if self.on.iter().any(swallows) {
            return None;
        }
        let record = |text: &String| Record {
            section: Section::Answer,
            owner: asked.qname.clone(),
            rtype: asked.qtype,
            ttl: 0,
            data: RData::Other(text.clone()),
        };
        let is_version = asked.qname.to_string().eq_ignore_ascii_case(software::QUESTION);
        let version = self.version.as_ref().filter(|_| is_version);
        let answer = ZoneAnswer {
            rcode: if version.is_some() {
                Rcode::NOERROR
            } else {
                Rcode::REFUSED
            },
            aa: version.is_some(),
            records: version.into_iter().map(record).collect(),
        };
        Some(Reaction {
            delay: Duration::ZERO,
            messages: vec![message::write(asked, &answer, &Dress::default()).ok()?],
            close: false,
            from: None,
            stream: Stream::Plain,
        })
    }

    /// The first `on` that fits. Its count goes up whether or not its number is due.
    fn fitting(&self, asked: &LabQuery, transport: Transport) -> Option<&OnData> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, data) in self.on.iter().enumerate() {
            let on = &data.on;
            let fits = data
                .names
                .iter()
                .any(|pattern| *pattern == NamePattern::Any || *pattern == NamePattern::Is(asked.qname.clone()))
                && (data.types.is_empty() || data.types.contains(&asked.qtype))
                && on.edns.is_none_or(|edns| edns == asked.edns)
                && on.cd.is_none_or(|cd| cd == asked.checking_disabled)
                && on
                    .transport
                    .as_deref()
                    .is_none_or(|wanted| wanted == transport.as_str());
            if !fits {
                continue;
            }
            let count = counts.entry(index).or_default();
            *count += 1;
            if on.times.is_empty() || on.times.contains(count) {
                return Some(data);
            }
        }
        None
    }

    /// The messages that are sent, in their order.
    fn compose(&self, asked: &LabQuery, transport: Transport, on: Option<&OnData>) -> Result<Vec<Vec<u8>>, String> {
        let from = |zones: Option<&Vec<ZoneData>>| {
            zones
                .and_then(|zones| zone::answer(zones, &asked.qname, asked.qtype))
                .ok_or_else(|| "nothing in the scenario answers that".to_owned())
        };
        let Some(data) = on else {
            let answer = from(self.view.as_ref())?;
            return Ok(vec![message::write(asked, &answer, &Dress::default())?]);
        };
        let on = &data.on;
        let mut answer = if on.view.is_some() {
            from(data.view.as_ref())?
        } else if data.rcode.is_some() || on.answer.is_some() {
            ZoneAnswer {
                rcode: Rcode::NOERROR,
                aa: false,
                records: Vec::new(),
            }
        } else {
            from(self.view.as_ref())?
        };
        if let Some(rcode) = data.rcode {
            answer.rcode = rcode;
        }
        answer.records.extend(data.records.clone());
        let dress = Dress {
            tc: on.tc && transport == Transport::Udp,
            aa: on.aa,
            ra: on.ra,
            ede: data.ede.clone(),
        };
        let whole = message::write(asked, &answer, &dress)?;
        let changed = |word: &String| {
            let mut octets = whole.clone();
            deform(&mut octets, word).map(|()| octets)
        };
        let mut messages: Vec<Vec<u8>> = on.before.iter().map(changed).collect::<Result<_, _>>()?;
        match &on.bytes {
            Some(word) if word == "no-reply" => {}
            Some(word) => messages.push(changed(word)?),
            None => messages.push(whole.clone()),
        }
        for word in &on.after {
            messages.push(changed(word)?);
        }
        Ok(messages)
    }
}

impl OnData {
    /// Reads the texts of an `on`. `named` turns the scenario's words for names into names.
    pub(super) fn read(
        on: &On,
        named: impl Fn(&str) -> Result<Vec<NamePattern>, String>,
        view: impl Fn(&str) -> Result<Vec<ZoneData>, String>,
        target: &Name,
    ) -> Result<Self, String> {
        let default = ["TARGET".to_owned()];
        let words = if on.names.is_empty() {
            &default[..]
        } else {
            &on.names[..]
        };
        let mut patterns = Vec::new();
        for word in words {
            patterns.extend(named(word)?);
        }
        let sections = [
            (on.answer.as_deref().unwrap_or_default(), Section::Answer),
            (on.authority.as_slice(), Section::Authority),
            (on.additional.as_slice(), Section::Additional),
        ];
        let mut records = Vec::new();
        for (texts, section) in sections {
            for text in texts {
                records.push(zone::record(text, section, target)?);
            }
        }
        Ok(Self {
            names: patterns,
            types: on.types.iter().map(|text| text.parse()).collect::<Result<_, _>>()?,
            view: on.view.as_deref().map(view).transpose()?,
            records,
            rcode: on.rcode.as_deref().map(str::parse).transpose()?,
            ede: on
                .ede
                .iter()
                .map(|text| {
                    let (code, text) = text.split_once(' ').unwrap_or((text, ""));
                    let code = code.parse().map_err(|_| format!("EDE {code:?} is not a number"))?;
                    Ok((code, text.to_owned()))
                })
                .collect::<Result<_, String>>()?,
            from: on
                .from
                .as_deref()
                .map(|text| parse_address(text).map_err(|error| error.to_string()))
                .transpose()?,
            stream: Stream::read(on.stream.as_deref())?,
            on: on.clone(),
        })
    }
}
