//! ⑧ ⑨ The hub: which connections of this gateway hear which topic. Envelopes come in from the bus's workers;
//! what goes out is pushed into outboxes. The hub never waits: where it must know more, it says what it needs
//! and a task asks.

pub mod group;
pub mod recovery;
pub mod topics;
mod worker;
mod writes;

pub use worker::work;

use crate::connection::{Connection, Due};
use crate::presence::Watched;
use group::{Group, Need};
use shared::door::{Roster, Seat};
use shared::ids::{GroupId, Seq, UserId};
use shared::topic::Topic;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The local registry, in as many parts as the bus has workers: a topic's envelopes and its part of the
/// registry meet in the same one.
pub struct Hub {
    shards: Vec<Mutex<Shard>>,
}

/// One part. Its lock is taken alone, never with another shard's, and never held over an await; outbox locks
/// are taken under it.
#[derive(Default)]
pub(crate) struct Shard {
    users: HashMap<UserId, Vec<Arc<Connection>>>,
    groups: HashMap<GroupId, Group>,
    pub(crate) watched: HashMap<UserId, Watched>,
}

impl Hub {
    /// An empty registry of `shards` parts.
    #[must_use]
    pub fn new(shards: usize) -> Self {
        Self { shards: (0..shards.max(1)).map(|_| Mutex::default()).collect() }
    }

    /// How many parts it has: as many workers serve it.
    #[must_use]
    pub fn shards(&self) -> usize {
        self.shards.len()
    }

    pub(crate) fn shard(&self, topic: Topic) -> MutexGuard<'_, Shard> {
        // Each operation leaves a shard consistent before it can panic in somebody else's code.
        self.shards[topic.worker(self.shards.len())].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a connection. Gives back the user's oldest ones past `most`, which are to give way.
    pub fn enter(&self, connection: &Arc<Connection>, most: usize) -> Vec<Arc<Connection>> {
        let mut shard = self.shard(Topic::User(connection.user_id));
        let connections = shard.users.entry(connection.user_id).or_default();
        connections.push(connection.clone());
        let open = connections.iter().filter(|c| c.outbox.closing().is_none());
        open.clone().take(open.count().saturating_sub(most)).cloned().collect()
    }

    /// Forgets a connection: under its user, and under everybody it watched.
    pub fn exit(&self, connection: &Connection) {
        let mut shard = self.shard(Topic::User(connection.user_id));
        if let Some(connections) = shard.users.get_mut(&connection.user_id) {
            connections.retain(|other| other.id != connection.id);
            if connections.is_empty() {
                shard.users.remove(&connection.user_id);
            }
        }
    }

    /// The connections of a user.
    #[must_use]
    pub fn connections_of(&self, user: UserId) -> Vec<Arc<Connection>> {
        self.shard(Topic::User(user)).users.get(&user).cloned().unwrap_or_default()
    }

    /// Visits every connection, a shard at a time.
    pub fn each_connection(&self, mut visit: impl FnMut(&Arc<Connection>)) {
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.users.values().flatten().for_each(&mut visit);
        }
    }

    /// Visits every watched user, a shard at a time.
    pub(crate) fn each_watched(&self, mut visit: impl FnMut(UserId, &mut Watched)) {
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.watched.iter_mut().for_each(|(user, watched)| visit(*user, watched));
        }
    }

    /// Who watches a user's presence.
    pub(crate) fn watchers_of(&self, user: UserId) -> Vec<Arc<Connection>> {
        let shard = self.shard(Topic::Presence(user));
        let watchers = shard.watched.get(&user).into_iter().flat_map(|watched| &watched.watchers);
        watchers.map(|watcher| watcher.connection.clone()).collect()
    }

    /// Every group that is listened to.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupId> {
        let groups = |shard: &Mutex<Shard>| -> Vec<GroupId> {
            shard.lock().unwrap_or_else(PoisonError::into_inner).groups.keys().copied().collect()
        };
        self.shards.iter().flat_map(groups).collect()
    }

    /// Makes room for a topic that is about to be listened to: envelopes that arrive from now on are kept
    /// in order for whoever is seated later.
    pub(crate) fn open(&self, topic: Topic) {
        if let Topic::Group(group) = topic {
            self.shard(topic).groups.entry(group).or_insert_with(|| Group::new(group));
        }
    }

    /// Forgets a topic that is no longer listened to.
    pub(crate) fn forget(&self, topic: Topic) {
        if let Topic::Group(group) = topic {
            self.shard(topic).groups.remove(&group);
        }
    }

    /// Seats a connection in a group whose topic is listened to on its behalf; says whether it sat there before.
    pub fn seat(&self, connection: &Arc<Connection>, seat: Seat) -> (bool, Need) {
        let mut sat = false;
        let need = self.with_group(seat.group_id, |group| {
            sat = group.has_seat(connection.id);
            group.seat(connection, seat)
        });
        (sat, need)
    }

    /// Takes a connection out of a group.
    pub fn unseat(&self, connection: Uuid, group: GroupId) {
        self.with_group(group, |group| {
            group.unseat(connection);
            Need::Nothing
        });
    }

    /// Whether a user is seated in a group, by what the hub knows.
    #[must_use]
    pub fn is_seated(&self, user: UserId, group: GroupId) -> bool {
        self.shard(Topic::Group(group)).groups.get(&group).is_some_and(|group| group.is_seated(user))
    }

    /// Whether a group that is seated here has not come to that place yet.
    pub(crate) fn lags(&self, group: GroupId, seq: Seq) -> bool {
        self.shard(Topic::Group(group)).groups.get(&group).is_some_and(|group| group.lags(seq))
    }

    /// Works on a group, if it is listened to. To whom something is delivered is woken to write it.
    pub(crate) fn with_group(&self, group: GroupId, work: impl FnOnce(&mut Group) -> Need) -> Need {
        self.deliver(group, &mut Due::default(), work)
    }

    /// The same, but leaves it to the caller to have it written.
    fn deliver(&self, group: GroupId, due: &mut Due, work: impl FnOnce(&mut Group) -> Need) -> Need {
        let mut shard = self.shard(Topic::Group(group));
        let Some(group) = shard.groups.get_mut(&group) else { return Need::Nothing };
        let need = work(group);
        due.0.append(&mut group.due().0);
        need
    }

    /// Gives a group the answer about its members.
    pub(crate) fn roster(&self, group: GroupId, roster: Option<&Roster>) -> Need {
        self.with_group(group, |group| group.roster(roster))
    }
}
