//! What append does when something else fails: a row that is not let go, a link that breaks, a bus that takes
//! nothing, a database without its table.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

#[macro_use]
mod support;

use api::append::{Append, AppendParts, Hooks, Pause};
use api::store::sql::query;
use api::store::{Db, conversations};
use shared::door::Outcome;
use shared::envelope::Change;
use shared::error::Code;
use shared::ids::ConversationId;
use shared::topic::Topic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::bus::KeepingBus;
use support::proxy::Proxy;
use support::{Bench, into, to};
use testkit::{eventually, within};
use tokio::time::Instant;

/// An append with one lane, so that everything meets in it.
fn one_lane(bench: &Bench, db: Db, bus: &Arc<KeepingBus>, hooks: Hooks) -> Append {
    Append::start(AppendParts {
        db,
        bus: bus.clone(),
        clock: bench.clock.clone(),
        lanes: 1,
        hooks,
        tasks: &bench.tasks,
        stop: &bench.stop,
    })
}

fn unavailable(outcome: &Outcome) -> bool {
    outcome.is_err_and(|refusal| refusal.code == Code::Unavailable && refusal.retry_after_ms.is_some())
}

/// Stops for good before COMMIT, with everything locked, when the batch holds `held`.
fn stops_at(held: &Arc<Mutex<Option<ConversationId>>>, reached: &Arc<AtomicBool>) -> Hooks {
    let (held, reached) = (held.clone(), reached.clone());
    let pause: Pause = Arc::new(move |ids| {
        let stops = held.lock().unwrap().is_some_and(|held| ids.contains(&held));
        reached.fetch_or(stops, Ordering::SeqCst);
        Box::pin(async move {
            if stops {
                std::future::pending::<()>().await;
            }
        })
    });
    Hooks { before_commit: Some(pause), ..Hooks::default() }
}

/// A node that stopped in the middle of a transaction holds up its own conversation, and only that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stuck_transaction_holds_up_only_its_own_conversation() {
    let bench = Bench::mariadb().await;
    let bus = KeepingBus::new();
    let (held, reached) = (Arc::<Mutex<_>>::default(), Arc::<AtomicBool>::default());
    let stopped = one_lane(&bench, bench.second_db().await, &bus, stops_at(&held, &reached));
    let other = one_lane(&bench, bench.db.clone(), &bus, Hooks::default());
    let [alice, bob, carol] = bench.users().await;
    let stuck = other.send(to(alice, bob, "before")).await.unwrap().conversation_id;
    other.send(to(alice, carol, "before")).await.unwrap();
    *held.lock().unwrap() = Some(stuck);

    let asked = stopped.clone();
    let first = to(alice, bob, "stuck");
    let draft = first.clone();
    let asking = tokio::spawn(async move { asked.send(draft).await });
    eventually("the node to stop", async || reached.load(Ordering::SeqCst).then_some(())).await;

    let start = Instant::now();
    let drafts = vec![to(bob, alice, "stuck too"), to(alice, carol, "not stuck"), to(bob, alice, "nor this")];
    let outcomes = other.append(drafts.clone()).await;
    assert!(unavailable(&outcomes[0]) && unavailable(&outcomes[2]), "{outcomes:?}");
    assert_eq!(outcomes[1].unwrap().seq, 2);
    assert!(start.elapsed() < Duration::from_secs(4), "others wait for one lock time-out, not for each");

    // From now on the lane knows, and nobody waits.
    let start = Instant::now();
    let outcomes = other.append(vec![drafts[0].clone(), to(alice, carol, "at once")]).await;
    assert!(unavailable(&outcomes[0]), "the premise: it is still stuck");
    assert_eq!(outcomes[1].unwrap().seq, 3);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());

    // The server, or the node's own limit, ends the transaction, and what was refused goes through.
    let again = within(Duration::from_secs(20), "the row to come free", async || {
        other.send(drafts[0].clone()).await.ok()
    });
    assert_eq!(again.await.seq, 2);
    *held.lock().unwrap() = None;
    let late = asking.await.unwrap();
    let seq = other.send(first).await.unwrap().seq;
    assert!(late.is_err() && seq == 3, "what the stopped node did not commit is not there: {late:?} {seq}");
}

/// The node that lost the answer to COMMIT asks again, and finds what it had stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_commit_is_found_out_about() {
    let bench = Bench::mariadb().await;
    let proxy = Arc::new(Proxy::to(&url(&bench)).await);
    let db = bench.db_through(&proxy).await;
    let bus = KeepingBus::new();
    let cutting: Arc<AtomicBool> = Arc::default();
    let (cuts, link) = (cutting.clone(), proxy.clone());
    let pause: Pause = Arc::new(move |_| {
        if cuts.swap(false, Ordering::SeqCst) {
            link.cut_next_answer();
        }
        Box::pin(async {})
    });
    let hooks = Hooks { before_commit: Some(pause), ..Hooks::default() };
    let append = bench.append_with(db, &bus, hooks);
    let [alice, bob] = bench.users().await;
    append.send(to(alice, bob, "one")).await.unwrap();
    let group = append.create_group(alice, "book club", "").await.unwrap();

    cutting.store(true, Ordering::SeqCst);
    let stored = append.send(to(alice, bob, "two")).await.unwrap();
    assert!(proxy.has_cut() && !cutting.load(Ordering::SeqCst), "the premise: the answer was lost");
    assert_eq!(stored.seq, 2);
    assert_eq!(bench.log(stored.conversation_id).await.len(), 2, "stored once");

    cutting.store(true, Ordering::SeqCst);
    append.join(bob, group).await.unwrap();
    assert!(proxy.has_cut() && !cutting.load(Ordering::SeqCst), "the premise: the answer was lost");
    assert_eq!(bench.log(bench.group_conversation(group).await).await.len(), 2, "joined once");
    let told = eventually("bob's devices to be told", async || {
        bus.on(Topic::User(bob)).into_iter().find(|envelope| envelope.header.change == Change::Joined)
    });
    assert_eq!((told.await.header.subject_id, bus.on(Topic::Group(group))[1].header.change), (bob, Change::None));
}

/// Nobody learns whether it was stored, until the link is back: then the head says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_nobody_is_sure_of_is_announced() {
    let bench = Bench::mariadb().await;
    let proxy = Arc::new(Proxy::to(&url(&bench)).await);
    let db = bench.db_through(&proxy).await;
    let bus = KeepingBus::new();
    let link = proxy.clone();
    let pause: Pause = Arc::new(move |_| {
        link.hold_answers();
        Box::pin(async {})
    });
    let append = bench.append_with(db, &bus, Hooks { before_commit: Some(pause), ..Hooks::default() });
    let [alice, bob] = bench.users().await;
    assert!(unavailable(&append.send(to(alice, bob, "hi")).await));
    assert!(bus.all().is_empty());
    proxy.pass();
    let head = within(Duration::from_secs(15), "the head", async || bus.heads_on(Topic::User(bob)).pop());
    assert_eq!(head.await, 1);
}

fn url(bench: &Bench) -> String {
    match &bench.database {
        api::store::Database::MySql(url) => url.clone(),
        api::store::Database::Sqlite(_) => panic!("SQLite has no server"),
    }
}

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
    assert!(heads.contains(&(bench.group_conversation(group).await, 3)), "a joiner listens to their own topic");
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
    let text = api::store::sql::Sql::Built(format!("ALTER TABLE {from} RENAME TO {to}"));
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
        let outcome = tokio::time::timeout(Duration::from_millis(20), append.send(to(alice, bob, "no"))).await;
        outcome.ok()
    });
    assert!(unavailable(&refused.await));
    assert!(start.elapsed() < Duration::from_secs(2), "nothing waits for a place");
    hold.add_permits(1_000);
    assert!(first.await.unwrap().is_ok());
    let outcomes = taken.await.unwrap();
    let places: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.ok()).map(|stored| stored.seq).collect();
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
