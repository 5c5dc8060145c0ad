//! For a terminal: one table, and below it what else each scenario has shown.

use super::{CostOf, Outcome};
use crate::load::measure::Latency;
use std::fmt::Write;

/// All outcomes.
#[must_use]
pub fn table(outcomes: &[Outcome]) -> String {
    // Writing to a String does not fail.
    let mut text = format!(
        "\n{:<13} {:>10} {:>12}   {:^33}   {:^33}   {}\n{:<13} {:>10} {:>12}   {LATENCY}   {LATENCY}\n",
        "scenario", "messages/s", "deliveries/s", "ack, ms", "delivery, ms", "promises", "", "", ""
    );
    for outcome in outcomes {
        let figure = |name: &str| {
            let found = outcome.figures.iter().find(|figure| figure.name == name);
            found.map_or_else(|| "-".to_owned(), |figure| format!("{:.0}", figure.value))
        };
        let _ = writeln!(
            text,
            "{:<13} {:>10} {:>12}   {}   {}   {}",
            outcome.scenario,
            figure("messages acknowledged a second"),
            figure("deliveries a second"),
            latency(outcome.ack),
            latency(outcome.delivery),
            if outcome.holds() { "kept" } else { "BROKEN" }
        );
    }
    outcomes.iter().for_each(|outcome| details(&mut text, outcome));
    text
}

const LATENCY: &str = "    p50      p99    p99.9      max";

fn latency(latency: Option<Latency>) -> String {
    match latency {
        Some(Latency { p50, p99, p999, max, .. }) => format!("{p50:>7.1} {p99:>8.1} {p999:>8.1} {max:>8.1}"),
        None => format!("{:>7} {:>8} {:>8} {:>8}", "-", "-", "-", "-"),
    }
}

fn details(text: &mut String, outcome: &Outcome) {
    let settings: Vec<String> =
        outcome.settings.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let _ = writeln!(text, "\n{}: {}, on {}", outcome.scenario, settings.join(", "), outcome.system);
    for CostOf { process, share, of, micros, .. } in &outcome.costs {
        let _ = write!(text, "  CPU {process:<12} {:>6.1} % of a core", share * 100.0);
        let _ = if *micros > 0.0 { writeln!(text, ", {micros:>9.2} µs {of}") } else { writeln!(text) };
    }
    for figure in &outcome.figures {
        let _ = writeln!(text, "  {:<48} {:>10.2} {}", figure.name, figure.value, figure.unit);
    }
    if let Some(scaling) = &outcome.scaling {
        text.push_str(&scaling.text());
    }
    let counts = &outcome.counts;
    let _ = writeln!(
        text,
        "  {} acknowledged, {} delivered, {} fetched after {} holes and {} resyncs, {} sent again, {} came once more",
        counts.acked,
        counts.delivered,
        counts.fetched,
        counts.holes,
        counts.resyncs,
        counts.repeated,
        counts.late
    );
    for (code, count) in &counts.errors {
        let _ = writeln!(text, "  {count} errors {code}");
    }
    for (code, count) in &counts.closes {
        let _ = writeln!(text, "  {count} connections closed with {code}");
    }
    for (word, lines) in [("NOTE", &outcome.notes), ("LIMIT", &outcome.limits), ("BROKEN", &outcome.faults)] {
        for line in lines {
            let _ = writeln!(text, "  {word}: {line}");
        }
    }
}
