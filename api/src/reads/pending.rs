//! Which read cursors are to be written, and when: the first mark of a user in a conversation at once, what
//! follows within the second together at its end. Pure; the time comes from outside.

use shared::door::ReadMark;
use shared::ids::{ConversationId, Seq, UserId};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// How far apart two writes of a cursor are.
pub(super) const APART: Duration = Duration::from_secs(1);
/// How many cursors are kept track of.
const BOUND: usize = 65_536;

type Key = (ConversationId, UserId);

/// The cursors that move.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Each is in `due` or in `cooling`, once; the place is what is not written yet.
    slots: HashMap<Key, Option<Seq>>,
    due: VecDeque<Key>,
    /// Written a moment ago: until when they wait. Ordered, for all wait equally long.
    cooling: VecDeque<(Instant, Key)>,
}

impl Pending {
    /// Notes a mark; the highest one counts. `false`: there are too many cursors moving already.
    pub fn mark(&mut self, mark: ReadMark) -> bool {
        let key = (mark.conversation_id, mark.user_id);
        if let Some(seq) = self.slots.get_mut(&key) {
            *seq = (*seq).max(Some(mark.seq));
            return true;
        }
        if self.slots.len() >= BOUND {
            return false;
        }
        self.slots.insert(key, Some(mark.seq));
        self.due.push_back(key);
        true
    }

    /// What is to be written now, at most `most` of it.
    pub fn take(&mut self, now: Instant, most: usize) -> Vec<ReadMark> {
        while let Some((_, key)) = self.cooling.pop_front_if(|(until, _)| *until <= now) {
            match self.slots.get(&key) {
                Some(Some(_)) => self.due.push_back(key),
                _ => drop(self.slots.remove(&key)),
            }
        }
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some(key) = self.due.pop_front()
        {
            let seq = self.slots.get_mut(&key).and_then(Option::take);
            taken.extend(seq.map(|seq| ReadMark { conversation_id: key.0, user_id: key.1, seq }));
            self.cooling.push_back((now + APART, key));
        }
        taken
    }

    /// What is not written yet, all of it: nothing is kept track of any more.
    pub fn take_all(&mut self) -> Vec<ReadMark> {
        self.due.clear();
        self.cooling.clear();
        let left = self
            .slots
            .drain()
            .filter_map(|(key, seq)| Some(ReadMark { conversation_id: key.0, user_id: key.1, seq: seq? }));
        left.collect()
    }

    /// When there may be something to take next.
    pub fn next(&self) -> Option<Instant> {
        self.cooling.front().map(|(until, _)| *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(conversation: i64, seq: Seq) -> ReadMark {
        ReadMark { conversation_id: ConversationId(conversation), user_id: UserId(1), seq }
    }

    #[test]
    fn the_first_mark_is_due_at_once_and_those_after_it_together_a_second_later() {
        let mut pending = Pending::default();
        let start = Instant::now();
        assert!(pending.mark(mark(1, 5)));
        assert_eq!(pending.take(start, 10), [mark(1, 5)]);
        for seq in [9, 7, 8] {
            assert!(pending.mark(mark(1, seq)));
        }
        assert!(pending.mark(mark(2, 1)));
        assert_eq!(pending.take(start, 10), [mark(2, 1)], "another conversation does not wait");
        assert_eq!(pending.next(), Some(start + APART));
        assert_eq!(pending.take(start + APART, 10), [mark(1, 9)]);
        assert_eq!(pending.take(start + 2 * APART, 10), []);
        assert!(pending.slots.is_empty() && pending.next().is_none(), "nothing is kept for ever");
    }

    #[test]
    fn it_is_bounded_and_what_is_left_can_be_had_at_once() {
        let mut pending = Pending::default();
        for conversation in 0..BOUND as i64 {
            assert!(pending.mark(mark(conversation, 1)));
        }
        assert!(!pending.mark(mark(-1, 1)));
        assert!(pending.mark(mark(0, 2)), "one that is kept track of still moves");
        assert_eq!(pending.take(Instant::now(), 256).len(), 256);
        assert_eq!(pending.take_all().len(), BOUND - 256);
    }
}
