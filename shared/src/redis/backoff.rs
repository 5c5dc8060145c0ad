//! How long to wait before one connects again: not at all at first, then longer and longer, never more than
//! most of a second, with a jitter that keeps the nodes of a cluster from coming all at once.

use rand::Rng;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_millis(700);

/// After so long without a pause the trouble before is forgotten.
const CALM: Duration = Duration::from_secs(5);

/// The pauses of one that connects, over and over.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    next: Duration,
    paused: Option<Instant>,
}

impl Backoff {
    /// Waits before another try. It never says that there is no other.
    pub(crate) async fn pause(&mut self) {
        let pause = self.next_pause(Instant::now());
        let share = rand::rng().random_range(0.5..=1.0);
        sleep(pause.mul_f64(share)).await;
    }

    fn next_pause(&mut self, now: Instant) -> Duration {
        let is_calm = self.paused.is_some_and(|at| now - at > CALM);
        let pause = if is_calm { Duration::ZERO } else { self.next };
        self.next = (pause * 2).clamp(SHORTEST, LONGEST);
        self.paused = Some(now);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_bound_and_start_anew_after_a_calm_while() {
        let mut backoff = Backoff::default();
        let mut now = Instant::now();
        let pauses: Vec<Duration> = (0..20).map(|_| backoff.next_pause(now)).collect();
        assert_eq!(pauses[..2], [Duration::ZERO, SHORTEST], "the first try is at once");
        assert!(pauses.is_sorted() && pauses[19] == LONGEST);
        now += CALM + SHORTEST;
        assert_eq!(backoff.next_pause(now), Duration::ZERO);
        assert_eq!(backoff.next_pause(now), SHORTEST);
    }
}
