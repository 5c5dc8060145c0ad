//! A planned stop that nobody notices: not ready → no more upgrades → clients are told when to come back →
//! connections are closed over the window, in random order → lanes and queues are flushed.

use crate::connection::Connection;
use crate::node::Node;
use futures_util::future::join_all;
use metrics::gauge;
use rand::seq::SliceRandom;
use shared::close::Close;
use shared::event::ServerEvent;
use shared::metrics as names;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long each kind of what is left may take after the window: drafts under way, queues that must be flushed.
const LAST: Duration = Duration::from_secs(15);

/// Stops a gateway. Returns when every connection and task has ended, or had its time.
pub async fn drain(node: &Arc<Node>) {
    node.draining.store(true, Ordering::Relaxed);
    gauge!(names::DRAINING).set(1.0);
    let window = node.config.drain;
    let mut open = Vec::new();
    node.hub.each_connection(|connection| open.push(connection.clone()));
    tracing::info!(connections = open.len(), window_ms = window.as_millis() as u64, "the gateway drains");
    open.shuffle(&mut rand::rng());
    // Each is told when its own turn comes: who is closed before the time that it was given would wait for that
    // without a line.
    let step = window / u32::try_from(open.len()).unwrap_or(u32::MAX).max(1);
    for (nth, connection) in (0u32..).zip(&open) {
        let reconnect_in_ms = (step * nth).as_millis() as u64;
        connection.tell(&ServerEvent::Drain { reconnect_in_ms });
    }
    close_over(&open, step).await;
    node.connections.close();
    let connections_ended = tokio::time::timeout(LAST, node.connections.wait()).await.is_ok();
    node.presence.release().await;
    node.stop.cancel();
    node.tasks.close();
    let tasks_ended = tokio::time::timeout(LAST, node.tasks.wait()).await.is_ok();
    tracing::info!(connections_ended, tasks_ended, "the gateway has drained");
}

/// Closes each at its time, or when the last of its drafts is answered: nobody is to wonder what became of it.
async fn close_over(connections: &[Arc<Connection>], step: Duration) {
    let began = tokio::time::Instant::now();
    let mut waiting = Vec::new();
    for (nth, connection) in (0u32..).zip(connections) {
        tokio::time::sleep_until(began + step * nth).await;
        if connection.unanswered.is_zero() {
            connection.outbox.close(Close::Restarting);
        } else {
            waiting.push(connection);
        }
    }
    let answered = waiting.iter().map(|connection| async {
        connection.unanswered.zero().await;
        connection.outbox.close(Close::Restarting);
    });
    // Who goes on sending is closed all the same.
    let _ = tokio::time::timeout(LAST, join_all(answered)).await;
    waiting.iter().for_each(|connection| connection.outbox.close(Close::Restarting));
}
