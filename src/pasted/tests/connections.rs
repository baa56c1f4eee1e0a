//! What clients print of a connection: TCP, TLS, HTTP, proxies and tunnels.

use super::*;

/// What is read from or written to was connected to: the port is open.
#[test]
fn a_connection_that_broke_is_no_closed_port() {
    use Symptom::*;
    for (text, symptom) in [
        (
            "Get \"https://X/api\": read tcp 192.168.1.9:5->10.20.1.30:443: i/o timeout",
            AfterLookup(super::AfterLookup::Stalled),
        ),
        (
            "Get \"https://X/api\": read tcp 192.168.1.9:5->10.20.1.30:443: read: connection reset by peer",
            AfterLookup(super::AfterLookup::Reset),
        ),
        (
            "write tcp 192.168.1.9:5->10.20.1.30:443: write: broken pipe",
            AfterLookup(super::AfterLookup::Reset),
        ),
        (
            "read tcp 192.168.1.9:5->10.20.1.30:443: wsarecv: An existing connection was forcibly closed by the remote \
             host.",
            AfterLookup(super::AfterLookup::Reset),
        ),
        (
            "curl: (56) Recv failure: Connection reset by peer",
            AfterLookup(super::AfterLookup::Reset),
        ),
        (
            "java.net.SocketException: Connection reset",
            AfterLookup(super::AfterLookup::Reset),
        ),
        ("Error: read ECONNRESET", AfterLookup(super::AfterLookup::Reset)),
        (
            "Unable to connect to the server: read tcp 127.0.0.1:5->127.0.0.1:8443: read: connection reset by peer",
            AtAddress(super::AfterLookup::Reset),
        ),
        // Where curl names the handshake, it was that.
        (
            "curl: (35) Recv failure: Connection reset by peer",
            AfterLookup(super::AfterLookup::Handshake),
        ),
        // And these were not connected to.
        (
            "Get \"https://X/api\": dial tcp 10.20.1.30:443: i/o timeout",
            Connection,
        ),
        (
            "lookup X on 10.0.0.2:53: read tcp 10.0.0.1:5->10.0.0.2:53: i/o timeout",
            Truncated,
        ),
    ] {
        assert_eq!(told(text).0, symptom, "{text}");
        let is_closed = candidates_of(text).contains(&"api-port-blocked");
        assert_eq!(is_closed, symptom == Connection, "{text}");
    }
}

/// In the handshake too, an end between two records, or within one, is an EOF.
#[test]
fn an_end_before_a_reply_may_be_in_the_handshake() {
    for text in [
        "Unable to connect to the server: EOF",
        "Unable to connect to the server: unexpected EOF",
        "Get \"https://X/api?timeout=32s\": EOF",
        "E0101 01:01:01.0 1 memcache.go:265] couldn't get current server API group list: Get \"https://X/api\": EOF",
    ] {
        let found = read(&filled(text)).unwrap();
        assert_eq!(found.symptom.layer(), Layer::Unknown, "{text}");
        assert_eq!(found.symptom.possible_layers(), [Layer::Tls, Layer::Http], "{text}");
    }
    let body = "error reading the body of https://X/api: unexpected EOF";
    assert_eq!(read(&filled(body)).unwrap().symptom.layer(), Layer::Http);
}

/// The text has no certificate in it, so it is none of another server's: a proxy, or another port, is likelier.
#[test]
fn a_handshake_without_a_certificate_says_nothing_of_one() {
    use super::AfterLookup::{Handshake, HandshakeEnded, Http, NotTls};
    for (text, of) in [
        (
            "Get \"https://X/api\": tls: first record does not look like a TLS handshake",
            NotTls,
        ),
        (
            "Get \"https://X/api\": http: server gave HTTP response to HTTPS client",
            NotTls,
        ),
        (
            "curl: (35) OpenSSL/3.0.22: error:0A00010B:SSL routines::wrong version number",
            NotTls,
        ),
        (
            "ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
            NotTls,
        ),
        (
            "javax.net.ssl.SSLException: Unsupported or unrecognized SSL message",
            NotTls,
        ),
        (
            "System.Security.Authentication.AuthenticationException: Cannot determine the frame size or a corrupted frame \
             was received.",
            NotTls,
        ),
        (
            "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to X:443 ",
            HandshakeEnded,
        ),
        (
            "4027FE0C777F0000:error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:rec_layer_s3.c:318:",
            HandshakeEnded,
        ),
        (
            "SSLEOFError(8, '[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1006)')",
            HandshakeEnded,
        ),
        (
            "Error: Client network socket disconnected before secure TLS connection was established",
            HandshakeEnded,
        ),
        (
            "javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake",
            HandshakeEnded,
        ),
    ] {
        assert_eq!(told(text).0, Symptom::AfterLookup(of), "{text}");
        let rules = candidates_of(text);
        assert_eq!(rules[0], "proxy-in-path", "{text}: {rules:?}");
        assert!(!rules.contains(&"not-this-cluster"), "{text}: {rules:?}");
    }
    // An alert is what the server itself says, and what was read behind the handshake is none of it.
    let alert = "Get \"https://X/api\": remote error: tls: unrecognized name";
    assert_eq!(told(alert).0, Symptom::AfterLookup(Handshake));
    assert_eq!(candidates_of(alert)[0], "not-this-cluster");
    let read = "curl: (56) OpenSSL SSL_read: OpenSSL/3.0.22: error:0A000126:SSL routines::unexpected eof while reading, errno 0";
    assert_eq!(told(read).0, Symptom::AfterLookup(Http));
}

/// Where the text names what inspects TLS, that is in the way.
#[test]
fn a_certificate_of_an_inspector_is_a_proxys() {
    let inspected = "x509: certificate signed by unknown authority (possibly because of \"x509: invalid signature\" while trying \
                     to verify candidate authority certificate \"Zscaler Root CA\")";
    for (said, is_proxy) in [
        (inspected, true),
        ("x509: certificate is valid for *.goskope.com, not X", true),
        ("x509: certificate signed by unknown authority", false),
    ] {
        let text = format!("Get \"https://X/api\": tls: failed to verify certificate: {said}");
        let rules = candidates_of(&text);
        let is_first = if is_proxy { "proxy-in-path" } else { "not-this-cluster" };
        assert_eq!(rules[0], is_first, "{text}: {rules:?}");
        assert!(rules.contains(&"not-this-cluster"), "{text}");
    }
}

/// The API server sends no HTML.
#[test]
fn a_web_page_is_not_the_api_servers() {
    for text in [
        "Error from server (InternalError): an error on the server (\"<html><head><title>Blocked</title>\") has prevented",
        "Error from server (Forbidden): <!DOCTYPE html><html><body>403</body></html>",
        "Error: Kubernetes cluster unreachable: invalid character '<' looking for beginning of value",
    ] {
        assert_eq!(told(text).0, Symptom::WebPage, "{text}");
        assert_eq!(candidates_of(text)[0], "proxy-in-path", "{text}");
    }
    // As curl prints it.
    let page = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>";
    assert_eq!(told(page).0, Symptom::WebPage);
    let squid = "<!DOCTYPE html>\n<html><title>ERROR: The requested URL could not be retrieved</title>\n<p>Unable to \
                 determine IP address from host name <q>X</q></p></html>";
    let squid = read(&filled(squid)).unwrap();
    assert_eq!(squid.symptom, Symptom::WebPage);
    assert!(
        squid.resolver[0].contains("the proxy did not find the name"),
        "{squid:?}"
    );
    assert_eq!(read("<html><head><title>A page</title></head></html>"), None);
    // A message of its own that speaks of HTML is its own.
    let own = "Error from server (BadRequest): the body of the object is not valid: field <htmlBody>";
    assert_eq!(told(own).0, Symptom::ApiServer);
}

/// curl has other words for each thing that its time ran out in.
#[test]
fn curl_says_what_its_time_ran_out_in() {
    for (text, layer) in [
        ("curl: (28) Resolving timed out after 5000 milliseconds", Layer::Dns),
        ("curl: (28) Connection timed out after 10001 milliseconds", Layer::Tcp),
        (
            "curl: (28) Operation timed out after 30001 milliseconds with 0 bytes received",
            Layer::Http,
        ),
        (
            "curl: (28) Operation timed out after 30001 milliseconds with 10 out of 200 bytes received",
            Layer::Http,
        ),
    ] {
        assert_eq!(read(text).unwrap().symptom.layer(), layer, "{text}");
    }
}

#[test]
fn a_certificate_out_of_its_time_points_at_the_clock() {
    for text in [
        "Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or is not \
         yet valid: current time 1970-01-01T00:01:00Z is before 2025-01-01T00:00:00Z",
        "curl: (60) SSL certificate problem: certificate is not yet valid",
        "Error: certificate has expired\n    code: 'CERT_HAS_EXPIRED'",
    ] {
        let found = read(text).unwrap();
        assert_eq!(
            found.symptom,
            Symptom::AfterLookup(AfterLookup::CertificateTime),
            "{text}"
        );
        assert!(found.symptom.meaning().contains("clock"));
    }
    let wrong_name = "x509: certificate is valid for *.corp.example, not X";
    assert_eq!(
        read(&filled(wrong_name)).unwrap().symptom,
        Symptom::AfterLookup(AfterLookup::Certificate)
    );
}

/// Clients whose words were refused once.
#[test]
fn more_clients_and_what_they_connected_to() {
    let header = "HTTP/1.1 403 Forbidden\nServer: squid/5.7\nContent-Type: text/html\n\n";
    let page = "<html><head><title>ERROR: The requested URL could not be retrieved</title></head></html>";
    let replied = "* Host X:443 was resolved.\n*   Trying 10.0.12.33:443...\n* Connected to X (10.0.12.33) port 443\n> GET \
                   /version HTTP/2\n< HTTP/2 200\n< content-type: application/json\n{\n  \"major\": \"1\"\n}";
    for (text, symptom, host) in [
        (
            "Cannot connect to host X:443 ssl:default [Connect call failed ('10.0.12.33', 443)]".to_owned(),
            Symptom::Connection,
            Some(X),
        ),
        (
            "Get \"https://X/api\": write tcp 10.9.1.4:53422->10.0.12.33:443: use of closed network connection"
                .to_owned(),
            Symptom::AfterLookup(AfterLookup::ClosedHere),
            Some(X),
        ),
        (
            "Could not connect to Redis at redis.internal:6379: Connection refused".to_owned(),
            Symptom::ConnectionElsewhere,
            Some("redis.internal"),
        ),
        (
            "java.nio.channels.UnresolvedAddressException".to_owned(),
            Symptom::Unknown,
            None,
        ),
        (
            "java.net.UnknownHostException: Unable to resolve host \"X\": No address associated with hostname"
                .to_owned(),
            Symptom::Unknown,
            Some(X),
        ),
        ("traceroute: unknown host X".to_owned(), Symptom::Unknown, Some(X)),
        ("Failed to resolve \"X\".".to_owned(), Symptom::Unknown, Some(X)),
        (format!("{header}{page}"), Symptom::WebPage, None),
        (replied.to_owned(), Symptom::Healthy, Some(X)),
    ] {
        let found = told(&text);
        assert_eq!((found.0, found.1.as_deref()), (symptom, host), "{text}");
    }
    // A page of something in between is no reply of the API server.
    let of_a_filter = replied.replace("{\n  \"major\": \"1\"\n}", &format!("\n{page}"));
    assert!(
        messages(&filled(&of_a_filter))
            .iter()
            .all(|one| one.symptom != Symptom::Healthy)
    );
}

/// A port that no endpoint has: nothing about clusters is said, and nothing that connects to 443 is offered.
#[test]
fn another_port_is_no_endpoints() {
    for text in [
        "redis.exceptions.ConnectionError: Error 111 connecting to 10.0.3.4:6379. Connection refused.",
        "Could not connect to Redis at cache.abc.apne1.cache.amazonaws.com:6379: Connection timed out",
        "dial tcp 10.0.3.4:5432: connect: connection refused",
    ] {
        let read = read(text).unwrap();
        let rules: Vec<&str> = read.candidates.iter().map(|candidate| candidate.rule).collect();
        for rule in [
            "api-port-blocked",
            "not-this-cluster",
            "stale-addresses",
            "endpoint-name-stale",
        ] {
            assert!(!rules.contains(&rule), "{text}: {rules:?}");
        }
        assert!(
            !read.command.contains("--connect") && !read.command.contains("--public"),
            "{text}: {}",
            read.command
        );
        assert!(
            read.name.iter().any(|name| name.starts_with("The port is ")),
            "{text}: {:?}",
            read.name
        );
    }
    // An endpoint behind a tunnel or a port forward keeps what is known of endpoints.
    let forwarded = read(&filled(
        "Get \"https://X:8443/api\": dial tcp 10.0.0.4:8443: connect: connection refused",
    ))
    .unwrap();
    assert!(!forwarded.candidates.is_empty());
    // So may whatever kubectl is told to connect to.
    for text in [
        "Unable to connect to the server: dial tcp 10.0.0.5:8443: connect: connection refused",
        "Get \"https://10.0.0.5:8443/api\": dial tcp 10.0.0.5:8443: connect: connection refused",
    ] {
        let forwarded = read(text).unwrap();
        assert!(!forwarded.candidates.is_empty(), "{text}");
        assert!(
            forwarded.command.starts_with("eks-dns-doctor "),
            "{text}: {}",
            forwarded.command
        );
    }
}

/// ssh prints what failed at its other end.
#[test]
fn ssh_speaks_of_the_host_that_it_is_connected_to() {
    for (text, symptom) in [
        (
            "channel 0: open failed: connect failed: Name or service not known\nstdio forwarding failed",
            Symptom::NoName,
        ),
        (
            "channel 3: open failed: connect failed: Connection timed out",
            Symptom::Connection,
        ),
    ] {
        let read = read(text).unwrap();
        assert_eq!(read.symptom, symptom, "{text}");
        assert!(
            read.resolver.iter().any(|said| said.contains("--via ssh:JUMP-HOST")),
            "{text}"
        );
    }
}

/// What the names in the text tell of who answered, and who signed it.
#[test]
fn a_certificates_names_tell_whose_it_is() {
    let other = "FEDCBA9876543210FEDCBA9876543210.gr7.ap-northeast-1.eks.amazonaws.com";
    let said = |text: &str| {
        let read = read(&filled(text)).unwrap_or_else(|| panic!("{text}"));
        // Of one for an address the server is that address.
        let is_address = text.ends_with("not 10.0.0.9");
        let at_address = Symptom::AtAddress(AfterLookup::Certificate);
        let symptom = if is_address {
            at_address
        } else {
            Symptom::AfterLookup(AfterLookup::Certificate)
        };
        assert_eq!(read.symptom, symptom, "{text}");
        read.resolver.join(" ")
    };
    let own = "kubernetes, kubernetes.default, kubernetes.default.svc, kubernetes.default.svc.cluster.local";
    for (text, words) in [
        (
            format!("x509: certificate is valid for {other}, {own}, not X"),
            "endpoint of another cluster",
        ),
        (
            format!("x509: certificate is valid for {other}, {own}, not api.shop.example"),
            "give the client the endpoint's name",
        ),
        (
            format!("x509: certificate is valid for ip-10-0-0-9, {own}, not X"),
            "those of a Kubernetes API server",
        ),
        (
            "x509: certificate is valid for *.corp.example, gw.corp.example, not X".to_owned(),
            "none that an API server has",
        ),
        (
            "Hostname/IP does not match certificate's altnames: Host: X. is not in the cert's altnames: \
             DNS:portal.example.net, IP Address:10.0.0.9"
                .to_owned(),
            "none that an API server has",
        ),
        (
            "x509: certificate signed by unknown authority (possibly because of \"crypto/rsa: verification error\" \
             while trying to verify candidate authority certificate \"kubernetes\")"
                .to_owned(),
            "another key",
        ),
        (
            "x509: certificate is valid for 10.100.0.1, 127.0.0.1, not 10.0.0.9".to_owned(),
            "does not show a wrong server",
        ),
        (
            "curl: (60) SSL certificate problem: unable to get local issuer certificate".to_owned(),
            "--cacert FILE",
        ),
    ] {
        assert!(said(&text).contains(words), "{text}: {}", said(&text));
    }
    for (text, why) in [
        ("x509: certificate signed by unknown authority", "no name is in it"),
        ("x509: certificate is valid for <redacted>, not X", "masked"),
        ("x509: certificate is valid for gateway, not X", "a name of one label"),
    ] {
        assert_eq!(said(text), "", "{why}");
    }
}

/// Where the name was looked up at the other end of a tunnel, the check is to run there.
#[test]
fn the_other_end_of_a_tunnel_is_where_to_ask() {
    let node = "i-0a1b2c3d4e5f60718";
    let command = |text: &str| read(&filled(text)).unwrap_or_else(|| panic!("{text}")).command;
    for (text, expected) in [
        (
            "$ ssh -N -L 8443:X:443 jump\nchannel 2: open failed: connect failed: Name or service not known".to_owned(),
            format!("eks-dns-doctor check {X} --via ssh:JUMP-HOST"),
        ),
        (
            "channel 2: open failed: administratively prohibited: open failed".to_owned(),
            "eks-dns-doctor check HOST --via ssh:JUMP-HOST".to_owned(),
        ),
        (
            format!(
                "$ aws ssm start-session --target {node} --parameters host=X,portNumber=443\nConnection to destination \
                 port failed, check SSM Agent logs."
            ),
            format!("eks-dns-doctor check {X} --via ssm:{node}"),
        ),
        // Of two nodes the text does not say which.
        (
            format!("{node} i-0a1b2c3d4e5f60719\nConnection to destination port failed, check SSM Agent logs."),
            "eks-dns-doctor check HOST".to_owned(),
        ),
        (
            "Get \"https://X/api\": socks connect tcp 127.0.0.1:1080->X:443: EOF".to_owned(),
            format!("eks-dns-doctor check {X} --via ssh:JUMP-HOST"),
        ),
        // The address was looked up here.
        (
            "Get \"https://X/api\": socks connect tcp 127.0.0.1:1080->10.0.0.9:443: EOF".to_owned(),
            format!("eks-dns-doctor check {X} --public"),
        ),
    ] {
        assert_eq!(command(&text), expected, "{text}");
    }
    let offline = read(&format!(
        "(TargetNotConnected) when calling the StartSession operation: {node}"
    ))
    .unwrap();
    assert_eq!(offline.symptom, Symptom::TunnelRefused);
    assert!(offline.candidates.is_empty());
}

/// A dial that names neither a lookup nor an address leaves both open.
#[test]
fn a_dial_without_an_address_leaves_the_lookup_open() {
    for (text, host) in [
        ("Unable to connect to the server: dial tcp: i/o timeout", None),
        ("error: Get \"https://X/version\": dial tcp4: i/o timeout", Some(X)),
        ("Unable to connect to the server: dial tcp i/o timeout", None),
        ("Post \"https://X/apis\": dial tcp: operation was canceled", Some(X)),
    ] {
        let found = read(&filled(text)).unwrap();
        assert_eq!(found.symptom, Symptom::NoDialInTime, "{text}");
        assert_eq!(found.symptom.layer(), Layer::Unknown, "{text}");
        assert_eq!(found.symptom.possible_layers(), [Layer::Dns, Layer::Tcp], "{text}");
        assert_eq!(found.host.map(|host| host.to_string()).as_deref(), host, "{text}");
    }
    for (text, symptom) in [
        ("dial tcp: lookup X: i/o timeout", Symptom::LookUpDeadline),
        ("dial tcp: lookup X: operation was canceled", Symptom::LookUpGivenUp),
        ("dial tcp 10.61.7.8:443: i/o timeout", Symptom::Connection),
        ("proxyconnect tcp: dial tcp: i/o timeout", Symptom::ProxyConnection),
        // ETIMEDOUT on macOS.
        (
            "Get \"https://X/api\": read tcp 10.9.1.4:5->10.61.7.8:443: read: operation timed out",
            Symptom::AfterLookup(AfterLookup::Stalled),
        ),
    ] {
        assert_eq!(told(text).0, symptom, "{text}");
    }
}
