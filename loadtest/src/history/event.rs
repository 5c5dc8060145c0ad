//! What may stand in a history: everything that a client did or saw, every fault, and how the nodes were. Small,
//! because a long campaign holds tens of millions of them in memory.

use serde::{Deserialize, Serialize};
use shared::event::Status;
use uuid::Uuid;

/// Microseconds since the history began, by the machine's monotonic clock: one machine, one clock.
pub type Micros = u64;
/// A device of a user. It outlives its connections and its sessions, and keeps what it has.
pub type ClientId = u32;
/// One WebSocket; no two of a history have the same number.
pub type ConnectionId = u32;
/// One log-in; no two of a history have the same number.
pub type SessionNo = u32;

/// Something happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Micros,
    /// What.
    pub what: What,
}

/// Where a message goes, as the sender knows it before anything has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// Two users, the lower one first; twice the same: notes to oneself.
    Pair(i64, i64),
    /// A group.
    Group(i64),
}

impl Key {
    /// The direct conversation of two users.
    #[must_use]
    pub fn pair(one: i64, other: i64) -> Self {
        Self::Pair(one.min(other), one.max(other))
    }
}

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Over the WebSocket.
    Live,
    /// Over REST.
    Rest,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Written by a person.
    Text,
    /// This user joined.
    Joined(i64),
    /// This user left, or was removed.
    Left(i64),
    /// Anything else.
    Other,
}

/// A change of a group's members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Oneself in.
    Join,
    /// Oneself out.
    Leave,
    /// Somebody else out.
    Kick,
}

/// An entry as somebody saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The conversation.
    pub conv: i64,
    /// The place in it.
    pub seq: i64,
    /// The row.
    pub id: i64,
    /// Who wrote it, or did it.
    pub sender: i64,
    /// The sender's id for it.
    pub cmid: Uuid,
    /// Of the content.
    pub hash: u64,
    /// What it is.
    pub kind: Kind,
}

/// A conversation's head as a gateway tells it: `[last_seq, read_seq, peer_read_seq]`.
pub type Head = (i64, [i64; 3]);

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names of the fields are those of the lines above and of the wire")]
pub enum What {
    /// A client exists, and speaks for this user.
    Client { client: ClientId, user: i64 },

    /// A try to send begins; `nth` counts the tries of this `cmid`, `burst` names those that were sent in one breath.
    SendInvoke {
        client: ClientId,
        connection: ConnectionId,
        key: Key,
        cmid: Uuid,
        hash: u64,
        nth: u32,
        burst: u32,
        via: Via,
    },
    /// A try was answered with a place.
    SendOk { client: ClientId, connection: ConnectionId, cmid: Uuid, conv: i64, seq: i64, id: i64, via: Via },
    /// A try failed. `definite`: the answer says that it is not stored; otherwise nobody knows.
    SendFail { client: ClientId, cmid: Uuid, definite: bool, code: Box<str> },

    /// An entry arrived; for a page of history `asked` is when it was asked for.
    Recv { client: ClientId, connection: ConnectionId, seen: Seen, via: Via, asked: Micros },
    /// An entry was shown to the person.
    Render { client: ClientId, conv: i64, seq: i64 },

    /// A change of members begins; its kind, who does it, to whom.
    MemberInvoke { op: u32, change: Change, group: i64, actor: i64, subject: i64 },
    /// It was answered: done.
    MemberOk { op: u32 },
    /// It failed.
    MemberFail { op: u32, definite: bool, code: Box<str> },

    /// A client logged in.
    Session { client: ClientId, session: SessionNo },
    /// A client asks for the end of its session.
    EndInvoke { client: ClientId, session: SessionNo },
    /// The session is over.
    EndOk { client: ClientId, session: SessionNo },
    /// REST was asked with the token of an ended session, and answered with this status.
    EndedProbe { client: ClientId, session: SessionNo, asked: Micros, status: u16 },

    /// A connection is attached; `asked` is when it was begun.
    Ready {
        client: ClientId,
        connection: ConnectionId,
        session: SessionNo,
        gateway: u32,
        asked: Micros,
        heads: Box<[Head]>,
    },
    /// The token that a connection was made with runs out then.
    Expires { client: ClientId, connection: ConnectionId, at: Micros },
    /// A connection was given a fresh token.
    Prolonged { client: ClientId, connection: ConnectionId },
    /// A connection ended, by a close frame with this code or without one.
    Close { client: ClientId, connection: ConnectionId, code: Option<u16> },
    /// A client stops reading its socket.
    Paused { client: ClientId },
    /// It reads again.
    Resumed { client: ClientId },
    /// Heads came.
    Heads { client: ClientId, connection: ConnectionId, heads: Box<[Head]> },
    /// The client is told to compare.
    Resync { client: ClientId, connection: ConnectionId },

    /// A client says that it has read up to here.
    ReadSent { client: ClientId, conv: i64, seq: i64 },
    /// A client is told how far somebody has read.
    ReadSeen { client: ClientId, connection: ConnectionId, user: i64, conv: i64, seq: i64 },
    /// A client sees somebody type, in a group or to itself.
    Typing { client: ClientId, connection: ConnectionId, user: i64, group: Option<i64> },
    /// A client is told somebody's state.
    Presence { client: ClientId, connection: ConnectionId, user: i64, status: Status },
    /// The members of a group were listed for a client: REST's status.
    MembersAsked { client: ClientId, group: i64, asked: Micros, status: u16 },
    /// After its ack a message was looked for in the history of some api node.
    OwnRead { client: ClientId, conv: i64, seq: i64, api: u32, found: bool },

    /// A fault begins.
    FaultOn { fault: u32, kind: Box<str>, target: Box<str> },
    /// The fault is really there: this shows it.
    FaultProof { fault: u32, proof: Box<str> },
    /// The fault is over: the nemesis has undone it.
    FaultOff { fault: u32 },
    /// Since then every client that wants to be connected has sent something and received it.
    Recovered { fault: u32 },
    /// Since then every connected client has all that was acknowledged before the fault was over.
    Healed { fault: u32 },

    /// The load has stopped, and no fault is left.
    Quiet,
    /// How a node's process is.
    Figures { node: Box<str>, moment: Moment, rss_kib: u64, fds: u64, tasks: u64 },
    /// Something stands in a node's log that must not.
    BadLog { node: Box<str>, line: Box<str> },
}

/// When the figures of a node were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Under load, before the first fault.
    Before,
    /// Some time after the last one.
    After,
}

/// FNV-1a: contents are compared over processes and runs, so the hash must always be the same one.
#[must_use]
pub fn hash_of(content: &str) -> u64 {
    content.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl What {
    /// The client that it is about.
    #[must_use]
    pub fn client(&self) -> Option<ClientId> {
        match self {
            Self::Client { client, .. }
            | Self::SendInvoke { client, .. }
            | Self::SendOk { client, .. }
            | Self::SendFail { client, .. }
            | Self::Recv { client, .. }
            | Self::Render { client, .. }
            | Self::Session { client, .. }
            | Self::EndInvoke { client, .. }
            | Self::EndOk { client, .. }
            | Self::EndedProbe { client, .. }
            | Self::Ready { client, .. }
            | Self::Expires { client, .. }
            | Self::Prolonged { client, .. }
            | Self::Close { client, .. }
            | Self::Paused { client }
            | Self::Resumed { client }
            | Self::Heads { client, .. }
            | Self::Resync { client, .. }
            | Self::ReadSent { client, .. }
            | Self::ReadSeen { client, .. }
            | Self::Typing { client, .. }
            | Self::Presence { client, .. }
            | Self::MembersAsked { client, .. }
            | Self::OwnRead { client, .. } => Some(*client),
            _ => None,
        }
    }

    /// The conversation that it is about.
    #[must_use]
    pub fn conv(&self) -> Option<i64> {
        match self {
            Self::SendOk { conv, .. }
            | Self::Render { conv, .. }
            | Self::ReadSent { conv, .. }
            | Self::ReadSeen { conv, .. }
            | Self::OwnRead { conv, .. } => Some(*conv),
            Self::Recv { seen, .. } => Some(seen.conv),
            _ => None,
        }
    }
}
