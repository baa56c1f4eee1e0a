//! JSON of something else, by name, with the one command that gives what is wanted.

use super::refused::{NotFacts, shown};
use crate::facts::Call;
use crate::facts::shapes::Members;
use crate::limits;
use crate::text::plain_word;

/// The answer that says most.
const CLUSTER: &str = "aws eks describe-cluster --name NAME --output json gives the cluster";

/// A key that only this has, what it is, and what to do.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "HostedZones",
        "what aws route53 list-hosted-zones prints",
        "aws route53 list-hosted-zones-by-vpc gives those of the VPC",
    ),
    (
        "ResourceRecordSets",
        "the records of a hosted zone",
        "aws route53 list-hosted-zones-by-vpc gives the zones of the VPC",
    ),
    (
        "SecurityGroupRules",
        "what aws ec2 describe-security-group-rules prints",
        "aws ec2 describe-security-groups gives the groups with their rules",
    ),
    (
        "FirewallRuleGroup",
        "a rule group of DNS Firewall, without its rules and the VPCs that it is for",
        "aws route53resolver list-firewall-rules gives its rules, and list-firewall-rule-group-associations those of the \
         VPC",
    ),
    (
        "FirewallRuleGroups",
        "the rule groups of DNS Firewall, without their rules and the VPCs that they are for",
        "aws route53resolver list-firewall-rule-group-associations gives those of the VPC",
    ),
    (
        "Profile",
        "a Route 53 Profile, without the VPCs that it is for",
        "aws route53profiles list-profile-associations gives those of the VPC",
    ),
    (
        "ProfileSummaries",
        "the Route 53 Profiles, without the VPCs that they are for",
        "aws route53profiles list-profile-associations gives those of the VPC",
    ),
    (
        "ResolverConfig",
        "the setting of Route 53 Resolver for reverse names, which decides nothing of the endpoint's",
        "aws route53resolver list-resolver-rules gives the Resolver rules",
    ),
    ("nodegroup", "a node group", CLUSTER),
    ("nodegroups", "a list of node groups", CLUSTER),
    ("addon", "an add-on of a cluster", CLUSTER),
    ("addons", "a list of add-ons", CLUSTER),
    ("Reservations", "a list of EC2 instances", CLUSTER),
    ("Stacks", "a list of CloudFormation stacks", CLUSTER),
    (
        "Resources",
        "a template of CloudFormation, as cdk synth writes it",
        "it says what is wanted and not what is there; aws eks describe-cluster --name NAME --output json gives the \
         cluster",
    ),
    (
        "StackResources",
        "a list of a CloudFormation stack's resources",
        CLUSTER,
    ),
    (
        "StackResourceSummaries",
        "a list of a CloudFormation stack's resources",
        CLUSTER,
    ),
    ("ResourceDescription", "a resource as Cloud Control has it", CLUSTER),
    (
        "ResourceDescriptions",
        "a list of resources as Cloud Control has them",
        CLUSTER,
    ),
    ("configurationItems", "a history of AWS Config", CLUSTER),
    // "JSON Output Format" of Terraform's documentation: a plan has both, and the version of Terraform too.
    ("resource_changes", "a plan of Terraform", CLUSTER),
    ("planned_values", "a plan of Terraform", CLUSTER),
    ("terraform_version", "a state of Terraform", CLUSTER),
    ("format_version", "a plan or a state of Terraform", CLUSTER),
    (
        "clusterArns",
        "a list of ECS clusters",
        "aws eks list-clusters gives those of EKS",
    ),
];

/// What an object is that is no answer that is read.
pub(super) fn named(of: &Members<'_>) -> NotFacts {
    let refused = |what: &str, instead: &str| NotFacts::Other {
        line: of.node().line(),
        what: what.to_owned(),
        instead: instead.to_owned(),
    };
    let keys: Vec<&str> = of.keys().collect();
    if keys.is_empty() {
        return refused(
            "an empty object",
            "AWS said nothing in it; run the command again, and save its output",
        );
    }
    if let Some(code) = error_code(of) {
        let what = format!("an error of AWS in place of the answer: {code}");
        return refused(&what, "mend that, run the command again, and save its output");
    }
    if of.has("clusters") && of.has("users") || of.text("kind").ok().flatten().as_deref() == Some("Config") {
        return refused("a kubeconfig", "give it with --kubeconfig");
    }
    if of.has("clusters") {
        let first = of.list("clusters").ok().and_then(|all| all.first()?.members().ok());
        let has_first = |key| first.as_ref().is_some_and(|first| first.has(key));
        let is_ecs = of.has("failures") || has_first("clusterArn");
        let what = if is_ecs {
            "what aws ecs describe-clusters prints"
        } else {
            "a list of clusters that are objects, and not the names that aws eks list-clusters prints"
        };
        return refused(what, CLUSTER);
    }
    if of.has("apiVersion") && of.has("kind") {
        let kind = of.text("kind").ok().flatten().unwrap_or_default();
        return refused(&format!("an object of Kubernetes, {}", shown(&kind)), CLUSTER);
    }
    if let Some((_, what, instead)) = KNOWN.iter().find(|(key, _, _)| of.has(key)) {
        return refused(what, instead);
    }
    // What --query leaves of an interface without its id.
    let has_addresses = of.has("PrivateIpAddress") || of.has("PrivateIpAddresses");
    if has_addresses && !of.has("InstanceId") && !of.has("AllocationId") && !of.has("PublicIp") {
        return refused(
            "a part of network interfaces, without their ids",
            "save what aws ec2 describe-network-interfaces --output json prints, without --query",
        );
    }
    let is_output = |key: &&str| {
        let output = of.object(key).ok().flatten();
        output.is_some_and(|output| output.has("value") && output.has("sensitive"))
    };
    if keys.iter().all(is_output) {
        return refused(
            "what terraform output -json prints",
            &format!(
                "it has no settings of the cluster; aws eks describe-cluster --name {} --output json gives them",
                cluster_of_terraform(of, &keys).as_deref().unwrap_or("NAME")
            ),
        );
    }
    if of.has("endpointPublicAccess") || of.has("vpcId") {
        return refused(
            "a part of a cluster",
            "it does not say of which; save what aws eks describe-cluster --output json prints, without --query",
        );
    }
    if of.has("endpoint") {
        return refused(
            "an endpoint without its cluster",
            "save what aws eks describe-cluster --output json prints, without --query",
        );
    }
    let listed: Vec<String> = keys.iter().take(limits::KEYS_SHOWN).map(|key| shown(key)).collect();
    let what = format!("JSON with {}, which is nothing that is read here", listed.join(", "));
    match nearest(&keys) {
        Some(call) => refused(
            &what,
            &format!("save what {} prints, which is nearest to it", call.command()),
        ),
        None => refused(&what, CLUSTER),
    }
}

/// The code of an error that an API, or an SDK, gave as JSON.
fn error_code(of: &Members<'_>) -> Option<String> {
    let error = of.object("Error").ok().flatten();
    let code = match &error {
        Some(error) => error.text("Code"),
        None if of.has("__type") => of.text("__type"),
        None if of.has("message") || of.has("Message") => of.text("code"),
        None => return None,
    };
    let code = code.ok().flatten()?;
    let code = code.rsplit('#').next().unwrap_or_default();
    code.chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '.')
        .then(|| code.to_owned())
}

/// The cluster that an output of Terraform names, as one word of a command.
fn cluster_of_terraform(of: &Members<'_>, keys: &[&str]) -> Option<String> {
    let name = keys
        .iter()
        .find(|key| key.ends_with("cluster_name") || key.ends_with("cluster_id"))?;
    let value = of.object(name).ok().flatten()?.text("value").ok().flatten()?;
    (!plain_word(&value, "").is_empty()).then_some(value)
}

/// The answer that is read and whose key begins with the same words as one of these do: `Resolver` is no beginning of
/// `Resources`.
fn nearest(keys: &[&str]) -> Option<Call> {
    let common = |one: &str, other: &str| -> usize {
        let pairs = words(one).into_iter().zip(words(other));
        let alike = pairs.take_while(|(a, b)| a.trim_end_matches('s') == b.trim_end_matches('s'));
        alike.map(|(word, _)| word.len()).sum()
    };
    let all = Call::ALL
        .into_iter()
        .flat_map(|call| keys.iter().map(move |key| (common(call.member(), key), call)));
    // What is nothing that is read is a list more often than one thing.
    let (length, call) = all.max_by_key(|(length, call)| (*length, call.is_list()))?;
    (length >= limits::LIKENESS).then_some(call)
}

/// The words of a name that is written as `OneName` or `oneName`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_ascii_uppercase() => word.push(letter),
            _ => words.push(letter.to_ascii_lowercase().to_string()),
        }
    }
    words
}
