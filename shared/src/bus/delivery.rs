//! The queue between the bus's read loop, which must never wait, and a worker: bounded in bytes. A topic that
//! no longer fits is declared gapped once, and its envelopes are dropped until the worker has heard of it.

use crate::topic::Topic;
use bytes::Bytes;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What a worker gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// An envelope's bytes.
    Envelope(Topic, Bytes),
    /// Envelopes of this topic were lost before this moment.
    Gap(Topic),
    /// The link was lost and is back, with every topic subscribed again: any envelope of any topic may have
    /// been lost before this moment.
    Reconnected,
}

/// What each queued item costs beside its bytes, so that a flood of empty ones is bounded as well.
const ITEM_BYTES: usize = 64;

/// The bus's end of a worker's queue.
#[derive(Clone)]
pub struct DeliveryQueue {
    shared: Arc<Shared>,
}

/// The worker's end.
pub struct Deliveries {
    shared: Arc<Shared>,
}

struct Shared {
    bound: usize,
    /// Guards the queue alone and is never held over an await.
    state: Mutex<State>,
    pushed: Notify,
}

#[derive(Default)]
struct State {
    items: VecDeque<Delivery>,
    bytes: usize,
    gapped: HashSet<Topic>,
    closed: bool,
}

impl DeliveryQueue {
    /// A queue for at most `bound` bytes, and its two ends.
    #[must_use]
    pub fn new(bound: usize) -> (Self, Deliveries) {
        let shared = Arc::new(Shared { bound, state: Mutex::default(), pushed: Notify::new() });
        (Self { shared: shared.clone() }, Deliveries { shared })
    }

    /// Queues an envelope, or declares its topic gapped. Never waits.
    pub fn push(&self, topic: Topic, bytes: &Bytes) {
        let mut state = self.shared.lock();
        if state.closed || state.gapped.contains(&topic) {
            return;
        }
        if state.bytes + bytes.len() + ITEM_BYTES > self.shared.bound {
            state.gapped.insert(topic);
            state.items.push_back(Delivery::Gap(topic));
        } else {
            state.bytes += bytes.len() + ITEM_BYTES;
            state.items.push_back(Delivery::Envelope(topic, bytes.clone()));
        }
        drop(state);
        self.shared.pushed.notify_one();
    }

    /// Declares a topic gapped: what was queued of it stays, what comes is dropped until the worker has heard.
    pub fn gap(&self, topic: Topic) {
        let mut state = self.shared.lock();
        if !state.closed && state.gapped.insert(topic) {
            state.items.push_back(Delivery::Gap(topic));
        }
        drop(state);
        self.shared.pushed.notify_one();
    }

    /// Says that the link was lost and is back. What is queued was received before, and stays.
    pub fn reconnected(&self) {
        let mut state = self.shared.lock();
        if !state.closed && state.items.back() != Some(&Delivery::Reconnected) {
            state.items.push_back(Delivery::Reconnected);
        }
        drop(state);
        self.shared.pushed.notify_one();
    }

    /// Nothing more will come, whoever still pushes: the worker's `next` ends after what is queued.
    pub fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.pushed.notify_one();
    }
}

impl Deliveries {
    /// The next delivery; `None` after the bus closed. Loses nothing when its future is dropped.
    pub async fn next(&mut self) -> Option<Delivery> {
        loop {
            if let Some(item) = self.next_now() {
                return Some(item);
            }
            if self.shared.lock().is_over() {
                return None;
            }
            self.shared.pushed.notified().await;
        }
    }

    /// The next delivery, if it is here.
    pub fn next_now(&mut self) -> Option<Delivery> {
        let mut state = self.shared.lock();
        let item = state.items.pop_front()?;
        match &item {
            Delivery::Envelope(_, bytes) => state.bytes -= bytes.len() + ITEM_BYTES,
            Delivery::Gap(topic) => {
                state.gapped.remove(topic);
            }
            Delivery::Reconnected => {}
        }
        Some(item)
    }
}

impl State {
    /// Whether nothing is queued and nothing more will be.
    fn is_over(&self) -> bool {
        self.closed && self.items.is_empty()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // The queue is whole between any two statements, so a panic elsewhere has not torn it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;
    use futures_util::FutureExt;

    #[test]
    fn past_the_bound_a_topic_is_gapped_once_and_the_others_go_on() {
        let (queue, mut deliveries) = DeliveryQueue::new(3 * ITEM_BYTES);
        let mut next = || deliveries.next().now_or_never().expect("something is queued");
        let (a, b) = (Topic::User(UserId(1)), Topic::User(UserId(2)));
        let one = Bytes::from_static(b"1");
        for _ in 0..4 {
            queue.push(a, &one);
        }
        queue.gap(a);
        assert_eq!(next(), Some(Delivery::Envelope(a, one.clone())));
        assert_eq!(next(), Some(Delivery::Envelope(a, one.clone())));
        assert_eq!(next(), Some(Delivery::Gap(a)));
        queue.push(b, &one);
        queue.push(a, &one);
        assert_eq!(next(), Some(Delivery::Envelope(b, one.clone())));
        assert_eq!(next(), Some(Delivery::Envelope(a, one)));
        queue.close();
        queue.push(b, &Bytes::from_static(b"late"));
        queue.gap(b);
        queue.reconnected();
        assert_eq!(next(), None);
    }
}
