//! What all gateways must learn about a user at once: a session or account that is over, another status.
//! Published right after COMMIT; when the bus does not take it, again in the background for a while. What is
//! lost even so, gateways find when they look their sessions up after the gap.

use crate::app::App;
use bytes::Bytes;
use shared::envelope::{Envelope, Kind};
use shared::event::Control;
use shared::ids::UserId;
use shared::metrics::PUBLISH_FAILED;
use shared::topic::Topic;
use std::sync::Arc;
use std::time::Duration;

/// How long a bus may take.
const PUBLISH_TIMEOUT: Duration = Duration::from_secs(2);
/// How often it is tried again, and how long apart.
const RETRIES: u32 = 60;
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// How many controls wait for another try at most; past it they are left to the look-ups.
pub const RETRYING: usize = 1024;

/// Tells the gateways.
pub async fn announce(app: &Arc<App>, user_id: UserId, control: Control) {
    let body = match serde_json::to_vec(&control) {
        Ok(body) => body,
        Err(error) => return tracing::error!(%error, "a control cannot be written down"),
    };
    let envelope = Envelope::about(user_id, Kind::Control, app.clock.now(), body.into());
    let message = (Topic::User(user_id), envelope.encode());
    if publish(app, &message).await {
        return;
    }
    let Ok(permit) = app.retrying.clone().try_acquire_owned() else {
        return tracing::error!(%user_id, "too many controls wait for the bus; one is left to the look-ups");
    };
    tracing::warn!(%user_id, "the bus did not take a control; trying again");
    let node = app.clone();
    app.tasks.spawn(async move {
        retry(&node, &message).await;
        drop(permit);
    });
}

async fn retry(app: &App, message: &(Topic, Bytes)) {
    for _ in 0..RETRIES {
        tokio::select! {
            () = tokio::time::sleep(RETRY_EVERY) => {}
            () = app.stop.cancelled() => return,
        }
        if publish(app, message).await {
            return;
        }
    }
    tracing::error!("the bus did not take a control for a minute; it is left to the look-ups");
}

async fn publish(app: &App, message: &(Topic, Bytes)) -> bool {
    let published =
        tokio::time::timeout(PUBLISH_TIMEOUT, app.bus.publish(std::slice::from_ref(message))).await;
    let taken = matches!(published, Ok(Ok(())));
    if !taken {
        metrics::counter!(PUBLISH_FAILED).increment(1);
    }
    taken
}
