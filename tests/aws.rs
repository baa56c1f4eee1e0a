//! What AWS is asked, and what comes of every way in which it answers: against a mock of its APIs on loopback.
//!
//! Credentials come from the environment, so each collection runs in a process of its own with an environment of its
//! own: this program again, see [`child`].

#![expect(
    clippy::disallowed_methods,
    reason = "a test runs itself, and reads the document that it holds to the code"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eks_dns_doctor::dns::Name;
use eks_dns_doctor::facts::answers::{Shares, Wanted};
use eks_dns_doctor::facts::aws::{Ask, Described, Session, Since, instance};
use eks_dns_doctor::facts::{AwsFacts, Call, FailedRead, Gap, Instance, ReadFailure};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::{Deserialize, Serialize};

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-1.eks.amazonaws.com";
const SECRET: &str = "THE-SECRET-KEY";
const TOKEN: &str = "THE-SESSION-TOKEN";
const VPC: &str = "vpc-083d1bc709009bb5b";
const ACCOUNT: &str = "123456789012";
/// A certificate of nobody: what the system trusts is not looked at, and need not be there.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
    MIIBeTCCAR+gAwIBAgIURK1J3RcHiC0Y40wnPyR2xm7SnK4wCgYIKoZIzj0EAwIw\n\
    ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyNDEyMjMzMloYDzIxMjYxMDMxMTIy\n\
    MzMyWjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n\
    AASz7m854iG1v5lS/m+06vGMgXneUtRuFBjcmjDmHtvRwaZQC+uZ3+LNtSCkAQk6\n\
    K/je+uTFzqp/xA6jmS9xUgdzo1MwUTAdBgNVHQ4EFgQUUmcQcIDiktvP4SKTWcsO\n\
    GZHTsFYwHwYDVR0jBBgwFoAUUmcQcIDiktvP4SKTWcsOGZHTsFYwDwYDVR0TAQH/\n\
    BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA/QPanZpj0Za0QY5qIOyGAkooJr5S\n\
    B7VUZ6Gh7eP+FAwCIGk3cBnHnPjQkJrknfXatAuxSxgWbzHNdSFAqOvweBk9\n\
    -----END CERTIFICATE-----\n";

// ---------------------------------------------------------------------------------------------------------------
// The process that collects.

/// What the child prints.
#[derive(Debug, Serialize, Deserialize)]
struct Collected {
    no_session: Option<String>,
    facts: AwsFacts,
    instance: Option<Instance>,
    gaps: Vec<Gap>,
    elapsed_ms: u64,
}

/// Collects as the environment says, and prints what came.
fn child() -> ExitCode {
    let set = |name: &str| std::env::var(format!("COLLECT_{name}")).ok();
    let target: Option<Name> = set("TARGET").and_then(|text| Name::from_host(&text).ok());
    let cluster = set("CLUSTER");
    let millis = set("DEADLINE_MS").and_then(|text| text.parse().ok());
    let ask = Ask {
        region: set("REGION"),
        profile: set("PROFILE"),
        role_arn: set("ROLE"),
        deadline: Duration::from_millis(millis.unwrap_or(20_000)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let begun = Instant::now();
    let mut collected = Collected {
        no_session: None,
        facts: AwsFacts::default(),
        instance: None,
        gaps: Vec::new(),
        elapsed_ms: 0,
    };
    if set("INSTANCE").is_some() {
        match runtime.block_on(instance(set("INSTANCE").as_deref() == Some("disabled"))) {
            Ok(found) => collected.instance = Some(found),
            Err(gap) => collected.gaps.push(gap),
        }
        return print(&collected);
    }
    match runtime.block_on(async {
        let (session, without_role) = Session::open_with_or_without_role(&ask).await?;
        match (set("FIRST").as_deref(), &target, &cluster) {
            (Some("describe"), _, Some(name)) => {
                let described = session.describe(name).await;
                assert!(matches!(described, Described::Cluster(_)), "{described:?}");
            }
            (Some("find"), Some(target), _) => {
                let found = session.find(target).await;
                assert!(found.cluster.is_some(), "{found:?}");
            }
            _ => {}
        }
        if let (Some(_), Some(target)) = (set("EVERYTHING"), &target) {
            let shares = Shares::new(session.everything(here(&set)).await, Some(session.region().to_owned()));
            let wanted = Wanted {
                target,
                cluster: cluster.as_deref(),
            };
            return Ok((shares.of(wanted), without_role));
        }
        let mut answers = session.collect(target.as_ref(), cluster.as_deref(), here(&set)).await;
        if let Some(from) = set("SINCE").and_then(|text| text.parse().ok()) {
            let since = Since {
                from,
                has_endpoints: false,
                has_client_vpn: false,
            };
            answers.join(session.changes(since).await);
        }
        Ok((answers, without_role))
    }) {
        Ok((answers, without_role)) => {
            let target = target.unwrap_or_default();
            let wanted = Wanted {
                target: &target,
                cluster: cluster.as_deref(),
            };
            collected.gaps = answers.assemble(wanted, &mut collected.facts);
            collected.gaps.extend(without_role);
        }
        Err(error) => {
            let error: eks_dns_doctor::facts::aws::NoSession = error;
            collected.no_session = Some(error.gap().reason);
        }
    }
    collected.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    print(&collected)
}

/// The instance that this host is said to be.
async fn here(set: &impl Fn(&str) -> Option<String>) -> Option<Instance> {
    Some(Instance {
        vpc_id: Some(set("OWN_VPC")?),
        region: set("OWN_REGION"),
        ..Instance::default()
    })
}

fn print(collected: &Collected) -> ExitCode {
    let json = serde_json::to_vec(collected).expect("facts are JSON");
    std::io::stdout().write_all(&json).expect("stdout is read");
    ExitCode::SUCCESS
}

/// A collection: what is asked for, and the environment it is asked in.
struct Run {
    environment: BTreeMap<String, String>,
    home: tempfile::TempDir,
}

impl Run {
    /// Of the target, with credentials in the environment.
    fn new(mock: &Mock) -> Self {
        let run = Self::anonymous(mock)
            .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .with("AWS_SECRET_ACCESS_KEY", SECRET)
            .with("AWS_SESSION_TOKEN", TOKEN);
        run.with("COLLECT_REGION", "ap-northeast-1")
            .with("COLLECT_TARGET", HOST)
    }

    /// Without any credentials and Region.
    fn anonymous(mock: &Mock) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let file = |name: &str| home.path().join(name).display().to_string();
        std::fs::write(home.path().join("ca.pem"), CERTIFICATE).expect("written");
        let environment = [
            ("SSL_CERT_FILE", file("ca.pem")),
            ("HOME", home.path().display().to_string()),
            ("AWS_CONFIG_FILE", file("config")),
            ("AWS_SHARED_CREDENTIALS_FILE", file("credentials")),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_ENDPOINT_URL", mock.url.clone()),
            ("EKS_DNS_DOCTOR_COLLECT", "1".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value));
        Self {
            environment: environment.into(),
            home,
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    fn config(self, text: &str) -> Self {
        std::fs::write(self.home.path().join("config"), text).expect("written");
        self
    }

    fn collect(&self) -> Collected {
        let output = Command::new(std::env::current_exe().expect("this program"))
            .env_clear()
            .envs(&self.environment)
            .output()
            .expect("this program runs");
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        let complaint = String::from_utf8_lossy(&output.stderr);
        for secret in [SECRET, TOKEN, "THE-ROLES-SECRET"] {
            assert!(!text.contains(secret), "a credential is in the output");
            assert!(!complaint.contains(secret), "a credential is on stderr");
        }
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {complaint}"))
    }
}

// ---------------------------------------------------------------------------------------------------------------
// The mock.

/// How the mock answers a call instead of as it should.
#[derive(Debug, Clone)]
enum Fault {
    /// With this status and body.
    Reply(u16, String),
    /// With this to a page that is not the first.
    LaterPages(u16, String),
    /// Not at all.
    Silent,
}

/// A request that came in.
#[derive(Debug, Clone)]
struct Seen {
    call: Option<Call>,
    request: String,
    authorization: String,
}

/// What there is to be said. A list is its members, in the service's own form.
#[derive(Clone)]
struct World {
    clusters: Vec<(String, String)>,
    updates: Vec<(String, String)>,
    lists: BTreeMap<Call, Vec<String>>,
    faults: BTreeMap<Call, Fault>,
    /// Members of a page.
    page: usize,
    /// Whether nobody may assume a role.
    denies_roles: bool,
}

struct Mock {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Mock {
    fn of(world: World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (world, record) = (Arc::new(world), Arc::clone(&seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (world, record) = (Arc::clone(&world), Arc::clone(&record));
                std::thread::spawn(move || serve(stream, &world, &record));
            }
        });
        Self { url, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("nobody panicked").clone()
    }

    fn times(&self, call: Call) -> usize {
        let seen = self.seen();
        seen.iter().filter(|one| one.call == Some(call)).count()
    }

    fn requests(&self, call: Call) -> Vec<String> {
        let seen = self.seen().into_iter();
        seen.filter(|one| one.call == Some(call))
            .map(|one| one.request)
            .collect()
    }
}

/// Answers requests of a connection until it ends.
fn serve(mut stream: TcpStream, world: &World, record: &Mutex<Vec<Seen>>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or_default() == 0 {
            return;
        }
        let (mut length, mut operation, mut authorization) = (0, String::new(), String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or_default() == 0 || line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            let value = value.trim().to_owned();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap_or_default(),
                "x-amz-target" => operation = value,
                "authorization" => authorization = value,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let body = String::from_utf8_lossy(&body).into_owned();
        let mut words = first.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let request = format!("{path} {operation} {body}");
        let call = called(path, &operation, &body);
        let seen = Seen {
            call,
            request,
            authorization,
        };
        record.lock().expect("nobody panicked").push(seen);
        let fault = call.and_then(|call| world.faults.get(&call));
        let (status, answer) = match fault {
            Some(Fault::Silent) => {
                // Nothing until the other side gives up.
                let _ = reader.read(&mut [0]);
                return;
            }
            Some(Fault::LaterPages(status, reply)) if body.contains("page-") => (*status, reply.clone()),
            Some(Fault::Reply(status, body)) => (*status, body.clone()),
            None | Some(Fault::LaterPages(..)) => {
                let (status, answer) = world.answer(call, path, &body);
                dump(method, path, &operation, &body, status, &answer);
                (status, answer)
            }
        };
        // How the services say an error's code in JSON: a header.
        let code = answer
            .strip_prefix("{\"__type\":\"")
            .and_then(|rest| rest.split('"').next())
            .map(|code| format!("x-amzn-errortype: {code}\r\n"))
            .unwrap_or_default();
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{code}\r\n", answer.len());
        if stream.write_all(format!("{head}{answer}").as_bytes()).is_err() {
            return;
        }
    }
}

/// Writes a request and its answer to the file of `EKS_DNS_DOCTOR_EXCHANGES`, where that is set: `.ci/botocore.py`
/// holds them to AWS's service models. An answer that is wrong on purpose is none of them.
fn dump(method: &str, path: &str, target: &str, body: &str, status: u16, answer: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let Some(file) = std::env::var_os("EKS_DNS_DOCTOR_EXCHANGES") else {
        return;
    };
    let exchange = serde_json::json!({
        "method": method, "path": path, "target": target, "body": body, "status": status, "answer": answer,
    });
    let _turn = ONE_AT_A_TIME.lock().expect("nobody panicked");
    let mut file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(file)
        .expect("the file is there");
    writeln!(file, "{exchange}").expect("written");
}

/// The read that a request is.
fn called(path: &str, target: &str, body: &str) -> Option<Call> {
    let named = |action: &str| {
        Call::ALL
            .into_iter()
            .find(|call| call.action().split_once(':').is_some_and(|(_, a)| a == action))
    };
    let cloudtrail = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.";
    if let Some(action) = target
        .strip_prefix("Route53Resolver.")
        .or_else(|| target.strip_prefix(cloudtrail))
    {
        return named(action);
    }
    let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
    if let Some(action) = action {
        return named(action);
    }
    let parts: Vec<&str> = path.split(['/', '?']).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        ["2013-04-01", "hostedzonesbyvpc", ..] => Some(Call::ListHostedZonesByVpc),
        ["servicenetworkvpcassociations", ..] => Some(Call::ListServiceNetworkVpcAssociations),
        ["servicenetworkresourceassociations", ..] => Some(Call::ListServiceNetworkResourceAssociations),
        ["resourceconfigurations", ..] => Some(Call::GetResourceConfiguration),
        ["profileassociations", ..] => Some(Call::ListProfileAssociations),
        ["profileresourceassociations", "profileid", ..] => Some(Call::ListProfileResourceAssociations),
        ["clusters", _, "updates", id, ..] if !id.contains('=') => Some(Call::DescribeUpdate),
        ["clusters", _, "updates", ..] => Some(Call::ListUpdates),
        ["clusters", name, ..] if !name.contains('=') => Some(Call::DescribeCluster),
        ["clusters", ..] => Some(Call::ListClusters),
        _ => None,
    }
}

impl World {
    /// The page of a list that a request wants, and the token of the next.
    fn page(&self, members: &[String], request: &str) -> (Vec<String>, Option<String>) {
        let from = request
            .split("page-")
            .nth(1)
            .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next())
            .and_then(|digits| digits.parse::<usize>().ok())
            .unwrap_or_default();
        let end = (from + self.page).min(members.len());
        let next = (end < members.len()).then(|| format!("page-{end}"));
        (members[from.min(end)..end].to_vec(), next)
    }

    fn answer(&self, call: Option<Call>, path: &str, body: &str) -> (u16, String) {
        let Some(call) = call else {
            if body.contains("Action=AssumeRole&") && self.denies_roles {
                let denied = "User: arn:aws:iam::123456789012:user/ops is not authorized to perform: sts:AssumeRole";
                return (403, rest_error("AccessDenied", denied));
            }
            if body.contains("Action=AssumeRole&") {
                return (200, ASSUMED.to_owned());
            }
            return (404, "<!DOCTYPE html><html>Not Found</html>".to_owned());
        };
        let request = format!("{path} {body}");
        let nothing = Vec::new();
        let members = match call {
            Call::ListClusters => &self.clusters.iter().map(|(n, _)| format!("{n:?}")).collect(),
            Call::ListUpdates => &self.updates.iter().map(|(n, _)| format!("{n:?}")).collect(),
            _ => self.lists.get(&call).unwrap_or(&nothing),
        };
        let (members, next) = self.page(members, &request);
        let xml = |root: &str, set: &str| {
            let next = next.as_ref().map(|token| format!("<nextToken>{token}</nextToken>"));
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} \
                 xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
                 <requestId>1</requestId><{set}>{}</{set}>{}</{root}>",
                members.concat(),
                next.unwrap_or_default()
            )
        };
        let json = |list: &str, token: &str| {
            let next = next.as_ref().map(|next| format!(",{token:?}:{next:?}"));
            format!("{{{list:?}:[{}]{}}}", members.join(","), next.unwrap_or_default())
        };
        let body = match call {
            Call::GetCallerIdentity => format!(
                "<GetCallerIdentityResponse \
                 xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
                 <Arn>arn:aws:iam::{ACCOUNT}:user/ops</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>\
                 </GetCallerIdentityResult></GetCallerIdentityResponse>"
            ),
            Call::DescribeCluster => {
                let name = path.rsplit('/').next().unwrap_or_default();
                let Some((_, json)) = self.clusters.iter().find(|(other, _)| other == name) else {
                    let body = json_error(
                        "ResourceNotFoundException",
                        &format!("No cluster found for name: {name}."),
                    );
                    return (404, body);
                };
                format!("{{\"cluster\":{json}}}")
            }
            Call::DescribeUpdate => {
                let id = path.rsplit('/').next().unwrap_or_default();
                let update = self.updates.iter().find(|(other, _)| other == id);
                format!("{{\"update\":{}}}", update.map_or("null", |(_, json)| json))
            }
            Call::ListClusters => json("clusters", "nextToken"),
            Call::ListUpdates => json("updateIds", "nextToken"),
            Call::DescribeNetworkInterfaces => xml("DescribeNetworkInterfacesResponse", "networkInterfaceSet"),
            Call::DescribeVpcs => xml("DescribeVpcsResponse", "vpcSet"),
            Call::DescribeVpcAttribute => {
                let which = if body.contains("enableDnsSupport") {
                    "enableDnsSupport"
                } else {
                    "enableDnsHostnames"
                };
                let mut parameters = body.split('&');
                let vpc = parameters.find_map(|one| one.strip_prefix("VpcId=")).unwrap_or(VPC);
                format!(
                    "<DescribeVpcAttributeResponse><vpcId>{vpc}</vpcId><{which}><value>true</value></{which}>\
                     </DescribeVpcAttributeResponse>"
                )
            }
            Call::DescribeDhcpOptions => xml("DescribeDhcpOptionsResponse", "dhcpOptionsSet"),
            Call::DescribeSecurityGroups => xml("DescribeSecurityGroupsResponse", "securityGroupInfo"),
            Call::DescribeSubnets => xml("DescribeSubnetsResponse", "subnetSet"),
            Call::DescribeNetworkAcls => xml("DescribeNetworkAclsResponse", "networkAclSet"),
            Call::DescribeRouteTables => xml("DescribeRouteTablesResponse", "routeTableSet"),
            Call::GetManagedPrefixListEntries => xml("GetManagedPrefixListEntriesResponse", "entrySet"),
            Call::DescribeClientVpnEndpoints => xml("DescribeClientVpnEndpointsResponse", "clientVpnEndpoint"),
            Call::DescribeClientVpnRoutes => xml("DescribeClientVpnRoutesResponse", "routes"),
            Call::DescribeClientVpnAuthorizationRules => {
                xml("DescribeClientVpnAuthorizationRulesResponse", "authorizationRule")
            }
            Call::ListResolverEndpoints => json("ResolverEndpoints", "NextToken"),
            Call::ListResolverEndpointIpAddresses => json("IpAddresses", "NextToken"),
            Call::ListResolverRules => json("ResolverRules", "NextToken"),
            Call::ListResolverRuleAssociations => json("ResolverRuleAssociations", "NextToken"),
            Call::ListFirewallRuleGroupAssociations => json("FirewallRuleGroupAssociations", "NextToken"),
            Call::ListFirewallRules => json("FirewallRules", "NextToken"),
            Call::ListFirewallDomains => json("Domains", "NextToken"),
            Call::GetFirewallConfig => match members.first() {
                Some(config) => format!("{{\"FirewallConfig\":{config}}}"),
                None => return (400, json_error("ResourceNotFoundException", "no such resource")),
            },
            Call::GetResolverDnssecConfig => match members.first() {
                Some(config) => format!("{{\"ResolverDNSSECConfig\":{config}}}"),
                None => return (400, json_error("ResourceNotFoundException", "no such resource")),
            },
            Call::DescribeVpcEndpoints => xml("DescribeVpcEndpointsResponse", "vpcEndpointSet"),
            Call::ListServiceNetworkVpcAssociations | Call::ListServiceNetworkResourceAssociations => {
                json("items", "nextToken")
            }
            Call::GetResourceConfiguration => match members.first() {
                Some(configuration) => configuration.clone(),
                None => return (404, json_error("ResourceNotFoundException", "no such resource")),
            },
            Call::LookupEvents => json("Events", "NextToken"),
            Call::ListProfileAssociations => json("ProfileAssociations", "NextToken"),
            Call::ListProfileResourceAssociations => json("ProfileResourceAssociations", "NextToken"),
            Call::ListHostedZonesByVpc => {
                let next = next.map(|token| format!("<NextToken>{token}</NextToken>"));
                format!(
                    "<ListHostedZonesByVPCResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
                     <HostedZoneSummaries>{}</HostedZoneSummaries><MaxItems>100</MaxItems>{}\
                     </ListHostedZonesByVPCResponse>",
                    members.concat(),
                    next.unwrap_or_default()
                )
            }
        };
        (200, body)
    }
}

const ASSUMED: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
    <AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/eks/x</Arn>\
    </AssumedRoleUser><Credentials><AccessKeyId>ASIAOFTHEROLE</AccessKeyId>\
    <SecretAccessKey>THE-ROLES-SECRET</SecretAccessKey><SessionToken>role-token</SessionToken>\
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

fn json_error(code: &str, message: &str) -> String {
    format!("{{\"__type\":\"{code}\",\"message\":\"{message}\"}}")
}

fn ec2_error(code: &str, message: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
         <RequestID>1</RequestID></Response>"
    )
}

fn rest_error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>1</RequestId></ErrorResponse>"
    )
}

/// An error in the form of the call's service.
fn error_of(call: Call, code: &str, message: &str) -> String {
    match call.action().split(':').next() {
        Some("ec2") => ec2_error(code, message),
        Some("sts" | "route53") => rest_error(code, message),
        _ => json_error(code, message),
    }
}

fn cluster(name: &str, endpoint: &str) -> (String, String) {
    let json = format!(
        r#"{{"name":"{name}","arn":"arn:aws:eks:ap-northeast-1:{ACCOUNT}:cluster/{name}","createdAt":1795461910.803,
        "version":"1.31","endpoint":"{endpoint}","status":"ACTIVE","resourcesVpcConfig":{{
        "subnetIds":["subnet-1"],"securityGroupIds":["sg-1"],"clusterSecurityGroupId":"sg-cluster","vpcId":"{VPC}",
        "endpointPublicAccess":false,"endpointPrivateAccess":true,"publicAccessCidrs":[]}},
        "kubernetesNetworkConfig":{{"serviceIpv4Cidr":"10.100.0.0/16","ipFamily":"ipv4"}},
        "certificateAuthority":{{"data":"LS0t"}},"tags":{{}}}}"#
    );
    (name.to_owned(), json)
}

fn interface(id: &str, ip: &str) -> String {
    format!(
        "<item><networkInterfaceId>{id}</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>{VPC}</vpcId>\
         <availabilityZone>ap-northeast-1a</availabilityZone><description>Amazon EKS shared-cluster</description>\
         <ownerId>{ACCOUNT}</ownerId><requesterManaged>false</requesterManaged><status>in-use</status>\
         <macAddress>02:00:00:34:3e:18</macAddress><privateIpAddress>{ip}</privateIpAddress><sourceDestCheck>true</sourceDestCheck>\
         <groupSet><item><groupId>sg-cluster</groupId><groupName>c</groupName></item></groupSet>\
         <attachment><attachmentId>eni-attach-1</attachmentId><deviceIndex>1</deviceIndex><status>attached</status></attachment>\
         <tagSet/><privateIpAddressesSet><item><privateIpAddress>{ip}</privateIpAddress><primary>true</primary></item>\
         </privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType></item>"
    )
}

fn world() -> World {
    let vpc = format!(
        "<item><vpcId>{VPC}</vpcId><ownerId>{ACCOUNT}</ownerId><state>available</state><cidrBlock>192.168.0.0/16</cidrBlock>\
         <cidrBlockAssociationSet><item><cidrBlock>192.168.0.0/16</cidrBlock><associationId>a</associationId>\
         <cidrBlockState><state>associated</state></cidrBlockState></item><item><cidrBlock>100.64.0.0/16</cidrBlock>\
         <cidrBlockState><state>disassociated</state></cidrBlockState></item></cidrBlockAssociationSet>\
         <ipv6CidrBlockAssociationSet/><dhcpOptionsId>dopt-1</dhcpOptionsId><instanceTenancy>default</instanceTenancy>\
         <isDefault>false</isDefault></item>"
    );
    let dhcp = "<item><dhcpOptionsId>dopt-1</dhcpOptionsId><dhcpConfigurationSet><item><key>domain-name-servers</key>\
                <valueSet><item><value>AmazonProvidedDNS</value></item></valueSet></item><item><key>domain-name</key>\
                <valueSet><item><value>ap-northeast-1.compute.internal</value></item></valueSet></item>\
                </dhcpConfigurationSet><tagSet/></item>";
    let group = |id: &str, permissions: &str| {
        format!(
            "<item><ownerId>{ACCOUNT}</ownerId><groupId>{id}</groupId><groupName>{id}-name</groupName><vpcId>{VPC}</vpcId>\
             <ipPermissions>{permissions}</ipPermissions><ipPermissionsEgress/><tagSet/></item>"
        )
    };
    let dns = "<item><ipProtocol>udp</ipProtocol><fromPort>53</fromPort><toPort>53</toPort><groups/><ipRanges><item>\
               <cidrIp>10.0.0.0/8</cidrIp><description>corp</description></item></ipRanges><ipv6Ranges/><prefixListIds><item>\
               <prefixListId>pl-1</prefixListId></item></prefixListIds></item>";
    let endpoint = |id: &str, direction: &str| {
        format!(
            r#"{{"Id":"{id}","Name":"corp","SecurityGroupIds":["sg-in"],"Direction":"{direction}","IpAddressCount":2,
            "HostVPCId":"{VPC}","Status":"OPERATIONAL","StatusMessage":"This Resolver Endpoint is operational.",
            "ResolverEndpointType":"IPV4","Dns64Enabled":true,"Protocols":["Do53"]}}"#
        )
    };
    let address = |ip: &str| format!(r#"{{"IpId":"rni-1","SubnetId":"subnet-1","Ip":"{ip}","Status":"ATTACHED"}}"#);
    let recursive = r#"{"Id":"rslvr-autodefined-rr-internet-resolver","CreatorRequestId":"","DomainName":".",
        "Status":"COMPLETE","RuleType":"RECURSIVE","Name":"Internet Resolver","OwnerId":"Route 53 Resolver",
        "ShareStatus":"NOT_SHARED"}"#;
    let forward = r#"{"Id":"rslvr-rr-1","DomainName":"corp.example.","Status":"COMPLETE","RuleType":"FORWARD",
        "Name":"corp","TargetIps":[{"Ip":"10.0.0.53","Port":53},{"Ip":"10.0.1.53"}],"ResolverEndpointId":"rslvr-out-1",
        "OwnerId":"123456789012","ShareStatus":"NOT_SHARED"}"#;
    let association =
        |rule: &str| format!(r#"{{"Id":"a","ResolverRuleId":"{rule}","VPCId":"{VPC}","Status":"COMPLETE"}}"#);
    let zone = |id: &str, name: &str, owner: &str| {
        format!(
            "<HostedZoneSummary><HostedZoneId>{id}</HostedZoneId><Name>{name}</Name><Owner>{owner}</Owner></HostedZoneSummary>"
        )
    };
    let owned = format!("<OwningAccount>{ACCOUNT}</OwningAccount>");
    let service = "<OwningService>eks.amazonaws.com</OwningService>";
    let update = |id: &str, at: u64, kind: &str| {
        let json = format!(
            r#"{{"id":"{id}","status":"Successful","type":"{kind}","params":[],"createdAt":{at}.5,"errors":[]}}"#
        );
        (id.to_owned(), json)
    };
    World {
        clusters: vec![
            cluster("another", "https://ANOTHER.gr7.ap-northeast-1.eks.amazonaws.com"),
            cluster("shared-cluster", &format!("https://{HOST}")),
        ],
        updates: vec![
            update("update-old", 1_795_000_000, "VersionUpdate"),
            update("update-new", 1_795_400_000, "EndpointAccessUpdate"),
        ],
        lists: [
            (
                Call::DescribeNetworkInterfaces,
                vec![
                    interface("eni-1", "192.168.131.209"),
                    interface("eni-2", "192.168.104.190"),
                ],
            ),
            (Call::DescribeVpcs, vec![vpc]),
            (Call::DescribeDhcpOptions, vec![dhcp.to_owned()]),
            (
                Call::DescribeSecurityGroups,
                vec![group("sg-in", dns), group("sg-cluster", "")],
            ),
            (Call::DescribeSubnets, vec![subnet()]),
            (Call::DescribeNetworkAcls, vec![network_acl()]),
            (Call::DescribeRouteTables, vec![route_table()]),
            (
                Call::GetManagedPrefixListEntries,
                vec!["<item><cidr>10.8.0.0/16</cidr><description>laptops</description></item>".to_owned()],
            ),
            (Call::LookupEvents, events()),
            (Call::DescribeClientVpnEndpoints, client_vpn_endpoints()),
            (Call::DescribeClientVpnRoutes, vec![client_vpn_route()]),
            (Call::DescribeClientVpnAuthorizationRules, vec![client_vpn_rule()]),
            (
                Call::ListResolverEndpoints,
                vec![endpoint("rslvr-in-1", "INBOUND"), endpoint("rslvr-out-1", "OUTBOUND")],
            ),
            (
                Call::ListResolverEndpointIpAddresses,
                vec![address("192.168.96.10"), address("192.168.128.10")],
            ),
            (Call::ListResolverRules, vec![recursive.to_owned(), forward.to_owned()]),
            (
                Call::ListResolverRuleAssociations,
                vec![
                    association("rslvr-autodefined-rr-internet-resolver"),
                    association("rslvr-rr-1"),
                ],
            ),
            (
                Call::ListHostedZonesByVpc,
                vec![
                    zone("Z1", "corp.example.", &owned),
                    zone("Z2", "gr7.ap-northeast-1.eks.amazonaws.com.", service),
                ],
            ),
            (Call::ListFirewallRuleGroupAssociations, vec![firewall_association()]),
            (Call::ListFirewallRules, firewall_rules()),
            (
                Call::ListFirewallDomains,
                vec!["\"*.example.com.\"".to_owned(), "\"example.net.\"".to_owned()],
            ),
            (
                Call::GetFirewallConfig,
                vec![format!(
                    r#"{{"Id":"rslvr-fc-1","ResourceId":"{VPC}","OwnerId":"{ACCOUNT}","FirewallFailOpen":"DISABLED"}}"#
                )],
            ),
            (
                Call::GetResolverDnssecConfig,
                vec![format!(
                    r#"{{"Id":"rdsc-1","OwnerId":"{ACCOUNT}","ResourceId":"{VPC}","ValidationStatus":"ENABLED"}}"#
                )],
            ),
            (Call::DescribeVpcEndpoints, vpc_endpoints()),
            (
                Call::ListServiceNetworkVpcAssociations,
                vec![service_network_association()],
            ),
            (
                Call::ListServiceNetworkResourceAssociations,
                vec![service_network_resource()],
            ),
            (Call::GetResourceConfiguration, vec![resource_configuration()]),
            (
                Call::ListProfileAssociations,
                vec![format!(
                    r#"{{"Id":"rpassoc-1","Name":"shared","OwnerId":"{ACCOUNT}","ProfileId":"rp-1","ResourceId":"{VPC}",
                    "Status":"COMPLETE","CreationTime":1710851336.527,"Priority":101}}"#
                )],
            ),
            (
                Call::ListProfileResourceAssociations,
                vec![
                    profile_resource("arn:aws:route53:::hostedzone/Z1", ""),
                    profile_resource(
                        &format!("arn:aws:route53resolver:ap-northeast-1:{ACCOUNT}:firewall-rule-group/rslvr-frg-2"),
                        r#""ResourceProperties":"{\"priority\":102}","#,
                    ),
                ],
            ),
        ]
        .into(),
        faults: BTreeMap::new(),
        page: 1000,
        denies_roles: false,
    }
}

// The elements are those of EC2's API reference: DescribeSubnets, DescribeNetworkAcls, DescribeRouteTables.

fn subnet() -> String {
    format!(
        "<item><subnetId>subnet-1</subnetId><state>available</state><vpcId>{VPC}</vpcId>\
         <cidrBlock>192.168.96.0/19</cidrBlock><ipv6CidrBlockAssociationSet><item><associationId>a</associationId>\
         <ipv6CidrBlock>2001:db8:1::/64</ipv6CidrBlock><ipv6CidrBlockState><state>associated</state>\
         </ipv6CidrBlockState></item></ipv6CidrBlockAssociationSet><mapPublicIpOnLaunch>false</mapPublicIpOnLaunch></item>"
    )
}

fn network_acl() -> String {
    let entry = |number: i32, egress: bool, action: &str, rest: &str| {
        format!(
            "<item><ruleNumber>{number}</ruleNumber><protocol>17</protocol><ruleAction>{action}</ruleAction>\
             <egress>{egress}</egress><cidrBlock>0.0.0.0/0</cidrBlock>{rest}</item>"
        )
    };
    format!(
        "<item><networkAclId>acl-1</networkAclId><vpcId>{VPC}</vpcId><default>false</default><entrySet>{}{}</entrySet>\
         <associationSet><item><networkAclAssociationId>aclassoc-1</networkAclAssociationId>\
         <networkAclId>acl-1</networkAclId><subnetId>subnet-1</subnetId></item></associationSet><tagSet/></item>",
        entry(32767, false, "deny", ""),
        entry(100, false, "allow", "<portRange><from>53</from><to>53</to></portRange>")
    )
}

fn route_table() -> String {
    format!(
        "<item><routeTableId>rtb-1</routeTableId><vpcId>{VPC}</vpcId><routeSet><item>\
         <destinationCidrBlock>192.168.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state>\
         <origin>CreateRouteTable</origin></item><item><destinationPrefixListId>pl-1</destinationPrefixListId>\
         <transitGatewayId>tgw-1</transitGatewayId><state>blackhole</state><origin>CreateRoute</origin></item></routeSet>\
         <associationSet><item><routeTableAssociationId>rtbassoc-1</routeTableAssociationId>\
         <routeTableId>rtb-1</routeTableId><main>true</main></item></associationSet><propagatingVgwSet/><tagSet/></item>"
    )
}

// The elements are those of EC2's service model (botocore 1.44.8): ClientVpnEndpoint, ClientVpnRoute,
// AuthorizationRule.

/// One in the cluster's VPC, and one in another VPC, of which nothing else is asked.
fn client_vpn_endpoints() -> Vec<String> {
    let endpoint = |id: &str, vpc: &str| {
        format!(
            "<item><clientVpnEndpointId>{id}</clientVpnEndpointId><description>laptops</description><status>\
             <code>available</code></status><creationTime>2026-01-01T00:00:00</creationTime>\
             <dnsName>*.{id}.prod.clientvpn.ap-northeast-1.amazonaws.com</dnsName>\
             <clientCidrBlock>10.250.0.0/22</clientCidrBlock><dnsServer><item>192.168.0.2</item></dnsServer>\
             <splitTunnel>true</splitTunnel><vpnProtocol>openvpn</vpnProtocol><transportProtocol>udp</transportProtocol>\
             <vpnPort>443</vpnPort><authenticationOptions><item><type>certificate-authentication</type></item>\
             </authenticationOptions><connectionLogOptions><Enabled>false</Enabled></connectionLogOptions>\
             <securityGroupIdSet><item>sg-vpn</item></securityGroupIdSet><vpcId>{vpc}</vpcId></item>"
        )
    };
    vec![endpoint("cvpn-endpoint-1", VPC), endpoint("cvpn-endpoint-2", "vpc-2")]
}

fn client_vpn_route() -> String {
    "<item><clientVpnEndpointId>cvpn-endpoint-1</clientVpnEndpointId><destinationCidr>192.168.0.0/16</destinationCidr>\
     <targetSubnet>subnet-1</targetSubnet><type>Nat</type><origin>associate</origin><status><code>active</code></status>\
     <description>Default Route</description></item>"
        .to_owned()
}

fn client_vpn_rule() -> String {
    "<item><clientVpnEndpointId>cvpn-endpoint-1</clientVpnEndpointId><description/><groupId/><accessAll>true</accessAll>\
     <destinationCidr>0.0.0.0/0</destinationCidr><status><code>authorizing</code></status></item>"
        .to_owned()
}

// The fields are those of the service models (botocore 1.44.8: route53resolver, route53profiles); the Profile's
// examples those of the AWS CLI's reference.

fn firewall_association() -> String {
    format!(
        r#"{{"Id":"rslvr-frgassoc-1","Arn":"arn:aws:route53resolver:ap-northeast-1:{ACCOUNT}:firewall-rule-group-association/rslvr-frgassoc-1",
        "FirewallRuleGroupId":"rslvr-frg-1","VpcId":"{VPC}","Name":"corp","Priority":101,"MutationProtection":"DISABLED",
        "Status":"COMPLETE","StatusMessage":"Finished rule group association update","CreatorRequestId":"1",
        "CreationTime":"2026-11-23T19:25:10.855879Z","ModificationTime":"2026-11-23T19:25:10.855879Z"}}"#
    )
}

fn firewall_rules() -> Vec<String> {
    [
        r#""FirewallDomainListId":"rslvr-fdl-1","Name":"block","Priority":10,"Action":"BLOCK","BlockResponse":"OVERRIDE",
        "BlockOverrideDomain":"blocked.example","BlockOverrideDnsType":"CNAME","BlockOverrideTtl":5,"Qtype":"A",
        "FirewallDomainRedirectionAction":"TRUST_REDIRECTION_DOMAIN""#,
        r#""FirewallThreatProtectionId":"rslvr-ftp-1","Name":"dga","Priority":20,"Action":"ALERT",
        "DnsThreatProtection":"DGA","ConfidenceThreshold":"HIGH""#,
        r#""FirewallThreatProtectionId":"rslvr-ftp-2","Name":"observed","Priority":30,"Action":"ALLOW","Status":"CREATING",
        "FirewallRuleType":{"AutoAllowlist":{"InitialDataTimeframeHours":24,
        "AutoAllowlistFirewallDomainListId":"rslvr-fdl-auto"}}"#,
    ]
    .map(|rule| format!(r#"{{"FirewallRuleGroupId":"rslvr-frg-1",{rule},"CreatorRequestId":"1"}}"#))
    .to_vec()
}

fn profile_resource(arn: &str, properties: &str) -> String {
    format!(
        r#"{{"CreationTime":1710851216.613,"Id":"rpr-1","Name":"brought","OwnerId":"{ACCOUNT}","ProfileId":"rp-1",
        "ResourceArn":"{arn}",{properties}"Status":"COMPLETE","StatusMessage":"Completed"}}"#
    )
}

// The members are those of the service models (botocore 1.44.8: ec2, vpc-lattice).

const NETWORK: &str = "sn-0123456789abcdefg";
const RESOURCE: &str = "rcfg-07129f3acded87625";

fn lattice_arn(resource: &str) -> String {
    format!("arn:aws:vpc-lattice:ap-northeast-1:{ACCOUNT}:{resource}")
}

fn vpc_endpoints() -> Vec<String> {
    let entry =
        |name: &str| format!("<item><dnsName>{name}</dnsName><hostedZoneId>Z2E726K9Y6RL4W</hostedZoneId></item>");
    let endpoint = |id: &str, kind: &str, rest: &str| {
        format!(
            "<item><vpcEndpointId>{id}</vpcEndpointId><vpcEndpointType>{kind}</vpcEndpointType><vpcId>{VPC}</vpcId>\
             <state>available</state><routeTableIdSet/><subnetIdSet><item>subnet-1</item></subnetIdSet>\
             <requesterManaged>false</requesterManaged><ownerId>{ACCOUNT}</ownerId>{rest}</item>"
        )
    };
    let interface = format!(
        "<serviceName>com.amazonaws.ap-northeast-1.eks</serviceName><privateDnsEnabled>true</privateDnsEnabled>\
         <dnsEntrySet>{}{}</dnsEntrySet><dnsOptions><dnsRecordIpType>ipv4</dnsRecordIpType></dnsOptions>",
        entry("vpce-1-abcdefgh.eks.ap-northeast-1.vpce.amazonaws.com"),
        entry("eks.ap-northeast-1.amazonaws.com")
    );
    let resource = format!(
        "<resourceConfigurationArn>{}</resourceConfigurationArn><privateDnsEnabled>true</privateDnsEnabled>\
         <dnsOptions><privateDnsPreference>ALL_DOMAINS</privateDnsPreference><privateDnsSpecifiedDomainSet><item>*</item>\
         </privateDnsSpecifiedDomainSet></dnsOptions>",
        lattice_arn(&format!("resourceconfiguration/{RESOURCE}"))
    );
    let network = format!(
        "<serviceNetworkArn>{}</serviceNetworkArn><privateDnsEnabled>false</privateDnsEnabled>",
        lattice_arn(&format!("servicenetwork/{NETWORK}"))
    );
    vec![
        endpoint("vpce-1", "Interface", &interface),
        endpoint("vpce-2", "Resource", &resource),
        endpoint("vpce-3", "ServiceNetwork", &network),
    ]
}

fn service_network_association() -> String {
    format!(
        r#"{{"id":"snva-0123456789abcdefg","arn":"{}","status":"ACTIVE","createdBy":"{ACCOUNT}",
        "createdAt":"2026-11-23T19:25:10.855Z","serviceNetworkId":"{NETWORK}","serviceNetworkName":"corp",
        "serviceNetworkArn":"{}","privateDnsEnabled":true,"dnsOptions":{{
        "privateDnsPreference":"VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
        "privateDnsSpecifiedDomains":["*.corp.example"]}},"vpcId":"{VPC}","lastUpdatedAt":"2026-11-23T19:25:10.855Z"}}"#,
        lattice_arn("servicenetworkvpcassociation/snva-0123456789abcdefg"),
        lattice_arn(&format!("servicenetwork/{NETWORK}"))
    )
}

fn service_network_resource() -> String {
    format!(
        r#"{{"id":"snra-0123456789abcdef0","status":"ACTIVE","createdBy":"{ACCOUNT}",
        "createdAt":"2026-11-23T19:25:10.855Z","resourceConfigurationId":"{RESOURCE}","resourceConfigurationArn":"{}",
        "resourceConfigurationName":"database","serviceNetworkId":"{NETWORK}","serviceNetworkName":"corp",
        "dnsEntry":{{"domainName":"snra-0.rcfg-0.4232ccc.vpc-lattice-rsc.ap-northeast-1.on.aws","hostedZoneId":"Z1"}},
        "privateDnsEntry":{{"domainName":"db.corp.example"}},"isManagedAssociation":false,"privateDnsEnabled":true}}"#,
        lattice_arn(&format!("resourceconfiguration/{RESOURCE}"))
    )
}

fn resource_configuration() -> String {
    format!(
        r#"{{"id":"{RESOURCE}","name":"database","arn":"{}","resourceGatewayId":"rgw-0123456789abcdefg","type":"SINGLE",
        "allowAssociationToShareableServiceNetwork":true,"portRanges":["5432"],"protocol":"TCP",
        "customDomainName":"db.corp.example","status":"ACTIVE","resourceConfigurationDefinition":{{"dnsResource":{{
        "domainName":"db.internal.example","ipAddressType":"IPV4"}}}},"createdAt":"2026-11-23T19:25:10.855Z",
        "amazonManaged":false,"domainVerificationStatus":"VERIFIED"}}"#,
        lattice_arn(&format!("resourceconfiguration/{RESOURCE}"))
    )
}

// The members are those of CloudTrail's service model (botocore 1.44.8): Event.

fn event(name: &str, service: &str, time: u64, written: &serde_json::Value) -> String {
    let event = serde_json::json!({
        "EventId": "e9b3a9a5-0000-4000-8000-000000000000",
        "EventName": name,
        "ReadOnly": "false",
        "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "EventTime": time,
        "EventSource": format!("{service}.amazonaws.com"),
        "Username": "alice",
        "Resources": [],
        "CloudTrailEvent": written.to_string(),
    });
    event.to_string()
}

/// A rule that was taken from the VPC, a change that failed, and a read.
fn events() -> Vec<String> {
    let rule = serde_json::json!({"requestParameters": {"resolverRuleId": "rslvr-rr-0a1b2c3d4e5f60718", "vPCId": VPC}});
    let failed = serde_json::json!({"errorCode": "Client.UnauthorizedOperation", "requestParameters": {"vpcId": VPC}});
    vec![
        event("ModifyVpcAttribute", "ec2", 1_795_400_100, &failed),
        event(
            "ListResolverRules",
            "route53resolver",
            1_795_400_090,
            &serde_json::json!({}),
        ),
        event("DisassociateResolverRule", "route53resolver", 1_795_400_000, &rule),
    ]
}

fn faulty(faults: impl IntoIterator<Item = (Call, Fault)>) -> World {
    World {
        faults: faults.into_iter().collect(),
        ..world()
    }
}

const EC2: [Call; 13] = [
    Call::DescribeNetworkInterfaces,
    Call::DescribeVpcs,
    Call::DescribeVpcAttribute,
    Call::DescribeDhcpOptions,
    Call::DescribeSecurityGroups,
    Call::DescribeSubnets,
    Call::DescribeNetworkAcls,
    Call::DescribeRouteTables,
    Call::GetManagedPrefixListEntries,
    Call::DescribeVpcEndpoints,
    Call::DescribeClientVpnEndpoints,
    Call::DescribeClientVpnRoutes,
    Call::DescribeClientVpnAuthorizationRules,
];

// ---------------------------------------------------------------------------------------------------------------
// The tests.

fn failed(collected: &Collected, call: Call) -> Option<FailedRead> {
    let all = collected.facts.failed_reads.iter();
    all.filter(|one| one.call == call).min().cloned()
}

fn everything_is_read_and_nothing_else() {
    let mock = Mock::of(world());
    let collected = Run::new(&mock).with("COLLECT_SINCE", "1795000000").collect();
    assert_eq!(collected.no_session, None);
    let facts = &collected.facts;
    assert_eq!((&facts.failed_reads[..], &collected.gaps[..]), (&[][..], &[][..]));
    let seen: BTreeSet<Option<Call>> = mock.seen().iter().map(|one| one.call).collect();
    let all: BTreeSet<Option<Call>> = Call::ALL.into_iter().map(Some).collect();
    assert_eq!(seen, all);
    let json = serde_json::to_value(facts).expect("JSON");
    let said = |pointer: &str| json.pointer(pointer).map(ToString::to_string).unwrap_or_default();
    for (pointer, expected) in [
        ("/caller/account", r#""123456789012""#),
        ("/resolver_endpoints/0/endpoint_type", r#""IPV4""#),
        ("/resolver_endpoints/0/dns64", "true"),
        ("/firewall/associations/0/group_id", r#""rslvr-frg-1""#),
        ("/firewall/associations/0/priority", "101"),
        // Those of the VPC and those of the Profile.
        ("/firewall/groups/1/id", r#""rslvr-frg-2""#),
        (
            "/firewall/groups/0/rules/0/block_override_domain",
            r#""blocked.example""#,
        ),
        (
            "/firewall/groups/0/rules/0/redirection",
            r#""TRUST_REDIRECTION_DOMAIN""#,
        ),
        ("/firewall/groups/0/rules/1/detects", r#""DGA""#),
        ("/firewall/groups/0/rules/2/detects", r#""AutoAllowlist""#),
        ("/firewall/groups/0/rules/2/domain_list_id", r#""rslvr-fdl-auto""#),
        (
            "/firewall/domain_lists",
            r#"[{"domains":["*.example.com.","example.net."],"id":"rslvr-fdl-1"}]"#,
        ),
        (
            "/firewall/configs",
            &format!(r#"[{{"fail_open":"DISABLED","vpc_id":"{VPC}"}}]"#),
        ),
        ("/subnets/0/cidrs", r#"["192.168.96.0/19","2001:db8:1::/64"]"#),
        ("/network_acls/0/subnet_ids", r#"["subnet-1"]"#),
        ("/network_acls/0/entries/0/number", "100"),
        ("/network_acls/0/entries/0/from_port", "53"),
        ("/network_acls/0/entries/0/allows", "true"),
        ("/network_acls/0/entries/1/allows", "false"),
        ("/network_acls/0/entries/1/from_port", "null"),
        ("/route_tables/0/is_main", "true"),
        ("/route_tables/0/routes/0/target", r#""local""#),
        ("/route_tables/0/routes/1/prefix_list_id", r#""pl-1""#),
        ("/route_tables/0/routes/1/state", r#""blackhole""#),
        ("/prefix_lists", r#"[{"cidrs":["10.8.0.0/16"],"id":"pl-1"}]"#),
        ("/client_vpn/0/id", r#""cvpn-endpoint-1""#),
        ("/client_vpn/0/vpc_id", &format!("{VPC:?}")),
        ("/client_vpn/0/status", r#""available""#),
        ("/client_vpn/0/client_cidr", r#""10.250.0.0/22""#),
        ("/client_vpn/0/dns_servers", r#"["192.168.0.2"]"#),
        ("/client_vpn/0/split_tunnel", "true"),
        ("/client_vpn/0/routes/0/destination", r#""192.168.0.0/16""#),
        ("/client_vpn/0/routes/0/status", r#""active""#),
        ("/client_vpn/0/authorization_rules/0/access_all", "true"),
        ("/client_vpn/0/authorization_rules/0/status", r#""authorizing""#),
        ("/events/0/name", r#""DisassociateResolverRule""#),
        ("/events/0/time", r#""2026-11-23T02:13:20Z""#),
        ("/events/0/by", r#""alice""#),
        (
            "/events/0/resources",
            &format!(r#"["rslvr-rr-0a1b2c3d4e5f60718",{VPC:?}]"#),
        ),
        // What every lookup found is there once.
        ("/events/1", ""),
        // In a VPC that is nobody's here.
        ("/client_vpn/1/id", r#""cvpn-endpoint-2""#),
        ("/client_vpn/1/routes", ""),
        ("/profiles/associations/0/priority", "101"),
        ("/profiles/resources/0/resources/1/priority", "102"),
        (
            "/dnssec_configs",
            &format!(r#"[{{"validation":"ENABLED","vpc_id":"{VPC}"}}]"#),
        ),
        ("/vpc_endpoints/0/vpc_id", &format!("{VPC:?}")),
        (
            "/vpc_endpoints/0/endpoints/0/private_dns_names",
            r#"["eks.ap-northeast-1.amazonaws.com"]"#,
        ),
        ("/vpc_endpoints/0/endpoints/0/private_dns", "true"),
        (
            "/vpc_endpoints/0/endpoints/1/private_dns_preference",
            r#""ALL_DOMAINS""#,
        ),
        ("/vpc_endpoints/0/endpoints/1/private_dns_specified_domains", r#"["*"]"#),
        ("/vpc_endpoints/0/endpoints/2/private_dns", "false"),
        (
            "/lattice/vpcs/0/associations/0/private_dns_specified_domains",
            r#"["*.corp.example"]"#,
        ),
        (
            "/lattice/networks/0/resources/0/private_dns_name",
            r#""db.corp.example""#,
        ),
        ("/lattice/configurations/0/custom_domain_name", r#""db.corp.example""#),
        ("/lattice/configurations/0/domain_verification", r#""VERIFIED""#),
        ("/cluster/name", r#""shared-cluster""#),
        ("/cluster/endpoint_private_access", "true"),
        ("/cluster/endpoint_public_access", "false"),
        ("/cluster/cluster_security_group_id", r#""sg-cluster""#),
        ("/cluster/ip_family", r#""ipv4""#),
        ("/cluster/certificate_authority", r#""LS0t""#),
        ("/vpc/cidrs", r#"["192.168.0.0/16"]"#),
        ("/vpc_attributes", r#"{"dns_hostnames":true,"dns_support":true}"#),
        ("/dhcp_options/domain_name_servers", r#"["AmazonProvidedDNS"]"#),
        ("/dhcp_options/domain_name", r#""ap-northeast-1.compute.internal""#),
        ("/interfaces/0/addresses", r#"["192.168.131.209"]"#),
        ("/interfaces/1/addresses", r#"["192.168.104.190"]"#),
        ("/resolver_endpoints/0/addresses/1/ip", r#""192.168.128.10""#),
        ("/resolver_endpoints/1/direction", r#""OUTBOUND""#),
        ("/resolver_rules/0/kind", r#""RECURSIVE""#),
        (
            "/resolver_rules/1/targets",
            r#"[{"ip":"10.0.0.53","port":53},{"ip":"10.0.1.53","port":53}]"#,
        ),
        ("/rule_associations/1/rule_id", r#""rslvr-rr-1""#),
        ("/hosted_zones/0/zones/1/owning_service", r#""eks.amazonaws.com""#),
        ("/updates/0/id", r#""update-new""#),
        ("/updates/0/kind", r#""EndpointAccessUpdate""#),
        ("/updates/0/created_at", r#""2026-11-23T02:13:20.5Z""#),
    ] {
        assert_eq!(said(pointer), expected, "{pointer}");
    }
    let groups: Vec<(&str, usize)> = facts
        .security_groups
        .iter()
        .flatten()
        .map(|group| (group.id.as_str(), group.ingress.len()))
        .collect();
    assert_eq!(groups, [("sg-cluster", 0), ("sg-in", 1)]);
    // What is asked exactly, and for whom it is signed.
    let filter = "Filter.1.Name=description&Filter.1.Value.1=Amazon+EKS+shared-cluster&Filter.2.Name=vpc-id";
    assert!(mock.requests(Call::DescribeNetworkInterfaces)[0].contains(filter));
    for one in mock.seen() {
        let action = one.call.map(Call::action).unwrap_or_default();
        let scope = match action.split(':').next() {
            Some("route53") => "/us-east-1/route53/aws4_request",
            Some("ec2") => "/ap-northeast-1/ec2/aws4_request",
            Some("sts") => "/ap-northeast-1/sts/aws4_request",
            Some("eks") => "/ap-northeast-1/eks/aws4_request",
            Some("route53profiles") => "/ap-northeast-1/route53profiles/aws4_request",
            Some("vpc-lattice") => "/ap-northeast-1/vpc-lattice/aws4_request",
            // Route 53's own events are where Route 53 is.
            Some("cloudtrail") if one.request.contains("HostedZone") => "/us-east-1/cloudtrail/aws4_request",
            Some("cloudtrail") => "/ap-northeast-1/cloudtrail/aws4_request",
            _ => "/ap-northeast-1/route53resolver/aws4_request",
        };
        assert!(one.authorization.contains(scope), "{one:?}");
    }
}

fn pages_of_one_make_the_same_whole() {
    let whole = Run::new(&Mock::of(world())).collect();
    let mock = Mock::of(World { page: 1, ..world() });
    let paged = Run::new(&mock).collect();
    assert_eq!(paged.facts, whole.facts);
    assert_eq!(mock.times(Call::DescribeNetworkInterfaces), 2);
    assert_eq!(mock.times(Call::ListResolverRules), 2);
}

fn a_list_without_an_end_is_cut_and_said() {
    // The next page is the same page.
    let page = r#"{"ResolverRules":[],"NextToken":"again"}"#.to_owned();
    let mock = Mock::of(faulty([(Call::ListResolverRules, Fault::Reply(200, page))]));
    let collected = Run::new(&mock).collect();
    assert_eq!(mock.times(Call::ListResolverRules), eks_dns_doctor::limits::AWS_PAGES);
    assert!(failed(&collected, Call::ListResolverRules).is_some());
}

fn a_later_page_that_fails_leaves_no_part_of_the_list() {
    let denied = |call| error_of(call, "InvalidNextToken", "no such token");
    let mock = Mock::of(World {
        page: 1,
        ..faulty(
            [Call::DescribeNetworkInterfaces, Call::ListResolverEndpointIpAddresses]
                .map(|call| (call, Fault::LaterPages(400, denied(call)))),
        )
    });
    let collected = Run::new(&mock).collect();
    assert_eq!(collected.facts.interfaces, None);
    assert_eq!(mock.times(Call::DescribeNetworkInterfaces), 2);
    let read = failed(&collected, Call::DescribeNetworkInterfaces).expect("it failed");
    assert_eq!(read.code.as_deref(), Some("InvalidNextToken"));
    let endpoints = collected.facts.resolver_endpoints.unwrap_or_default();
    assert!(endpoints.iter().all(|one| one.addresses.is_none()));
}

fn changes_are_looked_up_one_behind_the_other() {
    let mock = Mock::of(world());
    let begun = Instant::now();
    let collected = Run::new(&mock).with("COLLECT_SINCE", "1795000000").collect();
    // CloudTrail takes two a second in a Region.
    assert!(begun.elapsed() >= Duration::from_millis(2500));
    assert_eq!(collected.facts.events.map(|events| events.len()), Some(1));
    let requests = mock.requests(Call::LookupEvents);
    let body = |at: usize| -> serde_json::Value {
        let body = requests[at].split_once(" {").expect("a body").1;
        serde_json::from_str(&format!("{{{body}")).expect("JSON")
    };
    let first = (0..requests.len())
        .map(body)
        .find(|body| body["LookupAttributes"][0]["AttributeValue"] == "route53resolver.amazonaws.com");
    assert_eq!(
        first.expect("it is looked up"),
        serde_json::json!({
            "LookupAttributes": [{"AttributeKey": "EventSource", "AttributeValue": "route53resolver.amazonaws.com"}],
            "StartTime": 1_795_000_000,
            "MaxResults": 50,
        })
    );
    // Route 53's own events are in the Region that it is signed for.
    let seen = mock.seen();
    let signed_for = |value: &str| {
        let asked = seen
            .iter()
            .find(|one| one.request.contains(value))
            .expect("it is looked up");
        asked.authorization.split('/').nth(2).map(str::to_owned)
    };
    assert_eq!(signed_for("DeleteHostedZone").as_deref(), Some("us-east-1"));
    assert_eq!(signed_for("AssociateDhcpOptions").as_deref(), Some("ap-northeast-1"));
    // Without the flag nobody looks.
    let mock = Mock::of(world());
    let collected = Run::new(&mock).collect();
    assert_eq!((mock.times(Call::LookupEvents), collected.facts.events), (0, None));
}

fn a_denied_lookup_is_the_last_one() {
    let call = Call::LookupEvents;
    let body = error_of(
        call,
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ops is not authorized",
    );
    let mock = Mock::of(faulty([(call, Fault::Reply(400, body))]));
    let collected = Run::new(&mock).with("COLLECT_SINCE", "1795000000").collect();
    // One in each Region.
    assert_eq!(mock.times(call), 2);
    let gaps = collected.gaps.iter().filter(|gap| gap.source == call.action());
    assert_eq!(gaps.count(), 1);
    // More events than are read are a gap, and what was read stays.
    let mock = Mock::of(World { page: 1, ..world() });
    let collected = Run::new(&mock).with("COLLECT_SINCE", "1795000000").collect();
    assert_eq!(collected.facts.events.map(|events| events.len()), Some(1));
}

fn each_read_may_be_denied() {
    for call in Call::ALL {
        let code = match call.action().split(':').next() {
            Some("ec2") => "UnauthorizedOperation",
            Some("sts" | "route53") => "AccessDenied",
            _ => "AccessDeniedException",
        };
        let body = error_of(call, code, "User: arn:aws:iam::123456789012:user/ops is not authorized");
        let mock = Mock::of(faulty([(call, Fault::Reply(403, body))]));
        // With the name, ListClusters is not needed: that one is denied without.
        let run = match call {
            Call::ListClusters => Run::new(&mock),
            Call::LookupEvents => Run::new(&mock).with("COLLECT_SINCE", "1795000000"),
            _ => Run::new(&mock).with("COLLECT_CLUSTER", "shared-cluster"),
        };
        let collected = run.collect();
        let read = failed(&collected, call);
        let is_so = read
            .as_ref()
            .is_some_and(|read| read.kind == ReadFailure::Denied && read.code.as_deref() == Some(code));
        assert!(is_so, "{call:?}: {read:?}");
        assert!(collected.gaps.iter().any(|gap| gap.source == call.action()));
        // A denial is not repeated, and the rest is there.
        let of_several = [
            Call::DescribeVpcAttribute,
            Call::DescribeUpdate,
            Call::DescribeSecurityGroups,
            Call::ListResolverEndpointIpAddresses,
            Call::ListFirewallRules,
            // Once in each Region.
            Call::LookupEvents,
        ];
        if !of_several.contains(&call) {
            assert_eq!(mock.times(call), 1, "{call:?}");
        }
        let facts = &collected.facts;
        assert_eq!(facts.resolver_rules.is_none(), call == Call::ListResolverRules);
        assert_eq!(facts.caller.is_none(), call == Call::GetCallerIdentity);
        assert_eq!(
            facts.interfaces.is_none(),
            matches!(call, Call::DescribeNetworkInterfaces | Call::ListClusters),
            "{call:?}"
        );
        assert_eq!(
            facts.vpc.is_none(),
            matches!(call, Call::DescribeVpcs | Call::ListClusters),
            "{call:?}"
        );
    }
}

fn throttling_is_tried_again_and_said() {
    let mock = Mock::of(faulty([
        (
            Call::DescribeVpcs,
            Fault::Reply(503, ec2_error("RequestLimitExceeded", "Request limit exceeded.")),
        ),
        (
            Call::ListResolverRules,
            Fault::Reply(400, json_error("ThrottlingException", "Rate exceeded")),
        ),
        (
            Call::ListHostedZonesByVpc,
            Fault::Reply(400, rest_error("Throttling", "Rate exceeded")),
        ),
    ]));
    let collected = Run::new(&mock).collect();
    for call in [Call::DescribeVpcs, Call::ListResolverRules, Call::ListHostedZonesByVpc] {
        let read = failed(&collected, call).expect("it failed");
        assert_eq!(read.kind, ReadFailure::Throttled, "{read:?}");
        assert_eq!(mock.times(call), 3, "{call:?}");
    }
    assert!(collected.facts.interfaces.is_some());
}

fn expired_credentials_are_said() {
    let expired = |call| {
        let body = error_of(
            call,
            "ExpiredToken",
            "The security token included in the request is expired",
        );
        (call, Fault::Reply(403, body))
    };
    let mock = Mock::of(faulty(Call::ALL.map(expired)));
    let collected = Run::new(&mock).with("COLLECT_CLUSTER", "shared-cluster").collect();
    let read = failed(&collected, Call::GetCallerIdentity).expect("it failed");
    assert_eq!(read.kind, ReadFailure::Credentials);
    let read = failed(&collected, Call::DescribeCluster).expect("it failed");
    assert_eq!(read.kind, ReadFailure::Credentials);
}

fn errors_without_a_code_have_their_status() {
    let mock = Mock::of(faulty([
        (Call::DescribeVpcs, Fault::Reply(500, String::new())),
        (Call::ListResolverEndpoints, Fault::Reply(500, String::new())),
    ]));
    let collected = Run::new(&mock).collect();
    for call in [Call::DescribeVpcs, Call::ListResolverEndpoints] {
        let read = failed(&collected, call).expect("it failed");
        assert_eq!(
            (read.kind, read.code.as_deref()),
            (ReadFailure::Failed, Some("HTTP 500")),
            "{read:?}"
        );
    }
    // Without the VPC its option set is not known, and without the endpoints their addresses.
    assert!(failed(&collected, Call::DescribeDhcpOptions).is_some());
    assert!(failed(&collected, Call::ListResolverEndpointIpAddresses).is_some());
}

fn what_is_no_answer_of_aws_is_a_failed_read() {
    let html = "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>".to_owned();
    for status in [200, 404] {
        let all = Call::ALL.map(|call| (call, Fault::Reply(status, html.clone())));
        let mock = Mock::of(faulty(all));
        let collected = Run::new(&mock).with("COLLECT_CLUSTER", "shared-cluster").collect();
        let facts = &collected.facts;
        assert_eq!(
            (&facts.cluster, &facts.vpc, &facts.resolver_rules),
            (&None, &None, &None)
        );
        assert_eq!((&facts.interfaces, &facts.caller), (&None, &None));
        assert!(failed(&collected, Call::GetCallerIdentity).is_some());
    }
    for body in ["<", "{", "<a><b>", "null", "{\"cluster\":7}", "\u{0}", "[[[[["] {
        let all = Call::ALL.map(|call| (call, Fault::Reply(200, body.to_owned())));
        let collected = Run::new(&Mock::of(faulty(all))).collect();
        assert!(!collected.facts.failed_reads.is_empty(), "{body:?}");
    }
}

fn deep_answers_end() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(1_000_000), close.repeat(1_000_000));
    let faults = [
        (
            Call::DescribeCluster,
            format!("{{\"cluster\":{{\"unknown\":{}}}}}", deep("[", "]")),
        ),
        (
            Call::ListResolverRules,
            format!("{{\"ResolverRules\":{}}}", deep("[", "]")),
        ),
        (Call::ListResolverEndpoints, deep("{\"a\":", "")),
        (
            Call::DescribeVpcs,
            format!("<DescribeVpcsResponse>{}</DescribeVpcsResponse>", deep("<a>", "</a>")),
        ),
        (Call::GetCallerIdentity, deep("<a>", "")),
    ];
    for status in [200, 400] {
        let faults = faults.clone();
        let mock = Mock::of(faulty(faults.map(|(call, body)| (call, Fault::Reply(status, body)))));
        let run = Run::new(&mock).with("COLLECT_CLUSTER", "shared-cluster");
        let collected = run.collect();
        assert!(collected.facts.rule_associations.is_some());
        assert!(failed(&collected, Call::GetCallerIdentity).is_some());
        assert!(failed(&collected, Call::ListResolverRules).is_some());
    }
}

fn an_answer_beyond_the_bound_is_refused() {
    let long = format!("<DescribeVpcsResponse>{}</DescribeVpcsResponse>", " ".repeat(9 << 20));
    let rules = format!("{{\"ResolverRules\":[{}]}}", " ".repeat(9 << 20));
    let mock = Mock::of(faulty([
        (Call::DescribeVpcs, Fault::Reply(200, long)),
        (Call::ListResolverRules, Fault::Reply(200, rules)),
    ]));
    let collected = Run::new(&mock).collect();
    assert!(failed(&collected, Call::DescribeVpcs).is_some());
    assert!(failed(&collected, Call::ListResolverRules).is_some());
    assert!(collected.facts.interfaces.is_some());
}

fn a_service_that_never_answers_holds_up_no_other() {
    let mock = Mock::of(faulty(EC2.map(|call| (call, Fault::Silent))));
    let collected = Run::new(&mock).with("COLLECT_DEADLINE_MS", "2000").collect();
    let facts = &collected.facts;
    for call in [
        Call::DescribeVpcs,
        Call::DescribeNetworkInterfaces,
        Call::DescribeVpcAttribute,
    ] {
        let kind = failed(&collected, call).map(|read| read.kind);
        assert_eq!(kind, Some(ReadFailure::TimedOut), "{call:?}");
    }
    assert!(facts.cluster.is_some() && facts.caller.is_some() && facts.updates.is_some());
    assert!(facts.resolver_rules.is_some() && facts.hosted_zones.is_some());
    let addresses = facts.resolver_endpoints.iter().flatten().next();
    assert!(addresses.is_some_and(|endpoint| endpoint.addresses.is_some()));
}

fn a_service_that_nothing_listens_for_is_unreachable() {
    let mock = Mock::of(world());
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address")
    };
    let collected = Run::new(&mock)
        .with("AWS_ENDPOINT_URL_EC2", &format!("http://{closed}"))
        .collect();
    let read = failed(&collected, Call::DescribeVpcs).expect("it failed");
    assert_eq!(read.kind, ReadFailure::Unreachable, "{read:?}");
    assert!(collected.facts.cluster.is_some());
}

fn endpoints_are_taken_from_the_profile_too() {
    let mock = Mock::of(world());
    let url = &mock.url;
    let services = [
        "ec2",
        "eks",
        "sts",
        "route-53",
        "route53resolver",
        "route53profiles",
        "vpc-lattice",
        "cloudtrail",
    ]
    .map(|service| format!("{service} =\n  endpoint_url = {url}\n"))
    .concat();
    let config = format!("[profile ops]\nregion = ap-northeast-1\nservices = local\n[services local]\n{services}");
    let collected = Run::new(&mock)
        .without("AWS_ENDPOINT_URL")
        .without("COLLECT_REGION")
        .with("AWS_PROFILE", "ops")
        .with("COLLECT_SINCE", "1795000000")
        .config(&config)
        .collect();
    assert_eq!(
        (collected.no_session, &collected.facts.failed_reads[..]),
        (None, &[][..])
    );
    let seen: BTreeSet<Option<Call>> = mock.seen().iter().map(|one| one.call).collect();
    assert_eq!(seen.len(), Call::ALL.len());
}

fn a_named_profile_goes_before_the_environment() {
    let mock = Mock::of(world());
    let config = "[profile ops]\naws_access_key_id = AKIAOFTHEPROFILE\naws_secret_access_key = x\n";
    let collected = Run::new(&mock).with("COLLECT_PROFILE", "ops").config(config).collect();
    assert_eq!(collected.no_session, None);
    assert!(
        mock.seen()
            .iter()
            .all(|one| one.authorization.contains("AKIAOFTHEPROFILE"))
    );
}

fn shapes_of_a_mock_server_are_understood() {
    // An endpoint with a trailing slash, no vpcId, interfaces that are attached to nothing, no description set empty.
    let mut world = world();
    let (_, json) = cluster("shared-cluster", &format!("https://{HOST}/"));
    world.clusters[1].1 = json.replace(&format!("\"vpcId\":\"{VPC}\","), "");
    for member in world.lists.entry(Call::DescribeNetworkInterfaces).or_default() {
        let (before, rest) = member.split_once("<attachment>").expect("an attachment");
        let (_, after) = rest.split_once("</attachment>").expect("an attachment");
        *member = format!("{before}{after}");
    }
    let mock = Mock::of(world);
    let collected = Run::new(&mock).collect();
    let facts = &collected.facts;
    assert_eq!(facts.failed_reads, []);
    assert_eq!(facts.interfaces.as_ref().map(Vec::len), Some(2));
    assert_eq!(facts.vpc.as_ref().map(|vpc| vpc.id.as_str()), Some(VPC));
    let target = Name::from_host(HOST).expect("a name");
    assert!(facts.cluster_of(&target).is_some());
}

fn without_an_option_set_none_is_described() {
    let mut world = world();
    for member in world.lists.entry(Call::DescribeVpcs).or_default() {
        *member = member.replace("dopt-1", "default");
    }
    let mock = Mock::of(world);
    let collected = Run::new(&mock).collect();
    assert_eq!(mock.times(Call::DescribeDhcpOptions), 0);
    let id = collected.facts.dhcp_options.map(|options| options.id);
    assert_eq!(id.as_deref(), Some("default"));
}

fn a_cluster_that_is_not_there_is_a_fact() {
    let mock = Mock::of(world());
    let collected = Run::new(&mock)
        .without("COLLECT_TARGET")
        .with("COLLECT_CLUSTER", "shared-clutser")
        .collect();
    let absent = collected.facts.absent_cluster.expect("it is absent");
    assert_eq!(absent.name, "shared-clutser");
    assert_eq!(absent.region.as_deref(), Some("ap-northeast-1"));
    assert_eq!(absent.account.as_deref(), Some(ACCOUNT));
    assert_eq!(
        absent.present,
        Some(vec!["another".to_owned(), "shared-cluster".to_owned()])
    );
    assert_eq!(collected.facts.cluster, None);
    // The older form of the error.
    let old = json_error("ClientException", "No cluster found for name: x.");
    let mock = Mock::of(faulty([(Call::DescribeCluster, Fault::Reply(400, old))]));
    let collected = Run::new(&mock)
        .without("COLLECT_TARGET")
        .with("COLLECT_CLUSTER", "x")
        .collect();
    assert!(collected.facts.absent_cluster.is_some());
}

fn an_endpoint_that_no_cluster_has_is_said() {
    let mock = Mock::of(world());
    let collected = Run::new(&mock)
        .with("COLLECT_TARGET", "FFFF.gr7.ap-northeast-1.eks.amazonaws.com")
        .collect();
    let read = failed(&collected, Call::ListClusters).expect("it is said");
    assert_eq!(read.kind, ReadFailure::NotFound);
    assert_eq!(collected.facts.cluster, None);
    // With a name, the cluster of that name is known, and that its endpoint is another one.
    let collected = Run::new(&mock)
        .with("COLLECT_TARGET", "FFFF.gr7.ap-northeast-1.eks.amazonaws.com")
        .with("COLLECT_CLUSTER", "shared-cluster")
        .collect();
    assert_eq!(collected.facts.failed_reads, []);
    assert_eq!(
        collected.facts.cluster.map(|one| one.name).as_deref(),
        Some("shared-cluster")
    );
}

fn the_cluster_that_has_the_target_goes_before_the_named_one() {
    let mock = Mock::of(world());
    let collected = Run::new(&mock).with("COLLECT_CLUSTER", "another").collect();
    assert_eq!(
        collected.facts.cluster.map(|one| one.name).as_deref(),
        Some("shared-cluster")
    );
    let request = &mock.requests(Call::DescribeNetworkInterfaces)[0];
    assert!(request.contains("Amazon+EKS+shared-cluster"), "{request}");
}

fn what_is_missing_to_ask_at_all_is_one_line() {
    let mock = Mock::of(world());
    let line = |run: Run| run.collect().no_session.unwrap_or_default();
    let region = |run: Run| run.with("COLLECT_REGION", "ap-northeast-1");
    let said = line(region(Run::anonymous(&mock)));
    assert!(said.contains("`aws configure`"), "{said}");
    let said = line(region(Run::anonymous(&mock)).with("COLLECT_PROFILE", "nobody's"));
    assert!(said.contains(r"--profile 'nobody'\''s'"), "{said}");
    let said = line(Run::new(&mock).without("COLLECT_REGION"));
    assert!(said.contains("--region"), "{said}");
    let said = line(Run::new(&mock).with("COLLECT_REGION", "evil.test/#"));
    assert!(said.contains("is not a Region"), "{said}");
    let sso = "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ops\n\
               [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.test/start\n";
    let said = line(region(Run::anonymous(&mock)).with("AWS_PROFILE", "sso").config(sso));
    assert!(said.contains("`aws sso login --profile sso`"), "{said}");
    let login = "[profile signin]\nlogin_session = arn:aws:iam::123456789012:user/ops\n";
    let said = line(
        region(Run::anonymous(&mock))
            .with("COLLECT_PROFILE", "signin")
            .config(login),
    );
    assert!(said.contains("`aws login --profile signin`"), "{said}");
    assert_eq!(mock.seen().len(), 0);
    // The SDK leaves mfa_serial out and asks for the role all the same.
    let refused = Mock::of(World {
        clusters: Vec::new(),
        ..world()
    });
    let mfa = "[default]\nrole_arn = arn:aws:iam::123456789012:role/ops\nsource_profile = base\n\
               mfa_serial = arn:aws:iam::123456789012:mfa/me\n\
               [profile base]\naws_access_key_id = AKIA\n";
    let said = line(region(Run::anonymous(&refused)).config(mfa));
    assert!(
        said.contains("mfa_serial") && said.contains("export-credentials"),
        "{said}"
    );
}

fn credentials_that_were_exported_stand_in_for_a_role_with_mfa() {
    let mock = Mock::of(world());
    // The profile cannot be had without a code: here, since its source has no secret key.
    let config = "[profile ops]\nrole_arn = arn:aws:iam::123456789012:role/ops\nsource_profile = base\n\
                  mfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile base]\naws_access_key_id = AKIA\n";
    let run = Run::new(&mock).with("COLLECT_PROFILE", "ops").config(config);
    let collected = run.collect();
    assert_eq!(collected.no_session, None);
    let mut seen = mock.seen().into_iter();
    assert!(seen.all(|one| one.authorization.contains("AKIAIOSFODNN7EXAMPLE")));
}

fn what_was_learnt_before_is_not_asked_again() {
    for first in ["describe", "find"] {
        let mock = Mock::of(world());
        let run = Run::new(&mock).with("COLLECT_FIRST", first);
        let collected = run.with("COLLECT_CLUSTER", "shared-cluster").collect();
        assert_eq!(collected.facts.failed_reads, []);
        assert_eq!(
            collected.facts.cluster.map(|one| one.name).as_deref(),
            Some("shared-cluster")
        );
        let of_it = mock.requests(Call::DescribeCluster).into_iter();
        let times = of_it.filter(|one| one.contains("/shared-cluster ")).count();
        assert_eq!(times, 1, "{first}");
    }
}

fn what_decides_in_this_instances_vpc_is_read_too() {
    const OWN: &str = "vpc-0c0c0c0c0c0c0c0c0";
    let asked_of = |mock: &Mock, call: Call| mock.requests(call).iter().any(|one| one.contains(OWN));
    let of_one_vpc = [
        Call::ListHostedZonesByVpc,
        Call::GetFirewallConfig,
        Call::GetResolverDnssecConfig,
        Call::DescribeVpcEndpoints,
        Call::ListServiceNetworkVpcAssociations,
        Call::DescribeVpcAttribute,
    ];
    for everything in [false, true] {
        let mock = Mock::of(world());
        let mut run = Run::new(&mock)
            .with("COLLECT_OWN_VPC", OWN)
            .with("COLLECT_OWN_REGION", "ap-northeast-1");
        if everything {
            run = run.with("COLLECT_EVERYTHING", "1");
        }
        let facts = run.collect().facts;
        assert_eq!(facts.failed_reads, []);
        assert!(of_one_vpc.into_iter().all(|call| asked_of(&mock, call)));
        let mut zones = facts.hosted_zones.iter().flatten();
        assert!(zones.any(|list| list.vpc_id == OWN && !list.zones.is_empty()));
        let attributes = facts.attributes_of(OWN).expect("they were read");
        assert_eq!(attributes.dns_support.zip(attributes.dns_hostnames), Some((true, true)));
        // Those of the cluster's VPC are as before.
        assert!(facts.vpc_attributes.is_some());
        // The cluster's VPC is read once, where this instance is in it.
        let mock = Mock::of(world());
        let mut run = Run::new(&mock)
            .with("COLLECT_OWN_VPC", VPC)
            .with("COLLECT_OWN_REGION", "ap-northeast-1");
        if everything {
            run = run.with("COLLECT_EVERYTHING", "1");
        }
        assert_eq!(run.collect().facts.failed_reads, []);
        assert_eq!(mock.times(Call::DescribeVpcAttribute), 2);
        assert_eq!(mock.times(Call::GetFirewallConfig), 1);
    }
    // A VPC of another Region has its lists there.
    let mock = Mock::of(world());
    let run = Run::new(&mock)
        .with("COLLECT_OWN_VPC", OWN)
        .with("COLLECT_OWN_REGION", "eu-west-1");
    assert_eq!(run.collect().facts.failed_reads, []);
    assert!(!of_one_vpc.into_iter().any(|call| asked_of(&mock, call)));
}

fn an_endpoint_url_that_is_none_is_a_failed_read() {
    for url in ["", "::", "http://", "nonsense", "http://127.0.0.1:99999"] {
        let mock = Mock::of(world());
        let run = Run::new(&mock).with("AWS_ENDPOINT_URL_EC2", url);
        let collected = run.collect();
        assert!(collected.facts.cluster.is_some(), "{url}");
        // An empty variable is as good as none.
        let is_unset = url.is_empty();
        assert_eq!(collected.facts.vpc.is_some(), is_unset, "{url}");
        assert_eq!(failed(&collected, Call::DescribeVpcs).is_none(), is_unset, "{url}");
    }
}

/// An instance metadata service that answers each path from a table; anything else with 404.
fn metadata(token: u16, table: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
                loop {
                    let mut first = String::new();
                    if reader.read_line(&mut first).unwrap_or_default() == 0 {
                        return;
                    }
                    let mut line = String::new();
                    while reader.read_line(&mut line).unwrap_or_default() > 0 && !line.trim().is_empty() {
                        line.clear();
                    }
                    let path = first.split(' ').nth(1).unwrap_or_default();
                    let found = table.iter().find(|(suffix, _)| path.ends_with(suffix));
                    let (status, body) = match (first.starts_with("PUT"), found) {
                        (true, _) => (token, "a-token"),
                        (false, Some((_, body))) => (200, *body),
                        (false, None) => (404, ""),
                    };
                    let ttl = "x-aws-ec2-metadata-token-ttl-seconds: 21600";
                    let length = body.len();
                    let answer = format!("HTTP/1.1 {status} X\r\n{ttl}\r\ncontent-length: {length}\r\n\r\n{body}");
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

fn the_instance_is_where_its_metadata_says() {
    let mock = Mock::of(world());
    let asked = |url: &str| {
        Run::anonymous(&mock)
            .with("COLLECT_INSTANCE", "yes")
            // A proxy would answer for another host.
            .with("HTTP_PROXY", &mock.url)
            .with("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
    };
    let url = metadata(
        200,
        &[
            ("/meta-data/mac", "02:00:00:34:3e:18"),
            ("/instance-id", "i-0123456789abcdef0"),
            ("/placement/region", "ap-northeast-1"),
            ("/macs/02:00:00:34:3e:18/vpc-id", VPC),
            ("/owner-id", ACCOUNT),
            ("/vpc-ipv4-cidr-block", "192.168.0.0/16"),
            ("/vpc-ipv4-cidr-blocks", "100.64.0.0/16\n192.168.0.0/16"),
        ],
    );
    let found = asked(&url).collect().instance.expect("an instance");
    assert_eq!(found.vpc_id.as_deref(), Some(VPC));
    assert_eq!(found.region.as_deref(), Some("ap-northeast-1"));
    assert_eq!(found.account.as_deref(), Some(ACCOUNT));
    let cidrs: Vec<String> = found.vpc_cidrs.iter().map(ToString::to_string).collect();
    assert_eq!(cidrs, ["192.168.0.0/16", "100.64.0.0/16"]);
    // Nobody, a refusal, and what is no MAC address, are unknown.
    let unknown = |run: Run| {
        let collected = run.collect();
        assert_eq!(collected.instance, None);
        collected.gaps[0].reason.clone()
    };
    let hanging = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", hanging.local_addr().expect("an address"));
    assert!(unknown(asked(&silent)).contains("no answer"));
    unknown(asked(&metadata(403, &[])));
    let hostile = metadata(200, &[("/meta-data/mac", "../../x y\u{1b}")]);
    assert!(unknown(asked(&hostile)).contains("no MAC address"));
    let disabled = asked(&url).with("COLLECT_INSTANCE", "disabled");
    assert!(unknown(disabled).contains("AWS_EC2_METADATA_DISABLED"));
    assert_eq!(mock.seen().len(), 0);
}

fn credentials_of_nobody_do_not_hold_up_the_run() {
    let mock = Mock::of(world());
    let hanging = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", hanging.local_addr().expect("an address"));
    let run = Run::anonymous(&mock)
        .without("AWS_EC2_METADATA_DISABLED")
        .with("AWS_EC2_METADATA_SERVICE_ENDPOINT", &silent);
    let said = run.collect().no_session.expect("no Region");
    assert!(said.contains("--region"), "{said}");
    let said = run.with("COLLECT_REGION", "ap-northeast-1").collect();
    let said = said.no_session.expect("no credentials");
    assert!(said.contains("`aws configure`"), "{said}");
}

fn a_role_is_assumed_and_used() {
    let mock = Mock::of(world());
    let run = Run::new(&mock).with("COLLECT_ROLE", "arn:aws:iam::123456789012:role/eks");
    let collected = run.collect();
    assert_eq!(collected.no_session, None);
    let (assuming, reading): (Vec<Seen>, Vec<Seen>) = mock.seen().into_iter().partition(|one| one.call.is_none());
    assert_eq!(assuming.len(), 1, "{assuming:?}");
    assert!(reading.iter().all(|one| one.authorization.contains("ASIAOFTHEROLE")));
}

fn a_role_that_nobody_may_assume_is_a_gap_and_aws_is_asked_without_it() {
    const ROLE: &str = "arn:aws:iam::123456789012:role/eks";
    let config = "[profile ops]\naws_access_key_id = AKIAOFTHEPROFILE\naws_secret_access_key = x\n";
    for (profile, whom, key) in [
        (
            None,
            "the credentials that the AWS CLI would use here",
            "AKIAIOSFODNN7EXAMPLE",
        ),
        (Some("ops"), "the profile \"ops\"", "AKIAOFTHEPROFILE"),
    ] {
        let mock = Mock::of(World {
            denies_roles: true,
            ..world()
        });
        let mut run = Run::new(&mock).with("COLLECT_ROLE", ROLE).config(config);
        if let Some(profile) = profile {
            run = run.with("COLLECT_PROFILE", profile);
        }
        let collected = run.collect();
        assert_eq!(collected.no_session, None);
        let [gap] = &collected.gaps[..] else {
            panic!("{:?}", collected.gaps);
        };
        assert_eq!(gap.source, "sts:AssumeRole");
        assert!(gap.fact.contains(ROLE), "{gap:?}");
        assert!(
            gap.reason.contains("is not authorized to perform: sts:AssumeRole"),
            "{gap:?}"
        );
        assert!(
            gap.reason
                .contains(&format!("AWS is asked as {whom} and not as the role")),
            "{gap:?}"
        );
        assert!(collected.facts.cluster.is_some() && collected.facts.failed_reads.is_empty());
        assert!(mock.seen().iter().all(|one| one.authorization.contains(key)), "{key}");
    }
}

/// `--cluster` asks AWS before anything else: with the role of the kubeconfig's entry, or without it, and says so.
fn a_cluster_that_is_named_is_found_without_the_role_too() {
    let mock = Mock::of(World {
        denies_roles: true,
        ..world()
    });
    let mut run = Run::new(&mock);
    run.environment.remove("EKS_DNS_DOCTOR_COLLECT");
    let kubeconfig = run.home.path().join("kubeconfig");
    let text = "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
                clusters: [{name: e, cluster: {server: 'https://localhost:8443'}}]\n\
                contexts: [{name: c, context: {cluster: e, user: u}}]\n\
                users: [{name: u, user: {exec: {command: aws, args: [eks, get-token, --cluster-name, shared-cluster, \
                --role-arn, 'arn:aws:iam::123456789012:role/eks']}}}]\n";
    std::fs::write(&kubeconfig, text).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
        .args([
            "facts",
            "--cluster",
            "shared-cluster",
            "--region",
            "ap-northeast-1",
            "--kubeconfig",
        ])
        .arg(&kubeconfig)
        .env_clear()
        .envs(&run.environment)
        .output()
        .expect("the program runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{complaint}"));
    assert_eq!(document["facts"]["cluster"]["name"], "shared-cluster", "{complaint}");
    let gaps = document["gaps"].as_array().expect("gaps");
    let of_role: Vec<_> = gaps.iter().filter(|gap| gap["source"] == "sts:AssumeRole").collect();
    assert_eq!(of_role.len(), 1, "{gaps:#?}");
    let assumed = |one: &Seen| one.call.is_none() && one.request.contains("AssumeRole");
    assert_eq!(mock.seen().iter().filter(|one| assumed(one)).count(), 1);
}

fn every_list_is_read_once_for_all_clusters() {
    let mut world = world();
    let old = "FEDCBA9876543210FEDCBA9876543210.gr7.ap-northeast-1.eks.amazonaws.com";
    let others = (0..5).map(|number| cluster(&format!("other-{number}"), "https://unrelated.example"));
    world.clusters.extend(others);
    let count = world.clusters.len();
    world.page = 100;
    let mock = Mock::of(world);
    let collected = Run::new(&mock).with("COLLECT_EVERYTHING", "1").collect();
    let name = collected.facts.cluster.map(|cluster| cluster.name);
    assert_eq!(name.as_deref(), Some("shared-cluster"), "{:?}", collected.gaps);
    assert!(collected.facts.interfaces.is_some_and(|all| !all.is_empty()));
    assert!(collected.facts.vpc.is_some());
    assert_eq!(mock.times(Call::DescribeCluster), count);
    for call in [
        Call::GetCallerIdentity,
        Call::ListClusters,
        Call::DescribeNetworkInterfaces,
        Call::DescribeVpcs,
        Call::ListResolverEndpoints,
        Call::ListResolverRules,
        Call::ListResolverRuleAssociations,
    ] {
        assert_eq!(mock.times(call), 1, "{call:?}");
    }
    // An old name of a cluster that is there, and the name of one that is not.
    let stale = Run::new(&mock)
        .with("COLLECT_EVERYTHING", "1")
        .with("COLLECT_TARGET", old);
    let stale = stale.with("COLLECT_CLUSTER", "shared-cluster").collect();
    assert!(
        stale
            .facts
            .is_of_another_endpoint(&Name::from_host(old).expect("a name"))
    );
    let gone = Run::new(&mock)
        .with("COLLECT_EVERYTHING", "1")
        .with("COLLECT_TARGET", old);
    let gone = gone.with("COLLECT_CLUSTER", "gone").collect().facts;
    assert!(gone.cluster.is_none());
    let absent = gone.absent_cluster.expect("it is absent");
    assert_eq!(
        (absent.name.as_str(), absent.account.as_deref()),
        ("gone", Some(ACCOUNT))
    );
    assert_eq!(absent.present.map(|names| names.len()), Some(count));
}

/// Runs the program with all clusters of two Regions. None of them may have an endpoint: no name server is asked then.
fn all_clusters(mock: &Mock) -> (Option<i32>, String, String) {
    let mut run = Run::new(mock);
    run.environment.remove("EKS_DNS_DOCTOR_COLLECT");
    let output = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
        .args(["check", "--all-clusters", "--no-local", "--resolver", "127.0.0.1:9"])
        .args(["--region", "ap-northeast-1,eu-west-1", "-o", "json"])
        .env_clear()
        .envs(&run.environment)
        .output()
        .expect("the program runs");
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn clusters_without_an_endpoint_are_named_and_nobody_is_asked() {
    let creating = |name: &str| {
        let (name, json) = cluster(name, "");
        (
            name,
            json.replace("\"endpoint\":\"\",", "").replace("ACTIVE", "CREATING"),
        )
    };
    let mock = Mock::of(World {
        clusters: vec![creating("a"), creating("b")],
        lists: BTreeMap::new(),
        page: 1,
        ..world()
    });
    let (code, stdout, stderr) = all_clusters(&mock);
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"));
    assert_eq!(code, Some(3), "{stdout}");
    let targets = document["targets"].as_array().expect("targets").iter();
    let names: Vec<&str> = targets.map(|target| target["name"].as_str().expect("a name")).collect();
    assert_eq!(
        names,
        ["ap-northeast-1/a", "ap-northeast-1/b", "eu-west-1/a", "eu-west-1/b"]
    );
    let reason = document["targets"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("CREATING"), "{reason}");
    // Two pages in each of two Regions.
    assert_eq!(mock.times(Call::ListClusters), 4);
}

fn clusters_that_nobody_may_list_are_one_line() {
    let denied = error_of(Call::ListClusters, "AccessDeniedException", "not authorized");
    let mock = Mock::of(World {
        faults: [(Call::ListClusters, Fault::Reply(403, denied))].into(),
        lists: BTreeMap::new(),
        ..world()
    });
    let (code, stdout, stderr) = all_clusters(&mock);
    assert_eq!(
        (code, stdout.as_str(), stderr.lines().count()),
        (Some(2), "", 1),
        "{stderr}"
    );
    assert!(stderr.contains("--all-clusters: eks:ListClusters"), "{stderr}");
}

fn the_document_has_the_policy_of_exactly_these_reads() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/aws-permissions.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let policy = page
        .split("```json")
        .find_map(|part| part.split("```").next().filter(|json| json.contains("\"Statement\"")))
        .expect("the page has a policy");
    let policy: serde_json::Value = serde_json::from_str(policy).expect("the policy is JSON");
    let listed: Vec<String> = policy["Statement"]
        .as_array()
        .expect("statements")
        .iter()
        .flat_map(|statement| statement["Action"].as_array().expect("actions").clone())
        .map(|action| action.as_str().expect("a text").to_owned())
        .collect();
    let once: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    assert_eq!(once.len(), listed.len(), "an action is listed twice");
    let made: BTreeSet<&str> = Call::ALL
        .into_iter()
        .filter(|call| *call != Call::GetCallerIdentity)
        .map(Call::action)
        .collect();
    assert_eq!(once, made);
}

/// The document says of each permission of AWS's runbook whether it is used here, as it is.
fn the_document_has_what_awss_runbook_reads() {
    let document = include_str!("../docs/what-decides-in-aws.md");
    let rows: Vec<Vec<&str>> = document
        .lines()
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .filter(|row: &Vec<&str>| row.len() == 3 && matches!(row[1], "yes" | "no"))
        .collect();
    assert_eq!(rows.len(), 28);
    for row in rows {
        let action = row[0].trim_matches('`');
        let is_read = Call::ALL.iter().any(|call| call.action() == action);
        assert_eq!(row[1] == "yes", is_read, "{action}");
        assert_eq!(row[2].is_empty(), is_read, "{action} is not read, and has a reason");
    }
}

fn main() -> ExitCode {
    if std::env::var_os("EKS_DNS_DOCTOR_COLLECT").is_some() {
        return child();
    }
    let tests: &[(&str, fn())] = &[
        (
            "everything_is_read_and_nothing_else",
            everything_is_read_and_nothing_else,
        ),
        ("pages_of_one_make_the_same_whole", pages_of_one_make_the_same_whole),
        (
            "changes_are_looked_up_one_behind_the_other",
            changes_are_looked_up_one_behind_the_other,
        ),
        ("a_denied_lookup_is_the_last_one", a_denied_lookup_is_the_last_one),
        (
            "a_list_without_an_end_is_cut_and_said",
            a_list_without_an_end_is_cut_and_said,
        ),
        (
            "a_later_page_that_fails_leaves_no_part_of_the_list",
            a_later_page_that_fails_leaves_no_part_of_the_list,
        ),
        ("each_read_may_be_denied", each_read_may_be_denied),
        ("throttling_is_tried_again_and_said", throttling_is_tried_again_and_said),
        ("expired_credentials_are_said", expired_credentials_are_said),
        (
            "errors_without_a_code_have_their_status",
            errors_without_a_code_have_their_status,
        ),
        (
            "what_is_no_answer_of_aws_is_a_failed_read",
            what_is_no_answer_of_aws_is_a_failed_read,
        ),
        ("deep_answers_end", deep_answers_end),
        (
            "an_answer_beyond_the_bound_is_refused",
            an_answer_beyond_the_bound_is_refused,
        ),
        (
            "a_service_that_never_answers_holds_up_no_other",
            a_service_that_never_answers_holds_up_no_other,
        ),
        (
            "a_service_that_nothing_listens_for_is_unreachable",
            a_service_that_nothing_listens_for_is_unreachable,
        ),
        (
            "endpoints_are_taken_from_the_profile_too",
            endpoints_are_taken_from_the_profile_too,
        ),
        (
            "a_named_profile_goes_before_the_environment",
            a_named_profile_goes_before_the_environment,
        ),
        (
            "shapes_of_a_mock_server_are_understood",
            shapes_of_a_mock_server_are_understood,
        ),
        (
            "without_an_option_set_none_is_described",
            without_an_option_set_none_is_described,
        ),
        (
            "a_cluster_that_is_not_there_is_a_fact",
            a_cluster_that_is_not_there_is_a_fact,
        ),
        (
            "an_endpoint_that_no_cluster_has_is_said",
            an_endpoint_that_no_cluster_has_is_said,
        ),
        (
            "the_cluster_that_has_the_target_goes_before_the_named_one",
            the_cluster_that_has_the_target_goes_before_the_named_one,
        ),
        (
            "what_is_missing_to_ask_at_all_is_one_line",
            what_is_missing_to_ask_at_all_is_one_line,
        ),
        (
            "credentials_that_were_exported_stand_in_for_a_role_with_mfa",
            credentials_that_were_exported_stand_in_for_a_role_with_mfa,
        ),
        (
            "what_decides_in_this_instances_vpc_is_read_too",
            what_decides_in_this_instances_vpc_is_read_too,
        ),
        (
            "what_was_learnt_before_is_not_asked_again",
            what_was_learnt_before_is_not_asked_again,
        ),
        (
            "an_endpoint_url_that_is_none_is_a_failed_read",
            an_endpoint_url_that_is_none_is_a_failed_read,
        ),
        (
            "the_instance_is_where_its_metadata_says",
            the_instance_is_where_its_metadata_says,
        ),
        (
            "credentials_of_nobody_do_not_hold_up_the_run",
            credentials_of_nobody_do_not_hold_up_the_run,
        ),
        ("a_role_is_assumed_and_used", a_role_is_assumed_and_used),
        (
            "a_role_that_nobody_may_assume_is_a_gap_and_aws_is_asked_without_it",
            a_role_that_nobody_may_assume_is_a_gap_and_aws_is_asked_without_it,
        ),
        (
            "a_cluster_that_is_named_is_found_without_the_role_too",
            a_cluster_that_is_named_is_found_without_the_role_too,
        ),
        (
            "every_list_is_read_once_for_all_clusters",
            every_list_is_read_once_for_all_clusters,
        ),
        (
            "clusters_without_an_endpoint_are_named_and_nobody_is_asked",
            clusters_without_an_endpoint_are_named_and_nobody_is_asked,
        ),
        (
            "clusters_that_nobody_may_list_are_one_line",
            clusters_that_nobody_may_list_are_one_line,
        ),
        (
            "the_document_has_what_awss_runbook_reads",
            the_document_has_what_awss_runbook_reads,
        ),
        (
            "the_document_has_the_policy_of_exactly_these_reads",
            the_document_has_the_policy_of_exactly_these_reads,
        ),
    ];
    let trials = tests
        .iter()
        .map(|(name, test)| {
            let test = *test;
            Trial::test(*name, move || {
                test();
                Ok::<(), Failed>(())
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
