//! A program fails, and what this host asks has the name; and what a text says of the cluster beside the failure.

use super::*;

fn first(text: &str) -> &'static str {
    candidates_of(text)[0]
}

/// What is behind the name server, and what the name server does, is not the cause.
const BEYOND: &[&str] = &[
    "no-forwarding",
    "rebinding-protection",
    "name-blocked-by-policy",
    "shadow-zone",
    "endpoint-name-stale",
];

const ANSWERS: &[&str] = &[
    "$ dig +short X\n10.0.12.34\n",
    "$ nslookup X\nServer:\t\t10.44.0.53\nAddress:\t10.44.0.53#53\n\nNon-authoritative answer:\nName:\tX\nAddress: 10.0.12.34\n",
    "$ host X\nX has address 10.0.12.34\n",
    "$ dig X\n\n; <<>> DiG 9.18.28 <<>> X\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n\
     ;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;X.\tIN\tA\n\n\
     ;; ANSWER SECTION:\nX. 60 IN A 10.0.12.34\n\n;; SERVER: 10.44.0.53#53(10.44.0.53) (UDP)\n",
];

#[test]
fn what_this_hosts_server_has_is_lost_on_this_host() {
    for failure in [
        "$ ping -c1 X\nping: X: Name or service not known\n",
        "$ curl -k https://X/livez\ncurl: (6) Could not resolve host: X\n",
        "$ ./job\nCaused by: java.net.UnknownHostException: X\n",
        "Unable to connect to the server: dial tcp: lookup X: no such host\n",
        "$ getent hosts X\n",
        "$ getent ahosts X; echo $?\n2\n",
        "$ getent hosts X || echo none\nnone\n",
        "$ getent hosts X; echo rc=$?\nrc=2\n",
        "wget: unable to resolve host address ‘X’\n",
    ] {
        for answer in ANSWERS {
            let text = format!("{failure}{answer}");
            let read = told_whole(&text);
            assert!(read.symptom.is_dns(), "{text}: {read:?}");
            assert_eq!(read.server, None, "{text}");
            let rules = candidates_of(&text);
            assert_eq!(rules[..2], ["nsswitch-without-dns", "stale-negative-cache"], "{text}");
            assert!(!rules.iter().any(|rule| BEYOND.contains(rule)), "{text}: {rules:?}");
        }
    }
}

fn told_whole(text: &str) -> Explanation {
    read(&filled(text)).unwrap_or_else(|| panic!("{text}"))
}

/// The answer of another place, or of a server that was named, says nothing of this host's.
#[test]
fn what_another_place_has_is_no_answer_of_this_host() {
    let failure = "$ curl -k https://X/livez\ncurl: (6) Could not resolve host: X\n";
    for answer in [
        "$ dig +short X @10.30.0.2\n10.0.12.34\n",
        "$ nslookup X ns1.corp.example\nServer:\t\tns1.corp.example\nAddress:\t10.30.0.2#53\n\nName:\tX\nAddress: 10.0.12.34\n",
        "$ ssh bastion\n[ec2-user@ip-10-0-0-5 ~]$ dig +short X\n10.0.12.34\n",
        "$ kubectl exec -it web -- nslookup X\nServer:\t\t10.100.0.10\nAddress:\t10.100.0.10#53\n\nName:\tX\nAddress: 10.0.12.34\n",
        "[ec2-user@ip-10-0-0-5 ~]$ dig +short X\n10.0.12.34\n",
        "\nFrom the bastion host:\n$ dig +short X\n10.0.12.34\n",
        "# on the bastion\n$ dig +short X\n10.0.12.34\n",
    ] {
        let text = format!("{failure}{answer}");
        assert_eq!(first(&text), "no-forwarding", "{text}");
    }
}

/// On Windows no such file decides.
#[test]
fn windows_remembers_or_has_rules_of_its_own() {
    let text = "C:\\>ping X\nPing request could not find host X. Please check the name and try again.\n\n\
                C:\\>nslookup X\nServer:  dc1.corp.example\nAddress:  10.44.0.53\n\nNon-authoritative answer:\n\
                Name:    X\nAddress:  10.0.12.34\n";
    let read = told_whole(text);
    assert_eq!((read.server, read.client), (None, None));
    assert_eq!(
        candidates_of(text)[..2],
        ["stale-negative-cache", "split-dns-not-applied"]
    );
}

/// The stub that denied it to one program has it for another.
#[test]
fn resolvectl_asks_the_stub() {
    let text = "$ kubectl get ns\nUnable to connect to the server: dial tcp: lookup X on 127.0.0.53:53: no such host\n\
                $ resolvectl query X\nX: 10.0.12.34  -- link: tun0\n\n-- Information acquired via protocol DNS in 4ms.\n";
    assert_eq!(candidates_of(text)[..2], ["resolver-unstable", "stale-negative-cache"]);
}

#[test]
fn the_hosts_line_beside_a_failure_counts() {
    let failure = "$ curl https://X/\ncurl: (6) Could not resolve host: X\n$ grep hosts /etc/nsswitch.conf\n";
    assert_eq!(
        first(&format!("{failure}hosts:          files myhostname\n")),
        "nsswitch-without-dns"
    );
    for line in [
        "hosts: files dns",
        "hosts: mymachines resolve [!UNAVAIL=return] files dns",
    ] {
        assert!(
            !candidates_of(&format!("{failure}{line}\n")).contains(&"nsswitch-without-dns"),
            "{line}"
        );
    }
    // Of an Ingress it is another word.
    let ingress = format!("{failure}  tls:\n  - hosts:\n    - web.example\n");
    assert_ne!(first(&ingress), "nsswitch-without-dns");
}

const NX: &str = "Unable to connect to the server: dial tcp: lookup X on 10.44.0.53:53: no such host\n";

#[test]
fn a_cluster_that_was_reached_has_its_name() {
    let table = "NAME      STATUS   AGE\ndefault   Active   10d\n";
    let is_stale = |text: &str| candidates_of(text).contains(&"endpoint-name-stale");
    assert!(is_stale(NX));
    assert!(!is_stale(&format!("{NX}$ kubectl get ns\n{table}")));
    let flushed = format!("{NX}After `ipconfig /flushdns` it works:\n{table}");
    assert_eq!(first(&flushed), "stale-negative-cache");
    // Before the failure, or of another cluster.
    assert!(is_stale(&format!("$ kubectl get ns\n{table}$ kubectl get ns\n{NX}")));
    assert!(is_stale(&format!("{NX}$ kubectl --context other get ns\n{table}")));
}

#[test]
fn what_was_just_made_may_be_remembered_as_missing() {
    let made = format!("aws_eks_cluster.this: Creation complete after 9m2s [id=prod]\n\n{NX}");
    assert_eq!(first(&made), "stale-negative-cache");
    let gone = made.replace("Creation", "Destruction");
    assert_eq!(first(&gone), "endpoint-name-stale");
    let table = format!("$ aws eks describe-cluster --name a --output table\n||  endpoint  |  https://X  ||\n{NX}");
    assert!(!candidates_of(&table).contains(&"endpoint-name-stale"));
    let update = format!(
        "{{\"update\": {{\"id\": \"x\", \"status\": \"InProgress\", \"type\": \"EndpointAccessUpdate\"}}}}\n{NX}"
    );
    assert_eq!(first(&update), "cluster-transitioning");
    assert_ne!(
        first(&update.replace("InProgress", "Successful")),
        "cluster-transitioning"
    );
}

#[test]
fn resolvectls_errors_of_the_system_are_no_denials() {
    let said = |error: &str| format!("X: resolve call failed: {error}");
    for (error, symptom) in [
        (
            "Lookup failed due to system error: Connection timed out",
            Symptom::Silence,
        ),
        ("Lookup failed due to system error: No route to host", Symptom::NoRoute),
        (
            "Lookup failed due to system error: Invalid argument",
            Symptom::OtherError,
        ),
        (
            "CNAME loop detected, or CNAME resolving disabled on 'X'",
            Symptom::NoData,
        ),
    ] {
        let text = said(error);
        assert_eq!(told(&text).0, symptom, "{text}");
        assert!(!candidates_of(&text).contains(&"endpoint-name-stale"), "{text}");
    }
}

#[test]
fn what_go_says_of_a_family_or_of_windows() {
    let v6 = "dial tcp6: lookup X on 10.44.0.53:53: no such host";
    assert!(!candidates_of(v6).contains(&"endpoint-name-stale"));
    for (said, symptom) in [
        ("DNS name does not exist.", Symptom::NxDomain),
        ("DNS server failure.", Symptom::ServFail),
        ("No records found for given DNS query.", Symptom::NoData),
    ] {
        assert_eq!(told(&format!("lookup X: dnsquery: {said}")).0, symptom, "{said}");
    }
}

#[test]
fn what_a_tool_says_before_the_reply_counts() {
    let header = ";; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n\
                  ;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;X.\tIN\tA\n";
    let warning = ";; Warning: Message parser reports malformed message packet.\n";
    assert_eq!(
        first(&format!("{warning}\n; <<>> DiG 9.18.28 <<>> X\n{header}")),
        "malformed-reply"
    );
    assert_ne!(
        first(&format!("; <<>> DiG 9.18.28 <<>> X\n{header}")),
        "malformed-reply"
    );
    let nslookup = |said: &str| {
        format!(
            "{said}Server:\t\t10.44.0.53\nAddress:\t10.44.0.53#53\n\nNon-authoritative answer:\n*** Can't find X: No answer\n"
        )
    };
    assert_eq!(
        first(&nslookup(";; Got recursion not available from 10.44.0.53\n")),
        "not-recursive"
    );
    let next = nslookup(";; Got recursion not available from 10.44.0.9, trying next server\n");
    assert_ne!(first(&next), "not-recursive");
}

/// A node of EC2 that gets public addresses.
#[test]
fn a_node_that_dials_a_public_address() {
    let line = |address: &str| {
        format!(
            "ip-10-50-0-17.ec2.internal kubelet[1849]: Failed to watch *v1.Node: Get \"https://X/api/v1/nodes\": dial tcp \
             {address}:443: i/o timeout"
        )
    };
    let public = candidates_of(&line("3.120.4.5"));
    assert_eq!(public[0], "private-access-disabled");
    assert!(!public.contains(&"hybrid-nodes-public-endpoint"), "{public:?}");
    assert!(!candidates_of(&line("10.50.1.9")).contains(&"private-access-disabled"));
    // A kubelet on a host of any name may be a hybrid node's.
    let hybrid = line("3.120.4.5").replace("ip-10-50-0-17.ec2.internal", "edge-node-7");
    assert!(candidates_of(&hybrid).contains(&"hybrid-nodes-public-endpoint"));
}
