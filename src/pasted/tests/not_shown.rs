//! Causes that a text does not show: what another place, another program or another cluster says.

use super::*;

/// A reply with one address, as dig prints it.
fn reply(command: &str, server: &str, address: &str) -> String {
    format!(
        "$ {command}\n; <<>> DiG 9.18.28 <<>> {}\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n\
         ;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;X.\tIN\tA\n\n\
         ;; ANSWER SECTION:\nX.\t60\tIN\tA\t{address}\n\n;; SERVER: {server}({server}) (UDP)\n",
        command.strip_prefix("dig ").unwrap(),
    )
}

#[test]
fn another_servers_answer_does_not_show_where_the_dialled_address_is_from() {
    let dial = "$ kubectl get ns\nUnable to connect to the server: Get \"https://X/api\": dial tcp 10.60.5.5:443: i/o \
                timeout\n";
    let beside = |reply: &str| candidates_of(&format!("{dial}{reply}"))[0];
    assert_eq!(
        beside(&reply("dig @8.8.8.8 X", "8.8.8.8#53", "3.120.4.5")),
        "api-port-blocked"
    );
    // What this host asks has another address than the one that was dialled.
    assert_eq!(
        beside(&reply("dig X", "10.44.0.53#53", "10.60.9.9")),
        "hosts-file-override"
    );
    let elsewhere = reply("dig X", "10.44.0.53#53", "10.60.9.9").replace("$ dig", "me@bastion:~$ dig");
    let named = dial.replace("$ kubectl", "me@laptop:~$ kubectl");
    assert_eq!(candidates_of(&format!("{named}{elsewhere}"))[0], "api-port-blocked");
}

#[test]
fn a_program_without_a_socket_asked_nobody() {
    for (text, layer) in [
        (
            "lookup X on 10.0.0.2:53: dial udp 10.0.0.2:53: socket: too many open files",
            Layer::Dns,
        ),
        (
            "lookup X on 10.0.0.2:53: dial tcp 10.0.0.2:53: socket: too many open files",
            Layer::Dns,
        ),
        ("Error: getaddrinfo EMFILE X", Layer::Dns),
        (
            "Get \"https://X/api\": dial tcp 10.0.3.4:443: socket: too many open files",
            Layer::Tcp,
        ),
        (
            "NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new \
             connection: [Errno 24] Too many open files')",
            Layer::Tcp,
        ),
        (
            "Error: connect EMFILE 10.0.3.4:443 - Local (undefined:undefined)",
            Layer::Tcp,
        ),
        ("java.net.SocketException: Too many open files", Layer::Tcp),
        (
            "E1 accept-controller: Get \"https://X/api\": dial tcp 10.0.3.4:443: socket: too many open files",
            Layer::Tcp,
        ),
        (
            "curl: (7) Failed to connect to X port 443 after 0 ms: Couldn't connect to server (Too many open files)",
            Layer::Tcp,
        ),
    ] {
        let found = read(&filled(text)).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(found.symptom.layer(), layer, "{text}");
        assert!(found.candidates.is_empty(), "{text}: {:?}", found.candidates);
        assert_eq!(found.command, "ulimit -n", "{text}");
        assert!(found.resolver.is_empty(), "{text}: {:?}", found.resolver);
    }
    // Another program's error in the same line, and a server's.
    let denied =
        "lookup X on 10.0.0.2:53: no such host; http: Accept error: accept tcp [::]:80: accept4: too many open files";
    assert_eq!(told(denied).0, Symptom::NoAddress);
    assert!(candidates_of(denied).contains(&"endpoint-name-stale"));
    assert_eq!(
        read("http: Accept error: accept tcp [::]:8080: accept4: too many open files"),
        None
    );
}

#[test]
fn a_url_that_is_none_is_the_servers_where_kubectl_says_so() {
    let proxy = "Get \"https://X/api\": invalid proxy address \"10.0.0.1:8080 \": parse \"10.0.0.1:8080 \": first path segment \
                 in URL cannot contain colon";
    let found = read(&filled(proxy)).unwrap();
    assert_eq!(found.symptom, Symptom::BadProxy);
    assert_eq!(found.candidates[0].rule, "proxy-in-path");
    assert_eq!(found.command, "env | grep -i proxy");
    let lookup = "Post \"https://X/\": dial tcp: lookup X on 10.44.0.53:53: no such host, Get \"ftp://x\": unsupported protocol \
                  scheme \"ftp\"";
    assert_eq!(told(lookup).0, Symptom::NoAddress);
    assert_eq!(
        read("Error: parse \"foo bar:9090\": first path segment in URL cannot contain colon"),
        None
    );
    let kubectl = "Unable to connect to the server: parse \"https://a b\": invalid character \" \" in host name";
    assert_eq!(told(kubectl).0, Symptom::BadServer);
}

/// As kubectl 1.32 prints them.
#[test]
fn a_kubeconfig_that_is_refused_is_no_missing_one() {
    for text in [
        "error: error loading config file \"/root/.kube/config\": yaml: line 3: found character that cannot start any token",
        "error: error loading config file \"/root/.kube/config\": open /root/.kube/config: permission denied",
        "error: invalid configuration: [unable to read certificate-authority /tmp/ca.crt for c due to open /tmp/ca.crt: no \
         such file or directory]",
        "Error in configuration: unable to read client-cert /tmp/c.crt for u due to open /tmp/c.crt: no such file or directory",
        "error: unable to load root certificates: unable to parse bytes as PEM block",
        "error: exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\"",
        "error: host must be a URL or a host:port pair: \"https://\"",
        "error: no Auth Provider found for name \"gcp\"",
        "error: error loading config file \"/root/.kube/config\": error converting *[]NamedExtension into \
         *map[string]runtime.Object: duplicate name \"a\" in list: [{a {[123] <nil>}}]",
        "Please enter Username: error: EOF",
    ] {
        let found = read(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(found.symptom, Symptom::RefusedKubeconfig, "{text}");
        assert_eq!(found.candidates, [], "{text}");
        assert_eq!(found.command, "kubectl config view --minify");
    }
    assert_eq!(told("error: no configuration has been provided").0, Symptom::NoCluster);
}

/// A word that somebody put in the place of an address is no name that anybody looked up.
#[test]
fn ip_is_no_host() {
    let found = read("Unable to connect to the server: dial tcp IP:443: i/o timeout").unwrap();
    assert_eq!(found.host, None, "{found:?}");
}

/// BIND, lib/dns/resolver.c, log_edns: it is printed where the answer came.
#[test]
fn what_bind_got_in_the_end_is_no_failure() {
    for how in [
        "disabling EDNS",
        "reducing the advertised EDNS UDP packet size to 512 octets",
    ] {
        let text = format!("named[1]: success resolving 'X/A' (in 'eks.amazonaws.com'?) after {how}");
        assert_eq!(told(&text).0, Symptom::Healthy, "{text}");
    }
    let no_ipv6 = "named[1]: network unreachable resolving 'X/AAAA/IN': 2001:db8::1#53";
    let found = read(&filled(no_ipv6)).unwrap();
    assert!(
        found.resolver.iter().any(|said| said.contains("IPv4")),
        "{:?}",
        found.resolver
    );
}

#[test]
fn a_node_that_is_asked_for_is_not_who_asks() {
    let line = |node: &str| format!("Get \"https://X/api/v1/nodes/{node}\": dial tcp 3.120.4.5:443: i/o timeout");
    for node in [
        "ip-10-0-1-5.eu-west-1.compute.internal",
        "ip-10-0-1-5.ec2.internal",
        "edge-1",
    ] {
        assert_eq!(candidates_of(&line(node))[0], "api-port-blocked", "{node}");
    }
    let denied =
        "Get \"https://X/api/v1/nodes/ip-10-0-1-5.ec2.internal\": dial tcp: lookup X on 192.168.1.1:53: no such host";
    assert!(!candidates_of(denied).contains(&"vpc-dns-attributes-off"));
}

#[test]
fn another_places_files_and_caches_say_nothing() {
    let curl = "$ curl https://X/\ncurl: (6) Could not resolve host: X\n";
    let hosts = "hosts: files myhostname\n";
    assert_eq!(
        candidates_of(&format!("{curl}$ cat /etc/nsswitch.conf\n{hosts}"))[0],
        "nsswitch-without-dns"
    );
    let elsewhere = format!("$ ssh web1 cat /etc/nsswitch.conf\n{hosts}");
    assert_eq!(
        candidates_of(&format!("{elsewhere}{curl}$ cat /etc/nsswitch.conf\n{hosts}"))[0],
        "nsswitch-without-dns"
    );
    for text in [
        format!("{curl}{elsewhere}"),
        format!("$ docker run alpine wget X\nwget: bad address 'X'\n$ cat /etc/nsswitch.conf\n{hosts}"),
    ] {
        assert_ne!(candidates_of(&text)[0], "nsswitch-without-dns", "{text}");
    }
    let table = "NAME      STATUS   AGE\ndefault   Active   10d\n";
    let denied =
        "$ kubectl get ns\nUnable to connect to the server: dial tcp: lookup X on 10.44.0.53:53: no such host\n";
    let flushed = format!("{denied}$ sudo resolvectl flush-caches\n");
    assert_eq!(
        candidates_of(&format!("{flushed}$ kubectl get ns\n{table}"))[0],
        "stale-negative-cache"
    );
    let first = format!("{denied}$ ssh bastion sudo resolvectl flush-caches\n$ sudo resolvectl flush-caches\n");
    assert_eq!(
        candidates_of(&format!("{first}$ kubectl get ns\n{table}"))[0],
        "stale-negative-cache"
    );
    let bastion = candidates_of(&format!("{flushed}$ ssh bastion kubectl get ns\n{table}"));
    assert_eq!(bastion[0], "endpoint-name-stale", "{bastion:?}");
}

/// Whose cluster it is that was made or is being changed, such a text does not say.
#[test]
fn another_cluster_may_be_meant() {
    let denied = "dial tcp: lookup X on 10.44.0.53:53: no such host\n";
    let made = format!("module.blue.aws_eks_cluster.this[0]: Creation complete after 9m2s [id=blue]\n{denied}");
    assert!(candidates_of(&made).contains(&"endpoint-name-stale"));
    let update =
        format!("{{\"update\": {{\"status\": \"InProgress\", \"type\": \"EndpointAccessUpdate\"}}}}\n{denied}");
    let found = read(&filled(&update)).unwrap();
    assert!(
        found.candidates[0].why.contains("may be this cluster's"),
        "{:?}",
        found.candidates
    );
}

#[test]
fn a_kubeconfigs_server_may_be_an_alias_of_an_endpoint() {
    let dial = "Get \"https://eks.corp.example/api\": dial tcp 10.60.5.5:443: i/o timeout";
    let kubectl = read(&format!("Unable to connect to the server: {dial}")).unwrap();
    assert_eq!(kubectl.symptom, Symptom::Connection);
    assert_eq!(kubectl.candidates[0].rule, "api-port-blocked");
    assert!(kubectl.name[0].starts_with("The name is no EKS endpoint's."));
    assert_eq!(read(dial).unwrap().symptom, Symptom::ConnectionElsewhere);
}

#[test]
fn a_port_of_ones_own_is_not_what_the_host_asks() {
    let ping = "$ ping X\nping: X: Name or service not known\n";
    let beside = |command: &str| candidates_of(&format!("{ping}$ {command}\n10.60.5.5\n"))[0];
    assert_eq!(beside("dig +short X"), "nsswitch-without-dns");
    assert_ne!(beside("dig +short -p 5353 X"), "nsswitch-without-dns");
    let of_another_port = reply("dig X", "127.0.0.1#5353", "10.60.5.5");
    assert_ne!(
        candidates_of(&format!("{ping}{of_another_port}"))[0],
        "nsswitch-without-dns"
    );
}

/// Recorded with Go before 1.20 where nsswitch.conf has "hosts: files" (fixtures/clients).
#[test]
fn go_without_an_address_of_the_family() {
    for call in ["dial tcp4", "dial tcp6", "dial tcp"] {
        let found = read(&filled(&format!("{call}: address X: no suitable address found"))).unwrap();
        assert_eq!(found.symptom, Symptom::NoSuitable, "{call}");
        assert_eq!(found.host.map(|host| host.to_string()).as_deref(), Some(X), "{call}");
        let first = if call == "dial tcp" {
            "nsswitch-without-dns"
        } else {
            "address-family-mismatch"
        };
        assert_eq!(found.candidates[0].rule, first, "{call}");
        assert!(!found.symptom.meaning().contains("NXDOMAIN"));
    }
    // Of an address nobody was asked, and no port was tried.
    let found = read("dial tcp6: address 10.0.0.5: no suitable address found").unwrap();
    assert_eq!(
        (found.symptom, found.symptom.layer()),
        (Symptom::OtherFamily, Layer::Tcp)
    );
    assert_eq!(found.host, None);
    assert!(found.candidates.is_empty(), "{:?}", found.candidates);
}

/// Nothing in such a text shows that public access is on.
#[test]
fn public_addresses_beside_private_ones_may_be_a_hijack() {
    let text = format!(
        "{}{}",
        reply("dig @10.1.1.1 X", "10.1.1.1#53", "198.51.100.9"),
        reply("dig @10.60.0.10 X", "10.60.0.10#53", "10.60.5.5")
    );
    let found = messages(&filled(&text))
        .into_iter()
        .find(|one| one.symptom == Symptom::PublicView);
    let found = found.unwrap();
    assert!(found.symptom.title().starts_with("perhaps"));
    assert!(
        found.candidates.iter().any(|one| one.rule == "nxdomain-hijack"),
        "{found:?}"
    );
}

/// What is no address is no name server, and nothing is shown that is longer than a line.
#[test]
fn a_configurations_values_are_looked_at() {
    let long = "A".repeat(20_000);
    for text in [
        format!("# resolv.conf from {long}\nnameserver 10.0.0.1\n"),
        format!("# resolv.conf from eth0\nnameserver {long}\nnameserver 10.0.0.1\n"),
        format!("nameserver {long}\nnameserver 10.0.0.1\n"),
        format!("{long}:\nnameserver 10.0.0.1\n{long}:\nnameserver 10.0.0.2\n"),
        format!("domain {long}\nport 5353\nnameserver {long}\n"),
    ] {
        let said = read(&text).map(|found| found.resolver.join(" ")).unwrap_or_default();
        assert!(said.len() < 3_000, "{}", said.len());
    }
    let words = "# resolv.conf from eth0\nnameserver not an address at all\nnameserver 10.0.0.1\n";
    let said = read(words).unwrap().resolver.join(" ");
    assert!(
        said.contains("eth0 has 10.0.0.1.") && !said.contains("not an address"),
        "{said}"
    );
}

/// Brackets that stand in one word are looked at once: with a look back from each, this would not end.
#[test]
fn many_brackets_are_read_in_time() {
    let many = format!("{}[{}", "a".repeat(1_000_000), "]".repeat(1_000_000));
    let (word, behind) = words::split_host(&many).unwrap();
    assert_eq!((word.len(), behind), (many.len(), ""));
}
