//! The composition root of an api node: everything that handlers need, made once and handed on.

use crate::append::{Append, AppendParts, Hooks};
use crate::auth::controls::RETRYING;
use crate::auth::passwords::Passwords;
use crate::auth::refresh_token::RefreshTokens;
use crate::config::Config;
use crate::door::Door;
use crate::error::ApiError;
use crate::page::{Build, Client};
use crate::reads::Reads;
use crate::store::{Db, epoch};
use salvo::{Depot, async_trait};
use shared::bus::Bus;
use shared::config::Secret;
use shared::presence::Presence;
use shared::rate::RateLimits;
use shared::serve::health::{Checked, Health};
use shared::shelf::Shelf;
use shared::time::Clock;
use shared::token::Tokens;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the database may take to answer that it is there: less than the second that proxies and gateways wait for us.
const DATABASE_ANSWERS_IN: Duration = Duration::from_millis(800);

/// What a node is made of; the all-in-one and a node of a cluster give different ones.
pub struct Parts {
    /// The configuration.
    pub config: Config,
    /// What tokens are signed with: `JWT_SECRET`, or the all-in-one's own.
    pub secret: Secret,
    /// The opened database.
    pub db: Db,
    /// Who is connected.
    pub presence: Arc<dyn Presence>,
    /// ⑦: the way to the gateways.
    pub bus: Arc<dyn Bus>,
    /// How often things may be done.
    pub limits: Arc<dyn RateLimits>,
    /// The web client that it serves.
    pub build: Build,
    /// Where it and other nodes put theirs for each other, if there are others.
    pub shelf: Option<Arc<dyn Shelf>>,
    /// The time.
    pub clock: Clock,
    /// Where background work is tracked.
    pub tasks: TaskTracker,
    /// Ends it.
    pub stop: CancellationToken,
}

/// An api node.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The database's epoch, as it was at the start: a restore needs one.
    pub epoch: String,
    /// ⑥: where messages are stored.
    pub append: Append,
    /// What gateways look up.
    pub door: Door,
    /// Read cursors.
    pub reads: Reads,
    /// Who is connected.
    pub presence: Arc<dyn Presence>,
    /// ⑦.
    pub bus: Arc<dyn Bus>,
    /// How often things may be done.
    pub limits: Arc<dyn RateLimits>,
    /// Access tokens.
    pub tokens: Tokens,
    /// Refresh tokens.
    pub refresh: RefreshTokens,
    /// Hashes.
    pub passwords: Passwords,
    /// The web client.
    pub client: Arc<Client>,
    /// The time.
    pub clock: Clock,
    /// Where background work is tracked.
    pub tasks: TaskTracker,
    /// Ends it.
    pub stop: CancellationToken,
    /// Seats for controls that wait for the bus.
    pub(crate) retrying: Arc<Semaphore>,
}

impl App {
    /// Puts a node together and starts its lanes and its read cursors.
    ///
    /// # Errors
    /// The driver's: the database does not answer.
    pub async fn start(parts: Parts) -> Result<Arc<Self>, sqlx::Error> {
        parts.config.warn();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let reads =
            Reads::start(parts.db.clone(), parts.bus.clone(), parts.clock.clone(), &parts.tasks, &parts.stop);
        let append = Append::start(AppendParts {
            db: parts.db.clone(),
            bus: parts.bus.clone(),
            clock: parts.clock.clone(),
            lanes: parts.config.lanes,
            hooks: Hooks::default(),
            tasks: &parts.tasks,
            stop: &parts.stop,
        });
        let client = Client::start(parts.build, parts.shelf, &parts.secret, &parts.tasks, &parts.stop).await;
        Ok(Arc::new(Self {
            epoch: epoch::epoch(&mut parts.db.read().await?).await?,
            tokens: Tokens::new(parts.secret.expose(), parts.clock.clone()),
            refresh: RefreshTokens::new(parts.secret.expose()),
            passwords: Passwords::new(parts.config.bcrypt_cost, cores),
            client,
            config: parts.config,
            append,
            door: Door::new(parts.db.clone(), reads.clone()),
            reads,
            db: parts.db,
            presence: parts.presence,
            bus: parts.bus,
            limits: parts.limits,
            clock: parts.clock,
            tasks: parts.tasks,
            stop: parts.stop,
            retrying: Arc::new(Semaphore::new(RETRYING)),
        }))
    }

    /// The node that answers a request.
    ///
    /// # Errors
    /// A bug: the router does not hand it on.
    pub fn of(depot: &Depot) -> Result<&Arc<Self>, ApiError> {
        depot.get_typed::<Arc<Self>>().map_err(|_| ApiError::bug("the router hands no node on"))
    }

    async fn database_answers(&self) -> Result<(), sqlx::Error> {
        epoch::epoch(&mut self.db.read().await?).await.map(drop)
    }
}

#[async_trait]
impl Checked for App {
    /// Red when this node's own database does not answer, and on the way out; what nobody has is `degraded`.
    async fn health(&self) -> Health {
        let mut health = Health::default();
        let answer = tokio::time::timeout(DATABASE_ANSWERS_IN, self.database_answers());
        let (answer, bus) = tokio::join!(answer, self.bus.answers());
        if !matches!(answer, Ok(Ok(()))) {
            health.faults.push("the database does not answer".to_owned());
        }
        if self.stop.is_cancelled() {
            health.faults.push("the api stops".to_owned());
        }
        if !bus {
            health.degraded.push("the bus does not answer".to_owned());
        }
        health
    }
}
