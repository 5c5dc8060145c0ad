//! What a run has shown, for people at a terminal, for programs, and as a page.

pub mod names;
mod scaling;
pub mod goals;
mod table;
mod plot;
mod page;

#[cfg(test)]
mod tests;

pub use page::page;
pub use scaling::{Knee, Quiet, Scaling, Step};
pub use table::table;
// For pages of other shapes.
pub use page::{around, safe};
pub use plot::bars;

use super::measure::Latency;
use super::worker::Counts;
use serde::{Deserialize, Serialize};

/// What came of a scenario.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// Which.
    pub scenario: String,
    /// On what.
    pub system: String,
    /// What was chosen.
    pub settings: Vec<(String, String)>,
    /// Seconds that were measured.
    pub seconds: f64,
    /// What it is about.
    pub figures: Vec<Figure>,
    /// From when a message was to be sent to its ack.
    pub ack: Option<Latency>,
    /// And to its arrival at somebody else's connection.
    pub delivery: Option<Latency>,
    /// The same, second by second.
    pub over_time: Vec<Second>,
    /// The CPU time of each process of the system.
    pub costs: Vec<CostOf>,
    /// The scaling curve, if it is about that.
    #[serde(default)]
    pub scaling: Option<Scaling>,
    /// What was counted.
    pub counts: Counts,
    /// What was wrong; nothing when every promise was kept.
    pub faults: Vec<String>,
    /// Why a figure says more about the load tool than about the system; nothing when none does.
    pub limits: Vec<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: String,
}

impl Figure {
    /// A figure.
    pub fn new(name: &str, value: f64, unit: &str) -> Self {
        Self { name: name.to_owned(), value, unit: unit.to_owned() }
    }
}

/// A second of the course.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// Which, from 0.
    pub second: u64,
    /// Acks that came in it.
    pub ack: Option<Latency>,
    /// Deliveries that came in it.
    pub delivery: Option<Latency>,
}

/// What a process used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CostOf {
    /// Which.
    pub process: String,
    /// Seconds of CPU in the measured time.
    pub seconds: f64,
    /// The same as a share of one core.
    pub share: f64,
    /// What it is divided by.
    pub of: String,
    /// Microseconds of CPU for one of those.
    pub micros: f64,
}

impl Outcome {
    /// Whether every promise was kept.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }

    /// The value of a figure.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|figure| figure.name == name).map(|figure| figure.value)
    }

    /// What was chosen, if it is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.settings.iter().find(|(setting, _)| setting == name)?.1.parse().ok()
    }
}
