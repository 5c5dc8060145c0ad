//! `message`: a draft is made of it, and put into its lane.

use crate::connection::Connection;
use crate::node::Node;
use shared::draft::Draft;
use shared::event::SendFields;
use std::sync::Arc;

pub(super) fn run(node: &Node, connection: &Arc<Connection>, fields: SendFields) {
    let id = fields.client_message_id.clone();
    match Draft::check(connection.user_id, fields, node.config.max_content) {
        Ok(draft) => node.sends.push(draft, connection),
        Err(code) => connection.refuse(code, id, None),
    }
}
