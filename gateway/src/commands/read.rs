//! `read`: everything up to a place was seen. The api checks who may, and how far.

use crate::connection::Connection;
use crate::node::Node;
use shared::door::ReadMark;
use shared::error::Code;
use shared::ids::{ConversationId, Seq};

pub(super) async fn run(node: &Node, connection: &Connection, conversation_id: ConversationId, seq: Seq) {
    if conversation_id.0 <= 0 || seq < 0 {
        connection.refuse(Code::BadId, None, None);
        return;
    }
    let mark = ReadMark { user_id: connection.user_id, conversation_id, seq };
    if node.reads.ask(mark).await.is_err() {
        connection.refuse(Code::Unavailable, None, None);
    }
}
