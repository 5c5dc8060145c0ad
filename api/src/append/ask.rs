//! What waits in a lane: something asked of one conversation, and where to answer.

use shared::door::Refusal;
use shared::draft::{ConversationKey, Draft};
use shared::error::Code;
use shared::ids::{GroupId, UserId};
use tokio::sync::oneshot;
use uuid::Uuid;

/// Something asked of a conversation. Each becomes at most one entry of its log.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    /// Store a message.
    Send(Draft),
    /// Change who is in a group.
    Change(MemberChange),
}

/// A change of a group's members. It is told from others by an id of its own, as messages are: when the
/// answer to COMMIT is lost, the batch is run again and finds that it was done.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemberChange {
    pub kind: ChangeKind,
    pub group: GroupId,
    /// Who does it.
    pub actor: UserId,
    /// To whom: the same for joining and leaving.
    pub subject: UserId,
    pub id: Uuid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeKind {
    Join,
    Leave,
    Kick,
}

impl MemberChange {
    pub fn new(kind: ChangeKind, group: GroupId, actor: UserId, subject: UserId) -> Self {
        Self { kind, group, actor, subject, id: Uuid::now_v7() }
    }
}

impl Ask {
    pub fn conversation(&self) -> ConversationKey {
        match self {
            Self::Send(draft) => draft.conversation(),
            Self::Change(change) => ConversationKey::Group(change.group),
        }
    }

    /// What the entry is known by: whose it is, and their id for it.
    pub fn sent(&self) -> (UserId, Uuid) {
        match self {
            Self::Send(draft) => (draft.sender_id, draft.client_message_id),
            Self::Change(change) => (change.actor, change.id),
        }
    }
}

/// What became of an ask; `None`: there was nothing to do.
pub(super) type Reply = Result<Option<shared::door::Stored>, Refusal>;

/// An ask and where to answer. Dropped unanswered, it is answered `unavailable`.
#[derive(Debug)]
pub(super) struct Item {
    pub ask: Ask,
    pub reply: oneshot::Sender<Reply>,
}

impl Item {
    /// Whether whoever asked has given up: a gateway that asks another node meanwhile, or one that is gone. What this node
    /// would decide now may be long after what the other one said.
    pub fn is_forgotten(&self) -> bool {
        self.reply.is_closed()
    }
}

/// How long a client waits before it sends again what could not be stored now.
const RETRY_AFTER_MS: u64 = 500;

/// It may or may not have been stored; the same id, sent again, finds out.
pub(super) fn unavailable() -> Refusal {
    Refusal { code: Code::Unavailable, retry_after_ms: Some(RETRY_AFTER_MS) }
}
