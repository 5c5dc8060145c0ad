//! I8.

use crate::breaks;
use crate::story::{GROUP, IN_GROUP, PAIR, SECOND, Story};
use loadtest::history::{Change, Listed, MemberRow, Via, What};

/// A story in which user 3 has just been removed.
fn removed() -> Story {
    let mut story = Story::good();
    story.change(Change::Kick, 1, 3);
    story
}

#[test]
fn an_entry_that_reaches_somebody_who_was_removed_is_a_leak() {
    let mut story = removed();
    let (_, seen) = story.store(1, IN_GROUP);
    [1, 2, 4].into_iter().for_each(|client| story.give(client, &seen));
    story.recv(3, &seen, Via::Live);
    breaks(&mut story, "I8");
}

#[test]
fn an_entry_from_before_the_joining_is_a_leak() {
    let mut story = removed();
    story.talk(2);
    let before =
        *story.ending.messages.iter().map(|row| &row.seen).rfind(|seen| seen.conv == IN_GROUP).unwrap();
    story.change(Change::Join, 3, 3);
    story.recv(3, &before, Via::Rest);
    breaks(&mut story, "I8");
}

#[test]
fn a_direct_message_that_reaches_a_third_one_is_a_leak() {
    let mut story = Story::good();
    let (_, seen) = story.store(1, PAIR);
    story.deliver(&seen);
    story.recv(3, &seen, Via::Live);
    breaks(&mut story, "I8");
}

#[test]
fn history_of_an_earlier_stay_is_a_leak_though_it_was_theirs_once() {
    let mut story = removed();
    let theirs =
        *story.ending.messages.iter().map(|row| &row.seen).rfind(|seen| seen.conv == IN_GROUP).unwrap();
    story.recv(3, &theirs, Via::Rest);
    breaks(&mut story, "I8");
}

#[test]
fn that_somebody_types_is_nothing_for_who_is_out() {
    let mut story = removed();
    story.pass(10 * SECOND);
    story.note(What::Typing { client: 3, connection: 1, user: 1, group: Some(GROUP) });
    breaks(&mut story, "I8");
}

#[test]
fn the_list_of_members_is_nothing_for_who_is_out() {
    let mut story = removed();
    let asked = story.note(What::Resync { client: 3, connection: 1 });
    story.note(What::MembersAsked { client: 3, group: GROUP, asked, status: 200 });
    breaks(&mut story, "I8");
}

#[test]
fn a_conversation_in_the_list_of_who_is_out_is_a_leak() {
    let mut story = removed();
    story.rest();
    story.ending.lists.push(Listed { user: 3, api: 0, conv: IN_GROUP, last_seq: 1, read_seq: 0, unread: 0 });
    breaks(&mut story, "I8");
}

#[test]
fn how_far_others_have_read_is_for_the_two_of_them() {
    for (client, user, conv) in [(3, 1, PAIR), (2, 1, IN_GROUP)] {
        let mut story = Story::good();
        story.note(What::ReadSeen { client, connection: 1, user, conv, seq: 1 });
        breaks(&mut story, "I8");
    }
}

#[test]
fn a_table_of_members_that_differs_from_the_log_is_noticed() {
    let mut story = removed();
    story.rest();
    story.ending.members.push(MemberRow { group: GROUP, user: 3, joined_seq: 1 });
    breaks(&mut story, "I8");
}
