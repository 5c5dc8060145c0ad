//! One wheel for all connections: every second it pings those that are due, and closes those that are silent,
//! stuck, or whose token has run out.

use super::Connection;
use crate::node::Node;
use crate::websocket::encode;
use metrics::{counter, gauge};
use rand::Rng;
use shared::close::Close;
use shared::metrics as names;
use shared::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Duration;

/// How often the wheel turns.
const TURN: Duration = Duration::from_secs(1);

/// How many pings may go unanswered.
const MAX_MISSES: u8 = 2;

/// When a connection is next pinged, and how many pings it has not answered.
pub(crate) struct Pulse {
    next_ping: AtomicI64,
    misses: AtomicU8,
}

impl Pulse {
    pub(super) fn new(now: Timestamp, heartbeat: Duration) -> Self {
        Self { next_ping: AtomicI64::new(now.plus(jittered(heartbeat)).0), misses: AtomicU8::new(0) }
    }

    /// Anything from the client shows that it is there.
    pub(super) fn heard(&self) {
        self.misses.store(0, Ordering::Relaxed);
    }
}

/// Between four and six fifths of it, so that pings of a storm spread out.
fn jittered(heartbeat: Duration) -> Duration {
    heartbeat.mul_f64(rand::rng().random_range(0.8..1.2))
}

/// Turns until the node stops.
pub async fn turn(node: Arc<Node>) {
    let mut turns = tokio::time::interval(TURN);
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            () = node.stop.cancelled() => return,
        }
        let now = node.clock.now();
        node.hub.each_connection(|connection| look_after(connection, &node, now));
        gauge!(names::LANE_DEPTH, "side" => "gateway").set(node.sends.depth() as f64);
    }
}

fn look_after(connection: &Arc<Connection>, node: &Node, now: Timestamp) {
    let outbox = &connection.outbox;
    if connection.expires_at() <= now {
        outbox.close(Close::TokenExpired);
    }
    if outbox.stuck_since().is_some_and(|since| now.since(since) >= node.config.slow_after)
        && outbox.closing().is_none()
    {
        counter!(names::SLOW_CONSUMERS).increment(1);
        outbox.close(Close::Slow);
    }
    let pulse = &connection.pulse;
    if pulse.next_ping.load(Ordering::Relaxed) > now.0 {
        return;
    }
    pulse.next_ping.store(now.plus(jittered(node.config.heartbeat)).0, Ordering::Relaxed);
    if pulse.misses.fetch_add(1, Ordering::Relaxed) >= MAX_MISSES {
        outbox.close(Close::SilentTooLong);
    } else {
        connection.answer(encode::ping());
    }
}
