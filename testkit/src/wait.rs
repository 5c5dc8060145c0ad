//! Waiting for something to become true, instead of sleeping and hoping.
//!
//! A test that sleeps is slow when the machine is fast and wrong when it is slow. These poll until there is an answer,
//! and past the limit they panic with the words of the caller.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long [`eventually`] waits. Generous: it is reached only by a test that fails.
pub const LIMIT: Duration = Duration::from_secs(10);

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Asks `probe` until it answers `Some`, and gives that back.
///
/// # Panics
/// After [`LIMIT`], with `what` as the reason: phrase it as the thing waited for ("bob sees alice online").
pub async fn eventually<T>(what: impl Display, probe: impl AsyncFnMut() -> Option<T>) -> T {
    within(LIMIT, what, probe).await
}

/// [`eventually`] with a limit of one's own. A probe that hangs counts against the limit too.
///
/// # Panics
/// After `limit`, with `what` as the reason.
pub async fn within<T>(limit: Duration, what: impl Display, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    let mut pause = FIRST_PAUSE;
    while let Ok(answer) = tokio::time::timeout_at(deadline, probe()).await {
        if let Some(value) = answer {
            return value;
        }
        if Instant::now() >= deadline {
            break;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    panic!("waited {limit:?} in vain for: {what}");
}
