//! The database goes in the middle of batches and comes back with what it committed.

use crate::town::{Town, stored};
use std::collections::HashMap;
use testkit::people::Target;
use testkit::people::rest::{seqs, texts};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_killed_between_the_acks_of_batches_has_every_message_once() {
    let town = Town::found().await;
    let (alice, bob) = (town.person("alice").await, town.person("bob").await);
    let mut alices = town.connect(&alice, 0).await;
    let target = Target::from(&bob);
    let mut said = Vec::new();
    for nth in 0..400 {
        let (id, text) = (Uuid::now_v7(), format!("said {nth}"));
        alices.say_as(target, &text, id).await;
        said.push((id, text));
    }
    let mut places = HashMap::new();
    for (id, _) in &said[..20] {
        places.insert(*id, alices.expect_ack(*id).await["seq"].clone());
    }
    town.cluster.mariadb.kill().await;
    town.cluster.mariadb.start();
    town.cluster.mariadb.wait_ready().await;
    for (id, text) in &said[20..] {
        places.insert(*id, stored(&mut alices, target, text, *id).await["seq"].clone());
    }
    for (id, text) in said.iter().step_by(7) {
        alices.say_as(target, text, *id).await;
        assert_eq!(alices.expect_ack(*id).await["seq"], places[id], "a repeat gets the place of the first");
    }
    let history = alice.history(&bob).await;
    assert_eq!(seqs(&history), (1..=400).collect::<Vec<i64>>());
    let (mut found, mut expected) =
        (texts(&history), said.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>());
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}
