//! Coming and going: a short absence is nobody's business, a longer one is seen.

use crate::support::{Line, Person, World};
use gateway::node::Node;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const GRACE: Duration = Duration::from_secs(20);

struct Scene {
    world: World,
    here: Arc<Node>,
    there: Arc<Node>,
    bob: Person,
    alices: Line,
}

impl Scene {
    /// Alice watches bob, who is connected nowhere.
    async fn new() -> Self {
        let world = World::new();
        let (alice, bob) = (world.person("alice"), world.person("bob"));
        world.write_to(&alice, &bob, "hi").await;
        let (here, there) = (world.node().await, world.node().await);
        let mut alices = Line::attached(&world, &here, &alice).await;
        alices.send_json(&json!({ "event_type": "watch", "user_ids": [bob.id] })).await;
        assert_eq!(alices.expect_event("presence").await["status"], "offline");
        Self { world, here, there, bob, alices }
    }

    async fn bob_comes(&mut self) -> Line {
        let bobs = Line::attached(&self.world, &self.there, &self.bob).await;
        assert_eq!(self.alices.untaken().await, [self.shown("online")]);
        bobs
    }

    fn shown(&self, status: &str) -> Value {
        json!({ "event_type": "presence", "user_id": self.bob.id, "status": status })
    }
}

#[tokio::test(start_paused = true)]
async fn who_goes_is_seen_as_gone_after_the_grace_and_not_before() {
    let mut scene = Scene::new().await;
    let bobs = scene.bob_comes().await;
    drop(bobs);
    scene.world.pass(GRACE - Duration::from_secs(1)).await;
    scene.alices.expect_silence().await;
    scene.world.pass(Duration::from_secs(3)).await;
    assert_eq!(scene.alices.untaken().await, [scene.shown("offline")]);
    scene.bob_comes().await;
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_within_the_grace_was_never_gone() {
    let mut scene = Scene::new().await;
    let bobs = scene.bob_comes().await;
    drop(bobs);
    scene.world.pass(GRACE - Duration::from_secs(2)).await;
    let _again = Line::attached(&scene.world, &scene.there, &scene.bob).await;
    scene.world.pass(Duration::from_secs(60)).await;
    scene.alices.expect_silence().await;
}

#[tokio::test(start_paused = true)]
async fn who_is_still_connected_to_another_gateway_is_not_gone() {
    let mut scene = Scene::new().await;
    let bobs = scene.bob_comes().await;
    let _elsewhere = Line::attached(&scene.world, &scene.here, &scene.bob).await;
    drop(bobs);
    scene.world.pass(Duration::from_secs(60)).await;
    scene.alices.expect_silence().await;
}

/// What is lost on the bus, a look at the store finds.
#[tokio::test(start_paused = true)]
async fn a_coming_or_going_that_was_not_heard_is_found_by_a_look() {
    let mut scene = Scene::new().await;
    scene.world.bus.lose(|_, _| true);
    let bobs = Line::attached(&scene.world, &scene.there, &scene.bob).await;
    scene.world.pass(Duration::from_secs(7)).await;
    assert_eq!(scene.alices.untaken().await, [scene.shown("online")]);
    drop(bobs);
    scene.world.pass(Duration::from_secs(45)).await;
    assert_eq!(scene.alices.untaken().await, [scene.shown("offline")]);
}

/// Once it was heard that somebody is gone, that is not taken for the wish to be invisible.
#[tokio::test(start_paused = true)]
async fn who_was_heard_to_go_and_not_heard_to_come_back_is_found_by_a_look() {
    let mut scene = Scene::new().await;
    let bobs = scene.bob_comes().await;
    drop(bobs);
    scene.world.pass(Duration::from_secs(30)).await;
    assert_eq!(scene.alices.untaken().await, [scene.shown("offline")]);
    scene.world.bus.lose(|_, _| true);
    let _again = Line::attached(&scene.world, &scene.there, &scene.bob).await;
    scene.world.bus.heal();
    scene.world.pass(Duration::from_secs(10)).await;
    assert_eq!(scene.alices.untaken().await.last(), Some(&scene.shown("online")));
}
