//! Who may see what. These functions are the only way for a handler to get a conversation or a group for a
//! user: what is not there and what is not theirs is refused alike.

use crate::error::ApiError;
use crate::store::conversations::{self, Conversation};
use crate::store::groups::{self, Group};
use crate::store::members::{self, Member};
use crate::store::{Conn, users};
use shared::draft::Target;
use shared::error::Code;
use shared::ids::{GroupId, Seq, UserId};
use shared::metrics::ACCESS_DENIED;
use std::ops::RangeInclusive;

/// A conversation as far as one user may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readable {
    /// The conversation; `None` between two users who never said anything.
    pub conversation: Option<Conversation>,
    /// The first entry that the user may see: a newcomer sees a group from their joining on.
    pub floor_seq: Seq,
}

impl Readable {
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
            // The head first: whoever is a member after that was one when everything up to it was written.
            // The other way round, a page read while they leave would hold what was said without them.
            let conversation = conversations::find_group(conn, group).await?;
            let (_, member) = group_for(conn, user, group).await?;
            Ok(Readable { conversation, floor_seq: member.joined_seq })
        }
        Target::User(peer) => {
            // A row without entries may be left from a message that was refused.
            let conversation =
                conversations::find_pair(conn, user, peer).await?.filter(|found| found.last_seq > 0);
            // With somebody who closed their account there is what was said, and nothing to begin.
            let known =
                conversation.is_some() || users::find(conn, peer).await?.is_some_and(|peer| !peer.closed);
            if known { Ok(Readable { conversation, floor_seq: 1 }) } else { Err(denied("conversation")) }
        }
    }
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
