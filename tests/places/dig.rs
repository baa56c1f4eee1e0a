//! Places that are dig's text.

use eks_dns_doctor::places;
use eks_dns_doctor::render::Format;
use eks_dns_doctor::report::Conclusion;
use eks_dns_doctor::rules::{Confidence, Severity};
use serde_json::{Value, json};

use super::{BASTION, LAPTOP, changed, compare, fixture, program, rendered, rules};

#[test]
fn dig_on_the_bastion_is_enough() {
    let dig = std::fs::read(fixture("bastion.dig.txt")).unwrap();
    let laptop = places::read("x", LAPTOP.to_string().as_bytes()).unwrap();
    let bastion = places::read("bastion", &dig).unwrap();
    let comparison = places::compare(vec![laptop, bastion]).unwrap();
    assert_eq!(rules(&comparison), ["only-one-place-has-forwarding"]);
    assert!(
        comparison.findings[0]
            .summary
            .starts_with("bastion sees the private zone through 192.168.0.2")
    );
    let place = &comparison.places[1];
    assert_eq!(place.taken_at.as_deref(), Some("2026-01-01T00:00:05Z"));
    assert_eq!(place.conclusion, Conclusion::Healthy);
    let gaps: Vec<&str> = place.gaps.iter().map(|gap| gap.fact.as_str()).collect();
    assert!(gaps.contains(&"the AAAA answer"), "{gaps:?}");
    assert!(gaps.contains(&"what the answer should be"), "{gaps:?}");
    let table = rendered(&comparison, Format::Table);
    assert!(table.contains("not known: the AAAA answer"), "{table}");
}

#[test]
fn dig_at_both_places() {
    let read = |name: &str| {
        let dig = std::fs::read(fixture(name)).unwrap();
        places::read(name.split('.').next().unwrap(), &dig).unwrap()
    };
    let both = vec![read("laptop.dig.txt"), read("bastion.dig.txt")];
    let comparison = places::compare(both).unwrap();
    assert_eq!(
        rules(&comparison),
        ["only-one-place-has-forwarding", "reachable-from-one-place-only"]
    );
    assert_eq!(comparison.exit_code, 1);
    assert_eq!(comparison.places[0].taken_at, None);
    let row = comparison
        .rows
        .iter()
        .find(|row| row.shown_address() == "192.168.0.2:53")
        .unwrap();
    assert_eq!(row.cells[0].verdict.unwrap().as_str(), "timeout");
    assert_eq!(row.cells[1].verdict.unwrap().as_str(), "answer");
}

/// dig prints local time, and what zone that is of is not known: nothing says which of the two is of now.
#[test]
fn other_addresses_at_no_known_time_are_a_warning() {
    let text = String::from_utf8(std::fs::read(fixture("bastion.dig.txt")).unwrap()).unwrap();
    let zone = |line: &&str| !line.contains("awsdns");
    let without_zone: Vec<&str> = text.lines().filter(zone).collect();
    let other = without_zone
        .join("\n")
        .replace("192.168.0.2", "192.168.0.9")
        .replace("192.168.131.209", "192.168.7.1")
        .replace("192.168.104.190", "192.168.7.2");
    for (when, severity, confidence) in [
        ("UTC", Severity::Error, Confidence::High),
        ("CET", Severity::Warning, Confidence::Low),
    ] {
        let read = |name: &str, text: &str| {
            let text = text.replace(" UTC 2026", &format!(" {when} 2026"));
            places::read(name, text.as_bytes()).unwrap()
        };
        let comparison = places::compare(vec![read("one", &text), read("other", &other)]).unwrap();
        assert_eq!(rules(&comparison), ["different-generations"], "{when}");
        let found = &comparison.findings[0];
        assert_eq!((found.severity, found.confidence), (severity, confidence), "{when}");
        assert_eq!(found.explanation.contains("replaced between the two"), when == "CET");
    }
}

/// dig +tcp is a resolver of its own, and what is said of the one over UDP knows it.
#[test]
fn what_was_asked_over_tcp_was_tried() {
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    let run = |options: &str, said: &str| {
        format!(
            "; <<>> DiG 9.18.28 <<>> @10.44.0.53 {host}{options}\n; (1 server found)\n;; global options: +cmd\n{said}\n\
             ;; no servers could be reached\n"
        )
    };
    let over_udp = run("", ";; communications error to 10.44.0.53#53: timed out");
    let over_tcp = run(
        " +tcp",
        &format!(";; Connection to 10.44.0.53#53(10.44.0.53) for {host} failed: connection refused."),
    );
    for (text, says) in [(over_udp.clone(), true), (format!("{over_udp}{over_tcp}"), false)] {
        let laptop = places::read("x", LAPTOP.to_string().as_bytes()).unwrap();
        let silent = places::read("silent", text.as_bytes()).unwrap();
        let page = rendered(&places::compare(vec![laptop, silent]).unwrap(), Format::Json);
        assert!(page.contains("No other name was asked for"), "{page}");
        assert_eq!(page.contains("TCP was not tried"), says, "{page}");
    }
}

#[test]
fn one_server_two_answers() {
    let other = changed(&LAPTOP, |document| {
        document["resolvers"][0]["address"] = json!("192.168.0.2:53");
    });
    let comparison = compare(&[&other, &BASTION]);
    assert_eq!(rules(&comparison)[0], "same-resolver-answers-differently");
    assert_eq!(comparison.exit_code, 1);
    // Addresses of loopback are each host's own.
    let loopback = |document: &Value| {
        changed(document, |document| {
            document["resolvers"][0]["address"] = json!("127.0.0.53:53");
        })
    };
    let comparison = compare(&[&loopback(&LAPTOP), &loopback(&BASTION)]);
    assert!(!rules(&comparison).contains(&"same-resolver-answers-differently"));
}

/// dig's text cut off anywhere: refused, or a place that says what the whole text says. A part that is missing is
/// never taken for an answer without it.
#[test]
fn dig_that_is_cut_off() {
    for name in ["bastion.dig.txt", "laptop.dig.txt"] {
        let dig = std::fs::read(fixture(name)).unwrap();
        let verdicts = |bytes: &[u8]| -> Option<Vec<(String, String)>> {
            let laptop = places::read("y", LAPTOP.to_string().as_bytes()).unwrap();
            let place = places::read("x", bytes).ok()?;
            let comparison = places::compare(vec![laptop, place]).ok()?;
            let said = comparison.rows.iter().filter_map(|row| {
                let verdict = row.cells[1].verdict?;
                Some((row.shown_address(), verdict.to_string()))
            });
            Some(said.collect())
        };
        let whole = verdicts(&dig).unwrap();
        for end in 0..dig.len() {
            for said in verdicts(&dig[..end]).unwrap_or_default() {
                assert!(whole.contains(&said), "{name} cut at {end}: {said:?}");
            }
        }
    }
}

/// dig asks for one name, over UDP: what the server does with others is not known.
#[test]
fn silence_for_one_name_is_not_silence() {
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    let silent = format!(
        ";; communications error to 10.9.9.9#53: timed out\n;; communications error to 10.9.9.9#53: timed out\n\n\
         ; <<>> DiG 9.18.49 <<>> {host}\n;; global options: +cmd\n;; no servers could be reached\n"
    );
    let place = places::read("place", silent.as_bytes()).unwrap();
    let bastion = places::read("x", BASTION.to_string().as_bytes()).unwrap();
    let comparison = places::compare(vec![bastion, place]).unwrap();
    let lead = &comparison.findings[0];
    assert_eq!(
        (lead.rule.as_str(), lead.confidence),
        ("resolver-unreachable", Confidence::Medium)
    );
    assert!(lead.summary.contains("was asked for no other"), "{}", lead.summary);
}

/// The Extended DNS Error of a reply is what the server says of its failure (RFC 8914).
#[test]
fn an_extended_error_is_told() {
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    let of = |ede: &str| {
        let text = format!(
            "; <<>> DiG 9.18.24 <<>> @10.63.200.10 {host}\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, \
             id: 4711\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1\n\n;; OPT PSEUDOSECTION:\n\
             ; EDNS: version: 0, flags:; udp: 1232\n{ede};; QUESTION SECTION:\n;{host}.\tIN\tA\n\n;; Query time: 3 msec\n\
             ;; SERVER: 10.63.200.10#53(10.63.200.10) (UDP)\n;; MSG SIZE  rcvd: 120\n"
        );
        let place = places::read("place", text.as_bytes()).unwrap();
        let bastion = places::read("x", BASTION.to_string().as_bytes()).unwrap();
        rendered(&places::compare(vec![bastion, place]).unwrap(), Format::Table)
    };
    let told = of("; EDE: 22 (No Reachable Authority): (delegation eks.amazonaws.com)\n");
    let words: Vec<&str> = told.split_whitespace().collect();
    let words = words.join(" ");
    assert!(
        words.contains("No Reachable Authority") && words.contains("delegation eks.amazonaws.com"),
        "{told}"
    );
    assert!(!of("").contains("says itself"));
}

/// What each of dig's texts comes to at 192.168.0.2, or what is said of it. All are of dig 9.18 unless they say
/// otherwise.
#[test]
fn digs_other_texts() {
    let whole = std::fs::read_to_string(fixture("bastion.dig.txt")).unwrap();
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    let silent = format!(
        ";; communications error to 10.9.9.9#53: timed out\n;; communications error to 10.9.9.9#53: timed out\n\n\
         ; <<>> DiG 9.18.49 <<>> {host}\n;; global options: +cmd\n;; no servers could be reached\n"
    );
    let said = |text: &str| -> Result<Vec<(String, String)>, String> {
        let place = places::read("place", text.as_bytes()).map_err(|error| error.to_string())?;
        let bastion = places::read("x", BASTION.to_string().as_bytes()).unwrap();
        let comparison = places::compare(vec![bastion, place]).unwrap();
        let cells = comparison.rows.iter().filter_map(|row| {
            let verdict = row.cells[1].verdict?;
            Some((row.shown_address(), verdict.to_string()))
        });
        Ok(cells.collect())
    };
    let is = |text: &str, expected: &[(&str, &str)]| {
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(address, verdict)| ((*address).to_owned(), (*verdict).to_owned()))
            .collect();
        assert_eq!(said(text), Ok(expected), "{text}");
    };
    is(&whole.replace('\n', "\r\n"), &[("192.168.0.2:53", "match")]);
    // In the JSON of Docker's log and of CloudWatch Logs.
    let records = |member: &str| -> Vec<String> {
        let lines = whole.lines();
        lines
            .map(|line| json!({member: format!("{line}\n")}).to_string())
            .collect()
    };
    is(&records("log").join("\n"), &[("192.168.0.2:53", "match")]);
    let events = records("message").join(",");
    is(&format!("{{\"events\": [{events}]}}"), &[("192.168.0.2:53", "match")]);
    // One name server is silent, and dig goes on to the next: both are of this place.
    let second = whole.lines().skip(2).collect::<Vec<_>>().join("\n");
    let error = ";; communications error to 10.9.9.9#53: timed out\n";
    is(
        &format!("{error}{error}\n{second}\n"),
        &[("192.168.0.2:53", "match"), ("10.9.9.9:53", "timeout")],
    );
    // A try that was lost, and the next that was answered.
    let lost = error.replace("10.9.9.9", "192.168.0.2");
    is(&format!("{lost}\n{second}\n"), &[("192.168.0.2:53", "match")]);
    is(&silent, &[("10.9.9.9:53", "timeout")]);
    is(
        &silent.replace("timed out", "connection refused"),
        &[("10.9.9.9:53", "unreachable")],
    );
    is(
        &format!(
            ";; UDP setup with 10.9.9.9#53(10.9.9.9) for {host} failed: network unreachable.\n;; no servers could be \
             reached\n"
        ),
        &[("10.9.9.9:53", "unreachable")],
    );
    // 9.11, and the server it was told.
    is(
        &format!(
            "; <<>> DiG 9.11.4 <<>> @10.9.9.9 {host}\n; (1 server found)\n;; global options: +cmd\n;; connection timed \
             out; no servers could be reached\n"
        ),
        &[("10.9.9.9:53", "timeout")],
    );
    // +multiline, +ttlunits and +noclass; a comment in a SOA.
    let denied = |soa: &str| {
        format!(
            ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, \
             AUTHORITY: 1, ADDITIONAL: 1\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n\
             ; EDE: 18 (Prohibited): (no)\n;; QUESTION SECTION:\n;{host}. IN A\n\n;; AUTHORITY SECTION:\n{soa}\n\n\
             ;; Query time: 0 msec\n;; SERVER: 2001:db8::53#53(2001:db8::53) (TCP)\n"
        )
    };
    for soa in [
        "eks.amazonaws.com. 15m IN SOA ns-1.awsdns-26.org. h.amazon.com. 1 7200 900 1209600 86400",
        "eks.amazonaws.com.\t900 SOA\tns-1.awsdns-26.org. h.amazon.com. 1 7200 900 1209600 1d",
        "eks.amazonaws.com. 900 IN SOA ns-1.awsdns-26.org. h.amazon.com. (\n\t1 ; serial\n\t7200 ; refresh (2 hours)\n\
         \t900 ; retry\n\t1209600 ; expire\n\t86400 ; minimum\n\t)",
    ] {
        is(&denied(soa), &[("tcp://[2001:db8::53]:53", "nxdomain")]);
    }
    // Over TLS it is another row; over HTTP alone, and of another class, it is left out.
    let over = |how: &str| whole.replace("#53(192.168.0.2)\n", &format!("#853(192.168.0.2) ({how})\n"));
    is(
        &format!("{whole}\n{}\n{}", over("TLS"), over("HTTP")),
        &[("192.168.0.2:53", "match"), ("tls://192.168.0.2:853", "match")],
    );
    let chaos = whole.replace(". IN A\n", ". CH A\n").replace(" 60 IN ", " 60 CH ");
    is(&chaos, &[]);
    // What Windows PowerShell writes.
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(whole.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(places::read("x", &wide).is_ok());
    for (text, says) in [
        ("192.168.104.190\n", "an answer alone"),
        (
            &format!("$ dig +short {host} @192.168.0.2\n192.168.104.190\n"),
            "line 1: dig +short prints the answer alone",
        ),
        (
            &whole.replace("ANSWER: 2", "ANSWER: 3"),
            "all records of its answer section",
        ),
        (
            &whole.replace("AUTHORITY: 4", "AUTHORITY: 5"),
            "all records of its authority section",
        ),
        (&whole.replace(" 60 IN A ", " IN A "), "or the text of dig HOST"),
        (
            &whole.replace("192.168.131.209", "192.168.x.x"),
            "line 15 of dig's text has a record that cannot be read, as where an address is masked",
        ),
        (
            whole.split("168.131.209").next().unwrap(),
            "line 15 of dig's text has a record that is cut off",
        ),
        ("-\n  type: MESSAGE\n  message:\n", "dig +yaml wrote this"),
        ("- type: MESSAGE\n  message:\n", "dig +yaml wrote this"),
        (
            &format!("192.0.2.1       {host}\n"),
            "as getent and a hosts file have it",
        ),
        (
            &denied("eks.amazonaws.com. 900 IN SOA a. b. (\n1"),
            "a record that does not end",
        ),
        (
            "; <<>> DiG 9.11.4 <<>> a.test\n;; connection timed out; no servers could be reached\n",
            "its server: keep all that dig prints, and name the server",
        ),
        (
            ";; ->>HEADER<<- opcode: QUERY; status: NOERROR; id: 1\n",
            "line 1 is what kdig prints",
        ),
        (
            ";; ->>HEADER<<- opcode: QUERY, rcode: NOERROR, id: 1\n",
            "line 1 is what drill prints",
        ),
        (
            "Trying \"a.test\"\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n",
            "line 1 is what host prints",
        ),
        (
            "Server:\t\t192.168.0.2\nAddress:\t192.168.0.2#53\n",
            "line 1 is what nslookup prints",
        ),
        (
            "; fully validated\na.test. 60 IN A 192.0.2.1\n",
            "line 1 is what delv prints",
        ),
    ] {
        let error = said(text).unwrap_err();
        assert!(error.contains(says), "{says}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn escape_sequences_never_reach_the_output() {
    let evil = "\u{1b}[31mred\u{9b}2J\u{202e}\r\n| x | `y` <b>";
    let laptop = changed(&LAPTOP, |document| {
        document["vantage"]["name"] = json!(evil);
        document["resolvers"][0]["name"] = json!(evil);
        document["gaps"] = json!([{"fact": evil, "source": evil, "reason": evil}]);
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.json");
    std::fs::write(&path, laptop.to_string()).unwrap();
    for format in ["table", "short", "json", "markdown"] {
        let mut command = program();
        command.arg("compare").arg(&path).arg(fixture("bastion.dig.txt"));
        let output = command.args(["-v", "-o", format]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        let text = String::from_utf8(output.stdout).unwrap();
        let unprintable = eks_dns_doctor::render::text::is_unprintable;
        let bad = text.chars().find(|c| *c != '\n' && unprintable(*c));
        assert_eq!(bad, None, "{format}: {text}");
    }
}

/// A place that asked for AAAA alone and one that asked for A alone show nothing that the other lacks.
#[test]
fn answers_of_two_types_are_not_different_addresses() {
    let text = |ip: &str, qtype: &str, server: &str| {
        let name = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
        let record = format!("{name}. 60 IN {qtype} {ip}");
        format!(
            "; <<>> DiG 9.18.28 <<>> {qtype} {name}\n;; global options: +cmd\n;; Got answer:\n\
             ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 7\n\
             ;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0\n\n\
             ;; QUESTION SECTION:\n;{name}. IN {qtype}\n\n;; ANSWER SECTION:\n{record}\n\n\
             ;; Query time: 2 msec\n;; SERVER: {server}#53({server})\n;; WHEN: Thu Jan 01 00:00:05 UTC 2026\n\
             ;; MSG SIZE  rcvd: 120\n"
        )
    };
    let said = |one: &str, other: &str| {
        let read = |name: &str, text: &str| places::read(name, text.as_bytes()).unwrap();
        let comparison = places::compare(vec![read("one", one), read("other", other)]).unwrap();
        rendered(&comparison, Format::Table)
    };
    let a = text("10.0.3.4", "A", "10.63.200.10");
    let aaaa = text("2001:db8::3", "AAAA", "10.63.200.11");
    let headline = said(&a, &aaaa);
    assert!(!headline.contains("get different addresses"), "{headline}");
    let other = said(&aaaa, &text("2001:db8::9", "AAAA", "10.63.200.10"));
    assert!(other.contains("one and other get different addresses"), "{other}");
}

/// A prompt may begin as a list of JSON does.
#[test]
fn what_another_program_printed_behind_a_prompt_is_named() {
    let text = "[root@bastion ~]# nslookup www.example.com\nServer:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n\
                Non-authoritative answer:\nName:\twww.example.com\nAddress: 192.0.2.7\n";
    let refused = places::read("x", text.as_bytes()).unwrap_err().to_string();
    assert!(refused.contains("nslookup"), "{refused}");
    assert!(!refused.contains("JSON"), "{refused}");
}
