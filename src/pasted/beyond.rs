//! What failed before a name server was asked, or after it answered: no cluster, the API server's own failures,
//! proxies, TLS, HTTP and TCP.

use crate::pasted::words::is_of_probe;

use super::words::{is_connection, url_host};
use super::{MessageSeen, Symptom, between, dial, library, tunnel};
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
    // client-go, tools/clientcmd/auth_loaders.go, promptForString: behind the prompt may stand the error of who could
    // not answer.
    if line.trim_start().starts_with("Please enter Username: ") || line.trim() == "Please enter Username:" {
        return Some(MessageSeen {
            note: Some(
                "kubectl asks for a user name where the context has no user in the kubeconfig, or one without credentials. \
                 Where nobody can answer it prints error: EOF, and ends.",
            ),
            ..MessageSeen::of(Symptom::RefusedKubeconfig, None)
        });
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
