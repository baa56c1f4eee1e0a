//! The anatomy of an EKS endpoint name, and of the AWS names around it.
//!
//! Forms: "Cluster API server endpoint" in the Amazon EKS User Guide, and names seen in public
//! configuration. `<32 hex digits>.<label>.<region>.eks.amazonaws.com` for IPv4 clusters and for IPv6
//! clusters made before October 2024, `<32 hex digits>.<label>.eks-cluster.<region>.api.aws` for IPv6
//! clusters since. The second label (`gr7`, `yl4`, `sk1`, …) has no documented meaning and is not validated.

use crate::dns::{Name, Soa};

/// The port of an endpoint, where nobody says another (RFC 9110 section 4.2.2).
pub const HTTPS: u16 = 443;

/// An EKS endpoint name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointName {
    /// The AWS Region, e.g. `ap-northeast-1`.
    pub region: String,
    /// What all endpoint names of the Region end in: `<region>.eks.amazonaws.com` or
    /// `eks-cluster.<region>.api.aws`. The wider of the two zones one can forward.
    pub regional_suffix: Name,
    /// What all endpoint names of the partition end in: `eks.amazonaws.com`, `api.aws`, …
    pub family_suffix: Name,
    /// The suffix of the service's own API names: `amazonaws.com`, `amazonaws.com.cn`, or an isolated partition's.
    pub api_suffix: &'static str,
}

/// What a name that is not an EKS endpoint's may be instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEndpoint {
    /// One label: a cluster's name rather than its host name.
    SingleLabel,
    /// `eks.<region>.amazonaws.com` or `eks.<region>.api.aws`: the AWS API that manages clusters.
    EksApi,
    /// `oidc.eks.<region>.amazonaws.com`: the issuer of service account tokens.
    OidcIssuer,
    /// Under the suffix of endpoint names, but the first label is not 32 hexadecimal digits.
    WrongHostLabel,
    /// Anything else.
    Other,
}

fn text(label: &[u8]) -> String {
    String::from_utf8_lossy(label).to_ascii_lowercase()
}

fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    parts.len() >= 3
        && (parts[0].len() == 2 || parts[0] == "eusc")
        && parts[0].bytes().all(|b| b.is_ascii_lowercase())
        && parts
            .last()
            .is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
        && parts[1..parts.len() - 1]
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
}

/// What the names of the isolated partitions end in, and of the European Sovereign Cloud (botocore, `partitions.json`:
/// `dnsSuffix`).
const ISOLATED: &[(&[&str], &str)] = &[
    (&["amazonaws", "eu"], "amazonaws.eu"),
    (&["c2s", "ic", "gov"], "c2s.ic.gov"),
    (&["sc2s", "sgov", "gov"], "sc2s.sgov.gov"),
    (&["cloud", "adc-e", "uk"], "cloud.adc-e.uk"),
    (&["csp", "hci", "ic", "gov"], "csp.hci.ic.gov"),
];

/// An endpoint name of an isolated partition: what stands in front of the Region, the Region, how many labels the
/// partition's suffix has, and the suffix.
fn isolated<'a, 'b>(parts: &'a [&'b str]) -> Option<(&'a [&'b str], &'a &'b str, usize, &'static str)> {
    ISOLATED.iter().find_map(|(labels, suffix)| {
        let rest = parts.strip_suffix(*labels)?;
        match rest {
            [host @ .., region, "eks"] if is_region(region) => Some((host, region, labels.len(), *suffix)),
            _ => None,
        }
    })
}

/// The digits of an endpoint's first label.
pub const ID_LENGTH: usize = 32;

/// Whether a label is what an endpoint's name begins with: 32 hexadecimal digits.
pub fn is_id(label: &str) -> bool {
    label.len() == ID_LENGTH && label.bytes().all(|octet| octet.is_ascii_hexdigit())
}

impl EndpointName {
    /// Takes a name apart. `Err` says what it looks like instead.
    pub fn parse(name: &Name) -> Result<Self, NotEndpoint> {
        let labels: Vec<String> = name.labels().map(text).collect();
        let parts: Vec<&str> = labels.iter().map(String::as_str).collect();
        let suffix = |count: usize| {
            Name::from_labels(labels[labels.len() - count..].iter().map(String::as_bytes))
                .map_err(|_| NotEndpoint::Other)
        };
        let (host, region, regional, family, api_suffix) = match parts.as_slice() {
            [_] | [] => return Err(NotEndpoint::SingleLabel),
            ["oidc", "eks", ..] => return Err(NotEndpoint::OidcIssuer),
            ["eks", region, "amazonaws", "com"]
            | ["eks", region, "amazonaws", "com", "cn"]
            | ["eks", region, "api", "aws"]
                if is_region(region) =>
            {
                return Err(NotEndpoint::EksApi);
            }
            [host @ .., region, "eks", "amazonaws", "com"] if is_region(region) => {
                (host, region, suffix(4)?, suffix(3)?, "amazonaws.com")
            }
            [host @ .., region, "eks", "amazonaws", "com", "cn"] if is_region(region) => {
                (host, region, suffix(5)?, suffix(4)?, "amazonaws.com.cn")
            }
            [host @ .., "eks-cluster", region, "api", "aws"] if is_region(region) => {
                (host, region, suffix(4)?, suffix(2)?, "amazonaws.com")
            }
            [
                host @ ..,
                "eks-cluster",
                region,
                "api",
                "amazonwebservices",
                "com",
                "cn",
            ] if is_region(region) => (host, region, suffix(6)?, suffix(4)?, "amazonaws.com.cn"),
            _ => match isolated(&parts) {
                Some((host, region, suffix_labels, api_suffix)) => (
                    host,
                    region,
                    suffix(suffix_labels + 2)?,
                    suffix(suffix_labels + 1)?,
                    api_suffix,
                ),
                None => return Err(NotEndpoint::Other),
            },
        };
        // The oldest names have no second label.
        if !matches!(host, [id] | [id, _] if is_id(id)) {
            return Err(NotEndpoint::WrongHostLabel);
        }
        Ok(Self {
            region: (*region).to_owned(),
            regional_suffix: regional,
            family_suffix: family,
            api_suffix,
        })
    }

    /// Whether it is of the form that has IPv6 addresses beside the IPv4 ones: `….eks-cluster.<region>.api.aws`.
    pub fn is_dual_stack(&self) -> bool {
        // `<region>.eks.amazonaws.com` begins with the Region, the dual-stack form with this label.
        let first = self.regional_suffix.labels().next();
        first.is_some_and(|label| label.eq_ignore_ascii_case(b"eks-cluster"))
    }

    /// Public names of AWS's own in the Region, as controls. `sts` first: an interface VPC endpoint with
    /// private DNS can make `eks` private, and any of them answers with addresses where names of AWS resolve.
    pub fn public_aws_names(&self) -> Vec<Name> {
        ["sts", "eks"]
            .into_iter()
            .filter_map(|service| format!("{service}.{}.{}", self.region, self.api_suffix).parse().ok())
            .collect()
    }
}

/// Whose zone a negative answer came from, by the SOA's MNAME.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SoaOrigin {
    /// A Route 53 private hosted zone: MNAME of the four that are "never used by Route 53 public hosted zones"
    /// (Amazon Route 53 Developer Guide, "Working with private hosted zones").
    PrivateHostedZone,
    /// A public zone of AWS: MNAME `ns-N.awsdns-NN.{com,net,org,co.uk}`, China's form of it, or a name in `amazon.com`,
    /// as `amazonaws.com` itself has. No MNAME in `amazonaws.com` or below is AWS's: an internal zone
    /// `eks.amazonaws.com` has its name servers there.
    PublicAws,
    /// Anybody else's.
    Foreign,
}

impl SoaOrigin {
    /// The origin of a SOA.
    pub fn of(soa: &Soa) -> Self {
        Self::of_server(&soa.mname)
    }

    /// The origin by the name of a server, e.g. of an NS record in AUTHORITY.
    pub fn of_server(server: &Name) -> Self {
        let labels: Vec<String> = server.labels().map(text).collect();
        let parts: Vec<&str> = labels.iter().map(String::as_str).collect();
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
        let of_zone = |host: &str, number: &str| match host.strip_prefix("ns-").unwrap_or_default() {
            // Public zones have the other servers of 00: ns-5.awsdns-00.com, ns-519.awsdns-00.net.
            "0" | "512" | "1024" | "1536" if number == "00" => Self::PrivateHostedZone,
            _ if is_number(number) => Self::PublicAws,
            _ => Self::Foreign,
        };
        match parts.as_slice() {
            // "awsdns-cn-" and two digits, in these domains (v2fly/domain-list-community, data/geolocation-cn). That
            // the same servers of 00 are private hosted zones' there is by analogy: no source says so.
            [host, zone, "biz" | "com" | "net" | "top" | "cn"] if zone.starts_with("awsdns-cn-") => {
                of_zone(host, zone.trim_start_matches("awsdns-cn-"))
            }
            [host, zone, "com" | "net" | "org"] | [host, zone, "co", "uk"]
                if host.strip_prefix("ns-").is_some_and(is_number) && zone.starts_with("awsdns-") =>
            {
                of_zone(host, zone.trim_start_matches("awsdns-"))
            }
            [_, .., "amazon", "com"] if parts.len() > 2 => Self::PublicAws,
            _ => Self::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    const ID: &str = "0123456789ABCDEF0123456789ABCDEF";

    fn parse(text: &str) -> Result<EndpointName, NotEndpoint> {
        EndpointName::parse(&text.parse().unwrap())
    }

    #[test]
    fn isolated_partitions_have_their_region_in_the_name() {
        let sovereign = "0123456789ABCDEF0123456789ABCDEF.yl4.eusc-de-east-1.eks.amazonaws.eu";
        let parsed = EndpointName::parse(&sovereign.parse().unwrap()).unwrap();
        assert_eq!(
            (parsed.region.as_str(), parsed.api_suffix),
            ("eusc-de-east-1", "amazonaws.eu")
        );
        for (suffix, region) in [
            ("us-iso-east-1.eks.c2s.ic.gov", "us-iso-east-1"),
            ("us-isob-east-1.eks.sc2s.sgov.gov", "us-isob-east-1"),
            ("eu-isoe-west-1.eks.cloud.adc-e.uk", "eu-isoe-west-1"),
            ("us-isof-south-1.eks.csp.hci.ic.gov", "us-isof-south-1"),
        ] {
            let name: Name = format!("0123456789ABCDEF0123456789ABCDEF.gr7.{suffix}")
                .parse()
                .expect("a name");
            let found = EndpointName::parse(&name).expect("an endpoint");
            assert_eq!(found.region, region);
            assert_eq!(found.regional_suffix.to_string(), suffix);
            assert_eq!(format!("{region}.{}", found.family_suffix), suffix);
        }
    }

    #[test]
    fn the_documented_forms() {
        for (host, region, suffix, control) in [
            (
                format!("{ID}.yl4.ap-northeast-1.eks.amazonaws.com"),
                "ap-northeast-1",
                "ap-northeast-1.eks.amazonaws.com",
                "sts.ap-northeast-1.amazonaws.com",
            ),
            (
                format!("{ID}.gr7.cn-northwest-1.eks.amazonaws.com.cn"),
                "cn-northwest-1",
                "cn-northwest-1.eks.amazonaws.com.cn",
                "sts.cn-northwest-1.amazonaws.com.cn",
            ),
            (
                format!("{ID}.sk1.eks-cluster.us-east-1.api.aws"),
                "us-east-1",
                "eks-cluster.us-east-1.api.aws",
                "sts.us-east-1.amazonaws.com",
            ),
            (
                format!("{ID}.gr7.us-gov-west-1.eks.amazonaws.com"),
                "us-gov-west-1",
                "us-gov-west-1.eks.amazonaws.com",
                "sts.us-gov-west-1.amazonaws.com",
            ),
        ] {
            let endpoint = parse(&host).unwrap();
            assert_eq!(endpoint.region, region);
            assert_eq!(endpoint.regional_suffix, suffix.parse().unwrap());
            assert_eq!(endpoint.public_aws_names()[0], control.parse().unwrap());
        }
    }

    #[test]
    fn what_is_mistaken_for_an_endpoint() {
        assert_eq!(parse("shared-cluster"), Err(NotEndpoint::SingleLabel));
        assert_eq!(parse("eks.eu-west-1.amazonaws.com"), Err(NotEndpoint::EksApi));
        assert_eq!(parse("oidc.eks.eu-west-1.amazonaws.com"), Err(NotEndpoint::OidcIssuer));
        assert_eq!(
            parse("shared.yl4.eu-west-1.eks.amazonaws.com"),
            Err(NotEndpoint::WrongHostLabel)
        );
        assert_eq!(parse("api.example.test"), Err(NotEndpoint::Other));
    }

    #[test]
    fn origin_by_mname() {
        for (mname, origin) in [
            ("ns-0.awsdns-00.com", SoaOrigin::PrivateHostedZone),
            ("NS-1536.AWSDNS-00.co.uk", SoaOrigin::PrivateHostedZone),
            ("ns-5.awsdns-00.com", SoaOrigin::PublicAws),
            ("ns-1537.awsdns-00.co.uk", SoaOrigin::PublicAws),
            ("ns-1234.awsdns-26.org", SoaOrigin::PublicAws),
            ("dns-external-master.amazon.com", SoaOrigin::PublicAws),
            ("ns-00.awsdns-00.example", SoaOrigin::Foreign),
            ("dc1.corp.example", SoaOrigin::Foreign),
            ("awsdns-00.com", SoaOrigin::Foreign),
            ("ns1.awsdns-26.org", SoaOrigin::Foreign),
            ("ns-1.awsdns-2x.org", SoaOrigin::Foreign),
            ("ns-1.awsdns-26.top", SoaOrigin::Foreign),
            ("ns-3.awsdns-cn-60.com", SoaOrigin::PublicAws),
            ("ns-3.awsdns-cn-11.cn", SoaOrigin::PublicAws),
            // The name servers of internal zones of these names.
            ("ns1.eks.amazonaws.com", SoaOrigin::Foreign),
            ("amazonaws.com", SoaOrigin::Foreign),
            ("dc1.amazonaws.com.cn", SoaOrigin::Foreign),
            ("amazon.com", SoaOrigin::Foreign),
            ("amazon.com.evil.test", SoaOrigin::Foreign),
        ] {
            assert_eq!(SoaOrigin::of_server(&mname.parse().unwrap()), origin, "{mname}");
        }
    }
}
