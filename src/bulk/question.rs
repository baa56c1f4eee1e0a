//! The octets of the questions about one target: written once, and patched for each.

use crate::dns::{Class, Name, RecordType};
use crate::probe::wire::{OutgoingQuery, UDP_PAYLOAD};

/// The length of a message's header (RFC 1035 section 4.1.1).
pub(super) const HEADER: usize = 12;

/// The two types that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    A,
    Aaaa,
}

impl Family {
    pub(super) fn qtype(self) -> RecordType {
        match self {
            Self::A => RecordType::A,
            Self::Aaaa => RecordType::AAAA,
        }
    }
}

/// A target, with the message that asks for it.
#[derive(Debug)]
pub(super) struct EncodedTarget {
    /// Which of all it is.
    pub(super) index: usize,
    /// Its name.
    pub(super) name: Name,
    /// The message that asks for its A records with the ID 0: octet for octet that of `check`.
    message: Vec<u8>,
    /// Where the name ends in it.
    behind_name: usize,
    /// Whether a label of the name has a dot in it, which makes records of that name unreadable to clients.
    is_dotted: bool,
}

impl EncodedTarget {
    pub(super) fn new(index: usize, name: Name) -> Self {
        // RD, one question, one additional record (RFC 1035 section 4.1.1).
        let mut message = vec![0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        for label in name.labels() {
            // A label has at most 63 octets.
            message.push(u8::try_from(label.len()).unwrap_or_default());
            message.extend_from_slice(label);
        }
        message.push(0);
        let behind_name = message.len();
        message.extend_from_slice(&[0, 1, 0, 1]);
        // OPT: the root, its type, the size, no high bits of an RCODE, version 0, no flag, no option (RFC 6891
        // section 6.1.2).
        message.extend_from_slice(&[0, 0, 41]);
        message.extend_from_slice(&UDP_PAYLOAD.to_be_bytes());
        message.extend_from_slice(&[0, 0, 0, 0, 0, 0]);
        let is_dotted = name.labels().any(|label| label.contains(&b'.'));
        Self {
            index,
            name,
            message,
            behind_name,
            is_dotted,
        }
    }

    /// Whether a label of the name has a dot in it.
    pub(super) fn is_dotted(&self) -> bool {
        self.is_dotted
    }

    /// Writes the message that asks for it behind what is there.
    pub(super) fn write(&self, family: Family, id: u16, into: &mut Vec<u8>) {
        let start = into.len();
        into.extend_from_slice(&self.message);
        let message = &mut into[start..];
        message[..2].copy_from_slice(&id.to_be_bytes());
        message[self.behind_name..self.behind_name + 2].copy_from_slice(&family.qtype().0.to_be_bytes());
    }

    /// The same as the careful code has it.
    pub(super) fn query(&self, family: Family, id: u16) -> OutgoingQuery {
        query(&self.name, family, id)
    }

    /// The octets of the name.
    pub(super) fn name_octets(&self) -> &[u8] {
        &self.message[HEADER..self.behind_name]
    }

    /// Whether a message has the question, whatever its ID.
    pub(super) fn is_asked_in(&self, family: Family, message: &[u8]) -> bool {
        let own = self.name_octets();
        let qtype = family.qtype().0.to_be_bytes();
        message
            .get(HEADER..HEADER + own.len())
            .is_some_and(|name| name.eq_ignore_ascii_case(own))
            && message.get(self.behind_name..self.behind_name + 2) == Some(&qtype)
    }
}

fn query(name: &Name, family: Family, id: u16) -> OutgoingQuery {
    OutgoingQuery {
        id,
        qname: name.clone(),
        qtype: family.qtype(),
        class: Class::In,
        edns: true,
        checking_disabled: false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn the_octets_are_those_of_check() {
        for text in [
            "a.example",
            "ABC.gr7.eu-west-1.eks.amazonaws.com",
            ".",
            "x\\.y\\000.test",
        ] {
            let target = EncodedTarget::new(0, text.parse().unwrap());
            for (family, id) in [(Family::A, 0x1234), (Family::Aaaa, 0xffff), (Family::A, 0)] {
                let mut octets = vec![7, 7];
                target.write(family, id, &mut octets);
                assert_eq!(octets[2..], target.query(family, id).encode().unwrap(), "{text}");
                assert!(target.is_asked_in(family, &octets[2..]));
            }
        }
    }

    #[test]
    fn another_question_is_told_apart() {
        let target = EncodedTarget::new(0, "a.example".parse().unwrap());
        let mut octets = Vec::new();
        target.write(Family::A, 1, &mut octets);
        assert!(!target.is_asked_in(Family::Aaaa, &octets));
        octets[13] = b'A';
        assert!(target.is_asked_in(Family::A, &octets));
        octets[13] = b'b';
        assert!(!target.is_asked_in(Family::A, &octets));
        assert!(!target.is_asked_in(Family::A, &octets[..20]));
    }
}
