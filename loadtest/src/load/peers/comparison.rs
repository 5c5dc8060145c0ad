//! What a comparison has shown: every run as it was, and medians of them.

use super::contender::{Contender, Work};
use crate::load::measure::{Latency, Middle};
use crate::load::report::CostOf;
use serde::{Deserialize, Serialize};

/// All of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// What was chosen, and of which versions the peers are.
    pub settings: Vec<(String, String)>,
    /// Seconds that were measured, each time.
    pub seconds: f64,
    /// How often.
    pub runs: usize,
    /// By what.
    pub works: Vec<Work>,
    /// Medians, a row each.
    pub rows: Vec<Row>,
    /// Who was asked for and is not here, and why.
    pub skipped: Vec<(Contender, String)>,
    /// Every run.
    pub samples: Vec<Sample>,
}

/// The medians of one contender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Whose.
    pub contender: Contender,
    /// By each work that was done.
    pub figures: Vec<Median>,
}

/// The median of one work.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Median {
    /// Which.
    pub work: Work,
    /// Microseconds of CPU a delivery of all server processes, or KiB a connection of the nodes.
    pub value: f64,
    /// The least of all runs.
    pub least: f64,
    /// And the most.
    pub most: f64,
    /// The median of how many times the floor of the same round it is; only of CPU, and only if the floor was there.
    pub of_floor: Option<f64>,
}

/// One run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sample {
    /// Whose.
    pub contender: Contender,
    /// Of what.
    pub work: Work,
    /// In which round, from 1.
    pub round: usize,
    /// What came of it.
    #[serde(flatten)]
    pub measured: Measured,
}

/// What came of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Measured {
    /// As [`Median::value`]; nothing if it could not be run.
    pub value: Option<f64>,
    /// Deliveries a second, in the measured time.
    pub deliveries_a_second: Option<f64>,
    /// From when a message was to be sent to its arrival.
    pub delivery: Option<Latency>,
    /// The CPU time of each server process.
    pub costs: Vec<CostOf>,
    /// What was wrong; nothing when everybody got every message once and in order.
    pub faults: Vec<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

impl Measured {
    /// Takes what the processes used; the sum is the last one.
    pub fn of_a_delivery(&mut self, costs: Vec<CostOf>) {
        self.value = costs.last().map(|cost| cost.micros).filter(|micros| *micros > 0.0);
        self.costs = costs;
    }
}

impl Comparison {
    /// Whether everybody got everything, of whoever was there.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.samples.iter().all(|sample| sample.measured.faults.is_empty() && sample.measured.value.is_some())
    }

    /// What was chosen, in a line.
    #[must_use]
    pub fn chosen(&self) -> String {
        let settings = self.settings.iter().map(|(name, value)| format!(", {name} {value}"));
        let settings: String = settings.collect();
        format!("Medians; runs {}, seconds of each {}{settings}", self.runs, self.seconds)
    }

    /// Makes the rows from the samples, in that order.
    pub fn sum_up(&mut self, contenders: &[Contender]) {
        let median = |contender, work| self.median(contender, work);
        let row = |contender: &Contender| Row {
            contender: *contender,
            figures: self.works.iter().filter_map(|work| median(*contender, *work)).collect(),
        };
        self.rows = contenders.iter().map(row).collect();
    }

    fn median(&self, contender: Contender, work: Work) -> Option<Median> {
        let of = |contender, round: Option<usize>| {
            let runs = self.samples.iter().filter(move |sample| {
                sample.contender == contender
                    && sample.work == work
                    && round.is_none_or(|round| sample.round == round)
            });
            runs.filter_map(|sample| Some((sample.round, sample.measured.value?)))
        };
        let values: Vec<f64> = of(contender, None).map(|(_, value)| value).collect();
        // Machines are faster at one time than at another: what is compared was measured one soon after the other.
        let ratios = of(contender, None).filter_map(|(round, value)| {
            let floor = of(Contender::Floor, Some(round)).next()?.1;
            (floor > 0.0 && work != Work::Idle).then_some(value / floor)
        });
        Some(Median {
            work,
            value: Middle::of(values.iter().copied())?.median,
            least: values.iter().copied().fold(f64::INFINITY, f64::min),
            most: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            of_floor: Middle::of(ratios).map(|middle| middle.median),
        })
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn sample(contender: Contender, work: Work, round: usize, value: f64) -> Sample {
        let measured = Measured { value: Some(value), ..Measured::default() };
        Sample { contender, work, round, measured }
    }

    /// Two contenders, three rounds: a slow one and a fast one among them.
    pub fn comparison() -> Comparison {
        let mut samples = Vec::new();
        for (round, slowness) in [(1, 1.0), (2, 3.0), (3, 0.5)] {
            for work in [Work::Sparse, Work::Idle] {
                samples.push(sample(Contender::Floor, work, round, 6.0 * slowness));
                samples.push(sample(Contender::Ws, work, round, 12.0 * slowness));
            }
        }
        samples.push(sample(Contender::Ws, Work::Dense, 1, 8.0));
        let mut comparison =
            Comparison { samples, runs: 3, works: Work::ALL.to_vec(), ..Comparison::default() };
        comparison.sum_up(&[Contender::Floor, Contender::Ws]);
        comparison
    }

    #[test]
    fn medians_are_told_and_ratios_are_those_within_a_round() {
        let rows = comparison().rows;
        let wanted = Median { work: Work::Sparse, value: 12.0, least: 6.0, most: 36.0, of_floor: Some(2.0) };
        assert_eq!(rows[1].figures[0], wanted);
        let alone = Median { work: Work::Dense, value: 8.0, least: 8.0, most: 8.0, of_floor: None };
        assert_eq!(rows[1].figures[1], alone);
        assert_eq!(rows[1].figures[2].of_floor, None, "memory is not the floor's matter");
        assert_eq!(rows[0].figures.len(), 2, "it did nothing dense");
    }

    #[test]
    fn a_fault_of_one_run_is_one_of_the_comparison_and_so_is_a_run_without_a_figure() {
        let mut whole = comparison();
        assert!(whole.holds());
        whole.samples[3].measured.faults.push("1 messages came once more".to_owned());
        assert!(!whole.holds());
        let mut whole = comparison();
        whole.samples[0].measured.value = None;
        assert!(!whole.holds());
    }

    #[test]
    fn what_was_written_is_read_back() {
        let written = serde_json::to_string(&comparison()).unwrap();
        let read: Comparison = serde_json::from_str(&written).unwrap();
        assert_eq!((read.rows, read.samples.len()), (comparison().rows, comparison().samples.len()));
    }
}
