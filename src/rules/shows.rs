//! What a rule's finding shows, so that another rule can have it for a consequence without knowing its name.

use super::RULES;

/// What a finding shows. A rule says in `shows` what its own do, and in `explains` and `replaces` what it has for a
/// consequence: a new rule that shows one of these is explained by whatever explains that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// What single answers of a resolver are. It says nothing of a resolver whose answers to one question differ.
    OneAnswer,
    /// A resolver outside the VPC has the public view.
    PublicView,
    /// Public DNS does not have the name.
    NotPublished,
    /// A resolver asks in another VPC, or in a view that does not have the name.
    AnotherVpc,
    /// The VPC's resolver does not use EKS's private hosted zone.
    UnusedPrivateZone,
    /// A private hosted zone of the VPC has the name.
    ZoneOfTheVpc,
    /// A zone that is not AWS's has the name.
    ForeignZone,
    /// A resolver refuses to answer.
    Refusal,
    /// A resolver has a denial in its cache that is out of date.
    CachedDenial,
    /// Nobody has the name.
    NoSuchName,
    /// A resolver denies the name.
    Denial,
    /// A resolver answers the name differently because of its own configuration.
    OwnConfiguration,
    /// What a resolver forwards to does not answer.
    SilentForwardTarget,
    /// An address of an inbound endpoint does not answer.
    SilentInboundEndpoint,
    /// A resolver does not answer.
    SilentResolver,
    /// A VPC's resolver is silent outside its VPC.
    UnsupportedVpcResolver,
    /// UDP to a resolver does not work.
    NoUdp,
    /// TCP to a resolver does not work.
    NoTcp,
    /// A question for A fails, and one for AAAA does not.
    OnlyAFails,
    /// Addresses of the cluster's VPC are not the cluster's.
    OldAddresses,
    /// Private addresses are not of the cluster's VPC.
    ForeignAddresses,
    /// Which name server a client hears first decides.
    FirstAnswer,
    /// A search domain has an answer for the name.
    SearchDomain,
    /// An answer is not the expected one, and no other rule says why.
    Unexplained,
}

impl Shows {
    /// The name of the rule whose findings show this; the first, where several do.
    pub(super) fn rule(self) -> Option<String> {
        RULES
            .iter()
            .find(|rule| rule.shows(self))
            .map(|rule| rule.name.to_owned())
    }
}
