//! The contract of [`Bus`]. A case is given the way to join one bus that nobody else is on: each call is one more node.

mod arrival;
mod bounds;
mod order;

pub use arrival::*;
pub use bounds::*;
pub use order::*;

use crate::wait::LIMIT;
use bytes::Bytes;
use shared::bus::{Bus, Deliveries, Delivery, Subscription};
use shared::ids::{GroupId, UserId};
use shared::topic::Topic;
use std::sync::Arc;
use tokio::time::timeout;

/// Makes a test of every case. The expression is evaluated anew for each and gives an
/// `AsyncFn() -> Arc<dyn Bus>` that joins a bus of its own.
#[macro_export]
macro_rules! bus_contract {
    ($join:expr) => {
        $crate::bus_contract! { $join =>
            what_is_published_after_subscribing_arrives
            what_was_published_before_subscribing_does_not_arrive
            what_is_published_after_unsubscribing_does_not_arrive
            every_listening_node_gets_one_copy_and_the_others_none
            a_node_hears_what_it_publishes_itself
            subscribing_twice_brings_one_copy_and_unsubscribing_once_ends_it
            empty_and_large_bodies_arrive_whole
            names_that_look_alike_are_not_mixed_up
            nothing_to_publish_and_nothing_to_subscribe_is_no_fault
            one_publishers_order_holds_on_every_topic
            a_topic_arrives_in_its_own_worker
            a_batch_arrives_in_its_order
            past_the_bound_a_topic_is_gapped_and_the_others_lose_nothing
            a_node_that_reads_nothing_holds_nobody_up
            a_wait_that_was_given_up_loses_nothing
            a_dropped_subscription_ends_its_deliveries_and_nobody_elses
            ten_thousand_topics_are_listened_to_at_once
        }
    };
    ($join:expr => $($case:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::bus::$case($join).await;
        }
    )*};
}

/// So much that only a test of the bound meets it.
const ROOMY: usize = 64 * 1024 * 1024;

/// A node on the bus.
struct Node {
    bus: Arc<dyn Bus>,
    subscription: Arc<dyn Subscription>,
    workers: Vec<Deliveries>,
}

impl Node {
    /// A node with one worker, which therefore gets everything in the order of arrival.
    async fn join(join: &impl AsyncFn() -> Arc<dyn Bus>) -> Self {
        Self::open(join().await, 1, ROOMY)
    }

    fn open(bus: Arc<dyn Bus>, workers: usize, queue_bytes: usize) -> Self {
        let subscriber = bus.open(workers, queue_bytes);
        assert_eq!(subscriber.deliveries.len(), workers, "a queue a worker");
        Self { bus, subscription: subscriber.subscription, workers: subscriber.deliveries }
    }

    async fn subscribe(&self, topics: &[Topic]) {
        let subscribed = timeout(LIMIT, self.subscription.subscribe(topics)).await;
        subscribed.expect("subscribing ends").expect("the bus answers");
    }

    async fn unsubscribe(&self, topics: &[Topic]) {
        let unsubscribed = timeout(LIMIT, self.subscription.unsubscribe(topics)).await;
        unsubscribed.expect("unsubscribing ends").expect("the bus answers");
    }

    async fn publish(&self, topic: Topic, body: impl Into<Bytes>) {
        self.publish_all(&[(topic, body.into())]).await;
    }

    async fn publish_all(&self, batch: &[(Topic, Bytes)]) {
        let published = timeout(LIMIT, self.bus.publish(batch)).await;
        published.expect("publishing ends").expect("the bus takes it");
    }

    /// What comes next, in a node with one worker.
    async fn next(&mut self) -> Delivery {
        next(&mut self.workers[0]).await
    }

    /// Nothing else than this comes next.
    async fn expect(&mut self, topic: Topic, body: impl Into<Bytes>) {
        assert_eq!(self.next().await, Delivery::Envelope(topic, body.into()));
    }
}

async fn next(worker: &mut Deliveries) -> Delivery {
    let delivery = timeout(LIMIT, worker.next()).await.expect("something arrives");
    delivery.expect("the bus is open")
}

fn group(id: i64) -> Topic {
    Topic::Group(GroupId(id))
}

fn user(id: i64) -> Topic {
    Topic::User(UserId(id))
}

/// A number as a body, and back.
fn body(number: usize) -> Bytes {
    number.to_string().into()
}

fn number(body: &[u8]) -> usize {
    std::str::from_utf8(body).ok().and_then(|text| text.parse().ok()).expect("a number that a case published")
}
