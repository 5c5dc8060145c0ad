//! The life of a worker: orders in, one after the other, and what it tells.

use super::catch_up;
use super::line::{Line, keep};
use super::orders::{Counts, Order, Seen, Speech, Task, Tell};
use super::say;
use super::shared::Shared;
use crate::load::measure::{micros, sleep_until};
use anyhow::{Context, Result};
use rand::Rng;
use std::collections::BTreeMap;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{sleep, timeout};

/// How often a client asks whether everything is here: what `ready` says by default.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// What is on its way has this time to arrive by itself; then it is fetched, within as much again.
const ARRIVE: Duration = Duration::from_secs(6);
const LOOK: Duration = Duration::from_millis(20);
/// Those that were cut off have this long to come back.
const BACK: Duration = Duration::from_secs(120);

/// Obeys orders until there are no more.
///
/// # Errors
/// The standard streams are broken, or an order cannot be understood.
pub fn live() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, obey())
}

async fn obey() -> Result<()> {
    let mut orders = BufReader::new(stdin()).lines();
    let mut shared = None;
    while let Some(line) = orders.next_line().await? {
        match (serde_json::from_str(&line).context("an order")?, &shared) {
            (Order::Connect(task), _) => {
                let (new, told) = connect(*task).await?;
                shared = Some(new);
                tell(&told)?;
            }
            (_, None) => tell(&Tell::Failed("there is nothing to be done yet".to_owned()))?,
            (order, Some(shared)) => drop(spawn_local(carry_out(shared.clone(), order))),
        }
    }
    Ok(())
}

/// Beside others: one may speak while others are cut off.
async fn carry_out(shared: Rc<Shared>, order: Order) {
    let told = match order {
        Order::Connect(_) => Tell::Failed("the connections are there already".to_owned()),
        Order::Speak(speech) => speak(&shared, speech).await,
        Order::Cut { jitter_ms } => cut(&shared, jitter_ms).await,
        Order::Settle { heads } => settle(&shared, &heads).await,
    };
    if tell(&told).is_err() {
        // Nobody hears us any more; the end of the orders ends this process, too.
        std::process::exit(1);
    }
}

fn tell(told: &Tell) -> Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, told)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Opens all connections, so many a second, and waits until each was tried.
async fn connect(task: Task) -> Result<(Rc<Shared>, Tell)> {
    let shared = Rc::new(Shared::of(task)?);
    spawn_local(say::insist(shared.clone()));
    spawn_local(say::ask(shared.clone(), HEARTBEAT));
    spawn_local(report(shared.clone()));
    let from = micros();
    for (nth, line) in shared.lines.iter().enumerate() {
        sleep_until(from + (nth as f64 * 1e6 / shared.task.pace) as u64).await;
        spawn_local(keep(shared.clone(), line.clone()));
    }
    while shared.tried.get() < shared.lines.len() {
        sleep(LOOK).await;
    }
    let connected = (shared.lines.len() - shared.failed.get()) as u64;
    let trouble = shared.trouble.borrow().clone();
    Ok((shared, Tell::Connected { connected, trouble }))
}

/// Once a second. Nobody is left to hear of it when the output is broken; the next order finds that out.
async fn report(shared: Rc<Shared>) {
    for second in 1.. {
        sleep_until(shared.began + second * 1_000_000).await;
        let told = shared.tally.borrow_mut().progress();
        if tell(&told).is_err() {
            return;
        }
    }
}

async fn speak(shared: &Rc<Shared>, speech: Speech) -> Tell {
    let unanswered = say::speak(shared, speech).await;
    let acked = std::mem::take(&mut shared.tally.borrow_mut().acked);
    let counts = Box::new(shared.tally.borrow().counts.clone());
    Tell::Spoken { acked, unanswered, counts }
}

async fn cut(shared: &Rc<Shared>, jitter_ms: u64) -> Tell {
    let now = micros();
    for line in shared.lines.iter().filter(|line| line.task.speaks.is_none()) {
        let wait = rand::rng().random_range(0..=jitter_ms * 1000);
        line.cut.set(Some(now + wait));
        line.is_absent.set(true);
        shared.absent.borrow_mut().cut(now);
        line.poke.notify_one();
    }
    let all_back = async {
        while shared.absent.borrow().count > 0 {
            sleep(LOOK).await;
        }
    };
    // Those that are missing then are told of.
    let _ = timeout(BACK, all_back).await;
    Tell::Back(shared.absent.borrow_mut().told())
}

async fn settle(shared: &Rc<Shared>, heads: &BTreeMap<i64, i64>) -> Tell {
    for last in [false, true] {
        let arrived = async {
            while shared.lines.iter().any(|line| !behind(line, heads).is_empty()) {
                sleep(LOOK * 5).await;
            }
        };
        if timeout(ARRIVE, arrived).await.is_ok() || last {
            break;
        }
        for line in &shared.lines {
            catch_up::start_all(shared, line, behind(line, heads));
        }
    }
    // The last second's.
    if let Err(why) = tell(&shared.tally.borrow_mut().progress()) {
        return Tell::Failed(format!("{why:#}"));
    }
    Tell::Settled { seen: seen(shared, heads), counts: Box::new(counts(shared)) }
}

/// The conversations that a connection takes part in, and has not as far as they go.
fn behind(line: &Line, heads: &BTreeMap<i64, i64>) -> Vec<i64> {
    let ledger = line.ledger.borrow();
    let behind = ledger
        .places()
        .filter(|(conversation, place)| heads.get(conversation).is_some_and(|head| place.have < *head));
    behind.map(|(conversation, _)| conversation).collect()
}

/// What all connections have, those that have the same counted together.
fn seen(shared: &Shared, heads: &BTreeMap<i64, i64>) -> Vec<Seen> {
    let mut alike: BTreeMap<Seen, u64> = BTreeMap::new();
    for line in &shared.lines {
        for (conversation, place) in line.ledger.borrow().places() {
            if heads.contains_key(&conversation) {
                let (have, entries, digest) = (place.have, place.entries, place.digest);
                *alike.entry(Seen { conversation, have, entries, digest, connections: 0 }).or_default() += 1;
            }
        }
    }
    alike.into_iter().map(|(seen, connections)| Seen { connections, ..seen }).collect()
}

fn counts(shared: &Shared) -> Counts {
    let mut counts = shared.tally.borrow().counts.clone();
    for line in &shared.lines {
        let troubles = line.ledger.borrow().troubles();
        counts.doubled += troubles.doubled;
        counts.altered += troubles.altered;
    }
    counts
}
