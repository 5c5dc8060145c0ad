//! What may not have reached its listeners, by conversation. The memory is bounded; past the bound it says only
//! "anything since then". `announce.rs` empties it.

use super::entry::subject_of;
use crate::store::messages::StoredMessage;
use shared::ids::{ConversationId, UserId};
use shared::time::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many conversations and users are remembered one by one.
const BOUND: usize = 10_000;

/// An entry that may not have reached its listeners.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loss {
    pub conversation: ConversationId,
    /// Who joined or left by it: they do not listen to the group yet, or not any more.
    pub subject: Option<UserId>,
    /// Whether it is stored is not known, and its transaction may still be under way.
    pub unsure: bool,
}

impl Loss {
    pub fn of(message: &StoredMessage) -> Self {
        Self { conversation: message.conversation_id, subject: subject_of(message), unsure: false }
    }
}

/// The memory of what was lost.
#[derive(Default)]
pub(super) struct Losses {
    /// Guards the memory alone, never held over an await.
    lost: Mutex<Lost>,
    pub more: Notify,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    /// The conversations.
    pub conversations: HashMap<ConversationId, LostIn>,
    /// How many users they hold together.
    subjects: usize,
    /// When the oldest of it was written.
    oldest: Option<Timestamp>,
    /// Any conversation written to since then.
    pub since: Option<Timestamp>,
}

/// What was lost in one conversation.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct LostIn {
    /// Those who joined or left.
    pub subjects: BTreeSet<UserId>,
    /// Whether a transaction may still be under way.
    pub unsure: bool,
}

impl Lost {
    pub fn is_empty(&self) -> bool {
        self.conversations.is_empty() && self.since.is_none()
    }

    /// Nothing of it yet, but as old.
    pub fn emptied(&self) -> Self {
        Self { oldest: self.oldest, ..Self::default() }
    }

    fn add(&mut self, loss: Loss, at: Timestamp) {
        self.oldest = earlier(self.oldest, Some(at));
        if self.conversations.len() + self.subjects >= BOUND {
            self.since = earlier(self.since, Some(at));
            return;
        }
        let lost = self.conversations.entry(loss.conversation).or_default();
        lost.unsure |= loss.unsure;
        self.subjects += usize::from(loss.subject.is_some_and(|subject| lost.subjects.insert(subject)));
    }
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    [a, b].into_iter().flatten().min()
}

impl Losses {
    /// Remembers what was written at `at` or later and may be lost.
    pub fn remember(&self, losses: impl IntoIterator<Item = Loss>, at: Timestamp) {
        let mut lost = self.lock();
        losses.into_iter().for_each(|loss| lost.add(loss, at));
        drop(lost);
        self.more.notify_one();
    }

    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    pub fn take(&self) -> Lost {
        std::mem::take(&mut *self.lock())
    }

    pub fn give_back(&self, lost: Lost) {
        let mut now = self.lock();
        now.since = earlier(now.since, lost.since);
        let Some(oldest) = lost.oldest else { return };
        for (conversation, LostIn { subjects, unsure }) in lost.conversations {
            let named = subjects.into_iter().map(Some).chain([None]);
            named.for_each(|subject| now.add(Loss { conversation, subject, unsure }, oldest));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lost> {
        // A panic between two inserts leaves a memory that is whole.
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Entries whose COMMIT is under way. When it fails, or nobody waits for it any more, they may be stored or
/// not; then dropping this remembers them.
pub(super) struct Unsure<'a> {
    losses: &'a Losses,
    entries: Vec<Loss>,
    at: Timestamp,
}

impl<'a> Unsure<'a> {
    pub fn about(entries: &[StoredMessage], losses: &'a Losses, at: Timestamp) -> Self {
        let entries = entries.iter().map(|entry| Loss { unsure: true, ..Loss::of(entry) });
        Self { losses, entries: entries.collect(), at }
    }

    /// They are stored.
    pub fn settle(mut self) {
        self.entries.clear();
    }
}

impl Drop for Unsure<'_> {
    fn drop(&mut self) {
        if !self.entries.is_empty() {
            self.losses.remember(std::mem::take(&mut self.entries), self.at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss(conversation: i64, subject: Option<i64>) -> Loss {
        Loss { conversation: ConversationId(conversation), subject: subject.map(UserId), unsure: false }
    }

    #[test]
    fn past_the_bound_only_the_time_is_remembered() {
        let losses = Losses::default();
        losses.remember((0..BOUND as i64).map(|id| loss(id, None)), Timestamp(70));
        assert_eq!(losses.lock().since, None);
        losses.remember([loss(-1, None)], Timestamp(50));
        losses.remember([loss(-2, None)], Timestamp(60));
        let lost = losses.take();
        assert_eq!((lost.conversations.len(), lost.since), (BOUND, Some(Timestamp(50))));
        assert!(losses.is_empty());
    }

    #[test]
    fn what_is_given_back_meets_what_came_in_between() {
        let losses = Losses::default();
        losses.remember([loss(1, Some(7)), loss(1, None)], Timestamp(5));
        let lost = losses.take();
        losses.remember([loss(1, Some(8)), loss(2, None)], Timestamp(6));
        losses.give_back(lost);
        let lost = losses.take();
        assert_eq!(lost.conversations[&ConversationId(1)].subjects, BTreeSet::from([UserId(7), UserId(8)]));
        assert_eq!((lost.conversations.len(), lost.oldest, lost.since), (2, Some(Timestamp(5)), None));
    }
}
