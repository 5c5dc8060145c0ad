//! What is broken, and when: one fault after the other from a deck of all kinds, shuffled by the seed, each proven,
//! each lasting until enough was said during it, each got over before the next.

mod kind;
mod aim;
mod field;
mod premise;
mod strike;
mod proof;
mod undo;
mod recovery;

pub use aim::Aim;
pub use field::Field;
pub use kind::Kind;

use crate::history::What;
use crate::workload::Workload;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::ops::Range;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// So many sends are tried during each fault, and a few more, since not each is noted at once.
const TRIES: u64 = 110;
/// A fault does not wait longer for them.
const LONGEST: Duration = Duration::from_secs(25);

/// How far it goes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// These, counted from 0,
    pub faults: Range<usize>,
    /// or until then.
    pub until: Option<Instant>,
    /// Faults last no longer than they must to be felt.
    pub short: bool,
    /// The deck.
    pub kinds: Vec<Kind>,
}

/// Breaks things until it is enough; tells of each.
pub async fn run(field: &Field, limits: &Limits, rng: &mut StdRng, mut tell: impl FnMut(String)) {
    let mut deck: Vec<Kind> = Vec::new();
    for nth in limits.faults.clone() {
        if limits.until.is_some_and(|until| until <= Instant::now()) {
            return;
        }
        if deck.is_empty() {
            deck.clone_from(&limits.kinds);
            deck.shuffle(rng);
        }
        let Some(kind) = deck.pop() else { return };
        // Where nobody is, nothing is felt.
        let gateways = field.faces.in_use(field.cluster.gateways.len());
        let aim = Aim::take(kind, &gateways, field.cluster.apis.len(), rng);
        let line = one(field, &aim, limits.short, rng).await;
        tell(format!("{:>4}  {line}", nth + 1));
        let longest = if limits.short { 250 } else { 600 };
        sleep(Duration::from_millis(rng.random_range(50..longest))).await;
    }
}

/// One fault, from beginning to end.
async fn one(field: &Field, aim: &Aim, short: bool, rng: &mut StdRng) -> String {
    let recorder = &field.world.recorder;
    let fault = recorder.number();
    let (began, tries) = (Instant::now(), field.world.tries());
    recorder.note(What::FaultOn { fault, kind: aim.kind.name().into(), target: aim.target().into() });
    let struck = field.strike(aim, rng).await;
    // To whoever did not read, what follows would show that something is missing.
    let speak = |rng: &mut StdRng| {
        if aim.kind != Kind::SlowReaders {
            Workload::speak_where_it_is_quiet(&field.people, rng);
        }
    };
    speak(rng);
    sleep(aim.kind.hold(short)).await;
    while field.world.tries() < tries + TRIES && began.elapsed() < LONGEST {
        sleep(Duration::from_millis(20)).await;
    }
    speak(rng);
    sleep(Duration::from_millis(100)).await;
    let proof = field.proof(aim, &struck).await;
    if let Some(proof) = &proof {
        recorder.note(What::FaultProof { fault, proof: proof.as_str().into() });
    }
    field.undo(aim).await;
    recorder.note(What::FaultOff { fault });
    let lasted = began.elapsed();
    let recovery = field.recovery(fault).await;
    field.repair(aim).await;
    let time = |time: Option<Duration>| {
        time.map_or("never".to_owned(), |time| format!("{:.2} s", time.as_secs_f64()))
    };
    format!(
        "{:<20} {:<34} {:>5.1} s  recovered {:<8} healed {:<8} {}{}",
        aim.kind,
        aim.target(),
        lasted.as_secs_f64(),
        time(recovery.recovered),
        time(recovery.healed),
        proof.unwrap_or_else(|| "NO PROOF".to_owned()),
        if recovery.left.is_empty() { String::new() } else { format!("  LEFT {:?}", recovery.left) },
    )
}
