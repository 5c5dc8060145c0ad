//! Fail closed: while it is not known who is a member, nobody sees what was written since.

use crate::support::api::Call;
use crate::support::{Line, Person, World, counters};
use gateway::node::Node;
use shared::ids::GroupId;
use std::sync::Arc;

struct Scene {
    world: World,
    alice: Person,
    group: GroupId,
    alices: Line,
    bobs: Line,
    _node: Arc<Node>,
}

/// Alice and bob are attached, bob has left, and the bus has lost every word of it.
async fn bob_left_unheard() -> Scene {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let node = world.node().await;
    let alices = Line::attached(&world, &node, &alice).await;
    let bobs = Line::attached(&world, &node, &bob).await;
    world.bus.lose(|_, _| true);
    world.api.leave(group, bob.id).await;
    world.bus.heal();
    Scene { world, alice, group, alices, bobs, _node: node }
}

fn is_message(text: &'static str) -> impl Fn(&serde_json::Value) -> bool {
    move |event| event["event_type"] == "message" && event["content"] == text
}

#[tokio::test(start_paused = true)]
async fn what_was_written_since_is_withheld_and_the_members_are_told_to_compare() {
    let mut scene = bob_left_unheard().await;
    let withheld = counters::value("imtt_hub_withheld_total");
    scene.world.api.refuse(Call::Rosters, true);
    scene.world.say(&scene.alice, scene.group, "secret").await;
    let conversation = scene.world.api.conversation_of(scene.group).0;
    for line in [&mut scene.alices, &mut scene.bobs] {
        let resync = line.expect_event("resync").await;
        assert_eq!(resync["conversations"], serde_json::json!([conversation]));
        assert!(!line.untaken().await.iter().any(is_message("secret")), "nobody sees it");
    }
    assert!(counters::value("imtt_hub_withheld_total") > withheld);

    // The premise: as soon as it is known who is a member, they hear again.
    scene.world.api.refuse(Call::Rosters, false);
    scene.world.say(&scene.alice, scene.group, "for members").await;
    scene.alices.expect_message("for members").await;
    scene.bobs.expect_silence().await;
}

#[tokio::test(start_paused = true)]
async fn an_api_that_does_not_answer_is_given_up_within_five_seconds() {
    let mut scene = bob_left_unheard().await;
    scene.world.api.late(Call::Rosters);
    scene.world.say(&scene.alice, scene.group, "secret").await;
    scene.world.pass(std::time::Duration::from_secs(5)).await;
    for line in [&mut scene.alices, &mut scene.bobs] {
        line.expect_event("resync").await;
        assert!(!line.untaken().await.iter().any(is_message("secret")));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_older_than_the_entry_is_asked_for_again() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    let mut bobs = Line::attached(&world, &node, &bob).await;
    world.api.be_behind(group, 2);
    world.bus.lose(|_, _| true);
    world.api.leave(group, bob.id).await;
    world.bus.heal();
    let asked = world.api.calls(Call::Rosters);
    world.say(&alice, group, "for members").await;
    alices.expect_message("for members").await;
    assert_eq!(world.api.calls(Call::Rosters) - asked, 3, "two old answers, and a new one");
    assert!(!bobs.untaken().await.iter().any(is_message("for members")));
}

/// What waits for the members also waits behind one that is slow to be learnt, and keeps its order.
#[tokio::test(start_paused = true)]
async fn while_the_members_are_asked_for_nothing_overtakes() {
    let mut scene = bob_left_unheard().await;
    scene.world.api.late(Call::Rosters);
    for text in ["one", "two", "three"] {
        scene.world.say(&scene.alice, scene.group, text).await;
    }
    scene.world.api.is_waited_for(Call::Rosters).await;
    scene.alices.expect_silence().await;
    scene.world.api.in_time(Call::Rosters);
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let event = scene.alices.next().await;
        if event["message_type"] == "text" {
            heard.push(event["content"].clone());
        }
    }
    assert_eq!(heard, ["one", "two", "three"]);
    assert!(!scene.bobs.untaken().await.iter().any(|event| event["message_type"] == "text"));
}
