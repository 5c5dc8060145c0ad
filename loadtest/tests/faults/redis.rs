//! Redis goes and comes back, for all at once or for some before others.

use crate::town::{Town, say_until_heard, say_until_stored, settle};
use ::redis::Value;
use std::time::Duration;
use testkit::cluster::Link;
use testkit::people::texts;
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
        matches!(topics, Value::Array(topics) if topics.len() == 2).then_some(())
    })
    .await;
    bobs.expect_event("heads").await;
    let in_group = alices.say_acked(group, "unheard in the group").await;
    let direct = alices.say_acked(&bob, "unheard by bob").await;
    assert!(links.iter().any(|link| link.counts().reset > 0), "the premise: the apis try, and are cut off");
    within(BACK, "the apis to give up publishing the three envelopes", async || {
        let mut failed = 0;
        for api in &town.cluster.apis {
            failed += counted(&api.metrics().await?, "imtt_publish_failures_total");
        }
        (failed >= 3).then_some(())
    })
    .await;
    settle(&mut bobs).await;
    assert!(!bobs.heard().iter().any(|text| text.starts_with("unheard")), "the premise: {:?}", bobs.heard());

    links.iter().for_each(|link| link.heal());
    for stored in [in_group, direct] {
        // One `heads` may tell of both, so all that came is looked through for each.
        while !bobs.log.iter().any(|event| is_told(event, &stored)) {
            bobs.next().await;
        }
    }
}

/// Whether a client learns by this event of an entry: it comes, or the head shows that it is there to be read.
fn is_told(event: &serde_json::Value, stored: &serde_json::Value) -> bool {
    let conversation = stored["conversation_id"].to_string();
    let is_it = event["event_type"] == "message" && event["message_id"] == stored["message_id"];
    is_it || event["heads"][conversation][0] == stored["seq"]
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
    let (mut said, mut last) = (0, serde_json::Value::Null);
    while began.elapsed() < Duration::from_secs(20) {
        said += 1;
        last = say_until_stored(&mut alices, group, &format!("away {said}")).await;
        // The pace of a person in a hurry; the outage is to last, not the load.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!bobs.heard().iter().any(|text| text.starts_with("away")), "the premise: nothing came meanwhile");
    town.cluster.redis.start();
    let last = &last["conversation_id"].to_string();
    // Who listened is told how far the log is, and reads what is missing, as after any gap.
    let told = |event: &serde_json::Value| event["heads"][last][0] == said + 2;
    bobs.expect("the head after the last message", told).await;
    let read = bob.history(group).await;
    let away: Vec<&str> = texts(&read).into_iter().filter(|text| text.starts_with("away")).collect();
    assert_eq!(away, (1..=said).map(|nth| format!("away {nth}")).collect::<Vec<_>>(), "in order, and once");
    say_until_heard(&mut alices, group.into(), &mut bobs).await;
}

/// A counter without labels.
fn counted(metrics: &str, name: &str) -> u64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    line.unwrap_or(0)
}
