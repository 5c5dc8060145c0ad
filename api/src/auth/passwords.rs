//! Passwords: what one may be, and the bounded pool that hashes and checks them off the async threads. A
//! check costs a quarter of a second of one core, so a flood of log-ins waits in a short queue and is then
//! refused, while everything else goes on.

use crate::error::ApiError;
use shared::error::Code;
use shared::metrics::{BCRYPT_WAITING, RATE_LIMITED};
use shared::rate::TooFast;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The shortest password, in characters (NIST SP 800-63B).
const MIN_CHARS: usize = 8;

/// bcrypt reads 72 bytes; what came after them would not count.
const MAX_BYTES: usize = 72;

/// How many checks wait for a core at most.
const WAITING: usize = 64;

/// What somebody who finds the queue full is told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Salt and hash of nobody's password: what is checked when there is no account, so that the time taken says
/// nothing about that.
const NOBODY: &str = "L6Bc/AlTQHyd9liGgGEZyOFLPHNgyxeEPfgYfBCVxJ7JIlwxyVU3u";

/// The pool. One a node.
pub struct Passwords {
    cost: u32,
    /// Those that run: as many as there are cores.
    running: Arc<Semaphore>,
    /// Those that run or wait.
    seats: Arc<Semaphore>,
}

/// Checks what somebody wants as their password.
///
/// # Errors
/// `bad_password` when it is too short, or longer than bcrypt reads: it is never cut.
pub fn check_new(password: &str) -> Result<(), ApiError> {
    if password.chars().count() < MIN_CHARS || password.len() > MAX_BYTES {
        return Err(Code::BadPassword.into());
    }
    Ok(())
}

impl Passwords {
    /// A pool that hashes at `cost` on `cores` threads at once.
    #[must_use]
    pub fn new(cost: u32, cores: usize) -> Self {
        let cores = cores.max(1);
        let (running, seats) = (Semaphore::new(cores), Semaphore::new(cores + WAITING));
        Self { cost, running: Arc::new(running), seats: Arc::new(seats) }
    }

    /// Hashes a password that [`check_new`] let pass.
    ///
    /// # Errors
    /// `too_fast` when the queue is full.
    pub async fn hash(&self, password: &str) -> Result<String, ApiError> {
        let (password, cost) = (password.to_owned(), self.cost);
        // The library's refusal to truncate begins at 72 bytes, where nothing is lost yet; the length was
        // checked here instead.
        let hashed = self.run(move || bcrypt::hash_with_result(password, cost)).await?;
        hashed.map(|parts| parts.to_string()).map_err(ApiError::bug)
    }

    /// Whether the password belongs to the hash; without a hash it takes as long and does not.
    ///
    /// # Errors
    /// `too_fast` when the queue is full.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, ApiError> {
        if password.len() > MAX_BYTES {
            return Ok(false);
        }
        let known = hash.is_some();
        let hash = hash.map_or_else(|| format!("$2b${:02}${NOBODY}", self.cost), str::to_owned);
        let password = password.to_owned();
        let verified = self.run(move || bcrypt::verify(password, &hash)).await?;
        Ok(verified.map_err(ApiError::bug)? && known)
    }

    /// Whether the hash was made more cheaply than hashes are made now.
    #[must_use]
    pub fn is_cheap(&self, hash: &str) -> bool {
        hash.parse::<bcrypt::HashParts>().is_ok_and(|parts| parts.get_cost() < self.cost)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let seat = self.seats.clone().try_acquire_owned().map_err(|_full| {
            metrics::counter!(RATE_LIMITED, "rule" => "bcrypt_queue").increment(1);
            TooFast { retry_after: RETRY_AFTER }
        })?;
        let waiting = metrics::gauge!(BCRYPT_WAITING);
        let gone = Leaving(waiting.clone());
        waiting.increment(1);
        let turn = self.running.clone().acquire_owned().await.map_err(ApiError::bug)?;
        // The permits go along: a client that goes away frees no core that still works for it.
        let work = move || {
            let done = work();
            drop((seat, turn, gone));
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(ApiError::bug)
    }
}

/// Takes one off the gauge when a check ends, or its client goes while it waits.
struct Leaving(metrics::Gauge);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_eight_characters_and_at_most_72_bytes() {
        for good in ["12345678", "ÄÖÜäöüßé", &"x".repeat(72)] {
            check_new(good).unwrap();
        }
        for bad in ["", "1234567", "ÄÖÜäöüß", &"x".repeat(73), &"é".repeat(37)] {
            assert_eq!(check_new(bad).unwrap_err().code(), Code::BadPassword, "{bad}");
        }
    }

    #[tokio::test]
    async fn all_72_bytes_of_a_password_count() {
        let pool = Passwords::new(4, 1);
        let long = "x".repeat(72);
        let hash = pool.hash(&long).await.unwrap();
        assert!(pool.verify(&long, Some(&hash)).await.unwrap());
        for other in [format!("{}y", &long[..71]), format!("{long}y"), long[..71].to_owned()] {
            assert!(!pool.verify(&other, Some(&hash)).await.unwrap(), "{other}");
        }
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let pool = Passwords::new(4, 1);
        assert!(!pool.verify("correct horse", None).await.unwrap());
        let hash = Passwords::new(5, 1).hash("correct horse").await.unwrap();
        assert!(!pool.is_cheap(&hash) && Passwords::new(6, 1).is_cheap(&hash));
    }

    #[tokio::test]
    async fn when_the_queue_is_full_the_next_is_told_to_wait() {
        let pool = Arc::new(Passwords::new(4, 1));
        let turn = pool.running.clone().acquire_owned().await.unwrap();
        let waiting: Vec<_> = (0..=WAITING)
            .map(|_| {
                let pool = pool.clone();
                tokio::spawn(async move { pool.verify("12345678", None).await.is_ok() })
            })
            .collect();
        while pool.seats.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.verify("12345678", None).await.unwrap_err().code(), Code::TooFast);
        drop(turn);
        for check in waiting {
            assert!(check.await.unwrap());
        }
        assert!(!pool.verify("12345678", None).await.unwrap());
    }
}
