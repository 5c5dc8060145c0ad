//! The worker processes: this program started again, each with a share of the connections.

use super::course::Course;
use super::plan::{Goal, Plan, Rhythm};
use super::worker::{Worker, listen};
use crate::load::measure::{Micros, cpu_of, raise_open_files, sleep_until};
use crate::load::options::Options;
use crate::load::system::{People, System};
use crate::load::worker::{LineTask, Order, Speech, Task, Tell, To};
use anyhow::{Context, Result, bail};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// What one process holds, if it may have that many open files.
const CONNECTIONS: usize = 15_000;
/// Open files that are no connections of clients.
const OTHER_FILES: usize = 200;
/// What one process takes in, at most.
const DELIVERIES: f64 = 60_000.0;
/// Connections from one address to one gateway; it has some 28,000 ports.
const FROM_ONE_ADDRESS: usize = 25_000;
/// Connections opened a second, by all workers together.
pub const PACE: f64 = 2000.0;
/// The longest silence of all workers: they tell something once a second.
const SILENCE: Duration = Duration::from_secs(60);

/// The workers. Dropping this ends them.
pub struct Crew {
    workers: Vec<Worker>,
    told: mpsc::Receiver<(usize, Tell)>,
    /// What was told and not asked for yet.
    kept: Vec<Tell>,
    /// How many of the speakers each has.
    speakers: Vec<usize>,
    tasks: Vec<Task>,
}

impl Crew {
    /// Starts them.
    ///
    /// # Errors
    /// This program cannot be started again.
    pub fn hire(plan: &Plan, people: &People, options: &Options, system: &System) -> Result<Self> {
        let tasks = tasks(plan, people, options, system, options.workers.unwrap_or_else(|| needed(plan)));
        let (teller, told) = mpsc::channel(1024);
        let mut workers = Vec::new();
        for nth in 0..tasks.len() {
            let (worker, output) = Worker::start("worker")?;
            tokio::spawn(listen(nth, output, teller.clone(), Tell::Failed));
            workers.push(worker);
        }
        let speakers =
            tasks.iter().map(|task| task.lines.iter().filter(|line| line.speaks.is_some()).count()).collect();
        Ok(Self { workers, told, kept: Vec::new(), speakers, tasks })
    }

    /// How many there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.workers.len()
    }

    /// Has all connections opened.
    ///
    /// # Errors
    /// A worker is gone.
    pub async fn connect(&mut self) -> Result<()> {
        for (worker, task) in self.workers.iter_mut().zip(std::mem::take(&mut self.tasks)) {
            worker.order(&Order::Connect(Box::new(task))).await?;
        }
        Ok(())
    }

    /// Has all speak; a schedule is shared out by how many speakers each has. A group that is named has one speaker, who
    /// has all of it.
    ///
    /// # Errors
    /// A worker is gone.
    pub async fn speak(&mut self, speech: Speech) -> Result<()> {
        let all: usize = self.speakers.iter().sum();
        for (worker, speakers) in self.workers.iter_mut().zip(&self.speakers) {
            let share = if speech.group.is_some() { 1.0 } else { *speakers as f64 / all.max(1) as f64 };
            let most = speech.most.map(|_| *speakers as u64);
            let rate = speech.rate.map(|rate| (rate * share).max(1e-6));
            worker.order(&Order::Speak(Speech { rate, most, ..speech })).await?;
        }
        Ok(())
    }

    /// Gives all the same order.
    ///
    /// # Errors
    /// A worker is gone.
    pub async fn order(&mut self, order: &Order) -> Result<()> {
        for worker in &mut self.workers {
            worker.order(order).await?;
        }
        Ok(())
    }

    /// Only looks on, until then.
    ///
    /// # Errors
    /// A worker is gone, or cannot go on.
    pub async fn look_on(&mut self, course: &mut Course<'_>, until: Micros) -> Result<()> {
        loop {
            let told = tokio::select! {
                told = self.told.recv() => told.context("the workers are gone")?,
                () = sleep_until(until) => return Ok(()),
            };
            self.kept.extend(take_note(course, told)?);
        }
    }

    /// Waits until each has told what `pick` wants; progress goes to `course`, the rest waits until it is asked for.
    ///
    /// # Errors
    /// A worker is gone, cannot go on, or is silent.
    pub async fn hear<T>(
        &mut self,
        course: &mut Course<'_>,
        pick: impl Fn(&Tell) -> Option<T>,
    ) -> Result<Vec<T>> {
        let mut picked = Vec::new();
        self.kept.retain(|tell| match pick(tell) {
            Some(wanted) => {
                picked.push(wanted);
                false
            }
            None => true,
        });
        while picked.len() < self.workers.len() {
            let told = timeout(SILENCE, self.told.recv()).await.context("the workers are silent")?;
            if let Some(tell) = take_note(course, told.context("the workers are gone")?)? {
                match pick(&tell) {
                    Some(wanted) => picked.push(wanted),
                    None => self.kept.push(tell),
                }
            }
        }
        Ok(picked)
    }

    /// Their processes.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        self.workers.iter().filter_map(Worker::pid).collect()
    }
}

fn needed(plan: &Plan) -> usize {
    workers_for(plan.seats.len(), plan.deliveries())
}

/// As many as the connections need, and for many deliveries a second as many as there are cores.
#[must_use]
pub fn workers_for(connections: usize, deliveries: f64) -> usize {
    let each = CONNECTIONS.min(raise_open_files().saturating_sub(OTHER_FILES)).max(1);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let for_deliveries = ((deliveries / DELIVERIES).ceil() as usize).clamp(1, cores);
    connections.div_ceil(each).max(for_deliveries)
}

/// Progress goes to the course, the rest comes back.
fn take_note(course: &mut Course<'_>, (nth, tell): (usize, Tell)) -> Result<Option<Tell>> {
    match tell {
        Tell::Progress { counts, ack, delivery, late } => {
            course.progress(nth, *counts, [&ack, &delivery, &late]);
            Ok(None)
        }
        Tell::Failed(why) => bail!("worker {}: {why}", nth + 1),
        tell => Ok(Some(tell)),
    }
}

/// Seconds of CPU that each of these processes has used so far.
#[must_use]
pub fn cpu_of_all(pids: &[u32]) -> Vec<f64> {
    pids.iter().map(|pid| cpu_of(*pid).unwrap_or(0.0)).collect()
}

/// The connections, dealt out one after the other; so each has its share of those who speak.
fn tasks(plan: &Plan, people: &People, options: &Options, system: &System, workers: usize) -> Vec<Task> {
    let empty = Task {
        gateways: system.gateways.clone(),
        apis: system.apis.clone(),
        lines: Vec::new(),
        groups: people.groups.iter().map(|place| (place.group, place.conversation)).collect(),
        size: options.shape.size(),
        pace: PACE / workers as f64,
    };
    let mut tasks = vec![empty; workers];
    let mut at_gateway = vec![0; system.gateways.len()];
    for (nth, seat) in plan.seats.iter().enumerate() {
        let person = &people.persons[seat.user];
        let is_here = system.gateways[seat.gateway].ip().is_loopback();
        let source = if is_here { source(at_gateway[seat.gateway]) } else { None };
        at_gateway[seat.gateway] += 1;
        let speaks = seat.speaks.map(|goal| match goal {
            Goal::User(user) => To::pair(person.id, people.persons[user].id),
            Goal::Group(group) => To::Group(people.groups[group].group),
        });
        let (user, token, gateway) = (person.id, person.token.clone(), seat.gateway);
        // Pairs stay together, so that every worker has both kinds of everything.
        tasks[nth / 2 % workers].lines.push(LineTask { user, token, gateway, source, speaks });
    }
    tasks
}

/// The first ones come from where the system likes.
fn source(nth: usize) -> Option<IpAddr> {
    let address = nth / FROM_ONE_ADDRESS;
    (address > 0).then(|| IpAddr::V4(Ipv4Addr::new(127, 0, 0, (address + 1).min(254) as u8)))
}

impl Rhythm {
    /// The speech of this rhythm; times are set by whoever knows them.
    #[must_use]
    pub fn speech(self) -> Speech {
        let (rate, in_flight) = match self {
            Self::Rate(rate) => (Some(rate), 0),
            Self::InFlight(count) => (None, count),
        };
        Speech { from: 0, measured: 0, until: 0, rate, most: None, in_flight, group: None }
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn when_the_ports_of_an_address_run_out_the_next_is_taken() {
        assert_eq!(source(24_999), None);
        assert_eq!(source(25_000).unwrap().to_string(), "127.0.0.2");
        assert_eq!(source(60_000).unwrap().to_string(), "127.0.0.3");
    }
}
