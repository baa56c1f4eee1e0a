//! What was read of one more VPC, for facts that were put together before it was known.

use super::assemble::other_attributes;
use super::{Answers, AwsFacts};

impl AwsFacts {
    /// Whether what decides in the Resolver of this VPC was asked for.
    pub fn has_read(&self, vpc: &str) -> bool {
        self.cluster_vpc_id() == Some(vpc) || self.hosted_zones.iter().flatten().any(|zones| zones.vpc_id == vpc)
    }

    /// Takes in what was read of a VPC, another than the cluster's, and was not asked for before. What could not be
    /// read of it is among [`AwsFacts::failed_reads`] then.
    pub fn add_vpc(&mut self, vpc: &str, answers: Answers) {
        let attributes = other_attributes(&answers.vpc_attributes, &answers.owners, self.cluster_vpc_id());
        for one in attributes.into_iter().flatten().filter(|one| one.vpc_id == vpc) {
            let all = self.other_vpc_attributes.get_or_insert_default();
            all.retain(|other| other.vpc_id != vpc);
            all.push(one);
        }
        let zones = answers.hosted_zones.into_iter().filter(|zones| zones.vpc_id == vpc);
        let mut all = self.hosted_zones.take().unwrap_or_default();
        all.extend(zones);
        self.hosted_zones = (!all.is_empty()).then_some(all);
        if !answers.firewall.is_unread() {
            self.firewall.get_or_insert_default().merge(answers.firewall);
        }
        if !answers.vpc_endpoints.is_empty() {
            let all = self.vpc_endpoints.get_or_insert_default();
            all.extend(answers.vpc_endpoints);
        }
        if !answers.lattice.is_unread() {
            let all = self.lattice.get_or_insert_default();
            all.merge(answers.lattice);
            all.settle();
        }
        if !answers.dnssec_configs.is_empty() {
            let all = self.dnssec_configs.get_or_insert_default();
            all.extend(answers.dnssec_configs);
        }
        self.failed_reads.extend(answers.failed);
        self.failed_reads.sort();
        self.failed_reads.dedup();
        self.partial.extend(answers.partial);
        self.partial.sort();
        self.partial.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{AttributesOfVpc, HostedZone, Vpc, VpcAttributes, VpcZones};

    fn zones(vpc: &str, apex: &str) -> VpcZones {
        VpcZones {
            vpc_id: vpc.to_owned(),
            zones: vec![HostedZone {
                id: format!("Z-{vpc}"),
                name: apex.to_owned(),
                ..HostedZone::default()
            }],
        }
    }

    /// Each attribute is an answer of its own. What was known of other VPCs stays as it was.
    #[test]
    fn what_was_read_of_a_vpc_stands_beside_what_was_known() {
        let mut facts = AwsFacts {
            vpc: Some(Vpc {
                id: "vpc-cluster".to_owned(),
                ..Vpc::default()
            }),
            hosted_zones: Some(vec![zones("vpc-cluster", "corp.example.")]),
            ..AwsFacts::default()
        };
        assert!(facts.has_read("vpc-cluster") && !facts.has_read("vpc-far"));
        let one = |dns_support, dns_hostnames| {
            let attributes = VpcAttributes {
                dns_support,
                dns_hostnames,
            };
            ("vpc-far".to_owned(), attributes)
        };
        let answers = Answers {
            vpc_attributes: vec![one(Some(true), None), one(None, Some(false))],
            owners: vec![("vpc-far".to_owned(), "444455556666".to_owned())],
            hosted_zones: vec![zones("vpc-far", "eks.amazonaws.com."), zones("vpc-other", "x.test.")],
            ..Answers::default()
        };
        facts.add_vpc("vpc-far", answers);
        let expected = AttributesOfVpc {
            vpc_id: "vpc-far".to_owned(),
            owner: Some("444455556666".to_owned()),
            dns_support: Some(true),
            dns_hostnames: Some(false),
        };
        assert_eq!(facts.other_vpc_attributes, Some(vec![expected]));
        let listed: Vec<&str> = facts
            .hosted_zones
            .iter()
            .flatten()
            .map(|one| one.vpc_id.as_str())
            .collect();
        assert_eq!(listed, ["vpc-cluster", "vpc-far"]);
        assert!(facts.has_read("vpc-far") && !facts.has_read("vpc-other"));
        assert_eq!((facts.firewall, facts.lattice, facts.vpc_endpoints), (None, None, None));
    }
}
