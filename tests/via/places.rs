//! What comes back of other places, and what does not.

use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::thread;

use serde_json::json;

use super::hosts::{Hosts, document, name_server};
use super::{HOST, PROGRAM, WELL};

#[test]
fn the_same_check_there_and_the_comparison() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    let via = ["--no-aws", "--via", "ssh:ec2-user@bastion", "-o", "json"];
    let (code, text, error) = hosts.check(server, &via);
    assert_eq!((code, error.as_str()), (Some(0), ""), "{text}");
    let document = document(&text);
    let names = |key: &str| -> Vec<String> {
        let places = document["places"].as_array().unwrap();
        places
            .iter()
            .map(|place| place[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("name"), ["laptop", "bastion"]);
    assert_eq!(names("conclusion"), [WELL, WELL]);
    // The name server has no TCP, which is a warning at both, so neither is healthy.
    assert_eq!(document["findings"][0]["rule"], "tcp-blocked");
    // The same was asked: the captures say what.
    let asked = |at: usize| document["captures"][at]["asked"].clone();
    assert_eq!(asked(0), asked(1));
    let resolvers = |at: usize| document["captures"][at]["resolvers"][0]["name"].clone();
    assert_eq!(resolvers(0), resolvers(1));
    // Saved, it is replayed as any comparison.
    let saved = hosts.root().join("saved.json");
    let (_, table, _) = hosts.check(
        server,
        &["--no-aws", "--via", "ssh:bastion", "--save", saved.to_str().unwrap()],
    );
    let again = Command::new(PROGRAM)
        .env_clear()
        .arg("replay")
        .arg(&saved)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(again.stdout).unwrap(), table);
}

#[test]
fn every_way_to_fail_is_one_line_and_the_others_stand() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let capture = "\"$DOCTOR\" \"$@\"";
    hosts.script(
        "old/eks-dns-doctor",
        "[ \"$1\" = --version ] && { echo eks-dns-doctor 0.0.1; exit; }\necho \"error: \
     unexpected argument '--x' found\" >&2; exit 2\n",
    );
    hosts.script("half/eks-dns-doctor", &format!("{capture} | head -c 2000; exit 1\n"));
    hosts.script("silent/eks-dns-doctor", "echo 'GLIBC_2.99 not found' >&2; exit 1\n");
    hosts.script(
        "newer/eks-dns-doctor",
        &format!("{capture} | sed 's/\"schema_version\": 2,/\"schema_version\": 7,/'\n"),
    );
    hosts.script(
        "types/eks-dns-doctor",
        &format!("{capture} | sed 's/\"resolvers\": .*/\"resolvers\": 7,/'\n"),
    );
    hosts.script(
        "deep/eks-dns-doctor",
        "i=0; while [ $i -lt 2000 ]; do printf '['; i=$((i+1)); done\n",
    );
    hosts.script(
        "evil/eks-dns-doctor",
        "printf '\\033[2J{\\033]0;x\\007'; printf 'no\\033[31m \\302\\233 way\\n' >&2; exit 1\n",
    );
    hosts.script("killed/eks-dns-doctor", "kill -9 $$\n");
    hosts.script(
        "flood/eks-dns-doctor",
        &format!("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2; {capture}; exit 7\n"),
    );
    hosts.script("interpreter/eks-dns-doctor", "");
    std::fs::write(hosts.root().join("interpreter/eks-dns-doctor"), "#!/nowhere/sh\n").unwrap();
    hosts.script(
        "other/eks-dns-doctor",
        &format!("{capture} | sed s/0123456789ABCDEF/ABCDEF0123456789/\n"),
    );
    hosts.script("slow/eks-dns-doctor", "sleep 30\n");
    hosts.script("huge/eks-dns-doctor", "exec head -c 40000000 /dev/zero\n");
    std::fs::create_dir(hosts.root().join("bare")).unwrap();
    std::fs::create_dir_all(hosts.root().join("foreign")).unwrap();
    std::fs::write(
        hosts.root().join("foreign/eks-dns-doctor"),
        [0x7f, b'E', b'L', b'F', 9, 9, 9, 0],
    )
    .unwrap();
    std::fs::set_permissions(
        hosts.root().join("foreign/eks-dns-doctor"),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let cases = [
        (
            "me@closed",
            "closed",
            "ssh could not log in: ssh: connect to host closed port 22: Connection refused",
        ),
        (
            "newkey",
            "newkey",
            "ssh does not trust the key of that host (Host key verification failed.)",
        ),
        (
            "changed",
            "changed",
            "the key of that host, which is another than before (",
        ),
        (
            "jumped",
            "jumped",
            "ssh could not log in: ssh: connect to host jump port 22: Connection refused",
        ),
        ("mute", "mute", "ssh could not log in: it says no more"),
        (
            "asking",
            "asking",
            "could not log in: force: Permission denied (password).",
        ),
        (
            "lost",
            "lost",
            "the connection was lost before the report was here: Connection to lost closed",
        ),
        ("killed", "killed", "was ended by signal 9 (Killed)"),
        ("interpreter", "interpreter", "does not start there: "),
        (
            "bare",
            "bare",
            "there is no eks-dns-doctor in PATH there: install it, or send this one along with --push",
        ),
        ("foreign", "foreign", "eks-dns-doctor does not start there"),
        ("old", "old", "(it is eks-dns-doctor 0.0.1, and here is eks-dns-doctor"),
        ("half", "half", "is not a capture: its JSON does not end"),
        ("silent", "silent", "is empty (GLIBC_2.99 not found)"),
        ("newer", "newer", "has schema_version 7"),
        ("types", "types", "is not a capture: "),
        ("deep", "deep", "is not a capture: "),
        ("evil", "evil", "is not a capture: "),
        ("other", "other", "is of something else: "),
        ("huge", "huge", "more than 32 MiB came back"),
        ("slow", "slow", "nothing came back within 3s"),
    ];
    let server = name_server();
    // So many at once, and not more.
    let (first, second) = cases.split_at(cases.len() / 2);
    for (format, cases) in ["json", "table", "markdown", "short"]
        .iter()
        .flat_map(|format| [(*format, first), (*format, second)])
    {
        let mut via = vec!["--no-aws", "--via-timeout", "3s", "-o", format, "--via", "ssh:bastion"];
        // The first screen names the first few places. The rest is with -v, which also says how far it is.
        let is_long = format == "table";
        if is_long {
            via.push("-v");
        }
        // What it says beside a whole report is no failure.
        if format == "json" {
            via.extend(["--via", "ssh:flood"]);
        }
        let destinations: Vec<String> = cases.iter().map(|(to, ..)| format!("ssh:{to}")).collect();
        for destination in &destinations {
            via.extend(["--via", destination]);
        }
        let mut command = hosts.command(server, &via);
        command.env("DOCTOR", PROGRAM);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // Two places are well, and of the others nothing is known.
        assert_eq!(output.status.code(), Some(3), "{text}");
        assert!(is_long || output.stderr.is_empty());
        let unprintable = eks_dns_doctor::render::text::is_unprintable;
        assert_eq!(text.chars().find(|c| *c != '\n' && unprintable(*c)), None, "{text:?}");
        if format == "short" {
            assert_eq!(text.lines().count(), 1, "{text}");
            continue;
        }
        if format != "json" {
            for (_, place, _) in cases {
                assert!(text.contains(&format!("{place}: not seen: ")), "{text}");
            }
            continue;
        }
        let document = document(&text);
        assert_eq!(document["places"].as_array().unwrap().len(), 3);
        assert_eq!(document["places"][1]["conclusion"], WELL);
        assert_eq!(document["places"][2]["conclusion"], WELL);
        assert_eq!(document["conclusion"], "inconclusive");
        let unseen = document["unseen"].as_array().unwrap();
        assert_eq!(unseen.len(), cases.len());
        for ((_, place, says), unseen) in cases.iter().zip(unseen) {
            assert_eq!(unseen["place"], *place);
            let reason = unseen["reason"].as_str().unwrap();
            assert!(reason.contains(says), "{place}: {reason}");
            assert!(!reason.contains('\n'), "{reason:?}");
        }
    }
}

#[test]
fn without_ssh_there_is_a_reason_and_this_place_stands() {
    let hosts = Hosts::new();
    let server = name_server();
    let mut command = hosts.command(server, &["--no-aws", "--via", "ssh:bastion", "-o", "json"]);
    let output = command.env("PATH", "relative:.").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let document = document(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(
        document["unseen"][0]["reason"],
        "there is no ssh in PATH here: install an OpenSSH client"
    );
    assert_eq!(document["places"][0]["conclusion"], WELL);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_asked() {
    let hosts = Hosts::new();
    let server = SocketAddr::from(([127, 0, 0, 1], 9));
    for (more, says) in [
        (&["--via", "bastion"][..], "ssh:[USER@]HOST"),
        (&["--via", "ssh:-oProxyCommand=x"], "not a host for ssh"),
        (&["--via", "ssh:me@-oProxyCommand=x"], "not a host for ssh"),
        (&["--via", "ssh:a`b`"], "not a host for ssh"),
        (&["--via", "ssh:bastion:22"], "ssh://HOST:PORT"),
        (&["--via", "ssm:i-0123456789abcdef0", "--no-aws"], "needs AWS"),
        (&["--via", "ssm:i-0123456789abcdef0", "--push"], "--push"),
        (&["--push"], "--via"),
        (&["--via", "ssh:x", "--explain-why"], "--explain-why"),
        (&["--via", "ssh:x", "--watch"], "--watch"),
    ] {
        let (code, text, error) = hosts.check(server, more);
        assert_eq!((code, text.as_str()), (Some(2), ""), "{more:?}: {error}");
        assert!(error.contains(says), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

/// Neither where a place is seen nor where it is not.
#[test]
fn a_place_that_was_not_seen_is_redacted_as_one_that_was() {
    let hosts = Hosts::new();
    hosts.install("alices-bastion");
    let server = name_server();
    for format in ["json", "table", "markdown", "short"] {
        let via = [
            "--no-aws",
            "--redact",
            "--via",
            "ssh:alice@alices-bastion",
            "--via",
            "ssh:alice@closed",
            "--via",
            "ssh:denied.corp.example",
            "-o",
            format,
        ];
        let (code, text, error) = hosts.check(server, &via);
        assert_eq!((code, error.as_str()), (Some(3), ""), "{text}");
        for secret in ["alice", "corp.example", "denied.", "host closed"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        if format == "json" {
            let document = document(&text);
            assert!(
                document["unseen"][1]["reason"]
                    .as_str()
                    .unwrap()
                    .ends_with("Permission denied (publickey)."),
                "{text}"
            );
        }
    }
}

/// What was learnt here is known there, which asked nobody for it.
#[test]
fn the_facts_go_along() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    let facts = hosts.root().join("facts.json");
    let cluster = json!({ "cluster": {
        "name": "shared-cluster", "status": "ACTIVE", "endpoint": format!("https://{HOST}"),
        "resourcesVpcConfig": { "vpcId": "vpc-083d1bc709009bb5b", "endpointPublicAccess": false, "endpointPrivateAccess": true }
    }});
    std::fs::write(&facts, cluster.to_string()).unwrap();
    let via = ["--facts", facts.to_str().unwrap(), "--via", "ssh:bastion", "-o", "json"];
    let (_, text, error) = hosts.check(server, &via);
    assert_eq!(error, "");
    let document = document(&text);
    for at in [0, 1] {
        let known = &document["captures"][at]["facts"]["cluster"];
        assert_eq!(known["name"], "shared-cluster", "{text}");
        assert_eq!(
            known["endpoint_public_access"]
                .as_bool()
                .or(known["public_access"].as_bool()),
            Some(false),
            "{known}"
        );
        // What is known from the facts is not asked of AWS, for which there are no credentials.
        let gaps = document["captures"][at]["gaps"].as_array().unwrap();
        assert!(gaps.iter().all(|gap| gap["source"] != "AWS credentials"), "{gaps:#?}");
    }
}

/// Many targets: what files say here of a cluster is expected there too.
#[test]
fn the_facts_of_many_targets_go_along() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let (targets, facts, interfaces) = (
        hosts.root().join("targets"),
        hosts.root().join("cluster.json"),
        hosts.root().join("interfaces.json"),
    );
    std::fs::write(&targets, format!("{HOST}\n")).unwrap();
    let run = |public: bool| {
        let server = name_server();
        let cluster = json!({ "cluster": {
            "name": "shared-cluster", "status": "ACTIVE", "endpoint": format!("https://{HOST}"),
            "resourcesVpcConfig": {
                "vpcId": "vpc-083d1bc709009bb5b", "endpointPublicAccess": public, "endpointPrivateAccess": true,
            }
        }});
        std::fs::write(&facts, cluster.to_string()).unwrap();
        let interface = |number: u8, address: &str| {
            json!({
                "NetworkInterfaceId": format!("eni-0a1b2c3d4e5f6071{number}"), "Status": "in-use",
                "Description": "Amazon EKS shared-cluster", "VpcId": "vpc-083d1bc709009bb5b",
                "RequesterManaged": true, "PrivateIpAddress": address,
                "PrivateIpAddresses": [{ "Primary": true, "PrivateIpAddress": address }],
            })
        };
        let both = json!({ "NetworkInterfaces": [interface(1, "192.168.104.190"), interface(2, "192.168.131.209")] });
        std::fs::write(&interfaces, both.to_string()).unwrap();
        let files = [
            "--facts",
            facts.to_str().unwrap(),
            "--facts",
            interfaces.to_str().unwrap(),
        ];
        let flags = ["--timeout", "1s", "--via", "ssh:bastion", "-o", "json"];
        let mut command = hosts.command_of_many(&targets, server, &[&files[..], &flags].concat());
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let document = document(&text);
        let states = document["targets"][0]["states"].as_array().unwrap().clone();
        let conclusion = |at: usize| states[at]["conclusion"].as_str().unwrap().to_owned();
        (conclusion(0), conclusion(1))
    };
    // The TCP port of the name server is closed, so a match is no better than degraded.
    assert_eq!(run(false), (WELL.to_owned(), WELL.to_owned()));
    // With public access on, public addresses are right where the VPC is not asked: that is not said by addresses.
    assert_eq!(run(true).1, "inconclusive");
}

/// Many targets: a place that takes its time is asked beside this one, which takes its time too.
#[test]
fn no_place_of_many_targets_waits_for_this_one() {
    let hosts = Hosts::new();
    let marked = hosts.root().join("asked");
    hosts.script(
        "bastion/eks-dns-doctor",
        &format!("touch {}\nexec {PROGRAM} \"$@\"", marked.display()),
    );
    let targets = hosts.root().join("targets");
    std::fs::write(&targets, format!("{HOST} 192.168.104.190\n")).unwrap();
    // It answers when the other place has been asked, and not before.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (server, behind, seen) = (socket.local_addr().unwrap(), name_server(), marked.clone());
    thread::spawn(move || {
        let (mut query, relay) = ([0; 4096], UdpSocket::bind("127.0.0.1:0").unwrap());
        while let Ok((length, client)) = socket.recv_from(&mut query) {
            if !seen.exists() {
                continue;
            }
            relay.send_to(&query[..length], behind).unwrap();
            let length = relay.recv(&mut query).unwrap();
            socket.send_to(&query[..length], client).ok();
        }
    });
    let mut flags = vec!["--timeout", "20s", "--deadline", "30s", "--attempts", "10"];
    flags.extend(["--via", "ssh:bastion", "-o", "json"]);
    let output = hosts.command_of_many(&targets, server, &flags).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(marked.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    let document = document(&text);
    for at in [0, 1] {
        let conclusion = &document["targets"][0]["states"][at]["conclusion"];
        assert_eq!(*conclusion, WELL, "{at}: {text}");
    }
}

/// Many targets: the list goes there in one go, and what differs is said target by target.
#[test]
fn many_targets_there_and_what_differs() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let targets = hosts.root().join("targets");
    let other = HOST.replacen('0', "F", 1);
    std::fs::write(
        &targets,
        format!("{HOST} 192.168.104.190 'quoted' one\n{other} 10.0.0.0/8 two\n"),
    )
    .unwrap();
    let run = |more: &[&str]| {
        let server = name_server();
        let mut command = hosts.command_of_many(&targets, server, &["--timeout", "1s"]);
        let output = command.args(more).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = run(&["--via", "ssh:bastion", "-o", "json"]);
    let seen = document(&text);
    assert_eq!(seen["kind"], "fleet-comparison", "{text}");
    let sides: Vec<&str> = seen["sides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|side| side["name"].as_str().unwrap())
        .collect();
    assert_eq!((code, sides), (Some(1), vec!["laptop", "bastion"]), "{text}");
    for target in seen["targets"].as_array().unwrap() {
        assert_eq!(
            target["states"][0]["conclusion"], target["states"][1]["conclusion"],
            "{target}"
        );
    }
    assert_eq!(seen["targets"].as_array().unwrap().len(), 2);
    // A place that cannot be asked is named with the reason. It differs from nobody.
    let (code, text) = run(&["--via", "ssh:alice@closed", "-o", "json"]);
    let seen = document(&text);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(seen["sides"].as_array().unwrap().len(), 1, "{text}");
    assert_eq!(seen["unseen"][0]["place"], "closed", "{text}");
    let reason = seen["unseen"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("ssh could not log in"), "{reason}");
    for target in seen["targets"].as_array().unwrap() {
        assert_eq!(target["differs"], false, "{target}");
    }
    let (_, text) = run(&["--via", "ssh:alice@closed"]);
    assert!(text.contains("closed: not seen: ssh could not log in"), "{text}");
    assert!(text.contains("nothing to compare: no other place was seen"), "{text}");
}
