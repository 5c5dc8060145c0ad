//! While nodes are updated, newer ones publish what older ones hear: with a version, flags and fields that those do not
//! know. Everything of it arrives.

use crate::support::bus::Fate;
use crate::support::world::target;
use crate::support::{World, eventually};
use shared::bus::Bus;
use shared::bus::memory::MemoryBus;
use shared::bus::redis::RedisBus;
use shared::redis::Redis;
use std::sync::Arc;
use testkit::RedisServer;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const FIELD: &str = "a_field_of_the_next_release";

async fn all_of_it_arrives_over(bus: Arc<dyn Bus>) {
    let world = World::on(bus);
    let (alice, bob, carol) = (world.person("alice"), world.person("bob"), world.person("carol"));
    let group = world.group(&[&alice, &bob]).await;
    world.bus.let_be(Fate::Newer, |_, _| true);
    // It hears itself, too: it would not come to be ready otherwise.
    let gateway = world.gateway().await;
    let (mut bobs, mut carols) = (gateway.connect(&bob).await, gateway.connect(&carol).await);

    world.write_to(&alice, &bob, "to bob").await;
    assert!(
        bobs.expect_message("to bob").await[FIELD].is_object(),
        "the premise: it was of the next release"
    );
    world.say(&alice, group, "to the group").await;
    bobs.expect_message("to the group").await;

    // Flags that are known keep their meaning: who joins hears what follows, and who leaves does not.
    world.api.join(group, carol.id).await;
    carols.expect_event("heads").await;
    world.say(&alice, group, "welcome").await;
    carols.expect_message("welcome").await;
    world.api.leave(group, bob.id).await;
    world.say(&alice, group, "without bob").await;
    carols.expect_message("without bob").await;

    let mut alices = gateway.connect(&alice).await;
    carols.say_acked(target(group), "from carol").await;
    alices.expect_message("from carol").await;
    carols.send_json(&serde_json::json!({ "event_type": "typing", "group_id": group })).await;
    assert!(alices.expect_event("typing").await[FIELD].is_object());

    world.write_to(&alice, &bob, "the last to bob").await;
    bobs.expect_message("the last to bob").await;
    let heard: Vec<String> = bobs.heard().into_iter().map(str::to_owned).collect();
    assert!(!heard.iter().any(|text| text == "without bob"), "{heard:?}");
    world.api.log_out(bob.id, bob.session).await;
    bobs.expect_close(4502).await;
    eventually("the gateway hears itself", async || {
        shared::serve::health::Checked::health(&*gateway.node).await.faults.is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_newer_release_publishes_arrives_in_one_process() {
    all_of_it_arrives_over(Arc::new(MemoryBus::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_newer_release_publishes_arrives_over_redis() {
    let server = RedisServer::start().await;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let bus = RedisBus::new(Redis::open(&server.url()).unwrap(), &tasks, &stop);
    all_of_it_arrives_over(bus).await;
    stop.cancel();
}
