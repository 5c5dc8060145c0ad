//! A reader that does not read costs itself a `resync` and then its connection; nobody else notices. Socket
//! buffers are small on both sides, and so are outboxes, so a few hundred messages are more than they hold.

use crate::support::line::dial;
use crate::support::wire::Wire;
use crate::support::world::target;
use crate::support::{Gateway, Person, World, counters, eventually};
use gateway::connection::outbox::OutboxBounds;
use shared::ids::GroupId;
use std::time::Duration;
use testkit::Connection;
use tokio::sync::Mutex;

const BOUNDS: OutboxBounds = OutboxBounds { bytes: 32 * 1024, frames: 64 };
const RESYNCS: &str = "imtt_gap_resyncs_total{cause=\"outbox\"}";
const SLOW: &str = "imtt_slow_consumers_total";
const CLOSED_SLOW: &str = "imtt_ws_disconnects_total{code=\"4408\",side=\"gateway\"}";

/// Counters are the process's, so the tests that compare them take turns.
static COUNTING: Mutex<()> = Mutex::const_new(());

struct Scene {
    world: World,
    gateway: Gateway,
    alice: Person,
    bob: Person,
    group: GroupId,
    alices: Connection,
    bobs: Connection,
    said: usize,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new();
        let (alice, bob) = (world.person("alice"), world.person("bob"));
        let group = world.group(&[&alice, &bob]).await;
        let gateway = world
            .gateway_with_small_buffers(|config| {
                config.outbox = BOUNDS;
                // Slow is the matter here, and not silent.
                config.heartbeat = Duration::from_secs(600);
            })
            .await;
        let alices = gateway.connect(&alice).await;
        let mut bobs = gateway.server.dial().by_query(&bob.token).small_buffers().connect().await;
        bob.name.clone_into(&mut bobs.who);
        Self { world, gateway, alice, bob, group, alices, bobs, said: 0 }
    }

    /// Alice says so many things of a kilobyte and hears each, while bob reads nothing.
    async fn alice_says(&mut self, count: usize) {
        for _ in 0..count {
            let text = format!("{:04}{}", self.said, "x".repeat(1000));
            self.alices.say_acked(target(self.group), &text).await;
            self.alices.expect_message(&text).await;
            self.said += 1;
        }
    }

    /// Alice speaks until bob has been found slow. The sockets' buffers go on taking a little for a while, which lets
    /// his outbox begin anew: so she goes on, and ten seconds pass again.
    async fn until_bob_is_found_slow(&mut self) {
        let slow = counters::value(SLOW);
        eventually("bob is found slow", async || {
            self.alice_says(50).await;
            self.world.clock.advance(Duration::from_secs(2));
            (counters::value(SLOW) > slow).then_some(())
        })
        .await;
    }

    /// How much waits for bob in the gateway.
    fn queued_for_bob(&self) -> usize {
        let connections = self.gateway.node.hub.connections_of(self.bob.id);
        connections.iter().map(|connection| connection.outbox.queued_bytes()).sum()
    }
}

#[tokio::test]
async fn a_reader_that_was_slow_is_told_once_to_compare_and_then_hears_again() {
    let _turn = COUNTING.lock().await;
    let mut scene = Scene::new().await;
    let (resyncs, slow) = (counters::value(RESYNCS), counters::value(SLOW));
    for _ in 0..10 {
        scene.alice_says(50).await;
        assert!(scene.queued_for_bob() <= BOUNDS.bytes, "the outbox keeps its bound");
    }
    assert!(counters::value(RESYNCS) > resyncs, "the premise: it did overflow");

    scene.bobs.expect_event("resync").await;
    scene.alice_says(1).await;
    let last = scene.alices.log.iter().rfind(|event| event["event_type"] == "message").unwrap().clone();
    assert_eq!(scene.bobs.expect_message(last["content"].as_str().unwrap()).await, last, "bob hears again");
    let told = scene.bobs.log.iter().filter(|event| event["event_type"] == "resync").count() as u64;
    assert_eq!(counters::value(RESYNCS), resyncs + told, "once each time that it overflowed");
    assert!(scene.bobs.heard().len() < scene.said, "the premise: something was not sent");
    assert!(scene.bobs.heard().is_sorted(), "and what was sent is in order");

    assert_eq!(scene.alices.heard().len(), scene.said, "the neighbour heard everything");
    assert!(scene.alices.log.iter().all(|event| event["event_type"] != "resync"));
    assert_eq!(counters::value(SLOW), slow);
}

#[tokio::test]
async fn a_reader_that_stays_stuck_is_closed_as_slow() {
    let _turn = COUNTING.lock().await;
    let mut scene = Scene::new().await;
    let (slow, closed) = (counters::value(SLOW), counters::value(CLOSED_SLOW));
    scene.until_bob_is_found_slow().await;
    eventually("bob is closed", async || (counters::value(CLOSED_SLOW) > closed).then_some(())).await;
    assert_eq!(counters::value(SLOW), slow + 1);
    assert!(scene.gateway.node.hub.connections_of(scene.bob.id).is_empty(), "nothing is kept of it");
    assert_eq!(scene.gateway.node.hub.connections_of(scene.alice.id).len(), 1);
    scene.bobs.expect_end().await;
    scene.alice_says(10).await;
    assert_eq!(scene.alices.heard().len(), scene.said);
}

/// Who begins to read within the time that a closing connection has gets the reason.
#[tokio::test]
async fn a_slow_reader_that_reads_in_the_last_moment_learns_why() {
    let _turn = COUNTING.lock().await;
    let mut scene = Scene::new().await;
    scene.until_bob_is_found_slow().await;
    scene.bobs.expect_close(4408).await;
}

/// The same on a stream whose time is set by hand: a second before its time nobody is closed.
#[tokio::test(start_paused = true)]
async fn a_stuck_reader_has_ten_seconds() {
    let _turn = COUNTING.lock().await;
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let node = world.node_with(|config| config.outbox = BOUNDS).await;
    let mut bobs = Wire::over(dial(&world, &node, &bob));
    let long = "x".repeat(16 * 1024);
    // The stream holds 256 KiB, the outbox 32 KiB.
    for _ in 0..40 {
        world.write_to(&alice, &bob, &long).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let is_open = || !node.hub.connections_of(bob.id).is_empty();
    assert!(node.hub.connections_of(bob.id)[0].outbox.stuck_since().is_some(), "the premise");
    world.pass(Duration::from_secs(9)).await;
    assert!(is_open());
    // A turn of the wheel, and what a closing connection has for its last words.
    world.pass(Duration::from_secs(6)).await;
    assert!(!is_open());
    while bobs.next().await.is_some() {}
}
