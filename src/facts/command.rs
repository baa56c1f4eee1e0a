//! What Systems Manager says of a command that was sent to its nodes (AWS Systems Manager API Reference, 2014-11-06).

use serde::Deserialize;

use super::ReadFailure;

/// Why an operation of Systems Manager brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{action}: {message}")]
pub struct CommandError {
    /// The IAM action, `ssm:SendCommand`.
    pub action: String,
    /// How it failed.
    pub kind: ReadFailure,
    /// What was said.
    pub message: String,
}

impl CommandError {
    /// Whether asking again is of no use.
    pub fn is_final(&self) -> bool {
        matches!(self.kind, ReadFailure::Denied | ReadFailure::Credentials)
    }
}

/// Who runs a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nodes {
    /// One managed node.
    One(String),
    /// Those with a tag.
    Tagged {
        /// The tag's key.
        key: String,
        /// Its value.
        value: String,
    },
}

/// A node's part of a command.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Invocation {
    /// The node.
    pub instance_id: String,
    /// How far it is.
    pub status: String,
    /// The same, in more detail.
    #[serde(default)]
    pub status_details: String,
}

/// What a node's part came to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    /// The script's exit code; -1 where it has none.
    #[serde(default = "none")]
    pub response_code: i32,
    /// How it ended.
    pub status: String,
    /// The same, in more detail.
    #[serde(default)]
    pub status_details: String,
    /// What it printed, cut to 24,000 characters by Systems Manager.
    #[serde(default)]
    pub standard_output_content: String,
    /// What it said beside it, cut to 8,000.
    #[serde(default)]
    pub standard_error_content: String,
}

fn none() -> i32 {
    -1
}

/// How far a command is on all its nodes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CommandProgress {
    /// Of all of it.
    pub status: String,
    /// The same, in more detail.
    #[serde(default)]
    pub status_details: String,
    /// The nodes that it is for.
    #[serde(default)]
    pub target_count: u32,
}
