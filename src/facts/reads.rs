//! The reads that are made of AWS: each with its IAM action, the fact it brings, and what goes without it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A read of AWS. Nothing else is ever asked of it, and nothing is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// STS, GetCallerIdentity: needs no permission.
    GetCallerIdentity,
    /// EKS, DescribeCluster.
    DescribeCluster,
    /// EKS, ListClusters.
    ListClusters,
    /// EKS, ListUpdates.
    ListUpdates,
    /// EKS, DescribeUpdate.
    DescribeUpdate,
    /// EC2, DescribeNetworkInterfaces.
    DescribeNetworkInterfaces,
    /// EC2, DescribeVpcs.
    DescribeVpcs,
    /// EC2, DescribeVpcAttribute.
    DescribeVpcAttribute,
    /// EC2, DescribeDhcpOptions.
    DescribeDhcpOptions,
    /// EC2, DescribeSecurityGroups.
    DescribeSecurityGroups,
    /// Route 53 Resolver, ListResolverEndpoints.
    ListResolverEndpoints,
    /// Route 53 Resolver, ListResolverEndpointIpAddresses.
    ListResolverEndpointIpAddresses,
    /// Route 53 Resolver, ListResolverRules.
    ListResolverRules,
    /// Route 53 Resolver, ListResolverRuleAssociations.
    ListResolverRuleAssociations,
    /// Route 53, ListHostedZonesByVPC.
    ListHostedZonesByVpc,
}

impl Call {
    /// Every read, in the order of their services.
    pub const ALL: [Self; 15] = [
        Self::GetCallerIdentity,
        Self::DescribeCluster,
        Self::ListClusters,
        Self::ListUpdates,
        Self::DescribeUpdate,
        Self::DescribeNetworkInterfaces,
        Self::DescribeVpcs,
        Self::DescribeVpcAttribute,
        Self::DescribeDhcpOptions,
        Self::DescribeSecurityGroups,
        Self::ListResolverEndpoints,
        Self::ListResolverEndpointIpAddresses,
        Self::ListResolverRules,
        Self::ListResolverRuleAssociations,
        Self::ListHostedZonesByVpc,
    ];

    /// The IAM action.
    pub fn action(self) -> &'static str {
        self.words().0
    }

    /// The command of the AWS CLI, without its options: `aws eks describe-cluster`.
    pub fn command(self) -> String {
        let (service, operation) = self.action().split_once(':').unwrap_or_default();
        // The CLI's xform_name: a capital begins a word, and a run of them is one.
        let letters: Vec<char> = operation.chars().collect();
        let mut words = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let is_capital = |at: usize| letters.get(at).is_some_and(char::is_ascii_uppercase);
            let begins = is_capital(at)
                && (!is_capital(at.wrapping_sub(1)) || letters.get(at + 1).is_some_and(|_| !is_capital(at + 1)));
            if at > 0 && begins {
                words.push('-');
            }
            words.push(letter.to_ascii_lowercase());
        }
        format!("aws {service} {words}")
    }

    /// The fact that it brings, for the gaps.
    pub fn fact(self) -> &'static str {
        self.words().1
    }

    /// What the diagnosis goes without where it fails.
    pub fn costs(self) -> &'static str {
        self.words().2
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::GetCallerIdentity => (
                "sts:GetCallerIdentity",
                "account",
                "in which account all this was looked up is not known",
            ),
            Self::DescribeCluster => (
                "eks:DescribeCluster",
                "cluster",
                "whether the name is the cluster's, and which access its endpoint has, is not known",
            ),
            Self::ListClusters => (
                "eks:ListClusters",
                "clusters of the account",
                "an endpoint's name alone does not lead to its cluster",
            ),
            Self::ListUpdates => (
                "eks:ListUpdates",
                "updates of the cluster",
                "a change of the endpoint's access that is under way is not seen",
            ),
            Self::DescribeUpdate => (
                "eks:DescribeUpdate",
                "updates of the cluster",
                "a change of the endpoint's access that is under way is not seen",
            ),
            Self::DescribeNetworkInterfaces => (
                "ec2:DescribeNetworkInterfaces",
                "network interfaces",
                "answers can be compared with the VPC's networks at best: plausible, never a match",
            ),
            Self::DescribeVpcs => (
                "ec2:DescribeVpcs",
                "VPC",
                "the VPC resolver's address and the VPC's networks are not known",
            ),
            Self::DescribeVpcAttribute => (
                "ec2:DescribeVpcAttribute",
                "VPC attributes",
                "whether DNS is switched off in the VPC is not known",
            ),
            Self::DescribeDhcpOptions => (
                "ec2:DescribeDhcpOptions",
                "DHCP options",
                "which name servers hosts in the VPC use is not known",
            ),
            Self::DescribeSecurityGroups => (
                "ec2:DescribeSecurityGroups",
                "security groups",
                "whether a security group keeps port 53 of an inbound endpoint shut is not known",
            ),
            Self::ListResolverEndpoints => (
                "route53resolver:ListResolverEndpoints",
                "Resolver endpoints",
                "the inbound endpoints, their VPC and their state are not known",
            ),
            Self::ListResolverEndpointIpAddresses => (
                "route53resolver:ListResolverEndpointIpAddresses",
                "addresses of Resolver endpoints",
                "the inbound endpoints cannot be asked",
            ),
            Self::ListResolverRules => (
                "route53resolver:ListResolverRules",
                "Resolver rules",
                "a rule that forwards the name elsewhere is not seen",
            ),
            Self::ListResolverRuleAssociations => (
                "route53resolver:ListResolverRuleAssociations",
                "associations of Resolver rules",
                "which VPC a rule takes effect in is not known",
            ),
            Self::ListHostedZonesByVpc => (
                "route53:ListHostedZonesByVPC",
                "private hosted zones",
                "a zone that hides the endpoint's name is not seen",
            ),
        }
    }
}

impl Serialize for Call {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.action())
    }
}

impl<'de> Deserialize<'de> for Call {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::ALL
            .into_iter()
            .find(|call| call.action() == text)
            .ok_or_else(|| de::Error::custom(format_args!("no read of AWS is called {text:?}")))
    }
}

/// A read that brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailedRead {
    /// The read.
    pub call: Call,
    /// How it failed.
    pub kind: ReadFailure,
    /// The error's code, as AWS gave it.
    #[serde(default)]
    pub code: Option<String>,
    /// What AWS, or the SDK, says.
    #[serde(default)]
    pub message: Option<String>,
}

/// How a read failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadFailure {
    /// The caller may not: `AccessDenied`, `AccessDeniedException`, `UnauthorizedOperation`.
    Denied,
    /// Too many requests.
    Throttled,
    /// The credentials have expired, or are not valid.
    Credentials,
    /// No answer within its time.
    TimedOut,
    /// The API could not be reached: its name does not resolve, or nothing listens.
    Unreachable,
    /// There is no such thing.
    NotFound,
    /// It was not made: what it needs is not known.
    NotAsked,
    /// Anything else.
    Failed,
}

impl FailedRead {
    /// Why it was not made, where it was not.
    pub fn not_asked(&self) -> Option<&str> {
        self.message.as_deref().filter(|_| self.kind == ReadFailure::NotAsked)
    }

    /// Gives one of a document of `schema_version` 1 its kind: there, only the words said that it was not made.
    pub fn read_version_1(&mut self) {
        let message = self.message.as_deref().unwrap_or_default();
        let words = message
            .strip_prefix("not asked, since ")
            .and_then(|why| why.strip_suffix(" is not known"));
        if self.kind == ReadFailure::Failed && words.is_some() {
            self.kind = ReadFailure::NotAsked;
        }
    }

    /// Why the fact is missing, and what that costs: for the gaps.
    pub fn reason(&self) -> String {
        format!("{}; {}", self.what(), self.call.costs())
    }

    /// How it failed, in words.
    pub fn what(&self) -> String {
        let what = match self.kind {
            ReadFailure::Denied => "denied",
            ReadFailure::Throttled => "throttled: too many requests",
            ReadFailure::Credentials => "the credentials are not valid, or have expired",
            ReadFailure::TimedOut => "no answer in time",
            ReadFailure::Unreachable => "the API could not be reached",
            ReadFailure::NotFound => "not found",
            ReadFailure::NotAsked => return self.message.clone().unwrap_or_else(|| "not asked".to_owned()),
            ReadFailure::Failed => "failed",
        };
        let code = self.code.as_ref().map(|code| format!(" ({code})"));
        // What a denial says beyond its code is the caller's ARN.
        let message = self
            .message
            .as_ref()
            .filter(|_| !matches!(self.kind, ReadFailure::Denied))
            .map(|message| format!(": {message}"));
        format!("{what}{}{}", code.unwrap_or_default(), message.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_its_command() {
        assert_eq!(Call::DescribeCluster.command(), "aws eks describe-cluster");
        assert_eq!(Call::DescribeVpcs.command(), "aws ec2 describe-vpcs");
        assert_eq!(Call::GetCallerIdentity.command(), "aws sts get-caller-identity");
        assert_eq!(
            Call::ListHostedZonesByVpc.command(),
            "aws route53 list-hosted-zones-by-vpc"
        );
        assert_eq!(
            Call::ListResolverEndpointIpAddresses.command(),
            "aws route53resolver list-resolver-endpoint-ip-addresses"
        );
    }

    #[test]
    fn a_call_is_named_by_its_action() {
        for call in Call::ALL {
            let json = serde_json::to_string(&call).unwrap_or_default();
            assert_eq!(json, format!("{:?}", call.action()));
            assert_eq!(serde_json::from_str::<Call>(&json).ok(), Some(call));
        }
        assert!(serde_json::from_str::<Call>("\"ec2:RunInstances\"").is_err());
    }
}
