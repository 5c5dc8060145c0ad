//! What a worker of this is told and what it tells, one JSON object a line. Times are as those of [`crate::load::worker`].

use super::super::manner::Manner;
use crate::load::measure::Spread;
use crate::load::worker::Speech;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// What a worker is there for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Task {
    /// How one speaks there.
    pub manner: Manner,
    /// Connections that listen: where, and how many.
    pub listen: Vec<(SocketAddr, usize)>,
    /// Where it publishes, if it does.
    pub publish: Option<SocketAddr>,
    /// The length of a message, in bytes.
    pub size: usize,
    /// Connections to open a second.
    pub pace: f64,
}

/// An order. They are carried out one after the other.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Open the connections; answered by [`Tell::Connected`].
    Connect(Task),
    /// Publish by the schedule, or only know it; answered by [`Tell::Spoken`].
    Speak(Speech),
    /// So many messages were published: answered by [`Tell::Settled`] when all have come, or none comes any more.
    Settle {
        /// How many.
        said: u64,
    },
}

/// What a worker tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tell {
    /// All connections were tried.
    Connected {
        /// How many stand, the publisher's among them.
        connected: u64,
        /// Why one does not.
        trouble: Option<String>,
    },
    /// Nothing more is said.
    Spoken {
        /// How many messages were published.
        said: u64,
        /// How late they were sent, in microseconds.
        late: Spread,
    },
    /// What came.
    Settled(Box<Came>),
    /// The worker cannot go on.
    Failed(String),
}

/// What came at all connections of a worker.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Came {
    /// Messages.
    pub delivered: u64,
    /// The same, in the measured time.
    pub delivered_measured: u64,
    /// Connections that did not get every message once and in order.
    pub wrong: u64,
    /// Numbers that had not come when a later one did.
    pub jumped: u64,
    /// Messages that came once more, or after a later one.
    pub repeated: u64,
    /// Messages that are none of ours.
    pub altered: u64,
    /// Messages that had not come in the end.
    pub missing: u64,
    /// Connections that ended, or said that something is wrong.
    pub ended: u64,
    /// Why one of them did.
    pub trouble: Option<String>,
    /// From when a message was to be sent to its arrival, in microseconds.
    pub delivery: Spread,
}
