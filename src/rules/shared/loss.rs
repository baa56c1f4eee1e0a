//! Questions over UDP that are lost.

use crate::observation::{Attempt, Lookup, Purpose, Transport};
use crate::rules::Subject;
use crate::rules::step::was_heard;

/// Whether the question got nothing at first, and a reply when it was put again as it was.
fn is_lost_at_first(lookup: &Lookup) -> bool {
    let mut tries = lookup
        .attempts
        .iter()
        .filter(|attempt| attempt.transport == Transport::Udp);
    let Some(first) = tries.next().filter(|first| !was_heard(first)) else {
        return false;
    };
    let is_same = |attempt: &Attempt| attempt.edns == first.edns && was_heard(attempt);
    tries.any(is_same)
}

fn is_silent(lookup: &Lookup) -> bool {
    let mut tries = lookup
        .attempts
        .iter()
        .filter(|attempt| attempt.transport == Transport::Udp);
    !lookup.attempts.is_empty() && tries.all(|attempt| !was_heard(attempt))
}

/// The questions other than the one for the name's A record that got nothing over UDP at first: those that got a reply
/// when they were put again, and those that never got one. Where A is answered, it is AAAA that is left out.
pub(in crate::rules) fn lost<'a>(subject: &Subject<'a>) -> (Vec<&'a Lookup>, Vec<&'a Lookup>) {
    let lost = [subject.a(), subject.aaaa()]
        .into_iter()
        .flatten()
        .find(|one| is_silent(one));
    let is_target = |lookup: &Lookup| lost.or(subject.a()).is_some_and(|lost| std::ptr::eq(lost, lookup));
    let others = || {
        let all = subject.probed.lookups.iter();
        // What a server says of its software is often dropped on purpose.
        all.filter(|lookup| lookup.transport == Transport::Udp && lookup.purpose != Purpose::Software)
            .filter(|lookup| !is_target(lookup))
    };
    (
        others().filter(|lookup| is_lost_at_first(lookup)).collect(),
        others().filter(|lookup| is_silent(lookup)).collect(),
    )
}

/// Whether questions over UDP are lost, whatever they ask for: one got its reply when it was put again, and another
/// one got nothing at first, too. A filter of names or types answers, or stays silent, each time: silence for names of
/// the endpoint's zone may be its.
pub(in crate::rules) fn is_shown(subject: &Subject<'_>) -> bool {
    let (again, never) = lost(subject);
    let outside = never
        .iter()
        .filter(|lookup| matches!(lookup.purpose, Purpose::AwsControl | Purpose::Root));
    !again.is_empty() && again.len() + outside.count() > 1
}
