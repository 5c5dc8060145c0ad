//! A whole cluster on one machine: MariaDB, Redis, apis, gateways and, if wanted, HAProxy or nginx before them and a proxy in each
//! link between them. Real processes of the real binaries: each can be killed, stopped, started again, and cut off.
//!
//! Its users are the tests of the cluster, the fault campaign, and `make cluster`. `cargo build --workspace` first: the
//! binaries `gateway` and `api` are looked for where the program that asks was built.

mod front;
mod link;
mod mariadb;
mod node;
mod plan;
mod ready;
mod redis;
mod wiring;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use futures_util::future::join_all;

pub use self::front::{Front, FrontKind, FrontPlan};
pub use self::link::Link;
use self::link::{Links, Targets};
pub use self::mariadb::ClusterMariaDb;
pub use self::node::Node;
use self::node::Ports;
pub use self::plan::ClusterPlan;
pub use self::redis::ClusterRedis;
use self::wiring::{Secrets, Wiring};
use crate::daemon::Daemon;
use crate::folder::OwnedFolder;
use crate::guard::Guard;
use crate::proxy::Proxy;

/// The running cluster. Dropping this ends all of it at once, and so does the end of this process, however it comes.
#[derive(Debug)]
pub struct Cluster {
    /// `gateway-1` and on.
    pub gateways: Vec<Node>,
    /// `api-1` and on.
    pub apis: Vec<Node>,
    /// The database server.
    pub mariadb: ClusterMariaDb,
    /// Redis.
    pub redis: ClusterRedis,
    /// The proxy before the nodes, if the plan has one.
    pub front: Option<Front>,
    /// Where the logs are, NAME.log each.
    pub logs: PathBuf,
    /// What no log may show, each with its name.
    pub secrets: Vec<(&'static str, String)>,
    proxies: BTreeMap<Link, Proxy>,
    /// The last to be dropped, when nobody writes there any more.
    _scratch: Scratch,
}

impl Cluster {
    /// Starts everything and waits until all of it is ready.
    ///
    /// # Panics
    /// When something is not installed or not built, or does not come up: with what it wrote.
    pub async fn start(plan: ClusterPlan) -> Self {
        let binaries = plan.binaries();
        let programs = [binary(&binaries, "gateway"), binary(&binaries, "api")];
        let scratch = Scratch::create();
        let folder = scratch.folder.path();
        let logs = plan.logs.clone().unwrap_or_else(|| folder.to_owned());
        fs::create_dir_all(&logs).unwrap_or_else(|error| panic!("cannot make {}: {error}", logs.display()));

        let mariadb = ClusterMariaDb::start(folder, &logs).await;
        let redis = ClusterRedis::start(folder, &logs).await;
        let ports: Vec<Ports> = (0..plan.apis).map(|_| Ports::claim()).collect();
        let internal = ports.iter().map(|ports| ports.internal.number()).collect();
        let targets = Targets { redis: redis.port(), mariadb: mariadb.port(), apis: internal };
        let links = Links::lay(&plan, targets).await;

        let wiring = Wiring {
            plan: &plan,
            links: &links,
            programs: &programs,
            logs: &logs,
            secrets: Secrets::random(),
        };
        let apis = wiring.apis(ports, &mariadb, &redis);
        let gateways = wiring.gateways(&redis);
        start_all(&apis).await;
        start_all(&gateways).await;
        let front = match plan.front {
            Some(front) => Some(Front::start(front, plan.port, (&gateways, &apis), folder, &logs).await),
            None => None,
        };
        let mut secrets = wiring.secrets();
        secrets.extend(mariadb.passwords());
        secrets.push(("the password of REDIS_URL", redis.password().to_owned()));
        let proxies = links.proxies;
        Self { gateways, apis, mariadb, redis, front, logs, secrets, proxies, _scratch: scratch }
    }

    /// The proxy in a link.
    ///
    /// # Panics
    /// When the plan has no proxies, or no such node.
    #[must_use]
    pub fn link(&self, link: Link) -> &Proxy {
        self.proxies.get(&link).unwrap_or_else(|| panic!("no proxy in {link}: does the plan have proxies?"))
    }

    /// All links with their proxies.
    pub fn links(&self) -> impl Iterator<Item = (Link, &Proxy)> {
        self.proxies.iter().map(|(link, proxy)| (*link, proxy))
    }

    /// Heals all links.
    pub fn heal_all(&self) {
        self.links().for_each(|(_, proxy)| proxy.heal());
    }

    /// The gateways, then the apis.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.gateways.iter().chain(&self.apis)
    }

    /// All processes.
    pub fn daemons(&self) -> impl Iterator<Item = &Daemon> {
        let nodes = self.apis.iter().chain(&self.gateways).map(|node| &**node);
        let stores: [&Daemon; 2] = [&self.mariadb, &self.redis];
        stores.into_iter().chain(nodes).chain(self.front.iter().map(|front| &**front))
    }

    /// Asks the gateways to drain, then the apis, and waits for each: the orderly end. What holds the data is left to
    /// be dropped.
    ///
    /// # Panics
    /// When one takes longer than a minute.
    pub async fn drain(&self) {
        for nodes in [&self.gateways, &self.apis] {
            join_all(nodes.iter().map(|node| drain_one(node))).await;
        }
    }
}

async fn drain_one(daemon: &Daemon) {
    if daemon.is_running() {
        daemon.cont();
        daemon.terminate().await;
    }
}

async fn start_all(nodes: &[Node]) {
    nodes.iter().for_each(|node| node.start());
    join_all(nodes.iter().map(Node::wait_ready)).await;
}

fn binary(folder: &Path, name: &str) -> PathBuf {
    let binary = folder.join(name);
    assert!(binary.is_file(), "no {}: `cargo build --workspace` makes it", binary.display());
    binary
}

/// The cluster's folder, and who removes it if we cannot.
#[derive(Debug)]
struct Scratch {
    folder: OwnedFolder,
    _guard: Guard,
}

impl Scratch {
    fn create() -> Self {
        let folder = OwnedFolder::create("cluster");
        let guard = Guard::over_folder(folder.path());
        Self { folder, _guard: guard }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next cluster.
        drop(fs::remove_dir_all(self.folder.path()));
    }
}
