//! What several rules read from Route 53 Resolver's configuration, in one place: which inbound endpoints there are,
//! what was observed of them, and which rule or zone takes the name in a VPC.

use std::net::IpAddr;

use super::forward;
use crate::decides::{self, Configuration};
use crate::dns::Name;
use crate::facts::{Call, EndpointAddress, HostedZone, ResolverEndpoint, ResolverRule, zone_id};
use crate::resolvers::Role;
use crate::rules::{Case, Severity, Subject};

/// An inbound endpoint, of whichever kind, with the resolvers of this run that are its addresses.
#[derive(Debug)]
pub(in crate::rules) struct Inbound<'c, 'a> {
    /// As AWS lists it.
    pub endpoint: &'a ResolverEndpoint,
    /// Its addresses, as far as they were asked.
    pub subjects: Vec<&'c Subject<'a>>,
    /// Whether it stands in the cluster's VPC; `None` where that VPC, or its own, is not known.
    pub of_cluster: Option<bool>,
}

/// The inbound endpoints that the account can see.
pub(in crate::rules) fn inbound_endpoints<'c, 'a>(case: &'c Case<'a>) -> Vec<Inbound<'c, 'a>> {
    let cluster = case.cluster_vpc_id();
    case.resolver_endpoints()
        .into_iter()
        .flatten()
        .filter(|endpoint| endpoint.is_inbound_of_any_kind())
        .map(|endpoint| {
            let known = endpoint.vpc_id.as_deref().zip(cluster);
            Inbound {
                endpoint,
                subjects: case
                    .subjects()
                    .filter(|subject| subject.ip().is_some_and(|ip| has_address(endpoint, ip)))
                    .collect(),
                of_cluster: known.map(|(one, other)| one == other),
            }
        })
        .collect()
}

/// Those that matter here: in the cluster's VPC, or asked because somebody depends on them.
pub(in crate::rules) fn inbound_that_matter<'c, 'a>(case: &'c Case<'a>) -> Vec<Inbound<'c, 'a>> {
    let mut endpoints = inbound_endpoints(case);
    endpoints.retain(|inbound| inbound.of_cluster == Some(true) || inbound.is_depended_on());
    endpoints
}

/// Whether it is one of the endpoint's addresses.
pub(in crate::rules) fn has_address(endpoint: &ResolverEndpoint, ip: IpAddr) -> bool {
    let mut addresses = endpoint.addresses.iter().flatten();
    addresses.any(|address| address.ip == ip)
}

impl<'c, 'a> Inbound<'c, 'a> {
    /// `rslvr-in-… (name)`.
    pub(in crate::rules) fn title(&self) -> String {
        match self.endpoint.name.as_deref() {
            Some(name) if !name.is_empty() => format!("{} ({name})", self.endpoint.id),
            _ => self.endpoint.id.clone(),
        }
    }

    /// Whether a name server can forward to it over plain DNS.
    pub(in crate::rules) fn is_target(&self) -> bool {
        self.endpoint.is_inbound() && self.endpoint.speaks_do53()
    }

    /// Its status, where that is not the good one.
    pub(in crate::rules) fn bad_status(&self) -> Option<&'a str> {
        let status = self.endpoint.status.as_deref();
        status.filter(|status| *status != "OPERATIONAL")
    }

    /// Its addresses whose status is known and not the good one.
    pub(in crate::rules) fn bad_addresses(&self) -> impl Iterator<Item = &'a EndpointAddress> + use<'a> {
        self.endpoint.addresses.iter().flatten().filter(|address| {
            let status = address.status.as_deref();
            status.is_some_and(|status| status != "ATTACHED")
        })
    }

    /// Whether an address of its own decides the conclusion.
    pub(in crate::rules) fn is_depended_on(&self) -> bool {
        let mut subjects = self.subjects.iter();
        subjects.any(|subject| subject.probed.resolver.in_scope)
    }

    /// Those of its addresses that this fault keeps from being heard: `heard` says how.
    pub(in crate::rules) fn unheard(&self, heard: impl Fn(&Subject<'a>) -> bool) -> Vec<&'c Subject<'a>> {
        let subjects = self.subjects.iter().copied();
        subjects
            .filter(|subject| !subject.probed.interrupted && !heard(subject))
            .collect()
    }
}

/// The effect of a fault of an inbound endpoint.
#[derive(Debug)]
pub(in crate::rules) struct InboundFaultEffect<'c, 'a> {
    /// How bad.
    pub severity: Severity,
    /// Who feels it: the endpoint's own addresses that were not heard, and those who seem to forward to it.
    pub subjects: Vec<&'c Subject<'a>>,
    /// Those who seem to forward to it.
    pub forwarders: Vec<&'c Subject<'a>>,
}

/// What a fault does that keeps some addresses of an endpoint from being heard. It is an error where somebody
/// depends on the address, or where a resolver's forward ends in silence and no address of the endpoint is heard;
/// else it is only configured so.
pub(in crate::rules) fn effect<'c, 'a>(
    case: &'c Case<'a>,
    inbound: &Inbound<'c, 'a>,
    unheard: &[&'c Subject<'a>],
) -> InboundFaultEffect<'c, 'a> {
    let all_unheard = unheard.len() == inbound.subjects.len();
    let forwarders = if all_unheard && inbound.of_cluster == Some(true) {
        forward::on_failing_path(case)
    } else {
        Vec::new()
    };
    let depends = |subject: &&Subject<'_>| subject.probed.resolver.in_scope;
    let severity = if unheard.iter().any(depends) || !forwarders.is_empty() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let subjects = case
        .subjects()
        .filter(|subject| {
            let mut all = unheard.iter().chain(&forwarders);
            all.any(|other| other.name() == subject.name())
        })
        .collect();
    InboundFaultEffect {
        severity,
        subjects,
        forwarders,
    }
}

/// A VPC whose Resolver matters to this run: the cluster's, this instance's, and those of resolvers that decide.
#[derive(Debug)]
pub(in crate::rules) struct ResolvingVpc<'c, 'a> {
    /// Its id.
    pub id: &'c str,
    /// Whether it is the cluster's.
    pub is_clusters: bool,
    /// The resolvers of the run that answer with its view and decide the conclusion.
    pub subjects: Vec<&'c Subject<'a>>,
}

/// The VPCs whose Resolver matters to this run, the cluster's first.
pub(in crate::rules) fn resolving_vpcs<'c, 'a>(case: &'c Case<'a>) -> Vec<ResolvingVpc<'c, 'a>> {
    let cluster = case.cluster_vpc_id();
    let instance = case.instance().and_then(|instance| instance.vpc_id.as_deref());
    let mut ids: Vec<&str> = cluster.into_iter().chain(instance).collect();
    ids.extend(
        case.in_scope()
            .filter_map(|subject| subject.probed.resolver.vpc.as_deref()),
    );
    let mut vpcs: Vec<ResolvingVpc<'c, 'a>> = Vec::new();
    for id in ids {
        if vpcs.iter().any(|vpc| vpc.id == id) {
            continue;
        }
        let is_clusters = cluster == Some(id);
        let stands_there = |subject: &&Subject<'_>| match &subject.probed.resolver.vpc {
            Some(vpc) => vpc == id,
            None => is_clusters && subject.is_vpc_side(),
        };
        vpcs.push(ResolvingVpc {
            id,
            is_clusters,
            subjects: case.in_scope().filter(stands_there).collect(),
        });
    }
    vpcs
}

/// The VPC whose Resolver a resolver is, or answers for, and that decides the conclusion.
pub(in crate::rules) fn vpc_of<'c, 'a>(case: &'c Case<'a>, subject: &Subject<'_>) -> Option<ResolvingVpc<'c, 'a>> {
    let is_its = |vpc: &ResolvingVpc<'_, '_>| vpc.subjects.iter().any(|one| one.name() == subject.name());
    resolving_vpcs(case).into_iter().find(is_its)
}

/// A domain as the API writes it.
pub(in crate::rules) fn domain(text: &str) -> Option<Name> {
    if text == "." {
        return Some(Name::root());
    }
    Name::from_host(text.trim_end_matches('.')).ok()
}

/// How specific a domain is.
pub(in crate::rules) fn depth(name: &Name) -> usize {
    name.labels().count()
}

/// What is configured in a VPC, as far as it decides. Whether private access is on, where that is not known, is taken
/// to be so: EKS's own zone is the harmless one.
fn configuration(case: &Case<'_>, vpc: &ResolvingVpc<'_, '_>) -> Option<Configuration> {
    let private_access = case.cluster().and_then(|cluster| cluster.endpoint_private_access);
    case.configuration(vpc.id, vpc.is_clusters && private_access != Some(false))
}

/// The rule of type `FORWARD` that takes the endpoint's name by a configuration, with its domain.
fn forwarded_by<'a>(case: &Case<'a>, configuration: &Configuration) -> Option<(&'a ResolverRule, Name)> {
    let found = decides::forwarded_by(configuration, &case.target.hostname)?;
    let rule = case.resolver_rules()?.iter().find(|rule| rule.id == found.id)?;
    let domain = found.domain.clone()?;
    // Where a part of the rules is known, another one may be more specific, unless none can be.
    let is_part = |call| case.is_part(call);
    let whole = !is_part(Call::ListResolverRules) && !is_part(Call::ListResolverRuleAssociations);
    (whole || domain == case.target.hostname).then_some((rule, domain))
}

/// The rule of type `FORWARD` that takes the endpoint's name in a VPC by AWS's order, with its domain. DNS Firewall,
/// which comes before, is not looked at.
pub(in crate::rules) fn in_effect<'a>(case: &Case<'a>, vpc: &ResolvingVpc<'_, '_>) -> Option<(&'a ResolverRule, Name)> {
    forwarded_by(case, &configuration(case, vpc)?)
}

/// The same as if the VPC had no private hosted zone.
fn rule_for<'a>(case: &Case<'a>, vpc: &ResolvingVpc<'_, '_>) -> Option<(&'a ResolverRule, Name)> {
    forwarded_by(case, &configuration(case, vpc)?.without_zones())
}

/// The ARN of what a Profile brings, by its kind and its id.
pub(in crate::rules) fn brought_arn<'a>(case: &Case<'a>, profile: &str, kind: &str, id: &str) -> Option<&'a str> {
    let mut resources = case
        .profiles()?
        .resources
        .iter()
        .filter(|one| one.profile_id == profile)
        .flat_map(|one| &one.resources);
    resources
        .find(|resource| resource.id_of(kind) == Some(id))
        .map(|resource| resource.arn.as_str())
}

/// Whether an association, or what a Profile brings, has the status of one that is in effect.
fn is_complete(status: Option<&str>) -> bool {
    status == Some("COMPLETE")
}

/// What Profiles bring to a VPC of a kind of resource, where all that is in effect: the Profile, and the resource's id.
pub(in crate::rules) fn brought_by_profiles<'a>(case: &Case<'a>, vpc: &str, kind: &str) -> Vec<(&'a str, &'a str)> {
    let Some(profiles) = case.profiles() else {
        return Vec::new();
    };
    let associated: Vec<&str> = profiles
        .associations
        .iter()
        .flatten()
        .filter(|one| one.vpc_id == vpc && is_complete(one.status.as_deref()))
        .map(|one| one.profile_id.as_str())
        .collect();
    profiles
        .resources
        .iter()
        .filter(|one| associated.contains(&one.profile_id.as_str()))
        .flat_map(|one| one.resources.iter().map(move |resource| (one, resource)))
        .filter(|(_, resource)| is_complete(resource.status.as_deref()))
        .filter_map(|(one, resource)| Some((one.profile_id.as_str(), resource.id_of(kind)?)))
        .collect()
}

/// The private hosted zones of a VPC that the endpoint's name is in, the most specific first, with their apex; those
/// that a Profile brings where their names are known. `None` where they are not known.
pub(in crate::rules) fn zones_over_the_name<'a>(case: &Case<'a>, vpc: &str) -> Option<Vec<(&'a HostedZone, Name)>> {
    let is_off = case.has_no_private_zones(vpc);
    let all = case.hosted_zones()?;
    let list = all.iter().find(|list| list.vpc_id == vpc)?;
    if is_off {
        return Some(Vec::new());
    }
    let by_profile = brought_by_profiles(case, vpc, "hostedzone");
    let mut elsewhere: Vec<&HostedZone> = all
        .iter()
        .flat_map(|list| &list.zones)
        .filter(|zone| by_profile.iter().any(|(_, id)| *id == zone_id(&zone.id)))
        .filter(|zone| !list.zones.iter().any(|other| other.id == zone.id))
        .collect();
    elsewhere.dedup_by(|one, other| one.id == other.id);
    let mut zones: Vec<(&HostedZone, Name)> = list
        .zones
        .iter()
        .chain(elsewhere)
        .filter_map(|zone| Some((zone, domain(&zone.name)?)))
        .filter(|(_, apex)| case.target.hostname.is_within(apex))
        .collect();
    zones.sort_by_key(|(zone, apex)| (std::cmp::Reverse(depth(apex)), zone.owning_service.is_none()));
    Some(zones)
}

/// The addresses of the inbound endpoints that the account sees in a VPC.
pub(in crate::rules) fn inbound_addresses_of(case: &Case<'_>, vpc: &str) -> Vec<IpAddr> {
    case.resolver_endpoints()
        .into_iter()
        .flatten()
        .filter(|endpoint| endpoint.is_inbound() && endpoint.vpc_id.as_deref() == Some(vpc))
        .flat_map(|endpoint| endpoint.addresses.iter().flatten())
        .map(|address| address.ip)
        .collect()
}

/// Whether a resolver in scope, outside the VPC, needs an inbound endpoint in the cluster's VPC: it was heard, and
/// does not give the private addresses that are expected of it.
pub(in crate::rules) fn in_need<'c, 'a>(case: &'c Case<'a>) -> Vec<&'c Subject<'a>> {
    case.failing()
        .filter(|subject| {
            !subject.is_vpc_side()
                && !subject.has_role(Role::Inbound)
                && subject.heard_anything()
                && case.private_expected_at(subject)
        })
        .collect()
}

/// The rule that forwards the name from a VPC to addresses of that VPC's own inbound endpoints: the rule, its domain,
/// and those addresses.
pub(in crate::rules) fn forwarded_back<'a>(
    case: &Case<'a>,
    vpc: &ResolvingVpc<'_, '_>,
) -> Option<(&'a ResolverRule, Name, Vec<IpAddr>)> {
    let (rule, domain) = rule_for(case, vpc)?;
    let own = inbound_addresses_of(case, vpc.id);
    let targets = rule.targets.iter().map(|target| target.ip);
    let back: Vec<IpAddr> = targets.filter(|ip| own.contains(ip)).collect();
    (!back.is_empty()).then_some((rule, domain, back))
}

/// The inbound endpoints of the ordinary kind.
pub(in crate::rules) fn ordinary_inbound<'c, 'a>(case: &'c Case<'a>) -> Vec<Inbound<'c, 'a>> {
    let mut endpoints = inbound_endpoints(case);
    endpoints.retain(|inbound| inbound.endpoint.is_inbound());
    endpoints
}

/// Whether the whole list of endpoints has no inbound one. Some in other VPCs are `inbound-endpoint-wrong-vpc`; some of
/// another kind in the cluster's are `inbound-endpoint-protocol`.
pub(in crate::rules) fn no_inbound_endpoint(case: &Case<'_>) -> Option<bool> {
    case.resolver_endpoints()?;
    let visible = inbound_endpoints(case)
        .iter()
        .any(|inbound| inbound.endpoint.is_inbound() || inbound.of_cluster == Some(true));
    // One that a part of the list does not have may be in the rest.
    Some(!visible && !case.is_part(Call::ListResolverEndpoints))
}
