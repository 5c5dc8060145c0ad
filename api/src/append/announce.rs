//! Announcing what was lost: the head of each such conversation, until the bus takes it. Whoever hears a head
//! beyond what they have fetches, so no more than the head is needed.

use super::losses::{Losses, Lost};
use crate::store::conversations::{self, Conversation};
use crate::store::{Db, LARGEST, Lock};
use bytes::Bytes;
use metrics::counter;
use shared::bus::Bus;
use shared::draft::ConversationKey;
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::ids::{ConversationId, UserId};
use shared::metrics::HEADS_ANNOUNCED;
use shared::time::{Clock, Timestamp};
use shared::topic::Topic;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The pause before an announcement, doubled with each that fails up to [`LONGEST_PAUSE`]: an outage of the
/// bus is healed within that time of its end.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long the database and the bus may take together for one announcement.
const LIMIT: Duration = Duration::from_secs(4);

/// The task that announces what was lost.
pub(super) struct Announcer {
    pub losses: Arc<Losses>,
    pub db: Db,
    pub bus: Arc<dyn Bus>,
    pub clock: Clock,
    /// Cancelled when the last lane has ended: after one more try nothing is left to do.
    pub ended: CancellationToken,
}

impl Announcer {
    pub async fn run(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            if self.losses.is_empty() {
                pause = FIRST_PAUSE;
                tokio::select! {
                    () = self.losses.more.notified() => {}
                    () = self.ended.cancelled() => {}
                }
            }
            let ending = tokio::time::timeout(pause, self.ended.cancelled()).await.is_ok();
            let done = self.announce().await;
            if ending {
                return;
            }
            pause = if done { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        }
    }

    /// Announces all that is remembered; what fails is remembered again, and what comes after it, so that a
    /// round takes no longer than its work and one [`LIMIT`].
    async fn announce(&self) -> bool {
        let lost = self.losses.take();
        let mut left = lost.emptied();
        let ids: Vec<ConversationId> = lost.conversations.keys().copied().collect();
        let mut done = true;
        for chunk in ids.chunks(LARGEST) {
            done = done && within_limit(self.announce_some(chunk, &lost)).await;
            if !done {
                let kept = chunk.iter().filter_map(|id| Some((*id, lost.conversations.get(id)?.clone())));
                left.conversations.extend(kept);
            }
        }
        if let Some(since) = lost.since {
            done = done && self.announce_since(since).await;
            left.since = (!done).then_some(since);
        }
        if !done {
            self.losses.give_back(left);
        }
        done
    }

    async fn announce_some(&self, ids: &[ConversationId], lost: &Lost) -> Result<bool, sqlx::Error> {
        let unsure = |id: &&ConversationId| lost.conversations.get(*id).is_some_and(|lost| lost.unsure);
        let unsure: BTreeSet<ConversationId> = ids.iter().filter(unsure).copied().collect();
        if !unsure.is_empty() {
            // A COMMIT that was not answered may still come to pass; its rows are locked until it does.
            let mut tx = self.db.begin().await?;
            conversations::lock(&mut tx, &Vec::from_iter(unsure), Lock::Wait).await?;
            tx.commit().await?;
        }
        let found = conversations::find_many(&mut self.db.read().await?, ids).await?;
        Ok(self.publish(&found, lost).await)
    }

    /// Page by page, so that a large database does not come as one answer.
    async fn announce_since(&self, since: Timestamp) -> bool {
        let mut after = Some(ConversationId(0));
        while let Some(last) = after {
            let page = async {
                let mut conn = self.db.read().await?;
                let found = conversations::updated_since(&mut conn, since, last, LARGEST as i64).await?;
                after = found.last().map(|conversation| conversation.id);
                Ok(self.publish(&found, &Lost::default()).await)
            };
            if !within_limit(page).await {
                return false;
            }
        }
        true
    }

    async fn publish(&self, found: &[Conversation], lost: &Lost) -> bool {
        let mut batch: Vec<(Topic, Bytes)> = Vec::new();
        for conversation in found {
            let bytes = head(conversation, self.clock.now()).encode();
            let subjects =
                lost.conversations.get(&conversation.id).into_iter().flat_map(|lost| &lost.subjects);
            let topics =
                listeners(conversation.key).into_iter().chain(subjects.map(|user| Topic::User(*user)));
            batch.extend(topics.map(|topic| (topic, bytes.clone())));
        }
        let taken = batch.is_empty() || self.bus.publish(&batch).await.is_ok();
        if taken {
            counter!(HEADS_ANNOUNCED).increment(found.len() as u64);
        }
        taken
    }
}

/// Whether a step went through, in time.
async fn within_limit(step: impl Future<Output = Result<bool, sqlx::Error>>) -> bool {
    match tokio::time::timeout(LIMIT, step).await {
        Ok(Ok(taken)) => taken,
        Ok(Err(error)) => {
            tracing::warn!(%error, "heads cannot be read, and are announced later");
            false
        }
        Err(_late) => false,
    }
}

fn listeners(key: ConversationKey) -> Vec<Topic> {
    match key {
        ConversationKey::Group(group) => vec![Topic::Group(group)],
        ConversationKey::Pair(low, high) if low == high => vec![Topic::User(low)],
        ConversationKey::Pair(low, high) => vec![Topic::User(low), Topic::User(high)],
    }
}

/// "The log has come to here", and nothing else.
fn head(conversation: &Conversation, at: Timestamp) -> Envelope {
    let header = Header {
        kind: Kind::Head,
        change: Change::None,
        members_version: conversation.members_version,
        seq: conversation.last_seq,
        conversation_id: conversation.id,
        at,
        subject_id: UserId(0),
    };
    Envelope { header, body: Bytes::new() }
}
