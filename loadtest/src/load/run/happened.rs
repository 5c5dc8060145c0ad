//! What came of a scenario, from what happened in it.

use super::course::Course;
use super::meter::Used;
use super::plan::{Cost, Plan, Rhythm};
use crate::load::measure::{Histogram, Spread};
use crate::load::options::Scenario;
use crate::load::report::{Figure, Outcome, Scaling, names};
use crate::load::system::System;
use crate::load::worker::{Away, Counts};

/// A schedule that is later than this is no schedule.
pub const LATE_MS: f64 = 20.0;
/// A machine that is busier than this has no time to be fast.
pub const FULL: f64 = 0.97;

/// What happened.
#[derive(Default)]
pub struct Happened {
    /// What the processes used in the measured time.
    pub used: Used,
    /// What workers counted.
    pub counts: Counts,
    /// What it is about.
    pub figures: Vec<Figure>,
    /// The scaling curve, if it is about that.
    pub scaling: Option<Scaling>,
    /// What was wrong.
    pub faults: Vec<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

impl Happened {
    /// How those who were cut off came back.
    pub fn back(&mut self, away: &[Away]) {
        for (name, all_name, spreads) in [
            (
                "attached again, 99 % after",
                "attached again, all after",
                away.iter().map(|away| &away.attached).collect::<Vec<&Spread>>(),
            ),
            (names::BACK, "with everything, all after", away.iter().map(|away| &away.whole).collect()),
        ] {
            let mut all = Histogram::default();
            spreads.into_iter().for_each(|spread| all.add(spread));
            if let Some(latency) = all.latency() {
                self.figures.push(Figure::new(name, latency.p99 / 1000.0, "s"));
                self.figures.push(Figure::new(all_name, latency.max / 1000.0, "s"));
            }
        }
        let missing: u64 = away.iter().map(|away| away.missing).sum();
        if missing > 0 {
            self.faults.push(format!("{missing} connections did not come back with everything"));
        }
    }

    /// Statements a second of the database, before and while they came back.
    pub fn queries(&mut self, during: Option<f64>) {
        let Some((steady, during)) = self.used.questions.zip(during) else {
            return self.notes.push("the database is not ours to ask how many statements it ran".to_owned());
        };
        let steady = steady as f64 / self.used.seconds.max(1e-9);
        self.figures.push(Figure::new("database statements a second before", steady, ""));
        self.figures.push(Figure::new("database statements a second meanwhile", during, ""));
        self.figures.push(Figure::new(names::QUERIES, during / steady.max(1e-9), "times"));
    }

    /// All of it, for reports.
    #[must_use]
    pub fn told(mut self, scenario: Scenario, plan: &Plan, system: &System, course: &Course<'_>) -> Outcome {
        let (used, counts) = (&self.used, &self.counts);
        let mut figures = Vec::new();
        if matches!(scenario, Scenario::Direct | Scenario::Sparse | Scenario::Dense | Scenario::Ingest) {
            let a_second = |count: u64| count as f64 / used.seconds.max(1e-9);
            figures.push(Figure::new(names::MESSAGES, a_second(counts.acked_measured), ""));
            figures.push(Figure::new("deliveries a second", a_second(counts.delivered_measured), ""));
        }
        figures.append(&mut self.figures);
        let own = used.workers.iter().sum::<f64>() / used.seconds.max(1e-9);
        figures.push(Figure::new("the load tool itself used", own * 100.0, "% of a core"));
        let mut limits = used.limits();
        if let Some(late) = course.late().filter(|_| matches!(plan.rhythm, Rhythm::Rate(_))) {
            figures.push(Figure::new("messages were sent late by, p99", late.p99, "ms"));
            if late.p99 > LATE_MS {
                let words = "ms late or later: the load tool was the limit, or had no core to run on";
                limits.push(format!("one message of a hundred was sent {:.0} {words}", late.p99));
            }
        }
        let mut notes = std::mem::take(&mut self.notes);
        if used.machine > FULL {
            let share = used.machine * 100.0;
            notes.push(format!("the whole machine was {share:.0} % busy: latencies speak of that, too"));
        }
        Outcome {
            scenario: scenario.name().to_owned(),
            system: system.name(),
            settings: plan.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            seconds: used.seconds,
            figures,
            ack: course.ack(),
            delivery: course.delivery(),
            over_time: course.over_time(),
            costs: match self.scaling {
                // Over steps of different size there is no cost of a process: the curve tells it step by step.
                Some(_) => Vec::new(),
                None => used.costs(system, plan.cost, self.divisor(scenario, plan)),
            },
            scaling: self.scaling,
            counts: self.counts,
            faults: self.faults,
            limits,
            notes,
        }
    }

    /// How many the CPU time is shared by; 0 when it is not.
    fn divisor(&self, scenario: Scenario, plan: &Plan) -> f64 {
        match plan.cost {
            Cost::ConnectionSecond => plan.seats.len() as f64 * self.used.seconds,
            Cost::Delivery => self.counts.delivered_measured as f64,
            // Measured is the steady load before; counted is all of it.
            Cost::Message if scenario == Scenario::Storm => 0.0,
            Cost::Message => self.counts.acked_measured as f64,
        }
    }
}
