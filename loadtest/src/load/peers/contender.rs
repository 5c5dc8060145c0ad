//! Who is compared, and by what work.

use crate::load::run::{DENSE, SPARSE, Shape};
use serde::{Deserialize, Serialize};

/// Who is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Contender {
    /// What the kernel alone asks: see [`super::floor`].
    Floor,
    /// Our cluster.
    Ours,
    /// `ws` on Node, with Redis.
    Ws,
    /// uWebSockets on Node, with Redis.
    UWebSockets,
    /// Socket.IO with its Redis adapter.
    SocketIo,
    /// NATS by its own WebSocket.
    Nats,
}

impl Contender {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Floor, Self::Ours, Self::Ws, Self::UWebSockets, Self::SocketIo, Self::Nats];

    /// What it is called on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Ours => "ours",
            Self::Ws => "ws",
            Self::UWebSockets => "uwebsockets",
            Self::SocketIo => "socketio",
            Self::Nats => "nats",
        }
    }

    /// What it is called in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Ours => "IM-TT",
            Self::Ws => "ws, Redis",
            Self::UWebSockets => "uWebSockets, Redis",
            Self::SocketIo => "Socket.IO, Redis",
            Self::Nats => "NATS, one node",
        }
    }
}

/// What they are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Many listeners, a few messages.
    Sparse,
    /// Some listeners, many messages.
    Dense,
    /// Connections that do nothing.
    Idle,
}

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// Connections that listen.
    pub listeners: usize,
    /// Messages a second; 0 when nothing is said.
    pub rate: f64,
}

impl Work {
    /// All of it.
    pub const ALL: [Self; 3] = [Self::Sparse, Self::Dense, Self::Idle];

    /// What it is called, on the command line and in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sparse => "sparse",
            Self::Dense => "dense",
            Self::Idle => "idle",
        }
    }

    /// What its figure is counted in.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Sparse | Self::Dense => "µs CPU a delivery",
            Self::Idle => "KiB a connection",
        }
    }

    /// The same for everybody: what our own scenarios of these names take, where nothing else was asked for.
    #[must_use]
    pub fn amount(self, shape: &Shape) -> Amount {
        let ((members, rate), connections) = match self {
            Self::Sparse => (SPARSE, None),
            Self::Dense => (DENSE, None),
            Self::Idle => ((0, 0.0), Some(shape.connections.unwrap_or(5000))),
        };
        match connections {
            Some(listeners) => Amount { listeners, rate: 0.0 },
            None => Amount { listeners: shape.members.unwrap_or(members), rate: shape.rate.unwrap_or(rate) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_ours_unless_told_otherwise() {
        let amount = |work: Work, shape: &Shape| {
            let Amount { listeners, rate } = work.amount(shape);
            (listeners, rate)
        };
        assert_eq!(Work::ALL.map(|work| amount(work, &Shape::default())), [SPARSE, DENSE, (5000, 0.0)]);
        let small = Shape { members: Some(3), rate: Some(7.0), connections: Some(9), ..Shape::default() };
        assert_eq!(Work::ALL.map(|work| amount(work, &small)), [(3, 7.0), (3, 7.0), (9, 0.0)]);
    }

    #[test]
    fn a_name_in_json_is_the_word_of_the_command_line() {
        for contender in Contender::ALL {
            assert_eq!(serde_json::to_value(contender).unwrap(), contender.word());
        }
        for work in Work::ALL {
            assert_eq!(serde_json::to_value(work).unwrap(), work.word());
        }
    }
}
