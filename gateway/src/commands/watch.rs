//! `watch`: whose presence this connection wants to know from now on.

use crate::connection::Connection;
use crate::node::Node;
use shared::door::WatchQuestion;
use shared::error::Code;
use shared::event::Status;
use shared::ids::UserId;
use shared::topic::Topic;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How many users one connection may watch.
const MAX_WATCHED: usize = 200;

pub(super) async fn run(node: &Arc<Node>, connection: &Arc<Connection>, user_ids: Vec<UserId>) {
    let (asking, watching) = (node.clone(), connection.clone());
    // In a task of its own: the end of a connection cuts its reader off anywhere, and half a change of topics
    // could not be given back.
    let changing = node.tasks.spawn(async move {
        let _turn = watching.watch_turn.lock().await;
        change(&asking, &watching, user_ids).await;
    });
    // It panicked, or the runtime is going: the connection notices neither.
    let _ = changing.await;
}

/// Reads again what may have been missed of those that the connection watches.
pub(crate) fn again(node: &Arc<Node>, connection: &Arc<Connection>) {
    if connection.watch_again.swap(true, Ordering::AcqRel) {
        // One waits that has read nothing yet.
        return;
    }
    let (node, connection) = (node.clone(), connection.clone());
    node.tasks.clone().spawn(async move {
        let _turn = connection.watch_turn.lock().await;
        connection.watch_again.store(false, Ordering::Release);
        let user_ids = connection.memory().watching.clone();
        if !user_ids.is_empty() {
            change(&node, &connection, user_ids).await;
        }
    });
}

/// Ends a connection's watching.
pub(crate) async fn stop(node: &Node, connection: &Connection) {
    let watching = std::mem::take(&mut connection.memory().watching);
    give_back(node, connection, watching).await;
}

/// Called in the connection's turn.
async fn change(node: &Arc<Node>, connection: &Arc<Connection>, user_ids: Vec<UserId>) {
    if user_ids.len() > MAX_WATCHED {
        return connection.refuse(Code::TooMany, None, None);
    }
    let question = WatchQuestion { user_id: connection.user_id, user_ids };
    let asked = tokio::time::timeout(crate::api::WITHIN, node.api.watchable(question)).await;
    let Ok(Ok(watchable)) = asked else {
        return connection.refuse(Code::Unavailable, None, None);
    };
    if replace(node, connection, &watchable).await.is_err() {
        connection.refuse(Code::Unavailable, None, None);
    }
    if connection.outbox.closing().is_some() {
        // It may have been detached meanwhile.
        stop(node, connection).await;
    }
}

/// Subscribes first and reads after that, so that no change falls between.
async fn replace(
    node: &Arc<Node>,
    connection: &Arc<Connection>,
    watchable: &[(UserId, Status)],
) -> Result<(), ()> {
    let users: Vec<UserId> = watchable.iter().map(|(user, _)| *user).collect();
    let topics: Vec<Topic> = users.iter().copied().map(Topic::Presence).collect();
    if node.topics.listen(topics.clone()).await.is_err() {
        node.topics.unlisten(topics).await;
        return Err(());
    }
    let before = std::mem::replace(&mut connection.memory().watching, users.clone());
    let left: Vec<UserId> = before.iter().copied().filter(|user| !users.contains(user)).collect();
    node.presence.unwatch(&node.hub, connection.id, &left);
    // Listened to once more a moment ago, so those that stay are not given up between.
    node.topics.unlisten(before.into_iter().map(Topic::Presence).collect()).await;
    node.presence.watch(node, connection, watchable).await.map_err(|_| ())
}

async fn give_back(node: &Node, connection: &Connection, watched: Vec<UserId>) {
    node.presence.unwatch(&node.hub, connection.id, &watched);
    node.topics.unlisten(watched.into_iter().map(Topic::Presence).collect()).await;
}
