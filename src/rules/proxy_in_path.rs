//! A proxy or a tunnel resolves the endpoint's name, and not this host; or kubectl connects to something else.

use std::net::IpAddr;

use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, phrase, remedy};
use crate::dns::Name;
use crate::facts::{Kubeconfig, OtherServer};
use crate::text::plain_word;

declare_rule! {
    /// ## What it means
    /// HTTPS_PROXY is set here, and NO_PROXY does not take the endpoint out; or the kubeconfig names a proxy for the
    /// cluster (`proxy-url`). kubectl and other Go clients then hand the name to the proxy, and the proxy resolves
    /// it. Or the kubeconfig's `server` is something else, and `tls-server-name` is the endpoint. Where that is this
    /// host itself, it is the end of a tunnel (SSM port forwarding, `ssh -L`): kubectl asks no name server for the
    /// endpoint, and the far end of the tunnel resolves it. Where it is another address, kubectl connects to that one
    /// and asks no name server. Where it is another name, kubectl looks up that name: whether it resolves is another
    /// question than this run's, so the run is inconclusive at best.
    ///
    /// ## How it was decided
    /// The environment of this run was read as Go reads it (golang.org/x/net/http/httpproxy): HTTPS_PROXY and
    /// NO_PROXY, in upper or lower case. What the kubeconfig says comes before the environment, and NO_PROXY does not
    /// take anything out of it (k8s.io/client-go: a `proxy-url` takes the place of the environment's proxy). Another
    /// server is told by a `tls-server-name` that is an EKS endpoint and not the host of `server`; a tunnel, by a host
    /// of `server` that is this host too. An address is the cluster's where it is an expected one, and may be where
    /// nothing is known but networks that it is in; else the confidence is medium. Of one that is not an expected one
    /// nothing shows that it is the cluster, so the run is inconclusive at best. A `proxy-url` that kubectl refuses (it
    /// is no URL, or its scheme is none of http, https and socks5) is no proxy: kubectl ends with an error before any
    /// lookup, and the finding says so.
    ///
    /// ## Why it matters
    /// Those clients do not use the resolvers of this host. They fail if the proxy cannot resolve or reach a private
    /// endpoint, and work if it can, whatever DNS says here.
    ///
    /// ## What to do
    /// Take the endpoint out with NO_PROXY, or the `proxy-url` out of the kubeconfig; or see that the proxy itself
    /// resolves the name to the private addresses and may connect to them. Where there is a tunnel, test the name at
    /// its far end. Where kubectl looks up another name, check that one.
    "proxy-in-path" = {
        summary: "a proxy or a tunnel resolves the endpoint's name, and not this host",
        severity: Severity::Warning,
        since: "0.1.0",
        about: AnyName,
        hint: "HTTPS_PROXY or proxy-url is set and NO_PROXY does not name the endpoint, or there is a tunnel: its \
               other end looks the name up",
        complaints: [
            NoReply 10, HandshakeTimeout 10, Certificate 20, KubectlRefused 50, Proxy 10, AwsApi 20, Address 20,
        ],
        references: [GO_HTTPPROXY, KUBECONFIG_V1],
        at: Run,
        requires: [[PROXY_RESOLVES_THE_NAME, KUBECONFIG_NAMES_A_PROXY, KUBECONFIG_NAMES_ANOTHER_SERVER]],
        confidence: [Medium if [[KUBECONFIG_NAMES_AN_UNKNOWN_ADDRESS]], High],
        needs: [Proxy],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let by_kubeconfig = case
        .kubeconfig()
        .and_then(|kubeconfig| Some((kubeconfig, kubeconfig.proxy_url.as_deref()?)));
    let by_environment = case.proxy();
    let elsewhere = case
        .kubeconfig()
        .and_then(|kubeconfig| Some((kubeconfig, case.connects_elsewhere()?, kubeconfig.end()?)));
    if let Some((kubeconfig, proxy)) = by_kubeconfig
        && let Some(problem) = &kubeconfig.proxy_url_problem
    {
        return vec![refused_by_kubectl(fits.confidence, kubeconfig, proxy, problem)];
    }
    if let Some((kubeconfig, elsewhere, end)) = elsewhere {
        return vec![match elsewhere {
            OtherServer::Tunnel => through_a_tunnel(case, fits.confidence, kubeconfig, &end),
            OtherServer::Address(address) => at_an_address(case, fits.confidence, kubeconfig, address, &end),
            OtherServer::Name(name) => by_another_name(case, fits.confidence, kubeconfig, &name),
        }];
    }
    if let Some((kubeconfig, proxy)) = by_kubeconfig {
        return vec![of_kubeconfig(case, fits.confidence, kubeconfig, proxy)];
    }
    let Some(proxy) = by_environment.filter(|proxy| proxy.resolves_the_target()) else {
        return Vec::new();
    };
    let variable = proxy.variable.as_deref().unwrap_or("HTTPS_PROXY");
    let address = proxy.address.as_deref().unwrap_or("a proxy");
    // All endpoint names, and nothing else of AWS's that may need the proxy.
    let exempt = format!(".{}", case.family_zone());
    vec![
        RULE.finding_at_large(fits.confidence)
            .summary(format!(
                "{variable} is set and NO_PROXY does not cover the endpoint: the proxy {address} resolves the name, \
                 not this host"
            ))
            .why(format!(
                "Clients that read {variable}, kubectl among them, send the endpoint's name to {address} and the proxy \
                 does the lookup. They do not use the answers of the resolvers here. If the proxy does not get the \
                 private addresses, they fail although every answer here is right."
            ))
            .seen(vec![Evidence::fact(format!(
                "{variable} names {address}; NO_PROXY does not cover {}",
                case.own_zone()
            ))])
            .fix(vec![
                Remedy::new(
                    "Exclude the endpoint from the proxy",
                    [remedy::here::append_variable(case, "NO_PROXY", &exempt)],
                ),
                Remedy::advice(format!(
                    "Or, where clients reach the endpoint only through the proxy: test the name where the proxy runs, \
                     and let its resolver forward {} to the VPC",
                    case.own_zone()
                ))
                .to_the_vpc(),
            ]),
    ]
}

/// kubectl connects to the end of a tunnel.
fn through_a_tunnel(case: &Case<'_>, confidence: Confidence, kubeconfig: &Kubeconfig, tunnel: &str) -> Finding {
    let context = &kubeconfig.context;
    let files = phrase::list(&kubeconfig.files);
    let endpoint = case.own_zone();
    let (for_whom, told_by) = if kubeconfig.tls_server_name.is_some() {
        (
            format!(
                "the tls-server-name {endpoint}. So kubectl connects to the near end of a tunnel and verifies the \
                 certificate of the endpoint"
            ),
            format!("tls-server-name is {endpoint}"),
        )
    } else {
        let cluster = kubeconfig.cluster.as_deref().unwrap_or("a cluster");
        (
            format!(
                "credentials for the EKS cluster {cluster}, so kubectl connects to the near end of a tunnel on this \
                 host. It has no tls-server-name: kubectl verifies the certificate for the host of its server, and \
                 refuses one that is for the endpoint's name only"
            ),
            format!("the exec entry is for the cluster {cluster}"),
        )
    };
    let by_proxy = by_proxy(kubeconfig, &format!("connects to {tunnel}"));
    RULE.finding_at_large(confidence)
        .summary(format!(
            "{} sends kubectl through a tunnel at {tunnel}: kubectl asks no name server for the endpoint here",
            whose(kubeconfig)
        ))
        .why(format!(
            "The context {context} has the server {server} and {for_whom}. The far end of the tunnel resolves the \
             endpoint's name: the instance that SSM port forwarding or ssh connects from. kubectl does not use the \
             answers of the resolvers here.{by_proxy}",
            server = kubeconfig.server,
        ))
        .seen(vec![Evidence::fact(format!(
            "{files}, context {context}: server is {}, {told_by}",
            kubeconfig.server
        ))])
        .fix(vec![
            Remedy::new(
                "Where kubectl fails, test the name at the far end of the tunnel",
                [format!("eks-dns-doctor check {endpoint} --via ssm:<instance-id>")],
            ),
            Remedy::advice(
                "And check that the tunnel is open: its session ends with the terminal or the login that started it"
                    .to_owned(),
            ),
        ])
}

/// What the proxy of the kubeconfig does then, as a sentence.
fn by_proxy(kubeconfig: &Kubeconfig, does: &str) -> String {
    let proxy = kubeconfig.proxy_url.as_deref();
    let said = proxy.map(|proxy| format!(" The kubeconfig also has the proxy-url {proxy}: that proxy {does}."));
    said.unwrap_or_default()
}

/// What the kubeconfig has in place of the endpoint.
fn has_another_server(case: &Case<'_>, kubeconfig: &Kubeconfig) -> Evidence {
    Evidence::fact(format!(
        "{}, context {}: server is {}, tls-server-name is {}",
        phrase::list(&kubeconfig.files),
        kubeconfig.context,
        kubeconfig.server,
        case.own_zone()
    ))
}

/// To go back to the endpoint's own name.
fn by_its_own_name(case: &Case<'_>, kubeconfig: &Kubeconfig) -> Remedy {
    let entry = cluster_entry(kubeconfig);
    Remedy::new(
        "If the endpoint can be reached by its own name: write that into the kubeconfig",
        [
            format!("kubectl config set clusters.{entry}.server https://{}", case.own_zone()),
            format!("kubectl config unset clusters.{entry}.tls-server-name"),
        ],
    )
}

/// kubectl connects to an address: it asks nobody, whatever is at that address.
fn at_an_address(
    case: &Case<'_>,
    confidence: Confidence,
    kubeconfig: &Kubeconfig,
    address: IpAddr,
    end: &str,
) -> Finding {
    let what = if case.expected.names(address) {
        "It is one of the addresses that the endpoint is expected to have, so the connection is a direct one. EKS may \
         replace the network interface behind it, and the kubeconfig then has an address that nobody has."
    } else if case.may_be_the_clusters(address) && case.expected.cidrs.is_empty() {
        "Nothing is known that speaks against that address, and nothing that shows it to be the cluster's. EKS may replace \
         the network interface behind an address, and the kubeconfig then has one that nobody has."
    } else if case.may_be_the_clusters(address) {
        "It is in the networks that the endpoint is expected in, so the connection may be a direct one. EKS may replace the \
         network interface behind it, and the kubeconfig then has an address that nobody has."
    } else {
        "What is at that address is not known: it is none of the addresses that are known of the cluster. It may be a \
         load balancer, a proxy, or an address that the cluster had before."
    };
    let by_proxy = by_proxy(kubeconfig, &format!("connects to {end}"));
    RULE.finding_at_large(confidence)
        .summary(format!(
            "{} sends kubectl to the address {address}: kubectl connects to that address, and asks no name \
             server for the endpoint",
            whose(kubeconfig)
        ))
        .why(format!(
            "The context {context} has the server {server} and the tls-server-name {endpoint}. So kubectl connects to \
             {end} and verifies the certificate of the endpoint. {what} kubectl does not use the answers of the resolvers \
             here.{by_proxy}",
            context = kubeconfig.context,
            server = kubeconfig.server,
            endpoint = case.own_zone(),
        ))
        .seen(vec![has_another_server(case, kubeconfig)])
        .fix(vec![by_its_own_name(case, kubeconfig)])
}

/// kubectl looks up another name than the endpoint's. Nobody was asked for that one.
fn by_another_name(case: &Case<'_>, confidence: Confidence, kubeconfig: &Kubeconfig, name: &Name) -> Finding {
    let by_proxy = by_proxy(kubeconfig, &format!("looks up {name}"));
    RULE.finding_at_large(confidence)
        .summary(format!(
            "{} sends kubectl to {name}: kubectl looks up that name and not the endpoint, and it was not checked",
            whose(kubeconfig)
        ))
        .why(format!(
            "The context {context} has the server {server} and the tls-server-name {endpoint}. So kubectl looks up {name}, \
             connects to what that gives, and verifies the certificate of the endpoint. The answers here are about the \
             endpoint's name alone, and say nothing about {name}.{by_proxy}",
            context = kubeconfig.context,
            server = kubeconfig.server,
            endpoint = case.own_zone(),
        ))
        .seen(vec![has_another_server(case, kubeconfig)])
        .fix(vec![
            Remedy::new(
                "Check the name that kubectl looks up",
                [format!("eks-dns-doctor check {}", plain_word(&name.to_string(), "<host-of-server>"))],
            ),
            by_its_own_name(case, kubeconfig),
        ])
}

/// kubectl does not take the `proxy-url`: there is no proxy, and no lookup either.
fn refused_by_kubectl(confidence: Confidence, kubeconfig: &Kubeconfig, proxy: &str, problem: &str) -> Finding {
    let context = &kubeconfig.context;
    let files = phrase::list(&kubeconfig.files);
    let entry = cluster_entry(kubeconfig);
    RULE.finding_at_large(confidence)
        .summary(format!(
            "kubectl refuses the kubeconfig's proxy-url {proxy}, and asks no name server"
        ))
        .why(format!(
            "The context {context} has the proxy-url {proxy}, which {problem}. kubectl ends with \"invalid 'proxy-url'\" \
             before any lookup, so the answers of the resolvers here do not change what it prints."
        ))
        .seen(vec![Evidence::fact(format!(
            "{files}, context {context}: proxy-url is {proxy}, which {problem}"
        ))])
        .fix(vec![
            Remedy::new(
                "Write the proxy as a URL, where the cluster is reached through one",
                [format!("kubectl config set clusters.{entry}.proxy-url http://<proxy>:<port>")],
            ),
            Remedy::new(
                "Else take it out of the kubeconfig",
                [format!("kubectl config unset clusters.{entry}.proxy-url")],
            ),
        ])
}

/// What sends kubectl there: of a context that is not the current one, kubectl does so only where it is named.
fn whose(kubeconfig: &Kubeconfig) -> String {
    if kubeconfig.found_by_host {
        format!("the kubeconfig's context {}, not the current one,", kubeconfig.context)
    } else {
        "the kubeconfig".to_owned()
    }
}

/// The name of the cluster's entry, where it can stand in a command.
fn cluster_entry(kubeconfig: &Kubeconfig) -> &str {
    match kubeconfig.cluster_entry.as_str() {
        entry if !entry.is_empty() && entry.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) => entry,
        _ => "<cluster-entry>",
    }
}

/// The proxy is the kubeconfig's: the environment does not matter then.
fn of_kubeconfig(case: &Case<'_>, confidence: Confidence, kubeconfig: &Kubeconfig, proxy: &str) -> Finding {
    let context = &kubeconfig.context;
    let files = phrase::list(&kubeconfig.files);
    // Go hands the name to a SOCKS proxy too: "socks5" is treated as "socks5h" (net/http, Transport.Proxy).
    let of_socks = if proxy.starts_with("socks") {
        " A SOCKS proxy gets the name as well; behind `ssh -D` it is the host that was logged in to which looks it up."
    } else {
        ""
    };
    let entry = cluster_entry(kubeconfig);
    RULE.finding_at_large(confidence)
        .summary(format!(
            "{} sends the endpoint through the proxy {proxy}: it resolves the name, not this host",
            whose(kubeconfig)
        ))
        .why(format!(
            "The context {context} has the proxy-url {proxy}. Clients that use the kubeconfig leave the lookup to it, \
             whatever NO_PROXY says. They do not use the answers of the resolvers here. If the proxy does not get the \
             private addresses, they fail although every answer here is right.{of_socks}"
        ))
        .seen(vec![Evidence::fact(format!(
            "{files}, context {context}: proxy-url is {proxy}"
        ))])
        .fix(vec![
            Remedy::new(
                "If the endpoint can be reached without it: take the proxy out of the kubeconfig",
                [format!("kubectl config unset clusters.{entry}.proxy-url")],
            ),
            Remedy::advice(format!(
                "Else test the name where the proxy runs, and let its resolver forward {} to the VPC",
                case.own_zone()
            ))
            .to_the_vpc(),
        ])
}
