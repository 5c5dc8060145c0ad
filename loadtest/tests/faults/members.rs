//! Who is a member changes while a gateway hears nothing of it.

use crate::town::{Town, say_until_heard, settle};
use serde_json::Value;
use testkit::cluster::Link;
use testkit::people::texts;
use testkit::proxy::Direction;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_kicked_or_leaves_unheard_hears_nothing_more_until_they_are_back() {
    let town = Town::found().await;
    let (alice, bob, carol) =
        (town.person("alice").await, town.person("bob").await, town.person("carol").await);
    let group = alice.create_group("all").await;
    bob.join(group).await;
    carol.join(group).await;
    let mut alices = town.connect(&alice, 0).await;
    let mut bobs = town.connect(&bob, 1).await;
    let mut carols = town.connect(&carol, 1).await;
    let conversation = alices.say_acked(group, "all of us").await["conversation_id"].to_string();
    bobs.expect_message("all of us").await;
    carols.expect_message("all of us").await;

    let link = town.cluster.link(Link::GatewayRedis(1));
    link.drop_one_way(Direction::ToClient);
    alice.kick(group, &bob).await;
    carol.leave(group).await;
    alices.say_acked(group, "between ourselves").await;
    assert!(link.counts().dropped[1] > 0, "the premise: the gateway was told, and did not hear");
    link.heal();

    let without =
        |event: &Value| event["event_type"] == "heads" && event["heads"].get(&conversation).is_none();
    bobs.expect("heads without the group", without).await;
    carols.expect("heads without the group", without).await;
    alices.say_acked(group, "still between ourselves").await;

    link.drop_one_way(Direction::ToClient);
    bob.join(group).await;
    alices.say_acked(group, "welcome back").await;
    link.heal();
    let live = say_until_heard(&mut alices, group.into(), &mut bobs).await;
    settle(&mut carols).await;

    for here in [&bobs, &carols] {
        assert!(!here.heard().iter().any(|text| text.contains("between ourselves")), "{:?}", here.heard());
    }
    let read = bob.history(group).await;
    assert!(texts(&read).ends_with(&live.iter().map(String::as_str).collect::<Vec<_>>()), "{read:?}");
    assert!(texts(&read).contains(&"welcome back"), "{read:?}");
    assert!(!texts(&read).iter().any(|text| text.contains("ourselves") || *text == "all of us"), "{read:?}");
    carol.get(&format!("/api/messages/list?group_id={}", group.0)).await.expect_error(404, "not_found");
    bobs.say(group, "and heard").await;
    alices.expect_message("and heard").await;
}
