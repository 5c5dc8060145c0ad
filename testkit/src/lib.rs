//! For tests only: private database servers, people who chat, processes that can be killed.
//!
//! Nothing here reaches into the program: people use the documented API over real sockets, the database is a real
//! server, and a process is the real binary. No crate may depend on this one outside `[dev-dependencies]`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test support: what cannot go on panics with a sentence, which fails the test that asked"
)]

pub mod contract;
pub mod faulty_bus;
mod folder;
mod guard;
pub mod mariadb;
pub mod people;
pub mod port;
pub mod process;
pub mod redis;
pub mod wait;

pub use mariadb::{Database, MariaDb};
pub use people::{Connection, Group, Person, Server};
pub use process::{Process, Program};
pub use redis::RedisServer;
pub use wait::{eventually, within};
