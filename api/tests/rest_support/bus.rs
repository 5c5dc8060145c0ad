//! A bus that keeps the controls that were published, and can be told to fail.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use shared::bus::memory::MemoryBus;
use shared::bus::{Bus, PublishFailed, Subscriber};
use shared::envelope::{Envelope, Kind};
use shared::topic::Topic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[derive(Default)]
pub struct KeptBus {
    kept: Mutex<Vec<(Topic, Envelope)>>,
    pub failing: AtomicBool,
    pub refused: AtomicUsize,
}

impl KeptBus {
    /// The controls so far, oldest first, and forgets them.
    pub fn take_controls(&self) -> Vec<(Topic, Value)> {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap());
        let controls = kept.into_iter().filter(|(_, envelope)| envelope.header.kind == Kind::Control);
        controls.map(|(topic, envelope)| (topic, serde_json::from_slice(&envelope.body).unwrap())).collect()
    }
}

#[async_trait]
impl Bus for KeptBus {
    async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed> {
        if self.failing.load(Ordering::SeqCst) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Err(PublishFailed { failed: (0..batch.len()).collect() });
        }
        let decoded = batch.iter().map(|(topic, bytes)| (*topic, Envelope::decode(bytes).unwrap()));
        self.kept.lock().unwrap().extend(decoded);
        Ok(())
    }

    fn open(&self, workers: usize, queue_bytes: usize) -> Subscriber {
        MemoryBus::new().open(workers, queue_bytes)
    }
}
