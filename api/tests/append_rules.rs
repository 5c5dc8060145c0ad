//! What append answers, writes and publishes, one rule after the other, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

#[macro_use]
mod support;

use api::append::{Hooks, Pause};
use api::store::members::{self, Role};
use api::store::{conversations, groups, reads};
use shared::door::Refusal;
use shared::draft::{Draft, MessageType, Target};
use shared::envelope::{Change, Kind};
use shared::error::Code;
use shared::ids::{GroupId, UserId};
use shared::topic::Topic;
use std::sync::Arc;
use std::time::Duration;
use support::bus::{KeepingBus, entry};
use support::{Bench, START, into, to};
use testkit::eventually;
use tokio::sync::Semaphore;

fn refused<T: std::fmt::Debug>(outcome: Result<T, Refusal>) -> Code {
    outcome.unwrap_err().code
}

async fn roles(bench: &Bench, group: GroupId) -> Vec<(UserId, Role)> {
    let members = members::list(&mut bench.db.read().await.unwrap(), group).await.unwrap();
    members.into_iter().map(|member| (member.user_id, member.role)).collect()
}

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
    assert_eq!(log.iter().map(|m| (m.id, m.seq)).collect::<Vec<_>>(), [
        (first.message_id, 1),
        (second.message_id, 2)
    ]);
    assert_eq!((log[1].content.as_str(), log[1].sender_id, log[1].receiver_id), ("hello 😀", bob, Some(alice)));
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

async fn a_group_is_its_owners_first_and_joining_twice_is_once(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let [alice, bob] = bench.users().await;
    let group = append.create_group(alice, "读书会", "books").await.unwrap();
    append.join(bob, group).await.unwrap();
    append.join(bob, group).await.unwrap();
    append.join(alice, group).await.unwrap();
    assert_eq!(roles(&bench, group).await, [(alice, Role::Owner), (bob, Role::Member)]);
    let mut conn = bench.db.read().await.unwrap();
    let found = groups::find(&mut conn, group).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.owner_id, found.closed_at), ("读书会", alice, None));
    let conversation = conversations::find_group(&mut conn, group).await.unwrap().unwrap();
    assert_eq!((conversation.last_seq, conversation.members_version), (2, 2));
    assert_eq!(members::find(&mut conn, group, bob).await.unwrap().unwrap().joined_seq, 2);
    assert_eq!(reads::find(&mut conn, conversation.id, bob).await.unwrap(), 2, "a newcomer is behind nothing");
    bench.finish().await;
    let joined = &bus.on(Topic::User(bob))[0];
    assert_eq!(joined, &bus.on(Topic::Group(group))[1], "the joiner's own devices are told");
    assert_eq!((joined.header.change, joined.header.subject_id), (Change::Joined, bob));
    assert_eq!((joined.header.members_version, joined.header.seq), (2, 2));
    let event = entry(joined);
    assert_eq!((event.message_type.as_str(), event.content.as_str()), ("member_joined", &*detail(bob)));
    assert_eq!((event.user_id, event.group_id, event.receiver_id), (bob, Some(group), None));
}

fn detail(user: UserId) -> String {
    format!("{{\"user_id\":{user}}}")
}

async fn a_group_that_is_not_founded_yet_waits_for_its_owner(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    let mut tx = bench.db.begin().await.unwrap();
    let group = groups::insert(&mut tx, alice, "left behind", "", START).await.unwrap();
    conversations::make_group(&mut tx, group, START).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(refused(append.join(bob, group).await), Code::NotFound);
    append.join(alice, group).await.unwrap();
    append.join(bob, group).await.unwrap();
    assert_eq!(roles(&bench, group).await, [(alice, Role::Owner), (bob, Role::Member)]);
}

async fn an_owner_who_leaves_hands_over_and_the_last_one_closes(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob, carol, dave] = bench.users().await;
    let group = append.create_group(alice, "book club", "").await.unwrap();
    for user in [bob, carol, dave] {
        append.join(user, group).await.unwrap();
    }
    bench.set_role(group, dave, Role::Admin).await;
    append.leave(alice, group).await.unwrap();
    assert_eq!(roles(&bench, group).await, [
        (bob, Role::Member),
        (carol, Role::Member),
        (dave, Role::Owner)
    ]);
    append.leave(dave, group).await.unwrap();
    assert_eq!(roles(&bench, group).await, [(bob, Role::Owner), (carol, Role::Member)]);
    let owner = groups::find(&mut bench.db.read().await.unwrap(), group).await.unwrap().unwrap().owner_id;
    assert_eq!(owner, bob);
    append.leave(carol, group).await.unwrap();
    append.leave(bob, group).await.unwrap();
    assert_eq!(roles(&bench, group).await, []);
    let closed = groups::find(&mut bench.db.read().await.unwrap(), group).await.unwrap().unwrap().closed_at;
    assert!(closed.is_some());
    assert_eq!(refused(append.join(bob, group).await), Code::NotFound, "a closed group stays closed");
    assert_eq!(refused(append.leave(bob, group).await), Code::NotFound);
}

async fn removing_goes_by_role(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let [owner, admin, other_admin, member, stranger] = bench.users().await;
    let group = append.create_group(owner, "book club", "").await.unwrap();
    for user in [admin, other_admin, member] {
        append.join(user, group).await.unwrap();
    }
    bench.set_role(group, admin, Role::Admin).await;
    bench.set_role(group, other_admin, Role::Admin).await;
    for (actor, subject, code) in [
        (stranger, member, Code::NotFound),
        (member, owner, Code::Forbidden),
        (member, stranger, Code::Forbidden),
        (admin, stranger, Code::NotFound),
        (admin, owner, Code::Forbidden),
        (admin, other_admin, Code::Forbidden),
        (owner, owner, Code::BadRequest),
        (owner, stranger, Code::NotFound),
    ] {
        assert_eq!(refused(append.kick(actor, subject, group).await), code, "{actor} {subject}");
    }
    assert_eq!(refused(append.kick(owner, member, GroupId(999_999)).await), Code::NotFound);
    append.kick(admin, member, group).await.unwrap();
    append.kick(owner, admin, group).await.unwrap();
    assert_eq!(roles(&bench, group).await, [(owner, Role::Owner), (other_admin, Role::Admin)]);
    bench.finish().await;
    let left = bus.on(Topic::User(member)).pop().unwrap();
    assert_eq!((left.header.change, left.header.subject_id), (Change::Left, member));
    assert_eq!(left.header.members_version, 5);
    assert_eq!(entry(&left).user_id, admin, "the entry says who did it");
    assert_eq!(bus.on(Topic::Group(group)).last().unwrap().header.subject_id, admin);
}

async fn who_comes_back_starts_again_and_their_cursor_does_not_go_back(bench: Bench) {
    let append = bench.append(&KeepingBus::new());
    let [alice, bob] = bench.users().await;
    let group = append.create_group(alice, "book club", "").await.unwrap();
    append.join(bob, group).await.unwrap();
    append.leave(bob, group).await.unwrap();
    append.send(into(alice, group, "unseen")).await.unwrap();
    append.join(bob, group).await.unwrap();
    let conversation = bench.group_conversation(group).await;
    let mut conn = bench.db.read().await.unwrap();
    assert_eq!(members::find(&mut conn, group, bob).await.unwrap().unwrap().joined_seq, 5);
    assert_eq!(reads::find(&mut conn, conversation, bob).await.unwrap(), 5);
}

async fn within_one_batch_each_ask_sees_what_the_one_before_did(bench: Bench) {
    // Held at its first batch, the lane takes the rest as one.
    let (pause, gate) = gate();
    let hooks = Hooks { before_commit: Some(pause), ..Hooks::default() };
    let append = bench.append_with(bench.db.clone(), &KeepingBus::new(), hooks);
    let [alice, bob, carol] = bench.users().await;
    gate.add_permits(1);
    let group = append.create_group(alice, "book club", "").await.unwrap();
    let (first, joined, wrote, left, wrote_again, back, handed_over, kicked) = tokio::join!(
        append.send(into(alice, group, "holds the lane")),
        append.join(bob, group),
        append.send(into(bob, group, "I am here")),
        append.leave(bob, group),
        append.send(into(bob, group, "I am not")),
        append.join(bob, group),
        append.leave(alice, group),
        async {
            let kicked = append.kick(bob, carol, group);
            // Asked for last, so everything else is queued by now.
            let open = async { gate.add_permits(100) };
            tokio::join!(kicked, open).0
        },
    );
    assert_eq!(first.unwrap().seq, 2);
    assert_eq!((joined, wrote.unwrap().seq, left), (Ok(()), 4, Ok(())));
    assert_eq!(refused(wrote_again), Code::NotFound);
    assert_eq!((back, handed_over), (Ok(()), Ok(())));
    assert_eq!(refused(kicked), Code::NotFound, "bob may, but carol is not there");
    assert_eq!(roles(&bench, group).await, [(bob, Role::Owner)]);
    let log = bench.log(bench.group_conversation(group).await).await;
    assert_eq!(log.iter().map(|m| m.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    bench.finish().await;
}

/// A pause that lasts until it is given a permit, each time.
fn gate() -> (Pause, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let hold = gate.clone();
    let pause: Pause = Arc::new(move |_| {
        let hold = hold.clone();
        Box::pin(async move { hold.acquire().await.unwrap().forget() })
    });
    (pause, gate)
}

async fn a_stored_entry_published_again_names_no_change_and_the_present_version(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let [alice, bob] = bench.users().await;
    let group = append.create_group(alice, "book club", "").await.unwrap();
    let draft = into(alice, group, "early");
    append.send(draft.clone()).await.unwrap();
    append.join(bob, group).await.unwrap();
    append.send(draft).await.unwrap();
    bench.finish().await;
    let published = bus.on(Topic::Group(group));
    let versions: Vec<_> =
        published.iter().map(|e| (e.header.seq, e.header.members_version, e.header.change)).collect();
    assert_eq!(versions, [
        (1, 1, Change::Joined),
        (2, 1, Change::None),
        (3, 2, Change::Joined),
        (2, 2, Change::None)
    ]);
    assert!(published.iter().all(|envelope| envelope.header.kind == Kind::Entry));
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
    a_group_is_its_owners_first_and_joining_twice_is_once,
    a_group_that_is_not_founded_yet_waits_for_its_owner,
    an_owner_who_leaves_hands_over_and_the_last_one_closes,
    removing_goes_by_role,
    who_comes_back_starts_again_and_their_cursor_does_not_go_back,
    within_one_batch_each_ask_sees_what_the_one_before_did,
    a_stored_entry_published_again_names_no_change_and_the_present_version,
    answers_come_before_the_entry_is_published,
    a_lane_that_stops_answers_what_it_holds_and_takes_nothing_more,
);
