//! I12.

use crate::story::{SECOND, Story};
use crate::{breaks, verdict};
use loadtest::history::What;
use shared::event::Status;

/// Everybody who watches is told something of a user.
fn told(story: &mut Story, user: i64, status: Status) {
    let last = |client: u32| {
        move |event: &loadtest::history::Event| match event.what {
            What::Ready { client: whose, connection, .. } if whose == client => Some(connection),
            _ => None,
        }
    };
    for client in [1, 2, 4] {
        let connection = story.events.iter().rev().find_map(last(client)).unwrap();
        story.note(What::Presence { client, connection, user, status });
    }
}

#[test]
fn who_goes_is_seen_to_go() {
    let mut story = Story::good();
    story.cut(3);
    story.pass(25 * SECOND);
    told(&mut story, 3, Status::Offline);
    story.pass(60 * SECOND);
    story.talk(1);
    let verdict = verdict(&mut story);
    assert!(verdict.holds(), "{:#?}", verdict.violations);
}

#[test]
fn a_ghost_is_noticed() {
    let mut story = Story::good();
    story.cut(3);
    story.pass(60 * SECOND);
    story.talk(1);
    breaks(&mut story, "I12");
}

#[test]
fn somebody_who_is_here_and_shown_as_gone_is_noticed() {
    let mut story = Story::good();
    story.pass(20 * SECOND);
    told(&mut story, 3, Status::Offline);
    breaks(&mut story, "I12");
}
