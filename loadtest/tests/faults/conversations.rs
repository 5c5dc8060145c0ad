//! One conversation over two gateways.

use crate::town::Town;
use futures_util::future::join_all;
use testkit::people::{seqs, texts};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_on_two_gateways_hear_each_other_in_one_order() {
    let town = Town::without_proxies().await;
    let (alice, bob) = (town.person("alice").await, town.person("bob").await);
    let group = alice.create_group("both").await;
    bob.join(group).await;
    let mut alices = town.connect(&alice, 0).await;
    let mut bobs = town.connect(&bob, 1).await;
    for round in 0..20 {
        let (to_bob, to_alice) = (format!("to bob {round}"), format!("to alice {round}"));
        let asked = alices.say(&bob, &to_bob).await;
        let answered = bobs.say(&alice, &to_alice).await;
        let (from_alice, from_bob) = (format!("alice {round}"), format!("bob {round}"));
        let in_group = alices.say(group, &from_alice).await;
        let in_group_too = bobs.say(group, &from_bob).await;
        for (connection, own) in [(&mut alices, [asked, in_group]), (&mut bobs, [answered, in_group_too])] {
            for id in own {
                connection.expect_ack(id).await;
            }
            for text in [&to_bob, &to_alice, &from_alice, &from_bob] {
                connection.expect_message(text).await;
            }
        }
    }
    for here in [&alices, &bobs] {
        for conversation in here
            .log
            .iter()
            .filter(|event| event["event_type"] == "message")
            .map(|event| &event["conversation_id"])
        {
            let places: Vec<i64> = here
                .log
                .iter()
                .filter(|event| event["event_type"] == "message" && event["conversation_id"] == *conversation)
                .filter_map(|event| event["seq"].as_i64())
                .collect();
            assert!(
                places.windows(2).all(|pair| pair[1] == pair[0] + 1),
                "in order, once, no hole: {places:?}"
            );
        }
    }
    assert_eq!(texts(&alice.history(&bob).await), texts(&bob.history(&alice).await));
    assert_eq!(seqs(&alice.history(&bob).await), (1..=40).collect::<Vec<i64>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_id_sent_to_two_gateways_at_once_is_stored_once_and_acknowledged_twice() {
    let town = Town::found().await;
    let (alice, bob) = (town.person("alice").await, town.person("bob").await);
    let mut here = town.connect(&alice, 0).await;
    let mut there = town.connect(&alice, 1).await;
    for round in 0..50 {
        let (id, text) = (Uuid::now_v7(), format!("once {round}"));
        tokio::join!(here.say_as(&bob, &text, id), there.say_as(&bob, &text, id));
        let (one, other) = tokio::join!(here.expect_ack(id), there.expect_ack(id));
        assert_eq!((&one["seq"], &one["message_id"]), (&other["seq"], &other["message_id"]));
    }
    assert_eq!(seqs(&alice.history(&bob).await), (1..=50).collect::<Vec<i64>>());
}

/// More topics than one SUBSCRIBE names: of the last one too, `ready` promises that it is heard.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_ready_on_the_last_of_six_hundred_topics_is_heard() {
    let town = Town::found().await;
    let (alice, bob) = (town.person("alice").await, town.person("bob").await);
    let mut groups = Vec::new();
    for _ in 0..12 {
        let made = join_all((0..50).map(|nth| {
            let (alice, bob) = (&alice, &bob);
            async move {
                let group = alice.create_group(&format!("group {nth}")).await;
                bob.join(group).await;
                group
            }
        }));
        groups.extend(made.await);
    }
    groups.sort_by_key(|group| group.0);
    let mut alices = town.connect(&alice, 0).await;
    for group in [groups[599], groups[511], groups[0]] {
        let mut bobs = town.connect(&bob, 1).await;
        let text = format!("at once in {}", group.0);
        alices.say(group, &text).await;
        bobs.expect_message(&text).await;
        bobs.close().await;
    }
}
