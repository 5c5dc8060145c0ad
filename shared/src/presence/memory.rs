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
    /// A lapsed life is forgotten when its list is next looked at.
    fn is_online(&mut self, user: UserId, now: Timestamp) -> bool {
        let Some(lives) = self.lives.get_mut(&user) else { return false };
        lives.retain(|node| self.leases.get(node).is_some_and(|until| *until > now));
        let online = !lives.is_empty();
        if !online {
            self.lives.remove(&user);
        }
        online
    }
}

#[async_trait]
impl Presence for MemoryPresence {
    async fn renew(&self, node: NodeId) -> Result<Lease, PresenceAway> {
        let now = self.clock.now();
        let mut tables = self.tables();
        tables.leases.retain(|_, until| *until > now);
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
        self.tables().leases.remove(&node);
        Ok(())
    }

    async fn online(&self, users: &[UserId]) -> Result<Vec<bool>, PresenceAway> {
        let now = self.clock.now();
        let mut tables = self.tables();
        Ok(users.iter().map(|user| tables.is_online(*user, now)).collect())
    }
}
