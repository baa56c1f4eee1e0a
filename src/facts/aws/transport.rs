//! Requests to the services that have no crate here, through the SDK's own runtime: signing, retries, timeouts and
//! the HTTPS client are the SDK's.

use std::fmt;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use http_body_util::{BodyExt as _, Limited};

use super::{failure, xml};
use crate::facts::{Call, FailedRead};
use crate::limits;

/// A service, and how it is reached.
#[derive(Clone)]
pub(super) struct Api {
    /// Its name in a signature: `ec2`, `sts`, `route53`.
    pub(super) signing_name: &'static str,
    /// The Region it is signed for.
    pub(super) signing_region: String,
    /// The endpoint.
    pub(super) url: String,
    pub(super) credentials: SharedCredentialsProvider,
    pub(super) http_client: SharedHttpClient,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) enum AwsRequest {
    /// A form-encoded POST to the root (EC2 and STS Query APIs).
    Form(String),
    /// A POST of JSON to the root, for the operation `target` (Route 53 Resolver, Systems Manager).
    Json {
        /// `X-Amz-Target`.
        target: String,
        /// The request.
        body: String,
    },
    /// A GET of a path with its query (Route 53).
    Get(String),
    /// The same, of a service that answers in JSON (Route 53 Profiles).
    GetJson(String),
}

/// What AWS answered instead of an answer.
#[derive(Debug)]
pub(super) struct ApiError(ErrorMetadata);

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ApiError {}

impl ProvideErrorMetadata for ApiError {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// A client over TLS, as the SDK makes its default one, but with ring for the cryptography. The SDK's own choice,
/// AWS-LC, is C that takes a sixth of the build.
pub(super) fn https(proxy: fn() -> ProxyConfig) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.set_proxy_config(Some(proxy()));
        connector.build()
    })
}

/// Silence is not asked again: within the time of a try, TCP has sent again what was lost, and whoever waits for AWS
/// would wait three times as long. What the SDK tries again is what AWS answered, as where it throttles.
#[derive(Debug)]
pub(super) struct SilenceIsFinal;

impl ClassifyRetry for SilenceIsFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let is_silence = error.is_some_and(|error| {
            let no_connection = error.as_connector_error();
            error.is_timeout_error() || no_connection.is_some_and(ConnectorError::is_timeout)
        });
        if is_silence {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "SilenceIsFinal"
    }
}

/// The retries of every read.
pub(super) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(limits::AWS_ATTEMPTS)
        .with_initial_backoff(limits::AWS_BACKOFF.0)
        .with_max_backoff(limits::AWS_BACKOFF.1)
}

/// The timeouts of every read.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(limits::AWS_CONNECT)
        .read_timeout(limits::AWS_ATTEMPT)
        .operation_attempt_timeout(limits::AWS_ATTEMPT)
        .operation_timeout(limits::AWS_READ)
        .build()
}

impl Api {
    /// Asks, and gives the text of the answer.
    pub(super) async fn ask(&self, call: Call, request: AwsRequest) -> Result<String, FailedRead> {
        self.send(call.operation(), request)
            .await
            .map_err(|error| failure::of(call, &error))
    }

    /// Asks for an operation, and gives the answer as it came.
    pub(super) async fn send(
        &self,
        action: &'static str,
        request: AwsRequest,
    ) -> Result<String, SdkError<ApiError, HttpResponse>> {
        let bounded = match request {
            AwsRequest::Json { .. } | AwsRequest::GetJson(_) => BoundedAnswer::Json,
            AwsRequest::Form(_) | AwsRequest::Get(_) => BoundedAnswer::Xml,
        };
        let mut layer = Layer::new("signing");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(Region::new(self.signing_region.clone()))),
            name: Some(SigningName::from_static(self.signing_name)),
            ..SigV4OperationSigningConfig::default()
        });
        let mut components = RuntimeComponentsBuilder::new("signing");
        components
            .set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
                StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
            )))
            .push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .set_identity_cache(Some(IdentityCache::no_cache()))
            .set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(self.credentials.clone()));
        components.set_http_client(Some(self.http_client.clone()));
        let operation = Operation::builder()
            .service_name(self.signing_name)
            .operation_name(action)
            .endpoint_url(&self.url)
            .runtime_plugin(
                StaticRuntimePlugin::new()
                    .with_config(layer.freeze())
                    .with_runtime_components(components),
            )
            .standard_retry(&retries())
            .retry_classifier(AwsErrorCodeClassifier::<ApiError>::new())
            .retry_classifier(TransientErrorClassifier::<ApiError>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(SilenceIsFinal)
            .timeout_config(timeouts())
            .with_connection_poisoning()
            .interceptor(bounded)
            .serializer(serialize)
            .deserializer(deserialize)
            .build();
        Box::pin(operation.invoke(request)).await
    }
}

fn serialize(request: AwsRequest) -> Result<HttpRequest, BoxError> {
    let builder = http::Request::builder().header("user-agent", concat!("eks-dns-doctor/", env!("CARGO_PKG_VERSION")));
    let request = match request {
        AwsRequest::Form(form) => builder
            .method("POST")
            .uri("/")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(SdkBody::from(form))?,
        AwsRequest::Json { target, body } => builder
            .method("POST")
            .uri("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(SdkBody::from(body))?,
        AwsRequest::Get(path) | AwsRequest::GetJson(path) => builder.method("GET").uri(path).body(SdkBody::empty())?,
    };
    Ok(HttpRequest::try_from(request)?)
}

fn deserialize(response: &HttpResponse) -> Result<String, OrchestratorError<ApiError>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        let text = std::str::from_utf8(body).map_err(OrchestratorError::other)?;
        return Ok(text.to_owned());
    }
    let mut meta = ErrorMetadata::builder();
    let text = std::str::from_utf8(body).ok();
    if let Some((code, message)) = text.and_then(|text| xml::error(text).or_else(|| json_error(text))) {
        meta = meta.code(code).message(message);
    } else if let Some(code) = response.headers().get("x-amzn-errortype") {
        // AWS JSON 1.1: the code may stand in this header alone, with a URL behind a colon.
        meta = meta.code(code.split(':').next().unwrap_or_default());
    }
    Err(OrchestratorError::operation(ApiError(meta.build())))
}

/// The code and the message of an error of the JSON protocol: `__type` is the code, perhaps behind a name space.
fn json_error(text: &str) -> Option<(String, String)> {
    #[derive(serde::Deserialize)]
    struct ErrorBody {
        #[serde(rename = "__type")]
        kind: String,
        #[serde(default, alias = "Message")]
        message: String,
    }
    let said: ErrorBody = serde_json::from_str(text).ok()?;
    let code = said.kind.rsplit('#').next().unwrap_or_default().to_owned();
    Some((code, said.message))
}

/// Reads no more than [`limits::AWS_ANSWER`] octets of an answer, whoever sends it.
#[derive(Debug)]
pub(super) enum BoundedAnswer {
    /// Of a service that answers in JSON: and no deeper than [`limits::AWS_DEPTH`].
    Json,
    /// Of one that answers in XML, which is read without going down a stack.
    Xml,
}

impl Intercept for BoundedAnswer {
    fn name(&self) -> &'static str {
        "BoundedAnswer"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = Limited::new(context.response_mut().take_body(), limits::AWS_ANSWER);
        *context.response_mut().body_mut() = match self {
            Self::Xml => SdkBody::from_body_1_x(body),
            Self::Json => {
                let mut nesting = Nesting::default();
                // What is cut off is no JSON any more, and says so to the parser.
                SdkBody::from_body_1_x(body.map_frame(move |frame| {
                    frame.map_data(|mut data| {
                        data.truncate(nesting.shallow(&data));
                        data
                    })
                }))
            }
        };
        Ok(())
    }
}

/// How deep a JSON text is, as it passes by.
#[derive(Debug, Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
    is_too_deep: bool,
}

impl Nesting {
    /// How many octets of what comes next are within the bound.
    fn shallow(&mut self, data: &[u8]) -> usize {
        for (at, octet) in data.iter().enumerate() {
            if self.is_too_deep {
                return at;
            }
            match octet {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'[' | b'{' => {
                    self.depth += 1;
                    self.is_too_deep = self.depth > limits::AWS_DEPTH;
                }
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        data.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_it_gets_too_deep() {
        let kept = |text: &str| Nesting::default().shallow(text.as_bytes());
        let flat = r#"{"a":[{"b":"[[[[\"{{{{"},{}],"c":{}}"#.repeat(100);
        assert_eq!(kept(&flat), flat.len());
        let deep = "[".repeat(1000);
        assert_eq!(kept(&deep), limits::AWS_DEPTH + 1);
        // In pieces as in one.
        let mut nesting = Nesting::default();
        let pieces: usize = deep.as_bytes().chunks(7).map(|piece| nesting.shallow(piece)).sum();
        assert_eq!(pieces, limits::AWS_DEPTH + 1);
        let text = format!("\"{deep}\"");
        assert_eq!(kept(&text), text.len());
    }
}
