//! The bus of the all-in-one, inside the process. It keeps the same contract as the Redis one and passes the
//! same tests.

use super::{Bus, BusAway, DeliveryQueue, PublishFailed, Subscriber, Subscription};
use crate::topic::Topic;
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A bus between the nodes that share it.
#[derive(Default)]
pub struct MemoryBus {
    /// Guards who listens to what. Held to publish (shared) so that a topic's order is the publishers'.
    listeners: Arc<RwLock<Listeners>>,
}

type Listeners = HashMap<Topic, Vec<Arc<Node>>>;

struct Node {
    queues: Vec<DeliveryQueue>,
}

struct MemorySubscription {
    node: Arc<Node>,
    listeners: Arc<RwLock<Listeners>>,
}

impl MemoryBus {
    /// A bus that nobody listens to yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Bus for MemoryBus {
    async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed> {
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner);
        for (topic, bytes) in batch {
            for node in listeners.get(topic).into_iter().flatten() {
                node.queues[topic.worker(node.queues.len())].push(*topic, bytes);
            }
        }
        Ok(())
    }

    fn open(&self, workers: usize, queue_bytes: usize) -> Subscriber {
        let (queues, deliveries) = (0..workers.max(1)).map(|_| DeliveryQueue::new(queue_bytes)).unzip();
        let node = Arc::new(Node { queues });
        let subscription = MemorySubscription { node, listeners: self.listeners.clone() };
        Subscriber { subscription: Arc::new(subscription), deliveries }
    }
}

#[async_trait]
impl Subscription for MemorySubscription {
    async fn subscribe(&self, topics: &[Topic]) -> Result<(), BusAway> {
        let mut listeners = self.listeners.write().unwrap_or_else(PoisonError::into_inner);
        for topic in topics {
            let nodes = listeners.entry(*topic).or_default();
            if !nodes.iter().any(|node| Arc::ptr_eq(node, &self.node)) {
                nodes.push(self.node.clone());
            }
        }
        Ok(())
    }

    async fn unsubscribe(&self, topics: &[Topic]) -> Result<(), BusAway> {
        let mut listeners = self.listeners.write().unwrap_or_else(PoisonError::into_inner);
        for topic in topics {
            if let Some(nodes) = listeners.get_mut(topic) {
                nodes.retain(|node| !Arc::ptr_eq(node, &self.node));
                if nodes.is_empty() {
                    listeners.remove(topic);
                }
            }
        }
        Ok(())
    }
}

impl Drop for MemorySubscription {
    fn drop(&mut self) {
        let mut listeners = self.listeners.write().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|_, nodes| {
            nodes.retain(|node| !Arc::ptr_eq(node, &self.node));
            !nodes.is_empty()
        });
        self.node.queues.iter().for_each(DeliveryQueue::close);
    }
}
