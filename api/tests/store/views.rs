//! How users keep conversations on their own lists: changes one by one and at once, and what other devices see of them.

use crate::rows::{group, log, mark, pair, read, seat};
use crate::support::Bench;
use api::store::members::Role;
use api::store::views::{ViewChange, change};
use api::store::{heads, inbox, reads};
use shared::event::View;
use shared::ids::{ConversationId, UserId};

/// In a transaction of its own, as callers do.
async fn changed(bench: &Bench, id: ConversationId, user: UserId, wanted: ViewChange) -> (View, View) {
    let mut tx = bench.db.begin().await.unwrap();
    let views = change(&mut tx, id, user, wanted).await.unwrap();
    tx.commit().await.unwrap();
    views
}

/// As the list has them.
async fn listed(bench: &Bench, user: UserId) -> Vec<(ConversationId, View)> {
    let lines = inbox::list_for(&mut read(bench).await, user).await.unwrap();
    lines.into_iter().map(|line| (line.conversation.id, line.view)).collect()
}

/// What `ready` tells, by which a device knows that it missed a change.
async fn told(bench: &Bench, user: UserId) -> i64 {
    let tips = heads::tips_of(&mut read(bench).await, &[user]).await.unwrap();
    tips.get(&user).map_or(0, |tips| tips.views)
}

fn pin(pinned: bool) -> ViewChange {
    ViewChange { pinned: Some(pinned), ..ViewChange::default() }
}

async fn a_change_is_kept_beside_the_cursor_and_is_nobody_elses(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    log(&bench, id, bob, 3).await;
    mark(&bench, id, alice, 2).await;
    assert_eq!(listed(&bench, alice).await, [(id, View::default())]);
    let wanted =
        ViewChange { pinned: Some(true), muted: Some(true), hidden_seq: Some(3), marked_unread: Some(true) };
    let kept = View { pinned: true, muted: true, hidden_seq: 3, unread_seq: 3, version: 1 };
    assert_eq!(changed(&bench, id, alice, wanted).await, (View::default(), kept));
    assert_eq!(listed(&bench, alice).await, [(id, kept)]);
    assert_eq!(listed(&bench, bob).await, [(id, View::default())]);
    assert_eq!(reads::find(&mut read(&bench).await, id, alice).await.unwrap(), 2, "the cursor stays");
    mark(&bench, id, alice, 3).await;
    assert_eq!(listed(&bench, alice).await, [(id, kept)], "a cursor that moves leaves the rest as it is");
}

async fn the_version_counts_changes_and_what_changes_nothing_is_none(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let (id, notes) = (pair(&bench, alice, bob).await, pair(&bench, alice, alice).await);
    let (tea, talk) = group(&bench, bob).await;
    seat(&bench, tea, bob, Role::Owner, 1).await;
    seat(&bench, tea, alice, Role::Member, 1).await;
    for conversation in [id, notes, talk] {
        log(&bench, conversation, alice, 1).await;
    }
    assert_eq!(told(&bench, alice).await, 0);
    for (pinned, version) in [(false, 0), (true, 1), (true, 1), (false, 2)] {
        assert_eq!(changed(&bench, id, alice, pin(pinned)).await.1.version, version);
    }
    changed(&bench, talk, alice, pin(true)).await;
    changed(&bench, notes, alice, pin(true)).await;
    assert_eq!(told(&bench, alice).await, 4, "of two people, of a group and of notes");
    assert_eq!(told(&bench, bob).await, 0);
}

async fn of_changes_at_once_none_undoes_another(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    log(&bench, id, bob, 9).await;
    let mute = ViewChange { muted: Some(true), ..ViewChange::default() };
    let hide = ViewChange { hidden_seq: Some(9), ..ViewChange::default() };
    let unread = ViewChange { marked_unread: Some(true), ..ViewChange::default() };
    tokio::join!(
        changed(&bench, id, alice, pin(true)),
        changed(&bench, id, alice, mute),
        changed(&bench, id, alice, hide),
        changed(&bench, id, alice, unread),
    );
    let all = View { pinned: true, muted: true, hidden_seq: 9, unread_seq: 1, version: 4 };
    assert_eq!(listed(&bench, alice).await, [(id, all)]);
}

async fn a_change_that_is_rolled_back_leaves_nothing(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    log(&bench, id, bob, 1).await;
    let mut tx = bench.db.begin().await.unwrap();
    let (_, after) = change(&mut tx, id, alice, pin(true)).await.unwrap();
    assert!(after.pinned, "the premise");
    drop(tx);
    assert_eq!(listed(&bench, alice).await, [(id, View::default())]);
    changed(&bench, id, alice, pin(true)).await;
    assert!(listed(&bench, alice).await[0].1.pinned, "and nothing that it held is held on to");
}

on_both_engines!(
    a_change_is_kept_beside_the_cursor_and_is_nobody_elses,
    the_version_counts_changes_and_what_changes_nothing_is_none,
    of_changes_at_once_none_undoes_another,
    a_change_that_is_rolled_back_leaves_nothing,
);
