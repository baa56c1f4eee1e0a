//! Where the endpoint and the facts come from: kubeconfigs, the command `facts`, and `--facts`, through the binary.
//! AWS is never asked: what it is like when it is stands in `tests/aws/`.

#![expect(clippy::disallowed_methods, reason = "a test writes the files it is about")]

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-1.eks.amazonaws.com";
/// Nobody listens there.
const CLOSED: &str = "--no-local --no-controls --no-aws --resolver 127.0.0.1:9 -o json";

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
    command
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("HOME", folder)
        .current_dir(folder);
    command
}

fn run(folder: &Path, line: &str) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command(folder).args(line.split_whitespace()).output().expect("it runs");
    (
        status.code(),
        String::from_utf8(stdout).expect("UTF-8"),
        String::from_utf8(stderr).expect("UTF-8"),
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn kubeconfig(context: &str, host: &str, cluster: &str) -> String {
    format!(
        "clusters: [{{name: k, cluster: {{server: 'https://{host}'}}}}]\ncontexts: [{{name: {context}, context: \
         {{cluster: k, \
         user: u}}}}]\ncurrent-context: {context}\nusers: [{{name: u, user: {{exec: {{command: /bin/false, args: [eks, \
         get-token, --cluster-name, {cluster}, --region, ap-northeast-1]}}}}}}]\n"
    )
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

#[test]
fn without_a_target_the_current_context_is_diagnosed() {
    let home = folder();
    write(home.path(), ".kube/config", kubeconfig("one", HOST, "shared"));
    let (_, stdout, stderr) = run(home.path(), CLOSED);
    let document = json(&stdout);
    assert_eq!(document["target"]["hostname"], HOST, "{stderr}");
    assert_eq!(document["target"]["source"], "kubeconfig");
    assert_eq!(document["target"]["cluster"], "shared");
    assert_eq!(document["target"]["region"], "ap-northeast-1");
    assert_eq!(document["facts"]["kubeconfig"]["context"], "one");
    // A list of files, the first to say something wins; one that is not there does not matter.
    write(home.path(), "two", kubeconfig("two", "b.example.test", "b"));
    let outcome = command(home.path())
        .env("KUBECONFIG", "none:two:.kube/config")
        .args(CLOSED.split_whitespace())
        .output()
        .expect("it runs");
    let document = json(&String::from_utf8_lossy(&outcome.stdout));
    assert_eq!(document["target"]["hostname"], "b.example.test");
    let (_, stdout, _) = run(home.path(), &format!("{CLOSED} --kubeconfig two --context two"));
    assert_eq!(json(&stdout)["target"]["hostname"], "b.example.test");
}

#[test]
fn a_kubeconfig_of_another_endpoint_says_nothing_about_the_target() {
    let home = folder();
    write(home.path(), ".kube/config", kubeconfig("one", "b.example.test", "b"));
    let (_, stdout, _) = run(home.path(), &format!("{HOST} {CLOSED}"));
    let document = json(&stdout);
    assert_eq!(document["facts"]["kubeconfig"], Value::Null);
    assert_eq!(document["target"]["cluster"], Value::Null);
    assert_eq!(document["target"]["source"], "argument");
    // One of this endpoint does, in whatever case its host is written.
    write(
        home.path(),
        ".kube/config",
        kubeconfig("one", &HOST.to_ascii_lowercase(), "shared"),
    );
    let (_, stdout, _) = run(home.path(), &format!("{HOST} {CLOSED}"));
    assert_eq!(json(&stdout)["target"]["cluster"], "shared");
    // A broken one is a gap where nobody needs it.
    write(home.path(), ".kube/config", "clusters: [");
    let (_, stdout, _) = run(home.path(), &format!("{HOST} {CLOSED}"));
    let gaps = json(&stdout)["gaps"].to_string();
    assert!(gaps.contains("\"kubeconfig\""), "{gaps}");
}

#[test]
fn what_leads_to_no_endpoint_is_one_line() {
    let home = folder();
    write(home.path(), "broken", "clusters: [\n");
    write(home.path(), "address", kubeconfig("c", "10.0.0.1:6443", "x"));
    write(home.path(), "good", kubeconfig("c", HOST, "x"));
    write(home.path(), "list.json", r#"{"Vpcs":[]}"#);
    write(home.path(), "cut.json", "{\"cluster\":{\n\"name\":");
    write(
        home.path(),
        "hostile.json",
        r#"{"cluster":{"name":"\u001b[31mred","endpoint":7}}"#,
    );
    write(home.path(), "utf16.json", b"\xff\xfe{\0}\0");
    let described = |name: &str, id: char| {
        let id = id.to_string().repeat(32);
        format!(
            r#"{{"cluster":{{"name":"{name}","endpoint":"https://{id}.gr7.eu-west-1.eks.amazonaws.com","status":"ACTIVE"}}}}"#
        )
    };
    write(
        home.path(),
        "two.json",
        described("blue", 'A') + &described("green", 'B'),
    );
    write(
        home.path(),
        "same.json",
        described("blue", 'A') + &described("blue", 'B'),
    );
    write(home.path(), "names.json", r#"{"clusters":["blue","green"]}"#);
    let of_eksctl = r#"[{"metadata":{"name":"blue","region":"r"},"status":{"eksctlCreated":"True"}}]"#;
    write(home.path(), "eksctl.json", of_eksctl);
    write(home.path(), "green.json", described("green", 'B'));
    for (line, says) in [
        (
            "--facts two.json",
            "describe the clusters blue, green: name one, as in --cluster blue",
        ),
        (
            "--facts same.json",
            "BBBB.gr7.eu-west-1.eks.amazonaws.com: name one, as in eks-dns-doctor AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.gr7.",
        ),
        (
            "--facts names.json",
            "names of clusters (blue, green), and no endpoint: aws eks describe-cluster --name blue ",
        ),
        (
            "--facts eksctl.json",
            "names of clusters (blue), and no endpoint: aws eks describe-cluster --name blue ",
        ),
        (
            "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB.gr7.eu-west-1.eks.amazonaws.com --cluster blue --facts two.json",
            "--cluster blue contradicts BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB.gr7.eu-west-1.eks.amazonaws.com: a file of --facts \
             describes that endpoint as the one of the cluster green; leave --cluster out",
        ),
        (
            "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB.gr7.eu-west-1.eks.amazonaws.com --cluster blue --facts green.json",
            "--cluster blue contradicts ",
        ),
        ("", "no TARGET, and no kubeconfig"),
        ("--kubeconfig none", "kubeconfig none: "),
        ("--kubeconfig broken", "kubeconfig broken, line "),
        ("--kubeconfig good --context other", "no context \"other\"; it has c"),
        ("--kubeconfig address", "and that is no name of an endpoint"),
        ("--cluster shared", "--no-aws leaves it out"),
        ("--cluster shared --facts list.json", "no file of --facts describes it"),
        ("--facts list.json", "no TARGET"),
        (
            "--facts cut.json",
            "cut.json is cut off: its JSON does not end, and line 2 is the last",
        ),
        (
            "--facts hostile.json",
            "hostile.json is not the whole output of a call that is read: line 1",
        ),
        ("--facts utf16.json", "utf16.json is an empty object (line 1)"),
        ("--facts none.json", "cannot read none.json"),
    ] {
        let (code, stdout, stderr) = run(home.path(), &format!("{CLOSED} {line}"));
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{line}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{line}: {stderr}");
        assert!(
            stderr.starts_with("error: ") && stderr.contains(says),
            "{line}: {stderr}"
        );
        assert!(!stderr.contains('\u{1b}') && !stderr.contains("Raw"), "{stderr}");
    }
}

#[test]
fn facts_of_one_machine_serve_another() {
    let (bastion, laptop) = (folder(), folder());
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/awscli/v2");
    let all: Vec<String> = std::fs::read_dir(&recorded)
        .expect("the fixtures")
        .map(|entry| format!("--facts {}", entry.expect("an entry").path().display()))
        .collect();
    let (code, stdout, stderr) = run(bastion.path(), &format!("facts {}", all.join(" ")));
    assert_eq!(code, Some(0), "{stderr}");
    let document = json(&stdout);
    for fact in ["vpc", "dhcp_options", "resolver_endpoints", "resolver_rules", "caller"] {
        assert_ne!(document["facts"][fact], Value::Null, "{fact}");
    }
    // What names resolvers is left out from here on: they would be asked, and they are nobody's on this machine.
    let files: Vec<String> = ["eks-describe-cluster", "ec2-describe-network-interfaces"]
        .iter()
        .map(|name| format!("--facts {}/{name}.json", recorded.display()))
        .collect();
    let (code, stdout, stderr) = run(bastion.path(), &format!("facts {}", files.join(" ")));
    assert_eq!(code, Some(0), "{stderr}");
    let document = json(&stdout);
    assert_eq!(document["schema_version"], 2);
    assert_eq!(document["target"]["cluster"], "shared-cluster");
    assert_eq!(document["target"]["source"], "aws");
    write(laptop.path(), "facts.json", &stdout);
    // No TARGET, no kubeconfig, no AWS: the document has it all.
    let (_, stdout, stderr) = run(laptop.path(), &format!("{CLOSED} --facts facts.json"));
    let report = json(&stdout);
    assert_eq!(report["target"]["hostname"], HOST, "{stderr}");
    let addresses = report["expected"]["addresses"].to_string();
    assert!(addresses.contains("192.168.131.209"), "{addresses}");
    let source = report["expected"]["source"].as_str().expect("a source");
    assert!(source.starts_with("EKS network interfaces (--facts, of 20"), "{source}");
    // What is of the bastion itself is not the laptop's.
    assert_eq!(report["facts"]["stub"], Value::Null);
    // So is a capture.
    write(laptop.path(), "capture.json", &stdout);
    let (_, again, _) = run(laptop.path(), &format!("{CLOSED} --facts capture.json"));
    assert_eq!(json(&again)["expected"]["addresses"], report["expected"]["addresses"]);
    // Redacted, it still says what is expected, and nothing that went in.
    write(
        laptop.path(),
        "facts.json",
        run(bastion.path(), &format!("facts --redact {}", files.join(" "))).1,
    );
    let (_, stdout, stderr) = run(laptop.path(), &format!("{CLOSED} --facts facts.json"));
    let redacted = json(&stdout);
    assert_eq!(
        redacted["expected"]["addresses"], report["expected"]["addresses"],
        "{stderr}"
    );
    for secret in [
        "123456789012",
        "vpc-083d1bc709009bb5b",
        HOST,
        "rslvr-in-804ccfca87a61a668",
    ] {
        assert!(!stdout.contains(secret), "{secret}");
    }
}

#[test]
fn facts_say_what_they_lack_beside_the_document() {
    let home = folder();
    let (code, stdout, stderr) = run(home.path(), &format!("facts {HOST} --no-aws --save facts.json"));
    assert_eq!((code, stdout.as_str()), (Some(3), ""), "{stderr}");
    let text = std::fs::read_to_string(home.path().join("facts.json")).expect("the document");
    assert_eq!(json(&text)["facts"]["cluster"], Value::Null);
    let (code, stdout, stderr) = run(home.path(), &format!("facts {HOST}"));
    assert_eq!(code, Some(3));
    assert_eq!(json(&stdout)["target"]["hostname"], HOST);
    assert!(stderr.contains("not learnt: everything that AWS says"), "{stderr}");
}

/// The answer's addresses are right, and the interfaces that a file lists are another cluster's.
#[test]
fn interfaces_of_another_cluster_are_not_expected() {
    let home = folder();
    let interface = |id: u8| {
        format!(
            r#"{{"NetworkInterfaceId":"eni-{id}","Description":"Amazon EKS dev","PrivateIpAddress":"10.7.{id}.9",
            "VpcId":"vpc-7","Status":"in-use"}}"#
        )
    };
    let list = format!(r#"{{"NetworkInterfaces":[{},{}]}}"#, interface(1), interface(2));
    write(home.path(), "eni.json", list);
    let (_, stdout, stderr) = run(home.path(), &format!("{HOST} {CLOSED} --facts eni.json"));
    let report = json(&stdout);
    assert_eq!(
        report["expected"]["addresses"].as_array().map(Vec::len),
        Some(0),
        "{stderr}"
    );
    let gaps = report["gaps"].to_string();
    assert!(
        gaps.contains("the interfaces of dev, and nothing says") && gaps.contains("describe-cluster --name dev"),
        "{gaps}"
    );
    // Whoever names the cluster says it.
    let (_, stdout, _) = run(home.path(), &format!("{HOST} {CLOSED} --facts eni.json --cluster dev"));
    assert_eq!(json(&stdout)["expected"]["addresses"].as_array().map(Vec::len), Some(2));
    // A list of names is read, and says nothing of an endpoint.
    write(
        home.path(),
        "names.json",
        r#"[{"metadata":{"name":"dev","region":"r"}}]"#,
    );
    let (code, _, stderr) = run(home.path(), &format!("{HOST} {CLOSED} --facts names.json"));
    assert_ne!(code, Some(2), "{stderr}");
}

/// What kubectl looks up is another name, and this run is not about that one.
#[test]
fn a_kubeconfig_that_leads_elsewhere_leaves_the_run_open() {
    let home = folder();
    let file = |server: &str| {
        format!(
            "clusters: [{{name: k, cluster: {{server: 'https://{server}', tls-server-name: {HOST}}}}}]\ncontexts: [{{name: c, \
             context: {{cluster: k, user: none}}}}]\ncurrent-context: c\n"
        )
    };
    for (server, says) in [
        (
            "k8s.corp.example.com",
            "kubectl looks up that name and not the endpoint",
        ),
        ("10.7.7.7", "kubectl connects to that address, and asks no name server"),
        ("localhost:8443", "through a tunnel at localhost:8443"),
    ] {
        write(home.path(), ".kube/config", file(server));
        let (_, stdout, stderr) = run(home.path(), CLOSED);
        let report = json(&stdout);
        assert_eq!(report["target"]["hostname"], HOST);
        assert!(report["findings"].to_string().contains(says), "{stdout}{stderr}");
    }
    // Of all contexts, what is found of the endpoint is not said of one whose kubectl looks up another name.
    let both = "clusters: [{name: k, cluster: {server: 'https://HOST'}}, {name: o, cluster: {server: \
                'https://k8s.corp.example.com', tls-server-name: HOST}}]\ncontexts: [{name: own, context: {cluster: k}}, \
                {name: other, context: {cluster: o}}]\n";
    write(home.path(), ".kube/config", both.replace("HOST", HOST));
    let (_, stdout, stderr) = run(home.path(), &format!("{CLOSED} --all-contexts"));
    let fleet = json(&stdout);
    assert_eq!(fleet["targets"].as_array().map(Vec::len), Some(1), "{stdout}{stderr}");
    assert_eq!(fleet["targets"][0]["name"], "own");
    let left_out = fleet["left_out"].to_string();
    assert!(
        left_out.contains("\"other\"") && left_out.contains("kubectl looks up the host of its server"),
        "{left_out}"
    );
}

/// Addresses that may be an outbound endpoint's are asked by nobody, and stand in nothing but the gap that says so.
#[test]
fn addresses_of_nobody_are_not_asked_and_in_no_fix() {
    let home = folder();
    let cluster = format!(
        r#"{{"cluster":{{"name":"shared","endpoint":"https://{HOST}","status":"ACTIVE","resourcesVpcConfig":
        {{"vpcId":"vpc-7","endpointPublicAccess":false,"endpointPrivateAccess":true}}}}}}"#
    );
    write(home.path(), "cluster.json", cluster);
    let endpoint = |id: &str, direction: &str| {
        format!(r#"{{"Id":"{id}","Direction":"{direction}","IpAddressCount":2,"HostVPCId":"vpc-7"}}"#)
    };
    let both = [endpoint("rslvr-in-7", "INBOUND"), endpoint("rslvr-out-7", "OUTBOUND")].join(",");
    write(
        home.path(),
        "endpoints.json",
        format!(r#"{{"ResolverEndpoints":[{both}]}}"#),
    );
    let list = r#"{"IpAddresses":[{"IpId":"rni-1","SubnetId":"s-1","Ip":"127.7.7.71"},
        {"IpId":"rni-2","SubnetId":"s-2","Ip":"127.7.8.72"}]}"#;
    write(home.path(), "ips.json", list);
    for order in ["cluster endpoints ips", "ips endpoints cluster"] {
        let files: Vec<String> = order.split(' ').map(|name| format!("--facts {name}.json")).collect();
        let (_, stdout, stderr) = run(home.path(), &format!("{HOST} {CLOSED} {}", files.join(" ")));
        let report = json(&stdout);
        for part in ["resolvers", "findings", "expected", "facts"] {
            let text = report[part].to_string();
            assert!(
                !text.contains("127.7.7.71") && !text.contains("127.7.8.72"),
                "{part}: {text}{stderr}"
            );
        }
        let gaps = report["gaps"].to_string();
        assert!(
            gaps.contains("127.7.7.71") && gaps.contains("rslvr-in-7 or rslvr-out-7"),
            "{gaps}"
        );
    }
}

/// A cluster that has no endpoint yet is a conclusion, in the format that was asked for.
#[test]
fn a_cluster_without_an_endpoint_yet_is_inconclusive() {
    let home = folder();
    let cluster = r#"{"cluster":{"name":"fresh","status":"CREATING","resourcesVpcConfig":{"vpcId":"vpc-7"}}}"#;
    write(home.path(), "cluster.json", cluster);
    for line in ["--facts cluster.json", "--cluster fresh --facts cluster.json"] {
        let (code, stdout, stderr) = run(home.path(), &format!("{CLOSED} {line}"));
        assert_eq!(code, Some(3), "{stderr}");
        let report = json(&stdout);
        assert_eq!(report["conclusion"], "inconclusive");
        assert_eq!(report["findings"][0]["rule"], "cluster-transitioning", "{stdout}");
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{stdout}");
        assert_eq!(report["facts"]["cluster"]["status"], "CREATING");
    }
    let bare = "--facts cluster.json --no-local";
    for format in ["table", "markdown", "short", "json"] {
        let (code, stdout, stderr) = run(home.path(), &format!("{bare} -o {format}"));
        assert_eq!((code, stderr.as_str()), (Some(3), ""), "{format}");
        for said in ["fresh", "inconclusive", "cluster-transitioning"] {
            assert!(stdout.contains(said), "{format}: {stdout}");
        }
        let (code, watched, stderr) = run(home.path(), &format!("{bare} -o {format} --watch=2s --for 4s"));
        assert_eq!((code, stderr.as_str()), (Some(3), ""), "{format}");
        assert!(watched.contains("cluster-transitioning"), "{format}: {watched}");
    }
    // The command `facts` writes what is known of it, and that is read back for what it is.
    let (code, stdout, stderr) = run(home.path(), "facts --cluster fresh --facts cluster.json");
    assert_eq!(code, Some(3), "{stderr}");
    let document = json(&stdout);
    assert_eq!(document["facts"]["cluster"]["status"], "CREATING");
    assert_eq!(
        document["gaps"].to_string().matches("has no endpoint yet").count(),
        1,
        "{stdout}"
    );
    write(home.path(), "facts.json", &stdout);
    let (code, stdout, stderr) = run(home.path(), "--facts facts.json --no-local -o short --save there.json");
    assert_eq!(code, Some(3), "{stderr}");
    assert!(stdout.contains("cluster-transitioning"), "{stdout}");
    for second in ["there.json", "dig.txt"] {
        let dig = format!(
            "; <<>> DiG 9.18.1 <<>> {HOST}\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n\
             ;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n\
             ;{HOST}. IN A\n\n;; SERVER: 10.9.9.9#53(10.9.9.9) (UDP)\n"
        );
        write(home.path(), "dig.txt", dig);
        for format in ["table", "markdown", "short", "json"] {
            let (code, stdout, stderr) = run(home.path(), &format!("compare there.json {second} -o {format}"));
            if second == "there.json" {
                assert_eq!(code, Some(3), "{stdout}{stderr}");
                assert!(stdout.contains("fresh"), "{format}: {stdout}");
                let has_tag = stdout.contains("cluster-transitioning");
                assert!(has_tag, "{format}: {stdout}");
            } else {
                assert_eq!((code, stderr.as_str()), (Some(1), ""), "{stdout}");
            }
        }
    }
}
