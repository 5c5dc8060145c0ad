//! What the REST tests share: a node in a folder of its own, with a clock that stands still, called through the
//! router that is served. Ids and times are the same in every run; what is random is blotted out.
#![allow(dead_code, unused_imports)]

mod answer;
mod bus;
mod call;
mod node;
mod people;
mod routes;
mod shelf;

pub use answer::{Answer, ID};
pub use bus::KeptBus;
pub use call::Call;
pub use node::{Made, Node, SECRET};
pub use people::{PASSWORD, Person};
pub use routes::{Route, routes};
pub use shelf::MemoryShelf;
