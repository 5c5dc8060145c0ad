//! What the bus over Redis does when its Redis is killed, stopped, throws it out, or is not there: publishing ends in
//! time, nothing is heard twice, and every loss is told once the link is back.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use bytes::Bytes;
use shared::bus::redis::RedisBus;
use shared::bus::{Bus, BusAway, Deliveries, Delivery, Subscription};
use shared::ids::GroupId;
use shared::redis::Redis;
use shared::topic::Topic;
use std::sync::Arc;
use std::time::Duration;
use testkit::wait::LIMIT;
use testkit::{RedisServer, eventually};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A node with one worker. Its parts end with it.
struct Node {
    bus: Arc<RedisBus>,
    subscription: Arc<dyn Subscription>,
    worker: Deliveries,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Node {
    fn join(server: &RedisServer) -> Self {
        Self::with_queue(server, 64 * 1024 * 1024)
    }

    fn with_queue(server: &RedisServer, bytes: usize) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let redis = Redis::open(&server.url()).unwrap();
        let bus = RedisBus::new(redis, &tasks, &stop);
        let mut subscriber = bus.open(1, bytes);
        let worker = subscriber.deliveries.remove(0);
        Self { bus, subscription: subscriber.subscription, worker, tasks, stop }
    }

    async fn subscribe(&self, topics: &[Topic]) {
        timeout(LIMIT, self.subscription.subscribe(topics)).await.unwrap().unwrap();
    }

    async fn publish(&self, topic: Topic, body: &str) {
        let batch = [(topic, Bytes::copy_from_slice(body.as_bytes()))];
        eventually("the bus takes it", async || self.bus.publish(&batch).await.ok()).await;
    }

    async fn next(&mut self) -> Delivery {
        timeout(2 * LIMIT, self.worker.next()).await.expect("something arrives").expect("the bus is open")
    }

    async fn expect(&mut self, topic: Topic, body: &str) {
        let body = Bytes::copy_from_slice(body.as_bytes());
        assert_eq!(self.next().await, Delivery::Envelope(topic, body));
    }
}

fn group(id: i64) -> Topic {
    Topic::Group(GroupId(id))
}

fn groups(ids: std::ops::RangeInclusive<i64>) -> Vec<Topic> {
    ids.map(group).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_and_an_empty_restart_everything_is_heard_again() {
    let mut server = RedisServer::start().await;
    let mut node = Node::join(&server);
    let topics = groups(1..=2000);
    node.subscribe(&topics).await;
    server.kill();
    server.restart().await;
    assert_eq!(node.next().await, Delivery::Reconnected);
    for topic in [topics[0], topics[511], topics[512], topics[1999]] {
        node.publish(topic, "again").await;
        node.expect(topic, "again").await;
    }
}

/// Longer than the client library tries by itself (6 s): who reconnects with its defaults stays deaf for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reconnecting_never_gives_up_and_what_was_subscribed_meanwhile_is_heard_too() {
    let mut server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    server.kill();
    let down = async || {
        let one = [(group(1), Bytes::from_static(b"lost"))];
        node.bus.publish(&one).await.err()
    };
    assert_eq!(eventually("a publish fails", down).await.failed, [0]);
    assert_eq!(node.subscription.subscribe(&[group(2)]).await, Err(BusAway));
    assert_eq!(node.subscription.unsubscribe(&[group(3)]).await, Ok(()));
    sleep(Duration::from_secs(8)).await;
    server.restart().await;
    assert_eq!(node.next().await, Delivery::Reconnected);
    for topic in [group(1), group(2)] {
        node.publish(topic, "again").await;
        node.expect(topic, "again").await;
    }
}

/// A restart that takes no longer than a moment is not noticed by who subscribes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_subscribes_during_a_short_break_is_confirmed_by_the_next_link() {
    let mut server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    for round in 2..=20 {
        let killed: i64 = server.command(&["CLIENT", "KILL", "TYPE", "pubsub"]).await;
        assert_eq!(killed, 1, "the premise: there is one link");
        node.subscribe(&[group(round)]).await;
        node.publish(group(round), "heard").await;
        // Whether the loss was noticed before or after, the workers are told of it once, and nothing else comes.
        assert_eq!(node.next().await, Delivery::Reconnected);
        node.expect(group(round), "heard").await;
    }
    server.restart().await;
    assert_eq!(node.next().await, Delivery::Reconnected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_starts_before_its_redis_hears_once_it_is_there() {
    let mut server = RedisServer::start().await;
    server.kill();
    let mut node = Node::join(&server);
    assert_eq!(node.subscription.subscribe(&[group(1)]).await, Err(BusAway));
    server.restart().await;
    assert_eq!(node.next().await, Delivery::Reconnected, "who was refused is told that it is heard now");
    node.publish(group(1), "hi").await;
    node.expect(group(1), "hi").await;
}

/// Redis throws out a subscriber that is slow to read, and says so in its own log only. Here it is stopped from being
/// read by a flood that is larger than its smallest buffer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_redis_throws_out_for_its_buffer_is_told_of_the_gap() {
    let server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    let limit = ["CONFIG", "SET", "client-output-buffer-limit", "pubsub 64kb 0 0"];
    server.command::<()>(&limit).await;
    // One write of 256 KiB is past the limit before any of it can be read.
    let large = Bytes::from(vec![7; 256 * 1024]);
    node.bus.publish(&[(group(1), large)]).await.unwrap();
    assert_eq!(node.next().await, Delivery::Reconnected);
    node.publish(group(1), "small").await;
    node.expect(group(1), "small").await;
}

/// A Redis that stands still accepts connections and answers nothing: only a limit on each wait notices.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_stands_still_fails_publishes_in_time_and_is_used_again_after() {
    let server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    node.publish(group(1), "before").await;
    node.expect(group(1), "before").await;
    server.stop();
    let batch: Vec<_> = (0..3).map(|_| (group(1), Bytes::from_static(b"not surely"))).collect();
    let failed = timeout(LIMIT, node.bus.publish(&batch)).await.expect("it ends").unwrap_err();
    assert_eq!(failed.failed, [0, 1, 2]);
    let refused = async || node.subscription.subscribe(&[group(2)]).await.err();
    eventually("subscribing is refused", refused).await;
    server.cont();
    // What was in Redis' socket may still come, before the word that the link was lost, and never after.
    while let Delivery::Envelope(topic, body) = node.next().await {
        assert_eq!((topic, body.as_ref()), (group(1), b"not surely".as_slice()));
    }
    for topic in [group(1), group(2)] {
        node.publish(topic, "after").await;
        loop {
            match node.next().await {
                Delivery::Envelope(of, body) if body == "after" => break assert_eq!(of, topic),
                Delivery::Envelope(_, body) => assert_eq!(body, "not surely"),
                other => assert_eq!(other, Delivery::Reconnected),
            }
        }
    }
}

/// Whoever asks nodes how they are (the proxy, other nodes) gives them a second: a Redis that stands still is
/// everybody's trouble, and must not make every node look dead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_redis_does_not_answer_is_known_at_once() {
    let server = RedisServer::start().await;
    let node = Node::join(&server);
    assert!(node.bus.answers().await, "the premise");
    server.stop();
    for _ in 0..3 {
        let answers = timeout(Duration::from_millis(900), node.bus.answers()).await;
        assert_eq!(answers, Ok(false), "said within the second that it is given");
    }
    server.cont();
    eventually("it answers again", async || node.bus.answers().await.then_some(())).await;
}

/// Nobody asks anything of the link, nothing comes, and nobody closes it: the node has to ask for itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_link_is_given_up_though_nobody_uses_it() {
    let server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    server.stop();
    // No topic, so nothing that would have to be asked of Redis.
    let refused = async || node.subscription.subscribe(&[]).await.err();
    eventually("the silent link is given up", refused).await;
    server.cont();
    assert_eq!(node.next().await, Delivery::Reconnected);
    node.publish(group(1), "hi").await;
    node.expect(group(1), "hi").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_link_is_replaced_and_told_as_lost() {
    let server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    node.subscription.reset();
    assert_eq!(node.next().await, Delivery::Reconnected);
    node.publish(group(1), "hi").await;
    node.expect(group(1), "hi").await;
    let names: i64 = eventually("the old link is gone", async || {
        let told: Vec<redis::Value> = server.command(&["PUBSUB", "NUMSUB", &group(1).to_string()]).await;
        let [_, redis::Value::Int(count)] = told[..] else { panic!("{told:?}") };
        (count == 1).then_some(count)
    })
    .await;
    assert_eq!(names, 1);
}

/// All 512 are confirmed when subscribing returns, not only the first one of the command.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_topic_of_a_full_batch_is_heard_at_once() {
    let server = RedisServer::start().await;
    let (publisher, mut node) = (Node::join(&server), Node::join(&server));
    publisher.publish(group(1), "the link is there").await;
    for round in 0..20 {
        let topics = groups(round * 512 + 1..=(round + 1) * 512);
        node.subscribe(&topics).await;
        publisher.publish(topics[511], "hi").await;
        node.expect(topics[511], "hi").await;
    }
}

/// Two hundred batches are under way at once; in each and from one to the next a topic's order is that of the calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_batches_under_way_keep_the_order_in_which_they_were_given() {
    let server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&groups(1..=7)).await;
    node.publish(group(1), "the link is there").await;
    node.expect(group(1), "the link is there").await;
    let body = |number: usize| Bytes::from(number.to_string());
    let batches: Vec<Vec<_>> = (0..200)
        .map(|batch| (batch * 50..(batch + 1) * 50).map(|n| (group(1 + (n % 7) as i64), body(n))).collect())
        .collect();
    let published = futures_util::future::join_all(batches.iter().map(|batch| node.bus.publish(batch))).await;
    assert!(published.iter().all(Result::is_ok));
    for number in 0..200 * 50 {
        assert_eq!(node.next().await, Delivery::Envelope(group(1 + (number % 7) as i64), body(number)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_ours_on_the_bus_is_passed_over() {
    let server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    server.command::<i64>(&["PUBLISH", "im:{p1}:x:1", "poison"]).await;
    server.command::<i64>(&["PUBLISH", &group(1).to_string(), ""]).await;
    node.expect(group(1), "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_with_a_password_is_let_in_and_nobody_else() {
    let server = RedisServer::start_for("im", "correct-horse").await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    node.publish(group(1), "hi").await;
    node.expect(group(1), "hi").await;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let stranger = Redis::open(&server.url().replace("correct", "wrong")).unwrap();
    assert!(!stranger.answers().await);
    let subscriber = RedisBus::new(stranger, &tasks, &stop).open(1, 1024);
    assert_eq!(subscriber.subscription.subscribe(&[group(1)]).await, Err(BusAway));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_every_task_and_the_deliveries() {
    let server = RedisServer::start().await;
    let mut node = Node::join(&server);
    node.subscribe(&[group(1)]).await;
    node.stop.cancel();
    node.tasks.close();
    timeout(LIMIT, node.tasks.wait()).await.expect("the tasks end");
    assert_eq!(timeout(LIMIT, node.worker.next()).await.expect("the queue ends"), None);
    assert_eq!(node.subscription.subscribe(&[group(2)]).await, Err(BusAway));
}
