//! When a connection is over, nothing is kept on its behalf: not even by what was under way when it ended.

use crate::support::api::Call;
use crate::support::{Line, Person, World};
use gateway::node::Node;
use serde_json::json;
use shared::ids::GroupId;
use shared::topic::Topic;
use std::sync::Arc;
use std::time::Duration;

struct Scene {
    world: World,
    node: Arc<Node>,
    alice: Person,
    bob: Person,
    carol: Person,
    group: GroupId,
}

impl Scene {
    /// Alice has talked with bob and with carol, who have a group.
    async fn new() -> Self {
        let world = World::new();
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| world.person(name));
        world.write_to(&alice, &bob, "hi").await;
        world.write_to(&alice, &carol, "hi").await;
        let group = world.group(&[&bob, &carol]).await;
        let node = world.node().await;
        Self { world, node, alice, bob, carol, group }
    }

    async fn alices(&self) -> Line {
        Line::attached(&self.world, &self.node, &self.alice).await
    }

    /// Topics are kept some seconds after their last listener: most come back.
    async fn expect_nothing_left(&self) {
        self.world.pass(Duration::from_secs(10)).await;
        assert_eq!(self.world.bus.listened(), [].into(), "topics that nobody listens to");
        assert_eq!(self.node.hub.groups(), []);
        assert!(self.node.hub.connections_of(self.alice.id).is_empty());
    }
}

fn watch(person: &Person) -> serde_json::Value {
    json!({ "event_type": "watch", "user_ids": [person.id] })
}

#[tokio::test(start_paused = true)]
async fn of_a_connection_that_ended_in_peace() {
    let scene = Scene::new().await;
    scene.world.api.join(scene.group, scene.alice.id).await;
    let mut here = scene.alices().await;
    here.send_json(&watch(&scene.bob)).await;
    here.expect_event("presence").await;
    let listened = [Topic::User(scene.alice.id), Topic::Group(scene.group), Topic::Presence(scene.bob.id)];
    assert_eq!(scene.world.bus.listened(), listened.into(), "the premise");
    drop(here);
    scene.expect_nothing_left().await;
}

#[tokio::test(start_paused = true)]
async fn of_topics_that_were_watched_and_are_no_longer() {
    let scene = Scene::new().await;
    let mut here = scene.alices().await;
    here.send_json(&watch(&scene.bob)).await;
    here.expect_event("presence").await;
    here.send_json(&watch(&scene.carol)).await;
    here.expect_event("presence").await;
    scene.world.pass(Duration::from_secs(10)).await;
    let listened = [Topic::User(scene.alice.id), Topic::Presence(scene.carol.id)];
    assert_eq!(scene.world.bus.listened(), listened.into());
}

/// The look-up of a refresh answers after the connection has ended, and names a group to listen to.
#[tokio::test(start_paused = true)]
async fn of_a_connection_that_ended_while_it_was_looked_up() {
    let scene = Scene::new().await;
    let here = scene.alices().await;
    scene.world.api.late(Call::Attach);
    scene.world.api.join(scene.group, scene.alice.id).await;
    scene.world.api.is_waited_for(Call::Attach).await;
    drop(here);
    scene.world.pass(Duration::from_secs(1)).await;
    scene.world.api.in_time(Call::Attach);
    scene.expect_nothing_left().await;
}

#[tokio::test(start_paused = true)]
async fn of_a_connection_that_ended_while_a_group_was_subscribed_to() {
    let scene = Scene::new().await;
    let here = scene.alices().await;
    scene.world.bus.subscribing.close_after(0);
    scene.world.api.join(scene.group, scene.alice.id).await;
    scene.world.bus.subscribing.is_waited_at().await;
    drop(here);
    scene.world.pass(Duration::from_secs(1)).await;
    scene.world.bus.subscribing.open();
    scene.expect_nothing_left().await;
}

/// The gateway closes the connection while its `watch` waits for the bus.
#[tokio::test(start_paused = true)]
async fn of_a_connection_that_was_closed_in_the_middle_of_a_watch() {
    let scene = Scene::new().await;
    let mut here = scene.alices().await;
    here.send_json(&watch(&scene.bob)).await;
    here.expect_event("presence").await;
    scene.world.bus.subscribing.close_after(0);
    here.send_json(&watch(&scene.carol)).await;
    scene.world.bus.subscribing.is_waited_at().await;
    scene.world.api.log_out(scene.alice.id, scene.alice.session).await;
    here.expect_close(4502).await;
    scene.world.pass(Duration::from_secs(3)).await;
    scene.world.bus.subscribing.open();
    scene.expect_nothing_left().await;
}

/// After a gap those who are watched are read again; meanwhile the connection ends.
#[tokio::test(start_paused = true)]
async fn of_a_connection_that_ended_while_its_watched_were_read_again() {
    let scene = Scene::new().await;
    let mut here = scene.alices().await;
    here.send_json(&watch(&scene.bob)).await;
    here.expect_event("presence").await;
    scene.world.api.late(Call::Watchable);
    scene.world.bus.gap(Topic::Presence(scene.bob.id));
    scene.world.api.is_waited_for(Call::Watchable).await;
    drop(here);
    scene.world.pass(Duration::from_secs(1)).await;
    scene.world.api.in_time(Call::Watchable);
    scene.expect_nothing_left().await;
}
