//! I4, I5.

use crate::breaks;
use crate::story::{IN_GROUP, PAIR, Story};
use loadtest::history::{Kind, Via, What, hash_of};
use uuid::Uuid;

#[test]
fn a_gap_in_a_log_is_noticed() {
    let mut story = Story::good();
    story.ending.conversations[1].last_seq += 1;
    story.say(1, PAIR);
    breaks(&mut story, "I4");
}

#[test]
fn a_head_that_is_not_the_last_place_is_noticed() {
    let mut story = Story::good();
    story.rest();
    story.ending.conversations[0].last_seq += 1;
    breaks(&mut story, "I4");
}

#[test]
fn two_entries_at_one_place_are_noticed() {
    let mut story = Story::good();
    let (_, seen) = story.store(1, PAIR);
    story.deliver(&seen);
    let mut other = seen;
    other.id += 1000;
    story.recv(2, &other, Via::Live);
    breaks(&mut story, "I4");
}

#[test]
fn a_time_that_runs_backwards_in_a_conversation_is_noticed() {
    let mut story = Story::good();
    story.change_row(|row| row.created_ms = 0);
    breaks(&mut story, "I4");
}

#[test]
fn a_message_before_one_that_was_answered_earlier_is_noticed() {
    let mut story = Story::good();
    let early = Uuid::from_u128(77);
    // Its place is taken before the other one's, and it is sent after that was answered.
    let seen = story.append(PAIR, 1, early, hash_of(&early.to_string()), Kind::Text);
    let (_, later) = story.store(1, PAIR);
    story.invoke(1, PAIR, early, 1);
    story.ok(1, early, &seen);
    story.deliver(&seen);
    story.deliver(&later);
    breaks(&mut story, "I5");
}

#[test]
fn a_burst_that_is_stored_out_of_order_is_noticed() {
    let mut story = Story::good();
    let burst: Vec<(Uuid, _)> = (0..2).map(|_| story.store(1, IN_GROUP)).collect();
    let in_burst = |story: &mut Story, first: bool| {
        let (mine, theirs) = if first { (burst[0].0, burst[1].1) } else { (burst[1].0, burst[0].1) };
        story.with(move |what| match what {
            What::SendInvoke { cmid, burst, .. } if *cmid == mine => {
                *burst = 5;
                true
            }
            _ => false,
        });
        story.with(move |what| match what {
            What::SendOk { cmid, seq, id, .. } if *cmid == mine => {
                (*seq, *id) = (theirs.seq, theirs.id);
                true
            }
            _ => false,
        });
    };
    in_burst(&mut story, true);
    in_burst(&mut story, false);
    burst.iter().for_each(|(_, seen)| story.deliver(seen));
    breaks(&mut story, "I5");
}
