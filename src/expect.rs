//! What each resolver should have answered, and because of which fact.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::address::{AddressClass, embedded_ipv4};
use crate::dns::Name;
use crate::facts::{Facts, Vantage, VantageKind};
use crate::resolvers::{Resolver, Role};
use crate::settings::{Asked, Scope, View};

/// What an answer should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Private, public, either, or not known.
    pub scope: Scope,
    /// The addresses it may hold: an answer within these is right, whichever and however many they are.
    pub addresses: Vec<IpAddr>,
    /// The networks they may be in.
    pub cidrs: Vec<IpNet>,
    /// The view that was asked for.
    pub view: Option<View>,
    /// Whether `cidrs` is only where the addresses must be, and not enough for a match: the VPC's networks
    /// where its interfaces are not known.
    pub cidrs_are_bounds: bool,
    /// Whether a public address is right here too.
    pub public_too: bool,
    /// Which fact says so.
    pub source: String,
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
            source: "nothing said".to_owned(),
        };
        if !expected.addresses.is_empty() || !expected.cidrs.is_empty() {
            "--expect".clone_into(&mut expected.source);
            if expected.scope == Scope::Unknown {
                expected.scope = scope_of(&expected.addresses, &expected.cidrs);
            }
            return expected;
        }
        if expected.scope == Scope::Public {
            "--expect-scope".clone_into(&mut expected.source);
            return expected;
        }
        if facts.is_of_another_endpoint(target) {
            if expected.scope != Scope::Unknown {
                "--expect-scope".clone_into(&mut expected.source);
            } else if expected.view.is_some() {
                "--expect-view".clone_into(&mut expected.source);
            }
            return expected;
        }
        let from = |fact: &str| match &facts.origin {
            Some(origin) => format!("{fact} ({origin})"),
            None => fact.to_owned(),
        };
        let private_access = facts
            .cluster
            .as_ref()
            .and_then(|cluster| cluster.endpoint_private_access);
        if private_access == Some(false) && expected.scope == Scope::Unknown {
            expected.scope = Scope::Public;
            "endpointPrivateAccess is off".clone_into(&mut expected.source);
            return expected;
        }
        let interfaces: Vec<IpAddr> = facts
            .interfaces
            .iter()
            .flatten()
            .flat_map(|interface| interface.addresses.iter().copied())
            .collect();
        if !interfaces.is_empty() {
            expected.scope = Scope::Private;
            expected.addresses = interfaces;
            // The user's word on the scope stays the user's.
            let scoped = asked.expect_scope.map_or("", |_| "--expect-scope, ");
            expected.source = format!("{scoped}{}", from("EKS network interfaces"));
        } else if let Some(vpc) = &facts.vpc
            && !vpc.cidrs.is_empty()
        {
            expected.scope = Scope::Private;
            expected.cidrs.clone_from(&vpc.cidrs);
            expected.cidrs_are_bounds = true;
            expected.source = from(&format!("the networks of {}", vpc.id));
        } else if expected.scope != Scope::Unknown {
            "--expect-scope".clone_into(&mut expected.source);
        } else if expected.view.is_some() {
            "--expect-view".clone_into(&mut expected.source);
        }
        expected
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
                source: "a control".to_owned(),
                ..self.clone()
            };
        }
        let from_flags = self.source.starts_with("--");
        let both = facts.cluster.as_ref().is_some_and(|cluster| {
            cluster.endpoint_public_access == Some(true)
                && cluster.endpoint_private_access == Some(true)
        });
        // Whoever names an inbound endpoint means the way into the cluster's VPC, wherever it stands.
        let is_meant = resolver.in_scope && resolver.role == Role::Inbound;
        let inside = resolver.is_vpc_side() || is_meant || vantage.kind == VantageKind::ClusterVpc;
        if both && !inside && !from_flags && self.scope == Scope::Private {
            return Self {
                scope: Scope::Any,
                public_too: true,
                source: format!(
                    "{}, and the public endpoint: public access is on",
                    self.source
                ),
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
        matches!(self.scope, Scope::Private | Scope::Public)
            || !self.addresses.is_empty()
            || !self.cidrs.is_empty()
    }

    /// Whether the address is one of those, or in one of the networks, that make a match.
    pub fn lists(&self, ip: IpAddr) -> bool {
        self.addresses.contains(&ip)
            || (!self.cidrs_are_bounds && self.cidrs.iter().any(|cidr| cidr.contains(&ip)))
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
        let vpc = facts.vpc.iter().flat_map(|vpc| &vpc.cidrs);
        if bounds.iter().chain(vpc).any(|cidr| cidr.contains(&ip)) {
            return AddressClass::InVpc;
        }
        AddressClass::of(ip)
    }

    /// How one address fits.
    pub fn fit(&self, ip: IpAddr, facts: &Facts) -> Fit {
        let class = self.class_of(ip, facts);
        let listed =
            !self.addresses.is_empty() || (!self.cidrs.is_empty() && !self.cidrs_are_bounds);
        match class {
            AddressClass::Expected => Fit::Expected,
            AddressClass::Sinkhole | AddressClass::Loopback | AddressClass::LinkLocal => {
                Fit::Unexpected
            }
            AddressClass::Nat64 => match ip {
                IpAddr::V6(v6) => {
                    embedded_ipv4(v6).map_or(Fit::Unexpected, |v4| self.fit(v4.into(), facts))
                }
                IpAddr::V4(_) => Fit::Unexpected,
            },
            AddressClass::InVpc if self.scope == Scope::Public => Fit::Unexpected,
            AddressClass::InVpc if listed => Fit::Unexpected,
            AddressClass::InVpc => Fit::Unsure,
            // A synthetic address of a zero-trust client stands for the real one; which, it does not say.
            AddressClass::Cgnat if self.scope != Scope::Public => Fit::Unsure,
            AddressClass::Public if self.public_too => Fit::Expected,
            AddressClass::Public if self.scope == Scope::Public && !listed => Fit::Expected,
            AddressClass::Private
                if self.scope == Scope::Private && !listed && !self.cidrs_are_bounds =>
            {
                Fit::Expected
            }
            _ => Fit::Unexpected,
        }
    }
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
