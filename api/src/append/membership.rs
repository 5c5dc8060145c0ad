//! Joining, leaving and being removed: who may, what the entry says, and who owns the group then. Entries of
//! the same log as messages, so the order of both is one order, and whoever replays it has the members.

use super::ask::{ChangeKind, MemberChange};
use super::decide::Decision;
use super::picture::Picture;
use crate::store::members::{Member, Role};
use crate::store::messages::NewMessage;
use serde::{Deserialize, Serialize};
use shared::envelope::Change;
use shared::error::Code;
use shared::ids::{ConversationId, UserId};

/// The `message_type` of an entry by which somebody joined.
pub const MEMBER_JOINED: &str = "member_joined";
/// The `message_type` of an entry by which somebody left or was removed.
pub const MEMBER_LEFT: &str = "member_left";

/// The content of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberDetail {
    /// Who joined or left; the entry's sender is who did it.
    pub user_id: UserId,
}

/// Decides a change of a group's members.
pub(super) fn decide(
    picture: &mut Picture,
    change: &MemberChange,
    conversation: ConversationId,
) -> Result<Decision, Code> {
    match change.kind {
        ChangeKind::Join => join(picture, change, conversation),
        ChangeKind::Leave => leave(picture, change, conversation),
        ChangeKind::Kick => kick(picture, change, conversation),
    }
}

fn join(
    picture: &mut Picture,
    change: &MemberChange,
    conversation: ConversationId,
) -> Result<Decision, Code> {
    let group = *picture.groups.get(&change.group).ok_or(Code::NotFound)?;
    if group.closed || !picture.open.contains(&change.subject) {
        return Err(Code::NotFound);
    }
    let place = (change.group, change.subject);
    if picture.members.contains_key(&place) {
        return Ok(Decision::Nothing);
    }
    // Nobody has ever been in it: it was made a moment ago, and waits for the one who made it.
    let founding = picture.conversations.get(&conversation).is_some_and(|c| c.members_version == 0);
    let role = match (founding, change.subject == group.owner_id) {
        (true, false) => return Err(Code::NotFound),
        (true, true) => Role::Owner,
        (false, _) => Role::Member,
    };
    let entry = enter(picture, change, conversation, Change::Joined)?;
    let message = &picture.entries[entry].message;
    let member = Member {
        group_id: change.group,
        user_id: change.subject,
        role,
        joined_at: message.created_at,
        joined_seq: message.seq,
        muted_until: None,
    };
    picture.set_member(place, Some(member));
    Ok(Decision::New(entry))
}

fn leave(
    picture: &mut Picture,
    change: &MemberChange,
    conversation: ConversationId,
) -> Result<Decision, Code> {
    let place = (change.group, change.subject);
    let member = *picture.members.get(&place).ok_or(Code::NotFound)?;
    let entry = enter(picture, change, conversation, Change::Left)?;
    picture.set_member(place, None);
    if member.role == Role::Owner {
        hand_over(picture, change);
    }
    Ok(Decision::New(entry))
}

/// The owner is gone: the group goes to the next in line, and with nobody left it closes.
fn hand_over(picture: &mut Picture, change: &MemberChange) {
    let heir = picture.heir(change.group);
    if let Some(heir) = heir {
        picture.set_member((heir.group_id, heir.user_id), Some(Member { role: Role::Owner, ..heir }));
    }
    if let Some(group) = picture.groups.get_mut(&change.group) {
        match heir {
            Some(heir) => group.owner_id = heir.user_id,
            None => group.closed = true,
        }
        picture.regrouped.insert(change.group);
    }
}

fn kick(
    picture: &mut Picture,
    change: &MemberChange,
    conversation: ConversationId,
) -> Result<Decision, Code> {
    if change.actor == change.subject {
        return Err(Code::BadRequest);
    }
    let actor = *picture.members.get(&(change.group, change.actor)).ok_or(Code::NotFound)?;
    if !picture.open.contains(&change.actor) {
        return Err(Code::NotFound);
    }
    if actor.role == Role::Member {
        return Err(Code::Forbidden);
    }
    let place = (change.group, change.subject);
    let subject = *picture.members.get(&place).ok_or(Code::NotFound)?;
    if actor.role == Role::Admin && subject.role != Role::Member {
        return Err(Code::Forbidden);
    }
    let entry = enter(picture, change, conversation, Change::Left)?;
    picture.set_member(place, None);
    Ok(Decision::New(entry))
}

fn enter(
    picture: &mut Picture,
    ask: &MemberChange,
    conversation: ConversationId,
    change: Change,
) -> Result<usize, Code> {
    let detail = MemberDetail { user_id: ask.subject };
    let message = NewMessage {
        conversation_id: conversation,
        seq: 0,
        sender_id: ask.actor,
        receiver_id: None,
        group_id: Some(ask.group),
        content: serde_json::to_string(&detail).map_err(|_| Code::Internal)?,
        message_type: if change == Change::Joined { MEMBER_JOINED } else { MEMBER_LEFT }.to_owned(),
        client_message_id: ask.id,
        created_at: picture.now,
    };
    picture.enter(message, change).ok_or(Code::Unavailable)
}
