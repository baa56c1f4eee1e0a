//! Where this host is, where it is an EC2 instance: the instance metadata service, version 2 (EC2 User Guide,
//! "Instance metadata categories").

use std::time::Duration;

use aws_config::imds::Client;
use aws_config::imds::client::error::ImdsError;
use aws_config::provider_config::ProviderConfig;
use aws_smithy_http_client::proxy::ProxyConfig;
use ipnet::IpNet;

use super::{failure, few, text, transport};
use crate::facts::{Gap, Instance};
use crate::limits;

/// A client that asks once. Off EC2 nobody answers, and the SDK's own would wait for four tries; a proxy would answer
/// for another host.
pub(super) fn client(patience: Duration) -> Client {
    Client::builder()
        .configure(&ProviderConfig::default().with_http_client(transport::https(ProxyConfig::disabled)))
        .max_attempts(1)
        .connect_timeout(patience)
        .read_timeout(patience)
        // Silence shall end as one of the two above: the SDK takes it for "not on EC2", and these for a fault.
        .operation_attempt_timeout(patience * 3)
        .operation_timeout(patience * 3)
        .build()
}

/// What the instance metadata says of this host, or why nothing is known of it: no answer is what a host elsewhere
/// gets, and a container or an instance that hides it too. `disabled`: `AWS_EC2_METADATA_DISABLED` is `true` (in any
/// case of letters), which the SDK's client does not look at.
pub async fn instance(disabled: bool) -> Result<Instance, Gap> {
    let gap = |reason: String| Gap::here("this host's VPC", "instance metadata", reason);
    if disabled {
        return Err(gap("AWS_EC2_METADATA_DISABLED is set".to_owned()));
    }
    let client = client(limits::INSTANCE_METADATA);
    // The first read brings the token that the others use.
    let mac = get(&client, "mac")
        .await
        .map_err(|error| gap(reason(&error)))?
        .unwrap_or_default();
    // It becomes part of a path.
    let plain = |c: char| c.is_ascii_hexdigit() || c == ':';
    if mac.is_empty() || mac.len() > 64 || !mac.chars().all(plain) {
        return Err(gap("it has no MAC address of this host".to_owned()));
    }
    let of_interface = |what: &str| format!("network/interfaces/macs/{mac}/{what}");
    let paths = [
        "instance-id".to_owned(),
        "placement/region".to_owned(),
        of_interface("vpc-id"),
        of_interface("owner-id"),
        of_interface("vpc-ipv4-cidr-block"),
        of_interface("vpc-ipv4-cidr-blocks"),
    ];
    let [id, region, vpc_id, account, primary, all] = &paths;
    let (id, region, vpc_id, account, primary, all) = tokio::join!(
        get(&client, id),
        get(&client, region),
        get(&client, vpc_id),
        get(&client, account),
        get(&client, primary),
        get(&client, all),
    );
    // An instance has all of it; one that failed after the first was answered is not known.
    let known = |value: Result<Option<String>, ImdsError>| value.ok().flatten();
    let (primary, all) = (known(primary), known(all));
    let mut vpc_cidrs: Vec<IpNet> = Vec::new();
    // Without the primary one, which of them comes first says nothing.
    if let Some(primary) = primary.and_then(|text| text.parse::<IpNet>().ok()) {
        let others = all.unwrap_or_default();
        vpc_cidrs.push(primary);
        for cidr in few(others.lines()).filter_map(|line| line.trim().parse().ok()) {
            if !vpc_cidrs.contains(&cidr) && vpc_cidrs.len() < limits::EXPECTED {
                vpc_cidrs.push(cidr);
            }
        }
    }
    Ok(Instance {
        id: known(id),
        region: known(region),
        vpc_id: known(vpc_id),
        vpc_cidrs,
        account: known(account),
    })
}

/// A value; `None` where there is none (404).
async fn get(client: &Client, what: &str) -> Result<Option<String>, ImdsError> {
    match client.get(format!("/latest/meta-data/{what}")).await {
        Ok(value) => {
            let value = text(value.as_ref().trim().to_owned());
            Ok((!value.is_empty()).then_some(value))
        }
        Err(ImdsError::ErrorResponse(response)) if response.response().status().as_u16() == 404 => Ok(None),
        Err(error) => Err(error),
    }
}

fn reason(error: &ImdsError) -> String {
    match error {
        ImdsError::ErrorResponse(response) => {
            let status = response.response().status().as_u16();
            format!("it answers HTTP {status}: whether this host is an EC2 instance is not known")
        }
        error => format!(
            "no answer ({}): not an EC2 instance, or one that hides it",
            failure::innermost(error)
        ),
    }
}
