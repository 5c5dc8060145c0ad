//! The faulty bus is a good bus until it is told otherwise, and then does what it is told and counts it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use bytes::Bytes;
use shared::bus::memory::MemoryBus;
use shared::bus::{Bus, Delivery, PublishFailed, Subscriber};
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::ids::{ConversationId, GroupId, UserId};
use shared::time::Timestamp;
use shared::topic::Topic;
use std::sync::Arc;
use testkit::faulty_bus::{Counts, Fate, FaultyBus, When};
use testkit::wait::LIMIT;
use tokio::time::timeout;

fn join() -> impl AsyncFn() -> Arc<dyn Bus> {
    let bus = Arc::new(MemoryBus::new());
    async move || FaultyBus::around(bus.clone()) as Arc<dyn Bus>
}

testkit::bus_contract!(join());

const A: Topic = Topic::Group(GroupId(1));
const B: Topic = Topic::Group(GroupId(2));

/// An entry of that place; its body says the place too.
fn entry(seq: i64) -> Bytes {
    let header = Header {
        kind: Kind::Entry,
        change: Change::None,
        members_version: 1,
        seq,
        conversation_id: ConversationId(1),
        at: Timestamp(0),
        subject_id: UserId(1),
    };
    Envelope { header, body: format!("entry {seq}").into() }.encode()
}

struct Rig {
    bus: Arc<FaultyBus>,
    subscriber: Subscriber,
}

impl Rig {
    async fn new() -> Self {
        Self::on(Arc::new(MemoryBus::new())).await
    }

    async fn on(inner: Arc<MemoryBus>) -> Self {
        let bus = FaultyBus::around(inner);
        let subscriber = bus.open(1, 1024 * 1024);
        subscriber.subscription.subscribe(&[A, B]).await.unwrap();
        Self { bus, subscriber }
    }

    async fn publish(&self, batch: &[(Topic, i64)]) -> Result<(), PublishFailed> {
        let batch: Vec<_> = batch.iter().map(|(topic, seq)| (*topic, entry(*seq))).collect();
        self.bus.publish(&batch).await
    }

    async fn next(&mut self) -> Delivery {
        timeout(LIMIT, self.subscriber.deliveries[0].next()).await.unwrap().unwrap()
    }

    /// Exactly these arrive next.
    async fn hears(&mut self, expected: &[(Topic, i64)]) {
        for (topic, seq) in expected {
            assert_eq!(self.next().await, Delivery::Envelope(*topic, entry(*seq)));
        }
    }
}

#[tokio::test]
async fn what_is_to_be_lost_is_lost_in_silence_and_counted() {
    let mut rig = Rig::new().await;
    rig.bus.will(Fate::Lose, When::Next, |publication| publication.topic == A);
    rig.publish(&[(B, 1), (A, 1), (A, 2)]).await.unwrap();
    rig.hears(&[(B, 1), (A, 2)]).await;
    assert_eq!(rig.bus.counts(), Counts { delivered: 2, lost: 1, ..Counts::default() });
}

#[tokio::test]
async fn what_is_to_fail_is_named_by_its_place_whether_it_went_or_not() {
    let mut rig = Rig::new().await;
    rig.bus.will(Fate::Fail, When::Always, |publication| publication.seq() == Some(2));
    rig.bus.will(Fate::Doubt, When::Always, |publication| publication.says("entry 4"));
    let refused = rig.publish(&[(A, 1), (A, 2), (A, 3), (A, 4)]).await.unwrap_err();
    assert_eq!(refused.failed, [1, 3]);
    rig.hears(&[(A, 1), (A, 3), (A, 4)]).await;
    assert_eq!(rig.bus.counts(), Counts { delivered: 2, failed: 1, doubted: 1, ..Counts::default() });
}

#[tokio::test]
async fn what_is_to_be_repeated_comes_twice_and_the_first_rule_that_matches_counts() {
    let mut rig = Rig::new().await;
    rig.bus.will(Fate::Deliver, When::Always, |publication| publication.topic == B);
    rig.bus.will(Fate::Repeat, When::Always, |publication| publication.kind() == Some(Kind::Entry));
    rig.publish(&[(A, 1), (B, 1)]).await.unwrap();
    rig.bus.publish(&[(A, Bytes::from_static(b"no envelope"))]).await.unwrap();
    rig.hears(&[(A, 1), (A, 1), (B, 1)]).await;
    assert_eq!(rig.next().await, Delivery::Envelope(A, Bytes::from_static(b"no envelope")));
    assert_eq!(rig.bus.counts(), Counts { delivered: 2, repeated: 1, ..Counts::default() });
}

#[tokio::test]
async fn what_is_held_comes_when_it_is_let_go_and_rules_end_when_healed() {
    let mut rig = Rig::new().await;
    rig.bus.will(Fate::Hold, When::Always, |publication| publication.topic == A);
    rig.publish(&[(A, 1), (B, 1), (A, 2)]).await.unwrap();
    rig.bus.heal();
    rig.publish(&[(A, 3)]).await.unwrap();
    rig.hears(&[(B, 1), (A, 3)]).await;
    rig.bus.release().await;
    rig.hears(&[(A, 1), (A, 2)]).await;
    assert_eq!(rig.bus.counts(), Counts { delivered: 2, held: 2, ..Counts::default() });
}

#[tokio::test]
async fn what_is_swapped_comes_after_the_next_of_its_topic() {
    let mut rig = Rig::new().await;
    rig.bus.will(Fate::Swap, When::Nth(2), |publication| publication.topic == A);
    rig.publish(&[(A, 1), (A, 2), (B, 1)]).await.unwrap();
    rig.publish(&[(A, 3), (A, 4)]).await.unwrap();
    rig.hears(&[(A, 1), (B, 1), (A, 3), (A, 2), (A, 4)]).await;
    assert_eq!(rig.bus.counts(), Counts { delivered: 4, swapped: 1, ..Counts::default() });
}

#[tokio::test]
async fn the_same_seed_loses_the_same_ones() {
    let mut lost = Vec::new();
    for seed in [7, 7, 8] {
        let rig = Rig::new().await;
        rig.bus.will(Fate::Fail, When::Rate { chance: 0.3, seed }, |_| true);
        let batch: Vec<_> = (1..=200).map(|seq| (A, seq)).collect();
        lost.push(rig.publish(&batch).await.unwrap_err().failed);
    }
    assert_eq!(lost[0], lost[1]);
    assert_ne!(lost[0], lost[2]);
    assert!((30..90).contains(&lost[0].len()), "some three in ten: {}", lost[0].len());
}

#[tokio::test]
async fn what_one_node_does_not_hear_another_does() {
    let inner = Arc::new(MemoryBus::new());
    let (mut deaf, mut other) = (Rig::on(inner.clone()).await, Rig::on(inner).await);
    deaf.bus.arrivals_will(Fate::Lose, When::Nth(2), |publication| publication.topic == A);
    deaf.bus.arrivals_will(Fate::Hold, When::Always, |publication| publication.topic == B);
    other.publish(&[(A, 1), (A, 2), (B, 1), (A, 3)]).await.unwrap();
    other.hears(&[(A, 1), (A, 2), (B, 1), (A, 3)]).await;
    deaf.hears(&[(A, 1), (A, 3)]).await;
    deaf.bus.release().await;
    deaf.hears(&[(B, 1)]).await;
    assert_eq!(deaf.bus.arrival_counts(), Counts { delivered: 2, lost: 1, held: 1, ..Counts::default() });
    assert_eq!(deaf.bus.counts(), Counts::default(), "it published nothing");
}

#[tokio::test]
async fn gaps_and_lost_links_are_told_in_the_order_of_what_arrives() {
    let mut rig = Rig::new().await;
    rig.publish(&[(A, 1)]).await.unwrap();
    rig.hears(&[(A, 1)]).await;
    rig.bus.gap(A);
    assert_eq!(rig.next().await, Delivery::Gap(A));
    rig.bus.reconnected();
    assert_eq!(rig.next().await, Delivery::Reconnected);
    rig.publish(&[(A, 2)]).await.unwrap();
    rig.hears(&[(A, 2)]).await;
}
