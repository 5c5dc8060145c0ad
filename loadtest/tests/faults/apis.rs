//! Apis go and come back under the gateways.

use crate::town::{Town, say_until_stored, stored};
use std::time::Duration;
use testkit::people::Target;
use testkit::people::rest::{seqs, texts};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_seconds_without_any_api_lose_nothing_that_clients_went_on_sending() {
    let town = Town::found().await;
    let (alice, bob) = (town.person("alice").await, town.person("bob").await);
    let mut alices = town.connect(&alice, 0).await;
    let mut bobs = town.connect(&bob, 1).await;
    alices.say_acked(&bob, "before").await;

    for api in &town.cluster.apis {
        api.kill().await;
    }
    let target = Target::from(&bob);
    let mut said = Vec::new();
    for nth in 0..50 {
        let (id, text) = (Uuid::now_v7(), format!("queued {nth}"));
        alices.say_as(target, &text, id).await;
        said.push((id, text));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for api in &town.cluster.apis {
        api.start();
    }
    for (id, text) in &said {
        stored(&mut alices, target, text, *id).await;
    }
    for (_, text) in &said {
        bobs.expect_message(text).await;
    }
    town.cluster.apis[0].wait_ready().await;
    let history = alice.history(&bob).await;
    assert_eq!(seqs(&history), (1..=51).collect::<Vec<i64>>());
    let mut stored: Vec<&str> = texts(&history);
    let mut expected: Vec<&str> = said.iter().map(|(_, text)| text.as_str()).chain(["before"]).collect();
    stored.sort_unstable();
    expected.sort_unstable();
    assert_eq!(stored, expected, "each of them, and once");
}

/// A stopped process takes requests and answers none; its drafts are the other one's after one wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_that_is_stopped_is_gone_round_and_what_it_does_when_it_goes_on_is_a_repeat() {
    let town = Town::found().await;
    let (alice, bob) = (town.person("alice").await, town.person("bob").await);
    let mut alices = town.connect(&alice, 0).await;
    let mut bobs = town.connect(&bob, 1).await;
    town.cluster.apis[0].stop();
    for nth in 0..40 {
        say_until_stored(&mut alices, &bob, &format!("said {nth}")).await;
    }
    town.cluster.apis[0].cont();
    for nth in 0..40 {
        bobs.expect_message(&format!("said {nth}")).await;
    }
    town.cluster.apis[0].wait_ready().await;
    assert_eq!(seqs(&alice.history(&bob).await), (1..=40).collect::<Vec<i64>>());
}
