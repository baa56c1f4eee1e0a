//! The targets that the careful engine is to ask for, and what the check of one of them is to show for the others.

use std::collections::{BTreeMap, VecDeque};

/// What a check finds out for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Survey {
    /// Nothing: it rests on what others showed.
    No,
    /// The first of its zone: what it needs itself, and who is silent.
    First,
    /// All there is.
    Whole,
}

/// What a survey is to show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SurveyAim {
    /// Whether these servers, which were mute, are silent whatever they are asked.
    Mute(Vec<usize>),
    /// What the first target of this zone did not wait for.
    Zone(String),
}

/// The targets that the careful engine is to ask for. Where a survey is to be done before it, the first of them does
/// it, and the others wait for that, so that not every one costs a window.
#[derive(Default)]
pub(super) struct Suspects {
    ready: VecDeque<(usize, Survey)>,
    /// Who waits for each survey; `None` once it is done.
    waiting: BTreeMap<SurveyAim, Option<Vec<usize>>>,
    /// The surveys under way, by who does each.
    surveys: BTreeMap<usize, SurveyAim>,
}

impl Suspects {
    /// One more, and the survey that is to be done before it.
    pub(super) fn add(&mut self, at: usize, about: Option<SurveyAim>) {
        let Some(about) = about else {
            return self.ready.push_back((at, Survey::No));
        };
        match self.waiting.get_mut(&about) {
            None => {
                self.waiting.insert(about.clone(), Some(Vec::new()));
                self.surveys.insert(at, about);
                self.ready.push_back((at, Survey::Whole));
            }
            Some(Some(waiting)) => waiting.push(at),
            Some(None) => self.ready.push_back((at, Survey::No)),
        }
    }

    /// The next to ask for, and how.
    pub(super) fn next(&mut self) -> Option<(usize, Survey)> {
        self.ready.pop_front()
    }

    /// A check is done, and a survey with it where it was one.
    pub(super) fn surveyed(&mut self, at: Option<usize>) {
        let about = at.and_then(|at| self.surveys.remove(&at));
        let waiting = about.and_then(|about| self.waiting.insert(about, None)).flatten();
        let waiting = waiting.into_iter().flatten().map(|at| (at, Survey::No));
        self.ready.extend(waiting);
    }

    /// Whether this survey was done.
    pub(super) fn is_surveyed(&self, about: &SurveyAim) -> bool {
        matches!(self.waiting.get(about), Some(None))
    }
}
