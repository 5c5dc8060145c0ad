//! The machine's monotonic clock: the same in every process, so that one may stamp what another one receives.

use nix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Microseconds since the machine was started.
pub type Micros = u64;

/// Now.
#[must_use]
pub fn micros() -> Micros {
    // The monotonic clock is there on every Linux.
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from);
    now.map_or(0, |now| now.as_micros() as Micros)
}

/// Waits until then; timers are as fine as a millisecond.
pub async fn sleep_until(at: Micros) {
    let wait = at.saturating_sub(micros());
    if wait > 0 {
        tokio::time::sleep(Duration::from_micros(wait)).await;
    }
}
