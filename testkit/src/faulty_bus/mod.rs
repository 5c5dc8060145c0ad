//! A bus that does wrong on purpose. It stands around a good one, for one node, and a script decides what becomes of
//! each publication of that node and of each envelope that arrives at it.
//!
//! ```no_run
//! # use std::sync::Arc; use shared::{bus::memory::MemoryBus, envelope::Kind}; use testkit::faulty_bus::*;
//! let bus = FaultyBus::around(Arc::new(MemoryBus::new()));
//! bus.will(Fate::Lose, When::Next, |publication| publication.kind() == Some(Kind::Entry));
//! // … an entry is published …
//! assert_eq!(bus.counts().lost, 1, "the premise");
//! ```

mod script;

pub use script::{Counts, Fate, Publication, When};

use async_trait::async_trait;
use bytes::Bytes;
use script::{Out, Script};
use shared::bus::{Bus, Deliveries, Delivery, DeliveryQueue, PublishFailed, Subscriber};
use shared::topic::Topic;
use std::sync::{Arc, Mutex, MutexGuard};

/// A bus that does what its scripts say, and without any is as good as the one within.
pub struct FaultyBus {
    inner: Arc<dyn Bus>,
    /// What becomes of publications. Neither script is locked while the other is, or over an await.
    leaving: Mutex<Script>,
    arriving: Arc<Mutex<Script>>,
    /// The workers' queues of each subscription that was opened.
    opened: Mutex<Vec<Vec<DeliveryQueue>>>,
}

impl FaultyBus {
    /// Stands around a node's bus.
    #[must_use]
    pub fn around(inner: Arc<dyn Bus>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            leaving: Mutex::default(),
            arriving: Arc::default(),
            opened: Mutex::default(),
        })
    }

    /// From now on this becomes of those publications of this node that match. Of several rules the first counts.
    pub fn will(&self, fate: Fate, when: When, matches: impl Fn(&Publication) -> bool + Send + 'static) {
        locked(&self.leaving).add(fate, when, matches);
    }

    /// The same for what arrives at this node, whoever published it: other nodes get it all the same.
    ///
    /// # Panics
    /// For [`Fate::Fail`] and [`Fate::Doubt`], which only a publisher can meet.
    pub fn arrivals_will(
        &self,
        fate: Fate,
        when: When,
        matches: impl Fn(&Publication) -> bool + Send + 'static,
    ) {
        assert!(!matches!(fate, Fate::Fail | Fate::Doubt), "only a publication can fail");
        locked(&self.arriving).add(fate, when, matches);
    }

    /// Forgets all rules. What is held, or waits to be swapped, still is and does.
    pub fn heal(&self) {
        locked(&self.leaving).forget_rules();
        locked(&self.arriving).forget_rules();
    }

    /// Lets go of everything that is held or waits to be swapped, in the order in which it came.
    ///
    /// # Panics
    /// When the bus within does not take it.
    pub async fn release(&self) {
        let leaving = locked(&self.leaving).let_go();
        self.inner.publish(&leaving).await.expect("the bus within takes what was held");
        for (topic, bytes) in locked(&self.arriving).let_go() {
            self.each_queue(topic, |queue| queue.push(topic, &bytes));
        }
    }

    /// Tells this node that envelopes of a topic were lost.
    pub fn gap(&self, topic: Topic) {
        self.each_queue(topic, |queue| queue.gap(topic));
    }

    /// Tells this node that its link was lost and is back.
    pub fn reconnected(&self) {
        locked(&self.opened).iter().flatten().for_each(DeliveryQueue::reconnected);
    }

    /// What became of this node's publications so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        locked(&self.leaving).counts()
    }

    /// What became of the envelopes that arrived at this node so far.
    #[must_use]
    pub fn arrival_counts(&self) -> Counts {
        locked(&self.arriving).counts()
    }

    fn each_queue(&self, topic: Topic, visit: impl Fn(&DeliveryQueue)) {
        locked(&self.opened).iter().for_each(|queues| visit(&queues[topic.worker(queues.len())]));
    }
}

#[async_trait]
impl Bus for FaultyBus {
    async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed> {
        let mut out = Out::default();
        {
            let mut script = locked(&self.leaving);
            for (place, (topic, bytes)) in batch.iter().enumerate() {
                script.decide(place, *topic, bytes, &mut out);
            }
        }
        let Out { passed, places, mut failed } = out;
        if let Err(refused) = self.inner.publish(&passed).await {
            failed.extend(refused.failed.into_iter().map(|passed| places[passed]));
        }
        failed.sort_unstable();
        failed.dedup();
        if failed.is_empty() { Ok(()) } else { Err(PublishFailed { failed }) }
    }

    /// Is to be called within a tokio runtime: tasks carry what arrives, and end with the subscription.
    fn open(&self, workers: usize, queue_bytes: usize) -> Subscriber {
        let Subscriber { subscription, deliveries: arriving } = self.inner.open(workers, queue_bytes);
        let (queues, deliveries): (Vec<_>, Vec<_>) =
            arriving.iter().map(|_| DeliveryQueue::new(queue_bytes)).unzip();
        for (from, to) in arriving.into_iter().zip(queues.clone()) {
            tokio::spawn(relay(from, to, self.arriving.clone()));
        }
        locked(&self.opened).push(queues);
        Subscriber { subscription, deliveries }
    }
}

async fn relay(mut from: Deliveries, to: DeliveryQueue, script: Arc<Mutex<Script>>) {
    while let Some(delivery) = from.next().await {
        match delivery {
            Delivery::Envelope(topic, bytes) => {
                let mut out = Out::default();
                locked(&script).decide(0, topic, &bytes, &mut out);
                out.passed.iter().for_each(|(topic, bytes)| to.push(*topic, bytes));
            }
            Delivery::Gap(topic) => to.gap(topic),
            Delivery::Reconnected => to.reconnected(),
        }
    }
    to.close();
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics in here")
}
