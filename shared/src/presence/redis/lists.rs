//! Whom the lives of this node list, kept here as well: so that each renewal can keep the hashes of a few of them
//! from running out, in turn, without ever asking Redis for all.

use super::KEPT;
use crate::ids::{NodeId, UserId};
use crate::presence::LEASE_RENEWAL;
use std::collections::{BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A life that nobody mentioned for so long is over; a node has one at a time, and does not say when it gives one up.
const FORGOTTEN: Duration = Duration::from_secs(300);

#[derive(Default)]
pub(super) struct Lists {
    /// Guards the lists; never held over an await.
    lives: Mutex<HashMap<NodeId, List>>,
}

struct List {
    users: BTreeSet<UserId>,
    /// Whose turn it was last.
    last: Option<UserId>,
    mentioned: Instant,
}

impl Lists {
    pub(super) fn enter(&self, node: NodeId, users: &[UserId]) {
        self.with(node, |list| list.users.extend(users));
    }

    pub(super) fn leave(&self, node: NodeId, users: &[UserId]) {
        self.with(node, |list| {
            for user in users {
                list.users.remove(user);
            }
        });
    }

    pub(super) fn release(&self, node: NodeId) {
        self.lives().remove(&node);
    }

    /// Whose hashes this renewal keeps: as many as make everybody's turn come twice before their hash runs out.
    pub(super) fn turn(&self, node: NodeId) -> Vec<UserId> {
        self.with(node, |list| {
            let renewals = (KEPT.as_secs() / LEASE_RENEWAL.as_secs() / 2).max(1);
            let share = list.users.len().div_ceil(usize::try_from(renewals).unwrap_or(1));
            let from = list.last.map_or(Unbounded, Excluded);
            let mut turn: Vec<UserId> = list.users.range((from, Unbounded)).take(share).copied().collect();
            let more = share - turn.len();
            turn.extend(list.users.iter().take(more));
            list.last = turn.last().copied();
            turn
        })
    }

    fn with<T>(&self, node: NodeId, change: impl FnOnce(&mut List) -> T) -> T {
        self.with_at(Instant::now(), node, change)
    }

    fn with_at<T>(&self, now: Instant, node: NodeId, change: impl FnOnce(&mut List) -> T) -> T {
        let mut lives = self.lives();
        lives.retain(|life, list| *life == node || list.mentioned + FORGOTTEN > now);
        let empty = || List { users: BTreeSet::new(), last: None, mentioned: now };
        let list = lives.entry(node).or_insert_with(empty);
        list.mentioned = now;
        change(list)
    }

    fn lives(&self) -> MutexGuard<'_, HashMap<NodeId, List>> {
        // Each change leaves the lists whole, so a panic elsewhere has torn nothing.
        self.lives.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn everybodys_turn_comes_twice_before_their_hash_runs_out() {
        let (lists, node) = (Lists::default(), NodeId::random());
        for count in [1, 7, 599, 600, 601, 10_000] {
            let users: Vec<UserId> = (1..=count).map(UserId).collect();
            lists.enter(node, &users);
            let renewals = KEPT.as_secs() / LEASE_RENEWAL.as_secs() / 2;
            let kept: HashSet<UserId> = (0..renewals).flat_map(|_| lists.turn(node)).collect();
            assert_eq!(kept.len(), users.len());
            lists.leave(node, &users);
            assert!(lists.turn(node).is_empty());
        }
    }

    #[test]
    fn a_life_that_is_not_mentioned_any_more_is_forgotten() {
        let (lists, old, new) = (Lists::default(), NodeId::random(), NodeId::random());
        lists.enter(old, &[UserId(1)]);
        lists.with_at(Instant::now() + FORGOTTEN, new, |_| ());
        assert_eq!(lists.lives().len(), 1);
    }
}
