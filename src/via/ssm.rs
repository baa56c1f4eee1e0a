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
use super::{Ended, Errand, Failure, Via, shell};
use crate::facts::aws::command::{Nodes, Output};
use crate::facts::aws::{Ask, Session};
use crate::limits;

/// What came of each node: its id, or what was named where no node is known, and its document.
pub type Answers = Vec<(String, Result<Vec<u8>, Failure>)>;

/// The characters that Systems Manager keeps of an output (API reference, GetCommandInvocation:
/// StandardOutputContent).
const OUTPUT: usize = 24_000;

/// Runs the errand at every node.
pub async fn run(ask: &Ask, via: &Via, errand: &Errand) -> Answers {
    let place = via.place();
    let nodes = match via {
        Via::Node(id) => Nodes::One(id.clone()),
        Via::Tag { key, value } => Nodes::Tagged {
            key: key.clone(),
            value: value.clone(),
        },
        Via::Ssh(_) => return Vec::new(),
    };
    let manager = |error: &dyn std::fmt::Display| Failure::Manager(error.to_string());
    let session = match Session::open(ask).await {
        Ok(session) => session,
        Err(error) => return vec![(place, Err(manager(&error)))],
    };
    let (mark, end) = (mark(), mark());
    let facts = encoded(&errand.facts);
    let script = shell::compressed(&errand.arguments, facts.as_deref(), &mark, &end);
    let until = Instant::now() + errand.within;
    let seconds = errand.within.as_secs().max(1);
    let id = match session.send_command(&nodes, &script, seconds).await {
        Ok(id) => id,
        Err(error) => return vec![(place, Err(manager(&error)))],
    };
    let tell = Told {
        session: &session,
        id: &id,
        mark: &mark,
        end: &end,
    };
    tell.nodes(place, &nodes, until, errand.within).await
}

struct Told<'a> {
    session: &'a Session,
    id: &'a str,
    mark: &'a str,
    end: &'a str,
}

impl Told<'_> {
    /// Waits for the nodes, and takes the output of each that is done.
    async fn nodes(
        &self,
        place: String,
        nodes: &Nodes,
        until: Instant,
        within: Duration,
    ) -> Answers {
        let mut waiting: Vec<String> = Vec::new();
        let mut done: Vec<(String, String)> = Vec::new();
        let mut trouble = None;
        let mut is_whole = false;
        while Instant::now() < until {
            match self.session.invocations(self.id).await {
                Ok(found) => {
                    trouble = None;
                    waiting.clear();
                    done.clear();
                    for invocation in found {
                        if is_over(&invocation.status) {
                            done.push((
                                invocation.instance_id,
                                detail(&invocation.status, &invocation.status_details),
                            ));
                        } else {
                            waiting.push(invocation.instance_id);
                        }
                    }
                    is_whole = match nodes {
                        Nodes::One(_) => !done.is_empty(),
                        // Which nodes have the tag is known when the command as a whole is over.
                        Nodes::Tagged { .. } => waiting.is_empty() && self.is_over().await,
                    };
                }
                // The next look may be answered.
                Err(error) => trouble = Some(error.to_string()),
            }
            if is_whole {
                break;
            }
            sleep(limits::VIA_POLL.min(until.saturating_duration_since(Instant::now()))).await;
        }
        let outputs = stream::iter(done)
            .map(|(node, status)| async move {
                let answer = match self.session.output(self.id, &node).await {
                    Ok(output) => self.document(&output),
                    Err(error) => Err(Failure::Manager(format!(
                        "its run ended with {status}, and {error}"
                    ))),
                };
                (node, answer)
            })
            .buffered(limits::AWS_CONCURRENCY);
        let mut answers: Answers = outputs.collect().await;
        for node in waiting {
            answers.push((node, Err(Failure::TooSlow(within))));
        }
        if answers.is_empty() {
            let failure = match (trouble, is_whole) {
                (Some(trouble), _) => Failure::Manager(trouble),
                (None, true) => Failure::Manager(
                    "no managed node has this tag, in this account and Region".to_owned(),
                ),
                (None, false) => Failure::TooSlow(within),
            };
            answers.push((place, Err(failure)));
        }
        answers
    }

    async fn is_over(&self) -> bool {
        match self.session.command(self.id).await {
            Ok(Some(progress)) => is_over(&progress.status),
            _ => false,
        }
    }

    /// The document in a node's output.
    fn document(&self, output: &Output) -> Result<Vec<u8>, Failure> {
        let ended = Ended {
            code: Some(output.response_code),
            stdout: output.standard_output_content.clone().into_bytes(),
            stderr: output.standard_error_content.clone().into_bytes(),
        };
        if output.response_code == -1 {
            // It never ran: it was not delivered, or was cancelled.
            let status = detail(&output.status, &output.status_details);
            return Err(Failure::Manager(format!(
                "Systems Manager did not run it: {status}"
            )));
        }
        let coded = ended.document(self.mark, false)?;
        decoded(coded, self.end, output.standard_output_content.len())
            .map_err(|reason| ended.unreadable(&reason))
    }
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
                "was cut off: Systems Manager keeps {OUTPUT} characters of an output; ask fewer resolvers or with fewer \
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
            assert!(
                decoded(&whole.as_bytes()[..cut], "END", cut).is_err(),
                "{cut}"
            );
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
