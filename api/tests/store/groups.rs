//! Groups and who is in them.

use crate::rows::{NO_GROUP, group, member, read, seat, write};
use crate::support::{Bench, START};
use api::store::members::{Member, Role};
use api::store::{Trouble, groups, members};
use shared::ids::UserId;
use std::collections::BTreeSet;
use std::time::Duration;

async fn groups_are_made_listed_handed_over_and_closed(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let (first, _) = group(&bench, alice).await;
    let (second, _) = group(&bench, bob).await;
    let found = groups::find(&mut read(&bench).await, first).await.unwrap().unwrap();
    assert_eq!(
        (found.name.as_str(), found.description.as_str(), found.avatar.as_str()),
        ("book club", "", "")
    );
    assert_eq!((found.owner_id, found.join_policy.as_str(), found.closed_at), (alice, "open", None));
    assert_eq!((found.created_at, found.updated_at), (START, START));
    assert_eq!(groups::find(&mut read(&bench).await, NO_GROUP).await.unwrap(), None);
    assert_eq!(
        groups::find_many(&mut read(&bench).await, &[first, second, NO_GROUP]).await.unwrap().len(),
        2
    );

    assert!(groups::list_for(&mut read(&bench).await, alice).await.unwrap().is_empty());
    seat(&bench, second, alice, Role::Member, 2).await;
    seat(&bench, first, alice, Role::Owner, 1).await;
    let listed = groups::list_for(&mut read(&bench).await, alice).await.unwrap();
    assert_eq!(listed.iter().map(|g| g.id).collect::<Vec<_>>(), [first, second]);

    let later = START.plus(Duration::from_secs(1));
    groups::set_owner(&mut write(&bench).await, first, bob, later).await.unwrap();
    let found = groups::find(&mut read(&bench).await, first).await.unwrap().unwrap();
    assert_eq!((found.owner_id, found.updated_at, found.closed_at), (bob, later, None));
    groups::close(&mut write(&bench).await, first, later).await.unwrap();
    let found = groups::find(&mut read(&bench).await, first).await.unwrap().unwrap();
    assert_eq!(found.closed_at, Some(later));
    let other = groups::find(&mut read(&bench).await, second).await.unwrap().unwrap();
    assert_eq!((other.owner_id, other.closed_at), (bob, None));
}

async fn members_come_go_and_change(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let (first, _) = group(&bench, alice).await;
    let (second, _) = group(&bench, alice).await;
    let muted = Member { muted_until: Some(START), ..member(first, bob, Role::Admin, 2) };
    let seats = [member(first, carol, Role::Member, 3), member(first, alice, Role::Owner, 1), muted];
    members::insert(&mut write(&bench).await, &seats).await.unwrap();
    seat(&bench, second, alice, Role::Owner, 1).await;
    assert_eq!(members::list(&mut read(&bench).await, first).await.unwrap(), [seats[1], seats[2], seats[0]]);
    let mut conn = read(&bench).await;
    assert_eq!(members::find(&mut conn, first, bob).await.unwrap(), Some(muted));
    assert_eq!(members::find(&mut conn, second, bob).await.unwrap(), None);
    let sought = [(first, alice), (second, alice), (second, carol), (NO_GROUP, alice)];
    let found = members::find_many(&mut conn, &sought).await.unwrap();
    assert_eq!(found.iter().map(|m| m.group_id).collect::<BTreeSet<_>>(), BTreeSet::from([first, second]));
    drop(conn);
    let twice = members::insert(&mut write(&bench).await, &[muted]).await.unwrap_err();
    assert_eq!(Trouble::of(&twice), Some(Trouble::Duplicate));

    members::set_role(&mut write(&bench).await, first, carol, Role::Admin).await.unwrap();
    members::delete(&mut write(&bench).await, &[(first, alice), (second, bob)]).await.unwrap();
    let left = members::list(&mut read(&bench).await, first).await.unwrap();
    let roles: Vec<_> = left.iter().map(|m| (m.user_id, m.role)).collect();
    assert_eq!(roles, [(bob, Role::Admin), (carol, Role::Admin)]);
    assert_eq!(members::list(&mut read(&bench).await, second).await.unwrap().len(), 1);
}

async fn many_members_go_at_once(bench: Bench) {
    let alice = bench.user("alice").await;
    let (id, _) = group(&bench, alice).await;
    let seats: Vec<_> = (1..=600).map(|n| member(id, UserId(alice.0 + n), Role::Member, n)).collect();
    members::insert(&mut write(&bench).await, &seats).await.unwrap();
    assert_eq!(members::list(&mut read(&bench).await, id).await.unwrap(), seats);
    let going: Vec<_> = seats[..599].iter().map(|m| (m.group_id, m.user_id)).collect();
    members::delete(&mut write(&bench).await, &going).await.unwrap();
    assert_eq!(members::list(&mut read(&bench).await, id).await.unwrap(), seats[599..]);
}

async fn heirs_are_the_oldest_admins_and_then_the_oldest_members(bench: Bench) {
    let [alice, bob, carol, dave, eve] = bench.users().await;
    let (id, _) = group(&bench, alice).await;
    for (user, role, joined_seq) in [
        (alice, Role::Owner, 1),
        (bob, Role::Member, 2),
        (carol, Role::Admin, 9),
        (dave, Role::Admin, 5),
        (eve, Role::Member, 3),
    ] {
        seat(&bench, id, user, role, joined_seq).await;
    }
    let order = |heirs: Vec<Member>| heirs.into_iter().map(|m| m.user_id).collect::<Vec<_>>();
    let all = members::heirs(&mut read(&bench).await, id, 10).await.unwrap();
    assert_eq!(order(all), [dave, carol, bob, eve]);
    assert_eq!(order(members::heirs(&mut read(&bench).await, id, 2).await.unwrap()), [dave, carol]);
}

on_both_engines!(
    groups_are_made_listed_handed_over_and_closed,
    members_come_go_and_change,
    many_members_go_at_once,
    heirs_are_the_oldest_admins_and_then_the_oldest_members,
);
