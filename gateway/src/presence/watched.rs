//! Those whose presence somebody on this gateway watches: who was told what, and the look every few seconds
//! that finds a crash, which nobody publishes.

use super::Keeper;
use crate::connection::Connection;
use crate::hub::Hub;
use crate::node::Node;
use shared::door::WatchQuestion;
use shared::envelope::Envelope;
use shared::event::{ServerEvent, Status};
use shared::ids::UserId;
use shared::presence::PresenceAway;
use shared::topic::Topic;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How often those who are watched are looked at.
pub(super) const LOOK: Duration = Duration::from_secs(5);

/// For how many looks in a row somebody must be away before it is believed: the grace after a crash, and
/// after a store that came back empty.
const LOOKS_AWAY: u32 = 4;

/// A user whom somebody here watches.
pub(crate) struct Watched {
    pub(crate) watchers: Vec<Watcher>,
    /// What the user chose, as far as it is known here.
    choice: Status,
    looks_away: u32,
    /// How often something was heard: what was asked before the last time is not told any more.
    heard: u64,
    /// The user was said to be offline. If they are connected all the same, they are invisible or back, and the
    /// api knows which.
    is_doubted: bool,
}

/// Who watches, and what they were told last.
pub(crate) struct Watcher {
    pub(crate) connection: Arc<Connection>,
    told: Status,
}

impl Watched {
    fn new(choice: Status) -> Self {
        Self { watchers: Vec::new(), choice, looks_away: 0, heard: 0, is_doubted: false }
    }

    /// How somebody is to be shown whom the store lists, or does not. Whom others saw a moment ago is not gone
    /// because one reading says so: the store may have come back empty, and its nodes be about to list them.
    fn shown(&self, is_online: bool) -> Status {
        let seen = self.watchers.iter().map(|watcher| watcher.told).find(|told| *told != Status::Offline);
        match seen {
            Some(seen) if !is_online && self.looks_away < LOOKS_AWAY => seen,
            _ => self.choice.shown(is_online),
        }
    }

    fn tell(&mut self, user_id: UserId, status: Status) {
        for watcher in self.watchers.iter_mut().filter(|watcher| watcher.told != status) {
            watcher.told = status;
            watcher.connection.tell(&ServerEvent::Presence { user_id, status });
        }
    }
}

impl Keeper {
    /// Begins to watch, or reads again what is watched: notes the watcher, then reads the store and tells what it
    /// says, unless something was heard since.
    pub(crate) async fn watch(
        &self,
        node: &Node,
        connection: &Arc<Connection>,
        watchable: &[(UserId, Status)],
    ) -> Result<(), PresenceAway> {
        let mut versions = Vec::with_capacity(watchable.len());
        for (user, choice) in watchable {
            let mut shard = node.hub.shard(Topic::Presence(*user));
            if connection.outbox.closing().is_some() {
                // It may have been forgotten here already.
                return Ok(());
            }
            let watched = shard.watched.entry(*user).or_insert_with(|| Watched::new(*choice));
            if !watched.watchers.iter().any(|watcher| watcher.connection.id == connection.id) {
                let (connection, told) = (connection.clone(), Status::Offline);
                watched.watchers.push(Watcher { connection, told });
            }
            versions.push((*user, *choice, watched.heard));
        }
        let users: Vec<UserId> = watchable.iter().map(|(user, _)| *user).collect();
        let online = self.store.online(&users).await?;
        for ((user, choice, version), is_online) in versions.into_iter().zip(online) {
            let mut shard = node.hub.shard(Topic::Presence(user));
            let Some(watched) = shard.watched.get_mut(&user) else { continue };
            let status = if watched.heard == version {
                watched.choice = choice;
                watched.is_doubted = false;
                watched.shown(is_online)
            } else {
                watched.choice
            };
            let own = watched.watchers.iter_mut().find(|watcher| watcher.connection.id == connection.id);
            if let Some(watcher) = own {
                watcher.told = status;
                connection.tell(&ServerEvent::Presence { user_id: user, status });
            }
        }
        Ok(())
    }

    /// Ends a connection's watching of these users.
    pub(crate) fn unwatch(&self, hub: &Hub, connection: Uuid, users: &[UserId]) {
        for user in users {
            let mut shard = hub.shard(Topic::Presence(*user));
            if let Some(watched) = shard.watched.get_mut(user) {
                watched.watchers.retain(|watcher| watcher.connection.id != connection);
                if watched.watchers.is_empty() {
                    shard.watched.remove(user);
                }
            }
        }
    }

    /// A gateway said how a user is to be seen.
    pub(crate) fn heard(&self, hub: &Hub, user: UserId, envelope: &Envelope) {
        let Ok(ServerEvent::Presence { status, .. }) = serde_json::from_slice(&envelope.body) else { return };
        if let Some(watched) = hub.shard(Topic::Presence(user)).watched.get_mut(&user) {
            // Offline may mean invisible: a look that finds the user connected must not show them.
            watched.choice = status;
            watched.heard += 1;
            watched.is_doubted = status == Status::Offline;
            watched.looks_away = 0;
            watched.tell(user, status);
        }
    }

    /// Looks at everybody who is watched.
    pub(super) async fn look(&self, node: &Arc<Node>) {
        let mut users = Vec::new();
        node.hub.each_watched(|user, _| users.push(user));
        if users.is_empty() {
            return;
        }
        // Unknown is not offline.
        let Ok(online) = self.store.online(&users).await else { return };
        for (user, is_online) in users.into_iter().zip(online) {
            let mut shard = node.hub.shard(Topic::Presence(user));
            let Some(watched) = shard.watched.get_mut(&user) else { continue };
            if is_online && watched.is_doubted {
                // The next look tells what the answer is, and asks again while there is none.
                let asker = watched.watchers.first().map(|watcher| watcher.connection.user_id);
                asker.into_iter().for_each(|asker| ask_choice(node, asker, user, watched.heard));
            }
            watched.looks_away = if is_online { 0 } else { watched.looks_away.saturating_add(1) };
            if is_online || watched.looks_away >= LOOKS_AWAY {
                let status = watched.choice.shown(is_online);
                watched.tell(user, status);
            }
        }
    }
}

/// Asks on behalf of a watcher what a user chose whom we took for offline.
fn ask_choice(node: &Arc<Node>, asker: UserId, user: UserId, version: u64) {
    let asking = node.clone();
    node.tasks.spawn(async move {
        let question = WatchQuestion { user_id: asker, user_ids: vec![user] };
        let asked = tokio::time::timeout(crate::api::WITHIN, asking.api.watchable(question)).await;
        let Some((_, choice)) = asked.ok().and_then(Result::ok).and_then(|answer| answer.first().copied())
        else {
            return;
        };
        let mut shard = asking.hub.shard(Topic::Presence(user));
        if let Some(watched) = shard.watched.get_mut(&user)
            && watched.heard == version
        {
            watched.choice = choice;
            watched.is_doubted = false;
        }
    });
}
