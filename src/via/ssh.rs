//! Through the system's `ssh`: its configuration, its agent and its jump hosts apply, and it asks for nothing.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Child;
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
) -> Result<SshOutput, Failure> {
    let mark = mark();
    let (script, input) = match program {
        None => (
            shell::run(
                &errand.arguments,
                (!errand.facts.is_empty()).then_some(errand.flag),
                &mark,
            ),
            errand.facts.clone(),
        ),
        Some(program) => {
            let lengths = (errand.facts.len(), program.bytes.len());
            let script = shell::push(&errand.arguments, errand.flag, lengths, &program.platforms, &mark);
            (script, [errand.facts.as_slice(), &program.bytes].concat())
        }
    };
    // Whoever was sent the program watches its standard input: where that ends, so did we, and it cleans up.
    let hold = program.is_some();
    let mut heard = Ended::default();
    let done = timeout(
        errand.within,
        conversation(command(ssh, destination, &script), &input, hold, &mut heard),
    );
    match done.await {
        Ok(done) => done?,
        Err(_) => {
            return Err(Failure::TooSlow {
                within: whole(errand.within),
                said: heard.last(),
            });
        }
    }
    if heard.code == Some(255) && !heard.has(&mark) {
        return Err(login(&heard));
    }
    let document = heard.document(&mark, program.is_none())?.to_vec();
    Ok(SshOutput { document, ended: heard })
}

/// `ssh`, for one command and nothing else: no terminal, no forwarding, and no master that others would wait for.
fn command(ssh: &Path, destination: &str, script: &str) -> Command {
    let mut command = Command::new(ssh);
    command
        .args(["-T", "-a", "-x", "-o", "BatchMode=yes"])
        .args(["-o", "ClearAllForwardings=yes", "-o", "ControlMaster=no"])
        .arg("-o")
        .arg(format!("ConnectTimeout={}", limits::VIA_CONNECT.as_secs()))
        .args(["--", destination, script])
        // The ssh that goes to a jump host is another one, to which ssh does not pass BatchMode on. It would ask on the
        // terminal; of this program it learns nothing (ssh(1), ENVIRONMENT).
        .env("SSH_ASKPASS", "false")
        .env("SSH_ASKPASS_REQUIRE", "force")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshOutput {
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

/// Why ssh itself gave up: 255 is its own exit code (ssh(1), EXIT STATUS).
fn login(ended: &Ended) -> Failure {
    let last = ended.last();
    if ended.says("Host key verification failed") {
        if ended.says("REMOTE HOST IDENTIFICATION HAS CHANGED") {
            return Failure::HostKeyChanged(last);
        }
        return Failure::HostKey(last);
    }
    Failure::Login(if last.is_empty() {
        "it says no more; log in once by hand".to_owned()
    } else {
        last
    })
}

/// A process and, on Unix, whatever it started: a jump host's ssh, a proxy's command. They are a process group of their
/// own, which a Ctrl-C on the terminal does not reach: who is interrupted is this program, and it ends them.
struct ProcessGroup(Child);

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        // There is no id any more where the process was waited for: its number may be another's by now.
        #[cfg(unix)]
        if let Some(group) = self
            .0
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw)
        {
            // Where all of it has ended there is nobody to end.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// Starts the command, writes the input, reads what comes, and waits for its end. With `hold` the input stays open
/// until then.
async fn conversation(mut command: Command, input: &[u8], hold: bool, heard: &mut Ended) -> Result<(), Failure> {
    let start = |error: std::io::Error| Failure::Start(error.to_string());
    let mut group = ProcessGroup(command.spawn().map_err(start)?);
    let stdin = group.0.stdin.take();
    let (stdout, stderr) = (group.0.stdout.take(), group.0.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // Whoever does not want it has ended, and says why.
            let _ = stdin.write_all(input).await;
            let _ = stdin.flush().await;
            if hold {
                std::future::pending::<()>().await;
            }
        }
    };
    let most = usize::try_from(limits::CAPTURE).unwrap_or(usize::MAX);
    let Ended {
        code,
        stdout: out,
        stderr: err,
    } = heard;
    let read = async {
        tokio::try_join!(
            read(stdout, out, most, true),
            read(stderr, err, limits::VIA_SAID, false)
        )
    };
    let talk = async {
        tokio::pin!(write, read);
        let mut written = false;
        loop {
            tokio::select! {
                () = &mut write, if !written => written = true,
                both = &mut read => break both,
            }
        }
    };
    tokio::pin!(talk);
    let status = tokio::select! {
        talked = &mut talk => {
            talked?;
            group.0.wait().await
        }
        status = group.0.wait() => {
            // What it wrote is in the pipes. Whoever else holds them, such as a proxy's command, is not waited for.
            if let Ok(talked) = timeout(limits::VIA_REST, &mut talk).await {
                talked?;
            }
            status
        }
    };
    *code = status.map_err(start)?.code();
    Ok(())
}

/// Reads to the end and keeps so much; what is more is an error, or is dropped.
async fn read(
    source: Option<impl AsyncRead + Unpin>,
    kept: &mut Vec<u8>,
    most: usize,
    is_error: bool,
) -> Result<(), Failure> {
    let Some(mut source) = source else {
        return Ok(());
    };
    let mut piece = vec![0; 64 << 10];
    loop {
        let count = source
            .read(&mut piece)
            .await
            .map_err(|error| Failure::Start(error.to_string()))?;
        if count == 0 {
            return Ok(());
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
