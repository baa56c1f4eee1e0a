//! What a run knows of each of its resolvers. One that is asked at the same place is the same, whatever it is called.

use crate::resolvers::Resolver;

/// A value for each resolver of which there is something to know.
#[derive(Debug, Clone)]
pub(super) struct ByResolver<T>(Vec<(Resolver, T)>);

impl<T> Default for ByResolver<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ByResolver<T> {
    /// What is known of it.
    pub(super) fn get(&self, resolver: &Resolver) -> Option<&T> {
        let mut known = self.0.iter();
        known
            .find(|(other, _)| other.is_same_place(resolver))
            .map(|(_, value)| value)
    }

    /// Whether anything is known of it.
    pub(super) fn has(&self, resolver: &Resolver) -> bool {
        self.get(resolver).is_some()
    }

    /// Forgets it.
    pub(super) fn remove(&mut self, resolver: &Resolver) {
        self.0.retain(|(other, _)| !other.is_same_place(resolver));
    }

    /// What is known of each.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = (&Resolver, &mut T)> {
        self.0.iter_mut().map(|(resolver, value)| (&*resolver, value))
    }

    /// The resolvers of which something is known.
    pub(super) fn resolvers(&self) -> impl Iterator<Item = &Resolver> {
        self.0.iter().map(|(resolver, _)| resolver)
    }
}

impl<T: Default> ByResolver<T> {
    /// What is known of it, from now on.
    pub(super) fn of(&mut self, resolver: &Resolver) -> &mut T {
        let known = self.0.iter().position(|(other, _)| other.is_same_place(resolver));
        let place = known.unwrap_or_else(|| {
            self.0.push((resolver.clone(), T::default()));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }
}
