//! A bus that keeps what it is given, and can be told to fail.

use async_trait::async_trait;
use bytes::Bytes;
use shared::bus::memory::MemoryBus;
use shared::bus::{Bus, PublishFailed, Subscriber};
use shared::envelope::{Envelope, Kind};
use shared::event::{EntryEvent, ServerEvent};
use shared::topic::Topic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub struct KeepingBus {
    kept: Mutex<Vec<(Topic, Envelope)>>,
    failing: AtomicBool,
    hanging: AtomicBool,
    refused: AtomicBool,
}

impl KeepingBus {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Whether it takes anything from now on.
    pub fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }

    /// Whether it answers from now on.
    pub fn hang(&self, hanging: bool) {
        self.hanging.store(hanging, Ordering::SeqCst);
    }

    /// Whether it was given anything while it failed.
    pub fn has_refused(&self) -> bool {
        self.refused.load(Ordering::SeqCst)
    }

    /// Everything so far.
    pub fn all(&self) -> Vec<(Topic, Envelope)> {
        self.kept.lock().unwrap().clone()
    }

    /// What was published to a topic so far.
    pub fn on(&self, topic: Topic) -> Vec<Envelope> {
        self.all().into_iter().filter(|(t, _)| *t == topic).map(|(_, envelope)| envelope).collect()
    }

    /// The heads announced on a topic so far.
    pub fn heads_on(&self, topic: Topic) -> Vec<i64> {
        let heads = self.on(topic).into_iter().filter(|envelope| envelope.header.kind == Kind::Head);
        heads.map(|envelope| envelope.header.seq).collect()
    }

    pub fn forget(&self) {
        self.kept.lock().unwrap().clear();
    }
}

/// The client's event in an entry's envelope.
pub fn entry(envelope: &Envelope) -> EntryEvent {
    match serde_json::from_slice(&envelope.body).unwrap() {
        ServerEvent::Message(entry) => entry,
        other => panic!("not an entry: {other:?}"),
    }
}

#[async_trait]
impl Bus for KeepingBus {
    async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed> {
        if self.hanging.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.failing.load(Ordering::SeqCst) {
            self.refused.store(true, Ordering::SeqCst);
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
