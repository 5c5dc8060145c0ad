//! Rate limits inside the process: what the all-in-one has, and what a node falls back to.

use super::gcra::Cell;
use super::{RateLimits, Rule, TooFast};
use crate::time::Clock;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How many keys are remembered before idle ones are swept, and past which the oldest state is given up:
/// a flood of addresses costs memory once, not for ever.
const MAX_KEYS: usize = 100_000;

/// Counts of one process.
pub struct MemoryRateLimits {
    clock: Clock,
    /// Guards the cells; never held over an await.
    cells: Mutex<HashMap<(&'static str, String), Cell>>,
}

impl MemoryRateLimits {
    /// Nothing was done yet; time runs by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, cells: Mutex::default() }
    }
}

#[async_trait]
impl RateLimits for MemoryRateLimits {
    async fn take(&self, rule: Rule, key: &str) -> Result<(), TooFast> {
        let now = self.clock.now();
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if cells.len() >= MAX_KEYS {
            cells.retain(|_, cell| !cell.is_idle(now));
            if cells.len() >= MAX_KEYS {
                cells.clear();
            }
        }
        cells.entry((rule.name, key.to_owned())).or_default().take(rule, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;
    use std::time::Duration;

    #[tokio::test]
    async fn keys_and_rules_are_counted_apart() {
        let clock = Clock::manual(Timestamp(0));
        let limits = MemoryRateLimits::new(clock.clone());
        let once = Rule { name: "once", burst: 1, every: Duration::from_secs(1) };
        let other = Rule { name: "other", ..once };
        limits.take(once, "a").await.unwrap();
        limits.take(once, "b").await.unwrap();
        limits.take(other, "a").await.unwrap();
        let wait = limits.take(once, "a").await.unwrap_err().retry_after;
        clock.advance(wait);
        limits.take(once, "a").await.unwrap();
    }
}
