//! What each resolver should have answered, and because of which fact.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::address::{AddressClass, embedded_ipv4, possibly_embedded_ipv4};
use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::facts::{Call, Facts, OtherServer, Vantage, VantageKind};
use crate::resolvers::{Resolver, Role};
use crate::settings::Asked;
use crate::stated::{self, stated};
use crate::target::{Scope, View};

/// What an answer should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Expected {
    /// Private, public, either, or not known.
    pub scope: Scope,
    /// The addresses it may hold: an answer within these is right, whichever and however many they are.
    pub addresses: Vec<IpAddr>,
    /// The networks they may be in.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub cidrs: Vec<IpNet>,
    /// The view that was asked for.
    pub view: Option<View>,
    /// Whether `cidrs` is only where the addresses must be, and not enough for a match: the VPC's networks
    /// where its interfaces are not known.
    pub cidrs_are_bounds: bool,
    /// Whether a public address is right here too.
    pub public_too: bool,
    /// Whether `addresses` are some of those that are right, and there may be more of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
    /// Of which families the name has addresses.
    #[serde(skip)]
    pub families: NameFamilies,
    /// Which fact says so.
    #[serde(flatten, with = "stated::always")]
    #[cfg_attr(test, schemars(with = "stated::Both<ExpectedSource>"))]
    pub source: ExpectedSource,
}

/// Which fact says what the answer should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ExpectedSource {
    /// None.
    Nothing,
    /// `--expect`.
    Expect,
    /// `--expect-scope`.
    ExpectScope,
    /// `--expect-view`.
    ExpectView,
    /// The cluster's private access is off.
    PrivateAccessOff,
    /// The cluster's network interfaces.
    Interfaces {
        /// Whether the user said the scope: the user's word stays the user's.
        scoped: bool,
        /// Where they are known from, where AWS was not asked now.
        origin: Option<String>,
        /// Whether public access is on, and public addresses are right as well.
        public_too: bool,
    },
    /// The networks of the cluster's VPC.
    Networks {
        /// Its id.
        vpc: String,
        /// Where they are known from, where AWS was not asked now.
        origin: Option<String>,
        /// Whether public access is on, and public addresses are right as well.
        public_too: bool,
    },
    /// The endpoint's private hosted zone, where no address is named one by one, and an answer has none of the zone's.
    PrivateZone {
        /// The names of the resolvers that show it.
        shown_by: String,
    },
    /// The resolver is a control: nothing is expected of it.
    Control,
    /// What its words say, which are all that is known of it.
    #[serde(skip)]
    InWords(String),
}

impl ExpectedSource {
    /// Whether it is what the user said.
    fn is_the_users(&self) -> bool {
        matches!(
            self,
            Self::Expect | Self::ExpectScope | Self::ExpectView | Self::Interfaces { scoped: true, .. }
        )
    }

    /// The same where public addresses are right as well.
    fn and_public(mut self) -> Self {
        if let Self::Interfaces { public_too, .. } | Self::Networks { public_too, .. } = &mut self {
            *public_too = true;
        }
        self
    }
}

impl fmt::Display for ExpectedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |f: &mut fmt::Formatter<'_>, origin: &Option<String>, public_too: bool| {
            if let Some(origin) = origin {
                write!(f, " ({origin})")?;
            }
            if public_too {
                f.write_str(", and the public endpoint: public access is on")?;
            }
            Ok(())
        };
        match self {
            Self::Nothing => f.write_str("nothing said"),
            Self::Expect => f.write_str("--expect"),
            Self::ExpectScope => f.write_str("--expect-scope"),
            Self::ExpectView => f.write_str("--expect-view"),
            Self::PrivateAccessOff => f.write_str("endpointPrivateAccess is off"),
            Self::Interfaces {
                scoped,
                origin,
                public_too,
            } => {
                f.write_str(if *scoped { "--expect-scope, " } else { "" })?;
                f.write_str("EKS network interfaces")?;
                known(f, origin, *public_too)
            }
            Self::Networks {
                vpc,
                origin,
                public_too,
            } => {
                write!(f, "the networks of {vpc}")?;
                known(f, origin, *public_too)
            }
            Self::PrivateZone { shown_by } => write!(f, "the private hosted zone, shown by {shown_by}"),
            Self::Control => f.write_str("a control"),
            Self::InWords(words) => f.write_str(words),
        }
    }
}

stated!(ExpectedSource: "source", "source_code");

/// Of which families a name has addresses, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameFamilies {
    /// The form says nothing, or IPv4.
    #[default]
    Unsaid,
    /// IPv4 and IPv6 (Amazon EKS User Guide, "Cluster API server endpoint": `api.aws`).
    Both,
}

impl NameFamilies {
    fn of(name: &Name) -> Self {
        match EndpointName::parse(name) {
            Ok(endpoint) if endpoint.is_dual_stack() => Self::Both,
            _ => Self::Unsaid,
        }
    }
}

/// What one address is to an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As expected.
    Expected,
    /// Cannot be told from what is known.
    Unsure,
    /// Not what was expected.
    Unexpected,
}

impl Expected {
    /// What the run as a whole expects: the user's word, else the cluster's interfaces, else the VPC's
    /// networks, else nothing. What is known of a cluster whose endpoint has another name is not expected of this
    /// one.
    pub fn derive(asked: &Asked, target: &Name, facts: &Facts) -> Self {
        let mut expected = Self {
            scope: asked.expect_scope.unwrap_or(Scope::Unknown),
            addresses: asked.expect_addresses.clone(),
            cidrs: asked.expect_cidrs.clone(),
            view: asked.expect_view,
            cidrs_are_bounds: false,
            public_too: false,
            at_least: false,
            families: NameFamilies::of(target),
            source: ExpectedSource::Nothing,
        };
        let has_addresses = !expected.addresses.is_empty() || !expected.cidrs.is_empty();
        if Self::is_said_by(asked) && has_addresses {
            expected.source = ExpectedSource::Expect;
            if expected.scope == Scope::Unknown {
                expected.scope = scope_of(&expected.addresses, &expected.cidrs);
            }
            return expected;
        }
        if Self::is_said_by(asked) {
            expected.source = ExpectedSource::ExpectScope;
            return expected;
        }
        // A cluster without an endpoint yet has none of this name either.
        let has_none_yet = facts
            .aws
            .cluster
            .as_ref()
            .is_some_and(|cluster| cluster.endpoint.is_none() && !cluster.is_active());
        if has_none_yet || facts.aws.is_of_another_endpoint(target) {
            if expected.scope != Scope::Unknown {
                expected.source = ExpectedSource::ExpectScope;
            } else if expected.view.is_some() {
                expected.source = ExpectedSource::ExpectView;
            }
            return expected;
        }
        let private_access = facts
            .aws
            .cluster
            .as_ref()
            .and_then(|cluster| cluster.endpoint_private_access);
        if private_access == Some(false) && expected.scope == Scope::Unknown {
            expected.scope = Scope::Public;
            expected.source = ExpectedSource::PrivateAccessOff;
            return expected;
        }
        let interfaces = interfaces_behind(target, facts);
        if !interfaces.is_empty() {
            expected.scope = Scope::Private;
            expected.addresses = interfaces;
            expected.at_least = facts.aws.is_part(Call::DescribeNetworkInterfaces);
            expected.source = ExpectedSource::Interfaces {
                scoped: asked.expect_scope.is_some(),
                origin: facts.aws.origin.clone(),
                public_too: false,
            };
        } else if let Some(vpc) = &facts.aws.vpc
            && !vpc.cidrs.is_empty()
        {
            expected.scope = Scope::Private;
            expected.cidrs.clone_from(&vpc.cidrs);
            expected.cidrs_are_bounds = true;
            expected.source = ExpectedSource::Networks {
                vpc: vpc.id.clone(),
                origin: facts.aws.origin.clone(),
                public_too: false,
            };
        } else if expected.scope != Scope::Unknown {
            expected.source = ExpectedSource::ExpectScope;
        } else if expected.view.is_some() {
            expected.source = ExpectedSource::ExpectView;
        }
        expected
    }

    /// Whether the flags say all of it, so that no fact changes what is expected.
    pub fn is_said_by(asked: &Asked) -> bool {
        !asked.expect_addresses.is_empty()
            || !asked.expect_cidrs.is_empty()
            || asked.expect_scope == Some(Scope::Public)
    }

    /// What one resolver of the run should answer.
    ///
    /// A public resolver is a control: whatever it says is evidence. With public and private access both on,
    /// only resolvers that take the name from the cluster's VPC give private addresses; everybody else gets
    /// public ones (Amazon EKS User Guide, "Cluster API server endpoint"), and both are right there.
    #[must_use]
    pub fn for_resolver(&self, resolver: &Resolver, facts: &Facts, vantage: &Vantage) -> Self {
        if resolver.role == Role::Public && resolver.also.is_empty() {
            return Self {
                scope: Scope::Any,
                view: None,
                source: ExpectedSource::Control,
                ..self.clone()
            };
        }
        let both = facts.aws.cluster.as_ref().is_some_and(|cluster| {
            cluster.endpoint_public_access == Some(true) && cluster.endpoint_private_access == Some(true)
        });
        // Whoever names an inbound endpoint means the way into the cluster's VPC, wherever it stands.
        let is_meant = resolver.in_scope && resolver.role == Role::Inbound;
        let inside = resolver.is_vpc_side() || is_meant || vantage.kind == VantageKind::ClusterVpc;
        if both && !inside && !self.source.is_the_users() && self.scope == Scope::Private {
            return Self {
                scope: Scope::Any,
                public_too: true,
                source: self.source.clone().and_public(),
                ..self.clone()
            };
        }
        if resolver.role == Role::Os {
            // getaddrinfo hands out addresses only: nothing in it can show a view.
            return Self {
                view: None,
                ..self.clone()
            };
        }
        self.clone()
    }

    /// Whether anything is known that an address can be compared with.
    pub fn says_anything(&self) -> bool {
        matches!(self.scope, Scope::Private | Scope::Public) || !self.addresses.is_empty() || !self.cidrs.is_empty()
    }

    /// Whether addresses of a family are among what is expected: IPv4, or else IPv6. A scope alone is about both.
    pub fn speaks_of(&self, v4: bool) -> bool {
        let addresses = self.addresses.iter().map(IpAddr::is_ipv4);
        let mut families = addresses
            .chain(self.cidrs.iter().map(|cidr| cidr.addr().is_ipv4()))
            .peekable();
        families.peek().is_none() && matches!(self.scope, Scope::Private | Scope::Public)
            || families.any(|family| family == v4)
    }

    /// Whether the address itself is named, and not a network with others in it.
    pub fn names(&self, ip: IpAddr) -> bool {
        let is_it = |cidr: &IpNet| cidr.prefix_len() == cidr.max_prefix_len() && cidr.contains(&ip);
        self.addresses.contains(&ip) || !self.cidrs_are_bounds && self.cidrs.iter().any(is_it)
    }

    /// The same where an address is not right for the network that it is in.
    #[must_use]
    pub fn without_networks(&self) -> Self {
        Self {
            cidrs: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether the address is one of those, or in one of the networks, that make a match.
    pub fn lists(&self, ip: IpAddr) -> bool {
        self.addresses.contains(&ip) || (!self.cidrs_are_bounds && self.cidrs.iter().any(|cidr| cidr.contains(&ip)))
    }

    /// Whether it is what files say of all of the cluster's network interfaces, which may have been replaced since.
    pub fn is_of_saved_interfaces(&self) -> bool {
        let is_of_files = matches!(
            self.source,
            ExpectedSource::Interfaces {
                scoped: false,
                origin: Some(_),
                ..
            }
        );
        is_of_files && !self.at_least
    }

    /// What kubectl goes to in place of what the endpoint's name resolves to, where nothing in this run shows whether
    /// that is the cluster: another name, which nobody was asked for, or an address that is not an expected one.
    /// `given`: what resolvers in scope gave, and nothing speaks against.
    pub fn server_not_checked(&self, target: &Name, facts: &Facts, given: &BTreeSet<IpAddr>) -> Option<OtherServer> {
        let kubeconfig = facts.host.kubeconfig.as_ref()?;
        let name = kubeconfig.name_in_place_of(target).map(OtherServer::Name);
        name.or_else(|| {
            let address = kubeconfig.address_in_place_of_a_lookup()?;
            // A network, or a scope, has others than the cluster's in it.
            let is_known = self.names(address) || given.contains(&address);
            (!is_known).then_some(OtherServer::Address(address))
        })
    }

    /// The class of an address in view of what is expected.
    pub fn class_of(&self, ip: IpAddr, facts: &Facts) -> AddressClass {
        if self.lists(ip) {
            return AddressClass::Expected;
        }
        let bounds = if self.cidrs_are_bounds {
            self.cidrs.as_slice()
        } else {
            &[]
        };
        let vpc = facts.aws.vpc.iter().flat_map(|vpc| &vpc.cidrs);
        if bounds.iter().chain(vpc).any(|cidr| cidr.contains(&ip)) {
            return AddressClass::InVpc;
        }
        match ip {
            IpAddr::V6(v6) if self.wrapped(v6).is_some() => AddressClass::Nat64,
            _ => AddressClass::of(ip),
        }
    }

    /// The expected IPv4 address that DNS64 wrapped in this one, whatever the prefix is. A private IPv4 address must
    /// not be in the well-known one (RFC 6052 section 3.1), so the network has one of its own. No such prefix is among
    /// the addresses of one link or of a group, nor in ::/80, where IPv4 addresses are written as IPv6 ones
    /// (RFC 4291 section 2.5.5).
    pub fn wrapped(&self, ip: Ipv6Addr) -> Option<Ipv4Addr> {
        let may_be_routed = matches!(
            AddressClass::of(ip.into()),
            AddressClass::Public | AddressClass::Private
        );
        if !may_be_routed || ip.is_multicast() || ip.segments()[..5] == [0; 5] {
            return None;
        }
        possibly_embedded_ipv4(ip).find(|v4| self.addresses.contains(&IpAddr::V4(*v4)))
    }

    /// How one address fits. The order of the arms is the order of the decision.
    pub fn fit(&self, ip: IpAddr, facts: &Facts) -> Fit {
        let class = self.class_of(ip, facts);
        let listed = !self.addresses.is_empty() || (!self.cidrs.is_empty() && !self.cidrs_are_bounds);
        // A name of both families has addresses of the other one too, and nobody said which.
        let is_of_an_unsaid_family = self.families == NameFamilies::Both && listed && !self.speaks_of(ip.is_ipv4());
        match class {
            AddressClass::Expected => Fit::Expected,
            AddressClass::Sinkhole | AddressClass::Loopback | AddressClass::LinkLocal => Fit::Unexpected,
            AddressClass::Nat64 => match ip {
                IpAddr::V6(v6) => {
                    let inside = self.wrapped(v6).or_else(|| embedded_ipv4(v6));
                    inside.map_or(Fit::Unexpected, |v4| self.fit(v4.into(), facts))
                }
                IpAddr::V4(_) => Fit::Unexpected,
            },
            AddressClass::InVpc if self.scope == Scope::Public => Fit::Unexpected,
            AddressClass::InVpc | AddressClass::Private | AddressClass::Public if is_of_an_unsaid_family => Fit::Unsure,
            // It may be one of those that the list does not have.
            AddressClass::InVpc if self.at_least => Fit::Unsure,
            AddressClass::Private if self.at_least && facts.aws.vpc.is_none() => Fit::Unsure,
            AddressClass::InVpc if listed => Fit::Unexpected,
            AddressClass::InVpc => Fit::Unsure,
            // A synthetic address of a zero-trust client stands for the real one; which, it does not say.
            class if class.may_stand_for_another() && self.scope != Scope::Public => Fit::Unsure,
            AddressClass::Public if self.public_too => Fit::Expected,
            AddressClass::Public if self.scope == Scope::Public && !listed => Fit::Expected,
            // The private side of a dual-stack name has IPv6 addresses of the VPC, which look public.
            AddressClass::Public
                if self.scope == Scope::Private && !listed && ip.is_ipv6() && self.families == NameFamilies::Both =>
            {
                Fit::Unsure
            }
            AddressClass::Private if self.scope == Scope::Private && !listed && !self.cidrs_are_bounds => Fit::Expected,
            _ => Fit::Unexpected,
        }
    }
}

/// The addresses of the cluster's interfaces that its endpoint's name has: IPv4, and IPv6 where the name is of the
/// dual-stack form (Amazon EKS User Guide, "Cluster API server endpoint": an IPv6 cluster from before October 2024
/// has a name of the other form, which has IPv4 addresses only). Where the form does not say, `ipFamily` does.
fn interfaces_behind(target: &Name, facts: &Facts) -> Vec<IpAddr> {
    let family = facts
        .aws
        .cluster
        .as_ref()
        .and_then(|cluster| cluster.ip_family.as_deref());
    let only_v4 = match EndpointName::parse(target) {
        Ok(endpoint) => !endpoint.is_dual_stack(),
        Err(_) => family == Some("ipv4"),
    };
    let all = facts
        .aws
        .interfaces
        .iter()
        .flatten()
        .flat_map(|interface| interface.addresses.iter().copied());
    all.filter(|ip| ip.is_ipv4() || !only_v4).collect()
}

fn scope_of(addresses: &[IpAddr], cidrs: &[IpNet]) -> Scope {
    let all = || {
        addresses
            .iter()
            .copied()
            .chain(cidrs.iter().map(IpNet::network))
            .map(AddressClass::of)
    };
    if all().all(AddressClass::is_private_side) {
        Scope::Private
    } else if all().all(|class| class == AddressClass::Public) {
        Scope::Public
    } else {
        Scope::Any
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::facts::{AwsFacts, Cluster, NetworkInterface};

    const ID: &str = "0123456789ABCDEF0123456789ABCDEF";

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn facts(cluster: Cluster) -> Facts {
        let interface = NetworkInterface {
            id: "eni-1".to_owned(),
            addresses: vec![ip("192.168.104.190"), ip("2001:db8:1::190")],
        };
        Facts {
            aws: AwsFacts {
                cluster: Some(cluster),
                interfaces: Some(vec![interface]),
                ..AwsFacts::default()
            },
            ..Facts::default()
        }
    }

    fn expected(target: &str, family: Option<&str>) -> Expected {
        let cluster = Cluster {
            endpoint: Some(format!("https://{target}")),
            ip_family: family.map(str::to_owned),
            ..Cluster::default()
        };
        let target = target.parse().unwrap();
        Expected::derive(&Asked::default(), &target, &facts(cluster))
    }

    #[test]
    fn ipv6_addresses_are_expected_of_dual_stack_names_alone() {
        let v4 = vec![ip("192.168.104.190")];
        let both = vec![ip("192.168.104.190"), ip("2001:db8:1::190")];
        let old = format!("{ID}.yl4.ap-northeast-1.eks.amazonaws.com");
        let china = format!("{ID}.gr7.cn-northwest-1.eks.amazonaws.com.cn");
        let new = format!("{ID}.sk1.eks-cluster.us-east-1.api.aws");
        let china_new = format!("{ID}.sk1.eks-cluster.cn-northwest-1.api.amazonwebservices.com.cn");
        assert_eq!(expected(&old, None).addresses, v4);
        assert_eq!(expected(&china, None).addresses, v4);
        // An IPv6 cluster from before October 2024.
        assert_eq!(expected(&old, Some("ipv6")).addresses, v4);
        assert_eq!(expected(&new, Some("ipv6")).addresses, both);
        assert_eq!(expected(&china_new, None).addresses, both);
        // The form does not say.
        assert_eq!(expected("api.corp.example", Some("ipv4")).addresses, v4);
        assert_eq!(expected("api.corp.example", Some("ipv6")).addresses, both);
    }

    #[test]
    fn nothing_of_a_cluster_without_this_endpoint_is_expected() {
        let target: Name = format!("{ID}.yl4.ap-northeast-1.eks.amazonaws.com").parse().unwrap();
        let creating = Cluster {
            status: Some("CREATING".to_owned()),
            ..Cluster::default()
        };
        let other = Cluster {
            endpoint: Some("https://other.yl4.ap-northeast-1.eks.amazonaws.com".to_owned()),
            status: Some("ACTIVE".to_owned()),
            ..Cluster::default()
        };
        for cluster in [creating, other] {
            let expected = Expected::derive(&Asked::default(), &target, &facts(cluster));
            assert_eq!(expected.scope, Scope::Unknown);
            assert!(!expected.says_anything());
        }
    }

    #[test]
    fn a_part_of_the_interfaces_is_a_lower_bound() {
        let target: Name = format!("{ID}.yl4.ap-northeast-1.eks.amazonaws.com").parse().unwrap();
        let cluster = Cluster {
            endpoint: Some(format!("https://{target}")),
            ..Cluster::default()
        };
        let mut facts = facts(cluster);
        let fit = |facts: &Facts, address| {
            let expected = Expected::derive(&Asked::default(), &target, facts);
            (expected.at_least, expected.fit(ip(address), facts))
        };
        assert_eq!(fit(&facts, "192.168.7.7"), (false, Fit::Unexpected));
        facts.aws.partial = vec![Call::DescribeNetworkInterfaces];
        assert_eq!(fit(&facts, "192.168.104.190"), (true, Fit::Expected));
        assert_eq!(fit(&facts, "192.168.7.7"), (true, Fit::Unsure));
        // What no list could hold stays wrong.
        assert_eq!(fit(&facts, "0.0.0.0"), (true, Fit::Unexpected));
        assert_eq!(fit(&facts, "8.8.8.8"), (true, Fit::Unexpected));
        facts.aws.vpc = Some(crate::facts::Vpc {
            id: "vpc-1".to_owned(),
            cidrs: vec!["192.168.0.0/16".parse().unwrap()],
            ..crate::facts::Vpc::default()
        });
        assert_eq!(fit(&facts, "192.168.7.7"), (true, Fit::Unsure));
        assert_eq!(fit(&facts, "10.9.9.9"), (true, Fit::Unexpected));
    }

    #[test]
    fn an_address_outside_rfc_1918_is_the_vpcs_where_its_networks_say_so() {
        let target: Name = format!("{ID}.yl4.ap-northeast-1.eks.amazonaws.com").parse().unwrap();
        let mut facts = Facts::default();
        facts.aws.vpc = Some(crate::facts::Vpc {
            id: "vpc-1".to_owned(),
            cidrs: vec!["198.51.100.0/24".parse().unwrap(), "100.64.0.0/16".parse().unwrap()],
            ..crate::facts::Vpc::default()
        });
        let expected = Expected::derive(&Asked::default(), &target, &facts);
        for inside in ["198.51.100.7", "100.64.3.3"] {
            assert_eq!(expected.class_of(ip(inside), &facts), AddressClass::InVpc);
            assert_eq!(expected.fit(ip(inside), &facts), Fit::Unsure);
        }
        assert_eq!(expected.fit(ip("198.51.101.7"), &facts), Fit::Unexpected);
    }
}
