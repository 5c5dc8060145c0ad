//! ⑨ From an event to its frame, which is made once, and from a frame to all who get it.

use super::Connection;
use super::outbox::Worth;
use crate::websocket::encode;
use bytes::Bytes;
use metrics::counter;
use serde::Serialize;
use shared::metrics as names;
use shared::time::Timestamp;
use std::sync::Arc;

/// Connections that have something to write, and were not told: whoever holds this writes to their sockets,
/// or drops it, and each is woken to do it itself.
#[derive(Default)]
pub struct Due(pub(crate) Vec<Arc<Connection>>);

impl Drop for Due {
    fn drop(&mut self) {
        self.0.iter().for_each(|connection| connection.outbox.wake());
    }
}

/// Queues one frame for many.
pub fn push_to_all<'a>(
    connections: impl IntoIterator<Item = &'a Arc<Connection>>,
    frame: &Bytes,
    worth: Worth,
    committed_at: Option<Timestamp>,
    due: &mut Due,
) {
    let mut count = 0;
    for connection in connections {
        if connection.outbox.push(frame.clone(), worth, committed_at, || connection.clock.now()) {
            due.0.push(connection.clone());
        }
        count += 1;
    }
    counter!(names::WS_DELIVERIES).increment(count);
}

/// The frame of an event.
#[must_use]
pub fn text_frame(event: &(impl Serialize + ?Sized)) -> Bytes {
    match serde_json::to_vec(event) {
        Ok(json) => encode::text(&json),
        Err(error) => {
            // Our own events have string keys and plain values; this cannot happen, and must not panic.
            tracing::error!(%error, "an event could not be written as JSON");
            encode::text(b"{\"event_type\":\"resync\"}")
        }
    }
}
