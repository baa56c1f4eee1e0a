//! The line at the foot of a terminal, as it is drawn over and taken away.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the line is on the terminal: a second Ctrl-C ends the program from another thread.
static DRAWN: AtomicBool = AtomicBool::new(false);

/// Draws it, over what was drawn before.
pub(super) fn draw(line: &str) {
    DRAWN.store(true, Ordering::SeqCst);
    let _ = write!(io::stderr().lock(), "\r{line}\x1b[K");
}

/// Takes the line away, where it is there.
pub(super) fn clear() {
    if DRAWN.swap(false, Ordering::SeqCst) {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(b"\r\x1b[K").and_then(|()| stderr.flush());
    }
}
