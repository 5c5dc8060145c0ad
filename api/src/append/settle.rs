//! What a committed batch has come to: an answer for each ask, and what is to be published.

use super::ask::Reply;
use super::decide::Decision;
use super::picture::Picture;
use super::publish::Publication;
use crate::store::messages::StoredMessage;
use metrics::counter;
use shared::door::{Refusal, Stored};
use shared::ids::ConversationId;
use shared::metrics::{ACCEPTED, REJECTED, REPEATED};
use shared::time::Timestamp;

/// A batch after COMMIT.
pub(super) struct Settled {
    /// One for each ask, in order.
    pub replies: Vec<Reply>,
    /// In order; a repeat within the batch is not published twice.
    pub publications: Vec<Publication>,
    /// The conversations that were locked.
    pub conversations: Vec<ConversationId>,
    /// When it was committed.
    pub committed_at: Timestamp,
}

impl Settled {
    /// `stored` are the picture's entries as they are stored.
    pub fn of(
        decisions: Vec<Decision>,
        stored: &[StoredMessage],
        picture: &Picture,
        committed_at: Timestamp,
    ) -> Self {
        let mut settled = Self {
            committed_at,
            replies: Vec::with_capacity(decisions.len()),
            publications: Vec::new(),
            conversations: picture.locked(),
        };
        for decision in decisions {
            let reply = settled.settle(decision, stored, picture);
            settled.replies.push(reply);
        }
        settled
    }

    fn settle(&mut self, decision: Decision, stored: &[StoredMessage], picture: &Picture) -> Reply {
        match decision {
            Decision::New(place) => {
                let message = stored[place].clone();
                let members_version = picture.entries[place].members_version;
                let kind = if message.sender_id.is_canary() { "canary" } else { &message.message_type };
                counter!(ACCEPTED, "kind" => kind.to_owned()).increment(1);
                Ok(Some(self.publish(Publication { message, members_version, fresh: true })))
            }
            Decision::Again(place) => {
                counter!(REPEATED).increment(1);
                Ok(Some(place_of(&stored[place])))
            }
            Decision::Repeat { message, members_version } => {
                counter!(REPEATED).increment(1);
                Ok(Some(self.publish(Publication { message, members_version, fresh: false })))
            }
            Decision::Nothing => Ok(None),
            Decision::Refused(refusal) => refused(refusal),
        }
    }

    fn publish(&mut self, publication: Publication) -> Stored {
        let stored = place_of(&publication.message);
        self.publications.push(publication);
        stored
    }
}

/// Counts a refusal.
pub(super) fn refused(refusal: Refusal) -> Reply {
    counter!(REJECTED, "code" => refusal.code.as_str()).increment(1);
    Err(refusal)
}

fn place_of(message: &StoredMessage) -> Stored {
    Stored {
        message_id: message.id,
        conversation_id: message.conversation_id,
        seq: message.seq,
        created_at: message.created_at,
    }
}
