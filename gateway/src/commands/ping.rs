//! `ping`: a `pong`, and heads where the client's sum differs from the database's.

use crate::attach;
use crate::connection::Connection;
use crate::node::Node;
use shared::door::SumQuestion;
use shared::event::ServerEvent;
use std::sync::Arc;

pub(super) fn run(node: &Arc<Node>, connection: &Arc<Connection>, sum: Option<i64>) {
    connection.tell(&ServerEvent::Pong);
    let Some(sum) = sum else { return };
    let (node, connection) = (node.clone(), connection.clone());
    node.tasks.clone().spawn(async move {
        let question = SumQuestion { user_id: connection.user_id, sum };
        if let Ok(Some(_)) = node.sums.ask(question).await {
            // Besides the heads, the seats may be wrong: a join may have been lost. A refresh mends both.
            attach::refresh(&node, &connection);
        }
    });
}
