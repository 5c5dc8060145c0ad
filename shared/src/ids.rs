//! Names of things as types, so that a user's number is never taken for a group's. All database ids are
//! AUTO_INCREMENT numbers below 2^53, so JavaScript reads them exactly.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! number {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number! {
    /// An account: `users.id`.
    UserId,
    /// A group: `groups_table.id`.
    GroupId,
    /// A direct or group conversation: `conversations.id`.
    ConversationId,
    /// An entry's row: `messages.id`. Never a cursor: a row that commits late would be skipped.
    MessageId,
    /// One login on one device: `sessions.id`; the `sid` of its tokens.
    SessionId,
}

impl UserId {
    /// Whether it is no account but a gateway that writes to itself: numbers below zero, which no row of `users` has and
    /// no client may name.
    #[must_use]
    pub fn is_canary(self) -> bool {
        self.0 < 0
    }
}

/// The place of an entry in its conversation: 1, 2, 3… without a gap, allotted by append.
pub type Seq = i64;

/// One life of a node: random at boot, and again whenever its presence lease lapsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub Uuid);

impl NodeId {
    /// A name that no other life of a node has.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}
