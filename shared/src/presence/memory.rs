//! Presence of the all-in-one, inside the process: the same contract as the Redis one, and the same tests.

use super::{LEASE, Lease, Presence, PresenceAway};
use crate::ids::{NodeId, UserId};
use crate::time::{Clock, Timestamp};
use async_trait::async_trait;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Presence among the nodes that share it.
pub struct MemoryPresence {
    clock: Clock,
    /// Guards both tables; never held over an await.
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    lives: HashMap<UserId, HashSet<NodeId>>,
    leases: HashMap<NodeId, Timestamp>,
}

impl MemoryPresence {
    /// Nobody is online yet; leases run by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, tables: Mutex::default() }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // Each call changes one entry at a time, so a panic elsewhere has torn nothing.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn is_online(&self, user: UserId, now: Timestamp) -> bool {
        let lives = self.lives.get(&user).into_iter().flatten();
        lives.filter_map(|life| self.leases.get(life)).any(|until| *until > now)
    }

    /// Forgets these lives and whom they listed. A life that has not taken its lease yet is none of them:
    /// looking at its list must not empty it.
    fn forget(&mut self, over: &HashSet<NodeId>) {
        if over.is_empty() {
            return;
        }
        self.leases.retain(|life, _| !over.contains(life));
        self.lives.retain(|_, lives| {
            lives.retain(|life| !over.contains(life));
            !lives.is_empty()
        });
    }
}

#[async_trait]
impl Presence for MemoryPresence {
    async fn renew(&self, node: NodeId) -> Result<Lease, PresenceAway> {
        let now = self.clock.now();
        let mut tables = self.tables();
        let lapsed =
            tables.leases.iter().filter(|(_, until)| **until <= now).map(|(life, _)| *life).collect();
        tables.forget(&lapsed);
        let before = tables.leases.insert(node, now.plus(LEASE));
        Ok(if before.is_some() { Lease::Held } else { Lease::Taken })
    }

    async fn enter(&self, node: NodeId, users: &[UserId]) -> Result<(), PresenceAway> {
        let mut tables = self.tables();
        for user in users {
            tables.lives.entry(*user).or_default().insert(node);
        }
        Ok(())
    }

    async fn leave(&self, node: NodeId, users: &[UserId]) -> Result<(), PresenceAway> {
        let mut tables = self.tables();
        for user in users {
            if let Some(lives) = tables.lives.get_mut(user) {
                lives.remove(&node);
                if lives.is_empty() {
                    tables.lives.remove(user);
                }
            }
        }
        Ok(())
    }

    async fn release(&self, node: NodeId) -> Result<(), PresenceAway> {
        self.tables().forget(&HashSet::from([node]));
        Ok(())
    }

    async fn online(&self, users: &[UserId]) -> Result<Vec<bool>, PresenceAway> {
        let now = self.clock.now();
        let tables = self.tables();
        Ok(users.iter().map(|user| tables.is_online(*user, now)).collect())
    }
}
