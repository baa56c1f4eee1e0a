//! Where the fuzzer starts: real texts and messages, small ones.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::checks::TARGETS;
use super::unconcluded::unconcluded;

/// Octets for a target.
pub(crate) struct Seed {
    pub(crate) target: &'static str,
    pub(crate) name: String,
    pub(crate) octets: Vec<u8>,
}

/// The longest capture that is a seed: a longer one is slow, and says little more.
const CAPTURE: usize = 12_000;
/// Captures that are seeds.
const CAPTURES: usize = 24;

pub(crate) fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    replies(&mut seeds);
    hosts(&mut seeds);
    kubeconfigs(&mut seeds);
    aws(&mut seeds);
    captures(&mut seeds);
    messages(&mut seeds);
    specs(&mut seeds);
    scenarios(&mut seeds);
    seeds
}

fn add(seeds: &mut Vec<Seed>, target: &str, name: impl Into<String>, octets: impl Into<Vec<u8>>) {
    let (target, _) = TARGETS.iter().find(|(known, _)| *known == target).expect("a target");
    seeds.push(Seed {
        target,
        name: name.into(),
        octets: octets.into(),
    });
}

fn fixtures(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut found: Vec<(String, Vec<u8>)> = super::files(&folder)
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let octets = std::fs::read(&path).expect("a fixture can be read");
            (name.into_owned(), octets)
        })
        .collect();
    found.sort();
    found
}

/// Messages as servers send them, written out from RFC 1035 section 4.1.
fn replies(seeds: &mut Vec<Seed>) {
    const A: &[u8] = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\xa8\x68\xbe";
    const AAAA: &[u8] = b"\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x3c\x00\x10\x26\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01";
    const OPT: &[u8] = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00";
    const OPT_EDE: &[u8] =
        b"\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x13\x00\x0f\x00\x05\x00\x0fnot\x00\x0f\x00\x06\x00\x16\x1b[2J";
    const BADVERS: &[u8] = b"\x00\x00\x29\x04\xd0\x01\x00\x00\x00\x00\x00";
    let record = |rtype: u16, data: &[u8]| {
        let length = u16::try_from(data.len()).expect("short");
        let head = b"\xc0\x0c".iter().copied().chain(rtype.to_be_bytes());
        let head = head.chain(*b"\x00\x01\x00\x00\x03\x84");
        let head = head.chain(length.to_be_bytes());
        head.chain(data.iter().copied()).collect::<Vec<u8>>()
    };
    // The label behind the first of the name in the question.
    let soa = record(
        6,
        &[b"\x04ns-0\x0aawsdns-00\x03com\x00\x04host\xc0\x2d".as_slice(), &[0; 20]].concat(),
    );
    let cname = record(5, b"\x05other\xc0\x2d");
    let loops = record(5, b"\xc0\x0c");
    let of_other = [b"\x05other\xc0\x2d\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x07".as_slice()].concat();
    // Types whose data has a form of its own: SRV, NAPTR, DS, SSHFP, RRSIG, NSEC, NSEC3, TLSA, SVCB, HTTPS, CAA, TSIG.
    let odd = [16u16, 33, 35, 43, 44, 46, 47, 50, 52, 64, 65, 257, 250, 65280]
        .map(|rtype| record(rtype, b"\x00\x01\x01\x02\x00\x00\x00\x3c\x01\x02\xc0\x0c\x00\x01"))
        .concat();
    let none: &[u8] = &[];
    let plain = |flags: [u8; 2], counts: [u8; 3], rest: &[u8]| framed(0, &[&reply(0, flags, counts, rest)]);
    let ok = [0x81, 0x80];
    let list: Vec<(&str, Vec<u8>)> = vec![
        ("a", plain(ok, [1, 0, 1], &[A, OPT].concat())),
        ("a-aa", plain([0x85, 0x80], [2, 0, 0], &[A, A].concat())),
        ("aaaa", framed(1, &[&reply(1, ok, [1, 0, 1], &[AAAA, OPT].concat())])),
        ("tcp", framed(2, &[&reply(2, ok, [1, 0, 0], A)])),
        ("cname", plain(ok, [2, 0, 0], &[&cname, of_other.as_slice()].concat())),
        ("cname-loop", plain(ok, [1, 0, 0], &loops)),
        ("nxdomain", plain([0x81, 0x83], [0, 1, 1], &[&soa, OPT].concat())),
        ("sibling", framed(3, &[&reply(3, [0x81, 0x83], [0, 1, 0], &soa)])),
        ("nodata", plain(ok, [0, 1, 0], &soa)),
        ("nothing", plain(ok, [0, 0, 0], none)),
        (
            "referral",
            plain([0x80, 0x00], [0, 1, 0], &record(2, b"\x02ns\xc0\x2d")),
        ),
        ("soa", framed(4, &[&reply(4, ok, [1, 0, 0], &soa)])),
        (
            "root",
            framed(
                5,
                &[&reply(
                    5,
                    ok,
                    [1, 0, 0],
                    &record(2, b"\x01a\x0croot-servers\x03net\x00"),
                )],
            ),
        ),
        ("checking-disabled", framed(6, &[&reply(6, ok, [1, 0, 0], A)])),
        ("servfail", plain([0x81, 0x82], [0, 0, 1], OPT_EDE)),
        ("refused", plain([0x81, 0x85], [0, 0, 1], OPT_EDE)),
        ("formerr", plain([0x81, 0x81], [0, 0, 0], none)),
        ("badvers", plain([0x81, 0x80], [0, 0, 1], BADVERS)),
        ("truncated", plain([0x83, 0x80], [0, 0, 1], OPT)),
        ("two-opts", plain(ok, [0, 0, 2], &[OPT, OPT_EDE].concat())),
        ("opt-in-answer", plain(ok, [1, 0, 0], OPT)),
        ("odd-types", plain(ok, [14, 0, 0], &odd)),
        ("cut", plain(ok, [2, 0, 0], &[A, &A[..9]].concat())),
        ("three-octets", plain(ok, [1, 0, 0], &record(1, b"\x0a\x00\x00"))),
        (
            "overrun",
            plain(ok, [1, 0, 0], b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\xff\xff\x0a"),
        ),
        (
            "pointer-loop",
            plain(
                ok,
                [1, 0, 0],
                b"\xc0\x51\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01",
            ),
        ),
        (
            "old-ttl",
            plain(
                ok,
                [1, 0, 0],
                b"\xc0\x0c\x00\x01\x00\x01\xff\x00\x00\x3c\x00\x04\x0a\x00\x00\x01",
            ),
        ),
        ("header-only", framed(0, &[b"\x12\x34\x81\x81\0\0\0\0\0\0\0\0"])),
        ("http", framed(0, &[b"HTTP/1.1 400 Bad Request\r\n\r\n"])),
        (
            "late",
            framed(0, &[b"\x12\x35\x81\x80\0\0\0\0\0\0\0\0", &reply(0, ok, [1, 0, 0], A)]),
        ),
    ];
    for (name, octets) in list {
        add(seeds, "replies", name, octets);
    }
}

/// A reply to the question of this number (tests/checks/replies.rs).
fn reply(question: u8, flags: [u8; 2], counts: [u8; 3], rest: &[u8]) -> Vec<u8> {
    const SUFFIX: &[u8] = b"\x03yl4\x0eap-northeast-1\x03eks\x09amazonaws\x03com\x00";
    let name = match question {
        3 => SUFFIX.to_vec(),
        4 => SUFFIX[4..].to_vec(),
        5 => vec![0],
        _ => [b"\x200123456789ABCDEF0123456789ABCDEF".as_slice(), SUFFIX].concat(),
    };
    let qtype: u8 = match question {
        1 => 28,
        4 => 6,
        5 => 2,
        _ => 1,
    };
    let mut octets = vec![0x12, 0x34, flags[0], flags[1], 0, 1];
    octets.extend(counts.iter().flat_map(|count| [0, *count]));
    octets.extend(name);
    octets.extend([0, qtype, 0, 1]);
    octets.extend(rest);
    octets
}

fn framed(question: u8, messages: &[&[u8]]) -> Vec<u8> {
    let mut octets = vec![question];
    for message in messages {
        let length = u16::try_from(message.len()).expect("short");
        octets.extend(length.to_be_bytes());
        octets.extend(*message);
    }
    octets
}

fn hosts(seeds: &mut Vec<Seed>) {
    for (name, octets) in fixtures("host") {
        let has_extension = |wanted: &str| Path::new(&name).extension().is_some_and(|it| it == wanted);
        if has_extension("md") {
            continue;
        }
        let is_file = has_extension("conf");
        let target = if is_file { "host_files" } else { "host_texts" };
        add(seeds, target, name, octets);
    }
    let resolv_conf = "# Generated by NetworkManager\nnameserver 10.63.200.10\nnameserver fe80::1%eth0\nnameserver \
                       2001:db8::53\ndomain corp.example\nsearch corp.example example.test.\nsortlist \
                       130.155.160.0/255.255.240.0 130.155.0.0\noptions ndots:5 timeout:2 attempts:3 rotate use-vc \
                       edns0 trust-ad\nlookup file bind\nfamily inet6 inet4\n";
    add(seeds, "host_files", "resolv.conf", resolv_conf);
    let target = super::checks::ENDPOINT;
    let hosts = format!(
        "127.0.0.1 localhost\n192.0.2.1\tother {target} # pinned\r\nfe80::1%lo0 {}.\n::1 ip6-localhost\n",
        target.to_lowercase()
    );
    add(seeds, "host_files", "hosts", hosts);
    add(
        seeds,
        "host_files",
        "nsswitch.conf",
        "passwd: files\nhosts:\tfiles [NOTFOUND=return] resolve [!UNAVAIL=return] dns # x\n",
    );
}

/// As `aws eks update-kubeconfig` and eksctl write them, and one with whatever else there is.
fn kubeconfigs(seeds: &mut Vec<Seed>) {
    let endpoint = super::checks::ENDPOINT;
    let aws = format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: LS0tLS1CRUdJTg==\n    server: \
         https://{endpoint}\n  name: arn:aws:eks:ap-northeast-1:111122223333:cluster/shared\ncontexts:\n- context:\n    \
         cluster: arn:aws:eks:ap-northeast-1:111122223333:cluster/shared\n    user: u\n  name: c\ncurrent-context: \
         c\nkind: Config\npreferences: {{}}\nusers:\n- name: u\n  user:\n    exec:\n      apiVersion: \
         client.authentication.k8s.io/v1beta1\n      args:\n      - --region\n      - ap-northeast-1\n      - eks\n      - \
         get-token\n      - --cluster-name\n      - shared\n      - --role-arn\n      - \
         arn:aws:iam::111122223333:role/r\n      command: aws\n      env:\n      - name: AWS_PROFILE\n        value: \
         p\n"
    );
    let eksctl = format!(
        "clusters:\n- name: shared.ap-northeast-1.eksctl.io\n  cluster: {{server: \
         \"https://user:word@{endpoint}:6443/x\", \
         tls-server-name: kubernetes, proxy-url: 'http://u:p@proxy.corp.example:3128'}}\ncontexts: [{{name: \
         a@shared.ap-northeast-1.eksctl.io, context: &c {{cluster: shared.ap-northeast-1.eksctl.io, user: \
         a}}}}]\nusers:\n- {{name: a, user: {{exec: {{command: /usr/bin/aws-iam-authenticator, args: [token, -i, \
         shared, -r, role], env: null}}, token: secret}}}}\n"
    );
    let several = format!("current-context: c\n\0{aws}\0{eksctl}\0a@shared.ap-northeast-1.eksctl.io");
    add(seeds, "kubeconfig", "aws", aws);
    add(seeds, "kubeconfig", "eksctl", eksctl);
    add(seeds, "kubeconfig", "several", several);
    add(
        seeds,
        "kubeconfig",
        "address",
        "clusters: [{name: k, cluster: {server: 'https://[::1]:6443'}}]\ncontexts: [{name: k, context: {cluster: \
         k}}]\ncurrent-context: k\n",
    );
    add(
        seeds,
        "kubeconfig",
        "aliases",
        "a: &a [x, x]\nb: &b [*a, *a]\nclusters: *b\n",
    );
    add(seeds, "kubeconfig", "empty", "\n");
}

fn aws(seeds: &mut Vec<Seed>) {
    let mut whole = Vec::new();
    for (name, octets) in fixtures("awscli/v2") {
        let value: Value = serde_json::from_slice(&octets).expect("JSON");
        let small = value.to_string();
        // Several documents in one file.
        if octets.len() < 1200 {
            whole.extend(small.bytes());
            whole.push(b'\n');
        }
        add(seeds, "aws_json", name, small);
    }
    add(seeds, "aws_json", "several", whole);
    for case in [
        "no-inbound-endpoint/fires",
        "forward-rule-shadow/fires",
        "dhcp-custom-dns/fires",
    ] {
        let mut document = case_document(case);
        let kept = ["schema_version", "tool", "taken_at", "target", "facts", "gaps"];
        document
            .as_object_mut()
            .expect("an object")
            .retain(|key, _| kept.contains(&key.as_str()));
        add(
            seeds,
            "aws_json",
            format!("facts-{}", case.replace('/', "-")),
            document.to_string(),
        );
    }
}

fn case_document(case: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let octets = std::fs::read(folder.join(case).join("capture.json")).expect("a report");
    serde_json::from_slice(&octets).expect("JSON")
}

fn captures(seeds: &mut Vec<Seed>) {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut found: Vec<(String, String)> = Vec::new();
    for rule in super::files(&folder) {
        let name = rule.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // One of each rule: the smallest.
        let smallest = super::files(&rule)
            .into_iter()
            .filter_map(|scenario| {
                let octets = std::fs::read(scenario.join("capture.json")).ok()?;
                let mut document: Value = serde_json::from_slice(&octets).ok()?;
                unconcluded(&mut document);
                Some(document.to_string())
            })
            .min_by_key(String::len);
        found.extend(smallest.filter(|text| text.len() <= CAPTURE).map(|text| (name, text)));
    }
    found.sort_by_key(|(name, text)| (text.len(), name.clone()));
    found.truncate(CAPTURES);
    for (name, text) in found {
        add(seeds, "captures", name, text);
    }
    for (name, octets) in fixtures("places") {
        if name.ends_with(".dig.txt") {
            add(seeds, "captures", name, octets);
        }
    }
    // A comparison has its captures in it.
    let (_, octets) = fixtures("places")
        .into_iter()
        .find(|(name, _)| name == "article-dig.compared.json")
        .expect("a comparison");
    let mut comparison: Value = serde_json::from_slice(&octets).expect("JSON");
    let kept = ["schema_version", "tool", "places", "captures", "unseen", "interrupted"];
    comparison
        .as_object_mut()
        .expect("an object")
        .retain(|key, _| kept.contains(&key.as_str()));
    for capture in comparison["captures"].as_array_mut().expect("captures") {
        unconcluded(capture);
    }
    add(seeds, "captures", "compared", comparison.to_string());
}

/// What clients printed, recorded, and what people paste beside it.
fn messages(seeds: &mut Vec<Seed>) {
    const PASTED: &[(&str, &str)] = &[
        (
            "kubectl",
            "E0101 00:00:00 memcache.go:265] \"Unhandled Error\" err=\"couldn't get current server API group \
             list\"\nUnable to connect to the server: dial tcp: lookup api.example.test on [fd00::1]:53: no such host",
        ),
        (
            "proxy",
            "Get \"https://api.example.test/\": proxyconnect tcp: dial tcp: lookup p.test on 10.0.0.2:53: read udp \
             10.0.0.9:5->10.0.0.2:53: i/o timeout",
        ),
        (
            "dig",
            ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, \
             AUTHORITY: 0\n;; QUESTION SECTION:\n;api.example.test. IN A\n;; SERVER: 10.0.0.2#53(10.0.0.2)\n",
        ),
        (
            "nslookup",
            "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find api.example.test: REFUSED\n",
        ),
        (
            "refused",
            "The connection to the server api.example.test:443 was refused - did you specify the right host or port?",
        ),
        (
            "python",
            "Failed to resolve 'api.example.test' ([Errno -2] Name or service not known)",
        ),
        (
            "resolvectl",
            "api.example.test: resolve call failed: Could not resolve 'api.example.test', server or network returned \
             error SERVFAIL",
        ),
        (
            "windows",
            "Server:  UnKnown\r\nAddress:  10.0.0.2\r\n\r\n*** UnKnown can't find api.example.test: Non-existent \
             domain\r\n",
        ),
        (
            "terraform",
            "│ Error: Get \"https://api.example.test/api/v1/namespaces\": dial tcp: lookup\n│ api.example.test on \
             127.0.0.53:53: server\n│ misbehaving\n",
        ),
        ("curl", "curl: (6) Could not resolve host: api.example.test"),
        (
            "tls",
            "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown \
             authority",
        ),
        (
            "i-o-timeout",
            "Unable to connect to the server: dial tcp 192.0.2.7:443: i/o timeout",
        ),
        ("node", "Error: getaddrinfo ENOTFOUND api.example.test"),
        (
            "java",
            "java.net.UnknownHostException: api.example.test: Temporary failure in name resolution",
        ),
        (
            "link",
            "Link 7 (tun0)\n    Current Scopes: DNS\n       DNS Servers: 10.0.0.2 fe80::1%7\n        DNS Domain: \
             ~eks.amazonaws.com\n",
        ),
        (
            "scutil",
            "resolver #2\n  domain   : eks.amazonaws.com\n  nameserver[0] : 10.0.0.2\n  if_index : 22 (utun4)\n",
        ),
        (
            "powershell",
            "[{\"InterfaceAlias\":\"Wi-Fi\",\"ServerAddresses\":[\"10.0.0.2\"]},{\"Namespace\":\".eks.amazonaws.com\",\"NameServers\":\"10.0.0.3\"}]",
        ),
    ];
    for (name, text) in PASTED {
        add(seeds, "pasted", *name, *text);
    }
    let (_, octets) = fixtures("clients")
        .into_iter()
        .find(|(name, _)| name == "recorded.json")
        .expect("what clients printed");
    let recorded: Value = serde_json::from_slice(&octets).expect("JSON");
    let mut printed: Vec<String> = recorded["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["printed"].as_object())
        .flat_map(|printed| printed.values())
        .filter_map(Value::as_object)
        .flat_map(|messages| messages.keys().cloned())
        .collect();
    printed.sort();
    printed.dedup();
    for (number, text) in printed.into_iter().enumerate() {
        add(seeds, "pasted", format!("recorded-{number:02}"), text);
    }
}

fn specs(seeds: &mut Vec<Seed>) {
    for (number, text) in [
        "10.63.200.10",
        "corp=tcp://10.63.200.10:5353",
        "dc-1=udp://[2001:db8::1%2]:54",
        "[2001:db8::1]",
        "fe80::1%7",
        "::ffff:10.0.0.1",
        "tls://10.0.0.1:853",
        "https://10.0.0.1/dns-query",
        "a=https://[2001:db8::1]:8443/dns-query?x=y#dns.example",
        "tls://10.0.0.1#10.0.0.1",
        "ssh:user@bastion.example",
        "ssm:i-0123456789abcdef0",
        "ssm:tag:Name=bastion",
        super::checks::ENDPOINT,
        "0123456789abcdef0123456789abcdef.gr7.eks-cluster.eu-west-1.api.aws.",
        "eks.cn-north-1.amazonaws.com.cn",
        "\\000\\.a\\\\b.\\255",
        "_ldap._tcp.corp.example",
        ".",
    ]
    .into_iter()
    .enumerate()
    {
        add(seeds, "resolver_spec", format!("{number:02}"), text);
    }
}

fn scenarios(seeds: &mut Vec<Seed>) {
    let names = eks_dns_doctor::lab::names().filter(|name| name.ends_with("/fires"));
    for name in names {
        let (_, text) = eks_dns_doctor::lab::text(Some(name)).expect("a scenario");
        add(seeds, "scenarios", name.trim_end_matches("/fires"), text);
    }
}
