//! People who chat: they use nothing but the documented API, over real sockets.
//!
//! A test reads like what happened: `alice.send_to(&bob, "hi")`, `bob_here.expect_message("hi")`. Nothing of the
//! program is linked in here, so what people understand of the wire is a second opinion on it.

mod connection;
mod dial;
mod expect;
mod person;
mod rest;
mod server;
mod talk;
mod target;

pub use connection::Connection;
pub use dial::{Dial, Refusal};
pub use person::Person;
pub use rest::Answer;
pub use server::{PASSWORD, Server};
pub use talk::{Page, seqs, texts};
pub use target::{Group, Target};
