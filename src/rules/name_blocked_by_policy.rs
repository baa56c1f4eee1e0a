//! The resolver blocks the name on purpose.

use std::net::IpAddr;

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::shared::policy::{PolicySign, shape};
use super::step::{DenialAuthority, is_of_adguard, policy_of_addresses};
use super::{Case, Confidence, Evidence, Finding, Fits, Severity, Stage, Subject, grouped, remedy};
use crate::dns::Soa;
use crate::observation::Lookup;
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// A policy answers instead of the zone: a response policy zone, a block list, a security service, or Route 53
    /// Resolver DNS Firewall. It covers the endpoint's name or its parent domain.
    ///
    /// ## How it was decided
    /// The name gets a negative answer or REFUSED, while AWS's public names, or at least a random sibling, are answered
    /// as they should be. And the negative answer is from no zone of the name: it has no SOA, the SOA of a zone that
    /// the name is not in, a SOA in ADDITIONAL (as BIND's response policy zones send it), or an Extended DNS Error 15
    /// to 18 (Blocked, Censored, Filtered, Prohibited). An address that is not expected is the policy's where a SOA
    /// comes in ADDITIONAL with it: a page that says that the name is blocked. A forward of the very name looks like a
    /// policy: BIND, Unbound and PowerDNS Recursor leave out the SOA of the NXDOMAIN of a server that they forward one
    /// name to, and dnsmasq and Knot Resolver pass on its REFUSED. Where the software is known to do that, it is
    /// `forwarded-to-wrong-view` or `forward-target-unreachable` instead. Where it is not known, both are named. An
    /// answer that fits a filter of private addresses is `rebinding-protection` instead. Such a filter has nothing to
    /// remove from AAAA: where AAAA is stopped like A, and the name has no private IPv6 address, it is a policy. EDE 17
    /// for AWS's public names as well is a filter of all IPv4 addresses. Where every resolver of the VPC that was heard
    /// denies the name in the same way, the resolver may have the answer from there.
    ///
    /// ## Why it matters
    /// kubectl prints `no such host`, or `server misbehaving` where the policy refuses. Forwarding does not help: the
    /// policy applies first.
    ///
    /// ## What to do
    /// Put `*.eks.amazonaws.com` (or the suffix of the endpoint at hand) on the policy's allow list.
    "name-blocked-by-policy" = {
        summary: "the resolver blocks the name on purpose",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "a policy zone's SOA, or an Extended DNS Error 15 to 17",
        complaints: [Denial 40, Refused 40, Blocked 10, OwnZone 20, Sinkhole 20, AwsApi 30],
        shows: [OneAnswer, OwnConfiguration],
        references: [RFC_8914_POLICY, BIND_RPZ, ROUTE53_FIREWALL],
        at: Failing,
        requires: [
            [LEGIBLE],
            [DENIED, REFUSED, SERVFAIL, ANSWERED_BY_A_POLICY],
            [not DENIED_BY_PUBLIC_AWS],
            [not DENIED_BY_PRIVATE_ZONE],
            [not ONLY_NAMES_OF_AWS_FAIL, ANSWERED_BY_A_POLICY],
            [not FILTERS_PRIVATE_ADDRESSES],
            [not REFUSES_THIS_CLIENT],
            [not RESOLVES_NO_INTERNET_NAMES],
            [not ALIASED_IN_A_FOREIGN_ZONE],
            [not DENIED_BEHIND_IT],
            [not REFUSED_BEHIND_IT],
            // Of a name that nobody has, a forward of it says the same.
            [not MAY_BE_DENIED_BEHIND_IT, VPC_HAS_THE_NAME, PUBLIC_HAS_THE_NAME],
            [not BLOCKS_IN_THE_VPC],
            [not MAY_PASS_ON_A_BLOCK],
            [unless FIREWALL_BLOCKS],
        ],
        confidence: [High if [[NAMES_ITS_POLICY]], Medium],
        wants: [VpcView, PublicControl, Controls],
        explains: [OnlyAFails],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    grouped(fits.subjects(), |subject| shape(case, subject))
        .into_iter()
        .map(|(shape, subjects)| finding(case, fits.least_sure_at(&subjects), shape, &subjects))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, shape: PolicySign, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let blocks = match confidence {
        Confidence::Certain | Confidence::High => phrase::plural(several, "blocks", "block"),
        Confidence::Medium | Confidence::Low => phrase::plural(several, "probably blocks", "probably block"),
    };
    let wide = subjects
        .iter()
        .all(|subject| subject.sibling().is_some() && !subject.sibling_is_ordinary());
    let what = if wide { "the domain of this name" } else { "this name" };
    let may_be_forwarded = matches!(shape, PolicySign::BareOrForwarded | PolicySign::RefusedOrForwarded);
    let is_of_all_names = shape == PolicySign::NoIpv4;
    let vpc_side = subjects.iter().any(|subject| subject.is_vpc_side());
    let mut given: Vec<IpAddr> = subjects.iter().flat_map(|subject| subject.ips()).collect();
    given.sort_unstable();
    given.dedup();
    let evidence_in_words = match shape {
        PolicySign::PolicySoa => match subjects.iter().find_map(|subject| policy_soa(subject)) {
            Some(soa) if soa.owner == case.target.hostname => format!(
                "The negative answer has a SOA that is no zone's: its owner is the name asked, its MNAME {}. A block \
                 list made it up, as {} does.",
                soa.mname,
                if is_of_adguard(soa) {
                    "AdGuard Home"
                } else {
                    "Knot Resolver's policy.DENY"
                }
            ),
            Some(soa) => format!(
                "The negative answer has the SOA of {} ({}), and the name is not in that zone. A response policy zone or a block list answered instead of AWS's zone.",
                soa.owner, soa.mname
            ),
            None => String::new(),
        },
        PolicySign::Addresses => match subjects.iter().find_map(|subject| policy_of_addresses(subject)) {
            Some(soa) => format!(
                "The reply has the SOA of {} ({}) in ADDITIONAL, as BIND's response policy zones send it. So {} of the \
                 policy. It may be a block page's, or of an old record that somebody wrote for this cluster.",
                soa.owner,
                soa.mname,
                match given.as_slice() {
                    [one] => format!("{one} is an address"),
                    several => format!("{} are addresses", phrase::addresses(several)),
                }
            ),
            None => String::new(),
        },
        PolicySign::Marked | PolicySign::MarkedUnchecked | PolicySign::MarkedPerhapsRebinding => {
            let mark = subjects
                .iter()
                .filter_map(|subject| subject.a())
                .flat_map(|lookup: &Lookup| &lookup.ede)
                .find(|error| error.is_policy())
                .map(phrase::extended_error)
                .unwrap_or_default();
            format!("The reply says so itself: {mark}.")
        }
        PolicySign::Alias => {
            let target = subjects.iter().find_map(|subject| match DenialAuthority::of(subject)? {
                DenialAuthority::Alias(target) => Some(target.to_string()),
                _ => None,
            });
            format!(
                "The name is made an alias of {}, which has no address. AWS's zones hold the addresses under the name \
                 itself. So a policy, or a zone of the resolver's own, answered in their place.",
                target.unwrap_or_default()
            )
        }
        PolicySign::Bare => "The answer is negative and carries no SOA of AWS's zones, so it is not theirs.".to_owned(),
        PolicySign::BareOrForwarded => "The answer is NXDOMAIN without a SOA: a policy made it, or a forward lost the \
                                        SOA. BIND, Unbound and PowerDNS Recursor lose it where they forward this very \
                                        name to a server that returns NXDOMAIN."
            .to_owned(),
        PolicySign::Refused => {
            "The name is refused, though other names are answered: it is not this client that is refused.".to_owned()
        }
        PolicySign::RefusedOrForwarded => {
            "The name is refused, though other names are answered: it is not this client \
                                           that is refused. A policy does that, or a server that this name is \
                                           forwarded to: dnsmasq, CoreDNS and Knot Resolver pass on its REFUSED."
                .to_owned()
        }
        PolicySign::NoIpv4 => {
            "The reply is NODATA marked EDE 17 (Filtered), and so are those for AWS's public names, which \
                          have IPv4 addresses. dnsmasq's filter-A removes the IPv4 addresses of every name so."
                .to_owned()
        }
    };
    let around = if subjects.iter().any(|subject| subject.sibling().is_none()) {
        " The control questions were not asked, so how far the policy goes is not known."
    } else if wide && shape == PolicySign::Addresses {
        " A random sibling of the name does not get NXDOMAIN from AWS's zone there either, so the policy holds the domain \
         and not only this name."
    } else if wide && shape == PolicySign::RefusedOrForwarded {
        " A random sibling of the name fails there too, so it is the domain and not only this name."
    } else if wide {
        " A random sibling of the name fails there too, so the policy holds the domain and not only this name. An \
         internal zone of that domain without a SOA would look alike."
    } else if is_of_all_names {
        ""
    } else if may_be_forwarded {
        " A random sibling of the name gets NXDOMAIN there as it should, so it is this name alone."
    } else if subjects.iter().all(|subject| subject.sibling_is_ordinary()) {
        " A random sibling gets NXDOMAIN there as it should: the policy holds this name, or an address of it."
    } else {
        ""
    };
    let caveat = match shape {
        PolicySign::MarkedPerhapsRebinding => {
            " A filter of private addresses (rebinding protection) would look the same; whether this name has \
             private addresses is not known here: --public or a resolver of the VPC would tell."
        }
        _ if vpc_side => " For a resolver of the VPC that is Route 53 Resolver DNS Firewall, if it is in use there.",
        _ => "",
    };
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(observed_sibling(subject));
        evidence.extend(observed_controls(subject));
    }
    let mut remedies = if is_of_all_names {
        remedy::filter::ipv4_addresses()
    } else if subjects
        .iter()
        .filter_map(|subject| policy_soa(subject))
        .any(is_of_adguard)
    {
        remedy::filter::allow_list_of_adguard(case)
    } else {
        remedy::filter::allow_list(case)
    };
    // EDE 20 is about the zones of the server that refused (RFC 8914 section 4.21), so the forward is the likelier.
    let is_not_authoritative = |subject: &&Subject<'_>| {
        subject
            .a()
            .is_some_and(|lookup| lookup.has_ede(|error| error.code == 20))
    };
    let is_of_another = subjects.iter().all(is_not_authoritative);
    if may_be_forwarded {
        let forward = remedy::forward::again(case, "If it forwards this name to another server already, change that.");
        let at = if is_of_another { 0 } else { remedies.len() };
        remedies.splice(at..at, forward);
    }
    if vpc_side {
        remedies.insert(0, remedy::filter::dns_firewall(case));
    }
    if shape == PolicySign::MarkedPerhapsRebinding {
        remedies.extend(remedy::filter::private_answers(case, Software::Dnsmasq));
    }
    RULE.finding(confidence, subjects)
        .summary(if is_of_all_names {
            format!(
                "{who} {} IPv4 addresses from all answers, so clients there get no address",
                phrase::plural(several, "removes", "remove")
            )
        } else if may_be_forwarded {
            let forwards = phrase::plural(several, "forwards", "forward");
            format!(
                "{who} {blocks} {what} by policy, or {forwards} it to a server that {}",
                match shape {
                    PolicySign::RefusedOrForwarded => "refuses it",
                    _ => "does not have it",
                }
            )
        } else if shape == PolicySign::Addresses {
            format!(
                "{who} {blocks} {what} by policy, so clients there get {} of the policy's own ({})",
                phrase::plural(given.len(), "an address", "addresses"),
                phrase::addresses(&given)
            )
        } else {
            format!("{who} {blocks} {what} by policy, so clients there cannot resolve it")
        })
        .why(format!(
            "{evidence_in_words}{}{around}{caveat}",
            if is_of_another {
                " EDE 20 (Not Authoritative) is what a server says that has zones of its own alone, so the forward is the \
                 likelier."
            } else {
                ""
            }
        ))
        .seen(evidence)
        .fix(remedies)
}

/// The SOA that gives the policy away.
fn policy_soa<'a>(subject: &Subject<'a>) -> Option<&'a Soa> {
    match DenialAuthority::of(subject)? {
        DenialAuthority::Beside(soa) => Some(soa),
        _ => None,
    }
}
