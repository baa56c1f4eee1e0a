//! `--deadline` holds whatever the servers do: the binary against one that never ends what it says.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::Value;

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

/// A name server over TCP that announces the longest message there is and sends an octet of it every `pause`. It ends
/// with the test's process.
fn dripping(pause: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || drip(stream, pause));
        }
    });
    address
}

fn drip(mut stream: TcpStream, pause: Duration) -> std::io::Result<()> {
    stream.read_exact(&mut [0; 2])?;
    stream.set_nodelay(true)?;
    stream.write_all(&[0xff, 0xff])?;
    loop {
        stream.write_all(&[0])?;
        thread::sleep(pause);
    }
}

#[test]
fn an_octet_a_second_holds_nothing_up() {
    // At this pace a message takes 18 hours; at the other it takes a minute.
    for pause in [Duration::from_secs(1), Duration::from_millis(1)] {
        let address = dripping(pause);
        let output = assert_cmd::cargo::cargo_bin_cmd!("eks-dns-doctor")
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .args(["check", HOST, "--resolver"])
            .arg(format!("one=tcp://{address}"))
            .args(["--no-local", "--no-os", "--no-aws", "--expect", "192.168.104.190"])
            .args(["--timeout", "2s", "--deadline", "3s", "-o", "json"])
            // Far beyond the deadline: what would hang is stopped, and fails.
            .timeout(Duration::from_secs(45))
            .output()
            .expect("it runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{pause:?}: {stderr}");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
        assert_eq!(report["conclusion"], "broken");
        let lookup = &report["resolvers"][0]["lookups"][0];
        assert_eq!(lookup["kind"], "timeout", "{lookup}");
        let reason = lookup["reason"].as_str().expect("a reason");
        assert!(reason.contains("of the 65535 octets of a message"), "{reason}");
    }
}
