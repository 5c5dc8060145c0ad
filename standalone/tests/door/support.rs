//! An api node that serves its internal port, on a database that others may share, and people in it.

use api::app::{App, Parts};
use api::page::Build;
use api::store::{Database, PoolSizes, open, sessions, users};
use gateway::api::http::HttpApi;
use shared::bus::memory::MemoryBus;
use shared::config::{Env, Secret};
use shared::draft::{Draft, MessageType, Target};
use shared::ids::{SessionId, UserId};
use shared::presence::memory::MemoryPresence;
use shared::rate::Unlimited;
use shared::serve::{bind, serve};
use shared::time::Clock;
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub const SECRET: &[u8] = b"what nodes show each other, 32 bytes";

pub struct ApiNode {
    pub app: Arc<App>,
    pub address: SocketAddr,
    /// Stops serving, as SIGTERM does.
    pub stop: CancellationToken,
    pub database: Database,
    folder: Arc<TempDir>,
}

/// The way of a gateway to nodes.
pub struct Door {
    pub api: Arc<HttpApi>,
    _stop: DropGuard,
}

impl ApiNode {
    pub async fn start() -> Self {
        Self::on(Arc::new(TempDir::new().unwrap())).await
    }

    /// Another node on the same database.
    pub async fn beside(&self) -> Self {
        Self::on(self.folder.clone()).await
    }

    async fn on(folder: Arc<TempDir>) -> Self {
        let database = Database::Sqlite(folder.path().join("chat.db"));
        let clock = Clock::system();
        let parts = Parts {
            config: api::Config::read(&Env::of([("RATE_LIMITS", "off")]), 1),
            secret: Secret::new(vec![b'j'; 32]),
            db: open(&database, PoolSizes { read: 4, write: 4 }).await.unwrap(),
            presence: Arc::new(MemoryPresence::new(clock.clone())),
            bus: Arc::new(MemoryBus::new()),
            limits: Arc::new(Unlimited),
            build: Build::load(),
            shelf: None,
            clock,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        let app = App::start(parts).await.unwrap();
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let router = api::door::http::router(app.clone(), Secret::new(SECRET.to_vec()));
        tokio::spawn(serve(listener, router, stop.clone()));
        Self { app, address, stop, database, folder }
    }

    pub async fn person(&self) -> (UserId, SessionId) {
        let name = Uuid::new_v4().simple().to_string();
        let (now, mut conn) = (self.app.clock.now(), self.app.db.write().await.unwrap());
        let new = users::NewUser {
            username: &name,
            username_key: &name,
            email: &name,
            email_key: &name,
            password_hash: "x",
        };
        let user_id = users::insert(&mut conn, new, now).await.unwrap();
        let session = sessions::NewSession { user_id, seed: &[0; 32], device: "test" };
        (user_id, sessions::insert(&mut conn, session, now).await.unwrap())
    }
}

impl Door {
    pub fn to(addresses: &[SocketAddr]) -> Self {
        Self::with(SECRET, addresses)
    }

    pub fn with(secret: &[u8], addresses: &[SocketAddr]) -> Self {
        let urls = addresses.iter().map(|address| format!("http://{address}").parse().unwrap()).collect();
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let api = HttpApi::start(urls, Secret::new(secret.to_vec()), &tasks, &stop);
        Self { api, _stop: stop.drop_guard() }
    }
}

pub fn to(sender_id: UserId, receiver: UserId, content: &str) -> Draft {
    Draft {
        sender_id,
        target: Target::User(receiver),
        content: content.to_owned(),
        message_type: MessageType::Text,
        client_message_id: Uuid::now_v7(),
    }
}
