//! The questions, in order: what each resolver is asked first, and, as a pure function of its answers, next.

use crate::dns::{AnswerKind, Class, Name, RecordType};
use crate::endpoint::EndpointName;
use crate::facts::Facts;
use crate::observation::{Lookup, Purpose, Question, Transport};
use crate::resolvers::{Resolver, Role};
use crate::settings::Asked;
use crate::software;
use crate::target::Target;

/// What every resolver of a run is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The endpoint's name.
    pub target: Name,
    /// A random name beside it; `None` without controls.
    pub sibling: Option<Name>,
    /// Public names of AWS's own.
    pub aws_controls: Vec<Name>,
    /// The zone around the name.
    pub enclosing_zone: Option<Name>,
    /// The search list of this host.
    pub search: Vec<Name>,
    /// Whether clients here look the name up below the search list before they look it up itself.
    pub searches_first: bool,
    /// How often the target is asked for.
    pub samples: u32,
    /// Whether the control questions are asked.
    pub controls: bool,
    /// Whether the name is only asked for once more, for its A records alone.
    pub is_again: bool,
    /// The resolvers at which it is known what comes of a connection over TCP.
    pub known_over_tcp: Vec<Resolver>,
}

impl Plan {
    /// Makes the plan. `sibling_label` stands for the random first label of the sibling: 32 hexadecimal
    /// digits, as in an endpoint's name.
    pub fn new(target: &Target, asked: &Asked, facts: &Facts, sibling_label: &str) -> Self {
        let hostname = &target.hostname;
        let endpoint = EndpointName::parse(hostname).ok();
        let parent = hostname.parent().filter(|parent| !parent.is_root());
        let stub = facts.host.stub.as_ref();
        let sibling = parent.as_ref().and_then(|parent| parent.prepend(sibling_label).ok());
        Self {
            target: hostname.clone(),
            sibling: sibling.filter(|_| asked.controls),
            aws_controls: endpoint
                .as_ref()
                .map(EndpointName::public_aws_names)
                .unwrap_or_default(),
            enclosing_zone: endpoint.map(|endpoint| endpoint.regional_suffix).or(parent),
            search: stub.map(|stub| stub.search.clone()).unwrap_or_default(),
            searches_first: stub.is_some_and(|stub| stub.searches_first(hostname)),
            samples: asked.samples.max(1),
            controls: asked.controls,
            is_again: false,
            known_over_tcp: Vec::new(),
        }
    }

    /// The endpoint's name once more: whether a resolver that answered it, and then not all else, still does.
    #[must_use]
    pub fn once_more(&self) -> Self {
        Self {
            search: Vec::new(),
            samples: 1,
            is_again: true,
            ..self.clone()
        }
    }

    /// The first round of questions to a resolver. The target comes first, so that no control delays it.
    pub fn first_round(&self, resolver: &Resolver) -> Vec<Question> {
        let Some(transport) = resolver.transport else {
            return Vec::new();
        };
        let question = |purpose, qname: &Name, qtype| Question {
            purpose,
            qname: qname.clone(),
            qtype,
            class: Class::In,
            transport,
            checking_disabled: false,
            sample: 0,
        };
        if self.is_again {
            return vec![question(Purpose::Target, &self.target, RecordType::A)];
        }
        let mut questions = Vec::new();
        for sample in 0..self.samples {
            for qtype in [RecordType::A, RecordType::AAAA] {
                questions.push(Question {
                    sample,
                    ..question(Purpose::Target, &self.target, qtype)
                });
            }
        }
        let is_known_over_tcp = || self.known_over_tcp.iter().any(|one| one.is_same_place(resolver));
        if transport == Transport::Udp && resolver.role != Role::Public && !is_known_over_tcp() {
            questions.push(Question {
                transport: Transport::Tcp,
                ..question(Purpose::TargetTcp, &self.target, RecordType::A)
            });
        }
        if !self.controls {
            return questions;
        }
        if let Some(sibling) = &self.sibling {
            questions.push(question(Purpose::Sibling, sibling, RecordType::A));
        }
        for name in &self.aws_controls {
            questions.push(question(Purpose::AwsControl, name, RecordType::A));
        }
        questions.push(question(Purpose::Root, &Name::root(), RecordType::NS));
        if let Some(zone) = &self.enclosing_zone {
            questions.push(question(Purpose::EnclosingZone, zone, RecordType::SOA));
        }
        // Whoever runs a public resolver, its configuration is not the user's to change.
        if !resolver.has_role(Role::Public)
            && let Ok(qname) = software::QUESTION.parse()
        {
            questions.push(Question {
                class: Class::Ch,
                ..question(Purpose::Software, &qname, RecordType::TXT)
            });
        }
        questions
    }
}

/// Which host answers: the questions that follow where a resolver said of itself what it runs.
pub fn which_host(resolver: &Resolver, about_itself: &[Lookup]) -> Vec<Question> {
    let Some(transport) = resolver.transport else {
        return Vec::new();
    };
    if !about_itself.iter().any(|lookup| lookup.kind == AnswerKind::Answer) {
        return Vec::new();
    }
    let names = software::HOST_QUESTIONS.iter().filter_map(|name| name.parse().ok());
    names
        .map(|qname| Question {
            purpose: Purpose::Software,
            qname,
            qtype: RecordType::TXT,
            class: Class::Ch,
            transport,
            checking_disabled: false,
            sample: 0,
        })
        .collect()
}

/// The second round of questions to a resolver, from what it answered in the first.
pub fn follow_up(plan: &Plan, resolver: &Resolver, lookups: &[Lookup]) -> Vec<Question> {
    let Some(transport) = resolver.transport else {
        return Vec::new();
    };
    let target = |qtype| {
        lookups
            .iter()
            .find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == qtype)
    };
    let mut questions = Vec::new();
    for qtype in [RecordType::A, RecordType::AAAA] {
        if target(qtype).is_some_and(|lookup| lookup.kind == AnswerKind::ServFail) {
            questions.push(Question {
                purpose: Purpose::CheckingDisabled,
                qname: plan.target.clone(),
                qtype,
                class: Class::In,
                transport,
                checking_disabled: true,
                sample: 0,
            });
        }
    }
    let denied = target(RecordType::A).is_some_and(|lookup| lookup.kind.is_negative());
    if (denied || plan.searches_first) && resolver.has_role(Role::Local) {
        for suffix in &plan.search {
            if let Ok(qname) = plan.target.append(suffix) {
                questions.push(Question {
                    purpose: Purpose::SearchSuffix,
                    qname,
                    qtype: RecordType::A,
                    class: Class::In,
                    transport,
                    checking_disabled: false,
                    sample: 0,
                });
            }
        }
    }
    questions
}
