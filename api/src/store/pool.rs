//! Connections that are kept open and lent to one user at a time. The driver's own pool asks the server at each return
//! whether a connection still lives, which is a round trip for every use of one; here its user knows in what state they
//! leave it, and one that lay idle for a while is asked before it is lent again.

use futures_util::future::BoxFuture;
use sqlx::Connection;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

/// How long a request waits for a connection before it is `unavailable`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that lay idle for longer is asked first whether the server still has it: after a restart all of
/// them are dead, and a batch is tried less often than there are connections. Under load none lies idle so long.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// How long it has to answer then. Behind a cut line it never does.
const ANSWERS_IN: Duration = Duration::from_secs(1);

/// A connection is replaced after so long: what a server keeps for one grows with its age.
const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// Between two tries to reach a server that refuses connections: it is being started, perhaps.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(800);

/// What a new connection is told before it is lent.
pub(super) type Greet<C> = for<'c> fn(&'c mut C) -> BoxFuture<'c, Result<(), sqlx::Error>>;

/// The connections. Cheap to clone.
pub(super) struct Pool<C: Connection> {
    shared: Arc<Shared<C>>,
}

struct Shared<C: Connection> {
    options: C::Options,
    greet: Greet<C>,
    most: u32,
    /// As many as may be open.
    places: Arc<Semaphore>,
    /// Guards the list alone, never held over an await. The one used last lies on top.
    idle: Mutex<Vec<Kept<C>>>,
}

struct Kept<C> {
    connection: C,
    opened: Instant,
    used: Instant,
}

/// A connection on loan. Dropped, it is closed, unless it was said before that it is fit to be lent again.
pub(super) struct Lent<C: Connection> {
    /// Only its drop takes it.
    kept: Option<Kept<C>>,
    shared: Arc<Shared<C>>,
    fit: bool,
    /// Given back last, when the connection lies there again, or is closed.
    _place: OwnedSemaphorePermit,
}

impl<C: Connection> Clone for Pool<C> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl<C: Connection> Pool<C> {
    /// At most `most` connections; none is opened before it is wanted.
    pub fn new(options: C::Options, most: u32, greet: Greet<C>) -> Self {
        let most = most.max(1);
        let places = Arc::new(Semaphore::new(most as usize));
        Self { shared: Arc::new(Shared { options, greet, most, places, idle: Mutex::default() }) }
    }

    /// A connection. Who comes first is served first.
    ///
    /// # Errors
    /// [`sqlx::Error::PoolTimedOut`] when none came free, or none could be opened, in time;
    /// [`sqlx::Error::PoolClosed`]; or why the server does not let us in.
    pub async fn acquire(&self) -> Result<Lent<C>, sqlx::Error> {
        timeout(ACQUIRE_TIMEOUT, self.lend()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    async fn lend(&self) -> Result<Lent<C>, sqlx::Error> {
        let shared = self.shared.clone();
        let place = shared.places.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let kept = match shared.living().await {
            Some(kept) => kept,
            None => shared.open().await?,
        };
        Ok(Lent { kept: Some(kept), shared, _place: place, fit: false })
    }

    /// Closes all connections, waiting for those that are lent. Nobody gets one any more.
    pub async fn close(&self) {
        // In turn, behind those who wait for a connection.
        let all = self.shared.places.acquire_many(self.shared.most).await;
        self.shared.places.close();
        drop(all);
        let idle = std::mem::take(&mut *self.shared.idle());
        for kept in idle {
            say_goodbye(kept).await;
        }
    }
}

/// Closes a connection in order; without it the server would note down that it was broken off.
async fn say_goodbye<C: Connection>(kept: Kept<C>) {
    // A server that is gone hears nothing.
    let _ = timeout(ANSWERS_IN, kept.connection.close()).await;
}

impl<C: Connection> Shared<C> {
    fn idle(&self) -> MutexGuard<'_, Vec<Kept<C>>> {
        // A list is whole between any two statements.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that lies there, and lives.
    async fn living(&self) -> Option<Kept<C>> {
        loop {
            // In a statement of its own: the list is free while the server is asked.
            let mut kept = self.idle().pop()?;
            if kept.opened.elapsed() > LIFETIME {
                say_goodbye(kept).await;
                continue;
            }
            if kept.used.elapsed() < TRUSTED_FOR {
                return Some(kept);
            }
            if matches!(timeout(ANSWERS_IN, kept.connection.ping()).await, Ok(Ok(()))) {
                return Some(kept);
            }
        }
    }

    async fn open(&self) -> Result<Kept<C>, sqlx::Error> {
        let mut pause = FIRST_PAUSE;
        loop {
            let opened = async {
                let mut connection = C::connect_with(&self.options).await?;
                (self.greet)(&mut connection).await?;
                Ok(connection)
            };
            match opened.await {
                Ok(connection) => {
                    let now = Instant::now();
                    return Ok(Kept { connection, opened: now, used: now });
                }
                Err(sqlx::Error::Io(refused)) if refused.kind() == ErrorKind::ConnectionRefused => {
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl<C: Connection> Lent<C> {
    /// Whether it may be lent again: its user has read every answer, and left no transaction open.
    pub fn set_fit(&mut self, fit: bool) {
        self.fit = fit;
    }

    /// The driver's connection.
    pub fn connection(&mut self) -> &mut C {
        match &mut self.kept {
            Some(kept) => &mut kept.connection,
            None => unreachable!("a connection that was dropped is lent"),
        }
    }
}

impl<C: Connection> Drop for Lent<C> {
    fn drop(&mut self) {
        if let Some(kept) = self.kept.take().filter(|_| self.fit && !self.shared.places.is_closed()) {
            self.shared.idle().push(Kept { used: Instant::now(), ..kept });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use sqlx::SqliteConnection;
    use sqlx::sqlite::SqliteConnectOptions;

    fn pool(most: u32) -> Pool<SqliteConnection> {
        Pool::new(SqliteConnectOptions::new().in_memory(true), most, |_| async { Ok(()) }.boxed())
    }

    /// Whether it is one that was given a table before.
    async fn knows(lent: &mut Lent<SqliteConnection>) -> bool {
        sqlx::query("SELECT 1 FROM known").execute(lent.connection()).await.is_ok()
    }

    async fn teach(lent: &mut Lent<SqliteConnection>) {
        sqlx::query("CREATE TABLE known (one INT)").execute(lent.connection()).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_fit_is_lent_again_and_what_is_not_is_closed() {
        let pool = pool(1);
        let mut lent = pool.acquire().await.unwrap();
        teach(&mut lent).await;
        lent.set_fit(true);
        drop(lent);
        let mut again = pool.acquire().await.unwrap();
        assert!(knows(&mut again).await);
        drop(again);
        assert!(!knows(&mut pool.acquire().await.unwrap()).await, "nobody said that it was fit");
    }

    #[tokio::test]
    async fn one_that_lay_idle_is_asked_first_and_one_that_is_too_old_is_replaced() {
        let pool = pool(1);
        let mut lent = pool.acquire().await.unwrap();
        teach(&mut lent).await;
        lent.set_fit(true);
        drop(lent);
        let idle = |age: Duration| {
            let mut idle = pool.shared.idle();
            let kept = idle.last_mut().unwrap();
            (kept.opened, kept.used) = (kept.opened - age, kept.used - age);
        };
        idle(2 * TRUSTED_FOR);
        let mut asked = pool.acquire().await.unwrap();
        assert!(knows(&mut asked).await, "it was asked, and answered");
        asked.set_fit(true);
        drop(asked);
        idle(2 * LIFETIME);
        assert!(!knows(&mut pool.acquire().await.unwrap()).await, "it was too old");
    }

    #[tokio::test]
    async fn no_more_are_lent_than_there_may_be_and_who_waits_gets_the_next() {
        let pool = pool(2);
        let (first, second) = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
        let mut third = std::pin::pin!(pool.acquire());
        assert!((&mut third).now_or_never().is_none());
        drop(first);
        let third = third.await.unwrap();
        // Nothing but the clock is waited for now, so it may run ahead.
        tokio::time::pause();
        assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolTimedOut)));
        drop((second, third));
    }

    #[tokio::test]
    async fn closing_waits_for_what_is_lent_and_then_nobody_gets_one() {
        let pool = pool(2);
        let lent = pool.acquire().await.unwrap();
        let mut closing = std::pin::pin!(pool.close());
        assert!((&mut closing).now_or_never().is_none());
        drop(lent);
        closing.await;
        assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolClosed)));
    }
}
