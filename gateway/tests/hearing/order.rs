//! One order for everybody, on every gateway, whatever the bus repeats.

use crate::support::World;
use crate::support::bus::Fate;
use crate::support::world::target;
use serde_json::Value;
use shared::envelope::Kind;
use shared::topic::Topic;
use std::collections::BTreeSet;
use testkit::{Connection, Group};

const EACH: usize = 100;

/// The places in the order of arrival, without those that were heard before.
fn places(log: &[Value]) -> Vec<i64> {
    let mut heard = BTreeSet::new();
    let messages = log.iter().filter(|event| event["event_type"] == "message");
    messages.map(|message| message["seq"].as_i64().unwrap()).filter(|seq| heard.insert(*seq)).collect()
}

async fn hear_through(connection: &mut Connection, last: i64) {
    connection
        .expect("the last entry", |event| event["event_type"] == "message" && event["seq"] == last)
        .await;
}

async fn say_all(mut connection: Connection, group: Group, name: &str) -> Connection {
    let mut ids = Vec::new();
    for nth in 0..EACH {
        ids.push(connection.say(group, &format!("{name} {nth:03}")).await);
    }
    for id in ids {
        connection.expect_ack(id).await;
    }
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_senders_on_two_gateways_are_heard_by_everybody_in_one_order() {
    let world = World::new();
    let people = ["alice", "bob", "carol", "dave", "eve"].map(|name| world.person(name));
    let group = world.group(&people.each_ref()).await;
    let before = world.api.last_seq(group);
    world.bus.let_be(Fate::Repeated, |_, header| header.kind == Kind::Entry && header.seq % 5 == 0);
    let (here, there) = (world.gateway().await, world.gateway().await);

    let [alice, bob, carol, dave, eve] = &people;
    let (mut dave, mut eve) = (here.connect(dave).await, there.connect(eve).await);
    let (alice, bob, carol) =
        (here.connect(alice).await, there.connect(bob).await, there.connect(carol).await);
    let group_here = target(group);
    let (mut alice, mut bob, mut carol) = tokio::join!(
        say_all(alice, group_here, "alice"),
        say_all(bob, group_here, "bob"),
        say_all(carol, group_here, "carol"),
    );

    let last = before + 3 * EACH as i64;
    assert_eq!(world.api.last_seq(group), last);
    for connection in [&mut alice, &mut bob, &mut carol, &mut dave, &mut eve] {
        hear_through(connection, last).await;
        assert_eq!(places(&connection.log), (before + 1..=last).collect::<Vec<_>>(), "{}", connection.who);
    }
    let stored = world.api.texts_of(group);
    for name in ["alice", "bob", "carol"] {
        let theirs: Vec<_> = stored.iter().filter(|text| text.starts_with(name)).collect();
        assert!(theirs.is_sorted() && theirs.len() == EACH, "{name} is heard in the order of saying");
    }
    for (connection, name) in [(&alice, "alice"), (&bob, "bob"), (&carol, "carol")] {
        let acks = connection.log.iter().filter(|event| event["event_type"] == "ack");
        let places: BTreeSet<i64> = acks.map(|ack| ack["seq"].as_i64().unwrap()).collect();
        assert_eq!(places.len(), EACH, "{name} has an ack for each, at a place of its own");
    }
}

#[tokio::test]
async fn a_direct_message_is_heard_by_all_devices_of_both() {
    let world = World::new();
    let (alice, bob, mallory) = (world.person("alice"), world.person("bob"), world.person("mallory"));
    let (here, there) = (world.gateway().await, world.gateway().await);
    let mut phone = here.connect(&alice).await;
    let mut laptop = there.connect(&world.second_device(&alice)).await;
    let mut bobs = there.connect(&bob).await;
    let mut mallorys = there.connect(&mallory).await;
    phone.say_acked(testkit::people::Target::User(bob.id.0), "hi").await;
    for connection in [&mut phone, &mut laptop, &mut bobs] {
        let heard = connection.expect_message("hi").await;
        assert_eq!(
            (heard["user_id"].as_i64(), heard["receiver_id"].as_i64()),
            (Some(alice.id.0), Some(bob.id.0))
        );
    }
    mallorys.expect_silence().await;
}

/// More than the hub hands on in one go.
#[tokio::test]
async fn of_hundreds_that_come_at_once_none_is_left_out() {
    const MANY: usize = 300;
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (here, there) = (world.gateway().await, world.gateway().await);
    let mut alices = here.connect(&alice).await;
    let mut bobs = there.connect(&bob).await;
    let to_bob = Topic::User(bob.id);
    world.bus.let_be(Fate::HeldBack, move |topic, header| topic == to_bob && header.kind == Kind::Entry);
    for nth in 0..MANY {
        alices.say_acked(testkit::people::Target::User(bob.id.0), &format!("nth {nth}")).await;
    }
    world.bus.let_go().await;
    hear_through(&mut bobs, MANY as i64).await;
    assert_eq!(places(&bobs.log), (1..=MANY as i64).collect::<Vec<_>>());
}
