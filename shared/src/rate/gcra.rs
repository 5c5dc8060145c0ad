//! The generic cell rate algorithm (ITU-T I.371): one number a key says when the next cell is due, which is
//! all that "a burst, then a steady rate" needs.

use super::{Rule, TooFast};
use crate::time::Timestamp;
use std::time::Duration;

/// One key's state: when it would be as if nothing had ever been done. The default is that moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    due_us: i64,
}

impl Cell {
    /// Does it once at `now`.
    ///
    /// # Errors
    /// The wait until it may be done; the state is then unchanged.
    pub fn take(&mut self, rule: Rule, now: Timestamp) -> Result<(), TooFast> {
        let now_us = now.0.saturating_mul(1000);
        let every = i64::try_from(rule.every.as_micros()).unwrap_or(i64::MAX);
        let due = self.due_us.max(now_us).saturating_add(every);
        let early = due - now_us - every.saturating_mul(i64::from(rule.burst.max(1)));
        if early > 0 {
            return Err(TooFast { retry_after: Duration::from_micros(early.unsigned_abs()) });
        }
        self.due_us = due;
        Ok(())
    }

    /// Whether forgetting this cell changes nothing.
    #[must_use]
    pub fn is_idle(&self, now: Timestamp) -> bool {
        self.due_us <= now.0.saturating_mul(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { name: "test", burst: 3, every: Duration::from_millis(50) };

    #[test]
    fn a_burst_passes_then_one_each_period_and_the_wait_given_is_enough() {
        let mut cell = Cell::default();
        let now = Timestamp(1_000);
        for _ in 0..3 {
            cell.take(RULE, now).unwrap();
        }
        let wait = cell.take(RULE, now).unwrap_err().retry_after;
        assert_eq!(wait, Duration::from_millis(50));
        cell.take(RULE, now.plus(wait)).unwrap();
        cell.take(RULE, now.plus(wait)).unwrap_err();
        assert!(!cell.is_idle(now.plus(wait)));
        assert!(cell.is_idle(now.plus(Duration::from_millis(200))));
    }
}
