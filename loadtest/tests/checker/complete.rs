//! I6, I7, I10 and P4.

use crate::story::{IN_GROUP, PAIR, SECOND, Story};
use crate::{breaks, verdict};
use loadtest::history::{Via, What};

#[test]
fn an_entry_that_a_connected_client_lacks_at_rest_is_a_loss() {
    let mut story = Story::good();
    let (_, seen) = story.store(1, IN_GROUP);
    [1, 2, 4].into_iter().for_each(|client| story.give(client, &seen));
    breaks(&mut story, "I6");
}

#[test]
fn an_entry_that_comes_too_late_is_noticed_though_it_comes() {
    let mut story = Story::good();
    story.pass(30 * SECOND);
    let (_, seen) = story.store(1, IN_GROUP);
    [1, 2, 4].into_iter().for_each(|client| story.give(client, &seen));
    story.pass(9 * SECOND);
    story.give(3, &seen);
    breaks(&mut story, "P4");
}

#[test]
fn during_a_fault_and_the_healing_after_it_an_entry_may_be_late() {
    let mut story = Story::good();
    story.fault(|story| {
        story.talk(2);
        let (_, seen) = story.store(1, IN_GROUP);
        [1, 2, 4].into_iter().for_each(|client| story.give(client, &seen));
        story.pass(9 * SECOND);
        story.give(3, &seen);
    });
    let verdict = verdict(&mut story);
    assert!(verdict.holds(), "{:#?}", verdict.violations);
}

#[test]
fn one_fault_after_the_other_excuses_no_entry_for_ever() {
    let mut story = Story::good();
    let (_, seen) = story.store(1, IN_GROUP);
    [1, 2, 4].into_iter().for_each(|client| story.give(client, &seen));
    for _ in 0..8 {
        story.pass(SECOND);
        story.fault(|story| story.pass(4 * SECOND));
    }
    story.give(3, &seen);
    breaks(&mut story, "P4");
}

#[test]
fn an_entry_shown_twice_is_noticed() {
    let mut story = Story::good();
    let (_, seen) = story.store(1, PAIR);
    story.deliver(&seen);
    story.give(2, &seen);
    breaks(&mut story, "I7");
}

#[test]
fn an_entry_that_is_passed_over_is_noticed() {
    let mut story = Story::good();
    let (_, first) = story.store(1, PAIR);
    let (_, second) = story.store(1, PAIR);
    for client in [1, 4] {
        story.give(client, &first);
        story.give(client, &second);
    }
    story.give(2, &second);
    breaks(&mut story, "I7");
}

#[test]
fn entries_shown_out_of_order_are_noticed() {
    let mut story = Story::good();
    let (_, first) = story.store(1, PAIR);
    let (_, second) = story.store(1, PAIR);
    for client in [1, 4] {
        story.give(client, &first);
        story.give(client, &second);
    }
    story.give(2, &second);
    story.give(2, &first);
    breaks(&mut story, "I10");
}

#[test]
fn a_hole_that_a_client_sees_for_too_long_is_noticed() {
    let mut story = Story::good();
    story.pass(30 * SECOND);
    let (_, first) = story.store(1, PAIR);
    let (_, second) = story.store(1, PAIR);
    for client in [1, 4] {
        story.give(client, &first);
        story.give(client, &second);
    }
    story.recv(2, &second, Via::Live);
    story.pass(5 * SECOND);
    story.recv(2, &first, Via::Rest);
    story.note(What::Render { client: 2, conv: PAIR, seq: first.seq });
    story.note(What::Render { client: 2, conv: PAIR, seq: second.seq });
    breaks(&mut story, "I7");
}

#[test]
fn a_ready_that_is_behind_what_was_acked_before_is_noticed() {
    let mut story = Story::good();
    story.cut(2);
    story.connect(2, 300);
    story.with(|what| match what {
        What::Ready { heads, .. } => {
            heads.iter_mut().for_each(|(_, head)| head[0] -= 1);
            true
        }
        _ => false,
    });
    breaks(&mut story, "I10");
}

#[test]
fn a_ready_that_leaves_a_conversation_out_is_noticed() {
    let mut story = Story::good();
    story.cut(2);
    story.connect(2, 300);
    story.with(|what| match what {
        What::Ready { heads, .. } => {
            *heads = heads.iter().filter(|(conv, _)| *conv != PAIR).copied().collect();
            true
        }
        _ => false,
    });
    breaks(&mut story, "I10");
}
