//! What a rolling restart prints in the end, and whether every promise was kept.

use super::Outcome;
use super::gaps::Gap;
use crate::campaign::{Spread, counted};
use std::fmt::Write;

/// 99 of 100 clients have a line, and everything that was said meanwhile, within this: a goal, since how busy a machine is
/// is not the nodes' doing.
const GOAL: f64 = 2.0;

impl Outcome {
    /// What must not be, in words; nothing: every promise was kept.
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let mut none = |count: u64, what: &str| {
            if count > 0 {
                broken.push(format!("{count} {what}"));
            }
        };
        none(self.verdict.totals.values().sum(), "violations of what was promised");
        none(self.seen.failed, "sends failed for good");
        none(self.seen.flaps, "times somebody was shown to be gone who was only moved");
        none(
            self.seen.gaps.iter().filter(|gap| gap.whole.is_none()).count() as u64,
            "clients did not come back",
        );
        let unclean = self.restarts.iter().filter(|restart| restart.code != Some(0));
        none(unclean.count() as u64, "nodes did not end with 0");
        let of_apis = self.restarts.iter().filter(|restart| !restart.is_of_a_gateway());
        none(
            of_apis.map(|restart| self.seen.during(restart).count() as u64).sum(),
            "lines were lost with an api",
        );
        // A restart that nobody felt shows nothing.
        let gateways = self.restarts.iter().filter(|restart| restart.is_of_a_gateway());
        let least = self.devices
            / (2 * gateways.clone().map(|r| &r.node).collect::<std::collections::BTreeSet<_>>().len().max(1));
        none(
            gateways.filter(|restart| self.seen.during(restart).count() < least).count() as u64,
            "gateways had too few clients",
        );
        none(u64::from(self.logs.debug == 0), "run was not logged in full, so its logs show nothing");
        broken
    }
}

/// The outcome in words and numbers.
#[must_use]
pub fn report(outcome: &Outcome) -> String {
    let seen = &outcome.seen;
    let mut text = format!(
        "\n{:<12} {:<16} {:>7}   {:>7} {:>7} {:>7}   {:>7} {:>7} {:>7}   seconds\n",
        "node", "started as", "moved", "line p50", "p99", "max", "all p50", "p99", "max"
    );
    for restart in &outcome.restarts {
        let gaps: Vec<&Gap> = seen.during(restart).collect();
        let _ = writeln!(text, "{:<12} {:<16} {}", restart.node, restart.to, spreads(&gaps));
    }
    let all: Vec<&Gap> = seen.gaps.iter().collect();
    let _ = writeln!(text, "{:<29} {}", "together", spreads(&all));
    let whole = Spread::of(all.iter().filter_map(|gap| gap.whole));
    let verdict = if whole.most < GOAL { "met" } else { "MISSED" };
    let _ = writeln!(
        text,
        "99 of 100 clients had a line and everything that was said meanwhile within {:.2} s; the goal is {GOAL:.0} s: {verdict}\n",
        whole.most
    );
    let answers = Spread::of(seen.answers.iter().copied());
    let _ = writeln!(text, "{:<36} {answers}   seconds: p50, p99, max", "from a send's first try to its ack");
    for (name, number) in [
        ("sends", seen.sends),
        ("of them tried more than once", seen.repeated),
        ("refused: the sender was out by then", seen.refused),
        ("failed after all tries", seen.failed),
        ("shown to be gone, and only moved", seen.flaps),
        ("lines of logs looked through", outcome.logs.lines),
        ("of them of the level DEBUG", outcome.logs.debug),
    ] {
        let _ = writeln!(text, "{name:<36} {number:>12}");
    }
    text + &counted(&outcome.verdict, &outcome.events)
}

fn spreads(gaps: &[&Gap]) -> String {
    let line = Spread::of(gaps.iter().filter_map(|gap| gap.line));
    let whole = Spread::of(gaps.iter().filter_map(|gap| gap.whole));
    match gaps.len() {
        0 => format!("{:>7}", 0),
        moved => format!("{moved:>7}   {line}   {whole}"),
    }
}
