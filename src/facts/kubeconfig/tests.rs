//! Kubeconfigs as they are written, in every form.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::*;

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-1.eks.amazonaws.com";

/// As `aws eks update-kubeconfig --profile prod` writes it.
fn update_kubeconfig() -> String {
    format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: TFMwdA==\n    server: \
         https://{HOST}\n  \
         name: arn:aws:eks:ap-northeast-1:123456789012:cluster/shared\ncontexts:\n- context:\n    cluster: \
         arn:aws:eks:ap-northeast-1:123456789012:cluster/shared\n    user: u\n  name: shared\ncurrent-context: \
         shared\nkind: Config\npreferences: {{}}\nusers:\n- name: u\n  user:\n    exec:\n      apiVersion: \
         client.authentication.k8s.io/v1beta1\n      args: [--region, \
         ap-northeast-1, eks, get-token, --cluster-name, shared, --output, json]\n      command: \
         aws\n      env:\n      - name: AWS_PROFILE\n        value: prod\n"
    )
}

fn file(text: &str) -> Vec<(String, Vec<u8>)> {
    vec![("config".to_owned(), text.as_bytes().to_vec())]
}

fn of(text: &str) -> Kubeconfig {
    read(&file(text), None).unwrap().unwrap()
}

fn refused(text: &str, context: Option<&str>) -> String {
    read(&file(text), context).unwrap_err().to_string()
}

/// The entry is named after one cluster, and its user gets tokens for another.
#[test]
fn an_entry_of_two_clusters_says_so() {
    let said = |found: &Kubeconfig| {
        let gaps = found.gaps("nobody");
        let gap = gaps.iter().find(|gap| gap.fact == "which cluster the endpoint is of");
        gap.map(|gap| gap.reason.clone())
    };
    let one = of(&update_kubeconfig());
    assert_eq!((one.other_cluster(), said(&one)), (None, None));
    let two = update_kubeconfig().replace("--cluster-name, shared", "--cluster-name, second");
    let found = of(&two);
    assert_eq!(found.cluster.as_deref(), Some("second"));
    assert_eq!(found.other_cluster(), Some("shared"));
    let reason = said(&found).unwrap();
    assert!(
        reason.contains("says shared") && reason.contains("second is taken"),
        "{reason}"
    );
    // As eksctl writes it; and a name of one's own says no cluster.
    let arn = "arn:aws:eks:ap-northeast-1:123456789012:cluster/shared";
    let eksctl = of(&two.replace(arn, "third.ap-northeast-1.eksctl.io"));
    assert_eq!(eksctl.other_cluster(), Some("third"));
    assert_eq!(of(&two.replace(arn, "office")).other_cluster(), None);
}

#[test]
fn what_the_aws_cli_writes() {
    let found = of(&update_kubeconfig());
    assert_eq!(found.host().unwrap().to_string(), HOST);
    assert_eq!(found.port(&found.host().unwrap()), 443);
    assert_eq!(found.cluster.as_deref(), Some("shared"));
    assert_eq!(found.region.as_deref(), Some("ap-northeast-1"));
    assert_eq!(found.profile.as_deref(), Some("prod"));
    assert_eq!(found.role_arn, None);
    assert_eq!(found.certificate_authority.as_deref(), Some("TFMwdA=="));
}

fn with(cluster: &str, exec: &str, name: &str) -> Kubeconfig {
    of(&format!(
        "clusters: [{{name: '{name}', cluster: {{{cluster}}}}}]\ncontexts: [{{name: c, context: {{cluster: \
         '{name}', user: \
         u}}}}]\ncurrent-context: c\nusers: [{{name: u, user: {{token: secret, exec: {exec}}}}}]\n"
    ))
}

#[test]
fn plugins_are_read_and_not_run() {
    let server = format!("server: 'https://{HOST}'");
    let found = with(
        &server,
        "{command: /usr/local/bin/aws-iam-authenticator, args: [token, -i, shared, -r, 'arn:aws:iam::1:role/x']}",
        "k",
    );
    assert_eq!(found.cluster.as_deref(), Some("shared"));
    assert_eq!(found.role_arn.as_deref(), Some("arn:aws:iam::1:role/x"));
    // From the host's name.
    assert_eq!(found.region.as_deref(), Some("ap-northeast-1"));
    let found = with(
        &server,
        "{command: 'C:\\aws\\aws.exe', args: [--profile=p, eks, get-token, --cluster-name=n, --role-arn, r, \
         --region]}",
        "k",
    );
    assert_eq!(
        (
            found.profile.as_deref(),
            found.cluster.as_deref(),
            found.role_arn.as_deref()
        ),
        (Some("p"), Some("n"), Some("r"))
    );
    // eksctl's names, and none.
    let found = with("server: 'https://127.0.0.1:6443'", "null", "blue.eu-west-1.eksctl.io");
    assert_eq!(
        (found.cluster.as_deref(), found.region.as_deref()),
        (Some("blue"), Some("eu-west-1"))
    );
    assert_eq!(with(&server, "{}", "k").cluster, None);
    let json = serde_json::to_string(&with(&server, "{}", "k")).unwrap();
    assert!(!json.contains("secret"), "{json}");
}

/// Whatever a plugin, a program around it or a name says: the endpoint's own name is of its cluster's Region.
#[test]
fn the_region_of_the_endpoints_name_wins() {
    let (server, tunnel) = (format!("server: 'https://{HOST}'"), "server: 'https://127.0.0.1:6443'");
    let behind = format!("{tunnel}, tls-server-name: {HOST}");
    let token = "eks, get-token, --cluster-name, shared";
    for exec in [
        "{command: aws-iam-authenticator, args: [token, -i, shared, --region, us-east-1]}".to_owned(),
        format!("{{command: aws-vault, args: [exec, p, --region, us-east-1, --, aws, {token}]}}"),
        format!("{{command: aws, args: [{token}, --region, us-east-1]}}"),
        format!("{{command: aws, args: [{token}], env: [{{name: AWS_REGION, value: us-east-1}}]}}"),
        "{command: kubergrunt, args: [eks, token, --eks-cluster-arn, 'arn:aws:eks:us-east-1:1:cluster/shared']}"
            .to_owned(),
    ] {
        for endpoint in [&server, &behind] {
            let found = with(endpoint, &exec, "k");
            assert_eq!(found.region.as_deref(), Some("ap-northeast-1"), "{exec}");
            let gaps = found.gaps("nobody");
            let said = gaps.iter().find(|gap| gap.fact == "the Region of the cluster").unwrap();
            assert!(
                said.reason.contains("us-east-1") && said.reason.ends_with("ap-northeast-1 is taken"),
                "{exec}: {}",
                said.reason
            );
        }
        // Where the name says none, theirs is all there is.
        let found = with(tunnel, &exec, "k");
        assert_eq!(
            (found.region.as_deref(), found.region_doubt),
            (Some("us-east-1"), None),
            "{exec}"
        );
        let same = with(&server, &exec.replace("us-east-1", "ap-northeast-1"), "k");
        assert_eq!(
            (same.region.as_deref(), same.region_doubt),
            (Some("ap-northeast-1"), None),
            "{exec}"
        );
    }
    let found = with(&server, "null", "blue.eu-west-1.eksctl.io");
    assert_eq!(found.region.as_deref(), Some("ap-northeast-1"));
    assert!(found.region_doubt.unwrap().contains("eu-west-1"));
}

/// The two versions of the AWS CLI do not read the same variable.
#[test]
fn two_variables_of_two_regions_leave_a_doubt() {
    let exec = |new: &str, old: &str, more: &str| {
        format!(
            "{{command: aws, args: [eks, get-token, --cluster-name, shared{more}], env: [{{name: AWS_REGION, value: \
             {new}}}, {{name: AWS_DEFAULT_REGION, value: {old}}}]}}"
        )
    };
    let tunnel = "server: 'https://127.0.0.1:6443'";
    let found = with(tunnel, &exec("us-east-1", "eu-west-1", ""), "k");
    assert_eq!(found.region.as_deref(), Some("us-east-1"));
    assert_eq!(
        found.region_doubt.as_deref(),
        Some("AWS_REGION is us-east-1 and AWS_DEFAULT_REGION eu-west-1, which version 1 of the AWS CLI takes")
    );
    for without in [
        exec("us-east-1", "us-east-1", ""),
        exec("us-east-1", "''", ""),
        exec("us-east-1", "eu-west-1", ", --region, eu-west-1"),
    ] {
        assert_eq!(with(tunnel, &without, "k").region_doubt, None, "{without}");
    }
    // Which of them counts does not matter where the endpoint's name says the Region.
    let server = format!("server: 'https://{HOST}'");
    let found = with(&server, &exec("ap-northeast-1", "eu-west-1", ""), "k");
    assert_eq!(
        (found.region.as_deref(), found.region_doubt),
        (Some("ap-northeast-1"), None)
    );
}

#[test]
fn servers_in_every_form() {
    for (server, host, port) in [
        ("https://a.example.test:6443/", Some("a.example.test"), 6443),
        ("https://a.example.test.", Some("a.example.test"), 443),
        ("HTTPS://A.example.test/k8s/clusters/c-1", Some("A.example.test"), 443),
        ("http://a.example.test", Some("a.example.test"), 80),
        ("a.example.test", Some("a.example.test"), 443),
        ("https://user:pass@a.example.test", Some("a.example.test"), 443),
        ("fashion-eks", Some("fashion-eks"), 443),
        ("https://10.0.0.1:6443", None, 6443),
        ("https://[2001:db8::1]:6443", None, 6443),
        ("https://", None, 443),
        ("https://a..b", None, 443),
    ] {
        let found = with(&format!("server: '{server}'"), "{}", "k");
        let name = found.host().map(|name| name.to_string());
        let asked = found.host().unwrap_or_else(|| Name::from_host(HOST).unwrap());
        assert_eq!(
            (
                name.as_deref().map(|name| name.trim_end_matches('.')),
                found.port(&asked)
            ),
            (host, port),
            "{server}"
        );
        assert!(!found.server.contains("pass"));
    }
    let proxied = "server: 'https://a.test', tls-server-name: b.test, proxy-url: 'http://u:p@proxy.test:3128'";
    let found = with(proxied, "{}", "k");
    assert_eq!(found.tls_server_name.as_deref(), Some("b.test"));
    assert_eq!(found.proxy_url.as_deref(), Some("http://proxy.test:3128"));
}

#[test]
fn the_first_file_to_say_something_wins() {
    let entry = |server: &str, more: &str| {
        format!(
            "clusters: [{{name: k, cluster: {{server: 'https://{server}'}}}}]\ncontexts: [{{name: c, context: \
             {{cluster: \
             k}}}}]\n{more}"
        )
    };
    let files = vec![
        ("empty".to_owned(), b"\n".to_vec()),
        ("one".to_owned(), entry("one.test", "").into_bytes()),
        (
            "two".to_owned(),
            entry("two.test", "current-context: c\n---\n")
                .replace("---\n", "")
                .into_bytes(),
        ),
    ];
    let found = read(&files, None).unwrap().unwrap();
    assert_eq!(found.host().unwrap().to_string(), "one.test");
    assert_eq!(found.files, ["empty", "one", "two"]);
    assert_eq!(read(&[], None), Ok(None));
}

#[test]
fn what_leads_nowhere_says_where_and_why() {
    let good = update_kubeconfig();
    assert_eq!(
        refused(&good, Some("other")),
        "kubeconfig config: no context \"other\"; it has shared: name one with --context, or another file (--kubeconfig)"
    );
    assert!(refused("contexts: []", None).contains("has no context and no cluster"));
    assert!(refused("current-context: x", None).contains("has no context, so it leads to no cluster"));
    let lost = good.replace("server:", "sever:");
    assert!(
        refused(&lost, None).contains("which has no server there"),
        "{}",
        refused(&lost, None)
    );
    for text in [
        "clusters: [",
        "clusters: 7\n",
        "a: b: c",
        "\t- x",
        "[]",
        "clusters:\n- cluster: {server: [1]}",
    ] {
        let error = refused(text, None);
        assert!(error.starts_with("kubeconfig config, line "), "{text}: {error}");
        assert!(!error.contains('\n') && error.len() < 500, "{error}");
    }
    for (text, says) in [
        (
            "clusters: [a,,b]\n",
            "line 1: a comma stands there with no value in front of it",
        ),
        ("a: b\nkind: 5\n", "line 2: the value of `kind: …` is a number"),
        ("x: &a {kind: 5}\n<<: *a\n", "line 1: the value of"),
        (
            "%YAML 1.2\n---\nclusters: []\n",
            "line 1: the mark of another version of YAML",
        ),
        (
            "clusters:\n- name: a\n  <<: text\n",
            "line 3: the merge key `<<` stands there",
        ),
        (
            "clusters:\n- name: a\n\t\n  cluster: {server: x}\n",
            "line 3: a tab stands there alone",
        ),
        // kubectl takes them, and finds nothing in them.
        (
            "{\"NetworkInterfaces\": []}",
            "config: what aws ec2 describe-network-interfaces prints stands there, and no kubeconfig: give it with --facts",
        ),
        ("{\"schema_version\": 2}", "a document of this program stands there"),
    ] {
        assert!(refused(text, None).contains(says), "{text}: {}", refused(text, None));
    }
    // So many values that their number has no room in 64 bits, and a token in the place of a key.
    let doubled: Vec<String> = (1..60)
        .map(|at| format!("a{at}: &a{at} {{<<: [*a{0}, *a{0}]}}\n", at - 1))
        .collect();
    let doubled = doubled.concat();
    let bomb = format!("a0: &a0 {{x: y}}\n{doubled}clusters: [{{<<: *a59}}]\n");
    assert!(refused(&bomb, None).contains("line "), "{}", refused(&bomb, None));
    let token = refused("users:\n- name: a\n ghp_Zq9AbCdUvWx: b\n", None);
    assert!(!token.contains("ghp_"), "{token}");
    let most = limits::KUBECONFIG_DEPTH;
    let deep = format!("x: {}{}\n", "[".repeat(most + 1), "]".repeat(most + 1));
    let says = format!("line 1: more than {most} lists and mappings stand one inside the other");
    assert!(refused(&deep, None).contains(&says), "{}", refused(&deep, None));
    let error = read(&[("b".to_owned(), b"a\n\xff".to_vec())], None).unwrap_err();
    assert!(error.to_string().starts_with("kubeconfig b, line 2: the octet 0xff"));
    // JSON is YAML.
    let json = format!(
        "{{\"clusters\":[{{\"name\":\"k\",\"cluster\":{{\"server\":\"https://{HOST}\"}}}}],\"contexts\":[{{\"name\":\"c\",\
         \"context\":{{\"cluster\":\"k\",\"user\":\"\"}}}}],\"current-context\":\"c\",\"users\":null}}"
    );
    assert!(of(&json).host().is_some());
}

/// Aliases that grow without end, nesting without end, and mutations of a good file: an answer or an error.
#[test]
fn hostile_files_end() {
    use std::fmt::Write;

    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let _ = writeln!(bomb, "a{level}: &a{level} [{}]", [before.as_str(); 9].join(", "));
    }
    bomb.push_str("current-context: *a11\n");
    let _ = read(&file(&bomb), None);
    for deep in ["[".repeat(100_000), "{a: ".repeat(50_000), "- ".repeat(50_000)] {
        assert!(read(&file(&deep), None).is_err());
    }
    let good = update_kubeconfig().into_bytes();
    let mut state = 0x9E37_79B9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    };
    for _ in 0..2000 {
        let mut bytes = good.clone();
        for _ in 0..=next() % 4 {
            let at = next() % bytes.len().max(1);
            match next() % 3 {
                0 if at < bytes.len() => bytes[at] = next().to_le_bytes()[0],
                1 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let _ = read(&[("m".to_owned(), bytes)], None);
    }
}

#[test]
fn a_tunnel_keeps_the_endpoint_as_the_target() {
    let endpoint = Name::from_host(HOST).unwrap();
    for (server, end) in [
        ("https://localhost:8443", "localhost:8443"),
        ("https://127.0.0.1:8443", "127.0.0.1:8443"),
        ("https://[::1]:8443", "[::1]:8443"),
    ] {
        let found = with(&format!("server: '{server}', tls-server-name: {HOST}"), "{}", "k");
        assert_eq!(found.host().unwrap().to_string(), HOST, "{server}");
        assert_eq!((found.tunnel().as_deref(), found.port(&endpoint)), (Some(end), 443));
        assert_eq!(found.region.as_deref(), Some("ap-northeast-1"));
    }
    // Another address or another name is no tunnel: kubectl connects to the one, and looks the other up itself.
    let alias = Name::from_host("alias.example.test").unwrap();
    for (server, elsewhere, end) in [
        (
            "https://10.0.0.7",
            OtherServer::Address([10, 0, 0, 7].into()),
            "10.0.0.7:443",
        ),
        (
            "https://[2001:db8::7]:6443",
            OtherServer::Address("2001:db8::7".parse().unwrap()),
            "[2001:db8::7]:6443",
        ),
        (
            "https://alias.example.test:6443",
            OtherServer::Name(alias.clone()),
            "alias.example.test:6443",
        ),
    ] {
        let found = with(&format!("server: '{server}', tls-server-name: {HOST}"), "{}", "k");
        assert_eq!(found.host().unwrap().to_string(), HOST, "{server}");
        assert_eq!((found.tunnel(), found.end().as_deref()), (None, Some(end)));
        assert_eq!(found.elsewhere(), Some(elsewhere));
        assert!(found.hands_on(&endpoint), "{server}");
    }
    let found = with(
        &format!("server: 'https://alias.example.test:6443', tls-server-name: {HOST}"),
        "{}",
        "k",
    );
    assert_eq!(found.name_in_place_of(&endpoint), Some(alias.clone()));
    // Where the other name is the target, it is the one that is looked up.
    assert_eq!(
        (
            found.name_in_place_of(&alias),
            found.hands_on(&alias),
            found.port(&alias)
        ),
        (None, false, 6443)
    );
    let plain = with(&format!("server: 'https://{HOST}', tls-server-name: {HOST}"), "{}", "k");
    assert_eq!(plain.elsewhere(), None);
    // kubectl looks a name with a dot behind it up as it stands there.
    let rooted = with(&format!("server: 'https://{HOST}.'"), "{}", "k");
    assert_eq!(
        (rooted.has_root_dot(&endpoint), plain.has_root_dot(&endpoint)),
        (true, false)
    );
    assert_eq!(rooted.host(), plain.host());
    // Without the endpoint's name there is none to look up, and never this host's.
    for server in ["https://localhost:8443", "https://kube.localhost", "https://127.0.0.1"] {
        let found = with(&format!("server: '{server}'"), "{}", "k");
        assert_eq!((found.host(), found.tunnel()), (None, None), "{server}");
        // Where the credentials are for an EKS cluster, it is a tunnel to that one's endpoint, which AWS knows.
        let exec = "{command: aws, args: [eks, get-token, --cluster-name, blue]}";
        let found = with(&format!("server: '{server}'"), exec, "k");
        assert_eq!(found.host(), None, "{server}");
        assert!(found.tunnel().is_some(), "{server}");
    }
    // Another address may be the endpoint's own, or anybody's.
    let exec = "{command: aws, args: [eks, get-token, --cluster-name, blue]}";
    let found = with("server: 'https://10.0.0.7'", exec, "k");
    assert_eq!(found.elsewhere(), None);
}

/// Several contexts lead to the host that was asked for, and none is the current one.
#[test]
fn contexts_of_one_host_that_differ_are_named() {
    let context = |name: &str, user: &str| format!("- name: {name}\n  context: {{cluster: k, user: {user}}}\n");
    let user = |name: &str, profile: &str| {
        format!(
            "- name: {name}\n  user:\n    exec: {{command: aws, args: [eks, get-token, --cluster-name, s, --profile, {profile}]}}\n"
        )
    };
    let file = |current: &str| {
        format!(
            "current-context: {current}\nclusters:\n- name: k\n  cluster: {{server: \"https://{HOST}\"}}\n- name: o\n  \
             cluster: {{server: \"https://o.test\"}}\ncontexts:\n{}{}{}- name: other\n  context: {{cluster: o}}\n\
             users:\n{}{}",
            context("one", "dev"),
            context("again", "dev"),
            context("two", "ops"),
            user("dev", "dev"),
            user("ops", "ops"),
        )
    };
    let host = Name::from_host(HOST).unwrap();
    let of = |current: &str| {
        let wanted = WantedContext {
            host: Some(&host),
            ..WantedContext::default()
        };
        let files = [("config".to_owned(), file(current).into_bytes())];
        find(&files, &wanted, OnThisHost::UNKNOWN).unwrap().unwrap()
    };
    let found = of("other");
    assert_eq!(
        (found.context.as_str(), found.other_contexts.as_slice()),
        ("one", &["two".to_owned()][..])
    );
    let mut gaps = found.gaps("nobody");
    gaps.retain(|gap| gap.fact == "which context is meant");
    assert_eq!(gaps.len(), 1);
    assert!(
        gaps[0].reason.starts_with("two leads to the same host"),
        "{}",
        gaps[0].reason
    );
    assert!(gaps[0].reason.contains("one is taken"), "{}", gaps[0].reason);
    // The current one is kubectl's own choice.
    let found = of("two");
    assert_eq!((found.context.as_str(), found.other_contexts.len()), ("two", 0));
}

#[test]
fn the_context_of_what_was_named() {
    let text = format!(
        "current-context: a\nclusters:\n- {{name: one, cluster: {{server: 'https://one.test'}}}}\n- {{name: two, \
         cluster: {{server: 'https://{HOST}'}}}}\ncontexts:\n- {{name: a, context: {{cluster: one, user: u}}}}\n- \
         {{name: b, context: {{cluster: two, user: v}}}}\n- {{name: lost, context: {{cluster: none}}}}\nusers:\n- \
         {{name: u, user: {{}}}}\n- {{name: v, user: {{exec: {{command: aws, args: [eks, get-token, --cluster-name, orders, --profile, \
         shop]}}}}}}\n"
    );
    let files = file(&text);
    let host = HOST.to_lowercase().parse().unwrap();
    let named = WantedContext {
        host: Some(&host),
        ..WantedContext::default()
    };
    let found = find(&files, &named, OnThisHost::UNKNOWN).unwrap().unwrap();
    assert_eq!((found.context.as_str(), found.profile.as_deref()), ("b", Some("shop")));
    let cluster = WantedContext {
        cluster: Some("orders"),
        ..WantedContext::default()
    };
    assert_eq!(
        find(&files, &cluster, OnThisHost::UNKNOWN).unwrap().unwrap().context,
        "b"
    );
    let other = "other.test".parse().unwrap();
    let nobody = WantedContext {
        host: Some(&other),
        ..WantedContext::default()
    };
    assert_eq!(find(&files, &nobody, OnThisHost::UNKNOWN), Ok(None));
    assert_eq!(read(&files, None).unwrap().unwrap().context, "a");
}

#[test]
fn an_authority_in_a_file_is_beside_the_kubeconfig() {
    let text = format!(
        "current-context: c\nclusters: [{{name: k, cluster: {{server: 'https://{HOST}', certificate-authority: \
         pki/ca.crt}}}}]\ncontexts: [{{name: c, context: {{cluster: k}}}}]\n"
    );
    let files = vec![("/home/mia/.kube/config".to_owned(), text.into_bytes())];
    let mut found = read(&files, None).unwrap().unwrap();
    // The separator between the folder and what the file says is the system's.
    let beside = std::path::Path::new("/home/mia/.kube").join("pki/ca.crt");
    assert_eq!(found.certificate_authority_file.as_deref(), beside.to_str());
    found.take_authority(b"PEM");
    assert_eq!(found.certificate_authority.as_deref(), Some("UEVN"));
    found.certificate_authority = None;
    found.take_authority(&vec![b'x'; limits::KUBECONFIG_AUTHORITY]);
    assert!(found.certificate_authority.is_none());
    // That, and that the context has no user.
    assert_eq!(found.gaps("AWS is not asked in this run").len(), 2);
}

/// kubectl takes the URL as it is written, and ends where a line break or a blank is left around it.
#[test]
fn a_server_with_more_around_it_is_one_that_kubectl_refuses() {
    let of = |server: &str| with(&format!("server: {server}"), "null", "x");
    for (server, says) in [
        (format!("\"https://{HOST}\\n\""), "line break"),
        (format!("\"https://{HOST}\\t\""), "line break"),
        (format!("\"https://{HOST} \""), "a blank"),
        (format!("' https://{HOST}'"), "a blank"),
    ] {
        let found = of(&server);
        assert_eq!(found.host().unwrap().to_string(), HOST, "{server}");
        let gaps = found.gaps("nobody");
        let [gap] = &gaps[..] else {
            panic!("{server}: {gaps:?}");
        };
        assert!(
            gap.reason.contains(says) && gap.reason.contains("kubectl ends"),
            "{}",
            gap.reason
        );
    }
    assert_eq!(of(&format!("'https://{HOST}'")).gaps("nobody"), []);
}

/// A proxy-url that kubectl refuses is kept with why, and without the user and the password in it.
#[test]
fn a_proxy_url_that_kubectl_refuses_is_no_proxy() {
    for (written, kept, refused) in [
        ("http://u:secret@p:3128", "http://p:3128", false),
        ("//u:secret@p:3128", "//p:3128", true),
        ("u:secret@p:3128", "p:3128", true),
        ("http://u:sec^ret@p:3128", "http://p:3128", true),
        ("socks5h://p:1080", "socks5h://p:1080", true),
    ] {
        let found = with(
            &format!("server: 'https://{HOST}', proxy-url: '{written}'"),
            "null",
            "x",
        );
        assert_eq!(found.proxy_url.as_deref(), Some(kept), "{written}");
        assert_eq!(found.proxy_url_problem.is_some(), refused, "{written}");
    }
}
