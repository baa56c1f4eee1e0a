//! What kubectl and the other clients print.

use crate::clients::{Client, Prediction, Resolution};
use crate::report::{Conclusion, Report};

/// The messages of kubectl that the first screen shows: of a race, both ends.
pub(in crate::render) const MESSAGES: usize = 2;

/// What stands beside the messages of a client that resolves the name now and then.
pub(in crate::render) const OR_IT_RESOLVES: &str = "(it resolves the name now and then)";

/// The messages of another client than kubectl, on one line.
pub(in crate::render) fn client(client: &Prediction) -> String {
    let mut said = client.messages.join(" or ");
    if client.outcome == Resolution::Varies {
        said.push(' ');
        said.push_str(OR_IT_RESOLVES);
    }
    said
}

/// What kubectl would say, where that helps: nothing where all is well.
pub(in crate::render) fn kubectl(report: &Report) -> Option<&Prediction> {
    (report.conclusion != Conclusion::Healthy)
        .then(|| report.clients.iter().find(|client| client.client == Client::Go))
        .flatten()
}
