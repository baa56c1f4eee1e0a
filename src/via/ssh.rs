//! Through the system's `ssh`: its configuration, its agent and its jump hosts apply, and it asks for nothing.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use super::{Ended, Errand, Failure, shell};
use crate::limits;

/// This program, to be sent along.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its octets.
    pub bytes: Vec<u8>,
    /// What `uname -s` and `uname -m` may say where it runs.
    pub platforms: Vec<(&'static str, &'static str)>,
}

/// Runs the errand at the destination, and gives what the program there wrote.
pub async fn run(
    ssh: &Path,
    destination: &str,
    errand: &Errand,
    program: Option<&Program>,
) -> Result<Answer, Failure> {
    let mark = mark();
    let (script, input) = match program {
        None => (
            shell::run(&errand.arguments, !errand.facts.is_empty(), &mark),
            errand.facts.clone(),
        ),
        Some(program) => {
            let lengths = (errand.facts.len(), program.bytes.len());
            let script = shell::push(&errand.arguments, lengths, &program.platforms, &mark);
            (script, [errand.facts.as_slice(), &program.bytes].concat())
        }
    };
    let mut command = Command::new(ssh);
    command
        .args(["-T", "-o", "BatchMode=yes", "-o"])
        .arg(format!("ConnectTimeout={}", limits::VIA_CONNECT.as_secs()))
        .args(["--", destination, &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let ended = timeout(errand.within, conversation(command, input))
        .await
        .unwrap_or(Err(Failure::TooSlow(whole(errand.within))))?;
    // 255 is ssh's own (ssh(1), EXIT STATUS).
    if ended.code == Some(255) {
        return Err(login(&ended));
    }
    let document = ended.document(&mark, program.is_none())?.to_vec();
    Ok(Answer { document, ended })
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The document.
    pub document: Vec<u8>,
    /// How it ended.
    pub ended: Ended,
}

fn whole(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs().max(1))
}

/// A line that nobody prints by chance.
pub(super) fn mark() -> String {
    let nonce: u64 = rand::random();
    format!("eks-dns-doctor-{nonce:016x}")
}

fn login(ended: &Ended) -> Failure {
    let last = ended.last();
    let said = if last.is_empty() {
        "it says no more; log in once by hand".to_owned()
    } else {
        last
    };
    // OpenSSH says the same for a key that it does not know and for one that has changed.
    if said.contains("Host key verification failed") {
        Failure::HostKey(said)
    } else {
        Failure::Login(said)
    }
}

async fn conversation(mut command: Command, input: Vec<u8>) -> Result<Ended, Failure> {
    let start = |error: std::io::Error| Failure::Start(error.to_string());
    let mut child = command.spawn().map_err(start)?;
    let stdin = child.stdin.take();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // Whoever does not want it has ended, and says why.
            let _ = stdin.write_all(&input).await;
            let _ = stdin.shutdown().await;
        }
    };
    let most = usize::try_from(limits::CAPTURE).unwrap_or(usize::MAX);
    let (stdout, stderr) = {
        let read = async {
            tokio::try_join!(
                read(stdout, most, true),
                read(stderr, limits::VIA_SAID, false)
            )
        };
        tokio::pin!(write, read);
        let mut written = false;
        loop {
            tokio::select! {
                () = &mut write, if !written => written = true,
                both = &mut read => break both?,
            }
        }
    };
    let status = child.wait().await.map_err(start)?;
    Ok(Ended {
        code: status.code(),
        stdout,
        stderr,
    })
}

/// Reads to the end and keeps so much; what is more is an error, or is dropped.
async fn read(
    source: Option<impl AsyncRead + Unpin>,
    most: usize,
    is_error: bool,
) -> Result<Vec<u8>, Failure> {
    let Some(mut source) = source else {
        return Ok(Vec::new());
    };
    let mut kept = Vec::new();
    let mut piece = vec![0; 64 << 10];
    loop {
        let count = source
            .read(&mut piece)
            .await
            .map_err(|error| Failure::Start(error.to_string()))?;
        if count == 0 {
            return Ok(kept);
        }
        kept.extend_from_slice(&piece[..count]);
        if kept.len() > most {
            if is_error {
                return Err(Failure::TooLarge);
            }
            // The last lines say why.
            kept.drain(..kept.len() - most);
        }
    }
}
