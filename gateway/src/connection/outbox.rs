//! ⑩ One connection's queue to its socket: bounded, shared frames, never a wait for whoever fills it. When it
//! overflows it is emptied and marked; once the socket takes something again one `resync` tells the client to
//! compare. A connection that stays stuck is closed by the heartbeat's sweep.

use bytes::Bytes;
use metrics::counter;
use shared::close::Close;
use shared::event::ServerEvent;
use shared::metrics as names;
use shared::time::Timestamp;
use smallvec::SmallVec;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// From here on what is queued waits for nothing but the socket.
pub const MUCH: usize = 16 * 1024;

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

/// What is to be done with the socket.
#[derive(Debug)]
pub(super) enum Work {
    /// Nothing is queued, or nothing may be seen yet.
    Nothing,
    /// Write these, in order, in as few writes as possible; so many bytes.
    Write(Frames, usize),
    /// All of it was taken: write the close frame, and end.
    Close(Close),
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
    /// Not attached yet: frames wait, whoever writes does not see them.
    held: bool,
    /// Since when frames have been dropped; until the socket takes something again.
    overflowed_at: Option<Timestamp>,
    closing: Option<Close>,
    /// The connection's task, once it has looked here.
    task: Option<Waker>,
}

impl State {
    fn take(&mut self) -> Work {
        if self.held {
            return Work::Nothing;
        }
        let mut frames = std::mem::take(&mut self.frames);
        let bytes = std::mem::take(&mut self.bytes);
        if self.overflowed_at.take().is_some() && self.closing.is_none() {
            // Somebody came round to write, so the socket takes frames again.
            frames.push(Queued { bytes: resync(), committed_at: None });
        }
        match self.closing {
            _ if !frames.is_empty() => Work::Write(frames, bytes),
            Some(why) => Work::Close(why),
            None => Work::Nothing,
        }
    }
}

impl Outbox {
    /// An empty one. `held`: what is pushed waits for [`Self::release`].
    #[must_use]
    pub fn new(bounds: OutboxBounds, held: bool) -> Self {
        let state = Mutex::new(State { held, ..State::default() });
        Self { bounds, state }
    }

    /// Queues a frame. Never waits. It is asked what the time is if it must be dropped. True: somebody has to see to it
    /// that what is queued is written, since nobody had to before, or it has become much; see [`Self::wake`].
    #[must_use]
    pub fn push(
        &self,
        bytes: Bytes,
        worth: Worth,
        committed_at: Option<Timestamp>,
        now: impl FnOnce() -> Timestamp,
    ) -> bool {
        let mut state = self.lock();
        if state.closing.is_some() || state.overflowed_at.is_some() {
            return false;
        }
        let (size, count) = (state.bytes + bytes.len(), state.frames.len() + 1);
        if worth == Worth::Ephemeral && (size > self.bounds.bytes / 2 || count > self.bounds.frames / 2) {
            counter!(names::WS_SHED).increment(1);
            return false;
        }
        let before = state.bytes;
        if size > self.bounds.bytes || count > self.bounds.frames {
            state.frames = Frames::new();
            state.bytes = 0;
            state.overflowed_at = Some(now());
            counter!(names::WS_RESYNCS, "cause" => "outbox").increment(1);
        } else {
            state.frames.push(Queued { bytes, committed_at });
            state.bytes = size;
        }
        !state.held && (count == 1 || (before < MUCH && size >= MUCH))
    }

    /// Ends the hold: `first` goes out, then what waited.
    pub fn release(&self, first: Bytes) {
        let mut state = self.lock();
        state.held = false;
        state.bytes += first.len();
        state.frames.insert(0, Queued { bytes: first, committed_at: None });
        drop(state);
        self.wake();
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
        drop(state);
        self.wake();
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

    /// Has the connection's task look what is to be done. Before it looked for the first time it needs no telling.
    pub fn wake(&self) {
        // Woken when the lock is free, or it would wait for it.
        let task = self.lock().task.clone();
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Whom [`Self::wake`] wakes from now on.
    pub(super) fn wakes(&self, task: &Waker) {
        let mut state = self.lock();
        match &mut state.task {
            Some(known) => known.clone_from(task),
            unknown => *unknown = Some(task.clone()),
        }
    }

    /// What is to be done with a socket that has taken everything so far.
    pub(super) fn take(&self) -> Work {
        self.lock().take()
    }

    /// The frames that would be written now.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> Vec<Bytes> {
        match self.take() {
            Work::Write(frames, _) => frames.into_iter().map(|q| q.bytes).collect(),
            Work::Nothing | Work::Close(_) => Vec::new(),
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
        let _ = outbox.push(Bytes::from_static(b"frame"), worth, None, || NOW);
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
        assert!(matches!(outbox.take(), Work::Close(Close::SessionEnded)));
    }

    #[test]
    fn what_is_queued_is_told_once_and_once_more_when_it_is_much() {
        let outbox = Outbox::new(OutboxBounds { bytes: 4 * MUCH, frames: 100 }, true);
        let push = |size| outbox.push(Bytes::from(vec![0; size]), Worth::Durable, None, || NOW);
        assert!(!push(1), "it is held");
        outbox.release(Bytes::from_static(b"ready"));
        outbox.taken();
        assert_eq!([push(1), push(1), push(MUCH), push(1)], [true, false, true, false]);
        outbox.taken();
        assert!(push(1), "all of it was taken");
    }
}
