//! What a client has to say: one unanswered message a conversation, sent again with its id until it is answered; bursts
//! that are sent in one breath; and repeats of what was answered already. Without I/O.

use crate::history::{Key, Via};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// After so long without an answer a message is sent again.
const UNANSWERED: Duration = Duration::from_secs(10);

/// A message until it is answered for good.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Where to.
    pub key: Key,
    /// What.
    pub content: String,
    /// How often it was tried.
    pub tries: u32,
    /// The burst that it belongs to; 0: none.
    pub burst: u32,
    /// How often it is still to be repeated after its answer.
    pub repeats: u32,
    /// Whether it was answered once.
    pub answered: bool,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Waiting(Instant),
    Flying(Instant, Via),
}

/// The outbox.
#[derive(Debug, Default)]
pub struct Outbox {
    drafts: HashMap<Uuid, Draft>,
    /// By conversation; the first one is on its way.
    queues: HashMap<Key, VecDeque<Uuid>>,
}

impl Outbox {
    /// How many wait or fly.
    #[must_use]
    pub fn unsaid(&self) -> usize {
        self.drafts.len()
    }

    /// Whether it is one of those that are sent in one breath, over one line.
    #[must_use]
    pub fn is_burst(&self, cmid: Uuid) -> bool {
        self.drafts.get(&cmid).is_some_and(|draft| draft.burst != 0)
    }

    /// Queues a message behind those of its conversation.
    pub fn say(&mut self, cmid: Uuid, key: Key, content: String, repeats: u32, now: Instant) {
        self.queues.entry(key).or_default().push_back(cmid);
        self.keep(cmid, Draft { repeats, ..draft(key, content, now) });
    }

    /// A message that waits for no other.
    pub fn burst(&mut self, cmid: Uuid, key: Key, content: String, burst: u32, now: Instant) {
        self.keep(cmid, Draft { burst, ..draft(key, content, now) });
    }

    /// Says once more what was answered long ago.
    pub fn repeat(&mut self, cmid: Uuid, key: Key, content: String, tries: u32, now: Instant) {
        self.keep(cmid, Draft { tries, answered: true, ..draft(key, content, now) });
    }

    fn keep(&mut self, cmid: Uuid, draft: Draft) {
        self.drafts.entry(cmid).or_insert(draft);
    }

    /// What is to be sent now; bursts in the order in which they were made, since their ids ascend.
    #[must_use]
    pub fn due(&self, now: Instant) -> Vec<Uuid> {
        let first = |cmid: &Uuid, draft: &Draft| {
            draft.burst != 0
                || draft.answered
                || self.queues.get(&draft.key).and_then(VecDeque::front) == Some(cmid)
        };
        let is_due = |draft: &Draft| match draft.state {
            State::Waiting(until) => until <= now,
            State::Flying(since, _) => since + UNANSWERED <= now,
        };
        let due = self.drafts.iter().filter(|(cmid, draft)| is_due(draft) && first(cmid, draft));
        let mut due: Vec<Uuid> = due.map(|(cmid, _)| *cmid).collect();
        due.sort_unstable();
        due
    }

    /// It is sent, this way.
    pub fn flies(&mut self, cmid: Uuid, via: Via, now: Instant) -> Option<&Draft> {
        let draft = self.drafts.get_mut(&cmid)?;
        draft.tries += 1;
        draft.state = State::Flying(now, via);
        Some(draft)
    }

    /// It has its place. With repeats left it is said again after `pause`. Gives back the draft at its first answer.
    pub fn answered(&mut self, cmid: Uuid, pause: Duration, now: Instant) -> Option<Draft> {
        let draft = self.drafts.get_mut(&cmid)?;
        let first = !std::mem::replace(&mut draft.answered, true);
        let answered = draft.clone();
        if draft.repeats > 0 {
            draft.repeats -= 1;
            draft.state = State::Waiting(now + pause);
            self.unqueue(cmid, answered.key);
        } else {
            self.forget(cmid);
        }
        first.then_some(answered)
    }

    /// It cannot be stored, or it can later.
    pub fn failed(&mut self, cmid: Uuid, definite: bool, pause: Duration, now: Instant) {
        if definite {
            self.forget(cmid);
        } else if let Some(draft) = self.drafts.get_mut(&cmid) {
            draft.state = State::Waiting(now + pause);
        }
    }

    /// The line is lost: what was on it is sent again over the next one.
    pub fn line_lost(&mut self, now: Instant) {
        for draft in self.drafts.values_mut() {
            if matches!(draft.state, State::Flying(_, Via::Live)) {
                draft.state = State::Waiting(now);
            }
        }
    }

    fn forget(&mut self, cmid: Uuid) {
        if let Some(draft) = self.drafts.remove(&cmid) {
            self.unqueue(cmid, draft.key);
        }
    }

    fn unqueue(&mut self, cmid: Uuid, key: Key) {
        if let Some(queue) = self.queues.get_mut(&key) {
            queue.retain(|other| *other != cmid);
            if queue.is_empty() {
                self.queues.remove(&key);
            }
        }
    }
}

fn draft(key: Key, content: String, now: Instant) -> Draft {
    Draft { key, content, tries: 0, burst: 0, repeats: 0, answered: false, state: State::Waiting(now) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key::Group(1);
    const ONE: Uuid = Uuid::from_u128(1);
    const TWO: Uuid = Uuid::from_u128(2);

    fn outbox() -> (Outbox, Instant) {
        let (mut outbox, now) = (Outbox::default(), Instant::now());
        outbox.say(ONE, KEY, String::new(), 1, now);
        outbox.say(TWO, KEY, String::new(), 0, now);
        (outbox, now)
    }

    #[tokio::test]
    async fn one_message_a_conversation_is_on_its_way_and_the_next_one_waits_for_its_answer() {
        let (mut outbox, now) = outbox();
        assert_eq!(outbox.due(now), [ONE]);
        outbox.flies(ONE, Via::Live, now);
        assert!(outbox.due(now).is_empty());
        outbox.answered(ONE, Duration::from_secs(1), now);
        assert_eq!(outbox.due(now), [TWO]);
        outbox.flies(TWO, Via::Rest, now);
        assert_eq!(outbox.due(now + Duration::from_secs(1)), [ONE], "the repeat waits for nobody");
    }

    #[tokio::test]
    async fn without_an_answer_it_is_sent_again_and_at_once_over_a_new_line() {
        let (mut outbox, now) = outbox();
        outbox.flies(ONE, Via::Live, now);
        assert_eq!(outbox.due(now + UNANSWERED), [ONE]);
        outbox.line_lost(now);
        assert_eq!(outbox.due(now), [ONE]);
    }

    #[tokio::test]
    async fn what_was_refused_for_good_is_forgotten_and_a_burst_waits_for_nobody() {
        let (mut outbox, now) = outbox();
        outbox.flies(ONE, Via::Live, now);
        outbox.failed(ONE, true, Duration::ZERO, now);
        assert_eq!(outbox.due(now), [TWO]);
        let ids = [Uuid::from_u128(8), Uuid::from_u128(9)];
        ids.iter().for_each(|id| outbox.burst(*id, KEY, String::new(), 5, now));
        assert_eq!(outbox.due(now), [TWO, ids[0], ids[1]]);
    }
}
