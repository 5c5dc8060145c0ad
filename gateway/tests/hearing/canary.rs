//! A gateway's own message goes the way of people's, and tells when it does not arrive. The only test here whose gateway
//! sends one, so that what the process counts is its own.

use crate::support::api::Call;
use crate::support::{World, counters};
use shared::topic::Topic;
use std::time::Duration;

const ARRIVED: &str = "imtt_canary_roundtrip_seconds_count";
const LAST: &str = "imtt_canary_last_success_timestamp_seconds";
const NOT_HEARD: &str = "imtt_canary_failures_total{step=\"bus\"}";
const NOT_STORED: &str = "imtt_canary_failures_total{step=\"append\"}";

/// How long ago one arrived last, in seconds.
fn age(world: &World) -> i64 {
    world.clock.now().seconds() - i64::try_from(counters::value(LAST)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_canary_is_measured_and_a_bus_that_loses_it_and_an_api_that_is_silent_are_noticed() {
    let world = World::new();
    counters::value(ARRIVED);
    let _node = world.node_with(|config| config.canary = Duration::from_secs(1)).await;
    world.pass(Duration::from_secs(5)).await;
    assert!(
        counters::value(ARRIVED) >= 3 && age(&world) <= 1,
        "{} {}",
        counters::value(ARRIVED),
        age(&world)
    );

    world.bus.lose(|topic, _| matches!(topic, Topic::User(user) if user.is_canary()));
    world.pass(Duration::from_secs(30)).await;
    assert!(counters::value(NOT_HEARD) >= 2 && counters::value(NOT_STORED) == 0);
    assert!(age(&world) >= 29, "{}", age(&world));
    world.bus.heal();
    world.pass(Duration::from_secs(15)).await;
    assert!(age(&world) <= 1, "{}", age(&world));

    let not_heard = counters::value(NOT_HEARD);
    world.api.late(Call::Append);
    world.pass(Duration::from_secs(30)).await;
    assert!(counters::value(NOT_STORED) >= 2 && counters::value(NOT_HEARD) == not_heard);
    assert!(age(&world) >= 29, "{}", age(&world));
}
