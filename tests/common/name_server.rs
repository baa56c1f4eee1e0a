//! Replies by hand, for the small name servers of the tests that run the program.

/// The endpoint that they are asked for.
pub(crate) const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
/// The address that they give for [`HOST`].
pub(crate) const ADDRESS: [u8; 4] = [192, 168, 104, 190];

/// What a server does with a question for [`HOST`].
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Plays {
    /// It has this address.
    Has([u8; 4]),
    /// It denies it.
    NxDomain,
    /// It says nothing.
    Silence,
}

/// A reply by hand (RFC 1035 section 4): the question again, an A record or the SOA of a private hosted zone,
/// and an OPT record where the query has one.
pub(crate) fn reply(query: &[u8], plays: Plays) -> Option<Vec<u8>> {
    if plays == Plays::Silence {
        return None;
    }
    Some(answer(query, |name| match plays {
        Plays::Has(address) if name.eq_ignore_ascii_case(&format!("{HOST}.")) => Some(address),
        _ => None,
    }))
}

/// The same of a server that has the addresses that `has` gives; it denies every other name.
pub(crate) fn answer(query: &[u8], has: impl Fn(&str) -> Option<[u8; 4]>) -> Vec<u8> {
    let mut end = 12;
    let mut name = String::new();
    while query[end] > 0 {
        let next = end + 1 + usize::from(query[end]);
        name.push_str(&String::from_utf8_lossy(&query[end + 1..next]));
        name.push('.');
        end = next;
    }
    let question = &query[12..end + 5];
    let is_a = question[question.len() - 4..] == [0, 1, 0, 1];
    let address = has(&name);
    let answers = address.is_some() && is_a;
    let has_edns = query[11] > 0;
    let mut reply = query[..2].to_vec();
    reply.extend([0x81, if address.is_some() { 0x80 } else { 0x83 }]);
    reply.extend([0, 1, 0, u8::from(answers), 0, u8::from(!answers), 0, u8::from(has_edns)]);
    reply.extend(question);
    if let Some(address) = address.filter(|_| is_a) {
        reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        reply.extend(address);
    } else {
        let mut data = b"\x07ns-1536\x09awsdns-00\x02co\x02uk\0".to_vec();
        data.extend(b"\x11awsdns-hostmaster\x06amazon\x03com\0");
        for number in [1_u32, 7_200, 900, 1_209_600, 86_400] {
            data.extend(number.to_be_bytes());
        }
        // The owner: the question's name without its first label.
        let owner = if query[12] == 0 { 12 } else { 13 + query[12] };
        reply.extend([0xc0, owner, 0, 6, 0, 1, 0, 0, 3, 132, 0]);
        reply.push(u8::try_from(data.len()).expect("a short SOA"));
        reply.extend(data);
    }
    if has_edns {
        reply.extend([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    }
    reply
}
