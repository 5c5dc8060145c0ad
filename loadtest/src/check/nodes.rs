//! I16: the nodes are in the end what they were in the beginning, and no log has what no log may have.

use super::facts::Facts;
use super::verdict::Verdict;
use crate::history::{Moment, What};
use std::collections::BTreeMap;

/// What may come on top whatever the share, of KiB, open files and tasks: a pool that opens, a cache that fills.
const SPARE: [u64; 3] = [4 * 1024, 16, 16];
const NAMES: [&str; 3] = ["KiB of memory", "open files", "tasks"];

/// What all gateways hold together, or all apis: people are on other gateways in the end than in the beginning.
#[derive(Default)]
struct Held {
    before: [u64; 3],
    after: [u64; 3],
    nodes: u64,
}

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    let mut kinds: BTreeMap<String, Held> = BTreeMap::new();
    for event in facts.events {
        match &event.what {
            What::Figures { node, moment, rss_kib, fds, tasks } => {
                let kind = node.trim_end_matches(|c: char| !c.is_alphabetic());
                let held = kinds.entry(kind.to_owned()).or_default();
                let now = match moment {
                    Moment::Before => &mut held.before,
                    Moment::After => &mut held.after,
                };
                let figures = now.iter_mut().zip([rss_kib, fds, tasks]);
                figures.for_each(|(sum, figure)| *sum += figure);
                held.nodes += u64::from(*moment == Moment::After);
            }
            What::BadLog { node, line } => {
                verdict.wrong("I16", event.at, format!("{node} wrote: {line}"));
            }
            _ => {}
        }
    }
    for (kind, held) in kinds {
        for (nth, name) in NAMES.iter().enumerate() {
            let (before, after) = (held.before[nth], held.after[nth]);
            verdict.held.push(format!("{kind}: {before} {name} before, {after} after"));
            let most = before + before * facts.rules.growth / 100 + held.nodes * SPARE[nth];
            if after > most {
                let says = format!("{kind} nodes had {before} {name} together, and have {after} in the end");
                verdict.wrong("I16", facts.end, says);
            }
        }
    }
}
