//! Where MySQL and SQLite part: the words that differ, and what their errors mean. No other file of the store
//! asks which engine it talks to.

use super::db::Engine;
use sqlx::mysql::MySqlDatabaseError;

/// Ends an INSERT that passes over rows whose key is taken. Not `INSERT IGNORE`, which would pass over values
/// that do not fit as well.
pub(crate) fn unless_there(engine: Engine) -> &'static str {
    match engine {
        Engine::MySql => " ON DUPLICATE KEY UPDATE id = id",
        Engine::Sqlite => " ON CONFLICT DO NOTHING",
    }
}

/// Ends an INSERT into `conversation_reads` that moves cursors which are there, but never back.
pub(crate) fn raise_read_seq(engine: Engine) -> &'static str {
    match engine {
        Engine::MySql => " ON DUPLICATE KEY UPDATE read_seq = GREATEST(read_seq, VALUES(read_seq))",
        Engine::Sqlite => {
            " ON CONFLICT (conversation_id, user_id) DO UPDATE SET read_seq = MAX(read_seq, excluded.read_seq)"
        }
    }
}

/// Follows a table's name where rows are taken by id and locked. Left alone, the server reads a small table
/// from end to end, and waits at every row that another transaction holds, wanted or not.
pub(crate) fn by_id_only(engine: Engine) -> &'static str {
    match engine {
        Engine::MySql => " FORCE INDEX (PRIMARY)",
        Engine::Sqlite => "",
    }
}

/// How to lock a row that somebody else may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Wait, up to the session's limit.
    Wait,
    /// Leave it out of the answer.
    Skip,
}

/// Ends a SELECT that locks what it finds. SQLite's only writer holds everything already.
pub(crate) fn for_update(engine: Engine, lock: Lock) -> &'static str {
    match (engine, lock) {
        (Engine::MySql, Lock::Wait) => " FOR UPDATE",
        (Engine::MySql, Lock::Skip) => " FOR UPDATE SKIP LOCKED",
        (Engine::Sqlite, _) => "",
    }
}

/// Starts a DELETE by id.
pub(crate) fn delete_by_id(engine: Engine, table: &str) -> String {
    match engine {
        Engine::MySql => format!("DELETE {table} FROM {table} FORCE INDEX (PRIMARY)"),
        Engine::Sqlite => format!("DELETE FROM {table}"),
    }
}

/// Why a transaction did not go through, if running it again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A unique key was taken between our look and our insert.
    Duplicate,
    /// Somebody held a row for too long.
    LockWait,
    /// Two transactions waited for each other.
    Deadlock,
    /// SQLite's file was locked by another process.
    Busy,
    /// The connection broke; it had been idle in the pool, or the server went away.
    Lost,
}

impl Trouble {
    /// What an error of the driver means; `None`: running it again changes nothing.
    #[must_use]
    pub fn of(error: &sqlx::Error) -> Option<Self> {
        let database = match error {
            sqlx::Error::Io(_) => return Some(Self::Lost),
            sqlx::Error::Database(database) => database,
            _ => return None,
        };
        if database.is_unique_violation() {
            return Some(Self::Duplicate);
        }
        if let Some(mysql) = database.try_downcast_ref::<MySqlDatabaseError>() {
            return match mysql.number() {
                1205 => Some(Self::LockWait),
                1213 => Some(Self::Deadlock),
                _ => None,
            };
        }
        // SQLite's extended codes keep the family in the low byte: 5 is SQLITE_BUSY.
        let code = database.code()?.parse::<u32>().ok()?;
        (code & 0xff == 5).then_some(Self::Busy)
    }

    /// Its label in metrics and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::LockWait => "lock_wait",
            Self::Deadlock => "deadlock",
            Self::Busy => "busy",
            Self::Lost => "lost",
        }
    }
}
