//! ⑩ One connection's queue to its socket: bounded, shared frames, never a wait for whoever fills it. When it
//! overflows it is emptied and marked; once the socket takes something again one `resync` tells the client to
//! compare. A connection that stays stuck is closed by the heartbeat's sweep.

use bytes::Bytes;
use metrics::{counter, histogram};
use shared::close::Close;
use shared::event::ServerEvent;
use shared::metrics as names;
use shared::time::Timestamp;
use smallvec::SmallVec;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// How much an outbox holds.
#[derive(Debug, Clone, Copy)]
pub struct OutboxBounds {
    /// Bytes of frames.
    pub bytes: usize,
    /// Frames.
    pub frames: usize,
}

/// How dear a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Not queued above half the bound: the next one replaces it.
    Ephemeral,
    /// Queued up to the bound; past it the client is told to compare.
    Durable,
}

/// A frame and, for an entry, when it was committed.
#[derive(Debug, Clone)]
pub(super) struct Queued {
    pub bytes: Bytes,
    pub committed_at: Option<Timestamp>,
}

/// What is queued. One frame lies here by itself: most that are delivered are taken before the next one comes, and need no
/// memory of their own.
pub(super) type Frames = SmallVec<[Queued; 1]>;

/// What the writer is to do next.
#[derive(Debug)]
pub(super) enum Work {
    /// Write these, in order, in as few writes as possible.
    Write(Frames),
    /// Write these, then the close frame, and end.
    Close(Frames, Close),
}

/// The queue.
pub struct Outbox {
    bounds: OutboxBounds,
    /// Guards the queue alone; never held over an await, and no other lock is taken under it.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    frames: Frames,
    bytes: usize,
    /// Not attached yet: frames wait, the writer does not see them.
    held: bool,
    /// Since when frames have been dropped; until the writer comes round.
    overflowed_at: Option<Timestamp>,
    closing: Option<Close>,
    /// The writer, when it waits for something to write.
    writer: Option<Waker>,
    /// The writer, when it waits for the socket and for the end.
    ending: Option<Waker>,
}

impl State {
    /// All that is queued, for the writer.
    fn take(&mut self) -> Option<Work> {
        if self.held {
            return None;
        }
        let mut frames = std::mem::take(&mut self.frames);
        if !frames.is_empty() {
            histogram!(names::WS_QUEUE_BYTES).record(self.bytes as f64);
        }
        self.bytes = 0;
        if self.overflowed_at.take().is_some() && self.closing.is_none() {
            // The writer came round, so the socket takes frames again.
            frames.push(Queued { bytes: resync(), committed_at: None });
        }
        match self.closing {
            Some(why) => Some(Work::Close(frames, why)),
            None if frames.is_empty() => None,
            None => Some(Work::Write(frames)),
        }
    }

    /// Whom a change is to wake. Woken when the lock is free, or they would wait for it.
    fn reader(&mut self) -> Option<Waker> {
        if self.held { None } else { self.writer.take() }
    }
}

fn wake(waiting: Option<Waker>) {
    if let Some(waker) = waiting {
        waker.wake();
    }
}

impl Outbox {
    /// An empty one. `held`: what is pushed waits for [`Self::release`].
    #[must_use]
    pub fn new(bounds: OutboxBounds, held: bool) -> Self {
        let state = Mutex::new(State { held, ..State::default() });
        Self { bounds, state }
    }

    /// Queues a frame. Never waits. It is asked what the time is if it must be dropped.
    pub fn push(
        &self,
        bytes: Bytes,
        worth: Worth,
        committed_at: Option<Timestamp>,
        now: impl FnOnce() -> Timestamp,
    ) {
        let mut state = self.lock();
        if state.closing.is_some() || state.overflowed_at.is_some() {
            return;
        }
        let (size, count) = (state.bytes + bytes.len(), state.frames.len() + 1);
        if worth == Worth::Ephemeral && (size > self.bounds.bytes / 2 || count > self.bounds.frames / 2) {
            counter!(names::WS_SHED).increment(1);
            return;
        }
        if size > self.bounds.bytes || count > self.bounds.frames {
            state.frames = Frames::new();
            state.bytes = 0;
            state.overflowed_at = Some(now());
            counter!(names::WS_RESYNCS, "cause" => "outbox").increment(1);
        } else {
            state.frames.push(Queued { bytes, committed_at });
            state.bytes = size;
        }
        let waiting = state.reader();
        drop(state);
        wake(waiting);
    }

    /// Ends the hold: `first` goes out, then what waited.
    pub fn release(&self, first: Bytes) {
        let mut state = self.lock();
        state.held = false;
        state.bytes += first.len();
        state.frames.insert(0, Queued { bytes: first, committed_at: None });
        let waiting = state.reader();
        drop(state);
        wake(waiting);
    }

    /// Closes the connection: what is queued goes out first, but only as long as the socket takes it.
    pub fn close(&self, why: Close) {
        let mut state = self.lock();
        if state.closing.is_some() {
            return;
        }
        state.closing = Some(why);
        if state.held {
            // The client was never attached: it may not see what waited.
            state.frames = Frames::new();
            state.held = false;
        }
        let waiting = [state.reader(), state.ending.take()];
        drop(state);
        waiting.into_iter().for_each(wake);
    }

    /// Why it is being closed, if it is.
    #[must_use]
    pub fn closing(&self) -> Option<Close> {
        self.lock().closing
    }

    /// Since when the socket has taken nothing although frames had to be dropped.
    #[must_use]
    pub fn stuck_since(&self) -> Option<Timestamp> {
        self.lock().overflowed_at
    }

    /// How many bytes wait.
    #[must_use]
    pub fn queued_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Waits until there is something to write, and takes all of it. Loses nothing when dropped.
    pub(super) async fn next(&self) -> Work {
        let work = |context: &mut Context<'_>| {
            let mut state = self.lock();
            match state.take() {
                Some(work) => Poll::Ready(work),
                None => {
                    state.writer = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        };
        poll_fn(work).await
    }

    /// Waits until the connection is to be closed even if the socket takes nothing.
    pub(super) async fn closed(&self) {
        let end = |context: &mut Context<'_>| {
            let mut state = self.lock();
            if state.closing.is_some() {
                return Poll::Ready(());
            }
            state.ending = Some(context.waker().clone());
            Poll::Pending
        };
        poll_fn(end).await;
    }

    /// The frames that the writer would take now.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> Vec<Bytes> {
        let work = self.lock().take();
        match work {
            Some(Work::Write(frames) | Work::Close(frames, _)) => {
                frames.into_iter().map(|q| q.bytes).collect()
            }
            None => Vec::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change leaves the queue whole, so a panic elsewhere has torn nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn resync() -> Bytes {
    super::text_frame(&ServerEvent::Resync { conversations: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: OutboxBounds = OutboxBounds { bytes: 100, frames: 4 };
    const NOW: Timestamp = Timestamp(1);

    fn push(outbox: &Outbox, worth: Worth) {
        outbox.push(Bytes::from_static(b"frame"), worth, None, || NOW);
    }

    #[test]
    fn an_overflow_empties_the_outbox_and_tells_the_client_once_it_drains() {
        let outbox = Outbox::new(BOUNDS, false);
        (0..6).for_each(|_| push(&outbox, Worth::Durable));
        assert_eq!(outbox.stuck_since(), Some(NOW));
        assert_eq!(outbox.taken(), [resync()]);
        assert_eq!(outbox.stuck_since(), None);
        push(&outbox, Worth::Durable);
        assert_eq!(outbox.taken().len(), 1);
    }

    #[test]
    fn an_overflow_before_ready_is_told_right_behind_it() {
        let outbox = Outbox::new(BOUNDS, true);
        (0..6).for_each(|_| push(&outbox, Worth::Durable));
        outbox.release(Bytes::from_static(b"ready"));
        assert_eq!(outbox.taken(), [Bytes::from_static(b"ready"), resync()]);
    }

    #[test]
    fn ephemeral_frames_leave_half_the_room_to_entries() {
        let outbox = Outbox::new(BOUNDS, false);
        (0..4).for_each(|_| push(&outbox, Worth::Ephemeral));
        assert_eq!(outbox.taken().len(), 2);
    }

    #[test]
    fn what_came_before_ready_waits_for_it_and_a_close_before_it_shows_nothing() {
        let outbox = Outbox::new(BOUNDS, true);
        push(&outbox, Worth::Durable);
        assert!(outbox.taken().is_empty());
        outbox.release(Bytes::from_static(b"ready"));
        assert_eq!(outbox.taken(), ["ready", "frame"]);

        let outbox = Outbox::new(BOUNDS, true);
        push(&outbox, Worth::Durable);
        outbox.close(Close::SessionEnded);
        assert!(
            matches!(outbox.lock().take(), Some(Work::Close(frames, Close::SessionEnded)) if frames.is_empty())
        );
    }
}
