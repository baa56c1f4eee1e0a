//! Whole replies as Windows' nslookup prints them with -debug, or behind `set debug`: blocks with a header, the
//! question and the records, as "DNS on Windows Server" (O'Reilly), chapter 12, shows them.

use super::asked;
use super::reply::PastedReply;
use super::words::by_rcode;

/// Whether a line is the first of a header: `opcode = QUERY, id = N, rcode = RCODE`.
pub(super) fn is_header(line: &str) -> bool {
    rcode(line).is_some()
}

fn rcode(line: &str) -> Option<&str> {
    let (_, rest) = line.trim_start().strip_prefix("opcode = ")?.split_once(", rcode = ")?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let rcode = &rest[..end];
    (rcode == "NOERROR" || by_rcode(rcode).is_some()).then_some(rcode)
}

/// The part of a block that a line is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DebugSection {
    Header,
    Questions,
    /// Of answers, or of the authority.
    Records,
    Additional,
}

impl DebugSection {
    fn of(line: &str) -> Option<Self> {
        Some(match line {
            "QUESTIONS:" => Self::Questions,
            "ANSWERS:" | "AUTHORITY RECORDS:" => Self::Records,
            "ADDITIONAL RECORDS:" => Self::Additional,
            _ => return None,
        })
    }
}

/// A block, as far as it is read.
struct DebugBlock<'a> {
    reply: PastedReply<'a>,
    /// `set d2` shows the questions in the same form.
    is_response: bool,
    section: DebugSection,
    /// Whose record the next lines are.
    owner: &'a str,
}

impl<'a> DebugBlock<'a> {
    /// The reply, but for that about the name server's own address, which nslookup asks for first.
    fn reply(self) -> Option<PastedReply<'a>> {
        let is_one = self.is_response && self.reply.host.is_some_and(|host| !asked::is_reverse(host));
        is_one.then_some(self.reply)
    }

    fn take(&mut self, line: &'a str) {
        if let Some(section) = DebugSection::of(line) {
            self.section = section;
            return;
        }
        match self.section {
            DebugSection::Header => {
                let flags = line.strip_prefix("header flags:");
                self.is_response |= flags.is_some_and(|flags| flags.trim_start().starts_with("response"));
                if let Some((_, rest)) = line.split_once("answers = ") {
                    self.reply.answers = rest.split(',').next().and_then(|count| count.trim().parse().ok());
                }
            }
            // `NAME, type = A, class = IN`.
            DebugSection::Questions => {
                if let Some((name, rest)) = line.split_once(", type = ") {
                    self.reply.host = Some(name.trim_end_matches('.'));
                    self.reply.is_other_type = rest.split(',').next().is_some_and(asked::is_other);
                }
            }
            DebugSection::Records => {
                if let Some(name) = line.strip_prefix("->") {
                    self.owner = name.trim();
                } else if let Some((key, value)) = line.split_once(" = ") {
                    let kind = match key {
                        "internet address" => "A",
                        "AAAA IPv6 address" => "AAAA",
                        "canonical name" => "CNAME",
                        "nameserver" => "NS",
                        "primary name server" => "SOA",
                        _ => return,
                    };
                    self.reply.take(self.owner, kind, value);
                }
            }
            DebugSection::Additional => {}
        }
    }
}

/// The replies of a text, in its order.
pub(super) fn all(text: &str) -> Vec<PastedReply<'_>> {
    let mut found = Vec::new();
    let mut open: Option<DebugBlock<'_>> = None;
    for line in text.lines() {
        let plain = line.trim();
        // A line of hyphens ends a block.
        let is_end = plain.len() > 5 && plain.bytes().all(|octet| octet == b'-');
        if let Some(rcode) = rcode(line) {
            found.extend(open.take().and_then(DebugBlock::reply));
            open = Some(DebugBlock {
                reply: PastedReply {
                    line,
                    status: Some(rcode),
                    ..PastedReply::default()
                },
                is_response: false,
                section: DebugSection::Header,
                owner: "",
            });
        } else if is_end {
            found.extend(open.take().and_then(DebugBlock::reply));
        } else if let Some(block) = &mut open {
            block.take(plain);
        }
    }
    found.extend(open.and_then(DebugBlock::reply));
    found
}
