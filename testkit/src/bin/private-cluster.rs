//! A whole cluster to look at and to break: what `make cluster` runs.
//!
//! Says who runs where, and starts again who ends, so that one may kill whom one likes. Ctrl-C or SIGTERM drains the
//! nodes and ends everything; a second one, or `kill -9`, does it at once. Nothing stays behind.
#![allow(clippy::print_stdout, reason = "this program talks to a person")]
#![allow(clippy::expect_used, reason = "test support: what cannot go on panics with a sentence")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use futures_util::future::join_all;
use testkit::cluster::{Cluster, ClusterPlan, FrontKind, FrontPlan};
use testkit::daemon::Daemon;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

/// The list of all variables of the nodes; those that are set are handed on.
const VARIABLES: &str = include_str!("../../../.env.example");
/// Whose values are the cluster's own affair.
const OURS: [&str; 7] =
    ["LISTEN", "INTERNAL_LISTEN", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "API_URLS", "NODE_NAME"];
/// Long enough to see a drain, short enough for who waits for its end.
const DRAIN_MS: &str = "2000";
const LOOK: Duration = Duration::from_millis(100);
/// Between the end of a process and its next start.
const PAUSE: Duration = Duration::from_millis(500);

#[tokio::main]
async fn main() {
    let mut stop = Stop::listen();
    let cluster = tokio::select! {
        cluster = Cluster::start(plan()) => cluster,
        () = stop.asked() => return,
    };
    introduce(&cluster);
    tokio::select! {
        () = supervise(&cluster) => {}
        () = stop.asked() => {}
    }
    println!("\nDraining; once more ends it at once.");
    tokio::select! {
        () = cluster.drain() => {}
        () = stop.asked() => {}
    }
    drop(cluster);
    println!("All of it has ended.");
}

fn plan() -> ClusterPlan {
    let mut environment: BTreeMap<String, String> = [("DRAIN_MS".to_owned(), DRAIN_MS.to_owned())].into();
    environment.extend(names().filter_map(|name| Some((name.to_owned(), variable(name)?))));
    ClusterPlan {
        gateways: number("GATEWAYS", 3),
        apis: number("APIS", 2),
        front: Some(FrontPlan::of(FrontKind::HaProxy)),
        port: Some(number("PORT", 8080)),
        environment,
        binaries: variable("BINARIES").map(PathBuf::from),
        logs: variable("LOGS").map(PathBuf::from),
        ..ClusterPlan::default()
    }
}

/// The lines `# NAME=default`.
fn names() -> impl Iterator<Item = &'static str> {
    let names = VARIABLES.lines().filter_map(|line| Some(line.strip_prefix("# ")?.split_once('=')?.0));
    let is_name =
        |name: &&str| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    names.filter(is_name).filter(|name| !OURS.contains(name))
}

#[allow(
    clippy::disallowed_methods,
    reason = "handed on to the nodes, which read it; the others are a script's"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn number<T: FromStr>(name: &str, default: T) -> T {
    let Some(text) = variable(name) else { return default };
    text.trim().parse().unwrap_or_else(|_| panic!("{name}: expected a number, found `{text}`"))
}

fn introduce(cluster: &Cluster) {
    let front = cluster.front.as_ref().expect("the plan has one");
    println!("\nIM-TT cluster serves {}\n", front.address);
    println!("{:<11} {:>8}  {:<24} internal", "process", "pid", "address");
    let row = |daemon: &Daemon, address: &str, internal: &str| {
        let pid = daemon.pid().map_or_else(|| "-".to_owned(), |pid| pid.to_string());
        println!("{:<11} {pid:>8}  {address:<24} {internal}", daemon.name());
    };
    row(front, &front.address, "");
    for node in cluster.gateways.iter().chain(&cluster.apis) {
        row(node, &node.address, &node.internal);
    }
    row(&cluster.redis, &host_of(&cluster.redis.url), "");
    row(&cluster.mariadb, &host_of(&cluster.mariadb.url), "");
    println!(
        "\nOpen it in two browser windows, then kill whom you like: it is started again after half a second.\n\
         Health: curl INTERNAL/readyz. Logs: {}. Ctrl-C ends everything.\n",
        cluster.logs.display()
    );
}

/// Without the password.
fn host_of(url: &str) -> String {
    let host = url.rsplit('@').next().and_then(|rest| rest.split('/').next());
    host.unwrap_or_default().to_owned()
}

/// Never ends by itself.
async fn supervise(cluster: &Cluster) {
    join_all(cluster.daemons().map(keep)).await;
}

async fn keep(daemon: &Daemon) {
    let mut pid = daemon.pid();
    loop {
        sleep(LOOK).await;
        if daemon.is_running() {
            continue;
        }
        let was = pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
        println!("{}{was} ended: {}", daemon.name(), daemon.last_end());
        sleep(PAUSE).await;
        daemon.start();
        pid = daemon.pid();
        println!("{} started again: pid {}", daemon.name(), pid.unwrap_or_default());
    }
}

/// What asks this program to stop.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn listen() -> Self {
        let listen = |kind| signal(kind).expect("signals can be listened to");
        Self { interrupt: listen(SignalKind::interrupt()), terminate: listen(SignalKind::terminate()) }
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
