//! Requests to the services that have no crate here, through the SDK's own runtime: signing, retries, timeouts and
//! the HTTPS client are the SDK's.

use std::fmt;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::{
    RuntimeComponents, RuntimeComponentsBuilder,
};
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use http_body_util::Limited;

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
    pub(super) http_client: Option<SharedHttpClient>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) enum Request {
    /// A form-encoded POST to the root (EC2 and STS Query APIs).
    Form(String),
    /// A GET of a path with its query (Route 53).
    Get(String),
}

/// What AWS answered instead of an answer.
#[derive(Debug)]
struct ApiError(ErrorMetadata);

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

/// The retries of every read.
pub(super) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(limits::AWS_ATTEMPTS)
        .with_initial_backoff(std::time::Duration::from_millis(200))
        .with_max_backoff(std::time::Duration::from_secs(1))
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
    /// Asks, and gives the answer's XML.
    pub(super) async fn ask(&self, call: Call, request: Request) -> Result<String, FailedRead> {
        let mut layer = Layer::new("signing");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(Region::new(
                self.signing_region.clone(),
            ))),
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
            .set_identity_resolver(
                SCHEME_ID,
                SharedIdentityResolver::new(self.credentials.clone()),
            );
        if let Some(client) = &self.http_client {
            components.set_http_client(Some(client.clone()));
        }
        let (_, action) = call.action().split_once(':').unwrap_or_default();
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
            .timeout_config(timeouts())
            .with_connection_poisoning()
            .interceptor(BoundedAnswer)
            .serializer(serialize)
            .deserializer(deserialize)
            .build();
        Box::pin(operation.invoke(request))
            .await
            .map_err(|error| failure::of(call, &error))
    }
}

fn serialize(request: Request) -> Result<HttpRequest, BoxError> {
    let builder = http::Request::builder().header(
        "user-agent",
        concat!("eks-dns-doctor/", env!("CARGO_PKG_VERSION")),
    );
    let request = match request {
        Request::Form(form) => builder
            .method("POST")
            .uri("/")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(SdkBody::from(form))?,
        Request::Get(path) => builder.method("GET").uri(path).body(SdkBody::empty())?,
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
    if let Some((code, message)) = std::str::from_utf8(body).ok().and_then(xml::error) {
        meta = meta.code(code).message(message);
    }
    Err(OrchestratorError::operation(ApiError(meta.build())))
}

/// Reads no more than [`limits::AWS_ANSWER`] octets of an answer, whoever sends it.
#[derive(Debug)]
pub(super) struct BoundedAnswer;

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
        let body = context.response_mut().take_body();
        *context.response_mut().body_mut() =
            SdkBody::from_body_1_x(Limited::new(body, limits::AWS_ANSWER));
        Ok(())
    }
}
