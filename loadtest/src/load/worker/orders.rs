//! What a worker is told and what it tells: one JSON object a line. Times are microseconds of the machine's monotonic
//! clock, which all processes of a machine share.

use crate::load::measure::Spread;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// Between two users, the lower id first.
    Pair(i64, i64),
    /// To a group.
    Group(i64),
}

impl To {
    /// The conversation of two users, in any order.
    #[must_use]
    pub fn pair(one: i64, other: i64) -> Self {
        Self::Pair(one.min(other), one.max(other))
    }

    /// The other one of a pair.
    #[must_use]
    pub fn peer_of(self, user: i64) -> Option<i64> {
        match self {
            Self::Pair(low, high) => Some(if low == user { high } else { low }),
            Self::Group(_) => None,
        }
    }
}

/// A connection to hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LineTask {
    /// Whose.
    pub user: i64,
    /// Their access token.
    pub token: String,
    /// To which gateway: a place in [`Task::gateways`].
    pub gateway: usize,
    /// From which address, when one address has too few ports.
    pub source: Option<IpAddr>,
    /// What this one says, if it speaks.
    pub speaks: Option<To>,
}

/// What a worker is there for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Task {
    /// The gateways.
    pub gateways: Vec<SocketAddr>,
    /// `http://host:port` of the apis.
    pub apis: Vec<String>,
    /// The connections to hold.
    pub lines: Vec<LineTask>,
    /// Which group has which conversation.
    pub groups: BTreeMap<i64, i64>,
    /// The length of a message, in bytes.
    pub size: usize,
    /// Connections to open a second.
    pub pace: f64,
}

/// When and how much is said.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Speech {
    /// From when.
    pub from: u64,
    /// From when on it is measured.
    pub measured: u64,
    /// Until when.
    pub until: u64,
    /// Messages a second by a schedule; without one, each speaker has `in_flight` under way.
    pub rate: Option<f64>,
    /// At most so many, if there is a schedule.
    pub most: Option<u64>,
    /// How many a speaker has under way, if there is no schedule.
    pub in_flight: usize,
    /// Only those speak who speak in this group, if one is named.
    pub group: Option<i64>,
}

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Open the connections; answered by [`Tell::Connected`].
    Connect(Box<Task>),
    /// Speak; answered by [`Tell::Spoken`] once everything is acknowledged.
    Speak(Speech),
    /// Cut all connections that do not speak, and come back each after a wait of up to so many milliseconds, and with
    /// everything that was missed; answered by [`Tell::Back`].
    Cut {
        /// The longest wait.
        jitter_ms: u64,
    },
    /// Have every conversation up to there; answered by [`Tell::Settled`].
    Settle {
        /// The newest place of each conversation.
        heads: BTreeMap<i64, i64>,
    },
}

/// What was acknowledged in a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acked {
    /// Between whom it is.
    pub to: Option<To>,
    /// How many messages.
    pub entries: u64,
    /// The highest place.
    pub head: i64,
    /// The sum of [`super::mix`] over them.
    pub digest: u64,
}

/// What connections have of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seen {
    /// Which.
    pub conversation: i64,
    /// Everything up to there.
    pub have: i64,
    /// So many entries of it since they came.
    pub entries: u64,
    /// The sum of [`super::mix`] over them.
    pub digest: u64,
    /// How many connections have exactly this.
    pub connections: u64,
}

/// What happened so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Connections that stand.
    pub connected: u64,
    /// Messages sent, repeats not counted.
    pub sent: u64,
    /// Messages sent once more, with the same id.
    pub repeated: u64,
    /// Messages acknowledged.
    pub acked: u64,
    /// The same, in the measured time.
    pub acked_measured: u64,
    /// Entries that came over WebSockets, repeats not counted.
    pub delivered: u64,
    /// The same, in the measured time.
    pub delivered_measured: u64,
    /// Entries that were fetched by REST.
    pub fetched: u64,
    /// Requests of history.
    pub fetches: u64,
    /// Times that an entry came before the one before it.
    pub holes: u64,
    /// `resync` events.
    pub resyncs: u64,
    /// Entries that came once more after they were fetched, which is allowed.
    pub late: u64,
    /// Entries that came twice.
    pub doubled: u64,
    /// Entries that contradict one that came before.
    pub altered: u64,
    /// Messages refused for good.
    pub refused: u64,
    /// `error` events, by code.
    pub errors: BTreeMap<String, u64>,
    /// Connections that ended without our doing, by close code; 0 stands for none.
    pub closes: BTreeMap<u16, u64>,
}

/// How those that were cut off came back: milliseconds after the cut.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Away {
    /// Until `ready`.
    pub attached: Spread,
    /// Until everything that was missed is there.
    pub whole: Spread,
    /// How many are not back.
    pub missing: u64,
}

/// What a worker tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tell {
    /// All connections were tried.
    Connected {
        /// How many stand.
        connected: u64,
        /// Why one does not.
        trouble: Option<String>,
    },
    /// Once a second: what happened so far, and how long what ended in this second took, in microseconds.
    Progress {
        /// So far.
        counts: Box<Counts>,
        /// From the time that a message was to be sent at to its ack.
        ack: Spread,
        /// And to its arrival at somebody else's connection.
        delivery: Spread,
        /// How late messages were sent.
        late: Spread,
    },
    /// Nothing more is said.
    Spoken {
        /// What was acknowledged, by conversation.
        acked: BTreeMap<i64, Acked>,
        /// Messages without an answer.
        unanswered: u64,
        /// What happened so far.
        counts: Box<Counts>,
    },
    /// Those that were cut off are back.
    Back(Away),
    /// Everything is here that was waited for, or does not come.
    Settled {
        /// What the connections have.
        seen: Vec<Seen>,
        /// What happened in all.
        counts: Box<Counts>,
    },
    /// The worker cannot go on.
    Failed(String),
}
