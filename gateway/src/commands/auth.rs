//! `auth` on a live connection: a fresh token of the same session renews it.

use crate::connection::Connection;
use crate::node::Node;
use metrics::counter;
use shared::close::Close;
use shared::error::Code;
use shared::metrics as names;

pub(super) fn run(node: &Node, connection: &Connection, token: &str) -> Result<(), Close> {
    let Ok(claims) = node.tokens.verify(token) else {
        counter!(names::AUTH_FAILURES, "reason" => "token").increment(1);
        return Err(Close::BadToken);
    };
    if claims.user_id == connection.user_id && claims.session_id == connection.session_id {
        connection.renew(claims.expires_at);
    } else {
        // Good, but somebody else's: what this connection hears stays what it is.
        connection.refuse(Code::Unauthorized, None, None);
    }
    Ok(())
}
