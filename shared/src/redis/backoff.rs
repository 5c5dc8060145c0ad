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
        if self.paused.is_some_and(|at| at.elapsed() > CALM) {
            self.next = Duration::ZERO;
        }
        let share = rand::rng().random_range(0.5..=1.0);
        sleep(self.next.mul_f64(share)).await;
        self.next = (self.next * 2).clamp(SHORTEST, LONGEST);
        self.paused = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_their_bound_and_start_anew_after_a_calm_while() {
        let mut backoff = Backoff::default();
        let start = Instant::now();
        backoff.pause().await;
        assert_eq!(start.elapsed(), Duration::ZERO, "the first try is at once");
        for _ in 0..20 {
            let before = Instant::now();
            backoff.pause().await;
            assert!(before.elapsed() <= LONGEST + Duration::from_millis(1));
        }
        assert_eq!(backoff.next, LONGEST);
        sleep(CALM + SHORTEST).await;
        let before = Instant::now();
        backoff.pause().await;
        assert_eq!(before.elapsed(), Duration::ZERO);
    }
}
