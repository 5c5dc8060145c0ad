//! Conversations whose row somebody holds and does not let go: another api that was stopped in the middle of
//! a transaction. Without this memory every batch with a draft for one of them would wait for its lock again,
//! and the other conversations of the lane with it.

use shared::ids::ConversationId;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long nobody waits for a conversation that was stuck.
const MEMORY: Duration = Duration::from_secs(5);
/// How many are remembered; past it all are forgotten, which costs a wait each.
const BOUND: usize = 1_024;

#[derive(Default)]
pub(super) struct Stuck {
    /// Until when. Guards itself alone, never held over an await.
    until: Mutex<HashMap<ConversationId, Instant>>,
}

impl Stuck {
    /// Parts the stuck ones, first, from the others; both stay sorted.
    pub fn part(&self, ids: BTreeSet<ConversationId>) -> (Vec<ConversationId>, Vec<ConversationId>) {
        let until = self.lock();
        if until.is_empty() {
            return (Vec::new(), ids.into_iter().collect());
        }
        let now = Instant::now();
        ids.into_iter().partition(|id| until.get(id).is_some_and(|until| *until > now))
    }

    /// These could not be locked.
    pub fn note(&self, ids: impl Iterator<Item = ConversationId>) {
        let now = Instant::now();
        let mut until = self.lock();
        until.retain(|_, until| *until > now);
        if until.len() >= BOUND {
            until.clear();
        }
        until.extend(ids.map(|id| (id, now + MEMORY)));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, Instant>> {
        // A panic between two inserts leaves a memory that is whole.
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
