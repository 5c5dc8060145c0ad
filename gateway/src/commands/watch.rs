//! `watch`: whose presence this connection wants to know from now on.

use crate::connection::Connection;
use crate::node::Node;
use shared::door::WatchQuestion;
use shared::error::Code;
use shared::event::Status;
use shared::ids::UserId;
use shared::topic::Topic;
use std::sync::Arc;

/// How many users one connection may watch.
const MAX_WATCHED: usize = 200;

pub(super) async fn run(node: &Arc<Node>, connection: &Arc<Connection>, user_ids: Vec<UserId>) {
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
}

/// Reads again what may have been missed of those that the connection watches.
pub(crate) fn again(node: &Arc<Node>, connection: &Arc<Connection>) {
    let user_ids = connection.memory().watching.clone();
    if !user_ids.is_empty() {
        let (asking, connection) = (node.clone(), connection.clone());
        node.tasks.spawn(async move { run(&asking, &connection, user_ids).await });
    }
}

/// Subscribes first and reads after that, so that no change falls between.
async fn replace(
    node: &Arc<Node>,
    connection: &Arc<Connection>,
    watchable: &[(UserId, Status)],
) -> Result<(), ()> {
    let users: Vec<UserId> = watchable.iter().map(|(user, _)| *user).collect();
    let before = std::mem::replace(&mut connection.memory().watching, users.clone());
    let listening = node.topics.listen(users.into_iter().map(Topic::Presence).collect()).await;
    node.presence.unwatch(&node.hub, connection.id, &before);
    node.topics.unlisten(before.into_iter().map(Topic::Presence).collect()).await;
    listening.map_err(|_| ())?;
    node.presence.watch(node, connection, watchable).await.map_err(|_| ())
}
