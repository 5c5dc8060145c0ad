//! Who may see what, in the middle of a change of who may.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use api::access::conversation_for;
use api::store::Database;
use shared::draft::Target;
use sqlx::{Connection, MySqlConnection};
use support::bus::KeepingBus;
use support::{Bench, into};
use testkit::eventually;

const WAITING: &str = "SELECT COUNT(*) FROM information_schema.processlist \
                       WHERE db = DATABASE() AND state LIKE '%lock%' AND info LIKE '%conversations%'";

/// Once a page could hold what was said after its reader had left: the membership was checked, then the head was
/// read, and in between a member went and the others talked on. Whoever asks is stopped here before the head is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_while_it_is_checked_who_may_read_is_not_in_the_answer() {
    let bench = Bench::mariadb().await;
    let Database::MySql(url) = &bench.database else { panic!("SQLite locks no tables") };
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    let group = append.create_group(alice, "book club", "").await.unwrap();
    append.join(bob, group).await.unwrap();
    append.send(into(alice, group, "with bob")).await.unwrap();

    let mut locker = MySqlConnection::connect(url).await.unwrap();
    let mut looker = MySqlConnection::connect(url).await.unwrap();
    sqlx::query("LOCK TABLES conversations WRITE").execute(&mut locker).await.unwrap();
    let mut conn = bench.db.read().await.unwrap();
    let asking = tokio::spawn(async move {
        let readable = conversation_for(&mut conn, bob, Target::Group(group)).await;
        readable.ok().map(|readable| readable.places())
    });
    eventually("the question to meet the lock", async || {
        let waiting: i64 = sqlx::query_scalar(WAITING).fetch_one(&mut looker).await.unwrap();
        (waiting > 0).then_some(())
    })
    .await;
    let leave = "DELETE FROM group_members WHERE group_id = ? AND user_id = ?";
    sqlx::query(leave).bind(group.0).bind(bob.0).execute(&mut looker).await.unwrap();
    let talk_on = "UPDATE conversations SET last_seq = last_seq + 1 WHERE group_id = ?";
    sqlx::query(talk_on).bind(group.0).execute(&mut locker).await.unwrap();
    sqlx::query("UNLOCK TABLES").execute(&mut locker).await.unwrap();

    assert_eq!(asking.await.unwrap(), None, "bob had left when that was said");
}
