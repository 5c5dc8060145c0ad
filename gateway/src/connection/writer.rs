//! ⑩ From the outbox to the socket: everything that is queued goes out in as few writes as possible, since the
//! system call is most of what a delivery costs. For the same reason the hub's worker writes here itself
//! ([`Writer::write_now`]): it spares the waking of a task for each frame. What the socket does not take at once is the
//! connection's own task's.

use super::Connection;
use super::outbox::{self, Frames, Queued, Work};
use crate::websocket::encode;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::FutureExt;
use metrics::{Counter, Histogram, counter, histogram};
use shared::close::Close;
use shared::metrics as names;
use shared::time::Clock;
use std::cell::OnceCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

/// Frames are put together up to this size for one write.
const WRITE_BYTES: usize = 64 * 1024;

/// A socket is written to once in this time on average, unless much is queued for it.
pub(crate) const PACE: Duration = Duration::from_millis(4);

/// So many writes follow each other at once after a while without any: who talks with one other person waits for no pace.
pub(crate) const AT_ONCE: u32 = 4;

/// How long a closing connection may take to accept what is queued and the close frame.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// The writing half of a connection's stream.
pub(super) type Half = Box<dyn AsyncWrite + Send + Unpin>;

/// The socket, as far as it is written to.
#[derive(Default)]
pub(crate) struct Writer {
    /// Held for as long as a write takes that does not wait. The outbox's lock is taken under it.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Only while the connection is live.
    half: Option<Half>,
    /// What the socket has not taken. Boxed: nearly every write is taken at once, and a connection has no room for more.
    rest: Option<Box<Rest>>,
    /// When the time of all that was written is over, each write having [`PACE`].
    paced_until: Option<Instant>,
    /// The connection's task, which the socket wakes when it takes something again.
    task: Option<Waker>,
    /// What went wrong while somebody else wrote, for the task.
    failed: Option<io::Error>,
}

/// How far a closing connection has come.
enum End {
    /// Everything that was queued has gone.
    Written(Close),
    /// The socket takes nothing.
    Stuck(Close),
}

/// What writes are counted with, from the first one on: looking it up costs more than counting.
#[derive(Default)]
pub(crate) struct Meters(OnceCell<Handles>);

struct Handles {
    writes: Counter,
    queue_bytes: Histogram,
    delivery_seconds: Histogram,
}

impl Meters {
    fn get(&self) -> &Handles {
        self.0.get_or_init(|| Handles {
            writes: counter!(names::WS_WRITES),
            queue_bytes: histogram!(names::WS_QUEUE_BYTES),
            delivery_seconds: histogram!(names::DELIVERY_SECONDS),
        })
    }
}

impl Writer {
    /// From now on there is a socket.
    pub(super) fn begin(&self, half: Half) {
        self.lock().half = Some(half);
    }

    /// From now on there is none; what is left of it.
    pub(super) fn end(&self) -> Option<Half> {
        let mut state = self.lock();
        state.rest = None;
        state.half.take()
    }

    /// Writes what is queued, as far as the socket takes it at once, on behalf of the connection's task. Never waits.
    /// Leaves it, unless it is much, if the pace does not allow it yet, and says when it will.
    pub(crate) fn write_now(&self, connection: &Connection, meters: &Meters) -> Option<Instant> {
        let mut state = self.lock();
        let again_at = state.again_at(Instant::now());
        if again_at.is_some() && connection.outbox.queued_bytes() < outbox::MUCH {
            return again_at;
        }
        // Without a task it has not begun, or has ended.
        let task = state.task.take()?;
        let written = state.write(connection, &mut Context::from_waker(&task), meters);
        match written {
            Poll::Ready(Err(error)) => {
                state.failed = Some(error);
                task.wake_by_ref();
            }
            // A close wakes the task, and the socket does when it takes something again.
            Poll::Ready(Ok(_)) | Poll::Pending => {}
        }
        state.task = Some(task);
        None
    }

    /// Writes what is queued until the connection is to be closed.
    fn poll(&self, connection: &Connection, context: &mut Context<'_>) -> Poll<io::Result<End>> {
        let mut state = self.lock();
        if let Some(error) = state.failed.take() {
            return Poll::Ready(Err(error));
        }
        connection.outbox.wakes(context.waker());
        match &mut state.task {
            Some(known) => known.clone_from(context.waker()),
            unknown => *unknown = Some(context.waker().clone()),
        }
        match state.write(connection, context, &Meters::default())? {
            Poll::Ready(Some(why)) => Poll::Ready(Ok(End::Written(why))),
            Poll::Ready(None) => Poll::Pending,
            Poll::Pending => {
                connection.outbox.closing().map_or(Poll::Pending, |why| Poll::Ready(Ok(End::Stuck(why))))
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic in the middle of a write leaves the stream torn, and ends the connection.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the pace lasts after one more write.
fn spent(until: Option<Instant>, now: Instant) -> Instant {
    (until.map_or(now, |until| until.max(now)) + PACE).min(now + PACE * AT_ONCE)
}

impl State {
    /// When the pace allows the next write, if that is later than now.
    fn again_at(&self, now: Instant) -> Option<Instant> {
        let ahead = PACE * (AT_ONCE - 1);
        self.paced_until.filter(|until| *until > now + ahead).map(|until| until - ahead)
    }

    /// Writes what is queued; ready when all of it was taken, with the reason if the connection is to be closed then.
    fn write(
        &mut self,
        connection: &Connection,
        context: &mut Context<'_>,
        meters: &Meters,
    ) -> Poll<io::Result<Option<Close>>> {
        let Some(half) = &mut self.half else { return Poll::Pending };
        loop {
            let mut rest = match self.rest.take() {
                Some(rest) => *rest,
                None => match connection.outbox.take() {
                    Work::Nothing => return Poll::Ready(Ok(None)),
                    Work::Close(why) => return Poll::Ready(Ok(Some(why))),
                    Work::Write(frames, bytes) => {
                        meters.get().queue_bytes.record(bytes as f64);
                        Rest::of(frames)
                    }
                },
            };
            if rest.poll_write(half, context, &meters.get().writes)?.is_pending() {
                self.rest = Some(Box::new(rest));
                return Poll::Pending;
            }
            self.paced_until = Some(spent(self.paced_until, Instant::now()));
            rest.delivered(&connection.clock, &meters.get().delivery_seconds);
        }
    }
}

/// Writes until the connection is closed; gives the reason, and the socket if it can be ended in order.
pub(super) async fn write(connection: &Connection) -> io::Result<(Close, Option<Half>)> {
    let end = poll_fn(|context| connection.writer.poll(connection, context)).await?;
    let (End::Written(why) | End::Stuck(why)) = end;
    Ok((why, last_words(connection, why).boxed().await))
}

/// What is left and the close frame. A socket that takes nothing more is dropped without them, since the stream may be
/// torn in the middle of a frame.
async fn last_words(connection: &Connection, why: Close) -> Option<Half> {
    let written = |context: &mut Context<'_>| match ready!(connection.writer.poll(connection, context)) {
        Ok(End::Stuck(_)) => Poll::Pending,
        Ok(End::Written(_)) => Poll::Ready(Ok(())),
        Err(error) => Poll::Ready(Err(error)),
    };
    let closing = async {
        poll_fn(written).await.ok()?;
        let mut half = connection.writer.end()?;
        half.write_all(&encode::close(why)).await.ok()?;
        half.flush().await.ok()?;
        Some(half)
    };
    tokio::time::timeout(CLOSE_WITHIN, closing).await.ok().flatten()
}

/// Some frames, and how far the socket has taken them.
struct Rest {
    frames: Frames,
    /// How many of them were put into pieces.
    begun: usize,
    /// Some of them, put together, as far as the socket has not taken it.
    piece: Bytes,
}

impl Rest {
    fn of(frames: Frames) -> Self {
        Self { frames, begun: 0, piece: Bytes::new() }
    }

    /// Goes on writing; ready when the socket has taken everything.
    fn poll_write(
        &mut self,
        socket: &mut Half,
        context: &mut Context<'_>,
        writes: &Counter,
    ) -> Poll<io::Result<()>> {
        while let Some(piece) = self.piece(writes) {
            let taken = ready!(Pin::new(&mut *socket).poll_write(context, piece))?;
            if taken == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            piece.advance(taken);
        }
        Pin::new(socket).poll_flush(context)
    }

    /// What is to be written next; `None` when there is nothing more.
    fn piece(&mut self, writes: &Counter) -> Option<&mut Bytes> {
        while self.piece.is_empty() {
            let later = &self.frames[self.begun..];
            let (first, _) = later.split_first()?;
            let mut size = 0;
            let count = later.iter().take_while(|frame| {
                size += frame.bytes.len();
                size <= WRITE_BYTES
            });
            let now = &later[..count.count().max(1)];
            self.piece = if now.len() == 1 { first.bytes.clone() } else { together(now) };
            self.begun += now.len();
            writes.increment(1);
        }
        Some(&mut self.piece)
    }

    /// Takes note of how long entries took.
    fn delivered(&self, clock: &Clock, seconds: &Histogram) {
        let at = clock.now();
        for committed_at in self.frames.iter().filter_map(|frame| frame.committed_at) {
            seconds.record(at.since(committed_at));
        }
    }
}

fn together(frames: &[Queued]) -> Bytes {
    let size = frames.iter().map(|frame| frame.bytes.len()).sum();
    let mut all = BytesMut::with_capacity(size);
    for frame in frames {
        all.extend_from_slice(&frame.bytes);
    }
    all.freeze()
}
