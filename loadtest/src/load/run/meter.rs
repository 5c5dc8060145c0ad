//! What the processes used between two moments, and how deep the queues were meanwhile.

use super::crew::cpu_of_all;
use super::plan::Cost;
use crate::load::measure::{Machine, Micros, micros, sleep_until};
use crate::load::report::CostOf;
use crate::load::system::System;
use std::time::Duration;
use tokio::time::sleep;

/// How often the depth of the lanes is read.
const LOOK: Duration = Duration::from_millis(500);

/// A worker that uses more of a core than this has no time left.
pub(super) const NEARLY_ALL: f64 = 0.85;

/// What was used.
#[derive(Debug, Clone, Default)]
pub struct Used {
    /// The first of the two moments: a little later than planned, since the database is asked before.
    pub began: Micros,
    /// Seconds between the two moments.
    pub seconds: f64,
    /// Seconds of CPU of each process of the system.
    pub processes: Vec<f64>,
    /// And of each worker.
    pub workers: Vec<f64>,
    /// The share of the whole machine that somebody used.
    pub machine: f64,
    /// The most drafts that waited at gateways, and at apis.
    pub depths: [f64; 2],
    /// Statements of the database.
    pub questions: Option<u64>,
}

/// Measures from one moment to the other. The lanes are looked at only if `looks`: reading them costs the nodes time.
pub async fn measure(system: &System, workers: &[u32], from: Micros, until: Micros, looks: bool) -> Used {
    sleep_until(from).await;
    // The statements are asked for outside of what is measured: asking is one.
    let questions = system.questions().await;
    let (began, machine) = (micros(), Machine::now());
    let (processes, own) = (system.cpu().await, cpu_of_all(workers));
    let mut used = Used { began, ..Used::default() };
    while looks && micros() + 2 * LOOK.as_micros() as u64 <= until {
        for scrape in system.scrapes().await {
            for (depth, side) in used.depths.iter_mut().zip(["side=\"gateway\"", "side=\"api\""]) {
                *depth = depth.max(scrape.labelled("imtt_lane_depth", side).unwrap_or(0.0));
            }
        }
        sleep(LOOK).await;
    }
    sleep_until(until).await;
    used.processes = differences(&system.cpu().await, &processes);
    used.workers = differences(&cpu_of_all(workers), &own);
    used.seconds = micros().saturating_sub(began) as f64 / 1e6;
    used.machine = machine.zip(Machine::now()).map_or(0.0, |(before, after)| after.busy_since(before));
    let asked = questions.zip(system.questions().await);
    used.questions = asked.map(|(before, after)| after.saturating_sub(before).saturating_sub(1));
    used
}

fn differences(after: &[f64], before: &[f64]) -> Vec<f64> {
    after.iter().zip(before).map(|(after, before)| (after - before).max(0.0)).collect()
}

impl Used {
    /// Seconds of CPU of some of the processes.
    #[must_use]
    pub fn of(&self, processes: &[usize]) -> f64 {
        processes.iter().filter_map(|nth| self.processes.get(*nth)).sum()
    }

    /// The share of a core that the busiest worker used.
    #[must_use]
    pub fn busiest_worker(&self) -> f64 {
        self.workers.iter().fold(0.0, |most: f64, seconds| most.max(*seconds)) / self.seconds.max(1e-9)
    }

    /// The share of the whole machine that the system and the load tool used.
    #[must_use]
    pub fn own_share(&self) -> f64 {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        let used: f64 = self.processes.iter().chain(&self.workers).sum();
        used / (self.seconds * cores).max(1e-9)
    }

    /// Adds what was used another time; of the whole machine's share the mean remains.
    pub fn add(&mut self, other: &Self) {
        let seconds = self.seconds + other.seconds;
        self.machine = (self.machine * self.seconds + other.machine * other.seconds) / seconds.max(1e-9);
        self.seconds = seconds;
        for (sums, more) in [(&mut self.processes, &other.processes), (&mut self.workers, &other.workers)] {
            sums.resize(sums.len().max(more.len()), 0.0);
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
    }

    /// What each process used for one of so many.
    #[must_use]
    pub fn costs(&self, system: &System, cost: Cost, count: f64) -> Vec<CostOf> {
        let used = system.processes.iter().zip(&self.processes);
        let one = |name: String, seconds: f64| CostOf {
            process: name,
            seconds,
            share: seconds / self.seconds.max(1e-9),
            of: cost.name().to_owned(),
            micros: if count > 0.0 { seconds * 1e6 / count } else { 0.0 },
        };
        let mut costs: Vec<CostOf> =
            used.map(|(process, seconds)| one(process.name.clone(), *seconds)).collect();
        if costs.len() > 1 {
            costs.push(one("all of them".to_owned(), self.processes.iter().sum()));
        }
        costs
    }

    /// When the load tool was the limit, and not the system.
    #[must_use]
    pub fn limits(&self) -> Vec<String> {
        let mut limits = Vec::new();
        for (nth, seconds) in self.workers.iter().enumerate() {
            let share = seconds / self.seconds.max(1e-9);
            if share > NEARLY_ALL {
                limits.push(format!(
                    "worker {} used {:.0} % of a core, and has one thread: the load tool was the limit, try --workers {}",
                    nth + 1,
                    share * 100.0,
                    self.workers.len() + 1
                ));
            }
        }
        limits
    }
}
