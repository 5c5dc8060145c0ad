//! Bringing the tables up to date: forward only, the same names for both engines, one node at a time. The
//! driver's own lock is not used: MariaDB answers its endless wait with NULL at once and lets everybody in.

use super::OpenError;
use super::conn::Inner;
use super::db::{Db, connect_mysql};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::mysql::MySqlDatabaseError;
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

/// The driver's notes of what it ran.
const COUNT_NOTES: &str = "SELECT COUNT(*) FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_name = '_sqlx_migrations'";
const NOTES: &str = "SELECT version, success, checksum FROM _sqlx_migrations ORDER BY version";

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
    if is_up_to_date(conn).await? {
        return Ok(());
    }
    let mut migrator = Migrator { migrations: MYSQL.migrations.clone(), ..Migrator::DEFAULT };
    migrator.set_locking(false);
    migrator.run(conn).await.map_err(explain)
}

/// Looked at first, because the driver asks for its own table to be made even where it is there: who only serves may do
/// without the right to make any.
async fn is_up_to_date(conn: &mut MySqlConnection) -> Result<bool, OpenError> {
    let noted: i64 = sqlx::query_scalar(COUNT_NOTES).fetch_one(&mut *conn).await?;
    if noted == 0 {
        return Ok(false);
    }
    let applied: Vec<(i64, bool, Vec<u8>)> = sqlx::query_as(NOTES).fetch_all(conn).await?;
    for (version, ended, checksum) in &applied {
        let known = MYSQL.iter().find(|known| known.version == *version);
        let wrong = match known {
            _ if !ended => MigrateError::Dirty(*version),
            None => MigrateError::VersionMissing(*version),
            Some(known) if *known.checksum != **checksum => MigrateError::VersionMismatch(*version),
            Some(_) => continue,
        };
        return Err(explain(wrong));
    }
    Ok(applied.len() == MYSQL.iter().count())
}

/// Whether a server says that this user may not change tables.
fn is_forbidden(error: &sqlx::Error) -> bool {
    let database = error.as_database_error();
    let mysql = database.and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>());
    mysql.is_some_and(|error| matches!(error.number(), 1044 | 1142))
}

fn explain(error: MigrateError) -> OpenError {
    match error {
        MigrateError::Execute(error) if is_forbidden(&error) => OpenError::Behind,
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
