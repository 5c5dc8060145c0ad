//! The worker processes that hold connections to a peer, as whoever plays the work sees them.

use super::contender::{Amount, Work};
use super::start::Peer;
use super::worker::{Came, Order, Task, Tell, WORD};
use crate::load::measure::{Histogram, Latency, Spread};
use crate::load::run::{PACE, Worker, listen, workers_for};
use crate::load::worker::Speech;
use anyhow::{Context, Result, bail, ensure};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Longer than any order takes beyond the time that it names: workers have limits of their own.
const SILENCE: Duration = Duration::from_secs(120);

/// The workers. Dropping this ends them.
pub struct Crew {
    workers: Vec<Worker>,
    told: mpsc::Receiver<(usize, Tell)>,
}

impl Crew {
    /// Starts as many as the work needs, and has all connections opened.
    ///
    /// # Errors
    /// A connection does not come about, or a worker is gone.
    pub async fn connect(
        peer: &Peer,
        work: Work,
        amount: Amount,
        wanted: Option<usize>,
        size: usize,
    ) -> Result<Self> {
        let needed = workers_for(amount.listeners + 1, amount.rate * amount.listeners as f64);
        let tasks = tasks(peer, work, amount.listeners, wanted.unwrap_or(needed), size);
        let (teller, told) = mpsc::channel(1024);
        let mut crew = Self { workers: Vec::new(), told };
        for (nth, task) in tasks.into_iter().enumerate() {
            let (mut worker, output) = Worker::start(WORD)?;
            tokio::spawn(listen(nth, output, teller.clone(), Tell::Failed));
            worker.order(&Order::Connect(task)).await?;
            crew.workers.push(worker);
        }
        let told = crew.hear(SILENCE, |tell| match tell {
            Tell::Connected { connected, trouble } => Ok((connected, trouble)),
            other => Err(other),
        });
        let told = told.await?;
        let connected: u64 = told.iter().map(|(connected, _)| connected).sum();
        let (wanted, trouble) =
            (amount.listeners as u64 + 1, told.into_iter().find_map(|(_, trouble)| trouble));
        ensure!(
            connected == wanted,
            "{connected} of {wanted} connections came about: {}",
            trouble.unwrap_or_default()
        );
        Ok(crew)
    }

    /// Has it said by a schedule; gives back how many messages that were, and how late they were sent.
    ///
    /// # Errors
    /// A worker is gone.
    pub async fn speak(&mut self, speech: Speech) -> Result<(u64, Option<Latency>)> {
        self.order(&Order::Speak(speech)).await?;
        let lasts = Duration::from_micros(speech.until.saturating_sub(speech.from));
        let told = self.hear(SILENCE + lasts, |tell| match tell {
            Tell::Spoken { said, late } => Ok((said, late)),
            other => Err(other),
        });
        let (said, late): (Vec<u64>, Vec<Spread>) = told.await?.into_iter().unzip();
        Ok((said.iter().sum(), spread(&late)))
    }

    /// What came, once all of so many messages have come or nothing comes any more.
    ///
    /// # Errors
    /// A worker is gone.
    pub async fn settle(&mut self, said: u64) -> Result<(Came, Option<Latency>)> {
        self.order(&Order::Settle { said }).await?;
        let told = self.hear(SILENCE, |tell| match tell {
            Tell::Settled(came) => Ok(*came),
            other => Err(other),
        });
        let all = told.await?;
        let delivery = spread(all.iter().map(|came| &came.delivery));
        Ok((total(all), delivery))
    }

    /// Their processes.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        self.workers.iter().filter_map(Worker::pid).collect()
    }

    async fn order(&mut self, order: &Order) -> Result<()> {
        for worker in &mut self.workers {
            worker.order(order).await?;
        }
        Ok(())
    }

    /// Waits until each has told what `pick` wants.
    async fn hear<T>(&mut self, limit: Duration, pick: impl Fn(Tell) -> Result<T, Tell>) -> Result<Vec<T>> {
        let mut picked = Vec::new();
        while picked.len() < self.workers.len() {
            let told = timeout(limit, self.told.recv()).await.context("the workers are silent")?;
            let (nth, tell) = told.context("the workers are gone")?;
            match pick(tell) {
                Ok(wanted) => picked.push(wanted),
                Err(Tell::Failed(why)) => bail!("worker {}: {why}", nth + 1),
                Err(other) => bail!("worker {} tells what nobody asked for: {other:?}", nth + 1),
            }
        }
        Ok(picked)
    }
}

/// Listeners are on the last node, or on all of them when they are idle, and dealt out evenly; the first worker publishes,
/// on the first node.
fn tasks(peer: &Peer, work: Work, listeners: usize, workers: usize, size: usize) -> Vec<Task> {
    let (first, last) = (peer.nodes.first().copied(), peer.nodes.last().copied());
    let nodes: Vec<SocketAddr> =
        if work == Work::Idle { peer.nodes.clone() } else { last.into_iter().collect() };
    let share = |count: usize, parts: usize, nth: usize| count / parts + usize::from(nth < count % parts);
    let task = |nth: usize| {
        let own = share(listeners, workers, nth);
        let at = |(place, node): (usize, &SocketAddr)| (*node, share(own, nodes.len(), place));
        let publish = first.filter(|_| nth == 0);
        let listen = nodes.iter().enumerate().map(at).collect();
        Task { manner: peer.manner, listen, publish, size, pace: PACE / workers as f64 }
    };
    (0..workers).map(task).collect()
}

fn spread<'a>(spreads: impl IntoIterator<Item = &'a Spread>) -> Option<Latency> {
    let mut all = Histogram::default();
    spreads.into_iter().for_each(|spread| all.add(spread));
    all.latency()
}

fn total(all: Vec<Came>) -> Came {
    let mut total = Came::default();
    for came in all {
        total.delivered += came.delivered;
        total.delivered_measured += came.delivered_measured;
        total.wrong += came.wrong;
        total.jumped += came.jumped;
        total.repeated += came.repeated;
        total.altered += came.altered;
        total.missing += came.missing;
        total.ended += came.ended;
        total.trouble = total.trouble.or(came.trouble);
    }
    total
}
