//! How fast a connection may command. The clock stands still, so that a burst is one however slow the machine is.

use crate::support::World;
use crate::support::line::dial;
use crate::support::wire::{PING, PONG, TEXT, Wire};
use crate::support::world::target;
use gateway::config::CommandRate;
use serde_json::json;
use std::time::Duration;

const RATE: CommandRate = CommandRate { per_second: 20, burst: 40 };

#[tokio::test]
async fn over_the_burst_nothing_is_stored_and_after_the_wait_it_is() {
    let world = World::new();
    let alice = world.person("alice");
    let group = world.group(&[&alice]).await;
    let gateway = world.gateway_with(|config| config.commands = Some(RATE)).await;
    let mut here = gateway.connect(&alice).await;
    for nth in 0..40 {
        here.say_acked(target(group), &format!("{nth}")).await;
    }
    let id = here.say(target(group), "too fast").await;
    let error = here.expect_error("too_fast").await;
    assert_eq!(error["client_message_id"], json!(id));
    let wait = error["retry_after_ms"].as_u64().unwrap();
    assert!((1..=50).contains(&wait), "one command is due in 50 ms at most: {wait}");
    assert_eq!(world.api.texts_of(group).len(), 40);

    world.clock.advance(Duration::from_millis(wait));
    here.say_as(target(group), "too fast", id).await;
    here.expect_ack(id).await;
}

#[tokio::test]
async fn ten_times_over_the_limit_the_connection_is_closed() {
    let world = World::new();
    let alice = world.person("alice");
    let gateway = world.gateway_with(|config| config.commands = Some(RATE)).await;
    let mut here = gateway.connect(&alice).await;
    // What is no event counts as well.
    for _ in 0..400 {
        here.send_text("nonsense").await;
    }
    for _ in 0..400 {
        let code = here.expect_event("error").await["code"].clone();
        assert!(code == "bad_json" || code == "too_fast", "{code}");
    }
    here.send_text("nonsense").await;
    here.expect_close(4429).await;
}

/// Frames of the protocol itself are no commands, but no way to keep a gateway busy either.
#[tokio::test]
async fn who_floods_with_pings_is_closed_as_well() {
    let world = World::new();
    let alice = world.person("alice");
    let node = world.node_with(|config| config.commands = Some(RATE)).await;
    let mut here = Wire::over(dial(&world, &node, &alice));
    assert_eq!(here.next().await.unwrap().opcode, TEXT, "ready");
    for _ in 0..400 {
        here.send(PING, b"").await;
        assert_eq!(here.next().await.unwrap().opcode, PONG);
    }
    here.send(PING, b"").await;
    assert_eq!(here.close_code().await, Some(4429));
}

#[tokio::test]
async fn with_the_limits_off_there_is_none() {
    let world = World::new();
    let alice = world.person("alice");
    let gateway = world.gateway_with(|config| config.commands = None).await;
    let mut here = gateway.connect(&alice).await;
    for _ in 0..1000 {
        here.send_text("nonsense").await;
        assert_eq!(here.next().await["code"], "bad_json");
    }
}
