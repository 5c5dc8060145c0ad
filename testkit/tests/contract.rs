//! The bus contract has teeth: a bus that loses, repeats, reorders or fails does not pass it.

use shared::bus::Bus;
use shared::bus::memory::MemoryBus;
use std::sync::Arc;
use testkit::contract::bus;
use testkit::faulty_bus::{Fate, FaultyBus, When};

/// A bus on which every node's third publication meets a fate.
fn faulty(fate: Fate) -> impl AsyncFn() -> Arc<dyn Bus> {
    let bus = Arc::new(MemoryBus::new());
    async move || {
        let node = FaultyBus::around(bus.clone());
        node.will(fate, When::Nth(3), |_| true);
        node as Arc<dyn Bus>
    }
}

#[tokio::test]
#[should_panic(expected = " on im:")]
async fn a_bus_that_loses_does_not_pass() {
    bus::one_publishers_order_holds_on_every_topic(faulty(Fate::Lose)).await;
}

#[tokio::test]
#[should_panic(expected = "assertion `left == right` failed")]
async fn a_bus_that_repeats_does_not_pass() {
    bus::a_batch_arrives_in_its_order(faulty(Fate::Repeat)).await;
}

#[tokio::test]
#[should_panic(expected = " on im:")]
async fn a_bus_that_reorders_does_not_pass() {
    bus::one_publishers_order_holds_on_every_topic(faulty(Fate::Swap)).await;
}

#[tokio::test]
#[should_panic(expected = "the bus takes it")]
async fn a_bus_that_fails_does_not_pass() {
    bus::ten_thousand_topics_are_listened_to_at_once(faulty(Fate::Fail)).await;
}

#[tokio::test]
#[should_panic(expected = "after")]
async fn a_bus_that_loses_past_its_bound_without_a_gap_does_not_pass() {
    bus::past_the_bound_a_topic_is_gapped_and_the_others_lose_nothing(faulty(Fate::Lose)).await;
}
