//! What becomes of messages: numbered, once, in order, and only from those who may.

use crate::support::bus::{KeepingBus, entry};
use crate::support::{Bench, START};
use crate::support::{into, to};
use crate::{gate, one_lane, refused};
use api::append::{Hooks, Pause};
use api::store::conversations;
use futures_util::FutureExt;
use shared::draft::{Draft, MessageType, Target};
use shared::error::Code;
use shared::ids::{GroupId, UserId};
use shared::topic::Topic;
use std::sync::Arc;
use std::time::Duration;
use testkit::eventually;

async fn messages_are_numbered_dated_and_answered_with_their_place(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    let first = append.send(to(alice, bob, "hi")).await.unwrap();
    // The clock of another node may be behind: time does not run backwards in a conversation.
    bench.clock.advance(Duration::from_secs(1));
    let second = append.send(to(bob, alice, "hello 😀")).await.unwrap();
    assert_eq!((first.seq, second.seq), (1, 2));
    assert_eq!(first.conversation_id, second.conversation_id);
    assert_eq!((first.created_at, second.created_at), (START, START.plus(Duration::from_secs(1))));

    let log = bench.log(first.conversation_id).await;
    assert_eq!(
        log.iter().map(|m| (m.id, m.seq)).collect::<Vec<_>>(),
        [(first.message_id, 1), (second.message_id, 2)]
    );
    assert_eq!(
        (log[1].content.as_str(), log[1].sender_id, log[1].receiver_id),
        ("hello 😀", bob, Some(alice))
    );
}

async fn a_note_to_oneself_is_a_conversation_and_is_published_once(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let [alice] = bench.users().await;
    let stored = append.send(to(alice, alice, "milk")).await.unwrap();
    bench.finish().await;
    let published = bus.all();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].0, Topic::User(alice));
    assert_eq!(entry(&published[0].1).message_id, stored.message_id);
}

async fn a_batch_keeps_its_order_and_a_bad_draft_fails_alone(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    let mut drafts: Vec<_> = (0..300).map(|n| to(alice, bob, &n.to_string())).collect();
    drafts[7] = to(alice, UserId(999_999), "to nobody");
    drafts[8].content = "x".repeat(70_000);
    drafts[9].content.clear();
    drafts[10] = drafts[11].clone();
    let outcomes = append.append(drafts.clone()).await;
    assert_eq!(refused(outcomes[7]), Code::NotFound);
    assert_eq!(refused(outcomes[8]), Code::ContentTooLong);
    assert_eq!(refused(outcomes[9]), Code::ContentEmpty);
    assert_eq!(outcomes[10], outcomes[11], "a repeat within a batch has the same place");
    let stored = outcomes[0].unwrap();
    let log = bench.log(stored.conversation_id).await;
    let expected: Vec<_> = (0..300).filter(|n| !(7..=10).contains(n)).map(|n| n.to_string()).collect();
    assert_eq!(log.iter().map(|m| m.content.clone()).collect::<Vec<_>>(), expected);
    for (draft, outcome) in drafts.iter().zip(&outcomes) {
        let Ok(place) = outcome else { continue };
        let row = &log[usize::try_from(place.seq - 1).unwrap()];
        assert_eq!((row.id, &row.content), (place.message_id, &draft.content), "each id is its own row's");
    }
}

async fn nobody_writes_to_or_from_an_account_that_is_closed_or_never_was(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob, carol] = bench.users().await;
    append.send(to(alice, bob, "before")).await.unwrap();
    bench.close_account(bob).await;
    assert_eq!(refused(append.send(to(alice, bob, "after")).await), Code::NotFound);
    assert_eq!(refused(append.send(to(bob, alice, "after")).await), Code::NotFound);
    assert_eq!(refused(append.send(to(carol, bob, "first")).await), Code::NotFound);
    assert_eq!(refused(append.send(to(carol, UserId(999_999), "first")).await), Code::NotFound);
    let pair = conversations::find_pair(&mut bench.db.read().await.unwrap(), carol, bob).await.unwrap();
    assert_eq!(pair, None, "no row is made for those who cannot talk");
}

async fn a_repeat_has_the_stored_place_and_is_published_again(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let [alice, bob] = bench.users().await;
    let draft = to(alice, bob, "once");
    let stored = append.send(draft.clone()).await.unwrap();
    append.send(to(alice, bob, "between")).await.unwrap();
    assert_eq!(append.send(draft.clone()).await.unwrap(), stored);
    assert_eq!(bench.log(stored.conversation_id).await.len(), 2);
    bench.finish().await;
    for topic in [Topic::User(alice), Topic::User(bob)] {
        let seqs: Vec<_> = bus.on(topic).iter().map(|envelope| envelope.header.seq).collect();
        assert_eq!(seqs, [1, 2, 1]);
    }
    assert_eq!(bus.on(Topic::User(bob))[0], bus.on(Topic::User(bob))[2]);
}

async fn the_same_id_for_something_else_is_refused(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob, carol] = bench.users().await;
    let draft = to(alice, bob, "this");
    append.send(draft.clone()).await.unwrap();
    let mut other = draft.clone();
    other.content = "that".to_owned();
    assert_eq!(refused(append.send(other).await), Code::IdReused);
    let mut other = draft.clone();
    other.message_type = MessageType::Image;
    assert_eq!(refused(append.send(other).await), Code::IdReused);
    let elsewhere = |receiver| Draft { target: Target::User(receiver), ..draft.clone() };
    assert_eq!(refused(append.send(elsewhere(carol)).await), Code::IdReused);
    assert_eq!(refused(append.send(elsewhere(UserId(999_999))).await), Code::IdReused);
    // The id is the sender's own: others may use the same one.
    let mut theirs = to(bob, alice, "this");
    theirs.client_message_id = draft.client_message_id;
    append.send(theirs).await.unwrap();
}

async fn a_sender_who_was_removed_still_gets_the_place_of_what_was_stored(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    let group = append.create_group(alice, "book club", "").await.unwrap();
    append.join(bob, group).await.unwrap();
    let draft = into(bob, group, "stored, and the answer lost");
    let stored = append.send(draft.clone()).await.unwrap();
    append.kick(alice, bob, group).await.unwrap();
    assert_eq!(refused(append.send(into(bob, group, "new")).await), Code::NotFound, "the premise");
    assert_eq!(append.send(draft.clone()).await, Ok(stored));
    let mut other = draft.clone();
    other.content = "something else".to_owned();
    assert_eq!(refused(append.send(other).await), Code::IdReused);
    bench.close_account(bob).await;
    assert_eq!(append.send(draft).await, Ok(stored), "nor does closing the account change what was stored");
}

async fn strangers_and_absent_groups_are_refused_alike_and_the_muted_by_name(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    let group = append.create_group(alice, "book club", "").await.unwrap();
    assert_eq!(refused(append.send(into(bob, group, "hi")).await), Code::NotFound);
    assert_eq!(refused(append.send(into(bob, GroupId(999_999), "hi")).await), Code::NotFound);
    append.join(bob, group).await.unwrap();
    mute(&bench, group, bob).await;
    assert_eq!(refused(append.send(into(bob, group, "hi")).await), Code::Muted);
    bench.clock.advance(Duration::from_mins(1));
    append.send(into(bob, group, "hi")).await.unwrap();
}

async fn mute(bench: &Bench, group: GroupId, user: UserId) {
    let until = bench.clock.now().plus(Duration::from_mins(1));
    let update = "UPDATE group_members SET muted_until = ? WHERE group_id = ? AND user_id = ?";
    let bound = api::store::sql::query(update).bind(until).bind(group).bind(user);
    bound.execute(&mut bench.db.write().await.unwrap()).await.unwrap();
}

async fn answers_come_before_the_entry_is_published(bench: Bench) {
    let bus = KeepingBus::new();
    let (pause, gate) = gate();
    let hooks = Hooks { before_publish: Some(pause), ..Hooks::default() };
    let append = bench.append_with(bench.db.clone(), &bus, hooks);
    let [alice, bob] = bench.users().await;
    append.send(to(alice, bob, "hi")).await.unwrap();
    assert!(bus.all().is_empty());
    gate.add_permits(1);
    eventually("the entry on the bus", async || (bus.all().len() == 2).then_some(())).await;
}

async fn what_is_published_says_when_it_was_committed_and_again_when_it_is_told_again(bench: Bench) {
    const WHILE: Duration = Duration::from_secs(3);
    let bus = KeepingBus::new();
    let clock = bench.clock.clone();
    let slow: Pause = Arc::new(move |_| {
        clock.advance(WHILE);
        Box::pin(async {})
    });
    let hooks = Hooks { before_commit: Some(slow), ..Hooks::default() };
    let append = one_lane(&bench, bench.db.clone(), &bus, hooks);
    let [alice, bob] = bench.users().await;
    let draft = to(alice, bob, "hi");
    let stored = append.send(draft.clone()).await.unwrap();
    append.send(draft).await.unwrap();
    let told = eventually("both on the bus", async || {
        let told = bus.on(Topic::User(bob));
        (told.len() == 2).then_some(told)
    });
    let [first, again] = told.await.try_into().unwrap();
    assert_eq!(entry(&first).created_at, stored.created_at);
    assert_eq!(first.header.at, stored.created_at.plus(WHILE), "not when the transaction began");
    // A repeat was tried once in the hope that it is none.
    assert!(again.header.at >= first.header.at.plus(WHILE), "the first telling is long past");
    assert_eq!(entry(&again).created_at, stored.created_at);
}

/// Another node may have told them by now that it is refused for good.
async fn what_its_asker_has_given_up_is_not_stored_later(bench: Bench) {
    let (pause, gate) = gate();
    let hooks = Hooks { before_commit: Some(pause), ..Hooks::default() };
    let append = one_lane(&bench, bench.db.clone(), &KeepingBus::new(), hooks);
    let [alice, bob, carol] = bench.users().await;
    let mut busy = std::pin::pin!(append.send(to(alice, carol, "holds the lane up")));
    assert!((&mut busy).now_or_never().is_none());
    let given_up = to(alice, bob, "given up");
    assert!(
        append.send(given_up.clone()).now_or_never().is_none(),
        "it waits in the lane, and its asker goes"
    );
    let next = append.send(to(bob, alice, "next"));
    gate.add_permits(3);
    let (first, next) = tokio::join!(busy, next);
    assert_eq!((first.unwrap().seq, next.unwrap().seq), (1, 1));
    assert_eq!(append.send(given_up).await.unwrap().seq, 2, "asked again, it is stored as ever");
}

async fn a_lane_that_stops_answers_what_it_holds_and_takes_nothing_more(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    let drafts: Vec<_> = (0..200).map(|n| to(alice, bob, &n.to_string())).collect();
    let (outcomes, ()) = tokio::join!(append.append(drafts), bench.finish());
    assert!(outcomes.iter().all(Result::is_ok));
    let refusal = append.send(to(alice, bob, "late")).await.unwrap_err();
    assert_eq!((refusal.code, refusal.retry_after_ms.is_some()), (Code::Unavailable, true));
}

on_both_engines!(
    messages_are_numbered_dated_and_answered_with_their_place,
    a_note_to_oneself_is_a_conversation_and_is_published_once,
    a_batch_keeps_its_order_and_a_bad_draft_fails_alone,
    nobody_writes_to_or_from_an_account_that_is_closed_or_never_was,
    a_repeat_has_the_stored_place_and_is_published_again,
    the_same_id_for_something_else_is_refused,
    a_sender_who_was_removed_still_gets_the_place_of_what_was_stored,
    strangers_and_absent_groups_are_refused_alike_and_the_muted_by_name,
    answers_come_before_the_entry_is_published,
    what_is_published_says_when_it_was_committed_and_again_when_it_is_told_again,
    what_its_asker_has_given_up_is_not_stored_later,
    a_lane_that_stops_answers_what_it_holds_and_takes_nothing_more,
);
