//! The composition root of the all-in-one: both crates, the embedded parts in their five seams, two ports, and
//! the way down.

use crate::config::Config;
use crate::door::InProcess;
use crate::folder::Folder;
use anyhow::{Context, Result};
use api::app::{App, Parts};
use api::page::Build;
use api::store::{Database, PoolSizes};
use async_trait::async_trait;
use gateway::node::{Node, NodeParts};
use salvo::Router;
use shared::bus::Bus;
use shared::bus::memory::MemoryBus;
use shared::config::RateLimiting;
use shared::metrics::{self, Program};
use shared::presence::Presence;
use shared::presence::memory::MemoryPresence;
use shared::program::{Signals, announce};
use shared::rate::memory::MemoryRateLimits;
use shared::rate::{RateLimits, Unlimited};
use shared::serve::health::{Checked, Health};
use shared::serve::{bind, health, serve};
use shared::time::Clock;
use shared::token::Tokens;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the api's queues may take to be flushed at the end.
const LAST: Duration = Duration::from_secs(15);

/// Runs until SIGTERM or Ctrl-C, and then drains. A second one ends the process at once.
///
/// # Errors
/// Why it cannot start: one line.
pub async fn live(config: Config) -> Result<()> {
    config.log.start();
    let folder = Folder::open(&config.data_dir)?;
    let (public, internal) = (bind(config.listen)?, bind(config.internal_listen)?);
    let signals = Signals::listen()?;
    let schema = Some(api::store::schema());
    let exporter = metrics::install(Program::AllInOne, schema).map_err(anyhow::Error::from_boxed)?;
    tokio::spawn(metrics::runtime::feel());
    let whole = Whole::compose(&config, &folder).await?;

    let stop = CancellationToken::new();
    announce("IM-TT", public.local_addr()?);
    let serving = tokio::spawn(serve(public, whole.routes(), stop.clone()));
    let watching = tokio::spawn(serve(internal, health::router(whole.clone(), exporter), stop.clone()));

    signals.told_to_stop().await;
    gateway::shutdown::drain(&whole.node).await;
    stop.cancel();
    for server in [serving, watching] {
        server.await?.context("a port failed")?;
    }
    whole.stop().await;
    Ok(())
}

/// The two kinds of node, in one process.
struct Whole {
    app: Arc<App>,
    node: Arc<Node>,
}

impl Whole {
    /// Puts them together around the embedded parts.
    async fn compose(config: &Config, folder: &Folder) -> Result<Arc<Self>> {
        let clock = Clock::system();
        let secret = match &config.api.jwt_secret {
            Some(secret) => secret.clone(),
            None => folder.secret()?,
        };
        let bus: Arc<dyn Bus> = Arc::new(MemoryBus::new());
        let presence: Arc<dyn Presence> = Arc::new(MemoryPresence::new(clock.clone()));
        let limits: Arc<dyn RateLimits> = match config.rate_limits {
            RateLimiting::On => Arc::new(MemoryRateLimits::new(clock.clone())),
            RateLimiting::Off => Arc::new(Unlimited),
        };
        let tokens = Arc::new(Tokens::new(secret.expose(), clock.clone()));
        let connections = config.api.database_connections;
        let sizes = PoolSizes { read: connections, write: connections };
        let db = api::store::open(&Database::Sqlite(folder.database()), sizes).await?;
        let app = App::start(Parts {
            config: config.api.clone(),
            secret,
            db,
            presence: presence.clone(),
            bus: bus.clone(),
            limits: limits.clone(),
            build: Build::load(),
            shelf: None,
            clock: clock.clone(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        })
        .await
        .context("the database does not answer")?;
        let api = Arc::new(InProcess::new(app.clone()));
        let config = config.gateway.clone();
        let node = Node::start(NodeParts { config, api, bus, presence, limits, tokens, clock }).await;
        Ok(Arc::new(Self { app, node }))
    }

    fn routes(&self) -> Router {
        Router::new()
            .push(gateway::upgrade::router(self.node.clone()))
            .push(api::router::router(self.app.clone()))
    }

    /// Ends the api's part: what is queued is stored first.
    async fn stop(&self) {
        self.app.stop.cancel();
        self.app.tasks.close();
        if tokio::time::timeout(LAST, self.app.tasks.wait()).await.is_err() {
            tracing::warn!("not every task of the api has ended in time");
        }
        self.app.db.close().await;
    }
}

#[async_trait]
impl Checked for Whole {
    async fn health(&self) -> Health {
        let mut health = self.app.health().await;
        let node = self.node.health().await;
        health.faults.extend(node.faults);
        health.degraded.extend(node.degraded);
        health
    }
}
