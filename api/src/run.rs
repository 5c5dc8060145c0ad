//! The program `api`: the node, the database and Redis in their seams, two ports, and the way down. A database
//! that is not there at the start is waited for; so long the internal port says what is missing, and the public
//! one is not taken.

use crate::app::{App, Parts};
use crate::config::{Migration, Settings};
use crate::page::Build;
use crate::store::{self, Database, Db, OpenError, PoolSizes};
use crate::{door, router};
use salvo::async_trait;
use shared::bus::Bus;
use shared::bus::redis::RedisBus;
use shared::config::{RateLimiting, Secret};
use shared::metrics::{self, Program};
use shared::presence::redis::RedisPresence;
use shared::program::{Signals, announce};
use shared::rate::redis::RedisRateLimits;
use shared::rate::{RateLimits, Unlimited};
use shared::serve::health::{Checked, Health};
use shared::serve::{bind, health, serve};
use shared::shelf::RedisShelf;
use shared::time::Clock;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

type Failure = Box<dyn Error + Send + Sync>;

/// How long what is queued, and then the links, may take at the end.
const LAST: Duration = Duration::from_secs(15);

/// How long between two looks for the database, at first and at most.
const FIRST_LOOK: Duration = Duration::from_millis(250);
const LONGEST_LOOK: Duration = Duration::from_secs(5);

/// Runs, with this web client, until SIGTERM or Ctrl-C: then it takes nothing new, answers what it was asked, and stores what is queued.
/// A second one ends the process at once.
///
/// # Errors
/// Why it cannot start: one line. That the database does not answer is none: it is waited for.
pub async fn live(settings: Settings, build: Build) -> Result<(), Failure> {
    settings.node.log.start();
    let internal = bind(settings.node.internal_listen)?;
    let signals = Signals::listen()?;
    let exporter = metrics::install(Program::Api, Some(store::schema()))?;
    tokio::spawn(metrics::runtime::feel());
    let stop = CancellationToken::new();
    let stopped = {
        let stop = stop.clone();
        async move {
            signals.told_to_stop().await;
            stop.cancel();
        }
    };
    tokio::spawn(stopped);

    let waiting = stop.child_token();
    let port = again(&internal)?;
    let starting = serve(port, health::router(Arc::new(Starting), exporter.clone()), waiting.clone());
    let starting = tokio::spawn(starting);
    let opened = tokio::select! {
        opened = open_when_it_answers(&settings.database_url, settings.api.database_connections) => opened,
        () = stop.cancelled() => return Ok(()),
    };
    let public = bind(settings.node.listen)?;
    let (links, links_end) = (TaskTracker::new(), CancellationToken::new());
    let bus = RedisBus::new(settings.node.redis.clone(), &links, &links_end);
    let app = compose(&settings, build, opened?, bus).await?;
    waiting.cancel();
    starting.await??;

    let inside = health::router(app.clone(), exporter)
        .push(door::http::router(app.clone(), settings.node.internal_secret));
    announce("IM-TT api", public.local_addr()?);
    let serving = tokio::spawn(serve(public, router(app.clone()), stop.clone()));
    let answering = tokio::spawn(serve(internal, inside, stop.clone()));
    for server in [serving, answering] {
        server.await??;
    }
    finish(&app).await;
    // Only now: the last announcements wanted the link.
    links_end.cancel();
    links.close();
    drop(tokio::time::timeout(LAST, links.wait()).await);
    Ok(())
}

/// The same port once more, to be served twice one after the other without being given up between.
fn again(listener: &TcpListener) -> std::io::Result<TcpListener> {
    use std::os::fd::AsFd;
    let socket = std::net::TcpListener::from(listener.as_fd().try_clone_to_owned()?);
    TcpListener::from_std(socket)
}

/// Brings the database's tables up to date, and ends: for those whose nodes may not do it themselves.
///
/// # Errors
/// Why it cannot be done: one line. That the database does not answer is none: it is waited for.
pub async fn migrate(settings: Migration) -> Result<(), Failure> {
    settings.log.start();
    let signals = Signals::listen()?;
    tokio::select! {
        opened = open_when_it_answers(&settings.database_url, 1) => opened?.close().await,
        () = signals.told_to_stop() => return Err("it was told to stop before the database was up to date".into()),
    }
    tracing::info!("the database is up to date");
    Ok(())
}

/// Opens the database, as soon as it answers and has the tables that we want.
async fn open_when_it_answers(url: &Secret, connections: u32) -> Result<Db, OpenError> {
    let url = String::from_utf8_lossy(url.expose()).into_owned();
    let sizes = PoolSizes { read: connections, write: connections };
    let database = Database::MySql(url);
    let mut pause = FIRST_LOOK;
    loop {
        match store::open(&database, sizes).await {
            Err(error @ (OpenError::Connect(_) | OpenError::Behind)) => {
                tracing::warn!(%error, again_in_ms = pause.as_millis() as u64, "the database cannot be used yet; waiting");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_LOOK);
            }
            opened => return opened,
        }
    }
}

async fn compose(settings: &Settings, build: Build, db: Db, bus: Arc<dyn Bus>) -> Result<Arc<App>, Failure> {
    let told = &settings.node;
    let clock = Clock::system();
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let limits: Arc<dyn RateLimits> = match told.rate_limits {
        RateLimiting::On => Arc::new(RedisRateLimits::new(told.redis.clone(), clock.clone())),
        RateLimiting::Off => Arc::new(Unlimited),
    };
    let app = App::start(Parts {
        config: settings.api.clone(),
        secret: told.jwt_secret.clone(),
        db,
        presence: Arc::new(RedisPresence::new(told.redis.clone())),
        bus,
        limits,
        build,
        shelf: Some(Arc::new(RedisShelf::new(told.redis.clone()))),
        clock,
        tasks,
        stop,
    });
    Ok(app.await?)
}

/// What is queued is stored and published, then the database is let go.
async fn finish(app: &App) {
    app.stop.cancel();
    app.tasks.close();
    if tokio::time::timeout(LAST, app.tasks.wait()).await.is_err() {
        tracing::warn!("not every task of the api has ended in time");
    }
    app.db.close().await;
}

/// The node before its database answered.
struct Starting;

#[async_trait]
impl Checked for Starting {
    async fn health(&self) -> Health {
        Health { faults: vec!["the database does not answer yet".to_owned()], degraded: Vec::new() }
    }
}
