//! What other programs printed, beside dig's text or instead of it: each part is found by the lines that only its
//! program prints, or by the command at a prompt.

/// The programs that ask for a name, as they are called at a prompt.
const PROGRAMS: &[(&str, &str)] = &[
    ("dig", DIG),
    ("nslookup", "nslookup"),
    ("host", "host"),
    ("kdig", "kdig"),
    ("drill", "drill"),
    ("delv", "delv"),
    ("doggo", "doggo"),
    ("dog", "dog"),
    ("q", "q"),
    ("resolvectl", "resolvectl query"),
    ("systemd-resolve", "resolvectl query"),
    ("Resolve-DnsName", "Resolve-DnsName"),
    ("getent", "getent"),
];

const DIG: &str = "dig";

/// A part of the text that another program printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OtherPart {
    /// The line that tells it.
    pub(super) line: usize,
    /// The program.
    pub(super) program: &'static str,
}

/// dig's part of the text, in which the lines of others are empty, and the parts of the others.
pub(super) fn apart(text: &str) -> (String, Vec<OtherPart>) {
    let mut parts: Vec<OtherPart> = Vec::new();
    let mut of: Option<&str> = None;
    // Between dig's first line and its last, what looks like a record of another program is dig's own.
    let mut in_dig = false;
    let mut kept = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        let by_prompt = at_prompt(line).map(|(program, _)| program);
        let found = by_prompt.or_else(|| program(line, in_dig));
        if by_prompt == Some(DIG) || is_digs(line, of) {
            of = None;
            in_dig = by_prompt != Some(DIG);
        } else if let Some(program) = found {
            in_dig = false;
            if of != Some(program) {
                let line = index + 1;
                parts.push(OtherPart { line, program });
            }
            of = Some(program);
        }
        if of.is_none() {
            kept.push_str(line);
        }
        kept.push('\n');
        if line.starts_with(";; MSG SIZE") || line.ends_with("no servers could be reached") {
            in_dig = false;
        }
    }
    (kept, parts)
}

/// Whether a run of dig begins here. `host -v` prints a header in dig's own form, and its and nslookup's errors are
/// dig's to the letter (bin/dig/dighost.c of BIND 9 is behind all three).
fn is_digs(line: &str, of: Option<&str>) -> bool {
    let is_header = line
        .strip_prefix(";; ->>HEADER<<-")
        .is_some_and(|rest| rest.contains(", status: "));
    let is_error = line.starts_with(";; communications error to ")
        || line.starts_with(";; UDP setup with ")
        || line.starts_with(";; Connection to ")
        || line.starts_with(";; Truncated, retrying in TCP mode");
    line.starts_with("; <<>> DiG")
        || line == ";; Got answer:"
        || line == ";; Sending:"
        || (is_header || is_error) && !matches!(of, Some("host" | "nslookup"))
}

/// The program that was called at a prompt, and its arguments. A name that is asked for has a dot in it.
pub(super) fn at_prompt(line: &str) -> Option<(&'static str, &str)> {
    let calls = ["$ ", "# ", "> ", "% ", "\u{276f} "].iter();
    let calls = calls.filter_map(|prompt| line.split_once(prompt).map(|(_, call)| call.trim_start()));
    let mut found = calls.filter_map(|call| {
        let call = call.strip_prefix("sudo ").unwrap_or(call);
        let (word, arguments) = call.split_once(' ')?;
        let word = word.rsplit('/').next().unwrap_or(word);
        let word = word.strip_suffix(".exe").unwrap_or(word);
        let program = PROGRAMS.iter().find(|(called, _)| *called == word)?.1;
        let end = arguments.find(['|', ';', '&', '>']).unwrap_or(arguments.len());
        let arguments = &arguments[..end];
        arguments.contains('.').then_some((program, arguments))
    });
    found.next()
}

/// Whose line it is, where only one program prints it.
fn program(line: &str, in_dig: bool) -> Option<&'static str> {
    let starts = |with: &[&str]| with.iter().any(|with| line.starts_with(with));
    let header = line.strip_prefix(";; ->>HEADER<<-");
    if header.is_some_and(|rest| rest.contains("; status: ")) {
        Some("kdig")
    } else if header.is_some_and(|rest| rest.contains(", rcode: ")) {
        Some("drill")
    } else if starts(&["Trying \"", "Using domain server:"]) || is_of_host(line) {
        Some("host")
    } else if starts(&["Server:\t", "Server:  ", "** server can't find "]) {
        Some("nslookup")
    } else if starts(&["-- Information acquired via protocol "]) {
        Some("resolvectl query")
    } else if starts(&["Name  "]) && line.contains(" Type ") && line.contains(" Section ") || starts(&["QueryType "]) {
        Some("Resolve-DnsName")
    } else if starts(&["NAME"]) && line.contains("CLASS") && line.contains("NAMESERVER") {
        Some("doggo")
    } else if starts(&[
        "; fully validated",
        "; unsigned answer",
        "; answer not validated",
        "; negative response",
        ";; resolution failed: ",
    ]) {
        Some("delv")
    } else if in_dig {
        None
    } else {
        of_words(line)
    }
}

/// `NAME has address ADDRESS`, `Host NAME not found: 3(NXDOMAIN)`.
fn is_of_host(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let rest: Vec<&str> = words.collect();
    match rest.as_slice() {
        ["has", "address", _] | ["has", "IPv6", "address", _] | ["is", "an", "alias", "for", _] => first.contains('.'),
        [_, "not", "found:", _, ..] => first == "Host",
        _ => false,
    }
}

/// A record as q prints it (a name, a TTL in words, a type and the data) or as dog does (the type first), and a line of
/// `getent ahosts`.
fn of_words(line: &str) -> Option<&'static str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_duration = |ttl: &str| {
        ttl.starts_with(|c: char| c.is_ascii_digit())
            && ttl.ends_with('s')
            && ttl.chars().all(|c| c.is_ascii_digit() || "hms".contains(c))
    };
    match words.as_slice() {
        [address, "STREAM", ..] if address.parse::<std::net::IpAddr>().is_ok() => Some("getent"),
        // dig writes such a TTL too (+ttlunits), with the class behind it.
        [name, ttl, third, _, ..] if name.ends_with('.') && is_duration(ttl) && *third != "IN" => Some("q"),
        ["A" | "AAAA" | "CNAME", name, ttl, _, ..] if name.ends_with('.') && is_duration(ttl) => Some("dog"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, &'static str)> {
        apart(text)
            .1
            .into_iter()
            .map(|part| (part.line, part.program))
            .collect()
    }

    #[test]
    fn each_program_by_its_own_lines() {
        for (line, program) in [
            (";; ->>HEADER<<- opcode: QUERY; status: NOERROR; id: 1", "kdig"),
            (";; ->>HEADER<<- opcode: QUERY, rcode: NOERROR, id: 1", "drill"),
            ("Trying \"a.test\"", "host"),
            ("a.test has address 192.0.2.1", "host"),
            ("Host a.test not found: 3(NXDOMAIN)", "host"),
            ("Server:\t\t10.0.0.2", "nslookup"),
            ("Server:  UnKnown", "nslookup"),
            ("-- Information acquired via protocol DNS in 2ms.", "resolvectl query"),
            ("Name    Type   TTL   Section    IPAddress", "Resolve-DnsName"),
            ("QueryType  : A", "Resolve-DnsName"),
            ("NAME  TYPE  CLASS  TTL  ADDRESS  NAMESERVER", "doggo"),
            ("; answer not validated", "delv"),
            ("a.test. 1m0s A 192.0.2.1", "q"),
            ("A a.test. 1m00s   192.0.2.1", "dog"),
            ("192.0.2.1       STREAM a.test", "getent"),
            ("me@h:~$ drill a.test", "drill"),
            ("PS C:\\> Resolve-DnsName a.test", "Resolve-DnsName"),
        ] {
            assert_eq!(found(line), [(1, program)], "{line}");
        }
        for line in [
            "$ dig a.test",
            "# host",
            "a.test. 60 IN A 192.0.2.1",
            "a.test. 1m IN A 192.0.2.1",
        ] {
            assert_eq!(found(line), [], "{line}");
        }
    }

    #[test]
    fn a_part_ends_where_dig_begins() {
        let text = "$ host -v a.test\nTrying \"a.test\"\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n\
                    Received 9 bytes from 192.0.2.1#53 in 0 ms\n$ dig a.test\n;; Got answer:\nx\n;; MSG SIZE  rcvd: 9\n\
                    a.test. 1m0s A 192.0.2.1";
        assert_eq!(found(text), [(1, "host"), (9, "q")]);
        assert_eq!(
            apart(text).0,
            "\n\n\n\n$ dig a.test\n;; Got answer:\nx\n;; MSG SIZE  rcvd: 9\n\n"
        );
    }

    #[test]
    fn the_arguments_end_at_a_pipe() {
        assert_eq!(
            at_prompt("# /usr/bin/dig @192.0.2.1 a.test | tee x"),
            Some(("dig", "@192.0.2.1 a.test "))
        );
        assert_eq!(at_prompt("$ dig"), None);
        assert_eq!(at_prompt("dig a.test"), None);
    }
}
