//! One call: the command that it comes to, and the answer made of its document.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::folder::Folder;
use super::write;
use crate::app::conduct::{Interrupted, alone};
use crate::app::explain::Explained;
use crate::app::output::sayable;
use crate::app::{Error, GoesOn, check, compare, demo, explain, read, replay};
use crate::cli::args::{Command, OutputArgs};
use crate::lab::ScenarioList;
use crate::limits;
use crate::mcp::session::beside;
use crate::mcp::tools::{GivenText, Job, job};
use crate::mcp::{self, Revision, ToolCall};
use crate::places::{self, Gathered};
use crate::probe::Progress;
use crate::redact;
use crate::render::{self, Format, Style};
use crate::report::Report;

/// What a call came to.
struct Done {
    /// For a reader.
    text: String,
    /// For a program.
    document: Option<Box<RawValue>>,
    /// Whether it could not be done.
    is_error: bool,
}

/// Why it came to nothing: one line.
struct RefusedCall(String);

impl From<Error> for RefusedCall {
    fn from(error: Error) -> Self {
        Self(sayable(&said(&error)))
    }
}

/// Why something could not be done, to somebody who calls a tool: the command line has other ways out.
fn said(error: &Error) -> String {
    match error {
        Error::NoTarget(_) => {
            "no target, and no kubeconfig to take it from: give target (the endpoint's host name) or \
                               cluster (its name)"
                .to_owned()
        }
        Error::UnknownFinding(word, near) => {
            format!("{word:?} is not the name of a finding{near}: call explain without text for the index")
        }
        error => error.to_string(),
    }
}

impl From<std::fmt::Error> for RefusedCall {
    fn from(error: std::fmt::Error) -> Self {
        Error::Render(error).into()
    }
}

/// Does what was asked, and writes the answer.
pub(super) fn answer(
    id: &Value,
    call: ToolCall,
    cancelled: oneshot::Receiver<()>,
    folder: Option<&Folder>,
    is_open: &dyn Fn() -> bool,
) -> Option<Box<RawValue>> {
    let (revision, tool) = (call.revision, call.tool);
    let done = perform(call, cancelled, folder, is_open);
    let done = done.unwrap_or_else(|RefusedCall(text)| Done {
        text: format!("error: {}", tool.refusal(&text, folder.is_some())),
        document: None,
        is_error: true,
    });
    mcp::answer(id, &result(&done, revision))
}

fn perform(
    call: ToolCall,
    cancelled: oneshot::Receiver<()>,
    folder: Option<&Folder>,
    is_open: &dyn Fn() -> bool,
) -> Result<Done, RefusedCall> {
    let find = |name: &str| folder.map_or_else(|| Err(String::new()), |folder| folder.find(name));
    let find: Option<crate::mcp::tools::Find<'_>> = folder.is_some().then_some(&find);
    let refused = |said: String| RefusedCall(sayable(&said));
    let (token, arguments) = (call.progress, call.arguments);
    let (tool, has_files) = (call.tool, folder.is_some());
    let Job { command, given } = job(tool, arguments, find).map_err(refused)?;
    let interrupt: Interrupted = Box::pin(async move {
        if cancelled.await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    let until = Instant::now() + limits::MCP_OFFLINE;
    let goes_on = || match (is_open(), Instant::now() < until) {
        (true, true) => Ok(()),
        (true, false) => Err(Error::TooLong),
        (false, _) => Err(Error::Cancelled),
    };
    match command {
        Command::Check(args) => {
            let redacts = args.output.redact;
            let of_check = |error: Error| {
                let said = tool.refusal(&said(&error), has_files);
                RefusedCall(sayable(&if redacts { redact::text(&said) } else { said }))
            };
            let told = teller(token, redacts, is_open);
            let report = alone(check::report(&args, interrupt, told))
                .and_then(|report| report)
                .map_err(of_check)?;
            of_report(report, &args.output, args.vantage.as_deref(), &|| Ok(()))
        }
        Command::Replay(args) => {
            let (_, path, bytes) = bytes(given)?.into_iter().next().unwrap_or_default();
            match replay::of(&path, &bytes, &goes_on)? {
                replay::FileKind::Report(report) => of_report(*report, &args.output, None, &goes_on),
                replay::FileKind::Comparison(gathered) => of_comparison(*gathered, &args.output, &goes_on),
                replay::FileKind::Fleet(fleet) => {
                    let fleet = replay::shareable(*fleet, &args.output)?;
                    of_many(&fleet, &args.output, |style, out| {
                        render::fleet::render(&fleet, Format::Table, style, out)
                    })
                }
            }
        }
        Command::Compare(args) => {
            let files = bytes(given)?;
            let files = || {
                let each = files.iter();
                each.map(|(name, path, bytes)| (name.clone(), path.as_path(), bytes.as_slice()))
            };
            match compare::documents(files(), &goes_on)? {
                Some(_) if args.output.explain_why => Err(Error::NoHeadlineToExplain.into()),
                Some(documents) => {
                    let compared = compare::compared_fleets(documents, &args.output)?;
                    of_many(&compared, &args.output, |style, out| {
                        render::fleet::compared::render(&compared, Format::Table, style, out)
                    })
                }
                None => of_comparison(compare::gather(files(), &goes_on)?, &args.output, &goes_on),
            }
        }
        Command::Explain(args) => {
            let explained = explain::explained(&args.what.join(" "), &|| goes_on().is_ok())?;
            if let Explained::UnknownWord(_) = explained {
                explained.page()?;
            }
            let mut document = String::new();
            explained.document(&mut document)?;
            Ok(Done {
                // What is not understood has no page, and the document says that it is not.
                text: explained.page().unwrap_or_else(|error| sayable(&error.to_string())),
                document: compact(&document),
                is_error: !explained.is_understood(),
            })
        }
        Command::Demo(args) if args.list => {
            let all = ScenarioList::all().map_err(Error::from)?;
            Ok(Done {
                text: demo::lines(&all),
                document: to_raw_value(&all).ok(),
                is_error: false,
            })
        }
        Command::Demo(args) => {
            let told = teller(token, args.output.redact, is_open);
            let of_demo = |error: Error| refused(tool.refusal(&error.to_string(), has_files));
            let played = alone(demo::report(args.scenario.as_deref(), interrupt, told))
                .and_then(|played| played)
                .map_err(of_demo)?;
            let mut done = of_report(played.report, &args.output, None, &|| Ok(()))?;
            if let Some(differs) = played.differs {
                for line in differs {
                    let _ = writeln!(done.text, "\n{}", sayable(&line));
                }
                done.is_error = true;
            }
            Ok(done)
        }
        _ => Err(RefusedCall("this command is not offered here".to_owned())),
    }
}

/// Tells the progress of a call, where that was asked for: a line for each resolver that has answered.
fn teller(token: Option<Value>, redacts: bool, is_open: &dyn Fn() -> bool) -> impl FnMut(Progress) {
    let mut answered = 0_u32;
    move |said| {
        let (Progress::Answered(probed), Some(token)) = (said, &token) else {
            return;
        };
        if !is_open() {
            return;
        }
        answered += 1;
        let line = render::row_line(&probed);
        let line = if redacts { redact::text(&line) } else { line };
        let params = json!({"progressToken": token, "progress": answered, "message": line});
        write(mcp::notification("notifications/progress", &params));
    }
}

/// What is read instead of files: each with its name, and what a refusal calls it.
fn bytes(given: Vec<GivenText>) -> Result<Vec<(String, PathBuf, Vec<u8>)>, RefusedCall> {
    let read = given.into_iter().map(|one| match one {
        GivenText::Text(name, bytes) => {
            let path = PathBuf::from(&name);
            Ok((name, path, bytes))
        }
        GivenText::File(name, path) => {
            let bytes = read::bounded(&path)?;
            Ok((name.unwrap_or_else(|| compare::stem(&path)), path, bytes))
        }
    });
    read.collect()
}

/// A document on one line.
fn compact(document: &str) -> Option<Box<RawValue>> {
    let document: Value = serde_json::from_str(document).ok()?;
    to_raw_value(&document).ok()
}

/// The report, redacted and with its reasons as asked, made for as long as it may go on.
fn of_report(
    mut report: Report,
    args: &OutputArgs,
    vantage: Option<&str>,
    goes_on: GoesOn<'_>,
) -> Result<Done, RefusedCall> {
    if args.redact {
        report = redact::report_while(report, vantage, goes_on)?;
    }
    goes_on()?;
    if args.explain_why {
        report = report.with_why();
    }
    let mut text = String::new();
    render::render(&report, Format::Table, &style(args), &mut text)?;
    Ok(Done {
        text,
        document: to_raw_value(&report).ok(),
        is_error: false,
    })
}

fn of_comparison(gathered: Gathered, args: &OutputArgs, goes_on: GoesOn<'_>) -> Result<Done, RefusedCall> {
    let comparison = compare::compared(gathered, args, goes_on)?;
    let mut text = String::new();
    places::render(&comparison, Format::Table, &style(args), &mut text)?;
    Ok(Done {
        text,
        document: to_raw_value(&comparison).ok(),
        is_error: false,
    })
}

/// A document of many targets, or of several such, with its page.
fn of_many(
    document: &impl Serialize,
    args: &OutputArgs,
    page: impl FnOnce(&Style, &mut String) -> std::fmt::Result,
) -> Result<Done, RefusedCall> {
    let mut text = String::new();
    page(&style(args), &mut text)?;
    Ok(Done {
        text,
        document: to_raw_value(document).ok(),
        is_error: false,
    })
}

fn style(args: &OutputArgs) -> Style {
    Style {
        fix: args.fix.unwrap_or_default(),
        ..Style::default()
    }
}

/// A text in a result.
#[derive(Serialize)]
struct TextContent<'a> {
    r#type: &'static str,
    text: &'a str,
}

/// The result of `tools/call`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallResult<'a> {
    content: Vec<TextContent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    structured_content: Option<&'a RawValue>,
    is_error: bool,
    /// What the revision adds.
    #[serde(flatten)]
    beside: BTreeMap<&'static str, Value>,
}

/// Where the revision has no place for a document, it is a second text; elsewhere that would only say it twice.
fn result(done: &Done, revision: Revision) -> CallResult<'_> {
    let text = |text| TextContent { r#type: "text", text };
    let mut content = vec![text(done.text.as_str())];
    let document = done.document.as_deref();
    if !revision.has_structured_content() {
        content.extend(document.map(|document| text(document.get())));
    }
    CallResult {
        content,
        structured_content: document.filter(|_| revision.has_structured_content()),
        is_error: done.is_error,
        beside: beside(revision).into_iter().collect(),
    }
}
