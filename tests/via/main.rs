//! Other places: through a stand-in for `ssh` that runs its command here, and through a mock of Systems Manager that
//! does. What comes back from there may be anything.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

mod endings;
mod hosts;
mod manager;
mod places;
mod push;
mod ssm;

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";

/// What a run with [`name_server`] comes to: right answers, and a warning that it has no TCP and no EDNS.
const WELL: &str = "degraded";

const PROGRAM: &str = env!("CARGO_BIN_EXE_eks-dns-doctor");
