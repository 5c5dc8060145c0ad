//! The checker, proven: a history of a system that keeps its word passes, and each way of breaking it is caught by the
//! invariant that forbids it. Every bad history is the good one with one thing changed.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod story;
mod stored;
mod order;
mod complete;
mod members;
mod sessions;
mod reads;
mod presence;
mod faults;

use loadtest::check::{Rules, Verdict, check};
use story::Story;

/// What the checker finds in a story, told to its end.
fn verdict(story: &mut Story) -> Verdict {
    story.rest();
    check(&story.events, &story.ending, &Rules { tries: 3, ..Rules::default() })
}

/// Passes if the story breaks this invariant. What follows from the breach may break others too.
#[track_caller]
fn breaks(story: &mut Story, invariant: &str) {
    let verdict = verdict(story);
    let found: Vec<_> =
        verdict.violations.iter().map(|violation| (violation.invariant, &violation.says)).collect();
    assert!(verdict.totals.contains_key(invariant), "nobody noticed; found: {found:#?}");
}

#[test]
fn a_history_of_a_system_that_keeps_its_word_passes() {
    let mut story = Story::good();
    let verdict = verdict(&mut story);
    assert!(verdict.holds(), "{:#?}", verdict.violations);
    let counts = &verdict.counts;
    assert!(counts.acked > 20 && counts.deliveries > 60 && counts.timed > 40, "{counts:?}");
    assert_eq!((counts.repeats, counts.sessions_ended), (1, 1), "{counts:?}");
}

#[test]
fn a_violation_is_told_with_the_events_around_it() {
    let mut story = Story::good();
    story.change_row(|row| row.seen.hash ^= 1);
    let verdict = verdict(&mut story);
    let told = verdict.violations[0].told(&story.events);
    assert!(told.contains("I1 at") && told.contains("SendOk"), "{told}");
}
