//! Append: what it answers, writes and publishes, on both engines; what it makes of any interleaving; what it does
//! when something else fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test")]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod canaries;
mod check;
mod faults;
mod interleavings;
mod links;
mod members;
mod messages;
mod world;

use api::append::{Append, AppendParts, Hooks, Pause};
use api::store::Db;
use shared::door::{Outcome, Refusal};
use shared::error::Code;
use std::sync::Arc;
use support::Bench;
use support::bus::KeepingBus;
use tokio::sync::Semaphore;

fn refused<T: std::fmt::Debug>(outcome: Result<T, Refusal>) -> Code {
    outcome.unwrap_err().code
}

/// A pause that lasts until it is given a permit, each time.
fn gate() -> (Pause, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let hold = gate.clone();
    let pause: Pause = Arc::new(move |_| {
        let hold = hold.clone();
        Box::pin(async move { hold.acquire().await.unwrap().forget() })
    });
    (pause, gate)
}

/// An append with one lane, so that everything meets in it.
fn one_lane(bench: &Bench, db: Db, bus: &Arc<KeepingBus>, hooks: Hooks) -> Append {
    Append::start(AppendParts {
        db,
        bus: bus.clone(),
        clock: bench.clock.clone(),
        lanes: 1,
        hooks,
        tasks: &bench.tasks,
        stop: &bench.stop,
    })
}

fn unavailable(outcome: &Outcome) -> bool {
    outcome.is_err_and(|refusal| refusal.code == Code::Unavailable && refusal.retry_after_ms.is_some())
}
