//! What gateways send to themselves: stored like anything else, and gone soon; for nobody, and from nobody.

use crate::refused;
use crate::support::bus::KeepingBus;
use crate::support::{Bench, into, to};
use shared::error::Code;
use shared::ids::UserId;
use shared::topic::Topic;
use testkit::eventually;

const CANARY: UserId = UserId(-7);

async fn a_canary_is_committed_each_time_and_the_last_few_stay(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let mut conversation = None;
    for seq in 1..=40 {
        let stored = append.send(to(CANARY, CANARY, "canary")).await.unwrap();
        assert_eq!(stored.seq, seq);
        assert_eq!(*conversation.get_or_insert(stored.conversation_id), stored.conversation_id);
    }
    let log: Vec<i64> = bench.log(conversation.unwrap()).await.iter().map(|entry| entry.seq).collect();
    assert_eq!(log, (25..=40).collect::<Vec<i64>>());
    let heard = async || (bus.on(Topic::User(CANARY)).len() == 40).then_some(());
    eventually("all of them on the bus", heard).await;
    assert_eq!(bus.all().len(), 40, "and nowhere else");
}

async fn what_people_say_is_never_trimmed(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice] = bench.users().await;
    let mut conversation = None;
    for _ in 0..40 {
        append.send(to(CANARY, CANARY, "canary")).await.unwrap();
        conversation = Some(append.send(to(alice, alice, "a note")).await.unwrap().conversation_id);
    }
    assert_eq!(bench.log(conversation.unwrap()).await.len(), 40);
}

async fn a_canary_writes_to_nobody_else_and_nobody_writes_to_it(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice] = bench.users().await;
    let group = append.create_group(alice, "book club", "").await.unwrap();
    for draft in [
        to(CANARY, alice, "hi"),
        to(alice, CANARY, "hi"),
        to(CANARY, UserId(-8), "hi"),
        into(CANARY, group, "hi"),
    ] {
        assert_eq!(refused(append.send(draft).await), Code::NotFound);
    }
}

on_both_engines!(
    a_canary_is_committed_each_time_and_the_last_few_stay,
    what_people_say_is_never_trimmed,
    a_canary_writes_to_nobody_else_and_nobody_writes_to_it,
);
