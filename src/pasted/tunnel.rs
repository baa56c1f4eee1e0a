//! What the other end of a tunnel did: ssh (`-W`, `-L`, `-D`, `ProxyJump`), its likes, port forwarding of AWS Systems
//! Manager, and SOCKS. The name is looked up at that end, by the name servers of that host.

use super::{MessageSeen, Symptom, between, library};

/// A tunnel, by how the other end of it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tunnel {
    /// The host that ssh is connected to.
    Ssh,
    /// A managed node of Systems Manager.
    Ssm,
}

impl Tunnel {
    /// The place of `--via`, where it can be named.
    pub(super) fn via(self, text: &str) -> Option<String> {
        match self {
            Self::Ssh => Some("ssh:JUMP-HOST".to_owned()),
            Self::Ssm => node(text).map(|node| format!("ssm:{node}")),
        }
    }
}

/// What follows `i-` or `mi-` in the name of a managed node (Systems Manager API Reference).
fn is_id_of_node(digits: &str) -> bool {
    digits.len() == 17 && digits.bytes().all(|octet| octet.is_ascii_hexdigit())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
}

/// Whether a text names a managed node that is not an instance of EC2: `mi-` and 17 hexadecimal digits. Hybrid nodes of
/// Amazon EKS that are activated with Systems Manager have such a name.
pub(super) fn is_hybrid(text: &str) -> bool {
    words(text).any(|word| word.strip_prefix("mi-").is_some_and(is_id_of_node))
}

/// The one managed node that a text names.
fn node(text: &str) -> Option<&str> {
    let is_node = |word: &&str| {
        let digits = word.strip_prefix("i-").or_else(|| word.strip_prefix("mi-"));
        digits.is_some_and(is_id_of_node)
    };
    let mut nodes = words(text).filter(is_node);
    let first = nodes.next()?;
    nodes.all(|other| other == first).then_some(first)
}

const OF_SSH: &str = "ssh prints it of the host that it is connected to: that host looked the name up and made the \
                      connection, and not this one. Run the check there: --via ssh:JUMP-HOST.";
/// sshd_config(5); openssh/openssh-portable, serverloop.c: server_request_direct_tcpip for what is not allowed. In
/// old versions server_input_channel_open says it of every connection that could not be begun.
const PROHIBITED: &str = "The host that ssh is connected to says so where its sshd may not forward \
                          (AllowTcpForwarding, PermitOpen, DisableForwarding). An old sshd says the same \
                          where it did not find the name.";
/// aws/session-manager-plugin, muxportforwarding.go: the agent's flag ConnectToPortError, without a reason.
const OF_SSM: &str = "The session stands: the agent on the managed node could not connect. It looks the name up on \
                      that node, and its log (amazon-ssm-agent.log) says what failed. Run the check there: --via \
                      ssm:INSTANCE-ID.";
/// Systems Manager API Reference, StartSession, TargetNotConnected.
const OFFLINE: &str = "Systems Manager has no connection to the managed node: it is stopped, its agent does not run, \
                       or it is of another Region or account.";
/// RFC 1928 section 4: the name goes to the proxy (ATYP X'03'), and golang.org/x/net/internal/socks sends names so.
const OF_SOCKS: &str = "The client hands the name to the SOCKS proxy, and the proxy looks it up at its end. Behind ssh \
                        -D that is the host that ssh is connected to: run the check there (--via ssh:JUMP-HOST).";

/// A line that says what the other end of a tunnel did.
pub(super) fn line(line: &str, is_connection: fn(&str) -> bool) -> Option<MessageSeen> {
    if line.contains("Connection to destination port failed") {
        return Some(at(Tunnel::Ssm, Symptom::TunnelFailed, OF_SSM));
    }
    if line.contains("(TargetNotConnected)") {
        return Some(MessageSeen {
            note: Some(OFFLINE),
            ..MessageSeen::of(Symptom::TunnelRefused, None)
        });
    }
    let said = of_ssh(line)?;
    if said.to_ascii_lowercase().contains("administratively prohibited") {
        return Some(at(Tunnel::Ssh, Symptom::TunnelRefused, PROHIBITED));
    }
    let symptom = library::symptom(said).or_else(|| is_connection(said).then_some(Symptom::Connection));
    Some(at(Tunnel::Ssh, symptom.unwrap_or(Symptom::TunnelFailed), OF_SSH))
}

fn at(tunnel: Tunnel, symptom: Symptom, note: &'static str) -> MessageSeen {
    MessageSeen {
        is_of_system: true,
        tunnel: Some(tunnel),
        note: Some(note),
        ..MessageSeen::of(symptom, None)
    }
}

/// What stands behind the words for a channel that was not opened (RFC 4254 section 5.1): OpenSSH (channels.c,
/// channel_input_open_failure: `channel N: open failed: REASON: TEXT`), golang.org/x/crypto/ssh (channel.go,
/// OpenChannelError.Error: `ssh: rejected: REASON (TEXT)`), PuTTY (portfwd.c, pfd_open_failure), paramiko
/// (transport.py: `Secsh channel N open FAILED: TEXT: REASON`).
fn of_ssh(line: &str) -> Option<&str> {
    let behind = |lead: &str| line.split_once(lead).map(|(_, rest)| rest);
    let is_known = |said: &&str| {
        let said = said.to_ascii_lowercase();
        said.contains("connect failed") || said.contains("administratively prohibited")
    };
    behind(": open failed: ")
        .or_else(|| behind("ssh: rejected: "))
        .or_else(|| behind("Forwarded connection refused by remote: "))
        .or_else(|| behind(" open FAILED: "))
        .filter(is_known)
}

/// A SOCKS proxy as Go prints it (golang.org/x/net/internal/socks, `socks connect tcp PROXY->TARGET: ERR`): the proxy
/// was not reached, or it answered, or ended the connection.
pub(super) fn socks(line: &str) -> Option<MessageSeen> {
    let (_, rest) = line.split_once("socks connect ")?;
    let (proxy, rest) = rest.split_once("->")?;
    let (target, error) = rest.split_once(": ").unwrap_or((rest, ""));
    if error.starts_with("dial tcp") {
        return Some(MessageSeen::of(Symptom::ProxyConnection, None));
    }
    let host = target.rsplit_once(':').map_or(target, |(host, _)| host);
    let is_name = super::host(host).is_some();
    let is_here = ["127.", "localhost", "[::1]"].iter().any(|this| {
        let address = proxy.rsplit(' ').next().unwrap_or_default();
        address.starts_with(this)
    });
    Some(MessageSeen {
        tunnel: (is_name && is_here).then_some(Tunnel::Ssh),
        note: is_name.then_some(OF_SOCKS),
        ..MessageSeen::of(
            Symptom::ProxyAnswer,
            Some(host)
                .filter(|_| is_name)
                .or_else(|| between(line, "https://", "/")),
        )
    })
}
