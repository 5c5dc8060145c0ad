//! P6.

use crate::story::{PAIR, SECOND, Story};
use crate::{breaks, verdict};
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
fn a_connection_that_outlives_its_token_is_noticed_unless_it_was_given_another() {
    for prolonged in [false, true] {
        let mut story = Story::good();
        story.cut(2);
        story.connect(2, 102);
        let connection = story.connection(2);
        let at = story.note(What::Expires { client: 2, connection, at: 0 }) + SECOND;
        story.with(|what| match what {
            What::Expires { at: when, .. } => {
                *when = at;
                true
            }
            _ => false,
        });
        if prolonged {
            story.note(What::Prolonged { client: 2, connection });
        }
        story.pass(10 * SECOND);
        story.talk(1);
        match prolonged {
            true => assert!(verdict(&mut story).holds()),
            false => breaks(&mut story, "P6"),
        }
    }
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
