//! Bringing the tables up to date: forward only, the same names for both engines, one node at a time. The
//! driver's own lock is not used: MariaDB answers its endless wait with NULL at once and lets everybody in.

use super::OpenError;
use super::conn::Inner;
use super::db::{Db, connect_mysql};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, MySqlConnection};

/// MySQL's and MariaDB's tables.
pub static MYSQL: Migrator = sqlx::migrate!("migrations/mysql");
/// SQLite's.
pub static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// The number of the newest migration: the tables that this program was made for, on either engine.
#[must_use]
pub fn schema() -> i64 {
    MYSQL.migrations.last().map_or(0, |newest| newest.version)
}

/// A lock's name is the server's, not the database's, and has at most 64 characters.
const TAKE_LOCK: &str =
    "SELECT CAST(GET_LOCK(CONCAT('imtt-migrate-', LEFT(SHA2(DATABASE(), 256), 40)), 60) AS SIGNED)";

/// Runs what is missing on a SQLite file. Its folder's lock keeps other nodes out.
pub(super) async fn sqlite(db: &Db) -> Result<(), OpenError> {
    let mut conn = db.write().await?;
    // Not said to be answered: the connection that migrates is closed, and the next one knows the new tables.
    match conn.inner() {
        Inner::Sqlite(conn) => SQLITE.run(conn).await.map_err(explain),
        Inner::MySql(_) => Ok(()),
    }
}

/// Runs what is missing on a server, under a lock held by a connection of its own: when that ends, however it
/// ends, the lock is free.
pub(super) async fn mysql(url: &str) -> Result<(), OpenError> {
    let mut conn = connect_mysql(url).await?;
    let done = locked(&mut conn).await;
    // An orderly goodbye, no more: the server frees the lock with the connection in any case.
    drop(conn.close().await);
    done
}

async fn locked(conn: &mut MySqlConnection) -> Result<(), OpenError> {
    let taken: Option<i64> = sqlx::query_scalar(TAKE_LOCK).fetch_one(&mut *conn).await?;
    if taken != Some(1) {
        return Err(OpenError::Locked);
    }
    let mut migrator = Migrator { migrations: MYSQL.migrations.clone(), ..Migrator::DEFAULT };
    migrator.set_locking(false);
    migrator.run(conn).await.map_err(explain)
}

fn explain(error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        MigrateError::VersionMismatch(version) => OpenError::Foreign(version),
        MigrateError::Dirty(version) => {
            OpenError::Unfinished { version, reason: "it failed when a node started earlier".to_owned() }
        }
        MigrateError::ExecuteMigration(error, version) => {
            OpenError::Unfinished { version, reason: error.to_string() }
        }
        MigrateError::Execute(error) => OpenError::Connect(error),
        other => OpenError::Migrate(other),
    }
}
