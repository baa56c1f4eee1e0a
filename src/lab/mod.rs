//! The lab: embedded name servers on loopback that play a scenario under the scenario's own addresses. For
//! `demo`, and for the tests.

pub mod scenario;
