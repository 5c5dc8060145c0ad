//! The checker: a history and its ending in, a verdict out. One file a family of invariants; the numbers are those of
//! the project's list. O(n log n) in the number of events.

mod verdict;
mod stays;
mod troubles;
mod facts;
mod stored;
mod once;
mod order;
mod complete;
mod rendered;
mod members;
mod sessions;
mod reads;
mod presence;
mod faults;
mod nodes;

pub use verdict::{Counts, FaultLine, Verdict, Violation};

use crate::history::{Ending, Event, Micros};
use facts::Facts;

const SECOND: Micros = 1_000_000;

/// The bounds that a history is held to, in microseconds where they are times.
#[derive(Debug, Clone)]
pub struct Rules {
    /// A hole that a client can see is filled within this.
    pub gap: Micros,
    /// After a fault everything is as it should be within this.
    pub heal: Micros,
    /// From the end of load and faults until everybody has everything.
    pub quiet: Micros,
    /// Who was removed, or whose session ended, hears nothing more after this.
    pub ended: Micros,
    /// Who came is seen after this.
    pub came: Micros,
    /// Who went is seen to be gone after this.
    pub gone: Micros,
    /// What a busy machine may add to each of them.
    pub slack: Micros,
    /// After a fault nobody may lack something for so long: past it is no slowness, but a loss.
    pub lost: Micros,
    /// A fault counts when so many sends were tried while it lasted.
    pub tries: u64,
    /// How much more memory, open files and tasks nodes may have in the end, in percent.
    pub growth: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            gap: 2 * SECOND,
            heal: 5 * SECOND,
            quiet: 10 * SECOND,
            ended: SECOND,
            came: SECOND,
            gone: 45 * SECOND,
            slack: 2 * SECOND,
            lost: 15 * SECOND,
            tries: 100,
            growth: 10,
        }
    }
}

impl Rules {
    /// How long everybody is left in peace before the ending is taken: a little longer than it may take.
    #[must_use]
    pub fn wait_at_rest() -> std::time::Duration {
        std::time::Duration::from_micros(Self::default().quiet + SECOND / 2)
    }
}

/// Judges a history.
#[must_use]
pub fn check(events: &[Event], ending: &Ending, rules: &Rules) -> Verdict {
    let facts = Facts::of(events, ending, rules);
    let mut verdict = Verdict::default();
    stored::check(&facts, &mut verdict);
    once::check(&facts, &mut verdict);
    order::check(&facts, &mut verdict);
    complete::check(&facts, &mut verdict);
    rendered::check(&facts, &mut verdict);
    members::check(&facts, &mut verdict);
    sessions::check(&facts, &mut verdict);
    reads::check(&facts, &mut verdict);
    presence::check(&facts, &mut verdict);
    faults::check(&facts, &mut verdict);
    nodes::check(&facts, &mut verdict);
    verdict
}
