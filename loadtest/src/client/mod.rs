//! A client that does what the protocol says a client does, and notes all of it. It speaks WebSocket and REST as
//! documented, and nothing else; what it is to do comes as orders.

mod world;
mod log;
mod outbox;
mod link;
mod expiring;
pub mod rest;
mod face;
mod device;

pub use device::{Device, Start};
pub use face::{Face, Faces};
pub use world::{CANARY, KEPT, PASSWORD, World};

use crate::history::Key;
use std::time::Duration;

/// What a client is to do.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub enum Order {
    /// Say something, behind what waits in that conversation, and repeat it so often after its answer.
    Say { key: Key, length: usize, repeats: u32 },
    /// Say several things in one breath.
    Burst { key: Key, count: u32 },
    /// Say something to oneself, and report when it was acked and came back.
    Probe(u32),
    /// Type.
    Type { key: Key },
    /// Mark as read what is there.
    Read,
    /// Join a group.
    Join { group: i64 },
    /// Leave a group.
    Leave { group: i64 },
    /// Remove somebody from a group.
    Kick { group: i64, user: i64 },
    /// Cut the line without a word, and stay away so long.
    Away(Duration),
    /// Stop reading for so long, with the line open.
    Pause(Duration),
    /// End the session and begin another one.
    LogOut,
    /// Renew the token.
    Refresh,
    /// Come back with a token that runs out soon, and do nothing about it.
    Expire,
}
