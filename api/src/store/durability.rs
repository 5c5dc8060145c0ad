//! Whether the database keeps what it committed, as it says itself over the connections that we write with.
//! An ack is worth no more than that.

use super::db::{Db, Engine};
use super::sql::query;

/// What the engine says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Durability {
    /// SQLite's pragmas.
    Sqlite {
        /// 2 is FULL: the log is synchronised at every commit.
        synchronous: i64,
        /// `wal`.
        journal_mode: String,
    },
    /// MySQL's and MariaDB's variables.
    MySql {
        /// `innodb_flush_log_at_trx_commit`: 1 synchronises at every commit.
        flush: i64,
        /// Whether there is a binary log.
        log_bin: i64,
        /// `sync_binlog`: 1 synchronises it at every commit.
        sync_binlog: i64,
    },
}

/// Asks over a writing connection.
///
/// # Errors
/// The driver's.
pub async fn of(db: &Db) -> Result<Durability, sqlx::Error> {
    let mut conn = db.write().await?;
    if conn.engine() == Engine::Sqlite {
        let synchronous = query("PRAGMA synchronous").fetch_one(&mut conn).await?.get("synchronous")?;
        let journal_mode = query("PRAGMA journal_mode").fetch_one(&mut conn).await?.get("journal_mode")?;
        return Ok(Durability::Sqlite { synchronous, journal_mode });
    }
    let asked = "SELECT CAST(@@innodb_flush_log_at_trx_commit AS SIGNED) AS flush_log,
                        CAST(@@log_bin AS SIGNED) AS log_bin,
                        CAST(@@sync_binlog AS SIGNED) AS sync_binlog";
    let row = query(asked).fetch_one(&mut conn).await?;
    Ok(Durability::MySql {
        flush: row.get("flush_log")?,
        log_bin: row.get("log_bin")?,
        sync_binlog: row.get("sync_binlog")?,
    })
}

impl Durability {
    /// Whether every commit is on the disk when it is answered.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self {
            Self::Sqlite { synchronous, journal_mode } => *synchronous >= 2 && journal_mode == "wal",
            Self::MySql { flush, log_bin, sync_binlog } => {
                *flush == 1 && (*log_bin == 0 || *sync_binlog == 1)
            }
        }
    }

    /// Says so in the log when it does not.
    pub(super) fn warn(&self) {
        if !self.holds() {
            tracing::warn!(settings = ?self, "the database may lose what it committed when its machine stops");
        }
    }
}
