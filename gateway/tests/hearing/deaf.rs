//! A gateway that hears nothing over a bus that takes what it says finds out by its own word, and says so.

use crate::support::World;
use shared::serve::health::Checked;
use shared::topic::Topic;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_gateway_that_does_not_hear_itself_is_not_ready_until_it_does() {
    let world = World::new();
    world.bus.lose(|topic, _| matches!(topic, Topic::Node(_)));
    let node = world.node().await;
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(node.health().await.faults.len(), 1, "it has not attached yet");
    world.bus.heal();
    world.pass(Duration::from_secs(2)).await;
    assert!(node.health().await.faults.is_empty());
    let resets = world.bus.resets();

    world.bus.lose(|topic, _| matches!(topic, Topic::Node(_)));
    world.pass(Duration::from_secs(6)).await;
    assert!(node.health().await.faults.is_empty(), "a new link has its time");
    assert!(world.bus.resets() > resets, "a new link was asked for");
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(node.health().await.faults.len(), 1, "deaf, and it says so");
    world.bus.heal();
    world.pass(Duration::from_secs(2)).await;
    assert!(node.health().await.faults.is_empty());
}
