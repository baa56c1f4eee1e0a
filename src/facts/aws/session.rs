//! Region and credentials, as users of the AWS CLI have them: environment, profiles, roles, web identity, SSO,
//! processes, `aws login`, containers and instances. Taken once a run; what is missing is said once, with what fixes
//! it.

use std::error::Error;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::credentials::EnvironmentVariableCredentialsProvider;
use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::imds;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::profile::region::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{AppName, BehaviorVersion};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::service_config::ServiceConfigKey;
use tokio::time::{Instant, timeout_at};

use super::{AwsAccess, NoSession, failure, instance, partition, transport};
use crate::limits;

/// What every client of the run is made of.
pub(super) struct SharedParts {
    pub(super) config: SdkConfig,
    pub(super) credentials: SharedCredentialsProvider,
    pub(super) region: String,
    pub(super) http_client: SharedHttpClient,
    pub(super) until: Instant,
}

pub(super) async fn open(ask: &AwsAccess) -> Result<SharedParts, NoSession> {
    let until = Instant::now() + ask.deadline;
    timeout_at(until, opened(ask, until))
        .await
        .unwrap_or_else(|_| Err(NoSession::TimedOut(ask.profile.clone())))
}

async fn opened(ask: &AwsAccess, until: Instant) -> Result<SharedParts, NoSession> {
    let region = region(ask).await?;
    // One client for all: its connections and its certificates are shared. The proxy is the SDK's default, that of the
    // environment.
    let http_client = transport::https(ProxyConfig::from_env);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client.clone())
        .region(Region::new(region.clone()))
        .no_credentials()
        .identity_cache(IdentityCache::no_cache())
        .retry_config(transport::retries())
        .timeout_config(transport::timeouts());
    if let Some(profile) = &ask.profile {
        loader = loader.profile_name(profile);
    }
    if let Ok(name) = AppName::new("eks-dns-doctor") {
        loader = loader.app_name(name);
    }
    let config = loader.load().await;
    let mut credentials = match load(ask, &region, &http_client).await {
        Ok(credentials) => credentials,
        Err(error) => match explain(ask, &config, &error) {
            // Whoever did as that line says has them in the environment, and still names the profile.
            error @ NoSession::Mfa(_) => EnvironmentVariableCredentialsProvider::new()
                .provide_credentials()
                .await
                .map_err(|_| error)?,
            error => return Err(error),
        },
    };
    if let Some(role) = &ask.role_arn {
        let provider = AssumeRoleProvider::builder(role)
            .configure(&config)
            .session_name("eks-dns-doctor")
            .build_from_provider(credentials)
            .await;
        credentials = provider.provide_credentials().await.map_err(|error| NoSession::Role {
            role: failure::short(role),
            message: reason(&error),
        })?;
    }
    // As they are now, for all clients and the whole run: no process, no token server and no role is asked twice.
    let credentials = SharedCredentialsProvider::new(credentials);
    let config = config.into_builder().credentials_provider(credentials.clone()).build();
    Ok(SharedParts {
        config,
        credentials,
        region,
        http_client,
        until,
    })
}

async fn region(ask: &AwsAccess) -> Result<String, NoSession> {
    let region = if let Some(region) = &ask.region {
        region.clone()
    } else {
        let mut profile = ProfileFileRegionProvider::builder();
        if let Some(name) = &ask.profile {
            profile = profile.profile_name(name);
        }
        let metadata = ImdsRegionProvider::builder()
            .configure(&ProviderConfig::default())
            .imds_client(instance::client(limits::INSTANCE_CREDENTIALS))
            .build();
        RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
            .or_else(profile.build())
            .or_else(metadata)
            .region()
            .await
            .map(|region| region.as_ref().to_owned())
            .ok_or_else(|| NoSession::NoRegion(ask.profile.clone()))?
    };
    if partition::is_region(&region) {
        Ok(region)
    } else {
        Err(NoSession::BadRegion(failure::short(&region)))
    }
}

async fn load(ask: &AwsAccess, region: &str, http_client: &SharedHttpClient) -> Result<Credentials, CredentialsError> {
    let config = ProviderConfig::default()
        .with_http_client(http_client.clone())
        .with_region(Some(Region::new(region.to_owned())));
    match &ask.profile {
        None => {
            let chain = DefaultCredentialsChain::builder()
                .configure(config)
                .region(Region::new(region.to_owned()))
                .imds_client(instance::client(limits::INSTANCE_CREDENTIALS))
                .build()
                .await;
            chain.provide_credentials().await
        }
        // As with the AWS CLI's `--profile`: credentials in the environment are somebody else's then.
        Some(name) => {
            let profile = ProfileFileCredentialsProvider::builder()
                .configure(&config)
                .profile_name(name)
                .build();
            let metadata = imds::credentials::ImdsCredentialsProvider::builder()
                .configure(&config)
                .imds_client(instance::client(limits::INSTANCE_CREDENTIALS))
                .build();
            CredentialsProviderChain::first_try("Profile", profile)
                .or_else("Ec2InstanceMetadata", metadata)
                .provide_credentials()
                .await
        }
    }
}

/// What helps, by what the profile says of itself.
fn explain(ask: &AwsAccess, config: &SdkConfig, error: &CredentialsError) -> NoSession {
    let setting = |key: &str| {
        // No such variable: the profile alone is meant.
        setting(config, "EKS_DNS_DOCTOR_UNSET", key)
    };
    let profile = ask
        .profile
        .clone()
        .or_else(|| self::setting(config, "AWS_PROFILE", "eks_dns_doctor_unset"));
    if setting("role_arn").is_some() && setting("mfa_serial").is_some() {
        NoSession::Mfa(profile)
    } else if (setting("sso_session").is_some() || setting("sso_start_url").is_some()) && !is_refused(error) {
        NoSession::SsoExpired(profile)
    } else if setting("login_session").is_some() {
        NoSession::LoginExpired(profile)
    } else {
        match error {
            CredentialsError::CredentialsNotLoaded(_) => NoSession::NoCredentials(profile),
            CredentialsError::ProviderTimedOut(_) => NoSession::TimedOut(profile),
            error => NoSession::Failed {
                profile,
                message: reason(error),
            },
        }
    }
}

/// Whether SSO gave no credentials although its token is valid: the user has not that role in that account
/// (IAM Identity Center Portal API reference, GetRoleCredentials: `ForbiddenException`).
fn is_refused(error: &CredentialsError) -> bool {
    let mut link: Option<&(dyn Error + 'static)> = Some(error);
    for _ in 0..32 {
        let Some(error) = link else { break };
        if error.to_string().contains("Forbidden") || format!("{error:?}").contains("Forbidden") {
            return true;
        }
        link = error.source();
    }
    false
}

/// A setting of the environment or of the profile in use, read by the SDK.
fn setting(config: &SdkConfig, variable: &str, key: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id("EKS")
        .env(variable)
        .profile(key)
        .build()
        .ok()?;
    let value = config.service_config()?.load_config(key)?;
    (!value.is_empty()).then_some(value)
}

/// The endpoint that the user configured for a service, as its SDK would find it (AWS SDKs and Tools Reference Guide,
/// "Service-specific endpoints").
pub(super) fn configured_endpoint(config: &SdkConfig, service_id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service_id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    config
        .service_config()
        .and_then(|settings| settings.load_config(key))
        .filter(|url| !url.is_empty())
        .or_else(|| config.endpoint_url().map(str::to_owned))
}

fn reason(error: &(dyn Error + 'static)) -> String {
    failure::innermost(error)
}
