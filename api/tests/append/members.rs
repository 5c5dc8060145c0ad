//! Who joins, leaves and is removed, who owns the group then, and what everybody is told of it.

use crate::support::bus::{KeepingBus, entry};
use crate::support::into;
use crate::support::{Bench, START};
use crate::{gate, refused};
use api::append::Hooks;
use api::store::members::Role;
use api::store::{conversations, groups, members, reads};
use shared::envelope::{Change, Kind};
use shared::error::Code;
use shared::ids::{GroupId, UserId};
use shared::topic::Topic;

async fn roles(bench: &Bench, group: GroupId) -> Vec<(UserId, Role)> {
    let members = members::list(&mut bench.db.read().await.unwrap(), group).await.unwrap();
    members.into_iter().map(|member| (member.user_id, member.role)).collect()
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
    assert_eq!(
        reads::find(&mut conn, conversation.id, bob).await.unwrap(),
        2,
        "a newcomer is behind nothing"
    );
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
    assert_eq!(roles(&bench, group).await, [(bob, Role::Member), (carol, Role::Member), (dave, Role::Owner)]);
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
    assert_eq!(
        versions,
        [(1, 1, Change::Joined), (2, 1, Change::None), (3, 2, Change::Joined), (2, 2, Change::None)]
    );
    assert!(published.iter().all(|envelope| envelope.header.kind == Kind::Entry));
}

on_both_engines!(
    a_group_is_its_owners_first_and_joining_twice_is_once,
    a_group_that_is_not_founded_yet_waits_for_its_owner,
    an_owner_who_leaves_hands_over_and_the_last_one_closes,
    removing_goes_by_role,
    who_comes_back_starts_again_and_their_cursor_does_not_go_back,
    within_one_batch_each_ask_sees_what_the_one_before_did,
    a_stored_entry_published_again_names_no_change_and_the_present_version,
);
