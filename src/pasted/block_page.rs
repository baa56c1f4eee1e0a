//! Addresses of the pages that filters show in the place of what they block.

use std::net::IpAddr;

/// Whose block page has an address, and why that decides.
pub(super) fn of(ip: IpAddr) -> Option<String> {
    // Cisco, "Learn the Umbrella Block Page IP Addresses" (document 224799): of A records, and mapped ones of AAAA.
    let is_of_umbrella = matches!(
        ip.to_canonical(),
        IpAddr::V4(ip) if matches!(ip.octets(), [146, 112, 61, 104..=108 | 110])
    );
    is_of_umbrella.then(|| format!("{ip} is an address of Cisco Umbrella's block page, and of no cluster"))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_list_is_ciscos() {
        for (ip, is_one) in [
            ("146.112.61.104", true),
            ("146.112.61.108", true),
            ("::ffff:146.112.61.110", true),
            ("146.112.61.109", false),
            ("146.112.61.103", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(of(ip.parse().expect("an address")).is_some(), is_one, "{ip}");
        }
    }
}
