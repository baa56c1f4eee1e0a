//! Every kind of reply that is broken, foreign or hostile, through embedded servers and the real prober: what the
//! lookup comes to, and the reason that is given for it.
//!
//! A table has a line a reply. All servers of a table are asked in one run.

use std::fmt::Write as _;

use eks_dns_doctor::dns::AnswerKind;
use eks_dns_doctor::limits;
use eks_dns_doctor::observation::{Attempt, Lookup, Purpose, Transport};

#[path = "common/played.rs"]
mod played;
use played::played;

/// What a server does, and what comes of it.
struct Row {
    /// The members of the scenario's `[[server.on]]` for the question.
    on: String,
    /// Further members of its `[[server]]`.
    server: &'static str,
    qtype: &'static str,
    kind: AnswerKind,
    /// What the reason holds; empty: there is none.
    reason: String,
    /// How many addresses are kept.
    addresses: usize,
    /// What else holds of the lookup.
    also: fn(&Lookup) -> bool,
}

fn row(on: &str, kind: AnswerKind, reason: &str) -> Row {
    Row {
        on: on.to_owned(),
        server: "",
        qtype: "A",
        kind,
        reason: reason.to_owned(),
        // The lab's zone has two.
        addresses: if kind == AnswerKind::Answer { 2 } else { 0 },
        also: |_| true,
    }
}

/// A reply that is changed by a word.
fn bytes(word: &str, kind: AnswerKind, reason: &str) -> Row {
    row(&format!("bytes = {word:?}"), kind, reason)
}

impl Row {
    fn addresses(self, addresses: usize) -> Self {
        Self { addresses, ..self }
    }

    fn also(self, also: fn(&Lookup) -> bool) -> Self {
        Self { also, ..self }
    }
}

/// Plays a server for each row and returns what its question came to.
fn play(transport: Transport, rows: &[Row]) -> Vec<Lookup> {
    let mut resolvers = Vec::new();
    let mut servers = String::new();
    for (index, row) in rows.iter().enumerate() {
        let address = format!("10.0.0.{}", index + 1);
        resolvers.push(format!("r{index}={}://{address}", transport.as_str()));
        let _ = write!(
            servers,
            "[[server]]\nname = \"r{index}\"\naddress = \"{address}\"\nview = \"vpc\"\n{}\n\
             [[server.on]]\ntypes = [{:?}]\n{}\n",
            row.server, row.qtype, row.on
        );
    }
    let text = format!(
        "title = \"replies\"\n[ask]\nresolver = {resolvers:?}\ncontrols = false\ntimeout_ms = 2000\n{servers}\
         [expect]\nconclusion = \"broken\"\nexit_code = 1\n"
    );
    let capture = played(&text);
    rows.iter()
        .zip(&capture.observations)
        .map(|(row, observed)| {
            observed
                .lookups
                .iter()
                .find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype.to_string() == row.qtype)
                .expect("the lookup was made")
                .clone()
        })
        .collect()
}

/// Plays the rows, and holds each lookup against its row.
fn check(transport: Transport, rows: &[Row]) {
    let mut wrong = Vec::new();
    for part in rows.chunks(40) {
        for (row, lookup) in part.iter().zip(play(transport, part)) {
            let reason = lookup.reason.as_ref().map(ToString::to_string).unwrap_or_default();
            let fits = lookup.kind == row.kind
                && reason.contains(&row.reason)
                && reason.is_empty() == row.reason.is_empty()
                && (lookup.kind != AnswerKind::Answer || lookup.addresses.len() == row.addresses)
                && lookup.records.len() <= limits::RECORDS_PER_REPLY
                && (row.also)(&lookup);
            if !fits {
                wrong.push(format!(
                    "{} {}\n  wanted {} ({}) with {}\n  found  {} ({reason}) with {:?}\n  {:?}",
                    row.server,
                    row.on,
                    row.kind,
                    row.reason,
                    row.addresses,
                    lookup.kind,
                    lookup.addresses.len(),
                    lookup.attempts
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn mismatched(lookup: &Lookup) -> u32 {
    lookup.attempts.iter().map(|attempt| attempt.mismatched_replies).sum()
}

fn conflicting(lookup: &Lookup) -> u32 {
    lookup.attempts.iter().map(|attempt| attempt.conflicting_replies).sum()
}

/// What does not belong to the question, and why it is said not to.
const FOREIGN: &[(&str, &str)] = &[
    ("wrong-id", "another ID"),
    ("query", "a query, not a reply (QR=0)"),
    ("opcode", "another opcode (4)"),
    ("no-question", "a reply without a question"),
    ("two-questions", "2 questions"),
    ("wrong-question", "another question: about another name"),
    ("wrong-type", "another question: about type HTTPS"),
    ("wrong-class", "another question: about another class"),
    ("garbage", ""),
    ("empty", "0 octets are no DNS message"),
    ("short", "5 octets are no DNS message"),
];

#[test]
fn what_does_not_belong_is_malformed_where_nothing_else_comes() {
    let mut rows: Vec<Row> = FOREIGN
        .iter()
        .map(|(word, reason)| {
            let reason = format!("that did not belong to the question: {reason}");
            bytes(word, AnswerKind::Malformed, &reason).also(|lookup| mismatched(lookup) > 0)
        })
        .collect();
    // A flood of them ends the wait, also for a right one behind it.
    let flood = format!("before = {:?}", vec!["wrong-id"; 70]);
    let said = format!("{} replies that did not belong", limits::MISMATCHED_REPLIES);
    rows.push(row(&flood, AnswerKind::Malformed, &said));
    check(Transport::Udp, &rows);
    check(Transport::Tcp, &rows);
}

#[test]
fn a_right_reply_that_follows_a_wrong_one_is_used() {
    let before: Vec<Row> = FOREIGN
        .iter()
        .map(|(word, _)| {
            // Go does not wait past this one, which is said.
            let reason = match *word {
                "two-questions" => "2 questions, and only then the reply: Go fails at the first",
                _ => "",
            };
            row(&format!("before = [{word:?}]"), AnswerKind::Answer, reason)
                .also(|lookup| mismatched(lookup) == 1 && lookup.attempts.len() == 1)
        })
        .collect();
    check(Transport::Udp, &before);
    // Over TCP it waits past none.
    let before: Vec<Row> = FOREIGN
        .iter()
        .flat_map(|(word, reason)| {
            ["", "stream = \"together\""].map(|together| {
                let on = format!("before = [{word:?}]\n{together}");
                let mut row = row(&on, AnswerKind::Answer, reason).also(|lookup| {
                    let late = |attempt: &Attempt| attempt.comes_too_late();
                    mismatched(lookup) == 1 && lookup.attempts.iter().any(late)
                });
                row.reason.push_str(", and only then the reply: Go fails at the first");
                if reason.is_empty() {
                    row.reason = "and only then the reply".to_owned();
                }
                row
            })
        })
        .collect();
    check(Transport::Tcp, &before);
}

#[test]
fn what_comes_after_the_reply_is_counted() {
    let mut rows: Vec<Row> = FOREIGN
        .iter()
        .map(|(word, _)| {
            row(&format!("after = [{word:?}]"), AnswerKind::Answer, "")
                .also(|lookup| mismatched(lookup) == 1 && conflicting(lookup) == 0)
        })
        .collect();
    let address = |lookup: &Lookup| lookup.addresses[0].to_string() == "203.0.113.66";
    assert!(!address(&play(Transport::Udp, &rows[..1])[0]));
    rows.extend([
        // Duplicates, late or not.
        row("after = [\"same\", \"same\"]", AnswerKind::Answer, "")
            .also(|lookup| mismatched(lookup) + conflicting(lookup) == 0),
        row("after = [\"folded\", \"trailing\"]", AnswerKind::Answer, "")
            .also(|lookup| mismatched(lookup) + conflicting(lookup) == 0),
        // Two different replies: the first counts, as for every client.
        row("after = [\"other-answer\"]", AnswerKind::Answer, "").also(|lookup| conflicting(lookup) == 1),
        row("before = [\"other-answer\"]", AnswerKind::Answer, "")
            .addresses(1)
            .also(|lookup| conflicting(lookup) == 1 && lookup.addresses[0].to_string() == "203.0.113.66"),
    ]);
    check(Transport::Udp, &rows);
}

#[test]
fn replies_from_another_address_or_port_are_heard_of() {
    let rows = [
        row(
            "from = \"10.0.1.200\"",
            AnswerKind::Malformed,
            "it came from 10.0.1.200:53, which was not asked",
        ),
        row(
            "from = \"10.0.0.2:5353\"",
            AnswerKind::Malformed,
            "it came from 10.0.0.2:5353, which was not asked",
        ),
        // As long as the right one answers as well, nobody notices.
        row("from = \"10.0.1.201\"\ntimes = [1]", AnswerKind::Answer, ""),
        // A stranger that does not know the question says nothing about it.
        row("from = \"10.0.1.200\"\nbytes = \"wrong-id\"", AnswerKind::Timeout, ""),
    ];
    check(Transport::Udp, &rows);
}

/// Replies to the question with something wrong behind it, and what they come to whichever way they come.
fn defects() -> Vec<Row> {
    use AnswerKind::{Answer, Malformed, NoData, NxDomain, OtherRcode, ServFail};
    let answer = |records: &str| format!("answer = [{records}]");
    let one = |word, kind, reason| bytes(word, kind, reason).addresses(1);
    vec![
        bytes("same", Answer, ""),
        bytes("folded", Answer, ""),
        // Sections and counts.
        bytes(
            "cut",
            Malformed,
            "record 2 of 2 in the answer section cannot be read: it claims 4 octets of data, with 1 left",
        ),
        bytes(
            "cut-opt",
            Answer,
            "record 1 of 1 in the additional section cannot be read: the message ends there",
        ),
        bytes(
            "count-high",
            Malformed,
            "of 514 in the answer section cannot be read: the message ends there",
        ),
        one("count-low", Answer, "16 octets follow behind the last record"),
        bytes("trailing", Answer, "7 octets follow behind the last record"),
        // Data.
        bytes("class-ch", Malformed, "its class is CH, not IN"),
        one("ttl-top-bit", Answer, "").also(|lookup| lookup.records[0].ttl == 0),
        bytes(
            "long-rdata",
            Malformed,
            "its data is 16 octets long, and that of A records is 4",
        ),
        bytes(
            "short-rdata",
            Malformed,
            "its data is 3 octets long, and that of A records is 4",
        ),
        bytes(
            "no-rdata",
            Malformed,
            "its data is 0 octets long, and that of A records is 4",
        ),
        Row {
            qtype: "AAAA",
            ..bytes(
                "long-aaaa",
                Malformed,
                "its data is 17 octets long, and that of AAAA records is 16",
            )
        },
        bytes("rdata-overrun", Malformed, "it claims 260 octets of data, with 4 left"),
        // Names.
        bytes("pointer-circle", Malformed, "compression pointers lead in a circle"),
        bytes("pointer-forward", Malformed, "a compression pointer leads forward"),
        bytes(
            "pointer-outside",
            Malformed,
            "a compression pointer leads out of the message",
        ),
        bytes(
            "pointer-many",
            Malformed,
            "a name has more than 10 compression pointers",
        ),
        bytes("label-0x40", Malformed, "a label is of the reserved kind 0x40"),
        bytes("label-0x80", Malformed, "a label is of the reserved kind 0x80"),
        bytes("long-name", Malformed, "a name is longer than 255 octets"),
        bytes("unfinished-name", Malformed, "the message ends inside of a name"),
        bytes(
            "dotted-alias",
            Malformed,
            "a label of the name in its data has a dot in it",
        ),
        // Owners and aliases.
        row(
            &answer("\"portal.example.net 60 A 203.0.113.7\""),
            Malformed,
            "the answer section holds A records of other names only (portal.example.net",
        ),
        row(
            &answer("\"TARGET 60 A 10.0.0.1\", \"portal.example.net 60 A 203.0.113.7\""),
            Malformed,
            "beside the answer, the answer section holds A records of other names (portal.example.net",
        ),
        row(
            &answer("\"TARGET 60 CNAME a.example\", \"b.example 60 A 203.0.113.7\""),
            Malformed,
            "of other names only (b.example",
        ),
        row(
            &answer("\"portal.example.net 60 TXT hello\""),
            Malformed,
            "the answer section holds only records of other names",
        ),
        row(
            &answer("\"TARGET 60 CNAME a.example\", \"a.example 60 CNAME TARGET\""),
            Malformed,
            "the aliases lead back to",
        ),
        row(
            &answer("\"TARGET 60 CNAME TARGET\""),
            Malformed,
            "the aliases lead back to",
        ),
        row(&answer("\"TARGET 60 CNAME a.example\""), NoData, ""),
        row(
            &answer("\"TARGET 60 CNAME k8s.corp.example\", \"k8s.corp.example 60 A 10.0.0.1\""),
            Answer,
            "",
        )
        .addresses(1),
        row(
            &answer(
                "\"b.example 60 A 10.0.0.1\", \"b.example 60 A 10.0.0.1\", \"a.example 60 CNAME b.example\", \
                 \"TARGET 60 CNAME a.example\", \"TARGET 60 CNAME a.example\"",
            ),
            Answer,
            "",
        )
        .addresses(1),
        bytes("aliases-16", Answer, "").addresses(1),
        bytes("aliases-17", Malformed, "more than 16 aliases"),
        // EDNS.
        bytes("no-opt", Answer, ""),
        bytes("opt-version-1", Answer, ""),
        bytes("two-opts", Answer, "it has a second OPT record"),
        bytes(
            "opt-overrun",
            Answer,
            "an option of its OPT record runs past the end of the record",
        ),
        bytes("ede-empty", Answer, "an Extended DNS Error is too short for its code"),
        bytes("ede-short", Answer, "an Extended DNS Error is too short for its code"),
        bytes("ede-not-utf8", Answer, "the text of an Extended DNS Error is not UTF-8")
            .also(|lookup| lookup.ede[0].text.as_deref() == Some("\u{fffd}a")),
        bytes("ede-nul", Answer, "").also(|lookup| lookup.ede[0].text.as_deref() == Some("a")),
        row("ede = [\"15\", \"22 one\", \"22 two\"]", Answer, "").also(|lookup| lookup.ede.len() == 3),
        row(
            "ede = [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\", \"10\"]",
            Answer,
            "",
        )
        .also(|lookup| lookup.ede.len() == limits::EXTENDED_ERRORS_PER_REPLY),
        // The RCODE says it, whatever follows.
        row(
            "rcode = \"NXDOMAIN\"\nbytes = \"trailing\"",
            NxDomain,
            "7 octets follow",
        ),
        row(
            "rcode = \"SERVFAIL\"\nbytes = \"cut-opt\"",
            ServFail,
            "in the additional section cannot be read",
        ),
        row(
            "rcode = \"BADVERS\"\nbytes = \"trailing\"",
            OtherRcode,
            "BADVERS; 7 octets follow",
        ),
        row(
            "rcode = \"FORMERR\"\nbytes = \"class-ch\"",
            OtherRcode,
            "FORMERR; record 1 of 1 in the answer section",
        ),
    ]
}

#[test]
fn defects_are_named_over_udp() {
    check(Transport::Udp, &defects());
}

#[test]
fn defects_are_named_over_tcp() {
    check(Transport::Tcp, &defects());
}

#[test]
fn datagrams_are_read_as_far_as_clients_read_them() {
    let mut rows = vec![
        bytes("size-1232", AnswerKind::Answer, ""),
        bytes(
            "size-1233",
            AnswerKind::Answer,
            "1233 octets came over UDP, and clients read the 1232",
        ),
        bytes("size-9000", AnswerKind::Answer, "9000 octets came over UDP"),
        bytes(
            "answers-100",
            AnswerKind::Malformed,
            "octets came over UDP, and clients read the 1232",
        ),
        // Cut short by the server's word, it is fetched over TCP, whatever else is wrong with it.
        row(
            "tc = true\ntransport = \"udp\"\nbytes = \"cut-opt\"",
            AnswerKind::Answer,
            "",
        )
        .also(|lookup| lookup.transport == Transport::Tcp),
        row(
            "tc = true\ntransport = \"udp\"\nbytes = \"trailing\"",
            AnswerKind::Answer,
            "",
        ),
    ];
    if cfg!(target_os = "linux") {
        rows.push(bytes("size-65507", AnswerKind::Answer, "65507 octets came over UDP"));
    }
    check(Transport::Udp, &rows);
}

#[test]
fn the_longest_messages_are_read() {
    let rows = [
        bytes("size-65535", AnswerKind::Answer, ""),
        bytes(
            "answers-4000",
            AnswerKind::Answer,
            "it holds 4000 records, of which 64 are looked at",
        )
        .addresses(limits::RECORDS_PER_REPLY),
        bytes("aliases-2000", AnswerKind::Malformed, "more than 16 aliases"),
        // Whose owners are chains of thousands of pointers, were they followed.
        bytes(
            "pointers-65535",
            AnswerKind::Malformed,
            "more than 10 compression pointers",
        ),
    ];
    check(Transport::Tcp, &rows);
}

#[test]
fn connections_that_end_or_stall_say_where() {
    use AnswerKind::{Answer, Malformed, Timeout, Unreachable};
    let stream = |word: &str, kind, reason| row(&format!("stream = {word:?}"), kind, reason);
    let of_length = "1 of the 2 octets of a length";
    let rows = [
        stream(
            "half-length-fin",
            Malformed,
            "the server closed the connection after 1 of the 2 octets of a length",
        ),
        stream(
            "half-length-reset",
            Malformed,
            "the connection was reset after 1 of the 2 octets of a length",
        ),
        stream("half-length-silence", Timeout, of_length),
        stream("half-frame-fin", Malformed, "octets of a message"),
        stream("half-frame-reset", Malformed, "octets of a message"),
        stream("half-frame-silence", Timeout, "within the window came"),
        stream("drip-0", Answer, ""),
        stream("drip-1000", Timeout, "octets of a message"),
        stream("http", Malformed, "what answers there speaks HTTP, not DNS"),
        stream("tls", Malformed, "what answers there speaks TLS, not DNS"),
        stream("ssh", Malformed, "what answers there speaks SSH, not DNS"),
        row(
            "close = true",
            Timeout,
            "the server closed the connection without a whole reply",
        ),
        row("silent = true", Timeout, "connected, but no whole reply"),
        Row {
            server: "hasty = true",
            ..row("", Answer, "and only then the reply: Go fails at the first")
        },
        Row {
            server: "tcp = \"closed\"",
            ..row("", Unreachable, "the port is refused")
        },
        row(
            "stream = \"together\"\nafter = [\"other-answer\", \"wrong-id\"]",
            Answer,
            "",
        ),
    ];
    check(Transport::Tcp, &rows);
}

/// Cut anywhere, a message is one of few things, and never an answer that is missing something in silence.
#[test]
fn a_message_can_be_cut_at_every_octet() {
    let answer = "answer = [\"TARGET 60 A 192.0.2.1\"]";
    let whole = format!("{answer}\nbytes = \"same\"");
    let length = {
        // The header, the question with the name of the lab's endpoint, an address under a pointer, and OPT.
        let name = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
        12 + name.len() + 2 + 4 + 16 + 11
    };
    let question = length - 16 - 11;
    let mut rows = vec![row(&whole, AnswerKind::Answer, "").addresses(1)];
    for cut in 0..length {
        let on = format!("{answer}\nbytes = \"cut-{cut}\"");
        rows.push(if cut < 12 {
            row(&on, AnswerKind::Malformed, "no DNS message")
        } else if cut < question {
            row(
                &on,
                AnswerKind::Malformed,
                "its question cannot be read: the message ends",
            )
        } else if cut < question + 16 {
            row(
                &on,
                AnswerKind::Malformed,
                "record 1 of 1 in the answer section cannot be read",
            )
        } else {
            let reason = "record 1 of 1 in the additional section cannot be read: the message ends";
            row(&on, AnswerKind::Answer, reason).addresses(1)
        });
    }
    check(Transport::Udp, &rows);
}
