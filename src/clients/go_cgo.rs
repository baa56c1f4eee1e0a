//! Go programs that ask the C library (cgo): glibc's answer in Go's words, without a server.
//!
//! Recorded with Go 1.19.8 (fixtures/clients/recorded.json). EAI_NONAME is "no such host"; EAI_NODATA too since Go 1.21
//! (src/net/cgo_unix.go), and before that the C library's own text.

use super::glibc::{AGAIN, NODATA, NONAME};
use super::{Said, Situation, glibc, kubectl};

/// What kubectl would print, were it built with cgo.
pub(super) fn said(situation: &Situation<'_>) -> Option<Said> {
    let Said { resolves, messages } = glibc::said(situation)?;
    let host = &situation.target.hostname;
    let mut said = Said {
        resolves,
        messages: Vec::new(),
    };
    for message in &messages {
        let texts: &[&str] = match message.as_str() {
            NONAME => &["no such host"],
            NODATA => &["no such host", NODATA],
            _ => &[AGAIN],
        };
        for text in texts {
            said.add(Said::of(&kubectl(
                situation,
                &format!("lookup {host}: {text}"),
            )));
        }
    }
    Some(said)
}
