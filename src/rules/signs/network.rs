//! Signs of the network around an inbound endpoint's address.

use super::Sign;
use crate::dns::AnswerKind;
use crate::observation::Transport;
use crate::rules::Need;
use crate::rules::shared::obstacle::{self, What};

/// The order in which they are read.
pub(in crate::rules) static OF_NETWORK: &[&Sign] = &[&NETWORK_ACL_DENIES_ALL, &HAS_HYBRID_NODES];

/// The network ACL of its subnet denies the question or the answer to everybody, over each protocol that was asked.
pub(in crate::rules) static NETWORK_ACL_DENIES_ALL: Sign = Sign::of_resolver(
    "the network ACL of its subnet",
    "the network ACL of its subnet denies DNS from or to every network",
    "the network ACL of its subnet is not known to deny DNS from or to every network",
    |case, subject| {
        // A network that refuses says so itself.
        if subject.a_kind() == Some(AnswerKind::Unreachable) {
            return Some(false);
        }
        // Within the subnet no network ACL counts, and whether this host is in it has to be known.
        if !obstacle::is_outside_the_subnet(case, subject) {
            return Some(false);
        }
        let over = obstacle::asked_over(subject);
        let found = obstacle::obstacles(case, subject, over);
        let denied = |transport: &Transport| {
            found
                .iter()
                .any(|one| matches!(&one.what, What::Acl { transport: of, to_all: true, .. } if of == transport))
        };
        Some(!found.is_empty() && over.iter().all(denied))
    },
)
.looking_at(&[Need::ResolverEndpoints, Need::Network, Need::Instance]);

/// The cluster has hybrid nodes.
pub(in crate::rules) static HAS_HYBRID_NODES: Sign = Sign::of_run(
    "the cluster's hybrid nodes",
    "the cluster has networks of hybrid nodes",
    "the cluster has no networks of hybrid nodes",
    |case| Some(!case.own_cluster()?.remote_node_networks.is_empty()),
)
.needing(&[Need::Cluster]);
