//! From a stored row to what gateways hand on: the header that they decide by and the client's `message`
//! event, made once, here.

use super::membership::{MEMBER_JOINED, MEMBER_LEFT, MemberDetail};
use crate::store::messages::StoredMessage;
use bytes::Bytes;
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::event::{EntryEvent, ServerEvent};
use shared::ids::UserId;
use shared::time::Timestamp;

/// The envelope of an entry that was stored before: repeated, or fetched by a gateway.
///
/// Its header says how often the members have changed *by now*, not when it was written, and names no change.
/// The version is how fresh a hub's table must be to hand the entry on, and now is fresh enough; the change
/// is applied by hubs whose table is one version behind, and an old change must not pass for the next one.
#[must_use]
pub fn envelope_of(message: &StoredMessage, members_version: i64) -> Envelope {
    envelope(message, members_version, Change::None, message.created_at)
}

/// The envelope of an entry. `at`: when what tells of it was committed; the same transaction as the entry's, unless it is
/// told again.
pub(super) fn envelope(
    message: &StoredMessage,
    members_version: i64,
    change: Change,
    at: Timestamp,
) -> Envelope {
    let subject_id = match change {
        Change::None => message.sender_id,
        Change::Joined | Change::Left => subject_of(message).unwrap_or(message.sender_id),
    };
    let header = Header {
        kind: Kind::Entry,
        change,
        members_version,
        seq: message.seq,
        conversation_id: message.conversation_id,
        at,
        subject_id,
    };
    Envelope { header, body: body(message) }
}

/// What the entry did to the members when it was written.
pub(super) fn change_of(message: &StoredMessage) -> Change {
    match message.message_type.as_str() {
        MEMBER_JOINED => Change::Joined,
        MEMBER_LEFT => Change::Left,
        _ => Change::None,
    }
}

/// Who joined or left by it.
pub(super) fn subject_of(message: &StoredMessage) -> Option<UserId> {
    if change_of(message) == Change::None {
        return None;
    }
    // Only append writes such entries. One that it did not write is shown, and does nothing.
    serde_json::from_str::<MemberDetail>(&message.content).ok().map(|detail| detail.user_id)
}

fn body(message: &StoredMessage) -> Bytes {
    let event = ServerEvent::Message(EntryEvent {
        user_id: message.sender_id,
        receiver_id: message.receiver_id,
        group_id: message.group_id,
        content: message.content.clone(),
        message_id: message.id,
        conversation_id: message.conversation_id,
        seq: message.seq,
        message_type: message.message_type.clone(),
        client_message_id: message.client_message_id,
        created_at: message.created_at,
    });
    // Text, numbers and a time always have a JSON form.
    serde_json::to_vec(&event).unwrap_or_default().into()
}
