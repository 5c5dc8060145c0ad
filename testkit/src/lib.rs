//! For tests only: private servers, whole clusters, people who chat, processes that can be killed, links that can be cut.
//!
//! Nothing here reaches into the program: people use the documented API over real sockets, the database is a real
//! server, and a process is the real binary. No crate may depend on this one outside `[dev-dependencies]`, but for `loadtest`, which is a test itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test support: what cannot go on panics with a sentence, which fails the test that asked"
)]

pub mod cluster;
pub mod contract;
pub mod daemon;
pub mod faulty_bus;
mod folder;
mod guard;
pub mod installed;
pub mod mariadb;
pub mod people;
pub mod port;
pub mod process;
pub mod proxy;
pub mod redis;
pub mod wait;

pub use cluster::{Cluster, ClusterPlan, Link};
pub use daemon::Daemon;
pub use mariadb::{Database, MariaDb};
pub use people::{Connection, Group, Person, Server};
pub use process::{Process, Program};
pub use proxy::Proxy;
pub use redis::RedisServer;
pub use wait::{eventually, within};
