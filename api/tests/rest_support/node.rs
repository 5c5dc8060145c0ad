//! A node on a fresh database: SQLite, unless it is told otherwise.

use super::{Call, KeptBus, Person};
use api::page::Build;
use api::store::{Database, Db, PoolSizes, open};
use api::{App, Config, Parts};
use salvo::Service;
use salvo::http::Method;
use shared::config::{Env, RateLimiting, Secret};
use shared::ids::{NodeId, UserId};
use shared::presence::Presence;
use shared::presence::memory::MemoryPresence;
use shared::rate::memory::MemoryRateLimits;
use shared::rate::{RateLimits, Unlimited};
use shared::shelf::Shelf;
use shared::time::{Clock, Timestamp};
use std::sync::Arc;
use tempfile::TempDir;
use testkit::MariaDb;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub const SECRET: &[u8] = b"a secret for tests, of 32 bytes or more";

/// Sunday, 22 November 2026, 8 o'clock and 7 ms.
const START: Timestamp = Timestamp(1_795_334_400_007);

pub struct Node {
    pub app: Arc<App>,
    pub service: Service,
    pub clock: Clock,
    pub bus: Arc<KeptBus>,
    presence: Arc<MemoryPresence>,
    home: Home,
}

/// Where a node's database is. Goes away with the last node on it.
#[derive(Clone)]
enum Home {
    Folder(Arc<TempDir>),
    Server(Arc<testkit::Database>),
}

/// A node about to be made.
pub struct Made {
    vars: Vec<(String, String)>,
    secret: &'static [u8],
    build: Option<Build>,
    shelf: Option<Arc<dyn Shelf>>,
    home: Home,
}

impl Node {
    /// One without rate limits and with cheap hashes.
    pub async fn start() -> Self {
        Self::made().start().await
    }

    pub fn made() -> Made {
        let vars = [("BCRYPT_COST", "4"), ("RATE_LIMITS", "off")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let home = Home::Folder(Arc::new(TempDir::new().unwrap()));
        Made { vars: vars.to_vec(), secret: SECRET, build: None, shelf: None, home }
    }

    /// Another node on the same database, with other variables.
    pub fn beside(&self) -> Made {
        Made { home: self.home.clone(), ..Self::made() }
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        Call::new(self, Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        Call::new(self, Method::POST, path)
    }

    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call::new(self, method.parse().unwrap(), path)
    }

    /// Somebody has a connection somewhere.
    pub async fn connect(&self, person: &Person) {
        let life = NodeId::random();
        self.presence.renew(life).await.unwrap();
        self.presence.enter(life, &[UserId(person.id)]).await.unwrap();
    }
}

impl Made {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a web client that has one more file, and so is another build.
    pub fn with_file(self, name: &str, text: &str) -> Self {
        Self { build: Some(Build::load_with(&[(name, text)])), ..self }
    }

    /// With a shelf that others have too.
    pub fn with_shelf(self, shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf: Some(shelf), ..self }
    }

    pub fn with_secret(self, secret: &'static [u8]) -> Self {
        Self { secret, ..self }
    }

    pub async fn on_mariadb(self) -> Self {
        Self { home: Home::Server(Arc::new(MariaDb::shared().await.database().await)), ..self }
    }

    pub async fn start(self) -> Node {
        let env = Env::of(self.vars);
        let config = Config::read(&env, 1);
        env.finish().unwrap();
        let clock = Clock::manual(START);
        let limits: Arc<dyn RateLimits> = match config.rate_limits {
            RateLimiting::On => Arc::new(MemoryRateLimits::new(clock.clone())),
            RateLimiting::Off => Arc::new(Unlimited),
        };
        let (bus, presence) = (Arc::new(KeptBus::default()), Arc::new(MemoryPresence::new(clock.clone())));
        let parts = Parts {
            config,
            secret: Secret::new(self.secret.to_vec()),
            db: self.home.database().await,
            presence: presence.clone(),
            bus: bus.clone(),
            limits,
            build: self.build.unwrap_or_else(Build::load),
            shelf: self.shelf,
            clock: clock.clone(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        let app = App::start(parts).await.unwrap();
        let service = shared::serve::service(api::router(app.clone()));
        Node { app, service, clock, bus, presence, home: self.home }
    }
}

impl Home {
    async fn database(&self) -> Db {
        let database = match self {
            Self::Folder(folder) => Database::Sqlite(folder.path().join("chat.db")),
            Self::Server(server) => Database::MySql(server.url.clone()),
        };
        open(&database, PoolSizes { read: 4, write: 4 }).await.unwrap()
    }
}
