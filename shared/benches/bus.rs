//! What the bus costs, in the process and over a Redis of its own: a batch is published and all of it received.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench: what cannot go on panics")]

use bytes::Bytes;
use divan::Bencher;
use divan::counter::ItemsCount;
use shared::bus::memory::MemoryBus;
use shared::bus::redis::RedisBus;
use shared::bus::{Bus, Delivery};
use shared::ids::GroupId;
use shared::redis::Redis;
use shared::topic::Topic;
use std::sync::Arc;
use testkit::{RedisServer, eventually};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const BATCHES: [usize; 3] = [1, 16, 200];

const TOPIC: Topic = Topic::Group(GroupId(7));

/// An envelope of a short message.
const BODY: [u8; 344] = [b'a'; 344];

/// More than any batch.
const QUEUE_BYTES: usize = 16 * 1024 * 1024;

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[divan::bench(args = BATCHES)]
fn memory(bencher: Bencher, batch: usize) {
    there_and_back(bencher, &runtime(), Arc::new(MemoryBus::new()), batch);
}

#[divan::bench(args = BATCHES)]
fn redis(bencher: Bencher, batch: usize) {
    let runtime = runtime();
    let server = runtime.block_on(RedisServer::start());
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let bus = {
        let _inside = runtime.enter();
        RedisBus::new(Redis::open(&server.url()).unwrap(), &tasks, &stop)
    };
    there_and_back(bencher, &runtime, bus, batch);
    stop.cancel();
    tasks.close();
    runtime.block_on(tasks.wait());
}

fn there_and_back(bencher: Bencher, runtime: &Runtime, bus: Arc<dyn Bus>, batch: usize) {
    let _inside = runtime.enter();
    let mut subscriber = bus.open(1, QUEUE_BYTES);
    let mut deliveries = subscriber.deliveries.remove(0);
    let envelopes = vec![(TOPIC, Bytes::from_static(&BODY)); batch];
    runtime.block_on(async {
        let listened = async || subscriber.subscription.subscribe(&[TOPIC]).await.ok();
        eventually("the bus to be there", listened).await;
        eventually("the bus to take something", async || bus.publish(&envelopes[..1]).await.ok()).await;
        while !matches!(deliveries.next().await.expect("the bus is open"), Delivery::Envelope(..)) {}
    });
    bencher.counter(ItemsCount::new(batch)).bench_local(|| {
        runtime.block_on(async {
            bus.publish(&envelopes).await.unwrap();
            for _ in 0..batch {
                let delivery = deliveries.next().await;
                assert!(matches!(delivery, Some(Delivery::Envelope(..))), "{delivery:?}");
            }
        });
    });
}
