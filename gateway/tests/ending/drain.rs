//! A planned stop: everybody is told, what is under way is answered, nobody new is taken.

use crate::support::api::Call;
use crate::support::line::dial;
use crate::support::wire::Wire;
use crate::support::world::target;
use crate::support::{Line, World, eventually};
use gateway::shutdown;
use serde_json::json;
use shared::presence::Presence;
use shared::serve::health::Checked;
use shared::topic::Topic;
use std::time::Duration;
use tokio::time::{Instant, timeout};

#[tokio::test]
async fn a_drain_answers_what_is_under_way_closes_everybody_and_takes_nobody() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let gateway = world.gateway_with(|config| config.drain = Duration::from_millis(100)).await;
    let mut alices = gateway.connect(&alice).await;
    let mut bobs = gateway.connect(&bob).await;
    let ready = async || gateway.node.health().await.faults.is_empty().then_some(());
    eventually("the gateway to be ready", ready).await;

    world.api.late(Call::Append);
    let id = alices.say(target(group), "the last word").await;
    world.api.is_waited_for(Call::Append).await;
    let draining = tokio::spawn({
        let node = gateway.node.clone();
        async move { shutdown::drain(&node).await }
    });
    for connection in [&mut alices, &mut bobs] {
        let told = connection.expect_event("drain").await;
        assert!(told["reconnect_in_ms"].as_u64().unwrap() <= 100);
    }
    bobs.expect_close(1012).await;
    assert!(!gateway.node.health().await.faults.is_empty(), "not ready");
    let refusal = gateway.server.dial().by_query(&bob.token).open().await.unwrap_err();
    assert_eq!((refusal.status, &refusal.body["error"]["code"]), (503, &json!("unavailable")));

    world.api.in_time(Call::Append);
    alices.expect_ack(id).await;
    alices.expect_close(1012).await;
    timeout(Duration::from_secs(10), draining).await.expect("the drain ends").unwrap();
    // On their way to another gateway: whoever begins to watch them there must not be told that they are gone.
    assert_eq!(world.presence.online(&[alice.id, bob.id]).await, Ok(vec![true, true]));
}

/// The api never answers: who waits is told to send it again, and the stop does not wait for ever.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_answered_is_unavailable_and_the_drain_ends() {
    let world = World::new();
    let alice = world.person("alice");
    let group = world.group(&[&alice]).await;
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    world.api.late(Call::Append);
    let id = here.say(group.0, "hello?").await;
    world.api.is_waited_for(Call::Append).await;
    let began = Instant::now();
    shutdown::drain(&node).await;
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    let error = here.expect_event("error").await;
    assert_eq!((&error["code"], &error["client_message_id"]), (&json!("unavailable"), &json!(id)));
    here.expect_close(1012).await;
}

#[tokio::test(start_paused = true)]
async fn connections_are_closed_over_the_window() {
    let world = World::new();
    let node = world.node_with(|config| config.drain = Duration::from_secs(10)).await;
    let mut lines = Vec::new();
    for _ in 0..10 {
        lines.push(Line::attached(&world, &node, &world.person("one of ten")).await);
    }
    let began = Instant::now();
    let draining = tokio::spawn({
        let node = node.clone();
        async move { shutdown::drain(&node).await }
    });
    let closings = lines.into_iter().map(|mut line| async move {
        let told = line.expect_event("drain").await;
        line.expect_close(1012).await;
        (told["reconnect_in_ms"].as_u64().unwrap(), began.elapsed().as_secs())
    });
    let ends = futures_util::future::join_all(closings).await;
    // A client waits as long as it was told, also when it is closed before: that would be a time without a line.
    assert!(
        ends.iter().all(|(wait, at)| wait / 1000 == *at),
        "each is closed when it was told to come back: {ends:?}"
    );
    let mut seconds: Vec<u64> = ends.iter().map(|(_, at)| *at).collect();
    seconds.sort_unstable();
    assert_eq!(seconds, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    draining.await.unwrap();
}

/// Whoever was upgraded and not yet attached when the drain began must not stay behind.
#[tokio::test(start_paused = true)]
async fn who_is_being_attached_when_the_drain_begins_is_sent_away_as_well() {
    let world = World::new();
    let alice = world.person("alice");
    let node = world.node().await;
    world.api.late(Call::Attach);
    let mut attaching = Line::open(&world, &node, &alice);
    world.api.is_waited_for(Call::Attach).await;
    let draining = tokio::spawn({
        let node = node.clone();
        async move { shutdown::drain(&node).await }
    });
    eventually("the drain has begun", async || (!node.health().await.faults.is_empty()).then_some(())).await;
    world.api.in_time(Call::Attach);
    attaching.expect_close(1012).await;
    let mut late = Wire::over(dial(&world, &node, &alice));
    assert_eq!(late.close_code().await, Some(1012));
    draining.await.unwrap();
}

/// Who is sent away before anything was listened to has nothing to give back: the topic is the other connection's.
#[tokio::test(start_paused = true)]
async fn who_comes_too_late_does_not_take_the_topic_of_those_who_still_wait() {
    let world = World::new();
    let alice = world.person("alice");
    let node = world.node_with(|config| config.drain = Duration::from_secs(20)).await;
    let _first = Line::attached(&world, &node, &alice).await;
    let _second = Line::attached(&world, &node, &alice).await;
    let draining = tokio::spawn({
        let node = node.clone();
        async move { shutdown::drain(&node).await }
    });
    eventually("the drain has begun", async || (!node.health().await.faults.is_empty()).then_some(())).await;
    let mut late = Wire::over(dial(&world, &node, &alice));
    assert_eq!(late.close_code().await, Some(1012));
    world.pass(Duration::from_secs(8)).await;
    let open = node.hub.connections_of(alice.id);
    assert_eq!(
        open.iter().filter(|connection| connection.outbox.closing().is_none()).count(),
        1,
        "the premise"
    );
    assert!(world.bus.listened().contains(&Topic::User(alice.id)), "one of the two still hears");
    draining.await.unwrap();
}
