//! Who was in which group, from which entry to which: as the log says.

use crate::history::{Ending, Kind, Seen};
use std::collections::HashMap;

/// From the entry of joining to the one of leaving, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay {
    pub from: i64,
    /// `None`: still there.
    pub through: Option<i64>,
}

impl Stay {
    pub fn holds(&self, seq: i64) -> bool {
        self.from <= seq && self.through.is_none_or(|through| seq <= through)
    }
}

/// Of each user in each conversation, in order.
pub(super) fn stays(ending: &Ending) -> HashMap<(i64, i64), Vec<Stay>> {
    let mut stays: HashMap<(i64, i64), Vec<Stay>> = HashMap::new();
    let mut rows: Vec<&Seen> = ending.messages.iter().map(|row| &row.seen).collect();
    rows.sort_unstable_by_key(|seen| (seen.conv, seen.seq));
    for seen in rows {
        match seen.kind {
            Kind::Joined(user) => {
                stays.entry((user, seen.conv)).or_default().push(Stay { from: seen.seq, through: None });
            }
            Kind::Left(user) => {
                if let Some(last) = stays.get_mut(&(user, seen.conv)).and_then(|stays| stays.last_mut()) {
                    last.through.get_or_insert(seen.seq);
                }
            }
            _ => {}
        }
    }
    stays
}
