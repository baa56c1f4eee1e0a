//! What kind of address an answer holds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// The class of an address in an answer. `expected` and `in-vpc` depend on what was expected; the others
/// on the address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AddressClass {
    /// One of the addresses, or in one of the networks, that the answer should have.
    Expected,
    /// In the cluster's VPC, but not an address that the cluster has now.
    InVpc,
    /// Private: RFC 1918, or a unique local IPv6 address (RFC 4193).
    Private,
    /// Shared address space 100.64.0.0/10 (RFC 6598): carrier NAT, and the pools of zero-trust clients.
    Cgnat,
    /// 198.18.0.0/15, for benchmarks (RFC 2544), not routed on the internet (RFC 6890): proxies take synthetic
    /// addresses from it (sing-box and mihomo, "fakeip"), and EKS takes 198.19.0.0/16 in a VPC ("Amazon EKS Now
    /// Supports Additional VPC CIDR Blocks", AWS, October 2018).
    Benchmark,
    /// Anything that is routed on the internet.
    Public,
    /// The unspecified address, or one of Cisco Umbrella's block pages (146.112.0.0/16).
    Sinkhole,
    /// An IPv4 address wrapped by DNS64 (RFC 6052): in the well-known prefix 64:ff9b::/96, or one that is expected in
    /// any.
    Nat64,
    /// Loopback.
    Loopback,
    /// Link-local (RFC 3927, RFC 4291).
    LinkLocal,
}

impl AddressClass {
    /// The class by the address alone.
    pub fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => Self::of_v6(v6),
        }
    }

    fn of_v4(ip: Ipv4Addr) -> Self {
        let octets = ip.octets();
        match octets {
            // 0.0.0.0/8 is "this network": never a destination (RFC 1122 section 3.2.1.3).
            [0, ..] => Self::Sinkhole,
            _ if is_umbrella_block_page(IpAddr::V4(ip)) => Self::Sinkhole,
            [127, ..] => Self::Loopback,
            [169, 254, ..] => Self::LinkLocal,
            [100, second, ..] if second & 0xc0 == 64 => Self::Cgnat,
            [198, 18 | 19, ..] => Self::Benchmark,
            _ if ip.is_private() => Self::Private,
            _ => Self::Public,
        }
    }

    fn of_v6(ip: Ipv6Addr) -> Self {
        if ip.is_unspecified() {
            Self::Sinkhole
        } else if ip.is_loopback() {
            Self::Loopback
        } else if let Some(v4) = ip.to_ipv4_mapped() {
            Self::of_v4(v4)
        } else if embedded_ipv4(ip).is_some() {
            Self::Nat64
        } else if ip.is_unique_local() {
            Self::Private
        } else if ip.is_unicast_link_local() {
            Self::LinkLocal
        } else {
            Self::Public
        }
    }

    /// Whether an endpoint inside a VPC can have such an address without being publicly routed.
    pub fn is_private_side(self) -> bool {
        matches!(self, Self::Expected | Self::InVpc | Self::Private) || self.may_stand_for_another()
    }

    /// Whether it is of a range that zero-trust clients and proxies take synthetic addresses from. A VPC may have it
    /// too.
    pub fn may_stand_for_another(self) -> bool {
        matches!(self, Self::Cgnat | Self::Benchmark)
    }

    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::InVpc => "in-vpc",
            Self::Private => "private",
            Self::Cgnat => "cgnat",
            Self::Benchmark => "benchmark",
            Self::Public => "public",
            Self::Sinkhole => "sinkhole",
            Self::Nat64 => "nat64",
            Self::Loopback => "loopback",
            Self::LinkLocal => "link-local",
        }
    }
}

/// The IPv4 address that DNS64 wrapped in the well-known prefix (RFC 6052 section 2.2, RFC 6147).
pub fn embedded_ipv4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = ip.segments();
    (segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0]).then(|| {
        let [.., a, b, c, d] = ip.octets();
        Ipv4Addr::new(a, b, c, d)
    })
}

/// The IPv4 addresses that DNS64 may have wrapped, whatever its prefix is: one for each length of a prefix (RFC 6052
/// section 2.2). The octet of bits 64 to 71 is zero, and so is what stands behind the IPv4 address.
pub fn possibly_embedded_ipv4(ip: Ipv6Addr) -> impl Iterator<Item = Ipv4Addr> {
    // Of a prefix of 32, 40, 48, 56, 64 and 96 bits: where the four octets are.
    const LAYOUTS: [[usize; 4]; 6] = [
        [4, 5, 6, 7],
        [5, 6, 7, 9],
        [6, 7, 9, 10],
        [7, 9, 10, 11],
        [9, 10, 11, 12],
        [12, 13, 14, 15],
    ];
    let octets = ip.octets();
    let in_layout = move |at: [usize; 4]| {
        let is_empty_behind = octets[at[3] + 1..].iter().all(|octet| *octet == 0);
        (octets[8] == 0 && is_empty_behind).then(|| Ipv4Addr::from(at.map(|index| octets[index])))
    };
    LAYOUTS.into_iter().filter_map(in_layout)
}

/// Whether it is of the network of Cisco Umbrella's block pages, 146.112.0.0/16.
pub fn is_umbrella_block_page(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V4(v4) if matches!(v4.octets(), [146, 112, ..]))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn classes_by_address() {
        for (ip, class) in [
            ("10.0.1.10", AddressClass::Private),
            ("172.16.0.1", AddressClass::Private),
            ("172.32.0.1", AddressClass::Public),
            ("100.64.3.4", AddressClass::Cgnat),
            ("100.128.3.4", AddressClass::Public),
            ("198.18.0.5", AddressClass::Benchmark),
            ("198.20.0.5", AddressClass::Public),
            ("0.0.0.0", AddressClass::Sinkhole),
            ("146.112.61.104", AddressClass::Sinkhole),
            ("127.0.0.1", AddressClass::Loopback),
            ("169.254.1.1", AddressClass::LinkLocal),
            ("52.1.2.3", AddressClass::Public),
            ("::", AddressClass::Sinkhole),
            ("::1", AddressClass::Loopback),
            ("fd00::1", AddressClass::Private),
            ("fe80::1", AddressClass::LinkLocal),
            ("64:ff9b::c0a8:1", AddressClass::Nat64),
            ("::ffff:10.0.0.1", AddressClass::Private),
            ("2600:1f14::1", AddressClass::Public),
        ] {
            assert_eq!(AddressClass::of(ip.parse().unwrap()), class, "{ip}");
        }
    }

    #[test]
    fn dns64_is_unwrapped() {
        assert_eq!(
            embedded_ipv4("64:ff9b::192.168.104.190".parse().unwrap()),
            Some(Ipv4Addr::new(192, 168, 104, 190))
        );
        assert_eq!(embedded_ipv4("2001:db8::1".parse().unwrap()), None);
    }

    /// The examples of RFC 6052 section 2.4.
    #[test]
    fn dns64_is_unwrapped_from_any_prefix() {
        let inside = Ipv4Addr::new(192, 0, 2, 33);
        for text in [
            "2001:db8:c000:221::",
            "2001:db8:1c0:2:21::",
            "2001:db8:122:c000:2:2100::",
            "2001:db8:122:3c0:0:221::",
            "2001:db8:122:344:c0:2:2100::",
            "2001:db8:122:344::192.0.2.33",
            "64:ff9b::192.0.2.33",
        ] {
            let mut found = possibly_embedded_ipv4(text.parse().unwrap());
            assert!(found.any(|ip| ip == inside), "{text}");
        }
        for text in ["2001:db8:122:344:100::192.0.2.33", "2001:db8:c000:221::1"] {
            let mut found = possibly_embedded_ipv4(text.parse().unwrap());
            assert!(found.all(|ip| ip != inside), "{text}");
        }
    }
}
