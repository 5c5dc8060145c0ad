//! A row that is not let go, and a link to the server that breaks in the worst moment. SQLite has neither.

use crate::support::bus::KeepingBus;
use crate::support::proxy::Proxy;
use crate::support::{Bench, to};
use crate::{one_lane, unavailable};
use api::append::{Hooks, Pause};
use api::store::{Database, epoch};
use futures_util::future::join_all;
use shared::envelope::Change;
use shared::ids::ConversationId;
use shared::topic::Topic;
use sqlx::{Connection, MySqlConnection};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{eventually, within};
use tokio::time::Instant;

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

/// Somebody else's open transaction holds an id: the draft that has the same one cannot be stored now, and with
/// it no batch that it is in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_that_cannot_be_stored_does_not_take_its_batch_along() {
    let bench = Bench::mariadb().await;
    let append = one_lane(&bench, bench.db.clone(), &KeepingBus::new(), Hooks::default());
    let [alice, bob, carol] = bench.users().await;
    let elsewhere = append.send(to(alice, carol, "elsewhere")).await.unwrap();
    let drafts =
        vec![to(alice, bob, "one"), to(alice, bob, "held"), to(carol, bob, "two"), to(bob, bob, "three")];
    let mut other = MySqlConnection::connect(&url(&bench)).await.unwrap();
    let mut holder = other.begin().await.unwrap();
    let insert =
        "INSERT INTO messages (conversation_id, seq, sender_id, content, message_type, client_message_id,
                                        created_at)
                  VALUES (?, 99, ?, 'held', 'text', ?, NOW(3))";
    let bound = sqlx::query(insert).bind(elsewhere.conversation_id.0).bind(alice.0);
    bound.bind(&drafts[1].client_message_id.as_bytes()[..]).execute(&mut *holder).await.unwrap();

    let outcomes = append.append(drafts.clone()).await;
    let places: Vec<_> = outcomes.iter().map(|outcome| outcome.ok().map(|stored| stored.seq)).collect();
    assert_eq!(places, [Some(1), None, Some(1), Some(1)]);
    assert!(unavailable(&outcomes[1]));
    holder.rollback().await.unwrap();
    assert_eq!(append.send(drafts[1].clone()).await.unwrap().seq, 2);
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
    assert_eq!(
        (told.await.header.subject_id, bus.on(Topic::Group(group))[1].header.change),
        (bob, Change::None)
    );
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
    // Each look of the announcer that met the held link takes its time to be given up.
    let head = within(Duration::from_secs(60), "the head", async || bus.heads_on(Topic::User(bob)).pop());
    assert_eq!(head.await, 1);
}

/// The conversation of such an entry is held by somebody else: what is to be announced beside it does not wait for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_cannot_be_announced_yet_holds_up_no_other() {
    let bench = Bench::mariadb().await;
    let proxy = Arc::new(Proxy::to(&url(&bench)).await);
    let db = bench.db_through(&proxy).await;
    let bus = KeepingBus::new();
    let holding: Arc<AtomicBool> = Arc::default();
    let (holds, link) = (holding.clone(), proxy.clone());
    let pause: Pause = Arc::new(move |_| {
        if holds.load(Ordering::SeqCst) {
            link.hold_answers();
        }
        Box::pin(async {})
    });
    let append = one_lane(&bench, db, &bus, Hooks { before_commit: Some(pause), ..Hooks::default() });
    let [alice, bob, carol] = bench.users().await;
    let held = append.send(to(alice, bob, "before")).await.unwrap().conversation_id;
    let free = append.send(to(alice, carol, "before")).await.unwrap().conversation_id;
    holding.store(true, Ordering::SeqCst);
    let outcome = append.send(to(alice, bob, "hi")).await;
    assert!(unavailable(&outcome), "the premise: nobody knows: {outcome:?}");
    let mut other = MySqlConnection::connect(&url(&bench)).await.unwrap();
    let mut holder = other.begin().await.unwrap();
    let locking = sqlx::query("SELECT id FROM conversations WHERE id = ? FOR UPDATE").bind(held.0);
    locking.fetch_one(&mut *holder).await.unwrap();

    append.announce(&[free]);
    proxy.pass();
    let told =
        async |user| within(Duration::from_secs(60), "a head", async || bus.heads_on(user).pop()).await;
    assert_eq!(told(Topic::User(carol)).await, 1);
    assert!(bus.heads_on(Topic::User(bob)).is_empty(), "what may still be rolled back is not announced");
    holder.rollback().await.unwrap();
    assert_eq!(told(Topic::User(bob)).await, 2);
}

/// Connections that lay idle while the server closed them: each says so only when it is used.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_server_killed_cost_no_draft() {
    let bench = Bench::mariadb().await;
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    // As many as the pools hold are open and idle.
    let held = (0..8).map(|_| async { (bench.db.write().await.unwrap(), bench.db.read().await.unwrap()) });
    drop(join_all(held).await);
    let mut own = MySqlConnection::connect(&url(&bench)).await.unwrap();
    let others =
        "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db = DATABASE()";
    let ids: Vec<i64> = sqlx::query_scalar(others).fetch_all(&mut own).await.unwrap();
    assert!(ids.len() > 8, "the premise: {} are open", ids.len());
    for id in ids {
        sqlx::query(sqlx::AssertSqlSafe(format!("KILL {id}"))).execute(&mut own).await.unwrap();
    }
    // A server that restarts is away for longer than that.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let outcome = append.send(to(alice, bob, "after")).await;
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// Statements that no answer will ever come to: each place in the pools is free again, for the server that is there now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_vanished_holds_no_place_in_the_pools() {
    let bench = Bench::mariadb().await;
    let proxy = Arc::new(Proxy::to(&url(&bench)).await);
    let db = bench.db_through(&proxy).await;
    let append = bench.append_with(db.clone(), &KeepingBus::new(), Hooks::default());
    let [alice, bob] = bench.users().await;
    append.send(to(alice, bob, "before")).await.unwrap();
    // As many as the pools have.
    let taken = join_all((0..2).map(|_| async { (db.read().await.unwrap(), db.begin().await.unwrap()) }));
    let taken = taken.await;
    proxy.exchange_server();
    let asked = taken.into_iter().map(async |(mut read, mut tx)| {
        tokio::join!(async { epoch::epoch(&mut read).await.is_err() }, async {
            epoch::epoch(&mut tx).await.is_err()
        },)
    });
    let failed = tokio::time::timeout(Duration::from_secs(30), join_all(asked)).await;
    assert!(failed.expect("an end to it").iter().all(|failed| *failed == (true, true)));
    append.send(to(alice, bob, "after")).await.unwrap();
    assert!(epoch::epoch(&mut db.read().await.unwrap()).await.is_ok());
}

fn url(bench: &Bench) -> String {
    match &bench.database {
        Database::MySql(url) => url.clone(),
        Database::Sqlite(_) => panic!("SQLite has no server"),
    }
}
