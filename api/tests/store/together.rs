//! Statements that are sent together, and the transaction that begins or ends with them.

use crate::rows::{NOWHERE, advance, group, pair, read, seat};
use crate::support::{Bench, START};
use api::store::conversations::{self, Conversation};
use api::store::members::{self, Member, Role};
use api::store::sql::query;
use api::store::{Lock, Trouble, accounts};
use shared::ids::{ConversationId, UserId};
use std::time::Duration;

async fn head(bench: &Bench, id: ConversationId) -> Conversation {
    conversations::find(&mut read(bench).await, id).await.unwrap().unwrap()
}

/// Whether nobody holds the row: it is found at once.
async fn is_free(bench: &Bench, id: ConversationId) -> bool {
    let mut tx = bench.db.begin().await.unwrap();
    let found = conversations::lock(&mut tx, &[id], Lock::Skip).await.unwrap();
    tx.rollback().await.unwrap();
    found.len() == 1
}

async fn each_has_its_rows_and_is_read_as_if_it_were_alone(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let (ab, (book, books)) = (pair(&bench, alice, bob).await, group(&bench, alice).await);
    seat(&bench, book, alice, Role::Owner, 1).await;
    let ids = [ab, books];
    let engine = bench.db.engine();
    let nobody = query("SELECT id FROM conversations WHERE id = ? AND group_id = ?")
        .bind(NOWHERE)
        .bind(None::<shared::ids::GroupId>);
    let mut queries = conversations::locking(engine, &ids, Lock::Wait);
    queries.push(nobody);
    queries.extend(members::finding(&[(book, alice), (book, bob)]));
    queries.extend(accounts::asking_open(&[alice, bob, UserId(999_999)]));
    let (tx, answers) = bench.db.begin_with(queries).await.unwrap();
    assert_eq!(answers.len(), 4, "nothing of the words around them");
    let locked: Vec<_> = answers[0].iter().map(|row| Conversation::read(row).unwrap()).collect();
    assert_eq!(locked, [head(&bench, ab).await, head(&bench, books).await]);
    assert!(answers[1].is_empty(), "and it does not shift the others");
    let members: Vec<_> = answers[2].iter().map(|row| Member::read(row).unwrap()).collect();
    assert_eq!(members, members::find_many(&mut read(&bench).await, &[(book, alice)]).await.unwrap());
    let open = accounts::open_of(&[alice, bob, UserId(999_999)], &answers[3]).unwrap();
    assert_eq!(open, [alice, bob].into());

    let at = |ms| START.plus(Duration::from_millis(ms));
    let moved = [
        Conversation { last_seq: 7, updated_at: at(1_001), ..locked[0] },
        Conversation { last_seq: i64::MAX, members_version: -3, updated_at: at(40), ..locked[1] },
    ];
    tx.commit_with(conversations::advancing(engine, &moved)).await.unwrap();
    assert_eq!(
        [head(&bench, ab).await, head(&bench, books).await],
        moved,
        "spelled out as it would be bound"
    );

    let (tx, none) = bench.db.begin_with(Vec::new()).await.unwrap();
    assert!(none.is_empty());
    tx.commit_with(Vec::new()).await.unwrap();
}

async fn what_fails_keeps_the_commit_away_and_lets_go_of_the_rows(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let ab = pair(&bench, alice, bob).await;
    let before = head(&bench, ab).await;
    let engine = bench.db.engine();
    let lock = || conversations::locking(engine, &[ab], Lock::Wait);
    let move_on = || conversations::advancing(engine, &[Conversation { last_seq: 7, ..before }]);
    let bad = || query("SELECT nothing FROM nowhere");

    let mut first = lock();
    first.extend(move_on());
    first.push(bad());
    assert!(matches!(bench.db.begin_with(first).await, Err(sqlx::Error::Database(_))));
    assert_eq!(head(&bench, ab).await, before);
    assert!(is_free(&bench, ab).await);

    let (tx, _) = bench.db.begin_with(lock()).await.unwrap();
    let mut last = move_on();
    last.push(bad());
    assert!(matches!(tx.commit_with(last).await, Err(sqlx::Error::Database(_))));
    assert_eq!(head(&bench, ab).await, before, "the COMMIT was not reached");
    assert!(is_free(&bench, ab).await);

    let (mut tx, _) = bench.db.begin_with(lock()).await.unwrap();
    advance(&mut tx, &[Conversation { last_seq: 7, ..before }]).await;
    drop(tx);
    assert_eq!(head(&bench, ab).await, before, "dropped, it is undone");
}

on_both_engines!(
    each_has_its_rows_and_is_read_as_if_it_were_alone,
    what_fails_keeps_the_commit_away_and_lets_go_of_the_rows,
);

/// A server gets them as text, and text that others wrote does not belong into that.
#[tokio::test]
async fn a_text_is_never_spelled_out_and_no_value_is_missing() {
    let bench = Bench::mariadb().await;
    for value in ["harmless", "' OR ''='"] {
        let named = query("SELECT id FROM users WHERE username = ?").bind(value);
        assert!(matches!(bench.db.begin_with(vec![named]).await, Err(sqlx::Error::Encode(_))));
    }
    let too_few = query("UPDATE users SET closed_at = ? WHERE id = ?").bind(None::<shared::time::Timestamp>);
    assert!(matches!(bench.db.begin_with(vec![too_few]).await, Err(sqlx::Error::Encode(_))));
    let bytes = query("SELECT id FROM messages WHERE client_message_id = ?").bind(vec![0_u8; 16]);
    assert!(matches!(bench.db.begin_with(vec![bytes]).await, Err(sqlx::Error::Encode(_))));
}

/// A lock that somebody else holds makes the beginning fail, and leaves nothing begun.
#[tokio::test]
async fn a_lock_that_does_not_come_free_ends_the_beginning() {
    let bench = Bench::mariadb().await;
    let [alice, bob, carol] = bench.users().await;
    let (ab, ac) = (pair(&bench, alice, bob).await, pair(&bench, alice, carol).await);
    let engine = bench.db.engine();
    let (holder, _) = bench.db.begin_with(conversations::locking(engine, &[ac], Lock::Wait)).await.unwrap();
    let refused = bench.db.begin_with(conversations::locking(engine, &[ab, ac], Lock::Wait)).await;
    assert_eq!(refused.err().and_then(|error| Trouble::of(&error)), Some(Trouble::LockWait));
    assert!(is_free(&bench, ab).await, "what it had locked by then");
    let (_, rest) = bench.db.begin_with(conversations::locking(engine, &[ab, ac], Lock::Skip)).await.unwrap();
    assert_eq!(rest[0].len(), 1);
    holder.rollback().await.unwrap();
}
