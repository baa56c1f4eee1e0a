//! A pasted message, or a log around one.

use std::ffi::OsString;

use eks_dns_doctor::cli::{self, NothingToRun, UsageError};
use eks_dns_doctor::{app, pasted};

use super::held;

pub(crate) fn check(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let Some(read) = pasted::read(&text) else {
        return;
    };
    // A piece of the line is shown, and its end is marked where more came.
    assert!(read.line.chars().count() <= 241, "{}", read.line);
    held::page(&app::meaning(&read));
    assert!(!read.candidates.is_empty() || !read.symptom.is_dns());
    // What is to be copied into a shell is plain words, and a command line that exists.
    let plain = |c: char| c.is_ascii_alphanumeric() || " -_.:[]".contains(c);
    assert!(read.command.chars().all(plain), "{}", read.command);
    if read.command.starts_with("eks-dns-doctor ") {
        let words = read.command.split(' ').map(OsString::from);
        let parsed = cli::parse(words);
        let is_wrong = matches!(parsed, Err(NothingToRun::Usage(UsageError::Arguments(_))));
        assert!(!is_wrong, "{}", read.command);
    } else {
        // What is known only to AWS or to kubectl.
        let is_known = ["aws ", "kubectl "]
            .iter()
            .any(|program| read.command.starts_with(program));
        assert!(is_known, "{}", read.command);
    }
    // The same text means the same.
    assert_eq!(pasted::read(&text).as_ref(), Some(&read));
}
