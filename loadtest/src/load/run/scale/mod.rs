//! What a delivery costs with more and more gateways: the same work at each of them, and ever more of them.
//!
//! One cluster has all gateways, and all connections stand from the beginning. A step's group has members on its gateways
//! alone, so from one step to the next only the group changes that is spoken in: nobody comes or goes, and no step has
//! colder caches or a longer history than another. The gateways that a step does not use hold their connections and hear
//! nothing; what they use meanwhile is measured, too.

mod plan;
mod samples;

pub(super) use plan::plan;

use super::happened::Happened;
use super::meter::{Used, measure};
use super::scene::{Said, Stage, said, seconds};
use crate::load::measure::micros;
use crate::load::options::Scale;
use crate::load::worker::{Counts, Speech};
use anyhow::Result;
use samples::{Sample, Samples};

impl Stage<'_, '_> {
    /// Every run has a quiet time and all steps, and a step is at another place in each.
    pub(super) async fn scale(&mut self) -> Result<(Said, Happened)> {
        let Scale { steps, runs, .. } = &self.options.scale;
        let mut samples = Samples::default();
        let (mut all, mut used) = (Said::default(), Used::default());
        for run in 0..*runs {
            samples.quiet.push(self.quiet().await?);
            for step in rotated(steps.len(), run) {
                let gateways = steps[step];
                self.course.say(&format!("run {} of {runs}, gateways: {gateways}", run + 1));
                let (speech, said, step_used) = self.step(step).await?;
                let (before, after) = (&all.counts, &said.counts);
                samples.steps.push(Sample::of(gateways, &speech, (before, after), &step_used));
                used.add(&step_used);
                all.add(said);
            }
        }
        let scaling = Some(samples.told(self.system, steps, self.plan));
        Ok((all, Happened { used, scaling, ..Happened::default() }))
    }

    /// Nobody speaks.
    async fn quiet(&mut self) -> Result<Used> {
        let from = micros() + seconds(self.options.warm_up);
        let until = from + seconds(self.options.seconds);
        let pids = self.crew.pids();
        let measuring = measure(self.system, &pids, from, until, false);
        let (looked, used) = tokio::join!(self.crew.look_on(self.course, until), measuring);
        looked.map(|()| used)
    }

    /// The publisher of this step's group speaks.
    async fn step(&mut self, step: usize) -> Result<(Speech, Said, Used)> {
        let speech = Speech { group: Some(self.people.groups[step].group), ..self.speech() };
        self.crew.speak(speech).await?;
        let pids = self.crew.pids();
        let measuring = measure(self.system, &pids, speech.measured, speech.until, false);
        let (said, used) = tokio::join!(said(self.crew, self.course), measuring);
        Ok((speech, said?, used))
    }
}

/// The steps in the order of a run: each run begins one later, so that with as many runs as steps each step was once at
/// each place, and what drifts with time does not follow the number of gateways.
fn rotated(steps: usize, run: usize) -> impl Iterator<Item = usize> {
    (0..steps).map(move |place| (place + run) % steps)
}

impl Sample {
    /// What was counted in the speech, as far as the CPU time is of the same moments.
    fn of(gateways: usize, speech: &Speech, (before, after): (&Counts, &Counts), used: &Used) -> Self {
        let whole = speech.until.saturating_sub(speech.measured).max(1) as f64;
        let share = speech.until.saturating_sub(used.began) as f64 / whole;
        let counted =
            |count: fn(&Counts) -> u64| count(after).saturating_sub(count(before)) as f64 * share.min(1.0);
        let (messages, deliveries) =
            (counted(|all| all.acked_measured), counted(|all| all.delivered_measured));
        Self { gateways, messages, deliveries, used: used.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn only_what_was_said_while_time_was_taken_counts() {
        let speech = Speech {
            from: 0,
            measured: 1_000_000,
            until: 3_000_000,
            rate: Some(100.0),
            most: None,
            in_flight: 0,
            group: Some(1),
        };
        let counted = |acked_measured, delivered_measured| Counts {
            acked_measured,
            delivered_measured,
            ..Counts::default()
        };
        let used = Used { began: 1_500_000, ..Used::default() };
        let sample = Sample::of(2, &speech, (&counted(100, 1000), &counted(300, 3000)), &used);
        assert!((sample.messages - 150.0).abs() < 1e-6 && (sample.deliveries - 1500.0).abs() < 1e-6);
    }

    #[test]
    fn each_step_is_once_at_each_place() {
        let runs: Vec<Vec<usize>> = (0..5).map(|run| rotated(5, run).collect()).collect();
        for place in 0..5 {
            let at_place: BTreeSet<usize> = runs.iter().map(|run| run[place]).collect();
            assert_eq!(at_place, (0..5).collect());
        }
        for run in &runs {
            assert_eq!(run.iter().copied().collect::<BTreeSet<usize>>(), (0..5).collect());
        }
    }
}
