//! The log: what is put in comes out, once, where it belongs, page by page.

use crate::rows::{NOWHERE, advance, group, insert, log, pair, read, text, write};
use crate::support::{Bench, START};
use api::store::conversations::Conversation;
use api::store::messages::{Cursor, NewMessage, Page};
use api::store::sql::query;
use api::store::{Trouble, conversations, messages};
use shared::ids::Seq;
use shared::time::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

async fn text_columns_compare_by_bytes(bench: Bench) {
    // Under the servers' usual collations all of these are one name.
    for name in ["a", "A", "á", "a\u{301}", "😀", "😁", "ß", "ss", "ａ"] {
        bench.user(name).await;
    }
    for (sought, found) in [("😁", 1), ("Á", 0), ("SS", 0)] {
        let count = query("SELECT COUNT(*) AS found FROM users WHERE username_key = ?").bind(sought);
        let row = count.fetch_one(&mut read(&bench).await).await.unwrap();
        assert_eq!(row.get::<i64>("found").unwrap(), found, "{sought}");
    }
}

async fn values_come_back_as_they_were_put_in(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let content = "零\u{0}'\"\\; DROP TABLE 😀 \u{10ffff}\n".repeat(500);
    let at = Timestamp(START.0 + 7);
    let sent = NewMessage { receiver_id: Some(bob), created_at: at, ..text(id, 1, alice, &content) };
    let ids = insert(&bench, std::slice::from_ref(&sent)).await;
    let found = messages::find(&mut read(&bench).await, id, 1).await.unwrap().unwrap();
    assert_eq!(found, sent.stored(ids[0]));
}

async fn a_transaction_that_is_dropped_leaves_nothing(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let mut tx = bench.db.begin().await.unwrap();
    messages::insert(&bench.db, &mut tx, &[text(id, 1, alice, "never")]).await.unwrap();
    drop(tx);
    insert(&bench, &[text(id, 1, alice, "after")]).await;
    assert_eq!(bench.log(id).await[0].content, "after");
}

async fn ids_are_those_of_the_rows_however_many_are_inserted(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let mut seq = 0;
    for count in [1, 2, 3, 255, 256, 257, 600] {
        let entries: Vec<_> =
            (1..=count).map(|n| text(id, seq + n, alice, &format!("{count}.{n}"))).collect();
        let ids = insert(&bench, &entries).await;
        let log = bench.log(id).await;
        for (entry, message_id) in entries.into_iter().zip(ids) {
            assert_eq!(log[usize::try_from(entry.seq - 1).unwrap()], entry.stored(message_id));
        }
        seq += count;
    }
    assert!(insert(&bench, &[]).await.is_empty());
}

async fn a_place_and_a_senders_id_are_each_taken_once(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let first = text(id, 1, alice, "first");
    insert(&bench, std::slice::from_ref(&first)).await;
    let same_place = text(id, 1, alice, "same place");
    let same_id = NewMessage { client_message_id: first.client_message_id, ..text(id, 2, alice, "same id") };
    for entry in [same_place, same_id] {
        let batch = [text(id, 3, alice, "neighbour"), entry];
        let refused = messages::insert(&bench.db, &mut write(&bench).await, &batch).await.unwrap_err();
        assert_eq!(Trouble::of(&refused), Some(Trouble::Duplicate));
        assert_eq!(bench.log(id).await.len(), 1, "a statement is all or nothing");
    }
    let anothers = NewMessage { client_message_id: first.client_message_id, ..text(id, 2, bob, "bob's own") };
    insert(&bench, &[anothers]).await;
}

async fn what_was_sent_is_found_by_its_sender_and_id(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let entries: Vec<_> = (1..=300).map(|seq| text(id, seq, alice, "x")).collect();
    insert(&bench, &entries).await;
    let sought: Vec<_> = entries.iter().map(|entry| (alice, entry.client_message_id)).collect();
    let mut conn = read(&bench).await;
    assert_eq!(messages::find_sent(&mut conn, &sought).await.unwrap().len(), 300);
    let others = [(bob, sought[0].1), (alice, Uuid::now_v7()), sought[7]];
    let found = messages::find_sent(&mut conn, &others).await.unwrap();
    assert_eq!(found.iter().map(|m| m.seq).collect::<Vec<_>>(), [8]);
}

async fn a_page_begins_where_it_is_told_and_says_whether_there_is_more(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let (id, other) = (pair(&bench, alice, bob).await, pair(&bench, alice, carol).await);
    log(&bench, other, alice, 20).await;
    // Two more than the reader's head, which no page holds.
    log(&bench, id, alice, 12).await;
    let mut conn = read(&bench).await;
    for (floor, cursor, limit, expected, more) in [
        (1, Cursor::Newest, 4, vec![7, 8, 9, 10], true),
        (1, Cursor::Newest, 10, (1..=10).collect(), false),
        (9, Cursor::Newest, 4, vec![9, 10], false),
        (1, Cursor::Before(5), 2, vec![3, 4], true),
        (1, Cursor::Before(3), 2, vec![1, 2], false),
        (3, Cursor::Before(5), 2, vec![3, 4], false),
        (1, Cursor::Before(1), 2, vec![], false),
        (1, Cursor::Before(Seq::MIN), 2, vec![], false),
        (1, Cursor::After(0), 3, vec![1, 2, 3], true),
        (5, Cursor::After(0), 2, vec![5, 6], true),
        (1, Cursor::After(7), 3, vec![8, 9, 10], false),
        (1, Cursor::After(10), 3, vec![], false),
        (1, Cursor::After(Seq::MAX), 3, vec![], false),
    ] {
        let Page { messages, has_more } =
            messages::page(&mut conn, id, floor..=10, cursor, limit).await.unwrap();
        let seqs: Vec<_> = messages.iter().map(|m| m.seq).collect();
        assert_eq!((seqs, has_more), (expected, more), "{floor} {cursor:?} {limit}");
    }
    assert!(messages::page(&mut conn, NOWHERE, 1..=10, Cursor::Newest, 3).await.unwrap().messages.is_empty());
}

async fn entries_are_found_by_place_and_by_range(bench: Bench) {
    let [alice] = bench.users().await;
    let (_, id) = group(&bench, alice).await;
    log(&bench, id, alice, 10).await;
    let found = conversations::find(&mut read(&bench).await, id).await.unwrap().unwrap();
    let moved = Conversation { members_version: 3, ..found };
    advance(&mut write(&bench).await, &[moved]).await;
    let mut conn = read(&bench).await;
    assert_eq!(messages::find(&mut conn, id, 4).await.unwrap().unwrap().seq, 4);
    assert_eq!(messages::find(&mut conn, id, 11).await.unwrap(), None);
    let places = [(id, 2), (id, 9), (NOWHERE, 1), (id, 99)];
    let found = messages::find_many(&mut conn, &places).await.unwrap();
    assert_eq!(found.iter().map(|m| m.seq).collect::<BTreeSet<_>>(), BTreeSet::from([2, 9]));
    for (after, through, limit, expected) in
        [(3, 6, 256, vec![4, 5, 6]), (0, 99, 2, vec![1, 2]), (10, 99, 9, vec![]), (5, 5, 9, vec![])]
    {
        let found = messages::between(&mut conn, id, after, through, limit).await.unwrap();
        assert_eq!(found.iter().map(|(m, _)| m.seq).collect::<Vec<_>>(), expected);
        assert!(found.iter().all(|(_, version)| *version == 3));
    }
}

on_both_engines!(
    text_columns_compare_by_bytes,
    values_come_back_as_they_were_put_in,
    a_transaction_that_is_dropped_leaves_nothing,
    ids_are_those_of_the_rows_however_many_are_inserted,
    a_place_and_a_senders_id_are_each_taken_once,
    what_was_sent_is_found_by_its_sender_and_id,
    a_page_begins_where_it_is_told_and_says_whether_there_is_more,
    entries_are_found_by_place_and_by_range,
);
