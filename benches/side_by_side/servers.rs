//! A real name server on loopback that has the names.

use std::fmt::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How many names the zone has.
pub(crate) const HOSTS: usize = 100_000;

/// One of the names, each like an endpoint's.
pub(crate) fn host(number: usize) -> String {
    format!("{number:032X}.gr7.eu-west-1.eks.amazonaws.com")
}

/// Where everything is written.
pub(crate) fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("side-by-side-{}", parent()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn parent() -> u32 {
    std::process::id()
}

/// A name server that was started here, and is stopped with this value.
pub(crate) struct NameServer {
    pub software: &'static str,
    pub at: Vec<SocketAddr>,
    child: Child,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        // Of the process that was started; NSD's own children end with it.
        if let Some(ends) = rustix::process::Pid::from_raw(i32::try_from(self.child.id()).unwrap_or_default()) {
            let _ = rustix::process::kill_process(ends, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(folder());
    }
}

impl NameServer {
    /// The first that is installed.
    pub(crate) fn start() -> Option<Self> {
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at: Vec<SocketAddr> = (1..=4)
            .map(|last| SocketAddr::from(([127, 0, 0, last], port)))
            .collect();
        let folder = folder();
        std::fs::write(folder.join("zone"), zone()).unwrap();
        let (software, mut command) = if is_installed("nsd") {
            ("NSD", nsd(&folder, &at))
        } else if is_installed("knotd") {
            ("Knot DNS", knot(&folder, &at))
        } else {
            return None;
        };
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let server = Self { software, at, child };
        if !server.is_ready() {
            println!("{software} does not answer: left out");
            return None;
        }
        Some(server)
    }

    /// Whether every address answers for the last name, within a minute.
    fn is_ready(&self) -> bool {
        let end = Instant::now() + Duration::from_secs(60);
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut query = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in host(HOSTS - 1).split('.') {
            query.push(u8::try_from(label.len()).unwrap());
            query.extend(label.as_bytes());
        }
        query.extend([0, 0, 1, 0, 1]);
        self.at.iter().all(|at| {
            while Instant::now() < end {
                let mut buffer = [0; 512];
                let _ = socket.send_to(&query, at);
                // NOERROR with answers.
                if socket.recv(&mut buffer).is_ok() && buffer[3].trailing_zeros() >= 4 && buffer[7] > 0 {
                    return true;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            false
        })
    }
}

fn is_installed(program: &str) -> bool {
    // Daemons are where a user's PATH may not look.
    ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"]
        .iter()
        .any(|folder| Path::new(folder).join(program).is_file())
}

fn found(program: &str) -> PathBuf {
    ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| program.into())
}

/// Two addresses a name, and a SOA like that of AWS's zone.
fn zone() -> String {
    let mut text = String::from(
        "$ORIGIN eks.amazonaws.com.\n$TTL 60\n\
         @ SOA ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 60\n\
         @ NS ns-1536.awsdns-00.co.uk.\n",
    );
    for number in 0..HOSTS {
        let (high, middle, low) = (number >> 16 & 0x7f, number >> 8 & 0xff, number & 0xff);
        let name = host(number);
        let _ = writeln!(
            text,
            "{name}. A 10.{high}.{middle}.{low}\n{name}. A 10.{}.{middle}.{low}",
            high + 128
        );
    }
    text
}

fn nsd(folder: &Path, at: &[SocketAddr]) -> Command {
    let shown = folder.display();
    let mut text = format!(
        "server:\n  server-count: 1\n  username: \"\"\n  chroot: \"\"\n  zonesdir: \"{shown}\"\n  \
         pidfile: \"{shown}/pid\"\n  xfrdfile: \"\"\n  xfrdir: \"{shown}\"\n  zonelistfile: \"{shown}/zones\"\n  \
         database: \"\"\n  minimal-responses: yes\n  rrl-ratelimit: 0\n"
    );
    for address in at {
        let _ = writeln!(text, "  ip-address: {}@{}", address.ip(), address.port());
    }
    let _ = write!(
        text,
        "remote-control:\n  control-enable: no\nzone:\n  name: eks.amazonaws.com\n  zonefile: zone\n"
    );
    let file = folder.join("nsd.conf");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(found("nsd"));
    command.arg("-d").arg("-c").arg(file);
    command
}

fn knot(folder: &Path, at: &[SocketAddr]) -> Command {
    let shown = folder.display();
    let listen: Vec<String> = at.iter().map(|at| format!("{}@{}", at.ip(), at.port())).collect();
    let text = format!(
        "server:\n  rundir: {shown}\n  listen: [{}]\n  udp-workers: 1\ndatabase:\n  storage: {shown}\n\
         zone:\n  - domain: eks.amazonaws.com\n    file: {shown}/zone\n    zonefile-sync: -1\n",
        listen.join(", ")
    );
    let file = folder.join("knot.conf");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(found("knotd"));
    command.arg("-c").arg(file);
    command
}
