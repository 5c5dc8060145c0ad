//! ⑧ The bus: how nodes reach each other. It is a hint and never the truth: whatever it drops, the database
//! still has, and receivers notice (a hole in `seq`, a gap signal, a sum that differs) and fetch.

mod delivery;
pub mod memory;
pub mod redis;

pub use delivery::{Deliveries, Delivery, DeliveryQueue};

use crate::topic::Topic;
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;

/// The way between nodes. One object a node; cheap to share.
///
/// **What is promised.** At most once (a bus for tests repeats as well), and in the order of publishing for
/// one publisher and one topic. **What is not.** That anything arrives: a lost link loses what crossed it,
/// and then every subscriber that it concerned gets a [`Delivery::Gap`] or [`Delivery::Reconnected`].
#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// Publishes a batch, in order. `Ok` says that the bus took it, not that anybody got it.
    ///
    /// # Errors
    /// Names those of the batch that may not have been taken.
    async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed>;

    /// Opens this node's subscription: one for the whole node, never one a client. What arrives is spread
    /// over `workers` queues by [`Topic::worker`], each of them bounded to `queue_bytes`.
    fn open(&self, workers: usize, queue_bytes: usize) -> Subscriber;

    /// Whether the bus is there at all, for a node's health; soon answered. A bus in the process always is.
    async fn answers(&self) -> bool {
        true
    }
}

/// Those of a batch, by place, that were not surely published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of a batch could not be published", failed.len())]
pub struct PublishFailed {
    /// Places in the batch.
    pub failed: Vec<usize>,
}

/// A node's subscription, and what arrives on it.
pub struct Subscriber {
    /// To name topics with.
    pub subscription: Arc<dyn Subscription>,
    /// One a worker: all of a topic arrives in the same one.
    pub deliveries: Vec<Deliveries>,
}

/// Which topics a node listens to.
#[async_trait]
pub trait Subscription: Send + Sync + 'static {
    /// Listens to these topics too. When it returns, everything published from now on arrives, or a gap
    /// says that it may not have. A topic may be named again.
    ///
    /// # Errors
    /// [`BusAway`] when the bus does not answer; whether the topics are listened to is then not known.
    async fn subscribe(&self, topics: &[Topic]) -> Result<(), BusAway>;

    /// Stops listening. What is queued may still arrive.
    ///
    /// # Errors
    /// [`BusAway`] when the bus does not answer; the topics may then still arrive.
    async fn unsubscribe(&self, topics: &[Topic]) -> Result<(), BusAway>;

    /// Gives the link up and makes another: for a node that finds out that it hears nothing. What a new link
    /// brings, [`Delivery::Reconnected`] says. Without a link there is nothing to give up.
    fn reset(&self) {}
}

/// The bus does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bus does not answer")]
pub struct BusAway;
