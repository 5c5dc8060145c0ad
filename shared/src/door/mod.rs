//! What passes through the door between gateway and api: the questions and answers of append and of the
//! look-ups. In the all-in-one they are function calls, in a cluster the bodies of internal requests, so
//! both sides pass over fields that they do not know.

mod call;
mod framed;

pub use call::{Call, PREFIX};
pub use framed::{BadFrames, from_frames, to_frames};

use crate::draft::Draft;
use crate::error::Code;
use crate::event::{Heads, Status};
use crate::ids::{ConversationId, GroupId, MessageId, Seq, SessionId, UserId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a draft is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The row's id.
    pub message_id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// Why a draft was not stored. `unavailable` may be tried again with the same id; the others are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The code for the client.
    pub code: Code,
    /// With `unavailable`: how long to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { code, retry_after_ms: None }
    }
}

/// What became of a draft.
pub type Outcome = Result<Stored, Refusal>;

/// ⑤ → ⑥: drafts of one lane, in order; the answer has one outcome each, in the same order.
pub type AppendBatch = Vec<Draft>;

/// May this session be attached, and to what?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachQuestion {
    /// Who.
    pub user_id: UserId,
    /// By which log-in.
    pub session_id: SessionId,
}

/// What a gateway needs to know of a user to attach a connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttachAnswer {
    /// Whether the session may go on.
    pub session: SessionState,
    /// The user's own choice.
    pub status: Status,
    /// The database's epoch.
    pub epoch: String,
    /// The groups that the user is in.
    pub groups: Vec<Seat>,
    /// The heads of all conversations of the user.
    pub heads: Heads,
    /// The sum of the versions of the user's views of them; 0 from a node that knows of none.
    #[serde(default)]
    pub views: i64,
}

/// Whether a session may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// It may.
    Live,
    /// It was ended, or never was.
    Ended,
    /// The account is closed.
    AccountClosed,
}

/// A user's place in a group, and how far the group had come when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The group.
    pub group_id: GroupId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// The entry of the user's joining: the first that they may see.
    pub joined_seq: Seq,
    /// How often the members had changed.
    pub members_version: i64,
    /// The newest entry.
    pub last_seq: Seq,
}

/// Which of these users are members of the group?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterQuestion {
    /// The group.
    pub group_id: GroupId,
    /// The users that the gateway has connections of.
    pub user_ids: Vec<UserId>,
}

/// One reading of a group's members, all of it from the same moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The group's conversation.
    pub conversation_id: ConversationId,
    /// How often the members had changed.
    pub members_version: i64,
    /// The newest entry.
    pub last_seq: Seq,
    /// Those of the asked-for users who are members, with their `joined_seq`.
    pub members: Vec<(UserId, Seq)>,
}

/// A part of a conversation's log, for a gateway that saw a hole: `after < seq ≤ through`, at most 256.
/// Not access-checked: the hub gives entries only to those who may have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntriesQuestion {
    /// Where.
    pub conversation_id: ConversationId,
    /// The last one that is there.
    pub after: Seq,
    /// The last one wanted.
    pub through: Seq,
}

/// Does the user have everything? Answered with heads only where the sums differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SumQuestion {
    /// Who.
    pub user_id: UserId,
    /// The sum of the client's `have` over its conversations.
    pub sum: i64,
}

/// A user has read up to `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMark {
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub conversation_id: ConversationId,
    /// How far.
    pub seq: Seq,
}

/// Tell everybody who listens how far these logs have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnounceQuestion {
    /// Where something was missed.
    pub conversation_ids: Vec<ConversationId>,
}

/// Whose presence may this user watch? Those with whom they share a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchQuestion {
    /// Who asks.
    pub user_id: UserId,
    /// Whom they want to watch.
    pub user_ids: Vec<UserId>,
}

/// May one show the other that they are typing?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypingQuestion {
    /// Who types.
    pub user_id: UserId,
    /// Who is to see it.
    pub peer_id: UserId,
}
