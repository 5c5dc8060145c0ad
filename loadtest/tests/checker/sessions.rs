//! P6.

use crate::breaks;
use crate::story::{PAIR, SECOND, Story};
use loadtest::history::What;

#[test]
fn a_connection_that_outlives_its_session_is_noticed() {
    let mut story = Story::good();
    story.note(What::EndOk { client: 2, session: 102 });
    story.pass(10 * SECOND);
    story.talk(1);
    breaks(&mut story, "P6");
}

#[test]
fn rest_that_answers_an_ended_session_is_noticed() {
    let mut story = Story::good();
    story.with(|what| match what {
        What::EndedProbe { status, .. } => {
            *status = 200;
            true
        }
        _ => false,
    });
    breaks(&mut story, "P6");
}

#[test]
fn a_session_that_is_attached_after_its_end_is_noticed() {
    let mut story = Story::good();
    story.cut(4);
    story.pass(SECOND);
    story.connect(4, 104);
    story.say(1, PAIR);
    breaks(&mut story, "P6");
}
