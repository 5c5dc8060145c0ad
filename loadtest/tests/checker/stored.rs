//! I1, I2, I3.

use crate::story::{IN_GROUP, PAIR, Story};
use crate::{breaks, verdict};
use loadtest::history::{Change, Kind, Via, What};
use uuid::Uuid;

#[test]
fn an_acked_message_that_is_not_stored_is_a_loss() {
    let mut story = Story::good();
    story.say(1, PAIR);
    story.ending.messages.pop();
    story.ending.conversations[1].last_seq -= 1;
    breaks(&mut story, "I1");
}

#[test]
fn a_message_stored_with_other_content_is_noticed() {
    let mut story = Story::good();
    story.change_row(|row| row.seen.hash ^= 1);
    breaks(&mut story, "I1");
}

#[test]
fn a_message_stored_in_another_conversation_is_noticed() {
    let mut story = Story::good();
    story.with(|what| match what {
        What::SendInvoke { key, .. } => {
            *key = loadtest::history::Key::Pair(1, 3);
            true
        }
        _ => false,
    });
    breaks(&mut story, "I1");
}

#[test]
fn one_api_node_with_an_older_history_is_noticed() {
    let mut story = Story::good();
    story.rest();
    story.ending.histories[1].entries.pop();
    breaks(&mut story, "I1");
}

#[test]
fn a_leaving_that_was_confirmed_and_not_stored_is_noticed() {
    let mut story = Story::good();
    story.note(What::MemberInvoke { op: 90, change: Change::Leave, group: 50, actor: 2, subject: 2 });
    story.note(What::MemberOk { op: 90 });
    breaks(&mut story, "I1");
}

#[test]
fn a_joining_that_nobody_asked_for_is_noticed() {
    let mut story = Story::good();
    let seen = story.append(IN_GROUP, 9, Uuid::from_u128(77), 1, Kind::Joined(9));
    story.deliver(&seen);
    breaks(&mut story, "I2");
}

#[test]
fn a_message_that_nobody_sent_is_noticed() {
    let mut story = Story::good();
    let seen = story.append(PAIR, 1, Uuid::from_u128(77), 1, Kind::Text);
    story.deliver(&seen);
    breaks(&mut story, "I2");
}

#[test]
fn a_message_that_was_refused_for_good_and_is_seen_is_an_aborted_read() {
    let mut story = Story::good();
    let cmid = Uuid::from_u128(77);
    story.invoke(1, PAIR, cmid, 1);
    story.note(What::SendFail { client: 1, cmid, definite: true, code: "not_found".into() });
    let seen = story.append(PAIR, 1, cmid, loadtest::history::hash_of(&cmid.to_string()), Kind::Text);
    story.deliver(&seen);
    breaks(&mut story, "I2");
}

#[test]
fn a_message_that_nobody_knows_the_end_of_may_be_there_or_not() {
    for stored in [true, false] {
        let mut story = Story::good();
        let cmid = Uuid::from_u128(77);
        story.invoke(1, PAIR, cmid, 1);
        story.note(What::SendFail { client: 1, cmid, definite: false, code: "unavailable".into() });
        if stored {
            let hash = loadtest::history::hash_of(&cmid.to_string());
            let seen = story.append(PAIR, 1, cmid, hash, Kind::Text);
            story.deliver(&seen);
        }
        let verdict = verdict(&mut story);
        assert!(verdict.holds(), "{:#?}", verdict.violations);
    }
}

#[test]
fn an_entry_that_somebody_saw_and_that_is_not_stored_is_noticed() {
    let mut story = Story::good();
    let (_, mut seen) = story.store(1, PAIR);
    story.deliver(&seen);
    seen.seq += 1;
    story.recv(2, &seen, Via::Live);
    breaks(&mut story, "I2");
}

#[test]
fn a_repeat_with_another_place_is_noticed() {
    let mut story = Story::good();
    let (cmid, seen) = story.store(1, PAIR);
    story.deliver(&seen);
    story.invoke(1, PAIR, cmid, 2);
    let mut elsewhere = seen;
    elsewhere.seq += 1;
    story.ok(1, cmid, &elsewhere);
    breaks(&mut story, "I3");
}

#[test]
fn a_message_that_is_stored_twice_is_noticed() {
    let mut story = Story::good();
    let (cmid, seen) = story.store(1, PAIR);
    story.deliver(&seen);
    let again = story.append(PAIR, 1, cmid, seen.hash, Kind::Text);
    story.deliver(&again);
    breaks(&mut story, "I3");
}

#[test]
fn an_honest_repeat_that_is_called_another_message_is_noticed() {
    let mut story = Story::good();
    let cmid = story.say(1, PAIR);
    story.invoke(1, PAIR, cmid, 2);
    story.note(What::SendFail { client: 1, cmid, definite: true, code: "id_reused".into() });
    breaks(&mut story, "I3");
}

#[test]
fn a_repeat_that_is_refused_though_the_first_one_was_stored_is_noticed() {
    let mut story = Story::good();
    let cmid = story.say(1, PAIR);
    story.invoke(1, PAIR, cmid, 2);
    story.note(What::SendFail { client: 1, cmid, definite: true, code: "not_found".into() });
    breaks(&mut story, "I3");
}
