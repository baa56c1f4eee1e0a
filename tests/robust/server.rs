//! A name server by hand (RFC 1035 section 4), which says whatever a test makes it say.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A question as it came.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    /// The whole message.
    pub(crate) octets: Vec<u8>,
    /// QNAME, QTYPE and QCLASS.
    pub(crate) question: Vec<u8>,
    /// QTYPE.
    pub(crate) qtype: u16,
    /// Whether it came over TCP.
    pub(crate) tcp: bool,
}

impl Query {
    pub(crate) fn read(octets: &[u8], tcp: bool) -> Self {
        let mut end = 12;
        while octets[end] > 0 {
            end += 1 + usize::from(octets[end]);
        }
        let question = octets[12..end + 5].to_vec();
        Self {
            octets: octets.to_vec(),
            qtype: u16::from_be_bytes([octets[end + 1], octets[end + 2]]),
            question,
            tcp,
        }
    }

    /// The reply with these records in ANSWER and AUTHORITY, and an OPT record with these Extended DNS Errors where the
    /// query has one.
    pub(crate) fn reply(&self, rcode: u8, answer: &[Vec<u8>], authority: &[Vec<u8>], errors: &[Vec<u8>]) -> Vec<u8> {
        let has_edns = self.octets[11] > 0;
        let count = |list: &[Vec<u8>]| u8::try_from(list.len()).expect("few records");
        let mut reply = self.octets[..2].to_vec();
        reply.extend([0x81, 0x80 | rcode, 0, 1]);
        reply.extend([0, count(answer), 0, count(authority), 0, u8::from(has_edns)]);
        reply.extend(&self.question);
        reply.extend(answer.iter().chain(authority).flatten());
        if has_edns {
            let options: Vec<u8> = errors
                .iter()
                .flat_map(|text| {
                    let mut option = vec![0, 15];
                    option.extend(length(text.len() + 2));
                    option.extend([0, 15]);
                    option.extend(text);
                    option
                })
                .collect();
            reply.extend([0, 0, 41, 0x10, 0, 0, 0, 0, 0]);
            reply.extend(length(options.len()));
            reply.extend(options);
        }
        reply
    }
}

fn length(octets: usize) -> [u8; 2] {
    u16::try_from(octets).expect("it fits").to_be_bytes()
}

/// A record: its owner as octets of the wire.
pub(crate) fn record(owner: &[u8], rtype: u16, data: &[u8]) -> Vec<u8> {
    let mut record = owner.to_vec();
    record.extend(rtype.to_be_bytes());
    record.extend([0, 1, 0, 0, 0, 60]);
    record.extend(length(data.len()));
    record.extend(data);
    record
}

/// The question's own name.
pub(crate) const OWNER: &[u8] = &[0xc0, 12];

/// A name of these labels, whatever is in them.
pub(crate) fn name(labels: &[&[u8]]) -> Vec<u8> {
    let mut name = Vec::new();
    for label in labels {
        name.push(u8::try_from(label.len()).expect("63 octets at most"));
        name.extend(*label);
    }
    name.push(0);
    name
}

/// A SOA with these names.
pub(crate) fn soa(mname: &[u8], rname: &[u8]) -> Vec<u8> {
    let mut data = [mname, rname].concat();
    for number in [1_u32, 7_200, 900, 1_209_600, 86_400] {
        data.extend(number.to_be_bytes());
    }
    data
}

/// A server on loopback, UDP and TCP on one port. It ends with the test's process.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    queries: Arc<Mutex<Vec<Query>>>,
}

impl Server {
    /// Answers with what the closure makes of a query; `None`: not at all.
    pub(crate) fn start(answer: impl Fn(&Query) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let (tcp, udp) = bound();
        let address = tcp.local_addr().expect("an address");
        let queries = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let (log, say) = (Arc::clone(&queries), Arc::clone(&answer));
        thread::spawn(move || {
            let mut octets = [0; 4096];
            while let Ok((length, client)) = udp.recv_from(&mut octets) {
                if let Some(reply) = say(&note(&log, &octets[..length], false)) {
                    udp.send_to(&reply, client).ok();
                }
            }
        });
        let log = Arc::clone(&queries);
        thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                let (log, say) = (Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || {
                    let reply = |octets: &[u8]| say(&note(&log, octets, true));
                    serve(stream, reply)
                });
            }
        });
        Self { address, queries }
    }

    pub(crate) fn queries(&self) -> Vec<Query> {
        self.queries.lock().expect("not poisoned").clone()
    }
}

fn note(log: &Mutex<Vec<Query>>, octets: &[u8], tcp: bool) -> Query {
    let mut log = log.lock().expect("not poisoned");
    let query = Query::read(octets, tcp);
    log.push(query.clone());
    query
}

fn serve(mut stream: TcpStream, reply: impl Fn(&[u8]) -> Option<Vec<u8>>) -> std::io::Result<()> {
    loop {
        let mut octets = [0; 2];
        stream.read_exact(&mut octets)?;
        let mut query = vec![0; u16::from_be_bytes(octets).into()];
        stream.read_exact(&mut query)?;
        let Some(reply) = reply(&query) else {
            thread::sleep(Duration::from_secs(120));
            return Ok(());
        };
        stream.write_all(&[&length(reply.len())[..], &reply].concat())?;
    }
}

/// Two sockets on one port.
pub(crate) fn bound() -> (TcpListener, UdpSocket) {
    std::iter::repeat_with(|| {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
        let udp = UdpSocket::bind(tcp.local_addr().expect("an address"));
        (tcp, udp)
    })
    .find_map(|(tcp, udp)| Some((tcp, udp.ok()?)))
    .expect("a port for both")
}

/// The right answer: an address, or NODATA with the SOA of a private hosted zone.
pub(crate) fn right(query: &Query) -> Vec<u8> {
    if query.qtype == 1 {
        return query.reply(0, &[record(OWNER, 1, &[192, 168, 104, 190])], &[], &[]);
    }
    let mname = name(&[b"ns-1536", b"awsdns-00", b"co", b"uk"]);
    let rname = name(&[b"awsdns-hostmaster", b"amazon", b"com"]);
    let soa = record(OWNER, 6, &soa(&mname, &rname));
    query.reply(0, &[], &[soa], &[])
}

/// Answers rightly.
pub(crate) fn answering() -> Server {
    Server::start(|query| Some(right(query)))
}

/// Says nothing.
pub(crate) fn silent() -> Server {
    Server::start(|_| None)
}
