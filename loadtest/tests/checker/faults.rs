//! The faults' premises, I14 and I16.

use crate::breaks;
use crate::story::{SECOND, Story};
use loadtest::history::{Moment, What};

#[test]
fn a_fault_without_proof_is_no_fault() {
    let mut story = Story::good();
    story.without(|what| matches!(what, What::FaultProof { .. }));
    breaks(&mut story, "premise");
}

#[test]
fn a_fault_that_nobody_sent_during_is_no_fault() {
    let mut story = Story::good();
    story.fault(|_| {});
    breaks(&mut story, "premise");
}

#[test]
fn a_fault_that_is_not_got_over_is_noticed() {
    for lacks in [true, false] {
        let mut story = Story::good();
        story.without(|what| {
            if lacks { matches!(what, What::Healed { .. }) } else { matches!(what, What::Recovered { .. }) }
        });
        breaks(&mut story, "I14");
    }
}

#[test]
fn a_fault_that_takes_far_too_long_to_get_over_is_noticed() {
    let mut story = Story::good();
    story.talk(1);
    let fault = 4000;
    story.note(What::FaultOn { fault, kind: "redis-kill".into(), target: "redis".into() });
    story.note(What::FaultProof { fault, proof: "gone".into() });
    story.talk(3);
    story.note(What::FaultOff { fault });
    story.note(What::Recovered { fault });
    story.pass(20 * SECOND);
    story.note(What::Healed { fault });
    breaks(&mut story, "I14");
}

#[test]
fn a_node_that_grows_and_a_panic_in_its_log_are_noticed() {
    let figures = |moment, [rss_kib, fds, tasks]: [u64; 3]| {
        let node = "gateway-1".into();
        What::Figures { node, moment, rss_kib, fds, tasks }
    };
    for after in [[60_000, 100, 300], [50_000, 127, 300], [50_000, 100, 347]] {
        let after = figures(Moment::After, after);
        let mut story = Story::good();
        story.note(figures(Moment::Before, [50_000, 100, 300]));
        story.note(after);
        breaks(&mut story, "I16");
    }
    let mut story = Story::good();
    story.note(What::BadLog { node: "api 1".into(), line: "panicked at".into() });
    breaks(&mut story, "I16");
}
