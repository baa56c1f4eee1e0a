//! What servers of the lab do to the octets of a reply, and what they send beside it, by the word of a scenario.
//!
//! Written from the RFCs and not by the codec, which refuses to write most of it.

#![expect(clippy::unit_arg, reason = "a word a line: what it does, and that it could")]

/// A record that answers the question with an address: its owner is a pointer to the question's name.
const ADDRESS: [u8; 16] = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 66];
/// Where the counts of the answer, authority and additional sections are in a header.
const COUNTS: [usize; 3] = [6, 8, 10];

/// What a word does; `None` where the reply is not made for it.
type Deformation = fn(&mut Vec<u8>) -> Option<()>;

/// Every word that takes no number, with what it does.
const WORDS: &[(&str, Deformation)] = &[
    // Nothing: the reply once more.
    ("same", |_| Some(())),
    // The header and the question.
    ("wrong-id", |octets| Some(octets[1] ^= 0xff)),
    ("query", |octets| Some(octets[2] &= 0x7f)),
    ("opcode", |octets| Some(octets[2] |= 0x20)),
    ("header-only", |octets| {
        octets.truncate(12);
        Some(octets[4..].fill(0))
    }),
    ("no-question", |octets| {
        let end = question_end(octets)?;
        octets.drain(12..end);
        Some(octets[5] = 0)
    }),
    ("two-questions", |octets| {
        let end = question_end(octets)?;
        let question = octets[12..end].to_vec();
        octets.splice(end..end, question);
        Some(octets[5] = 2)
    }),
    ("wrong-question", |octets| Some(octets[13] = b'!')),
    ("wrong-type", |octets| {
        question_end(octets).map(|end| octets[end - 3] ^= 0x40)
    }),
    ("wrong-class", |octets| {
        question_end(octets).map(|end| octets[end - 1] = 3)
    }),
    // The case of the question's name turned round, as RFC 4343 lets a server have it.
    ("folded", |octets| {
        let end = question_end(octets)?;
        for octet in &mut octets[12..end - 4] {
            if octet.is_ascii_alphabetic() {
                *octet ^= 0x20;
            }
        }
        Some(())
    }),
    ("garbage", |octets| Some(*octets = vec![0x67; 40])),
    ("empty", |octets| Some(octets.clear())),
    ("short", |octets| Some(octets.truncate(5))),
    // The sections.
    ("cut", |octets| {
        // The last record of the answer section, or the first of the others, three octets from its end.
        let index = count(octets, 6).max(1) - 1;
        let (_, end) = *records(octets)?.get(index)?;
        Some(octets.truncate(end - 3))
    }),
    ("cut-opt", |octets| Some(octets.truncate(octets.len() - 3))),
    ("count-high", |octets| Some(octets[6] = 2)),
    ("count-low", |octets| {
        let (_, end) = *records(octets)?.get(1)?;
        octets.truncate(end);
        set_counts(octets, [1, 0, 0])
    }),
    ("trailing", |octets| Some(octets.extend([0; 7]))),
    ("other-answer", |octets| only(octets, [1, 0, 0], &ADDRESS)),
    ("class-ch", |octets| changed(octets, |record| record[5] = 3)),
    ("ttl-top-bit", |octets| changed(octets, |record| record[6] = 0x80)),
    ("long-rdata", |octets| {
        let record = [&ADDRESS[..11], &[16], &[192; 16]].concat();
        only(octets, [1, 0, 0], &record)
    }),
    ("short-rdata", |octets| {
        let record = [&ADDRESS[..11], &[3, 192, 0, 2]].concat();
        only(octets, [1, 0, 0], &record)
    }),
    ("no-rdata", |octets| {
        let record = [&ADDRESS[..11], &[0]].concat();
        only(octets, [1, 0, 0], &record)
    }),
    ("long-aaaa", |octets| {
        let record = [&[0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0, 17][..], &[0xfd; 17]].concat();
        only(octets, [1, 0, 0], &record)
    }),
    ("rdata-overrun", |octets| changed(octets, |record| record[10] = 1)),
    // Names.
    ("pointer-circle", |octets| owner(octets, pointer)),
    ("pointer-forward", |octets| owner(octets, |start| pointer(start + 12))),
    ("pointer-outside", |octets| owner(octets, |_| vec![0xff, 0xff])),
    ("pointer-many", |octets| {
        // A record of an unknown type with a chain of pointers in its data, and one whose owner is their end.
        let end = question_end(octets)?;
        let data = end + 12;
        let mut chain = pointer(12);
        for number in 0..11 {
            chain.extend(pointer(data + 2 * number));
        }
        let mut rest = vec![0xc0, 12, 0xff, 0, 0, 1, 0, 0, 0, 60, 0, 24];
        rest.extend(&chain);
        rest.extend(pointer(data + 22));
        rest.extend(&ADDRESS[2..]);
        only(octets, [2, 0, 0], &rest)
    }),
    ("label-0x40", |octets| owner(octets, |_| vec![0x41, b'a', 0])),
    ("label-0x80", |octets| owner(octets, |_| vec![0x81, b'a', 0])),
    ("long-name", |octets| {
        let label = [&[63][..], &[b'a'; 63]].concat();
        owner(octets, |_| [label.repeat(4), vec![0]].concat())
    }),
    ("unfinished-name", |octets| only(octets, [1, 0, 0], &[5, b'a', b'b'])),
    ("dotted-alias", |octets| {
        // An alias of one label, `a.b`, which has the address.
        let target = question_end(octets)? + 12;
        let mut rest = vec![0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 5, 3, b'a', b'.', b'b', 0];
        rest.extend(pointer(target));
        rest.extend(&ADDRESS[2..]);
        only(octets, [2, 0, 0], &rest)
    }),
    // EDNS.
    ("no-opt", |octets| without_opt(octets)),
    ("two-opts", |octets| {
        octets.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        Some(octets[11] += 1)
    }),
    ("opt-version-1", |octets| with_opt(octets, 1, &[])),
    ("opt-overrun", |octets| with_opt(octets, 0, &[0, 15, 0, 9, 0, 22])),
    ("ede-empty", |octets| with_opt(octets, 0, &[0, 15, 0, 0])),
    ("ede-short", |octets| with_opt(octets, 0, &[0, 15, 0, 1, 22])),
    ("ede-not-utf8", |octets| {
        with_opt(octets, 0, &[0, 15, 0, 4, 0, 22, 0xff, b'a'])
    }),
    ("ede-nul", |octets| with_opt(octets, 0, &[0, 15, 0, 4, 0, 22, b'a', 0])),
];

/// Changes a reply. Words with a number: `cut-N` (N octets are left), `size-N` (padded to N octets), `answers-N` (N
/// addresses), `aliases-N` (N aliases before the address), `pointers-N` (N octets of records whose owners are chains of
/// pointers).
pub(super) fn deform(octets: &mut Vec<u8>, word: &str) -> Result<(), String> {
    let unfit = || format!("{word:?} cannot be done to this reply");
    if let Some((_, change)) = WORDS.iter().find(|(known, _)| *known == word) {
        return change(octets).ok_or_else(unfit);
    }
    let (what, number) = word
        .rsplit_once('-')
        .and_then(|(what, number)| Some((what, number.parse::<usize>().ok()?)))
        .ok_or_else(|| format!("{word:?} is no way to change a reply"))?;
    match what {
        "cut" => Some(octets.truncate(number)),
        "size" => size(octets, number),
        "answers" => answers(octets, number),
        "aliases" => aliases(octets, number),
        "pointers" => pointers(octets, number),
        _ => return Err(format!("{word:?} is no way to change a reply")),
    }
    .ok_or_else(unfit)
}

fn pointer(to: usize) -> Vec<u8> {
    (0xc000 | u16::try_from(to).unwrap_or_default()).to_be_bytes().to_vec()
}

fn count(octets: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes([octets[at], octets[at + 1]]))
}

fn set_counts(octets: &mut [u8], counts: [usize; 3]) -> Option<()> {
    for (at, count) in COUNTS.into_iter().zip(counts) {
        octets[at..at + 2].copy_from_slice(&u16::try_from(count).ok()?.to_be_bytes());
    }
    Some(())
}

fn name_end(octets: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match usize::from(*octets.get(at)?) {
            0 => return Some(at + 1),
            0xc0.. => return Some(at + 2),
            length => at += 1 + length,
        }
    }
}

fn question_end(octets: &[u8]) -> Option<usize> {
    let end = name_end(octets, 12)? + 4;
    (end <= octets.len()).then_some(end)
}

/// Where each record begins and ends.
fn records(octets: &[u8]) -> Option<Vec<(usize, usize)>> {
    let mut at = question_end(octets)?;
    let mut found = Vec::new();
    for _ in 0..COUNTS.into_iter().map(|at| count(octets, at)).sum() {
        let length = name_end(octets, at)? + 8;
        let end = length + 2 + count(octets, length);
        found.push((at, end));
        at = end;
    }
    Some(found)
}

/// Puts other records in the place of all.
fn only(octets: &mut Vec<u8>, counts: [usize; 3], records: &[u8]) -> Option<()> {
    octets.truncate(question_end(octets)?);
    octets.extend(records);
    set_counts(octets, counts)
}

/// Puts one address in the place of all records, changed.
fn changed(octets: &mut Vec<u8>, change: impl FnOnce(&mut [u8])) -> Option<()> {
    let mut record = ADDRESS;
    change(&mut record);
    only(octets, [1, 0, 0], &record)
}

/// Puts one address in the place of all records, under an owner that is made for the offset where it stands.
fn owner(octets: &mut Vec<u8>, owner: impl FnOnce(usize) -> Vec<u8>) -> Option<()> {
    let mut record = owner(question_end(octets)?);
    record.extend(&ADDRESS[2..]);
    only(octets, [1, 0, 0], &record)
}

/// Takes the OPT record away, which the lab writes last.
fn without_opt(octets: &mut Vec<u8>) -> Option<()> {
    let (start, _) = records(octets)?.pop()?;
    (octets.get(start..start + 3)? == [0, 0, 41]).then_some(())?;
    octets.truncate(start);
    Some(octets[11] -= 1)
}

/// Puts another OPT record in the place of the reply's.
fn with_opt(octets: &mut Vec<u8>, version: u8, options: &[u8]) -> Option<()> {
    without_opt(octets)?;
    let length = u8::try_from(options.len()).ok()?;
    octets.extend([0, 0, 41, 4, 208, 0, version, 0, 0, 0, length]);
    octets.extend(options);
    Some(octets[11] += 1)
}

/// Pads the reply with a record of a private type (RFC 6895 section 3.1).
fn size(octets: &mut Vec<u8>, size: usize) -> Option<()> {
    let data = size.checked_sub(octets.len() + 12)?;
    octets.extend([0xc0, 12, 0xff, 0, 0, 1, 0, 0, 0, 60]);
    octets.extend(u16::try_from(data).ok()?.to_be_bytes());
    octets.resize(size, b'x');
    Some(octets[11] += 1)
}

fn answers(octets: &mut Vec<u8>, number: usize) -> Option<()> {
    let mut records = Vec::new();
    for index in 0..u16::try_from(number).ok()? {
        records.extend(&ADDRESS[..12]);
        records.extend([10, 1]);
        records.extend(index.to_be_bytes());
    }
    only(octets, [number, 0, 0], &records)
}

/// Aliases, the last first, and the address before them all.
fn aliases(octets: &mut Vec<u8>, number: usize) -> Option<()> {
    let alias = |index: usize| match index {
        0 => pointer(12),
        _ => [&[7][..], format!("a{index:06}").as_bytes(), &[0]].concat(),
    };
    let mut records = [&alias(number)[..], &ADDRESS[2..]].concat();
    for index in (1..=number).rev() {
        let target = alias(index);
        records.extend(alias(index - 1));
        records.extend([0, 5, 0, 1, 0, 0, 0, 60, 0]);
        records.push(u8::try_from(target.len()).ok()?);
        records.extend(target);
    }
    only(octets, [number + 1, 0, 0], &records)
}

/// As many records as fit, each owner a pointer to the owner before: the worst that can be done to whoever follows
/// them.
fn pointers(octets: &mut Vec<u8>, size: usize) -> Option<()> {
    let start = question_end(octets)?;
    let mut records = Vec::new();
    let mut number = 0;
    let mut before = 12;
    while start + records.len() + 12 <= size {
        let here = start + records.len();
        records.extend(pointer(before));
        records.extend([0xff, 0, 0, 1, 0, 0, 0, 60, 0, 0]);
        // A pointer has 14 bits.
        before = if here < 0x4000 { here } else { before };
        number += 1;
    }
    only(octets, [number, 0, 0], &records)
}
