//! What the text around a message says: who printed it, where, what the name in it is, and what is hidden.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use crate::dns::Name;
use crate::endpoint::{EndpointName, ID_LENGTH, NotEndpoint, is_id};

/// Where the message was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum PrintedAt {
    /// In a VPC: a node, or whoever asks the VPC's resolver.
    Vpc,
    /// On a node, which asks another name server than a VPC's.
    Node,
    /// In a pod, which asks the cluster's own DNS.
    Pod,
    /// On a host of which nothing is known.
    #[default]
    Elsewhere,
}

/// What the name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum NameSubject {
    /// No name, or one that is hidden.
    #[default]
    None,
    /// A cluster's endpoint.
    Endpoint,
    /// A public name of AWS's.
    AwsApi,
    /// A name that only a cluster or a VPC has.
    Internal,
    /// The name of a Service, which only a cluster's own DNS has.
    Service,
    /// A name that may stand for an endpoint, and is none: of one label, or like an endpoint's.
    Malformed,
    /// An endpoint's but for its beginning, which is not 32 hexadecimal digits: people shorten that as they mask it.
    Shortened,
    /// Anybody's.
    Other,
}

/// The operating system that printed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PrintedOn {
    Windows,
    Macos,
}

/// Words that only Windows prints: Go's calls there, its own tools, and its paths.
const OF_WINDOWS: &[&str] = &[
    "getaddrinfow",
    "connectex",
    "wsarecv",
    "wsasend",
    "Microsoft.DnsClient",
    "Resolve-DnsName",
    "PS C:\\",
    "C:\\Users\\",
    "C:\\WINDOWS",
    "*** UnKnown",
    ": Non-existent domain",
    "DNS request timed out.",
    "Ping request could not find host",
    "TcpTestSucceeded",
    "none of the configured DNS servers responded",
    "DNS query is completed for the name ",
    // Windows Sockets Error Codes, of a lookup.
    "[Errno 1100",
    "gaierror(1100",
    "(os error 1100",
];
/// Words that only macOS prints: its C library, and its tools.
const OF_MACOS: &[&str] = &[
    "nodename nor servname provided",
    "ping: cannot resolve ",
    "DiG 9.10.6 <<>>",
];

/// The operating system, where the text tells: of other systems nothing tells for certain.
pub(super) fn system(line: &str, text: &str) -> Option<PrintedOn> {
    let has = |words: &[&str]| words.iter().any(|word| line.contains(word) || text.contains(word));
    if has(OF_WINDOWS) {
        Some(PrintedOn::Windows)
    } else {
        has(OF_MACOS).then_some(PrintedOn::Macos)
    }
}

/// What names of EKS endpoints end in (Amazon EKS User Guide; China and isolated partitions have more of the same).
const OF_EKS: &[&str] = &[".eks.amazonaws.com", ".eks.amazonaws.com.cn"];
/// What names inside a cluster or a VPC end in (Kubernetes, "DNS for Services and Pods"; Amazon VPC User Guide, "DNS
/// attributes for your VPC"). `internal` is reserved for private use (ICANN, 2024).
const INTERNAL: &[&str] = &[
    ".internal",
    ".local",
    ".svc",
    ".lan",
    ".home.arpa",
    ".localdomain",
    ".intranet",
];

pub(super) fn subject(host: &Name) -> NameSubject {
    let text = host.to_string().to_ascii_lowercase();
    let text = text.trim_end_matches('.');
    match EndpointName::parse(host) {
        Ok(_) => NameSubject::Endpoint,
        Err(NotEndpoint::EksApi | NotEndpoint::OidcIssuer) => NameSubject::AwsApi,
        Err(_) if is_of_service(text) => NameSubject::Service,
        Err(_) if INTERNAL.iter().any(|suffix| text.ends_with(suffix)) => NameSubject::Internal,
        Err(NotEndpoint::WrongHostLabel) if is_shape_of_endpoint(text) => NameSubject::Shortened,
        Err(NotEndpoint::SingleLabel | NotEndpoint::WrongHostLabel) => NameSubject::Malformed,
        Err(_) if is_cut_off(text) => NameSubject::Malformed,
        Err(_) if OF_EKS.iter().any(|suffix| text.ends_with(suffix)) => NameSubject::Malformed,
        Err(_) if OF_AWS.iter().any(|suffix| text.ends_with(suffix)) => NameSubject::AwsApi,
        Err(_) => NameSubject::Other,
    }
}

/// Whether a name ends as those of endpoints do.
pub(super) fn ends_as_endpoint(host: &Name) -> bool {
    let name = host.to_string().to_ascii_lowercase();
    OF_EKS.iter().any(|suffix| name.trim_end_matches('.').ends_with(suffix))
}

/// Whether a name is that of an AWS API, `SERVICE.amazonaws.com` or `SERVICE.REGION.amazonaws.com` (AWS General
/// Reference, "AWS service endpoints"), or of the issuer of tokens beside it. What people make has a name before that:
/// a load balancer, a database.
pub(super) fn is_aws_api(host: &Name) -> bool {
    let name = host.to_string().to_ascii_lowercase();
    let name = name.trim_end_matches('.');
    let before = OF_AWS.iter().find_map(|suffix| name.strip_suffix(suffix));
    let is_known = matches!(
        EndpointName::parse(host),
        Err(NotEndpoint::EksApi | NotEndpoint::OidcIssuer)
    );
    let is_api = |before: &str| {
        // Names of registries and of buckets are there whether the thing is or not.
        let has_wildcard = before.split('.').any(|label| label == "ecr" || label.starts_with("s3"));
        has_wildcard || before.split('.').count() <= 2
    };
    is_known || before.is_some_and(is_api)
}

/// What AWS's own names end in.
const OF_AWS: &[&str] = &[".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];

/// Whether a name is an endpoint's but for the digits that it begins with: another label stands in their place.
fn is_shape_of_endpoint(name: &str) -> bool {
    let Some((id, rest)) = name.split_once('.') else {
        return false;
    };
    let is_digits = !id.is_empty() && id.bytes().all(|octet| octet.is_ascii_alphanumeric());
    is_digits && is_endpoint_behind(rest)
}

/// Whether a name is an endpoint's where 32 hexadecimal digits stand before it.
fn is_endpoint_behind(rest: &str) -> bool {
    super::is_endpoint(&format!("{}.{rest}", "0".repeat(ID_LENGTH)))
}

/// Whether somebody put something else in the place of a label, or of a part of it.
fn is_hidden_label(label: &str) -> bool {
    label.is_empty() || label.bytes().all(|octet| octet == b'x') || label.contains(['[', ']']) || is_masked(label)
}

/// What a name is of which a part is hidden, by the labels behind that part: they stay as they were. Of a name with
/// nothing left at its end, a client of Kubernetes may have an endpoint's, and no other program.
pub(super) fn hidden_subject(printed: &str, is_of_kubernetes: bool) -> NameSubject {
    let lower = printed.to_ascii_lowercase();
    let labels: Vec<&str> = lower.split('.').collect();
    let hidden = labels.iter().rposition(|label| is_hidden_label(label));
    // A word such as `mycluster` hides no more than the digits.
    let from = hidden.map_or_else(|| usize::from(is_placeholder(&lower)), |last| last + 1);
    let left = labels[from..].join(".");
    if left.is_empty() {
        let shows_eks = lower.contains(".eks.") || labels.first().is_some_and(|first| is_id(first));
        return if is_of_kubernetes || shows_eks {
            NameSubject::None
        } else {
            NameSubject::Other
        };
    }
    // What may stand in the place of the hidden labels of an endpoint's name, but for its digits.
    let may_be_one = [
        left.clone(),
        format!("aa.{left}"),
        format!("aa.us-east-1.{left}"),
        format!("aa.eks-cluster.us-east-1.{left}"),
    ]
    .iter()
    .any(|rest| is_endpoint_behind(rest));
    let is_all_there = from == 0;
    let shows = |sought: &str| labels[..from].contains(&sought);
    let is_of_eks =
        left.starts_with("eks.") || left.contains(".eks.") || left.contains("eks-cluster.") || shows("eks-cluster");
    // Of `<id>.<…>.amazonaws.com` nothing speaks against it.
    let is_bare =
        OF_AWS.iter().any(|suffix| suffix[1..] == left) && labels[..from].iter().all(|label| is_hidden_label(label));
    if may_be_one && is_of_eks || is_bare && is_of_kubernetes {
        return NameSubject::None;
    }
    let whole = if is_all_there { left } else { format!("a.b.{left}") };
    match super::host(&whole).map_or(NameSubject::Other, |host| subject(&host)) {
        NameSubject::Malformed | NameSubject::Shortened | NameSubject::Endpoint => NameSubject::None,
        subject => subject,
    }
}

/// `SERVICE.NAMESPACE.svc`, with the cluster's usual domain behind it or without, and the name of a Pod of a headless
/// Service before it (Kubernetes, "DNS for Services and Pods").
fn is_of_service(name: &str) -> bool {
    let name = name.strip_suffix(".cluster.local").unwrap_or(name);
    let labels = name.strip_suffix(".svc").map(|rest| rest.split('.').count());
    labels.is_some_and(|labels| labels >= 2) || name == "kubernetes.default"
}

/// Whether a name is that of the API server's own Service.
pub(super) fn is_own_api(host: &Name) -> bool {
    let name = host.to_string().to_ascii_lowercase();
    let rest = name.trim_end_matches('.').strip_prefix("kubernetes.default");
    rest.is_some_and(|rest| rest.is_empty() || rest == ".svc" || rest.starts_with(".svc."))
}

/// Whether it is the scheme of a URL, which stands where a host is read in `https://https://HOST`, and where a program
/// that wants a host alone is given a URL.
pub(super) fn is_scheme(host: &Name) -> bool {
    let name = host.to_string();
    let name = name.trim_end_matches('.');
    ["https", "http"].iter().any(|scheme| name.eq_ignore_ascii_case(scheme))
}

/// Whether a name begins as an endpoint's does and ends before it is one.
fn is_cut_off(name: &str) -> bool {
    let mut labels = name.split('.');
    labels.next().is_some_and(is_id) && !name.contains(".eks.amazonaws.com")
}

/// Whether a word stands where an endpoint's name begins with hexadecimal digits: AWS's own examples (EXAMPLE and some
/// digits), `MYCLUSTER`, `______`. A wrong digit among 32 is none.
fn is_placeholder(name: &str) -> bool {
    let Some((label, rest)) = name.split_once('.') else {
        return false;
    };
    // `gr7.eu-west-1.eks.amazonaws.com`.
    let is_shape = OF_EKS.iter().any(|suffix| rest.ends_with(suffix)) && rest.split('.').count() >= 5;
    let is_hex = label.bytes().all(|octet| octet.is_ascii_hexdigit());
    is_shape && !is_hex && (label.len() != ID_LENGTH || label.starts_with("example"))
}

/// Whether somebody put something else in the place of what stood there.
pub(super) fn is_masked(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let marks = ['<', '>', '*', '…', '█', '{', '}'];
    let words = ["redacted", "masked", "hidden", "removed", "xxx", "snip", "###", "..."];
    let of_x = |label: &str| !label.is_empty() && label.bytes().all(|b| b == b'x');
    lower.contains(marks)
        || words.iter().any(|word| lower.contains(word))
        || is_placeholder(&lower)
        || matches!(lower.as_str(), "ip" | "ip_address" | "ip-address")
        || (lower.contains('.') && lower.split(['.', ':', '[', ']']).any(of_x))
}

/// Whether it may be a VPC's resolver: 169.254.169.253, fd00:ec2::253, or the base of a private network of at least a
/// /20 plus two (Amazon VPC User Guide, "Amazon DNS server").
pub(super) fn is_vpc(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => match ip.octets() {
            [169, 254, 169, 253] => true,
            [_, _, third, 2] => ip.is_private() && third % 16 == 0,
            _ => false,
        },
        IpAddr::V6(ip) => ip.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253],
    }
}

/// Whether it is a private address that ends in .2, where the resolver of a VPC of any size may be: a network of a VPC
/// is a /28 at least (Amazon VPC User Guide, "VPC CIDR blocks").
pub(super) fn ends_as_vpc(ip: IpAddr) -> bool {
    is_vpc(ip) || matches!(ip.to_canonical(), IpAddr::V4(ip) if ip.is_private() && ip.octets()[3] == 2)
}

/// Whether it is the resolver that Azure has for its virtual machines, and that answers inside Azure only (Microsoft
/// Learn, "What is IP address 168.63.129.16?").
pub(super) fn is_of_azure(ip: IpAddr) -> bool {
    matches!(ip.to_canonical(), IpAddr::V4(ip) if ip.octets() == [168, 63, 129, 16])
}

/// Whether it may be the address of an inbound endpoint: one of a VPC's network. The base of a network plus two is the
/// VPC's own resolver's (Amazon VPC User Guide, "Subnet CIDR reservations": AWS takes the first four of each subnet).
pub(super) fn may_be_inbound(ip: IpAddr) -> bool {
    let is_of_a_vpc = match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_private() || matches!(ip.octets(), [100, 64..=127, ..]),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local(),
    };
    is_of_a_vpc && !is_vpc(ip) && !is_cluster_dns(ip)
}

/// Whether it is a VPC's resolver and nothing else: the two addresses that every VPC has. An address of the VPC's own
/// network, its base plus two, may be anybody's elsewhere.
pub(super) fn is_vpc_for_certain(ip: IpAddr) -> bool {
    is_vpc(ip) && !matches!(ip.to_canonical(), IpAddr::V4(ip) if ip.is_private())
}

/// Whether it is the usual address of a cluster's own DNS service: the tenth of the default service networks of Amazon
/// EKS, kubeadm, and k3s with RKE2 (see `server::meaning`), or NodeLocal DNSCache. The tenth address of another network
/// may be anybody's.
pub(super) fn is_cluster_dns(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => matches!(
            ip.octets(),
            [169, 254, 20, 10] | [10, 43 | 96 | 100, 0, 10] | [172, 20, 0, 10]
        ),
        IpAddr::V6(ip) => ip.is_unique_local() && ip.segments()[7] == 0xa,
    }
}

/// Words of programs that run on a node.
const OF_NODES: &[&str] = &["kubelet", "nodeadm", "kube-proxy", "aws-node", "ipamd", "node-lease"];
/// What the names end in that a VPC gives its instances (Amazon VPC User Guide, "DNS attributes for your VPC").
const OF_INSTANCES: &[&str] = &[".compute.internal", ".ec2.internal"];

/// Whether the name of an instance stands in a line before what happened: whoever printed the line has it. Behind that
/// it is the object of a request, or another's.
fn begins_with_an_instance(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "://", "dial ", "lookup ", "Get ", "Post ", "Put ", "Patch ", "Delete ", "err=", "error",
    ];
    let end = STARTS.iter().filter_map(|start| line.find(start)).min();
    let before = &line[..end.unwrap_or(0)];
    OF_INSTANCES.iter().any(|name| before.contains(name))
}

/// Words of programs that run in pods, and of pods' search list.
const OF_PODS: &[&str] = &[
    "argocd",
    "argo-cd",
    "coredns",
    "plugin/errors",
    "svc.cluster.local",
    "/var/run/secrets/kubernetes.io",
    "flux-system",
    "crossplane",
];

/// What prompts of a node hold: the user, and the name that Amazon Linux gives the host.
const PROMPT_OF_NODES: &str = "@ip-";

/// Where a line of the text was printed. An address that a VPC's resolver may have, and others as well, decides
/// nothing.
pub(super) fn place(line: &str, text: &str, server: Option<IpAddr>) -> PrintedAt {
    let lower = line.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let is_of_pod = || {
        let lower = without_namespaces(&lower);
        OF_PODS.iter().any(|word| lower.contains(word))
    };
    // A VPC's resolver, or a stub on the node, which asks it.
    let may_be_vpc = server.is_none_or(|server| is_vpc(server) || server.is_loopback());
    if server.is_some_and(is_vpc_for_certain) {
        PrintedAt::Vpc
    } else if has(OF_NODES) || begins_with_an_instance(line) {
        match () {
            () if super::tunnel::is_hybrid(&lower) => PrintedAt::Elsewhere,
            () if may_be_vpc => PrintedAt::Vpc,
            () if server.is_some_and(is_cluster_dns) => PrintedAt::Pod,
            () => PrintedAt::Node,
        }
    } else if server.is_some_and(is_cluster_dns) || is_of_pod() {
        PrintedAt::Pod
    } else if is_at_a_node(line, text) {
        // Its name server is the VPC's unless its address cannot be one.
        if may_be_vpc { PrintedAt::Vpc } else { PrintedAt::Node }
    } else {
        PrintedAt::Elsewhere
    }
}

/// Whether the line was printed on an instance of EC2: the name that a VPC gives it stands before the message, or in
/// the prompt. A kubelet alone may be a hybrid node's.
pub(super) fn is_on_ec2(line: &str, text: &str) -> bool {
    begins_with_an_instance(line) || is_at_a_node(line, text)
}

/// Whether the server is in another network than the instance that printed it, by the address in the instance's name: a
/// network of a VPC is a /16 at most (Amazon VPC User Guide, "VPC CIDR blocks"). The server may be of another VPC then,
/// or of another network of the same one.
pub(super) fn is_of_another_network(line: &str, text: &str, server: Option<IpAddr>) -> bool {
    let own = instance_address(line).or_else(|| instance_address(text));
    let Some((own, IpAddr::V4(server))) = own.zip(server.map(|server| server.to_canonical())) else {
        return false;
    };
    server.is_private() && own.octets()[..2] != server.octets()[..2]
}

/// The address in the name of an instance, `ip-10-1-2-3` (Amazon EC2 User Guide, "EC2 instance hostnames").
fn instance_address(text: &str) -> Option<Ipv4Addr> {
    let mut behind = text.split("ip-").skip(1).take(crate::limits::PASTED_WORDS);
    behind.find_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-');
        let numbers = rest[..end.unwrap_or(rest.len())].trim_end_matches('-');
        (numbers.len() < 16).then(|| numbers.replace('-', "."))?.parse().ok()
    })
}

/// Whether the line was printed behind a node's prompt: the last prompt above it counts. Without one above it, all that
/// are in the text.
fn is_at_a_node(line: &str, text: &str) -> bool {
    if !text.contains(PROMPT_OF_NODES) {
        return false;
    }
    let prompts = |lines: &mut dyn Iterator<Item = &str>| -> Vec<bool> {
        lines
            .filter(|line| super::prompt::at_prompt(line).is_some())
            .map(|line| line.contains(PROMPT_OF_NODES))
            .collect()
    };
    let of_line = line.as_ptr();
    let above = text.lines().take_while(|above| above.as_ptr() <= of_line);
    let is_within = text.as_bytes().as_ptr_range().contains(&of_line);
    let last = prompts(&mut above.filter(|_| is_within)).pop();
    last.unwrap_or_else(|| prompts(&mut text.lines()).iter().all(|is_node| *is_node))
}

/// Words that only one program prints, with its name. The first that is there counts.
const CLIENTS: &[(&str, &str)] = &[
    ("plugin/errors", "coredns"),
    ("plugin/loop", "coredns"),
    (" false 512\" ", "coredns"),
    (" false 1232\" ", "coredns"),
    ("dnsmasq", "dnsmasq"),
    ("unbound", "unbound"),
    ("pdns_recursor", "pdns-recursor"),
    ("pdns-recursor", "pdns-recursor"),
    ("systemd-resolved", "systemd-resolved"),
    ("tailscaled", "tailscaled"),
    ("blocking blacklisted IP in RR", "knot-resolver"),
    ("named[", "bind"),
    ("query-errors:", "bind"),
    ("info: client @0x", "bind"),
    (" dnssec: info: validating", "bind"),
    ("dnsproxy: ", "dnsproxy"),
    ("lame-servers:", "bind"),
    ("DNS format error from ", "bind"),
    ("Sending SERVFAIL to", "pdns-recursor"),
    ("UND_ERR_", "node"),
    ("(attempted address", "node"),
    ("Mint.TransportError", "elixir"),
    ("HTTPoison.Error", "elixir"),
    (" PACKET  ", "windows-dns"),
    ("kubelet", "kubelet"),
    ("kube-proxy", "kube-proxy"),
    ("argocd", "argocd"),
    ("<<>> DiG", "dig"),
    (";; opcode: ", "q"),
    ("opcode: QUERY; status", "kdig"),
    (";; WARNING: response timeout for ", "kdig"),
    (";; ERROR: failed to query server ", "kdig"),
    ("opcode: QUERY, rcode: ", "drill"),
    ("resolution failed: ", "delv"),
    ("; unsigned answer", "delv"),
    ("; fully validated", "delv"),
    ("response_address: ", "dig"),
    ("opcode: QUERY, status: ", "dig"),
    ("resolve call failed", "resolvectl"),
    ("Resolve-DnsName", "Resolve-DnsName"),
    ("nslookup", "nslookup"),
    ("** server can't find ", "nslookup"),
    ("*** Can't find ", "nslookup"),
    ("*** UnKnown", "nslookup"),
    (": Non-existent domain", "nslookup"),
    (": Server failed", "nslookup"),
    (": Query refused", "nslookup"),
    ("DNS request timed out.", "nslookup"),
    ("Non-authoritative answer:", "nslookup"),
    ("Using domain server:", "host"),
    (" not found: 3(NXDOMAIN)", "host"),
    (" not found: 2(SERVFAIL)", "host"),
    (" not found: 5(REFUSED)", "host"),
    ("doggo", "doggo"),
    ("rror looking up DNS records", "doggo"),
    ("NAMESERVER", "doggo"),
    ("error sending query: Could not", "drill"),
    ("error sending query: Error creating socket", "drill"),
    ("-- Information acquired via protocol", "resolvectl"),
    (" has address ", "host"),
    ("No internal type for both IPv4", "nslookup"),
    ("TcpTestSucceeded", "Test-NetConnection"),
    ("WARNING: Name resolution of ", "Test-NetConnection"),
    ("Microsoft.DnsClient", "Resolve-DnsName"),
    ("delv", "delv"),
    ("drill", "drill"),
    ("curl: (", "curl"),
    ("wget: ", "wget"),
    ("ping: ", "ping"),
    ("Kubernetes cluster unreachable", "helm"),
    ("INSTALLATION FAILED", "helm"),
    ("UPGRADE FAILED", "helm"),
    ("│ Error", "terraform"),
    ("eksctl", "eksctl"),
    ("checking AWS STS access", "eksctl"),
    ("memcache.go", "kubectl"),
    ("Unable to connect to the server", "kubectl"),
    ("The connection to the server", "kubectl"),
    ("Error from server", "kubectl"),
    ("round_trippers.go", "client-go"),
    ("java.net.", "java"),
    ("io.netty", "java"),
    ("io.fabric8", "java"),
    ("okhttp3", "java"),
    ("UnknownHostException", "java"),
    ("urllib3", "python"),
    ("ConnectionPool(host='", "python"),
    ("requests.exceptions", "python"),
    ("aiohttp", "python"),
    ("socket.gaierror", "python"),
    ("botocore", "python"),
    ("aiobotocore", "python"),
    ("os error ", "rust"),
    ("failed to lookup address information", "rust"),
    ("Query { name: Name(", "rust"),
    ("php_network_getaddresses", "php"),
    (": queryA E", "node"),
    (": queryAaaa E", "node"),
    ("getaddrinfo E", "node"),
    ("System.Net", "dotnet"),
    ("Failed to open TCP connection", "ruby"),
    ("Resolv::Resolv", "ruby"),
    ("failed_connect", "erlang"),
    (";; Received ", "kdig"),
];

pub(super) fn client(line: &str, text: &str) -> Option<&'static str> {
    let of = |text: &str| {
        let text = &*without_namespaces(text);
        CLIENTS
            .iter()
            .find(|(word, _)| begins_a_word(text, word))
            .map(|(_, name)| *name)
    };
    of(line).or_else(|| of(text))
}

/// A text without the names of namespaces in paths of the Kubernetes API: they say what was asked for, and not who
/// asked.
fn without_namespaces(text: &str) -> Cow<'_, str> {
    const BEFORE: &str = "/namespaces/";
    if !text.contains(BEFORE) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(BEFORE);
    let mut without = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        without.push_str(BEFORE);
        without.push_str(&part[end.unwrap_or(part.len())..]);
    }
    Cow::Owned(without)
}

/// Whether a text has the words, and not at the end of a longer word: `ping: ` is no part of `mapping: `.
fn begins_a_word(text: &str, words: &str) -> bool {
    let is_of_word = |c: char| c.is_ascii_alphanumeric();
    let is_inside = |at: usize| text[..at].ends_with(is_of_word) && words.starts_with(is_of_word);
    text.match_indices(words).any(|(at, _)| !is_inside(at))
}

/// Programs that take a name from a kubeconfig, where a name of one label may stand in the place of an endpoint's.
const OF_KUBECONFIG: &[&str] = &[
    "kubectl",
    "helm",
    "terraform",
    "eksctl",
    "kubelet",
    "kube-proxy",
    "argocd",
    "client-go",
];
/// What kube-rs says around an error (kube-rs/kube, kube-client/src/error.rs), and the names of its modules.
const OF_KUBE_RS: &[&str] = &[
    "kube_client",
    "kube::Error",
    "ServiceError: client error (Connect)",
    "ServiceError: error trying to connect",
    "Service(hyper_util::client::legacy::Error(",
    "Service(hyper::Error(Connect",
];

/// Paths of the Kubernetes API (Kubernetes, "API Overview", "API groups and versioning", "Kubernetes API health
/// endpoints"), and the first that kubectl asks for.
const OF_API: &[&str] = &[
    "/apis/",
    "/api/v1",
    "/api?timeout=",
    "/version?timeout=",
    "/version\"",
    "/openapi/v2",
    "/openapi/v3",
    "/healthz",
    "/livez",
    "/readyz",
];

/// Whether a client of Kubernetes printed a line: by its own words, or by the path that it asked for.
pub(super) fn is_of_kubernetes(line: &str, client: Option<&str>) -> bool {
    client.is_some_and(|client| OF_KUBECONFIG.contains(&client))
        || OF_API.iter().any(|path| line.contains(path))
        || line.contains("The connection to the server ")
        || OF_KUBE_RS.iter().any(|word| line.contains(word))
}

/// Whether a name of one label may be a cluster's, which somebody put in the place of its endpoint's: a client of
/// Kubernetes printed it, or it says so itself.
pub(super) fn may_be_of_cluster(host: &Name, line: &str, client: Option<&str>) -> bool {
    let name = host.to_string().to_ascii_lowercase();
    let says_so = ["eks", "k8s", "kube", "cluster"].iter().any(|word| name.contains(word)) || is_scheme(host);
    is_of_kubernetes(line, client) || says_so && line.contains("lookup ")
}

/// Whether a text shows a client of Kubernetes, or of another server that is a URL.
pub(super) fn is_of_kubeconfig(text: &str, client: Option<&str>) -> bool {
    is_of_kubernetes(text, client) || text.contains("https://")
}

/// The endpoint's name in a text that names one, and no more.
pub(super) fn endpoint(text: &str) -> Option<&str> {
    let mut found: Option<&str> = None;
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    for word in text.split(|c: char| !of_name(c)).filter(|word| word.len() > 40) {
        let word = word.trim_matches('.');
        let is_one = Name::from_host(word).is_ok_and(|name| EndpointName::parse(&name).is_ok());
        if is_one && !found.is_some_and(|found| found.eq_ignore_ascii_case(word)) {
            if found.is_some() {
                return None;
            }
            found = Some(word);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_seen() {
        for text in [
            "10.0.x.x",
            "x.x.x.x",
            "10.0.XXX.XXX",
            "<redacted>.eks.amazonaws.com",
            "192.168.***.1",
            "[REDACTED]",
        ] {
            assert!(is_masked(text), "{text}");
        }
        for text in ["10.0.0.1", "box.example.com", "x", "[fd00::1]:53"] {
            assert!(!is_masked(text), "{text}");
        }
    }

    #[test]
    fn one_endpoint_is_taken_and_two_are_not() {
        let one = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
        let two = "0123456789ABCDEF0123456789ABCDE0.yl4.ap-northeast-1.eks.amazonaws.com";
        assert_eq!(endpoint(&format!("a '{one}' and {one}.")), Some(one));
        assert_eq!(endpoint(&format!("{one} {two}")), None);
    }
}
