//! What was there when everything had come to rest: the database itself, and what every api node says of it to every
//! user. The checker compares what was seen on the way with this.

use super::event::{Key, Kind, Seen};
use serde::{Deserialize, Serialize};

/// The end of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// The table `conversations`.
    pub conversations: Vec<ConversationRow>,
    /// The table `messages`, by conversation and `seq`.
    pub messages: Vec<MessageRow>,
    /// The table `group_members`.
    pub members: Vec<MemberRow>,
    /// The table `conversation_reads`.
    pub reads: Vec<ReadRow>,
    /// Every user's history of every conversation, as one api node tells it, and its newest page from the others.
    pub histories: Vec<History>,
    /// Every user's list of conversations, as every api node tells it.
    pub lists: Vec<Listed>,
}

/// A conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// Its id.
    pub conv: i64,
    /// Between whom.
    pub key: Key,
    /// Its head.
    pub last_seq: i64,
}

/// An entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// What everybody sees of it.
    pub seen: Seen,
    /// When it was stored, in milliseconds.
    pub created_ms: i64,
}

/// A present member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Of which group.
    pub group: i64,
    /// Who.
    pub user: i64,
    /// From where on they read.
    pub joined_seq: i64,
}

/// A read cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRow {
    /// Where.
    pub conv: i64,
    /// Whose.
    pub user: i64,
    /// How far.
    pub read_seq: i64,
}

/// What one api node tells one user of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// To whom.
    pub user: i64,
    /// Who says it.
    pub api: u32,
    /// Of what.
    pub conv: i64,
    /// Whether this is all of it; otherwise it is the newest page.
    pub whole: bool,
    /// Ascending: place, row, hash.
    pub entries: Vec<(i64, i64, u64)>,
}

/// A line of a user's list of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Whose list.
    pub user: i64,
    /// Who says it.
    pub api: u32,
    /// The conversation.
    pub conv: i64,
    /// Its head.
    pub last_seq: i64,
    /// The user's cursor.
    pub read_seq: i64,
    /// What is unread; 100 stands for more.
    pub unread: i64,
}

impl Kind {
    /// From the wire's word and the content.
    #[must_use]
    pub fn of(message_type: &str, content: &str) -> Self {
        let subject = || {
            let detail: serde_json::Value = serde_json::from_str(content).ok()?;
            detail["user_id"].as_i64()
        };
        match message_type {
            "text" | "image" | "file" => Self::Text,
            "member_joined" => subject().map_or(Self::Other, Self::Joined),
            "member_left" => subject().map_or(Self::Other, Self::Left),
            _ => Self::Other,
        }
    }
}
