//! What a user's own devices are told right after COMMIT, and what may be lost: each finds it in the list, or by
//! `ready`, if it does not come.

use crate::app::App;
use shared::envelope::{Envelope, Kind};
use shared::event::ServerEvent;
use shared::ids::UserId;
use shared::metrics::PUBLISH_FAILED;
use shared::topic::Topic;
use std::time::Duration;

/// How long the bus may take; the request's answer waits for it.
const WITHIN: Duration = Duration::from_secs(2);

/// Tells all connections of a user, once.
pub async fn tell(app: &App, user_id: UserId, event: &ServerEvent) {
    let body = match serde_json::to_vec(event) {
        Ok(body) => body,
        Err(error) => return tracing::error!(%error, "an event cannot be written down"),
    };
    let envelope = Envelope::about(user_id, Kind::Ephemeral, app.clock.now(), body.into());
    let message = [(Topic::User(user_id), envelope.encode())];
    if !matches!(tokio::time::timeout(WITHIN, app.bus.publish(&message)).await, Ok(Ok(()))) {
        metrics::counter!(PUBLISH_FAILED).increment(1);
    }
}
