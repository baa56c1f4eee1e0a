//! Texts as people have them, each with what is true of it: what is pasted to `explain` (fixtures/field/texts and
//! fixtures/field/host), and what dig printed at a place (fixtures/field/dig), each with its index.

#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::path::Path;

use eks_dns_doctor::observation::Transport;
use eks_dns_doctor::report::Report;
use eks_dns_doctor::{pasted, places};

#[test]
fn each_text_is_read_as_its_index_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field/texts");
    let index = std::fs::read_to_string(folder.join("index.tsv")).expect("an index");
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in index.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [file, layer, first, host, server] = columns[..] else {
            panic!("{row}");
        };
        count += 1;
        let text = std::fs::read_to_string(folder.join(file)).expect("a text");
        let Some(read) = pasted::read(&text) else {
            wrong.push(format!("{file}: not understood"));
            continue;
        };
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let found = [
            read.symptom.layer().as_str().to_owned(),
            or_none(read.candidates.first().map(|candidate| candidate.rule.to_owned())),
            or_none(read.host.as_ref().map(ToString::to_string)),
            or_none(read.server.map(|server| server.to_string())),
        ];
        if found[0] != layer || found[1] != first || !found[2].eq_ignore_ascii_case(host) || found[3] != server {
            wrong.push(format!("{file}: {found:?}"));
        }
        assert!(read.candidates.len() <= 5, "{file}");
    }
    assert!(count >= 60, "{count}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Public resolvers that a command could name.
const PUBLIC: &[&str] = &["1.1.1.1", "8.8.8.8", "9.9.9.9"];

#[test]
fn what_is_no_endpoints_is_told_nothing_of_endpoints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field/texts");
    let mut others = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a text");
        for message in pasted::messages(&text) {
            let shown = format!("{}: {message:?}", path.display());
            let Some(host) = &message.host else { continue };
            // A name that is not AWS's is sent to no public resolver, not even where the text itself asked that one.
            let is_aws = host.to_string().to_ascii_lowercase().contains(".amazonaws.com");
            let mut public = PUBLIC.iter().filter(|public| message.command.contains(*public));
            assert!(public.all(|public| is_aws && text.contains(public)), "{shown}");
            if !host.to_string().to_ascii_lowercase().contains("eks.") {
                others += 1;
                let is_stale = message.candidates.iter().any(|one| one.rule == "endpoint-name-stale");
                assert!(!is_stale, "{shown}");
                assert!(!message.name.iter().any(|one| one.contains("kubeconfig")), "{shown}");
            }
        }
    }
    assert!(others >= 3, "{others}");
}

/// What is known of the servers in one place: role, way, address, and each question with what came of it.
fn servers(report: &Report) -> String {
    let servers = report.resolvers.iter().map(|resolver| {
        let server = &resolver.probed.resolver;
        let lookups = resolver.probed.lookups.iter().map(|lookup| {
            let addresses: Vec<String> = lookup.addresses.iter().map(ToString::to_string).collect();
            let way = if Some(lookup.transport) == server.transport {
                ""
            } else {
                " over tcp"
            };
            let rcode = lookup.rcode.map_or_else(|| "-".to_owned(), |rcode| rcode.to_string());
            let ede: Vec<String> = lookup.ede.iter().map(|ede| format!(" EDE {}", ede.code)).collect();
            let ede = ede.concat();
            format!(
                "{} {rcode} {:?}{way}{ede} {}",
                lookup.qtype,
                lookup.kind,
                addresses.join(",")
            )
            .trim_end()
            .to_owned()
        });
        let lookups: Vec<String> = lookups.collect();
        let transport = server.transport.unwrap_or(Transport::Udp);
        let address = server.address.expect("dig asks an address");
        format!(
            "{} {} {}: {}",
            server.role.as_str(),
            transport.with_address(address),
            resolver.verdict,
            lookups.join(", ")
        )
    });
    let servers: Vec<String> = servers.collect();
    if servers.is_empty() {
        "-".to_owned()
    } else {
        servers.join(" | ")
    }
}

/// What is not known of any place that dig is the witness of.
const ALWAYS: &[&str] = &[
    "control questions",
    "operating system's lookup, hosts file, stub resolver configuration",
    "every try",
    "what the answer should be",
];

#[test]
fn each_text_of_dig_is_the_place_that_its_index_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("fixtures/field/dig");
    let laptop = std::fs::read(root.join("fixtures/places/laptop.json")).expect("a capture");
    let laptop = || places::read("laptop", &laptop).expect("a place");
    let index = std::fs::read_to_string(folder.join("index.tsv")).expect("an index");
    let mut wrong = Vec::new();
    let mut listed = Vec::new();
    for row in index.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [file, expected, gaps, refusal] = columns[..] else {
            panic!("{row}");
        };
        listed.push(file.to_owned());
        let found = match places::read("place", &std::fs::read(folder.join(file)).expect("a text")) {
            Err(error) => format!("{file}\t-\t-\t{error}"),
            Ok(place) => {
                let comparison = places::compare(vec![laptop(), place]).expect("one endpoint");
                let mut report = comparison.captures[1].clone();
                report.gaps.retain(|gap| !ALWAYS.contains(&gap.fact.as_str()));
                let unknown: Vec<String> = report.gaps.iter().map(|gap| gap.fact.clone()).collect();
                let unknown = if unknown.is_empty() {
                    "-".to_owned()
                } else {
                    unknown.join("; ")
                };
                format!("{file}\t{}\t{unknown}\t-", servers(&report))
            }
        };
        if found != format!("{file}\t{expected}\t{gaps}\t{refusal}") {
            wrong.push(found);
        }
    }
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "index.tsv")
        .collect();
    files.sort();
    listed.sort();
    assert_eq!(files, listed, "each file has a row");
    assert!(files.len() >= 60, "{}", files.len());
    assert!(wrong.is_empty(), "these rows are not as found:\n{}", wrong.join("\n"));
}

/// A place where dig asked for something else heard what it asked for; of the A record nothing is known.
#[test]
fn what_dig_was_not_asked_for_did_not_fail_to_answer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str, path: &str| {
        let text = std::fs::read(root.join(path)).expect("a file");
        places::read(name, &text).expect("a place")
    };
    for text in ["aaaa-only.txt", "mx.txt"] {
        let there = read("there", &format!("fixtures/field/dig/{text}"));
        let laptop = read("laptop", "fixtures/places/laptop.json");
        let comparison = places::compare(vec![laptop, there]).expect("one endpoint");
        let said: Vec<&str> = comparison
            .findings
            .iter()
            .map(|finding| finding.explanation.as_str())
            .collect();
        let has = |words: &str| said.iter().any(|said| said.contains(words));
        assert!(
            has("No resolver was asked for the A record at there"),
            "{text}: {said:?}"
        );
        assert!(!has("No resolver answered at there"), "{text}: {said:?}");
    }
}

#[test]
fn each_configuration_says_what_is_in_it_and_what_is_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field/host");
    let index = std::fs::read_to_string(folder.join("index.tsv")).expect("an index");
    let mut listed = Vec::new();
    for row in index.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [file, said, unsaid] = columns[..] else {
            panic!("{row}");
        };
        listed.push(file.to_owned());
        let output = assert_cmd::Command::cargo_bin("eks-dns-doctor")
            .expect("the program")
            .args(["explain", "-"])
            .write_stdin(std::fs::read(folder.join(file)).expect("a text"))
            .timeout(std::time::Duration::from_secs(20))
            .output()
            .expect("it runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(output.status.code(), Some(0), "{file}: {text}");
        let (text, _) = text.split_once("What it means").expect("two parts");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in said.split("; ") {
            assert!(text.contains(said), "{file} lacks {said:?}: {text}");
        }
        assert!(!text.contains(unsaid), "{file} says {unsaid:?}: {text}");
    }
    let files = std::fs::read_dir(&folder).expect("a folder").count() - 1;
    assert!(
        files >= 15 && files == listed.len(),
        "{files} files, {} rows",
        listed.len()
    );
}

/// What no host of this system has: neither the file nor a Go that passes the operating system by.
#[test]
fn what_another_system_has_is_no_candidate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field");
    let has = |file: &str, rule: &str| {
        let text = std::fs::read_to_string(root.join(file)).expect("a text");
        let read = pasted::read(&text).unwrap_or_else(|| panic!("{file}"));
        read.candidates.iter().any(|candidate| candidate.rule == rule)
    };
    for windows in ["host/ipconfig-it.txt", "host/nrpt-list.txt"] {
        assert!(has(windows, "split-dns-not-applied"), "{windows}");
        for rule in ["nsswitch-without-dns", "go-bypasses-scoped-dns"] {
            assert!(!has(windows, rule), "{windows}: {rule}");
        }
    }
    assert!(!has("host/scutil-one.txt", "nsswitch-without-dns"));
    assert!(has("host/scutil-one.txt", "go-bypasses-scoped-dns"));
    assert!(has("host/plain.conf", "nsswitch-without-dns"));
}

/// What a program printed once is one message, however many lines it needed.
#[test]
fn one_run_is_one_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field/texts");
    for file in [
        "delv-nx.txt",
        "delv-chain.txt",
        "delv-silence.txt",
        "delv-answer.txt",
        "busybox-empty-aaaa.txt",
    ] {
        let text = std::fs::read_to_string(folder.join(file)).expect("a text");
        assert_eq!(pasted::messages(&text).len(), 1, "{file}");
    }
    // Two runs of nslookup are two messages, and the second rules out that the name does not exist.
    for (file, servers) in [
        ("nslookup-two.txt", ["10.90.1.5:53", "10.30.0.2:53"]),
        ("nslookup-two-windows.txt", ["10.90.1.5:53", "10.30.0.2:53"]),
    ] {
        let text = std::fs::read_to_string(folder.join(file)).expect("a text");
        let messages = pasted::messages(&text);
        let layers: Vec<&str> = messages.iter().map(|one| one.symptom.layer().as_str()).collect();
        let found: Vec<String> = messages
            .iter()
            .filter_map(|one| Some(one.server?.to_string()))
            .collect();
        assert_eq!(
            (layers, found),
            (vec!["dns", "none"], servers.map(str::to_owned).to_vec()),
            "{file}"
        );
        assert!(
            !messages[0]
                .candidates
                .iter()
                .any(|one| one.rule == "endpoint-name-stale"),
            "{file}"
        );
    }
    let text = std::fs::read_to_string(folder.join("r53-lines.txt")).expect("a text");
    let messages = pasted::messages(&text);
    assert_eq!(messages.len(), 2);
    assert!(
        messages[1].candidates.is_empty(),
        "a healthy answer has no cause: {messages:?}"
    );
}
