//! What is no JSON, by name: the other output formats of the AWS CLI, its errors, and files of other programs.

use super::refused::{AGAIN, NotFacts, shown};
use crate::facts::Call;
use crate::text::{beginning, of_no_text};

/// Lines of a plan of Terraform in which it says that it is one.
const LINES_OF_PLAN: usize = 40;

/// What a text is that begins in this line; `None` where it is nothing that is known.
pub(super) fn named(text: &str, line: usize) -> Option<NotFacts> {
    if let Some(error) = aws_error(text, line) {
        return Some(error);
    }
    let first = text.lines().next().unwrap_or_default().trim_end();
    let format = |name: &str| {
        Some(NotFacts::Other {
            line,
            what: format!("what --output {name} prints"),
            instead: "save it with --output json".to_owned(),
        })
    };
    let other = |what: &str, instead: &str| {
        Some(NotFacts::Other {
            line,
            what: what.to_owned(),
            instead: instead.to_owned(),
        })
    };
    if let Some((what, instead)) = of_no_text(text) {
        return other(what, instead);
    }
    // fmt.Printf("%v") of the SDK's answer: pointers stand in the place of what they point to.
    if first.starts_with("&{") || first.starts_with("{Cluster:0x") {
        return other(
            "a value as Go prints it, with addresses of memory in the place of what is in it",
            "save what aws eks describe-cluster --name NAME --output json prints",
        );
    }
    let second = text.lines().nth(1).unwrap_or_default();
    let is_rule = first.len() > 4 && first.chars().all(|c| matches!(c, '-' | '+'));
    if is_rule && second.starts_with('|') || first.starts_with("+-") {
        return format("table");
    }
    let word = first.split('\t').next().unwrap_or_default();
    let is_tag = !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    // The members of an answer beside its lists stand in front of them: `10`, which is MaxResults.
    let is_tagged = |line: &str| {
        let tag = line.split_once('\t').map_or("", |(tag, _)| tag);
        !tag.is_empty() && tag.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    let is_number = |line: &str| !line.is_empty() && line.bytes().all(|octet| octet.is_ascii_digit());
    if first.contains('\t') && is_tag || is_number(first) && is_tagged(second) {
        return format("text");
    }
    if matches!(first, "null" | "None") {
        return other(
            "what --query prints where nothing stands at its path",
            "save the answer without --query",
        );
    }
    if first.starts_with("; <<>> DiG") || first.starts_with(";; ") {
        return other("dig's text", "compare takes it, as the place of a name server");
    }
    if first.starts_with('<') {
        return other(
            "a page of HTML or XML",
            "save what aws eks describe-cluster --output json prints",
        );
    }
    if text.lines().any(|line| line.starts_with("apiVersion:")) {
        if text.contains("apiVersion: eksctl.io/") {
            return other(
                "a configuration of eksctl",
                "it says what is wanted and not what is there; aws eks describe-cluster --name NAME --output json gives \
                 the cluster",
            );
        }
        return other("YAML of Kubernetes", "give a kubeconfig with --kubeconfig");
    }
    if text
        .lines()
        .any(|line| line.trim_start().starts_with("[default]") || line.starts_with("aws_access_key_id"))
    {
        return other(
            "a configuration of the AWS CLI",
            "save what aws eks describe-cluster --output json prints",
        );
    }
    if ["resource \"", "module \"", "data \"", "terraform {", "output \""]
        .iter()
        .any(|begin| first.starts_with(begin))
    {
        return other(
            "a configuration of Terraform",
            "save what aws eks describe-cluster --output json prints",
        );
    }
    // terraform plan, apply and show, in words (Terraform, internal/command/views; a line before each resource).
    let is_of_plan = |line: &str| {
        let line = line.trim_start();
        let of_resource = |end: &str| line.starts_with(['d', 'a', 'm']) && line.contains("aws_") && line.contains(end);
        line.starts_with("Terraform used the selected providers")
            || line.starts_with("Terraform will perform")
            || line.starts_with("OpenTofu used the selected providers")
            || line.starts_with("No changes. Your infrastructure matches")
            || line.starts_with("Acquiring state lock")
            || line.starts_with("# ") && line.contains("aws_") && (line.contains(" will be ") || line.ends_with(':'))
            || of_resource(": Reading...")
            || of_resource(": Refreshing state...")
    };
    if text.lines().take(LINES_OF_PLAN).any(is_of_plan) {
        return other(
            "what terraform plan prints",
            "it says what is wanted and not what is there; aws eks describe-cluster --name NAME --output json gives the \
             cluster",
        );
    }
    // `terraform output` without -json.
    if first.split_once(" = ").is_some_and(|(key, _)| is_key(key.trim())) {
        return other(
            "what terraform output prints",
            "save what aws eks describe-cluster --output json prints",
        );
    }
    let key = first.trim_start_matches("- ");
    // A warning may stand before JSON.
    let has_json = text.lines().any(|line| line.starts_with(['{', '[']));
    if !has_json
        && key
            .split_once(':')
            .is_some_and(|(key, rest)| is_key(key) && (rest.is_empty() || rest.starts_with(' ')))
    {
        return format("yaml");
    }
    // What --query leaves of --output text has no tag.
    if first.contains('\t')
        || ["https://", "arn:aws", "vpc-", "subnet-", "eni-"]
            .iter()
            .any(|s| first.starts_with(s))
    {
        return format("text");
    }
    None
}

/// A name of a field.
fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// A text that nothing is known of, from this line on. `behind` where it stands behind JSON.
pub(super) fn unknown(text: &str, number: usize, behind: bool) -> NotFacts {
    let first = text.lines().next().unwrap_or_default();
    let begins_json = |line: &str| line.starts_with('{') || line.starts_with("[{") || line.trim_end() == "[";
    let json = text.lines().position(begins_json);
    let is_comment = first.starts_with("//") || first.starts_with("/*") || first.starts_with('#');
    let stands = format!("has {:?}", beginning(first));
    let (stands, mend) = match json {
        _ if is_comment => ("has a comment, and JSON has none".to_owned(), "take it out".to_owned()),
        _ if behind => (
            format!("{stands} behind JSON"),
            "take out what stands behind the JSON".to_owned(),
        ),
        // Nothing is printed behind a question, and the answer to it is not shown.
        _ if first.trim_end().ends_with('{') => (
            stands,
            "take out what stands in front of the JSON in this line".to_owned(),
        ),
        Some(at) => (
            stands,
            format!(
                "take out what stands in front of line {}, where JSON begins",
                number + at
            ),
        ),
        None => (stands, AGAIN.to_owned()),
    };
    NotFacts::Syntax {
        line: number,
        stands,
        mend,
    }
}

/// Whether a shell says that it has no such program (bash, dash, zsh, fish, cmd.exe, PowerShell).
pub(super) fn lacks_program(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("zsh: command not found:")
        || line.starts_with("fish: Unknown command")
        || line.starts_with("Command '") && line.contains("' not found")
        || line.ends_with(": command not found")
        || line.ends_with(": not found") && line.contains("sh: ")
        || line.contains("' is not recognized as ")
}

/// The same in one line that stands behind an answer.
pub(super) fn error_behind(line: &str, number: usize) -> Option<NotFacts> {
    aws_error(line, number)
}

/// An error that the AWS CLI printed in place of the answer.
fn aws_error(text: &str, line: usize) -> Option<NotFacts> {
    let refused = |at: usize, what: String, instead: String| {
        Some(NotFacts::Other {
            line: line + at,
            what,
            instead,
        })
    };
    for (at, said) in text.lines().enumerate() {
        if lacks_program(said) {
            let what = format!("what a shell says that does not find the program: {}", shown(said));
            let instead = "run the command where the AWS CLI is installed, and save its output".to_owned();
            return refused(at, what, instead);
        }
        if let Some((_, rest)) = said.split_once("An error occurred (")
            && let Some((code, rest)) = rest.split_once(')')
        {
            let operation = rest
                .split_once("calling the ")
                .and_then(|(_, rest)| rest.split_once(' '));
            let operation = operation.map_or("", |(operation, _)| operation);
            let what = format!("an error of AWS in place of the answer: {code}");
            return refused(at, what, again(code, operation));
        }
        let begins = |texts: &[&str]| texts.iter().any(|text| said.trim_start().starts_with(text));
        if begins(&[
            "Unable to locate credentials",
            "The config profile",
            "The SSO session",
            "Error loading SSO Token",
            "Error when retrieving",
            "Token has expired",
            "You must specify a region",
            "Could not connect to the endpoint URL",
            "Connect timeout on endpoint URL",
            // botocore, botocore/exceptions.py: the texts that take the endpoint's URL, a proxy's or a profile's name.
            "Read timeout on endpoint URL",
            "SSL validation failed for",
            "Failed to connect to proxy URL",
            "Connection was closed before we received a valid response",
            "An HTTP Client failed to establish a connection",
            "An HTTP Client raised an unhandled exception",
            "Your session has expired",
            "Error retrieving SSO Token",
            "Unable to retrieve",
            "Invalid endpoint:",
            "Parameter validation failed",
            "Provided region_name",
            "No SSO",
            "Missing the following required SSO configuration",
            "Unable to load data for",
            "Unable to parse config file",
            "Partial credentials found",
        ]) {
            let what = format!("an error of the AWS CLI in place of the answer: {}", shown(said));
            let instead = "mend that, run the command again, and save its output".to_owned();
            return refused(at, what, instead);
        }
        // eksctl, and others: a word in front of a colon is no name of a field.
        if at == 0 && begins(&["ERROR: ", "Error: ", "error: ", "fatal: "]) {
            let what = format!("an error of a program in place of the answer: {}", shown(said));
            let instead = "mend that, run the command again, and save its output".to_owned();
            return refused(at, what, instead);
        }
        if begins(&["usage: aws", "aws: error:", "aws: [ERROR]", "aws.exe: error:"]) {
            let what = "what the AWS CLI says of a command that it does not know".to_owned();
            let instead = "run aws eks describe-cluster --name NAME --output json, and save its output".to_owned();
            return refused(at, what, instead);
        }
    }
    None
}

/// The command of a read, with what DescribeCluster cannot be without.
fn named_call(call: Call) -> String {
    match call {
        Call::DescribeCluster => format!("{} --name NAME", call.command()),
        call => call.command(),
    }
}

/// What to do about an error of AWS.
fn again(code: &str, operation: &str) -> String {
    let call = Call::ALL
        .into_iter()
        .find(|call| call.action().split_once(':').is_some_and(|(_, name)| name == operation));
    let Some(call) = call else {
        return "mend that, run the command again, and save its output".to_owned();
    };
    if code.contains("AccessDenied") || code.contains("Unauthorized") {
        format!(
            "run {} --output json again as somebody with the permission {}",
            named_call(call),
            call.action()
        )
    } else {
        format!("mend that, and run {} --output json again", named_call(call))
    }
}
