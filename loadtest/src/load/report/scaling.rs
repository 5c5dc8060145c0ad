//! The scaling curve: what a delivery, a publish and a message cost with 1, 2, 4, … gateways.

use crate::load::measure::{Middle, line_through};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// A delivery that costs so much more than with the fewest gateways is beyond the knee.
const KNEE: f64 = 1.10;

/// What was measured with each number of gateways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// Ascending by gateways.
    pub steps: Vec<Step>,
    /// What was used while nobody spoke.
    pub quiet: Quiet,
}

/// What was measured with one number of gateways: medians over all runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Gateways whose connections hear everything. That of the publisher comes in addition.
    pub gateways: usize,
    /// Microseconds of CPU at one of those gateways for a delivery: over all of them and all runs.
    pub delivery: Middle,
    /// Microseconds of CPU of Redis for a publish, without what it uses while nobody speaks.
    pub publish: f64,
    /// The same for each gateway that it goes to, the publisher's among them.
    pub node_delivery: f64,
    /// Microseconds of CPU of the apis for a message, without what they use while nobody speaks.
    pub api_message: f64,
    /// Deliveries a second, at all gateways.
    pub deliveries: f64,
    /// The share of the whole machine that somebody used.
    pub machine: f64,
    /// Why these figures say more about the machine or the load tool than about the system.
    pub full: Option<String>,
}

/// What was used while nobody spoke, as shares of a core.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Quiet {
    /// By a gateway with connections; the median of all.
    pub gateway: f64,
    /// By a gateway whose connections hear nothing of what is said to others; the median.
    pub bystander: f64,
    /// By Redis.
    pub redis: f64,
}

/// Where it stops to scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knee {
    /// At so many gateways.
    pub gateways: usize,
    /// Why.
    pub why: String,
}

impl Scaling {
    /// By how many percent of its cost with the fewest gateways a delivery gets dearer when their number doubles: least
    /// squares over all steps. `None` with fewer than two.
    #[must_use]
    pub fn slope(&self) -> Option<f64> {
        let doublings = |step: &Step| ((step.gateways as f64).log2(), step.delivery.median);
        let points: Vec<(f64, f64)> = self.steps.iter().map(doublings).collect();
        let first = self.steps.first()?.delivery.median;
        let (_, rise) = line_through(&points)?;
        (first > 0.0).then(|| rise / first * 100.0)
    }

    /// Redis' microseconds for a publish, and for each gateway that it goes to: the straight line through all steps.
    #[must_use]
    pub fn redis(&self) -> Option<(f64, f64)> {
        let points: Vec<(f64, f64)> =
            self.steps.iter().map(|step| (step.gateways as f64 + 1.0, step.publish)).collect();
        line_through(&points)
    }

    /// The first step where a delivery costs more than a tenth more than at the first, or where something else was full.
    #[must_use]
    pub fn knee(&self) -> Option<Knee> {
        let first = self.steps.first()?.delivery.median;
        self.steps.iter().find_map(|step| {
            let times = step.delivery.median / first.max(1e-9);
            let dearer =
                (times > KNEE).then(|| format!("a delivery costs {:.0} % more", (times - 1.0) * 100.0));
            let reasons: Vec<String> = step.full.iter().cloned().chain(dearer).collect();
            let gateways = step.gateways;
            (!reasons.is_empty()).then(|| Knee { gateways, why: reasons.join(", and ") })
        })
    }

    /// Where the knee is, and the slope, in a sentence each.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        let mut findings = Vec::new();
        if let Some(slope) = self.slope() {
            findings.push(format!("A delivery at a gateway: {slope:+.1} % with each doubling of gateways."));
        }
        findings.extend(match (self.knee(), self.steps.last()) {
            (Some(Knee { gateways, why }), _) => {
                Some(format!("The knee is at {}: {why}.", counted(gateways)))
            }
            (None, Some(last)) => Some(format!("There is no knee up to {}.", counted(last.gateways))),
            (None, None) => None,
        });
        if let Some((publish, node)) = self.redis() {
            findings.push(format!(
                "Redis: {publish:.1} µs a publish and {node:.2} µs for each gateway it goes to, above {:.1} % of a core \
                 while nobody speaks.",
                self.quiet.redis * 100.0
            ));
        }
        findings.push(format!(
            "A gateway used {:.2} % of a core while nobody spoke, and {:.2} % while others spoke.",
            self.quiet.gateway * 100.0,
            self.quiet.bystander * 100.0
        ));
        findings
    }

    /// For a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!(
            "  {:>8}   {:<22}   {:<25}   {:<9}\n  {:>8}   {:<22}   {:>9} {:>15}   {:>9}   {:>12}   {:>7}\n",
            "",
            "at a gateway, µs",
            "Redis, µs",
            "apis, µs",
            "gateways",
            "a delivery (mid. half)",
            "a publish",
            "a node-delivery",
            "a message",
            "deliveries/s",
            "machine"
        );
        for step in &self.steps {
            let Middle { low, median, high } = step.delivery;
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "  {:>8}   {:<22}   {:>9.1} {:>15.2}   {:>9.1}   {:>12.0}   {:>5.0} %",
                step.gateways,
                format!("{median:.2} ({low:.2}–{high:.2})"),
                step.publish,
                step.node_delivery,
                step.api_message,
                step.deliveries,
                step.machine * 100.0
            );
        }
        self.findings().iter().for_each(|finding| text += &format!("  {finding}\n"));
        text
    }
}

fn counted(gateways: usize) -> String {
    format!("{gateways} gateway{}", if gateways == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaling(costs: &[(usize, f64)]) -> Scaling {
        let step = |(gateways, median): &(usize, f64)| Step {
            gateways: *gateways,
            delivery: Middle { low: *median, median: *median, high: *median },
            publish: 10.0 + 2.0 * (*gateways as f64 + 1.0),
            ..Step::default()
        };
        Scaling { steps: costs.iter().map(step).collect(), quiet: Quiet::default() }
    }

    #[test]
    fn the_slope_is_percent_of_the_first_cost_a_doubling() {
        let slope = |costs| scaling(costs).slope().unwrap();
        assert!(slope(&[(1, 5.0), (2, 5.0), (4, 5.0), (8, 5.0)]).abs() < 1e-9);
        assert!((slope(&[(1, 5.0), (2, 5.5), (4, 6.0), (8, 6.5)]) - 10.0).abs() < 1e-9);
        assert!((slope(&[(2, 10.0), (4, 9.0), (8, 8.0)]) + 10.0).abs() < 1e-9, "it may get cheaper");
        assert_eq!(scaling(&[(4, 5.0)]).slope(), None, "one step has no slope");
    }

    #[test]
    fn the_knee_is_the_first_step_that_costs_more_than_a_tenth_more() {
        let knee = scaling(&[(1, 5.0), (2, 5.4), (4, 5.6), (8, 9.0)]).knee().unwrap();
        assert_eq!((knee.gateways, knee.why.as_str()), (4, "a delivery costs 12 % more"));
        assert_eq!(scaling(&[(1, 5.0), (2, 5.4), (4, 4.0)]).knee(), None);
    }

    #[test]
    fn a_full_machine_is_a_knee_and_said_to_be_one() {
        let mut full = scaling(&[(1, 5.0), (2, 5.1), (4, 9.0)]);
        full.steps[1].full = Some("the machine was full".to_owned());
        let knee = full.knee().unwrap();
        assert_eq!((knee.gateways, knee.why.as_str()), (2, "the machine was full"));
        full.steps[1].full = None;
        full.steps[2].full = Some("the machine was full".to_owned());
        let knee = full.knee().unwrap();
        assert_eq!(knee.why, "the machine was full, and a delivery costs 80 % more");
    }

    #[test]
    fn a_publish_has_a_price_and_each_gateway_has_one() {
        let (publish, node) = scaling(&[(1, 5.0), (2, 5.0), (8, 5.0)]).redis().unwrap();
        assert!((publish - 10.0).abs() < 1e-9 && (node - 2.0).abs() < 1e-9, "{publish} and {node}");
    }

    #[test]
    fn the_text_has_a_line_a_step_and_what_was_found() {
        let text = scaling(&[(1, 5.0), (16, 5.2)]).text();
        assert!(text.contains("5.20 (5.20–5.20)") && text.contains("no knee up to 16"), "{text}");
    }
}
