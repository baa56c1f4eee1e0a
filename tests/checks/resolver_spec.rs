//! What a user writes: `--resolver`, an address, `--via`, a host name.

use eks_dns_doctor::dns::Name;
use eks_dns_doctor::endpoint::EndpointName;
use eks_dns_doctor::resolvers::{parse_address, parse_resolver};
use eks_dns_doctor::via::Via;

use super::held;

pub(crate) fn check(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    match parse_resolver(&text) {
        Ok(resolver) => {
            let again = resolver.to_string();
            held::page(&again);
            assert_eq!(parse_resolver(&again), Ok(resolver), "{text:?}, {again:?}");
        }
        Err(error) => held::line(&error.to_string()),
    }
    match parse_address(&text) {
        Ok(address) => {
            let ip = address.ip();
            assert!(!ip.is_unspecified() && !ip.is_multicast() && address.port() > 0);
            assert_eq!(parse_address(&address.to_string()), Ok(address), "{text:?}");
            assert_eq!(parse_resolver(&text).map(|resolver| resolver.address), Ok(address));
        }
        Err(error) => held::line(&error.to_string()),
    }
    match text.parse::<Via>() {
        Ok(via) => {
            assert_eq!(via.to_string().parse().as_ref(), Ok(&via), "{text:?}");
            held::line(&via.place());
        }
        Err(error) => held::line(&error.to_string()),
    }
    match text.parse::<Name>() {
        Ok(name) => name_holds(&name),
        Err(error) => held::line(&error.to_string()),
    }
    if let Ok(name) = Name::from_host(&text) {
        assert_eq!(text.parse().as_ref(), Ok(&name));
        let plain = |octet: u8| octet.is_ascii_alphanumeric() || b".-_".contains(&octet);
        assert!(name.to_string().bytes().all(plain), "{name}");
    }
}

fn name_holds(name: &Name) {
    let shown = name.to_string();
    assert!(shown.bytes().all(|octet| octet.is_ascii_graphic()), "{shown:?}");
    let again: Name = shown.parse().expect("what is shown is a name");
    assert!(again.labels().eq(name.labels()), "{shown}");
    let whole: Name = name.to_fqdn().parse().expect("a name with its dot");
    assert_eq!(&whole, name);
    assert!(name.labels().all(|label| (1..=63).contains(&label.len())));
    let octets: usize = name.labels().map(|label| label.len() + 1).sum();
    assert!(octets < 255, "{shown}");
    assert_eq!(name.parent().is_none(), name.is_root());
    if let Some(parent) = name.parent() {
        assert!(name.is_within(&parent) && !parent.is_within(name));
    }
    if let Ok(endpoint) = EndpointName::parse(name) {
        assert!(name.is_within(&endpoint.regional_suffix));
        assert!(endpoint.regional_suffix.is_within(&endpoint.family_suffix));
        assert!(!endpoint.public_aws_names().is_empty());
    }
}
