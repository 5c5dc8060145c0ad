//! `watch`: the state as it is, and then its changes, of those with whom one shares a conversation.

use crate::support::api::Call;
use crate::support::{Line, Person, World};
use serde_json::{Value, json};
use shared::event::Status;
use std::time::Duration;

fn watch(people: &[&Person]) -> Value {
    let user_ids: Vec<_> = people.iter().map(|person| person.id).collect();
    json!({ "event_type": "watch", "user_ids": user_ids })
}

fn presence(person: &Person, status: &str) -> Value {
    json!({ "event_type": "presence", "user_id": person.id, "status": status })
}

#[tokio::test(start_paused = true)]
async fn a_watch_is_answered_with_the_state_of_those_whom_one_may_watch() {
    let world = World::new();
    let [alice, bob, carol, stranger] =
        ["alice", "bob", "carol", "a stranger"].map(|name| world.person(name));
    world.write_to(&alice, &bob, "hi").await;
    world.group(&[&alice, &carol]).await;
    let (here, there) = (world.node().await, world.node().await);
    let mut alices = Line::attached(&world, &here, &alice).await;
    let _bobs = Line::attached(&world, &there, &bob).await;
    let _strangers = Line::attached(&world, &there, &stranger).await;
    alices.send_json(&watch(&[&bob, &carol, &stranger])).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "online"), presence(&carol, "offline")]);
}

#[tokio::test(start_paused = true)]
async fn who_connects_is_seen_at_once_and_only_once() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    world.write_to(&alice, &bob, "hi").await;
    let (here, there) = (world.node().await, world.node().await);
    let mut alices = Line::attached(&world, &here, &alice).await;
    alices.send_json(&watch(&[&bob])).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "offline")]);
    let _phone = Line::attached(&world, &there, &bob).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "online")]);
    let _laptop = Line::attached(&world, &here, &bob).await;
    world.pass(Duration::from_secs(60)).await;
    alices.expect_silence().await;
}

#[tokio::test(start_paused = true)]
async fn away_and_invisible_are_shown_as_chosen() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    world.write_to(&alice, &bob, "hi").await;
    let (here, there) = (world.node().await, world.node().await);
    let mut alices = Line::attached(&world, &here, &alice).await;
    let _bobs = Line::attached(&world, &there, &bob).await;
    alices.send_json(&watch(&[&bob])).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "online")]);
    for (choice, shown) in [(Status::Away, "away"), (Status::Offline, "offline")] {
        world.choose(&bob, choice).await;
        assert_eq!(alices.untaken().await, [presence(&bob, shown)]);
        // What the looks find does not undo it.
        world.pass(Duration::from_secs(60)).await;
        alices.expect_silence().await;
    }
    // Nor does a second device, nor watching anew.
    let _laptop = Line::attached(&world, &here, &bob).await;
    alices.expect_silence().await;
    alices.send_json(&watch(&[&bob])).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "offline")]);
    world.choose(&bob, Status::Online).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "online")]);
}

#[tokio::test(start_paused = true)]
async fn a_new_watch_takes_the_place_of_the_one_before() {
    let world = World::new();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| world.person(name));
    world.group(&[&alice, &bob, &carol]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    alices.send_json(&watch(&[&bob])).await;
    alices.send_json(&watch(&[&carol])).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "offline"), presence(&carol, "offline")]);
    let _bobs = Line::attached(&world, &node, &bob).await;
    let _carols = Line::attached(&world, &node, &carol).await;
    assert_eq!(alices.untaken().await, [presence(&carol, "online")]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_cannot_be_asked_for_is_unavailable_and_the_one_before_goes_on() {
    let world = World::new();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| world.person(name));
    world.group(&[&alice, &bob, &carol]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    alices.send_json(&watch(&[&bob])).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "offline")]);
    world.api.refuse(Call::Watchable, true);
    alices.send_json(&watch(&[&carol])).await;
    assert_eq!(alices.expect_event("error").await["code"], "unavailable");
    world.api.refuse(Call::Watchable, false);
    world.bus.be_away(true);
    alices.send_json(&watch(&[&carol])).await;
    assert_eq!(alices.expect_event("error").await["code"], "unavailable");
    world.bus.be_away(false);
    let _bobs = Line::attached(&world, &node, &bob).await;
    assert_eq!(alices.untaken().await, [presence(&bob, "online")]);
}

/// A gap has those who are watched read again; a `watch` that comes meanwhile is newer, and counts.
#[tokio::test(start_paused = true)]
async fn reading_again_after_a_gap_does_not_bring_back_an_older_watch() {
    let world = World::new();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| world.person(name));
    world.group(&[&alice, &bob, &carol]).await;
    let node = world.node().await;
    let mut alices = Line::attached(&world, &node, &alice).await;
    alices.send_json(&watch(&[&bob])).await;
    alices.expect_event("presence").await;
    world.api.late(Call::Watchable);
    world.bus.gap(shared::topic::Topic::Presence(bob.id));
    world.api.is_waited_for(Call::Watchable).await;
    alices.send_json(&watch(&[&carol])).await;
    alices.untaken().await;
    world.api.in_time(Call::Watchable);
    alices.untaken().await;
    let _bobs = Line::attached(&world, &node, &bob).await;
    let _carols = Line::attached(&world, &node, &carol).await;
    assert_eq!(alices.untaken().await, [presence(&carol, "online")]);
}
