//! Endpoints by number, and the address that each has.

/// The zone that all of them are in.
pub(crate) const ZONE: &str = "yl4.ap-northeast-1.eks.amazonaws.com";

/// The endpoint of this number.
pub(crate) fn host(number: usize) -> String {
    format!("{number:032X}.{ZONE}")
}

/// The address of an endpoint.
pub(crate) fn address(number: usize) -> [u8; 4] {
    let [.., high, low] = number.to_be_bytes();
    [10, 1, high, low]
}

/// An address as it is written.
pub(crate) fn shown(address: [u8; 4]) -> String {
    address.map(|octet| octet.to_string()).join(".")
}
