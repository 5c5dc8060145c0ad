//! Who may see what. These functions are the only way for a handler to get a conversation or a group for a
//! user: what is not there and what is not theirs is refused alike.

use crate::error::ApiError;
use crate::store::conversations::{self, Conversation};
use crate::store::groups::{self, Group};
use crate::store::inbox::{self, Listed};
use crate::store::members::{self, Member};
use crate::store::{Conn, users};
use shared::draft::{ConversationKey, Target};
use shared::error::Code;
use shared::ids::{ConversationId, GroupId, Seq, UserId};
use shared::metrics::ACCESS_DENIED;
use std::ops::RangeInclusive;

/// A conversation as far as one user may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readable {
    /// The conversation; `None` between two users who never said anything.
    pub conversation: Option<Conversation>,
    /// The first entry that the user may see: a newcomer sees a group from their joining on.
    pub floor_seq: Seq,
    /// How far the user has read it.
    pub read_seq: Seq,
    /// How far the peer has; 0 in groups.
    pub peer_read_seq: Seq,
}

impl Readable {
    fn of(line: Listed) -> Self {
        Self {
            conversation: Some(line.conversation),
            floor_seq: line.joined_seq,
            read_seq: line.read_seq,
            peer_read_seq: line.peer_read_seq,
        }
    }

    /// The places that the user may read: up to the head as it was before it was checked that they may.
    #[must_use]
    pub fn places(&self) -> RangeInclusive<Seq> {
        self.floor_seq..=self.head()
    }

    /// How far the conversation had come.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.conversation.map_or(0, |conversation| conversation.last_seq)
    }
}

/// The conversation of `user` with a target, to read.
///
/// # Errors
/// `not_found`: no such user or group, or a group that the user is not in.
pub async fn conversation_for(conn: &mut Conn, user: UserId, target: Target) -> Result<Readable, ApiError> {
    match target {
        Target::Group(group) => {
            // Head and membership in one statement, so as they were at one time: a page up to that head, read while the
            // user leaves, holds nothing that was said without them.
            let line = inbox::find_group(conn, user, group).await?;
            line.map(Readable::of).ok_or_else(|| denied("group"))
        }
        Target::User(peer) => {
            if let Some(line) = inbox::find_pair(conn, user, peer).await? {
                return Ok(Readable::of(line));
            }
            // With somebody who closed their account there is what was said, and nothing to begin.
            let known = users::find(conn, peer).await?.is_some_and(|peer| !peer.closed);
            let nothing = Readable { conversation: None, floor_seq: 1, read_seq: 0, peer_read_seq: 0 };
            if known { Ok(nothing) } else { Err(denied("conversation")) }
        }
    }
}

/// The user's line of the conversation of that id.
///
/// # Errors
/// `not_found`: there is none, nothing was said in it, or it is others'.
pub async fn line_for(conn: &mut Conn, user: UserId, id: ConversationId) -> Result<Listed, ApiError> {
    let found = conversations::find(conn, id).await?.ok_or_else(|| denied("conversation"))?;
    let line = match found.key {
        ConversationKey::Pair(low, high) if user == low => inbox::find_pair(conn, user, high).await?,
        ConversationKey::Pair(low, high) if user == high => inbox::find_pair(conn, user, low).await?,
        ConversationKey::Pair(..) => None,
        ConversationKey::Group(group) => inbox::find_group(conn, user, group).await?,
    };
    line.ok_or_else(|| denied("conversation"))
}

/// A group that `user` is in, and their place there.
///
/// # Errors
/// `not_found`.
pub async fn group_for(conn: &mut Conn, user: UserId, id: GroupId) -> Result<(Group, Member), ApiError> {
    let member = members::find(conn, id, user).await?.ok_or_else(|| denied("group"))?;
    let group = groups::find(conn, id).await?.ok_or_else(|| denied("group"))?;
    Ok((group, member))
}

fn denied(what: &'static str) -> ApiError {
    metrics::counter!(ACCESS_DENIED, "operation" => what).increment(1);
    Code::NotFound.into()
}
