//! One campaign: a cluster, people, load, faults, rest, and the verdict.

mod options;
mod load;
pub(crate) mod dump;
mod nodes;
mod report;

pub(crate) use load::Load;
pub use options::{HELP, Options};
pub use report::report;
pub(crate) use report::{Spread, counted};

use crate::check::{Rules, Verdict, check};
use crate::client::{Faces, KEPT, Order, World};
use crate::history::{Ending, Event, Moment, Recorder, What};
use crate::logs::{self, Search};
use crate::nemesis::{self, Field, Limits};
use crate::workload::People;
use anyhow::{Context, Result};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::Arc;
use std::time::Duration;
use testkit::cluster::{Cluster, ClusterPlan, Node};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Load without faults, before the first one.
const WARM_UP: Duration = Duration::from_secs(4);
/// What everybody has still to say is said within this.
const UNSAID: Duration = Duration::from_secs(30);
/// A cursor that is moved is stored well within this.
const READ: Duration = Duration::from_secs(4);

/// A campaign's end.
pub struct Outcome {
    /// What was judged.
    pub events: Vec<Event>,
    /// The judgement.
    pub verdict: Verdict,
}

/// Runs a campaign; tells how it goes.
///
/// # Errors
/// It could not be run: nothing was judged.
pub async fn run(options: &Options, mut tell: impl FnMut(String)) -> Result<Outcome> {
    let recorder = match &options.out {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            Recorder::to_file(&folder.join("history.jsonl")).context("making the history")?
        }
        None => Recorder::new(),
    };
    let (events, ending) = live(options, recorder, &mut tell).await?;
    tell(format!("judging {} events", events.len()));
    let verdict = check(&events, &ending, &Rules::default());
    Ok(Outcome { events, verdict })
}

async fn live(
    options: &Options,
    recorder: Recorder,
    tell: &mut impl FnMut(String),
) -> Result<(Vec<Event>, Ending)> {
    // Ours, so that clients can come with tokens that run out soon.
    let jwt_secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let cluster = Cluster::start(plan(options).env("JWT_SECRET", &jwt_secret)).await;
    let world = World::of(recorder, &addresses(&cluster.gateways), &addresses(&cluster.apis), jwt_secret)?;
    let (world, faces, stop) = (Arc::new(world), Faces::default(), CancellationToken::new());
    let people = Arc::new(People::gather(options.size, options.seed, &world, &faces, &stop).await?);
    let field = Field { cluster, people, faces, world };
    tell(format!("{} devices of {} people", field.people.devices.len(), field.people.persons.len()));

    let load = Load::start(&field.people, options.rate, options.seed, false);
    sleep(WARM_UP).await;
    let until = options.minutes.map(|minutes| Instant::now() + Duration::from_secs_f64(minutes * 60.0));
    let mut rng = StdRng::seed_from_u64(options.seed.wrapping_add(1));
    // Nodes are what they are at work when they have been through everything once.
    let first = if options.faults < 2 * options.kinds.len() { 0 } else { options.kinds.len() };
    let limits = |faults| Limits { faults, until, short: options.short, kinds: options.kinds.clone() };
    nemesis::run(&field, &limits(0..first), &mut rng, &mut *tell).await;
    nodes::figures(&field.cluster, &field.world.recorder, Moment::Before).await;
    nemesis::run(&field, &limits(first..options.faults), &mut rng, &mut *tell).await;
    load.stop().await;
    rest(&field, tell).await;
    ghosts(&field, Duration::from_secs(options.rest)).await;
    // What the nodes hold is to be their own. And before everybody's whole history is asked for, which is work again.
    sleep(2 * KEPT).await;
    nodes::figures(&field.cluster, &field.world.recorder, Moment::After).await;
    let ending = dump::take(&field.cluster.mariadb.admin_url, &field.world, &field.people, 1).await?;
    let search = Search::of(&field.cluster, &field.world)?;
    logs::read(&field.cluster, &search, &field.world.recorder, true);
    stop.cancel();
    let events = field.world.recorder.finish(&ending)?;
    Ok((events, ending))
}

/// Where nodes serve clients.
pub(crate) fn addresses(nodes: &[Node]) -> Vec<String> {
    nodes.iter().map(|node| node.address.clone()).collect()
}

fn plan(options: &Options) -> ClusterPlan {
    let (gateways, apis, binaries) = (options.gateways, options.apis, options.binaries.clone());
    let logs = options.out.as_ref().map(|folder| folder.join("logs"));
    let plan = ClusterPlan { gateways, apis, proxies: true, binaries, logs, ..ClusterPlan::default() };
    // Small, so that a reader that stops is a slow one before the campaign is over.
    plan.env("HEARTBEAT_MS", "5000")
        .env("DRAIN_MS", "1500")
        .env("OUTBOX_BYTES", "65536")
        .env("OUTBOX_FRAMES", "128")
        .env("SLOW_CLOSE_MS", "3000")
}

/// Nothing is broken and nobody speaks any more: what is on its way arrives, and cursors are put where they stay.
pub(crate) async fn rest(field: &Field, tell: &mut impl FnMut(String)) {
    field.cluster.heal_all();
    let since = Instant::now();
    let busy = |field: &Field| {
        field.faces.lock().values().any(|face| face.unsaid > 0 || !face.attached || face.paused)
    };
    while busy(field) && since.elapsed() < UNSAID {
        sleep(Duration::from_millis(50)).await;
    }
    tell(format!("all is said after {:.1} s; at rest", since.elapsed().as_secs_f64()));
    field.world.recorder.note(What::Quiet);
    sleep(Duration::from_secs(6)).await;
    field.people.devices.iter().for_each(|device| device.order(Order::Read));
    sleep(Rules::wait_at_rest().saturating_sub(Duration::from_secs(6)).max(READ)).await;
}

/// Some are cut off and stay away: who watches them sees them gone in the end, whatever became of their gateway.
async fn ghosts(field: &Field, time: Duration) {
    if time.is_zero() {
        return;
    }
    for person in field.people.persons.iter().step_by(3) {
        let devices = person.devices.iter().map(|device| &field.people.devices[*device]);
        devices.for_each(|device| device.order(Order::Away(time * 2)));
    }
    sleep(time).await;
}
