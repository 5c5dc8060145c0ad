//! I9, I11.

use crate::breaks;
use crate::story::{PAIR, Story};
use loadtest::history::What;

#[test]
fn an_api_node_without_what_was_acked_is_noticed() {
    let mut story = Story::good();
    story.note(What::OwnRead { client: 1, conv: PAIR, seq: 3, api: 1, found: false });
    breaks(&mut story, "I9");
}

#[test]
fn an_unread_count_that_differs_from_the_log_is_noticed() {
    let mut story = Story::good();
    story.rest();
    story.ending.lists[1].unread += 1;
    breaks(&mut story, "I11");
}

#[test]
fn a_cursor_beyond_the_head_is_noticed() {
    let mut story = Story::good();
    story.rest();
    story.ending.reads[0].read_seq = 1000;
    breaks(&mut story, "I11");
}

#[test]
fn a_cursor_behind_what_was_read_at_rest_is_noticed() {
    let mut story = Story::good();
    story.rest();
    story.ending.reads[0].read_seq = 2;
    breaks(&mut story, "I11");
}
