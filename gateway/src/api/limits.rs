//! How long a question at the door may take, part by part.

use super::WITHIN;
use std::time::Duration;

/// How long each part of a call may take, and how often nodes are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a call may take, over all nodes and rounds.
    pub call: Duration,
    /// How long one node has for a batch. An append waits two seconds for a row that somebody holds.
    pub append: Duration,
    /// How long one node has for a look-up.
    pub look_up: Duration,
    /// How long connecting may take.
    pub connect: Duration,
    /// How long to wait when no node answered.
    pub pause: Duration,
    /// How often nodes that failed are asked whether they are ready.
    pub check_every: Duration,
    /// How long they have to say it.
    pub check_within: Duration,
    /// How often names are resolved.
    pub resolve_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            call: WITHIN,
            append: Duration::from_secs(3),
            look_up: Duration::from_secs(2),
            connect: Duration::from_secs(1),
            pause: Duration::from_millis(100),
            check_every: Duration::from_millis(500),
            check_within: Duration::from_secs(1),
            resolve_every: Duration::from_secs(5),
        }
    }
}
