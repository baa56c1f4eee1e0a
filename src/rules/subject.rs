//! One resolver as a rule sees it: its answers, its controls and its verdict.

use std::net::IpAddr;

use crate::address::AddressClass;
use crate::compare::{Comparison, Verdict};
use crate::dns::{AnswerKind, RecordType, Soa};
use crate::endpoint::SoaOrigin;
use crate::observation::{Lookup, Purpose, Transport};
use crate::probed::{ForOthers, Probed};
use crate::resolvers::Role;
use crate::software::Software;
use crate::target::{Scope, View};

use super::step::was_heard;

/// One resolver, with all that was observed of it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What was observed.
    pub probed: &'a Probed,
    /// How it compares.
    pub comparison: &'a Comparison,
    /// What software it is, as far as that is known.
    pub software: Option<Software>,
    /// The second number of its version, where it says one.
    pub software_minor: Option<u32>,
}

impl<'a> Subject<'a> {
    /// The resolver's name in the report.
    pub fn name(&self) -> &'a str {
        &self.probed.resolver.name
    }

    /// Its address and port, for sentences; `getaddrinfo` for the operating system's lookup.
    pub fn address(&self) -> String {
        self.probed
            .resolver
            .address
            .map_or_else(|| "getaddrinfo".to_owned(), |address| address.to_string())
    }

    /// Its address without the port, for commands and sentences.
    pub fn ip(&self) -> Option<IpAddr> {
        self.probed.resolver.address.map(|address| address.ip())
    }

    /// Its name with its address: `corp (10.63.200.10)`.
    pub fn title(&self) -> String {
        match self.probed.resolver.address {
            Some(address) if address.port() == 53 => format!("{} ({})", self.name(), address.ip()),
            Some(address) => format!("{} ({address})", self.name()),
            None => format!("{} (getaddrinfo)", self.name()),
        }
    }

    /// Whether it has the role, first of all or besides.
    pub fn has_role(&self, role: Role) -> bool {
        self.probed.resolver.has_role(role)
    }

    /// Whether it answers with the VPC's view.
    pub fn is_vpc_side(&self) -> bool {
        self.probed.resolver.is_vpc_side()
    }

    /// Whether it was asked over DNS, rather than through the operating system.
    pub fn speaks_dns(&self) -> bool {
        self.probed.resolver.address.is_some()
    }

    /// Its verdict.
    pub fn verdict(&self) -> Verdict {
        self.comparison.verdict
    }

    /// The zone it took the name from.
    pub fn view(&self) -> View {
        self.comparison.view
    }

    /// All lookups of a purpose.
    pub fn lookups(&self, purpose: Purpose) -> impl Iterator<Item = &'a Lookup> + use<'a> {
        self.probed
            .lookups
            .iter()
            .filter(move |lookup| lookup.purpose == purpose)
    }

    fn first(&self, purpose: Purpose, qtype: RecordType) -> Option<&'a Lookup> {
        self.lookups(purpose).find(|lookup| lookup.qtype == qtype)
    }

    /// The target's A lookup.
    pub fn a(&self) -> Option<&'a Lookup> {
        self.first(Purpose::Target, RecordType::A)
    }

    /// The target's AAAA lookup.
    pub fn aaaa(&self) -> Option<&'a Lookup> {
        self.first(Purpose::Target, RecordType::AAAA)
    }

    /// The target over TCP from the start.
    pub fn tcp(&self) -> Option<&'a Lookup> {
        self.first(Purpose::TargetTcp, RecordType::A)
    }

    /// The random sibling.
    pub fn sibling(&self) -> Option<&'a Lookup> {
        self.first(Purpose::Sibling, RecordType::A)
    }

    /// The root's name servers.
    pub fn root(&self) -> Option<&'a Lookup> {
        self.first(Purpose::Root, RecordType::NS)
    }

    /// What the target's A question came to.
    pub fn a_kind(&self) -> Option<AnswerKind> {
        self.a().map(|lookup| lookup.kind)
    }

    /// The SOA of the target's negative A answer.
    pub fn soa(&self) -> Option<&'a Soa> {
        self.a().and_then(|lookup| lookup.soa.as_ref())
    }

    /// Whether any question got any reply, of this target or of another one of the same run. One that answered for a
    /// part of the run did not answer in the other.
    pub fn heard_anything(&self) -> bool {
        let is_heard_for_others = self.for_others().answered > 0 && !self.answers_for_a_part_of_the_run();
        self.probed.lookups.iter().any(Lookup::heard_anything) || is_heard_for_others
    }

    /// It sent nothing for this target, controls and all, and answered for others of the run: it stopped or began in
    /// the middle of it, or packets were lost. So the silence of a control says nothing of what it resolves.
    ///
    /// The same where it is asked over UDP, answered so for others, and here over TCP alone.
    fn is_heard_for_others_alone(&self) -> bool {
        if self.probed.lookups.iter().any(Lookup::heard_anything) {
            let is_udp = self.probed.resolver.transport == Some(Transport::Udp);
            is_udp && self.for_others().over_udp > 0 && self.answers_over(Transport::Udp) == Some(false)
        } else {
            self.for_others().answered > 0
        }
    }

    /// Whether any question of this target's over a transport got a reply; `None` where none was asked.
    fn answers_over(&self, transport: Transport) -> Option<bool> {
        let attempts = self.probed.lookups.iter().flat_map(|lookup| &lookup.attempts);
        let mut tries = attempts.filter(|attempt| attempt.transport == transport).peekable();
        tries.peek()?;
        Some(match transport {
            // A connection that is closed without a reply is none.
            Transport::Tcp => tries.any(|attempt| attempt.rcode.is_some()),
            _ => tries.any(was_heard),
        })
    }

    /// Whether any question over a transport got a reply, of this target or of another one of the same run; `None`
    /// where none was asked. One that answered for a part of the run did not answer in the other.
    pub fn heard_over(&self, transport: Transport) -> Option<bool> {
        let of_others = self.for_others();
        let is_heard_for_others = match transport {
            Transport::Udp => of_others.over_udp > 0,
            Transport::Tcp => of_others.over_tcp > 0,
            Transport::Tls | Transport::Https => false,
        };
        if is_heard_for_others && !self.answers_for_a_part_of_the_run() {
            return Some(true);
        }
        self.answers_over(transport)
    }

    /// The same, and other names than the target's were asked for beside it: it answered for a part of the run only.
    pub fn answers_for_a_part_of_the_run(&self) -> bool {
        let is_of_another_name =
            |lookup: &Lookup| matches!(lookup.purpose, Purpose::Sibling | Purpose::AwsControl | Purpose::Root);
        self.is_heard_for_others_alone() && self.probed.lookups.iter().any(is_of_another_name)
    }

    /// What the same run knows of it from other targets.
    pub fn for_others(&self) -> ForOthers {
        self.probed.for_others.unwrap_or_default()
    }

    /// The tries of the target with EDNS got nothing, not even a failure, and another question with EDNS was answered:
    /// a sibling type, a control, or one for another target of the run. So it takes EDNS, and packets may have been
    /// lost.
    pub fn takes_edns_and_was_silent(&self) -> bool {
        let Some(a) = self.a() else {
            return false;
        };
        let own = self.probed.resolver.transport;
        let tries = a.attempts.iter();
        let mut with_edns = tries.filter(|attempt| attempt.edns && Some(attempt.transport) == own);
        with_edns.all(|attempt| !was_heard(attempt)) && self.answers_others_with_edns()
    }

    /// A question with EDNS other than the target's A question was answered.
    pub fn answers_others_with_edns(&self) -> bool {
        let mut others = self
            .probed
            .lookups
            .iter()
            .filter(|lookup| !(lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A));
        others.any(|lookup| self.probed.shows_edns(lookup)) || self.for_others().with_edns > 0
    }

    /// It was tried with more than questions over UDP for the endpoint's own name, whatever came of it: with another
    /// name, or over TCP, where a connection tells without any name.
    pub fn tried_with_more_than_the_name(&self) -> bool {
        self.probed.tried_with_more_than_the_name()
    }

    /// The sibling is denied as it should be: NXDOMAIN from a zone of AWS's.
    pub fn sibling_is_ordinary(&self) -> bool {
        self.sibling().is_some_and(|lookup| {
            lookup.kind == AnswerKind::NxDomain
                && lookup
                    .soa
                    .as_ref()
                    .is_some_and(|soa| SoaOrigin::of(soa) != SoaOrigin::Foreign)
        })
    }

    /// The sibling has addresses: NXDOMAIN is being rewritten, or there is a wildcard.
    pub fn sibling_resolves(&self) -> bool {
        self.sibling().is_some_and(|lookup| lookup.kind == AnswerKind::Answer)
    }

    /// A public AWS name has addresses here. `None` where none was asked for.
    pub fn aws_control_works(&self) -> Option<bool> {
        if self.is_heard_for_others_alone() {
            return None;
        }
        let mut asked = self.lookups(Purpose::AwsControl).peekable();
        asked.peek()?;
        Some(asked.any(|lookup| lookup.kind == AnswerKind::Answer))
    }

    /// The root's name servers are known here. `None` where they were not asked for. (A private root answers
    /// too; the SOA of its negative answers gives it away.)
    pub fn root_control_works(&self) -> Option<bool> {
        if self.is_heard_for_others_alone() {
            return None;
        }
        Some(self.root()?.kind == AnswerKind::Answer)
    }

    /// Any control outside the endpoint's zone was answered with what it should be.
    pub fn any_outside_control_works(&self) -> bool {
        self.aws_control_works() == Some(true) || self.root_control_works() == Some(true)
    }

    /// Whether any answer holds an address of the VPC's side: private, in the VPC, or expected and private.
    pub fn has_private_addresses(&self) -> bool {
        self.comparison.addresses.iter().any(|address| {
            matches!(address.class, AddressClass::InVpc | AddressClass::Private)
                || (address.class == AddressClass::Expected && self.comparison.expected.scope != Scope::Public)
        })
    }

    /// Its addresses, sorted.
    pub fn ips(&self) -> Vec<IpAddr> {
        self.comparison.addresses.iter().map(|address| address.ip).collect()
    }

    /// Whether its addresses include one of a class.
    pub fn has_class(&self, class: AddressClass) -> bool {
        self.comparison.addresses.iter().any(|address| address.class == class)
    }

    /// A try of the target without EDNS brought an answer (of any kind that a server gives on purpose).
    pub fn answers_without_edns(&self) -> bool {
        self.lookups(Purpose::Target)
            .filter(|lookup| lookup.transport != Transport::Tcp || lookup.kind.is_silence())
            .flat_map(|lookup| &lookup.attempts)
            .any(|attempt| !attempt.edns && (attempt.kind == AnswerKind::Answer || attempt.kind.is_negative()))
    }
}
