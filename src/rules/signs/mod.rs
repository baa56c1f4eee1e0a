//! Signs: what the evidence shows, or does not show. A rule declares the signs that it cannot be without, the engine
//! reads them before it asks the rule, and `--explain-why` prints what was read.
//!
//! A sign stands here once: how it is read, and its words. What two rules share is a sign.

mod answer;
mod aws;
mod behind;
mod beside;
mod connection;
mod controls;
mod degree;
mod exchange;
mod host;
mod network;
mod resolver;
mod run;

use std::borrow::Cow;
use std::fmt;

use super::{Case, Evidence, Need, Subject};

pub(super) use answer::*;
pub(super) use aws::*;
pub(super) use behind::*;
pub(super) use beside::*;
pub(super) use connection::*;
pub(super) use controls::*;
pub(super) use degree::*;
pub(super) use exchange::*;
pub(super) use host::*;
pub(super) use network::*;
pub(super) use resolver::*;
pub(super) use run::*;

/// One thing that the evidence shows, or does not show.
pub(super) struct Sign {
    /// What is looked for, for the case that it could not be seen.
    what: &'static str,
    /// The words for it being there.
    yes: &'static str,
    /// The words for it not being there.
    no: &'static str,
    read: ReadOff,
    /// What else is said of it where it is there.
    detail: Option<fn(&Subject<'_>) -> Option<String>>,
    /// What was seen in its place where it is not there, and the words for that say more than `no`.
    otherwise: Option<Otherwise>,
    /// Without these it cannot be read.
    needs: &'static [Need],
    /// What it looks at where that is known.
    looks_at: &'static [Need],
    /// Which resolvers can show it.
    shown_by: ShownBy,
    /// The facts that it is read off, as evidence for it being there.
    facts: Option<fn(&Case<'_>) -> Vec<String>>,
    /// Whether it may be there without being seen: that it is not there says only that it is not known to be.
    is_open: bool,
}

/// What was seen at a resolver in the place of a sign.
type Otherwise = fn(&Subject<'_>) -> Option<Cow<'static, str>>;

/// What a sign is read off: one resolver, or the run with its facts.
#[derive(Clone, Copy)]
enum ReadOff {
    Resolver(fn(&Case<'_>, &Subject<'_>) -> Option<bool>),
    Run(fn(&Case<'_>) -> Option<bool>),
}

/// Which resolvers can show a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ShownBy {
    All,
    Encrypted,
    Clear,
}

impl fmt::Debug for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sign").field(&self.yes).finish()
    }
}

impl PartialEq for Sign {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// Every sign, in the order of the reading.
pub(super) fn in_order() -> impl Iterator<Item = &'static Sign> {
    [
        OF_RESOLVER,
        OF_HOST,
        OF_CONNECTION,
        OF_DEGREE,
        OF_RUN,
        OF_AWS,
        OF_NETWORK,
    ]
    .concat()
    .into_iter()
}

impl Sign {
    const fn new(what: &'static str, yes: &'static str, no: &'static str, read: ReadOff) -> Self {
        Self {
            what,
            yes,
            no,
            read,
            detail: None,
            otherwise: None,
            needs: &[],
            looks_at: &[],
            shown_by: ShownBy::All,
            is_open: false,
            facts: None,
        }
    }

    /// A sign of one resolver that may be there without being seen: its absence is read as "not known".
    const fn of_resolver_if_known(
        what: &'static str,
        yes: &'static str,
        no: &'static str,
        read: fn(&Case<'_>, &Subject<'_>) -> Option<bool>,
    ) -> Self {
        Self {
            is_open: true,
            ..Self::of_resolver(what, yes, no, read)
        }
    }

    /// A sign of the run that may be there without being seen: its absence is read as "not known".
    const fn of_run_if_known(
        what: &'static str,
        yes: &'static str,
        no: &'static str,
        read: fn(&Case<'_>) -> Option<bool>,
    ) -> Self {
        Self {
            is_open: true,
            ..Self::of_run(what, yes, no, read)
        }
    }

    /// A sign of one resolver. It reads as `None` where that cannot be seen.
    const fn of_resolver(
        what: &'static str,
        yes: &'static str,
        no: &'static str,
        read: fn(&Case<'_>, &Subject<'_>) -> Option<bool>,
    ) -> Self {
        Self::new(what, yes, no, ReadOff::Resolver(read))
    }

    /// A sign of the run: of this host, of the cluster, of what AWS says.
    const fn of_run(
        what: &'static str,
        yes: &'static str,
        no: &'static str,
        read: fn(&Case<'_>) -> Option<bool>,
    ) -> Self {
        Self::new(what, yes, no, ReadOff::Run(read))
    }

    /// Without these facts it cannot be read.
    const fn needing(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }

    /// These facts it looks at where they are known.
    const fn looking_at(self, looks_at: &'static [Need]) -> Self {
        Self { looks_at, ..self }
    }

    /// What else is said of it where it is there.
    const fn with(self, detail: fn(&Subject<'_>) -> Option<String>) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }

    /// What was seen in its place where it is not there.
    const fn otherwise(self, otherwise: Otherwise) -> Self {
        Self {
            otherwise: Some(otherwise),
            ..self
        }
    }

    /// The facts that it is read off, in AWS's words or those of a file.
    const fn stating(self, facts: fn(&Case<'_>) -> Vec<String>) -> Self {
        Self {
            facts: Some(facts),
            ..self
        }
    }

    /// The facts that it is read off, as evidence. It is for whoever saw that it is there.
    pub(super) fn evidence(&self, case: &Case<'_>) -> Vec<Evidence> {
        let facts = self.facts.map(|facts| facts(case)).unwrap_or_default();
        facts.into_iter().map(Evidence::fact).collect()
    }

    const fn shown_by(self, shown_by: ShownBy) -> Self {
        Self { shown_by, ..self }
    }

    /// Whether the sign is there. `None` where it could not be seen, or no resolver is looked at.
    pub(super) fn seen(&self, case: &Case<'_>, subject: Option<&Subject<'_>>) -> Option<bool> {
        match self.read {
            ReadOff::Resolver(read) => read(case, subject?),
            ReadOff::Run(read) => read(case),
        }
    }

    /// Whether it is there, at a resolver.
    pub(super) fn is_at(&self, case: &Case<'_>, subject: &Subject<'_>) -> bool {
        self.seen(case, Some(subject)) == Some(true)
    }

    /// What was read of it, for an argument.
    fn look(&self, subject: Option<&Subject<'_>>, seen: Option<bool>) -> SignReading {
        let has_other_words = || {
            let instead = self.otherwise.zip(subject);
            instead.is_some_and(|(instead, subject)| instead(subject).is_some())
        };
        SignReading {
            what: self.what,
            words: self.words(subject, seen),
            seen,
            is_known: seen.is_some() && !(self.is_open && seen == Some(false) && !has_other_words()),
        }
    }

    /// What was seen, in words.
    pub(super) fn words(&self, subject: Option<&Subject<'_>>, seen: Option<bool>) -> String {
        let words = match seen {
            Some(true) => Cow::Borrowed(self.yes),
            Some(false) => {
                let instead = self
                    .otherwise
                    .zip(subject)
                    .and_then(|(instead, subject)| instead(subject));
                instead.unwrap_or(Cow::Borrowed(self.no))
            }
            None => return format!("{}: not seen", self.what),
        };
        match self.detail.zip(subject).and_then(|(detail, subject)| detail(subject)) {
            Some(detail) if seen == Some(true) => format!("{words} ({detail})"),
            _ => words.into_owned(),
        }
    }

    /// Whether a resolver of this kind can show it.
    pub(super) fn can_be_shown_by(&self, subject: &Subject<'_>) -> bool {
        let transport = subject.probed.resolver.transport;
        let is_encrypted = transport.is_some_and(crate::observation::Transport::is_encrypted);
        match self.shown_by {
            ShownBy::All => true,
            ShownBy::Encrypted => is_encrypted,
            ShownBy::Clear => !is_encrypted,
        }
    }
}

/// A sign as a rule requires it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Is {
    /// It is there.
    Present(&'static Sign),
    /// It was looked for, and is not there.
    Absent(&'static Sign),
    /// It is not there, as far as could be seen.
    NotSeen(&'static Sign),
}

impl Is {
    /// The sign.
    pub(super) fn sign(self) -> &'static Sign {
        match self {
            Self::Present(sign) | Self::Absent(sign) | Self::NotSeen(sign) => sign,
        }
    }

    /// Whether what was seen is as required; `None` where that could not be seen.
    fn fits(self, seen: Option<bool>) -> Option<bool> {
        match self {
            Self::Present(_) => seen,
            Self::Absent(_) => seen.map(|seen| !seen),
            Self::NotSeen(_) => Some(seen != Some(true)),
        }
    }

    /// The facts without which it cannot be said.
    fn needs(self) -> &'static [Need] {
        match self {
            Self::Present(sign) | Self::Absent(sign) => sign.needs,
            Self::NotSeen(_) => &[],
        }
    }

    /// The words for it being as it is required.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Present(sign) => sign.yes,
            Self::Absent(sign) | Self::NotSeen(sign) => sign.no,
        }
    }
}

/// A sign as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignReading {
    /// What was looked for.
    pub what: &'static str,
    /// What was seen, in words.
    pub words: String,
    /// Whether it is there; `None` where that could not be seen.
    pub seen: Option<bool>,
    /// Whether that is known, and not only that nothing shows it.
    pub is_known: bool,
}

/// Signs of which any is enough.
pub(super) type Alternatives = &'static [Is];

/// What a rule cannot be without: of each group one sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Requires(pub(super) &'static [Alternatives]);

/// What the signs say of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Weighed {
    /// Everything that it cannot be without is there.
    Fits,
    /// What would decide could not be seen.
    Undecided(Vec<SignReading>),
    /// What was seen rules it out.
    RuledOut(Vec<SignReading>),
}

impl Weighed {
    /// What two statements say together, of which the cause needs both.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::RuledOut(because), _) | (_, Self::RuledOut(because)) => Self::RuledOut(because),
            (Self::Undecided(mut one), Self::Undecided(other)) => {
                one.extend(other);
                Self::Undecided(one)
            }
            (Self::Undecided(because), Self::Fits) | (Self::Fits, Self::Undecided(because)) => Self::Undecided(because),
            (Self::Fits, Self::Fits) => Self::Fits,
        }
    }
}

impl Requires {
    /// Whether nothing is required.
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// All signs.
    pub(super) fn signs(self) -> impl Iterator<Item = Is> {
        self.0.iter().copied().flatten().copied()
    }

    /// Each group in words: what has to be seen, or any of what.
    pub(super) fn words(self) -> impl Iterator<Item = String> {
        self.0.iter().map(|group| {
            let words: Vec<&str> = group.iter().map(|is| is.words()).collect();
            words.join("; or ")
        })
    }

    /// What the evidence says, at a resolver or of the run.
    pub(super) fn weigh(self, case: &Case<'_>, subject: Option<&Subject<'_>>) -> Weighed {
        let mut unseen = Vec::new();
        for group in self.0 {
            let readings: Vec<(Option<bool>, Is)> =
                group.iter().map(|is| (is.sign().seen(case, subject), *is)).collect();
            if readings.iter().any(|(seen, is)| is.fits(*seen) == Some(true)) {
                continue;
            }
            let is_decided = readings.iter().all(|(seen, is)| is.fits(*seen).is_some());
            let looks = readings
                .into_iter()
                .filter(|(seen, is)| is_decided || is.fits(*seen).is_none())
                .map(|(seen, is)| is.sign().look(subject, seen));
            if is_decided {
                return Weighed::RuledOut(looks.collect());
            }
            unseen.extend(looks);
        }
        if unseen.is_empty() {
            Weighed::Fits
        } else {
            Weighed::Undecided(unseen)
        }
    }

    /// Whether these signs are all there.
    pub(super) fn fits(self, case: &Case<'_>, subject: Option<&Subject<'_>>) -> bool {
        self.0.iter().all(|group| {
            let fits = |is: &Is| is.fits(is.sign().seen(case, subject));
            group.iter().any(|is| fits(is) == Some(true))
        })
    }

    /// The facts that some group cannot be read without.
    pub(super) fn missing(self, case: &Case<'_>) -> Vec<Need> {
        let unmet = |is: &Is| -> Vec<Need> { is.needs().iter().copied().filter(|need| !case.has(*need)).collect() };
        let groups = self.0.iter().filter_map(|group| {
            let unmet: Vec<Vec<Need>> = group.iter().map(unmet).collect();
            unmet.iter().all(|needs| !needs.is_empty()).then(|| unmet.concat())
        });
        groups.flatten().collect()
    }

    /// Whether some group is about resolvers of another kind alone.
    pub(super) fn is_of_another_kind(self, subject: &Subject<'_>) -> bool {
        self.0
            .iter()
            .any(|group| group.iter().all(|is| !is.sign().can_be_shown_by(subject)))
    }

    /// The facts that its signs look at, of those without which no group can be read, and of the others.
    pub(super) fn facts(self) -> (Vec<Need>, Vec<Need>) {
        let (mut needs, mut wants) = (Vec::new(), Vec::new());
        for group in self.0 {
            for is in *group {
                let list = if group.len() == 1 { &mut needs } else { &mut wants };
                list.extend(is.needs());
                wants.extend(is.sign().needs);
                wants.extend(is.sign().looks_at);
            }
        }
        (needs, wants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first pronoun of a sign is replaced by the resolver's name, so a sign of the run has none, and what is said
    /// of a resolver, or of others beside it, has one.
    #[test]
    fn a_sign_of_a_resolver_names_it_and_no_other_sign_does() {
        let mut wrong = Vec::new();
        for sign in in_order() {
            let is_of_resolver = matches!(sign.read, ReadOff::Resolver(_));
            for words in [sign.yes, sign.no] {
                let names_it = words.split([' ', ',']).any(|word| word == "it" || word == "its");
                if names_it != is_of_resolver {
                    wrong.push(words);
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// What is only not known is an argument of less weight, so a sign that says so is declared as one.
    #[test]
    fn a_sign_that_says_not_known_is_declared_so() {
        let wrong: Vec<_> = in_order()
            .filter(|sign| sign.is_open != sign.no.contains(" not known"))
            .map(|sign| sign.no)
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
