//! Several runs of the tools in one text: each has its name server, and what one shows counts for the others.

use super::*;

const SILENT: &str = ";; communications error to 10.71.5.53#53: timed out\n\
                      ;; communications error to 10.71.5.53#53: timed out\n\n\
                      ; <<>> DiG 9.20.4 <<>> @10.71.5.53 X\n; (1 server found)\n;; global options: +cmd\n\
                      ;; no servers could be reached\n";

/// What dig prints of a reply: its options, the server, the status, and the records.
fn dig(options: &str, server: &str, name: &str, status: &str, records: &[&str]) -> String {
    let answers: Vec<String> = records.iter().map(|data| format!("{name}. 60 IN A {data}\n")).collect();
    let answers = answers.concat();
    let way = if options.contains("+tcp") { "TCP" } else { "UDP" };
    format!(
        "\n; <<>> DiG 9.20.4 <<>> {options} @{server} {name}\n;; global options: +cmd\n;; Got answer:\n\
         ;; ->>HEADER<<- opcode: QUERY, status: {status}, id: 7\n;; flags: qr rd ra; QUERY: 1, ANSWER: {}, AUTHORITY: \
         0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;{name}.\tIN\tA\n\n;; ANSWER SECTION:\n{answers}\n\
         ;; Query time: 3 msec\n;; SERVER: {server}#53({server}) ({way})\n;; MSG SIZE  rcvd: 90\n",
        records.len()
    )
}

/// A run that got no reply is not lost beside one that did, in whatever order they stand.
#[test]
fn a_silent_run_beside_a_reply_is_told() {
    let elsewhere = dig("", "10.71.6.7", "X", "NOERROR", &["10.20.30.40"]);
    let old = "; <<>> DiG 9.11.36 <<>> X @10.71.5.53\n;; global options: +cmd\n\
               ;; connection timed out; no servers could be reached\n";
    let kdig = ";; WARNING: response timeout for 10.71.5.53@53(UDP)\n;; WARNING: response timeout for \
                10.71.5.53@53(UDP)\n;; ERROR: failed to query server 10.71.5.53@53(UDP)\n";
    for silent in [SILENT, old, kdig] {
        for text in [format!("{silent}{elsewhere}"), format!("{elsewhere}{silent}")] {
            let (symptom, server, rules) = first(&text);
            assert_eq!(symptom, Symptom::Silence, "{text}");
            assert_eq!(server.as_deref(), Some("10.71.5.53:53"), "{text}");
            assert!(!rules.contains(&"endpoint-name-stale"), "{text}: {rules:?}");
        }
    }
    let closed = SILENT.replace("timed out", "connection refused");
    assert_eq!(first(&format!("{closed}{elsewhere}")).0, Symptom::PortClosed);
    // What the run itself got after it asked again is what became of it.
    let again = ";; communications error to 10.71.6.7#53: timed out\n".to_owned() + &elsewhere;
    assert_eq!(first(&again).0, Symptom::Healthy);
}

/// A server that answers another name is there: what it forwards this one to is silent.
#[test]
fn a_server_that_answers_another_name_is_reachable() {
    let another = dig("", "10.71.5.53", "www.example.org", "NOERROR", &["203.0.113.9"]);
    for text in [format!("{SILENT}{another}"), format!("{another}{SILENT}")] {
        let (symptom, server, rules) = first(&text);
        assert_eq!((symptom, server.as_deref()), (Symptom::Silence, Some("10.71.5.53:53")));
        assert_eq!(rules[0], "forward-target-unreachable", "{rules:?}");
        for rule in ["resolver-unreachable", "udp-blocked", "local-dns-down"] {
            assert!(!rules.contains(&rule), "{rules:?}");
        }
        assert_eq!(read(&filled(&text)).unwrap().host.unwrap().to_string(), X);
    }
    // One that is silent for that one too is just silent.
    let (_, _, rules) = first(&format!("{SILENT}{}", SILENT.replace('X', "www.example.org")));
    assert_eq!(rules[0], "resolver-unreachable");
    assert!(!rules.contains(&"forward-target-unreachable"), "{rules:?}");
}

/// The same server answers a question of another form: the form is what fails, and nothing is unstable.
#[test]
fn the_form_of_the_question_tells_the_cause() {
    let at = |options: &str, status: &str, records: &[&str]| dig(options, "10.71.5.53", "X", status, records);
    let answered = |options: &str| at(options, "NOERROR", &["10.20.30.40"]);
    for (failed, form, rule) in [
        (SILENT.to_owned(), "+tcp", "udp-blocked"),
        (at("", "SERVFAIL", &[]), "+cd", "dnssec-bogus"),
        (at("", "SERVFAIL", &[]), "+noedns", "edns-intolerant"),
        (at("", "FORMERR", &[]), "+noedns", "edns-intolerant"),
        (at("", "BADVERS", &[]), "+noedns", "edns-intolerant"),
    ] {
        let (_, _, rules) = first(&format!("{failed}{}", answered(form)));
        assert_eq!(rules[0], rule, "{form}: {rules:?}");
        assert!(!rules.contains(&"resolver-unstable"), "{form}: {rules:?}");
        // The same question with an answer is another matter.
        let (_, _, rules) = first(&format!("{failed}{}", answered("")));
        assert_eq!(rules[0], "resolver-unstable", "{form}: {rules:?}");
        assert!(rules.contains(&"resolver-unstable"), "{form}: {rules:?}");
    }
    // What a client of Go printed was over UDP too.
    let go = "dial tcp: lookup X on 10.71.5.53:53: read udp 10.9.9.9:4->10.71.5.53:53: i/o timeout\n";
    assert_eq!(first(&format!("{go}{}", answered("+tcp"))).2[0], "udp-blocked");
}

/// What the reply says of recursion, and an Extended DNS Error of another cause than DNSSEC's.
#[test]
fn what_the_reply_says_beside_its_status() {
    let reply = dig("", "10.71.5.53", "X", "NOERROR", &[]);
    let without = reply.replace("rd ra;", "rd;").replace(
        "\n\n;; QUESTION",
        "\n;; WARNING: recursion requested but not available\n\n;; QUESTION",
    );
    assert_eq!(first(&without).2[0], "not-recursive");
    assert!(!first(&reply).2.contains(&"not-recursive"));
    let failed = dig("", "10.71.5.53", "X", "SERVFAIL", &[]);
    let unreachable = failed.replace(";; QUESTION", "; EDE: 22 (No Reachable Authority)\n;; QUESTION");
    assert!(first(&failed).2.contains(&"dnssec-bogus"));
    assert!(!first(&unreachable).2.contains(&"dnssec-bogus"));
}

/// FORMERR, NOTIMP and BADVERS are about the question's form, and SERVFAIL is not.
#[test]
fn a_question_that_is_not_understood() {
    for status in ["FORMERR", "NOTIMP", "BADVERS"] {
        let (symptom, _, rules) = first(&dig("", "10.71.5.53", "X", status, &[]));
        assert_eq!(symptom, Symptom::NotUnderstood, "{status}");
        assert_eq!(rules, ["edns-intolerant"], "{status}");
    }
}

/// host(1) and nslookup name the server in each run.
#[test]
fn each_run_of_host_and_nslookup_has_its_server() {
    let host = |server: &str, said: &str| {
        format!("$ host X {server}\nUsing domain server:\nName: {server}\nAddress: {server}#53\nAliases: \n\n{said}\n")
    };
    let good = host("10.71.6.7", "X has address 10.20.30.40\n");
    for (said, symptom) in [
        ("Host X not found: 3(NXDOMAIN)", Symptom::NxDomain),
        ("Host X not found: 2(SERVFAIL)", Symptom::ServFail),
        // Of a reply without an address host(1) prints nothing at all.
        ("", Symptom::NoData),
    ] {
        let bad = host("10.71.5.53", said);
        for text in [format!("{good}{bad}"), format!("{bad}{good}")] {
            let (found, server, rules) = first(&text);
            assert_eq!((found, server.as_deref()), (symptom, Some("10.71.5.53:53")), "{text}");
            for rule in ["aaaa-broken", "resolver-unstable", "endpoint-name-stale"] {
                assert!(!rules.contains(&rule), "{text}: {rules:?}");
            }
        }
    }
    // Without a reply nslookup does not show its two lines.
    let nslookup = "$ nslookup X 10.71.6.7\nServer:\t\t10.71.6.7\nAddress:\t10.71.6.7#53\n\nName:\tX\nAddress: \
                    10.20.30.40\n\n$ nslookup X 10.71.5.53\n;; communications error to 10.71.5.53#53: timed out\n;; no \
                    servers could be reached\n";
    let (symptom, server, _) = first(nslookup);
    assert_eq!((symptom, server.as_deref()), (Symptom::Silence, Some("10.71.5.53:53")));
}

/// Without a server it is the adapters' that Windows asked, and not the one that another run names.
#[test]
fn resolve_dnsname_with_a_server_is_another_run() {
    let fails = "PS C:\\> Resolve-DnsName X\nResolve-DnsName : X : DNS name does not exist\n    + \
                 FullyQualifiedErrorId : DNS_ERROR_RCODE_NAME_ERROR,Microsoft.DnsClient.Commands.ResolveDnsName\n\n";
    let answers = "PS C:\\> Resolve-DnsName X -Server 10.71.6.7\n\nName    Type   TTL   Section    IPAddress\n----    \
                   ----   ---   -------    ---------\nX       A      60    Answer     10.20.30.40\n";
    for text in [format!("{fails}{answers}"), format!("{answers}{fails}")] {
        let (symptom, server, rules) = first(&text);
        assert_eq!((symptom, server), (Symptom::NxDomain, None), "{text}");
        assert_eq!(rules[0], "no-forwarding", "{text}: {rules:?}");
        assert!(!rules.contains(&"aaaa-broken"), "{text}: {rules:?}");
    }
    // PowerShell shows the command in the error as well.
    let late = "Resolve-DnsName : X : This operation returned because the timeout period expired\nAt line:1 char:1\n+ \
                Resolve-DnsName X -Server 10.71.5.53\n+ ~~~~~~~~\n";
    let (symptom, server, _) = first(late);
    assert_eq!((symptom, server.as_deref()), (Symptom::Silence, Some("10.71.5.53:53")));
}

/// delv says the kind of a negative response in comments, and whom it asked in its command alone.
#[test]
fn a_run_of_delv() {
    let denied = "$ delv @10.71.5.53 X\n; negative response, answer not validated\n; X. 60 IN \\-ANY ;-$NXDOMAIN\n; \
                  ap-northeast-1.eks.amazonaws.com. SOA ns-1.awsdns-01.org. hostmaster.example.com. 1 7200 900 1209600 \
                  86400\n;; resolution failed: ncache nxdomain\n";
    let (symptom, server, _) = first(denied);
    assert_eq!((symptom, server.as_deref()), (Symptom::NxDomain, Some("10.71.5.53:53")));
    assert_eq!(messages(&filled(denied)).len(), 1);
    // Without the command the name is in the comments.
    let (_, bare) = denied.split_once('\n').unwrap();
    assert_eq!(read(&filled(bare)).unwrap().host.unwrap().to_string(), X);
    let late = "$ delv @10.71.5.53 X\n;; resolution failed: timed out\n";
    let (symptom, server, _) = first(late);
    assert_eq!((symptom, server.as_deref()), (Symptom::Silence, Some("10.71.5.53:53")));
}

/// Public DNS has the private addresses: plain recursion would bring them, and a filter takes them out.
#[test]
fn what_public_dns_has_needs_no_forward() {
    let go = "dial tcp: lookup X on 192.168.7.1:53: no such host\n";
    let public = dig("", "9.9.9.9", "X", "NOERROR", &["10.20.30.40"]);
    let short = "$ dig +short X @9.9.9.9\n10.20.30.40\n";
    for beside in [public.as_str(), short] {
        let (_, _, rules) = first(&format!("{go}{beside}"));
        assert_eq!(rules[0], "rebinding-protection", "{rules:?}");
        assert!(!rules.contains(&"no-forwarding"), "{rules:?}");
    }
    // An inbound endpoint has them: a forward is what is missing.
    let inbound = dig("", "10.20.0.10", "X", "NOERROR", &["10.20.30.40"]);
    assert_eq!(first(&format!("{go}{inbound}")).2[0], "no-forwarding");
}

/// A public name server need not have the name that the network's own has.
#[test]
fn a_denial_of_public_dns_is_no_failure() {
    let own = dig("", "10.20.0.10", "X", "NOERROR", &["10.20.30.40"]);
    let public = dig("", "9.9.9.9", "X", "NXDOMAIN", &[]);
    for text in [format!("{own}{public}"), format!("{public}{own}")] {
        let (symptom, _, rules) = first(&text);
        assert_eq!(symptom, Symptom::DeniedInPublic, "{text}");
        assert_eq!(symptom.layer(), Layer::None);
        assert_eq!(rules, ["not-in-public-dns"], "{text}");
    }
    // Alone it is a denial.
    assert_eq!(first(&public).0, Symptom::NxDomain);
    let hijacked = dig("", "10.20.0.10", "X", "NOERROR", &["203.0.113.80"]);
    assert_eq!(first(&format!("{hijacked}{public}")).0, Symptom::NxDomain);
}

/// What AWS says of the endpoint, in the same text.
#[test]
fn an_endpoint_that_aws_has_is_not_stale() {
    let go = "dial tcp: lookup X on 10.71.5.53:53: no such host\n";
    let json = "{\"cluster\": {\n  \"endpoint\": \"https://X\",\n  \"status\": \"ACTIVE\"\n}}\n";
    let text = "$ aws eks describe-cluster --name a --query cluster.endpoint --output text\nhttps://X\n";
    let stale = |text: &str| first(text).2.contains(&"endpoint-name-stale");
    assert!(stale(go));
    assert!(!stale(&format!("{go}{json}")) && !stale(&format!("{go}{text}")));
    assert!(!stale(&format!("{go}{}", json.replace("ACTIVE", "UPDATING"))));
    assert!(stale(&format!("{go}{}", json.replace("ACTIVE", "DELETING"))));
    assert!(stale(&format!("{go}{}", json.replace("https://X", "https://0X"))));
    assert!(stale(&format!("{go}server: https://X\n")));
}

/// The last prompt above a line tells where it was printed.
#[test]
fn the_prompt_above_the_line_tells_the_place() {
    let fails = |server: &str| format!("$ kubectl get pods\ndial tcp: lookup X on {server}:53: no such host\n");
    let node = |command: &str| format!("[ec2-user@ip-10-20-0-17 ~]{command}");
    let laptop = |command: &str| format!("ada@desk:~{command}");
    let vpc = "vpc-dns-attributes-off";
    assert!(first(&node(&fails("10.20.0.2"))).2.contains(&vpc));
    for text in [
        format!("{}{}", node("$ exit\n"), laptop(&fails("10.20.0.2"))),
        format!("{}{}", laptop(&fails("10.20.0.2")), node("$ kubectl get pods\nok\n")),
        // No VPC's resolver has this address.
        node(&fails("192.168.7.1")),
    ] {
        let rules = first(&text).2;
        assert!(!rules.contains(&vpc), "{text}: {rules:?}");
    }
    assert!(
        first(&format!("{}{}", laptop("$ ssh x\n"), node(&fails("10.20.0.2"))))
            .2
            .contains(&vpc)
    );
}

/// No reply of NODATA is of a name that is gone.
#[test]
fn nodata_is_of_a_name_that_exists() {
    for text in [
        "Server:\t\t192.168.7.1\nAddress:\t192.168.7.1#53\n\n*** Can't find X: No answer\n",
        "X: No address associated with hostname",
        "Error: queryA ENODATA X",
    ] {
        let (symptom, _, rules) = first(text);
        assert_eq!(symptom, Symptom::NoData, "{text}");
        assert_eq!(rules[0], "rebinding-protection", "{text}: {rules:?}");
        assert!(!rules.contains(&"endpoint-name-stale"), "{text}: {rules:?}");
    }
}

/// A silent server before the one that answered, in the short form and in the long one.
#[test]
fn a_silent_server_before_an_answer_is_told() {
    let silent = ";; communications error to 10.71.5.53#53: timed out\n";
    let short = |errors: &str| format!("$ dig +short X\n{errors}10.20.30.40\n10.20.31.41\n$ ");
    let whole = silent.repeat(3) + &dig("", "10.71.6.7", "X", "NOERROR", &["10.20.30.40"]);
    for text in [short(silent), short(&silent.repeat(2)), whole] {
        let found = messages(&filled(&text));
        let told: Vec<(Symptom, Option<String>)> = found
            .iter()
            .map(|one| (one.symptom, one.server.map(|server| server.to_string())))
            .collect();
        assert_eq!(told.len(), 2, "{text}: {told:?}");
        assert_eq!(told[0], (Symptom::Silence, Some("10.71.5.53:53".to_owned())), "{text}");
        assert_eq!(told[1].0, Symptom::Healthy, "{text}");
        // The silent one is not who answered.
        assert_ne!(told[1].1.as_deref(), Some("10.71.5.53:53"), "{text}");
        assert!(found.iter().all(|one| one.host == Some(X.parse().unwrap())), "{text}");
        let stale = found[0].candidates.iter().any(|one| one.rule == "endpoint-name-stale");
        assert!(!stale, "{text}");
    }
    // The server that is named answered when it was asked again.
    let again = short(silent).replace("+short", "+short @10.71.5.53");
    let found = messages(&filled(&again));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].symptom, Symptom::Healthy);
    // And without an address nothing was answered.
    let nothing = format!("$ dig +short X\n{silent};; no servers could be reached\n$ ");
    let found = messages(&filled(&nothing));
    assert_eq!(
        found.iter().map(|one| one.symptom).collect::<Vec<_>>(),
        [Symptom::Silence]
    );
    assert_eq!(told(&format!("$ dig +short X\n{silent}$ ")).0, Symptom::Silence);
}

/// host(1) with -v names its server behind each reply.
#[test]
fn the_server_of_a_verbose_host_is_told() {
    let host = |status: &str, count: u8, record: &str| {
        format!(
            "$ host -v X\nTrying \"X\"\n;; ->>HEADER<<- opcode: QUERY, status: {status}, id: 71\n;; flags: qr rd ra; \
             QUERY: 1, ANSWER: {count}, AUTHORITY: 0, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n;X.\tIN\tA\n\n{record}\
             Received 122 bytes from 10.71.5.53#53 in 3 ms\n"
        )
    };
    let answer = ";; ANSWER SECTION:\nX. 60 IN A 10.20.30.40\n\n";
    for (text, symptom) in [
        (host("NXDOMAIN", 0, ""), Symptom::NxDomain),
        (host("NOERROR", 1, answer), Symptom::Healthy),
        (host("REFUSED", 0, ""), Symptom::Refused),
    ] {
        let (found, _, server) = told(&text);
        assert_eq!((found, server.as_deref()), (symptom, Some("10.71.5.53:53")), "{text}");
    }
    // Other programs receive too.
    assert_eq!(
        told("Received many bytes from 10.71.5.53#53\ndial tcp: lookup X: no such host").2,
        None
    );
}
