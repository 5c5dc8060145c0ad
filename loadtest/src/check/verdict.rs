//! What the checker says: what is wrong, with the events around it, and how much was checked.

use crate::history::{ClientId, Event, Micros, What};
use std::collections::BTreeMap;

/// How many violations of one invariant are kept in words; all are counted.
const KEPT: usize = 20;
/// How far around a violation its events are shown.
const AROUND: Micros = 3_000_000;
/// How many of them.
const SHOWN: usize = 24;

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant, as RELIABILITY names them: `I4`.
    pub invariant: &'static str,
    /// When it showed.
    pub at: Micros,
    /// What is wrong.
    pub says: String,
    /// Whom it is about, if it is about one client.
    pub client: Option<ClientId>,
    /// Which conversation it is about, if it is about one.
    pub conv: Option<i64>,
}

/// How much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages with an ack.
    pub acked: u64,
    /// Tries to send.
    pub tries: u64,
    /// Tries that repeat one that had its answer.
    pub repeats: u64,
    /// Entries that were shown to somebody, each checked for its place, its content and its reader.
    pub deliveries: u64,
    /// Entries that arrived live.
    pub live: u64,
    /// Entries that arrived again although the client had them: allowed, and counted.
    pub wire_duplicates: u64,
    /// Pairs of an acked message and a client that had to have it in time, and were looked at.
    pub timed: u64,
    /// Sessions ended under load.
    pub sessions_ended: u64,
    /// Changes of members.
    pub member_changes: u64,
}

/// The checker's answer.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// In words, some of each invariant.
    pub violations: Vec<Violation>,
    /// All of them, by invariant.
    pub totals: BTreeMap<&'static str, u64>,
    /// How much was looked at.
    pub counts: Counts,
    /// What the nodes held before and after, in words.
    pub held: Vec<String>,
    /// What the faults came to.
    pub faults: Vec<FaultLine>,
}

/// A fault, as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultLine {
    /// Its number.
    pub fault: u32,
    /// Its kind.
    pub kind: String,
    /// What it hit.
    pub target: String,
    /// When it began.
    pub on: Micros,
    /// When it was undone.
    pub off: Option<Micros>,
    /// What showed that it was there.
    pub proof: Option<String>,
    /// How many sends were tried during it.
    pub tries: u64,
    /// From its end until everybody had sent and received again.
    pub recovered: Option<Micros>,
    /// From its end until everybody had what was acked before.
    pub healed: Option<Micros>,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.totals.is_empty()
    }

    pub(super) fn add(&mut self, violation: Violation) {
        let total = self.totals.entry(violation.invariant).or_default();
        *total += 1;
        if *total <= KEPT as u64 {
            self.violations.push(violation);
        }
    }

    pub(super) fn wrong(&mut self, invariant: &'static str, at: Micros, says: String) -> &mut Self {
        self.add(Violation { invariant, at, says, client: None, conv: None });
        self
    }

    pub(super) fn wrong_for(
        &mut self,
        invariant: &'static str,
        at: Micros,
        (client, conv): (Option<ClientId>, Option<i64>),
        says: String,
    ) {
        self.add(Violation { invariant, at, says, client, conv });
    }
}

impl Violation {
    /// In words, with the events around it.
    #[must_use]
    pub fn told(&self, events: &[Event]) -> String {
        let mut text = format!("{} at {}: {}", self.invariant, seconds(self.at), self.says);
        let from = events.partition_point(|event| event.at + AROUND < self.at);
        let near = events[from..].iter().take_while(|event| event.at <= self.at + AROUND / 3);
        let about: Vec<&Event> = near.filter(|event| self.is_about(&event.what)).collect();
        for event in about.iter().skip(about.len().saturating_sub(SHOWN)) {
            text.push_str(&format!("\n    {} {:?}", seconds(event.at), event.what));
        }
        text
    }

    fn is_about(&self, what: &What) -> bool {
        let (client, conv) = (what.client(), what.conv());
        match what {
            What::FaultOn { .. } | What::FaultOff { .. } => true,
            _ => match (self.client, self.conv) {
                (None, None) => false,
                (Some(_), None) => client == self.client,
                (None, Some(_)) => {
                    conv == self.conv && !matches!(what, What::Recv { .. } | What::Render { .. })
                }
                (Some(_), Some(_)) => client == self.client && (conv.is_none() || conv == self.conv),
            },
        }
    }
}

fn seconds(at: Micros) -> String {
    format!("{:.6}s", at as f64 / 1e6)
}
