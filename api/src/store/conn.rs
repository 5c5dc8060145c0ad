//! A connection that a pool lent, and a transaction on it. Nothing waits for ever for a server that is silent: a host that
//! vanished says nothing, and TCP takes a quarter of an hour to notice, all the while with a place in the pool.

use super::db::Engine;
use super::pool::Lent;
use sqlx::{Executor, MySqlConnection, SqliteConnection};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::time::timeout;

/// How long a statement may take, its waiting for locks included.
const STATEMENT_LIMIT: Duration = Duration::from_secs(10);

/// A connection, for statements. The variants are `sql.rs`'s business.
pub struct Conn {
    held: Held,
    /// A transaction has begun, and not ended.
    in_transaction: bool,
    /// A statement has begun, and its answer was not read to the end: what is read next would be that.
    in_statement: bool,
}

enum Held {
    MySql(Lent<MySqlConnection>),
    Sqlite(Lent<SqliteConnection>),
}

/// A driver's connection.
pub(super) enum Inner<'c> {
    MySql(&'c mut MySqlConnection),
    Sqlite(&'c mut SqliteConnection),
}

/// What a step came to; [`sqlx::Error::Io`] when it took too long. What became of it is not known then.
pub(super) async fn in_time<T>(step: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    match timeout(STATEMENT_LIMIT, step).await {
        Ok(came) => came,
        Err(_late) => Err(sqlx::Error::Io(ErrorKind::TimedOut.into())),
    }
}

impl Conn {
    pub(super) fn mysql(lent: Lent<MySqlConnection>) -> Self {
        Self { held: Held::MySql(lent), in_transaction: false, in_statement: false }
    }

    pub(super) fn sqlite(lent: Lent<SqliteConnection>) -> Self {
        Self { held: Held::Sqlite(lent), in_transaction: false, in_statement: false }
    }

    /// The driver's connection, for a statement. [`Self::answered`] is called with what came of it; whoever leaves before
    /// that leaves a connection that is closed.
    pub(super) fn inner(&mut self) -> Inner<'_> {
        self.in_statement = true;
        match &mut self.held {
            Held::MySql(lent) => Inner::MySql(lent.connection()),
            Held::Sqlite(lent) => Inner::Sqlite(lent.connection()),
        }
    }

    /// A statement has come to its end. What the database refused has one as well.
    pub(super) fn answered<T>(&mut self, came: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.in_statement = !matches!(&came, Ok(_) | Err(sqlx::Error::Database(_)));
        came
    }

    /// The engine behind it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &self.held {
            Held::MySql(_) => Engine::MySql,
            Held::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// Says one word of a transaction, as text: not all servers prepare them.
    pub(super) async fn say(&mut self, word: &'static str) -> Result<(), sqlx::Error> {
        let said = match self.inner() {
            Inner::MySql(conn) => in_time(conn.execute(word)).await.map(drop),
            Inner::Sqlite(conn) => in_time(conn.execute(word)).await.map(drop),
        };
        self.answered(said)
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        // In the middle of a transaction it is closed, which undoes that at once.
        let fit = !self.in_transaction && !self.in_statement;
        match &mut self.held {
            Held::MySql(lent) => lent.set_fit(fit),
            Held::Sqlite(lent) => lent.set_fit(fit),
        }
    }
}

/// A write transaction; dropped without `commit`, it is rolled back.
pub struct Tx(Conn);

impl std::ops::Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl std::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

impl Tx {
    pub(super) async fn begin(conn: Conn) -> Result<Self, sqlx::Error> {
        let (mut tx, begin) = Self::beginning(conn);
        tx.say(begin).await?;
        Ok(tx)
    }

    /// One that has begun as soon as the word was said.
    pub(super) fn beginning(mut conn: Conn) -> (Self, &'static str) {
        let begin = match conn.engine() {
            Engine::MySql => "BEGIN",
            // The only writer from the beginning, or it could fail in the middle.
            Engine::Sqlite => "BEGIN IMMEDIATE",
        };
        conn.in_transaction = true;
        (Self(conn), begin)
    }

    /// Makes it durable. After an error it is not known whether it is: repeat with the same ids.
    ///
    /// # Errors
    /// The driver's.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.end("COMMIT").await
    }

    /// Undoes it, and waits until it is undone: dropping it costs the connection.
    ///
    /// # Errors
    /// The driver's; the connection is lost then, and the transaction with it.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, word: &'static str) -> Result<(), sqlx::Error> {
        self.0.say(word).await?;
        self.ended();
        Ok(())
    }

    /// It was committed, or undone.
    pub(super) fn ended(&mut self) {
        self.0.in_transaction = false;
    }
}
