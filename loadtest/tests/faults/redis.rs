//! Redis goes and comes back, for all at once or for some before others.

use crate::town::{Town, say_until_stored};
use std::time::Duration;
use testkit::cluster::Link;
use testkit::within;

const BACK: Duration = Duration::from_secs(30);

/// The gateways hear again, nobody asks them to compare any more, and only then the apis find Redis: what they could not
/// publish has to be announced.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stored_while_redis_was_back_for_the_gateways_alone_arrives_when_it_is_for_the_apis() {
    let town = Town::found().await;
    let (alice, bob) = (town.person("alice").await, town.person("bob").await);
    let group = alice.create_group("both").await;
    bob.join(group).await;
    let mut alices = town.connect(&alice, 0).await;
    let mut bobs = town.connect(&bob, 1).await;

    let links = [0, 1].map(|api| town.cluster.link(Link::ApiRedis(api)));
    links.iter().for_each(|link| link.cut());
    town.cluster.redis.kill().await;
    town.cluster.redis.start();
    within(BACK, "the gateways to hear again", async || {
        let topics = town.cluster.redis.command(&["PUBSUB", "CHANNELS", "im:*:u:*"]).await.ok()?;
        matches!(topics, redis::Value::Array(topics) if topics.len() == 2).then_some(())
    })
    .await;
    bobs.expect_event("heads").await;
    alices.say_acked(group, "unheard in the group").await;
    let direct = alices.say_acked(&bob, "unheard by bob").await;
    assert!(links.iter().any(|link| link.counts().reset > 0), "the premise: the apis try, and are cut off");
    bobs.expect_silence().await;

    links.iter().for_each(|link| link.heal());
    bobs.expect_message("unheard in the group").await;
    let told =
        |event: &serde_json::Value| event["heads"][direct["conversation_id"].to_string()][0] == direct["seq"];
    bobs.expect("the head of the direct conversation", told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_seconds_without_redis_cost_no_message_and_no_connection() {
    let town = Town::found().await;
    let (alice, bob) = (town.person("alice").await, town.person("bob").await);
    let group = alice.create_group("both").await;
    bob.join(group).await;
    let mut alices = town.connect(&alice, 0).await;
    let mut bobs = town.connect(&bob, 1).await;

    town.cluster.redis.kill().await;
    let began = tokio::time::Instant::now();
    let mut said = 0;
    while began.elapsed() < Duration::from_secs(20) {
        said += 1;
        say_until_stored(&mut alices, group, &format!("away {said}")).await;
        // The pace of a person in a hurry; the outage is to last, not the load.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!bobs.heard().iter().any(|text| text.starts_with("away")), "the premise: nothing came meanwhile");
    town.cluster.redis.start();
    for nth in 1..=said {
        bobs.expect_message(&format!("away {nth}")).await;
    }
    let heard: Vec<&str> = bobs.heard().into_iter().filter(|text| text.starts_with("away")).collect();
    assert_eq!(heard, (1..=said).map(|nth| format!("away {nth}")).collect::<Vec<_>>(), "in order, and once");
    alices.say_acked(group, "live again").await;
    bobs.expect_message("live again").await;
}
