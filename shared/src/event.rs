//! The client wire: what clients and gateways say to each other over a WebSocket, as JSON objects tagged by
//! `event_type`. Unknown fields are ignored. Each variant has a golden file in `shared/tests/wire/`, which
//! the client's tests read too.

use crate::error::Code;
use crate::ids::{ConversationId, GroupId, MessageId, Seq, SessionId, UserId};
use crate::time::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The heads of a user's conversations: `[last_seq, read_seq, peer_read_seq]` each; in a group
/// `peer_read_seq` is 0.
pub type Heads = BTreeMap<ConversationId, [Seq; 3]>;

/// Reads heads inside an event. JSON's keys are text, and behind a tag serde does not make numbers of them.
fn heads<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Heads, D::Error> {
    let by_text = BTreeMap::<String, [Seq; 3]>::deserialize(deserializer)?;
    let number =
        |(id, head): (String, _)| id.parse().map(|id| (ConversationId(id), head)).map_err(Error::custom);
    by_text.into_iter().map(number).collect()
}

/// A user's state, as chosen and as shown: `offline` chosen means invisible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Here.
    Online,
    /// Connected, but not looking.
    Away,
    /// Not connected, or not to be seen.
    Offline,
}

impl Status {
    /// The word in the tables and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Online, Self::Away, Self::Offline].into_iter().find(|s| s.as_str() == word)
    }

    /// What others see of somebody who chose `self`.
    #[must_use]
    pub fn shown(self, connected: bool) -> Self {
        if connected { self } else { Self::Offline }
    }
}

/// What a client says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event_type", rename_all = "snake_case")]
pub enum ClientEvent {
    /// Send a message to a user or a group.
    Message(SendFields),
    /// The access token: as the first frame, or again to renew a live connection.
    Auth {
        /// A JWT from log-in or refresh.
        token: String,
    },
    /// Everything up to `seq` was seen.
    Read {
        /// Where.
        conversation_id: ConversationId,
        /// The last entry seen.
        seq: Seq,
    },
    /// The user is typing. May be lost.
    Typing {
        /// To this user,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receiver_id: Option<UserId>,
        /// or in this group.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group_id: Option<GroupId>,
    },
    /// Tell me about the presence of these users from now on, instead of those before.
    Watch {
        /// At most 200.
        user_ids: Vec<UserId>,
    },
    /// Are you there, and have I everything?
    Ping {
        /// The sum of the client's `have` over its conversations; absent: no comparison wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sum: Option<i64>,
    },
}

/// The fields of a message to be sent, as a client wrote them: not checked yet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SendFields {
    /// To this user,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver_id: Option<UserId>,
    /// or to this group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// What is said: at most 16 KiB of UTF-8.
    pub content: String,
    /// `text` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_type: Option<String>,
    /// A UUID made by the sender; a repeat with the same id is the same message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_message_id: Option<String>,
}

/// What a gateway says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event_type", rename_all = "snake_case")]
pub enum ServerEvent {
    /// The connection is attached; what follows is live.
    Ready(Ready),
    /// An entry of a conversation.
    Message(EntryEvent),
    /// A message of this connection is stored.
    Ack(Ack),
    /// Something was refused; the connection lives.
    Error(ErrorEvent),
    /// A watched user's state.
    Presence {
        /// Whose.
        user_id: UserId,
        /// As others see it.
        status: Status,
    },
    /// Somebody is typing.
    Typing {
        /// Who.
        user_id: UserId,
        /// In this group; absent: to you.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group_id: Option<GroupId>,
    },
    /// A read cursor moved: the user's own, or the peer's.
    Read {
        /// Whose.
        user_id: UserId,
        /// Where.
        conversation_id: ConversationId,
        /// To where.
        seq: Seq,
    },
    /// The user keeps a conversation differently from now on.
    View {
        /// Which.
        conversation_id: ConversationId,
        /// How.
        view: View,
    },
    /// The user logged in on one more device.
    LoggedIn {
        /// The log-in.
        session_id: SessionId,
        /// What the device calls itself.
        device: String,
        /// When.
        created_at: Timestamp,
    },
    /// The heads of some conversations: fetch what is beyond what you have.
    Heads {
        /// All of the user's, or those that may have moved.
        #[serde(deserialize_with = "heads")]
        heads: Heads,
    },
    /// Something was not sent: compare these conversations (absent: all) with history.
    Resync {
        /// Which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversations: Option<Vec<ConversationId>>,
    },
    /// This gateway is going: connect again after the given wait.
    Drain {
        /// Milliseconds, spread over the clients.
        reconnect_in_ms: u64,
    },
    /// The answer to `ping`.
    Pong,
}

/// The first event of an attached connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// This connection's name, for logs and support.
    pub connection_id: Uuid,
    /// Who the token speaks for.
    pub user_id: UserId,
    /// The database's; a client that knows another drops its cache and cursors and keeps its drafts.
    pub epoch: String,
    /// How often a client should `ping`.
    pub heartbeat_ms: u64,
    /// All conversations of the user; one that is not listed is no longer theirs.
    #[serde(deserialize_with = "heads")]
    pub heads: Heads,
    /// The sum of the versions of the user's views of them: a device that knows another one missed a change of a view,
    /// and asks for the list.
    #[serde(default)]
    pub views: i64,
}

/// How a user keeps a conversation on their own list, on all their devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct View {
    /// It stands on top.
    pub pinned: bool,
    /// It is counted quietly.
    pub muted: bool,
    /// It is out of the list while it has no entry after this one.
    pub hidden_seq: Seq,
    /// It bears a dot while the user's cursor is before this place.
    pub unread_seq: Seq,
    /// How often it changed: an older one than is known is passed over.
    pub version: i64,
}

/// An entry as clients get it, live; each kind of entry has this one shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryEvent {
    /// Who wrote it, or did it.
    pub user_id: UserId,
    /// In a direct conversation: to whom.
    pub receiver_id: Option<UserId>,
    /// In a group: which.
    pub group_id: Option<GroupId>,
    /// The text; for other kinds the detail, as JSON.
    pub content: String,
    /// The row's id.
    pub message_id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// `text`, `image`, `file`, `member_joined`, `member_left`, `group_updated`.
    pub message_type: String,
    /// The sender's id for it.
    pub client_message_id: Uuid,
    /// When it was stored; never runs backwards within a conversation.
    pub created_at: Timestamp,
}

/// A message is stored: its place. Comes only after COMMIT.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ack {
    /// The draft's id.
    pub client_message_id: Uuid,
    /// The row's id.
    pub message_id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// Why an event had no effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorEvent {
    /// Stable.
    pub code: Code,
    /// For whoever debugs.
    pub message: String,
    /// Of the message that was refused, as the client wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_message_id: Option<String>,
    /// How long to wait before the next try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl ErrorEvent {
    /// The error of that code, in its own words.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, message: code.message().to_owned(), client_message_id: None, retry_after_ms: None }
    }
}

/// Why a text frame is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEvent {
    /// `bad_json`, `unknown_event` or `bad_request`.
    pub code: Code,
    /// The `client_message_id` in it, if it could be made out.
    pub client_message_id: Option<String>,
}

impl ClientEvent {
    /// Every `event_type` that a client may send.
    pub const TYPES: [&'static str; 6] = ["message", "auth", "read", "typing", "watch", "ping"];

    /// Reads one text frame.
    ///
    /// # Errors
    /// `bad_json` when it is no JSON object, `unknown_event` for another `event_type`, `bad_request` when a
    /// field is missing or of the wrong type.
    pub fn decode(text: &str) -> Result<Self, BadEvent> {
        serde_json::from_str(text).map_err(|_| BadEvent::diagnose(text))
    }
}

impl BadEvent {
    /// The slow second look at a frame that did not decode.
    fn diagnose(text: &str) -> Self {
        let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let Some(object) = value.as_object() else {
            return Self { code: Code::BadJson, client_message_id: None };
        };
        let known = object
            .get("event_type")
            .and_then(serde_json::Value::as_str)
            .is_some_and(|name| ClientEvent::TYPES.contains(&name));
        Self {
            code: if known { Code::BadRequest } else { Code::UnknownEvent },
            client_message_id: object.get("client_message_id").and_then(|id| id.as_str()).map(str::to_owned),
        }
    }
}

/// What the nodes tell each other about a user on the user's topic; never shown to a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "control", rename_all = "snake_case")]
pub enum Control {
    /// One session is over: close its connections.
    SessionEnded {
        /// Which.
        session_id: SessionId,
    },
    /// All sessions of the user but one are over.
    OtherSessionsEnded {
        /// The one that goes on; `None`: none does.
        kept: Option<SessionId>,
    },
    /// The account is closed.
    AccountClosed,
    /// The user chose another status.
    StatusChosen {
        /// Which.
        status: Status,
    },
    /// What a newer version says; passed over.
    #[serde(other)]
    Unknown,
}
