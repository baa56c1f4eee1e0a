//! The mock of AWS's APIs.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use eks_dns_doctor::facts::Call;

use super::world::world;
use super::{ACCOUNT, VPC};

/// How the mock answers a call instead of as it should.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// With this status and body.
    Reply(u16, String),
    /// With this to a page that is not the first.
    LaterPages(u16, String),
    /// Not at all.
    Silent,
}

/// A request that came in.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) call: Option<Call>,
    pub(crate) request: String,
    pub(crate) authorization: String,
}

/// What there is to be said. A list is its members, in the service's own form.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clusters: Vec<(String, String)>,
    pub(crate) updates: Vec<(String, String)>,
    pub(crate) lists: BTreeMap<Call, Vec<String>>,
    pub(crate) faults: BTreeMap<Call, Fault>,
    /// Members of a page.
    pub(crate) page: usize,
    /// Whether nobody may assume a role.
    pub(crate) denies_roles: bool,
}

pub(crate) struct Mock {
    pub(crate) url: String,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
}

impl Mock {
    pub(crate) fn of(world: World) -> Self {
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

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("nobody panicked").clone()
    }

    pub(crate) fn times(&self, call: Call) -> usize {
        let seen = self.seen();
        seen.iter().filter(|one| one.call == Some(call)).count()
    }

    pub(crate) fn requests(&self, call: Call) -> Vec<String> {
        let seen = self.seen().into_iter();
        seen.filter(|one| one.call == Some(call))
            .map(|one| one.request)
            .collect()
    }
}

/// Answers requests of a connection until it ends.
pub(crate) fn serve(mut stream: TcpStream, world: &World, record: &Mutex<Vec<Seen>>) {
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
pub(crate) fn dump(method: &str, path: &str, target: &str, body: &str, status: u16, answer: &str) {
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
pub(crate) fn called(path: &str, target: &str, body: &str) -> Option<Call> {
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
    pub(crate) fn page(&self, members: &[String], request: &str) -> (Vec<String>, Option<String>) {
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

    pub(crate) fn answer(&self, call: Option<Call>, path: &str, body: &str) -> (u16, String) {
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
        let xml = |set: &str| {
            let root = format!("{}Response", call.operation());
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
            Call::DescribeNetworkInterfaces => xml("networkInterfaceSet"),
            Call::DescribeVpcs => xml("vpcSet"),
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
            Call::DescribeDhcpOptions => xml("dhcpOptionsSet"),
            Call::DescribeSecurityGroups => xml("securityGroupInfo"),
            Call::DescribeSubnets => xml("subnetSet"),
            Call::DescribeNetworkAcls => xml("networkAclSet"),
            Call::DescribeRouteTables => xml("routeTableSet"),
            Call::GetManagedPrefixListEntries => xml("entrySet"),
            Call::DescribeClientVpnEndpoints => xml("clientVpnEndpoint"),
            Call::DescribeClientVpnRoutes => xml("routes"),
            Call::DescribeClientVpnAuthorizationRules => xml("authorizationRule"),
            Call::DescribeVpcEndpoints => xml("vpcEndpointSet"),
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
            // The other services answer in JSON, and each row of the reads says how: a list has its token beside it.
            call if call.is_list() => json(call.member(), token_of(call)),
            call => match members.first() {
                None => {
                    let status = if call.action().starts_with("vpc-lattice:") {
                        404
                    } else {
                        400
                    };
                    return (status, json_error("ResourceNotFoundException", "no such resource"));
                }
                // Nothing is around a resource configuration.
                Some(one) if call == Call::GetResourceConfiguration => one.clone(),
                Some(one) => format!("{{{:?}:{one}}}", call.member()),
            },
        };
        (200, body)
    }
}

pub(crate) const ASSUMED: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
    <AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/eks/x</Arn>\
    </AssumedRoleUser><Credentials><AccessKeyId>ASIAOFTHEROLE</AccessKeyId>\
    <SecretAccessKey>THE-ROLES-SECRET</SecretAccessKey><SessionToken>role-token</SessionToken>\
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

pub(crate) fn json_error(code: &str, message: &str) -> String {
    format!("{{\"__type\":\"{code}\",\"message\":\"{message}\"}}")
}

pub(crate) fn ec2_error(code: &str, message: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
         <RequestID>1</RequestID></Response>"
    )
}

pub(crate) fn rest_error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>1</RequestId></ErrorResponse>"
    )
}

/// An error in the form of the call's service.
pub(crate) fn error_of(call: Call, code: &str, message: &str) -> String {
    match call.action().split(':').next() {
        Some("ec2") => ec2_error(code, message),
        Some("sts" | "route53") => rest_error(code, message),
        _ => json_error(code, message),
    }
}

pub(crate) fn faulty(faults: impl IntoIterator<Item = (Call, Fault)>) -> World {
    World {
        faults: faults.into_iter().collect(),
        ..world()
    }
}

/// The reads of a service.
pub(crate) fn reads_of(service: &str) -> impl Iterator<Item = Call> {
    let is_its = move |call: &Call| call.action().split(':').next() == Some(service);
    Call::ALL.into_iter().filter(is_its)
}

/// What the token of the next page is called, in the service's own spelling.
fn token_of(call: Call) -> &'static str {
    match call.action().split(':').next() {
        Some("eks" | "vpc-lattice") => "nextToken",
        _ => "NextToken",
    }
}
