//! What a gateway does when the bus says that something may have been lost.

use crate::support::api::Call;
use crate::support::{Line, World};
use serde_json::json;
use shared::event::Status;
use shared::topic::Topic;

/// After a torn link everything that this gateway holds is looked up again: heads, memberships, sessions.
#[tokio::test(start_paused = true)]
async fn after_a_torn_link_clients_are_told_the_heads_and_ended_sessions_are_closed() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice"), world.person("bob"), world.person("carol"));
    let group = world.group(&[&alice, &bob, &carol]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    let mut bobs = Line::attached(&world, &node, &bob).await;
    let mut carols = Line::attached(&world, &node, &carol).await;

    world.bus.lose(|_, _| true);
    world.api.log_out_unheard(bob.session);
    world.say(&alice, group, "lost").await;
    world.api.leave(group, carol.id).await;
    let direct = world.write_to(&carol, &alice, "lost as well").await;
    world.bus.heal();
    alices.expect_silence().await;
    world.bus.tear();

    let heads = alices.expect_event("heads").await;
    assert_eq!(heads["heads"][world.api.conversation_of(group).to_string()][0], 5);
    assert_eq!(heads["heads"][direct.to_string()][0], 1);
    bobs.expect_close(4502).await;
    let heads = carols.expect_event("heads").await;
    assert!(heads["heads"].get(world.api.conversation_of(group).to_string()).is_none(), "{heads}");

    world.say(&alice, group, "live again").await;
    alices.expect_message("live again").await;
    assert!(!carols.untaken().await.iter().any(|event| event["content"] == "live again"));
}

#[tokio::test(start_paused = true)]
async fn while_no_api_answers_the_look_up_goes_on_until_one_does() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    let mut bobs = Line::attached(&world, &node, &bob).await;
    world.api.log_out_unheard(bob.session);
    world.api.refuse(Call::Attach, true);
    world.bus.tear();
    world.pass(std::time::Duration::from_secs(30)).await;
    alices.expect_silence().await;
    world.api.refuse(Call::Attach, false);
    alices.expect_event("heads").await;
    bobs.expect_close(4502).await;
}

#[tokio::test(start_paused = true)]
async fn a_gapped_group_is_compared_and_what_was_lost_is_delivered() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    let mut bobs = Line::attached(&world, &node, &bob).await;
    world.bus.lose(|_, _| true);
    world.say(&alice, group, "for both").await;
    world.api.leave(group, bob.id).await;
    world.say(&alice, group, "for alice").await;
    world.bus.heal();
    world.bus.gap(Topic::Group(group));
    alices.expect_message("for both").await;
    alices.expect_message("for alice").await;
    assert!(!bobs.untaken().await.iter().any(|event| event["content"] == "for alice"));
}

#[tokio::test(start_paused = true)]
async fn a_gapped_user_is_told_the_heads() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    let mut bobs = Line::attached(&world, &node, &bob).await;
    world.bus.lose(|_, _| true);
    let direct = world.write_to(&bob, &alice, "lost").await;
    world.bus.heal();
    world.bus.gap(Topic::User(alice.id));
    let heads = alices.expect_event("heads").await;
    assert_eq!(heads["heads"][direct.to_string()][0], 1);
    bobs.expect_silence().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_gap_those_who_are_watched_are_read_again() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    world.write_to(&alice, &bob, "hi").await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    let _bobs = Line::attached(&world, &node, &bob).await;
    alices.send_json(&json!({ "event_type": "watch", "user_ids": [bob.id] })).await;
    assert_eq!(alices.expect_event("presence").await["status"], "online");
    world.bus.lose(|_, _| true);
    world.choose(&bob, Status::Away).await;
    world.bus.heal();
    world.bus.gap(Topic::Presence(bob.id));
    assert_eq!(alices.expect_event("presence").await["status"], "away");
}

/// A topic that could not be subscribed to when it was first wanted is subscribed to when the bus is back: it
/// must not pass for subscribed because it was asked for once.
#[tokio::test(start_paused = true)]
async fn a_group_joined_while_the_bus_was_away_is_listened_to_when_it_is_back() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&bob]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    world.bus.be_away(true);
    world.api.join(group, alice.id).await;
    world.pass(std::time::Duration::from_secs(5)).await;
    assert!(!world.bus.listened().contains(&Topic::Group(group)));
    world.bus.be_away(false);
    world.pass(std::time::Duration::from_secs(5)).await;
    alices.expect_event("heads").await;
    assert!(world.bus.listened().contains(&Topic::Group(group)));
    world.say(&bob, group, "heard live").await;
    alices.expect_message("heard live").await;
}
