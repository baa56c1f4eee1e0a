//! What was changed in AWS before the run, of what decides about the name there: evidence beside the findings, and
//! never a cause by itself.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::Case;
use super::shared::route53;
use crate::decides::Step;
use crate::facts::{AwsFacts, ClusterUpdate, Event};
use crate::limits;

/// A change in AWS before the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Change {
    /// When, RFC 3339, UTC.
    pub time: String,
    /// From then to the start of this run, in seconds.
    pub before_s: u64,
    /// From then to the first failing answer, in seconds, and negative where the change came after it: of a watch, the
    /// first round that failed; else this run. Absent where no answer fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_failing_s: Option<i64>,
    /// The operation: `DisassociateResolverRule`; of an update that EKS lists, its type.
    pub event: String,
    /// Who lists it.
    pub listed_by: Lister,
    /// Who asked for it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it was about.
    pub resources: Vec<String>,
    /// Whether one of these decides now, by `decided_by`.
    pub decides: bool,
}

/// Who lists a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Lister {
    /// An event of CloudTrail.
    Cloudtrail,
    /// An update of the cluster that EKS lists.
    Eks,
}

/// When the first answer failed, in seconds since 1970: in an earlier round of a watch, else in this run, which began
/// at `now`. `None` where none fails.
fn first_failing(case: &Case<'_>, now: u64, failing_since: Option<&str>) -> Option<u64> {
    let ends = case.failing().map(|subject| {
        let attempts = subject.a().into_iter().flat_map(|lookup| &lookup.attempts);
        let last = attempts.last();
        last.map_or(0.0, |attempt| attempt.started_ms + attempt.rtt_ms.unwrap_or_default())
    });
    let first = ends.min_by(f64::total_cmp)?;
    // A capture may hold any number.
    let after = Duration::try_from_secs_f64(first / 1000.0).unwrap_or_default();
    Some(
        failing_since
            .and_then(seconds)
            .unwrap_or_else(|| now.saturating_add(after.as_secs())),
    )
}

/// What was changed of what decides about this name, the latest first. `None` where nobody asked for it. A span before
/// the run begins at the first failing answer.
pub fn changes(case: &Case<'_>, steps: &[Step], taken_at: &str, failing_since: Option<&str>) -> Option<Vec<Change>> {
    let aws = case.aws_unseen();
    let since = case.asked.since_s;
    if since.is_none() && aws.events.is_none() {
        return None;
    }
    let now = seconds(taken_at)?;
    let vpcs: BTreeSet<&str> = route53::resolving_vpcs(case).iter().map(|vpc| vpc.id).collect();
    let known = NamedIds::of(aws, &vpcs);
    let is_decisive = |resources: &[String]| {
        // Of a firewall rule its domain list, too; of a zone that AWS made, what it is made for.
        let ids = steps.iter().filter(|step| step.decides).flat_map(|step| {
            [
                step.id.as_deref(),
                step.domain_list.as_deref(),
                step.made_for.as_deref(),
            ]
        });
        ids.flatten().map(bare).any(|id| resources.iter().any(|one| one == id))
    };
    let failed = first_failing(case, now, failing_since);
    let before = |time: &str| {
        let at = seconds(time)?;
        let from = failed.map_or(now, |failed| failed.min(now));
        let is_meant = since.is_none_or(|since| from.saturating_sub(at) <= since);
        let before_failing = failed.and_then(|failed| i64::try_from(failed).ok()?.checked_sub(i64::try_from(at).ok()?));
        is_meant.then_some((at, now.saturating_sub(at), before_failing))
    };
    let events = aws.events.iter().flatten().filter(|event| known.touches(event));
    let mut all: Vec<(u64, Change)> = events
        .filter_map(|event| {
            let (at, before_s, before_failing_s) = before(&event.time)?;
            let change = Change {
                time: event.time.clone(),
                before_s,
                before_failing_s,
                event: event.name.clone(),
                listed_by: Lister::Cloudtrail,
                by: event.by.clone(),
                resources: event.resources.clone(),
                decides: is_decisive(&event.resources),
            };
            Some((at, change))
        })
        .collect();
    // Without a span, how far back updates matter is not known.
    let updates = aws.updates.iter().flatten().filter(|_| since.is_some());
    let updates: Vec<(u64, Change)> = updates
        .filter_map(|update| {
            let time = update.created_at.as_ref()?;
            let (at, before_s, before_failing_s) = before(time)?;
            let near = |(other, change): &(u64, Change)| {
                let apart = at.abs_diff(*other);
                change.event.starts_with("UpdateCluster") && apart <= limits::ONE_CHANGE_S
            };
            let is_new = !all.iter().any(near);
            let change = Change {
                before_s,
                before_failing_s,
                ..of_update(aws, update)
            };
            is_new.then_some((at, change))
        })
        .collect();
    all.extend(updates);
    all.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.event.cmp(&other.event)));
    all.truncate(limits::LIST_IN_CAPTURE);
    Some(all.into_iter().map(|(_, change)| change).collect())
}

/// Seconds since 1970.
fn seconds(time: &str) -> Option<u64> {
    let time = humantime::parse_rfc3339(time).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

fn of_update(aws: &AwsFacts, update: &ClusterUpdate) -> Change {
    Change {
        time: update.created_at.clone().unwrap_or_default(),
        before_s: 0,
        before_failing_s: None,
        event: update.kind.clone().unwrap_or_else(|| "update".to_owned()),
        listed_by: Lister::Eks,
        by: None,
        resources: aws.cluster.iter().map(|cluster| cluster.name.clone()).collect(),
        decides: false,
    }
}

/// An id without the path before it: Route 53 gives `/hostedzone/Z…` and `Z…`.
fn bare(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// The ids that AWS named in this run.
struct NamedIds<'a> {
    /// Of what decides in the VPCs whose Resolver matters.
    here: BTreeSet<&'a str>,
    /// Of everything else.
    elsewhere: BTreeSet<&'a str>,
}

impl<'a> NamedIds<'a> {
    fn of(aws: &'a AwsFacts, vpcs: &BTreeSet<&'a str>) -> Self {
        let mut known = Self {
            here: vpcs.clone(),
            elsewhere: BTreeSet::new(),
        };
        let is_here = |vpc: Option<&str>| vpc.is_some_and(|vpc| vpcs.contains(vpc));
        if let Some(cluster) = &aws.cluster {
            known.here.insert(&cluster.name);
            known.here.extend(cluster.cluster_security_group_id.as_deref());
        }
        known.here.extend(aws.dhcp_options.iter().map(|set| set.id.as_str()));
        // What a rule here forwards through is in the way of the answer, in whichever VPC it is.
        let rules_here = aws.rule_associations.iter().flatten();
        let rules_here: BTreeSet<&str> = rules_here
            .filter(|one| is_here(Some(&one.vpc_id)))
            .map(|one| one.rule_id.as_str())
            .collect();
        let rules = aws.resolver_rules.iter().flatten();
        let used: BTreeSet<&str> = rules
            .filter(|rule| rules_here.contains(rule.id.as_str()))
            .filter_map(|rule| rule.resolver_endpoint_id.as_deref())
            .collect();
        for endpoint in aws.resolver_endpoints.iter().flatten() {
            let addresses = endpoint.addresses.iter().flatten();
            let ids = [endpoint.id.as_str()]
                .into_iter()
                .chain(endpoint.security_group_ids.iter().map(String::as_str))
                .chain(addresses.filter_map(|address| address.subnet_id.as_deref()));
            known.add(
                is_here(endpoint.vpc_id.as_deref()) || used.contains(endpoint.id.as_str()),
                ids,
            );
            known.add(is_here(endpoint.vpc_id.as_deref()), endpoint.vpc_id.as_deref());
        }
        for association in aws.rule_associations.iter().flatten() {
            let is_here = is_here(Some(&association.vpc_id));
            known.add(is_here, [association.rule_id.as_str(), &association.vpc_id]);
        }
        known.add(false, aws.resolver_rules.iter().flatten().map(|rule| rule.id.as_str()));
        for of_vpc in aws.hosted_zones.iter().flatten() {
            let zones = of_vpc.zones.iter().map(|zone| bare(&zone.id));
            known.add(is_here(Some(&of_vpc.vpc_id)), zones);
        }
        if let Some(firewall) = &aws.firewall {
            for association in firewall.associations.iter().flatten() {
                known.add(is_here(Some(&association.vpc_id)), [association.group_id.as_str()]);
            }
            for group in &firewall.groups {
                let is_here = known.here.contains(group.id.as_str());
                let lists = group.rules.iter().filter_map(|rule| rule.domain_list_id.as_deref());
                known.add(is_here, lists.chain([group.id.as_str()]));
            }
        }
        for association in aws
            .profiles
            .iter()
            .flat_map(|profiles| profiles.associations.iter().flatten())
        {
            known.add(is_here(Some(&association.vpc_id)), [association.profile_id.as_str()]);
        }
        // These are of Resolver endpoints' subnets already.
        for acl in aws.network_acls.iter().flatten() {
            let is_of_one = acl.subnet_ids.iter().any(|id| known.here.contains(id.as_str()));
            known.add(is_of_one || is_here(Some(&acl.vpc_id)), [acl.id.as_str()]);
        }
        for table in aws.route_tables.iter().flatten() {
            let is_of_one = table.subnet_ids.iter().any(|id| known.here.contains(id.as_str()));
            known.add(is_of_one || is_here(Some(&table.vpc_id)), [table.id.as_str()]);
        }
        known.add_makers_of_zones(aws, is_here);
        // The lists of these groups and tables.
        known.add(true, aws.prefix_lists.iter().flatten().map(|list| list.id.as_str()));
        for endpoint in aws.client_vpn.iter().flatten() {
            let vpc = endpoint.vpc_id.as_deref();
            known.add(vpc.is_none() || is_here(vpc), [endpoint.id.as_str()]);
        }
        known
    }

    /// VPC endpoints, and what VPC Lattice has in a VPC.
    fn add_makers_of_zones(&mut self, aws: &'a AwsFacts, is_here: impl Fn(Option<&str>) -> bool) {
        for of_vpc in aws.vpc_endpoints.iter().flatten() {
            let is_here = is_here(Some(&of_vpc.vpc_id));
            for endpoint in &of_vpc.endpoints {
                let leads_to = [&endpoint.service_network, &endpoint.resource_configuration];
                let leads_to = leads_to.into_iter().flatten().map(|arn| bare(arn));
                self.add(is_here, leads_to.chain([endpoint.id.as_str()]));
            }
        }
        let Some(lattice) = &aws.lattice else { return };
        for of_vpc in &lattice.vpcs {
            let is_here = is_here(Some(&of_vpc.vpc_id));
            for association in &of_vpc.associations {
                let id = association.id.as_deref();
                self.add(is_here, id.into_iter().chain([association.service_network_id.as_str()]));
            }
        }
        for network in &lattice.networks {
            let is_here = self.here.contains(network.id.as_str());
            let resources = network.resources.iter();
            self.add(is_here, resources.map(|one| one.resource_configuration_id.as_str()));
        }
    }

    fn add(&mut self, is_here: bool, ids: impl IntoIterator<Item = &'a str>) {
        let ids = ids.into_iter().filter(|id| !id.is_empty());
        if is_here {
            self.here.extend(ids);
        } else {
            self.elsewhere.extend(ids);
        }
    }

    /// Whether an event is about something that decides here. What it deleted is in no list any more, so that counts
    /// unless it names something that is elsewhere.
    fn touches(&self, event: &Event) -> bool {
        let has = |ids: &BTreeSet<&str>| event.resources.iter().any(|id| ids.contains(id.as_str()));
        let is_gone = event.name.starts_with("Delete") && !has(&self.elsewhere);
        self.here.is_empty() || has(&self.here) || is_gone
    }
}
