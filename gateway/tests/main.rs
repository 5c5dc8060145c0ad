//! The gateway over real sockets, and where time is the matter over streams inside the process: with an api and
//! a bus that fail on purpose. By promise: how a connection begins, what it may say, what it hears, how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what it expects, and fails by a panic"
)]

mod connecting;
mod door;
mod ending;
mod hearing;
mod presence;
mod saying;
mod program;
mod support;
