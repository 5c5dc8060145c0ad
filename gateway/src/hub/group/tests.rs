//! The state machine by itself: what it delivers to whom, and what it asks for, without a bus and without an api.

mod interleavings;

use super::*;
use crate::connection::Connection;
use crate::connection::outbox::OutboxBounds;
use bytes::Bytes;
use shared::door::{Roster, Seat};
use shared::envelope::{Header, Kind};
use shared::ids::SessionId;
use shared::time::{Clock, Timestamp};
use shared::token::Claims;
use std::sync::Arc;
use std::time::Duration;

const GROUP: GroupId = GroupId(7);
const CONVERSATION: ConversationId = ConversationId(70);
const ALICE: UserId = UserId(1);
const BOB: UserId = UserId(2);
const CAROL: UserId = UserId(3);
const NOTHING: [Seq; 0] = [];

fn connection(user_id: UserId) -> Arc<Connection> {
    let claims = Claims { user_id, session_id: SessionId(user_id.0), expires_at: Timestamp(i64::MAX) };
    let bounds = OutboxBounds { bytes: 16 * 1024 * 1024, frames: 100_000 };
    let connection = Connection::new(claims, &Clock::manual(Timestamp(0)), bounds, Duration::from_secs(25));
    connection.outbox.release(Bytes::new());
    connection.outbox.taken();
    Arc::new(connection)
}

fn seat(joined_seq: Seq, members_version: i64, last_seq: Seq) -> Seat {
    Seat { group_id: GROUP, conversation_id: CONVERSATION, joined_seq, members_version, last_seq }
}

fn envelope(seq: Seq, members_version: i64, change: Change, subject_id: UserId) -> Envelope {
    let header = Header {
        kind: Kind::Entry,
        change,
        members_version,
        seq,
        conversation_id: CONVERSATION,
        at: Timestamp(0),
        subject_id,
    };
    Envelope { header, body: Bytes::from(seq.to_string()) }
}

fn said(seq: Seq, members_version: i64) -> Envelope {
    envelope(seq, members_version, Change::None, ALICE)
}

fn roster(members_version: i64, last_seq: Seq, members: &[(UserId, Seq)]) -> Roster {
    Roster { conversation_id: CONVERSATION, members_version, last_seq, members: members.to_vec() }
}

/// What a connection was given: the places of entries, and 0 for a `resync`.
fn heard(connection: &Connection) -> Vec<Seq> {
    let header = |frame: &Bytes| match frame[1] {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    let payload = |frame: Bytes| String::from_utf8_lossy(&frame[header(&frame)..]).trim().parse();
    connection.outbox.taken().into_iter().map(|frame| payload(frame).unwrap_or(0)).collect()
}

/// A group with alice since its first entry and bob since its second, both seated; the log has come to 2.
fn alice_and_bob() -> (Group, Arc<Connection>, Arc<Connection>) {
    let (mut group, alice, bob) = (Group::new(GROUP), connection(ALICE), connection(BOB));
    assert_eq!(group.seat(&alice, seat(1, 2, 2)), Need::Nothing);
    assert_eq!(group.seat(&bob, seat(2, 2, 2)), Need::Nothing);
    (group, alice, bob)
}

#[test]
fn entries_go_to_the_seated_in_order_and_a_repeat_does_no_harm() {
    let (mut group, alice, bob) = alice_and_bob();
    for seq in [3, 4, 3, 5] {
        assert_eq!(group.entry(said(seq, 2)), Need::Nothing);
    }
    assert_eq!(heard(&alice), [3, 4, 3, 5]);
    assert_eq!(heard(&bob), [3, 4, 3, 5]);
}

#[test]
fn an_entry_from_before_the_joining_is_not_given() {
    let (mut group, alice, bob) = alice_and_bob();
    assert_eq!(group.entry(said(1, 1)), Need::Nothing);
    assert_eq!((heard(&alice), heard(&bob)), (vec![1], vec![]));
}

#[test]
fn behind_a_hole_entries_wait_for_it_and_a_late_timer_does_nothing() {
    let (mut group, alice, _) = alice_and_bob();
    let Need::Hole(GROUP, hole) = group.entry(said(4, 2)) else { panic!("the hole is noticed") };
    assert_eq!(group.entry(said(5, 2)), Need::Nothing, "somebody is at it");
    assert_eq!((group.hole(hole), heard(&alice)), (Some((CONVERSATION, 2, 3)), vec![]));
    assert_eq!(group.entry(said(3, 2)), Need::Nothing);
    assert_eq!((group.hole(hole), heard(&alice)), (None, vec![3, 4, 5]));
    group.no_filling(hole);
    assert_eq!(heard(&alice), NOTHING);
}

#[test]
fn a_hole_behind_a_hole_is_another_one() {
    let (mut group, alice, _) = alice_and_bob();
    let Need::Hole(_, first) = group.entry(said(4, 2)) else { panic!("the hole is noticed") };
    group.entry(said(6, 2));
    let Need::Hole(_, second) = group.fetched([said(3, 2)]) else { panic!("the next one is noticed") };
    assert_eq!((group.hole(first), group.hole(second)), (None, Some((CONVERSATION, 4, 5))));
    assert_eq!(heard(&alice), [3, 4]);
}

#[test]
fn a_hole_that_is_not_filled_is_told_and_the_log_goes_on_behind_it() {
    let (mut group, alice, bob) = alice_and_bob();
    let Need::Hole(_, hole) = group.entry(said(4, 2)) else { panic!("the hole is noticed") };
    group.no_filling(hole);
    assert_eq!(group.entry(said(5, 2)), Need::Nothing);
    assert_eq!((heard(&alice), heard(&bob)), (vec![0, 5], vec![0, 5]));
}

#[test]
fn the_next_change_of_members_is_applied_as_it_is() {
    let (mut group, alice, bob) = alice_and_bob();
    assert_eq!(group.entry(envelope(3, 3, Change::Left, BOB)), Need::Nothing);
    assert_eq!(group.entry(said(4, 3)), Need::Nothing);
    assert_eq!(heard(&bob), [3], "the entry of the leaving is the last");
    assert_eq!(heard(&alice), [3, 4]);
    assert!(!group.is_seated(BOB));

    assert_eq!(group.entry(envelope(5, 4, Change::Joined, CAROL)), Need::Nothing);
    let carol = connection(CAROL);
    assert_eq!(group.seat(&carol, seat(5, 4, 5)), Need::Nothing);
    group.entry(said(4, 3));
    group.entry(said(6, 4));
    assert_eq!((heard(&carol), heard(&alice)), (vec![6], vec![5, 4, 6]));
}

#[test]
fn a_change_that_was_missed_is_asked_for_and_holds_what_is_behind_it() {
    let (mut group, alice, bob) = alice_and_bob();
    assert_eq!(group.entry(said(3, 3)), Need::Roster(GROUP, vec![ALICE, BOB]));
    assert_eq!(group.entry(said(4, 3)), Need::Nothing);
    assert_eq!((heard(&alice), heard(&bob)), (vec![], vec![]));
    assert_eq!(group.roster(Some(&roster(3, 4, &[(ALICE, 1)]))), Need::Nothing);
    assert_eq!((heard(&alice), heard(&bob)), (vec![3, 4], vec![]));
}

/// An old change with a version that happens to be the next one would be applied: repeats carry none.
#[test]
fn a_change_more_than_one_version_ahead_is_not_applied_but_asked_for() {
    let (mut group, _, _) = alice_and_bob();
    let need = group.entry(envelope(3, 4, Change::Left, CAROL));
    assert_eq!(need, Need::Roster(GROUP, vec![ALICE, BOB]));
}

#[test]
fn an_answer_older_than_the_entry_is_asked_for_again() {
    let (mut group, alice, bob) = alice_and_bob();
    group.entry(said(3, 3));
    let again = group.roster(Some(&roster(2, 2, &[(ALICE, 1), (BOB, 2)])));
    assert_eq!(again, Need::Roster(GROUP, vec![ALICE, BOB]));
    assert_eq!((heard(&alice), heard(&bob)), (vec![], vec![]));
}

#[test]
fn an_answer_older_than_the_table_does_not_take_its_place() {
    let (mut group, alice, bob) = alice_and_bob();
    assert_eq!(group.gapped(), Need::Roster(GROUP, vec![ALICE, BOB]));
    let again = group.roster(Some(&roster(1, 1, &[(ALICE, 1)])));
    assert_eq!(again, Need::Roster(GROUP, vec![ALICE, BOB]));
    assert_eq!(group.roster(Some(&roster(2, 2, &[(ALICE, 1), (BOB, 2)]))), Need::Nothing);
    group.entry(said(3, 2));
    assert_eq!((heard(&alice), heard(&bob)), (vec![3], vec![3]));
}

#[test]
fn an_answer_that_does_not_know_of_a_newcomer_does_not_unseat_them() {
    let (mut group, _, _) = alice_and_bob();
    group.entry(said(3, 3));
    let carol = connection(CAROL);
    // Read at the version of the answer under way, which was not asked about carol.
    assert_eq!(group.seat(&carol, seat(3, 3, 3)), Need::Nothing);
    assert_eq!(group.roster(Some(&roster(3, 3, &[(ALICE, 1), (BOB, 2)]))), Need::Nothing);
    assert_eq!(heard(&carol), [3]);

    // Read before it: the answer may have changed what the seat says, so carol is asked about too.
    let (mut group, _, _) = alice_and_bob();
    group.entry(said(3, 3));
    group.seat(&carol, seat(2, 2, 2));
    let again = group.roster(Some(&roster(3, 3, &[(ALICE, 1), (BOB, 2)])));
    assert_eq!(again, Need::Roster(GROUP, vec![ALICE, BOB, CAROL]));
}

#[test]
fn a_seat_older_than_the_table_is_checked_before_anything_more_is_delivered() {
    let (mut group, alice, _) = alice_and_bob();
    group.entry(envelope(3, 3, Change::Left, CAROL));
    let carol = connection(CAROL);
    assert_eq!(group.seat(&carol, seat(1, 2, 2)), Need::Roster(GROUP, vec![ALICE, BOB, CAROL]));
    group.entry(said(4, 3));
    group.roster(Some(&roster(3, 4, &[(ALICE, 1), (BOB, 2)])));
    assert_eq!((heard(&carol), heard(&alice)), (vec![], vec![3, 4]));
}

#[test]
fn unknown_members_get_a_resync_and_no_content_until_they_are_known() {
    let (mut group, alice, bob) = alice_and_bob();
    group.entry(said(3, 3));
    group.no_roster();
    assert_eq!((heard(&alice), heard(&bob)), (vec![0], vec![0]));
    assert_eq!(group.entry(said(4, 3)), Need::Roster(GROUP, vec![ALICE, BOB]));
    let mut typing = said(0, 0);
    typing.header.kind = Kind::Ephemeral;
    group.ephemeral(&typing);
    assert_eq!(heard(&bob), NOTHING, "nor who types");
    group.roster(Some(&roster(3, 4, &[(ALICE, 1)])));
    assert_eq!((heard(&alice), heard(&bob)), (vec![4], vec![]));
}

#[test]
fn a_group_that_is_gone_has_no_members() {
    let (mut group, alice, _) = alice_and_bob();
    group.entry(said(3, 3));
    assert_eq!(group.roster(None), Need::Nothing);
    group.entry(said(4, 3));
    assert!(!group.is_seated(ALICE));
    assert_eq!(heard(&alice), NOTHING);
}

#[test]
fn what_is_held_is_bounded_and_the_question_under_way_is_still_waited_for() {
    let (mut group, alice, bob) = alice_and_bob();
    let long = |seq: Seq| Envelope { body: Bytes::from(format!("{seq:>65535}")), ..said(seq, 3) };
    assert!(matches!(group.entry(long(3)), Need::Roster(..)));
    let needs: Vec<Need> = (4..=19).map(|seq| group.entry(long(seq))).collect();
    assert!(needs.iter().all(|need| *need == Need::Nothing), "the one answer is waited for: {needs:?}");
    assert_eq!((heard(&alice), heard(&bob)), (vec![0], vec![0]));
    assert!(group.held_bytes <= HELD_BYTES);

    // Carol sits down; the answer under way knows nothing of her, and must not unseat her.
    let carol = connection(CAROL);
    group.seat(&carol, seat(19, 3, 19));
    group.entry(said(20, 3));
    group.roster(Some(&roster(3, 20, &[(ALICE, 1)])));
    assert!(group.is_seated(CAROL) && !group.is_seated(BOB));
    assert_eq!((heard(&alice), heard(&carol)), (vec![19, 20], vec![19, 20]));
}

#[test]
fn typing_goes_to_the_others_by_the_table_as_it_is() {
    let (mut group, alice, bob) = alice_and_bob();
    let mut typing = said(0, 0);
    typing.header.kind = Kind::Ephemeral;
    group.ephemeral(&typing);
    assert_eq!((heard(&alice).len(), heard(&bob).len()), (0, 1));
    group.unseat_user(BOB, 3);
    group.ephemeral(&typing);
    assert_eq!(heard(&bob).len(), 0);
}

#[test]
fn whose_connection_has_ended_is_not_seated_again() {
    let (mut group, _, bob) = alice_and_bob();
    bob.outbox.close(shared::close::Close::Normal);
    group.seat(&bob, seat(2, 2, 2));
    assert!(!group.is_seated(BOB));
}
