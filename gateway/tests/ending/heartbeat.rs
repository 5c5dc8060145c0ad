//! Who does not answer is not there.

use crate::support::line::dial;
use crate::support::wire::{CLOSE, PING, TEXT, Wire};
use crate::support::{Line, World};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_closed_after_two_pings_and_one_that_answers_is_not() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let node = world.node_with(|config| config.heartbeat = Duration::from_secs(10)).await;
    let mut answers = Line::attached(&world, &node, &alice).await;
    let mut silent = Wire::over(dial(&world, &node, &bob));
    // Three pings are due within 24 to 36 s, give or take a turn of the wheel.
    world.pass(Duration::from_secs(23)).await;
    assert_eq!(node.hub.connections_of(bob.id).len(), 1, "two misses are allowed");
    world.pass(Duration::from_secs(15)).await;
    assert!(node.hub.connections_of(bob.id).is_empty());
    let mut frames = Vec::new();
    while let Some(frame) = silent.next().await {
        frames.push(frame);
    }
    assert_eq!(frames.iter().map(|frame| frame.opcode).collect::<Vec<_>>(), [TEXT, PING, PING, CLOSE]);
    assert_eq!(frames[3].close_code(), Some(4407));

    world.pass(Duration::from_secs(200)).await;
    answers.expect_silence().await;
}

/// Whatever a client says shows that it is there.
#[tokio::test(start_paused = true)]
async fn a_client_that_talks_need_not_answer_pings() {
    let world = World::new();
    let alice = world.person("alice");
    let node = world.node_with(|config| config.heartbeat = Duration::from_secs(10)).await;
    let mut here = Wire::over(dial(&world, &node, &alice));
    for _ in 0..20 {
        world.pass(Duration::from_secs(10)).await;
        here.send(TEXT, br#"{"event_type":"ping"}"#).await;
    }
    assert_eq!(node.hub.connections_of(alice.id).len(), 1);
}
