//! A worker for peers: one process, one thread, connections of one manner. Its orders come as JSON lines on the standard
//! input, and are carried out one after the other; what it tells goes to the standard output.

mod orders;
mod count;
mod shared;
mod outlet;
mod line;

pub use count::{Counter, SHORTEST, message};
pub use orders::{Came, Order, Task, Tell};

use crate::load::measure::{Micros, micros, sleep_until};
use crate::load::worker::Speech;
use anyhow::{Context, Result};
use line::hold;
use shared::Shared;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::sleep;

/// The word that this program is called with to be one.
pub const WORD: &str = "peers-worker";

const LOOK: Duration = Duration::from_millis(20);
/// When nothing has come for so long, nothing does any more.
const QUIET: Micros = 5_000_000;
/// Whoever is still busy with what was said then is given up.
const LONGEST: Micros = 100_000_000;
/// So much is said without listening.
const BREATH: u64 = 16;

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
        let told = match (serde_json::from_str(&line).context("an order")?, &shared) {
            (Order::Connect(task), _) => connect(shared.insert(Shared::of(task))).await,
            (Order::Speak(speech), Some(shared)) => speak(shared, speech).await,
            (Order::Settle { said }, Some(shared)) => settle(shared, said).await,
            (_, None) => Tell::Failed("there is nothing to be done yet".to_owned()),
        };
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, &told)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

/// Opens all connections, so many a second, and waits until each was tried.
async fn connect(shared: &Rc<Shared>) -> Tell {
    let from = micros();
    for (nth, line) in shared.lines.iter().enumerate() {
        sleep_until(from + (nth as f64 * 1e6 / shared.task.pace) as Micros).await;
        spawn_local(hold(shared.clone(), line.clone()));
    }
    // A dial has its own limit, and so has this: a peer may let one in and say nothing.
    let until = micros() + LONGEST;
    while shared.tried.get() < shared.lines.len() as u64 && micros() < until {
        sleep(LOOK).await;
    }
    let connected = shared.tried.get() - shared.failed.get();
    Tell::Connected { connected, trouble: shared.trouble.borrow().clone() }
}

/// The nth message is due at `from + n / rate`, whatever became of those before it.
async fn speak(shared: &Rc<Shared>, speech: Speech) -> Tell {
    shared.tally.borrow_mut().speech = Some(speech);
    let publisher = shared.lines.iter().find(|line| !line.listens);
    let outlet = publisher.and_then(|line| line.outlet.borrow().clone());
    let (Some(outlet), Some(rate)) = (outlet, speech.rate) else {
        return Tell::Spoken { said: 0, late: shared.tally.borrow_mut().late() };
    };
    let (manner, mut said) = (shared.task.manner, 0);
    while said < speech.most.unwrap_or(u64::MAX) {
        let due = speech.from + (said as f64 * 1e6 / rate) as Micros;
        if due >= speech.until {
            break;
        }
        if due > micros() {
            sleep_until(due).await;
        } else if said % BREATH == 0 {
            // One who is behind hears nevertheless: there is one thread for both.
            yield_now().await;
        }
        shared.tally.borrow_mut().sent(due, micros());
        outlet.send(manner.opcode(), &manner.publish(&message(said, due, shared.task.size)));
        said += 1;
    }
    Tell::Spoken { said, late: shared.tally.borrow_mut().late() }
}

/// Waits until everybody has everything, as long as something comes.
async fn settle(shared: &Rc<Shared>, said: u64) -> Tell {
    let began = micros();
    let (mut delivered, mut since) = (0, began);
    while shared.listeners().any(|line| line.counter.borrow().next < said) {
        let (now, so_far) = (micros(), shared.tally.borrow().delivered());
        if so_far > delivered {
            (delivered, since) = (so_far, now);
        }
        if now > since + QUIET || now > began + LONGEST {
            break;
        }
        sleep(LOOK).await;
    }
    Tell::Settled(Box::new(shared.came(said)))
}
