//! Queues have a bound, and who does not read costs themselves and nobody else.

use super::{Node, ROOMY, body, group, next, number};
use bytes::Bytes;
use shared::bus::{Bus, Delivery};
use shared::topic::Topic;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

const BOUND: usize = 64 * 1024;
const FLOOD: usize = 64;
const FLOOD_BYTES: usize = 8 * 1024;

/// What a worker of a node was told about numbered topics. Numbers are missing only where a gap said so.
#[derive(Default)]
struct Heard {
    next: HashMap<Topic, usize>,
    gapped: HashSet<Topic>,
    gaps: HashMap<Topic, usize>,
}

impl Heard {
    fn note(&mut self, delivery: &Delivery) {
        match delivery {
            Delivery::Envelope(topic, bytes) => {
                let (place, expected) =
                    (number(bytes.trim_ascii_end()), self.next.entry(*topic).or_default());
                let may_skip = self.gapped.remove(topic);
                assert!(
                    place == *expected || (may_skip && place > *expected),
                    "{topic}: {place} after {expected}"
                );
                *expected = place + 1;
            }
            Delivery::Gap(topic) => {
                self.gapped.insert(*topic);
                *self.gaps.entry(*topic).or_default() += 1;
            }
            Delivery::Reconnected => panic!("the link was not lost"),
        }
    }
}

/// Eight times the bound is published to one topic while nobody reads. It is declared gapped, goes on after that, and
/// no topic misses anything that no gap told of; what another worker has is untouched.
pub async fn past_the_bound_a_topic_is_gapped_and_the_others_lose_nothing(
    join: impl AsyncFn() -> Arc<dyn Bus>,
) {
    let publisher = Node::join(&join).await;
    let mut listener = Node::open(join().await, 2, BOUND);
    let flooded = group(1);
    let in_worker =
        |nth: usize| (2..100).map(group).find(|topic| topic.worker(2) == nth).expect("some topic");
    let (here, there) = (flooded.worker(2), 1 - flooded.worker(2));
    let (beside, elsewhere) = (in_worker(here), in_worker(there));
    listener.subscribe(&[flooded, beside, elsewhere]).await;

    let large = |number: usize| Bytes::from(format!("{number:<FLOOD_BYTES$}"));
    for number in 0..FLOOD {
        let batch = [(flooded, large(number)), (beside, body(number)), (elsewhere, body(number))];
        publisher.publish_all(&batch).await;
    }
    let mut heard = Heard::default();
    while heard.next.get(&elsewhere) != Some(&FLOOD) {
        heard.note(&next(&mut listener.workers[there]).await);
    }
    assert!(heard.gaps.is_empty(), "another worker's topic lost nothing");

    let (mut last, mut went_on) = (FLOOD, false);
    while !went_on {
        let delivery = next(&mut listener.workers[here]).await;
        heard.note(&delivery);
        match delivery {
            // Published anew after each gap: this one may be what the next gap is about.
            Delivery::Gap(topic) if topic == flooded => {
                assert!(last < 2 * FLOOD, "the topic never goes on");
                publisher.publish(flooded, large(last)).await;
                last += 1;
            }
            Delivery::Envelope(topic, _) if topic == flooded => went_on = heard.next[&flooded] > FLOOD,
            _ => {}
        }
    }
    assert!(heard.gaps[&flooded] > 0, "the premise: it did not fit");
    assert!(heard.next.contains_key(&beside), "a small topic in the same worker still had room");
}

/// A node that reads nothing does not keep another from hearing everything, nor the publisher from publishing.
pub async fn a_node_that_reads_nothing_holds_nobody_up(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let publisher = Node::join(&join).await;
    let (deaf, mut awake) = (Node::open(join().await, 1, BOUND), Node::join(&join).await);
    for node in [&deaf, &awake] {
        node.subscribe(&[group(1)]).await;
    }
    let large = Bytes::from(vec![0; FLOOD_BYTES]);
    for _ in 0..4 * FLOOD {
        publisher.publish(group(1), large.clone()).await;
        awake.expect(group(1), large.clone()).await;
    }
}

/// A worker may stop waiting and come back: what arrived meanwhile is still there.
pub async fn a_wait_that_was_given_up_loses_nothing(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    listener.subscribe(&[group(1)]).await;
    let mut heard = 0;
    for round in 0..200 {
        publisher.publish(group(1), body(round)).await;
        if let Ok(delivery) = timeout(Duration::ZERO, listener.workers[0].next()).await {
            assert_eq!(delivery, Some(Delivery::Envelope(group(1), body(heard))));
            heard += 1;
        }
    }
    for number in heard..200 {
        listener.expect(group(1), body(number)).await;
    }
}

/// Dropping the subscription ends the queues, after what they hold.
pub async fn a_dropped_subscription_ends_its_deliveries_and_nobody_elses(
    join: impl AsyncFn() -> Arc<dyn Bus>,
) {
    let (publisher, gone) = (Node::join(&join).await, Node::open(join().await, 2, ROOMY));
    let mut stays = Node::join(&join).await;
    for node in [&gone, &stays] {
        node.subscribe(&[group(1)]).await;
    }
    let Node { subscription, workers, .. } = gone;
    drop(subscription);
    publisher.publish(group(1), "after").await;
    stays.expect(group(1), "after").await;
    for mut worker in workers {
        let ended = timeout(crate::wait::LIMIT, worker.next()).await.expect("the queue ends");
        assert_eq!(ended, None);
    }
}

/// As many topics as ten thousand users have, on one subscription, named a few hundred at a time.
pub async fn ten_thousand_topics_are_listened_to_at_once(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    let topics: Vec<Topic> = (1..=10_000).map(group).collect();
    for batch in topics.chunks(512) {
        listener.subscribe(batch).await;
    }
    for batch in topics.chunks(500) {
        let batch: Vec<_> = batch.iter().map(|topic| (*topic, body(0))).collect();
        publisher.publish_all(&batch).await;
    }
    let mut heard = HashSet::new();
    for _ in &topics {
        let Delivery::Envelope(topic, _) = listener.next().await else { panic!("nothing was to be lost") };
        assert!(heard.insert(topic), "{topic} twice");
    }
    for batch in topics[1..].chunks(512) {
        listener.unsubscribe(batch).await;
    }
    publisher.publish(topics[9_999], "too late").await;
    publisher.publish(topics[0], "marker").await;
    listener.expect(topics[0], "marker").await;
}
