//! Systems Manager Run Command: the one thing besides reading that is asked of AWS, and only with `--via ssm:`. Its API
//! speaks JSON 1.1 (AWS Systems Manager API Reference, 2014-11-06).

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::transport::AwsRequest;
use super::{Session, failure};
pub use crate::facts::command::{CommandError, CommandProgress, Invocation, Nodes, Output};
use crate::facts::{Call, ReadFailure};
use crate::limits;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent {
    command: SentCommand,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SentCommand {
    command_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Commands {
    #[serde(default)]
    commands: Vec<CommandProgress>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Invocations {
    #[serde(default)]
    command_invocations: Vec<Invocation>,
    next_token: Option<String>,
}

impl Session {
    /// Sends a shell script to the nodes, and gives the command's id. `seconds` is how long it may run there.
    pub async fn send_command(&self, nodes: &Nodes, script: &str, seconds: u64) -> Result<String, CommandError> {
        let mut body = json!({
            "DocumentName": "AWS-RunShellScript",
            "Comment": "eks-dns-doctor check",
            // The least that is taken: how long a node has to pick it up.
            "TimeoutSeconds": 30,
            "MaxConcurrency": limits::VIA_AT_ONCE.to_string(),
            // Else the first node that fails ends the command on all that have not begun (API reference: MaxErrors).
            "MaxErrors": "100%",
            "Parameters": { "commands": [script], "executionTimeout": [seconds.to_string()] },
        });
        match nodes {
            Nodes::One(id) => body["InstanceIds"] = json!([id]),
            Nodes::Tagged { key, value } => {
                body["Targets"] = json!([{ "Key": format!("tag:{key}"), "Values": [value] }]);
            }
        }
        let sent: Sent = self.manager("SendCommand", &body).await?;
        Ok(sent.command.command_id)
    }

    /// How far a command is; `None` where there is none of this id, as in the first moment.
    pub async fn command(&self, id: &str) -> Result<Option<CommandProgress>, CommandError> {
        let commands: Commands = self.manager("ListCommands", &json!({ "CommandId": id })).await?;
        Ok(commands.commands.into_iter().next())
    }

    /// The nodes' parts of a command.
    pub async fn invocations(&self, id: &str) -> Result<Vec<Invocation>, CommandError> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..limits::AWS_PAGES {
            let mut body = json!({ "CommandId": id, "MaxResults": 50 });
            if let Some(token) = &token {
                body["NextToken"] = json!(token);
            }
            let page: Invocations = self.manager("ListCommandInvocations", &body).await?;
            found.extend(page.command_invocations);
            found.truncate(limits::LIST_IN_CAPTURE);
            match page
                .next_token
                .filter(|next| !next.is_empty() && token.as_ref() != Some(next))
            {
                Some(next) => token = Some(next),
                None => break,
            }
        }
        Ok(found)
    }

    /// What a node's part came to.
    pub async fn output(&self, id: &str, node: &str) -> Result<Output, CommandError> {
        self.manager("GetCommandInvocation", &json!({ "CommandId": id, "InstanceId": node }))
            .await
    }

    async fn manager<T: DeserializeOwned>(&self, operation: &'static str, body: &Value) -> Result<T, CommandError> {
        let action = format!("ssm:{operation}");
        let request = AwsRequest::Json {
            target: format!("AmazonSSM.{operation}"),
            body: body.to_string(),
        };
        let until = self.inner.until;
        let asked = Box::pin(self.inner.ssm.send(operation, request));
        let text = match tokio::time::timeout_at(until, asked).await {
            Err(_) => {
                return Err(CommandError {
                    action,
                    kind: ReadFailure::TimedOut,
                    message: "no answer in time".to_owned(),
                });
            }
            Ok(Err(error)) => {
                // The call is for its words alone, of which none is used.
                let failed = failure::of(Call::GetCallerIdentity, &error);
                return Err(CommandError {
                    action,
                    kind: failed.kind,
                    message: failed.what(),
                });
            }
            Ok(Ok(text)) => text,
        };
        serde_json::from_str(&text).map_err(|error| CommandError {
            action,
            kind: ReadFailure::Failed,
            message: failure::short(&format!("the answer is not in its form: {error}")),
        })
    }
}
