//! The database behind the store: one of two engines, a pool to read with and a pool to write with. SQLite
//! has one writer, so its writing pool has one connection; on MySQL the writing pool's sessions give up early
//! on locks, so that a stuck row delays only its own conversation.

use super::conn::{Conn, Tx};
use super::pool;
use super::row::Row;
use super::sql::Query;
use super::timing::Waiting;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor, MySqlConnection, SqliteConnection};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// Statements kept prepared a connection: the fixed sizes of the multi-row ones all fit.
const STATEMENT_CACHE: usize = 512;

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// MySQL 8 or MariaDB 10.6 and later.
    MySql,
    /// SQLite, in the process.
    Sqlite,
}

/// How many connections of each kind.
#[derive(Debug, Clone, Copy)]
pub struct PoolSizes {
    /// To read with.
    pub read: u32,
    /// To write with; SQLite has one whatever this says.
    pub write: u32,
}

impl Default for PoolSizes {
    fn default() -> Self {
        Self { read: 8, write: 8 }
    }
}

/// An opened database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    read: Pool,
    write: Pool,
    /// The step between the ids of rows inserted by one statement (`auto_increment_increment`).
    id_step: i64,
}

#[derive(Clone)]
enum Pool {
    MySql(pool::Pool<MySqlConnection>),
    Sqlite(pool::Pool<SqliteConnection>),
}

impl Pool {
    async fn acquire(&self) -> Result<Conn, sqlx::Error> {
        Ok(match self {
            Self::MySql(pool) => Conn::mysql(pool.acquire().await?),
            Self::Sqlite(pool) => Conn::sqlite(pool.acquire().await?),
        })
    }
}

impl Db {
    /// Opens a server named by `mysql://user:password@host:port/database?ssl-mode=…`.
    ///
    /// # Errors
    /// The driver's: a bad address, or a server that does not let us in.
    pub async fn open_mysql(url: &str, sizes: PoolSizes) -> Result<Self, sqlx::Error> {
        let options = MySqlConnectOptions::from_str(url)?.statement_cache_capacity(STATEMENT_CACHE);
        let mut first = MySqlConnection::connect_with(&options).await?;
        let (version, id_step): (String, i64) =
            sqlx::query_as("SELECT VERSION(), CAST(@@auto_increment_increment AS SIGNED)")
                .fetch_one(&mut first)
                .await?;
        // An orderly goodbye, no more.
        drop(first.close().await);
        let greet: pool::Greet<MySqlConnection> =
            if version.contains("MariaDB") { greet_writer_mariadb } else { greet_writer };
        let read = pool::Pool::new(options.clone(), sizes.read, greet_reader);
        let write = pool::Pool::new(options, sizes.write, greet);
        Ok(Self { read: Pool::MySql(read), write: Pool::MySql(write), id_step })
    }

    /// Opens, or makes, a SQLite file: write-ahead log, every commit synchronised to disk.
    ///
    /// # Errors
    /// The driver's: the file cannot be made or is no database.
    pub async fn open_sqlite(file: &Path, sizes: PoolSizes) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(STATEMENT_CACHE);
        let write = pool::Pool::new(options.clone(), 1, greet_nobody);
        let read = pool::Pool::new(options, sizes.read, greet_nobody);
        let db = Self { read: Pool::Sqlite(read), write: Pool::Sqlite(write), id_step: 1 };
        // The writer makes the file, and finds out whether it is one of ours to open.
        drop(db.write().await?);
        Ok(db)
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.read {
            Pool::MySql(_) => Engine::MySql,
            Pool::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// A connection to read with.
    ///
    /// # Errors
    /// The driver's; [`sqlx::Error::PoolTimedOut`] when none came free.
    pub async fn read(&self) -> Result<Conn, sqlx::Error> {
        let _waiting = Waiting::in_pool("read");
        self.read.acquire().await
    }

    /// A connection for a single statement that writes.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn write(&self) -> Result<Conn, sqlx::Error> {
        let _waiting = Waiting::in_pool("write");
        self.write.acquire().await
    }

    /// A write transaction: READ COMMITTED on MySQL; the only writer on SQLite.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        Tx::begin(self.write().await?).await
    }

    /// The same, begun together with its first statements, and the rows of each of them.
    ///
    /// # Errors
    /// As [`Self::read`], and the driver's for a statement; what was begun is undone then.
    pub async fn begin_with(&self, first: Vec<Query>) -> Result<(Tx, Vec<Vec<Row>>), sqlx::Error> {
        Tx::begin_with(self.write().await?, first).await
    }

    /// The id of the first of `count` rows that one statement inserted, and the step to the next. InnoDB
    /// gives the rows of a plain multi-row INSERT consecutive ids in every `innodb_autoinc_lock_mode`.
    #[must_use]
    pub fn inserted_ids(&self, done: super::sql::Done, count: usize) -> (i64, i64) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        match self.engine() {
            Engine::MySql => (done.last_id, self.id_step),
            Engine::Sqlite => (done.last_id - (count - 1), 1),
        }
    }

    /// Closes the pools, waiting for what is under way.
    pub async fn close(&self) {
        for pool in [&self.write, &self.read] {
            match pool {
                Pool::MySql(pool) => pool.close().await,
                Pool::Sqlite(pool) => pool.close().await,
            }
        }
    }
}

/// What a session is told before it is used. One statement each, in words that both servers know.
const READ_SESSION: &[&str] = &["SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"];
const WRITE_SESSION: &[&str] =
    &["SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "SET SESSION innodb_lock_wait_timeout = 2"];
/// An api that was stopped in the middle of a transaction frees the row after 5 s; only MariaDB can.
const WRITE_SESSION_MARIADB: &[&str] = &[
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION innodb_lock_wait_timeout = 2, idle_write_transaction_timeout = 5",
];

fn greet_reader(conn: &mut MySqlConnection) -> BoxFuture<'_, Result<(), sqlx::Error>> {
    say_all(conn, READ_SESSION).boxed()
}

fn greet_writer(conn: &mut MySqlConnection) -> BoxFuture<'_, Result<(), sqlx::Error>> {
    say_all(conn, WRITE_SESSION).boxed()
}

fn greet_writer_mariadb(conn: &mut MySqlConnection) -> BoxFuture<'_, Result<(), sqlx::Error>> {
    say_all(conn, WRITE_SESSION_MARIADB).boxed()
}

/// Everything stands in the options.
fn greet_nobody(_: &mut SqliteConnection) -> BoxFuture<'_, Result<(), sqlx::Error>> {
    async { Ok(()) }.boxed()
}

async fn say_all(conn: &mut MySqlConnection, words: &'static [&'static str]) -> Result<(), sqlx::Error> {
    for words in words {
        conn.execute(*words).await?;
    }
    Ok(())
}

/// Whether that can be the address of a server and of a database on it. Otherwise it would be waited for in vain.
#[must_use]
pub fn is_mysql_url(url: &str) -> bool {
    let options = url.starts_with("mysql://").then(|| MySqlConnectOptions::from_str(url).ok()).flatten();
    options.is_some_and(|options| options.get_database().is_some())
}

/// A connection of its own to the same server, outside the pools: for locks that last.
///
/// # Errors
/// The driver's.
pub(super) async fn connect_mysql(url: &str) -> Result<MySqlConnection, sqlx::Error> {
    MySqlConnection::connect_with(&MySqlConnectOptions::from_str(url)?).await
}
