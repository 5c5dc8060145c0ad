//! What an api stored and could not publish, and nobody knows: the gateway of whoever wrote it finds out.

use crate::support::api::Call;
use crate::support::world::target;
use crate::support::{Line, World, seq};
use serde_json::json;
use shared::envelope::Kind;
use shared::topic::Topic;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(4);

#[tokio::test(start_paused = true)]
async fn an_acknowledged_entry_that_never_came_over_the_bus_is_fetched_for_everybody_here() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    let mut bobs = Line::attached(&world, &node, &bob).await;
    world.bus.lose(seq(Topic::Group(group), 3));
    alices.send_json(&said(json!({ "group_id": target(group).0 }))).await;
    assert_eq!(alices.expect_event("ack").await["seq"], 3);
    bobs.expect_silence().await;
    world.pass(PATIENCE).await;
    alices.expect_message("stored, and not published").await;
    bobs.expect_message("stored, and not published").await;
}

/// The api died between its commit and its publishing: no other gateway misses anything by itself.
#[tokio::test(start_paused = true)]
async fn who_listens_at_other_gateways_is_told_as_well() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let (node, other) = (world.node().await, world.node().await);
    let mut alices = Line::attached(&world, &node, &alice).await;
    let mut bobs = Line::attached(&world, &other, &bob).await;
    world.bus.lose(|_, header| header.kind == Kind::Entry);
    alices.send_json(&said(json!({ "group_id": target(group).0 }))).await;
    alices.expect_event("ack").await;
    alices.send_json(&said(json!({ "receiver_id": bob.id.0 }))).await;
    let direct = alices.expect_event("ack").await["conversation_id"].to_string();
    world.pass(PATIENCE).await;
    let heads = bobs.expect_event("heads").await["heads"].clone();
    assert_eq!(heads[direct][0], 1);
    assert_eq!(heads[world.api.conversation_of(group).to_string()][0], 3);
}

/// What came over REST no gateway waits for.
#[tokio::test(start_paused = true)]
async fn when_an_api_dies_everybody_compares() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let node = world.node().await;
    let mut bobs = Line::attached(&world, &node, &bob).await;
    world.bus.lose(|_, _| true);
    let direct = world.write_to(&alice, &bob, "stored, and not published").await;
    world.pass(PATIENCE).await;
    bobs.expect_silence().await;
    world.api.lose_a_node();
    world.pass(PATIENCE).await;
    assert_eq!(bobs.expect_event("heads").await["heads"][direct.to_string()][0], 1);
}

#[tokio::test(start_paused = true)]
async fn of_a_direct_one_the_sender_is_told_the_heads() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let direct = world.write_to(&bob, &alice, "hi").await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    world.bus.lose(seq(Topic::User(alice.id), 2));
    alices.send_json(&said(json!({ "receiver_id": bob.id.0 }))).await;
    assert_eq!(alices.expect_event("ack").await["seq"], 2);
    world.pass(PATIENCE).await;
    assert_eq!(alices.expect_event("heads").await["heads"][direct.to_string()][0], 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_heard_in_time_is_not_asked_for_again() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    for to in [json!({ "receiver_id": bob.id.0 }), json!({ "group_id": target(group).0 })] {
        alices.send_json(&said(to)).await;
        alices.expect_event("ack").await;
        alices.expect_message("stored, and not published").await;
    }
    let calls = [Call::Attach, Call::Entries].map(|call| world.api.calls(call));
    world.pass(PATIENCE).await;
    alices.expect_silence().await;
    assert_eq!([Call::Attach, Call::Entries].map(|call| world.api.calls(call)), calls);
}

fn said(mut to: serde_json::Value) -> serde_json::Value {
    to["event_type"] = json!("message");
    to["content"] = json!("stored, and not published");
    to
}
