//! Starting a system: without limits, and with everything else as operators get it.

use super::{Origin, Process, Source, System};
use crate::load::measure::micros;
use crate::load::options::Options;
use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::path::PathBuf;
use testkit::Program;
use testkit::cluster::{Cluster, ClusterPlan, Node};
use testkit::daemon::Daemon;
use testkit::port::SteadyPort;
use uuid::Uuid;

/// Connections of one user on one gateway: more than any scenario makes.
const CONNECTIONS_PER_USER: &str = "1000000";

/// Starts gateways, apis, MariaDB and Redis.
pub(super) async fn cluster(
    options: &Options,
    gateways: usize,
    apis: usize,
    http: reqwest::Client,
) -> Result<System> {
    let secret = secret();
    let binaries = Some(binaries(options, &["gateway", "api"])?);
    let plan = ClusterPlan { gateways, apis, binaries, ..ClusterPlan::default() }
        .env("JWT_SECRET", &secret)
        .env("CONNECTIONS_PER_USER", CONNECTIONS_PER_USER);
    let cluster = Box::new(Cluster::start(plan).await);
    let address = |node: &Node| node.address.trim_start_matches("http://").parse::<SocketAddr>();
    let process = |daemon: &Daemon| {
        let name = daemon.name().to_owned();
        Some(Process { name, source: Source::Pid(daemon.pid()?) })
    };
    let nodes = || cluster.gateways.iter().chain(&cluster.apis);
    let daemons = nodes().map(|node| &**node).chain([&*cluster.redis, &*cluster.mariadb]);
    Ok(System {
        gateways: cluster.gateways.iter().map(address).collect::<Result<_, _>>()?,
        apis: cluster.apis.iter().map(|node| node.address.clone()).collect(),
        processes: daemons.filter_map(process).collect(),
        metrics: nodes().map(|node| format!("{}/metrics", node.internal)).collect(),
        ready_after: None,
        http,
        origin: Origin::Cluster { cluster, secret },
    })
}

/// Starts an all-in-one in a folder of its own.
pub(super) async fn standalone(options: &Options, http: reqwest::Client) -> Result<System> {
    let (secret, internal, folder) = (secret(), SteadyPort::claim(), tempfile::tempdir()?);
    let program = Program::at(binaries(options, &["im-tt"])?.join("im-tt"))
        .env("INTERNAL_LISTEN", format!("127.0.0.1:{}", internal.number()))
        .env("DATA_DIR", folder.path())
        .env("JWT_SECRET", &secret)
        .env("RATE_LIMITS", "off")
        .env("BCRYPT_COST", "4")
        .env("CONNECTIONS_PER_USER", CONNECTIONS_PER_USER);
    let began = micros();
    let process = Box::new(program.start().await);
    let ready_after = micros().saturating_sub(began) as f64 / 1e6;
    Ok(System {
        gateways: vec![process.address.trim_start_matches("http://").parse()?],
        apis: vec![process.address.clone()],
        processes: vec![Process { name: "im-tt".to_owned(), source: Source::Pid(process.pid()) }],
        metrics: vec![format!("http://127.0.0.1:{}/metrics", internal.number())],
        ready_after: Some(ready_after),
        http,
        origin: Origin::Standalone {
            _process: process,
            secret,
            database: folder.path().join("im-tt.sqlite"),
            _folder: folder,
            _internal: internal,
        },
    })
}

/// The folder where these programs of the nodes are: this one's, if not told otherwise.
fn binaries(options: &Options, names: &[&str]) -> Result<PathBuf> {
    let program = std::env::current_exe().context("a program knows where it lies")?;
    let own = program.parent().context("a file lies in a folder")?;
    let folder = options.binaries.as_deref().unwrap_or(own);
    for program in names.iter().map(|name| folder.join(name)) {
        let program_is = program.display();
        ensure!(program.is_file(), "there is no {program_is}: build it, or name its folder with --binaries");
    }
    Ok(folder.to_owned())
}

fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
