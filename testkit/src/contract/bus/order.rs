//! Which order holds: one publisher's, on one topic, and nothing beyond that.

use super::{Node, ROOMY, body, group, next, number, user};
use bytes::Bytes;
use shared::bus::{Bus, Delivery};
use shared::topic::Topic;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::JoinSet;

const PUBLISHERS: usize = 3;
const WORKERS: usize = 4;
const ROUNDS: usize = 40;

fn topics() -> Vec<Topic> {
    (1..=20).flat_map(|id| [group(id), user(id)]).collect()
}

/// Three nodes publish to forty topics at once, in batches that mix them; a fourth listens with four workers. Everything
/// arrives once, and each publisher's numbers ascend on each topic.
pub async fn one_publishers_order_holds_on_every_topic(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let mut listener = Node::open(join().await, WORKERS, ROOMY);
    listener.subscribe(&topics()).await;
    let mut publishing = JoinSet::new();
    for publisher in 0..PUBLISHERS {
        let node = Node::join(&join).await;
        publishing.spawn(async move {
            for round in 0..ROUNDS {
                // Each topic twice a batch, so that the order within a batch is tried as well.
                let numbered = |half: usize| {
                    let bytes = body((round * 2 + half) * PUBLISHERS + publisher);
                    topics().into_iter().map(move |topic| (topic, bytes.clone()))
                };
                node.publish_all(&numbered(0).chain(numbered(1)).collect::<Vec<_>>()).await;
            }
        });
    }
    let mut heard: HashMap<(Topic, usize), usize> = HashMap::new();
    for (nth, worker) in listener.workers.iter_mut().enumerate() {
        let here = topics().into_iter().filter(|topic| topic.worker(WORKERS) == nth).count();
        for _ in 0..here * PUBLISHERS * ROUNDS * 2 {
            let Delivery::Envelope(topic, bytes) = next(worker).await else {
                panic!("nothing was to be lost")
            };
            let (place, publisher) = (number(&bytes) / PUBLISHERS, number(&bytes) % PUBLISHERS);
            let expected = heard.entry((topic, publisher)).or_default();
            assert_eq!(place, *expected, "publisher {publisher} on {topic}");
            *expected += 1;
        }
    }
    publishing.join_all().await;
    assert!(heard.values().all(|count| *count == ROUNDS * 2), "everything arrived");
}

/// Which worker gets a topic is the same on every node and for ever: [`Topic::worker`] says it.
pub async fn a_topic_arrives_in_its_own_worker(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let publisher = Node::join(&join).await;
    let mut listeners = Vec::new();
    for workers in [1, 2, 3, WORKERS] {
        let node = Node::open(join().await, workers, ROOMY);
        node.subscribe(&topics()).await;
        listeners.push(node);
    }
    for topic in topics() {
        publisher.publish(topic, "hi").await;
        for listener in &mut listeners {
            let own = topic.worker(listener.workers.len());
            let delivery = next(&mut listener.workers[own]).await;
            assert_eq!(delivery, Delivery::Envelope(topic, Bytes::from_static(b"hi")));
        }
    }
}

/// A batch is no more than its envelopes one after the other.
pub async fn a_batch_arrives_in_its_order(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    listener.subscribe(&[group(1)]).await;
    for size in [1, 2, 256, 1000] {
        let batch: Vec<(Topic, Bytes)> = (0..size).map(|number| (group(1), body(number))).collect();
        publisher.publish_all(&batch).await;
        for number in 0..size {
            listener.expect(group(1), body(number)).await;
        }
    }
}
