//! `/api/messages`: saying something, and reading what was said.

mod send;
mod list;

pub use list::list_messages;
pub use send::send_message;

use crate::store::messages::StoredMessage;
use crate::store::{Conn, reads};
use salvo::oapi::ToSchema;
use serde::Serialize;
use shared::ids::{ConversationId, GroupId, MessageId, Seq, UserId};
use shared::time::Timestamp;
use uuid::Uuid;

/// An entry of a conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[salvo(schema(name = "Message"))]
pub struct MessageView {
    /// The row's id; never a cursor.
    #[salvo(schema(value_type = i64))]
    id: MessageId,
    /// Where it stands.
    #[salvo(schema(value_type = i64))]
    conversation_id: ConversationId,
    /// Its place there: 1, 2, 3… without a gap.
    #[salvo(schema(value_type = i64))]
    seq: Seq,
    /// Who wrote it, or did it.
    #[salvo(schema(value_type = i64))]
    sender_id: UserId,
    /// In a direct conversation: to whom.
    #[salvo(schema(value_type = Option<i64>))]
    receiver_id: Option<UserId>,
    /// In a group: which.
    #[salvo(schema(value_type = Option<i64>))]
    group_id: Option<GroupId>,
    /// The text; for other kinds the detail, as JSON.
    content: String,
    /// `text`, `image`, `file`, `member_joined`, `member_left`, `group_updated`; more kinds will come.
    message_type: String,
    /// The sender's id for it.
    #[salvo(schema(value_type = String, format = Uuid))]
    client_message_id: Uuid,
    /// When it was stored.
    #[salvo(schema(value_type = String, format = DateTime))]
    created_at: Timestamp,
    /// One's own in a direct conversation: whether the peer has read it. Any other: whether oneself has.
    is_read: bool,
}

/// How far a conversation was read, as one user's view of it needs it.
#[derive(Debug, Clone, Copy)]
pub struct ReadUpTo {
    viewer: UserId,
    mine: Seq,
    /// In a direct conversation with somebody else.
    peer: Option<Seq>,
}

impl ReadUpTo {
    /// Reads the cursors of `viewer` and, in a direct conversation, of the peer.
    ///
    /// # Errors
    /// The driver's.
    pub async fn find(
        conn: &mut Conn,
        viewer: UserId,
        peer: Option<UserId>,
        conversation: ConversationId,
    ) -> Result<Self, sqlx::Error> {
        let peer = peer.filter(|peer| *peer != viewer);
        let wanted: Vec<_> =
            [Some(viewer), peer].into_iter().flatten().map(|user| (conversation, user)).collect();
        let found = reads::find_many(conn, &wanted).await?;
        let seq = |user: UserId| found.get(&(conversation, user)).copied().unwrap_or(0);
        Ok(Self { viewer, mine: seq(viewer), peer: peer.map(seq) })
    }

    /// From cursors that are known.
    #[must_use]
    pub fn known(viewer: UserId, mine: Seq, peer: Option<Seq>) -> Self {
        Self { viewer, mine, peer }
    }

    fn covers(self, message: &StoredMessage) -> bool {
        if message.sender_id != self.viewer {
            return message.seq <= self.mine;
        }
        self.peer.is_none_or(|peer| message.seq <= peer)
    }
}

impl MessageView {
    /// An entry as the viewer of these cursors sees it.
    #[must_use]
    pub fn new(message: StoredMessage, read: ReadUpTo) -> Self {
        let is_read = read.covers(&message);
        Self {
            id: message.id,
            conversation_id: message.conversation_id,
            seq: message.seq,
            sender_id: message.sender_id,
            receiver_id: message.receiver_id,
            group_id: message.group_id,
            content: message.content,
            message_type: message.message_type,
            client_message_id: message.client_message_id,
            created_at: message.created_at,
            is_read,
        }
    }
}
