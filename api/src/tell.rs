//! What a user's own devices are told right after COMMIT, and what may be lost: each finds it in the list, or by
//! `ready`, if it does not come.

use crate::app::App;
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::event::ServerEvent;
use shared::ids::{ConversationId, UserId};
use shared::metrics::PUBLISH_FAILED;
use shared::topic::Topic;
use std::time::Duration;

/// How long the bus may take; the request's answer waits for it.
const WITHIN: Duration = Duration::from_secs(2);

/// Tells all connections of a user, once.
pub async fn tell(app: &App, user_id: UserId, event: &ServerEvent) {
    let header = Header {
        kind: Kind::Ephemeral,
        change: Change::None,
        members_version: 0,
        seq: 0,
        conversation_id: ConversationId(0),
        at: app.clock.now(),
        subject_id: user_id,
    };
    let body = match serde_json::to_vec(event) {
        Ok(body) => body.into(),
        Err(error) => return tracing::error!(%error, "an event cannot be written down"),
    };
    let message = [(Topic::User(user_id), Envelope { header, body }.encode())];
    if !matches!(tokio::time::timeout(WITHIN, app.bus.publish(&message)).await, Ok(Ok(()))) {
        metrics::counter!(PUBLISH_FAILED).increment(1);
    }
}
