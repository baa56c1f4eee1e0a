//! A read of AWS that brought nothing, and why.

use serde::{Deserialize, Serialize};

use super::Call;

/// A read that brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FailedRead {
    /// The read.
    pub call: Call,
    /// How it failed.
    pub kind: ReadFailure,
    /// The error's code, as AWS gave it.
    #[serde(default)]
    pub code: Option<String>,
    /// What AWS, or the SDK, says.
    #[serde(default)]
    pub message: Option<String>,
}

/// How a read failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ReadFailure {
    /// The caller may not: `AccessDenied`, `AccessDeniedException`, `UnauthorizedOperation`.
    Denied,
    /// Too many requests.
    Throttled,
    /// The credentials have expired, or are not valid.
    Credentials,
    /// No answer within its time.
    TimedOut,
    /// The API could not be reached: its name does not resolve, or nothing listens.
    Unreachable,
    /// There is no such thing.
    NotFound,
    /// It was not made: what it needs is not known.
    NotAsked,
    /// Anything else.
    Failed,
}

impl FailedRead {
    /// Why it was not made, where it was not.
    pub fn not_asked(&self) -> Option<&str> {
        self.message.as_deref().filter(|_| self.kind == ReadFailure::NotAsked)
    }

    /// Gives one of a document of `schema_version` 1 its kind: there, only the words said that it was not made.
    pub fn read_version_1(&mut self) {
        let message = self.message.as_deref().unwrap_or_default();
        let words = message
            .strip_prefix("not asked, since ")
            .and_then(|why| why.strip_suffix(" is not known"));
        if self.kind == ReadFailure::Failed && words.is_some() {
            self.kind = ReadFailure::NotAsked;
        }
    }

    /// Why the fact is missing, and what that costs: for the gaps.
    pub fn reason(&self) -> String {
        format!("{}; {}", self.what(), self.call.costs())
    }

    /// How it failed, in words.
    pub fn what(&self) -> String {
        let what = match self.kind {
            ReadFailure::Denied => "denied",
            ReadFailure::Throttled => "throttled: too many requests",
            ReadFailure::Credentials => "the credentials are not valid, or have expired",
            ReadFailure::TimedOut => "no answer in time",
            ReadFailure::Unreachable => "the API could not be reached",
            ReadFailure::NotFound => "not found",
            ReadFailure::NotAsked => return self.message.clone().unwrap_or_else(|| "not asked".to_owned()),
            ReadFailure::Failed => "failed",
        };
        let code = self.code.as_ref().map(|code| format!(" ({code})"));
        // What a denial says beyond its code is the caller's ARN.
        let message = self
            .message
            .as_ref()
            .filter(|_| !matches!(self.kind, ReadFailure::Denied))
            .map(|message| format!(": {message}"));
        format!("{what}{}{}", code.unwrap_or_default(), message.unwrap_or_default())
    }
}
