//! From the reader of the subscriber's link to the workers. It never waits: Redis throws out who reads slowly.

use crate::bus::DeliveryQueue;
use crate::metrics as names;
use crate::topic::Topic;
use bytes::Bytes;
use metrics::counter;
use std::sync::Arc;

/// The workers' queues.
#[derive(Clone)]
pub(super) struct Queues(Arc<[DeliveryQueue]>);

/// Closes the queues when dropped.
pub(super) struct Closing(Queues);

impl Queues {
    pub(super) fn new(queues: Vec<DeliveryQueue>) -> Self {
        Self(queues.into())
    }

    /// Hands on what arrived, to the worker of its topic.
    pub(super) fn arrived(&self, channel: &[u8], payload: Vec<u8>) {
        let topic = std::str::from_utf8(channel).ok().and_then(Topic::parse);
        let Some(topic) = topic else {
            counter!(names::ENVELOPES_BAD).increment(1);
            return;
        };
        self.0[topic.worker(self.0.len())].push(topic, &Bytes::from(payload));
    }

    /// Tells every worker that the link was lost and is back.
    pub(super) fn reconnected(&self) {
        self.0.iter().for_each(DeliveryQueue::reconnected);
    }

    /// Nothing more comes, though the reader of a link may hold on to its end for a moment.
    pub(super) fn close(&self) {
        self.0.iter().for_each(DeliveryQueue::close);
    }

    pub(super) fn closing(&self) -> Closing {
        Closing(self.clone())
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}
