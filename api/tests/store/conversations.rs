//! Conversations: who has one, that they are numbered under a lock, and that the lock is only theirs.

use crate::rows::{NO_GROUP, NOWHERE, advance, group, pair, read, write};
use crate::support::{Bench, START};
use api::store::conversations::Conversation;
use api::store::{Lock, Trouble, conversations};
use shared::draft::ConversationKey;
use shared::ids::{ConversationId, UserId};
use std::collections::BTreeSet;
use std::time::Duration;

async fn a_pair_has_one_conversation_whoever_is_named_first(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let id = pair(&bench, bob, alice).await;
    assert_eq!(pair(&bench, alice, bob).await, id, "made once");
    let notes = pair(&bench, alice, alice).await;
    assert_ne!(notes, id);
    let mut conn = read(&bench).await;
    let found = conversations::find_pair(&mut conn, alice, bob).await.unwrap().unwrap();
    let key = ConversationKey::Pair(alice, bob);
    assert_eq!(found, Conversation { id, key, last_seq: 0, members_version: 0, updated_at: START });
    assert_eq!(conversations::find_pair(&mut conn, alice, carol).await.unwrap(), None);
    assert_eq!(conversations::find(&mut conn, id).await.unwrap(), Some(found));
    assert_eq!(conversations::find(&mut conn, NOWHERE).await.unwrap(), None);
    let many =
        conversations::find_pairs(&mut conn, &[(alice, bob), (alice, alice), (bob, carol)]).await.unwrap();
    assert_eq!(many.iter().map(|c| c.id).collect::<BTreeSet<_>>(), BTreeSet::from([id, notes]));
}

async fn many_pairs_are_made_and_found_at_once(bench: Bench) {
    let alice = bench.user("alice").await;
    let pairs: Vec<_> = (1..=300).map(|n| (alice, UserId(alice.0 + n))).collect();
    conversations::ensure_pairs(&mut write(&bench).await, &pairs[..100], START).await.unwrap();
    conversations::ensure_pairs(&mut write(&bench).await, &pairs, START).await.unwrap();
    let found = conversations::find_pairs(&mut read(&bench).await, &pairs).await.unwrap();
    let keys: BTreeSet<_> = found.iter().map(|c| c.key).collect();
    assert_eq!((keys.len(), found.len()), (300, 300));
    let ids: Vec<_> = found.iter().map(|c| c.id).collect();
    assert_eq!(conversations::find_many(&mut read(&bench).await, &ids).await.unwrap().len(), 300);
    assert!(conversations::find_many(&mut read(&bench).await, &[]).await.unwrap().is_empty());
}

async fn a_group_has_one_conversation(bench: Bench) {
    let [alice] = bench.users().await;
    let (first, id) = group(&bench, alice).await;
    let (second, other) = group(&bench, alice).await;
    let mut conn = read(&bench).await;
    let found = conversations::find_group(&mut conn, first).await.unwrap().unwrap();
    assert_eq!((found.id, found.key), (id, ConversationKey::Group(first)));
    assert_eq!(conversations::find_group(&mut conn, NO_GROUP).await.unwrap(), None);
    let found = conversations::find_groups(&mut conn, &[second, first, NO_GROUP]).await.unwrap();
    assert_eq!(found.iter().map(|c| c.id).collect::<BTreeSet<_>>(), BTreeSet::from([id, other]));
    let twice = conversations::make_group(&mut write(&bench).await, first, START).await.unwrap_err();
    assert_eq!(Trouble::of(&twice), Some(Trouble::Duplicate));
}

async fn conversations_move_on_each_by_its_own(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let (ab, ac) = (pair(&bench, alice, bob).await, pair(&bench, alice, carol).await);
    let (_, gc) = group(&bench, alice).await;
    let ids = [ab, ac, gc];
    let mut tx = bench.db.begin().await.unwrap();
    let locked = conversations::lock(&mut tx, &ids, Lock::Wait).await.unwrap();
    assert_eq!(locked.iter().map(|c| c.id).collect::<Vec<_>>(), ids, "in the order of their ids");
    let later = |by| START.plus(Duration::from_millis(by));
    let moved: Vec<_> = [(ab, 5, 0, later(1)), (gc, 9, 4, later(1_001))]
        .map(|(id, last_seq, members_version, updated_at)| {
            let found = locked.iter().find(|c| c.id == id).unwrap();
            Conversation { last_seq, members_version, updated_at, ..*found }
        })
        .into();
    advance(&mut tx, &moved).await;
    tx.commit().await.unwrap();
    let mut conn = read(&bench).await;
    for conversation in &moved {
        assert_eq!(conversations::find(&mut conn, conversation.id).await.unwrap(), Some(*conversation));
    }
    let left = conversations::find(&mut conn, ac).await.unwrap().unwrap();
    assert_eq!((left.last_seq, left.updated_at), (0, START), "one that was not named stays");

    let ids = |found: Vec<Conversation>| found.into_iter().map(|c| c.id).collect::<Vec<_>>();
    let since = conversations::updated_since(&mut conn, later(1), ConversationId(0), 10).await.unwrap();
    assert_eq!(ids(since), [ab, gc]);
    let first = conversations::updated_since(&mut conn, START, ConversationId(0), 1).await.unwrap();
    assert_eq!(ids(first), [ab]);
    let next = conversations::updated_since(&mut conn, START, ab, 10).await.unwrap();
    assert_eq!(ids(next), [ac, gc]);
}

on_both_engines!(
    a_pair_has_one_conversation_whoever_is_named_first,
    many_pairs_are_made_and_found_at_once,
    a_group_has_one_conversation,
    conversations_move_on_each_by_its_own,
);

/// A lock is waited for, or passed over, and what is read after it is what the holder committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_conversation_is_waited_for_or_left_out() {
    let bench = Bench::mariadb().await;
    let [alice, bob, carol] = bench.users().await;
    let (ab, ac) = (pair(&bench, alice, bob).await, pair(&bench, alice, carol).await);
    let mut holder = bench.db.begin().await.unwrap();
    let held = conversations::lock(&mut holder, &[ab], Lock::Wait).await.unwrap();

    let mut other = bench.db.begin().await.unwrap();
    let found = conversations::lock(&mut other, &[ab, ac], Lock::Skip).await.unwrap();
    assert_eq!(found.iter().map(|c| c.id).collect::<Vec<_>>(), [ac]);
    drop(other);
    let mut other = bench.db.begin().await.unwrap();
    let refused = conversations::lock(&mut other, &[ab], Lock::Wait).await.unwrap_err();
    assert_eq!(Trouble::of(&refused), Some(Trouble::LockWait));
    drop(other);

    let waiting = tokio::spawn({
        let db = bench.db.clone();
        async move {
            let mut tx = db.begin().await.unwrap();
            conversations::lock(&mut tx, &[ab], Lock::Wait).await.unwrap()
        }
    });
    advance(&mut holder, &[Conversation { last_seq: 7, ..held[0] }]).await;
    holder.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap()[0].last_seq, 7);
}

/// Left alone, MySQL reads a small table from end to end, and waits at the first row that somebody holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_somebody_holds_is_not_met_on_the_way_to_others() {
    let bench = Bench::mariadb().await;
    let pairs: Vec<_> = (1..=200).map(|n| (UserId(1), UserId(n))).collect();
    conversations::ensure_pairs(&mut write(&bench).await, &pairs, START).await.unwrap();
    let found = conversations::find_pairs(&mut read(&bench).await, &pairs).await.unwrap();
    let mut ids: Vec<_> = found.iter().map(|c| c.id).collect();
    ids.sort_unstable();
    let held = ids.remove(100);
    let mut holder = bench.db.begin().await.unwrap();
    conversations::lock(&mut holder, &[held], Lock::Wait).await.unwrap();
    for count in [2, 64, 150] {
        let mut other = bench.db.begin().await.unwrap();
        let locked = conversations::lock(&mut other, &ids[..count], Lock::Wait).await.unwrap();
        assert_eq!(locked.len(), count);
        advance(&mut other, &locked).await;
        other.commit().await.unwrap();
    }
}
