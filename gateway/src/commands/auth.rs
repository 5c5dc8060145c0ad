//! `auth` on a live connection: a fresh token of the same session renews it.

use crate::connection::Connection;
use crate::node::Node;
use metrics::counter;
use shared::close::Close;
use shared::error::Code;
use shared::metrics as names;
use shared::token::BadToken;

/// How a token that is no good closes the connection.
pub(crate) fn close_for(bad: BadToken) -> Close {
    match bad {
        BadToken::Expired => Close::TokenExpired,
        BadToken::Invalid => Close::BadToken,
    }
}

pub(super) fn run(node: &Node, connection: &Connection, token: &str) -> Result<(), Close> {
    let claims = node.tokens.verify(token).map_err(|bad| {
        counter!(names::AUTH_FAILURES, "reason" => "token").increment(1);
        close_for(bad)
    })?;
    if claims.user_id == connection.user_id && claims.session_id == connection.session_id {
        connection.renew(claims.expires_at);
    } else {
        // Good, but somebody else's: what this connection hears stays what it is.
        connection.refuse(Code::Unauthorized, None, None);
    }
    Ok(())
}
