//! A hole in a group's log is waited for, then fetched once for all members, and past its bound left to them.

use crate::support::api::Call;
use crate::support::{Line, Person, World, seq};
use gateway::node::Node;
use serde_json::json;
use shared::ids::GroupId;
use shared::topic::Topic;
use std::sync::Arc;

struct Scene {
    world: World,
    alice: Person,
    group: GroupId,
    topic: Topic,
    alices: Line,
    _node: Arc<Node>,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new();
        let alice = world.person("alice");
        let group = world.group(&[&alice]).await;
        let node = world.node().await;
        let alices = Line::attached(&world, &node, &alice).await;
        Self { world, alice, group, topic: Topic::Group(group), alices, _node: node }
    }

    async fn say(&self, text: &str) -> i64 {
        self.world.say(&self.alice, self.group, text).await
    }

    /// Says something that the bus loses.
    async fn say_unheard(&self, text: &str) {
        self.world.bus.lose(|_, _| true);
        self.say(text).await;
        self.world.bus.heal();
    }

    async fn expect_texts(&mut self, texts: &[&str]) {
        for text in texts {
            let event = self.alices.next().await;
            assert_eq!(event["content"], *text, "in order: {event}");
        }
    }

    async fn expect_resync(&mut self) {
        let conversation = self.world.api.conversation_of(self.group).0;
        let resync = json!({ "event_type": "resync", "conversations": [conversation] });
        assert_eq!(self.alices.next().await, resync);
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_was_overtaken_is_delivered_in_order_without_a_fetch() {
    let mut scene = Scene::new().await;
    scene.world.bus.hold_back(seq(scene.topic, 2));
    scene.say("first").await;
    scene.say("second").await;
    scene.alices.send_json(&json!({ "event_type": "ping" })).await;
    assert_eq!(scene.alices.next().await["event_type"], "pong", "the second waits for the first");
    scene.world.bus.let_go().await;
    scene.expect_texts(&["first", "second"]).await;
    assert_eq!(scene.world.api.calls(Call::Entries), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_entry_is_fetched_once_for_all_members() {
    let world = World::new();
    let people: Vec<Person> = (0..50).map(|_| world.person("one of many")).collect();
    let group = world.group(&people.iter().collect::<Vec<_>>()).await;
    let node = world.node().await;
    let mut lines = Vec::new();
    for person in &people {
        lines.push(Line::attached(&world, &node, person).await);
    }
    world.bus.lose(|_, _| true);
    world.say(&people[0], group, "lost").await;
    world.bus.heal();
    world.say(&people[0], group, "heard").await;
    for line in &mut lines {
        assert_eq!(line.next().await["content"], "lost");
        assert_eq!(line.next().await["content"], "heard");
        line.expect_silence().await;
    }
    assert_eq!(world.api.calls(Call::Entries), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hole_behind_a_hole_is_filled_as_well() {
    let mut scene = Scene::new().await;
    scene.say_unheard("one").await;
    scene.say("two").await;
    scene.say_unheard("three").await;
    scene.say("four").await;
    scene.expect_texts(&["one", "two", "three", "four"]).await;
    assert_eq!(scene.world.api.calls(Call::Entries), 2);
}

#[tokio::test(start_paused = true)]
async fn a_hole_past_the_bound_is_left_to_the_clients() {
    let mut scene = Scene::new().await;
    scene.world.bus.lose(|_, _| true);
    for nth in 0..257 {
        scene.say(&format!("lost {nth}")).await;
    }
    scene.world.bus.heal();
    scene.say("heard").await;
    scene.expect_resync().await;
    assert_eq!(scene.world.api.calls(Call::Entries), 0);
    scene.say("live again").await;
    scene.expect_texts(&["live again"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_hole_of_exactly_the_bound_is_fetched() {
    let mut scene = Scene::new().await;
    scene.world.bus.lose(|_, _| true);
    let texts: Vec<String> = (0..256).map(|nth| format!("lost {nth}")).collect();
    for text in &texts {
        scene.say(text).await;
    }
    scene.world.bus.heal();
    scene.say("heard").await;
    scene.expect_texts(&texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    scene.expect_texts(&["heard"]).await;
    assert_eq!(scene.world.api.calls(Call::Entries), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hole_that_cannot_be_fetched_is_left_to_the_clients() {
    let mut scene = Scene::new().await;
    scene.world.api.refuse(Call::Entries, true);
    scene.say_unheard("lost").await;
    scene.say("behind it").await;
    scene.expect_resync().await;
    assert!(scene.world.api.calls(Call::Entries) > 1, "it was tried again");
    scene.world.api.refuse(Call::Entries, false);
    scene.say("live again").await;
    scene.expect_texts(&["live again"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_is_never_answered_ends_in_a_resync_too() {
    let mut scene = Scene::new().await;
    scene.world.api.late(Call::Entries);
    scene.say_unheard("lost").await;
    scene.say("behind it").await;
    scene.world.pass(std::time::Duration::from_secs(5)).await;
    scene.expect_resync().await;
}

#[tokio::test(start_paused = true)]
async fn more_than_a_megabyte_is_not_held_behind_a_hole() {
    let mut scene = Scene::new().await;
    scene.world.api.late(Call::Entries);
    scene.say_unheard("lost").await;
    let long = "x".repeat(16 * 1024);
    for _ in 0..64 {
        scene.say(&long).await;
    }
    scene.expect_resync().await;
    scene.say("live again").await;
    scene.alices.expect_message("live again").await;
}

#[tokio::test(start_paused = true)]
async fn an_announced_head_is_a_hole_up_to_it() {
    let mut scene = Scene::new().await;
    scene.say_unheard("one").await;
    scene.say_unheard("two").await;
    scene.world.api.announce_head(scene.group).await;
    scene.expect_texts(&["one", "two"]).await;
    scene.world.api.announce_head(scene.group).await;
    scene.alices.expect_silence().await;
    assert_eq!(scene.world.api.calls(Call::Entries), 1, "a head that is no news fetches nothing");
}
