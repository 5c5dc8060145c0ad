//! What the tests of the store, the append and the look-ups share: a database of either engine, people in it,
//! and a bus that keeps what it was given.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test support: what cannot go on panics")]

pub mod bus;
pub mod proxy;
pub mod replay;

use api::append::{Append, AppendParts, Hooks};
use api::store::messages::{Cursor, StoredMessage};
use api::store::sql::query;
use api::store::{Database, Db, Engine, PoolSizes, conversations, messages, open};
use bus::KeepingBus;
use shared::draft::{Draft, MessageType, Target};
use shared::ids::{ConversationId, GroupId, SessionId, UserId};
use shared::time::{Clock, Timestamp};
use std::sync::Arc;
use tempfile::TempDir;
use testkit::MariaDb;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Runs each of the test bodies on SQLite and on MariaDB.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* $name:ident),* $(,)?) => {
        mod sqlite {
            $($(#[$attribute])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Bench::sqlite().await).await; })*
        }
        mod mariadb {
            $($(#[$attribute])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Bench::mariadb().await).await; })*
        }
    };
}

/// A database of a test's own.
pub struct Bench {
    /// Opened.
    pub db: Db,
    /// What it was opened by.
    pub database: Database,
    /// What the entries are dated by.
    pub clock: Clock,
    /// Stops and owns the tasks.
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
    _folder: Option<TempDir>,
    _server: Option<testkit::Database>,
}

/// When the tests play.
pub const START: Timestamp = Timestamp(1_795_334_400_000);

impl Bench {
    pub async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::Sqlite(folder.path().join("test.db"));
        Self::with(database, Some(folder), None).await
    }

    pub async fn mariadb() -> Self {
        let server = MariaDb::shared().await.database().await;
        Self::with(Database::MySql(server.url.clone()), None, Some(server)).await
    }

    async fn with(database: Database, folder: Option<TempDir>, server: Option<testkit::Database>) -> Self {
        let db = open(&database, PoolSizes::default()).await.unwrap();
        Self {
            db,
            database,
            clock: Clock::manual(START),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            _folder: folder,
            _server: server,
        }
    }

    pub fn is_sqlite(&self) -> bool {
        self.db.engine() == Engine::Sqlite
    }

    /// The same database, through a proxy that can lose answers. A server's only.
    pub async fn db_through(&self, proxy: &proxy::Proxy) -> Db {
        let Database::MySql(url) = &self.database else { panic!("SQLite has no connections to cut") };
        open(&Database::MySql(proxy.in_front_of(url)), PoolSizes { read: 2, write: 2 }).await.unwrap()
    }

    /// One more api node's pools on the same database.
    pub async fn second_db(&self) -> Db {
        open(&self.database, PoolSizes::default()).await.unwrap()
    }

    /// An append on this database, with as many lanes as its engine bears.
    pub fn append(&self, bus: &Arc<KeepingBus>) -> Append {
        self.append_with(self.db.clone(), bus, Hooks::default())
    }

    pub fn append_with(&self, db: Db, bus: &Arc<KeepingBus>, hooks: Hooks) -> Append {
        self.append_by(self.clock.clone(), db, bus, hooks)
    }

    /// One whose node has a clock of its own.
    pub fn append_by(&self, clock: Clock, db: Db, bus: &Arc<KeepingBus>, hooks: Hooks) -> Append {
        Append::start(AppendParts {
            lanes: if db.engine() == Engine::Sqlite { 1 } else { 4 },
            db,
            bus: bus.clone(),
            clock,
            hooks,
            tasks: &self.tasks,
            stop: &self.stop,
        })
    }

    /// Lets everything that is queued end.
    pub async fn finish(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// An account of that name.
    pub async fn user(&self, name: &str) -> UserId {
        let mut conn = self.db.write().await.unwrap();
        let insert =
            "INSERT INTO users (username, username_key, email, email_key, password_hash, avatar, status,
                                         created_at, updated_at)
                      VALUES (?, ?, ?, ?, 'x', '', 'online', ?, ?)";
        let bound = query(insert).bind(name).bind(name).bind(name).bind(name).bind(START).bind(START);
        UserId(bound.execute(&mut conn).await.unwrap().last_id)
    }

    /// Accounts with names of their own.
    pub async fn users<const N: usize>(&self) -> [UserId; N] {
        let mut users = [UserId(0); N];
        for user in &mut users {
            *user = self.user(&Uuid::new_v4().simple().to_string()).await;
        }
        users
    }

    pub async fn close_account(&self, user: UserId) {
        let mut conn = self.db.write().await.unwrap();
        let update = query("UPDATE users SET closed_at = ? WHERE id = ?").bind(START).bind(user);
        update.execute(&mut conn).await.unwrap();
    }

    pub async fn session(&self, user: UserId) -> SessionId {
        let mut conn = self.db.write().await.unwrap();
        let insert = "INSERT INTO sessions (user_id, seed, generation, device, created_at, rotated_at)
                      VALUES (?, ?, 0, 'test', ?, ?)";
        let bound = query(insert).bind(user).bind(vec![0; 32]).bind(START).bind(START);
        SessionId(bound.execute(&mut conn).await.unwrap().last_id)
    }

    pub async fn end_session(&self, session: SessionId) {
        let mut conn = self.db.write().await.unwrap();
        let update = query("UPDATE sessions SET ended_at = ? WHERE id = ?").bind(START).bind(session);
        update.execute(&mut conn).await.unwrap();
    }

    /// There is no way yet to make somebody an admin but by hand.
    pub async fn set_role(&self, group: GroupId, user: UserId, role: api::store::members::Role) {
        let mut conn = self.db.write().await.unwrap();
        api::store::members::set_role(&mut conn, group, user, role).await.unwrap();
    }

    pub async fn group_conversation(&self, group: GroupId) -> ConversationId {
        let mut conn = self.db.read().await.unwrap();
        conversations::find_group(&mut conn, group).await.unwrap().unwrap().id
    }

    /// All of a conversation's log.
    pub async fn log(&self, conversation: ConversationId) -> Vec<StoredMessage> {
        let mut conn = self.db.read().await.unwrap();
        messages::page(&mut conn, conversation, 1..=i64::MAX, Cursor::After(0), 1_000_000)
            .await
            .unwrap()
            .messages
    }
}

/// A text to a user.
pub fn to(sender_id: UserId, receiver: UserId, content: &str) -> Draft {
    draft(sender_id, Target::User(receiver), content)
}

/// A text to a group.
pub fn into(sender_id: UserId, group: GroupId, content: &str) -> Draft {
    draft(sender_id, Target::Group(group), content)
}

fn draft(sender_id: UserId, target: Target, content: &str) -> Draft {
    Draft {
        sender_id,
        target,
        content: content.to_owned(),
        message_type: MessageType::Text,
        client_message_id: Uuid::now_v7(),
    }
}
