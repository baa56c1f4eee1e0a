//! Where the signs of a rule fit: what the engine hands to the rule's check.

use super::signs::{Is, Requires, Sign, Weighed};
use super::{Case, Confidence, Need, Rule, Subject};

/// What a rule requires before its check is asked.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Whose signs are read.
    pub(super) at: SignsOf,
    /// What it cannot be without.
    pub(super) requires: Requires,
    /// What a failing resolver has to show for an error of the run to be about it. Empty where the rule's error names
    /// no resolver, or where its signs are those of resolvers already.
    pub(super) names: Requires,
    /// How sure it is: the first whose signs fit too. The last has none.
    pub(super) confidence: &'static [(Confidence, Requires)],
}

/// Whose signs a rule reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignsOf {
    /// Each resolver in scope whose answer is not what it should be.
    Failing,
    /// Each resolver in scope.
    InScope,
    /// Each resolver in scope whose answer is not what it should be; and the configuration, where none shows it: the
    /// check is asked in any case.
    FailingOrConfigured,
    /// Each resolver that decides the conclusion and with which the run was done, and the operating system's lookup.
    Deciding,
    /// Each resolver that was asked, in scope or not, and the operating system's lookup.
    Asked,
    /// The run as a whole: this host, the cluster, what AWS says.
    Run,
}

/// A resolver at which a rule's signs fit.
#[derive(Debug, Clone, Copy)]
pub struct RuleFit<'c, 'a> {
    /// The resolver.
    pub subject: &'c Subject<'a>,
    /// How sure the rule is there, by its signs.
    pub confidence: Confidence,
}

/// Where the signs of a rule fit.
#[derive(Debug, Clone)]
pub struct Fits<'c, 'a> {
    at: Vec<RuleFit<'c, 'a>>,
    /// How sure the rule is, where it is about the run as a whole.
    pub confidence: Confidence,
}

impl<'c, 'a> Fits<'c, 'a> {
    /// How sure the rule is at all of these; of the run, where its signs fit at none of them.
    pub(super) fn least_sure_at(&self, subjects: &[&Subject<'_>]) -> Confidence {
        let is_one = |fit: &RuleFit<'_, '_>| subjects.iter().any(|subject| subject.name() == fit.subject.name());
        let of_each = self.iter().filter(is_one).map(|fit| fit.confidence);
        of_each.max().unwrap_or(self.confidence)
    }

    /// How sure the rule is at all of them; of the run, where its signs fit at none.
    pub(super) fn least_sure(&self) -> Confidence {
        let of_each = self.iter().map(|fit| fit.confidence);
        of_each.max().unwrap_or(self.confidence)
    }

    /// The resolvers, each with how sure the rule is there.
    pub(super) fn iter(&self) -> impl Iterator<Item = RuleFit<'c, 'a>> {
        self.at.iter().copied()
    }

    /// The resolvers.
    pub(super) fn subjects(&self) -> Vec<&'c Subject<'a>> {
        self.at.iter().map(|fit| fit.subject).collect()
    }

    /// The resolvers by how sure the rule is and by what it makes of each, in the order in which each group first comes
    /// up. `None` leaves one out.
    pub(super) fn grouped<K: PartialEq>(
        &self,
        key: impl Fn(&'c Subject<'a>) -> Option<K>,
    ) -> Vec<(Confidence, K, Vec<&'c Subject<'a>>)> {
        let mut groups: Vec<(Confidence, K, Vec<&'c Subject<'a>>)> = Vec::new();
        for fit in self.iter() {
            let Some(key) = key(fit.subject) else { continue };
            let same = groups
                .iter_mut()
                .find(|(confidence, other, _)| *confidence == fit.confidence && *other == key);
            match same {
                Some((_, _, group)) => group.push(fit.subject),
                None => groups.push((fit.confidence, key, vec![fit.subject])),
            }
        }
        groups
    }
}

impl Statement {
    /// Where the signs fit. `None` where they fit nowhere, and the check has nothing to look at.
    pub(super) fn fits<'c, 'a>(&self, case: &'c Case<'a>) -> Option<Fits<'c, 'a>> {
        let fit = |subject: &'c Subject<'a>| {
            let fits = self.requires.fits(case, Some(subject));
            fits.then(|| RuleFit {
                subject,
                confidence: self.confidence(case, Some(subject)),
            })
        };
        let at: Vec<RuleFit<'c, 'a>> = match self.at {
            SignsOf::Failing | SignsOf::FailingOrConfigured => case.failing().filter_map(fit).collect(),
            SignsOf::InScope => case.in_scope().filter_map(fit).collect(),
            SignsOf::Deciding => case.deciding().filter_map(fit).collect(),
            SignsOf::Asked => case.subjects().filter_map(fit).collect(),
            SignsOf::Run => {
                let named = |subject: &&Subject<'_>| !self.names.is_empty() && self.names.fits(case, Some(subject));
                return self.requires.fits(case, None).then(|| Fits {
                    at: case
                        .failing()
                        .filter(named)
                        .map(|subject| RuleFit {
                            subject,
                            confidence: self.confidence(case, Some(subject)),
                        })
                        .collect(),
                    confidence: self.confidence(case, None),
                });
            }
        };
        (!at.is_empty() || self.at == SignsOf::FailingOrConfigured).then(|| Fits {
            at,
            confidence: self.confidence(case, None),
        })
    }

    /// What the signs say of the rule as the cause of what a resolver shows.
    pub(super) fn weigh(&self, case: &Case<'_>, subject: &Subject<'_>) -> Weighed {
        let of_rule = self.requires.weigh(case, Some(subject));
        of_rule.and(self.names.weigh(case, Some(subject)))
    }

    /// All signs that its error about a resolver cannot be without.
    pub(super) fn signs(&self) -> impl Iterator<Item = Is> {
        self.requires.signs().chain(self.names.signs())
    }

    /// Whether it is one of those signs, or one of those that make the rule surer.
    pub(super) fn looks_at(&self, sign: &Sign) -> bool {
        let surer = self.confidence.iter().flat_map(|(_, signs)| signs.signs());
        self.signs().chain(surer).any(|is| is.sign() == sign)
    }

    /// Whether some group is about resolvers of another kind alone.
    pub(super) fn is_of_another_kind(&self, subject: &Subject<'_>) -> bool {
        self.requires.is_of_another_kind(subject) || self.names.is_of_another_kind(subject)
    }

    /// How sure it is where the signs fit.
    fn confidence(&self, case: &Case<'_>, subject: Option<&Subject<'_>>) -> Confidence {
        self.confidence
            .iter()
            .find(|(_, signs)| signs.fits(case, subject))
            .map_or(Confidence::Low, |(confidence, _)| *confidence)
    }
}

impl Rule {
    /// The facts without which it is not evaluated: those it names, and those that its signs cannot be read without.
    pub fn needs(&self) -> Vec<Need> {
        let of_signs = self.states.requires.facts().0;
        distinct(self.needs.iter().copied().chain(of_signs))
    }

    /// The facts that it looks at where they are known: those it names, and those that its signs look at.
    pub fn wants(&self) -> Vec<Need> {
        let needs = self.needs();
        let surer = self.states.confidence.iter().flat_map(|(_, signs)| {
            let (needs, wants) = signs.facts();
            needs.into_iter().chain(wants)
        });
        let (named, by_name) = self.states.names.facts();
        let named = named.into_iter().chain(by_name);
        let of_signs = self.states.requires.facts().1.into_iter().chain(named).chain(surer);
        let mut wants = distinct(self.wants.iter().chain(self.wants_of).copied().chain(of_signs));
        wants.retain(|need| !needs.contains(need));
        wants
    }

    /// The signs that it cannot be without, each in words, as its page has them.
    pub fn signs(&self) -> Vec<String> {
        let named = self.states.names.words();
        let named = named.map(|words| format!("of a resolver that its error names: {words}"));
        self.states.requires.words().chain(named).collect()
    }

    /// The facts that are missing, so that it cannot be evaluated.
    pub(super) fn missing(&self, case: &Case<'_>) -> Vec<Need> {
        let own = self.needs.iter().copied().filter(|need| !case.has(*need));
        distinct(own.chain(self.states.requires.missing(case)))
    }
}

fn distinct(needs: impl Iterator<Item = Need>) -> Vec<Need> {
    let mut each = Vec::new();
    for need in needs {
        if !each.contains(&need) {
            each.push(need);
        }
    }
    each
}
