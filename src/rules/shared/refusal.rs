//! Whom a resolver refuses.

use crate::compare::Verdict;
use crate::dns::{AnswerKind, Rcode};
use crate::observation::{Lookup, Reason, Transport};
use crate::rules::Subject;
use crate::rules::step::{ReadingStep, controls};

/// Whether a question was refused: by a whole reply, or by a bare header with REFUSED.
pub(in crate::rules) fn is_refused(lookup: &Lookup) -> bool {
    lookup.kind == AnswerKind::Refused || is_bare(lookup)
}

/// Whether a bare header with REFUSED is all that came. Go waits past it, so it counts as silence elsewhere. Unbound
/// sends it to a client that its access-control refuses (daemon/worker.c, deny_refuse; recorded with 1.17.1).
fn is_bare(lookup: &Lookup) -> bool {
    let bare = matches!(lookup.reason, Some(Reason::BareHeader { rcode }) if rcode == Rcode::REFUSED);
    bare && lookup.kind.is_silence()
}

/// Whether bare headers with REFUSED are all that came for the name.
pub(in crate::rules) fn is_by_bare_headers(subject: &Subject<'_>) -> bool {
    subject.a().is_some_and(is_bare)
}

/// Whether the client is refused, rather than the name.
pub(in crate::rules) fn is_of_the_client(subject: &Subject<'_>) -> bool {
    let is_refused_as_asked =
        matches!(subject.verdict(), Verdict::Refused | Verdict::Timeout) && subject.a().is_some_and(is_refused);
    if ReadingStep::of(subject) != ReadingStep::Content || !is_refused_as_asked || has_nobody_to_ask(subject) {
        return false;
    }
    let mut asked = controls(subject).peekable();
    if asked.peek().is_none() {
        // Without a control, only the mark of a policy speaks for the name.
        let of_a_policy = |lookup: &Lookup| lookup.has_ede(|error| matches!(error.code, 15..=17));
        return !subject.a().is_some_and(of_a_policy);
    }
    let mut is_any_refused = false;
    let is_all_refused_or_silent = asked.all(|lookup| {
        is_any_refused |= is_refused(lookup);
        is_refused(lookup) || lookup.kind.is_silence()
    });
    is_any_refused && is_all_refused_or_silent
}

/// Whether the refusal is for who asks: EDE 18, which RFC 8914 section 4.19 has for a client that is not authorized; a
/// bare header, which only an access list of Unbound's makes; or one inside TLS, which dnsmasq does not speak, so that
/// no dnsmasq passes it on.
pub(in crate::rules) fn names_the_client(subject: &Subject<'_>) -> bool {
    let is_inside_tls = subject.probed.resolver.transport.is_some_and(Transport::is_encrypted);
    let is_marked = subject
        .a()
        .is_some_and(|lookup| lookup.has_ede(|error| error.code == 18));
    is_by_bare_headers(subject) || is_marked || is_inside_tls
}

/// It refuses the name for want of a server to ask: dnsmasq marks that EDE 14 (src/forward.c, forward_query: "no
/// available server"; recorded with 2.90).
pub(in crate::rules) fn has_nobody_to_ask(subject: &Subject<'_>) -> bool {
    let is_not_ready = |lookup: &Lookup| lookup.has_ede(|error| error.code == 14);
    subject.verdict() == Verdict::Refused && subject.a().is_some_and(is_not_ready)
}
