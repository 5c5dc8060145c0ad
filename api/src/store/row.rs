//! A row of either engine, read by the names of its columns.

use chrono::{DateTime, Utc};
use shared::ids::{ConversationId, GroupId, MessageId, SessionId, UserId};
use shared::time::Timestamp;
use sqlx::Row as _;
use sqlx::mysql::MySqlRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// A row of either engine.
pub enum Row {
    /// MySQL's or MariaDB's.
    MySql(MySqlRow),
    /// SQLite's.
    Sqlite(SqliteRow),
}

impl Row {
    /// The value of a column.
    ///
    /// # Errors
    /// The driver's: there is no such column, or it holds something else.
    pub fn get<T: Column>(&self, column: &str) -> Result<T, sqlx::Error> {
        T::read(self, column)
    }
}

/// What a column can be read as.
pub trait Column: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// The driver's.
    fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error>;
}

macro_rules! plain_columns {
    ($($kind:ty),*) => {$(
        impl Column for $kind {
            fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
                match row {
                    Row::MySql(row) => row.try_get(column),
                    Row::Sqlite(row) => row.try_get(column),
                }
            }
        }
    )*};
}

plain_columns!(i64, Option<i64>, String, Option<String>, Vec<u8>);

impl Column for Option<Timestamp> {
    fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
        Ok(match row {
            Row::MySql(row) => row.try_get::<Option<DateTime<Utc>>, _>(column)?.map(Timestamp::from),
            Row::Sqlite(row) => row.try_get::<Option<i64>, _>(column)?.map(Timestamp),
        })
    }
}

impl Column for Timestamp {
    fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
        Option::<Self>::read(row, column)?.ok_or_else(|| unexpected(column))
    }
}

impl Column for Uuid {
    fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
        Self::from_slice(&Vec::<u8>::read(row, column)?).map_err(|_| unexpected(column))
    }
}

fn unexpected(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: "not what the column should hold".into() }
}

macro_rules! id_columns {
    ($($id:ident),*) => {$(
        impl Column for $id {
            fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
                i64::read(row, column).map(Self)
            }
        }

        impl Column for Option<$id> {
            fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
                Ok(Option::<i64>::read(row, column)?.map($id))
            }
        }
    )*};
}

id_columns!(UserId, GroupId, ConversationId, MessageId, SessionId);
