//! A run: for each scenario a system, people, worker processes, load, and what came of it.

mod shape;
mod plan;
mod worker;
mod crew;
mod course;
mod meter;
mod held;
mod happened;
mod verdict;
mod scene;
mod scale;
mod all_in_one;

pub use crew::{PACE, workers_for};
pub use happened::{FULL, LATE_MS};
pub use meter::{Used, measure};
pub use plan::{Cost, DENSE, Goal, Plan, Rhythm, SPARSE, Seat};
pub use shape::Shape;
pub use verdict::{Expected, faults};
pub use worker::{Worker, listen};

use super::options::{Options, Scenario};
use super::report::Outcome;
use super::system::System;
use anyhow::{Context, Result};

/// Runs all scenarios that are asked for; tells how it goes.
///
/// # Errors
/// One of them could not be run.
pub async fn run(options: &Options, mut say: impl FnMut(String)) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for scenario in &options.scenarios {
        let name = scenario.name();
        say(format!("{name}: starting"));
        let options = &options.of(*scenario);
        let outcome = match scenario {
            Scenario::AllInOne => all_in_one::start_and_look(options, &mut say).await,
            _ => play(*scenario, options, &mut say).await,
        };
        outcomes.push(outcome.with_context(|| format!("{name} could not be run"))?);
    }
    Ok(outcomes)
}

/// Each has a system of its own, if it is one of ours: no scenario inherits memory or rows from another.
async fn play(scenario: Scenario, options: &Options, say: &mut dyn FnMut(String)) -> Result<Outcome> {
    let system = System::of(options).await.context("there is no system")?;
    let plan = Plan::of(scenario, options, &system);
    scene::play(scenario, &plan, options, &system, say).await
}
