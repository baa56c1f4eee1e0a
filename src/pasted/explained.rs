//! What a message that was seen means: who and where, what the rest of the text says of it, and what to do.

use std::net::{IpAddr, SocketAddr};

use super::candidates::{self, Clues};
use super::known::KnownOfCluster;
use super::layer::Layer;
use super::others::Others;
use super::reply::PastedReply;
use super::seen::MessageSeen;
use super::symptom::Symptom;
use super::text::{self, NameSubject, PrintedAt};
use super::{
    Explanation, around, beyond, block_page, dial, host, is_endpoint, is_one_label, library, logs, prompt, runs,
    server, shown, tool, words,
};
use crate::dns::{Name, NameError};
use crate::endpoint::{EndpointName, HTTPS, NotEndpoint};
use crate::facts::AskedFor;
use crate::facts::platform::{HostsLine, LookupPath};
use crate::limits;
use crate::resolvers::parse_address;

pub(super) fn explain(
    line: &str,
    seen: &MessageSeen,
    text: &str,
    reply: Option<&PastedReply<'_>>,
    others: Others,
) -> Explanation {
    let symptom = seen.symptom;
    let is_reply = reply.is_some();
    // Another run's program, and whom it asked, are not this one's.
    let around = runs::around(text, line).unwrap_or(text);
    let names_no_server = matches!(symptom.layer(), Layer::ApiServer | Layer::Configuration)
        || matches!(symptom, Symptom::NoSocket | Symptom::NoSocketToConnect);
    let server = seen.server.or_else(|| {
        let is_one = (symptom.is_dns() || symptom.is_of_a_reply()) && !seen.is_of_system && !others.is_elsewhere;
        let is_of_upstream = symptom.is_of_forward() || symptom.is_dns() && logs::is_of_upstream(line);
        let of_forward = || is_of_upstream.then(|| logs::forwarded_to(text)).flatten();
        // What dig +short names before its answer is a server that gave none.
        let is_of_failed = tool::is_behind_a_command(line) && tool::server(around).is_some();
        (!is_reply && is_one && !is_of_failed)
            .then(|| runs::only_server(text).or_else(of_forward))
            .flatten()
    });
    let is_beyond = symptom.layer() == Layer::ApiServer || symptom == Symptom::Configuration;
    let dial = match symptom {
        Symptom::Connection => dial::of_text(line, text),
        _ => dial::Dial::default(),
    };
    let dialled = seen.dialled.or(dial.address);
    let printed = seen.host.as_deref().or(dial.host).or_else(|| {
        // The server is an address: a name that other lines have is not its.
        let of_text = match seen.literal {
            Some(_) => text::endpoint(line),
            None => tool::host(text)
                .or_else(|| text::endpoint(text))
                .or_else(|| asked_of_aws(text).filter(|_| symptom.is_dns() && library::names_no_host(line))),
        };
        of_text.filter(|_| !is_beyond)
    });
    // What was looked up, where it is a URL, or a host with a port behind it.
    let bare = printed.filter(|_| symptom.is_dns()).and_then(words::without_url);
    let is_url = bare.is_some();
    let printed = bare.or(printed);
    let is_masked = printed.is_some_and(text::is_masked);
    let host = printed.filter(|_| !is_masked).and_then(host);
    let about = if matches!(symptom, Symptom::Proxy | Symptom::ProxyConnection) {
        // The name that failed is the proxy's; the endpoint's is in the URL beside it.
        text.lines().find_map(words::url_host).and_then(super::host)
    } else {
        host.clone()
    };
    let ip = server.map(|server| server.ip());
    let place = match text::place(line, text, ip) {
        _ if seen.in_vpc => PrintedAt::Vpc,
        place => place,
    };
    let is_on_ec2 = text::is_on_ec2(line, text);
    let is_of_another_network = is_on_ec2 && text::is_of_another_network(line, text, ip);
    let mut resolver = Vec::new();
    if let Some(server) = server.filter(|_| !names_no_server) {
        resolver.push(server::meaning_at(server, is_on_ec2, is_of_another_network));
    }
    if seen.pure_go {
        resolver.push(
            if line.contains("wsarecv: ") {
                // Go, src/net/dnsconfig_windows.go.
                "\" on ADDRESS:PORT\" is printed by Go's own resolver only, which on Windows reads the name servers of \
                 the adapters and knows nothing of the NRPT. kubectl on Windows asks Windows, unless GODEBUG=netdns=go is \
                 set."
            } else {
                "\" on ADDRESS:PORT\" is printed by Go's own resolver only, which reads resolv.conf and knows nothing \
                 of scoped or per-link name servers of the operating system."
            }
            .to_owned(),
        );
    }
    resolver.extend(seen.note.map(str::to_owned));
    let client = text::client(line, around);
    // What is not from a kubeconfig is a name of one label, and no endpoint's that lacks the rest.
    let is_other = host
        .as_ref()
        .is_some_and(|host| is_one_label(host) && !text::may_be_of_cluster(host, line, client));
    let is_alias_alone = seen.is_alias_alone || reply.is_some_and(PastedReply::is_alias_alone);
    // Whose name has no address is then the endpoint, and the alias is somebody's own.
    let behind_the_alias = host
        .as_ref()
        .filter(|host| is_alias_alone && EndpointName::parse(host).is_err())
        .and_then(|_| text::endpoint(text).and_then(super::host));
    let mut name = Vec::new();
    if is_url {
        name.push(A_URL.to_owned());
    }
    let is_scheme = symptom.is_dns() && host.as_ref().is_some_and(text::is_scheme);
    if is_scheme {
        name.push(A_SCHEME.to_owned());
    }
    if let Some(endpoint) = &behind_the_alias {
        name.push(format!(
            "The name is an alias (CNAME) of a cluster's endpoint, and it is the endpoint that has no address: {endpoint}"
        ));
    } else if symptom.is_dns()
        && !is_scheme
        && let Some(host) = &host
        && let Err(kind) = EndpointName::parse(host)
    {
        name.push(if is_other && place != PrintedAt::Pod {
            ONE_LABEL.to_owned()
        } else {
            not_an_endpoint(kind, place).to_owned()
        });
        name.extend(no_region(host).map(|label| {
            format!("{label} is no Region. The name of an AWS API has a whole one there, such as eu-west-1.")
        }));
    }
    if let Some(server) = seen.literal {
        name.push(server::literal(server));
    }
    let is_cut = printed.is_some_and(|printed| printed.ends_with('…') || printed.ends_with("..."));
    if is_cut {
        name.push(
            "The name is cut off in this text: paste the whole line, or put the whole name in the place of HOST."
                .to_owned(),
        );
    } else if is_masked {
        name.push("The name is masked in this text: put the real one in the place of HOST.".to_owned());
    }
    // DNS has no empty label but the root's, at the end (RFC 1035 section 3.1).
    let is_gapped = host.is_none() && !is_masked && printed.is_some_and(|printed| printed.contains(".."));
    if is_gapped {
        name.push("No name in DNS has two dots side by side: what belongs between them is missing.".to_owned());
    }
    let hidden = printed
        .filter(|_| symptom.is_dns() && host.is_none() && (is_masked || is_gapped))
        .map(|printed| text::hidden_subject(printed, text::is_of_kubernetes(line, client)));
    // dig takes what it is given for a name, unless -x stands before it (dig(1)).
    let is_of_digits = symptom.is_denial() && printed.is_some_and(|printed| printed.parse::<IpAddr>().is_ok());
    if is_of_digits {
        name.push(OF_DIGITS.to_owned());
    }
    let hidden = hidden.or(is_of_digits.then_some(NameSubject::Other));
    let is_hidden_other = hidden.is_some_and(|hidden| hidden != NameSubject::None);
    if is_hidden_other && is_masked && printed.is_some_and(|printed| printed.contains('.')) {
        name.push("What is left of it is not of an EKS endpoint's name.".to_owned());
    }
    // A program that says no more than what the C library said: nothing shows that it is about a cluster.
    let is_untold =
        printed.is_none() && symptom.is_dns() && library::names_no_host(line) && !text::is_of_kubeconfig(text, client);
    if is_untold {
        name.push(
            "The text names no host. Paste the lines around it too, or put the name that the program looks up in the \
             place of HOST."
                .to_owned(),
        );
    }
    // A tunnel's end has a port of its own, and so may whatever a kubeconfig names.
    let port = beyond::port(line, text).filter(|port| *port != HTTPS && symptom.asks_for_a_connection());
    let is_of_others = port == Some(KUBELET) || beyond::is_plain(line);
    let may_be_forwarded = seen.literal.is_some_and(|ip| ip.is_loopback()) || text::is_of_kubeconfig(text, client);
    let may_be_forwarded = may_be_forwarded && !is_of_others;
    let is_other_port = port.is_some() && !may_be_forwarded && !printed.is_some_and(is_endpoint);
    if let Some(port) = port.filter(|_| is_other_port) {
        name.push(format!(
            "The port is {port}. EKS endpoints listen on 443, so this is no EKS endpoint."
        ));
    }
    let is_too_long = printed.is_some_and(is_too_long);
    if is_too_long {
        name.push(TOO_LONG.to_owned());
    }
    let is_behind_an_alias = behind_the_alias.is_some();
    let about = behind_the_alias.or(about);
    let of_host = host.as_ref().map(text::subject).or(hidden);
    let subject = match of_host.unwrap_or_default() {
        _ if is_behind_an_alias => NameSubject::Endpoint,
        NameSubject::Endpoint | NameSubject::Shortened if is_url => NameSubject::Malformed,
        // Inside a cluster a name of one label is a Service's (Kubernetes, "DNS for Services and Pods").
        NameSubject::Malformed if place == PrintedAt::Pod && host.as_ref().is_some_and(is_one_label) && !is_scheme => {
            NameSubject::Service
        }
        NameSubject::Malformed if is_other => NameSubject::Other,
        NameSubject::None if is_untold || is_other_port => NameSubject::Other,
        subject => subject,
    };
    let is_own_api = symptom.is_denial() && host.as_ref().is_some_and(text::is_own_api);
    let is_no_service = symptom.is_denial() && subject == NameSubject::Service;
    name.extend(if is_own_api {
        Some(OWN_API.to_owned())
    } else {
        is_no_service.then(|| NO_SERVICE.to_owned())
    });
    // What a kubeconfig names may be an alias of an endpoint, or a proxy before it.
    let may_lead_to_one = symptom == Symptom::Connection
        && subject == NameSubject::Other
        && !is_other_port
        && beyond::is_of_cluster(line);
    if may_lead_to_one {
        name.push(
            "The name is no EKS endpoint's. As a kubeconfig's server it may be an alias or a proxy of one.".to_owned(),
        );
    }
    if let Some(dialled) = dialled.filter(|_| symptom == Symptom::Connection && is_without_route(line)) {
        let is_ipv6 = dialled.to_canonical().is_ipv6();
        name.push(if is_ipv6 { NO_ROUTE_IPV6 } else { NO_ROUTE }.to_owned());
    }
    let subject = if may_lead_to_one { NameSubject::None } else { subject };
    // A loop of nslookup, whose command and server are not in the text.
    let is_one_of_several = seen.host.is_none() && symptom == Symptom::Silence && tool::is_between_answers(line, text);
    let beside = around::of(about.as_ref(), text);
    let mut against = seen.against.clone();
    let is_of_client = reply.is_none() && (symptom.is_dns() || symptom == Symptom::Connection);
    against.extend(beside.against.iter().filter(|_| is_of_client));
    resolver.extend(beside.asked.as_ref().filter(|_| is_of_client).map(AskedFor::sentence));
    let bypassed = server.filter(|_| seen.pure_go && symptom.is_dns());
    let bypassed = bypassed.and_then(|server| beside.bypassed(server));
    let known = KnownOfCluster::of(about.as_ref().map(ToString::to_string).as_deref(), line, text, around);
    if known.is_there {
        against.push("endpoint-name-stale");
    }
    let mut outright = seen
        .outright
        .clone()
        .or(bypassed.map(|why| ("go-bypasses-scoped-dns", why)));
    // The port of a filter's page says nothing of the cluster's.
    if let Some(shown) = dialled.and_then(block_page::of) {
        outright.get_or_insert(shown);
        against.extend(OF_THE_CLUSTERS_ADDRESS);
    }
    if known.is_changing && symptom.is_denial() {
        let why =
            "an update of the access to an endpoint is InProgress in this text: it may be this cluster's".to_owned();
        outright.get_or_insert(("cluster-transitioning", why));
    }
    // What the C library reads first; a program that names a name server has asked it.
    let is_of_library = symptom.is_dns() && server.is_none() && !is_reply;
    match hosts_line(text, around).filter(|_| is_of_library) {
        Some((line, LookupPath::Never)) => {
            let why = format!("this text has its hosts line: hosts: {}", shown(&line));
            outright.get_or_insert(("nsswitch-without-dns", why));
        }
        Some((_, LookupPath::Dns | LookupPath::Resolved)) => against.push("nsswitch-without-dns"),
        Some((_, LookupPath::Other)) | None => {}
    }
    // nslookup says so before the reply that it then shows, and where it goes on to the next server.
    let is_without_recursion = || {
        let mut lines = around.lines().map(str::trim_end);
        lines.any(|line| line.contains(";; Got recursion not available from ") && !line.ends_with("next server"))
    };
    let candidates = candidates::of(&Clues {
        symptom: Some(symptom),
        subject,
        place,
        is_on_ec2,
        is_of_another_network,
        server: ip,
        is_of_public: reply.is_some_and(|reply| reply.is_of_public),
        pure_go: seen.pure_go,
        is_stub: seen.is_stub || ip.is_some_and(server::is_resolved),
        is_over_tcp: seen.is_over_tcp,
        soa: reply.and_then(|reply| reply.soa).or(seen.soa),
        is_soa_of_no_zone_above: reply.is_some_and(PastedReply::is_soa_of_no_zone_above),
        is_without_recursion: symptom.is_dns()
            && reply.map_or_else(is_without_recursion, |reply| reply.is_without_recursion),
        ede: reply.and_then(|reply| reply.ede),
        has_other_answer: others.has_answer || known.is_reached,
        may_be_remembered: known.may_be_remembered,
        has_own_answer: others.has_own_answer || is_one_of_several,
        has_answer_on_this_host: others.has_answer_on_this_host,
        shown_by_form: others.answered_by.and_then(|by| by.rule(symptom)),
        has_public_answer: others.has_public_answer,
        has_private_answer_in_public: others.has_private_answer_in_public,
        answers_another_name: others.answers_another_name,
        fails_for_another_name: others.fails_for_another_name,
        has_answer_in_its_run: others.is_of_one_run,
        has_answer_of_system: others.is_of_system,
        has_answer_of_resolved: others.is_of_resolved,
        is_alias_alone: is_alias_alone && !is_behind_an_alias,
        dialled,
        is_dialled_private: symptom == Symptom::Connection && dialled.is_none() && dial::is_masked_private(line),
        is_scheme,
        literal: seen.literal,
        is_of_one_family: line.contains("dial tcp4: ") || line.contains("dial tcp6: "),
        is_other_port,
        is_like_an_endpoint: host.as_ref().is_some_and(text::ends_as_endpoint),
        is_named: printed.is_some(),
        is_of_digits,
        is_of_api: host.as_ref().is_some_and(text::is_aws_api),
        is_of_no_region: is_gapped || host.as_ref().is_some_and(|host| no_region(host).is_some()),
        is_too_long,
        system: seen.system.or_else(|| text::system(line, text)),
        outright,
        is_pinned: match dialled {
            Some(dialled) => beside.pinned.contains(&dialled),
            None => !beside.pinned.is_empty(),
        },
        dialled_what_dns_has: others.has_dialled,
        toward: seen.toward.clone(),
        against,
    });
    let is_elsewhere = matches!(
        subject,
        NameSubject::Other | NameSubject::AwsApi | NameSubject::Internal | NameSubject::Service
    );
    Explanation {
        line: shown(line),
        symptom: match symptom {
            Symptom::Connection | Symptom::Address if is_elsewhere => Symptom::ConnectionElsewhere,
            symptom if seen.literal.is_some() => symptom.at_address(),
            symptom => symptom,
        },
        client,
        is: None,
        command: match (
            seen.literal.or(dialled.filter(|_| about.is_none())),
            port.filter(|_| is_other_port),
        ) {
            // Neither a name server nor the port of an endpoint has a part in it.
            (Some(address), Some(port)) => format!("nc -vz {address} {port}"),
            (None, Some(_)) => command(Symptom::Unknown, about.as_ref(), server, true),
            _ => {
                let is_internal = matches!(subject, NameSubject::Internal | NameSubject::Service);
                let is_other = is_other || is_untold || is_internal || is_hidden_other;
                match seen.tunnel {
                    // The name servers of this host have no part in it.
                    Some(tunnel) => {
                        let via = tunnel.via(text).map(|via| format!(" --via {via}")).unwrap_or_default();
                        format!("{}{via}", command(Symptom::Unknown, about.as_ref(), None, true))
                    }
                    None => command(symptom, about.as_ref(), server, is_other),
                }
            }
        },
        host,
        server,
        resolver,
        name,
        candidates,
    }
}

/// Findings of an address that is the cluster's, or was.
const OF_THE_CLUSTERS_ADDRESS: &[&str] = &[
    "api-port-blocked",
    "public-answer-expected",
    "hybrid-nodes-public-endpoint",
    "private-access-disabled",
    "stale-addresses",
];
/// The port of a kubelet (Kubernetes, "Ports and Protocols"), which the API server and metrics-server ask.
const KUBELET: u16 = 10250;
/// The `hosts:` line of nsswitch.conf in a text, and where it leads. A line of that word is another file's unless what
/// stands there are services (nsswitch.conf(5)).
///
/// It is of the place where the message was printed, as far as the prompts tell.
fn hosts_line(text: &str, around: &str) -> Option<(String, LookupPath)> {
    const KNOWN: &[&str] = &["files", "dns", "resolve", "myhostname", "mymachines"];
    let parsed = text
        .lines()
        .filter_map(|own| Some((own, HostsLine::parse(own.as_bytes())?)));
    let mut parsed = parsed.take(limits::PASTED_RUNS);
    parsed.find_map(|(own, line)| {
        let mut services = line.services.iter();
        let is_one = services.any(|service| KNOWN.contains(&service.name.as_str()));
        let is_here = is_one && prompt::is_here(around, runs::around(text, own)?);
        is_here.then(|| (line.text.clone(), line.path()))
    })
}

/// The host of the one URL of an AWS API that the AWS CLI or an SDK says that it could not reach
/// (botocore/exceptions.py, `endpoint URL: "URL"`).
fn asked_of_aws(text: &str) -> Option<&str> {
    let mut hosts = text
        .lines()
        .filter(|line| line.contains("endpoint URL: "))
        .filter_map(words::url_host);
    let first = hosts.next()?;
    hosts.all(|host| host == first).then_some(first)
}

/// The label that stands where a Region does in the name of an AWS API, `SERVICE.REGION.amazonaws.com`, and is none: an
/// Availability Zone has a letter behind it (Amazon EC2 User Guide, "Availability Zones"), and of two letters one only
/// begins.
fn no_region(host: &Name) -> Option<String> {
    let name = host.to_string();
    let name = name.trim_end_matches('.');
    let at = name.to_ascii_lowercase().strip_suffix(".amazonaws.com")?.len();
    let (_, label) = name[..at].rsplit_once('.')?;
    let is_region = |region: &str| {
        let name = format!("eks.{region}.amazonaws.com").parse();
        name.is_ok_and(|name| EndpointName::parse(&name) == Err(NotEndpoint::EksApi))
    };
    let is_zone = label
        .strip_suffix(|c: char| c.is_ascii_alphabetic())
        .is_some_and(is_region);
    // What Regions begin with (AWS General Reference, "AWS service endpoints").
    let is_beginning = ["af", "ap", "ca", "cn", "eu", "il", "me", "mx", "sa", "us"]
        .iter()
        .any(|beginning| label.eq_ignore_ascii_case(beginning));
    (is_zone || is_beginning).then(|| label.to_owned())
}

/// What is said of an address in the place of a name.
const OF_DIGITS: &str = "What was asked for is the A record of a name that is made of the digits of an address, and there is \
                         none. For the name of the address: dig -x ADDRESS.";

/// What is said of a name of one label that is not a cluster's (resolv.conf(5), "search").
const ONE_LABEL: &str = "The name has one label. Such a name is usually looked up with the search domains of its host.";

/// What is said of a URL or a port in the place of a name.
const A_URL: &str = "What was looked up is more than a host name: a URL, or a name with a port behind it. DNS knows \
                     neither. Give the host name alone.";
/// And of a scheme (Go, src/net/url/url.go, parseHost: of `https://https://HOST` the host is `https`).
const A_SCHEME: &str = "What was looked up is the scheme of a URL, and no host: the scheme is written twice \
                        (https://https://HOST), or a URL stands where the program takes a host alone.";
/// And of the name of a Service.
const NO_SERVICE: &str = "A Service's name is in the DNS of its own cluster alone. There is no Service of this name in that \
                          namespace (kubectl get service --all-namespaces), or it is a headless one without an endpoint \
                          that is ready, or the target of its ExternalName was denied, or another name server was asked.";
/// And of the API server's own (fabric8io/kubernetes-client, Config.java, DEFAULT_MASTER_URL, which it takes behind the
/// kubeconfig).
const OWN_API: &str = "It is the API server's own Service, which the DNS of its cluster has and no other. Some clients take \
                       it where they find no kubeconfig: outside a cluster give them one.";
/// What is said of an address that no route leads to (connect(2), ENETUNREACH).
const NO_ROUTE_IPV6: &str = "No port was reached: this host, or a router on the way, has no route to that IPv6 address. Most \
                             often the host has no IPv6 to the outside at all.";
const NO_ROUTE: &str = "No port was reached: this host, or a router on the way, has no route to that address.";
/// What is said of a name that DNS cannot have (RFC 1035 section 2.3.4; Go, src/net/dnsclient.go, isDomainName).
const TOO_LONG: &str = "The name, or a label of it, is longer than DNS allows: Go says \"no such host\" of it and asks \
 no name \
                        server.";
/// Whether a line has ENETUNREACH, as strerror(3) and Node have it.
fn is_without_route(line: &str) -> bool {
    ["etwork is unreachable", "ENETUNREACH"]
        .iter()
        .any(|text| line.contains(text))
}

fn is_too_long(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    matches!(
        Name::from_host(text),
        Err(NameError::LabelTooLong | NameError::NameTooLong)
    )
}

fn not_an_endpoint(kind: NotEndpoint, place: PrintedAt) -> &'static str {
    match kind {
        NotEndpoint::SingleLabel if place == PrintedAt::Pod => {
            "The name has one label: inside a cluster that is a Service in the namespace of whoever asks."
        }
        NotEndpoint::SingleLabel => {
            "The name has one label: it may be the cluster's name in the place of its host name."
        }
        NotEndpoint::EksApi => {
            "The name is that of the AWS API that manages clusters, not of a cluster's own endpoint."
        }
        NotEndpoint::OidcIssuer => {
            "The name is that of the issuer of service account tokens, not of a cluster's own endpoint. In a VPC with \
             an \
             interface endpoint for EKS and private DNS it is denied."
        }
        NotEndpoint::WrongHostLabel => {
            "The name ends like an EKS endpoint's, but does not begin with 32 hexadecimal digits. Where it is shortened in \
             this text, put the whole one in its place."
        }
        NotEndpoint::Other => "The name is not an EKS endpoint's.",
    }
}

/// The command that shows which server a kubeconfig's context has.
const SERVER_OF_KUBECONFIG: &str = "kubectl config view --minify --output 'jsonpath={.clusters[0].cluster.server}'";

/// The command line that asks. Name servers of this host are asked without being named; a name of one label is
/// no endpoint's, and one that starts with a hyphen is a flag: the reader fills in the right one.
fn command(symptom: Symptom, host: Option<&Name>, server: Option<SocketAddr>, is_other: bool) -> String {
    match symptom {
        Symptom::BadServer | Symptom::BadPort => return SERVER_OF_KUBECONFIG.to_owned(),
        Symptom::RefusedKubeconfig => return "kubectl config view --minify".to_owned(),
        Symptom::NoCluster => return "aws eks update-kubeconfig --name CLUSTER --region REGION".to_owned(),
        Symptom::ClusterNotFound => return "aws eks list-clusters --region REGION".to_owned(),
        Symptom::AccessDenied | Symptom::NotLetIn | Symptom::Credentials => {
            return "aws sts get-caller-identity".to_owned();
        }
        // What the program has open is counted on its host.
        Symptom::NoSocket | Symptom::NoSocketToConnect => return "ulimit -n".to_owned(),
        Symptom::BadProxy => return "env | grep -i proxy".to_owned(),
        // The nodes that the API server asks are the cluster's.
        Symptom::ApiServer => return "kubectl get nodes -o wide".to_owned(),
        // Without the other end of the tunnel there is nobody to ask.
        Symptom::TunnelRefused => return "aws ssm describe-instance-information --region REGION".to_owned(),
        // The kubeconfig says what stands behind the address.
        Symptom::Address | Symptom::OtherFamily => return "eks-dns-doctor check --connect".to_owned(),
        _ => {}
    }
    // Public resolvers are asked for names that are AWS's own, and for no other: it may be an internal one.
    let subject = host.map_or(NameSubject::None, text::subject);
    let public = match subject {
        _ if is_other => "",
        NameSubject::Internal | NameSubject::Service | NameSubject::Other => "",
        _ => " --public",
    };
    let host = host
        .filter(|host| host.labels().len() > 1 && !host.to_string().starts_with('-'))
        .map_or_else(|| "HOST".to_owned(), ToString::to_string);
    let server = server
        .filter(|server| !server.ip().is_loopback() && !is_link_local(*server))
        // Nor is a public resolver asked for such a name because the text asked it.
        .filter(|server| !public.is_empty() || !candidates::is_public(server.ip()))
        // A name server of 0.0.0.0, which means this host, or of port 0 cannot be named.
        .filter(|server| parse_address(&server.to_string()).is_ok())
        .map(|server| match server.port() {
            53 => format!(" --resolver {}", server.ip()),
            _ => format!(" --resolver {server}"),
        })
        .unwrap_or_default();
    let connect = if symptom.asks_for_a_connection() {
        " --connect"
    } else {
        ""
    };
    format!("eks-dns-doctor check {host}{server}{public}{connect}")
}

/// fe80::/10 (RFC 4291 section 2.5.6), which means nothing without its zone.
fn is_link_local(server: SocketAddr) -> bool {
    matches!(server.ip(), std::net::IpAddr::V6(ip) if ip.is_unicast_link_local())
}
