//! A scenario of a test's own, played as `demo` plays one.

use eks_dns_doctor::lab::{self, Scene};
use eks_dns_doctor::report::Capture;

/// What was observed. Nothing was asked that the scenario does not answer.
pub(crate) fn played(text: &str) -> Capture {
    let scenario = lab::parse(text).expect("a scenario");
    let scene = Scene {
        name: "test",
        taken_at: String::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let played = runtime
        .block_on(lab::play(&scenario, &scene, std::future::pending(), |_| {}))
        .expect("a scenario that plays");
    assert_eq!(played.unexpected, Vec::<String>::new());
    played.capture
}
