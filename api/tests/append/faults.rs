//! A bus that takes nothing, a database without its table, a lane without room.

use crate::support::bus::KeepingBus;
use crate::support::{Bench, into, to};
use crate::{one_lane, unavailable};
use api::append::{Hooks, Pause};
use api::store::conversations;
use api::store::sql::{Sql, query};
use shared::topic::Topic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit::eventually;
use tokio::time::Instant;

async fn what_the_bus_did_not_take_is_announced_when_it_does(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let [alice, bob] = bench.users().await;
    let group = append.create_group(alice, "book club", "").await.unwrap();
    // An answer comes before its entry is published.
    eventually("the founding on the bus", async || (bus.all().len() == 2).then_some(())).await;
    bus.fail(true);
    let stored = append.send(to(alice, bob, "hi")).await.unwrap();
    append.join(bob, group).await.unwrap();
    append.send(into(alice, group, "welcome")).await.unwrap();
    eventually("the bus to refuse", async || bus.has_refused().then_some(())).await;
    bus.forget();
    bus.fail(false);
    for (topic, expected) in [(Topic::User(alice), 1), (Topic::Group(group), 3)] {
        let head = eventually(format!("the head on {topic}"), async || bus.heads_on(topic).pop()).await;
        assert_eq!(head, expected);
    }
    let on_bob = eventually("both heads", async || {
        let heads = bus.on(Topic::User(bob));
        (heads.len() == 2).then_some(heads)
    });
    let heads: Vec<_> = on_bob.await.iter().map(|e| (e.header.conversation_id, e.header.seq)).collect();
    assert!(heads.contains(&(stored.conversation_id, 1)), "{heads:?}");
    assert!(
        heads.contains(&(bench.group_conversation(group).await, 3)),
        "a joiner listens to their own topic"
    );
    bench.finish().await;
    assert_eq!(bus.heads_on(Topic::User(alice)), [1], "once is enough");
}

async fn a_bus_that_hangs_does_not_stop_the_lane(bench: Bench) {
    let bus = KeepingBus::new();
    let append = one_lane(&bench, bench.db.clone(), &bus, Hooks::default());
    let [alice, bob] = bench.users().await;
    bus.hang(true);
    for seq in 1..=2 {
        assert_eq!(append.send(to(alice, bob, "hi")).await.unwrap().seq, seq);
    }
    bus.hang(false);
    let head = eventually("the head", async || bus.heads_on(Topic::User(bob)).pop()).await;
    assert_eq!(head, 2);
}

async fn a_node_that_stops_announces_what_it_still_remembers(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let [alice, bob] = bench.users().await;
    bus.fail(true);
    append.send(to(alice, bob, "hi")).await.unwrap();
    eventually("the bus to refuse", async || bus.has_refused().then_some(())).await;
    bus.fail(false);
    bench.finish().await;
    assert_eq!(bus.heads_on(Topic::User(bob)), [1]);
}

async fn a_database_that_fails_is_unavailable_and_the_lane_lives(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    append.send(to(alice, bob, "before")).await.unwrap();
    rename(&bench, "messages", "elsewhere").await;
    let draft = to(alice, bob, "meanwhile");
    assert!(unavailable(&append.send(draft.clone()).await));
    rename(&bench, "elsewhere", "messages").await;
    let stored = eventually("the table", async || append.send(draft.clone()).await.ok()).await;
    assert_eq!(stored.seq, 2);
}

async fn rename(bench: &Bench, from: &'static str, to: &'static str) {
    let text = Sql::Built(format!("ALTER TABLE {from} RENAME TO {to}"));
    query(text).execute(&mut bench.db.write().await.unwrap()).await.unwrap();
}

async fn a_full_lane_refuses_at_once_and_keeps_what_it_took(bench: Bench) {
    let (hold, gate) = (Arc::new(tokio::sync::Semaphore::new(0)), Arc::<AtomicBool>::default());
    let (waits, reached) = (hold.clone(), gate.clone());
    let pause: Pause = Arc::new(move |_| {
        reached.store(true, Ordering::SeqCst);
        let waits = waits.clone();
        Box::pin(async move { waits.acquire().await.unwrap().forget() })
    });
    let hooks = Hooks { before_commit: Some(pause), ..Hooks::default() };
    let append = one_lane(&bench, bench.db.clone(), &KeepingBus::new(), hooks);
    let [alice, bob] = bench.users().await;
    let asked = append.clone();
    let first = to(alice, bob, "first");
    let first = tokio::spawn(async move { asked.send(first).await });
    eventually("the lane to be busy", async || gate.load(Ordering::SeqCst).then_some(())).await;
    let drafts: Vec<_> = (0..1_024).map(|n| to(alice, bob, &n.to_string())).collect();
    let asked = append.clone();
    let taken = tokio::spawn(async move { asked.append(drafts).await });
    let start = Instant::now();
    let refused = eventually("the lane to be full", async || {
        let outcome =
            tokio::time::timeout(Duration::from_millis(20), append.send(to(alice, bob, "no"))).await;
        outcome.ok()
    });
    assert!(unavailable(&refused.await));
    assert!(start.elapsed() < Duration::from_secs(2), "nothing waits for a place");
    hold.add_permits(1_000);
    assert!(first.await.unwrap().is_ok());
    let outcomes = taken.await.unwrap();
    let places: Vec<_> =
        outcomes.iter().filter_map(|outcome| outcome.ok()).map(|stored| stored.seq).collect();
    assert!(places.is_sorted() && places.len() > 1_000, "{} taken", places.len());
    let pair = conversations::find_pair(&mut bench.db.read().await.unwrap(), alice, bob).await.unwrap();
    let log = bench.log(pair.unwrap().id).await;
    assert_eq!(log.len() as i64, log.last().unwrap().seq);
}

on_both_engines!(
    what_the_bus_did_not_take_is_announced_when_it_does,
    a_bus_that_hangs_does_not_stop_the_lane,
    a_node_that_stops_announces_what_it_still_remembers,
    a_database_that_fails_is_unavailable_and_the_lane_lives,
    a_full_lane_refuses_at_once_and_keeps_what_it_took,
);
