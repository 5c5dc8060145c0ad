//! One face for two drivers: a statement with its values. Statements are written once in `?` style, which both engines
//! read; those that differ stand in `dialect.rs`.

use super::conn::{Conn, Inner, in_time};
use super::row::Row;
use super::timing::Running;
use super::value::Value;
use chrono::{DateTime, Utc};
use shared::time::Timestamp;
use sqlx::{AssertSqlSafe, MySql, Sqlite};

/// The text of a statement.
#[derive(Debug, Clone)]
pub enum Sql {
    /// The engines agree.
    Same(&'static str),
    /// They do not.
    Each {
        /// For MySQL and MariaDB.
        mysql: &'static str,
        /// For SQLite.
        sqlite: &'static str,
    },
    /// Put together from constants: a number of rows, a list of marks. Never from input.
    Built(String),
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self::Same(text)
    }
}

/// A statement and its values.
#[must_use = "a query does nothing until it is executed or fetched"]
pub struct Query {
    sql: Sql,
    values: Vec<Value>,
}

/// Starts a statement.
pub fn query(sql: impl Into<Sql>) -> Query {
    Query { sql: sql.into(), values: Vec::new() }
}

/// What a statement without rows did.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    /// Rows that matched an UPDATE or DELETE, or were inserted.
    pub rows: u64,
    /// On MySQL the id of the first row inserted, on SQLite of the last one.
    pub last_id: i64,
}

/// Hands the statement and its values to the driver of `$engine`.
macro_rules! drive {
    ($self:ident, $engine:ty, $text:expr, $run:ident, $conn:expr) => {{
        let mut query = match $text {
            Text::Fixed(text) => sqlx::query::<$engine>(text),
            Text::Built(text) => sqlx::query::<$engine>(AssertSqlSafe(text)),
        };
        for value in $self.values {
            query = match value {
                Value::Int(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
                Value::Time(at) => query.bind(<$engine as Times>::stored(at)),
            };
        }
        in_time(query.$run($conn))
    }};
}

enum Text {
    Fixed(&'static str),
    Built(String),
}

impl Text {
    fn as_str(&self) -> &str {
        match self {
            Self::Fixed(text) => text,
            Self::Built(text) => text,
        }
    }
}

/// How an engine stores times.
trait Times {
    type Stored;
    fn stored(at: Option<Timestamp>) -> Option<Self::Stored>;
}

impl Times for MySql {
    type Stored = DateTime<Utc>;
    fn stored(at: Option<Timestamp>) -> Option<DateTime<Utc>> {
        at.map(Timestamp::to_chrono)
    }
}

impl Times for Sqlite {
    type Stored = i64;
    fn stored(at: Option<Timestamp>) -> Option<i64> {
        at.map(|at| at.0)
    }
}

impl Query {
    /// Binds the next `?`.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Binds one `?` each.
    pub fn bind_all<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }

    /// The statement with its values in it, as MySQL reads it. For numbers and times alone, whose text is ours; what others
    /// wrote is bound.
    ///
    /// # Errors
    /// [`sqlx::Error::Encode`] for any other value, and for more or fewer of them than there are marks.
    pub(super) fn spelled(self) -> Result<String, sqlx::Error> {
        let text = self.sql.for_mysql();
        if text.as_str().matches('?').count() != self.values.len() {
            return Err(sqlx::Error::Encode("as many values are wanted as there are marks".into()));
        }
        let mut pieces = text.as_str().split('?');
        let mut spelled = pieces.next().unwrap_or_default().to_owned();
        for (value, piece) in self.values.into_iter().zip(pieces) {
            match value {
                Value::Int(Some(number)) => spelled.push_str(&number.to_string()),
                Value::Int(None) | Value::Time(None) => spelled.push_str("NULL"),
                Value::Time(Some(at)) => {
                    spelled.push_str(&at.to_chrono().format("'%Y-%m-%d %H:%M:%S%.3f'").to_string());
                }
                Value::Text(_) | Value::Bytes(_) => {
                    return Err(sqlx::Error::Encode("only numbers and times are spelled out".into()));
                }
            }
            spelled.push_str(piece);
        }
        Ok(spelled)
    }

    /// Runs a statement that gives no rows.
    ///
    /// # Errors
    /// The driver's.
    pub async fn execute(self, conn: &mut Conn) -> Result<Done, sqlx::Error> {
        let done = match conn.inner() {
            Inner::MySql(c) => {
                let text = self.sql.clone().for_mysql();
                let _running = Running::of(text.as_str());
                let done = drive!(self, MySql, text, execute, c).await;
                done.map(|done| Done {
                    rows: done.rows_affected(),
                    last_id: i64::try_from(done.last_insert_id()).unwrap_or(i64::MAX),
                })
            }
            Inner::Sqlite(c) => {
                let text = self.sql.clone().for_sqlite();
                let _running = Running::of(text.as_str());
                let done = drive!(self, Sqlite, text, execute, c).await;
                done.map(|done| Done { rows: done.rows_affected(), last_id: done.last_insert_rowid() })
            }
        };
        conn.answered(done)
    }

    /// All rows.
    ///
    /// # Errors
    /// The driver's.
    pub async fn fetch_all(self, conn: &mut Conn) -> Result<Vec<Row>, sqlx::Error> {
        let rows = match conn.inner() {
            Inner::MySql(c) => {
                let text = self.sql.clone().for_mysql();
                let _running = Running::of(text.as_str());
                let rows = drive!(self, MySql, text, fetch_all, c).await;
                rows.map(|rows| rows.into_iter().map(Row::MySql).collect())
            }
            Inner::Sqlite(c) => {
                let text = self.sql.clone().for_sqlite();
                let _running = Running::of(text.as_str());
                let rows = drive!(self, Sqlite, text, fetch_all, c).await;
                rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
        };
        conn.answered(rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// The driver's.
    pub async fn fetch_optional(self, conn: &mut Conn) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.fetch_all(conn).await?.into_iter().next())
    }

    /// The first row.
    ///
    /// # Errors
    /// [`sqlx::Error::RowNotFound`] when there is none, or the driver's.
    pub async fn fetch_one(self, conn: &mut Conn) -> Result<Row, sqlx::Error> {
        self.fetch_optional(conn).await?.ok_or(sqlx::Error::RowNotFound)
    }
}

impl Sql {
    fn for_mysql(self) -> Text {
        match self {
            Self::Same(text) | Self::Each { mysql: text, .. } => Text::Fixed(text),
            Self::Built(text) => Text::Built(text),
        }
    }

    fn for_sqlite(self) -> Text {
        match self {
            Self::Same(text) | Self::Each { sqlite: text, .. } => Text::Fixed(text),
            Self::Built(text) => Text::Built(text),
        }
    }
}
