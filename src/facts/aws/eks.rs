//! EKS, asked by its SDK crate. Endpoints, signing, retries and errors are the crate's; what it answers is read by the
//! shapes that read a file. No type of the crate leaves this file.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_eks::config::Config;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::SdkConfig;

use super::failure;
use super::transport::{BoundedAnswer, SilenceIsFinal};
use crate::facts::{Call, FailedRead};
use crate::limits;

/// The client.
pub(super) struct Eks(aws_sdk_eks::Client);

/// Keeps the text of the answer, as it came.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<String>>);

impl Intercept for Kept {
    fn name(&self) -> &'static str {
        "Kept"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = String::from_utf8_lossy(body).into_owned();
        Ok(())
    }
}

impl Eks {
    pub(super) fn new(config: &SdkConfig) -> Self {
        let config = Config::new(config)
            .to_builder()
            .interceptor(BoundedAnswer::Json)
            .retry_classifier(SilenceIsFinal)
            .build();
        Self(aws_sdk_eks::Client::from_conf(config))
    }

    /// Asks, and gives the answer's JSON. `named` are the operation's own parameters: `name`, `updateId`.
    pub(super) async fn ask(
        &self,
        call: Call,
        named: &[(&str, &str)],
        token: Option<String>,
    ) -> Result<String, FailedRead> {
        let value = |name: &str| named.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
        let (name, update) = (value("name").unwrap_or_default(), value("updateId").unwrap_or_default());
        let kept = Kept::default();
        macro_rules! send {
            ($request:expr) => {
                $request
                    .customize()
                    .interceptor(kept.clone())
                    .send()
                    .await
                    .map(drop)
                    .map_err(|error| failure::of(call, &error))
            };
        }
        match call {
            Call::DescribeCluster => send!(self.0.describe_cluster().name(name)),
            Call::DescribeUpdate => send!(self.0.describe_update().name(name).update_id(update)),
            Call::ListUpdates => send!(
                self.0
                    .list_updates()
                    .name(name)
                    .max_results(limits::AWS_PAGE)
                    .set_next_token(token)
            ),
            Call::ListClusters => send!(
                self.0
                    .list_clusters()
                    .max_results(limits::AWS_PAGE)
                    .set_next_token(token)
            ),
            other => Err(failure::unparsable(other, "it is no operation of EKS")),
        }?;
        let text = std::mem::take(&mut *kept.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(text)
    }
}
