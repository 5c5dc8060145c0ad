//! How the runtime is: what waits in it, and how late it wakes who asked to be woken. A runtime that is late is late
//! for every client of the node.

use super::{RUNTIME_LAG, RUNTIME_QUEUE, TASKS};
use metrics::{gauge, histogram};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often it is looked how late the runtime is.
const EVERY: Duration = Duration::from_millis(250);

/// Takes note of what is in the runtime now.
pub fn look() {
    let runtime = Handle::current().metrics();
    gauge!(TASKS).set(runtime.num_alive_tasks() as f64);
    gauge!(RUNTIME_QUEUE).set(runtime.global_queue_depth() as f64);
}

/// Measures for ever how late this task is woken. A whole millisecond of it may be the timer's own, which rounds up.
pub async fn feel() {
    let lag = histogram!(RUNTIME_LAG);
    let mut turns = interval(EVERY);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let due = turns.tick().await;
        lag.record(Instant::now().duration_since(due));
    }
}
