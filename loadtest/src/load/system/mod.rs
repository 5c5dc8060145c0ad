//! The system under load: one that runs already, or one that is started for this and ended with it.

mod start;
mod people;
mod rows;
mod rest;

pub use people::{Cast, People, Person, Place};

use crate::load::measure::{Scrape, cpu_of, fetch, rss_of};
use crate::load::options::{Options, Target};
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::path::PathBuf;
use tempfile::TempDir;
use testkit::cluster::Cluster;
use testkit::port::SteadyPort;
use tokio::net::lookup_host;

/// Nodes with limits of their own count commands: so many of one connection are within them.
pub const WITHIN_LIMITS: f64 = 15.0;

/// A process of the system, and where its CPU time is read.
#[derive(Debug, Clone)]
pub struct Process {
    /// `gateway-1`, `redis`.
    pub name: String,
    /// Where.
    pub source: Source,
}

/// Where the CPU time of a process is read.
#[derive(Debug, Clone)]
pub enum Source {
    /// In `/proc`: it is ours.
    Pid(u32),
    /// At its `/metrics`.
    Metrics(String),
}

/// The system.
pub struct System {
    /// Where clients' WebSockets go.
    pub gateways: Vec<SocketAddr>,
    /// `http://host:port` for REST.
    pub apis: Vec<String>,
    /// Its processes, as far as they can be measured.
    pub processes: Vec<Process>,
    /// The `/metrics` of its nodes.
    pub metrics: Vec<String>,
    /// Seconds from its start until it served, if it is one program that was started for this.
    pub ready_after: Option<f64>,
    http: reqwest::Client,
    origin: Origin,
}

/// Where it comes from. Dropping this ends what was started.
enum Origin {
    /// A cluster of our own.
    Cluster { cluster: Box<Cluster>, secret: String },
    /// An all-in-one of our own.
    Standalone {
        _process: Box<testkit::Process>,
        secret: String,
        database: PathBuf,
        _folder: TempDir,
        _internal: SteadyPort,
    },
    /// Somebody else's.
    Running,
}

impl System {
    /// The system that is asked for.
    ///
    /// # Errors
    /// It is not to be found.
    pub async fn of(options: &Options) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        match &options.target {
            Target::Standalone => start::standalone(options, http).await,
            Target::Cluster { gateways, apis } => start::cluster(options, *gateways, *apis, http).await,
            Target::Running { gateways, apis, metrics } => running(gateways, apis, metrics, http).await,
        }
    }

    /// Processes that are measured and otherwise left alone.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn watched(processes: Vec<Process>) -> Result<Self> {
        Ok(Self {
            gateways: Vec::new(),
            apis: Vec::new(),
            processes,
            metrics: Vec::new(),
            ready_after: None,
            http: reqwest::Client::builder().no_proxy().build()?,
            origin: Origin::Running,
        })
    }

    /// Whether we started it: then it has no limits, and its database is ours.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        !matches!(self.origin, Origin::Running)
    }

    /// Opens accounts and groups.
    ///
    /// # Errors
    /// The database or the api refuses.
    pub async fn people(&self, cast: &Cast) -> Result<People> {
        match &self.origin {
            Origin::Cluster { cluster, secret } => {
                rows::in_mysql(&cluster.mariadb.admin_url, secret, cast).await
            }
            Origin::Standalone { database, secret, .. } => rows::in_sqlite(database, secret, cast).await,
            Origin::Running => rest::people(&self.http, &self.apis, cast).await,
        }
    }

    /// The statements that the database has run so far, if it is ours to ask.
    pub async fn questions(&self) -> Option<u64> {
        let Origin::Cluster { cluster, .. } = &self.origin else { return None };
        rows::questions(&cluster.mariadb.admin_url).await.ok()
    }

    /// Seconds of CPU of each process so far; 0 for one that does not answer.
    pub async fn cpu(&self) -> Vec<f64> {
        let mut seconds = Vec::with_capacity(self.processes.len());
        for process in &self.processes {
            seconds.push(match &process.source {
                Source::Pid(pid) => cpu_of(*pid).unwrap_or(0.0),
                Source::Metrics(url) => {
                    let scrape = fetch(&self.http, url).await.unwrap_or_default();
                    scrape.sum("process_cpu_seconds_total").unwrap_or(0.0)
                }
            });
        }
        seconds
    }

    /// KiB of memory of each process; 0 where that is not known.
    pub async fn memory(&self) -> Vec<u64> {
        let mut memory = Vec::with_capacity(self.processes.len());
        for process in &self.processes {
            memory.push(match &process.source {
                Source::Pid(pid) => rss_of(*pid).unwrap_or(0),
                Source::Metrics(url) => {
                    let scrape = fetch(&self.http, url).await.unwrap_or_default();
                    (scrape.sum("process_resident_memory_bytes").unwrap_or(0.0) / 1024.0) as u64
                }
            });
        }
        memory
    }

    /// What all nodes count.
    pub async fn scrapes(&self) -> Vec<Scrape> {
        let mut scrapes = Vec::with_capacity(self.metrics.len());
        for url in &self.metrics {
            scrapes.extend(fetch(&self.http, url).await);
        }
        scrapes
    }

    /// What it is, in a few words.
    #[must_use]
    pub fn name(&self) -> String {
        let (gateways, apis) = (self.gateways.len(), self.apis.len());
        match &self.origin {
            Origin::Cluster { .. } => {
                format!(
                    "a cluster of {gateways} gateways and {apis} apis, MariaDB and Redis, started for this"
                )
            }
            Origin::Standalone { .. } => "an all-in-one started for this (SQLite)".to_owned(),
            Origin::Running => format!("a system that runs (gateways {gateways}, apis {apis})"),
        }
    }
}

async fn running(
    gateways: &[String],
    apis: &[String],
    metrics: &[String],
    http: reqwest::Client,
) -> Result<System> {
    let mut addresses = Vec::new();
    for gateway in gateways {
        let found = lookup_host(gateway).await.with_context(|| format!("there is no host {gateway}"))?;
        addresses.extend(found.take(1));
    }
    let process = |(nth, url): (usize, &String)| Process {
        name: format!("process-{}", nth + 1),
        source: Source::Metrics(url.clone()),
    };
    Ok(System {
        gateways: addresses,
        apis: apis.to_vec(),
        processes: metrics.iter().enumerate().map(process).collect(),
        metrics: metrics.to_vec(),
        ready_after: None,
        http,
        origin: Origin::Running,
    })
}
