//! Through AWS Systems Manager Run Command: SendCommand with the document AWS-RunShellScript, then
//! ListCommandInvocations until every node is done, and GetCommandInvocation of each.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures_util::stream::{self, StreamExt as _};
use tokio::time::{Instant, sleep};

use super::ssh::mark;
use super::{Ended, Errand, Failure, Via, beside, shell};
use crate::facts::aws::Session;
use crate::facts::aws::command::{CommandError, Nodes, Output};
use crate::limits;
use crate::text;

/// What came of each node: its id, or what was named where no node is known, and what was read of its document.
pub type NodeAnswers<T> = Vec<(String, Result<T, Failure>)>;

/// The characters that Systems Manager keeps of an output (API reference, GetCommandInvocation:
/// StandardOutputContent).
const OUTPUT: usize = 24_000;

/// Runs the errand at every node, and reads what comes back of each.
pub async fn run<T>(
    session: &Session,
    via: &Via,
    errand: &Errand,
    read: impl Fn(&[u8]) -> Result<T, Failure>,
) -> NodeAnswers<T> {
    let place = via.place();
    let nodes = match via {
        Via::Node(id) => Nodes::One(id.clone()),
        Via::Tag { key, value } => Nodes::Tagged {
            key: key.clone(),
            value: value.clone(),
        },
        Via::Ssh(_) => return Vec::new(),
    };
    let (mark, end) = (mark(), mark());
    let facts = encoded(&errand.facts);
    let script = shell::compressed(&errand.arguments, errand.flag, facts.as_deref(), &mark, &end);
    let until = Instant::now() + errand.within;
    let seconds = errand.within.as_secs().max(1);
    let id = match session.send_command(&nodes, &script, seconds).await {
        Ok(id) => id,
        Err(error) => return vec![(place, Err(manager(&error)))],
    };
    let told = FetchedCommand {
        session,
        id: &id,
        mark: &mark,
        end: &end,
        within: errand.within,
        end_of_reads: until + limits::AWS_READ,
    };
    let look = told.wait(&nodes, until).await;
    told.answers(place, look, read).await
}

fn manager(error: &dyn std::fmt::Display) -> Failure {
    Failure::Manager(error.to_string())
}

struct FetchedCommand<'a> {
    session: &'a Session,
    id: &'a str,
    mark: &'a str,
    end: &'a str,
    within: Duration,
    /// Until when outputs are fetched.
    end_of_reads: Instant,
}

/// How far the nodes are, as they were last seen.
#[derive(Default)]
struct NodesLook {
    /// Those that have not ended.
    waiting: Vec<String>,
    /// Those that have, and how.
    done: Vec<(String, String)>,
    /// Nodes that the command is for, beyond those that are known.
    missing: usize,
    /// Whether these are all.
    is_whole: bool,
    /// Why no more could be learnt.
    trouble: Option<CommandError>,
}

impl FetchedCommand<'_> {
    /// Waits until every node has ended, or no longer.
    async fn wait(&self, nodes: &Nodes, until: Instant) -> NodesLook {
        let mut look = NodesLook::default();
        let mut looks_left = limits::VIA_LOOKS;
        while Instant::now() < until {
            match self.look(nodes, &mut look).await {
                Ok(is_over) => {
                    look.trouble = None;
                    // A command that is over may have had nodes that are not listed yet, or never will be.
                    if is_over {
                        looks_left = looks_left.saturating_sub(1);
                    }
                }
                Err(error) => {
                    let is_final = error.is_final();
                    look.trouble = Some(error);
                    if is_final {
                        break;
                    }
                }
            }
            if look.is_whole || looks_left == 0 {
                break;
            }
            sleep(limits::VIA_POLL.min(until.saturating_duration_since(Instant::now()))).await;
        }
        look
    }

    /// Looks once, and says whether the command as a whole is over.
    async fn look(&self, nodes: &Nodes, look: &mut NodesLook) -> Result<bool, CommandError> {
        let found = self.session.invocations(self.id).await?;
        look.waiting.clear();
        look.done.clear();
        for invocation in found {
            if is_over(&invocation.status) {
                look.done.push((
                    invocation.instance_id,
                    detail(&invocation.status, &invocation.status_details),
                ));
            } else {
                look.waiting.push(invocation.instance_id);
            }
        }
        if let Nodes::One(_) = nodes {
            look.is_whole = !look.done.is_empty();
            return Ok(false);
        }
        // Which nodes have the tag is known when the command as a whole is over.
        let Some(progress) = self.session.command(self.id).await? else {
            return Ok(false);
        };
        let targets = usize::try_from(progress.target_count).unwrap_or(usize::MAX);
        look.missing = targets.saturating_sub(look.done.len() + look.waiting.len());
        let is_over = is_over(&progress.status);
        look.is_whole = is_over && look.waiting.is_empty() && look.missing == 0;
        Ok(is_over)
    }

    /// Takes the output of each node that has ended, and says of the others why there is none.
    async fn answers<T>(
        &self,
        place: String,
        look: NodesLook,
        read: impl Fn(&[u8]) -> Result<T, Failure>,
    ) -> NodeAnswers<T> {
        let slow = || Failure::TooSlow {
            within: self.within,
            said: String::new(),
        };
        let mut done = look.done;
        let beyond = done.split_off(done.len().min(limits::PLACES));
        let read = &read;
        let outputs = stream::iter(done)
            .map(|(node, status)| async move {
                let answer = match self.output(&node).await {
                    Ok(output) => self.document(&output).and_then(|document| read(&document)),
                    Err(error) => Err(Failure::Manager(format!("its run ended with {status}, and {error}"))),
                };
                (short(&node), answer)
            })
            .buffered(limits::AWS_CONCURRENCY);
        let mut answers: NodeAnswers<T> = outputs.collect().await;
        for node in look.waiting {
            answers.push((short(&node), Err(slow())));
        }
        for (node, _) in beyond {
            answers.push((short(&node), Err(Failure::Beyond)));
        }
        if look.missing > 0 {
            answers.push((format!("{} more with {place}", look.missing), Err(slow())));
        }
        if let Some(trouble) = look.trouble.filter(|_| !look.is_whole) {
            // Those that are known are not all that there may be.
            answers.push((place, Err(manager(&trouble))));
        } else if answers.is_empty() {
            let failure = if look.is_whole {
                Failure::Manager("no managed node has this tag, in this account and Region".to_owned())
            } else {
                slow()
            };
            answers.push((place, Err(failure)));
        } else if !look.is_whole && !answers.iter().any(|(_, answer)| answer.is_err()) {
            // Every node that is listed has answered, and whether these are all was not said in time.
            answers.push((place, Err(slow())));
        }
        answers
    }

    /// What a node's part came to. The list of nodes may be ahead of what is known of each
    /// (`InvocationDoesNotExist`), and a request may be throttled.
    async fn output(&self, node: &str) -> Result<Output, CommandError> {
        let mut looks_left = limits::VIA_LOOKS;
        loop {
            let output = self.session.output(self.id, node).await;
            looks_left -= 1;
            let is_last = looks_left == 0 || Instant::now() >= self.end_of_reads;
            match output {
                Ok(output) if is_last || is_over(&output.status) => return Ok(output),
                Err(error) if is_last || error.is_final() => return Err(error),
                _ => sleep(limits::VIA_POLL).await,
            }
        }
    }

    /// The document in a node's output.
    fn document(&self, output: &Output) -> Result<Vec<u8>, Failure> {
        let ended = Ended {
            code: Some(output.response_code),
            stdout: output.standard_output_content.clone().into_bytes(),
            stderr: output.standard_error_content.clone().into_bytes(),
        };
        let status = detail(&output.status, &output.status_details);
        if output.response_code == -1 {
            // It was not delivered, or was cancelled, or the node is no Linux.
            let said = beside(&ended.last());
            return Err(Failure::Manager(format!(
                "Systems Manager did not run it: {status}{said}"
            )));
        }
        if !matches!(output.status.as_str(), "Success" | "Failed") {
            return Err(Failure::Manager(format!(
                "Systems Manager did not see it end: {status}"
            )));
        }
        let coded = ended.document(self.mark, false)?;
        decoded(coded, self.end, output.standard_output_content.len()).map_err(|reason| ended.unreadable(&reason))
    }
}

/// As a place is named; what is named so comes from outside.
fn short(node: &str) -> String {
    text::short(node, limits::PLACE_NAME)
}

/// The terminal states (API reference, CommandInvocation: Status).
fn is_over(status: &str) -> bool {
    matches!(status, "Success" | "Failed" | "Cancelled" | "TimedOut")
}

fn detail(status: &str, details: &str) -> String {
    let text = if details.is_empty() { status } else { details };
    text.chars().take(limits::VIA_LINE).collect()
}

/// Compressed, and in base64; `None` where there is nothing.
fn encoded(facts: &[u8]) -> Option<String> {
    if facts.is_empty() {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    encoder.write_all(facts).ok()?;
    Some(base64_simd::STANDARD.encode_to_string(encoder.finish().ok()?))
}

/// The document, from base64 and gzip, where all of it is there; else what is wrong.
fn decoded(coded: &[u8], end: &str, length: usize) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(coded).map_err(|_| "is not text".to_owned())?;
    let mut lines = text.lines();
    let base64 = lines.next().unwrap_or_default().trim();
    if lines.next().map(str::trim) != Some(end) {
        return Err(if length >= OUTPUT - 512 {
            format!(
                "was cut off: Systems Manager keeps {OUTPUT} characters of an output; ask fewer resolvers or with \
                 fewer \
                 --samples"
            )
        } else {
            "was cut off".to_owned()
        });
    }
    let compressed = base64_simd::STANDARD
        .decode_to_vec(base64)
        .map_err(|_| "is not base64".to_owned())?;
    let mut document = Vec::new();
    GzDecoder::new(compressed.as_slice())
        // What would be more is refused by whoever takes it apart.
        .take(limits::CAPTURE + 1)
        .read_to_end(&mut document)
        .map_err(|error| format!("is not what gzip wrote: {error}"))?;
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded_and_what_was_cut_is_refused() {
        let document = br#"{"a":1}"#.repeat(1000);
        let coded = encoded(&document).unwrap_or_default();
        let whole = format!("{coded}\nEND\n");
        assert_eq!(decoded(whole.as_bytes(), "END", whole.len()), Ok(document));
        for cut in 0..coded.len() + 4 {
            assert!(decoded(&whole.as_bytes()[..cut], "END", cut).is_err(), "{cut}");
        }
        let long = decoded(&whole.as_bytes()[..20], "END", OUTPUT)
            .err()
            .unwrap_or_default();
        assert!(long.contains("24000 characters"), "{long}");
        for wrong in ["!!\nEND\n", "AAAA\nEND\n", "\nEND", "\u{1b}\nEND"] {
            assert!(decoded(wrong.as_bytes(), "END", 10).is_err(), "{wrong:?}");
        }
        assert_eq!(encoded(b""), None);
    }

    #[test]
    fn a_bomb_is_bounded() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let zeros = vec![0; 1 << 20];
        for _ in 0..64 {
            assert!(encoder.write_all(&zeros).is_ok());
        }
        let coded = base64_simd::STANDARD.encode_to_string(encoder.finish().unwrap_or_default());
        let text = format!("{coded}\nEND\n");
        let document = decoded(text.as_bytes(), "END", text.len()).unwrap_or_default();
        assert_eq!(document.len() as u64, limits::CAPTURE + 1);
    }
}
