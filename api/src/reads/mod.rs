//! Read cursors on their way into the database and to the devices that show them: coalesced to one write a
//! second for each user and conversation, allowed only where the user may read, never past the head, never
//! back. A mark that is lost costs a badge until the next one.

mod pending;
mod write;

use crate::store::{Db, LARGEST};
use pending::Pending;
use shared::bus::Bus;
use shared::door::ReadMark;
use shared::time::Clock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use write::Writer;

/// Too many cursors move, or the node is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many read cursors are moving")]
pub struct TooManyMoving;

/// Where read marks are handed in. Cheap to clone.
#[derive(Clone)]
pub struct Reads {
    queue: Arc<Queue>,
    writer: Arc<Writer>,
}

struct Queue {
    /// Guards what moves, never held over an await; `None` once the node stops.
    pending: Mutex<Option<Pending>>,
    more: Notify,
}

impl Reads {
    /// Starts the task that writes. When `stop` is cancelled it writes what is left and ends.
    #[must_use]
    pub fn start(
        db: Db,
        bus: Arc<dyn Bus>,
        clock: Clock,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Self {
        let queue = Arc::new(Queue { pending: Mutex::new(Some(Pending::default())), more: Notify::new() });
        let writer = Arc::new(Writer { db, bus, clock });
        tasks.spawn(run(queue.clone(), writer.clone(), stop.clone()));
        Self { queue, writer }
    }

    /// Writes marks and tells of them before it comes back: for whoever says that it is done.
    ///
    /// # Errors
    /// The driver's; those before the one that failed are written.
    pub async fn write(&self, marks: &[ReadMark]) -> Result<(), sqlx::Error> {
        for marks in marks.chunks(LARGEST) {
            self.writer.write(marks).await?;
        }
        Ok(())
    }

    /// Takes marks; what a user may not mark is dropped when it comes to be written. Does not wait.
    ///
    /// # Errors
    /// [`TooManyMoving`]; some of the marks may have been taken.
    pub fn mark(&self, marks: Vec<ReadMark>) -> Result<(), TooManyMoving> {
        let mut queue = self.queue.lock();
        let pending = queue.as_mut().ok_or(TooManyMoving)?;
        let refused = marks.into_iter().filter(|mark| !pending.mark(*mark)).count();
        drop(queue);
        self.queue.more.notify_one();
        if refused == 0 { Ok(()) } else { Err(TooManyMoving) }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Option<Pending>> {
        // Marks are only ever added or taken whole.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is due, and when more may be.
    fn take(&self) -> (Vec<ReadMark>, Option<Instant>) {
        let mut pending = self.lock();
        let Some(pending) = pending.as_mut() else { return (Vec::new(), None) };
        (pending.take(Instant::now(), LARGEST), pending.next())
    }
}

async fn run(queue: Arc<Queue>, writer: Arc<Writer>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let (marks, next) = queue.take();
        if marks.is_empty() {
            let next = next.unwrap_or_else(|| Instant::now() + pending::APART);
            tokio::select! {
                () = queue.more.notified() => {}
                () = tokio::time::sleep_until(next) => {}
                () = stop.cancelled() => {}
            }
            continue;
        }
        if let Err(error) = writer.write(&marks).await {
            tracing::warn!(%error, "read cursors are written a second later");
            if let Some(pending) = queue.lock().as_mut() {
                // Their places are kept while they cool, so none of them is refused.
                for mark in marks {
                    pending.mark(mark);
                }
            }
        }
    }
    let left = queue.lock().take().map(|mut pending| pending.take_all()).unwrap_or_default();
    for marks in left.chunks(LARGEST) {
        if let Err(error) = writer.write(marks).await {
            tracing::warn!(%error, "the last read cursors were not written");
            return;
        }
    }
}
