//! I16: the nodes are in the end what they were in the beginning, and no log has what no log may have.

use super::facts::Facts;
use super::verdict::Verdict;
use crate::history::{Moment, What};
use std::collections::HashMap;

/// What may come on top whatever the share: caches fill up, pools open.
const SPARE_KIB: u64 = 64 * 1024;
const SPARE_FDS: u64 = 64;

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    let mut before: HashMap<&str, (u64, u64)> = HashMap::new();
    for event in facts.events {
        match &event.what {
            What::Figures { node, moment: Moment::Before, rss_kib, fds } => {
                before.insert(node, (*rss_kib, *fds));
            }
            What::Figures { node, moment: Moment::After, rss_kib, fds } => {
                let Some((rss_before, fds_before)) = before.get(&**node) else { continue };
                let most = |before: u64, spare: u64| before + before * facts.rules.growth / 100 + spare;
                if *rss_kib > most(*rss_before, SPARE_KIB) {
                    verdict.wrong(
                        "I16",
                        event.at,
                        format!("{node} grew from {rss_before} KiB to {rss_kib} KiB"),
                    );
                }
                if *fds > most(*fds_before, SPARE_FDS) {
                    verdict.wrong(
                        "I16",
                        event.at,
                        format!("{node} had {fds_before} files open and has {fds}"),
                    );
                }
            }
            What::BadLog { node, line } => {
                verdict.wrong("I16", event.at, format!("{node} wrote: {line}"));
            }
            _ => {}
        }
    }
}
