//! `typing`: a signal that may be lost, to a group of one's own or to somebody one talks with.

use crate::connection::Connection;
use crate::node::Node;
use shared::draft::Target;
use shared::envelope::{Envelope, Kind};
use shared::error::Code;
use shared::event::ServerEvent;
use shared::ids::{GroupId, UserId};
use shared::topic::Topic;

pub(super) async fn run(
    node: &Node,
    connection: &Connection,
    receiver_id: Option<UserId>,
    group_id: Option<GroupId>,
) {
    let allowed = match Target::one_of(receiver_id, group_id) {
        Ok(Target::Group(group)) => {
            node.hub.is_seated(connection.user_id, group).then_some(Topic::Group(group))
        }
        // One's own devices are not shown that one types, and in notes there is nobody else.
        Ok(Target::User(peer)) if peer == connection.user_id => return,
        Ok(Target::User(peer)) => may_type(node, connection, peer).await.then_some(Topic::User(peer)),
        Err(code) => return connection.refuse(code, None, None),
    };
    let Some(topic) = allowed else { return connection.refuse(Code::NotFound, None, None) };
    let event = ServerEvent::Typing { user_id: connection.user_id, group_id };
    let Ok(body) = serde_json::to_vec(&event) else { return };
    let envelope = Envelope::about(connection.user_id, Kind::Ephemeral, node.clock.now(), body.into());
    // It may be lost, so it is not tried twice.
    let _ = node.bus.publish(&[(topic, envelope.encode())]).await;
}

/// Asked of the api once for a peer, as long as the user types to nobody else.
async fn may_type(node: &Node, connection: &Connection, peer: UserId) -> bool {
    if connection.memory().typing_to == Some(peer) {
        return true;
    }
    let asked = tokio::time::timeout(crate::api::WITHIN, node.api.may_type(connection.user_id, peer)).await;
    let may = matches!(asked, Ok(Ok(true)));
    if may {
        connection.memory().typing_to = Some(peer);
    }
    may
}
