//! A rolling restart: people chat through HAProxy while one node after the other is asked to stop and started again, as
//! the same release or as another one. Nobody may notice, so nothing is excused: the history is judged as one without
//! faults, and beside that it is counted who was without a line, for how long, and what others saw of it.

mod options;
mod restart;
mod gaps;
mod report;

pub use options::{HELP, Options};
pub use report::report;

use crate::campaign::{Load, addresses, dump, rest};
use crate::check::{Rules, Verdict, check};
use crate::client::{Faces, World};
use crate::history::{Ending, Event, Recorder};
use crate::logs::{self, Found, Search};
use crate::nemesis::Field;
use crate::workload::People;
use anyhow::{Context, Result};
use gaps::Seen;
use restart::Restart;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use testkit::cluster::{Cluster, ClusterPlan, FrontKind, FrontPlan};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Load before the first restart, so that everybody knows everybody's state.
const WARM_UP: Duration = Duration::from_secs(6);
/// What is told to every so many people is read in the end.
const ASKED: usize = 8;

/// How it went.
pub struct Outcome {
    /// What was judged.
    pub events: Vec<Event>,
    /// The judgement.
    pub verdict: Verdict,
    /// The nodes' restarts, in order.
    restarts: Vec<Restart>,
    /// What people saw of them.
    seen: Seen,
    devices: usize,
    logs: Found,
}

/// Runs it; tells how it goes.
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
    let jwt_secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let plan = plan(options).env("JWT_SECRET", &jwt_secret);
    let now = plan.binaries();
    let first = options.previous.clone().unwrap_or_else(|| now.clone());
    let cluster = Cluster::start(ClusterPlan { binaries: Some(first), ..plan }).await;
    let proxy = cluster.front.as_ref().map(|front| front.address.clone()).unwrap_or_default();
    let world = World::of(
        recorder.clone(),
        std::slice::from_ref(&proxy),
        std::slice::from_ref(&proxy),
        jwt_secret.clone(),
    )?;
    let (world, faces, stop) = (Arc::new(world), Faces::default(), CancellationToken::new());
    let people = Arc::new(People::gather(options.size, options.seed, &world, &faces, &stop).await?);
    let field = Field { cluster, people, faces, world };
    let devices = field.people.devices.len();
    tell(format!("{devices} devices of {} people", field.people.persons.len()));

    let load = Load::start(&field.people, options.rate, options.seed, true);
    sleep(WARM_UP).await;
    let mut restarts = Vec::new();
    for to in releases(options, now) {
        restart::all(&field, &to, &mut restarts, &mut tell).await;
    }
    load.stop().await;
    rest(&field, &mut tell).await;
    let ending = ending(&field, &recorder, jwt_secret).await?;
    let search = Search::of(&field.cluster, &field.world)?;
    let logs = logs::read(&field.cluster, &search, &recorder, options.previous.is_none());
    stop.cancel();
    let events = recorder.finish(&ending)?;
    tell(format!("judging {} events", events.len()));
    let verdict = check(&events, &ending, &Rules::default());
    let seen = Seen::of(&events, &restarts);
    Ok(Outcome { events, verdict, restarts, seen, devices, logs })
}

/// A release, by its name for people and its folder.
struct Release {
    name: &'static str,
    folder: PathBuf,
}

/// What the nodes are started as, round by round: this release again, or from the one before to this one and back.
fn releases(options: &Options, now: PathBuf) -> Vec<Release> {
    let now = Release { name: "this release", folder: now };
    match &options.previous {
        Some(_) if options.up_only => vec![now],
        Some(previous) => vec![now, Release { name: "the one before", folder: previous.clone() }],
        None => vec![now],
    }
}

/// Of the nodes themselves: each api has to tell the same.
async fn ending(field: &Field, recorder: &Recorder, jwt_secret: String) -> Result<Ending> {
    let (gateways, apis) = (addresses(&field.cluster.gateways), addresses(&field.cluster.apis));
    let direct = World::of(recorder.clone(), &gateways, &apis, jwt_secret)?;
    dump::take(&field.cluster.mariadb.admin_url, &direct, &field.people, ASKED).await
}

fn plan(options: &Options) -> ClusterPlan {
    let logs = options.out.as_deref().map(|folder: &Path| folder.join("logs"));
    let (gateways, apis, binaries) = (options.gateways, options.apis, options.binaries.clone());
    let front = Some(FrontPlan::of(FrontKind::HaProxy));
    let plan = ClusterPlan { gateways, apis, front, binaries, logs, ..ClusterPlan::default() };
    // What is logged at all is searched for what may not be.
    plan.env("DRAIN_MS", options.drain_ms.to_string()).env("LOG", "debug").env("LOG_FORMAT", "json")
}
