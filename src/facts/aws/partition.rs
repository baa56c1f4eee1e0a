//! Where the APIs are, for those that are asked without a service's own crate: AWS's partitions and the endpoint
//! rules of EC2, STS and Route 53 (botocore: `partitions.json`, `endpoint-rule-set-1.json` of each service).

/// What the endpoints of a Region's partition end in, and where its global services are signed for.
struct Partition {
    suffix: &'static str,
    dual_stack_suffix: &'static str,
    /// The Region of the partition's global services (`implicitGlobalRegion`).
    global_region: &'static str,
}

fn partition(region: &str) -> Partition {
    let (suffix, dual_stack_suffix, global_region) = match region {
        _ if region.starts_with("cn-") => ("amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"),
        _ if region.starts_with("us-gov-") => ("amazonaws.com", "api.aws", "us-gov-west-1"),
        _ if region.starts_with("eusc-") => ("amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"),
        _ if region.starts_with("us-iso-") => ("c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"),
        _ if region.starts_with("us-isob-") => ("sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"),
        _ if region.starts_with("eu-isoe-") => ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1"),
        _ if region.starts_with("us-isof-") => ("csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1"),
        _ => ("amazonaws.com", "api.aws", "us-east-1"),
    };
    Partition {
        suffix,
        dual_stack_suffix,
        global_region,
    }
}

/// What an endpoint is formed of.
#[derive(Debug, Clone, Copy)]
pub(super) struct EndpointParts<'a> {
    pub(super) region: &'a str,
    pub(super) fips: bool,
    pub(super) dual_stack: bool,
}

/// The URL of a regional service.
pub(super) fn regional(service: &str, wanted: EndpointParts<'_>) -> String {
    let EndpointParts { region, .. } = wanted;
    let partition = partition(region);
    // In AWS GovCloud (US) the plain endpoints are the FIPS ones.
    let fips = if wanted.fips && (wanted.dual_stack || !region.starts_with("us-gov-")) {
        "-fips"
    } else {
        ""
    };
    let suffix = if wanted.dual_stack {
        partition.dual_stack_suffix
    } else {
        partition.suffix
    };
    format!("https://{service}{fips}.{region}.{suffix}")
}

/// The URL of Route 53, which has one endpoint a partition, and the Region that requests to it are signed for.
pub(super) fn route53(wanted: EndpointParts<'_>) -> (String, &'static str) {
    let EndpointParts { region, .. } = wanted;
    let partition = partition(region);
    let is_gov = region.starts_with("us-gov-");
    let fips = if wanted.fips && !is_gov { "-fips" } else { "" };
    let middle = match (is_gov, wanted.dual_stack) {
        (true, _) => "us-gov.",
        (false, true) => "global.",
        (false, false) => "",
    };
    let suffix = if wanted.dual_stack {
        partition.dual_stack_suffix
    } else {
        partition.suffix
    };
    (
        format!("https://route53{fips}.{middle}{suffix}"),
        partition.global_region,
    )
}

/// Whether a text can be a Region. It becomes part of a host name to which signed requests go.
pub(super) fn is_region(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(region: &str, fips: bool, dual_stack: bool) -> [String; 4] {
        let wanted = EndpointParts {
            region,
            fips,
            dual_stack,
        };
        let (route53, signed_for) = route53(wanted);
        [
            regional("ec2", wanted),
            regional("sts", wanted),
            route53,
            signed_for.to_owned(),
        ]
    }

    #[test]
    fn every_partition_has_its_endpoints() {
        assert_eq!(
            of("ap-northeast-1", false, false),
            [
                "https://ec2.ap-northeast-1.amazonaws.com",
                "https://sts.ap-northeast-1.amazonaws.com",
                "https://route53.amazonaws.com",
                "us-east-1",
            ]
        );
        assert_eq!(
            of("cn-north-1", false, false),
            [
                "https://ec2.cn-north-1.amazonaws.com.cn",
                "https://sts.cn-north-1.amazonaws.com.cn",
                "https://route53.amazonaws.com.cn",
                "cn-northwest-1",
            ]
        );
        assert_eq!(
            of("us-gov-east-1", true, false),
            [
                "https://ec2.us-gov-east-1.amazonaws.com",
                "https://sts.us-gov-east-1.amazonaws.com",
                "https://route53.us-gov.amazonaws.com",
                "us-gov-west-1",
            ]
        );
        assert_eq!(
            of("us-east-2", true, true),
            [
                "https://ec2-fips.us-east-2.api.aws",
                "https://sts-fips.us-east-2.api.aws",
                "https://route53-fips.global.api.aws",
                "us-east-1",
            ]
        );
    }

    #[test]
    fn a_region_is_one_label_of_a_host_name() {
        assert!(is_region("ap-northeast-1") && is_region("us-iso-east-1"));
        for text in ["", "a.b", "evil.test/", "x#", "-a", "A", "é", "us east"] {
            assert!(!is_region(text), "{text}");
        }
    }
}
