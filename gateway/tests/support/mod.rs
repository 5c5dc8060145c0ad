//! What the gateway's tests stand on: an api that keeps its tables in memory and can be slow, silent or behind,
//! a bus that can lose, repeat and hold back, and people with tokens. Nothing of the gateway is replaced.

pub mod api;
pub mod bus;
pub mod counters;
pub mod gate;
pub mod line;
pub mod presence;
pub mod wire;
pub mod world;

pub use bus::seq;
pub use line::Line;
pub use testkit::eventually;
pub use world::{Gateway, Person, World};
