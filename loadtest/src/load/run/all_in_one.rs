//! The all-in-one with nobody connected: how soon it serves, and what it holds. It is started several times, each in a new
//! folder, so it makes its database each time; with the last of them two people write to each other, to see that it works.

use super::plan::Plan;
use super::scene;
use crate::load::measure::median;
use crate::load::options::{Options, Scenario};
use crate::load::report::{Figure, Outcome, names};
use crate::load::system::System;
use anyhow::{Context, Result};
use std::time::Duration;
use tokio::time::sleep;

/// How often it is started.
const STARTS: usize = 5;
/// What it holds is asked for so long after it served.
const REST: Duration = Duration::from_secs(1);

/// Starts it, and looks.
///
/// # Errors
/// It does not start, or the two people do not come to speak.
pub async fn start_and_look(options: &Options, say: &mut dyn FnMut(String)) -> Result<Outcome> {
    let (mut served, mut held) = (Vec::new(), Vec::new());
    let mut last = None;
    for _ in 0..STARTS {
        // One after the other: two at once would be slower.
        drop(last.take());
        let system = System::of(options).await?;
        served.extend(system.ready_after);
        sleep(REST).await;
        held.extend(system.memory().await.first().map(|kib| *kib as f64 * 1024.0 / 1e6));
        last = Some(system);
    }
    let system = last.context("it was started")?;
    let plan = Plan::of(Scenario::AllInOne, options, &system);
    let mut outcome = scene::play(Scenario::AllInOne, &plan, options, &system, say).await?;
    let slowest = served.iter().copied().fold(0.0, f64::max);
    let figures = [
        Figure::new(names::SERVED, median(served), "s"),
        Figure::new("served after, the slowest start", slowest, "s"),
        Figure::new(names::IDLE_MEMORY, median(held), "MB"),
    ];
    // Two people who say little: a message of theirs would cost what the program does anyway.
    outcome.costs.clear();
    outcome.figures.splice(0..0, figures);
    outcome.settings.insert(0, ("starts".to_owned(), STARTS.to_string()));
    Ok(outcome)
}
