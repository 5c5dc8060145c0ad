//! One work of one contender: connections, messages or none, what that cost its processes, and whether all arrived.

use super::comparison::Measured;
use super::contender::{Amount, Contender, Work};
use super::crew::Crew;
use super::options::PeersOptions;
use super::start::{Peer, start};
use super::worker::Came;
use crate::load::measure::{Latency, Micros, micros, sleep_until};
use crate::load::options::{Options, Scenario};
use crate::load::report::{Outcome, names};
use crate::load::run::{self, Cost, FULL, LATE_MS, Rhythm, Shape, Used, measure};
use crate::load::worker::Speech;
use anyhow::{Context, Result};

/// Between an order and its beginning.
const AHEAD: Micros = 300_000;
/// Connections that have just come are given time to be forgotten by who took them in, as in our own scenario.
const REST: Micros = 3_000_000;
/// Whoever delivers less than this of what is said every second is saturated.
const NEARLY_ALL: f64 = 0.97;

/// Has it done; what cannot be done is a fault of the run.
pub async fn play(contender: Contender, work: Work, options: &PeersOptions) -> Measured {
    let played = match contender {
        Contender::Ours => ours(work, &options.load).await,
        other => theirs(other, work, options).await,
    };
    played.unwrap_or_else(|why| Measured {
        faults: vec![format!("it could not be run: {why:#}")],
        ..Measured::default()
    })
}

/// By our own scenarios, on a cluster of our own.
async fn ours(work: Work, load: &Options) -> Result<Measured> {
    let mut load = load.clone();
    load.scenarios = vec![match work {
        Work::Sparse => Scenario::Sparse,
        Work::Dense => Scenario::Dense,
        Work::Idle => Scenario::Idle,
    }];
    if work == Work::Idle {
        // Peers have one room; and of doing nothing only the memory is compared.
        load.shape = Shape { in_groups: load.shape.in_groups.or(Some(1)), ..load.shape };
        load.seconds = 1.0;
    }
    // Where it serves and how far it is is told for scenarios of their own.
    let outcome = run::run(&load, |_| ()).await?.pop().context("a scenario has an outcome")?;
    let Outcome { figures, delivery, costs, faults, limits, mut notes, .. } = outcome;
    let figure = |name: &str| figures.iter().find(|figure| figure.name == name).map(|figure| figure.value);
    notes.retain(|_| work != Work::Idle);
    notes.extend(limits);
    let mut measured = Measured { delivery, faults, notes, ..Measured::default() };
    match work {
        Work::Idle => measured.value = figure(names::GATEWAY_MEMORY),
        Work::Sparse | Work::Dense => {
            measured.deliveries_a_second = figure("deliveries a second");
            measured.of_a_delivery(costs);
            measured.notes.extend(saturated(measured.deliveries_a_second, work.amount(&load.shape)));
        }
    }
    Ok(measured)
}

async fn theirs(contender: Contender, work: Work, options: &PeersOptions) -> Result<Measured> {
    let (load, amount) = (&options.load, work.amount(&options.load.shape));
    let peer = start(contender, &options.folder).await?;
    let before = memory(&peer).await;
    let mut crew = Crew::connect(&peer, work, amount, load.workers, load.shape.size()).await?;
    if work == Work::Idle {
        return idle(&peer, &mut crew, amount, before).await;
    }
    let from = micros() + AHEAD;
    let measured = from + seconds(load.warm_up);
    let until = measured + seconds(load.seconds);
    let speech = Speech { from, measured, until, ..Rhythm::Rate(amount.rate).speech() };
    let pids = crew.pids();
    let measuring = measure(&peer.system, &pids, measured, until, false);
    let (said, used) = tokio::join!(crew.speak(speech), measuring);
    let (said, late) = said?;
    let (came, delivery) = crew.settle(said).await?;
    let a_second = came.delivered_measured as f64 / used.seconds.max(1e-9);
    let mut told = Measured {
        delivery,
        deliveries_a_second: Some(a_second),
        faults: faults(&came, said),
        notes: notes(&used, late),
        ..Measured::default()
    };
    told.of_a_delivery(used.costs(&peer.system, Cost::Delivery, came.delivered_measured as f64));
    told.notes.extend(saturated(told.deliveries_a_second, amount));
    Ok(told)
}

/// What connections take that do nothing; in the end one message goes to all, to see that everybody hears.
async fn idle(peer: &Peer, crew: &mut Crew, amount: Amount, before: f64) -> Result<Measured> {
    sleep_until(micros() + REST).await;
    let grown = memory(peer).await - before;
    let from = micros() + AHEAD;
    let until = from + seconds(1.0);
    // Nothing of it is measured.
    let speech = Speech { from, measured: until, until, most: Some(1), ..Rhythm::Rate(1.0).speech() };
    let (said, _) = crew.speak(speech).await?;
    let (came, _) = crew.settle(said).await?;
    let value = Some(grown / (amount.listeners + 1) as f64);
    Ok(Measured { value, faults: faults(&came, said), ..Measured::default() })
}

/// KiB that its nodes hold.
async fn memory(peer: &Peer) -> f64 {
    peer.system.memory().await.iter().take(peer.nodes.len()).sum::<u64>() as f64
}

/// Everything that is wrong; nothing when everybody got every message once and in order.
fn faults(came: &Came, said: u64) -> Vec<String> {
    let mut faults = Vec::new();
    for (count, what) in [
        (came.wrong, "connections did not get every message once and in order"),
        (came.missing, "messages did not come to somebody"),
        (came.jumped, "messages had not come when a later one did"),
        (came.repeated, "messages came once more, or after a later one"),
        (came.altered, "messages were none of ours"),
        (came.ended, "connections ended"),
    ] {
        if count > 0 {
            faults.push(format!("{count} {what}"));
        }
    }
    if let Some(trouble) = came.trouble.as_ref().filter(|_| came.ended > 0) {
        faults.push(trouble.clone());
    }
    if said == 0 {
        faults.push("not one message was published: nothing was checked".to_owned());
    }
    faults
}

fn notes(used: &Used, late: Option<Latency>) -> Vec<String> {
    let mut notes = used.limits();
    if let Some(late) = late.filter(|late| late.p99 > LATE_MS) {
        notes.push(format!("one message of a hundred was sent {:.0} ms late or later", late.p99));
    }
    if used.machine > FULL {
        notes.push("the whole machine was busy: latencies speak of that, too".to_owned());
    }
    notes
}

fn saturated(a_second: Option<f64>, amount: Amount) -> Option<String> {
    let (a_second, wanted) = (a_second?, amount.rate * amount.listeners as f64);
    (a_second < wanted * NEARLY_ALL)
        .then(|| format!("saturated: {a_second:.0} deliveries a second of {wanted:.0} that were due"))
}

fn seconds(seconds: f64) -> Micros {
    (seconds * 1e6) as Micros
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_did_not_come_once_and_in_order_is_a_fault() {
        assert!(faults(&Came::default(), 5).is_empty());
        for came in [
            Came { wrong: 1, ..Came::default() },
            Came { missing: 1, ..Came::default() },
            Came { jumped: 1, ..Came::default() },
            Came { repeated: 1, ..Came::default() },
            Came { altered: 1, ..Came::default() },
            Came { ended: 1, ..Came::default() },
        ] {
            assert_eq!(faults(&came, 5).len(), 1, "{came:?}");
        }
        assert_eq!(faults(&Came::default(), 0).len(), 1, "nothing was said");
    }

    #[test]
    fn who_delivers_less_than_is_said_is_saturated() {
        let amount = Amount { listeners: 100, rate: 10.0 };
        assert_eq!(saturated(Some(980.0), amount), None);
        assert!(saturated(Some(900.0), amount).unwrap().contains("900 deliveries a second of 1000"));
    }
}
