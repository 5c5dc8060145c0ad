//! A connection lives as long as its token and its session, and no longer.

use crate::support::line::dial;
use crate::support::wire::{TEXT, Wire};
use crate::support::{Line, Person, World};
use serde_json::json;
use shared::envelope::Kind;
use shared::token::ACCESS_TOKEN_LIFE;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn renew(line: &Line, token: &str) {
    line.send_json(&json!({ "event_type": "auth", "token": token })).await;
}

fn fresh_token(world: &World, person: &Person) -> String {
    world.tokens.issue(person.id, person.session).unwrap()
}

#[tokio::test(start_paused = true)]
async fn when_the_token_runs_out_the_connection_is_closed() {
    let world = World::new();
    let alice = world.person("alice");
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    world.pass(ACCESS_TOKEN_LIFE - Duration::from_secs(2)).await;
    here.expect_silence().await;
    world.pass(Duration::from_secs(3)).await;
    here.expect_close(4401).await;
}

#[tokio::test(start_paused = true)]
async fn a_fresh_token_of_the_same_session_renews_the_connection() {
    let world = World::new();
    let alice = world.person("alice");
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    world.pass(14 * MINUTE).await;
    renew(&here, &fresh_token(&world, &alice)).await;
    world.pass(14 * MINUTE).await;
    here.expect_silence().await;
    world.pass(2 * MINUTE).await;
    here.expect_close(4401).await;
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_session_or_person_renews_nothing() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let phone = world.second_device(&alice);
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    world.pass(14 * MINUTE).await;
    for other in [&phone, &bob] {
        renew(&here, &fresh_token(&world, other)).await;
        assert_eq!(here.expect_event("error").await["code"], "unauthorized");
    }
    world.write_to(&bob, &alice, "for alice").await;
    here.expect_message("for alice").await;
    world.pass(2 * MINUTE).await;
    here.expect_close(4401).await;
}

#[tokio::test(start_paused = true)]
async fn a_bad_token_on_a_live_connection_closes_it_and_one_that_ran_out_says_so() {
    let world = World::new();
    let alice = world.person("alice");
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    renew(&here, "wrong").await;
    here.expect_close(4501).await;

    // The client refreshed too late: that is no reason never to come back.
    world.pass(10 * MINUTE).await;
    let mut here = Line::attached(&world, &node, &alice).await;
    renew(&here, &fresh_token(&world, &alice)).await;
    world.pass(6 * MINUTE).await;
    renew(&here, &alice.token).await;
    here.expect_close(4401).await;
}

#[tokio::test(start_paused = true)]
async fn a_log_out_closes_the_sessions_connections_on_every_gateway_and_no_others() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let phone = world.second_device(&alice);
    let (here, there) = (world.node().await, world.node().await);
    let mut ended =
        [Line::attached(&world, &here, &alice).await, Line::attached(&world, &there, &alice).await];
    let mut others = [
        Line::attached(&world, &here, &phone).await,
        Line::attached(&world, &there, &phone).await,
        Line::attached(&world, &here, &bob).await,
    ];
    world.api.log_out(alice.id, alice.session).await;
    for line in &mut ended {
        line.expect_close(4502).await;
    }
    for line in &mut others {
        line.expect_silence().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_changed_password_ends_all_sessions_but_the_one_that_changed_it() {
    let world = World::new();
    let alice = world.person("alice");
    let (phone, laptop) = (world.second_device(&alice), world.second_device(&alice));
    let (here, there) = (world.node().await, world.node().await);
    let mut kept = Line::attached(&world, &here, &alice).await;
    let mut ended =
        [Line::attached(&world, &here, &phone).await, Line::attached(&world, &there, &laptop).await];
    world.api.log_out_others(alice.id, alice.session).await;
    for line in &mut ended {
        line.expect_close(4502).await;
    }
    kept.expect_silence().await;
}

/// What the bus did not take is published again for a minute: it says nothing of who logged in meanwhile.
#[tokio::test(start_paused = true)]
async fn an_end_of_other_sessions_that_comes_late_does_not_end_those_that_began_after_it() {
    let world = World::new();
    let alice = world.person("alice");
    let phone = world.second_device(&alice);
    let node = world.node().await;
    let mut phones = Line::attached(&world, &node, &phone).await;
    world.bus.hold_back(|_, header| header.kind == Kind::Control);
    world.api.log_out_others(alice.id, alice.session).await;
    world.pass(Duration::from_secs(1)).await;
    let mut laptops = Line::attached(&world, &node, &world.second_device(&alice)).await;
    world.bus.let_go().await;
    phones.expect_close(4502).await;
    world.pass(Duration::from_secs(1)).await;
    assert!(laptops.untaken().await.iter().all(|event| event["event_type"] == "heads"), "it goes on");
}

/// Somebody who does not read cannot be told that it is over; it is over all the same.
#[tokio::test(start_paused = true)]
async fn after_the_log_out_nothing_more_is_taken_from_a_connection_that_does_not_read() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice]).await;
    let node = world.node().await;
    let mut here = Wire::over(dial(&world, &node, &alice));
    let long = "x".repeat(16 * 1024);
    for _ in 0..20 {
        world.write_to(&bob, &alice, &long).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let say =
        |text: &str| json!({ "event_type": "message", "group_id": group.0, "content": text }).to_string();
    here.send(TEXT, say("before").as_bytes()).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    world.api.log_out(alice.id, alice.session).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    let connections = node.hub.connections_of(alice.id);
    assert!(connections[0].outbox.queued_bytes() > 0, "the premise: the close frame is not out yet");
    here.send(TEXT, say("after").as_bytes()).await;
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(world.api.texts_of(group), ["before"]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_account_closes_all_its_connections() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let phone = world.second_device(&alice);
    let (here, there) = (world.node().await, world.node().await);
    let mut closed =
        [Line::attached(&world, &here, &alice).await, Line::attached(&world, &there, &phone).await];
    let mut bobs = Line::attached(&world, &here, &bob).await;
    world.api.close_account(alice.id).await;
    for line in &mut closed {
        line.expect_close(4503).await;
    }
    bobs.expect_silence().await;
}
