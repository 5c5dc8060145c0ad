//! What the hub needs to go on is asked for here, in tasks: a hole's entries, a group's members, and after a
//! gap on the bus everything that may have been missed.

use super::group::{HoleId, Need};
use crate::attach;
use crate::commands::watch;
use crate::node::Node;
use shared::door::{EntriesQuestion, RosterQuestion};
use shared::envelope::Envelope;
use shared::ids::{GroupId, UserId};
use shared::presence::Lease;
use shared::topic::Topic;
use std::sync::Arc;
use std::time::Duration;

/// How long an overtaken entry is waited for before the hole is fetched.
const REORDERED: Duration = Duration::from_millis(200);

/// The largest hole that is fetched for everybody; past it each client compares for itself.
const MAX_HOLE: i64 = 256;

/// How long after the end of an api all that it began has ended too.
const SETTLED: Duration = Duration::from_secs(1);

/// How long between two tries.
const BETWEEN_TRIES: Duration = Duration::from_millis(250);

/// How long the api is asked before it is given up: with the wait before it, members know within five seconds
/// that they have to compare.
const PATIENCE: Duration = Duration::from_secs(4);

/// Meets a need, in a task of its own.
pub fn meet(node: &Arc<Node>, need: Need) {
    let (asking, tasks) = (node.clone(), node.tasks.clone());
    match need {
        Need::Nothing => {}
        Need::Hole(group, hole) => drop(tasks.spawn(async move { fill(&asking, group, hole).await })),
        Need::Roster(group, users) => drop(tasks.spawn(async move { learn(&asking, group, users).await })),
    }
}

/// Envelopes of this topic may have been lost.
pub fn recover_topic(node: &Arc<Node>, topic: Topic) {
    match topic {
        Topic::Group(group) => {
            let need = node.hub.with_group(group, super::group::Group::gapped);
            meet(node, need);
        }
        Topic::User(user) => {
            node.hub.connections_of(user).iter().for_each(|connection| attach::refresh(node, connection));
        }
        Topic::Presence(user) => {
            for watcher in node.hub.watchers_of(user) {
                watch::again(node, &watcher);
            }
        }
        // The next word to oneself is as good.
        Topic::Node(_) => {}
    }
}

/// Envelopes of any topic may have been lost: sessions, memberships and heads of all that this gateway holds
/// are looked up again, in batches.
pub fn recover_all(node: &Arc<Node>) {
    // A store that came back empty is to be told at once who is here.
    let listing = node.clone();
    node.tasks.spawn(async move { listing.presence.renew(&listing, Lease::Held).await });
    node.hub.each_connection(|connection| {
        attach::refresh(node, connection);
        watch::again(node, connection);
    });
    for group in node.hub.groups() {
        recover_topic(node, Topic::Group(group));
    }
}

/// Compares everything when an api has gone: it may have stored what it could not publish any more, and whoever
/// was answered has no reason to ask. Until the node stops.
pub async fn follow_apis(node: Arc<Node>) {
    loop {
        tokio::select! {
            () = node.api.lost() => {}
            () = node.stop.cancelled() => return,
        }
        // The database may still be at its last commit; and apis that go one after the other are one reason.
        tokio::time::sleep(SETTLED).await;
        tracing::info!("an api has gone; everything is compared");
        recover_all(&node);
    }
}

async fn fill(node: &Arc<Node>, group: GroupId, hole: HoleId) {
    tokio::time::sleep(REORDERED).await;
    // Ends early when there is nothing to be fetched any more; what is then still missing is given up.
    let _ = tokio::time::timeout(PATIENCE, fetch(node, group, hole)).await;
    node.hub.with_group(group, |group| {
        group.no_filling(hole);
        Need::Nothing
    });
}

async fn fetch(node: &Arc<Node>, group: GroupId, hole: HoleId) {
    loop {
        let mut missing = None;
        node.hub.with_group(group, |group| {
            missing = group.hole(hole);
            Need::Nothing
        });
        let Some((conversation_id, after, through)) = missing else { return };
        if through - after > MAX_HOLE {
            return;
        }
        if let Ok(entries) = node.api.entries(EntriesQuestion { conversation_id, after, through }).await {
            let envelopes = entries.iter().filter_map(|bytes| Envelope::decode(bytes).ok());
            let need = node.hub.with_group(group, |group| group.fetched(envelopes));
            meet(node, need);
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

async fn learn(node: &Arc<Node>, group: GroupId, users: Vec<UserId>) {
    if tokio::time::timeout(PATIENCE, ask(node, group, users)).await.is_err() {
        node.hub.with_group(group, |group| {
            group.no_roster();
            Need::Nothing
        });
    }
}

async fn ask(node: &Arc<Node>, group: GroupId, mut user_ids: Vec<UserId>) {
    loop {
        let question = RosterQuestion { group_id: group, user_ids: user_ids.clone() };
        if let Ok(roster) = node.rosters.ask(question).await {
            match node.hub.roster(group, roster.as_ref()) {
                // Older than the envelope that waits, or somebody sat down meanwhile: asked again.
                Need::Roster(_, users) => user_ids = users,
                need => return meet(node, need),
            }
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}
