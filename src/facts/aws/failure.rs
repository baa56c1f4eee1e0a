//! How a read failed: the SDK's errors, and AWS's codes.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::facts::{Call, FailedRead, ReadFailure};
use crate::limits;
use crate::text;

/// Why a read brought nothing.
pub(super) fn of<E>(call: Call, error: &SdkError<E, HttpResponse>) -> FailedRead
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = || {
        error
            .raw_response()
            .map(|response| format!("HTTP {}", response.status().as_u16()))
    };
    match error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            let code = meta.code().filter(|code| !code.is_empty());
            let message = meta.message().or(service.err().message());
            let kind = kind(code.unwrap_or_default(), message.unwrap_or_default());
            FailedRead {
                call,
                kind,
                code: code.map(short).or_else(status),
                message: message
                    .map(|message| sayable(kind, code.unwrap_or_default(), message))
                    .filter(|message| !message.is_empty()),
            }
        }
        SdkError::TimeoutError(_) => timed_out(call),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => timed_out(call),
        SdkError::DispatchFailure(failure) => FailedRead {
            call,
            kind: if failure.is_io() {
                ReadFailure::Unreachable
            } else {
                ReadFailure::Failed
            },
            code: None,
            message: failure.as_connector_error().map(|error| innermost(error)),
        },
        SdkError::ResponseError(_) => FailedRead {
            call,
            kind: ReadFailure::Failed,
            code: status(),
            message: Some(short(&format!("the answer is not in AWS's form: {}", innermost(error)))),
        },
        other => unparsable(call, &innermost(other)),
    }
}

/// No answer within its time, or within that of the whole run.
pub(super) fn timed_out(call: Call) -> FailedRead {
    FailedRead {
        call,
        kind: ReadFailure::TimedOut,
        code: None,
        message: None,
    }
}

/// Nobody was asked, since what the question would be about is not known.
pub(super) fn not_asked(call: Call, without: &str) -> FailedRead {
    FailedRead {
        kind: ReadFailure::NotAsked,
        ..unparsable(call, &format!("not asked, since {without} is not known"))
    }
}

/// Another failure, in words of ours.
pub(super) fn unparsable(call: Call, message: &str) -> FailedRead {
    FailedRead {
        call,
        kind: ReadFailure::Failed,
        code: None,
        message: Some(short(message)),
    }
}

/// The list goes on beyond what is read of one.
pub(super) fn cut(call: Call) -> FailedRead {
    unparsable(call, &format!("only the first {} pages were read", limits::AWS_PAGES))
}

/// At most [`limits::AWS_MESSAGE`] characters.
pub(super) fn short(text: &str) -> String {
    text::short(text.trim(), limits::AWS_MESSAGE)
}

/// The cause at the end of an error's chain, which says most.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    // A chain has a handful of links; one that is a ring would have no end.
    for _ in 0..32 {
        match last.source() {
            Some(source) => last = source,
            None => break,
        }
    }
    short(&last.to_string())
}

/// What of a message may be shown. One about a signature can quote the whole request, with its session token.
fn sayable(kind: ReadFailure, code: &str, message: &str) -> String {
    if kind == ReadFailure::Credentials || code.contains("Signature") {
        let line = message.lines().next().unwrap_or_default();
        let sentence = line.split_once(". ").map_or(line, |(first, _)| first);
        return if sentence.contains("x-amz-") {
            String::new()
        } else {
            short(sentence)
        };
    }
    short(message)
}

/// What a code says (EC2 API reference, "Error codes"; "Common errors" of the EKS, Route 53 Resolver, Route 53 and
/// STS API references).
fn kind(code: &str, message: &str) -> ReadFailure {
    // The Query APIs once put the fault's side in front.
    let code = code
        .strip_prefix("Client.")
        .or_else(|| code.strip_prefix("Server."))
        .unwrap_or(code);
    match code {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" | "UnauthorizedAccess" => {
            ReadFailure::Denied
        }
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "BandwidthLimitExceeded"
        | "SlowDown"
        | "PriorRequestNotComplete"
        | "EC2ThrottledException" => ReadFailure::Throttled,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "AuthFailure"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidSecurity" => ReadFailure::Credentials,
        "ResourceNotFoundException" | "NotFoundException" | "NoSuchVPC" => ReadFailure::NotFound,
        // Seen of DescribeCluster in place of ResourceNotFoundException (Terraform's AWS provider looks for both).
        "ClientException" if message.starts_with("No cluster found for name") => ReadFailure::NotFound,
        _ if code.ends_with(".NotFound") => ReadFailure::NotFound,
        _ => ReadFailure::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_what_went_wrong() {
        for (code, expected) in [
            ("Client.UnauthorizedOperation", ReadFailure::Denied),
            ("AccessDeniedException", ReadFailure::Denied),
            ("RequestLimitExceeded", ReadFailure::Throttled),
            ("ExpiredToken", ReadFailure::Credentials),
            ("InvalidVpcID.NotFound", ReadFailure::NotFound),
            ("ResourceNotFoundException", ReadFailure::NotFound),
            ("ClientException", ReadFailure::Failed),
            ("InternalError", ReadFailure::Failed),
            ("", ReadFailure::Failed),
        ] {
            assert_eq!(kind(code, ""), expected, "{code}");
        }
        let message = "No cluster found for name: x.";
        assert_eq!(kind("ClientException", message), ReadFailure::NotFound);
    }

    #[test]
    fn a_quoted_request_is_not_passed_on() {
        let said = |message| sayable(ReadFailure::Credentials, "SignatureDoesNotMatch", message);
        let quoted = "The request signature we calculated does not match. The Canonical String should have been\n\
                      x-amz-security-token:SECRET";
        assert_eq!(said(quoted), "The request signature we calculated does not match");
        assert_eq!(said("x-amz-security-token:SECRET"), "");
        assert_eq!(short(&"x".repeat(10_000)).len(), limits::AWS_MESSAGE);
    }
}
