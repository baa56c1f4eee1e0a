//! What failed before a name server was asked, or after it answered: no cluster, the API server's own failures,
//! proxies, TLS, HTTP and TCP.

use std::net::{IpAddr, SocketAddr};

use super::words::url_host;
use super::{MessageSeen, Symptom, between, certificate, dial, go, library, tunnel};
use crate::limits;

/// What the API server says of its own failures (k8s.io/kubectl, "Error from server"; k8s.io/apiserver, the proxy to
/// nodes and webhooks).
const OF_API_SERVER: &[&str] = &[
    "Error from server",
    "error dialing backend",
    "failed calling webhook",
    "failed to call webhook",
    "proxy error from ",
    "unable to upgrade connection: ",
    "the server is currently unable to handle the request",
    "Internal error occurred: ",
    "an error on the server (\"",
    // k8s.io/apimachinery, pkg/api/errors, NewTimeoutError; k8s.io/apiserver, pkg/admission/plugin/webhook,
    // dispatcher.go: the time that the API server has for a request was over before its webhooks or etcd had answered.
    "Timeout: request did not complete within requested timeout",
    // k8s.io/client-go, tools/portforward; k8s.io/kubelet, pkg/cri/streaming/portforward: the kubelet's answer.
    "error forwarding port ",
    "an error occurred forwarding ",
];
/// What kubectl says where the API server does not take the credentials (k8s.io/kubectl, pkg/cmd/util/helpers.go), and
/// what client-go hands on of it (k8s.io/apimachinery, pkg/api/errors).
const OF_CREDENTIALS: &[&str] = &[
    "You must be logged in to the server",
    "the server has asked for the client to provide credentials",
    "Error from server (Forbidden)",
    "Error from server (Unauthorized)",
];
/// What kubectl says where the program for its credentials fails (k8s.io/client-go, plugin/pkg/client/auth/exec), and
/// what that program says (botocore, exceptions.py; aws/aws-cli).
const OF_CREDENTIAL_PROGRAMS: &[&str] = &[
    "getting credentials: ",
    "Unable to locate credentials",
    "Error loading SSO Token",
    "Error when retrieving token from sso",
    "The SSO session associated with this profile",
    "(ExpiredToken)",
    "(ExpiredTokenException)",
];
/// What kubectl and client-go say without a cluster (k8s.io/client-go, tools/clientcmd; k8s.io/kubectl).
const NO_CLUSTER: &[&str] = &[
    "no configuration has been provided",
    "current-context must exist",
    "current-context is not set",
    "no context exists with the name",
    "no server found for cluster",
    "invalid configuration: cluster \"",
    "context was not found for specified context",
    "cluster has no server defined",
    "unable to load in-cluster configuration",
    "Missing or incomplete configuration info",
    // Terraform's provider for Kubernetes.
    "cannot create REST client: no client config",
];
/// What kubectl says of a kubeconfig that it cannot read, or of an entry that it does not take (k8s.io/client-go,
/// tools/clientcmd, loader.go and validation.go, and transport; see `facts::kubeconfig::Refusal`).
const OF_KUBECONFIG: &[&str] = &[
    "error loading config file \"",
    "invalid 'proxy-url' ",
    "unable to read certificate-authority ",
    "unable to read client-cert ",
    "unable to read client-key ",
    "username/password or bearer token may be set, but not both",
    "specifying a root certificates file with the insecure flag is not allowed",
    " to use exec authentication plugin",
    "invalid interactiveMode for ",
    "exec plugin: invalid apiVersion",
    "exec plugin is configured to use API version",
    "authProvider cannot be provided in combination with an exec plugin",
    "no Auth Provider found for name ",
    "without impersonating a user",
    "host must be a URL or a host:port pair",
];
/// What others say too: where kubectl itself says so, behind its own word in front.
const OF_KUBECTLS_ERROR: &[&str] = &[
    "unable to load root certificates: ",
    " are both specified for ",
    "more than one authentication method found for ",
];
/// The server that clients take where none is configured (k8s.io/client-go: `http://localhost:8080`; Terraform's and
/// others' clients: port 80).
const NOWHERE: &[&str] = &[
    "localhost:8080",
    "127.0.0.1:8080",
    "[::1]:8080",
    "localhost:80",
    "127.0.0.1:80",
    "[::1]:80",
];

/// The same as Python's urllib3 prints it.
const POOLS_NOWHERE: &[&str] = &[
    "localhost', port=80",
    "127.0.0.1', port=80",
    "localhost', port=8080",
    "127.0.0.1', port=8080",
];

/// How a page of HTML begins, in kubectl's quotation of a reply and elsewhere; and what a reader of JSON says of one
/// (Go, src/encoding/json/scanner.go; V8).
const OF_PAGES: &[&str] = &[
    "<html>",
    "<html ",
    "<!doctype html",
    "<head>",
    "invalid character '<' looking for beginning of value",
    "unexpected token '<'",
    "unexpected token < in json",
];
/// What is before a page that the client took for the API server's reply.
const BEFORE_PAGES: &[&str] = &[
    "error from server",
    "an error on the server (",
    "unable to connect to the server",
    "couldn't get current server api group list",
    "kubernetes cluster unreachable",
    "looking for beginning of value",
    "unexpected token",
    "the server has asked for the client",
];

/// A web page in the place of the API server's reply.
fn web_page(line: &str) -> bool {
    // Of a log in one line no more than an error has.
    let lower: String = line
        .chars()
        .take(limits::PASTED_ERROR)
        .collect::<String>()
        .to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    has(OF_PAGES) && has(BEFORE_PAGES)
}

/// What the page of a proxy, of a filter or of a web server in between says.
const IN_BETWEEN: &[&str] = &[
    "bad gateway",
    "gateway time",
    "service unavailable",
    "proxy",
    "blocked",
    "access denied",
    "could not be retrieved",
];
/// What squid says where it does not find the name (squid-cache/squid, errors/templates/ERR_DNS_FAIL).
const OF_DNS_FAIL: &str = "Unable to determine IP address from host name";

/// A whole page, as curl prints what came.
pub(super) fn page(text: &str) -> Option<(&str, MessageSeen)> {
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    let lower: String = text
        .chars()
        .take(limits::PASTED_ERROR)
        .collect::<String>()
        .to_ascii_lowercase();
    // Behind the lines of the header, where curl was asked for them (-i, -v).
    let body = lower
        .lines()
        .skip_while(|line| is_of_header(line))
        .find(|line| !line.trim().is_empty());
    let is_page = body.is_some_and(begins_a_page);
    (is_page && IN_BETWEEN.iter().any(|word| lower.contains(word))).then(|| {
        let note = text.contains(OF_DNS_FAIL).then_some(
            "The page says that the proxy did not find the name: behind a proxy it is the proxy that looks it up.",
        );
        (
            line,
            MessageSeen {
                note,
                ..MessageSeen::of(Symptom::WebPage, None)
            },
        )
    })
}

/// Whether a line, in small letters, is the first of a page of HTML.
fn begins_a_page(line: &str) -> bool {
    let starts = ["<html>", "<html ", "<!doctype html"];
    starts.iter().any(|start| line.trim_start().starts_with(start))
}

/// A line of a reply's header (RFC 9112 sections 4 and 5), with curl's sign before it or without, or the empty one
/// behind it.
fn is_of_header(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['<', '*']).trim_start();
    let is_field = || {
        let name = line.split_once(':').map(|(name, _)| name);
        name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
    };
    line.is_empty() || line.starts_with("http/") || is_field()
}

/// `curl -v` that got a reply: it says whom it connected to, and then shows the header of what came.
pub(super) fn curl_replied(text: &str) -> Option<(&str, MessageSeen)> {
    let connected = text
        .lines()
        .find(|line| line.trim_start().starts_with("* Connected to "))?;
    let has_status = |line: &str| line.trim_start().starts_with("< HTTP/");
    // What came is the page of something in between, or an error says more.
    let is_page = text.lines().any(|line| begins_a_page(&line.to_ascii_lowercase()));
    if !text.lines().any(has_status) || is_page || text.contains("curl: (") {
        return None;
    }
    let host = between(connected, "* Connected to ", " ");
    Some((
        connected,
        MessageSeen {
            note: Some("curl connected to the address that it names, and a reply over HTTP came."),
            ..MessageSeen::of(Symptom::Healthy, host)
        },
    ))
}

/// The API server's own failures, and clients without a cluster.
pub(super) fn server_side(line: &str) -> Option<MessageSeen> {
    if web_page(line) {
        return Some(MessageSeen::of(Symptom::WebPage, url_host(line)));
    }
    if OF_CREDENTIALS.iter().any(|text| line.contains(text)) {
        return Some(MessageSeen::of(Symptom::NotLetIn, None));
    }
    // A lookup that failed on the way to AWS's API says more.
    let is_lookup = line.contains("lookup ") || line.contains("dial tcp");
    if !is_lookup && OF_CREDENTIAL_PROGRAMS.iter().any(|text| line.contains(text)) {
        return Some(MessageSeen::of(Symptom::Credentials, None));
    }
    let has = |words: &[&str]| words.iter().any(|text| line.contains(text));
    let is_of_kubectl = ["error: ", "Error in configuration: "]
        .iter()
        .any(|lead| line.trim_start().starts_with(lead));
    if !is_lookup && (has(OF_KUBECONFIG) || is_of_kubectl && has(OF_KUBECTLS_ERROR)) {
        return Some(MessageSeen::of(Symptom::RefusedKubeconfig, None));
    }
    if OF_API_SERVER.iter().any(|text| line.contains(text)) {
        return Some(MessageSeen::of(Symptom::ApiServer, None));
    }
    // `error: context "NAME" does not exist`, and the same of a cluster and a user.
    // kubectl 1.32, of a file that --kubeconfig names.
    let is_no_file = line.trim_start().starts_with("error: stat ") && line.contains(": no such file or directory");
    let is_missing = ["error: context \"", "error: cluster \"", "error: auth info \""]
        .iter()
        .any(|lead| line.trim_start().starts_with(lead))
        && line.contains("\" does not exist");
    if is_missing || is_no_file || NO_CLUSTER.iter().any(|text| line.contains(text)) {
        return Some(MessageSeen::of(Symptom::NoCluster, None));
    }
    if is_bad_server(line) {
        return Some(MessageSeen::of(Symptom::BadServer, None));
    }
    if line.contains("No cluster found for name") {
        return Some(MessageSeen::of(Symptom::ClusterNotFound, None));
    }
    if line.contains("AccessDeniedException") || line.contains("is not authorized to perform: ") {
        return Some(MessageSeen::of(Symptom::AccessDenied, None));
    }
    // "connectex" is Windows' call, whose error is in Windows' language.
    let is_refused = line.contains("refused") || line.contains("connectex: ");
    let is_url = line.contains("http://localhost/") || line.contains("http://localhost\"");
    // `:80` is no beginning of `:8080`, nor of another port.
    let ends = |at: usize| !line[at..].starts_with(|c: char| c.is_ascii_digit());
    let is_nowhere = NOWHERE.iter().any(|server| {
        line.match_indices(server)
            .take(limits::PASTED_WORDS)
            .any(|(at, found)| ends(at + found.len()))
    });
    // urllib3, connectionpool.py, MaxRetryError.
    let pool = between(line, "HTTPConnectionPool(host='", ")");
    let is_nowhere = is_nowhere || pool.is_some_and(|pool| POOLS_NOWHERE.contains(&pool));
    let is_dns = line.contains("lookup ");
    let is_one = is_refused && is_nowhere || is_url;
    (!is_dns && is_one && is_of_client(line) && !is_of_probe(line)).then(|| MessageSeen::of(Symptom::NoCluster, None))
}

/// What Go says of a proxy's URL that it cannot read (golang.org/x/net/http/httpproxy, proxy.go, parseProxy).
const INVALID_PROXY: &str = ": invalid proxy address ";

/// Whether the client's server is no URL that it can use (Go, src/net/ipsock.go, splitHostPort; src/net/url/url.go,
/// parseHost and getScheme; src/net/http/transport.go).
fn is_bad_server(line: &str) -> bool {
    const OF_ADDRESS: &[&str] = &[": too many colons in address", ": missing port in address"];
    const OF_URL: &[&str] = &[
        "in host name",
        "unsupported protocol scheme",
        "first path segment in URL cannot contain colon",
        "missing protocol scheme",
        "no Host in request URL",
    ];
    // A lookup that failed says more, and a proxy's URL is another.
    if line.contains("lookup ") || line.contains(INVALID_PROXY) {
        return false;
    }
    let is_address = line.contains("dial tcp: address ") && OF_ADDRESS.iter().any(|text| line.contains(text));
    let is_url = ["parse \"", "Get \"", "Post \""].iter().any(|lead| line.contains(lead));
    let is_bad = is_address || is_url && OF_URL.iter().any(|text| line.contains(text));
    // Any program may have a URL of its own that is none.
    is_bad && (is_of_client(line) || line.contains(".eks.amazonaws.com"))
}

/// Whether a line surely is of a client of Kubernetes that asked a cluster's API server: `/api/v1` alone is a path of
/// others as well, such as Prometheus.
pub(super) fn is_of_cluster(line: &str) -> bool {
    const PATHS: &[&str] = &[
        "/apis/",
        "/api?timeout=",
        "/api/v1/namespaces",
        "/api/v1/nodes",
        "/api/v1/pods",
    ];
    AROUND.iter().chain(PATHS).any(|text| line.contains(text))
}

/// What kubectl, client-go and Helm say around an error of the API server.
const AROUND: &[&str] = &[
    "The connection to the server ",
    "Unable to connect to the server: ",
    "Kubernetes cluster unreachable",
    "API group list",
    "memcache.go",
    "reflector.go",
];

/// Whether a line shows that a client of Kubernetes asked: by the paths of the API (Kubernetes, "API Overview"), or by
/// what kubectl, client-go and Helm say around the error. Anybody may listen on these ports of localhost.
fn is_of_client(line: &str) -> bool {
    const PATHS: &[&str] = &["/api", "/apis", "/version", "/openapi"];
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['/', '?', '"', '\\', ' ', '\'', ':']);
    let has_path = |path: &str| {
        let mut places = line.match_indices(path).take(limits::PASTED_WORDS);
        places.any(|(at, path)| ends(&line[at + path.len()..]))
    };
    AROUND.iter().any(|text| line.contains(text)) || PATHS.iter().any(|path| has_path(path))
}

/// Whether a line is of a probe of a container (Kubernetes, pkg/kubelet/prober): the kubelet asked a pod.
fn is_of_probe(line: &str) -> bool {
    ["Liveness probe", "Readiness probe", "Startup probe"]
        .iter()
        .any(|probe| line.contains(probe))
}

/// Status texts that are the error where a proxy answers CONNECT with them (Go, src/net/http/transport.go).
const STATUSES: &[&str] = &[
    "Service Unavailable",
    "Bad Gateway",
    "Gateway Timeout",
    "Gateway Time-out",
    "Proxy Authentication Required",
    "Forbidden",
    "Method Not Allowed",
    "Bad Request",
    "Not Found",
    "Internal Server Error",
    "Authentication Required",
];
/// What other clients say of it: curl, Python, Java, .NET.
const OF_PROXIES: &[&str] = &[
    "proxyconnect tcp",
    "CONNECT tunnel failed",
    "from proxy after CONNECT",
    "Tunnel connection failed",
    "Unable to connect to proxy",
    "Cannot connect to proxy",
    "Unable to tunnel through proxy",
    "proxy tunnel request to proxy",
    // okhttp, RealConnection; reqwest and hyper-util, the tunnel of their connectors.
    "Unexpected response code for CONNECT: ",
    "unsuccessful tunnel",
    "ProxyError(",
    // botocore, exceptions.py.
    "ProxyConnectionError",
    "ERR_PROXY_CONNECTION_FAILED",
    "ERR_TUNNEL_CONNECTION_FAILED",
    // RFC 9110 section 15.5.8: 407 is a proxy's.
    "Proxy Authentication Required",
    // curl, libcurl-errors(3): CURLE_PROXY, of SOCKS proxies.
    "curl: (97)",
];

pub(super) fn proxy(line: &str) -> Option<MessageSeen> {
    if let Some(seen) = tunnel::line(line, is_connection).or_else(|| tunnel::socks(line)) {
        return Some(seen);
    }
    if let Some((_, rest)) = line.split_once("Could not resolve proxy: ") {
        return Some(MessageSeen::of(Symptom::Proxy, library::first_word(rest)));
    }
    if line.contains(INVALID_PROXY) {
        return Some(MessageSeen::of(Symptom::BadProxy, url_host(line)));
    }
    if OF_PROXIES.iter().any(|text| line.contains(text)) {
        let is_connection = [
            "proxyconnect tcp: dial",
            "Cannot connect to proxy",
            "ProxyConnectionError",
        ]
        .iter()
        .any(|text| line.contains(text));
        let symptom = if is_connection {
            Symptom::ProxyConnection
        } else {
            Symptom::ProxyAnswer
        };
        let host = between(line, "ConnectionPool(host='", "'").or_else(|| url_host(line));
        return Some(MessageSeen::of(symptom, host));
    }
    let said = line.trim().trim_end_matches(['"', '\\', '\'']);
    let is_bare = STATUSES.iter().any(|status| {
        let before = said.strip_suffix(status);
        before.is_some_and(|before| {
            before.ends_with("Unable to connect to the server: ")
                || before.ends_with("\": ") && (before.contains("Get \"https://") || before.contains("Post \"https://"))
                || before.ends_with("\\\": ") && before.contains("https://")
        })
    });
    is_bare.then(|| MessageSeen::of(Symptom::ProxyAnswer, url_host(line)))
}

/// Whether a text is one of those that say that a connection failed.
fn is_connection(text: &str) -> bool {
    CONNECTIONS.iter().any(|known| text.contains(known))
}

/// The port that a line says was connected to, at a host that it names.
pub(super) fn port(line: &str, text: &str) -> Option<u16> {
    let behind = || {
        between(line, " port ", " ")?
            .trim_end_matches([',', ':', '.'])
            .parse()
            .ok()
    };
    dial::of_text(line, text).port.or_else(behind)
}

/// Whether a line asks over HTTP alone, which no EKS endpoint speaks.
pub(super) fn is_plain(line: &str) -> bool {
    line.contains("http://") && !line.contains("https://")
}

/// What tells each layer behind DNS: Go, curl, Python, Java, Node, .NET, Ruby, Rust.
const LAYERS: &[(&str, Symptom)] = &[
    ("TLS handshake timeout", Symptom::HandshakeTimeout),
    ("SSL connection timeout", Symptom::HandshakeTimeout),
    ("handshake operation timed out", Symptom::HandshakeTimeout),
    ("remote error: tls: ", Symptom::Handshake),
    ("tls: ", Symptom::Handshake),
    ("does not look like a TLS handshake", Symptom::Handshake),
    ("server gave HTTP response to HTTPS client", Symptom::Handshake),
    ("SSLHandshakeException", Symptom::Handshake),
    ("SSLError(", Symptom::Handshake),
    ("SSL_connect", Symptom::Handshake),
    ("SSL routines", Symptom::Handshake),
    // OpenSSL, apps/s_client.c.
    ("no peer certificate available", Symptom::Handshake),
    ("The SSL connection could not be established", Symptom::Handshake),
    ("curl: (35)", Symptom::Handshake),
    (
        "request canceled while waiting for connection",
        Symptom::NoConnectionInTime,
    ),
    // aiohttp, client.py: its limit for a connection holds for the lookup, TCP and TLS together.
    ("Connection timeout to host ", Symptom::NoConnectionInTime),
    // Node (nodejs/undici, lib/core/connect.js, onConnectTimeout): "address" with the name where no address was tried
    // yet that it knows of, "addresses" with those that were.
    (
        "Connect Timeout Error (attempted address: ",
        Symptom::NoConnectionInTime,
    ),
    ("net/http: request canceled (Client.Timeout", Symptom::NoReplyInTime),
    ("timeout awaiting response headers", Symptom::NoReplyInTime),
    (
        "Client.Timeout or context cancellation while reading body",
        Symptom::NoReplyInTime,
    ),
    ("Read timed out", Symptom::NoReplyInTime),
    ("ReadTimeoutError", Symptom::NoReplyInTime),
    ("http2: client connection lost", Symptom::Http),
    ("http2: ", Symptom::Http),
    ("stream error: ", Symptom::Http),
    ("unexpected EOF", Symptom::Http),
    ("malformed HTTP", Symptom::Http),
    // Go, src/net/net.go, ErrClosed: the client itself had closed the connection.
    ("use of closed network connection", Symptom::ClosedHere),
    ("curl: (52)", Symptom::Http),
    ("Empty reply from server", Symptom::Http),
    ("the server could not find the requested resource", Symptom::Http),
    ("context deadline exceeded", Symptom::Deadline),
    ("Client.Timeout exceeded", Symptom::Deadline),
];
/// What tells that a connection failed, where an address, a port or an endpoint is beside it.
const CONNECTIONS: &[&str] = &[
    "i/o timeout",
    "onnection refused",
    "no route to host",
    "No route to host",
    "unreachable",
    "onnection timed out",
    "onnect timed out",
    "connect timeout",
    "onnection reset by peer",
    "connectex: ",
    "ConnectTimeoutError",
    "Couldn't connect to server",
    "Failed to connect to ",
    "failed to connect to ",
    "ETIMEDOUT",
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "did not properly respond after a period of time",
    "actively refused it",
    "tcp connect error",
    "TcpTestSucceeded : False",
    "TCP connect to ",
    "Operation timed out",
    "etimedout",
    "econnrefused",
    "ehostunreach",
    "execution expired",
    "Trying to connect",
    // connect(2), EPERM and EACCES; Go, src/net/net.go, errCanceled.
    "connect: operation not permitted",
    "connect: permission denied",
    "operation was canceled",
    // Go, src/syscall/zerrors_darwin_arm64.go and zerrors_linux_amd64.go: ETIMEDOUT, EHOSTDOWN, EADDRNOTAVAIL.
    "connect: operation timed out",
    "connect: host is down",
    "connect: can't assign requested address",
    "connect: cannot assign requested address",
    // OpenBSD's netcat, netcat.c.
    "(tcp) timed out",
    // aiohttp, client_exceptions.py, of asyncio's own words (base_events.py).
    "Connect call failed (",
    // And of its error of several addresses, which has no text of the system's (base_events.py, create_connection).
    "ssl:default [None]",
    // Windows' telnet.
    "Could not open connection to the host",
];
/// What is beside it.
const DIALS: &[&str] = &[
    "dial tcp ",
    "Dial to tcp:",
    "read tcp ",
    "write tcp ",
    "curl: (7)",
    "curl: (28)",
    "HTTPSConnection",
    "ConnectException",
    "SocketTimeoutException",
    "NoRouteToHostException",
    // OpenSSL, crypto/bio/bio_sock2.c, as s_client prints it.
    "BIO_connect:",
    "Could not open connection to the host",
    "ConnectTimeoutException",
    "HttpRequestException",
    "SocketException",
    "TCP connection to ",
    "Net::OpenTimeout",
    "failed_connect",
    "connect E",
    "read E",
    "os error",
    "nc: ",
    "Could not connect to Redis at ",
    "Cannot connect to host ",
    // redis-py, connection.py: `Error 111 connecting to HOST:PORT. TEXT`.
    " connecting to ",
    "telnet: ",
    "WARNING: TCP connect",
    "TcpTestSucceeded",
    " port 443",
    ":443",
];

/// TLS, HTTP and TCP.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    if is_of_probe(line) {
        return None;
    }
    if let Some(host) = between(line, "The connection to the server ", " was refused") {
        let host = host.strip_prefix("https://").unwrap_or(host);
        if let Some(server) = literal(host) {
            return Some(of_address(Symptom::Address, server));
        }
        let host = host.strip_suffix(":443").unwrap_or(host);
        let host = (!super::text::is_masked(host)).then_some(host);
        return Some(MessageSeen::of(Symptom::KubectlRefused, host));
    }
    if is_without_socket(line) {
        let dial = dial::of(line);
        return Some(MessageSeen {
            dialled: dial.address,
            ..MessageSeen::of(Symptom::NoSocketToConnect, dial.host)
        });
    }
    // botocore's EndpointConnectionError.
    // And its ConnectTimeoutError and ReadTimeoutError (botocore/exceptions.py).
    if line.contains("Could not connect to the endpoint URL") {
        return Some(MessageSeen::of(Symptom::AwsApi, url_host(line)));
    }
    // urllib3 says so once it has an address: where the lookup fails, it is the error before.
    if line.contains("Connect timeout on endpoint URL: ") {
        return Some(MessageSeen::of(Symptom::AwsApiTimeout, url_host(line)));
    }
    if line.contains("Read timeout on endpoint URL: ") {
        return Some(MessageSeen::of(Symptom::NoReplyInTime, url_host(line)));
    }
    if is_dial_without_address(line) && url_literal(line).is_none() {
        return Some(MessageSeen {
            note: Some(WITHOUT_ADDRESS),
            ..MessageSeen::of(Symptom::NoDialInTime, url_host(line))
        });
    }
    let dial = dial::of(line);
    let host = dial.host.or_else(|| url_host(line));
    if let Some(symptom) = interrupted(line) {
        let server = url_literal(line).or_else(|| tunnelled(line));
        return Some(match server {
            Some(server) => of_address(symptom, server),
            None => MessageSeen {
                dialled: dial.address,
                ..MessageSeen::of(symptom, host.filter(|host| host.parse::<IpAddr>().is_err()))
            },
        });
    }
    if let Some(seen) = curl_in_time(line).or_else(|| of_nmap(line)) {
        return Some(seen);
    }
    // A refused certificate, where an address is dialled, is said behind it; the words of TLS count first.
    let of_certificate = certificate::symptom(line);
    let layer = of_certificate.or_else(|| {
        let found = LAYERS.iter().find(|(text, _)| line.contains(text));
        found.map(|(_, symptom)| *symptom)
    });
    let is_dial = || dial.address.is_some() || DIALS.iter().any(|text| line.contains(text));
    let is_connection = || is_connection(line) && is_dial();
    let symptom = match layer {
        Some(Symptom::Deadline) | None if is_connection() => Symptom::Connection,
        // An EOF before any reply.
        None if line.trim_end().ends_with("\": EOF") && line.contains("https://") => Symptom::Http,
        None if line.trim() == "Unable to connect to the server: EOF" => Symptom::Http,
        layer => layer?,
    };
    let note = of_certificate.and_then(|_| certificate::note(line));
    let host = host.or_else(|| of_certificate.and_then(|_| certificate::wanted(line)));
    let of_redis = || between(line, " connecting to ", ". ").and_then(literal);
    let wanted = || of_certificate.and_then(|_| certificate::address(line));
    let server = url_literal(line)
        .or_else(|| tunnel(line))
        .or_else(of_redis)
        .or_else(wanted);
    if let Some(server) = server {
        let symptom = if symptom == Symptom::Connection {
            Symptom::Address
        } else {
            symptom
        };
        let is_of_others = symptom == Symptom::Certificate && certificate::is_valid_for_others(line);
        return Some(MessageSeen {
            note,
            against: is_of_others.then_some("not-this-cluster").into_iter().collect(),
            ..of_address(symptom, server)
        });
    }
    Some(MessageSeen {
        dialled: dial.address,
        note,
        ..MessageSeen::of(symptom, host.filter(|host| host.parse::<IpAddr>().is_err()))
    })
}

/// What is said of a dial that names neither a lookup nor an address (Go, src/net/lookup.go, lookupIPAddr, before it
/// gave the name; src/net/net.go, OpError.Error).
const WITHOUT_ADDRESS: &str = "The line names neither a lookup nor an address. Older versions of Go print it so where the \
                               time was over during the lookup, or the client gave up. Whether it was in the lookup is \
                               not told.";

/// Whether a dial ended before it was told what became of it: `dial tcp: i/o timeout`, with no address in it. Some
/// write it without the colon.
fn is_dial_without_address(line: &str) -> bool {
    const CALLS: &[&str] = &["dial tcp", "dial tcp4", "dial tcp6"];
    const ENDS: &[&str] = &["i/o timeout", "operation was canceled"];
    CALLS.iter().any(|call| {
        let behind = line.split_once(call).map(|(_, rest)| rest);
        let said = behind.and_then(|rest| rest.strip_prefix(": ").or_else(|| rest.strip_prefix(' ')));
        said.is_some_and(|said| ENDS.iter().any(|end| said.starts_with(end)))
    })
}

/// Whether a program had no file descriptor left to connect with: the words of strerror(3), and Node's code. What
/// accepts connections says so too: Go (src/net/net.go, OpError.Error: `accept tcp A: accept4: ERR`), Java
/// (`(Accept failed)`).
fn is_without_socket(line: &str) -> bool {
    const CONNECTS: &[&str] = &[
        "dial tcp",
        "connect EMFILE ",
        "connect failed",
        "Connection failed",
        "java.net.SocketException: ",
        "java.net.ConnectException: ",
        "NewConnectionError(",
        "Cannot connect to host ",
        // curl, lib/connect.c.
        "Failed to connect to ",
        // hyper-util, src/client/legacy/connect/http.rs: before it connects.
        "tcp open error",
        "tcp connect error",
    ];
    const ACCEPTS: &[&str] = &[
        "accept4: ",
        "accept: ",
        "accept tcp ",
        "Accept failed",
        "accept error",
        "Accept error",
    ];
    let says_so = go::is_full(line) || line.contains("Too many open files") || line.contains("connect EMFILE ");
    let has = |words: &[&str]| words.iter().any(|text| line.contains(text));
    says_so && !has(ACCEPTS) && has(CONNECTS)
}

/// nmap's row of a port (Nmap Reference Guide, "Port Scanning Basics"), and what s_client of OpenSSL says last
/// (apps/lib/s_socket.c): the number is the operating system's.
fn of_nmap(line: &str) -> Option<MessageSeen> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    if first.starts_with("connect:errno=") {
        return Some(MessageSeen::of(Symptom::Connection, None));
    }
    let is_shut = first == "443/tcp" && matches!(words.next()?, "filtered" | "closed");
    is_shut.then(|| MessageSeen::of(Symptom::Connection, None))
}

/// curl's words for the end of its time, by what it was doing (curl/curl, lib/multi.c, multi_handle_timeout): it has
/// others for the lookup.
fn curl_in_time(line: &str) -> Option<MessageSeen> {
    let (_, said) = line.split_once("curl: (28) ")?;
    if said.starts_with("Connection timed out after ") {
        return Some(MessageSeen {
            note: Some("curl says so where TCP, or the TLS handshake behind it, did not end in time."),
            ..MessageSeen::of(Symptom::Connection, None)
        });
    }
    let is_behind = said.starts_with("Operation timed out after ") && said.contains(" bytes received");
    is_behind.then(|| MessageSeen::of(Symptom::NoReplyInTime, None))
}

/// What broke a connection that was made: Go (src/net/net.go, OpError.Error: `read tcp A->B: ERR`), curl
/// (libcurl-errors(3): CURLE_SEND_ERROR, CURLE_RECV_ERROR), Java, Python, Node.
fn interrupted(line: &str) -> Option<Symptom> {
    const RESETS: &[&str] = &[
        "onnection reset",
        "broken pipe",
        "forcibly closed by the remote host",
        "ECONNRESET",
        "EPIPE",
        "socket hang up",
    ];
    let is_open = ["read tcp ", "write tcp "].iter().any(|call| {
        // Not that of a name server: that is said of a lookup.
        let behind = line.split_once(call).and_then(|(_, rest)| rest.split_once("->"));
        behind.is_some_and(|(_, rest)| !rest.split_whitespace().next().is_some_and(|to| to.ends_with(":53:")))
    });
    let is_of_others = [
        "curl: (55)",
        "curl: (56)",
        "java.net.SocketException: Connection reset",
        "java.net.SocketException: Broken pipe",
        "ConnectionResetError(",
        "BrokenPipeError(",
        "ConnectionResetError: ",
        "read ECONNRESET",
        "write EPIPE",
        "socket hang up",
        "wsarecv: ",
        "wsasend: ",
    ]
    .iter()
    .any(|text| line.contains(text));
    let is_proxy = line.contains("proxyconnect") || line.contains(" proxy ");
    if is_proxy || !is_open && !is_of_others {
        return None;
    }
    if RESETS.iter().any(|text| line.contains(text)) {
        return Some(Symptom::Reset);
    }
    // ETIMEDOUT of Linux, and of macOS (Go, src/syscall/zerrors_darwin_arm64.go).
    let is_late = ["i/o timeout", "onnection timed out", "operation timed out"];
    (is_open && is_late.iter().any(|text| line.contains(text))).then_some(Symptom::Stalled)
}

/// An address of this host that a connection was made to, at another port than an endpoint's.
fn tunnelled(line: &str) -> Option<IpAddr> {
    let (_, rest) = line.split_once("->")?;
    let to: SocketAddr = rest.split_whitespace().next()?.trim_end_matches(':').parse().ok()?;
    (to.ip().is_loopback() && to.port() != HTTPS && !line.contains("https://")).then(|| to.ip())
}

fn of_address(symptom: Symptom, server: IpAddr) -> MessageSeen {
    MessageSeen {
        literal: Some(server),
        ..MessageSeen::of(symptom, None)
    }
}

/// The address that a server is, with a port or without one.
fn literal(server: &str) -> Option<IpAddr> {
    let (host, port) = server.rsplit_once(':').unwrap_or((server, ""));
    // Go, net.Dial: without a host it is this host.
    if (host == "localhost" || host.is_empty() && !port.is_empty()) && port.bytes().all(|octet| octet.is_ascii_digit())
    {
        return Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    }
    let socket = server.parse::<SocketAddr>().map(|socket| socket.ip());
    socket.or_else(|_| server.trim_matches(['[', ']']).parse()).ok()
}

/// The same of the URL in a line.
fn url_literal(line: &str) -> Option<IpAddr> {
    // No EKS endpoint speaks HTTP alone; what is asked so, such as the instance metadata, may be an address as well.
    let (_, rest) = line.split_once("https://").or_else(|| line.split_once("http://"))?;
    let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'\\".contains(c));
    literal(&rest[..end.unwrap_or(rest.len())])
}

/// An address of this host that was dialled at another port than an endpoint's: no answer of a name server gives a
/// port.
fn tunnel(line: &str) -> Option<IpAddr> {
    let (_, rest) = line.split_once("dial tcp ")?;
    let socket: SocketAddr = rest.split_whitespace().next()?.trim_end_matches(':').parse().ok()?;
    (socket.ip().is_loopback() && socket.port() != HTTPS && !line.contains("https://")).then(|| socket.ip())
}

/// The port of an EKS endpoint.
pub(super) const HTTPS: u16 = 443;

/// What the API server says in JSON, as curl and `kubectl get --raw` show it (k8s.io/apimachinery, pkg/apis/meta/v1,
/// Status): it was reached.
pub(super) fn status(text: &str) -> Option<(&str, MessageSeen)> {
    let start = text.find('{')?;
    let value = serde_json::Deserializer::from_str(&text[start..])
        .into_iter::<serde_json::Value>()
        .next()?
        .ok()?;
    let field = |name: &str| value.get(name).and_then(serde_json::Value::as_str);
    if field("kind") != Some("Status") || field("status") != Some("Failure") {
        return None;
    }
    let line = text.lines().find(|line| line.contains("\"message\"")).unwrap_or(text);
    let symptom = match value.get("code").and_then(serde_json::Value::as_u64) {
        // RFC 9110 sections 15.5.2 and 15.5.4.
        Some(401 | 403) => Symptom::NotLetIn,
        _ => Symptom::ApiServer,
    };
    Some((line, MessageSeen::of(symptom, None)))
}

/// What a client says in short: an RCODE in capitals beside a word of lookups (doggo, q and others).
pub(super) fn bare_rcode(line: &str) -> Option<MessageSeen> {
    const BESIDE: &[&str] = &[
        "looking up",
        "lookup",
        "DNS",
        "dns",
        "resolv",
        "status",
        "rcode",
        "query",
        "SOA",
    ];
    // BIND's log of a policy names what the policy says, and not what was replied (lib/ns/query.c, rpz_log_rewrite).
    // And a header of nslookup's is read with the question behind it.
    if line.contains("rpz ") && line.contains(" rewrite ") || super::reply_debug::is_header(line) {
        return None;
    }
    let words = || line.split(|c: char| !c.is_ascii_alphanumeric());
    let symptom = words().find_map(|word| match word {
        "NXDOMAIN" | "SERVFAIL" | "REFUSED" => super::words::by_rcode(word),
        "NODATA" => Some(Symptom::NoData),
        _ => None,
    })?;
    let host = super::text::endpoint(line);
    (host.is_some() || BESIDE.iter().any(|word| line.contains(word))).then(|| MessageSeen::of(symptom, host))
}
