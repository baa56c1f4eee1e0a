//! The recognisers of a line, and which of them says more.

use super::seen::MessageSeen;
use super::{behind, beyond, go, library, logs, resolved, tool, windows};

/// What is recognised in a line.
pub(super) type Recogniser = fn(&str) -> Option<MessageSeen>;

/// The rank of what logs of name servers say: they are the first of the recognisers.
pub(super) const OF_LOGS: usize = 1;
/// The rank of Go's error of a lookup, which names what was looked up without a search domain.
pub(super) const OF_GO: usize = 3;
/// The ranks of what programs say that look a name up to connect to it: Go's, and those of the C library.
pub(super) const OF_PROGRAMS: [usize; 3] = [OF_GO, 4, 7];
/// The ranks of what nslookup, dig and their like print, Windows' too.
pub(super) const OF_TOOLS: [usize; 2] = [9, 10];

/// The recognisers, what says most first.
pub(super) const RECOGNISERS: &[Recogniser] = &[
    logs::line,
    beyond::server_side,
    go::look_up,
    go::trace,
    beyond::proxy,
    resolved::line,
    library::look_up,
    go::exchange,
    tool::line,
    windows::line,
    behind::line,
    behind::bare_rcode,
];
