//! Opening the database: connect, bring its tables up to date, make its epoch, and look whether what it
//! commits is kept.

use super::db::{Db, PoolSizes};
use super::{durability, epoch, migrate};
use sqlx::migrate::MigrateError;
use std::path::PathBuf;

/// Which database.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file, made when it is not there. Whoever opens it holds its folder's lock.
    Sqlite(PathBuf),
    /// `mysql://user:password@host:port/database`.
    MySql(String),
}

/// Why a database cannot be used; each a line for whoever runs the node.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It does not answer, does not let us in, or is no database.
    #[error("the database cannot be opened: {0}")]
    Connect(#[from] sqlx::Error),
    /// It has been used by a newer version.
    #[error("the database is newer than this program: it has migration {0}, which is not known here")]
    Newer(i64),
    /// Its tables were made by something else.
    #[error("the database was not made by this program: migration {0} differs from the one known here")]
    Foreign(i64),
    /// A migration ended in the middle, now or earlier.
    #[error(
        "migration {version} of the database did not end; restore the database or finish it by hand: {reason}"
    )]
    Unfinished {
        /// Which.
        version: i64,
        /// What the engine said.
        reason: String,
    },
    /// Migrations are missing, and it is for somebody else to run them.
    #[error(
        "the tables are older than this program, and the database's user may not change them: \
         `api --migrate` does, as one who may"
    )]
    Behind,
    /// Another node's migration does not end.
    #[error("another node has been migrating the database for a minute")]
    Locked,
    /// Anything else about migrations.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(MigrateError),
}

/// Opens a database and brings it up to date.
///
/// # Errors
/// [`OpenError`]; nothing is held open then.
pub async fn open(database: &Database, sizes: PoolSizes) -> Result<Db, OpenError> {
    let db = match database {
        Database::Sqlite(file) => {
            let db = Db::open_sqlite(file, sizes).await?;
            if let Err(error) = migrate::sqlite(&db).await {
                db.close().await;
                return Err(error);
            }
            db
        }
        Database::MySql(url) => {
            migrate::mysql(url).await?;
            Db::open_mysql(url, sizes).await?
        }
    };
    epoch::ensure(&mut db.write().await?).await?;
    durability::of(&db).await?.warn();
    Ok(db)
}
