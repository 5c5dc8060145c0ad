//! The last entry of a conversation, lost in silence: no hole shows it, so the client's `ping` finds it.

use crate::support::{Line, World};
use serde_json::{Value, json};

fn ping(sum: i64) -> Value {
    json!({ "event_type": "ping", "sum": sum })
}

#[tokio::test(start_paused = true)]
async fn a_last_message_lost_on_the_bus_arrives_as_heads_by_ping() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let direct = world.write_to(&bob, &alice, "hi").await;
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    let have = world.api.sum_of(alice.id);

    for is_direct in [true, false] {
        world.bus.lose(|_, _| true);
        let have = world.api.sum_of(alice.id);
        let conversation = if is_direct {
            world.write_to(&bob, &alice, "lost").await
        } else {
            world.say(&bob, group, "lost").await;
            world.api.conversation_of(group)
        };
        world.bus.heal();
        here.expect_silence().await;
        here.send_json(&ping(have)).await;
        assert_eq!(here.next().await["event_type"], "pong");
        let heads = here.next().await;
        assert_eq!(heads["event_type"], "heads");
        let expected = if is_direct { 2 } else { 3 };
        assert_eq!(heads["heads"][conversation.to_string()][0], expected, "{heads}");
        assert_eq!(heads["heads"].as_object().unwrap().len(), 2, "all heads: {heads} of {direct} too");
    }
    assert_eq!(world.api.sum_of(alice.id), have + 2);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_everything_gets_a_pong_and_nothing_else() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    world.group(&[&alice, &bob]).await;
    world.write_to(&bob, &alice, "hi").await;
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    here.send_json(&ping(world.api.sum_of(alice.id))).await;
    assert_eq!(here.next().await, json!({ "event_type": "pong" }));
    here.send_json(&json!({ "event_type": "ping" })).await;
    assert_eq!(here.next().await, json!({ "event_type": "pong" }));
    here.expect_silence().await;
}

/// Both envelopes of the join are lost, so nobody told the gateway to listen to the group.
#[tokio::test(start_paused = true)]
async fn after_a_lost_join_ping_brings_the_live_entries_too() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&bob]).await;
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    let mut bobs = Line::attached(&world, &node, &bob).await;
    world.bus.lose(|_, _| true);
    world.api.join(group, alice.id).await;
    world.bus.heal();
    world.say(&bob, group, "not heard live").await;
    bobs.expect_message("not heard live").await;
    here.expect_silence().await;

    here.send_json(&ping(0)).await;
    let heads = here.expect_event("heads").await;
    assert_eq!(heads["heads"][world.api.conversation_of(group).to_string()][0], 3);
    world.say(&bob, group, "heard live").await;
    here.expect_message("heard live").await;
}

#[tokio::test(start_paused = true)]
async fn an_announced_head_of_a_direct_conversation_comes_as_heads() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    world.bus.lose(|_, _| true);
    let conversation = world.write_to(&bob, &alice, "lost").await;
    world.bus.heal();
    world.api.announce_direct_head(alice.id, bob.id).await;
    let heads = here.next().await;
    assert_eq!(heads, json!({ "event_type": "heads", "heads": { conversation.to_string(): [1, 0, 0] } }));
}
