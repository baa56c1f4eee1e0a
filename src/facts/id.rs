//! The form of the id that AWS gives to a resource, and that names no value of the user's own: `vpc-…`, `rslvr-fdl-…`.

/// How many digits stand behind a prefix: 8 or 17 of EC2's (Amazon EC2 User Guide, "Resource IDs"), and 16 of Route 53
/// Resolver's (AWS CDK, README of aws-route53resolver: `rslvr-fdl-2c46f2ecbfec4dcc`).
const DIGITS: &[usize] = &[8, 16, 17];
/// Ids of VPC Lattice, whose 17 characters are any letters and digits (VPC Lattice API Reference: `sn-[0-9a-z]{17}`).
const OF_LATTICE: &[&str] = &["sn-", "snva-", "snra-", "snsa-", "svc-", "rcfg-", "rgw-", "dv-"];
const LATTICE_DIGITS: usize = 17;
/// What ids of Route 53 Resolver and of Route 53 Profiles begin with. Of what follows, their API references give a
/// length only, and AWS's examples have letters that are no digits (AWS CLI Command Reference:
/// `rslvr-frg-47f93271fexample`, `rpassoc-489ce212fexample`).
const OF_ROUTE_53: &[&str] = &["rslvr-", "rp-", "rpassoc-", "rpr-", "rni-"];

/// The id that a text begins with: the length of its prefix, and of all of it.
pub fn at_start(text: &str) -> Option<(usize, usize)> {
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let of_prefix = |octet: &u8| octet.is_ascii_lowercase() || *octet == b'-';
    let prefix = text.bytes().take_while(of_prefix).count();
    // The digits may start with letters that are digits too.
    let (prefix, rest) = text.split_at(text[..prefix].rfind('-')? + 1);
    let length = rest
        .bytes()
        .take_while(|o| o.is_ascii_lowercase() || o.is_ascii_digit())
        .count();
    let (own, after) = rest.split_at(length);
    if after.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let is_id = if OF_LATTICE.contains(&prefix) {
        length == LATTICE_DIGITS
    } else {
        let is_digit = |o: u8| o.is_ascii_digit() || matches!(o, b'a'..=b'f');
        // Without a digit it is a word: `rslvr-autodefined-rr-internet-resolver` is the same in every account.
        let is_of_route_53 = OF_ROUTE_53.iter().any(|of| prefix.starts_with(of));
        DIGITS.contains(&length) && own.bytes().all(is_digit)
            || is_of_route_53 && own.bytes().any(|octet| octet.is_ascii_digit())
    };
    is_id.then_some((prefix.len(), prefix.len() + length))
}

/// Whether a text is an id and nothing else.
pub fn is_id(text: &str) -> bool {
    at_start(text).is_some_and(|(_, length)| length == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_known_by_its_form() {
        for id in [
            "vpc-1a2b3c4d",
            "subnet-0abc456789abcdef0",
            "eni-abcdef0123456789a",
            "cvpn-endpoint-0123456789abcdef6",
            "sn-0123456789abcdxyz",
            // AWS CDK's README, AWS's API references and the AWS CLI's examples.
            "rslvr-fdl-2c46f2ecbfec4dcc",
            "rslvr-frgassoc-57e8873d7example",
            "rslvr-frg-47f93271fexample",
            "rslvr-rrassoc-97242eaf88example",
            "rpassoc-489ce212fexample",
            "rp-4987774726example",
        ] {
            assert!(is_id(id), "{id}");
            for (behind, is_end) in [(" x", true), (".x", true), ("g", false), ("Z", false)] {
                let text = format!("{id}{behind}");
                let found = at_start(&text).map(|(_, length)| &text[..length]);
                assert_eq!(found == Some(id), is_end, "{text}");
            }
        }
        for none in [
            "",
            "-",
            "vpc",
            "vpc-",
            "vpc-1a2b3c4",
            "ns-1536",
            "VPC-1a2b3c4d",
            "0-1a2b3c4d",
            "rslvr-autodefined-rr-internet-resolver",
            "rslvr-fdl-",
            "<rslvr-fdl-id>",
            "sn-0123456789abcdef",
            "prod-2026",
            "ü-1a2b3c4d",
        ] {
            assert_eq!(at_start(none), None, "{none}");
        }
        assert_eq!(at_start("rslvr-in-0123456789abcdef2"), Some((9, 26)));
    }
}
