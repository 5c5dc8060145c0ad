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

    /// Announces all that is remembered. What fails is remembered again, and what comes after it, so that a round takes no
    /// longer than its work and one [`LIMIT`]; what is still being stored is waited for last, and holds up nothing else.
    async fn announce(&self) -> bool {
        let lost = self.losses.take();
        let mut left = lost.emptied();
        let mut done = true;
        let ids: Vec<ConversationId> = lost.conversations.keys().copied().collect();
        let mut unannounced = self.announce_each(&ids, &lost, Lock::Skip, &mut done).await;
        if let Some(since) = lost.since {
            done = done && self.announce_since(since).await;
            left.since = (!done).then_some(since);
        }
        unannounced = self.announce_each(&unannounced, &lost, Lock::Wait, &mut done).await;
        let kept = unannounced.into_iter().filter_map(|id| Some((id, lost.conversations.get(&id)?.clone())));
        left.conversations.extend(kept);
        if !left.is_empty() {
            self.losses.give_back(left);
        }
        done
    }

    /// Those of them that are left: what is still being stored, and all from the first failure on.
    async fn announce_each(
        &self,
        ids: &[ConversationId],
        lost: &Lost,
        how: Lock,
        done: &mut bool,
    ) -> Vec<ConversationId> {
        let mut left = Vec::new();
        for chunk in ids.chunks(LARGEST) {
            let sent = if *done { within_limit(self.announce_some(chunk, lost, how)).await } else { None };
            *done = sent.is_some();
            left.extend(sent.unwrap_or_else(|| chunk.to_vec()));
        }
        left
    }

    /// Those of them that are still being stored; none if the bus took nothing.
    async fn announce_some(
        &self,
        ids: &[ConversationId],
        lost: &Lost,
        how: Lock,
    ) -> Result<Option<Vec<ConversationId>>, sqlx::Error> {
        let unsure = |id: &ConversationId| lost.conversations.get(id).is_some_and(|lost| lost.unsure);
        let unsure: BTreeSet<ConversationId> = ids.iter().copied().filter(unsure).collect();
        let being_stored = self.locked_by_others(unsure, how).await?;
        let free: Vec<ConversationId> = ids.iter().copied().filter(|id| !being_stored.contains(id)).collect();
        let found = conversations::find_many(&mut self.db.read().await?, &free).await?;
        Ok(self.publish(&found, lost).await.then(|| being_stored.into_iter().collect()))
    }

    /// Those whose rows somebody holds: a COMMIT that was not answered may still come to pass, and its rows are locked until
    /// it does.
    async fn locked_by_others(
        &self,
        mut ids: BTreeSet<ConversationId>,
        how: Lock,
    ) -> Result<BTreeSet<ConversationId>, sqlx::Error> {
        if !ids.is_empty() {
            let mut tx = self.db.begin().await?;
            let wanted: Vec<ConversationId> = ids.iter().copied().collect();
            for conversation in conversations::lock(&mut tx, &wanted, how).await? {
                ids.remove(&conversation.id);
            }
            tx.commit().await?;
        }
        // Whoever has waited is held up by nobody; what is left does not exist.
        Ok(if how == Lock::Wait { BTreeSet::new() } else { ids })
    }

    /// Page by page, so that a large database does not come as one answer.
    async fn announce_since(&self, since: Timestamp) -> bool {
        let mut after = Some(ConversationId(0));
        while let Some(last) = after {
            let page = async {
                let mut conn = self.db.read().await?;
                let found = conversations::updated_since(&mut conn, since, last, LARGEST as i64).await?;
                after = found.last().map(|conversation| conversation.id);
                Ok(self.publish(&found, &Lost::default()).await.then_some(()))
            };
            if within_limit(page).await.is_none() {
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

/// What a step came to, if it went through in time.
async fn within_limit<T>(step: impl Future<Output = Result<Option<T>, sqlx::Error>>) -> Option<T> {
    match tokio::time::timeout(LIMIT, step).await {
        Ok(Ok(came)) => came,
        Ok(Err(error)) => {
            tracing::warn!(%error, "heads cannot be read, and are announced later");
            None
        }
        Err(_late) => None,
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
