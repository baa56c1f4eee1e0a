//! A small name server on loopback, over UDP and TCP on one port. It ends with the test's process.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::thread;

/// Starts one that replies as `reply` says; where that is `None`, it says nothing.
pub(crate) fn start(reply: impl Fn(&[u8]) -> Option<Vec<u8>> + Clone + Send + 'static) -> SocketAddr {
    // The port may be taken over TCP; then another is tried.
    let (udp, tcp) = (0..64)
        .find_map(|_| {
            let udp = UdpSocket::bind("127.0.0.1:0").ok()?;
            let tcp = TcpListener::bind(udp.local_addr().ok()?).ok()?;
            Some((udp, tcp))
        })
        .expect("a port");
    let address = udp.local_addr().expect("an address");
    let over_tcp = reply.clone();
    thread::spawn(move || {
        let mut query = [0; 4096];
        while let Ok((length, client)) = udp.recv_from(&mut query) {
            if let Some(reply) = reply(&query[..length]) {
                udp.send_to(&reply, client).ok();
            }
        }
    });
    thread::spawn(move || {
        for mut stream in tcp.incoming().flatten() {
            let mut length = [0; 2];
            if stream.read_exact(&mut length).is_err() {
                continue;
            }
            let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
            let reply = stream.read_exact(&mut query).ok().and_then(|()| over_tcp(&query));
            if let Some(reply) = reply {
                let length = u16::try_from(reply.len()).expect("a short reply").to_be_bytes();
                stream.write_all(&[length.as_slice(), &reply].concat()).ok();
            }
        }
    });
    address
}
