//! The lab: embedded name servers on loopback that play a scenario under the scenario's own addresses. For
//! `demo`, and for the tests.

mod book;
mod deform;
mod message;
mod play;
pub mod scenario;
mod secure;
mod server;
mod stream;
mod world;
mod zone;

pub use play::{Played, Scene, play, play_until_settled};
pub use world::{ScenarioList, UnplayableScenario, names, parse, scenario, text};
