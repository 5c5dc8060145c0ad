//! What a campaign prints in the end.

use crate::check::{FaultLine, Verdict};
use crate::history::{Event, Micros};
use crate::nemesis::Kind;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The verdict in words and numbers.
#[must_use]
pub fn report(verdict: &Verdict, events: &[Event]) -> String {
    let mut text = String::new();
    kinds(&mut text, &verdict.faults);
    text + &counted(verdict, events)
}

/// What was counted, and what is wrong.
pub(crate) fn counted(verdict: &Verdict, events: &[Event]) -> String {
    let mut text = String::new();
    let counts = &verdict.counts;
    let total =
        |names: &[&str]| names.iter().map(|name| verdict.totals.get(name).copied().unwrap_or(0)).sum::<u64>();
    let lines = [
        ("events", events.len() as u64),
        ("messages acked", counts.acked),
        ("sends tried", counts.tries),
        ("repeats answered", counts.repeats),
        ("deliveries checked", counts.deliveries),
        ("deliveries live", counts.live),
        ("deliveries that had to be in time", counts.timed),
        ("duplicates on the wire (allowed)", counts.wire_duplicates),
        ("changes of members", counts.member_changes),
        ("sessions ended", counts.sessions_ended),
        ("faults", verdict.faults.len() as u64),
        ("lost (I1 I6 I9 I14 P4)", total(&["I1", "I6", "I9", "I14", "P4"])),
        ("twice (I3 I7)", total(&["I3", "I7"])),
        ("reordered (I4 I5 I10)", total(&["I4", "I5", "I10"])),
        ("leaked (I8 P6)", total(&["I8", "P6"])),
    ];
    for (name, number) in lines {
        let _ = writeln!(text, "{name:<36} {number:>12}");
    }
    for held in &verdict.held {
        let _ = writeln!(text, "{held}");
    }
    for violation in &verdict.violations {
        let _ = writeln!(text, "\n{}", violation.told(events));
    }
    for (invariant, total) in &verdict.totals {
        let _ = writeln!(text, "VIOLATED {invariant}: {total}");
    }
    text
}

fn kinds(text: &mut String, faults: &[FaultLine]) {
    let mut by_kind: BTreeMap<&str, Vec<&FaultLine>> = BTreeMap::new();
    faults.iter().for_each(|line| by_kind.entry(&line.kind).or_default().push(line));
    let _ = writeln!(
        text,
        "\n{:<20} {:>5} {:>7}   {:>7} {:>7} {:>7}   {:>7} {:>7} {:>7}   bound (s)",
        "kind", "times", "tries", "rec p50", "p99", "max", "heal50", "p99", "max"
    );
    for (kind, lines) in by_kind {
        let tries: u64 = lines.iter().map(|line| line.tries).sum();
        let recovered = Spread::of(lines.iter().filter_map(|line| line.recovered));
        let healed = Spread::of(lines.iter().filter_map(|line| line.healed));
        let bound = Kind::parse(kind).map_or(0.0, |kind| kind.bound().as_secs_f64());
        let over = if recovered.max.max(healed.max) > bound { "  OVER" } else { "" };
        let _ = writeln!(
            text,
            "{kind:<20} {:>5} {tries:>7}   {recovered}   {healed}   {bound:>5.1}{over}",
            lines.len()
        );
    }
    let _ = writeln!(text);
}

/// The middle one of some times, the 99th of 100, and the longest, in seconds.
pub(crate) struct Spread {
    pub half: f64,
    pub most: f64,
    pub max: f64,
}

impl Spread {
    pub fn of(times: impl Iterator<Item = Micros>) -> Self {
        let mut times: Vec<Micros> = times.collect();
        times.sort_unstable();
        let at = |share: f64| {
            let place = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len().max(1)) - 1;
            times.get(place).map_or(f64::NAN, |time| *time as f64 / 1e6)
        };
        Self { half: at(0.5), most: at(0.99), max: at(1.0) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>7.2} {:>7.2} {:>7.2}", self.half, self.most, self.max)
    }
}
