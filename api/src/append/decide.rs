//! What becomes of an ask: a pure function over the picture, one ask after the other. A repeat is known before
//! anything else is asked, because what was stored stays stored, whatever the sender may do by now.

use super::ask::{Ask, unavailable};
use super::membership;
use super::picture::{Picture, Sent};
use crate::store::messages::{NewMessage, StoredMessage};
use shared::door::Refusal;
use shared::draft::{Draft, Target};
use shared::envelope::Change;
use shared::error::Code;
use shared::ids::{ConversationId, GroupId, UserId};

/// What a TEXT column takes. The doors refuse far shorter contents; this one guards a batch against a draft
/// that would make its whole INSERT fail.
const COLUMN_BYTES: usize = 65_535;

/// What became of an ask.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// A new entry: its place in the picture's `entries`.
    New(usize),
    /// A repeat of an entry of this very batch.
    Again(usize),
    /// A repeat of a stored entry.
    Repeat {
        /// What was stored.
        message: StoredMessage,
        /// How often the group's members have changed by now.
        members_version: i64,
    },
    /// It is so already.
    Nothing,
    /// It cannot be.
    Refused(Refusal),
}

impl Decision {
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

impl From<Code> for Decision {
    fn from(code: Code) -> Self {
        Self::Refused(code.into())
    }
}

/// Decides the next ask of the batch, and moves the picture on.
pub(super) fn decide(picture: &mut Picture, ask: &Ask) -> Decision {
    let place = picture.place(ask.conversation());
    if place.is_some_and(|id| !picture.conversations.contains_key(&id)) {
        // Somebody else holds it, and has for long: the others of the batch do not wait for it.
        return Decision::Refused(unavailable());
    }
    if let Some(known) = repeat(picture, ask) {
        return known;
    }
    let Some(conversation) = place else { return Code::NotFound.into() };
    let decided = match ask {
        Ask::Send(draft) => message(picture, draft, conversation),
        Ask::Change(change) => membership::decide(picture, change, conversation),
    };
    decided.unwrap_or_else(Decision::from)
}

/// What is known of this id, if it was met before.
fn repeat(picture: &Picture, ask: &Ask) -> Option<Decision> {
    let (decision, stored) = match picture.sent.get(&ask.sent())? {
        Sent::Now(place) => (Decision::Again(*place), Face::of_new(&picture.entries[*place].message)),
        Sent::Stored(message) => {
            let version =
                picture.conversations.get(&message.conversation_id).map_or(0, |c| c.members_version);
            let repeat = Decision::Repeat { message: message.clone(), members_version: version };
            (repeat, Face::of_stored(message))
        }
    };
    let same = match ask {
        Ask::Send(draft) => stored == Face::of_draft(draft),
        // The id was made here, for this change alone.
        Ask::Change(_) => true,
    };
    Some(if same { decision } else { Code::IdReused.into() })
}

/// What makes two messages of a sender the same one.
#[derive(PartialEq, Eq)]
struct Face<'a> {
    target: Option<Target>,
    content: &'a str,
    message_type: &'a str,
}

impl<'a> Face<'a> {
    fn of_draft(draft: &'a Draft) -> Self {
        let message_type = draft.message_type.as_str();
        Self { target: Some(draft.target), content: &draft.content, message_type }
    }

    fn of_new(m: &'a NewMessage) -> Self {
        Self { target: target(m.receiver_id, m.group_id), content: &m.content, message_type: &m.message_type }
    }

    fn of_stored(m: &'a StoredMessage) -> Self {
        Self { target: target(m.receiver_id, m.group_id), content: &m.content, message_type: &m.message_type }
    }
}

fn target(receiver: Option<UserId>, group: Option<GroupId>) -> Option<Target> {
    receiver.map(Target::User).or(group.map(Target::Group))
}

/// A new message: may it be, and where does it go?
fn message(picture: &mut Picture, draft: &Draft, conversation: ConversationId) -> Result<Decision, Code> {
    let (receiver_id, group_id) = match draft.target {
        Target::User(peer) => (Some(peer), None),
        Target::Group(group) => (None, Some(group)),
    };
    may_send(picture, draft)?;
    let message = NewMessage {
        conversation_id: conversation,
        seq: 0,
        sender_id: draft.sender_id,
        receiver_id,
        group_id,
        content: draft.content.clone(),
        message_type: draft.message_type.as_str().to_owned(),
        client_message_id: draft.client_message_id,
        created_at: picture.now,
    };
    picture.enter(message, Change::None).map(Decision::New).ok_or(Code::Unavailable)
}

fn may_send(picture: &Picture, draft: &Draft) -> Result<(), Code> {
    if !picture.open.contains(&draft.sender_id) {
        return Err(Code::NotFound);
    }
    match draft.target {
        Target::User(peer) if !picture.open.contains(&peer) => return Err(Code::NotFound),
        // A canary has nobody but itself, and nobody has a canary.
        Target::User(peer) if draft.sender_id.is_canary() || peer.is_canary() => {
            if draft.sender_id != peer {
                return Err(Code::NotFound);
            }
        }
        Target::User(_) => {}
        Target::Group(group) => {
            let member = picture.members.get(&(group, draft.sender_id)).ok_or(Code::NotFound)?;
            if member.muted_at(picture.now).is_some() {
                return Err(Code::Muted);
            }
        }
    }
    if draft.content.is_empty() {
        return Err(Code::ContentEmpty);
    }
    if draft.content.len() > COLUMN_BYTES {
        return Err(Code::ContentTooLong);
    }
    Ok(())
}
